//! The nearest miss: at which line something came closest, and what to type to mend it.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Label;
use crate::graph::{Graph, Miss, MissCode, Question, Rights, Why, is_common};
use crate::inventory::{Assignee, NO_ROLE, PrincipalId};
use crate::name::{ByName, Symbol};
use crate::powershell::{all_quoted, quoted};
use crate::remedy::{Fix, Remedy};
use crate::rules::remedy;
use crate::scope::{Reach, is_session, reads};

/// Something that came close, in words.
#[derive(Clone, Debug)]
pub struct Nearest {
    /// In what way.
    pub code: &'static str,
    /// What came close, in a few words.
    pub message: String,
    /// Its places, the nearest first.
    pub labels: Vec<Label>,
    /// What would end it, where a change can.
    pub fixes: Vec<Fix>,
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
        let joined = |role: Symbol| match miss.code {
            MissCode::NotMember => graph.group_of(miss),
            _ => remedy::group_of(graph, role).filter(|group| !rights.groups.contains(group)),
        };
        let way = miss.role.map(|role| Way { role, group: joined(role) });
        let fix = fix(graph, (account, rights), cmdlet, miss, (way, None));
        Some(Nearest { code: code.name(), message, labels, fixes: fix.into_iter().collect() })
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
    let command = format!("Get-ManagementRoleEntry {}", quoted(&format!("{first}\\{cmdlet}")));
    let fixes = vec![Fix::export(command, "shows whether this organization's role has it")];
    Some(Nearest { code: "built-in-role", message, labels: Vec::new(), fixes })
}

/// The miss that is worth showing: the nearest sort, and in it the one about the role that the help names, and of those
/// the one that would give least besides.
pub(super) fn nearest(graph: &mut Graph<'_>, own: &[Miss], cmdlet: &str, role: Option<Symbol>) -> Option<Miss> {
    let best = |graph: &Graph<'_>, misses: &[Miss]| {
        let code = misses.first()?.code;
        let nearest = misses.iter().filter(|miss| miss.code == code);
        nearest.min_by_key(|miss| (miss.role != role, graph.weight(miss), miss.at)).cloned()
    };
    if !own.is_empty() {
        return best(graph, own);
    }
    if let Some(miss) = role.and_then(|role| graph.held_by_group(cmdlet, role)) {
        return Some(miss);
    }
    let elsewhere = graph.elsewhere(cmdlet);
    best(graph, &elsewhere)
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
        MissCode::ScopesApart => {
            format!("role `{role}` has a part of the parameters, and shares no scope with the rest")
        }
        MissCode::Disabled => format!("this assignment of role `{role}` is disabled"),
        MissCode::Delegating => format!("this assignment lets role `{role}` be handed on, not run"),
        MissCode::WithoutParameter => format!("role `{role}` is held, and has the cmdlet without it"),
        MissCode::ParentHasIt => format!("role `{role}` is held without the cmdlet, and its parent has it"),
        MissCode::NotMember => {
            let group = graph.group_of(miss).map_or("", |group| inventory.show_principal(group));
            format!("`{account}` is not a member of `{group}`, which holds role `{role}`")
        }
        MissCode::NotAssigned => format!("role `{role}` has the cmdlet and is assigned to nobody"),
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

/// What would end it, where a change can.
///
/// `given` is how the account gets what it lacks where it must be given a role.
pub(super) fn fix(
    graph: &Graph<'_>,
    (account, rights): (&str, &Rights),
    cmdlet: &str,
    miss: &Miss,
    (way, given): (Option<Way>, Option<&Fix>),
) -> Option<Fix> {
    let inventory = graph.inventory();
    let enable = |assignment: usize| {
        let assignment = inventory.show(inventory.assignments[assignment].name?).to_owned();
        Some(Fix::of(Remedy::SetEnabled { assignment, on: true }, "enables the assignment that is there"))
    };
    match miss.code {
        MissCode::Disabled => enable(miss.assignment?),
        MissCode::NoRole => {
            let command = format!("Get-ManagementRole -Cmdlet {}", quoted(cmdlet));
            Some(Fix::export(command, "asks Exchange which roles have the cmdlet"))
        }
        MissCode::ParentHasIt => {
            let role = inventory.show_role(miss.role?)?.to_owned();
            let note = format!("adds the cmdlet to role `{role}`, for all who hold it");
            Some(Fix::of(Remedy::AddEntry { role, cmdlet: cmdlet.to_owned() }, note))
        }
        MissCode::OutsideScope | MissCode::ScopesApart | MissCode::EndUserRole => None,
        _ => {
            let way = way.or_else(|| Some(Way { role: miss.role?, group: None }))?;
            let parked = parked_assignment(rights, way.role).and_then(enable);
            Some(parked.or(given.cloned()).unwrap_or_else(|| remedy::give(graph, way.role, way.group, account)))
        }
    }
}

