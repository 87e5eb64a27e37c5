//! Whole exports but for one kind, of which a console shows what a command asked for: nothing that it left out is denied,
//! and nothing is invented, by whatever command it is asked.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseError;
use rolecall::graph::Answer;
use rolecall::report::show::Kind;
use serde_json::Value;

use super::console::{NARROWED, console};
use super::export::{fits_braces, write_text};
use super::judge::{Asked, Bound, Grant, Said};
use super::organization::{CMDLETS, Form, GroupKind, Organization, Principal};
use super::product::{Answers, access_on, answers, answers_on, load, pages};
use super::scoped::{Scoped, scoped};
use super::{array, fail, questions, runner, word};

/// The exports with one of them as a console: its text, and whether nothing that matters was left out.
pub(super) fn in_console(
    scoped: &Scoped,
    kind: &str,
    choice: (Index, Index),
    as_list: bool,
    folder: &Path,
) -> Option<(String, bool)> {
    let mut shown = None;
    for (number, export) in scoped.exports().iter().enumerate() {
        if export.name == kind {
            let console = console(scoped, kind, &export.objects, choice);
            let text = console.text(as_list && fits_braces(&export.objects));
            write_text(folder, number, export.name, &text);
            shown = Some((text, console.is_whole));
        } else {
            write_text(folder, number, export.name, export.text());
        }
    }
    shown
}

/// One file for each kind, so that none is taken for the whole beside the console.
pub(super) fn in_one_file_each(organization: &mut Organization, kind: &str) {
    let layout = &mut organization.layout;
    (layout.split_assignments, layout.everything_twice, layout.users_twice) = (false, false, false);
    (layout.entries_in_roles_alone, layout.role_groups_twice) = (false, false);
    if kind == "role-groups" {
        organization.groups.iter_mut().for_each(|group| group.rows = false);
    }
}

/// The user that an account is shown as.
fn user_of(organization: &Organization, shown: &str) -> Option<usize> {
    (0..organization.users.len()).find(|user| organization.identities(*user).iter().any(|name| name == shown))
}

/// Whether a name is that of a group. Where the list of groups is a part, a member of which nothing else is said may be
/// an account, and holds what its group holds.
pub(super) fn is_group(organization: &Organization, shown: &str) -> bool {
    let forms = [Form::Name, Form::Canonical, Form::DistinguishedName, Form::Account];
    (0..organization.groups.len()).any(|group| {
        let names = |form| organization.identity(Principal::Group(group), form);
        forms.into_iter().map(names).any(|name| name == shown || name.rsplit('\\').next() == Some(shown))
    })
}

/// How much is granted of what is held.
#[derive(Default)]
struct Tally {
    granted: Cell<usize>,
    held: Cell<usize>,
}

fn compare_requirements(scoped: &Scoped, questions: &[Asked], answers: &Answers) -> Result<u64, String> {
    let organization = &scoped.organization;
    let mut count = 0;
    let is_missing = |said: &Said| matches!(said, Said::MissingCmdlet | Said::MissingParameter | Said::Missing);
    for shown in answers.accounts() {
        let Some(user) = user_of(organization, shown) else {
            match is_group(organization, shown) {
                true => continue,
                false => return Err(format!("`{shown}` is no account")),
            }
        };
        for (number, asked) in questions.iter().enumerate() {
            let right = scoped.right_answers(user, asked);
            for said in answers.said(shown, number) {
                count += 1;
                // What a scope that matches everybody narrows is no narrower.
                let is_wide = right.contains(&Said::Narrow) && scoped.has_scope_of_everybody();
                let flips = is_missing(&said) && !right.iter().any(is_missing)
                    || said == Said::Merged && right.iter().all(is_missing)
                    || said == Said::Granted && !right.contains(&Said::Granted) && !is_wide;
                if flips {
                    return Err(format!("{shown} {} {asked:?}: {right:?}, not {said:?}", CMDLETS[asked.cmdlet]));
                }
            }
        }
    }
    Ok(count)
}

