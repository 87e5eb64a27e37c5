//! Paths to facts: every file opened, decoded and read, side by side where it pays, joined in path order.

use std::collections::BTreeSet;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::diagnostic::{Diagnostic, Label, Notice, Report, RuleId, Severity, noticed};
use crate::inventory::{Collector, DEFAULT_ROWS, Facts, FileFact, settle_collections};
use crate::paths::identity;
use crate::read::{self, Answer, Input, Sink, Take, Walked};
use crate::record::{Kind, Property};
use crate::remedy::{Fix, FixKind};
use crate::source::{Changed, Contents, FileId, SourceFile, Sources, to_u32};

/// What to read, and for whom.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The organizations; the list of one where the policy names none.
    pub organizations: Vec<Organization>,
    /// Files that are no exports, wherever they are met: the policy, and what stands beside it.
    pub aside: Vec<PathBuf>,
    /// How many threads; `None` lets the size decide.
    pub jobs: Option<usize>,
}

/// What to read of one organization. Its objects are never joined with another's.
#[derive(Clone, Debug, Default)]
pub struct Organization {
    /// How the policy calls it.
    pub name: Option<String>,
    /// Files and folders.
    pub paths: Vec<String>,
    /// Accounts of which the caller asserts that these files hold all that they can run.
    pub entries_of: Vec<(String, Vec<String>)>,
}

impl Wanted {
    /// The exports of one organization.
    #[must_use]
    pub fn one(paths: Vec<String>) -> Self {
        Self { organizations: vec![Organization { paths, ..Organization::default() }], ..Self::default() }
    }
}

/// The inputs of a run, opened.
#[derive(Debug, Default)]
pub struct Opened {
    inputs: Vec<(Input, io::Result<Contents>)>,
    /// For each input, whose it is.
    belongs: Vec<Owner>,
    /// The organizations by name, each with its asserted accounts.
    organizations: Vec<(Option<String>, Vec<String>)>,
    /// The paths that the inputs were found by, patterns expanded.
    given: Vec<String>,
    jobs: Option<usize>,
    /// How many files and bytes of them were read.
    read: (AtomicU64, AtomicU64),
}

/// How much of the inputs was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Files that were read.
    pub files: u64,
    /// All files.
    pub files_all: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The bytes of all.
    pub bytes_all: u64,
}

/// To whom an input belongs.
#[derive(Clone, Copy, Debug)]
struct Owner {
    organization: usize,
    /// One of its asserted accounts; `None` for the organization itself.
    account: Option<usize>,
}

/// The inputs of a run, read.
#[derive(Debug, Default)]
pub struct Loaded<'b> {
    /// The files, in order.
    pub sources: Sources<'b>,
    /// The organizations, as they were wanted.
    pub organizations: Vec<Stated>,
    /// What became of each file.
    pub outcomes: Vec<Outcome>,
    /// The given paths that could not be read or hold nothing we know.
    pub useless: Vec<Useless>,
}

/// What the files of one organization state.
#[derive(Debug, Default)]
pub struct Stated {
    /// How the policy calls it.
    pub name: Option<String>,
    /// Its own.
    pub own: Facts,
    /// Those of each asserted account.
    pub asserted: Vec<(String, Facts)>,
    /// What reading noticed.
    pub report: Report,
}

/// A path that the caller named in vain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Useless {
    /// The path, as given.
    pub path: String,
    /// Whether anything of it could be read.
    pub readable: bool,
}

/// What became of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The file.
    pub file: FileId,
    /// Whether it holds something that rolecall knows; `None` where the file could not be read.
    pub known: Option<bool>,
}

/// Where exports lie.
pub trait Place {
    /// The files below some paths, each folder sorted by name, hidden files and folders skipped.
    fn walk(&self, paths: &[String]) -> Walked;

    /// Opens one of them.
    ///
    /// Errors: it cannot be read.
    fn open(&self, input: &Input) -> io::Result<Contents>;

    /// Whether everything that was met on a walk can be an export.
    fn is_whole(&self) -> bool {
        true
    }
}

/// The files of this machine, and standard input.
#[derive(Clone, Copy, Debug)]
pub struct Disk;

impl Place for Disk {
    fn walk(&self, paths: &[String]) -> Walked {
        read::walk(paths)
    }

