//! Where findings go: each format of `check` says what JSON says, and keeps to what its clients do.

mod clients;
mod page;
mod said;
mod snippets;

use serde_json::Value;

use crate::program::{Ran, argument, folder, rolecall_in};
use said::{FORMATS, Said, hidden, said};

/// Names that a terminal, a browser, a spreadsheet, a client or a parser would obey.
const NAMES: [&str; 16] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "![x](https://evil.example/x.png)",
    "=cmd|'/c calc'!A1",
    "a\u{202e}gnp.exe\u{200d}",
    "red\u{1b}[31m\u{7}",
    "two\nlines\u{2028}three\u{85}",
    "::error file=x::y%0A::warning::z",
    "##[error]x",
    "[[ATTACHMENT|/etc/passwd]]",
    "]]> <!-- & &#27; \u{fffe}",
    "a|b\\|c``d`",
    "@everyone www.evil.example #1 **bold** _x_",
    "' \u{2019}; Remove-Mailbox x",
    "漢字 Zoë 🦀",
];

/// An organization whose accounts, roles and assignments have these names.
fn hostile() -> tempfile::TempDir {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut entries = "Role,Name,Parameters\r\n".to_owned();
    let mut assignments = "Name,Role,RoleAssigneeName,RoleAssigneeType,Enabled,RoleAssignmentDelegationType,\
        RecipientReadScope,ConfigReadScope,RecipientWriteScope,ConfigWriteScope\r\n"
        .to_owned();
    let mut mailboxes = "Name,UserPrincipalName,RecipientTypeDetails,RoleAssignmentPolicy\r\n".to_owned();
    for name in NAMES {
        let name = quoted(name);
        entries += &format!("{name},Set-Mailbox,Alias;Identity\r\n");
        assignments += &format!(
            "{name},{name},{name},User,True,Regular,Organization,OrganizationConfig,Organization,OrganizationConfig\r\n"
        );
        mailboxes += &format!("{name},,UserMailbox,\r\n");
    }
    let policy = "[[forbid]]\nid = \"ours\"\ncmdlets = [\"Set-Mailbox\"]\n\
        [[require]]\nid = \"needs\"\naccount = \"*\"\ncmdlets = [\"Get-Nothing\"]\n\
        [exports]\npaths = [\"exports\"]\n";
    // On Windows no file may be called so.
    let odd = if cfg!(unix) { "exports/a,b:c%0A d\u{202e}.csv" } else { "exports/assignments.csv" };
    folder(&[
        ("exports/entries.csv", entries.as_bytes()),
        (odd, assignments.as_bytes()),
        ("exports/mailboxes.csv", mailboxes.as_bytes()),
        ("rolecall.toml", policy.as_bytes()),
    ])
}

