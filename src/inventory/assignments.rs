//! Assignments: rows of one assignment brought together.

use std::collections::{BTreeMap, BTreeSet};

use crate::name::{Names, Symbol, fold};
use crate::record::{Kind, Property};
use crate::source::{FileId, Span, to_u32};

use super::collect::stands_for;
use super::facts::{AssigneeType, AssignmentFact, Facts, Form, Stated, Text};
use super::principals::{Hint, PrincipalId, Principals, policies_of};
use super::settled::Contradiction;
use super::unseen::{COLUMNS, Unseen};

/// A role assignment.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// Its name; `None` where no export shows it whole.
    pub name: Option<Symbol>,
    /// The role; `None` where no export shows it, or two show different ones.
    pub role: Option<Text>,
    /// The roles of which it is one, where its records contradict each other about that.
    pub either_role: BTreeSet<Symbol>,
    /// Whom it names.
    pub assignee: Assignee,
    /// What the assignee is said to be.
    pub assignee_type: Option<AssigneeType>,
    /// True for a delegating assignment.
    pub delegating: Stated<bool>,
    /// Whether it is enabled.
    pub enabled: Stated<bool>,
    /// The four scopes: recipient read and write, configuration read and write.
    pub scopes: [Option<Symbol>; 4],
    /// The custom recipient and configuration write scopes.
    pub custom: [Option<Text>; 2],
    /// What an application may act on: a scope or an administrative unit.
    pub resource: Option<Text>,
    /// Which columns about scopes no export of it has.
    pub unseen: Unseen,
    /// The first place where two exports contradict each other about it, with the other place.
    pub contradiction: Option<Box<(Span, Span)>>,
    /// What they contradict each other about: of that, no further row says anything.
    contradicted: Contradicted,
    /// What `-GetEffectiveUsers` says of it: users, each at its row.
    pub effective: Vec<(PrincipalId, Span)>,
    /// Whether one of these rows does not say who it is.
    pub effective_unclear: bool,
    /// The names in these rows that several accounts bear, each at its row.
    pub effective_ambiguous: Vec<(Symbol, Span)>,
    /// Whether its own row was read, and not only rows of effective users.
    pub own_row: bool,
    /// The record.
    pub at: Span,
    /// The cell that names the role.
    pub role_at: Span,
    /// The cell that names the assignee.
    pub assignee_at: Span,
    /// The cell that says whether it is enabled.
    pub enabled_at: Span,
    /// The cell that says whether it delegates.
    pub delegating_at: Span,
}

/// What the rows of an assignment contradict each other about, beside its role.
#[derive(Clone, Copy, Debug, Default)]
struct Contradicted {
    enabled: bool,
    delegating: bool,
    assignee: bool,
    scopes: [bool; 4],
    custom: [bool; 2],
    resource: bool,
}

/// Whom an assignment names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assignee {
    /// A user or a group.
    Principal(PrincipalId),
    /// Any of these: the name is ambiguous.
    Several(Vec<PrincipalId>),
    /// A role assignment policy, by its name.
    Policy(Text),
    /// A cut or lossy name, which may stand for several.
    Unclear(Text),
    /// The export does not say.
    Missing,
}

