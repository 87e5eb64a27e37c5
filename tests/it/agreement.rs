//! `check`, `who-can`, `why` and `access` agree on every account and cmdlet, and advise the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use proptest::test_runner::{TestCaseError, TestError};
use serde_json::Value;

use crate::brute::export::exports;
use crate::brute::organization::organizations;
use crate::brute::{in_folder, slow_runner};
use crate::program::{argument, folder, rolecall};

/// The cmdlets of the list of the connector, and some that few have.
const CMDLETS: [&str; 25] = [
    "Clear-ActiveSyncDevice",
    "Get-ActiveSyncDevice",
    "Get-ActiveSyncDeviceAccessRule",
    "Get-ActiveSyncDeviceClass",
    "Get-ActiveSyncDeviceStatistics",
    "Get-ActiveSyncMailboxPolicy",
    "Get-ActiveSyncOrganizationSettings",
    "Get-CASMailbox",
    "Get-ExchangeServer",
    "Get-Recipient",
    "New-ActiveSyncDeviceAccessRule",
    "New-ActiveSyncMailboxPolicy",
    "Remove-ActiveSyncDevice",
    "Remove-ActiveSyncDeviceAccessRule",
    "Remove-ActiveSyncMailboxPolicy",
    "Set-ActiveSyncDeviceAccessRule",
    "Set-ActiveSyncMailboxPolicy",
    "Set-ActiveSyncOrganizationSettings",
    "Set-ADServerSettings",
    "Set-CASMailbox",
    "Set-Mailbox",
    "New-MailboxExportRequest",
    "Set-ManagementRoleAssignment",
    "New-TransportRule",
    "Get-Mailbox",
];

/// What is said of an account and a cmdlet: whether it is granted, and the commands of the first fix.
type Said = BTreeMap<(String, String), (String, Vec<String>)>;

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_lowercase()
}

fn commands(fix: &Value) -> Vec<String> {
    fix["commands"].as_array().into_iter().flatten().filter_map(Value::as_str).map(ToOwned::to_owned).collect()
}

