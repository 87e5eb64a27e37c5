use super::*;

fn cmdlet(line: &str) -> String {
    Command::parse(line).cmdlet.into_owned()
}

fn identity(line: &str) -> Option<String> {
    Command::parse(line).argument("Identity").map(str::to_owned)
}

#[test]
fn the_last_stage_with_objects_of_its_own_is_the_cmdlet() {
    for (line, wanted) in [
        ("Get-RoleGroup \"Help Desk\" | fl", "Get-RoleGroup"),
        ("get-rolegroup X|ft -auto", "get-rolegroup"),
        ("Get-RoleGroup \"X\" | Get-RoleGroupMember | ft", "Get-RoleGroupMember"),
        ("Get-ManagementRole | ? {$_.Name -like 'My*'} | sort Name | select Name,RoleType", "Get-ManagementRole"),
        (
            "$Perms | foreach {Get-ManagementRoleAssignment -Role $_.Name | ft -Auto Role}",
            "Get-ManagementRoleAssignment",
        ),
        ("Get-RoleGroup | %{ Get-RoleGroupMember $_.Name }", "Get-RoleGroupMember"),
        ("foreach ($g in Get-RoleGroup) { $g.Name; Get-RoleGroupMember $g.Identity }", "Get-RoleGroupMember"),
        ("Set-ADServerSettings -ViewEntireForest $true; Get-RoleGroup", "Get-RoleGroup"),
        ("(Get-RoleGroup X)", "Get-RoleGroup"),
        ("($x = Get-RoleGroup X)", "Get-RoleGroup"),
        ("Get-RoleGroup | Group-Object RoleGroupType", "Group-Object"),
        ("Invoke-Command -Session $s { Get-ManagementScope }", "Get-ManagementScope"),
        ("ExchangeManagement\\Get-ManagementScope", "Get-ManagementScope"),
        ("Get-ManagementRole -Cmdlet Set-Mailbox 2>$null", "Get-ManagementRole"),
        ("& Get-RoleGroup", "Get-RoleGroup"),
        ("Get-RoleGroup # all of them | Out-Null", "Get-RoleGroup"),
    ] {
        assert_eq!(cmdlet(line), wanted, "{line}");
    }
}

#[test]
fn what_is_no_object_of_the_cmdlet_leaves_the_kind_to_the_properties() {
    for line in [
        "$Perms",
        "$x = Get-RoleGroup",
        "$x=Get-RoleGroup X",
        "[array]$x = Get-RoleGroup",
        "Get-ManagementRole X | Select -Expand RoleEntries",
        "(Get-RoleGroup X).Members",
        "(Get-ManagementRoleEntry \"A : B\\*\").Count",
        "Get-RoleGroup X | % Members",
        "Get-RoleGroup X | foreach { $_.Members }",
        "Get-RoleGroup; Get-ManagementRole",
        "Get-RoleGroup | Export-Csv groups.csv",
        "Get-RoleGroup > groups.txt",
        "",
        "'",
        "((((((((((((((((((((Get-RoleGroup))))))))))))))))))))",
    ] {
        assert_eq!(cmdlet(line), "", "{line}");
    }
}

#[test]
fn what_goes_to_a_variable_or_a_file_is_silent() {
    assert!(Command::parse("$x = Get-RoleGroup").silent);
    assert!(Command::parse("Get-RoleGroup | Out-File x.txt").silent);
    assert!(!Command::parse("Get-RoleGroup").silent);
    assert!(!Command::parse("(Get-RoleGroup X).Members").silent);
}

#[test]
fn quotes_and_escapes_are_resolved() {
    for (line, wanted) in [
        ("Get-RoleGroup \"Help Desk, Tier \"\"2\"\"\" | fl", "Help Desk, Tier \"2\""),
        ("Get-RoleGroup 'O''Brien & Sons; \"x\"'", "O'Brien & Sons; \"x\""),
        ("Get-RoleGroup \"a`\"b`$c\"", "a\"b$c"),
        ("Get-RoleGroup -Identity:\"Mail Recipients\" -Verbose", "Mail Recipients"),
        ("Get-RoleGroup -id Help*", "Help*"),
        ("Get-RoleGroup -ResultSize 10 HelpDesk", "HelpDesk"),
        ("Get-RoleGroup \u{201C}Help Desk\u{201D}", "Help Desk"),
        ("Get-RoleGroup \u{2013}Identity \u{2018}Help Desk\u{2019}", "Help Desk"),
        ("Get-RoleGroup Help` Desk", "Help Desk"),
        ("Get-RoleGroup -ReadFromDomainController \"Zürich 日本\"", "Zürich 日本"),
        ("Get-RoleGroup '{Braces}; and | pipes'|fl", "{Braces}; and | pipes"),
        ("Get-RoleGroup \"costs 5$\"", "costs 5$"),
    ] {
        assert_eq!(identity(line).as_deref(), Some(wanted), "{line}");
    }
}

