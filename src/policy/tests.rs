//! What a policy file may say, and what is said about one that says something else.

use super::*;
use crate::source::FileId;

fn read_text(text: &str) -> (Policy, Vec<String>) {
    let file = SourceFile::decode(FileId(0), "rolecall.toml".into(), text.as_bytes()).expect("small");
    let mut report = Report::default();
    let policy = read(&file, &mut report);
    report.sort();
    (policy, said(&file, &report))
}

/// One line a diagnostic: its line, rule, marked text, message and help.
fn said(file: &SourceFile<'_>, report: &Report) -> Vec<String> {
    let line = |diagnostic: &Diagnostic| {
        let at = diagnostic.labels[0].span;
        let help = diagnostic.help.as_deref().unwrap_or("");
        let marked = file.slice(at).replace('\n', "\\n");
        format!("{} {} [{marked}] {} ({help})", file.line(at.start), diagnostic.rule.0, diagnostic.message)
    };
    report.diagnostics.iter().map(line).collect()
}

#[test]
fn a_requirement_is_read_whole() {
    let text = r#"
[[require]]
id = "intune"
account = ["svc-intune", "svc-*"]
cmdlets = ["Get-Mailbox", "Set-CASMailbox:ActiveSyncEnabled|OWAEnabled", "get-mailbox"]
session = ["Get-Command"]
level = "warning"
scope = "self"
why = "it quarantines devices"
source = "ticket 4711"
valid-from = 2016-03-29
valid-to = "2023-11-10"
withdrawn = "support ended"
owner = "messaging"
review-by = 2027-01-01

[[require]]
account = "svc-backup"
cmdlets = ["Get-*"]
"#;
    let (policy, said) = read_text(text);
    assert_eq!(said, Vec::<String>::new());
    let first = &policy.requirements[0];
    assert_eq!((first.id.as_str(), &first.accounts[..]), ("intune", &["svc-intune".to_owned(), "svc-*".into()][..]));
    let items: Vec<&str> = first.items.iter().map(|item| item.text.as_str()).collect();
    assert_eq!(items, ["Get-Mailbox", "Set-CASMailbox:ActiveSyncEnabled|OWAEnabled"]);
    assert_eq!(first.session, ["Get-Command"]);
    assert_eq!((first.level, first.scope.as_deref()), (Some(Severity::Warning), Some("self")));
    assert_eq!(first.valid.from.as_deref(), Some("2016-03-29"));
    assert_eq!(first.valid.to.as_deref(), Some("2023-11-10"));
    assert_eq!(first.valid.withdrawn.as_deref(), Some("support ended"));
    assert_eq!(policy.requirements[1].id, "require-2");
    let file = SourceFile::decode(FileId(0), String::new(), text.as_bytes()).expect("small");
    assert_eq!(file.slice(first.items[0].at), "\"Get-Mailbox\"");
    assert_eq!(file.slice(first.at), "\"intune\"");
    assert_eq!(file.slice(policy.requirements[1].at), "[[require]]");
}

#[test]
fn every_mistake_is_said_in_one_run_where_it_stands() {
    let (policy, said) = read_text(
        r#"
exports = ["exports"]
[[require]]
acount = "svc-intune"
cmdlets = ["Set-Mailbox:A,B|C", 7, "Get-Mailbox"]
level = "eror"
scope = "forest"
valid-from = "soon"

[[require]]
pack = "intune-connector-onpremises"

[[require]]
account = ["", 3]
cmdlets = "Get-Mailbox"

[[require]]
account = "svc"
"#,
    );
    insta::assert_snapshot!(said.join("\n"));
    assert_eq!(policy.requirements.len(), 4);
    assert_eq!(policy.requirements[0].items.len(), 1);
}

#[test]
fn broken_syntax_costs_its_line_and_nothing_is_called_missing() {
    let (policy, said) =
        read_text("[[require]]\naccount = svc\ncmdlets = [\"Get-Mailbox\"\n\n[[require]]\nid = \"b\"\n");
    let places: Vec<&str> = said.iter().map(|line| &line[..15]).collect();
    assert_eq!(places, ["2 policy-syntax", "5 policy-syntax", "6 policy-syntax"], "{said:#?}");
    assert_eq!(policy.requirements[0].items[0].text, "Get-Mailbox");
}

#[test]
fn a_table_for_a_list_of_tables_is_said_and_read() {
    let (policy, said) = read_text("[require]\naccount = \"svc\"\ncmdlets = [\"Get-Mailbox\"]\n");
    assert_eq!(
        said,
        ["1 policy-wrong-type [[require]] `require` takes a list of tables, not a table (write `[[require]]`)"]
    );
    assert_eq!(policy.requirements[0].items.len(), 1);
}

#[test]
fn one_id_for_two_tables_is_said_at_both() {
    let text =
        "[[require]]\nid = \"a\"\ncmdlets = [\"Get-Mailbox\"]\n[[require]]\nid = \"a\"\ncmdlets = [\"Get-User\"]\n";
    let (_, said) = read_text(text);
    assert_eq!(said.len(), 1);
    assert!(said[0].starts_with("5 policy-repeated-id [\"a\"]"), "{said:?}");
}

#[test]
fn an_account_is_asked_for_only_where_nobody_else_names_one() {
    let file = SourceFile::decode(FileId(0), "x".into(), b"[[require]]\ncmdlets = [\"Get-User\"]\n").expect("small");
    let mut report = Report::default();
    let policy = read(&file, &mut report);
    assert_eq!(report.diagnostics, []);
    check_accounts(&policy, &mut report);
    assert_eq!(report.diagnostics[0].message, "requirement `require-1` names no account");
}

#[test]
fn packs_are_well_formed_and_hold_what_was_published() {
    for (name, items, session, withdrawn) in
        [("intune-connector-on-premises", 20, 1, "2024-01-15"), ("intune-connector-online", 16, 0, "2019-03-18")]
    {
        let pack = pack(name).expect("it ships");
        let (policy, said) = read_text(pack.text);
        assert_eq!(said, Vec::<String>::new());
        let [requirement] = &policy.requirements[..] else { panic!("one list") };
        assert_eq!(
            (requirement.id.as_str(), requirement.items.len(), requirement.session.len()),
            (name, items, session)
        );
        assert!(requirement.valid.withdrawn.as_deref().is_some_and(|text| text.contains(withdrawn)));
        assert!(requirement.source.is_some() && requirement.valid.from.is_some() && requirement.valid.to.is_some());
        assert!(requirement.items.iter().all(|item| !item.is_wild() && item.parameters.is_empty()));
    }
    assert_eq!(PACKS.len(), 2);
}

#[test]
fn a_pack_adds_its_list_where_it_is_named() {
    let text = "[[require]]\naccount = \"svc\"\npack = \"Intune-Connector-On-Premises\"\ntitle = \"ours\"\ncmdlets = [\"get-recipient\", \"Get-User\"]\n";
    let (policy, said) = read_text(text);
    assert_eq!(said, Vec::<String>::new());
    let requirement = &policy.requirements[0];
    assert_eq!((requirement.id.as_str(), requirement.title.as_deref()), ("intune-connector-on-premises", Some("ours")));
    assert_eq!((requirement.items.len(), &requirement.session[..]), (21, &["Get-Command".to_owned()][..]));
    let file = SourceFile::decode(FileId(0), String::new(), text.as_bytes()).expect("small");
    assert_eq!(file.slice(requirement.items[0].at), "\"Intune-Connector-On-Premises\"");
    assert_eq!(file.slice(requirement.items[20].at), "\"Get-User\"");
}
