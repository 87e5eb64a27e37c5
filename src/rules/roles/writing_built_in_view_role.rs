//! `writing-built-in-view-role`: a view-only role of Exchange that has cmdlets that write, and is held.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use std::collections::BTreeSet;

use crate::name::{Symbol, fold};
use crate::powershell::quoted;

use crate::rules::{Context, Rule, remedy};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("writing-built-in-view-role"),
    level: Severity::Note,
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
            let child = format!("Our {name}");
            let first = finding.subject.cmdlets.first().map_or("", String::as_str);
            let entry = quoted(&format!("{}\\{first}", remedy::cut(&child)));
            let (child, name) = (remedy::made_up(&child), quoted(name));
            finding.help =
                Some(format!("New-ManagementRole {child} -Parent {name}; Remove-ManagementRoleEntry {entry}"));
        }
    }
}
