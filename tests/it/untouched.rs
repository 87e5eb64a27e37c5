//! What the built-in rules say of organizations: of an untouched one nothing that weighs, of ours what an expert would.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::program::{argument, folder, rolecall};

/// The assignments of an untouched organization, as the table of defaults lists them for one environment.
struct Untouched {
    assignments: String,
    groups: String,
    policies: String,
}

fn untouched(environment: &str) -> Untouched {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalogue/defaults.tsv");
    let table = fs::read_to_string(path).expect("the table is there");
    let mut all = Untouched {
        assignments: "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled,RecipientReadScope,RecipientWriteScope,ConfigReadScope,ConfigWriteScope\n".to_owned(),
        groups: "Name,RoleGroupType,Members,ManagedBy,RoleAssignments\n".to_owned(),
        policies: "Name,IsDefault,AssignedRoles\n".to_owned(),
    };
    for row in table.lines().filter(|row| row.split('\t').next() == Some(environment)) {
        let cells: Vec<&str> = row.split('\t').collect();
        let (assignee, kind) = (cells[1].replace('*', "1a2b3c"), cells[2]);
        match kind {
            // The administrator who installed Exchange, or a group that the directory keeps in step.
            "RoleGroup" | "PartnerLinkedRoleGroup" | "Synchronised" => {
                let member = if assignee == "Organization Management" { "Administrator" } else { "" };
                let linked = if kind == "PartnerLinkedRoleGroup" { "PartnerLinked" } else { "Standard" };
                writeln!(all.groups, "{assignee},{linked},{member},Organization Management,")
            }
            "RoleAssignmentPolicy" => writeln!(all.policies, "{assignee},True,"),
            _ => Ok(()),
        }
        .expect("a string takes all");
        for (roles, delegation, suffix) in [(cells[3], "Regular", ""), (cells[4], "DelegatingOrgWide", "-Delegating")] {
            for role in roles.split(';').filter(|role| !role.is_empty()) {
                let name: String = format!("{role}-{assignee}{suffix}").chars().take(64).collect();
                let scopes = "Organization,Organization,OrganizationConfig,OrganizationConfig";
                let mut push = |name: &str| {
                    writeln!(all.assignments, "{name},{role},{assignee},{kind},{delegation},True,{scopes}")
                        .expect("a string takes all");
                };
                push(&name);
                if environment.starts_with("online") && kind == "RoleAssignmentPolicy" {
                    push(&format!("{name}-1"));
                }
            }
        }
    }
    all
}

/// What `check` says of some exports with a preset, by rule: how often, and how much it weighs.
fn said(files: &[(&str, &[u8])], preset: &str) -> BTreeMap<String, (String, usize)> {
    let folder = folder(files);
    let policy = folder.path().join("rolecall.toml");
    fs::write(&policy, format!("[lint]\npreset = \"{preset}\"\n")).expect("the folder is ours");
    let exports = argument(&folder.path().join("exports"));
    let policy = format!("--policy={}", argument(&policy));
    let report = rolecall(&["check", &exports, &policy, "--format=json"]).json();
    let mut said: BTreeMap<String, (String, usize)> = BTreeMap::new();
    for diagnostic in report["diagnostics"].as_array().expect("a list") {
        let text = |key: &str| diagnostic[key].as_str().expect("a word").to_owned();
        said.entry(text("rule")).or_insert_with(|| (text("severity"), 0)).1 += 1;
    }
    said
}

#[test]
fn an_untouched_organization_is_nothing_to_talk_about() {
    const MAILBOXES: &str = "Name,UserPrincipalName,RecipientTypeDetails,RoleAssignmentPolicy\n\
        Administrator,Administrator@contoso.com,UserMailbox,Default Role Assignment Policy\n";
    for environment in ["2013", "2016", "online-2024"] {
        let all = untouched(environment);
        let files = [
            ("exports/assignments.csv", all.assignments.as_bytes()),
            ("exports/role-groups.csv", all.groups.as_bytes()),
            ("exports/policies.csv", all.policies.as_bytes()),
            ("exports/mailboxes.csv", MAILBOXES.as_bytes()),
        ];
        assert!(all.assignments.lines().count() > 100, "{environment}");
        let loud: Vec<_> = said(&files, "default").into_iter().filter(|(_, (level, _))| level != "note").collect();
        assert_eq!(loud, [], "{environment}");
        // What Exchange itself leaves open is what the strict preset is for.
        assert!(said(&files, "strict").contains_key("user-add-ins"), "{environment}");
    }
}

