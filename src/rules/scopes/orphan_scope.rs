//! `orphan-scope`: a scope that no assignment uses.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use crate::inventory::Stated;

use crate::remedy::{Fix, ObjectKind, Remedy};
use crate::rules::{Context, Rule};

use super::named;

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("orphan-scope", Severity::Note),
    preset: Preset::Default,
    summary: "no assignment uses a scope",
    page: include_str!("orphan-scope.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    if !context.has_all_assignments() || !context.shows_all_scopes() {
        return;
    }
    let said = named::said(context);
    for scope in context.inventory().scopes.iter().filter(|scope| scope.exclusive == Stated::Is(false)) {
        if named::is_used(context, &said, scope) {
            continue;
        }
        let name = named::name(context, scope);
        let mut finding = RULE.found(format!("no assignment uses the scope `{name}`"), scope.at, "used nowhere");
        finding.subject.scope = Some(name.to_owned());
        let step = Remedy::Delete { kind: ObjectKind::Scope, name: name.to_owned(), unscoped: false };
        finding.fixes.push(Fix::of(step, "removes the scope"));
        report.say(finding);
    }
}
