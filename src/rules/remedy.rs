//! What ends a finding, as remedies; `powershell` writes them as commands.

use std::collections::BTreeSet;

use crate::graph::{Graph, Held};
use crate::inventory::{self, Assignee, AssigneeType, Assignment, Class, Form, PrincipalId, Stated};
use crate::name::{Symbol, same};
use crate::powershell::assignments;
use crate::remedy::{self, Fix, GroupKind, GroupName, NewAssignment, Remedy, WriteScope};

/// The name of an object to be made: one that nothing in the exports has, of at most 64 characters, as Exchange wants it.
pub(super) fn free_name(graph: &Graph<'_>, wanted: &str) -> String {
    named_free(graph, wanted, "")
}

/// The same for an object that is made for one account, so that what is made for another one has another name.
pub(super) fn free_name_for(graph: &Graph<'_>, wanted: &str, account: &str) -> String {
    const ACCOUNT_CHARACTERS_MAX: usize = 40;
    let account: String = account.chars().take(ACCOUNT_CHARACTERS_MAX).collect();
    named_free(graph, wanted, &format!(" for {}", account.trim_end()))
}

fn named_free(graph: &Graph<'_>, start: &str, end: &str) -> String {
    const CHARACTERS_MAX: usize = 64;
    let cut = |number: &str| {
        let room = CHARACTERS_MAX - end.chars().count() - number.chars().count();
        let start: String = start.chars().take(room).collect();
        format!("{}{end}{number}", start.trim_end())
    };
    let is_free = |name: &String| graph.inventory().names.get(name).is_none();
    let numbered = (2..).map(|number| cut(&format!(" {number}")));
    std::iter::once(cut("")).chain(numbered).find(is_free).expect("numbers do not end")
}

/// Lets an account run a role: through a role group that gives this role alone, else through a new one. An assignment
/// to the account itself would do too, and is what `direct-assignment` warns of.
pub(super) fn give(graph: &Graph<'_>, role: Symbol, group: Option<PrincipalId>, account: &str) -> Fix {
    let role = graph.inventory().show(role);
    match group {
        Some(group) => join(graph, group, &[role], account),
        None => own_group(graph, role, &[role], account),
    }
}

/// Lets an account join a role group that gives these roles alone.
pub(super) fn join(graph: &Graph<'_>, group: PrincipalId, roles: &[&str], account: &str) -> Fix {
    let name = graph.inventory().show_principal(group);
    let note = format!("joins `{name}`, which gives {} and no other", listed(roles));
    Fix::of(add_member(graph, group, account), note)
}

/// Lets an account run roles through a role group of its own, which is named for what it gives and for the account.
pub(super) fn own_group(graph: &Graph<'_>, wanted: &str, roles: &[&str], account: &str) -> Fix {
    Fix::of(new_group(graph, wanted, roles, account), format!("a role group of its own, with {}", listed(roles)))
}

/// Roles, in words.
pub(super) fn listed(roles: &[&str]) -> String {
    format!("{} {}", if roles.len() == 1 { "role" } else { "roles" }, quoted_names(roles))
}

/// Makes a role group of one account.
pub(super) fn new_group(graph: &Graph<'_>, wanted: &str, roles: &[&str], account: &str) -> Remedy {
    let name = free_name_for(graph, wanted, account);
    let roles = roles.iter().map(|role| (*role).to_owned()).collect();
    Remedy::NewRoleGroup { name, roles, members: vec![account.to_owned()], description: None }
}

/// What gives a role by a new role group instead of by an assignment, on what that may write to: the steps, of which the
/// last removes the assignment. `None` where not all of the assignment is known.
pub(super) fn regrouped(graph: &Graph<'_>, assignment: &Assignment, role: &str, member: &str) -> Option<Vec<Remedy>> {
    let (removal, scope) = (unassign(graph, assignment)?, scope(graph, assignment)?);
    if scope == WriteScope::default() {
        return Some(vec![new_group(graph, role, &[role], member), removal]);
    }
    let name = free_name_for(graph, role, member);
    let (roles, members, description) = (Vec::new(), vec![member.to_owned()], None);
    let assigned = NewAssignment {
        name: None,
        role: role.to_owned(),
        assignee: remedy::Assignee::Group(name.clone()),
        scope,
        delegating: false,
    };
    let group = Remedy::NewRoleGroup { name, roles, members, description };
    Some(vec![group, Remedy::Assign(assigned), removal])
}

