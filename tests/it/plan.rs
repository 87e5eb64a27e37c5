//! `rolecall plan`: its commands are run on a model of Exchange, which is exported and checked again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

/// A random generator of its own: the same numbers in every run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

fn run(arguments: &[&str], folder: &Path) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolecall"));
    let output = command.current_dir(folder).args(arguments).output().expect("the binary runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    (output.status.code().expect("it ends by itself"), text(output.stdout), text(output.stderr))
}

fn planned(arguments: &[&str], folder: &Path) -> (i32, Value) {
    let (code, out, err) = run(arguments, folder);
    (code, serde_json::from_str(&out).unwrap_or_else(|_| panic!("{code}: {out}{err}")))
}

/// A command as PowerShell reads it: words, and texts in single quotes, of which each typographic one is one.
pub(crate) fn words(command: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let is_quote = |char: char| matches!(char, '\'' | '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}');
    let (mut bare, mut lists) = (Vec::new(), Vec::<Vec<String>>::new());
    let chars: Vec<char> = command.chars().collect();
    let mut at = 0;
    let mut goes_on = false;
    while at < chars.len() {
        if is_quote(chars[at]) {
            let mut text = String::new();
            at += 1;
            loop {
                assert!(at < chars.len(), "a text does not end: {command}");
                if is_quote(chars[at]) {
                    if !chars.get(at + 1).copied().is_some_and(is_quote) {
                        break;
                    }
                    at += 1;
                }
                text.push(chars[at]);
                at += 1;
            }
            at += 1;
            match lists.last_mut().filter(|_| goes_on) {
                Some(list) => list.push(text),
                None => {
                    lists.push(vec![text]);
                    bare.push(String::new());
                }
            }
            goes_on = chars.get(at) == Some(&',');
            at += usize::from(goes_on);
        } else if chars[at] == ' ' {
            at += 1;
        } else {
            let end = (at..chars.len()).find(|at| chars[*at] == ' ').unwrap_or(chars.len());
            let word: String = chars[at..end].iter().collect();
            assert!(word.chars().all(|char| char.is_ascii_alphanumeric() || "-:$".contains(char)), "{word}: {command}");
            bare.push(word);
            at = end;
        }
    }
    (bare, lists)
}

/// The parameters of each cmdlet of a role.
type Entries = BTreeMap<String, BTreeSet<String>>;

/// What Exchange holds, and what it refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Exchange {
    /// Of each role its parent, and the parameters of its cmdlets.
    roles: BTreeMap<String, (Option<String>, Entries)>,
    /// Of each role group its roles and its members.
    groups: BTreeMap<String, (Vec<String>, BTreeSet<String>)>,
    users: Vec<String>,
}

