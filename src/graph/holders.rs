//! Who acts for an account: the groups it is in, at any depth, and the groups it may be in.

use std::borrow::Cow;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::inventory::{
    AssigneeType, Class, Form, Identity, IdentityKind, LooseMember, MembersState, PrincipalId, Text, stands_for,
};
use crate::record::Kind;
use crate::source::Span;

use super::gap::GapId;
use super::{Graph, GroupAssertion, Wildcard};
use crate::inventory::Grouped;

/// One membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    /// The group.
    pub(super) group: PrincipalId,
    /// The place that says so.
    pub(super) at: Span,
    /// Why it is not certain.
    pub(super) gap: Option<GapId>,
}

/// A group that may hold anybody.
#[derive(Clone, Debug)]
pub(super) struct OpenGroup {
    group: PrincipalId,
    gap: GapId,
    /// Whether only accounts of another forest can be in it.
    linked: bool,
    /// The group and all groups that it is in, at any depth.
    reach: Vec<PrincipalId>,
}

/// Accounts that are known by the same kinds of identities, and hold or are in something.
#[derive(Clone, Debug)]
pub(super) struct Strangers {
    kinds: Kinds,
    accounts: Vec<(PrincipalId, GapId)>,
}

/// How an account comes to a group: from an account or group, at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hop {
    /// The member; `None` where the chain begins at a group that may hold anybody.
    from: Option<PrincipalId>,
    /// The place that says so.
    at: Span,
}

/// The groups that an account may be in because somebody may be in an open group.
#[derive(Clone, Debug, Default)]
pub(super) struct Openings {
    pub(super) gaps: BTreeMap<PrincipalId, BTreeSet<GapId>>,
    hops: BTreeMap<PrincipalId, Hop>,
}

/// The groups of an account.
#[derive(Debug, Default)]
pub(super) struct Holders {
    /// Those it is in for certain, each by the last hop of a shortest chain. The account itself has none.
    pub(super) sure: BTreeMap<PrincipalId, Option<Hop>>,
    /// Those it may be in, by what is not known.
    pub(super) maybe: BTreeMap<PrincipalId, BTreeSet<GapId>>,
    /// The last hop of a shortest chain to each of those.
    hops: BTreeMap<PrincipalId, Hop>,
}

impl Holders {
    /// The chain from the account's own group to `holder`, in that order, with the place of each hop. Where the account
    /// is in it only perhaps, the chain may begin at a group that may hold anybody.
    pub(super) fn chain(&self, holder: PrincipalId) -> Vec<(PrincipalId, Span)> {
        let mut chain = Vec::new();
        let mut at = Some(holder);
        while let Some(group) = at
            && let Some(hop) = self.sure.get(&group).copied().flatten().or_else(|| self.hops.get(&group).copied())
        {
            chain.push((group, hop.at));
            at = hop.from;
        }
        chain.reverse();
        chain
    }
}

/// A cut or lossy name, and the names within it.
#[derive(Debug)]
pub(super) struct Partial<'n> {
    pub(super) text: Text,
    shown: &'n str,
    is_address: bool,
    name: Cow<'n, str>,
    last: Option<String>,
}

impl<'i> Graph<'i> {
    /// Links every member to its groups, those too of which the caller says who is in them.
    pub(super) fn link(&mut self, assertions: &[GroupAssertion]) {
        let mut links: Vec<(PrincipalId, Edge)> = Vec::new();
        self.link_members(&mut links);
        self.link_loose_members(&mut links);
        self.link_asserted(assertions, &mut links);
        // Of two chains of one length the one that is shown must not hang on the order of the files.
        let inventory = self.inventory;
        let mut groups: Vec<PrincipalId> = links.iter().map(|(_, edge)| edge.group).collect();
        groups.sort_unstable();
        groups.dedup();
        groups.sort_by_cached_key(|group| (crate::name::fold(inventory.show_principal(*group)), *group));
        let count = inventory.principals.all.len();
        let mut places = vec![0_u32; count];
        (0..).zip(&groups).for_each(|(place, group)| places[group.0 as usize] = place);
        let by_group: Vec<(u32, (PrincipalId, Edge))> =
            links.into_iter().map(|link| (places[link.1.group.0 as usize], link)).collect();
        let by_group = Grouped::of(groups.len(), || by_group.iter().copied());
        let mut sorted: Vec<(u32, Edge)> = Vec::new();
        for place in 0..crate::source::to_u32(groups.len()) {
            let start = sorted.len();
            sorted.extend(by_group.get(place).iter().map(|(member, edge)| (member.0, *edge)));
            sorted[start..].sort_by_key(|(_, edge)| edge.at);
        }
        self.groups_of = Grouped::of(count, || sorted.iter().copied());
    }

