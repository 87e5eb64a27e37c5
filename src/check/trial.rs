//! Fixes tried before anybody is told to make them: each on a copy of what was read, which is judged anew.
//!
//! A small organization tries each fix by itself. In a large one, where judging costs more than that, fixes are tried
//! together: what one of them makes is then told by the names that both speak of. Of very many, the first are tried.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Severity, number};
use crate::inventory::{Facts, Inventory};
use crate::name::fold;
use crate::remedy::{Fix, Remedy};
use crate::simulate;

/// An organization of more records than this is judged again once.
const SMALL_RECORDS_MAX: u64 = 10_000;
/// Of a smaller one, so many records are judged again.
const RECORDS_MAX: u64 = 100_000;
/// Fixes are not tried where there are more records than this.
const RECORDS_EVER: u64 = 1_000_000;
/// A step looks through the records, so that fixes are tried up to so many of both.
const LOOKED_AT_MAX: u64 = 1 << 25;
/// How often a fix that is no good gives way to the next.
const ROUNDS_MAX: usize = 3;
/// What the first fix says where every one makes an error.
const NO_BETTER: &str = "no fix without another error";

/// A copy of what was read, but for the entries, where fixes are tried at all.
pub fn copy(facts: &mut Facts) -> Option<Facts> {
    let records: u64 = facts.files.iter().map(|file| file.records).sum();
    (records <= RECORDS_EVER).then(|| facts.copied_but_entries())
}

/// What is needed to try fixes.
pub(super) struct Trial<'t> {
    /// What was read, but for the entries.
    pub(super) facts: &'t Facts,
    /// The same, brought together.
    pub(super) inventory: &'t Inventory,
    /// Judges a changed organization.
    pub(super) judge: &'t dyn Fn(&Inventory) -> Vec<Diagnostic>,
}

/// What became of a fix.
#[derive(Clone, Debug, Default)]
struct Outcome {
    /// The findings that it does not end, where it was tried by itself.
    failed: BTreeSet<u64>,
    /// The rules of the findings that it makes.
    makes: BTreeSet<&'static str>,
    /// Whether one of them is an error.
    is_error: bool,
}

impl Outcome {
    /// Adds a finding that is new.
    fn add(&mut self, made: &Diagnostic) {
        self.makes.insert(made.rule.name);
        self.is_error |= made.severity == Severity::Error;
    }

    fn join(&mut self, other: &Self) {
        self.makes.extend(&other.makes);
        self.is_error |= other.is_error;
    }
}

type Steps = Vec<Remedy>;

