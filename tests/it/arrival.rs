//! Names that did not arrive whole, in every shape and every naming column: a careful reader sees it, so rolecall does.
//!
//! Anna may change mailboxes through Help Desk; each test damages one name and asks about her or about somebody else.

use serde_json::Value;

use crate::program::{Ran, argument, folder, rolecall};

const ENTRIES: &str = "Role,Name,Parameters\nMail Recipients,Set-Mailbox,Identity\n";
const ASSIGNMENTS: &str = "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled,\
    RecipientReadScope,RecipientWriteScope,ConfigReadScope,ConfigWriteScope\n\
    Mail Recipients-Help Desk,Mail Recipients,Help Desk,RoleGroup,Regular,True,\
    Organization,Organization,OrganizationConfig,OrganizationConfig\n";
const MEMBERS: &str = "RoleGroup,Name,RecipientType\nHelp Desk,anna,UserMailbox\nHelp Desk,Jörg Groß,UserMailbox\n";
const PEOPLE: &str = "Name,UserPrincipalName,RecipientType,RoleAssignmentPolicy\n\
    anna,anna@contoso.com,UserMailbox,\nJörg Groß,joerg@contoso.com,UserMailbox,\nbo,bo@contoso.com,UserMailbox,\n";

fn run(files: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let bytes: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let folder = folder(&bytes);
    rolecall(&[arguments, &[&argument(folder.path())]].concat())
}

fn files<'f>(name: &str, damaged: &'f str) -> Vec<(&'static str, &'f str)> {
    let whole = [("entries", ENTRIES), ("assignments", ASSIGNMENTS), ("members", MEMBERS), ("people", PEOPLE)];
    whole.map(|(file, text)| (file, if file == name { damaged } else { text })).to_vec()
}

/// What `why` answers where one file is another.
#[track_caller]
fn answer(name: &str, damaged: &str, account: &str) -> String {
    let ran = run(&files(name, damaged), &["why", account, "Set-Mailbox", "--format", "json"]);
    ran.json_lines()[0]["answer"].as_str().expect("a word").to_owned()
}

#[test]
fn whole_names_leave_nothing_open() {
    assert_eq!(answer("", "", "anna@contoso.com"), "granted");
    assert_eq!(answer("", "", "joerg@contoso.com"), "granted");
    assert_eq!(answer("", "", "bo@contoso.com"), "not-granted");
}

#[test]
fn a_cell_that_ends_in_a_mark_is_a_cut_name_in_every_naming_column() {
    for mark in ["…", "...", "â€¦"] {
        let cut = |text: &str, name: &str, shown: &str| text.replace(name, &format!("{shown}{mark}"));
        for (file, damaged) in [
            ("entries", cut(ENTRIES, "Mail Recipients", "Mail Rec")),
            ("entries", cut(ENTRIES, "Set-Mailbox", "Set-Ma")),
            ("assignments", cut(ASSIGNMENTS, ",Mail Recipients,", ",Mail R").replace(mark, &format!("{mark},"))),
            ("assignments", cut(ASSIGNMENTS, ",Help Desk,", ",Help").replace(mark, &format!("{mark},"))),
            ("members", cut(MEMBERS, "Help Desk", "Help")),
            ("members", cut(MEMBERS, "anna", "an")),
        ] {
            let said = answer(file, &damaged, "anna@contoso.com");
            assert!(["granted", "unknown"].contains(&said.as_str()), "{said}: {damaged}");
        }
        // What cannot be he is not.
        assert_eq!(answer("members", &cut(MEMBERS, "anna", "an"), "bo@contoso.com"), "not-granted");
    }
}