    #[allow(unsafe_code)]
    fn open(&self, input: &Input) -> io::Result<Contents> {
        match &input.path {
            // SAFETY: exports are written once and read afterwards, which who runs rolecall on files as large as that
            // sees to. What does not keep to it is found afterwards, by `is_as_opened`, as far as that can be.
            Some(path) => unsafe { Contents::open_or_map(path) },
            None => Contents::read(io::stdin().lock()),
        }
    }
}

/// Finds and opens the inputs. What cannot be opened is kept with its error.
#[must_use]
pub fn open(wanted: &Wanted) -> Opened {
    open_in(wanted, &Disk)
}

/// The same, of files that lie somewhere else.
#[must_use]
pub fn open_in(wanted: &Wanted, place: &dyn Place) -> Opened {
    let mut opened = Opened { jobs: wanted.jobs, ..Opened::default() };
    let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
    for (organization, it) in wanted.organizations.iter().enumerate() {
        for (index, (_, paths)) in it.entries_of.iter().enumerate() {
            let walked = place.walk(paths);
            for input in walked.inputs {
                seen.insert(input.real.clone());
                opened.add(input, Owner { organization, account: Some(index) }, place);
            }
            opened.given.extend(walked.given);
        }
        let accounts = it.entries_of.iter().map(|(account, _)| account.clone()).collect();
        opened.organizations.push((it.name.clone(), accounts));
    }
    // A file that was given for an account is asserted; it is not also the organization's.
    seen.extend(wanted.aside.iter().map(|path| identity(path)));
    for (organization, it) in wanted.organizations.iter().enumerate() {
        let walked = place.walk(&it.paths);
        for input in walked.inputs.into_iter().filter(|input| !seen.contains(&input.real)) {
            opened.add(input, Owner { organization, account: None }, place);
        }
        opened.given.extend(walked.given);
    }
    opened.sort();
    opened
}

impl Opened {
    /// How many organizations are read.
    #[must_use]
    pub fn organization_count(&self) -> usize {
        self.organizations.len()
    }

    /// The files that could be opened, as reports show them, with their bytes.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.inputs.iter().filter_map(|(input, contents)| Some((input.shown.as_str(), contents.as_ref().ok()?.bytes())))
    }

    /// How much was read so far.
    #[must_use]
    pub fn share(&self) -> Share {
        let (files, bytes) = &self.read;
        Share {
            files: files.load(Ordering::Relaxed),
            files_all: self.inputs.len() as u64,
            bytes: bytes.load(Ordering::Relaxed),
            bytes_all: self.files().map(|(_, bytes)| bytes.len() as u64).sum(),
        }
    }

    /// The files, by what all ways to write their paths have in common.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.inputs.iter().map(|(input, _)| input.real.as_path())
    }

    /// Adds an input of the paths that `given` will be extended by.
    fn add(&mut self, mut input: Input, belongs: Owner, place: &dyn Place) {
        input.given += self.given.len();
        let contents = match input.error.take() {
            Some(error) => Err(error),
            None => place.open(&input),
        };
        self.inputs.push((input, contents));
        self.belongs.push(belongs);
    }

    /// Sorts the inputs by path, so that the order in which they are named changes no report.
    fn sort(&mut self) {
        let belongs = std::mem::take(&mut self.belongs);
        let mut all: Vec<_> = std::mem::take(&mut self.inputs).into_iter().zip(belongs).collect();
        all.sort_by(|((left, _), _), ((right, _), _)| left.path.cmp(&right.path));
        (self.inputs, self.belongs) = all.into_iter().unzip();
    }

    /// The given paths without anything that rolecall knows. One whose files another path gave is not judged.
    fn useless(&self, outcomes: &[Outcome]) -> Vec<Useless> {
        let mut found: Vec<Option<(bool, bool)>> = vec![None; self.given.len()];
        for ((input, _), outcome) in self.inputs.iter().zip(outcomes) {
            let (known, readable) = found[input.given].get_or_insert((false, false));
            *known |= outcome.known == Some(true);
            *readable |= outcome.known.is_some();
        }
        let named = self.given.iter().zip(found);
        named
            .filter_map(|(path, found)| match found? {
                (false, readable) => Some(Useless { path: path.clone(), readable }),
                _ => None,
            })
            .collect()
    }

    /// The inputs that each thread reads, all of about the same size.
    fn ranges(&self) -> Vec<Range<usize>> {
        // Below this size, starting threads and joining their tables costs more than it saves.
        const PARALLEL_BYTES_MIN: usize = 16 << 20;
        let size = |(_, contents): &(Input, io::Result<Contents>)| contents.as_ref().map_or(0, |it| it.bytes().len());
        let sizes: Vec<usize> = self.inputs.iter().map(size).collect();
        let total: usize = sizes.iter().sum();
        let available = || std::thread::available_parallelism().map_or(1, usize::from);
        let wanted = self.jobs.unwrap_or_else(|| if total < PARALLEL_BYTES_MIN { 1 } else { available() });
        let threads = wanted.clamp(1, self.inputs.len().max(1));
        let (mut ranges, mut start, mut before) = (Vec::with_capacity(threads), 0, 0);
        for (index, size) in sizes.iter().enumerate() {
            before += size;
            // A thread ends where its share of all bytes does.
            if before * threads >= total * (ranges.len() + 1) && ranges.len() + 1 < threads {
                ranges.push(start..index + 1);
                start = index + 1;
            }
        }
        ranges.push(start..self.inputs.len());
        ranges
    }
}

