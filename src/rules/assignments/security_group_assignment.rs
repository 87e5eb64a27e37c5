//! `security-group-assignment`: a role is assigned to an ordinary security group.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use crate::inventory::{AssigneeType, Assignment, Class};
use crate::record::Kind;

use crate::remedy::Fix;
use crate::rules::{Context, Rule, remedy};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("security-group-assignment", Severity::Warning),
    preset: Preset::Default,
    summary: "a role is assigned to a security group that is no role group",
    page: include_str!("security-group-assignment.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    for assignment in context.regular() {
        if !is_security_group(context, assignment) || context.is_default(assignment) {
            continue;
        }
        let (Some(role), Some(group)) = (context.role_of(assignment), context.assignee_of(assignment)) else {
            continue;
        };
        let message = format!("role `{role}` is assigned to the security group `{group}`, which is no role group");
        let mut finding = context.about(&RULE, assignment, message, assignment.assignee_at, "no role group");
        if let Some(id) = context.principal_of(assignment) {
            finding.labels.extend(context.member_labels(id));
        }
        finding.subject.group = Some(group.to_owned());
        finding.subject.account = None;
        let fix = remedy::regrouped(context.graph(), assignment, role, group)
            .map(|steps| Fix::steps(steps, format!("puts `{group}` into a role group of its own, with role `{role}`")));
        finding.fixes.splice(0..0, fix);
        report.say(finding);
    }
}

fn is_security_group(context: &Context<'_, '_>, assignment: &Assignment) -> bool {
    match (assignment.assignee_type, context.principal_of(assignment)) {
        (Some(kind), _) => kind == AssigneeType::SecurityGroup,
        (None, Some(id)) => {
            let principal = context.inventory().principals.get(id);
            // A group of which only members were exported may be a role group.
            let is_group = principal.class == Some(Class::SecurityGroup) && principal.at.is_some();
            is_group && !principal.role_group && context.is_whole(Kind::RoleGroup)
        }
        (None, None) => false,
    }
}
