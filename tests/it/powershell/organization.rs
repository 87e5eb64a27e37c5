//! One small organization whose names hurt: commas, semicolons, quotes, colons, braces, blanks at odd
//! places, two-cell characters, 77 characters.
//!
//! It exists to be written in every shape and read back as the same organization. A few of its values
//! no shape can carry without doubt, on purpose, and each sits in one place: only the role group `Odd names`
//! has list items that contain `, `, only its description has a line break, and only two entries have more
//! than four parameters (as many as `$FormatEnumerationLimit` shows by default).

use super::{Datum, Object};

const SNAPIN: &str = "Microsoft.Exchange.Management.PowerShell.E2010";
const LONG: &str = "Regional Service Desk Europe Middle East Africa Second Line Mailbox Operators";
const POLICY: &str = "Default Role Assignment Policy";
const GROUPS: &str = "contoso.com/Microsoft Exchange Security Groups";

/// What each `Get-` cmdlet would hand on, under the name of the file it is exported to.
pub(crate) fn small_organization() -> Vec<(&'static str, Vec<Object>)> {
    vec![
        ("roles", roles()),
        ("entries", entries()),
        ("assignments", assignments()),
        ("role-groups", role_groups()),
        ("members", members()),
        ("groups", groups()),
        ("mailboxes", mailboxes()),
        ("scopes", scopes()),
        ("policies", policies()),
    ]
}

fn text(text: &str) -> Datum {
    Datum::Text(text.to_owned())
}

fn link(text: &str) -> Datum {
    if text.is_empty() { Datum::Null } else { Datum::Reference(text.to_owned()) }
}

fn list(items: &[&str]) -> Datum {
    Datum::List(items.iter().map(|item| (*item).to_owned()).collect())
}

fn links(items: &[&str]) -> Datum {
    Datum::References(items.iter().map(|item| (*item).to_owned()).collect())
}

/// An enumeration's value. Numbers from 90 on are ours: no public source states the real ones.
fn value(name: &'static str) -> Datum {
    let number = match name {
        "None" | "User" | "Standard" => 0,
        "Cmdlet" | "RecipientScope" => 1,
        "Organization" | "SecurityGroup" | "UserMailbox" | "Script" => 2,
        "Self" => 4,
        "DelegatingOrgWide" => 6,
        "CustomRecipientScope" => 7,
        "MailUniversalSecurityGroup" => 8,
        "RoleGroup" | "OrganizationConfig" => 10,
        "RoleAssignmentPolicy" => 91,
        "Regular" => 92,
        "ServerScope" => 93,
        "Direct" => 94,
        "ExclusiveRecipientScope" => 95,
        "UniversalSecurityGroup" => 96,
        "MailUniversalDistributionGroup" => 97,
        _ => 99,
    };
    Datum::Enum(name, number)
}

/// Name, type, parent.
const ROLES: [(&str, &str, &str); 13] = [
    ("Mail Recipients", "MailRecipients", ""),
    ("Organization Client Access", "OrganizationClientAccess", ""),
    ("Recipient Policies", "RecipientPolicies", ""),
    ("View-Only Configuration", "ViewOnlyConfiguration", ""),
    ("Message Tracking", "MessageTracking", ""),
    ("MyBaseOptions", "MyBaseOptions", ""),
    ("Help Desk, Tier \"2\"", "MailRecipients", "Mail Recipients"),
    ("Empfänger; Zürich", "MailRecipients", "Mail Recipients"),
    ("日本語 ロール", "RecipientPolicies", "Recipient Policies"),
    ("{Braces} & <angles> | pipes", "MessageTracking", "Message Tracking"),
    ("A : B", "MessageTracking", "Message Tracking"),
    ("O'Neill's role", "MailRecipients", "Mail Recipients"),
    (LONG, "MailRecipients", "Mail Recipients"),
];

fn roles() -> Vec<Object> {
    ROLES
        .iter()
        .map(|(name, role_type, parent)| {
            let own = name.starts_with("My");
            Object {
                kind: "Role",
                properties: vec![
                    ("Name", text(name)),
                    ("RoleType", text(role_type)),
                    ("Parent", link(parent)),
                    ("IsRootRole", Datum::Bool(parent.is_empty())),
                    ("IsEndUserRole", Datum::Bool(own)),
                    ("ImplicitRecipientReadScope", value(if own { "Self" } else { "Organization" })),
                    ("ImplicitRecipientWriteScope", value(if own { "Self" } else { "Organization" })),
                    ("ImplicitConfigReadScope", value("OrganizationConfig")),
                    ("ImplicitConfigWriteScope", value("OrganizationConfig")),
                ],
            }
        })
        .collect()
}

