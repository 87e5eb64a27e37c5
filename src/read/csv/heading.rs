//! What stands above the rows of a CSV table: `#TYPE`, `sep=`, the names of the columns, and the delimiter they show.

use std::borrow::Cow;

use nom::bytes::complete::{tag, tag_no_case, take_while_m_n};
use nom::character::complete::not_line_ending;
use nom::combinator::all_consuming;
use nom::sequence::preceded;
use nom::{IResult, Parser};

use crate::name::same;
use crate::record::{Kind, Property, is_cmdlet_name};

use super::row::{Cell, Ending, NO_DELIMITER, line_end, take_row};

/// The delimiters that exports use: `Export-Csv -Delimiter`, `-UseCulture`, and what Excel saves.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// What stands above some rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Heading<'t> {
    /// The type of the objects, from `#TYPE`.
    pub(super) type_name: Option<&'t str>,
    /// What separates the fields; `NO_DELIMITER` where there is one column.
    pub(super) delimiter: u8,
    /// Where the row of names starts.
    pub(super) start: usize,
    /// One past its last byte.
    pub(super) end: usize,
    /// Where the rows start.
    pub(super) next: usize,
    /// The names, as printed; a blank one is empty.
    pub(super) names: Vec<Cow<'t, str>>,
}

/// The lines above the row of names.
#[derive(Clone, Copy, Debug, Default)]
struct Preamble<'t> {
    type_name: Option<&'t str>,
    delimiter: Option<u8>,
    /// Where the row of names starts.
    next: usize,
}

/// Whether a table starts here, by its first lines alone.
pub(super) fn starts_table(text: &str) -> bool {
    let text = window(text);
    let preamble = preamble(text, 0);
    if preamble.type_name.is_some() || preamble.delimiter.is_some() {
        return true;
    }
    let mut cells = Vec::new();
    let Some(delimiter) = delimiter_of(text, preamble.next, &mut cells) else { return false };
    let row = take_row(text, preamble.next, delimiter, &mut cells);
    let names = Names::of(&cells);
    let columns = cells.len();
    if row.ending == Ending::Fault || !names.plausible || is_dashes(line(text, row.next)) {
        return false;
    }
    match (columns, names.quoted) {
        (1, true) => names.known == 1 && is_quoted_or_end(text, row.next),
        (1, false) => names.known == 1 && is_telling(cells[0].text) && !line(text, row.next).trim().is_empty(),
        (_, true) => names.known >= 1,
        (_, false) => names.known >= 1 && goes_on(text, row.next, delimiter, columns, names),
    }
}

/// Whether the names and the row below them leave no doubt that a table starts here, as where other text stands above:
/// source code and prose hold lists of quoted names, too.
pub(super) fn stands_alone(text: &str) -> bool {
    const KNOWN_MIN: usize = 2;
    let text = window(text);
    let preamble = preamble(text, 0);
    let is_type = |name: &str| {
        let known = ["Exchange.", "PSCustomObject"].iter().any(|part| name.contains(part));
        known && !name.contains(['\\', '"'])
    };
    if preamble.type_name.is_some_and(is_type) {
        return true;
    }
    let mut cells = Vec::new();
    let delimiter = preamble.delimiter.or_else(|| delimiter_of(text, preamble.next, &mut cells));
    let Some(delimiter) = delimiter else { return false };
    let row = take_row(text, preamble.next, delimiter, &mut cells);
    let names = Names::of(&cells);
    let is_word =
        |cell: &Cell<'_>| cell.text.chars().all(|char| char.is_alphanumeric() || matches!(char, ' ' | '_' | '-'));
    names.known >= KNOWN_MIN && cells.iter().all(is_word) && goes_on(text, row.next, delimiter, cells.len(), names)
}

/// Reads the heading at `start`, which is taken for one whatever its names are.
pub(super) fn read(text: &str, start: usize) -> Heading<'_> {
    let preamble = preamble(text, start);
    let mut cells = Vec::new();
    let delimiter = preamble
        .delimiter
        .or_else(|| delimiter_of(text, preamble.next, &mut cells))
        .unwrap_or_else(|| most_fields(text, preamble.next, &mut cells));
    let row = take_row(text, preamble.next, delimiter, &mut cells);
    let delimiter = if cells.len() <= 1 && preamble.delimiter.is_none() { NO_DELIMITER } else { delimiter };
    Heading {
        type_name: preamble.type_name,
        delimiter,
        start: preamble.next,
        end: row.end,
        next: row.next,
        names: cells.iter().map(name_of).collect(),
    }
}

/// Whether the row that starts at `start` is a heading of its own: files that were appended to each other keep theirs.
pub(super) fn starts_another(text: &str, start: usize) -> bool {
    let line = &text[start..line_end(text, start)];
    if type_line(line).is_ok() || separator_line(line).is_ok() {
        return true;
    }
    let mut cells = Vec::new();
    delimiter_of(line, 0, &mut cells).is_some_and(|delimiter| {
        take_row(line, 0, delimiter, &mut cells);
        is_names(&cells)
    })
}

