//! Every rule on exports of its own, `fixtures/rules/RULE/`: those in `bad` it must speak of, those in `good` it must not.
//! Where one folder cannot hold all that it must not speak of, there are others: `good-filtered`, `good-…`.
//!
//! `report.txt` is what `check bad` prints, without what other rules say; it is also the example on the rule's page.
//! A policy stands in `good/rolecall.toml` and `bad/rolecall.toml`, or in `rolecall.toml` for both; further arguments
//! stand in `args`, in the same places. `UPDATE=1 cargo test` writes reports and examples.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rolecall::rules::RULES;

use crate::program::rolecall_in;

/// The rules that have no fixture yet. No new one may be added: a rule comes with its fixture.
const LACKING: &[&str] = &["changed-while-read"];

/// What one run says of one rule.
struct Said {
    /// The findings, as they are printed for people.
    findings: Vec<String>,
    /// The same for programs.
    diagnostics: Vec<serde_json::Value>,
    /// How many records were read.
    record_count: u64,
    /// All that was printed, for the message of a failed test.
    all: String,
}

/// Runs `check` on `good` or `bad` of a rule's fixture and keeps what it says of that rule.
///
/// A word for why something is unknown is no rule of its own: what speaks of it is an `undecided` that names it.
fn check(rule: &str, side: &str) -> Said {
    let folder = folder_of(rule);
    let arguments = arguments(rule, side);
    let with = |more: &[&str]| [arguments.clone(), more.iter().map(|it| (*it).to_owned()).collect()].concat();
    let report = rolecall_in(&folder, &with(&["--format=json"])).json();
    let ran = rolecall_in(&folder, &with(&["-v", "--all"]));
    let (findings, causes) = (findings(&ran.stdout), report["causes"].as_array().expect("a list"));
    assert_eq!(findings.len(), causes.len(), "{rule}: {side}: people are told something else: {}", ran.stdout);
    let diagnostics = report["diagnostics"].as_array().expect("a list");
    let speaks = |diagnostic: &&serde_json::Value| diagnostic["rule"] == rule || diagnostic["gap"]["code"] == rule;
    let said: BTreeSet<&str> = diagnostics.iter().filter(speaks).filter_map(|it| it["cause"].as_str()).collect();
    let of_rule =
        |(finding, cause): (String, &serde_json::Value)| said.contains(cause["id"].as_str()?).then_some(finding);
    let mut findings: Vec<String> = findings.into_iter().zip(causes).filter_map(of_rule).collect();
    // What decides them stands at the end of the whole report.
    if findings.iter().any(|finding| finding.contains(", at the end\n")) {
        let end = ran.stdout.split("\n\n").last().expect("a report ends");
        findings.push(format!("{}\n", end.trim_end()));
    }
    Said {
        diagnostics: diagnostics.iter().filter(speaks).cloned().collect(),
        findings,
        record_count: report["summary"]["records"].as_u64().expect("a count"),
        all: format!("{}{}", ran.stdout, ran.stderr),
    }
}

/// What `check` says of everything in the `bad` exports of each rule.
pub(crate) fn every_bad_report() -> Vec<(String, serde_json::Value)> {
    let report = |rule: String| {
        let arguments = [arguments(&rule, "bad").as_slice(), &["--format=json".to_owned()]].concat();
        let report = rolecall_in(&folder_of(&rule), &arguments).json();
        (rule, report)
    };
    fixtures().into_iter().map(report).collect()
}

/// What `rolecall` is run with on one side of a rule's fixture.
fn arguments(rule: &str, side: &str) -> Vec<String> {
    let folder = folder_of(rule);
    let mut arguments = vec!["check".to_owned(), side.to_owned()];
    arguments.extend(beside(&folder, side, "rolecall.toml").map(|policy| format!("--policy={policy}")));
    if let Some(path) = beside(&folder, side, "args") {
        let words = fs::read_to_string(folder.join(path)).expect("the arguments are text");
        arguments.extend(words.split_whitespace().map(ToOwned::to_owned));
    }
    arguments
}

/// A file of one side of a fixture, or of both, below the fixture's folder.
pub(crate) fn beside(folder: &Path, side: &str, name: &str) -> Option<String> {
    [format!("{side}/{name}"), name.to_owned()].into_iter().find(|path| folder.join(path).exists())
}

