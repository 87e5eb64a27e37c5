//! References: names in lists, assignees, the groups of member rows; and the objects they stand for.

use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::collect::stands_for;
use crate::inventory::facts::{
    AssigneeType, AssignmentFact, Class, Facts, Form, IdentityKind, Stated, Stretch, Text, push,
};
use crate::inventory::identity::{canonical_of_dn, kind_of_identity};
use crate::name::{Names, Symbol, same};

use super::{Part, Parts, Principal, PrincipalId, Principals};
use crate::inventory::grouped::Grouped;

/// What the place of a reference says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hint {
    /// Nothing.
    Any,
    /// A user, a computer, an application.
    Account,
    /// A role or security group.
    Group,
}

impl Hint {
    const ALL: [Self; 3] = [Self::Any, Self::Account, Self::Group];

    /// The hint of an assignee's type.
    #[must_use]
    pub fn of(kind: Option<AssigneeType>) -> Self {
        match kind {
            Some(AssigneeType::User | AssigneeType::Computer | AssigneeType::ServicePrincipal) => Self::Account,
            Some(AssigneeType::RoleGroup | AssigneeType::LinkedRoleGroup | AssigneeType::SecurityGroup) => Self::Group,
            _ => Self::Any,
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }

    const fn class(self) -> Option<Class> {
        match self {
            Self::Account => Some(Class::Account),
            Self::Group => Some(Class::SecurityGroup),
            Self::Any => None,
        }
    }

    fn fits(self, class: Option<Class>) -> bool {
        match (self, class) {
            (Self::Any, _) | (_, None) => true,
            (Self::Account, Some(class)) => matches!(class, Class::Account | Class::Foreign | Class::Other),
            (Self::Group, Some(class)) => matches!(class, Class::SecurityGroup | Class::DistributionGroup),
        }
    }
}

/// All references, each a symbol with a hint, and what they stand for.
#[derive(Clone, Debug, Default)]
pub(super) struct References {
    /// For each symbol, the bits of the hints it is referred to with.
    hints: Vec<u8>,
    /// For each symbol, how many references have a smaller one.
    before: Vec<u32>,
    /// What each reference stands for, in the order of symbols and hints.
    answers: Vec<Stretch>,
    ids: Vec<PrincipalId>,
}

impl References {
    /// The whole names that refer to somebody.
    pub(super) fn gather(facts: &Facts) -> Self {
        let mut hints = vec![0; facts.names.len()];
        let mut add = |text: &Text, hint: Hint| {
            if text.form == Form::Whole {
                hints[text.symbol.index()] |= hint.bit();
            }
        };
        for group in &facts.groups {
            group.members.items(&facts.lists).iter().for_each(|item| add(item, Hint::Any));
        }
        for member in &facts.members {
            add(&member.group, Hint::Group);
            member.named.iter().flatten().for_each(|named| add(named, Hint::Any));
        }
        let policies = policies_of(facts);
        facts.unread_members.iter().for_each(|(group, _)| add(group, Hint::Group));
        for assignment in &facts.assignments {
            if !matches!(assignment.assignee_type, Some(AssigneeType::Policy | AssigneeType::MailboxPlan)) {
                let hint = Hint::of(assignment.assignee_type);
                // Without its type, what an export shows to be a policy is nobody else.
                let is_policy = |text: &&Text| assignment.assignee_type.is_none() && policies.contains(&text.symbol);
                assignment
                    .assignee
                    .iter()
                    .flatten()
                    .filter(|it| !is_policy(it))
                    .for_each(|assignee| add(assignee, hint));
            }
            assignment.effective.iter().for_each(|user| add(user, Hint::Account));
        }
        let mut count = 0;
        let before = hints.iter().map(|hints| {
            count += hints.count_ones();
            count - hints.count_ones()
        });
        let before = before.collect();
        Self { hints, before, answers: vec![Stretch::default(); count as usize], ids: Vec::new() }
    }

