//! `rolecall anonymize`: other names, the same organization, the same answers.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proptest::test_runner::TestCaseError;
use serde_json::Value;

use crate::brute::organization::organizations;
use crate::brute::{export, in_folder, runner};
use crate::program::{Ran, argument, folder, rolecall, rolecall_in, rolecall_reading};

/// Anonymizes a folder and returns the records of each of its files, before and afterwards.
fn anonymize(from: &Path, to: &Path) -> Vec<(Vec<Value>, Vec<Value>)> {
    let ran = rolecall(&["anonymize", &argument(from), "--output", &argument(to)]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let (mut old, mut new) = (records(from), records(to));
    // Files are written in the order in which they are read.
    let names: BTreeSet<String> = old.keys().cloned().collect();
    let wrote: Vec<&str> =
        ran.stderr.lines().filter_map(|line| line.strip_prefix("wrote `")?.strip_suffix('`')).collect();
    assert_eq!(names.len(), wrote.len(), "{ran:?}");
    let mut side_by_side =
        |(name, wrote): (String, &str)| (old.remove(&name).unwrap_or_default(), new.remove(wrote).unwrap_or_default());
    names.into_iter().zip(wrote).map(&mut side_by_side).collect()
}

/// The records of a folder by file.
fn records(folder: &Path) -> BTreeMap<String, Vec<Value>> {
    let mut records: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for record in rolecall(&["records", &argument(folder)]).json_lines() {
        records.entry(record["file"].as_str().expect("a path").to_owned()).or_default().push(record);
    }
    records
}

fn fold(text: &str) -> String {
    text.to_lowercase()
}

/// Which text became which, as records show them side by side. Nothing else may differ.
#[derive(Default)]
struct Renamed {
    forward: BTreeMap<String, String>,
    backward: BTreeMap<String, String>,
    /// The words of texts that no record shows alone, such as items that were joined.
    words: BTreeMap<String, String>,
}

impl Renamed {
    fn of(files: &[(Vec<Value>, Vec<Value>)]) -> Self {
        let mut renamed = Self::default();
        for (old, new) in files {
            assert_eq!(old.len(), new.len(), "{old:?}");
            for (old, new) in old.iter().zip(new) {
                for key in ["line", "kind", "shape", "complete"] {
                    assert_eq!(old[key], new[key], "{old} {new}");
                }
                renamed.pair(&old["fields"], &new["fields"]);
            }
        }
        renamed
    }

    fn pair(&mut self, old: &Value, new: &Value) {
        match (old, new) {
            (Value::String(old), Value::String(new)) => {
                assert_eq!(old.chars().count(), new.chars().count(), "{old} {new}");
                let (old, new) = (fold(old), fold(new));
                let words = |text: &str| {
                    text.split(|char: char| !char.is_alphanumeric()).map(ToOwned::to_owned).collect::<Vec<_>>()
                };
                words(&old).into_iter().zip(words(&new)).for_each(|(old, new)| {
                    self.words.entry(old).or_insert(new);
                });
                assert_eq!(self.forward.entry(old.clone()).or_insert_with(|| new.clone()), &new, "{old}");
                assert_eq!(self.backward.entry(new.clone()).or_insert_with(|| old.clone()), &old, "{new}");
            }
            (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
                old.iter().zip(new).for_each(|(old, new)| self.pair(old, new));
            }
            (Value::Object(old), Value::Object(new)) => {
                assert!(old.keys().eq(new.keys()), "{old:?} {new:?}");
                old.values().zip(new.values()).for_each(|(old, new)| self.pair(old, new));
            }
            (old, new) => assert_eq!(old, new),
        }
    }

    /// The answers with the new names, without what is a sentence or a place, in an order that no name decides.
    fn canonical(&self, answers: &Value, rename: bool) -> Value {
        match answers {
            Value::String(text) => {
                let text = fold(text);
                let by_words = || {
                    let is_word = |part: &&str| part.starts_with(char::is_alphanumeric);
                    let parts = text.split_inclusive(|char: char| !char.is_alphanumeric());
                    let split = parts.flat_map(|part| {
                        part.split_at_checked(part.trim_end_matches(|char: char| !char.is_alphanumeric()).len())
                            .map(|(word, rest)| [word, rest])
                    });
                    split
                        .flatten()
                        .map(
                            |part| {
                                if is_word(&part) { self.words.get(part).map_or(part, String::as_str) } else { part }
                            },
                        )
                        .collect::<String>()
                };
                let new = if rename { self.forward.get(&text).cloned().unwrap_or_else(by_words) } else { text.clone() };
                new.into()
            }
            Value::Array(items) => {
                let mut items: Vec<Value> = items.iter().map(|item| self.canonical(item, rename)).collect();
                items.sort_by_key(Value::to_string);
                items.into()
            }
            Value::Object(object) => {
                let kept = object.iter().filter(|(key, _)| !["message", "file", "export"].contains(&key.as_str()));
                Value::Object(kept.map(|(key, value)| (key.clone(), self.canonical(value, rename))).collect())
            }
            other => other.clone(),
        }
    }
}

fn lines(ran: &Ran) -> Value {
    Value::Array(ran.json_lines())
}

/// What the built-in rules and a pack say of exports: how often each rule, and the counts.
fn said(folder: &Path) -> (BTreeMap<String, usize>, Value) {
    let policy = "extends = \"pack:exchange-baseline\"\n[lint]\npreset = \"strict\"\n[[require]]\naccount = \"*\"\npack = \"intune-connector-on-premises\"\n";
    let policies = crate::program::folder(&[("rolecall.toml", policy.as_bytes())]);
    let policy = argument(&policies.path().join("rolecall.toml"));
    let report = rolecall(&["check", &argument(folder), "--policy", &policy, "--format", "json"]).json();
    let mut rules = BTreeMap::new();
    for diagnostic in report["diagnostics"].as_array().expect("a list") {
        *rules.entry(diagnostic["rule"].as_str().expect("a name").to_owned()).or_default() += 1;
    }
    (rules, report["summary"].clone())
}

/// The names of recipients, which are nobody's but the organization's.
fn own_names(folder: &Path) -> BTreeSet<String> {
    /// How the names of the accounts begin that Windows and Exchange make themselves.
    const BUILT_IN: [&str; 3] = ["administrator", "exchange online-appl", "teams-application"];
    let keys = [
        "Name",
        "DisplayName",
        "Alias",
        "UserPrincipalName",
        "PrimarySmtpAddress",
        "WindowsLiveID",
        "Guid",
        "DistinguishedName",
        "ExternalDirectoryObjectId",
        "SamAccountName",
    ];
    let catalogue = rolecall::catalogue::Catalogue::new();
    let of_recipients = records(folder).into_values().flatten().filter(|record| record["kind"] == "Recipient");
    let names = of_recipients.flat_map(|record| keys.map(|key| record["fields"][key].as_str().map(fold)));
    let is_built_in = |name: &String| {
        BUILT_IN.iter().any(|own| name.starts_with(own) && !name.contains('@')) || catalogue.role(name).is_some()
    };
    names.flatten().filter(|name| name.chars().count() > 3 && !is_built_in(name)).collect()
}

/// Asserts that a folder of exports gives the same answers under other names, and that none of its own is left.
fn assert_same_but_for_names(from: &Path, named_at_least: usize) {
    let to = folder(&[]);
    let to = to.path().join("anonymized");
    let renamed = Renamed::of(&anonymize(from, &to));
    let access = |folder: &Path| lines(&rolecall(&["access", &argument(folder), "--format", "json", "-q"]));
    let (old, new) = (renamed.canonical(&access(from), true), renamed.canonical(&access(&to), false));
    let line = |value: &Value, index: usize| value[index].to_string();
    let count = old.as_array().expect("a list").len();
    if let Some(index) = (0..count).find(|index| old[*index] != new[*index]) {
        panic!("{}\n{}", line(&old, index), line(&new, index));
    }
    assert_eq!(count, new.as_array().expect("a list").len());
    assert_eq!(said(from), said(&to));
    let names = own_names(from);
    assert!(names.len() >= named_at_least, "only {names:?}");
    let mut stack = vec![to.clone()];
    while let Some(folder) = stack.pop() {
        for entry in fs::read_dir(folder).expect("it is there") {
            let path = entry.expect("it is there").path();
            if path.is_dir() {
                stack.push(path);
                continue;
            }
            let bytes = fs::read(&path).expect("it is there");
            let text = fold(&format!("{}\n{}", path.display(), String::from_utf8_lossy(&bytes)));
            let left: Vec<&String> = names.iter().filter(|name| text.contains(name.as_str())).collect();
            assert!(left.is_empty(), "{left:?} in {}", path.display());
        }
    }
}

#[test]
fn our_organization_gives_the_same_answers_under_other_names() {
    assert_same_but_for_names(Path::new("fixtures/organization/exports"), 30);
}

#[test]
fn random_organizations_give_the_same_answers_under_other_names() {
    let result = runner(4).run(&organizations(), |organization| {
        in_folder(&export::exports(&organization), |folder| assert_same_but_for_names(folder, 1));
        Ok::<(), TestCaseError>(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn each_shape_keeps_its_form_and_each_file_its_encoding() {
    let list = "[PS] C:\\>Get-RoleGroupMember 'Fabrikam Admins' | fl\r\n\r\nName          : Doe, Jane\r\nRecipientType : UserMailbox\r\nMembers       : {contoso.com/Users/Doe, Jane, b, c, d...}\r\n\r\n";
    let utf16: Vec<u8> = format!("\u{feff}{list}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let json = "[{\"Name\": \"Fabrikam Admins\", \"Members\": [\"FABRIKAM\\\\jane\", \"M\\u00fcller\\n\"], \"RoleGroupType\": \"Standard\"}]";
    let clixml = "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><Obj RefId=\"0\"><TN RefId=\"0\"><T>System.Management.Automation.PSCustomObject</T></TN><MS><S N=\"Name\">Doe &amp; Sons_x000A_</S><S N=\"RecipientType\">UserMailbox</S></MS></Obj></Objs>";
    let from = folder(&[
        ("fabrikam/members.txt", &utf16),
        ("fabrikam/groups.json", json.as_bytes()),
        ("fabrikam/mailboxes.xml", clixml.as_bytes()),
        ("rolecall.toml", b"[[require]]\naccount = \"jane\"\ncmdlets = [\"Set-Mailbox\"]\n"),
    ]);
    let ran = rolecall_in(from.path(), &["anonymize", "fabrikam", "rolecall.toml", "--output", "new"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let read = |name: &str| fs::read(from.path().join("new").join(name)).expect("it was written");
    let units: Vec<u16> = read("members.txt").chunks(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect();
    let list_new = String::from_utf16(&units).expect("it is UTF-16");
    assert!(list_new.starts_with("\u{feff}[PS] C:\\>Get-RoleGroupMember '"), "{list_new}");
    assert!(list_new.contains("\r\nRecipientType : UserMailbox\r\nMembers       : {"), "{list_new}");
    let json_new = String::from_utf8(read("groups.json")).expect("it is UTF-8");
    let value: Value = serde_json::from_str(&json_new).expect("it is JSON");
    assert!(
        value[0]["RoleGroupType"] == "Standard"
            && value[0]["Members"][1].as_str().is_some_and(|name| name.ends_with('\n')),
        "{value}"
    );
    let clixml_new = String::from_utf8(read("mailboxes.xml")).expect("it is UTF-8");
    assert!(
        clixml_new.contains(" &amp; ") && clixml_new.contains("_x000A_</S><S N=\"RecipientType\">UserMailbox<"),
        "{clixml_new}"
    );
    let policy = String::from_utf8(read("rolecall.toml")).expect("it is UTF-8");
    assert!(
        policy.starts_with("[[require]]\naccount = \"") && policy.ends_with("\"\ncmdlets = [\"Set-Mailbox\"]\n"),
        "{policy}"
    );
    let jane = policy.split('"').nth(1).expect("an account");
    assert!(list_new.to_lowercase().contains(jane) && json_new.contains(jane), "{jane}: {list_new} {json_new}");
    for old in ["fabrikam", "doe", "jane", "sons", "ller", "contoso"] {
        for new in [&list_new, &json_new, &clixml_new, &policy] {
            assert!(!new.to_lowercase().contains(old), "{old} in {new}");
        }
    }
    // The same files become the same files, and nothing is overwritten.
    let again = rolecall_in(from.path(), &["anonymize", "fabrikam", "rolecall.toml", "--output", "again"]);
    assert_eq!(
        (again.code, fs::read(from.path().join("again/members.txt")).expect("it was written")),
        (0, read("members.txt"))
    );
    let full = rolecall_in(from.path(), &["anonymize", "fabrikam", "--output", "new"]);
    assert!(full.code == 2 && full.stderr.contains("`new` is not empty"), "{full:?}");
    let input = rolecall_reading(&["anonymize", "-", "--output", "target/none-such"], b"x");
    assert!(input.code == 2 && input.stderr.contains("standard input has no name"), "{input:?}");
}
