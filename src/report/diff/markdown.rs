//! The comparison for a pull request.
//!
//! GitHub refuses a comment of more than 65,536 characters, and then shows nothing: what does not fit is counted. Every
//! name stands in a code span, so that nothing in an export becomes a mention, a link or a picture.

use std::fmt::Write;

use crate::diff::Change;
use crate::report::escape::visible;

use super::human::raise;
use super::words;
use super::{Compared, Read};

/// How long the text may be.
const CHARS_MAX: usize = 60_000;

/// How many ways of one account are named before the rest is counted.
const WAYS_MAX: usize = 10;

/// How long the details of one change may be, so that one does not take the place of all others.
const DETAILS_CHARS_MAX: usize = 10_000;

/// A name in a code span whose fence is longer than any run of backticks in it.
fn code(name: &str) -> String {
    let text = visible(name);
    let longest = text.split(|char| char != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.trim().is_empty() { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

impl Compared<'_> {
    /// Appends the comparison as Markdown.
    pub fn push_markdown(&self, out: &mut String) {
        let [old, new] = self.sides.each_ref().map(Read::shown);
        let mut text = format!("### rolecall diff: {}\n\n{} → {}\n", self.headline(), code(&old), code(&new));
        let mut parts: Vec<String> = Vec::new();
        if !self.diff.escalations.is_empty() {
            parts.push("\n**Could now raise themselves**\n\n".to_owned());
            let of_one = self.diff.escalations.chunk_by(|left, right| left.account == right.account);
            parts.extend(of_one.map(|ways| format!("- {}\n", raise(ways, WAYS_MAX, code))));
        }
        if !self.diff.changes.is_empty() {
            let rows = self.diff.changes.iter().map(row);
            let head = "\n| | who | what | because |\n|---|---|---|---|\n".to_owned();
            parts.push(head);
            parts.extend(rows);
        }
        let changes = self.diff.changes.iter().filter(|change| change.cmdlets.len() > 1);
        parts.extend(changes.map(|change| self.details(change)));
        if !self.diff.open.is_empty() {
            parts.push("\n**Cannot be told**\n\n".to_owned());
            let line = |open: &crate::diff::Open| {
                let gaps: Vec<String> = open.gaps.iter().take(3).map(|gap| code(&gap.export)).collect();
                format!("- {}; to settle it: {}\n", words::open(open, code), gaps.join("; "))
            };
            parts.extend(self.diff.open.iter().map(line));
        }
        parts.extend(self.diff.renamed.iter().map(|object| format!("\n{}\n", words::renamed(object, code))));
        parts.extend(self.diff.replaced.iter().map(|object| format!("\n{}\n", words::replaced(object, code))));
        for (head, findings) in ["New findings", "Fixed findings"].into_iter().zip(&self.findings) {
            if !findings.is_empty() {
                parts.push(format!("\n**{head}**\n\n"));
            }
            let line = |it: &crate::diagnostic::Diagnostic| {
                format!("- {} {}: {}\n", it.severity.name(), code(it.rule.name), code(&it.text()))
            };
            parts.extend(findings.iter().map(line));
        }
        let mut length = text.chars().count();
        let mut left_out = 0;
        for part in &parts {
            let more = part.chars().count();
            if left_out > 0 || length + more > CHARS_MAX {
                left_out += 1;
                continue;
            }
            length += more;
            text.push_str(part);
        }
        if left_out > 0 {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "\n… {left_out} more");
        }
        out.push_str(&text);
    }

    fn details(&self, change: &Change) -> String {
        let mut text = format!(
            "\n<details><summary>{} {}</summary>\n\n",
            html(&words::accounts(change, ToOwned::to_owned)),
            html(&words::deed(change, ToOwned::to_owned))
        );
        for cause in &change.causes {
            let place = cause.place.map(|place| format!(" ({})", code(&self.shown(place)))).unwrap_or_default();
            let _ = writeln!(text, "- because {}{place}", words::cause(cause, change.direction, code));
        }
        for (index, cells) in change.cmdlets.iter().enumerate() {
            if text.len() > DETAILS_CHARS_MAX {
                let _ = writeln!(text, "- and {} more", change.cmdlets.len() - index);
                break;
            }
            let _ = writeln!(text, "- {}", words::cells(cells, code));
        }
        text.push_str("\n</details>\n");
        text
    }
}

fn row(change: &Change) -> String {
    let sign = if change.is_update() { "update" } else { change.direction.name() };
    let causes: Vec<String> = change.causes.iter().take(3).map(|it| words::cause(it, change.direction, code)).collect();
    let more = change.causes.len().saturating_sub(3);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    let danger = if change.dangerous.is_empty() { "" } else { " ⚠" };
    let cell = |text: String| text.replace('|', "\\|");
    let (who, what) = (cell(words::accounts(change, code)), cell(words::deed(change, code)));
    format!("| {sign}{danger} | {who} | {what} | {}{more} |\n", cell(causes.join("; ")))
}

/// Text within a tag's content: nothing in it is a tag, an entity, a mention or a link.
fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in visible(text).chars() {
        match char {
            char if char.is_ascii_alphanumeric() || matches!(char, ' ' | ',' | '-' | '\'') || !char.is_ascii() => {
                out.push(char);
            }
            char => {
                let _ = write!(out, "&#{};", char as u32);
            }
        }
    }
    out
}
