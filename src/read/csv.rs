//! CSV: what Export-Csv and ConvertTo-Csv write, and what Excel makes of it.
//!
//! Source: PowerShell's `CsvCommands.cs`. Windows PowerShell writes `#TYPE` first, quotes every field and doubles quotes;
//! a null is nothing between two delimiters, an empty text is `""`; line ends stay raw within quotes. PowerShell 7 leaves
//! `#TYPE` out and may quote as needed. The names of the columns are those of the first object.

mod form;
mod heading;
pub(super) mod joined;
mod row;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::diagnostic::noticed;
use crate::name::fold;
use crate::record::damage::{is_damaged, is_lost};
use crate::record::{Complete, Field, Kind, Properties, Property, Record, Rest, Shape, Value, is_cmdlet_name};

use super::foretold::{Beside, Foretold};
use super::joined::unsplit;
use super::shape::{self, Interrupts, Opening};
use super::types::is_type_name;
use super::{Context, Sink, View, clean, foreign};
use heading::Heading;
use joined::{Evidence, is_quiet};
use row::{Cell, Ending, Row, take_plain_row, take_row};

/// Export-Csv.
pub(super) const READER: shape::Reader = shape::Reader { shape: Shape("csv"), file, block };

fn file(view: &View<'_>, sink: &mut Sink<'_>) -> Option<usize> {
    looks_like(view.text()).then(|| {
        let outdented = clean::outdented(view);
        read(outdented.as_ref().unwrap_or(view), 0, &Context::default(), sink);
        view.text().len()
    })
}

fn block(opening: &Opening<'_>, sink: &mut Sink<'_>, _: Interrupts<'_>) -> usize {
    let is_one = looks_like(opening.rest()) && (opening.is_output || stands_alone(opening.rest()));
    if is_one { read(opening.view, opening.at, &opening.context, sink) } else { opening.at }
}

/// Whether a table starts here, by its first lines alone.
pub(super) fn looks_like(text: &str) -> bool {
    heading::starts_table(text) || is_cut_heading(text)
}

/// Whether a table starts here beyond doubt, whatever stands above.
pub(super) fn stands_alone(text: &str) -> bool {
    heading::stands_alone(text)
}

/// Whether the text is one line that ends within a heading, as a file that was cut does.
fn is_cut_heading(text: &str) -> bool {
    let is_one_line = memchr::memchr(b'\n', text.as_bytes()).is_none();
    is_one_line && text.rfind([',', ';', '\t']).is_some_and(|end| heading::starts_table(&text[..end]))
}

/// Reads a CSV table, and those that were appended to it.
///
/// Shape: a record for each row. At the start of a file the table is the whole file, and everything in it is accounted
/// for here; within a console it ends before the first line that is no row.
pub(super) fn read(view: &View<'_>, start: usize, context: &Context<'_>, sink: &mut Sink<'_>) -> usize {
    let text = view.text();
    let whole_file = start == 0 && context.command.is_none();
    let mut at = start;
    loop {
        let heading = heading::read(text, at);
        if foreign::are_of_desired_state(heading.names.iter().map(|name| &**name)) {
            sink.reported(noticed::NO_EXPORT, view.span(at, text.len()), foreign::DESIRED_STATE);
            return text.len();
        }
        if heading.next > at {
            sink.decoration(view.span(at, heading.end.max(at)));
        }
        let table = Table {
            view,
            context,
            whole_file,
            delimiter: heading.delimiter,
            heading: &text[heading.start..heading.end],
            padded: heading.delimiter == b'|' && text[heading.start..heading.end].contains("| "),
        };
        let columns = Columns::new(&heading, table, sink);
        let before = sink.records;
        let after = table.read(heading.next, &columns, sink);
        if sink.records == before {
            // PowerShell writes no heading for nothing, but scripts do. Without its line end it may be a part of one.
            let whole = whole_file && columns.kind != Kind::Unknown && heading.next > heading.end;
            let rule = if whole { noticed::NO_EXPORT } else { noticed::CUT_RECORD };
            sink.notice(rule, view.span(at, heading.end.max(at)), "heading");
        }
        match after {
            After::Heading(next) => at = next,
            After::Nothing(next) => return next,
        }
    }
}