fn compare_access(scoped: &Scoped, answers: &Answers, is_whole: bool, tally: &Tally) -> Result<(), String> {
    let organization = &scoped.organization;
    let is_open =
        |group: &super::organization::Group| matches!(group.kind, GroupKind::Distribution | GroupKind::Linked);
    let is_doubtful = organization.groups.iter().any(is_open);
    for line in &answers.access {
        let Some(user) = line["account"].as_str().and_then(|shown| user_of(organization, shown)) else {
            match line["account"].as_str().is_some_and(|shown| is_group(organization, shown)) {
                true => continue,
                false => return Err(format!("it is no account: {line:#}")),
            }
        };
        let cmdlets = |bound| -> BTreeSet<&str> {
            organization.grants_of(user, bound).iter().map(|grant| CMDLETS[grant.cmdlet]).collect()
        };
        let shown: BTreeSet<String> = array(&line["cmdlets"]).iter().map(|one| word(&one["cmdlet"])).collect();
        let sure: BTreeSet<String> = array(&line["cmdlets"])
            .iter()
            .filter(|one| one["answer"] == "granted")
            .map(|one| word(&one["cmdlet"]))
            .collect();
        tally.held.set(tally.held.get() + cmdlets(Bound::Lower).len());
        tally.granted.set(tally.granted.get() + sure.len());
        if let Some(extra) = sure.iter().find(|name| !cmdlets(Bound::Lower).contains(name.as_str())) {
            return Err(format!("`{extra}` is not granted: {line:#}"));
        }
        if line["complete"] == true && !cmdlets(Bound::Lower).iter().all(|name| shown.contains(*name)) {
            return Err(format!("it is complete, and lacks what the account holds: {line:#}"));
        }
        if is_whole && !is_doubtful && line["complete"] != true {
            return Err(format!("nothing was left out, and it is not complete: {line:#}"));
        }
    }
    Ok(())
}

/// What is said to work on one user.
fn compare_on(scoped: &Scoped, target: usize, lines: &[Value]) -> Result<u64, String> {
    let organization = &scoped.organization;
    let mut decided = 0;
    for line in lines {
        let shown = line["account"].as_str().unwrap_or_default();
        let Some(user) = user_of(organization, shown) else {
            match is_group(organization, shown) {
                true => continue,
                false => return Err(format!("`{shown}` is no account")),
            }
        };
        for cmdlet in array(&line["cmdlets"]) {
            for shown in array(&cmdlet["grants"]) {
                let is_it = |grant: &&Grant| {
                    shown["assignment"] == organization.assignments[grant.assignment].name.as_str()
                        && cmdlet["cmdlet"] == CMDLETS[grant.cmdlet]
                };
                let grants = organization.grants_of(user, Bound::Upper);
                // What a cut list of entries may give is no grant of theirs.
                let Some(grant) = grants.iter().find(is_it) else { continue };
                let right = scoped.covers(user, grant, target);
                let is_right = match shown["in_scope"].as_str() {
                    Some("yes") => right == Some(true),
                    Some("no") => right == Some(false),
                    _ => continue,
                };
                decided += 1;
                if !is_right {
                    let name = organization.users[target].name;
                    return Err(format!("on {name}: {right:?}, not {} in {line:#}", shown["in_scope"]));
                }
            }
        }
    }
    Ok(decided)
}

fn compare_answers_on(scoped: &Scoped, target: usize, cmdlet: usize, said: &[(String, Answer)]) -> Result<(), String> {
    for (shown, answer) in said {
        let Some(user) = user_of(&scoped.organization, shown) else {
            match is_group(&scoped.organization, shown) {
                true => continue,
                false => return Err(format!("`{shown}` is no account")),
            }
        };
        let right = scoped.can_run_on(user, cmdlet, target);
        let is_right = match answer {
            Answer::Granted | Answer::Merged => right == Some(true),
            Answer::NotGranted => right == Some(false),
            Answer::Unknown => true,
        };
        if !is_right {
            let name = scoped.organization.users[target].name;
            return Err(format!("{shown} {} on {name}: {right:?}, not {answer:?}", CMDLETS[cmdlet]));
        }
    }
    Ok(())
}

const PAGES: [Kind; 6] = [Kind::Role, Kind::Group, Kind::Account, Kind::Policy, Kind::Scope, Kind::Assignment];

/// Something to act on, by what names it alone.
fn name_of_target(scoped: &Scoped, target: usize) -> String {
    scoped.organization.identity(Principal::User(target), Form::Canonical)
}

