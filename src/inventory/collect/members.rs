//! Members of groups: rows of Get-RoleGroupMember, and what reports make of them.

use crate::name::same;
use crate::record::{Complete, Kind, Property, Value};

use super::super::facts::{Form, IdentityKind, MemberDoubt, MemberFact, NameList, Stated, Stretch, Text, push};
use super::super::identity::{kind_of_identity, last_part};
use super::super::row::Row;
use super::super::unread::is_joined;
use super::{Collector, is_placeholder, truth};

impl Collector {
    pub(super) fn member(&mut self, record: &Row<'_, '_>) -> u8 {
        if is_joined(record) {
            return 0;
        }
        let of_column = self.named(record, Property::MemberOf);
        let group = of_column.or(self.says.group).or_else(|| {
            // A blank cell names no group, and the row is a member of one.
            let is_blank = matches!(record.value(Property::MemberOf), Some(Value::Nothing));
            is_blank.then(|| Text { symbol: self.facts.names.intern(""), form: Form::Cut })
        });
        let doubt = if is_nested(record) {
            Some(MemberDoubt::Nested)
        } else {
            group.is_none().then_some(MemberDoubt::CalledRole)
        };
        let Some(group) = group.or_else(|| self.named(record, Property::Role)) else { return 0 };
        let says = self.types.of(record);
        let mut fact = MemberFact {
            group,
            identities: Stretch::default(),
            named: [None; 2],
            doubt,
            class: says.class,
            application: says.application,
            of_all: self.says.members,
            linked: says.linked,
            at: record.at,
        };
        let start = self.facts.lists.identities.len();
        let identities = self.identities(record);
        let telling =
            identities.of(&self.facts.lists.identities).iter().find(|(kind, _)| *kind != IdentityKind::DisplayName);
        let (telling, first) = (telling.copied(), identities.of(&self.facts.lists.identities).first().copied());
        let listed = self.members_in_row(record);
        // A row of some exporters names a group without members and leaves the member blank: it states nothing.
        if listed.is_none() && telling.is_some() {
            fact.identities = identities;
            push(&mut self.facts.members, fact);
            return 0;
        }
        self.facts.lists.identities.truncate(start);
        let other = telling.filter(|(kind, _)| is_strong(*kind)).map(|(_, text)| text);
        match listed {
            Some(listed) => {
                // The other columns speak of one member.
                let other = other.filter(|_| listed.len() == 1);
                for member in listed {
                    fact.named = if other.is_some() { [other, Some(member)] } else { [Some(member), None] };
                    push(&mut self.facts.members, fact.clone());
                }
            }
            None => {
                if let Some((_, display_name)) = first {
                    fact.named[0] = Some(display_name);
                    push(&mut self.facts.members, fact);
                }
            }
        }
        0
    }

    /// The members that the columns of a report name; `None` where it has no such column.
    fn members_in_row(&mut self, record: &Row<'_, '_>) -> Option<Vec<Text>> {
        let fields = || record.fields.iter().filter(|field| field.property == Property::Member);
        if fields().next().is_some() {
            let texts = fields().filter_map(|field| match &field.value {
                Value::Text(text, complete) if !text.trim().is_empty() && !is_placeholder(text) => {
                    Some((text.trim(), *complete))
                }
                _ => None,
            });
            // Of a name and an id the one that tells most.
            let best = texts.min_by_key(|(text, _)| kind_of_identity(text));
            return Some(best.map(|(text, complete)| self.facts.text(text, complete)).into_iter().collect());
        }
        let list = self.members_listed(record);
        match list {
            NameList::Absent => return None,
            NameList::Whole(_) | NameList::Either(..) => {}
            NameList::Unsplit(text) => return Some(vec![text]),
            NameList::Cut(..) | NameList::Gone => {
                let group = self.named(record, Property::MemberOf).or_else(|| self.named(record, Property::Role));
                self.facts.unread_members.extend(group.map(|group| (group, record.at)));
            }
        }
        let items = list.items(&self.facts.lists);
        let shown = |item: &&Text| !is_placeholder(self.facts.names.show(item.symbol));
        Some(items.iter().filter(shown).copied().collect())
    }

    /// The list of members of a group, also where a script wrote it into several columns. These are as many as the first
    /// object had members, so that a row which fills all of them may have more.
    pub(super) fn members_listed(&mut self, record: &Row<'_, '_>) -> NameList {
        let numbered = || record.fields.iter().filter(|field| field.property == Property::NumberedMember);
        let Some(last) = numbered().next_back() else { return self.names_in(record, Property::Members) };
        let texts: Vec<&str> =
            numbered().filter_map(|field| field.value.whole()).filter(|it| !is_placeholder(it)).collect();
        let is_full = !matches!(last.value, Value::Nothing);
        let items = self.list(texts);
        if is_full { NameList::Cut(items, None) } else { NameList::Whole(items) }
    }

    /// A list, held against the number of members that another column shows: of another number it is not all there is.
    pub(super) fn counted(&self, record: &Row<'_, '_>, members: NameList) -> NameList {
        match (count(record), members) {
            // One name with a sign in it, of which no more than the pieces is kept.
            (Some(1), NameList::Either(..)) => NameList::Gone,
            (Some(count), NameList::Whole(items) | NameList::Either(items, _))
                if items.of(&self.facts.lists.texts).len() != count =>
            {
                NameList::Cut(items, None)
            }
            _ => members,
        }
    }

    /// All identities of a group. The column of a report that names the group does it, too; an identity beside it that
    /// ends in another name is a member's.
    pub(super) fn group_identities(&mut self, record: &Row<'_, '_>) -> Stretch {
        let start = self.facts.lists.identities.len();
        let mut identities = self.identities(record);
        let Some(Value::Text(name, Complete::Yes)) = record.value(Property::MemberOf) else { return identities };
        if record.kind != Kind::RoleGroup || record.value(Property::Name).is_some() {
            return identities;
        }
        let of_another = |text: Text| {
            let text = self.facts.names.show(text.symbol);
            last_part(text).is_some_and(|last| !same(&last, name))
        };
        if identities.of(&self.facts.lists.identities).iter().any(|(_, text)| of_another(*text)) {
            self.facts.lists.identities.truncate(start);
        }
        let text = self.facts.text(name.trim(), Complete::Yes);
        if text.form == Form::Whole {
            push(&mut self.facts.lists.identities, (kind_of_identity(name.trim()), text));
        }
        identities = Stretch::between(start, self.facts.lists.identities.len());
        identities
    }
}

/// How many members a column says that the group has.
pub(super) fn count(record: &Row<'_, '_>) -> Option<usize> {
    record.value(Property::MemberCount)?.whole()?.trim().parse().ok()
}

/// Whether a row says that its member is in the group through another group.
fn is_nested(record: &Row<'_, '_>) -> bool {
    let group = record.value(Property::MemberOf).and_then(Value::whole).unwrap_or("");
    let other = record.value(Property::MemberVia).and_then(Value::whole).filter(|via| !is_placeholder(via));
    truth(record, Property::DirectMember) == Stated::Is(false)
        || other.is_some_and(|via| !same(via.trim(), group.trim()))
}

/// Whether an identity belongs to one object alone.
const fn is_strong(kind: IdentityKind) -> bool {
    !matches!(kind, IdentityKind::Name | IdentityKind::Account | IdentityKind::DisplayName)
}
