use super::testing::{commands, fields, noticed, shown};

const ROWS: &str = "A\\Get-Mailbox\nA\\Set-Mailbox\n";

#[test]
fn every_kind_of_prompt_begins_a_command() {
    for prompt in [
        "PS C:\\> ",
        "PS>",
        "[PS] C:\\Windows\\system32>",
        "[PS] C:\\ProgramData\\Microsoft\\Windows\\Microsoft Exchange Server 2016>",
        "PS /home/admin> ",
        "[ex01.contoso.com]: PS C:\\Users\\admin\\Documents> ",
        "PS C:\\>> ",
        "C:\\Windows>",
        "PS Cert:\\LocalMachine> ",
        "(base) PS C:\\> ",
    ] {
        let text = format!("{prompt}Get-ManagementRoleEntry \"A\\*\" | % Identity\n{ROWS}");
        assert_eq!(commands(&text), ["Get-ManagementRoleEntry \"A\\*\" | % Identity"; 2], "{prompt}");
    }
}

#[test]
fn a_prompt_with_nothing_behind_it_ends_the_command() {
    assert_eq!(
        commands(&format!("PS C:\\> (Get-ManagementRole A).RoleEntries\n{ROWS}PS C:\\>\n{ROWS}")),
        ["(Get-ManagementRole A).RoleEntries", "(Get-ManagementRole A).RoleEntries", "-", "-"]
    );
}

#[test]
fn lines_on_which_a_command_goes_on_are_joined() {
    let joined = "Get-ManagementRole \"A\" | Select-Object -ExpandProperty RoleEntries";
    for (typed, wanted) in [
        ("PS> Get-ManagementRole \"A\" |\n>> Select-Object -ExpandProperty RoleEntries\n>>\n", joined),
        ("PS> Get-ManagementRole \"A\" `\n>> | Select-Object -ExpandProperty RoleEntries\n", joined),
        ("PS> Get-ManagementRole \"A\" |\nSelect-Object -ExpandProperty RoleEntries\n", joined),
        (
            "[PS] C:\\Windows\\system32\\WindowsPowerShell\\v1.0\\Modules>Get-ManagementRole -I\ndentity \"A\" | Select -Exp RoleEntries\n",
            "Get-ManagementRole -Identity \"A\" | Select -Exp RoleEntries",
        ),
        (
            "[PS] C:\\Windows\\system32\\WindowsPowerShell\\v1.0>Get-ManagementRoleEntry A\\* | fl Na\nme,Role\n\n",
            "Get-ManagementRoleEntry A\\* | fl Name,Role",
        ),
        (
            "[PS] C:\\Windows\\system32\\WindowsPowerShell\\v1.0\\Modules>Get-ManagementRole  \n-Identity A | Select -Exp RoleEntries\n",
            "Get-ManagementRole -Identity A | Select -Exp RoleEntries",
        ),
        (
            "[PS] C:\\Windows\\system32\\WindowsPowerShell\\v1.0\\Modules\\Exchange>Get\n-ManagementRole A | Select -Exp RoleEntries\n",
            "Get-ManagementRole A | Select -Exp RoleEntries",
        ),
    ] {
        assert_eq!(commands(&format!("{typed}{ROWS}")), [wanted; 2], "{typed}");
    }
}

#[test]
fn rows_below_a_wide_prompt_are_no_command() {
    let command = "Get-ManagementRole A | Select-Object -ExpandProperty RoleEntries";
    let text = format!("PS C:\\> {command}\n(Microsoft.X) Get-Mailbox -Anr\n(Microsoft.X) Get-User -Anr\n");
    assert_eq!(commands(&text), [command; 2]);
    assert_eq!(
        noticed(&format!("PS C:\\> {command} -Verbose\nCustomRecipientScope\n")),
        ["unrecognised-input text at 2 x1"]
    );
}

#[test]
fn a_command_without_a_prompt_is_recognised() {
    for command in
        ["get-managementroleentry \"A\\*\" | % Identity", "(Get-ManagementRole A).RoleEntries", "$x | % RoleEntries"]
    {
        assert_eq!(commands(&format!("{command}\n\n{ROWS}")), [command; 2]);
    }
}

