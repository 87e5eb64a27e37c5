//! `user-delegation`: a role assignment policy lets users delegate their mailboxes.

use crate::diagnostic::{Preset, Report, RuleId, Severity};

use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("user-delegation", Severity::Note),
    preset: Preset::Default,
    summary: "users may give others access to their mailboxes",
    page: include_str!("user-delegation.md"),
    check: Some(check),
};

const ROLES: &[&str] = &["MyMailboxDelegation"];

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    super::given::check(&RULE, ROLES, ("let others into their mailboxes", "off by default"), context, report);
}
