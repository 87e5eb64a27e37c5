//! Version 1 of the JSON report. Every key is always there; what is not known or does not apply is `null` or empty.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use crate::diagnostic::{self, Hop, Label, fingerprint};
use crate::powershell;
use crate::remedy::{self, Remedy};
use crate::report::{self, Finished};
use crate::source::Sources;

#[derive(Serialize)]
pub(super) struct Report<'a> {
    version: u32,
    run: Run<'a>,
    summary: Summary,
    coverage: Vec<Coverage<'a>>,
    #[serde(serialize_with = "causes")]
    causes: &'a Finished<'a>,
    #[serde(serialize_with = "diagnostics")]
    diagnostics: &'a Finished<'a>,
}

/// How the run went, and what it applied.
#[derive(Serialize)]
struct Run<'a> {
    rolecall: &'static str,
    exit_code: u8,
    reasons: &'a [String],
    organizations: &'a [String],
    policies: &'a [String],
    notes: &'a [String],
}

/// What one change fixes.
#[derive(Serialize)]
struct Cause<'a> {
    id: &'a str,
    severity: &'static str,
    headline: &'a str,
    organization: Option<&'a str>,
    rules: Vec<&'static str>,
    accounts: Vec<&'a str>,
    cmdlets: Vec<&'a str>,
    findings: Vec<String>,
    fixes: Vec<Fix<'a>>,
}

/// One way to end a cause.
#[derive(Serialize)]
pub(super) struct Fix<'a> {
    kind: &'static str,
    commands: Vec<String>,
    undo: Vec<String>,
    edit: Option<Edit<'a>>,
    note: &'a str,
    closes: usize,
    makes: &'a [&'static str],
    beyond: Option<Beyond<'a>>,
}

#[derive(Serialize)]
struct Edit<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    text: &'a str,
}

#[derive(Serialize)]
struct Beyond<'a> {
    cmdlets: usize,
    dangerous: &'a [String],
}

#[derive(Serialize)]
struct Summary {
    files: u64,
    records: u64,
    accounts: u64,
    asked: u64,
    granted: u64,
    missing: u64,
    undecided: u64,
    errors: u64,
    warnings: u64,
    notes: u64,
    waived: u64,
}

#[derive(Serialize)]
struct Coverage<'a> {
    organization: Option<&'a str>,
    kind: &'a str,
    files: &'a [String],
    records: u64,
    complete: bool,
    reasons: &'a [String],
    undecided: &'a [String],
}

#[derive(Serialize)]
pub(super) struct Diagnostic<'a> {
    rule: &'static str,
    severity: &'static str,
    message: Cow<'a, str>,
    help: Option<String>,
    account: Option<&'a str>,
    accounts: Vec<&'a str>,
    cmdlet: Option<&'a str>,
    cmdlets: &'a [String],
    parameters: &'a [String],
    role: Option<&'a str>,
    assignment: Option<&'a str>,
    group: Option<&'a str>,
    scope: Option<&'a str>,
    requirement: Option<&'a str>,
    gap: Option<Gap<'a>>,
    locations: Vec<Location<'a>>,
    waived: Option<Waived<'a>>,
    fingerprint: String,
    cause: Option<&'a str>,
    organization: Option<&'a str>,
}

#[derive(Serialize)]
struct Gap<'a> {
    code: &'static str,
    object: &'a str,
}

#[derive(Serialize)]
pub(super) struct Location<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    text: String,
    primary: bool,
    label: Option<&'a str>,
    hop: Option<&'static str>,
}

#[derive(Serialize)]
struct Waived<'a> {
    reason: &'a str,
    expires: Option<&'a str>,
    owner: Option<&'a str>,
    file: &'a str,
    line: u32,
}

impl<'a> Report<'a> {
    pub(super) fn of(finished: &'a Finished<'a>) -> Self {
        Self {
            version: 1,
            run: Run {
                rolecall: env!("CARGO_PKG_VERSION"),
                exit_code: finished.ending.code,
                reasons: &finished.ending.why,
                organizations: &finished.ending.organizations,
                policies: &finished.ending.policies,
                notes: &finished.notes,
            },
            summary: Summary::of(&finished.summary),
            coverage: finished.coverage.iter().map(Coverage::of).collect(),
            causes: finished,
            diagnostics: finished,
        }
    }
}

/// The causes, each made where it is written: all of them at once would outweigh what they are made of.
fn causes<S: Serializer>(finished: &Finished<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(finished.causes.iter().map(|cause| Cause::of(cause, finished)))
}

/// The same of what was found.
fn diagnostics<S: Serializer>(finished: &Finished<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut causes: Vec<Option<&str>> = vec![None; finished.diagnostics.len()];
    for cause in &finished.causes {
        cause.findings.iter().for_each(|number| causes[*number] = Some(&cause.id));
    }
    let of = |(it, cause)| Diagnostic { cause, ..Diagnostic::of(it, finished.sources) };
    serializer.collect_seq(finished.diagnostics.iter().zip(causes).map(of))
}