#[test]
fn the_frames_of_a_transcript_are_decoration() {
    let stars = "*".repeat(22);
    for title in ["Windows PowerShell transcript start", "Beginn des PowerShell-Transkripts", "PowerShell 记录开始"]
    {
        let text = format!(
            "{stars}\n{title}\nStart time: 20241113141516\nUsername: CONTOSO\\Get-admin\nMachine: EX01 (Microsoft Windows NT 10.0.20348.0)\n\
             Host Application: C:\\WINDOWS\\System32\\WindowsPowerShell\\v1.0\\powershell.exe\nProcess ID: 4711\nPSVersion: 5.1.20348.1\n\
             {stars}\nTranscript started, output file is C:\\Temp\\x.txt\nPS>Get-ManagementRoleEntry A\\* | % Identity\n{ROWS}\
             {stars}\nCommand start time: 20241113141516\n{stars}\nPS>$x | % RoleEntries\n{ROWS}{stars}\nEnd\n20241113141516\n{stars}\n"
        );
        let first = "Get-ManagementRoleEntry A\\* | % Identity";
        assert_eq!(commands(&text), [first, first, "$x | % RoleEntries", "$x | % RoleEntries"]);
        assert_eq!(noticed(&text), [""; 0]);
    }
}

#[test]
fn a_warning_about_more_results_is_noticed_in_any_language() {
    let warnings = [
        "WARNING: By default, only the first 1000 items are returned. Use the ResultSize parameter to specify the number of items returned.",
        "WARNING: There are more results available than are currently displayed. To view them, increase the value for the\nResultSize parameter.",
        "WARNUNG: Standardmäßig werden nur die ersten 1000 Elemente zurückgegeben. Verwenden Sie den ResultSize-Parameter.",
        "AVERTISSEMENT : Par défaut, seuls les 1000 premiers éléments sont renvoyés. Utilisez le paramètre ResultSize.",
        "警告: 既定では、最初の 1000 項目のみが返されます。ResultSize パラメーターを使用してください。",
    ];
    for warning in warnings {
        let text = format!("PS C:\\> Get-ManagementRoleEntry A\\* | % Identity\n{warning}\n{ROWS}");
        assert_eq!(noticed(&text), ["more-results Get-ManagementRoleEntry at 2 x1"], "{warning}");
        assert_eq!(fields(&text), "Name=Get-Mailbox Role=A\nName=Set-Mailbox Role=A\n", "{warning}");
    }
}

#[test]
fn other_messages_are_decoration() {
    let text = format!("VERBOSE: x\nAUSFÜHRLICH: y\nDEBUG: A\\Get-X\n{ROWS}");
    assert_eq!(noticed(&text), [""; 0]);
    assert_eq!(fields(&text), "Name=Get-Mailbox Role=A\nName=Set-Mailbox Role=A\n");
}

#[test]
fn errors_are_noticed_and_never_records() {
    let classic = "Get-RoleGroup : The operation couldn't be performed because object 'x' couldn't be found on\n'dc01.contoso.com'.\nAt line:1 char:1\n+ Get-RoleGroup x\n+ ~~~~~~~~~~~~~~~\n    + CategoryInfo          : NotSpecified: (:) [Get-RoleGroup], ManagementObjectNotFoundException\n    + FullyQualifiedErrorId : [Server=EX01,RequestId=1] 2,Microsoft.Exchange.Management.RbacTasks.GetRoleGroup\n    + PSComputerName        : ex01.contoso.com\n";
    let german = "Get-RoleGroup : Der Vorgang konnte nicht ausgeführt werden.\nIn Zeile:1 Zeichen:1\n+ Get-RoleGroup x\n+ ~~~~~~~~~~~~~~~\n    + CategoryInfo          : NotSpecified: (:) [Get-RoleGroup]\n";
    let concise = "Get-RoleGroup: C:\\x.ps1:3:1\nLine |\n   3 |  Get-RoleGroup x\n     |  ~~~~~~~~~~~~~~~\n     | The operation couldn't be performed.\n";
    let twice =
        "Write-Error: The operation couldn't be performed.\nGet-RoleGroup: The operation couldn't be performed.\n";
    let logged = "PS>TerminatingError(Get-RoleGroup): \"The operation couldn't be performed.\"\n>> TerminatingError(Get-RoleGroup): \"x\"\n";
    for error in [classic, german, concise, twice, logged] {
        let text =
            format!("PS C:\\> Get-RoleGroup x\n{error}PS C:\\> Get-ManagementRoleEntry A\\* | % Identity\n{ROWS}");
        let noticed = noticed(&text);
        assert!(
            noticed.len() == 1 && noticed[0].starts_with("failed-command Get-RoleGroup at 2"),
            "{noticed:?}\n{text}"
        );
        assert_eq!(fields(&text), "Name=Get-Mailbox Role=A\nName=Set-Mailbox Role=A\n", "{error}");
    }
    let unknown = "The term 'Get-RoleGruop' is not recognized as the name of a cmdlet.\nAt line:1 char:1\n+ Get-RoleGruop\n+ ~~~~\n    + CategoryInfo          : ObjectNotFound: (x:String) [], CommandNotFoundException\n";
    assert_eq!(noticed(&format!("PS C:\\> Get-RoleGruop\n{unknown}")), ["failed-command Get-RoleGruop at 2 x1"]);
}

