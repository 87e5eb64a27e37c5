//! Who is who: rows and references of all exports, brought together into principals.
//!
//! Rows that share a GUID, a canonical name or an address are one object. Names alone bring rows together only where
//! nothing speaks against it; a reference that fits several objects stays ambiguous and is a gap, not a guess.

mod lists;
mod membership;
mod references;

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::name::{Names, Symbol, fold};
use crate::record::Property;
use crate::source::{Span, to_u32};

use super::attributes::Attributes;
use super::facts::{
    Class, Facts, Form, GroupFact, Identity, IdentityKind, MemberFact, NameList, RecipientFact, Stated, Stretch, Text,
};
use super::grouped::Grouped;
use super::identity::{kind_of_identity, last_part};
use super::members::MembersOf;
use references::{ByIdentity, References};

pub(super) use lists::given;
pub use references::Hint;
pub(super) use references::policies_of;

/// The number of a principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrincipalId(pub u32);

/// A user, a group, or something that is only ever named.
#[derive(Clone, Debug, Default)]
pub struct Principal {
    identities: Stretch,
    /// What it is; `None` where it is only named.
    pub class: Option<Class>,
    /// Whether a record says that it is a group which cannot hold permissions.
    pub distribution: bool,
    /// Whether Get-RoleGroup prints it.
    pub role_group: bool,
    /// Whether its members are accounts of another forest or organization.
    pub linked_group: bool,
    /// Whether its description says that its members are synchronised from Entra.
    pub synchronised_group: bool,
    /// Whether it is a linked mailbox; `None` where no export says.
    pub linked_mailbox: Option<bool>,
    /// Its role assignment policy; `Is(None)` where it has none.
    pub policy: Stated<Option<Text>>,
    /// Whether rows contradict each other about it: then none is known, whatever further rows say.
    has_policies: bool,
    attributes: Attributes,
    /// Whether a record says that it has a mailbox.
    pub is_mailbox: bool,
    /// Whether it is an application.
    pub application: bool,
    /// Whether Exchange Online has it from a directory of servers.
    pub synchronised: bool,
    /// Whether it is a group with an address; `None` where no export says.
    pub mail_enabled: Option<bool>,
    /// Whether its account is disabled, with the cell that says so.
    pub disabled: Option<(bool, Span)>,
    /// Whether it may open a session of the shell, with the cell that says so.
    pub session: Option<(bool, Span)>,
    /// Whether its own list of roles holds any; `None` where no export shows the list.
    pub lists_roles: Option<bool>,
    /// Its most telling record.
    pub at: Option<Span>,
    /// Its members, where it is a group.
    pub members: MembersOf,
}

/// All principals, and what every reference stands for.
#[derive(Clone, Debug, Default)]
pub struct Principals {
    /// The principals; their numbers are their places.
    pub all: Vec<Principal>,
    identities: Vec<Identity>,
    /// The values of their attributes.
    values: Vec<Symbol>,
    references: References,
    by_identity: ByIdentity,
    pub(super) managers: BTreeMap<PrincipalId, Vec<(PrincipalId, Span)>>,
    /// Member rows whose group is cut or lossy.
    pub loose_members: Vec<LooseMember>,
}

/// A member of some group, whose name the row does not show whole.
#[derive(Clone, Debug)]
pub struct LooseMember {
    /// What the row shows of the group's name.
    pub group: Text,
    /// The objects that the row may be of.
    pub members: Vec<PrincipalId>,
    /// What it shows of the member, where that is not whole either.
    pub unclear: Vec<Text>,
    /// The row.
    pub at: Span,
}

impl Principals {
    /// A principal by its number.
    #[must_use]
    pub fn get(&self, id: PrincipalId) -> &Principal {
        &self.all[id.0 as usize]
    }

    /// All numbers.
    pub fn ids(&self) -> impl Iterator<Item = PrincipalId> + use<> {
        (0..to_u32(self.all.len())).map(PrincipalId)
    }

    /// All identities of a principal, the strongest first.
    #[must_use]
    pub fn identities(&self, id: PrincipalId) -> &[Identity] {
        self.get(id).identities.of(&self.identities)
    }

    /// An attribute that filters of scopes may ask for: `Some(None)` where it is printed empty, `None` where no export
    /// shows it.
    #[must_use]
    pub fn attribute(&self, id: PrincipalId, property: Property) -> Option<Option<Symbol>> {
        self.get(id).attributes.get(property, &self.values)
    }

