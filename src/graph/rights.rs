//! What an account holds: assignments that reach it for certain, that may reach it, and that would, if.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::inventory::{
    Assignee, AssigneeType, Assignment, Form, IdentityKind, Listed, NO_ROLE, PrincipalId, Stated, Text, Unseen,
    stands_for,
};
use crate::name::{Symbol, same};
use crate::record::{Kind, Property};
use crate::scope::{Reach, Scopes, makes_own_group};
use crate::source::Span;

use super::gap::{GapId, MISSING_EXPORT};
use super::holders::{Holders, Kinds};
use super::path::Path;
use super::reached::Reached;
use super::{Graph, Standing};

/// A role that an account holds, or may hold, by one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The assignment; `None` where the caller asserts the entries or the role.
    pub assignment: Option<usize>,
    /// The role; `None` where its name is cut or missing.
    pub role: Option<Symbol>,
    /// The shortest chain from the account's own group to the assignee, each with the place of the membership. Where
    /// accounts share the path, the first place is that of one of them: `Graph::chain` gives each its own.
    pub chain: Vec<(PrincipalId, Span)>,
    /// The role assignment policy it comes through.
    pub policy: Option<Symbol>,
    /// Why it is not certain; empty where it is.
    pub gaps: Vec<GapId>,
    /// What the caller accepted.
    pub assumed: Vec<&'static str>,
    /// The place where the caller asserts that the account holds this role.
    pub asserted: Option<Span>,
}

impl Held {
    /// Whether the account holds it for certain.
    #[must_use]
    pub fn is_sure(&self) -> bool {
        self.gaps.is_empty()
    }
}

/// Why an assignment that reaches an account gives it nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// It is disabled.
    Disabled,
    /// It only lets the role be handed on.
    Delegating,
}

/// Everything that some accounts hold alike. While it is found, the paths are its own; then they are shared.
#[derive(Clone, Debug)]
pub struct RightSet<H = Rc<Held>> {
    /// What they hold or may hold.
    pub held: Vec<H>,
    /// What they would hold, if.
    pub would: Vec<(H, Why)>,
    /// The groups they are in for certain.
    pub groups: BTreeSet<PrincipalId>,
    /// Why their role assignment policies are not known: leaves own-mailbox grants open, and nothing else.
    pub policy_gap: Option<GapId>,
    /// What makes every "not granted" unknown.
    pub global: Vec<GapId>,
    /// The paths, as numbers of `held`, by which more may come than the exports show entries of.
    pub(super) open_ended: Vec<usize>,
}

/// What an account holds: a set that it may share with many others.
#[derive(Clone, Debug)]
pub struct Rights {
    /// The account.
    pub account: PrincipalId,
    /// The set; within one graph, accounts of one set get the same answers.
    pub set: SetId,
    shared: Rc<RightSet>,
}

impl std::ops::Deref for Rights {
    type Target = RightSet;

    fn deref(&self) -> &RightSet {
        &self.shared
    }
}

/// The number of a set of rights within one graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SetId(u32);

impl Rights {
    pub(super) fn of_set(account: PrincipalId, set: SetId, shared: Rc<RightSet>) -> Self {
        Self { account, set, shared }
    }
}

impl SetId {
    /// The number of no set.
    pub(super) const fn none() -> Self {
        Self(u32::MAX)
    }

    /// The number as a place: the sets of a graph are numbered from nought.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The sets of rights that were asked for, each once.
#[derive(Debug, Default)]
pub(super) struct RightSets {
    known: BTreeMap<Signature, SetId>,
    sets: Vec<Rc<RightSet>>,
    /// The set of each principal that was asked for, by its number.
    of: Vec<Option<SetId>>,
    /// The sets that hold each assignment for certain.
    holders: Vec<Vec<SetId>>,
    /// The paths to each assignment: where much is uncertain, every account may hold a thousand, most of them as others do.
    paths: BTreeMap<usize, BTreeSet<Path>>,
}

/// Everything about an account that its rights hang on. Accounts of one signature hold the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Signature {
    /// Its own memberships.
    edges: Vec<(PrincipalId, Option<GapId>)>,
    linked: Option<bool>,
    policy: Stated<Option<Text>>,
    /// Assignments that name it, that may name it, and that rows of `-GetEffectiveUsers` show it to have.
    named: Vec<usize>,
    floating: Vec<usize>,
    effective: Vec<usize>,
    ambiguous: Vec<(usize, Symbol, Span)>,
    /// What tells it from others, where anybody may be taken for somebody else.
    kinds: Option<Kinds>,
    /// An account that no whole name shows is like no other.
    nameless: Option<PrincipalId>,
    /// Whether a command asked for its assignments.
    asked_for: bool,
}

