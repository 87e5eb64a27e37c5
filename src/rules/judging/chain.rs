//! The chain of a grant: member, group, assignment, role, entry, each hop at its own place.

use crate::diagnostic::{Hop, Label};
use crate::graph::{EntryGrant, Graph, Held, Miss, MissCode, Rights};
use crate::inventory::PrincipalId;
use crate::source::Span;

/// The places of a path from an account to a role entry, in that order. The first is the one that somebody would
/// change: the membership, else the assignment; where the caller asserts the entries, the entry is all there is.
pub(super) fn labels(graph: &Graph<'_>, account: &str, rights: &Rights, grant: &EntryGrant<'_>) -> Vec<Label> {
    let mut labels = to_assignment(graph, account, rights, &rights.held[grant.held]);
    labels.push(entry(graph, grant));
    labels
}

/// The places of a path from an account to an assignment.
pub(super) fn to_assignment(graph: &Graph<'_>, account: &str, rights: &Rights, held: &Held) -> Vec<Label> {
    let mut labels = memberships(graph, account, rights, held);
    labels.extend(assignment(graph, account, held));
    labels
}

/// The places that make an account a member of an assignment's group, or its mailbox one of a policy.
pub(super) fn memberships(graph: &Graph<'_>, account: &str, rights: &Rights, held: &Held) -> Vec<Label> {
    let mut labels = hops(graph, account, &graph.chain(rights, held));
    if let (Some(policy), Some(at)) = (held.policy, graph.place_of_account(rights)) {
        let policy = graph.inventory().show(policy);
        labels.push(Label::of(
            Hop::Policy,
            at,
            format!("the mailbox of `{account}` has role assignment policy `{policy}`"),
        ));
    }
    labels
}

/// One label for each membership of a chain.
pub(super) fn hops(graph: &Graph<'_>, account: &str, chain: &[(PrincipalId, Span)]) -> Vec<Label> {
    let mut member = account;
    let mut labels = Vec::with_capacity(chain.len());
    for &(group, at) in chain {
        let name = graph.inventory().show_principal(group);
        labels.push(Label::of(Hop::Member, at, format!("`{member}` is a member of `{name}`")));
        member = name;
    }
    labels
}

/// The assignment of a path, or what stands for it.
pub(super) fn assignment(graph: &Graph<'_>, account: &str, held: &Held) -> Option<Label> {
    let inventory = graph.inventory();
    let role = held.role.and_then(|role| inventory.show_role(role)).unwrap_or("");
    if let Some(at) = held.asserted {
        return Some(Label::of(
            Hop::Assignment,
            at,
            format!("the policy says that `{account}` holds the role `{role}`"),
        ));
    }
    let assignment = graph.assignment(held)?;
    let group = held.chain.last().map(|(group, _)| inventory.show_principal(*group));
    let assignee = group.or(held.policy.map(|policy| inventory.show(policy))).unwrap_or(account);
    let words = match assignment.name {
        Some(name) => format!("assignment `{}` gives `{assignee}` the role `{role}`", inventory.show(name)),
        None => format!("this assignment gives `{assignee}` the role `{role}`"),
    };
    Some(Label::of(Hop::Assignment, assignment.at, words))
}

/// Where the caller asserts the roles of an account, the first of them.
pub(super) fn assertion(account: &str, rights: &Rights) -> Option<Label> {
    let at = rights.held.iter().find_map(|held| held.asserted)?;
    Some(Label::of(Hop::Assignment, at, format!("the policy says which roles `{account}` holds")))
}

/// The entry at the end of a path.
pub(super) fn entry(graph: &Graph<'_>, grant: &EntryGrant<'_>) -> Label {
    let inventory = graph.inventory();
    let cmdlet = inventory.show(grant.cmdlet);
    let words = match inventory.show_role(grant.role) {
        Some(role) => format!("role `{role}` has `{cmdlet}`"),
        None => format!("`{cmdlet}`, of a role that no export names"),
    };
    Label::of(Hop::Entry, grant.at, words)
}

/// How an account comes to what a miss is about, where it has a path of its own to it.
pub(super) fn to_miss(graph: &Graph<'_>, account: &str, rights: &Rights, miss: &Miss) -> Vec<Label> {
    let own =
        matches!(miss.code, MissCode::OwnMailboxOnly | MissCode::NoScope | MissCode::Disabled | MissCode::Delegating);
    let all = rights.held.iter().chain(rights.would.iter().map(|(held, _)| held));
    let held = all.into_iter().find(|held| held.assignment.is_some() && held.assignment == miss.assignment);
    held.filter(|_| own).map(|held| memberships(graph, account, rights, held)).unwrap_or_default()
}
