//! Files that lie beside exports and are none: each is refused by its name with the next step, and costs nothing else.

use crate::program::{argument, folder, rolecall};

const ENTRIES: &str = "Role,Name,Parameters\nMail Recipients,Set-Mailbox,Identity\n";
const ASSIGNMENTS: &str = "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled\n\
    Mail Recipients-Help Desk,Mail Recipients,Help Desk,RoleGroup,Regular,True\n";
const MEMBERS: &str = "RoleGroup,Name,RecipientType\nHelp Desk,anna,UserMailbox\n";
const PEOPLE: &str = "Name,UserPrincipalName,RecipientType,RoleAssignmentPolicy\n\
    anna,anna@contoso.com,UserMailbox,\nbo,bo@contoso.com,UserMailbox,\n";

/// What each file is, and words of its refusal.
const FOREIGN: &[(&str, &[u8], &str)] = &[
    (
        "m365.ps1",
        b"Configuration M365TenantConfig\n{\n    Import-DscResource -ModuleName 'Microsoft365DSC'\n    Node localhost\n    {\n        EXORoleGroup 'Help Desk'\n        {\n            Members = @('bo');\n            Ensure  = 'Present';\n        }\n    }\n}\n",
        "desired state",
    ),
    (
        "m365.mof",
        b"instance of MSFT_EXORoleGroup as $MSFT_EXORoleGroup1ref\n{\n Name = \"Help Desk\";\n Members = {\n    \"bo\"\n};\n Ensure = \"Present\";\n};\n",
        "desired state",
    ),
    (
        "m365.json",
        br#"[{"ResourceName":"EXORoleGroup","ResourceInstanceName":"EXORoleGroup-x","Name":"Help Desk","RoleGroupType":"Standard","Members":["bo"],"Ensure":"Present"}]"#,
        "desired state",
    ),
    (
        "m365.csv",
        b"Name,RoleGroupType,Members,Ensure\nHelp Desk,Standard,bo,Present\n",
        "desired state",
    ),
    (
        "snapshot.json",
        br#"{"displayName":"daily","resources":[{"displayName":"x","resourceType":"microsoft.exchange.rolegroup","properties":{"Name":"Help Desk","RoleGroupType":"Standard","Members":["bo"]}}]}"#,
        "snapshot",
    ),
    (
        "drift.json",
        br#"{"value":[{"id":"1","resourceType":"microsoft.exchange.rolegroup","driftedProperties":[{"propertyName":"Members","currentValue":"bo"}]}]}"#,
        "drift report",
    ),
    (
        "graph.json",
        br#"{"value":[{"id":"1","principalId":"/Users/bo","roleDefinitionId":"2","directoryScopeId":"/"}]}"#,
        "Microsoft Graph",
    ),
    (
        "entra.json",
        br##"{"value":[{"@odata.type":"#microsoft.graph.user","id":"1","displayName":"bo","userPrincipalName":"bo@contoso.com"}]}"##,
        "Entra",
    ),
    ("groups.yml", b"roleGroups:\n  - Name: Help Desk\n    Members:\n      - bo\n", "YAML"),
    ("groups.ldif", b"dn: CN=Help Desk,DC=contoso,DC=com\nobjectClass: group\nmember: CN=bo,DC=contoso,DC=com\n", "LDIF"),
    (
        "groups.html",
        b"<!DOCTYPE html>\n<html><body><table>\n<tr><th>Rolle</th><th>Art</th></tr>\n<tr><td>Mail Recipients</td><td>x</td></tr>\n</table></body></html>\n",
        "HTML page with the columns `Rolle`, `Art`",
    ),
    (
        "groups.xml",
        b"<?xml version=\"1.0\"?>\n<Objects>\n  <Object Type=\"X\">\n    <Property Name=\"Name\" Type=\"System.String\">Help Desk</Property>\n  </Object>\n</Objects>\n",
        "ConvertTo-Xml",
    ),
    ("book.xlsx", b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0", "workbook"),
    ("book.xls", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0\0\0", "workbook"),
];

#[test]
fn each_is_called_by_its_name_and_leaves_every_answer_as_it_was() {
    let exports: [(&str, &[u8]); 4] = [
        ("exports/entries.csv", ENTRIES.as_bytes()),
        ("exports/assignments.csv", ASSIGNMENTS.as_bytes()),
        ("exports/members.csv", MEMBERS.as_bytes()),
        ("exports/people.csv", PEOPLE.as_bytes()),
    ];
    for &(name, bytes, words) in FOREIGN {
        let path = format!("exports/{name}");
        let folder = folder(&[&exports[..], &[(&path, bytes)]].concat());
        let whole = argument(&folder.path().join("exports"));
        let why = |account: &str| {
            let ran = rolecall(&["why", account, "Set-Mailbox", "--format", "json", &whole]);
            ran.json_lines()[0]["answer"].as_str().expect("a word").to_owned()
        };
        assert_eq!((why("anna"), why("bo")), ("granted".into(), "not-granted".into()), "{name}");
        let alone = rolecall(&["records", &argument(&folder.path().join(&path))]);
        assert_eq!((alone.code, alone.stdout.as_str()), (2, ""), "{name}: {}", alone.stderr);
        assert!(alone.stderr.contains("note[no-export]") && alone.stderr.contains(words), "{name}: {}", alone.stderr);
        assert!(!alone.stderr.contains("holds no export that rolecall knows\n"), "{name}: {}", alone.stderr);
    }
}
