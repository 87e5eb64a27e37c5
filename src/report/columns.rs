//! A table for people: columns that keep the width, where a cell that is too wide for its column goes on below.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::Style;
use super::escape::visible;
use super::prose::{color, paint};
use super::wrap::wrap;

const INDENT: usize = 2;
const BETWEEN: usize = 2;
/// No column is narrower because of the others.
const WIDTH_MIN: usize = 8;

/// Appends a heading, where there is one, and the rows. Each row has as many cells.
pub fn push(out: &mut String, heading: &[&str], rows: &[Vec<String>], style: &Style) {
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| visible(cell).into_owned()).collect()).collect();
    let count = rows.first().map_or(heading.len(), Vec::len);
    let widest = |column: usize| {
        let cells = rows.iter().map(|row| row[column].width());
        cells.chain(heading.get(column).map(|word| word.width())).max().unwrap_or(0)
    };
    let natural: Vec<usize> = (0..count).map(widest).collect();
    let room = style.width.saturating_sub(INDENT + BETWEEN * count.saturating_sub(1));
    // The widest columns give way first, all to the same width.
    let fits = |most: &usize| natural.iter().map(|width| (*width).min(*most)).sum::<usize>() <= room;
    let most = (WIDTH_MIN..=room.max(WIDTH_MIN)).rev().find(fits).unwrap_or(WIDTH_MIN);
    let widths: Vec<usize> = natural.iter().map(|width| (*width).min(most)).collect();
    if !heading.is_empty() {
        let cells: Vec<String> = heading.iter().map(|word| (*word).to_owned()).collect();
        push_row(out, &cells, &widths, Some(style));
    }
    rows.iter().for_each(|row| push_row(out, row, &widths, None));
}

fn push_row(out: &mut String, cells: &[String], widths: &[usize], heading: Option<&Style>) {
    let wrapped: Vec<String> = cells.iter().zip(widths).map(|(cell, width)| wrap(cell, *width)).collect();
    let columns: Vec<Vec<&str>> = wrapped.iter().map(|cell| cell.lines().collect()).collect();
    let height = columns.iter().map(Vec::len).max().unwrap_or(0);
    for line in 0..height {
        let mut text = String::new();
        for (cell, width) in columns.iter().zip(widths) {
            let part = cell.get(line).copied().unwrap_or("");
            let blanks = width.saturating_sub(part.width()) + BETWEEN;
            // Writing to a string cannot fail.
            let _ = write!(text, "{part}{:blanks$}", "");
        }
        let text = text.trim_end();
        let text = heading.map_or_else(|| text.to_owned(), |style| paint(style, color::STRONG, text));
        let _ = writeln!(out, "{:INDENT$}{text}", "");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(width: usize) -> String {
        let row = |cells: [&str; 3]| cells.map(ToOwned::to_owned).to_vec();
        let rows =
            [row(["ada", "Help Desk > Organization Management", "Mail Recipients"]), row(["", "", "Legal Hold"])];
        let mut out = String::new();
        push(&mut out, &["account", "through", "role"], &rows, &Style { color: false, width });
        out
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell_where_that_fits() {
        assert_eq!(
            drawn(80),
            "  account  through                              role\n\
             \x20 ada      Help Desk > Organization Management  Mail Recipients\n\
             \x20                                               Legal Hold\n"
        );
    }

    #[test]
    fn a_cell_that_is_too_wide_goes_on_below() {
        let narrow = drawn(40);
        assert!(narrow.lines().all(|line| line.width() <= 40), "{narrow}");
        assert!(narrow.contains("Help Desk >\n") || narrow.contains("Help Desk >  "), "{narrow}");
        assert!(narrow.contains("Management"), "{narrow}");
    }
}