    fn link_members(&mut self, links: &mut Vec<(PrincipalId, Edge)>) {
        let inventory = self.inventory;
        for group in inventory.principals.ids() {
            let principal = inventory.principals.get(group);
            let members = &principal.members;
            if members.is_empty() {
                continue;
            }
            // Whether permissions come through a group that is not security-enabled is not documented.
            let is_security = principal.class == Some(Class::SecurityGroup) || self.is_named_as_group(group);
            // Of two exports that contradict each other about it, neither is believed.
            let through = match is_security && !principal.distribution {
                true => None,
                false => Some(self.gaps.distribution_group(inventory.show_principal(group), principal.at)),
            };
            for &(member, at) in &members.sure {
                links.push((member, Edge { group, at, gap: through }));
            }
            for &(member, at) in &members.doubtful {
                let gap = match members.state {
                    MembersState::Contradicting => self.members_gap(group),
                    _ => Some(self.doubtful_member_gap(group, member, at)),
                };
                links.push((member, Edge { group, at, gap }));
            }
            for &(text, at) in &members.unclear {
                let gap = Some(self.gaps.unclear_name(Kind::Group, inventory.show(text.symbol), at));
                self.unclear_members.push((self.partial(text), Edge { group, at, gap }));
            }
        }
    }

    /// Links members to every group that may be theirs where the group's name is cut or lossy: in rows of members, and in
    /// the record of the group itself.
    fn link_loose_members(&mut self, links: &mut Vec<(PrincipalId, Edge)>) {
        let inventory = self.inventory;
        let principals = &inventory.principals;
        let mut loose = principals.loose_members.clone();
        for group in principals.ids() {
            let members = &principals.get(group).members;
            let identities = principals.identities(group);
            if members.is_empty() || crate::inventory::has_whole_name(identities) {
                continue;
            }
            let name = identities.iter().find(|(_, text)| text.form != Form::Whole);
            let (Some((_, name)), Some(at)) = (name, principals.get(group).at.or(members.at)) else { continue };
            loose.push(LooseMember {
                group: *name,
                members: members.sure.iter().chain(&members.doubtful).map(|(id, _)| *id).collect(),
                unclear: members.unclear.iter().map(|(text, _)| *text).collect(),
                at,
            });
        }
        let mut groups_of: BTreeMap<Text, Vec<PrincipalId>> = BTreeMap::new();
        for LooseMember { group, members, unclear, at } in loose {
            let groups = groups_of.entry(group).or_insert_with(|| {
                let partial = self.partial(group);
                let may_be_group = |id: &PrincipalId| {
                    let class = principals.get(*id).class;
                    matches!(class, None | Some(Class::SecurityGroup | Class::DistributionGroup))
                        && self.may_be_partial(*id, &partial)
                };
                principals.ids().filter(may_be_group).collect()
            });
            let gap = Some(self.gaps.unclear_name(Kind::RoleGroupMember, inventory.show(group.symbol), at));
            for &group in groups.iter() {
                let edge = Edge { group, at, gap };
                links.extend(members.iter().map(|member| (*member, edge)));
                let unclear: Vec<_> = unclear.iter().map(|text| (self.partial(*text), edge)).collect();
                self.unclear_members.extend(unclear);
            }
        }
    }

    /// Why it is not certain that somebody is in a group.
    pub(super) fn doubtful_member_gap(&mut self, group: PrincipalId, member: PrincipalId, at: Span) -> GapId {
        let inventory = self.inventory;
        let name = inventory.show_principal(member);
        match inventory.principals.get(group).members.doubts.get(&member) {
            Some(doubt) => self.gaps.doubtful_member(inventory.show_principal(group), name, *doubt, at),
            None => self.gaps.ambiguous(Kind::Group, name, at),
        }
    }

