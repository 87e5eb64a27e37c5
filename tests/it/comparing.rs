//! `rolecall diff` on random organizations that change, against a comparison that knows nothing of files.

mod git;

use std::cell::RefCell;
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::Value;

use crate::brute::change::{Cell, Contains, Holdings, changed, changes};
use crate::brute::damage::{Loss, damages};
use crate::brute::export::{exports, write_text};
use crate::brute::organization::{Assignee, CMDLETS, Organization, PARAMETERS, Principal, UserKind, organizations};
use crate::brute::runner;
use crate::program::{argument, folder, rolecall, strings};
use crate::schemas::hold;

/// What is said of one account.
#[derive(Debug, Default)]
struct Said {
    /// Cells, each with its direction.
    claims: Vec<(String, Cell)>,
    /// What is open: the direction, and the cmdlets where these are known.
    open: Vec<(String, Option<Vec<String>>)>,
}

fn known<'k>(all: &[&'k str], text: &str) -> &'k str {
    all.iter().copied().find(|known| *known == text).unwrap_or_else(|| panic!("{text}"))
}

const EXTENTS: [&str; 9] = [
    "Organization",
    "None",
    "Self",
    "MyGAL",
    "MyDistributionGroups",
    "Zürich Staff",
    "contoso.com/Staff",
    "OrganizationConfig",
    "?",
];

fn said_of(diff: &Value, is_it: impl Fn(&str) -> bool) -> Said {
    let mut said = Said::default();
    for change in diff["changes"].as_array().expect("changes") {
        if !strings(&change["accounts"]).into_iter().any(&is_it) {
            continue;
        }
        for cells in change["cmdlets"].as_array().expect("cmdlets") {
            let cell = |parameter| Cell {
                cmdlet: known(&CMDLETS, cells["cmdlet"].as_str().expect("a cmdlet")),
                parameter,
                recipients: known(&EXTENTS, cells["scope"]["recipient"].as_str().expect("a scope")),
                configuration: known(&EXTENTS, cells["scope"]["config"].as_str().expect("a scope")),
            };
            let direction = change["change"].as_str().expect("a direction").to_owned();
            let parameters = strings(&cells["parameters"]).into_iter().map(|name| Some(known(&PARAMETERS, name)));
            let whole = (cells["whole"] == true).then_some(None);
            said.claims.extend(whole.into_iter().chain(parameters).map(|name| (direction.clone(), cell(name))));
        }
    }
    for open in diff["open"].as_array().expect("open answers") {
        if is_it(open["account"].as_str().expect("a name")) {
            assert!(!open["gaps"].as_array().expect("gaps").is_empty(), "{open}");
            let cmdlets = open["cmdlets"].as_array().map(|_| strings(&open["cmdlets"]));
            let cmdlets = cmdlets.map(|names| names.into_iter().map(ToOwned::to_owned).collect());
            said.open.push((open["might"].as_str().expect("a direction").to_owned(), cmdlets));
        }
    }
    said
}

/// Whether a name that lost its letters beyond ASCII may be this one.
fn may_be(shown: &str, name: &str) -> bool {
    let mut letters = name.chars();
    shown.chars().all(|shown| letters.next().is_some_and(|letter| shown == letter || shown == '?'))
        && letters.next().is_none()
}

/// Runs the comparison of two folders.
fn compare(folders: [&Path; 2]) -> Value {
    let [old, new] = folders.map(argument);
    let ran = rolecall(&["diff", &old, &new, "--format", "json", "-q"]);
    assert!([0, 1, 2, 3].contains(&ran.code), "{ran:?}");
    let diff = ran.json();
    hold("diff", std::slice::from_ref(&diff));
    diff
}

/// How many changes were true, and how many of them were claimed.
#[derive(Debug, Default)]
struct Tally {
    real: usize,
    claimed: usize,
}

/// How exactly what is said must be the truth.
#[derive(Clone, Copy, Debug)]
struct Strict {
    /// What changed is claimed, and not left open.
    claims: bool,
    /// Names are whole, so that a claim is about one account.
    names: bool,
    /// The extents are shown, and not taken from the roles.
    extents: bool,
}

