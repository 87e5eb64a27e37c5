//! `privileged-custom-group`: a role group of the organization's own holds a privileged role.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use std::collections::BTreeMap;

use crate::diagnostic::Label;
use crate::inventory::{Assignment, PrincipalId};
use crate::powershell::role_group_members;

use crate::remedy::Fix;
use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("privileged-custom-group", Severity::Warning),
    preset: Preset::Strict,
    summary: "a role group of your own holds a role that is among the most powerful",
    page: include_str!("privileged-custom-group.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let mut groups: BTreeMap<PrincipalId, Vec<&Assignment>> = BTreeMap::new();
    for assignment in context.regular().filter(|assignment| context.is_role_group(assignment)) {
        let privileged = context.is_privileged(assignment);
        if let Some(id) = context.principal_of(assignment).filter(|id| privileged && !context.is_built_in(*id)) {
            groups.entry(id).or_default().push(assignment);
        }
    }
    for (group, assignments) in groups {
        let name = context.inventory().show_principal(group);
        let roles =
            crate::rules::evidence::listed(assignments.iter().filter_map(|assignment| context.role_of(assignment)));
        let message = format!("role group `{name}` is as powerful as an administrator's: it holds {roles}");
        let mut finding = RULE.found(message, assignments[0].at, "it holds this role");
        finding.labels.extend(assignments[1..].iter().map(|assignment| Label::new(assignment.at, "and this one")));
        finding.labels.extend(context.member_labels(group));
        finding.subject.group = Some(name.to_owned());
        let command = role_group_members(name);
        finding.fixes.push(Fix::export(command, "shows who is in it, to decide who needs it"));
        report.say(finding);
    }
}
