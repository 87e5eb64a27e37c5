//! What a shell, a script or a pipeline sees: exit codes, hostile inputs, the same bytes in every run.

use std::collections::BTreeSet;
use std::io::Read;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::program::{Ran, argument, beside_built_in, folder, rolecall, rolecall_reading, strings};

const PACK: &str = "intune-connector-on-premises";

/// `ada` can run `Set-Mailbox`; whether she can run `Get-JournalRule` hangs on a group whose members nobody exported.
const ENTRIES: &str = "Role,Name,Parameters\r\n\
    Mail Recipients,Set-Mailbox,Alias;Identity\r\nJournaling,Get-JournalRule,Identity\r\n";
const ASSIGNMENTS: &str = "Name,Role,RoleAssigneeName,RoleAssigneeType,Enabled,RoleAssignmentDelegationType,\
    RecipientReadScope,ConfigReadScope,RecipientWriteScope,ConfigWriteScope\r\n\
    A,Mail Recipients,ada,User,True,Regular,Organization,OrganizationConfig,Organization,OrganizationConfig\r\n\
    B,Journaling,Ghosts,RoleGroup,True,Regular,Organization,OrganizationConfig,Organization,OrganizationConfig\r\n";
const MAILBOXES: &str = "Name,UserPrincipalName,RecipientTypeDetails,RoleAssignmentPolicy\r\n\
    ada,ada@contoso.com,UserMailbox,\r\n";

/// The accounts of these tests hold their roles directly, which is not what they are about.
const NO_RULES: &str = "[rules]\ndirect-assignment = \"off\"\n";

const GRANTED: &str = "[[require]]\nid = \"ours\"\naccount = \"ada\"\ncmdlets = [\"Set-Mailbox\"]\n";
const HALF_OPEN: &str =
    "[[require]]\nid = \"ours\"\naccount = \"ada\"\ncmdlets = [\"Set-Mailbox\", \"Get-JournalRule\"]\n";
const OPEN: &str = "[[require]]\nid = \"ours\"\naccount = \"ada\"\ncmdlets = [\"Get-JournalRule\"]\n";
const MISSING: &str = "[[require]]\nid = \"ours\"\naccount = \"ada\"\ncmdlets = [\"New-Mailbox:Name\"]\n";
const NOBODY: &str = "[[require]]\nid = \"ours\"\naccount = \"adda\"\ncmdlets = [\"Set-Mailbox\"]\n";
const MISTAKEN: &str = "[[require]]\nid = \"ours\"\naccount = \"ada\"\ncmdlet = [\"Set-Mailbox\"]\n";

/// The small organization above with the policies, in a folder.
fn small() -> tempfile::TempDir {
    folder(&[
        ("exports/entries.csv", ENTRIES.as_bytes()),
        ("exports/assignments.csv", ASSIGNMENTS.as_bytes()),
        ("exports/mailboxes.csv", MAILBOXES.as_bytes()),
        ("granted.toml", [GRANTED, NO_RULES].concat().as_bytes()),
        ("half-open.toml", [HALF_OPEN, NO_RULES].concat().as_bytes()),
        ("open.toml", [OPEN, NO_RULES].concat().as_bytes()),
        ("missing.toml", MISSING.as_bytes()),
        ("nobody.toml", NOBODY.as_bytes()),
        ("mistaken.toml", MISTAKEN.as_bytes()),
        ("empty.toml", b""),
        ("empty/.keep", b""),
        ("nothing.txt", b""),
        ("other/letter.txt", b"Dear Anna,\r\n\r\nnothing of this is an export.\r\n"),
    ])
}

/// The formats of `check`, as its own message about a wrong one lists them.
fn formats() -> Vec<String> {
    let ran = rolecall(&["check", "--format", "none-such"]);
    assert_eq!(ran.code, 2);
    let listed = ran.stderr.split("[possible values: ").nth(1).and_then(|rest| rest.split(']').next());
    let formats: Vec<String> = listed.expect("clap lists them").split(", ").map(ToOwned::to_owned).collect();
    for format in ["human", "concise", "json"] {
        assert!(formats.iter().any(|known| known == format), "{format} is not in {formats:?}");
    }
    formats
}

