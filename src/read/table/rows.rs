//! The second pass over a table: its rows become records.

use std::borrow::Cow;

use crate::diagnostic::noticed;
use crate::read::{Context, Group, Sink, View};
use crate::record::{Field, Kind, Property, Record, Value};
use crate::source::Span;

use super::cells::{Spot, is_blank, is_blank_at, locate, trim, trim_end};
use super::heading::Column;
use super::known::{KnownRows, Tally};
use super::lines::Part;
use super::survey::{Cell, Survey, is_never_empty};
use super::value::{Wrap, is_torn, value};
use super::wrap::{Breaks, GoesOn, goes_on, shows_first_alone};

/// Reads the rows of a table.
pub(super) struct Rows<'l, 'r> {
    pub(super) view: &'l View<'l>,
    pub(super) survey: &'r Survey<'l, 'r>,
    pub(super) context: &'r Context<'l>,
    kind: Kind,
    /// The `-GroupBy` label and value, where no column shows them.
    group: Option<Group<'l>>,
    /// Whether every row has a value beside the first one.
    has_second: bool,
}

/// What is said of rows whose values cannot be told apart.
pub(super) const UNFIT: &str = "a row that does not fit the columns";

impl<'l, 'r> Rows<'l, 'r> {
    pub(super) fn new(view: &'l View<'l>, survey: &'r Survey<'l, 'r>, context: &'r Context<'l>) -> Self {
        let columns = &survey.heading.columns;
        let shown = |label: &str| columns.iter().any(|column| column.label.eq_ignore_ascii_case(label));
        let group = context.group.filter(|group| !shown(group.label));
        let properties =
            columns.iter().map(|column| column.property).chain(group.map(|group| Property::named(group.label)));
        let kind = Kind::of(None, context.command, properties.collect());
        // A column of one cell is left blank where a full-width character has no room.
        let has_second =
            columns.iter().skip(1).any(|column| is_never_empty(column.property) && column.end - column.start > 1);
        Self { view, survey, context, kind, group, has_second }
    }

    /// Hands on a record for each row.
    pub(super) fn read(&self, sink: &mut Sink<'_>) {
        if self.kind == Kind::Unknown && self.survey.rows > 0 {
            let about = Kind::unknown_words(self.survey.heading.columns.iter().map(|column| &*column.label));
            sink.notice(noticed::UNKNOWN_OBJECT, self.view.span_of(self.survey.heading.first), &about);
        }
        // Where values were cut, none was wrapped, unless a line shows it: then the marks belong to the values.
        if self.survey.hollow && self.survey.unfit == 0 && (self.survey.headless || !self.survey.is_cut()) {
            self.read_wrapped(sink);
        } else {
            self.read_plain(sink);
        }
    }

    fn read_plain(&self, sink: &mut Sink<'_>) {
        let (mut spots, mut cells) = (Vec::new(), Vec::new());
        let mut record = self.record();
        let mut tally = Tally::default();
        let foretold = self.survey.foretold.as_ref().filter(|_| self.kind == Kind::RoleEntry);
        let mut known = foretold.map(|foretold| KnownRows::new(foretold, self.survey.rows, sink.unshared));
        let mut lines = self.survey.lines();
        loop {
            let start = lines.at;
            if let Some(known) = &mut known
                && let Some((length, whole_length)) = known.step()
            {
                lines.at += whole_length;
                let at = |from: u32, to: u32| self.view.span(start + from as usize, start + to as usize);
                record.at = self.view.span(start, start + length);
                known.fill(&mut record, &mut tally, at);
                sink.record(&record);
                continue;
            }
            let Some(part) = lines.next() else { break };
            let Some(line) = self.row(part, sink) else { continue };
            if !self.divide(line, &mut spots, &mut cells)
                || self.is_torn(&cells)
                || self.is_headless(&cells)
                || self.is_stray(&cells)
            {
                self.refuse(line, sink);
                continue;
            }
            record.at = self.view.span_of(line);
            record.complete = self.is_complete(line, &cells);
            for (index, (field, cell)) in record.fields.iter_mut().zip(&cells).enumerate() {
                let mut rule = None;
                field.at = self.view.span_of(cell.text);
                field.value = value(self.survey, index, *cell, Wrap::None, &mut rule);
                let noticed = rule.map(|rule| tally.add(index, rule, field.at));
                if let Some(known) = &mut known {
                    known.add(line, cell.text, noticed);
                }
            }
            record.repeats = known.as_mut().and_then(|known| known.learn(line, lines.at - start, &record.fields));
            sink.record(&record);
        }
        tally.say(&self.survey.heading.columns, sink);
    }