impl Exchange {
    fn run(&mut self, command: &str) {
        let (bare, lists) = words(command);
        let mut lists = lists.into_iter();
        let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut parameter = String::new();
        for word in &bare[1..] {
            if word.is_empty() {
                named.insert(std::mem::take(&mut parameter), lists.next().expect("a list for each place"));
            } else {
                parameter = word.trim_start_matches('-').to_owned();
                named.insert(parameter.clone(), Vec::new());
            }
        }
        let one = |name: &str| {
            let list = named.get(name).unwrap_or_else(|| panic!("no -{name}: {command}"));
            assert_eq!(list.len(), 1, "{command}");
            list[0].clone()
        };
        let new_name = |name: &str, exchange: &Self| {
            let length = name.chars().count();
            assert!(length <= 64 && name.trim() == name && !name.is_empty(), "{name}");
            let taken = exchange.roles.keys().chain(exchange.groups.keys());
            assert!(!taken.map(|it| it.to_lowercase()).any(|it| it == name.to_lowercase()), "{name} is taken");
        };
        let user = |name: &str, exchange: &Self| {
            let is_it = |user: &&String| *user == name || format!("{user}@contoso.com") == name;
            exchange.users.iter().find(is_it).unwrap_or_else(|| panic!("nobody is {name}")).clone()
        };
        match bare[0].as_str() {
            "New-RoleGroup" => {
                let name = one("");
                new_name(&name, self);
                assert!(named["Roles"].iter().all(|role| self.roles.contains_key(role)), "{command}");
                let members = named["Members"].iter().map(|member| user(member, self)).collect();
                assert!(one("Description").starts_with("rolecall plan "), "{command}");
                self.groups.insert(name, (named["Roles"].clone(), members));
            }
            "Add-RoleGroupMember" => {
                let member = user(&one("Member"), self);
                let group = self.groups.get_mut(&one("")).expect("the group is there");
                assert!(group.1.insert(member), "a member twice is refused: {command}");
            }
            "Remove-RoleGroupMember" => {
                let member = user(&one("Member"), self);
                assert!(self.groups.get_mut(&one("")).expect("the group is there").1.remove(&member), "{command}");
                assert!(named.contains_key("Confirm:$false"), "{command}");
            }
            "Remove-RoleGroup" => {
                assert!(self.groups.remove(&one("")).is_some(), "{command}");
                assert!(named.contains_key("Confirm:$false"), "{command}");
            }
            "New-ManagementRole" => {
                let (name, parent) = (one("Name"), one("Parent"));
                new_name(&name, self);
                let mut entries = self.roles[&parent].1.clone();
                if let Some(enabled) = named.get("EnabledCmdlets") {
                    assert!(enabled.iter().all(|cmdlet| entries.contains_key(cmdlet)), "{command}");
                    entries.retain(|cmdlet, _| enabled.contains(cmdlet));
                }
                self.roles.insert(name, (Some(parent), entries));
            }
            "Remove-ManagementRole" => {
                let name = one("");
                assert!(self.groups.values().all(|(roles, _)| !roles.contains(&name)), "{name} is assigned");
                assert!(self.roles.remove(&name).expect("the role is there").0.is_some(), "{command}");
            }
            "Set-ManagementRoleEntry" => {
                let path = one("");
                let (role, cmdlet) = path.rsplit_once('\\').expect("a role and a cmdlet");
                assert!(named.contains_key("RemoveParameter"), "without a switch the list is replaced: {command}");
                let (parent, entries) = self.roles.get_mut(role).expect("the role is there");
                assert!(parent.is_some(), "a built-in role cannot be changed: {command}");
                let parameters = entries.get_mut(cmdlet).expect("the entry is there");
                named["Parameters"].iter().for_each(|name| assert!(parameters.remove(name), "{command}"));
            }
            "Remove-ManagementRoleEntry" => {
                let path = one("");
                let (role, cmdlet) = path.rsplit_once('\\').expect("a role and a cmdlet");
                let (parent, entries) = self.roles.get_mut(role).expect("the role is there");
                assert!(parent.is_some() && entries.remove(cmdlet).is_some(), "{command}");
                assert!(named.contains_key("Confirm:$false"), "{command}");
            }
            other => panic!("{other} is nothing that a plan should run: {command}"),
        }
    }

