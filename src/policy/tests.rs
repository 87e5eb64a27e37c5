//! What a policy file may say, and what is said about one that says something else.

use super::*;
use crate::source::FileId;

fn read_text(text: &str) -> (Policy, Vec<String>) {
    let file = SourceFile::decode(FileId(0), "rolecall.toml".into(), text.as_bytes()).expect("small");
    let mut report = Report::default();
    let policy = read(&file, &["direct-assignment", "forbidden-cmdlet", "undecided"], &mut report);
    report.sort();
    (policy, said(&file, &report))
}

/// One line a diagnostic: its line, rule, marked text, message and help.
fn said(file: &SourceFile<'_>, report: &Report) -> Vec<String> {
    let line = |diagnostic: &Diagnostic| {
        let at = diagnostic.labels[0].span;
        let help = diagnostic.fixes.first().map_or("", |fix| fix.note.as_str());
        let marked = file.slice(at).replace('\n', "\\n");
        format!("{} {} [{marked}] {} ({help})", file.line(at.start), diagnostic.rule.name, diagnostic.message)
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
    let accounts: Vec<&str> = first.accounts.iter().map(|who| who.text.as_str()).collect();
    assert_eq!((first.common.id.as_str(), &accounts[..]), ("intune", &["svc-intune", "svc-*"][..]));
    let items: Vec<&str> = first.items.iter().map(|item| item.text.as_str()).collect();
    assert_eq!(items, ["Get-Mailbox", "Set-CASMailbox:ActiveSyncEnabled|OWAEnabled"]);
    assert_eq!(first.session, ["Get-Command"]);
    assert_eq!((first.common.level, first.scope), (Some(Severity::Warning), Some("self")));
    assert_eq!(first.valid.from.as_deref(), Some("2016-03-29"));
    assert_eq!(first.valid.to.as_deref(), Some("2023-11-10"));
    assert_eq!(first.valid.withdrawn.as_deref(), Some("support ended"));
    assert_eq!(policy.requirements[1].common.id, "require-2");
    let file = SourceFile::decode(FileId(0), String::new(), text.as_bytes()).expect("small");
    assert_eq!(file.slice(first.items[0].at), "\"Get-Mailbox\"");
    assert_eq!(file.slice(first.common.at), "\"intune\"");
    assert_eq!(file.slice(policy.requirements[1].common.at), "[[require]]");
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
fn a_list_without_a_cmdlet_is_no_list() {
    let (_, said) = read_text("[[forbid]]\ncmdlets = []\n");
    assert_eq!(
        said,
        [
            "1 policy-missing-key [[[forbid]]] `forbid` names no cmdlet in `cmdlets` (write `cmdlets = [\"Get-Mailbox\"]`, or remove the table)"
        ]
    );
    for text in [
        "[[require]]\naccount = \"a\"\ncmdlets = [\"@empty\"]\n[sets]\nempty = []\n",
        "[[separate]]\nleft = [\"Get-Mailbox\"]\nright = []\n",
    ] {
        let (_, said) = read_text(text);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains("policy-missing-key"), "{said:?}");
    }
    // What is wrong with an item is said once, and a pack has a list of its own.
    let (_, said) = read_text("[[forbid]]\ncmdlets = [\"Get-Mailbox -Identity\"]\n");
    assert_eq!(said.len(), 1, "{said:?}");
    let (_, said) = read_text("[[require]]\npack = \"kaspersky-activesync\"\ncmdlets = []\n");
    assert_eq!(said, Vec::<String>::new());
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
    let policy = read(&file, &[], &mut report);
    assert_eq!(report.diagnostics, []);
    check_accounts(&policy, &mut report);
    assert_eq!(report.diagnostics[0].message, "requirement `require-1` names no account");
}

#[test]
fn packs_are_well_formed_and_say_where_they_come_from() {
    let names: Vec<&str> = PACKS.iter().map(|pack| pack.name).collect();
    assert!(names.is_sorted());
    for pack in PACKS {
        let (policy, said) = read_text(pack.text);
        assert_eq!(said, Vec::<String>::new(), "{}", pack.name);
        assert!(policy.tables().count() > 0, "{}", pack.name);
        for (kind, common) in policy.tables() {
            assert!(common.named && common.source.is_some(), "{}: {}", pack.name, common.id);
            assert!(kind == "require" || !common.refs.is_empty(), "{}: {}", pack.name, common.id);
        }
    }
}

#[test]
fn lists_hold_what_was_published() {
    for (name, roles) in [("blackberry-uem-online", 2), ("veeam-explorer-exchange", 1), ("workspace-one-uem", 3)] {
        let (policy, _) = read_text(pack(name).expect("it ships").text);
        let [requirement] = &policy.requirements[..] else { panic!("{name}: one list") };
        let counts = (requirement.items.len(), requirement.roles.len());
        assert_eq!((requirement.common.id.as_str(), counts), (name, (0, roles)));
        let known = crate::catalogue::Catalogue::new();
        assert!(requirement.roles.iter().all(|role| known.role(&role.text).is_some()), "{name}");
    }
    for (name, items, session, from, withdrawn) in [
        ("configmgr-connector-2012", 17, 0, None, None),
        ("configmgr-connector-2016-08", 15, 0, Some("2016-08-25"), Some("2017-12-08")),
        ("configmgr-connector-2017-12", 16, 0, Some("2017-12-08"), Some("2018-03-12")),
        ("configmgr-connector-2018-03", 19, 0, Some("2018-03-12"), None),
        ("intune-connector-on-premises", 20, 1, Some("2016-03-29"), Some("2024-01-15")),
        ("intune-connector-online", 16, 0, Some("2016-02-25"), Some("2019-03-18")),
        ("intune-connector-online-2016-04", 13, 0, Some("2016-04-08"), Some("2019-03-18")),
        ("kaspersky-activesync", 11, 0, Some("2024-04-17"), None),
        ("netwrix-directory-manager", 12, 0, None, None),
    ] {
        let (policy, _) = read_text(pack(name).expect("it ships").text);
        let [requirement] = &policy.requirements[..] else { panic!("{name}: one list") };
        let counts = (requirement.items.len(), requirement.session.len());
        assert_eq!((requirement.common.id.as_str(), counts), (name, (items, session)));
        assert_eq!(requirement.valid.from.as_deref(), from, "{name}");
        let gone = requirement.valid.withdrawn.as_deref();
        assert_eq!(gone.is_some(), withdrawn.is_some(), "{name}");
        assert!(gone.is_none_or(|text| text.contains(withdrawn.unwrap_or_default())), "{name}");
        assert!(requirement.items.iter().all(|item| !item.is_wild() && item.parameters.is_empty()), "{name}");
    }
}

#[test]
fn a_pack_adds_its_list_where_it_is_named() {
    let text = "[[require]]\naccount = \"svc\"\npack = \"Intune-Connector-On-Premises\"\ntitle = \"ours\"\ncmdlets = [\"get-recipient\", \"Get-User\"]\n";
    let (policy, said) = read_text(text);
    assert_eq!(said, Vec::<String>::new());
    let requirement = &policy.requirements[0];
    assert_eq!(
        (requirement.common.id.as_str(), requirement.title.as_deref()),
        ("intune-connector-on-premises", Some("ours"))
    );
    assert_eq!((requirement.items.len(), &requirement.session[..]), (21, &["Get-Command".to_owned()][..]));
    let file = SourceFile::decode(FileId(0), String::new(), text.as_bytes()).expect("small");
    assert_eq!(file.slice(requirement.items[0].at), "\"Intune-Connector-On-Premises\"");
    assert_eq!(file.slice(requirement.items[20].at), "\"Get-User\"");
}

/// Everything that the language has.
const WHOLE: &str = r#"
extends = ["pack:intune-connector-online", "./policies/helpdesk.toml"]
disable = ["exchange-baseline/impersonation"]

[exports]
paths = ["exports"]
assume = ["enabled"]

[lint]
preset = "strict"
[rules]
Direct-Assignment = "off"
undecided = "error"

[sets]
redirect-mail = ["Set-Mailbox:ForwardingSmtpAddress|ForwardingAddress", "@rules"]
rules = ["{New,Set,Enable}-InboxRule"]
[accounts]
messaging = ["adm-anna", "group:Tier 0 Messaging"]

[[forbid]]
cmdlets = ["@redirect-mail", "New-ManagementRoleAssignment"]
except = ["@messaging", "adm-*"]
except-through = "group:Organization Management"
beyond = "any"
refs = ["T1114.003"]

[[separate]]
id = "four-eyes"
left = ["New-ManagementRoleAssignment"]
right = ["Set-AdminAuditLogConfig"]

[[group]]
name = "TenantAdmins_*"
members = []
complete = true
reason = "checked in the portal"
expires = 2026-12-31

[[role]]
name = "Mailbox Import Export"
holders = []

[[waive]]
rule = "direct-assignment"
account = "svc-legacy"
reason = "ticket 4711"
expires = "2026-12-31"

[[account]]
name = "svc-intune"
entries = "exports/svc-intune/*.csv"

[[test]]
name = "help desk cannot forward mail"
exports = ["tests/helpdesk/*.csv"]
expect = [{ rule = "forbidden-cmdlet", cmdlet = "Set-Mailbox", account = "alice" }]
reject = [{ rule = "undecided" }]
"#;

#[test]
fn the_whole_language_is_read() {
    let (policy, said) = read_text(WHOLE);
    assert_eq!(said, Vec::<String>::new());
    let ids: Vec<&str> = policy.tables().map(|(_, common)| common.id.as_str()).collect();
    assert_eq!(ids, ["forbid-1", "four-eyes", "group-1", "role-1", "waive-1", "account-1"]);
    assert_eq!((policy.extends.len(), policy.disable.len(), policy.preset), (2, 1, Some(Preset::Strict)));
    assert_eq!(policy.exports.assume[0].0, "enabled");
    let level = |rule: &str| policy.levels[rule].level;
    assert_eq!((level("direct-assignment"), level("undecided")), (Level::Off, Level::At(Severity::Error)));
    let forbid = &policy.forbids[0];
    let items: Vec<&str> = forbid.items.iter().map(|item| item.text.as_str()).collect();
    let all = [
        "Set-Mailbox:ForwardingSmtpAddress|ForwardingAddress",
        "{New,Set,Enable}-InboxRule",
        "New-ManagementRoleAssignment",
    ];
    assert_eq!(items, all);
    let except: Vec<String> = forbid.except.iter().map(Who::shown).collect();
    assert_eq!(except, ["adm-anna", "group:Tier 0 Messaging", "adm-*"]);
    assert_eq!((forbid.except_through[0].kind, forbid.beyond), (WhoKind::Group, Beyond::Any));
    assert_eq!((&forbid.common.refs[..], forbid.common.level), (&["T1114.003".to_owned()][..], None));
    let file = SourceFile::decode(FileId(0), String::new(), WHOLE.as_bytes()).expect("small");
    let listed = |item: &Item| item.listed.map(|at| file.slice(at));
    assert_eq!(file.slice(forbid.items[1].at), "\"@redirect-mail\"");
    assert_eq!(listed(&forbid.items[1]), Some("\"{New,Set,Enable}-InboxRule\""));
    assert_eq!(listed(&forbid.items[2]), None);
    assert!(policy.groups[0].complete && policy.groups[0].members.is_empty());
    assert_eq!((policy.roles[0].holders.as_deref(), &policy.roles[0].delegators), (Some(&[][..]), &None));
    assert_eq!(
        (policy.waivers[0].reason.as_str(), policy.waivers[0].expires.text.as_str()),
        ("ticket 4711", "2026-12-31")
    );
    assert_eq!(policy.assertions[0].entries[0].text, "exports/svc-intune/*.csv");
    assert_eq!((policy.tests[0].expect.len(), policy.tests[0].reject.len()), (1, 1));
    assert_eq!(policy.tests[0].expect[0].account.as_ref().map(|text| text.text.as_str()), Some("alice"));
}

#[test]
fn organizations_stand_in_the_order_of_the_file() {
    let (policy, said) = read_text(
        "[[organization]]\nname = \"emea\"\nenvironment = \"2019\"\npaths = [\"exports/emea\"]\n\
         [[organization]]\nname = \"cloud\"\npaths = \"exports/cloud\"\n\
         [[forbid]]\nid = \"a\"\ncmdlets = [\"Get-User\"]\norganization = \"Cloud\"\n\
         [[forbid]]\nid = \"b\"\ncmdlets = [\"Get-User\"]\n",
    );
    assert_eq!(said, Vec::<String>::new());
    let names: Vec<&str> = policy.organizations.iter().map(|one| one.name.text.as_str()).collect();
    assert_eq!((names, policy.environment()), (vec!["emea", "cloud"], None));
    let of = |name: &str| {
        let policy = policy.of(Some(name));
        (policy.forbids.iter().map(|it| it.common.id.clone()).collect::<Vec<_>>(), policy.environment().map(|it| it.0))
    };
    assert_eq!(of("emea"), (vec!["b".to_owned()], Some("2019")));
    assert_eq!(of("cloud"), (vec!["a".to_owned(), "b".to_owned()], None));
}

#[test]
fn twenty_mistakes_are_twenty_diagnostics_in_one_run() {
    let (_, said) = read_text(
        r#"
extend = ["pack:exchange-baseline"]
[lint]
preset = "strickt"
disable = ["a"]
[exports]
paths = 7
assume = ["enable"]
[rules]
direct-assigment = "error"
undecided = "fatal"
[sets]
redirect-mail = ["Set-Mailbox:A,B|C"]
unused = ["Get-User"]
[[require]]
acount = "svc-intune"
pack = "intune-conector-online"
[[forbid]]
cmdlets = ["@redirectmail", "@redirect-mail"]
beyond = "all"
[[separate]]
id = "one"
left = ["Get-User"]
[[group]]
id = "one"
name = "TenantAdmins_*"
members = []
complete = "yes"
[[role]]
name = "Mailbox Import Export"
[[waive]]
rule = "undecided"
reason = "x"
expires = 2026-12-31T10:00:00Z
[[waive]]
fingerprint = "12"
reason = "x"
expires = "2026-02-30"
"#,
    );
    assert_eq!(said.len(), 20, "{said:#?}");
    insta::assert_snapshot!(said.join("\n"));
}