/// Whether cells are the names of columns, and no values: each is one word that stands there once, most of them known,
/// and together they are the properties of something that is exported. A row may hold as many names, for `Identity` is a
/// parameter, `Cmdlet` a type, and an account without a mailbox is a `User` of the type `User`.
pub(super) fn is_names(cells: &[Cell<'_>]) -> bool {
    let enough = |known: usize| known >= 2 && known * 2 >= cells.len();
    if !enough(cells.iter().filter(|cell| may_be_known(cell.text)).count()) {
        return false;
    }
    let names = Names::of(cells);
    let is_once = |(place, cell): (usize, &Cell<'_>)| !cells[..place].iter().any(|other| same(other.text, cell.text));
    names.plausible
        && names.words
        && enough(names.known)
        && cells.iter().enumerate().all(is_once)
        && !cells.iter().any(|cell| is_cmdlet_name(cell.text))
        && Kind::of_properties(cells.iter().map(|cell| Property::named(cell.text)).collect()) != Kind::Unknown
}

/// A quick look before the slow one: whether a known name of this length starts with this letter.
pub(super) fn may_be_known(text: &str) -> bool {
    let letter = text.as_bytes().first().map_or(0, |first| first.to_ascii_lowercase().wrapping_sub(b'a'));
    LETTERS.get(text.len()).is_some_and(|letters| letter < 26 && letters & (1 << letter) != 0)
}

/// For each length the first letters of the known names, a bit for each.
const LETTERS: [u32; 40] = {
    let mut letters = [0; 40];
    let mut property = 0;
    while property < Property::NAMES.len() {
        let names = Property::NAMES[property].1;
        let mut index = 0;
        while index < names.len() {
            let name = names[index].as_bytes();
            letters[name.len()] |= 1 << (name[0].to_ascii_lowercase() - b'a');
            index += 1;
        }
        property += 1;
    }
    letters
};

/// As much of the text as a heading may take; a table is recognised within it.
fn window(text: &str) -> &str {
    const WINDOW_BYTES: usize = 64 * 1024;
    let end = (0..4).map(|back| WINDOW_BYTES.saturating_sub(back)).find(|&end| text.is_char_boundary(end));
    if text.len() <= WINDOW_BYTES { text } else { &text[..end.unwrap_or(0)] }
}

fn preamble(text: &str, start: usize) -> Preamble<'_> {
    let mut preamble = Preamble { next: start, ..Preamble::default() };
    loop {
        let mark = text[preamble.next..].starts_with('\u{FEFF}');
        let at = preamble.next + if mark { '\u{FEFF}'.len_utf8() } else { 0 };
        let line = line(text, at);
        let next = (line_end(text, at) + 1).min(text.len());
        if let Ok((_, name)) = type_line(line) {
            preamble.type_name = Some(name.trim());
        } else if let Ok((_, delimiter)) = separator_line(line) {
            preamble.delimiter = Some(delimiter);
        } else if (line.trim().is_empty() && !line.contains('\t') && at < text.len()) || is_comment(line) {
            // PowerShell's own reader takes lines with `#` above the names for comments.
        } else {
            preamble.next = at;
            return preamble;
        }
        preamble.next = next;
    }
}

/// Whether a line is a comment, and not a heading whose first column counts the rows and is called `#`.
fn is_comment(line: &str) -> bool {
    line.strip_prefix('#').is_some_and(|rest| !rest.bytes().next().is_some_and(|next| DELIMITERS.contains(&next)))
}

/// `#TYPE Selected.Microsoft.Exchange.…`, as Export-Csv writes without `-NoTypeInformation`. Excel quotes it or adds
/// delimiters behind it.
fn type_line(line: &str) -> IResult<&str, &str, ()> {
    let line = line.trim_matches('"');
    let (_, name) = preceded(tag_no_case("#TYPE "), not_line_ending).parse(line)?;
    Ok(("", name.trim_end_matches(['"', ',', ';', '\t'])))
}

/// `sep=;`, as Excel writes and reads.
fn separator_line(line: &str) -> IResult<&str, u8, ()> {
    let line = line.trim_matches('"').trim_end_matches(['\r', ' ']);
    let any = take_while_m_n(1, 1, |char: char| char.is_ascii_punctuation() || char == '\t');
    let (rest, sign) = all_consuming(preceded((tag_no_case("sep"), tag("=")), any)).parse(line)?;
    Ok((rest, sign.as_bytes()[0]))
}

fn line(text: &str, start: usize) -> &str {
    text[start..line_end(text, start)].trim_end_matches('\r')
}

/// What the names of a heading show.
#[derive(Clone, Copy, Debug)]
struct Names {
    /// How many are properties that rolecall knows.
    known: usize,
    /// Whether all are quoted.
    quoted: bool,
    /// Whether each could be a name.
    plausible: bool,
    /// Whether each is one word.
    words: bool,
}

impl Names {
    fn of(cells: &[Cell<'_>]) -> Self {
        let named = |cell: &&Cell<'_>| {
            let name = cell.text.trim();
            may_be_known(name) && Property::named(name) != Property::Other
        };
        Self {
            known: cells.iter().filter(named).count(),
            quoted: cells.iter().all(|cell| cell.quoted),
            plausible: cells.iter().all(is_plausible),
            words: cells.iter().all(|cell| !cell.text.contains(' ')),
        }
    }
}

/// Whether a field could be a column's name. What is not quoted must look like one, or a command line would pass.
fn is_plausible(cell: &Cell<'_>) -> bool {
    const NAME_BYTES_MAX: usize = 256;
    let text = cell.text;
    let sign = |char: char| matches!(char, '_' | '-' | '.' | '(' | ')' | '#' | '/' | '@' | '%' | '&' | ' ');
    if cell.quoted {
        return cell.closed && text.len() <= NAME_BYTES_MAX && !text.contains('\n');
    }
    text.len() <= NAME_BYTES_MAX
        && text.chars().all(|char| char.is_alphanumeric() || sign(char))
        && !text.starts_with(['-', '/'])
        && !is_command(text)
}

/// Whether a field starts as a command does: `Get-RoleGroup x`.
fn is_command(text: &str) -> bool {
    text.split_once(' ').is_some_and(|(first, _)| first.contains('-'))
}

/// The delimiter under which the row at `start` holds most known names; `None` where it holds none.
fn delimiter_of<'t>(text: &'t str, start: usize, cells: &mut Vec<Cell<'t>>) -> Option<u8> {
    let mut best = None;
    for delimiter in DELIMITERS {
        let row = take_row(text, start, delimiter, cells);
        // `||Name||Role||` is how a wiki marks a heading, whose rows have single bars.
        if delimiter == b'|' && text[start..row.end.max(start)].contains("||") {
            continue;
        }
        let names = Names::of(cells);
        let score = (names.known, cells.len());
        if row.ending != Ending::Fault && names.known > 0 && best.is_none_or(|(known, _)| score > known) {
            best = Some((score, delimiter));
        }
    }
    best.map(|(_, delimiter)| delimiter)
}

