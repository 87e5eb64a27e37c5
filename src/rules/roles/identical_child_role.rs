//! `identical-child-role`: a custom role with all entries and parameters of its parent.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use std::collections::BTreeMap;

use crate::diagnostic::Label;
use crate::graph::is_common;
use crate::inventory::{Assignment, Inventory, ParameterListId, Stated};
use crate::name::Symbol;
use crate::powershell::assignments;

use crate::remedy::{Fix, ObjectKind, Remedy};
use crate::rules::{Context, Rule, remedy};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("identical-child-role", Severity::Note),
    preset: Preset::Default,
    summary: "a custom role is the same as its parent",
    page: include_str!("identical-child-role.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let inventory = context.inventory();
    // Hundreds of children may have one parent.
    let mut of_parents: BTreeMap<Symbol, Vec<(Symbol, ParameterListId)>> = BTreeMap::new();
    for (role, parent, at) in context.custom_roles() {
        let Some(parent) = parent else { continue };
        let known = context.has_all_entries(role) && context.has_all_entries(parent);
        let mut same = || {
            let of_parent = of_parents.entry(parent).or_insert_with(|| entries(inventory, parent));
            are_same(inventory, &entries(inventory, role), of_parent)
        };
        if !known || !inventory.has_entries(role) || !same() {
            continue;
        }
        let (name, of) = (inventory.show(role), inventory.show(parent));
        let message = format!("the custom role `{name}` is the same as its parent `{of}`");
        let mut finding = RULE.found(message, at, "every entry and parameter of its parent");
        let first = |role: Symbol| inventory.entries_of(role).next();
        finding.labels.extend(first(role).map(|entry| Label::new(entry.at, "the first of its entries")));
        finding.labels.extend(first(parent).map(|entry| Label::new(entry.at, "the first of its parent's")));
        finding.subject.role = Some(name.to_owned());
        finding.fixes.push(fix(context, role, of));
        report.say(finding);
    }
}

/// Assigns the parent to all who hold the child, and removes the child.
fn fix(context: &Context<'_, '_>, role: Symbol, parent: &str) -> Fix {
    let inventory = context.inventory();
    let name = inventory.show(role);
    let named = inventory.assignments.iter().filter(|it| it.role.is_some_and(|named| named.symbol == role));
    // What is disabled gives nothing, and need not give the parent either.
    let swap = |it: &Assignment| match it.enabled {
        Stated::Is(false) => remedy::unassign(context.graph(), it).map(|step| vec![step]),
        _ => remedy::swap(context.graph(), it, parent).map(Vec::from),
    };
    let swaps: Option<Vec<Vec<Remedy>>> = named.map(swap).collect();
    // Exchange removes no role that has children.
    let is_parent = inventory.roles.values().any(|other| other.parent.flatten() == Some(role));
    match swaps.filter(|_| !is_parent && context.has_all_assignments()) {
        Some(swaps) => {
            let removed = Remedy::Delete { kind: ObjectKind::Role, name: name.to_owned(), unscoped: false };
            let steps = swaps.into_iter().flatten().chain([removed]).collect();
            Fix::steps(steps, format!("assigns `{parent}` instead, and removes the role"))
        }
        None => {
            let command = assignments(Some(name), None);
            Fix::export(command, format!("shows who holds it: assign `{parent}` to them, then remove the role"))
        }
    }
}

/// The entries of a role, each once: its cmdlet and its list of parameters, by cmdlet.
fn entries(inventory: &Inventory, role: Symbol) -> Vec<(Symbol, ParameterListId)> {
    let mut entries: Vec<_> = inventory.entries_of(role).map(|entry| (entry.cmdlet, entry.parameters)).collect();
    entries.sort_unstable_by_key(|(cmdlet, list)| (*cmdlet, list.0));
    entries.dedup();
    entries
}

/// Whether two roles have the same cmdlets with the same parameters, common ones aside, and no list is cut.
fn are_same(inventory: &Inventory, left: &[(Symbol, ParameterListId)], right: &[(Symbol, ParameterListId)]) -> bool {
    let lists =
        |same: &[(Symbol, ParameterListId)]| -> Vec<ParameterListId> { same.iter().map(|(_, list)| *list).collect() };
    let names = |lists: &[ParameterListId]| -> Vec<Symbol> {
        let all = inventory.parameters.union(lists.iter().copied()).into_iter();
        all.filter(|name| !is_common(inventory.show(*name))).collect()
    };
    let of_cmdlet = |left: &(Symbol, ParameterListId), right: &(Symbol, ParameterListId)| left.0 == right.0;
    let (mut left, mut right) = (left.chunk_by(of_cmdlet), right.chunk_by(of_cmdlet));
    let is_whole = |list: &ParameterListId| inventory.parameters.get(*list).complete;
    loop {
        let (left, right) = match (left.next(), right.next()) {
            (None, None) => return true,
            (Some(left), Some(right)) if left[0].0 == right[0].0 => (lists(left), lists(right)),
            _ => return false,
        };
        let are_whole = left.iter().chain(&right).all(is_whole);
        if !are_whole || left != right && names(&left) != names(&right) {
            return false;
        }
    }
}
