//! Tables as PowerShell prints them, and what a user is to see of them.

use std::fmt::Write;

use super::{looks_like, read};
use crate::diagnostic::{Report, noticed};
use crate::read::{Context, Group, Ledger, Sink, View};
use crate::record::{Complete, Record, Rest, Value};
use crate::source::{FileId, SourceFile};

/// What reading the table at the start of a text gives: a line for each record, and the rules that were noticed.
fn read_all(text: &str, context: &Context<'_>) -> (Vec<String>, Vec<&'static str>) {
    let file = SourceFile::decode(FileId(0), "x".into(), text.as_bytes()).expect("small");
    let view = View::new(&file);
    let mut report = Report::default();
    let mut ledger = Ledger::default();
    let mut records = Vec::new();
    let mut before = 0;
    let mut on_record = |record: &Record<'_>| {
        assert!(before <= record.at.start && record.at.end as usize <= text.len(), "spans rise and stay in the file");
        assert!(record.fields.iter().all(|field| field.at.start <= field.at.end && field.at.end <= record.at.end));
        before = record.at.start;
        records.push(show(record));
    };
    let mut sink = Sink::new(&mut report, &mut on_record).with_ledger(&mut ledger);
    let end = if looks_like(text) { read(&view, 0, context, &mut sink, |_| false) } else { 0 };
    let lost = ledger.balance(&SourceFile::decode(FileId(0), "x".into(), &text.as_bytes()[..end]).expect("small")).lost;
    assert_eq!(lost, 0, "every line of the table is accounted for");
    (records, report.notices().map(|notice| notice.rule.name).collect())
}

fn rows(text: &str) -> Vec<String> {
    read_all(text, &Context::default()).0
}

/// `Name=value` for each field; `~` marks what is incomplete.
fn show(record: &Record<'_>) -> String {
    let mut out = String::new();
    for field in &record.fields {
        let separator = if out.is_empty() { "" } else { "; " };
        // Writing to a string cannot fail.
        let _ = write!(out, "{separator}{}={}", field.name, value(&field.value));
    }
    if !record.complete {
        out.push_str(" (cut)");
    }
    out
}

fn value(value: &Value<'_>) -> String {
    match value {
        Value::Nothing => "null".into(),
        Value::Text(text, Complete::Yes) => text.to_string(),
        Value::Text(text, _) => format!("{text}~"),
        Value::Object(json) => json.to_string(),
        Value::List(list) => {
            let items = list.items();
            match items.rest {
                Rest::None => format!("[{}]", items.items.join("|")),
                Rest::Cut(partial) => format!("[{}]{}~", items.items.join("|"), partial.unwrap_or_default()),
                Rest::Unsplit(text) => format!("{text}~"),
            }
        }
    }
}

