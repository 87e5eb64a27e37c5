//! What two sides give one account, compared cell by cell.

use std::collections::BTreeSet;

use crate::accounts::Accounts;
use crate::graph::{GapId, Rights};
use crate::name::{Symbol, fold};
use crate::scope::Known;
use crate::source::Span;

use super::matching::Pair;
use super::offers::{Common, From, Offer, Offers};
use super::{Direction, Side};

/// What differs of accounts that share one comparison.
#[derive(Debug, Default)]
pub(super) struct Compared {
    pub(super) claims: Vec<Claim>,
    pub(super) open: Vec<Open>,
}

/// A cell that one side proves and the other excludes.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    pub(super) direction: Direction,
    pub(super) cmdlet: Symbol,
    /// The parameter; `None` is the right to run the cmdlet at all.
    pub(super) parameter: Option<Symbol>,
    pub(super) extent: u32,
    /// The path that gives it, on the side that has it.
    pub(super) path: usize,
    pub(super) at: Span,
}

/// What cannot be told.
#[derive(Clone, Debug)]
pub(super) struct Open {
    pub(super) side: Side,
    pub(super) might: Direction,
    /// `None` where it may be any.
    pub(super) cmdlets: Option<BTreeSet<Symbol>>,
    pub(super) reasons: BTreeSet<Reason>,
}

/// Why a side leaves something open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    /// Something is not exported, or not whole.
    Gap(GapId),
    /// The list of parameters of an entry is cut.
    Parameters { role: Symbol, cmdlet: Symbol, at: Span },
    /// Whether the scope of a path holds as much as the other side's cannot be told.
    Scope { path: usize },
    /// The account may be here under another name.
    Name,
}

/// How far a side covers a cell of the other.
enum Cover {
    Yes,
    Maybe(BTreeSet<Reason>),
    No,
}

/// A cmdlet's offers of one side, and who has them.
struct Half<'a> {
    side: Side,
    rights: Option<&'a Rights>,
    offers: Vec<Offer>,
}

/// Compares what the sides give an account.
pub(super) fn compare<'i>(
    sides: &[Accounts<'i>; 2],
    pair: &Pair,
    rights: &[Option<Rights>; 2],
    common: &mut Common,
    made: &mut [Offers<'i>; 2],
) -> Compared {
    let all = [0, 1].map(|side| match &rights[side] {
        Some(rights) => made[side].of(&sides[side], pair.of[side], rights, common),
        None => Vec::new(),
    });
    let is_open = [0, 1].map(|side| match &rights[side] {
        Some(rights) => !rights.global.is_empty() || rights.policy_gap.is_some() || rights.has_open_ends(),
        None => true,
    });
    let mut compared = Compared::default();
    let mut compare_one = |cmdlet: Option<Symbol>, explicit: [&[Offer]; 2], common: &mut Common| {
        let halves = [Side::Old, Side::New].map(|side| {
            let index = side.index();
            let mut offers = explicit[index].to_vec();
            if is_open[index] {
                offers.extend(match &rights[index] {
                    Some(rights) => made[index].open(&sides[index], pair.of[index], rights, cmdlet, common),
                    None => Offers::anything(cmdlet, common),
                });
            }
            Half { side, rights: rights[index].as_ref(), offers }
        });
        for direction in [Direction::Gained, Direction::Lost] {
            let to = direction.side();
            compared.take(direction, cmdlet, &halves[to.other().index()], &halves[to.index()], common);
        }
    };
    let [mut old, mut new] = all.each_ref().map(Vec::as_slice);
    while let Some(cmdlet) = old.first().into_iter().chain(new.first()).map(|offer| offer.cmdlet).min() {
        let now = [next(&mut old, cmdlet), next(&mut new, cmdlet)];
        if is_open == [false; 2] && are_alike(now) {
            continue;
        }
        compare_one(Some(cmdlet), now, common);
    }
    if is_open != [false; 2] {
        compare_one(None, [&[], &[]], common);
    }
    if !compared.claims.is_empty() {
        let ranks = [Side::Old, Side::New].map(|side| match &rights[side.index()] {
            Some(rights) => ranks(&sides[side.index()], pair, side, rights),
            None => Vec::new(),
        });
        choose_paths(&mut compared.claims, &ranks, common);
    }
    compared
}

/// Takes the offers of the cmdlet that comes next.
fn next<'o>(offers: &mut &'o [Offer], cmdlet: Symbol) -> &'o [Offer] {
    let (now, rest) = offers.split_at(offers.partition_point(|offer| offer.cmdlet == cmdlet));
    *offers = rest;
    now
}

