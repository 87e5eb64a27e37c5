//! Whole exports but for one kind, of which a console shows what a command asked for: nothing that it left out is denied.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseError;

use crate::powershell::{Datum, How, Object, Quotes, Shape, render};

use super::export::{exports, write_text};
use super::judge::{Bound, Said};
use super::organization::{Assignee, CMDLETS, GroupKind, Organization, organizations};
use super::{array, fail, product, questions, runner, word};

/// What stands in the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Narrowed {
    Entries,
    Assignments,
    Members,
    Mailboxes,
}

/// Commands with their rows, and whether they leave out nothing that matters.
struct Console {
    answers: Vec<(String, Vec<Object>)>,
    is_whole: bool,
}

fn says(object: &Object, property: &str, value: &str) -> bool {
    object.get(property) == Some(&Datum::Text(value.to_owned()))
}

fn kept(rows: &[Object], keeps: impl Fn(&Object) -> bool) -> Vec<Object> {
    rows.iter().filter(|row| keeps(row)).cloned().collect()
}

fn name_of(object: &Object) -> &str {
    match object.get("Name") {
        Some(Datum::Text(name)) => name,
        _ => "",
    }
}

/// Everybody and everything that an assignment may name for a user: itself, its groups, its policy.
fn reaches(organization: &Organization, user: usize, row: &Object) -> bool {
    let named = organization.assignments.iter().find(|assignment| assignment.name == name_of(row));
    named.is_some_and(|assignment| match assignment.assignee {
        Assignee::User(assignee) => assignee == user,
        Assignee::Group(group) => organization.groups_of(user, Bound::Upper).contains_key(&group),
        Assignee::Policy(policy) => organization.policy_of(user) == Some(policy),
    })
}

/// What a command of each kind shows of the rows.
fn console(organization: &Organization, kind: Narrowed, rows: &[Object], choice: (Index, Index)) -> Console {
    let first = |count: usize| rows.iter().take(count).cloned().collect::<Vec<Object>>();
    let role = organization.roles[choice.1.index(organization.roles.len())].name;
    let cmdlet = CMDLETS[choice.1.index(CMDLETS.len())];
    let user = choice.1.index(organization.users.len());
    let name = organization.users[user].name;
    let count = choice.1.index(rows.len() + 1);
    // No organization is without any: an answer that shows none was filtered, whatever its command says.
    let one = |command: String, rows: Vec<Object>, is_whole: bool| {
        let is_whole = is_whole && !rows.is_empty();
        Console { answers: vec![(command, rows)], is_whole }
    };
    match kind {
        Narrowed::Entries => {
            let of_role = |row: &Object| says(row, "Role", role);
            let of_cmdlet = |row: &Object| says(row, "Name", cmdlet);
            let entries = "Get-ManagementRoleEntry";
            match choice.0.index(8) {
                0 => one(format!("{entries} \"{role}\\*\""), kept(rows, of_role), false),
                1 => one(format!("{entries} \"*\\{cmdlet}\""), kept(rows, of_cmdlet), false),
                2 => one(
                    format!("{entries} '{role}\\{cmdlet}'"),
                    kept(rows, |row| of_role(row) && of_cmdlet(row)),
                    false,
                ),
                3 => one(format!("{entries} *\\* | sort Role,Name"), rows.to_vec(), true),
                4 => {
                    let reads = |row: &Object| name_of(row).starts_with("Get-");
                    one(format!("{entries} *\\* | ? {{$_.Name -like 'Get-*'}}"), kept(rows, reads), false)
                }
                5 => one(format!("{entries} *\\* | select -First {count}"), first(count), false),
                6 => one(format!("{entries} *\\* | where Role -ne '{role}'"), kept(rows, |row| !of_role(row)), false),
                _ => one("$entries".to_owned(), first(count), false),
            }
        }
        Narrowed::Assignments => {
            let all = "Get-ManagementRoleAssignment";
            let enabled = |row: &Object| row.get("Enabled") == Some(&Datum::Bool(true));
            let regular = |row: &Object| says(row, "RoleAssignmentDelegationType", "Regular");
            match choice.0.index(9) {
                0 => one(format!("{all} -Role \"{role}\""), kept(rows, |row| says(row, "Role", role)), false),
                1 => one(
                    format!("{all} -RoleAssignee '{name}'"),
                    kept(rows, |row| reaches(organization, user, row)),
                    false,
                ),
                2 => one(format!("{all} -Enabled $true"), kept(rows, enabled), true),
                3 => one(format!("{all} -Delegating:$false"), kept(rows, regular), true),
                4 => {
                    let others = |row: &Object| !says(row, "RoleAssigneeType", "RoleGroup");
                    one(format!("{all} | ? RoleAssigneeType -ne RoleGroup"), kept(rows, others), false)
                }
                5 => one(format!("{all} | select -First {count}"), first(count), false),
                6 => one(
                    format!("{all} -RoleAssigneeType User"),
                    kept(rows, |row| says(row, "RoleAssigneeType", "User")),
                    false,
                ),
                7 => one(format!("{all} | sort Role"), rows.to_vec(), true),
                _ => one(format!("({all})[0]"), first(1), false),
            }
        }
        Narrowed::Members => {
            let in_rows: Vec<&str> = organization
                .groups
                .iter()
                .filter(|group| group.kind == GroupKind::RoleGroup && group.rows)
                .map(|group| group.name)
                .collect();
            let place = choice.1.index(in_rows.len().max(1));
            let way = choice.0.index(4);
            let answers = in_rows.iter().enumerate().map(|(number, group)| {
                let members = kept(rows, |row| says(row, "RoleGroup", group));
                let all = format!("Get-RoleGroupMember \"{group}\" -ResultSize Unlimited");
                match (number == place, way) {
                    (true, 0) => (
                        format!("Get-RoleGroupMember \"{group}\" -ResultSize 1"),
                        members.into_iter().take(1).collect(),
                    ),
                    (true, 1) => (
                        format!("{all} | ? Name -like 'a*'"),
                        kept(&members, |row| name_of(row).to_lowercase().starts_with('a')),
                    ),
                    (true, 2) => ("Get-Date".to_owned(), Vec::new()),
                    _ => (all, members),
                }
            });
            Console { answers: answers.collect(), is_whole: way == 3 }
        }
        Narrowed::Mailboxes => match choice.0.index(4) {
            0 => one(format!("Get-Mailbox \"{name}\""), kept(rows, |row| says(row, "Name", name)), false),
            1 => one(format!("Get-Mailbox -ResultSize Unlimited | select -First {count}"), first(count), false),
            2 => one(format!("Get-Mailbox -ResultSize {count}"), first(count), false),
            _ => one("Get-Mailbox -ResultSize Unlimited".to_owned(), rows.to_vec(), true),
        },
    }
}