/// Brings the rows of each assignment together, in the order of their first rows.
pub(super) fn merge(facts: &mut Facts, principals: &Principals, contradictions: &[Contradiction]) -> Vec<Assignment> {
    const NOWHERE: u32 = u32::MAX;
    let policies = policies_of(facts);
    let rows = std::mem::take(&mut facts.assignments);
    let mut merged: Vec<Assignment> = Vec::with_capacity(rows.len());
    let mut by_name = vec![NOWHERE; facts.names.len()];
    let repeated = repeated(&rows, facts);
    let rows: Vec<(&AssignmentFact, Assignee)> = rows
        .iter()
        .zip(repeated)
        .filter(|(_, is_repeated)| !is_repeated)
        .map(|(fact, _)| (fact, assignee_of(fact, principals, &policies)))
        .collect();
    let alike = alike(&rows, &facts.names);
    let mut by_number = vec![NOWHERE; rows.len()];
    for (row, (fact, assignee)) in rows.into_iter().enumerate() {
        let next = to_u32(merged.len());
        let known = match whole(fact) {
            Some(name) => &mut by_name[name.index()],
            None => &mut by_number[alike[&row]],
        };
        let known = if *known == NOWHERE { std::mem::replace(known, next) } else { *known };
        let place = if known == NOWHERE {
            merged.push(Assignment::of(fact, assignee));
            next as usize
        } else {
            merged[known as usize].take(fact, assignee, &facts.names);
            known as usize
        };
        let Some(user) = fact.effective else { continue };
        merged[place].effective_unclear |= !fact.of_all_users;
        match principals.resolve(user.symbol, Hint::Account) {
            Some(&[id]) if user.form == Form::Whole => {
                // Somebody of whom nothing else is known may be anybody under another name.
                merged[place].effective_unclear |= principals.get(id).at.is_none();
                merged[place].effective.push((id, fact.at));
            }
            several => {
                if several.is_some() && user.form == Form::Whole {
                    merged[place].effective_ambiguous.push((user.symbol, fact.at));
                }
                merged[place].effective_unclear = true;
            }
        }
    }
    for contradiction in contradictions.iter().filter(|it| it.kind == Kind::RoleAssignment) {
        if let Some(assignment) = merged.get_mut(by_name[contradiction.name.index()] as usize) {
            assignment.contradiction = Some(Box::new(contradiction.places));
        }
    }
    merged.shrink_to_fit();
    merged
}

/// Which rows show an assignment by a cut name or by none that an export of all assignments shows whole: the console cuts
/// names, and such a row is one of those whose names begin so.
fn repeated(rows: &[AssignmentFact], facts: &Facts) -> Vec<bool> {
    let mut repeated = vec![false; rows.len()];
    let is_whole = |name: Option<Text>| name.is_some_and(|name| name.form == Form::Whole);
    let mut whole: BTreeSet<FileId> = facts
        .listings
        .iter()
        .filter(|listing| listing.kind == Kind::RoleAssignment && listing.extent.is_whole())
        .map(|listing| listing.at.file)
        .collect();
    rows.iter().filter(|row| !is_whole(row.name)).for_each(|row| _ = whole.remove(&row.at.file));
    if whole.is_empty() || rows.iter().all(|row| whole.contains(&row.at.file)) {
        return repeated;
    }
    let name = |row: &AssignmentFact| row.name.map(|name| fold(facts.names.show(name.symbol))).unwrap_or_default();
    let mut named: Vec<(String, &AssignmentFact)> =
        rows.iter().filter(|row| whole.contains(&row.at.file)).map(|row| (name(row), row)).collect();
    named.sort_by(|(left, _), (right, _)| left.cmp(right));
    let mut by_role: BTreeMap<Symbol, Vec<&AssignmentFact>> = BTreeMap::new();
    for (_, row) in &named {
        by_role.entry(row.role.map_or(Symbol::GREATEST, |role| role.symbol)).or_default().push(row);
    }
    for (row, is_repeated) in rows.iter().zip(&mut repeated).filter(|(row, _)| row.effective.is_none()) {
        if row.name.is_none() && row.assignee.iter().any(Option::is_some) {
            let whole = row.role.and_then(|role| by_role.get(&role.symbol)).into_iter().flatten();
            *is_repeated = whole.into_iter().any(|whole| may_be_one(row, whole, &facts.names));
        }
        if row.name.is_none_or(|name| name.form != Form::Cut) {
            continue;
        }
        let start = name(row);
        let from = named.partition_point(|(name, _)| *name < start);
        let mut fitting = named[from..].iter().take_while(|(name, _)| name.starts_with(&start));
        *is_repeated = fitting.any(|(_, whole)| may_be_one(row, whole, &facts.names));
    }
    repeated
}

/// Whether a row may be of the assignment that another one shows whole.
fn may_be_one(row: &AssignmentFact, whole: &AssignmentFact, names: &Names) -> bool {
    let fits = |shown: Option<Text>, whole: Option<Text>| {
        let (Some(shown), Some(whole)) = (shown, whole) else { return shown.is_none() };
        stands_for(names.show(whole.symbol), names.show(shown.symbol), shown.form)
    };
    let agrees = |shown: Stated<bool>, whole: Stated<bool>| match (shown, whole) {
        (Stated::Is(shown), Stated::Is(whole)) => shown == whole,
        _ => true,
    };
    let assignee = |shown: &Text| whole.assignee.iter().flatten().any(|whole| fits(Some(*shown), Some(*whole)));
    fits(row.role, whole.role)
        && row.assignee.iter().flatten().all(assignee)
        && row.assignee_type.is_none_or(|kind| whole.assignee_type.is_none_or(|whole| whole == kind))
        && agrees(row.enabled, whole.enabled)
        && agrees(row.delegating, whole.delegating)
        && row.scopes.iter().zip(whole.scopes).all(|(shown, whole)| shown.is_none() || *shown == whole)
        && row.custom.iter().zip(whole.custom).all(|(shown, whole)| fits(*shown, whole))
        && fits(row.resource, whole.resource)
}

