use super::{Context, Sink, View, looks_like, read};
use crate::diagnostic::Report;
use crate::read::session::testing::{fields, noticed};
use crate::read::testing::{Seen, repeats, see};
use crate::record::{Record, Value};
use crate::source::{FileId, SourceFile};

fn seen(text: &str) -> Seen {
    let seen = see(read, text, 0, &Context::default());
    assert_eq!(seen.balance.lost, 0, "every line is accounted for in {text:?}");
    seen
}

fn records(text: &str) -> Vec<String> {
    seen(text).records
}

#[test]
fn windows_powershell_writes_the_type_first_and_quotes_all() {
    let text = "#TYPE Selected.Microsoft.Exchange.Data.Directory.Management.RoleGroup\r\n\"Name\",\"Description\",\"Note\"\r\n\
                \"Help Desk\",,\"\"\r\n\"Tier \"\"2\"\"\",\"first\r\nsecond\",\"x, y\"\r\n";
    assert_eq!(
        records(text),
        [
            "RoleGroup Name='Help Desk'; Description=-; Note=-",
            "RoleGroup Name='Tier \"2\"'; Description='first\r\nsecond'; Note='x, y'"
        ]
    );
}

#[test]
fn excel_changes_delimiter_quotes_and_case() {
    let text = "sep=;\r\nNAME;RoleAssigneeType;enabled\r\nMail Recipients-Desk;RoleGroup;WAHR\r\n;;\r\n";
    assert_eq!(
        records(text),
        ["RoleAssignment NAME='Mail Recipients-Desk'; RoleAssigneeType='RoleGroup'; enabled='WAHR'"]
    );
    assert_eq!(records("Name\tRole\tEnabled\nx\ty\tTRUE\n"), ["Unknown Name='x'; Role='y'; Enabled='TRUE'"]);
}

#[test]
fn blank_and_repeated_names_of_columns_lose_no_value() {
    let text = "\"Name\",\"\",\"name\",\"Role\"\n\"a\",\"b\",\"c\",\"d\"\n\"a\",,\"c\",\"d\"\n";
    let seen = seen(text);
    assert_eq!(seen.records, ["Unknown Name='a'; H1='b'; Role='d'", "Unknown Name='a'; Role='d'"]);
    assert!(seen.notices.contains(&"repeated-column ".to_owned()));
}

#[test]
fn a_row_that_does_not_fit_the_heading_is_said() {
    let text = "Name,Role,RoleAssigneeName\na,b,c\na,b,c,d\na,b\nnothing of a row\na,b,c,,\n";
    let seen = seen(text);
    assert_eq!(
        seen.records,
        [
            "RoleAssignment Name='a'; Role='b'; RoleAssigneeName='c'",
            "RoleAssignment Name='a'; Role='b'",
            "RoleAssignment Name='a'; Role='b'; RoleAssigneeName='c'"
        ]
    );
    assert_eq!(
        seen.notices,
        ["unrecognised-input row with more fields than the heading", "unrecognised-input row with one field"]
    );
}

#[test]
fn a_bad_quote_costs_one_line() {
    let text = "\"Name\",\"Role\"\r\n\"a,\"b\"\r\n\"c\",\"d\"\r\n\"e\",\"f\r\n\"g\",\"h\"\r\n\"i\",\"j\"\r\n";
    assert_eq!(
        records(text),
        ["Unknown Name='c'; Role='d'", "Unknown Name='g'; Role='h'", "Unknown Name='i'; Role='j'"]
    );
}

#[test]
fn the_end_of_the_file_cuts_a_record() {
    let text = "\"Name\",\"Role\",\"Parameters\"\n\"a\",\"b\",\"Anr,Ident";
    assert_eq!(records(text), ["RoleEntry Name='a'; Role='b'; Parameters=['Anr'|…'Ident']; cut"]);
    assert_eq!(records("\"Name\",\"Role\",\"Enabled\"\n\"a\",\"b"), ["Unknown Name='a'; Role='b'~; cut"]);
    assert_eq!(records("Name,Role,Enabled\na,b"), ["Unknown Name='a'; Role='b'~; cut"]);
    assert_eq!(records("Name,Role,Enabled\na,b,c"), ["Unknown Name='a'; Role='b'; Enabled='c'"]);
}

