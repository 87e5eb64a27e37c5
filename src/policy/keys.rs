//! `Table`: a table of a policy file with the keys it may hold, and readers that say what is wrong with a value.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{closest, mistake, say};
use crate::diagnostic::Report;
use crate::source::{FileId, Span, to_u32};

/// The keys that a table may hold.
pub(super) type Keys = &'static [&'static str];

/// A text with its place.
pub(super) type Text = (String, Span);

/// One table of the file.
#[derive(Clone, Copy)]
pub(super) struct Table<'t, 's> {
    file: FileId,
    name: &'static str,
    keys: Keys,
    table: &'t DeTable<'s>,
    /// Where it stands.
    pub(super) at: Span,
    /// False where broken syntax may hide a key.
    pub(super) whole: bool,
}

impl<'t, 's> Table<'t, 's> {
    pub(super) fn new(
        file: FileId,
        name: &'static str,
        keys: Keys,
        table: &'t DeTable<'s>,
        at: Span,
        whole: bool,
    ) -> Self {
        Self { file, name, keys, table, at, whole }
    }

    /// Says which keys mean nothing here.
    pub(super) fn check_keys(&self, report: &mut Report) {
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if self.keys.contains(&name) {
                continue;
            }
            let help = match closest(name, self.keys.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known here: {}", quoted(self.keys)),
            };
            let message = format!("{} has no key `{}`", self.shown(), one_line(name));
            say(report, mistake::UNKNOWN_KEY, message, span(self.file, &key.span()), Some(help));
        }
    }

    /// The tables below a key. One that is written `[key]` for `[[key]]` is said, and read all the same.
    pub(super) fn tables(&self, key: &'static str, keys: Keys, report: &mut Report) -> Vec<Table<'t, 's>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let mut tables = Vec::new();
        let items: Vec<&Spanned<DeValue<'s>>> = match value.get_ref() {
            DeValue::Array(array) => array.iter().collect(),
            _ => {
                self.say_type(key, value, "a list of tables", report);
                vec![value]
            }
        };
        for item in items {
            match item.get_ref() {
                DeValue::Table(table) => {
                    let table = Self::new(self.file, key, keys, table, span(self.file, &item.span()), self.whole);
                    table.check_keys(report);
                    tables.push(table);
                }
                _ if std::ptr::eq(item, value) => {}
                _ => self.say_type(key, item, "a list of tables", report),
            }
        }
        tables
    }

    /// A text that is not empty.
    pub(super) fn text(&self, key: &'static str, report: &mut Report) -> Option<Text> {
        let value = self.value(key)?;
        self.text_of(key, value, "a text", report)
    }

    /// A list of texts; one text is a list of one where `or_one` says so.
    pub(super) fn texts(&self, key: &'static str, or_one: bool, report: &mut Report) -> Vec<Text> {
        let wanted = if or_one { "a text or a list of texts" } else { "a list of texts" };
        match self.value(key) {
            None => Vec::new(),
            Some(value) => match value.get_ref() {
                DeValue::Array(array) => {
                    array.iter().filter_map(|item| self.text_of(key, item, "a list of texts", report)).collect()
                }
                DeValue::String(_) if or_one => self.text_of(key, value, wanted, report).into_iter().collect(),
                // A lone text where a list belongs: the mistake is plain, so reading goes on with it.
                DeValue::String(_) => {
                    self.say_type(key, value, wanted, report);
                    self.text_of(key, value, wanted, report).into_iter().collect()
                }
                _ => {
                    self.say_type(key, value, wanted, report);
                    Vec::new()
                }
            },
        }
    }

    /// A date, as a date or as a text of that form.
    pub(super) fn date(&self, key: &'static str, report: &mut Report) -> Option<String> {
        let value = self.value(key)?;
        match value.get_ref() {
            DeValue::Datetime(date) if date.date.is_some() && date.time.is_none() => Some(date.to_string()),
            DeValue::String(text) if is_date(text) => Some(text.to_string()),
            _ => {
                self.say_type(key, value, "a date such as `2016-03-29`", report);
                None
            }
        }
    }

    /// One of a few words.
    pub(super) fn word(&self, key: &'static str, words: Keys, report: &mut Report) -> Option<&'static str> {
        let (text, at) = self.text(key, report)?;
        if let Some(word) = words.iter().find(|word| crate::name::same(word, &text)) {
            return Some(word);
        }
        let help = match closest(&text, words.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it is one of {}", quoted(words)),
        };
        let message = format!("`{key}` cannot be `{}`", one_line(&text));
        say(report, mistake::WRONG_VALUE, message, at, Some(help));
        None
    }

    /// Whether the table holds the key with anything but an empty list.
    pub(super) fn fills(&self, key: &str) -> bool {
        self.value(key).is_some_and(|value| !matches!(value.get_ref(), DeValue::Array(array) if array.is_empty()))
    }

    fn value(&self, key: &str) -> Option<&'t Spanned<DeValue<'s>>> {
        self.table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    fn text_of(
        &self,
        key: &'static str,
        value: &Spanned<DeValue<'s>>,
        wanted: &str,
        report: &mut Report,
    ) -> Option<Text> {
        let at = span(self.file, &value.span());
        match value.get_ref() {
            DeValue::String(text) if text.trim().is_empty() => {
                say(report, mistake::WRONG_VALUE, format!("a text in `{key}` is empty"), at, None);
                None
            }
            DeValue::String(text) => Some((text.trim().to_owned(), at)),
            _ => {
                self.say_type(key, value, wanted, report);
                None
            }
        }
    }

    fn say_type(&self, key: &str, value: &Spanned<DeValue<'s>>, wanted: &str, report: &mut Report) {
        let found = match value.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "`true` or `false`",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let help = match (wanted, value.get_ref()) {
            ("a list of tables", _) => format!("write `[[{key}]]`"),
            ("a list of texts", DeValue::String(text)) => format!("write `{key} = [\"{}\"]`", one_line(text)),
            _ => format!("write {wanted}"),
        };
        let message = format!("`{key}` takes {wanted}, not {found}");
        say(report, mistake::WRONG_TYPE, message, span(self.file, &value.span()), Some(help));
    }

    fn shown(&self) -> String {
        if self.at.start == 0 && self.name == "the file" { "a policy file".into() } else { format!("`{}`", self.name) }
    }
}

/// The span of a range that the TOML parser gives.
pub(super) fn span(file: FileId, range: &Range<usize>) -> Span {
    Span { file, start: to_u32(range.start), end: to_u32(range.end) }
}

/// A text from the parser or the file, fit for a message of one line.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// Whether a text has the form of a date; whether the day exists is asked where the date is used.
fn is_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}