/// Puts somebody into a group. Exchange Online refuses to change the members of one that is synchronised from Entra.
pub(super) fn add_member(graph: &Graph<'_>, group: PrincipalId, member: &str) -> Remedy {
    match in_entra(graph, group, member, true) {
        Some(remedy) => remedy,
        None => Remedy::AddMember { group: group_name(graph, group), member: member.to_owned() },
    }
}

/// Takes somebody out of a group.
pub(super) fn remove_member(graph: &Graph<'_>, group: PrincipalId, member: &str) -> Remedy {
    match in_entra(graph, group, member, false) {
        Some(remedy) => remedy,
        None => Remedy::RemoveMember { group: group_name(graph, group), member: member.to_owned() },
    }
}

fn in_entra(graph: &Graph<'_>, group: PrincipalId, user: &str, on: bool) -> Option<Remedy> {
    let role = graph.synchronised(group)?.role?;
    Some(Remedy::SetEntraRole { user: user.to_owned(), template: role.template, on })
}

/// Takes what is held from an account: out of every group of its own by which it comes to the assignee, else by the
/// assignment itself. `None` where it comes by a policy, which others share, or by what the caller asserts.
pub(super) fn take(graph: &Graph<'_>, account: &str, held: &Held) -> Option<Fix> {
    if let [(first, _), ..] = held.chain[..] {
        let mut groups = vec![first];
        if let [id] = graph.accounts_named(account)[..] {
            groups.extend(graph.own_groups_into(id, held.chain[held.chain.len() - 1].0));
            let mut seen = BTreeSet::new();
            groups.retain(|group| seen.insert(*group));
        }
        let names: Vec<&str> = groups.iter().map(|group| graph.inventory().show_principal(*group)).collect();
        let note = match names[..] {
            [name] => format!("takes `{account}` out of `{name}`, with all that it holds through it"),
            _ => format!("takes `{account}` out of {}, with all that it holds through them", quoted_names(&names)),
        };
        return Some(Fix::steps(groups.iter().map(|group| remove_member(graph, *group, account)).collect(), note));
    }
    let assignment = graph.assignment(held).filter(|_| held.policy.is_none())?;
    Some(Fix::of(unassign(graph, assignment)?, "removes the assignment"))
}

fn quoted_names(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Takes what is held in several ways from an account: every way must go. `None` where one of them cannot.
pub(super) fn take_all<'h>(graph: &Graph<'_>, account: &str, ways: impl Iterator<Item = &'h Held>) -> Option<Fix> {
    let mut ways = ways.map(|way| take(graph, account, way));
    let mut all = ways.next()??;
    let mut known: BTreeSet<Remedy> = all.steps.iter().cloned().collect();
    for fix in ways {
        let new: Vec<Remedy> = fix?.steps.into_iter().filter(|step| known.insert(step.clone())).collect();
        if !new.is_empty() {
            all.steps.extend(new);
            all.note = format!("takes from `{account}` each of the ways in which it is held");
        }
    }
    Some(all)
}

/// Removes an assignment of which the name is known.
pub(super) fn unassign(graph: &Graph<'_>, assignment: &Assignment) -> Option<Remedy> {
    let name = graph.inventory().show(assignment.name?).to_owned();
    Some(Remedy::Unassign { assignment: name, before: as_made(graph, assignment).map(Box::new) })
}

