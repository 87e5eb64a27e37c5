//! `unexpected-holder` and `unexpected-delegator`: to whom a role is assigned, and who a policy says may hold it or hand
//! it on. What counts is the assignee, not the accounts in it: those of a group are for `[[group]]`.

use std::collections::BTreeSet;

use crate::accounts::Accounts;
use crate::diagnostic::{Diagnostic, Label, Report, RuleId, Severity, Subject};
use crate::graph::{Graph, Standing, Wildcard};
use crate::inventory::{Assignee, Assignment, Form, Inventory, PrincipalId, Stated};
use crate::name::same;
use crate::policy::{RoleRule, Text, Who, WhoKind};
use crate::powershell::get;
use crate::record::Kind;
use crate::remedy::Fix;
use crate::rules::remedy;

use super::members::toml_text;
use super::require::Outcome;
use super::undecided::{Asking, undecided};
use super::whom::{as_named, principals};

/// A role is held by somebody who may not hold it.
pub const UNEXPECTED_HOLDER: RuleId = RuleId::requirement("unexpected-holder", Severity::Error);
/// A role can be handed on by somebody who may not.
pub const UNEXPECTED_DELEGATOR: RuleId = RuleId::requirement("unexpected-delegator", Severity::Error);

/// The policy speaks of a role that neither the exports nor Exchange have.
pub const UNKNOWN_ROLE: RuleId = RuleId::requirement("unknown-role", Severity::Warning);

/// Judges every `[[role]]` by the assignments that exports show.
pub fn check(accounts: &mut Accounts<'_>, roles: &[RoleRule], report: &mut Report, outcome: &mut Outcome) {
    for rule in roles {
        let holders = rule.holders.as_ref().map(|names| Expected::of(accounts, names));
        let delegators = rule.delegators.as_ref().map(|names| Expected::of(accounts, names));
        let wildcard = rule.name.text.contains(['*', '?']).then(|| Wildcard::new(&rule.name.text));
        let inventory = accounts.organization().inventory();
        // That nobody holds a role of Exchange's is a good answer; that there is no such role is none.
        if wildcard.is_none() && !is_role(accounts.organization(), &rule.name.text) {
            report.say(unknown_role(inventory, &rule.name, &rule.common.id));
        }
        // Without any assignment, that nobody holds a role is not known either.
        let is_known = inventory.record_count(Kind::RoleAssignment) > 0;
        *if is_known { &mut outcome.decided } else { &mut outcome.open_answers } += 1;
        for (index, assignment) in inventory.assignments.iter().enumerate() {
            let Some(role) = assignment.role.filter(|role| role.form == Form::Whole) else { continue };
            let role = inventory.show(role.symbol);
            if !wildcard.as_ref().map_or_else(|| same(&rule.name.text, role), |wildcard| wildcard.matches(role)) {
                continue;
            }
            let standing = accounts.organization().standing(index).clone();
            let (found, expected) = match &standing {
                Standing::Works(_) => (UNEXPECTED_HOLDER, &holders),
                Standing::Delegating => (UNEXPECTED_DELEGATOR, &delegators),
                Standing::Disabled => continue,
                // It may be either; whoever may hold it and hand it on is no finding in any case.
                Standing::Unknown(_) => match assignment.delegating {
                    Stated::Is(true) => (UNEXPECTED_DELEGATOR, &delegators),
                    _ => (UNEXPECTED_HOLDER, &holders),
                },
            };
            let Some(expected) = expected else { continue };
            let fits = expected.holds(accounts, assignment);
            let gaps = match (standing, fits) {
                (_, Some(true)) => continue,
                (Standing::Unknown(gaps), _) => gaps,
                (_, None) => accounts.organization_mut().assignee_gap(index).into_iter().collect(),
                (_, Some(false)) => Vec::new(),
            };
            let graph = accounts.organization();
            if gaps.is_empty() {
                report.say(finding(accounts, rule, found, assignment, role));
            }
            let asking = Asking { requirement: Some(&rule.common.id), at: rule.common.at };
            for gap in gaps {
                let mut said = undecided(&graph.gap(gap), None, &asking, Vec::new(), &mut outcome.open);
                said.message = format!("undecided who holds role `{role}`: {}", graph.gap(gap).message);
                said.subject.role = Some(role.to_owned());
                said.subject.assignment = assignment.name.map(|name| inventory.show(name).to_owned());
                report.say(said);
            }
        }
    }
}

/// Whether Exchange or the exports have a role of a name.
pub(super) fn is_role(graph: &Graph<'_>, name: &str) -> bool {
    let inventory = graph.inventory();
    let is_exported =
        |role| inventory.roles.has(role) || inventory.has_entries(role) || !graph.assignments_giving(role).is_empty();
    inventory.names.get(name).is_some_and(is_exported) || graph.catalogue().role(name).is_some()
}

