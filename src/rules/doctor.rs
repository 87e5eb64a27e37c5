//! What is wrong with the exports themselves, as all of them together show it, with the command that exports better.
//!
//! What a reader notices in one file is worded in `noticed`; this is what only the joined exports tell. All are notes: the
//! answers that rest on them are undecided and say so.

pub(super) mod collections;
pub(super) mod dates;
pub mod noticed;
pub(super) mod organizations;
pub(super) mod references;
mod unread;

use crate::diagnostic::{Diagnostic, Label, Report, RuleId};
use crate::graph::{CONTRADICTIONS_HELP, CONTRADICTIONS_MAX};
use crate::inventory::{Contradiction, DEFAULT_ROWS, Inventory, missing};
use crate::name::fold;
use crate::powershell::{export_command, export_of, uncapped_command};
use crate::record::Kind;
use crate::remedy::{Fix, FixKind};
use crate::rules::remedy;
use crate::source::Span;

pub use collections::INCOMPLETE_COLLECTION;
pub use dates::STALE_OR_MIXED_DATES;
pub use organizations::MIXED_ORGANIZATIONS;
pub use references::{DANGLING_REFERENCE, EFFECTIVE_ROWS_ONLY, EMPTY_ROLE};

/// Two records of one object contradict each other.
pub const CONTRADICTING_RECORDS: RuleId = RuleId::reading("contradicting-records");
/// A kind of object that answers need was not exported.
pub const MISSING_EXPORT: RuleId = RuleId::reading("missing-export");
/// An export stops where the shell does by default.
pub const CAPPED_AT_DEFAULT: RuleId = RuleId::reading("capped-at-default");
/// A column that answers need was not exported.
pub const MISSING_COLUMN: RuleId = RuleId::reading("missing-column");

/// Examines the exports of one organization. `alone`: no entries were asserted for an account beside them.
pub fn check(inventory: &Inventory, alone: bool, report: &mut Report) {
    say_contradictions(inventory, report);
    say_missing_columns(inventory, report);
    say_missing_exports(inventory, alone, report);
    collections::check(inventory, report);
    organizations::check(inventory, report);
    dates::check(inventory, report);
    references::check(inventory, report);
    unread::check(inventory, report);
    say_caps(inventory, report);
}

/// A note about exports; `object` tells it from others of its rule.
fn note(rule: RuleId, message: String, labels: Vec<Label>, fix: Fix, object: String) -> Diagnostic {
    let mut diagnostic = Diagnostic::at(rule, message, labels[0].clone());
    diagnostic.labels = labels;
    diagnostic.fixes.push(fix);
    diagnostic.subject.noticed = Some(object);
    diagnostic
}

fn say_contradictions(inventory: &Inventory, report: &mut Report) {
    let contradicting = inventory.assignments.iter().filter_map(|assignment| {
        Some((assignment.name.map_or("", |name| inventory.show(name)), **assignment.contradiction.as_ref()?))
    });
    let mut all: Vec<(&str, (Span, Span))> = contradicting.collect();
    for &Contradiction { kind, name, places } in &inventory.contradictions {
        let noun = match kind {
            Kind::Role => "role",
            Kind::ManagementScope => "scope",
            Kind::RoleAssignmentPolicy => "role assignment policy",
            _ => continue,
        };
        say_contradiction(kind, noun, inventory.show(name), places, report);
    }
    // So many are no slips: the exports do not fit together, and that is one thing to say.
    if all.len() > CONTRADICTIONS_MAX {
        all.sort_by_cached_key(|(name, (at, _))| (fold(name), *at));
        let message = format!("records contradict each other about {} assignments, such as `{}`", all.len(), all[0].0);
        let labels = all.iter().take(CONTRADICTIONS_MAX).flat_map(|(_, places)| labels(*places)).collect();
        let fix = Fix::words(FixKind::Export, CONTRADICTIONS_HELP);
        report.say(note(CONTRADICTING_RECORDS, message, labels, fix, "RoleAssignment".to_owned()));
        return;
    }
    for (name, places) in all {
        say_contradiction(Kind::RoleAssignment, "assignment", name, places, report);
    }
}

fn labels((first, second): (Span, Span)) -> [Label; 2] {
    [Label::new(first, "one says this"), Label::new(second, "the other says this")]
}

