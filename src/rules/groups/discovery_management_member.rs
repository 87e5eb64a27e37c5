//! `discovery-management-member`: somebody is in the role group that searches all mail.

use crate::diagnostic::{Label, Preset, Report, RuleId, Severity};
use crate::inventory::Class;
use crate::name::same;

use crate::remedy::Fix;
use crate::rules::{Context, Rule, remedy};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("discovery-management-member", Severity::Warning),
    preset: Preset::Strict,
    summary: "somebody is in Discovery Management",
    page: include_str!("discovery-management-member.md"),
    check: Some(check),
};

const DISCOVERY_MANAGEMENT: &str = "Discovery Management";

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let inventory = context.inventory();
    let Some(group) = context.group_named(DISCOVERY_MANAGEMENT) else { return };
    let searches = context.regular().find(|assignment| {
        context.principal_of(assignment) == Some(group)
            && context.role_of(assignment).is_some_and(|role| same(role, "Mailbox Search"))
    });
    let Some(searches) = searches else { return };
    for &(member, at) in &inventory.principals.get(group).members.sure {
        let name = inventory.show_principal(member);
        let message = format!("`{name}` is in `{DISCOVERY_MANAGEMENT}` and can search all mail at any time");
        let mut finding = RULE.found(message, at, "the group is empty by default");
        let words = format!("`{DISCOVERY_MANAGEMENT}` holds role `Mailbox Search`");
        finding.labels.push(Label::new(searches.at, words));
        if matches!(inventory.principals.get(member).class, Some(Class::SecurityGroup | Class::DistributionGroup)) {
            finding.labels.extend(context.member_labels(member));
        }
        finding.subject.account = Some(name.to_owned());
        finding.subject.group = Some(DISCOVERY_MANAGEMENT.to_owned());
        let step = remedy::remove_member(context.graph(), group, name);
        finding.fixes.push(Fix::of(step, format!("takes `{name}` out of the group")));
        report.say(finding);
    }
}
