//! Changes tried on a copy of what was read, before anybody is told to make them.
//!
//! A step changes facts as Exchange would change its objects; everything else is then found from them as it is from
//! exports. Nothing is more certain afterwards: who joins a group of which not all members are known is in it, and who
//! else is stays open.

use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::{
    AssigneeType, AssignmentFact, Class, EntryFact, Facts, Form, GroupFact, Hint, IdentityKind, Inventory, Listed,
    NameList, PrincipalId, RoleFact, Runs, Stated, Text, Unseen,
};
use crate::name::{Symbol, same};
use crate::remedy::{Assignee, GroupKind, GroupName, NewAssignment, ObjectKind, Remedy, WriteScope};
use crate::source::Span;

/// The facts after some steps. `inventory` is what the facts are before them.
///
/// Errors: the first step that changes nothing which exports show, by its number.
pub fn after(facts: &Facts, inventory: &Inventory, steps: &[Remedy]) -> Result<Facts, usize> {
    let mut changing = Changing::of(&mut facts.clone(), inventory).ok_or(0_usize)?;
    changing.take_all(steps)?;
    Ok(changing.facts)
}

/// Takes the steps of some fixes on facts, one fix after the other, and says which of them could be taken whole.
/// `inventory` is what the facts were before the first.
pub fn take_each<'s>(facts: &mut Facts, inventory: &Inventory, fixes: impl Iterator<Item = &'s [Remedy]>) -> Vec<bool> {
    let mut changing = Changing::of(facts, inventory);
    let taken = fixes.map(|steps| changing.as_mut().is_some_and(|it| it.take_all(steps).is_ok())).collect();
    if let Some(changing) = changing {
        *facts = changing.facts;
    }
    taken
}

/// Whether a step changes what exports show.
#[must_use]
pub const fn can_take(step: &Remedy) -> bool {
    match step {
        Remedy::Delete { kind, .. } => matches!(kind, ObjectKind::Role | ObjectKind::RoleGroup),
        Remedy::SetManager { .. }
        | Remedy::SetUser { .. }
        | Remedy::SetEntraRole { .. }
        | Remedy::EnableAccount { .. }
        | Remedy::Export(_)
        | Remedy::Edit { .. }
        | Remedy::Rolecall(_) => false,
        _ => true,
    }
}

/// Whether a step changes role entries.
#[must_use]
pub const fn changes_entries(step: &Remedy) -> bool {
    matches!(
        step,
        Remedy::NewRole { .. }
            | Remedy::Delete { kind: ObjectKind::Role, .. }
            | Remedy::AddEntry { .. }
            | Remedy::RemoveEntry { .. }
            | Remedy::SetEntryParameters { .. }
    )
}

/// Whether both state the same of roles, groups and assignments.
#[must_use]
pub fn state_the_same(left: &Facts, right: &Facts) -> bool {
    let texts = |facts: &Facts, list: NameList| match list {
        NameList::Absent | NameList::Gone => (list, Vec::new()),
        NameList::Unsplit(_) => (list, Vec::new()),
        _ => (NameList::Absent, list.items(&facts.lists).to_vec()),
    };
    let groups = |one: &GroupFact, other: &GroupFact| {
        let of = |facts: &Facts, group: &GroupFact| {
            (group.identities.of(&facts.lists.identities).to_vec(), texts(facts, group.members), group.role_group)
        };
        of(left, one) == of(right, other)
    };
    left.entries == right.entries
        && left.assignments == right.assignments
        && left.roles == right.roles
        && left.members.len() == right.members.len()
        && left.groups.len() == right.groups.len()
        && left.groups.iter().zip(&right.groups).all(|(one, other)| groups(one, other))
}

struct Changing<'i> {
    facts: Facts,
    inventory: &'i Inventory,
    /// Where made-up records stand.
    at: Span,
    /// The names of assignments, found when one is first made up.
    taken: Option<BTreeSet<Symbol>>,
    /// The next number for a name that is made up once more.
    numbers: BTreeMap<String, u32>,
}