/// What gives parameters that the held entry lacks.
pub(super) fn fix_of_parameters(
    graph: &Graph<'_>,
    account: &str,
    question: &Question<'_>,
    lacks: &[String],
    role: Symbol,
) -> Fix {
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
    // Exchange lets nobody change a role of its own, and no child have what its parent lacks.
    let parent = inventory.roles.get(role).and_then(|role| role.parent.flatten());
    let of_parent = |parent: Symbol| {
        let mut entries = named.into_iter().flat_map(|cmdlet| inventory.entries_in(parent, cmdlet));
        entries.any(|entry| has(inventory.parameters.get(entry.parameters)))
    };
    let one_of = |name: &'_ String| name.split('|').next().unwrap_or(name).to_owned();
    let names: Vec<String> = lacks.iter().map(one_of).collect();
    if parent.is_some_and(of_parent) {
        let (role, cmdlet) = (inventory.show(role).to_owned(), question.cmdlet.to_owned());
        let note = format!("adds the parameters to role `{role}`, for all who hold it");
        return Fix::of(Remedy::SetEntryParameters { role, cmdlet, parameters: names, add: true }, note);
    }
    let others = fitting.map(|entry| entry.role);
    match others.min_by_key(|role| (inventory.entry_count(*role), crate::name::fold(inventory.show(*role)))) {
        Some(other) => remedy::give(graph, other, remedy::group_of(graph, other), account),
        None => holders_of(question.cmdlet, &names),
    }
}

/// Whether an exported entry of a role has all that a question asks for.
pub(super) fn has_all(graph: &Graph<'_>, role: Symbol, question: &Question<'_>) -> bool {
    let inventory = graph.inventory();
    let Some(cmdlet) = inventory.names.get(question.cmdlet) else { return false };
    inventory.entries_in(role, cmdlet).any(|entry| {
        let list = inventory.parameters.get(entry.parameters);
        let has =
            |name: &String| is_common(name) || inventory.names.get(name).is_some_and(|parameter| list.has(parameter));
        question.all.iter().all(has) && (question.any.is_empty() || question.any.iter().any(has))
    })
}

/// Asks Exchange which roles hold a cmdlet with some parameters, where no export shows one.
pub(super) fn holders_of(cmdlet: &str, parameters: &[String]) -> Fix {
    let parameters = all_quoted(parameters.iter().map(String::as_str));
    let command = format!("Get-ManagementRole -Cmdlet {} -CmdletParameters {parameters}", quoted(cmdlet));
    Fix::export(command, "asks Exchange which roles have the cmdlet with these parameters")
}

/// How to get a cmdlet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Way {
    /// The role that gives it.
    pub(super) role: Symbol,
    /// The role group that gives this role and no other.
    pub(super) group: Option<PrincipalId>,
}

/// Roles that together hold `cmdlets`, for each cmdlet the one to get it by: in each step the role that holds most of
/// the rest, of those one that the account would hold but for a disabled assignment, then one that somebody holds, then
/// the one that lets its holder change least, and then the smallest. Where several of the chosen roles hold a cmdlet, the
/// one with most parameters counts.
///
/// A greedy choice: never more than a logarithm away from the fewest, and the same in every run.
pub(super) fn roles_for(
    graph: &Graph<'_>,
    rights: &Rights,
    missing: &BTreeSet<Symbol>,
    candidates: &Candidates,
    weights: &mut RoleWeights,
) -> BTreeMap<Symbol, Way> {
    let inventory = graph.inventory();
    let Candidates { cmdlets, roles } = candidates;
    let numbers = (0..cmdlets.len()).filter(|number| missing.contains(&cmdlets[*number]));
    let mut open = Numbers::of(numbers.clone(), cmdlets.len());
    let mut chosen: Vec<&Candidate> = Vec::new();
    let mut left: Vec<(u32, &Candidate)> = roles.iter().map(|candidate| (0, candidate)).collect();
    loop {
        left.iter_mut().for_each(|(shared, candidate)| *shared = candidate.held.shared(&open));
        left.retain(|(shared, _)| *shared > 0);
        let most = left.iter().map(|(shared, _)| *shared).max();
        let holding: Vec<&Candidate> =
            left.iter().filter(|(shared, _)| Some(*shared) == most).map(|(_, candidate)| *candidate).collect();
        let value = |candidate: &Candidate| (parked_assignment(rights, candidate.role).is_some(), candidate.in_use);
        let best = holding.iter().map(|candidate| value(candidate)).max();
        let equal = holding.into_iter().filter(|candidate| Some(value(candidate)) == best);
        let weighed = equal.map(|candidate| {
            let role = candidate.role;
            (candidate, (weights.changing(graph, role), inventory.entry_count(role)))
        });
        let name = |candidate: &Candidate| crate::name::fold(inventory.show(candidate.role));
        let least = weighed
            .min_by(|(one, left), (other, right)| left.cmp(right).then_with(|| name(one).cmp(&name(other))))
            .map(|(candidate, _)| candidate);
        let Some(least) = least else { break };
        open.remove(&least.held);
        chosen.push(least);
    }
    let by_most_parameters = |number: usize| {
        let cmdlet = cmdlets[number];
        let holding = chosen.iter().rev().filter(|candidate| candidate.held.has(number));
        let most = holding.max_by_key(|candidate| parameter_count(graph, candidate.role, cmdlet));
        most.map(|candidate| (cmdlet, Way { role: candidate.role, group: weights.group(graph, candidate.role) }))
    };
    numbers.filter_map(by_most_parameters).collect()
}

