//! `open-session`: accounts without roles may open sessions.

use std::collections::BTreeSet;

use crate::accounts::Account;
use crate::catalogue::Environment;
use crate::diagnostic::{Label, Preset, Report, RuleId, Severity};
use crate::inventory::{Class, PrincipalId};
use crate::name::fold;
use crate::remedy::{Fix, Remedy};
use crate::source::Span;

use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("open-session", Severity::Note),
    preset: Preset::All,
    summary: "accounts without roles may open sessions of Exchange PowerShell",
    page: include_str!("open-session.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    if !context.has_all_assignments() || !context.knows_all_members() {
        return;
    }
    let inventory = context.inventory();
    let mut placed: BTreeSet<PrincipalId> = context.placed().collect();
    // Who must run cmdlets needs a session for it.
    placed.extend(context.required().iter().flat_map(|(_, accounts)| accounts.iter()).filter_map(|it| match it {
        Account::Exported(id) => Some(*id),
        Account::Asserted(_) => None,
    }));
    let is_open = |id: &PrincipalId| {
        let principal = inventory.principals.get(*id);
        principal.class == Some(Class::Account) && !principal.application && !placed.contains(id)
    };
    let mut open: Vec<(&str, Span)> = Vec::new();
    for id in inventory.principals.ids().filter(is_open) {
        if let Some((true, at)) = inventory.principals.get(id).session {
            open.push((inventory.show_principal(id), at));
        }
    }
    open.sort_by_cached_key(|(name, at)| (fold(name), *at));
    let Some(&(first, at)) = open.first() else { return };
    let message = match open.len() {
        1 => format!("`{first}`, which no group and no assignment names, may open a session"),
        count => format!("{count} accounts that no group and no assignment names may open sessions"),
    };
    let words = |name: &str| format!("`{name}` may open one");
    let mut finding = RULE.found(message, at, words(first));
    finding.labels.extend(open[1..].iter().take(2).map(|(name, at)| Label::new(*at, words(name))));
    finding.subject.accounts = open.iter().map(|(name, _)| (*name).to_owned()).collect();
    let online = context.environment() == Some(Environment::Online);
    let switch = if online { "EXOModuleEnabled" } else { "RemotePowerShellEnabled" };
    let close = |(name, _): &(&str, Span)| Remedy::SetUser { user: (*name).to_owned(), switch, on: false };
    let steps: Vec<Remedy> = open.iter().map(close).collect();
    finding.fixes.push(Fix::steps(steps, "lets them open no sessions"));
    report.say(finding);
}
