//! `user-delegation`: a role assignment policy lets users delegate their mailboxes.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use crate::name::same;

use crate::rules::{Context, Rule};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("user-delegation"),
    level: Severity::Note,
    preset: Preset::Default,
    summary: "users may give others access to their mailboxes",
    page: include_str!("user-delegation.md"),
    check: Some(check),
};

const ROLES: &[&str] = &["MyMailboxDelegation"];

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    for (_, assignment) in context.regular() {
        let (Some(policy), Some(role)) = (context.policy_of(assignment), context.role_of(assignment)) else { continue };
        if !ROLES.iter().any(|known| same(known, role)) {
            continue;
        }
        let message =
            format!("users with the policy `{policy}` may let others into their mailboxes: it holds `{role}`");
        report.say(context.about(&RULE, assignment, message, assignment.role_at, "off by default"));
    }
}
