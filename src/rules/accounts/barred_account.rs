//! `barred-account`: a requirement names an account that may not open a session.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use std::collections::BTreeSet;
use std::rc::Rc;

use crate::accounts::Account;
use crate::catalogue::Environment;
use crate::diagnostic::Label;
use crate::inventory::PrincipalId;
use crate::policy::Requirement;

use crate::remedy::{Fix, Remedy};
use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("barred-account", Severity::Error),
    preset: Preset::Default,
    summary: "an account that must run cmdlets may not open a session",
    page: include_str!("barred-account.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let inventory = context.inventory();
    let is_barred = |id: &PrincipalId| {
        let principal = inventory.principals.get(*id);
        matches!(principal.session, Some((false, _))) || matches!(principal.disabled, Some((true, _)))
    };
    let mut barred: BTreeSet<PrincipalId> = inventory.principals.ids().filter(is_barred).collect();
    if barred.is_empty() {
        return;
    }
    for (requirement, id) in first_required(context, &mut barred) {
        let principal = inventory.principals.get(id);
        let name = inventory.show_principal(id);
        let online = context.environment() == Some(Environment::Online);
        let user = name.to_owned();
        let opened = {
            let switch = if online { "EXOModuleEnabled" } else { "RemotePowerShellEnabled" };
            Remedy::SetUser { user: user.clone(), switch, on: true }
        };
        let enabled = Remedy::EnableAccount { user, entra: online };
        let (at, words, fix) = match (principal.session, principal.disabled) {
            (Some((false, at)), Some((true, _))) => {
                let note = "lets it open sessions, and enables the account";
                (at, "may not open a session", Fix::steps(vec![opened, enabled], note))
            }
            (Some((false, at)), _) => (at, "may not open a session", Fix::of(opened, "lets it open sessions")),
            (_, Some((true, at))) => (at, "is disabled", Fix::of(enabled, "enables the account")),
            _ => continue,
        };
        let mut finding = RULE.found(format!("`{name}` must run cmdlets, and {words}"), at, words);
        finding.labels.push(Label::new(requirement.common.at, "what it must run"));
        finding.subject.account = Some(name.to_owned());
        finding.subject.requirement = Some(requirement.common.id.clone());
        finding.fixes.push(fix);
        report.say(finding);
    }
}

/// Takes the accounts that requirements name out of `barred`, each with the first requirement that names it.
fn first_required<'c>(
    context: &Context<'c, '_>,
    barred: &mut BTreeSet<PrincipalId>,
) -> Vec<(&'c Requirement, PrincipalId)> {
    let mut found = Vec::new();
    let mut asked: Vec<Rc<[Account]>> = Vec::new();
    for (requirement, accounts) in context.required() {
        // Many requirements may ask for one list of accounts.
        if asked.iter().any(|known| Rc::ptr_eq(known, &accounts)) {
            continue;
        }
        let ids = accounts.iter().filter_map(|account| match account {
            Account::Exported(id) => Some(*id),
            Account::Asserted(_) => None,
        });
        found.extend(ids.filter(|id| barred.remove(id)).map(|id| (requirement, id)));
        asked.push(accounts);
    }
    found
}
