//! What is said, where, and in what order: `Diagnostic`, `Label`, `Severity`, `RuleId`, `Report`.

mod cause;
mod fingerprint;

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::remedy::Fix;
use crate::source::{FileId, Span};

pub use cause::{Cause, causes};
pub use fingerprint::{digest, fingerprint, number};

/// A rule, or something that reading notices: its name, its kind, and how much its diagnostics weigh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId {
    /// The name, which reads well after "allow".
    pub name: &'static str,
    /// What finds it.
    pub kind: RuleKind,
    /// How much its diagnostics weigh where nothing says otherwise.
    pub level: Severity,
}

/// What finds the diagnostics of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleKind {
    /// A table of the policy.
    Requirement,
    /// A check of its own.
    BuiltIn,
    /// An answer that depends on what no export shows; its name is that of the gap.
    Gap,
    /// Reading.
    Reading,
    /// The policy itself, in which something is wrong.
    Mistake,
    /// What was accepted: a waiver, an assertion, a baseline.
    Waiver,
}

impl RuleId {
    /// A rule that a table of the policy asks for.
    #[must_use]
    pub const fn requirement(name: &'static str, level: Severity) -> Self {
        Self { name, kind: RuleKind::Requirement, level }
    }

    /// A rule with a check of its own.
    #[must_use]
    pub const fn built_in(name: &'static str, level: Severity) -> Self {
        Self { name, kind: RuleKind::BuiltIn, level }
    }

    /// Why an answer is unknown.
    #[must_use]
    pub const fn gap(name: &'static str) -> Self {
        Self { name, kind: RuleKind::Gap, level: Severity::Note }
    }

    /// What reading notices.
    #[must_use]
    pub const fn reading(name: &'static str) -> Self {
        Self { name, kind: RuleKind::Reading, level: Severity::Note }
    }

    /// A mistake in the policy.
    #[must_use]
    pub const fn mistake(name: &'static str, level: Severity) -> Self {
        Self { name, kind: RuleKind::Mistake, level }
    }

    /// What there is to say of something that was accepted.
    #[must_use]
    pub const fn waiver(name: &'static str, level: Severity) -> Self {
        Self { name, kind: RuleKind::Waiver, level }
    }
}

/// How much a diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; never fails a run.
    Note,
    /// Fails a run by default.
    Warning,
    /// Fails every run.
    Error,
}

impl Severity {
    /// The word that reports show.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// The level that a policy gives a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Its diagnostics are not shown.
    Off,
    /// Its diagnostics weigh this much.
    At(Severity),
}

/// Which built-in rules run. Each preset holds those before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Preset {
    /// What an expert would want to see; nothing above a note on an untouched organization.
    #[default]
    Default,
    /// What an untouched organization has, too.
    Strict,
    /// Everything, also what few have the exports for.
    All,
}

impl Preset {
    /// The word that policies and reports show.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Strict => "strict",
            Self::All => "all",
        }
    }
}

/// What reading notices. Each has a page as rules have, but no check of its own.
pub mod noticed {
    use super::RuleId;

