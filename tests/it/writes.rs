//! What is written: whole or not at all, never over what is read, and a word where it fails.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::program::{argument, folder, rolecall_in};

const ENTRIES: &[u8] = b"Role,Name,Parameters\r\nMail Recipients,Set-Mailbox,Alias;Identity\r\n";
const ASSIGNMENTS: &[u8] = b"Name,Role,RoleAssigneeName,RoleAssigneeType,Enabled,RoleAssignmentDelegationType,\
    RecipientReadScope,ConfigReadScope,RecipientWriteScope,ConfigWriteScope\r\n\
    A,Mail Recipients,ada,User,True,Regular,Organization,OrganizationConfig,Organization,OrganizationConfig\r\n";
const POLICY: &[u8] =
    b"extends = \"base.toml\"\n[[require]]\nid = \"ours\"\naccount = \"ada\"\ncmdlets = [\"Set-Mailbox\"]\n\
    [rules]\ndirect-assignment = \"off\"\n[exports]\npaths = [\"exports\"]\n\
    [[test]]\nname = \"t\"\nexports = [\"exports\"]\nreject = [{ rule = \"missing-cmdlet\" }]\n";

/// Every command that prints, with what it needs in the folder below.
const PRINTING: &[&[&str]] = &[
    &["check"],
    &["check", "--format", "concise"],
    &["check", "--format", "json"],
    &["access"],
    &["access", "--format", "json"],
    &["who-can", "Set-Mailbox"],
    &["why", "ada", "Set-Mailbox"],
    &["escalate", "ada"],
    &["records", "exports"],
    &["test"],
    &["explain", "missing-cmdlet"],
    &["rules"],
    &["packs"],
    &["packs", "exchange-baseline"],
    &["collect"],
];

fn team() -> tempfile::TempDir {
    folder(&[
        ("exports/entries.csv", ENTRIES),
        ("exports/assignments.csv", ASSIGNMENTS),
        ("rolecall.toml", POLICY),
        ("base.toml", b""),
    ])
}

/// The files of a folder with their bytes, to see that nothing changed.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<(String, Vec<u8>)> = ["", "exports"]
        .iter()
        .flat_map(|below| fs::read_dir(folder.join(below)).expect("it is there"))
        .map(|entry| entry.expect("it is there").path())
        .filter(|path| path.is_file())
        .map(|path| (argument(&path), fs::read(&path).expect("it is there")))
        .collect();
    all.sort();
    all
}

#[test]
fn what_is_printed_can_be_written_to_a_file() {
    for arguments in PRINTING {
        let folder = team();
        let shown = rolecall_in(folder.path(), arguments);
        assert!(matches!(shown.code, 0 | 1) && !shown.stdout.is_empty(), "{arguments:?}: {shown:?}");
        fs::write(folder.path().join("report.txt"), "before").expect("the folder is ours");
        for _ in 0..2 {
            let written = rolecall_in(folder.path(), &[arguments, &["--output", "report.txt"][..]].concat());
            assert_eq!((written.code, written.stdout.as_str()), (shown.code, ""), "{arguments:?}: {written:?}");
            let report = fs::read_to_string(folder.path().join("report.txt")).expect("it was written");
            assert!(report == shown.stdout, "{arguments:?}: {report}");
        }
        assert_eq!(files(folder.path()).len(), 5, "{arguments:?}: a draft was left");
    }
}

#[test]
fn a_report_never_takes_the_place_of_what_is_read() {
    let folder = team();
    fs::write(folder.path().join("rolecall.baseline"), "").expect("the folder is ours");
    let before = files(folder.path());
    let targets =
        ["exports/entries.csv", "./exports/../exports/entries.csv", "rolecall.toml", "base.toml", "rolecall.baseline"];
    let of_policy: &[&[&str]] = &[&["check"], &["access"], &["who-can", "Set-Mailbox"], &["why", "ada", "Set-Mailbox"]];
    let mut runs: Vec<(&[&str], &str)> =
        of_policy.iter().flat_map(|arguments| targets.map(|target| (*arguments, target))).collect();
    runs.extend([(&["records", "exports"][..], "exports/entries.csv"), (&["test"][..], "rolecall.toml")]);
    for (arguments, target) in runs {
        let ran = rolecall_in(folder.path(), &[arguments, &["--output", target][..]].concat());
        assert_eq!(ran.code, 2, "{arguments:?} {target}: {ran:?}");
        assert!(ran.stderr.contains("is read by this run"), "{arguments:?} {target}: {ran:?}");
        assert!(files(folder.path()) == before, "{arguments:?} changed {target}");
    }
    // Nor of a policy, where the command reads none.
    for arguments in [&["records", "exports"][..], &["collect"], &["packs", "exchange-baseline"]] {
        let ran = rolecall_in(folder.path(), &[arguments, &["--output", "rolecall.toml"][..]].concat());
        assert!(ran.code == 2 && ran.stderr.contains("it is a policy"), "{arguments:?}: {ran:?}");
        assert!(files(folder.path()) == before, "{arguments:?}");
    }
}

