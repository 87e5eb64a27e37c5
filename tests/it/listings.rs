//! What a listing covers: a command that asked for a part never turns "not shown" into "cannot run".

use serde_json::Value;

use crate::program::{Ran, argument, folder, rolecall};

const ENTRIES: &str = "Role,Name,Parameters\n\
    Mail Recipients,Get-Mailbox,Identity\nMail Recipients,Set-Mailbox,Alias|Identity\nJournaling,Get-JournalRule,Identity\n";
const ASSIGNMENTS: &str = "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled\n\
    Mail Recipients-lea,Mail Recipients,lea,User,Regular,True\n\
    Mail Recipients-Help Desk,Mail Recipients,Help Desk,RoleGroup,Regular,True\n";
const PEOPLE: &str =
    "Name,RecipientTypeDetails,RoleAssignmentPolicy\nlea,UserMailbox,\ntom,UserMailbox,\nkim,UserMailbox,\n";
const MEMBERS: &str = "RoleGroup,Name,RecipientType\nHelp Desk,kim,UserMailbox\n";

/// The files of an organization, with some in the place of others.
fn with<'f>(replaced: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let all = [("assignments", ASSIGNMENTS), ("entries", ENTRIES), ("members", MEMBERS), ("people", PEOPLE)];
    let of = |(name, text): (&'f str, &'f str)| {
        let other = replaced.iter().find(|(other, _)| *other == name);
        (name, other.map_or(text, |(_, text)| text))
    };
    all.into_iter().map(of).collect()
}

fn run(files: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let files: Vec<(String, &[u8])> =
        files.iter().map(|(name, text)| (format!("{name}.txt"), text.as_bytes())).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let folder = folder(&files);
    let path = argument(folder.path());
    rolecall(&[arguments, &[&path]].concat())
}

fn why(files: &[(&str, &str)], account: &str, cmdlet: &str) -> Value {
    let ran = run(files, &["why", account, cmdlet, "--format", "json"]);
    ran.json_lines().pop().unwrap_or_else(|| panic!("{}", ran.stderr))
}

/// A command with rows of these cells below it, as a list.
fn list(command: &str, rows: &[&[(&str, &str)]]) -> String {
    let row = |cells: &&[(&str, &str)]| {
        let lines = cells.iter().map(|(name, value)| format!("{name:<28} : {value}\n"));
        lines.collect::<String>() + "\n"
    };
    format!("[PS] C:\\>{command}\n\n{}[PS] C:\\>\n", rows.iter().map(row).collect::<String>())
}

fn assignment<'a>(role: &'a str, assignee: &'a str, kind: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("Role", role),
        ("RoleAssigneeName", assignee),
        ("RoleAssigneeType", kind),
        ("RoleAssignmentDelegationType", "Regular"),
        ("Enabled", "True"),
    ]
}

#[track_caller]
fn assert_answers(files: &[(&str, &str)], command: &str, answers: &[(&str, &str, &str)]) {
    for (account, cmdlet, wanted) in answers {
        let line = why(files, account, cmdlet);
        assert_eq!(line["answer"], *wanted, "{command}: {account} {cmdlet}: {line}");
        let gaps = line["gaps"].as_array().expect("a list");
        let of_command = |gap: &&Value| gap["code"] == "narrowed-listing" && gap["object"] == command;
        assert_eq!(gaps.iter().any(|gap| of_command(&gap)), *wanted == "unknown", "{command}: {gaps:?}");
    }
}

#[test]
fn an_entry_that_was_not_asked_for_may_exist() {
    let entry = [("Role", "Mail Recipients"), ("Name", "Set-Mailbox"), ("Parameters", "{Alias, Identity}")];
    for (command, get) in [
        ("Get-ManagementRoleEntry \"Mail Recipients\\Set-Mailbox\" | fl Role,Name,Parameters", "unknown"),
        ("Get-ManagementRoleEntry *\\Set-Mailbox | fl", "unknown"),
        ("Get-ManagementRoleEntry *\\* | ? {$_.Name -like 'Set-*'} | fl", "unknown"),
        ("Get-ManagementRoleEntry *\\* | select -First 1 | fl", "unknown"),
        ("$entries | fl Role,Name,Parameters", "unknown"),
        ("Get-ManagementRoleEntry \"Mail Recipients\\*\" | fl", "not-granted"),
        ("Get-ManagementRoleEntry *\\* | sort Name | fl Role,Name,Parameters", "not-granted"),
        ("Get-ManagementRoleEntry *\\*-Mailbox | fl", "not-granted"),
    ] {
        let entries = list(command, &[&entry]);
        let files = with(&[("entries", &entries)]);
        assert_answers(&files, command, &[("lea", "Set-Mailbox", "granted"), ("lea", "Get-Mailbox", get)]);
    }
}

