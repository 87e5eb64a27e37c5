//! Who is who on either side: objects of two exports brought together.
//!
//! A GUID says it, or an id of the directory; else an address, the place in the directory, and the name last. References
//! are resolved within their own side first, so that a renamed object is one object.

use std::collections::{BTreeMap, BTreeSet};

use crate::accounts::{Account, Accounts};
use crate::graph::whole;
use crate::inventory::{Assignee, Class, Form, IdentityKind, Inventory, PrincipalId, last_part, stands_for};
use crate::name::{Symbol, fold, same};

use super::{Object, ObjectKind};

/// By what objects are brought together, the strongest first.
const KINDS: [IdentityKind; 7] = [
    IdentityKind::Guid,
    IdentityKind::CloudId,
    IdentityKind::Sid,
    IdentityKind::Address,
    IdentityKind::Canonical,
    IdentityKind::Name,
    IdentityKind::Account,
];

/// Kinds that no object changes.
const STRONG: [IdentityKind; 3] = [IdentityKind::Guid, IdentityKind::CloudId, IdentityKind::Sid];

/// Who is who on either side.
#[derive(Debug, Default)]
pub(super) struct Matching {
    /// For each principal of a side, that of the other.
    of: [Vec<Option<PrincipalId>>; 2],
    /// Principals of a side that may be one of the other side under another name.
    doubtful: [BTreeSet<PrincipalId>; 2],
    /// Roles of a side that the other has under another name.
    roles: [BTreeMap<Symbol, Symbol>; 2],
    /// Objects that have another name now.
    pub(super) renamed: Vec<Object>,
    /// Objects of one name that were deleted and made anew.
    pub(super) replaced: Vec<Object>,
}

/// An account on either side; at least one is there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    pub(super) of: [Option<Account>; 2],
    /// Whether the side without it may have it under another name.
    pub(super) doubtful: bool,
}

impl Matching {
    /// Brings the principals, policies and scopes of two sides together.
    pub(super) fn of(sides: [&Inventory; 2]) -> Self {
        let mut matching = Self { of: sides.map(|side| vec![None; side.principals.all.len()]), ..Self::default() };
        for kind in KINDS {
            for left in
                sides[0].principals.ids().filter(|id| matching.of[0][id.0 as usize].is_none()).collect::<Vec<_>>()
            {
                matching.try_one(sides, left, kind);
            }
        }
        matching.find_doubtful(sides);
        matching.compare_named(sides);
        matching.find_roles(sides);
        matching
    }

    /// The role of the other side that is this one.
    pub(super) fn other_role(&self, sides: [&Inventory; 2], side: usize, role: Symbol) -> Option<Symbol> {
        let by_name = sides[1 - side].names.get(sides[side].show(role)).filter(|name| is_role(sides[1 - side], *name));
        by_name.or_else(|| self.roles[side].get(&role).copied())
    }

    /// An assignment never changes its role or its assignee, so that one whose role has another name tells of a role that
    /// was renamed.
    fn find_roles(&mut self, sides: [&Inventory; 2]) {
        let named = |inventory: &Inventory| -> BTreeMap<String, usize> {
            let all = inventory.assignments.iter().enumerate();
            all.filter_map(|(index, it)| Some((fold(inventory.show(it.name?)), index))).collect()
        };
        let others = named(sides[1]);
        for (name, index) in named(sides[0]) {
            let Some(&other) = others.get(&name) else { continue };
            let pair = [&sides[0].assignments[index], &sides[1].assignments[other]];
            let [Some(old), Some(new)] = pair.map(|it| it.role.filter(|role| role.form == Form::Whole)) else {
                continue;
            };
            let same_assignee = match (&pair[0].assignee, &pair[1].assignee) {
                (Assignee::Principal(old), Assignee::Principal(new)) => self.other(0, *old) == Some(*new),
                (Assignee::Policy(old), Assignee::Policy(new)) => {
                    same(sides[0].show(old.symbol), sides[1].show(new.symbol))
                }
                _ => false,
            };
            let is_gone =
                |side: usize, name: &str| sides[side].names.get(name).is_none_or(|name| !is_role(sides[side], name));
            let (old, new) = (old.symbol, new.symbol);
            if same_assignee && is_gone(1, sides[0].show(old)) && is_gone(0, sides[1].show(new)) {
                self.roles[0].insert(old, new);
                self.roles[1].insert(new, old);
            }
        }
    }

