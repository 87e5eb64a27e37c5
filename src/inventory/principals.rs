//! Who is who: rows and references of all exports, brought together into principals.
//!
//! Rows that share a GUID, a canonical name or an address are one object. Names alone bring rows together only where
//! nothing speaks against it; a reference that fits several objects stays ambiguous and is a gap, not a guess.

mod lists;
mod membership;

use std::collections::BTreeMap;

use crate::name::{Names, Symbol};
use crate::source::Span;

use super::attributes::Attributes;
use super::collect::kind_of_identity;
use super::facts::{AssigneeType, Class, Facts, Form, Identities, IdentityKind, NameList, Stated, Text};
use super::members::Members;

/// The number of a principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrincipalId(pub u32);

/// A user, a group, or something that is only ever named.
#[derive(Clone, Debug)]
pub struct Principal {
    /// All its identities, the strongest first.
    pub identities: Identities,
    /// What it is; `None` where it is only named.
    pub class: Option<Class>,
    /// Whether a record says that it is a group which cannot hold permissions.
    pub distribution: bool,
    /// Whether Get-RoleGroup prints it.
    pub role_group: bool,
    /// Whether its members are accounts of another forest or organization.
    pub linked_group: bool,
    /// Whether it is a linked mailbox; `None` where no export says.
    pub linked_mailbox: Option<bool>,
    /// Its role assignment policy; `Is(None)` where it has none.
    pub policy: Stated<Option<Text>>,
    /// What filters of scopes may ask for.
    pub attributes: Attributes,
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
    pub members: Members,
}

/// What a reference stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// One object.
    One(PrincipalId),
    /// Any of these.
    Several(Vec<PrincipalId>),
}

/// All principals, and what every reference stands for.
#[derive(Clone, Debug, Default)]
pub struct Principals {
    /// The principals; their numbers are their places.
    pub all: Vec<Principal>,
    references: BTreeMap<(Symbol, Hint), Resolved>,
    by_identity: ByIdentity,
    pub(super) managers: BTreeMap<PrincipalId, Vec<(PrincipalId, Span)>>,
}

/// The principals of every identity, each with its kind.
#[derive(Clone, Debug, Default)]
struct ByIdentity {
    /// For each symbol, where its pairs end.
    ends: Vec<u32>,
    pairs: Vec<(IdentityKind, PrincipalId)>,
    /// All pairs of the identities that references have brought more of.
    grown: BTreeMap<Symbol, Vec<(IdentityKind, PrincipalId)>>,
}

impl ByIdentity {
    fn of(mut identities: Vec<(Symbol, IdentityKind, PrincipalId)>) -> Self {
        identities.sort_unstable();
        identities.dedup();
        let count = identities.last().map_or(0, |(symbol, ..)| symbol.0 as usize + 1);
        let mut ends = Vec::with_capacity(count);
        for (index, (symbol, ..)) in identities.iter().enumerate() {
            ends.resize(symbol.0 as usize, crate::source::to_u32(index));
        }
        ends.resize(count, crate::source::to_u32(identities.len()));
        let pairs = identities.into_iter().map(|(_, kind, id)| (kind, id)).collect();
        Self { ends, pairs, grown: BTreeMap::new() }
    }

    fn get(&self, identity: Symbol) -> &[(IdentityKind, PrincipalId)] {
        self.grown.get(&identity).map_or_else(|| self.sorted(identity), Vec::as_slice)
    }

    fn sorted(&self, identity: Symbol) -> &[(IdentityKind, PrincipalId)] {
        let index = identity.0 as usize;
        let Some(&end) = self.ends.get(index) else { return &[] };
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.pairs[start as usize..end as usize]
    }

