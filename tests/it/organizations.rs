//! Several organizations in one run: each is judged by itself, and one report says whose everything is.

use std::fs;
use std::path::Path;

use crate::program::{Ran, folder, rolecall_in, strings};

const FIXTURE: &str = "fixtures/organizations";

/// A copy of the fixture, to be changed.
pub(crate) fn copy() -> tempfile::TempDir {
    let copy = folder(&[]);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(FIXTURE);
    for folder in ["exports/emea", "exports/cloud", ""] {
        fs::create_dir_all(copy.path().join(folder)).expect("the folder is ours");
        for entry in fs::read_dir(root.join(folder)).expect("the fixture is there") {
            let path = entry.expect("it can be listed").path();
            if path.is_file() {
                let name = path.file_name().expect("a file has a name");
                fs::copy(&path, copy.path().join(folder).join(name)).expect("the folder is ours");
            }
        }
    }
    copy
}

/// Changes a file of a copy.
fn change(copy: &tempfile::TempDir, file: &str, from: &str, to: &str) {
    let path = copy.path().join(file);
    let text = fs::read_to_string(&path).unwrap_or_default();
    assert!(text.contains(from), "{file} has no {from}");
    fs::write(path, text.replace(from, to)).expect("the folder is ours");
}

/// Adds to the policy of a copy.
fn add(copy: &tempfile::TempDir, text: &str) {
    change(copy, "rolecall.toml", "[rules]", &format!("{text}\n[rules]"));
}

fn check(copy: &tempfile::TempDir, more: &[&str]) -> Ran {
    rolecall_in(copy.path(), &[&["check", "--today", "2026-11-24"], more].concat())
}

/// The findings of a rule, each with its account and whether it is accepted.
fn found(ran: &Ran, rule: &str) -> Vec<(String, String, bool)> {
    let report = ran.json();
    let all = report["diagnostics"].as_array().expect("a list").iter().filter(|one| one["rule"] == rule);
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    all.map(|one| (text(&one["message"]), text(&one["fingerprint"]), !one["waived"].is_null())).collect()
}

fn messages(ran: &Ran, rule: &str) -> Vec<String> {
    found(ran, rule).into_iter().map(|(message, ..)| message).collect()
}

#[test]
fn every_organization_is_judged_by_itself_and_the_report_says_whose_everything_is() {
    let ran = rolecall_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join(FIXTURE), &["check"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""));
    insta::assert_snapshot!(ran.stdout);
}

#[test]
fn other_programs_get_the_sums_and_each_kind_of_export_for_each_organization() {
    let ran = check(&copy(), &["--format", "json"]);
    let report = ran.json();
    let summary = &report["summary"];
    assert_eq!((&summary["files"], &summary["records"]), (&8.into(), &19.into()));
    assert_eq!((&summary["asked"], &summary["granted"], &summary["missing"]), (&3.into(), &2.into(), &1.into()));
    let coverage: Vec<(&str, Vec<&str>)> = report["coverage"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|one| one["kind"] == "RoleGroup")
        .map(|one| (one["organization"].as_str().expect("a name"), strings(&one["files"])))
        .collect();
    let (emea, cloud) = ("exports/emea/role-groups.csv", "exports/cloud/role-groups.csv");
    assert_eq!(coverage, [("emea", vec![emea]), ("cloud", vec![cloud])]);
    // Sorted by file, as in every report.
    let files: Vec<&str> = report["diagnostics"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one["locations"][0]["file"].as_str().expect("a path"))
        .collect();
    assert!(files.is_sorted() && files.len() == 2, "{files:?}");
}