    /// A value was cut by the width of a column or a line.
    pub const CUT_VALUE: RuleId = RuleId::reading("cut-value");
    /// A list ends in an ellipsis.
    pub const CUT_LIST: RuleId = RuleId::reading("cut-list");
    /// A list was written as the name of its type.
    pub const FLATTENED_LIST: RuleId = RuleId::reading("flattened-list");
    /// A list was joined by blanks, and its items hold blanks.
    pub const BLANK_JOINED_LIST: RuleId = RuleId::reading("blank-joined-list");
    /// Ends what is said of such a list where signs stand between its items.
    pub const BY_SIGNS: &str = " by signs";
    /// A record ends where the file ends, in the middle.
    pub const CUT_RECORD: RuleId = RuleId::reading("cut-record");
    /// Text that is no record, no decoration and no shape we know.
    pub const UNRECOGNISED_INPUT: RuleId = RuleId::reading("unrecognised-input");
    /// Two columns of a table have one name.
    pub const REPEATED_COLUMN: RuleId = RuleId::reading("repeated-column");
    /// A column that says who or what, in records that are not read for it.
    pub const UNREAD_COLUMN: RuleId = RuleId::reading("unread-column");
    /// Records of an object that rolecall does not know.
    pub const UNKNOWN_OBJECT: RuleId = RuleId::reading("unknown-object");
    /// A table whose columns cannot be told apart.
    pub const UNSAFE_COLUMNS: RuleId = RuleId::reading("unsafe-columns");
    /// Control or bidirectional characters.
    pub const HIDDEN_CHARACTERS: RuleId = RuleId::reading("hidden-characters");
    /// Neither a byte order mark nor valid UTF-8.
    pub const ASSUMED_ENCODING: RuleId = RuleId::reading("assumed-encoding");
    /// The shell said that there are more results than it printed.
    pub const MORE_RESULTS: RuleId = RuleId::reading("more-results");
    /// The shell printed an error where rows would be.
    pub const FAILED_COMMAND: RuleId = RuleId::reading("failed-command");
    /// An enumeration was written as a number whose meaning no source gives.
    pub const UNKNOWN_NUMBER: RuleId = RuleId::reading("unknown-number");
    /// There is a `?` where a letter was.
    pub const LOSSY_ENCODING: RuleId = RuleId::reading("lossy-encoding");
    /// A file or folder could not be read.
    pub const UNREADABLE_INPUT: RuleId = RuleId::reading("unreadable-input");
    /// A file became another one while it was read.
    pub const CHANGED_WHILE_READ: RuleId = RuleId::reading("changed-while-read");
    /// A file holds nothing that rolecall knows.
    pub const NO_EXPORT: RuleId = RuleId::reading("no-export");
}

/// A marked part of a file, with a few words next to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where. An empty span at the start of a file speaks of the file.
    pub span: Span,
    /// The words next to the mark; may be empty.
    pub text: String,
    /// Which hop it shows of the way from an account to what it can run; `None` where it shows something else.
    pub hop: Option<Hop>,
}

impl Label {
    /// A label.
    #[must_use]
    pub fn new(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into(), hop: None }
    }

    /// The label of a hop.
    #[must_use]
    pub fn of(hop: Hop, span: Span, text: impl Into<String>) -> Self {
        Self { hop: Some(hop), ..Self::new(span, text) }
    }
}

/// One hop of the way from an account to what it can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hop {
    /// It is a member of a group.
    Member,
    /// Its mailbox has a role assignment policy.
    Policy,
    /// The assignment, or where the caller asserts one.
    Assignment,
    /// The role entry.
    Entry,
}

impl Hop {
    /// How JSON and SARIF call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Policy => "policy",
            Self::Assignment => "assignment",
            Self::Entry => "entry",
        }
    }
}

/// Why something is unknown, in a word, and of what object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GapRef {
    /// A word such as `opaque-group`.
    pub code: &'static str,
    /// The object, as it is shown.
    pub object: String,
}

/// What a diagnostic speaks of. Everything that is not known or does not apply is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The account.
    pub account: Option<String>,
    /// The accounts, where there are several.
    pub accounts: Vec<String>,
    /// The cmdlet.
    pub cmdlet: Option<String>,
    /// The cmdlets, where there are several.
    pub cmdlets: Vec<String>,
    /// The parameters.
    pub parameters: Vec<String>,
    /// The role.
    pub role: Option<String>,
    /// The assignment.
    pub assignment: Option<String>,
    /// The group.
    pub group: Option<String>,
    /// The scope.
    pub scope: Option<String>,
    /// The requirement.
    pub requirement: Option<String>,
    /// Why it is unknown.
    pub gap: Option<GapRef>,
    /// The organization, where the policy names any. A waiver and a baseline tell by it whose the finding is.
    pub organization: Option<String>,
    /// Whether there are others, so that a report says whose the finding is.
    pub among_several: bool,
    /// For what reading noticed: the object's kind and name, or the path. Only the fingerprint shows it.
    pub noticed: Option<String>,
    /// How many findings before it speak of the very same, so that no two of a run have one fingerprint.
    pub repeated: u32,
}

/// One thing said about one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule.
    pub rule: RuleId,
    /// Its weight.
    pub severity: Severity,
    /// One lower-case line without a final period; text from outside is in backticks.
    pub message: String,
    /// What ends it; the first is the advised one.
    pub fixes: Vec<Fix>,
    /// What it speaks of.
    pub subject: Subject,
    /// The places; the first is the primary one.
    pub labels: Vec<Label>,
    /// The waiver that accepts it.
    pub waived: Option<Waived>,
}

/// Why a finding is accepted, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waived {
    /// Why.
    pub reason: String,
    /// The last day on which it is, as written: `2026-12-31`. `None` for what a baseline holds.
    pub expires: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Where the waiver is.
    pub at: Span,
}

