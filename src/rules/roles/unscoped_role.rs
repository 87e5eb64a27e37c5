//! `unscoped-role`: an unscoped role, or one with scripts, is assigned.

use crate::diagnostic::Label;
use crate::diagnostic::{Preset, Report, RuleId, Severity};
use crate::inventory::Assignment;
use crate::name::fold;
use crate::source::Span;

use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("unscoped-role", Severity::Warning),
    preset: Preset::Default,
    summary: "somebody holds a role that runs scripts on the servers",
    page: include_str!("unscoped-role.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    for assignment in context.regular() {
        let Some((at, words)) = unscoped(context, assignment) else { continue };
        let (Some(role), Some(assignee)) = (context.role_of(assignment), context.assignee_of(assignment)) else {
            continue;
        };
        let message = format!("`{assignee}` holds role `{role}`, which runs outside the model of roles and scopes");
        let mut finding = context.about(&RULE, assignment, message, assignment.role_at, "no scope limits it");
        finding.labels.push(Label::new(at, words));
        if let Some(id) = context.principal_of(assignment) {
            finding.labels.extend(context.member_labels(id));
        }
        report.say(finding);
    }
}

/// The place that shows that a role is unscoped, or has a script.
fn unscoped(context: &Context<'_, '_>, assignment: &Assignment) -> Option<(Span, &'static str)> {
    let (inventory, role) = (context.inventory(), assignment.role?);
    let record = inventory.roles.get(role.symbol);
    if let Some(at) = record.filter(|role| role.unscoped).and_then(|role| role.at) {
        return Some((at, "an unscoped role"));
    }
    let script = inventory.entries_of(role.symbol).find(|entry| fold(inventory.show(entry.cmdlet)).ends_with(".ps1"));
    script.map(|entry| (entry.at, "a script"))
}
