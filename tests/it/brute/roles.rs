//! `roles-with` on whole exports, and where a console shows a part of one kind: no role has what it has not, and none that
//! has it is passed over.

use std::cell::Cell;
use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

use crate::program::{argument, rolecall};

use super::console::NARROWED;
use super::narrow::{in_console, in_one_file_each};
use super::organization::{Assignment, CMDLETS, Entry, PARAMETERS};
use super::scoped::{Scoped, scoped};
use super::{array, fail, in_folder, slow_runner, word};

/// What is asked of the roles.
struct Asked {
    text: String,
    role: Option<usize>,
    cmdlet: Option<usize>,
    all: Vec<&'static str>,
    any: Vec<&'static str>,
}

impl Asked {
    fn of(text: String, role: Option<usize>, cmdlet: Option<usize>) -> Self {
        Self { text, role, cmdlet, all: Vec::new(), any: Vec::new() }
    }

    /// Whether an entry of the cmdlets that are meant has the parameters.
    fn matches(&self, entry: &Entry) -> bool {
        let has = |name: &&str| entry.parameters.contains(name);
        self.all.iter().all(has) && (self.any.is_empty() || self.any.iter().any(has))
    }
}

/// Everything, with a parameter or without, one cmdlet with several of them, and one role.
fn questions(scoped: &Scoped, choice: (Index, Index)) -> Vec<Asked> {
    let organization = &scoped.organization;
    let (role, cmdlet) = (choice.0.index(organization.roles.len()), choice.1.index(CMDLETS.len()));
    let [one, other, third] = [PARAMETERS[0], PARAMETERS[1], PARAMETERS[2]];
    let name = CMDLETS[cmdlet];
    let mut questions = vec![
        Asked::of("*".to_owned(), None, None),
        Asked { all: vec![one], ..Asked::of(format!("*:{one}"), None, None) },
        Asked::of(format!("{}\\*", organization.roles[role].name), Some(role), None),
    ];
    // A colon is part of this name, so no parameters can be asked for.
    questions.push(match choice.0.index(3) {
        0 if !name.contains(':') => {
            Asked { all: vec![one, other], ..Asked::of(format!("{name}:{one},{other}"), None, Some(cmdlet)) }
        }
        1 if !name.contains(':') => {
            Asked { any: vec![other, third], ..Asked::of(format!("{name}:{other}|{third}"), None, Some(cmdlet)) }
        }
        _ => Asked::of(name.to_owned(), None, Some(cmdlet)),
    });
    questions
}

/// An assignment, and whether it is enabled and delegates.
fn parts(assignment: &Assignment) -> (String, bool, bool) {
    (assignment.name.clone(), assignment.enabled, assignment.delegating)
}

fn mistake_in_holders(scoped: &Scoped, role: usize, line: &Value) -> Option<String> {
    let right: BTreeSet<_> = scoped.organization.assignments.iter().filter(|it| it.role == role).map(parts).collect();
    let holders = array(&line["holders"]);
    let is_right = |holder: &&Value| {
        right.iter().any(|(name, enabled, delegating)| {
            let agrees = |key: &str, right: bool| holder[key].is_null() || holder[key] == right;
            (holder["assignment"].is_null() || holder["assignment"] == name.as_str())
                && agrees("enabled", *enabled)
                && agrees("delegating", *delegating)
        })
    };
    if let Some(wrong) = holders.iter().find(|holder| !is_right(holder)) {
        return Some(format!("the role has no such assignment: {wrong}"));
    }
    let shown: BTreeSet<String> = holders.iter().map(|holder| word(&holder["assignment"])).collect();
    let missing = right.iter().find(|(name, ..)| !shown.contains(name)).filter(|_| array(&line["gaps"]).is_empty());
    missing.map(|(name, ..)| format!("`{name}` is missing, and nothing is said to be open"))
}