#[test]
fn a_member_of_a_group_whose_name_is_cut_is_none_of_a_group_that_is_called_otherwise() {
    let one = "RoleGroup,Name,RecipientType\nHelp Desk,anna,UserMailbox\nHelp D…,bo,UserMailbox\n";
    assert_eq!(answer("members", one, "bo@contoso.com"), "unknown");
    assert_eq!(answer("members", one, "anna@contoso.com"), "granted");
    let other = one.replace("Help D…", "Records M…");
    assert_eq!(answer("members", &other, "bo@contoso.com"), "not-granted");
    let blank = one.replace("Help D…", "");
    assert_eq!(answer("members", &blank, "bo@contoso.com"), "unknown");
}

#[test]
fn a_cut_name_in_json_is_no_name_and_is_shown_as_cut() {
    let groups = r#"[{"Name":"Help Desk","RoleGroupType":"Standard","Members":["an…","bo"]}]"#;
    let mut files = files("members", groups);
    let ran = run(&files, &["why", "anna@contoso.com", "Set-Mailbox", "--format", "json"]);
    assert_eq!(ran.json_lines()[0]["answer"], "unknown");
    files.truncate(1);
    let ran = run(&[("entries.csv", "Role,Name,Parameters\nMail Rec…,Set-Mailbox,Identity\n")], &["records"]);
    let role = &ran.json_lines()[0]["fields"]["Role"];
    assert_eq!(*role, serde_json::json!({"text": "Mail Rec", "complete": false}));
    assert!(ran.stderr.contains("note[cut-value]: `Role` is cut in 1 record"), "{}", ran.stderr);
}

#[test]
fn a_scope_that_is_cut_is_no_scope_of_the_role() {
    let own = ASSIGNMENTS.replacen("Organization,Organization", "Organization,MyDis…", 1);
    let ran = run(&files("assignments", &own), &["why", "anna@contoso.com", "Set-Mailbox", "--format", "json"]);
    let scope = &ran.json_lines()[0]["grants"][0]["recipient_write_scope"];
    assert_eq!(scope, "MyDistributionGroups", "one word alone begins so");
    let unclear = ASSIGNMENTS.replacen("Organization,Organization", "Organization,My…", 1);
    assert_eq!(answer("assignments", &unclear, "anna@contoso.com"), "unknown");
}

#[test]
fn an_error_of_excel_is_a_lost_value() {
    for error in ["#NAME?", "#REF!", "########", "#NAME?…", "#NA…"] {
        assert_eq!(answer("members", &MEMBERS.replace("anna", error), "anna@contoso.com"), "unknown", "{error}");
        let enabled = ASSIGNMENTS.replace("True", error);
        assert_eq!(answer("assignments", &enabled, "anna@contoso.com"), "unknown", "{error}");
        let role = ENTRIES.replace("Mail Recipients", error);
        assert_eq!(answer("entries", &role, "anna@contoso.com"), "unknown", "{error}");
    }
}

#[test]
fn a_spreadsheet_says_true_and_false_in_its_own_language() {
    for (yes, no) in [("WAHR", "FALSCH"), ("VRAI", "FAUX"), ("VERDADERO", "FALSO"), ("PRAWDA", "FAŁSZ")] {
        assert_eq!(answer("assignments", &ASSIGNMENTS.replace("True", yes), "anna@contoso.com"), "granted", "{yes}");
        let no_more = answer("assignments", &ASSIGNMENTS.replace("True", no), "anna@contoso.com");
        assert_eq!(no_more, answer("assignments", &ASSIGNMENTS.replace("True", "False"), "anna@contoso.com"), "{no}");
    }
}

#[test]
fn letters_that_were_decoded_wrongly_are_read_as_they_were_and_it_is_said() {
    let recoded = MEMBERS.replace("Jörg Groß", "JÃ¶rg GroÃŸ");
    let ran = run(&files("members", &recoded), &["why", "joerg@contoso.com", "Set-Mailbox", "--format", "json"]);
    assert_eq!(ran.json_lines()[0]["answer"], "granted");
    assert!(ran.stderr.contains("note[lossy-encoding]"), "{}", ran.stderr);
    // A part of the letters is gone: it may be he.
    assert_eq!(answer("members", &MEMBERS.replace("Jörg Groß", "JÃ?rg GroÃŸ"), "joerg@contoso.com"), "unknown");
    assert_eq!(answer("members", &MEMBERS.replace("Jörg Groß", "J\u{FFFD}rg Groß"), "joerg@contoso.com"), "unknown");
}

