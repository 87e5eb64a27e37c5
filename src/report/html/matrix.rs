//! The matrix: each account that was asked, each cmdlet that it must run, and one of three answers.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::{Page, counted, text};
use crate::graph::Answer;
use crate::rules::Matrix;

/// How many columns a table has before their heads are turned.
const UPRIGHT_MAX: usize = 6;

/// How many columns a table has at most; beyond that a list says the same.
const COLUMNS_MAX: usize = 40;

pub(super) fn matrix(page: &Page<'_, '_>) -> Markup {
    let all = &page.finished.dossier.answers;
    let links = links(page);
    html! {
        @if all.is_empty() { p class="lead" { "The policy requires nothing of anybody." } }
        @for answers in all {
            @let accounts: usize = answers.rows.iter().map(|(accounts, _)| accounts.len()).sum();
            h3 {
                @if let Some(organization) = &answers.organization { (text(organization)) ": " }
                (text(&answers.requirement))
                span class="number" { (counted(accounts, "account")) " × " (counted(answers.items.len(), "item")) }
            }
            (table(answers, accounts, &links))
        }
    }
}

/// The finding that says why a pair is not granted: of an organization, a requirement, an account and a cmdlet.
type Links<'p> = BTreeMap<(Option<&'p str>, &'p str, &'p str, &'p str), &'p str>;

fn links<'p>(page: &'p Page<'_, '_>) -> Links<'p> {
    let mut links = Links::new();
    for (finding, id) in page.findings.iter().zip(&page.ids) {
        let subject = &finding.said.subject;
        let (Some(account), Some(requirement)) = (&subject.account, &subject.requirement) else { continue };
        for cmdlet in subject.cmdlet.iter().chain(&subject.cmdlets) {
            let key = (finding.organization(), requirement.as_str(), account.as_str(), cmdlet.as_str());
            links.entry(key).or_insert(id);
        }
    }
    links
}

fn table(answers: &Matrix, accounts: usize, links: &Links<'_>) -> Markup {
    let cell = |account: &str, item: usize, answer: Answer, tag: Tag| {
        let cmdlet = &answers.items[item].0;
        let key = (answers.organization.as_deref(), answers.requirement.as_str(), account, cmdlet.as_str());
        one(account, cmdlet, answer, links.get(&key).copied(), tag)
    };
    // In the order of their names; those that hold the same stand together so far.
    let mut rows: Vec<(&str, &[Answer])> = Vec::new();
    for (names, row) in &answers.rows {
        rows.extend(names.iter().map(|name| (name.as_str(), row.as_slice())));
    }
    rows.sort_by_cached_key(|(name, _)| (crate::name::fold(name), *name));
    let items = answers.items.iter().enumerate();
    if accounts.min(answers.items.len()) > COLUMNS_MAX {
        return html! {
            @for (account, row) in rows {
                details class="list" {
                    summary { span class="name" { (text(account)) } span class="facts" { (summary(row)) } }
                    ul {
                        @for (item, (_, words)) in items.clone() {
                            li { code { (text(words)) } " " (cell(account, item, row[item], Tag::Span)) }
                        }
                    }
                }
            }
        };
    }
    let by_account = accounts > 12 && accounts > answers.items.len();
    let columns = if by_account { answers.items.len() } else { accounts };
    let class = if columns > UPRIGHT_MAX { "matrix turned" } else { "matrix" };
    html! {
        div class="scroll tall" tabindex="0" role="group" aria-label=(format!("Answers to {}", text(&answers.requirement))) {
            table class=(class) {
                @if by_account {
                    thead { tr {
                        th scope="col" { "Account" }
                        @for (_, words) in &answers.items { th scope="col" { span { (text(words)) } } }
                    } }
                    tbody {
                        @for (account, row) in &rows {
                            tr { th scope="row" { (text(account)) } @for (item, _) in items.clone() { (cell(account, item, row[item], Tag::Cell)) } }
                        }
                    }
                } @else {
                    thead { tr {
                        th scope="col" { "Cmdlet" }
                        @for (account, _) in &rows { th scope="col" { span { (text(account)) } } }
                    } }
                    tbody {
                        @for (item, (_, words)) in items {
                            tr { th scope="row" { (text(words)) } @for (account, row) in &rows { (cell(account, item, row[item], Tag::Cell)) } }
                        }
                    }
                }
            }
        }
    }
}

/// `19 granted, 2 missing`.
fn summary(row: &[Answer]) -> String {
    let count = |class: &str| row.iter().filter(|answer| words(**answer).0 == class).count();
    format!("{} granted, {} missing, {} unknown", count("granted"), count("missing"), count("unknown"))
}

#[derive(Clone, Copy)]
enum Tag {
    Cell,
    Span,
}

/// The class, the shape, the word, and what programs read.
fn words(answer: Answer) -> (&'static str, &'static str, &'static str, &'static str) {
    match answer {
        Answer::Granted | Answer::Merged => ("granted", "●", "granted", "granted"),
        Answer::NotGranted => ("missing", "○", "missing", "not-granted"),
        Answer::Unknown => ("unknown", "?", "unknown", "unknown"),
    }
}

fn one(account: &str, cmdlet: &str, answer: Answer, link: Option<&str>, tag: Tag) -> Markup {
    let (class, shape, word, data) = words(answer);
    let content = html! { span class="shape" aria-hidden="true" { (shape) } span class="word" { (word) } };
    let content = html! {
        @match link.filter(|_| class != "granted") {
            Some(id) => a href=(format!("#{id}")) { (content) },
            None => (content),
        }
    };
    html! {
        @match tag {
            Tag::Cell => td class=(class) data-account=(text(account)) data-cmdlet=(text(cmdlet)) data-answer=(data) { (content) },
            Tag::Span => span class=(format!("answer {class}")) data-account=(text(account)) data-cmdlet=(text(cmdlet)) data-answer=(data) { (content) },
        }
    }
}
