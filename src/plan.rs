//! The one adviser: which roles together give an account what it lacks, at the least cost, with the proof.
//!
//! `check`, `why` and `plan` all ask here, so that they propose the same. A role counts with what it would give where it
//! is newly assigned; what the account holds already, on the whole organization, costs nothing.

mod bits;
mod groups;
mod proposal;
mod search;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::graph::{EntryGrant, Graph, Question, Rights, RoleEntries, is_common};
use crate::hidden::is_hidden;
use crate::inventory::{NO_ROLE, PrincipalId};
use crate::name::{ByName, Symbol, fold};
use crate::remedy::Beyond;
use crate::scope::{Reach, Sort};

use bits::Bits;
use search::{Candidate, Smallest, smallest};

pub use groups::{group_that_gives, groups_to_join};
pub use proposal::{After, ChosenRole, Excess, Proposal, Step, Uncovered, Way};
pub use search::{Cost, Minimize, SETS_MAX};

/// One thing that an account must be able to run.
#[derive(Clone, Copy, Debug)]
pub struct Want<'q> {
    /// What is asked.
    pub question: &'q Question<'q>,
    /// Whether it must reach the whole organization.
    pub organization: bool,
}

/// Why no role gives what is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// No role of the exports has it.
    NoRole,
    /// A role may have it, of which not all entries are known.
    UnknownEntries,
    /// Where a role has it, its scopes do not let it act as far as is asked.
    Scope,
}

impl Lack {
    /// The word that reports show.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoRole => "no-role",
            Self::UnknownEntries => "unknown-entries",
            Self::Scope => "scope",
        }
    }
}

/// How sure it is that nothing costs less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Whether it is certain.
    pub optimal: bool,
    /// How many roles have some of what is missing.
    pub candidates: usize,
    /// How many sets of roles were looked at.
    pub nodes: u64,
    /// So many roles are needed at least.
    pub lower_bound: u32,
    /// Why it is not certain: `budget` or `cut-entries`.
    pub reason: Option<&'static str>,
}

/// The roles that give what is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The roles, by name without case.
    pub roles: Vec<Symbol>,
    /// For each thing that is missing and covered, the role to get it by: the one that has it with most parameters.
    pub given: Vec<(usize, Symbol)>,
    /// What no role gives.
    pub uncovered: Vec<(usize, Lack)>,
    /// What the roles cost.
    pub cost: Cost,
    /// How sure that is.
    pub proof: Proof,
}

/// The roles that have some of what a list asks for.
#[derive(Debug)]
pub struct Offers {
    /// By name.
    roles: Vec<Offer>,
    /// Where each role stands among them.
    places: BTreeMap<Symbol, usize>,
    /// Why no role has it, for each thing that is asked for; counts where none has.
    lacks: Vec<Lack>,
    /// Whether some of it must reach the whole organization.
    organization: bool,
    /// What is asked for needs no more than this.
    needed: Held,
    /// Whether a role may be better than it looks, or worse.
    unsure: bool,
}

#[derive(Debug)]
struct Offer {
    role: Symbol,
    name: String,
    covers: Bits,
    /// How many parameters it has of each thing that it covers.
    parameters: BTreeMap<usize, usize>,
    /// Whether it has no parent.
    root: bool,
}

/// Cmdlets and parameters, by the numbers of their cells.
#[derive(Clone, Debug, Default)]
struct Held {
    cmdlets: Bits,
    parameters: Bits,
}

/// What a role would give.
#[derive(Debug, Default)]
struct Given<'i> {
    /// The numbers of the cmdlets.
    cmdlets: Bits,
    /// The parameters of each.
    parameters: Vec<Parameters<'i>>,
    /// The dangerous cmdlets, each with the cells of the parameters of which one is enough; none where it is dangerous
    /// by itself.
    dangers: Vec<(usize, Vec<usize>)>,
    /// Whether all that it may give is known.
    whole: bool,
}

/// The parameters that a role would give of a cmdlet.
#[derive(Debug)]
struct Parameters<'i> {
    /// The number of the cmdlet.
    cmdlet: usize,
    names: Cow<'i, [Symbol]>,
    /// Found when they are first asked for.
    cells: OnceCell<Box<[usize]>>,
}

