//! What policies ask beyond requirements: small organizations in, findings out.

use serde_json::Value;

use crate::program::{Ran, beside_built_in, folder, rolecall_in, strings};

const ENTRIES: &str = "\
Role,Name,Parameters
Export,New-MailboxExportRequest,Mailbox;FilePath
Mail,Set-Mailbox,Identity;ForwardingAddress
Mail,Get-Mailbox,Identity
Flags,Set-Mailbox,Identity;DeliverToMailboxAndForward;Verbose
Audit,Set-AdminAuditLogConfig,AdminAuditLogEnabled
";
const COLUMNS: &str = "Name,Role,RoleAssigneeName,RoleAssigneeType,Enabled,RoleAssignmentDelegationType,RecipientReadScope,ConfigReadScope,RecipientWriteScope,ConfigWriteScope\n";
const MAILBOXES: &str = "\
Name,UserPrincipalName,RecipientTypeDetails,RoleAssignmentPolicy
ada,ada@contoso.com,UserMailbox,Default
bo,bo@contoso.com,UserMailbox,Default
cy,cy@contoso.com,UserMailbox,Default
";
/// `bo` is in `Outer` by `Inner`; `cy` is in both.
const GROUPS: &str = "\
Name,RecipientTypeDetails,GroupType,Members
Outer,UniversalSecurityGroup,\"Universal, SecurityEnabled\",Inner;cy
Inner,UniversalSecurityGroup,\"Universal, SecurityEnabled\",bo;cy
";

fn assignment(name: &str, role: &str, assignee: &str, kind: &str) -> String {
    format!(
        "{name},{role},{assignee},{kind},True,Regular,Organization,OrganizationConfig,Organization,OrganizationConfig\n"
    )
}

fn run(assignments: &[String], groups: &str, policy: &str, further: &[&str]) -> Ran {
    let assignments = format!("{COLUMNS}{}", assignments.concat());
    let folder = folder(&[
        ("rolecall.toml", policy.as_bytes()),
        ("exports/entries.csv", ENTRIES.as_bytes()),
        ("exports/assignments.csv", assignments.as_bytes()),
        ("exports/mailboxes.csv", MAILBOXES.as_bytes()),
        ("exports/groups.csv", groups.as_bytes()),
    ]);
    let mut arguments = vec!["check", "exports", "--policy", "rolecall.toml", "--format", "json"];
    arguments.extend(further);
    rolecall_in(folder.path(), &arguments.into_iter().map(ToOwned::to_owned).collect::<Vec<String>>())
}

/// The findings; what is noticed about the exports themselves is for other tests.
fn found(ran: &Ran) -> Vec<Value> {
    let mut all = beside_built_in(&ran.json());
    all.retain(|found| found["rule"] != "dangling-reference");
    all
}

fn rules(found: &[Value]) -> Vec<&str> {
    found.iter().map(|found| found["rule"].as_str().expect("a rule")).collect()
}

/// The labels of a finding, each with the file it stands in.
fn places(found: &Value) -> Vec<(String, String)> {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let locations = found["locations"].as_array().expect("a list");
    locations
        .iter()
        .map(|place| (word(&place["file"]).rsplit('/').next().unwrap_or_default().to_owned(), word(&place["label"])))
        .collect()
}

const FORBID: &str = "[[forbid]]\nid = \"no-export\"\ncmdlets = [\"New-MailboxExportRequest\"]\n";