    /// The names, in their order.
    pub(super) fn symbols(&self) -> impl Iterator<Item = Symbol> + '_ {
        (0..).map(Symbol::new).zip(&self.hints).filter(|(_, hints)| **hints != 0).map(|(symbol, _)| symbol)
    }

    /// All references, in their order.
    fn all(&self) -> impl Iterator<Item = (Symbol, Hint)> + '_ {
        self.symbols().flat_map(|symbol| {
            let hints = self.hints[symbol.index()];
            Hint::ALL.into_iter().filter(move |hint| hints & hint.bit() != 0).map(move |hint| (symbol, hint))
        })
    }

    fn place(&self, symbol: Symbol, hint: Hint) -> Option<usize> {
        let hints = *self.hints.get(symbol.index())?;
        let place = self.before[symbol.index()] + (hints & (hint.bit() - 1)).count_ones();
        (hints & hint.bit() != 0).then_some(place as usize)
    }

    /// The objects that a whole reference may stand for, one or several; `None` where it was not in any export.
    pub(super) fn resolve(&self, reference: Symbol, hint: Hint) -> Option<&[PrincipalId]> {
        Some(self.answers[self.place(reference, hint)?].of(&self.ids))
    }

    fn answer(&mut self, reference: Symbol, hint: Hint, found: &[PrincipalId]) {
        let start = self.ids.len();
        self.ids.extend_from_slice(found);
        if let Some(place) = self.place(reference, hint) {
            self.answers[place] = Stretch::between(start, self.ids.len());
        }
    }
}

/// The names by which exports know role assignment policies: their own, those on mailboxes, and those that assignments
/// say to be one.
pub(in crate::inventory) fn policies_of(facts: &Facts) -> BTreeSet<Symbol> {
    let own = facts.policies.iter().flat_map(|policy| &policy.identities).map(|(_, text)| *text);
    let on_mailboxes = facts.recipients.iter().filter_map(|recipient| match recipient.policy {
        Stated::Is(policy) => policy,
        _ => None,
    });
    let is_one = |fact: &&AssignmentFact| fact.assignee_type == Some(AssigneeType::Policy);
    let assigned = facts.assignments.iter().filter(is_one).flat_map(|fact| fact.assignee.iter().flatten().copied());
    let all = own.chain(on_mailboxes).chain(assigned);
    all.filter(|text| text.form == Form::Whole).map(|text| text.symbol).collect()
}

/// The principals of every identity, each with its kind.
#[derive(Clone, Debug, Default)]
pub(super) struct ByIdentity {
    /// Those that exports show.
    pub(super) shown: Grouped<(IdentityKind, PrincipalId)>,
    /// All pairs of the identities that references have brought more of.
    grown: BTreeMap<Symbol, Vec<(IdentityKind, PrincipalId)>>,
}

impl ByIdentity {
    pub(super) fn get(&self, identity: Symbol) -> &[(IdentityKind, PrincipalId)] {
        self.grown.get(&identity).map_or_else(|| self.shown.get(identity.number()), Vec::as_slice)
    }

    fn push(&mut self, identity: Symbol, kind: IdentityKind, id: PrincipalId) {
        let shown = self.shown.get(identity.number());
        self.grown.entry(identity).or_insert_with(|| shown.to_vec()).push((kind, id));
    }
}

/// Whether a canonical name may be another one, of which letters of the last part are lost.
fn is_in_place(name: &str, lossy: &str) -> bool {
    match (name.rsplit_once('/'), lossy.rsplit_once('/')) {
        (Some((place, name)), Some((lossy_place, lossy))) => {
            same(place, lossy_place) && stands_for(name, lossy, Form::Lossy)
        }
        _ => false,
    }
}

