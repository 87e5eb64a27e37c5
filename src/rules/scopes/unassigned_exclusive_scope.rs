//! `unassigned-exclusive-scope`: an exclusive scope that no assignment uses.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use crate::inventory::Stated;
use crate::powershell::quoted;

use crate::rules::{Context, Rule};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("unassigned-exclusive-scope"),
    level: Severity::Error,
    preset: Preset::Default,
    summary: "an exclusive scope shuts everybody out",
    page: include_str!("unassigned-exclusive-scope.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    if !context.has_all_assignments() || !context.shows_all_scopes() {
        return;
    }
    let said = super::named::said(context);
    for scope in context.inventory().scopes.iter().filter(|scope| scope.exclusive == Stated::Is(true)) {
        if super::named::is_used(context, &said, scope) {
            continue;
        }
        let name = super::named::name(context, scope);
        let message = format!("nobody may change what the exclusive scope `{name}` matches: no assignment uses it");
        let mut finding = RULE.found(message, scope.at, "it shuts out everybody who has no exclusive scope");
        finding.subject.scope = Some(name.to_owned());
        let name = quoted(name);
        finding.help = Some(format!(
            "New-ManagementRoleAssignment -Role 'Mail Recipients' -SecurityGroup 'Organization Management' -ExclusiveRecipientWriteScope {name}; or Remove-ManagementScope {name}"
        ));
        report.say(finding);
    }
}