#[test]
fn what_only_the_shell_knew_is_no_argument() {
    for line in [
        "Get-RoleGroupMember $group",
        "Get-RoleGroupMember \"$group\"",
        "Get-RoleGroupMember (Get-RoleGroup X)",
        "Get-RoleGroupMember \"$($_.Name)\"",
        "Get-RoleGroup 'a','b'",
        "Get-RoleGroup",
        "Get-RoleGroup \"X\" | Get-RoleGroupMember | ft",
    ] {
        assert_eq!(identity(line), None, "{line}");
    }
}

#[test]
fn named_arguments_are_found_without_case() {
    let command = Command::parse(
        "Get-ManagementRoleAssignment -roleassignee svc-intune -GetEffectiveUsers -Role:\"Mail Recipients\"",
    );
    assert_eq!(command.argument("RoleAssignee"), Some("svc-intune"));
    assert_eq!(command.argument("Role"), Some("Mail Recipients"));
    assert_eq!(command.argument("Identity"), None);
}

#[test]
fn the_group_of_member_rows_is_the_argument_or_the_group_piped_in() {
    for (line, wanted) in [
        ("Get-RoleGroupMember \"Help Desk\"", Some("Help Desk")),
        ("Get-RoleGroup 'Help Desk' | Get-RoleGroupMember", Some("Help Desk")),
        ("Get-RoleGroup 'Help Desk' | % { Get-RoleGroupMember $_.Name }", Some("Help Desk")),
        ("Get-RoleGroup | Get-RoleGroupMember", None),
        ("Get-RoleGroup 'Help*' | Get-RoleGroupMember", None),
        ("Get-RoleGroup 'Help Desk' | % { Get-RoleGroupMember $other }", None),
        ("Get-RoleGroup 'Help Desk'", None),
    ] {
        assert_eq!(Command::parse(line).group(), wanted, "{line}");
    }
}

#[test]
fn the_role_of_entries_is_read_from_the_command() {
    for (line, role, whole) in [
        ("Get-ManagementRoleEntry \"Help Desk\\*\"", Some("Help Desk"), Some("Help Desk")),
        ("Get-ManagementRoleEntry -Identity 'a\\b\\*' | fl", Some("a\\b"), Some("a\\b")),
        ("Get-ManagementRoleEntry \"Help Desk\\Get-*\"", Some("Help Desk"), None),
        ("Get-ManagementRoleEntry \"Help Desk\\*\" -Parameters Anr", Some("Help Desk"), None),
        ("Get-ManagementRoleEntry \"Help Desk\\*\" | ? Name -like 'Set*'", Some("Help Desk"), None),
        ("Get-ManagementRoleEntry \"Help Desk\\*\" | select -First 3", Some("Help Desk"), None),
        ("Get-ManagementRoleEntry \"*\\Set-Mailbox\"", None, None),
        ("Get-ManagementRoleEntry \"Help*\\*\"", None, None),
        ("Get-ManagementRole X | Select -Expand RoleEntries", Some("X"), Some("X")),
        ("(Get-ManagementRole 'Help Desk').RoleEntries", Some("Help Desk"), Some("Help Desk")),
        ("Get-ManagementRole X | fl", None, None),
    ] {
        let command = Command::parse(line);
        assert_eq!((command.role_of_entries(), command.whole_role()), (role, whole), "{line}");
    }
}

#[test]
fn cmdlet_names_need_a_known_verb() {
    assert!(is_cmdlet_name("get-CASMailbox"));
    assert!(is_cmdlet_name("Impersonate-ExchangeUser"));
    assert!(!is_cmdlet_name("svc-intune"));
    assert!(!is_cmdlet_name("Get-"));
    assert!(!is_cmdlet_name("Get-Mailbox.txt"));
}

#[test]
fn a_line_of_a_megabyte_is_no_work() {
    for unit in ["(", "{", "\"", "'", "`", "$", "|", "a ", "-a ", ";", ",", "\u{201C}x"] {
        let line = unit.repeat(1_000_000 / unit.len());
        let _ = Command::parse(&line);
    }
}
