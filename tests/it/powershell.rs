//! Writes plain objects as PowerShell would: as CSV, list, table, JSON and CLIXML, to the blank.
//!
//! Tests and benches need the same organization in every shape, and in numbers that no collection
//! of real exports has. This writer knows nothing of rolecall, so that a mistake in reading cannot
//! hide behind the same mistake in writing. Its rules are PowerShell's own, taken from the source of
//! PowerShell (`src/System.Management.Automation/FormatAndOutput`, `Microsoft.PowerShell.Commands.Utility`)
//! and from outputs of 5.1 and 7.6.
//!
//! What it leaves out: colours, dates, `RepeatHeader`, soft hyphens, and objects nested deeper than
//! the reference of one object to another.

#![allow(dead_code, unused_imports, reason = "tests and benches each use a part")]

// The paths are spelled out because benches include this file from another folder.
#[path = "powershell/clixml.rs"]
mod clixml;
#[path = "powershell/csv.rs"]
mod csv;
#[path = "powershell/json.rs"]
mod json;
#[path = "powershell/large.rs"]
mod large;
#[path = "powershell/list.rs"]
mod list;
#[path = "powershell/organization.rs"]
mod organization;
#[path = "powershell/plan.rs"]
mod plan;
#[path = "powershell/table.rs"]
mod table;

pub(crate) use csv::Quotes;
pub(crate) use json::Layout;
pub(crate) use large::Export;
pub(crate) use organization::small_organization;
pub(crate) use plan::{LargeOrganization, large_organization};
pub(crate) use table::{Columns, Sizing};

/// One property's value, before it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Datum {
    Null,
    Text(String),
    List(Vec<String>),
    Bool(bool),
    Number(i64),
    /// A value of an enumeration: its name, and the number that JSON writes for it.
    Enum(&'static str, i64),
    /// A link to another object, which prints as its name or canonical name (an `ADObjectId`).
    Reference(String),
    /// A list of such links.
    References(Vec<String>),
}

/// One object as a cmdlet hands it on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Object {
    /// What it is, as rolecall calls it: `RoleEntry`, `RoleGroup`, …
    pub(crate) kind: &'static str,
    /// Its properties in the order in which the object has them.
    pub(crate) properties: Vec<(&'static str, Datum)>,
}

impl Object {
    pub(crate) fn get(&self, name: &str) -> Option<&Datum> {
        self.properties.iter().find(|(own, _)| *own == name).map(|(_, datum)| datum)
    }
}

/// The form that objects are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `Export-Csv`.
    Csv {
        delimiter: char,
        /// What the administrator joined lists with (`-join ';'`); `None` is `Export-Csv` alone.
        join: Option<&'static str>,
        quotes: Quotes,
        /// The `#TYPE` line, which 5.1 writes unless told otherwise.
        type_line: bool,
    },
    /// `Format-List`.
    List,
    /// `Format-Table`.
    Table {
        columns: Columns,
        /// `-Wrap`.
        wrap: bool,
        /// `-GroupBy`: a new table wherever the value changes.
        group_by: Option<&'static str>,
    },
    /// `ConvertTo-Json`.
    Json {
        layout: Layout,
        /// `false` is a depth that turns lists and links into text.
        nested: bool,
        /// `-EnumsAsStrings`, which 7 knows.
        names_of_enums: bool,
    },
    /// `Export-Clixml`.
    Clixml {
        /// The objects were one array (`-InputObject`), not a pipeline.
        array: bool,
    },
}

/// Which PowerShell writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edition {
    /// Windows PowerShell 5.1, the shell of every on-premises server.
    Classic,
    /// PowerShell 7.
    Core,
}

/// How the objects came into the session, which decides what is left of their types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Session {
    /// The server's own shell: enumerations and links are objects.
    Typed,
    /// An imported session: deserialized, with the properties that remoting adds.
    Remote,
    /// Exchange Online over REST: plain text and arrays.
    Online,
}

/// How a long text breaks. `StringManipulationHelper` knows six languages that break at blanks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Culture {
    /// en, fr, de, it, pt, es.
    BreakAtBlanks,
    /// Every other one.
    CutHard,
}

/// Everything besides the objects that shows in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct How {
    pub(crate) shape: Shape,
    pub(crate) edition: Edition,
    pub(crate) session: Session,
    /// What `Select-Object` or the formatting cmdlet names; empty: everything the object has.
    pub(crate) properties: Vec<&'static str>,
    pub(crate) culture: Culture,
    /// Of the console, in display cells.
    pub(crate) width: usize,
    /// `$FormatEnumerationLimit`; `None` is -1.
    pub(crate) enumeration_limit: Option<usize>,
    pub(crate) newline: &'static str,
}

