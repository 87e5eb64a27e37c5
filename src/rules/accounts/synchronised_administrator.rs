//! `synchronised-administrator`: an administrator of Exchange Online comes from a directory of servers.

use crate::diagnostic::{Preset, Report, RuleId, Severity};

use crate::remedy::Fix;
use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("synchronised-administrator", Severity::Warning),
    preset: Preset::Strict,
    summary: "an administrator of Exchange Online is an account of Active Directory",
    page: include_str!("synchronised-administrator.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let inventory = context.inventory();
    for (id, way) in context.administrators() {
        let principal = inventory.principals.get(id);
        let Some(at) = principal.at.filter(|_| principal.synchronised) else { continue };
        let name = inventory.show_principal(id);
        let role = context.role_of(way.assignment).unwrap_or("");
        let message = format!("`{name}` holds role `{role}` in Exchange Online and comes from Active Directory");
        let mut finding = RULE.found(message, at, "`IsDirSynced` is true");
        finding.labels.extend(context.way_labels(id, &way));
        finding.subject.account = Some(name.to_owned());
        finding.subject.role = Some(role.to_owned());
        let fix = context.leaving(id, &way);
        finding.fixes.push(Fix {
            note: format!("make an account in the cloud alone, and take this one out: {}", fix.note),
            ..fix
        });
        report.say(finding);
    }
}