/// The numbers of cmdlets, and of the parameters of those where they count.
#[derive(Debug, Default)]
struct Numbers {
    of: ByName<usize>,
    cmdlets: Vec<Numbered>,
    /// How many cells there are.
    cells: usize,
}

#[derive(Debug)]
struct Numbered {
    cmdlet: Symbol,
    /// Found when they are first asked for.
    cells: Option<Cells>,
    /// Its dangers: the cells of the parameters of which one is enough; none where it is dangerous by itself.
    dangers: Vec<Vec<usize>>,
}

/// The cells of a cmdlet: one for each parameter that any role has of it.
#[derive(Debug)]
struct Cells {
    first: usize,
    parameters: Box<[Symbol]>,
}

/// Knows what roles give. What it finds once it keeps, for as many questions of one graph as are asked.
#[derive(Debug, Default)]
pub struct Adviser<'i> {
    /// The entries of roles that accounts hold.
    held: RoleEntries<'i>,
    numbers: Numbers,
    given: BTreeMap<Symbol, Given<'i>>,
    /// What decides for each cmdlet how far an assignment reaches.
    sorts: ByName<Sort>,
    /// The groups that somebody may be told to join, with the roles that each gives.
    groups: Option<Vec<(PrincipalId, BTreeSet<Symbol>)>>,
    by_assignment: BTreeMap<usize, Held>,
}

