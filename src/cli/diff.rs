//! `rolecall diff`: who gained and lost what between two exports.

use std::collections::BTreeSet;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::git::{self, Tree};
use super::inputs::{Exports, Inputs};
use super::organization::{Organization, read};
use super::output::Output;
use crate::diagnostic::{Diagnostic, Severity, fingerprint};
use crate::diff::{Diff, Direction, compare};
use crate::exports::{Disk, Place};
use crate::inventory::Inventory;
use crate::report::diff::{Compared, Read};
use crate::report::escape::visible;
use crate::rules::judging::undecided::UNDECIDED;
use crate::source::Sources;

/// OLD and NEW are each a file or folder, `REV:PATH` or `REV`; with `--base` or `--staged`, PATHs are what to compare
#[derive(Debug, Args)]
#[command(mut_arg("verbose", |arg| arg.help("Leave nothing out: every cmdlet and every open answer")),
    after_help = after_help![
        "rolecall diff old new",
        "rolecall diff --base main",
        "rolecall diff --staged --only dangerous";
        "0": "no account gained anything",
        "1": "an account gained something, or the policy finds something new",
        "2": "wrong usage, a mistake in the policy, or an input that cannot be read",
        "3": "nothing could be compared"
    ]
)]
pub(super) struct Options {
    /// Compare with the commit from which this branch left REV
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Compare with what `--base` names itself, and not with where this branch left it
    #[arg(long, requires = "base")]
    base_exact: bool,
    /// Compare what is staged for the next commit, with HEAD or with `--base`
    #[arg(long)]
    staged: bool,
    /// What fails the run; `dangerous`: only dangerous cmdlets and ways to more
    #[arg(long, value_name = "WHAT")]
    only: Option<Only>,
    /// The least new finding of the policy that fails the run
    #[arg(long, default_value = "warning", value_name = "LEVEL")]
    fail_on: FailOn,
    /// What might have been gained fails the run, too
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    exports: Exports,
    /// The output format
    #[arg(long, default_value = "human", help_heading = "Output")]
    format: Format,
    #[command(flatten)]
    output: Output,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Human,
    Json,
    Markdown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Only {
    /// Dangerous cmdlets, and what accounts could give themselves
    Dangerous,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FailOn {
    Warning,
    Error,
}

/// One side, before it is read.
struct Side {
    /// What was named.
    shown: String,
    /// The commit, or `index`.
    revision: Option<String>,
    place: Box<dyn Place>,
    /// The paths; those of the policy where there are none.
    paths: Vec<String>,
}

pub(super) fn run(options: &Options) -> ExitCode {
    match sides(options) {
        Ok(sides) => {
            let [old, new] = sides;
            diff(options, [&old, &new]).unwrap_or_else(ExitCode::from)
        }
        Err(message) => {
            eprintln!("error: {}", visible(&message));
            ExitCode::from(2)
        }
    }
}

/// What the command line names.
///
/// Errors: what cannot be found, and how it was read.
fn sides(options: &Options) -> Result<[Side; 2], String> {
    let paths = &options.exports.paths;
    if options.base.is_none() && !options.staged {
        let [old, new] = paths.as_slice() else {
            return Err(
                "name the exports before and after: `rolecall diff OLD NEW`, `rolecall diff --base main` or `rolecall diff --staged`"
                    .to_owned(),
            );
        };
        return Ok([named(old)?, named(new)?]);
    }
    let revision = options.base.as_deref().unwrap_or("HEAD");
    let commit = git::commit(revision).ok_or_else(|| unknown_revision(revision))?;
    let commit = match options.base_exact || options.base.is_none() {
        true => commit,
        false => git::merge_base(&commit).ok_or_else(|| unknown_revision(&format!("merge-base {revision} HEAD")))?,
    };
    let below = |name: &str| match paths.as_slice() {
        [] => name.to_owned(),
        paths => format!("{name}:{}", paths.join(",")),
    };
    let old = tree(revision, Some(commit), below(revision), paths.clone())?;
    let new = match options.staged {
        true => tree("", None, below("index"), paths.clone())?,
        false => Side {
            shown: if paths.is_empty() { "the working tree".to_owned() } else { paths.join(",") },
            revision: None,
            place: Box::new(Disk),
            paths: paths.clone(),
        },
    };
    Ok([old, new])
}

fn tree(name: &str, commit: Option<String>, shown: String, paths: Vec<String>) -> Result<Side, String> {
    let revision = commit.clone().or_else(|| Some("index".to_owned()));
    let tree = Tree::new(name, commit).ok_or("this folder is in no git repository")?;
    Ok(Side { shown, revision, place: Box::new(tree), paths })
}

/// A side by its name: an existing path, else `REV:PATH`, else `REV`.
fn named(text: &str) -> Result<Side, String> {
    let forced = text.strip_prefix("git:");
    if forced.is_none() && (text == "-" || std::path::Path::new(text).exists()) {
        let paths = vec![text.to_owned()];
        return Ok(Side { shown: text.to_owned(), revision: None, place: Box::new(Disk), paths });
    }
    let name = forced.unwrap_or(text);
    if let Some((revision, path)) = name.split_once(':')
        && let Some(commit) = git::commit(revision)
    {
        let tree = Tree::new(revision, Some(commit.clone())).ok_or("this folder is in no git repository")?;
        // As git reads it: from the root, unless it begins with `./` or `../`.
        let relative = path.starts_with("./") || path.starts_with("../");
        let path = if !relative && tree.has(path) { tree.here(path) } else { path.to_owned() };
        let path = if path.is_empty() { ".".to_owned() } else { path };
        return Ok(Side { shown: name.to_owned(), revision: Some(commit), place: Box::new(tree), paths: vec![path] });
    }
    match git::commit(name) {
        Some(commit) => tree(name, Some(commit), name.to_owned(), Vec::new()),
        None => {
            let revision = name.split_once(':').map_or(name, |(revision, _)| revision);
            Err(format!("there is no path `{text}`, and {}", unknown_revision(revision)))
        }
    }
}

fn unknown_revision(revision: &str) -> String {
    let deepen = match git::is_shallow() {
        true => "; this clone lacks history: run `git fetch --deepen 1000` first",
        false => "",
    };
    format!("git knows no revision `{revision}`{deepen}")
}

fn diff(options: &Options, sides: [&Side; 2]) -> Result<ExitCode, u8> {
    let open = |side: &Side| options.exports.open_side(&side.paths, &*side.place);
    let inputs: [Inputs; 2] = [open(sides[0])?, open(sides[1])?];
    for inputs in &inputs {
        options.output.refuse(&inputs.files(None))?;
    }
    let quiet = options.output.is_quiet();
    let (old, old_sources, old_code) = read(&inputs[0], quiet);
    let (new, new_sources, new_code) = read(&inputs[1], quiet);
    let ([old], [new]) = (old.as_slice(), new.as_slice()) else { return Err(2) };
    let found = compare([old.accounts(), new.accounts()]);
    let compared = Compared {
        sides: [summary(sides[0], old, &old_sources), summary(sides[1], new, &new_sources)],
        diff: &found,
        findings: findings(&inputs),
    };
    let mut out = String::new();
    match options.format {
        Format::Human => compared.push_human(&mut out, (&options.output.style(), options.output.is_verbose())),
        Format::Json => compared.push_json(&mut out),
        Format::Markdown => compared.push_markdown(&mut out),
    }
    let is_whole = sides.iter().all(|side| side.place.is_whole());
    let unusable = old_code.max(new_code).max(if is_whole { 0 } else { 2 });
    let code = if unusable > 0 { unusable } else { exit_code(options, &compared) };
    Ok(options.output.write(&out, code))
}

/// What the policy newly finds, and what it finds no more; nothing without a policy. What the other side could not
/// decide is neither.
fn findings(inputs: &[Inputs; 2]) -> [Vec<Diagnostic>; 2] {
    let [old, new] =
        inputs.each_ref().map(|inputs| inputs.check().map(|checked| checked.diagnostics).unwrap_or_default());
    let only_in = |these: &[Diagnostic], others: &[Diagnostic]| -> Vec<Diagnostic> {
        let known: BTreeSet<String> = others.iter().map(fingerprint).collect();
        let is_undecided = |finding: &Diagnostic| {
            let subject = &finding.subject;
            let of_it = |open: &&Diagnostic| open.rule == UNDECIDED && open.subject.account == subject.account;
            let cmdlet = subject.cmdlet.as_ref();
            let asks = |open: &Diagnostic| cmdlet.is_some_and(|cmdlet| open.subject.cmdlets.contains(cmdlet));
            subject.account.is_some() && others.iter().filter(of_it).any(asks)
        };
        let counts = |finding: &&Diagnostic| finding.severity > Severity::Note && finding.waived.is_none();
        let these = these.iter().filter(counts).filter(|finding| !known.contains(&fingerprint(finding)));
        these.filter(|finding| !is_undecided(finding)).cloned().collect()
    };
    [only_in(&new, &old), only_in(&old, &new)]
}

/// 3 where nothing was compared, 1 where somebody gained something or the policy finds something new, else 0.
fn exit_code(options: &Options, compared: &Compared<'_>) -> u8 {
    let diff: &Diff = compared.diff;
    let empty = compared.sides.iter().find(|side| side.records == 0);
    let nothing = match empty {
        Some(side) => Some(format!("no record was read from `{}`", visible(&side.path))),
        None if diff.accounts == 0 => Some("neither side shows an account".to_owned()),
        None if !diff.has_common => Some("the sides have no object in common: are they one organization?".to_owned()),
        None if !diff.decided => Some("nothing can be told of any account".to_owned()),
        None => None,
    };
    if let Some(why) = nothing {
        eprintln!("nothing was compared: {why}");
        return 3;
    }
    let gained = |change: &&crate::diff::Change| change.direction == Direction::Gained;
    let mut gains = diff.changes.iter().filter(gained);
    let fails = match options.only {
        Some(Only::Dangerous) => gains.any(|change| !change.dangerous.is_empty()) || !diff.escalations.is_empty(),
        None => gains.next().is_some() || !diff.escalations.is_empty(),
    };
    let least = match options.fail_on {
        FailOn::Warning => Severity::Warning,
        FailOn::Error => Severity::Error,
    };
    let finds = options.only.is_none() && compared.findings[0].iter().any(|finding| finding.severity >= least);
    let might = options.strict && diff.open.iter().any(|open| open.might == Direction::Gained);
    u8::from(fails || finds || might)
}

fn summary<'a>(side: &Side, organization: &Organization, sources: &'a Sources<'a>) -> Read<'a> {
    let inventories: Vec<&Inventory> = std::iter::once(&organization.exported)
        .chain(organization.asserted.iter().map(|(_, inventory)| inventory))
        .collect();
    let facts = || inventories.iter().flat_map(|inventory| &inventory.files);
    let files: std::collections::BTreeSet<_> = facts().map(|fact| fact.file).collect();
    let mut reasons: Vec<String> = Vec::new();
    for fact in facts() {
        reasons.extend(fact.cut.map(|_| "cut-record".to_owned()));
        reasons.extend(fact.capped.map(|_| "capped-at-default".to_owned()));
        reasons.extend(fact.incomplete.map(|_| "incomplete-collection".to_owned()));
    }
    reasons.extend(inventories.iter().flat_map(|inventory| &inventory.lost).map(|(rule, _)| rule.name.to_owned()));
    reasons.sort();
    reasons.dedup();
    Read {
        path: side.shown.clone(),
        revision: side.revision.clone(),
        sources,
        files: files.len() as u64,
        records: facts().map(|fact| fact.records).sum(),
        reasons,
    }
}
