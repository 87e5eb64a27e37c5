//! The exact search: of all sets of candidates that cover every item, the cheapest, with its proof.
//!
//! What a set costs is a union: excess that two candidates share counts once, so that candidates cannot be priced one by
//! one. A set of chosen candidates branches on the item that the fewest candidates cover, and each branch leaves out the
//! candidates of the earlier ones, so that every cover is found once. What a set costs never falls when more is chosen, it
//! needs at least so many candidates more, and for each item that is left at least what the cheapest brings that covers
//! it: where that is worse than the best cover, the set is cut.
//!
//! An organization has thousands of roles, but most cover the same few items as others do. How many more are needed is
//! asked of such classes, not of each candidate.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::bits::Bits;

/// How many sets are looked at. Sets and not time, so that every machine finds the same.
pub const SETS_MAX: u64 = 5_000_000;

/// Something that covers items.
#[derive(Clone, Debug, Default)]
pub(super) struct Candidate {
    /// Its name, which decides between covers that cost the same.
    pub(super) name: String,
    /// The items that it covers.
    pub(super) covers: Bits,
    /// The dangers that it brings.
    pub(super) dangerous: Bits,
    /// The cmdlets beyond the need.
    pub(super) cmdlets: Bits,
    /// The parameters beyond the need.
    pub(super) parameters: Bits,
}

/// What a set of candidates costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Dangers beyond the need.
    pub dangerous: u32,
    /// How many candidates.
    pub roles: u32,
    /// Cmdlets beyond the need.
    pub cmdlets: u32,
    /// Parameters beyond the need, of cmdlets that are needed or held.
    pub parameters: u32,
}

/// What counts first, after dangers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Minimize {
    /// As few candidates as will do.
    #[default]
    Roles,
    /// As little beyond the need as will do.
    Excess,
}

impl Cost {
    /// The larger of each number.
    fn at_least(self, floor: Self) -> Self {
        Self {
            dangerous: self.dangerous.max(floor.dangerous),
            roles: self.roles.max(floor.roles),
            cmdlets: self.cmdlets.max(floor.cmdlets),
            parameters: self.parameters.max(floor.parameters),
        }
    }

    /// The smaller of each number.
    fn least(self, other: Self) -> Self {
        Self {
            dangerous: self.dangerous.min(other.dangerous),
            roles: self.roles.min(other.roles),
            cmdlets: self.cmdlets.min(other.cmdlets),
            parameters: self.parameters.min(other.parameters),
        }
    }
}

impl Minimize {
    fn key(self, cost: Cost) -> [u32; 4] {
        let Cost { dangerous, roles, cmdlets, parameters } = cost;
        match self {
            Self::Roles => [dangerous, roles, cmdlets, parameters],
            Self::Excess => [dangerous, cmdlets, parameters, roles],
        }
    }
}

/// The cheapest cover that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Smallest {
    /// The chosen candidates, by name.
    pub(super) chosen: Vec<usize>,
    /// What they cost together.
    pub(super) cost: Cost,
    /// How many sets were looked at.
    pub(super) sets: u64,
    /// Whether nothing costs less.
    pub(super) optimal: bool,
    /// No cover that costs less has fewer candidates than this.
    pub(super) lower_bound: u32,
}

/// The cheapest set of candidates that covers the items `0..items`; `None` where all of them together do not.
#[must_use]
pub(super) fn smallest(items: usize, candidates: &[Candidate], minimize: Minimize, sets_max: u64) -> Option<Smallest> {
    let all: Bits = (0..items).collect();
    let mut covered = Bits::default();
    candidates.iter().for_each(|candidate| covered.add(&candidate.covers));
    if !all.is_within(&covered) {
        return None;
    }
    let mut search = Search::new(candidates, minimize, sets_max);
    let root = Node { uncovered: all, ..Node::default() };
    search.best = search.greedy(root.clone());
    search.visit(&root);
    let mut chosen: Vec<usize> = search.best.iter().map(|place| search.numbers[*place]).collect();
    chosen.sort_by_key(|number| search.numbers.iter().position(|other| other == number));
    let cost = search.best_cost;
    let optimal = search.open.is_none();
    let lower_bound = search.open.map_or(cost.roles, |open| open.min(cost.roles));
    Some(Smallest { chosen, cost, sets: search.sets, optimal, lower_bound })
}