/// One file, read.
struct Part<'b> {
    file: SourceFile<'b>,
    facts: Facts,
    report: Report,
    known: Option<bool>,
}

/// Reads the inputs.
#[must_use]
pub fn load(opened: &Opened) -> Loaded<'_> {
    let Read { files, mut organizations, outcomes } = read_all(opened);
    let is_given = |path: &str| opened.inputs.iter().any(|(input, _)| input.shown == path);
    for stated in &mut organizations {
        stated.own.leave_nameless_open();
        let asserted = stated.asserted.iter_mut().map(|(_, facts)| facts);
        for facts in std::iter::once(&mut stated.own).chain(asserted) {
            settle_collections(facts, is_given);
            // What a collection says is empty is an export of nothing, and no file that is none.
            for fact in facts.files.iter().filter(|fact| fact.records == 0 && fact.incomplete.is_none()) {
                stated.report.forget(noticed::NO_EXPORT, fact.file);
            }
        }
    }
    let useless = opened.useless(&outcomes);
    Loaded { sources: Sources::new(files), organizations, outcomes, useless }
}

/// What inputs that follow each other state, by organization.
struct Read<'b> {
    files: Vec<SourceFile<'b>>,
    organizations: Vec<Stated>,
    outcomes: Vec<Outcome>,
}

impl Read<'_> {
    /// Nothing yet, of each organization.
    fn new(opened: &Opened) -> Self {
        let stated = |(name, accounts): &(Option<String>, Vec<String>)| Stated {
            name: name.clone(),
            asserted: accounts.iter().map(|account| (account.clone(), Facts::default())).collect(),
            ..Stated::default()
        };
        Self {
            files: Vec::new(),
            organizations: opened.organizations.iter().map(stated).collect(),
            outcomes: Vec::new(),
        }
    }

    /// Takes over what the next inputs state.
    fn absorb(&mut self, other: Self) {
        self.files.extend(other.files);
        self.outcomes.extend(other.outcomes);
        for (known, next) in self.organizations.iter_mut().zip(other.organizations) {
            known.own.absorb(next.own);
            for ((_, known), (_, next)) in known.asserted.iter_mut().zip(next.asserted) {
                known.absorb(next);
            }
            known.report.append(next.report);
        }
    }
}

/// Reads all inputs, by several threads where that pays. Each thread reads inputs that follow each other, with the names
/// of those before, so that names are learnt once a thread; numbers of symbols do not depend on how many there are.
fn read_all(opened: &Opened) -> Read<'_> {
    let ranges = opened.ranges();
    std::thread::scope(|scope| {
        let (first, others) = ranges.split_first().expect("there is a range, if only an empty one");
        let others: Vec<_> = others.iter().map(|range| scope.spawn(|| read_range(opened, range.clone()))).collect();
        let mut read = read_range(opened, first.clone());
        for other in others {
            read.absorb(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        read
    })
}

/// Reads inputs that follow each other.
fn read_range(opened: &Opened, range: Range<usize>) -> Read<'_> {
    let mut read = Read::new(opened);
    for index in range {
        let owner = opened.belongs[index];
        let stated = &mut read.organizations[owner.organization];
        let facts = match owner.account {
            None => &mut stated.own,
            Some(account) => &mut stated.asserted[account].1,
        };
        let part = read_input(opened, index, facts.lend());
        opened.read.0.fetch_add(1, Ordering::Relaxed);
        facts.absorb(part.facts);
        stated.report.append(part.report);
        read.outcomes.push(Outcome { file: part.file.id, known: part.known });
        read.files.push(part.file);
    }
    read
}

