//! A team's day: exports and policy in a git repository, a hook that holds them, a waiver that comes and goes.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::program::{Ran, folder, rolecall_in};

const POLICY: &str = "\
[rules]
mailbox-import-export = \"off\"

[[forbid]]
id      = \"export-mail\"
cmdlets = [\"New-MailboxExportRequest\"]
except  = [\"anna\"]
";

const ENTRIES: &str = "Role,Name,Parameters\nMailbox Import Export,New-MailboxExportRequest,Mailbox;FilePath\n";
const ASSIGNMENTS: &str = "\
Name,Role,RoleAssigneeName,RoleAssigneeType,Enabled,RoleAssignmentDelegationType,RecipientReadScope,ConfigReadScope,RecipientWriteScope,ConfigWriteScope
Export,Mailbox Import Export,Export Admins,RoleGroup,True,Regular,Organization,OrganizationConfig,Organization,OrganizationConfig
";
const MAILBOXES: &str = "\
Name,UserPrincipalName,RecipientTypeDetails,RoleAssignmentPolicy
anna,anna@contoso.com,UserMailbox,Default
bo,bo@contoso.com,UserMailbox,Default
";
const ANNA: &str = "RoleGroup,Name,RecipientType\nExport Admins,anna,UserMailbox\n";
const ANNA_AND_BO: &str =
    "RoleGroup,Name,RecipientType\nExport Admins,anna,UserMailbox\nExport Admins,bo,UserMailbox\n";

const TODAY: &str = "2026-11-24";

/// Runs git without anything that the machine has configured.
fn git(repository: &Path, arguments: &[&str]) -> Output {
    Command::new("git")
        .args(["-c", "user.name=Anna", "-c", "user.email=anna@contoso.com", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .current_dir(repository)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env_remove("GIT_DIR")
        .env_remove("GIT_INDEX_FILE")
        .output()
        .expect("git is there, for this repository came by it")
}

/// Commits everything; whether the hook let it pass, and what was said.
fn commit(repository: &Path, subject: &str) -> (bool, String) {
    assert!(git(repository, &["add", "-A"]).status.success());
    let output = git(repository, &["commit", "-m", subject]);
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

fn check(repository: &Path, further: &[&str]) -> Ran {
    let mut arguments = vec!["check", "exports", "--policy", "rolecall.toml"];
    arguments.extend(further);
    rolecall_in(repository, &arguments.into_iter().map(ToOwned::to_owned).collect::<Vec<String>>())
}

fn rules(ran: &Ran) -> Vec<(String, bool)> {
    let report = ran.json();
    let all = report["diagnostics"].as_array().expect("a list");
    all.iter().map(|found| (found["rule"].as_str().expect("a rule").to_owned(), !found["waived"].is_null())).collect()
}

#[test]
#[cfg(unix)]
fn a_change_that_grants_too_much_is_stopped_waived_for_a_while_and_mended() {
    use std::os::unix::fs::PermissionsExt;

    let folder = folder(&[
        ("rolecall.toml", POLICY.as_bytes()),
        ("exports/entries.csv", ENTRIES.as_bytes()),
        ("exports/assignments.csv", ASSIGNMENTS.as_bytes()),
        ("exports/mailboxes.csv", MAILBOXES.as_bytes()),
        ("exports/members.csv", ANNA.as_bytes()),
    ]);
    let repository = folder.path();
    assert!(git(repository, &["init", "-q"]).status.success());
    let hook = repository.join(".git/hooks/pre-commit");
    let program = env!("CARGO_BIN_EXE_rolecall");
    let script = format!("#!/bin/sh\nexec '{program}' check exports --policy rolecall.toml --today {TODAY}\n");
    fs::create_dir_all(hook.parent().expect("it has a folder")).expect("the repository is ours");
    fs::write(&hook, script).expect("the repository is ours");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).expect("the hook is ours");

    let (passed, said) = commit(repository, "Keep our exports and our policy");
    assert!(passed, "{said}");

    // Somebody adds bo to the group: the hook stops the commit and shows the line.
    let members = repository.join("exports/members.csv");
    fs::write(&members, ANNA_AND_BO).expect("the repository is ours");
    let (passed, said) = commit(repository, "Export again");
    assert!(!passed, "{said}");
    assert!(said.contains("error[forbidden-cmdlet]") && said.contains("exports/members.csv:3"), "{said}");

    // It is meant, for a while: the finding is waived with a reason, and the commit passes.
    let report = check(repository, &["--format", "json", "--today", TODAY]).json();
    let print = report["diagnostics"][0]["fingerprint"].as_str().expect("a fingerprint").to_owned();
    let reason = "moves the last mailboxes, ticket 4711";
    let words = ["waive", &print, "--reason", reason, "--expires", "2026-12-31"].map(ToOwned::to_owned);
    let waived = rolecall_in(repository, &words);
    // The hook names the exports, and the policy does not.
    let said =
        "note: `rolecall.toml` names no exports, so no finding was looked for\nwrote a waiver into `rolecall.toml`\n";
    assert_eq!((waived.code, waived.stderr.as_str()), (0, said));
    let policy = fs::read_to_string(repository.join("rolecall.toml")).expect("it is text");
    assert!(policy.starts_with(POLICY) && policy.contains("expires = 2026-12-31"), "{policy}");
    let (passed, said) = commit(repository, "Let bo export mail until the end of the year");
    assert!(passed, "{said}");
    assert!(said.contains("ok, 1 waived"), "{said}");

    // It stays visible, with its reason.
    let shown = check(repository, &["--show-waived", "--format", "concise", "--today", TODAY]);
    assert_eq!(shown.code, 0);
    assert!(shown.stdout.contains(&format!("(waived until 2026-12-31: {reason})")), "{}", shown.stdout);

    // The last day counts; 30 days before it is said; the day after is red.
    for (today, code, expected) in [
        ("2026-11-30", 0, vec![("forbidden-cmdlet", true)]),
        ("2026-12-01", 1, vec![("forbidden-cmdlet", true), ("expiring-waiver", false)]),
        ("2026-12-31", 1, vec![("forbidden-cmdlet", true), ("expiring-waiver", false)]),
        ("2027-01-01", 1, vec![("forbidden-cmdlet", false), ("expired-waiver", false)]),
    ] {
        let ran = check(repository, &["--format", "json", "--today", today]);
        let expected: Vec<(String, bool)> =
            expected.into_iter().map(|(rule, waived)| (rule.to_owned(), waived)).collect();
        assert_eq!((ran.code, rules(&ran)), (code, expected), "{today}");
    }

    // Bo is taken out of the group: nothing is left to waive, and that is said.
    fs::write(&members, ANNA).expect("the repository is ours");
    let mended = check(repository, &["--format", "json", "--today", TODAY]);
    assert_eq!((mended.code, rules(&mended)), (1, vec![("unused-waiver".to_owned(), false)]));
    fs::write(repository.join("rolecall.toml"), POLICY).expect("the repository is ours");
    let (passed, said) = commit(repository, "Take bo out of Export Admins, and the waiver with him");
    assert!(passed, "{said}");
}

#[test]
fn only_what_is_new_counts_beside_a_baseline() {
    let folder = folder(&[
        ("rolecall.toml", POLICY.as_bytes()),
        ("exports/entries.csv", ENTRIES.as_bytes()),
        ("exports/assignments.csv", ASSIGNMENTS.as_bytes()),
        ("exports/mailboxes.csv", MAILBOXES.as_bytes()),
        ("exports/members.csv", ANNA_AND_BO.as_bytes()),
    ]);
    let root = folder.path();
    assert_eq!(check(root, &[]).code, 1);
    let written = check(root, &["--write-baseline"]);
    assert_eq!(written.code, 0, "{}", written.stderr);
    let baseline = fs::read_to_string(root.join("rolecall.baseline")).expect("it stands beside the policy");
    assert_eq!(baseline.lines().filter(|line| !line.starts_with('#')).count(), 1, "{baseline}");
    let known = check(root, &["--format", "json"]);
    assert_eq!((known.code, rules(&known)), (0, vec![("forbidden-cmdlet".to_owned(), true)]));

    // Writing it anew from what it accepts keeps it as it is.
    assert_eq!(check(root, &["--write-baseline"]).code, 0);
    assert_eq!(fs::read_to_string(root.join("rolecall.baseline")).expect("it is text"), baseline);

    // A second way to the same cmdlet is new.
    let second = format!(
        "{ASSIGNMENTS}More,Mailbox Import Export,bo,User,True,Regular,Organization,OrganizationConfig,Organization,OrganizationConfig\n"
    );
    fs::write(root.join("exports/assignments.csv"), second).expect("the folder is ours");
    let new = check(root, &["--format", "json"]);
    assert_eq!((new.code, new.json()["summary"]["errors"].as_u64()), (1, Some(1)));

    // What is mended is reported, and does not fail the run.
    fs::write(root.join("exports/assignments.csv"), ASSIGNMENTS).expect("the folder is ours");
    fs::write(root.join("exports/members.csv"), ANNA).expect("the folder is ours");
    let mended = check(root, &["--format", "json"]);
    assert_eq!((mended.code, rules(&mended)), (0, vec![("stale-baseline".to_owned(), false)]));
}

#[test]
fn a_path_that_cannot_be_read_is_nothing_to_accept() {
    let policy = POLICY.replace("[rules]\n", "[rules]\nunreadable-input = \"off\"\n");
    let folder = folder(&[("rolecall.toml", policy.as_bytes())]);
    let root = folder.path();
    assert_eq!(check(root, &["--write-baseline"]).code, 2);
    let baseline = fs::read_to_string(root.join("rolecall.baseline")).expect("it stands beside the policy");
    assert_eq!(baseline.lines().filter(|line| !line.starts_with('#')).count(), 0, "{baseline}");
    // Whoever sees that nothing was checked sees why.
    let ran = check(root, &["--format", "json"]);
    assert_eq!((ran.code, rules(&ran)), (2, vec![("unreadable-input".to_owned(), false)]));
}
