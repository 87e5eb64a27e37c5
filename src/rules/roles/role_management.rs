//! `role-management`: others hold the role Role Management than by default.

use crate::diagnostic::{Preset, Report, RuleId, Severity};

use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("role-management", Severity::Error),
    preset: Preset::Default,
    summary: "others than Organization Management hold the role Role Management",
    page: include_str!("role-management.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    super::held::check(&RULE, "Role Management", "can give any permission to anybody", context, report);
}