#[test]
fn appended_files_keep_their_own_headings() {
    let text = "\"Name\",\"Role\"\n\"a\",\"b\"\n\"Name\",\"Role\"\n\"c\",\"d\"\n\
                #TYPE Microsoft.Exchange.Data.Directory.SystemConfiguration.ExchangeRole\n\"Name\",\"RoleType\"\n\"e\",\"f\"\n\
                Name;RoleAssigneeName;Role\ng;h;i\n\u{FEFF}\"Name\",\"RecipientType\"\n\"j\",\"k\"\n";
    assert_eq!(
        records(text),
        [
            "Unknown Name='a'; Role='b'",
            "Unknown Name='c'; Role='d'",
            "Role Name='e'; RoleType='f'",
            "RoleAssignment Name='g'; RoleAssigneeName='h'; Role='i'",
            "Recipient Name='j'; RecipientType='k'"
        ]
    );
}

#[test]
fn a_role_entry_is_no_heading_whatever_its_parameters_are_called() {
    let text = "Name,Role,Parameters,Type\nGet-Mailbox,Alpha,Identity,Cmdlet\nSet-Mailbox,Alpha,Name,Cmdlet\n";
    let read = records(text);
    assert_eq!(read.len(), 2, "{read:?}");
    assert_eq!(read[0], "RoleEntry Name='Get-Mailbox'; Role='Alpha'; Parameters=['Identity']; Type='Cmdlet'");
}

#[test]
fn cells_below_a_repeated_heading_show_the_separator_too() {
    let text = "Name,Roles\na,Mail Recipients\nName,Roles\nb,x;y\n";
    assert_eq!(records(text), ["RoleGroup Name='a'; Roles=['Mail Recipients']", "RoleGroup Name='b'; Roles=['x'|'y']"]);
}

#[test]
fn in_a_console_the_table_ends_before_the_prompt() {
    let text = "\"Name\",\"Role\"\n\"a\",\"b\"\nPS C:\\> Get-RoleGroup | select Name,Role\n";
    let context = Context { command: Some("Get-ManagementRoleEntry x\\* | ConvertTo-Csv"), group: None };
    let seen = see(read, text, 0, &context);
    assert_eq!((seen.records, &text[seen.end..seen.end + 3]), (vec!["RoleEntry Name='a'; Role='b'".to_owned()], "PS "));
    let bare = "Name,Role\na,b\n\n\nRole : x\n";
    assert_eq!(&bare[see(read, bare, 0, &context).end..], "\n\nRole : x\n");
}

#[test]
fn one_column_holds_its_commas() {
    assert_eq!(records("\"Name\"\n\"Smith, John\"\n"), ["Unknown Name='Smith, John'"]);
    assert_eq!(records("UserPrincipalName\na@contoso.com\n"), ["Recipient UserPrincipalName='a@contoso.com'"]);
}

#[test]
fn a_type_name_is_said_to_be_lost_data() {
    let seen = seen("\"Name\",\"Roles\",\"Other\"\n\"a\",\"System.String[]\",\"System.Object[]\"\n");
    assert_eq!(seen.records, ["RoleGroup Name='a'; Roles=flat; Other=flat"]);
    assert_eq!(seen.notices, ["flattened-list Roles", "flattened-list another property"]);
}

/// One column of a role group's export, in which each cell is a row.
fn column(name: &str, cells: &[&str]) -> Vec<String> {
    let mut text = format!("\"RoleGroupType\",\"{name}\"\n");
    for cell in cells {
        text.push_str(&format!("\"Standard\",\"{}\"\n", cell.replace('"', "\"\"")));
    }
    let values =
        records(&text).into_iter().map(|record| record.rsplit_once(&format!("{name}=")).map(|(_, it)| it.to_owned()));
    values.map(|value| value.expect("the column is there")).collect()
}

#[test]
fn parameters_are_split_at_whatever_stands_between() {
    for cell in [
        "Anr,Identity",
        "Anr;Identity",
        "Anr|Identity",
        "Anr\nIdentity",
        "Anr Identity",
        "-Anr; -Identity",
        "{Anr, Identity}",
        "[Anr, Identity]",
    ] {
        assert_eq!(column("Parameters", &[cell]), ["['Anr'|'Identity']"], "{cell}");
    }
    assert_eq!(
        column("Parameters", &["{Anr, Identity...}", "{Anr, Ident...", "{}"]),
        ["['Anr'|'Identity'|…]", "['Anr'|…'Ident']", "[]"]
    );
}

