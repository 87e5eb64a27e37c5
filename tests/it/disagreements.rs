//! Exports that disprove each other: one that seems whole is not where another names what it lacks, and both are shown.

use serde_json::Value;

use crate::program::{Ran, argument, folder, rolecall};

const ENTRIES: &str = "Role,Name,Parameters\nMail Recipients,Set-Mailbox,Identity\nJournaling,New-JournalRule,Name\n\
    MyBaseOptions,Get-Mailbox,Identity\n";
const COLUMNS: &str = "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled,\
    RecipientReadScope,RecipientWriteScope,ConfigReadScope,ConfigWriteScope,CustomRecipientWriteScope\n";
const WIDE: &str = "Organization,Organization,OrganizationConfig,OrganizationConfig,";
const GROUPS: &str = "Name,RoleGroupType,Members\nHelp Desk,Standard,lea\nRecords,Standard,tom\n";
const PEOPLE: &str = "Name,UserPrincipalName,RecipientTypeDetails,RoleAssignmentPolicy\n\
    lea,lea@contoso.com,UserMailbox,Kiosk\ntom,tom@contoso.com,UserMailbox,Kiosk\n";

fn assignments() -> String {
    format!(
        "{COLUMNS}Mail Recipients-Help Desk,Mail Recipients,Help Desk,RoleGroup,Regular,True,{WIDE}\n\
        Journaling-Help Desk-Delegating,Journaling,Help Desk,RoleGroup,DelegatingOrgWide,True,{WIDE}\n"
    )
}

/// Runs a command on the organization, with some files in the place of its own and others beside it.
fn run(replaced: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let assignments = assignments();
    let own = [("assignments", assignments.as_str()), ("entries", ENTRIES), ("groups", GROUPS), ("people", PEOPLE)];
    let is_replaced = |name: &str| replaced.iter().any(|(other, _)| *other == name);
    let all = own.into_iter().filter(|(name, _)| !is_replaced(name)).chain(replaced.iter().copied());
    let named: Vec<(String, &str)> = all.map(|(name, text)| (format!("{name}.csv"), text)).collect();
    let files: Vec<(&str, &[u8])> = named.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    let exports = folder(&files);
    rolecall(&[arguments, &[&argument(exports.path())]].concat())
}

fn why(replaced: &[(&str, &str)], account: &str, cmdlet: &str) -> Value {
    let ran = run(replaced, &["why", account, cmdlet, "--format", "json"]);
    ran.json_lines().pop().unwrap_or_else(|| panic!("{}", ran.stderr))
}

fn check(exports: &tempfile::TempDir, policy: &str) -> Value {
    let own = folder(&[("policy.toml", policy.as_bytes())]);
    let path = argument(&own.path().join("policy.toml"));
    rolecall(&["check", "--format", "json", &argument(exports.path()), "--policy", &path]).json()
}

#[track_caller]
fn assert_open(line: &Value, code: &str, words: &str) {
    assert_eq!(line["answer"], "unknown", "{line:#}");
    let says =
        |gap: &Value| gap["code"] == code && gap["message"].as_str().is_some_and(|message| message.contains(words));
    assert!(line["gaps"].as_array().is_some_and(|gaps| gaps.iter().any(says)), "{line:#}");
}

