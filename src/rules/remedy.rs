//! What to type: PowerShell that mends what a finding is about, the same in Windows PowerShell 5.1 and PowerShell 7.

use crate::graph::{Graph, Held, Standing};
use crate::inventory::{Assignee, AssigneeType, Class, PrincipalId};
use crate::name::{Symbol, same};
use crate::powershell::{give_in_entra, quoted, take_in_entra};

/// The name of an object to be made: Exchange takes no more than 64 characters.
pub(super) fn cut(name: &str) -> &str {
    const CHARACTERS_MAX: usize = 64;
    let end = name.char_indices().nth(CHARACTERS_MAX).map_or(name.len(), |(at, _)| at);
    name[..end].trim_end()
}

/// The same as one argument.
pub(super) fn made_up(name: &str) -> String {
    quoted(cut(name))
}

/// Several names as one argument.
pub(super) fn all_quoted<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().map(quoted).collect::<Vec<_>>().join(",")
}

/// Lets an account run a role: through a role group that gives this role alone, else through a new one. An assignment
/// to the account itself would do too, and is what `direct-assignment` warns of.
pub(super) fn give(graph: &Graph<'_>, role: Symbol, group: Option<PrincipalId>, account: &str) -> String {
    match group {
        Some(group) => add_member(graph, group, account),
        None => {
            let role = graph.inventory().show(role);
            let group = made_up(&format!("Holders of {role}"));
            format!("New-RoleGroup {group} -Roles {} -Members {}", quoted(role), quoted(account))
        }
    }
}

/// A role group that gives a role, on everything that the role itself reaches, and no other role.
pub(super) fn group_of(graph: &Graph<'_>, role: Symbol) -> Option<PrincipalId> {
    let inventory = graph.inventory();
    let is_narrow = |index: &usize| {
        let assignment = &inventory.assignments[*index];
        let is_implicit = |word: Symbol| same(inventory.show(word), "Organization");
        let custom = assignment.custom.iter().chain([&assignment.resource]).any(Option::is_some);
        custom || !assignment.scopes[1].is_none_or(is_implicit)
    };
    let gives = |index: &&usize| matches!(graph.standing(**index), Standing::Works(_) | Standing::Unknown(_));
    let fits = |group: PrincipalId| {
        let mut given = graph.assignments_of(group).iter().filter(gives);
        is_role_group(graph, group)
            && graph.synchronised(group).is_none()
            && given.all(|index| inventory.assignments[*index].role.is_some_and(|given| given.symbol == role))
    };
    let groups = graph.assignments_giving(role).iter().filter(|index| !is_narrow(index)).filter(gives);
    let groups = groups.filter_map(|index| match inventory.assignments[*index].assignee {
        Assignee::Principal(id) => Some(id),
        _ => None,
    });
    groups.filter(|group| fits(*group)).min_by_key(|group| crate::name::fold(inventory.show_principal(*group)))
}

/// Puts somebody into a group. Exchange Online refuses to change the members of one that is synchronised from Entra.
pub(super) fn add_member(graph: &Graph<'_>, group: PrincipalId, member: &str) -> String {
    if let Some(role) = graph.synchronised(group).and_then(|entra| entra.role) {
        return give_in_entra(member, role.template);
    }
    let (group, member) = (of_group(graph, group), quoted(member));
    format!("Add-{} {} -{} {member}", group.noun, group.name, group.parameter)
}

/// Takes somebody out of a group.
pub(super) fn remove_member(graph: &Graph<'_>, group: PrincipalId, member: &str) -> String {
    if let Some(role) = graph.synchronised(group).and_then(|entra| entra.role) {
        return take_in_entra(member, role.template);
    }
    let (group, member) = (of_group(graph, group), quoted(member));
    format!("Remove-{} {} -{} {member}", group.noun, group.name, group.parameter)
}

/// Takes what is held from an account: out of the first group of the chain, else by the assignment itself. `None` where
/// it comes by a policy, which others share, or by what the caller asserts.
pub(super) fn take(graph: &Graph<'_>, account: &str, held: &Held) -> Option<String> {
    if let Some((group, _)) = held.chain.first() {
        return Some(remove_member(graph, *group, account));
    }
    let name = graph.assignment(held).filter(|_| held.policy.is_none())?.name?;
    Some(format!("Remove-ManagementRoleAssignment {}", quoted(graph.inventory().show(name))))
}

/// Whether a group is a role group, by its own record, an assignment, or its name.
fn is_role_group(graph: &Graph<'_>, group: PrincipalId) -> bool {
    let inventory = graph.inventory();
    let mut named = graph.assignments_of(group).iter().map(|index| inventory.assignments[*index].assignee_type);
    inventory.principals.get(group).role_group
        || named.any(|kind| kind == Some(AssigneeType::RoleGroup))
        || graph.catalogue().defaults().is_built_in(None, inventory.show_principal(group))
}

/// How the members of a group are changed.
struct GroupCmdlet {
    noun: &'static str,
    name: String,
    parameter: &'static str,
}

/// Role groups and groups with an address are changed by Exchange, all others in the directory.
fn of_group(graph: &Graph<'_>, group: PrincipalId) -> GroupCmdlet {
    let principal = graph.inventory().principals.get(group);
    let (noun, parameter) = if is_role_group(graph, group) {
        ("RoleGroupMember", "Member")
    } else if principal.mail_enabled == Some(true) || principal.class == Some(Class::DistributionGroup) {
        ("DistributionGroupMember", "Member")
    } else if principal.class == Some(Class::SecurityGroup) && principal.at.is_some() {
        ("ADGroupMember", "Members")
    } else {
        // Only an assignment or a list of members names it: most of those are role groups.
        ("RoleGroupMember", "Member")
    };
    GroupCmdlet { noun, name: quoted(graph.inventory().show_principal(group)), parameter }
}
