//! How fast and how lean reading is, against finding the line ends of the same bytes.
//!
//! `cargo bench --bench reading` writes one organization in every shape. For each it does, in turns and each from opening
//! the files on:
//!
//! - `line ends`: finds them in all files.
//! - `read`: reads the role entries alone. This has a bar for the table that a shell prints unasked: it takes a quarter of
//!   the bytes of the same entries in CSV, so that most of a check is what the other files cost, which are CSV there.
//! - `check`: all that `rolecall check --require X --account 'svc-000*'` does, from the files to the text of the report:
//!   which of forty cmdlets are missing for these accounts, and why. This has a bar for every other shape.
//! - `all rules`: the same with every built-in rule of the default preset on the whole organization, as `--policy X` runs
//!   it. This has none: it costs what the rules find and say.
//!
//! It prints the times as multiples of those of the line ends in the same bytes. It counts what reading allocates, and
//! what the heap holds at most during `check`. The exit code says whether all bars hold. `BENCH_ENTRIES` sets how many
//! role entries there are; words behind `--` choose the shapes whose names hold one of them.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::ExitCode;

use rolecall::check::{Terms, check};
use rolecall::diagnostic::Report;
use rolecall::exports::{self, Wanted};
use rolecall::policy::{self, Policy};
use rolecall::read::{self, Sink};
use rolecall::report::{Ending, Style, human};
use rolecall::rules::accepting::levels;
use rolecall::source::{Contents, FileId, SourceFile};

#[path = "reading/clock.rs"]
mod clock;
#[path = "reading/heap.rs"]
mod heap;
#[path = "../tests/it/powershell.rs"]
mod powershell;

use clock::Moment;
use heap::Heap;
use powershell::{
    Columns, Encoding, Export, How, LargeOrganization, Layout, Quotes, Shape, Sizing, large_organization,
};

/// How often everything is done; the least time of each counts.
const ROUNDS: usize = 7;
/// Beside the entries themselves, for names, parameter lists, other objects and findings.
const HEAP_BYTES_MAX: u64 = 16_000_000;
/// Sixteen for an entry, and an eighth for growing.
const ENTRY_BYTES_MAX: u64 = 20;
/// Reading may allocate once for so many records: for what is new, not for what is read.
const RECORDS_AN_ALLOCATION: u64 = 100;

/// The accounts that must be able to run what the policy asks for.
const ACCOUNTS: &str = "svc-000*";

/// A shape to read.
struct Case {
    name: &'static str,
    /// How the role entries are written.
    how: How,
    /// How everything else is; tables lose the lists that a check needs.
    others: How,
    encoding: Encoding,
    /// The entries come through a pipe.
    piped: bool,
    bar: Bar,
}

/// The most that something may cost, as a multiple of finding the line ends of the same bytes.
#[derive(Clone, Copy, Debug)]
enum Bar {
    /// Reading the role entries.
    Read(f64),
    /// A whole check.
    Check(f64),
    None,
}

fn csv(quotes: Quotes, type_line: bool) -> Shape {
    Shape::Csv { delimiter: ',', join: Some(";"), quotes, type_line }
}

fn cases() -> Vec<Case> {
    let whole = |how: How, width: usize| How { width, enumeration_limit: None, ..how };
    let classic_csv = How::classic(csv(Quotes::Always, true));
    let same = |name, how: How, encoding, bar: f64| {
        let bar = Bar::Check(bar);
        Case { name, others: how.clone(), how, encoding, piped: false, bar }
    };
    let table = |name, how: How, bar| Case {
        name,
        how,
        others: How::classic(csv(Quotes::Always, true)),
        encoding: Encoding::Utf8,
        piped: false,
        bar,
    };
    let json = |names_of_enums| Shape::Json { layout: Layout::Pretty, nested: true, names_of_enums };
    // Nobody documents the number of a regular assignment: where enumerations are numbers, every answer stays open.
    let json = |name, how: fn(Shape) -> How| Case {
        others: how(json(true)),
        ..same(name, how(json(false)), Encoding::Utf8, 6.0)
    };
    let default = Shape::Table { columns: Columns::Default(Sizing::Equal), wrap: false, group_by: None };
    let wide = Shape::Table { columns: Columns::Named(Sizing::Content), wrap: false, group_by: None };
    let named = |how: How| How { properties: vec!["Role", "Name", "Parameters"], ..how };
    vec![
        same("csv", classic_csv.clone(), Encoding::Utf8, 6.0),
        same("csv, quoted as needed", How::core(csv(Quotes::AsNeeded, false)), Encoding::Utf8, 6.0),
        same("csv, utf-16", classic_csv.clone(), Encoding::Utf16Le, 6.0),
        Case { piped: true, bar: Bar::None, ..same("csv, through a pipe", classic_csv, Encoding::Utf8, 0.0) },
        same("list", whole(How::classic(Shape::List), 4096), Encoding::Utf8, 4.0),
        same("list, wrapped", whole(How::classic(Shape::List), 120), Encoding::Utf8, 4.0),
        same("list, utf-16", whole(How::classic(Shape::List), 120), Encoding::Utf16Le, 4.0),
        table("table", How::classic(default), Bar::Read(8.0)),
        table("table, wide", named(whole(How::core(wide), 2000)), Bar::Check(8.0)),
        json("json of 5.1", How::classic),
        json("json of 7", How::core),
        same("clixml", How::classic(Shape::Clixml { array: false }), Encoding::Utf8, 15.0),
    ]
}

