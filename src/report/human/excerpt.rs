//! `Excerpt`: the marked lines of a diagnostic, from whatever files, escaped and cut to what a reader can take in.
//!
//! The rows stand in the order of the labels, which is the order of the evidence: member, group, assignment, role, entry.

use std::collections::BTreeMap;

use crate::diagnostic::Label;
use crate::report::escape::visible;
use crate::source::{FileId, SourceFile, Sources, Span};

/// The marked lines, one below the other, with the marks as offsets into them.
#[derive(Debug, Default)]
pub(super) struct Excerpt {
    /// The rows, each with a line feed at its end.
    pub(super) text: String,
    /// Where they came from, in order.
    pub(super) rows: Vec<Row>,
    /// The marks, rising.
    pub(super) marks: Vec<Mark>,
}

/// One line of a file, or the part of a long one around a mark.
#[derive(Debug)]
pub(super) struct Row {
    /// The file's path, escaped.
    pub(super) path: String,
    /// The 1-based line.
    pub(super) line: u32,
    /// Where the row starts in the excerpt.
    pub(super) start: usize,
    /// One past its line feed.
    pub(super) end: usize,
}

/// A mark below a row.
#[derive(Debug)]
pub(super) struct Mark {
    /// Where it starts in the excerpt.
    pub(super) start: usize,
    /// One past its end.
    pub(super) end: usize,
    /// What stands beside it, escaped.
    pub(super) text: String,
    /// Whether it is the place of the diagnostic itself.
    pub(super) primary: bool,
    /// The 1-based column in the file.
    pub(super) column: u32,
}

/// A row before it is written: a part of one line, and the labels in it.
struct Plan {
    /// The 1-based line, and where it is in its file.
    number: u32,
    line: Span,
    window: Span,
    marks: Vec<PlannedMark>,
}

struct PlannedMark {
    span: Span,
    text: String,
    primary: bool,
}

impl Excerpt {
    /// Excerpts the first line of each label.
    pub(super) fn of(sources: &Sources<'_>, labels: &[Label], width: usize) -> Self {
        let mut excerpt = Self::default();
        for plan in plans(sources, labels, width) {
            excerpt.push(sources.file(plan.line.file), plan);
        }
        excerpt
    }

    fn push(&mut self, file: &SourceFile<'_>, plan: Plan) {
        let line = plan.line;
        let start = self.text.len();
        if plan.window.start > line.start {
            self.text.push('…');
        }
        let (from, text) = (self.text.len(), file.slice(plan.window));
        // Where each character of the file went, so that marks fit what is shown; nowhere else, where all are plain.
        let mut places: Vec<(u32, usize)> = Vec::new();
        let is_plain_text = text.bytes().fold(true, |plain, byte| plain & is_plain(char::from(byte)));
        if is_plain_text {
            self.text.push_str(text);
        } else {
            for (offset, char) in text.char_indices() {
                places.push((plan.window.start + crate::source::to_u32(offset), self.text.len()));
                if is_plain(char) {
                    self.text.push(char);
                } else {
                    self.text.push_str(&visible(char.encode_utf8(&mut [0; 4])));
                }
            }
        }
        let behind = self.text.len();
        if plan.window.end < line.end {
            self.text.push('…');
        } else if text.is_empty() {
            // An empty line needs something to point at.
            self.text.push(' ');
        }
        self.text.push('\n');
        let place = |offset: u32| {
            if is_plain_text {
                return (from + offset.saturating_sub(plan.window.start) as usize).min(behind);
            }
            let index = places.partition_point(|&(there, _)| there < offset);
            places.get(index).map_or(behind, |&(_, here)| here)
        };
        let mark = |mark: PlannedMark| {
            let (start, end) = (place(mark.span.start), place(mark.span.end));
            let column = file.column(line.start, mark.span.start);
            Mark { start, end: end.max(start), text: mark.text, primary: mark.primary, column }
        };
        let mut marks: Vec<Mark> = plan.marks.into_iter().map(mark).collect();
        marks.sort_by_key(|mark| (mark.start, mark.end));
        self.marks.extend(marks);
        let path = visible(&file.path).into_owned();
        self.rows.push(Row { path, line: plan.number, start, end: self.text.len() });
    }
}

