//! The command line: what can be typed, and one file per command.

mod access;
mod ask;
mod check;
mod collect;
mod escalate;
mod explain;
mod init;
mod organization;
mod packs;
mod policy;
mod records;
mod test;
mod today;
mod waive;
mod who_can;
mod why;

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::exports::{self, Loaded, Opened, Useless, Wanted};
use crate::graph::Assumptions;
use crate::name::same;
use crate::policy::{Policy, expand};
use crate::report::escape::visible;
use crate::report::{Style, concise};
use crate::rules;
use crate::rules::accepting::waive::Date;

use policy::Applied;

#[derive(Debug, Parser)]
#[command(name = "rolecall", version, about = "A policy-as-code linter for Exchange RBAC exports")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print what was read, as JSON Lines
    Records(records::Options),
    /// Lint exports against a policy
    Check(check::Options),
    /// Print every account that can run a cmdlet, and how
    WhoCan(who_can::Options),
    /// Print why an account can run a cmdlet, or why not
    Why(why::Options),
    /// Print everything an account can run
    Access(access::Options),
    /// Print what an account could give itself, step by step
    Escalate(escalate::Options),
    /// Run the tests that stand next to a policy
    Test(test::Options),
    /// Accept a finding for a while: write a waiver into the policy file
    Waive(waive::Options),
    /// Explain a rule: what it means, why it matters, what to do
    Explain(explain::Options),
    /// List all rules
    Rules,
    /// Write a commented rolecall.toml to start from
    Init,
    /// List the built-in packs, or print one
    Packs(packs::Options),
    /// Print the PowerShell script that writes complete exports
    Collect(collect::Options),
}

/// The exports to read, and what to take for granted.
#[derive(Debug, Args)]
struct Exports {
    /// Files or folders of exports; `-` reads standard input
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    /// Accept what an export does not show: `enabled` assignments, `regular-by-name` ones
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    assume: Vec<Assume>,
    /// The role entries in PATH are all that account A can run; may be repeated
    #[arg(long, value_name = "A=PATH", value_parser = entries_of)]
    entries_of: Vec<(String, String)>,
    /// The policy: a file, or `pack:NAME`; else the nearest `rolecall.toml` above this folder
    #[arg(long, value_name = "FILE|pack:NAME")]
    policy: Option<String>,
    /// The day on which waivers are judged, such as 2026-12-31, instead of today
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
    /// How many threads read; the size of the input decides where this is not given
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
}

/// Something that the caller accepts where a column is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Assume {
    /// An assignment without the column `Enabled` is enabled
    Enabled,
    /// An assignment without a delegation type is regular where it is named as Exchange names one
    RegularByName,
}

impl Assume {
    /// The word, as a policy file writes it.
    fn word(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::RegularByName => "regular-by-name",
        }
    }
}

fn entries_of(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((account, path)) if !account.is_empty() && !path.is_empty() => Ok((account.to_owned(), path.to_owned())),
        _ => Err("expected ACCOUNT=PATH".to_owned()),
    }
}

/// What a run reads.
#[derive(Debug)]
struct Inputs {
    /// The policy that applies.
    applied: Applied,
    /// The exports.
    opened: Opened,
    /// What is taken for granted.
    assumptions: Assumptions,
    /// The day that the command line gives.
    today: Option<Date>,
}

