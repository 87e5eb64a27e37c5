//! What a user sees of JSON files.

use crate::diagnostic::Report;
use crate::read::session::testing::noticed;
use crate::read::testing::repeats;
use crate::read::{Balance, Ledger, Sink, read};
use crate::record::{Complete, Record, Rest, Value};
use crate::source::{FileId, SourceFile};

/// What was read of a text: a line for each record, a line for each notice, the account of its lines.
pub(in crate::read) struct Outcome {
    pub(in crate::read) records: Vec<String>,
    pub(in crate::read) notices: Vec<String>,
    pub(in crate::read) balance: Balance,
}

pub(in crate::read) fn outcome(text: &str) -> Outcome {
    let file = SourceFile::decode(FileId(0), "x".into(), text.as_bytes()).expect("a test is small");
    let (mut report, mut ledger, mut records) = (Report::default(), Ledger::default(), Vec::new());
    let mut last = 0;
    let mut on_record = |record: &Record<'_>| {
        assert!(last <= record.at.start && record.at.start <= record.at.end, "records follow each other");
        assert!(record.at.end as usize <= file.text().len(), "spans lie in the file");
        let within = |at: crate::source::Span| at.start <= at.end && at.end as usize <= file.text().len();
        assert!(record.fields.iter().all(|field| within(field.at)), "spans lie in the file");
        last = record.at.start;
        records.push(shown(record, &file));
    };
    let mut sink = Sink::new(&mut report, &mut on_record).with_ledger(&mut ledger);
    read(&file, &mut sink);
    let place = |at: crate::source::Span| file.line(at.start);
    let notices = report.notices().map(|it| format!("{} {}: {}", place(it.first), it.rule.name, it.about)).collect();
    Outcome { records, notices, balance: ledger.balance(&file) }
}

fn shown(record: &Record<'_>, file: &SourceFile<'_>) -> String {
    let cut = if record.complete { "" } else { " (cut)" };
    let fields: Vec<String> = record.fields.iter().map(|it| format!("{}={}", it.name, value(&it.value))).collect();
    format!("{} {}{cut} {}", file.line(record.at.start), record.kind.name(), fields.join(" "))
}

fn value(value: &Value<'_>) -> String {
    match value {
        Value::Nothing => "null".to_owned(),
        Value::Text(text, Complete::Yes) => text.to_string(),
        Value::Text(text, complete) => format!("{complete:?}({text})"),
        Value::Object(json) => json.to_string(),
        Value::List(list) => {
            let items = list.items();
            let rest = match items.rest {
                Rest::None => String::new(),
                Rest::Cut(partial) => format!("...{}", partial.unwrap_or_default()),
                Rest::Unsplit(text) => format!("?{text}"),
            };
            format!("[{}{rest}]", items.items.join("; "))
        }
    }
}

/// Reads a text cut at each byte, and with each byte replaced: nothing may panic, no line may be lost, and a cut text
/// has the records of the whole one up to the cut.
pub(in crate::read) fn damage(text: &str) {
    let whole = outcome(text);
    for end in (0..text.len()).filter(|&end| text.is_char_boundary(end)) {
        let cut = outcome(&text[..end]);
        assert_eq!(cut.balance.lost, 0, "no line of {:?} is lost", &text[..end]);
        let (complete, incomplete): (Vec<_>, Vec<_>) = cut.records.iter().partition(|record| !record.contains("(cut)"));
        assert!(incomplete.len() <= 1, "one record of {:?} is cut: {incomplete:?}", &text[..end]);
        assert!(complete.len() <= whole.records.len(), "{:?} has no more records: {complete:?}", &text[..end]);
        for (cut, whole) in complete.into_iter().zip(&whole.records) {
            assert_eq!(cut, whole, "cut at {end}");
        }
    }
    for at in (0..text.len()).filter(|&at| text.is_char_boundary(at) && text.is_char_boundary(at + 1)) {
        for other in ["\"", "{", "}", "[", "]", ",", "\\", "\n", "<", ">", "/", "&", "x", ""] {
            let flipped = format!("{}{other}{}", &text[..at], &text[at + 1..]);
            assert_eq!(outcome(&flipped).balance.lost, 0, "no line of {flipped:?} is lost");
        }
    }
}

#[track_caller]
fn check(text: &str, records: &[&str], notices: &[&str]) {
    let outcome = outcome(text);
    assert_eq!(outcome.records, records);
    assert_eq!(outcome.notices, notices);
    assert_eq!(outcome.balance.lost, 0, "no line is lost");
}