    /// Whether an assignment calls its assignee a role or security group.
    fn is_named_as_group(&self, group: PrincipalId) -> bool {
        let types =
            self.assignments_of(group).iter().filter_map(|index| self.inventory.assignments[*index].assignee_type);
        types.into_iter().any(|kind| matches!(kind, AssigneeType::RoleGroup | AssigneeType::SecurityGroup))
    }

    /// Puts the members into groups of which the caller says who is in them.
    fn link_asserted(&mut self, assertions: &[GroupAssertion], links: &mut Vec<(PrincipalId, Edge)>) {
        let inventory = self.inventory;
        let is_group = |id: &PrincipalId| {
            matches!(inventory.principals.get(*id).class, None | Some(Class::SecurityGroup | Class::DistributionGroup))
        };
        for assertion in assertions {
            let wildcard = Wildcard::new(&assertion.group);
            let groups: Vec<PrincipalId> =
                inventory.principals.ids().filter(|id| is_group(id) && self.is_named(*id, &wildcard)).collect();
            groups.iter().for_each(|group| _ = self.asserted_groups.entry(*group).or_default());
            for (member, at) in &assertion.members {
                let (name, wants_group) = match member.strip_prefix("group:") {
                    Some(group) => (group, true),
                    None => (member.as_str(), false),
                };
                let fits = |id: &PrincipalId| if wants_group { is_group(id) } else { self.is_account(*id) };
                let wild = name.contains(['*', '?']).then(|| Wildcard::new(name));
                let named: Vec<PrincipalId> = match &wild {
                    Some(wild) => {
                        inventory.principals.ids().filter(|id| fits(id) && self.is_named(*id, wild)).collect()
                    }
                    None => self.recipients_named(name).into_iter().filter(fits).collect(),
                };
                let is_clear = named.len() == 1 || wild.is_some();
                for (id, group) in named.iter().flat_map(|id| groups.iter().map(|group| (*id, *group))) {
                    let ambiguous = (!is_clear).then(|| self.gaps.ambiguous(Kind::Group, name, *at));
                    self.asserted_groups.entry(group).or_default().push((id, ambiguous));
                    // An assertion of the members does not say that permissions come through the group.
                    let gap = match inventory.principals.get(group).class {
                        Some(Class::DistributionGroup) => {
                            Some(self.gaps.distribution_group(inventory.show_principal(group), Some(*at)))
                        }
                        _ => ambiguous,
                    };
                    links.push((id, Edge { group, at: *at, gap }));
                }
            }
        }
    }

    /// Finds the groups that may hold anybody and from which an assignment can be reached, or might be.
    pub(super) fn find_open_groups(&mut self) {
        let inventory = self.inventory;
        for id in inventory.principals.ids() {
            let principal = inventory.principals.get(id);
            let is_group = matches!(principal.class, Some(Class::SecurityGroup | Class::DistributionGroup));
            let is_asserted = self.asserted_groups.contains_key(&id);
            if !is_group && !is_asserted && !self.is_unknown_assignee(id) {
                continue;
            }
            let linked = principal.linked_group || self.is_named_as_linked(id);
            let gap = if is_asserted {
                self.unknown_member_gap(id)
            } else if is_group && linked {
                self.members_gap(id).or_else(|| Some(self.linked_gap(id)))
            } else {
                self.members_gap(id).or_else(|| self.unknown_member_gap(id))
            };
            let Some(gap) = gap else { continue };
            let reach = self.reach_upwards(id);
            // Where a part of the assignments was asked for, there may be others.
            let may_have = self.narrowed_assignments.is_some() || !self.floating.is_empty();
            if may_have || reach.iter().any(|group| !self.assignments_of(*group).is_empty()) {
                self.open_groups.push(OpenGroup { group: id, gap, linked, reach });
            }
        }
    }

    /// Whether an assignment calls its assignee a linked or partner-linked role group.
    fn is_named_as_linked(&self, group: PrincipalId) -> bool {
        let named = self.assignments_of(group).iter().map(|index| self.inventory.assignments[*index].assignee_type);
        named.into_iter().any(|kind| kind == Some(AssigneeType::LinkedRoleGroup))
    }

