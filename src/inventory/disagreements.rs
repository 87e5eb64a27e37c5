//! What exports say of each other: one that seems whole is not where another names what it lacks.

use std::collections::{BTreeMap, BTreeSet};

use crate::name::Symbol;
use crate::record::Kind;
use crate::source::Span;

use super::Inventory;
use super::assignments::Assignee;
use super::facts::{Form, NameList, Stated, Text};
use super::principals::PrincipalId;

/// What a role group or a role assignment policy lists as given to it.
#[derive(Clone, Debug)]
pub struct GivenFact {
    /// Its name.
    pub holder: Text,
    /// Whether it is a policy.
    pub policy: bool,
    /// Its roles.
    pub roles: NameList,
    /// Its assignments.
    pub assignments: NameList,
    /// The record.
    pub at: Span,
}

/// What exports of one organization say of each other.
#[derive(Clone, Debug, Default)]
pub struct Disagreements {
    /// The first assignment that somebody lists and no row shows.
    pub assignment: Option<Unlisted>,
    /// Whether every role group lists its assignments, and rows show them all.
    pub confirmed: bool,
    /// Roles of which two whole lists of entries differ.
    pub entries: BTreeMap<Symbol, Differing>,
}

/// An assignment that an export names and the export of assignments lacks.
#[derive(Clone, Copy, Debug)]
pub struct Unlisted {
    /// Who lists it.
    pub holder: Symbol,
    /// The assignment, or the role that it gives.
    pub what: Symbol,
    /// The place that lists it.
    pub at: Span,
}

/// Whole lists of the entries of one role that differ.
#[derive(Clone, Debug)]
pub struct Differing {
    /// The cmdlets that all of them show.
    pub agreed: BTreeSet<Symbol>,
    /// Two of the lists.
    pub places: (Span, Span),
}

impl Disagreements {
    /// Finds them. `given`: what role groups and policies list; `lists`: the records of roles that list all their entries.
    pub(super) fn of(inventory: &Inventory, given: &[(GivenFact, [Vec<Symbol>; 2])], lists: &[(Symbol, Span)]) -> Self {
        Self {
            assignment: unlisted(inventory, given),
            confirmed: are_confirmed(inventory, given),
            entries: differing(inventory, lists),
        }
    }
}

fn are_confirmed(inventory: &Inventory, given: &[(GivenFact, [Vec<Symbol>; 2])]) -> bool {
    let shown: BTreeSet<Symbol> = inventory.assignments.iter().filter_map(|assignment| assignment.name).collect();
    let by_groups = || given.iter().filter(|(fact, _)| !fact.policy);
    let is_whole = |list: NameList| matches!(list, NameList::Whole(_) | NameList::Either(..));
    let groups: BTreeSet<Symbol> = by_groups().map(|(fact, _)| fact.holder.symbol).collect();
    let principals = &inventory.principals;
    let is_listing = |id: PrincipalId| {
        let mut names = principals.identities(id).iter().map(|(_, text)| text.symbol);
        !principals.get(id).role_group || names.any(|name| groups.contains(&name))
    };
    let mut listed = by_groups().flat_map(|(_, [_, listed])| listed).peekable();
    listed.peek().is_some()
        && listed.all(|name| shown.contains(name))
        && by_groups().all(|(fact, _)| is_whole(fact.assignments))
        && principals.ids().all(is_listing)
}

fn unlisted(inventory: &Inventory, given: &[(GivenFact, [Vec<Symbol>; 2])]) -> Option<Unlisted> {
    let assignments = &inventory.assignments;
    // Rows of effective users are no list of assignments.
    if given.is_empty() || !assignments.iter().any(|assignment| assignment.own_row) {
        return None;
    }
    let names: Option<BTreeSet<Symbol>> = assignments.iter().map(|assignment| assignment.name).collect();
    let holders = Holders::of(inventory);
    // A role of which only delegating assignments were left out is listed all the same.
    let shows_delegating = assignments.iter().any(|one| one.delegating == Stated::Is(true));
    given.iter().find_map(|(fact, [roles, listed])| {
        let found = |what: Symbol| Unlisted { holder: fact.holder.symbol, what, at: fact.at };
        let is_unlisted = |name: &&Symbol| {
            let is_missing = names.as_ref().is_some_and(|names| !names.contains(*name));
            is_missing && !may_delegate(inventory.show(**name))
        };
        let holders = holders.as_ref().filter(|_| fact.policy || shows_delegating);
        let lack = |role: &&Symbol| holders.is_some_and(|holders| holders.lack(inventory, fact, **role));
        listed.iter().find(is_unlisted).or_else(|| roles.iter().find(lack)).copied().map(found)
    })
}