#[test]
fn a_forbid_has_one_finding_for_each_assignment_with_the_whole_chain() {
    let assignments = [assignment("A", "Export", "Outer", "SecurityGroup"), assignment("B", "Export", "ada", "User")];
    let ran = run(&assignments, GROUPS, FORBID, &[]);
    let all = found(&ran);
    assert_eq!((ran.code, rules(&all)), (1, vec!["forbidden-cmdlet"; 2]), "{all:#?}");
    let of = |name: &str| all.iter().find(|found| found["assignment"] == name).expect("it is there");
    let group = of("A");
    assert_eq!(strings(&group["accounts"]), ["bo", "cy"]);
    assert_eq!((&group["account"], &group["cmdlet"]), (&Value::Null, &Value::from("New-MailboxExportRequest")));
    assert_eq!(
        (&group["role"], &group["group"], &group["requirement"]),
        (&"Export".into(), &"Outer".into(), &"no-export".into())
    );
    let expected = [
        ("groups.csv", "`bo` is a member of `Inner`"),
        ("groups.csv", "`Inner` is a member of `Outer`"),
        ("groups.csv", "`cy` is a member of `Outer`"),
        ("assignments.csv", "assignment `A` gives `Outer` the role `Export`"),
        ("entries.csv", "role `Export` has `New-MailboxExportRequest`"),
        ("rolecall.toml", "forbidden here"),
    ];
    assert_eq!(places(group), expected.map(|(file, label)| (file.to_owned(), label.to_owned())));
    let hops: Vec<Option<&str>> =
        group["locations"].as_array().expect("a list").iter().map(|it| it["hop"].as_str()).collect();
    let [member, assignment, entry] = ["member", "assignment", "entry"].map(Some);
    assert_eq!(hops, [member, member, member, assignment, entry, None]);
    assert_eq!(strings(&of("B")["accounts"]), ["ada"]);
}

#[test]
fn who_is_excepted_may_and_a_path_around_what_is_excepted_counts() {
    let assignments = [assignment("A", "Export", "Outer", "SecurityGroup")];
    for (words, expected) in [
        ("except = [\"bo\"]", vec!["cy"]),
        ("except = [\"CY@contoso.com\", \"bo\"]", vec![]),
        ("except = [\"group:Inner\"]", vec![]),
        // cy is a member of `Outer` itself, too.
        ("except-through = [\"group:Inner\"]", vec!["cy"]),
        ("except-through = [\"group:Outer\"]", vec![]),
    ] {
        let all = found(&run(&assignments, GROUPS, &format!("{FORBID}{words}\n"), &[]));
        let accounts: Vec<&str> = all.iter().flat_map(|found| strings(&found["accounts"])).collect();
        assert_eq!(accounts, expected, "{words}: {all:#?}");
    }
}

#[test]
fn what_only_an_unknown_link_would_give_is_undecided() {
    // No export shows who is in `Outer`.
    let assignments = [assignment("A", "Export", "Outer", "SecurityGroup"), assignment("B", "Export", "ada", "User")];
    let other =
        "Name,RecipientTypeDetails,GroupType,Members\nOther,UniversalSecurityGroup,\"Universal, SecurityEnabled\",bo\n";
    let ran = run(&assignments, other, FORBID, &[]);
    let all = found(&ran);
    let undecided: Vec<&Value> = all.iter().filter(|found| found["rule"] == "undecided").collect();
    // What ada has for certain is a finding, whatever else she may have; of everybody else it is said once.
    assert_eq!(undecided.len(), 1, "{all:#?}");
    assert_eq!(strings(&undecided[0]["accounts"]), ["bo", "cy"]);
    assert_eq!(rules(&all).iter().filter(|rule| **rule == "forbidden-cmdlet").count(), 1);
    // Where it leaves everybody open it is said once, and nothing was checked.
    let ran = run(&assignments[..1], other, FORBID, &[]);
    let all = found(&ran);
    assert_eq!((ran.code, rules(&all)), (3, vec!["undecided"]), "{all:#?}");
    assert_eq!((&all[0]["account"], &all[0]["gap"]["code"]), (&Value::Null, &"opaque-group".into()));
    assert_eq!(strings(&all[0]["accounts"]), ["ada", "bo", "cy"]);
    let strict = run(&assignments, other, FORBID, &["--strict"]);
    assert!(found(&strict).iter().all(|found| found["severity"] == "error"));
    // A limit asks about one account.
    let all = found(&run(&assignments, other, FORBID, &["--account", "bo"]));
    assert_eq!(all.len(), 1);
    assert_eq!(all[0]["account"], "bo");
}

