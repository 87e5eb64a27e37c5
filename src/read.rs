//! Text to records: what shape a file has, and one file per shape below.
//!
//! A reader hands each record to the sink as soon as it is whole, and what it noticed to the sink's report. It never
//! fails: one bad record costs that record, and it is said. A file is one of three things: one JSON or CLIXML document
//! (or several in a row), one CSV table, or what a console shows, in which lists, tables and the others are blocks.

/// Names the shapes, each a module with a `READER`, in the order in which they are looked for.
macro_rules! shapes {
    ($($name:ident),+ $(,)?) => {
        $(mod $name;)+

        const READERS: &[shape::Reader] = &[$($name::READER),+];
    };
}

shapes! {
    strings,
    json,
    clixml,
    table,
    list,
    csv,
}

mod clean;
mod foreign;
mod foretold;
mod joined;
mod manifest;
mod session;
mod shape;
#[cfg(test)]
mod testing;
mod transcript;
mod types;
mod view;
mod walk;

use std::borrow::Cow;

use crate::diagnostic::{Report, RuleId, noticed};
use crate::record::{Field, Kind, Property, Record, Shape, Value};
use crate::source::{EncodingNotice, SourceFile, Span};

pub use manifest::{Call, Manifest, manifest};
pub use strings::{EntryText, entry_of};
pub use transcript::transcript_day;
pub use view::View;
pub use walk::{Input, Walked, walk};

/// What stands above a block of console text.
#[derive(Clone, Copy, Debug, Default)]
struct Context<'t> {
    /// The command line whose output the block is, as typed, without its prompt.
    command: Option<&'t str>,
    /// The `-GroupBy` line above.
    group: Option<Group<'t>>,
}

/// What a `-GroupBy` line says.
#[derive(Clone, Copy, Debug)]
struct Group<'t> {
    label: &'t str,
    value: &'t str,
    /// Where the value stands.
    at: Span,
}

/// Takes what a reader finds.
pub trait Take {
    /// Takes a record.
    fn record(&mut self, record: &Record<'_>);

    /// Takes an answer without rows.
    fn answer(&mut self, _answer: &Answer<'_>) {}
}

impl<F: FnMut(&Record<'_>)> Take for F {
    fn record(&mut self, record: &Record<'_>) {
        self(record);
    }
}

/// What a command answered that shows no rows: that there are none, or no such object.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'t> {
    /// The command as typed, without its prompt.
    pub command: &'t str,
    /// Whether the object that it names was found.
    pub found: bool,
    /// Where the command stands.
    pub at: Span,
}

/// Where records and notices go.
pub struct Sink<'a> {
    take: &'a mut dyn Take,
    /// What reading noticed in this file.
    pub report: &'a mut Report,
    ledger: Option<&'a mut Ledger>,
    /// How many records were handed on.
    pub records: u64,
    /// How many answers without rows.
    pub answers: u64,
    /// The first number that no records of this file share: blocks that lie in one file number what repeats in turn.
    /// Where none is left, nothing is foretold.
    unshared: u32,
}

impl<'a> Sink<'a> {
    /// A sink without a ledger.
    pub fn new(report: &'a mut Report, take: &'a mut dyn Take) -> Self {
        Self { take, report, ledger: None, records: 0, answers: 0, unshared: 0 }
    }

    /// Also accounts for every byte of the input.
    #[must_use]
    pub fn with_ledger(mut self, ledger: &'a mut Ledger) -> Self {
        self.ledger = Some(ledger);
        self
    }

    /// Reads every record for itself, whatever stood before.
    #[cfg(fuzzing)]
    #[must_use]
    pub fn without_foretelling(self) -> Self {
        Self { unshared: u32::MAX, ..self }
    }

    /// Whether records may be foretold by those before.
    fn foretells(&self) -> bool {
        self.unshared != u32::MAX
    }

    /// Hands on a record.
    pub fn record(&mut self, record: &Record<'_>) {
        if record.kind == Kind::RoleGroup && is_assignment_policy(record) {
            return self.record(&Record { kind: Kind::RoleAssignmentPolicy, ..record.clone() });
        }
        self.records += 1;
        if let Some(number) = record.repeats {
            self.unshared = self.unshared.max(number + 1);
        }
        self.claim(record.at, Claim::Record);
        self.take.record(record);
    }

    /// Hands on an answer without rows.
    pub fn answer(&mut self, answer: &Answer<'_>) {
        self.answers += 1;
        self.take.answer(answer);
    }

    /// Says that a part of the input is decoration: a header, a prompt, a frame. Blank lines need no word.
    pub fn decoration(&mut self, at: Span) {
        self.claim(at, Claim::Decoration);
    }

    /// Notes something about a part of the input which no record holds.
    pub fn reported(&mut self, rule: RuleId, at: Span, about: &str) {
        self.claim(at, Claim::Reported);
        self.report.notice(rule, at, about);
    }

    /// Notes something about a record or a value in it.
    pub fn notice(&mut self, rule: RuleId, at: Span, about: &str) {
        self.report.notice(rule, at, about);
    }

    fn claim(&mut self, at: Span, claim: Claim) {
        if let Some(ledger) = &mut self.ledger {
            ledger.claims.push((at.start, at.end, claim));
        }
    }
}

