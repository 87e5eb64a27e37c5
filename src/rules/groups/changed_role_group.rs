//! `changed-role-group`: a role group that comes with Exchange holds other roles than by default.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Label;
use crate::inventory::{Assignment, PrincipalId};
use crate::name::{fold, same};

use crate::remedy::{Assignee, Fix, FixKind, NewAssignment, Remedy, WriteScope};
use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("changed-role-group", Severity::Warning),
    preset: Preset::Default,
    summary: "a role group that comes with Exchange is not as Exchange made it",
    page: include_str!("changed-role-group.md"),
    check: Some(check),
};

/// How many assignments a finding shows by their lines; the rest is counted.
const LABELS_MAX: usize = 10;

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let inventory = context.inventory();
    let mut groups: BTreeMap<PrincipalId, Vec<&Assignment>> = BTreeMap::new();
    for assignment in context.live().filter(|assignment| context.is_role_group(assignment)) {
        if let Some(id) = context.principal_of(assignment) {
            groups.entry(id).or_default().push(assignment);
        }
    }
    let all = context.has_all_assignments();
    for (group, assignments) in groups.into_iter().filter(|(group, _)| context.is_built_in(*group)) {
        let added: Vec<&&Assignment> = assignments.iter().filter(|assignment| is_added(context, assignment)).collect();
        let removed = if all { removed(context, group) } else { Vec::new() };
        let (name, principal) = (inventory.show_principal(group), inventory.principals.get(group));
        let more = added.iter().take(LABELS_MAX).map(|assignment| {
            let role = context.role_of(assignment).unwrap_or("");
            Label::new(assignment.at, format!("by default it does not hold role `{role}`"))
        });
        let mut labels: Vec<Label> = more.collect();
        if let Some(last) = labels.last_mut().filter(|_| added.len() > LABELS_MAX) {
            last.text = format!("{}, nor those of {} more assignments", last.text, added.len() - LABELS_MAX);
        }
        if !removed.is_empty() {
            let at = principal.at.unwrap_or(assignments[0].assignee_at);
            labels.push(Label::new(
                at,
                format!("by default it also holds {}", crate::rules::evidence::listed(removed.iter().copied())),
            ));
        }
        let Some(first) = labels.first().cloned() else { continue };
        let message = match (added.len(), removed.len()) {
            (more, 0) => format!("`{name}` comes with Exchange and has {} more than by default", assignments_of(more)),
            (0, less) => format!("`{name}` comes with Exchange and has {} fewer than by default", assignments_of(less)),
            (more, less) => format!(
                "`{name}` comes with Exchange and has {} more than by default, and {less} fewer",
                assignments_of(more)
            ),
        };
        let mut finding = RULE.found(message, first.span, first.text);
        finding.labels.extend(labels.into_iter().skip(1));
        finding.subject.group = Some(name.to_owned());
        finding.fixes.push(fix(context, name, &added, &removed));
        report.say(finding);
    }
}

/// Makes the group again what Exchange made it.
fn fix(context: &Context<'_, '_>, group: &str, added: &[&&Assignment], removed: &[&str]) -> Fix {
    let mut steps = Vec::with_capacity(added.len() + removed.len());
    for assignment in added {
        let removal = context.removal(assignment);
        if removal.kind == FixKind::Export {
            return removal;
        }
        steps.extend(removal.steps);
    }
    steps.extend(removed.iter().map(|role| {
        Remedy::Assign(NewAssignment {
            name: None,
            role: (*role).to_owned(),
            assignee: Assignee::Group(group.to_owned()),
            scope: WriteScope::default(),
            delegating: false,
        })
    }));
    Fix::steps(steps, "makes it again what Exchange made it; put what else you need into a role group of your own")
}

fn assignments_of(count: usize) -> String {
    format!("{count} role assignment{}", if count == 1 { "" } else { "s" })
}

/// A role that Exchange does not assign. One that our table does not know may be new in Exchange; what has a rule of its
/// own, delegating assignments and the most powerful roles, is left to it.
fn is_added(context: &Context<'_, '_>, assignment: &Assignment) -> bool {
    let Some(role) = assignment.role else { return false };
    let name = context.inventory().show(role.symbol);
    let known = context.is_built_in_role(role.symbol);
    let own = context.inventory().roles.get(role.symbol).is_some_and(|role| role.parent.flatten().is_some());
    let elsewhere = crate::rules::roles::held::ROLES.iter().any(|known| same(known, name));
    (known || own) && !elsewhere && context.delegates(assignment) == Some(false) && !context.is_default(assignment)
}

/// The roles that the group runs by default and no longer does, though the organization still has them.
fn removed<'c>(context: &'c Context<'_, '_>, group: PrincipalId) -> Vec<&'c str> {
    let inventory = context.inventory();
    let default = context.catalogue().defaults().roles_of(context.environment(), inventory.show_principal(group));
    let own = context.perhaps_regular().filter(|assignment| context.principal_of(assignment) == Some(group));
    let held: BTreeSet<String> = own.filter_map(|assignment| context.role_of(assignment)).map(fold).collect();
    let holds = |role: &str| held.contains(&fold(role));
    let exists = |role: &str| {
        inventory.names.get(role).is_some_and(|role| inventory.roles.has(role) || inventory.has_entries(role))
    };
    let mut removed: Vec<&str> = default.into_iter().filter(|role| !holds(role) && exists(role)).collect();
    removed.sort_by_cached_key(|role| fold(role));
    removed
}