#[test]
fn a_role_group_that_lists_a_role_which_no_row_gives_it_shows_that_rows_are_missing() {
    assert_eq!(why(&[], "tom", "New-JournalRule")["answer"], "not-granted");
    let listed = |roles: &str| {
        format!(
            "Name,RoleGroupType,Members,Roles\nHelp Desk,Standard,lea,Mail Recipients\nRecords,Standard,tom,{roles}\n"
        )
    };
    let groups = listed("Journaling");
    let said = "these are not all assignments: `Records` lists `Journaling`, which no row shows";
    assert_open(&why(&[("groups", &groups)], "tom", "New-JournalRule"), "partial-listing", said);
    // A role that the row above gives is no news, nor is a role of which the group may give others the delegation alone.
    let groups = listed("").replace("lea,Mail Recipients", "lea,Mail Recipients;Journaling");
    assert_eq!(why(&[("groups", &groups)], "tom", "New-JournalRule")["answer"], "not-granted");
    let regular = assignments().lines().filter(|line| !line.contains("Delegating")).collect::<Vec<_>>().join("\n");
    let groups = listed("Journaling");
    let line = why(&[("groups", &groups), ("assignments", &regular)], "lea", "New-JournalRule");
    assert_eq!(line["answer"], "not-granted", "delegating rows were left out, and may be what the group lists");
    // Both places are shown.
    let policy = "[[require]]\nid = \"ours\"\naccount = \"tom\"\ncmdlets = [\"New-JournalRule\"]\n";
    let exports = folder(&[
        ("assignments.csv", assignments().as_bytes()),
        ("entries.csv", ENTRIES.as_bytes()),
        ("groups.csv", listed("Journaling").as_bytes()),
        ("people.csv", PEOPLE.as_bytes()),
    ]);
    let report = check(&exports, policy);
    let open = report["diagnostics"].as_array().expect("a list").iter().find(|one| one["rule"] == "undecided");
    let places = open.expect("it is undecided")["locations"].as_array().expect("places");
    let files: Vec<&str> = places.iter().filter_map(|place| place["file"].as_str()).collect();
    for name in ["assignments.csv", "groups.csv"] {
        assert!(files.iter().any(|file| file.ends_with(name)), "{files:?}");
    }
}

#[test]
fn an_assignment_that_a_role_group_or_a_policy_lists_by_name_exists() {
    let groups = |name: &str| {
        format!(
            "Name,RoleGroupType,Members,RoleAssignments\nHelp Desk,Standard,lea,Mail Recipients-Help Desk\nRecords,Standard,tom,{name}\n"
        )
    };
    let text = groups("Journaling-Records");
    assert_open(&why(&[("groups", &text)], "tom", "New-JournalRule"), "partial-listing", "`Journaling-Records`");
    let text = groups("Journaling-Records-Delegating");
    assert_eq!(why(&[("groups", &text)], "tom", "New-JournalRule")["answer"], "not-granted", "it gives nothing");
    let policies = |list: &str| format!("Name,IsDefault,{list}\n");
    for (columns, words) in [
        ("RoleAssignments\nKiosk,True,MyBaseOptions-Kiosk", "`Kiosk` lists `MyBaseOptions-Kiosk`"),
        ("AssignedRoles\nKiosk,True,MyBaseOptions", "`Kiosk` lists `MyBaseOptions`"),
    ] {
        let text = policies(columns);
        assert_open(&why(&[("policies", &text)], "tom", "New-JournalRule"), "partial-listing", words);
    }
    let given = format!(
        "{}MyBaseOptions-Kiosk,MyBaseOptions,Kiosk,RoleAssignmentPolicy,Regular,True,Self,Self,OrganizationConfig,OrganizationConfig,\n",
        assignments()
    );
    let text = policies("AssignedRoles,RoleAssignments\nKiosk,True,MyBaseOptions,MyBaseOptions-Kiosk");
    let line = why(&[("policies", &text), ("assignments", &given)], "tom", "New-JournalRule");
    assert_eq!(line["answer"], "not-granted", "{line:#}");
}

#[test]
fn what_a_fix_takes_away_stays_listed_and_is_missed_by_nobody() {
    // The list of the group still names the assignment that the fix removes.
    let groups = "Name,RoleGroupType,Members,Roles,RoleAssignments\n\
        Help Desk,Standard,lea,Mail Recipients;Journaling,Mail Recipients-Help Desk;Journaling-Help Desk-Delegating\n\
        Records,Standard,tom,,\n";
    let policy = "[[forbid]]\nid = \"ours\"\naccount = \"lea\"\ncmdlets = [\"Set-Mailbox\"]\nwhy = \"-\"\n";
    let exports = folder(&[
        ("assignments.csv", assignments().as_bytes()),
        ("entries.csv", ENTRIES.as_bytes()),
        ("groups.csv", groups.as_bytes()),
        ("people.csv", PEOPLE.as_bytes()),
    ]);
    let report = check(&exports, policy);
    let causes = report["causes"].as_array().expect("a list");
    let cause =
        causes.iter().find(|cause| cause["rules"][0] == "forbidden-cmdlet").unwrap_or_else(|| panic!("{report:#}"));
    assert_eq!(cause["fixes"][0]["closes"], 1, "{cause:#}");
    assert!(
        !cause["fixes"][0]["makes"].as_array().expect("a list").iter().any(|rule| rule == "undecided"),
        "{cause:#}"
    );
}

