//! `empty-role-group`: a role group of the organization's own holds roles and has no members.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use std::collections::BTreeMap;

use crate::diagnostic::Label;
use crate::inventory::{AssigneeType, Assignment, MembersState, PrincipalId};

use crate::remedy::{Fix, ObjectKind, Remedy};
use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("empty-role-group", Severity::Note),
    preset: Preset::Default,
    summary: "a role group of your own holds roles and has no members",
    page: include_str!("empty-role-group.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let inventory = context.inventory();
    let mut held: BTreeMap<PrincipalId, &Assignment> = BTreeMap::new();
    for assignment in context.regular() {
        if let Some(id) = context.principal_of(assignment) {
            held.entry(id).or_insert(assignment);
        }
    }
    for (group, assignment) in held {
        let principal = inventory.principals.get(group);
        let members = &principal.members;
        // Where its own row does not say that it is linked, its assignments do.
        let linked = principal.linked_group || assignment.assignee_type != Some(AssigneeType::RoleGroup);
        let known = principal.role_group && members.state == MembersState::Known && !linked;
        // Most groups that come with Exchange are empty, and meant to be.
        if !members.is_empty() || !known || context.is_built_in(group) || context.graph().synchronised(group).is_some()
        {
            continue;
        }
        let Some(at) = members.at.or(principal.at) else { continue };
        let at = if at.end > at.start { at } else { principal.at.unwrap_or(at) };
        let name = inventory.show_principal(group);
        let role = context.role_of(assignment).unwrap_or("");
        let mut finding = RULE.found(format!("role group `{name}` holds roles and has no members"), at, "no members");
        finding.labels.push(Label::new(assignment.at, format!("it holds role `{role}`")));
        finding.subject.group = Some(name.to_owned());
        let step = Remedy::Delete { kind: ObjectKind::RoleGroup, name: name.to_owned(), unscoped: false };
        finding.fixes.push(Fix::of(step, "removes the role group"));
        report.say(finding);
    }
}
