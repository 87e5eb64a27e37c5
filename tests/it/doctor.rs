//! What exports lose on the way, and how far that reaches: no further than it must, and never into a wrong answer.

use serde_json::Value;

use crate::program::{argument, beside_built_in, folder, rolecall};

const ENTRIES: &str =
    "Role,Name,Parameters\r\nMail Recipients,Set-Mailbox,Identity\r\nJournaling,Get-JournalRule,Identity\r\n";
const HEADING: &str = "Name,Role,RoleAssigneeName,RoleAssigneeType,Enabled,RoleAssignmentDelegationType,\
    RecipientReadScope,ConfigReadScope,RecipientWriteScope,ConfigWriteScope\r\n";

/// Assignments of `Mail Recipients` and `Journaling` to role groups of the names given.
fn assignments(mail: &str, journal: &str) -> String {
    let row = |role: &str, group: &str| {
        let scopes = "Organization,OrganizationConfig,Organization,OrganizationConfig";
        format!("{role}-{group},{role},{group},RoleGroup,True,Regular,{scopes}\r\n")
    };
    [HEADING.to_owned(), row("Mail Recipients", mail), row("Journaling", journal)].concat()
}

const USERS: &str = "Name,UserPrincipalName,RecipientTypeDetails,RoleAssignmentPolicy\r\n\
    ada,ada@contoso.com,UserMailbox,\r\nBo Lind,bo@contoso.com,UserMailbox,\r\neve,eve@contoso.com,UserMailbox,\r\n";

/// Writes the files and returns what `why` says of `account` and `cmdlet`: 0 granted, 1 not granted, 3 unknown.
fn why(files: &[(&str, &str)], account: &str, cmdlet: &str) -> i32 {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    rolecall(&["why", account, cmdlet, &argument(folder(&files).path())]).code
}

/// The rules of the notes that a check of the files says.
fn notes(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let report = rolecall(&["check", &argument(folder(&files).path()), "--format", "json"]).json();
    let diagnostics = beside_built_in(&report);
    assert!(diagnostics.iter().all(|diagnostic| diagnostic["severity"] == "note"), "{diagnostics:#?}");
    let rule = |diagnostic: &Value| diagnostic["rule"].as_str().expect("a rule").to_owned();
    diagnostics.iter().map(rule).collect()
}

#[test]
fn a_group_of_exactly_a_thousand_rows_is_open_and_no_other_is() {
    let rows: String = (1..=1000).map(|number| format!("Help Desk,user{number},UserMailbox\r\n")).collect();
    let members = format!("RoleGroup,Name,RecipientType\r\n{rows}Journal Desk,ada,UserMailbox\r\n");
    let assignments = assignments("Help Desk", "Journal Desk");
    let mut files = vec![("e.csv", ENTRIES), ("a.csv", assignments.as_str()), ("u.csv", USERS), ("m.csv", &members)];
    assert_eq!(notes(&files), ["capped-at-default"]);
    assert_eq!(why(&files, "user1000", "Set-Mailbox"), 0);
    assert_eq!(why(&files, "ada", "Set-Mailbox"), 3);
    assert_eq!(why(&files, "eve", "Get-JournalRule"), 1);
    // Another number of rows, in the group and in the file, is no sign of a limit.
    let fewer = members.replace("Help Desk,user1,UserMailbox\r\n", "").replace("Help Desk,user2,UserMailbox\r\n", "");
    files[3].1 = &fewer;
    assert_eq!(notes(&files), Vec::<String>::new());
    assert_eq!(why(&files, "ada", "Set-Mailbox"), 1);
}

#[test]
fn a_thousand_role_entries_are_exported_again_without_the_limit() {
    let rows: String = (1..=1000).map(|number| format!("Mail Recipients,Set-Thing{number},Identity\r\n")).collect();
    let entries = format!("Role,Name,Parameters\r\n{rows}");
    let assignments = assignments("Help Desk", "Journal Desk");
    let files: [(&str, &[u8]); 2] = [("e.csv", entries.as_bytes()), ("a.csv", assignments.as_bytes())];
    let report = rolecall(&["check", &argument(folder(&files).path()), "--format", "json"]).json();
    let all = report["diagnostics"].as_array().expect("a list");
    let capped = all.iter().find(|it| it["rule"] == "capped-at-default").expect("it is said");
    let help = capped["help"].as_str().expect("a command");
    assert!(help.starts_with("Get-ManagementRoleEntry '*\\*' -ResultSize Unlimited | Select-Object "), "{help}");
}

