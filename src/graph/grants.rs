//! What the paths of an account give: role entries of cmdlets; and, asked of the roles, who is granted what.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::Entry;
use crate::name::Symbol;
use crate::scope::Reach;
use crate::source::Span;

use super::answer::Question;
use super::gap::GapId;
use super::{Graph, Rights, SetId};

/// One role entry that an account holds by one path.
#[derive(Clone, Debug)]
pub struct EntryGrant<'i> {
    /// The path, as an index into `Rights::held`.
    pub held: usize,
    /// The role.
    pub role: Symbol,
    /// The cmdlet.
    pub cmdlet: Symbol,
    /// Where the entry stands.
    pub at: Span,
    /// Its parameters.
    pub parameters: Cow<'i, [Symbol]>,
    /// Whether these are all.
    pub parameters_complete: bool,
    /// Why it is not certain that the role has this entry.
    pub gap: Option<GapId>,
}

/// The entries of all paths of an account, sorted by cmdlet, then by path.
#[derive(Clone, Debug, Default)]
pub struct Grants<'i>(Vec<EntryGrant<'i>>);

impl<'i> Grants<'i> {
    /// The entries of one cmdlet.
    #[must_use]
    pub fn of(&self, cmdlet: Symbol) -> &[EntryGrant<'i>] {
        let start = self.0.partition_point(|grant| grant.cmdlet < cmdlet);
        let count = self.0[start..].partition_point(|grant| grant.cmdlet == cmdlet);
        &self.0[start..start + count]
    }

    /// The entries of each cmdlet.
    pub fn by_cmdlet(&self) -> impl Iterator<Item = &[EntryGrant<'i>]> {
        self.0.chunk_by(|left, right| left.cmdlet == right.cmdlet)
    }
}

impl<'i> IntoIterator for Grants<'i> {
    type Item = EntryGrant<'i>;
    type IntoIter = std::vec::IntoIter<EntryGrant<'i>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// The entries of roles, found once however many accounts hold them.
#[derive(Debug, Default)]
pub struct RoleEntries<'i> {
    /// The cmdlets that are asked for; `None` for all.
    wanted: Option<BTreeSet<Symbol>>,
    /// The exported entries of these cmdlets by role, sorted by cmdlet; found when the first role is asked for.
    exported: Option<BTreeMap<Symbol, Vec<Entry>>>,
    roles: BTreeMap<Symbol, Vec<EntryGrant<'i>>>,
}

impl<'i> RoleEntries<'i> {
    /// Entries of these cmdlets.
    #[must_use]
    pub fn of(wanted: BTreeSet<Symbol>) -> Self {
        Self { wanted: Some(wanted), ..Self::default() }
    }

    /// Entries of all cmdlets.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// The entries of a role, those that may be its own among them; `held` of each is nought.
    pub fn of_role(&mut self, graph: &Graph<'i>, role: Symbol) -> &[EntryGrant<'i>] {
        let Self { wanted, exported, roles } = self;
        roles.entry(role).or_insert_with(|| {
            let inventory = graph.inventory();
            let Some(wanted) = wanted else { return graph.entries_of_role(role) };
            let by_role = exported.get_or_insert_with(|| {
                let mut by_role: BTreeMap<Symbol, Vec<Entry>> = BTreeMap::new();
                for entry in wanted.iter().flat_map(|cmdlet| inventory.entries_named(*cmdlet)) {
                    by_role.entry(entry.role).or_default().push(entry);
                }
                by_role
            });
            graph.role_entries(role, by_role.get(&role).map_or(&[][..], Vec::as_slice), Some(wanted))
        })
    }
}

/// Sets of rights: a bit for each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SetIds(Vec<u64>);

impl SetIds {
    /// Whether a set is among them.
    #[must_use]
    pub fn has(&self, set: SetId) -> bool {
        self.0.get(set.index() / 64).is_some_and(|bits| bits >> (set.index() % 64) & 1 == 1)
    }

    fn insert(&mut self, set: SetId) {
        let word = set.index() / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (set.index() % 64);
    }

    /// Adds others.
    pub fn add(&mut self, others: &Self) {
        self.0.resize(self.0.len().max(others.0.len()), 0);
        self.0.iter_mut().zip(&others.0).for_each(|(bits, others)| *bits |= others);
    }

    /// Keeps those that are among others, too.
    pub fn keep(&mut self, others: &Self) {
        self.0.truncate(others.0.len());
        self.0.iter_mut().zip(&others.0).for_each(|(bits, others)| *bits &= others);
    }
}

impl<'i> Graph<'i> {
    /// The entries of every path, for the cmdlets that `entries` is about.
    #[must_use]
    pub fn grants(&self, rights: &Rights, entries: &mut RoleEntries<'i>) -> Grants<'i> {
        let mut grants = Vec::new();
        for (index, held) in rights.held.iter().enumerate() {
            let Some(role) = held.role else { continue };
            grants.extend(entries.of_role(self, role).iter().map(|entry| EntryGrant { held: index, ..entry.clone() }));
        }
        grants.sort_by_key(|grant| grant.cmdlet);
        Grants(grants)
    }

    /// The sets of rights, of those that were asked for so far, which plainly grant what a question asks: by one certain
    /// entry on one certain path that reaches the organization or, where it is enough, the own mailbox. `judge` answers
    /// the others.
    ///
    /// Few roles have a cmdlet, and many sets hold each: asking the roles costs a small part of asking every set.
    #[must_use]
    pub fn sets_granting(&self, question: &Question<'_>) -> SetIds {
        let needed = self.needed(question);
        let counts = |reach| matches!(reach, Reach::Organization | Reach::OwnMailbox);
        self.sets_with(question, |grant, reach| counts(reach) && needed.are_in(grant) && grant.gap.is_none())
    }

    /// The sets of rights, of those that were asked for so far, with a certain path to an entry of the cmdlet that has, or
    /// may have, some of what a question asks. Where nothing is open for one of the others, the answer is a plain no.
    #[must_use]
    pub fn sets_holding(&self, question: &Question<'_>) -> SetIds {
        let needed = self.needed(question);
        let may_add = |grant: &EntryGrant<'i>| !grant.parameters_complete || needed.are_partly_in(grant);
        let counts = |grant: &EntryGrant<'i>, reach| match reach {
            Reach::Nothing => false,
            Reach::Unknown => true,
            _ if grant.gap.is_some() => true,
            Reach::Organization | Reach::Narrow | Reach::Somewhere | Reach::OwnMailbox => may_add(grant),
        };
        self.sets_with(question, counts)
    }