impl Diagnostic {
    /// Whether it is a mistake in the policy for which nothing else counts.
    #[must_use]
    pub fn breaks_policy(&self) -> bool {
        self.rule.kind == RuleKind::Mistake && self.severity == Severity::Error && self.waived.is_none()
    }

    /// A diagnostic at one place, which weighs as much as its rule says.
    #[must_use]
    pub fn at(rule: RuleId, message: impl Into<String>, label: Label) -> Self {
        Self {
            rule,
            severity: rule.level,
            message: message.into(),
            fixes: Vec::new(),
            subject: Subject::default(),
            labels: vec![label],
            waived: None,
        }
    }

    /// The message, with the organization where there are several: what a report shows.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match self.subject.organization.as_ref().filter(|_| self.subject.among_several) {
            Some(name) => Cow::Owned(format!("in `{name}`, {}", self.message)),
            None => Cow::Borrowed(&self.message),
        }
    }

    /// The canonical order: by file, place, rule; what has no place comes first.
    fn sorting_key(&self) -> impl Ord + '_ {
        let place = self.labels.first().map(|label| (label.span.file, label.span.start, label.span.end));
        let subject = &self.subject;
        (
            place,
            self.rule,
            &subject.account,
            &subject.cmdlet,
            &subject.parameters,
            &subject.requirement,
            &subject.gap,
            &subject.organization,
            &self.message,
        )
    }
}

/// Something reading noticed, perhaps many times: the first place and the count are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What was noticed.
    pub rule: RuleId,
    /// Of what: a property, an object, or a few words of the reader's.
    pub about: String,
    /// The first place.
    pub first: Span,
    /// How often.
    pub count: u64,
}

/// What reading and judging say.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The diagnostics, in the order they were found until `sort`.
    pub diagnostics: Vec<Diagnostic>,
    /// By file and rule, then by what they are about, so that a notice that was seen before allocates nothing.
    notices: BTreeMap<(FileId, RuleId), BTreeMap<String, Notice>>,
}

impl Report {
    /// Says something.
    pub fn say(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Notes something that may happen a million times in a file; it costs one entry for each file, rule and object.
    pub fn notice(&mut self, rule: RuleId, at: Span, about: &str) {
        self.notice_times(rule, at, about, 1);
    }

    /// Notes something that was seen several times in a file, first at `at`.
    pub fn notice_times(&mut self, rule: RuleId, at: Span, about: &str, count: u64) {
        let noticed = self.notices.entry((at.file, rule)).or_default();
        match noticed.get_mut(about) {
            Some(notice) => {
                notice.count += count;
                if at.start < notice.first.start {
                    notice.first = at;
                }
            }
            None => {
                let notice = Notice { rule, about: about.to_owned(), first: at, count };
                noticed.insert(about.to_owned(), notice);
            }
        }
    }

    /// Takes back what was noticed in a file, where another file shows that it is nothing to notice.
    pub fn forget(&mut self, rule: RuleId, file: FileId) {
        self.notices.remove(&(file, rule));
    }

    /// What was noticed, in order of file, rule and object.
    pub fn notices(&self) -> impl Iterator<Item = &Notice> {
        self.notices.values().flat_map(BTreeMap::values)
    }

    /// Takes what another report says.
    pub fn append(&mut self, other: Self) {
        self.diagnostics.extend(other.diagnostics);
        for (place, notices) in other.notices {
            let known = self.notices.entry(place).or_default();
            for (about, notice) in notices {
                known.entry(about).and_modify(|known| known.count += notice.count).or_insert(notice);
            }
        }
    }

    /// Puts the diagnostics in their canonical order.
    pub fn sort(&mut self) {
        sort(&mut self.diagnostics);
    }
}

/// Puts diagnostics in their canonical order, and counts those that speak of the very same.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(|left, right| left.sorting_key().cmp(&right.sorting_key()));
    diagnostics.iter_mut().for_each(|diagnostic| diagnostic.subject.repeated = 0);
    let mut prints: Vec<(u64, usize)> = diagnostics.iter().map(number).zip(0..).collect();
    prints.sort_unstable();
    for same in prints.chunk_by(|(left, _), (right, _)| left == right) {
        for (before, (_, place)) in (0..).zip(same) {
            diagnostics[*place].subject.repeated = before;
        }
    }
}
