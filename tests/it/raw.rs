//! Hostile text in every place that text comes from, through every command and format: nothing raw comes out.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::program::{Ran, rolecall_in};

/// Texts that a terminal, an editor or a page would obey, or that nobody sees.
const HOSTILE: &[&str] = &[
    "\u{1b}[31m\u{1b}]8;;http://contoso.com\u{7}\u{1b}]52;c;eA==\u{1b}\\\u{9b}31m\u{90}\u{9c}",
    "\u{202e}\u{2066}\u{2069}\u{200f}\u{61c}\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}\u{ad}",
    "\u{e0041}\u{e007f}\u{e0100}\u{fe0f}\u{206a}\u{206f}\u{180e}\u{34f}\u{3164}\u{115f}\u{ffa0}\u{17b4}",
    "\u{8}\u{7f}\u{0}\u{85}\u{2028}\u{2029}'\"`\u{2018}\u{2019}\u{201a}\u{201b}<script>&{{}}e\u{301}\u{301}",
];

/// What must never come out: as Unicode lists them, and not as rolecall does.
fn is_raw(char: char) -> bool {
    let ignorable = [
        0xAD..=0xAD,
        0x34F..=0x34F,
        0x61C..=0x61C,
        0x115F..=0x1160,
        0x17B4..=0x17B5,
        0x180B..=0x180F,
        0x200B..=0x200F,
        0x2028..=0x202E,
        0x2060..=0x206F,
        0x3164..=0x3164,
        0xFE00..=0xFE0F,
        0xFEFF..=0xFEFF,
        0xFFA0..=0xFFA0,
        0xFFF0..=0xFFF8,
        0x1BCA0..=0x1BCA3,
        0x1D173..=0x1D17A,
        0xE0000..=0xE0FFF_u32,
    ];
    (char.is_control() && !matches!(char, '\n' | '\r'))
        || ignorable.iter().any(|range| range.contains(&u32::from(char)))
}

#[track_caller]
fn assert_nothing_raw(words: &str, text: &str) {
    let found: BTreeSet<String> =
        text.chars().filter(|char| is_raw(*char)).map(|char| format!("U+{:04X}", u32::from(char))).collect();
    assert!(found.is_empty(), "{words}: {found:?} in {text:?}");
}