    /// The object of the other side that is this one.
    pub(super) fn other(&self, side: usize, id: PrincipalId) -> Option<PrincipalId> {
        self.of[side].get(id.0 as usize).copied().flatten()
    }

    /// Whether any object is on both sides.
    pub(super) fn has_common(&self) -> bool {
        self.of[0].iter().any(Option::is_some)
    }

    fn try_one(&mut self, sides: [&Inventory; 2], left: PrincipalId, kind: IdentityKind) {
        for text in texts(sides[0], left, kind) {
            let free = |side: usize| -> Vec<PrincipalId> {
                let inventory = sides[side];
                let Some(symbol) = inventory.names.get(&text) else { return Vec::new() };
                let named = inventory.principals.named(symbol).iter().filter(|(known, _)| *known == kind);
                let mut ids: Vec<PrincipalId> = named.map(|(_, id)| *id).collect();
                ids.sort_unstable();
                ids.dedup();
                ids.retain(|id| self.of[side][id.0 as usize].is_none() && alike(sides[side], *id, sides[0], left));
                ids
            };
            if let ([_], [right]) = (free(0).as_slice(), free(1).as_slice()) {
                let right = *right;
                self.of[0][left.0 as usize] = Some(right);
                self.of[1][right.0 as usize] = Some(left);
                self.note(sides, left, right, kind);
                return;
            }
        }
    }

    fn note(&mut self, sides: [&Inventory; 2], left: PrincipalId, right: PrincipalId, kind: IdentityKind) {
        let object = |id: Option<String>| Object {
            kind: if is_group(sides[0], left) || is_group(sides[1], right) {
                ObjectKind::Group
            } else {
                ObjectKind::Account
            },
            old: sides[0].show_principal(left).to_owned(),
            new: sides[1].show_principal(right).to_owned(),
            id,
        };
        let names = [texts(sides[0], left, IdentityKind::Name), texts(sides[1], right, IdentityKind::Name)];
        let named = names.iter().all(|names| !names.is_empty());
        if STRONG.contains(&kind) {
            let id = texts(sides[1], right, kind).into_iter().next();
            let object = object(id);
            if named && !same(&object.old, &object.new) {
                self.renamed.push(object);
            }
        } else {
            let [old, new] = [texts(sides[0], left, IdentityKind::Guid), texts(sides[1], right, IdentityKind::Guid)];
            if !old.is_empty() && !new.is_empty() {
                self.replaced.push(object(new.into_iter().next()));
            }
        }
    }

    /// Of what has no counterpart, finds what may have one all the same, under another name or in another row.
    fn find_doubtful(&mut self, sides: [&Inventory; 2]) {
        let ids = |side: usize| -> Vec<(PrincipalId, u8)> {
            let free = sides[side].principals.ids().filter(|id| self.of[side][id.0 as usize].is_none());
            free.map(|id| (id, strong_kinds(sides[side], id))).collect()
        };
        let free = [ids(0), ids(1)];
        let masks = free.each_ref().map(|free| free.iter().map(|(_, mask)| *mask).collect::<BTreeSet<u8>>());
        // A cut or lossy name may be that of anybody.
        let is_unclear = |side: usize, id: PrincipalId| {
            let identities = sides[side].principals.identities(id);
            whole(identities).count() < identities.len()
        };
        let has_unclear = [0, 1].map(|side| free[side].iter().any(|(id, _)| is_unclear(side, *id)));
        for side in 0..2 {
            let own_side = Rows::of(sides[side]);
            for &(id, own) in &free[side] {
                let may_be = |other: &u8| own & other == 0 && own | other != 0;
                let unclear = is_unclear(side, id) && !free[1 - side].is_empty() || has_unclear[1 - side];
                let is_doubtful = unclear
                    || masks[1 - side].iter().any(may_be)
                    || is_named_there(sides, side, id, own)
                    || own_side.may_have(sides[side], id);
                if is_doubtful {
                    self.doubtful[side].insert(id);
                }
            }
        }
    }