/// Whether what has the roles of a role group, and nothing else of one, is a role assignment policy: these alone give the
/// roles of end users, whose names begin alike.
fn is_assignment_policy(record: &Record<'_>) -> bool {
    use Property as P;
    let is_either = |field: &Field<'_>| {
        matches!(field.property, P::Name | P::Identity | P::AssignedRoles | P::RoleAssignments | P::Guid | P::Other)
    };
    let is_own = |role: &str| role.trim_start_matches('{').starts_with("My");
    let roles = record.value(P::AssignedRoles).or_else(|| record.value(P::RoleAssignments));
    let own = match roles {
        Some(Value::Text(text, _)) => is_own(text),
        Some(Value::List(list)) => list.items().items.first().is_some_and(|role| is_own(role)) || is_own(list.raw),
        _ => false,
    };
    own && record.command.is_none() && record.fields.iter().all(is_either)
}

/// What became of a part of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claim {
    /// It is in a record.
    Record,
    /// It is a header, a prompt, a frame.
    Decoration,
    /// It was reported as not understood.
    Reported,
}

/// The account of one file: every line is in a record, recognised decoration, reported, or blank.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    claims: Vec<(u32, u32, Claim)>,
}

/// The lines of one file by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// All lines.
    pub lines: u32,
    /// Lines in records.
    pub records: u32,
    /// Decoration.
    pub decoration: u32,
    /// Reported as not understood.
    pub reported: u32,
    /// Nothing but blanks.
    pub blank: u32,
    /// None of these: a mistake of rolecall's.
    pub lost: u32,
    /// The first lost line.
    pub first_lost: Option<u32>,
}

impl Ledger {
    /// Counts the lines of `file` by their claims. A line with several counts as the first of record, decoration, report.
    #[must_use]
    pub fn balance(&self, file: &SourceFile<'_>) -> Balance {
        let mut balance = Balance { lines: file.line_count(), ..Balance::default() };
        let mut best: Vec<Option<Claim>> = vec![None; balance.lines as usize];
        for &(start, end, claim) in &self.claims {
            let last = file.line(end.saturating_sub(1).max(start));
            for line in file.line(start)..=last {
                if let Some(slot) = best.get_mut(line as usize - 1) {
                    *slot = Some(slot.map_or(claim, |known| known.min(claim)));
                }
            }
        }
        for ((line, text), claim) in (1..).zip(file.text().split('\n')).zip(best) {
            match claim {
                Some(Claim::Record) => balance.records += 1,
                Some(Claim::Decoration) => balance.decoration += 1,
                Some(Claim::Reported) => balance.reported += 1,
                None if text.chars().all(char::is_whitespace) => balance.blank += 1,
                None => {
                    balance.lost += 1;
                    balance.first_lost.get_or_insert(line);
                }
            }
        }
        balance
    }
}

/// The shapes that are read.
pub fn shapes() -> impl Iterator<Item = Shape> {
    READERS.iter().map(|reader| reader.shape)
}

/// Reads one file, whatever its shape.
///
/// Errors: none. What cannot be read is noticed in the sink's report, and reading goes on behind it.
pub fn read(file: &SourceFile<'_>, sink: &mut Sink<'_>) {
    notice_encoding(file, sink);
    let view = View::new(file);
    let view = clean::with_line_feeds(&view).unwrap_or(view);
    view::notice_hidden_characters(file, sink);
    view::notice_recoded(file, sink);
    if manifest::looks_like(view.text()) {
        // It says what other files hold, and holds no record.
        sink.decoration(file.span());
        return;
    }
    let form = if foreign::is_desired_state(view.text()) {
        Some(Cow::Borrowed(foreign::DESIRED_STATE))
    } else {
        foreign::form_of(view.text())
    };
    if let Some(form) = form {
        sink.reported(noticed::NO_EXPORT, file.span(), &form);
        return;
    }
    let end = READERS.iter().find_map(|reader| (reader.file)(&view, sink));
    session::read(&view, end.unwrap_or(0), sink);
    if sink.records + sink.answers == 0 && sink.report.notices().next().is_none() {
        let mut visible = file.text().chars().filter(|char| !char.is_whitespace());
        let about = match (visible.next(), visible.next(), visible.next()) {
            (None, ..) => "empty",
            (Some('['), Some(']'), None) => "list",
            _ => "text",
        };
        sink.reported(noticed::NO_EXPORT, file.span(), about);
    }
}

fn notice_encoding(file: &SourceFile<'_>, sink: &mut Sink<'_>) {
    for notice in &file.notices {
        let (rule, offset, about) = match *notice {
            EncodingNotice::Assumed(offset) => (noticed::ASSUMED_ENCODING, offset, "Windows-1252"),
            EncodingNotice::Changes(offset) => (noticed::ASSUMED_ENCODING, offset, "changes"),
            EncodingNotice::Unmarked => (noticed::ASSUMED_ENCODING, 0, file.encoding.name()),
            EncodingNotice::Replaced(offset) => (noticed::LOSSY_ENCODING, offset, "U+FFFD"),
            EncodingNotice::Binary(form) => (noticed::NO_EXPORT, 0, form),
        };
        sink.notice(rule, Span { file: file.id, start: offset, end: offset }, about);
    }
}