impl How {
    /// A shape as Windows PowerShell 5.1 writes it on a server with an English setup.
    pub(crate) fn classic(shape: Shape) -> How {
        How {
            shape,
            edition: Edition::Classic,
            session: Session::Typed,
            properties: Vec::new(),
            culture: Culture::BreakAtBlanks,
            width: 120,
            enumeration_limit: Some(4),
            newline: "\r\n",
        }
    }

    /// A shape as PowerShell 7 writes it.
    pub(crate) fn core(shape: Shape) -> How {
        How { edition: Edition::Core, ..How::classic(shape) }
    }

    /// The mark at the end of what was cut: three dots until 6.2, since then one character.
    fn ellipsis(&self) -> &'static str {
        match self.edition {
            Edition::Classic => "...",
            Edition::Core => "…",
        }
    }

    /// The value as text, the way tables and lists print it.
    fn print(&self, datum: &Datum, out: &mut String) {
        match datum {
            Datum::Null => {}
            Datum::Text(text) | Datum::Reference(text) => out.push_str(text),
            Datum::Bool(true) => out.push_str("True"),
            Datum::Bool(false) => out.push_str("False"),
            Datum::Number(number) => out.push_str(&number.to_string()),
            Datum::Enum(name, _) => out.push_str(name),
            Datum::List(items) | Datum::References(items) => self.print_items(items, out),
        }
    }

    /// A collection in braces; what is beyond the limit becomes the ellipsis, without a comma.
    fn print_items(&self, items: &[String], out: &mut String) {
        let shown = self.enumeration_limit.map_or(items.len(), |limit| limit.min(items.len()));
        out.push('{');
        for (index, item) in items[..shown].iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            out.push_str(item);
        }
        if shown < items.len() {
            out.push_str(self.ellipsis());
        }
        out.push('}');
    }

    /// The properties that are written, in order; one that this object lacks is null.
    fn chosen<'o>(&'o self, object: &'o Object) -> impl Iterator<Item = (&'static str, &'o Datum)> {
        let all = if self.properties.is_empty() { &object.properties[..] } else { &[] };
        let named = self.properties.iter().map(|name| (*name, object.get(name).unwrap_or(&Datum::Null)));
        all.iter().map(|(name, datum)| (*name, datum)).chain(named)
    }

    /// Whether the session's own properties (`PSComputerName`, …) are written too.
    fn adds_session_properties(&self) -> bool {
        self.session == Session::Remote && self.properties.is_empty()
    }
}

/// What remoting adds to each object, in this order.
const COMPUTER_NAME: &str = "ex01.contoso.com";
const RUNSPACE_ID: &str = "1a2b3c4d-0000-4000-8000-000000000001";

/// The .NET type of a kind of object.
/// Source: Exchange's `exchange-management-shell-cmdlet-input-and-output-types`.
fn type_name(kind: &str) -> &'static str {
    match kind {
        "Role" => "Microsoft.Exchange.Data.Directory.SystemConfiguration.ExchangeRole",
        "RoleEntry" => "Microsoft.Exchange.Data.Directory.Management.ExchangeRoleEntryPresentation",
        "RoleAssignment" => "Microsoft.Exchange.Data.Directory.Management.ExchangeRoleAssignmentPresentation",
        "RoleGroup" => "Microsoft.Exchange.Data.Directory.Management.RoleGroup",
        "RoleGroupMember" => "Microsoft.Exchange.Data.Directory.Management.ReducedRecipient",
        "ManagementScope" => "Microsoft.Exchange.Data.Directory.SystemConfiguration.ManagementScope",
        "RoleAssignmentPolicy" => "Microsoft.Exchange.Data.Directory.SystemConfiguration.RoleAssignmentPolicy",
        "Group" => "Microsoft.Exchange.Data.Directory.Management.WindowsGroup",
        "Recipient" => "Microsoft.Exchange.Data.Directory.Management.Mailbox",
        _ => "System.Management.Automation.PSCustomObject",
    }
}

/// A link to an object of the directory, taken apart.
struct Link<'t> {
    name: &'t str,
    parent: &'t str,
}