#[test]
fn assignments_that_were_not_asked_for_may_exist() {
    let lea = assignment("Mail Recipients", "lea", "User");
    for (command, lea_else, tom, tom_else) in [
        ("Get-ManagementRoleAssignment -RoleAssignee lea | fl", "not-granted", "unknown", "unknown"),
        ("Get-ManagementRoleAssignment -Role \"Mail Recipients\" | fl", "unknown", "not-granted", "unknown"),
        ("Get-ManagementRoleAssignment | ? Role -eq 'Mail Recipients' | fl", "unknown", "not-granted", "unknown"),
        ("Get-ManagementRoleAssignment -Role Mail* -Enabled $true | fl", "unknown", "not-granted", "unknown"),
        ("Get-ManagementRoleAssignment \"Mail Recipients-lea\" | fl", "unknown", "unknown", "unknown"),
        ("Get-ManagementRoleAssignment | select -First 1 | fl", "unknown", "unknown", "unknown"),
        (
            "Get-ManagementRoleAssignment -Enabled $true -Delegating $false | fl",
            "not-granted",
            "not-granted",
            "not-granted",
        ),
    ] {
        let assignments = list(command, &[&lea]);
        let files = with(&[("assignments", &assignments)]);
        let answers = [
            ("lea", "Set-Mailbox", "granted"),
            ("lea", "Get-JournalRule", lea_else),
            ("tom", "Set-Mailbox", tom),
            ("tom", "Get-JournalRule", tom_else),
        ];
        assert_answers(&files, command, &answers);
    }
}

#[test]
fn roles_that_have_a_cmdlet_are_all_that_have_it() {
    let command = "Get-ManagementRole -Cmdlet Set-Mailbox | fl Name,RoleType";
    let roles = list(command, &[&[("Name", "Mail Recipients"), ("RoleType", "MailRecipients")]]);
    let both = ASSIGNMENTS.to_owned() + "Journaling-tom,Journaling,tom,User,Regular,True\n";
    let files = with(&[("entries", &roles), ("assignments", &both)]);
    assert_eq!(why(&files, "lea", "Set-Mailbox")["answer"], "granted");
    assert_eq!(why(&files, "tom", "Set-Mailbox")["answer"], "not-granted");
    assert_eq!(why(&files, "tom", "Get-JournalRule")["answer"], "unknown");
    // With which parameters, it does not say.
    assert_eq!(why(&files, "lea", "Set-Mailbox:Alias")["answer"], "unknown");
}

#[test]
fn members_that_were_not_asked_for_may_be_there() {
    for (command, tom) in [
        ("Get-RoleGroupMember \"Help Desk\" | ? Name -like 'k*' | fl Name,RecipientType", "unknown"),
        ("Get-RoleGroupMember \"Help Desk\" -ResultSize 1 | fl Name,RecipientType", "unknown"),
        ("Get-RoleGroupMember \"Help Desk\" -ResultSize Unlimited | fl Name,RecipientType", "not-granted"),
        ("Get-RoleGroup 'Help Desk' | Get-RoleGroupMember | fl Name,RecipientType", "not-granted"),
    ] {
        let members = list(command, &[&[("Name", "kim"), ("RecipientType", "UserMailbox")]]);
        let files = with(&[("members", &members)]);
        assert_answers(&files, command, &[("kim", "Set-Mailbox", "granted"), ("tom", "Set-Mailbox", tom)]);
    }
}

#[test]
fn what_a_command_asked_for_is_true_of_its_rows() {
    let command = "Get-ManagementRoleAssignment -Role 'Mail Recipients' -Enabled $true -Delegating $false | ft RoleAssigneeName,RoleAssigneeType";
    let rows = format!(
        "[PS] C:\\>{command}\n\nRoleAssigneeName RoleAssigneeType\n---------------- ----------------\nlea              User\n"
    );
    let files = with(&[("assignments", &rows)]);
    assert_eq!(why(&files, "lea", "Set-Mailbox")["answer"], "granted");
}

