//! Information loss never turns an answer around: what a damaged export still answers, the whole one answers alike.
//!
//! And what the damage does not touch stays answered, so that a tool which calls everything unknown fails.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use proptest::strategy::Strategy;
use proptest::test_runner::{TestCaseError, TestError};
use serde_json::Value;

use crate::brute::damage::{Damage, Damaged, Loss, damages, damages_to_names};
use crate::brute::judge::{Asked, Bound, Said, missing_either_way};
use crate::brute::organization::{CMDLETS, Organization, organizations};
use crate::brute::product::{Answers, ask};
use crate::brute::{export, questions, runner};

/// How many answers a loss left as they were, of those that it could not touch and of all.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    untouched: u64,
    kept: u64,
    all: u64,
    decided: u64,
}

#[test]
fn information_loss_never_flips_an_answer() {
    hold_against_whole(500, damages());
}

#[test]
fn names_that_did_not_arrive_whole_never_flip_an_answer() {
    hold_against_whole(300, damages_to_names());
}

/// Damages so many organizations and compares every answer; prints how much each loss left decided.
fn hold_against_whole(cases: u32, damages: impl Strategy<Value = Damage>) {
    let questions = questions();
    let tallies: RefCell<BTreeMap<Loss, Tally>> = RefCell::default();
    let damaged_count = Cell::new(0_u32);
    let result = runner(cases).run(&(organizations(), damages), |(organization, damage)| {
        let Some(damaged) = damage.apply(&organization) else { return Ok(()) };
        damaged_count.set(damaged_count.get() + 1);
        let answers = answers_of(&damaged, &questions);
        let mut tallies = tallies.borrow_mut();
        let tally = tallies.entry(damage.loss).or_default();
        compare_requirements(&organization, &damaged, &questions, &answers, tally)?;
        compare_access(&organization, &answers)
    });
    panic_with_files(result);
    println!("{} organizations were damaged", damaged_count.get());
    for (loss, tally) in tallies.into_inner() {
        println!("{loss:?}: {tally:?}");
        assert!(!loss.leaves_half() || tally.decided * 2 >= tally.all, "{loss:?} leaves {tally:?}");
    }
}

fn answers_of(damaged: &Damaged, questions: &[Asked]) -> Answers {
    let folder = tempfile::Builder::new().prefix("damaged").tempdir().expect("there is room for a folder");
    for (number, (name, bytes)) in damaged.files.iter().enumerate() {
        export::write_text(folder.path(), number, name, bytes);
    }
    ask(folder.path(), questions)
}

fn panic_with_files(result: Result<(), TestError<(Organization, Damage)>>) {
    match result {
        Ok(()) => {}
        Err(TestError::Fail(reason, (organization, damage))) => {
            let damaged = damage.apply(&organization).expect("it was damaged before");
            let text = |(name, bytes): &(&str, Vec<u8>)| format!("--- {name}\n{}", String::from_utf8_lossy(bytes));
            let files: Vec<String> = damaged.files.iter().map(text).collect();
            panic!("{}: {reason}\n{}", damaged.what, files.join("\n"));
        }
        Err(error) => panic!("{error}"),
    }
}

/// The users that a name in a report may mean.
fn users_named(organization: &Organization, shown: &str) -> Vec<usize> {
    let is_like = |name: &str| {
        name.chars().count() == shown.chars().count()
            && name.chars().zip(shown.chars()).all(|(own, shown)| own == shown || shown == '?' && !own.is_ascii())
    };
    let fits = |user: &usize| {
        let identities = organization.identities(*user);
        identities.iter().any(|identity| is_like(identity))
    };
    (0..organization.users.len()).filter(fits).collect()
}

fn right_answers(organization: &Organization, damaged: &Damaged, user: usize, asked: &Asked) -> Vec<Said> {
    let mut right = organization.right_answers(user, asked);
    if damaged.scopes_lost {
        right.extend(organization.with_implicit_scopes().right_answers(user, asked));
    }
    right.extend(missing_either_way(&right));
    right.push(Said::Unknown);
    right
}

