//! How judging grows with the number of policies.
//!
//! `cargo bench --bench judging` reads an organization of 50,000 accounts and judges it by 1 to 1000 tables of a policy;
//! it prints each time as a multiple of the first. Accounts that hold the same are judged once, so that a thousand tables
//! must not cost more than four times one, whatever they ask of whom, as long as there is nothing to find: what is found
//! is said of each account. `BENCH_ACCOUNTS` sets how many accounts there are; words behind `--` choose tables.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::process::ExitCode;

use rolecall::accounts::Accounts;
use rolecall::diagnostic::Report;
use rolecall::exports::{self, Wanted};
use rolecall::graph::Assumptions;
use rolecall::inventory::Inventory;
use rolecall::policy;
use rolecall::rules::judging::{forbid, require};
use rolecall::source::{FileId, SourceFile, Sources};

#[path = "reading/clock.rs"]
mod clock;
#[path = "../tests/it/powershell.rs"]
mod powershell;

use clock::Moment;
use powershell::{Encoding, Export, How, Quotes, Shape, large_organization};

/// The most that a thousand tables may cost, as a multiple of one.
const BAR: f64 = 4.0;
const ROUNDS: usize = 5;
/// How many cmdlets a table names.
const ITEMS: usize = 10;

/// Whom and what tables ask: for each its name and the table of a number, which gets some cmdlets that everybody holds.
type Asking = (&'static str, fn(usize, &[&str]) -> String);

const ASKING: &[Asking] = &[
    ("everybody must", |number, cmdlets| require(number, "*", cmdlets)),
    ("one account must", |number, cmdlets| require(number, &format!("user{:06}", number * 50 + 1), cmdlets)),
    ("a group must", |number, cmdlets| require(number, &format!("group:{}", group(number)), cmdlets)),
    ("thousands must", |number, cmdlets| require(number, &format!("user0{}*", number % 5), cmdlets)),
    ("nobody may", |_, cmdlets| format!("[[forbid]]\ncmdlets = [{}]\n", with_what_none_has(cmdlets))),
    ("but a group may", |number, cmdlets| {
        let cmdlets = with_what_none_has(cmdlets);
        format!("[[forbid]]\ncmdlets = [{cmdlets}]\nexcept = [\"group:{}\"]\n", group(number))
    }),
    ("not both", |_, cmdlets| {
        let (left, right) = cmdlets.split_at(ITEMS / 2);
        format!("[[separate]]\nleft = [{}]\nright = [{}]\n", list(left), with_what_none_has(right))
    }),
];

fn main() -> ExitCode {
    let accounts = std::env::var("BENCH_ACCOUNTS")
        .map_or(50_000, |text| text.parse().expect("BENCH_ACCOUNTS is a number of accounts"));
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let organization = large_organization(25_000, accounts, 1);
    let shape = Shape::Csv { delimiter: ',', join: Some(";"), quotes: Quotes::Always, type_line: true };
    for export in Export::ALL {
        let mut out = BufWriter::new(File::create(folder.path().join(export.name())).expect("the folder is ours"));
        organization.write(export, &How::classic(shape), Encoding::Utf8, &mut out).expect("there is room");
        out.flush().expect("there is room");
    }
    let path = folder.path().to_str().expect("temporary folders have plain names").to_owned();
    let opened = exports::open(&Wanted { jobs: Some(1), ..Wanted::one(vec![path]) });
    let inventory = Inventory::of(exports::load(&opened).organizations.remove(0).own);
    println!("{accounts} accounts; times are multiples of that of one table\n");
    println!("{:>20} {:>6} {:>8} {:>6} {:>4}", "table", "times", "time", "ratio", "bar");
    let cmdlets = own_mailbox_cmdlets(&inventory);
    let mut holds = true;
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let is_chosen = |name: &str| words.is_empty() || words.iter().any(|word| name.contains(word.as_str()));
    for &(name, table) in ASKING.iter().filter(|(name, _)| is_chosen(name)) {
        let mut one = f64::NAN;
        for count in [1, 10, 100, 1000] {
            let policy: String = (0..count).map(|number| table(number, &chosen(&cmdlets, number))).collect();
            let seconds = judge(&inventory, &policy);
            one = if count == 1 { seconds } else { one };
            holds &= seconds / one <= BAR;
            println!("{name:>20} {count:>6} {:>5.1} ms {:>6.2} {BAR:>4.0}", seconds * 1e3, seconds / one);
        }
    }
    println!("\n{}", if holds { "holds" } else { "BROKEN: time" });
    if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Cmdlets that everybody holds, and few beyond the own mailbox.
fn own_mailbox_cmdlets(inventory: &Inventory) -> Vec<&str> {
    let own = inventory.roles_with_entries().filter(|role| inventory.show(*role).starts_with("My"));
    let cmdlets = own.flat_map(|role| inventory.entries_of(role)).map(|entry| inventory.show(entry.cmdlet));
    cmdlets.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Some of the cmdlets, others for each number.
fn chosen<'c>(cmdlets: &[&'c str], number: usize) -> Vec<&'c str> {
    (0..ITEMS).map(|step| cmdlets[(number * 7 + step * (1 + number % 5)) % cmdlets.len()]).collect()
}

fn list(cmdlets: &[&str]) -> String {
    cmdlets.iter().map(|cmdlet| format!("\"{cmdlet}\"")).collect::<Vec<_>>().join(", ")
}

fn with_what_none_has(cmdlets: &[&str]) -> String {
    cmdlets.iter().map(|cmdlet| format!("\"{cmdlet}:Nothing\"")).collect::<Vec<_>>().join(", ")
}

fn group(number: usize) -> String {
    format!("Security Group {:05}", number % 40)
}

fn require(number: usize, account: &str, cmdlets: &[&str]) -> String {
    let cmdlets = list(cmdlets);
    format!("[[require]]\nid = \"r{number}\"\naccount = \"{account}\"\nscope = \"self\"\ncmdlets = [{cmdlets}]\n")
}

/// Builds the graph and judges by a policy; the least time of several.
fn judge(inventory: &Inventory, text: &str) -> f64 {
    let file = SourceFile::decode(FileId(0), "policy".to_owned(), text.as_bytes()).expect("it is short");
    let policy = policy::read(&file, &[], &mut Report::default());
    let sources = Sources::default();
    let mut least = f64::INFINITY;
    for _ in 0..ROUNDS {
        let start = Moment::now();
        let mut report = Report::default();
        let mut accounts = Accounts::new(inventory, &[], Assumptions::default());
        let mut outcome = require::check(&mut accounts, &policy.requirements, &mut report);
        let all = accounts.all().to_vec();
        forbid::check(&mut accounts, (&policy, &sources), &all, &mut report, &mut outcome);
        least = least.min(start.seconds());
        assert_eq!(outcome.tally.granted, outcome.tally.asked, "everybody holds what is asked");
        assert!(report.diagnostics.is_empty() && outcome.decided > 0, "there is nothing to find");
    }
    least
}