#[test]
fn a_row_is_a_row_whatever_words_it_holds() {
    let members = "RoleGroup,Name,RecipientType,RecipientTypeDetails\nHelp Desk,tom,UserMailbox,UserMailbox\n\
        Help Desk,anna,User,User\nHelp Desk,bo,UserMailbox,UserMailbox\n";
    assert_eq!(answer("members", members, "anna@contoso.com"), "granted");
    assert_eq!(answer("members", members, "bo@contoso.com"), "granted", "the rows behind it, too");
    // Files that were appended to each other keep their headings.
    let appended = format!("{MEMBERS}{PEOPLE}");
    assert_eq!(answer("members", &appended, "anna@contoso.com"), "granted");
}

#[test]
fn a_long_prompt_ends_where_something_else_begins() {
    let prompt = "[PS] C:\\Windows\\system32>Get-RoleGroup | Format-Table Name,RoleGroupType";
    assert!(prompt.len() > 60);
    for (below, expected) in [
        ("Name      RoleGroupType\r\n----      -------------\r\nHelp Desk Standard     \r\n", vec!["Help Desk"]),
        (
            "WARNING: By default, only the first 1000 items are returned.\r\nName      RoleGroupType\r\n----      -------------\r\nHelp Desk Standard     \r\n",
            vec!["Help Desk"],
        ),
    ] {
        let ran = run(&[("console.txt", &format!("{prompt}\r\n{below}"))], &["records"]);
        let lines = ran.json_lines();
        let names: Vec<&Value> = lines.iter().map(|line| &line["fields"]["Name"]).collect();
        assert_eq!(names, expected, "{below}");
        assert_eq!(lines[0]["command"], "Get-RoleGroup | Format-Table Name,RoleGroupType");
    }
    let one = "[PS] C:\\Windows\\system32>Get-RoleGroup | Sort-Object Name | Format-Table Name\r\nName\r\n----\r\nHelp Desk\r\n";
    let ran = run(&[("console.txt", one)], &["records"]);
    assert_eq!(ran.json_lines()[0]["fields"]["Name"], "Help Desk", "{}", ran.stderr);
}

#[test]
fn a_row_of_a_table_whose_role_is_blank_is_no_part_of_the_row_above() {
    let entries = "\nName        Role            Parameters\n----        ----            ----------\n\
        Get-Mailbox Mail Recipients {Identity}\nSet-Mailbox                 {Identity}\n\n";
    let ran = run(&[("entries.txt", entries)], &["records"]);
    let names: Vec<Value> = ran.json_lines().iter().map(|line| line["fields"]["Name"].clone()).collect();
    assert_eq!(names, ["Get-Mailbox", "Set-Mailbox"], "{}", ran.stdout);
    assert_eq!(answer("entries", entries, "anna@contoso.com"), "unknown");
}

#[test]
fn a_warning_that_the_console_wrapped_stands_between_rows_and_is_none() {
    let table = "PS C:\\> Get-RoleGroup | Format-Table Name,RoleGroupType\r\n\r\nName         RoleGroupType\r\n----         -------------\r\n\
        Help Desk    Standard     \r\nWARNING: The object contoso.com/Microsoft Exchange Security Groups/Help Desk has\r\n\
        been corrupted or is not compatible with this release, and it is in an\r\ninconsistent state.\r\nRecords Desk Standard     \r\n\r\n";
    let ran = run(&[("console.txt", table)], &["records"]);
    let lines = ran.json_lines();
    let names: Vec<&Value> = lines.iter().map(|line| &line["fields"]["Name"]).collect();
    assert_eq!(names, ["Help Desk", "Records Desk"], "{}", ran.stderr);
}

