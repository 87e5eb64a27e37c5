//! The lines below a heading: rows, repeated headings, warnings, and where the table ends.

use crate::read::session::{is_prompt, may_be_aside};

use super::cells::{Measure, Spot, is_blank, is_blank_at, is_empty, locate};
use super::heading::{Heading, dashes, next_line};
use super::survey::is_never_empty;

/// A part of a table below its heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'t> {
    /// A line of a row.
    Row(&'t str),
    /// The heading once more, as `-RepeatHeader` prints it.
    Heading(&'t str),
    /// A warning between two rows.
    Warning(&'t str),
    /// A blank line in the middle of a row, as a value with a line break leaves it.
    Gap,
}

/// Walks the lines of a table. It ends before the first line that is not of it.
#[derive(Clone, Debug)]
pub(super) struct Lines<'t, 'h> {
    pub(super) text: &'t str,
    heading: &'h Heading<'t>,
    /// The byte behind the last part that was handed on.
    pub(super) at: usize,
}

impl<'t, 'h> Lines<'t, 'h> {
    /// The lines of `text` from `at` on.
    pub(super) fn new(text: &'t str, at: usize, heading: &'h Heading<'t>) -> Self {
        Self { text, heading, at }
    }

    /// Whether a line that begins so can be nothing but a row, with this byte behind it. Nearly every line is one, and
    /// shows it in its first characters.
    #[inline]
    pub(super) fn shows_row(&self, line: &[u8], next: Option<&u8>) -> bool {
        let (&[first, second, ..], Some(next)) = (line, next) else { return false };
        let is_heading =
            || self.heading.first.as_bytes().first_chunk::<4>().is_none_or(|start| line.starts_with(start));
        first.is_ascii_alphanumeric()
            && !matches!([first, second], [b'A', b't'] | [b'P', b'S'] | [_, b':'])
            && !may_be_aside(line)
            && !matches!(next, b'-' | b' ')
            && !is_heading()
    }

    /// Hands on `part`, which ends where `rest` begins.
    fn take(&mut self, part: Part<'t>, rest: &str) -> Option<Part<'t>> {
        self.at = self.text.len() - rest.len();
        Some(part)
    }
}

impl<'t> Iterator for Lines<'t, '_> {
    type Item = Part<'t>;

    fn next(&mut self) -> Option<Part<'t>> {
        let mut ahead = &self.text[self.at..];
        let (mut line, mut rest) = next_line(ahead);
        if self.shows_row(line.as_bytes(), rest.as_bytes().first()) {
            return self.take(Part::Row(line), rest);
        }
        if is_blank_line(line) {
            if !self.heading.spaced && goes_on_behind_gap(next_line(rest).0, self.heading) {
                return self.take(Part::Gap, rest);
            }
            if !self.heading.spaced || rest.is_empty() {
                return None;
            }
            ahead = rest;
            (line, rest) = next_line(ahead);
            if is_blank_line(line) {
                return None;
            }
        }
        if ends_table(line) {
            return None;
        }
        if line == self.heading.first && ahead.starts_with(self.heading.text) {
            let (again, rest) = ahead.split_at(self.heading.text.len());
            return self.take(Part::Heading(again), rest);
        }
        if is_warning(line) {
            // A warning that was wrapped cannot be told from rows, so it ends the table.
            let whole = line.trim_end().ends_with(['.', '"', ')']);
            return if whole && fits_well(next_line(rest).0, self.heading) {
                self.take(Part::Warning(line), rest)
            } else {
                None
            };
        }
        if rest.starts_with(['-', ' ']) && dashes(next_line(rest).0).is_some() {
            return None;
        }
        self.take(Part::Row(line), rest)
    }
}

/// Whether a line shows nothing. Rows show it in their first character that they are none.
fn is_blank_line(line: &str) -> bool {
    match line.as_bytes().first() {
        Some(b'!'..=b'~') => false,
        _ => is_empty(line),
    }
}

/// Whether a line can only stand behind a table: a prompt, the frame of a transcript or of a listing, an error.
fn ends_table(line: &str) -> bool {
    let is_own = match line.as_bytes() {
        [b'P', b'S', rest @ ..] => {
            rest.first() == Some(&b'>') || (rest.first() == Some(&b' ') && memchr::memchr(b'>', rest).is_some())
        }
        [b'[', rest @ ..] => rest.starts_with(b"PS]") || memchr::memmem::find(rest, b"]: PS").is_some(),
        [b'>', b'>', rest @ ..] => rest.first().is_none_or(|&byte| byte == b' '),
        [b'A', b't', ..] => line.starts_with("At line:"),
        [_, b':', b'\\', ..] | [b'(', ..] => is_prompt(line),
        _ => false,
    };
    is_own || is_rule(line) || FRAME_ENDS.iter().any(|end| line.starts_with(end))
}

/// Whether a line is drawn: of one sign, again and again.
fn is_rule(line: &str) -> bool {
    const SIGNS_MIN: usize = 10;
    match line.trim_end().as_bytes() {
        rule @ [first, ..] if first.is_ascii_punctuation() && *first != b'-' => {
            rule.len() >= SIGNS_MIN && rule.iter().all(|byte| byte == first)
        }
        _ => false,
    }
}

/// How the frames end in which Markdown, wikis, tickets, forums, web pages and scripts put a listing.
const FRAME_ENDS: [&str; 9] = ["```", "~~~", "{code}", "{noformat}", "[/", "</", "#>", "'@", "\"@"];

/// What stands before a message, in the languages of Windows PowerShell.
const MESSAGES: &[&str] = &[
    "WARNING: ",
    "VERBOSE: ",
    "DEBUG: ",
    "WARNUNG: ",
    "AVERTISSEMENT",
    "ADVERTENCIA: ",
    "AVVISO: ",
    "AVISO: ",
    "警告: ",
    "경고: ",
];

fn is_warning(line: &str) -> bool {
    line.starts_with(['W', 'V', 'D', 'A', '警', '경']) && MESSAGES.iter().any(|prefix| line.starts_with(prefix))
}

/// Whether a line that fits no column can be understood by somebody else: a command, a message, a list.
pub(super) fn is_foreign(line: &str) -> bool {
    let word = line.split([' ', '\t', '|', ';']).next().unwrap_or("");
    let is_cmdlet = word.split_once('-').is_some_and(|(verb, noun)| {
        !verb.is_empty()
            && !noun.is_empty()
            && [verb, noun].iter().all(|part| part.bytes().all(|b| b.is_ascii_alphanumeric()))
    });
    // Nobody types two blanks in a row twice; who moved the columns of a table by hand did.
    let is_typed = || line.trim_end().matches("  ").count() < 2;
    is_cmdlet && is_typed() || is_warning(line) || line.starts_with(['#', '$', '<']) || line.contains(" : ")
}

/// Whether a line behind a blank one can only go on with a row: every row has a first value, and this line begins below
/// a later column.
fn goes_on_behind_gap(line: &str, heading: &Heading<'_>) -> bool {
    // A `-GroupBy` line is indented by three blanks.
    const START_MIN: usize = 4;
    let start = line.chars().take_while(|&char| is_blank(char)).count();
    start >= START_MIN
        && !is_empty(line)
        && heading.columns.first().is_some_and(|first| is_never_empty(first.property))
        && heading.columns.iter().skip(1).any(|column| column.start == start)
}

/// Whether a line starts its first and its second column exactly where they start.
fn fits_well(line: &str, heading: &Heading<'_>) -> bool {
    let [first, second, ..] = heading.columns.as_slice() else { return false };
    let mut spots = Vec::with_capacity(3);
    locate(line, Measure::Cells, &[first.start, second.start - 1, second.start], &mut spots);
    let [at, border, next] = spots.as_slice() else { return false };
    !is_blank_at(line, *at) && is_blank_at(line, *border) && matches!(next, Spot::At(_)) && !is_blank_at(line, *next)
}
