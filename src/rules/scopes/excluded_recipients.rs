//! `excluded-recipients`: an exclusive scope keeps recipients away from an account that must write them.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use std::collections::BTreeMap;

use crate::accounts::Account;
use crate::diagnostic::Label;
use crate::graph::{Held, quoted};
use crate::inventory::{Assignment, PrincipalId};
use crate::name::fold;
use crate::policy::Requirement;
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
    for (requirement, account) in context.required() {
        // Where the policy asks for the whole organization, `narrow-scope` is an error already.
        if let Account::Exported(id) = account
            && requirement.scope.is_none()
        {
            say(context, requirement, id, report);
        }
    }
}

/// Says which exclusive scopes come between an account and what it must write.
fn say(context: &mut Context<'_, '_>, requirement: &Requirement, id: PrincipalId, report: &mut Report) {
    let inventory = context.inventory();
    let rights = context.accounts.rights(Account::Exported(id));
    let mut cut: BTreeMap<usize, (Vec<&str>, Option<&Assignment>)> = BTreeMap::new();
    for item in requirement.items.iter().filter(|item| !reads(&item.cmdlet) && !is_session(&item.cmdlet)) {
        let Some(cmdlet) = inventory.names.get(&item.cmdlet) else { continue };
        let has = |held: &&Held| {
            let entries = held.role.into_iter().flat_map(|role| inventory.entries_of(role));
            held.is_sure() && held.policy.is_none() && entries.into_iter().any(|entry| entry.cmdlet == cmdlet)
        };
        let ways: Vec<&Held> = rights.held.iter().filter(has).collect();
        let Some(first) = ways.first() else { continue };
        let assignment = context.graph().assignment(first);
        for scope in context.graph().exclusive_recipient_scopes().collect::<Vec<_>>() {
            // Who holds any exclusive scope for it may reach these recipients after all.
            if ways.iter().all(|held| context.graph().is_shut_out(held, &item.cmdlet, scope)) {
                cut.entry(scope).or_insert_with(|| (Vec::new(), assignment)).0.push(&item.cmdlet);
            }
        }
    }
    let name = inventory.show_principal(id);
    for (scope, (mut cmdlets, assignment)) in cut {
        let fact = &inventory.scopes[scope];
        let scope = super::named::name(context, fact);
        cmdlets.sort_by_cached_key(|cmdlet| fold(cmdlet));
        cmdlets.dedup();
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
        finding.subject.cmdlets = cmdlets.into_iter().map(ToOwned::to_owned).collect();
        finding.subject.scope = Some(scope.to_owned());
        finding.subject.requirement = Some(requirement.common.id.clone());
        finding.help = Some(help(context, assignment, scope));
        report.say(finding);
    }
}

/// What lets the same assignee write what the scope matches: another assignment of the role, with the scope.
fn help(context: &Context<'_, '_>, assignment: Option<&Assignment>, scope: &str) -> String {
    let names = assignment.and_then(|it| Some((context.role_of(it)?, context.principal_of(it)?)));
    let Some((role, assignee)) = names else {
        return format!("Get-ManagementScope {} | Format-List", quoted(scope));
    };
    let to = if context.graph().is_account(assignee) { "User" } else { "SecurityGroup" };
    format!(
        "New-ManagementRoleAssignment -Role {} -{to} {} -ExclusiveRecipientWriteScope {}",
        quoted(role),
        quoted(context.inventory().show_principal(assignee)),
        quoted(scope)
    )
}
