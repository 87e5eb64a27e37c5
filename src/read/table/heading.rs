//! The labels and the dash line above the rows: which columns a table has.

use std::borrow::Cow;

use memchr::memchr;

use crate::record::Property;

use super::cells::{Measure, Spot, is_blank, is_blank_at, is_empty, locate, trim};

/// The most lines that labels take: in a column of one cell the longest label of Exchange takes 31.
const LABEL_LINES_MAX: usize = 48;

/// The most columns of a table. `Format-Table *` shows at most as many properties as an object has.
const COLUMNS_MAX: usize = 512;

/// One column, as far as the heading tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column<'t> {
    /// The label, put together where it was wrapped.
    pub(super) label: Cow<'t, str>,
    /// The label as understood.
    pub(super) property: Property,
    /// The first cell of the dashes.
    pub(super) start: usize,
    /// One past the last cell of the dashes.
    pub(super) end: usize,
    /// Whether the column is narrower than its label.
    pub(super) squeezed: bool,
}

/// The heading of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heading<'t> {
    /// The columns, from left to right.
    pub(super) columns: Vec<Column<'t>>,
    /// The heading's lines, to the end of the line of the dashes.
    pub(super) text: &'t str,
    /// The first line of the labels.
    pub(super) first: &'t str,
    /// Whether a copy put a blank line behind every line.
    pub(super) spaced: bool,
    /// Whether the labels do not stand over their dashes.
    pub(super) shifted: bool,
}

/// The first line of a text without its line end, and what follows.
pub(super) fn next_line(text: &str) -> (&str, &str) {
    let (line, rest) = match memchr(b'\n', text.as_bytes()) {
        Some(end) => (&text[..end], &text[end + 1..]),
        None => (text, ""),
    };
    (line.trim_end_matches('\r'), rest)
}

/// The heading at the start of a text.
pub(super) fn parse(text: &str) -> Option<Heading<'_>> {
    let (first, mut rest) = next_line(text);
    if is_empty(first) || dashes(first).is_some() {
        return None;
    }
    let mut lines = vec![first];
    let mut spaced = false;
    while lines.len() <= LABEL_LINES_MAX && !rest.is_empty() {
        let (line, after) = next_line(rest);
        rest = after;
        if let Some(runs) = dashes(line) {
            let text = &text[..text.len() - rest.len()];
            return of(&lines, &runs).map(|(columns, shifted)| Heading { columns, text, first, spaced, shifted });
        }
        if is_empty(line) {
            // A blank line between the label and the dashes is damage of copying; two are the end of something else.
            if spaced || lines.len() > 1 {
                return None;
            }
            spaced = true;
        } else if spaced || line.contains(['{', '"', '\\']) {
            // Labels hold none of these, rows and commands many: most texts that are no table are left here.
            return None;
        } else {
            lines.push(line);
        }
    }
    None
}

/// The runs of dashes in a line that holds nothing else, in cells.
pub(super) fn dashes(line: &str) -> Option<Vec<(usize, usize)>> {
    // Nearly every line that is none shows it in its first character.
    if !line.starts_with(|char| char == '-' || is_blank(char)) {
        return None;
    }
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let mut inside = false;
    for (cell, char) in line.chars().enumerate() {
        if char == '-' {
            let count = runs.len();
            match runs.last_mut() {
                Some(run) if inside => run.1 = cell + 1,
                _ if count == COLUMNS_MAX => return None,
                _ => runs.push((cell, cell + 1)),
            }
        } else if !is_blank(char) {
            return None;
        }
        inside = char == '-';
    }
    if runs.is_empty() { None } else { Some(runs) }
}

/// The columns of some dashes, and whether the labels are shifted against them.
fn of<'t>(lines: &[&'t str], runs: &[(usize, usize)]) -> Option<(Vec<Column<'t>>, bool)> {
    // Where the last line alone has a label of the right length over every run, what stands above it is something else.
    let exactly = |line: &&'t str| {
        aligned(&[*line], runs)
            .is_some_and(|labels| labels.iter().zip(runs).all(|(label, run)| width(label) == run.1 - run.0))
    };
    if lines.len() > 1 && lines.last().is_some_and(exactly) {
        return None;
    }
    if let Some(labels) = aligned(lines, runs) {
        let exact = |(label, run): (&Cow<'_, str>, &(usize, usize))| width(label) >= run.1 - run.0;
        // Dashes are never longer than the label. Source: PowerShell, `TableWriter.GenerateHeader`.
        let shifted = !labels.iter().zip(runs).all(exact);
        // A single label of one letter over one dash is prose, or a value broken letter by letter.
        let alone = matches!(runs, [(start, end)] if shifted || end - start == 1);
        return if alone { None } else { Some((columns(labels, runs), shifted)) };
    }
    match lines {
        [line] => Some((columns(consumed(line, runs)?, runs), true)),
        _ => None,
    }
}

