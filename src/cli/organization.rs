//! What the commands that ask about accounts share: exports read and understood, and where the answers go.

use std::io;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::inputs::{Exports, Inputs};
use super::output::{Output, Writing};
use super::{day, hint, say_what_reading_noticed};
use crate::accounts::{Account, Accounts};
use crate::check::{self, Terms};
use crate::diagnostic::{Diagnostic, Report};
use crate::exports::Stated;
use crate::graph::{Assertions, Assumptions};
use crate::inventory::{Facts, Inventory};
use crate::name::fold;
use crate::policy::{Policy, Requirement};
use crate::report::escape::visible;
use crate::rules;
use crate::rules::accepting::waive::Date;
use crate::source::Sources;

/// What every command takes that asks about exports: which, how the answers are printed, and where they go.
#[derive(Debug, Args)]
pub(super) struct Answers<F: ValueEnum + Clone + Send + Sync + 'static> {
    #[command(flatten)]
    pub(super) exports: Exports,
    /// The output format
    #[arg(long, default_value = "human", help_heading = "Output")]
    pub(super) format: F,
    #[command(flatten)]
    pub(super) output: Output,
}

/// For people, or for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Plain {
    Human,
    Json,
}

/// For people, for programs, or as a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Tabled {
    Human,
    Json,
    Csv,
}

impl From<Plain> for Tabled {
    fn from(format: Plain) -> Self {
        match format {
            Plain::Human => Self::Human,
            Plain::Json => Self::Json,
        }
    }
}

impl<F: ValueEnum + Clone + Into<Tabled> + Send + Sync + 'static> Answers<F> {
    /// Asks every organization; `push_heading` writes what stands above a table.
    pub(super) fn asking(&self, push_heading: impl FnOnce(&mut String)) -> Asking<'_> {
        let format: Tabled = self.format.clone().into();
        let mut heading = String::new();
        if format == Tabled::Csv {
            push_heading(&mut heading);
        }
        let for_people = format == Tabled::Human;
        Asking { exports: &self.exports, output: &self.output, for_people, advises: false, heading }
    }
}

/// Why a command says nothing of an organization, or no more.
pub(super) enum Silence {
    /// It has no answer, for this reason.
    Nothing(String),
    /// What it said cannot be written.
    Unwritten(io::Error),
}

impl From<String> for Silence {
    fn from(why: String) -> Self {
        Self::Nothing(why)
    }
}

impl From<io::Error> for Silence {
    fn from(error: io::Error) -> Self {
        Self::Unwritten(error)
    }
}

/// What one organization exported, understood.
#[derive(Debug)]
pub(super) struct Organization {
    /// How the policy calls it.
    name: Option<String>,
    pub(super) exported: Inventory,
    pub(super) asserted: Vec<(String, Inventory)>,
    assumptions: Assumptions,
    /// What the policy states that no export shows.
    assertions: Assertions,
    /// The policy in force and a copy of what was read, where fixes are to be tried.
    policy: Policy,
    facts: Option<Facts>,
}

impl Organization {
    /// Its accounts.
    pub(super) fn accounts(&self) -> Accounts<'_> {
        Accounts::with_assertions(&self.exported, &self.asserted, self.assumptions, &self.assertions)
    }

    /// What `check` would find missing of one more requirement, and how to fix it; `tries` the fixes first.
    pub(super) fn missing(&self, requirement: &Requirement, sources: &Sources<'_>, tries: bool) -> Vec<Diagnostic> {
        let asked = check::Asked {
            inventory: &self.exported,
            facts: self.facts.as_ref().filter(|_| tries),
            asserted: &self.asserted,
            assertions: &self.assertions,
            policy: &self.policy,
            sources,
        };
        check::missing(&asked, requirement, &Terms { assumptions: self.assumptions, ..Terms::default() })
    }
}

/// A command that asks about accounts.
#[derive(Debug)]
pub(super) struct Asking<'a> {
    pub(super) exports: &'a Exports,
    pub(super) output: &'a Output,
    /// Whether people read the answers: where there are several organizations, they are told whose these are.
    pub(super) for_people: bool,
    /// Whether fixes are proposed, which are tried before.
    pub(super) advises: bool,
    /// What stands above all answers.
    pub(super) heading: String,
}