    fn read_wrapped(&self, sink: &mut Sink<'_>) {
        let breaks = Breaks::of(self.survey);
        let (mut spots, mut above, mut cells) = (Vec::new(), Vec::new(), Vec::new());
        let mut row = Row::default();
        for part in self.survey.lines() {
            let Some(line) = self.row(part, sink) else {
                row.gap |= part == Part::Gap;
                continue;
            };
            // The survey counted no line that does not fit, so this can only be one that the end of the file cuts.
            if !self.survey.cut(line, &mut spots, &mut cells) {
                self.finish(&std::mem::take(&mut row), sink);
                self.refuse(line, sink);
                continue;
            }
            match goes_on(self.survey, &above, &cells, line) {
                GoesOn::Yes => row.append(&breaks, line, &cells),
                GoesOn::Perhaps if breaks.certain || cells.first().is_some_and(|cell| cell.text.is_empty()) => {
                    row.append(&breaks, line, &cells);
                    row.unsafe_columns = true;
                }
                GoesOn::Perhaps | GoesOn::No => {
                    self.finish(&row, sink);
                    row.begin(line, &cells);
                }
            }
            std::mem::swap(&mut above, &mut cells);
        }
        self.finish(&row, sink);
    }

    fn refuse(&self, line: &str, sink: &mut Sink<'_>) {
        let at = self.view.span_of(line);
        if self.survey.is_open(line) {
            sink.reported(noticed::CUT_RECORD, at, "a row that the end of the file cuts");
        } else {
            sink.reported(noticed::UNSAFE_COLUMNS, at, UNFIT);
        }
    }

    /// Hands on a row that may have several lines.
    fn finish(&self, row: &Row<'l>, sink: &mut Sink<'_>) {
        let Some((first, last)) = row.lines else { return };
        let cells: Vec<Cell<'_>> = row.values.iter().map(|value| Cell { text: &value.text, ..value.last }).collect();
        let at = self.between(first, last);
        if row.unsafe_columns || self.is_torn(&cells) || self.is_headless(&cells) || self.is_stray(&cells) {
            sink.reported(noticed::UNSAFE_COLUMNS, at, UNFIT);
            return;
        }
        let mut record: Record<'_> = self.record();
        record.at = at;
        record.complete = self.is_complete(last, &cells);
        // The value at which the file ends may go on, also behind a blank. A value of several lines is a text of its own, so
        // that only its last line tells where it stands.
        let at_end =
            |end: &str| !end.is_empty() && end.as_ptr() as usize + end.len() + 1 >= last.as_ptr() as usize + last.len();
        let values = row.values.iter().zip(&cells);
        for (index, (field, (value, cell))) in record.fields.iter_mut().zip(values).enumerate() {
            let wrap = match value.text {
                _ if value.doubtful || !record.complete && at_end(value.ends.1) => Wrap::Doubtful,
                Cow::Owned(_) => Wrap::Whole,
                Cow::Borrowed(_) => Wrap::None,
            };
            field.at = self.between(value.ends.0, value.ends.1);
            field.value = self.value(index, *cell, field.at, wrap, sink);
        }
        sink.record(&record);
    }

    fn between(&self, first: &str, last: &str) -> Span {
        Span { end: self.view.span_of(last).end, ..self.view.span_of(first) }
    }

