//! Assignments that name what the exports would show if it were there, and objects that only a part of an export shows.

use std::collections::BTreeSet;

use crate::diagnostic::{Label, Report, RuleId};
use crate::inventory::{Assignee, AssigneeType, Assignment, Form, Inventory, Listed, NO_ROLE, Text};
use crate::name::{Symbol, same};
use crate::powershell::{export_command, export_of, get_list};
use crate::record::Kind;
use crate::remedy::Fix;
use crate::source::Span;

use super::note;

/// An assignment names an object that is not in the exports, though its kind is.
pub const DANGLING_REFERENCE: RuleId = RuleId::reading("dangling-reference");
/// Assignments are shown by rows of effective users alone.
pub const EFFECTIVE_ROWS_ONLY: RuleId = RuleId::reading("effective-rows-only");
/// An assigned role has no entry in the exports.
pub const EMPTY_ROLE: RuleId = RuleId::reading("empty-role");

pub(super) fn check(inventory: &Inventory, report: &mut Report) {
    say_dangling(inventory, report);
    say_effective(inventory, report);
    say_empty(inventory, report);
}

/// An object that an assignment names and no export shows.
struct Dangling<'i> {
    what: &'static str,
    name: &'i str,
    kind: Kind,
    at: Span,
    command: String,
}

fn say_dangling(inventory: &Inventory, report: &mut Report) {
    let mut known: BTreeSet<(&str, String)> = BTreeSet::new();
    let identities = inventory.scopes.iter().map(|fact| &fact.identities);
    let exported: BTreeSet<Symbol> = identities.flatten().map(|(_, text)| text.symbol).collect();
    for assignment in &inventory.assignments {
        let role = dangling_role(inventory, assignment);
        let scopes = (0..2).filter_map(|index| dangling_scope(inventory, &exported, assignment, index));
        for dangling in role.into_iter().chain(dangling_assignee(inventory, assignment)).chain(scopes) {
            if !known.insert((dangling.what, crate::name::fold(dangling.name))) {
                continue;
            }
            let Dangling { what, name, kind, at, command } = dangling;
            let of = assignment.name.map_or("an assignment".to_owned(), |name| format!("`{}`", inventory.show(name)));
            let message = format!("{of} names the {what} `{name}`, which is not among the exported {}", plural(kind));
            let labels = vec![Label::new(at, format!("no exported {what} has this name"))];
            let fix = Fix::export(command, format!("shows whether there is such a {what}"));
            report.say(note(DANGLING_REFERENCE, message, labels, fix, format!("{} {name}", kind.name())));
        }
    }
}

fn plural(kind: Kind) -> &'static str {
    match kind {
        Kind::Role => "roles",
        Kind::RoleGroup => "role groups",
        Kind::Group => "groups",
        Kind::RoleAssignmentPolicy => "role assignment policies",
        _ => "scopes",
    }
}

/// Whether all objects of a kind were exported, as far as the exports show, and have names.
fn is_whole(inventory: &Inventory, kind: Kind) -> bool {
    inventory.is_whole(kind) && names_some(inventory, kind)
}

/// Whether the exported objects of a kind have names at all.
fn names_some(inventory: &Inventory, kind: Kind) -> bool {
    match kind {
        Kind::Role => inventory.roles.names().next().is_some(),
        Kind::ManagementScope => inventory.scopes.iter().any(|scope| !scope.identities.is_empty()),
        Kind::RoleAssignmentPolicy => inventory.policies.iter().any(|policy| !policy.identities.is_empty()),
        kind => {
            let mut shown = inventory.principals.ids().filter(|id| {
                let principal = inventory.principals.get(*id);
                principal.at.is_some() && principal.role_group == (kind == Kind::RoleGroup)
            });
            shown.any(|id| !inventory.principals.identities(id).is_empty())
        }
    }
}

fn whole(text: Option<Text>) -> Option<Symbol> {
    text.filter(|text| text.form == Form::Whole).map(|text| text.symbol)
}

fn dangling_role<'i>(inventory: &'i Inventory, assignment: &Assignment) -> Option<Dangling<'i>> {
    let role = whole(assignment.role)?;
    // Role entries alone show a role too, where its own record was left out.
    if inventory.roles.has(role) || inventory.has_entries(role) || !is_whole(inventory, Kind::Role) {
        return None;
    }
    let name = inventory.show(role);
    let command = get_list("Get-ManagementRole", name, &[]);
    Some(Dangling { what: "role", name, kind: Kind::Role, at: assignment.role_at, command })
}