#[test]
fn members_joined_by_blanks_are_split_where_the_names_leave_one_way() {
    let assignments = assignments("Help Desk", "Journal Desk");
    let joined = "Name,RoleGroupType,Members\r\nHelp Desk,Standard,ada Bo Lind\r\nJournal Desk,Standard,eve\r\n";
    let mut files = vec![("e.csv", ENTRIES), ("a.csv", assignments.as_str()), ("g.csv", joined), ("u.csv", USERS)];
    assert_eq!(notes(&files), ["blank-joined-list"]);
    assert_eq!(why(&files, "Bo Lind", "Set-Mailbox"), 0);
    assert_eq!(why(&files, "eve", "Set-Mailbox"), 1);
    // A second way to read it.
    let ambiguous = format!("{USERS}Bo,bo.b@contoso.com,UserMailbox,\r\nLind,lind@contoso.com,UserMailbox,\r\n");
    files[3].1 = &ambiguous;
    assert_eq!(why(&files, "Bo Lind", "Set-Mailbox"), 3);
    assert_eq!(why(&files, "eve", "Set-Mailbox"), 3);
    // Without the accounts there is no dictionary.
    files.pop();
    assert_eq!(why(&files, "eve", "Set-Mailbox"), 3);
}

#[test]
fn filtered_rows_of_effective_users_prove_what_they_show_and_nothing_else() {
    let heading = "Name,Role,RoleAssigneeName,RoleAssigneeType,Enabled,RoleAssignmentDelegationType,AssignmentMethod,\
         EffectiveUserName,RecipientReadScope,ConfigReadScope,RecipientWriteScope,ConfigWriteScope\r\n";
    let scopes = "Organization,OrganizationConfig,Organization,OrganizationConfig";
    let row = |method: &str, user: &str| {
        format!("M,Mail Recipients,Help Desk,RoleGroup,True,Regular,{method},{user},{scopes}\r\n")
    };
    let filtered = [heading, &row("RoleGroup", "ada")].concat();
    let whole = [heading, &row("Direct", "All Group Members"), &row("RoleGroup", "ada")].concat();
    let members = "RoleGroup,Name,RecipientType\r\nHelp Desk,ada,UserMailbox\r\n";
    let mut files = vec![("e.csv", ENTRIES), ("a.csv", filtered.as_str()), ("u.csv", USERS), ("m.csv", members)];
    assert_eq!(notes(&files), ["effective-rows-only"]);
    assert_eq!(why(&files, "ada", "Set-Mailbox"), 0);
    assert_eq!(why(&files, "eve", "Get-JournalRule"), 3);
    files[1].1 = &whole;
    assert_eq!(notes(&files), Vec::<String>::new());
    assert_eq!(why(&files, "eve", "Get-JournalRule"), 1);
}

#[test]
fn an_untouched_organization_has_nothing_to_be_noticed() {
    let report = rolecall(&["check", "fixtures/organization/exports", "--format", "json"]).json();
    assert_eq!(beside_built_in(&report), Vec::<Value>::new());
}

#[test]
fn domains_of_one_forest_are_one_organization_and_a_tenant_is_another() {
    let group =
        |name: &str| format!("Name,DistinguishedName,RoleGroupType,Members\r\nDesk,\"{name}\",Standard,ada\r\n");
    let user = |name: &str| format!("Name,DistinguishedName,RecipientTypeDetails\r\nada,\"{name}\",User\r\n");
    let ours = group("CN=Desk,OU=Microsoft Exchange Security Groups,DC=contoso,DC=com");
    let emea = user("CN=ada,OU=Users,DC=emea,DC=contoso,DC=com");
    let cloud = user(
        "CN=ada,OU=contoso.onmicrosoft.com,OU=Microsoft Exchange Hosted Organizations,DC=EURPR01A001,DC=PROD,DC=OUTLOOK,DC=COM",
    );
    let mixed = |users: &str| {
        let said = notes(&[("g.csv", ours.as_str()), ("u.csv", users)]);
        said.contains(&"mixed-organizations".to_owned())
    };
    assert!(!mixed(&emea));
    assert!(mixed(&cloud));
}

