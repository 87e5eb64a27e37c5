//! `disabled-administrator`: an account that is disabled still holds administrative roles.

use crate::accounts::Account;
use crate::diagnostic::Label;
use crate::diagnostic::{Preset, Report, RuleId, Severity};

use crate::rules::{Context, Rule, remedy};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("disabled-administrator", Severity::Warning),
    preset: Preset::Default,
    summary: "a disabled account holds administrative roles",
    page: include_str!("disabled-administrator.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let inventory = context.inventory();
    for id in context.placed() {
        let principal = inventory.principals.get(id);
        let Some((true, at)) = principal.disabled else { continue };
        let rights = context.accounts.rights(Account::Exported(id));
        let held = || rights.held.iter().filter(|held| held.is_sure() && held.policy.is_none());
        let Some(way) = held().min_by_key(|held| (held.chain.len(), held.role.map(|role| inventory.show(role)))) else {
            continue;
        };
        let Some(assignment) = context.graph().assignment(way) else { continue };
        let (name, role) = (inventory.show_principal(id), way.role.map_or("", |role| inventory.show(role)));
        let message = format!("the account `{name}` is disabled and still holds role `{role}`");
        let mut finding = RULE.found(message, at, "disabled");
        let mut from = name;
        for (to, at) in &context.graph().chain(&rights, way) {
            let to = inventory.show_principal(*to);
            finding.labels.push(Label::new(*at, format!("`{from}` is a member of `{to}`")));
            from = to;
        }
        finding.labels.push(Label::new(assignment.at, format!("`{from}` holds role `{role}`")));
        finding.subject.account = Some(name.to_owned());
        finding.subject.role = Some(role.to_owned());
        let all = remedy::take_all(context.graph(), name, held().map(|held| &**held));
        let fix = all.unwrap_or_else(|| context.removal(assignment));
        finding.fixes.push(fix);
        report.say(finding);
    }
}
