//! The end of every report for people: what was read, how far it reaches, and the counts.

use std::fmt::Write;

use super::escape::visible;
use super::{Coverage, Finished};

/// How many names of a list are shown before the rest is counted.
const NAMES_MAX: usize = 6;

/// Appends the coverage, the notes and the counts.
pub(super) fn push(out: &mut String, finished: &Finished<'_>) {
    for coverage in &finished.coverage {
        push_kind(out, coverage);
    }
    if finished.coverage.is_empty() {
        out.push_str("coverage: nothing was read\n");
    }
    for note in &finished.notes {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "note: {}", visible(note));
    }
    push_counts(out, finished);
}

fn push_kind(out: &mut String, coverage: &Coverage) {
    let records = counted(coverage.records, "record");
    let of = coverage.organization.as_ref().map(|name| format!("`{}`: ", visible(name))).unwrap_or_default();
    let _ = write!(out, "coverage: {of}{}: {records}", visible(&coverage.kind));
    if !coverage.files.is_empty() {
        let _ = write!(out, " in {}", names(&coverage.files));
    }
    if !coverage.listings.is_empty() {
        let _ = write!(out, " ({})", names(&coverage.listings));
    }
    if coverage.complete && coverage.is_taken_for_whole {
        out.push_str(", taken for the whole");
    }
    match (coverage.complete, coverage.reasons.is_empty()) {
        (true, _) => out.push_str("; complete"),
        (false, true) => out.push_str("; not complete"),
        (false, false) => {
            let _ = write!(out, "; not complete: {}", names(&coverage.reasons));
        }
    }
    if !coverage.undecided.is_empty() {
        let _ = write!(out, "; leaves undecided: {}", names(&coverage.undecided));
    }
    out.push('\n');
}

fn push_counts(out: &mut String, finished: &Finished<'_>) {
    let it = &finished.summary;
    let _ = writeln!(
        out,
        "read {} in {}; asked {} for {}: {} granted, {} missing, {} undecided",
        counted(it.records, "record"),
        counted(it.files, "file"),
        counted(it.asked, "item"),
        counted(it.accounts, "account"),
        it.granted,
        it.missing,
        it.undecided,
    );
    let (errors, warnings, notes) =
        (counted(it.errors, "error"), counted(it.warnings, "warning"), counted(it.notes, "note"));
    let _ = write!(out, "{errors}, {warnings}, {notes}");
    if it.waived > 0 {
        let _ = write!(out, ", {} waived", it.waived);
    }
    out.push('\n');
}

pub(super) fn names(names: &[String]) -> String {
    let mut text = names.iter().take(NAMES_MAX).map(|name| visible(name)).collect::<Vec<_>>().join(", ");
    if names.len() > NAMES_MAX {
        let _ = write!(text, " and {} more", names.len() - NAMES_MAX);
    }
    text
}

/// `1 file`, `2 files`.
pub(super) fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
