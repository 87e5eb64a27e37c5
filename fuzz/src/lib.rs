//! What the targets share: exports in memory, what is said of them, and what must hold of every text.

use std::io;
use std::path::PathBuf;

use rolecall::check::{Terms, check};
use rolecall::diagnostic::{Diagnostic, Report};
use rolecall::exports::{self, Organization, Place, Wanted};
use rolecall::graph::Answer;
use rolecall::policy;
use rolecall::read::{Input, Walked};
use rolecall::report::{Ending, json};
use rolecall::rules;
use rolecall::source::{Contents, FileId, SourceFile, Span};

/// What stands between the files of an input.
pub const BORDER: &[u8] = b"\n%%\n";

/// The parts of an input.
pub fn parts(mut data: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    while let Some(at) = data.windows(BORDER.len()).position(|window| window == BORDER) {
        parts.push(&data[..at]);
        data = &data[at + BORDER.len()..];
    }
    parts.push(data);
    parts
}

/// Decodes a file that is short.
pub fn decoded(bytes: &[u8]) -> SourceFile<'_> {
    SourceFile::decode(FileId(0), "x".to_owned(), bytes).expect("it is short")
}

/// A span lies in its text, and between characters.
pub fn check_span(file: &SourceFile<'_>, at: Span, what: &str) {
    let text = file.text();
    let (start, end) = (at.start as usize, at.end as usize);
    assert!(start <= end && end <= text.len(), "{what}: {at:?} of {} bytes", text.len());
    assert!(text.is_char_boundary(start) && text.is_char_boundary(end), "{what}: {at:?} cuts a character");
}

/// Exports in memory, by the paths that they are given under.
#[derive(Debug)]
pub struct InMemory<'f>(pub Vec<(String, &'f [u8])>);

impl Place for InMemory<'_> {
    fn walk(&self, paths: &[String]) -> Walked {
        let input = |(given, shown): (usize, &String)| Input {
            shown: shown.clone(),
            path: Some(PathBuf::from(shown)),
            real: PathBuf::from(shown),
            named: true,
            given,
            error: None,
        };
        Walked { given: paths.to_vec(), inputs: paths.iter().enumerate().map(input).collect() }
    }

    fn open(&self, input: &Input) -> io::Result<Contents> {
        let found = self.0.iter().find(|(path, _)| *path == input.shown);
        found.map(|(_, bytes)| Contents::from(bytes.to_vec())).ok_or_else(|| io::Error::other("there is none"))
    }
}

/// What a check says.
#[derive(Debug)]
pub struct Said {
    /// The report for programs, where it was asked for.
    pub json: String,
    /// What was found, without what names a file, sorted.
    pub findings: Vec<String>,
    /// What was answered: account, item and answer, sorted.
    pub answers: Vec<(String, String, Answer)>,
}

/// Judges exports by a policy. `paths` is the order in which they are named; `reports` asks for a report.
pub fn judged(place: &InMemory<'_>, paths: Vec<String>, jobs: usize, policy: &[u8], reports: bool) -> Said {
    let organizations = vec![Organization { paths, ..Organization::default() }];
    let wanted = Wanted { organizations, aside: Vec::new(), jobs: Some(jobs) };
    let opened = exports::open_in(&wanted, place);
    let mut loaded = exports::load(&opened);
    let mut sources = std::mem::take(&mut loaded.sources);
    let mut report = Report::default();
    let id = sources.add(|id| SourceFile::decode(id, "rolecall.toml".to_owned(), policy).expect("it is short"));
    let policy = policy::read(sources.file(id), &rules::names(), &mut report);
    policy::check_accounts(&policy, &mut report);
    policy::check_contradictions(&policy, &mut report);
    let terms = Terms { dossier: true, today: "2026-01-01".parse().ok(), ..Terms::default() };
    let mut checked = check(loaded, &sources, &policy, terms, report);
    for label in checked.diagnostics.iter().flat_map(|diagnostic| &diagnostic.labels) {
        check_span(sources.file(label.span.file), label.span, &label.text);
    }
    let mut findings: Vec<String> = checked.diagnostics.iter().map(nameless).collect();
    let summary = &checked.summary;
    findings.push(format!("{summary:?} {} {} {}", checked.mistaken, checked.undecided, checked.useless.len()));
    findings.sort();
    let mut answers = Vec::new();
    for matrix in std::mem::take(&mut checked.dossier.answers) {
        for (accounts, row) in &matrix.rows {
            for (account, (answer, (_, item))) in
                accounts.iter().flat_map(|account| row.iter().zip(&matrix.items).map(move |pair| (account, pair)))
            {
                answers.push((account.clone(), item.clone(), *answer));
            }
        }
    }
    answers.sort_by(|left, right| (&left.0, &left.1).cmp(&(&right.0, &right.1)));
    if !reports {
        return Said { json: String::new(), findings, answers };
    }
    let finished = checked.finished(&sources, &checked.diagnostics, Ending::default());
    let mut json = Vec::new();
    json::write(&mut json, &finished).expect("memory takes all");
    Said { json: String::from_utf8(json).expect("JSON is UTF-8"), findings, answers }
}

