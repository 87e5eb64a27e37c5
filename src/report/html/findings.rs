//! The findings by cause, each with its lines quoted and each cause with what ends it; and those that somebody accepted.

use maud::{Markup, html};

use super::{Page, Quotes, counted, level, message, text};
use crate::diagnostic::{Cause, Label};
use crate::powershell;
use crate::remedy::Fix;
use crate::report::finding::{Finding, Place};
use crate::report::fix;

/// How much of a line is shown before and after what is marked.
const CONTEXT_CHARACTERS: usize = 60;

/// How much of what is marked is shown where quotes are cut.
const MARK_CHARACTERS: usize = 60;

/// How many findings of a rule quote their lines where not all do.
const FIRST: usize = 20;

pub(super) fn findings(page: &Page<'_, '_>) -> Markup {
    let count = page.findings.iter().filter(|finding| finding.said.waived.is_none()).count();
    html! {
        form id="filter" class="filter" role="search" hidden {
            label { "Search the findings" input type="search" name="text" autocomplete="off" spellcheck="false"; }
            fieldset {
                legend { "Levels" }
                @for name in ["error", "warning", "note"] {
                    label class="box" { input type="checkbox" name="level" value=(name) checked; (level(name)) }
                }
            }
            p role="status" id="shown" { (counted(page.findings.len(), "finding")) }
        }
        @if count == 0 { p class="lead" { "No finding." } }
        @match page.quotes {
            Quotes::Whole => {},
            Quotes::Cut => p class="lead" { "There are so many findings that quotes are cut after " (MARK_CHARACTERS) " characters." },
            Quotes::First => p class="lead" {
                "There are so many findings that the first " (FIRST) " of each rule quote their lines. The others name them."
            },
        }
        @for name in ["error", "warning", "note"] {
            @let causes: Vec<&Cause> = page.finished.causes.iter().filter(|cause| cause.severity.name() == name).collect();
            @if !causes.is_empty() {
                div data-group {
                    h3 class="levelhead" { (level(name)) " " span class="number" { (counted(causes.len(), "cause")) } }
                    @for one in causes { (cause(page, one)) }
                }
            }
        }
    }
}

/// What one change ends: what is wrong, what to do, and the findings.
fn cause(page: &Page<'_, '_>, cause: &Cause) -> Markup {
    let rules = cause.rules(page.finished.diagnostics);
    html! {
        div class="cause" id=(format!("cause-{}", cause.id)) data-cause=(cause.id) data-group {
            h4 { (message(&cause.headline)) span class="number" { (counted(cause.findings.len(), "finding")) } }
            p class="rules" {
                @for rule in rules {
                    span { a href=(format!("#rule-{rule}")) { (rule) } @if let Some(rule) = crate::rules::rule(rule) { " " (rule.summary) } }
                }
            }
            (fixes(page, cause))
            @for number in &cause.findings { (one(page, page.places[*number])) }
        }
    }
}

/// What ends a cause, the advised way first: each command whole on a line, ready to be copied, with what takes it back.
fn fixes(page: &Page<'_, '_>, cause: &Cause) -> Markup {
    /// How many ways are shown where quotes are cut.
    const WAYS_MAX: usize = 3;
    let most = if page.quotes == Quotes::Whole { cause.fixes.len() } else { WAYS_MAX };
    html! {
        @if !cause.fixes.is_empty() {
            div class="help" {
                @for (number, (fix, closes)) in cause.fixes.iter().take(most).enumerate() {
                    @let ends_all = *closes == cause.findings.len();
                    div class="fix" {
                        p {
                            span class="tag" { @if number == 0 { "fix" } @else { "or" } } " "
                            (message(&fix::words(fix, page.finished.sources)))
                            @if !ends_all { small { " (ends " (closes) " of " (cause.findings.len()) ")" } }
                        }
                        (commands(page, fix))
                    }
                }
                @if cause.fixes.len() > most { p { "and " (cause.fixes.len() - most) " more ways" } }
            }
        }
    }
}

fn commands(page: &Page<'_, '_>, fix: &Fix) -> Markup {
    let commands = fix::pasted(fix, page.finished.sources);
    let undo = powershell::undo(&fix.steps);
    html! {
        @if !commands.is_empty() {
            pre tabindex="0" { @for command in &commands { code { (text(command)) } "\n" } }
        }
        @if !fix.makes.is_empty() {
            p { "would make: " @for rule in &fix.makes { code { (rule) } " " } }
        }
        @if !undo.is_empty() {
            details class="undo" {
                summary { "what takes it back" }
                pre tabindex="0" { @for command in &undo { code { (text(command)) } "\n" } }
            }
        }
    }
}

