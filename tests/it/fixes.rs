//! Fixes that hold: the first fix of every cause is run on a small Exchange, which is exported and checked again.
//!
//! `PROPTEST_CASES` says how many organizations are drawn. They are the same in every run.

mod model;
mod organization;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::plan::Random;
use crate::program::{rolecall_in, strings};
use model::Exchange;

/// How many organizations are drawn.
fn cases(least: u64) -> u64 {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    asked.unwrap_or(least)
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().unwrap_or_else(|| panic!("{key}: {value}"))
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_else(|| panic!("{key}: {value}"))
}

/// Exports an organization into a folder that holds a policy, and checks it.
fn check(exchange: &Exchange, folder: &Path) -> Value {
    exchange.export(&folder.join("exports"));
    let ran = rolecall_in(folder, &["check", "exports", "--format", "json"]);
    assert!(ran.code < 2, "{ran:?}");
    ran.json()
}

/// What became of the findings of a rule.
#[derive(Default)]
struct Row {
    tried: usize,
    ended: usize,
    /// Why no command ends the others.
    without: BTreeMap<String, usize>,
    failed: Vec<String>,
}

fn folder_with(policy: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("rolecall.toml"), policy).expect("it can be written");
    fs::create_dir(folder.path().join("exports")).expect("it can be made");
    folder
}

/// The errors of a report: their fingerprints, rules and messages.
fn errors(report: &Value) -> BTreeMap<&str, (&str, &str)> {
    let errors = list(report, "diagnostics").iter().filter(|finding| finding["severity"] == "error");
    errors.map(|finding| (text(finding, "fingerprint"), (text(finding, "rule"), text(finding, "message")))).collect()
}

/// Runs commands in their order; says which is refused, and why.
fn run(exchange: &mut Exchange, commands: &[&str]) -> Result<(), String> {
    commands.iter().try_for_each(|command| exchange.run(command).map_err(|why| format!("{command}: {why}")))
}

/// Tries the first fix of a cause: which of its findings stay, and what else is wrong with it.
fn try_fix(before: &Exchange, report: &Value, cause: &Value, folder: &Path) -> Result<BTreeSet<String>, String> {
    let fix = &list(cause, "fixes")[0];
    let mut exchange = before.clone();
    run(&mut exchange, &strings(&fix["commands"]))?;
    let after = check(&exchange, folder);
    let (known, makes) = (errors(report), strings(&fix["makes"]));
    let new = errors(&after).into_iter().find(|(print, (rule, _))| !known.contains_key(print) && !makes.contains(rule));
    if let Some((_, (rule, message))) = new {
        return Err(format!("makes {rule}: {message}"));
    }
    let undo = strings(&fix["undo"]);
    if !undo.is_empty() {
        run(&mut exchange, &undo).map_err(|why| format!("undo: {why}"))?;
        if exchange != *before {
            return Err(format!("is not taken back by {undo:?}"));
        }
    }
    Ok(list(&after, "diagnostics").iter().map(|finding| text(finding, "fingerprint").to_owned()).collect())
}