/// What a finding speaks of, without places, and without the number of a file. Exchange compares names without case, and
/// of several spellings the first is shown.
fn nameless(diagnostic: &Diagnostic) -> String {
    let Diagnostic { rule, severity, subject, waived, .. } = diagnostic;
    let mut subject = subject.clone();
    // Of what reading noticed, this is the path; and of two findings alike, either may be the second.
    (subject.noticed, subject.repeated) = (None, 0);
    for several in [&mut subject.accounts, &mut subject.cmdlets, &mut subject.parameters] {
        several.sort_by_key(|name| name.to_lowercase());
    }
    let text = format!("{} {severity:?} {} {subject:?}", rule.name, waived.is_some()).to_lowercase();
    let parts = text.split("exports/").enumerate();
    parts.map(|(at, part)| if at == 0 { part } else { part.get(3..).unwrap_or(part) }).collect()
}

/// JSON without raw control characters.
pub fn check_json(text: &str) {
    for line in text.lines() {
        let bad = line.chars().find(|char| char.is_control() && *char != '\n');
        assert!(bad.is_none(), "{bad:?} stands raw in {line}");
    }
    assert!(is_json(text), "it is no JSON: {text}");
}

/// Whether a text is JSON, told without what wrote it.
fn is_json(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    value(bytes, &mut at) && bytes[at..].iter().all(u8::is_ascii_whitespace)
}

fn blanks(bytes: &[u8], at: &mut usize) {
    while bytes.get(*at).is_some_and(u8::is_ascii_whitespace) {
        *at += 1;
    }
}

fn value(bytes: &[u8], at: &mut usize) -> bool {
    blanks(bytes, at);
    let done = match bytes.get(*at) {
        Some(b'{') => list(bytes, at, b'}', true),
        Some(b'[') => list(bytes, at, b']', false),
        Some(b'"') => string(bytes, at),
        Some(_) => {
            let start = *at;
            while bytes.get(*at).is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte)) {
                *at += 1;
            }
            let word = std::str::from_utf8(&bytes[start..*at]).unwrap_or_default();
            matches!(word, "true" | "false" | "null") || word.parse::<f64>().is_ok_and(f64::is_finite)
        }
        None => false,
    };
    blanks(bytes, at);
    done
}

fn list(bytes: &[u8], at: &mut usize, end: u8, named: bool) -> bool {
    *at += 1;
    blanks(bytes, at);
    if bytes.get(*at) == Some(&end) {
        *at += 1;
        return true;
    }
    loop {
        if named {
            blanks(bytes, at);
            if !string(bytes, at) {
                return false;
            }
            blanks(bytes, at);
            if bytes.get(*at) != Some(&b':') {
                return false;
            }
            *at += 1;
        }
        if !value(bytes, at) {
            return false;
        }
        *at += 1;
        match bytes.get(*at - 1) {
            Some(b',') => {}
            Some(byte) => return *byte == end,
            None => return false,
        }
    }
}

fn string(bytes: &[u8], at: &mut usize) -> bool {
    if bytes.get(*at) != Some(&b'"') {
        return false;
    }
    *at += 1;
    loop {
        match bytes.get(*at) {
            Some(b'"') => {
                *at += 1;
                return true;
            }
            Some(b'\\') => {
                let hex = |range: Option<&[u8]>| range.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
                match bytes.get(*at + 1) {
                    Some(b'u') if hex(bytes.get(*at + 2..*at + 6)) => *at += 6,
                    Some(byte) if b"\"\\/bfnrt".contains(byte) => *at += 2,
                    _ => return false,
                }
            }
            Some(byte) if *byte >= b' ' => *at += 1,
            _ => return false,
        }
    }
}

/// Choices, drawn from the bytes of an input until it is empty; then the first of each.
#[derive(Debug)]
pub struct Choices<'d>(pub &'d [u8]);

impl Choices<'_> {
    /// A number below `count`.
    pub fn below(&mut self, count: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(*first) % count.max(1)
    }

    /// One of several.
    pub fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// Whether, once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }
}
