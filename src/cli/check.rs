//! `rolecall check`: lint exports against a policy.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::{Exports, print, say_useless};
use crate::check::{Checked, check};
use crate::diagnostic::{Level, Report, Severity};
use crate::exports;
use crate::policy::{self, Policy, Requirement, RuleLevel, Who};
use crate::report::escape::visible;
use crate::report::{Finished, Style, concise, human, json};
use crate::rules::require::{MERGED_PARAMETERS, UNDECIDED};
use crate::rules::{self, RULES};
use crate::source::{FileId, Sources, Span};

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    exports: Exports,
    /// The account, by any of its identities; `*` and `?` are wild
    #[arg(long, value_name = "A")]
    account: Vec<String>,
    /// A pack or a policy file whose requirements these accounts must meet, instead of their own
    #[arg(long, value_name = "X", requires = "account", conflicts_with = "policy")]
    require: Option<String>,
    /// The output format
    #[arg(long, default_value = "human")]
    format: Format,
    /// The least finding that fails the run
    #[arg(long, default_value = "warning", value_name = "LEVEL")]
    fail_on: FailOn,
    /// Say on standard error which policy applies
    #[arg(short, long)]
    verbose: bool,
    /// Answers that stay open are errors
    #[arg(long)]
    strict: bool,
    /// Findings do not fail the run
    #[arg(long)]
    exit_zero: bool,
    /// Write the report to FILE
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Colours in the report
    #[arg(long, default_value = "auto", value_name = "WHEN")]
    color: Color,
    /// How wide the report for people is
    #[arg(long, default_value_t = 100, value_name = "COLUMNS")]
    width: usize,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Human,
    Concise,
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FailOn {
    Warning,
    Error,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

pub(super) fn run(options: &Options) -> ExitCode {
    let inputs = match options.exports.open() {
        Ok(inputs) => inputs,
        Err(code) => return ExitCode::from(code),
    };
    let required = match options.require.as_deref().map(super::policy::open).transpose() {
        Ok(required) => required,
        Err(code) => return ExitCode::from(code),
    };
    if options.verbose {
        inputs.applied.say_files();
    }
    let mut loaded = exports::load(&inputs.opened);
    let mut sources = std::mem::take(&mut loaded.sources);
    let mut report = Report::default();
    // Places depend on the exports before it, so the policy is read once more.
    let files = required.as_ref().or(inputs.applied.files.as_ref());
    let mut policy = files.map(|files| files.read(&mut sources, &rules::names(), &mut report)).unwrap_or_default();
    match options.require {
        // Only what X requires is asked, and of whom the command line names.
        Some(_) => policy = Policy { requirements: policy.requirements, ..Policy::default() },
        None => {
            policy::check_accounts(&policy, &mut report);
            policy::check_contradictions(&policy, &mut report);
        }
    }
    choose_accounts(&mut policy.requirements, options);
    if !options.account.is_empty() {
        policy.levels.extend(off(policy.levels.keys().cloned().collect()));
    }
    let mut checked = check(loaded, &sources, &policy, inputs.assumptions, report);
    checked.notes.extend(inputs.applied.assumed());
    if options.strict {
        raise(&mut checked);
    }
    let code = exit_code(&checked, &policy.requirements, options);
    if let Err(error) = write(&checked, &sources, options) {
        eprintln!("error: the report cannot be written: {error}");
        return ExitCode::from(2);
    }
    ExitCode::from(code)
}

/// Turns off the built-in rules that nobody asked for: what is asked about some accounts is answered about them.
fn off(asked: BTreeSet<String>) -> impl Iterator<Item = (String, RuleLevel)> {
    let at = Span { file: FileId(0), start: 0, end: 0 };
    let of_accounts = |rule: &rules::Rule| ["barred-account", "excluded-recipients"].contains(&rule.id.0);
    let others =
        RULES.iter().filter(move |rule| rule.check.is_some() && !asked.contains(rule.id.0) && !of_accounts(rule));
    others.map(move |rule| (rule.id.0.to_owned(), RuleLevel { level: Level::Off, at }))
}

/// With `--require`, the accounts of the command line replace the policy's; else they limit them.
fn choose_accounts(requirements: &mut [Requirement], options: &Options) {
    let Some(name) = &options.require else {
        requirements.iter_mut().for_each(|requirement| requirement.limit.clone_from(&options.account));
        return;
    };
    let name = name.strip_prefix("pack:").unwrap_or(name);
    let alone = requirements.len() == 1;
    for requirement in requirements {
        let at = requirement.common.at;
        requirement.accounts = options.account.iter().map(|account| Who::account(account, at)).collect();
        if alone {
            name.clone_into(&mut requirement.common.id);
        }
    }
}

fn raise(checked: &mut Checked) {
    for diagnostic in &mut checked.diagnostics {
        if [UNDECIDED, MERGED_PARAMETERS].contains(&diagnostic.rule) && diagnostic.severity == Severity::Warning {
            diagnostic.severity = Severity::Error;
            checked.summary.warnings -= 1;
            checked.summary.errors += 1;
        }
    }
}

/// The exit code, the same for every format; the first that applies.
fn exit_code(checked: &Checked, requirements: &[Requirement], options: &Options) -> u8 {
    let summary = &checked.summary;
    say_useless(&checked.useless);
    if checked.mistaken || !checked.useless.is_empty() {
        return 2;
    }
    let nothing = if summary.records == 0 {
        Some("no record was read")
    } else if requirements.is_empty() {
        Some(
            "there is no policy: name one with `--require PACK --account NAME` or `--policy FILE`, or start one with `rolecall init`",
        )
    } else if summary.accounts == 0 {
        Some("no account matches")
    } else if summary.asked > 0
        && summary.undecided > 0
        && summary.granted + summary.missing == session(requirements, summary.accounts)
    {
        Some("every answer is open")
    } else {
        None
    };
    if let Some(why) = nothing {
        eprintln!("nothing was checked: {why}");
        return 3;
    }
    let least = match options.fail_on {
        FailOn::Warning => summary.errors + summary.warnings,
        FailOn::Error => summary.errors,
    };
    u8::from(least > 0 && !options.exit_zero)
}

/// Session built-ins are granted to everybody, so they decide nothing.
fn session(requirements: &[Requirement], accounts: u64) -> u64 {
    requirements.iter().map(|requirement| requirement.session.len() as u64).sum::<u64>() * accounts
}

fn write(checked: &Checked, sources: &Sources<'_>, options: &Options) -> io::Result<()> {
    let finished = Finished {
        sources,
        diagnostics: &checked.diagnostics,
        summary: checked.summary,
        coverage: checked.coverage.clone(),
        notes: checked.notes.clone(),
    };
    let style = Style { color: colored(options), width: options.width };
    let mut out = String::new();
    match options.format {
        Format::Human => human::write(&mut out, &finished, &style),
        Format::Concise => concise::write(&mut out, &finished, &style),
        Format::Json => {
            json::write(&mut out, &finished, &style);
            checked.notes.iter().for_each(|note| eprintln!("note: {}", visible(note)));
        }
    }
    match &options.output {
        Some(path) => std::fs::write(path, out),
        None => {
            print(&out);
            Ok(())
        }
    }
}

fn colored(options: &Options) -> bool {
    use std::io::IsTerminal;
    match options.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
            wanted && options.output.is_none() && io::stdout().is_terminal()
        }
    }
}
