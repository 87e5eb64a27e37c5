//! What each shape carries, measured: one organization in every shape, read back and compared with what was written.
//!
//! `docs/formats.md` shows the result. A value that is neither what was written nor marked as incomplete fails the test.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use rolecall::diagnostic::Report;
use rolecall::read::{Sink, read};
use rolecall::record::{Property, Record};
use rolecall::report::records::Lines;
use rolecall::source::{FileId, SourceFile};
use serde_json::Value;

use super::expected::squeeze;
use crate::powershell::{
    Columns, Datum, Encoding, How, Layout, Object, Quotes, Session, Shape, Sizing, encode, render, small_organization,
};

/// What a property holds, as far as a shape treats it alike.
const CLASSES: [&str; 5] = ["texts", "yes and no", "enumerations", "links", "lists"];

fn class_of(datum: &Datum) -> usize {
    match datum {
        Datum::Null | Datum::Text(_) | Datum::Number(_) => 0,
        Datum::Bool(_) => 1,
        Datum::Enum(..) => 2,
        Datum::Reference(_) => 3,
        Datum::List(_) | Datum::References(_) => 4,
    }
}

/// The ways of writing, as an administrator would type them.
fn ways() -> Vec<(&'static str, How)> {
    let csv = |join| Shape::Csv { delimiter: ',', join, quotes: Quotes::Always, type_line: true };
    let json = |nested| Shape::Json { layout: Layout::Pretty, nested, names_of_enums: false };
    let table = |columns, wrap| Shape::Table { columns, wrap, group_by: None };
    let remote = |shape| How { session: Session::Remote, ..How::classic(shape) };
    let wide = |shape| How { width: 8192, enumeration_limit: None, ..How::core(shape) };
    vec![
        ("`Export-Csv`, in the server's own shell", How::classic(csv(None))),
        ("`Export-Csv`, in an imported session", remote(csv(None))),
        ("`Export-Csv` with `-join ';'` for each list", How::classic(csv(Some(";")))),
        ("`Format-List`", How::classic(Shape::List)),
        ("`Format-List`, `$FormatEnumerationLimit = -1`", How { enumeration_limit: None, ..How::classic(Shape::List) }),
        ("the default table, 120 cells wide", How::classic(table(Columns::Default(Sizing::Equal), false))),
        (
            "`Format-Table -AutoSize \\| Out-String -Width 8192`, no limit",
            wide(table(Columns::Named(Sizing::Content), false)),
        ),
        ("`ConvertTo-Json`, in the server's own shell", How::classic(json(true))),
        ("`ConvertTo-Json -Depth 1`", How::core(json(false))),
        ("`ConvertTo-Json`, Exchange Online", How { session: Session::Online, ..How::core(json(true)) }),
        ("`Export-Clixml`", How::classic(Shape::Clixml { array: false })),
        ("`Export-Clixml`, in an imported session", remote(Shape::Clixml { array: false })),
    ]
}

/// How many values of a class came back how.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    whole: u32,
    marked: u32,
    numbers: u32,
    /// Lists in braces whose items hold the `, ` that stands between items: the shape does not tell.
    split: u32,
    left_out: u32,
}

impl Tally {
    fn words(self) -> String {
        let all = self.whole + self.marked + self.numbers + self.split + self.left_out;
        let parts = [
            (self.whole, "whole"),
            (self.numbers, "as numbers"),
            (self.marked, "marked"),
            (self.split, "split at each `, `"),
            (self.left_out, "left out"),
        ];
        let some = parts.iter().filter(|(count, _)| *count > 0).map(|&(_, word)| word).collect::<Vec<_>>();
        if all == 0 { "-".to_owned() } else { some.join(", ") }
    }
}

/// The records of some bytes, as `rolecall records` prints them.
fn records(bytes: &[u8]) -> Vec<Value> {
    let file = SourceFile::decode(FileId(0), "x".into(), bytes).expect("small");
    let mut lines = String::new();
    let mut printer = Lines::new(&file);
    let mut on_record = |record: &Record<'_>| printer.push(&mut lines, record);
    read(&file, &mut Sink::new(&mut Report::default(), &mut on_record));
    lines.lines().map(|line| serde_json::from_str(line).expect("a record is JSON")).collect()
}

/// The names of all properties of some objects.
fn properties(objects: &[Object]) -> Vec<&'static str> {
    objects.first().map_or(Vec::new(), |first| first.properties.iter().map(|(name, _)| *name).collect())
}

fn measure(what: &str, how: &How, tallies: &mut [Tally; CLASSES.len()], wrong: &mut Vec<String>) {
    for (_, objects) in small_organization() {
        let is_named = matches!(how.shape, Shape::Table { columns: Columns::Named(_), .. });
        let how = How { properties: if is_named { properties(&objects) } else { Vec::new() }, ..how.clone() };
        let read = records(&encode(&render(&objects, &how), Encoding::Utf8));
        if read.len() != objects.len() {
            wrong.push(format!("{what}: {} {}s, not {}", read.len(), objects[0].kind, objects.len()));
            continue;
        }
        for (object, record) in objects.iter().zip(&read) {
            for (name, datum) in &object.properties {
                let got = record["fields"].get(*name).or_else(|| {
                    // The default table of role groups labels their roles so.
                    record["fields"].get("AssignedRoles").filter(|_| *name == "Roles")
                });
                let tally = &mut tallies[class_of(datum)];
                let of_class = match got {
                    None => &mut tally.left_out,
                    Some(got) if is_same(datum, got) => &mut tally.whole,
                    Some(got) if got.is_object() => &mut tally.marked,
                    Some(got) if is_split_within(datum, got) => &mut tally.split,
                    Some(got) if matches!(datum, Datum::Enum(_, number) if got == &number.to_string()) => {
                        &mut tally.numbers
                    }
                    Some(got) => {
                        wrong.push(format!("{what}: {} {name}: {got} is not {datum:?}", object.kind));
                        continue;
                    }
                };
                *of_class += 1;
            }
        }
    }
}

