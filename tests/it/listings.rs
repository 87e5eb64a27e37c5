//! What a listing covers: a command that asked for a part never turns "not shown" into "cannot run".

use serde_json::Value;

use crate::program::{Ran, argument, folder, rolecall};

const ENTRIES: &str = "Role,Name,Parameters\n\
    Mail Recipients,Get-Mailbox,Identity\nMail Recipients,Set-Mailbox,Alias|Identity\nJournaling,Get-JournalRule,Identity\n";
const ASSIGNMENTS: &str = "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled\n\
    Mail Recipients-lea,Mail Recipients,lea,User,Regular,True\n\
    Mail Recipients-Help Desk,Mail Recipients,Help Desk,RoleGroup,Regular,True\n";
const PEOPLE: &str =
    "Name,RecipientTypeDetails,RoleAssignmentPolicy\nlea,UserMailbox,\ntom,UserMailbox,\nkim,UserMailbox,\n";
const MEMBERS: &str = "RoleGroup,Name,RecipientType\nHelp Desk,kim,UserMailbox\n";

/// The files of an organization, with some in the place of others.
fn with<'f>(replaced: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let all = [("assignments", ASSIGNMENTS), ("entries", ENTRIES), ("members", MEMBERS), ("people", PEOPLE)];
    let of = |(name, text): (&'f str, &'f str)| {
        let other = replaced.iter().find(|(other, _)| *other == name);
        (name, other.map_or(text, |(_, text)| text))
    };
    all.into_iter().map(of).collect()
}

fn run(files: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let files: Vec<(String, &[u8])> =
        files.iter().map(|(name, text)| (format!("{name}.txt"), text.as_bytes())).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let folder = folder(&files);
    let path = argument(folder.path());
    rolecall(&[arguments, &[&path]].concat())
}

fn why(files: &[(&str, &str)], account: &str, cmdlet: &str) -> Value {
    let ran = run(files, &["why", account, cmdlet, "--format", "json"]);
    ran.json_lines().pop().unwrap_or_else(|| panic!("{}", ran.stderr))
}

/// A command with rows of these cells below it, as a list.
fn list(command: &str, rows: &[&[(&str, &str)]]) -> String {
    let row = |cells: &&[(&str, &str)]| {
        let lines = cells.iter().map(|(name, value)| format!("{name:<28} : {value}\n"));
        lines.collect::<String>() + "\n"
    };
    format!("[PS] C:\\>{command}\n\n{}[PS] C:\\>\n", rows.iter().map(row).collect::<String>())
}

fn assignment<'a>(role: &'a str, assignee: &'a str, kind: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("Role", role),
        ("RoleAssigneeName", assignee),
        ("RoleAssigneeType", kind),
        ("RoleAssignmentDelegationType", "Regular"),
        ("Enabled", "True"),
    ]
}

#[track_caller]
fn assert_answers(files: &[(&str, &str)], command: &str, answers: &[(&str, &str, &str)]) {
    for (account, cmdlet, wanted) in answers {
        let line = why(files, account, cmdlet);
        assert_eq!(line["answer"], *wanted, "{command}: {account} {cmdlet}: {line}");
        let gaps = line["gaps"].as_array().expect("a list");
        let of_command = |gap: &&Value| gap["code"] == "narrowed-listing" && gap["object"] == command;
        assert_eq!(gaps.iter().any(|gap| of_command(&gap)), *wanted == "unknown", "{command}: {gaps:?}");
    }
}

#[test]
fn an_entry_that_was_not_asked_for_may_exist() {
    let entry = [("Role", "Mail Recipients"), ("Name", "Set-Mailbox"), ("Parameters", "{Alias, Identity}")];
    for (command, get) in [
        ("Get-ManagementRoleEntry \"Mail Recipients\\Set-Mailbox\" | fl Role,Name,Parameters", "unknown"),
        ("Get-ManagementRoleEntry *\\Set-Mailbox | fl", "unknown"),
        ("Get-ManagementRoleEntry *\\* | ? {$_.Name -like 'Set-*'} | fl", "unknown"),
        ("Get-ManagementRoleEntry *\\* | select -First 1 | fl", "unknown"),
        ("$entries | fl Role,Name,Parameters", "unknown"),
        ("Get-ManagementRoleEntry \"Mail Recipients\\*\" | fl", "not-granted"),
        ("Get-ManagementRoleEntry *\\* | sort Name | fl Role,Name,Parameters", "not-granted"),
        ("Get-ManagementRoleEntry *\\*-Mailbox | fl", "not-granted"),
    ] {
        let entries = list(command, &[&entry]);
        let files = with(&[("entries", &entries)]);
        assert_answers(&files, command, &[("lea", "Set-Mailbox", "granted"), ("lea", "Get-Mailbox", get)]);
    }
}