const MAILBOX_PARAMETERS: [&str; 18] = [
    "Alias",
    "AuditEnabled",
    "Confirm",
    "CustomAttribute1",
    "DeliverToMailboxAndForward",
    "DisplayName",
    "DomainController",
    "EmailAddresses",
    "ErrorAction",
    "ErrorVariable",
    "ForwardingAddress",
    "ForwardingSmtpAddress",
    "GrantSendOnBehalfTo",
    "HiddenFromAddressListsEnabled",
    "Identity",
    "LitigationHoldEnabled",
    "RoleAssignmentPolicy",
    "WhatIf",
];

/// Role, entry, parameters.
fn entries() -> Vec<Object> {
    let all: [(&str, &str, &[&str]); 20] = [
        ("Mail Recipients", "Set-Mailbox", &MAILBOX_PARAMETERS),
        ("Mail Recipients", "Get-Mailbox", &["Anr", "Filter", "Identity", "ResultSize"]),
        ("Mail Recipients", "Get-CASMailbox", &["Identity"]),
        ("Mail Recipients", "Set-CASMailbox", &["ActiveSyncEnabled", "Identity", "OWAEnabled"]),
        ("Mail Recipients", "Clear-ActiveSyncDevice", &["Cancel", "Identity"]),
        ("Organization Client Access", "Set-CASMailbox", &["ActiveSyncAllowedDeviceIDs", "Identity"]),
        ("Organization Client Access", "Get-ActiveSyncDeviceAccessRule", &["Identity"]),
        ("Organization Client Access", "New-ActiveSyncDeviceAccessRule", &["AccessLevel", "QueryString"]),
        ("Recipient Policies", "New-ActiveSyncMailboxPolicy", &["Name"]),
        ("Recipient Policies", "Get-ActiveSyncMailboxPolicy", &["Identity"]),
        ("View-Only Configuration", "Get-ExchangeServer", &["Domain", "Identity", "Status"]),
        ("View-Only Configuration", "Get-ManagementRoleEntry", &["Identity", "Parameters"]),
        ("Message Tracking", "Pop-EveryParameter", &MAILBOX_PARAMETERS),
        ("MyBaseOptions", "Get-CASMailbox", &["Identity"]),
        ("MyBaseOptions", "Set-Mailbox", &["DeliverToMailboxAndForward", "ForwardingAddress", "Identity"]),
        ("Help Desk, Tier \"2\"", "Get-Mailbox", &["Identity"]),
        ("日本語 ロール", "Get-ActiveSyncMailboxPolicy", &["Identity"]),
        ("{Braces} & <angles> | pipes", "GetUserPhoto:GET", &[]),
        (LONG, "Get-Mailbox", &["Anr", "Identity"]),
        ("A : B", "Start-Report.ps1", &["Path"]),
    ];
    all.iter()
        .map(|(role, name, parameters)| Object {
            kind: "RoleEntry",
            properties: vec![
                ("Role", link(role)),
                ("Name", text(name)),
                ("Type", value(if name.ends_with(".ps1") { "Script" } else { "Cmdlet" })),
                ("Parameters", list(parameters)),
                ("PSSnapinName", text(SNAPIN)),
                ("Identity", text(&format!("{role}\\{name}"))),
            ],
        })
        .collect()
}

struct Assignment {
    role: &'static str,
    assignee: &'static str,
    assignee_type: &'static str,
    delegation: &'static str,
    enabled: bool,
    /// The recipient write scope, and the custom scope that it stands for.
    scope: (&'static str, &'static str),
}

const fn regular(role: &'static str, assignee: &'static str) -> Assignment {
    Assignment {
        role,
        assignee,
        assignee_type: "RoleGroup",
        delegation: "Regular",
        enabled: true,
        scope: ("Organization", ""),
    }
}

