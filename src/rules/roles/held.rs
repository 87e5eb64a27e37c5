//! Roles that are dangerous in themselves: whoever holds one beside the default assignments is a finding.

use crate::diagnostic::Report;
use crate::name::same;

use crate::rules::{Context, Rule};

/// The roles that have a rule of their own.
pub(in crate::rules) const ROLES: &[&str] = &[
    "Active Directory Permissions",
    "ApplicationImpersonation",
    "Mailbox Import Export",
    "Mailbox Search",
    "Role Management",
    "Support Diagnostics",
    "UnScoped Role Management",
];

/// Says who holds `role` and has it not by default; `power` is what the role makes possible, after a name.
pub(super) fn check(rule: &Rule, role: &str, power: &str, context: &Context<'_, '_>, report: &mut Report) {
    for assignment in context.regular() {
        // A role that a policy cannot hold is an error of the export, which `impossible-assignment` says.
        let is_it = context.role_of(assignment).is_some_and(|name| same(name, role));
        if !is_it || context.policy_of(assignment).is_some() || context.is_default(assignment) {
            continue;
        }
        let Some(assignee) = context.assignee_of(assignment) else { continue };
        let message = format!("`{assignee}` holds role `{role}` and {power}");
        let mut finding = context.about(rule, assignment, message, assignment.role_at, "not assigned so by default");
        if let Some(id) = context.principal_of(assignment) {
            finding.labels.extend(context.member_labels(id));
        }
        report.say(finding);
    }
}