impl Asking<'_> {
    /// Asks every organization for itself, in the order of the policy, and writes what is answered as it is found.
    ///
    /// `ask` appends the answers of one and returns the exit code that they stand for; where it has none, why not. Of
    /// several codes the greatest counts. Exit code: 2 where an input is unusable, 3 where nothing was answered.
    pub(super) fn each(
        &self,
        mut ask: impl FnMut(&Organization, &Sources<'_>, &mut Writing) -> Result<u8, Silence>,
    ) -> ExitCode {
        let inputs = match self.exports.open() {
            Ok(inputs) => inputs,
            Err(code) => return ExitCode::from(code),
        };
        if let Err(code) = self.output.refuse(&inputs.files(None)) {
            return ExitCode::from(code);
        }
        let (organizations, sources, unusable) = read_to_advise(&inputs, self.output.is_quiet(), self.advises);
        let several = inputs.applied.policy.has_several();
        let (mut answered, mut silent) = (None, Vec::new());
        let mut write = || {
            let mut out = Writing::new(self.output.open()?, self.heading.clone());
            for organization in &organizations {
                let name = organization.name.as_ref().filter(|_| several);
                if let Some(name) = name.filter(|_| self.for_people) {
                    out.title(&format!("organization `{}`", visible(name)));
                }
                match ask(organization, &sources, &mut out) {
                    Ok(code) => answered = answered.max(Some(code)),
                    Err(Silence::Nothing(why)) => {
                        silent.push(name.map(|name| format!("in `{name}`, {why}")).unwrap_or(why));
                    }
                    Err(Silence::Unwritten(error)) => return Err(error),
                }
            }
            out.finish()?.finish()
        };
        let written = write();
        if unusable == 0 && (answered.is_none() || !self.output.is_quiet()) {
            silent.iter().for_each(|why| eprintln!("{}", visible(why)));
        }
        self.output.end(written, if unusable == 0 { answered.unwrap_or(3) } else { unusable })
    }
}

/// Reads what was opened, and says on standard error what reading noticed. The code is 2 where a named path could not be
/// read or holds nothing we know, or the policy has a mistake; else 0.
pub(super) fn read(inputs: &Inputs, quiet: bool) -> (Vec<Organization>, Sources<'_>, u8) {
    read_to_advise(inputs, quiet, false)
}

/// The same; `advises` keeps what is needed to try fixes.
fn read_to_advise(inputs: &Inputs, quiet: bool, advises: bool) -> (Vec<Organization>, Sources<'_>, u8) {
    let mut loaded = inputs.load();
    if !quiet {
        inputs.applied.notes().iter().for_each(|note| eprintln!("note: {}", visible(note)));
    }
    let code = inputs.applied.say_mistakes().max(say_what_reading_noticed(&loaded, quiet));
    // Places depend on the exports before it, so the policy is read once more.
    let mut sources = std::mem::take(&mut loaded.sources);
    let files = inputs.applied.files.as_ref();
    let policy = files.map(|files| files.read(&mut sources, &rules::names(), &mut Report::default()));
    let policy = policy.unwrap_or_default();
    let understood = |mut stated: Stated| Organization {
        assertions: asserted(&policy.of(stated.name.as_deref()), inputs.today),
        policy: if advises { policy.of(stated.name.as_deref()).into_owned() } else { Policy::default() },
        facts: if advises { check::copy(&mut stated.own) } else { None },
        exported: Inventory::of(stated.own),
        asserted: stated.asserted.into_iter().map(|(account, facts)| (account, Inventory::of(facts))).collect(),
        assumptions: inputs.assumptions,
        name: stated.name,
    };
    (loaded.organizations.into_iter().map(understood).collect(), sources, code)
}

fn asserted(policy: &Policy, today: Option<Date>) -> Assertions {
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

/// The one account that is asked about, where its name is plain and no group's.
pub(super) fn unknown<'p>(accounts: &Accounts<'_>, patterns: &'p [String]) -> Option<&'p str> {
    let [account] = patterns else { return None };
    (!account.contains(['*', '?']) && !accounts.is_group(account)).then_some(account)
}

/// Whom a name that nobody has probably means.
fn meant(accounts: &Accounts<'_>, patterns: &[String]) -> String {
    let [pattern] = patterns else { return String::new() };
    let names = accounts.all().iter().map(|account| accounts.shown(*account));
    if accounts.is_group(pattern) { String::new() } else { hint(pattern, names) }
}

/// The same, with what says how to export an account that no export shows.
pub(super) fn nobody_yet(accounts: &Accounts<'_>, patterns: &[String]) -> String {
    let way = unknown(accounts, patterns).map(|account| {
        let account = crate::powershell::quoted(account);
        format!("; `rolecall access --account {account}` says what to export")
    });
    nobody(accounts, patterns) + &way.unwrap_or_default()
}

/// Says that no account fits.
pub(super) fn nobody(accounts: &Accounts<'_>, patterns: &[String]) -> String {
    let quoted = |pattern: &String| format!("`{pattern}`");
    let shown: Vec<String> = patterns.iter().map(quoted).collect();
    let is_group = |pattern: &&String| !pattern.contains(['*', '?']) && accounts.is_group(pattern);
    let groups: Vec<String> = patterns.iter().filter(is_group).map(quoted).collect();
    let why = match groups.as_slice() {
        [] => String::new(),
        [one] => format!(": {one} is a group"),
        many => format!(": {} are groups", many.join(" and ")),
    };
    // Role groups and roles alone show nobody who could be meant.
    match shown.is_empty() || groups.is_empty() && accounts.all().is_empty() {
        true if patterns.is_empty() => {
            "no export shows an account, so nothing was answered: `rolecall collect` prints \
            the script that exports them, and `Get-RoleGroupMember`, `Get-Mailbox` and `Get-User` show them"
                .to_owned()
        }
        true => "no export shows an account, so nothing was answered".to_owned(),
        false => format!(
            "no account matches {}, so nothing was answered{why}{}",
            shown.join(" or "),
            meant(accounts, patterns)
        ),
    }
}
