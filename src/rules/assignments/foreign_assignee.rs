//! `foreign-assignee`: a role is assigned to a computer, or to somebody of another forest.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use crate::inventory::AssigneeType;

use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("foreign-assignee", Severity::Warning),
    preset: Preset::Default,
    summary: "a role is assigned to a computer or to somebody of another forest",
    page: include_str!("foreign-assignee.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    for assignment in context.regular() {
        let what = match assignment.assignee_type {
            Some(AssigneeType::Computer) => "a computer",
            Some(AssigneeType::Foreign) => "somebody of another forest",
            _ => continue,
        };
        let (Some(role), Some(assignee)) = (context.role_of(assignment), context.assignee_of(assignment)) else {
            continue;
        };
        let message = format!("role `{role}` is assigned to {what}: `{assignee}`");
        let mut finding = context.about(&RULE, assignment, message, assignment.assignee_at, what);
        finding.subject.account = Some(assignee.to_owned());
        report.say(finding);
    }
}
