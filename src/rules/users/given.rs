//! Roles that users need not have by their policies, each with a rule of its own.

use crate::diagnostic::Report;
use crate::name::same;
use crate::rules::{Context, Rule};

/// Says which policies hold one of `roles`; `power` is what that lets users do, after "users with the policy …".
pub(super) fn check(
    rule: &Rule,
    roles: &[&str],
    (power, words): (&str, &str),
    context: &Context<'_, '_>,
    report: &mut Report,
) {
    for assignment in context.regular() {
        let (Some(policy), Some(role)) = (context.policy_of(assignment), context.role_of(assignment)) else { continue };
        if roles.iter().any(|known| same(known, role)) {
            let message = format!("users with the policy `{policy}` may {power}: it holds `{role}`");
            report.say(context.about(rule, assignment, message, assignment.role_at, words));
        }
    }
}