/// What makes two rows one assignment where its name is not known: role, assignee, type and delegation.
type Parts = (Option<Text>, Option<PrincipalId>, Option<Text>, Option<AssigneeType>, Stated<bool>);

fn parts(fact: &AssignmentFact, assignee: &Assignee) -> Parts {
    let (principal, text) = match assignee {
        Assignee::Principal(id) => (Some(*id), None),
        Assignee::Policy(text) | Assignee::Unclear(text) => (None, Some(*text)),
        Assignee::Several(_) | Assignee::Missing => (None, fact.assignee.iter().flatten().next().copied()),
    };
    (fact.role, principal, text, fact.assignee_type, fact.delegating)
}

/// The name of a row, where it is whole.
fn whole(fact: &AssignmentFact) -> Option<Symbol> {
    fact.name.filter(|name| name.form == Form::Whole).map(|name| name.symbol)
}

/// Rows that may be one assignment whose name no export shows whole, and what they say.
struct Alike {
    number: usize,
    enabled: Stated<bool>,
    scopes: [Option<Symbol>; 4],
    custom: [Option<Text>; 2],
    files: BTreeSet<FileId>,
}

impl Alike {
    fn of(number: usize, fact: &AssignmentFact) -> Self {
        let &AssignmentFact { enabled, scopes, custom, .. } = fact;
        Self { number, enabled, scopes, custom, files: BTreeSet::new() }
    }

    /// Whether a row says nothing else.
    fn agrees(&self, fact: &AssignmentFact) -> bool {
        let same = |known: Option<Symbol>, said: Option<Symbol>| known.is_none() || said.is_none() || known == said;
        let symbol = |text: Option<Text>| text.map(|text| text.symbol);
        let are_opposite =
            matches!((self.enabled, fact.enabled), (Stated::Is(known), Stated::Is(said)) if known != said);
        !are_opposite
            && self.scopes.iter().zip(fact.scopes).all(|(known, said)| same(*known, said))
            && self.custom.iter().zip(fact.custom).all(|(known, said)| same(symbol(*known), symbol(said)))
    }

    fn add(&mut self, fact: &AssignmentFact) {
        if !matches!(self.enabled, Stated::Is(_)) {
            self.enabled = fact.enabled;
        }
        self.scopes.iter_mut().zip(fact.scopes).for_each(|(known, said)| *known = known.or(said));
        self.custom.iter_mut().zip(fact.custom).for_each(|(known, said)| *known = known.or(said));
        self.files.insert(fact.at.file);
    }
}

/// Which rows without a whole name are of one assignment: each has the number of one row of it.
///
/// Rows that agree are. Those of one export that differ are not, since it shows each assignment of its own once; where
/// exports differ, they contradict each other. What the rows say decides what is brought together first, and not the
/// names of their files.
fn alike(rows: &[(&AssignmentFact, Assignee)], names: &Names) -> BTreeMap<usize, usize> {
    let mut by_parts: BTreeMap<Parts, Vec<usize>> = BTreeMap::new();
    for (row, (fact, assignee)) in rows.iter().enumerate().filter(|(_, (fact, _))| whole(fact).is_none()) {
        by_parts.entry(parts(fact, assignee)).or_default().push(row);
    }
    let shown = |symbol: Option<Symbol>| symbol.map(|symbol| fold(names.show(symbol)));
    let says = |row: &usize| {
        let fact = rows[*row].0;
        (fact.enabled, fact.scopes.map(shown), fact.custom.map(|text| shown(text.map(|text| text.symbol))))
    };
    let mut found = BTreeMap::new();
    for of_parts in by_parts.into_values() {
        let mut saying: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        of_parts.iter().for_each(|row| saying.entry(says(row)).or_default().push(*row));
        let mut known: Vec<Alike> = Vec::new();
        for same in saying.into_values() {
            let fact = rows[same[0]].0;
            let is_apart = |one: &Alike| same.iter().all(|row| !one.files.contains(&rows[*row].0.at.file));
            let place = known.iter().position(|one| one.agrees(fact)).or_else(|| known.iter().position(is_apart));
            let place = place.unwrap_or_else(|| {
                known.push(Alike::of(same[0], fact));
                known.len() - 1
            });
            same.iter().for_each(|row| known[place].add(rows[*row].0));
            found.extend(same.iter().map(|row| (*row, known[place].number)));
        }
    }
    found
}