/// That nothing knows a role which a table of the policy names.
pub(super) fn unknown_role(inventory: &Inventory, role: &Text, table: &str) -> Diagnostic {
    let name = &role.text;
    let mut diagnostic = Diagnostic::at(
        UNKNOWN_ROLE,
        format!("neither the exports nor Exchange have a role `{name}`"),
        Label::new(role.at, ""),
    );
    let exported = inventory.roles.names().chain(inventory.roles_with_entries());
    diagnostic.fixes.push(match crate::policy::closest(name, exported.map(|role| inventory.show(role))) {
        Some(near) => Fix::policy(format!("did you mean `{near}`?")),
        None => Fix::export(get("Get-ManagementRole", name), "if it exists, export it"),
    });
    diagnostic.subject.role = Some(name.clone());
    diagnostic.subject.requirement = Some(table.to_owned());
    diagnostic
}

/// Those whom a list names.
struct Expected<'p> {
    principals: BTreeSet<PrincipalId>,
    /// The words themselves, for role assignment policies.
    named: &'p [Who],
}

impl<'p> Expected<'p> {
    fn of(accounts: &Accounts<'_>, named: &'p [Who]) -> Self {
        Self { principals: named.iter().flat_map(|who| principals(accounts, who)).collect(), named }
    }

    /// Whether an assignee is among them; `None` where no export says who it is.
    fn holds(&self, accounts: &Accounts<'_>, assignment: &Assignment) -> Option<bool> {
        match &assignment.assignee {
            Assignee::Principal(id) => Some(self.principals.contains(id)),
            Assignee::Policy(text) if text.form == Form::Whole => {
                let policy = accounts.organization().inventory().show(text.symbol);
                let is_it = |who: &Who| who.kind == WhoKind::Account && Wildcard::new(&who.text).matches(policy);
                Some(self.named.iter().any(is_it))
            }
            Assignee::Several(ids) if ids.iter().all(|id| self.principals.contains(id)) => Some(true),
            Assignee::Several(ids) if !ids.iter().any(|id| self.principals.contains(id)) => Some(false),
            _ => None,
        }
    }
}

/// Whether the role of an assignment has another one that delegates it.
fn has_other_delegator(graph: &Graph<'_>, assignment: &Assignment) -> bool {
    let Some(role) = assignment.role.filter(|role| role.form == Form::Whole) else { return true };
    let delegates = |index: &usize| {
        let other = &graph.inventory().assignments[*index];
        other.delegating == Stated::Is(true) && other.at != assignment.at
    };
    graph.assignments_giving(role.symbol).iter().any(delegates)
}

fn finding(accounts: &Accounts<'_>, rule: &RoleRule, found: RuleId, assignment: &Assignment, role: &str) -> Diagnostic {
    let graph = accounts.organization();
    let inventory = graph.inventory();
    let (assignee, group) = match &assignment.assignee {
        Assignee::Principal(id) => {
            let name = as_named(graph, *id);
            let group = name.strip_prefix("group:").map(ToOwned::to_owned);
            (name, group)
        }
        Assignee::Policy(text) | Assignee::Unclear(text) => (inventory.show(text.symbol).to_owned(), None),
        Assignee::Several(ids) => (inventory.show_first(ids).to_owned(), None),
        Assignee::Missing => (String::new(), None),
    };
    let shown = assignee.strip_prefix("group:").unwrap_or(&assignee);
    let (does, key) = if found == UNEXPECTED_HOLDER { ("holds", "holders") } else { ("may delegate", "delegators") };
    let mut diagnostic = Diagnostic::at(
        found,
        format!("`{shown}` {does} role `{role}`, and is not in `{key}` of `{}`", rule.common.id),
        Label::new(assignment.assignee_at, format!("`{shown}` {does} role `{role}`")),
    );
    diagnostic.severity = rule.common.level.unwrap_or(diagnostic.severity);
    diagnostic.labels.push(Label::new(rule.common.at, format!("its {key}")));
    let name = assignment.name.map(|name| inventory.show(name));
    // Exchange keeps the last assignment that delegates a role.
    let is_last = found == UNEXPECTED_DELEGATOR && !has_other_delegator(graph, assignment);
    let removal = remedy::unassign(graph, assignment).filter(|_| !is_last);
    diagnostic.fixes.extend(removal.map(|step| Fix::of(step, "removes the assignment")));
    diagnostic.fixes.push(Fix::policy(format!("add {} to `{key}`", toml_text(&assignee))));
    let account = (group.is_none() && !assignee.is_empty()).then(|| assignee.clone());
    diagnostic.subject = Subject {
        accounts: account.clone().into_iter().collect(),
        account,
        role: Some(role.to_owned()),
        assignment: name.map(ToOwned::to_owned),
        group,
        requirement: Some(rule.common.id.clone()),
        ..Subject::default()
    };
    diagnostic
}
