//! `disabled-assignment`: an assignment is there and gives nothing, until somebody enables it.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use crate::inventory::Stated;

use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("disabled-assignment", Severity::Note),
    preset: Preset::Default,
    summary: "a role assignment is disabled",
    page: include_str!("disabled-assignment.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    for assignment in &context.inventory().assignments {
        if assignment.enabled != Stated::Is(false) || !assignment.own_row {
            continue;
        }
        let (Some(role), Some(assignee)) = (context.role_of(assignment), context.assignee_of(assignment)) else {
            continue;
        };
        let message = format!("the assignment of role `{role}` to `{assignee}` is disabled");
        report.say(context.about(&RULE, assignment, message, assignment.enabled_at, "disabled: grants nothing"));
    }
}