#[test]
fn a_column_that_names_two_customers_is_told() {
    let assignments = assignments("Help Desk", "Journal Desk");
    let users = |heading: &str, other: &str| {
        format!("{heading},Name,RecipientTypeDetails\r\nContoso,ada,UserMailbox\r\n{other},bo,UserMailbox\r\n")
    };
    let is_told = |users: &str| {
        let files = [("e.csv", ENTRIES), ("a.csv", assignments.as_str()), ("u.csv", users)];
        notes(&files).contains(&"mixed-organizations".to_owned())
    };
    assert!(is_told(&users("Tenant", "Fabrikam")));
    assert!(is_told(&users("CustomerName", "Fabrikam")));
    assert!(!is_told(&users("Tenant", "contoso ")));
    assert!(!is_told(&users("Company", "Fabrikam")));
}

#[test]
fn transcripts_of_two_days_are_not_one_run() {
    let transcript = |day: &str, group: &str| {
        let stars = "*".repeat(22);
        format!(
            "{stars}\r\nWindows PowerShell transcript start\r\nStart time: {day}070011\r\nUsername: CONTOSO\\auditor\r\n{stars}\r\n\
             Transcript started, output file is C:\\exports\\{group}.txt\r\n[PS] C:\\>Get-RoleGroupMember \"{group}\"\r\n\r\n\
             Name RecipientType\r\n---- -------------\r\nada  UserMailbox\r\n\r\n[PS] C:\\>Stop-Transcript\r\n{stars}\r\n\
             Windows PowerShell transcript end\r\nEnd time: {day}070100\r\n{stars}\r\n"
        )
    };
    let first = transcript("20260302", "Help Desk");
    let said = |second: &str| {
        let said = notes(&[("one.txt", first.as_str()), ("two.txt", second)]);
        said.contains(&"stale-or-mixed-dates".to_owned())
    };
    assert!(!said(&transcript("20260302", "Journal Desk")));
    assert!(said(&transcript("20260303", "Journal Desk")));
}

#[test]
fn many_contradictions_are_one_note_and_leave_one_thing_open() {
    let entries = "Role,Name,Parameters\r\nClient Access,Get-CASMailbox,Identity\r\n";
    let said = |count: usize| {
        let row = |number: usize, enabled: &str| {
            let scopes = "Organization,OrganizationConfig,Organization,OrganizationConfig";
            format!("CA-{number},Client Access,Desk {number},RoleGroup,{enabled},Regular,{scopes}\r\n")
        };
        let rows = |enabled: &str| -> String { (1..=count).map(|number| row(number, enabled)).collect() };
        let (march, april) = (HEADING.to_owned() + &rows("True"), HEADING.to_owned() + &rows("False"));
        let groups: String = (1..=count).map(|number| format!("Desk {number},Standard,ada\r\n")).collect();
        let groups = "Name,RoleGroupType,Members\r\n".to_owned() + &groups;
        let folder = folder(&[
            ("e.csv", entries.as_bytes()),
            ("a1.csv", march.as_bytes()),
            ("a2.csv", april.as_bytes()),
            ("g.csv", groups.as_bytes()),
            ("u.csv", USERS.as_bytes()),
            ("p.toml", b"[[require]]\naccount = \"ada\"\ncmdlets = [\"Get-CASMailbox\"]\n"),
        ]);
        let path = argument(folder.path());
        let policy = format!("{path}/p.toml");
        let report = rolecall(&["check", &path, "--policy", &policy, "--format", "json"]).json();
        let all = report["diagnostics"].as_array().expect("a list").clone();
        let of = |rule: &str| -> Vec<Value> { all.iter().filter(|one| one["rule"] == rule).cloned().collect() };
        (of("contradicting-records"), of("undecided"))
    };
    let (notes, undecided) = said(5);
    assert_eq!((notes.len(), undecided.len()), (5, 5));
    assert_eq!(undecided[0]["gap"]["object"], "CA-1");
    let (notes, undecided) = said(6);
    assert_eq!((notes.len(), undecided.len()), (1, 1), "{notes:#?} {undecided:#?}");
    assert_eq!(notes[0]["message"], "records contradict each other about 6 assignments, such as `CA-1`");
    assert_eq!(undecided[0]["gap"]["object"], "RoleAssignment");
    assert_eq!(undecided[0]["cmdlets"], serde_json::json!(["Get-CASMailbox"]));
}