impl<'i> Adviser<'i> {
    /// The roles that have some of what is asked for.
    pub fn offers(&mut self, graph: &Graph<'i>, wants: &[Want<'_>]) -> Offers {
        let inventory = graph.inventory();
        let mut covers: BTreeMap<Symbol, BTreeMap<usize, usize>> = BTreeMap::new();
        let mut lacks = Vec::with_capacity(wants.len());
        let mut needed = Held::default();
        let named = |want: &Want<'_>| inventory.names.get(want.question.cmdlet);
        let mut entries = RoleEntries::of(wants.iter().filter_map(named).collect());
        let hidden: Vec<Symbol> =
            graph.roles_with_unknown_entries().filter(|role| may_be_given(graph, *role)).collect();
        for (number, want) in wants.iter().enumerate() {
            let question = want.question;
            let cmdlet = named(want);
            let mut lack = if hidden.is_empty() { Lack::NoRole } else { Lack::UnknownEntries };
            let mut known = Vec::new();
            let mut unknown = Vec::new();
            let roles: BTreeSet<Symbol> = cmdlet.into_iter().flat_map(|cmdlet| inventory.roles_with(cmdlet)).collect();
            for role in roles.into_iter().filter(|role| *role != NO_ROLE) {
                let is_certain = |entry: &&EntryGrant<'_>| Some(entry.cmdlet) == cmdlet && entry.gap.is_none();
                let Some(entry) = entries.of_role(graph, role).iter().find(is_certain) else { continue };
                if !may_be_given(graph, role) || is_unscoped(graph, role) && !is_script(question.cmdlet) {
                    continue;
                }
                if !graph.meets(entry, question) {
                    if !entry.parameters_complete {
                        lack = lack.max(Lack::UnknownEntries);
                    }
                    continue;
                }
                match graph.reach_if_assigned(role, question.cmdlet) {
                    Reach::Organization => known.push((role, entry.parameters.len())),
                    Reach::Narrow if !want.organization => known.push((role, entry.parameters.len())),
                    Reach::Unknown if !want.organization => unknown.push((role, entry.parameters.len())),
                    _ => lack = Lack::Scope,
                }
            }
            // A role of which no export says how far it reaches is better than none.
            for (role, parameters) in if known.is_empty() { unknown } else { known } {
                covers.entry(role).or_default().insert(number, parameters);
            }
            lacks.push(lack);
            if let Some(cmdlet) = cmdlet {
                self.need(graph, cmdlet, question, &mut needed);
            }
        }
        let mut unsure = !hidden.is_empty();
        let mut roles: Vec<Offer> = Vec::with_capacity(covers.len());
        for (role, parameters) in covers {
            unsure |= graph.entries_gap(role, None).is_some() || !self.give(graph, role).whole;
            roles.push(Offer {
                role,
                name: inventory.show(role).to_owned(),
                covers: parameters.keys().copied().collect(),
                parameters,
                root: inventory.roles.get(role).is_none_or(|role| role.parent.flatten().is_none()),
            });
        }
        roles.sort_by_cached_key(|offer| (fold(&offer.name), offer.name.clone()));
        let places = roles.iter().enumerate().map(|(place, offer)| (offer.role, place)).collect();
        let organization = wants.iter().any(|want| want.organization);
        Offers { roles, places, lacks, organization, needed, unsure }
    }

    /// The roles that give an account everything that is missing, as far as any do, at the least cost.
    pub fn choose(
        &mut self,
        graph: &Graph<'i>,
        rights: Option<&Rights>,
        offers: &Offers,
        missing: &[usize],
        minimize: Minimize,
    ) -> Choice {
        let kept = self.kept(graph, rights, offers);
        let (covered, uncovered) = offers.split(missing);
        let places: Vec<(usize, &Offer)> = offers.that_cover(&covered).collect();
        let mut candidates = Vec::with_capacity(places.len());
        for (_, offer) in &places {
            let (excess, dangerous) = self.excess(graph, offer.role, &kept);
            candidates.push(Candidate {
                name: offer.name.clone(),
                covers: offer.among(&covered),
                dangerous,
                cmdlets: excess.cmdlets,
                parameters: excess.parameters,
            });
        }
        offers.choice(&covered, uncovered, &places, &candidates, minimize)
    }

    /// What an account gains by roles beyond what it holds and what is asked for; `None` where that is nothing.
    pub fn beyond(
        &mut self,
        graph: &Graph<'i>,
        rights: Option<&Rights>,
        offers: &Offers,
        roles: &[Symbol],
    ) -> Option<Beyond> {
        let kept = self.kept(graph, rights, offers);
        self.beside(graph, &kept, roles)
    }

    /// What roles give beyond what is kept.
    fn beside(&mut self, graph: &Graph<'i>, kept: &Held, roles: &[Symbol]) -> Option<Beyond> {
        let (mut cmdlets, mut dangers) = (Bits::default(), Bits::default());
        for role in roles {
            let (excess, dangerous) = self.excess(graph, *role, kept);
            cmdlets.add(&excess.cmdlets);
            dangers.add(&dangerous);
        }
        let name = |number: usize| graph.inventory().show(self.numbers.cmdlets[number].cmdlet).to_owned();
        let mut dangerous: Vec<String> = dangers.iter().map(name).collect();
        dangerous.sort_by_cached_key(|name| fold(name));
        let cmdlets = cmdlets.count() as usize;
        (cmdlets > 0 || !dangerous.is_empty()).then_some(Beyond { cmdlets, dangerous })
    }

    /// The role group that gives all of some things that are asked for, and the least besides; with what that is.
    pub fn group_for(
        &mut self,
        graph: &Graph<'i>,
        rights: Option<&Rights>,
        offers: &Offers,
        missing: &[usize],
    ) -> Option<(PrincipalId, Option<Beyond>)> {
        let groups = self.groups.get_or_insert_with(|| groups_to_join(graph));
        let gives = |roles: &BTreeSet<Symbol>, number: &usize| roles.iter().any(|role| offers.has(*role, *number));
        let fitting = groups.iter().filter(|(_, roles)| missing.iter().all(|number| gives(roles, number)));
        let fitting: Vec<(PrincipalId, Vec<Symbol>)> =
            fitting.map(|(group, roles)| (*group, roles.iter().copied().collect())).collect();
        if fitting.is_empty() {
            return None;
        }
        let kept = self.kept(graph, rights, offers);
        let beyond = |(group, roles): (PrincipalId, Vec<Symbol>)| (group, self.beside(graph, &kept, &roles));
        let cost = |beyond: &Option<Beyond>| beyond.as_ref().map_or((0, 0), |it| (it.dangerous.len(), it.cmdlets));
        fitting.into_iter().map(beyond).min_by_key(|(_, beyond)| cost(beyond))
    }

    /// What is asked for, and what an account holds already.
    fn kept(&mut self, graph: &Graph<'i>, rights: Option<&Rights>, offers: &Offers) -> Held {
        let mut kept = offers.needed.clone();
        if let Some(rights) = rights {
            self.add_held(graph, rights, &mut kept);
        }
        kept
    }

    /// What a role gives beyond that, and which dangerous cmdlets are among it. Parameters are those of cmdlets that are
    /// kept.
    fn excess(&mut self, graph: &Graph<'i>, role: Symbol, kept: &Held) -> (Held, Bits) {
        self.give(graph, role);
        let Self { numbers, given, .. } = self;
        let given = &given[&role];
        let mut excess = Held { cmdlets: given.cmdlets.clone(), parameters: Bits::default() };
        excess.cmdlets.remove(&kept.cmdlets);
        for Parameters { cmdlet, names, cells } in given.parameters.iter().filter(|it| kept.cmdlets.has(it.cmdlet)) {
            let cells = cells.get_or_init(|| numbers.cells(graph, *cmdlet).among(names).collect());
            cells.iter().for_each(|cell| excess.parameters.insert(*cell));
        }
        excess.parameters.remove(&kept.parameters);
        let brings = |(number, any): &&(usize, Vec<usize>)| match any.as_slice() {
            [] => excess.cmdlets.has(*number),
            any => any.iter().any(|cell| !kept.parameters.has(*cell)),
        };
        let dangerous = given.dangers.iter().filter(brings).map(|(number, _)| *number).collect();
        (excess, dangerous)
    }

    /// Adds what a question needs: all of a cmdlet where it names no parameter.
    fn need(&mut self, graph: &Graph<'i>, cmdlet: Symbol, question: &Question<'_>, needed: &mut Held) {
        let names = &graph.inventory().names;
        let number = self.numbers.of(graph, cmdlet);
        needed.cmdlets.insert(number);
        let cells = self.numbers.cells(graph, number);
        let named: Vec<&String> = question.all.iter().chain(question.any).collect();
        if named.is_empty() {
            cells.all().for_each(|cell| needed.parameters.insert(cell));
        }
        for parameter in named.into_iter().filter_map(|name| names.get(name)) {
            cells.cell(parameter).into_iter().for_each(|cell| needed.parameters.insert(cell));
        }
    }

    /// Finds what a role would give where it is newly assigned.
    fn give(&mut self, graph: &Graph<'i>, role: Symbol) -> &Given<'i> {
        let Self { numbers, given, sorts, .. } = self;
        given.entry(role).or_insert_with(|| {
            let (mut given, mut known) = (Given { whole: true, ..Given::default() }, Vec::new());
            for entry in graph.entries_of_role(role) {
                let find = |name: &str| graph.reach_if_assigned(role, name);
                given.whole &= entry.parameters_complete && entry.gap.is_none();
                let reach = reach(graph, sorts, entry.cmdlet, &mut known, find);
                if entry.gap.is_some() || matches!(reach, Reach::OwnMailbox | Reach::Nothing) {
                    continue;
                }
                let number = numbers.of(graph, entry.cmdlet);
                let cmdlet = &numbers.cmdlets[number];
                for any in &cmdlet.dangers {
                    let has = |cell: &&usize| cmdlet.parameter(**cell).is_some_and(|it| entry.parameters.contains(&it));
                    let own: Vec<usize> = any.iter().filter(has).copied().collect();
                    if any.is_empty() || !own.is_empty() {
                        given.dangers.push((number, own));
                    }
                }
                given.cmdlets.insert(number);
                given.parameters.push(Parameters { cmdlet: number, names: entry.parameters, cells: OnceCell::new() });
            }
            given
        })
    }

    /// Adds what an account certainly holds on the whole organization.
    fn add_held(&mut self, graph: &Graph<'i>, rights: &Rights, kept: &mut Held) {
        for held in rights.held.iter().filter(|held| held.is_sure()) {
            let Some(role) = held.role else { continue };
            let number = held.assignment.unwrap_or(usize::MAX - role.index());
            let Self { held: entries, numbers, sorts, by_assignment, .. } = self;
            let cells = by_assignment.entry(number).or_insert_with(|| {
                let (mut cells, mut of_sort) = (Held::default(), Vec::new());
                for entry in entries.of_role(graph, role) {
                    let reach = reach(graph, sorts, entry.cmdlet, &mut of_sort, |name| graph.reach(held, name));
                    if entry.gap.is_none() && reach == Reach::Organization {
                        let number = numbers.of(graph, entry.cmdlet);
                        cells.cmdlets.insert(number);
                        let own = numbers.cells(graph, number).among(&entry.parameters);
                        own.for_each(|cell| cells.parameters.insert(cell));
                    }
                }
                cells
            });
            kept.cmdlets.add(&cells.cmdlets);
            kept.parameters.add(&cells.parameters);
        }
    }
}

