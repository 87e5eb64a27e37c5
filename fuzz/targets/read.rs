//! Any bytes as a file of an export: every line is accounted for, and every span lies in the text, between characters.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rolecall::diagnostic::Report;
use rolecall::exports::{self, Organization, Wanted};
use rolecall::read::{Ledger, Sink, read};
use rolecall::record::{Record, Rest, Value};
use shared::{InMemory, check_span, decoded};

fuzz_target!(|data: &[u8]| {
    let file = decoded(data);
    let (mut report, mut ledger) = (Report::default(), Ledger::default());
    let mut on_record = |record: &Record<'_>| {
        check_span(&file, record.at, "record");
        for field in &record.fields {
            check_span(&file, field.at, &field.name);
            if let Value::List(list) = &field.value {
                let items = list.items();
                assert!(
                    !matches!(items.rest, Rest::Unsplit(_)) || items.items.is_empty(),
                    "what cannot be split is not"
                );
            }
        }
    };
    read(&file, &mut Sink::new(&mut report, &mut on_record).with_ledger(&mut ledger));
    for notice in report.notices() {
        check_span(&file, notice.first, &notice.about);
        assert!(notice.count > 0);
    }
    let balance = ledger.balance(&file);
    assert_eq!(balance.lost, 0, "line {:?} is not accounted for", balance.first_lost);
    let counted = balance.records + balance.decoration + balance.reported + balance.blank;
    assert_eq!(counted, balance.lines, "each line counts once");
    // And what becomes of the records.
    let organizations = vec![Organization { paths: vec!["x".to_owned()], ..Organization::default() }];
    let wanted = Wanted { organizations, aside: Vec::new(), jobs: Some(1) };
    let opened = exports::open_in(&wanted, &InMemory(vec![("x".to_owned(), data)]));
    let loaded = exports::load(&opened);
    assert_eq!(loaded.outcomes.len(), 1);
});
