//! `outside-manager`: a role group is managed by somebody who is not in Organization Management.

use crate::diagnostic::{Preset, Report, RuleId, Severity};

use crate::remedy::{Fix, Remedy};
use crate::rules::evidence::ORGANIZATION_MANAGEMENT;
use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("outside-manager", Severity::Warning),
    preset: Preset::Default,
    summary: "a role group is managed by somebody who is not in Organization Management",
    page: include_str!("outside-manager.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let inventory = context.inventory();
    let Some(administrators) = context.organization_management() else { return };
    let inside = context.inside(administrators);
    if !inside.whole {
        return;
    }
    for group in inventory.principals.ids() {
        if !inventory.principals.get(group).role_group {
            continue;
        }
        for &(manager, at) in inventory.principals.managers(group) {
            if inside.groups.contains(&manager) || inside.accounts.contains_key(&manager) {
                continue;
            }
            let (name, shown) = (inventory.show_principal(group), inventory.show_principal(manager).to_owned());
            let message = format!("`{shown}` manages role group `{name}` and is not in Organization Management");
            let mut finding = RULE.found(message, at, format!("managed by `{shown}`"));
            finding.subject.group = Some(name.to_owned());
            finding.subject.account = Some(shown);
            let step = Remedy::SetManager { group: name.to_owned(), manager: ORGANIZATION_MANAGEMENT.to_owned() };
            finding.fixes.push(Fix::of(step, "lets `Organization Management` alone manage it"));
            report.say(finding);
        }
    }
}
