//! Files that end too early, and files with damaged bytes: nothing panics, nothing is invented, no line is lost.
//!
//! The outputs of `fixtures/formats` are read in this process, because there are thousands of damaged ones.

use std::collections::BTreeSet;

use rolecall::diagnostic::Report;
use rolecall::read::{Balance, Ledger, Sink, read};
use rolecall::record::Record;
use rolecall::report::records::Lines;
use rolecall::source::{FileId, SourceFile, Span};

use crate::formats::samples;

/// Files up to this size are cut at every byte, others at a spread of bytes.
const EVERY_BYTE_MAX: usize = 1200;
const SPREAD: usize = 41;

/// What is read from some bytes: each record as its line of JSON, and the account of the lines.
struct Outcome {
    records: Vec<String>,
    balance: Balance,
    /// Whether the last line has no end: it may be cut, or the exporter left the end out.
    is_open: bool,
}

/// Reads bytes; every span must lie in the file, between whole characters, and records must rise.
fn outcome(bytes: &[u8]) -> Outcome {
    let file = SourceFile::decode(FileId(0), "x".into(), bytes).expect("small");
    let is_part = |at: Span| file.text().get(at.start as usize..at.end as usize).is_some();
    let (mut report, mut ledger) = (Report::default(), Ledger::default());
    let (mut printer, mut records) = (Lines::new(&file), Vec::new());
    let mut before = 0;
    let mut on_record = |record: &Record<'_>| {
        let at = record.at;
        assert!(before <= at.start && is_part(at), "{at:?}");
        before = at.start;
        for field in &record.fields {
            assert!(is_part(field.at), "{field:?}");
        }
        let mut line = String::new();
        printer.push(&mut line, record);
        records.push(line);
    };
    read(&file, &mut Sink::new(&mut report, &mut on_record).with_ledger(&mut ledger));
    for notice in report.notices() {
        assert!(is_part(notice.first), "{notice:?}");
    }
    Outcome { records, balance: ledger.balance(&file), is_open: !file.text().ends_with('\n') }
}

/// Where a file is cut or damaged.
fn places(length: usize) -> Vec<usize> {
    if length <= EVERY_BYTE_MAX {
        return (1..length).collect();
    }
    // Steps of a prime number of parts, each a little further, so that all residues are met.
    (1..SPREAD).map(|part| length * part / SPREAD + part % 7).filter(|&place| place < length).collect()
}

#[test]
fn every_line_is_accounted_for() {
    for (path, _) in samples() {
        let bytes = std::fs::read(&path).expect("the output stands beside its expectation");
        let balance = outcome(&bytes).balance;
        assert_eq!(balance.lost, 0, "{}: line {:?} is lost", path.display(), balance.first_lost);
    }
}

#[test]
fn a_file_that_ends_early_holds_nothing_that_the_whole_one_lacks() {
    let mut invented = Vec::new();
    for (path, _) in samples() {
        let bytes = std::fs::read(&path).expect("the output stands beside its expectation");
        let whole: BTreeSet<String> = outcome(&bytes).records.into_iter().collect();
        for end in places(bytes.len()) {
            let cut = outcome(&bytes[..end]);
            assert_eq!(cut.balance.lost, 0, "{} cut at {end}: {:?}", path.display(), cut.balance.first_lost);
            let last = cut.records.len().saturating_sub(1);
            for (index, record) in cut.records.iter().enumerate() {
                // Fewer rows may leave a value in doubt, which it then says.
                let says_so = record.contains("\"complete\":false");
                let may_differ = says_so || index == last && (cut.is_open || may_go_on(record));
                if !may_differ && !whole.contains(record) {
                    invented.push(format!("{} cut at {end}: {record}", path.display()));
                }
            }
        }
    }
    assert!(invented.is_empty(), "{} records are invented:\n{}", invented.len(), invented.join(""));
}

/// Whether more of a record may stand on further lines, so that nothing tells that the file ends too early: the first
/// object of a list has no other to compare with, and a row or an entry may be wrapped.
fn may_go_on(record: &str) -> bool {
    ["list", "table", "strings"].iter().any(|shape| record.contains(&format!("\"shape\":\"{shape}\"")))
}

#[test]
fn damaged_bytes_are_survived() {
    // A byte of each kind that means something to a reader.
    const BYTES: [u8; 12] = [0, b'\n', b'\r', b' ', b'"', b'{', b'}', b'<', b',', b':', 0xC3, 0xFF];
    for (number, (path, _)) in samples().into_iter().enumerate() {
        let bytes = std::fs::read(&path).expect("the output stands beside its expectation");
        for (index, place) in places(bytes.len()).into_iter().enumerate() {
            let mut damaged = bytes.clone();
            damaged[place] = BYTES[(index + number) % BYTES.len()];
            let balance = outcome(&damaged).balance;
            assert_eq!(balance.lost, 0, "{} damaged at {place}: {:?}", path.display(), balance.first_lost);
        }
    }
}