/// Some chosen candidates.
#[derive(Clone, Debug, Default)]
struct Node {
    /// Their places, in the order in which they were chosen.
    chosen: Vec<usize>,
    cost: Cost,
    /// Candidates that earlier branches have taken.
    excluded: Bits,
    uncovered: Bits,
    dangerous: Bits,
    cmdlets: Bits,
    parameters: Bits,
}

/// The candidates that cover the same items.
#[derive(Debug)]
struct Class {
    covers: Bits,
    /// Their places.
    members: Vec<usize>,
}

/// An item, as far as it matters how many candidates are needed.
#[derive(Debug)]
struct Item {
    number: usize,
    /// Which of the widest cover it.
    widest: Vec<usize>,
    /// All that those cover: whatever stands beside it needs a candidate of its own.
    near: Bits,
}

/// How many candidates some items need.
#[derive(Clone, Copy, Debug)]
struct Needed {
    /// So many are too few.
    too_few: u32,
    /// So many may be enough.
    enough: u32,
}

struct Search<'c> {
    /// The candidates that count, by name.
    all: Vec<&'c Candidate>,
    /// The numbers that the caller knows them by.
    numbers: Vec<usize>,
    classes: Vec<Class>,
    /// What those classes cover of which no other covers more.
    widest: Vec<Bits>,
    /// The items, from the one that the fewest of these cover on.
    items: Vec<Item>,
    /// How many candidates some items need, as far as that was asked.
    needed: BTreeMap<Bits, Needed>,
    minimize: Minimize,
    sets_max: u64,
    sets: u64,
    best: Vec<usize>,
    best_cost: Cost,
    /// The fewest candidates that a set needs which was not looked at.
    open: Option<u32>,
}

impl<'c> Search<'c> {
    fn new(candidates: &'c [Candidate], minimize: Minimize, sets_max: u64) -> Self {
        let mut numbers: Vec<usize> = (0..candidates.len()).collect();
        numbers.sort_by_cached_key(|number| {
            let name = &candidates[*number].name;
            (crate::name::fold(name), name.clone())
        });
        let useful = |number: &usize| !candidates[*number].covers.is_empty();
        let useful: Vec<usize> = numbers.into_iter().filter(useful).collect();
        // Whatever may stand for a candidate costs no more and covers no less, so that it is looked at before.
        let mut by_cost: Vec<usize> = (0..useful.len()).collect();
        by_cost.sort_by_cached_key(|place| {
            let Candidate { covers, dangerous, cmdlets, parameters, .. } = &candidates[useful[*place]];
            (dangerous.count(), cmdlets.count(), parameters.count(), Reverse(covers.count()), *place)
        });
        let mut kept: Vec<usize> = Vec::new();
        for place in by_cost {
            let one = &candidates[useful[place]];
            if !kept.iter().any(|other| dominates(&candidates[useful[*other]], one, *other < place)) {
                kept.push(place);
            }
        }
        kept.sort_unstable();
        let numbers: Vec<usize> = kept.into_iter().map(|place| useful[place]).collect();
        let all: Vec<&Candidate> = numbers.iter().map(|number| &candidates[*number]).collect();
        let mut classes: Vec<Class> = Vec::new();
        for (place, candidate) in all.iter().enumerate() {
            match classes.iter_mut().find(|class| class.covers.same(&candidate.covers)) {
                Some(class) => class.members.push(place),
                None => classes.push(Class { covers: candidate.covers.clone(), members: vec![place] }),
            }
        }
        let is_part = |class: &usize| {
            let covers = &classes[*class].covers;
            classes.iter().any(|other| covers.is_within(&other.covers) && !other.covers.is_within(covers))
        };
        let widest: Vec<Bits> =
            (0..classes.len()).filter(|class| !is_part(class)).map(|class| classes[class].covers.clone()).collect();
        let mut covered = Bits::default();
        widest.iter().for_each(|covers| covered.add(covers));
        let item = |number: usize| {
            let own: Vec<usize> = (0..widest.len()).filter(|place| widest[*place].has(number)).collect();
            let mut near = Bits::default();
            own.iter().for_each(|place| near.add(&widest[*place]));
            Item { number, widest: own, near }
        };
        let mut items: Vec<Item> = covered.iter().map(item).collect();
        items.sort_by_key(|item| item.widest.len());
        let (needed, best, best_cost) = (BTreeMap::new(), Vec::new(), Cost::default());
        Self { all, numbers, classes, widest, items, needed, minimize, sets_max, sets: 0, best, best_cost, open: None }
    }