    /// An assignee of which no record says whether it is an account.
    fn is_unknown_assignee(&self, id: PrincipalId) -> bool {
        let class = self.inventory.principals.get(id).class;
        let is_unknown = class == Some(Class::Foreign) || class.is_none() && !self.is_no_group(id);
        is_unknown && !self.assignments_of(id).is_empty()
    }

    /// Whether Exchange says that there is no group of its name.
    fn is_no_group(&self, id: PrincipalId) -> bool {
        let mut identities = self.inventory.principals.identities(id).iter();
        identities.any(|(_, text)| self.inventory.says_absent(Kind::Group, text.symbol).is_some())
    }

    /// A group of which a member may itself be a group.
    fn unknown_member_gap(&mut self, group: PrincipalId) -> Option<GapId> {
        let inventory = self.inventory;
        let members = &inventory.principals.get(group).members;
        let is_unknown = |id: PrincipalId| match inventory.principals.get(id).class {
            None => !self.asserted_groups.contains_key(&id) && !self.is_no_group(id),
            Some(Class::Foreign) => !self.asserted_groups.contains_key(&id),
            Some(_) => false,
        };
        let mut unknown: Vec<(PrincipalId, Span)> =
            members.sure.iter().chain(&members.doubtful).filter(|(id, _)| is_unknown(*id)).copied().collect();
        unknown.sort_by_key(|(_, at)| *at);
        let at = unknown.first()?.1;
        let mut names: Vec<&str> = unknown.into_iter().map(|(id, _)| inventory.show_principal(id)).collect();
        names.dedup();
        let role_group = inventory.principals.get(group).role_group;
        Some(self.gaps.unknown_members(inventory.show_principal(group), role_group, &names, at))
    }

    fn linked_gap(&mut self, id: PrincipalId) -> GapId {
        let inventory = self.inventory;
        let at = inventory.principals.get(id).at;
        self.gaps.linked_group(inventory.show_principal(id), at)
    }

    fn reach_upwards(&self, from: PrincipalId) -> Vec<PrincipalId> {
        let mut seen = BTreeSet::from([from]);
        let mut queue = vec![from];
        while let Some(id) = queue.pop() {
            for edge in self.edges_of(id) {
                if seen.insert(edge.group) {
                    queue.push(edge.group);
                }
            }
        }
        seen.into_iter().collect()
    }

    /// The groups of an account, certain and possible. Cycles are normal input.
    pub(super) fn holders(&self, account: PrincipalId) -> Holders {
        let mut holders = Holders::default();
        holders.sure.insert(account, None);
        let mut queue = VecDeque::from([account]);
        while let Some(id) = queue.pop_front() {
            for edge in self.groups_of.get(id.0).iter().filter(|edge| edge.gap.is_none()) {
                if let Entry::Vacant(place) = holders.sure.entry(edge.group) {
                    place.insert(Some(Hop { from: Some(id), at: edge.at }));
                    queue.push_back(edge.group);
                }
            }
        }
        self.add_possible(account, &mut holders);
        holders
    }

    fn add_possible(&self, account: PrincipalId, holders: &mut Holders) {
        let mut queue: Vec<(PrincipalId, Option<GapId>)> = holders.sure.keys().map(|id| (*id, None)).collect();
        for (other, gap) in self.perhaps_the_same(account) {
            holders.maybe.entry(other).or_default().insert(gap);
            queue.push((other, Some(gap)));
        }
        let of_this_forest = self.inventory.principals.get(account).linked_mailbox == Some(false);
        let openings = if of_this_forest { &self.openings } else { &self.openings_of_linked };
        for (&group, gaps) in openings.gaps.iter().filter(|(group, _)| !holders.sure.contains_key(group)) {
            holders.maybe.entry(group).or_default().extend(gaps);
        }
        // What is not certain about this account's own memberships, and what follows from it.
        while let Some((id, came_by)) = queue.pop() {
            for edge in self.edges_of(id) {
                let gaps: Vec<GapId> = came_by.into_iter().chain(edge.gap).collect();
                if gaps.is_empty() || holders.sure.contains_key(&edge.group) {
                    continue;
                }
                for gap in gaps {
                    if holders.maybe.entry(edge.group).or_default().insert(gap) {
                        queue.push((edge.group, Some(gap)));
                    }
                }
            }
        }
        self.add_possible_hops(account, openings, holders);
    }