/// What stands behind the rows of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    /// Another heading.
    Heading(usize),
    /// Nothing that is of a table.
    Nothing(usize),
}

/// One column.
#[derive(Clone, Debug)]
struct Column<'t> {
    name: Cow<'t, str>,
    property: Property,
    list: Option<joined::Column>,
    /// False for a column whose name stood before: the first one counts.
    kept: bool,
    /// Whether the heading left the name blank.
    blank: bool,
}

/// The columns of a table, and what its objects are.
#[derive(Debug)]
struct Columns<'t> {
    columns: Vec<Column<'t>>,
    /// Whether each cell makes a field.
    regular: bool,
    kind: Kind,
    /// The column that says how many members a group has.
    counted: Option<usize>,
    /// The type that `#TYPE` names.
    type_name: Option<&'t str>,
    /// What to say of its rows, where their kind is not known.
    unknown: String,
}

impl<'t> Columns<'t> {
    fn new(heading: &Heading<'t>, table: Table<'_, '_>, sink: &mut Sink<'_>) -> Self {
        let properties: Vec<Property> = heading.names.iter().map(|name| Property::named(name)).collect();
        let evidence = table.evidence(heading.next, &properties);
        let mut seen = BTreeSet::new();
        let mut blanks = 0;
        let columns = heading.names.iter().zip(&properties).zip(evidence).map(|((name, &property), evidence)| {
            let blank = name.is_empty();
            // PowerShell's own reader calls them so.
            let name = if blank {
                blanks += 1;
                Cow::Owned(format!("H{blanks}"))
            } else {
                name.clone()
            };
            let kept = seen.insert(fold(&name));
            let list = property.is_list().then(|| joined::Column::new(property, evidence));
            Column { name, property, list, kept, blank }
        });
        let columns: Vec<Column<'t>> = columns.collect();
        if columns.iter().any(|column| !column.kept) {
            let at = table.view.span(heading.start, heading.end);
            sink.notice(noticed::REPEATED_COLUMN, at, "");
        }
        let properties: Properties = properties.into_iter().collect();
        let kind = match Kind::of(heading.type_name, table.context.command, properties) {
            Kind::Unknown if table.names_cmdlets(heading.next, &columns) => Kind::RoleEntry,
            kind => kind,
        };
        let regular = columns.iter().all(|column| column.kept && !column.blank);
        let counted = columns.iter().position(|column| column.property == Property::MemberCount);
        let unknown = match kind {
            Kind::Unknown => Kind::unknown_words(heading.names.iter().map(|name| &**name)),
            _ => String::new(),
        };
        Self { columns, regular, kind, counted, type_name: heading.type_name, unknown }
    }

    /// What rows foretell of later ones: those of role entries, which repeat from role to role.
    fn foretold<'v>(&self, first: u32) -> Option<Foretold<'v>> {
        let properties = self.columns.iter().map(|column| column.property);
        Foretold::new(properties, first).filter(|_| self.regular && self.kind == Kind::RoleEntry)
    }
}

/// The rows below one heading.
#[derive(Clone, Copy)]
struct Table<'v, 't> {
    view: &'v View<'t>,
    context: &'v Context<'v>,
    whole_file: bool,
    delimiter: u8,
    /// The text of the row of names.
    heading: &'v str,
    /// Whether blanks stand around each cell, as in a table of Markdown.
    padded: bool,
}