fn dangling_assignee<'i>(inventory: &'i Inventory, assignment: &Assignment) -> Option<Dangling<'i>> {
    let at = assignment.assignee_at;
    match (&assignment.assignee, assignment.assignee_type?) {
        (Assignee::Principal(id), kind @ (AssigneeType::RoleGroup | AssigneeType::SecurityGroup)) => {
            if inventory.principals.get(*id).at.is_some() {
                return None;
            }
            let name = inventory.show_principal(*id);
            let (what, kind, cmdlet) = match kind {
                AssigneeType::RoleGroup => ("role group", Kind::RoleGroup, "Get-RoleGroup"),
                _ => ("security group", Kind::Group, "Get-Group"),
            };
            let command = get_list(cmdlet, name, &[]);
            is_whole(inventory, kind).then_some(Dangling { what, name, kind, at, command })
        }
        (Assignee::Policy(text), AssigneeType::Policy) if text.form == Form::Whole => {
            let kind = Kind::RoleAssignmentPolicy;
            let is_known = |policy: &crate::inventory::PolicyFact| {
                policy.identities.iter().any(|(_, known)| known.symbol == text.symbol)
            };
            if inventory.policies.iter().any(is_known) || !is_whole(inventory, kind) {
                return None;
            }
            let name = inventory.show(text.symbol);
            let command = get_list("Get-RoleAssignmentPolicy", name, &[]);
            Some(Dangling { what: "role assignment policy", name, kind, at, command })
        }
        _ => None,
    }
}

/// The custom write scope of recipients (0) or of the configuration (1).
fn dangling_scope<'i>(
    inventory: &'i Inventory,
    exported: &BTreeSet<Symbol>,
    assignment: &Assignment,
    index: usize,
) -> Option<Dangling<'i>> {
    const WORDS: [[&str; 2]; 2] =
        [["CustomRecipientScope", "ExclusiveRecipientScope"], ["CustomConfigScope", "ExclusiveConfigScope"]];
    let scope = whole(assignment.custom[index]).filter(|scope| !exported.contains(scope))?;
    // Beside any other word stands a unit of the directory, or nothing.
    let word = inventory.show(assignment.scopes[index * 2 + 1]?);
    let kind = Kind::ManagementScope;
    if !WORDS[index].iter().any(|known| same(known, word)) || !is_whole(inventory, kind) {
        return None;
    }
    let name = inventory.show(scope);
    let command = get_list("Get-ManagementScope", name, &[]);
    Some(Dangling { what: "scope", name, kind, at: assignment.at, command })
}

fn say_effective(inventory: &Inventory, report: &mut Report) {
    let mut effective = inventory.assignments.iter().filter(|assignment| !assignment.own_row);
    let Some(first) = effective.next() else { return };
    let name = first.name.map_or("an assignment".to_owned(), |name| format!("`{}`", inventory.show(name)));
    let message = match effective.count() {
        0 => format!("{name} is shown by rows of effective users alone"),
        1 => format!("{name} and another assignment are shown by rows of effective users alone"),
        more => format!("{name} and {more} other assignments are shown by rows of effective users alone"),
    };
    let labels = vec![Label::new(first.at, "a row of an effective user")];
    let fix = Fix::export(export_command(Kind::RoleAssignment), "exports their own rows");
    report.say(note(EFFECTIVE_ROWS_ONLY, message, labels, fix, "RoleAssignment".to_owned()));
}

fn say_empty(inventory: &Inventory, report: &mut Report) {
    // Without any entry it is the export that is missing; entries that name no role may be of any.
    if inventory.record_count(Kind::RoleEntry) == 0 || inventory.has_entries(NO_ROLE) {
        return;
    }
    let mut empty: Vec<(Symbol, Span)> = Vec::new();
    let mut seen: BTreeSet<Symbol> = BTreeSet::new();
    for assignment in &inventory.assignments {
        let Some(role) = whole(assignment.role) else { continue };
        let listed = inventory.roles.get(role).map_or(Listed::Absent, |role| role.listed);
        let shown = inventory.has_entries(role) || listed == Listed::Whole;
        if !shown && seen.insert(role) {
            empty.push((role, assignment.role_at));
        }
    }
    let Some(&(role, at)) = empty.first() else { return };
    let name = inventory.show(role);
    let (message, command) = match empty.len() - 1 {
        0 => (
            format!("role `{name}` is assigned, and no entry of it was exported"),
            export_of(Kind::RoleEntry, &format!("{name}\\*")),
        ),
        more => (
            format!("role `{name}` and {more} more of the assigned roles have no entry in these exports"),
            export_command(Kind::RoleEntry),
        ),
    };
    let fix = Fix::export(command, "exports the entries");
    report.say(note(EMPTY_ROLE, message, vec![Label::new(at, "assigned here")], fix, format!("Role {name}")));
}