impl<H> Default for RightSet<H> {
    fn default() -> Self {
        Self {
            held: Vec::new(),
            would: Vec::new(),
            groups: BTreeSet::new(),
            policy_gap: None,
            global: Vec::new(),
            open_ended: Vec::new(),
        }
    }
}

impl RightSets {
    /// A path that others share who hold the same, wherever their own membership stands.
    fn share(&mut self, held: Held) -> Rc<Held> {
        let Some(assignment) = held.assignment else { return Rc::new(held) };
        let paths = self.paths.entry(assignment).or_default();
        let path = Path(Rc::new(held));
        if let Some(known) = paths.get(&path) {
            return Rc::clone(&known.0);
        }
        let shared = Rc::clone(&path.0);
        paths.insert(path);
        shared
    }
}

impl<'i> Graph<'i> {
    /// What an account holds. Accounts that hold the same share it, and it is found once for all of them.
    pub fn rights(&mut self, account: PrincipalId) -> Rights {
        let known = self.right_sets.of.get(account.0 as usize).copied().flatten();
        let set = known.unwrap_or_else(|| self.find_set(account));
        Rights { account, set, shared: Rc::clone(&self.right_sets.sets[set.0 as usize]) }
    }

    fn find_set(&mut self, account: PrincipalId) -> SetId {
        let signature = self.signature(account);
        let set = match self.right_sets.known.get(&signature) {
            Some(&set) => set,
            None => {
                let rights = Rc::new(self.find_rights(account));
                let set = SetId(crate::source::to_u32(self.right_sets.sets.len()));
                let sets = &mut self.right_sets;
                sets.holders.resize(self.inventory.assignments.len(), Vec::new());
                for index in rights.held.iter().filter(|held| held.is_sure()).filter_map(|held| held.assignment) {
                    sets.holders[index].push(set);
                }
                sets.sets.push(rights);
                sets.known.insert(signature, set);
                set
            }
        };
        let count = self.inventory.principals.all.len();
        self.right_sets.of.resize(count, None);
        self.right_sets.of[account.0 as usize] = Some(set);
        set
    }

    /// The sets of rights, of those that were asked for so far, that hold an assignment for certain.
    pub(super) fn holders_of(&self, assignment: usize) -> &[SetId] {
        self.right_sets.holders.get(assignment).map_or(&[], Vec::as_slice)
    }

    fn signature(&self, account: PrincipalId) -> Signature {
        let principal = self.inventory.principals.get(account);
        let identities = self.inventory.principals.identities(account);
        let mut edges: Vec<(PrincipalId, Option<GapId>)> =
            self.edges_of(account).map(|edge| (edge.group, edge.gap)).collect();
        edges.sort_unstable();
        edges.dedup();
        let may_name = |index: &&usize| match &self.inventory.assignments[**index].assignee {
            Assignee::Several(ids) => ids.contains(&account),
            Assignee::Unclear(text) => self.may_be(account, *text),
            _ => false,
        };
        Signature {
            edges,
            linked: principal.linked_mailbox,
            policy: principal.policy,
            named: self.assignments_of(account).to_vec(),
            floating: self.floating.iter().filter(may_name).copied().collect(),
            effective: self.effective.get(&account).cloned().unwrap_or_default(),
            ambiguous: self.effective_ambiguous.get(&account).cloned().unwrap_or_default(),
            kinds: (!self.strangers.is_empty()).then(|| Kinds::of(identities)),
            nameless: (!crate::inventory::has_whole_name(identities)).then_some(account),
            asked_for: self.is_asked_for(account),
        }
    }