    /// The memberships of a principal, those included that a cut or lossy name may state.
    pub(super) fn edges_of(&self, id: PrincipalId) -> impl Iterator<Item = Edge> + '_ {
        let unclear = self
            .unclear_members
            .iter()
            .filter(move |(partial, _)| self.may_be_partial(id, partial))
            .map(|(_, edge)| edge);
        self.groups_of.get(id.0).iter().chain(unclear).copied()
    }

    /// Finds a shortest chain to each group that the account may be in: from itself by links that may exist; where none
    /// leads there, from the group that may hold anybody.
    fn add_possible_hops(&self, account: PrincipalId, openings: &Openings, holders: &mut Holders) {
        if holders.maybe.is_empty() {
            return;
        }
        let mut queue = VecDeque::from([account]);
        let mut seen = BTreeSet::from([account]);
        while let Some(id) = queue.pop_front() {
            for edge in self.edges_of(id) {
                if seen.insert(edge.group) {
                    if holders.maybe.contains_key(&edge.group) {
                        holders.hops.insert(edge.group, Hop { from: Some(id), at: edge.at });
                    }
                    queue.push_back(edge.group);
                }
            }
        }
        for (&group, &hop) in &openings.hops {
            if holders.maybe.contains_key(&group) {
                holders.hops.entry(group).or_insert(hop);
            }
        }
    }

    /// Follows every open group upwards, once for all accounts.
    pub(super) fn follow_open_groups(&mut self) {
        self.openings = self.openings_through(|open| !open.linked);
        self.openings_of_linked = self.openings_through(|_| true);
    }

    fn openings_through(&self, counts: impl Fn(&OpenGroup) -> bool) -> Openings {
        let mut openings = Openings::default();
        let mut queue: VecDeque<PrincipalId> = VecDeque::new();
        let mut starts: Vec<&OpenGroup> = self.open_groups.iter().filter(|open| counts(open)).collect();
        starts.sort_by_cached_key(|open| (crate::name::fold(self.inventory.show_principal(open.group)), open.group));
        for open in starts {
            for &group in &open.reach {
                openings.gaps.entry(group).or_default().insert(open.gap);
            }
            let at = self.gap(open.gap).at.or_else(|| self.any_place());
            if let (Some(at), Entry::Vacant(place)) = (at, openings.hops.entry(open.group)) {
                place.insert(Hop { from: None, at });
                queue.push_back(open.group);
            }
        }
        while let Some(id) = queue.pop_front() {
            for edge in self.edges_of(id) {
                if let Entry::Vacant(place) = openings.hops.entry(edge.group) {
                    place.insert(Hop { from: Some(id), at: edge.at });
                    queue.push_back(edge.group);
                }
            }
        }
        openings
    }

    /// Sorts the accounts that hold or are in something by the kinds of identities that exports show of them. Where
    /// all accounts show a kind in common, as they do in most exports, nobody can be taken for another.
    pub(super) fn find_strangers(&mut self) {
        let inventory = self.inventory;
        let kinds_of = |id: PrincipalId| Kinds::of(inventory.principals.identities(id));
        let mut are_shown = [false; 1 << u8::BITS];
        for id in inventory.principals.ids().filter(|id| self.is_account(*id)) {
            are_shown[usize::from(kinds_of(id).0)] = true;
        }
        // What no whole name shows has a gap of its own.
        let shown = (0..=u8::MAX).map(Kinds).filter(|kinds| are_shown[usize::from(kinds.0)] && !kinds.is_empty());
        let shown: BTreeSet<Kinds> = shown.collect();
        for &kinds in shown.iter().filter(|kinds| shown.iter().any(|others| others.is_disjoint(**kinds))) {
            let mut accounts: Vec<(PrincipalId, GapId)> = Vec::new();
            for id in inventory.principals.ids() {
                if !self.is_account(id) || kinds_of(id) != kinds {
                    continue;
                }
                let assignments = self.assignments_of(id).iter().map(|index| inventory.assignments[*index].assignee_at);
                let place = self.groups_of.get(id.0).iter().map(|edge| edge.at).chain(assignments).next();
                if let Some(at) = place {
                    accounts.push((id, self.gaps.stranger(inventory.show_principal(id), at)));
                }
            }
            if !accounts.is_empty() {
                self.strangers.push(Strangers { kinds, accounts });
            }
        }
    }

    /// Accounts that may be this one under another name: nothing that both show tells them apart.
    pub(super) fn perhaps_the_same(&self, account: PrincipalId) -> impl Iterator<Item = (PrincipalId, GapId)> + '_ {
        self.who_may_be(Kinds::of(self.inventory.principals.identities(account)))
    }

    /// Accounts that may be one which shows these kinds of identities.
    pub(super) fn who_may_be(&self, kinds: Kinds) -> impl Iterator<Item = (PrincipalId, GapId)> + '_ {
        let apart =
            self.strangers.iter().filter(move |strangers| !kinds.is_empty() && strangers.kinds.is_disjoint(kinds));
        apart.flat_map(|strangers| strangers.accounts.iter().copied())
    }

    /// Whether a cut or lossy name may stand for a principal.
    pub(super) fn may_be(&self, id: PrincipalId, text: Text) -> bool {
        self.may_be_partial(id, &self.partial(text))
    }

    fn partial(&self, text: Text) -> Partial<'i> {
        let shown = self.inventory.names.show(text.symbol);
        let name = crate::inventory::name_of_dn(shown).map_or(Cow::Borrowed(shown), Cow::Owned);
        let last = crate::inventory::last_part(&name).map(Cow::into_owned);
        Partial { text, shown, is_address: shown.contains('@'), name, last }
    }

    fn may_be_partial(&self, id: PrincipalId, partial: &Partial<'_>) -> bool {
        let names = &self.inventory.names;
        let visible = partial.shown;
        let identities = self.inventory.principals.identities(id);
        // By an address nobody can be told of whom no export shows one.
        let shows_address = || identities.iter().any(|(kind, _)| *kind == IdentityKind::Address);
        if partial.is_address && !self.inventory.principals.get(id).role_group && !shows_address() {
            return true;
        }
        // What is left of a distinguished name may end anywhere behind its first letter.
        if partial.text.form == Form::Cut && "CN=".starts_with(visible) {
            return true;
        }
        let is_one = |visible: &str| {
            identities.iter().any(|(_, identity)| stands_for(names.show(identity.symbol), visible, partial.text.form))
        };
        is_one(&partial.name) || partial.last.as_deref().is_some_and(is_one)
    }
}