    fn push(&mut self, identity: Symbol, kind: IdentityKind, id: PrincipalId) {
        let mut pairs = self.grown.remove(&identity).unwrap_or_else(|| self.sorted(identity).to_vec());
        pairs.push((kind, id));
        self.grown.insert(identity, pairs);
    }
}

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
    /// The hint of an assignee's type.
    #[must_use]
    pub fn of(kind: Option<AssigneeType>) -> Self {
        match kind {
            Some(AssigneeType::User | AssigneeType::Computer | AssigneeType::ServicePrincipal) => Self::Account,
            Some(AssigneeType::RoleGroup | AssigneeType::LinkedRoleGroup | AssigneeType::SecurityGroup) => Self::Group,
            _ => Self::Any,
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

impl Principals {
    /// A principal by its number.
    #[must_use]
    pub fn get(&self, id: PrincipalId) -> &Principal {
        &self.all[id.0 as usize]
    }

    /// All numbers.
    pub fn ids(&self) -> impl Iterator<Item = PrincipalId> + use<> {
        (0..crate::source::to_u32(self.all.len())).map(PrincipalId)
    }

    /// What a whole reference stands for; `None` where it was not in any export.
    #[must_use]
    pub fn resolve(&self, reference: Symbol, hint: Hint) -> Option<&Resolved> {
        self.references.get(&(reference, hint))
    }

    /// The principals that have an identity, with its kind.
    #[must_use]
    pub fn named(&self, identity: Symbol) -> &[(IdentityKind, PrincipalId)] {
        self.by_identity.get(identity)
    }

    /// Brings the rows of all files together.
    pub(super) fn of(facts: &mut Facts, capped: &[(Symbol, Span)]) -> Self {
        lists::settle(facts);
        let mut builder = Builder::new(facts);
        builder.join_by_strong_identities();
        builder.join_by_names();
        builder.finish(facts, capped)
    }
}

/// One row, before it is part of a principal.
struct Row {
    identities: Identities,
    class: Option<Class>,
    source: RowSource,
}

#[derive(Clone, Copy)]
enum RowSource {
    Group(usize),
    Member(usize),
    Recipient(usize),
}

pub(super) struct Builder {
    rows: Vec<Row>,
    parents: Vec<usize>,
    /// Every reference: a name in a list, an assignee, a member row's group.
    references: BTreeMap<(Symbol, Hint), ()>,
    /// The name within the container, for canonical names.
    last_parts: BTreeMap<Symbol, Symbol>,
    /// The account name behind `DOMAIN\`.
    account_parts: BTreeMap<Symbol, Symbol>,
}

impl Builder {
    fn new(facts: &mut Facts) -> Self {
        let mut rows = Vec::with_capacity(facts.groups.len() + facts.members.len() + facts.recipients.len());
        for (index, group) in facts.groups.iter().enumerate() {
            let class = match group.security {
                Some(true) => Some(Class::SecurityGroup),
                Some(false) | None => Some(Class::DistributionGroup),
            };
            rows.push(Row { identities: group.identities.clone(), class, source: RowSource::Group(index) });
        }
        for (index, member) in facts.members.iter().enumerate() {
            let identities = member.identities.clone();
            rows.push(Row { identities, class: member.class, source: RowSource::Member(index) });
        }
        for (index, recipient) in facts.recipients.iter_mut().enumerate() {
            let identities = std::mem::take(&mut recipient.identities);
            rows.push(Row { identities, class: recipient.class, source: RowSource::Recipient(index) });
        }
        let parents = (0..rows.len()).collect();
        let mut builder = Self {
            rows,
            parents,
            references: BTreeMap::new(),
            last_parts: BTreeMap::new(),
            account_parts: BTreeMap::new(),
        };
        builder.gather_references(facts);
        let managers: Vec<Symbol> =
            facts.groups.iter().flat_map(super::managers::managers_of).map(|text| text.symbol).collect();
        builder.gather_parts(managers, &mut facts.names);
        builder
    }

    fn gather_references(&mut self, facts: &Facts) {
        let mut add = |text: &Text, hint: Hint| {
            if text.form == Form::Whole {
                self.references.insert((text.symbol, hint), ());
            }
        };
        for group in &facts.groups {
            match &group.members {
                NameList::Whole(items) | NameList::Either(items, _) | NameList::Cut(items, _) => {
                    items.iter().for_each(|item| add(item, Hint::Any));
                }
                NameList::Absent | NameList::Gone | NameList::Unsplit(_) => {}
            }
        }
        facts.members.iter().for_each(|member| add(&member.group, Hint::Group));
        facts.unread_members.iter().for_each(|(group, _)| add(group, Hint::Group));
        for assignment in &facts.assignments {
            if !matches!(assignment.assignee_type, Some(AssigneeType::Policy | AssigneeType::MailboxPlan)) {
                let hint = Hint::of(assignment.assignee_type);
                assignment.assignee.iter().for_each(|assignee| add(assignee, hint));
            }
            assignment.effective.iter().for_each(|user| add(user, Hint::Account));
        }
    }

    fn gather_parts(&mut self, mut all: Vec<Symbol>, names: &mut Names) {
        let identities = self.rows.iter().flat_map(|row| row.identities.iter().map(|(_, text)| text.symbol));
        all.extend(identities.chain(self.references.keys().map(|(symbol, _)| *symbol)));
        for symbol in all {
            if let Some(last) = last_part(names.show(symbol)) {
                let last = names.intern(&last);
                self.last_parts.insert(symbol, last);
            } else if let Some((_, account)) = names.show(symbol).split_once('\\') {
                let account = account.to_owned();
                let account = names.intern(&account);
                self.account_parts.insert(symbol, account);
            }
        }
    }

    fn root(&mut self, mut row: usize) -> usize {
        while self.parents[row] != row {
            self.parents[row] = self.parents[self.parents[row]];
            row = self.parents[row];
        }
        row
    }

    /// The smaller number stays the root, so that the first row names the principal.
    fn join(&mut self, left: usize, right: usize) {
        let (left, right) = (self.root(left), self.root(right));
        self.parents[left.max(right)] = left.min(right);
    }

    fn join_by_strong_identities(&mut self) {
        let mut strong: Vec<(IdentityKind, Symbol, usize)> = Vec::new();
        for (row, Row { identities, .. }) in self.rows.iter().enumerate() {
            let whole = identities.iter().filter(|(kind, text)| text.form == Form::Whole && is_strong(*kind));
            strong.extend(whole.map(|(kind, text)| (*kind, text.symbol, row)));
        }
        strong.sort_unstable();
        for pair in strong.windows(2) {
            if (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1) {
                self.join(pair[0].2, pair[1].2);
            }
        }
    }

    /// Joins components of one name and one sort, where no GUID or canonical name tells them apart.
    fn join_by_names(&mut self) {
        let mut named: Vec<(Symbol, usize)> = Vec::new();
        for row in 0..self.rows.len() {
            named.extend(self.names_of(row).map(|name| (name, row)));
        }
        named.sort_unstable();
        named.dedup();
        for same in named.chunk_by(|left, right| left.0 == right.0).filter(|same| same.len() > 1) {
            let rows: Vec<usize> = same.iter().map(|(_, row)| *row).collect();
            self.join_bucket(&rows);
        }
    }

    fn join_bucket(&mut self, rows: &[usize]) {
        let mut sorts: BTreeMap<Sort, Vec<usize>> = BTreeMap::new();
        for &row in rows {
            sorts.entry(Sort::of(self.rows[row].class)).or_default().push(row);
        }
        // Rows that do not say what they are belong to the one sort that the others are of.
        if let Some(unsaid) = sorts.remove(&Sort::Unsaid) {
            let mut others: Vec<Sort> = sorts.keys().copied().collect();
            let sort = if others.len() == 1 { others.remove(0) } else { Sort::Unsaid };
            sorts.entry(sort).or_default().extend(unsaid);
        }
        for mut rows in sorts.into_values() {
            rows.sort_unstable();
            if self.agree(&rows) {
                for pair in rows.windows(2) {
                    self.join(pair[0], pair[1]);
                }
            }
        }
    }

    /// Whether rows of one name can be one object: all that have a GUID or a canonical name have the same.
    fn agree(&mut self, rows: &[usize]) -> bool {
        [IdentityKind::Guid, IdentityKind::Canonical].into_iter().all(|kind| {
            let mut roots: Vec<usize> = Vec::new();
            for &row in rows {
                let has =
                    self.rows[row].identities.iter().any(|(known, text)| *known == kind && text.form == Form::Whole);
                if has {
                    let root = self.root(row);
                    roots.push(root);
                }
            }
            roots.sort_unstable();
            roots.dedup();
            roots.len() <= 1
        })
    }

    fn names_of(&self, row: usize) -> impl Iterator<Item = Symbol> + '_ {
        let whole = self.rows[row].identities.iter().filter(|(_, text)| text.form == Form::Whole);
        whole.filter_map(|(kind, text)| match kind {
            IdentityKind::Name => Some(text.symbol),
            IdentityKind::Canonical => self.last_parts.get(&text.symbol).copied(),
            _ => None,
        })
    }

    fn finish(mut self, facts: &mut Facts, capped: &[(Symbol, Span)]) -> Principals {
        let mut numbers: Vec<Option<PrincipalId>> = vec![None; self.rows.len()];
        let mut of_row = Vec::with_capacity(self.rows.len());
        let mut all: Vec<Principal> = Vec::new();
        for row in 0..self.rows.len() {
            let root = self.root(row);
            let id = *numbers[root].get_or_insert_with(|| {
                all.push(Principal::named(Vec::new(), None));
                PrincipalId(crate::source::to_u32(all.len() - 1))
            });
            of_row.push(id);
            all[id.0 as usize].take_row(&mut self.rows[row], facts);
        }
        for principal in &mut all {
            principal.identities.sort_by_key(|(kind, _)| *kind);
            principal.identities.dedup();
        }
        let mut principals = Principals { all, ..Principals::default() };
        principals.index(&self.last_parts);
        principals.resolve_references(&self, &facts.names);
        principals.fill_members(facts, &of_row, capped);
        principals.fill_managers(facts, &of_row, &self);
        principals
    }
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
pub fn has_whole_name(identities: &Identities) -> bool {
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

/// The last part of a canonical or distinguished name.
#[must_use]
pub fn last_part(text: &str) -> Option<String> {
    if kind_of_identity(text) != IdentityKind::Canonical {
        return None;
    }
    let canonical = super::collect::canonical_of_dn(text);
    let text = canonical.as_deref().unwrap_or(text);
    // A slash within a name is escaped.
    let parts = |at: &(usize, &str)| at.0 == 0 || text.as_bytes()[at.0 - 1] != b'\\';
    let (at, _) = text.rmatch_indices('/').find(parts)?;
    Some(text[at + 1..].replace(r"\/", "/"))
}

impl Principal {
    fn named(identities: Identities, class: Option<Class>) -> Self {
        Self {
            identities,
            class,
            distribution: false,
            role_group: false,
            linked_group: false,
            linked_mailbox: None,
            policy: Stated::Absent,
            attributes: Attributes::default(),
            is_mailbox: false,
            application: false,
            synchronised: false,
            mail_enabled: None,
            disabled: None,
            session: None,
            lists_roles: None,
            at: None,
            members: Members::default(),
        }
    }

    fn take_row(&mut self, row: &mut Row, facts: &mut Facts) {
        if self.identities.is_empty() {
            self.identities = std::mem::take(&mut row.identities);
        } else {
            self.identities.append(&mut row.identities);
        }
        // A row that says that a group is a security group outweighs one that does not show it.
        self.class = match (self.class, row.class) {
            (Some(Class::SecurityGroup), _) | (_, Some(Class::SecurityGroup)) => Some(Class::SecurityGroup),
            (known, None) => known,
            (None, said) => said,
            (known, _) => known,
        };
        match row.source {
            RowSource::Group(index) => {
                let group = &facts.groups[index];
                self.distribution |= group.security == Some(false);
                self.role_group |= group.role_group;
                self.linked_group |= group.linked;
                self.mail_enabled = self.mail_enabled.or(group.mail_enabled);
                self.take_roles_of(group);
                if self.at.is_none() || group.role_group {
                    self.at = Some(group.at);
                }
            }
            RowSource::Recipient(index) => {
                let recipient = &mut facts.recipients[index];
                self.linked_mailbox = self.linked_mailbox.max(recipient.linked);
                self.is_mailbox |= recipient.mailbox == Some(true);
                self.application |= recipient.application;
                self.synchronised |= recipient.synchronised;
                self.disabled = worse(self.disabled, recipient.disabled, true);
                self.session = worse(self.session, recipient.session, false);
                self.at.get_or_insert(recipient.at);
                let said = match (&recipient.policy, recipient.mailbox) {
                    (Stated::Is(policy), _) => Stated::Is(*policy),
                    // A type without a mailbox has no policy, whatever columns the export has.
                    (Stated::Absent, Some(false)) => Stated::Is(None),
                    (other, _) => *other,
                };
                self.policy = merged_policy(self.policy, said);
                self.attributes.merge(std::mem::take(&mut recipient.attributes));
            }
            RowSource::Member(index) => {
                self.linked_mailbox = self.linked_mailbox.max(facts.members[index].linked);
                self.application |= facts.members[index].application;
                self.distribution |= row.class == Some(Class::DistributionGroup);
            }
        }
    }

    /// Whether the group lists roles.
    fn take_roles_of(&mut self, group: &super::facts::GroupFact) {
        let lists = match &group.roles {
            NameList::Absent => None,
            NameList::Whole(items) => Some(!items.is_empty()),
            _ => Some(true),
        };
        self.lists_roles = self.lists_roles.max(lists);
    }

    /// The name that reports show: the Name; without one, or where it is a GUID, the address, then the account name, then
    /// the id by which the cloud knows it.
    #[must_use]
    pub fn shown(&self, names: &Names) -> Symbol {
        let of =
            |kind: IdentityKind| self.identities.iter().find(|(known, _)| *known == kind).map(|(_, text)| text.symbol);
        let name = of(IdentityKind::Name).filter(|name| kind_of_identity(names.show(*name)) != IdentityKind::Guid);
        let first = self.identities.first().map(|(_, text)| text.symbol);
        let strong =
            || of(IdentityKind::Address).or_else(|| of(IdentityKind::Account)).or_else(|| of(IdentityKind::CloudId));
        name.or_else(strong).or(first).unwrap_or(Symbol(0))
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

/// What a row says outweighs silence; two policies, or a policy and "none", contradict each other.
fn merged_policy(left: Stated<Option<Text>>, right: Stated<Option<Text>>) -> Stated<Option<Text>> {
    match (left, right) {
        (Stated::Absent, other) | (other, Stated::Absent) => other,
        (Stated::Is(Some(a)), Stated::Is(Some(b))) if a.symbol != b.symbol => Stated::Unclear,
        (Stated::Is(Some(_)), Stated::Is(None)) | (Stated::Is(None), Stated::Is(Some(_))) => Stated::Unclear,
        (Stated::Is(Some(a)), _) | (_, Stated::Is(Some(a))) => Stated::Is(Some(a)),
        (Stated::Is(None), Stated::Is(None)) => Stated::Is(None),
        (Stated::Unclear, _) | (_, Stated::Unclear) => Stated::Unclear,
    }
}

impl Principals {
    fn index(&mut self, last_parts: &BTreeMap<Symbol, Symbol>) {
        let mut identities: Vec<(Symbol, IdentityKind, PrincipalId)> = Vec::new();
        for id in self.ids() {
            for (kind, text) in self.get(id).identities.iter().filter(|(_, text)| text.form == Form::Whole) {
                identities.push((text.symbol, *kind, id));
                if *kind == IdentityKind::Canonical {
                    identities.extend(last_parts.get(&text.symbol).map(|last| (*last, IdentityKind::Name, id)));
                }
            }
        }
        self.by_identity = ByIdentity::of(identities);
    }

    fn resolve_references(&mut self, builder: &Builder, names: &Names) {
        // Full names first: a short one may mean an object that only a full one names.
        let mut order: Vec<(Symbol, Hint)> = builder.references.keys().copied().collect();
        order.sort_by_key(|(symbol, hint)| (kind_of_identity(names.show(*symbol)), *hint == Hint::Any, *symbol, *hint));
        for (symbol, hint) in order {
            let resolved = match self.candidates(symbol, hint, builder, names) {
                found if found.is_empty() => Resolved::One(self.add_named(symbol, hint, builder, names)),
                found if found.len() == 1 => Resolved::One(found[0]),
                found => Resolved::Several(found),
            };
            self.references.insert((symbol, hint), resolved);
        }
    }

    /// The objects that a reference may stand for.
    pub(super) fn candidates(&self, symbol: Symbol, hint: Hint, builder: &Builder, names: &Names) -> Vec<PrincipalId> {
        use IdentityKind as K;
        let of = |symbol: Symbol, kinds: &[IdentityKind]| {
            let fits =
                |&&(kind, id): &&(IdentityKind, PrincipalId)| kinds.contains(&kind) && hint.fits(self.get(id).class);
            let mut found: Vec<PrincipalId> = self.named(symbol).iter().filter(fits).map(|&(_, id)| id).collect();
            found.sort_unstable();
            found.dedup();
            found
        };
        match kind_of_identity(names.show(symbol)) {
            K::Canonical => {
                let canonical = super::collect::canonical_of_dn(names.show(symbol)).and_then(|text| names.get(&text));
                let exact = of(canonical.unwrap_or(symbol), &[K::Canonical]);
                if !exact.is_empty() {
                    return exact;
                }
                let Some(&last) = builder.last_parts.get(&symbol) else { return Vec::new() };
                let mut by_name = of(last, &[K::Name]);
                by_name.retain(|id| !self.get(*id).identities.iter().any(|(kind, _)| *kind == K::Canonical));
                by_name
            }
            K::Guid | K::CloudId | K::Sid => of(symbol, &[K::Guid, K::CloudId, K::Sid, K::Name]),
            K::Address => first_found([of(symbol, &[K::Address]), of(symbol, &[K::Name])]),
            K::Name | K::Account | K::DisplayName => {
                let account = builder.account_parts.get(&symbol).map(|account| of(*account, &[K::Account]));
                let lists = [of(symbol, &[K::Name]), of(symbol, &[K::Account]), of(symbol, &[K::DisplayName])];
                first_found(lists.into_iter().chain(account))
            }
        }
    }

    /// A principal of which nothing is known but a reference to it.
    fn add_named(&mut self, symbol: Symbol, hint: Hint, builder: &Builder, names: &Names) -> PrincipalId {
        let id = PrincipalId(crate::source::to_u32(self.all.len()));
        let whole = |symbol: Symbol| Text { symbol, form: Form::Whole };
        let kind = kind_of_identity(names.show(symbol));
        let mut identities = vec![(kind, whole(symbol))];
        if let Some(&last) = builder.last_parts.get(&symbol) {
            identities.push((IdentityKind::Name, whole(last)));
        }
        if let Some(&account) = builder.account_parts.get(&symbol) {
            identities.push((IdentityKind::Account, whole(account)));
        }
        for (kind, text) in &identities {
            self.by_identity.push(text.symbol, *kind, id);
        }
        let class = match hint {
            Hint::Account => Some(Class::Account),
            Hint::Group => Some(Class::SecurityGroup),
            Hint::Any => None,
        };
        self.all.push(Principal::named(identities, class));
        id
    }
}

/// The first list that is not empty.
fn first_found(lists: impl IntoIterator<Item = Vec<PrincipalId>>) -> Vec<PrincipalId> {
    lists.into_iter().find(|list| !list.is_empty()).unwrap_or_default()
}
