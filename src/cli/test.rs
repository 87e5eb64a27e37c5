//! `rolecall test`: run the tests written next to a policy, through the code that `check` runs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::output::Output;
use super::policy;
use crate::check::{Checked, Terms, check};
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::exports::{self, Wanted};
use crate::graph::Assumptions;
use crate::paths::identity;
use crate::policy::{Files, Finding, Policy, TestCase};
use crate::report::escape::visible;
use crate::report::prose::{color, push_marked, push_text};
use crate::report::{Style, concise};
use crate::rules;
use crate::rules::accepting::waive::{Date, shows, words_of};
use crate::source::{Sources, Span};

#[derive(Debug, Args)]
#[command(mut_arg("verbose", |arg| arg.help("Show every test, and which tables and rules no test fires")),
    after_help = after_help![
        "rolecall test",
        "rolecall test policies/helpdesk.toml -v";
        "0": "every test passed",
        "1": "a test failed",
        "2": "wrong usage, or a mistake in the policy",
        "3": "there are no tests"
    ]
)]
pub(super) struct Options {
    /// The policy files that hold the tests
    #[arg(value_name = "FILE", default_value = "rolecall.toml")]
    files: Vec<String>,
    /// The day on which tests take place that name none, such as 2026-12-31, instead of today
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
    #[command(flatten)]
    output: Output,
}

/// What the tests of all files came to.
#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
    /// A policy has a mistake, or a file cannot be read.
    broken: bool,
}

pub(super) fn run(options: &Options) -> ExitCode {
    let files: Vec<PathBuf> = options.files.iter().map(|file| identity(Path::new(file))).collect();
    if let Err(code) = options.output.refuse(&files) {
        return ExitCode::from(code);
    }
    let (style, whole) = (options.output.style(), options.output.is_verbose());
    let mut tally = Tally::default();
    let mut out = String::new();
    for file in &options.files {
        test_file(file, options, &mut tally, (&mut out, &style, whole));
    }
    let count = tally.passed + tally.failed;
    if count > 0 {
        let plural = if count == 1 { "test" } else { "tests" };
        let mark = if tally.failed > 0 { (color::BAD, "FAIL") } else { (color::GOOD, "ok") };
        push_marked(&mut out, 0, mark, &format!("{count} {plural}, {} failed", tally.failed), &style);
    }
    if count == 0 && !tally.broken {
        eprintln!("nothing was tested: write `[[test]]` tables into the policy");
    }
    let code = match (tally.broken, count) {
        (true, _) => 2,
        (false, 0) => 3,
        (false, _) => u8::from(tally.failed > 0),
    };
    options.output.write(&out, code)
}

/// Runs the tests of one file, and says which fail; with `whole` also which do not, and what none of them fires.
fn test_file(file: &str, options: &Options, tally: &mut Tally, (out, style, whole): (&mut String, &Style, bool)) {
    let mut sources = Sources::default();
    // Why it cannot be opened was said.
    let Ok(files) = policy::open(file) else {
        tally.broken = true;
        return;
    };
    let mut report = Report::default();
    let policy = files.read(&mut sources, &rules::names(), &mut report);
    report.sort();
    for mistake in report.diagnostics.iter().filter(|said| said.severity == Severity::Error) {
        push_text(out, 0, &line(&sources, mistake), style);
        tally.broken = true;
    }
    if policy.tests.is_empty() || tally.broken {
        return;
    }
    let mut fired = Fired::default();
    for (number, test) in policy.tests.iter().enumerate() {
        let wrong = run_test(&files, number, test, options, &mut fired);
        let name = &test.name.text;
        match wrong.is_empty() {
            true => tally.passed += 1,
            false => tally.failed += 1,
        }
        if !wrong.is_empty() {
            push_marked(out, 0, (color::BAD, "FAIL"), name, style);
        } else if whole {
            push_marked(out, 0, (color::GOOD, "ok"), name, style);
        }
        wrong.iter().for_each(|line| push_text(out, 4, line, style));
    }
    if whole {
        push_unfired(out, &policy, &fired, style);
    }
}

/// What any test of a file found, accepted or not.
#[derive(Default)]
struct Fired {
    tables: BTreeSet<String>,
    rules: BTreeSet<&'static str>,
}