    /// Policies and scopes that have another name or another id.
    fn compare_named(&mut self, sides: [&Inventory; 2]) {
        let policies = sides.map(|side| side.policies.iter().map(|policy| named(side, &policy.identities)).collect());
        self.compare(ObjectKind::Policy, policies);
        let scopes = sides.map(|side| side.scopes.iter().map(|scope| named(side, &scope.identities)).collect());
        self.compare(ObjectKind::Scope, scopes);
    }

    fn compare(&mut self, kind: ObjectKind, [old, new]: [Vec<Named>; 2]) {
        for Named { guid, name } in new {
            let (Some(guid), Some(name)) = (guid, name) else { continue };
            let of_guid = old.iter().find(|it| it.guid.as_ref().is_some_and(|known| same(known, &guid)));
            let of_name = old.iter().find(|it| it.name.as_ref().is_some_and(|known| same(known, &name)));
            let object = |old: &str| Object { kind, old: old.to_owned(), new: name.clone(), id: Some(guid.clone()) };
            match (of_guid.and_then(|it| it.name.as_ref()), of_name) {
                (Some(old), _) if !same(old, &name) => self.renamed.push(object(old)),
                (None, Some(Named { guid: Some(_), .. })) => self.replaced.push(object(&name)),
                _ => {}
            }
        }
    }

    /// The accounts of both sides, each once, by the name that is shown.
    pub(super) fn accounts(&self, sides: &[&Accounts<'_>; 2]) -> Vec<Pair> {
        let mut pairs: Vec<Pair> = Vec::new();
        let counterpart = |side: usize, account: Account| -> Option<Account> {
            let other = sides[1 - side];
            let name = sides[side].shown(account);
            let asserted = other.asserted().find(|known| same(other.shown(*known), name));
            let exported = match account {
                Account::Exported(id) => self.other(side, id).map(Account::Exported),
                Account::Asserted(_) => match other.named(name)[..] {
                    [one] => Some(one),
                    _ => None,
                },
            };
            asserted.or(exported).filter(|account| other.knows(*account))
        };
        let doubtful = |side: usize, account: Account| match account {
            Account::Exported(id) => self.doubtful[side].contains(&id),
            Account::Asserted(_) => false,
        };
        let mut seen: BTreeSet<Account> = BTreeSet::new();
        for &new in sides[1].all() {
            let old = counterpart(1, new).filter(|old| seen.insert(*old));
            pairs.push(Pair { of: [old, Some(new)], doubtful: old.is_none() && doubtful(1, new) });
        }
        for &old in sides[0].all().iter().filter(|old| !seen.contains(old)) {
            // One that is no account on the other side, as a group that was one, is compared with nobody.
            pairs.push(Pair { of: [Some(old), None], doubtful: doubtful(0, old) });
        }
        let shown = |pair: &Pair| pair.shown(sides);
        pairs.sort_by_cached_key(|pair| (fold(shown(pair)), pair.of));
        pairs
    }
}

impl Pair {
    /// The account's name: of the new side where it has one.
    pub(super) fn shown<'i>(&self, sides: &[&Accounts<'i>; 2]) -> &'i str {
        let [old, new] = self.of;
        match (new, old) {
            (Some(new), _) => sides[1].shown(new),
            (None, Some(old)) => sides[0].shown(old),
            (None, None) => "",
        }
    }
}

/// Whether the other side shows somebody of the same name whom no id tells apart.
fn is_named_there(sides: [&Inventory; 2], side: usize, id: PrincipalId, own: u8) -> bool {
    let other = sides[1 - side];
    let weak = KINDS.iter().filter(|kind| !STRONG.contains(kind));
    let names = weak.flat_map(|kind| texts(sides[side], id, *kind).into_iter().map(move |text| (*kind, text)));
    let mut named = names.filter_map(|(kind, text)| Some((kind, other.names.get(&text)?)));
    named.any(|(kind, symbol)| {
        let mut there = other.principals.named(symbol).iter().filter(|(known, _)| *known == kind);
        there.any(|(_, there)| own & strong_kinds(other, *there) == 0 && alike(other, *there, sides[side], id))
    })
}

