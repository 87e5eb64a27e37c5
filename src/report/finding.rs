//! What the outputs for other programs share: a finding with its place, its mark and its text as one visible line.

use std::borrow::Cow;

use super::Finished;
use super::escape::visible;
use crate::diagnostic::{Diagnostic, Label, Severity, Waived, fingerprint};
use crate::source::Sources;

/// A finding of a run.
#[derive(Clone, Debug)]
pub(super) struct Finding<'a> {
    /// What is said.
    pub(super) said: &'a Diagnostic,
    /// What a waiver knows it by.
    pub(super) fingerprint: String,
    sources: &'a Sources<'a>,
}

/// Where something stands; lines and columns count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place<'a> {
    /// The file, as reports show it.
    pub(super) file: &'a str,
    /// The first line.
    pub(super) line: u32,
    /// The first column.
    pub(super) column: u32,
    /// The last line.
    pub(super) end_line: u32,
    /// The column after the last one.
    pub(super) end_column: u32,
}

impl Place<'_> {
    /// The start of a file, for what has no place of its own.
    fn start_of(file: &str) -> Place<'_> {
        Place { file, line: 1, column: 1, end_line: 1, end_column: 1 }
    }
}

impl<'a> Finding<'a> {
    /// All findings, in their canonical order.
    pub(super) fn all(finished: &Finished<'a>) -> Vec<Self> {
        let of = |said| Self { said, fingerprint: fingerprint(said), sources: finished.sources };
        finished.diagnostics.iter().map(of).collect()
    }

    /// The organization that it is of, where there are several.
    pub(super) fn organization(&self) -> Option<&'a str> {
        self.said.subject.organization.as_deref()
    }

    /// What to do first, as one line.
    pub(super) fn help(&self) -> Option<Cow<'static, str>> {
        crate::powershell::help(&self.said.fixes).map(|help| Cow::Owned(visible(&help).into_owned()))
    }

    /// The message as one line.
    pub(super) fn message(&self) -> Cow<'a, str> {
        Cow::Owned(visible(&self.said.text()).into_owned())
    }

    /// Why it is accepted, as one line.
    pub(super) fn reason(&self) -> Option<Cow<'a, str>> {
        self.said.waived.as_ref().map(|waived| visible(&waived.reason))
    }

    /// The accounts that it is about, each as one line.
    pub(super) fn accounts(&self) -> Vec<Cow<'a, str>> {
        let subject = &self.said.subject;
        let several = subject.accounts.iter().map(|name| visible(name)).collect::<Vec<_>>();
        if several.is_empty() { subject.account.iter().map(|name| visible(name)).collect() } else { several }
    }

    /// The labels that mark a file, in order. A pack is none: it ships with rolecall.
    pub(super) fn labels(&self) -> impl Iterator<Item = (&'a Label, Place<'a>)> + use<'a> {
        let sources = self.sources;
        let labels = self.said.labels.iter().filter(move |label| !sources.file(label.span.file).ships);
        labels.map(move |label| (label, place_of(label, sources)))
    }

    /// The first place that is in a file.
    pub(super) fn place(&self) -> Option<Place<'a>> {
        self.labels().next().map(|(_, place)| place)
    }

    /// The text that a label marks, as one line.
    pub(super) fn marked(&self, label: &Label) -> String {
        visible(&super::json::shortened(self.sources.file(label.span.file).slice(label.span))).into_owned()
    }

    /// How a list shows it: errors first, and accepted ones at the end. Sorting by it is stable.
    pub(super) fn rank(&self) -> impl Ord + use<> {
        (self.said.waived.is_some(), std::cmp::Reverse(self.said.severity))
    }

    /// Whether it makes the run end with 1.
    pub(super) fn fails(&self, least: Severity) -> bool {
        self.said.waived.is_none() && self.said.severity >= least
    }
}

fn place_of<'a>(label: &Label, sources: &'a Sources<'_>) -> Place<'a> {
    let file = sources.file(label.span.file);
    let ((line, column), (end_line, end_column)) =
        (file.line_column(label.span.start), file.line_column(label.span.end));
    Place { file: &file.path, line, column, end_line, end_column }
}

impl<'a> Finished<'a> {
    /// Where a finding stands that has no place in a file: at the start of the first file of exports, else of the policy.
    pub(super) fn fallback(&'a self) -> Place<'a> {
        let exports = self.coverage.iter().flat_map(|kind| &kind.files).map(String::as_str);
        let policy = self.ending.policy.as_deref();
        Place::start_of(exports.chain(policy).next().unwrap_or(crate::policy::FILE_NAME))
    }

    /// The findings of each organization, in the order of the policy. What is said of none comes first; it is there
    /// where it holds something, and in a run that knows no organizations.
    pub(super) fn by_organization<'f>(
        &'f self,
        all: &'f [Finding<'a>],
    ) -> Vec<(Option<&'f str>, Vec<&'f Finding<'a>>)> {
        let names = self.ending.organizations.iter().map(|name| Some(name.as_str()));
        let of = |name: Option<&str>| all.iter().filter(|one| one.organization() == name).collect::<Vec<_>>();
        let mut groups: Vec<_> = std::iter::once(None).chain(names).map(|name| (name, of(name))).collect();
        if groups.len() > 1 && groups[0].1.is_empty() {
            groups.remove(0);
        }
        groups
    }
}

/// `(waived until 2026-12-31: reason)`, where a finding is accepted.
pub(super) fn accepted(waived: &Waived) -> String {
    let until = waived.expires.as_ref().map(|day| format!(" until {}", visible(day))).unwrap_or_default();
    format!("(waived{until}: {})", visible(&waived.reason))
}

/// The counts in words: `50 errors, 7 warnings, 1 note, 2 waived`.
pub(super) fn counts(finished: &Finished<'_>) -> String {
    let it = &finished.summary;
    let counted = super::coverage::counted;
    let (errors, warnings) = (counted(it.errors, "error"), counted(it.warnings, "warning"));
    format!("{errors}, {warnings}, {}, {} waived", counted(it.notes, "note"), it.waived)
}

/// What was not exported whole: `RoleEntry (cut-list)` for each such kind of an organization, or of all.
pub(super) fn incomplete(finished: &Finished<'_>, organization: Option<&str>) -> Vec<String> {
    let is_of = |of: Option<&str>| organization.is_none() || of == organization;
    let kinds = finished.coverage.iter().filter(|kind| !kind.complete && is_of(kind.organization.as_deref()));
    let words = kinds.map(|kind| {
        let of = kind.organization.as_ref().filter(|_| organization.is_none());
        let of = of.map(|name| format!("{}: ", visible(name))).unwrap_or_default();
        format!("{of}{} ({})", kind.kind, kind.reasons.join(", "))
    });
    words.collect()
}