    fn find_rights(&mut self, account: PrincipalId) -> RightSet {
        let holders = self.holders(account);
        let mut rights: RightSet<Held> = RightSet {
            groups: holders.sure.keys().copied().filter(|id| *id != account).collect(),
            global: self.global.clone(),
            ..RightSet::default()
        };
        if self.shows_assignments_that_reach(account, &holders) {
            rights.global.retain(|gap| Some(*gap) != self.narrowed_assignments);
        }
        // An account that only cut or lossy names show may be one of several, and hold what that one holds.
        let inventory = self.inventory;
        let principal = inventory.principals.get(account);
        if !crate::inventory::has_whole_name(inventory.principals.identities(account))
            && let Some(at) = principal.at.or_else(|| self.any_place())
        {
            let shown = inventory.show_principal(account);
            rights.global.push(self.gaps.unclear_name(Kind::Recipient, shown, at));
        }
        for &holder in holders.sure.keys() {
            for index in self.assignments_of(holder).to_vec() {
                self.add(index, holders.chain(holder), None, BTreeSet::new(), &mut rights);
            }
        }
        for (&holder, gaps) in &holders.maybe {
            for index in self.assignments_of(holder).to_vec() {
                self.add(index, holders.chain(holder), None, gaps.clone(), &mut rights);
            }
        }
        self.add_floating(account, &holders, &mut rights);
        self.add_policy(account, &mut rights);
        self.add_effective(account, &mut rights);
        self.share(rights)
    }

    /// The same, with its paths sorted and shared.
    pub(super) fn share(&mut self, rights: RightSet<Held>) -> RightSet {
        let sets = &mut self.right_sets;
        let RightSet { held, would, groups, policy_gap, global, open_ended } = rights;
        // Collected in place they would keep the room that the paths themselves took.
        let (mut shared, mut shared_would) = (Vec::with_capacity(held.len()), Vec::with_capacity(would.len()));
        shared.extend(held.into_iter().map(|held| sets.share(held)));
        shared.sort_by_key(|held| (held.role, held.assignment, held.policy));
        shared_would.extend(would.into_iter().map(|(held, why)| (sets.share(held), why)));
        let (held, would) = (shared, shared_would);
        self.with_open_ends(RightSet { held, would, groups, policy_gap, global, open_ended })
    }

    /// Notes by which paths more may come.
    fn with_open_ends(&self, rights: RightSet) -> RightSet {
        let is_open = |role: &Symbol| self.unknown_entries.contains_key(role) || self.uncertain_gaps.contains_key(role);
        let paths = rights.held.iter().enumerate().filter(|(_, held)| held.role.as_ref().is_none_or(is_open));
        let open_ended = paths.map(|(path, _)| path).collect();
        RightSet { open_ended, ..rights }
    }

    /// The chain of a path for one account: the first hop stands at this account's own membership.
    #[must_use]
    pub fn chain(&self, rights: &Rights, held: &Held) -> Vec<(PrincipalId, Span)> {
        let mut chain = held.chain.clone();
        if let Some((group, at)) = chain.first_mut() {
            let edges = self.groups_of.get(rights.account.0);
            let effective = || {
                let assignment = self.assignment(held)?;
                assignment.effective.iter().find(|(user, _)| *user == rights.account).map(|(_, at)| *at)
            };
            let own = edges.iter().find(|edge| edge.group == *group).map(|edge| edge.at).or_else(effective);
            *at = own.unwrap_or(*at);
        }
        chain
    }

    /// A place for what has no record of its own.
    pub(super) fn any_place(&self) -> Option<Span> {
        self.inventory.files.first().map(|fact| fact.first)
    }