/// How far one path reaches for a cmdlet; `known` is what was found of the path for others of its sort.
fn reach(
    graph: &Graph<'_>,
    sorts: &mut ByName<Sort>,
    cmdlet: Symbol,
    known: &mut Vec<(Sort, Reach)>,
    find: impl Fn(&str) -> Reach,
) -> Reach {
    let name = graph.inventory().show(cmdlet);
    let sort = *sorts.get_or_insert_with(cmdlet, || Sort::of(name));
    if let Some((_, reach)) = known.iter().find(|(other, _)| *other == sort) {
        return *reach;
    }
    let reach = find(name);
    known.push((sort, reach));
    reach
}

impl Numbers {
    /// The number of a cmdlet, given to it when it is first asked for.
    fn of(&mut self, graph: &Graph<'_>, cmdlet: Symbol) -> usize {
        if let Some(number) = self.of.get(cmdlet) {
            return *number;
        }
        let (inventory, number) = (graph.inventory(), self.cmdlets.len());
        self.of.get_or_insert_with(cmdlet, || number);
        self.cmdlets.push(Numbered { cmdlet, cells: None, dangers: Vec::new() });
        for danger in graph.catalogue().dangers().of(inventory.show(cmdlet)) {
            let named = danger.parameters.iter().filter_map(|name| inventory.names.get(name));
            let any: Vec<usize> = named.filter_map(|parameter| self.cells(graph, number).cell(parameter)).collect();
            if danger.parameters.is_empty() || !any.is_empty() {
                self.cmdlets[number].dangers.push(any);
            }
        }
        number
    }