const ASSIGNMENTS: [Assignment; 17] = [
    regular("Mail Recipients", "Organization Management"),
    regular("View-Only Configuration", "Organization Management"),
    Assignment { delegation: "DelegatingOrgWide", ..regular("Mail Recipients", "Organization Management") },
    Assignment { delegation: "DelegatingOrgWide", ..regular("Organization Client Access", "Organization Management") },
    regular("Mail Recipients", "Recipient Management"),
    regular("Message Tracking", "Recipient Management"),
    regular("Organization Client Access", "Intune Connector"),
    regular("Recipient Policies", "Intune Connector"),
    regular("View-Only Configuration", "Intune Connector"),
    Assignment { scope: ("CustomRecipientScope", "Zürich mailboxes"), ..regular(LONG, "サービス デスク") },
    regular("日本語 ロール", "サービス デスク"),
    regular("Help Desk, Tier \"2\"", "Odd names"),
    regular("{Braces} & <angles> | pipes", "Odd names"),
    Assignment { assignee_type: "SecurityGroup", ..regular("A : B", "Exchange; Admins") },
    Assignment { assignee_type: "User", ..regular("Empfänger; Zürich", "Dieter König") },
    Assignment { assignee_type: "User", enabled: false, ..regular("Recipient Policies", "svc-intune") },
    Assignment { assignee_type: "RoleAssignmentPolicy", scope: ("Self", ""), ..regular("MyBaseOptions", POLICY) },
];

impl Assignment {
    /// Exchange cuts the name at 64 characters.
    fn name(&self) -> String {
        let suffix = if self.delegation == "Regular" { "" } else { "-Delegating" };
        format!("{}-{}{suffix}", self.role, self.assignee).chars().take(64).collect()
    }
}

fn assignments() -> Vec<Object> {
    ASSIGNMENTS
        .iter()
        .map(|own| {
            let effective = match own.assignee_type {
                "User" => own.assignee,
                "RoleAssignmentPolicy" => "All Policy Assignees",
                _ => "All Group Members",
            };
            let read = if own.scope.0 == "Self" { "Self" } else { "Organization" };
            Object {
                kind: "RoleAssignment",
                properties: vec![
                    ("AssignmentMethod", value("Direct")),
                    ("EffectiveUserName", text(effective)),
                    ("RoleAssigneeType", value(own.assignee_type)),
                    ("Role", link(own.role)),
                    ("RoleAssignmentDelegationType", value(own.delegation)),
                    ("CustomRecipientWriteScope", link(own.scope.1)),
                    ("CustomConfigWriteScope", Datum::Null),
                    ("RecipientReadScope", value(read)),
                    ("ConfigReadScope", value("OrganizationConfig")),
                    ("RecipientWriteScope", value(own.scope.0)),
                    ("ConfigWriteScope", value("OrganizationConfig")),
                    ("Enabled", Datum::Bool(own.enabled)),
                    ("RoleAssigneeName", text(own.assignee)),
                    ("Name", text(&own.name())),
                ],
            }
        })
        .collect()
}

/// Name, members.
const ROLE_GROUPS: [(&str, &[&str]); 10] = [
    ("Organization Management", &["contoso.com/Users/Dieter König", "contoso.com/Groups/Exchange; Admins"]),
    ("Recipient Management", &["contoso.com/Users/Siobhán O'Neill"]),
    ("Intune Connector", &["contoso.com/Users/svc-intune"]),
    ("サービス デスク", &["contoso.com/Users/山田 太郎", "contoso.com/Users/Backup$"]),
    ("Odd names", &["contoso.com/Users/Smith, John", "contoso.com/Users/Brown, \"Bob\""]),
    ("Help Desk", &["contoso.com/Users/a.b+c"]),
    ("Empty Group", &[]),
    ("View-Only Organization Management", &["contoso.com/Users/Eve Storm"]),
    ("Server Management", &["contoso.com/Users/Backup$"]),
    ("Public Folder Management", &[]),
];

fn role_groups() -> Vec<Object> {
    ROLE_GROUPS
        .iter()
        .map(|(name, members)| {
            let held = || ASSIGNMENTS.iter().filter(|own| own.assignee == *name);
            let mut roles: Vec<&str> = held().map(|own| own.role).collect();
            roles.dedup();
            let names: Vec<String> = held().map(Assignment::name).collect();
            let odd = *name == "Odd names";
            Object {
                kind: "RoleGroup",
                properties: vec![
                    ("ManagedBy", links(&[&format!("{GROUPS}/Organization Management")])),
                    ("RoleAssignments", Datum::References(names)),
                    ("Roles", links(&roles)),
                    ("Members", links(members)),
                    ("SamAccountName", text(name)),
                    ("Description", text(if odd { "one: \"first\"\r\ntwo : {a, b...}" } else { "" })),
                    ("RoleGroupType", value("Standard")),
                    ("LinkedGroup", Datum::Null),
                    ("Name", text(name)),
                ],
            }
        })
        .collect()
}