/// Whether an assignment may be named as Exchange names a delegating one. It cuts names at 64 characters.
fn may_delegate(name: &str) -> bool {
    const NAME_CHARS_MAX: usize = 64;
    name.chars().count() >= NAME_CHARS_MAX || name.to_lowercase().ends_with("-delegating")
}

/// Whom the assignments name, each with a role.
struct Holders {
    principals: BTreeSet<(PrincipalId, Symbol)>,
    policies: BTreeSet<(Symbol, Symbol)>,
}

impl Holders {
    /// `None` where a row does not tell its role or its assignee.
    fn of(inventory: &Inventory) -> Option<Self> {
        let mut all = Self { principals: BTreeSet::new(), policies: BTreeSet::new() };
        for assignment in &inventory.assignments {
            let role = assignment.role.filter(|role| role.form == Form::Whole)?.symbol;
            match assignment.assignee {
                Assignee::Principal(id) => drop(all.principals.insert((id, role))),
                Assignee::Policy(policy) => drop(all.policies.insert((policy.symbol, role))),
                Assignee::Several(_) | Assignee::Unclear(_) | Assignee::Missing => return None,
            }
        }
        Some(all)
    }

    /// Whether no assignment gives a role to whom lists it.
    fn lack(&self, inventory: &Inventory, fact: &GivenFact, role: Symbol) -> bool {
        if fact.policy {
            let has = |(_, text): &(_, Text)| self.policies.contains(&(text.symbol, role));
            let named = |identities: &[(_, Text)]| identities.iter().any(|(_, text)| text.symbol == fact.holder.symbol);
            let mut records = inventory.policies.iter().filter(|policy| named(&policy.identities));
            return !records.any(|policy| policy.identities.iter().any(has));
        }
        let named = inventory.principals.named(fact.holder.symbol).iter().map(|(_, id)| *id);
        let groups: BTreeSet<PrincipalId> = named.filter(|id| inventory.principals.get(*id).role_group).collect();
        groups.len() == 1 && groups.iter().all(|id| !self.principals.contains(&(*id, role)))
    }
}

fn differing(inventory: &Inventory, lists: &[(Symbol, Span)]) -> BTreeMap<Symbol, Differing> {
    let mut by_role: BTreeMap<Symbol, Vec<Span>> = BTreeMap::new();
    for (role, at) in lists {
        by_role.entry(*role).or_default().push(*at);
    }
    let rows_are_whole = inventory.uncertain_entries.is_empty()
        && inventory.lost.is_empty()
        && inventory.files.iter().filter(|fact| fact.kind == Kind::RoleEntry).all(super::FileFact::is_whole);
    let mut found = BTreeMap::new();
    for (role, places) in by_role {
        let has_rows = rows_are_whole && inventory.has_entry_rows(role);
        // Every cmdlet, with the lists that show it; what is in none of them is a row.
        let mut shown: BTreeMap<Symbol, BTreeSet<usize>> = BTreeMap::new();
        let mut row = None;
        for entry in inventory.entries_of(role) {
            let is_in = |list: &Span| {
                list.file == entry.at.file && (list.start..list.end.max(list.start + 1)).contains(&entry.at.start)
            };
            let place = places.iter().position(is_in).unwrap_or(places.len());
            if place == places.len() {
                row.get_or_insert(entry.at);
            }
            shown.entry(entry.cmdlet).or_default().insert(place);
        }
        let sources = places.len() + usize::from(has_rows || row.is_some());
        let whole = 0..places.len() + usize::from(has_rows);
        let is_agreed = |by: &BTreeSet<usize>| whole.clone().all(|list| by.contains(&list));
        if sources < 2 || shown.values().all(is_agreed) {
            continue;
        }
        let agreed = shown.iter().filter(|(_, by)| is_agreed(by)).map(|(cmdlet, _)| *cmdlet).collect();
        let Some(other) = row.or_else(|| places.get(1).copied()) else { continue };
        found.insert(role, Differing { agreed, places: (places[0], other) });
    }
    found
}
