//! The baseline: what was there when a policy was adopted, one finding a line. Only what is new counts.
//!
//! Two organizations may have the same finding, and then the same fingerprint. So a line holds for the organization under
//! whose heading it is: what one had is new in the other.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::diagnostic::{Diagnostic, Label, RuleId, Severity, Waived, fingerprint};
use crate::name::fold;
use crate::remedy::{Fix, Remedy};
use crate::source::{SourceFile, Span, to_u32};

use super::waive::{Extent, leaves_open, may_be_waived};

/// A line of the baseline is about nothing that is still there.
pub const STALE_BASELINE: RuleId = RuleId::waiver("stale-baseline", Severity::Note);
/// A line of the baseline cannot be read.
pub const BASELINE_SYNTAX: RuleId = RuleId::mistake("policy-baseline-syntax", Severity::Error);

const HEADING: &str = "\
# What was there when this was written: `rolecall check` counts only what is new.
# `rolecall check --write-baseline` writes it anew. The first word of a line tells; the others are for people.
";

/// Writes the findings that fail a run and that are not waived: one a line, sorted by organization and what they mean.
#[must_use]
pub fn write(diagnostics: &[Diagnostic]) -> String {
    let fails = |diagnostic: &&Diagnostic| {
        let known = diagnostic.waived.as_ref().is_some_and(|waived| waived.expires.is_some());
        diagnostic.severity >= Severity::Warning && !known && may_be_waived(diagnostic.rule)
    };
    let line = |diagnostic: &Diagnostic| {
        let words = words(diagnostic);
        let heading = diagnostic.subject.organization.as_deref().map(heading);
        (heading, fold(&words), fingerprint(diagnostic), words)
    };
    // Sorted, and each once.
    let lines: BTreeSet<_> = diagnostics.iter().filter(fails).map(line).collect();
    let mut out = HEADING.to_owned();
    let mut before = None;
    for (heading, _, print, words) in lines {
        if let Some(heading) = heading.filter(|heading| before.as_ref() != Some(heading)) {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "\n{heading}");
            before = Some(heading);
        }
        let _ = writeln!(out, "{print}  {words}");
    }
    out
}

/// The line above the findings of an organization.
fn heading(organization: &str) -> String {
    format!("[{}]", organization.escape_debug())
}

/// What a finding is about, on one line.
fn words(diagnostic: &Diagnostic) -> String {
    let subject = &diagnostic.subject;
    let mut words = diagnostic.rule.name.to_owned();
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

/// The lines of a baseline, by the heading that they stand under and their fingerprint.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    lines: BTreeMap<(Option<String>, String), Span>,
    mistakes: Vec<Diagnostic>,
}

/// Writes the baseline as things are now.
fn write_anew() -> Fix {
    let arguments = ["check", "--write-baseline"].map(str::to_owned).into();
    Fix::of(Remedy::Rolecall(arguments), "writes the baseline as things are now")
}

impl Baseline {
    /// Reads a baseline. A line that cannot be read is said and costs that line.
    #[must_use]
    pub fn read(file: &SourceFile<'_>) -> Self {
        let mut baseline = Self::default();
        let mut start = 0;
        let mut under = None;
        for line in file.text().split_inclusive('\n') {
            let text = line.trim_end();
            let at = Span { file: file.id, start: to_u32(start), end: to_u32(start + text.len()) };
            start += line.len();
            let print = text.split_whitespace().next().unwrap_or("");
            if print.is_empty() || print.starts_with('#') {
                continue;
            }
            if text.starts_with('[') && text.ends_with(']') {
                under = Some(fold(text));
            } else if print.len() == 16 && print.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                baseline.lines.insert((under.clone(), fold(print)), at);
            } else {
                let message = "a line of the baseline does not begin with a fingerprint";
                let mut said = Diagnostic::at(BASELINE_SYNTAX, message, Label::new(at, ""));
                said.fixes.push(write_anew());
                baseline.mistakes.push(said);
            }
        }
        baseline
    }

    /// Marks what the baseline holds, and returns what there is to say about the baseline itself.
    #[must_use]
    pub fn apply(mut self, extent: &Extent<'_>, diagnostics: &mut [Diagnostic]) -> Vec<Diagnostic> {
        let mut open = self.lines.clone();
        for diagnostic in diagnostics.iter_mut().filter(|diagnostic| may_be_waived(diagnostic.rule)) {
            let heading = diagnostic.subject.organization.as_deref().map(|name| fold(&heading(name)));
            let key = (heading, fingerprint(diagnostic));
            let Some(&at) = self.lines.get(&key) else { continue };
            open.remove(&key);
            let reason = "it was there when the baseline was written".to_owned();
            diagnostic.waived.get_or_insert(Waived { reason, expires: None, owner: None, at });
        }
        let absent: BTreeSet<String> = extent.absent.iter().map(|name| fold(&heading(name))).collect();
        let was_judged = |heading: &Option<String>| match heading {
            Some(heading) => !absent.contains(heading),
            None => absent.is_empty(),
        };
        let whole = extent.whole && !diagnostics.iter().any(leaves_open);
        let stale = open.into_iter().filter(|((heading, _), _)| whole && was_judged(heading));
        self.mistakes.extend(stale.map(|((_, print), at)| {
            let message = "what this line of the baseline is about is no longer there";
            let mut said = Diagnostic::at(STALE_BASELINE, message, Label::new(at, ""));
            said.fixes.push(write_anew());
            said.fixes.push(Fix::policy("remove the line"));
            said.subject.noticed = Some(print);
            said
        }));
        self.mistakes
    }
}