/// Holds what is said against the truth of both sides.
fn judge(
    before: &Organization,
    after: &Organization,
    diff: &Value,
    strict: Strict,
    tally: &mut Tally,
) -> Result<(), TestCaseError> {
    for user in 0..before.users.len().max(after.users.len()) {
        let kind = |of: &Organization| of.users.get(user).map(|user| user.kind);
        let like = kind(before).or(kind(after)).unwrap_or(UserKind::Bare);
        let [old, new] = [before, after].map(|side| side.holdings(user, like));
        let names: Vec<&str> = [after, before].iter().filter_map(|side| Some(side.users.get(user)?.name)).collect();
        let said = match strict.names {
            true => said_of(diff, |shown| shown == names[0]),
            false => said_of(diff, |shown| names.iter().any(|name| may_be(shown, name))),
        };
        for (direction, from, to, side) in [("gained", &old, &new, before), ("lost", &new, &old, after)] {
            // Without any mailbox, nothing shows that somebody who is not there has none.
            let shows_mailboxes = side.users.iter().any(|user| user.kind != UserKind::Bare);
            let is_told = shows_mailboxes || side.users.get(user).is_some();
            // Without any assignment there is no file that says so.
            let claims = strict.claims && is_told && !side.assignments.is_empty();
            judge_one(direction, [from, to], &said, names[0], Strict { claims, ..strict }, tally)?;
        }
    }
    Ok(())
}

fn judge_one(
    direction: &str,
    [from, to]: [&Holdings; 2],
    said: &Said,
    name: &str,
    strict: Strict,
    tally: &mut Tally,
) -> Result<(), TestCaseError> {
    let claimed: Vec<&Cell> =
        said.claims.iter().filter(|(claimed, _)| claimed == direction).map(|(_, cell)| cell).collect();
    for cell in &claimed {
        let is_it = |own: &&Cell| (own.cmdlet, own.parameter) == (cell.cmdlet, cell.parameter);
        let holds = to.lower.contains(*cell) || !strict.extents && to.lower.iter().any(|own| is_it(&own));
        let is_new = from.hold(cell) == Contains::No;
        // Where letters are lost, two accounts may share a name, and the claim may be about the other.
        let is_false = if holds { !is_new } else { strict.names };
        if is_false {
            return Err(TestCaseError::fail(format!(
                "{name}: falsely {direction}: {cell:?}\n{from:?}\n{to:?}\n{said:?}"
            )));
        }
    }
    for cell in &to.lower {
        let before = from.hold(cell);
        let covers = |other: &Cell| {
            (other.cmdlet, other.parameter) == (cell.cmdlet, cell.parameter) && other.contains(cell) == Contains::Yes
        };
        let is_claimed = claimed.iter().any(|claimed| covers(claimed));
        // What a wider cell of the same side holds as well is not shown besides.
        let wider = to.lower.iter().find(|other| covers(other) && cell.contains(other) != Contains::Yes);
        if before != Contains::No || wider.is_some() {
            continue;
        }
        tally.real += 1;
        tally.claimed += usize::from(is_claimed);
        let of_it = |cmdlets: &Option<Vec<String>>| {
            cmdlets.as_ref().is_none_or(|cmdlets| cmdlets.iter().any(|known| known == cell.cmdlet))
        };
        let is_open = said.open.iter().any(|(might, cmdlets)| might == direction && of_it(cmdlets));
        if !is_claimed && (strict.claims || !is_open) {
            return Err(TestCaseError::fail(format!(
                "{name}: not said to be {direction}: {cell:?}\n{from:?}\n{to:?}\n{said:?}"
            )));
        }
    }
    Ok(())
}

/// Every cause of a membership is one that only the side has which has the cells.
fn judge_causes(before: &Organization, after: &Organization, diff: &Value) -> Result<(), TestCaseError> {
    for change in diff["changes"].as_array().expect("changes") {
        let causes = change["causes"].as_array().expect("causes");
        let (has, lacks) = if change["change"] == "gained" { (after, before) } else { (before, after) };
        let mut wrong = causes.is_empty().then(|| "no cause".to_owned());
        for cause in causes {
            let (object, member) = (cause["object"].as_str().unwrap_or(""), cause["member"].as_str().unwrap_or(""));
            let is_true = match cause["kind"].as_str().expect("a kind") {
                "member" => is_member(has, object, member, has) && !is_member(lacks, object, member, has),
                "assignment" => differs(has, lacks, object),
                _ => true,
            };
            if !is_true {
                wrong = Some(format!("{cause}"));
            }
        }
        if let Some(wrong) = wrong {
            return Err(TestCaseError::fail(format!("no true cause: {wrong} of {change:#}")));
        }
    }
    Ok(())
}

/// Whether a group has a member, both by the numbers that they have where these are their names.
fn is_member(of: &Organization, group: &str, member: &str, named: &Organization) -> bool {
    let Some(group) = named.groups.iter().position(|it| it.name == group) else { return false };
    let is_it = |principal: &Principal| match principal {
        Principal::User(user) => named.users.get(*user).is_some_and(|it| it.name == member),
        Principal::Group(group) => named.groups.get(*group).is_some_and(|it| it.name == member),
    };
    of.groups.get(group).is_some_and(|group| group.members.iter().any(|(principal, _)| is_it(principal)))
}