impl Exports {
    /// Finds the policy, and the exports that the command line names; where it names none, those of the policy.
    ///
    /// Errors: 2 where the policy cannot be read, and that is said on standard error.
    fn open(&self) -> Result<Inputs, u8> {
        let applied = Applied::of(self.policy.as_deref())?;
        let policy = &applied.policy;
        let mut entries_of: Vec<(String, Vec<String>)> = Vec::new();
        let mut assert = |account: &str, path: &str| match entries_of.iter_mut().find(|(known, _)| same(known, account))
        {
            Some((_, paths)) => paths.push(path.to_owned()),
            None => entries_of.push((account.to_owned(), vec![path.to_owned()])),
        };
        self.entries_of.iter().for_each(|(account, path)| assert(account, path));
        // What the command line says of an account replaces what the policy says of it.
        let told = |name: &str| self.entries_of.iter().any(|(account, _)| same(account, name));
        for assertion in policy.assertions.iter().filter(|assertion| !told(&assertion.name.text)) {
            let paths = assertion.entries.iter().flat_map(expand);
            paths.for_each(|path| assert(&assertion.name.text, &path));
        }
        let paths = match self.paths.as_slice() {
            [] => {
                let organizations = policy.organizations.iter().flat_map(|organization| &organization.paths);
                policy.exports.paths.iter().chain(organizations).flat_map(expand).collect()
            }
            paths => paths.to_vec(),
        };
        // The policy is no export, also where it lies among them, and no more is its baseline.
        let aside = applied.aside();
        let opened = exports::open(&Wanted { paths, entries_of, aside, jobs: self.jobs });
        let assumed = |assume: Assume| {
            let said = policy.exports.assume.iter().any(|(word, _)| *word == assume.word());
            said || self.assume.contains(&assume)
        };
        let assumptions =
            Assumptions { enabled: assumed(Assume::Enabled), regular_by_name: assumed(Assume::RegularByName) };
        Ok(Inputs { applied, opened, assumptions, today: self.today })
    }
}

/// The day on which what expires is judged: the one that is given, else today's. The clock is asked only where something
/// expires.
fn day(given: Option<Date>, policy: &Policy) -> Option<Date> {
    let expires = !policy.waivers.is_empty() || policy.groups.iter().any(|group| group.expires.is_some());
    given.or_else(|| expires.then(today::today))
}

/// Prints a report. Nobody reading on is no error.
fn print(report: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(report.as_bytes()).and_then(|()| out.flush());
}

/// Runs the command line and returns the exit code.
#[must_use]
pub fn main() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => match cli.command {
            Command::Records(options) => records::run(&options),
            Command::Check(options) => check::run(&options),
            Command::WhoCan(options) => who_can::run(&options),
            Command::Why(options) => why::run(&options),
            Command::Access(options) => access::run(&options),
            Command::Escalate(options) => escalate::run(&options),
            Command::Test(options) => test::run(&options),
            Command::Waive(options) => waive::run(&options),
            Command::Explain(options) => explain::run(&options),
            Command::Rules => explain::list(),
            Command::Init => init::run(),
            Command::Packs(options) => packs::run(&options),
            Command::Collect(options) => collect::run(&options),
        },
        Err(error) => {
            // Help and version are no mistake; a broken pipe while they print is none either.
            let _ = error.print();
            ExitCode::from(if error.use_stderr() { 2 } else { 0 })
        }
    }
}

/// Says on stderr what reading noticed, and returns 2 where a named path could not be read or holds nothing we know.
///
/// With `quiet`, only the latter is said.
fn say_what_reading_noticed(loaded: &Loaded<'_>, quiet: bool) -> u8 {
    let mut report = Report::default();
    report.diagnostics.clone_from(&loaded.report.diagnostics);
    for notice in loaded.report.notices() {
        report.say(rules::doctor::noticed::diagnostic(notice, loaded.sources.file(notice.first.file)));
    }
    report.sort();
    let mut said = String::new();
    let says = |diagnostic: &&Diagnostic| !quiet || diagnostic.severity == Severity::Error;
    for diagnostic in report.diagnostics.iter().filter(says) {
        concise::push_line(&mut said, &loaded.sources, diagnostic, &Style::default());
    }
    eprint!("{said}");
    say_useless(&loaded.useless);
    if loaded.useless.is_empty() { 0 } else { 2 }
}

/// Says on stderr which named paths hold nothing. Those that cannot be read have a diagnostic of their own.
fn say_useless(useless: &[Useless]) {
    for useless in useless.iter().filter(|useless| useless.readable) {
        eprintln!("error: `{}` holds nothing that rolecall knows", visible(&useless.path));
    }
}
