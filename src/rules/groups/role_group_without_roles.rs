//! `role-group-without-roles`: a role group to which nothing is assigned.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use std::collections::BTreeSet;

use crate::inventory::PrincipalId;

use crate::remedy::{Fix, ObjectKind, Remedy};
use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("role-group-without-roles", Severity::Note),
    preset: Preset::Default,
    summary: "a role group holds no role",
    page: include_str!("role-group-without-roles.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    if !context.has_all_assignments() {
        return;
    }
    let inventory = context.inventory();
    let held: BTreeSet<PrincipalId> =
        inventory.assignments.iter().filter_map(|assignment| context.principal_of(assignment)).collect();
    for id in inventory.principals.ids().filter(|id| !held.contains(id)) {
        let principal = inventory.principals.get(id);
        let name = inventory.show_principal(id);
        // What the group itself lists would contradict us; a synchronised group holds nothing by design.
        let bare = principal.role_group && principal.lists_roles != Some(true);
        // One that is in another group passes on what that holds.
        let passes = context.graph().is_in_a_group(id);
        let Some(at) = principal.at.filter(|_| bare && !passes && !context.is_built_in(id)) else { continue };
        let mut finding = RULE.found(format!("role group `{name}` holds no role"), at, "nothing is assigned to it");
        finding.labels.extend(context.member_labels(id));
        finding.subject.group = Some(name.to_owned());
        let step = Remedy::Delete { kind: ObjectKind::RoleGroup, name: name.to_owned(), unscoped: false };
        finding.fixes.push(Fix::of(step, "removes the role group"));
        report.say(finding);
    }
}
