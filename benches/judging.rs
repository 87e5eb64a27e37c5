//! How judging grows with the number of policies.
//!
//! `cargo bench --bench judging` reads an organization of 50,000 accounts and judges all of them by 1, 10, 100 and 1000
//! requirements that they meet; it prints each time as a multiple of the first. Accounts that hold the same are judged
//! once, so that a thousand requirements must not cost more than four times one. `BENCH_ACCOUNTS` sets how many accounts
//! there are.

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
use rolecall::rules::judging::require;
use rolecall::source::{FileId, SourceFile};

#[path = "reading/clock.rs"]
mod clock;
#[path = "../tests/it/powershell.rs"]
mod powershell;

use clock::Moment;
use powershell::{Encoding, Export, How, Quotes, Shape, large_organization};

/// The most that a thousand requirements may cost, as a multiple of one.
const BAR: f64 = 4.0;
const ROUNDS: usize = 5;

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
    println!("{accounts} accounts; times are multiples of that of one requirement\n");
    println!("{:>12} {:>8} {:>6} {:>4} {:>12}", "requirements", "time", "ratio", "bar", "pairs");
    let mut one = f64::NAN;
    let mut holds = true;
    for count in [1, 10, 100, 1000] {
        let (seconds, pairs) = judge(&inventory, &requirements(&inventory, count));
        one = if count == 1 { seconds } else { one };
        holds &= seconds / one <= BAR;
        println!("{count:>12} {:>5.1} ms {:>6.2} {BAR:>4.0} {pairs:>12}", seconds * 1e3, seconds / one);
    }
    println!("\n{}", if holds { "holds" } else { "BROKEN: time" });
    if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Requirements on cmdlets that everybody holds on the own mailbox, each another choice of them.
fn requirements(inventory: &Inventory, count: usize) -> String {
    const ITEMS: usize = 10;
    let own: Vec<_> = inventory.roles_with_entries().filter(|role| inventory.show(*role).starts_with("My")).collect();
    let cmdlets = own.iter().flat_map(|role| inventory.entries_of(*role)).map(|entry| inventory.show(entry.cmdlet));
    let cmdlets: Vec<&str> = cmdlets.collect::<BTreeSet<_>>().into_iter().collect();
    let one = |number: usize| {
        let chosen = (0..ITEMS).map(|step| cmdlets[(number * 7 + step * (1 + number % 5)) % cmdlets.len()]);
        let chosen: BTreeSet<&str> = chosen.collect();
        let list: Vec<String> = chosen.iter().map(|cmdlet| format!("\"{cmdlet}\"")).collect();
        let cmdlets = list.join(", ");
        format!("[[require]]\nid = \"r{number}\"\naccount = \"*\"\nscope = \"self\"\ncmdlets = [{cmdlets}]\n")
    };
    (0..count).map(one).collect()
}

/// Builds the graph and judges all accounts; the least time of several, and how many pairs were asked.
fn judge(inventory: &Inventory, text: &str) -> (f64, u64) {
    let file = SourceFile::decode(FileId(0), "policy".to_owned(), text.as_bytes()).expect("it is short");
    let requirements = policy::read(&file, &[], &mut Report::default()).requirements;
    let (mut least, mut pairs) = (f64::INFINITY, 0);
    for _ in 0..ROUNDS {
        let start = Moment::now();
        let mut report = Report::default();
        let mut accounts = Accounts::new(inventory, &[], Assumptions::default());
        let tally = require::check(&mut accounts, &requirements, &mut report).tally;
        least = least.min(start.seconds());
        assert_eq!((tally.granted, report.diagnostics.len()), (tally.asked, 0), "everybody holds what is asked");
        pairs = tally.asked;
    }
    (least, pairs)
}
