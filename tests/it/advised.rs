//! Advice that arrives: from one pasted command on, every export that is advised is run on a small Exchange, until
//! what an account can run is complete; and then it is what the organization says.
//!
//! `PROPTEST_CASES` says how many organizations are drawn. They are the same in every run.

mod exchange;

use std::collections::{BTreeMap, BTreeSet};

use proptest::sample::Index;
use proptest::strategy::{Strategy, ValueTree};
use serde_json::Value;

use crate::brute::judge::Bound;
use crate::brute::organization::{CMDLETS, Organization, UserKind, organizations};
use crate::brute::runner;
use crate::program::{argument, rolecall};
use exchange::{Exchange, Shell};

/// After so many rounds nobody goes on.
const ROUNDS_MAX: usize = 5;

/// How the ten beginnings are called.
const FIRST: [&str; 10] = [
    "one role group",
    "all role groups",
    "members of one role group",
    "a table of assignments",
    "assignments of the account",
    "entries of one role",
    "its mailbox",
    "its user",
    "a CSV with flattened lists",
    "all entries as CLIXML",
];

/// What became of the beginnings of one kind.
#[derive(Default)]
struct Row {
    cases: usize,
    complete: usize,
    rounds: usize,
    commands: usize,
}

/// Whether the organization itself leaves nothing open about an account: in no group may it be that Exchange does not show.
fn is_certain(organization: &Organization, user: usize) -> bool {
    organization.groups_of(user, Bound::Lower) == organization.groups_of(user, Bound::Upper)
        && !matches!(organization.users[user].kind, UserKind::LinkedMailbox(_))
        && organization.assigns_to_role_groups()
}

/// What an account can run, by cmdlet and assignment: certainly, or at most.
fn held(organization: &Organization, user: usize, bound: Bound) -> BTreeSet<(String, String)> {
    let grants = organization.grants_of(user, bound);
    let named = |grant: &crate::brute::judge::Grant| {
        (CMDLETS[grant.cmdlet].to_owned(), organization.assignments[grant.assignment].name.clone())
    };
    grants.iter().map(named).collect()
}

/// What is said to be granted, and what is said to be so or in doubt.
fn shown(line: &Value, also_in_doubt: bool) -> BTreeSet<(String, String)> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let of_cmdlet = |one: Value| {
        let grants = list(&one["grants"]).into_iter();
        grants
            .filter(move |grant| also_in_doubt || grant["answer"] == "granted")
            .map(move |grant| (text(&one["cmdlet"]), text(&grant["assignment"])))
    };
    list(&line["cmdlets"]).into_iter().flat_map(of_cmdlet).collect()
}

/// Checks what is said of an account of which Exchange does not show everything, once no command is left.
///
/// Errors: what is said to be granted is not what certainly is, or what may be is not said to be in doubt.
fn ends_in_doubt(organization: &Organization, user: usize, line: &Value) -> Result<(), String> {
    let [least, most] = [Bound::Lower, Bound::Upper].map(|bound| held(organization, user, bound));
    let [granted, possible] = [false, true].map(|also| shown(line, also));
    if granted != least {
        return Err(format!("{least:?}, not {granted:?}"));
    }
    match most.difference(&possible).next() {
        Some(silent) => Err(format!("nothing is said of {silent:?}, which may be granted")),
        None => Ok(()),
    }
}