/// Leaves each cell once, by the path that comes first.
fn choose_paths(claims: &mut Vec<Claim>, ranks: &[Vec<usize>; 2], common: &mut Common) {
    let rank = |claim: &Claim| ranks[claim.direction.side().index()][claim.path];
    claims.sort_by_key(|claim| (claim.direction, claim.cmdlet, claim.parameter, rank(claim)));
    let mut chosen: Vec<Claim> = Vec::with_capacity(claims.len());
    for claim in claims.drain(..) {
        let of_one = |known: &&Claim| {
            (known.direction, known.cmdlet, known.parameter) == (claim.direction, claim.cmdlet, claim.parameter)
        };
        let mut alike = chosen.iter().rev().take_while(of_one);
        let is_known = alike.any(|known| {
            let (one, other) = (Some(known.extent), Some(claim.extent));
            common.contains(one, other) == Known::Yes && common.contains(other, one) == Known::Yes
        });
        if !is_known {
            chosen.push(claim);
        }
    }
    *claims = chosen;
}

/// The place of each path among all: the shortest first, then by names.
fn ranks(side: &Accounts<'_>, pair: &Pair, half: Side, rights: &Rights) -> Vec<usize> {
    let graph = super::offers::graph(side, pair.of[half.index()]);
    let inventory = graph.inventory();
    let mut order: Vec<usize> = (0..rights.held.len()).collect();
    order.sort_by_cached_key(|path| {
        let held = &rights.held[*path];
        let role = held.role.and_then(|role| inventory.show_role(role)).unwrap_or("");
        let assignment = graph.assignment(held).and_then(|assignment| assignment.name);
        let groups: Vec<String> = held.chain.iter().map(|(group, _)| fold(inventory.show_principal(*group))).collect();
        (held.chain.len(), fold(role), fold(assignment.map_or("", |name| inventory.show(name))), groups)
    });
    let mut ranks = vec![0; order.len()];
    order.into_iter().enumerate().for_each(|(rank, path)| ranks[path] = rank);
    ranks
}

/// Whether both sides give a cmdlet in the same ways for certain.
fn are_alike([old, new]: [&[Offer]; 2]) -> bool {
    let set = |offers: &[Offer]| -> Option<BTreeSet<(u32, Option<u32>)>> {
        offers.iter().map(|offer| (offer.sure && offer.complete).then_some((offer.list, offer.extent))).collect()
    };
    matches!((set(old), set(new)), (Some(old), Some(new)) if old == new)
}

impl Compared {
    /// Compares the offers of one cmdlet in one direction.
    fn take(
        &mut self,
        direction: Direction,
        cmdlet: Option<Symbol>,
        from: &Half<'_>,
        to: &Half<'_>,
        common: &mut Common,
    ) {
        let mut claims: Vec<Claim> = Vec::new();
        for (index, offer) in to.offers.iter().enumerate() {
            let list = common.list(offer.list).to_vec();
            let named = list.into_iter().map(|name| Some(Some(name)));
            // The cmdlet itself, each parameter, and any other that a list which is not whole may hold.
            let parameters = std::iter::once(Some(None)).chain(named).chain((!offer.complete).then_some(None));
            for parameter in parameters {
                if is_outdone(&to.offers, index, parameter, common) {
                    continue;
                }
                let cover = cover(from, parameter, offer.extent, common);
                let certain = offer.sure && parameter.is_some();
                match (cover, certain, parameter, offer.extent, &offer.from) {
                    (Cover::No, true, Some(parameter), Some(extent), &From::Entry { path, at, .. }) => {
                        claims.push(Claim { direction, cmdlet: offer.cmdlet, parameter, extent, path, at });
                    }
                    (Cover::No, ..) => self.leave_open(to.side, direction, cmdlet, reasons_of(to, offer, parameter)),
                    (Cover::Maybe(reasons), true, ..) => self.leave_open(from.side, direction, cmdlet, reasons),
                    (Cover::Maybe(_), false, ..) | (Cover::Yes, ..) => {}
                }
            }
        }
        self.claims.append(&mut claims);
    }

