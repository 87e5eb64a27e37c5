//! Membership: lists that groups have of themselves, and rows of members, resolved to principals.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::inventory::facts::{Facts, Form, IdentityKind, MemberDoubt, MemberFact, NameList, Text};
use crate::inventory::members::{ListOfMembers, MembersState};
use crate::name::Symbol;
use crate::source::Span;

use super::{Hint, LooseMember, PrincipalId, Principals, Sort, has_whole_name, is_strong};

/// Whether the column `Role` of a report names a group is in doubt only where a role has that name.
pub(super) fn settle(facts: &mut Facts) {
    if facts.members.iter().all(|member| member.doubt != Some(MemberDoubt::CalledRole)) {
        return;
    }
    let assigned = facts.assignments.iter().filter_map(|assignment| assignment.role);
    let named = facts.roles.iter().map(|role| role.name).chain(assigned).map(|text| text.symbol);
    let roles: BTreeSet<Symbol> = named.chain(facts.entries.iter().map(|entry| entry.role)).collect();
    for member in &mut facts.members {
        member.doubt =
            member.doubt.filter(|doubt| *doubt != MemberDoubt::CalledRole || roles.contains(&member.group.symbol));
    }
}

impl Principals {
    pub(super) fn fill_members(&mut self, facts: &Facts, of_row: &[PrincipalId], capped: &[(Symbol, Span)]) {
        let mut groups: Vec<(PrincipalId, usize)> = of_row[..facts.groups.len()].iter().copied().zip(0..).collect();
        groups.sort_unstable();
        let mut members = std::mem::take(&mut self.all);
        for groups in groups.chunk_by(|one, next| one.0 == next.0) {
            let groups_of_it = groups.iter().map(|(_, index)| &facts.groups[*index]);
            let lists: Vec<ListOfMembers<'_>> = groups_of_it
                .filter_map(|group| self.list_of_members(&group.members, group.members_at, facts))
                .collect();
            if !lists.is_empty() {
                members[groups[0].0.0 as usize].members.known().take_lists(&lists);
            }
        }
        self.all = members;
        let listed: Vec<bool> = self.all.iter().map(|one| one.members.state == MembersState::Known).collect();
        for (index, member) in facts.members.iter().enumerate() {
            self.take_member_row(member, of_row[facts.groups.len() + index]);
        }
        let unread = facts.unread_members.iter().map(|(group, at)| (group.symbol, *at));
        self.open(unread, MembersState::NotExported, &listed);
        self.open(capped.iter().copied(), MembersState::Capped, &listed);
        self.all.iter_mut().for_each(|principal| principal.members.sort());
        for (group, id) in facts.groups.iter().zip(of_row) {
            // A column counts more than there are rows.
            let members = &self.all[id.0 as usize].members;
            let shown = members.sure.len() + members.doubtful.len() + members.unclear.len();
            if members.state == MembersState::Known && group.member_count.is_some_and(|count| count > shown) {
                self.all[id.0 as usize].members.known().state = MembersState::Cut;
            }
        }
        self.contradict(facts);
    }

    /// A list of members lacks somebody whose own record lists the group.
    fn contradict(&mut self, facts: &Facts) {
        for (member, groups, at) in &facts.member_of {
            let members: Vec<PrincipalId> = self.named(member.symbol).iter().map(|(_, id)| *id).collect();
            let listed = facts.names.show(groups.symbol).split([',', ';', '|', '\n', '{', '}']).map(str::trim);
            let names = listed.filter_map(|name| {
                let name = name.strip_prefix("CN=").unwrap_or(name);
                facts.names.get(name.rsplit('/').next().unwrap_or(name))
            });
            let found: Vec<PrincipalId> = names.flat_map(|name| self.named(name)).map(|(_, id)| *id).collect();
            for id in found.into_iter().filter(|id| !members.contains(id)) {
                let shown = &self.all[id.0 as usize].members;
                let is_shown = shown.sure.iter().chain(&shown.doubtful).any(|(id, _)| members.contains(id));
                if shown.state == MembersState::Known && !is_shown {
                    let members = self.all[id.0 as usize].members.known();
                    (members.state, members.at) = (MembersState::Contradicting, Some(*at));
                }
            }
        }
    }

    /// Rows may not show all members of these groups; a list of the group itself may.
    fn open(&mut self, groups: impl Iterator<Item = (Symbol, Span)>, why: MembersState, listed: &[bool]) {
        let Self { all, references, .. } = self;
        for (group, at) in groups {
            let groups = references.resolve(group, Hint::Group).unwrap_or_default();
            for id in groups.iter().filter(|id| !listed[id.0 as usize]) {
                let members = all[id.0 as usize].members.known();
                if members.state == MembersState::Known {
                    members.state = why;
                }
                members.at = Some(at);
            }
        }
    }

