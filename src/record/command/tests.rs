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
    for (line, role) in [
        ("Get-ManagementRoleEntry \"Help Desk\\*\"", Some("Help Desk")),
        ("Get-ManagementRoleEntry -Identity 'a\\b\\*' | fl", Some("a\\b")),
        ("Get-ManagementRoleEntry \"Help Desk\\Get-*\"", Some("Help Desk")),
        ("Get-ManagementRoleEntry \"*\\Set-Mailbox\"", None),
        ("Get-ManagementRoleEntry \"Help*\\*\"", None),
        ("Get-ManagementRole X | Select -Expand RoleEntries", Some("X")),
        ("(Get-ManagementRole 'Help Desk').RoleEntries", Some("Help Desk")),
        ("Get-ManagementRole X | fl", None),
    ] {
        assert_eq!(Command::parse(line).role_of_entries(), role, "{line}");
    }
}

/// Whether a listing would have shown the entry `Set-Mailbox` of `Mail Recipients`.
fn shows_entry(line: &str) -> Option<bool> {
    let extent = Command::parse(line).extent(Kind::RoleEntry)?;
    extent.holds(&|test| match test.property.as_str() {
        "Role" => Some(test.fits("Mail Recipients")),
        "Name" => Some(test.fits("Set-Mailbox")),
        PIPED => Some(true),
        _ => None,
    })
}

#[test]
fn an_entry_is_in_a_listing_or_not_or_nobody_can_tell() {
    for (line, shows) in [
        ("Get-ManagementRoleEntry *\\* | sort Role,Name | fl Role,Name,Parameters", Some(true)),
        ("Get-ManagementRoleEntry -id 'mail recipients\\*' -Verbose | fl", Some(true)),
        ("Get-ManagementRoleEntry \"Mail Recipients\\*\" -DomainController dc1 -ErrorAction Stop | ft", Some(true)),
        ("Get-ManagementRoleEntry *\\Set-Mailbox", Some(true)),
        ("Get-ManagementRoleEntry \"Mail*\\*-Mailbox*\"", Some(true)),
        ("Get-ManagementRoleEntry *\\Get-Mailbox", Some(false)),
        ("Get-ManagementRoleEntry \"Help Desk\\*\"", Some(false)),
        ("Get-ManagementRoleEntry \"$role\\*\"", Some(true)),
        ("Get-ManagementRoleEntry $entry", None),
        ("Get-ManagementRoleEntry", None),
        ("Get-ManagementRoleEntry *\\* -Parameters Identity", None),
        ("Get-ManagementRoleEntry *\\* | where Name -like 'Set-*'", Some(true)),
        ("Get-ManagementRoleEntry *\\* | ? {$_.Name -notlike 'Get-*'}", Some(true)),
        (
            "Get-ManagementRoleEntry *\\* | ?{ $_.Name -match 'Mailbox' -and $_.Role -eq \"Mail Recipients\" }",
            Some(true),
        ),
        ("Get-ManagementRoleEntry *\\* | where Name -in 'Get-Mailbox','Set-Mailbox'", Some(true)),
        ("Get-ManagementRoleEntry *\\* | where {$_.Name -in @('Get-Mailbox', \"Get-User\")}", Some(false)),
        ("Get-ManagementRoleEntry *\\* | where {'Get-Mailbox','Set-Mailbox' -contains $_.Name}", Some(true)),
        ("Get-ManagementRoleEntry *\\* | ? {$_.Name -eq 'Get-Mailbox' -or $_.Name -eq 'Set-Mailbox'}", Some(true)),
        ("Get-ManagementRoleEntry *\\* | ? {-not ($_.Name -eq 'Set-Mailbox')}", Some(false)),
        ("Get-ManagementRoleEntry *\\* | ? {!($_.Role -like 'View-*')}", Some(true)),
        // `-and` and `-or` bind alike, from the left.
        ("Get-ManagementRoleEntry *\\* | ? {$_.Role -eq 'Mail Recipients' -or $_.Name -eq 'x' -and $_.IsValid}", None),
        ("Get-ManagementRoleEntry *\\* | ? {$_.Role -eq 'Help Desk' -and $_.IsValid}", Some(false)),
        ("Get-ManagementRoleEntry *\\* | ? {-not $_.Name -eq 'Get-Mailbox'}", None),
        ("Get-ManagementRoleEntry *\\* | ? {$_.Name -ceq 'set-mailbox'}", None),
        ("Get-ManagementRoleEntry *\\* | ? {$_.Name.Length -gt 3}", None),
        ("Get-ManagementRoleEntry *\\* | ? {$_.Name -eq $name}", None),
        ("Get-ManagementRoleEntry *\\* | ? {$names -contains $_.Name}", None),
        ("Get-ManagementRoleEntry *\\* | select -First 3", None),
        ("Get-ManagementRoleEntry *\\* | select Role,Name", Some(true)),
        ("Get-ManagementRoleEntry *\\* | sort Role -Unique", None),
        ("Get-ManagementRoleEntry *\\* | Get-Random -Count 9", None),
        ("(Get-ManagementRoleEntry *\\*)[0..5]", None),
        ("(Get-ManagementRoleEntry *\\*) | fl", Some(true)),
        ("$entries | fl Name,Role", None),
        ("gmre *\\*", None),
        ("Get-ManagementRole | % { Get-ManagementRoleEntry \"$($_.Name)\\*\" }", Some(true)),
        ("Get-ManagementRole 'Help*' | foreach {Get-ManagementRoleEntry \"$_\\*\"}", Some(false)),
        ("Get-ManagementRole 'Help*' | Get-ManagementRoleEntry", Some(false)),
        ("Get-ManagementRole X | select -First 1 | Get-ManagementRoleEntry", Some(false)),
        ("Get-ManagementRoleAssignment -RoleAssignee kim | Get-ManagementRole | Get-ManagementRoleEntry", None),
        ("(Get-ManagementRole 'Mail Recipients').RoleEntries", Some(true)),
        ("Get-ManagementRole | ? Name -like 'View*' | select -Expand RoleEntries", Some(false)),
        ("Get-RoleGroup", None),
    ] {
        assert_eq!(shows_entry(line), shows, "{line}");
    }
}