    /// Adds what one assignment gives.
    pub(super) fn add(
        &mut self,
        index: usize,
        chain: Vec<(PrincipalId, Span)>,
        policy: Option<Symbol>,
        mut gaps: BTreeSet<GapId>,
        rights: &mut RightSet<Held>,
    ) {
        let inventory = self.inventory;
        let assignment = &inventory.assignments[index];
        let role = assignment.role.filter(|role| role.form == Form::Whole).map(|role| role.symbol);
        let standing = self.standing[index].clone();
        let mut held = Held {
            assignment: Some(index),
            role,
            chain,
            policy,
            gaps: Vec::new(),
            assumed: Vec::new(),
            asserted: None,
        };
        match standing {
            Standing::Disabled | Standing::Delegating => {
                if gaps.is_empty() {
                    let why = if standing == Standing::Disabled { Why::Disabled } else { Why::Delegating };
                    rights.would.push((held, why));
                }
                return;
            }
            Standing::Works(assumed) => held.assumed = assumed,
            Standing::Unknown(unknown) => gaps.extend(unknown),
        }
        if !assignment.either_role.is_empty() {
            held.gaps = gaps.into_iter().collect();
            let either = assignment.either_role.iter().map(|role| Held { role: Some(*role), ..held.clone() });
            return rights.held.extend(either);
        }
        if role.is_none() {
            gaps.insert(match assignment.role {
                Some(text) => {
                    self.gaps.unclear_name(Kind::RoleAssignment, inventory.show(text.symbol), assignment.role_at)
                }
                None => self.gaps.missing_column(Kind::RoleAssignment, "Role", assignment.at),
            });
        }
        held.gaps = gaps.into_iter().collect();
        rights.held.push(held);
    }

    /// Assignments whose assignee may stand for the account or one of its groups.
    fn add_floating(&mut self, account: PrincipalId, holders: &Holders, rights: &mut RightSet<Held>) {
        let inventory = self.inventory;
        for index in self.floating.clone() {
            let assignment = &inventory.assignments[index];
            let everybody = || holders.sure.keys().chain(holders.maybe.keys()).copied();
            let gap = match &assignment.assignee {
                Assignee::Several(ids) => {
                    let own: Vec<PrincipalId> = everybody().filter(|id| ids.contains(id)).collect();
                    if own.is_empty() {
                        continue;
                    }
                    self.gaps.ambiguous(Kind::RoleAssignment, inventory.show_first(&own), assignment.assignee_at)
                }
                Assignee::Unclear(text) => {
                    if !everybody().any(|id| self.may_be(id, *text)) && !self.may_be_policy(account, *text) {
                        continue;
                    }
                    self.gaps.unclear_name(Kind::RoleAssignment, inventory.show(text.symbol), assignment.assignee_at)
                }
                _ => self.gaps.missing_column(Kind::RoleAssignment, "RoleAssigneeName", assignment.at),
            };
            self.add(index, Vec::new(), None, BTreeSet::from([gap]), rights);
        }
    }

    fn may_be_policy(&self, account: PrincipalId, text: crate::inventory::Text) -> bool {
        let names = &self.inventory.names;
        match self.inventory.principals.get(account).policy {
            // Of a policy that is not shown whole either, nothing tells it apart.
            Stated::Is(Some(policy)) if policy.form != Form::Whole => true,
            Stated::Is(Some(policy)) => stands_for(names.show(policy.symbol), names.show(text.symbol), text.form),
            Stated::Is(None) => false,
            Stated::Absent | Stated::Unclear => true,
        }
    }

    /// What the account's role assignment policy gives; where it is not known, what any policy would.
    fn add_policy(&mut self, account: PrincipalId, rights: &mut RightSet<Held>) {
        let inventory = self.inventory;
        let principal = inventory.principals.get(account);
        let no_mailbox =
            |kind: Option<AssigneeType>| matches!(kind, Some(AssigneeType::Computer | AssigneeType::ServicePrincipal));
        let own = self.assignments_of(account);
        let (policies, gap): (Vec<Symbol>, Option<GapId>) = match principal.policy {
            Stated::Is(None) => return,
            // A computer or an application has no mailbox, and gets no end-user role.
            Stated::Absent if own.iter().any(|index| no_mailbox(inventory.assignments[*index].assignee_type)) => return,
            Stated::Is(Some(policy)) if policy.form == Form::Whole && !self.is_unknown_policy(policy.symbol) => {
                (vec![self.policy_named(policy.symbol)], None)
            }
            _ => {
                let gap = GapId::OWN_POLICY;
                (self.by_policy.keys().copied().collect(), Some(gap))
            }
        };
        rights.policy_gap = gap;
        for policy in policies {
            for index in self.by_policy.get(&policy).cloned().unwrap_or_default() {
                self.add(index, Vec::new(), Some(policy), gap.into_iter().collect(), rights);
            }
        }
        // Which plan a mailbox has is in no export of ours.
        for index in self.plans.clone() {
            let Assignee::Policy(plan) = inventory.assignments[index].assignee else { continue };
            let name = inventory.show(plan.symbol);
            let gap = self.gaps.mailbox_plan(name, inventory.assignments[index].assignee_at);
            self.add(index, Vec::new(), Some(plan.symbol), BTreeSet::from([gap]), rights);
        }
    }