    /// A record whose fields have no values yet: names are the same in every row.
    fn record(&self) -> Record<'r> {
        let nowhere = self.view.span(0, 0);
        let survey: &'r Survey<'l, 'r> = self.survey;
        let field = |column: &'r Column<'l>| Field {
            name: Cow::Borrowed(column.label.as_ref()),
            property: column.property,
            at: nowhere,
            value: Value::Nothing,
        };
        Record {
            kind: self.kind,
            shape: super::READER.shape,
            command: self.context.command,
            at: nowhere,
            complete: true,
            repeats: None,
            fields: survey.heading.columns.iter().map(field).chain(self.group_field()).collect(),
        }
    }

    #[inline]
    fn value<'x>(&self, index: usize, cell: Cell<'x>, at: Span, wrap: Wrap, sink: &mut Sink<'_>) -> Value<'x> {
        let mut rule = None;
        let value = value(self.survey, index, cell, wrap, &mut rule);
        if let Some(rule) = rule {
            sink.notice(rule, at, &self.survey.heading.columns[index].label);
        }
        value
    }

    fn group_field(&self) -> Option<Field<'r>> {
        let Group { label, value, at } = self.group?;
        let value = if value.is_empty() { Value::Nothing } else { Value::text(value) };
        Some(Field { name: Cow::Borrowed(label), property: Property::named(label), at, value })
    }

    /// The line of a row. Everything else is accounted for.
    fn row(&self, part: Part<'l>, sink: &mut Sink<'_>) -> Option<&'l str> {
        let (line, rule, about) = match part {
            // Only who left rows out writes dots alone, and at the start of a line.
            Part::Row(line) if !matches!(trim_end(line), "..." | "…") => return Some(line),
            Part::Row(line) => (line, noticed::MORE_RESULTS, "rows were left out"),
            Part::Gap => return None,
            Part::Heading(lines) => {
                sink.decoration(self.view.span_of(lines.trim_end()));
                return None;
            }
            Part::Warning(line) if line.contains("ResultSize") || line.contains("ore results") => {
                (line, noticed::MORE_RESULTS, "a warning between the rows")
            }
            Part::Warning(line) => {
                sink.decoration(self.view.span_of(line));
                return None;
            }
        };
        sink.reported(rule, self.view.span_of(line), about);
        None
    }

    /// Divides a line into its cells; false where that would be a guess.
    fn divide<'x>(&self, line: &'x str, spots: &mut Vec<Spot>, cells: &mut Vec<Cell<'x>>) -> bool {
        let survey = self.survey;
        let fits = survey.cut(line, spots, cells);
        if survey.unfit == 0 {
            return fits;
        }
        // Some rows were moved by hand. One that still fits is trusted where most do, and where its values stand at
        // the edges of their columns, or where many values begin below their labels; the others have to be two blanks
        // apart everywhere.
        let most = survey.unfit * 4 <= survey.rows;
        (fits && (most && self.stands_at_edges(line, spots, cells) || self.begins_below_labels(line, spots, cells)))
            || self.divide_at_gaps(line, cells)
    }

    fn stands_at_edges(&self, line: &str, spots: &mut Vec<Spot>, cells: &[Cell<'_>]) -> bool {
        let columns = &self.survey.heading.columns;
        columns.iter().zip(cells).all(|(column, cell)| {
            locate(line, self.survey.measure, &[column.start, column.end], spots);
            let start = cell.text.as_ptr() as usize - line.as_ptr() as usize;
            cell.text.is_empty()
                || spots.first().is_some_and(|spot| spot.offset(line) == start && *spot != Spot::Past)
                || spots
                    .get(1)
                    .is_some_and(|spot| spot.offset(line) == start + cell.text.len() && is_blank_at(line, *spot))
        })
    }

    /// Whether every value begins right below its label, and there are so many that this is no chance.
    fn begins_below_labels(&self, line: &str, spots: &mut Vec<Spot>, cells: &[Cell<'_>]) -> bool {
        const VALUES_MIN: usize = 3;
        let columns = &self.survey.heading.columns;
        let starts: Vec<usize> = columns.iter().map(|column| column.start).collect();
        locate(line, self.survey.measure, &starts, spots);
        let values = || spots.iter().zip(cells).filter(|(_, cell)| !cell.text.is_empty());
        values().count() >= VALUES_MIN
            && values().all(|(spot, cell)| *spot == Spot::At(cell.text.as_ptr() as usize - line.as_ptr() as usize))
    }

    /// Divides a line where two blanks or more stand, which must give one value for each column.
    fn divide_at_gaps<'x>(&self, line: &'x str, cells: &mut Vec<Cell<'x>>) -> bool {
        cells.clear();
        let count = self.survey.heading.columns.len();
        let mut rest = trim(line);
        while !rest.is_empty() && cells.len() < count {
            let mut before = false;
            let gap = rest.char_indices().find_map(|(at, char)| {
                let blank = is_blank(char);
                (std::mem::replace(&mut before, blank) && blank).then_some(at)
            });
            let (text, after) = rest.split_at(gap.unwrap_or(rest.len()));
            cells.push(Cell::of(trim(text)));
            rest = trim(after);
        }
        rest.is_empty() && cells.len() == count && count > 1
    }

    /// Whether a value holds a blank that it cannot hold.
    fn is_torn(&self, cells: &[Cell<'_>]) -> bool {
        self.survey.one_word.iter().any(|&index| is_torn(cells[index].text))
    }

    /// Whether a row lacks what every row begins with: its first line is not there.
    fn is_headless(&self, cells: &[Cell<'_>]) -> bool {
        let columns = &self.survey.heading.columns;
        columns.len() > 1
            && columns.first().is_some_and(|column| is_never_empty(column.property))
            && cells.first().is_some_and(|cell| cell.text.is_empty())
    }

    /// Whether a line shows nothing but text at its start, where every row has more: whoever copied the table wrote it.
    fn is_stray(&self, cells: &[Cell<'_>]) -> bool {
        let has_list = || {
            let mut columns = self.survey.heading.columns.iter().zip(&self.survey.widths().braces).skip(1);
            columns.any(|(column, &braces)| braces && column.property.is_list())
        };
        cells.len() > 1 && shows_first_alone(cells) && (self.has_second || has_list())
    }

    /// Whether nothing of a row is missing: the end of the file may cut the last one.
    fn is_complete(&self, line: &str, cells: &[Cell<'_>]) -> bool {
        if !self.survey.is_open(line) {
            return true;
        }
        // A list that stops without its brace and without a mark stops with the file; so does a row that is
        // narrower than the blanks that PowerShell puts up to its last column.
        let open = |(index, cell): (usize, &Cell<'_>)| {
            self.survey.heading.columns[index].property.is_list()
                && cell.text.starts_with('{')
                && !cell.text.ends_with('}')
                && crate::record::damage::without_mark(cell.text).is_none()
        };
        let last = self.survey.borders.last().copied().unwrap_or(0);
        let width = |line: &str| self.survey.measure.width(line);
        let padded = || {
            let mut rows = self.survey.lines().filter_map(|part| match part {
                Part::Row(row) if row.as_ptr() != line.as_ptr() => Some(width(row)),
                _ => None,
            });
            rows.all(|width| width >= last)
        };
        !cells.iter().enumerate().any(open) && (width(line) >= last || !padded())
    }
}

/// A row over one or several lines.
#[derive(Debug, Default)]
struct Row<'l> {
    values: Vec<Joined<'l>>,
    /// The first and the last line.
    lines: Option<(&'l str, &'l str)>,
    /// Whether a blank line stands behind the last line.
    gap: bool,
    /// Whether it may be two rows.
    unsafe_columns: bool,
}

/// One value of a row.
#[derive(Debug)]
struct Joined<'l> {
    text: Cow<'l, str>,
    /// Its first and its last part.
    ends: (&'l str, &'l str),
    /// Its last part as a cell.
    last: Cell<'l>,
    /// Whether it goes on in a way that the table does not tell.
    doubtful: bool,
}

impl<'l> Joined<'l> {
    fn of(cell: &Cell<'l>) -> Self {
        Self { text: Cow::Borrowed(cell.text), ends: (cell.text, cell.text), last: *cell, doubtful: false }
    }
}

impl<'l> Row<'l> {
    fn begin(&mut self, line: &'l str, cells: &[Cell<'l>]) {
        self.values.clear();
        self.values.extend(cells.iter().map(Joined::of));
        self.lines = Some((line, line));
        (self.gap, self.unsafe_columns) = (false, false);
    }

    fn append(&mut self, breaks: &Breaks<'_>, line: &'l str, cells: &[Cell<'l>]) {
        let gap = std::mem::take(&mut self.gap);
        if let Some((_, last)) = &mut self.lines {
            *last = line;
        }
        for (index, (value, cell)) in self.values.iter_mut().zip(cells).enumerate() {
            if cell.text.is_empty() {
                continue;
            }
            if value.text.is_empty() {
                *value = Joined::of(cell);
                continue;
            }
            match breaks.lost_blank(index, &value.last, cell) {
                _ if value.doubtful => {}
                _ if breaks.alone => value.doubtful = true,
                None => value.doubtful = true,
                Some(blank) => {
                    let text = value.text.to_mut();
                    if blank || gap {
                        text.push(' ');
                    }
                    text.push_str(cell.text);
                }
            }
            value.ends.1 = cell.text;
            value.last = *cell;
        }
    }
}