#[test]
fn all_cells_of_a_column_show_its_separator() {
    assert_eq!(
        column("Roles", &["Mail Recipients;Help Desk, Tier 2", "User Options"]),
        ["['Mail Recipients'|'Help Desk, Tier 2']", "['User Options']"]
    );
    assert_eq!(
        column("Roles", &["Mail Recipients\nA; B", "User Options"]),
        ["['Mail Recipients'|'A; B']", "['User Options']"]
    );
    assert_eq!(
        column("Roles", &["Mail Recipients,Help Desk, Tier \"2\""]),
        ["['Mail Recipients'|'Help Desk, Tier \"2\"']"]
    );
    assert_eq!(
        column("Roles", &["Mail Recipients, User Options", "Role Management"]),
        ["['Mail Recipients'|'User Options']", "['Role Management']"]
    );
    assert_eq!(
        column("Roles", &["{Mail Recipients, User Options}", "{}"]),
        ["['Mail Recipients'|'User Options']", "[]"]
    );
    assert_eq!(column("Roles", &["A | B", "C | D"]), ["['A'|'B']", "['C'|'D']"]);
}

#[test]
fn a_cell_that_can_be_read_in_two_ways_is_not_split() {
    assert_eq!(
        column("Roles", &["Mail Recipients User Options", "MyBaseOptions"]),
        ["unsplit'Mail Recipients User Options'", "['MyBaseOptions']"]
    );
    assert_eq!(column("Roles", &["a;b", "c,d", "e"]), ["unsplit'a;b'", "unsplit'c,d'", "['e']"]);
    assert_eq!(column("Members", &["Smith, John", "svc-intune"]), ["unsplit'Smith, John'", "['svc-intune']"]);
    assert_eq!(
        column("RoleAssignments", &["MyBaseOptions-Zürich, restricted"]),
        ["unsplit'MyBaseOptions-Zürich, restricted'"]
    );
}

#[test]
fn canonical_names_keep_their_commas() {
    let one = "contoso.com/Users/Smith, John";
    let two = "contoso.com/Users/Tier 2 Desk";
    for between in [",", ";", "|", "\n", ", ", "; ", " | "] {
        let cell = format!("{two}{between}{one}");
        assert_eq!(column("Members", &[&cell]), [format!("['{two}'|'{one}']")], "{between:?}");
    }
    assert_eq!(column("Members", &[one]), [format!("['{one}']")]);
    let blanks = format!("{two} {one}");
    assert_eq!(column("Members", &[&blanks]), [format!("unsplit'{blanks}'")]);
    let mixed = format!("{two};svc-intune");
    assert_eq!(column("Members", &[&mixed]), [format!("unsplit'{mixed}'")]);
}

#[test]
fn distinguished_names_keep_their_commas() {
    let one = "CN=Smith\\, John,OU=Users,DC=contoso,DC=com";
    let two = "CN=svc-intune,OU=Service Accounts,DC=contoso,DC=com";
    for between in [",", ";", "|", "\n", ", "] {
        let cell = format!("{two}{between}{one}{between}{two}");
        assert_eq!(column("Members", &[&cell]), [format!("['{two}'|'{one}'|'{two}']")], "{between:?}");
    }
    assert_eq!(column("Members", &[&format!("{two} {one}")]), [format!("unsplit'{two} {one}'")]);
    let three = "CN=Bo,OU=Users,DC=contoso,DC=com";
    for between in [",", ";", "|", "; "] {
        let cell = format!("{two}{between}{three}");
        assert_eq!(column("Members", &[&cell]), [format!("['{two}'|'{three}']")], "{between:?}");
        let mixed = format!("{two}{between}bo@contoso.com");
        assert_eq!(column("Members", &[&mixed]), [format!("unsplit'{mixed}'")], "{between:?}");
    }
}

#[test]
fn role_entries_end_where_the_next_one_starts() {
    let (one, two) = ("(Exchange.E2010) Get-Mailbox -Anr -Identity", "(Exchange.E2010) Set-Mailbox");
    for between in [",", ";", "|", "\n", ", "] {
        assert_eq!(
            column("RoleEntries", &[&format!("{one}{between}{two}")]),
            [format!("['{one}'|'{two}']")],
            "{between:?}"
        );
    }
    assert_eq!(column("RoleEntries", &[&format!("{one} {two}")]), [format!("unsplit'{one} {two}'")]);
    let (one, two) = ("Help Desk, Tier 2\\Get-Mailbox(-Anr, -Identity)", "Intune (Zürich)\\Set-Mailbox");
    assert_eq!(
        column("RoleEntries", &[&format!("{one}, {two}"), &format!("{{{two}, {one}...}}")]),
        [format!("['{one}'|'{two}']"), format!("['{two}'|'{one}'|…]")]
    );
    assert_eq!(column("RoleEntries", &["Get-Mailbox,Set-Mailbox"]), ["['Get-Mailbox'|'Set-Mailbox']"]);
}