/// Runs one test and returns what is wrong, a line each.
fn run_test(files: &Files, number: usize, test: &TestCase, options: &Options, fired: &mut Fired) -> Vec<String> {
    let paths = test.exports.iter().map(|path| path.text.clone()).collect();
    let aside = files.shown().map(PathBuf::from).collect();
    let organization = exports::Organization {
        name: test.organization.as_ref().map(|name| name.text.clone()),
        paths,
        ..exports::Organization::default()
    };
    let opened = exports::open(&Wanted { organizations: vec![organization], aside, jobs: None });
    let mut loaded = exports::load(&opened);
    let mut sources = std::mem::take(&mut loaded.sources);
    let mut report = Report::default();
    // Places depend on the exports before it, so the policy is read once more.
    let policy = files.read(&mut sources, &rules::names(), &mut report);
    let Some(test) = policy.tests.get(number) else { return Vec::new() };
    let policy = policy.of(test.organization.as_ref().map(|name| name.text.as_str()));
    let written = |word| policy.exports.assume.iter().any(|(assumed, _)| *assumed == word);
    let day = test.today.as_ref().and_then(|day| day.parse().ok()).or(options.today);
    let terms = Terms {
        assumptions: Assumptions {
            enabled: written("enabled"),
            regular_by_name: written("regular-by-name"),
            own_scope: written("own-scope"),
        },
        today: super::day(day, &policy),
        findings_only: true,
        ..Terms::default()
    };
    let checked = check(loaded, &sources, &policy, terms, report);
    for diagnostic in &checked.diagnostics {
        fired.tables.extend(diagnostic.subject.requirement.clone());
        fired.rules.insert(diagnostic.rule.name);
    }
    compare(test, &checked, &sources)
}

/// What was expected and is not there, and what is there and was not to be.
fn compare(test: &TestCase, checked: &Checked, sources: &Sources<'_>) -> Vec<String> {
    let found: Vec<&Diagnostic> = checked.diagnostics.iter().filter(|found| found.waived.is_none()).collect();
    let mut wrong: Vec<String> =
        checked.useless.iter().map(|useless| format!("`{}` holds no export", visible(&useless.path))).collect();
    for wanted in &test.expect {
        if !found.iter().any(|found| shows(wanted, found)) {
            wrong.push(format!("{}: not found: {}", place(sources, wanted.at), described(wanted)));
            let alike =
                found.iter().filter(|found| wanted.rule.as_ref().is_some_and(|rule| is_rule(&rule.text, found)));
            wrong.extend(alike.take(3).map(|found| format!("  but this was: {}", line(sources, found))));
            let accepted = |found: &&Diagnostic| found.waived.is_some() && shows(wanted, found);
            wrong.extend(checked.diagnostics.iter().find(accepted).map(|_| "  a waiver accepts it".to_owned()));
        }
    }
    for unwanted in &test.reject {
        for found in found.iter().filter(|found| shows(unwanted, found)) {
            let at = place(sources, unwanted.at);
            wrong.push(format!("{at}: found, but rejected: {}", line(sources, found)));
        }
    }
    wrong
}

fn is_rule(name: &str, diagnostic: &Diagnostic) -> bool {
    crate::name::same(name, diagnostic.rule.name)
}

fn described(finding: &Finding) -> String {
    visible(&words_of(finding)).into_owned()
}

fn line(sources: &Sources<'_>, diagnostic: &Diagnostic) -> String {
    let mut line = String::new();
    concise::push_line(&mut line, sources, diagnostic, &Style::default());
    line.trim_end().to_owned()
}

fn place(sources: &Sources<'_>, at: Span) -> String {
    let file = sources.file(at.file);
    format!("{}:{}", visible(&file.path), file.line_column(at.start).0)
}

/// Says which tables of the policy and which built-in rules no test fires: nobody knows whether they would.
fn push_unfired(out: &mut String, policy: &Policy, fired: &Fired, style: &Style) {
    let judged = |kind: &str| ["require", "forbid", "separate", "group", "role"].contains(&kind);
    let tables: Vec<&str> =
        policy.tables().filter(|(kind, _)| judged(kind)).map(|(_, table)| table.id.as_str()).collect();
    let rules: Vec<&str> = rules::running(policy).map(|rule| rule.id.name).collect();
    let mut push = |what: &str, all: &[&str], fires: &dyn Fn(&str) -> bool| {
        let silent: Vec<String> = all.iter().filter(|name| !fires(name)).map(|name| format!("`{name}`")).collect();
        let rest = if silent.is_empty() { String::new() } else { format!("; not {}", silent.join(", ")) };
        push_text(out, 0, &format!("{what}: {} of {} fired{rest}", all.len() - silent.len(), all.len()), style);
    };
    push("tables", &tables, &|name| fired.tables.contains(name));
    if !rules.is_empty() {
        push("built-in rules", &rules, &|name| fired.rules.contains(name));
    }
}