    /// Writes the exports, in another order where it is asked for.
    fn export(&self, folder: &Path, turned: bool) {
        let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let mut rows: [Vec<String>; 5] = Default::default();
        for (role, (parent, entries)) in &self.roles {
            let parent = parent.as_deref().unwrap_or("");
            rows[0].push(format!(
                "{},Custom,{},Organization,Organization,OrganizationConfig,OrganizationConfig",
                cell(role),
                cell(parent)
            ));
            for (cmdlet, parameters) in entries {
                let list: Vec<&str> = parameters.iter().map(String::as_str).collect();
                rows[1].push(format!("{},{cmdlet},{}", cell(role), cell(&list.join(","))));
            }
        }
        let mut assignments = BTreeSet::new();
        for (group, (roles, members)) in &self.groups {
            let list: Vec<&str> = members.iter().map(String::as_str).collect();
            rows[2].push(format!("{},{},Standard", cell(group), cell(&list.join(";"))));
            for role in roles {
                // Exchange cuts the name at 64 characters and numbers what is there already.
                let whole = format!("{role}-{group}");
                let cut = |end: &str| whole.chars().take(64 - end.len()).chain(end.chars()).collect::<String>();
                let numbered = (1..).map(|number| cut(&format!("-{number}")));
                let mut names = std::iter::once(cut("")).chain(numbered);
                let name = names.find(|name| assignments.insert(name.clone())).expect("numbers do not end");
                rows[3].push(format!("{},{},{},RoleGroup,Regular,True", cell(&name), cell(role), cell(group)));
            }
        }
        rows[4].extend(
            self.users
                .iter()
                .map(|user| format!("{},{},UserMailbox,", cell(user), cell(&format!("{user}@contoso.com")))),
        );
        let heads = [
            "Name,RoleType,Parent,ImplicitRecipientReadScope,ImplicitRecipientWriteScope,ImplicitConfigReadScope,ImplicitConfigWriteScope",
            "Role,Name,Parameters",
            "Name,Members,RoleGroupType",
            "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled",
            "Name,UserPrincipalName,RecipientTypeDetails,RoleAssignmentPolicy",
        ];
        for ((number, head), mut rows) in heads.iter().enumerate().zip(rows) {
            if turned {
                rows.reverse();
            }
            let mut text = format!("{head}\n");
            rows.iter().for_each(|row| writeln!(text, "{row}").expect("a string takes all"));
            fs::write(folder.join(format!("{number}.csv")), text).expect("it can be written");
        }
    }
}

/// A plan of whose findings only what they are about is left: places, and examples among equals, follow the rows.
fn unplaced(mut plan: Value) -> Value {
    for kind in ["new", "fixed"] {
        for finding in plan["after"]["findings"][kind].as_array_mut().expect("a list") {
            *finding = serde_json::json!([finding["rule"], finding["message"], finding["fingerprint"]]);
        }
    }
    plan
}

/// Names that would end a text, run something, or be cut.
const NAMES: &[&str] = &[
    "Mail Recipients",
    "O'Brien",
    "Tom\u{2019}s $(x)",
    "x; Remove-Mailbox y",
    "A role with a name that is nearly as long as Exchange lets it be",
    "R&D `n \"quoted\"",
    "Help Desk",
];

fn random(numbers: &mut Random) -> (Exchange, String) {
    let mut exchange = Exchange { roles: BTreeMap::new(), groups: BTreeMap::new(), users: Vec::new() };
    let cmdlets: Vec<String> = (0..9).map(|number| format!("Set-Thing{number}")).collect();
    for name in &NAMES[..3 + numbers.below(5)] {
        let mut entries = BTreeMap::new();
        for cmdlet in &cmdlets {
            if numbers.below(3) == 0 {
                let named = ["Identity", "Confirm", "Alpha", "Beta", "Gamma"];
                let parameters = named.iter().filter(|_| numbers.below(3) > 0).map(|it| (*it).to_owned()).collect();
                entries.insert(cmdlet.clone(), parameters);
            }
        }
        if !entries.is_empty() {
            exchange.roles.insert((*name).to_owned(), (None, entries));
        }
    }
    exchange.users = ["svc-o'neill", "anna", "bo"].map(ToOwned::to_owned).to_vec();
    let roles: Vec<String> = exchange.roles.keys().cloned().collect();
    for number in 0..=numbers.below(3) {
        let mut held = vec![roles[numbers.below(roles.len())].clone()];
        let other = roles[numbers.below(roles.len())].clone();
        if numbers.below(2) == 0 && !held.contains(&other) {
            held.push(other);
        }
        let members = exchange.users.iter().filter(|_| numbers.below(4) == 0).cloned().collect();
        exchange.groups.insert(format!("Group {number}\u{2018}s"), (held, members));
    }
    let mut asked: Vec<String> = Vec::new();
    for cmdlet in &cmdlets {
        if numbers.below(3) == 0 {
            asked.push(match numbers.below(4) {
                0 => format!("\"{cmdlet}:Alpha\""),
                1 => format!("\"{cmdlet}:Alpha|Beta\""),
                _ => format!("\"{cmdlet}\""),
            });
        }
    }
    let policy = format!("[[require]]\nid = \"things\"\naccount = \"svc-o'neill\"\ncmdlets = [{}]\n", asked.join(", "));
    (exchange, policy)
}