    /// What a set costs with one candidate more.
    fn cost_with(&self, node: &Node, place: usize) -> Cost {
        let (candidate, cost) = (self.all[place], node.cost);
        Cost {
            dangerous: cost.dangerous + candidate.dangerous.beyond(&node.dangerous),
            roles: cost.roles + 1,
            cmdlets: cost.cmdlets + candidate.cmdlets.beyond(&node.cmdlets),
            parameters: cost.parameters + candidate.parameters.beyond(&node.parameters),
        }
    }

    fn with(&self, node: &Node, place: usize) -> Node {
        let candidate = self.all[place];
        let mut next = Node { cost: self.cost_with(node, place), ..node.clone() };
        next.chosen.push(place);
        next.uncovered.remove(&candidate.covers);
        next.dangerous.add(&candidate.dangerous);
        next.cmdlets.add(&candidate.cmdlets);
        next.parameters.add(&candidate.parameters);
        next
    }

    /// A cover to begin with: in each step the candidate that covers most of the rest, of those the cheapest.
    fn greedy(&mut self, mut node: Node) -> Vec<usize> {
        while !node.uncovered.is_empty() {
            let gain = |place: &usize| {
                let covered = self.all[*place].covers.shared(&node.uncovered);
                (Reverse(covered), self.minimize.key(self.cost_with(&node, *place)))
            };
            let Some(next) = (0..self.all.len()).min_by_key(gain) else { break };
            node = self.with(&node, next);
        }
        self.best_cost = node.cost;
        node.chosen.sort_unstable();
        node.chosen
    }

    fn is_worse(&self, cost: Cost) -> bool {
        self.minimize.key(cost) > self.minimize.key(self.best_cost)
    }

    /// Looks at every set that holds this one and may cost less than the best cover.
    fn visit(&mut self, node: &Node) {
        let Some(classes) = self.classes_for_an_item(node) else { return };
        let needed: Vec<(usize, u32)> =
            classes.into_iter().filter_map(|class| Some((class, self.more_beside(node, class)?))).collect();
        let is_last = needed.iter().all(|(_, more)| *more == 0);
        let floor = if is_last { Some(Cost::default()) } else { self.floor(node) };
        let Some(floor) = floor.filter(|floor| !self.is_worse(*floor)) else { return };
        let mut branches: Vec<(Cost, usize, u32)> = Vec::new();
        for (class, more) in needed {
            let costs = self.allowed(node, class).map(|place| (self.cost_with(node, place), place, more));
            branches.extend(costs);
        }
        self.sets += branches.len() as u64;
        branches.sort_by_key(|(cost, place, _)| (self.minimize.key(*cost), *place));
        let mut excluded = node.excluded.clone();
        for (cost, place, more) in branches {
            let cost = cost.at_least(floor);
            let bound = Cost { roles: cost.roles + more, ..cost };
            let is_worse = self.is_worse(bound);
            if !is_worse && more == 0 {
                self.take([node.chosen.as_slice(), &[place]].concat(), cost);
            } else if !is_worse && self.sets < self.sets_max {
                self.visit(&Node { excluded: excluded.clone(), ..self.with(node, place) });
            } else if !is_worse {
                self.open = Some(self.open.map_or(bound.roles, |open| open.min(bound.roles)));
            }
            excluded.insert(place);
        }
    }

    /// The candidates of a class that earlier branches have not taken.
    fn allowed(&self, node: &Node, class: usize) -> impl Iterator<Item = usize> {
        self.classes[class].members.iter().copied().filter(|place| !node.excluded.has(*place))
    }

    /// The classes that cover the item that the fewest candidates cover; no class where none is left for it. `None`
    /// where nothing is uncovered.
    fn classes_for_an_item(&self, node: &Node) -> Option<Vec<usize>> {
        let mut counts = vec![0_usize; self.items.len()];
        let mut left = Vec::with_capacity(self.classes.len());
        for (class, Class { covers, .. }) in self.classes.iter().enumerate() {
            let count = if covers.shared(&node.uncovered) > 0 { self.allowed(node, class).count() } else { 0 };
            if count > 0 {
                left.push(class);
                covers.iter().for_each(|item| counts[item] += count);
            }
        }
        let item = node.uncovered.iter().min_by_key(|item| counts[*item])?;
        left.retain(|class| self.classes[*class].covers.has(item));
        Some(left)
    }