fn assignee_of(fact: &AssignmentFact, principals: &Principals, policies: &BTreeSet<Symbol>) -> Assignee {
    let named = |text: &&Text| text.form == Form::Whole && policies.contains(&text.symbol);
    if fact.assignee_type.is_none()
        && let Some(policy) = fact.assignee.iter().flatten().find(named)
    {
        // A user or a group of that name may be meant as well.
        return match principals.named(policy.symbol) {
            [] => Assignee::Policy(*policy),
            _ => Assignee::Unclear(*policy),
        };
    }
    if matches!(fact.assignee_type, Some(AssigneeType::Policy | AssigneeType::MailboxPlan)) {
        // The name stands in `RoleAssigneeName`, the last of the cells that were read.
        let mut names = fact.assignee.iter().flatten().rev();
        return match names.clone().find(|text| text.form == Form::Whole).or(names.next()) {
            Some(text) if text.form == Form::Whole => Assignee::Policy(*text),
            Some(text) => Assignee::Unclear(*text),
            None => Assignee::Missing,
        };
    }
    let hint = Hint::of(fact.assignee_type);
    let mut several = None;
    for text in fact.assignee.iter().flatten().filter(|text| text.form == Form::Whole) {
        match principals.resolve(text.symbol, hint) {
            Some(&[id]) => return Assignee::Principal(id),
            Some(ids) => several = Some(ids),
            None => {}
        }
    }
    match (several, fact.assignee.iter().flatten().next()) {
        (Some(ids), _) => Assignee::Several(ids.to_vec()),
        (None, Some(text)) => Assignee::Unclear(*text),
        (None, None) => Assignee::Missing,
    }
}

impl Assignee {
    /// Sorts what rows say of one assignee, the clearest first: of two that are not clear, what they say decides, and not
    /// the order of their files.
    fn clearness(&self, names: &Names) -> impl Ord + use<> {
        let of_text = |text: &Text| (text.form, fold(names.show(text.symbol)), names.show(text.symbol).to_owned());
        match self {
            Self::Principal(_) | Self::Policy(_) => (0, None),
            Self::Several(_) => (1, None),
            Self::Unclear(text) => (2, Some(of_text(text))),
            Self::Missing => (3, None),
        }
    }
}

impl Assignment {
    fn of(fact: &AssignmentFact, assignee: Assignee) -> Self {
        Self {
            name: fact.name.filter(|name| name.form == Form::Whole).map(|name| name.symbol),
            role: fact.role,
            either_role: BTreeSet::new(),
            assignee,
            assignee_type: fact.assignee_type,
            delegating: fact.delegating,
            enabled: fact.enabled,
            scopes: fact.scopes,
            custom: fact.custom,
            resource: fact.resource,
            unseen: fact.unseen,
            contradiction: None,
            contradicted: Contradicted::default(),
            effective: Vec::new(),
            effective_unclear: false,
            effective_ambiguous: Vec::new(),
            own_row: fact.effective.is_none(),
            at: fact.at,
            role_at: fact.role_at,
            assignee_at: fact.assignee_at,
            enabled_at: fact.enabled_at,
            delegating_at: fact.delegating_at,
        }
    }