#[test]
fn exit_codes_are_the_same_in_every_format() {
    let folder = small();
    let cases: &[(&str, i32)] = &[
        ("exports --policy granted.toml", 0),
        ("exports --policy half-open.toml", 1),
        ("exports --policy half-open.toml --fail-on error", 0),
        ("exports --policy half-open.toml --fail-on error --strict", 1),
        ("exports --policy missing.toml", 1),
        ("exports --policy missing.toml --fail-on error", 1),
        ("exports --policy missing.toml --exit-zero", 0),
        // Nothing was checked.
        ("exports", 3),
        ("exports --policy empty.toml", 3),
        ("exports --policy open.toml", 3),
        ("exports --policy open.toml --exit-zero", 3),
        ("exports --policy nobody.toml", 3),
        ("--policy granted.toml", 3),
        // A path or a policy that cannot be used, whatever else was found.
        ("exports none-such --policy granted.toml", 2),
        ("exports none-such --policy missing.toml --exit-zero", 2),
        ("exports nothing.txt --policy granted.toml", 2),
        ("exports empty --policy granted.toml", 2),
        ("exports other --policy granted.toml", 2),
        ("exports other/letter.txt --policy granted.toml", 2),
        ("nothing.txt", 2),
        ("empty --policy granted.toml", 2),
        ("exports --policy mistaken.toml", 2),
        ("exports --policy none-such.toml", 2),
        ("exports --require none-such --account ada", 2),
        ("exports --require intune-connector-on-premises", 2),
        ("exports --require intune-connector-on-premises --account ada", 1),
        ("exports --require intune-connector-on-premises --account adda", 3),
        ("exports --no-such-option", 2),
    ];
    let mut wrong = Vec::new();
    for format in formats() {
        for (words, code) in cases {
            let mut arguments: Vec<String> = words.split(' ').map(|word| in_folder(&folder, word)).collect();
            arguments.splice(0..0, ["check".to_owned(), "--format".to_owned(), format.clone()]);
            let ran = rolecall(&arguments);
            if ran.code != *code {
                wrong.push(format!("{format}: {words}: {} instead of {code}: {}", ran.code, ran.stderr));
            }
            let usage = ["none-such.toml", "none-such --account", "on-premises", "--no-such"];
            let is_usage = *code == 2 && usage.iter().any(|end| words.contains(end));
            if format == "json" && !is_usage {
                assert_eq!(ran.json()["version"], 1, "{words}");
            }
            // Whoever sees a code that is no finding's is told why.
            if matches!(code, 2 | 3) {
                let said = format!("{}{}", ran.stdout, ran.stderr);
                assert!(said.contains("error") || said.contains("nothing was checked"), "{format}: {words}: {said}");
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The word as an argument: a path below `folder` where there is such a thing, or could be.
fn in_folder(folder: &tempfile::TempDir, word: &str) -> String {
    let is_path = folder.path().join(word).exists() || word.starts_with("none-such") && !word.contains("--");
    if is_path && word != "none-such" { argument(&folder.path().join(word)) } else { word.to_owned() }
}

#[test]
fn the_other_commands_have_the_same_codes() {
    let folder = small();
    let cases: &[(&str, i32)] = &[
        ("access exports", 0),
        ("access exports --account ada", 0),
        ("access exports --account adda", 3),
        ("access exports none-such", 2),
        ("access exports nothing.txt", 2),
        ("access empty", 2),
        ("records exports", 0),
        ("records exports none-such", 2),
        ("records nothing.txt", 2),
        ("records other/letter.txt", 2),
        ("records empty", 2),
        ("records exports nothing.txt", 2),
        ("why ada Set-Mailbox exports", 0),
        ("why ada New-Mailbox exports", 1),
        ("why ada Get-JournalRule exports", 3),
        ("why ada Set-Mailbox exports none-such", 2),
        ("--help", 0),
        ("--version", 0),
        ("check --help", 0),
        ("none-such", 2),
    ];
    let mut wrong = Vec::new();
    for (words, code) in cases {
        let arguments: Vec<String> = words.split(' ').map(|word| in_folder(&folder, word)).collect();
        let ran = rolecall(&arguments);
        if ran.code != *code {
            wrong.push(format!("{words}: {} instead of {code}: {}", ran.code, ran.stderr));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A check of the small organization and of `path`, where everything that is known is granted.
fn check_beside(folder: &tempfile::TempDir, path: &str) -> Ran {
    let exports = argument(&folder.path().join("exports"));
    let policy = argument(&folder.path().join("granted.toml"));
    rolecall(&["check", &exports, path, "--policy", &policy, "--format", "json"])
}

#[test]
fn what_cannot_be_read_does_not_keep_the_rest_from_being_checked() {
    let folder = small();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("the folder is ours");
        argument(&path)
    };
    let hostile = [
        argument(&folder.path().join("none-such")),
        write("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89"),
        write("nothing.csv", b""),
        write("mark.csv", b"\xef\xbb\xbf"),
        write("mark-16.csv", b"\xff\xfe"),
        write("odd-16.csv", b"\xff\xfea"),
        write("blanks.txt", b"\r\n  \r\n\r\n"),
        write("zeros.bin", &[0; 4096]),
        write("bytes.bin", &(0..=255).cycle().take(8192).collect::<Vec<u8>>()),
        write("open.json", b"[{\"Name\":\"Get-Mailbox\",\"Role\":"),
        write("open.xml", b"<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><Obj"),
        write("deep.json", "[".repeat(200_000).as_bytes()),
        write("deep.xml", "<Objs><Obj>".repeat(20_000).as_bytes()),
        #[cfg(unix)]
        {
            let path = folder.path().join("dangling.csv");
            std::os::unix::fs::symlink(folder.path().join("gone.csv"), &path).expect("the folder is ours");
            argument(&path)
        },
        #[cfg(unix)]
        {
            let path = folder.path().join("endless");
            std::fs::create_dir(&path).expect("the folder is ours");
            std::os::unix::fs::symlink(&path, path.join("again")).expect("the folder is ours");
            argument(&path)
        },
    ];
    for path in &hostile {
        let ran = check_beside(&folder, path);
        let report = ran.json();
        assert_eq!(ran.code, 2, "{path}: {}", ran.stderr);
        assert_eq!(report["summary"]["granted"], 1, "{path}: the rest was not checked");
        let names_it = report["diagnostics"].as_array().expect("a list").iter().any(|diagnostic| {
            diagnostic["locations"]
                .as_array()
                .expect("a list")
                .iter()
                .any(|location| location["file"].as_str().is_some_and(|file| file.starts_with(path.as_str())))
        });
        assert!(names_it, "{path} is not spoken of");
        assert!(!ran.stderr.contains("panicked"), "{path}: {}", ran.stderr);
    }
}

#[cfg(unix)]
#[test]
fn a_file_of_a_folder_that_cannot_be_read_leaves_open_what_it_may_hold() {
    let folder = small();
    let answer = |account: &str, cmdlet: &str| {
        let exports = argument(&folder.path().join("exports"));
        let ran = rolecall(&["why", account, cmdlet, &exports, "--format", "json"]);
        ran.json_lines().pop().unwrap_or_else(|| panic!("{}", ran.stderr))
    };
    let before = answer("ada", "New-Mailbox");
    assert_eq!(before["answer"], "not-granted", "{before}");
    let link = folder.path().join("exports/members.csv");
    std::os::unix::fs::symlink(folder.path().join("gone.csv"), link).expect("the folder is ours");
    let line = answer("ada", "New-Mailbox");
    assert_eq!((&line["answer"], &line["gaps"][0]["code"]), (&"unknown".into(), &"unreadable-input".into()), "{line}");
}

#[test]
fn a_heading_without_rows_and_an_empty_list_are_exports_of_nothing() {
    let folder = small();
    let groups = folder.path().join("groups.csv");
    let check = |heading: &str| {
        std::fs::write(&groups, heading).expect("the folder is ours");
        let exports = argument(&folder.path().join("exports"));
        let policy = argument(&folder.path().join("missing.toml"));
        rolecall(&["check", &exports, &argument(&groups), "--policy", &policy, "--format", "json"])
    };
    for nothing in ["Name,RecipientTypeDetails,Members\r\n", "[]", "[\r\n\r\n]\r\n"] {
        let empty = check(nothing);
        assert_eq!((empty.code, &empty.json()["summary"]["missing"]), (1, &1.into()), "{nothing}: {}", empty.stderr);
    }
    // Without its line end the file may have lost more than the rest of the heading.
    let cut = check("Name,RecipientTypeDetails,Memb");
    assert_eq!(&cut.json()["summary"]["undecided"], &1, "{}", cut.stderr);
}

#[test]
fn half_a_record_is_no_whole_one() {
    let folder = small();
    let half = "Role,Name,Parameters\r\nMail Recipients,New-Mailbox,Alias\r\nMail Recipients,\"Remove-Mail";
    std::fs::write(folder.path().join("exports/half.csv"), half).expect("the folder is ours");
    let exports = argument(&folder.path().join("exports"));
    let lines = rolecall(&["records", &exports]).json_lines();
    let cut: Vec<&Value> = lines.iter().filter(|record| record["complete"] == false).collect();
    assert_eq!(cut.len(), 1, "{cut:?}");
    assert_eq!(cut[0]["line"], 3);
    // What the rest of the file held is not known, so nobody may say that it is not granted.
    let policy = "[[require]]\nid = \"ours\"\naccount = \"ada\"\ncmdlets = [\"New-Mailbox\", \"Remove-Mailbox\"]\n";
    std::fs::write(folder.path().join("half.toml"), policy).expect("the folder is ours");
    let policy = argument(&folder.path().join("half.toml"));
    let report = rolecall(&["check", &exports, "--policy", &policy, "--format", "json"]).json();
    let summary = &report["summary"];
    assert_eq!((&summary["granted"], &summary["undecided"], &summary["missing"]), (&1.into(), &1.into(), &0.into()));
}

#[test]
fn one_line_of_many_megabytes_is_read_in_time() {
    // A build without optimization is an order slower, and the point is that nothing grows faster than the line.
    let bytes = if cfg!(debug_assertions) { 20_000_000 } else { 100_000_000 };
    let folder = small();
    let path = argument(&folder.path().join("long.txt"));
    let starts = ["", "Role,Name,Parameters\r\nMail Recipients,Set-Mailbox,", "Name : ", "[{\"Name\":\"", "[PS] C:\\>"];
    for start in starts {
        let mut text = start.to_owned();
        while text.len() < bytes {
            text.push_str("Identity;Alias;Confirm;WhatIf;");
        }
        std::fs::write(&path, &text).expect("the folder is ours");
        let begun = std::time::Instant::now();
        let ran = check_beside(&folder, &path);
        // Far above what it takes; a quadratic step would take hours.
        assert!(begun.elapsed().as_secs() < 120, "{start:?} took {:?}", begun.elapsed());
        assert_eq!(ran.json()["summary"]["granted"], 1, "{start:?}");
        assert!(ran.stdout.len() < 200_000, "{start:?}: the line is repeated in the report");
    }
}

#[test]
fn standard_input_is_read_where_a_dash_stands() {
    let folder = small();
    let path = |name: &str| argument(&folder.path().join(name));
    let (entries, assignments) = (path("exports/entries.csv"), path("exports/assignments.csv"));
    let (mailboxes, policy) = (path("exports/mailboxes.csv"), path("granted.toml"));
    let arguments = ["check", "-", &assignments, &mailboxes, "--policy", &policy, "--format", "json"];
    let ran = rolecall_reading(&arguments, ENTRIES.as_bytes());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let files: Vec<Value> =
        ran.json()["coverage"].as_array().expect("a list").iter().map(|it| it["files"].clone()).collect();
    assert!(files.contains(&serde_json::json!(["-"])), "{files:?}");
    let named = rolecall(&["check", &entries, &assignments, &mailboxes, "--policy", &policy, "--format", "json"]);
    assert_eq!(ran.stdout, named.stdout.replace(&entries, "-"));
    // Given twice it is read once.
    assert_eq!(rolecall_reading(&["records", "-", "-"], ENTRIES.as_bytes()).json_lines().len(), 2);
}

#[test]
fn progress_is_for_a_terminal_alone() {
    let folder = small();
    let words = ["check", "exports", "--policy", "granted.toml"].map(|word| in_folder(&folder, word));
    for when in [&[][..], &["--progress", "auto"], &["--progress", "never"]] {
        let ran = rolecall(&[&words.each_ref().map(String::as_str), when].concat());
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{when:?}");
    }
    assert_eq!(rolecall(&["check", "--progress", "always"]).code, 2, "what is piped is never drawn over");
}

#[test]
fn a_reader_that_stops_is_no_error() {
    for command in ["records", "access", "check"] {
        let mut arguments =
            vec![command, "fixtures/organization/exports/entries.csv", "fixtures/organization/exports/assignments.csv"];
        if command == "check" {
            arguments.extend(["--account=*", "--require", PACK, "--format=json"]);
        }
        let mut child = Command::new(env!("CARGO_BIN_EXE_rolecall"))
            .args(&arguments)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary was built with the tests");
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().expect("it is piped").read_to_string(&mut said).expect("messages are UTF-8");
        let code = child.wait().expect("it ends").code();
        assert!(matches!(code, Some(0 | 1 | 3)), "{command}: {code:?}: {said}");
        assert!(!said.contains("panicked") && !said.to_lowercase().contains("broken pipe"), "{command}: {said}");
    }
}

/// The exports of the fixture organization.
fn organization() -> Vec<String> {
    let names = [
        "assignments",
        "entries",
        "entries-my-roles",
        "groups",
        "mailboxes",
        "members",
        "policies",
        "role-groups",
        "roles",
        "scopes",
        "users",
    ];
    names.iter().map(|name| format!("fixtures/organization/exports/{name}.csv")).collect()
}

fn check_organization(paths: &[String], further: &[&str]) -> Ran {
    let words = ["check", "--account", "*", "--require", PACK];
    let arguments: Vec<&str> =
        words.into_iter().chain(further.iter().copied()).chain(paths.iter().map(String::as_str)).collect();
    rolecall(&arguments)
}

#[test]
fn the_same_bytes_for_any_number_of_threads() {
    for format in formats() {
        let run = |jobs: &str| check_organization(&organization(), &["--format", &format, "--jobs", jobs]);
        let (one, eight) = (run("1"), run("8"));
        assert!(one.stdout.len() > 1000, "{format}: {}", one.stderr);
        assert!(one.stdout == eight.stdout, "{format}: the report depends on the threads");
        assert_eq!(one.stderr, eight.stderr, "{format}");
        assert_eq!(one.code, eight.code, "{format}");
    }
}

/// The findings of a report without what follows from the order of the files.
fn findings(report: &Value) -> BTreeSet<String> {
    let diagnostics = report["diagnostics"].as_array().expect("a list");
    let all: BTreeSet<String> = diagnostics.iter().map(Value::to_string).collect();
    assert_eq!(all.len(), diagnostics.len(), "a finding is said twice");
    all
}

#[test]
fn the_order_of_the_files_changes_no_finding() {
    let forward = organization();
    let mut backward = forward.clone();
    backward.reverse();
    let mut shuffled = forward.clone();
    shuffled.rotate_left(5);
    shuffled.swap(0, 7);
    let expected = check_organization(&forward, &["--format", "json"]).json();
    assert!(findings(&expected).len() > 50);
    for paths in [backward, shuffled] {
        let found = check_organization(&paths, &["--format", "json"]).json();
        assert_eq!(found["summary"], expected["summary"]);
        let (found, expected) = (findings(&found), findings(&expected));
        let differ: Vec<&String> = found.symmetric_difference(&expected).collect();
        assert!(differ.is_empty(), "{paths:?}: {differ:#?}");
    }
}

#[test]
fn a_mailbox_of_two_names_is_called_the_same_whatever_the_names_of_files() {
    let columns = "Name,UserPrincipalName,RecipientTypeDetails,RoleAssignmentPolicy\r\n";
    let of = |name: &str| format!("{columns}{name},ada@contoso.com,UserMailbox,Default Role Assignment Policy\r\n");
    let check = |first: &str, second: &str| {
        let folder = folder(&[
            ("a.csv", of(first).as_bytes()),
            ("b.csv", of(second).as_bytes()),
            ("policy.toml", MISSING.replace("\"ada\"", "\"*\"").as_bytes()),
        ]);
        let policy = format!("--policy={}", argument(&folder.path().join("policy.toml")));
        let report = rolecall(&["check", &argument(folder.path()), &policy, "--format=json"]).json();
        let of = |finding: &Value| (finding["rule"].clone(), finding["message"].clone());
        report["diagnostics"].as_array().expect("a list").iter().map(of).collect::<Vec<_>>()
    };
    let (one, other) = (check("ada", "Bea"), check("Bea", "ada"));
    assert!(!one.is_empty() && one == other, "{one:#?}\n{other:#?}");
}

#[test]
fn which_of_two_narrowed_commands_an_answer_names_does_not_hang_on_the_names_of_files() {
    let console = |narrowed: &str| {
        format!(
            "[PS] C:\\>Get-ManagementRoleAssignment {narrowed} | Format-List\r\n\r\n\
             Name : Recipients\r\nRole : Mail Recipients\r\nRoleAssigneeName : bea\r\nRoleAssigneeType : User\r\n\
             RoleAssignmentDelegationType : Regular\r\nEnabled : True\r\nRecipientReadScope : Organization\r\n\
             ConfigReadScope : OrganizationConfig\r\nRecipientWriteScope : Organization\r\n\
             ConfigWriteScope : OrganizationConfig\r\n"
        )
    };
    let check = |first: &str, second: &str| {
        let folder = folder(&[
            ("a.txt", console(first).as_bytes()),
            ("b.txt", console(second).as_bytes()),
            ("entries.csv", ENTRIES.as_bytes()),
            ("mailboxes.csv", MAILBOXES.as_bytes()),
            ("policy.toml", OPEN.as_bytes()),
        ]);
        let policy = format!("--policy={}", argument(&folder.path().join("policy.toml")));
        let report = rolecall(&["check", &argument(folder.path()), &policy, "--format=json"]).json();
        let findings = report["diagnostics"].as_array().expect("a list").iter();
        let undecided = findings.filter(|finding| finding["rule"] == "undecided");
        undecided.map(|finding| (finding["message"].clone(), finding["gap"].clone())).collect::<Vec<_>>()
    };
    let (one, other) = ("-Role \"Mail Recipients\"", "-Identity Recipients");
    let (one, other) = (check(one, other), check(other, one));
    assert!(one.iter().any(|(_, gap)| gap["code"] == "narrowed-listing") && one == other, "{one:#?}\n{other:#?}");
}

#[test]
fn assignments_without_names_are_told_apart_by_what_they_say_and_not_by_their_order() {
    let (heading, _) = ASSIGNMENTS.split_once("\r\n").expect("there is a heading");
    let heading = heading.strip_prefix("Name,").expect("the name comes first");
    let row = |scope: &str, enabled: &str| {
        format!(
            "Mail Recipients,ada,User,{enabled},Regular,Organization,OrganizationConfig,{scope},OrganizationConfig\r\n"
        )
    };
    let all = row("Organization", "True");
    let self_only = row("Self", "True");
    let nothing = row("None", "True");
    let contradictions = |files: [&[&str]; 3]| {
        let texts = files.map(|rows| format!("{heading}\r\n{}", rows.concat()));
        let folder = folder(&[
            ("a.csv", texts[0].as_bytes()),
            ("b.csv", texts[1].as_bytes()),
            ("c.csv", texts[2].as_bytes()),
            ("entries.csv", ENTRIES.as_bytes()),
            ("mailboxes.csv", MAILBOXES.as_bytes()),
            ("policy.toml", GRANTED.as_bytes()),
        ]);
        let policy = format!("--policy={}", argument(&folder.path().join("policy.toml")));
        let report = rolecall(&["check", &argument(folder.path()), &policy, "--format=json"]).json();
        let findings = report["diagnostics"].as_array().expect("a list").iter();
        findings.filter(|finding| finding["rule"] == "contradicting-records").count()
    };
    let (all, self_only, nothing) = (all.as_str(), self_only.as_str(), nothing.as_str());
    // Each export shows both of two assignments.
    assert_eq!(contradictions([&[all, self_only], &[self_only, all], &[all, self_only]]), 0);
    // The third says something else of one of them.
    for [one, two, three] in [[0, 1, 2], [2, 0, 1], [1, 2, 0], [2, 1, 0]] {
        let files: [&[&str]; 3] = [&[all, self_only], &[self_only, all], &[self_only, nothing]];
        assert_eq!(contradictions([files[one], files[two], files[three]]), 1, "{one} {two} {three}");
    }
}

#[test]
fn whom_a_finding_names_where_two_records_name_others_does_not_hang_on_the_names_of_files() {
    let (heading, rows) = ASSIGNMENTS.split_once("\r\n").expect("there is a heading");
    let of = |name: &str| format!("{heading}\r\n{}", rows.replace("Regular", "DelegatingOrgWide").replace("ada", name));
    let policy = "[[role]]\nid = \"ours\"\nname = \"Mail Recipients\"\ndelegators = [\"group:Ghosts\"]\n";
    let findings = |first: &str, second: &str| {
        let folder = folder(&[
            ("a.csv", of(first).as_bytes()),
            ("b.csv", of(second).as_bytes()),
            ("entries.csv", ENTRIES.as_bytes()),
            ("mailboxes.csv", MAILBOXES.as_bytes()),
            ("policy.toml", policy.as_bytes()),
        ]);
        let policy = format!("--policy={}", argument(&folder.path().join("policy.toml")));
        let report = rolecall(&["check", &argument(folder.path()), &policy, "--format=json"]).json();
        let of = |finding: &Value| (finding["rule"].clone(), finding["message"].clone(), finding["account"].clone());
        report["diagnostics"].as_array().expect("a list").iter().map(of).collect::<Vec<_>>()
    };
    let (one, other) = (findings("zoe", "bo"), findings("bo", "zoe"));
    assert!(one.iter().any(|(rule, ..)| rule == "unexpected-delegator") && one == other, "{one:#?}\n{other:#?}");
}

#[test]
fn which_role_a_parameter_is_missing_from_does_not_hang_on_the_order_of_the_files() {
    let entry = |role: &str, parameters: &str| format!("Role,Name,Parameters\r\n{role},Set-Mailbox,{parameters}\r\n");
    let assignment = |role: &str| {
        let scopes = "Organization,OrganizationConfig,Organization,OrganizationConfig";
        format!("{role}-ada,{role},ada,User,True,Regular,{scopes}\r\n")
    };
    let heading = ASSIGNMENTS.split_inclusive("\r\n").next().expect("there is a heading");
    let folder = folder(&[
        ("few.csv", entry("User Options", "Alias").as_bytes()),
        ("more.csv", entry("Mail Recipients", "Alias;Identity").as_bytes()),
        ("most.csv", entry("Custom", "Alias;Identity").as_bytes()),
        (
            "assignments.csv",
            [heading, &assignment("User Options"), &assignment("Mail Recipients"), &assignment("Custom")]
                .concat()
                .as_bytes(),
        ),
        ("mailboxes.csv", MAILBOXES.as_bytes()),
        ("policy.toml", MISSING.replace("New-Mailbox:Name", "Set-Mailbox:Identity,Name").as_bytes()),
    ]);
    let path = |name: &str| argument(&folder.path().join(name));
    let check = |names: [&str; 5]| {
        let mut arguments =
            vec!["check".to_owned(), format!("--policy={}", path("policy.toml")), "--format=json".to_owned()];
        arguments.extend(names.map(path));
        rolecall(&arguments).json()
    };
    let forward = check(["few.csv", "more.csv", "most.csv", "assignments.csv", "mailboxes.csv"]);
    let backward = check(["mailboxes.csv", "assignments.csv", "most.csv", "more.csv", "few.csv"]);
    assert_eq!(findings(&forward), findings(&backward));
    // The one that lacks least, and of those the first by name.
    let finding = &beside_built_in(&forward)[0];
    assert_eq!((&finding["rule"], strings(&finding["parameters"])), (&"missing-parameter".into(), vec!["Name"]));
    assert_eq!(finding["locations"][0]["file"], path("most.csv"));
}

#[test]
fn an_account_that_two_patterns_name_is_judged_once() {
    let once = check_organization(&organization(), &["--format", "json"]);
    let twice = check_organization(&organization(), &["--format", "json", "--account", "svc-*", "--account", "pat"]);
    assert_eq!(once.stdout, twice.stdout);
}

/// Characters that a terminal or an editor obeys, and an innocent one beside each.
const HIDDEN: &[char] = &[
    '\u{1b}', '\u{7}', '\u{8}', '\u{0}', '\u{9b}', '\u{85}', '\u{7f}', '\u{202e}', '\u{202a}', '\u{2066}', '\u{2069}',
    '\u{200e}', '\u{200f}', '\u{61c}', '\u{200b}', '\u{feff}', '\u{2028}', '\u{2029}',
];

#[track_caller]
fn assert_nothing_hidden(words: &str, text: &str) {
    let found: BTreeSet<String> = text
        .chars()
        .filter(|char| (char.is_control() && *char != '\n') || HIDDEN.contains(char))
        .map(|char| format!("U+{:04X}", u32::from(char)))
        .collect();
    assert!(found.is_empty(), "{words}: {found:?} in {text:?}");
}

#[test]
fn hidden_characters_in_names_are_written_out_in_every_output() {
    for &hidden in HIDDEN {
        let account = format!("a{hidden}da");
        let put = |text: &str| {
            let text =
                text.replace("ada,", &format!("{account},")).replace("Journaling", &format!("Jour{hidden}naling"));
            let text = text
                .replace("Get-JournalRule", &format!("Get-{hidden}JournalRule"))
                .replace("Ghosts", &format!("Gho{hidden}sts"));
            text.replace("Identity", &format!("Ident{hidden}ity"))
        };
        let folder = folder(&[
            ("exports/entries.csv", put(ENTRIES).as_bytes()),
            ("exports/assignments.csv", put(ASSIGNMENTS).as_bytes()),
            ("exports/mailboxes.csv", put(MAILBOXES).as_bytes()),
            ("exports/letter.txt", format!("no {hidden} export\r\n").as_bytes()),
        ]);
        let exports = argument(&folder.path().join("exports"));
        let policy = folder.path().join("policy.toml");
        let cmdlets = ["Set-Mailbox", "New-Mailbox", "Set-Mailbox:None", "Get-*JournalRule"];
        std::fs::write(&policy, format!("[[require]]\nid = \"ours\"\naccount = \"*\"\ncmdlets = {cmdlets:?}\n"))
            .expect("the folder is ours");
        let policy = argument(&policy);
        let mut runs: Vec<Vec<&str>> = vec![
            vec!["records", &exports],
            vec!["records", &exports, "-v"],
            vec!["access", &exports],
            vec!["access", &exports, "--format", "json"],
            vec!["who-can", "*", &exports],
            vec!["who-can", "*", &exports, "--format", "json"],
            vec!["why", "a*", "New-Mailbox", &exports],
            vec!["why", "a*", "Get-*JournalRule", &exports],
            vec!["why", "a*", "Get-*JournalRule", &exports, "--format", "json"],
        ];
        let formats = formats();
        runs.extend(formats.iter().map(|format| vec!["check", &exports, "--policy", &policy, "--format", format]));
        for arguments in runs {
            let words = arguments.join(" ");
            let ran = rolecall(&arguments);
            assert!(ran.stdout.len() > 100, "{words}: {hidden:?}: {ran:?}");
            // Rows of a table end in CR LF.
            let end = if words.ends_with("csv") { "\r\n" } else { "\n" };
            assert_nothing_hidden(&words, &ran.stdout.replace(end, "\n"));
            assert_nothing_hidden(&words, &ran.stderr);
        }
    }
}

#[test]
fn hidden_characters_on_the_command_line_are_written_out_too() {
    let folder = small();
    let exports = argument(&folder.path().join("exports"));
    for hidden in ["\u{1b}[31m", "\u{202e}", "\u{7}"] {
        let path = folder.path().join(format!("a{hidden}b.csv"));
        std::fs::write(&path, ENTRIES).expect("the folder is ours");
        let named = argument(&path);
        let gone = format!("{named}-gone");
        let account = format!("a{hidden}");
        let runs: Vec<Vec<&str>> = vec![
            vec!["check", &exports, &named, &gone, "--account", &account, "--require", PACK],
            vec!["check", &exports, &named, &gone, "--account", &account, "--require", PACK, "--format", "concise"],
            vec!["check", &exports, &named, &gone, "--account", &account, "--require", PACK, "--format", "json"],
            vec!["check", &exports, "--account", "ada", "--require", &account],
            vec!["check", &exports, "--policy", &gone],
            vec!["records", &named, &gone],
            vec!["access", &exports, &named, &gone],
            vec!["access", &exports, &named, "--account", &account],
        ];
        for arguments in runs {
            let words = arguments.join(" ");
            let ran = rolecall(&arguments);
            assert!(!ran.stdout.is_empty() || !ran.stderr.is_empty(), "{words:?}");
            assert_nothing_hidden(&words, &ran.stdout);
            assert_nothing_hidden(&words, &ran.stderr);
        }
    }
}

#[test]
fn a_name_that_is_almost_right_is_suggested() {
    let account = check_organization(&organization(), &["--format", "json"]);
    assert_eq!(account.code, 1);
    let mut arguments = vec!["check".to_owned(), "--account=svc-recipient".to_owned(), format!("--require={PACK}")];
    arguments.extend(organization());
    let ran = rolecall(&arguments);
    assert_eq!(ran.code, 3);
    assert!(ran.stdout.contains("did you mean `svc-recipients`?"), "{}", ran.stdout);

    let pack = rolecall(&[
        "check",
        "fixtures/organization/exports/users.csv",
        "--account=a",
        "--require=intune-conector-on-premises",
    ]);
    assert_eq!(pack.code, 2);
    assert!(pack.stderr.contains(&format!("did you mean the pack `{PACK}`?")), "{}", pack.stderr);
}

#[test]
fn an_account_on_the_command_line_limits_what_is_judged() {
    let folder = folder(&[(
        "policy.toml",
        b"[[require]]\nid = \"ours\"\naccount = \"*\"\ncmdlets = [\"Get-Mailbox\", \"New-Mailbox\"]\n",
    )]);
    let policy = argument(&folder.path().join("policy.toml"));
    let mut arguments = vec!["check".to_owned(), format!("--policy={policy}"), "--format=json".to_owned()];
    arguments.extend(organization());
    assert_eq!(rolecall(&arguments).json()["summary"]["accounts"], 14);
    arguments.push("--account=svc-nobody".to_owned());
    let report = rolecall(&arguments).json();
    assert_eq!(report["summary"]["accounts"], 1);
    let diagnostics = report["diagnostics"].as_array().expect("a list");
    let accounts: BTreeSet<&str> = diagnostics.iter().flat_map(|diagnostic| strings(&diagnostic["accounts"])).collect();
    assert_eq!(accounts, ["svc-nobody"].into());
}

#[test]
fn a_report_goes_to_the_file_that_is_named() {
    let folder = small();
    let path = |name: &str| argument(&folder.path().join(name));
    let (exports, policy, report) = (path("exports"), path("missing.toml"), path("report.txt"));
    for format in formats() {
        let shown = rolecall(&["check", &exports, "--policy", &policy, "--format", &format]);
        let written = rolecall(&["check", &exports, "--policy", &policy, "--format", &format, "--output", &report]);
        assert_eq!((written.code, written.stdout.as_str()), (shown.code, ""), "{format}");
        let report = std::fs::read_to_string(&report).expect("the report was written");
        assert_eq!(report, shown.stdout, "{format}");
    }
    let nowhere = rolecall(&["check", &exports, "--policy", &policy, "--output", &path("none-such/report.txt")]);
    assert_eq!(nowhere.code, 2);
    assert!(nowhere.stderr.contains("cannot be written"), "{}", nowhere.stderr);
}