/// Get-RoleGroupMember says nothing of the group; so the administrator adds a column.
fn members() -> Vec<Object> {
    let mut rows = Vec::new();
    for (group, members) in ROLE_GROUPS {
        for member in members {
            let name = member.rsplit('/').next().unwrap_or(member);
            let is_group = member.starts_with("contoso.com/Groups/");
            rows.push(Object {
                kind: "RoleGroupMember",
                properties: vec![
                    ("RoleGroup", text(group)),
                    ("Name", text(name)),
                    ("DisplayName", text(name)),
                    ("RecipientType", value(if is_group { "MailUniversalSecurityGroup" } else { "UserMailbox" })),
                ],
            });
        }
    }
    rows
}

/// The groups that are no role groups. Two of them contain each other.
fn groups() -> Vec<Object> {
    let all: [(&str, &str, &[&str]); 10] = [
        (
            "Exchange; Admins",
            "MailUniversalSecurityGroup",
            &["contoso.com/Groups/Tier 0", "contoso.com/Users/Eve Storm"],
        ),
        ("Tier 0", "UniversalSecurityGroup", &["contoso.com/Groups/Exchange; Admins", "contoso.com/Users/a.b+c"]),
        ("Tier 1: servers", "UniversalSecurityGroup", &[]),
        ("Zürich {all}", "UniversalSecurityGroup", &["contoso.com/Users/Dieter König"]),
        ("営業部", "UniversalSecurityGroup", &["contoso.com/Users/山田 太郎"]),
        ("All, really all", "MailUniversalDistributionGroup", &["contoso.com/Users/Eve Storm"]),
        ("Backup \"Operators\"", "UniversalSecurityGroup", &["contoso.com/Users/Backup$"]),
        ("R&D <lab>", "UniversalSecurityGroup", &[]),
        ("O'Brien's team", "UniversalSecurityGroup", &["contoso.com/Users/Siobhán O'Neill"]),
        ("a|b", "UniversalSecurityGroup", &["contoso.com/Users/svc-intune"]),
    ];
    all.iter()
        .map(|(name, kind, members)| Object {
            kind: "Group",
            properties: vec![
                ("Name", text(name)),
                ("DisplayName", text(name)),
                ("SamAccountName", text(name)),
                ("Members", links(members)),
                ("RecipientTypeDetails", value(kind)),
            ],
        })
        .collect()
}

fn mailboxes() -> Vec<Object> {
    let all: [(&str, &str); 10] = [
        ("Dieter König", "dkoenig"),
        ("Siobhán O'Neill", "soneill"),
        ("Smith, John", "jsmith"),
        ("Brown, \"Bob\"", "bbrown"),
        ("山田 太郎", "tyamada"),
        ("Eve Storm", "estorm"),
        ("svc-intune", "svc-intune"),
        ("Backup$", "backup"),
        ("a.b+c", "a.b"),
        ("Nobody: at all", "nobody"),
    ];
    all.iter()
        .map(|(name, alias)| Object {
            kind: "Recipient",
            properties: vec![
                ("Name", text(name)),
                ("DisplayName", text(name)),
                ("Alias", text(alias)),
                ("SamAccountName", text(alias)),
                ("UserPrincipalName", text(&format!("{alias}@contoso.com"))),
                ("PrimarySmtpAddress", text(&format!("{alias}@contoso.com"))),
                ("RecipientTypeDetails", value("UserMailbox")),
                ("RoleAssignmentPolicy", link(POLICY)),
                ("DistinguishedName", text(&format!("CN={},CN=Users,DC=contoso,DC=com", name.replace(',', "\\,")))),
            ],
        })
        .collect()
}

