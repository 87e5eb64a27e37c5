//! `rolecall check`: lint exports against a policy.

use std::borrow::Cow;
use std::io::{BufWriter, IntoInnerError};
use std::mem::ManuallyDrop;
use std::path::Path;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::inputs::Exports;
use super::output::{Output, replace, unwritten};
use super::shell::Known;
use super::{day, say_useless};
use crate::check::{Checked, Terms, check};
use crate::diagnostic::{Diagnostic, Level, Report, Severity};
use crate::policy::{self, Files, Policy, Requirement, Who};
use crate::report::escape::visible;
use crate::report::{Ending, concise, csv, github, gitlab, html, human, json, junit, markdown, sarif};
use crate::rules;
use crate::rules::accepting::baseline::{self, Baseline};
use crate::source::{Contents, SourceFile, Sources};

#[derive(Debug, Args)]
#[command(mut_arg("verbose", |arg| arg.help("Show all lines, all fixes and all notes, and say which policy applies")),
    after_help = after_help![
        "rolecall check",
        "rolecall check exports --policy pack:exchange-baseline",
        "rolecall check exports --account svc-intune --require intune-connector-on-premises",
        "rolecall check --format sarif --output rolecall.sarif";
        "0": "no finding at or above `--fail-on`",
        "1": "a finding at or above it",
        "2": "wrong usage, a mistake in the policy, or an input that cannot be read",
        "3": "nothing was checked: no record, no requirement, no account, no answer"
    ]
)]
pub(super) struct Options {
    #[command(flatten)]
    exports: Exports,
    /// The account, by any of its identities; `*` and `?` are wild
    #[arg(long, value_name = "A", help_heading = "Policy")]
    account: Vec<String>,
    /// A pack or a policy file whose requirements these accounts must meet, instead of their own
    #[arg(long, value_name = "X", requires = "account", conflicts_with = "policy", help_heading = "Policy")]
    #[arg(value_parser = Known(policy::pack_names), hide_possible_values = true)]
    require: Option<String>,
    /// The output format
    #[arg(long, default_value = "human", help_heading = "Output")]
    format: Format,
    /// The least finding that fails the run
    #[arg(long, default_value = "warning", value_name = "LEVEL", help_heading = "Policy")]
    fail_on: FailOn,
    /// Show all causes, however many
    #[arg(long, help_heading = "Output")]
    all: bool,
    /// Show only what RULE finds
    #[arg(long, value_name = "RULE", value_parser = Known(rules::names), hide_possible_values = true, help_heading = "Output")]
    only: Vec<String>,
    /// Show nothing below LEVEL; the exit code stays
    #[arg(long, value_name = "LEVEL", help_heading = "Output")]
    min_level: Option<MinLevel>,
    /// Count the findings of each rule and account instead of showing them
    #[arg(long, help_heading = "Output")]
    statistics: bool,
    /// Undecided answers are errors
    #[arg(long, help_heading = "Policy")]
    strict: bool,
    /// Show what waivers and the baseline accept, too
    #[arg(long, help_heading = "Output")]
    show_waived: bool,
    /// Record what is there in a file next to the policy, so that only what is new counts
    #[arg(long, conflicts_with = "require", conflicts_with = "account", help_heading = "Policy")]
    write_baseline: bool,
    /// Findings do not fail the run
    #[arg(long, help_heading = "Policy")]
    exit_zero: bool,
    #[command(flatten)]
    output: Output,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Human,
    Concise,
    Json,
    Sarif,
    Github,
    Gitlab,
    Junit,
    Markdown,
    Csv,
    Html,
}