impl Principals {
    /// Finds what every reference stands for. What stands for nothing that exports show is a principal of its own.
    pub(super) fn resolve_references(&mut self, mut references: References, parts: &Parts, names: &Names) {
        // Full names first: a short one may mean an object that only a full one names.
        let mut order: Vec<(IdentityKind, bool, Symbol, Hint)> = references
            .all()
            .map(|(symbol, hint)| (kind_of_identity(names.show(symbol)), hint == Hint::Any, symbol, hint))
            .collect();
        order.sort_unstable();
        let mut found = Vec::new();
        for (kind, _, symbol, hint) in order {
            self.candidates(symbol, kind, hint, parts, names, &mut found);
            if found.is_empty() {
                let id = self.add_named(symbol, kind, hint, parts);
                // A distinguished name and the canonical one are names of one object.
                let canonical = canonical_of_dn(names.show(symbol)).and_then(|canonical| names.get(&canonical));
                if let Some(canonical) = canonical.filter(|_| kind == IdentityKind::Canonical) {
                    self.by_identity.push(canonical, kind, id);
                }
                found.push(id);
            } else if let [only] = found[..] {
                // What only lists name, an assignment may say to be a group or an account.
                let class = &mut self.all[only.0 as usize].class;
                *class = class.or(hint.class());
            }
            references.answer(symbol, hint, &found);
        }
        self.references = references;
    }

    /// Finds the objects that a reference may stand for.
    pub(in crate::inventory) fn candidates(
        &self,
        symbol: Symbol,
        kind: IdentityKind,
        hint: Hint,
        parts: &Parts,
        names: &Names,
        found: &mut Vec<PrincipalId>,
    ) {
        use IdentityKind as K;
        found.clear();
        let mut find_where = |symbol: Symbol, kinds: &[IdentityKind], may_be: &dyn Fn(PrincipalId) -> bool| {
            if found.is_empty() {
                let fits = |id: PrincipalId| hint.fits(self.get(id).class) && may_be(id);
                let named = self.named(symbol).iter().filter(|(kind, id)| kinds.contains(kind) && fits(*id));
                found.extend(named.map(|(_, id)| *id));
                found.sort_unstable();
                found.dedup();
            }
        };
        let mut find = |symbol: Symbol, kinds: &[IdentityKind]| find_where(symbol, kinds, &|_| true);
        match kind {
            K::Canonical => {
                let canonical = canonical_of_dn(names.show(symbol)).and_then(|text| names.get(&text));
                find(canonical.unwrap_or(symbol), &[K::Canonical]);
                if let Part::Last(last) = parts.within(symbol) {
                    let shown = names.show(canonical.unwrap_or(symbol));
                    let may_be_there = |id: PrincipalId| {
                        let mut places = self.identities(id).iter().filter(|(kind, _)| *kind == K::Canonical);
                        places.all(|(_, text)| text.form == Form::Lossy && is_in_place(shown, names.show(text.symbol)))
                    };
                    find_where(last, &[K::Name], &may_be_there);
                }
            }
            K::Guid | K::CloudId | K::Sid => find(symbol, &[K::Guid, K::CloudId, K::Sid, K::Name]),
            K::Address => {
                find(symbol, &[K::Address]);
                find(symbol, &[K::Name]);
            }
            K::Name | K::Account | K::DisplayName => {
                find(symbol, &[K::Name]);
                find(symbol, &[K::Account]);
                find(symbol, &[K::DisplayName]);
                if let Part::Account(account) = parts.within(symbol) {
                    find(account, &[K::Account]);
                }
            }
        }
    }

    /// A principal of which nothing is known but a reference to it.
    fn add_named(&mut self, symbol: Symbol, kind: IdentityKind, hint: Hint, parts: &Parts) -> PrincipalId {
        let id = PrincipalId(crate::source::to_u32(self.all.len()));
        let within = match parts.within(symbol) {
            Part::Last(last) => Some((IdentityKind::Name, last)),
            Part::Account(account) => Some((IdentityKind::Account, account)),
            Part::None => None,
        };
        let start = self.identities.len();
        for (kind, symbol) in std::iter::once((kind, symbol)).chain(within) {
            self.by_identity.push(symbol, kind, id);
            self.identities.push((kind, Text { symbol, form: Form::Whole }));
        }
        let class = hint.class();
        let identities = Stretch::between(start, self.identities.len());
        push(&mut self.all, Principal { identities, class, ..Principal::default() });
        id
    }
}