    /// What a whole reference stands for, one object or any of several; `None` where it was not in any export.
    #[must_use]
    pub fn resolve(&self, reference: Symbol, hint: Hint) -> Option<&[PrincipalId]> {
        self.references.resolve(reference, hint)
    }

    /// The principals that have an identity, with its kind.
    #[must_use]
    pub fn named(&self, identity: Symbol) -> &[(IdentityKind, PrincipalId)] {
        self.by_identity.get(identity)
    }

    /// The name that reports show: the Name; without one, or where it is a GUID, the address, then the account name, then
    /// what an application is called, then the id by which the cloud knows it.
    #[must_use]
    pub fn shown(&self, id: PrincipalId, names: &Names) -> Symbol {
        let identities = self.identities(id);
        let whole = || identities.iter().filter(|(_, text)| text.form == Form::Whole);
        // They stand by kind, and what several rows share one name of has an address of each.
        let of = |kind: IdentityKind| {
            let first = identities.partition_point(|(known, _)| *known < kind);
            let mut its = identities[first..].iter().take_while(|(known, _)| *known == kind);
            its.find(|(_, text)| text.form == Form::Whole).map(|(_, text)| text.symbol)
        };
        let name = of(IdentityKind::Name).filter(|name| kind_of_identity(names.show(*name)) != IdentityKind::Guid);
        let is_blank = |text: &Text| names.show(text.symbol).is_empty();
        let shown = identities.iter().filter(|(_, text)| !is_blank(text));
        let first = whole().chain(shown).next().map(|(_, text)| text.symbol);
        let called = || of(IdentityKind::DisplayName).filter(|_| self.get(id).application);
        let strong = || {
            let account = of(IdentityKind::Address).or_else(|| of(IdentityKind::Account));
            account.or_else(called).or_else(|| of(IdentityKind::CloudId))
        };
        // The last part of a path is the name.
        let last = || {
            let last = last_part(names.show(of(IdentityKind::Canonical)?))?;
            names.get(&last).filter(|_| kind_of_identity(&last) != IdentityKind::Guid)
        };
        name.or_else(last).or_else(strong).or(first).unwrap_or(Symbol::new(0))
    }

    /// Brings the rows of all files together.
    pub(super) fn of(facts: &mut Facts, capped: &[(Symbol, Span)]) -> Self {
        lists::settle(facts);
        membership::settle(facts);
        let references = References::gather(facts);
        let parts = Parts::of(facts, &references);
        let mut rows = Rows::of(facts);
        let by_identity = rows.by_identity(facts, &parts);
        rows.join_by_strong_identities(&by_identity);
        rows.join_by_names(&by_identity);
        let (mut principals, of_row) = rows.finish(facts);
        principals.by_identity.shown = by_identity.map(|(kind, row)| (kind, of_row[row as usize]));
        principals.resolve_references(references, &parts, &facts.names);
        principals.fill_members(facts, &of_row, capped);
        principals.fill_managers(facts, &of_row, &parts);
        principals
    }
}

/// A name within another name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Part {
    #[default]
    None,
    /// The name within the container, of a canonical name.
    Last(Symbol),
    /// The account name behind `DOMAIN\`.
    Account(Symbol),
}

/// The names within identities and references, by their symbols.
pub(super) struct Parts(Vec<Part>);

impl Parts {
    fn of(facts: &mut Facts, references: &References) -> Self {
        let Facts { names, lists, groups, members, recipients, .. } = facts;
        let mut parts = vec![Part::None; names.len()];
        let mut within = String::new();
        let mut find = |symbol: Symbol| {
            let text = names.show(symbol);
            let part = &mut parts[symbol.index()];
            // Most names hold none of these.
            if *part != Part::None || !text.bytes().fold(false, |any, byte| any | matches!(byte, b'/' | b'\\' | b'=')) {
                return;
            }
            within.clear();
            if last_part(text).map(|last| within.push_str(&last)).is_some() {
                *part = Part::Last(names.intern(&within));
            } else if let Some((_, account)) = text.split_once('\\') {
                within.push_str(account);
                *part = Part::Account(names.intern(&within));
            }
        };
        for group in &*groups {
            super::managers::managers_of(group, lists).for_each(|text| find(text.symbol));
        }
        let rows = groups.iter().map(|group| group.identities).chain(members.iter().map(|member| member.identities));
        for identities in rows.chain(recipients.iter().map(|recipient| recipient.identities)) {
            identities.of(&lists.identities).iter().for_each(|(_, text)| find(text.symbol));
        }
        references.symbols().for_each(find);
        Self(parts)
    }