impl<'i> Changing<'i> {
    /// Takes the facts; `None` where they show no file.
    fn of(facts: &mut Facts, inventory: &'i Inventory) -> Option<Self> {
        let at = facts.files.first()?.first;
        let mut facts = std::mem::take(facts);
        // What steps change, lists elsewhere still show as it was.
        facts.disagreements = Some(inventory.disagreements.clone());
        Some(Self { facts, inventory, at, taken: None, numbers: BTreeMap::new() })
    }

    /// Takes steps.
    ///
    /// Errors: the first step that changes nothing which exports show, by its number; those before it are taken.
    fn take_all(&mut self, steps: &[Remedy]) -> Result<(), usize> {
        let mut number = 0;
        while let Some(step) = steps.get(number) {
            let removals = steps[number..].iter().take_while(|step| matches!(step, Remedy::RemoveEntry { .. })).count();
            let taken = match removals {
                0 => self.take(step),
                // Entries are many, so that those to be removed are removed at once.
                _ => self.remove_entries(&steps[number..number + removals]),
            };
            taken.ok_or(number)?;
            number += removals.max(1);
        }
        Ok(())
    }

    /// Takes a step; `None` where it changes nothing.
    fn take(&mut self, step: &Remedy) -> Option<()> {
        match step {
            Remedy::AddMember { group, member } => self.add_member(group, member),
            Remedy::RemoveMember { group, member } => self.remove_member(group, member),
            Remedy::NewRoleGroup { name, roles, members, .. } => self.add_group(name, roles, members),
            Remedy::NewRole { name, parent, entries, .. } => self.add_role(name, parent, entries.as_deref()),
            Remedy::Delete { kind: ObjectKind::RoleGroup, name, .. } => self.remove_group(name),
            Remedy::Delete { kind: ObjectKind::Role, name, .. } => self.remove_role(name),
            Remedy::SetEnabled { assignment, on } => {
                self.change_assignment(assignment, |assignment| assignment.enabled = Stated::Is(*on))
            }
            Remedy::Assign(assignment) => self.assign(assignment),
            Remedy::Unassign { assignment, .. } => {
                let name = self.facts.names.get(assignment)?;
                let is_it = |one: &mut AssignmentFact| one.name.is_some_and(|text| text.symbol == name);
                let removed: Vec<AssignmentFact> = self.facts.assignments.extract_if(.., is_it).collect();
                removed.iter().for_each(|one| self.keep_assignee(one));
                self.taken.as_mut().map(|taken| taken.remove(&name));
                (!removed.is_empty()).then_some(())
            }
            Remedy::SetScope { assignment, scope, .. } => {
                let scopes = self.scopes(scope);
                self.change_assignment(assignment, |assignment| {
                    (assignment.scopes[1], assignment.scopes[3]) = (scopes.0, scopes.1);
                    assignment.custom = scopes.2;
                    assignment.unseen = Unseen::default();
                })
            }
            Remedy::AddEntry { role, cmdlet } => {
                let role = self.facts.names.get(role)?;
                let parent = self.inventory.roles.get(role)?.parent.flatten()?;
                self.copy_entries(parent, role, Some(std::slice::from_ref(cmdlet)))
            }
            Remedy::SetEntryParameters { role, cmdlet, parameters, add } => {
                self.set_parameters(role, cmdlet, parameters, *add)
            }
            _ => None,
        }
    }

    fn text(&mut self, name: &str) -> Text {
        Text { symbol: self.facts.names.intern(name), form: Form::Whole }
    }

    fn is_group(&self, group: &GroupFact, name: Symbol) -> bool {
        group.identities.of(&self.facts.lists.identities).iter().any(|(_, text)| text.symbol == name)
    }