#[test]
fn what_a_filter_asked_for_is_true_of_its_rows() {
    let cells = [
        ("Name", "Mail Recipients-lea"),
        ("Role", "Mail Recipients"),
        ("RoleAssigneeName", "lea"),
        ("RoleAssigneeType", "User"),
    ];
    let answer = |filter: &str| {
        let assignments =
            list(&format!("Get-ManagementRoleAssignment | ? {filter} | fl Name,Role,RoleAssignee*"), &[&cells]);
        let report = run(&with(&[("assignments", &assignments)]), &["access", "--account", "lea"]).stdout;
        (report.contains("no value of `Enabled`"), report.contains("no value of `RoleAssignmentDelegationType`"))
    };
    for filter in ["{ $_.Enabled -eq $true }", "{$_.Enabled}", "{ $_.RoleAssigneeType -eq 'User' -and $_.Enabled }"] {
        assert_eq!(answer(filter), (false, true), "{filter}");
    }
    for filter in ["{ -not $_.Enabled }", "{!$_.Enabled}", "{ $_.Enabled -ne $true }", "Enabled -eq $false"] {
        assert_eq!(answer(filter), (false, false), "{filter}: what is disabled gives nothing, whatever else is open");
    }
    assert_eq!(answer("{ $_.RoleAssignmentDelegationType -eq 'Regular' }"), (true, false));
    assert_eq!(answer("{ $_.RoleAssignmentDelegationType -eq 'Regular' -and $_.Enabled -eq 'True' }"), (false, false));
    // What one of two is said of is said of no row.
    assert_eq!(answer("{ $_.Enabled -or $_.RoleAssignmentDelegationType -eq 'Regular' }"), (true, true));
    assert_eq!(answer("{$_.RoleAssignmentDelegationType -ne 'Regular'}"), (false, false));
}

#[test]
fn the_advice_is_the_command_without_what_narrows_it_and_the_coverage_names_it() {
    let command = "Get-ManagementRoleAssignment -Role \"Mail Recipients\" | fl";
    let assignments = list(command, &[&assignment("Mail Recipients", "lea", "User")]);
    let files = with(&[("assignments", &assignments)]);
    let line = why(&files, "tom", "Get-JournalRule");
    let first = line["gaps"][0]["export"].as_str().and_then(|export| export.lines().next());
    assert_eq!(first, Some("Get-ManagementRoleAssignment | fl"), "{line}");
    let report = run(&files, &["check", "-v"]).stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = "(Get-ManagementRoleAssignment: 1, only -Role \"Mail Recipients\"); narrowed-listing";
    assert!(report.contains("incomplete: role assignments") && report.contains(said), "{report}");
    assert!(report.contains("entries.txt, taken for the whole"), "{report}");
}

/// A console of these commands with what stands below each.
fn console(answers: &[(&str, &str)]) -> String {
    let one = |(command, below): &(&str, &str)| format!("[PS] C:\\>{command}\n{below}");
    answers.iter().map(one).collect::<String>() + "[PS] C:\\>\n"
}

const NOT_FOUND: &str = "The operation couldn't be performed because object 'tom' couldn't be found on 'dc01.contoso.com'.\n    \
    + CategoryInfo          : NotSpecified: (:) [Get-Mailbox], ManagementObjectNotFoundException\n    \
    + FullyQualifiedErrorId : [Server=EX01],Microsoft.Exchange.Management.RecipientTasks.GetMailbox\n";

#[test]
fn an_answer_without_rows_is_an_empty_group() {
    let command = "Get-RoleGroupMember 'Help Desk' -ResultSize Unlimited | fl Name,RecipientType";
    let narrowed = "Get-RoleGroupMember 'Help Desk' | ? Name -like 'k*' | fl Name,RecipientType";
    for (text, tom) in [
        (console(&[(command, "")]), "not-granted"),
        (console(&[(command, "\n"), ("Get-Date", "Monday\n")]), "not-granted"),
        (console(&[(narrowed, "")]), "unknown"),
        (console(&[(command, "WARNING: something\n")]), "unknown"),
        // The end of a file may be a cut, and commands of a script were perhaps never run.
        (format!("[PS] C:\\>{command}\n"), "unknown"),
        (format!("{command}\nGet-RoleGroup\n"), "unknown"),
        (console(&[("$members = Get-RoleGroupMember 'Help Desk'", "")]), "unknown"),
    ] {
        assert_eq!(why(&with(&[("members", &text)]), "tom", "Set-Mailbox")["answer"], tom, "{text}");
    }
}