/// Whether a list came back with an item divided at a `, ` of its own.
fn is_split_within(datum: &Datum, got: &Value) -> bool {
    let (Datum::List(items) | Datum::References(items), Value::Array(read)) = (datum, got) else { return false };
    let read: Vec<&str> = read.iter().filter_map(Value::as_str).collect();
    items.iter().any(|item| item.contains(", ")) && squeeze(&read.join(",")) == squeeze(&items.join(","))
}

/// Whether a value that was read is the one that was written. Blanks and line ends may be those of a wrapped line.
fn is_same(datum: &Datum, got: &Value) -> bool {
    let last = |name: &str| squeeze(name.rsplit('/').next().unwrap_or(name));
    let words = |items: &[String]| items.iter().map(|item| last(item)).collect::<Vec<_>>();
    let read = match got {
        Value::Array(items) => items.iter().map(|item| item.as_str().map(last)).collect::<Option<Vec<_>>>(),
        Value::String(text) => Some(vec![last(text)]),
        Value::Null => Some(Vec::new()),
        _ => None,
    };
    let Some(read) = read else { return false };
    match datum {
        Datum::Null => read.is_empty(),
        Datum::Text(text) | Datum::Reference(text) if text.is_empty() => read.is_empty(),
        Datum::Text(text) => got.as_str().is_some_and(|got| squeeze(got) == squeeze(text)) || read == [last(text)],
        Datum::Reference(text) => read == [last(text)],
        Datum::Number(number) => read == [number.to_string()],
        Datum::Bool(yes) => read.len() == 1 && read[0].eq_ignore_ascii_case(&yes.to_string()),
        Datum::Enum(name, _) => read == [squeeze(name)],
        Datum::List(items) | Datum::References(items) => read == words(items),
    }
}

/// The table of what each shape carries.
fn table_of_shapes() -> String {
    let mut wrong = Vec::new();
    let mut out = format!("| written by | {} |\n|---{}|\n", CLASSES.join(" | "), "|---".repeat(CLASSES.len()));
    for (what, how) in ways() {
        let mut tallies = [Tally::default(); CLASSES.len()];
        measure(what, &how, &mut tallies, &mut wrong);
        let cells: Vec<String> = tallies.iter().map(|tally| tally.words()).collect();
        writeln!(out, "| {what} | {} |", cells.join(" | ")).expect("a string takes all");
    }
    assert!(wrong.is_empty(), "{} values are read wrongly:\n{}", wrong.len(), wrong.join("\n"));
    out
}

/// The columns that go by other names than Exchange's own, with the comment that says where those come from.
fn table_of_names() -> String {
    let source =
        std::fs::read_to_string("src/record/property.rs").expect("the tests run at the root of the repository");
    let mut out = "| property | also read from a column or member called | |\n|---|---|---|\n".to_owned();
    for (property, names) in Property::NAMES.iter().filter(|(_, names)| names.len() > 1) {
        let declared = format!("    {property:?}: \"");
        let above = source.split(&declared).next().unwrap_or("");
        let comment = above.trim_end().rsplit('\n').next().unwrap_or("").trim().trim_start_matches("/// ");
        let [own, others @ ..] = names else { continue };
        let others = others.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        writeln!(out, "| `{own}` | {others} | {comment} |").expect("a string takes all");
    }
    out
}

#[test]
fn the_document_of_formats_shows_what_each_shape_carries() {
    let path = "docs/formats.md";
    let old = std::fs::read_to_string(path).expect("the document is there");
    let mut wanted = old.clone();
    for (name, table) in [("shapes", table_of_shapes()), ("names", table_of_names())] {
        let (begin, end) = (format!("<!-- {name}: generated -->\n"), format!("<!-- end of {name} -->"));
        let (before, rest) = wanted.split_once(&begin).expect("the document has the mark");
        let (_, after) = rest.split_once(&end).expect("the document has the mark");
        wanted = format!("{before}{begin}\n{table}\n{end}{after}");
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &wanted).expect("the document can be written");
    } else {
        assert!(old == wanted, "docs/formats.md is stale: `UPDATE=1 cargo test` writes it");
    }
}

#[test]
fn every_encoding_holds_the_same_records() {
    // What Windows-1252 cannot say is lost, and is read as what stands there.
    let lossless = [Encoding::Utf8, Encoding::Utf8Bom, Encoding::Utf16Le, Encoding::Utf16Be];
    let mut kinds = BTreeMap::new();
    for (what, how) in ways() {
        for (name, objects) in small_organization() {
            let text = render(&objects, &how);
            let read = lossless.map(|encoding| records(&encode(&text, encoding)));
            assert!(read.iter().all(|records| *records == read[0]), "{what}: {name}");
            kinds.entry(name).or_insert_with(BTreeSet::new).insert(read[0].len());
        }
    }
    assert!(kinds.values().all(|counts| counts.len() == 1), "{kinds:?}");
}