/// What is wrong in the answer to a question.
fn mistake(scoped: &Scoped, asked: &Asked, lines: &[Value], is_whole: bool) -> Option<String> {
    let roles = &scoped.organization.roles;
    for line in lines {
        let Some(name) = line["role"].as_str() else { continue };
        let Some(role) = roles.iter().position(|role| role.name == name) else {
            return Some(format!("there is no such role: {line:#}"));
        };
        let entry = roles[role].entries.iter().find(|entry| line["cmdlet"] == CMDLETS[entry.cmdlet]);
        let right = entry.is_some_and(|entry| asked.matches(entry));
        let is_right = match line["matches"].as_bool() {
            Some(said) => entry.is_some() && said == right,
            None => !is_whole && !array(&line["gaps"]).is_empty(),
        };
        if !is_right || asked.role.is_some_and(|asked| asked != role) {
            return Some(format!("it {} match: {line:#}", if right { "does" } else { "does not" }));
        }
        let shown: BTreeSet<String> = array(&line["parameters"]).iter().map(word).collect();
        let all: BTreeSet<String> =
            entry.iter().flat_map(|entry| &entry.parameters).map(|name| (*name).to_owned()).collect();
        let are_all = line["parameters_complete"] == true;
        if !shown.is_subset(&all) || are_all && shown != all {
            return Some(format!("the parameters are {all:?}: {line:#}"));
        }
        if let Some(mistake) = mistake_in_holders(scoped, role, line) {
            return Some(format!("{mistake}: {line:#}"));
        }
    }
    for (number, role) in roles.iter().enumerate().filter(|(number, _)| asked.role.is_none_or(|role| role == *number)) {
        let meant = role.entries.iter().filter(|entry| asked.cmdlet.is_none_or(|cmdlet| cmdlet == entry.cmdlet));
        for entry in meant.filter(|entry| asked.matches(entry)) {
            let is_it = |line: &&Value| {
                let is_role = line["role"] == role.name || line["role"].is_null();
                is_role && (line["cmdlet"] == CMDLETS[entry.cmdlet] && line["matches"] != false || is_open(line))
            };
            if !lines.iter().any(|line| is_it(&line)) {
                return Some(format!("{}\\{} is passed over: {number}", role.name, CMDLETS[entry.cmdlet]));
            }
        }
    }
    None
}

/// Whether a line says that there may be more.
fn is_open(line: &Value) -> bool {
    line["matches"].is_null()
}

#[test]
fn roles_with_a_cmdlet_are_the_judges_whole_and_in_part() {
    let kinds: Vec<Option<&str>> = NARROWED.into_iter().map(Some).chain([None; 3]).collect();
    let drawn = (scoped(), prop::sample::select(kinds), any::<(Index, Index)>(), any::<bool>());
    let compared = Cell::new([0_usize; 2]);
    let result = slow_runner(40).run(&drawn, |(mut scoped, kind, choice, as_list)| {
        let ask = |scoped: &Scoped, path: &str, shown: &str| {
            for asked in questions(scoped, choice) {
                let ran = rolecall(&["roles-with", &asked.text, path, "--format", "json", "-q"]);
                // What no export and no documentation knows is a mistake, or may be one, and no answer.
                if ran.code == 2 || ran.code == 3 && ran.stdout.is_empty() {
                    continue;
                }
                let lines = ran.json_lines();
                let [questions, all] = compared.get();
                compared.set([questions + 1, all + lines.len()]);
                if let Some(mistake) = mistake(scoped, &asked, &lines, kind.is_none()) {
                    return Err(fail(format!("{}: {mistake}\n{shown}", asked.text)));
                }
            }
            Ok(())
        };
        let Some(kind) = kind else {
            return in_folder(&scoped.exports(), |path| ask(&scoped, &argument(path), ""));
        };
        in_one_file_each(&mut scoped.organization, kind);
        let folder = tempfile::Builder::new().prefix("organization").tempdir().expect("there is room for a folder");
        let Some((text, _)) = in_console(&scoped, kind, choice, as_list, folder.path()) else { return Ok(()) };
        ask(&scoped, &argument(folder.path()), &text)
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let [questions, lines] = compared.get();
    println!("{questions} questions, {lines} roles with their holders were compared");
}
