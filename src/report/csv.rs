//! `--format csv`: a row a finding, for an auditor's spreadsheet and for the import of tickets.

use std::borrow::Cow;

use super::finding::Finding;
use super::{Finished, table};
use crate::source::Sources;

/// The columns. Lists are joined by `; `.
const COLUMNS: [&str; 21] = [
    "organization",
    "fingerprint",
    "level",
    "rule",
    "message",
    "help",
    "accounts",
    "cmdlets",
    "parameters",
    "role",
    "assignment",
    "group",
    "scope",
    "requirement",
    "file",
    "line",
    "column",
    "text",
    "waived",
    "waived_until",
    "waived_by",
];

/// Appends the report.
pub fn write(out: &mut String, finished: &Finished<'_>) {
    table::push_row(out, COLUMNS);
    for finding in Finding::all(finished) {
        let cells = cells(&finding, finished.sources);
        table::push_row(out, cells.iter().map(|cell| &**cell));
    }
}

fn cells<'f>(finding: &'f Finding<'_>, sources: &Sources<'_>) -> [Cow<'f, str>; COLUMNS.len()] {
    let said = finding.said;
    let subject = &said.subject;
    let text = |part: &'f Option<String>| Cow::Borrowed(part.as_deref().unwrap_or_default());
    let list = |parts: &[String]| Cow::Owned(parts.join("; "));
    let waived = said.waived.as_ref();
    let (file, line, column, marked) = match finding.labels().next() {
        Some((label, place)) => (
            place.file,
            place.line.to_string(),
            place.column.to_string(),
            sources.file(label.span.file).slice(label.span),
        ),
        None => ("", String::new(), String::new(), ""),
    };
    let cmdlets: Vec<String> = subject.cmdlet.iter().chain(&subject.cmdlets).cloned().collect();
    [
        text(&subject.organization),
        Cow::Borrowed(&finding.fingerprint),
        Cow::Borrowed(said.severity.name()),
        Cow::Borrowed(said.rule.name),
        said.text(),
        Cow::Owned(crate::powershell::help(&said.fixes).unwrap_or_default()),
        Cow::Owned(finding.accounts().join("; ")),
        list(&cmdlets),
        list(&subject.parameters),
        text(&subject.role),
        text(&subject.assignment),
        text(&subject.group),
        text(&subject.scope),
        text(&subject.requirement),
        Cow::Owned(file.to_owned()),
        Cow::Owned(line),
        Cow::Owned(column),
        Cow::Owned(super::json::shortened(marked)),
        waived.map_or(Cow::Borrowed(""), |waived| Cow::Borrowed(&waived.reason)),
        waived.map_or(Cow::Borrowed(""), |waived| text(&waived.expires)),
        waived.map_or(Cow::Borrowed(""), |waived| text(&waived.owner)),
    ]
}