impl Trial<'_> {
    /// Tries the fixes of all findings: those that do not end their finding go, the others say what they make, and what
    /// makes no error comes first.
    pub(super) fn of_all(&self, diagnostics: &mut [Diagnostic]) {
        let before = counted(diagnostics);
        self.of(diagnostics, &before);
    }

    /// The same for some of all findings.
    pub(super) fn of_some(&self, all: &mut Vec<Diagnostic>, chosen: impl Fn(&Diagnostic) -> bool) {
        let before = counted(all);
        all.retain(chosen);
        self.of(all, &before);
    }

    fn of(&self, diagnostics: &mut [Diagnostic], before: &BTreeMap<u64, Known>) {
        let records: u64 = self.inventory.files.iter().map(|file| file.records).sum();
        let tries = if records > SMALL_RECORDS_MAX { 1 } else { RECORDS_MAX / records.max(1) };
        let mut left = usize::try_from(tries).unwrap_or(usize::MAX);
        let most = usize::try_from(LOOKED_AT_MAX / records.max(1)).unwrap_or(usize::MAX);
        let mut known: BTreeMap<Steps, Outcome> = BTreeMap::new();
        for _ in 0..ROUNDS_MAX {
            let mut wanted = wanted(diagnostics, &known);
            wanted.truncate(most.saturating_sub(known.len()));
            if wanted.is_empty() || left == 0 {
                break;
            }
            // Half of what is left is for the fixes that are tried because these make an error.
            let batches = left.div_ceil(2).min(wanted.len());
            left -= batches;
            for batch in 0..batches {
                let fixes: Vec<&Steps> = wanted.iter().skip(batch).step_by(batches).collect();
                known.extend(self.outcomes(&fixes, before));
            }
            diagnostics.iter_mut().for_each(|diagnostic| settle(diagnostic, &known));
        }
    }

    /// Takes the steps of some fixes together, and says what became of each.
    fn outcomes(&self, fixes: &[&Steps], before: &BTreeMap<u64, Known>) -> Vec<(Steps, Outcome)> {
        let (changed, taken) = self.changed(fixes);
        let alone = fixes.len() == 1;
        if alone && !taken[0] {
            let failed = before.keys().copied().collect();
            return vec![(fixes[0].clone(), Outcome { failed, ..Outcome::default() })];
        }
        let after = (self.judge)(&changed);
        let mut seen: BTreeMap<u64, usize> = BTreeMap::new();
        let mut new: Vec<&Diagnostic> = Vec::new();
        for diagnostic in &after {
            let print = number(diagnostic);
            let count = seen.entry(print).or_default();
            *count += 1;
            let is_known = before.get(&print).is_some_and(|known| known.count >= *count && known.holds(diagnostic));
            if !is_known && diagnostic.severity >= Severity::Warning {
                new.push(diagnostic);
            }
        }
        let stays = |(print, known): &(&u64, &Known)| seen.get(*print).is_some_and(|after| *after >= known.count);
        let failed: BTreeSet<u64> = match alone {
            true => before.iter().filter(stays).map(|(print, _)| *print).collect(),
            false => BTreeSet::new(),
        };
        let mut by_name: BTreeMap<String, Outcome> = BTreeMap::new();
        let mut all = Outcome::default();
        for one in new {
            all.add(one);
            subject_names(one).for_each(|name| by_name.entry(name).or_default().add(one));
        }
        let outcome = |steps: &&Steps| {
            let mut outcome = Outcome { failed: failed.clone(), ..Outcome::default() };
            let named = steps.iter().flat_map(names_of).filter_map(|name| by_name.get(&name));
            named.chain(alone.then_some(&all)).for_each(|made| outcome.join(made));
            ((*steps).clone(), outcome)
        };
        fixes.iter().map(outcome).collect()
    }

    /// The organization after the steps of some fixes, and which of them could be taken.
    fn changed(&self, fixes: &[&Steps]) -> (Inventory, Vec<bool>) {
        let before = self.inventory;
        let mut facts = self.facts.clone();
        facts.names = before.names.clone();
        facts.parameters = before.parameters.clone();
        facts.uncertain = before.uncertain_entries.clone();
        let of_entries = fixes.iter().any(|steps| steps.iter().any(simulate::changes_entries));
        if of_entries {
            (facts.entries, facts.runs) = before.entry_table().copied();
        }
        let taken = simulate::take_each(&mut facts, before, fixes.iter().map(|steps| steps.as_slice()));
        let changed = match of_entries {
            true => Inventory::of(facts),
            false => Inventory::beside(facts, Arc::clone(before.entry_table())),
        };
        (changed, taken)
    }
}

/// The fixes to be tried next: the first of each finding, and all where the first makes an error.
fn wanted(diagnostics: &[Diagnostic], known: &BTreeMap<Steps, Outcome>) -> Vec<Steps> {
    let mut wanted: Vec<Steps> = Vec::new();
    let mut seen: BTreeSet<&Steps> = BTreeSet::new();
    for diagnostic in diagnostics {
        let first_is_bad =
            diagnostic.fixes.first().and_then(|fix| known.get(&fix.steps)).is_some_and(|outcome| outcome.is_error);
        let count = if first_is_bad { diagnostic.fixes.len() } else { 1 };
        for fix in diagnostic.fixes.iter().take(count).filter(|fix| may_be_tried(fix)) {
            if !known.contains_key(&fix.steps) && seen.insert(&fix.steps) {
                wanted.push(fix.steps.clone());
            }
        }
    }
    wanted
}

fn may_be_tried(fix: &Fix) -> bool {
    !fix.steps.is_empty() && fix.steps.iter().all(simulate::can_take)
}