/// The roles that hold some of what is asked, found once for all accounts of a graph.
pub(super) struct Candidates {
    /// What is asked; a cmdlet is told by its place.
    cmdlets: Vec<Symbol>,
    roles: Vec<Candidate>,
}

impl Candidates {
    pub(super) fn of(graph: &Graph<'_>, cmdlets: BTreeSet<Symbol>) -> Self {
        let cmdlets: Vec<Symbol> = cmdlets.into_iter().collect();
        let with = |(number, cmdlet): (usize, &Symbol)| {
            let roles = graph.inventory().roles_with(*cmdlet).filter(|role| *role != NO_ROLE);
            roles.map(move |role| (role, number)).collect::<Vec<_>>()
        };
        let mut pairs: Vec<(Symbol, usize)> = cmdlets.iter().enumerate().flat_map(with).collect();
        pairs.sort_unstable();
        pairs.dedup();
        let of_role = pairs.chunk_by(|left, right| left.0 == right.0);
        let roles = of_role.map(|pairs| Candidate::of(graph, &cmdlets, pairs)).collect();
        Self { cmdlets, roles }
    }
}

/// A role that could give some of what is missing.
struct Candidate {
    role: Symbol,
    /// The cmdlets that it holds, by number.
    held: Numbers,
    /// Whether somebody holds it.
    in_use: bool,
}

impl Candidate {
    /// The candidate of pairs of one role and the number of a cmdlet that it holds.
    fn of(graph: &Graph<'_>, cmdlets: &[Symbol], pairs: &[(Symbol, usize)]) -> Self {
        let role = pairs[0].0;
        let scopes = graph.implicit_scopes(role);
        let works = |number: &usize| {
            let cmdlet = graph.inventory().show(cmdlets[*number]);
            !matches!(scopes.reach(cmdlet), Reach::OwnMailbox | Reach::Nothing)
        };
        Self {
            role,
            held: Numbers::of(pairs.iter().map(|(_, number)| *number).filter(works), cmdlets.len()),
            in_use: graph.is_held(role),
        }
    }
}

/// A set of small numbers, a bit each: thousands of roles may hold some of what an account lacks.
struct Numbers(Vec<u64>);

impl Numbers {
    fn of(numbers: impl Iterator<Item = usize>, end: usize) -> Self {
        let mut words = vec![0; end.div_ceil(64)];
        numbers.for_each(|number| words[number / 64] |= 1 << (number % 64));
        Self(words)
    }

    fn has(&self, number: usize) -> bool {
        self.0[number / 64] >> (number % 64) & 1 == 1
    }

    fn shared(&self, other: &Self) -> u32 {
        self.0.iter().zip(&other.0).map(|(left, right)| (left & right).count_ones()).sum()
    }

    fn remove(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, removed)| *word &= !removed);
    }
}

/// What helps choosing among roles, found once for all accounts of a graph.
#[derive(Debug, Default)]
pub(super) struct RoleWeights {
    /// How many entries of each role let its holder change something.
    changing: ByName<usize>,
    /// Whether each cmdlet changes something, where it was asked about.
    changes: ByName<bool>,
    /// The role group that gives a role and no other.
    groups: ByName<Option<PrincipalId>>,
}

impl RoleWeights {
    fn group(&mut self, graph: &Graph<'_>, role: Symbol) -> Option<PrincipalId> {
        *self.groups.get_or_insert_with(role, || remedy::group_of(graph, role))
    }

    fn changing(&mut self, graph: &Graph<'_>, role: Symbol) -> usize {
        let Self { changing, changes: known, .. } = self;
        *changing.get_or_insert_with(role, || {
            let inventory = graph.inventory();
            let changes_something = |cmdlet: &Symbol| {
                let name = inventory.show(*cmdlet);
                *known.get_or_insert_with(*cmdlet, || !reads(name) && !is_session(name))
            };
            let mut changes = inventory.cmdlets_of(role).filter(changes_something).peekable();
            // A role reaches the same with every cmdlet that changes something.
            let scopes = graph.implicit_scopes(role);
            let reach = changes.peek().map(|cmdlet| scopes.reach(inventory.show(*cmdlet)));
            if matches!(reach, Some(Reach::OwnMailbox | Reach::Nothing)) { 0 } else { changes.count() }
        })
    }
}

fn parameter_count(graph: &Graph<'_>, role: Symbol, cmdlet: Symbol) -> usize {
    let inventory = graph.inventory();
    let entries = inventory.entries_in(role, cmdlet);
    entries.map(|entry| inventory.parameters.get(entry.parameters).names.len()).max().unwrap_or(0)
}

/// The disabled assignment by which an account would hold a role.
fn parked_assignment(rights: &Rights, role: Symbol) -> Option<usize> {
    let parked = rights.would.iter().find(|(held, why)| *why == Why::Disabled && held.role == Some(role));
    parked.and_then(|(held, _)| held.assignment)
}