/// Exports in which each name holds the text, and a policy that names them.
fn write_hostile(folder: &Path, hostile: &str) {
    let cell = |text: &str| format!("\"{text}{}\"", hostile.replace('"', "\"\""));
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("it is below the folder")).expect("the folder is ours");
        fs::write(path, text).expect("the folder is ours");
    };
    let (role, account, group, assignment) = (cell("Role"), cell("ada"), cell("Group"), cell("A"));
    write(
        "exports/entries.csv",
        format!("Role,Name,Parameters\n{role},{},{}\n{role},Set-Mailbox,Alias\n", cell("Get-Thing"), cell("Alias")),
    );
    write(
        "exports/assignments.csv",
        format!(
            "Name,Role,RoleAssigneeName,RoleAssigneeType,Enabled,RoleAssignmentDelegationType,RecipientReadScope,ConfigReadScope,RecipientWriteScope,ConfigWriteScope,CustomRecipientWriteScope\n\
         {assignment},{role},{account},User,True,Regular,Organization,OrganizationConfig,CustomRecipientScope,OrganizationConfig,{}\n\
         {},{role},{group},RoleGroup,True,DelegatingOrgWide,Organization,OrganizationConfig,Organization,OrganizationConfig,\n",
            cell("Scope"),
            cell("B")
        ),
    );
    write(
        "exports/groups.csv",
        format!(
            "Name,RoleGroupType,Members,ManagedBy,Description\n{group},Standard,{account},{account},{}\n",
            cell("")
        ),
    );
    write(
        "exports/mailboxes.csv",
        format!(
            "Name,DisplayName,UserPrincipalName,RecipientTypeDetails,RoleAssignmentPolicy\n{account},{},{},UserMailbox,{}\n",
            cell("Ada"),
            cell("ada@contoso.com"),
            cell("Policy")
        ),
    );
    write(
        "exports/scopes.csv",
        format!(
            "Name,ScopeRestrictionType,Exclusive,RecipientRoot,RecipientFilter\n{},RecipientScope,False,,{}\n",
            cell("Scope"),
            cell("Name -eq 'x")
        ),
    );
    write(
        "exports/list.txt",
        format!("Name : {hostile}\nRole : Role{hostile}\nParameters : {{Alias{hostile}, b...}}\n"),
    );
    write("exports/letter.txt", format!("Dear {hostile}, nothing here\n"));
    // A basic string of TOML, with everything written out.
    let toml = |text: &str| {
        let units =
            format!("{text}{hostile}").chars().map(|char| format!("\\U{:08X}", u32::from(char))).collect::<String>();
        format!("\"{units}\"")
    };
    write(
        "policy.toml",
        format!(
            "[exports]\npaths = [\"exports\"]\n[[require]]\nid = {id}\ntitle = {id}\naccount = {account}\ncmdlets = [\"Set-Mailbox:Nothing\", {cmdlet}, \"@\"]\nreason = {id}\nowner = {id}\n\
         [[forbid]]\nid = {forbid}\ncmdlets = [\"Set-Mailbox\"]\nexcept = [{other}]\n\
         [[group]]\nname = {group}\nmembers = [{other}]\n\
         [[role]]\nname = {role}\nholders = [{other}]\n\
         [[separate]]\nid = {separate}\nleft = [\"Set-Mailbox\"]\nright = [{cmdlet}]\n\
         [[waive]]\nrule = \"direct-assignment\"\naccount = {account}\nreason = {id}\nexpires = 2030-01-01\n\
         [[test]]\nname = {id}\nexports = [\"exports\"]\nexpect = [{{ rule = \"missing-cmdlet\", account = {account} }}]\n",
            id = toml("ours"),
            account = toml("ada"),
            cmdlet = toml("Get-Thing"),
            forbid = toml("no"),
            other = toml("eve"),
            group = toml("Group"),
            role = toml("Role"),
            separate = toml("apart"),
        ),
    );
    write(
        "mistaken.toml",
        format!(
            "extends = {id}\n{id} = 1\n[exports]\npaths = [{id}]\nassume = [{id}]\n[[require]]\n{id} = {id}\naccount = 1\ncmdlets = {id}\npack = {id}\n[sets]\n{id} = [{id}]\n[rules]\n{id} = {id}\n[[organization]]\nname = {id}\n[[account]]\nname = {id}\norganization = {id}\n",
            id = toml("x"),
        ),
    );
    // As a text editor would leave it, not written out.
    write("broken.toml", format!("[[require]]\nid = {hostile}\n[{hostile}]\n"));
}

/// The subcommands, as the help lists them.
fn commands() -> Vec<String> {
    let help = rolecall_in(Path::new("."), &["--help"]).stdout;
    let list = help.split("Commands:\n").nth(1).expect("the help lists them").split("\n\n").next().expect("a list");
    let names = list.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let names: Vec<String> = names.filter(|name| !name.is_empty() && *name != "help").map(ToOwned::to_owned).collect();
    assert!(names.len() >= 13, "{names:?}");
    names
}

/// The formats of a command, as its own message about a wrong one lists them; none where it has no choice.
fn formats(command: &str) -> Vec<String> {
    let help = rolecall_in(Path::new("."), &[command, "--help"]).stdout;
    let Some(of_format) = help.split("--format ").nth(1) else { return Vec::new() };
    let listed = of_format.split("[possible values: ").nth(1).and_then(|rest| rest.split(']').next());
    listed.map(|listed| listed.split(", ").map(ToOwned::to_owned).collect()).unwrap_or_default()
}

/// What to ask of a command so that it says as much as it can; others are given the hostile text alone.
fn questions(command: &str, hostile: &str) -> Vec<Vec<String>> {
    let ada = format!("ada{hostile}");
    let all: Vec<Vec<&str>> = match command {
        "check" => {
            vec![vec!["exports"], vec!["exports", "--show-waived", "--strict"], vec!["exports", "--account", &ada]]
        }
        "records" => vec![vec!["exports"], vec!["exports", "-v"]],
        "access" => vec![vec!["exports"], vec!["exports", "--account", &ada]],
        "who-can" => vec![vec!["*", "exports"], vec!["Set-Mailbox", "exports", "--all"]],
        "why" => vec![
            vec!["a*", "Set-Mailbox", "exports"],
            vec!["a*", "New-Mailbox", "exports"],
            vec![&ada, "Set-Mailbox", "exports", "--on", &ada],
        ],
        "escalate" => vec![vec!["*", "exports"]],
        "test" => vec![vec!["policy.toml", "mistaken.toml", "broken.toml"]],
        _ => vec![vec!["exports"]],
    };
    all.iter().map(|words| words.iter().map(ToString::to_string).collect()).collect()
}