#[test]
fn both_shells_write_the_same_records() {
    let five = "[\r\n    {\r\n        \"Name\":  \"Get-Mailbox\",\r\n        \"Role\":  {\r\n                     \"Rdn\":  \"CN=Help Desk\",\r\n                     \"Name\":  \"Help Desk\"\r\n                 },\r\n        \"Parameters\":  [\r\n                           \"Anr\",\r\n                           \"Filter\"\r\n                       ]\r\n    }\r\n]\r\n";
    let seven = "[\n  {\n    \"Name\": \"Get-Mailbox\",\n    \"Role\": {\n      \"Rdn\": \"CN=Help Desk\",\n      \"Name\": \"Help Desk\"\n    },\n    \"Parameters\": [\n      \"Anr\",\n      \"Filter\"\n    ]\n  }\n]\n";
    let compressed =
        r#"[{"Name":"Get-Mailbox","Role":{"Rdn":"CN=Help Desk","Name":"Help Desk"},"Parameters":["Anr","Filter"]}]"#;
    let record = "RoleEntry Name=Get-Mailbox Role=Help Desk Parameters=[Anr; Filter]";
    check(five, &[&format!("2 {record}")], &[]);
    check(seven, &[&format!("2 {record}")], &[]);
    check(compressed, &[&format!("1 {record}")], &[]);
}

#[test]
fn documents_may_follow_each_other() {
    check(
        "{\"Name\":\"a\",\"RoleType\":\"Custom\"}\n\n\u{FEFF}[{\"Name\":\"b\",\"RoleType\":null}]\n{\"Name\":\"c\",\"RoleType\":\"\"}",
        &["1 Role Name=a RoleType=Custom", "3 Role Name=b RoleType=null", "4 Role Name=c RoleType=null"],
        &[],
    );
}

#[test]
fn values_are_shown_as_their_text() {
    check(
        r#"{"Name":"a","RoleType":3,"IsEndUserRole":false,"WhenChanged":"\/Date(1326441600000)\/","ExchangeVersion":{"Major":0, "Build":"14.0"},"EmailAddresses":["x","y"]}"#,
        &[
            r#"1 Role Name=a RoleType=3 IsEndUserRole=False WhenChanged=/Date(1326441600000)/ ExchangeVersion={"Major":0,"Build":"14.0"} EmailAddresses=[x; y]"#,
        ],
        &["1 unknown-number: RoleType"],
    );
}