/// Two lists of one role, as its own record and as rows, or as two records of two days.
#[test]
fn two_lists_of_the_entries_of_one_role_that_differ_leave_open_what_one_of_them_lacks() {
    let role = |entries: &str| format!("Name,RoleType,RoleEntries\nMail Recipients,MailRecipients,{entries}\n");
    let entry = |cmdlet: &str| format!("(Microsoft.Exchange.Management.PowerShell.E2010) {cmdlet} -Identity");
    let both = role(&format!("\"{};{}\"", entry("Set-Mailbox"), entry("Get-Mailbox")));
    let one = role(&entry("Set-Mailbox"));
    let said = "two lists of the entries of role `Mail Recipients` differ";
    for files in [
        vec![("roles", both.as_str())],
        vec![
            ("roles", both.as_str()),
            ("roles-old", one.as_str()),
            ("entries", "Role,Name,Parameters\nJournaling,New-JournalRule,Name\n"),
        ],
    ] {
        assert_open(&why(&files, "lea", "Get-Mailbox"), "contradicting-records", said);
        assert_eq!(why(&files, "lea", "Set-Mailbox")["answer"], "granted", "both show it");
        assert_eq!(why(&files, "lea", "Set-CASMailbox")["answer"], "not-granted", "neither shows it");
        let ran = run(&files, &["access", "--account", "lea", "--format", "json"]);
        let line = ran.json_lines().pop().expect("a line");
        let of = |name: &str| {
            line["cmdlets"].as_array().and_then(|all| all.iter().find(|one| one["cmdlet"] == name)).cloned()
        };
        assert_eq!(of("Get-Mailbox").expect("it may be held")["answer"], "unknown", "{line:#}");
        assert_eq!(of("Set-Mailbox").expect("it is held")["answer"], "granted", "{line:#}");
        assert_eq!(line["complete"], false, "{line:#}");
    }
    // The row that the list lacks.
    let other = role(&entry("Set-CASMailbox"));
    assert_open(&why(&[("roles", &other)], "lea", "Set-Mailbox"), "contradicting-records", said);
    assert_eq!(why(&[("roles", &one)], "lea", "Get-Mailbox")["answer"], "not-granted", "they agree");
}

#[test]
fn a_role_that_is_assigned_and_has_no_entries_may_have_any() {
    let line = why(&[("entries", "Role,Name,Parameters\nJournaling,New-JournalRule,Name\n")], "lea", "Set-Mailbox");
    assert_open(&line, "empty-role", "`Mail Recipients`");
}

#[test]
fn a_scope_that_no_export_shows_leaves_open_what_works_on_a_recipient() {
    let scopes = "Name,ScopeRestrictionType,Exclusive,RecipientRoot,RecipientFilter\nOslo,RecipientScope,False,,City -eq 'Oslo'\n";
    let with = |word: &str, name: &str| {
        format!(
            "{}Journaling-tom,Journaling,tom,User,Regular,True,Organization,{word},OrganizationConfig,OrganizationConfig,{name}\n",
            assignments()
        )
    };
    let on = |assignments: &str| {
        let files = [("assignments", assignments), ("scopes", scopes)];
        let ran = run(&files, &["why", "lea", "Set-Mailbox", "--on", "tom@contoso.com", "--format", "json"]);
        ran.json_lines().pop().unwrap_or_else(|| panic!("{}", ran.stderr))
    };
    assert_eq!(on(&with("CustomRecipientScope", "Oslo"))["answer"], "granted");
    // An exclusive scope that the export of scopes lacks may hold the recipient, and keep everybody else away.
    assert_open(&on(&with("ExclusiveRecipientScope", "Board")), "unknown-scope", "scope");
}