    /// Takes another row of the same assignment: what it adds fills gaps, what it denies is a contradiction. Which row
    /// comes first decides nothing but the places.
    fn take(&mut self, fact: &AssignmentFact, assignee: Assignee, names: &Names) {
        let Contradicted { enabled, delegating, scopes, custom, resource, .. } = &mut self.contradicted;
        let mut agrees =
            join_stated((&mut self.enabled, &mut self.enabled_at), (fact.enabled, fact.enabled_at), enabled)
                & join_stated(
                    (&mut self.delegating, &mut self.delegating_at),
                    (fact.delegating, fact.delegating_at),
                    delegating,
                );
        for ((known, said), contradicted) in self.scopes.iter_mut().zip(fact.scopes).zip(scopes) {
            agrees &= join(known, said, contradicted, |known, said| (known == said).then_some(known));
        }
        let clearer = |known, said| clearer(known, said, names);
        for ((known, said), contradicted) in self.custom.iter_mut().zip(fact.custom).zip(custom) {
            agrees &= join(known, said, contradicted, clearer);
        }
        agrees &= join(&mut self.resource, fact.resource, resource, clearer);
        agrees &= self.take_role(fact, names);
        agrees &= self.take_assignee(assignee, fact.assignee_at, names);
        self.unseen.keep(fact.unseen);
        self.contradicted.columns().for_each(|column| self.unseen.add_column(column));
        self.assignee_type = self.assignee_type.or(fact.assignee_type);
        self.own_row |= fact.effective.is_none();
        if !agrees && self.contradiction.is_none() {
            self.contradiction = Some(Box::new((self.at, fact.at)));
        }
    }

    /// Whether another row agrees about the role.
    fn take_role(&mut self, fact: &AssignmentFact, names: &Names) -> bool {
        let whole = |role: Option<Text>| role.filter(|role| role.form == Form::Whole);
        match (whole(self.role), whole(fact.role)) {
            (Some(known), Some(said)) if known.symbol != said.symbol => {
                self.role = None;
                self.either_role = BTreeSet::from([known.symbol, said.symbol]);
                return false;
            }
            (None, Some(said)) if !self.either_role.is_empty() => drop(self.either_role.insert(said.symbol)),
            (None, _) if self.either_role.is_empty() => {
                if let Some(said) = fact.role.filter(|said| self.role.is_none_or(|role| is_clearer(*said, role, names)))
                {
                    (self.role, self.role_at) = (Some(said), fact.role_at);
                }
            }
            _ => {}
        }
        true
    }

    /// Whether another row agrees about the assignee.
    fn take_assignee(&mut self, assignee: Assignee, at: Span, names: &Names) -> bool {
        let contradicted = self.contradicted.assignee;
        match (&self.assignee, &assignee) {
            (Assignee::Principal(known), Assignee::Principal(said)) if known == said => {}
            (Assignee::Policy(known), Assignee::Policy(said)) if known.symbol == said.symbol => {}
            (Assignee::Principal(known), Assignee::Principal(said)) => {
                self.assignee = Assignee::Several(vec![*known.min(said), *known.max(said)]);
                self.contradicted.assignee = true;
                return false;
            }
            (Assignee::Principal(_) | Assignee::Policy(_), Assignee::Principal(_) | Assignee::Policy(_)) => {
                self.assignee = Assignee::Missing;
                self.contradicted.assignee = true;
                return false;
            }
            // Where rows name several, another may be a further one.
            (Assignee::Several(known), Assignee::Principal(said)) if contradicted => {
                self.assignee = Assignee::Several(sorted([&known[..], &[*said]].concat()));
            }
            (Assignee::Several(_), Assignee::Policy(_)) if contradicted => self.assignee = Assignee::Missing,
            (_, _) if contradicted => {}
            (Assignee::Several(known), Assignee::Several(said)) => {
                self.assignee = Assignee::Several(sorted([&known[..], said].concat()));
            }
            (known, said) => {
                if said.clearness(names) < known.clearness(names) {
                    (self.assignee, self.assignee_at) = (assignee, at);
                }
            }
        }
        true
    }
}

impl Contradicted {
    /// The columns about scopes among it.
    fn columns(self) -> impl Iterator<Item = Property> {
        let [of_scopes @ .., recipients, configuration, resource] = COLUMNS;
        let scopes = of_scopes.into_iter().zip(self.scopes);
        let custom = [recipients, configuration].into_iter().zip(self.custom);
        let all = scopes.chain(custom).chain([(resource, self.resource)]);
        all.filter_map(|(column, contradicted)| contradicted.then_some(column))
    }
}