#[test]
fn what_other_commands_print_is_decoration() {
    let text = "PS C:\\> (Get-ManagementRoleEntry \"A : B\\*\").Count\n4\nPS C:\\> hostname\nEX01\nPS C:\\> $x[0].RecipientWriteScope\nCustomRecipientScope\n";
    assert_eq!(fields(text), "");
    assert!(!noticed(text).iter().any(|notice| notice.starts_with("unrecognised")));
}

#[test]
fn text_that_is_no_export_is_said_once() {
    assert_eq!(noticed("Dear all,\n\nplease find attached the roles.\n"), ["no-export text at 1 x1"]);
    assert_eq!(
        noticed(&format!("Dear all,\n\n```powershell\n{ROWS}```\nRegards\n")),
        ["unrecognised-input text at 1 x2"]
    );
    assert_eq!(
        shown(&format!("> # x\n>\n> {}\n", ROWS.trim_end().replace('\n', "\n> "))),
        "3 RoleEntry strings Name=Get-Mailbox Role=A\n4 RoleEntry strings Name=Set-Mailbox Role=A\n"
    );
}

#[test]
fn source_code_and_prose_hold_no_records() {
    let python = "import csv\n\nROWS = [\n    {\"Name\": name, \"Role\": \"Mail Recipients\", \"RoleAssigneeType\": \"User\"},\n    {\"RoleAssigneeType\": \"User\", \"Role\": \"x\"},\n]\nNAMES = [\n    \"Name\",\"Role\",\n    \"Identity\",\n    \"Parameters\"]\n";
    let toml = "[package]\nname = \"x\"\nkeywords = [\n  \"Name\",\n  \"Role\",\n]\n";
    let yaml =
        "roles:\n  - Name: Mail Recipients\n    RoleType: MailRecipients\n  - {\"Name\": \"x\", \"RoleType\": y}\n";
    let log =
        "2026-11-24 15:08:40 INFO [\"Name\", \"Role\"] read\n2026-11-24 15:08:41 WARN {\"Name\": \"x\"} left out\n";
    let html = "<html><head><title>x</title></head><body><table><tr><td>Name</td></tr></table></body></html>\n";
    let xml = "<?xml version=\"1.0\"?>\n<project><name>Role</name></project>\n";
    let page = "# Exports\n\nRun this first:\n\n```powershell\nGet-RoleGroup \"Help Desk\"\n```\n\nThe columns are Name, Role, and Members.\n\n| Name | Role |\n|---|---|\n| a | b |\n";
    for text in [python, toml, yaml, log, html, xml, page] {
        assert_eq!(fields(text), "", "{text}");
        let noticed = noticed(text);
        assert!(noticed.len() == 1 && noticed[0].starts_with("no-export "), "{noticed:?}\n{text}");
    }
}

#[test]
fn a_whole_document_among_other_text_is_read() {
    let text = "The groups:\n\n```json\n[\n  { \"Name\": \"Help Desk\", \"Roles\": [\"Mail Recipients\"], \"ManagedBy\": [] }\n]\n```\n";
    assert_eq!(fields(text), "Name=Help Desk Roles=[Mail Recipients] ManagedBy=[]\n");
}