#[test]
fn a_file_that_cannot_be_written_stays_as_it_was() {
    let folder = team();
    for arguments in PRINTING {
        let ran = rolecall_in(folder.path(), &[arguments, &["--output", "none-such/report.txt"][..]].concat());
        assert_eq!(ran.code, 2, "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains("`none-such/report.txt` cannot be written"), "{arguments:?}: {ran:?}");
    }
    let ran = rolecall_in(folder.path(), &["check", "--output", "exports"]);
    assert_eq!(ran.code, 2, "a folder is no file: {ran:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_ends_with_2() {
    let folder = team();
    let help: &[&[&str]] = &[&["--help"], &["--version"], &["check", "--help"]];
    for arguments in PRINTING.iter().chain(help) {
        for full_stderr in [false, true] {
            let full = || fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
            let mut command = Command::new(env!("CARGO_BIN_EXE_rolecall"));
            command.args(*arguments).current_dir(folder.path()).stdout(full()).stderr(Stdio::piped());
            if full_stderr {
                command.stderr(full());
            }
            let ran = command.output().expect("the binary was built with the tests");
            let said = String::from_utf8_lossy(&ran.stderr).into_owned();
            assert_eq!(ran.status.code(), Some(2), "{arguments:?}: {said}");
            assert!(
                full_stderr || said.contains("the report cannot be written: No space left"),
                "{arguments:?}: {said}"
            );
        }
    }
    // A device is written to, not replaced.
    let ran = rolecall_in(folder.path(), &["rules", "--output", "/dev/full"]);
    assert!(ran.code == 2 && ran.stderr.contains("`/dev/full` cannot be written"), "{ran:?}");
    assert_eq!(rolecall_in(folder.path(), &["rules", "--output", "/dev/null"]).code, 0);
}

/// Runs `rolecall` in a shell that lets no file grow beyond some blocks, as a disk does that fills up on the way.
#[cfg(target_os = "linux")]
fn on_a_small_disk(folder: &Path, arguments: &str) -> (i32, String) {
    let script = format!("trap '' XFSZ; ulimit -f 1; exec {} {arguments}", env!("CARGO_BIN_EXE_rolecall"));
    let ran = Command::new("bash").args(["-c", &script]).current_dir(folder).output().expect("there is a shell");
    (ran.status.code().unwrap_or(-1), String::from_utf8_lossy(&ran.stderr).into_owned())
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_fills_up_on_the_way_leaves_the_old_file_whole() {
    let folder = team();
    fs::write(folder.path().join("long.toml"), b"# a comment of some length\n".repeat(100))
        .expect("the folder is ours");
    let rows: String = (0..100).map(|n| format!("{n},Mail Recipients,user{n},User,True,Regular,Organization,OrganizationConfig,Organization,OrganizationConfig\r\n")).collect();
    let forbid = "[[forbid]]\nid = \"no\"\ncmdlets = [\"Set-Mailbox\"]\n";
    fs::write(folder.path().join("exports/assignments.csv"), [ASSIGNMENTS, rows.as_bytes()].concat()).expect("ours");
    fs::write(folder.path().join("many.toml"), [forbid, "[rules]\ndirect-assignment = \"warning\"\n"].concat())
        .expect("ours");
    fs::write(folder.path().join("many.baseline"), "# old\n").expect("the folder is ours");
    fs::write(folder.path().join("report.txt"), "old\n").expect("the folder is ours");
    let before = files(folder.path());
    let waive = "waive 0123456789abcdef --reason x --expires 2030-01-01 --policy long.toml";
    for arguments in [
        "rules --output report.txt",
        "records exports --output report.txt",
        waive,
        "check exports --policy many.toml --write-baseline",
    ] {
        let (code, said) = on_a_small_disk(folder.path(), arguments);
        assert_eq!(code, 2, "{arguments}: {said}");
        assert!(
            said.contains("cannot be written: File too large") && said.contains("what was there is as it was"),
            "{arguments}: {said}"
        );
        assert!(files(folder.path()) == before, "{arguments}: a file changed");
    }
    let (code, said) = on_a_small_disk(&folder.path().join("exports"), "init");
    assert_eq!(code, 2, "{said}");
    assert!(!folder.path().join("exports/rolecall.toml").exists(), "half a policy was left");
}

#[cfg(unix)]
#[test]
fn a_file_keeps_its_permissions_and_a_link_stays_one() {
    use std::os::unix::fs::PermissionsExt;
    let folder = team();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("report.txt"), "old").expect("the folder is ours");
    fs::set_permissions(path("report.txt"), fs::Permissions::from_mode(0o640)).expect("it is ours");
    std::os::unix::fs::symlink("report.txt", path("link.txt")).expect("the folder is ours");
    assert_eq!(rolecall_in(folder.path(), &["rules", "--output", "link.txt"]).code, 0);
    assert!(path("link.txt").is_symlink());
    assert!(fs::read_to_string(path("report.txt")).expect("it is there").contains("missing-cmdlet"));
    assert_eq!(fs::metadata(path("report.txt")).expect("it is there").permissions().mode() & 0o777, 0o640);
}
