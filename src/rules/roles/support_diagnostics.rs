//! `support-diagnostics`: others hold the role Support Diagnostics than by default.

use crate::diagnostic::{Preset, Report, RuleId, Severity};

use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("support-diagnostics", Severity::Warning),
    preset: Preset::Default,
    summary: "somebody holds the role Support Diagnostics",
    page: include_str!("support-diagnostics.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    super::held::check(&RULE, "Support Diagnostics", "can run what only support may ask for", context, report);
}
