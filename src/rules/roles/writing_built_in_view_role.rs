//! `writing-built-in-view-role`: a view-only role of Exchange that has cmdlets that write, and is held.

use std::collections::BTreeSet;

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use crate::inventory::Assignment;
use crate::name::{Symbol, fold};
use crate::remedy::{Fix, Remedy};
use crate::rules::{Context, Rule, remedy};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("writing-built-in-view-role", Severity::Note),
    preset: Preset::Strict,
    summary: "a view-only role that comes with Exchange has cmdlets that write",
    page: include_str!("writing-built-in-view-role.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let inventory = context.inventory();
    let held: BTreeSet<Symbol> =
        context.regular().filter_map(|assignment| assignment.role).map(|role| role.symbol).collect();
    for role in held {
        let name = inventory.show(role);
        if !fold(name).starts_with("view-only") || !context.is_built_in_role(role) {
            continue;
        }
        let before = report.diagnostics.len();
        super::writing_view_only_role::say(&RULE, context, role, report);
        // Its entries cannot be removed; a child role can leave them out.
        for finding in &mut report.diagnostics[before..] {
            let child = remedy::free_name(context.graph(), &format!("Our {name}"));
            let cmdlets: Vec<&str> = finding.subject.cmdlets.iter().map(String::as_str).collect();
            let made =
                Remedy::NewRole { name: child.clone(), parent: name.to_owned(), entries: None, description: None };
            let cut = cmdlets.iter().map(|cmdlet| remedy::entry_removal(&child, cmdlet));
            let of_role = |it: &&Assignment| it.role.is_some_and(|known| known.symbol == role);
            let swaps = context.regular().filter(of_role).filter_map(|it| remedy::swap(context.graph(), it, &child));
            let steps = [made].into_iter().chain(cut).chain(swaps.flatten()).collect();
            finding.fixes = vec![Fix::steps(steps, "assigns a child of the role without these cmdlets instead")];
        }
    }
}
