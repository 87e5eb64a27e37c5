//! Lines of the form `Label : value`, whose colons stand below each other.

use memchr::memchr;
use nom::bytes::complete::take_until;
use nom::character::complete::space0;
use nom::{IResult, Parser};

use super::wrap::width;

/// What a line starts with, where it is a property's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Label<'t> {
    /// The name, as printed.
    pub(super) name: &'t str,
    /// Everything up to the colon, which is included.
    pub(super) prefix: &'t str,
    /// The column of the colon, in cells.
    pub(super) colon: usize,
}

/// Labels are names of properties, or what an administrator called a calculated one.
const LABEL_BYTES_MAX: usize = 512;

/// Takes the label of the first property of an object, where a line has one.
///
/// A label is padded to the longest one of its object, and ` : ` follows (`ListWriter` in PowerShell's source). The blank
/// behind the colon of an empty value is lost in many copies.
pub(super) fn take_label(line: &str) -> Option<Label<'_>> {
    let window = &line.as_bytes()[..LABEL_BYTES_MAX.min(line.len())];
    let mut end = memchr(b'\n', window).unwrap_or(window.len());
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    let (_, before) = label(&line[..end]).ok()?;
    let colon = before.len() + 1;
    let name = before.trim();
    let behind = line.as_bytes().get(colon + 1);
    if !is_name(name) || !matches!(behind, None | Some(b' ' | b'\r' | b'\n')) {
        return None;
    }
    Some(Label { name, prefix: &line[..=colon], colon: width(before) + 1 })
}

/// What stands before the first ` :`.
fn label(line: &str) -> IResult<&str, &str, ()> {
    take_until(" :").parse(line)
}

/// Takes the label of another property of an object, whose colon stands at `colon` and whose line starts with `indent`
/// blanks.
pub(super) fn take_label_at(line: &str, colon: usize, indent: usize) -> Option<Label<'_>> {
    let (_, blanks) = space0::<_, ()>.parse(line).ok()?;
    if blanks.len() != indent {
        return None;
    }
    let at = byte_of_cell(line, colon)?;
    let bytes = line.as_bytes();
    let closes = bytes.get(at) == Some(&b':') && bytes[..at].last() == Some(&b' ');
    if !closes || !matches!(bytes.get(at + 1), None | Some(b' ' | b'\r' | b'\n')) {
        return None;
    }
    let name = line[..at].trim();
    is_name(name).then_some(Label { name, prefix: &line[..=at], colon })
}

/// The byte at a cell; most labels are ASCII.
fn byte_of_cell(line: &str, cell: usize) -> Option<usize> {
    if line.as_bytes().get(..=cell).is_some_and(<[u8]>::is_ascii) {
        return Some(cell);
    }
    let mut seen = 0;
    for (at, char) in line.char_indices().take(LABEL_BYTES_MAX) {
        if seen == cell {
            return Some(at);
        }
        seen += width(char.encode_utf8(&mut [0; 4]));
    }
    None
}

/// Whether a text could name a property.
fn is_name(name: &str) -> bool {
    let starts = |char: char| char.is_alphanumeric() || char == '_' || char == '#' || char == '(';
    // Two blanks in a row stand between the columns of a table.
    !name.contains("  ")
        && name.chars().next().is_some_and(starts)
        && name.chars().all(|char| {
            char.is_alphanumeric()
                || matches!(char, ' ' | '_' | '-' | '.' | '(' | ')' | '/' | '#' | '%' | '&' | '@' | '+' | '$' | '?')
        })
}

/// Whether a line cannot belong to a value whatever stands above it: a prompt, a message, a frame, a command.
pub(in crate::read) fn is_foreign(line: &str) -> bool {
    const STARTS: [&str; 10] =
        ["PS ", "PS>", "[PS]", ">>", "**********", "WARNING:", "VERBOSE:", "DEBUG:", "#TYPE", "{\""];
    STARTS.iter().any(|start| line.starts_with(start)) || is_command(line)
}

/// `Get-RoleGroup …`: a verb, a dash, a noun of letters alone.
fn is_command(line: &str) -> bool {
    let word = line.split([' ', '\r', '\n']).next().unwrap_or("");
    let Some((verb, noun)) = word.split_once('-') else { return false };
    let letters = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (2..=12).contains(&verb.len())
        && noun.len() > 2
        && verb.bytes().all(|byte| byte.is_ascii_alphabetic())
        && letters(noun)
}

/// The line at `start`, without its end, and where the next one starts.
#[inline]
pub(super) fn line_at(text: &str, start: usize) -> (&str, usize) {
    let bytes = &text.as_bytes()[start..];
    let (end, next) = match memchr(b'\n', bytes) {
        Some(found) => (found, start + found + 1),
        None => (bytes.len(), text.len()),
    };
    let returns = bytes[..end].iter().rev().take_while(|byte| **byte == b'\r').count();
    (&text[start..start + end - returns], next)
}
