//! `missing-role`: the roles that accounts must hold by enabled regular assignments.

use std::collections::BTreeMap;

use crate::accounts::{Account, Accounts, Group};
use crate::diagnostic::{Diagnostic, Label, Report, RuleId, Severity, Subject};
use crate::graph::{Answer, Graph, Question, Rights, Why};
use crate::inventory::{Assignee, PrincipalId};
use crate::name::{Symbol, fold};
use crate::plan::{Adviser, Want, group_that_gives, groups_to_join, may_be_given};
use crate::policy::{Requirement, Text};
use crate::remedy::{self, Beyond, Fix, FixKind, NewAssignment, Remedy, WriteScope};
use crate::rules::remedy as fixes;

use super::chain;
use super::holders::unknown_role;
use super::require::Outcome;
use super::undecided::{Asking, undecided};

/// An account does not hold a role that it must hold.
pub const MISSING_ROLE: RuleId = RuleId::requirement("missing-role", Severity::Error);

/// Judges the roles that a requirement asks for, for the accounts that it names; those that hold the same together.
pub(super) fn check<'i>(
    accounts: &mut Accounts<'i>,
    requirement: &Requirement,
    groups: &[Group],
    adviser: Option<&mut Adviser<'i>>,
    (report, outcome): (&mut Report, &mut Outcome),
) {
    let mut advice = adviser.map(|adviser| Advice { adviser, groups: None });
    for role in &requirement.roles {
        // What nothing knows is a mistake, and no answer: it is said once, and everybody's answer stays open.
        let is_known = super::holders::is_role(accounts.organization(), &role.text);
        if !is_known && !groups.is_empty() {
            report.say(unknown_role(accounts.organization().inventory(), role, &requirement.common.id));
        }
        for group in groups {
            let rights = accounts.rights(group.accounts[0]);
            let graph = accounts.graph_mut(group.accounts[0]);
            let (answer, gaps) = match is_known {
                true => graph.holds(&rights, &role.text),
                false => (Answer::Unknown, Vec::new()),
            };
            outcome.count_role(answer, group.accounts.len() as u64);
            if answer == Answer::NotGranted {
                let ways = advice.as_mut().map(|advice| advice.ways(graph, &rights, role)).unwrap_or_default();
                for &account in group.accounts.iter() {
                    report.say(missing(accounts, (account, &rights), requirement, role, &ways));
                }
            }
            for gap in gaps {
                for &account in group.accounts.iter() {
                    let rights = accounts.rights(account);
                    let (graph, shown) = (accounts.graph(account), accounts.shown(account));
                    let asking = Asking { requirement: Some(&requirement.common.id), at: role.at };
                    let gap = graph.gap_for(&rights, gap).into_owned();
                    let mut said = undecided(&gap, Some(shown), &asking, Vec::new(), &mut outcome.open);
                    said.message = format!("undecided whether `{shown}` holds role `{}`: {}", role.text, gap.message);
                    said.subject.role = Some(role.text.clone());
                    report.say(said);
                }
            }
        }
    }
}

/// How an account comes to a role; the account itself is filled in later.
#[derive(Clone, Debug)]
enum Way {
    /// The same for all accounts that hold the same.
    Fix(Fix),
    /// Joins the role group that gives the role, and what else that gives.
    Join(PrincipalId, Option<Beyond>),
    /// Makes a role group with the role.
    Own,
}

struct Advice<'a, 'i> {
    adviser: &'a mut Adviser<'i>,
    groups: Option<Vec<(PrincipalId, std::collections::BTreeSet<Symbol>)>>,
}

impl<'i> Advice<'_, 'i> {
    /// The ways to a role, the advised one first: what is disabled is enabled, the role group that gives exactly the role
    /// is joined, a new one is made; one that gives more comes after them. A role for end users comes by the policy.
    fn ways(&mut self, graph: &Graph<'i>, rights: &Rights, role: &Text) -> Vec<Way> {
        let inventory = graph.inventory();
        let built_in = graph.catalogue().role(&role.text);
        let Some(symbol) = inventory.names.get(&role.text) else {
            let end_user = built_in.is_some_and(|role| role.end_user);
            return vec![if end_user { Way::Fix(by_policy(graph, rights, &role.text)) } else { Way::Own }];
        };
        let disabled = rights.would.iter().filter(|(held, why)| *why == Why::Disabled && held.role == Some(symbol));
        let names = disabled.filter_map(|(held, _)| graph.assignment(held)?.name).map(|name| inventory.show(name));
        if let Some(name) = names.min_by_key(|name| fold(name)) {
            let enable = Remedy::SetEnabled { assignment: name.to_owned(), on: true };
            return vec![Way::Fix(Fix::of(enable, format!("enables the disabled assignment `{name}`")))];
        }
        if !may_be_given(graph, symbol) {
            return vec![Way::Fix(by_policy(graph, rights, &role.text))];
        }
        if let Some(group) = group_that_gives(graph, &[symbol]) {
            return vec![Way::Join(group, None)];
        }
        let other = self.group_with(graph, rights, symbol);
        std::iter::once(Way::Own).chain(other.map(|(group, beyond)| Way::Join(group, beyond))).collect()
    }

    /// The role group that gives a role and the least else.
    fn group_with(
        &mut self,
        graph: &Graph<'i>,
        rights: &Rights,
        role: Symbol,
    ) -> Option<(PrincipalId, Option<Beyond>)> {
        let groups = self.groups.get_or_insert_with(|| groups_to_join(graph));
        let fitting: Vec<_> = groups.iter().filter(|(_, roles)| roles.contains(&role)).collect();
        if fitting.is_empty() {
            return None;
        }
        // What the role itself gives is asked for.
        let inventory = graph.inventory();
        let cmdlets: Vec<&str> = inventory.entries_of(role).map(|entry| inventory.show(entry.cmdlet)).collect();
        let ask = |cmdlet: &&'i str| Question { cmdlet, all: &[], any: &[], own_mailbox: false, on: None };
        let questions: Vec<Question<'_>> = cmdlets.iter().map(ask).collect();
        let wants: Vec<Want<'_>> = questions.iter().map(|question| Want { question, organization: false }).collect();
        let offers = self.adviser.offers(graph, &wants);
        let mut beyond = |(group, roles): &(PrincipalId, std::collections::BTreeSet<Symbol>)| {
            let roles: Vec<Symbol> = roles.iter().copied().collect();
            (*group, self.adviser.beyond(graph, Some(rights), &offers, &roles))
        };
        let cost = |beyond: &Option<Beyond>| beyond.as_ref().map_or((0, 0), |it| (it.dangerous.len(), it.cmdlets));
        fitting.into_iter().map(&mut beyond).min_by_key(|(_, beyond)| cost(beyond))
    }
}