/// Reads one input. `facts` holds the names of the inputs before it, or nothing.
fn read_input(opened: &Opened, index: usize, facts: Facts) -> Part<'_> {
    let (input, contents) = &opened.inputs[index];
    let id = FileId(to_u32(index));
    let contents = match contents {
        Ok(contents) => contents,
        Err(error) if error.get_ref().is_some_and(|error| error.is::<Changed>()) => return changed(input, id, facts),
        Err(error) => {
            let part = unreadable(input, id, &error.to_string(), facts);
            // A folder without files and a pipe hold no rows; of a path that is named it is an error.
            return if error.kind() == std::io::ErrorKind::Other || input.named { part } else { part.losing_rows() };
        }
    };
    let part = match SourceFile::decode(id, input.shown.clone(), contents.bytes()) {
        Ok(file) => read_file(file, facts, contents.bytes().len(), &opened.read.1),
        Err(_) => {
            return unreadable(input, id, "it holds more than four gibibytes of text", facts).losing_rows();
        }
    };
    if contents.is_as_opened() { part } else { changed(input, id, Facts::default()) }
}

/// A file without text, of which is said that it cannot be read and why.
fn unreadable<'b>(input: &Input, id: FileId, why: &str, facts: Facts) -> Part<'b> {
    let help = "name files that are there and may be read, or their folder: `rolecall check FOLDER`";
    unread(noticed::UNREADABLE_INPUT, input, id, why, help, facts)
}

/// A file without text, of which is said that it became another one: its rows may be any.
fn changed<'b>(input: &Input, id: FileId, mut facts: Facts) -> Part<'b> {
    let help = "wait until the export is written, and run this again";
    let part = unread(noticed::CHANGED_WHILE_READ, input, id, &Changed.to_string(), help, Facts::default());
    facts.lost.push((noticed::CHANGED_WHILE_READ, part.file.span()));
    Part { facts, ..part }
}

impl Part<'_> {
    /// The same, where rows of any kind may be in the file.
    fn losing_rows(mut self) -> Self {
        self.facts.lost.push((noticed::UNREADABLE_INPUT, self.file.span()));
        self
    }
}

fn unread<'b>(rule: RuleId, input: &Input, id: FileId, why: &str, help: &str, facts: Facts) -> Part<'b> {
    let file = SourceFile::empty(id, input.shown.clone());
    let message = format!("`{}` cannot be read: {why}", input.shown);
    let mut diagnostic = Diagnostic::at(rule, message, Label::new(file.span(), ""));
    if input.named {
        diagnostic.severity = Severity::Error;
    }
    diagnostic.fixes.push(Fix::words(FixKind::Export, help));
    diagnostic.subject.noticed = Some(input.shown.clone());
    let mut report = Report::default();
    report.say(diagnostic);
    Part { file, facts, report, known: None }
}

/// Reads one file of so many bytes, and counts those that it has come past.
fn read_file<'b>(file: SourceFile<'b>, facts: Facts, bytes: usize, count: &AtomicU64) -> Part<'b> {
    let mut report = Report::default();
    let collector = Collector::new(&file, facts);
    let mut counting = Counting { collector, count, past: 0 };
    let mut sink = Sink::new(&mut report, &mut counting);
    read::read(&file, &mut sink);
    let has_answers = sink.answers > 0;
    let Counting { mut collector, past, .. } = counting;
    count.fetch_add((bytes as u64).saturating_sub(past), Ordering::Relaxed);
    if let Some((first, count)) = collector.lossy {
        report.notice_times(noticed::LOSSY_ENCODING, first, "?", count);
    }
    for (column, at) in std::mem::take(&mut collector.unread) {
        report.notice(noticed::UNREAD_COLUMN, at, &column);
    }
    let mut facts = collector.finish();
    facts.manifests.extend(read::manifest(&file));
    facts.transcripts.extend(read::transcript_day(&file));
    note_what_is_not_whole(&mut facts, &report, file.text());
    let has_records = facts.files.iter().any(|fact| fact.kind != Kind::Unknown && fact.records > 0);
    let of_nothing = report.notices().any(is_export_of_nothing);
    Part { file, facts, report, known: Some(has_records || of_nothing || has_answers) }
}

