//! `--format html`: one file for an auditor to search, print and keep.
//!
//! Everything is written here; the script of the page only shows and hides. A policy of the page's own lets nothing else
//! run or load, so that a name that slipped through would still do nothing.

mod about;
mod accounts;
mod findings;
mod matrix;
mod overview;
mod picture;

use std::borrow::Cow;
use std::collections::BTreeMap;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::escape::visible;
use super::finding::Finding;
use super::{Finished, finding};

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");

/// The sections, in order: their ids and titles.
const SECTIONS: [(&str, &str); 7] = [
    ("overview", "Overview"),
    ("coverage", "Coverage"),
    ("findings", "Findings"),
    ("accounts", "Accounts"),
    ("matrix", "Matrix"),
    ("waived", "Accepted"),
    ("about", "About"),
];

/// How large a page may be that a browser opens without a pause.
const BYTES_MAX: usize = 24_000_000;

/// How many findings a browser draws at once; of more, those that are in view.
const DRAWN_MAX: usize = 500;

/// How much of the lines that findings rest on is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quotes {
    /// What is marked, and some of the line around it.
    Whole,
    /// What is marked, cut.
    Cut,
    /// The same for the first findings of each rule; the others name their lines.
    First,
}

/// Appends the report. Where it would be too large, it quotes less, and says so.
pub fn write(out: &mut String, finished: &Finished<'_>) {
    let mut page = Page::of(finished);
    let mut written = render(&page);
    for quotes in [Quotes::Cut, Quotes::First] {
        if written.len() > BYTES_MAX {
            page.quotes = quotes;
            written = render(&page);
        }
    }
    out.push_str(&written);
    out.push('\n');
}

fn render(page: &Page<'_, '_>) -> String {
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    );
    let title = format!("rolecall: {}", finding::counts(page.finished));
    let sections = [
        overview::overview(page),
        overview::coverage(page),
        findings::findings(page),
        accounts::accounts(page),
        matrix::matrix(page),
        findings::waived(page),
        about::about(page),
    ];
    let written = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body class=[(page.findings.len() > DRAWN_MAX).then_some("many")] {
                header class="top" {
                    a class="skip" href="#main" { "Skip to the report" }
                    p class="brand" { "rolecall" }
                    nav aria-label="Sections" {
                        @for (id, title) in SECTIONS { a href=(format!("#{id}")) { (title) } }
                    }
                }
                main id="main" {
                    @for ((id, title), content) in SECTIONS.iter().zip(sections) {
                        section id=(id) aria-labelledby=(format!("{id}-title")) {
                            @if *id == "overview" {
                                h1 id="overview-title" { "Exchange permissions: what was checked" }
                            } @else {
                                h2 id=(format!("{id}-title")) { (title) }
                            }
                            (content)
                        }
                    }
                }
                footer { p { "Written by rolecall " (env!("CARGO_PKG_VERSION")) ". Nothing was fetched, and nothing is sent." } }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    written.into_string()
}

/// What the sections share.
struct Page<'p, 'a> {
    finished: &'p Finished<'a>,
    /// The findings, worst first, accepted ones last.
    findings: Vec<Finding<'a>>,
    /// The id of the element of each.
    ids: Vec<String>,
    /// How many findings of its rule come before each.
    numbers: Vec<usize>,
    /// Where each diagnostic of the run is among them.
    places: Vec<usize>,
    /// The findings of each account of an organization.
    of_account: BTreeMap<(Option<&'p str>, &'p str), Vec<usize>>,
    quotes: Quotes,
}

