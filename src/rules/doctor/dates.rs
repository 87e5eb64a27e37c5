//! Exports of different days in one run, as far as the exports themselves show it.
//!
//! Dates of files are no evidence: copying changes them. What counts is what was written into the files: when a collection
//! began and ended, and when an object was last changed at the time that it was exported.

use crate::diagnostic::{Label, Report, RuleId};
use crate::inventory::Inventory;

use super::note;

/// The exports of one run are of different days.
pub const STALE_OR_MIXED_DATES: RuleId = RuleId("stale-or-mixed-dates");

pub(super) fn check(inventory: &Inventory, report: &mut Report) {
    say_collections(inventory, report);
    say_younger_than_their_collection(inventory, report);
    say_changed_between(inventory, report);
}

/// The day of a moment as manifests and exports write it: `2026-03-02T07:00:11Z`.
fn day(moment: &str) -> &str {
    moment.get(..10).unwrap_or(moment)
}

/// Two collections that began on different days.
fn say_collections(inventory: &Inventory, report: &mut Report) {
    let mut started = inventory.manifests.iter().filter_map(|manifest| manifest.started.as_ref());
    let Some((one, first)) = started.next() else { return };
    let Some((two, second)) = started.find(|(moment, _)| day(moment) != day(one)) else { return };
    let message = format!("the collections are of different days: {} and {}", day(one), day(two));
    let labels = vec![Label::new(*second, "this one began here"), Label::new(*first, "the other began here")];
    let help = "keep the newer one and remove the other".to_owned();
    report.say(note(STALE_OR_MIXED_DATES, message, labels, help, "collections".to_owned()));
}

/// A file of a collection with an object that was changed after the collection ended.
fn say_younger_than_their_collection(inventory: &Inventory, report: &mut Report) {
    for manifest in &inventory.manifests {
        let Some(finished) = &manifest.finished else { continue };
        let files = manifest.calls.iter().filter_map(|call| call.file.as_deref());
        for path in files {
            // Both are written in UTC and in one form, which sorts as time does.
            let changed = inventory.changes.iter().filter(|change| inventory.path(change.at.file) == path);
            let Some(change) = changed.max_by_key(|change| &change.moment) else { continue };
            if change.moment.trim_end_matches('Z') > finished.trim_end_matches('Z') {
                let message = format!(
                    "`{path}` is younger than its collection, which ended on {}: an object in it was changed on {}",
                    day(finished),
                    day(&change.moment)
                );
                let labels = vec![Label::new(change.at, format!("changed on {}", day(&change.moment)))];
                let help = "collect all of them again; `rolecall collect` prints the script".to_owned();
                report.say(note(STALE_OR_MIXED_DATES, message, labels, help, path.to_owned()));
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
    let help = format!("export again what `{one}` holds");
    report.say(note(STALE_OR_MIXED_DATES, message, labels, help, format!("{one}\u{1f}{two}")));
}