/// The delimiter of a heading without a known name.
fn most_fields<'t>(text: &'t str, start: usize, cells: &mut Vec<Cell<'t>>) -> u8 {
    let mut best = (0, DELIMITERS[0]);
    for delimiter in DELIMITERS {
        let row = take_row(text, start, delimiter, cells);
        if row.ending != Ending::Fault && cells.len() > best.0 {
            best = (cells.len(), delimiter);
        }
    }
    best.1
}

/// Whether the row behind a bare heading has as many fields, or the text ends there.
fn goes_on(text: &str, next: usize, delimiter: u8, columns: usize, names: Names) -> bool {
    let blanks = text[next..].len() - text[next..].trim_start_matches(['\r', '\n']).len();
    let at = next + blanks;
    if at >= text.len() {
        return names.words && !names.quoted && names.known >= 2;
    }
    let mut cells = Vec::new();
    let row = take_row(text, at, delimiter, &mut cells);
    // Scripts end each row with a delimiter.
    let fits = cells.len() == columns || cells.len() > columns && cells[columns..].iter().all(Cell::is_empty);
    // So many properties are no prose, and a row below them may have lost its last cells.
    const BEYOND_DOUBT: usize = 4;
    let is_sure = names.words && names.known >= BEYOND_DOUBT && names.known * 2 >= columns && cells.len() > 1;
    row.ending != Ending::Fault && (fits || (row.ending == Ending::Text || is_sure) && cells.len() < columns)
}

fn is_dashes(line: &str) -> bool {
    line.starts_with("--") && line.bytes().all(|byte| matches!(byte, b'-' | b' ' | b'\t'))
}

fn is_quoted_or_end(text: &str, next: usize) -> bool {
    let behind = text[next..].trim_start_matches(['\r', '\n']);
    behind.is_empty() || behind.starts_with('"')
}

/// Whether a bare word above some lines says that these are a table of one column. `Name` alone does not.
fn is_telling(name: &str) -> bool {
    use Property as P;
    !matches!(
        Property::named(name),
        P::Other
            | P::Name
            | P::Identity
            | P::Id
            | P::Guid
            | P::Alias
            | P::Role
            | P::Roles
            | P::Type
            | P::User
            | P::App
            | P::Enabled
            | P::Parent
            | P::Members
            | P::MemberOf
            | P::Member
            | P::NumberedMember
            | P::MemberCount
            | P::DirectMember
            | P::MemberVia
            | P::Assignee
            | P::ObjectType
            | P::Parameters
            | P::Exclusive
            | P::Sid
    )
}

fn name_of<'t>(cell: &Cell<'t>) -> Cow<'t, str> {
    if cell.doubled { Cow::Owned(cell.text.replace("\"\"", "\"")) } else { Cow::Borrowed(cell.text.trim()) }
}
