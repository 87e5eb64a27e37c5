//! `--format github`: workflow commands, which GitHub Actions shows as annotations.
//!
//! A step shows ten of each level, so that the worst stand first. A line that is no command of ours could be one of an
//! export's, so that nothing else is written.
//! Source: GitHub documentation, Workflow commands; actions/toolkit `packages/core/src/command.ts`.

use std::fmt::Write;

use super::Finished;
use super::escape::visible;
use super::finding::{Finding, accepted, counts, incomplete};
use crate::diagnostic::Severity;
use crate::rules;

/// Appends the report.
pub fn write(out: &mut String, finished: &Finished<'_>) {
    let mut all = Finding::all(finished);
    all.sort_by_key(Finding::rank);
    let is_notice = |finding: &Finding<'_>| command(finding) == "notice";
    all.iter().filter(|finding| !is_notice(finding)).for_each(|finding| push(out, finished, finding));
    push_summary(out, finished);
    all.iter().filter(|finding| is_notice(finding)).for_each(|finding| push(out, finished, finding));
}

fn command(finding: &Finding<'_>) -> &'static str {
    match (finding.said.severity, &finding.said.waived) {
        (Severity::Error, None) => "error",
        (Severity::Warning, None) => "warning",
        _ => "notice",
    }
}

fn push(out: &mut String, finished: &Finished<'_>, finding: &Finding<'_>) {
    let place = finding.place().unwrap_or_else(|| finished.fallback());
    let seen = finished.ending.root.see(place.file);
    let file = visible(seen.path());
    // Writing to a string cannot fail.
    let _ =
        write!(out, "::{} file={},line={},endLine={}", command(finding), property(&file), place.line, place.end_line);
    // GitHub drops an annotation that has columns on several lines.
    if place.line == place.end_line {
        let _ = write!(out, ",col={},endColumn={}", place.column, place.end_column);
    }
    let rule = finding.said.rule.name;
    let summary = rules::rule(rule).map(|rule| format!(": {}", rule.summary)).unwrap_or_default();
    let accepted = finding.said.waived.as_ref().map(|waived| format!(" {}", accepted(waived))).unwrap_or_default();
    // The log shows the message alone, so that it says where.
    let message = format!("{file}:{}: {}{accepted} {}", place.line, finding.message(), finding.fingerprint);
    let _ = writeln!(out, ",title={}::{}", property(&format!("{rule}{summary}")), data(&message));
}

fn push_summary(out: &mut String, finished: &Finished<'_>) {
    let mut words = counts(finished);
    for (before, parts) in
        [("nothing was checked", &finished.ending.why), ("not complete", &incomplete(finished, None))]
    {
        let before = if before == "nothing was checked" && finished.ending.code != 3 { "not usable" } else { before };
        if !parts.is_empty() {
            let _ = write!(words, "; {before}: {}", visible(&parts.join(", ")));
        }
    }
    let _ = writeln!(out, "::notice title=rolecall::{}", data(&words));
}

/// What stands after `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What stands after `=`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