/// One finding.
fn one(page: &Page<'_, '_>, index: usize) -> Markup {
    let finding = &page.findings[index];
    let number = page.numbers[index];
    let said = finding.said;
    let place = finding.place();
    let waived = said.waived.as_ref().map(|waived| text(waived.expires.as_deref().unwrap_or_default()));
    let several = page.has_several();
    html! {
        article class=(format!("finding {}", said.severity.name())) id=(page.ids[index])
            data-fingerprint=(finding.fingerprint) data-level=(said.severity.name()) data-rule=(said.rule.name)
            data-file=(place.map(|place| text(place.file)).unwrap_or_default())
            data-line=(place.map(|place| place.line.to_string()).unwrap_or_default())
            data-organization=[several.then(|| text(finding.organization().unwrap_or_default()))]
            data-waived=[waived]
        {
            p class="message" { (message(&said.text())) }
            @if let Some(waived) = &said.waived { (accepted(page, waived)) }
            ol class="chain" { @for (label, place) in finding.labels() { (quote(page, label, &place, number)) } }
            p class="foot" {
                a href=(format!("#rule-{}", said.rule.name)) { (said.rule.name) } " "
                span class="print" { (finding.fingerprint) }
                @if page.quotes == Quotes::Whole {
                    @for account in accounts(finding) { " " (super::accounts::link(page, finding.organization(), account)) }
                }
                @if said.waived.is_none() && page.quotes == Quotes::Whole {
                    " " code class="waive" { "rolecall waive " (finding.fingerprint) " --reason … --expires …" }
                }
            }
        }
    }
}

/// The first accounts that a finding is about.
fn accounts<'a>(finding: &Finding<'a>) -> Vec<&'a str> {
    /// How many are named.
    const NAMES_MAX: usize = 8;
    let subject = &finding.said.subject;
    let several: Vec<&str> = subject.accounts.iter().map(String::as_str).take(NAMES_MAX).collect();
    if several.is_empty() { subject.account.as_deref().into_iter().collect() } else { several }
}

/// One line of an export or a policy, with what is marked in it.
fn quote(page: &Page<'_, '_>, label: &Label, place: &Place<'_>, number: usize) -> Markup {
    let is_quoted = page.quotes != Quotes::First || number < FIRST;
    let file = page.finished.sources.file(label.span.file);
    let (mut before, mut after) = ("", "");
    if place.line == place.end_line && page.quotes == Quotes::Whole {
        let line = file.line_span(place.line);
        let (start, end) = ((label.span.start - line.start) as usize, (label.span.end - line.start) as usize);
        let line = file.slice(line);
        before = line.get(..start).unwrap_or_default();
        after = line.get(end.min(line.len())..).unwrap_or_default();
    }
    let whole = before.is_empty() && after.is_empty();
    let marked = file.slice(label.span);
    let marked = match page.quotes {
        Quotes::Whole => super::super::json::shortened(marked),
        Quotes::Cut | Quotes::First => first(marked, MARK_CHARACTERS).to_owned(),
    };
    html! {
        li data-quote data-file=(text(place.file)) data-line=(place.line) {
            span class="path" { (text(place.file)) ":" (place.line) }
            @if !label.text.is_empty() { span class="label" { (message(&label.text)) } }
            @if !marked.is_empty() && is_quoted {
                code class=(if whole { "line whole" } else { "line" }) {
                    (text(last(before))) mark { (text(&marked)) } (text(first(after, CONTEXT_CHARACTERS)))
                }
            }
        }
    }
}

/// The end of a text.
fn last(text: &str) -> &str {
    text.char_indices().rev().nth(CONTEXT_CHARACTERS - 1).map_or(text, |(at, _)| &text[at..])
}

/// The start of a text.
fn first(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(at, _)| &text[..at])
}

fn accepted(page: &Page<'_, '_>, waived: &crate::diagnostic::Waived) -> Markup {
    let file = page.finished.sources.file(waived.at.file);
    html! {
        dl class="accepted" {
            div { dt { "Reason" } dd { (text(&waived.reason)) } }
            @if let Some(expires) = &waived.expires { div { dt { "Last day" } dd { (text(expires)) } } }
            @if let Some(owner) = &waived.owner { div { dt { "Owner" } dd { (text(owner)) } } }
            div { dt { "Written in" } dd { span class="path" { (text(&file.path)) ":" (file.line(waived.at.start)) } } }
        }
    }
}

pub(super) fn waived(page: &Page<'_, '_>) -> Markup {
    let first = page.findings.partition_point(|finding| finding.said.waived.is_none());
    let mut indices: Vec<usize> = (first..page.findings.len()).collect();
    // What ends first is what to think of first.
    let until = |index: &usize| page.findings[*index].said.waived.as_ref().and_then(|waived| waived.expires.clone());
    indices.sort_by_key(|index| (until(index).is_none(), until(index)));
    html! {
        @if indices.is_empty() { p class="lead" { "Nothing is accepted." } }
        @else {
            p class="lead" { (counted(indices.len(), "finding")) " that somebody accepted, those first that end first." }
            div data-group { @for index in indices { (one(page, index)) } }
        }
    }
}