#[test]
fn a_role_that_is_called_as_a_namespace_is_a_role_in_every_shape() {
    for (name, text) in [
        ("groups.csv", "Name,RoleGroupType,Roles\nHelp Desk,Standard,System.Admins\n"),
        ("groups.json", r#"[{"Name":"Help Desk","RoleGroupType":"Standard","Roles":"System.Admins"}]"#),
        ("groups.txt", "Name          : Help Desk\nRoleGroupType : Standard\nRoles         : System.Admins\n\n"),
        (
            "table.txt",
            "Name      RoleGroupType Roles\n----      ------------- -----\nHelp Desk Standard      System.Admins\n",
        ),
    ] {
        let ran = run(&[(name, text)], &["records"]);
        assert_eq!(ran.json_lines()[0]["fields"]["Roles"], serde_json::json!(["System.Admins"]), "{name}");
        let gone = run(&[(name, &text.replace("System.Admins", "System.Object[]"))], &["records"]);
        assert_eq!(
            gone.json_lines()[0]["fields"]["Roles"],
            serde_json::json!({"flattened": "System.Object[]"}),
            "{name}"
        );
    }
}

#[test]
fn members_that_are_objects_are_named_by_what_is_in_them() {
    let groups = r#"[{"Name":"Help Desk","RoleGroupType":"Standard","Members":[
        {"displayName":"Anna","userPrincipalName":"anna@contoso.com"},{"ObjectCategory":null}]}]"#;
    let files = files("members", groups);
    let ran = run(&files, &["who-can", "Set-Mailbox", "--all", "--format", "json"]);
    let said = |account: &str| {
        let lines = ran.json_lines();
        lines.iter().find(|line| line["account"] == account).map(|line| line["answer"].clone())
    };
    assert_eq!(said("anna"), Some("granted".into()), "{}", ran.stdout);
    assert_eq!(said("bo"), Some("unknown".into()), "somebody is in the list whom nothing names");
    assert!(!ran.stdout.contains("\"account\":\"{"), "{}", ran.stdout);
}

#[test]
fn tables_of_the_screen_are_role_groups_and_policies_by_what_they_assign() {
    let table = |roles: &str| {
        format!(
            "\nName        AssignedRoles         RoleAssignments\n----        -------------         ---------------\nDevice Desk {roles} {{}}\n\n"
        )
    };
    let kind = |text: &str| run(&[("a.txt", text)], &["records"]).json_lines()[0]["kind"].clone();
    assert_eq!(kind(&table("{Mail Recipients}    ")), "RoleGroup");
    assert_eq!(kind(&table("{MyBaseOptions}      ")), "RoleAssignmentPolicy");
}