impl<'v> Table<'v, '_> {
    /// What the cells of each list column show of its separator. Only a table with such a column is read twice.
    fn evidence(&self, start: usize, properties: &[Property]) -> Vec<Evidence> {
        let mut evidence = vec![Evidence::default(); properties.len()];
        let lists: Vec<usize> =
            (0..properties.len()).filter(|&index| joined::Column::needs_evidence(properties[index])).collect();
        if lists.is_empty() {
            return evidence;
        }
        let mut cells = Vec::new();
        let mut at = start;
        loop {
            let row = match self.step(&mut at, properties.len(), &mut cells) {
                Step::Plain(row) | Step::Row(row) => row,
                Step::Repeated(row) | Step::Cut(row) => {
                    at = row.next;
                    continue;
                }
                Step::Heading | Step::End => return evidence,
            };
            at = row.next;
            if row.ending == Ending::Fault || cells.len() > properties.len() {
                continue;
            }
            for &index in &lists {
                if let Some(cell) = cells.get(index) {
                    evidence[index].add(cell.text);
                }
            }
        }
    }

    /// Whether rows of names and roles are role entries: every name is a cmdlet's.
    fn names_cmdlets(&self, start: usize, columns: &[Column<'_>]) -> bool {
        let of = |property| columns.iter().position(|column| column.property == property);
        let (Some(name), Some(_)) = (of(Property::Name), of(Property::Role)) else { return false };
        let (mut cells, mut at, mut rows) = (Vec::new(), start, 0);
        loop {
            let row = match self.step(&mut at, columns.len(), &mut cells) {
                Step::Plain(row) | Step::Row(row) => row,
                Step::Repeated(row) | Step::Cut(row) => {
                    at = row.next;
                    continue;
                }
                Step::Heading | Step::End => return rows > 0,
            };
            at = row.next;
            rows += 1;
            if !cells.get(name).is_some_and(|cell| is_cmdlet_name(cell.text.trim())) {
                return false;
            }
        }
    }

    fn read(&self, start: usize, columns: &Columns<'_>, sink: &mut Sink<'_>) -> After {
        let mut record = Record {
            kind: columns.kind,
            shape: READER.shape,
            command: self.context.command,
            at: self.view.span(start, start),
            complete: true,
            repeats: None,
            fields: Vec::with_capacity(columns.columns.len()),
        };
        let foretells = self.whole_file && !self.padded && !self.view.is_cleaned();
        let mut foretold = columns.foretold(sink.unshared).filter(|_| foretells);
        let mut cells = Vec::new();
        let mut at = start;
        loop {
            if let Some(foretold) = &mut foretold
                && !self.may_start_heading(at)
                && let Some(next) = foretold.take(self.view.text(), at, &mut record)
            {
                sink.record(&record);
                at = next;
                continue;
            }
            match self.step(&mut at, columns.columns.len(), &mut cells) {
                Step::Plain(row) => {
                    self.hand_on(at, row, &cells, columns, foretold.as_mut(), &mut record, sink);
                    at = row.next;
                }
                Step::Row(row) => {
                    foretold.iter_mut().for_each(Foretold::forget_role);
                    self.hand_on(at, row, &cells, columns, None, &mut record, sink);
                    at = row.next;
                }
                Step::Repeated(row) => {
                    sink.decoration(self.view.span(at, row.end));
                    at = row.next;
                }
                Step::Cut(row) => {
                    sink.reported(noticed::CUT_RECORD, self.view.span(at, row.end), "row");
                    at = row.next;
                }
                Step::Heading => return After::Heading(at),
                Step::End => return After::Nothing(at),
            }
        }
    }

    /// Looks at what stands at `at`, behind blank lines, and takes the row there apart.
    fn step(&self, at: &mut usize, columns: usize, cells: &mut Vec<Cell<'v>>) -> Step {
        let text = self.view.text();
        if self.whole_file
            && !self.padded
            && !self.may_start_heading(*at)
            && let Some(row) = take_plain_row(text, *at, self.delimiter, columns, cells)
            && !self.is_heading(*at, row, cells)
        {
            return Step::Plain(row);
        }
        let behind = self.skip_blank_lines(*at);
        if behind >= text.len() || (!self.whole_file && self.is_foreign(*at, behind)) {
            if self.whole_file || behind == *at {
                *at = behind;
            }
            return Step::End;
        }
        *at = behind;
        if self.may_start_heading(behind) {
            // A byte order mark, `#TYPE` or `sep=`: another file was appended here.
            let line = text[behind..].trim_start_matches('\u{FEFF}');
            let skipped = text.len() - behind - line.len();
            if skipped > 0 && line.starts_with(self.heading) {
                *at = behind + skipped;
            } else if heading::starts_another(text, behind + skipped) {
                *at = behind + skipped;
                return Step::Heading;
            }
        }
        let mut row = take_row(text, *at, self.delimiter, cells);
        if self.padded {
            cells.iter_mut().for_each(|cell| cell.text = cell.text.trim());
            if cells.iter().any(|cell| cell.text.ends_with('\\') || cell.text.contains("<br")) {
                row.ending = Ending::Fault;
            }
        }
        if self.is_heading_again(*at, row) || self.padded && is_rule(cells) {
            return Step::Repeated(row);
        }
        if self.is_cut_heading(*at, row) {
            return Step::Cut(row);
        }
        if heading::is_names(cells) || (cells.len() != columns && heading::starts_another(text, *at)) {
            return Step::Heading;
        }
        // A row with other than the right number of fields: within a console the table ends before it.
        let is_cut = row.ending == Ending::Text && cells.len() < columns;
        if cells.len() == columns || self.whole_file || is_cut { Step::Row(row) } else { Step::End }
    }

    /// A quick look before the slow one.
    fn may_start_heading(&self, at: usize) -> bool {
        let row = &self.view.text().as_bytes()[at..];
        matches!(row, [b'#' | 0xEF, ..] | [b'"', b'#', ..] | [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', ..])
    }

    fn skip_blank_lines(&self, mut at: usize) -> usize {
        let text = self.view.text();
        let bytes = text.as_bytes();
        loop {
            match bytes.get(at) {
                Some(b'\n' | b'\r') => at += 1,
                Some(b' ') => {
                    let end = row::line_end(text, at);
                    if !text[at..end].bytes().all(|byte| matches!(byte, b' ' | b'\r')) {
                        return at;
                    }
                    at = end;
                }
                _ => return at,
            }
        }
    }

    /// Whether what follows in a console is no row: a prompt, a message, or text behind a blank line.
    fn is_foreign(&self, at: usize, behind: usize) -> bool {
        let rest = &self.view.text()[behind..];
        let quoted = self.heading.starts_with('"');
        if quoted && !rest.starts_with('"') && rest.as_bytes().first() != Some(&self.delimiter) {
            return true;
        }
        if behind > at && !quoted {
            return true;
        }
        let line = &rest[..row::line_end(rest, 0)];
        ["PS ", "PS>", "[PS]", ">> ", "**********", "WARNING:", "VERBOSE:"].iter().any(|start| line.starts_with(start))
    }

    /// Whether a plain row is a heading; a quick look comes before the slow one.
    fn is_heading(&self, at: usize, row: Row, cells: &[Cell<'_>]) -> bool {
        cells.iter().take(2).any(|cell| heading::may_be_known(cell.text))
            && (self.is_heading_again(at, row) || heading::is_names(cells))
    }

    fn is_heading_again(&self, at: usize, row: Row) -> bool {
        row.end - at == self.heading.len() && self.view.text()[at..].starts_with(self.heading)
    }

    /// Whether the file ends within the heading of another one that was appended.
    fn is_cut_heading(&self, at: usize, row: Row) -> bool {
        let text = &self.view.text()[at..row.end];
        row.ending == Ending::Text && (self.heading.starts_with(text) || "#TYPE ".starts_with(text))
    }

    /// Hands on the record of a row, or says why there is none. `foretold`: what to keep it in, where it is plain.
    #[expect(clippy::too_many_arguments)]
    fn hand_on<'c>(
        &self,
        at: usize,
        row: Row,
        cells: &[Cell<'c>],
        columns: &'c Columns<'_>,
        foretold: Option<&mut Foretold<'c>>,
        record: &mut Record<'c>,
        sink: &mut Sink<'_>,
    ) where
        'v: 'c,
    {
        let span = self.view.span(at, row.end);
        let wanted = columns.columns.len();
        let at_end = row.ending == Ending::Text;
        if row.ending == Ending::Fault {
            let about = match self.padded {
                true => "row with a bar or a line break within a value",
                false => "row with text after a closing quote",
            };
            sink.reported(noticed::UNRECOGNISED_INPUT, span, about);
            return;
        }
        let open = cells.last().is_some_and(|cell| !cell.closed);
        let is_cut = open || at_end && cells.len() < wanted;
        // The end of the file that DOS marks, and zeros behind it, are no name.
        let is_mark = |cell: &Cell<'_>| at_end && cell.text.chars().all(char::is_control);
        if cells.iter().all(Cell::is_empty) || cells.len() == 1 && wanted > 1 && cells.iter().all(is_mark) {
            match is_cut {
                true => sink.reported(noticed::CUT_RECORD, span, "row"),
                false => sink.decoration(span),
            }
            return;
        }
        if cells[wanted.min(cells.len())..].iter().any(|cell| !cell.is_empty()) {
            sink.reported(noticed::UNRECOGNISED_INPUT, span, "row with more fields than the heading");
            return;
        }
        if cells.len() == 1 && wanted > 2 && !at_end {
            sink.reported(noticed::UNRECOGNISED_INPUT, span, "row with one field");
            return;
        }
        record.at = span;
        record.complete = !is_cut;
        let count = columns.counted.and_then(|index| cells.get(index)?.text.trim().parse().ok());
        if record.complete && columns.regular && cells.len() >= wanted && record.fields.len() == wanted {
            for ((field, column), cell) in record.fields.iter_mut().zip(&columns.columns).zip(cells) {
                self.refill(field, column, cell, count, sink);
            }
        } else {
            record.fields.clear();
            for (index, (column, cell)) in columns.columns.iter().zip(cells).enumerate() {
                let open = !cell.closed || (!record.complete && index + 1 == cells.len() && !cell.quoted);
                if column.kept && !(cell.is_empty() && (column.blank || open)) {
                    record.fields.push(self.field(column, cell, open, count, sink));
                }
            }
        }
        if !record.complete {
            sink.notice(noticed::CUT_RECORD, span, "row");
        }
        if record.kind == Kind::Unknown {
            sink.notice(noticed::UNKNOWN_OBJECT, span, columns.type_name.unwrap_or(&columns.unknown));
        }
        record.repeats = None;
        if let Some(foretold) = foretold {
            foretold.forget_role();
            if record.fields.iter().all(|field| is_quiet(&field.value)) {
                record.repeats = foretold.learn(self.view.text(), row.next, record, &Beside::default());
            }
        }
        sink.record(record);
    }

    /// The field of one cell. `open`: the file ends in it.
    fn field<'c>(
        &self,
        column: &'c Column<'_>,
        cell: &Cell<'c>,
        open: bool,
        count: Option<usize>,
        sink: &mut Sink<'_>,
    ) -> Field<'c> {
        let at = self.view.span_of(cell.text);
        let value = self.value(column, *cell, open, count, at, sink);
        Field { name: Cow::Borrowed(&column.name), property: column.property, at, value }
    }

    /// Puts the next row's cell in a field of the same column.
    fn refill<'c>(
        &self,
        field: &mut Field<'c>,
        column: &'c Column<'_>,
        cell: &Cell<'c>,
        count: Option<usize>,
        sink: &mut Sink<'_>,
    ) {
        if !self.refill_usual(field, column, cell) {
            field.value = self.value(column, *cell, false, count, field.at, sink);
        }
    }

    /// Puts the next row's cell in a field of the same column, if it is text as those above it: to replace the text alone
    /// takes half the time of a new field. There is nothing to be said about such a cell.
    #[inline]
    fn refill_usual<'c>(&self, field: &mut Field<'c>, column: &Column<'_>, cell: &Cell<'c>) -> bool {
        field.at = self.view.span_of(cell.text);
        let is_usual = !cell.doubled && !cell.is_empty() && !may_be_type_name(cell.text) && !is_damaged(cell.text);
        match (&mut field.value, column.list) {
            (Value::Text(Cow::Borrowed(text), Complete::Yes), None) if is_usual => *text = cell.text,
            (Value::List(raw), Some(list)) if is_usual && list.is_always_split(cell.text) => {
                list.refill(raw, cell.text);
            }
            (value, None) if is_usual => *value = Value::text(cell.text),
            (value, _) if cell.is_empty() => *value = Value::Nothing,
            _ => return false,
        }
        true
    }

    fn value<'c>(
        &self,
        column: &'c Column<'_>,
        cell: Cell<'c>,
        open: bool,
        count: Option<usize>,
        at: crate::source::Span,
        sink: &mut Sink<'_>,
    ) -> Value<'c> {
        if cell.is_empty() {
            return Value::Nothing;
        }
        let about = if column.property == Property::Other { "another property" } else { &column.name };
        if may_be_type_name(cell.text) && is_type_name(cell.text) {
            sink.notice(noticed::FLATTENED_LIST, at, about);
            return Value::Text(Cow::Borrowed(cell.text), Complete::Flattened);
        }
        if column.list.is_some() && is_lost(cell.text) {
            sink.notice(noticed::CUT_LIST, at, about);
            return Value::Text(Cow::Borrowed(cell.text), Complete::Flattened);
        }
        if let Some(list) = column.list {
            let counted = count.filter(|_| column.property == Property::Members && !open);
            if let Some(raw) = counted.and_then(|count| list.counted(cell.text, cell.doubled, count)) {
                return Value::List(raw);
            }
            let raw = list.list(cell.text, cell.doubled, open);
            match list.rest(&raw) {
                Rest::None if counted.is_none_or(|count| raw.items().items.len() == count) => {}
                // More members than the cell shows.
                Rest::None | Rest::Cut(_) => sink.notice(noticed::CUT_LIST, at, about),
                Rest::Unsplit(text) => sink.notice(noticed::BLANK_JOINED_LIST, at, &unsplit(about, &text)),
            }
            return Value::List(raw);
        }
        let text = match cell.doubled {
            true => Cow::Owned(cell.text.replace("\"\"", "\"")),
            false => Cow::Borrowed(cell.text),
        };
        if open {
            return Value::Text(text, Complete::Cut);
        }
        let value = Value::of_cell(column.property, text);
        if value.is_cut() {
            sink.notice(noticed::CUT_VALUE, at, about);
        }
        value
    }
}

/// What stands next in a table.
enum Step {
    /// A row as nearly all are.
    Plain(Row),
    /// Another row.
    Row(Row),
    /// The heading once more.
    Repeated(Row),
    /// So little that it may be the start of a row or of another heading: the file ends there.
    Cut(Row),
    /// Another heading.
    Heading,
    End,
}

/// Whether a row is the line below the heading of a table of Markdown: `| --- | :-: |`.
fn is_rule(cells: &[Cell<'_>]) -> bool {
    let is_dashes = |text: &str| text.contains('-') && text.bytes().all(|byte| matches!(byte, b'-' | b':'));
    cells.len() > 1 && cells.iter().all(|cell| cell.text.is_empty() || is_dashes(cell.text))
}

/// A quick look before the slow one.
fn may_be_type_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    let start = match bytes.first() {
        Some(b'S') => "System.",
        Some(b'M') => "Microsoft.",
        Some(b'D') => "Deserialized.",
        Some(b' ') => " ",
        _ => return false,
    };
    text.starts_with(start) && matches!(bytes.last(), Some(b']' | b'a'..=b'z' | b' '))
}