    /// The sets of rights with a certain path to an entry of the cmdlet that counts, for its parameters and its reach.
    fn sets_with(&self, question: &Question<'_>, counts: impl Fn(&EntryGrant<'i>, Reach) -> bool) -> SetIds {
        let mut sets = SetIds::default();
        let named = self.inventory.names.get(question.cmdlet);
        let mut entries: Vec<Entry> =
            named.into_iter().flat_map(|cmdlet| self.inventory.entries_named(cmdlet)).collect();
        entries.sort_by_key(|entry| entry.role);
        for same in entries.chunk_by(|left, right| left.role == right.role) {
            let assignments = self.by_role.get(same[0].role.number());
            let grant = self.one_entry(same[0].role, same);
            for &assignment in assignments {
                let holders = self.holders_of(assignment);
                if holders.is_empty() {
                    continue;
                }
                let reach = self.reach_of_assignment(assignment, question.cmdlet);
                if (reach != Reach::OwnMailbox || question.own_mailbox) && counts(&grant, reach) {
                    holders.iter().for_each(|set| sets.insert(*set));
                }
            }
        }
        sets
    }

    /// All entries of a role, those that may be its own among them; `held` of each is nought.
    #[must_use]
    pub fn entries_of_role(&self, role: Symbol) -> Vec<EntryGrant<'i>> {
        let mut all: Vec<Entry> = self.inventory().entries_of(role).collect();
        all.sort_by_key(|entry| entry.cmdlet);
        self.role_entries(role, &all, None)
    }

    /// The entries of a role, each once, of `exported` ones that are sorted by cmdlet, and of those that may be its own.
    fn role_entries(&self, role: Symbol, exported: &[Entry], wanted: Option<&BTreeSet<Symbol>>) -> Vec<EntryGrant<'i>> {
        let inventory = self.inventory;
        let mut grants: Vec<EntryGrant<'i>> = exported
            .chunk_by(|left, right| left.cmdlet == right.cmdlet)
            .map(|same| self.one_entry(role, same))
            .collect();
        let of_role = |cmdlet: Option<Symbol>| self.uncertain.of_role(inventory, role, cmdlet);
        let mut uncertain: Vec<u32> = match wanted {
            Some(wanted) => wanted.iter().flat_map(|cmdlet| of_role(Some(*cmdlet))).collect(),
            None => of_role(None),
        };
        if uncertain.is_empty() {
            return grants;
        }
        uncertain.sort_unstable();
        let mut known: BTreeSet<Symbol> = grants.iter().map(|grant| grant.cmdlet).collect();
        for entry in uncertain.into_iter().map(|index| inventory.uncertain_entries.get(index as usize)) {
            if known.insert(entry.cmdlet.symbol) {
                let list = inventory.parameters.get(entry.parameters);
                grants.push(EntryGrant {
                    held: 0,
                    role,
                    cmdlet: entry.cmdlet.symbol,
                    at: entry.at,
                    parameters: Cow::Borrowed(&list.names),
                    parameters_complete: list.complete,
                    gap: self.uncertain_gaps.get(&role).copied(),
                });
            }
        }
        grants
    }

    /// One entry of several exports: whole beats cut; two whole lists that differ leave only what both show certain.
    pub(super) fn one_entry(&self, role: Symbol, same: &[Entry]) -> EntryGrant<'i> {
        let lists = || same.iter().map(|entry| self.inventory.parameters.get(entry.parameters));
        let first =
            same.iter().find(|entry| self.inventory.parameters.get(entry.parameters).complete).unwrap_or(&same[0]);
        let chosen = self.inventory.parameters.get(first.parameters);
        let disagrees = |list: &crate::inventory::ParameterList| {
            if list.complete { list.names != chosen.names } else { list.names.iter().any(|name| !chosen.has(*name)) }
        };
        let (parameters, parameters_complete) = if chosen.complete && !lists().any(disagrees) {
            (Cow::Borrowed(&*chosen.names), true)
        } else if chosen.complete {
            let shown_by_all = |name: &Symbol| lists().filter(|list| list.complete).all(|list| list.has(*name));
            (Cow::Owned(chosen.names.iter().copied().filter(shown_by_all).collect()), false)
        } else {
            let mut all: Vec<Symbol> = lists().flat_map(|list| list.names.iter().copied()).collect();
            all.sort_unstable();
            all.dedup();
            (Cow::Owned(all), false)
        };
        let gap = self.differing_gap(role, Some(Some(first.cmdlet)));
        EntryGrant { held: 0, role, cmdlet: first.cmdlet, at: first.at, parameters, parameters_complete, gap }
    }
}
