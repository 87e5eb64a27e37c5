//! Role groups that already give what is needed.

use std::collections::BTreeSet;

use crate::graph::{Graph, Standing};
use crate::hidden::is_hidden;
use crate::inventory::{Assignee, AssigneeType, Assignment, PrincipalId};
use crate::name::{Symbol, fold, same};

/// A role group that gives exactly these roles, on everything that they reach, and of which all members are known.
#[must_use]
pub fn group_that_gives(graph: &Graph<'_>, roles: &[Symbol]) -> Option<PrincipalId> {
    let wanted: BTreeSet<Symbol> = roles.iter().copied().collect();
    let groups = holders_of(graph, roles.first()?).into_iter();
    let found = groups.filter(|group| may_be_joined(graph, *group) && roles_of(graph, *group) == Some(wanted.clone()));
    found.min_by_key(|group| fold(graph.inventory().show_principal(*group)))
}

/// All role groups that somebody may be told to join, with the roles that they give on everything that these reach.
#[must_use]
pub fn groups_to_join(graph: &Graph<'_>) -> Vec<(PrincipalId, BTreeSet<Symbol>)> {
    let inventory = graph.inventory();
    let named = inventory.assignments.iter().filter_map(|assignment| match assignment.assignee {
        Assignee::Principal(id) => Some(id),
        _ => None,
    });
    let groups: BTreeSet<PrincipalId> = named.collect();
    let mut groups: Vec<PrincipalId> = groups.into_iter().filter(|group| may_be_joined(graph, *group)).collect();
    groups.sort_by_cached_key(|group| fold(inventory.show_principal(*group)));
    groups.into_iter().filter_map(|group| Some((group, roles_of(graph, group)?))).collect()
}

/// The groups that a role is assigned to, each once, however often it is.
fn holders_of(graph: &Graph<'_>, role: &Symbol) -> BTreeSet<PrincipalId> {
    let assignments = graph.assignments_giving(*role).iter();
    let groups = assignments.filter_map(|index| match graph.inventory().assignments[*index].assignee {
        Assignee::Principal(id) => Some(id),
        _ => None,
    });
    groups.collect()
}

/// The roles of a group, where each is given on everything that it reaches, and nothing of it is doubtful.
fn roles_of(graph: &Graph<'_>, group: PrincipalId) -> Option<BTreeSet<Symbol>> {
    let mut given = BTreeSet::new();
    for index in graph.assignments_of(group) {
        let assignment = &graph.inventory().assignments[*index];
        match graph.standing(*index) {
            Standing::Disabled => {}
            Standing::Works(_) if is_plain(graph, assignment) => given.extend(assignment.role.map(|role| role.symbol)),
            _ => return None,
        }
    }
    Some(given)
}

/// Whether an assignment lets its role reach all that it can.
fn is_plain(graph: &Graph<'_>, assignment: &Assignment) -> bool {
    let show = |word: Symbol| graph.inventory().show(word);
    let implicit = assignment.role.map(|role| graph.implicit_scopes(role.symbol));
    let implicit = implicit.and_then(|scopes| scopes.recipient_write);
    let is_wide =
        |word: Symbol| same(show(word), "Organization") || implicit.is_some_and(|implicit| same(implicit, show(word)));
    let custom = assignment.custom.iter().chain([&assignment.resource]).any(Option::is_some);
    !custom && assignment.scopes[1].is_none_or(is_wide)
}

/// Whether somebody may be told to join a group: a role group of the organization's own, of which all members are known.
fn may_be_joined(graph: &Graph<'_>, group: PrincipalId) -> bool {
    let inventory = graph.inventory();
    let principal = inventory.principals.get(group);
    let name = inventory.show_principal(group);
    let mut kinds = graph.assignments_of(group).iter().map(|index| inventory.assignments[*index].assignee_type);
    (principal.role_group || kinds.any(|kind| kind == Some(AssigneeType::RoleGroup)))
        && !principal.linked_group
        && graph.synchronised(group).is_none()
        && !graph.catalogue().defaults().is_built_in(None, name)
        && !name.contains(is_hidden)
        && graph.groups_named(name).len() == 1
        && graph.are_members_known(group)
        && !graph.is_in_a_group(group)
}
