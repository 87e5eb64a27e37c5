//! The nearest miss: at which line something came closest.

use crate::diagnostic::Label;
use crate::graph::{Graph, Miss, MissCode, Rights};
use crate::inventory::Assignee;
use crate::name::{Symbol, same};
use crate::scope::OWN_GROUPS;

/// Something that came close, in words.
#[derive(Clone, Debug)]
pub struct Nearest {
    /// In what way.
    pub code: &'static str,
    /// What came close, in a few words.
    pub message: String,
    /// Its places, the nearest first.
    pub labels: Vec<Label>,
}

/// What came closest to letting an account run a cmdlet, nearest first: each way of missing it with its best example.
#[must_use]
pub fn nearest_ways(
    graph: &Graph<'_>,
    (account, rights): (&str, &Rights),
    cmdlet: &str,
    own: &[Miss],
    elsewhere: &[Miss],
) -> Vec<Nearest> {
    // What fails for those who hold the role is its scope, and no membership.
    let is_held = |miss: &Miss| {
        own.iter().any(|held| held.role == miss.role && matches!(held.code, MissCode::OutsideScope | MissCode::NoScope))
    };
    let is_member = |miss: &Miss| graph.group_of(miss).is_some_and(|group| rights.groups.contains(&group));
    let is_reason = |miss: &&Miss| miss.code != MissCode::NotMember || !is_held(miss) && !is_member(miss);
    let all = || own.iter().chain(elsewhere).filter(is_reason);
    let mut codes: Vec<MissCode> = all().map(|miss| miss.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let best = |code: &MissCode| {
        let miss = all().filter(|miss| miss.code == *code).min_by_key(|miss| (graph.weight(miss), miss.at))?;
        let labels = labels(graph, account, miss);
        let message = labels.first().map_or_else(String::new, |label| label.text.to_string());
        Some(Nearest { code: code.name(), message, labels })
    };
    codes.iter().filter_map(best).chain(from_catalogue(graph, cmdlet)).collect()
}

/// Which built-in roles hold a cmdlet in a default organization: a hint, for the exports may show another release.
fn from_catalogue(graph: &Graph<'_>, cmdlet: &str) -> Option<Nearest> {
    let roles = graph.catalogue().holders_of(cmdlet);
    let (first, rest) = roles.split_first()?;
    let message = match rest.len() {
        0 => format!("by default the built-in role `{first}` has the cmdlet"),
        more => format!("by default the built-in role `{first}` and {more} more have the cmdlet"),
    };
    Some(Nearest { code: "built-in-role", message, labels: Vec::new() })
}

/// The miss that is worth showing: the disabled assignment of the role that the help names, else the nearest sort, and in
/// it the one about the role that the help names, and of those the one that would give the least else.
pub(super) fn nearest(graph: &mut Graph<'_>, own: &[Miss], cmdlet: &str, role: Option<Symbol>) -> Option<Miss> {
    let is_parked = |miss: &&Miss| miss.code == MissCode::Disabled && role.is_some() && miss.role == role;
    if let Some(miss) = own.iter().find(is_parked) {
        return Some(miss.clone());
    }
    if let Some(first) = own.first() {
        let nearest = own.iter().filter(|miss| miss.code == first.code);
        return nearest.min_by_key(|miss| (miss.role != role, graph.weight(miss), miss.at)).cloned();
    }
    if let Some(miss) = role.and_then(|role| graph.held_by_group(cmdlet, role)) {
        return Some(miss);
    }
    let elsewhere = graph.elsewhere(cmdlet);
    let first = elsewhere.first()?;
    let mut nearest = elsewhere.iter().take_while(|miss| miss.code == first.code);
    nearest.find(|miss| miss.role == role).or(Some(first)).cloned()
}

/// What an end-user role works on.
fn own(graph: &Graph<'_>, miss: &Miss) -> &'static str {
    let path = miss.assignment.map(|assignment| graph.path_of_assignment(assignment));
    match path.and_then(|path| graph.scopes(&path).recipient_write) {
        Some(word) if same(word, OWN_GROUPS) => "its own mailbox and the groups that it owns",
        _ => "its own mailbox",
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
                format!("only on {}: role `{role}` through role assignment policy `{policy}`", own(graph, miss))
            }
            _ => format!("only on {}: role `{role}`", own(graph, miss)),
        },
        MissCode::NoScope if miss.assignment.is_none() => {
            format!("role `{role}` has the cmdlet, but acts on no recipients and no configuration")
        }
        MissCode::NoScope => format!("role `{role}` is held, but acts on no recipients and no configuration"),
        MissCode::OutsideScope => format!("role `{role}` is held, but not for this recipient"),
        MissCode::ScopesApart => {
            format!("role `{role}` has a part of the parameters, and shares no scope with the rest")
        }
        MissCode::Disabled => format!("this assignment of role `{role}` is disabled"),
        MissCode::Delegating => format!("a delegating assignment of role `{role}`: may assign the role, not use it"),
        MissCode::WithoutParameter => format!("role `{role}` is held, and has the cmdlet without it"),
        MissCode::ParentHasIt => format!("role `{role}` is held without the cmdlet, and its parent has it"),
        MissCode::NotMember => {
            let group = graph.group_of(miss).map_or("", |group| inventory.show_principal(group));
            format!("`{account}` is not a member of `{group}`, which holds role `{role}`")
        }
        MissCode::NotAssigned => format!("role `{role}` has the cmdlet and is not assigned"),
        MissCode::EndUserRole => format!("role `{role}` has the cmdlet, for the own mailbox only"),
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
