//! The ways of an account as a picture in columns: account, groups, role, scope. The columns are known before anything is
//! placed; what is left is the order within each, and lines between.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::{counted, text};
use crate::report::portrait::{Gives, Way};

/// How many roles are drawn; the others share a box for each group.
const ROLES_MAX: usize = 14;

const WIDTH: usize = 186;
const HEIGHT: usize = 28;
const ACROSS: usize = 48;
const DOWN: usize = 10;
const HEAD: usize = 26;

/// How many characters of 12 points a box holds.
const CHARACTERS_MAX: usize = 24;

/// A box.
struct Node {
    column: usize,
    class: &'static str,
    name: String,
    /// What it stands for, where that is more than its name.
    title: String,
}

/// Boxes and lines.
#[derive(Default)]
struct Drawing {
    nodes: Vec<Node>,
    known: BTreeMap<(usize, &'static str, String), usize>,
    /// From, to, and whether a line of it is certain.
    lines: BTreeMap<(usize, usize), bool>,
}

impl Drawing {
    fn node(&mut self, column: usize, class: &'static str, name: &str) -> usize {
        *self.known.entry((column, class, name.to_owned())).or_insert_with(|| {
            self.nodes.push(Node { column, class, name: name.to_owned(), title: String::new() });
            self.nodes.len() - 1
        })
    }

    fn line(&mut self, from: usize, to: usize, certain: bool) {
        *self.lines.entry((from, to)).or_default() |= certain;
    }

    /// The boxes of each column from top to bottom: each near those that it is joined to.
    fn order(&self, columns: usize) -> Vec<Vec<usize>> {
        const SWEEPS: usize = 6;
        let mut order: Vec<Vec<usize>> = vec![Vec::new(); columns];
        (0..self.nodes.len()).for_each(|node| order[self.nodes[node].column].push(node));
        let mut place = vec![0.0; self.nodes.len()];
        let settle = |column: &[usize], place: &mut [f64]| {
            let middle = column.len() as f64 / 2.0;
            column.iter().enumerate().for_each(|(at, node)| place[*node] = at as f64 - middle);
        };
        order.iter().for_each(|column| settle(column, &mut place));
        for sweep in 0..SWEEPS {
            let forward = sweep % 2 == 0;
            let all: Vec<usize> = if forward { (0..columns).collect() } else { (0..columns).rev().collect() };
            for column in all {
                let mean = |node: usize| {
                    let ends = self.lines.keys().filter_map(|(from, to)| match forward {
                        true => (*to == node).then_some(*from),
                        false => (*from == node).then_some(*to),
                    });
                    let (sum, count) = ends.fold((0.0, 0.0), |(sum, count), end| (sum + place[end], count + 1.0));
                    if count > 0.0 { sum / count } else { place[node] }
                };
                let means: Vec<f64> = (0..self.nodes.len()).map(mean).collect();
                order[column].sort_by(|left, right| means[*left].total_cmp(&means[*right]));
                settle(&order[column], &mut place);
            }
        }
        order
    }

