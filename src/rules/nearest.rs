//! The nearest miss: at which line something came closest, and what to type to mend it.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Label;
use crate::graph::{Graph, Miss, MissCode, Question, quoted};
use crate::inventory::{Assignee, NO_ROLE, PrincipalId};
use crate::name::Symbol;
use crate::scope::Reach;

/// Something that came close, in words.
#[derive(Clone, Debug)]
pub struct Nearest {
    /// In what way.
    pub code: &'static str,
    /// What came close, in a few words.
    pub message: String,
    /// Its places, the nearest first.
    pub labels: Vec<Label>,
    /// What to type, where typing can mend it.
    pub help: Option<String>,
}

/// What came closest to letting an account run a cmdlet, nearest first: each way of missing it with its best example.
#[must_use]
pub fn nearest_ways(graph: &Graph<'_>, account: &str, cmdlet: &str, own: &[Miss], elsewhere: &[Miss]) -> Vec<Nearest> {
    let mut codes: Vec<MissCode> = own.iter().chain(elsewhere).map(|miss| miss.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let best = |code: &MissCode| {
        let of_code = own.iter().chain(elsewhere).filter(|miss| miss.code == *code);
        let miss = of_code.min_by_key(|miss| (weight(graph, miss), miss.at))?;
        let labels = labels(graph, account, miss);
        let message = labels.first().map_or_else(String::new, |label| label.text.to_string());
        Some(Nearest { code: code.name(), message, labels, help: help(graph, account, cmdlet, miss, None) })
    };
    codes.iter().filter_map(best).chain(from_catalogue(graph, cmdlet)).collect()
}

/// Which built-in roles hold a cmdlet in a default organization: a hint, for the exports may show another release.
fn from_catalogue(graph: &Graph<'_>, cmdlet: &str) -> Option<Nearest> {
    let roles = graph.catalogue().holders_of(cmdlet);
    let (first, rest) = roles.split_first()?;
    let others = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
    let message = format!("by default the built-in role `{first}`{others} has the cmdlet");
    let help = Some(format!("Get-ManagementRoleEntry {}", quoted(&format!("{first}\\{cmdlet}"))));
    Some(Nearest { code: "built-in-role", message, labels: Vec::new(), help })
}

/// The miss that is worth showing: the nearest sort, and in it the one about the role that the help names, and of those
/// the one that would give least besides.
pub(super) fn nearest<'m>(
    graph: &Graph<'_>,
    own: &'m [Miss],
    elsewhere: &'m [Miss],
    role: Option<Symbol>,
) -> Option<&'m Miss> {
    let misses = if own.is_empty() { elsewhere } else { own };
    let code = misses.first()?.code;
    let nearest = misses.iter().filter(|miss| miss.code == code);
    nearest.min_by_key(|miss| (miss.role != role, weight(graph, miss), miss.at))
}

/// How much the holder of a miss would get besides: the assignments of the group, or the entries of the role.
fn weight(graph: &Graph<'_>, miss: &Miss) -> usize {
    match (miss.code, group_of(graph, miss), miss.role) {
        (MissCode::NotMember, Some(group), _) => graph.assignments_of(group).len(),
        (_, _, Some(role)) => graph.inventory().entry_count(role),
        _ => 0,
    }
}

fn group_of(graph: &Graph<'_>, miss: &Miss) -> Option<PrincipalId> {
    match graph.inventory().assignments[miss.assignment?].assignee {
        Assignee::Principal(id) => Some(id),
        _ => None,
    }
}

/// The places of a miss, the nearest first: what came closest, and the role entry that it is about.
pub(super) fn labels(graph: &Graph<'_>, account: &str, miss: &Miss) -> Vec<Label> {
    let inventory = graph.inventory();
    let role = miss.role.and_then(|role| inventory.show_role(role)).unwrap_or("");
    let assignment = miss.assignment.map(|index| &inventory.assignments[index]);
    let words = match miss.code {
        MissCode::OwnMailboxOnly => match assignment.map(|assignment| &assignment.assignee) {
            Some(Assignee::Policy(policy)) => {
                let policy = inventory.show(policy.symbol);
                format!("held for the own mailbox only: role `{role}` through the policy `{policy}`")
            }
            _ => format!("held for the own mailbox only: role `{role}`"),
        },
        MissCode::NoScope => format!("role `{role}` is held, but acts on no recipients and no configuration"),
        MissCode::OutsideScope => format!("role `{role}` is held, but not for this recipient"),
        MissCode::Disabled => format!("this assignment of role `{role}` is disabled"),
        MissCode::Delegating => format!("this assignment lets role `{role}` be handed on, not run"),
        MissCode::WithoutParameter => format!("role `{role}` is held, and has the cmdlet without it"),
        MissCode::ParentHasIt => format!("role `{role}` is held without the cmdlet, and its parent has it"),
        MissCode::NotMember => {
            let group = group_of(graph, miss).map_or("", |group| inventory.show_principal(group));
            format!("`{account}` is not a member of `{group}`, which holds role `{role}`")
        }
        MissCode::NotAssigned => format!("role `{role}` has the cmdlet and is assigned to nobody"),
        MissCode::NoRole => "no role in these exports has the cmdlet".to_owned(),
    };
    let mut labels = vec![Label::new(miss.at, words)];
    if miss.code == MissCode::NotMember
        && let Some(assignment) = assignment
    {
        labels.push(Label::new(assignment.at, format!("the assignment of role `{role}`")));
    }
    if let Some(entry) = miss.entry.filter(|entry| *entry != miss.at) {
        labels.push(Label::new(entry, format!("the entry of role `{role}`")));
    }
    labels
}

