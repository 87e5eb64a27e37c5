//! `rolecall diff` on what a repository holds.

use std::path::Path;
use std::process::Command;

use crate::program::{Ran, folder, rolecall_in};
use crate::schemas::hold;

const ENTRIES: &str = "Role,Name,Parameters\nAlpha,Set-Mailbox,Identity;ForwardingAddress\nBeta,Get-Mailbox,Identity\n";
const MAILBOXES: &str = "Name,Guid,RecipientTypeDetails,RoleAssignmentPolicy\n\
    anna,11111111-1111-4111-8111-111111111111,UserMailbox,\n\
    bo,22222222-2222-4222-8222-222222222222,UserMailbox,\n";

fn assignments(rows: &[(&str, &str)]) -> String {
    let heading = "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled,RecipientReadScope,RecipientWriteScope,ConfigReadScope,ConfigWriteScope\n";
    let row = |(role, who): &(&str, &str)| {
        format!(
            "{role}-{who},{role},{who},User,Regular,True,Organization,Organization,OrganizationConfig,OrganizationConfig\n"
        )
    };
    heading.to_owned() + &rows.iter().map(row).collect::<String>()
}

/// A repository whose first commit lets `anna` read mailboxes.
struct Repository(tempfile::TempDir);

impl Repository {
    fn new() -> Self {
        let first = assignments(&[("Beta", "anna")]);
        let files: [(&str, &[u8]); 3] = [
            ("exports/entries.csv", ENTRIES.as_bytes()),
            ("exports/mailboxes.csv", MAILBOXES.as_bytes()),
            ("exports/assignments.csv", first.as_bytes()),
        ];
        let repository = Self(folder(&files));
        repository.git(&["init", "-q", "-b", "main"]);
        repository.commit("first");
        repository
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn git(&self, arguments: &[&str]) {
        let output = Command::new("git")
            .current_dir(self.path())
            .args(["-c", "user.name=Anna", "-c", "user.email=anna@contoso.com", "-c", "commit.gpgsign=false"])
            .args(arguments)
            .output()
            .expect("git runs");
        assert!(output.status.success(), "{output:?}");
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
    }

    fn assign(&self, rows: &[(&str, &str)]) {
        std::fs::write(self.path().join("exports/assignments.csv"), assignments(rows)).expect("the folder is ours");
    }

    fn diff(&self, arguments: &[&str]) -> Ran {
        rolecall_in(self.path(), &[&["diff"], arguments].concat())
    }
}

const BOTH: [(&str, &str); 2] = [("Beta", "anna"), ("Alpha", "bo")];

#[test]
fn a_commit_is_compared_with_the_working_tree() {
    let repository = Repository::new();
    repository.assign(&BOTH);
    let ran = repository.diff(&["HEAD:exports", "exports", "--format", "json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let diff = ran.json();
    assert_eq!(diff["changes"][0]["accounts"][0], "bo");
    assert_eq!(diff["changes"][0]["dangerous"][0], "Set-Mailbox");
    assert_eq!(diff["old"]["path"], "HEAD:exports");
    assert_eq!(diff["changes"][0]["causes"][0]["kind"], "assignment");
    let back = repository.diff(&["exports", "HEAD:exports", "--format", "json"]);
    assert_eq!(back.code, 0, "{back:?}");
    let location = &back.json()["changes"][0]["causes"][0]["location"];
    assert_eq!(location["file"], "exports/assignments.csv");
}

#[test]
fn a_branch_is_compared_with_where_it_left_the_other() {
    let repository = Repository::new();
    repository.git(&["checkout", "-q", "-b", "topic"]);
    repository.git(&["checkout", "-q", "main"]);
    repository.assign(&BOTH);
    repository.commit("main goes on");
    repository.git(&["checkout", "-q", "topic"]);
    let ran = repository.diff(&["--base", "main", "exports"]);
    assert_eq!((ran.code, ran.stdout.contains("no account gained or lost anything")), (0, true), "{ran:?}");
    let exact = repository.diff(&["--base", "main", "--base-exact", "exports"]);
    assert!(exact.stdout.contains("- `bo` loses"), "{exact:?}");
    repository.assign(&BOTH);
    assert_eq!(repository.diff(&["--base", "main", "exports"]).code, 1);
}

#[test]
fn what_is_staged_is_compared_whatever_the_working_tree_holds() {
    let repository = Repository::new();
    repository.assign(&BOTH);
    assert_eq!(repository.diff(&["--staged", "exports"]).code, 0, "nothing is staged yet");
    repository.git(&["add", "-A"]);
    repository.assign(&[("Beta", "anna")]);
    let ran = repository.diff(&["--staged", "exports", "--format", "json"]);
    assert_eq!((ran.code, ran.json()["changes"][0]["accounts"][0].clone()), (1, "bo".into()), "{ran:?}");
}

#[test]
fn the_hook_of_a_partial_commit_sees_what_is_committed() {
    let repository = Repository::new();
    let hook = repository.path().join(".git/hooks/pre-commit");
    let binary = env!("CARGO_BIN_EXE_rolecall");
    std::fs::create_dir_all(hook.parent().expect("a folder")).expect("the folder is ours");
    std::fs::write(&hook, format!("#!/bin/sh\nexec '{binary}' diff --staged exports\n")).expect("the folder is ours");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).expect("the file is ours");
    }
    repository.assign(&BOTH);
    std::fs::write(repository.path().join("README"), "a page\n").expect("the folder is ours");
    repository.git(&["add", "-A"]);
    // The index holds the assignment, and this commit does not.
    repository.git(&["commit", "-q", "-m", "a page", "--", "README"]);
    let whole = Command::new("git")
        .current_dir(repository.path())
        .args(["-c", "user.name=Anna", "-c", "user.email=anna@contoso.com", "commit", "-q", "-m", "rights"])
        .output()
        .expect("git runs");
    assert!(!whole.status.success(), "{whole:?}");
}

#[test]
fn what_stands_where_an_export_was_is_no_empty_export() {
    let repository = Repository::new();
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n";
    std::fs::write(repository.path().join("exports/assignments.csv"), pointer).expect("the folder is ours");
    repository.git(&["add", "-A"]);
    let ran = repository.diff(&["--staged", "exports"]);
    assert!(ran.stderr.contains("Git LFS"), "{ran:?}");
    assert_eq!(ran.code, 2, "{ran:?}");
}

#[test]
fn a_side_that_is_not_there_names_how_it_was_read() {
    let repository = Repository::new();
    let ran = repository.diff(&["nowhere", "exports"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("there is no path `nowhere`, and git knows no revision `nowhere`"), "{ran:?}");
    let ran = repository.diff(&["exports"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    let ran = repository.diff(&["HEAD:elsewhere", "exports"]);
    assert_eq!(ran.code, 2, "{ran:?}");
}

#[test]
fn what_the_policy_newly_finds_and_finds_no_more_is_said() {
    let repository = Repository::new();
    let policy = "[[forbid]]\nid = \"redirect\"\ncmdlets = [\"Set-Mailbox:ForwardingAddress\"]\n";
    std::fs::write(repository.path().join("rolecall.toml"), policy).expect("the folder is ours");
    repository.commit("policy");
    repository.assign(&BOTH);
    let rules = |ran: &Ran, key: &str| -> Vec<String> {
        let findings = ran.json()["findings"][key].as_array().cloned().unwrap_or_default();
        findings.iter().map(|it| it["rule"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let forbidden = "forbidden-cmdlet".to_owned();
    let there = repository.diff(&["HEAD:exports", "exports", "--format", "json"]);
    assert!(rules(&there, "new").contains(&forbidden), "{there:?}");
    assert!(!rules(&there, "fixed").contains(&forbidden), "{there:?}");
    let back = repository.diff(&["exports", "HEAD:exports", "--format", "json"]);
    assert!(rules(&back, "fixed").contains(&forbidden), "{back:?}");
    hold("diff", &[there.json(), back.json()]);
}

#[test]
fn a_report_for_a_pull_request_is_short_and_quotes_every_name() {
    let people: Vec<String> = (0..2000).map(|number| format!("@team-{number} `x` <img> | #12")).collect();
    let rows: Vec<(&str, &str)> = people.iter().map(|name| ("Alpha", name.as_str())).collect();
    let mailboxes: String = people
        .iter()
        .enumerate()
        .map(|(number, name)| format!("{name},{number:08x}-1111-4111-8111-111111111111,UserMailbox,\n"))
        .collect();
    let mailboxes = "Name,Guid,RecipientTypeDetails,RoleAssignmentPolicy\n".to_owned() + &mailboxes;
    let (none, all) = (assignments(&rows[..1]), assignments(&rows));
    let exports = folder(&[
        ("old/entries.csv", ENTRIES.as_bytes()),
        ("old/mailboxes.csv", mailboxes.as_bytes()),
        ("old/assignments.csv", none.as_bytes()),
        ("new/entries.csv", ENTRIES.as_bytes()),
        ("new/mailboxes.csv", mailboxes.as_bytes()),
        ("new/assignments.csv", all.as_bytes()),
    ]);
    let ran = rolecall_in(exports.path(), &["diff", "old", "new", "--format", "markdown"]);
    assert_eq!(ran.code, 1);
    assert!((40_000..60_100).contains(&ran.stdout.chars().count()), "{}", ran.stdout.chars().count());
    assert!(ran.stdout.trim_end().ends_with("more"), "what was left out is counted");
    // Within code spans nothing is a mention, a picture or a column.
    let row = ran.stdout.lines().find(|line| line.contains("@team-1 ")).expect("a row");
    assert!(row.contains("``@team-1 `x` <img> \\| #12``"), "{row}");
}
