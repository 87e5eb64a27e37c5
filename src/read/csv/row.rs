//! One row of a CSV table: quoted and bare fields, and where the row ends.

use memchr::{memchr, memchr2};
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while};
use nom::combinator::{eof, recognize};
use nom::sequence::preceded;
use nom::{IResult, Parser};

/// A delimiter that no row holds: the table has one column, and commas are text.
pub(super) const NO_DELIMITER: u8 = b'\n';

/// One field as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell<'t> {
    /// The text between the quotes or the delimiters.
    pub(super) text: &'t str,
    /// Whether it holds doubled quotes.
    pub(super) doubled: bool,
    /// False where the file ends before the closing quote.
    pub(super) closed: bool,
    /// Whether it was quoted.
    pub(super) quoted: bool,
}

impl Cell<'_> {
    /// Whether nothing stands in it: a null is printed as nothing, an empty text as two quotes.
    pub(super) fn is_empty(&self) -> bool {
        match self.text.as_bytes().first() {
            None => true,
            Some(b' ') => !self.quoted && self.text.bytes().all(|byte| byte == b' '),
            Some(_) => false,
        }
    }
}

/// How a row ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// At a line end.
    Line,
    /// At the end of the text.
    Text,
    /// It does not: something stands behind a closing quote.
    Fault,
}

/// A row that was taken apart into `cells`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// One past its last byte, line end not included.
    pub(super) end: usize,
    /// Where the next row starts. Of a fault: the next line, so that one bad quote costs one line.
    pub(super) next: usize,
    /// How it ends.
    pub(super) ending: Ending,
}

/// Takes apart the row that starts at `start`.
///
/// Linear over a whole file, faults included: a quote that runs on over lines which are then read again ends at the
/// first odd run of quotes, and no such run opens a field twice.
pub(super) fn take_row<'t>(text: &'t str, start: usize, delimiter: u8, cells: &mut Vec<Cell<'t>>) -> Row {
    cells.clear();
    let mut rest = &text[start..];
    loop {
        let Ok((behind, cell)) = field(delimiter, rest) else {
            let end = line_end(text, start);
            cells.clear();
            return Row {
                end: trim_line_end(text, start, end),
                next: (end + 1).min(text.len()),
                ending: Ending::Fault,
            };
        };
        cells.push(cell);
        let at = text.len() - behind.len();
        match behind.as_bytes().first() {
            None => return Row { end: at, next: at, ending: Ending::Text },
            Some(b'\n') => return Row { end: trim_line_end(text, start, at), next: at + 1, ending: Ending::Line },
            Some(_) => rest = &behind[1..],
        }
    }
}

/// Takes apart a row as nearly all are: as many fields as the heading, no doubled quote, no blank beside a delimiter, a
/// line end behind it. `None` says nothing about the row but that `take_row` must look at it.
pub(super) fn take_plain_row<'t>(
    text: &'t str,
    start: usize,
    delimiter: u8,
    columns: usize,
    cells: &mut Vec<Cell<'t>>,
) -> Option<Row> {
    cells.clear();
    let mut from = start;
    loop {
        let (cell, end) = plain_cell(text, from, delimiter)?;
        cells.push(cell);
        let next = text.as_bytes()[end];
        if next == delimiter && next != b'\n' {
            from = end + 1;
            continue;
        }
        return plain_end(text, end).filter(|_| cells.len() == columns);
    }
}

/// A plain row whose last cell ends at `end`.
pub(super) fn plain_end(text: &str, end: usize) -> Option<Row> {
    let line_end = match text.as_bytes()[end..] {
        [b'\n', ..] => 1,
        [b'\r', b'\n', ..] => 2,
        _ => return None,
    };
    Some(Row { end, next: end + line_end, ending: Ending::Line })
}

/// A cell as nearly all are, and where it ends; something stands there.
#[inline(always)]
pub(super) fn plain_cell(text: &str, from: usize, delimiter: u8) -> Option<(Cell<'_>, usize)> {
    let bytes = text.as_bytes();
    let quoted = *bytes.get(from)? == b'"';
    let (cell, end) = if quoted {
        let end = from + 1 + memchr(b'"', &bytes[from + 1..])?;
        (&text[from + 1..end], end + 1)
    } else {
        let found = from + memchr2(delimiter, b'\n', &bytes[from..])?;
        let end = if bytes[found] == b'\n' && bytes[from..found].ends_with(b"\r") { found - 1 } else { found };
        (&text[from..end], end)
    };
    bytes.get(end)?;
    let is_plain = quoted || bytes[from] != b' ' && !cell.ends_with('\r');
    is_plain.then_some((Cell { text: cell, doubled: false, closed: true, quoted }, end))
}

/// One field; what is left starts with the delimiter or a line feed, or is empty.
#[inline(always)]
fn field(delimiter: u8, input: &str) -> IResult<&str, Cell<'_>, ()> {
    match input.as_bytes().first() {
        Some(b'"') => quoted(delimiter, input),
        // Hand-made files have a blank before the quote, which PowerShell's own reader skips as well.
        Some(b' ') => alt((preceded(take_while(|char| char == ' '), |input| quoted(delimiter, input)), |input| {
            bare(delimiter, input)
        }))
        .parse(input),
        _ => bare(delimiter, input),
    }
}