    /// The places of the boxes. Each stands at the height of the first that it leads to, so that the picture begins at its
    /// upper left corner; scopes, which lead nowhere, at that of the first role that has them.
    fn places(&self, columns: usize, of_roles: usize) -> Vec<(usize, usize)> {
        let order = self.order(columns);
        let mut places: Vec<(usize, usize)> = vec![(0, HEAD); self.nodes.len()];
        let from_roles = (0..=of_roles.min(columns - 1)).rev().chain(of_roles + 1..columns);
        for column in from_roles {
            let mut free = HEAD;
            for &node in &order[column] {
                let joined = self.lines.keys().filter_map(|(from, to)| match column <= of_roles {
                    true => (*from == node && column != of_roles).then_some(*to),
                    false => (*to == node).then_some(*from),
                });
                let first = joined.map(|other| places[other].1).min().unwrap_or(free);
                places[node] = (1 + column * (WIDTH + ACROSS), first.max(free));
                free = places[node].1 + HEIGHT + DOWN;
            }
        }
        places
    }
}

/// How a way's role is drawn.
fn role_of(way: &Way) -> (&'static str, String) {
    match way.gives {
        Gives::Certain | Gives::Unknown => ("role", way.role.clone()),
        Gives::Disabled => ("barred", format!("{} (disabled)", way.role)),
        Gives::Delegating => ("barred", format!("{} (may assign)", way.role)),
    }
}

/// The picture of an account's ways. `touched`: whether a finding is about a way.
pub(super) fn picture(account: &str, ways: &[Way], touched: impl Fn(&Way) -> bool) -> Markup {
    let drawn = roles(ways, touched);
    let deepest = ways.iter().map(|way| way.groups.len().max(usize::from(way.policy.is_some()))).max().unwrap_or(0);
    let (of_roles, of_scopes) = (deepest + 1, deepest + 2);
    let mut drawing = Drawing::default();
    let start = drawing.node(0, "account", account);
    let mut more: BTreeMap<(usize, &str), BTreeSet<&str>> = BTreeMap::new();
    for way in ways {
        let certain = way.gives != Gives::Unknown;
        let mut end = start;
        for (depth, group) in way.groups.iter().enumerate() {
            let node = drawing.node(depth + 1, "group", group);
            drawing.line(end, node, certain);
            end = node;
        }
        if let Some(policy) = &way.policy {
            let node = drawing.node(1, "policy", policy);
            drawing.line(end, node, certain);
            end = node;
        }
        let (class, name) = role_of(way);
        if !drawn.contains(&(class, name.clone())) {
            more.entry((end, class)).or_default().insert(&way.role);
            continue;
        }
        let role = drawing.node(of_roles, class, &name);
        drawing.line(end, role, certain);
        if class == "role" {
            let scope = drawing.node(of_scopes, "scope", &way.scope);
            drawing.line(role, scope, certain);
        }
    }
    // Each group has a box of its own, so that one sees by which the further roles come.
    for ((end, class), names) in more {
        let what = if class == "role" { "more" } else { "it cannot use" };
        let name = format!("{} {what}", counted(names.len(), "role"));
        let title = names.into_iter().collect::<Vec<_>>().join(", ");
        let node = drawing.nodes.len();
        drawing.nodes.push(Node { column: of_roles, class: "more", name, title });
        drawing.line(end, node, true);
    }
    let columns = 1 + drawing.nodes.iter().map(|node| node.column).max().unwrap_or(0);
    draw(account, ways, &drawing, columns, of_roles)
}

/// The roles that are drawn: all, or those that matter most.
fn roles(ways: &[Way], touched: impl Fn(&Way) -> bool) -> BTreeSet<(&'static str, String)> {
    let all: BTreeSet<_> = ways.iter().map(role_of).collect();
    if all.len() <= ROLES_MAX {
        return all;
    }
    let mut first: Vec<&Way> = ways.iter().collect();
    first.sort_by_key(|way| (!touched(way), way.gives, std::cmp::Reverse((way.asked, way.cmdlets))));
    let mut drawn = BTreeSet::new();
    for way in first {
        if drawn.len() < ROLES_MAX {
            drawn.insert(role_of(way));
        }
    }
    drawn
}

fn draw(account: &str, ways: &[Way], drawing: &Drawing, columns: usize, of_roles: usize) -> Markup {
    let places = drawing.places(columns, of_roles);
    let lowest = places.iter().map(|(_, y)| *y).max().unwrap_or(HEAD);
    let (width, height) = (columns * WIDTH + (columns - 1) * ACROSS + 2, lowest + HEIGHT + DOWN);
    let heads = (0..columns).map(|column| match column {
        0 => "Account",
        column if column == of_roles => "Role",
        column if column > of_roles => "May write",
        1 => "Member of",
        _ => "Which is in",
    });
    html! {
        div class="scroll" tabindex="0" role="group" aria-label=(format!("Picture of {}", text(account))) {
            svg class="ways" role="img" aria-label=(words(account, ways)) width=(width) height=(height)
                viewBox=(format!("0 0 {width} {height}"))
            {
                @for (column, head) in heads.enumerate() {
                    text class="head" x=(1 + column * (WIDTH + ACROSS)) y="14" { (head) }
                }
                @for ((from, to), certain) in &drawing.lines {
                    @let ((x1, y1), (x2, y2)) = (places[*from], places[*to]);
                    @let (x1, y1, y2) = (x1 + WIDTH, y1 + HEIGHT / 2, y2 + HEIGHT / 2);
                    @let bend = (x2 - x1) / 2;
                    path class=(if *certain { "line" } else { "line doubt" })
                        d=(format!("M{x1} {y1}C{} {y1} {} {y2} {x2} {y2}", x1 + bend, x2 - bend)) {}
                }
                @for (node, (x, y)) in drawing.nodes.iter().zip(&places) {
                    g class=(format!("node {}", node.class)) {
                        title { (text(if node.title.is_empty() { &node.name } else { &node.title })) }
                        rect x=(x) y=(y) width=(WIDTH) height=(HEIGHT) rx="5" {}
                        text x=(x + 9) y=(y + 18) { (cut(&node.name)) }
                    }
                }
            }
        }
    }
}

/// What the picture shows, in words.
fn words(account: &str, ways: &[Way]) -> String {
    /// How many ways are spelled out.
    const WAYS_MAX: usize = 12;
    let way = |way: &Way| {
        let through = match &way.policy {
            Some(policy) => format!("by role assignment policy {}", text(policy)),
            None if way.groups.is_empty() => "directly".to_owned(),
            None => format!("through {}", text(&way.groups.join(", in "))),
        };
        let doubt = match way.gives {
            Gives::Certain => "",
            Gives::Unknown => ", unknown",
            Gives::Disabled => ", disabled",
            Gives::Delegating => ", to assign it only",
        };
        format!("{through} role {} on {}{doubt}", text(&way.role), text(&way.scope))
    };
    let mut words: Vec<String> = ways.iter().take(WAYS_MAX).map(way).collect();
    if ways.len() > WAYS_MAX {
        words.push(format!("and {} more, in the table below", counted(ways.len() - WAYS_MAX, "way")));
    }
    if words.is_empty() {
        words.push("no role".to_owned());
    }
    format!("{} holds: {}", text(account), words.join("; "))
}

/// A name that fits into a box.
fn cut(name: &str) -> String {
    let name = text(name);
    let width = |char: char| if char >= '\u{1100}' { 2 } else { 1 };
    if name.chars().map(width).sum::<usize>() <= CHARACTERS_MAX {
        return name.into_owned();
    }
    let mut left = CHARACTERS_MAX - 1;
    let fits = |char: &char| {
        let fits = left >= width(*char);
        left = left.saturating_sub(width(*char));
        fits
    };
    name.chars().take_while(fits).chain(['…']).collect()
}