#[test]
fn a_group_that_no_export_of_groups_shows_may_hold_anybody() {
    let line = why(&[("groups", "Name,RoleGroupType,Members\nRecords,Standard,tom\n")], "tom", "Set-Mailbox");
    assert_open(&line, "opaque-group", "the members of `Help Desk` were not exported");
}

#[test]
fn a_number_of_members_that_is_more_than_its_rows_leaves_the_group_open() {
    let count = |count: u8| format!("Name,RoleGroupType,MemberCount\nHelp Desk,Standard,{count}\nRecords,Standard,1\n");
    let rows = "RoleGroup,Name,RecipientType\nHelp Desk,lea,UserMailbox\nRecords,lea,UserMailbox\n";
    let answer = |text: &str| why(&[("groups", text), ("members", rows)], "tom", "Set-Mailbox");
    assert_eq!(answer(&count(1))["answer"], "not-granted");
    assert_open(&answer(&count(2)), "cut-list", "`Help Desk`");
}

#[test]
fn a_member_whose_own_record_lists_the_group_leaves_its_members_open() {
    let people = |groups: &str| {
        PEOPLE
            .replace("RoleAssignmentPolicy\n", "RoleAssignmentPolicy,MemberOf\n")
            .replace("lea@contoso.com,UserMailbox,Kiosk", "lea@contoso.com,UserMailbox,Kiosk,Help Desk")
            .replace("tom@contoso.com,UserMailbox,Kiosk", &format!("tom@contoso.com,UserMailbox,Kiosk,{groups}"))
    };
    for groups in [
        "Records;Help Desk",
        "contoso.com/Microsoft Exchange Security Groups/Help Desk",
        "\"CN=Help Desk,OU=Microsoft Exchange Security Groups,DC=contoso,DC=com\"",
    ] {
        let people = people(groups);
        let line = why(&[("people", &people)], "tom", "Set-Mailbox");
        assert_open(&line, "contradicting-records", "about the members of `Help Desk`");
        assert_eq!(why(&[("people", &people)], "lea", "Set-Mailbox")["answer"], "granted", "{groups}");
    }
    // What agrees with the lists of the groups, and what begins as a group does, is no news.
    for groups in ["Records", "Help Desk 2;Records", ""] {
        let people = people(groups);
        assert_eq!(why(&[("people", &people)], "tom", "Set-Mailbox")["answer"], "not-granted", "{groups}");
    }
}

#[test]
fn a_number_of_entries_that_is_more_than_their_rows_leaves_the_role_open() {
    let roles = |count: u32| format!("Name,RoleType,CmdletCount\nMail Recipients,MailRecipients,{count}\n");
    let asked = |count| why(&[("roles", &roles(count))], "lea", "Remove-Mailbox");
    assert_eq!(asked(1)["answer"], "not-granted");
    assert_open(&asked(2), "cut-list", "the list of entries of role `Mail Recipients` is cut");
    assert_eq!(why(&[("roles", &roles(2))], "lea", "Set-Mailbox")["answer"], "granted");
}

#[test]
fn two_names_of_one_id_are_two_records_of_one_group() {
    let groups = "Name,Guid,RoleGroupType,Members\nHelp Desk,11111111-2222-3333-4444-555555555555,Standard,lea\n\
        Records,11111111-2222-3333-4444-666666666666,Standard,tom\n";
    let renamed = "Name,Guid,RoleGroupType,Members\nService Desk,11111111-2222-3333-4444-555555555555,Standard,tom\n";
    for account in ["lea", "tom"] {
        let line = why(&[("groups", groups), ("renamed", renamed)], account, "Set-Mailbox");
        assert_open(&line, "contradicting-records", "about the members of `Help Desk`");
    }
    let same = renamed.replace(",tom", ",lea");
    assert_eq!(why(&[("groups", groups), ("renamed", &same)], "lea", "Set-Mailbox")["answer"], "granted");
    assert_eq!(why(&[("groups", groups), ("renamed", &same)], "tom", "Set-Mailbox")["answer"], "not-granted");
}