/// A quoted field, in which a doubled quote stands for one. Line ends and delimiters are text.
#[inline(always)]
fn quoted(delimiter: u8, input: &str) -> IResult<&str, Cell<'_>, ()> {
    let (input, _) = tag("\"").parse(input)?;
    let bytes = input.as_bytes();
    let mut from = 0;
    let mut doubled = false;
    loop {
        let Some(found) = memchr(b'"', &bytes[from..]) else {
            return Ok(("", Cell { text: input, doubled, closed: false, quoted: true }));
        };
        let quote = from + found;
        match bytes.get(quote + 1) {
            Some(b'"') => {
                doubled = true;
                from = quote + 2;
            }
            Some(&next) if next == delimiter || next == b'\n' => {
                return Ok((&input[quote + 1..], Cell { text: &input[..quote], doubled, closed: true, quoted: true }));
            }
            _ => {
                let (behind, _) = padding(delimiter, &input[quote + 1..])?;
                return Ok((behind, Cell { text: &input[..quote], doubled, closed: true, quoted: true }));
            }
        }
    }
}

/// What may stand between a closing quote and the delimiter: carriage returns and blanks.
fn padding(delimiter: u8, input: &str) -> IResult<&str, &str, ()> {
    let (behind, padding) = take_while(|char| char == ' ' || char == '\r').parse(input)?;
    match behind.as_bytes().first() {
        Some(&next) if next == delimiter || next == b'\n' => Ok((behind, padding)),
        _ => recognize(eof).parse(behind).map(|(behind, _): (&str, &str)| (behind, padding)),
    }
}

/// A field without quotes, up to the delimiter or the line end. A quote inside is text.
#[inline(always)]
fn bare(delimiter: u8, input: &str) -> IResult<&str, Cell<'_>, ()> {
    let end = memchr2(delimiter, b'\n', input.as_bytes()).unwrap_or(input.len());
    let (text, behind) = input.split_at(end);
    let text =
        if behind.as_bytes().first().is_none_or(|&next| next == b'\n') { text.trim_end_matches('\r') } else { text };
    Ok((behind, Cell { text, doubled: false, closed: true, quoted: false }))
}

/// The offset of the line feed that ends the line at `start`, or the end of the text.
pub(super) fn line_end(text: &str, start: usize) -> usize {
    memchr(b'\n', &text.as_bytes()[start..]).map_or(text.len(), |found| start + found)
}

fn trim_line_end(text: &str, start: usize, end: usize) -> usize {
    start + text[start..end].trim_end_matches('\r').len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(line: &str, delimiter: u8) -> (Vec<&str>, Ending) {
        let mut cells = Vec::new();
        let row = take_row(line, 0, delimiter, &mut cells);
        (cells.iter().map(|cell| cell.text).collect(), row.ending)
    }

    #[test]
    fn quoted_and_bare_fields_may_stand_in_one_row() {
        assert_eq!(texts("a,\"b, c\",,\"\"\r\n", b','), (vec!["a", "b, c", "", ""], Ending::Line));
        assert_eq!(texts("\"a;b\";c, d", b';'), (vec!["a;b", "c, d"], Ending::Text));
    }

    #[test]
    fn quotes_are_doubled_and_hold_line_ends() {
        assert_eq!(
            texts("\"say \"\"x\"\"\r\nand y\"\tz\n", b'\t'),
            (vec!["say \"\"x\"\"\r\nand y", "z"], Ending::Line)
        );
    }

    #[test]
    fn text_behind_a_closing_quote_is_a_fault_of_one_line() {
        let mut cells = Vec::new();
        let row = take_row("\"a,\"b\",\"c\"\r\n\"d\",\"e\"\r\n", 0, b',', &mut cells);
        assert_eq!((row.end, row.next, row.ending), (10, 12, Ending::Fault));
    }

    #[test]
    fn a_plain_row_is_the_same_by_either_way() {
        for line in
            ["a,\"b\",c\n", "a,,c\n", "\"a\",\"b\",\"c\"\r\n", ",,\n", "a,b,\"c\nd\"\n", "a,b,c\r\n", "a,b,\r\n"]
        {
            let (mut plain, mut any) = (Vec::new(), Vec::new());
            let row = take_plain_row(line, 0, b',', 3, &mut plain);
            assert_eq!((row, &plain), (Some(take_row(line, 0, b',', &mut any)), &any), "{line:?}");
        }
        for line in [
            "a,b\n",
            "a,b,c,d\n",
            "a, \"b\",c\n",
            "\"a\",\"\"\"b\",c\n",
            "a,b,c\r\r\n",
            "a\r,b,c\n",
            "a,b,c",
            "\"a\"x,b,c\n",
            "\n",
        ] {
            assert_eq!(take_plain_row(line, 0, b',', 3, &mut Vec::new()), None, "{line:?}");
        }
    }

    #[test]
    fn an_open_quote_takes_the_rest_and_says_so() {
        let mut cells = Vec::new();
        take_row("\"a\",\"b\nc", 0, b',', &mut cells);
        assert_eq!(cells[1], Cell { text: "b\nc", doubled: false, closed: false, quoted: true });
    }
}