/// What of one side may stand for another row of the same object.
struct Rows<'i> {
    /// Cut and lossy texts.
    unclear: Vec<(&'i str, Form)>,
    /// The kinds of identities that rows show, each once.
    kinds: BTreeSet<u8>,
}

impl<'i> Rows<'i> {
    fn of(inventory: &'i Inventory) -> Self {
        let mut rows = Self { unclear: Vec::new(), kinds: BTreeSet::new() };
        for id in inventory.principals.ids().filter(|id| !is_group(inventory, *id)) {
            rows.kinds.insert(kinds_of(inventory, id));
            let identities = inventory.principals.identities(id).iter();
            let unclear = identities.filter(|(_, text)| text.form != Form::Whole);
            rows.unclear.extend(unclear.map(|(_, text)| (inventory.show(text.symbol), text.form)));
        }
        rows.kinds.remove(&0);
        rows
    }

    /// Whether a row by which nothing tells them apart may be one of this object.
    fn may_have(&self, inventory: &Inventory, id: PrincipalId) -> bool {
        let own = kinds_of(inventory, id);
        let names = || KINDS.iter().flat_map(|kind| texts(inventory, id, *kind));
        let stands = |(visible, form): &(&str, Form)| names().any(|name| stands_for(&name, visible, *form));
        own != 0 && self.kinds.iter().any(|kinds| kinds & own == 0) || self.unclear.iter().any(stands)
    }
}

/// The kinds of whole identities of an object, a bit for each; a place in the directory shows the name as well.
fn kinds_of(inventory: &Inventory, id: PrincipalId) -> u8 {
    let shows = |kind: &IdentityKind| !texts(inventory, id, *kind).is_empty();
    KINDS.iter().enumerate().filter(|(_, kind)| shows(kind)).map(|(bit, _)| 1 << bit).sum()
}

/// What a policy or a scope is called.
struct Named {
    guid: Option<String>,
    name: Option<String>,
}

fn named(inventory: &Inventory, identities: &[crate::inventory::Identity]) -> Named {
    let of = |kind: IdentityKind| {
        let found = whole(identities).find(|(known, _)| *known == kind);
        found.map(|(_, text)| inventory.show(text.symbol).to_owned())
    };
    Named { guid: of(IdentityKind::Guid), name: of(IdentityKind::Name) }
}

/// The whole texts of a kind; a place in the directory ends in the name.
fn texts(inventory: &Inventory, id: PrincipalId, kind: IdentityKind) -> Vec<String> {
    let identities = inventory.principals.identities(id);
    let mut texts: Vec<String> = whole(identities)
        .filter(|(known, _)| *known == kind)
        .map(|(_, text)| inventory.show(text.symbol).to_owned())
        .collect();
    if kind == IdentityKind::Name && texts.is_empty() {
        let places = whole(identities).filter(|(known, _)| *known == IdentityKind::Canonical);
        texts
            .extend(places.filter_map(|(_, text)| last_part(inventory.show(text.symbol)).map(|last| last.to_string())));
    }
    texts
}

fn is_role(inventory: &Inventory, name: Symbol) -> bool {
    let is_named = |it: &crate::inventory::Assignment| it.role.is_some_and(|role| role.symbol == name);
    inventory.roles.has(name) || inventory.has_entries(name) || inventory.assignments.iter().any(is_named)
}

fn strong_kinds(inventory: &Inventory, id: PrincipalId) -> u8 {
    let has = |kind: &IdentityKind| whole(inventory.principals.identities(id)).any(|(known, _)| known == *kind);
    STRONG.iter().enumerate().filter(|(_, kind)| has(kind)).map(|(bit, _)| 1 << bit).sum()
}

fn is_group(inventory: &Inventory, id: PrincipalId) -> bool {
    matches!(inventory.principals.get(id).class, Some(Class::SecurityGroup | Class::DistributionGroup))
}

/// Whether two principals are of one sort, as far as is known.
fn alike(one: &Inventory, id: PrincipalId, other: &Inventory, same: PrincipalId) -> bool {
    let said =
        |inventory: &Inventory, id: PrincipalId| inventory.principals.get(id).class.map(|_| is_group(inventory, id));
    match (said(one, id), said(other, same)) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    }
}