#[test]
fn what_has_one_name_in_both_is_never_merged() {
    let copy = copy();
    let ask = |arguments: &[&str]| rolecall_in(copy.path(), arguments);
    // The group of that name in the cloud has other members and other roles.
    let ran = ask(&["why", "anna", "Set-Mailbox"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""), "{ran:?}");
    let (emea, cloud) = ran.stdout.split_once("organization `cloud`\n").expect("both answer");
    assert!(emea.starts_with("organization `emea`\ngranted: `anna` can run `Set-Mailbox`\n"), "{ran:?}");
    assert!(cloud.starts_with("not-granted: `anna` cannot run `Set-Mailbox`\n"), "{ran:?}");
    let ran = ask(&["why", "anna", "Set-Mailbox", "--format", "json"]);
    let answers: Vec<_> = ran.json_lines().iter().map(|line| line["answer"].clone()).collect();
    assert_eq!(answers, ["granted", "not-granted"]);
    let ran = ask(&["access", "--account", "bo", "--format", "json"]);
    let cmdlets: Vec<usize> =
        ran.json_lines().iter().map(|line| line["cmdlets"].as_array().expect("a list").len()).collect();
    assert_eq!((ran.code, cmdlets), (0, vec![0, 3]));
    let ran = ask(&["who-can", "Get-Mailbox", "--format", "csv"]);
    let rows: Vec<&str> = ran.stdout.lines().skip(1).filter_map(|row| row.split(',').next()).collect();
    assert_eq!(rows, ["anna", "bo"], "{ran:?}");
}

