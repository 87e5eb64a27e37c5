//! Tables that lost their line of dashes: read where the columns are two blanks apart everywhere, else refused.

use std::borrow::Cow;

use crate::diagnostic::noticed;
use crate::read::{Context, Sink, View};
use crate::record::Property;

use super::cells::{Measure, Spot, is_blank, is_blank_at, is_empty, locate};
use super::heading::{Column, Heading, dashes, next_line};
use super::lines::Part;
use super::rows::Rows;
use super::survey::Survey;

/// What is said of a table that is refused.
const COLLAPSED: &str = "a table without its dashes or blanks";

/// Whether a text begins with a line of labels that we know, and rows.
pub(super) fn looks_like(text: &str) -> bool {
    let (line, rest) = next_line(text);
    columns(line).is_some() && rows_follow(skip_rule(rest).0)
}

/// Reads such a table, or refuses it.
pub(super) fn read(view: &View<'_>, start: usize, context: &Context<'_>, sink: &mut Sink<'_>) -> usize {
    let text = view.text();
    let (first, rest) = next_line(&text[start..]);
    let (rest, spaced) = skip_rule(rest);
    let Some((columns, apart)) = columns(first).filter(|_| rows_follow(rest)) else { return start };
    let body = text.len() - rest.len();
    // Below it another such table may begin, in which the columns are as wide as its own values.
    let text = &text[..next_labels(text, body)];
    let heading = Heading { columns, text: &text[start..body], first, spaced, shifted: false };
    let survey = Survey::of(text, body, &heading, sink.foretells());
    if survey.unfit == 0 && survey.rows > 0 && is_apart(&survey, if apart { 2 } else { 1 }) {
        sink.decoration(view.span_of(heading.text.trim_end()));
        Rows::new(view, &survey, context).read(sink);
        return survey.text.len();
    }
    let end = survey.lines().last().map_or(body, |_| survey.text.len()).max(first_row_end(text, body));
    sink.reported(noticed::UNSAFE_COLUMNS, view.span_of(text[start..end].trim_end()), COLLAPSED);
    end
}

/// Whether a blank line stands before the first row and another one behind it.
pub(super) fn is_spaced(rows: &str) -> bool {
    let (blank, rest) = next_line(rows);
    let (row, rest) = next_line(rest);
    is_empty(blank) && !is_empty(row) && is_empty(next_line(rest).0)
}

/// What follows the blank lines and the rule that a copy may have left of the dashes, and whether there was a blank line.
fn skip_rule(text: &str) -> (&str, bool) {
    let mut rest = text;
    let mut spaced = false;
    for _ in 0..3 {
        let (line, after) = next_line(rest);
        if after.is_empty() || !(is_empty(line) || dashes(line).is_some_and(|runs| runs.len() == 1)) {
            break;
        }
        spaced |= is_empty(line);
        rest = after;
    }
    (rest, spaced)
}

/// Where the next line of labels alone begins, or the end of the text.
fn next_labels(text: &str, body: usize) -> usize {
    let mut rest = &text[body..];
    while !rest.is_empty() {
        let (line, behind) = next_line(rest);
        if columns(line).is_some() {
            return text.len() - rest.len();
        }
        rest = behind;
    }
    text.len()
}

fn rows_follow(rest: &str) -> bool {
    let (line, _) = next_line(rest);
    // The end of the file may leave a part of the dashes.
    let is_dashes = line.chars().all(|char| char == '-' || is_blank(char));
    !is_dashes && !line.starts_with("PS ") && !line.starts_with("[PS]")
}

fn first_row_end(text: &str, body: usize) -> usize {
    text.len() - next_line(&text[body..]).1.len()
}

/// The columns of a line that holds nothing but names of properties, and whether all are two blanks apart.
fn columns(line: &str) -> Option<(Vec<Column<'_>>, bool)> {
    let mut columns: Vec<Column<'_>> = Vec::new();
    let mut apart = true;
    for word in line.split(is_blank).filter(|word| !word.is_empty()) {
        let property = Property::named(word);
        if property == Property::Other || columns.iter().any(|column| column.property == property) {
            return None;
        }
        let offset = word.as_ptr() as usize - line.as_ptr() as usize;
        let start = Measure::Cells.width(&line[..offset]);
        apart &= columns.last().is_none_or(|column| column.end + 2 <= start);
        columns.push(Column { label: Cow::Borrowed(word), property, start, end: start + word.len(), squeezed: false });
    }
    (columns.len() > 1).then_some((columns, apart))
}

/// Whether every value begins below its label, so many blanks behind the one before.
///
/// Where labels are one blank apart, the padding between the others tells that none was lost, and no value may be wider
/// than its label and one blank from the next.
fn is_apart(survey: &Survey<'_, '_>, blanks: usize) -> bool {
    let columns = &survey.heading.columns;
    let padded = columns.windows(2).any(|pair| pair[0].end + 1 < pair[1].start);
    if !padded {
        return false;
    }
    let cells: Vec<usize> =
        columns.iter().flat_map(|column| [column.start.saturating_sub(blanks), column.start]).collect();
    let (mut spots, mut found) = (Vec::new(), Vec::new());
    survey.lines().all(|part| {
        let Part::Row(line) = part else { return true };
        if !survey.cut(line, &mut spots, &mut found) || found.first().is_none_or(|first| first.text.is_empty()) {
            return false;
        }
        locate(line, survey.measure, &cells, &mut spots);
        let mut pairs = spots.chunks_exact(2).zip(&found).enumerate();
        pairs.all(|(index, (pair, cell))| {
            let start = cell.text.as_ptr() as usize - line.as_ptr() as usize;
            let below = cell.text.is_empty() || pair[1] == Spot::At(start);
            below && (index == 0 || is_blank_at(line, pair[0]))
        })
    })
}
