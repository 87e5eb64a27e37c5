//! `excluded-recipients`: an exclusive scope keeps recipients away from an account that must write them.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::accounts::Account;
use crate::diagnostic::Label;
use crate::graph::{Held, Rights};
use crate::inventory::{Assignment, PrincipalId};
use crate::name::fold;
use crate::policy::Requirement;
use crate::powershell::get_list;
use crate::remedy::{Assignee, Fix, NewAssignment, Remedy, WriteScope};
use crate::scope::{is_session, reads};

use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("excluded-recipients", Severity::Warning),
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

/// The exclusive scopes that come between accounts and what they must write, each with these cmdlets and assignments by
/// which they hold all of them.
type Excluded<'p, 'i> = BTreeMap<usize, (Vec<&'p str>, Vec<&'i Assignment>)>;

/// What exclusive scopes keep from all accounts that hold the same.
fn excluded<'p, 'i>(context: &Context<'_, 'i>, requirement: &'p Requirement, rights: &Rights) -> Excluded<'p, 'i> {
    let inventory = context.inventory();
    let mut cut: Excluded<'p, 'i> = BTreeMap::new();
    for item in requirement.items.iter().filter(|item| !reads(&item.cmdlet) && !is_session(&item.cmdlet)) {
        let Some(cmdlet) = inventory.names.get(&item.cmdlet) else { continue };
        let has = |held: &&Rc<Held>| {
            let is_in = |role| inventory.entries_in(role, cmdlet).next().is_some();
            held.is_sure() && held.policy.is_none() && held.role.is_some_and(is_in)
        };
        let ways: Vec<&Rc<Held>> = rights.held.iter().filter(has).collect();
        let assignments: Vec<&Assignment> = ways.iter().filter_map(|held| context.graph().assignment(held)).collect();
        for scope in context.graph().exclusive_recipient_scopes().collect::<Vec<_>>() {
            // Who holds any exclusive scope for it may reach these recipients after all.
            if !ways.is_empty() && ways.iter().all(|held| context.graph().is_shut_out(held, &item.cmdlet, scope)) {
                let (cmdlets, chosen) = cut.entry(scope).or_default();
                cmdlets.push(&item.cmdlet);
                // One that is chosen for another cmdlet may have this one, too.
                let is_chosen = chosen.iter().any(|one| assignments.iter().any(|own| own.at == one.at));
                chosen.extend(assignments.first().filter(|_| !is_chosen));
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
    for (&scope, (cmdlets, assignments)) in excluded {
        let fact = &inventory.scopes[scope];
        let scope = super::named::name(context, fact);
        let what = match cmdlets.as_slice() {
            [one] => format!("`{one}`"),
            many => format!("{} cmdlets", many.len()),
        };
        let message =
            format!("the exclusive scope `{scope}` keeps `{name}` from recipients that it must write with {what}");
        let mut finding = RULE.found(message, fact.at, "what it matches is for those who hold an exclusive scope");
        if let Some(assignment) = assignments.first() {
            let words = format!("`{name}` holds the cmdlets by this assignment, without one");
            finding.labels.push(Label::new(assignment.at, words));
        }
        finding.labels.push(Label::new(requirement.common.at, "what it must run"));
        finding.subject.account = Some(name.to_owned());
        finding.subject.cmdlets = cmdlets.iter().map(|cmdlet| (*cmdlet).to_owned()).collect();
        finding.subject.scope = Some(scope.to_owned());
        finding.subject.requirement = Some(requirement.common.id.clone());
        finding.fixes.push(fix(context, assignments, scope));
        report.say(finding);
    }
}

/// What lets the same assignees write what the scope matches: further assignments of the roles, with the scope.
fn fix(context: &Context<'_, '_>, assignments: &[&Assignment], scope: &str) -> Fix {
    let named = |it: &&Assignment| Some((context.role_of(it)?, context.principal_of(it)?));
    let named: Option<Vec<(&str, PrincipalId)>> = assignments.iter().map(named).collect();
    let Some(named) = named.filter(|named| !named.is_empty()) else {
        return Fix::export(get_list("Get-ManagementScope", scope, &[]), "shows what it matches");
    };
    let shown = |id: PrincipalId| context.inventory().show_principal(id);
    let mut names: Vec<String> = named.iter().map(|(_, id)| format!("`{}`", shown(*id))).collect();
    names.dedup();
    let note = format!("lets {} write what the scope matches", names.join(" and "));
    let step = |(role, id): &(&str, PrincipalId)| {
        let name = shown(*id).to_owned();
        let is_account = context.graph().is_account(*id);
        Remedy::Assign(NewAssignment {
            name: None,
            role: (*role).to_owned(),
            assignee: if is_account { Assignee::User(name) } else { Assignee::Group(name) },
            scope: WriteScope { recipients: Some(scope.to_owned()), exclusive: true, ..WriteScope::default() },
            delegating: false,
        })
    };
    Fix::steps(named.iter().map(step).collect(), note)
}