#[test]
fn roles_that_nobody_holds_are_no_sign_where_role_groups_list_what_they_are_assigned() {
    let roles: String = (0..30).map(|number| format!("Spare {number},MailRecipients,False\n")).collect();
    let roles = format!("Name,RoleType,IsEndUserRole\nMail Recipients,MailRecipients,False\n{roles}");
    let listed = |names: &str| {
        format!("Name,RoleGroupType,Members,RoleAssignments\nHelp Desk,Standard,lea,{names}\nRecords,Standard,tom,\n")
    };
    let both = "Mail Recipients-Help Desk;Journaling-Help Desk-Delegating";
    let answer = |groups: &str| why(&[("groups", groups), ("roles", &roles)], "tom", "New-JournalRule");
    assert_eq!(answer(&listed(both))["answer"], "not-granted");
    let few = "31 exported roles are in no row";
    assert_open(&answer(GROUPS), "partial-listing", few);
    // One role group that does not list them, or one assignment that no row shows, and nothing is confirmed.
    let silent = format!("{}Others,Standard,,#N/A\n", listed(both));
    assert_open(&answer(&silent), "partial-listing", few);
    let more = listed(&format!("{both};Journaling-Help Desk-1-Delegating"));
    assert_open(&answer(&more), "partial-listing", few);
}

#[test]
fn of_rows_that_contradict_each_other_none_decides_what_the_others_add() {
    let row = |role: &str, assignee: &str, enabled: &str, delegation: &str| {
        format!("{COLUMNS}One,{role},{assignee},,{delegation},{enabled},{WIDE}\n")
    };
    let assignments = |first: &str, second: &str, third: &str| {
        let findings = |files: [&str; 3]| {
            let [a, b, c] = files;
            let exports = folder(&[
                ("a.csv", a.as_bytes()),
                ("b.csv", b.as_bytes()),
                ("c.csv", c.as_bytes()),
                ("e.csv", ENTRIES.as_bytes()),
            ]);
            let policy = "[[require]]\naccount = \"*\"\ncmdlets = [\"Set-Mailbox\"]\n[[forbid]]\ncmdlets = [\"New-JournalRule\"]\n";
            let report = check(&exports, policy);
            let said = |finding: &Value| {
                let [rule, message, gap] = ["rule", "message", "gap"].map(|key| finding[key].to_string());
                if rule.contains("undecided") || rule.contains("unknown-account") {
                    format!("{rule} {message} {gap}")
                } else {
                    rule
                }
            };
            let mut all: Vec<String> = report["diagnostics"].as_array().expect("a list").iter().map(said).collect();
            all.sort();
            (report["summary"].to_string(), all)
        };
        let expected = findings([first, second, third]);
        for files in [
            [first, third, second],
            [second, first, third],
            [second, third, first],
            [third, first, second],
            [third, second, first],
        ] {
            assert_eq!(findings(files), expected, "{files:#?}");
        }
    };
    // Whom it names stands in one row alone, and so does whether it is enabled.
    let [one, two, three] = [
        row("Journaling", "lea", "", "Regular"),
        row("Mail Recipients", "", "", "Regular"),
        row("MyBaseOptions", "", "True", "Regular"),
    ];
    assignments(&one, &two, &three);
    // Two rows differ in one thing, the third adds another; and three rows name three.
    let [one, two, three] = [
        row("Journaling", "lea", "True", ""),
        row("Journaling", "tom", "", "Regular"),
        row("Journaling", "zoe", "False", ""),
    ];
    assignments(&one, &two, &three);
    // Without names they are told apart by what they say.
    let nameless = |text: String| text.replace("Name,", "").replace("One,", "");
    let narrow = |text: String| text.replace(WIDE, "Organization,Self,OrganizationConfig,OrganizationConfig,");
    let [one, two, three] = [
        row("Journaling", "lea", "True", "Regular"),
        narrow(row("Journaling", "lea", "True", "Regular")),
        row("Journaling", "lea", "False", "Regular"),
    ];
    assignments(&nameless(one), &nameless(two), &nameless(three));
}
