//! `outside-delegator`: a delegating assignment of others than Organization Management.

use crate::diagnostic::{Preset, Report, RuleId, Severity};

use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("outside-delegator", Severity::Error),
    preset: Preset::Default,
    summary: "others than Organization Management may delegate a role",
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
        let message = format!("`{assignee}` has a delegating assignment of role `{role}`");
        let at = assignment.delegating_at;
        let mut finding = context.about(&RULE, assignment, message, at, "may assign the role, not use it");
        if let Some(id) = context.principal_of(assignment) {
            finding.labels.extend(context.member_labels(id));
        }
        report.say(finding);
    }
}