    /// What a set costs at least with whatever covers the rest: for each item what the cheapest brings that covers it.
    /// `None` where all that covers an item costs too much.
    fn floor(&mut self, node: &Node) -> Option<Cost> {
        let mut least: Vec<Option<Cost>> = Vec::with_capacity(self.classes.len());
        for class in 0..self.classes.len() {
            let touches = self.classes[class].covers.shared(&node.uncovered) > 0;
            if !touches || self.more_beside(node, class).is_none() {
                least.push(None);
                continue;
            }
            self.sets += self.classes[class].members.len() as u64;
            least.push(self.allowed(node, class).map(|place| self.cost_with(node, place)).reduce(Cost::least));
        }
        let mut of_items: Vec<Option<Cost>> = vec![None; self.items.len()];
        for (class, cost) in least.into_iter().enumerate().filter_map(|(class, cost)| Some((class, cost?))) {
            for item in self.classes[class].covers.iter() {
                of_items[item] = Some(of_items[item].map_or(cost, |known| known.least(cost)));
            }
        }
        let mut needed = node.uncovered.iter().map(|item| of_items[item]);
        needed.try_fold(Cost::default(), |floor, cost| Some(floor.at_least(cost?)))
    }

    /// Takes a cover where it costs less than the best, or as much and its names come first.
    fn take(&mut self, mut chosen: Vec<usize>, cost: Cost) {
        chosen.sort_unstable();
        let (new, known) = (self.minimize.key(cost), self.minimize.key(self.best_cost));
        if (new, &chosen) < (known, &self.best) {
            (self.best, self.best_cost) = (chosen, cost);
        }
    }

    /// How many candidates more a set needs at least once it has one of a class; `None` where that costs too much.
    fn more_beside(&mut self, node: &Node, class: usize) -> Option<u32> {
        let more = self.at_least(node, class);
        (!self.is_worse(Cost { roles: node.cost.roles + 1 + more, ..node.cost })).then_some(more)
    }

    /// How many candidates more a set needs at least once it has one of a class; more than a set as large as the best cover
    /// may have are not counted.
    fn at_least(&mut self, node: &Node, class: usize) -> u32 {
        let mut uncovered = node.uncovered.clone();
        uncovered.remove(&self.classes[class].covers);
        let spare = self.best_cost.roles.saturating_sub(node.cost.roles + 1);
        (self.apart(&uncovered)..=spare).find(|count| self.may_cover(&uncovered, *count)).unwrap_or(spare + 1)
    }

    /// How many of some items no two of which one candidate covers: so many candidates are needed at least.
    fn apart(&self, uncovered: &Bits) -> u32 {
        let mut rest = uncovered.clone();
        let mut count = 0;
        for item in &self.items {
            if rest.has(item.number) {
                rest.remove(&item.near);
                count += 1;
            }
        }
        count
    }

    /// Whether so many of all candidates may cover some items; no where that is certain.
    fn may_cover(&mut self, uncovered: &Bits, count: u32) -> bool {
        let Some(rarest) = self.items.iter().position(|item| uncovered.has(item.number)) else { return true };
        if count <= 1 {
            let covers_all = |place: &usize| uncovered.is_within(&self.widest[*place]);
            return count == 1 && self.items[rarest].widest.iter().any(covers_all);
        }
        if let Some(known) = self.needed.get(uncovered) {
            if count <= known.too_few {
                return false;
            }
            if count >= known.enough {
                return true;
            }
        }
        if self.apart(uncovered) > count {
            return self.note(uncovered, count, false);
        }
        let choices = self.items[rarest].widest.len();
        self.sets += choices as u64;
        if self.sets >= self.sets_max {
            return true;
        }
        let may = (0..choices).any(|choice| {
            let mut rest = uncovered.clone();
            rest.remove(&self.widest[self.items[rarest].widest[choice]]);
            self.may_cover(&rest, count - 1)
        });
        self.note(uncovered, count, may)
    }

    /// Keeps what was found of some items, and says it.
    fn note(&mut self, uncovered: &Bits, count: u32, may: bool) -> bool {
        let known = self.needed.entry(uncovered.clone()).or_insert(Needed { too_few: 0, enough: u32::MAX });
        match may {
            true => known.enough = known.enough.min(count),
            false => known.too_few = known.too_few.max(count),
        }
        may
    }
}