/// The causes of a report for people: each begins with its level and ends with an empty line.
fn findings(report: &str) -> Vec<String> {
    let is_cause = |block: &&str| ["error[", "warning[", "note["].iter().any(|level| block.starts_with(level));
    report.split("\n\n").filter(is_cause).map(|block| format!("{}\n", block.trim_end())).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn folder_of(rule: &str) -> PathBuf {
    root().join("fixtures/rules").join(rule)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n")
}

/// The rules that have a fixture.
pub(crate) fn fixtures() -> BTreeSet<String> {
    let entries = fs::read_dir(root().join("fixtures/rules")).expect("the folder is there");
    entries.map(|entry| entry.expect("it can be listed").file_name().into_string().expect("a rule's name")).collect()
}

/// The folders of a fixture of which the rule must not speak.
pub(crate) fn good_sides(rule: &str) -> Vec<String> {
    let entries = fs::read_dir(folder_of(rule)).expect("the folder is there");
    let names = entries.map(|entry| entry.expect("it can be listed").file_name().into_string().expect("a name"));
    let mut sides: Vec<String> = names.filter(|name| name == "good" || name.starts_with("good-")).collect();
    sides.sort();
    assert!(sides.first().is_some_and(|side| side == "good"), "{rule}: there is no `good`");
    sides
}

/// The page with the report as its example, behind everything but the sources.
fn page_with_example(page: &str, report: &str) -> String {
    let (before, after) = match page.split_once("\n## Example\n") {
        Some((before, rest)) => (before, rest.split_once("\n## ").map(|(_, after)| after)),
        None => page.split_once("\n## Source\n").map_or((page, None), |(before, after)| (before, Some(after))),
    };
    let after = after.map(|after| format!("\n## Source\n\n{}", after.trim_start_matches("Source\n").trim_start()));
    format!("{before}\n## Example\n\n```text\n{report}```\n{}", after.unwrap_or_default())
}

/// Writes reports and examples anew where that is asked for, once in a run of the tests.
pub(crate) fn update() {
    static DONE: OnceLock<()> = OnceLock::new();
    DONE.get_or_init(|| {
        if std::env::var_os("UPDATE").is_none() {
            return;
        }
        for rule in fixtures() {
            let report = check(&rule, "bad").findings.join("\n");
            fs::write(folder_of(&rule).join("report.txt"), &report).expect("the report can be written");
            let path = crate::docs::page(&rule);
            fs::write(&path, page_with_example(&read(&path), &report)).expect("the page can be written");
        }
    });
}

#[test]
fn every_rule_has_a_fixture() {
    let fixtures = fixtures();
    let lacking: Vec<&str> = RULES.iter().map(|rule| rule.id.name).filter(|rule| !fixtures.contains(*rule)).collect();
    assert_eq!(lacking, LACKING, "a rule needs `fixtures/rules/RULE/good` and `bad`");
    let unknown: Vec<&String> =
        fixtures.iter().filter(|rule| !RULES.iter().any(|known| known.id.name == *rule)).collect();
    assert_eq!(unknown, Vec::<&String>::new(), "no rule has this name");
}

#[test]
fn every_rule_speaks_of_the_bad_exports_and_only_of_them() {
    update();
    let mut wrong = Vec::new();
    for rule in fixtures() {
        let bad = check(&rule, "bad");
        if bad.findings.is_empty() {
            wrong.push(format!("{rule}: nothing is found in `bad`:\n{}", bad.all));
        }
        for side in good_sides(&rule) {
            let good = check(&rule, &side);
            if !good.findings.is_empty() {
                wrong.push(format!("{rule}: something is found in `{side}`:\n{}", good.findings.join("\n")));
            }
            // A fixture that nothing is read of proves nothing.
            if good.record_count == 0 {
                wrong.push(format!("{rule}: no record is read in `{side}`:\n{}", good.all));
            }
        }
        let report = bad.findings.join("\n");
        if read(&folder_of(&rule).join("report.txt")) != report {
            wrong.push(format!("{rule}: report.txt is stale, `UPDATE=1 cargo test` writes it:\n{report}"));
        }
        let page = read(&crate::docs::page(&rule));
        if page != page_with_example(&page, &report) {
            wrong.push(format!("{rule}: the page does not show report.txt, `UPDATE=1 cargo test` writes it"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_finding_is_one_plain_line_and_says_what_to_do() {
    let mut wrong = Vec::new();
    for rule in fixtures() {
        for diagnostic in check(&rule, "bad").diagnostics {
            let message = diagnostic["message"].as_str().expect("a text");
            let is_plain = !message.contains('\n')
                && !message.ends_with(['.', '!', ':'])
                && message.starts_with(|first: char| !first.is_uppercase());
            if !is_plain {
                wrong.push(format!("{rule}: {message}"));
            }
            let help = diagnostic["help"].as_str().unwrap_or_default();
            if help.is_empty() || help.contains('\n') || help.ends_with('.') {
                wrong.push(format!("{rule}: what is to be done is not said: {message}: {help}"));
            }
            let labels = diagnostic["locations"].as_array().expect("a list");
            let repeats = |label: &str| label.len() * 2 > message.len() && message.ends_with(label);
            if labels.iter().any(|label| label["label"].as_str().is_some_and(repeats)) {
                wrong.push(format!("{rule}: a label says the message again: {message}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_example_stands_before_the_sources_and_is_replaced() {
    let page = "# a\n\nText.\n\n## What to do\n\nThis.\n\n## Source\n\nBook.\n";
    let once = page_with_example(page, "one\n");
    assert_eq!(
        once,
        "# a\n\nText.\n\n## What to do\n\nThis.\n\n## Example\n\n```text\none\n```\n\n## Source\n\nBook.\n"
    );
    assert_eq!(page_with_example(&once, "two\n"), once.replace("one", "two"));
    let bare = page_with_example("# a\n\nText.\n", "one\n");
    assert_eq!(bare, "# a\n\nText.\n\n## Example\n\n```text\none\n```\n");
    assert_eq!(page_with_example(&bare, "two\n"), bare.replace("one", "two"));
}

#[test]
fn findings_are_told_from_what_stands_around_them() {
    let report = "error[a] one\n  x\n\nwarning[b] two\n    note[c]\n  fix: it\n\nnot exported: it\nnote: three\n";
    assert_eq!(findings(report), ["error[a] one\n  x\n", "warning[b] two\n    note[c]\n  fix: it\n"]);
}
