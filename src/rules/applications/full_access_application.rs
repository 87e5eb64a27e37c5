//! `full-access-application`: an application holds full access to mail or to Exchange.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use crate::inventory::AssigneeType;
use crate::name::same;

use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("full-access-application", Severity::Error),
    preset: Preset::Default,
    summary: "an application holds one of the widest application roles",
    page: include_str!("full-access-application.md"),
    check: Some(check),
};

/// Source: "Role Based Access Control for Applications in Exchange Online": these hold all that the others do.
const WIDEST: &[&str] =
    &["Application Exchange Full Access", "Application Mail Full Access", "Application EWS.AccessAsApp"];

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    for assignment in context.regular() {
        let (Some(role), Some(app)) = (context.role_of(assignment), context.assignee_of(assignment)) else { continue };
        let widest = WIDEST.iter().any(|known| same(known, role));
        if assignment.assignee_type != Some(AssigneeType::ServicePrincipal) || !widest {
            continue;
        }
        let message = format!("the application `{app}` holds `{role}`, one of the widest roles for applications");
        let mut finding =
            context.about(&RULE, assignment, message, assignment.role_at, "reads and writes everything in scope");
        finding.subject.account = Some(app.to_owned());
        report.say(finding);
    }
}
