//! Exports of different days in one run, as far as the exports themselves show it.
//!
//! Dates of files are no evidence: copying changes them. What counts is what was written into the files: when a collection
//! began and ended, and when an object was last changed at the time that it was exported.

use std::collections::BTreeMap;

use crate::diagnostic::{Label, Report, RuleId};
use crate::inventory::{Change, Inventory};
use crate::remedy::{Fix, FixKind};
use crate::source::Span;

use super::note;

/// The exports of one run are of different days.
pub const STALE_OR_MIXED_DATES: RuleId = RuleId::reading("stale-or-mixed-dates");

pub(super) fn check(inventory: &Inventory, report: &mut Report) {
    say_collections(inventory, report);
    say_younger_than_their_collection(inventory, report);
    say_changed_between(inventory, report);
}

/// The day of a moment as manifests and exports write it: `2026-03-02T07:00:11Z`.
fn day(moment: &str) -> &str {
    moment.get(..10).unwrap_or(moment)
}

/// Collections and transcripts that began on different days.
fn say_collections(inventory: &Inventory, report: &mut Report) {
    let collected = inventory.manifests.iter().filter_map(|manifest| manifest.started.as_ref());
    let collected = collected.map(|(moment, at)| (day(moment), *at));
    let transcribed = inventory.transcripts.iter().map(|(day, at)| (day.as_str(), *at));
    let mut begun: Vec<(&str, Span)> = collected.chain(transcribed).collect();
    begun.sort_by_key(|(day, at)| (*day, inventory.path(at.file)));
    let (Some((first, one)), Some((last, two))) = (begun.first(), begun.last()) else { return };
    if first == last {
        return;
    }
    let message = format!("the exports are of different days: {first} and {last}");
    let labels = vec![Label::new(*two, format!("made on {last}")), Label::new(*one, format!("made on {first}"))];
    let fix = again("keep the newer ones and export again what only the older ones hold");
    report.say(note(STALE_OR_MIXED_DATES, message, labels, fix, "days".to_owned()));
}

/// A file of a collection with an object that was changed after the collection ended.
fn say_younger_than_their_collection(inventory: &Inventory, report: &mut Report) {
    let mut latest: BTreeMap<&str, &Change> = BTreeMap::new();
    for change in &inventory.changes {
        let known = latest.entry(inventory.path(change.at.file)).or_insert(change);
        if change.moment > known.moment {
            *known = change;
        }
    }
    for manifest in &inventory.manifests {
        let Some(finished) = &manifest.finished else { continue };
        let files = manifest.calls.iter().filter_map(|call| call.file.as_deref());
        for path in files {
            // Both are written in UTC and in one form, which sorts as time does.
            let Some(change) = latest.get(path) else { continue };
            if change.moment.trim_end_matches('Z') > finished.trim_end_matches('Z') {
                let message = format!(
                    "`{path}` is younger than its collection, which ended on {}: an object in it was changed on {}",
                    day(finished),
                    day(&change.moment)
                );
                let labels = vec![Label::new(change.at, format!("changed on {}", day(&change.moment)))];
                let fix = again("collect all of them again; `rolecall collect` prints the script");
                report.say(note(STALE_OR_MIXED_DATES, message, labels, fix, path.to_owned()));
            }
        }
    }
}

/// An object that two files show as it was after changes of different days.
fn say_changed_between(inventory: &Inventory, report: &mut Report) {
    let Some((older, newer)) = inventory.changed_between() else { return };
    let (one, two) = (inventory.path(older.at.file), inventory.path(newer.at.file));
    let message = format!("`{one}` seems to be older than `{two}`, which shows a later change of the same object");
    let labels = vec![
        Label::new(older.at, format!("last changed on {} here", day(&older.moment))),
        Label::new(newer.at, format!("and on {} here", day(&newer.moment))),
    ];
    let fix = again(format!("export again what `{one}` holds"));
    report.say(note(STALE_OR_MIXED_DATES, message, labels, fix, format!("{one}\u{1f}{two}")));
}

fn again(words: impl Into<String>) -> Fix {
    Fix::words(FixKind::Export, words)
}