#[test]
fn nothing_that_a_command_left_out_is_denied() {
    let drawn = (scoped(), prop::sample::select(NARROWED.to_vec()), any::<(Index, Index)>(), any::<bool>());
    let questions = questions();
    let (tally, decided, compared) = (Tally::default(), Cell::new(0_u64), Cell::new([0_u64; 3]));
    let result = runner(200).run(&drawn, |(mut scoped, kind, choice, as_list)| {
        in_one_file_each(&mut scoped.organization, kind);
        let folder = tempfile::Builder::new().prefix("organization").tempdir().expect("there is room for a folder");
        let Some((text, is_whole)) = in_console(&scoped, kind, choice, as_list, folder.path()) else {
            return Ok(());
        };
        let (target, cmdlet) = (choice.0.index(scoped.organization.users.len()), choice.1.index(CMDLETS.len()));
        let checked = load(folder.path(), |accounts, sources| {
            let answers = answers(accounts, sources, &questions);
            let [asked, on, shown] = compared.get();
            let of_requirements = compare_requirements(&scoped, &questions, &answers)?;
            compare_access(&scoped, &answers, is_whole, &tally)?;
            let name = name_of_target(&scoped, target);
            let known = compare_on(&scoped, target, &access_on(accounts, sources, &name))?;
            decided.set(decided.get() + known);
            let said = answers_on(accounts, CMDLETS[cmdlet], &name);
            compare_answers_on(&scoped, target, cmdlet, &said)?;
            let pages = PAGES.into_iter().flat_map(|kind| pages(accounts, sources, kind)).collect::<Vec<_>>();
            compared.set([asked + of_requirements, on + said.len() as u64, shown + pages.len() as u64]);
            pages.iter().find_map(|page| scoped.mistake_in(page)).map_or(Ok(()), Err)
        });
        checked.map_err(|message| -> TestCaseError { fail(format!("{message}\n{text}")) })
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let (granted, held) = (tally.granted.get(), tally.held.get());
    let [asked, on, shown] = compared.get();
    println!("{asked} answers, {on} on one recipient and {shown} pages were compared");
    println!("{granted} of {held} held are granted; {} ways on one recipient are decided", decided.get());
    assert!(granted * 10 >= held * 6, "{granted} of {held} held are granted");
}

/// On one recipient each way of each account works, does not, or is open, and so do the answers.
#[test]
fn what_works_on_one_recipient_is_the_judges() {
    let drawn = (scoped(), any::<(Index, Index)>());
    let counts = Cell::new([0_u64; 2]);
    let result = runner(100).run(&drawn, |(scoped, choice)| {
        let organization = &scoped.organization;
        let (target, cmdlet) = (choice.0.index(organization.users.len()), choice.1.index(CMDLETS.len()));
        let all = super::in_folder(&scoped.exports(), |folder| {
            load(folder, |accounts, sources| {
                let name = name_of_target(&scoped, target);
                let lines = access_on(accounts, sources, &name);
                let known = compare_on(&scoped, target, &lines)?;
                let said = answers_on(accounts, CMDLETS[cmdlet], &name);
                compare_answers_on(&scoped, target, cmdlet, &said)?;
                let right = |user: usize| {
                    let grants = organization.grants_of(user, Bound::Upper);
                    grants.iter().filter(|grant| scoped.covers(user, grant, target).is_some()).count() as u64
                };
                let decidable: u64 = (0..organization.users.len()).map(right).sum();
                let [of, all] = counts.get();
                counts.set([of + known, all + decidable]);
                Ok(())
            })
        });
        all.map_err(fail)
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let [decided, all] = counts.get();
    println!("{decided} of {all} ways are decided");
    assert_eq!(decided, all, "every way of which the exports say enough is decided");
}

#[test]
fn pages_of_whole_exports_say_nothing_wrong() {
    let compared = Cell::new(0_u64);
    let result = runner(60).run(&scoped(), |scoped| {
        let found = super::in_folder(&scoped.exports(), |folder| {
            load(folder, |accounts, sources| {
                let pages = PAGES.into_iter().flat_map(|kind| pages(accounts, sources, kind)).collect::<Vec<_>>();
                compared.set(compared.get() + pages.len() as u64);
                pages.iter().find_map(|page| scoped.mistake_in(page))
            })
        });
        found.map_or(Ok(()), |mistake| Err(fail(mistake)))
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    println!("{} pages were compared", compared.get());
}
