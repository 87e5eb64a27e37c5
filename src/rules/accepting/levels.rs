//! Levels: how much each finding weighs, by the policy.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Level};
use crate::policy::{RuleLevel, mistake};

/// Gives findings the levels of `[rules]` and drops those of rules that are off. A table's own `level` is nearer and
/// wins; mistakes in the policy stay what they are, or a policy could hide its own, but for those of which the catalogue
/// cannot be sure.
pub fn apply(levels: &BTreeMap<String, RuleLevel>, has_own_level: impl Fn(&str) -> bool, all: &mut Vec<Diagnostic>) {
    let level_of = |diagnostic: &Diagnostic| {
        let level = levels.get(diagnostic.rule.0).map(|rule| rule.level).filter(|_| {
            !diagnostic.rule.0.starts_with("policy-") || mistake::BY_CATALOGUE.contains(&diagnostic.rule)
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
