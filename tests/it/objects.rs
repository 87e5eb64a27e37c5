//! `rolecall roles-with` and `rolecall show`: what is said of roles, groups, accounts and scopes.

use std::collections::BTreeSet;

use proptest::test_runner::TestCaseError;
use serde_json::Value;

use crate::brute::judge::Bound;
use crate::brute::organization::{Assignee, CMDLETS, GroupKind, Organization, PARAMETERS, organizations};
use crate::brute::{export, in_folder, runner};
use crate::program::{Ran, argument, folder, rolecall, strings};
use crate::schemas::hold;

fn json(arguments: &[&str]) -> Vec<Value> {
    rolecall(&[arguments, &["--format", "json", "-q"]].concat()).json_lines()
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: T, expected: T) -> Result<(), TestCaseError> {
    match found == expected {
        true => Ok(()),
        false => Err(TestCaseError::fail(format!("{what}: {found:?}, not {expected:?}"))),
    }
}

/// Whether a user has an assignment for certain.
fn has(organization: &Organization, user: usize, index: usize) -> bool {
    let assignment = &organization.assignments[index];
    assignment.enabled
        && !assignment.delegating
        && match assignment.assignee {
            Assignee::User(own) => own == user,
            Assignee::Group(group) => organization.groups_of(user, Bound::Lower).contains_key(&group),
            Assignee::Policy(policy) => organization.policy_of(user) == Some(policy),
        }
}

fn names(rows: &Value, key: &str) -> BTreeSet<String> {
    let rows = rows.as_array().map_or(&[][..], Vec::as_slice);
    rows.iter().filter(|row| row["answer"] != "unknown").filter_map(|row| Some(row[key].as_str()?.to_owned())).collect()
}

