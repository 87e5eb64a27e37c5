//! `administrative-application`: an application is a member of a role group with administrative roles.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use std::collections::BTreeMap;

use crate::diagnostic::Label;
use crate::inventory::{Assignment, PrincipalId};
use crate::name::fold;

use crate::remedy::Fix;
use crate::rules::{Context, Rule, remedy};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("administrative-application", Severity::Warning),
    preset: Preset::Default,
    summary: "an application is in an administrative role group",
    page: include_str!("administrative-application.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let inventory = context.inventory();
    let mut groups: BTreeMap<PrincipalId, &Assignment> = BTreeMap::new();
    for assignment in context.regular() {
        let administrative = context.role_of(assignment).is_some_and(|role| !fold(role).starts_with("application "));
        if let Some(id) = context.principal_of(assignment).filter(|_| administrative) {
            groups.entry(id).or_insert(assignment);
        }
    }
    for (group, assignment) in groups {
        let name = inventory.show_principal(group);
        for &(member, at) in &inventory.principals.get(group).members.sure {
            if !inventory.principals.get(member).application {
                continue;
            }
            let app = inventory.show_principal(member);
            let role = context.role_of(assignment).unwrap_or("");
            let message = format!("the application `{app}` is a member of `{name}`, and administers Exchange");
            let mut finding = RULE.found(message, at, "an application");
            finding.labels.push(Label::new(assignment.at, format!("`{name}` holds role `{role}`")));
            finding.subject.account = Some(app.to_owned());
            finding.subject.group = Some(name.to_owned());
            let step = remedy::remove_member(context.graph(), group, app);
            finding.fixes.push(Fix::of(step, format!("takes `{app}` out of `{name}`")));
            report.say(finding);
        }
    }
}
