//! `standing-administrator`: somebody is always a member of a privileged role group of Exchange Online.

use crate::catalogue::Environment;
use crate::diagnostic::{Preset, Report, RuleId, Severity};

use crate::remedy::Fix;
use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("standing-administrator", Severity::Note),
    preset: Preset::All,
    summary: "an account of Exchange Online is an administrator at all times",
    page: include_str!("standing-administrator.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    // On servers nobody can be a member for some hours, so that everybody would be named.
    if context.environment() != Some(Environment::Online) {
        return;
    }
    let inventory = context.inventory();
    for (id, way) in context.administrators() {
        let Some(group) = way.group.filter(|group| inventory.principals.get(*group).role_group) else { continue };
        // Applications sign in by themselves, at any hour.
        if inventory.principals.get(id).application {
            continue;
        }
        let (name, of) = (inventory.show_principal(id), inventory.show_principal(group));
        let message = format!("`{name}` is in `{of}` at all times, and not only when it administers");
        let mut finding = RULE.found(message, way.at, format!("a member of `{of}` itself"));
        finding.labels.extend(context.way_labels(id, &way).into_iter().skip(1));
        finding.subject.account = Some(name.to_owned());
        finding.subject.group = Some(of.to_owned());
        let fix = context.leaving(id, &way);
        finding.fixes.push(Fix { note: format!("make it eligible for a role in Entra instead: {}", fix.note), ..fix });
        report.say(finding);
    }
}