/// Drops fixes that do not end the finding, says what the others make, and puts those that make no error first.
fn settle(diagnostic: &mut Diagnostic, known: &BTreeMap<Steps, Outcome>) {
    let print = number(diagnostic);
    diagnostic.fixes.retain(|fix| known.get(&fix.steps).is_none_or(|outcome| !outcome.failed.contains(&print)));
    for fix in &mut diagnostic.fixes {
        if let Some(outcome) = known.get(&fix.steps) {
            fix.makes = outcome.makes.iter().copied().collect();
        }
    }
    let is_error = |fix: &Fix| known.get(&fix.steps).is_some_and(|outcome| outcome.is_error);
    let others_are_known = diagnostic.fixes.iter().all(|fix| known.contains_key(&fix.steps) || !may_be_tried(fix));
    // What was not tried keeps its place.
    let (places, mut tried): (Vec<usize>, Vec<Fix>) = diagnostic
        .fixes
        .iter()
        .enumerate()
        .filter(|(_, fix)| known.contains_key(&fix.steps))
        .map(|(place, fix)| (place, fix.clone()))
        .unzip();
    tried.sort_by_key(is_error);
    places.into_iter().zip(tried).for_each(|(place, fix)| diagnostic.fixes[place] = fix);
    let says_so = |fix: &Fix| fix.note.starts_with(NO_BETTER);
    if let Some(first) = diagnostic.fixes.first_mut().filter(|it| others_are_known && is_error(it) && !says_so(it)) {
        first.note = format!("{NO_BETTER}: {}", first.note);
    }
}

/// The findings of one fingerprint before a fix.
#[derive(Debug, Default)]
struct Known {
    count: usize,
    /// Whom they speak of: a fix that adds an account to a finding makes one for that account.
    accounts: BTreeSet<String>,
}

impl Known {
    fn holds(&self, diagnostic: &Diagnostic) -> bool {
        diagnostic.subject.accounts.iter().all(|account| self.accounts.contains(account))
    }
}

fn counted(diagnostics: &[Diagnostic]) -> BTreeMap<u64, Known> {
    let mut counts: BTreeMap<u64, Known> = BTreeMap::new();
    for diagnostic in diagnostics {
        let known = counts.entry(number(diagnostic)).or_default();
        known.count += 1;
        known.accounts.extend(diagnostic.subject.accounts.iter().cloned());
    }
    counts
}

/// The names that a finding speaks of, without case.
fn subject_names(diagnostic: &Diagnostic) -> impl Iterator<Item = String> + '_ {
    let subject = &diagnostic.subject;
    let single = [&subject.account, &subject.role, &subject.assignment, &subject.group].into_iter().flatten();
    single.chain(&subject.accounts).map(|name| fold(name))
}

/// The names that a step speaks of, without case.
fn names_of(step: &Remedy) -> Vec<String> {
    use crate::remedy::Assignee;
    let names: Vec<&String> = match step {
        Remedy::AddMember { group, member } | Remedy::RemoveMember { group, member } => vec![&group.name, member],
        Remedy::NewRoleGroup { name, roles, members, .. } => {
            std::iter::once(name).chain(roles).chain(members).collect()
        }
        Remedy::NewRole { name, parent, .. } => vec![name, parent],
        Remedy::Delete { name, .. } => vec![name],
        Remedy::SetEnabled { assignment, .. } | Remedy::SetScope { assignment, .. } => vec![assignment],
        Remedy::Unassign { assignment, .. } => vec![assignment],
        Remedy::Assign(made) => {
            let (Assignee::User(name)
            | Assignee::Computer(name)
            | Assignee::Group(name)
            | Assignee::Policy(name)
            | Assignee::App(name)) = &made.assignee;
            vec![&made.role, name]
        }
        Remedy::AddEntry { role, .. } | Remedy::RemoveEntry { role, .. } | Remedy::SetEntryParameters { role, .. } => {
            vec![role]
        }
        Remedy::SetManager { group, manager } => vec![group, manager],
        Remedy::SetUser { user, .. } | Remedy::SetEntraRole { user, .. } | Remedy::EnableAccount { user, .. } => {
            vec![user]
        }
        Remedy::Export(_) | Remedy::Edit { .. } | Remedy::Rolecall(_) => Vec::new(),
    };
    names.into_iter().map(|name| fold(name)).collect()
}
