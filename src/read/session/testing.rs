//! What the tests of the console share: a text in, what a user sees of its records out.

use crate::diagnostic::Report;
use crate::read::{Ledger, Sink, read};
use crate::record::{Record, Rest, Value};
use crate::source::{FileId, SourceFile};

fn each(text: &str, on_record: &mut dyn FnMut(&SourceFile<'_>, &Record<'_>)) -> Report {
    let file = SourceFile::decode(FileId(0), "x.txt".into(), text.as_bytes()).expect("small");
    let mut report = Report::default();
    let mut ledger = Ledger::default();
    let mut one = |record: &Record<'_>| on_record(&file, record);
    let mut sink = Sink::new(&mut report, &mut one).with_ledger(&mut ledger);
    read(&file, &mut sink);
    let balance = ledger.balance(&file);
    assert_eq!(balance.lost, 0, "line {:?} of {text:?} is not accounted for", balance.first_lost);
    report
}

fn push_value(out: &mut String, value: &Value<'_>) {
    match value {
        Value::Nothing => out.push('-'),
        Value::Text(text, _) | Value::Object(text) => out.push_str(text),
        Value::List(list) => {
            let items = list.items();
            out.push_str(&format!("[{}]", items.items.join(",")));
            match items.rest {
                Rest::None => {}
                Rest::Cut(partial) => out.push_str(&format!("+{}", partial.unwrap_or_default())),
                Rest::Unsplit(text) => out.push_str(&format!("?{text}")),
            }
        }
    }
}

fn push_fields(out: &mut String, record: &Record<'_>) {
    for (index, field) in record.fields.iter().enumerate() {
        out.push_str(if index > 0 { " " } else { "" });
        out.push_str(&field.name);
        out.push('=');
        push_value(out, &field.value);
    }
    out.push_str(if record.complete { "\n" } else { " cut\n" });
}

/// The fields of each record, one record a line.
pub(in crate::read) fn fields(text: &str) -> String {
    let mut out = String::new();
    each(text, &mut |_, record| push_fields(&mut out, record));
    out
}

/// Line, kind, shape and fields of each record.
pub(in crate::read) fn shown(text: &str) -> String {
    let mut out = String::new();
    each(text, &mut |file, record| {
        let line = file.line(record.at.start);
        out.push_str(&format!("{line} {} {} ", record.kind.name(), record.shape.0));
        push_fields(&mut out, record);
    });
    out
}

/// The command above each record.
pub(in crate::read) fn commands(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    each(text, &mut |_, record| out.push(record.command.unwrap_or("-").to_owned()));
    out
}

/// The part of the file that is marked for a field of each record.
pub(in crate::read) fn marked(text: &str, name: &str) -> Vec<String> {
    let mut out = Vec::new();
    each(text, &mut |file, record| {
        for field in record.fields.iter().filter(|field| field.name == name) {
            out.push(file.slice(field.at).to_owned());
        }
    });
    out
}

/// What was noticed: rule, object, line and count of each.
pub(in crate::read) fn noticed(text: &str) -> Vec<String> {
    let report = each(text, &mut |_, _| {});
    let file = SourceFile::decode(FileId(0), "x.txt".into(), text.as_bytes()).expect("small");
    let one = |notice: &crate::diagnostic::Notice| {
        format!("{} {} at {} x{}", notice.rule.name, notice.about, file.line(notice.first.start), notice.count)
    };
    report.notices().map(one).collect()
}
