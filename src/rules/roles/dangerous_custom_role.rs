//! `dangerous-custom-role`: a custom role has entries that Exchange keeps in its most privileged roles.

use crate::catalogue::Danger;
use crate::diagnostic::Label;
use crate::diagnostic::{Preset, Report, RuleId, Severity};
use crate::inventory::{Assignment, Entry};
use crate::name::{Symbol, fold};

use crate::rules::{Context, Rule, remedy};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("dangerous-custom-role", Severity::Warning),
    preset: Preset::Default,
    summary: "a custom role has what only the most privileged roles have by default",
    page: include_str!("dangerous-custom-role.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    const LABELS_MAX: usize = 4;
    let inventory = context.inventory();
    for (role, _, at) in context.custom_roles() {
        let mut dangers: Vec<(Entry, &Danger)> =
            inventory.entries_of(role).filter_map(|entry| Some((entry, privileged(context, &entry)?))).collect();
        dangers.sort_by_cached_key(|(entry, _)| fold(inventory.show(entry.cmdlet)));
        dangers.dedup_by_key(|(entry, _)| entry.cmdlet);
        let Some((first, danger)) = dangers.first() else { continue };
        let name = inventory.show(role);
        let cmdlets: Vec<&str> = dangers.iter().map(|(entry, _)| inventory.show(entry.cmdlet)).collect();
        let message =
            format!("the custom role `{name}` has {}", crate::rules::evidence::listed(cmdlets.iter().copied()));
        let words = |danger: &Danger| format!("privileged by default; {} in ATT&CK", danger.technique);
        let mut finding = RULE.found(message, first.at, words(danger));
        let rest = dangers.iter().skip(1).take(LABELS_MAX - 1);
        finding.labels.extend(rest.map(|(entry, danger)| Label::new(entry.at, words(danger))));
        finding.labels.push(Label::new(at, "the role"));
        finding.labels.extend(holders(context, role));
        finding.subject.role = Some(name.to_owned());
        finding.fixes.push(remedy::without_entries(context.graph(), role, &cmdlets));
        finding.subject.cmdlets = cmdlets.into_iter().map(ToOwned::to_owned).collect();
        report.say(finding);
    }
}

/// What makes an entry one that only the most privileged roles have.
fn privileged<'c>(context: &'c Context<'_, '_>, entry: &Entry) -> Option<&'c Danger> {
    let inventory = context.inventory();
    let list = inventory.parameters.get(entry.parameters);
    let has = || list.names.iter().map(|name| inventory.show(*name));
    let mut dangers = context.catalogue().dangers().of(inventory.show(entry.cmdlet)).iter();
    dangers.find(|danger| danger.privileged && danger.is_in(has()))
}

/// Who may run the role, at most three.
fn holders(context: &Context<'_, '_>, role: Symbol) -> Vec<Label> {
    let is_it = |assignment: &&Assignment| assignment.role.is_some_and(|known| known.symbol == role);
    let assignments = context.regular().filter(is_it).take(3);
    let label = |assignment: &Assignment| {
        let name = context.assignee_of(assignment).unwrap_or("");
        Label::new(assignment.at, format!("`{name}` holds it"))
    };
    assignments.map(label).collect()
}