impl<'t> Link<'t> {
    /// A text with a domain path is a canonical name; any other is an object of the configuration.
    fn new(text: &'t str) -> Link<'t> {
        let (parent, name) = text.rsplit_once('/').unwrap_or(("contoso.com/Configuration", text));
        Link { name, parent }
    }

    fn relative_name(&self) -> String {
        format!("CN={}", self.name.replace(',', "\\,"))
    }

    fn depth(&self) -> i64 {
        i64::try_from(self.parent.split('/').count() + 2).unwrap_or(i64::MAX)
    }

    fn distinguished_name(&self) -> String {
        let mut out = self.relative_name();
        for container in self.parent.split('/').skip(1).collect::<Vec<_>>().into_iter().rev() {
            out.push_str(",OU=");
            out.push_str(container);
        }
        out + ",DC=contoso,DC=com"
    }
}

/// A shape's state between one object and the next, so that any number can be written.
trait Writer {
    fn begin(&mut self, out: &mut String);
    fn write(&mut self, object: &Object, out: &mut String);
    fn end(&mut self, out: &mut String);
}

/// The writer for `how`. The text depends on `measured` alone beside it: CSV takes its header from
/// the first object, a table its alignment, and its widths from all of them.
fn writer<'h>(how: &'h How, measured: &[Object]) -> Box<dyn Writer + 'h> {
    match how.shape {
        Shape::Csv { delimiter, join, quotes, type_line } => {
            Box::new(csv::CsvWriter::new(how, measured.first(), delimiter, join, quotes, type_line))
        }
        Shape::List => Box::new(list::ListWriter::new(how)),
        Shape::Table { columns, wrap, .. } => Box::new(table::TableWriter::new(how, measured, columns, wrap)),
        Shape::Json { layout, nested, names_of_enums } => {
            let bare = measured.len() == 1;
            Box::new(json::JsonWriter::new(how, layout, bare, nested, names_of_enums))
        }
        Shape::Clixml { array } => Box::new(clixml::ClixmlWriter::new(how, array)),
    }
}

/// The text that PowerShell would write for `objects`.
pub(crate) fn render(objects: &[Object], how: &How) -> String {
    let mut out = String::new();
    if let Shape::Table { columns, wrap, group_by: Some(property) } = how.shape {
        table::render_groups(objects, how, columns, wrap, property, &mut out);
        return out;
    }
    let mut writer = writer(how, objects);
    writer.begin(&mut out);
    for object in objects {
        writer.write(object, &mut out);
    }
    writer.end(&mut out);
    out
}

/// How a file's text became bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Utf8Bom,
    /// With a byte order mark, as `>` and `Out-File` of 5.1 write it.
    Utf16Le,
    /// With a byte order mark (`-Encoding BigEndianUnicode`).
    Utf16Be,
    /// What cannot be said becomes `?`, as .NET does.
    Windows1252,
}

pub(crate) fn encode(text: &str, encoding: Encoding) -> Vec<u8> {
    let mut bytes = encoding.byte_order_mark().to_vec();
    encode_into(text, encoding, &mut bytes);
    bytes
}

impl Encoding {
    fn byte_order_mark(self) -> &'static [u8] {
        match self {
            Encoding::Utf8 | Encoding::Windows1252 => b"",
            Encoding::Utf8Bom => b"\xef\xbb\xbf",
            Encoding::Utf16Le => b"\xff\xfe",
            Encoding::Utf16Be => b"\xfe\xff",
        }
    }
}

fn encode_into(text: &str, encoding: Encoding, bytes: &mut Vec<u8>) {
    match encoding {
        Encoding::Utf8 | Encoding::Utf8Bom => bytes.extend_from_slice(text.as_bytes()),
        Encoding::Utf16Le => bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
        Encoding::Utf16Be => bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
        Encoding::Windows1252 => bytes.extend(text.chars().map(windows_1252)),
    }
}

fn windows_1252(character: char) -> u8 {
    // The 32 places in which Windows-1252 is not Latin-1; five of them are empty (U+0081, …).
    const HIGH: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
    if let Some(place) = HIGH.chars().position(|own| own == character) {
        return 0x80 + u8::try_from(place).expect("there are 32 places");
    }
    match u8::try_from(u32::from(character)) {
        Ok(byte) if !(0x80..0xa0).contains(&byte) => byte,
        _ => b'?',
    }
}

/// How many cells of the console a character takes (`CharLengthInBufferCells`).
fn cells_of(character: char) -> usize {
    let wide = matches!(
        u32::from(character),
        0x1100..=0x115f
            | 0x2e80..=0x303e
            | 0x3040..=0xa4cf
            | 0xac00..=0xd7a3
            | 0xf900..=0xfaff
            | 0xfe30..=0xfe6f
            | 0xff00..=0xff60
            | 0xffe0..=0xffe6
            | 0x10000..=0x10ffff
    );
    if wide { 2 } else { 1 }
}

