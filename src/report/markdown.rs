//! `--format markdown`: tables for a job summary, a comment on a pull request, or a wiki.
//!
//! GitHub drops a summary of more than 1 MiB, links what looks like an address and tells people whose name it finds. So
//! whatever is not ours stands as code, where nothing is read but the end of the code and of the cell.

use std::fmt::Write;

use super::coverage::counted;
use super::escape::visible;
use super::finding::{Finding, counts};
use super::{Finished, fix};
use crate::diagnostic::Cause;

/// How large the report may be, with some space for what is counted at its end.
const BYTES_MAX: usize = 990_000;

/// Appends the report.
pub fn write(out: &mut String, finished: &Finished<'_>) {
    let it = &finished.summary;
    // Writing to a string cannot fail.
    let _ = writeln!(out, "# rolecall: {}\n", counts(finished));
    for why in &finished.ending.why {
        let what = if finished.ending.code == 3 { "Nothing was checked" } else { "Not usable" };
        let _ = writeln!(out, "{what}: {}\n", code(why));
    }
    out.push_str("| errors | warnings | notes | waived | accounts | asked | granted | missing | undecided |\n");
    out.push_str("|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
    let cells =
        [it.errors, it.warnings, it.notes, it.waived, it.accounts, it.asked, it.granted, it.missing, it.undecided];
    let _ = writeln!(out, "| {} |", cells.map(|count| count.to_string()).join(" | "));
    push_causes(out, finished);
    push_coverage(out, finished);
    let mut all = Finding::all(finished);
    all.sort_by_key(Finding::rank);
    let accepted = all.partition_point(|finding| finding.said.waived.is_none());
    push_findings(out, finished, "Findings", &all[..accepted]);
    push_findings(out, finished, "Accepted", &all[accepted..]);
    for (index, note) in finished.notes.iter().enumerate() {
        let line = format!("- {}\n", code(note));
        if out.len() + line.len() > BYTES_MAX {
            let _ =
                writeln!(out, "\n{} more not shown", counted((finished.notes.len() - index) as u64, "note of the run"));
            break;
        }
        out.push_str(if index == 0 { "\n## Notes\n\n" } else { "" });
        out.push_str(&line);
    }
}

/// The worst causes, each with the fix that is advised: what a reader does first.
fn push_causes(out: &mut String, finished: &Finished<'_>) {
    const CAUSES_MAX: usize = 10;
    const COMMANDS_MAX: usize = 5;
    let fail_on = finished.ending.fail_on;
    let failing: Vec<&Cause> = finished.causes.iter().filter(|cause| cause.severity >= fail_on).collect();
    if failing.is_empty() {
        return;
    }
    out.push_str("\n## What to do\n\n");
    for cause in failing.iter().take(CAUSES_MAX) {
        let found = counted(cause.findings.len() as u64, "finding");
        let _ = writeln!(out, "- {}: {} ({found})", cause.severity.name(), code(&cause.headline));
        let Some((fix, _)) = cause.fixes.first() else { continue };
        let _ = writeln!(out, "  - fix: {}", code(&fix::words(fix, finished.sources)));
        let commands = fix::pasted(fix, finished.sources);
        commands.iter().take(COMMANDS_MAX).for_each(|command| {
            let _ = writeln!(out, "  - {}", code(command));
        });
        if commands.len() > COMMANDS_MAX {
            let _ = writeln!(out, "  - and {} more commands", commands.len() - COMMANDS_MAX);
        }
    }
    if failing.len() > CAUSES_MAX {
        let _ = writeln!(out, "\n{} more causes not shown", failing.len() - CAUSES_MAX);
    }
}

fn push_coverage(out: &mut String, finished: &Finished<'_>) {
    /// How many files of a kind are named.
    const FILES_MAX: usize = 6;
    out.push_str("\n## Coverage\n\n");
    if finished.coverage.is_empty() {
        out.push_str("Nothing was read.\n");
        return;
    }
    let several = !finished.ending.organizations.is_empty();
    let (head, line) = if several { (" organization |", "---|") } else { ("", "") };
    let _ = writeln!(out, "|{head} kind | records | complete | undecided | files |\n|{line}---|---:|---|---:|---|");
    for kind in &finished.coverage {
        if several {
            let _ = write!(out, "| {} ", code(kind.organization.as_deref().unwrap_or_default()));
        }
        let complete = match (kind.complete, kind.reasons.is_empty()) {
            (true, _) => "yes".to_owned(),
            (false, true) => "no".to_owned(),
            (false, false) => format!("no: {}", kind.reasons.join(", ")),
        };
        let mut files: Vec<String> = kind.files.iter().take(FILES_MAX).map(|file| code(file)).collect();
        if kind.files.len() > FILES_MAX {
            files.push(format!("and {} more", kind.files.len() - FILES_MAX));
        }
        let undecided = counted(kind.undecided.len() as u64, "cmdlet");
        let _ = writeln!(out, "| {} | {} | {complete} | {undecided} | {} |", kind.kind, kind.records, files.join(", "));
    }
}

fn push_findings(out: &mut String, finished: &Finished<'_>, title: &str, findings: &[Finding<'_>]) {
    let Some(first) = findings.first() else { return };
    let several = !finished.ending.organizations.is_empty();
    let _ = write!(out, "\n## {title}\n\n|");
    let mut columns = vec!["level", "rule", "message", "place", "fingerprint"];
    columns.splice(0..0, several.then_some("organization"));
    columns.extend(first.said.waived.is_some().then_some("reason"));
    columns.extend(first.said.waived.is_some().then_some("until"));
    let _ = writeln!(out, " {} |\n|{}", columns.join(" | "), "---|".repeat(columns.len()));
    for (index, finding) in findings.iter().enumerate() {
        let row = row(finding, several);
        if out.len() + row.len() > BYTES_MAX {
            let _ = writeln!(out, "\n{} more not shown", counted((findings.len() - index) as u64, "finding"));
            break;
        }
        out.push_str(&row);
    }
}

fn row(finding: &Finding<'_>, several: bool) -> String {
    let said = finding.said;
    let mut cells = vec![said.severity.name().to_owned(), code(said.rule.name), code(&said.text())];
    cells.splice(0..0, several.then(|| code(finding.organization().unwrap_or_default())));
    cells.push(finding.place().map(|place| code(&format!("{}:{}", place.file, place.line))).unwrap_or_default());
    cells.push(code(&finding.fingerprint));
    if let Some(waived) = &said.waived {
        cells.extend([code(&waived.reason), code(waived.expires.as_deref().unwrap_or_default())]);
    }
    format!("| {} |\n", cells.join(" | "))
}

/// The text as code within a cell: in a fence that is longer than any of its own, and with no end of the cell in it.
fn code(text: &str) -> String {
    let text = visible(text);
    if text.trim().is_empty() {
        return String::new();
    }
    let longest = text.split(|char| char != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let touches = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let blank = if touches { " " } else { "" };
    format!("{fence}{blank}{}{blank}{fence}", in_cell(&text))
}

/// A bar as `\|`. Backslashes right before one are doubled, for GitHub's reader takes them in pairs.
fn in_cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut backslashes = 0;
    for char in text.chars() {
        if char == '|' {
            out.extend(std::iter::repeat_n('\\', backslashes + 1));
        }
        backslashes = if char == '\\' { backslashes + 1 } else { 0 };
        out.push(char);
    }
    out
}
