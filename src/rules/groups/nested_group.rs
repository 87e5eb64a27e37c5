//! `nested-group`: a group is a member of a role group that holds a privileged role.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use std::collections::BTreeMap;

use crate::diagnostic::Label;
use crate::inventory::{Assignment, Class, PrincipalId};

use crate::remedy::Fix;
use crate::rules::{Context, Rule, remedy};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("nested-group", Severity::Warning),
    preset: Preset::Strict,
    summary: "a group is nested in a privileged role group",
    page: include_str!("nested-group.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let inventory = context.inventory();
    let mut groups: BTreeMap<PrincipalId, &Assignment> = BTreeMap::new();
    for assignment in context.regular().filter(|assignment| context.is_role_group(assignment)) {
        let privileged = context.is_privileged(assignment);
        if let Some(id) = context.principal_of(assignment).filter(|_| privileged) {
            groups.entry(id).or_insert(assignment);
        }
    }
    for (group, assignment) in groups {
        let name = inventory.show_principal(group);
        for &(member, at) in &inventory.principals.get(group).members.sure {
            let class = inventory.principals.get(member).class;
            let nested = inventory.show_principal(member);
            let is_group = matches!(class, Some(Class::SecurityGroup | Class::DistributionGroup));
            if !is_group || context.catalogue().defaults().is_synchronised(nested) {
                continue;
            }
            let message = format!("group `{nested}` is nested in the privileged role group `{name}`");
            let mut finding = RULE.found(message, at, "a group, whose members are managed elsewhere");
            let role = context.role_of(assignment).unwrap_or("");
            finding.labels.push(Label::new(assignment.at, format!("`{name}` holds role `{role}`")));
            finding.labels.extend(context.member_labels(member));
            finding.subject.group = Some(name.to_owned());
            finding.subject.account = Some(nested.to_owned());
            let step = remedy::remove_member(context.graph(), group, nested);
            finding.fixes.push(Fix::of(step, format!("takes `{nested}` out of `{name}`")));
            report.say(finding);
        }
    }
}