    fn list_of_members(&self, list: &NameList, at: Span, facts: &Facts) -> Option<ListOfMembers<'_>> {
        let (partial, state) = match list {
            NameList::Absent => return None,
            NameList::Gone => (None, MembersState::Flattened),
            NameList::Whole(_) | NameList::Either(..) => (None, MembersState::Known),
            NameList::Cut(_, partial) => (*partial, MembersState::Cut),
            // Words with blanks between them: one member where the whole text is a known name, else nothing is known.
            NameList::Unsplit(text) if text.form == Form::Whole && !self.named(text.symbol).is_empty() => {
                let mut found: Vec<PrincipalId> = self.named(text.symbol).iter().map(|&(_, id)| id).collect();
                found.sort_unstable();
                found.dedup();
                let resolved = vec![Cow::Owned(found)];
                return Some(ListOfMembers { resolved, unclear: Vec::new(), state: MembersState::Known, at });
            }
            NameList::Unsplit(_) => (None, MembersState::Flattened),
        };
        let items = list.items(&facts.lists);
        let mut resolved = Vec::with_capacity(items.len());
        let mut unclear: Vec<Text> = partial.into_iter().collect();
        for item in items {
            match self.resolve(item.symbol, Hint::Any) {
                Some(ids) if item.form == Form::Whole => resolved.push(Cow::Borrowed(ids)),
                _ => unclear.push(*item),
            }
        }
        Some(ListOfMembers { resolved, unclear, state, at })
    }

    fn take_member_row(&mut self, member: &MemberFact, row: PrincipalId) {
        let at = member.at;
        let identities = member.identities.of(&self.identities);
        // A row of cut or lossy names may stand for several objects; it is none of its own.
        let (objects, unclear) = match has_whole_name(identities) {
            _ if member.named[0].is_some() => self.objects_named(member),
            true => (self.objects_of(member, row), Vec::new()),
            false => (Vec::new(), identities.iter().map(|(_, text)| *text).collect()),
        };
        let groups = match self.resolve(member.group.symbol, Hint::Group) {
            _ if member.group.form != Form::Whole => {
                self.loose_members.push(LooseMember { group: member.group, members: objects, unclear, at });
                return;
            }
            groups => groups.unwrap_or_default().to_vec(),
        };
        let sure = groups.len() == 1 && objects.len() == 1 && member.doubt.is_none();
        for group in groups {
            let members = self.all[group.0 as usize].members.known();
            members.unclear.extend(unclear.iter().map(|&text| (text, at)));
            let list = if sure { &mut members.sure } else { &mut members.doubtful };
            list.extend(objects.iter().map(|&id| (id, at)));
            members.doubts.extend(objects.iter().filter_map(|&id| Some((id, member.doubt?))));
            members.show(member.of_all, at);
        }
    }

    /// The objects that a member row may be of: one that only has a name may be any of that name.
    fn objects_of(&self, member: &MemberFact, row: PrincipalId) -> Vec<PrincipalId> {
        let identities = self.identities(row);
        let mut objects = vec![row];
        if !identities.iter().any(|(kind, _)| is_strong(*kind)) {
            let names = identities.iter().filter(|(kind, _)| *kind == IdentityKind::Name);
            let named =
                names.flat_map(|(_, text)| self.named(text.symbol)).filter(|(kind, _)| *kind == IdentityKind::Name);
            let fits = |id: &PrincipalId| {
                Sort::of(self.get(*id).class) == Sort::of(self.get(row).class) || member.class.is_none()
            };
            objects.extend(named.map(|&(_, id)| id).filter(fits));
            objects.sort_unstable();
            objects.dedup();
        }
        objects
    }

    /// Whom a row of a report names, by any identity: by the first that an export shows, else by any.
    fn objects_named(&mut self, member: &MemberFact) -> (Vec<PrincipalId>, Vec<Text>) {
        let named = member.named.iter().flatten().filter(|text| text.form == Form::Whole);
        let found = || named.clone().filter_map(|text| self.resolve(text.symbol, Hint::Any));
        let is_shown = |ids: &&[PrincipalId]| ids.iter().any(|id| self.get(*id).at.is_some());
        let objects = found().find(is_shown).or_else(|| found().next()).map(<[PrincipalId]>::to_vec);
        let Some(objects) = objects else {
            return (Vec::new(), member.named.iter().flatten().copied().collect());
        };
        // What the row calls the member is all that may be known of it.
        if let [id] = objects[..] {
            let principal = &mut self.all[id.0 as usize];
            principal.class = principal.class.or(member.class);
            principal.application |= member.application;
        }
        (objects, Vec::new())
    }
}