    fn within(&self, symbol: Symbol) -> Part {
        self.0.get(symbol.index()).copied().unwrap_or_default()
    }
}

/// One row, before it is part of a principal.
struct Row {
    identities: Stretch,
    class: Option<Class>,
    /// Whether it has a GUID, and whether it has a canonical name: of one name and sort, these tell objects apart.
    tells: [bool; 2],
}

/// All rows: those of the groups, then those of members, then those of recipients.
struct Rows {
    rows: Vec<Row>,
    /// Of each row another one of the same object, or itself.
    parents: Vec<u32>,
}

impl Rows {
    fn of(facts: &Facts) -> Self {
        let mut rows = Vec::with_capacity(facts.groups.len() + facts.members.len() + facts.recipients.len());
        let mut add = |identities: Stretch, class: Option<Class>| {
            let whole = || identities.of(&facts.lists.identities).iter().filter(|(_, text)| text.form == Form::Whole);
            let tells =
                [IdentityKind::Guid, IdentityKind::Canonical].map(|kind| whole().any(|(known, _)| *known == kind));
            rows.push(Row { identities, class, tells });
        };
        for group in &facts.groups {
            let class = if group.security == Some(true) { Class::SecurityGroup } else { Class::DistributionGroup };
            add(group.identities, Some(class));
        }
        facts.members.iter().for_each(|member| add(member.identities, member.class));
        facts.recipients.iter().for_each(|recipient| add(recipient.identities, recipient.class));
        let parents = (0..to_u32(rows.len())).collect();
        Self { rows, parents }
    }

    /// The rows of every whole identity, and of the name within every canonical one, in their order.
    fn by_identity(&self, facts: &Facts, parts: &Parts) -> Grouped<(IdentityKind, u32)> {
        Grouped::of(facts.names.len(), || {
            (0..).zip(&self.rows).flat_map(|(number, row)| {
                let identities = row.identities.of(&facts.lists.identities).iter();
                let whole = identities.filter(|(_, text)| text.form == Form::Whole);
                whole.flat_map(move |&(kind, text)| {
                    let last = match parts.within(text.symbol) {
                        Part::Last(last) if kind == IdentityKind::Canonical => Some((last, IdentityKind::Name)),
                        _ => None,
                    };
                    let all = std::iter::once((text.symbol, kind)).chain(last);
                    all.map(move |(symbol, kind)| (symbol.number(), (kind, number)))
                })
            })
        })
    }

    fn root(&mut self, mut row: u32) -> u32 {
        while self.parents[row as usize] != row {
            let parent = self.parents[row as usize];
            self.parents[row as usize] = self.parents[parent as usize];
            row = self.parents[row as usize];
        }
        row
    }

    /// The smaller number stays the root, so that the first row names the principal.
    fn join(&mut self, left: u32, right: u32) {
        let (left, right) = (self.root(left), self.root(right));
        self.parents[left.max(right) as usize] = left.min(right);
    }

    fn join_by_strong_identities(&mut self, by_identity: &Grouped<(IdentityKind, u32)>) {
        for identity in by_identity.numbers() {
            let rows = by_identity.get(identity);
            for (index, &(kind, row)) in rows.iter().enumerate().skip(1).filter(|(_, (kind, _))| is_strong(*kind)) {
                if let Some(&(_, known)) = rows[..index].iter().rev().find(|(known, _)| *known == kind) {
                    self.join(known, row);
                }
            }
        }
    }

