//! Lines for people: none is wider than asked but commands, each of which is whole on a line of its own, since a line end
//! would end a statement of PowerShell and a word after it would be run.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::Style;
use super::escape::visible;
use super::wrap::wrap;
use crate::diagnostic::{Label, Severity};
use crate::graph::Gap;
use crate::powershell::of_all_instead;
use crate::source::Sources;

/// The colours of a report. They are the terminal's own, which a reader's theme has made legible.
pub mod color {
    /// What a line is about.
    pub const STRONG: &str = "1";
    /// What is granted, or passed.
    pub const GOOD: &str = "1;32";
    /// What is not granted, or failed.
    pub const BAD: &str = "1;31";
    /// What is in doubt.
    pub const DOUBT: &str = "1;33";
    /// What is worth knowing.
    pub const NOTE: &str = "1;36";
}

/// The colour of a level.
pub(super) const fn color_of(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => color::BAD,
        Severity::Warning => color::DOUBT,
        Severity::Note => color::NOTE,
    }
}

/// A text in a colour, where colours are asked for.
#[must_use]
pub fn paint(style: &Style, code: &str, text: &str) -> String {
    if style.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}

/// Appends a text in lines that keep the width, with this many blanks before the first and two more before the others.
pub fn push_text(out: &mut String, indent: usize, text: &str, style: &Style) {
    push_lines(out, [indent, indent + 2], text, style);
}

/// Appends names in lines that keep the width, each with this many blanks before it.
pub(super) fn push_names(out: &mut String, indent: usize, names: &str, style: &Style) {
    push_lines(out, [indent, indent], names, style);
}

fn push_lines(out: &mut String, [first, next]: [usize; 2], text: &str, style: &Style) {
    for (index, line) in wrap(&visible(text), style.width.saturating_sub(first + 2)).lines().enumerate() {
        let indent = if index == 0 { first } else { next };
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{:indent$}{line}", "");
    }
}

/// Appends a mark in its colour and a text after it, the lines below the first two blanks further in.
pub fn push_marked(out: &mut String, indent: usize, (code, mark): (&str, &str), text: &str, style: &Style) {
    let mark = visible(mark);
    let wrapped = wrap(&format!("{mark} {}", visible(text)), style.width.saturating_sub(indent + 2));
    for (index, line) in wrapped.lines().enumerate() {
        let indent = if index == 0 { indent } else { indent + 2 };
        // A mark may itself be broken where it is wide.
        let line = match line.strip_prefix(&*mark).filter(|_| index == 0) {
            Some(rest) => format!("{}{rest}", paint(style, code, &mark)),
            None => line.to_owned(),
        };
        let _ = writeln!(out, "{:indent$}{line}", "");
    }
}

/// Appends a command, whole.
pub(super) fn push_command(out: &mut String, indent: usize, command: &str) {
    let _ = writeln!(out, "{:indent$}{}", "", visible(command));
}

/// Appends a place, what is to be seen there, and as much of its text as a line holds.
pub(super) fn push_hop(out: &mut String, label: &Label, sources: &Sources<'_>, style: &Style) {
    const INDENT: usize = 4;
    const QUOTED_MIN: usize = 12;
    const QUOTED_MAX: usize = 60;
    let file = sources.file(label.span.file);
    let words = if label.text.is_empty() { String::new() } else { format!(" {}", label.text) };
    let place = format!("{}:{}:{words}", file.path, file.line(label.span.start));
    let room = style.width.saturating_sub(INDENT + visible(&place).width() + 3).min(QUOTED_MAX);
    let quoted: String = file.slice(label.span).chars().take(QUOTED_MAX + 1).collect();
    let quoted = visible(&quoted);
    if quoted.is_empty() || room < QUOTED_MIN {
        return push_text(out, INDENT, place.strip_suffix(':').unwrap_or(&place), style);
    }
    let _ = writeln!(out, "{:INDENT$}{} | {}", "", visible(&place), cut(&quoted, room));
}

