//! `identical-child-role`: a custom role with all entries and parameters of its parent.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Label;
use crate::graph::{is_common, quoted};
use crate::name::Symbol;

use crate::rules::{Context, Rule};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("identical-child-role"),
    level: Severity::Note,
    preset: Preset::Default,
    summary: "a custom role is the same as its parent",
    page: include_str!("identical-child-role.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let inventory = context.inventory();
    // Hundreds of children may have one parent.
    let mut of_parents: BTreeMap<Symbol, Vec<Symbol>> = BTreeMap::new();
    for (role, parent, at) in context.custom_roles() {
        let Some(parent) = parent else { continue };
        let known = context.has_all_entries(role) && context.has_all_entries(parent);
        // Most children differ from their parents by whole entries, which is cheap to see.
        let mut same = || {
            cmdlets(context, role) == *of_parents.entry(parent).or_insert_with(|| cmdlets(context, parent))
                && entries(context, role).is_some_and(|own| entries(context, parent).as_ref() == Some(&own))
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
        finding.help = Some(format!(
            "assign {} to those whom `Get-ManagementRoleAssignment -Role {name}` lists; Remove-ManagementRole {name}",
            quoted(of),
            name = quoted(name)
        ));
        report.say(finding);
    }
}

/// The cmdlets of a role, each once.
fn cmdlets(context: &Context<'_, '_>, role: Symbol) -> Vec<Symbol> {
    let mut cmdlets: Vec<Symbol> = context.inventory().entries_of(role).map(|entry| entry.cmdlet).collect();
    cmdlets.sort_unstable();
    cmdlets.dedup();
    cmdlets
}

/// The entries of a role with their parameters, common ones aside; `None` where a list is cut.
fn entries(context: &Context<'_, '_>, role: Symbol) -> Option<BTreeMap<Symbol, BTreeSet<Symbol>>> {
    let inventory = context.inventory();
    let mut entries: BTreeMap<Symbol, BTreeSet<Symbol>> = BTreeMap::new();
    for entry in inventory.entries_of(role) {
        let list = inventory.parameters.get(entry.parameters);
        if !list.complete {
            return None;
        }
        let names = list.names.iter().copied().filter(|name| !is_common(inventory.show(*name)));
        entries.entry(entry.cmdlet).or_default().extend(names);
    }
    Some(entries)
}