impl Console {
    fn text(&self, as_list: bool) -> String {
        let prompt = "[PS] C:\\>";
        let csv = Shape::Csv { delimiter: ',', join: Some(";"), quotes: Quotes::Always, type_line: false };
        let (stage, shape) = if as_list { ("fl", Shape::List) } else { ("ConvertTo-Csv -NoTypeInformation", csv) };
        let how = How { enumeration_limit: None, ..How::classic(shape) };
        let one = |(command, rows): &(String, Vec<Object>)| {
            let rows = if rows.is_empty() { String::new() } else { format!("{}\n", render(rows, &how)) };
            format!("{prompt}{command} | {stage}\n{rows}")
        };
        self.answers.iter().map(one).collect::<String>() + prompt + "\n"
    }
}

fn in_console(
    organization: &Organization,
    kind: Narrowed,
    choice: (Index, Index),
    as_list: bool,
    folder: &Path,
) -> Option<(String, bool)> {
    let name = match kind {
        Narrowed::Entries => "entries",
        Narrowed::Assignments => "assignments-2",
        Narrowed::Members => "members",
        Narrowed::Mailboxes => "mailboxes",
    };
    let mut shown = None;
    for (number, export) in exports(organization).iter().enumerate() {
        if export.name == name {
            let console = console(organization, kind, &export.objects, choice);
            let text = console.text(as_list);
            write_text(folder, number, export.name, &text);
            shown = Some((text, console.is_whole));
        } else {
            write_text(folder, number, export.name, export.text());
        }
    }
    shown
}

#[test]
fn nothing_that_a_command_left_out_is_denied() {
    let kinds = [Narrowed::Entries, Narrowed::Assignments, Narrowed::Members, Narrowed::Mailboxes];
    let drawn = (organizations(), prop::sample::select(kinds.to_vec()), any::<(Index, Index)>(), any::<bool>());
    let questions = questions();
    let (granted, held) = (Cell::new(0_usize), Cell::new(0_usize));
    let result = runner(200).run(&drawn, |(mut organization, kind, choice, as_list)| {
        let layout = &mut organization.layout;
        (layout.split_assignments, layout.everything_twice, layout.users_twice) = (false, false, false);
        (layout.entries_in_roles_alone, layout.role_groups_twice) = (false, false);
        let folder = tempfile::Builder::new().prefix("organization").tempdir().expect("there is room for a folder");
        let Some((text, is_whole)) = in_console(&organization, kind, choice, as_list, folder.path()) else {
            return Ok(());
        };
        let answers = product::ask(folder.path(), &questions);
        let wrong = |message: String| -> TestCaseError { fail(format!("{message}\n{text}")) };
        let is_doubtful =
            organization.groups.iter().any(|group| matches!(group.kind, GroupKind::Distribution | GroupKind::Linked));
        for (user, own) in organization.users.iter().enumerate() {
            for (number, asked) in questions.iter().enumerate() {
                let right = organization.right_answers(user, asked);
                let is_missing =
                    |said: &Said| matches!(said, Said::MissingCmdlet | Said::MissingParameter | Said::Missing);
                for said in answers.said(own.name, number) {
                    let flips = is_missing(&said) && !right.iter().any(is_missing)
                        || said == Said::Granted && !right.contains(&Said::Granted);
                    if flips {
                        return Err(wrong(format!(
                            "{} {} {asked:?}: {right:?}, not {said:?}",
                            own.name, CMDLETS[asked.cmdlet]
                        )));
                    }
                }
            }
            let Some(line) = answers.access_of(own.name) else { continue };
            let cmdlets = |bound| -> BTreeSet<&str> {
                organization.grants_of(user, bound).iter().map(|grant| CMDLETS[grant.cmdlet]).collect()
            };
            let shown: BTreeSet<String> = array(&line["cmdlets"]).iter().map(|one| word(&one["cmdlet"])).collect();
            let sure = array(&line["cmdlets"]).iter().filter(|one| one["answer"] == "granted");
            held.set(held.get() + cmdlets(Bound::Lower).len());
            granted.set(granted.get() + sure.count());
            if line["complete"] == true && !cmdlets(Bound::Lower).iter().all(|name| shown.contains(*name)) {
                return Err(wrong(format!("{} is complete, and lacks what it holds: {line:#}", own.name)));
            }
            if is_whole && !is_doubtful && line["complete"] != true {
                return Err(wrong(format!("{}: nothing was left out, and it is not complete: {line:#}", own.name)));
            }
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let (granted, held) = (granted.get(), held.get());
    assert!(granted * 10 >= held * 6, "{granted} of {held} held are granted");
}
