//! `rolecall records`: what was read, as JSON Lines.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::record::{Complete, Field, Items, Property, Record, Rest, Value};
use crate::source::{SourceFile, to_u32};

use super::escape::push_json;

/// The records of one file, each as one line of JSON.
///
/// Shape: the contract of `rolecall records`; `docs/schemas/records.schema.json`.
#[derive(Debug)]
pub struct Lines<'f, 'b> {
    file: &'f SourceFile<'b>,
    /// What every line begins with.
    head: String,
    /// An offset, and its line: records follow each other.
    last: (u32, u32),
    /// The parameters of the records that repeat each other, by their numbers.
    parameters: Vec<String>,
    /// The keys of the last record: the next one has the same, most often.
    keys: Vec<Key>,
}

/// A field of a record as a key of an object.
#[derive(Debug)]
struct Key {
    name: String,
    /// As it is written. Nothing where the name stands before: one that stands twice is one key, and the first one counts,
    /// as in PowerShell's own readers.
    written: Option<String>,
}

impl<'f, 'b> Lines<'f, 'b> {
    /// Nothing is written yet.
    #[must_use]
    pub fn new(file: &'f SourceFile<'b>) -> Self {
        let mut head = "{\"file\":".to_owned();
        push_json(&mut head, &file.path);
        Self { file, head, last: (0, 1), parameters: Vec::new(), keys: Vec::new() }
    }

    /// Appends one record.
    pub fn push(&mut self, out: &mut String, record: &Record<'_>) {
        out.push_str(&self.head);
        let line = self.line(record.at.start);
        // Writing to a string cannot fail.
        let _ = write!(out, ",\"line\":{line}");
        for part in [",\"kind\":\"", record.kind.name(), "\",\"shape\":\"", record.shape.0, "\",\"command\":"] {
            out.push_str(part);
        }
        match record.command {
            Some(command) => push_json(out, command),
            None => out.push_str("null"),
        }
        out.push_str(if record.complete {
            ",\"complete\":true,\"fields\":{"
        } else {
            ",\"complete\":false,\"fields\":{"
        });
        let keys = self.keys_of(record);
        for (key, field) in keys.iter().zip(&record.fields) {
            let Some(written) = &key.written else { continue };
            out.push_str(written);
            match record.repeats {
                Some(number) if field.property == Property::Parameters => self.push_parameters(out, number, field),
                _ => push_value(out, &field.value),
            }
        }
        self.keys = keys;
        out.push_str("}}\n");
    }

    /// The keys of a record, one for each field.
    fn keys_of(&mut self, record: &Record<'_>) -> Vec<Key> {
        let known = std::mem::take(&mut self.keys);
        let fields = &record.fields;
        if known.len() == fields.len() && known.iter().zip(fields).all(|(key, field)| key.name == field.name) {
            return known;
        }
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut keys = Vec::with_capacity(fields.len());
        for field in fields {
            let comma = if seen.is_empty() { "" } else { "," };
            let written = seen.insert(&field.name).then(|| {
                let mut written = comma.to_owned();
                push_json(&mut written, &field.name);
                written.push(':');
                written
            });
            keys.push(Key { name: field.name.clone().into_owned(), written });
        }
        keys
    }

    /// Appends the parameters that all records of this number have.
    fn push_parameters(&mut self, out: &mut String, number: u32, field: &Field<'_>) {
        let number = number as usize;
        self.parameters.resize(self.parameters.len().max(number + 1), String::new());
        let known = &mut self.parameters[number];
        if known.is_empty() {
            push_value(known, &field.value);
        }
        out.push_str(known);
    }

    /// The line of an offset, which most often stands little behind the last one.
    fn line(&mut self, offset: u32) -> u32 {
        const NEAR: usize = 4096;
        let (last, line) = self.last;
        let between = self.file.text().as_bytes().get(last as usize..offset as usize);
        let line = match between.filter(|between| between.len() <= NEAR) {
            Some(between) => line + to_u32(between.iter().filter(|byte| **byte == b'\n').count()),
            None => self.file.line(offset),
        };
        self.last = (offset, line);
        line
    }
}

fn push_value(out: &mut String, value: &Value<'_>) {
    match value {
        Value::Nothing => out.push_str("null"),
        Value::Text(text, Complete::Yes) => push_json(out, text),
        Value::Text(text, Complete::Cut) => push_incomplete(out, text),
        Value::Text(text, Complete::Flattened) => {
            out.push_str("{\"flattened\":");
            push_json(out, text);
            out.push('}');
        }
        Value::List(list) => push_items(out, &list.items()),
        Value::Object(json) => {
            out.push_str("{\"object\":");
            out.push_str(json);
            out.push('}');
        }
    }
}

fn push_items(out: &mut String, list: &Items<'_>) {
    match &list.rest {
        Rest::None => push_array(out, list),
        Rest::Unsplit(text) => push_incomplete(out, text),
        Rest::Cut(partial) => {
            out.push_str("{\"items\":");
            push_array(out, list);
            out.push_str(",\"partial\":");
            match partial {
                Some(text) => push_json(out, text),
                None => out.push_str("null"),
            }
            out.push_str(",\"complete\":false}");
        }
    }
}

fn push_array(out: &mut String, list: &Items<'_>) {
    out.push('[');
    for (index, item) in list.items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        push_json(out, item);
    }
    out.push(']');
}

fn push_incomplete(out: &mut String, text: &str) {
    out.push_str("{\"text\":");
    push_json(out, text);
    out.push_str(",\"complete\":false}");
}