fn say_contradiction(kind: Kind, noun: &str, name: &str, places: (Span, Span), report: &mut Report) {
    let message = format!("two records contradict each other about {noun} `{name}`");
    let fix = Fix::words(FixKind::Export, "remove the older of the two exports");
    let object = format!("{} {name}", kind.name());
    report.say(note(CONTRADICTING_RECORDS, message, labels(places).to_vec(), fix, object));
}

fn say_missing_columns(inventory: &Inventory, report: &mut Report) {
    const COLUMNS: &[(u8, &str)] = &[
        (missing::ENABLED, "Enabled"),
        (missing::DELEGATION, "RoleAssignmentDelegationType"),
        (missing::ROLE, "Role"),
        (missing::PARAMETERS, "Parameters"),
        (missing::ASSIGNMENT_ROLE, "Role"),
        (missing::ASSIGNEE, "RoleAssigneeName"),
    ];
    for fact in &inventory.files {
        for (_, column) in COLUMNS.iter().filter(|(bit, _)| fact.missing & bit != 0) {
            let (file, kind) = (inventory.path(fact.file), fact.kind.name());
            let message = format!("not every {kind} of `{file}` shows `{column}`");
            let labels = vec![Label::new(fact.first, "the first record")];
            let fix = Fix::export(export_command(fact.kind), "export them with all columns");
            report.say(note(MISSING_COLUMN, message, labels, fix, format!("{kind} {column} {file}")));
        }
        let unseen: Vec<String> = fact.unseen.written().map(|column| format!("`{}`", column.name())).collect();
        if !unseen.is_empty() {
            let (file, kind, columns) = (inventory.path(fact.file), fact.kind.name(), unseen.join(" or "));
            let message = format!("not every {kind} of `{file}` shows {columns}, so on what it works is not known");
            let labels = vec![Label::new(fact.first, "the first record")];
            let fix = Fix::export(export_command(fact.kind), "export them with all columns");
            let mut said = note(MISSING_COLUMN, message, labels, fix, format!("{kind} scopes {file}"));
            said.fixes.push(remedy::assume("own-scope"));
            report.say(said);
        }
    }
}

fn say_missing_exports(inventory: &Inventory, alone: bool, report: &mut Report) {
    if alone && inventory.record_count(Kind::RoleAssignment) == 0 && !inventory.files.is_empty() {
        let labels = vec![Label::new(inventory.files[0].first, "")];
        let message = "no role assignment was exported, so no account is known to hold anything".to_owned();
        let fix = Fix::export(export_command(Kind::RoleAssignment), "exports the assignments");
        report.say(note(MISSING_EXPORT, message, labels, fix, "RoleAssignment".to_owned()));
    }
    if let Some(assignment) = inventory.assignments.first()
        && inventory.roles_with_entries().next().is_none()
        && inventory.uncertain_entries.is_empty()
    {
        let labels = vec![Label::new(assignment.role_at, "")];
        let message = "no role entry was exported, so no role is known to hold anything".to_owned();
        let fix = Fix::export(export_command(Kind::RoleEntry), "exports the role entries");
        report.say(note(MISSING_EXPORT, message, labels, fix, "RoleEntry".to_owned()));
    }
}

/// Exports of exactly the number of rows at which the shell stops, and groups of that number of member rows.
fn say_caps(inventory: &Inventory, report: &mut Report) {
    for fact in inventory.files.iter().filter(|fact| fact.capped.is_some() && fact.records == DEFAULT_ROWS) {
        let (file, kind) = (inventory.path(fact.file), fact.kind.name());
        let message = format!("`{file}` holds exactly 1,000 rows of {kind}, where the shell stops by default");
        let labels = vec![Label::new(fact.first, "the first of them")];
        let fix = Fix::export(uncapped_command(fact.kind), "exports all of them");
        report.say(note(CAPPED_AT_DEFAULT, message, labels, fix, file.to_owned()));
    }
    let said = |at: &Span| inventory.files.iter().any(|fact| fact.file == at.file && fact.capped.is_some());
    for &(group, at) in inventory.capped_members.iter().filter(|(_, at)| !said(at)) {
        let name = inventory.show(group);
        let message = format!("exactly 1,000 member rows name `{name}`, where the shell stops by default");
        let labels = vec![Label::new(at, "the first of them")];
        let fix = Fix::export(export_of(Kind::RoleGroupMember, name), "exports all of them");
        report.say(note(CAPPED_AT_DEFAULT, message, labels, fix, name.to_owned()));
    }
}