fn cells(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(cells_of).sum() }
}

fn push_blanks(count: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', count));
}

/// Breaks `text` into lines of at most `width` cells (`StringManipulationHelper.GenerateLines`).
fn lines_of(text: &str, width: usize, culture: Culture) -> Vec<String> {
    let mut lines = Vec::new();
    for line in text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)) {
        if cells(line) <= width {
            lines.push(line.to_owned());
            continue;
        }
        match culture {
            Culture::BreakAtBlanks => break_at_blanks(line, width, &mut lines),
            Culture::CutHard => {
                let mut last = String::new();
                cut_hard(line, width, &mut last, &mut lines);
                lines.push(last);
            }
        }
    }
    lines
}

/// A word keeps the blank behind it; where both do not fit, they open the next line.
fn break_at_blanks(line: &str, width: usize, lines: &mut Vec<String>) {
    let mut last = String::new();
    for word in line.split_inclusive([' ', '\t']) {
        if cells(word) > width {
            cut_hard(word, width, &mut last, lines);
        } else if cells(&last) + cells(word) > width {
            lines.push(std::mem::replace(&mut last, word.to_owned()));
        } else {
            last.push_str(word);
        }
    }
    lines.push(last);
}

fn cut_hard(text: &str, width: usize, last: &mut String, lines: &mut Vec<String>) {
    let mut used = cells(last);
    for character in text.chars() {
        // A character wider than the whole line becomes `?`.
        let character = if cells_of(character) > width { '?' } else { character };
        if used + cells_of(character) > width {
            lines.push(std::mem::take(last));
            used = 0;
        }
        last.push(character);
        used += cells_of(character);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_keeps_its_blank_and_moves_with_it() {
        let text = "CN=Zürich mailboxes,CN=Scopes,CN=RBAC,CN=Contoso,CN=Microsoft Exchange";
        assert_eq!(
            lines_of(text, 57, Culture::BreakAtBlanks),
            ["CN=Zürich ", "mailboxes,CN=Scopes,CN=RBAC,CN=Contoso,CN=Microsoft ", "Exchange"],
        );
        // `bcd` would fit, but not with its blank.
        assert_eq!(lines_of("a bcd e", 5, Culture::BreakAtBlanks), ["a ", "bcd e"]);
        assert_eq!(lines_of("abcdefg h", 3, Culture::BreakAtBlanks), ["abc", "def", "g h"]);
    }

    #[test]
    fn other_cultures_cut_in_the_word() {
        assert_eq!(lines_of("Users/Administrator", 7, Culture::CutHard), ["Users/A", "dminist", "rator"]);
        assert_eq!(lines_of("a日本", 4, Culture::CutHard), ["a日", "本"]);
        assert_eq!(lines_of("one\r\ntwo", 80, Culture::CutHard), ["one", "two"]);
    }

    #[test]
    fn a_collection_ends_in_the_mark_of_its_edition() {
        let items = Datum::List(["a", "b", "c"].map(String::from).to_vec());
        let print = |how: How| {
            let mut out = String::new();
            how.print(&items, &mut out);
            out
        };
        assert_eq!(print(How { enumeration_limit: Some(2), ..How::classic(Shape::List) }), "{a, b...}");
        assert_eq!(print(How { enumeration_limit: Some(2), ..How::core(Shape::List) }), "{a, b…}");
        assert_eq!(print(How { enumeration_limit: None, ..How::core(Shape::List) }), "{a, b, c}");
    }

    #[test]
    fn text_becomes_bytes() {
        assert_eq!(encode("ü", Encoding::Utf8), [0xc3, 0xbc]);
        assert_eq!(encode("ü", Encoding::Utf8Bom), [0xef, 0xbb, 0xbf, 0xc3, 0xbc]);
        assert_eq!(encode("ü", Encoding::Utf16Le), [0xff, 0xfe, 0xfc, 0x00]);
        assert_eq!(encode("ü", Encoding::Utf16Be), [0xfe, 0xff, 0x00, 0xfc]);
        assert_eq!(encode("ü…€日\u{81}", Encoding::Windows1252), [0xfc, 0x85, 0x80, b'?', 0x81]);
    }

    #[test]
    fn wide_characters_take_two_cells() {
        assert_eq!(cells("日本語 ロール"), 13);
        assert_eq!(cells("Zürich"), 6);
    }
}