/// Removes an assignment; where no export shows its name, shows it first.
pub(super) fn removal(graph: &Graph<'_>, assignment: &Assignment) -> Fix {
    let inventory = graph.inventory();
    if let Some(step) = unassign(graph, assignment) {
        return Fix::of(step, "removes the assignment");
    }
    let role = assignment.role.filter(|role| role.form == Form::Whole).map_or("*", |role| inventory.show(role.symbol));
    let assignee = match &assignment.assignee {
        Assignee::Principal(id) => inventory.show_principal(*id),
        Assignee::Policy(text) => inventory.show(text.symbol),
        Assignee::Several(_) | Assignee::Unclear(_) | Assignee::Missing => "*",
    };
    let command = assignments(Some(role), Some(assignee));
    Fix::export(command, "shows the name of the assignment, by which it can be removed")
}

/// What makes an assignment anew, where all of it is known.
fn as_made(graph: &Graph<'_>, assignment: &Assignment) -> Option<NewAssignment> {
    if assignment.enabled != Stated::Is(true) || assignment.unseen.written().next().is_some() {
        return None;
    }
    let name = graph.inventory().show(assignment.name?).to_owned();
    let Stated::Is(delegating) = assignment.delegating else { return None };
    let (role, assignee, scope) =
        (role_of(graph, assignment)?, assignee(graph, assignment)?, scope(graph, assignment)?);
    Some(NewAssignment { name: Some(name), role, assignee, scope, delegating })
}

fn role_of(graph: &Graph<'_>, assignment: &Assignment) -> Option<String> {
    let role = assignment.role.filter(|role| role.form == Form::Whole)?;
    Some(graph.inventory().show(role.symbol).to_owned())
}

/// To whom an assignment gives its role, as a command names it.
pub(super) fn assignee(graph: &Graph<'_>, assignment: &Assignment) -> Option<remedy::Assignee> {
    let inventory = graph.inventory();
    match &assignment.assignee {
        Assignee::Policy(text) => Some(remedy::Assignee::Policy(inventory.show(text.symbol).to_owned())),
        Assignee::Principal(id) => {
            let name = inventory.show_principal(*id).to_owned();
            Some(match assignment.assignee_type? {
                AssigneeType::User => remedy::Assignee::User(name),
                AssigneeType::Computer => remedy::Assignee::Computer(name),
                AssigneeType::ServicePrincipal => remedy::Assignee::App(name),
                AssigneeType::RoleGroup | AssigneeType::SecurityGroup => remedy::Assignee::Group(name),
                _ => return None,
            })
        }
        Assignee::Several(_) | Assignee::Unclear(_) | Assignee::Missing => None,
    }
}

/// What an assignment may write to, as a command says it; `None` where not all of it is known.
pub(super) fn scope(graph: &Graph<'_>, assignment: &Assignment) -> Option<WriteScope> {
    let inventory = graph.inventory();
    let custom = |index: usize| -> Option<String> {
        let text = assignment.custom[index].filter(|text| text.form == Form::Whole)?;
        Some(inventory.show(text.symbol).to_owned())
    };
    let mut scope = WriteScope::default();
    if let Some(resource) = assignment.resource {
        scope.resources = Some(inventory.show(resource.symbol).to_owned());
    }
    let implicit = assignment.role.map(|role| graph.implicit_scopes(role.symbol));
    let is_implicit = |word: &str| implicit.as_ref().and_then(|it| it.recipient_write).is_some_and(|it| same(it, word));
    match assignment.scopes[1].map(|word| inventory.show(word)) {
        Some(word) if same(word, "CustomRecipientScope") => scope.recipients = Some(custom(0)?),
        Some(word) if same(word, "ExclusiveRecipientScope") => {
            (scope.recipients, scope.exclusive) = (Some(custom(0)?), true);
        }
        Some(word) if same(word, "OU") => scope.unit = Some(custom(0)?),
        Some(word) if same(word, "Organization") || same(word, "None") || is_implicit(word) => {}
        Some(word) => scope.relative = Some(word.to_owned()),
        None => {}
    }
    match assignment.scopes[3].map(|word| inventory.show(word)) {
        Some(word) if same(word, "CustomConfigScope") => scope.configuration = Some(custom(1)?),
        Some(word) if same(word, "ExclusiveConfigScope") => {
            (scope.configuration, scope.exclusive) = (Some(custom(1)?), true);
        }
        _ => {}
    }
    Some(scope)
}

