//! `mailbox-import-export`: others hold the role Mailbox Import Export than by default.

use crate::diagnostic::{Preset, Report, RuleId, Severity};

use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("mailbox-import-export", Severity::Error),
    preset: Preset::Default,
    summary: "somebody holds the role Mailbox Import Export",
    page: include_str!("mailbox-import-export.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    super::held::check(&RULE, "Mailbox Import Export", "can copy whole mailboxes to files", context, report);
}
