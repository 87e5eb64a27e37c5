//! The command line: the same options on every command, help that can be typed, mistakes that are never an answer, and
//! lines that keep the width.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use unicode_width::UnicodeWidthStr;

use crate::program::{argument, folder, rolecall, rolecall_in};

const EXPORTS: &str = "fixtures/organization/exports";

/// Commands that print no report: what they write goes where they say.
const WITHOUT_REPORT: [&str; 3] = ["anonymize", "init", "waive"];

/// The commands, as the help lists them.
pub(crate) fn commands() -> Vec<String> {
    let help = rolecall(&["--help"]).stdout;
    let list = help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("a list of commands");
    let names = list.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    names.filter(|name| !name.is_empty() && *name != "help").map(ToOwned::to_owned).collect()
}

/// The lines below a heading of a help.
fn section<'h>(help: &'h str, heading: &str) -> Vec<&'h str> {
    let rest = help.split(&format!("{heading}:\n")).nth(1).unwrap_or_default();
    rest.lines().take_while(|line| !line.is_empty()).map(str::trim).collect()
}

#[test]
fn every_command_has_the_same_options_and_says_what_they_do() {
    let mut shared: BTreeSet<Vec<String>> = BTreeSet::new();
    for command in commands().iter().filter(|name| !WITHOUT_REPORT.contains(&name.as_str())) {
        let help = rolecall(&[command, "-h"]).stdout;
        let output = help.split("\nOutput:\n").nth(1).unwrap_or_else(|| panic!("{command} has no output: {help}"));
        let output = output.split("\n\n").next().unwrap_or_default();
        for option in ["--output <FILE>", "-q, --quiet", "-v, --verbose", "--color <WHEN>", "--width <COLUMNS>"] {
            assert!(output.contains(option), "{command}: {option}: {output}");
        }
        let said = |option: &str| {
            let line = output.lines().find(|line| line.contains(option)).unwrap_or_default();
            line.split_once(option).map(|(_, rest)| rest.trim().to_owned()).unwrap_or_default()
        };
        shared.insert(["--output <FILE>", "-q, --quiet", "--width <COLUMNS>"].map(said).to_vec());
        assert!(!said("-v, --verbose").is_empty(), "{command}: {output}");
    }
    assert_eq!(shared.len(), 1, "one block of options serves all commands: {shared:?}");
}

#[test]
fn every_command_that_reads_exports_groups_its_help() {
    for command in ["check", "who-can", "why", "access", "escalate", "plan", "graph", "roles-with", "show", "diff"] {
        let help = rolecall(&[command, "--help"]).stdout;
        for heading in ["\nInput:\n", "\nPolicy:\n", "\nOutput:\n", "\nExamples:\n", "\nExit codes:\n"] {
            assert!(help.contains(heading), "{command}: {heading}: {help}");
        }
    }
}

/// The words of a line as a shell splits it, with single quotes.
fn typed(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for (number, part) in line.split('\'').enumerate() {
        match number % 2 {
            // A quoted part is one word, or a part of one that was begun.
            1 => words.push(part.to_owned()),
            _ => words.extend(part.split_whitespace().map(ToOwned::to_owned)),
        }
    }
    words
}

#[test]
fn the_examples_of_every_help_can_be_typed_and_end_with_a_code_that_the_help_knows() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let place = folder(&[("rolecall.toml", b"[exports]\npaths = [\"exports\"]\n"), ("needs.toml", b"")]);
    for below in ["exports", "old", "new"] {
        fs::create_dir(place.path().join(below)).expect("the folder is ours");
        for file in fs::read_dir(here.join(EXPORTS)).expect("the fixture is there") {
            let file = file.expect("it can be listed");
            fs::copy(file.path(), place.path().join(below).join(file.file_name())).expect("the folder is ours");
        }
    }
    for command in commands() {
        let help = rolecall(&[&command, "--help"]).stdout;
        let codes: Vec<i32> = section(&help, "Exit codes")
            .iter()
            .map(|line| line.split(' ').next().and_then(|code| code.parse().ok()).expect("a code"))
            .collect();
        assert!(codes.contains(&0) && codes.contains(&2), "{command}: {codes:?}");
        let examples = section(&help, "Examples");
        assert!(!examples.is_empty(), "{command} has no example");
        for example in examples {
            let words = typed(example.split(" < ").next().unwrap_or(example));
            let (first, rest) = words.split_first().expect("a command");
            assert!(first == "rolecall" && rest[0] == command, "{example}");
            let ran = rolecall_in(place.path(), rest);
            assert!(codes.contains(&ran.code), "{example}: {ran:?}");
            assert!(!ran.stderr.contains("Usage:"), "{example}: {}", ran.stderr);
        }
    }
}