#[test]
fn an_unknown_link_to_a_role_from_which_the_parameter_was_removed_leaves_nothing_open() {
    // No export shows who is in `Outer`, which may do one thing with `Set-Mailbox`.
    let assignments = [assignment("A", "Flags", "Outer", "SecurityGroup"), assignment("B", "Mail", "ada", "User")];
    let other =
        "Name,RecipientTypeDetails,GroupType,Members\nOther,UniversalSecurityGroup,\"Universal, SecurityEnabled\",bo\n";
    let forbid = "[[forbid]]\nid = \"f\"\ncmdlets = [\"Set-Mailbox:ForwardingAddress\"]\nexcept = [\"ada\"]\n";
    assert_eq!(rules(&found(&run(&assignments, other, forbid, &[]))), Vec::<&str>::new());
    let require = |account: &str, items: &str| {
        let policy = format!("[[require]]\nid = \"r\"\naccount = \"{account}\"\ncmdlets = [{items}]\n");
        let all = found(&run(&assignments, other, &policy, &[]));
        let said = |found: &Value| found["message"].as_str().expect("words").to_owned();
        let rules: Vec<String> = rules(&all).into_iter().map(ToOwned::to_owned).collect();
        (rules, all.first().map(said).unwrap_or_default())
    };
    // Whether bo has the cmdlet at all is open; that he has not with this parameter is not.
    let (rules, said) = require("bo", "\"Set-Mailbox:ForwardingAddress\", \"Set-Mailbox:Alias\"");
    assert_eq!(rules, ["missing-cmdlet"]);
    assert_eq!(said, "`bo` cannot run `Set-Mailbox` with `-ForwardingAddress`, `-Alias`");
    assert_eq!(require("bo", "\"Set-Mailbox\"").0, ["undecided"]);
    assert_eq!(require("bo", "\"Set-Mailbox:DeliverToMailboxAndForward\"").0, ["undecided"]);
    assert_eq!(require("ada", "\"Set-Mailbox:Alias,DeliverToMailboxAndForward\"").0, ["missing-parameter"]);
    // Together with what ada has for certain, it could be all of it.
    assert_eq!(require("ada", "\"Set-Mailbox:ForwardingAddress,DeliverToMailboxAndForward\"").0, ["undecided"]);
}

#[test]
fn a_group_is_no_account_and_what_is_required_of_all_in_it_hangs_on_who_that_is() {
    let assignments = [assignment("A", "Mail", "Outer", "SecurityGroup")];
    let policy = "[[require]]\nid = \"r\"\naccount = \"Outer\"\ncmdlets = [\"Get-Mailbox\"]\n";
    let ran = run(&assignments, GROUPS, policy, &[]);
    let all = found(&ran);
    assert_eq!((ran.code, rules(&all)), (3, vec!["unknown-account"]), "{all:#?}");
    assert_eq!(all[0]["message"], "`Outer` is a group, and no account");
    let policy = "[rules]\nsecurity-group-assignment = \"off\"\n[[require]]\nid = \"r\"\naccount = \"group:Outer\"\ncmdlets = [\"Get-Mailbox\"]\n";
    let ran = run(&assignments, GROUPS, policy, &[]);
    assert_eq!((ran.code, &ran.json()["summary"]["granted"]), (0, &2.into()), "{ran:?}");
    // What `Ghosts` is, and who is in it, no export shows.
    let ran = run(&assignments, &GROUPS.replace("Inner;cy", "Ghosts;cy"), policy, &[]);
    let all = found(&ran);
    assert_eq!((ran.code, rules(&all)), (1, vec!["undecided"]), "{all:#?}");
    assert_eq!((&all[0]["account"], &all[0]["requirement"]), (&Value::Null, &"r".into()));
    assert_eq!(strings(&all[0]["cmdlets"]), ["Get-Mailbox"]);
}

#[test]
fn a_policy_that_asks_for_nothing_is_told_so_and_not_that_it_is_missing() {
    let waiver = "[[waive]]\nrule = \"direct-assignment\"\nreason = \"old\"\nexpires = 2026-12-31\n";
    let ran = run(&[assignment("A", "Mail", "ada", "User")], GROUPS, waiver, &["--today", "2026-11-24"]);
    assert_eq!(ran.code, 3);
    assert!(ran.stderr.starts_with("nothing was checked: the policy asks for nothing"), "{}", ran.stderr);
}

#[test]
fn parameters_that_two_roles_hold_together_are_merged() {
    let policy = "[[forbid]]\nid = \"f\"\ncmdlets = [\"Set-Mailbox:ForwardingAddress,DeliverToMailboxAndForward\"]\n";
    let assignments = [assignment("A", "Mail", "ada", "User"), assignment("B", "Flags", "ada", "User")];
    let all = found(&run(&assignments, GROUPS, policy, &[]));
    assert_eq!(rules(&all), ["merged-parameters"]);
    let any = policy.replace("ForwardingAddress,Deliver", "ForwardingAddress|Deliver");
    assert_eq!(rules(&found(&run(&assignments, GROUPS, &any, &[]))), ["forbidden-cmdlet"; 2]);
}