    fn leave_open(&mut self, side: Side, might: Direction, cmdlet: Option<Symbol>, reasons: BTreeSet<Reason>) {
        let of_it = |open: &&mut Open| open.side == side && open.might == might;
        let place = match self.open.iter_mut().find(of_it) {
            Some(open) => open,
            None => {
                self.open.push(Open { side, might, cmdlets: Some(BTreeSet::new()), reasons: BTreeSet::new() });
                self.open.last_mut().expect("one was pushed")
            }
        };
        place.reasons.extend(reasons);
        match (cmdlet, &mut place.cmdlets) {
            (Some(cmdlet), Some(cmdlets)) => _ = cmdlets.insert(cmdlet),
            (None, cmdlets) => *cmdlets = None,
            (Some(_), None) => {}
        }
    }
}

/// What an offer is asked for: `Some(None)` the cmdlet, `Some(Some(_))` a parameter, `None` one that no list shows.
type Asked = Option<Option<Symbol>>;

fn has(offer: &Offer, asked: Asked, common: &Common) -> Known {
    match asked {
        Some(None) => Known::Yes,
        Some(Some(name)) if common.list(offer.list).binary_search(&name).is_ok() => Known::Yes,
        _ if offer.complete => Known::No,
        _ => Known::Unknown,
    }
}

/// Whether another offer of the same side gives the same on more, or as surely on as much.
fn is_outdone(offers: &[Offer], index: usize, asked: Asked, common: &mut Common) -> bool {
    let one = &offers[index];
    let sure = |offer: &Offer| offer.sure && asked.is_some();
    offers.iter().enumerate().any(|(place, other)| {
        if place == index || !sure(other) || has(other, asked, common) != Known::Yes {
            return false;
        }
        if !sure(one) {
            return common.contains(other.extent, one.extent) == Known::Yes;
        }
        let wider = common.contains(other.extent, one.extent) == Known::Yes;
        let as_wide = common.contains(one.extent, other.extent) == Known::Yes;
        // Of paths on the same, all stay until the shortest is chosen.
        wider && !as_wide
    })
}

/// Whether a side gives a cell of the other.
fn cover(from: &Half<'_>, asked: Asked, extent: Option<u32>, common: &mut Common) -> Cover {
    let mut reasons = BTreeSet::new();
    for offer in &from.offers {
        let (has, contains) = (has(offer, asked, common), common.contains(offer.extent, extent));
        if has == Known::No || contains == Known::No {
            continue;
        }
        if offer.sure && has == Known::Yes && contains == Known::Yes {
            return Cover::Yes;
        }
        reasons.extend(reasons_of(from, offer, asked.filter(|_| has == Known::Yes)));
        if let (true, From::Entry { path, .. }) = (contains == Known::Unknown, &offer.from) {
            reasons.insert(Reason::Scope { path: *path });
        }
    }
    if reasons.is_empty() { Cover::No } else { Cover::Maybe(reasons) }
}

/// Why an offer is not certain; `None` asks for a parameter that its list may hold.
fn reasons_of(half: &Half<'_>, offer: &Offer, asked: Asked) -> BTreeSet<Reason> {
    match &offer.from {
        From::Entry { path, role, cmdlet, at, gap } => {
            let held = half.rights.into_iter().flat_map(|rights| &rights.held[*path].gaps);
            let mut reasons: BTreeSet<Reason> = held.chain(gap).map(|gap| Reason::Gap(*gap)).collect();
            if asked.is_none() && !offer.complete {
                reasons.insert(Reason::Parameters { role: *role, cmdlet: *cmdlet, at: *at });
            }
            if offer.extent.is_none() || reasons.is_empty() && !offer.sure {
                reasons.insert(Reason::Scope { path: *path });
            }
            reasons
        }
        From::Gaps(gaps) => gaps.iter().map(|gap| Reason::Gap(*gap)).collect(),
        From::Name => BTreeSet::from([Reason::Name]),
    }
}