#[test]
fn every_role_with_a_cmdlet_is_shown_with_who_holds_it() {
    let result = runner(40).run(&organizations(), |organization| {
        in_folder(&export::exports(&organization), |path| {
            let path = argument(path);
            for (number, cmdlet) in CMDLETS.iter().enumerate() {
                // A parameter that nothing has is a mistake of whoever asks for it.
                let has = |role: &crate::brute::organization::Role| {
                    role.entries.iter().any(|entry| entry.cmdlet == number && entry.parameters.contains(&PARAMETERS[1]))
                };
                let is_asked = !cmdlet.contains(':') && organization.roles.iter().any(has);
                let asked = if is_asked { format!("{cmdlet}:{}", PARAMETERS[1]) } else { (*cmdlet).to_owned() };
                let lines = json(&["roles-with", &asked, &path]);
                hold("roles-with", &lines);
                let of_role = |role: &crate::brute::organization::Role| {
                    let entry = role.entries.iter().find(|entry| entry.cmdlet == number)?;
                    let matches = !is_asked || entry.parameters.contains(&PARAMETERS[1]);
                    Some((role.name.to_owned(), matches))
                };
                let entries = || organization.roles.iter().flat_map(|role| &role.entries);
                // A parameter that neither the exports nor the documentation know is a mistake, and no answer.
                if lines.is_empty() && !entries().any(|entry| entry.parameters.contains(&PARAMETERS[1])) {
                    continue;
                }
                let expected: BTreeSet<_> = organization.roles.iter().filter_map(of_role).collect();
                let found: BTreeSet<_> = lines
                    .iter()
                    .map(|line| (line["role"].as_str().unwrap_or("").to_owned(), line["matches"] == true))
                    .collect();
                same(cmdlet, found, expected)?;
                for line in &lines {
                    let holders = line["holders"].as_array().expect("holders");
                    let found: BTreeSet<(String, bool, bool)> = holders
                        .iter()
                        .map(|it| {
                            let name = it["assignment"].as_str().unwrap_or("").to_owned();
                            (name, it["enabled"] == true, it["delegating"] == true)
                        })
                        .collect();
                    let of_it =
                        |it: &&crate::brute::organization::Assignment| line["role"] == organization.roles[it.role].name;
                    let assignments = organization.assignments.iter().filter(of_it);
                    let expected = assignments.map(|it| (it.name.clone(), it.enabled, it.delegating)).collect();
                    same("holders", found, expected)?;
                }
            }
            Ok(())
        })
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

#[test]
fn what_is_shown_of_objects_is_the_judges() {
    let result = runner(40).run(&organizations(), |organization| {
        in_folder(&export::exports(&organization), |path| {
            let path = argument(path);
            let users = || 0..organization.users.len();
            let accounts = json(&["show", "account", "*", &path]);
            hold("show", &accounts);
            same("accounts", accounts.len(), organization.users.len())?;
            for user in users() {
                let name = organization.users[user].name;
                let page = accounts.iter().find(|page| page["name"] == name).expect("every user has a page");
                let held = (0..organization.assignments.len()).filter(|index| has(&organization, user, *index));
                let expected = held.map(|index| organization.assignments[index].name.clone()).collect();
                same(name, names(&page["roles"], "assignment"), expected)?;
            }
            let groups = json(&["show", "group", "*", &path]);
            hold("show", &groups);
            for (number, group) in organization.groups.iter().enumerate() {
                let page = groups.iter().find(|page| page["name"] == group.name).expect("every group has a page");
                let whole = group.kind != GroupKind::Distribution;
                let inside = users().filter(|user| organization.groups_of(*user, Bound::Lower).contains_key(&number));
                let expected: BTreeSet<String> = inside.map(|user| organization.users[user].name.to_owned()).collect();
                let found = names(&page["people"], "account");
                let is_right = if whole { expected.is_subset(&found) } else { true };
                same(group.name, is_right, true)?;
                let direct: BTreeSet<&str> = strings(&page["members"]).into_iter().collect();
                let members = group.members.iter().map(|(member, _)| organization.name(*member));
                same("members", direct, members.collect())?;
            }
            let roles = json(&["show", "role", "*", &path]);
            hold("show", &roles);
            for (number, role) in organization.roles.iter().enumerate() {
                let page = roles.iter().find(|page| page["name"] == role.name).expect("every role has a page");
                let of_role = |index: &usize| organization.assignments[*index].role == number;
                let holds = |user: &usize| {
                    (0..organization.assignments.len()).filter(of_role).any(|index| has(&organization, *user, index))
                };
                let expected = users().filter(holds).map(|user| organization.users[user].name.to_owned()).collect();
                same(role.name, names(&page["people"], "account"), expected)?;
                let parent = role.parent.map(|parent| organization.roles[parent].name);
                same("parent", page["parent"].as_str(), parent)?;
            }
            let policies = json(&["show", "policy", "*", &path]);
            hold("show", &policies);
            for (number, policy) in organization.policies.iter().enumerate() {
                let page = policies.iter().find(|page| page["name"] == *policy).expect("every policy has a page");
                let expected = users().filter(|user| organization.policy_of(*user) == Some(number)).count() as u64;
                same(policy, page["mailbox_count"].as_u64(), Some(expected))?;
            }
            let scopes = json(&["show", "scope", "*", &path]);
            hold("show", &scopes);
            let mut found: BTreeSet<(String, String)> = BTreeSet::new();
            for page in &scopes {
                let name = page["name"].as_str().unwrap_or("").to_owned();
                found.extend(names(&page["assignments"], "assignment").into_iter().map(|it| (it, name.clone())));
            }
            let works_on = |it: &crate::brute::organization::Assignment| {
                let word = it.custom.unwrap_or(it.scopes[1]);
                // What a policy gives ends at the own mailbox, whatever its assignment says.
                let own = ["Self", "MyGAL", "MyDistributionGroups"].contains(&word);
                let by_policy = matches!(it.assignee, Assignee::Policy(_));
                (it.name.clone(), if by_policy && !own { "Self" } else { word }.to_owned())
            };
            same("scopes", found, organization.assignments.iter().map(works_on).collect())?;
            Ok(())
        })
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

const FIXTURE: &str = "fixtures/organization/exports";

#[test]
fn a_scope_is_shown_with_its_filter_and_whom_it_holds() {
    let pages = json(&["show", "scope", "Contoso Sales", FIXTURE]);
    hold("show", &pages);
    let [page] = pages.as_slice() else { panic!("one scope") };
    assert_eq!(page["recipient_filter"], "Department -eq 'Sales'");
    assert_eq!(page["assignments"][0]["assignee"], "Sales Help Desk");
    assert_eq!(page["assignments"][0]["scope"], "Contoso Sales");
    assert!(names(&page["people"], "account").contains("pat"), "{page}");
    let assignment = json(&["show", "assignment", "Mail Recipients-Sales Help Desk", FIXTURE]);
    hold("show", &assignment);
    assert_eq!(assignment[0]["scope"], "Contoso Sales");
}

#[test]
fn entries_alone_say_which_role_has_a_cmdlet() {
    let entries = "Role,Name,Parameters\nAlpha,Set-Mailbox,Identity;ForwardingAddress\nBeta,Set-Mailbox,Identity\nBeta,Get-Mailbox,Database\n";
    let exports = folder(&[("entries.csv", entries.as_bytes())]);
    let path = argument(exports.path());
    let ask = |asked: &str| -> (Ran, Vec<String>) {
        let ran = rolecall(&["roles-with", asked, &path, "--format", "json", "-q"]);
        let has = ran.json_lines().into_iter().filter(|line| line["matches"] == true);
        let roles = has
            .map(|line| format!("{}\\{}", line["role"].as_str().unwrap_or(""), line["cmdlet"].as_str().unwrap_or("")));
        let roles = roles.collect();
        (ran, roles)
    };
    for (asked, code, roles) in [
        ("set-mailbox", 0, vec!["Alpha\\Set-Mailbox", "Beta\\Set-Mailbox"]),
        ("Set-Mailbox:Forward*", 0, vec!["Alpha\\Set-Mailbox"]),
        ("Set-Mailbox:Identity,ForwardingAddress", 0, vec!["Alpha\\Set-Mailbox"]),
        ("*:Database", 0, vec!["Beta\\Get-Mailbox"]),
        ("B*\\*-Mailbox", 0, vec!["Beta\\Get-Mailbox", "Beta\\Set-Mailbox"]),
        ("Get-CASMailbox", 0, vec![]),
    ] {
        let (ran, found) = ask(asked);
        assert_eq!((ran.code, found), (code, roles.into_iter().map(ToOwned::to_owned).collect()), "{asked}: {ran:?}");
    }
    let (ran, _) = ask("Set-Mailbix");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("did you mean `Set-Mailbox`?"), "{ran:?}");
    let human = rolecall(&["roles-with", "Set-Mailbox", &path]);
    assert!(!human.stdout.contains("not assigned"), "no assignment was exported: {human:?}");
}
