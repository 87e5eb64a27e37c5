//! `unassigned-exclusive-scope`: an exclusive scope that no assignment uses.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use crate::inventory::Stated;

use crate::remedy::{Assignee, Fix, NewAssignment, ObjectKind, Remedy, WriteScope};
use crate::rules::evidence::ORGANIZATION_MANAGEMENT;
use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("unassigned-exclusive-scope", Severity::Error),
    preset: Preset::Default,
    summary: "an exclusive scope shuts everybody out",
    page: include_str!("unassigned-exclusive-scope.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    if !context.has_all_assignments() || !context.shows_all_scopes() {
        return;
    }
    let said = super::named::said(context);
    for scope in context.inventory().scopes.iter().filter(|scope| scope.exclusive == Stated::Is(true)) {
        if super::named::is_used(context, &said, scope) {
            continue;
        }
        let name = super::named::name(context, scope);
        let message = format!("no account may change what the exclusive scope `{name}` matches: no assignment uses it");
        let mut finding = RULE.found(message, scope.at, "it shuts out everybody who has no exclusive scope");
        finding.subject.scope = Some(name.to_owned());
        let assigned = Remedy::Assign(NewAssignment {
            name: None,
            role: "Mail Recipients".to_owned(),
            assignee: Assignee::Group(ORGANIZATION_MANAGEMENT.to_owned()),
            scope: WriteScope { recipients: Some(name.to_owned()), exclusive: true, ..WriteScope::default() },
            delegating: false,
        });
        finding.fixes.push(Fix::of(assigned, "lets `Organization Management` change what the scope matches"));
        let removed = Remedy::Delete { kind: ObjectKind::Scope, name: name.to_owned(), unscoped: false };
        finding.fixes.push(Fix::of(removed, "removes the scope"));
        report.say(finding);
    }
}
