//! `unused-custom-role`: a custom role without holders and no other role comes from.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use std::collections::BTreeSet;

use crate::name::Symbol;
use crate::powershell::assignments;

use crate::remedy::{Fix, ObjectKind, Remedy};
use crate::rules::{Context, Rule, remedy};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("unused-custom-role", Severity::Note),
    preset: Preset::Default,
    summary: "a custom role is not assigned and has no children",
    page: include_str!("unused-custom-role.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    if !context.has_all_assignments() {
        return;
    }
    let inventory = context.inventory();
    // A role is made with a delegating assignment, which uses it as little as none.
    let used: BTreeSet<Symbol> =
        context.perhaps_regular().filter_map(|assignment| assignment.role).map(|role| role.symbol).collect();
    let parents: BTreeSet<Symbol> = inventory.roles.values().filter_map(|role| role.parent.flatten()).collect();
    for (role, _, at) in context.custom_roles() {
        if used.contains(&role) || parents.contains(&role) {
            continue;
        }
        let name = inventory.show(role);
        let mut finding =
            RULE.found(format!("no account or group holds the custom role `{name}`"), at, "no regular assignment");
        finding.subject.role = Some(name.to_owned());
        // Exchange removes no role that an assignment names, be it disabled or delegating.
        let unscoped = inventory.roles.get(role).is_some_and(|role| role.unscoped);
        let named = inventory.assignments.iter().filter(|it| it.role.is_some_and(|named| named.symbol == role));
        let unassigned: Option<Vec<Remedy>> = named.map(|it| remedy::unassign(context.graph(), it)).collect();
        finding.fixes.push(match unassigned {
            Some(mut steps) => {
                steps.push(Remedy::Delete { kind: ObjectKind::Role, name: name.to_owned(), unscoped });
                Fix::steps(steps, "removes the role, after the assignments that name it")
            }
            None => {
                let command = assignments(Some(name), None);
                Fix::export(command, "shows the assignments that must be removed before the role can be")
            }
        });
        report.say(finding);
    }
}