/// Gives a role for end users by the account's role assignment policy: Exchange assigns it to nothing else.
fn by_policy(graph: &Graph<'_>, rights: &Rights, role: &str) -> Fix {
    match graph.assignment_policy(rights) {
        Some(policy) => {
            let note = format!("assigns the role to role assignment policy `{policy}`, for all mailboxes that have it");
            let assignment = NewAssignment {
                name: None,
                role: role.to_owned(),
                assignee: remedy::Assignee::Policy(policy.to_owned()),
                scope: WriteScope::default(),
                delegating: false,
            };
            Fix::of(Remedy::Assign(assignment), note)
        }
        None => {
            let note =
                "give the account a mailbox: a role for end users comes by the role assignment policy of a mailbox";
            Fix::words(FixKind::Exchange, note)
        }
    }
}

/// That an account lacks a role, at what comes closest: its own assignment, one to others, the role.
fn missing(
    accounts: &Accounts<'_>,
    (account, rights): (Account, &Rights),
    requirement: &Requirement,
    role: &Text,
    ways: &[Way],
) -> Diagnostic {
    let (graph, shown) = (accounts.graph(account), accounts.shown(account));
    let mut labels = nearest(graph, (shown, rights), &role.text);
    labels.push(Label::new(role.at, "required here"));
    let fix = |way: &Way| match way {
        Way::Fix(fix) => fix.clone(),
        Way::Join(group, None) => fixes::join(graph, *group, &[&role.text], shown),
        Way::Join(group, beyond) => {
            let name = graph.inventory().show_principal(*group);
            let joins = fixes::add_member(graph, *group, shown);
            Fix::of(joins, format!("joins the role group `{name}`")).giving(beyond.clone())
        }
        Way::Own => fixes::own_group(graph, &format!("Holders of {}", role.text), &[&role.text], shown),
    };
    Diagnostic {
        rule: MISSING_ROLE,
        severity: requirement.common.level.unwrap_or(MISSING_ROLE.level),
        message: format!("`{shown}` does not hold role `{}`", role.text),
        fixes: ways.iter().map(fix).collect(),
        subject: Subject {
            account: Some(shown.to_owned()),
            accounts: vec![shown.to_owned()],
            role: Some(role.text.clone()),
            requirement: Some(requirement.common.id.clone()),
            ..Subject::default()
        },
        labels,
        waived: None,
    }
}

fn nearest(graph: &Graph<'_>, (account, rights): (&str, &Rights), role: &str) -> Vec<Label> {
    let inventory = graph.inventory();
    let Some(symbol) = inventory.names.get(role) else { return Vec::new() };
    let own = rights.would.iter().filter(|(held, _)| held.role == Some(symbol));
    if let Some((held, why)) = own.min_by_key(|(held, why)| (*why, held.assignment)) {
        let mut labels = chain::memberships(graph, account, rights, held);
        labels.extend(graph.assignment(held).map(|assignment| match why {
            Why::Disabled => Label::new(assignment.enabled_at, "disabled: grants nothing"),
            Why::Delegating => {
                Label::new(assignment.delegating_at, "a delegating assignment: may assign the role, not use it")
            }
        }));
        return labels;
    }
    let named: BTreeMap<String, Label> = graph
        .assignments_giving(symbol)
        .iter()
        .filter_map(|index| {
            let assignment = &inventory.assignments[*index];
            let assignee = match &assignment.assignee {
                Assignee::Principal(id) => inventory.show_principal(*id),
                Assignee::Policy(policy) => inventory.show(policy.symbol),
                _ => return None,
            };
            let words = format!("gives `{assignee}` the role, and not `{account}`");
            Some((fold(assignee), Label::new(assignment.at, words)))
        })
        .collect();
    let of_role = || inventory.roles.get(symbol)?.at.map(|at| Label::new(at, "not assigned to any account or group"));
    named.into_values().next().or_else(of_role).into_iter().collect()
}