    fn groups_called(&self, name: &str) -> Vec<usize> {
        let Some(name) = self.facts.names.get(name) else { return Vec::new() };
        let groups = self.facts.groups.iter().enumerate();
        groups.filter(|(_, group)| self.is_group(group, name)).map(|(index, _)| index).collect()
    }

    /// Adds a member to each list of a group; where none is known, the group has this one and perhaps others.
    fn add_member(&mut self, group: &GroupName, member: &str) -> Option<()> {
        let member = self.text(member);
        let mut listed = false;
        for index in self.groups_called(&group.name) {
            let list = self.facts.groups[index].members;
            let mut items = list.items(&self.facts.lists).to_vec();
            items.push(member);
            let items = self.facts.lists.push_texts(&items);
            self.facts.groups[index].members = match list {
                NameList::Whole(_) | NameList::Either(..) => NameList::Whole(items),
                NameList::Cut(_, partial) => NameList::Cut(items, partial),
                other => other,
            };
            let count = &mut self.facts.groups[index].member_count;
            *count = count.map(|count| count + 1);
            listed |= !matches!(list, NameList::Absent | NameList::Gone | NameList::Unsplit(_));
        }
        if !listed {
            let items = self.facts.lists.push_texts(&[member]);
            let role_group = group.kind == GroupKind::RoleGroup;
            self.push_group(&group.name, role_group, NameList::Cut(items, None), NameList::Absent);
        }
        Some(())
    }

    fn remove_member(&mut self, group: &GroupName, member: &str) -> Option<()> {
        let name = self.facts.names.get(member)?;
        let who = self.somebody(name);
        let mut removed = false;
        for index in self.groups_called(&group.name) {
            let count = &mut self.facts.groups[index].member_count;
            *count = count.map(|count| count.saturating_sub(1));
            let list = self.facts.groups[index].members;
            let items = match &list {
                // One name, or several that run into each other: the one that is to go, or nobody knows.
                NameList::Unsplit(text) => std::slice::from_ref(text),
                list => list.items(&self.facts.lists),
            };
            let is_it = |text: &&Text| text.symbol == name || who.is_some() && self.somebody(text.symbol) == who;
            let kept: Vec<Text> = items.iter().filter(|text| !is_it(text)).copied().collect();
            if kept.len() == items.len() {
                continue;
            }
            removed = true;
            let items = self.facts.lists.push_texts(&kept);
            self.facts.groups[index].members = match list {
                NameList::Cut(_, partial) => NameList::Cut(items, partial),
                _ => NameList::Whole(items),
            };
        }
        let group = self.facts.names.get(&group.name)?;
        let before = self.facts.members.len();
        let members = std::mem::take(&mut self.facts.members);
        let is_it = |text: &Text| text.symbol == name || who.is_some() && self.somebody(text.symbol) == who;
        let identities = &self.facts.lists.identities;
        let kept = members.into_iter().filter(|row| {
            let names = row.identities.of(identities).iter().map(|(_, text)| text).chain(row.named.iter().flatten());
            row.group.symbol != group || !names.into_iter().any(is_it)
        });
        let kept = kept.collect();
        self.facts.members = kept;
        (removed || self.facts.members.len() < before).then_some(())
    }

    /// Takes somebody out of all groups.
    fn leave_all(&mut self, name: Symbol) {
        let who = self.somebody(name);
        let is_it = |text: &Text| text.symbol == name || who.is_some() && self.somebody(text.symbol) == who;
        let kept: Vec<(usize, Vec<Text>)> = (self.facts.groups.iter().enumerate())
            .filter_map(|(index, group)| {
                let items = group.members.items(&self.facts.lists);
                let kept: Vec<Text> = items.iter().filter(|text| !is_it(text)).copied().collect();
                (kept.len() < items.len()).then_some((index, kept))
            })
            .collect();
        let identities = &self.facts.lists.identities;
        let stays: Vec<bool> = (self.facts.members.iter())
            .map(|row| {
                let named =
                    row.identities.of(identities).iter().map(|(_, text)| text).chain(row.named.iter().flatten());
                !named.into_iter().any(is_it)
            })
            .collect();
        for (index, kept) in kept {
            let items = self.facts.lists.push_texts(&kept);
            let members = &mut self.facts.groups[index].members;
            *members = match *members {
                NameList::Cut(_, partial) => NameList::Cut(items, partial),
                _ => NameList::Whole(items),
            };
        }
        let mut stays = stays.into_iter();
        self.facts.members.retain(|_| stays.next().unwrap_or(true));
    }

