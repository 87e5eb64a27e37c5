//! `match-all-scope`: a custom scope whose filter matches every recipient.

use crate::diagnostic::{Label, Preset, Report, RuleId, Severity};
use crate::inventory::{Assignment, Form, Stated};
use crate::name::same;
use crate::remedy::{Fix, FixKind};
use crate::scope::{Filter, Known};

use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("match-all-scope", Severity::Warning),
    preset: Preset::Default,
    summary: "a scope matches everything",
    page: include_str!("match-all-scope.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let inventory = context.inventory();
    for scope in &inventory.scopes {
        let of_recipients = scope.restriction.is_none_or(|word| same(inventory.show(word), "RecipientScope"));
        let Stated::Is(Some(filter)) = scope.recipients else { continue };
        if !of_recipients || scope.root != Stated::Is(None) || filter.form != Form::Whole {
            continue;
        }
        let text = inventory.show(filter.symbol);
        if !Filter::parse(text).is_ok_and(|filter| filter.is_everything() == Known::Yes) {
            continue;
        }
        let name = super::named::name(context, scope);
        let message = format!("the scope `{name}` matches everything: `{text}`");
        let mut finding = RULE.found(message, scope.at, "it restricts nothing");
        let uses = inventory.assignments.iter().filter(|assignment| super::named::uses(context, assignment, scope));
        let label = |assignment: &Assignment| Label::new(assignment.at, "an assignment that seems to be narrow");
        finding.labels.extend(uses.take(3).map(label));
        finding.subject.scope = Some(name.to_owned());
        let help =
            format!("give the scope `{name}` a filter that matches less, or use no scope where everything is meant");
        finding.fixes.push(Fix::words(FixKind::Exchange, help));
        report.say(finding);
    }
}