#[test]
fn what_a_plan_prints_does_what_it_says_on_a_model_of_exchange_and_can_be_taken_back() {
    let mut numbers = Random(20_261_130);
    let mut ways: BTreeMap<String, usize> = BTreeMap::new();
    for round in 0..60 {
        let (before, policy) = random(&mut numbers);
        if policy.contains("cmdlets = []") {
            continue;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let policy_path = folder.path().join("rolecall.toml");
        // Exchange 2013 makes no role with a part of its parent's entries.
        let old = round % 4 == 3;
        let place = "[[organization]]\nname = \"old\"\nenvironment = \"2013\"\npaths = [\"exports\"]\n";
        fs::write(&policy_path, policy + if old { place } else { "" }).expect("it can be written");
        let exports = folder.path().join("exports");
        fs::create_dir(&exports).expect("it can be made");
        before.export(&exports, false);
        let mut arguments = vec!["plan", "svc-o'neill", "exports", "--format", "json"];
        if round % 2 == 1 {
            arguments.push("--child-roles");
        }
        let (code, plan) = planned(&arguments, folder.path());
        *ways.entry(plan["way"].as_str().expect("a way").to_owned()).or_default() += 1;
        let uncovered = plan["uncovered"].as_array().expect("a list").len();
        assert_eq!(code, i32::from(uncovered > 0), "{plan}");
        before.export(&exports, true);
        assert_eq!(
            unplaced(planned(&arguments, folder.path()).1),
            unplaced(plan.clone()),
            "another order, another plan"
        );

        let access =
            |account: &str| run(&["access", "--account", account, "exports", "--format", "json"], folder.path()).1;
        let others = ["anna", "bo"].map(access);
        assert!(!old || !plan["steps"].to_string().contains("-EnabledCmdlets"), "{plan}");
        let mut exchange = before.clone();
        let steps = plan["steps"].as_array().expect("a list");
        steps.iter().for_each(|step| exchange.run(step["command"].as_str().expect("a command")));
        exchange.export(&exports, true);
        assert_eq!(["anna", "bo"].map(access), others, "others gained something by {plan}");
        let (_, again) = planned(&arguments, folder.path());
        assert_eq!(again["missing"], plan["after"]["missing"], "{plan}\n{again}");
        assert_eq!(again["granted"], plan["after"]["granted"]);
        assert_eq!(plan["after"]["missing"].as_u64(), Some(uncovered as u64));
        assert_eq!(again["steps"].as_array().map(Vec::len), Some(0), "a second run has nothing to do");
        if round % 2 == 1 {
            let excess = plan["after"]["excess"].as_array().expect("a list");
            let beyond = |it: &Value| {
                let extra = it["parameters"].as_array().expect("a list");
                extra.iter().any(|name| !matches!(name.as_str(), Some("Identity" | "Confirm")))
            };
            assert!(!excess.iter().any(beyond), "a child holds more than is asked for: {plan}");
        }
        for undo in steps.iter().rev().filter_map(|step| step["undo"].as_str()) {
            exchange.run(undo);
        }
        assert_eq!(exchange, before, "it is not taken back: {plan}");
    }
    for way in ["none", "existing-group", "new-group", "child-roles"] {
        assert!(ways.contains_key(way), "no plan was {way}: {ways:?}");
    }
}

/// The roles of the published entries, each with its cmdlets.
fn published() -> BTreeMap<String, BTreeSet<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/organization/exports/entries.csv");
    let text = fs::read_to_string(path).expect("it is there");
    let mut roles: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in text.lines().skip(1) {
        let mut cells = row.split(',').map(|cell| cell.trim_matches('"').to_owned());
        let (role, cmdlet) = (cells.next().expect("a role"), cells.next().expect("a cmdlet"));
        roles.entry(role).or_default().insert(cmdlet);
    }
    roles
}

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const EXPORTS: &str = "fixtures/organization/exports";

