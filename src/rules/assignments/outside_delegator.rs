//! `outside-delegator`: a delegating assignment of others than Organization Management.

use crate::diagnostic::{Preset, Report, RuleId, Severity};

use crate::rules::{Context, Rule};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("outside-delegator"),
    level: Severity::Error,
    preset: Preset::Default,
    summary: "a role can be handed on by others than Organization Management",
    page: include_str!("outside-delegator.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    for assignment in context.live() {
        let delegates = context.delegates(assignment) == Some(true) && context.policy_of(assignment).is_none();
        if !delegates || context.is_organization_management(assignment) || context.is_default(assignment) {
            continue;
        }
        let (Some(role), Some(assignee)) = (context.role_of(assignment), context.assignee_of(assignment)) else {
            continue;
        };
        let message = format!("`{assignee}` may hand role `{role}` on to anybody");
        let at = assignment.delegating_at;
        let mut finding = context.about(&RULE, assignment, message, at, "it lets the role be handed on");
        if let Some(id) = context.principal_of(assignment) {
            finding.labels.extend(context.member_labels(id));
        }
        report.say(finding);
    }
}
