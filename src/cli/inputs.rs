//! What a run reads: the policy that applies, and the exports of each organization.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::day;
use super::policy::Applied;
use super::progress::Progress;
use crate::check::{Checked, Terms, check};
use crate::diagnostic::Report;
use crate::exports::{self, Disk, Loaded, Opened, Organization, Place, Wanted};
use crate::graph::Assumptions;
use crate::name::same;
use crate::paths::{expand, identity};
use crate::policy::{self, Files, Policy};
use crate::report::escape::visible;
use crate::rules;
use crate::rules::accepting::waive::Date;

/// The exports to read, and what to take for granted.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub(super) struct Exports {
    /// Files or folders of exports; `-` reads standard input
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<String>,
    /// Assume a missing column: `enabled` (assignments are enabled), `regular-by-name` (those with a usual name are
    /// regular), `own-scope` (each works on the scope of its role)
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    assume: Vec<Assume>,
    /// The role entries in PATH are all that account A can run; may be repeated
    #[arg(long, value_name = "A=PATH", value_parser = entries_of)]
    entries_of: Vec<(String, String)>,
    /// The policy: a file, or `pack:NAME`; else the nearest `rolecall.toml` above this folder
    #[arg(long, value_name = "FILE|pack:NAME", help_heading = "Policy")]
    pub(super) policy: Option<String>,
    /// The day on which waivers are judged, such as 2026-12-31, instead of today
    #[arg(long, value_name = "DATE", help_heading = "Policy")]
    pub(super) today: Option<Date>,
    /// How many threads read; the size of the input decides where this is not given
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// A line on standard error that says how far reading is
    #[arg(long, default_value = "auto", value_name = "WHEN")]
    progress: Progress,
}

/// Something that the caller accepts where a column is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Assume {
    /// An assignment without the column `Enabled` is enabled
    Enabled,
    /// An assignment without a delegation type is regular where it is named as Exchange names one
    RegularByName,
    /// An assignment without columns about its scope works on the role's own
    OwnScope,
}

impl Assume {
    /// The word, as a policy file writes it.
    fn word(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::RegularByName => "regular-by-name",
            Self::OwnScope => "own-scope",
        }
    }
}

fn entries_of(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((account, path)) if !account.is_empty() && !path.is_empty() => Ok((account.to_owned(), path.to_owned())),
        _ => Err("expected ACCOUNT=PATH".to_owned()),
    }
}

/// What a run reads, opened.
#[derive(Debug)]
pub(super) struct Inputs {
    /// The policy that applies.
    pub(super) applied: Applied,
    /// The exports.
    pub(super) opened: Opened,
    /// What is taken for granted.
    pub(super) assumptions: Assumptions,
    /// The day that the command line gives.
    pub(super) today: Option<Date>,
    progress: Progress,
}

impl Inputs {
    /// Reads the exports.
    pub(super) fn load(&self) -> Loaded<'_> {
        super::progress::load(&self.opened, self.progress)
    }

    /// What a check by the policy says; `None` without a policy.
    pub(super) fn check(&self) -> Option<Checked> {
        let files = self.applied.files.as_ref()?;
        let mut loaded = self.load();
        let mut sources = std::mem::take(&mut loaded.sources);
        let mut report = Report::default();
        // Places depend on the exports before it, so the policy is read once more.
        let policy = files.read(&mut sources, &rules::names(), &mut report);
        policy::check_accounts(&policy, &mut report);
        policy::check_contradictions(&policy, &mut report);
        let terms = Terms { assumptions: self.assumptions, today: day(self.today, &policy), ..Terms::default() };
        Some(check(loaded, &sources, &policy, terms, report))
    }
}

impl Inputs {
    /// All files that are read: the exports, the policy and its baseline, and what `--require` names. Each as what all
    /// ways to write its path have in common.
    pub(super) fn files(&self, required: Option<&Files>) -> Vec<PathBuf> {
        let required = required.into_iter().flat_map(Files::shown).map(PathBuf::from);
        let aside = self.applied.aside().into_iter().chain(required);
        self.opened.paths().map(Path::to_path_buf).chain(aside.map(|path| identity(&path))).collect()
    }
}

impl Exports {
    /// Finds the policy, and the exports that the command line names; where it names none, those of the policy.
    ///
    /// Errors: 2 where the policy cannot be read, or a path is no organization's; that is said on standard error.
    pub(super) fn open(&self) -> Result<Inputs, u8> {
        let applied = Applied::of(self.policy.as_deref())?;
        let organizations = self.organizations(&applied.policy).map_err(|message| {
            eprintln!("error: {}", visible(&message));
            2
        })?;
        Ok(self.open_in(applied, organizations, &Disk))
    }

    /// What a policy alone names.
    pub(super) fn of_policy(policy: &str) -> Self {
        Self {
            paths: Vec::new(),
            assume: Vec::new(),
            entries_of: Vec::new(),
            policy: Some(policy.to_owned()),
            today: None,
            jobs: None,
            progress: Progress::Auto,
        }
    }