/// What one case came to.
struct Figures {
    entry_bytes: u64,
    bytes: u64,
    records: u64,
    /// Seconds to find the line ends of the entries, and of everything.
    floor: f64,
    whole_floor: f64,
    read: f64,
    check: f64,
    all_rules: f64,
    reading: Heap,
    checking: Heap,
    /// What may be held beside the bars of every case: a text that was decoded or came through a pipe.
    text_bytes: u64,
}

impl Figures {
    fn read_ratio(&self) -> f64 {
        self.read / self.floor
    }

    fn check_ratio(&self) -> f64 {
        self.check / self.whole_floor
    }

    fn heap_bytes_max(&self) -> u64 {
        // A text is not known to fit before it is there, so it may have an eighth to spare.
        HEAP_BYTES_MAX + ENTRY_BYTES_MAX * self.records + self.text_bytes + self.text_bytes / 8
    }

    /// The bars that do not hold.
    fn broken(&self, case: &Case) -> Vec<&'static str> {
        let in_time = match case.bar {
            Bar::Read(bar) => self.read_ratio() <= bar,
            Bar::Check(bar) => self.check_ratio() <= bar,
            Bar::None => true,
        };
        let bars = [
            ("time", in_time),
            ("allocations", self.reading.allocations <= 1000 + self.records / RECORDS_AN_ALLOCATION),
            ("heap", self.checking.peak_bytes <= self.heap_bytes_max()),
        ];
        bars.into_iter().filter(|(_, holds)| !holds).map(|(name, _)| name).collect()
    }
}

