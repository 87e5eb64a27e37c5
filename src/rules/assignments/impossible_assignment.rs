//! `impossible-assignment`: a role assignment policy with an administrative role or a delegating assignment: the export is wrong.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use crate::inventory::Assignment;

use crate::remedy::Fix;
use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("impossible-assignment", Severity::Error),
    preset: Preset::Default,
    summary: "a role assignment policy holds what Exchange allows to none",
    page: include_str!("impossible-assignment.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    for assignment in context.inventory().assignments.iter().filter(|assignment| assignment.own_row) {
        let (Some(policy), Some(role)) = (context.policy_of(assignment), context.role_of(assignment)) else { continue };
        let (message, at, words) = if is_administrative(context, assignment) {
            let message =
                format!("role assignment policy `{policy}` holds the administrative role `{role}`, which none can");
            (message, assignment.role_at, "no role for end users")
        } else if context.delegates(assignment) == Some(true) {
            let message = format!(
                "role assignment policy `{policy}` has a delegating assignment of role `{role}`, which none can"
            );
            (message, assignment.delegating_at, "no role assignment policy delegates")
        } else {
            continue;
        };
        let mut finding = context.about(&RULE, assignment, message, at, words);
        let command = crate::powershell::export_command(crate::record::Kind::RoleAssignment);
        finding.fixes = vec![Fix::export(command, "export the assignments again: no organization has such a one")];
        report.say(finding);
    }
}

fn is_administrative(context: &Context<'_, '_>, assignment: &Assignment) -> bool {
    let Some(role) = assignment.role else { return false };
    let exported = context.inventory().roles.get(role.symbol).and_then(|role| role.end_user);
    let known = || context.graph().built_in_role(role.symbol).map(|role| role.end_user);
    exported.or_else(known) == Some(false)
}