#[test]
fn columns_that_say_who_and_are_not_read_are_named() {
    let joined = "User,RoleAssigneeName,Role,RoleCmdlet\nanna,Help Desk,Mail Recipients,Set-Mailbox\n";
    let ran = run(&[("joined.csv", joined)], &["why", "anna", "Set-Mailbox"]);
    for column in ["`User`", "`RoleCmdlet`"] {
        assert!(
            ran.stderr.contains(&format!("note[unread-column]: the column {column} is not read")),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn the_host_may_speak_between_a_command_and_its_rows() {
    let console = "[PS] C:\\>Get-RoleGroup | Format-Table Name,RoleGroupType\r\n\
        Creating a new session for implicit remoting of \"Get-RoleGroup\" command...\r\n\r\n\
        Name         RoleGroupType\r\n----         -------------\r\nHelp Desk    Standard\r\n\r\n";
    let ran = run(&[("console.txt", console)], &["records"]);
    assert_eq!(ran.json_lines()[0]["command"], "Get-RoleGroup | Format-Table Name,RoleGroupType");
    assert_eq!(ran.stderr, "");
}

#[test]
fn a_short_first_row_hides_no_table() {
    let short = ASSIGNMENTS.replacen(",Regular", "", 1).replacen("Mail Recipients-Help Desk", "Other", 1);
    let cut = short.lines().nth(1).expect("a row").split(",True").next().expect("its start");
    let row = ASSIGNMENTS.lines().nth(1).expect("a row");
    let heading = ASSIGNMENTS.lines().next().expect("a heading");
    assert_eq!(answer("assignments", &format!("{heading}\n{cut}\n{row}\n"), "anna@contoso.com"), "granted");
}

#[test]
fn a_policy_that_a_mailbox_names_by_an_id_alone_may_be_any() {
    let entries = "Role,Name,Parameters\nMyBaseOptions,Set-Mailbox,Identity\n";
    let own = "MyBaseOptions-Kiosk,MyBaseOptions,Kiosk,RoleAssignmentPolicy,Regular,True,Self,Self,OrganizationConfig,OrganizationConfig\n";
    let heading = ASSIGNMENTS.lines().next().expect("a heading");
    let assignments = format!("{heading}\n{own}");
    let people = "Name,UserPrincipalName,RecipientType,RoleAssignmentPolicy\n\
        anna,anna@contoso.com,UserMailbox,4f0c7a52-91de-4b3a-9d43-5b7f1c0e2a11\n";
    let said = |policies: &str| {
        let files =
            [("e.csv", entries), ("a.csv", assignments.as_str()), ("p.csv", people), ("policies.csv", policies)];
        run(&files, &["why", "anna", "Set-Mailbox", "--format", "json"]).json_lines()[0]["answer"].clone()
    };
    let policy = |name: &str, roles: &str| {
        format!("Name,Guid,IsDefault,AssignedRoles\n{name},4f0c7a52-91de-4b3a-9d43-5b7f1c0e2a11,True,{roles}\n")
    };
    assert_eq!(said(&policy("Kiosk", "MyBaseOptions")), "own-mailbox");
    assert_eq!(said(&policy("Default", "")), "not-granted");
    assert_eq!(said(&policy("Kio…", "MyBaseOptions")), "unknown");
}

#[test]
fn a_cmdlet_beside_a_group_is_no_member_of_it() {
    let joined = "Member,RoleGroup,Role,Cmdlet\nanna,Help Desk,Mail Recipients,Set-Mailbox\n";
    let ran = run(&files("members", joined), &["who-can", "Set-Mailbox", "--all", "--format", "json"]);
    assert!(ran.json_lines().iter().all(|line| line["account"] != "Set-Mailbox"), "{}", ran.stdout);
    for column in ["`Member`", "`Cmdlet`", "`Role`"] {
        assert!(ran.stderr.contains(&format!("the column {column} is not read")), "{}", ran.stderr);
    }
}

#[test]
fn a_distinguished_name_may_be_cut_anywhere() {
    let whole = "CN=anna,OU=Staff,DC=contoso,DC=com";
    for length in 0..whole.len() {
        let groups =
            format!(r#"[{{"Name":"Help Desk","RoleGroupType":"Standard","Members":["{}…"]}}]"#, &whole[..length]);
        assert_eq!(answer("members", &groups, "anna@contoso.com"), "unknown", "{}", &whole[..length]);
    }
}

#[test]
fn an_assignment_whose_name_is_cut_is_another_one_where_its_scope_is() {
    let own = ASSIGNMENTS.replace("Organization,Organization,", "Self,Self,");
    let cut = ASSIGNMENTS.replace("Mail Recipients-Help Desk", "Mail…");
    let asked = |files: &[(&str, &str)]| {
        let ran = run(files, &["why", "anna@contoso.com", "Set-Mailbox", "--format", "json"]);
        ran.json_lines()[0]["answer"].as_str().expect("a word").to_owned()
    };
    let mut all = files("assignments", &own);
    assert_eq!(asked(&all), "own-mailbox");
    all.push(("screen", &cut));
    assert_eq!(asked(&all), "granted", "the row on the screen has a scope that no other row has");
    // One file shows two that only their scopes tell apart.
    let both = format!("{}{}", own.replace("Mail Recipients-Help Desk", "Mail…"), cut.lines().last().unwrap_or(""));
    assert_eq!(answer("assignments", &both, "anna@contoso.com"), "granted");
}

#[test]
fn an_account_whose_letters_are_lost_in_one_export_is_the_one_that_others_name() {
    let people = "Name,Identity,UserPrincipalName,RecipientType,RoleAssignmentPolicy\n\
        J\u{FFFD}rg,contoso.com/Staff/J\u{FFFD}rg,jg@contoso.com,UserMailbox,\n";
    let members = "RoleGroup,Name,Identity,RecipientType\nHelp Desk,Jörg,jg@contoso.com,UserMailbox\n";
    let off = ASSIGNMENTS.lines().next().unwrap_or("").replace("RoleAssigneeName", "RoleAssigneeName,RoleAssignee");
    let on = ASSIGNMENTS.lines().last().unwrap_or("").replace(",Help Desk,", ",Help Desk,Help Desk,");
    let own = "Mail Recipients-Jörg,Mail Recipients,Jörg,contoso.com/Staff/Jörg,User,Regular,False,\
        Organization,Organization,OrganizationConfig,OrganizationConfig";
    let assignments = format!("{off}\n{on}\n{own}\n");
    let files = [("entries", ENTRIES), ("assignments", &assignments), ("members", members), ("people", people)];
    let lines = run(&files, &["who-can", "Set-Mailbox", "--all", "--format", "json"]).json_lines();
    let answers: Vec<_> = lines.iter().map(|line| (line["account"].as_str(), line["answer"].as_str())).collect();
    assert_eq!(answers, [(Some("Jörg"), Some("granted"))]);
}

#[test]
fn a_row_of_a_table_whose_name_is_blank_is_none_of_the_row_above() {
    let people = "\r\nName Identity              UserPrincipalName RecipientTypeDetails RoleAssignmentPolicy\r\n\
        ---- --------              ----------------- -------------------- --------------------\r\n\
        anna contoso.com/Staff/ann anna@contoso.com  UserMailbox          Default Policy      \r\n\
        \x20    contoso.com/Staff/eli eli@contoso.com   UserMailbox          Kiosk               \r\n\r\n";
    let ran = run(&[("people", people)], &["records"]);
    let lines = ran.json_lines();
    let [line] = &lines[..] else { panic!("{lines:#?}") };
    assert_eq!(line["fields"]["Identity"], "contoso.com/Staff/ann");
    assert_eq!(line["fields"]["RoleAssignmentPolicy"], "Default Policy");
    assert!(ran.stderr.contains("note[unsafe-columns]"), "{}", ran.stderr);
    // A value that had no room goes on below.
    let wrapped =
        "\r\nName      Description\r\n----      -----------\r\nHelp Desk Answers the\r\n          phone\r\n\r\n";
    let ran = run(&[("groups", wrapped)], &["records"]);
    assert_eq!(ran.json_lines().len(), 1, "{}", ran.stdout);
}

#[test]
fn a_lost_scope_may_be_the_own_mailbox_for_what_changes_the_session_alone_too() {
    let entries = "Role,Name,Parameters\nMail Recipients,Set-ADServerSettings,ViewEntireForest\n";
    for (scope, answer) in [("Organization", "granted"), ("Self", "own-mailbox"), ("#N/A", "unknown")] {
        let assignments = ASSIGNMENTS.replace("Organization,Organization,", &format!("Organization,{scope},"));
        let mut all = files("assignments", &assignments);
        all[0].1 = entries;
        let ran = run(&all, &["why", "anna@contoso.com", "Set-ADServerSettings", "--format", "json"]);
        assert_eq!(ran.json_lines()[0]["answer"], answer, "{scope}");
    }
}

#[test]
fn a_role_group_that_is_not_there_has_no_members() {
    let found = "[PS] C:\\>Get-RoleGroupMember 'Old Desk' | Format-List Name\n";
    let none = "Der Vorgang konnte nicht ausgeführt werden, da das Objekt 'Old Desk' nicht gefunden wurde.\n    \
        + CategoryInfo          : NotSpecified: (:) [Get-RoleGroupMember], ManagementObjectNotFoundException\n    \
        + FullyQualifiedErrorId : [Server=EX01] [FailureCategory=Cmdlet-ManagementObjectNotFoundException] 1\n\n\
        [PS] C:\\>\n";
    let busy = none.replace("ManagementObjectNotFoundException", "ServerBusyException");
    let assignments = ASSIGNMENTS.replace("Help Desk", "Old Desk");
    let answer = |console: &str| {
        let files =
            [("entries", ENTRIES), ("assignments", assignments.as_str()), ("people", PEOPLE), ("console", console)];
        let ran = run(&files, &["why", "bo", "Set-Mailbox", "--format", "json"]);
        ran.json_lines()[0]["answer"].as_str().expect("a word").to_owned()
    };
    assert_eq!(answer(&format!("{found}{none}")), "not-granted");
    assert_eq!(answer(&format!("{found}{busy}")), "unknown");
}

#[test]
fn a_distinguished_name_that_is_cut_within_a_list_is_one_of_several() {
    let people = "Name,DistinguishedName,UserPrincipalName,RecipientType,RoleAssignmentPolicy\n\
        anna,\"CN=anna,OU=Staff,DC=contoso,DC=com\",anna@contoso.com,UserMailbox,\n\
        bo,\"CN=bo,OU=Staff,DC=contoso,DC=com\",bo@contoso.com,UserMailbox,\n";
    let groups = "Name,RoleGroupType,Members\nHelp Desk,Standard,\"CN=anna,OU…;CN=bo,OU=Staff,DC=contoso,DC=com\"\n";
    let all = [("entries", ENTRIES), ("assignments", ASSIGNMENTS), ("groups", groups), ("people", people)];
    let lines = run(&all, &["who-can", "Set-Mailbox", "--all", "--format", "json"]).json_lines();
    let answers: Vec<_> = lines.iter().map(|line| (line["account"].as_str(), line["answer"].as_str())).collect();
    assert_eq!(answers, [(Some("anna"), Some("unknown")), (Some("bo"), Some("granted"))]);
}

#[test]
fn who_is_only_listed_by_a_distinguished_and_by_a_canonical_name_is_one_account() {
    let groups = "Name,RecipientTypeDetails,Members\n\
        Help Desk,MailUniversalSecurityGroup,\"CN=bo,OU=Staff,DC=contoso,DC=com;CN=anna,OU=Staff,DC=contoso,DC=com\"\n\
        Others,MailUniversalSecurityGroup,contoso.com/Staff/bo;contoso.com/Staff/anna\n";
    let all = [("entries", ENTRIES), ("assignments", ASSIGNMENTS), ("groups", groups)];
    let lines = run(&all, &["access", "--account", "*", "--format", "json"]).json_lines();
    let accounts: Vec<_> = lines.iter().filter_map(|line| line["account"].as_str()).collect();
    let once = ["anna", "bo"].iter().all(|name| accounts.iter().filter(|account| *account == name).count() <= 1);
    assert!(once, "{accounts:?}");
}

#[test]
fn a_row_that_the_end_of_a_table_cuts_says_no_more_than_it_shows() {
    let members = "\nRoleGroup Name  Identity           RecipientType\n--------- ----  --------           -------------\n\
        Help Desk anna  contoso.com/S/anna UserMailbox\n";
    let cut = |end: &str| members.replace("anna  contoso.com/S/anna UserMailbox\n", end);
    assert_eq!(answer("members", members, "anna@contoso.com"), "granted");
    // The name may go on: anna-2, or `anna b`.
    assert_eq!(answer("members", &cut("anna"), "anna@contoso.com"), "unknown");
    assert_eq!(answer("members", &cut("anna "), "anna@contoso.com"), "unknown");
    assert_eq!(answer("members", &cut("anna  cont"), "anna@contoso.com"), "granted");
    // A table of one row shows by its own width that its list is missing.
    let groups = "\nName      RecipientTypeDetails       Members\n----      --------------------       -------\n\
        Help Desk MailUniversalSecurityGroup {anna}\n";
    assert_eq!(answer("members", &groups.replace("{anna}", "{}"), "anna@contoso.com"), "not-granted");
    assert_eq!(
        answer("members", &groups.replace("MailUniversalSecurityGroup {anna}\n", ""), "anna@contoso.com"),
        "unknown"
    );
}

#[test]
fn a_record_that_breaks_off_before_its_kind_shows_may_be_one_of_its_neighbours() {
    let list = |row: &str| row.replace(',', "\n").replace('=', " : ") + "\n\n";
    let whole = list(
        "Name=Mail Recipients-Help Desk,Role=Mail Recipients,RoleAssigneeName=Help Desk,RoleAssigneeType=RoleGroup,\
         RoleAssignmentDelegationType=Regular,Enabled=True,RecipientReadScope=Organization,\
         RecipientWriteScope=Organization,ConfigReadScope=OrganizationConfig,ConfigWriteScope=OrganizationConfig",
    );
    let part = list("Name=Mail Recipients-bo,Role=Mail Recipients");
    assert_eq!(answer("assignments", &whole, "bo@contoso.com"), "not-granted");
    for text in [format!("{whole}{part}"), format!("{part}{whole}")] {
        assert_eq!(answer("assignments", &text, "bo@contoso.com"), "unknown", "{text}");
        assert_eq!(answer("assignments", &text, "anna@contoso.com"), "granted", "{text}");
    }
    // What begins otherwise is something else.
    let other = list("Name=Mail Recipients-bo,Purpose=Test");
    assert_eq!(answer("assignments", &format!("{whole}{other}"), "bo@contoso.com"), "not-granted");
}

#[test]
fn two_roles_that_records_give_one_assignment_are_all_that_it_may_give() {
    let twin = ASSIGNMENTS.replace(",Mail Recipients,", ",Journaling,");
    let entries = format!("{ENTRIES}Journaling,New-JournalRule,Name\nReset Password,Set-Mailbox,Password\n");
    let mut all = files("entries", &entries);
    all.push(("twin", &twin));
    let why = |cmdlet: &str| {
        let ran = run(&all, &["why", "anna@contoso.com", cmdlet, "--format", "json"]);
        ran.json_lines()[0]["answer"].as_str().expect("a word").to_owned()
    };
    assert_eq!(
        ["Set-Mailbox", "New-JournalRule", "Set-Mailbox:Password"].map(why),
        ["unknown", "unknown", "not-granted"]
    );
}

#[test]
fn names_that_blanks_join_in_a_table_are_never_one_name() {
    let groups = |members: &str| {
        format!(
            "\nName      RecipientTypeDetails       Members\n----      --------------------       -------\n\
             Help Desk MailUniversalSecurityGroup {members}\n"
        )
    };
    for members in ["contoso.com/S/anna contoso.com/S/bo", "CN=anna,DC=contoso,DC=com CN=bo,DC=contoso,DC=com"] {
        assert_eq!(answer("members", &groups(members), "bo@contoso.com"), "unknown", "{members}");
    }
    // A name that is cut within the domain of the others is one of them, no part of the one before.
    assert_eq!(
        answer("members", &groups("{contoso.com/S/eli, cont..., contoso.com/S/ed}"), "bo@contoso.com"),
        "unknown"
    );
}