/// Assigns another role to whom an assignment names, with the same scopes, and removes that assignment.
pub(super) fn swap(graph: &Graph<'_>, assignment: &Assignment, role: &str) -> Option<[Remedy; 2]> {
    let Stated::Is(delegating) = assignment.delegating else { return None };
    let (assignee, scope) = (assignee(graph, assignment)?, scope(graph, assignment)?);
    let made = NewAssignment { name: None, role: role.to_owned(), assignee, scope, delegating };
    Some([Remedy::Assign(made), unassign(graph, assignment)?])
}

/// Whether a group is a role group, by its own record, an assignment, or its name.
fn is_role_group(graph: &Graph<'_>, group: PrincipalId) -> bool {
    let inventory = graph.inventory();
    let mut named = graph.assignments_of(group).iter().map(|index| inventory.assignments[*index].assignee_type);
    inventory.principals.get(group).role_group
        || named.any(|kind| kind == Some(AssigneeType::RoleGroup))
        || graph.catalogue().defaults().is_built_in(None, inventory.show_principal(group))
}

/// A group, and where its members are changed: role groups and groups with an address by Exchange, all others in the
/// directory.
pub(super) fn group_name(graph: &Graph<'_>, group: PrincipalId) -> GroupName {
    let principal: &inventory::Principal = graph.inventory().principals.get(group);
    let kind = if is_role_group(graph, group) {
        GroupKind::RoleGroup
    } else if principal.mail_enabled == Some(true) || principal.class == Some(Class::DistributionGroup) {
        GroupKind::Distribution
    } else if principal.class == Some(Class::SecurityGroup) && principal.at.is_some() {
        GroupKind::Directory
    } else {
        // Only an assignment or a list of members names it: most of those are role groups.
        GroupKind::RoleGroup
    };
    GroupName { name: graph.inventory().show_principal(group).to_owned(), kind }
}

/// Takes cmdlets from a role, and first from its children: Exchange removes no entry that a child still has.
pub(super) fn without_entries(graph: &Graph<'_>, role: Symbol, cmdlets: &[&str]) -> Fix {
    let inventory = graph.inventory();
    let mut family = vec![role];
    let mut at = 0;
    while let Some(&parent) = family.get(at) {
        let children = inventory.roles.values().filter(|one| one.parent.flatten() == Some(parent));
        let new: BTreeSet<Symbol> = children.map(|one| one.name).filter(|one| !family.contains(one)).collect();
        family.extend(new);
        at += 1;
    }
    let mut steps = Vec::new();
    for &one in family.iter().rev() {
        let has = |cmdlet: &str| {
            let named = inventory.names.get(cmdlet);
            one == role || named.is_some_and(|named| inventory.entries_in(one, named).next().is_some())
        };
        let name = inventory.show(one);
        steps.extend(cmdlets.iter().filter(|cmdlet| has(cmdlet)).map(|cmdlet| entry_removal(name, cmdlet)));
    }
    let what = if cmdlets.len() == 1 { "this cmdlet" } else { "these cmdlets" };
    let note = match steps.len() > cmdlets.len() {
        false => format!("takes {what} from all who hold the role"),
        true => format!("takes {what} from all who hold the role or a child of it"),
    };
    Fix::steps(steps, note)
}

/// Takes a cmdlet from one role.
pub(super) fn entry_removal(role: &str, cmdlet: &str) -> Remedy {
    Remedy::RemoveEntry { role: role.to_owned(), cmdlet: cmdlet.to_owned() }
}

/// Accepts that a column is missing, instead of exporting again.
pub(super) fn assume(word: &str) -> Fix {
    let arguments = ["check", "--assume", word].map(str::to_owned).into();
    Fix::of(Remedy::Rolecall(arguments), "accepts that the column is missing")
}
