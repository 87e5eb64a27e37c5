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
    let mut all_said = String::new();
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
        // What Exchange itself leaves open is what the other presets are for.
        for preset in ["default", "strict", "all"] {
            let of_presets =
                said(&files, preset).into_iter().map(|(rule, (level, count))| format!("{level}[{rule}] {count}"));
            let of_presets = of_presets.collect::<Vec<_>>().join(", ");
            writeln!(all_said, "{environment}, {preset}: {of_presets}").expect("a string takes all");
        }
    }
    insta::assert_snapshot!(all_said);
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

/// What the widest preset says besides, and why an expert who asked for it would want to hear it.
const JUSTIFIED_IN_ALL: &[(&str, &str, &str)] = &[
    (
        "user-add-ins",
        "may install add-ins",
        "CIS asks for policies without these roles; Exchange gives all three to every mailbox.",
    ),
    (
        "user-forwarding",
        "may forward their mail",
        "Exchange lets every user forward the own mail outside, which is the first thing a thief of a mailbox does.",
    ),
    (
        "nested-group",
        "`Exchange Admins` is nested",
        "Whoever may change Exchange Admins in the directory makes administrators of everything.",
    ),
    (
        "writing-built-in-view-role",
        "writes: it has",
        "The role is called view-only, is held by default, and has cmdlets that write; an auditor should know it.",
    ),
    (
        "administrator-mailbox",
        "and has a mailbox",
        "All three people in Organization Management read mail with the account that administers.",
    ),
    (
        "organization-wide-group",
        "`Intune Connector`",
        "The connector works on phones of users and may change every mailbox; its sales counterpart has a scope.",
    ),
];

/// The findings of a report that name no sentence of `justified` are marked, and unused sentences are an error.
fn justify(report: &serde_json::Value, justified: &[&(&str, &str, &str)]) -> String {
    let mut unused = justified.to_vec();
    let mut beside = String::new();
    for diagnostic in report["diagnostics"].as_array().expect("a list") {
        let text = |key: &str| diagnostic[key].as_str().expect("a word");
        let fits = |(rule, about, _): &&&(&str, &str, &str)| *rule == text("rule") && text("message").contains(about);
        let found = justified.iter().find(fits);
        unused.retain(|one| Some(one) != found);
        let why = found.map_or("NOBODY SAYS WHY THIS IS RIGHT", |(_, _, why)| why);
        beside.push_str(&format!("{}[{}]: {}\n    {why}\n", text("severity"), text("rule"), text("message")));
    }
    assert_eq!(unused, Vec::<&(&str, &str, &str)>::new(), "nothing is found that this is about");
    assert!(!beside.contains("NOBODY SAYS"), "{beside}");
    assert!(justified.iter().all(|(_, _, why)| why.ends_with('.') && why.len() > 40));
    beside
}

#[test]
fn every_finding_about_our_organization_is_justified() {
    let report =
        rolecall(&["check", "fixtures/organization/exports", "--policy=pack:exchange-baseline", "--format=json"])
            .json();
    insta::assert_snapshot!(justify(&report, &JUSTIFIED.iter().collect::<Vec<_>>()));
}

#[test]
fn every_finding_of_the_widest_preset_is_justified() {
    let folder = folder(&[("rolecall.toml", b"[lint]\npreset = \"all\"\n")]);
    let policy = format!("--policy={}", argument(&folder.path().join("rolecall.toml")));
    let report = rolecall(&["check", "fixtures/organization/exports", &policy, "--format=json"]).json();
    let built_in = JUSTIFIED.iter().filter(|(rule, ..)| *rule != "forbidden-cmdlet");
    insta::assert_snapshot!(justify(&report, &built_in.chain(JUSTIFIED_IN_ALL).collect::<Vec<_>>()));
}