/// What is typed, with the word that was meant.
const MISTAKES: &[(&[&str], &str)] = &[
    // Cmdlets.
    (&["who-can", "Set-Mailbx", EXPORTS], "Set-Mailbox"),
    (&["why", "svc-intune", "Set-CASMailbx", EXPORTS], "Set-CASMailbox"),
    (&["roles-with", "Set-Mailbx", EXPORTS], "Set-Mailbox"),
    (&["graph", EXPORTS, "--cmdlet", "Set-Mailbx"], "Set-Mailbox"),
    // Parameters.
    (&["who-can", "Set-Mailbox:ForwardingAdress", EXPORTS], "ForwardingAddress"),
    (&["why", "svc-intune", "Set-Mailbox:ForwardingAdress", EXPORTS], "ForwardingAddress"),
    (&["roles-with", "Set-Mailbox:ForwardingAdress", EXPORTS], "ForwardingAddress"),
    (&["graph", EXPORTS, "--cmdlet", "Set-Mailbox:ForwardingAdress"], "ForwardingAddress"),
    // Accounts.
    (&["check", EXPORTS, "--account", "svc-intun", "--require", "intune-connector-on-premises"], "svc-intune"),
    (&["access", EXPORTS, "--account", "svc-intun"], "svc-intune"),
    (&["why", "svc-intun", "Set-CASMailbox", EXPORTS], "svc-intune"),
    (&["escalate", "adm-ana", EXPORTS], "adm-anna"),
    (&["plan", "svc-intun", EXPORTS, "--require", "intune-connector-on-premises"], "svc-intune"),
    (&["show", "account", "svc-intun", EXPORTS], "svc-intune"),
    (&["graph", EXPORTS, "--account", "adm-ana"], "adm-anna"),
    (&["why", "pat", "Set-Mailbox", EXPORTS, "--on", "alise"], "alice"),
    (&["who-can", "Set-Mailbox", EXPORTS, "--on", "alise"], "alice"),
    (&["access", EXPORTS, "--account", "pat", "--on", "alise"], "alice"),
    // Roles, groups and other objects.
    (&["show", "role", "Mail Recipient", EXPORTS], "Mail Recipients"),
    (&["graph", EXPORTS, "--role", "Mail Recipient"], "Mail Recipients"),
    (&["roles-with", "Mail Recipient\\Set-Mailbox", EXPORTS], "Mail Recipients"),
    (&["show", "group", "Help Desks", EXPORTS], "Help Desk"),
    (&["graph", EXPORTS, "--group", "Help Dsk"], "Help Desk"),
    (&["show", "policy", "Default Role Asignment Policy", EXPORTS], "Default Role Assignment Policy"),
    (&["show", "assignment", "Audit Logs-Organization Managment", EXPORTS], "Audit Logs-Organization Management"),
    // Packs, rules, commands.
    (&["check", EXPORTS, "--account", "a", "--require", "intune-conector-on-premises"], "intune-connector-on-premises"),
    (&["plan", "svc-intune", EXPORTS, "--require", "intune-conector-on-premises"], "intune-connector-on-premises"),
    (&["check", EXPORTS, "--policy", "pack:exchange-baselin"], "exchange-baseline"),
    (&["packs", "exchange-baselin"], "exchange-baseline"),
    (&["explain", "missing-cmdlt"], "missing-cmdlet"),
    (&["check", EXPORTS, "--policy", "pack:exchange-baseline", "--only", "missing-cmdlt"], "missing-cmdlet"),
    (&["man", "chek"], "check"),
    (&["chek"], "check"),
    (&["show", "rol", "Mail Recipients", EXPORTS], "role"),
];

