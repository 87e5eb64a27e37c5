//! `shared-scope`: many assignments use one scope.

use crate::diagnostic::{Label, Preset, Report, RuleId, Severity};
use crate::inventory::Assignment;
use crate::powershell::quoted;

use crate::remedy::{Fix, Remedy};
use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("shared-scope", Severity::Note),
    preset: Preset::All,
    summary: "many assignments use one scope",
    page: include_str!("shared-scope.md"),
    check: Some(check),
};

/// How many assignments may. A choice of ours: no source gives a number.
const ASSIGNMENTS_MAX: usize = 10;

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    for scope in &context.inventory().scopes {
        let uses: Vec<&Assignment> =
            context.live().filter(|assignment| super::named::uses(context, assignment, scope)).collect();
        if uses.len() <= ASSIGNMENTS_MAX {
            continue;
        }
        let name = super::named::name(context, scope);
        let count = uses.len();
        let message = format!("{count} assignments use the scope `{name}`, and a change of it changes all of them");
        let mut finding = RULE.found(message, scope.at, "one object for all of them");
        finding.labels.extend(uses.iter().take(3).map(|assignment| Label::new(assignment.at, "one of them")));
        finding.subject.scope = Some(name.to_owned());
        let name = quoted(name);
        let look = |column: &str| Remedy::Export(format!("Get-ManagementRoleAssignment -{column} {name}"));
        let steps = ["CustomRecipientWriteScope", "CustomConfigWriteScope"].map(look).into();
        finding.fixes.push(Fix::steps(steps, "shows what a change of the scope would change"));
        report.say(finding);
    }
}