#[test]
fn a_number_with_a_published_name_is_no_notice() {
    check(r#"{"Name":"a","RoleAssigneeType":10}"#, &["1 RoleAssignment Name=a RoleAssigneeType=10"], &[]);
}

#[test]
fn lists_that_became_texts_say_so() {
    check(
        r#"[{"Name":"a","Roles":"Mail Recipients Journaling"},{"Name":"b","Roles":"System.Object[]"}]"#,
        &[
            "1 RoleGroup Name=a Roles=[?Mail Recipients Journaling]",
            "1 RoleGroup Name=b Roles=Flattened(System.Object[])",
        ],
        &["1 blank-joined-list: Roles", "1 flattened-list: Roles"],
    );
}

#[test]
fn what_shells_and_services_wrap_a_list_in_is_no_record() {
    let role = "1 Role Name=a RoleType=Custom";
    check(r#"{"value":[{"Name":"a","RoleType":"Custom"}],"Count":1}"#, &[role], &[]);
    check(r#"{"@odata.context":"https://x","value":[{"Name":"a","RoleType":"Custom"}]}"#, &[role], &[]);
    check(r#"[[{"Name":"a","RoleType":"Custom"}]]"#, &[role], &[]);
    check(r#"{"Name":"Contoso","Exchange":[{"Name":"a","RoleType":"Custom"}],"Tool":{"b":1}}"#, &[role], &[]);
}

#[test]
fn a_member_for_each_cmdlet_says_what_the_objects_are() {
    check(
        r#"{"Get-ManagementRole":[{"Name":"a"}],"Get-RoleGroupMember 'Help Desk'":[{"Name":"anna"}]}"#,
        &["1 Role Name=a", "1 RoleGroupMember Name=anna"],
        &[],
    );
}

#[test]
fn entries_and_members_inside_a_record_are_no_records() {
    check(
        r#"{"Name":"a","RoleEntries":[{"Name":"Get-User","Parameters":["Anr"],"PSSnapinName":"E2010"}]}"#,
        &["1 Role Name=a RoleEntries=[(E2010) Get-User -Anr]"],
        &[],
    );
    check(
        r#"{"Name":"g","Members":[{"Name":"anna","RecipientType":"User","Guid":"1"}],"Roles":[{"Name":"a","Guid":"2"}]}"#,
        &["1 RoleGroup Name=g Members=[anna] Roles=[a]"],
        &[],
    );
}

#[test]
fn other_programs_json_is_one_notice() {
    check(r#"{"name":"x","scripts":{"build":"tsc"},"files":[{"a":1},{"a":2}]}"#, &[], &["1 unknown-object: object"]);
    check(
        "[{\"a\":1},\n{\"a\":2}]",
        &["1 Unknown a=1", "2 Unknown a=2"],
        &["1 unknown-object: `a`; one column short of role assignments: a column `RoleAssigneeName`"],
    );
    check("[\"x\",1]", &[], &["1 unrecognised-input: JSON value that is no object"]);
}

#[test]
fn a_record_that_the_end_cuts_is_incomplete() {
    check(
        "[\n  {\"Name\":\"a\",\"Parameters\":[\"Anr\"]},\n  {\"Name\":\"b\",\"Parameters\":[\"Anr\",\"Fil",
        &["2 RoleEntry Name=a Parameters=[Anr]", "3 RoleEntry (cut) Name=b Parameters=[Anr...Fil]"],
        &["3 cut-record: RoleEntry"],
    );
    check(
        "[\n  {\"Name\":\"a\",\"Parameters\":[\"Anr\"]},\n",
        &["2 RoleEntry Name=a Parameters=[Anr]"],
        &["3 cut-record: JSON document"],
    );
}

#[test]
fn reading_goes_on_behind_a_broken_record() {
    check(
        "[\n  {\n    \"Name\": \"a\",\n    \"RoleType\": \"x\"\n  },\n  {\n    \"Name\" \"b\"\n  },\n  {\n    \"Name\": \"c\",\n    \"RoleType\": \"x\"\n  }\n]\n",
        &["2 Role Name=a RoleType=x", "9 Role Name=c RoleType=x"],
        &["6 unrecognised-input: broken JSON object"],
    );
    check(
        "{\"Name\":\"a\",\"RoleType\":\"x\"}\n{\"Name\":\"b\",\"Role\n{\"Name\":\"c\",\"RoleType\":\"x\"}\nnobody knows\n{\"Name\":\"d\",\"RoleType\":\"x\"}\n",
        &["1 Role Name=a RoleType=x", "3 Role Name=c RoleType=x", "5 Role Name=d RoleType=x"],
        &["2 unrecognised-input: broken JSON object", "4 unrecognised-input: text"],
    );
}

#[test]
fn what_is_nested_too_deep_is_called_so_and_costs_its_record() {
    let (open, close) = ("[".repeat(200), "]".repeat(200));
    let deep = format!("  {{\n    \"Name\": \"b\",\n    \"Roles\": {open}{close}\n  }},\n");
    let role = |name| format!("  {{\n    \"Name\": \"{name}\",\n    \"RoleType\": \"x\"\n  }}");
    check(
        &format!("[\n{},\n{deep}{}\n]\n", role("a"), role("c")),
        &["2 Role Name=a RoleType=x", "10 Role Name=c RoleType=x"],
        &["6 unrecognised-input: JSON nested too deep"],
    );
}

#[test]
fn a_console_goes_on_below_a_document() {
    let list = "\n[PS] C:\\>Get-ManagementRole \n\nName RoleType\n---- --------\nc    Custom\n\n";
    let json = "{\n  \"Name\": \"a\",\n  \"RoleType\": \"x\"\n}\n";
    let (first, last) = ("1 Role Name=a RoleType=x", "Role Name=c RoleType=Custom");
    check(&format!("{json}{list}"), &[first, &format!("10 {last}")], &[]);
    let prompt = "[PS] C:\\>Get-ManagementRole a | ConvertTo-Json\n";
    check(&format!("{prompt}{json}{list}"), &["2 Role Name=a RoleType=x", &format!("11 {last}")], &[]);
    let cut = "{\n  \"Name\": \"a\",\n  \"RoleEntries\": [\n    \"b\",\n";
    check(&format!("{cut}{list}"), &[&format!("10 {last}")], &["1 unrecognised-input: broken JSON"]);
}

#[test]
fn names_may_be_escaped_and_repeated() {
    check(
        "[{\"Na\\u006de\":\"a\",\"RoleType\":\"x\"},{\"Na\\u006de\":\"b\",\"RoleType\":\"x\",\"roletype\":\"y\"}]",
        &["1 Role Name=a RoleType=x", "1 Role Name=b RoleType=x roletype=y"],
        &[],
    );
}

#[test]
fn damaged_files_lose_no_line() {
    damage(
        "[\n  {\n    \"Name\": \"a\\n\",\n    \"Roles\": [\n      {\"Rdn\": \"x\", \"Name\": \"r\"}\n    ]\n  },\n  {\n    \"Name\": \"b\",\n    \"Roles\": []\n  }\n]\n",
    );
    damage("{\"Name\":\"a\",\"Parameters\":[\"x\",\"y\"]}\n{\"Name\":\"b\",\"Parameters\":null}\n");
    damage("{\"value\":[{\"Name\":\"a\",\"RoleType\":1}],\"Count\":1}");
}

#[test]
fn hostile_files_take_linear_time() {
    let million = 1_000_000;
    assert!(outcome(&"[".repeat(million)).records.is_empty());
    assert!(outcome(&"{\"a\":[\n".repeat(million / 10)).records.len() <= 1);
    assert!(outcome(&"{\"a\":".repeat(million / 10)).records.len() <= 1);
    assert!(outcome(&format!("[{}", "\n".repeat(million))).records.is_empty());
    assert_eq!(outcome(&format!("{{\"Name\":\"{}\",\"RoleType\":1}}", "\\n".repeat(million))).records.len(), 1);
    let wide: String = (0..million / 20).map(|number| format!("\"n{number}\":1,")).collect();
    assert_eq!(outcome(&format!("{{{wide}\"Name\":\"a\"}}")).records.len(), 1);
}

/// The fields of each record, each with the text where it stands.
fn with_places(text: &str) -> Vec<String> {
    let file = SourceFile::decode(FileId(0), "x".into(), text.as_bytes()).expect("a test is small");
    let (mut report, mut records) = (Report::default(), Vec::new());
    let mut on_record = |record: &Record<'_>| {
        let fields = record.fields.iter();
        let fields = fields.map(|it| format!("{} {}={}; ", it.name, file.slice(it.at), value(&it.value)));
        records.push(format!("{} {}", record.kind.name(), fields.collect::<String>()));
    };
    read(&file, &mut Sink::new(&mut report, &mut on_record));
    records
}

#[test]
fn objects_that_repeat_others_are_read_as_the_others() {
    let object = |number: usize| {
        let (role, name) = (["A", "Help Desk", "B"][number / 4 % 3], ["Get-Id", "Set-Id"][number % 2]);
        let parameters = ["[\"Confirm\", \"Identity\"]", "[]", "null", "\"Anr Filter\"", "[\n\"Confirm\"]"][number % 5];
        let kind = ["1", "12", "\"Cmdlet\"", "{\"value\": 1, \"Value\": \"Cmdlet\"}"][number % 4];
        let text = format!(
            "{{\"Role\": {{\"Name\": \"{role}\", \"Rdn\": \"CN={role}\"}}, \"Name\": \"{name}\", \
             \"Parameters\": {parameters}, \"Type\": {kind}, \"Identity\": \"{role}\\\\{name}\"}}"
        );
        (text, number % 20)
    };
    let objects: Vec<(String, usize)> = (0..400).map(object).collect();
    let text = objects.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join(",\n");
    let alone: Vec<String> = objects.iter().flat_map(|(text, _)| with_places(&format!("[{text}]"))).collect();
    assert_eq!(with_places(&format!("[{text}]")), alone);
    let notices = noticed(&format!("[{text}]"));
    assert!(
        notices.iter().any(|it| it.starts_with("unknown-number") && it.ends_with(" x200")),
        "each is counted: {notices:?}"
    );
    let repeats = repeats(super::read, &format!("[{text}]"));
    assert!(repeats.iter().flatten().count() > 100, "{repeats:?}");
    for (one, (_, sort)) in repeats.iter().zip(&objects) {
        let same =
            repeats.iter().zip(&objects).all(|(other, (_, its))| one.is_none() || (one == other) <= (sort == its));
        assert!(same, "one number is of one name and one list");
    }
}
