//! Roles that a requirement asks for: who holds them, by whatever path, and what gives them.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::program::{folder, rolecall, rolecall_in};

const HEADING: &str = "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled,RecipientReadScope,RecipientWriteScope,ConfigReadScope,ConfigWriteScope\n";
const WIDE: &str = "Organization,Organization,OrganizationConfig,OrganizationConfig\n";

/// Exports of these assignments, in which `Tier 1` is in `Tier 0`, with a policy that asks `svc` for roles.
fn asks(assignments: &str, roles: &str, more: &str) -> tempfile::TempDir {
    let policy = format!(
        "[exports]\npaths = [\"exports\"]\n[rules]\ndirect-assignment = \"off\"\ndisabled-assignment = \"off\"\n[[require]]\nid = \"it\"\naccount = \"svc\"\nroles = {roles}\n{more}"
    );
    folder(&[
        ("rolecall.toml", policy.as_bytes()),
        ("exports/assignments.csv", format!("{HEADING}{assignments}{}", other()).as_bytes()),
        ("exports/entries.csv", b"Role,Name,Parameters\nJournaling,New-JournalRule,Name\nMyTexts,Set-Mailbox,Languages\n"),
        ("exports/roles.csv", b"Name,RoleType,IsEndUserRole\nReset Password,ResetPassword,False\nJournaling,Journaling,False\nMyTexts,MyBaseOptions,True\n"),
        ("exports/groups.csv", b"Name,RoleGroupType,Members\nTier 0,Standard,Tier 1\nTier 1,Standard,svc\nOthers,Standard,ada\nRest,Standard,ada\n"),
        (
            "exports/users.csv",
            b"Name,UserPrincipalName,RecipientTypeDetails,RoleAssignmentPolicy\nsvc,s@contoso.com,UserMailbox,Ours\nada,a@contoso.com,UserMailbox,Ours\n",
        ),
    ])
}

/// An assignment that is not asked about: a list without one of a role group is a part of all.
fn other() -> String {
    assignment("Reset Password", "Rest", "RoleGroup", "Regular", "True")
}

fn check(folder: &tempfile::TempDir) -> Value {
    rolecall_in(folder.path(), &["check", "--format", "json"]).json()
}

fn found<'r>(report: &'r Value, rule: &str) -> Vec<&'r Value> {
    report["diagnostics"].as_array().expect("a list").iter().filter(|it| it["rule"] == rule).collect()
}

fn assignment(role: &str, assignee: &str, kind: &str, delegation: &str, enabled: &str) -> String {
    format!("{role}-{assignee},{role},{assignee},{kind},{delegation},{enabled},{WIDE}")
}

#[test]
fn a_role_is_held_by_whatever_path_gives_it() {
    let journaling = "[\"journaling\"]";
    for (assignee, kind) in
        [("svc", "User"), ("Tier 1", "RoleGroup"), ("Tier 0", "RoleGroup"), ("Ours", "RoleAssignmentPolicy")]
    {
        let report = check(&asks(&assignment("Journaling", assignee, kind, "Regular", "True"), journaling, ""));
        assert_eq!(found(&report, "missing-role").len(), 0, "{assignee}: {report}");
        assert_eq!((&report["summary"]["asked"], &report["summary"]["granted"]), (&1.into(), &1.into()), "{assignee}");
    }
    // A delegating or disabled assignment gives nothing, nor does one to others.
    for (assignee, kind, delegation, enabled, words) in [
        ("svc", "User", "DelegatingOrgWide", "True", "a delegating assignment: may assign the role, not use it"),
        ("Tier 0", "RoleGroup", "Regular", "False", "disabled: grants nothing"),
        ("Others", "RoleGroup", "Regular", "True", "gives `Others` the role, and not `svc`"),
    ] {
        let report = check(&asks(&assignment("Journaling", assignee, kind, delegation, enabled), journaling, ""));
        let missing = found(&report, "missing-role");
        assert_eq!(missing.len(), 1, "{assignee}: {report}");
        assert_eq!((&missing[0]["account"], &missing[0]["role"]), (&"svc".into(), &"journaling".into()));
        let labels = missing[0]["locations"].as_array().expect("a list").iter().map(|it| it["label"].as_str());
        assert!(labels.clone().any(|label| label == Some(words)), "{:?}", missing[0]["locations"]);
        assert!(labels.clone().any(|label| label == Some("required here")));
    }
}