impl<'p, 'a> Page<'p, 'a> {
    fn of(finished: &'p Finished<'a>) -> Self {
        let mut numbered: Vec<(usize, Finding<'_>)> = Finding::all(finished).into_iter().enumerate().collect();
        numbered.sort_by_key(|(_, finding)| finding.rank());
        let mut places = vec![0; numbered.len()];
        numbered.iter().enumerate().for_each(|(place, (number, _))| places[*number] = place);
        let findings: Vec<Finding<'_>> = numbered.into_iter().map(|(_, finding)| finding).collect();
        let mut of_rule: BTreeMap<&str, usize> = BTreeMap::new();
        let mut numbers = Vec::with_capacity(findings.len());
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        let mut of_account: BTreeMap<(Option<&str>, &str), Vec<usize>> = BTreeMap::new();
        let mut ids = Vec::with_capacity(findings.len());
        for (index, finding) in findings.iter().enumerate() {
            let of_rule = of_rule.entry(finding.said.rule.name).or_default();
            numbers.push(*of_rule);
            *of_rule += 1;
            let number = known.entry(&finding.fingerprint).or_default();
            *number += 1;
            ids.push(match *number {
                1 => format!("f-{}", finding.fingerprint),
                number => format!("f-{}-{number}", finding.fingerprint),
            });
            let subject = &finding.said.subject;
            let named = subject.accounts.iter().chain(&subject.account).map(String::as_str);
            for account in named {
                let list = of_account.entry((finding.organization(), account)).or_default();
                if list.last() != Some(&index) {
                    list.push(index);
                }
            }
        }
        Self { finished, findings, ids, numbers, places, of_account, quotes: Quotes::Whole }
    }

    /// Whether the run knows several organizations.
    fn has_several(&self) -> bool {
        !self.finished.ending.organizations.is_empty()
    }

    /// The findings of an account, accepted ones too.
    fn findings_of<'s>(&'s self, organization: Option<&'s str>, account: &'s str) -> &'s [usize] {
        self.of_account.get(&(organization, account)).map_or(&[], Vec::as_slice)
    }
}

/// A text of an export, a policy or a path, as one line.
fn text(text: &str) -> Cow<'_, str> {
    visible(text)
}

/// `1 finding`, `2,000 findings`.
fn counted(count: usize, noun: &str) -> String {
    format!("{} {noun}{}", number(count as u64), if count == 1 { "" } else { "s" })
}

/// `1,234`.
fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// What says how bad something is: a shape and a word, for not everybody tells colours apart.
fn level(name: &str) -> Markup {
    let shape = match name {
        "error" => "◆",
        "warning" => "▲",
        _ => "●",
    };
    html! { span class=(format!("level {name}")) { span aria-hidden="true" { (shape) } " " (name) } }
}

/// A message of ours, in which names stand between backticks: those become code.
fn message(text: &str) -> Markup {
    let text = visible(text);
    let parts: Vec<&str> = text.split('`').collect();
    // A name with a backtick of its own: nobody can tell where it ends.
    if parts.len().is_multiple_of(2) {
        return html! { (text) };
    }
    html! {
        @for (index, part) in parts.into_iter().enumerate() {
            @if index % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// The SHA-256 of a file, in hexadecimal digits.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The source of a policy of a page: the hash of what it lets run.
fn hash(text: &str) -> String {
    format!("sha256-{}", base64(&Sha256::digest(text.as_bytes())))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for digit in 0..4 {
            let value = (bits >> (18 - 6 * digit)) as usize & 63;
            out.push(if digit <= chunk.len() { char::from(DIGITS[value]) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_as_everybody_writes_it() {
        for (bytes, wanted) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(bytes.as_bytes()), wanted);
        }
    }

    #[test]
    fn long_numbers_are_parted() {
        let all = [0, 999, 1000, 12_345, 1_234_567].map(number);
        assert_eq!(all, ["0", "999", "1,000", "12,345", "1,234,567"]);
        assert_eq!((counted(1, "finding"), counted(2000, "finding")), ("1 finding".into(), "2,000 findings".into()));
    }

    #[test]
    fn names_in_a_message_are_code_unless_they_hold_backticks() {
        assert_eq!(message("`a` <b>").into_string(), "<code>a</code> &lt;b&gt;");
        assert_eq!(message("`a`` <b>").into_string(), "`a`` &lt;b&gt;");
    }
}
