//! The command line: what can be typed, and one file per command.

/// Says something on standard error. That nobody can read it must not end a run, as the macros of std would.
macro_rules! eprint {
    ($($words:tt)*) => {{
        let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!($($words)*));
    }};
}

/// As `eprint!`, a line.
macro_rules! eprintln {
    ($($words:tt)*) => { eprint!("{}\n", format_args!($($words)*)) };
}

/// What stands below the options of a command: examples, and the exit codes with what they mean.
macro_rules! after_help {
    ($($example:literal),+; $($code:literal: $meaning:literal),+) => {
        concat!("Examples:\n", $("  ", $example, "\n",)+ "\nExit codes:\n", $("  ", $code, "  ", $meaning, "\n",)+)
    };
}

mod access;
mod anonymize;
mod ask;
mod check;
mod collect;
mod diff;
mod escalate;
mod explain;
mod git;
mod graph;
mod init;
mod inputs;
mod organization;
mod output;
mod packs;
mod plan;
mod policy;
mod progress;
mod records;
mod roles_with;
mod shell;
mod show;
mod test;
mod today;
mod waive;
mod who_can;
mod why;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::exports::{Loaded, Useless};
use crate::policy::{Policy, closest};
use crate::report::escape::visible;
use crate::report::{Style, concise};
use crate::rules;
use crate::rules::accepting::waive::Date;

use output::Output;

#[cfg(fuzzing)]
pub use waive::waived;

#[derive(Debug, Parser)]
#[command(
    name = "rolecall",
    version,
    about = "A policy-as-code linter for Exchange RBAC exports",
    after_help = "What answers each command that you know from Exchange's shell: docs/from-the-shell.md"
)]
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
    /// Print the smallest set of roles that gives an account what it lacks, as reversible PowerShell
    Plan(plan::Options),
    /// Draw who is in what, holds what and may assign what
    Graph(graph::Options),
    /// Print every role that has a cmdlet, who holds it and who may assign it
    RolesWith(roles_with::Options),
    /// Print what an object is and what it gives
    Show(show::Options),
    /// Print who gained and lost what between two exports
    Diff(diff::Options),
    /// Run the tests written next to a policy
    Test(test::Options),
    /// Accept a finding for a while: write a waiver into the policy file
    Waive(waive::Options),
    /// Explain a rule: what it means, why it matters, what to do
    Explain(explain::Options),
    /// List all rules
    #[command(after_help = after_help!["rolecall rules", "rolecall rules --width 200"; "0": "always", "2": "wrong usage"])]
    Rules(Output),
    /// Write a commented rolecall.toml to start from
    #[command(after_help = after_help!["rolecall init"; "0": "it was written", "2": "there is one already, or it cannot be written"])]
    Init,
    /// List the built-in packs, or print one
    Packs(packs::Options),
    /// Print the PowerShell script that writes complete exports
    Collect(collect::Options),
    /// Write the exports with other names, to show somebody what goes wrong
    Anonymize(anonymize::Options),
    /// Print the script that makes a shell complete rolecall
    Completions(shell::Completions),
    /// Print a page of the manual
    Man(shell::Man),
}

/// What a name that nothing has probably means, as the end of a message; nothing where no candidate is near.
fn hint<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> String {
    closest(name, candidates).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

/// The day on which what expires is judged: the one that is given, else today's. The clock is asked only where something
/// expires.
fn day(given: Option<Date>, policy: &Policy) -> Option<Date> {
    let expires = !policy.waivers.is_empty() || policy.groups.iter().any(|group| group.expires.is_some());
    given.or_else(|| expires.then(today::today))
}

/// What was typed. Help is as wide as the terminal that shows it.
fn parsed(arguments: impl Iterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let mut command = Cli::command().term_width(output::width());
    let matches = command.try_get_matches_from_mut(arguments)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

/// Runs the command line and returns the exit code.
#[must_use]
pub fn main() -> ExitCode {
    // Whoever asks for the version alone need not wait until all that can be typed is known.
    if std::env::args_os().skip(1).eq(["--version"]) {
        return output::print(concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"), "\n"));
    }
    match parsed(std::env::args_os()) {
        Ok(cli) => match cli.command {
            Command::Records(options) => records::run(&options),
            Command::Check(options) => check::run(&options),
            Command::WhoCan(options) => who_can::run(&options),
            Command::Why(options) => why::run(&options),
            Command::Access(options) => access::run(&options),
            Command::Escalate(options) => escalate::run(&options),
            Command::Plan(options) => plan::run(&options),
            Command::Graph(options) => graph::run(&options),
            Command::RolesWith(options) => roles_with::run(&options),
            Command::Show(options) => show::run(&options),
            Command::Diff(options) => diff::run(&options),
            Command::Test(options) => test::run(&options),
            Command::Waive(options) => waive::run(&options),
            Command::Explain(options) => explain::run(&options),
            Command::Rules(options) => explain::list(&options),
            Command::Init => init::run(),
            Command::Packs(options) => packs::run(&options),
            Command::Collect(options) => collect::run(&options),
            Command::Anonymize(options) => anonymize::run(&options),
            Command::Completions(options) => shell::completions(Cli::command(), &options),
            Command::Man(options) => shell::man(Cli::command(), &options),
        },
        Err(error) => {
            // Help and version are no mistake.
            if !error.use_stderr() {
                return output::print(&error.to_string());
            }
            // A mistake echoes what was typed, so it is made once more with arguments that hold nothing hidden.
            let escaped = std::env::args_os().map(|argument| visible(&argument.to_string_lossy()).into_owned());
            match parsed(escaped.map(OsString::from)) {
                Err(error) => eprint!("{error}"),
                Ok(_) => eprintln!("error: an argument is no text"),
            }
            ExitCode::from(2)
        }
    }
}

/// Says on stderr what reading noticed, and returns 2 where a named path could not be read or holds nothing we know.
///
/// With `quiet`, only the latter is said.
fn say_what_reading_noticed(loaded: &Loaded<'_>, quiet: bool) -> u8 {
    let mut report = Report::default();
    for noticed in loaded.organizations.iter().map(|stated| &stated.report) {
        report.diagnostics.extend_from_slice(&noticed.diagnostics);
        for notice in noticed.notices() {
            report.say(rules::doctor::noticed::diagnostic(notice, loaded.sources.file(notice.first.file)));
        }
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
