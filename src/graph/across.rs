//! What comparing two organizations asks of one of them: what an account may hold that no export shows, what may come
//! besides, and whether a membership is certain.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::inventory::{Assignee, Form, Identity, IdentityKind, PrincipalId, Stated, Text, stands_for};
use crate::name::Symbol;
use crate::record::Kind;
use crate::source::Span;

use super::gap::{Gap, GapId};
use super::holders::{Kinds, Partial};
use super::rights::{Held, RightSet, Rights, SetId};
use super::{Graph, Standing};

/// An account of another organization, of which this one may show nothing.
#[derive(Clone, Debug)]
pub struct Stranger<'s> {
    /// By what it is known there: these kinds, with their texts.
    pub identities: Vec<(IdentityKind, &'s str)>,
    /// Whether it is a linked mailbox; `None` where no export says.
    pub linked: Option<bool>,
}

impl Graph<'_> {
    /// What an account may hold of which no export shows anything: nothing, but for what is not whole.
    pub fn stranger(&mut self, stranger: &Stranger<'_>) -> Rights {
        let mut maybe: BTreeMap<PrincipalId, BTreeSet<GapId>> = BTreeMap::new();
        let openings = if stranger.linked == Some(false) { &self.openings } else { &self.openings_of_linked };
        for (group, gaps) in &openings.gaps {
            maybe.entry(*group).or_default().extend(gaps);
        }
        let may_be = |text: Text| {
            let visible = self.inventory.show(text.symbol);
            stranger.identities.iter().any(|(_, name)| stands_for(name, visible, text.form))
        };
        let mut queue: Vec<(PrincipalId, GapId)> = Vec::new();
        for (Partial { text, .. }, edge) in self.unclear_members.iter().filter(|(partial, _)| may_be(partial.text)) {
            let gap = edge.gap.filter(|_| text.form != Form::Whole);
            queue.extend(gap.map(|gap| (edge.group, gap)));
        }
        let kinds = Kinds::of_kinds(stranger.identities.iter().map(|(kind, _)| *kind));
        queue.extend(self.who_may_be(kinds));
        while let Some((id, gap)) = queue.pop() {
            if maybe.entry(id).or_default().insert(gap) {
                queue.extend(self.edges_of(id).map(|edge| (edge.group, gap)));
            }
        }
        let mut rights = RightSet { global: self.global.clone(), ..RightSet::default() };
        for (holder, gaps) in maybe {
            for index in self.assignments_of(holder).to_vec() {
                self.add(index, Vec::new(), None, gaps.clone(), &mut rights);
            }
        }
        let inventory = self.inventory;
        for index in self.floating.clone() {
            let assignment = &inventory.assignments[index];
            let counts = match &assignment.assignee {
                Assignee::Unclear(text) => {
                    let visible = inventory.show(text.symbol);
                    stranger.identities.iter().any(|(_, name)| stands_for(name, visible, text.form))
                }
                Assignee::Missing => true,
                _ => false,
            };
            let gap = if counts { self.assignee_gap(index) } else { None };
            if let Some(gap) = gap {
                self.add(index, Vec::new(), None, BTreeSet::from([gap]), &mut rights);
            }
        }
        if !self.shows_policies() {
            rights.policy_gap = Some(GapId::OWN_POLICY);
            for (policy, indices) in self.by_policy.clone() {
                for index in indices {
                    self.add(index, Vec::new(), Some(policy), BTreeSet::from([GapId::OWN_POLICY]), &mut rights);
                }
            }
        }
        let shared = Rc::new(self.share(rights));
        Rights::of_nobody(shared)
    }

    /// What tells strangers apart that hold the same; `None` where a cut or lossy name may mean one by its own.
    #[must_use]
    pub fn stranger_key(&self, stranger: &Stranger<'_>) -> Option<(u8, Option<bool>)> {
        let is_unclear = |index: &usize| matches!(self.inventory.assignments[*index].assignee, Assignee::Unclear(_));
        let alike = self.unclear_members.is_empty() && !self.floating.iter().any(is_unclear);
        let kinds = Kinds::of_kinds(stranger.identities.iter().map(|(kind, _)| *kind));
        alike.then(|| (kinds.bits(), stranger.linked))
    }

    /// Why not all parameters of an entry are known.
    pub fn parameters_of(&mut self, role: Symbol, cmdlet: Symbol, at: Span) -> GapId {
        let role = self.inventory.show_role(role).unwrap_or("");
        self.gaps.cut_parameters(role, self.inventory.show(cmdlet), at)
    }

    /// Where a membership is shown.
    #[must_use]
    pub fn place_of_membership(&self, member: PrincipalId, group: PrincipalId) -> Option<Span> {
        self.groups_of.get(member.0).iter().find(|edge| edge.group == group).map(|edge| edge.at)
    }

    /// Why it cannot be told whether the scope of a path holds what another does.
    #[must_use]
    pub fn compared_scope(&self, held: &Held) -> Gap {
        let assignment = self.assignment(held);
        let name = assignment.and_then(|assignment| assignment.name).map_or("", |name| self.inventory.show(name));
        Gap::compared_scope(name, assignment.map(|assignment| assignment.at))
    }

    /// Whether the exports show the policies of all mailboxes, as far as can be seen: then who is not among them has none.
    fn shows_policies(&self) -> bool {
        let inventory = self.inventory;
        let mut all = inventory.principals.ids().map(|id| inventory.principals.get(id));
        let shown = all.any(|principal| principal.is_mailbox && matches!(principal.policy, Stated::Is(_)));
        inventory.is_whole(Kind::Recipient) && shown
    }

    /// By what more of a cmdlet may come than the exports show entries of, each path with the reasons; of any cmdlet
    /// where none is asked. A reason without a path leaves open everything, or what the own mailbox allows.
    #[must_use]
    pub fn open_paths(&self, rights: &Rights, cmdlet: Option<&str>) -> Vec<(OpenPath, Vec<GapId>)> {
        let mut open: Vec<(OpenPath, Vec<GapId>)> = Vec::new();
        let global: Vec<GapId> = self.global_for(rights, cmdlet).collect();
        if !global.is_empty() {
            open.push((OpenPath::Anything, global));
        }
        for &path in &rights.open_ended {
            let held = &rights.held[path];
            let gap = match held.role.map(|role| self.entries_gap(role, cmdlet)) {
                Some(None) => continue,
                gap => gap.flatten(),
            };
            open.push((OpenPath::Held(path), held.gaps.iter().copied().chain(gap).collect()));
        }
        if self.by_policy.is_empty() {
            open.extend(rights.policy_gap.map(|gap| (OpenPath::OwnMailbox, vec![gap])));
        }
        open
    }

    /// Why assignments may be missing that give nobody a cmdlet: disabled and delegating ones.
    #[must_use]
    pub fn unused_assignments_gap(&self) -> Option<GapId> {
        self.unused_assignments
    }

    /// Why assignments may be missing. `asked`: a command asked for those that are meant.
    #[must_use]
    pub fn assignment_gaps(&self, asked: bool) -> Vec<GapId> {
        let of_it = |gap: &&GapId| {
            matches!(self.gap(**gap).kind, Kind::RoleAssignment | Kind::Unknown)
                && !(asked && Some(**gap) == self.narrowed_assignments)
        };
        self.global.iter().filter(of_it).copied().collect()
    }

    /// Whether a principal certainly is a direct member of a group.
    #[must_use]
    pub fn is_member(&self, member: PrincipalId, group: PrincipalId) -> bool {
        self.groups_of.get(member.0).iter().any(|edge| edge.group == group && edge.gap.is_none())
    }

    /// Whether an assignment surely works.
    #[must_use]
    pub fn works(&self, assignment: usize) -> bool {
        matches!(self.standing[assignment], Standing::Works(_))
    }
}

/// Through what more may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenPath {
    /// Through anything.
    Anything,
    /// Through a path that the account holds, by its number in `RightSet::held`.
    Held(usize),
    /// Through a policy.
    OwnMailbox,
}

/// The whole identities of a principal.
pub fn whole(identities: &[Identity]) -> impl Iterator<Item = (IdentityKind, Text)> + '_ {
    identities.iter().copied().filter(|(_, text)| text.form == Form::Whole)
}

impl RightSet {
    /// Whether more may come by some path than the exports show entries of.
    #[must_use]
    pub fn has_open_ends(&self) -> bool {
        !self.open_ended.is_empty()
    }
}

impl Rights {
    /// The rights of an account that no export shows.
    fn of_nobody(shared: Rc<RightSet>) -> Self {
        Self::of_set(PrincipalId(u32::MAX), SetId::none(), shared)
    }
}