impl<'a> Cause<'a> {
    fn of(it: &'a diagnostic::Cause, finished: &'a Finished<'_>) -> Self {
        let diagnostics = finished.diagnostics;
        Self {
            id: &it.id,
            severity: it.severity.name(),
            headline: &it.headline,
            organization: it.organization.as_deref(),
            rules: it.rules(diagnostics),
            accounts: it.accounts(diagnostics),
            cmdlets: it.cmdlets(diagnostics),
            findings: it.findings.iter().map(|number| fingerprint(&diagnostics[*number])).collect(),
            fixes: it.fixes.iter().map(|(fix, closes)| Fix::of(fix, *closes, finished.sources)).collect(),
        }
    }
}

impl<'a> Fix<'a> {
    pub(super) fn of(it: &'a remedy::Fix, closes: usize, sources: &'a Sources<'_>) -> Self {
        let edit = it.steps.iter().find_map(|step| match step {
            Remedy::Edit { at, text } => Some((at, text)),
            _ => None,
        });
        Self {
            kind: it.kind.name(),
            commands: powershell::commands(&it.steps),
            undo: powershell::undo(&it.steps),
            edit: edit.map(|(at, text)| {
                let file = sources.file(at.file);
                let ((line, column), (end_line, end_column)) = (file.line_column(at.start), file.line_column(at.end));
                Edit { file: &file.path, line, column, end_line, end_column, text }
            }),
            note: &it.note,
            closes,
            makes: &it.makes,
            beyond: it.beyond.as_ref().map(|it| Beyond { cmdlets: it.cmdlets, dangerous: &it.dangerous }),
        }
    }
}

impl Summary {
    fn of(it: &report::Summary) -> Self {
        Self {
            files: it.files,
            records: it.records,
            accounts: it.accounts,
            asked: it.asked,
            granted: it.granted,
            missing: it.missing,
            undecided: it.undecided,
            errors: it.errors,
            warnings: it.warnings,
            notes: it.notes,
            waived: it.waived,
        }
    }
}

impl<'a> Coverage<'a> {
    fn of(it: &'a report::Coverage) -> Self {
        Self {
            organization: it.organization.as_deref(),
            kind: &it.kind,
            files: &it.files,
            records: it.records,
            complete: it.complete,
            reasons: &it.reasons,
            undecided: &it.undecided,
        }
    }
}

impl<'a> Diagnostic<'a> {
    pub(super) fn of(it: &'a diagnostic::Diagnostic, sources: &'a Sources<'_>) -> Self {
        let subject = &it.subject;
        let mut accounts: Vec<&str> = subject.accounts.iter().map(String::as_str).collect();
        if accounts.is_empty() {
            accounts.extend(subject.account.as_deref());
        }
        let locations = it.labels.iter().enumerate().map(|(index, label)| Location::of(label, index == 0, sources));
        Self {
            rule: it.rule.name,
            severity: it.severity.name(),
            message: it.text(),
            help: powershell::help(&it.fixes),
            account: subject.account.as_deref(),
            accounts,
            cmdlet: subject.cmdlet.as_deref(),
            cmdlets: &subject.cmdlets,
            parameters: &subject.parameters,
            role: subject.role.as_deref(),
            assignment: subject.assignment.as_deref(),
            group: subject.group.as_deref(),
            scope: subject.scope.as_deref(),
            requirement: subject.requirement.as_deref(),
            gap: subject.gap.as_ref().map(|gap| Gap { code: gap.code, object: &gap.object }),
            locations: locations.collect(),
            waived: it.waived.as_ref().map(|waived| Waived::of(waived, sources)),
            fingerprint: fingerprint(it),
            cause: None,
            organization: subject.organization.as_deref(),
        }
    }
}

impl<'a> Waived<'a> {
    fn of(it: &'a diagnostic::Waived, sources: &'a Sources<'_>) -> Self {
        let file = sources.file(it.at.file);
        let (line, _) = file.line_column(it.at.start);
        Self { reason: &it.reason, expires: it.expires.as_deref(), owner: it.owner.as_deref(), file: &file.path, line }
    }
}

impl<'a> Location<'a> {
    pub(super) fn of(label: &'a Label, primary: bool, sources: &'a Sources<'_>) -> Self {
        let file = sources.file(label.span.file);
        let (line, column) = file.line_column(label.span.start);
        let (end_line, end_column) = file.line_column(label.span.end);
        let text = shortened(file.slice(label.span));
        let hop = label.hop.map(Hop::name);
        let label = Some(label.text.as_str()).filter(|text| !text.is_empty());
        Self { file: &file.path, line, column, end_line, end_column, text, primary, label, hop }
    }
}

/// The first 200 characters, and an ellipsis where there are more.
pub(in crate::report) fn shortened(text: &str) -> String {
    const CHARACTERS_MAX: usize = 200;
    match text.char_indices().nth(CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_mark_is_cut_behind_two_hundred_characters() {
        assert_eq!(shortened(&"é".repeat(200)), "é".repeat(200));
        assert_eq!(shortened(&"é".repeat(201)), "é".repeat(200) + "…");
    }
}
