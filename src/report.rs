//! Reports: one file per output format, and what all of them share: what was found, its escaping, its coverage.
//!
//! A report is a function of its input alone. No format drops a diagnostic.

pub mod access;
pub mod answer;
pub mod columns;
pub mod concise;
mod coverage;
pub mod csv;
pub mod diff;
pub mod drawing;
pub mod escalate;
pub mod escape;
mod finding;
mod fix;
pub mod github;
pub mod gitlab;
pub mod html;
pub mod human;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod plan;
mod portrait;
pub mod prose;
pub mod records;
pub mod roles_with;
mod root;
#[cfg(test)]
mod sample;
pub mod sarif;
pub mod show;
pub mod stream;
mod table;
pub mod who_can;
mod wrap;

pub use portrait::Portraits;
pub use root::Root;

use crate::diagnostic::{Cause, Diagnostic, Severity, Waived};
use crate::rules::Matrix;
use crate::source::Sources;

/// Where rolecall lives, as `Cargo.toml` says.
const HOME: &str = env!("CARGO_PKG_REPOSITORY");

/// Everything that a run of `check` says.
#[derive(Clone, Debug)]
pub struct Finished<'a> {
    /// The files that the labels point into.
    pub sources: &'a Sources<'a>,
    /// What was found, in its canonical order.
    pub diagnostics: &'a [Diagnostic],
    /// What one change fixes each, worst first.
    pub causes: Vec<Cause>,
    /// The counts.
    pub summary: Summary,
    /// What was read, by kind.
    pub coverage: Vec<Coverage>,
    /// What concerns the whole run, such as a pack that was withdrawn: one lower-case line each.
    pub notes: Vec<String>,
    /// How the run ended, and on what terms.
    pub ending: Ending,
    /// What a report shows that people keep.
    pub dossier: Dossier,
}

/// What a report that people keep shows beside what was found.
#[derive(Clone, Debug, Default)]
pub struct Dossier {
    /// The accounts of each organization, and by which ways they hold their roles.
    pub portraits: Vec<(Option<String>, Portraits)>,
    /// The answer of each pair that was asked.
    pub answers: Vec<Matrix>,
    /// The files of the run, as reports show them, with their bytes' SHA-256.
    pub inputs: Vec<(String, String)>,
}

/// How a run of `check` ended, and what of its terms a report shows.
#[derive(Clone, Debug)]
pub struct Ending {
    /// The exit code.
    pub code: u8,
    /// Why nothing was checked, or what could not be used: one lower-case line each, where the exit code is 3 or 2.
    pub why: Vec<String>,
    /// The least level that fails the run.
    pub fail_on: Severity,
    /// The organizations that were judged, where the policy names any.
    pub organizations: Vec<String>,
    /// The policy files that apply, as reports show them.
    pub policies: Vec<String>,
    /// The one of them that was named or found; `None` where that is a pack.
    pub policy: Option<String>,
    /// Where the paths of clients that know a checkout begin.
    pub root: Root,
}

impl Default for Ending {
    fn default() -> Self {
        Self {
            code: 0,
            why: Vec::new(),
            fail_on: Severity::Warning,
            organizations: Vec::new(),
            policies: Vec::new(),
            policy: None,
            root: Root::default(),
        }
    }
}

/// The counts of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files read.
    pub files: u64,
    /// Records in them.
    pub records: u64,
    /// Accounts that were judged.
    pub accounts: u64,
    /// Pairs of account and requirement item.
    pub asked: u64,
    /// Those of them whose item is a role.
    pub roles: u64,
    /// Pairs that are granted.
    pub granted: u64,
    /// Pairs that are not granted.
    pub missing: u64,
    /// Pairs that the exports leave open.
    pub undecided: u64,
    /// Diagnostics that are errors.
    pub errors: u64,
    /// Diagnostics that are warnings.
    pub warnings: u64,
    /// Diagnostics that are notes.
    pub notes: u64,
    /// Findings that were waived.
    pub waived: u64,
}

/// What was read of one kind of object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// The organization, where the policy names any.
    pub organization: Option<String>,
    /// The kind, such as `RoleEntry`.
    pub kind: String,
    /// The files that hold it.
    pub files: Vec<String>,
    /// What each command shows of it, where the commands are known.
    pub listings: Vec<String>,
    /// Whether what stands in a file is taken for the whole, for want of a command.
    pub is_taken_for_whole: bool,
    /// How many records.
    pub records: u64,
    /// Whether these are all there are.
    pub complete: bool,
    /// Why not, each a word such as `cut-list`.
    pub reasons: Vec<String>,
    /// The cmdlets that this leaves undecided.
    pub undecided: Vec<String>,
}

/// What stands behind the message of a finding that somebody accepted.
fn accepted(diagnostic: &Diagnostic) -> String {
    match &diagnostic.waived {
        None => String::new(),
        Some(Waived { reason, expires: Some(expires), .. }) => format!(" (waived until {expires}: {reason})"),
        Some(Waived { reason, expires: None, .. }) => format!(" (waived: {reason})"),
    }
}

/// How a report looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether to write terminal colours.
    pub color: bool,
    /// Columns: those of a terminal that shows the report, else always the same.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 100 }
    }
}
