//! Inputs that are no exports, or are not what they seem: a word for each in every format, and the rest is checked.

use std::process::Command;

use crate::program::{Ran, argument, folder, rolecall};

const ENTRIES: &str = "Role,Name,Parameters\r\nMail Recipients,Set-Mailbox,Alias;Identity\r\n";
const ASSIGNMENTS: &str = "Name,Role,RoleAssigneeName,RoleAssigneeType,Enabled,RoleAssignmentDelegationType,\
    RecipientReadScope,ConfigReadScope,RecipientWriteScope,ConfigWriteScope\r\n\
    A,Mail Recipients,ada,User,True,Regular,Organization,OrganizationConfig,Organization,OrganizationConfig\r\n";
const POLICY: &str = "[[require]]\nid = \"ours\"\naccount = \"ada\"\ncmdlets = [\"Set-Mailbox\"]\n\
    [rules]\ndirect-assignment = \"off\"\n";

/// An organization in which `ada` can run what the policy asks for, beside files of each test's own.
fn beside(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let ours: [(&str, &[u8]); 3] = [
        ("exports/entries.csv", ENTRIES.as_bytes()),
        ("exports/assignments.csv", ASSIGNMENTS.as_bytes()),
        ("policy.toml", POLICY.as_bytes()),
    ];
    folder(&[&ours, files].concat())
}

/// The formats of `check`, as its own message about a wrong one lists them.
fn formats() -> Vec<String> {
    let ran = rolecall(&["check", "--format", "none-such"]);
    let listed = ran.stderr.split("[possible values: ").nth(1).and_then(|rest| rest.split(']').next());
    listed.expect("clap lists them").split(", ").map(ToOwned::to_owned).collect()
}

/// Checks the organization and a path in every format: the path is spoken of, and the rest is checked.
#[track_caller]
fn assert_said(folder: &tempfile::TempDir, path: &str, code: i32, words: &str) {
    let place = |name: &str| argument(&folder.path().join(name));
    let (exports, policy, path) = (place("exports"), place("policy.toml"), place(path));
    let shown = path.replace('\u{1b}', "\\u{1b}").replace('\n', "\\n");
    for format in formats() {
        let ran = rolecall(&["check", &exports, &path, "--policy", &policy, "-v", "--format", &format]);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert_eq!(ran.code, code, "{path}: {format}: {said}");
        assert!(!said.contains("panicked"), "{path}: {format}: {said}");
        // A format wraps and escapes as it must; the words of the message are found all the same.
        let plain: String = said.split_whitespace().filter(|word| !"│|".contains(word)).collect::<Vec<_>>().join(" ");
        assert!(plain.contains(words), "{path}: {format} does not say `{words}`: {said}");
        let end = shown.rsplit('/').next().expect("a path has a last part");
        assert!(
            said.contains(end) || said.contains(&end.replace('\\', "\\\\")),
            "{format} does not name {shown}: {said}"
        );
        if format == "json" {
            assert_eq!(ran.json()["summary"]["granted"], 1, "{path}: the rest was not checked");
        }
    }
}

#[test]
fn a_path_that_is_not_there_is_said_to_be_missing() {
    assert_said(&beside(&[]), "nothing/", 2, "cannot be read");
}

#[test]
fn an_empty_file_a_picture_and_a_letter_are_told_apart() {
    let picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";
    let letter = b"Dear Anna,\r\n\r\nthe exports are in the folder next to this letter.\r\n";
    let folder = beside(&[("empty.csv", b""), ("picture.png", picture), ("letter.txt", letter)]);
    assert_said(&folder, "empty.csv", 2, "the file is empty");
    assert_said(&folder, "picture.png", 2, "the file is no text");
    assert_said(&folder, "letter.txt", 2, "holds no export that rolecall knows");
}

#[test]
fn half_a_record_is_said_to_be_one() {
    let half = b"Role,Name,Parameters\r\nMail Recipients,Get-Mailbox,Alias\r\nMail Recipients,\"Remove-Mail";
    assert_said(&beside(&[("half.csv", half)]), "half.csv", 0, "ends in the middle of a record");
}

#[cfg(unix)]
#[test]
fn a_folder_that_contains_itself_is_walked_once() {
    let folder = beside(&[("loop/entries.csv", ENTRIES.as_bytes())]);
    let path = folder.path().join("loop");
    std::os::unix::fs::symlink(&path, path.join("again")).expect("the folder is ours");
    assert_said(&folder, "loop", 0, "the folder contains itself");
    let ran = rolecall(&["records", &argument(&path)]);
    assert_eq!(ran.json_lines().len(), 1, "{}", ran.stderr);
}

#[cfg(unix)]
#[test]
fn a_pipe_in_a_folder_is_not_waited_for() {
    let folder = beside(&[("with-pipe/entries.csv", ENTRIES.as_bytes())]);
    let pipe = folder.path().join("with-pipe/pipe");
    // Without the tool there is no pipe to test with.
    if !Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success()) {
        return;
    }
    assert_said(&folder, "with-pipe", 0, "is no regular file");
    let ran = rolecall(&["records", &argument(&folder.path().join("with-pipe"))]);
    assert_eq!((ran.code, ran.json_lines().len()), (0, 1), "{}", ran.stderr);
    assert!(ran.stderr.contains("is no regular file"), "{}", ran.stderr);
}

