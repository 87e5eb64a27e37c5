//! `rolecall plan`: the smallest set of roles that gives an account what it is required to run, and how to assign it.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::inputs::Exports;
use super::organization::{named, nobody_yet};
use super::output::Output;
use super::{day, say_what_reading_noticed};
use crate::accounts::{Account, Accounts};
use crate::advise::{Refusal, Task, advise, with_all_parameters};
use crate::check::Terms;
use crate::diagnostic::{Report, Severity, digest};
use crate::exports::Stated;
use crate::graph::Why;
use crate::inventory::Inventory;
use crate::name::fold;
use crate::plan::{Minimize, Proposal};
use crate::policy::{Policy, Requirement};
use crate::report::escape::visible;
use crate::report::plan;
use crate::rules;
use crate::rules::judging::answers::{ItemState, answers, asks_of};
use crate::scope::Reach;
use crate::source::Sources;

#[derive(Debug, Args)]
#[command(after_help = after_help![
        "rolecall plan svc-new exports --require intune-connector-on-premises",
        "rolecall plan svc-new exports --require needs.toml --format powershell --output plan.ps1";
        "0": "afterwards everything that is required is granted",
        "1": "something stays missing or undecided, or the policy finds something new",
        "2": "wrong usage, a mistake in the policy, or an input that cannot be read",
        "3": "nothing was planned, or every answer is undecided"
    ]
)]
pub(super) struct Options {
    /// The account, by any of its identities
    account: String,
    /// A pack or a policy file whose requirements the account must meet, instead of those of the policy
    #[arg(long, value_name = "X")]
    require: Option<String>,
    /// Make children of roles, which give nothing beyond the need
    #[arg(long)]
    child_roles: bool,
    /// Plan for what no export decides, too
    #[arg(long)]
    assume_missing: bool,
    /// Ask for all parameters that roles have of a cmdlet, where none are named
    #[arg(long)]
    whole_cmdlets: bool,
    /// What counts first, after dangers
    #[arg(long, default_value = "roles", value_name = "WHAT")]
    minimize: First,
    /// Print the script that takes the plan back
    #[arg(long)]
    undo: bool,
    /// The least new finding of the policy that fails the run
    #[arg(long, default_value = "warning", value_name = "LEVEL")]
    fail_on: FailOn,
    #[command(flatten)]
    exports: Exports,
    /// The output format
    #[arg(long, default_value = "human", help_heading = "Output")]
    format: Format,
    #[command(flatten)]
    output: Output,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum First {
    /// As few roles as will do
    Roles,
    /// As little beyond the need as will do
    Excess,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Warning,
    Error,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
    Powershell,
}

/// What a run found: the proposals of the organizations that know the account, or why there is none.
enum Outcome {
    Planned(Box<Proposal>),
    Nothing(String),
    Unusable(String),
}

pub(super) fn run(options: &Options) -> ExitCode {
    if options.undo && options.format != Format::Powershell {
        eprintln!("error: `--undo` is for `--format powershell`; the other formats show the way back themselves");
        return ExitCode::from(2);
    }
    let inputs = match options.exports.open() {
        Ok(inputs) => inputs,
        Err(code) => return ExitCode::from(code),
    };
    let required = match options.require.as_deref().map(super::policy::open).transpose() {
        Ok(required) => required,
        Err(code) => return ExitCode::from(code),
    };
    if let Err(code) = options.output.refuse(&inputs.files(required.as_ref())) {
        return ExitCode::from(code);
    }
    let mut loaded = inputs.load();
    let code = inputs.applied.say_mistakes().max(say_what_reading_noticed(&loaded, options.output.is_quiet()));
    if code != 0 {
        return ExitCode::from(code);
    }
    let mut sources = std::mem::take(&mut loaded.sources);
    let mut report = Report::default();
    let applied = inputs.applied.files.as_ref();
    let policy = applied.map(|files| files.read(&mut sources, &rules::names(), &mut report));
    let given = required.as_ref().map(|files| files.read(&mut sources, &rules::names(), &mut report));
    if report.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        eprintln!("error: the requirements have mistakes; `rolecall check` shows them");
        return ExitCode::from(2);
    }
    let run = Run { options, policy: policy.as_ref(), given, sources: &sources, assumptions: inputs.assumptions };
    let mut outcomes: Vec<Outcome> = loaded.organizations.iter().map(|stated| run.plan(stated)).collect();
    let planned = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Planned(_))).count();
    if planned > 1 {
        eprintln!("error: several organizations have the account: name the exports of one");
        return ExitCode::from(2);
    }
    if let Some(place) = outcomes.iter().position(|outcome| matches!(outcome, Outcome::Planned(_))) {
        outcomes.swap(0, place);
    }
    match outcomes.into_iter().next() {
        Some(Outcome::Planned(proposal)) => run.write(&proposal, &sources),
        Some(Outcome::Unusable(why)) => {
            eprintln!("error: {}", visible(&why));
            ExitCode::from(2)
        }
        Some(Outcome::Nothing(why)) => {
            eprintln!("{}", visible(&why));
            ExitCode::from(3)
        }
        None => ExitCode::from(3),
    }
}

