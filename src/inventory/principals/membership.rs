//! Membership: lists that groups have of themselves, and rows of members, resolved to principals.

use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::facts::{Facts, Form, IdentityKind, MemberFact, NameList, Text};
use crate::inventory::members::{ListOfMembers, MembersState};
use crate::name::Symbol;
use crate::source::Span;

use super::{Hint, PrincipalId, Principals, Resolved, Sort, has_whole_name, is_strong};

impl Principals {
    pub(super) fn fill_members(&mut self, facts: &Facts, of_row: &[PrincipalId], capped: &[(Symbol, Span)]) {
        let mut lists: BTreeMap<PrincipalId, Vec<ListOfMembers>> = BTreeMap::new();
        for (index, group) in facts.groups.iter().enumerate() {
            let id = of_row[index];
            if let Some(list) = self.list_of_members(&group.members, group.members_at) {
                lists.entry(id).or_default().push(list);
            }
        }
        for (id, lists) in lists {
            let members = &mut self.all[id.0 as usize].members;
            members.take_lists(lists);
        }
        let listed: BTreeSet<PrincipalId> =
            self.ids().filter(|id| self.get(*id).members.state == MembersState::Known).collect();
        for (index, member) in facts.members.iter().enumerate() {
            self.take_member_row(member, of_row[facts.groups.len() + index]);
        }
        let unread = facts.unread_members.iter().map(|(group, at)| (group.symbol, *at));
        self.open(unread, MembersState::NotExported, &listed);
        self.open(capped.iter().copied(), MembersState::Capped, &listed);
        for principal in &mut self.all {
            principal.members.sure.sort_unstable();
            principal.members.sure.dedup_by_key(|(id, _)| *id);
            principal.members.doubtful.sort_unstable();
            principal.members.doubtful.dedup_by_key(|(id, _)| *id);
        }
    }

    /// Rows may not show all members of these groups; a list of the group itself may.
    fn open(
        &mut self,
        groups: impl Iterator<Item = (Symbol, Span)>,
        why: MembersState,
        listed: &BTreeSet<PrincipalId>,
    ) {
        for (group, at) in groups {
            let groups = match self.resolve(group, Hint::Group) {
                Some(Resolved::One(id)) => vec![*id],
                Some(Resolved::Several(ids)) => ids.clone(),
                None => Vec::new(),
            };
            for id in groups.into_iter().filter(|id| !listed.contains(id)) {
                let members = &mut self.all[id.0 as usize].members;
                if members.state == MembersState::Known {
                    members.state = why;
                }
                members.at = Some(at);
            }
        }
    }

    fn list_of_members(&self, list: &NameList, at: Span) -> Option<ListOfMembers> {
        let (items, partial, state) = match list {
            NameList::Absent => return None,
            NameList::Gone => (&[][..], None, MembersState::Flattened),
            NameList::Whole(items) | NameList::Either(items, _) => (items.as_slice(), None, MembersState::Known),
            NameList::Cut(items, partial) => (items.as_slice(), *partial, MembersState::Cut),
            // Words with blanks between them: one member where the whole text is a known name, else nothing is known.
            NameList::Unsplit(text) if text.form == Form::Whole && !self.named(text.symbol).is_empty() => {
                let found: BTreeSet<PrincipalId> = self.named(text.symbol).iter().map(|&(_, id)| id).collect();
                let found: Vec<PrincipalId> = found.into_iter().collect();
                return Some(ListOfMembers {
                    resolved: vec![found],
                    unclear: Vec::new(),
                    state: MembersState::Known,
                    at,
                });
            }
            NameList::Unsplit(_) => (&[][..], None, MembersState::Flattened),
        };
        let mut resolved = Vec::new();
        let mut unclear: Vec<Text> = partial.into_iter().collect();
        for item in items {
            match self.resolve(item.symbol, Hint::Any) {
                Some(Resolved::One(id)) if item.form == Form::Whole => resolved.push(vec![*id]),
                Some(Resolved::Several(ids)) if item.form == Form::Whole => resolved.push(ids.clone()),
                _ => unclear.push(*item),
            }
        }
        Some(ListOfMembers { resolved, unclear, state, at })
    }

    fn take_member_row(&mut self, member: &MemberFact, row: PrincipalId) {
        let groups = match (member.group.form, self.resolve(member.group.symbol, Hint::Group)) {
            (Form::Whole, Some(Resolved::One(id))) => vec![*id],
            (Form::Whole, Some(Resolved::Several(ids))) => ids.clone(),
            _ => return,
        };
        // A row of cut or lossy names may stand for several objects; it is none of its own.
        if !has_whole_name(&member.identities) {
            for group in groups {
                let members = &mut self.all[group.0 as usize].members;
                members.unclear.extend(member.identities.iter().map(|(_, text)| (*text, member.at)));
                if members.state != MembersState::Contradicting {
                    members.state = MembersState::Known;
                }
                members.at.get_or_insert(member.at);
            }
            return;
        }
        // A row that only has a name may be any object of that name.
        let strong = self.get(row).identities.iter().any(|(kind, _)| is_strong(*kind));
        let mut objects = vec![row];
        if !strong {
            let names = self.get(row).identities.iter().filter(|(kind, _)| *kind == IdentityKind::Name);
            let named =
                names.flat_map(|(_, text)| self.named(text.symbol)).filter(|(kind, _)| *kind == IdentityKind::Name);
            let fits = |id: &PrincipalId| {
                Sort::of(self.get(*id).class) == Sort::of(self.get(row).class) || member.class.is_none()
            };
            objects.extend(named.map(|&(_, id)| id).filter(fits).collect::<Vec<_>>());
            objects.sort_unstable();
            objects.dedup();
        }
        let sure = groups.len() == 1 && objects.len() == 1;
        for group in groups {
            let members = &mut self.all[group.0 as usize].members;
            let list = if sure { &mut members.sure } else { &mut members.doubtful };
            list.extend(objects.iter().map(|&id| (id, member.at)));
            // Rows that name the group show all its members.
            if members.state != MembersState::Contradicting {
                members.state = MembersState::Known;
            }
            members.at.get_or_insert(member.at);
        }
    }
}