    /// The role assignment policy of an account, where the exports show it.
    #[must_use]
    pub fn assignment_policy(&self, rights: &Rights) -> Option<&'i str> {
        match self.inventory.principals.all.get(rights.account.0 as usize)?.policy {
            Stated::Is(Some(policy)) if policy.form == Form::Whole && !self.is_unknown_policy(policy.symbol) => {
                Some(self.inventory.show(self.policy_named(policy.symbol)))
            }
            _ => None,
        }
    }

    /// Whether a mailbox names its policy by an id, and no record shows the name of that policy whole.
    fn is_unknown_policy(&self, named: Symbol) -> bool {
        let inventory = self.inventory;
        let has =
            |policy: &&crate::inventory::PolicyFact| policy.identities.iter().any(|(_, text)| text.symbol == named);
        let is_name = |(kind, text): &(IdentityKind, Text)| *kind == IdentityKind::Name && text.form == Form::Whole;
        !self.by_policy.contains_key(&named)
            && crate::inventory::is_id(inventory.show(named))
            && !inventory.policies.iter().filter(has).any(|policy| policy.identities.iter().any(is_name))
    }

    /// The name under which assignments know a policy: a mailbox may name it by another identity.
    pub(super) fn policy_named(&self, named: Symbol) -> Symbol {
        if self.by_policy.contains_key(&named) {
            return named;
        }
        let has =
            |policy: &&crate::inventory::PolicyFact| policy.identities.iter().any(|(_, text)| text.symbol == named);
        let found = self.inventory.policies.iter().find(has);
        let by_record = found.and_then(|policy| {
            policy.identities.iter().map(|(_, text)| text.symbol).find(|symbol| self.by_policy.contains_key(symbol))
        });
        let last = || {
            let last = crate::inventory::last_part(self.inventory.show(named))?;
            self.inventory.names.get(&last).filter(|symbol| self.by_policy.contains_key(symbol))
        };
        by_record.or_else(last).unwrap_or(named)
    }

    /// Rows of `-GetEffectiveUsers` prove what no list of members shows.
    fn add_effective(&mut self, account: PrincipalId, rights: &mut RightSet<Held>) {
        let inventory = self.inventory;
        for index in self.effective.get(&account).cloned().unwrap_or_default() {
            let assignment = &inventory.assignments[index];
            let Some(&(_, at)) = assignment.effective.iter().find(|(user, _)| *user == account) else { continue };
            let of_one = |held: &&Held| held.assignment == Some(index);
            let known = rights.held.iter().filter(of_one).any(Held::is_sure);
            if known || !matches!(self.standing[index], Standing::Works(_)) {
                continue;
            }
            // A row adds what the lists leave open; where they leave nothing open, it contradicts them.
            let gaps: BTreeSet<GapId> = match rights.held.iter().any(|held| of_one(&held)) || !rights.global.is_empty()
            {
                true => BTreeSet::new(),
                false => BTreeSet::from([self.gaps.effective_users(self.name_of(index), assignment.at, at)]),
            };
            rights.held.retain(|held| held.assignment != Some(index));
            let (chain, policy) = match &assignment.assignee {
                Assignee::Principal(id) if *id != account => (vec![(*id, at)], None),
                Assignee::Policy(text) => (Vec::new(), Some(text.symbol)),
                _ => (Vec::new(), None),
            };
            self.add(index, chain, policy, gaps, rights);
        }
        // A row whose name several bear is one of them: nothing says which.
        for (index, name, at) in self.effective_ambiguous.get(&account).cloned().unwrap_or_default() {
            let gap = self.gaps.ambiguous(Kind::RoleAssignment, inventory.show(name), at);
            let mut known = rights.held.iter_mut().filter(|held| held.assignment == Some(index)).peekable();
            if known.peek().is_none() {
                self.add(index, Vec::new(), None, BTreeSet::from([gap]), rights);
                continue;
            }
            known.filter(|held| !held.is_sure()).for_each(|held| held.gaps.push(gap));
        }
        // Whom all rows of an assignment leave out, it does not reach, whatever a list of members says.
        for place in 0..rights.held.len() {
            let held = &rights.held[place];
            let Some(index) = held.assignment.filter(|_| held.is_sure()) else { continue };
            let assignment = &inventory.assignments[index];
            let named = assignment.assignee == Assignee::Principal(account);
            let listed = assignment.effective.iter().any(|(user, _)| *user == account);
            if assignment.effective.is_empty() || assignment.effective_unclear || named || listed {
                continue;
            }
            let list = held.chain.first().map_or(assignment.at, |(_, at)| *at);
            let gap = self.gaps.effective_users(self.name_of(index), list, assignment.effective[0].1);
            rights.held[place].gaps.push(gap);
        }
    }

    /// The name of an assignment.
    fn name_of(&self, index: usize) -> &'i str {
        let inventory = self.inventory;
        inventory.assignments[index].name.map_or("", |name| inventory.show(name))
    }

    /// The rights of an account of which the caller asserts that all exported entries are its own, and no others.
    #[must_use]
    pub fn asserted(&self) -> Rights {
        let held = self.inventory.roles_with_entries().chain([NO_ROLE]).map(|role| Held {
            assignment: None,
            role: Some(role),
            chain: Vec::new(),
            policy: None,
            gaps: Vec::new(),
            assumed: Vec::new(),
            asserted: None,
        });
        let held = held.map(Rc::new);
        // Nobody need have exported assignments for such an account; all else that is not whole still counts.
        let of_assignments =
            |gap: &GapId| self.gap(*gap).code == MISSING_EXPORT || Some(*gap) == self.narrowed_assignments;
        let global = self.global.iter().copied().filter(|gap| !of_assignments(gap)).collect();
        let shared = RightSet { held: held.collect(), global, ..RightSet::default() };
        let shared = Rc::new(self.with_open_ends(shared));
        Rights { account: PrincipalId(u32::MAX), set: SetId::none(), shared }
    }

    /// The rights of an account of which the caller asserts that these roles are all it holds, each with the place that
    /// says so. A role without exported entries leaves open what it gives.
    pub fn asserted_roles(&mut self, roles: &[(String, Span)]) -> Rights {
        let mut held = Vec::with_capacity(roles.len());
        for (name, at) in roles {
            let role = self.inventory.names.get(name);
            let exported = role.filter(|role| {
                let known = self.inventory.roles.has(*role) || !self.by_role.get(role.number()).is_empty();
                known || self.inventory.has_entries(*role)
            });
            let gaps = match exported {
                Some(_) => Vec::new(),
                None => vec![self.gaps.unknown_role(name, *at)],
            };
            held.push(Rc::new(Held {
                assignment: None,
                role: exported,
                chain: Vec::new(),
                policy: None,
                gaps,
                assumed: Vec::new(),
                asserted: Some(*at),
            }));
        }
        // Who is assigned what, and who is in which group, says nothing of such an account.
        let counts = |gap: &GapId| matches!(self.gap(*gap).kind, Kind::Role | Kind::RoleEntry | Kind::Unknown);
        let global = self.global.iter().copied().filter(counts).collect();
        let shared = Rc::new(self.with_open_ends(RightSet { held, global, ..RightSet::default() }));
        Rights { account: PrincipalId(u32::MAX), set: SetId::none(), shared }
    }

    /// The record of the account that holds these rights; `None` where none was read.
    #[must_use]
    pub fn place_of_account(&self, rights: &Rights) -> Option<Span> {
        self.inventory.principals.all.get(rights.account.0 as usize).and_then(|principal| principal.at)
    }

    /// The assignment behind a path.
    #[must_use]
    pub fn assignment(&self, held: &Held) -> Option<&'i Assignment> {
        held.assignment.map(|index| &self.inventory.assignments[index])
    }

    /// The four scopes of a path: the assignment's, where they are printed empty the role's implicit ones.
    ///
    /// What no column shows is `None`, unless the role's own is the narrowest there is. No assignment changes what can be
    /// read ("Understanding management role scopes").
    #[must_use]
    pub fn scopes(&self, held: &Held) -> Scopes<'i> {
        let (widest, [recipients, configuration]) = (self.bounding_scopes(held), self.unseen_scopes(held));
        Scopes {
            recipient_write: widest.recipient_write.filter(|_| !recipients),
            config_write: widest.config_write.filter(|_| !configuration),
            ..widest
        }
    }

    /// Whether no column shows the write scopes of a path, of recipients and of configuration, so that they may be
    /// narrower than the role's own.
    #[must_use]
    pub fn unseen_scopes(&self, held: &Held) -> [bool; 2] {
        let Some(assignment) = self.assignment(held) else { return [false; 2] };
        let (unseen, widest) = (self.unseen(assignment), self.bounding_scopes(held));
        let may_be_narrower = |place: usize, column, word: Option<&str>, organization| {
            unseen.has(column) && assignment.custom[place].is_none() && word.is_none_or(|word| same(word, organization))
        };
        [
            may_be_narrower(0, Property::RecipientWriteScope, widest.recipient_write, "Organization"),
            may_be_narrower(1, Property::ConfigWriteScope, widest.config_write, "OrganizationConfig"),
        ]
    }

    /// The columns about an assignment's scopes that no export shows, where the caller does not say what stands in them.
    pub(super) fn unseen(&self, assignment: &Assignment) -> Unseen {
        if self.assumptions.own_scope { Unseen::default() } else { assignment.unseen }
    }

    /// The four scopes of a path, the role's own for what no column shows: it cannot be wider.
    fn bounding_scopes(&self, held: &Held) -> Scopes<'i> {
        let implicit = held.role.map_or_else(Scopes::default, |role| self.implicit_scopes(role));
        let stated = self.assignment(held).map_or([None; 4], |assignment| assignment.scopes);
        let word = |index: usize| stated[index].map(|symbol| self.inventory.show(symbol));
        // Without the column, the name of a custom scope says that there is one.
        let custom = self.assignment(held).map_or([None; 2], |assignment| assignment.custom);
        Scopes {
            recipient_read: word(0).or(implicit.recipient_read),
            recipient_write: word(1).or(custom[0].map(|_| "CustomRecipientScope")).or(implicit.recipient_write),
            config_read: word(2).or(implicit.config_read),
            config_write: word(3).or(custom[1].map(|_| "CustomConfigScope")).or(implicit.config_write),
        }
    }

    /// The same as they narrow: a role that writes no recipients, or no configuration, is not narrower for it.
    pub(super) fn widest_scopes(&self, held: &Held) -> Scopes<'i> {
        let scopes = self.bounding_scopes(held);
        held.role.map_or(scopes, |role| scopes.beside(&self.implicit_scopes(role)))
    }

    /// How far a path reaches for a cmdlet. What comes through a role assignment policy ends at the own mailbox, but for
    /// groups that it makes.
    #[must_use]
    pub fn reach(&self, held: &Held, cmdlet: &str) -> Reach {
        if held.policy.is_some() {
            let makes_own = makes_own_group(cmdlet, self.scopes(held).recipient_write);
            return if makes_own { Reach::Narrow } else { Reach::OwnMailbox };
        }
        // Unscoped roles take no scope and act organization-wide ("Understanding unscoped top-level management roles").
        if held.role.and_then(|role| self.inventory.roles.get(role)).is_some_and(|role| role.unscoped) {
            return Reach::Organization;
        }
        let find = || self.reach_in_scopes(held, cmdlet, self.widest_scopes(held).reach(cmdlet));
        let (Some(assignment), Some(role)) = (held.assignment, held.role) else {
            return match find() {
                // Whoever asserts the entries of an account asserts that they count.
                Reach::Unknown if held.assignment.is_none() => Reach::Organization,
                reach => reach,
            };
        };
        Reached::of(&self.reached, (assignment, role), cmdlet, find)
    }

    /// How far a role reaches for a cmdlet where it is newly assigned, without a scope of its own.
    #[must_use]
    pub fn reach_if_assigned(&self, role: Symbol, cmdlet: &str) -> Reach {
        let held = Held {
            assignment: None,
            role: Some(role),
            chain: Vec::new(),
            policy: None,
            gaps: Vec::new(),
            assumed: Vec::new(),
            asserted: None,
        };
        if self.inventory.roles.get(role).is_some_and(|role| role.unscoped) {
            return Reach::Organization;
        }
        match self.widest_scopes(&held).reach(cmdlet) {
            Reach::Organization if self.is_kept_from(&held, cmdlet) => Reach::Narrow,
            reach => reach,
        }
    }

    /// The roles of which no export shows all entries.
    pub fn roles_with_unknown_entries(&self) -> impl Iterator<Item = Symbol> + '_ {
        let all = self.unknown_entries.keys().chain(self.uncertain_gaps.keys()).chain(self.differing_entries.keys());
        all.copied().filter(|role| *role != NO_ROLE)
    }

    /// How far an assignment reaches for a cmdlet, whoever holds it.
    pub(super) fn reach_of_assignment(&self, index: usize, cmdlet: &str) -> Reach {
        self.reach(&self.path_of_assignment(index), cmdlet)
    }

    /// An assignment as a path, whoever holds it.
    #[must_use]
    pub fn path_of_assignment(&self, index: usize) -> Held {
        let assignment = &self.inventory.assignments[index];
        let policy = match assignment.assignee {
            Assignee::Policy(policy) => Some(policy.symbol),
            _ => None,
        };
        Held {
            assignment: Some(index),
            role: assignment.role.map(|role| role.symbol),
            chain: Vec::new(),
            policy,
            gaps: Vec::new(),
            assumed: Vec::new(),
            asserted: None,
        }
    }

    /// Why it is not known whether `role` has an entry of `cmdlet`; of any cmdlet where none is asked.
    #[must_use]
    pub fn entries_gap(&self, role: Symbol, cmdlet: Option<&str>) -> Option<GapId> {
        if let Some(&gap) = self.unknown_entries.get(&role)
            && !cmdlet.is_some_and(|cmdlet| self.shows_entry(role, cmdlet))
        {
            return Some(gap);
        }
        let named = |cmdlet: &str| self.inventory.names.get(cmdlet);
        if let Some(gap) = self.differing_gap(role, cmdlet.map(named)) {
            return Some(gap);
        }
        let gap = self.uncertain_gaps.get(&role).copied()?;
        cmdlet.is_none_or(|cmdlet| self.uncertain.may_hold(self.inventory, role, cmdlet, named(cmdlet))).then_some(gap)
    }

    /// Why it is not known whether `role` has an entry of a cmdlet that one of two lists shows; of any where none is asked.
    pub(super) fn differing_gap(&self, role: Symbol, cmdlet: Option<Option<Symbol>>) -> Option<GapId> {
        let gap = self.differing_entries.get(&role).copied()?;
        let agreed = &self.inventory.disagreements.entries.get(&role)?.agreed;
        let differs =
            |cmdlet: Symbol| self.inventory.entries_in(role, cmdlet).next().is_some() && !agreed.contains(&cmdlet);
        cmdlet.is_none_or(|cmdlet| cmdlet.is_some_and(differs)).then_some(gap)
    }

    /// Whether a role may hold anything at all.
    #[must_use]
    pub fn may_hold_something(&self, role: Option<Symbol>) -> bool {
        let Some(role) = role else { return true };
        let listed = self.inventory.roles.get(role).map_or(Listed::Absent, |role| role.listed);
        self.inventory.has_entries(role) || listed != Listed::Whole || self.uncertain_gaps.contains_key(&role)
    }

    /// Every gap that leaves open what an account can run, its own mailbox included.
    #[must_use]
    pub fn gaps_of(&self, rights: &Rights) -> Vec<GapId> {
        let mut gaps: BTreeSet<GapId> = rights.global.iter().copied().chain(rights.policy_gap).collect();
        for held in rights.held.iter().filter(|held| self.may_hold_something(held.role)) {
            gaps.extend(held.role.and_then(|role| self.entries_gap(role, None)));
            gaps.extend(&held.gaps);
        }
        gaps.into_iter().collect()
    }
}
