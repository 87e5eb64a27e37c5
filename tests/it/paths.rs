//! Paths as shells of every system hand them on: patterns, several spellings of one file, files that are no exports.

use crate::program::{argument, folder, rolecall, rolecall_in};

const ENTRIES: &[u8] = b"Role,Name,Parameters\r\nMail Recipients,Set-Mailbox,Alias;Identity\r\n";
const MORE: &[u8] = b"Role,Name,Parameters\r\nMail Recipients,Get-Mailbox,Identity\r\n";
const ASSIGNMENTS: &[u8] = b"Name,Role,RoleAssigneeName,RoleAssigneeType,Enabled,RoleAssignmentDelegationType,\
    RecipientReadScope,ConfigReadScope,RecipientWriteScope,ConfigWriteScope\r\n\
    A,Mail Recipients,ada,User,True,Regular,Organization,OrganizationConfig,Organization,OrganizationConfig\r\n";
const POLICY: &str = "[[require]]\nid = \"ours\"\naccount = \"ada\"\ncmdlets = [\"Set-Mailbox\", \"Get-Mailbox\"]\n\
    [rules]\ndirect-assignment = \"off\"\n[exports]\npaths = ";

fn exports(policy: &str) -> tempfile::TempDir {
    folder(&[
        ("exports/entries.csv", ENTRIES),
        ("exports/emea/more.csv", MORE),
        ("exports/assignments.csv", ASSIGNMENTS),
        ("rolecall.toml", format!("{POLICY}{policy}\n").as_bytes()),
    ])
}

#[test]
fn a_pattern_that_the_shell_left_alone_means_the_files_that_fit() {
    let folder = exports("[]");
    for patterns in [
        vec!["exports/*.csv", "exports/em*/*"],
        vec![r"exports\*.csv", r"exports\emea\m?re.csv"],
        vec!["./exports/*.CSV", r".\exports\*\*.csv"],
    ] {
        let arguments: Vec<&str> = ["check", "--format", "json"].into_iter().chain(patterns.iter().copied()).collect();
        let ran = rolecall_in(folder.path(), &arguments);
        assert_eq!((ran.code, &ran.json()["summary"]["files"]), (0, &3.into()), "{patterns:?}: {ran:?}");
    }
    // One whose name is the pattern is meant itself.
    #[cfg(unix)]
    {
        std::fs::write(folder.path().join("exports/*.csv"), MORE).expect("the folder is ours");
        assert_eq!(rolecall_in(folder.path(), &["records", "exports/*.csv"]).json_lines().len(), 1);
    }
}

#[test]
fn a_pattern_of_a_policy_may_be_written_as_windows_does() {
    for paths in ["['exports\\*.csv', 'exports\\emea']", "[\"exports/*.csv\", \"exports/*/more.csv\"]"] {
        let ran = rolecall_in(exports(paths).path(), &["check", "--format", "json"]);
        assert_eq!((ran.code, &ran.json()["summary"]["files"]), (0, &3.into()), "{paths}: {ran:?}");
    }
}

#[test]
fn a_pattern_that_nothing_fits_is_said_to_be_one() {
    let folder = exports("[]");
    for command in ["check", "records"] {
        let ran = rolecall_in(folder.path(), &[command, "exports/*.json"]);
        assert_eq!(ran.code, 2);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(said.contains("`exports/*.json` cannot be read: no file fits it"), "{said}");
    }
}

#[test]
fn a_file_that_is_met_twice_is_read_once() {
    let folder = exports("[]");
    let whole = argument(&folder.path().join("exports"));
    let once = rolecall_in(folder.path(), &["check", "exports", "--format", "json"]);
    for paths in [
        vec!["exports", "./exports", "exports/../exports", "exports/entries.csv"],
        vec!["exports/entries.csv", "exports", "exports/e*"],
        vec!["exports", &whole],
    ] {
        for arguments in [paths.clone(), paths.iter().rev().copied().collect()] {
            let arguments: Vec<&str> = ["check", "--format", "json"].into_iter().chain(arguments).collect();
            let ran = rolecall_in(folder.path(), &arguments);
            assert_eq!((ran.code, &ran.json()["summary"]), (0, &once.json()["summary"]), "{arguments:?}: {ran:?}");
        }
        let arguments: Vec<&str> = ["records"].into_iter().chain(paths).collect();
        assert_eq!(rolecall_in(folder.path(), &arguments).json_lines().len(), 3, "{arguments:?}");
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(folder.path().join("exports/entries.csv"), folder.path().join("exports/link.csv"))
            .expect("the folder is ours");
        let ran = rolecall_in(folder.path(), &["check", "exports", "--format", "json"]);
        assert_eq!(ran.json()["summary"], once.json()["summary"], "{ran:?}");
    }
}

#[test]
fn what_windows_and_excel_leave_in_a_folder_is_passed_over() {
    let folder = exports("[\"exports\"]");
    let before = rolecall_in(folder.path(), &["check", "--format", "json"]);
    for name in ["~$book.xlsx", "desktop.ini", "Thumbs.db", ".DS_Store", "emea/~$more.csv"] {
        std::fs::write(folder.path().join("exports").join(name), b"\x05Anna\0\0\xff\xfe\x01 not ours").expect("ours");
    }
    let after = rolecall_in(folder.path(), &["check", "--format", "json"]);
    assert_eq!((after.code, &after.stdout), (0, &before.stdout), "{}", after.stderr);
    let ran = rolecall_in(folder.path(), &["check", "exports/*", "--format", "json"]);
    assert_eq!((ran.code, &ran.json()["summary"]["files"]), (0, &3.into()), "{ran:?}");
    // One that is named is meant.
    assert_eq!(rolecall(&["records", &argument(&folder.path().join("exports/desktop.ini"))]).code, 2);
}
