//! What a column says that is not there: nothing. A rule that is silent about whole exports is silent about exports with
//! fewer columns, and what is found in these is found in whole ones.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseError;
use rolecall::check::{Terms, check};
use rolecall::diagnostic::{Diagnostic, Report, fingerprint};
use rolecall::exports::{self, Wanted};
use rolecall::policy::{self, Files};
use rolecall::rules::RULES;
use rolecall::rules::accepting::baseline::Baseline;
use rolecall::source::{FileId, SourceFile, Sources};

use crate::brute::export::{Export, exports as exports_of};
use crate::brute::organization::organizations;
use crate::brute::{in_folder, runner};
use crate::powershell::{Datum, Object};
use crate::reports::{chosen, panic_with, without};
use crate::rules::{beside, fixtures, folder_of, good_sides};

/// Rules without an exception of a column left out, `good-without-…`: they speak of something that is there, in the
/// exports or in the policy, and no column that is missing could make it look so.
const SPEAK_OF_WHAT_IS_THERE: &[&str] = &[
    "active-directory-permissions",
    "administrative-application",
    "administrator-mailbox",
    "application-impersonation",
    "barred-account",
    "crowded-organization-management",
    "dangerous-custom-role",
    "disabled-administrator",
    "disabled-assignment",
    "discovery-management-member",
    "distribution-group",
    "effective-rows-only",
    "entra-group",
    "expired-assertion",
    "expired-waiver",
    "expiring-waiver",
    "foreign-assignee",
    "full-access-application",
    "group-cycle",
    "impossible-assignment",
    "linked-role-group",
    "mailbox-import-export",
    "mailbox-search",
    "nested-group",
    "self-managed-nested-group",
    "shared-scope",
    "support-diagnostics",
    "synchronised-administrator",
    "unexpected-delegator",
    "unexpected-member",
    "unscoped-role",
    "unscoped-role-management",
    "user-add-ins",
    "user-delegation",
    "user-forwarding",
    "user-groups",
    "writing-built-in-view-role",
    // What no export shows is said of the exports, and a column is a part of them.
    "unknown-account",
    "unknown-group",
    "unknown-role",
];

/// Columns without which a row is another: what a row says in them, no other column and no other row says.
const MAKE_THE_ROW: &[(&str, &str)] = &[
    // A row of an effective user, told from an assignment's own.
    ("direct-assignment", "AssignmentMethod"),
    ("direct-assignment", "EffectiveUserName"),
    ("disabled-assignment", "AssignmentMethod"),
    ("disabled-assignment", "EffectiveUserName"),
    ("impossible-assignment", "AssignmentMethod"),
    ("impossible-assignment", "EffectiveUserName"),
    // A policy, told from an assignee whose type nothing says; a group with managers, told from a role group.
    ("outside-delegator", "RoleAssigneeType"),
    ("outside-manager", "RecipientTypeDetails"),
    ("standing-administrator", "RecipientTypeDetails"),
    // What contradicts the other exports: a scope beside the word for all, roles that no assignment gives, a group that
    // is linked and holds what linked groups do not, a mailbox that the mailboxes lack.
    ("organization-wide-group", "CustomRecipientWriteScope"),
    ("role-group-without-roles", "Roles"),
    ("outside-manager", "RoleGroupType"),
    ("unused-policy", "RecipientTypeDetails"),
    // A line of the baseline knows a finding by the names in it.
    ("stale-baseline", "Name"),
    // A filter of recipients is that of a scope of recipients.
    ("match-all-scope", "ScopeRestrictionType"),
];

/// Rules that say what the exports themselves lack; a column left out is what some of them are about.
fn is_about_reading(rule: &str) -> bool {
    let reads = crate::docs::page(rule).components().any(|part| part.as_os_str() == "doctor");
    let resolves = ["dangling-reference", "empty-role", "distribution-group", "effective-rows-only"];
    (reads && !resolves.contains(&rule)) || rule == "undecided"
}