#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_said_to_be_so() {
    use std::os::unix::fs::PermissionsExt;
    let folder = beside(&[("closed/entries.csv", ENTRIES.as_bytes())]);
    let closed = folder.path().join("closed");
    let set = |mode| std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(mode)).expect("it is ours");
    set(0o000);
    // Root may read everything.
    if std::fs::read_dir(&closed).is_err() {
        assert_said(&folder, "closed", 2, "cannot be read");
    }
    set(0o700);
}

#[cfg(unix)]
#[test]
fn a_name_of_control_characters_is_escaped() {
    let name = "a\u{1b}[31m\nb.csv";
    assert_said(&beside(&[(name, b"")]), name, 2, "the file is empty");
}

#[test]
fn a_file_that_is_removed_while_it_is_read_is_read_to_its_end() {
    use rolecall::exports::{Wanted, load, open};
    let folder = beside(&[]);
    let long = format!("{ENTRIES}{}", "Mail Recipients,Get-Mailbox,Identity\r\n".repeat(4000));
    let path = folder.path().join("exports/long.csv");
    std::fs::write(&path, &long).expect("the folder is ours");
    let paths = vec![argument(&folder.path().join("exports"))];
    let opened = open(&Wanted::one(paths));
    std::fs::remove_dir_all(folder.path().join("exports")).expect("the folder is ours");
    let loaded = load(&opened);
    let records: u64 = loaded.organizations[0].own.files.iter().map(|fact| fact.records).sum();
    assert_eq!((records, loaded.useless.len()), (4003, 0));
}

/// A file that is another one each time it is read, as one is that another program writes to.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_changes_while_it_is_read_is_said_and_leaves_answers_open() {
    const CHANGES: &str = "/proc/sys/kernel/random/uuid";
    let folder = beside(&[]);
    std::os::unix::fs::symlink(CHANGES, folder.path().join("changes.csv")).expect("the folder is ours");
    assert_said(&folder, "changes.csv", 2, "cannot be read: it changed while it was read");
    let exports = argument(&folder.path().join("exports"));
    // Met in a folder it is a note, and what it may hold is not known.
    std::os::unix::fs::symlink(CHANGES, folder.path().join("exports/changes.csv")).expect("the folder is ours");
    let ran =
        rolecall(&["check", &exports, "--policy", &argument(&folder.path().join("policy.toml")), "--format", "json"]);
    let said = ran.json();
    let rules: Vec<&str> =
        said["diagnostics"].as_array().expect("a list").iter().filter_map(|it| it["rule"].as_str()).collect();
    assert_eq!((ran.code, rules.contains(&"changed-while-read")), (0, true), "{said:#}");
    let ran = rolecall(&["why", "ada", "Get-Mailbox", &exports, "--format", "json"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.stdout.contains("\"code\":\"changed-while-read\""), "{ran:?}");
    let ran = rolecall(&["records", CHANGES]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("error[changed-while-read]: `/proc/sys/kernel/random/uuid` cannot be read"), "{ran:?}");
}

/// Files that another program writes to in all ways, while they are checked: the answer is of one state of the file, or a
/// message.
#[test]
fn a_file_is_read_as_it_was_or_a_message_says_that_it_changed() {
    let row = |cmdlet: &str| format!("Mail Recipients,{cmdlet},Alias;Identity\r\n");
    let state = |cmdlet: &str| format!("Role,Name,Parameters\r\n{}", row(cmdlet).repeat(3000)).into_bytes();
    let states = [state("Set-Mailbox"), state("Get-Mailbox")];
    let folder = beside(&[("exports/entries.csv", &states[0])]);
    let path = folder.path().join("exports/entries.csv");
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for state in states.iter().cycle() {
                let mut file = std::fs::OpenOptions::new().write(true).open(&path).expect("it is ours");
                std::io::Write::write_all(&mut file, state).expect("it is ours");
                if done.load(std::sync::atomic::Ordering::Relaxed) {
                    break;
                }
            }
        });
        let runs: Vec<Ran> = (0..20).map(|_| rolecall(&["records", &argument(&path)])).collect();
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        for ran in runs {
            let cmdlets: Vec<&str> = ran.stdout.split("\"Name\":\"").skip(1).collect();
            // Where a program writes, what it has written stands before what it has not.
            let changes = cmdlets.windows(2).filter(|pair| pair[0][..3] != pair[1][..3]).count();
            let is_one = (ran.code, cmdlets.len()) == (0, 3000) && changes <= 1;
            let is_said = (ran.code, cmdlets.len()) == (2, 0) && ran.stderr.contains("changed-while-read");
            assert!(is_one || is_said, "{changes}: {} {}", ran.code, ran.stderr);
        }
    });
}