#[test]
fn check_and_who_can_agree_on_every_pair_and_advise_the_same() {
    let exports = "fixtures/organization/exports";
    let mut policy = String::new();
    for (number, cmdlet) in CMDLETS.iter().enumerate() {
        let _ = write!(policy, "[[require]]\nid = \"r{number}\"\naccount = \"*\"\ncmdlets = [\"{cmdlet}\"]\n");
    }
    let folder = folder(&[("policy.toml", policy.as_bytes())]);
    let path = argument(&folder.path().join("policy.toml"));
    let report = rolecall(&["check", exports, "--policy", &path, "--format=json"]).json();
    let causes: BTreeMap<&str, &Value> = report["causes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|cause| Some((cause["id"].as_str()?, cause)))
        .collect();
    let mut missing: Said = BTreeMap::new();
    for finding in report["diagnostics"].as_array().into_iter().flatten() {
        let rule = finding["rule"].as_str().unwrap_or_default();
        let (Some(cause), true) = (finding["cause"].as_str(), rule == "missing-cmdlet") else { continue };
        let pair = (text(&finding["account"]), text(&finding["cmdlet"]));
        missing.insert(pair, ("missing".to_owned(), commands(&causes[cause]["fixes"][0])));
    }
    assert!(missing.len() > 20, "{} are missing", missing.len());
    let mut asked = 0;
    for cmdlet in CMDLETS {
        for line in rolecall(&["who-can", cmdlet, exports, "--all", "--format=json"]).json_lines() {
            let pair = (text(&line["account"]), cmdlet.to_lowercase());
            let answer = line["answer"].as_str().unwrap_or_default();
            let known = missing.get(&pair);
            asked += 1;
            match answer {
                "granted" | "merged" | "unknown" => assert!(known.is_none(), "{pair:?}: {answer}, and {known:?}"),
                _ => {
                    let (_, fix) = known.unwrap_or_else(|| panic!("{pair:?} is {answer}, and check is silent"));
                    assert_eq!(&commands(&line["fixes"][0]), fix, "{pair:?}: {answer}");
                }
            }
        }
    }
    assert!(asked > 100, "{asked} pairs");
}

/// What is asked of every account of an organization: cmdlets alone and with parameters.
const ITEMS: [&str; 10] = [
    "Get-Mailbox",
    "Set-Mailbox",
    "Set-CASMailbox",
    "New-TransportRule",
    "Search-Mailbox",
    "Set-ADServerSettings",
    "Set-Mailbox:Identity,Alias",
    "Get-Mailbox:Alias|AliasOld",
    "Test-MapiConnectivity:Filter",
    "GetUserPhoto:GET",
];

/// What `check` says of the accounts that lack an item or may: its word, and the commands of the first fix.
fn checked(folder: &Path, item: &str) -> BTreeMap<String, (&'static str, Vec<String>)> {
    let policy = format!("[[require]]\nid = {item:?}\naccount = \"*\"\ncmdlets = [{item:?}]\n");
    let place = self::folder(&[("policy.toml", policy.as_bytes())]);
    let path = argument(&place.path().join("policy.toml"));
    let report = rolecall(&["check", &argument(folder), "--policy", &path, "--format=json"]).json();
    let causes = report["causes"].as_array().expect("a list");
    let mut said: BTreeMap<String, (&'static str, Vec<String>)> = BTreeMap::new();
    for finding in report["diagnostics"].as_array().into_iter().flatten() {
        let word = match finding["rule"].as_str() {
            Some("missing-cmdlet" | "missing-parameter") => "missing",
            Some("merged-parameters") => "merged",
            Some("undecided") => "undecided",
            _ => continue,
        };
        let cause = causes.iter().find(|cause| cause["id"] == finding["cause"]).expect("every finding has a cause");
        let fix = if word == "missing" { commands(&cause["fixes"][0]) } else { Vec::new() };
        said.insert(text(&finding["account"]), (word, fix));
    }
    said
}

/// Compares what the commands say of one organization.
fn agree(folder: &Path) -> Result<(), String> {
    let exports = argument(folder);
    let access: BTreeMap<String, Value> = rolecall(&["access", &exports, "--format=json"])
        .json_lines()
        .into_iter()
        .map(|line| (text(&line["account"]), line))
        .collect();
    for item in ITEMS {
        let checked = checked(folder, item);
        let who = rolecall(&["who-can", item, &exports, "--all", "--format=json"]);
        let why = rolecall(&["why", "*", item, &exports, "--format=json"]);
        if who.stdout != why.stdout {
            return Err(format!("{item}: who-can:\n{}why:\n{}", who.stdout, why.stdout));
        }
        for line in who.json_lines() {
            let account = text(&line["account"]);
            let answer = line["answer"].as_str().unwrap_or_default();
            // What is open for the own mailbox alone is missing for whoever asks for more.
            let denied = !line["nearest"].as_array().expect("a list").is_empty();
            let word = match answer {
                "granted" => None,
                "merged" => Some("merged"),
                "unknown" if !denied => Some("undecided"),
                _ => Some("missing"),
            };
            let known = checked.get(&account);
            if known.map(|(word, _)| *word) != word {
                return Err(format!("{account} {item}: {answer}, and check: {known:?}\n{line}"));
            }
            if let Some((_, fix)) = known.filter(|(word, _)| *word == "missing")
                && commands(&line["fixes"][0]) != *fix
            {
                return Err(format!("{account} {item}: {}, and check: {fix:?}", line["fixes"]));
            }
            if !item.contains([',', '|']) && item != "Test-MapiConnectivity:Filter" {
                held(&account, item, answer, &access[&account])?;
            }
        }
    }
    Ok(())
}

/// Whether `access` shows what was answered.
fn held(account: &str, cmdlet: &str, answer: &str, access: &Value) -> Result<(), String> {
    let shown = access["cmdlets"].as_array().expect("a list").iter().find(|one| one["cmdlet"] == cmdlet);
    let granted = shown.is_some_and(|one| one["answer"] == "granted");
    let grants: Vec<&Value> = shown.into_iter().flat_map(|one| one["grants"].as_array().expect("a list")).collect();
    let right = match answer {
        "granted" | "merged" | "own-mailbox" => granted,
        // A role that works on nothing is held and gives nothing.
        "not-granted" => !granted || grants.iter().any(|grant| reads_none(grant)),
        _ => !granted || shown.is_some(),
    };
    if right { Ok(()) } else { Err(format!("{account} {cmdlet}: {answer}, and access: {shown:?}")) }
}

/// Whether a grant has no recipients and no configuration to read, or none to write.
fn reads_none(grant: &Value) -> bool {
    let none = |keys: [&str; 2]| keys.iter().all(|key| grant[key] == "None");
    none(["recipient_read_scope", "config_read_scope"]) || none(["recipient_write_scope", "config_write_scope"])
}

#[test]
fn the_commands_agree_on_random_organizations() {
    let result = slow_runner(6)
        .run(&organizations(), |organization| in_folder(&exports(&organization), agree).map_err(TestCaseError::fail));
    match result {
        Ok(()) => {}
        Err(TestError::Fail(reason, organization)) => {
            let files: Vec<String> =
                exports(&organization).iter().map(|one| format!("--- {}\n{}", one.name, one.text())).collect();
            panic!("{reason}\n{}", files.join("\n"));
        }
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn the_commands_agree_on_the_fixture() {
    let exports = "fixtures/organization/exports";
    let mut answers: BTreeSet<String> = BTreeSet::new();
    for cmdlet in CMDLETS {
        let who = rolecall(&["who-can", cmdlet, exports, "--all", "--format=json"]);
        let why = rolecall(&["why", "*", cmdlet, exports, "--format=json"]);
        assert_eq!(who.stdout, why.stdout, "{cmdlet}");
        answers.extend(who.json_lines().iter().map(|line| text(&line["answer"])));
    }
    assert!(answers.len() >= 3, "{answers:?}");
}

const COLUMNS: &str = "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled,\
    RecipientReadScope,RecipientWriteScope,ConfigReadScope,ConfigWriteScope\n";

#[test]
fn who_may_make_groups_of_their_own_can_make_groups_and_change_those_alone() {
    let entries = "Role,Name,Parameters\nMyDistributionGroups,New-DistributionGroup,Name\n\
        MyDistributionGroups,Set-DistributionGroup,Identity\n";
    let assignments = format!(
        "{COLUMNS}My,MyDistributionGroups,Default,RoleAssignmentPolicy,Regular,True,MyGAL,MyDistributionGroups,\
         OrganizationConfig,None\n"
    );
    let people = "Name,UserPrincipalName,RecipientTypeDetails,RoleAssignmentPolicy\n\
        bo,bo@contoso.com,UserMailbox,Default\nada,ada@contoso.com,UserMailbox,\n";
    let files = [("e.csv", entries.as_bytes()), ("a.csv", assignments.as_bytes()), ("p.csv", people.as_bytes())];
    let exports = folder(&files);
    let answer = |cmdlet: &str| {
        let why = rolecall(&["why", "bo", cmdlet, &argument(exports.path()), "--format=json"]).json_lines();
        let word = checked(exports.path(), cmdlet).get("bo").map(|(word, _)| *word);
        (text(&why[0]["answer"]), word)
    };
    assert_eq!(answer("New-DistributionGroup"), ("granted".to_owned(), None));
    assert_eq!(answer("Set-DistributionGroup"), ("own-mailbox".to_owned(), Some("missing")));
    let shown = rolecall(&["why", "bo", "Set-DistributionGroup", &argument(exports.path())]).stdout;
    assert!(shown.contains("the groups that it owns"), "{shown}");
}

#[test]
fn why_tries_its_fixes_as_check_does() {
    let entries = "Role,Name,Parameters\nMail Recipients,Set-Mailbox,Identity\nExport,New-MailboxExportRequest,Mailbox\n\
        Export,Get-Mailbox,Identity\n";
    let row = |role: &str, group: &str| {
        format!(
            "{role}-{group},{role},{group},RoleGroup,Regular,True,Organization,Organization,OrganizationConfig,None\n"
        )
    };
    let assignments = format!("{COLUMNS}{}{}", row("Export", "Exporters"), row("Mail Recipients", "Help Desk"));
    let groups = "Name,RoleGroupType,Members\nExporters,Standard,ada\nHelp Desk,Standard,bo\n";
    let people =
        "Name,UserPrincipalName,RecipientTypeDetails\nbo,bo@contoso.com,UserMailbox\nada,ada@contoso.com,UserMailbox\n";
    let policy = "[[forbid]]\nid = \"no-export\"\ncmdlets = [\"New-MailboxExportRequest\"]\nexcept = [\"ada\"]\n";
    let required = "[[require]]\nid = \"read\"\naccount = \"bo\"\ncmdlets = [\"Get-Mailbox\"]\n";
    let place = folder(&[
        ("exports/e.csv", entries.as_bytes()),
        ("exports/a.csv", assignments.as_bytes()),
        ("exports/g.csv", groups.as_bytes()),
        ("exports/p.csv", people.as_bytes()),
        ("rolecall.toml", policy.as_bytes()),
        ("required.toml", format!("{policy}{required}").as_bytes()),
    ]);
    let [exports, own, more] = ["exports", "rolecall.toml", "required.toml"].map(|it| argument(&place.path().join(it)));
    let why = rolecall(&["why", "bo", "Get-Mailbox", &exports, "--policy", &own, "--format=json"]).json_lines();
    let report = rolecall(&["check", &exports, "--policy", &more, "--format=json"]).json();
    let cause = report["causes"].as_array().expect("a list").iter().find(|it| it["rules"][0] == "missing-cmdlet");
    let fix = &why[0]["fixes"][0];
    assert_eq!(commands(fix), commands(&cause.expect("it is missing")["fixes"][0]));
    assert_eq!(fix["makes"], serde_json::json!(["forbidden-cmdlet"]), "{fix}");
}