/// Takes what is read of a file, and counts the bytes that reading has come past.
struct Counting<'c> {
    collector: Collector,
    count: &'c AtomicU64,
    past: u64,
}

impl Take for Counting<'_> {
    fn record(&mut self, record: &crate::record::Record<'_>) {
        /// Whoever watches sees no smaller steps.
        const STEP: u64 = 1 << 20;
        let end = u64::from(record.at.end);
        if end >= self.past + STEP {
            self.count.fetch_add(end - self.past, Ordering::Relaxed);
            self.past = end;
        }
        self.collector.take(record);
    }

    fn answer(&mut self, answer: &Answer<'_>) {
        self.collector.answer(answer);
    }
}

/// Whether a reader noticed a heading without rows or an empty list: whoever exported it found nothing.
fn is_export_of_nothing(notice: &Notice) -> bool {
    notice.rule == noticed::NO_EXPORT && matches!(notice.about.as_str(), "heading" | "list")
}

/// Whether a text is no more than the heading of a table, and perhaps a part of the line below it.
fn is_start_of_table(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let is_known = |word: &&str| Property::named(word) != Property::Other;
    let is_heading = |line: &str| line.split_whitespace().filter(is_known).count() > 1;
    let is_underline = |line: &str| line.bytes().all(|byte| matches!(byte, b'-' | b' '));
    lines.next().is_some_and(is_heading) && lines.next().is_none_or(is_underline) && lines.next().is_none()
}

/// What a reader noticed that leaves rows missing.
fn note_what_is_not_whole(facts: &mut Facts, report: &Report, text: &str) {
    /// Shorter than the root of any CLIXML file, and than most headings.
    const STUB_BYTES_MAX: usize = 80;
    let find = |rule| report.notices().find(|notice| notice.rule == rule).map(|notice| notice.first);
    if let Some(at) = find(noticed::UNSAFE_COLUMNS) {
        facts.lost.push((noticed::UNSAFE_COLUMNS, at));
    }
    // A file may also end between two records, or in its header: then no record shows that one is missing.
    if let Some(at) = find(noticed::CUT_RECORD) {
        facts.lost.push((noticed::CUT_RECORD, at));
    }
    // A few letters without a line end are what is left of a file whose writing was interrupted.
    let is_stub = || {
        !text.ends_with('\n')
            && ((1..=STUB_BYTES_MAX).contains(&text.len()) || is_start_of_table(text))
            && !report.notices().any(is_export_of_nothing)
    };
    if let Some(at) = find(noticed::NO_EXPORT).filter(|_| is_stub()) {
        facts.lost.push((noticed::CUT_RECORD, at));
    }
    if let Some(at) = find(noticed::UNRECOGNISED_INPUT) {
        facts.lost.push((noticed::UNRECOGNISED_INPUT, at));
    }
    let more = find(noticed::MORE_RESULTS);
    let is_at_default = |fact: &FileFact| fact.kind == Kind::RoleGroupMember && fact.records == DEFAULT_ROWS;
    let of_one_group = facts.files.iter().any(is_at_default) && !facts.capped_members().is_empty();
    for fact in &mut facts.files {
        let by_default = !matches!(
            fact.kind,
            Kind::Role
                | Kind::RoleAssignment
                | Kind::RoleAssignmentPolicy
                | Kind::ManagementScope
                | Kind::ExchangeServer
                | Kind::MailboxDatabase
                | Kind::Unknown
        );
        // Where all rows of the file are one group's, it is known that only this group may have more.
        let is_capped =
            by_default && fact.records == DEFAULT_ROWS && !(fact.kind == Kind::RoleGroupMember && of_one_group);
        fact.capped = more.or(is_capped.then_some(fact.first));
    }
}