/// Which part of which line is shown for each label; a label that fits into a row already planned joins it.
fn plans(sources: &Sources<'_>, labels: &[Label], width: usize) -> Vec<Plan> {
    let mut plans: Vec<Plan> = Vec::new();
    let mut of_line: BTreeMap<(FileId, u32), Vec<usize>> = BTreeMap::new();
    for (order, label) in labels.iter().enumerate() {
        let file = sources.file(label.span.file);
        let (number, line) = file.line_at(label.span.start);
        let (span, text) = first_line_of(file, label, number, line);
        let known = of_line.entry((file.id, number)).or_default();
        let found = known.iter().copied().find(|&index| plans[index].takes(span));
        let index = found.unwrap_or_else(|| {
            known.push(plans.len());
            let window = window(file, line, span, width);
            plans.push(Plan { number, line, window, marks: Vec::new() });
            plans.len() - 1
        });
        plans[index].add(span, text, order == 0);
    }
    plans
}

impl Plan {
    /// Whether a mark fits: it starts in the window, and below no other mark, as two lines cannot stand in one place.
    fn takes(&self, span: Span) -> bool {
        let apart =
            |mark: &PlannedMark| mark.span == span || span.end <= mark.span.start || mark.span.end <= span.start;
        self.window.start <= span.start && span.start <= self.window.end && self.marks.iter().all(apart)
    }

    fn add(&mut self, span: Span, text: String, primary: bool) {
        let end = span.end.min(self.window.end).max(span.start);
        let span = Span { end, ..span };
        match self.marks.iter_mut().find(|mark| mark.span == span) {
            Some(known) if known.text == text || text.is_empty() => {}
            Some(known) if known.text.is_empty() => known.text = text,
            Some(known) => known.text = format!("{}; {text}", known.text),
            None => self.marks.push(PlannedMark { span, text, primary }),
        }
    }
}

/// The part of a label that stands on its first line. A record of thirty lines would bury what is said about it.
fn first_line_of(file: &SourceFile<'_>, label: &Label, number: u32, line: Span) -> (Span, String) {
    let start = label.span.start.min(line.end);
    let span = Span { file: file.id, start, end: label.span.end.clamp(start, line.end.max(start)) };
    let last = label.span.end.saturating_sub(1).max(label.span.start);
    let last = if last <= line.end { number } else { file.line(last) };
    let text = visible(&label.text);
    let text = match (last > number, text.is_empty()) {
        (false, _) => text.into_owned(),
        (true, true) => format!("to line {last}"),
        (true, false) => format!("{text} (to line {last})"),
    };
    (span, text)
}

/// The whole line, or of a long one what surrounds the mark.
fn window(file: &SourceFile<'_>, line: Span, mark: Span, width: usize) -> Span {
    /// What stands before the text of a row: the number of a line in a file of millions, and the border.
    const GUTTER: usize = 12;
    const ROOM_MIN: usize = 20;
    let room = width.saturating_sub(GUTTER).max(ROOM_MIN);
    let text = file.slice(line);
    if shown_width(text, room).is_some() {
        return line;
    }
    let (before, behind) = text.split_at((mark.start - line.start) as usize);
    let start = before.len() - taken(before.chars().rev(), room / 4);
    let left = room.saturating_sub(shown_width(&before[start..], room).unwrap_or(0)).saturating_sub(2);
    let end = before.len() + taken(behind.chars(), left);
    Span {
        file: line.file,
        start: line.start + crate::source::to_u32(start),
        end: line.start + crate::source::to_u32(end),
    }
}

/// The columns that a text takes, if they are at most `room`.
fn shown_width(text: &str, room: usize) -> Option<usize> {
    let plain = text.bytes().take(room + 1).take_while(|byte| is_plain(char::from(*byte))).count();
    let mut used = plain;
    for char in text[plain..].chars() {
        if used > room {
            return None;
        }
        used += columns(char);
    }
    (used <= room).then_some(used)
}

/// How many bytes of the characters fit into `room` columns.
fn taken(chars: impl Iterator<Item = char>, room: usize) -> usize {
    let mut used = 0;
    let mut bytes = 0;
    for char in chars {
        used += columns(char);
        if used > room {
            break;
        }
        bytes += char.len_utf8();
    }
    bytes
}

/// The columns of one character as it is shown, escapes included.
fn columns(char: char) -> usize {
    if is_plain(char) {
        return 1;
    }
    unicode_width::UnicodeWidthStr::width(&*visible(char.encode_utf8(&mut [0; 4])))
}

/// Whether a character is shown as it is, in one column: nearly all are.
const fn is_plain(char: char) -> bool {
    matches!(char, ' '..='~')
}