#[test]
fn an_account_of_one_organization_is_answered_by_that_one() {
    let copy = copy();
    let ran = rolecall_in(copy.path(), &["why", "svc-backup", "New-MailboxExportRequest"]);
    assert!(ran.code == 0 && ran.stdout.starts_with("organization `emea`\ngranted: `svc-backup` can run"), "{ran:?}");
    assert_eq!(ran.stderr, "in `cloud`, no account matches `svc-backup`, so nothing was answered\n");
    let ran = rolecall_in(copy.path(), &["why", "svc-backup", "New-MailboxExportRequest", "--quiet"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let ran = rolecall_in(copy.path(), &["escalate", "nobody", "--quiet"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (3, ""));
    assert!(ran.stderr.contains("in `emea`, no account matches `nobody`") && ran.stderr.contains("in `cloud`, no"));
}

#[test]
fn a_path_is_the_organizations_below_whose_paths_it_lies() {
    let copy = copy();
    let ran = check(&copy, &["exports/cloud/", "--format", "json"]);
    assert_eq!(ran.json()["summary"]["files"], 4, "{ran:?}");
    assert_eq!(messages(&ran, "missing-cmdlet"), Vec::<String>::new());
    assert_eq!(messages(&ran, "forbidden-cmdlet").len(), 1);
    for path in ["exports", ".", "README.md", "-", "nowhere"] {
        let ran = check(&copy, &[path]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:?}");
        let wanted = format!(
            "`{path}` is no organization's: name a path below `exports/emea` (emea) or `exports/cloud` (cloud)"
        );
        assert!(ran.stderr.contains(&wanted), "{ran:?}");
    }
    // What is asserted of an account is asserted where its file lies.
    let entries = "bo=exports/emea/entries.csv";
    let ran = rolecall_in(copy.path(), &["why", "bo", "Set-Mailbox", "--entries-of", entries, "--format", "json"]);
    let answers: Vec<_> = ran.json_lines().iter().map(|line| line["answer"].clone()).collect();
    assert_eq!(answers, ["granted", "not-granted"], "{ran:?}");
}

#[test]
fn an_organization_of_which_nothing_is_read_is_loud() {
    let copy = copy();
    fs::remove_dir_all(copy.path().join("exports/cloud")).expect("the folder is ours");
    let ran = check(&copy, &[]);
    assert!(ran.code == 2 && ran.stdout.contains("`exports/cloud` cannot be read"), "{ran:?}");
    fs::create_dir(copy.path().join("exports/cloud")).expect("the folder is ours");
    let ran = check(&copy, &[]);
    assert!(ran.code == 2 && ran.stdout.contains("the folder holds no files"), "{ran:?}");
    // A heading without rows is an export, of nothing.
    fs::write(copy.path().join("exports/cloud/role-groups.csv"), "\"Name\",\"RoleGroupType\",\"Members\"\n")
        .expect("the folder is ours");
    let ran = check(&copy, &[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (3, "nothing was checked: no record of `cloud` was read\n"), "{ran:?}");
    // The other is judged all the same.
    assert!(ran.stdout.contains("in `emea`, `bo` cannot run `Get-Mailbox`"), "{ran:?}");
}

#[test]
fn what_names_nothing_is_said_once_and_only_where_no_organization_has_it() {
    let copy = copy();
    add(
        &copy,
        "[[require]]\nid = \"more\"\naccount = [\"svc-backup\", \"nobody\"]\ncmdlets = [\"Set-Mail*\", \"Get-Nothing*\", \"Set-Mailbx\"]\n[[require]]\nid = \"there\"\naccount = \"svc-backup\"\ncmdlets = [\"Set-Mail*\"]\norganization = \"cloud\"\n\
         [[group]]\nname = \"Second Line\"\nmembers = []\n[[role]]\nname = \"Second Role\"\nholders = []\n\
         [[role]]\nname = \"View-Only Recipients\"\nholders = [\"group:First Line\"]\n",
    );
    let ran = check(&copy, &["--format", "json"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    let unknown = [
        "account `nobody` is in none of these exports",
        "in `cloud`, account `svc-backup` is in none of these exports",
    ];
    assert_eq!(messages(&ran, "unknown-account"), unknown);
    let unmatched =
        ["no cmdlet in the exports matches `Get-Nothing*`", "in `cloud`, no cmdlet in the exports matches `Set-Mail*`"];
    assert_eq!(messages(&ran, "policy-unmatched-wildcard"), unmatched);
    let cmdlet = ["neither the documentation nor any export has a cmdlet `Set-Mailbx`"];
    assert_eq!(messages(&ran, "policy-unknown-cmdlet"), cmdlet);
    // Where only one of them is read, nobody knows what the other has.
    let ran = check(&copy, &["exports/emea", "--format", "json"]);
    assert_eq!(messages(&ran, "unknown-account"), Vec::<String>::new());
}

#[test]
fn a_cmdlet_of_another_exchange_is_one_that_no_organization_has() {
    let copy = copy();
    let foreign = |text: &str| {
        change(
            &copy,
            "rolecall.toml",
            "[[forbid]]\nid      = \"export-mail\"",
            &format!("{text}\n[[forbid]]\nid      = \"export-mail\""),
        );
        messages(&check(&copy, &["--format", "json"]), "policy-foreign-cmdlet")
    };
    assert_eq!(foreign("[[forbid]]\ncmdlets = [\"Set-ADServerSettings\"]\n"), Vec::<String>::new());
    let in_cloud =
        foreign("[[forbid]]\nid = \"there\"\ncmdlets = [\"Set-ADServerSettings\"]\norganization = \"cloud\"\n");
    assert_eq!(in_cloud.len(), 1);
    assert!(
        in_cloud[0].starts_with("in `cloud`, `Set-ADServerSettings` does not exist in Exchange Online"),
        "{in_cloud:?}"
    );
}

#[test]
fn a_waiver_is_judged_once_and_may_speak_of_one_organization() {
    let copy = copy();
    change(&copy, "rolecall.toml", "except  = [\"svc-backup\"]\n", "");
    let forbidden = found(&check(&copy, &["--format", "json"]), "forbidden-cmdlet");
    let [(_, first, false), (_, second, false)] = &forbidden[..] else { panic!("{forbidden:?}") };
    assert_ne!(first, second, "each has a fingerprint of its own");
    let waive = |copy: &tempfile::TempDir, more: &str| {
        add(copy, &format!("[[waive]]\nrule = \"forbidden-cmdlet\"\nreason = \"x\"\nexpires = 2027-12-31\n{more}\n"));
        check(copy, &["--format", "json"])
    };
    let ran = waive(&copy, "organization = \"emea\"");
    let accepted: Vec<(String, bool)> =
        found(&ran, "forbidden-cmdlet").into_iter().map(|(message, _, waived)| (message, waived)).collect();
    assert!(accepted.iter().all(|(message, waived)| *waived == message.starts_with("in `emea`, ")), "{accepted:?}");
    let ran = waive(&copy, "id = \"both\"");
    assert!(found(&ran, "forbidden-cmdlet").iter().all(|(.., waived)| *waived), "{ran:?}");
    assert!(ran.stderr.contains("accepts 2 findings"), "{ran:?}");
    assert_eq!(found(&ran, "unused-waiver"), []);
    // An unused one is said once; one that another organization may need is not said to be unused.
    add(&copy, "[[waive]]\nid = \"third\"\nrule = \"direct-assignment\"\nreason = \"x\"\nexpires = 2027-12-31\n");
    assert_eq!(found(&check(&copy, &["--format", "json"]), "unused-waiver").len(), 1);
    assert_eq!(found(&check(&copy, &["exports/emea", "--format", "json"]), "unused-waiver"), []);
}

#[test]
fn a_baseline_knows_whose_a_finding_is() {
    let copy = copy();
    change(&copy, "rolecall.toml", "except  = [\"svc-backup\"]\n", "");
    change(
        &copy,
        "exports/cloud/role-groups.csv",
        "\"Export Admins\",\"Standard\",\"bo\"",
        "\"Export Admins\",\"Standard\",\"\"",
    );
    let ran = check(&copy, &["--write-baseline", "exports/emea"]);
    assert!(ran.code == 2 && ran.stderr.contains("leave PATH out"), "{ran:?}");
    assert_eq!(check(&copy, &["--write-baseline"]).code, 0);
    let baseline = fs::read_to_string(copy.path().join("rolecall.baseline")).expect("it stands beside the policy");
    assert!(baseline.contains("\n[emea]\n") && !baseline.contains("[cloud]"), "{baseline}");
    assert_eq!(check(&copy, &[]).code, 0);
    // The same finding in the other organization is new.
    change(
        &copy,
        "exports/cloud/role-groups.csv",
        "\"Export Admins\",\"Standard\",\"\"",
        "\"Export Admins\",\"Standard\",\"bo\"",
    );
    let ran = check(&copy, &["--format", "json"]);
    let new: Vec<String> = found(&ran, "forbidden-cmdlet")
        .into_iter()
        .filter(|(.., waived)| !waived)
        .map(|(message, ..)| message)
        .collect();
    assert!(ran.code == 1 && new.len() == 1 && new[0].starts_with("in `cloud`, "), "{new:?}");
    // A line is stale only where its organization is read.
    change(&copy, "exports/emea/role-groups.csv", "svc-backup", "");
    assert_eq!(found(&check(&copy, &["--format", "json"]), "stale-baseline").len(), 1);
    assert_eq!(found(&check(&copy, &["exports/cloud", "--format", "json"]), "stale-baseline"), []);
}

#[test]
fn mistakes_in_how_organizations_are_named_point_into_the_policy() {
    let policy = "[[organization]]\nname = \"emea\"\nenvironment = \"2018\"\npaths = [\"exports/emea\"]\n\
        [[organization]]\nname = \"Emea\"\npaths = [\"exports/cloud\"]\n\
        [[organization]]\nname = \"us\"\npaths = []\n\
        [[organization]]\nname = \"all\"\npaths = [\"exports\"]\n\
        [exports]\npaths = [\"more\"]\n\
        [[forbid]]\ncmdlets = [\"Get-Mailbox\"]\norganization = [\"emae\", \"asia\"]\n\
        [[account]]\nname = \"bo\"\nroles = [\"Mail Recipients\"]\n\
        [[group]]\nname = \"First Line\"\nmembers = []\ncomplete = true\nreason = \"x\"\nexpires = 2027-01-01\n\
        [[test]]\nname = \"t\"\nexports = [\"exports/emea\"]\nexpect = [{ rule = \"undecided\" }]\n";
    let copy = copy();
    fs::write(copy.path().join("rolecall.toml"), policy).expect("the folder is ours");
    let ran = check(&copy, &["--format", "json"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    let report = ran.json();
    let mut said: Vec<String> = report["diagnostics"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|one| one["rule"].as_str().is_some_and(|rule| rule.starts_with("policy-")))
        .map(|one| {
            let (rule, line) = (one["rule"].as_str().expect("a rule"), &one["locations"][0]["line"]);
            format!(
                "{line} {rule}: {} ({})",
                one["message"].as_str().expect("a text"),
                one["help"].as_str().unwrap_or("NO HELP")
            )
        })
        .collect();
    said.sort_by_key(|line| line.split(' ').next().and_then(|number| number.parse::<u32>().ok()));
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn a_test_says_whose_its_exports_are() {
    let copy = copy();
    let test = |organization: &str| {
        format!(
            "[[test]]\nname = \"{organization}\"\nexports = [\"exports/cloud\"]\norganization = \"{organization}\"\ntoday = 2026-11-24\n"
        )
    };
    let text = test("cloud")
        + "expect = [{ rule = \"forbidden-cmdlet\", account = \"bo\" }]\nreject = [{ rule = \"missing-cmdlet\" }]\n"
        + &test("emea")
        + "expect = [{ rule = \"missing-cmdlet\", account = \"anna\" }]\n";
    add(&copy, &text);
    let ran = rolecall_in(copy.path(), &["test", "-v"]);
    assert!(ran.code == 0 && ran.stdout.contains("ok cloud\nok emea\n"), "{ran:?}");
    change(&copy, "rolecall.toml", "organization = \"cloud\"\ntoday", "organization = \"emea\"\ntoday");
    let ran = rolecall_in(copy.path(), &["test"]);
    assert!(ran.code == 1 && ran.stdout.contains("FAIL cloud"), "{ran:?}");
}

#[test]
fn exports_of_another_exchange_than_the_policy_says_are_a_mistake() {
    let copy = copy();
    change(&copy, "rolecall.toml", "\"online\"", "\"purview\"");
    let ran = check(&copy, &["--format", "concise"]);
    let wanted = "rolecall.toml:8:15: error[policy-wrong-value]: in `cloud`, the policy says that this is Purview, and its exports are of `contoso.onmicrosoft.com` in Exchange Online";
    assert!(ran.code == 2 && ran.stdout.contains(wanted), "{ran:?}");
    // The same holds where the command line says what is required.
    let ran = check(&copy, &["--account", "bo", "--require", "intune-connector-online", "--format", "concise"]);
    assert!(ran.code == 2 && ran.stdout.contains(wanted), "{ran:?}");
}

/// What the built-in rules say of a group with a role, by what the policy says of the environment.
fn changed(group: &str, role: &str, environment: &str) -> Vec<String> {
    let policy = format!("[[organization]]\nname = \"ours\"\npaths = \"exports\"\nenvironment = \"{environment}\"\n");
    let assignments = format!(
        "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled\n\
         A,{role},{group},RoleGroup,Regular,True\nB,Role Management,Organization Management,RoleGroup,Regular,True\n"
    );
    let groups = format!("Name,RoleGroupType,Members\n{group},Standard,anna\nOrganization Management,Standard,anna\n");
    let users = "Name,UserPrincipalName,RecipientTypeDetails\nanna,anna@contoso.com,User\n";
    let folder = folder(&[
        ("rolecall.toml", policy.as_bytes()),
        ("exports/assignments.csv", assignments.as_bytes()),
        ("exports/groups.csv", groups.as_bytes()),
        ("exports/users.csv", users.as_bytes()),
    ]);
    let ran = rolecall_in(folder.path(), &["check", "--format", "json"]);
    messages(&ran, "changed-role-group").into_iter().filter(|message| message.contains(group)).collect()
}

#[test]
fn what_is_so_by_default_hangs_on_the_environment() {
    let has_more = |environment| {
        let said = changed("Compliance Management", "Audit Logs", environment);
        said.iter().any(|message| message.contains("more than by default"))
    };
    let found: Vec<bool> = ["2013", "2016", "2019", "se", "purview"].into_iter().map(has_more).collect();
    assert_eq!(found, [true, false, false, false, false]);
    // What Purview has by default is not known, so nothing is a deviation from it.
    assert_eq!(changed("Help Desk", "Mail Recipients", "2019").len(), 1);
    assert_eq!(changed("Help Desk", "Mail Recipients", "purview"), Vec::<String>::new());
}
