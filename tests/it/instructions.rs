//! How many instructions a small check takes: the one figure of speed that no load of a machine changes.
//!
//! Ignored where nobody asks for it, since it needs valgrind. The binary is that of the tests, so that a gate builds no
//! other: what slips there slips in a release. `UPDATE=1 cargo test --test it instructions -- --ignored` writes the
//! figures, which another compiler changes, too.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;
use std::process::Command;

use crate::powershell::{Encoding, Export, How, Layout, Quotes, Shape, large_organization};

/// A check may take so many hundredths of what it took.
const HUNDREDTHS_MAX: u64 = 110;

#[test]
#[ignore = "needs valgrind"]
fn a_check_takes_no_more_instructions_than_it_did() {
    let csv = Shape::Csv { delimiter: ',', join: Some(";"), quotes: Quotes::Always, type_line: true };
    let json = Shape::Json { layout: Layout::Pretty, nested: true, names_of_enums: true };
    let shapes = [
        ("csv", How::classic(csv)),
        ("list", How { width: 4096, enumeration_limit: None, ..How::classic(Shape::List) }),
        ("json", How::core(json)),
        ("clixml", How::classic(Shape::Clixml { array: false })),
    ];
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/instructions.tsv");
    let known = fs::read_to_string(&path).unwrap_or_default();
    let (mut found, mut slips) = (String::new(), Vec::new());
    for (name, how) in shapes {
        let count = instructions_of_check(&how);
        writeln!(found, "{name}\t{count}").expect("memory takes it");
        let before = known.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<u64>().ok()).unwrap_or(0);
        if count * 100 > before * HUNDREDTHS_MAX {
            slips.push(format!("{name}: {before} before, {count} now"));
        }
    }
    if std::env::var_os("UPDATE").is_some() {
        return fs::write(&path, found).expect("the folder is ours");
    }
    println!("{found}");
    assert!(slips.is_empty(), "a check takes more instructions: {}", slips.join("; "));
}

fn instructions_of_check(how: &How) -> u64 {
    let organization = large_organization(2_000, 100, 1);
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    for export in Export::ALL {
        let mut file = BufWriter::new(File::create(folder.path().join(export.name())).expect("the folder is ours"));
        organization.write(export, how, Encoding::Utf8, &mut file).expect("there is room for the exports");
    }
    let mut check = Command::new("valgrind");
    check.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", env!("CARGO_BIN_EXE_rolecall"), "check", "."]);
    check.args(["--require", "intune-connector-on-premises", "--account", "svc-000*"]);
    check.args(["--format", "json", "--jobs", "1"]).current_dir(folder.path());
    let output = check.output().expect("valgrind is there");
    let said = String::from_utf8_lossy(&output.stderr);
    let count = said.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    count.unwrap_or_else(|| panic!("valgrind counts nothing: {said}"))
}