    /// The one principal that a name or a path stands for, as it was before.
    fn somebody(&self, name: Symbol) -> Option<PrincipalId> {
        let principals = &self.inventory.principals;
        match principals.named(name) {
            [(_, id), rest @ ..] if rest.iter().all(|(_, other)| other == id) => Some(*id),
            [] => match principals.resolve(name, Hint::Any)? {
                [id] => Some(*id),
                _ => None,
            },
            _ => None,
        }
    }

    /// Keeps what only an assignment said of its assignee: that it is an account.
    fn keep_assignee(&mut self, assignment: &AssignmentFact) {
        if !matches!(assignment.assignee_type, Some(AssigneeType::User | AssigneeType::Computer)) {
            return;
        }
        let names: Vec<Text> = assignment.assignee.iter().flatten().copied().collect();
        self.facts.add_recipient(&names, (Some(Class::Account), None), assignment.at);
    }

    fn push_group(&mut self, name: &str, role_group: bool, members: NameList, roles: NameList) {
        let name = self.text(name);
        let identities = self.facts.lists.push_identities(&[(IdentityKind::Name, name)]);
        self.facts.groups.push(GroupFact {
            linked_to: None,
            identities,
            role_group,
            linked: false,
            security: Some(true),
            mail_enabled: None,
            synchronised: false,
            members,
            roles,
            managed_by: NameList::Absent,
            at: self.at,
            members_at: self.at,
            member_count: None,
        });
    }

    /// A role group, with a regular assignment of each role.
    fn add_group(&mut self, name: &str, roles: &[String], members: &[String]) -> Option<()> {
        let list = |changing: &mut Self, names: &[String]| {
            let texts: Vec<Text> = names.iter().map(|name| changing.text(name)).collect();
            NameList::Whole(changing.facts.lists.push_texts(&texts))
        };
        let (members, listed) = (list(self, members), list(self, roles));
        self.push_group(name, true, members, listed);
        for role in roles {
            self.assign(&NewAssignment {
                name: None,
                role: role.clone(),
                assignee: Assignee::Group(name.to_owned()),
                scope: WriteScope::default(),
                delegating: false,
            })?;
        }
        Some(())
    }

    /// A role group goes with its assignments, and out of the groups that it is in.
    fn remove_group(&mut self, name: &str) -> Option<()> {
        let before = self.facts.groups.len();
        let symbol = self.facts.names.get(name)?;
        self.leave_all(symbol);
        let called = self.groups_called(name);
        let mut index = 0;
        self.facts.groups.retain(|_| {
            index += 1;
            !called.contains(&(index - 1))
        });
        let is_it = |text: &Option<Text>| text.is_some_and(|text| text.symbol == symbol);
        self.facts.assignments.retain(|one| !one.assignee.iter().any(is_it));
        self.taken = None;
        self.facts.members.retain(|row| row.group.symbol != symbol);
        (self.facts.groups.len() < before).then_some(())
    }

    /// A child of a role, with the entries that its parent has now.
    fn add_role(&mut self, name: &str, parent: &str, entries: Option<&[String]>) -> Option<()> {
        let of = self.facts.names.get(parent)?;
        let (name, parent) = (self.text(name), self.text(parent));
        self.facts.roles.push(RoleFact {
            name,
            parent: Some(Some(parent)),
            end_user: None,
            role_type: None,
            scopes: [None; 4],
            entries: Listed::Absent,
            at: self.at,
        });
        self.facts.entry_row_roles.insert(name.symbol);
        self.copy_entries(of, name.symbol, entries)
    }

