//! The graph as a picture: nodes and edges that other programs draw or search.
//!
//! An edge is what the exports state, not what follows from it: a membership, a policy of a mailbox, an assignment, an
//! entry. Its answer says whether it is certain.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::digest;
use crate::inventory::{Assignee, Class, Entry, Form, NO_ROLE, PrincipalId, Stated};
use crate::name::{Symbol, fold};

use super::answer::Question;
use super::{Graph, Standing};

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NodeKind {
    /// A user, a computer, an application, or somebody who is only named.
    Account,
    /// A group of any kind.
    Group,
    /// A role assignment policy.
    Policy,
    /// A role.
    Role,
    /// A cmdlet, where one is asked for.
    Cmdlet,
}

impl NodeKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Account, Self::Group, Self::Policy, Self::Role, Self::Cmdlet];

    /// The word that outputs use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Group => "group",
            Self::Policy => "policy",
            Self::Role => "role",
            Self::Cmdlet => "cmdlet",
        }
    }
}

/// What an edge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EdgeKind {
    /// Somebody is in a group.
    Member,
    /// A mailbox has a role assignment policy.
    Policy,
    /// An assignment lets its assignee use a role.
    Regular,
    /// An assignment lets its assignee assign a role to others.
    Delegating,
    /// A role has a cmdlet.
    Entry,
}

impl EdgeKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Member, Self::Policy, Self::Regular, Self::Delegating, Self::Entry];

    /// The word that outputs use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Policy => "policy",
            Self::Regular => "regular",
            Self::Delegating => "delegating",
            Self::Entry => "entry",
        }
    }
}

/// Whether an edge is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// It is.
    Granted,
    /// No export says.
    Unknown,
    /// It is a disabled assignment, drawn on request.
    NotGranted,
}

impl Certainty {
    /// The word that outputs use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Unknown => "unknown",
            Self::NotGranted => "not-granted",
        }
    }
}

/// A node of a drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnNode {
    /// The letter of its kind and twelve hexadecimal digits of what it is: the same in every drawing.
    pub id: String,
    /// What it is.
    pub kind: NodeKind,
    /// Its name, as exports show it.
    pub name: String,
    /// Whether the exports show all of it: the members of a group, the whole name of a role.
    pub known: bool,
}

/// An edge of a drawing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DrawnEdge {
    /// The id of the node that it leads from.
    pub from: String,
    /// The id of the node that it leads to.
    pub to: String,
    /// What it is.
    pub kind: EdgeKind,
    /// The assignment, where it is one and has a name.
    pub assignment: Option<String>,
    /// The custom recipient scope of the assignment.
    pub scope: Option<String>,
    /// Whether it is there.
    pub answer: Certainty,
}

/// What is drawn: nodes and edges, each sorted by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawing {
    /// The nodes.
    pub nodes: Vec<DrawnNode>,
    /// The edges.
    pub edges: Vec<DrawnEdge>,
    /// How many disabled assignments are left out.
    pub disabled: usize,
    /// How many roles without an assignment are left out.
    pub unassigned_roles: usize,
}

/// What of the graph is drawn. Of several kinds of filters, what all of them let through.
#[derive(Clone, Debug, Default)]
pub struct DrawingFilter<'q> {
    /// Accounts, with all that they reach.
    pub accounts: Vec<PrincipalId>,
    /// Roles, with all that reaches them.
    pub roles: Vec<Symbol>,
    /// Groups, with all that reaches them.
    pub groups: Vec<PrincipalId>,
    /// Cmdlets, with the roles that have them and all that reaches these by regular assignments.
    pub cmdlets: Vec<Question<'q>>,
    /// Whether what is disabled, unassigned or alone is drawn, too.
    pub all: bool,
}

impl DrawingFilter<'_> {
    fn is_empty(&self) -> bool {
        self.accounts.is_empty() && self.roles.is_empty() && self.groups.is_empty() && self.cmdlets.is_empty()
    }
}

/// What a node stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    Principal(PrincipalId),
    /// A name of which no export says whose it is.
    Somebody(Symbol),
    Policy(Symbol),
    Role(Symbol),
    Cmdlet(Symbol),
}

/// An edge between things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    from: Thing,
    to: Thing,
    kind: EdgeKind,
    assignment: Option<usize>,
    answer: Certainty,
}