/// Name, restriction, exclusive, root, recipient filter, server filter.
fn scopes() -> Vec<Object> {
    const NESTED: &str = "((((Title -like '*VP*') -or (Title -like '*Chief*'))) -and (-not(Department -eq 'O''Brien & Sons; Legal')) -and (CustomAttribute1 -ne $null))";
    let all: [(&str, &'static str, bool, &str, &str, &str); 10] = [
        ("Zürich mailboxes", "RecipientScope", false, "contoso.com/Employees/Switzerland", "(City -eq 'Zürich')", ""),
        ("Executives", "RecipientScope", true, "", NESTED, ""),
        (
            "DAG servers",
            "ServerScope",
            false,
            "",
            "",
            "Name -like 'EX*' -and ServerSite -eq 'contoso.com/Configuration/Sites/Zürich'",
        ),
        ("Everyone", "RecipientScope", false, "", "Alias -like '*'", ""),
        ("Sales; EMEA, APAC", "RecipientScope", false, "contoso.com/Sales", "Department -eq 'Sales'", ""),
        ("{none}", "RecipientScope", false, "", "Alias -eq '{none}'", ""),
        ("Scope : colon", "RecipientScope", false, "", "Notes -eq 'a : b'", ""),
        ("営業部", "RecipientScope", false, "contoso.com/営業部", "Department -eq '営業部'", ""),
        ("\"Quoted\"", "RecipientScope", false, "", "DisplayName -eq '\"Quoted\"'", ""),
        ("Edge servers", "ServerScope", false, "", "", "Name -eq 'EDGE01'"),
    ];
    all.iter()
        .map(|(name, restriction, exclusive, root, recipients, servers)| Object {
            kind: "ManagementScope",
            properties: vec![
                ("RecipientRoot", link(root)),
                ("RecipientFilter", text(recipients)),
                ("ServerFilter", if servers.is_empty() { Datum::Null } else { text(servers) }),
                ("ScopeRestrictionType", value(restriction)),
                ("Exclusive", Datum::Bool(*exclusive)),
                ("Name", text(name)),
            ],
        })
        .collect()
}

fn policies() -> Vec<Object> {
    let policy = |name: &str, is_default: bool, roles: &[&str]| Object {
        kind: "RoleAssignmentPolicy",
        properties: vec![
            ("IsDefault", Datum::Bool(is_default)),
            ("Description", text("")),
            ("RoleAssignments", Datum::References(roles.iter().map(|role| format!("{role}-{name}")).collect())),
            ("AssignedRoles", links(roles)),
            ("Name", text(name)),
        ],
    };
    vec![policy(POLICY, true, &["MyBaseOptions"]), policy("Zürich: restricted", false, &[])]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::{Datum, Object};
    use super::small_organization;

    fn texts(objects: &[Object], property: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for object in objects {
            match object.get(property) {
                Some(Datum::Text(text) | Datum::Reference(text)) => _ = found.insert(text.clone()),
                Some(Datum::List(items) | Datum::References(items)) => found.extend(items.iter().cloned()),
                _ => {}
            }
        }
        found
    }

    #[test]
    fn every_name_that_is_used_exists() {
        let all = small_organization();
        let of = |name: &str| &all.iter().find(|(own, _)| *own == name).expect("the export exists").1[..];
        let roles = texts(of("roles"), "Name");
        for (export, property) in
            [("entries", "Role"), ("assignments", "Role"), ("role-groups", "Roles"), ("roles", "Parent")]
        {
            let used = texts(of(export), property);
            assert!(used.is_subset(&roles), "{export}: {:?}", used.difference(&roles));
        }
        let mut holders = texts(of("role-groups"), "Name");
        for export in ["groups", "mailboxes", "policies"] {
            let names = texts(of(export), "Name");
            assert!(holders.is_disjoint(&names), "{export}");
            holders.extend(names);
        }
        let assignees = texts(of("assignments"), "RoleAssigneeName");
        assert!(assignees.is_subset(&holders), "{:?}", assignees.difference(&holders));
        for export in ["role-groups", "groups"] {
            for member in texts(of(export), "Members") {
                let name = member.rsplit('/').next().expect("a split has one part at least");
                assert!(holders.contains(name), "{member}");
            }
        }
        assert!(texts(of("assignments"), "CustomRecipientWriteScope").is_subset(&texts(of("scopes"), "Name")));
    }

    #[test]
    fn names_are_unique() {
        for (export, objects) in small_organization() {
            let key = if export == "entries" { "Identity" } else { "Name" };
            if export != "members" {
                assert_eq!(texts(&objects, key).len(), objects.len(), "{export}");
            }
        }
    }
}
