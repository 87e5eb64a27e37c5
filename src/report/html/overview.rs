//! The first screen: the counts, the answers, whom to look at first; then what was read and what was not.

use maud::{Markup, html};

use super::{Page, counted, level, message, number, text};
use crate::diagnostic::{Cause, Severity};
use crate::report::fix;
use crate::rules;

/// How many causes, and how many accounts, are named as those to look at first.
const WORST_MAX: usize = 10;

pub(super) fn overview(page: &Page<'_, '_>) -> Markup {
    let finished = page.finished;
    let it = &finished.summary;
    let tiles = [
        ("errors", it.errors, "error"),
        ("warnings", it.warnings, "warning"),
        ("notes", it.notes, "note"),
        ("accepted", it.waived, ""),
        ("accounts", it.accounts, ""),
        ("asked", it.asked, ""),
        ("granted", it.granted, "granted"),
        ("missing", it.missing, "missing"),
        ("undecided", it.undecided, "unknown"),
    ];
    html! {
        (verdict(page))
        dl class="tiles" {
            @for (name, count, class) in tiles {
                div class=(format!("tile {class}")) data-count=(name) { dt { (name) } dd { (number(count)) } }
            }
        }
        @if it.asked > 0 { (bar(it.granted, it.missing, it.undecided)) }
        (first(page))
        (worst(page))
        @if !finished.notes.is_empty() {
            h2 { "Notes on this run" }
            ul class="notes" { @for note in &finished.notes { li { (message(note)) } } }
        }
    }
}

/// What the run comes to, in a sentence.
fn verdict(page: &Page<'_, '_>) -> Markup {
    let finished = page.finished;
    let it = &finished.summary;
    let ending = &finished.ending;
    let failing = page.findings.iter().filter(|finding| finding.fails(ending.fail_on)).count();
    let read = format!("{} in {}", counted(it.records as usize, "record"), counted(it.files as usize, "file"));
    let (class, head) = match ending.code {
        3 => ("bad", "Nothing was checked".to_owned()),
        2 => ("bad", "Something that was named could not be used".to_owned()),
        _ if failing > 0 => ("bad", format!("{} to settle", counted(failing, "finding"))),
        _ if it.undecided > 0 => ("open", format!("Nothing is missing, and {} undecided", answers(it.undecided))),
        _ => ("good", "Everything that was asked is as the policy says".to_owned()),
    };
    html! {
        div class=(format!("verdict {class}")) {
            p class="head" { (head) }
            @if !ending.why.is_empty() { ul { @for why in &ending.why { li { (message(why)) } } } }
            p {
                (read) ". "
                @if it.asked > 0 {
                    (counted(it.accounts as usize, "account")) " asked for " (counted(it.asked as usize, "item")) " in all: "
                    (number(it.granted)) " granted, " (number(it.missing)) " missing, " (number(it.undecided)) " undecided."
                }
            }
        }
    }
}

fn answers(count: u64) -> String {
    format!("{} {}", counted(count as usize, "answer"), if count == 1 { "is" } else { "are" })
}

/// The three answers as lengths.
fn bar(granted: u64, missing: u64, undecided: u64) -> Markup {
    const LENGTH: u64 = 1000;
    let all = granted + missing + undecided;
    let words = format!("{granted} granted, {missing} missing, {undecided} undecided of {all} asked");
    let parts = [("granted", granted, "●"), ("missing", missing, "○"), ("unknown", undecided, "?")];
    let mut start = 0;
    let lengths = parts.map(|(class, count, _)| {
        let length = count * LENGTH / all.max(1);
        start += length;
        (class, start - length, length)
    });
    html! {
        figure class="bar" {
            svg role="img" aria-label=(words) viewBox=(format!("0 0 {LENGTH} 24")) preserveAspectRatio="none" {
                @for (class, start, length) in lengths { rect class=(class) x=(start) y="0" width=(length) height="24" {} }
            }
            figcaption {
                @for (class, count, shape) in parts {
                    span class=(format!("answer {class}")) {
                        span aria-hidden="true" { (shape) } " " (number(count)) " " (if class == "unknown" { "undecided" } else { class })
                    }
                }
            }
        }
    }
}

/// The worst causes, each with what ends it.
fn first(page: &Page<'_, '_>) -> Markup {
    let fail_on = page.finished.ending.fail_on;
    let all: Vec<&Cause> = page.finished.causes.iter().filter(|cause| cause.severity >= fail_on).collect();
    if all.is_empty() {
        return html! {};
    }
    html! {
        h2 { "What to do first" }
        div class="scroll" tabindex="0" role="group" aria-label="The worst causes" {
            table class="plain first" {
                thead { tr {
                    th scope="col" { "Level" } th scope="col" { "Cause" } th scope="col" class="number" { "Findings" }
                    th scope="col" { "Fix" }
                } }
                tbody {
                    @for cause in all.iter().take(WORST_MAX) {
                        tr {
                            td { (level(cause.severity.name())) }
                            th scope="row" { a href=(format!("#cause-{}", cause.id)) { (message(&cause.headline)) } }
                            td class="number" { (cause.findings.len()) }
                            td { @if let Some((fix, _)) = cause.fixes.first() { (message(&fix::words(fix, page.finished.sources))) } @else { "–" } }
                        }
                    }
                }
            }
        }
        @if all.len() > WORST_MAX { p { "and " (counted(all.len() - WORST_MAX, "more cause")) } }
    }
}