impl Graph<'_> {
    /// Draws the graph, or a part of it.
    pub fn drawing(&mut self, filter: &DrawingFilter<'_>) -> Drawing {
        let mut lines = self.memberships();
        lines.extend(self.policies_of_accounts());
        let (assignments, disabled) = self.drawn_assignments(filter.all);
        lines.extend(assignments);
        lines.extend(self.drawn_entries(&lines, &filter.cmdlets));
        lines.sort_unstable();
        // One membership that two exports state is one edge, and certain where one of them is.
        lines.dedup_by_key(|line| (line.from, line.to, line.kind, line.assignment));
        let assigned: BTreeSet<Symbol> = lines.iter().filter_map(|line| line.to.role()).collect();
        let unassigned: Vec<Symbol> = self.all_roles().into_iter().filter(|role| !assigned.contains(role)).collect();
        let mut kept: BTreeSet<Thing> = lines.iter().flat_map(|line| [line.from, line.to]).collect();
        if filter.all {
            kept.extend(unassigned.iter().map(|role| Thing::Role(*role)));
            kept.extend(self.inventory.principals.ids().filter(|id| self.is_drawn(*id)).map(Thing::Principal));
        }
        for reached in reached(filter, &lines) {
            kept.retain(|thing| reached.contains(thing));
        }
        if !filter.is_empty() {
            lines.retain(|line| kept.contains(&line.from) && kept.contains(&line.to));
        }
        kept.extend(filter.accounts.iter().map(|id| Thing::Principal(*id)));
        let groups: BTreeSet<Thing> =
            lines.iter().filter(|line| line.kind == EdgeKind::Member).map(|line| line.to).collect();
        let nodes = self.drawn_nodes(&kept, &groups);
        let mut edges: Vec<DrawnEdge> = lines.iter().map(|line| self.drawn_edge(line, &nodes)).collect();
        edges.sort_unstable();
        let mut nodes: Vec<DrawnNode> = nodes.into_values().collect();
        nodes.sort_unstable_by(|left, right| left.id.cmp(&right.id));
        let unassigned_roles = if filter.all { 0 } else { unassigned.len() };
        Drawing { nodes, edges, disabled: if filter.all { 0 } else { disabled }, unassigned_roles }
    }

    fn memberships(&self) -> Vec<Line> {
        let ids = self.inventory.principals.ids();
        let of = |id: PrincipalId| {
            self.edges_of(id).map(move |edge| Line {
                from: Thing::Principal(id),
                to: Thing::Principal(edge.group),
                kind: EdgeKind::Member,
                assignment: None,
                answer: if edge.gap.is_none() { Certainty::Granted } else { Certainty::Unknown },
            })
        };
        ids.flat_map(of).collect()
    }

    fn policies_of_accounts(&self) -> Vec<Line> {
        let policy = |id: PrincipalId| match self.inventory.principals.get(id).policy {
            Stated::Is(Some(policy)) if policy.form == Form::Whole => Some(Line {
                from: Thing::Principal(id),
                to: Thing::Policy(self.policy_named(policy.symbol)),
                kind: EdgeKind::Policy,
                assignment: None,
                answer: Certainty::Granted,
            }),
            _ => None,
        };
        self.inventory.principals.ids().filter_map(policy).collect()
    }

    /// An edge for each assignment, and how many disabled ones are left out.
    fn drawn_assignments(&self, all: bool) -> (Vec<Line>, usize) {
        let (mut lines, mut disabled) = (Vec::new(), 0);
        for (index, assignment) in self.inventory.assignments.iter().enumerate() {
            let answer = match self.standing(index) {
                Standing::Disabled if !all => {
                    disabled += 1;
                    continue;
                }
                Standing::Disabled => Certainty::NotGranted,
                Standing::Works(_) | Standing::Delegating => Certainty::Granted,
                Standing::Unknown(_) => Certainty::Unknown,
            };
            let Some(role) = assignment.role else { continue };
            let whole = |form: Form| if form == Form::Whole { answer } else { answer.max(Certainty::Unknown) };
            let assignees: Vec<(Thing, Certainty)> = match &assignment.assignee {
                Assignee::Principal(id) => vec![(Thing::Principal(*id), answer)],
                Assignee::Several(ids) => {
                    ids.iter().map(|id| (Thing::Principal(*id), answer.max(Certainty::Unknown))).collect()
                }
                Assignee::Policy(policy) => vec![(Thing::Policy(policy.symbol), answer)],
                Assignee::Unclear(text) => vec![(Thing::Somebody(text.symbol), answer.max(Certainty::Unknown))],
                Assignee::Missing => Vec::new(),
            };
            let delegating = assignment.delegating == Stated::Is(true) || *self.standing(index) == Standing::Delegating;
            let kind = if delegating { EdgeKind::Delegating } else { EdgeKind::Regular };
            for (from, answer) in assignees {
                let answer = answer.max(whole(role.form));
                lines.push(Line { from, to: Thing::Role(role.symbol), kind, assignment: Some(index), answer });
            }
        }
        (lines, disabled)
    }

    /// An edge for each role that has, or may have, a cmdlet that is asked for. One of which no entries are known counts
    /// where it is assigned.
    fn drawn_entries(&self, lines: &[Line], cmdlets: &[Question<'_>]) -> Vec<Line> {
        let assigned: BTreeSet<Symbol> = lines.iter().filter_map(|line| line.to.role()).collect();
        let mut found = Vec::new();
        for question in cmdlets {
            let Some(cmdlet) = self.inventory.names.get(question.cmdlet) else { continue };
            let line = |role: Symbol, answer| {
                let (from, to) = (Thing::Role(role), Thing::Cmdlet(cmdlet));
                Line { from, to, kind: EdgeKind::Entry, assignment: None, answer }
            };
            let mut entries: Vec<Entry> =
                self.inventory.entries_named(cmdlet).filter(|entry| entry.role != NO_ROLE).collect();
            entries.sort_by_key(|entry| entry.role);
            let mut seen = BTreeSet::new();
            for same in entries.chunk_by(|left, right| left.role == right.role) {
                let entry = self.one_entry(same[0].role, same);
                if entry.gap.is_none() && self.meets(&entry, question) {
                    found.push(line(entry.role, Certainty::Granted));
                } else if entry.gap.is_some() || !entry.parameters_complete {
                    found.push(line(entry.role, Certainty::Unknown));
                }
                seen.insert(entry.role);
            }
            let may_have =
                |role: &&Symbol| !seen.contains(*role) && self.entries_gap(**role, Some(question.cmdlet)).is_some();
            found.extend(assigned.iter().filter(may_have).map(|role| line(*role, Certainty::Unknown)));
        }
        found
    }

    /// Every role that exports name.
    fn all_roles(&self) -> BTreeSet<Symbol> {
        self.inventory.roles.names().chain(self.inventory.roles_with_entries()).collect()
    }

    /// Whether a principal without an edge is worth a node.
    fn is_drawn(&self, id: PrincipalId) -> bool {
        let class = self.inventory.principals.get(id).class;
        self.is_among_accounts(id) || matches!(class, Some(Class::SecurityGroup | Class::DistributionGroup))
    }

    fn drawn_nodes(&mut self, things: &BTreeSet<Thing>, groups: &BTreeSet<Thing>) -> BTreeMap<Thing, DrawnNode> {
        let inventory = self.inventory;
        /// Things of one kind and name, each with its name as it is shown and whether all of it is known.
        type Alike = Vec<(Thing, String, bool)>;
        let mut named: BTreeMap<(NodeKind, String), Alike> = BTreeMap::new();
        for &thing in things {
            let (kind, name, known) = match thing {
                Thing::Principal(id) => {
                    let is_group = groups.contains(&thing) || self.is_taken_for_group(id);
                    let kind = if is_group { NodeKind::Group } else { NodeKind::Account };
                    let known = if is_group {
                        self.members_gap(id).is_none()
                    } else {
                        crate::inventory::has_whole_name(inventory.principals.identities(id))
                    };
                    (kind, inventory.show_principal(id), known)
                }
                Thing::Somebody(name) => (NodeKind::Group, inventory.show(name), false),
                Thing::Policy(name) => (NodeKind::Policy, inventory.show(name), true),
                Thing::Role(name) => {
                    let is_whole = self.all_of_role_is_shown(name);
                    (NodeKind::Role, inventory.show(name), is_whole)
                }
                Thing::Cmdlet(name) => (NodeKind::Cmdlet, inventory.show(name), true),
            };
            named.entry((kind, fold(name))).or_default().push((thing, name.to_owned(), known));
        }
        let mut nodes = BTreeMap::new();
        for ((kind, folded), alike) in named {
            let several = alike.len() > 1;
            for (thing, name, known) in alike {
                // Two of one name are told apart by whatever else names them.
                let more = match thing {
                    Thing::Principal(id) if several => {
                        let strongest = inventory.principals.identities(id).first();
                        strongest.map_or("", |(_, text)| inventory.show(text.symbol))
                    }
                    _ => "",
                };
                let id = id_of(kind, &folded, more);
                nodes.insert(thing, DrawnNode { id, kind, name, known });
            }
        }
        nodes
    }

    /// Whether a principal is drawn as a group: by its record, by an assignment, or by what the caller asserts.
    fn is_taken_for_group(&self, id: PrincipalId) -> bool {
        let principal = self.inventory.principals.get(id);
        match principal.class {
            Some(Class::SecurityGroup | Class::DistributionGroup) => true,
            Some(_) => false,
            None => principal.role_group || self.asserted_groups.contains_key(&id) || !self.is_among_accounts(id),
        }
    }

    /// Whether a role is more than a cut name.
    fn all_of_role_is_shown(&self, role: Symbol) -> bool {
        let of_role = |text: &crate::inventory::Text| text.symbol == role && text.form == Form::Whole;
        let assigned = || self.inventory.assignments.iter().filter_map(|one| one.role.as_ref()).any(of_role);
        self.inventory.roles.has(role) || self.inventory.has_entries(role) || assigned()
    }

    fn drawn_edge(&self, line: &Line, nodes: &BTreeMap<Thing, DrawnNode>) -> DrawnEdge {
        let assignment = line.assignment.map(|index| &self.inventory.assignments[index]);
        let show = |symbol: Symbol| self.inventory.show(symbol).to_owned();
        let id = |thing: &Thing| nodes.get(thing).map(|node| node.id.clone()).unwrap_or_default();
        DrawnEdge {
            from: id(&line.from),
            to: id(&line.to),
            kind: line.kind,
            assignment: assignment.and_then(|assignment| assignment.name).map(show),
            scope: assignment.and_then(|assignment| assignment.custom[0]).map(|text| show(text.symbol)),
            answer: line.answer,
        }
    }
}