fn compare_requirements(
    organization: &Organization,
    damaged: &Damaged,
    questions: &[Asked],
    answers: &Answers,
    tally: &mut Tally,
) -> Result<(), TestCaseError> {
    for shown in answers.accounts() {
        let users = users_named(organization, shown);
        for (number, asked) in questions.iter().enumerate() {
            if users.is_empty() {
                continue;
            }
            let right: Vec<Said> =
                users.iter().flat_map(|user| right_answers(organization, damaged, *user, asked)).collect();
            let said = answers.said(shown, number);
            if let Some(wrong) = said.iter().find(|said| !right.contains(said)) {
                let message = format!("{shown} {} {asked:?}: {right:?}, not {wrong:?}", CMDLETS[asked.cmdlet]);
                return Err(TestCaseError::fail(message));
            }
            if let ([user], [said]) = (&users[..], &said[..]) {
                count(organization, damaged, *user, asked, *said, tally).map_err(|right| {
                    TestCaseError::fail(format!("{shown} {asked:?} is still {right:?}, not {said:?}"))
                })?;
            }
        }
    }
    Ok(())
}

/// Counts an answer; what the damage leaves proven must be said.
fn count(
    organization: &Organization,
    damaged: &Damaged,
    user: usize,
    asked: &Asked,
    said: Said,
    tally: &mut Tally,
) -> Result<(), Said> {
    let is_open = organization.right_answers(user, asked).contains(&Said::Unknown);
    if is_open || damaged.lost_users.contains(&user) || !organization.assigns_to_role_groups() {
        return Ok(());
    }
    tally.all += 1;
    tally.decided += u64::from(said != Said::Unknown);
    let lower = damaged.lower.answer(user, asked, Bound::Lower);
    let proven = lower == Said::Granted;
    let refuted = damaged.upper.as_ref().is_some_and(|upper| {
        upper.answer(user, asked, Bound::Upper) == Said::MissingCmdlet
            && upper.grants_of(user, Bound::Upper).iter().all(|grant| grant.cmdlet != asked.cmdlet)
    });
    if proven || refuted {
        tally.untouched += 1;
        tally.kept += u64::from(said != Said::Unknown);
        if said == Said::Unknown {
            return Err(if proven { Said::Granted } else { Said::MissingCmdlet });
        }
    }
    Ok(())
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// What was granted is not denied, what was not granted is not granted, and a complete list is the list.
fn compare_access(organization: &Organization, answers: &Answers) -> Result<(), TestCaseError> {
    for line in &answers.access {
        let shown = line["account"].as_str().unwrap_or_default();
        let [user] = users_named(organization, shown)[..] else { continue };
        let granted = organization.grants_of(user, Bound::Lower);
        let fail = |what: String| Err(TestCaseError::fail(format!("access of {shown}: {what} in {line:#}")));
        for (number, name) in CMDLETS.iter().enumerate() {
            let truth: Vec<_> = granted.iter().filter(|grant| grant.cmdlet == number).collect();
            let said = array(&line["cmdlets"]).iter().find(|cmdlet| cmdlet["cmdlet"] == *name);
            match said {
                None if !truth.is_empty() && line["complete"] == true => return fail(format!("{name} is lost")),
                None => {}
                Some(said) if said["answer"] != "granted" => {}
                Some(_) if truth.is_empty() => return fail(format!("{name} was not granted")),
                Some(said) => {
                    let has = |name: &Value| truth.iter().any(|grant| grant.parameters.iter().any(|own| name == own));
                    if let Some(extra) = array(&said["parameters"]).iter().find(|name| !has(name)) {
                        return fail(format!("{name} -{extra} was not granted"));
                    }
                    let whole = truth.iter().flat_map(|grant| &grant.parameters);
                    let mut lost = whole.filter(|own| !array(&said["parameters"]).iter().any(|name| name == **own));
                    if said["parameters_complete"] == true
                        && let Some(lost) = lost.next()
                    {
                        return fail(format!("{name} -{lost} is lost, and the list called complete"));
                    }
                }
            }
        }
    }
    Ok(())
}