/// Which disabled assignments of the account would give something that it lacks: a plan leaves assignments as they are.
fn disabled(accounts: &mut Accounts<'_>, account: Account, requirements: &[Requirement]) -> Vec<String> {
    let missing: Vec<String> = requirements
        .iter()
        .flat_map(|requirement| answers(accounts, account, requirement))
        .filter(|item| item.state == ItemState::Missing)
        .map(|item| item.cmdlet)
        .collect();
    let rights = accounts.rights(account);
    let graph = accounts.graph(account);
    let inventory = graph.inventory();
    let mut notes: Vec<String> = Vec::new();
    for (held, _) in rights.would.iter().filter(|(held, why)| *why == Why::Disabled && graph.is_parked(held)) {
        let name = graph.assignment(held).and_then(|assignment| assignment.name);
        let (Some(role), Some(name)) = (held.role, name) else { continue };
        let gives = |cmdlet: &&String| {
            inventory.names.get(cmdlet).is_some_and(|cmdlet| inventory.entries_in(role, cmdlet).next().is_some())
                && !matches!(graph.reach(held, cmdlet), Reach::OwnMailbox | Reach::Nothing)
        };
        let Some(first) = missing.iter().find(gives) else { continue };
        let (name, role) = (inventory.show(name), inventory.show(role));
        notes.push(format!(
            "assignment `{name}` of role `{role}` is disabled, and a plan enables none: `rolecall why` shows what enables it for `{first}`"
        ));
    }
    notes.sort_by_cached_key(|note| fold(note));
    notes.dedup();
    notes
}

struct Run<'r> {
    options: &'r Options,
    policy: Option<&'r Policy>,
    /// What `--require` names.
    given: Option<Policy>,
    sources: &'r Sources<'r>,
    assumptions: crate::graph::Assumptions,
}