#[test]
fn a_list_that_lost_its_padding_is_read() {
    let text = "[PS] C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Scripts>Get-ManagementRoleAssignment -I  \n\ndentity \"Help Desk\" | fl\n\nRunspaceId : 1  \n\nDataObject : Help Desk  \n\nRole : Mail Recipients  \n\nRoleAssigneeName :  \n\nDistinguishedName : CN=Help Desk,CN=Role Assignments,CN=RBAC,CN=First  \n\nOrganization,CN=Microsoft Exchange,DC=contoso,DC=com  \n\nName : Help Desk\n";
    assert_eq!(
        fields(text),
        "RunspaceId=1 DataObject=Help Desk Role=Mail Recipients RoleAssigneeName=- DistinguishedName=CN=Help Desk,CN=Role Assignments,CN=RBAC,CN=First Organization,CN=Microsoft Exchange,DC=contoso,DC=com Name=Help Desk\n"
    );
    assert_eq!(commands(text), ["Get-ManagementRoleAssignment -Identity \"Help Desk\" | fl"]);
    let objects =
        "PS C:\\> Get-ManagementRoleAssignment | fl Name,User\n\nName : a\nUser : b : c\n\nName : d\nUser :\n\nx\n";
    assert_eq!(fields(objects), "Name=a User=b : c\nName=d User=-\n");
}

#[test]
fn tables_without_dashes_are_read_where_every_value_begins_below_its_label() {
    let text = "Role                       RoleAssigneeType RoleAssigneeName\n\nOrganization Configuration RoleGroup        Organization Management\n\nRole                    RoleAssigneeType RoleAssigneeName\n\nView-Only Configuration RoleGroup        Hygiene Management\n\nView-Only Configuration RoleGroup        Compliance Management\n";
    assert_eq!(
        fields(text),
        "Role=Organization Configuration RoleAssigneeType=RoleGroup RoleAssigneeName=Organization Management\nRole=View-Only Configuration RoleAssigneeType=RoleGroup RoleAssigneeName=Hygiene Management\nRole=View-Only Configuration RoleAssigneeType=RoleGroup RoleAssigneeName=Compliance Management\n"
    );
}

#[test]
fn ten_thousand_lines_of_anything_are_read_to_the_end() {
    let lines = [
        "x\n",
        " x\n",
        "\n",
        "# x\n",
        "> > > > > > x\n",
        "WARNING: x\n",
        "PS>\n",
        "PS> (\n",
        "Get-X : x\n",
        "+ ~\n",
        "x\n\n",
        "   a: b\n\n",
        "********************** \n",
        "$x\n",
        "Get-RoleGroup x |\n",
        "```\n",
        "  x\n x\n",
    ];
    for line in lines {
        assert_eq!(fields(&line.repeat(40_000 / line.len())), "", "{line:?}");
    }
}

#[test]
fn a_warning_between_rows_does_not_end_the_table() {
    let table = "Name        RoleType\r\n----        --------\r\nMail        MailRecipients\r\nWARNING: The object x has been corrupted.\r\nWARNUNG: ResultSize\r\nUserOptions UserOptions\r\nVERBOSE: y\r\nHelp Desk   HelpDesk\r\n\r\n";
    let text = format!("PS C:\\> Get-ManagementRole\r\n{table}PS C:\\> Get-RoleGroup\r\n");
    assert_eq!(
        shown(&text),
        "4 Role table Name=Mail RoleType=MailRecipients\n7 Role table Name=UserOptions RoleType=UserOptions\n9 Role table Name=Help Desk RoleType=HelpDesk\n"
    );
    assert_eq!(noticed(&text), ["more-results Get-ManagementRole at 6 x1"]);
}

#[test]
fn a_warning_between_strings_does_not_end_them() {
    let text = "A\\Get-Mailbox\nA\\Set-Mailbox\nWARNING: x\nA\\Get-User\n";
    assert_eq!(fields(text), "Name=Get-Mailbox Role=A\nName=Set-Mailbox Role=A\nName=Get-User Role=A\n");
}