/// Why each finding about the fixture organization is right: the rule, what stands in the message, and the sentence.
const JUSTIFIED: &[(&str, &str, &str)] = &[
    (
        "application-impersonation",
        "B13SvcAcc1",
        "The published dump shows a leftover account of a lab that may act as every mailbox; no default assignment has it.",
    ),
    (
        "direct-assignment",
        "B13SvcAcc1",
        "The same account holds the role by itself, so no review of role groups would ever show it.",
    ),
    (
        "disabled-assignment",
        "svc-stale",
        "The assignment of the retired account gives nothing today and everything after one command.",
    ),
    (
        "outside-delegator",
        "svc-stale",
        "A retired service account may hand on Recipient Policies; by default only Organization Management may.",
    ),
    (
        "group-cycle",
        "Tier 0 Messaging",
        "Exchange Admins and Tier 0 Messaging contain each other, so that both hold Organization Management.",
    ),
    (
        "forbidden-cmdlet",
        "`B13SvcAcc1` can run `Impersonate-ExchangeUser`",
        "The pack names the cmdlet that the role is about, for those who judge by cmdlets and not by roles.",
    ),
    (
        "forbidden-cmdlet",
        "`svc-intune` can run `Add-MailboxPermission`",
        "The connector's group holds all of Mail Recipients, of which the connector needs a tenth: it could open any mailbox.",
    ),
    (
        "forbidden-cmdlet",
        "`svc-intune` can run 3 cmdlets",
        "The same role lets the connector send any mailbox's mail elsewhere, which nothing on its list needs.",
    ),
    (
        "forbidden-cmdlet",
        "`svc-intune` can run 2 cmdlets",
        "Organization Client Access lets the connector trust further applications; a child role without them would do.",
    ),
    (
        "forbidden-cmdlet",
        "`pat` can run `Add-MailboxPermission`",
        "The sales help desk holds Mail Recipients and could open every mailbox of its scope.",
    ),
    (
        "forbidden-cmdlet",
        "`pat` can run 3 cmdlets through assignment `Mail Recipients-Sales Help Desk`",
        "The same assignment lets the help desk forward the mail of its scope.",
    ),
    (
        "forbidden-cmdlet",
        "`pat` can run 3 cmdlets through assignment `User Options-Sales Help Desk`",
        "User Options is another way to the same cmdlets; taking Mail Recipients away would not be enough.",
    ),
];

#[test]
fn every_finding_about_our_organization_is_justified() {
    let report =
        rolecall(&["check", "fixtures/organization/exports", "--policy=pack:exchange-baseline", "--format=json"])
            .json();
    let mut unused: Vec<_> = JUSTIFIED.iter().collect();
    let mut beside = String::new();
    for diagnostic in report["diagnostics"].as_array().expect("a list") {
        let text = |key: &str| diagnostic[key].as_str().expect("a word");
        let fits = |(rule, about, _): &&(&str, &str, &str)| *rule == text("rule") && text("message").contains(about);
        let found = JUSTIFIED.iter().find(fits);
        unused.retain(|one| Some(*one) != found);
        let why = found.map_or("NOBODY SAYS WHY THIS IS RIGHT", |(_, _, why)| why);
        beside.push_str(&format!("{}[{}]: {}\n    {why}\n", text("severity"), text("rule"), text("message")));
    }
    assert_eq!(unused, Vec::<&(&str, &str, &str)>::new(), "nothing is found that this is about");
    assert!(!beside.contains("NOBODY SAYS"), "{beside}");
    assert!(JUSTIFIED.iter().all(|(_, _, why)| why.ends_with('.') && why.len() > 40));
    insta::assert_snapshot!(beside);
}
