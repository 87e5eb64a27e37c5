//! Records that are foretold by earlier ones are what reading each for itself gives, and equal numbers mean equal content.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use rolecall::diagnostic::Report;
use rolecall::read::{Sink, read};
use rolecall::record::{Property, Record, Value};
use rolecall::source::SourceFile;
use shared::decoded;

/// Everything that reading hands on but the numbers of what repeats, and what was noticed.
fn reading(file: &SourceFile<'_>, foretells: bool) -> (Vec<String>, Vec<String>) {
    let (mut report, mut records) = (Report::default(), Vec::new());
    let mut contents: BTreeMap<u32, (String, String)> = BTreeMap::new();
    let mut on_record = |record: &Record<'_>| {
        if let Some(number) = record.repeats {
            assert!(foretells, "nothing is foretold");
            let shown = |property| record.value(property).map(show).unwrap_or_default();
            let content = (shown(Property::Name), shown(Property::Parameters));
            let known = contents.entry(number).or_insert_with(|| content.clone());
            assert_eq!(*known, content, "records of number {number}");
        }
        let fields = record.fields.iter().map(|field| {
            let (start, end) = (field.at.start, field.at.end);
            format!("\n  {} {:?} {start}..{end} {}", field.name, field.property, show(&field.value))
        });
        let fields: String = fields.collect();
        let (start, end) = (record.at.start, record.at.end);
        let (kind, shape, complete) = (record.kind.name(), record.shape.0, record.complete);
        records.push(format!("{kind} {shape} {:?} {complete} {start}..{end}{fields}", record.command));
    };
    let mut sink = Sink::new(&mut report, &mut on_record);
    if !foretells {
        sink = sink.without_foretelling();
    }
    read(file, &mut sink);
    let notices = report.notices().map(|notice| format!("{notice:?}")).collect();
    (records, notices)
}

fn show(value: &Value<'_>) -> String {
    match value {
        Value::List(list) => format!("list {:?} {} {:?}", list.raw, list.detail, list.items()),
        value => format!("{value:?}"),
    }
}

fuzz_target!(|data: &[u8]| {
    let file = decoded(data);
    let (foretold, alone) = (reading(&file, true), reading(&file, false));
    assert_eq!(foretold.0.len(), alone.0.len(), "as many records");
    for (one, other) in foretold.0.iter().zip(&alone.0) {
        assert!(one == other, "foretold: {one}\nread: {other}");
    }
    assert_eq!(foretold.1, alone.1, "the same is noticed");
});
