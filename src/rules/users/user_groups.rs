//! `user-groups`: a role assignment policy lets users create groups.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use crate::name::same;

use crate::rules::{Context, Rule};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("user-groups"),
    level: Severity::Note,
    preset: Preset::Strict,
    summary: "users may create and manage distribution groups",
    page: include_str!("user-groups.md"),
    check: Some(check),
};

const ROLES: &[&str] = &["MyDistributionGroups"];

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    for (_, assignment) in context.regular() {
        let (Some(policy), Some(role)) = (context.policy_of(assignment), context.role_of(assignment)) else { continue };
        if !ROLES.iter().any(|known| same(known, role)) {
            continue;
        }
        let message =
            format!("users with the policy `{policy}` may create groups and manage their own: it holds `{role}`");
        report.say(context.about(&RULE, assignment, message, assignment.role_at, "lets users create groups"));
    }
}