#[test]
fn members_may_be_printed_as_names_one_a_line() {
    for command in [
        "(Get-RoleGroup 'Help Desk').Members",
        "Get-RoleGroup \"Help Desk\" | Select-Object -ExpandProperty Members",
        "Get-RoleGroup -Identity 'Help Desk' | % { $_.Members }",
    ] {
        for names in ["kim\ntom", "contoso.com/Users/kim\ncontoso.com/Users/tom"] {
            let members = format!("[PS] C:\\>{command}\n{names}\n[PS] C:\\>\n");
            let files = with(&[("members", &members)]);
            let of = |account: &str| why(&files, account, "Set-Mailbox")["answer"].clone();
            assert_eq!((of("kim"), of("tom")), ("granted".into(), "granted".into()), "{members}");
            assert_eq!(of("nobody-else"), "unknown", "{members}");
        }
        // Of two groups it is not told whose members these are.
        let two = format!("[PS] C:\\>{}\nkim\n[PS] C:\\>\n", command.replace("Help Desk", "Help*"));
        assert_eq!(why(&with(&[("members", &two)]), "kim", "Set-Mailbox")["answer"], "unknown", "{two}");
    }
    // Where the file ends, the name may go on.
    let cut = "[PS] C:\\>(Get-RoleGroup 'Help Desk').Members\ntom\nki";
    assert_eq!(why(&with(&[("members", cut)]), "kim", "Set-Mailbox")["answer"], "unknown");
    assert_eq!(why(&with(&[("members", cut)]), "tom", "Set-Mailbox")["answer"], "granted");
}

#[test]
fn an_answer_without_rows_is_an_empty_role() {
    let assignments = "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled\n\
        Frozen-tom,Frozen,tom,User,Regular,True\n";
    for (command, answer) in [
        ("Get-ManagementRoleEntry 'Frozen\\*' | fl Role,Name", "not-granted"),
        ("Get-ManagementRoleEntry 'Frozen\\Set-Mailbox'", "not-granted"),
        ("Get-ManagementRoleEntry 'Frozen\\Get-*' | fl", "unknown"),
        ("Get-ManagementRoleEntry 'Froz*\\Get-*' | fl", "unknown"),
        // What has two roles is nothing, whatever there is.
        ("Get-ManagementRoleEntry 'Frozen\\*' | ? {$_.Role -eq 'Mail Recipients'} | fl", "unknown"),
    ] {
        let text = console(&[(command, "")]);
        let mut files = with(&[("assignments", assignments)]);
        files.push(("console", &text));
        assert_eq!(why(&files, "tom", "Set-Mailbox")["answer"], answer, "{command}");
    }
}

#[test]
fn that_there_is_no_mailbox_is_an_answer() {
    let policies = ASSIGNMENTS.to_owned()
        + "My-Default,MyBaseOptions,Default Role Assignment Policy,RoleAssignmentPolicy,Regular,True\n\
        Journaling-tom,Journaling,tom,User,Regular,True\n";
    let entries = ENTRIES.to_owned() + "MyBaseOptions,Get-Mailbox,Identity\n";
    let people = "Name,UserPrincipalName,RecipientTypeDetails\nlea,lea@contoso.com,UserMailbox\ntom,tom@contoso.com,\n";
    let not_found = console(&[("Get-Mailbox 'tom' | Format-List Name,RoleAssignmentPolicy", NOT_FOUND)]);
    let failed =
        not_found.replace("ManagementObjectNotFoundException", "ServerBusyException").replace("couldn't be", "was not");
    for (text, answer) in [(not_found.as_str(), "not-granted"), (failed.as_str(), "unknown")] {
        let mut files = with(&[("assignments", &policies), ("entries", &entries), ("people", people)]);
        files.push(("console", text));
        let line = why(&files, "tom", "Get-Mailbox");
        assert_eq!(line["answer"], answer, "{line}");
    }
}