#[test]
fn the_first_fix_of_a_missing_role_is_the_nearest_change() {
    let first = |assignments: &str, roles: &str| -> Vec<String> {
        let report = check(&asks(assignments, roles, ""));
        let mut causes = report["causes"].as_array().expect("a list").iter();
        let is_it =
            |cause: &&Value| cause["rules"].as_array().is_some_and(|rules| rules.iter().any(|it| it == "missing-role"));
        let cause = causes.find(is_it).unwrap_or_else(|| panic!("{report}"));
        let commands = cause["fixes"][0]["commands"].as_array().expect("a list");
        commands.iter().map(|command| command.as_str().expect("a command").to_owned()).collect()
    };
    let journaling = "[\"Journaling\"]";
    let disabled = assignment("Journaling", "Tier 0", "RoleGroup", "Regular", "False");
    assert_eq!(first(&disabled, journaling), ["Set-ManagementRoleAssignment 'Journaling-Tier 0' -Enabled $true"]);
    let others = assignment("Journaling", "Others", "RoleGroup", "Regular", "True");
    assert_eq!(first(&others, journaling), ["Add-RoleGroupMember 'Others' -Member 'svc'"]);
    let direct = assignment("Journaling", "ada", "User", "Regular", "True");
    assert_eq!(
        first(&direct, journaling),
        ["New-RoleGroup 'Holders of Journaling for svc' -Roles 'Journaling' -Members 'svc'"]
    );
    // A role for end users is assigned to nothing but a policy.
    let texts = assignment("MyTexts", "Other", "RoleAssignmentPolicy", "Regular", "True");
    let commands = first(&texts, "[\"MyTexts\"]");
    assert!(
        commands[0].starts_with("New-ManagementRoleAssignment") && commands[0].contains("-Policy 'Ours'"),
        "{commands:?}"
    );
}

#[test]
fn what_no_export_shows_leaves_a_role_undecided() {
    // Whether it is enabled is not exported.
    let assignments = "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType\nA,Journaling,svc,User,Regular\nB,Reset Password,Rest,RoleGroup,Regular\n";
    let folder = asks("", "[\"Journaling\"]", "");
    std::fs::write(folder.path().join("exports/assignments.csv"), assignments).expect("it can be written");
    let report = check(&folder);
    let open = found(&report, "undecided");
    assert_eq!((open.len(), found(&report, "missing-role").len()), (1, 0), "{report}");
    assert_eq!((&open[0]["role"], &report["summary"]["undecided"]), (&"Journaling".into(), &1.into()));
    let ran = rolecall_in(folder.path(), &["check", "--assume", "enabled", "--format", "json"]);
    assert_eq!(found(&ran.json(), "undecided").len(), 0, "{ran:?}");
    // That the entries of a role are cut says nothing about who holds it.
    let folder = asks(&assignment("Journaling", "ada", "User", "Regular", "True"), "[\"Journaling\"]", "");
    std::fs::write(folder.path().join("exports/entries.csv"), "Role,Name,Parameters\nJournaling,New-Jour...,Name\n")
        .expect("it can be written");
    let report = check(&folder);
    assert_eq!((found(&report, "undecided").len(), found(&report, "missing-role").len()), (0, 1), "{report}");
}

#[test]
fn a_role_that_nothing_knows_is_a_mistake_and_no_answer() {
    let report = check(&asks(&assignment("Journaling", "svc", "User", "Regular", "True"), "[\"Journalling\"]", ""));
    let unknown = found(&report, "unknown-role");
    assert_eq!((unknown.len(), found(&report, "missing-role").len()), (1, 0), "{report}");
    assert_eq!(unknown[0]["help"], "did you mean `Journaling`?");
    assert_eq!(report["summary"]["undecided"], 1);
    let empty = check(&asks("", "[]", ""));
    assert_eq!(found(&empty, "policy-missing-key").len(), 1, "{empty}");
}

#[test]
fn what_a_required_role_gives_is_not_beyond_the_requirement() {
    let held = assignment("Journaling", "svc", "User", "Regular", "True");
    let report = check(&asks(&held, "[\"Journaling\"]", "only = true\n"));
    assert_eq!(found(&report, "excess-cmdlet").len(), 0, "{report}");
    let report = check(&asks(&held, "[\"MyTexts\"]", "only = true\n"));
    assert_eq!(found(&report, "excess-cmdlet").len(), 1, "{report}");
}

