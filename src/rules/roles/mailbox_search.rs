//! `mailbox-search`: others hold the role Mailbox Search than by default.

use crate::diagnostic::{Preset, Report, RuleId, Severity};

use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("mailbox-search", Severity::Error),
    preset: Preset::Default,
    summary: "others than Discovery Management hold the role Mailbox Search",
    page: include_str!("mailbox-search.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    super::held::check(&RULE, "Mailbox Search", "can search all mail and copy what is found", context, report);
}