    /// Joins components of one name and one sort, where no GUID or canonical name tells them apart.
    fn join_by_names(&mut self, by_identity: &Grouped<(IdentityKind, u32)>) {
        let mut sorts: [Vec<u32>; 3] = Default::default();
        for name in by_identity.numbers() {
            let rows = by_identity.get(name);
            if rows.len() < 2 {
                continue;
            }
            sorts.iter_mut().for_each(Vec::clear);
            for &(_, row) in rows.iter().filter(|(kind, _)| *kind == IdentityKind::Name) {
                let rows = &mut sorts[Sort::of(self.rows[row as usize].class) as usize];
                if rows.last() != Some(&row) {
                    rows.push(row);
                }
            }
            // Rows that do not say what they are belong to the one sort that the others are of.
            let [groups, accounts, unsaid] = &mut sorts;
            match (groups.is_empty(), accounts.is_empty()) {
                (false, true) => groups.append(unsaid),
                (true, false) => accounts.append(unsaid),
                _ => {}
            }
            for rows in &mut sorts {
                rows.sort_unstable();
                if self.agree(rows) {
                    rows.windows(2).for_each(|pair| self.join(pair[0], pair[1]));
                }
            }
        }
    }

    /// Whether rows of one name can be one object: all that have a GUID or a canonical name have the same.
    fn agree(&mut self, rows: &[u32]) -> bool {
        [0, 1].into_iter().all(|kind| {
            let mut first = None;
            rows.iter().all(|&row| {
                !self.rows[row as usize].tells[kind] || {
                    let root = self.root(row);
                    *first.get_or_insert(root) == root
                }
            })
        })
    }

    /// Brings the rows of each object together, and says whose each row is. The principals take what the lists of the
    /// facts hold, and all that recipients state.
    fn finish(mut self, facts: &mut Facts) -> (Principals, Vec<PrincipalId>) {
        let mut of_row: Vec<PrincipalId> = Vec::with_capacity(self.rows.len());
        let mut count = 0;
        for row in 0..to_u32(self.rows.len()) {
            // A root stands before its rows.
            let root = self.root(row);
            of_row.push(if root == row { PrincipalId(count) } else { of_row[root as usize] });
            count += u32::from(root == row);
        }
        let recipients = std::mem::take(&mut facts.recipients);
        let mut principals = Principals {
            all: vec![Principal::default(); count as usize],
            identities: std::mem::take(&mut facts.lists.identities),
            values: std::mem::take(&mut facts.lists.values),
            ..Principals::default()
        };
        let Principals { all, values, .. } = &mut principals;
        for (row, id) in self.rows.iter().zip(&of_row) {
            all[id.0 as usize].take_class(row.class);
        }
        let (groups, others) = of_row.split_at(facts.groups.len());
        let (members, others) = others.split_at(facts.members.len());
        groups.iter().zip(&facts.groups).for_each(|(id, group)| all[id.0 as usize].take_group(group));
        members.iter().zip(&facts.members).for_each(|(id, member)| all[id.0 as usize].take_member(member));
        others.iter().zip(&recipients).for_each(|(id, row)| all[id.0 as usize].take_recipient(row, values));
        let origin = |row: usize| match facts.groups.get(row) {
            Some(group) if group.role_group => Origin::RoleGroup,
            Some(_) => Origin::Group,
            None if row < facts.groups.len() + facts.members.len() => Origin::Member,
            None => Origin::Recipient,
        };
        let rows_of = Grouped::of(count as usize, || {
            let rows = of_row.iter().zip(&self.rows).enumerate();
            rows.map(|(number, (id, row))| (id.0, (origin(number), row.identities)))
        });
        for id in 0..count {
            principals.take_identities(id as usize, rows_of.get(id), &facts.names);
        }
        (principals, of_row)
    }
}

/// What a row is of, in the order in which names of them are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    RoleGroup,
    Group,
    Member,
    Recipient,
}

/// What rows of one name must have in common to be one object.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    Group,
    Account,
    Unsaid,
}

impl Sort {
    fn of(class: Option<Class>) -> Self {
        match class {
            Some(Class::SecurityGroup | Class::DistributionGroup) => Self::Group,
            Some(_) => Self::Account,
            None => Self::Unsaid,
        }
    }
}

/// Whether any identity that tells an object from others is shown whole.
#[must_use]
pub fn has_whole_name(identities: &[Identity]) -> bool {
    let tells = |kind: IdentityKind| is_strong(kind) || kind == IdentityKind::Name;
    identities.iter().any(|(kind, text)| text.form == Form::Whole && tells(*kind))
}

const fn is_strong(kind: IdentityKind) -> bool {
    matches!(
        kind,
        IdentityKind::Guid
            | IdentityKind::CloudId
            | IdentityKind::Sid
            | IdentityKind::Canonical
            | IdentityKind::Address
    )
}