/// What to type, where typing can mend it.
pub(super) fn help(
    graph: &Graph<'_>,
    account: &str,
    cmdlet: &str,
    miss: &Miss,
    role: Option<Symbol>,
) -> Option<String> {
    let inventory = graph.inventory();
    let assign = |role: Symbol| {
        format!("New-ManagementRoleAssignment -Role {} -User {}", quoted(inventory.show(role)), quoted(account))
    };
    match miss.code {
        MissCode::Disabled => {
            let name = inventory.assignments[miss.assignment?].name?;
            Some(format!("Set-ManagementRoleAssignment {} -Enabled $true", quoted(inventory.show(name))))
        }
        MissCode::NoRole => Some(format!("Get-ManagementRole -Cmdlet {}", quoted(cmdlet))),
        MissCode::ParentHasIt => {
            let entry = format!("{}\\{cmdlet}", inventory.show_role(miss.role?)?);
            Some(format!("Add-ManagementRoleEntry {}", quoted(&entry)))
        }
        MissCode::OutsideScope => None,
        _ => role.or(miss.role).map(assign),
    }
}

/// What to type to get parameters that the held entry lacks.
pub(super) fn help_with_parameters(
    graph: &Graph<'_>,
    account: &str,
    question: &Question<'_>,
    lacks: &[String],
    role: Symbol,
) -> String {
    let inventory = graph.inventory();
    let has = |list: &crate::inventory::ParameterList| {
        lacks
            .iter()
            .all(|name| name.split('|').any(|name| inventory.names.get(name).is_some_and(|name| list.has(name))))
    };
    let named = inventory.names.get(question.cmdlet);
    let entries = named.into_iter().flat_map(|cmdlet| inventory.entries_named(cmdlet));
    let fitting = entries.filter(|entry| {
        entry.role != NO_ROLE
            && has(inventory.parameters.get(entry.parameters))
            && graph.implicit_scopes(entry.role).reach(question.cmdlet) != Reach::OwnMailbox
    });
    let others = fitting.map(|entry| entry.role);
    match others.min_by_key(|role| (inventory.entry_count(*role), crate::name::fold(inventory.show(*role)))) {
        Some(other) => {
            format!("New-ManagementRoleAssignment -Role {} -User {}", quoted(inventory.show(other)), quoted(account))
        }
        None => {
            let entry = format!("{}\\{}", inventory.show_role(role).unwrap_or(""), question.cmdlet);
            let names: Vec<String> = lacks.iter().map(|name| quoted(name.split('|').next().unwrap_or(name))).collect();
            format!("Set-ManagementRoleEntry {} -Parameters {} -AddParameter", quoted(&entry), names.join(","))
        }
    }
}

/// Roles that together hold `cmdlets`: in each step the one that holds most of the rest, and of those the smallest.
///
/// A greedy choice: never more than a logarithm away from the fewest, and the same in every run.
pub(super) fn roles_for(graph: &Graph<'_>, cmdlets: &BTreeSet<Symbol>) -> BTreeMap<Symbol, Symbol> {
    let inventory = graph.inventory();
    let with = |cmdlet: &Symbol| {
        let cmdlet = *cmdlet;
        inventory.roles_with(cmdlet).filter(|role| *role != NO_ROLE).map(move |role| (role, cmdlet))
    };
    let mut pairs: Vec<(Symbol, Symbol)> = cmdlets.iter().flat_map(with).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let mut candidates: Vec<(Symbol, Vec<Symbol>, usize)> = Vec::new();
    for of_role in pairs.chunk_by(|left, right| left.0 == right.0) {
        let role = of_role[0].0;
        let scopes = graph.implicit_scopes(role);
        let works =
            |cmdlet: &Symbol| !matches!(scopes.reach(inventory.show(*cmdlet)), Reach::OwnMailbox | Reach::Nothing);
        let held: Vec<Symbol> = of_role.iter().map(|(_, cmdlet)| *cmdlet).filter(works).collect();
        candidates.push((role, held, inventory.entry_count(role)));
    }
    let mut chosen = BTreeMap::new();
    let mut open = cmdlets.clone();
    let name = |role: Symbol| crate::name::fold(inventory.show(role));
    while let Some((_, _, role, held)) = candidates
        .iter()
        .map(|(role, held, size)| {
            let count = held.iter().filter(|cmdlet| open.contains(cmdlet)).count();
            (count, std::cmp::Reverse(*size), *role, held)
        })
        .filter(|(count, ..)| *count > 0)
        .max_by(|left, right| (left.0, left.1).cmp(&(right.0, right.1)).then_with(|| name(right.2).cmp(&name(left.2))))
    {
        for cmdlet in held {
            if open.remove(cmdlet) {
                chosen.insert(*cmdlet, role);
            }
        }
    }
    chosen
}