/// Runs what is advised until the account is complete, or nothing is left to run where Exchange does not show everything:
/// how many rounds and commands it took.
///
/// Errors: what went wrong, with all that was done.
fn arrive(organization: &Organization, user: usize, first: usize, choice: Index) -> Result<(usize, usize), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let name = organization.users[user].name;
    let exchange = Exchange { organization };
    let mut shell = Shell::new(folder.path(), choice.index(4));
    exchange.begin(first, user, choice, &mut shell);
    let mut told: Vec<String> = Vec::new();
    let mut done: BTreeSet<String> = BTreeSet::new();
    for round in 0..=ROUNDS_MAX {
        let ran = rolecall(&["access", &argument(folder.path()), "--account", name, "--format", "json"]);
        let lines = ran.json_lines();
        let [line] = &lines[..] else { return Err(format!("{} lines: {told:#?} {}", lines.len(), ran.stderr)) };
        if line["complete"] == true {
            let (found, expected) = (shown(line, true), held(organization, user, Bound::Upper));
            return match found == expected {
                true => Ok((round, done.len())),
                false => Err(format!("{expected:?}, not {found:?}: {told:#?}")),
            };
        }
        if round == ROUNDS_MAX {
            return Err(format!("{ROUNDS_MAX} rounds are not enough: {told:#?}\n{:#}", line["gaps"]));
        }
        let gaps = line["gaps"].as_array().cloned().unwrap_or_default();
        let mut advised: Vec<String> = Vec::new();
        for gap in &gaps {
            let export = gap["export"].as_str().unwrap_or_default();
            // What no cmdlet of Exchange shows is told in words, which begin with a small letter.
            if !export.starts_with(char::is_uppercase) {
                continue;
            }
            for command in export.lines() {
                if !advised.iter().any(|known| known == command) {
                    advised.push(command.to_owned());
                }
            }
        }
        let new: Vec<&String> = advised.iter().filter(|command| !done.contains(*command)).collect();
        if new.is_empty() && !is_certain(organization, user) {
            return ends_in_doubt(organization, user, line)
                .map(|()| (round, done.len()))
                .map_err(|why| format!("{why}: {told:#?}\n{gaps:#?}"));
        }
        if new.is_empty() {
            return Err(format!("nothing new is advised: {told:#?}\n{gaps:#?}"));
        }
        shell.begin_round();
        for command in &advised {
            told.push(format!("{}: {command}", round + 1));
            exchange.run(command, &mut shell).map_err(|why| format!("{why}: {command}\n{gaps:#?}"))?;
        }
        done.extend(advised);
        shell.end_round();
    }
    unreachable!("the last round returns")
}

#[test]
fn every_advised_export_closes_its_gap_whatever_exchange_answers() {
    let mut runner = runner(20);
    let cases = usize::try_from(runner.config().cases).expect("a small number");
    let drawn = (organizations(), proptest::arbitrary::any::<(Index, Index)>());
    let mut table: Vec<Row> = FIRST.iter().map(|_| Row::default()).collect();
    let mut failed = Vec::new();
    let (mut case, mut doubtful) = (0, 0);
    while case < cases {
        let (mut organization, (account, choice)) = drawn.new_tree(&mut runner).expect("it can be drawn").current();
        organization.layout.role_entries = true;
        if organization.users.is_empty() {
            continue;
        }
        let user = account.index(organization.users.len());
        doubtful += usize::from(!is_certain(&organization, user));
        let first = case % FIRST.len();
        let row = &mut table[first];
        row.cases += 1;
        match arrive(&organization, user, first, choice) {
            Ok((rounds, commands)) => {
                row.complete += 1;
                row.rounds += rounds;
                row.commands += commands;
            }
            Err(why) => failed.push(format!("case {case}, {}, {}: {why}", FIRST[first], organization.users[user].name)),
        }
        case += 1;
    }
    let (mut rounds, mut commands, mut complete) = (0, 0, 0);
    println!("{:<28}{:>8}{:>10}{:>8}{:>10}", "first command", "cases", "complete", "rounds", "commands");
    let per = |sum: usize, count: usize| sum as f64 / count.max(1) as f64;
    for (name, row) in FIRST.iter().zip(&table) {
        let (of_rounds, of_commands) = (per(row.rounds, row.complete), per(row.commands, row.complete));
        println!("{name:<28}{:>8}{:>10}{of_rounds:>8.1}{of_commands:>10.1}", row.cases, row.complete);
        rounds += row.rounds;
        commands += row.commands;
        complete += row.complete;
    }
    println!(
        "all: {complete} of {cases}, {doubtful} of which Exchange leaves open, {:.1} rounds, {:.1} commands",
        per(rounds, complete),
        per(commands, complete)
    );
    let kinds = failed.iter().fold(BTreeMap::<&str, usize>::new(), |mut kinds, why| {
        *kinds.entry(why.split(": ").nth(1).unwrap_or_default()).or_default() += 1;
        kinds
    });
    let few: Vec<&str> = failed.iter().take(8).map(String::as_str).collect();
    assert!(failed.is_empty(), "{} fail: {kinds:#?}\n{}", failed.len(), few.join("\n\n"));
    assert!(rounds <= 3 * complete && commands <= 12 * complete, "the averages are 3 rounds and 12 commands at most");
}