#[test]
fn no_account_holds_one_of_each_side() {
    let policy =
        "[[separate]]\nid = \"s\"\nleft = [\"New-MailboxExportRequest\"]\nright = [\"Set-AdminAuditLogConfig\"]\n";
    let assignments = [
        assignment("A", "Export", "Outer", "SecurityGroup"),
        assignment("B", "Audit", "bo", "User"),
        assignment("C", "Audit", "ada", "User"),
    ];
    let all = found(&run(&assignments, GROUPS, policy, &[]));
    assert_eq!(rules(&all), ["conflicting-cmdlets"]);
    assert_eq!((&all[0]["account"], &all[0]["requirement"]), (&"bo".into(), &"s".into()));
    assert_eq!(strings(&all[0]["cmdlets"]), ["New-MailboxExportRequest", "Set-AdminAuditLogConfig"]);
    assert_eq!(places(&all[0]).len(), 7, "{:#?}", places(&all[0]));
}

#[test]
fn what_is_beyond_a_requirement_is_a_finding_each_cmdlet_once() {
    let policy = "[rules]\ndirect-assignment = \"off\"\n[[require]]\nid = \"r\"\naccount = \"ada\"\ncmdlets = [\"Set-Mailbox:Identity,ForwardingAddress\"]\nonly = true\n";
    let assignments = [assignment("A", "Mail", "ada", "User"), assignment("B", "Flags", "ada", "User")];
    let all = found(&run(&assignments, GROUPS, policy, &[]));
    assert_eq!(rules(&all), ["excess-cmdlet"; 2], "{all:#?}");
    let of = |cmdlet: &str| all.iter().find(|found| found["cmdlet"] == cmdlet).expect("it is there");
    assert_eq!(strings(&of("Get-Mailbox")["parameters"]), Vec::<&str>::new());
    // Common parameters do not count.
    assert_eq!(strings(&of("Set-Mailbox")["parameters"]), ["DeliverToMailboxAndForward"]);
    assert_eq!(of("Set-Mailbox")["role"], "Flags");
    let allowed = format!("{policy}allow = [\"Get-*\", \"Set-Mailbox\"]\n");
    assert_eq!(run(&assignments, GROUPS, &allowed, &[]).code, 0);
}

#[test]
fn two_items_of_one_cmdlet_are_one_finding() {
    let policy = "[[require]]\nid = \"r\"\naccount = \"ada\"\ncmdlets = [\"Set-Mailbox:Alias\", \"Set-Mailbox:Name\", \"Get-Mailbox\"]\n";
    let ran = run(&[assignment("A", "Mail", "ada", "User")], GROUPS, policy, &[]);
    let all = found(&ran);
    assert_eq!(rules(&all), ["missing-parameter"]);
    assert_eq!(strings(&all[0]["parameters"]), ["Alias", "Name"]);
    assert_eq!(all[0]["message"], "`ada` can run `Set-Mailbox`, but not with `-Alias`, `-Name`");
    assert_eq!(ran.json()["summary"]["missing"], 2);
}

#[test]
fn a_level_of_the_policy_counts_and_a_tables_own_is_nearer() {
    let assignments = [assignment("B", "Export", "ada", "User")];
    let severity = |policy: &str| {
        let ran = run(&assignments, GROUPS, policy, &[]);
        (ran.code, found(&ran).first().map(|found| found["severity"].as_str().expect("a word").to_owned()))
    };
    let rule =
        |level: &str| format!("[rules]\ndirect-assignment = \"off\"\nforbidden-cmdlet = \"{level}\"\n\n{FORBID}");
    assert_eq!(severity(&rule("off")), (0, None));
    assert_eq!(severity(&rule("note")), (0, Some("note".to_owned())));
    assert_eq!(severity(&format!("{}level = \"warning\"\n", rule("note"))), (1, Some("warning".to_owned())));
}

