//! `check` and `who-can` agree on every account and cmdlet, and advise the same.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;

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