#[test]
fn assignments_are_restricted_by_parameters_however_they_are_typed() {
    let shows = |line: &str| {
        let extent = Command::parse(line).extent(Kind::RoleAssignment)?;
        extent.holds(&|test| match test.property.as_str() {
            "Role" => Some(test.fits("Mail Recipients")),
            "Enabled" => Some(test.fits("True")),
            "-Delegating" => Some(test.fits("False")),
            _ => None,
        })
    };
    for (line, wanted) in [
        ("Get-ManagementRoleAssignment", Some(true)),
        ("Get-ManagementRoleAssignment -Enabled $true -Delegating:$false -GetEffectiveUsers", Some(true)),
        ("Get-ManagementRoleAssignment -Role:\"Mail Recipients\"", Some(true)),
        ("Get-ManagementRoleAssignment \u{2013}Role \u{2018}Mail Recipients\u{2019}", Some(true)),
        ("Get-ManagementRoleAssignment -Role Journaling -RoleAssignee kim", Some(false)),
        ("Get-ManagementRoleAssignment -Ena $false", Some(false)),
        ("Get-ManagementRoleAssignment -Del $true", Some(false)),
        ("Get-ManagementRoleAssignment @given", None),
        ("Get-ManagementRoleAssignment -WritableRecipient kim", None),
        ("Get-ManagementRoleAssignment 'Mail*' kim", None),
        ("Get-ManagementRoleAssignment -ResultSize 5", None),
        ("Get-ManagementRoleAssignment -ResultSize Unlimited", Some(true)),
        (
            "Get-ManagementRole -Cmdlet Set-Mailbox | % { Get-ManagementRoleAssignment -Role $_.Name -Delegating $false }",
            None,
        ),
        ("Get-Mailbox", None),
        ("Import-Csv assignments.csv | fl", None),
    ] {
        assert_eq!(shows(line), wanted, "{line}");
    }
}

#[test]
fn what_narrows_a_command_is_named_and_taken_away() {
    for (line, only, widened) in [
        (
            "Get-ManagementRoleAssignment -Role \"Mail Recipients\" -GetEffectiveUsers | ? Enabled | ft Name",
            "-Role \"Mail Recipients\" | ? Enabled",
            Some("Get-ManagementRoleAssignment -GetEffectiveUsers | ft Name"),
        ),
        (
            "Get-ManagementRoleEntry 'Mail Recipients\\Set-Mailbox' | fl",
            "'Mail Recipients\\Set-Mailbox'",
            Some("Get-ManagementRoleEntry \"Mail Recipients\\*\" | fl"),
        ),
        ("Get-ManagementRoleEntry *\\Set-Mailbox", "*\\Set-Mailbox", Some("Get-ManagementRoleEntry *\\*")),
        (
            "Get-RoleGroupMember 'Help Desk' -ResultSize 5 | select -First 2 | fl Name",
            "-ResultSize 5 | select -First 2",
            Some("Get-RoleGroupMember 'Help Desk' -ResultSize Unlimited | fl Name"),
        ),
        ("(Get-ManagementRoleAssignment)[0] | fl", "| [0]", Some("Get-ManagementRoleAssignment | fl")),
        ("$entries | fl", "", None),
        ("Get-RoleGroup | % { Get-RoleGroupMember $_.Name }", "", None),
    ] {
        let command = Command::parse(line);
        assert_eq!((command.only().as_str(), command.widened().as_deref()), (only, widened), "{line}");
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

#[test]
fn a_calculated_property_says_what_joins_its_list() {
    let line = "Get-Group x | select Name,@{n='Members';e={$_.Members -join ';'}},@{Label=\"Roles\"; Expression={$_.Roles -join '|'}},@{n='One';e={$_.One}} | fl";
    let signs = ["members", "Roles", "One", "Name"].map(|name| sign_between(line, name));
    assert_eq!(signs, [Some(b';'), Some(b'|'), None, None]);
    assert_eq!(sign_between("select @{n='Members';e={$_.Members -join ' and '}}", "Members"), None);
}