    fn remove_role(&mut self, name: &str) -> Option<()> {
        let name = self.facts.names.get(name)?;
        let before = self.facts.roles.len();
        self.facts.roles.retain(|role| role.name.symbol != name);
        self.facts.entry_row_roles.remove(&name);
        let had_record = self.facts.roles.len() < before;
        (self.retain_entries(|entry| entry.role != name).is_some() || had_record).then_some(())
    }

    /// Gives a role entries of another, all or those of some cmdlets.
    fn copy_entries(&mut self, from: Symbol, to: Symbol, cmdlets: Option<&[String]>) -> Option<()> {
        let names = &self.facts.names;
        let is_wanted = |entry: &EntryFact| {
            entry.role == from
                && cmdlets.is_none_or(|cmdlets| cmdlets.iter().any(|name| same(name, names.show(entry.cmdlet))))
        };
        let copied: Vec<EntryFact> = self.facts.entries.iter().filter(|entry| is_wanted(entry)).copied().collect();
        self.facts.entries.extend(copied.iter().map(|entry| EntryFact { role: to, ..*entry }));
        let end = self.facts.entries.len();
        self.facts.runs.extend(self.at.file, end);
        (!copied.is_empty()).then_some(())
    }

    /// Removes each of some entries, of which all must be there.
    fn remove_entries(&mut self, steps: &[Remedy]) -> Option<()> {
        let names = &self.facts.names;
        let pair = |step: &Remedy| match step {
            Remedy::RemoveEntry { role, cmdlet } => Some((names.get(role)?, names.get(cmdlet)?)),
            _ => None,
        };
        let removed: BTreeSet<(Symbol, Symbol)> = steps.iter().map(pair).collect::<Option<_>>()?;
        let known: BTreeSet<(Symbol, Symbol)> = self
            .facts
            .entries
            .iter()
            .map(|entry| (entry.role, entry.cmdlet))
            .filter(|pair| removed.contains(pair))
            .collect();
        self.retain_entries(|entry| !removed.contains(&(entry.role, entry.cmdlet)))?;
        (known.len() == removed.len()).then_some(())
    }

    fn retain_entries(&mut self, keep: impl Fn(&EntryFact) -> bool) -> Option<()> {
        let mut runs = Runs::default();
        let mut kept = Vec::with_capacity(self.facts.entries.len());
        for (index, entry) in self.facts.entries.iter().enumerate() {
            if keep(entry) {
                kept.push(*entry);
                runs.extend(self.facts.runs.file(index), kept.len());
            }
        }
        let fewer = kept.len() < self.facts.entries.len();
        (self.facts.entries, self.facts.runs) = (kept, runs);
        fewer.then_some(())
    }

    fn set_parameters(&mut self, role: &str, cmdlet: &str, parameters: &[String], add: bool) -> Option<()> {
        let named: Vec<Symbol> = parameters.iter().map(|name| self.facts.names.intern(name)).collect();
        let (role, cmdlet) = (self.facts.names.get(role)?, self.facts.names.get(cmdlet)?);
        let mut found = false;
        for entry in self.facts.entries.iter_mut().filter(|entry| entry.role == role && entry.cmdlet == cmdlet) {
            let list = self.facts.parameters.get(entry.parameters);
            let (mut names, complete) = (list.names.to_vec(), list.complete);
            names.retain(|name| !named.contains(name));
            names.extend(named.iter().filter(|_| add));
            entry.parameters = self.facts.parameters.of_items(names, complete);
            found = true;
        }
        found.then_some(())
    }

    fn change_assignment(&mut self, name: &str, change: impl Fn(&mut AssignmentFact)) -> Option<()> {
        let name = self.facts.names.get(name)?;
        let named = self.facts.assignments.iter_mut().filter(|one| one.name.is_some_and(|text| text.symbol == name));
        named.map(change).count().checked_sub(1).map(|_| ())
    }