/// Whether an assignment gives more on the one side than on the other.
fn differs(has: &Organization, lacks: &Organization, name: &str) -> bool {
    let Some(own) = has.assignments.iter().find(|it| it.name == name) else { return false };
    let works = |it: &&crate::brute::organization::Assignment| it.enabled && !it.delegating;
    let same_assignee = |assignee: Assignee| assignee == own.assignee;
    let mut same =
        lacks.assignments.iter().filter(works).filter(|it| it.role == own.role && same_assignee(it.assignee));
    works(&own) && !same.any(|it| (it.scopes, it.custom) == (own.scopes, own.custom))
}

fn write(organization: &Organization, folder: &Path, backwards: bool) {
    let mut all = exports(organization);
    if backwards {
        all.reverse();
        all.iter_mut().for_each(|export| export.objects.reverse());
    }
    for (number, export) in all.iter().enumerate() {
        write_text(folder, number, export.name, export.text());
    }
}

fn folders() -> [tempfile::TempDir; 2] {
    [(), ()].map(|()| tempfile::tempdir().expect("there is room for a folder"))
}

#[test]
fn a_member_whose_mailbox_lost_its_letters_is_still_there() {
    let entries = "Role,Name,Parameters\nAlpha,Get-Mailbox,Identity\n";
    let groups = "Name,Guid,RoleGroupType\nOuter,99999999-1111-4111-8111-111111111111,Standard\n";
    let members = "RoleGroup,Name,Identity,RecipientType\nOuter,Zoë,contoso.com/Staff/Zoë,UserMailbox\n";
    let assignments = "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled,RecipientReadScope,RecipientWriteScope,ConfigReadScope,ConfigWriteScope\nAlpha-Outer,Alpha,Outer,RoleGroup,Regular,True,Organization,Organization,OrganizationConfig,OrganizationConfig\n";
    let mailboxes = |name: &str| {
        format!(
            "Name,Guid,RecipientTypeDetails,RoleAssignmentPolicy\n{name},11111111-1111-4111-8111-111111111111,UserMailbox,\n"
        )
    };
    let [old, new] = [("Zo?", "Zoë"), ("Zoë", "Zoë")].map(|(mailbox, member)| {
        let (mailboxes, members) = (mailboxes(mailbox), members.replace("Zoë", member));
        folder(&[
            ("entries.csv", entries.as_bytes()),
            ("groups.csv", groups.as_bytes()),
            ("members.csv", members.as_bytes()),
            ("assignments.csv", assignments.as_bytes()),
            ("mailboxes.csv", mailboxes.as_bytes()),
        ])
    });
    let diff = compare([old.path(), new.path()]);
    assert_eq!(diff["changes"], serde_json::json!([]), "{diff:#}");
}

#[test]
fn what_is_gained_and_lost_is_what_changed() {
    let result = runner(100).run(&(organizations(), changes()), |(organization, (changes, shapes, flags, swap))| {
        let other = changed(&organization, &changes, shapes, flags);
        let (before, after) = if swap { (other, organization) } else { (organization, other) };
        let folders = folders();
        write(&before, folders[0].path(), false);
        write(&after, folders[1].path(), true);
        let diff = compare(folders.each_ref().map(tempfile::TempDir::path));
        let mut tally = Tally::default();
        judge(&before, &after, &diff, Strict { claims: true, names: true, extents: true }, &mut tally)?;
        judge_causes(&before, &after, &diff)
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

#[test]
fn what_a_damaged_side_does_not_show_is_open_and_never_claimed() {
    let tally = RefCell::new(Tally::default());
    let strategy = (organizations(), changes(), damages(), any::<bool>());
    let result = runner(120).run(&strategy, |(organization, (changes, shapes, flags, swap), damage, of_old)| {
        let other = changed(&organization, &changes, shapes, flags);
        let (before, after) = if swap { (other, organization) } else { (organization, other) };
        let folders = folders();
        let Some(damaged) = damage.apply(if of_old { &before } else { &after }) else { return Ok(()) };
        let [spoiled, whole] = if of_old { [0, 1] } else { [1, 0] };
        for (number, (name, bytes)) in damaged.files.iter().enumerate() {
            write_text(folders[spoiled].path(), number, name, bytes);
        }
        write(if of_old { &after } else { &before }, folders[whole].path(), false);
        let diff = compare(folders.each_ref().map(tempfile::TempDir::path));
        let strict = Strict { claims: false, names: damage.loss != Loss::LossyLetters, extents: !damaged.scopes_lost };
        let mut one = Tally::default();
        judge(&before, &after, &diff, strict, &mut one).map_err(|error| {
            TestCaseError::fail(format!("{} of the {} side: {error}", damaged.what, if of_old { "old" } else { "new" }))
        })?;
        let mut tally = tally.borrow_mut();
        tally.real += one.real;
        tally.claimed += one.claimed;
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let Tally { real, claimed } = tally.into_inner();
    assert!(claimed * 4 >= real, "of {real} true changes {claimed} are claimed");
}