#[test]
fn a_table_is_known_by_its_first_lines() {
    for text in [
        "#TYPE System.Management.Automation.PSCustomObject\n",
        "sep=;\n",
        "\"Name\",\"X\"\n",
        "\n\nName;Role\na;b\n",
        "Name,Role\n",
        "\"Name\"\n\"a\"\n",
        "Department,UserPrincipalName\na,b\n",
        "# from the server\nName,Role\na,b\n",
    ] {
        assert!(looks_like(text), "{text:?}");
    }
    for text in [
        "",
        "Name : x, y\nRole : z\n",
        "Name  Role\n----  ----\na     b\n",
        "UserPrincipalName\n-----------------\na@contoso.com\n",
        "Get-RoleGroup | select Name,Role\n",
        "ft Name,Role,Members\n\nName Role Members\n",
        "Name\nRole\n",
        "Get-RoleGroup Name,Role\n",
        "{\"Name\": \"x\", \"Role\": \"y\"}",
        "A line of prose, with a Name, and a Role.\n",
    ] {
        assert!(!looks_like(text), "{text:?}");
    }
}

#[test]
fn a_cut_anywhere_costs_at_most_the_last_record() {
    let text = "#TYPE Selected.X\r\n\"Name\",\"Role\",\"Parameters\",\"Members\"\r\n\"a\",\"b \"\"c\"\"\",\"Anr,Identity\",\"Ü;y\"\r\n\
                \"d\",,\"Anr\r\nIdentity\",\"z\"\r\n\"Name\",\"Role\",\"Parameters\",\"Members\"\r\n\"e\",\"f\",\"\",\"x;q\"\r\n";
    let whole = records(text);
    assert_eq!(whole.len(), 3);
    for end in (0..text.len()).filter(|&end| text.is_char_boundary(end)) {
        let cut = records(&text[..end]);
        let (last, before) = cut.split_last().map_or((None, &cut[..]), |(last, before)| (Some(last), before));
        // A cell's separator may be seen only later in the column; what is whole is the same.
        let names = |records: &[String]| {
            records.iter().map(|it| it[..it.find("Members").unwrap_or(it.len())].to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names(before), names(&whole[..before.len()]), "cut at {end}");
        assert!(
            last.is_none_or(
                |last| last.ends_with("; cut") || names(&whole).contains(&names(std::slice::from_ref(last))[0])
            ),
            "cut at {end}: {last:?}"
        );
    }
}

#[test]
fn rows_that_repeat_others_are_read_as_the_others() {
    let heading = "Role,Name,Parameters,Type,Identity\n";
    let row = |number: usize| {
        // Lengths and letters as those of names of columns, which a quick look takes for them.
        let (role, name) = (["Rolf", "Named", "Helpdesk"][number % 3], ["Get-Id", "Get-Namely"][number % 2]);
        let parameters = ["Confirm;Identity", "Confirm", "", "\"A;B\"", "a;b..."][number % 5];
        (format!("{role},{name},{parameters},Cmdlet,{role}\\{name}\n"), number % 10)
    };
    let rows: Vec<(String, usize)> = (0..400).map(row).collect();
    let text = heading.to_owned() + &rows.iter().map(|(row, _)| row.as_str()).collect::<String>();
    let alone: Vec<String> = rows.iter().flat_map(|(row, _)| records(&(heading.to_owned() + row))).collect();
    assert_eq!(records(&text), alone);
    let repeats = repeats(read, &text);
    for (number, (one, (_, sort))) in repeats.iter().zip(&rows).enumerate().skip(100) {
        assert_eq!(one.is_some(), number % 5 != 4, "{number}");
        let same = repeats.iter().zip(&rows).all(|(other, (_, its))| one.is_none() || (one == other) <= (sort == its));
        assert!(same, "one number is of one name and one list");
    }
}

/// Whether each value stands where its field says.
fn stand_where_they_say(text: &str) {
    let file = SourceFile::decode(FileId(0), "x".into(), text.as_bytes()).expect("small");
    let mut on_record = |record: &Record<'_>| {
        for field in &record.fields {
            let there = file.slice(field.at);
            match &field.value {
                Value::Text(value, _) => assert_eq!(there.replace("\"\"", "\""), *value),
                Value::List(list) => assert_eq!(there, list.raw),
                Value::Nothing | Value::Object(_) => assert_eq!(there, ""),
            }
        }
    };
    let mut report = Report::default();
    read(&View::new(&file), 0, &Context::default(), &mut Sink::new(&mut report, &mut on_record));
}

