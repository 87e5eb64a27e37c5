//! `user-add-ins`: a role assignment policy lets users install add-ins.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use crate::name::same;

use crate::rules::{Context, Rule};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("user-add-ins"),
    level: Severity::Warning,
    preset: Preset::Strict,
    summary: "users may install add-ins for their mailboxes",
    page: include_str!("user-add-ins.md"),
    check: Some(check),
};

const ROLES: &[&str] = &["My Custom Apps", "My Marketplace Apps", "My ReadWriteMailbox Apps"];

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    for (_, assignment) in context.regular() {
        let (Some(policy), Some(role)) = (context.policy_of(assignment), context.role_of(assignment)) else { continue };
        if !ROLES.iter().any(|known| same(known, role)) {
            continue;
        }
        let message = format!("users with the policy `{policy}` may install add-ins: it holds `{role}`");
        report.say(context.about(&RULE, assignment, message, assignment.role_at, "lets users install add-ins"));
    }
}
