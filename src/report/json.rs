//! `--format json`: one object, for other programs.
//!
//! The shape is a contract, `docs/schemas/check.schema.json`. The wire types stand apart from the inner ones and carry a
//! version, so that rolecall may change inside without breaking who reads it.

mod v1;

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

use super::Finished;
use crate::diagnostic::{Diagnostic, Label};
use crate::hidden::is_hidden;
use crate::remedy::Fix;
use crate::source::Sources;

pub(super) use v1::shortened;

/// Writes the report as one line, each finding as it is made.
///
/// Errors: it cannot be written.
pub fn write(out: &mut impl Write, finished: &Finished<'_>) -> io::Result<()> {
    serialize(&mut *out, &v1::Report::of(finished))?;
    out.write_all(b"\n")
}

/// Appends one place as JSON.
pub(super) fn push_location(out: &mut String, sources: &Sources<'_>, label: &Label, primary: bool) {
    push(out, &v1::Location::of(label, primary, sources));
}

/// Appends fixes as JSON, each of which ends what it stands beside.
pub(super) fn push_fixes(out: &mut String, fixes: &[Fix], sources: &Sources<'_>) {
    push(out, &fixes.iter().map(|fix| v1::Fix::of(fix, 1, sources)).collect::<Vec<_>>());
}

/// Appends one diagnostic as JSON.
pub(super) fn push_diagnostic(out: &mut String, sources: &Sources<'_>, diagnostic: &Diagnostic) {
    push(out, &v1::Diagnostic::of(diagnostic, sources));
}

/// Appends a value as JSON in which nothing is hidden.
pub(super) fn push(out: &mut String, value: &impl Serialize) {
    let mut bytes = std::mem::take(out).into_bytes();
    // The types hold texts, numbers and lists alone, and writing to memory does not fail.
    let done = serialize(&mut bytes, value);
    debug_assert!(done.is_ok(), "wire types always serialize");
    *out = String::from_utf8(bytes).expect("JSON is text");
}

fn serialize(out: impl Write, value: &impl Serialize) -> io::Result<()> {
    Ok(value.serialize(&mut Serializer::with_formatter(out, Escaping))?)
}

/// Writes `\u202e` for what a terminal or an editor would obey, beyond what JSON itself escapes.
struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut from = 0;
        // Branch-free: hardly any text holds anything hidden.
        if fragment.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~')) {
            return writer.write_all(fragment.as_bytes());
        }
        for (at, char) in fragment.char_indices().filter(|&(_, char)| is_hidden(char)) {
            CompactFormatter.write_string_fragment(writer, &fragment[from..at])?;
            from = at + char.len_utf8();
            for unit in char.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
        }
        CompactFormatter.write_string_fragment(writer, &fragment[from..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::Sample;

    fn sample() -> (Sample, String) {
        let sample = Sample::new();
        let mut out = Vec::new();
        write(&mut out, &sample.finished()).expect("memory takes it");
        (sample, String::from_utf8(out).expect("JSON is text"))
    }

    #[test]
    fn it_is_one_object_of_one_line_with_every_diagnostic() {
        let (sample, out) = sample();
        let value: serde_json::Value = serde_json::from_str(&out).expect("valid JSON");
        assert_eq!(out.lines().count(), 1);
        assert_eq!(value["diagnostics"].as_array().map(Vec::len), Some(sample.diagnostics.len()));
        let pretty = serde_json::to_string_pretty(&value).expect("it was read");
        insta::assert_snapshot!(pretty.replace('\u{202e}', "<U+202E>").replace('\u{7}', "<U+0007>"));
    }

    #[test]
    fn nothing_hidden_is_written_and_nothing_is_lost() {
        let (_, out) = sample();
        assert!(!out.trim_end().contains(|char| is_hidden(char) || char == '\u{1b}'));
        let value: serde_json::Value = serde_json::from_str(&out).expect("valid JSON");
        let texts = value["diagnostics"].to_string();
        assert!(texts.contains('\u{202e}'), "reading the JSON gives the character back");
    }
}