#[test]
fn the_smallest_set_of_roles_for_a_published_list_is_found_and_proved() {
    let arguments = ["plan", "svc-nobody", EXPORTS, "--require", "intune-connector-on-premises", "--format", "json"];
    let (code, plan) = planned(&arguments, Path::new(ROOT));
    assert_eq!((code, plan["way"].as_str()), (0, Some("new-group")));
    assert_eq!(
        (plan["asked"].as_u64(), plan["granted"].as_u64(), plan["missing"].as_u64()),
        (Some(21), Some(1), Some(20))
    );
    let chosen: Vec<&str> =
        plan["roles"].as_array().expect("a list").iter().filter_map(|role| role["role"].as_str()).collect();
    assert_eq!(
        chosen,
        ["Organization Client Access", "POP3 And IMAP4 Protocols", "Recipient Policies", "User Options"]
    );
    let items: BTreeSet<&str> = plan["roles"]
        .as_array()
        .expect("a list")
        .iter()
        .flat_map(|role| role["covers"].as_array().expect("a list"))
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(items.len(), 20);
    // An independent count of what these four have beyond the list.
    let roles = published();
    let union: BTreeSet<&String> = chosen.iter().flat_map(|role| &roles[*role]).collect();
    let beyond = union.iter().filter(|cmdlet| !items.contains(cmdlet.as_str())).count();
    assert_eq!(plan["cost"]["cmdlets"].as_u64(), Some(beyond as u64));
    assert_eq!(
        plan["after"]["excess"]
            .as_array()
            .map(|all| all.iter().filter(|it| !items.contains(it["cmdlet"].as_str().expect("a name"))).count()),
        Some(beyond)
    );
    assert_eq!((plan["cost"]["roles"].as_u64(), beyond), (Some(4), 132));
    assert_eq!((plan["proof"]["optimal"].as_bool(), &plan["proof"]["reason"]), (Some(true), &Value::Null));
    assert_eq!((plan["after"]["granted"].as_u64(), plan["after"]["missing"].as_u64()), (Some(21), Some(0)));
}

#[test]
fn a_script_is_marked_guarded_and_dry() {
    let base = ["plan", "svc-nobody", EXPORTS, "--require", "intune-connector-on-premises", "--format", "powershell"];
    let (code, script, _) = run(&[&base[..], &["--child-roles"]].concat(), Path::new(ROOT));
    assert_eq!(code, 0);
    assert!(script.starts_with('\u{feff}'), "Windows PowerShell 5.1 reads a file without a mark as ANSI");
    assert!(script.contains("\n[CmdletBinding(SupportsShouldProcess)]\n"));
    let changes = |line: &&str| {
        let code = !line.starts_with('#');
        code && ["New-RoleGroup ", "New-ManagementRole ", "Set-ManagementRoleEntry "].iter().any(|it| line.contains(it))
    };
    let changing: Vec<&str> = script.lines().filter(changes).collect();
    assert!(changing.len() > 3);
    for line in changing {
        assert!(line.contains("-WhatIf:$WhatIfPreference"), "{line}");
    }
    let (_, undo, _) = run(&[&base[..], &["--child-roles", "--undo"]].concat(), Path::new(ROOT));
    let removed: Vec<&str> = undo.lines().filter(|line| line.starts_with("if ($found")).collect();
    assert!(removed[0].contains("Remove-RoleGroup "), "the group goes before its roles: {undo}");
    for line in &removed {
        assert!(line.contains("-contains 'rolecall plan ") && line.contains("-Confirm:$false"), "{line}");
    }
}

#[test]
fn nothing_is_planned_where_nothing_is_missing_known_or_required() {
    let root = Path::new(ROOT);
    let require = ["--require", "intune-connector-on-premises"];
    let (code, plan) = planned(&[&["plan", "svc-intune", EXPORTS, "--format", "json"], &require[..]].concat(), root);
    assert_eq!((code, plan["way"].as_str(), plan["missing"].as_u64()), (0, Some("none"), Some(0)));
    let (code, out, err) = run(&[&["plan", "nobody-at-all", EXPORTS], &require[..]].concat(), root);
    assert_eq!((code, out.as_str()), (3, ""), "{err}");
    let (code, _, err) = run(&["plan", "svc-intune", EXPORTS], root);
    assert_eq!(code, 3, "{err}");
    let (code, _, err) = run(&[&["plan", "svc-*", EXPORTS], &require[..]].concat(), root);
    assert_eq!(code, 2, "{err}");
    let (code, _, err) = run(&[&["plan", "svc-nobody", EXPORTS, "--undo"], &require[..]].concat(), root);
    assert_eq!(code, 2, "{err}");
}

