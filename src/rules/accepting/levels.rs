//! Levels: how much each finding weighs, by the policy.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Level, RuleKind, Severity, noticed};
use crate::policy::{RuleLevel, mistake};
use crate::source::{FileId, Span};

use crate::rules::RULES;

/// Turns off the built-in rules without a level of their own and that are not about accounts: what is asked about some
/// accounts is answered about them.
pub fn limit_to_accounts(levels: &mut BTreeMap<String, RuleLevel>) {
    const OF_ACCOUNTS: &[&str] = &["barred-account", "excluded-recipients"];
    let off = RuleLevel { level: Level::Off, at: Span { file: FileId(0), start: 0, end: 0 } };
    for rule in RULES.iter().filter(|rule| rule.check.is_some() && !OF_ACCOUNTS.contains(&rule.id.name)) {
        levels.entry(rule.id.name.to_owned()).or_insert(off);
    }
}

/// Gives findings the levels of `[rules]` and drops those of rules that are off. A table's own `level` is nearer and
/// wins; mistakes in the policy stay what they are, or a policy could hide its own, but for those of which the catalogue
/// cannot be sure; and so does a named path that cannot be read, which ends the run with 2 and must say why.
pub fn apply(levels: &BTreeMap<String, RuleLevel>, has_own_level: impl Fn(&str) -> bool, all: &mut Vec<Diagnostic>) {
    let level_of = |diagnostic: &Diagnostic| {
        let level = levels.get(diagnostic.rule.name).map(|rule| rule.level).filter(|_| {
            let of_policy = diagnostic.rule.kind == RuleKind::Mistake;
            let is_unread = [noticed::UNREADABLE_INPUT, noticed::CHANGED_WHILE_READ].contains(&diagnostic.rule);
            let unread = is_unread && diagnostic.severity == Severity::Error;
            !unread && (!of_policy || mistake::BY_CATALOGUE.contains(&diagnostic.rule))
        })?;
        let own = diagnostic.subject.requirement.as_deref().is_some_and(&has_own_level);
        (!own).then_some(level)
    };
    all.retain_mut(|diagnostic| match level_of(diagnostic) {
        Some(Level::Off) => false,
        Some(Level::At(severity)) => {
            diagnostic.severity = severity;
            true
        }
        None => true,
    });
}