#[test]
fn a_warning_belongs_to_the_command_above_it() {
    let rows = "A\\Get-Mailbox\nA\\Set-Mailbox\n";
    let text = format!(
        "PS> Get-ManagementRoleEntry A\\* | % Identity\n{rows}PS> (Get-ManagementRole A).RoleEntries\n{rows}WARNING: ResultSize\nA\\Get-User\n"
    );
    assert_eq!(noticed(&text), ["more-results Get-ManagementRole at 7 x1"]);
    assert_eq!(commands(&text)[4], "(Get-ManagementRole A).RoleEntries");
}

#[test]
fn the_line_above_a_grouped_table_is_its_group() {
    let text = "\n   RoleType: MailRecipients\n\nName RoleType\n---- --------\nMail MailRecipients\n\n   RoleType: UserOptions\n\nName    RoleType\n----    --------\nOptions UserOptions\n";
    assert_eq!(
        shown(text),
        "6 Role table Name=Mail RoleType=MailRecipients\n12 Role table Name=Options RoleType=UserOptions\n"
    );
    assert_eq!(noticed(text), [""; 0]);
}

#[test]
fn a_warning_within_an_object_of_a_list_does_not_end_it() {
    let text = "Name     : Mail\nRoleType : MailRecipients\n\nName     : Options\nWARNING: x\nADVERTENCIA: y\nRoleType : UserOptions\n\nName     : Help\nRoleType : HelpDesk\n";
    assert_eq!(
        fields(text),
        "Name=Mail RoleType=MailRecipients\nName=Options RoleType=UserOptions\nName=Help RoleType=HelpDesk\n"
    );
}

#[test]
fn blanks_that_markdown_put_at_the_end_of_lines_are_no_part_of_values() {
    let text = "Name        : Mail  \nDescription : This role enables administrators to   \n              manage  \nRoleType    : MailRecipients\n";
    assert_eq!(
        fields(text),
        "Name=Mail Description=This role enables administrators to manage RoleType=MailRecipients\n"
    );
}

#[test]
fn a_doubled_list_is_one() {
    let text = "Name        : Mail\n\nDescription : This role enables administrators to\n\n              manage\n\nRoleType    : MailRecipients and some more than that\n\n\n\nName        : Help\n\nDescription :\n\nRoleType    : HelpDesk\n\n";
    assert_eq!(
        fields(text),
        "Name=Mail Description=This role enables administrators to manage RoleType=MailRecipients and some more than that\nName=Help Description=- RoleType=HelpDesk\n"
    );
}

#[test]
fn a_text_appended_with_its_mark_is_read_like_any_other() {
    let text = "A\\Get-Mailbox\nA\\Get-User\n\u{FEFF}A\\Get-User\nA\\FindItem\n\u{FEFF}Name RoleType\n---- --------\nMail Mail\n\n\u{FEFF}PS C:\\> (Get-ManagementRole A).RoleEntries\nA\\Set-User\n\u{FEFF}\n";
    assert_eq!(
        fields(text),
        "Name=Get-Mailbox Role=A\nName=Get-User Role=A\nName=Get-User Role=A\nName=FindItem Role=A\nName=Mail RoleType=Mail\nName=Set-User Role=A\n"
    );
    assert_eq!(commands(text)[5], "(Get-ManagementRole A).RoleEntries");
}

#[test]
fn a_document_below_a_long_prompt_is_no_part_of_the_command() {
    let command = "[PS] C:\\Windows\\system32>Get-ManagementRoleEntry \"Mail Recipients\\*\" | ConvertTo-";
    for (ending, output) in [
        ("Csv -NoTypeInformation", "\"Name\",\"Role\"\r\n\"Get-User\",\"Mail Recipients\"\r\n"),
        ("Json -Compress", "{\"Name\":\"Get-User\",\"Role\":\"Mail Recipients\"}\r\n"),
        ("Json -Compress", "\r\n{\"Name\":\"Get-User\",\"Role\":\"Mail Recipients | x\"}\r\n\r\n"),
    ] {
        let text = format!("{command}{ending}\r\n{output}");
        assert!(fields(&text).starts_with("Name=Get-User Role=Mail Recipients"), "{text}: {:?}", fields(&text));
    }
}