#[test]
fn the_first_fix_of_every_finding_ends_it_on_a_model_of_exchange() {
    let mut table: BTreeMap<String, Row> = BTreeMap::new();
    for case in 0..cases(8) {
        let mut numbers = Random(20_261_130 + case * 7919);
        let before = organization::random(&mut numbers);
        let preset = ["default", "default", "strict", "all"][numbers.below(4)];
        let required = organization::requirement(&before, &mut numbers);
        let limits = organization::limits(&before, &required, &mut numbers);
        let policy =
            format!("extends = [\"pack:exchange-baseline\"]\n{required}\n{limits}\n[lint]\npreset = \"{preset}\"\n");
        let folder = folder_with(&policy);
        let report = check(&before, folder.path());
        let findings: BTreeMap<&str, &Value> =
            list(&report, "diagnostics").iter().map(|finding| (text(finding, "fingerprint"), finding)).collect();
        for cause in list(&report, "causes") {
            let fix = list(cause, "fixes").first();
            let commands = fix.map_or_else(Vec::new, |fix| strings(&fix["commands"]));
            let kind = fix.map_or("no fix", |fix| text(fix, "kind"));
            let runs = !commands.is_empty() && ["exchange", "directory"].contains(&kind);
            let outcome = runs.then(|| try_fix(&before, &report, cause, folder.path()));
            for print in strings(&cause["findings"]) {
                let row = table.entry(text(findings[print], "rule").to_owned()).or_default();
                let why =
                    |what: &str| format!("case {case}: {}: {commands:?} {what}", text(findings[print], "message"));
                match &outcome {
                    None => {
                        let note = fix.map_or("no fix", |fix| text(fix, "note"));
                        let plain: String = note.split('`').step_by(2).collect::<Vec<_>>().join("…");
                        *row.without.entry(format!("{kind}: {plain}")).or_default() += 1;
                        continue;
                    }
                    Some(Err(error)) => row.failed.push(why(error)),
                    Some(Ok(left)) if left.contains(print) => row.failed.push(why("and the finding stays")),
                    Some(Ok(_)) => row.ended += 1,
                }
                row.tried += 1;
            }
        }
    }
    println!("{:<34}{:>7}{:>7}  without a command", "rule", "tried", "ended");
    for (rule, row) in &table {
        let without: Vec<String> = row.without.iter().map(|(why, count)| format!("{count} {why}")).collect();
        println!("{rule:<34}{:>7}{:>7}  {}", row.tried, row.ended, without.join("; "));
    }
    let failed: Vec<&String> = table.values().flat_map(|row| &row.failed).collect();
    let total = |count: fn(&Row) -> usize| table.values().map(count).sum::<usize>();
    println!("{:<34}{:>7}{:>7}", "all", total(|row| row.tried), total(|row| row.ended));
    assert!(
        failed.is_empty(),
        "{} fixes fail:\n{}",
        failed.len(),
        failed.iter().take(40).map(|it| it.as_str()).collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn the_first_fixes_of_what_a_requirement_lacks_make_it_hold() {
    let (mut held, mut commands, mut lacking) = (0, 0, 0);
    let cases = cases(20);
    let mut failed = Vec::new();
    for case in 0..cases {
        let mut numbers = Random(20_161_108 + case * 6007);
        let mut exchange = organization::random(&mut numbers);
        let required = organization::requirement(&exchange, &mut numbers);
        if required.contains("scope = ") {
            // Where an exclusive scope is, only who holds it reaches everything, and no command changes that.
            organization::drop_exclusive_scopes(&mut exchange);
        }
        let folder = folder_with(&required);
        let is_of_it = |finding: &&Value| {
            let rules = ["missing-cmdlet", "missing-parameter", "merged-parameters", "narrow-scope", "undecided"];
            finding["requirement"] == "things"
                && rules.contains(&text(finding, "rule"))
                && finding["severity"] != "note"
        };
        let lacks = |report: &Value| -> Vec<String> {
            let findings = list(report, "diagnostics").iter().filter(is_of_it);
            findings.map(|finding| text(finding, "message").to_owned()).collect()
        };
        let report = check(&exchange, folder.path());
        let before = lacks(&report);
        lacking += before.len();
        let prints: BTreeSet<&str> =
            list(&report, "diagnostics").iter().filter(is_of_it).map(|finding| text(finding, "fingerprint")).collect();
        let of_it = |cause: &&Value| strings(&cause["findings"]).iter().any(|print| prints.contains(print));
        let mut told = Vec::new();
        for cause in list(&report, "causes").iter().filter(of_it) {
            told.extend(list(cause, "fixes").first().map_or_else(Vec::new, |fix| strings(&fix["commands"])));
        }
        commands += told.len();
        match run(&mut exchange, &told).map(|()| lacks(&check(&exchange, folder.path()))) {
            Ok(left) if left.is_empty() => held += 1,
            Ok(left) => failed.push(format!("case {case}: {told:?} leave {left:?} of {before:?}")),
            Err(why) => failed.push(format!("case {case}: {why}")),
        }
    }
    println!("{held} of {cases} requirements hold, which lacked {lacking} cmdlets, by {commands} commands");
    assert!(failed.is_empty(), "{} fail:\n{}", failed.len(), failed.join("\n"));
}