impl Principals {
    /// Gives a principal the identities of its rows: by kind, then by what they were rows of. Of two that are left the
    /// alphabet chooses, not the order of the files.
    fn take_identities(&mut self, id: usize, rows: &[(Origin, Stretch)], names: &Names) {
        self.all[id].identities = match rows {
            [(_, row)] if row.of(&self.identities).is_sorted_by_key(|(kind, _)| *kind) => *row,
            rows => {
                let mut all: Vec<(Origin, Identity)> = Vec::new();
                for (origin, row) in rows {
                    all.extend(row.of(&self.identities).iter().map(|identity| (*origin, *identity)));
                }
                let by_name = |left: Symbol, right: Symbol| match left == right {
                    true => Ordering::Equal,
                    false => fold(names.show(left)).cmp(&fold(names.show(right))),
                };
                all.sort_by(|(of_one, one), (of_other, other)| {
                    let by_kind = (one.0, of_one).cmp(&(other.0, of_other));
                    by_kind.then_with(|| by_name(one.1.symbol, other.1.symbol))
                });
                let mut all: Vec<Identity> = all.into_iter().map(|(_, identity)| identity).collect();
                all.dedup();
                let start = self.identities.len();
                self.identities.append(&mut all);
                Stretch::between(start, self.identities.len())
            }
        };
    }
}

impl Principal {
    /// A row that says that a group is a security group outweighs one that does not show it.
    fn take_class(&mut self, said: Option<Class>) {
        self.class = match (self.class, said) {
            (Some(Class::SecurityGroup), _) | (_, Some(Class::SecurityGroup)) => Some(Class::SecurityGroup),
            // Of two that differ it is the same one in whatever order they are read.
            (Some(known), Some(said)) => Some(known.min(said)),
            (known, said) => known.or(said),
        };
    }

    fn take_group(&mut self, group: &GroupFact) {
        self.distribution |= group.security == Some(false);
        self.role_group |= group.role_group;
        self.linked_group |= group.linked;
        if group.linked_to.is_some() {
            self.members.known().linked_to = group.linked_to;
        }
        self.synchronised_group |= group.synchronised;
        self.mail_enabled = self.mail_enabled.max(group.mail_enabled);
        let lists_roles = match &group.roles {
            NameList::Absent => None,
            NameList::Whole(items) => Some(!items.is_empty()),
            _ => Some(true),
        };
        self.lists_roles = self.lists_roles.max(lists_roles);
        if self.at.is_none() || group.role_group {
            self.at = Some(group.at);
        }
    }

    fn take_member(&mut self, member: &MemberFact) {
        self.linked_mailbox = self.linked_mailbox.max(member.linked);
        self.application |= member.application;
        self.distribution |= member.class == Some(Class::DistributionGroup);
    }

    fn take_recipient(&mut self, recipient: &RecipientFact, values: &mut Vec<Symbol>) {
        self.linked_mailbox = self.linked_mailbox.max(recipient.linked);
        self.is_mailbox |= recipient.mailbox == Some(true);
        self.application |= recipient.application;
        self.synchronised |= recipient.synchronised;
        self.disabled = worse(self.disabled, recipient.disabled, true);
        self.session = worse(self.session, recipient.session, false);
        self.at.get_or_insert(recipient.at);
        let said = match (recipient.policy, recipient.mailbox) {
            // A type without a mailbox has no policy, whatever columns the export has.
            (Stated::Absent, Some(false)) => Stated::Is(None),
            (stated, _) => stated,
        };
        // What a row says outweighs silence; two policies, or a policy and "none", contradict each other.
        self.has_policies |= match (self.policy, said) {
            (Stated::Is(Some(known)), Stated::Is(Some(said))) => known.symbol != said.symbol,
            (Stated::Is(None), other) | (other, Stated::Is(None)) => {
                !matches!(other, Stated::Absent | Stated::Is(None))
            }
            _ => false,
        };
        self.policy = if self.has_policies { Stated::Unclear } else { self.policy.max(said) };
        self.attributes.merge(recipient.attributes, values);
    }
}

/// What is worth telling outweighs its opposite: two exports of different days may differ.
fn worse(known: Option<(bool, Span)>, said: Option<(bool, Span)>, bad: bool) -> Option<(bool, Span)> {
    match (known, said) {
        (Some((value, _)), Some(_)) if value == bad => known,
        (_, Some((value, _))) if value == bad => said,
        (known, said) => known.or(said),
    }
}
