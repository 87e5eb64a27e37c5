//! `unscoped-role-management`: others hold the role UnScoped Role Management than by default.

use crate::diagnostic::{Preset, Report, RuleId, Severity};

use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("unscoped-role-management", Severity::Error),
    preset: Preset::Default,
    summary: "somebody holds the role UnScoped Role Management",
    page: include_str!("unscoped-role-management.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    super::held::check(&RULE, "UnScoped Role Management", "can make roles that run any script", context, report);
}
