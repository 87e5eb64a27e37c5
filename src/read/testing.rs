//! What the tests of the readers share: reads a text and shows its records in few words.

use crate::diagnostic::Report;
use crate::record::{Complete, Record, Rest, Value};
use crate::source::{FileId, SourceFile};

use super::{Balance, Context, Ledger, Sink, View};

/// A block reader.
type Reader = fn(&View<'_>, usize, &Context<'_>, &mut Sink<'_>) -> usize;

/// What a reader made of a text.
pub(super) struct Seen {
    /// One line a record: `Kind Name=value; Name=value`, and `cut` behind an incomplete one.
    pub(super) records: Vec<String>,
    /// `rule about`, in order.
    pub(super) notices: Vec<String>,
    /// What became of the lines.
    pub(super) balance: Balance,
    /// The offset that the reader returned.
    pub(super) end: usize,
}

/// Reads `text` from `start` on.
pub(super) fn see(reader: Reader, text: &str, start: usize, context: &Context<'_>) -> Seen {
    let file = SourceFile::decode(FileId(0), "x".into(), text.as_bytes()).expect("small");
    let (mut report, mut ledger, mut records) = (Report::default(), Ledger::default(), Vec::new());
    let mut last = 0;
    let mut on_record = |record: &Record<'_>| {
        assert!(record.at.start >= last && record.at.end as usize <= file.text().len(), "spans rise and stay inside");
        last = record.at.start;
        records.push(show(record));
    };
    let mut sink = Sink::new(&mut report, &mut on_record).with_ledger(&mut ledger);
    let end = reader(&View::new(&file), start, context, &mut sink);
    let notices = report.notices().map(|notice| format!("{} {}", notice.rule.name, notice.about)).collect();
    Seen { records, notices, balance: ledger.balance(&file), end }
}

fn show(record: &Record<'_>) -> String {
    let fields: Vec<String> =
        record.fields.iter().map(|field| format!("{}={}", field.name, show_value(&field.value))).collect();
    format!("{} {}{}", record.kind.name(), fields.join("; "), if record.complete { "" } else { "; cut" })
}

/// `-` for nothing, `'text'`, `'text'~` where it is cut, `flat` for a type name, `['item'|'item']` for a list,
/// `['item'|…'part']` for a cut one, `unsplit'text'`.
fn show_value(value: &Value<'_>) -> String {
    match value {
        Value::Nothing => "-".to_owned(),
        Value::Text(text, Complete::Yes) => format!("'{text}'"),
        Value::Text(text, Complete::Cut) => format!("'{text}'~"),
        Value::Text(_, Complete::Flattened) => "flat".to_owned(),
        Value::Object(json) => format!("object{json}"),
        Value::List(list) => {
            let items = list.items();
            let mut shown: Vec<String> = items.items.iter().map(|item| format!("'{item}'")).collect();
            match &items.rest {
                Rest::Unsplit(text) => return format!("unsplit'{text}'"),
                Rest::Cut(Some(part)) => shown.push(format!("…'{part}'")),
                Rest::Cut(None) => shown.push("…".to_owned()),
                Rest::None => {}
            }
            format!("[{}]", shown.join("|"))
        }
    }
}

/// The numbers that the records of a text share with those that they repeat.
pub(super) fn repeats(reader: Reader, text: &str) -> Vec<Option<u32>> {
    let file = SourceFile::decode(FileId(0), "x".into(), text.as_bytes()).expect("small");
    let (mut report, mut repeats) = (Report::default(), Vec::new());
    let mut on_record = |record: &Record<'_>| repeats.push(record.repeats);
    reader(&View::new(&file), 0, &Context::default(), &mut Sink::new(&mut report, &mut on_record));
    repeats
}
