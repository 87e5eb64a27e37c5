//! `--format gitlab`: a report of code quality, which GitLab shows in a merge request.
//!
//! GitLab stops reading at the first entry that it does not understand, and shows entries of one fingerprint as one.
//! Source: GitLab documentation, Code Quality; `lib/gitlab/ci/parsers/codequality/code_climate.rb`.

use serde::Serialize;

use super::Finished;
use super::escape::visible;
use super::finding::{Finding, accepted};
use crate::diagnostic::Severity;

#[derive(Serialize)]
struct Entry<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'a str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

/// Appends the report: one array, an entry a line.
pub fn write(out: &mut String, finished: &Finished<'_>) {
    out.push('[');
    for (index, finding) in Finding::all(finished).iter().enumerate() {
        out.push_str(if index == 0 { "\n" } else { ",\n" });
        push(out, finished, finding);
    }
    out.push_str("\n]\n");
}

fn push(out: &mut String, finished: &Finished<'_>, finding: &Finding<'_>) {
    let said = finding.said;
    let place = finding.place().unwrap_or_else(|| finished.fallback());
    let seen = finished.ending.root.see(place.file);
    let path = visible(seen.path());
    let accepted = said.waived.as_ref().map(|waived| format!(" {}", accepted(waived))).unwrap_or_default();
    let entry = Entry {
        // The name of the check is not shown.
        description: format!("{}: {}{accepted}", said.rule.name, finding.message()),
        check_name: said.rule.name,
        fingerprint: finding.fingerprint.clone(),
        severity: match (said.severity, &said.waived) {
            (Severity::Error, None) => "critical",
            (Severity::Warning, None) => "major",
            _ => "info",
        },
        location: Location { path: &path, lines: Lines { begin: place.line } },
    };
    super::json::push(out, &entry);
}
