//! Format-Table: labels, a line of dashes, and rows.
//!
//! Where a column ends shows in all rows of a table together, so a table is read twice: once for its columns, once for
//! its values.

mod bare;
mod cells;
mod heading;
mod lines;
mod rows;
mod survey;
#[cfg(test)]
mod tests;
mod value;
mod wrap;

use super::{Context, Sink, View};

use rows::Rows;
use survey::Survey;

/// Whether a text begins with the labels of a table.
pub(super) fn looks_like(text: &str) -> bool {
    heading::parse(text).is_some() || bare::looks_like(text)
}

/// Reads the table at `start` and returns the byte behind its last line, or `start` where there is none.
pub(super) fn read(view: &View<'_>, start: usize, context: &Context<'_>, sink: &mut Sink<'_>) -> usize {
    let text = view.text();
    let Some(ahead) = text.get(start..) else { return start };
    let Some(heading) = heading::parse(ahead) else { return bare::read(view, start, context, sink) };
    let body = start + heading.text.len();
    // A copy with a blank line behind every line has one between the dashes and the first row, too.
    let mut heading = heading;
    heading.spaced |= bare::is_spaced(&text[body..]);
    sink.decoration(view.span_of(heading.text.trim_end()));
    let survey = Survey::of(text, body, &heading);
    Rows::new(view, &survey, context).read(sink);
    survey.text.len()
}