/// The kinds of whole identities by which two accounts could be told apart, a bit for each. A canonical name shows the
/// name as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kinds(u8);

impl Kinds {
    pub(super) fn of(identities: &[Identity]) -> Self {
        Self::of_kinds(identities.iter().filter(|(_, text)| text.form == Form::Whole).map(|(kind, _)| *kind))
    }

    pub(super) fn of_kinds(kinds: impl Iterator<Item = IdentityKind>) -> Self {
        let bit = |kind: IdentityKind| match kind {
            IdentityKind::DisplayName => 0,
            IdentityKind::Canonical => 1 << kind as u8 | 1 << IdentityKind::Name as u8,
            kind => 1 << kind as u8,
        };
        Self(kinds.fold(0, |bits, kind| bits | bit(kind)))
    }

    pub(super) const fn bits(self) -> u8 {
        self.0
    }

    const fn is_empty(self) -> bool {
        self.0 == 0
    }

    const fn is_disjoint(self, other: Self) -> bool {
        self.0 & other.0 == 0
    }
}

/// Sets are ordered as the lists of their kinds are.
impl Ord for Kinds {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let list = |kinds: &Self| {
            let bits = kinds.0;
            (0..u8::BITS).filter(move |kind| bits & (1 << kind) != 0)
        };
        list(self).cmp(list(other))
    }
}

impl PartialOrd for Kinds {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