#[test]
fn every_rule_of_an_absence_has_exports_that_lack_the_deciding_column() {
    let mut wrong = Vec::new();
    let fixtures = fixtures();
    for rule in RULES.iter().map(|rule| rule.id.name).filter(|rule| fixtures.contains(*rule)) {
        let lacks = good_sides(rule).iter().any(|side| side.starts_with("good-without-"));
        let is_there = SPEAK_OF_WHAT_IS_THERE.contains(&rule) || is_about_reading(rule) || rule.starts_with("policy-");
        match (lacks, is_there) {
            (false, false) => wrong.push(format!("{rule}: `good-without-COLUMN` is missing")),
            (true, true) => wrong.push(format!("{rule}: it has a `good-without-…`, so it speaks of an absence")),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What `check` says of the exports below a folder by a policy.
fn said(folder: &Path, policy: Option<&Path>) -> Vec<Diagnostic> {
    let path = |path: &Path| path.to_str().expect("these paths are plain").to_owned();
    let baseline_path = policy.map(|policy| policy.with_extension("baseline")).filter(|it| it.exists());
    let aside = policy.into_iter().map(Path::to_path_buf).chain(baseline_path.clone()).collect();
    let opened = exports::open(&Wanted { aside, ..Wanted::one(vec![path(folder)]) });
    let mut loaded = exports::load(&opened);
    let mut sources: Sources<'_> = std::mem::take(&mut loaded.sources);
    let mut report = Report::default();
    let files = policy.map(|policy| Files::open(&path(policy)).expect("the policy is there"));
    let rules = rolecall::rules::names();
    let policy = files.as_ref().map(|files| files.read(&mut sources, &rules, &mut report)).unwrap_or_default();
    policy::check_accounts(&policy, &mut report);
    policy::check_contradictions(&policy, &mut report);
    let baseline = baseline_path.map(|path| fs::read(path).expect("it can be read"));
    let baseline = baseline.map(|bytes| {
        let file = SourceFile::decode(FileId(u32::MAX), "rolecall.baseline".to_owned(), &bytes);
        Baseline::read(&file.expect("it is small"))
    });
    let today = "2026-11-24".parse().ok();
    check(loaded, &sources, &policy, Terms { today, baseline, ..Terms::default() }, report).diagnostics
}

/// The rows of a CSV text, the first the heading; `None` where it is no plain table with commas.
pub(crate) fn rows(text: &str) -> Option<Vec<Vec<String>>> {
    // What is cut at its end is cut no more when it is written again.
    if !text.ends_with('\n') {
        return None;
    }
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            letter => cell.push(letter),
        }
    }
    let width = rows.first().map_or(0, Vec::len);
    (width > 1 && rows.iter().all(|row| row.len() == width)).then_some(rows)
}

pub(crate) fn text(rows: &[Vec<String>], left_out: usize) -> String {
    let mut out = String::new();
    for row in rows {
        let cells = row.iter().enumerate().filter(|(column, _)| *column != left_out);
        let cells: Vec<String> = cells.map(|(_, cell)| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        out += &format!("{}\n", cells.join(","));
    }
    out
}

/// All files below a folder.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("it can be listed").path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

/// Tries a rule on one side of its fixture without each column, and hands on what it then says.
fn try_without_columns(rule: &str, side: &str, mut judge: impl FnMut(&str, &str, Vec<Diagnostic>)) {
    let base = folder_of(rule);
    let folder = base.join(side);
    let policy = beside(&base, side, "rolecall.toml").map(|path| base.join(path));
    for path in files_below(&folder) {
        let Some(rows) = fs::read_to_string(&path).ok().and_then(|text| rows(&text)) else { continue };
        if path.extension().is_none_or(|extension| extension != "csv") {
            continue;
        }
        for (column, name) in rows[0].iter().enumerate() {
            let copy = tempfile::Builder::new().prefix("columns").tempdir().expect("there is room for a folder");
            for other in files_below(&folder) {
                let to = copy.path().join(other.strip_prefix(&folder).expect("it lies below"));
                fs::create_dir_all(to.parent().expect("it lies in a folder")).expect("there is room");
                match other == path {
                    true => fs::write(to, text(&rows, column)).expect("there is room"),
                    false => drop(fs::copy(&other, to).expect("there is room")),
                }
            }
            let own = policy.as_ref().map(|policy| match policy.strip_prefix(&folder) {
                Ok(inside) => copy.path().join(inside),
                Err(_) => policy.clone(),
            });
            let shown = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let mut found = said(copy.path(), own.as_deref());
            found.retain(|diagnostic| diagnostic.rule.name == rule);
            judge(name, &format!("{rule}/{side}: `{name}` of {shown}"), found);
        }
    }
}

#[test]
fn a_rule_that_is_silent_stays_silent_where_a_column_is_left_out() {
    let mut wrong = Vec::new();
    let is_of_the_exports =
        |rule: &str| is_about_reading(rule) || rule.starts_with("policy-") || rule == "unknown-account";
    for rule in fixtures().into_iter().filter(|rule| !is_of_the_exports(rule)) {
        for side in good_sides(&rule) {
            try_without_columns(&rule, &side, |column, place, found| {
                if !MAKE_THE_ROW.contains(&(rule.as_str(), column)) {
                    wrong.extend(found.first().map(|first| format!("{place}: {}", first.message)));
                }
            });
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

pub(crate) fn scope(name: &str, exclusive: bool, filter: &str) -> Object {
    let text = |text: &str| Datum::Text(text.to_owned());
    let properties = vec![
        ("Name", text(name)),
        ("ScopeRestrictionType", text("RecipientScope")),
        ("Exclusive", Datum::Bool(exclusive)),
        ("RecipientRoot", Datum::Null),
        ("RecipientFilter", text(filter)),
    ];
    Object { kind: "ManagementScope", properties }
}

/// What the built-in rules, all of them, say of some files.
fn built_in(files: &[Export]) -> BTreeSet<(String, String)> {
    let policy = tempfile::Builder::new().suffix(".toml").tempfile().expect("there is room for a file");
    fs::write(policy.path(), "[lint]\npreset = \"all\"\n").expect("there is room");
    let diagnostics = in_folder(files, |folder| said(folder, Some(policy.path())));
    let resolved = diagnostics.into_iter().filter(|diagnostic| !is_about_reading(diagnostic.rule.name));
    resolved.map(|diagnostic| (fingerprint(&diagnostic), diagnostic.message)).collect()
}

/// Whatever the rules find where columns of the assignments are left out, they find in the whole exports.
#[test]
fn nothing_is_found_in_fewer_columns_that_whole_exports_do_not_show() {
    let strategy = (organizations(), prop::collection::vec(any::<Index>(), 1..=5));
    let counts = Cell::new([0_usize; 2]);
    let with_scopes = |files: Vec<Export>| {
        let scopes = vec![
            scope("Zürich Staff", false, "Department -eq 'Sales'"),
            scope("Old Staff", false, "Department -eq 'Vertrieb'"),
            scope("Board", true, "CustomAttribute1 -eq 'Board'"),
        ];
        let how = files[0].how.clone();
        let mut files = files;
        files.push(Export { name: "scopes", objects: scopes, how });
        files
    };
    let result = runner(40).run(&strategy, |(organization, columns)| {
        let whole = exports_of(&organization);
        let part = without(&whole, &chosen(&columns));
        let (of_whole, of_part) = (built_in(&with_scopes(whole)), built_in(&with_scopes(part)));
        let [all, kept] = counts.get();
        counts.set([all + of_whole.len(), kept + of_part.len()]);
        let known: BTreeSet<&String> = of_whole.iter().map(|(print, _)| print).collect();
        match of_part.iter().find(|(print, _)| !known.contains(print)) {
            Some((_, message)) => Err(TestCaseError::fail(format!("{:?}: {message}", chosen(&columns)))),
            None => Ok(()),
        }
    });
    panic_with(result, |(organization, columns)| with_scopes(without(&exports_of(organization), &chosen(columns))));
    let [all, kept] = counts.get();
    println!("{kept} of {all} findings are left");
    assert!(kept * 4 > all, "{kept} of {all} findings are left");
}