    /// One side of a comparison: some paths in a place, or those of the policy where there are none. Both sides are one
    /// organization each.
    ///
    /// Errors: 2 where the policy cannot be read, or names several organizations and no path was given.
    pub(super) fn open_side(&self, paths: &[String], place: &dyn Place) -> Result<Inputs, u8> {
        let applied = Applied::of(self.policy.as_deref())?;
        let policy = &applied.policy;
        if paths.is_empty() && policy.has_several() {
            eprintln!("error: the policy names several organizations: say which exports to compare");
            return Err(2);
        }
        let mut organization = Organization::default();
        for (account, path) in &self.entries_of {
            push_entries(&mut organization, account, path);
        }
        organization.paths = match paths {
            [] => policy.exports.paths.iter().map(|path| path.text.clone()).collect(),
            paths => paths.to_vec(),
        };
        push_stated_entries(&mut organization, policy);
        Ok(self.open_in(applied, vec![organization], place))
    }

    fn open_in(&self, applied: Applied, organizations: Vec<Organization>, place: &dyn Place) -> Inputs {
        let policy = &applied.policy;
        // The policy is no export, also where it lies among them, and no more is its baseline.
        let wanted = Wanted { organizations, aside: applied.aside(), jobs: self.jobs };
        let opened = exports::open_in(&wanted, place);
        let assumed = |assume: Assume| {
            let said = policy.exports.assume.iter().any(|(word, _)| *word == assume.word());
            said || self.assume.contains(&assume)
        };
        let assumptions = Assumptions {
            enabled: assumed(Assume::Enabled),
            regular_by_name: assumed(Assume::RegularByName),
            own_scope: assumed(Assume::OwnScope),
        };
        Inputs { applied, opened, assumptions, today: self.today, progress: self.progress }
    }

    /// What is read of each organization, in the order of the policy. Where the command line names paths, only the
    /// organizations that they belong to are read.
    ///
    /// Errors: of several organizations, a path lies among the exports of none.
    fn organizations(&self, policy: &Policy) -> Result<Vec<Organization>, String> {
        let mut all: Vec<Organization> = policy
            .organizations
            .iter()
            .map(|it| Organization { name: Some(it.name.text.clone()), ..Organization::default() })
            .collect();
        if all.is_empty() {
            all.push(Organization::default());
        }
        for (account, path) in &self.entries_of {
            let organization = &mut all[owner(policy, path)?];
            push_entries(organization, account, path);
        }
        if self.paths.is_empty() {
            for (organization, declared) in all.iter_mut().zip(&policy.organizations) {
                organization.paths.extend(declared.paths.iter().map(|path| path.text.clone()));
            }
            if let [one] = all.as_mut_slice() {
                one.paths.splice(0..0, policy.exports.paths.iter().map(|path| path.text.clone()));
            }
        }
        // Of several organizations, a pattern may mean the exports of each.
        for path in self.paths.iter().flat_map(|path| expand(path)) {
            all[owner(policy, &path)?].paths.push(path);
        }
        let is_read = |it: &Organization| self.paths.is_empty() || !it.paths.is_empty() || !it.entries_of.is_empty();
        if policy.has_several() {
            all.retain(is_read);
        }
        for organization in &mut all {
            push_stated_entries(organization, &policy.of(organization.name.as_deref()));
        }
        Ok(all)
    }
}

/// Adds the exports of which the policy says whose entries they hold. What the command line says of an account replaces
/// what the policy says of it.
fn push_stated_entries(organization: &mut Organization, policy: &Policy) {
    let told: Vec<String> = organization.entries_of.iter().map(|(account, _)| account.clone()).collect();
    let is_told = |name: &str| told.iter().any(|account| same(account, name));
    for assertion in policy.assertions.iter().filter(|assertion| !is_told(&assertion.name.text)) {
        for path in &assertion.entries {
            push_entries(organization, &assertion.name.text, &path.text);
        }
    }
}

fn push_entries(organization: &mut Organization, account: &str, path: &str) {
    match organization.entries_of.iter_mut().find(|(known, _)| same(known, account)) {
        Some((_, paths)) => paths.push(path.to_owned()),
        None => organization.entries_of.push((account.to_owned(), vec![path.to_owned()])),
    }
}

/// The number of the organization that a path of the command line belongs to.
///
/// Errors: of several organizations, it lies among the exports of none.
fn owner(policy: &Policy, path: &str) -> Result<usize, String> {
    if !policy.has_several() {
        return Ok(0);
    }
    policy.organizations.iter().position(|organization| organization.holds(path)).ok_or_else(|| {
        let of = |it: &crate::policy::Organization| {
            let paths: Vec<String> = it.paths.iter().map(|path| format!("`{}`", path.text)).collect();
            format!("{} ({})", paths.join(", "), it.name.text)
        };
        let known: Vec<String> = policy.organizations.iter().map(of).collect();
        format!("`{path}` is no organization's: name a path below {}; or none, to read them all", known.join(" or "))
    })
}
