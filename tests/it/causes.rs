//! Causes in JSON: every finding is in one, what ends it is whole commands, and no two findings have one fingerprint.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::program::{folder, rolecall, rolecall_in, strings};
use crate::rules::every_bad_report;

const FIXTURE: &str = "fixtures/organization/exports";

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().unwrap_or_else(|| panic!("{key}: {value}"))
}

/// Whether a text is one statement: one line, in which no quote stays open, and nothing that needs an answer.
fn is_statement(command: &str) -> bool {
    let quotes = command.matches(['\'', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}']).count();
    !command.contains(['\n', '\r'])
        && quotes.is_multiple_of(2)
        && !command.trim().is_empty()
        && command.trim() == command
}

fn assert_holds(report: &Value, about: &str) {
    let diagnostics = list(report, "diagnostics");
    let prints: Vec<&str> = diagnostics.iter().map(|it| it["fingerprint"].as_str().expect("a text")).collect();
    assert_eq!(prints.iter().collect::<BTreeSet<_>>().len(), prints.len(), "{about}: {prints:?}");
    let causes = list(report, "causes");
    let listed: Vec<&str> = causes.iter().flat_map(|cause| strings(&cause["findings"])).collect();
    let counting = diagnostics.iter().filter(|it| it["waived"].is_null()).count();
    assert_eq!((listed.len(), listed.iter().collect::<BTreeSet<_>>().len()), (counting, counting), "{about}");
    let weight = |value: &Value| ["error", "warning", "note"].iter().position(|level| value["severity"] == *level);
    let weights: Vec<_> = causes.iter().map(weight).collect();
    assert!(weights.is_sorted(), "{about}: {weights:?}");
    for diagnostic in diagnostics {
        let of = causes
            .iter()
            .find(|cause| strings(&cause["findings"]).contains(&diagnostic["fingerprint"].as_str().expect("a text")));
        assert_eq!(diagnostic["cause"].as_str(), of.and_then(|cause| cause["id"].as_str()), "{about}: {diagnostic}");
        let fixes = of.map_or(&[][..], |cause| list(cause, "fixes"));
        assert!(diagnostic["severity"] != "error" || of.is_none() || !fixes.is_empty(), "{about}: {diagnostic}");
    }
    for fix in causes.iter().flat_map(|cause| list(cause, "fixes")) {
        let typed = strings(&fix["commands"]).into_iter().chain(strings(&fix["undo"]));
        assert!(typed.clone().all(is_statement), "{about}: {fix}");
        assert!(
            !fix["note"].as_str().expect("a text").is_empty() && fix["closes"].as_u64() > Some(0),
            "{about}: {fix}"
        );
        let is_command =
            |word: &str| ["Get-", "Set-", "New-", "Add-", "Remove-"].iter().any(|verb| word.starts_with(verb));
        let is_prose = |note: &str| !note.split(' ').next().is_some_and(is_command);
        assert!(fix["note"].as_str().is_some_and(is_prose), "{about}: a command among words: {fix}");
    }
}

#[test]
fn every_finding_is_in_one_cause_and_every_error_has_a_fix() {
    for (rule, report) in every_bad_report() {
        assert_holds(&report, &rule);
    }
    let all = ["check", FIXTURE, "--account", "*", "--require", "intune-connector-on-premises", "--format", "json"];
    assert_holds(&rolecall(&all).json(), "all accounts");
    let baseline = ["check", FIXTURE, "--policy", "pack:exchange-baseline", "--format", "json"];
    assert_holds(&rolecall(&baseline).json(), "the baseline");
}

#[test]
fn a_policy_mistake_that_occurs_three_times_is_three_findings() {
    let policy = "[[require]]\nacount = \"a\"\n[[require]]\nacount = \"a\"\n[[require]]\nacount = \"a\"\n";
    let entries = "Role,Name,Parameters\nMail,Get-Mailbox,Identity\n";
    let folder = folder(&[("rolecall.toml", policy.as_bytes()), ("exports/entries.csv", entries.as_bytes())]);
    let report = rolecall_in(folder.path(), &["check", "exports", "--format", "json"]).json();
    assert!(
        list(&report, "diagnostics").iter().filter(|it| it["rule"] == "policy-unknown-key").count() == 3,
        "{report}"
    );
    assert_holds(&report, "mistakes");
}

#[test]
fn what_is_removed_for_a_good_reason_need_not_be_moved() {
    let baseline = ["check", FIXTURE, "--policy", "pack:exchange-baseline", "--format", "json"];
    let report = rolecall(&baseline).json();
    let shared = list(&report, "causes").iter().find(|cause| strings(&cause["rules"]).len() > 1);
    let shared = shared.unwrap_or_else(|| panic!("{report}"));
    assert_eq!(shared["fixes"][0]["closes"].as_u64(), Some(list(shared, "findings").len() as u64), "{shared}");
}