#[test]
fn the_mailbox_of_a_row_may_stand_in_the_command_alone() {
    let policies = ASSIGNMENTS.to_owned()
        + "My-Default,MyBaseOptions,Default Role Assignment Policy,RoleAssignmentPolicy,Regular,True\n";
    let entries = ENTRIES.to_owned() + "MyBaseOptions,Get-Mailbox,Identity\n";
    let people = "Name,RecipientTypeDetails\nlea,UserMailbox\ntom,UserMailbox\n";
    let text = console(&[(
        "Get-Mailbox -Identity \"tom\" | Format-List RoleAssignmentPolicy",
        "\nRoleAssignmentPolicy : Default Role Assignment Policy\n\n",
    )]);
    let mut files = with(&[("assignments", &policies), ("entries", &entries), ("people", people)]);
    files.push(("console", &text));
    let ran = run(&files, &["access", "--account", "tom", "--format", "json"]);
    let line = ran.json_lines().pop().unwrap_or_else(|| panic!("{}", ran.stderr));
    assert_eq!((&line["complete"], &line["cmdlets"][0]["cmdlet"]), (&true.into(), &"Get-Mailbox".into()), "{line}");
}

#[test]
fn rows_of_one_user_say_nothing_of_the_others() {
    let heading = "Name Role RoleAssigneeName RoleAssigneeType AssignmentMethod EffectiveUserName";
    let rows = |filter: &str| {
        let command = format!("Get-ManagementRoleAssignment -GetEffectiveUsers{filter} | fl");
        let cells = ["Mail Recipients-Help Desk", "Mail Recipients", "Help Desk", "RoleGroup", "RoleGroup", "kim"];
        let row: Vec<(&str, &str)> = heading.split(' ').zip(cells).collect();
        list(&command, &[&row])
    };
    let both = "RoleGroup,Name,RecipientType\nHelp Desk,kim,UserMailbox\nHelp Desk,tom,UserMailbox\n";
    for (filter, tom) in [
        (" | ? {$_.EffectiveUserName -eq 'kim'}", "granted"),
        (" | select -First 1", "granted"),
        (" | ? {$_.EffectiveUserName -ne 'All Group Members'}", "unknown"),
        ("", "unknown"),
    ] {
        let text = rows(filter);
        let mut files = with(&[("members", both)]);
        files.push(("console", &text));
        assert_eq!(why(&files, "tom", "Set-Mailbox")["answer"], tom, "{filter}");
        assert_eq!(why(&files, "kim", "Set-Mailbox")["answer"], "granted", "{filter}");
    }
}

#[test]
fn what_a_group_is_assigned_makes_it_no_account() {
    let command = "Get-ManagementRoleAssignment -Role \"Mail Recipients\" -GetEffectiveUsers | fl";
    let row = [
        ("EffectiveUserName", "kim"),
        ("Role", "Mail Recipients"),
        ("RoleAssigneeName", "Organization Management"),
        ("AssignmentMethod", "RoleGroup"),
    ];
    let text = list(command, &[&row]);
    let ran = run(&[("console", &text)], &["access", "--account", "*", "--format", "json"]);
    let accounts: Vec<Value> = ran.json_lines().iter().map(|line| line["account"].clone()).collect();
    assert_eq!(accounts, ["kim"]);
}