#[test]
fn both_marks_of_a_cut_list_are_told_apart() {
    let text = "\
Name         Role                      Parameters
----         ----                      ----------
Get-MailUser Help Desk                 {Anr, ErrorAction, ErrorVariable, Filter...}
Set-Contact  UnitySyncGALContactsCr... {AcceptMessagesOnlyFrom, AcceptMessagesOnlyFromDLMe...
Set-Place    Help Desk                 {WhatIf}
Repair.ps1   Help Desk                 {}
";
    assert_eq!(
        rows(text),
        [
            "Name=Get-MailUser; Role=Help Desk; Parameters=[Anr|ErrorAction|ErrorVariable|Filter]~",
            "Name=Set-Contact; Role=UnitySyncGALContactsCr~; Parameters=[AcceptMessagesOnlyFrom]AcceptMessagesOnlyFromDLMe~",
            "Name=Set-Place; Role=Help Desk; Parameters=[WhatIf]",
            "Name=Repair.ps1; Role=Help Desk; Parameters=[]",
        ]
    );
    assert_eq!(read_all(text, &Context::default()).1, [noticed::CUT_LIST.name, noticed::CUT_VALUE.name]);
}

#[test]
fn a_right_aligned_value_left_of_its_label_is_whole() {
    let text = "\
Role              RoleAssigneeType RoleAssigneeName
----              ---------------- ----------------
User Options             RoleGroup Help Desk
MyBaseOptions RoleAssignmentPolicy Default Role Assignment Policy
";
    assert_eq!(
        rows(text),
        [
            "Role=User Options; RoleAssigneeType=RoleGroup; RoleAssigneeName=Help Desk",
            "Role=MyBaseOptions; RoleAssigneeType=RoleAssignmentPolicy; RoleAssigneeName=Default Role Assignment Policy",
        ]
    );
}

#[test]
fn an_empty_cell_before_a_right_aligned_column_is_empty() {
    let text = "\
Name       Parent              Enabled
----       ------              -------
Role A     Mail Recipients        True
Role B                           False
";
    assert_eq!(
        rows(text),
        ["Name=Role A; Parent=Mail Recipients; Enabled=True", "Name=Role B; Parent=null; Enabled=False"]
    );
}

#[test]
fn a_right_aligned_value_keeps_the_mark_at_its_lost_head() {
    let text = "\
Name Enabled    RoleAssigneeType
---- -------    ----------------
a       True ...eAssignmentPolicy
b      False           RoleGroup
";
    // The second label ends one cell early here: nothing fits, nothing is guessed.
    assert!(rows(text).iter().all(|row| !row.contains("Policy; ")));
    let text = "\
Role      RoleAss
          igneeTy
          pe
----      -------
Help Desk ...olicy
";
    assert!(rows(text).iter().all(|row| !row.contains("RoleAssigneeType=olicy")));
    let text = "\
Role      RoleAs
          signee
          Type
----      ------
Help Desk ...icy
Help Desk   User
";
    assert_eq!(rows(text), ["Role=Help Desk; RoleAssigneeType=...icy~", "Role=Help Desk; RoleAssigneeType=User"]);
}

#[test]
fn full_width_characters_take_two_cells() {
    let text = "\
Name            Role
----            ----
サービス デスク 日本語 ロール
x               Mail Recipients
";
    assert_eq!(rows(text), ["Name=サービス デスク; Role=日本語 ロール", "Name=x; Role=Mail Recipients"]);
}

#[test]
fn a_host_that_counts_characters_is_understood() {
    let text = "\
Name         Role
----         ----
サービス デスク     日本語 ロール
サービス デスク全て同じ 日本語
x            Mail Recipients
";
    assert_eq!(rows(text)[1..], ["Name=サービス デスク全て同じ; Role=日本語", "Name=x; Role=Mail Recipients"]);
}

#[test]
fn a_column_too_narrow_for_a_mark_is_incomplete() {
    let seven = "\
Role            U
                s
                e
                r
----            -
Mail Recipients O
";
    assert_eq!(rows(seven), ["Role=Mail Recipients; User=O~"]);
    let classic = "\
Role                      Use
                          r
----                      ---
Mail Recipients           Org
Organization Client Ac... x
";
    assert_eq!(rows(classic), ["Role=Mail Recipients; User=Org~", "Role=Organization Client Ac~; User=x"]);
}

#[test]
fn a_name_that_ends_in_dots_is_cut_wherever_it_was() {
    let text = "\
Name            Role
----            ----
Ends in...      Mail Recipients
A longer name x Mail Recipients
";
    assert_eq!(rows(text)[0], "Name=Ends in~; Role=Mail Recipients");
}

#[test]
fn lines_that_break_behind_blanks_are_joined_with_one() {
    let text = "\
Name      Roles
----      -----
Help Desk {Mail Recipients, Distribution
          Groups, Organization Client
          Access}
Empty     {}
";
    assert_eq!(
        rows(text),
        [
            "Name=Help Desk; Roles=[Mail Recipients|Distribution Groups|Organization Client Access]",
            "Name=Empty; Roles=[]"
        ]
    );
}

#[test]
fn lines_that_break_at_the_full_width_are_joined_without_a_blank() {
    let text = "\
Name       ManagedBy
----       ---------
cert users {contoso.com/Microsoft Exchange Secur
           ity Groups/Organization Management, c
           ontoso.com/Users/Administrator}
";
    assert_eq!(
        rows(text),
        [
            "Name=cert users; ManagedBy=[contoso.com/Microsoft Exchange Security Groups/Organization Management|contoso.com/Users/Administrator]"
        ]
    );
}

#[test]
fn a_canonical_name_with_a_comma_is_one_item() {
    let text = "\
Name Members
---- -------
x    {contoso.com/Users/Tier 2, contoso.com/Users/Smith, John}
y    {contoso.com/Users/Smith, John...}
z    {contoso.com/Users/Smith, John, contoso.com/Users/Ann, ...
";
    assert_eq!(
        rows(text),
        [
            "Name=x; Members=[contoso.com/Users/Tier 2|contoso.com/Users/Smith, John]",
            "Name=y; Members=[]contoso.com/Users/Smith, John~",
            "Name=z; Members=[contoso.com/Users/Smith, John]contoso.com/Users/Ann~",
        ]
    );
}

#[test]
fn an_assignment_with_a_comma_in_its_name_is_not_split() {
    let text = "\
Name IsDefault RoleAssignments
---- --------- ---------------
x         True {MyBaseOptions-Default Policy, MyContactInformation-Default Policy}
y        False {MyBaseOptions-Lausanne, restricted}
";
    assert_eq!(
        rows(text),
        [
            "Name=x; IsDefault=True; RoleAssignments=[MyBaseOptions-Default Policy|MyContactInformation-Default Policy]",
            "Name=y; IsDefault=False; RoleAssignments={MyBaseOptions-Lausanne, restricted}~",
        ]
    );
}

#[test]
fn the_group_of_the_rows_is_a_field_unless_a_column_shows_it() {
    let text = "Name  Parameters\n----  ----------\nGet-X {Anr}\n\n   Role: Help Desk\n";
    let label = text.find("Role:").map(|at| (&text[at..at + 4], &text[at + 6..at + 15]));
    let file = SourceFile::decode(FileId(0), "x".into(), text.as_bytes()).expect("small");
    let view = View::new(&file);
    let shift = |part: &str| {
        let at = part.as_ptr() as usize - text.as_ptr() as usize;
        &view.text()[at..at + part.len()]
    };
    let group =
        label.map(|(label, value)| Group { label: shift(label), value: shift(value), at: view.span_of(shift(value)) });
    let mut seen = Vec::new();
    let mut on_record = |record: &Record<'_>| seen.push(show(record));
    let mut report = Report::default();
    read(&view, 0, &Context { command: None, group }, &mut Sink::new(&mut report, &mut on_record), |_| false);
    assert_eq!(seen, ["Name=Get-X; Parameters=[Anr]; Role=Help Desk"]);
}

#[test]
fn a_repeated_heading_and_a_warning_are_no_rows() {
    let text = "\
Name Role
---- ----
a    One role
Name Role
---- ----
b    Two roles
WARNING: There are more results available than are currently displayed.
c    Three roles
PS C:\\> Get-RoleGroup
";
    let (records, notices) = read_all(text, &Context::default());
    assert_eq!(records, ["Name=a; Role=One role", "Name=b; Role=Two roles", "Name=c; Role=Three roles"]);
    assert!(notices.contains(&noticed::MORE_RESULTS.name));
}

#[test]
fn collapsed_blanks_are_refused() {
    let text = "Name RoleType\n---- --------\nActive Directory Permissions ActiveDirectoryPermissions\nUser Options UserOptions\n";
    let (records, notices) = read_all(text, &Context::default());
    assert_eq!((records, notices), (Vec::<String>::new(), vec![noticed::UNSAFE_COLUMNS.name]));
    let (records, notices) = read_all("Name RoleType\n\nUser Options UserOptions\n", &Context::default());
    assert_eq!((records, notices), (Vec::<String>::new(), vec![noticed::UNSAFE_COLUMNS.name]));
}

#[test]
fn a_row_that_fits_by_chance_in_a_damaged_table_is_refused() {
    assert_eq!(rows("Name Role\n---- ----\nDistribution Groups One\nUser Options Foo\n"), Vec::<String>::new());
}

#[test]
fn a_list_broken_behind_its_comma_keeps_its_items_apart() {
    let text = "\
Name Members
---- -------
x    {contoso.com/Users/Annabel,
     contoso.com/Users/Bo}
";
    assert_eq!(rows(text), ["Name=x; Members=[contoso.com/Users/Annabel|contoso.com/Users/Bo]"]);
}

#[test]
fn a_row_moved_by_hand_is_read_where_its_gaps_show_it_and_refused_otherwise() {
    let text = "\
Name                 RoleType
----                 --------
Mail Recipients      MailRecipients
User Options         UserOptions
View-Only Recipients ViewOnlyRecipients
Role Management      RoleManagement
Recipient Policies   RecipientPolicies
Distribution Groups    DistributionGroups
Organization Client Access    OrganizationClientAccess
Mailbox Import Export MailboxImportExport
";
    let (records, notices) = read_all(text, &Context::default());
    assert_eq!(records.len(), 7);
    assert_eq!(records[6], "Name=Organization Client Access; RoleType=OrganizationClientAccess");
    assert_eq!(notices, [noticed::UNSAFE_COLUMNS.name]);
}

#[test]
fn a_blank_line_behind_every_line_and_a_lost_line_of_dashes_do_no_harm() {
    let spaced = "Name  Role\n\n----  ----\n\na     One role\n\nbb    Two roles\n\n";
    assert_eq!(rows(spaced), ["Name=a; Role=One role", "Name=bb; Role=Two roles"]);
    let bare = "Name  Role\n\n---\n\na     One role\n\nbb    Two roles\n";
    assert_eq!(rows(bare), ["Name=a; Role=One role", "Name=bb; Role=Two roles"]);
}

#[test]
fn rows_without_labels_are_no_table() {
    assert!(!looks_like("Get-Mailbox     Mail Recipients   {Anr}\nSet-Mailbox     Mail Recipients   {Anr}\n"));
    assert!(!looks_like("A title\n-------------\ntext\n"));
}

/// Of each record where it stands, its values with their places, and the number that it shares with others.
fn placed(text: &str) -> Vec<(String, Option<u32>)> {
    let file = SourceFile::decode(FileId(0), "x".into(), text.as_bytes()).expect("small");
    let (mut report, mut records) = (Report::default(), Vec::new());
    let mut on_record = |record: &Record<'_>| {
        let places: Vec<&str> = record.fields.iter().map(|field| file.slice(field.at)).collect();
        let shown = format!("{} {:?} {places:?} {}", file.slice(record.at), record.kind, show(record));
        records.push((shown, record.repeats));
    };
    let mut sink = Sink::new(&mut report, &mut on_record);
    read(&View::new(&file), 0, &Context::default(), &mut sink, |_| false);
    let notices: Vec<_> = report.notices().map(|it| format!("{} {} x{}", it.rule.name, it.about, it.count)).collect();
    records.push((notices.join(", "), None));
    records
}

#[test]
fn a_row_that_earlier_ones_foretell_is_as_it_is_read() {
    let names = ["Get-Mailbox", "GetUserPhoto:GET", "Set-CASMailboxPlan...", "Add-MailboxPermission"];
    let lists = ["{}", "{Anr, Archive...}", "{Identity}", "{Identity, Anr, B...", "{Größe}"];
    let roles = ["EMEA Help Desk", "Mail Recipients", "Réseau", "Very Long Role ...", "DLP Auditors"];
    let cells: Vec<[&str; 3]> = (0..4000)
        .map(|number| {
            let list = if number % 101 == 0 { 4 } else { (number % 4) ^ (number / 2 % 2) };
            [names[number % 4], roles[number / 80 % 5], lists[list]]
        })
        .collect();
    for order in [[0, 1, 2], [1, 0, 2], [2, 0, 1]] {
        let row = |cells: [&str; 3]| {
            let [one, two, three] = order.map(|index| cells[index]);
            format!("{one:<21} {two:<21} {three}\r\n")
        };
        let heading = row(["Name", "Role", "Parameters"]) + &row(["----", "----", "----------"]);
        let text: String = cells.iter().map(|cells| row(*cells)).collect();
        let mut whole = placed(&(heading.clone() + &text));
        let said = whole.pop().expect("the notices are the last").0;
        assert!(said.contains("cut-value Role x800") && said.contains("cut-value Name x1000"), "{said}");
        let alone = cells.iter().map(|cells| placed(&(heading.clone() + &row(*cells))).swap_remove(0).0);
        assert!(whole.iter().map(|(shown, _)| shown).eq(alone.collect::<Vec<_>>().iter()), "{order:?}");
        let of = |index: usize| (cells[index][0], cells[index][2], whole[index].1);
        for index in (2000..4000).filter(|index| *index % 7 == 0) {
            let (name, list, number) = of(index);
            let same = (0..4000).map(of).filter(|(.., other)| number.is_some() && *other == number);
            assert!(same.clone().all(|(other, its, _)| (other, its) == (name, list)), "{order:?} {index}");
            // Where the role is not plain, or follows, nothing is foretold.
            let foretold = order != [2, 0, 1] && cells[index][1] != "Réseau" && list != "{Größe}";
            assert_eq!(same.count() > 10, foretold, "{order:?} {index}");
        }
    }
}

/// A table with everything that makes reading hard.
const HARD: &str = "\
Name                RoleAssigneeType Roles                                      User
----                ---------------- -----                                      ----
サービス デスク            RoleGroup {A : B, Help Desk, {Braces}; and | pipes…} x…
Smith, John     RoleAssignmentPolicy {}                                         é
O'Brien & Sons                  User {contoso.com/Users/Smith, John}
";

#[test]
fn a_file_that_stops_anywhere_shows_no_row_that_is_not_there() {
    let whole = rows(HARD);
    assert_eq!(whole.len(), 3);
    for end in (0..HARD.len()).filter(|&end| HARD.is_char_boundary(end)) {
        let cut = rows(&HARD[..end]);
        let lines = HARD[..end].matches('\n').count().saturating_sub(2);
        assert_eq!(cut[..lines.min(cut.len())], whole[..lines]);
        assert!(cut.len() <= lines + 1, "at most the row that is cut is added");
    }
}

#[test]
fn broken_bytes_do_not_stop_the_reader() {
    let bytes = HARD.as_bytes();
    for at in 0..bytes.len() {
        for byte in [b' ', b'-', b'{', b'\n', 0, 0xFF] {
            let mut broken = bytes.to_vec();
            broken[at] = byte;
            rows(&String::from_utf8_lossy(&broken));
        }
    }
}
