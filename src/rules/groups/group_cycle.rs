//! `group-cycle`: groups that contain each other.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::diagnostic::{Label, Preset, Report, RuleId, Severity};
use crate::inventory::{Class, PrincipalId};
use crate::name::fold;
use crate::remedy::Fix;
use crate::source::Span;

use crate::rules::{Context, Rule, remedy};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("group-cycle", Severity::Warning),
    preset: Preset::Default,
    summary: "groups contain each other",
    page: include_str!("group-cycle.md"),
    check: Some(check),
};

/// How many times all memberships are looked at: of cycles beyond that through the same groups, mending one shows the next.
const SEARCHES_MAX: usize = 16;

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let inventory = context.inventory();
    let mut groups = groups_in_groups(context);
    let parts = parts(&groups);
    let is_part = |one: PrincipalId, other: PrincipalId| parts.get(&one) == parts.get(&other);
    let name = |id: PrincipalId| fold(inventory.show_principal(id));
    // By name, so that the order of the exports decides nothing.
    for (group, nested) in &mut groups {
        nested.retain(|(member, _)| is_part(*group, *member));
        nested.sort_by_cached_key(|(member, _)| name(*member));
    }
    groups.retain(|_, nested| !nested.is_empty());
    let mut starts: Vec<PrincipalId> = groups.keys().copied().collect();
    starts.sort_by_cached_key(|group| name(*group));
    // How many memberships are still looked at, of those that are in cycles with each other.
    let mut left: BTreeMap<u32, usize> = BTreeMap::new();
    for (group, nested) in &groups {
        *left.entry(parts[group]).or_default() += nested.len() * SEARCHES_MAX;
    }
    let mut said: BTreeSet<PrincipalId> = BTreeSet::new();
    for group in starts {
        let left = left.entry(parts[&group]).or_default();
        if said.contains(&group) || *left == 0 {
            continue;
        }
        let Some(mut cycle) = shortest_cycle(&groups, group, left) else { continue };
        said.extend(cycle.iter().map(|(group, _)| *group));
        // The same cycle begins with the same group.
        let first = (0..cycle.len()).min_by_key(|index| name(cycle[*index].0)).unwrap_or(0);
        cycle.rotate_left(first);
        let shown = |index: usize| inventory.show_principal(cycle[index % cycle.len()].0);
        let labels = cycle.iter().enumerate().map(|(index, (_, at))| {
            Label::new(*at, format!("`{}` is a member of `{}`", shown(index + 1), shown(index)))
        });
        let labels: Vec<Label> = labels.collect();
        let message = if cycle.len() == 1 {
            format!("group `{}` contains itself", shown(0))
        } else {
            let names = crate::rules::evidence::listed((0..cycle.len()).map(shown));
            format!("these groups contain each other: {names}")
        };
        let mut finding = RULE.found(message, labels[0].span, labels[0].text.clone());
        finding.labels.extend(labels.into_iter().skip(1));
        finding.subject.group = Some(shown(0).to_owned());
        // Which membership was a mistake exports do not tell; each of them ends the cycle.
        finding.fixes = (0..cycle.len())
            .map(|index| {
                let (group, member) = (cycle[index].0, shown(index + 1));
                let note = format!("takes `{member}` out of `{}`", shown(index));
                Fix::of(remedy::remove_member(context.graph(), group, member), note)
            })
            .collect();
        report.say(finding);
    }
}

/// The groups in each group, with the places that say so.
fn groups_in_groups(context: &Context<'_, '_>) -> BTreeMap<PrincipalId, Vec<(PrincipalId, Span)>> {
    let principals = &context.inventory().principals;
    let is_group =
        |id: PrincipalId| matches!(principals.get(id).class, Some(Class::SecurityGroup | Class::DistributionGroup));
    let mut groups = BTreeMap::new();
    for group in principals.ids().filter(|id| is_group(*id)) {
        let sure = principals.get(group).members.sure.iter();
        let nested: Vec<(PrincipalId, Span)> = sure.filter(|(member, _)| is_group(*member)).copied().collect();
        if !nested.is_empty() {
            groups.insert(group, nested);
        }
    }
    groups
}

/// The number of the part that each group is in: groups of one part contain each other, at some depth.
///
/// Source: Sharir (1981), by two walks: what a group contains, then, the last one left first, what contains it.
fn parts(groups: &BTreeMap<PrincipalId, Vec<(PrincipalId, Span)>>) -> BTreeMap<PrincipalId, u32> {
    let below = |id: PrincipalId| groups.get(&id).map_or(&[][..], Vec::as_slice);
    let mut above: BTreeMap<PrincipalId, Vec<PrincipalId>> = BTreeMap::new();
    for (&group, nested) in groups {
        nested.iter().for_each(|(member, _)| above.entry(*member).or_default().push(group));
    }
    let (mut seen, mut left) = (BTreeSet::new(), Vec::new());
    for &start in groups.keys() {
        let mut open = if seen.insert(start) { vec![(start, 0)] } else { Vec::new() };
        while let Some((group, next)) = open.last_mut() {
            match below(*group).get(*next) {
                Some(&(member, _)) => {
                    *next += 1;
                    if seen.insert(member) {
                        open.push((member, 0));
                    }
                }
                None => left.extend(open.pop().map(|(group, _)| group)),
            }
        }
    }
    let mut parts = BTreeMap::new();
    for (number, start) in (0..).zip(left.into_iter().rev()) {
        let mut open = vec![start];
        while let Some(group) = open.pop() {
            if let Entry::Vacant(entry) = parts.entry(group) {
                entry.insert(number);
                open.extend(above.get(&group).into_iter().flatten());
            }
        }
    }
    parts
}

/// The shortest way from a group back to itself: each group with the place that puts the next one into it.
fn shortest_cycle(
    groups: &BTreeMap<PrincipalId, Vec<(PrincipalId, Span)>>,
    start: PrincipalId,
    left: &mut usize,
) -> Option<Vec<(PrincipalId, Span)>> {
    let mut came_from: BTreeMap<PrincipalId, (PrincipalId, Span)> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(group) = queue.pop_front() {
        for &(member, at) in groups.get(&group).map_or(&[][..], Vec::as_slice) {
            *left = left.saturating_sub(1);
            if member == start {
                let mut cycle = vec![(group, at)];
                let mut from = group;
                while from != start {
                    let (before, at) = came_from[&from];
                    cycle.push((before, at));
                    from = before;
                }
                cycle.reverse();
                return Some(cycle);
            }
            if member != start && !came_from.contains_key(&member) {
                came_from.insert(member, (group, at));
                queue.push_back(member);
            }
        }
    }
    None
}