/// The accounts with most to settle.
fn worst(page: &Page<'_, '_>) -> Markup {
    let count = |indices: &[usize], severity: Severity| {
        let counts = |index: &&usize| {
            let said = page.findings[**index].said;
            said.waived.is_none() && said.severity == severity
        };
        indices.iter().filter(counts).count()
    };
    let mut all: Vec<(usize, usize, Option<&str>, &str)> = page
        .of_account
        .iter()
        .map(|((organization, account), indices)| {
            (count(indices, Severity::Error), count(indices, Severity::Warning), *organization, *account)
        })
        .filter(|(errors, warnings, ..)| errors + warnings > 0)
        .collect();
    all.sort_by_key(|(errors, warnings, ..)| std::cmp::Reverse((*errors, *warnings)));
    if all.is_empty() {
        return html! {};
    }
    let more = all.len().saturating_sub(WORST_MAX);
    html! {
        h2 { "Whom to look at first" }
        div class="scroll" tabindex="0" role="group" aria-label="Accounts with most findings" {
            table class="plain" {
                thead { tr {
                    @if page.has_several() { th scope="col" { "Organization" } }
                    th scope="col" { "Account" } th scope="col" class="number" { "Errors" }
                    th scope="col" class="number" { "Warnings" } th scope="col" { "First finding" }
                } }
                tbody {
                    @for (errors, warnings, organization, account) in all.iter().take(WORST_MAX) {
                        @let first = page.findings_of(*organization, account)[0];
                        tr {
                            @if page.has_several() { td { (text(organization.unwrap_or_default())) } }
                            th scope="row" { (super::accounts::link(page, *organization, account)) }
                            td class="number" { (errors) } td class="number" { (warnings) }
                            td { a href=(format!("#{}", page.ids[first])) { (page.findings[first].said.rule.name) } }
                        }
                    }
                }
            }
        }
        @if more > 0 { p class="more" { (counted(more, "further account")) " with findings: see " a href="#accounts" { "Accounts" } "." } }
    }
}

pub(super) fn coverage(page: &Page<'_, '_>) -> Markup {
    let all = &page.finished.coverage;
    if all.is_empty() {
        return html! { p { "Nothing was read." } };
    }
    let incomplete = all.iter().filter(|kind| !kind.complete).count();
    html! {
        p class="lead" {
            @if incomplete == 0 { "Everything that the answers need was exported." }
            @else {
                (counted(incomplete, "kind of export")) " " (if incomplete == 1 { "is" } else { "are" })
                " not complete. An answer that depends on what is missing is undecided, never no."
            }
        }
        div class="scroll" tabindex="0" role="group" aria-label="What was read" {
            table class="plain" {
                thead { tr {
                    @if page.has_several() { th scope="col" { "Organization" } }
                    th scope="col" { "Exported by" } th scope="col" class="number" { "Records" } th scope="col" { "Complete" }
                    th scope="col" { "Files" } th scope="col" { "Leaves undecided" }
                } }
                tbody {
                    @for kind in all {
                        tr data-kind=(kind.kind) {
                            @if page.has_several() { td { (text(kind.organization.as_deref().unwrap_or_default())) } }
                            th scope="row" { (command(&kind.kind)) " " small { (kind.kind) } }
                            td class="number" { (number(kind.records)) }
                            td {
                                @if kind.complete { span class="answer granted" { span aria-hidden="true" { "●" } " yes" } }
                                @else {
                                    span class="answer unknown" { span aria-hidden="true" { "?" } " no" }
                                    @for reason in &kind.reasons {
                                        " " code { (reason) }
                                        @if let Some(rule) = rules::rule(reason) { small class="why" { (rule.summary) } }
                                    }
                                }
                            }
                            td { @for file in &kind.files { span class="path" { (text(file)) } " " } }
                            td {
                                @if kind.undecided.is_empty() { "–" }
                                @else { @for cmdlet in &kind.undecided { code { (text(cmdlet)) } " " } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The command that exports a kind, which an administrator knows better than ours.
fn command(kind: &str) -> &'static str {
    match kind {
        "RoleAssignment" => "Get-ManagementRoleAssignment",
        "RoleEntry" => "Get-ManagementRoleEntry",
        "Role" => "Get-ManagementRole",
        "RoleGroup" => "Get-RoleGroup",
        "RoleGroupMember" => "Get-RoleGroupMember",
        "Group" => "Get-Group",
        "Recipient" => "Get-Mailbox, Get-User",
        "RoleAssignmentPolicy" => "Get-RoleAssignmentPolicy",
        "ManagementScope" => "Get-ManagementScope",
        _ => "something unknown",
    }
}

/// How a level is shown where findings are counted.
pub(super) fn levels(findings: &[usize], page: &Page<'_, '_>) -> Markup {
    let count = |name: &str| {
        let is = |index: &&usize| page.findings[**index].said.severity.name() == name;
        findings.iter().filter(is).count()
    };
    html! {
        @for name in ["error", "warning", "note"] {
            @let found = count(name);
            @if found > 0 { span class="count" { (level(name)) " " (found) } " " }
        }
    }
}
