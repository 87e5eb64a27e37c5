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
}

impl<'f, 'b> Lines<'f, 'b> {
    /// Nothing is written yet.
    #[must_use]
    pub fn new(file: &'f SourceFile<'b>) -> Self {
        let mut head = "{\"file\":".to_owned();
        push_json(&mut head, &file.path);
        Self { file, head, last: (0, 1), parameters: Vec::new() }
    }

    /// Appends one record.
    pub fn push(&mut self, out: &mut String, record: &Record<'_>) {
        out.push_str(&self.head);
        let line = self.line(record.at.start);
        // Writing to a string cannot fail.
        let _ = write!(out, ",\"line\":{line},\"kind\":\"{}\"", record.kind.name());
        let _ = write!(out, ",\"shape\":\"{}\",\"command\":", record.shape.0);
        match record.command {
            Some(command) => push_json(out, command),
            None => out.push_str("null"),
        }
        let _ = write!(out, ",\"complete\":{},\"fields\":{{", record.complete);
        let mut first = true;
        let mut names = Names::of(record);
        for (index, field) in record.fields.iter().enumerate() {
            // A name that stands twice is one key of the object; the first one counts, as in PowerShell's own readers.
            if !names.is_first(index) {
                continue;
            }
            if !std::mem::take(&mut first) {
                out.push(',');
            }
            push_json(out, &field.name);
            out.push(':');
            match record.repeats {
                Some(number) if field.property == Property::Parameters => self.push_parameters(out, number, field),
                _ => push_value(out, &field.value),
            }
        }
        out.push_str("}}\n");
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

/// The names of a record's fields, to find those that stand twice.
enum Names<'r> {
    /// Few: compared with each other.
    Few(&'r [Field<'r>]),
    /// Many: gathered, so that a table of a million columns takes no longer than its columns.
    Many(&'r [Field<'r>], BTreeSet<&'r str>),
}

impl<'r> Names<'r> {
    const FEW_MAX: usize = 64;

    fn of(record: &'r Record<'r>) -> Self {
        let fields = &record.fields[..];
        if fields.len() <= Self::FEW_MAX { Self::Few(fields) } else { Self::Many(fields, BTreeSet::new()) }
    }

    /// Whether no field before this one has its name. Asked of each field, in order.
    fn is_first(&mut self, index: usize) -> bool {
        match self {
            Self::Few(fields) => fields[..index].iter().all(|earlier| earlier.name != fields[index].name),
            Self::Many(fields, seen) => seen.insert(&fields[index].name),
        }
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