#[test]
fn a_typing_mistake_is_no_answer_and_says_what_was_meant() {
    let mut wrong = Vec::new();
    for (arguments, meant) in MISTAKES {
        let ran = rolecall(arguments);
        let hints = [format!("did you mean `{meant}`?"), format!("did you mean the pack `{meant}`?")];
        let said = format!("{}{}", ran.stdout, ran.stderr);
        // clap has words of its own.
        let is_said = hints.iter().any(|hint| said.contains(hint.as_str()))
            || said.contains(&format!("'{meant}'")) && said.contains("similar");
        if !matches!(ran.code, 2 | 3) || !is_said {
            wrong.push(format!("{arguments:?}: {}: {said}", ran.code));
        }
        // Of an account that no export shows, the way to find it is printed; nothing else is an answer.
        let answers = ["can run", "cannot", "granted", "through", "held by"];
        let report = if arguments[0] == "check" { "" } else { ran.stdout.as_str() };
        if answers.iter().any(|answer| report.contains(answer)) {
            wrong.push(format!("{arguments:?} is answered: {}", ran.stdout));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_fingerprint_that_no_finding_has_is_no_waiver() {
    let entries = b"Role,Name,Parameters\nMail Recipients,Set-Mailbox,Identity\n";
    let assignments = b"Name,Role,RoleAssigneeName,RoleAssigneeType,Enabled,RoleAssignmentDelegationType,\
        RecipientReadScope,ConfigReadScope,RecipientWriteScope,ConfigWriteScope\n\
        A,Mail Recipients,ada,User,True,Regular,Organization,OrganizationConfig,Organization,OrganizationConfig\n";
    let policy = b"[exports]\npaths = [\"exports\"]\n[[forbid]]\nid = \"mail\"\ncmdlets = [\"Set-Mailbox\"]\n";
    let place = folder(&[
        ("exports/entries.csv", entries),
        ("exports/assignments.csv", assignments),
        ("rolecall.toml", policy),
        ("alone.toml", b"[[forbid]]\nid = \"mail\"\ncmdlets = [\"Set-Mailbox\"]\n"),
    ]);
    let report = rolecall_in(place.path(), &["check", "--format", "json"]).json();
    let findings = report["diagnostics"].as_array().expect("a list");
    let forbidden = findings.iter().find(|one| one["rule"] == "forbidden-cmdlet").expect("it is forbidden");
    let print = forbidden["fingerprint"].as_str().expect("a text").to_owned();
    let waive = |print: &str, policy: &str| {
        let words = ["waive", print, "--reason", "x", "--expires", "2099-12-31", "--policy", policy];
        rolecall_in(place.path(), &words)
    };
    // One digit is another.
    let last = if print.ends_with('0') { '1' } else { '0' };
    let mistyped = format!("{}{last}", &print[..15]);
    let ran = waive(&mistyped, "rolecall.toml");
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains(&format!("did you mean `{print}`?")), "{ran:?}");
    assert_eq!(fs::read(place.path().join("rolecall.toml")).expect("it is there"), policy, "nothing is written");
    assert_eq!(waive(&print, "rolecall.toml").code, 0);
    assert_eq!(rolecall_in(place.path(), &["check", "--only", "forbidden-cmdlet"]).code, 1, "the rest still counts");
    // Where the policy names no exports, there is nothing to look at, and that is said.
    let ran = waive(&mistyped, "alone.toml");
    assert!(ran.code == 0 && ran.stderr.contains("names no exports"), "{ran:?}");
}

/// Whether a line is a command: it begins as one, and is there to be pasted.
fn is_command(line: &str) -> bool {
    let first = line.trim_start().split(' ').next().unwrap_or_default();
    let verb = first.split_once('-').is_some_and(|(verb, noun)| {
        verb.starts_with(|char: char| char.is_ascii_uppercase()) && noun.starts_with(|char: char| char.is_uppercase())
    });
    first == "rolecall" || verb && !first.ends_with(',') || first.starts_with('$')
}

#[test]
fn every_line_but_commands_keeps_the_width() {
    let tests = b"[[forbid]]\nid = \"mail\"\ncmdlets = [\"Set-Mailbox\"]\n\
        [[test]]\nname = \"nobody who is asked about in this rather long name of a test can set mailboxes of others\"\n\
        exports = [\"exports\"]\nreject = [{ rule = \"forbidden-cmdlet\" }]\n";
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let place = folder(&[("tests.toml", tests)]);
    let policy = argument(&place.path().join("tests.toml"));
    fs::create_dir(place.path().join("exports")).expect("the folder is ours");
    for name in ["assignments.csv", "entries.csv", "members.csv", "mailboxes.csv"] {
        fs::copy(here.join(EXPORTS).join(name), place.path().join("exports").join(name)).expect("the folder is ours");
    }
    let part = argument(&place.path().join("exports"));
    let runs: &[&[&str]] = &[
        &["who-can", "Set-Mailbox:ForwardingSmtpAddress", EXPORTS],
        &["who-can", "Set-Mailbox:ForwardingSmtpAddress", EXPORTS, "--all", "--own-mailbox", "-v"],
        &["who-can", "Set-Mailbox", &part, "--all", "-v"],
        &["why", "*", "Get-Recipient", EXPORTS, "-v"],
        &["why", "adm-anna", "Set-Mailbox", &part],
        &["access", EXPORTS],
        &["access", &part, "--account", "alice", "-v"],
        &["access", EXPORTS, "--account", "pat", "--on", "alice"],
        &["escalate", "*", EXPORTS],
        &["escalate", "adm-anna", &part, "-v"],
        &["roles-with", "Set-Mailbox:ForwardingSmtpAddress", EXPORTS],
        &["roles-with", "Set-Mailbox", &part],
        &["show", "role", "Mail Recipients", EXPORTS],
        &["show", "group", "*", EXPORTS, "-v"],
        &["show", "account", "alice", &part],
        &["diff", &part, EXPORTS, "-v"],
        &["plan", "svc-nobody", EXPORTS, "--require", "intune-connector-on-premises"],
        &["test", &policy, "-v"],
        &["rules"],
        &["packs"],
        &["check", EXPORTS, "--policy", "pack:exchange-baseline", "-v"],
    ];
    let mut wrong = Vec::new();
    for arguments in runs {
        for width in [80, 100] {
            let ran = rolecall(&[arguments, &["--width", &width.to_string()][..]].concat());
            assert!(!ran.stdout.is_empty(), "{arguments:?}: {ran:?}");
            let wide = ran.stdout.lines().filter(|line| line.width() > width && !is_command(line));
            wrong.extend(wide.map(|line| format!("{width}: {arguments:?}: {line}")));
        }
    }
    assert!(wrong.is_empty(), "{} lines:\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n"));
}

#[test]
fn colours_come_where_they_are_asked_for_and_take_nothing_away() {
    for arguments in [
        &["who-can", "Set-Mailbox", EXPORTS, "--all"][..],
        &["why", "svc-stale", "Get-Recipient", EXPORTS],
        &["access", EXPORTS, "--account", "svc-intune"],
        &["escalate", "adm-anna", EXPORTS],
        &["roles-with", "Set-Mailbox", EXPORTS],
        &["show", "role", "Mail Recipients", EXPORTS],
        &["plan", "svc-nobody", EXPORTS, "--require", "intune-connector-on-premises"],
        &["rules"],
        &["packs"],
    ] {
        let plain = rolecall(arguments).stdout;
        assert!(!plain.contains('\u{1b}'), "{arguments:?}");
        let colored = rolecall(&[arguments, &["--color", "always"][..]].concat()).stdout;
        assert!(colored.contains("\u{1b}[1"), "{arguments:?}: {colored}");
        let mut bare = String::new();
        for (number, part) in colored.split('\u{1b}').enumerate() {
            bare.push_str(if number == 0 { part } else { part.split_once('m').map_or("", |(_, rest)| rest) });
        }
        assert_eq!(bare, plain, "{arguments:?}");
    }
}

#[test]
fn who_can_is_a_table_and_says_in_plain_words_where_no_account_can() {
    let shown = |further: &[&str]| rolecall(&[&["who-can", "Set-Mailbox", EXPORTS], further].concat()).stdout;
    let table = shown(&["--width", "200"]);
    let mut lines = table.lines();
    assert_eq!(lines.next(), Some("Set-Mailbox: 7 of 14 accounts can run it"));
    let heading: Vec<&str> = lines.next().unwrap_or_default().split_whitespace().collect();
    assert_eq!(heading, ["account", "through", "role", "scope"]);
    // A row for each way, scopes by their names, and the account once.
    assert!(table.contains("  pat             Sales Help Desk "), "{table}");
    assert!(table.contains("Contoso Sales\n") && table.contains("  contoso.com/Sales\n"), "{table}");
    assert!(table.ends_with("own mailbox only: 4 accounts (--own-mailbox)\n") && !table.contains("MyBaseOptions"));
    assert!(!table.contains(".csv:"), "the lines are for those who ask: {table}");
    assert!(
        shown(&["--own-mailbox"]).contains("  svc-nobody  Default Role Assignment Policy  MyBaseOptions  own mailbox")
    );
    assert!(shown(&["--all"]).contains("cannot: 3 accounts: B13SvcAcc1, "));
    assert!(shown(&["-v"]).contains("entries.csv:742: role entry | Set-Mailbox"));
    let none = rolecall(&["who-can", "New-MailboxImportRequest", EXPORTS]);
    let said =
        "New-MailboxImportRequest: no account can run it (14 accounts, everything the answer needs is exported)\n";
    assert_eq!((none.code, none.stdout.replace("\n  ", " ").as_str()), (0, said));
}

#[test]
fn escalate_tells_each_step_once_with_all_that_it_gives() {
    let short = rolecall(&["escalate", "adm-anna", EXPORTS]).stdout;
    assert!(short.lines().count() < 50, "{short}");
    assert!(short.contains("  through role `Role Management` it can assign itself 19 roles:\n"), "{short}");
    assert!(
        short.contains("  through role `Role Management` it can join 16 role groups that it manages:\n"),
        "{short}"
    );
    assert_eq!(short.matches("New-ManagementRoleAssignment -Role").count(), 1, "{short}");
    // Every gain of the JSON is named.
    let line = &rolecall(&["escalate", "adm-anna", EXPORTS, "--format", "json"]).json_lines()[0];
    let flat = short.replace("\n    ", " ");
    for way in line["paths"].as_array().expect("a list") {
        let name = way["gains"]["name"].as_str().expect("a name");
        assert!(flat.contains(name) || way["gains"]["kind"] == "accounts", "{name}: {short}");
    }
    let whole = rolecall(&["escalate", "adm-anna", EXPORTS, "-v"]).stdout;
    assert_eq!(whole.matches("New-ManagementRoleAssignment -Role").count(), 19, "{whole}");
    let none = rolecall(&["escalate", "svc-intune", EXPORTS]).stdout;
    assert_eq!(none, "svc-intune: can give itself nothing more that these exports show\n");
}

#[test]
fn a_gap_is_told_once_with_the_accounts_that_depend_on_it() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let place = folder(&[]);
    for name in ["assignments.csv", "entries.csv", "entries-my-roles.csv", "mailboxes.csv", "members.csv"] {
        fs::copy(here.join(EXPORTS).join(name), place.path().join(name)).expect("the folder is ours");
    }
    let ran = rolecall(&["who-can", "Set-Mailbox", &argument(place.path()), "-v"]);
    let table = ran.stdout.split("\nunknown: ").next().unwrap_or_default();
    let gaps: Vec<&str> = table.lines().filter(|line| line.starts_with("  gap[")).collect();
    let once: BTreeSet<&&str> = gaps.iter().collect();
    assert!(!gaps.is_empty() && once.len() == gaps.len(), "{table}");
    assert_eq!(table.matches("leaves undecided: ").count(), gaps.len(), "{table}");
}
