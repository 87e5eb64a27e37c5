//! `application-impersonation`: others hold the role ApplicationImpersonation than by default.

use crate::diagnostic::{Preset, Report, RuleId, Severity};

use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("application-impersonation", Severity::Error),
    preset: Preset::Default,
    summary: "somebody holds the role ApplicationImpersonation",
    page: include_str!("application-impersonation.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    super::held::check(&RULE, "ApplicationImpersonation", "can act as any mailbox in scope", context, report);
}