/// Whether `one` may stand for `other` in every cover, at no more cost.
fn dominates(one: &Candidate, other: &Candidate, first: bool) -> bool {
    let pairs = [
        (&other.covers, &one.covers),
        (&one.dangerous, &other.dangerous),
        (&one.cmdlets, &other.cmdlets),
        (&one.parameters, &other.parameters),
    ];
    pairs.iter().all(|(less, more)| less.is_within(more))
        && (first || pairs.iter().any(|(less, more)| !more.is_within(less)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A random generator of its own: the same numbers in every run.
    struct Random(u64);

    impl Random {
        fn below(&mut self, end: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % end
        }

        fn bits(&mut self, end: usize, percent: u64) -> Bits {
            (0..end).filter(|_| self.below(100) < percent).collect()
        }
    }

    fn random(random: &mut Random) -> (usize, Vec<Candidate>) {
        let items = 1 + random.below(9) as usize;
        let count = 1 + random.below(12) as usize;
        let density = 15 + random.below(50);
        let candidate = |number| Candidate {
            name: format!("R{number:02}"),
            covers: random.bits(items, density),
            dangerous: random.bits(3, 12),
            cmdlets: random.bits(8, 30),
            parameters: random.bits(6, 30),
        };
        (items, (0..count).map(candidate).collect())
    }

    /// Every subset, one after the other.
    fn by_brute_force(items: usize, candidates: &[Candidate], minimize: Minimize) -> Option<[u32; 4]> {
        let all: Bits = (0..items).collect();
        let mut best: Option<[u32; 4]> = None;
        for subset in 0_u32..1 << candidates.len() {
            let chosen = || (0..candidates.len()).filter(|number| subset >> number & 1 == 1);
            let union = |of: fn(&Candidate) -> &Bits| {
                let mut union = Bits::default();
                chosen().for_each(|number| union.add(of(&candidates[number])));
                union
            };
            if !all.is_within(&union(|candidate| &candidate.covers)) {
                continue;
            }
            let key = minimize.key(Cost {
                dangerous: union(|candidate| &candidate.dangerous).count(),
                roles: subset.count_ones(),
                cmdlets: union(|candidate| &candidate.cmdlets).count(),
                parameters: union(|candidate| &candidate.parameters).count(),
            });
            best = Some(best.map_or(key, |best| best.min(key)));
        }
        best
    }

    #[test]
    fn a_thousand_random_problems_cost_what_brute_force_finds() {
        let mut numbers = Random(7);
        let mut solved = 0;
        while solved < 1000 {
            let (items, candidates) = random(&mut numbers);
            for minimize in [Minimize::Roles, Minimize::Excess] {
                let found = smallest(items, &candidates, minimize, SETS_MAX);
                let expected = by_brute_force(items, &candidates, minimize);
                assert_eq!(found.as_ref().map(|found| minimize.key(found.cost)), expected);
                let Some(found) = found else { continue };
                assert!(found.optimal && found.lower_bound == found.cost.roles);
                let mut covered = Bits::default();
                found.chosen.iter().for_each(|number| covered.add(&candidates[*number].covers));
                assert!((0..items).all(|item| covered.has(item)));
                solved += usize::from(minimize == Minimize::Roles);
            }
        }
    }

    #[test]
    fn another_order_of_the_candidates_finds_the_same() {
        let mut numbers = Random(11);
        for _ in 0..300 {
            let (items, candidates) = random(&mut numbers);
            let mut turned = candidates.clone();
            turned.reverse();
            let middle = numbers.below(turned.len() as u64) as usize;
            turned.rotate_left(middle);
            let names = |candidates: &[Candidate]| {
                let found = smallest(items, candidates, Minimize::Roles, SETS_MAX)?;
                let names: Vec<String> = found.chosen.iter().map(|it| candidates[*it].name.clone()).collect();
                Some((names, found.cost, found.sets))
            };
            assert_eq!(names(&candidates), names(&turned));
        }
    }

    #[test]
    fn a_search_that_is_cut_short_says_so_and_still_has_a_cover() {
        let mut numbers = Random(3);
        let candidate = |number| Candidate {
            name: format!("R{number:03}"),
            covers: numbers.bits(40, 10),
            cmdlets: numbers.bits(200, 10),
            ..Candidate::default()
        };
        let candidates: Vec<Candidate> = (0..100).map(candidate).collect();
        let found = smallest(40, &candidates, Minimize::Roles, 50).expect("all items are covered");
        assert!(!found.optimal && found.sets >= 50);
        assert!(found.lower_bound < found.cost.roles, "{found:?}");
    }
}