impl Thing {
    fn role(self) -> Option<Symbol> {
        match self {
            Self::Role(role) => Some(role),
            _ => None,
        }
    }
}

/// The letter of the kind and the hash of what is drawn, so that one thing more changes no id of another.
#[must_use]
pub fn id_of(kind: NodeKind, folded: &str, more: &str) -> String {
    let word = kind.name();
    let mut text = format!("{word}\u{1f}{folded}");
    if !more.is_empty() {
        text = format!("{text}\u{1f}{more}");
    }
    format!("{}{}", &word[..1], &digest(&text)[..12])
}

/// For each filter, what it lets through.
fn reached(filter: &DrawingFilter<'_>, lines: &[Line]) -> Vec<BTreeSet<Thing>> {
    let principals = |ids: &[PrincipalId]| ids.iter().map(|id| Thing::Principal(*id)).collect::<Vec<Thing>>();
    let leads = |line: &&Line| line.answer != Certainty::NotGranted;
    let mut onwards: BTreeMap<Thing, Vec<Thing>> = BTreeMap::new();
    let mut backwards: BTreeMap<Thing, Vec<Thing>> = BTreeMap::new();
    let mut by_regular: BTreeMap<Thing, Vec<Thing>> = BTreeMap::new();
    for line in lines.iter().filter(leads) {
        onwards.entry(line.from).or_default().push(line.to);
        backwards.entry(line.to).or_default().push(line.from);
        if line.kind != EdgeKind::Delegating {
            by_regular.entry(line.to).or_default().push(line.from);
        }
    }
    let cmdlets = || lines.iter().map(|line| line.to).filter(|to| matches!(to, Thing::Cmdlet(_)));
    let roles = filter.roles.iter().map(|role| Thing::Role(*role)).collect();
    let mut all = Vec::new();
    let mut add = |asked: bool, from: Vec<Thing>, next: &BTreeMap<Thing, Vec<Thing>>| {
        if asked {
            all.push(follow(from, next));
        }
    };
    add(!filter.accounts.is_empty(), principals(&filter.accounts), &onwards);
    add(!filter.roles.is_empty(), roles, &backwards);
    add(!filter.groups.is_empty(), principals(&filter.groups), &backwards);
    add(!filter.cmdlets.is_empty(), cmdlets().collect(), &by_regular);
    all
}

fn follow(mut queue: Vec<Thing>, next: &BTreeMap<Thing, Vec<Thing>>) -> BTreeSet<Thing> {
    let mut seen: BTreeSet<Thing> = queue.iter().copied().collect();
    while let Some(thing) = queue.pop() {
        for &other in next.get(&thing).into_iter().flatten() {
            if seen.insert(other) {
                queue.push(other);
            }
        }
    }
    seen
}