#[test]
fn assignments_that_were_not_asked_for_may_exist() {
    let lea = assignment("Mail Recipients", "lea", "User");
    for (command, lea_else, tom, tom_else) in [
        ("Get-ManagementRoleAssignment -RoleAssignee lea | fl", "not-granted", "unknown", "unknown"),
        ("Get-ManagementRoleAssignment -Role \"Mail Recipients\" | fl", "unknown", "not-granted", "unknown"),
        ("Get-ManagementRoleAssignment | ? Role -eq 'Mail Recipients' | fl", "unknown", "not-granted", "unknown"),
        ("Get-ManagementRoleAssignment -Role Mail* -Enabled $true | fl", "unknown", "not-granted", "unknown"),
        ("Get-ManagementRoleAssignment \"Mail Recipients-lea\" | fl", "unknown", "unknown", "unknown"),
        ("Get-ManagementRoleAssignment | select -First 1 | fl", "unknown", "unknown", "unknown"),
        (
            "Get-ManagementRoleAssignment -Enabled $true -Delegating $false | fl",
            "not-granted",
            "not-granted",
            "not-granted",
        ),
    ] {
        let assignments = list(command, &[&lea]);
        let files = with(&[("assignments", &assignments)]);
        let answers = [
            ("lea", "Set-Mailbox", "granted"),
            ("lea", "Get-JournalRule", lea_else),
            ("tom", "Set-Mailbox", tom),
            ("tom", "Get-JournalRule", tom_else),
        ];
        assert_answers(&files, command, &answers);
    }
}

#[test]
fn roles_that_have_a_cmdlet_are_all_that_have_it() {
    let command = "Get-ManagementRole -Cmdlet Set-Mailbox | fl Name,RoleType";
    let roles = list(command, &[&[("Name", "Mail Recipients"), ("RoleType", "MailRecipients")]]);
    let both = ASSIGNMENTS.to_owned() + "Journaling-tom,Journaling,tom,User,Regular,True\n";
    let files = with(&[("entries", &roles), ("assignments", &both)]);
    assert_eq!(why(&files, "lea", "Set-Mailbox")["answer"], "granted");
    assert_eq!(why(&files, "tom", "Set-Mailbox")["answer"], "not-granted");
    assert_eq!(why(&files, "tom", "Get-JournalRule")["answer"], "unknown");
    // With which parameters, it does not say.
    assert_eq!(why(&files, "lea", "Set-Mailbox:Alias")["answer"], "unknown");
}

#[test]
fn members_that_were_not_asked_for_may_be_there() {
    for (command, tom) in [
        ("Get-RoleGroupMember \"Help Desk\" | ? Name -like 'k*' | fl Name,RecipientType", "unknown"),
        ("Get-RoleGroupMember \"Help Desk\" -ResultSize 1 | fl Name,RecipientType", "unknown"),
        ("Get-RoleGroupMember \"Help Desk\" -ResultSize Unlimited | fl Name,RecipientType", "not-granted"),
        ("Get-RoleGroup 'Help Desk' | Get-RoleGroupMember | fl Name,RecipientType", "not-granted"),
    ] {
        let members = list(command, &[&[("Name", "kim"), ("RecipientType", "UserMailbox")]]);
        let files = with(&[("members", &members)]);
        assert_answers(&files, command, &[("kim", "Set-Mailbox", "granted"), ("tom", "Set-Mailbox", tom)]);
    }
}

#[test]
fn what_a_command_asked_for_is_true_of_its_rows() {
    let command = "Get-ManagementRoleAssignment -Role 'Mail Recipients' -Enabled $true -Delegating $false | ft RoleAssigneeName,RoleAssigneeType";
    let rows = format!(
        "[PS] C:\\>{command}\n\nRoleAssigneeName RoleAssigneeType\n---------------- ----------------\nlea              User\n"
    );
    let files = with(&[("assignments", &rows)]);
    assert_eq!(why(&files, "lea", "Set-Mailbox")["answer"], "granted");
}

#[test]
fn the_advice_is_the_command_without_what_narrows_it_and_the_coverage_names_it() {
    let command = "Get-ManagementRoleAssignment -Role \"Mail Recipients\" | fl";
    let assignments = list(command, &[&assignment("Mail Recipients", "lea", "User")]);
    let files = with(&[("assignments", &assignments)]);
    let line = why(&files, "tom", "Get-JournalRule");
    assert_eq!(line["gaps"][0]["export"], "Get-ManagementRoleAssignment | fl", "{line}");
    let report = run(&files, &["check"]);
    let said = "(Get-ManagementRoleAssignment: 1, only -Role \"Mail Recipients\"); not complete: narrowed-listing";
    assert!(report.stdout.contains(said), "{}", report.stdout);
    assert!(report.stdout.contains("entries.txt, taken for the whole; complete"), "{}", report.stdout);
}
