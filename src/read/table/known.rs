//! Rows of role entries that earlier ones foretell: what stands beside the name is the row above's, and what follows
//! stood behind that name before.
//!
//! The first pass over a table finds them, and keeps a number for each row; the second reads what is new.

use std::borrow::Cow;
use std::ops::Range;

use crate::diagnostic::RuleId;
use crate::read::Sink;
use crate::read::foretold::{Piece, Pieces, Whose};
use crate::record::{Field, Property, Record, Value};
use crate::source::{Span, to_u32};

use super::cells::is_plain;
use super::heading::{Column, Heading};
use super::lines::Lines;

/// In a table of fewer rows hardly anything repeats; what a fuzzer writes is shorter.
const ROWS_MIN: usize = if cfg!(fuzzing) { 1 } else { 1 << 9 };

/// What is said of a row: the number of its half, and whether the columns beside its name are those of the row above.
const SAME: u32 = 1 << 31;
const NEW: u32 = SAME - 1;

/// Where the columns stand in rows that may repeat: each from the start of its dashes to that of the next ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Halves {
    /// The column of the name, and the first of the last columns, none of which differs from role to role.
    name: usize,
    half: usize,
    name_bytes: Range<usize>,
    half_start: usize,
}

impl Halves {
    /// `None` where no parameters stand behind both the name and the role.
    fn of(heading: &Heading<'_>) -> Option<Self> {
        let columns = &heading.columns;
        let find = |wanted: Property| columns.iter().position(|column| column.property == wanted);
        let (name, parameters) = (find(Property::Name)?, find(Property::Parameters)?);
        let differs = |property| matches!(property, Property::Name | Property::Role | Property::Identity);
        let half = columns.iter().rposition(|column| differs(column.property))? + 1;
        let start = |index: usize| columns[index].start;
        let is_regular = half <= parameters && !heading.spaced && start(0) == 0;
        is_regular.then(|| Self { name, half, name_bytes: start(name)..start(name + 1), half_start: start(half) })
    }
}

/// The first pass: which rows repeat.
#[derive(Debug)]
pub(super) struct Foretelling {
    halves: Halves,
    /// The last cell that the first pass looks at.
    last_probe: usize,
    pieces: Pieces,
    rows: Vec<u32>,
}

impl Foretelling {
    pub(super) fn new(heading: &Heading<'_>) -> Option<Self> {
        let halves = Halves::of(heading)?;
        let last_probe = heading.columns.last()?.end.checked_sub(1)?;
        Some(Self { halves, last_probe, pieces: Pieces::default(), rows: Vec::new() })
    }

    /// Where the row that comes next ends with its line end, if it differs from the one above in its name alone and in
    /// what stood behind that name before.
    #[inline]
    pub(super) fn find(&mut self, lines: &Lines<'_, '_>) -> Option<usize> {
        let (number, next) = self.pieces.take(lines.text, lines.at)?;
        let bytes = lines.text.as_bytes();
        if !lines.shows_row(&bytes[lines.at..lines.at + self.halves.half_start], bytes.get(next)) {
            return None;
        }
        self.rows.push(number | SAME);
        Some(next)
    }

    /// Takes in a row that was read, the `rows`th; `whole` ends with its line end.
    pub(super) fn learn(&mut self, line: &str, whole: &str, rows: usize) {
        if rows < ROWS_MIN {
            return;
        }
        self.pieces.forget_role();
        let Halves { name_bytes: name, half_start, .. } = &self.halves;
        let is_plain = line.len() >= *half_start && is_plain(line, self.last_probe) && whole.ends_with('\n');
        let piece = |end: usize, whose: Whose| Piece { end, whose, digits: 0 };
        let pieces = [
            piece(name.start, Whose::Role),
            piece(name.end, Whose::Entry),
            piece(*half_start, Whose::Role),
            piece(whole.len(), Whose::Entry),
        ];
        let number = if is_plain { self.pieces.learn(whole, 0, &pieces) } else { None };
        self.rows.push(number.unwrap_or(NEW));
    }

    pub(super) fn finish(self) -> Foretold {
        Foretold { halves: self.halves, rows: self.rows }
    }
}

/// What the first pass says of the last rows of a table.
#[derive(Clone, Debug)]
pub(super) struct Foretold {
    halves: Halves,
    rows: Vec<u32>,
}

