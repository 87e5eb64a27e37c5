//! `direct-assignment`: a role is assigned to a user, and not through a role group.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use crate::inventory::{AssigneeType, Assignment, Class};
use crate::name::same;

use crate::rules::roles::held;
use crate::rules::{Context, Rule, remedy};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("direct-assignment"),
    level: Severity::Warning,
    preset: Preset::Default,
    summary: "a role is assigned to a user, not to a role group",
    page: include_str!("direct-assignment.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    for assignment in context.regular() {
        if !is_user(context, assignment) || context.is_default(assignment) {
            continue;
        }
        let (Some(role), Some(user)) = (context.role_of(assignment), context.assignee_of(assignment)) else { continue };
        let message = format!("role `{role}` is assigned to `{user}` directly, not through a role group");
        let mut finding = context.about(&RULE, assignment, message, assignment.assignee_at, "a user, no role group");
        // Who should not hold a role at all needs no group for it.
        let dangerous = held::ROLES.iter().any(|known| same(known, role));
        let given = assignment.role.filter(|_| !dangerous).map(|role| {
            let group = remedy::group_of(context.graph(), role.symbol);
            remedy::give(context.graph(), role.symbol, group, user)
        });
        let removal = context.removal(assignment);
        finding.help = Some(given.map_or(removal.clone(), |given| format!("{given}; {removal}")));
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
