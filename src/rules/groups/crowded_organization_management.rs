//! `crowded-organization-management`: more accounts are in Organization Management than need to be.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use crate::name::fold;

use crate::remedy::Fix;
use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("crowded-organization-management", Severity::Warning),
    preset: Preset::Strict,
    summary: "many accounts are in Organization Management",
    page: include_str!("crowded-organization-management.md"),
    check: Some(check),
};

/// How many may be in it. A choice of ours: Microsoft says "only who performs tasks for the whole organization".
const ACCOUNTS_MAX: usize = 5;

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let inventory = context.inventory();
    let Some(group) = context.organization_management() else { return };
    let inside = context.inside(group);
    if inside.accounts.len() <= ACCOUNTS_MAX {
        return;
    }
    let Some(at) = inventory.principals.get(group).at.or_else(|| inside.accounts.values().next().map(|(_, at)| *at))
    else {
        return;
    };
    let count = inside.accounts.len();
    let least = if inside.whole { "" } else { "at least " };
    let message = format!("{least}{count} accounts are in Organization Management, and {ACCOUNTS_MAX} should do");
    let mut finding = RULE.found(message, at, "with all that is nested in it");
    finding.labels.extend(context.member_labels(group));
    let mut names: Vec<String> = inside.accounts.keys().map(|id| inventory.show_principal(*id).to_owned()).collect();
    names.sort_by_cached_key(|name| fold(name));
    finding.subject.accounts = names;
    finding.subject.group = Some(inventory.show_principal(group).to_owned());
    let command = crate::powershell::role_group_members("Organization Management");
    finding.fixes.push(Fix::export(command, "shows who is in it, to decide who needs it"));
    report.say(finding);
}