fn sorted(mut ids: Vec<PrincipalId>) -> Vec<PrincipalId> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Brings together what two rows state; where they contradict each other, which is returned as false, it is not known,
/// whatever further rows state.
fn join_stated(
    (known, at): (&mut Stated<bool>, &mut Span),
    (said, said_at): (Stated<bool>, Span),
    contradicted: &mut bool,
) -> bool {
    match (*known, said) {
        (Stated::Is(one), Stated::Is(other)) if one != other => {
            (*known, *contradicted) = (Stated::Unclear, true);
            return false;
        }
        (Stated::Absent, Stated::Unclear) => (*known, *at) = (said, said_at),
        (Stated::Absent | Stated::Unclear, Stated::Is(_)) if !*contradicted => (*known, *at) = (said, said_at),
        _ => {}
    }
    true
}

/// The same of what rows may not state. `both` is what two of them state together; nothing where they contradict each other.
fn join<T: Copy>(
    known: &mut Option<T>,
    said: Option<T>,
    contradicted: &mut bool,
    both: impl Fn(T, T) -> Option<T>,
) -> bool {
    match (*known, said) {
        (Some(one), Some(other)) => {
            *known = both(one, other);
            *contradicted |= known.is_none();
            known.is_some()
        }
        (None, Some(_)) if !*contradicted => {
            *known = said;
            true
        }
        _ => true,
    }
}

/// The clearer of two texts; nothing where both are whole and differ.
fn clearer(known: Text, said: Text, names: &Names) -> Option<Text> {
    let differ = known.form == Form::Whole && said.form == Form::Whole && known.symbol != said.symbol;
    let clearer = if is_clearer(said, known, names) { said } else { known };
    (!differ).then_some(clearer)
}

/// Whether one text is clearer than another; of two that are not clear, what they say decides.
fn is_clearer(one: Text, other: Text, names: &Names) -> bool {
    let key = |text: Text| (text.form, fold(names.show(text.symbol)));
    key(one) < key(other)
}

/// What the name of an assignment proves about delegation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameSays {
    /// It is named exactly as Exchange names a delegating one.
    Delegating,
    /// It is named as Exchange names a regular one.
    Regular,
    /// Nothing.
    Nothing,
}

/// Reads an assignment's name: Exchange names it `Role-Assignee` or `Role-Assignee-Delegating`, cut at 64 characters.
///
/// Source: default assignments of live organizations (nlepagnez/ESI-PublicContent).
#[must_use]
pub fn name_says(name: &str, role: &str, assignee: &str) -> NameSays {
    const NAME_CHARS_MAX: usize = 64;
    let cut = |text: String| fold(&text.chars().take(NAME_CHARS_MAX).collect::<String>());
    let name = fold(name);
    let regular = cut(format!("{role}-{assignee}"));
    let delegating = cut(format!("{role}-{assignee}-Delegating"));
    let numbered = || {
        let rest = name.strip_prefix(&regular).and_then(|rest| rest.strip_prefix('-'));
        rest.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    if name == regular || numbered() {
        NameSays::Regular
    } else if name == delegating {
        NameSays::Delegating
    } else {
        NameSays::Nothing
    }
}

impl Assignment {
    /// What its name proves about delegation, where role and assignee are known.
    #[must_use]
    pub fn name_says(&self, names: &Names, principals: &Principals) -> NameSays {
        let (Some(name), Some(role)) = (self.name, self.role.filter(|role| role.form == Form::Whole)) else {
            return NameSays::Nothing;
        };
        let assignee = match &self.assignee {
            Assignee::Principal(id) => principals.shown(*id, names),
            Assignee::Policy(text) => text.symbol,
            _ => return NameSays::Nothing,
        };
        name_says(names.show(name), names.show(role.symbol), names.show(assignee))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_proves_delegation_only_where_exchange_would_give_it_to_no_other() {
        let organization = "Organization Management";
        assert_eq!(name_says("Journaling-Organization Management", "Journaling", organization), NameSays::Regular);
        assert_eq!(name_says("journaling-organization management-2", "Journaling", organization), NameSays::Regular);
        assert_eq!(
            name_says("Journaling-Organization Management-Delegating", "Journaling", organization),
            NameSays::Delegating
        );
        assert_eq!(
            name_says(
                "Application Calendars.ReadWrite-Organization Management-Delegati",
                "Application Calendars.ReadWrite",
                organization
            ),
            NameSays::Delegating
        );
        assert_eq!(name_says("My own name", "Journaling", organization), NameSays::Nothing);
    }
}