/// The fixture organization below a policy of its own, in which two findings are accepted.
fn accepted() -> tempfile::TempDir {
    let fixture = argument(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/organization/exports"));
    let policy = format!(
        "extends = [\"pack:exchange-baseline\"]\n[exports]\npaths = ['{fixture}']\n\
         [[require]]\nid = \"intune\"\naccount = \"svc-*\"\npack = \"intune-connector-on-premises\"\n\
         [[waive]]\nrule = \"direct-assignment\"\naccount = \"svc-stale\"\nreason = \"goes | with `4711`\"\nexpires = 2026-12-31\n\
         [[waive]]\nrule = \"missing-cmdlet\"\naccount = \"svc-nobody\"\nreason = \"not yet [in](x)\"\nexpires = 2026-12-24\nowner = \"ada\"\n"
    );
    folder(&[("rolecall.toml", policy.as_bytes())])
}

fn check(folder: &tempfile::TempDir, format: &str, more: &[&str]) -> Ran {
    rolecall_in(folder.path(), &[&["check", "--today", "2026-11-30", "--format", format], more].concat())
}

/// Runs all formats: the same exit code, the same findings, nothing hidden. Returns what JSON says.
#[track_caller]
fn agree(folder: &tempfile::TempDir, more: &[&str]) -> (i32, Value) {
    let json = check(folder, "json", more);
    let report = json.json();
    for format in FORMATS {
        for show in [&[][..], &["--show-waived"]] {
            let ran = check(folder, format, &[more, show].concat());
            assert_eq!(ran.code, json.code, "{format}: {}", ran.stderr);
            let all = !show.is_empty() || !matches!(*format, "sarif" | "github" | "gitlab");
            let mut wanted = Said::of_json(&report, all);
            let mut found = said(format, &ran.stdout);
            wanted.iter_mut().for_each(|one| one.seen_in(format));
            // What has no place in a file gets one where a client cannot do without.
            let is_placed = |one: &Said| wanted.iter().any(|other| other.is(one) && !other.place.is_empty());
            found.iter_mut().filter(|one| !is_placed(one)).for_each(|one| one.place.clear());
            wanted.sort();
            found.sort();
            assert_eq!(found, wanted, "{format} {show:?} says something else");
            assert_eq!(hidden(format, &ran.stdout), Vec::<String>::new(), "{format}");
            assert!(!ran.stdout.starts_with('\u{feff}'), "{format}");
            let again = folder.path().join("again");
            let path = argument(&again);
            check(folder, format, &[more, show, &["--output", &path]].concat());
            assert_eq!(std::fs::read_to_string(&again).expect("it was written"), ran.stdout, "{format}");
            std::fs::remove_file(again).expect("it is ours");
        }
    }
    (json.code, report)
}

fn count(report: &Value, what: &str) -> u64 {
    report["summary"][what].as_u64().expect("a number")
}

#[test]
fn every_format_says_the_same_of_the_fixture_and_of_what_is_accepted() {
    let (code, report) = agree(&accepted(), &[]);
    assert_eq!(code, 1);
    assert!(count(&report, "errors") > 20 && count(&report, "warnings") > 2 && count(&report, "waived") > 10);
}

#[test]
fn every_format_says_the_same_of_several_organizations() {
    let copy = crate::organizations::copy();
    let (code, report) = agree(&copy, &[]);
    assert_eq!((code, count(&report, "errors")), (1, 2));
}

#[test]
fn every_format_says_the_same_of_hostile_names() {
    let (code, report) = agree(&hostile(), &[]);
    assert_eq!(code, 1);
    assert!(count(&report, "errors") + count(&report, "warnings") >= 3 * NAMES.len() as u64, "{}", report["summary"]);
}

/// The policies of an organization in which `ada` can run `Set-Mailbox`, with the exit code of each.
const ENDINGS: [(&str, i32); 5] = [
    (
        "[[require]]\nid = \"ours\"\naccount = \"ada\"\ncmdlets = [\"Set-Mailbox\"]\n[rules]\ndirect-assignment = \"off\"\n",
        0,
    ),
    ("[[require]]\nid = \"ours\"\naccount = \"ada\"\ncmdlets = [\"New-Mailbox\"]\n", 1),
    ("[[require]]\nid = \"ours\"\naccount = \"ada\"\n[[forbid]]\n[[forbid]]\n[[forbid]]\n", 2),
    (
        "[[require]]\nid = \"ours\"\naccount = \"adda\"\ncmdlets = [\"Set-Mailbox\"]\n[rules]\ndirect-assignment = \"off\"\n",
        3,
    ),
    ("", 3),
];

fn ending(policy: &str) -> tempfile::TempDir {
    let entries = "Role,Name,Parameters\r\nMail Recipients,Set-Mailbox,Alias;Identity\r\n";
    let assignments = "Name,Role,RoleAssigneeName,RoleAssigneeType,Enabled,RoleAssignmentDelegationType,\
        RecipientReadScope,ConfigReadScope,RecipientWriteScope,ConfigWriteScope\r\n\
        A,Mail Recipients,ada,User,True,Regular,Organization,OrganizationConfig,Organization,OrganizationConfig\r\n";
    let policy = format!("{policy}[exports]\npaths = [\"exports\"]\n");
    folder(&[
        ("exports/entries.csv", entries.as_bytes()),
        ("exports/assignments.csv", assignments.as_bytes()),
        ("rolecall.toml", policy.as_bytes()),
    ])
}

#[test]
fn every_format_says_the_same_with_every_exit_code() {
    for (policy, code) in ENDINGS {
        let (found, report) = agree(&ending(policy), &[]);
        assert_eq!(found, code, "{policy}");
        let findings = report["diagnostics"].as_array().map_or(0, Vec::len);
        assert!(findings > 0 || code == 0 || policy.is_empty(), "{policy}");
    }
    let (code, _) = agree(&ending(ENDINGS[0].0), &["exports", "none-such"]);
    assert_eq!(code, 2);
}
