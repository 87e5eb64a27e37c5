//! What the commands that ask about accounts share: exports read and understood, and where the answers go.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{Inputs, day, print, say_what_reading_noticed};
use crate::accounts::{Account, Accounts};
use crate::diagnostic::Report;
use crate::exports;
use crate::graph::{Assertions, Assumptions};
use crate::inventory::Inventory;
use crate::name::fold;
use crate::policy::Policy;
use crate::report::escape::visible;
use crate::rules::accepting::waive::Date;
use crate::rules::{self};
use crate::source::Sources;

/// Where a report goes.
#[derive(Debug, Args)]
pub(super) struct Output {
    /// Write the report to FILE
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Say nothing on standard error but what makes the run fail
    #[arg(short, long)]
    pub(super) quiet: bool,
}

impl Output {
    /// Writes a report; the exit code is 2 where that fails. Nobody reading on is no error.
    pub(super) fn write(&self, report: &str, code: u8) -> ExitCode {
        let Some(path) = &self.output else {
            print(report);
            return ExitCode::from(code);
        };
        match std::fs::write(path, report) {
            Ok(()) => ExitCode::from(code),
            Err(error) => {
                eprintln!("error: the report cannot be written: {error}");
                ExitCode::from(2)
            }
        }
    }
}

/// The exports of a run, understood.
#[derive(Debug)]
pub(super) struct Organization<'b> {
    pub(super) sources: Sources<'b>,
    pub(super) exported: Inventory,
    pub(super) asserted: Vec<(String, Inventory)>,
    pub(super) assumptions: Assumptions,
    /// What the policy states that no export shows.
    assertions: Assertions,
    /// 2 where a named path could not be read or holds nothing we know, or the policy has a mistake; else 0.
    pub(super) code: u8,
}

impl<'b> Organization<'b> {
    /// Reads what was opened, and says on standard error what reading noticed.
    pub(super) fn read(inputs: &'b Inputs, quiet: bool) -> Self {
        let mut loaded = exports::load(&inputs.opened);
        let code = inputs.applied.say_mistakes().max(say_what_reading_noticed(&loaded, quiet));
        let asserted = std::mem::take(&mut loaded.asserted);
        // Places depend on the exports before it, so the policy is read once more.
        let mut sources = std::mem::take(&mut loaded.sources);
        let files = inputs.applied.files.as_ref();
        let policy = files.map(|files| files.read(&mut sources, &rules::names(), &mut Report::default()));
        Self {
            exported: Inventory::of(loaded.organization),
            asserted: asserted.into_iter().map(|(account, facts)| (account, Inventory::of(facts))).collect(),
            sources,
            assertions: policy.map(|policy| stated(&policy, inputs.today)).unwrap_or_default(),
            assumptions: inputs.assumptions,
            code,
        }
    }

    /// Its accounts.
    pub(super) fn accounts(&self) -> Accounts<'_> {
        Accounts::with_assertions(&self.exported, &self.asserted, self.assumptions, &self.assertions)
    }
}

fn stated(policy: &Policy, today: Option<Date>) -> Assertions {
    policy.asserted(day(today, policy).map(|day| day.to_string()).as_deref())
}

/// The accounts that any of the patterns names, each once, by name; all where none is given.
pub(super) fn named(accounts: &Accounts<'_>, patterns: &[String]) -> Vec<Account> {
    if patterns.is_empty() {
        return accounts.all().to_vec();
    }
    let mut wanted: Vec<Account> = patterns.iter().flat_map(|pattern| accounts.named(pattern)).collect();
    wanted.sort_by_cached_key(|account| (fold(accounts.shown(*account)), *account));
    wanted.dedup();
    wanted
}

/// Says that no account fits, where exports could be read.
pub(super) fn say_nobody(patterns: &[String]) {
    let shown: Vec<String> = patterns.iter().map(|pattern| format!("`{}`", visible(pattern))).collect();
    match shown.is_empty() {
        true => eprintln!("no export shows an account, so nothing was answered"),
        false => eprintln!("no account matches {}, so nothing was answered", shown.join(" or ")),
    }
}
