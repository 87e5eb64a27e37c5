//! Lists whose labels lost their padding: a web page shows one blank where the shell wrote many.

use super::{Copy, Part};
use crate::read::View;
use crate::read::list::is_foreign;
use crate::read::session::line_bounds;
use crate::record::Property;

/// Between the end of the longest label and its value stands ` : `.
const VALUE_COLUMN: usize = 3;

/// Labels of the same length may follow each other, but not through a whole object.
const LOOK_AHEAD_LINES: usize = 60;

/// A line of such a list.
#[derive(Clone, Copy, Debug)]
struct Line<'t> {
    start: usize,
    end: usize,
    next: usize,
    /// The name before the colon; `None` for what goes on with the value above, or is blank.
    label: Option<&'t str>,
}

/// The list at a place with the colons of its labels below each other again.
///
/// In what PowerShell writes, all colons of an object stand in one column. Here each label has one blank behind it
/// instead, so that the colons differ; blanks at the ends of lines mean nothing in such a copy.
pub(in crate::read) fn realigned<'v>(view: &View<'v>, at: usize) -> Option<Part<'v>> {
    let text = view.text();
    label_of(&text[at..line_bounds(text, at).0])?;
    let ahead = || Lines { text, at, below_blank: false }.take(LOOK_AHEAD_LINES).filter_map(|line| line.label);
    let first = ahead().find(|name| Property::named(name) != Property::Other)?;
    ahead().find(|other| other.len() != first.len())?;
    let lines: Vec<Line<'_>> = Lines { text, at, below_blank: false }.collect();
    let count = lines.iter().rposition(|line| !text[line.start..line.end].trim().is_empty())? + 1;
    let widest = lines.iter().filter_map(|line| line.label).map(str::len).max()?;
    let mut copy = Copy::of(text);
    for line in &lines[..count] {
        let content = &text[line.start..line.end];
        if let Some(label) = line.label {
            copy.keep(line.start, line.start + label.len());
            copy.put(line.start + label.len(), &" ".repeat(widest - label.len()));
            copy.keep(line.start + label.len(), line.start + content.trim_end().len());
        } else if !content.trim().is_empty() {
            copy.put(line.start, &" ".repeat(widest + VALUE_COLUMN));
            copy.keep(line.start + content.len() - content.trim_start().len(), line.start + content.trim_end().len());
        }
        copy.keep(line.end, line.next);
    }
    Some(Part { view: copy.view(view), end: lines[count - 1].next })
}

/// The lines from a place on that belong to such a list.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    below_blank: bool,
}

impl<'t> Iterator for Lines<'t> {
    type Item = Line<'t>;

    fn next(&mut self) -> Option<Line<'t>> {
        if self.at >= self.text.len() {
            return None;
        }
        let (end, next) = line_bounds(self.text, self.at);
        let content = &self.text[self.at..end];
        let label = label_of(content);
        let is_blank = content.trim().is_empty();
        if !is_blank && label.is_none() && (self.below_blank || is_foreign(content)) {
            return None;
        }
        let line = Line { start: self.at, end, next, label };
        (self.at, self.below_blank) = (next, is_blank);
        Some(line)
    }
}

/// The name that one blank and a colon follow.
fn label_of(line: &str) -> Option<&str> {
    let (name, value) = line.split_once(" :")?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_name && (value.is_empty() || value.starts_with(' '))).then_some(name)
}
