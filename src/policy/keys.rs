//! `Table`: a table of a policy file with the keys it may hold, and readers that say what is wrong with a value.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::shape::{Keys, Shape, Takes, stands_above_headers};
use super::tables::{Reader, example};
use super::{Item, Text, Who, closest, mistake, say};
use crate::diagnostic::Report;
use crate::hidden::toml;
use crate::source::{FileId, Span, to_u32};

/// One table of the file.
#[derive(Clone, Copy)]
pub(super) struct Table<'t, 's> {
    file: FileId,
    shape: &'static Shape,
    table: &'t DeTable<'s>,
    /// Where it is.
    pub(super) at: Span,
    /// False where broken syntax may hide a key.
    pub(super) whole: bool,
}

impl<'t, 's> Table<'t, 's> {
    pub(super) fn new(file: FileId, shape: &'static Shape, table: &'t DeTable<'s>, at: Span, whole: bool) -> Self {
        Self { file, shape, table, at, whole }
    }

    /// The key of the table.
    pub(super) fn name(&self) -> &'static str {
        self.shape.name
    }

    /// Says which keys mean nothing here, which belong elsewhere and which lack.
    pub(super) fn check(&self, report: &mut Report) {
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            let known = match self.shape.keys {
                Keys::Known(_) => self.shape.key(name).is_some(),
                // Any name will do, but a key of the file that stands here was surely meant for the file.
                Keys::Any(_) => !stands_above_headers(name),
            };
            if !known {
                self.say_unknown(name, span(self.file, &key.span()), report);
            }
        }
        self.check_tables(report);
        if !self.whole {
            return;
        }
        for key in self.shape.must.iter().filter(|key| !self.has(key)) {
            let message = format!("`{}` has no `{key}`", self.shape.name);
            say(report, mistake::MISSING_KEY, message, self.at, Some(format!("add `{}`", example(key))));
        }
        // What is listed but malformed was said and is not missing besides.
        if !self.shape.any.is_empty() && !self.shape.any.iter().any(|key| self.has(key)) {
            let message = format!("`{}` has none of {}", self.shape.name, quoted(self.shape.any.iter().copied()));
            let help = format!("add `{}`", example(self.shape.any[0]));
            say(report, mistake::MISSING_KEY, message, self.at, Some(help));
        }
    }

    /// Checks the tables that stand here once, such as `[lint]`.
    fn check_tables(&self, report: &mut Report) {
        for key in self.shape.known().filter(|key| matches!(key.takes, Takes::Table(_))) {
            match (self.table(key.name), self.value(key.name)) {
                (Some(table), _) => table.check(report),
                (None, Some(value)) => self.say_type(key.name, value, "a table", report),
                (None, None) => {}
            }
        }
    }

    fn say_unknown(&self, name: &str, at: Span, report: &mut Report) {
        let shown = one_line(name);
        let root = &super::shape::FILE;
        let near = closest(name, self.shape.known().map(|key| key.name));
        let is_root = self.shape.name == root.name;
        if !is_root && stands_above_headers(name) {
            let message = format!("`{shown}` is a key of the file, but is in `{}`", self.shape.name);
            let help = "move it above the first header of a table".to_owned();
            say(report, mistake::MISPLACED_KEY, message, at, Some(help));
            return;
        }
        let elsewhere = |key: &&super::shape::Key| match key.takes {
            Takes::Table(shape) | Takes::Tables(shape) => shape.key(name).is_some(),
            _ => false,
        };
        let message = match is_root {
            true => format!("a policy file has no key `{shown}`"),
            false => format!("`{}` has no key `{shown}`", self.shape.name),
        };
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => match root.known().find(elsewhere) {
                Some(key) => format!("it is a key of {}", header(key)),
                None => format!("known here: {}", quoted(self.shape.known().map(|key| key.name))),
            },
        };
        say(report, mistake::UNKNOWN_KEY, message, at, Some(help));
    }

    /// The one table below a key.
    pub(super) fn table(&self, key: &'static str) -> Option<Self> {
        let (Some(Takes::Table(shape)), Some(value)) = (self.takes(key), self.value(key)) else { return None };
        match value.get_ref() {
            DeValue::Table(table) => {
                Some(Self::new(self.file, shape, table, span(self.file, &value.span()), self.whole))
            }
            _ => None,
        }
    }

    fn takes(&self, key: &str) -> Option<Takes> {
        self.shape.key(key).map(|key| key.takes)
    }

    /// The tables below a key. One that is written `[key]` for `[[key]]` is said, and read all the same.
    pub(super) fn tables(&self, key: &'static str, report: &mut Report) -> Vec<Self> {
        let (Some(Takes::Tables(shape)), Some(value)) = (self.takes(key), self.value(key)) else { return Vec::new() };
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
                    let table = Self::new(self.file, shape, table, span(self.file, &item.span()), self.whole);
                    table.check(report);
                    tables.push(table);
                }
                _ if std::ptr::eq(item, value) => {}
                _ => self.say_type(key, item, "a list of tables", report),
            }
        }
        tables
    }

    /// The names of a table that takes any.
    pub(super) fn names(&self) -> Vec<Text> {
        let known = self.table.keys().filter(|key| !stands_above_headers(key.get_ref()));
        known.map(|key| Text { text: key.get_ref().to_string(), at: span(self.file, &key.span()) }).collect()
    }

    /// A text that is not empty.
    pub(super) fn text(&self, key: &str, report: &mut Report) -> Option<Text> {
        let value = self.value(key)?;
        self.text_of(key, value, "a text", report)
    }

    /// A list of texts; one text is a list of one where `or_one` says so.
    pub(super) fn texts(&self, key: &str, or_one: bool, report: &mut Report) -> Vec<Text> {
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

    /// Cmdlets, with `@name` replaced.
    pub(super) fn items(&self, key: &str, reader: &mut Reader<'_>) -> Vec<Item> {
        let texts = self.texts(key, false, reader.report);
        reader.names.items(texts, reader.report)
    }

    /// Accounts, with `@name` replaced.
    pub(super) fn accounts(&self, key: &str, reader: &mut Reader<'_>) -> Vec<Who> {
        let texts = self.texts(key, true, reader.report);
        reader.names.accounts(texts, reader.report)
    }

    /// `true` or `false`; absent is `false`.
    pub(super) fn flag(&self, key: &str, report: &mut Report) -> bool {
        let Some(value) = self.value(key) else { return false };
        match value.get_ref() {
            DeValue::Boolean(flag) => *flag,
            _ => {
                self.say_type(key, value, "`true` or `false`", report);
                false
            }
        }
    }

    /// A date, as a date or as a text of that form.
    pub(super) fn date(&self, key: &str, report: &mut Report) -> Option<Text> {
        let value = self.value(key)?;
        let at = span(self.file, &value.span());
        match value.get_ref() {
            DeValue::String(text) => {
                let day = DeValue::parse(text).ok().and_then(|value| day_of(value.get_ref()));
                if day.is_none() {
                    let message = format!("`{}` in `{key}` is no day", one_line(text));
                    say(
                        report,
                        mistake::WRONG_VALUE,
                        message,
                        at,
                        Some("write a date such as `2026-12-31`".to_owned()),
                    );
                }
                day.map(|text| Text { text, at })
            }
            value if day_of(value).is_some() => day_of(value).map(|text| Text { text, at }),
            _ => {
                self.say_type(key, self.value(key)?, "a date such as `2026-12-31`", report);
                None
            }
        }
    }

    /// Some of a few words, each with its place.
    pub(super) fn words(
        &self,
        key: &str,
        words: &'static [&'static str],
        report: &mut Report,
    ) -> Vec<(&'static str, Span)> {
        let texts = self.texts(key, false, report);
        texts.iter().filter_map(|text| Some((word_of(key, text, words, report)?, text.at))).collect()
    }

    /// One of a few words.
    pub(super) fn word(&self, key: &str, words: &'static [&'static str], report: &mut Report) -> Option<&'static str> {
        let text = self.text(key, report)?;
        word_of(key, &text, words, report)
    }

    /// Whether the table holds the key.
    pub(super) fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    fn value(&self, key: &str) -> Option<&'t Spanned<DeValue<'s>>> {
        self.table.get(key)
    }

    fn text_of(&self, key: &str, value: &Spanned<DeValue<'s>>, wanted: &str, report: &mut Report) -> Option<Text> {
        let at = span(self.file, &value.span());
        match value.get_ref() {
            DeValue::String(text) if text.trim().is_empty() => {
                let help = format!("write a text between the quotes, or remove `{key}`");
                say(report, mistake::WRONG_VALUE, format!("a text in `{key}` is empty"), at, Some(help));
                None
            }
            DeValue::String(text) => Some(Text { text: text.trim().to_owned(), at }),
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
            ("a table", _) => format!("write `[{key}]`, and what it holds below it"),
            ("a list of texts", DeValue::String(text)) => format!("write `{key} = [{}]`", toml(text)),
            _ => format!("write {wanted}"),
        };
        let message = format!("`{key}` takes {wanted}, not {found}");
        say(report, mistake::WRONG_TYPE, message, span(self.file, &value.span()), Some(help));
    }
}

/// One of a few words.
pub(super) fn word_of(
    key: &str,
    text: &Text,
    words: &'static [&'static str],
    report: &mut Report,
) -> Option<&'static str> {
    if let Some(word) = words.iter().find(|word| crate::name::same(word, &text.text)) {
        return Some(word);
    }
    let help = match closest(&text.text, words.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it is one of {}", quoted(words.iter().copied())),
    };
    let message = format!("`{}` cannot be `{}`", one_line(key), one_line(&text.text));
    say(report, mistake::WRONG_VALUE, message, text.at, Some(help));
    None
}

/// How the header of a table is written.
fn header(key: &super::shape::Key) -> String {
    match key.takes {
        Takes::Tables(_) => format!("`[[{}]]`", key.name),
        _ => format!("`[{}]`", key.name),
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

fn quoted<'w>(words: impl Iterator<Item = &'w str>) -> String {
    words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// A date that is a day and nothing finer, as text.
fn day_of(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::Datetime(date) if date.date.is_some() && date.time.is_none() && date.offset.is_none() => {
            Some(date.to_string())
        }
        _ => None,
    }
}