fn columns<'t>(labels: Vec<Cow<'t, str>>, runs: &[(usize, usize)]) -> Vec<Column<'t>> {
    let column = |(label, &(start, end)): (Cow<'t, str>, &(usize, usize))| Column {
        property: Property::named(&label),
        squeezed: width(&label) > end - start,
        label,
        start,
        end,
    };
    labels.into_iter().zip(runs).map(column).collect()
}

fn width(text: &str) -> usize {
    Measure::Cells.width(text)
}

/// The labels that stand right above the dashes; `None` where something stands elsewhere, or nothing above a run.
fn aligned<'t>(lines: &[&'t str], runs: &[(usize, usize)]) -> Option<Vec<Cow<'t, str>>> {
    let cells: Vec<usize> = runs.iter().flat_map(|&(start, end)| [start, end]).collect();
    let mut labels: Vec<Cow<'t, str>> = Vec::with_capacity(runs.len());
    let mut full: Vec<bool> = vec![true; runs.len()];
    let mut spots = Vec::with_capacity(cells.len());
    for (number, line) in lines.iter().enumerate() {
        locate(line, Measure::Cells, &cells, &mut spots);
        let mut outside = 0;
        for (index, pair) in spots.chunks_exact(2).enumerate() {
            let (start, end) = (pair[0].offset(line), pair[1].offset(line));
            if matches!(pair[0], Spot::Within(_)) || !is_empty(&line[outside..start]) || !is_blank_at(line, pair[1]) {
                return None;
            }
            outside = end;
            let piece = trim(&line[start..end]);
            if number == 0 && piece.is_empty() {
                return None;
            }
            let filled = width(piece) == runs[index].1 - runs[index].0;
            match labels.get_mut(index) {
                None => labels.push(Cow::Borrowed(piece)),
                Some(_) if piece.is_empty() => {}
                Some(label) => {
                    // A line that is not full was broken at a blank.
                    let label = label.to_mut();
                    if !full[index] {
                        label.push(' ');
                    }
                    label.push_str(piece);
                }
            }
            full[index] = filled;
        }
        if !is_empty(&line[outside..]) {
            return None;
        }
    }
    Some(labels)
}

/// The labels of a line that was moved against its dashes: as many texts, of the same lengths, in the same order.
fn consumed<'t>(line: &'t str, runs: &[(usize, usize)]) -> Option<Vec<Cow<'t, str>>> {
    let mut rest = line;
    let mut labels = Vec::with_capacity(runs.len());
    for &(start, end) in runs {
        rest = super::cells::trim_start(rest);
        let mut spots = Vec::with_capacity(1);
        locate(rest, Measure::Cells, &[end - start], &mut spots);
        let spot = *spots.first()?;
        let label = &rest[..spot.offset(rest)];
        if width(label) != end - start || label.ends_with(is_blank) || !is_blank_at(rest, spot) {
            return None;
        }
        labels.push(Cow::Borrowed(label));
        rest = &rest[label.len()..];
    }
    is_empty(rest).then_some(labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> Option<Vec<String>> {
        parse(text).map(|heading| heading.columns.iter().map(|column| column.label.to_string()).collect())
    }

    #[test]
    fn a_label_wrapped_down_to_one_character_a_line_is_whole() {
        let text = "Role   U Ty\n       s pe\n       e\n       r\n----   - --\n";
        assert_eq!(labels(text).unwrap_or_default(), ["Role", "User", "Type"]);
    }

    #[test]
    fn a_label_broken_at_its_blank_keeps_it() {
        assert_eq!(
            labels("Total    Name\nRunning\nTime\n-------- ----\n").unwrap_or_default(),
            ["Total Running Time", "Name"]
        );
    }

    #[test]
    fn labels_right_of_their_column_and_with_blanks_are_read() {
        assert_eq!(
            labels("Role   RoleAssigneeType Used By\n----   ---------------- -------\n").unwrap_or_default(),
            ["Role", "RoleAssigneeType", "Used By"]
        );
    }

    #[test]
    fn a_moved_header_is_read_in_order() {
        let heading =
            parse("Name RoleType\n    ---- --------\n").map(|heading| (heading.shifted, heading.columns.len()));
        assert_eq!(heading, Some((true, 2)));
    }

    #[test]
    fn underlined_prose_is_no_table() {
        assert_eq!(labels("A title of a page\n---\n"), None);
        assert_eq!(labels("Some text\nName Role\n---- ----\n"), None);
        assert_eq!(labels("---- ----\n---- ----\n"), None);
    }
}