#[test]
fn the_tests_of_a_policy_run_through_check() {
    let policy = "\
[[forbid]]
id = \"no-export\"
cmdlets = [\"New-MailboxExportRequest\"]
[[forbid]]
id = \"never-fired\"
cmdlets = [\"Set-AdminAuditLogConfig\"]
[[test]]
name = \"ada may not export\"
exports = [\"tests/*.csv\"]
expect = [{ rule = \"forbidden-cmdlet\", cmdlet = \"new-mailboxexportrequest\", account = \"ada\" }]
reject = [{ rule = \"undecided\" }]
";
    let wrong = "\
[[test]]
name = \"bo may not export\"
exports = [\"tests\"]
expect = [{ rule = \"forbidden-cmdlet\", account = \"bo\" }]
reject = [{ rule = \"forbidden-cmdlet\" }]
";
    let assignments = format!("{COLUMNS}{}", assignment("B", "Export", "ada", "User"));
    let test = |policy: &str| {
        let folder = folder(&[
            ("rolecall.toml", policy.as_bytes()),
            ("tests/entries.csv", ENTRIES.as_bytes()),
            ("tests/assignments.csv", assignments.as_bytes()),
            ("tests/mailboxes.csv", MAILBOXES.as_bytes()),
        ]);
        rolecall_in(folder.path(), &["test", "-v"])
    };
    let ran = test(policy);
    assert_eq!(ran.code, 0, "{ran:?}");
    let expected = "ok ada may not export\ntables: 1 of 2 fired; not `never-fired`\n";
    assert!(ran.stdout.starts_with(expected), "{}", ran.stdout);
    assert!(ran.stdout.ends_with("ok 1 test, 0 failed\n"), "{}", ran.stdout);
    let ran = test(&format!("{policy}{wrong}"));
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.stdout
            .contains("FAIL bo may not export\n    rolecall.toml:15: not found: rule forbidden-cmdlet, account bo\n"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout
            .replace("\n     ", "")
            .contains("found, but rejected: tests/assignments.csv:2:1: error[forbidden-cmdlet]"),
        "{}",
        ran.stdout
    );
    let folder = folder(&[
        ("rolecall.toml", policy.as_bytes()),
        ("tests/entries.csv", ENTRIES.as_bytes()),
        ("tests/assignments.csv", assignments.as_bytes()),
        ("tests/mailboxes.csv", MAILBOXES.as_bytes()),
    ]);
    assert_eq!(rolecall_in(folder.path(), &["test"]).stdout, "ok 1 test, 0 failed\n", "one line where all is well");
    assert_eq!(test(FORBID).code, 3);
    assert_eq!(test("[[tests]]\n").code, 2);
}

#[test]
fn any_and_all_of_the_same_parameters_are_two_questions() {
    let policy = "[[require]]\naccount = \"ada\"\ncmdlets = [\n\
        \"Set-Mailbox:ForwardingAddress|DeliverToMailboxAndForward\",\n\
        \"Set-Mailbox:ForwardingAddress,DeliverToMailboxAndForward\"]\n";
    let ran = run(&[assignment("Mail-ada", "Mail", "ada", "User")], GROUPS, policy, &[]);
    assert_eq!(rules(&found(&ran)), ["missing-parameter"]);
}

#[test]
fn the_role_group_for_a_required_file_is_called_after_it_without_folder_and_ending() {
    let policy =
        "[[require]]\nid = \"own\"\naccount = \"nobody\"\ncmdlets = [\"Get-Mailbox\", \"Set-AdminAuditLogConfig\"]\n";
    let assignments = format!("{COLUMNS}{}", assignment("Mail-ada", "Mail", "ada", "User"));
    let folder = folder(&[
        ("exports/entries.csv", ENTRIES.as_bytes()),
        ("exports/assignments.csv", assignments.as_bytes()),
        ("exports/mailboxes.csv", MAILBOXES.as_bytes()),
        ("lists/mail flow.toml", policy.as_bytes()),
    ]);
    let arguments = ["check", "exports", "--account", "bo", "--require", "./lists/mail flow.toml"];
    let report = rolecall_in(folder.path(), &arguments.map(ToOwned::to_owned)).stdout;
    assert!(report.contains("New-RoleGroup 'mail flow for bo' -Roles 'Audit','Mail' -Members 'bo'"), "{report}");
}

#[test]
fn what_is_made_for_two_accounts_has_two_names() {
    let policy = "[[require]]\nid = \"own\"\naccount = [\"bo\", \"ada\"]\ncmdlets = [\"Set-AdminAuditLogConfig\"]\n";
    let ran = run(&[assignment("Mail-ada", "Mail", "ada", "User")], GROUPS, policy, &[]);
    for account in ["ada", "bo"] {
        let command = format!("New-RoleGroup 'Audit for {account}' -Roles 'Audit' -Members '{account}'");
        assert!(ran.stdout.contains(&command), "{}", ran.stdout);
    }
}

#[test]
fn a_fix_that_adds_somebody_to_a_finding_makes_one() {
    let policy = "[[require]]\nid = \"own\"\naccount = \"bo\"\ncmdlets = [\"Get-Mailbox\"]\n\n\
        [[forbid]]\nid = \"mail\"\ncmdlets = [\"Set-Mailbox\"]\n";
    let assignments = format!("{COLUMNS}{}", assignment("Mail-Desk", "Mail", "Desk", "RoleGroup"));
    let folder = folder(&[
        ("rolecall.toml", policy.as_bytes()),
        (
            "exports/entries.csv",
            ENTRIES.lines().filter(|line| !line.starts_with("Flags")).collect::<Vec<_>>().join("\n").as_bytes(),
        ),
        ("exports/assignments.csv", assignments.as_bytes()),
        ("exports/mailboxes.csv", MAILBOXES.as_bytes()),
        ("exports/role-groups.csv", b"Name,ManagedBy,RoleAssignments,Roles,Members\nDesk,ada,Mail-Desk,Mail,ada\n"),
    ]);
    let arguments = ["check", "exports", "--policy", "rolecall.toml", "--format", "json"];
    let report = rolecall_in(folder.path(), &arguments.map(ToOwned::to_owned)).json();
    let causes = report["causes"].as_array().expect("a list");
    let missing = causes.iter().find(|cause| cause["rules"][0] == "missing-cmdlet").expect("bo lacks it");
    let fix = &missing["fixes"][0];
    assert_eq!(strings(&fix["commands"]), ["Add-RoleGroupMember 'Desk' -Member 'bo'"]);
    assert_eq!(strings(&fix["makes"]), ["forbidden-cmdlet"], "it makes `bo` one of those who can: {report:#}");
}

/// A policy whose lists name people: `bo` and `Outer` are there, the others are misspelt, asserted or wild.
const LISTS: &str = r#"extends = ["pack:exchange-baseline"]

[accounts]
team = ["boo", "bo"]
[[forbid]]
cmdlets = ["Get-Mailbox"]
except = ["@team", "group:Outter", "Inner", "b*", "glass"]
except-through = ["@team", "Defaults", "group:Entra"]
[[role]]
name = "Mail"
holders = ["Default", "group:Inner"]
delegators = ["nobody@contoso.com"]
[[group]]
name = "Outer"
members = ["group:Inner", "cyy"]
[[group]]
name = "Entra"
members = ["glass"]
complete = true
reason = "checked in the portal"
expires = 2027-01-31
"#;

#[test]
fn a_name_that_excepts_or_allows_nobody_is_said_once() {
    let policy_holds_a_role = [assignment("Mail-Default", "Mail", "Default", "RoleAssignmentPolicy")];
    let misspelt = |groups: &str| {
        let mut all = found(&run(&policy_holds_a_role, groups, LISTS, &["--today", "2026-11-01"]));
        all.retain(|found| found["rule"] == "unknown-account" || found["rule"] == "unknown-group");
        let text = |found: &Value, key: &str| found[key].as_str().unwrap_or_default().to_owned();
        let mut said: Vec<_> =
            all.iter().map(|found| [text(found, "severity"), text(found, "message"), text(found, "help")]).collect();
        said.sort();
        said
    };
    let mend = "correct the name, export what it names, or remove it from the policy";
    let expected = [
        ("account `Defaults` is in none of these exports", mend),
        ("account `Inner` is in none of these exports", "did you mean `group:Inner`?"),
        ("account `boo` is in none of these exports", "did you mean `bo`?"),
        ("account `cyy` is in none of these exports", "did you mean `cy`?"),
        ("account `nobody@contoso.com` is in none of these exports", mend),
        ("group `Entra` is in none of these exports", "Get-RoleGroup 'Entra'"),
        ("group `Outter` is in none of these exports", "did you mean `group:Outer`?"),
    ];
    assert_eq!(misspelt(GROUPS), expected.map(|(said, help)| ["warning", said, help]));
}