#[test]
fn a_document_in_a_string_of_a_script_is_read() {
    let object = "{\n    \"Name\":  \"Get-User\",\n    \"Role\":  \"A\",\n    \"Parameters\":  [\"Anr\"]\n}";
    for document in [object.to_owned(), format!("[\n{object}\n]")] {
        let text = format!("$entries = @'\n{document}\n'@\n");
        assert_eq!(fields(&text), "Name=Get-User Role=A Parameters=[Anr]\n", "{text}");
    }
}

#[test]
fn what_ends_a_listing_is_no_row_and_no_part_of_one() {
    let table = "Name            RoleType\n----            --------\nMyBaseOptions   MyBaseOptions\nMail Recipients MailRecipients\n";
    let records = "Name=MyBaseOptions RoleType=MyBaseOptions\nName=Mail Recipients RoleType=MailRecipients\n";
    for end in [
        "~~~",
        "{code}",
        "{noformat}",
        "[/code]",
        "</source>",
        "#>",
        "'@",
        "C:\\Users\\anna>",
        "(base) PS C:\\>",
        "==========",
    ] {
        assert_eq!(fields(&format!("{table}{end}\n")), records, "{end}");
    }
}

#[test]
fn a_sentence_below_a_table_is_no_record_and_leaves_doubt_at_most() {
    let heading = "Name            RoleType\n----            --------\n";
    let long = "Mail Recipients MailRecipients\n";
    let short = "Desk            OrganizationManagement\n";
    let text = format!("{heading}{long}{short}Regards,\nAnna\n");
    assert_eq!(
        fields(&text),
        "Name=Mail Recipients RoleType=MailRecipients\nName=Desk RoleType=OrganizationManagement\n"
    );
    assert!(noticed(&text).contains(&"unsafe-columns a row that does not fit the columns at 5 x2".to_owned()));
    // Below the longest name it may be the rest of that name.
    let text = format!("{heading}{short}{long}Regards,\n");
    assert_eq!(
        fields(&text),
        "Name=Desk RoleType=OrganizationManagement\nName=Mail Recipients RoleType=MailRecipients\n"
    );
    assert!(noticed(&text).contains(&"cut-value Name at 4 x1".to_owned()), "{:?}", noticed(&text));
}

#[test]
fn rows_run_together_are_no_names_of_roles() {
    let rows = "Name Role Identity\n---- ---- --------\nGet-User Mail Recipients Mail Recipients\\Get-User\n\
        Get-Mailbox Mail Recipients Mail Recipients\\Get-Mailbox\n";
    assert_eq!(fields(rows), "");
    assert_eq!(fields("PS C:\\> type x\nA\tGet-User\tA\\Get-User\nA\tGet-Mailbox\tA\\Get-Mailbox\n"), "");
}

#[test]
fn tabs_that_an_editor_put_for_blanks_do_no_harm() {
    let table = "Name\t\tRoleType\n----\t\t--------\nMail Recipients MailRecipients\nMyBaseOptions\tMyBaseOptions\n";
    assert_eq!(
        fields(table),
        "Name=Mail Recipients RoleType=MailRecipients\nName=MyBaseOptions RoleType=MyBaseOptions\n"
    );
    let list = "Name              : A\nDistinguishedName : CN=A,CN=Roles,CN=RBAC,CN=Contoso,CN=Microsoft \n\t\t    Exchange,DC=contoso\n\nName              : B\nDistinguishedName : CN=B\n";
    assert_eq!(
        fields(list),
        "Name=A DistinguishedName=CN=A,CN=Roles,CN=RBAC,CN=Contoso,CN=Microsoft Exchange,DC=contoso\nName=B DistinguishedName=CN=B\n"
    );
}

#[test]
fn the_line_of_a_group_holds_for_one_block() {
    let group = "   IsDefault: True\n\nName AssignedRoles\n---- -------------\nA    {B}\n\n\n";
    let groups = "Name AssignedRoles ManagedBy\n---- ------------- ---------\nC    {D}           {E}\n";
    assert_eq!(
        shown(&format!("{group}{groups}")),
        "5 RoleAssignmentPolicy table Name=A AssignedRoles=[B] IsDefault=True\n\
         10 RoleGroup table Name=C AssignedRoles=[D] ManagedBy=[E]\n"
    );
}