    /// The cells of a cmdlet.
    fn cells(&mut self, graph: &Graph<'_>, number: usize) -> &Cells {
        let inventory = graph.inventory();
        let Numbered { cmdlet, cells, .. } = &mut self.cmdlets[number];
        cells.get_or_insert_with(|| {
            let lists: BTreeSet<_> = inventory.entries_named(*cmdlet).map(|entry| entry.parameters).collect();
            let mut parameters = inventory.parameters.union(lists);
            parameters.retain(|parameter| !is_common(inventory.show(*parameter)));
            let first = self.cells;
            self.cells += parameters.len();
            Cells { first, parameters: parameters.into() }
        })
    }
}

impl Numbered {
    /// The parameter of a cell.
    fn parameter(&self, cell: usize) -> Option<Symbol> {
        let cells = self.cells.as_ref()?;
        cells.parameters.get(cell.checked_sub(cells.first)?).copied()
    }
}

impl Cells {
    fn all(&self) -> Range<usize> {
        self.first..self.first + self.parameters.len()
    }

    fn cell(&self, parameter: Symbol) -> Option<usize> {
        self.parameters.binary_search(&parameter).ok().map(|place| self.first + place)
    }

    fn among(&self, parameters: &[Symbol]) -> impl Iterator<Item = usize> {
        parameters.iter().filter_map(|parameter| self.cell(*parameter))
    }
}

impl Offers {
    /// Whether some of what is asked for must reach the whole organization.
    #[must_use]
    pub const fn asks_for_all(&self) -> bool {
        self.organization
    }

    /// Whether a role has something that is asked for, by its number.
    #[must_use]
    pub fn has(&self, role: Symbol, number: usize) -> bool {
        self.places.get(&role).is_some_and(|place| self.roles[*place].covers.has(number))
    }