impl Run<'_> {
    fn plan(&self, stated: &Stated) -> Outcome {
        let options = self.options;
        let empty = Policy::default();
        let policy = self.policy.unwrap_or(&empty);
        let own = &*policy.of(stated.name.as_deref());
        let today = day(options.exports.today, policy);
        let assertions = own.asserted(today.map(|today| today.to_string()).as_deref());
        let exported = Inventory::of(stated.own.clone());
        let asserted: Vec<(String, Inventory)> =
            stated.asserted.iter().map(|(name, facts)| (name.clone(), Inventory::of(facts.clone()))).collect();
        let mut accounts = Accounts::with_assertions(&exported, &asserted, self.assumptions, &assertions);
        let patterns = std::slice::from_ref(&options.account);
        let account = match named(&accounts, patterns)[..] {
            [account] => account,
            [] => return Outcome::Nothing(nobody_yet(&accounts, patterns)),
            _ => return Outcome::Unusable(format!("`{}` names several accounts: name one", options.account)),
        };
        let mut requirements: Vec<Requirement> = match &self.given {
            Some(given) => given.requirements.clone(),
            None => {
                let asks = |requirement: &&Requirement| asks_of(&mut accounts, requirement, account);
                own.requirements.iter().filter(asks).cloned().collect()
            }
        };
        if let (Some(name), [requirement]) = (&options.require, requirements.as_mut_slice()) {
            name.strip_prefix("pack:").unwrap_or(name).clone_into(&mut requirement.common.id);
        }
        if requirements.is_empty() {
            return Outcome::Nothing(format!(
                "nothing is required of `{}`: name a pack or a policy file with `--require`",
                accounts.shown(account)
            ));
        }
        if let Some(requirement) = requirements.iter().find(|it| !it.roles.is_empty()) {
            // A plan chooses roles for cmdlets; a role that is required itself has a fix of its own.
            let left_out = format!(
                "`{}` also asks for roles, which a plan leaves out: `rolecall check` shows what gives them",
                requirement.common.id
            );
            if requirements.iter().all(|it| it.items.is_empty()) {
                return Outcome::Nothing(left_out);
            }
            if !options.output.is_quiet() {
                eprintln!("note: {}", visible(&left_out));
            }
        }
        if !options.output.is_quiet() {
            for note in disabled(&mut accounts, account, &requirements) {
                eprintln!("note: {}", visible(&note));
            }
        }
        if options.whole_cmdlets {
            let graph = accounts.organization();
            requirements = requirements.iter().map(|requirement| with_all_parameters(requirement, graph)).collect();
        }
        let terms = Terms { assumptions: self.assumptions, today, findings_only: true, ..Terms::default() };
        let environment = own.environment().map(|(word, _)| word);
        let task = Task {
            stated,
            asserted: &asserted,
            assertions: &assertions,
            requirements: &requirements,
            policy: self.policy,
            sources: self.sources,
            terms: &terms,
            minimize: match options.minimize {
                First::Roles => Minimize::Roles,
                First::Excess => Minimize::Excess,
            },
            child_roles: options.child_roles,
            assume_missing: options.assume_missing,
            enabled_cmdlets: !matches!(environment, Some("2010" | "2013")),
        };
        match advise(&task, &mut accounts, account) {
            Ok(proposal) => Outcome::Planned(Box::new(proposal)),
            Err(Refusal::Unnamed(name)) => Outcome::Unusable(format!(
                "the name `{name}` holds hidden characters, and no other name of the account is exported: no command can name it"
            )),
            Err(Refusal::Failed(why)) => {
                Outcome::Unusable(format!("the plan does not do what it should, which is a bug in rolecall: {why}"))
            }
        }
    }

    fn write(&self, proposal: &Proposal, sources: &Sources<'_>) -> ExitCode {
        let mut out = String::new();
        match self.options.format {
            Format::Human => plan::push_human(&mut out, proposal, sources, &self.options.output.style()),
            Format::Json => plan::push_json_object(&mut out, proposal, sources),
            Format::Powershell => {
                let hash = |file: &crate::source::SourceFile<'_>| {
                    format!("{} (SHA-256 of its text: {})", file.path, digest(file.text()))
                };
                let inputs: Vec<String> = sources.files().iter().filter(|file| !file.ships).map(hash).collect();
                out = if self.options.undo { plan::undo(proposal, &inputs) } else { plan::redo(proposal, &inputs) };
            }
        }
        self.options.output.write(&out, self.code(proposal))
    }

    /// 3 where every answer is open, 1 where something stays missing or open or the policy finds something new, else 0.
    fn code(&self, proposal: &Proposal) -> u8 {
        let least = match self.options.fail_on {
            FailOn::Warning => Severity::Warning,
            FailOn::Error => Severity::Error,
        };
        let fails = proposal.after.new.iter().any(|diagnostic| diagnostic.severity >= least);
        let falls_short = proposal.after.missing + proposal.after.undecided > 0;
        if proposal.all_open { 3 } else { u8::from(fails || falls_short) }
    }
}
