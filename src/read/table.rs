//! Format-Table: labels, a line of dashes, and rows.
//!
//! Where a column ends shows in all rows of a table together, so a table is read twice: once for its columns, once for
//! its values.

mod bare;
mod cells;
mod heading;
mod known;
mod lines;
mod rows;
mod survey;
#[cfg(test)]
mod tests;
mod value;
mod wrap;

use std::ops::Range;

use super::shape::{self, Interrupts, Opening};
use super::{Context, Sink, View};
use crate::record::Shape;

use rows::Rows;
use survey::Survey;

/// Format-Table.
pub(super) const READER: shape::Reader = shape::Reader { shape: Shape("table"), file: shape::no_file, block };

fn block(opening: &Opening<'_>, sink: &mut Sink<'_>, is_interrupted: Interrupts<'_>) -> usize {
    if !looks_like(opening.rest()) {
        return opening.at;
    }
    read(opening.view, opening.at, &opening.context, sink, |quiet| is_interrupted(usize::MAX, quiet))
}

/// Whether a text begins with the labels of a table.
pub(super) fn looks_like(text: &str) -> bool {
    heading::parse(text).is_some() || bare::looks_like(text)
}

/// Reads the table at `start` and returns the byte behind its last line, or `start` where there is none, or where
/// `is_interrupted` says that warnings stand between its rows; it is told which lines are none.
pub(super) fn read(
    view: &View<'_>,
    start: usize,
    context: &Context<'_>,
    sink: &mut Sink<'_>,
    mut is_interrupted: impl FnMut(Range<usize>) -> bool,
) -> usize {
    let text = view.text();
    let Some(ahead) = text.get(start..) else { return start };
    let Some(mut heading) = heading::parse(ahead) else {
        return if is_interrupted(start..start) { start } else { bare::read(view, start, context, sink) };
    };
    let body = start + heading.text.len();
    // A copy with a blank line behind every line has one between the dashes and the first row, too.
    heading.spaced |= bare::is_spaced(&text[body..]);
    let survey = Survey::of(text, body, &heading, sink.foretells());
    if is_interrupted(body..if survey.quiet { survey.text.len() } else { body }) {
        return start;
    }
    sink.decoration(view.span_of(heading.text.trim_end()));
    Rows::new(view, &survey, context).read(sink);
    survey.text.len()
}