#[test]
fn an_account_that_no_export_shows_is_looked_for_by_name() {
    for arguments in [&["access", "--account", "svc'x"][..], &["why", "svc'x", "Set-Mailbox"]] {
        let ran = run(&with(&[]), arguments);
        assert_eq!(ran.code, 3);
        for cmdlet in ["Get-User", "Get-Mailbox"] {
            let start = format!("  {cmdlet} 'svc''x' | ");
            assert!(ran.stdout.lines().any(|line| line.starts_with(&start)), "{}", ran.stdout);
        }
        let ran_alone = ran.stdout;
        let ran = run(&with(&[]), &[arguments, &["--format", "json"]].concat());
        let line = ran.json_lines().pop().expect("an object");
        assert_eq!(line["gaps"][0]["code"], "unknown-account");
        let export = line["gaps"][0]["export"].as_str().expect("commands");
        assert!(export.lines().all(|line| ran_alone.contains(line)), "{export}");
    }
    let ran = run(&with(&[]), &["access", "--account", "Help Desk"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (3, ""));
    // Exchange may say that there is none.
    let none = console(&[("Get-User 'zed' | fl", &NOT_FOUND.replace("'tom'", "'zed'"))]);
    let mut files = with(&[]);
    files.push(("console", &none));
    let ran = run(&files, &["access", "--account", "zed"]);
    assert_eq!(ran.code, 3);
    assert!(ran.stdout.starts_with("Exchange says that there is no user `zed`\n"), "{}", ran.stdout);
}

#[test]
fn the_parameters_of_an_entry_are_the_list_of_that_entry() {
    let asked = "(Get-ManagementRoleEntry \"Mail Recipients\\Set-Mailbox\").Parameters";
    let piped = "Get-ManagementRoleEntry 'Mail Recipients\\Set-Mailbox' | select -ExpandProperty Parameters";
    for command in [asked, piped] {
        for (below, office, alias) in [
            (console(&[(command, "Identity\nOffice\n\n")]), "granted", "not-granted"),
            (console(&[(command, "Identity\nOffice\n")]), "granted", "not-granted"),
            // The end of the file may be a cut, and so may its last name.
            (format!("[PS] C:\\>{command}\nIdentity\nOffice\n"), "granted", "unknown"),
            (format!("[PS] C:\\>{command}\nIdentity\nOff"), "unknown", "unknown"),
            // What prints the parameters of several entries is no list of one.
            (console(&[(&command.replace("Set-Mailbox", "*"), "Identity\nOffice\n\n")]), "unknown", "unknown"),
        ] {
            let files = with(&[("entries", &below)]);
            assert_eq!(why(&files, "lea", "Set-Mailbox:Office")["answer"], office, "{below}");
            assert_eq!(why(&files, "lea", "Set-Mailbox:Alias")["answer"], alias, "{below}");
            // Nothing is said of other entries.
            assert_eq!(why(&files, "lea", "Get-Mailbox")["answer"], "unknown", "{below}");
        }
    }
    let text = console(&[(asked, "Identity\nAlias\n\n")]);
    let files = [&with(&[])[..], &[("console", text.as_str())]].concat();
    assert_eq!(why(&files, "lea", "Get-JournalRule")["answer"], "not-granted");
    let records = run(&[("console", &text)], &["records"]).json_lines();
    assert_eq!(records[0]["fields"], serde_json::json!({"Parameters": ["Identity", "Alias"]}));
}

#[test]
fn groups_that_commands_asked_for_one_by_one_add_up() {
    let desk = assignment("Mail Recipients", "Help Desk", "RoleGroup");
    let tom = assignment("Journaling", "tom", "User");
    let of_desk = list("Get-ManagementRoleAssignment -RoleAssignee 'Help Desk' | fl", &[&desk]);
    let of_users = list("Get-ManagementRoleAssignment -RoleAssigneeType User | fl", &[&tom]);
    let both = format!("{of_desk}{of_users}");
    let answers = |text: &str| {
        let files = with(&[("assignments", text)]);
        ["Set-Mailbox", "Get-JournalRule"].map(|cmdlet| why(&files, "kim", cmdlet)["answer"].clone())
    };
    assert_eq!(answers(&of_desk), ["granted", "unknown"]);
    assert_eq!(answers(&both), ["granted", "not-granted"], "all of her groups, and all that name a user");
    // Another group of hers was not asked for.
    let members = format!("{MEMBERS}Records,kim,UserMailbox\n");
    let files = with(&[("assignments", &both), ("members", &members)]);
    assert_eq!(why(&files, "kim", "Get-JournalRule")["answer"], "unknown");
    // Who is in a linked group is known in another forest alone, and which roles it has was not asked for.
    let linked = [("linked", "Name,RoleGroupType,LinkedGroup,Members\nPartners,Linked,S-1-5-21-1-2-3-4444,\n")];
    let people = PEOPLE.replace("kim,UserMailbox", "kim,LinkedMailbox");
    let files = [&with(&[("assignments", &both), ("people", &people)])[..], &linked].concat();
    assert_eq!(why(&files, "kim", "Get-JournalRule")["answer"], "unknown");
    // Of the group itself nothing is missing.
    let gaps = |name: &str| {
        let files = with(&[("assignments", &of_desk), ("members", &members)]);
        let ran = run(&files, &["show", "group", name, "--format", "json"]);
        ran.json_lines().pop().unwrap_or_else(|| panic!("{}", ran.stderr))["gaps"].clone()
    };
    assert_eq!(gaps("Help Desk"), serde_json::json!([]));
    assert_eq!(gaps("Records")[0]["code"], "narrowed-listing");
}

#[test]
fn where_the_scope_fails_nobody_is_told_to_join_a_group() {
    let scoped = "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled,RecipientWriteScope,ConfigWriteScope,CustomRecipientWriteScope\n\
        A,Mail Recipients,Help Desk,RoleGroup,Regular,True,Organization,OrganizationConfig,\n\
        B,Mail Recipients,Board Desk,RoleGroup,Regular,True,ExclusiveRecipientScope,OrganizationConfig,Board\n";
    let groups = "Name,RoleGroupType,Members\nHelp Desk,Standard,kim\nBoard Desk,Standard,\n";
    let scopes = "Name,ScopeRestrictionType,Exclusive,RecipientRoot,RecipientFilter\n\
        Board,RecipientScope,True,,Title -eq 'CEO'\n";
    let people = "Name,RecipientTypeDetails,RoleAssignmentPolicy,Title\nkim,UserMailbox,,\nlea,UserMailbox,,CEO\n";
    let mut files = with(&[("assignments", scoped), ("people", people)]);
    files.extend([("groups", groups), ("scopes", scopes)]);
    let ran = run(&files, &["why", "kim", "Set-Mailbox", "--on", "lea", "--format", "json"]);
    let line = ran.json_lines().pop().unwrap_or_else(|| panic!("{}", ran.stderr));
    assert_eq!(
        (&line["answer"], &line["nearest"][0]["code"]),
        (&"not-granted".into(), &"outside-scope".into()),
        "{line}"
    );
    assert!(!ran.stdout.contains("not-a-member") && !ran.stdout.contains("Add-RoleGroupMember"), "{line}");
    // A part of the scopes is a part: an exclusive one may be among the others.
    let part = list(
        "Get-ManagementScope -Exclusive $false | fl",
        &[&[("Name", "Oslo"), ("RecipientFilter", "City -eq 'Oslo'")]],
    );
    let files = files.into_iter().map(|(name, text)| (name, if name == "scopes" { part.as_str() } else { text }));
    let files: Vec<(&str, &str)> = files.collect();
    let ran = run(&files, &["who-can", "Set-Mailbox", "--on", "lea", "--format", "json"]);
    assert!(ran.json_lines().iter().all(|line| line["answer"] == "unknown"), "{}", ran.stdout);
}

#[test]
fn a_group_that_holds_nothing_may_manage_one_that_does() {
    let entries = "Role,Name,Parameters\nDesk,Add-RoleGroupMember,Identity|Member\nRole Management,New-ManagementRoleAssignment,Role\n";
    let assignments = "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled,RecipientWriteScope,ConfigWriteScope\n\
        A,Desk,Help Desk,RoleGroup,Regular,True,Organization,OrganizationConfig\n\
        B,Role Management,Power,RoleGroup,Regular,True,Organization,OrganizationConfig\n";
    let groups = "Name,RoleGroupType,Members,ManagedBy\nHelp Desk,Standard,lea,\nManagers,Standard,,Help Desk\n\
        Power,Standard,,Managers\nOthers,Standard,,Help Desk\n";
    let files = [("entries", entries), ("assignments", assignments), ("groups", groups), ("people", PEOPLE)];
    let ran = run(&files, &["escalate", "lea", "--format", "json"]);
    let line = ran.json_lines().pop().unwrap_or_else(|| panic!("{}", ran.stderr));
    let gains: Vec<&Value> =
        line["paths"].as_array().expect("a list").iter().map(|path| &path["gains"]["name"]).collect();
    assert_eq!(gains, ["Managers", "Power"], "{line}");
}

#[test]
fn all_members_of_a_group_are_nobody_in_any_language() {
    let accounts = |command: &str, method: &str, effective: &str| -> Vec<String> {
        let row = [
            ("Name", "Mail Recipients-Help Desk"),
            ("Role", "Mail Recipients"),
            ("RoleAssigneeName", "Help Desk"),
            ("RoleAssigneeType", "RoleGroup"),
            ("AssignmentMethod", method),
            ("EffectiveUserName", effective),
        ];
        let text = list(command, &[&row]);
        let files: Vec<(&str, &[u8])> = vec![("console.txt", text.as_bytes())];
        let exports = folder(&files);
        let ran = rolecall(&["access", "--account", "*", "--format", "json", &argument(exports.path())]);
        ran.json_lines().iter().map(|line| line["account"].as_str().unwrap_or("").to_owned()).collect()
    };
    let all = "Get-ManagementRoleAssignment -Role \"Mail Recipients\" | fl";
    let effective = "Get-ManagementRoleAssignment -Role \"Mail Recipients\" -GetEffectiveUsers | fl";
    for name in ["All Group Members", "Alle Gruppenmitglieder", "Tous les membres du groupe", "所有组成员"] {
        for (command, method) in [(all, "Direct"), (all, "RoleGroup"), (effective, "Direct"), (effective, "RoleGroup")]
        {
            assert!(accounts(command, method, name).is_empty(), "{command} {method} {name}");
        }
    }
    // Without the switch, no row of a group names a user, whatever it is called.
    assert!(accounts(all, "RoleGroup", "Kaikki jäsenet").is_empty());
    assert_eq!(accounts(effective, "RoleGroup", "Alle Meyer"), ["Alle Meyer"]);
}

#[test]
fn a_row_without_a_name_that_agrees_with_an_assignment_is_that_assignment() {
    let whole = "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled,RecipientWriteScope\n\
        Mail Recipients-bo,Mail Recipients,bo,User,Regular,False,Organization\n";
    let seen = "Role,RoleAssigneeName,RoleAssigneeType";
    for (again, answer) in [
        (format!("{seen}\nMail Recipients,bo,User\n"), "not-granted"),
        (format!("{seen},Enabled\nMail Recipients,bo,User,False\n"), "not-granted"),
        // Of another role or with another scope it is another one, and nothing says whether it is enabled.
        (format!("{seen}\nMail Recipient Creation,bo,User\n"), "unknown"),
        (
            format!(
                "{seen},RecipientWriteScope,CustomRecipientWriteScope\nMail Recipients,bo,User,CustomRecipientScope,Lima\n"
            ),
            "unknown",
        ),
    ] {
        let entries = "Role,Name,Parameters\nMail Recipients,Set-Mailbox,Identity\nMail Recipient Creation,Set-Mailbox,Identity\n";
        let people =
            "Name,UserPrincipalName,RecipientTypeDetails,RoleAssignmentPolicy\nbo,bo@contoso.com,UserMailbox,\n";
        let files =
            [("whole.csv", whole), ("again.csv", again.as_str()), ("entries.csv", entries), ("people.csv", people)];
        let line = why(&files, "bo", "Set-Mailbox");
        assert_eq!(line["answer"], answer, "{again}: {line:#}");
    }
}

#[test]
fn a_condition_that_a_value_fails_says_the_other_one_of_each_row() {
    let row = assignment("Mail Recipients", "bo", "User")
        .into_iter()
        .filter(|(name, _)| !["Enabled", "RoleAssignmentDelegationType"].contains(name));
    let row: Vec<(&str, &str)> = row.collect();
    for (condition, is_disabled, delegates) in [
        ("{-not $_.Enabled}", true, false),
        ("{!$_.Enabled}", true, false),
        ("{$_.Enabled -ne $true}", true, false),
        ("{$_.RoleAssignmentDelegationType -ne 'Regular'}", false, true),
        ("{$_.RoleAssignmentDelegationType -like 'Delegating*'}", false, true),
        ("RoleAssignmentDelegationType -eq DelegatingOrgWide", false, true),
        ("{$_.Enabled -or $_.Role -eq 'x'}", false, false),
    ] {
        let text = list(&format!("Get-ManagementRoleAssignment | where {condition} | fl"), &[&row]);
        let exports = folder(&[("console.txt", text.as_bytes())]);
        let ran = rolecall(&["show", "account", "bo", "--format", "json", &argument(exports.path())]);
        let page = &ran.json_lines()[0];
        let count = |key: &str| page[key].as_array().map_or(0, Vec::len);
        let found = (count("disabled_assignments") == 1, count("may_assign") == 1);
        assert_eq!(found, (is_disabled, delegates), "{condition}: {page:#}");
    }
}
