//! `linked-role-group`: a role group whose members live in another forest or organization.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use crate::powershell::get_list;

use crate::remedy::Fix;
use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("linked-role-group", Severity::Note),
    preset: Preset::Default,
    summary: "the members of a role group live in another forest",
    page: include_str!("linked-role-group.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let inventory = context.inventory();
    for id in inventory.principals.ids() {
        let principal = inventory.principals.get(id);
        let linked = principal.role_group && principal.linked_group && !context.is_built_in(id);
        let Some(at) = principal.at.filter(|_| linked) else { continue };
        let name = inventory.show_principal(id);
        let message = format!("the members of role group `{name}` are in another forest, where no export shows them");
        let mut finding = RULE.found(message, at, "a linked role group");
        finding.subject.group = Some(name.to_owned());
        let command = get_list("Get-RoleGroup", name, &["Name", "LinkedGroup", "RoleAssignments"]);
        finding.fixes.push(Fix::export(command, "shows which group of the other forest it is"));
        report.say(finding);
    }
}
