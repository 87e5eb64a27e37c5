//! `excluded-recipients`: an exclusive scope keeps recipients away from an account that must write them.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::accounts::Account;
use crate::diagnostic::Label;
use crate::graph::{Held, Rights};
use crate::inventory::Assignment;
use crate::name::fold;
use crate::policy::Requirement;
use crate::powershell::quoted;
use crate::remedy::{Assignee, Fix, NewAssignment, Remedy, WriteScope};
use crate::scope::{is_session, reads};

use crate::rules::{Context, Rule};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("excluded-recipients"),
    level: Severity::Warning,
    preset: Preset::Default,
    summary: "an exclusive scope keeps an account from what it must write",
    page: include_str!("excluded-recipients.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    if context.graph().exclusive_recipient_scopes().next().is_none() {
        return;
    }
    for (requirement, accounts) in context.required() {
        // Where the policy asks for the whole organization, `narrow-scope` is an error already.
        if requirement.scope.is_some() {
            continue;
        }
        let exported = accounts.iter().copied().filter(|account| matches!(account, Account::Exported(_)));
        for group in context.accounts.grouped(&exported.collect::<Vec<_>>()) {
            let rights = context.accounts.rights(group.accounts[0]);
            let excluded = excluded(context, requirement, &rights);
            for account in group.accounts.iter().filter(|_| !excluded.is_empty()) {
                say(context, requirement, *account, &excluded, report);
            }
        }
    }
}

/// The exclusive scopes that come between accounts and what they must write, each with these cmdlets and the assignment
/// by which they hold the first.
type Excluded<'p, 'i> = BTreeMap<usize, (Vec<&'p str>, Option<&'i Assignment>)>;

/// What exclusive scopes keep from all accounts that hold the same.
fn excluded<'p, 'i>(context: &Context<'_, 'i>, requirement: &'p Requirement, rights: &Rights) -> Excluded<'p, 'i> {
    let inventory = context.inventory();
    let mut cut: BTreeMap<usize, (Vec<&str>, Option<&Assignment>)> = BTreeMap::new();
    for item in requirement.items.iter().filter(|item| !reads(&item.cmdlet) && !is_session(&item.cmdlet)) {
        let Some(cmdlet) = inventory.names.get(&item.cmdlet) else { continue };
        let has = |held: &&Rc<Held>| {
            let is_in = |role| inventory.entries_in(role, cmdlet).next().is_some();
            held.is_sure() && held.policy.is_none() && held.role.is_some_and(is_in)
        };
        let ways: Vec<&Rc<Held>> = rights.held.iter().filter(has).collect();
        let Some(first) = ways.first() else { continue };
        let assignment = context.graph().assignment(first);
        for scope in context.graph().exclusive_recipient_scopes().collect::<Vec<_>>() {
            // Who holds any exclusive scope for it may reach these recipients after all.
            if ways.iter().all(|held| context.graph().is_shut_out(held, &item.cmdlet, scope)) {
                cut.entry(scope).or_insert_with(|| (Vec::new(), assignment)).0.push(&item.cmdlet);
            }
        }
    }
    for (cmdlets, _) in cut.values_mut() {
        cmdlets.sort_by_cached_key(|cmdlet| fold(cmdlet));
        cmdlets.dedup();
    }
    cut
}

/// Says which exclusive scopes come between an account and what it must write.
fn say(
    context: &Context<'_, '_>,
    requirement: &Requirement,
    account: Account,
    excluded: &Excluded<'_, '_>,
    report: &mut Report,
) {
    let inventory = context.inventory();
    let name = context.accounts.shown(account);
    for (&scope, (cmdlets, assignment)) in excluded {
        let fact = &inventory.scopes[scope];
        let scope = super::named::name(context, fact);
        let what = match cmdlets.as_slice() {
            [one] => format!("`{one}`"),
            many => format!("{} cmdlets", many.len()),
        };
        let message =
            format!("the exclusive scope `{scope}` keeps `{name}` from recipients that it must write with {what}");
        let mut finding = RULE.found(message, fact.at, "what it matches is for those who hold an exclusive scope");
        if let Some(assignment) = assignment {
            let words = format!("`{name}` holds the cmdlets by this assignment, without one");
            finding.labels.push(Label::new(assignment.at, words));
        }
        finding.labels.push(Label::new(requirement.common.at, "what it must run"));
        finding.subject.account = Some(name.to_owned());
        finding.subject.cmdlets = cmdlets.iter().map(|cmdlet| (*cmdlet).to_owned()).collect();
        finding.subject.scope = Some(scope.to_owned());
        finding.subject.requirement = Some(requirement.common.id.clone());
        finding.fixes.push(fix(context, *assignment, scope));
        report.say(finding);
    }
}

/// What lets the same assignee write what the scope matches: another assignment of the role, with the scope.
fn fix(context: &Context<'_, '_>, assignment: Option<&Assignment>, scope: &str) -> Fix {
    let names = assignment.and_then(|it| Some((context.role_of(it)?, context.principal_of(it)?)));
    let Some((role, id)) = names else {
        return Fix::export(format!("Get-ManagementScope {} | Format-List", quoted(scope)), "shows what it matches");
    };
    let name = context.inventory().show_principal(id).to_owned();
    let is_account = context.graph().is_account(id);
    let note = format!("lets `{name}` write what the scope matches");
    let assignee = if is_account { Assignee::User(name) } else { Assignee::Group(name) };
    let step = Remedy::Assign(NewAssignment {
        name: None,
        role: role.to_owned(),
        assignee,
        scope: WriteScope { recipients: Some(scope.to_owned()), exclusive: true, ..WriteScope::default() },
        delegating: false,
    });
    Fix::of(step, note)
}
