//! `unscoped-application`: an application role without a scope.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use crate::inventory::{AssigneeType, Assignment};
use crate::name::same;

use crate::remedy::{Fix, FixKind};
use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("unscoped-application", Severity::Error),
    preset: Preset::Default,
    summary: "an application holds a role on every mailbox",
    page: include_str!("unscoped-application.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    for assignment in context.regular() {
        if assignment.assignee_type != Some(AssigneeType::ServicePrincipal) || !is_everywhere(context, assignment) {
            continue;
        }
        let (Some(role), Some(app)) = (context.role_of(assignment), context.assignee_of(assignment)) else { continue };
        let message = format!("the application `{app}` holds role `{role}` on every mailbox");
        let mut finding = context.about(&RULE, assignment, message, assignment.role_at, "no scope limits it");
        let help = "or give the assignment a custom resource scope, with the mailboxes that the application needs";
        finding.fixes.push(Fix::words(FixKind::Exchange, help));
        finding.subject.account = Some(app.to_owned());
        report.say(finding);
    }
}

/// Whether the assignment says that it works on all recipients; without the column nothing does.
fn is_everywhere(context: &Context<'_, '_>, assignment: &Assignment) -> bool {
    let word = assignment.scopes[1].map(|word| context.inventory().show(word));
    let custom = assignment.custom[0].or(assignment.resource);
    word.is_some_and(|word| same(word, "Organization")) && custom.is_none() && !context.is_resource_unseen(assignment)
}