    /// The fewest parents that have everything that is missing: children of them hold nothing else. Roles without a
    /// parent come first, since others may lose entries with theirs.
    #[must_use]
    pub fn parents(&self, missing: &[usize]) -> Choice {
        let (covered, uncovered) = self.split(missing);
        let places: Vec<(usize, &Offer)> = self.that_cover(&covered).collect();
        let candidate = |(place, offer): &(usize, &Offer)| Candidate {
            name: offer.name.clone(),
            covers: offer.among(&covered),
            parameters: (!offer.root).then_some(*place).into_iter().collect(),
            ..Candidate::default()
        };
        let candidates: Vec<Candidate> = places.iter().map(candidate).collect();
        let choice = self.choice(&covered, uncovered, &places, &candidates, Minimize::Roles);
        Choice { cost: Cost { parameters: 0, ..choice.cost }, ..choice }
    }

    /// What is missing: what some role has, and what none has, with the reason.
    fn split(&self, missing: &[usize]) -> (Vec<usize>, Vec<(usize, Lack)>) {
        let has = |number: &usize| self.roles.iter().any(|offer| offer.covers.has(*number));
        let (covered, uncovered): (Vec<usize>, Vec<usize>) = missing.iter().partition(|number| has(number));
        (covered, uncovered.into_iter().map(|number| (number, self.lacks[number])).collect())
    }

    fn that_cover(&self, covered: &[usize]) -> impl Iterator<Item = (usize, &Offer)> {
        self.roles.iter().enumerate().filter(|(_, offer)| covered.iter().any(|number| offer.covers.has(*number)))
    }

    fn choice(
        &self,
        covered: &[usize],
        uncovered: Vec<(usize, Lack)>,
        places: &[(usize, &Offer)],
        candidates: &[Candidate],
        minimize: Minimize,
    ) -> Choice {
        let found = smallest(covered.len(), candidates, minimize, SETS_MAX).expect("every item has a candidate");
        let Smallest { chosen, cost, sets, optimal, lower_bound } = found;
        let chosen: Vec<&Offer> = chosen.into_iter().map(|number| places[number].1).collect();
        let best_of = |number: &usize| {
            let having = chosen.iter().rev().filter(|offer| offer.covers.has(*number));
            let most = having.max_by_key(|offer| offer.parameters[number]).expect("a chosen role covers it");
            (*number, most.role)
        };
        // Nothing costs less than one role that gives nothing else.
        let least = Cost { roles: cost.roles.min(1), ..Cost::default() };
        let reason = match (optimal, self.unsure && cost != least) {
            (false, _) => Some("budget"),
            (true, true) => Some("cut-entries"),
            (true, false) => None,
        };
        Choice {
            given: covered.iter().map(best_of).collect(),
            roles: chosen.iter().map(|offer| offer.role).collect(),
            uncovered,
            cost,
            proof: Proof { optimal: reason.is_none(), candidates: candidates.len(), nodes: sets, lower_bound, reason },
        }
    }
}

impl Offer {
    /// The places of what it covers among `wanted`.
    fn among(&self, wanted: &[usize]) -> Bits {
        wanted.iter().enumerate().filter(|(_, number)| self.covers.has(**number)).map(|(place, _)| place).collect()
    }
}

/// Whether a role may be assigned to an administrator, by a command that can be typed.
#[must_use]
pub fn may_be_given(graph: &Graph<'_>, role: Symbol) -> bool {
    let inventory = graph.inventory();
    let record = inventory.roles.get(role).and_then(|role| role.end_user);
    let end_user = record.unwrap_or_else(|| graph.built_in_role(role).is_some_and(|role| role.end_user));
    role != NO_ROLE && !end_user && !inventory.show(role).contains(is_hidden)
}

fn is_unscoped(graph: &Graph<'_>, role: Symbol) -> bool {
    graph.inventory().roles.get(role).is_some_and(|role| role.unscoped)
}

/// Whether an entry is a script, which unscoped roles hold.
fn is_script(cmdlet: &str) -> bool {
    fold(cmdlet).ends_with(".ps1")
}
