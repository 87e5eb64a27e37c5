//! `barred-account`: a requirement names an account that may not open a session.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use std::collections::BTreeSet;

use crate::accounts::Account;
use crate::catalogue::Environment;
use crate::diagnostic::Label;
use crate::powershell::quoted;

use crate::rules::{Context, Rule};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("barred-account"),
    level: Severity::Error,
    preset: Preset::Default,
    summary: "an account that must run cmdlets may not open a session",
    page: include_str!("barred-account.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let inventory = context.inventory();
    let mut said = BTreeSet::new();
    for (requirement, account) in context.required() {
        let Account::Exported(id) = account else { continue };
        let principal = inventory.principals.get(id);
        let name = inventory.show_principal(id);
        let online = context.environment() == Some(Environment::Online);
        let (at, words, help) = match (principal.session, principal.disabled) {
            (Some((false, at)), _) => {
                let switch = if online { "EXOModuleEnabled" } else { "RemotePowerShellEnabled" };
                (at, "may not open a session", format!("Set-User {} -{switch} $true", quoted(name)))
            }
            (_, Some((true, at))) if online => {
                (at, "is disabled", format!("Update-MgUser -UserId {} -AccountEnabled:$true", quoted(name)))
            }
            (_, Some((true, at))) => (at, "is disabled", format!("Enable-ADAccount {}", quoted(name))),
            _ => continue,
        };
        if !said.insert(id) {
            continue;
        }
        let mut finding = RULE.found(format!("`{name}` must run cmdlets, and {words}"), at, words);
        finding.labels.push(Label::new(requirement.common.at, "what it must run"));
        finding.subject.account = Some(name.to_owned());
        finding.subject.requirement = Some(requirement.common.id.clone());
        finding.help = Some(help);
        report.say(finding);
    }
}
