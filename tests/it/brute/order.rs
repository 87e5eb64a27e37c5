//! Organizations of which some objects are exported twice, with other values: which of two records is read first, by the
//! names of their files, changes nothing that is found.

use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseError;
use serde_json::Value;

use super::export::{self, Export};
use super::organization::organizations;
use super::{in_folder, slow_runner};
use crate::powershell::Datum;
use crate::program::{argument, rolecall};

const POLICY: &str = "[lint]\npreset = \"all\"\n\
    [[require]]\nid = \"ours\"\naccount = \"*\"\ncmdlets = [\"Set-Mailbox:Alias\", \"Get-CASMailbox\"]\n\
    [[forbid]]\nid = \"none\"\ncmdlets = [\"New-TransportRule\"]\nbeyond = \"any\"\n\
    [[separate]]\nid = \"apart\"\nleft = [\"Set-Mailbox\"]\nright = [\"Search-Mailbox\"]\n";

/// What a check finds, without paths and places, and its exit code.
fn found(folder: &Path) -> (i32, Vec<String>) {
    let policy = argument(&folder.join("policy.toml"));
    let ran = rolecall(&["check", &argument(&folder.join("exports")), "--policy", &policy, "--format", "json"]);
    let said = ran.json();
    let of = |diagnostic: &Value| {
        let keys = ["rule", "severity", "account", "accounts", "cmdlet", "cmdlets", "parameters", "role", "assignment"];
        let more = ["group", "scope", "requirement", "gap"];
        let values: Vec<String> = keys.iter().chain(&more).map(|key| nameless(&diagnostic[key].to_string())).collect();
        values.join(" ")
    };
    let mut all: Vec<String> = said["diagnostics"].as_array().expect("a list").iter().map(of).collect();
    all.sort();
    (ran.code, all)
}

/// A text without the numbers of files.
fn nameless(text: &str) -> String {
    let parts: Vec<&str> = text.split("/exports/").collect();
    parts.iter().enumerate().map(|(at, part)| if at == 0 { part } else { part.get(3..).unwrap_or(part) }).collect()
}

/// What may be stated twice: an object's names stay, for they say which object it is.
const STATED: [&str; 11] = [
    "Role",
    "RoleAssigneeName",
    "RoleAssignmentDelegationType",
    "Enabled",
    "RecipientWriteScope",
    "CustomRecipientWriteScope",
    "Parent",
    "IsEndUserRole",
    "ImplicitRecipientWriteScope",
    "IsDefault",
    "Members",
];

/// Exports of single objects that contradict the others: each has the value of another object of its kind.
fn contradicting(exports: &[Export], choices: &[(Index, Index, Index)]) -> Vec<Export> {
    let about = |export: &&Export| export.name != "entries" && export.name != "members";
    let exports: Vec<&Export> = exports.iter().filter(about).collect();
    let contradict = |(which, object, property): &(Index, Index, Index)| {
        let export = *which.get(&exports);
        let mut object = object.get(&export.objects).clone();
        let stated: Vec<usize> =
            (0..object.properties.len()).filter(|at| STATED.contains(&object.properties[*at].0)).collect();
        if stated.is_empty() {
            return None;
        }
        let (name, value) = &mut object.properties[*property.get(&stated)];
        let others = export.objects.iter().flat_map(|other| &other.properties).filter(|other| other.0 == *name);
        let other = match &*value {
            Datum::Bool(flag) => Datum::Bool(!*flag),
            value => others.map(|(_, other)| other).find(|other| *other != value)?.clone(),
        };
        *value = other;
        Some(Export { name: export.name, objects: vec![object], how: export.how.clone() })
    };
    choices.iter().filter_map(contradict).collect()
}

fn write(folder: &Path, exports: &[Export], first: usize) {
    for (number, export) in exports.iter().enumerate() {
        export::write_text(folder, first + number, export.name, export.text());
    }
}

#[test]
fn which_of_two_records_is_read_first_decides_nothing() {
    let choices = prop::collection::vec(any::<(Index, Index, Index)>(), 1..6);
    let result = slow_runner(40).run(&(organizations(), choices), |(organization, choices)| {
        let exports = export::exports(&organization);
        let others = contradicting(&exports, &choices);
        let found_with = |first: usize| {
            in_folder(&[], |folder| {
                std::fs::create_dir(folder.join("exports")).expect("the folder is ours");
                std::fs::write(folder.join("policy.toml"), POLICY).expect("the folder is ours");
                write(&folder.join("exports"), &exports, 30);
                write(&folder.join("exports"), &others, first);
                found(folder)
            })
        };
        let (before, after) = (found_with(0), found_with(70));
        if before == after {
            return Ok(());
        }
        let only = |these: &[String], those: &[String]| -> Vec<String> {
            these.iter().filter(|it| !those.contains(it)).cloned().collect()
        };
        let (lost, gained) = (only(&before.1, &after.1), only(&after.1, &before.1));
        let files: Vec<String> =
            others.iter().map(|export| format!("--- {}\n{}", export.name, export.text())).collect();
        let codes = (before.0, after.0);
        Err(TestCaseError::fail(format!(
            "{codes:?}\nread first: {lost:#?}\nread last: {gained:#?}\n{}",
            files.join("\n")
        )))
    });
    if let Err(error) = result {
        panic!("{}", error.to_string().chars().take(6000).collect::<String>());
    }
}
