//! `orphan-scope`: a scope that no assignment uses.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use crate::graph::quoted;
use crate::inventory::{Form, IdentityKind, ScopeFact, Stated, stands_for};

use crate::rules::{Context, Rule};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("orphan-scope"),
    level: Severity::Note,
    preset: Preset::Default,
    summary: "no assignment uses a scope",
    page: include_str!("orphan-scope.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    if !context.has_all_assignments() {
        return;
    }
    for scope in context.inventory().scopes.iter().filter(|scope| scope.exclusive == Stated::Is(false)) {
        if is_used(context, scope) {
            continue;
        }
        let name = name(context, scope);
        let mut finding = RULE.found(format!("no assignment uses the scope `{name}`"), scope.at, "used nowhere");
        finding.subject.scope = Some(name.to_owned());
        finding.help = Some(format!("Remove-ManagementScope {}", quoted(name)));
        report.say(finding);
    }
}

/// The name of a scope as it is shown.
pub(super) fn name<'i>(context: &Context<'_, 'i>, scope: &'i ScopeFact) -> &'i str {
    let named = scope.identities.iter().find(|(kind, _)| *kind == IdentityKind::Name).or(scope.identities.first());
    named.map_or("", |(_, text)| context.inventory().show(text.symbol))
}

/// Whether an assignment names a scope, or may: the name may be cut, or stand at the end of a path.
pub(super) fn is_used(context: &Context<'_, '_>, scope: &ScopeFact) -> bool {
    let inventory = context.inventory();
    let names = || scope.identities.iter().map(|(_, text)| inventory.show(text.symbol));
    inventory
        .assignments
        .iter()
        .flat_map(|assignment| assignment.custom.iter().chain([&assignment.resource]))
        .flatten()
        .any(|text| {
            let said = inventory.show(text.symbol);
            let last = crate::inventory::last_part(said);
            let fits = |said: &str| names().any(|name| stands_for(name, said, text.form));
            fits(said) || last.is_some_and(|last| text.form == Form::Whole && fits(&last))
        })
}
