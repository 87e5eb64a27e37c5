//! Who is in a group, seen from the group: what lists of a policy mean.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::inventory::{Class, IdentityKind, PrincipalId, canonical_of_dn};
use crate::source::Span;

use super::gap::GapId;
use super::{Graph, Wildcard};

/// Whoever is in a group, at any depth.
#[derive(Clone, Debug, Default)]
pub struct Inside {
    /// Those who are for certain, nested groups among them.
    pub sure: BTreeSet<PrincipalId>,
    /// Why others may be; empty where these are all.
    pub gaps: BTreeSet<GapId>,
}

impl Graph<'_> {
    /// Groups that a text names: any identity, without case; `*` and `?` are wild. What is only ever named counts where
    /// nothing says that it is an account.
    #[must_use]
    pub fn groups_named(&self, pattern: &str) -> Vec<PrincipalId> {
        let principals = &self.inventory.principals;
        let is_group = |id: &PrincipalId| {
            let class = principals.get(*id).class;
            matches!(class, None | Some(Class::SecurityGroup | Class::DistributionGroup))
        };
        if pattern.contains(['*', '?']) {
            let wildcard = Wildcard::new(pattern);
            return principals.ids().filter(|id| is_group(id) && self.is_named(*id, &wildcard)).collect();
        }
        let canonical = canonical_of_dn(pattern);
        let Some(symbol) = self.inventory.names.get(canonical.as_deref().unwrap_or(pattern)) else { return Vec::new() };
        let named = principals.named(symbol).iter().filter(|(_, id)| is_group(id));
        // A name is meant before a display name that happens to be the same.
        let strong: BTreeSet<PrincipalId> =
            named.clone().filter(|(kind, _)| *kind != IdentityKind::DisplayName).map(|(_, id)| *id).collect();
        if strong.is_empty() { named.map(|(_, id)| *id).collect::<BTreeSet<_>>() } else { strong }.into_iter().collect()
    }

    /// Who is in a group, at any depth, by the exports and by what the caller asserts. Cycles are normal input.
    pub fn inside(&mut self, group: PrincipalId) -> Inside {
        let mut inside = Inside::default();
        let mut queue = vec![group];
        let mut seen = BTreeSet::from([group]);
        while let Some(id) = queue.pop() {
            inside.gaps.extend(self.members_gap(id));
            let members = &self.inventory.principals.get(id).members;
            for &(member, at) in &members.doubtful {
                inside.gaps.insert(self.doubtful_member_gap(id, member, at));
            }
            for &(text, at) in &members.unclear {
                let name = self.inventory.show(text.symbol);
                inside.gaps.insert(self.gaps.unclear_name(crate::record::Kind::Group, name, at));
            }
            let asserted = self.asserted_groups.get(&id).into_iter().flatten();
            inside.gaps.extend(asserted.clone().filter_map(|(_, gap)| *gap));
            let asserted = asserted.filter(|(_, gap)| gap.is_none()).map(|(member, _)| *member);
            for member in members.sure.iter().map(|(member, _)| *member).chain(asserted) {
                inside.sure.insert(member);
                let class = self.inventory.principals.get(member).class;
                let nested = !matches!(class, Some(Class::Account | Class::Foreign | Class::Other));
                if nested && seen.insert(member) {
                    queue.push(member);
                }
            }
        }
        inside
    }

    /// The groups that an account is in itself, for certain, and by which it comes to be in another one.
    #[must_use]
    pub fn own_groups_into(&self, account: PrincipalId, group: PrincipalId) -> Vec<PrincipalId> {
        let certain = |id: PrincipalId| self.groups_of.get(id.0).iter().filter(|edge| edge.gap.is_none());
        let leads_there = |own: PrincipalId| {
            let (mut queue, mut seen) = (vec![own], BTreeSet::from([account, own]));
            while let Some(id) = queue.pop() {
                if id == group {
                    return true;
                }
                queue.extend(certain(id).map(|edge| edge.group).filter(|above| seen.insert(*above)));
            }
            false
        };
        let mut own: Vec<PrincipalId> = Vec::new();
        for edge in certain(account) {
            if !own.contains(&edge.group) && leads_there(edge.group) {
                own.push(edge.group);
            }
        }
        own
    }

    /// The shortest certain chain from an account to a group that leads through none of `avoided`.
    #[must_use]
    pub fn chain_around(
        &self,
        account: PrincipalId,
        group: PrincipalId,
        avoided: &BTreeSet<PrincipalId>,
    ) -> Option<Vec<(PrincipalId, Span)>> {
        let mut came: BTreeMap<PrincipalId, (PrincipalId, Span)> = BTreeMap::new();
        let mut queue = VecDeque::from([account]);
        while let Some(id) = queue.pop_front() {
            for edge in self.groups_of.get(id.0).iter().filter(|edge| edge.gap.is_none()) {
                if edge.group == account || avoided.contains(&edge.group) || came.contains_key(&edge.group) {
                    continue;
                }
                came.insert(edge.group, (id, edge.at));
                queue.push_back(edge.group);
            }
        }
        let mut chain = Vec::new();
        let mut at = group;
        while at != account {
            let &(from, place) = came.get(&at)?;
            chain.push((at, place));
            at = from;
        }
        chain.reverse();
        Some(chain)
    }
}