fn main() -> ExitCode {
    let entries = std::env::var("BENCH_ENTRIES")
        .map_or(200_000, |text| text.parse().expect("BENCH_ENTRIES is a number of role entries"));
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let chosen = |case: &Case| words.is_empty() || words.iter().any(|word| case.name.contains(word.as_str()));
    let organization = large_organization(entries, entries / 16, 1);
    println!("{entries} role entries; times are multiples of finding the line ends of the same bytes\n");
    println!(
        "{:<24} {:>6} {:>9} {:>6} {:>6} {:>6} {:>9}   {:>11} {:>7} {:>7}",
        "shape", "MB", "line ends", "read", "check", "bar", "all rules", "allocations", "heap MB", "bar MB"
    );
    let mut all_hold = true;
    for case in cases().iter().filter(|case| chosen(case)) {
        let folder = tempfile::tempdir().expect("there is a place for temporary files");
        write_exports(&organization, case, folder.path());
        let figures = measure(case, folder.path());
        let broken = figures.broken(case);
        all_hold &= broken.is_empty();
        println!(
            "{:<24} {:>6.0} {:>6.0} ms {:>6.2} {:>6.2} {:>6} {:>9.2}   {:>11} {:>7.1} {:>7.1}   {}",
            case.name,
            figures.bytes as f64 / 1e6,
            figures.whole_floor * 1e3,
            figures.read_ratio(),
            figures.check_ratio(),
            match case.bar {
                Bar::Read(bar) => format!("{bar} read"),
                Bar::Check(bar) => format!("{bar}"),
                Bar::None => "-".to_owned(),
            },
            figures.all_rules / figures.whole_floor,
            figures.reading.allocations,
            figures.checking.peak_bytes as f64 / 1e6,
            figures.heap_bytes_max() as f64 / 1e6,
            if broken.is_empty() { "holds".to_owned() } else { format!("BROKEN: {}", broken.join(", ")) },
        );
    }
    if all_hold { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Writes all exports of the organization, and the policy that it is checked against.
fn write_exports(organization: &LargeOrganization, case: &Case, folder: &Path) {
    for export in Export::ALL {
        let how = if export == Export::Entries { &case.how } else { &case.others };
        let file = File::create(folder.join(export.name())).expect("the folder is ours");
        let mut out = BufWriter::new(file);
        organization.write(export, how, case.encoding, &mut out).expect("there is room for the exports");
        out.flush().expect("there is room for the exports");
    }
}

/// A policy on forty cmdlets of the organization, for a few of its service accounts.
fn policy_text(cmdlets: &[String]) -> String {
    let list: Vec<String> = cmdlets.iter().map(|cmdlet| format!("\"{cmdlet}\"")).collect();
    format!("[[require]]\nid = \"bench\"\naccount = \"{ACCOUNTS}\"\ncmdlets = [{}]\n", list.join(", "))
}

fn measure(case: &Case, folder: &Path) -> Figures {
    let entries = folder.join(Export::Entries.name());
    let all: Vec<_> = Export::ALL.iter().map(|export| folder.join(export.name())).collect();
    let size = |path: &Path| fs::metadata(path).expect("it was written").len();
    let (entry_bytes, bytes) = (size(&entries), all.iter().map(|path| size(path)).sum());
    let cmdlets = some_cmdlets(&entries);
    let policy_bytes = policy_text(&cmdlets).into_bytes();
    let (records, reading) = heap::measured(|| read_entries(&entries, case.piped));
    let check = |rules| check_organization(folder, &policy_bytes, rules);
    let (_, checking) = heap::measured(|| check(Rules::Required));
    let text_bytes = match case.encoding {
        Encoding::Utf16Le => bytes / 2,
        _ if case.piped => entry_bytes,
        _ => 0,
    };
    let mut figures = Figures {
        entry_bytes,
        bytes,
        records,
        floor: f64::INFINITY,
        whole_floor: f64::INFINITY,
        read: f64::INFINITY,
        check: f64::INFINITY,
        all_rules: f64::INFINITY,
        reading,
        checking,
        text_bytes,
    };
    for _ in 0..ROUNDS {
        least(&mut figures.floor, || line_ends(&entries));
        least(&mut figures.read, || read_entries(&entries, case.piped));
        least(&mut figures.whole_floor, || all.iter().map(|path| line_ends(path)).sum::<usize>());
        least(&mut figures.check, || check(Rules::Required));
        least(&mut figures.all_rules, || check(Rules::All));
    }
    assert!(figures.entry_bytes > 0 && figures.floor > 0.0, "there is something to measure");
    figures
}

/// Times some work and keeps the least time.
fn least<T>(seconds: &mut f64, work: impl FnOnce() -> T) {
    let start = Moment::now();
    std::hint::black_box(work());
    *seconds = seconds.min(start.seconds());
}

/// The floor: every line end of a mapped file.
fn line_ends(path: &Path) -> usize {
    let contents = Contents::open(path).expect("it was written");
    memchr::memchr_iter(b'\n', contents.bytes()).map(|at| at & 1).sum()
}

/// Reads the records of a file, and counts them.
fn read_entries(path: &Path, piped: bool) -> u64 {
    let contents = if piped { Contents::read(File::open(path).expect("it was written")) } else { Contents::open(path) };
    let contents = contents.expect("it can be read");
    let file = SourceFile::decode(FileId(0), String::new(), contents.bytes()).expect("below four gibibytes");
    let mut report = Report::default();
    let mut fields = 0;
    let mut on_record = |record: &rolecall::record::Record<'_>| fields += record.fields.len();
    let mut sink = Sink::new(&mut report, &mut on_record);
    read::read(&file, &mut sink);
    let records = sink.records;
    std::hint::black_box(fields);
    records
}

/// Which rules a check runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rules {
    /// Whether accounts can run what they must, with the two built-in rules about them.
    Required,
    /// That, and every built-in rule of the default preset.
    All,
}

/// What `rolecall check` does, on one thread.
fn check_organization(folder: &Path, policy_text: &[u8], rules: Rules) -> usize {
    let path = folder.to_str().expect("temporary folders have plain names").to_owned();
    let opened = exports::open(&Wanted { jobs: Some(1), ..Wanted::one(vec![path]) });
    let mut loaded = exports::load(&opened);
    let mut sources = std::mem::take(&mut loaded.sources);
    let mut report = Report::default();
    let id = sources.add(|id| SourceFile::decode(id, "policy".to_owned(), policy_text).expect("it is short"));
    let mut policy = policy::read(sources.file(id), &[], &mut report);
    let mut terms = Terms::default();
    if rules == Rules::Required {
        // As `--require` does, with the accounts of the command line.
        policy = Policy { requirements: policy.requirements, ..Policy::default() };
        levels::limit_to_accounts(&mut policy.levels);
        terms = Terms { accounts: vec![ACCOUNTS.to_owned()], requirements_only: true, ..terms };
    }
    let checked = check(loaded, &sources, &policy, terms, report);
    assert!(checked.summary.asked > 0 && !checked.mistaken, "something is checked: {:?}", checked.summary);
    let finished = checked.finished(&sources, &checked.diagnostics, Ending::default());
    let mut out = String::new();
    human::write(&mut out, &finished, &Style::default(), &human::Shown::default());
    out.len()
}

/// Forty cmdlets that stand far apart in the export.
fn some_cmdlets(entries: &Path) -> Vec<String> {
    const COUNT: usize = 40;
    let contents = Contents::open(entries).expect("it was written");
    let file = SourceFile::decode(FileId(0), String::new(), contents.bytes()).expect("below four gibibytes");
    let mut cmdlets = Vec::new();
    let mut report = Report::default();
    let mut number = 0;
    let mut on_record = |record: &rolecall::record::Record<'_>| {
        let name = record.value(rolecall::record::Property::Name).and_then(rolecall::record::Value::whole);
        if number % 1009 == 0 && cmdlets.len() < COUNT {
            cmdlets.extend(name.map(ToOwned::to_owned));
        }
        number += 1;
    };
    read::read(&file, &mut Sink::new(&mut report, &mut on_record));
    cmdlets.sort();
    cmdlets.dedup();
    cmdlets
}
