//! `role-without-delegator`: a role is assigned, and no delegating assignment of it is left.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use std::collections::{BTreeMap, BTreeSet};

use crate::graph::quoted;
use crate::inventory::Assignment;
use crate::name::Symbol;

use crate::rules::{Context, Rule};

pub(in crate::rules) const RULE: Rule = Rule {
    id: RuleId("role-without-delegator"),
    level: Severity::Warning,
    preset: Preset::Default,
    summary: "nobody may hand a role on any more",
    page: include_str!("role-without-delegator.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    if !context.has_all_assignments() {
        return;
    }
    let own: BTreeSet<Symbol> = context.custom_roles().map(|(role, _, _)| role).collect();
    let mut roles: BTreeMap<Symbol, (&Assignment, bool)> = BTreeMap::new();
    for assignment in &context.inventory().assignments {
        let Some(role) = assignment.role else { continue };
        // Where nothing says whether an assignment delegates, it may.
        let may = context.delegates(assignment) != Some(false);
        roles.entry(role.symbol).or_insert((assignment, false)).1 |= may;
    }
    // Every organization has delegating assignments; an export without any was filtered.
    if !roles.values().any(|(_, delegated)| *delegated) {
        return;
    }
    for (role, (first, _)) in roles.into_iter().filter(|(_, (_, delegated))| !delegated) {
        let name = context.inventory().show(role);
        let expected = context.catalogue().defaults().is_delegated(context.environment(), name);
        // Several roles of Exchange Online are made without a delegating assignment, and so may those be that we do not know.
        if !expected && !own.contains(&role) {
            continue;
        }
        let message = format!("nobody may hand role `{name}` on: it has no delegating assignment");
        let mut finding =
            context.about(&RULE, first, message, first.role_at, "it is assigned, and cannot be handed on");
        finding.subject.assignment = None;
        finding.subject.group = None;
        finding.subject.account = None;
        finding.help = Some(format!(
            "New-ManagementRoleAssignment -Role {} -SecurityGroup 'Organization Management' -Delegating",
            quoted(name)
        ));
        report.say(finding);
    }
}
