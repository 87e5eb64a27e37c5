//! `direct-assignment`: a role is assigned to a user, and not through a role group.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use crate::graph::quoted;
use crate::inventory::{AssigneeType, Assignment, Class};

use crate::rules::{Context, Rule};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("direct-assignment"),
    level: Severity::Warning,
    preset: Preset::Default,
    summary: "a role is assigned to a user, not to a role group",
    page: include_str!("direct-assignment.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    for (_, assignment) in context.regular() {
        if !is_user(context, assignment) || context.is_default(assignment) {
            continue;
        }
        let (Some(role), Some(user)) = (context.role_of(assignment), context.assignee_of(assignment)) else { continue };
        let message = format!("role `{role}` is assigned to `{user}` directly, not through a role group");
        let mut finding = context.about(&RULE, assignment, message, assignment.assignee_at, "a user, no role group");
        let (group, role, user) = (quoted(&format!("Holders of {role}")), quoted(role), quoted(user));
        finding.help =
            Some(format!("New-RoleGroup {group} -Roles {role} -Members {user}; {}", context.removal(assignment)));
        report.say(finding);
    }
}

fn is_user(context: &Context<'_, '_>, assignment: &Assignment) -> bool {
    match (assignment.assignee_type, context.principal_of(assignment)) {
        (Some(kind), _) => kind == AssigneeType::User,
        (None, Some(id)) => {
            let principal = context.inventory().principals.get(id);
            principal.class == Some(Class::Account) && !principal.application
        }
        (None, None) => false,
    }
}
