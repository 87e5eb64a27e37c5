//! `user-add-ins`: a role assignment policy lets users install add-ins.

use crate::diagnostic::{Preset, Report, RuleId, Severity};

use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("user-add-ins", Severity::Warning),
    preset: Preset::Strict,
    summary: "users may install add-ins for their mailboxes",
    page: include_str!("user-add-ins.md"),
    check: Some(check),
};

const ROLES: &[&str] = &["My Custom Apps", "My Marketplace Apps", "My ReadWriteMailbox Apps"];

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    super::given::check(&RULE, ROLES, ("install add-ins", "lets users install add-ins"), context, report);
}
