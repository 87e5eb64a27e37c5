//! What a user sees of CLIXML files.

use crate::diagnostic::{Notice, Report};
use crate::read::json::tests::{damage, outcome};
use crate::read::testing::repeats;
use crate::read::{Sink, read};
use crate::record::Record;
use crate::source::{FileId, SourceFile};

const HEAD: &str = "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\n";

fn document(objects: &str) -> String {
    format!("{HEAD}{objects}</Objs>")
}

#[track_caller]
fn check(text: &str, records: &[&str], notices: &[&str]) {
    let outcome = outcome(text);
    assert_eq!(outcome.records, records);
    assert_eq!(outcome.notices, notices);
    assert_eq!(outcome.balance.lost, 0, "no line is lost");
}

const TYPED: &str = r#"  <Obj RefId="0">
    <TN RefId="0">
      <T>Microsoft.Exchange.Data.Directory.Management.RoleGroup</T>
      <T>System.Object</T>
    </TN>
    <ToString>Help Desk</ToString>
    <Props>
      <S N="Name">Help Desk &amp; more_x000A_x</S>
      <Obj N="Roles" RefId="1">
        <TN RefId="1">
          <T>Microsoft.Exchange.Data.MultiValuedProperty`1[[Microsoft.Exchange.Data.Directory.ADObjectId]]</T>
        </TN>
        <LST>
          <Obj RefId="2">
            <TN RefId="2">
              <T>Microsoft.Exchange.Data.Directory.ADObjectId</T>
            </TN>
            <ToString>Mail Recipients</ToString>
            <Props>
              <S N="Name">Mail Recipients</S>
            </Props>
          </Obj>
        </LST>
      </Obj>
      <Obj N="Members" RefId="3">
        <TNRef RefId="1" />
        <LST />
      </Obj>
      <Obj N="RoleGroupType" RefId="4">
        <TN RefId="3">
          <T>Microsoft.Exchange.Data.RoleGroupType</T>
          <T>System.Enum</T>
        </TN>
        <ToString>Standard</ToString>
        <I32>0</I32>
      </Obj>
      <Nil N="LinkedGroup" />
      <B N="IsValid">true</B>
      <Obj N="Identity" RefId="5">
        <TNRef RefId="2" />
        <ToString>contoso.com/Groups/Help Desk</ToString>
        <MS>
          <BA N="SerializationData">AAEAAAD/////</BA>
        </MS>
      </Obj>
      <Ref N="Id" RefId="5" />
    </Props>
    <MS>
      <BA N="SerializationData">AAEAAAD/////</BA>
    </MS>
  </Obj>
"#;

#[test]
fn an_object_of_exchanges_own_shell_is_read() {
    check(
        &document(TYPED),
        &[
            "2 RoleGroup Name=Help Desk & more\nx Roles=[Mail Recipients] Members=[] RoleGroupType=Standard LinkedGroup=null IsValid=True Identity=contoso.com/Groups/Help Desk Id=contoso.com/Groups/Help Desk",
        ],
        &[],
    );
}

#[test]
fn one_array_or_many_objects_are_the_same() {
    let object = "<Obj RefId=\"1\"><TN RefId=\"1\"><T>Deserialized.Microsoft.Exchange.Data.Directory.SystemConfiguration.ExchangeRole</T></TN><MS><S N=\"Name\">a</S></MS></Obj>\n<Obj RefId=\"2\"><TNRef RefId=\"1\" /><MS><S N=\"Name\">b</S></MS></Obj>\n";
    check(&document(object), &["2 Role Name=a", "3 Role Name=b"], &[]);
    let array = format!("<Obj RefId=\"0\"><TN RefId=\"0\"><T>System.Object[]</T></TN><LST>{object}</LST></Obj>");
    check(&document(&array), &["2 Role Name=a", "3 Role Name=b"], &[]);
    let announced = format!("#< CLIXML\n{}\n{}", document(object), document(object));
    check(&announced, &["3 Role Name=a", "4 Role Name=b", "7 Role Name=a", "8 Role Name=b"], &[]);
}

#[test]
fn selected_objects_and_dictionaries_are_records() {
    check(
        &document(
            "<Obj RefId=\"0\"><MS><S N=\"Name\">Get-User</S><S N=\"Parameters\">Anr Filter</S></MS></Obj>\n<Obj RefId=\"1\"><DCT><En><S N=\"Key\">Name</S><S N=\"Value\">a</S></En><En><S N=\"Key\">RoleType</S><Nil N=\"Value\" /></En></DCT></Obj>\n",
        ),
        &["2 RoleEntry Name=Get-User Parameters=[Anr; Filter]", "3 Role Name=a RoleType=null"],
        &[],
    );
}

#[test]
fn what_depth_flattened_says_so() {
    check(
        &document(
            "<Obj RefId=\"0\"><MS><S N=\"Name\">a</S><S N=\"Roles\">Mail Recipients Journaling</S><S N=\"Members\">System.Object[]</S></MS></Obj>\n",
        ),
        &["2 RoleGroup Name=a Roles=[?Mail Recipients Journaling] Members=Flattened(System.Object[])"],
        &["2 blank-joined-list: Roles", "2 flattened-list: Members"],
    );
}

#[test]
fn an_element_of_a_list_may_point_to_an_earlier_object() {
    check(
        &document(
            "<Obj RefId=\"0\"><MS><S N=\"Name\">g</S><Obj N=\"Identity\" RefId=\"1\"><ToString>x/a &amp; b</ToString></Obj><Obj N=\"ManagedBy\" RefId=\"2\"><LST><S>y</S><Ref RefId=\"1\" /><Ref RefId=\"99\" /></LST></Obj><Ref N=\"Roles\" RefId=\"2\" /><Ref N=\"Parent\" RefId=\"0\" /></MS></Obj>\n",
        ),
        &["2 RoleGroup Name=g Identity=x/a & b ManagedBy=[y; x/a & b...] Roles=[y; x/a & b...] Parent=Cut()"],
        &["2 cut-list: ManagedBy", "2 cut-list: Roles", "2 cut-value: Parent"],
    );
}

#[test]
fn a_property_may_be_called_as_the_attribute_that_points() {
    check(
        &document(
            "<Obj RefId=\"0\"><MS><S N=\"Name\">g</S><S N=\"RoleType\">x</S><Obj N=\"Identity\" RefId=\"1\"><ToString>a</ToString></Obj><Ref N=\"RefId\" RefId=\"1\" /></MS></Obj>\n",
        ),
        &["2 Role Name=g RoleType=x Identity=a RefId=a"],
        &[],
    );
}

#[test]
fn other_objects_are_one_json_object() {
    check(
        &document(
            "<Obj RefId=\"0\"><MS><S N=\"Name\">a</S><S N=\"RoleType\">x</S><Obj N=\"Extra\" RefId=\"1\"><MS><S N=\"k\">v\"</S><Obj N=\"l\" RefId=\"2\"><LST><I32>1</I32><Nil /></LST></Obj><Nil N=\"n\" /></MS></Obj></MS></Obj>\n",
        ),
        &[r#"2 Role Name=a RoleType=x Extra={"k":"v\"","l":["1",null],"n":null}"#],
        &[],
    );
}

#[test]
fn an_object_of_another_kind_is_kept_without_a_claim() {
    check(
        &document(
            "<Obj RefId=\"0\"><TN RefId=\"0\"><T>Microsoft.Exchange.Data.Directory.SystemConfiguration.IRMConfiguration</T></TN><Props><S N=\"Name\">a</S></Props></Obj>\n<S>text</S>\n",
        ),
        &["2 Unknown Name=a"],
        &["2 unknown-object: IRMConfiguration", "3 unrecognised-input: CLIXML value that is no object"],
    );
}

#[test]
fn a_document_type_definition_is_refused() {
    let laughs = format!(
        "<?xml version=\"1.0\"?>\n<!DOCTYPE Objs [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\"><!ENTITY c SYSTEM \"file:///x\">]>\n{}",
        document("<Obj RefId=\"0\"><MS><S N=\"Name\">&b;&c;</S><S N=\"RoleType\">x</S></MS></Obj>\n")
    );
    check(&laughs, &[], &["2 unrecognised-input: document type definition"]);
    check(
        &document("<Obj RefId=\"0\"><MS><S N=\"Name\">&b;</S><S N=\"RoleType\">x</S></MS></Obj>\n"),
        &["2 Role Name=&b; RoleType=x"],
        &[],
    );
}

#[test]
fn a_record_that_the_end_cuts_is_incomplete() {
    let record =
        "<Obj RefId=\"0\">\n<MS><S N=\"Name\">Get-User</S><Obj N=\"Parameters\" RefId=\"1\"><LST><S>Anr</S><S>Filt";
    check(
        &format!("{HEAD}{record}"),
        &["2 RoleEntry (cut) Name=Get-User Parameters=[Anr...Filt]"],
        &["2 cut-record: RoleEntry"],
    );
    let record = "<Obj RefId=\"0\"><MS><S N=\"RoleType\">x</S><S N=\"Name\">Help De";
    check(&format!("{HEAD}{record}"), &["2 Role (cut) RoleType=x Name=Cut(Help De)"], &["2 cut-record: Role"]);
    let record = "<Obj RefId=\"0\"><TN RefId=\"0\"><T>Microsoft.Exchange.Data.Directory.Management.RoleGroup</T></TN><Props><S N=\"Name\">a";
    check(&format!("{HEAD}{record}"), &["2 RoleGroup (cut) Name=Cut(a)"], &["2 cut-record: RoleGroup"]);
    let record = "<Obj RefId=\"0\"><MS><S N=\"RoleType\">x</S></MS></Obj>\n";
    check(&format!("{HEAD}{record}"), &["2 Role RoleType=x"], &["3 cut-record: CLIXML document"]);
}

#[test]
fn reading_goes_on_behind_a_broken_record() {
    let record = |name: &str, end: &str| {
        format!(
            "  <Obj RefId=\"0\">\n    <MS>\n      <S N=\"Name\">{name}</{end}>\n      <S N=\"RoleType\">x</S>\n    </MS>\n  </Obj>\n"
        )
    };
    check(
        &document(&[record("a", "S"), record("b", "B"), record("c", "S")].concat()),
        &["2 Role Name=a RoleType=x", "14 Role Name=c RoleType=x"],
        &["8 unrecognised-input: broken CLIXML object"],
    );
}

#[test]
fn what_is_broken_is_the_same_whether_or_not_the_records_above_were_foretold() {
    // The last record is one that others foretell, where there are many.
    let broken = |end: &str, range: std::ops::Range<usize>| {
        let text = format!("{HEAD}{}{end}\n{}</Objs>\n", entries(range, false), entries(0..3, false));
        let file = SourceFile::decode(FileId(0), "x.clixml".into(), text.as_bytes()).expect("small");
        let mut report = Report::default();
        read(&file, &mut Sink::new(&mut report, &mut |_: &Record<'_>| {}));
        let at = text.find(end).expect("it is there");
        let place = |notice: &Notice| (notice.rule.name, notice.about.clone(), notice.first.start as usize == at);
        report.notices().map(place).collect::<Vec<_>>()
    };
    for end in ["</ObN>", "</Objameters\" RefId=\"41\">", "<", "</>", "<!-- -->"] {
        assert_eq!(broken(end, 397..398), broken(end, 0..398), "{end}");
    }
    assert_eq!(broken("</ObN>", 0..398), [("unrecognised-input", "broken CLIXML".to_owned(), true)]);
}

#[test]
fn a_console_goes_on_below_a_document() {
    let list = "\nPS C:\\> Get-ManagementRole \n\nName RoleType\n---- --------\nc    Custom\n\n";
    let role = document("<Obj RefId=\"0\"><MS><S N=\"RoleType\">x</S></MS></Obj>\n");
    check(&format!("{role}\n{list}"), &["2 Role RoleType=x", "9 Role Name=c RoleType=Custom"], &[]);
    let prompt = "PS C:\\> Get-Content roles.xml\n";
    check(&format!("{prompt}{role}\n{list}"), &["3 Role RoleType=x", "10 Role Name=c RoleType=Custom"], &[]);
}

#[test]
fn a_name_may_hold_brackets_and_quotation_marks() {
    check(
        &document("<Obj RefId='0'><MS><S N=\"a>b\">v</S><S N='c\"d'>w</S><S N=\"RoleType\" >x</S ></MS></Obj>\n"),
        &["2 Role a>b=v c\"d=w RoleType=x"],
        &[],
    );
}

#[test]
fn damaged_files_lose_no_line() {
    damage(&document(TYPED));
    damage(&document(
        "<Obj RefId=\"0\"><LST><Obj RefId=\"1\"><MS><S N=\"Name\">a</S><S N=\"RoleType\">x</S></MS></Obj>\n<Obj RefId=\"2\"><MS><S N=\"Name\">b</S><S N=\"RoleType\">x</S></MS></Obj>\n</LST></Obj>\n",
    ));
}

#[test]
fn hostile_files_take_linear_time() {
    let many = 100_000;
    assert!(outcome(&document(&"<Obj RefId=\"0\"><LST>".repeat(many))).records.is_empty());
    assert!(outcome(&document(&"<Obj RefId=\"0\"><MS><Obj N=\"a\"><LST>\n".repeat(many))).records.len() <= 1);
    assert!(outcome(&document(&"  <Obj RefId=\"0\"><MS><S N=\"a\">\n".repeat(many))).records.len() <= 1);
    assert!(outcome(&document(&"<Obj RefId=\"4000000000\" />\n".repeat(many))).records.is_empty());
    assert!(outcome(&document(&"<Ref".repeat(10 * many))).records.is_empty());
    let deep = format!("{}{}", "<Obj N=\"a\" RefId=\"1\"><MS>".repeat(100), "</MS></Obj>".repeat(100));
    assert!(outcome(&document(&format!("<Obj RefId=\"0\"><MS>{deep}</MS></Obj>"))).records.len() == 1);
}

/// Role entries of several roles, with their numbers from `first` on; `point_back`: one points to another object.
fn entries(range: std::ops::Range<usize>, point_back: bool) -> String {
    let entry = |number: usize| {
        let (role, name) = (["A", "Help &amp; Desk", "B"][number / 7 % 3], ["Get-Id", "Set-Id"][number % 2]);
        let items = ["<S>Confirm</S><S>Identity</S>", "", "<S>Confirm</S>"][number % 5 % 3];
        let types = "<T>Deserialized.Microsoft.Exchange.Data.ExchangeRoleEntryPresentation</T>";
        let kind = match (number % 6, point_back) {
            (0, _) => "<I32 N=\"Type\">12</I32>",
            (1, true) => "<Ref N=\"Type\" RefId=\"0\" />",
            _ => "<S N=\"Type\">Cmdlet</S>",
        };
        format!(
            "<Obj RefId=\"{}\"><TN RefId=\"0\">{types}</TN><ToString>{name}</ToString><Props><S N=\"Role\">{role}</S>\
             <S N=\"Name\">{name}</S><Obj N=\"Parameters\" RefId=\"{}\"><LST>{items}</LST></Obj>{kind}\
             <S N=\"Identity\">{role}\\{name}</S></Props></Obj>\n",
            2 * number,
            2 * number + 1
        )
    };
    range.map(entry).collect()
}

#[test]
fn objects_that_repeat_others_are_read_as_the_others() {
    // Without the lines, which differ.
    let read = |text: &str| -> Vec<String> {
        let records = outcome(text).records.into_iter();
        records.map(|record| record.trim_start_matches(|char: char| char.is_ascii_digit()).to_owned()).collect()
    };
    let alone: Vec<String> = (0..400).flat_map(|number| read(&document(&entries(number..number + 1, false)))).collect();
    let text = document(&entries(0..400, false));
    assert_eq!(read(&text), alone);
    assert_eq!(alone.len(), 400);
    let repeat = |text: &str| repeats(super::read, text).iter().flatten().count();
    assert!(repeat(&text) > 200, "{}", repeat(&text));
    // Another document may number its types anew, and where one points back, every number counts.
    assert_eq!(read(&(text.clone() + "\n" + &text)), [&alone[..], &alone[..]].concat());
    assert_eq!(repeat(&document(&entries(0..400, true))), 0);
}
