//! Role groups that already give what is needed.

use std::collections::BTreeSet;

use crate::graph::{Graph, Standing};
use crate::hidden::is_hidden;
use crate::inventory::{Assignee, AssigneeType, PrincipalId};
use crate::name::{Symbol, fold, same};

/// A role group that gives exactly these roles, on everything that they reach, and of which all members are known.
#[must_use]
pub fn group_that_gives(graph: &Graph<'_>, roles: &[Symbol]) -> Option<PrincipalId> {
    let inventory = graph.inventory();
    let wanted: BTreeSet<Symbol> = roles.iter().copied().collect();
    let gives_them = |group: &PrincipalId| {
        let mut given = BTreeSet::new();
        let plain = graph.assignments_of(*group).iter().all(|index| {
            let assignment = &inventory.assignments[*index];
            let wide = |word: Option<Symbol>| {
                word.is_none_or(|word| {
                    let role = assignment.role.map(|role| graph.implicit_scopes(role.symbol));
                    let implicit = role.and_then(|scopes| scopes.recipient_write);
                    same(inventory.show(word), "Organization")
                        || implicit.is_some_and(|it| same(it, inventory.show(word)))
                })
            };
            let custom = assignment.custom.iter().chain([&assignment.resource]).any(Option::is_some);
            match graph.standing(*index) {
                Standing::Disabled => true,
                Standing::Delegating | Standing::Unknown(_) => false,
                Standing::Works(_) => {
                    given.extend(assignment.role.map(|role| role.symbol));
                    !custom && wide(assignment.scopes[1])
                }
            }
        });
        plain && given == wanted
    };
    let is_assigned_to_as_one = |group: PrincipalId| {
        let mut kinds = graph.assignments_of(group).iter().map(|index| inventory.assignments[*index].assignee_type);
        kinds.any(|kind| kind == Some(AssigneeType::RoleGroup))
    };
    let fits = |group: &PrincipalId| {
        let principal = inventory.principals.get(*group);
        let name = inventory.show_principal(*group);
        (principal.role_group || is_assigned_to_as_one(*group))
            && !principal.linked_group
            && graph.synchronised(*group).is_none()
            && !graph.catalogue().defaults().is_built_in(None, name)
            && !name.contains(is_hidden)
            && graph.groups_named(name).len() == 1
            && graph.are_members_known(*group)
            && !graph.is_in_a_group(*group)
    };
    let first = roles.first()?;
    let holders = graph.assignments_giving(*first).iter();
    let holders = holders.filter_map(|index| match inventory.assignments[*index].assignee {
        Assignee::Principal(id) => Some(id),
        _ => None,
    });
    // A group that has the role many times is looked at once.
    let holders: BTreeSet<PrincipalId> = holders.collect();
    let found = holders.into_iter().filter(|group| fits(group) && gives_them(group));
    found.min_by_key(|group| fold(inventory.show_principal(*group)))
}