/// Runs a command with and without the policies, in each format.
fn runs(command: &str, hostile: &str) -> Vec<Vec<String>> {
    let formats = formats(command);
    let of = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<String>>();
    let mut all = vec![
        of(&[command, hostile]),
        of(&[command, hostile, hostile]),
        of(&[command, &format!("--{hostile}")]),
        of(&[command, "--format", hostile]),
    ];
    for question in questions(command, hostile) {
        for policy in ["policy.toml", "mistaken.toml", "broken.toml"] {
            let mut arguments = vec![command.to_owned()];
            arguments.extend(question.clone());
            if command != "test" {
                arguments.extend(of(&["--policy", policy]));
            }
            match formats.as_slice() {
                [] => all.push(arguments),
                formats => {
                    all.extend(formats.iter().map(|format| [arguments.clone(), of(&["--format", format])].concat()))
                }
            }
        }
    }
    all
}

fn assert_clean(folder: &Path, arguments: &[String]) -> Ran {
    let ran = rolecall_in(folder, arguments);
    let words = format!("{arguments:?}");
    assert_nothing_raw(&words, &ran.stdout);
    assert_nothing_raw(&words, &ran.stderr);
    assert!(!ran.stderr.contains("panicked") && ran.code != 101, "{words}: {}", ran.stderr);
    ran
}

#[test]
fn nothing_raw_comes_out_of_any_command() {
    let commands = commands();
    for hostile in HOSTILE {
        let folder = tempfile::tempdir().expect("there is a place for temporary files");
        write_hostile(folder.path(), hostile);
        // What the operating system cannot pass on is no argument.
        let typed = hostile.replace('\0', "");
        let mut said = 0;
        for command in &commands {
            for arguments in runs(command, &typed) {
                let ran = assert_clean(folder.path(), &arguments);
                said += ran.stdout.len();
            }
        }
        assert!(said > 10_000, "{hostile:?}: only {said} bytes were said");
        assert_clean(folder.path(), std::slice::from_ref(&typed));
    }
}

#[cfg(unix)]
#[test]
fn nothing_raw_comes_out_of_the_names_of_files() {
    for hostile in HOSTILE.iter().map(|text| text.replace(['\0', '/'], "")) {
        let folder = tempfile::tempdir().expect("there is a place for temporary files");
        write_hostile(folder.path(), "");
        let named = format!("x{hostile}\n.csv");
        let copy = |from: &str, to: &str| {
            fs::copy(folder.path().join(from), folder.path().join(to)).expect("the folder is ours")
        };
        copy("exports/groups.csv", &format!("exports/{named}"));
        copy("exports/letter.txt", &format!("exports/letter{named}"));
        let (policy, report) = (format!("policy{hostile}.toml"), format!("report{hostile}"));
        copy("policy.toml", &policy);
        for command in ["check", "access", "records"] {
            for format in formats(command) {
                let arguments = [command, "exports", "--policy", &policy, "--format", &format];
                assert_clean(folder.path(), &arguments.map(ToOwned::to_owned));
            }
            for arguments in [
                [command, &named, "--policy", &policy, "--output", &report],
                [command, "exports", "--policy", &policy, "--output", &format!("none-such/{report}")],
                [command, "exports", "--policy", &policy, "--output", &policy],
            ] {
                assert_clean(folder.path(), &arguments.map(ToOwned::to_owned));
            }
        }
        for arguments in [
            vec!["check", "exports", "-v", "--write-baseline", "--policy", &policy],
            vec!["waive", "0123456789abcdef", "--reason", &hostile, "--expires", "2030-01-01", "--policy", &policy],
            vec!["test", &policy],
        ] {
            let arguments: Vec<String> = arguments.into_iter().map(ToOwned::to_owned).collect();
            assert_clean(folder.path(), &arguments);
        }
        let written = fs::read_to_string(folder.path().join(&policy)).expect("it is a policy");
        assert_nothing_raw("the waiver", written.split("[[test]]").nth(1).expect("the test is the last of ours"));
        let baseline =
            fs::read_to_string(folder.path().join(format!("policy{hostile}.baseline"))).expect("it was written");
        assert_nothing_raw("the baseline", &baseline);
    }
}