    /// The words for what may be written, and the names of custom scopes.
    fn scopes(&mut self, scope: &WriteScope) -> (Option<Symbol>, Option<Symbol>, [Option<Text>; 2]) {
        let (recipients, configuration) = match scope.exclusive {
            true => ("ExclusiveRecipientScope", "ExclusiveConfigScope"),
            false => ("CustomRecipientScope", "CustomConfigScope"),
        };
        let word = match (&scope.relative, &scope.recipients, &scope.unit) {
            (Some(word), ..) => Some(word.as_str()),
            (_, Some(_), _) => Some(recipients),
            (.., Some(_)) => Some("OU"),
            _ => None,
        };
        let recipient = word.map(|word| self.facts.names.intern(word));
        let config = scope.configuration.as_ref().map(|_| self.facts.names.intern(configuration));
        let custom = [scope.recipients.as_ref().or(scope.unit.as_ref()), scope.configuration.as_ref()];
        (recipient, config, custom.map(|name| name.map(|name| self.text(name))))
    }

    fn assign(&mut self, assignment: &NewAssignment) -> Option<()> {
        let (kind, assignee) = match &assignment.assignee {
            Assignee::User(name) => (AssigneeType::User, name),
            Assignee::Computer(name) => (AssigneeType::Computer, name),
            Assignee::Group(name) => {
                let called = self.groups_called(name);
                let role_group = called.iter().any(|group| self.facts.groups[*group].role_group);
                (if role_group { AssigneeType::RoleGroup } else { AssigneeType::SecurityGroup }, name)
            }
            Assignee::Policy(name) => (AssigneeType::Policy, name),
            Assignee::App(name) => (AssigneeType::ServicePrincipal, name),
        };
        let (recipient, config, custom) = self.scopes(&assignment.scope);
        let resource = assignment.scope.resources.as_ref().map(|name| self.text(name));
        let name = assignment.name.clone().unwrap_or_else(|| self.assignment_name(&assignment.role, assignee));
        let (name, role, assignee) = (self.text(&name), self.text(&assignment.role), self.text(assignee));
        self.taken.as_mut().map(|taken| taken.insert(name.symbol));
        self.facts.assignments.push(AssignmentFact {
            name: Some(name),
            role: Some(role),
            assignee: [Some(assignee), None],
            assignee_type: Some(kind),
            delegating: Stated::Is(assignment.delegating),
            enabled: Stated::Is(true),
            scopes: [None, recipient, None, config],
            custom,
            resource,
            unseen: Unseen::default(),
            effective: None,
            of_all_users: true,
            at: self.at,
            role_at: self.at,
            assignee_at: self.at,
            enabled_at: self.at,
            delegating_at: self.at,
        });
        Some(())
    }

    /// The name that Exchange gives an assignment: it cuts it at 64 characters, and numbers what is there already.
    fn assignment_name(&mut self, role: &str, assignee: &str) -> String {
        const CHARACTERS_MAX: usize = 64;
        let start = format!("{role}-{assignee}");
        let cut = |end: &str| {
            let room = CHARACTERS_MAX - end.chars().count();
            start.chars().take(room).chain(end.chars()).collect::<String>()
        };
        let Self { facts, taken, numbers, .. } = self;
        let all = || facts.assignments.iter().filter_map(|one| Some(one.name?.symbol)).collect();
        let taken = taken.get_or_insert_with(all);
        let is_free = |name: &String| facts.names.get(name).is_none_or(|symbol| !taken.contains(&symbol));
        let plain = cut("");
        if is_free(&plain) {
            return plain;
        }
        let next = numbers.entry(start.clone()).or_insert(1);
        let mut numbered = std::iter::repeat_with(|| cut(&format!("-{}", std::mem::replace(next, *next + 1))));
        numbered.find(is_free).expect("numbers do not end")
    }
}
