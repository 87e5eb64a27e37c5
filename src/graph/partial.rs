//! Exports of assignments that show to be a part, though no command says so: lists that reports pick from all.
//!
//! The thresholds are a choice of ours: below them, small organizations look the same.

use std::collections::BTreeSet;

use crate::inventory::{Assignee, Form, Inventory, PrincipalId};
use crate::name::Symbol;
use crate::record::Kind;
use crate::source::Span;

/// How many roles or role groups must be exported before it tells something that few of them are assigned.
const MANY: usize = 20;

/// Why the assignments are a part, the first of them, and the place that says so where it is another; `None` where nothing
/// speaks against their being all.
pub(super) fn of_assignments(inventory: &Inventory) -> Option<(Span, String, Option<Span>)> {
    let first = inventory.assignments.first()?.at;
    // What a command says of its rows is no guess.
    if inventory.listings_of(Kind::RoleAssignment).all(|listing| listing.command.is_some()) {
        return None;
    }
    if let Some(fact) = inventory.files.iter().find(|fact| fact.part) {
        return Some((
            fact.first,
            "the file calls them direct assignments, which leave out those to role groups".to_owned(),
            None,
        ));
    }
    if let Some(unlisted) = inventory.disagreements.assignment {
        let [holder, what] = [unlisted.holder, unlisted.what].map(|name| inventory.show(name));
        return Some((first, format!("`{holder}` lists `{what}`, which no row shows"), Some(unlisted.at)));
    }
    // Roles that nobody holds are no sign where role groups themselves say what they are assigned.
    let by_numbers = || Some(inventory).filter(|it| !it.disagreements.confirmed).and_then(by_numbers);
    by_type(inventory).or_else(by_numbers).map(|why| (first, why, None))
}

/// Every organization assigns roles to role groups.
fn by_type(inventory: &Inventory) -> Option<String> {
    let mut types = inventory.assignments.iter().map(|assignment| assignment.assignee_type);
    if !types.all(|kind| kind.is_some_and(|kind| !kind.is_role_group())) {
        return None;
    }
    // A role group that lists its roles as none says so itself.
    let is_silent = |id: &PrincipalId| {
        let principal = inventory.principals.get(*id);
        principal.role_group && principal.lists_roles != Some(false)
    };
    // One alone may have nothing.
    let mut silent = inventory.principals.ids().filter(is_silent);
    let group = silent.next().filter(|_| silent.next().is_some())?;
    Some(format!("no row is of a role group, though `{}` and others were exported", inventory.show_principal(group)))
}

/// Nearly every role and role group of an organization is assigned something.
fn by_numbers(inventory: &Inventory) -> Option<String> {
    let assignments = &inventory.assignments;
    let assigned: BTreeSet<Symbol> = assignments
        .iter()
        .filter_map(|one| one.role.filter(|role| role.form == Form::Whole))
        .map(|it| it.symbol)
        .collect();
    let exported: Vec<Symbol> = inventory.roles.names().collect();
    let idle = exported.iter().filter(|role| !assigned.contains(role)).count();
    if exported.len() >= MANY && idle * 2 > exported.len() {
        return Some(format!("{idle} of {} exported roles are in no row", exported.len()));
    }
    let named: BTreeSet<PrincipalId> = assignments
        .iter()
        .filter_map(|one| match one.assignee {
            Assignee::Principal(id) => Some(id),
            _ => None,
        })
        .collect();
    let groups: Vec<PrincipalId> =
        inventory.principals.ids().filter(|id| inventory.principals.get(*id).role_group).collect();
    let idle = groups.iter().filter(|group| !named.contains(group)).count();
    (groups.len() >= MANY && idle * 2 > groups.len())
        .then(|| format!("{idle} of {} exported role groups are in no row", groups.len()))
}
