//! The baseline: what was there when a policy was adopted, one finding a line. Only what is new counts.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::diagnostic::{Diagnostic, Label, RuleId, Severity, Waived, fingerprint};
use crate::name::fold;
use crate::source::{SourceFile, Span, to_u32};

use super::waive::may_be_waived;

/// A line of the baseline is about nothing that is still there.
pub const STALE_BASELINE: RuleId = RuleId("stale-baseline");
/// A line of the baseline cannot be read.
pub const BASELINE_SYNTAX: RuleId = RuleId("policy-baseline-syntax");

const HEADING: &str = "\
# What was there when this was written: `rolecall check` counts only what is new.
# `rolecall check --write-baseline` writes it anew. The first word of a line tells; the others are for people.
";

/// Writes the findings that fail a run and that nobody waived: one a line, sorted by what they mean.
#[must_use]
pub fn write(diagnostics: &[Diagnostic]) -> String {
    let fails = |diagnostic: &&Diagnostic| {
        let known = diagnostic.waived.as_ref().is_some_and(|waived| waived.expires.is_some());
        diagnostic.severity >= Severity::Warning && !known && may_be_waived(diagnostic.rule)
    };
    let mut lines: Vec<(String, String)> =
        diagnostics.iter().filter(fails).map(|diagnostic| (words(diagnostic), fingerprint(diagnostic))).collect();
    lines.sort_by_cached_key(|(words, print)| (fold(words), print.clone()));
    lines.dedup();
    let mut out = HEADING.to_owned();
    for (words, print) in lines {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{print}  {words}");
    }
    out
}

/// What a finding is about, on one line.
fn words(diagnostic: &Diagnostic) -> String {
    let subject = &diagnostic.subject;
    let mut words = diagnostic.rule.0.to_owned();
    let gap = subject.gap.as_ref().map(|gap| format!("{} {}", gap.code, gap.object));
    let parts = [
        ("account", subject.account.as_ref()),
        ("cmdlet", subject.cmdlet.as_ref()),
        ("role", subject.role.as_ref()),
        ("assignment", subject.assignment.as_ref()),
        ("group", subject.group.as_ref()),
        ("scope", subject.scope.as_ref()),
        ("requirement", subject.requirement.as_ref()),
        ("gap", gap.as_ref()),
        ("about", subject.noticed.as_ref()),
    ];
    for (key, value) in parts {
        if let Some(value) = value {
            let _ = write!(words, "  {key}={}", value.escape_debug());
        }
    }
    words
}

/// The lines of a baseline, by fingerprint.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    lines: BTreeMap<String, Span>,
    mistakes: Vec<Diagnostic>,
}

impl Baseline {
    /// Reads a baseline. A line that cannot be read is said and costs that line.
    #[must_use]
    pub fn read(file: &SourceFile<'_>) -> Self {
        let mut baseline = Self::default();
        let mut start = 0;
        for line in file.text().split_inclusive('\n') {
            let text = line.trim_end();
            let at = Span { file: file.id, start: to_u32(start), end: to_u32(start + text.len()) };
            start += line.len();
            let print = text.split_whitespace().next().unwrap_or("");
            if print.is_empty() || print.starts_with('#') {
                continue;
            }
            if print.len() == 16 && print.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                baseline.lines.insert(fold(print), at);
            } else {
                let message = "a line of the baseline does not begin with a fingerprint";
                let mut said = Diagnostic::at(BASELINE_SYNTAX, Severity::Error, message, Label::new(at, ""));
                said.help = Some("rolecall check --write-baseline".to_owned());
                baseline.mistakes.push(said);
            }
        }
        baseline
    }

    /// Marks what the baseline holds, and returns what there is to say about the baseline itself. `whole` is false where
    /// a run judges a part of what the policy speaks of: then a line without a finding proves nothing.
    #[must_use]
    pub fn apply(mut self, whole: bool, diagnostics: &mut [Diagnostic]) -> Vec<Diagnostic> {
        let mut open = self.lines.clone();
        for diagnostic in diagnostics.iter_mut().filter(|diagnostic| may_be_waived(diagnostic.rule)) {
            let print = fingerprint(diagnostic);
            let Some(&at) = self.lines.get(&print) else { continue };
            open.remove(&print);
            let reason = "it was there when the baseline was written".to_owned();
            diagnostic.waived.get_or_insert(Waived { reason, expires: None, owner: None, at });
        }
        if whole {
            self.mistakes.extend(open.into_iter().map(|(print, at)| {
                let message = "what this line of the baseline is about is no longer there";
                let mut said = Diagnostic::at(STALE_BASELINE, Severity::Note, message, Label::new(at, ""));
                said.help = Some("remove the line, or `rolecall check --write-baseline`".to_owned());
                said.subject.noticed = Some(print);
                said
            }));
        }
        self.mistakes
    }
}