/// The second pass: what the rows hold that repeat.
#[derive(Debug)]
pub(super) struct KnownRows<'s, 't> {
    halves: &'s Halves,
    /// What is said of the rows behind the one at hand, and how many of these nothing is said of before.
    rows: std::slice::Iter<'s, u32>,
    silent: usize,
    /// What is said of the row at hand.
    said: u32,
    /// The number that the records with the first half share.
    first: u32,
    /// A row with each half, and the values of the name and of the half.
    lines: Vec<Line>,
    values: Vec<(Known, Value<'t>)>,
    /// The values of the row above, where it was read.
    above: Vec<Known>,
}

/// A row with a half; one of no bytes where none was read.
#[derive(Clone, Copy, Debug, Default)]
struct Line {
    length: u32,
    /// With its line end.
    whole_length: u32,
    /// The first of its values.
    values: u32,
}

/// What is known of a value beside itself.
#[derive(Clone, Copy, Debug)]
struct Known {
    /// Where it stands, from the start of its line on.
    start: u32,
    end: u32,
    /// What is to be noticed about it, as a number of the tally.
    noticed: Option<u32>,
}

/// What is to be noticed about the values of each column, counted: most rows of a table have the same to be noticed.
#[derive(Debug, Default)]
pub(super) struct Tally {
    counts: Vec<(usize, RuleId, Span, u64)>,
}

impl Tally {
    /// Counts something, and returns its number.
    pub(super) fn add(&mut self, column: usize, rule: RuleId, at: Span) -> u32 {
        let known = self.counts.iter().position(|(its, known, ..)| *its == column && *known == rule);
        let number = known.unwrap_or(self.counts.len());
        if number == self.counts.len() {
            self.counts.push((column, rule, at, 0));
        }
        self.counts[number].3 += 1;
        to_u32(number)
    }

    #[inline]
    fn again(&mut self, number: Option<u32>) {
        if let Some(number) = number {
            self.counts[number as usize].3 += 1;
        }
    }

    pub(super) fn say(self, columns: &[Column<'_>], sink: &mut Sink<'_>) {
        for (column, rule, first, count) in self.counts {
            sink.report.notice_times(rule, first, &columns[column].label, count);
        }
    }
}

impl<'s, 't> KnownRows<'s, 't> {
    /// For a table of so many rows; `first` is a number that no records of the file share.
    pub(super) fn new(foretold: &'s Foretold, rows: usize, first: u32) -> Self {
        let silent = rows.saturating_sub(foretold.rows.len());
        let (halves, rows) = (&foretold.halves, foretold.rows.iter());
        Self { halves, rows, silent, said: NEW, first, lines: Vec::new(), values: Vec::new(), above: Vec::new() }
    }

    /// Goes on to the next row, and returns its length without and with its line end if it is foretold.
    #[inline]
    pub(super) fn step(&mut self) -> Option<(usize, usize)> {
        if self.silent > 0 {
            self.silent -= 1;
            return None;
        }
        self.said = self.rows.next().copied().unwrap_or(NEW);
        if self.said & SAME != 0 && !self.above.is_empty() {
            let number = self.number();
            if let Some(line) = self.lines.get(number).filter(|line| line.whole_length > 0) {
                return Some((line.length as usize, line.whole_length as usize));
            }
        }
        self.above.clear();
        None
    }

    /// Fills in the row at hand, which was foretold: of the row above, the values beside its name stay.
    #[inline]
    pub(super) fn fill(&self, record: &mut Record<'t>, tally: &mut Tally, at: impl Fn(u32, u32) -> Span) {
        let Halves { name, half, .. } = *self.halves;
        for (index, known) in self.above[..half].iter().enumerate().filter(|(index, _)| *index != name) {
            record.fields[index].at = at(known.start, known.end);
            tally.again(known.noticed);
        }
        let first = self.lines[self.number()].values as usize;
        let columns = std::iter::once(name).chain(half..self.above.len());
        for (index, (known, value)) in columns.zip(&self.values[first..]) {
            let field = &mut record.fields[index];
            field.at = at(known.start, known.end);
            match (&mut field.value, value) {
                // Most often one of the same kind is replaced, which takes half the time of a new one.
                (Value::Text(Cow::Borrowed(text), complete), Value::Text(Cow::Borrowed(known), its)) => {
                    (*text, *complete) = (known, *its);
                }
                (Value::List(list), Value::List(known)) => *list = *known,
                (field, value) => *field = value.clone(),
            }
            tally.again(known.noticed);
        }
        record.repeats = Some(self.shared());
    }

    fn number(&self) -> usize {
        (self.said & !SAME) as usize
    }

    fn shared(&self) -> u32 {
        self.first + (self.said & !SAME)
    }

    /// A value of the row is read.
    pub(super) fn add(&mut self, line: &str, value: &str, noticed: Option<u32>) {
        let start = value.as_ptr() as usize - line.as_ptr() as usize;
        self.above.push(Known { start: to_u32(start), end: to_u32(start + value.len()), noticed });
    }

    /// Keeps the row that was read, which has this length with its line end, and says which number it shares with others.
    pub(super) fn learn(&mut self, line: &str, whole_length: usize, fields: &[Field<'t>]) -> Option<u32> {
        if self.said == NEW {
            return None;
        }
        let number = self.number();
        self.lines.resize(self.lines.len().max(number + 1), Line::default());
        if self.lines[number].whole_length == 0 {
            let (length, whole_length) = (to_u32(line.len()), to_u32(whole_length));
            self.lines[number] = Line { length, whole_length, values: to_u32(self.values.len()) };
            let own = std::iter::once(self.halves.name).chain(self.halves.half..self.above.len());
            self.values.extend(own.map(|index| (self.above[index], fields[index].value.clone())));
        }
        Some(self.shared())
    }
}