#[test]
fn who_holds_a_role_is_who_can_run_what_it_has() {
    const EXPORTS: &str = "fixtures/organization/exports";
    let entries = std::fs::read_to_string(EXPORTS.to_owned() + "/entries.csv").expect("it is there");
    let roles: BTreeSet<&str> = entries.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    let names: Vec<String> = roles.iter().map(|role| format!("\"{role}\"")).collect();
    let policy = format!("[[require]]\naccount = \"*\"\nroles = [{}]\n", names.join(", "));
    let folder = folder(&[("p.toml", policy.as_bytes())]);
    let path = folder.path().join("p.toml");
    let report =
        rolecall(&["check", EXPORTS, "--policy", path.to_str().expect("it is text"), "--format", "json"]).json();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_lowercase();
    let missing: BTreeSet<(String, String)> =
        found(&report, "missing-role").iter().map(|it| (text(&it["account"]), text(&it["role"]))).collect();
    let access = rolecall(&["access", EXPORTS, "--account", "*", "--format", "json"]).json_lines();
    assert!(access.len() > 5);
    for line in &access {
        let account = text(&line["account"]);
        let cmdlets = line["cmdlets"].as_array().expect("a list").iter();
        let grants = cmdlets.flat_map(|it| it["grants"].as_array().expect("a list"));
        let held: BTreeSet<String> =
            grants.filter(|it| it["answer"] == "granted").map(|it| text(&it["role"])).collect();
        for role in roles.iter().map(|role| role.to_lowercase()) {
            let is_missing = missing.contains(&(account.clone(), role.clone()));
            assert_eq!(is_missing, !held.contains(&role), "{account}: {role}");
        }
    }
}

#[test]
fn a_plan_says_that_it_leaves_roles_out() {
    let folder = asks("", "[\"Journaling\"]", "");
    let ran = rolecall_in(folder.path(), &["plan", "svc"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{ran:?}");
    assert!(ran.stderr.contains("`it` also asks for roles, which a plan leaves out"), "{ran:?}");
    let folder = asks("", "[\"Journaling\"]", "cmdlets = [\"New-JournalRule\"]\n");
    let ran = rolecall_in(folder.path(), &["plan", "svc"]);
    assert!(ran.stdout.contains("New-RoleGroup") && ran.stderr.contains("note: `it` also asks for roles"), "{ran:?}");
}

#[test]
fn what_is_open_for_many_accounts_is_asked_of_all_at_once() {
    let rows: String =
        (0..12).map(|user| assignment("Journaling", &format!("u{user}"), "User", "Regular", "True")).collect();
    let users = "Name,UserPrincipalName,RecipientTypeDetails,RoleAssignmentPolicy\n";
    let mailboxes: String =
        (0..12).step_by(2).map(|user| format!("u{user},u{user}@contoso.com,UserMailbox,Ours\n")).collect();
    let others: String = (1..12).step_by(2).map(|user| format!("u{user},u{user}@contoso.com,User,\n")).collect();
    let policy = "[exports]\npaths = [\"exports\"]\n[rules]\nundecided = \"warning\"\n[[require]]\nid = \"it\"\naccount = \"u*\"\nroles = [\"Desk\"]\n";
    let exports = |more: &[(&str, String)]| {
        let mut files = vec![
            ("rolecall.toml", policy.to_owned()),
            (
                "exports/assignments.csv",
                format!("{HEADING}{rows}{}", assignment("Desk", "Rest", "RoleGroup", "Regular", "True")),
            ),
            (
                "exports/entries.csv",
                "Role,Name,Parameters\nDesk,Set-Mailbox,Password\nJournaling,New-JournalRule,Name\n".to_owned(),
            ),
            ("exports/groups.csv", "Name,RoleGroupType,Members\nRest,Standard,u0\n".to_owned()),
        ];
        files.extend(more.iter().map(|(path, text)| (*path, text.clone())));
        folder(&files.iter().map(|(path, text)| (*path, text.as_bytes())).collect::<Vec<_>>())
    };
    let open = exports(&[]);
    let said = rolecall_in(open.path(), &["check"]).stdout;
    let commands: Vec<&str> = said.lines().filter(|line| line.starts_with("  Get-")).collect();
    let starts: Vec<&str> = commands.iter().filter_map(|line| line.split(" | ").next()).collect();
    assert_eq!(starts, ["  Get-Mailbox -ResultSize Unlimited", "  Get-User -ResultSize Unlimited"], "{said}");
    assert!(said.contains("not exported: accounts (Get-Mailbox, Get-User); unknown-policy"), "{said}");
    assert!(said.contains("12 accounts, 12 required roles: 1 granted, 0 missing, 11 undecided"), "{said}");
    // Who moves into a role group stays who it is, so that nothing becomes doubtful by the fix of another finding.
    assert!(!said.contains("would make: `undecided`"), "{said}");
    // Both together decide it: who has a mailbox has its policy, who has none has no policy.
    let closed = exports(&[
        ("exports/mailboxes.csv", format!("{users}{mailboxes}")),
        ("exports/users.csv", format!("{users}{others}")),
    ]);
    let report = check(&closed);
    assert_eq!(report["summary"]["undecided"], 0, "{report}");
    assert_eq!((&report["summary"]["granted"], &report["summary"]["missing"]), (&1.into(), &11.into()), "{report}");
}