impl Format {
    /// Whether it holds what is accepted, also where nobody asks: people see what counts, and how much is accepted
    /// besides; some programs would show what is accepted as what is not.
    const fn holds_accepted(self) -> bool {
        matches!(self, Self::Json | Self::Junit | Self::Markdown | Self::Csv | Self::Html)
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FailOn {
    Warning,
    Error,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum MinLevel {
    Note,
    Warning,
    Error,
}

impl MinLevel {
    const fn severity(self) -> Severity {
        match self {
            Self::Note => Severity::Note,
            Self::Warning => Severity::Warning,
            Self::Error => Severity::Error,
        }
    }
}

impl FailOn {
    const fn severity(self) -> Severity {
        match self {
            Self::Warning => Severity::Warning,
            Self::Error => Severity::Error,
        }
    }
}

pub(super) fn run(options: &Options) -> ExitCode {
    if let Some(name) = options.only.iter().find(|name| rules::rule(name).is_none()) {
        return super::explain::no_rule(name);
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
    if options.output.is_verbose() {
        inputs.applied.say_files();
    }
    let beside = inputs.applied.baseline();
    if options.write_baseline && beside.is_none() {
        eprintln!("error: a baseline belongs to a policy file: name one with `--policy FILE`");
        return ExitCode::from(2);
    }
    if options.write_baseline && inputs.opened.organization_count() < inputs.applied.policy.organizations.len() {
        eprintln!("error: a baseline holds what all organizations have: leave PATH out to write it");
        return ExitCode::from(2);
    }
    let used = options.require.is_none() && !options.write_baseline;
    let recorded = match beside.as_deref().filter(|path| used && path.exists()).map(open).transpose() {
        Ok(recorded) => recorded,
        Err(message) => {
            eprintln!("error: {}", visible(&message));
            return ExitCode::from(2);
        }
    };
    let mut loaded = inputs.load();
    let mut sources = std::mem::take(&mut loaded.sources);
    let mut report = Report::default();
    // Places depend on the exports before it, so the policy is read once more.
    let files = required.as_ref().or(inputs.applied.files.as_ref());
    let is_given = files.is_some();
    let mut policy = files.map(|files| files.read(&mut sources, &rules::names(), &mut report)).unwrap_or_default();
    match options.require {
        // Only what X requires is asked, and of whom the command line names.
        Some(_) => {
            let applied = inputs.applied.files.as_ref();
            let applied = applied.map(|files| files.read(&mut sources, &rules::names(), &mut Report::default()));
            let organizations = applied.unwrap_or_default().organizations;
            policy = Policy { requirements: policy.requirements, organizations, ..Policy::default() };
        }
        None => {
            policy::check_accounts(&policy, &mut report);
            policy::check_contradictions(&policy, &mut report);
        }
    }
    choose_accounts(&mut policy.requirements, options);
    if !options.account.is_empty() {
        rules::accepting::levels::limit_to_accounts(&mut policy.levels);
    }
    let baseline = recorded.as_ref().map(|(path, contents)| {
        let decode = |id| SourceFile::decode(id, path.clone(), contents.bytes());
        let id = sources.add(|id| decode(id).unwrap_or_else(|_| SourceFile::empty(id, path.clone())));
        Baseline::read(sources.file(id))
    });
    let terms = Terms {
        assumptions: inputs.assumptions,
        accounts: options.account.clone(),
        requirements_only: options.require.is_some(),
        dossier: matches!(options.format, Format::Html),
        findings_only: false,
        strict: options.strict,
        today: day(options.exports.today, &policy),
        baseline,
    };
    // The process ends with it: half a million findings need not be given back one by one.
    let mut checked = ManuallyDrop::new(check(loaded, &sources, &policy, terms, report));
    checked.notes.extend(inputs.applied.notes());
    if matches!(options.format, Format::Html) {
        let read = inputs.opened.files().chain(files.into_iter().flat_map(Files::contents));
        checked.dossier.inputs = read.map(|(path, bytes)| (path.to_owned(), html::digest(bytes))).collect();
    }
    let (mut code, why) = verdict(&checked, &policy, is_given, options);
    if let Some(path) = beside.as_deref().filter(|_| options.write_baseline) {
        if let Err(error) = replace(path, baseline::write(&checked.diagnostics).as_bytes()) {
            eprintln!("error: {}", unwritten(path, &error));
            return ExitCode::from(2);
        }
        eprintln!("wrote `{}`", visible(&path.to_string_lossy()));
        code = if code == 1 { 0 } else { code };
    }
    let ending = Ending {
        code,
        why,
        fail_on: options.fail_on.severity(),
        organizations: checked.organizations.clone(),
        policies: files.into_iter().flat_map(Files::shown).map(ToOwned::to_owned).collect(),
        policy: files.and_then(|files| files.editable().next()).map(ToOwned::to_owned),
        root: super::policy::root(),
    };
    write(&checked, &sources, ending, options)
}

/// A file beside the policy, with its path as reports show it.
fn open(path: &Path) -> Result<(String, Contents), String> {
    let shown = path.to_string_lossy().into_owned();
    let contents = Contents::open(path).map_err(|error| format!("`{shown}` cannot be read: {error}"))?;
    Ok((shown, contents))
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

/// The exit code, the same for every format, the first that applies; and the reasons for 2 and 3.
fn verdict(checked: &Checked, policy: &Policy, is_given: bool, options: &Options) -> (u8, Vec<String>) {
    let summary = &checked.summary;
    // What the others write is read by programs, which show it elsewhere or not at all.
    let is_read = matches!(options.format, Format::Human | Format::Concise | Format::Json);
    if is_read {
        say_useless(&checked.useless);
    }
    if checked.mistaken || !checked.useless.is_empty() {
        let mistaken = checked.mistaken.then(|| "the policy has a mistake".to_owned());
        let useless = checked.useless.iter().map(|useless| match useless.readable {
            true => format!("`{}` holds nothing that rolecall knows", useless.path),
            false => format!("`{}` cannot be read", useless.path),
        });
        let why: Vec<String> = mistaken.into_iter().chain(useless).collect();
        if !is_read {
            why.iter().for_each(|why| eprintln!("error: {}", visible(why)));
        }
        return (2, why);
    }
    let of_accounts = policy.requirements.len() + policy.forbids.len() + policy.separates.len();
    let of_objects = policy.groups.len() + policy.roles.len();
    let levels = policy.levels.values().filter(|rule| rule.level != Level::Off);
    let of_rules = levels.count() + usize::from(policy.preset.is_some());
    let unread = checked.unread.iter().map(|name| format!("`{}`", visible(name))).collect::<Vec<_>>().join(" and ");
    let of_unread = format!("no record of {unread} was read");
    let nothing = if summary.files == 0 {
        Some(
            "no file was read: name a folder of exports, or write its name under `[exports]` of the policy: `paths = [\"exports\"]`",
        )
    } else if summary.records == 0 {
        Some("no record was read")
    } else if !unread.is_empty() {
        Some(of_unread.as_str())
    } else if of_accounts + of_objects + of_rules == 0 {
        Some(if is_given {
            "the policy asks for nothing, and the built-in rules alone decide nothing: write a table such as `[[require]]` or `[[forbid]]`, or `extends = [\"pack:exchange-baseline\"]`"
        } else {
            "there is no policy, and without one the built-in rules alone decide nothing: name one with `--require PACK --account NAME` or `--policy FILE`, or start one with `rolecall init`"
        })
    } else if of_accounts > 0 && of_objects == 0 && summary.accounts == 0 {
        Some("no account matches")
    } else if checked.undecided {
        Some("every answer is undecided")
    } else {
        None
    };
    if let Some(why) = nothing {
        eprintln!("nothing was checked: {why}");
        return (3, vec![why.to_owned()]);
    }
    let least = match options.fail_on {
        FailOn::Warning => summary.errors + summary.warnings,
        FailOn::Error => summary.errors,
    };
    (u8::from(least > 0 && !options.exit_zero), Vec::new())
}

fn write(checked: &Checked, sources: &Sources<'_>, ending: Ending, options: &Options) -> ExitCode {
    let code = ending.code;
    let all = options.show_waived || options.format.holds_accepted();
    let is_shown = |diagnostic: &&Diagnostic| all || diagnostic.waived.is_none();
    let shown: Cow<'_, [Diagnostic]> = match checked.diagnostics.iter().all(|diagnostic| is_shown(&diagnostic)) {
        true => Cow::Borrowed(&checked.diagnostics),
        false => checked.diagnostics.iter().filter(is_shown).cloned().collect(),
    };
    let finished = checked.finished(sources, &shown, ending);
    let style = options.output.style();
    let mut out = String::new();
    match options.format {
        Format::Human => human::write(&mut out, &finished, &style, &shown_of(options, code)),
        Format::Concise => concise::write(&mut out, &finished, &style),
        Format::Json => {
            checked.notes.iter().for_each(|note| eprintln!("note: {}", visible(note)));
            let written = options.output.open().and_then(|out| {
                let mut out = BufWriter::new(out);
                json::write(&mut out, &finished)?;
                out.into_inner().map_err(IntoInnerError::into_error)?.finish()
            });
            return options.output.end(written, code);
        }
        Format::Sarif => sarif::write(&mut out, &finished),
        Format::Github => github::write(&mut out, &finished),
        Format::Gitlab => gitlab::write(&mut out, &finished),
        Format::Junit => junit::write(&mut out, &finished),
        Format::Markdown => markdown::write(&mut out, &finished),
        Format::Csv => csv::write(&mut out, &finished),
        Format::Html => html::write(&mut out, &finished),
    }
    options.output.write(&out, code)
}

/// What is shown. Where something could not be read, or nothing was checked, a note may say why.
fn shown_of(options: &Options, code: u8) -> human::Shown {
    human::Shown {
        verbose: options.output.is_verbose(),
        notes: options.output.is_verbose() || code > 1,
        all: options.all,
        least: options.min_level.map(MinLevel::severity),
        only: options.only.clone(),
        statistics: options.statistics,
    }
}