/// The start of a text that takes at most so many columns, with `…` where something is left out.
fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut shown = String::new();
    let mut used = 1;
    for char in text.chars() {
        used += unicode_width::UnicodeWidthChar::width(char).unwrap_or(0);
        if used > columns {
            break;
        }
        shown.push(char);
    }
    format!("{}…", shown.trim_end())
}

/// How many gaps are shown before the rest is counted.
const GAPS_MAX: usize = 6;

/// Appends what is not known: why and where; then what to run so that it is, each command once.
pub(super) fn push_gaps(out: &mut String, gaps: &[Gap], sources: &Sources<'_>, (style, whole): (&Style, bool)) {
    push_some(out, gaps, (style, whole), |out, gap| {
        push_cause(out, gap, sources, style);
        push_words(out, gap, style);
    });
    push_deciding_gaps(out, 2, gaps, style);
}

/// Appends what to run so that gaps close.
pub(super) fn push_deciding_gaps<'g>(
    out: &mut String,
    indent: usize,
    gaps: impl IntoIterator<Item = &'g Gap>,
    style: &Style,
) {
    let commands = gaps.into_iter().filter(|gap| is_command(gap)).flat_map(|gap| gap.export.lines());
    push_deciding(out, indent, commands, style);
}

/// Appends what to run so that what is undecided is decided: each command once and whole, and from many on what runs all.
pub(super) fn push_deciding<'c>(
    out: &mut String,
    indent: usize,
    commands: impl Iterator<Item = &'c str>,
    style: &Style,
) {
    /// From so many commands on, one script that exports everything is less work.
    const COLLECT_MIN: usize = 10;
    const HERE: &str = "run this in the Exchange shell, and put its files and what it shows next to these exports:";
    let commands = of_all_instead(commands);
    let mut push = |words: &str, commands: &[String]| {
        push_text(out, indent, words, style);
        commands.iter().for_each(|command| push_command(out, indent + 2, command));
    };
    match commands.len() {
        0 => {}
        1..COLLECT_MIN => push(&format!("to decide what is undecided, {HERE}"), &commands),
        _ => {
            let collect = ["rolecall collect --output collect.ps1", ".\\collect.ps1 .\\exports"].map(str::to_owned);
            push("to decide what is undecided, collect everything:", &collect);
            push(&format!("or {HERE}"), &commands);
        }
    }
}

/// Appends the first gaps, with `whole` all, and how many more there are.
pub(super) fn push_some<G>(
    out: &mut String,
    gaps: &[G],
    (style, whole): (&Style, bool),
    push: impl Fn(&mut String, &G),
) {
    let most = if whole { gaps.len() } else { GAPS_MAX };
    gaps.iter().take(most).for_each(|gap| push(out, gap));
    if gaps.len() > most {
        let text = format!(
            "… and {} more gaps (-v); `rolecall collect` prints a script that exports everything",
            gaps.len() - most
        );
        push_text(out, 2, &text, style);
    }
}

/// Appends what is not known: why, and where.
pub(super) fn push_cause(out: &mut String, gap: &Gap, sources: &Sources<'_>, style: &Style) {
    push_marked(out, 2, (color::DOUBT, &format!("gap[{}]:", gap.code)), &gap.message, style);
    if let Some(at) = gap.at {
        push_hop(out, &Label::new(at, ""), sources, style);
    }
}

/// Whether what closes a gap is commands: these begin as a cmdlet does, words are a sentence in lower case.
fn is_command(gap: &Gap) -> bool {
    gap.export.starts_with(|char: char| char.is_uppercase())
}

/// Appends what would settle a gap where no command does.
pub(super) fn push_words(out: &mut String, gap: &Gap, style: &Style) {
    if !is_command(gap) {
        push_text(out, 4, &format!("to close it: {}", gap.export), style);
    }
}

/// Appends the export that would settle a gap: commands, or where there is none, what to do.
pub(super) fn push_export(out: &mut String, gap: &Gap, style: &Style) {
    push_words(out, gap, style);
    if is_command(gap) {
        push_text(out, 4, "to close it, run:", style);
        gap.export.lines().for_each(|command| push_command(out, 6, command));
    }
}
