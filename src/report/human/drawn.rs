//! The marked lines of a cause, one below the other, each mark with its words below it.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::Style;
use super::excerpt::{Excerpt, Mark, Row};
use crate::diagnostic::Label;
use crate::report::prose::paint;
use crate::report::wrap::wrap;
use crate::source::Sources;

/// Appends the lines; each file is named above the first of its lines.
pub(super) fn push(out: &mut String, sources: &Sources<'_>, labels: &[Label], (color, style): (&str, &Style)) {
    let excerpt = Excerpt::of(sources, labels, style.width);
    let digits = excerpt.rows.iter().map(|row| row.line.to_string().len()).max().unwrap_or(1);
    let mut before: Option<(&str, u32)> = None;
    let mut marks = excerpt.marks.iter().peekable();
    for row in &excerpt.rows {
        let mut of_row: Vec<&Mark> = Vec::new();
        while let Some(mark) = marks.next_if(|mark| mark.start < row.end) {
            of_row.push(mark);
        }
        if before.is_none_or(|(path, _)| path != row.path) {
            push_place(out, row, of_row.first().map_or(1, |mark| mark.column), style.width);
        }
        before = Some((&row.path, row.line));
        let text = excerpt.text[row.start..row.end].trim_end_matches('\n');
        if text.trim().is_empty() && of_row.iter().all(|mark| mark.text.is_empty()) {
            continue;
        }
        let _ = writeln!(out, "  {:>digits$} │ {text}", row.line);
        for mark in of_row {
            push_mark(out, &excerpt, row, mark, digits, (color, style));
        }
    }
}

/// The path, cut at its start where it is wider than a line.
fn push_place(out: &mut String, row: &Row, column: u32, width: usize) {
    let place = format!("{}:{}:{column}", row.path, row.line);
    let room = width.saturating_sub(3);
    let mut shown = place.as_str();
    while shown.width() > room {
        shown = &shown[shown.chars().next().map_or(0, char::len_utf8)..];
    }
    // Writing to a string cannot fail.
    let _ = writeln!(out, "  {}{shown}", if shown.len() < place.len() { "…" } else { "" });
}

/// The mark below a line, with its words beside it where they fit, else below it.
fn push_mark(
    out: &mut String,
    excerpt: &Excerpt,
    row: &Row,
    mark: &Mark,
    digits: usize,
    (color, style): (&str, &Style),
) {
    let start = mark.start.max(row.start);
    let end = mark.end.clamp(start, row.end.saturating_sub(1).max(start));
    let indent = excerpt.text[row.start..start].width();
    let length = excerpt.text[start..end].width().max(1);
    let line = "─".repeat(length);
    let line = if mark.primary { paint(style, color, &line) } else { line };
    let gutter = digits + 5;
    let _ = write!(out, "  {:digits$} · {:indent$}{line}", "", "");
    if mark.text.is_empty() {
        out.push('\n');
    } else if gutter + indent + length + 1 + mark.text.width() <= style.width {
        let _ = writeln!(out, " {}", mark.text);
    } else {
        out.push('\n');
        // As far to the right as leaves room for a few words.
        let room = style.width.saturating_sub(gutter).max(20);
        let indent = indent.min(room.saturating_sub(mark.text.width()).max(2).min(room / 2));
        for words in wrap(&mark.text, room.saturating_sub(indent)).lines() {
            let _ = writeln!(out, "  {:digits$} · {:indent$}{words}", "", "");
        }
    }
}
