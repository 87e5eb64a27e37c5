//! `wider-child-role`: a child role has an entry or a parameter that its parent lacks.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Label;
use crate::graph::is_common;
use crate::inventory::{Entry, ParameterListId};
use crate::name::{Symbol, fold};

use crate::remedy::Fix;
use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("wider-child-role", Severity::Error),
    preset: Preset::Default,
    summary: "a role has what its parent has not: the exports do not fit together",
    page: include_str!("wider-child-role.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let inventory = context.inventory();
    // Hundreds of children may have one parent.
    let mut of_parents: BTreeMap<Symbol, BTreeMap<Symbol, Allowed>> = BTreeMap::new();
    for (role, parent, at) in context.custom_roles() {
        let Some(parent) = parent.filter(|parent| context.has_all_entries(*parent)) else { continue };
        let allowed = of_parents.entry(parent).or_insert_with(|| allowed(context, parent));
        let mut wider: Vec<(Entry, String)> = inventory
            .entries_of(role)
            .filter_map(|entry| Some((entry, excess(context, &entry, allowed.get(&entry.cmdlet))?)))
            .collect();
        wider.sort_by_cached_key(|(entry, _)| fold(inventory.show(entry.cmdlet)));
        let Some((first, words)) = wider.first() else { continue };
        let (name, of) = (inventory.show(role), inventory.show(parent));
        let cmdlets: BTreeSet<&str> = wider.iter().map(|(entry, _)| inventory.show(entry.cmdlet)).collect();
        let listed = crate::rules::evidence::listed(cmdlets.iter().copied().take(5));
        let message = format!("role `{name}` has more than its parent `{of}`, which Exchange does not allow: {listed}");
        let mut finding = RULE.found(message, first.at, words.clone());
        finding.labels.extend(wider.iter().skip(1).take(3).map(|(entry, words)| Label::new(entry.at, words.clone())));
        finding.labels.push(Label::new(at, format!("its parent is `{of}`")));
        finding.subject.role = Some(name.to_owned());
        finding.subject.cmdlets = cmdlets.into_iter().map(ToOwned::to_owned).collect();
        let command = crate::powershell::export_command(crate::record::Kind::RoleEntry);
        finding.fixes.push(Fix::export(command, "export all role entries at one time"));
        report.say(finding);
    }
}

/// The parameters of a cmdlet of a role.
struct Allowed {
    /// The list of its first entry: most entries of children have the very same.
    list: ParameterListId,
    /// All names; `None` where a list is cut.
    names: Option<BTreeSet<Symbol>>,
}

/// The parameters of each cmdlet of a role.
fn allowed(context: &Context<'_, '_>, role: Symbol) -> BTreeMap<Symbol, Allowed> {
    let inventory = context.inventory();
    let mut allowed: BTreeMap<Symbol, Allowed> = BTreeMap::new();
    for entry in inventory.entries_of(role) {
        let list = inventory.parameters.get(entry.parameters);
        let first = || Allowed { list: entry.parameters, names: Some(BTreeSet::new()) };
        match &mut allowed.entry(entry.cmdlet).or_insert_with(first).names {
            Some(names) if list.complete => names.extend(list.names.iter().copied()),
            known => *known = None,
        }
    }
    allowed
}

/// What an entry has and the parent has not, in words.
fn excess(context: &Context<'_, '_>, entry: &Entry, allowed: Option<&Allowed>) -> Option<String> {
    let inventory = context.inventory();
    let Some(allowed) = allowed else { return Some("the parent has no such entry".to_owned()) };
    let allowed = allowed.names.as_ref().filter(|_| allowed.list != entry.parameters)?;
    let names = inventory.parameters.get(entry.parameters).names.iter();
    let names = names.filter(|name| !allowed.contains(name)).map(|name| inventory.show(*name));
    let mut names: Vec<&str> = names.filter(|name| !is_common(name)).collect();
    names.sort_by_cached_key(|name| fold(name));
    let listed = names.iter().map(|name| format!("`-{name}`")).collect::<Vec<_>>().join(", ");
    (!names.is_empty()).then(|| format!("the parent has it without {listed}"))
}