#[test]
fn what_no_export_decides_is_said_and_left_out_until_it_is_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("it can be written");
    write(
        "a.csv",
        "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled\nR-G,Things,Group,RoleGroup,Regular,True\n",
    );
    write("e.csv", "Role,Name,Parameters\nThings,Set-Thing,\"Identity,Alpha\"\n");
    write(
        "m.csv",
        "Name,UserPrincipalName,RecipientTypeDetails,RoleAssignmentPolicy\nsvc,svc@contoso.com,UserMailbox,\n",
    );
    write(
        "r.csv",
        "Name,RoleType,ImplicitRecipientReadScope,ImplicitRecipientWriteScope,ImplicitConfigReadScope,ImplicitConfigWriteScope\nThings,Custom,Organization,Organization,OrganizationConfig,OrganizationConfig\n",
    );
    write("p.toml", "[[require]]\nid = \"p\"\naccount = \"svc\"\ncmdlets = [\"Set-Thing\", \"Set-Other\"]\n");
    let base = ["plan", "svc", "a.csv", "e.csv", "m.csv", "r.csv", "--policy", "p.toml", "--format", "json"];
    let (code, plan) = planned(&base, folder.path());
    assert_eq!((code, plan["steps"].as_array().map(Vec::len)), (1, Some(0)), "{plan}");
    assert_eq!(plan["undecided"][0]["cmdlet"], "Set-Thing");
    assert_eq!(
        (plan["uncovered"][0]["cmdlet"].as_str(), plan["uncovered"][0]["reason"].as_str()),
        (Some("Set-Other"), Some("no-role"))
    );
    let (_, plan) = planned(&[&base[..], &["--assume-missing"]].concat(), folder.path());
    assert_eq!((plan["way"].as_str(), plan["after"]["granted"].as_u64()), (Some("new-group"), Some(1)), "{plan}");
}

#[test]
fn a_role_of_which_no_export_says_how_far_it_reaches_is_taken_last_and_leaves_undecided_what_it_gives() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("it can be written");
    write(
        "a.csv",
        "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled\nR-G,Things,Group,RoleGroup,Regular,True\n",
    );
    write("e.csv", "Role,Name,Parameters\nThings,Get-Thing,Identity\nOwn Things,Get-Thing,Identity\n");
    write("g.csv", "Name,RoleGroupType,Members\nGroup,Standard,ada\n");
    write(
        "m.csv",
        "Name,UserPrincipalName,RecipientTypeDetails,RoleAssignmentPolicy\nsvc,svc@contoso.com,UserMailbox,\nada,ada@contoso.com,UserMailbox,\n",
    );
    write("p.toml", "[[require]]\nid = \"p\"\naccount = \"svc\"\ncmdlets = [\"Get-Thing\"]\n");
    let base = ["plan", "svc", "a.csv", "e.csv", "g.csv", "m.csv", "r.csv", "--policy", "p.toml", "--format", "json"];
    let scopes = "Organization,Organization,OrganizationConfig,OrganizationConfig";
    let roles = |scopes: &str| {
        format!(
            "Name,RoleType,ImplicitRecipientReadScope,ImplicitRecipientWriteScope,ImplicitConfigReadScope,ImplicitConfigWriteScope\n\
             Own Things,Custom,,,,\nThings,Custom,{scopes}\n"
        )
    };
    write("r.csv", &roles(",,,"));
    let (code, plan) = planned(&base, folder.path());
    assert_eq!((code, plan["after"]["undecided"].as_u64()), (1, Some(1)), "{plan}");
    write("r.csv", &roles(scopes));
    let (code, plan) = planned(&base, folder.path());
    assert_eq!((code, plan["roles"][0]["role"].as_str()), (0, Some("Things")), "{plan}");
}