#[test]
fn a_foretold_row_is_as_it_is_read() {
    let rows = [
        "\"A\",\"Get-X\",\"P;Q\",\"Cmdlet\",\"A\\Get-X\"\r\n",
        "\"B\",\"Get-X\",\"P;Q\",\"Cmdlet\",\"B\\Get-X\"\r\n",
        "\"B\",\"Get-X\",\"P;Q\",Cmdlet,\"B\\Get-X\"\r\n",
        "\"B\",\"Get-X\",\"P\",,\n",
        "\"C\",\"Get-X\",\"P\",,\n",
        "\"C\",\"Get-X\",\"P\",,x\n",
        "\"C\",\"Get-X\",\"P\",Cmdlet,x\r\r\n",
        "\"C\",\"Get-X\",\"P\",Cmdlets,x\n",
        "\"C\",\"Get-X\",\"P\",,\n",
        "\"C\",\"Get-X\",\"P\",\n",
        "\"C\",\"Get-X\",\"P\",,x,y\n",
        "\"C\",\"Get-X\",\"P\",\"System.Object[]\",\"say \"\"x\"\"\"\n",
        "\"System.Object[]\",\"Get-X\",\"P\",,\"x\"\"\"\n",
        ",\"Get-X\",\"P\",,\"x\"y\n",
    ];
    for heading in [
        "Role,Name,Parameters,Type,Identity\n",
        "Identity,Name,Role,Parameters,Type\n",
        "Identity,Name,Parameters,PSSnapinName,Type\n",
        "Type,Name,PSSnapinName,Parameters,Role\n",
    ] {
        // Nothing is kept of the first rows.
        let rows = std::iter::repeat_n(&rows, 20).flatten().chain([&heading, &rows[0]]);
        let all: Vec<String> = rows.map(|row| heading.to_owned() + row).collect();
        let text = heading.to_owned() + &all.iter().map(|one| &one[heading.len()..]).collect::<String>();
        let alone: Vec<String> = all.iter().flat_map(|one| records(one)).collect();
        assert_eq!(records(&text), alone);
        assert!(repeats(read, &text).iter().flatten().count() > 100, "some rows are foretold");
        stand_where_they_say(&text);
        // What is said of a value is said each time.
        let notices = noticed(&text);
        assert!(notices.iter().any(|it| it.starts_with("flattened-list") && it.ends_with(" x20")), "{notices:?}");
    }
}

#[test]
fn an_indented_table_is_read_without_its_indentation() {
    assert_eq!(fields("    Name,RoleType\n    A,B\n    \n"), "Name=A RoleType=B\n");
    assert_eq!(fields("\tName\tRoleType\n1\tA\tB\n"), "H1=1 Name=A RoleType=B\n", "the first column has no name");
    assert_eq!(fields("// Name,RoleType\n// A,B\n"), "Name=A RoleType=B\n");
}

#[test]
fn a_column_that_counts_the_rows_is_no_comment() {
    assert_eq!(fields("#,Name,RoleType\n1,A,B\n"), "#=1 Name=A RoleType=B\n");
}

#[test]
fn rows_may_end_with_a_delimiter_that_the_heading_lacks() {
    assert_eq!(
        fields("Name,RoleType,Parent\nA,B,C,\nD,E,F,\n"),
        "Name=A RoleType=B Parent=C\nName=D RoleType=E Parent=F\n"
    );
}

#[test]
fn a_mark_at_the_end_of_the_file_is_no_row() {
    for end in ["\u{1a}", "\0\0"] {
        assert_eq!(fields(&format!("Name,RoleType\r\nA,B\r\n{end}")), "Name=A RoleType=B\n");
    }
}

#[test]
fn a_table_of_markdown_has_neither_rule_nor_padding() {
    let table = "| Name | RoleType |\n| --- | :-- |\n| A B | C |\n| D \\| E | F |\n| G<br>H | I |\n";
    assert_eq!(fields(table), "Name=A B RoleType=C\n");
    let about = "unrecognised-input row with a bar or a line break within a value at 4 x2";
    assert!(noticed(table).contains(&about.to_owned()), "{:?}", noticed(table));
    assert_eq!(fields("||Name||RoleType||\n|A|B|\n"), "", "a wiki's heading does not stand above its cells");
}
