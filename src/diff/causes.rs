//! What changed, so that an account has something or has it no more: the facts of a path that the other side lacks.

use std::collections::BTreeMap;

use crate::accounts::{Account, Accounts};
use crate::graph::{Graph, Held, Rights, Standing};
use crate::inventory::{Assignee, Assignment, Inventory, PrincipalId, Stated, Text};
use crate::name::{Symbol, same};
use crate::scope::{Area, Extent, Known};
use crate::source::Span;

use super::cells::Claim;
use super::matching::{Matching, Pair};
use super::offers::{Common, differing, graph};
use super::{Cause, CauseKind, Direction, Object, ObjectKind, Place, Side};

/// An account of both sides, to explain what it gained and lost.
pub(super) struct Explaining<'a, 'i> {
    pub(super) sides: &'a [Accounts<'i>; 2],
    pub(super) matching: &'a Matching,
    pub(super) pair: &'a Pair,
    pub(super) rights: &'a [Option<Rights>; 2],
}

/// A fact of a path that the other side lacks or has otherwise, in the numbers of the side that has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fact {
    /// The account, or a group, is a member of a group.
    Member { group: PrincipalId, member: Option<PrincipalId> },
    /// The account has a policy.
    Policy(Symbol),
    /// An assignment; with the one of the other side that comes closest.
    Assignment(usize, Option<usize>),
    /// A scope of this name holds what it does.
    Scope(String),
    /// A role has an entry.
    Entry { role: Symbol, cmdlet: Symbol, at: Span },
}

impl<'i> Explaining<'_, 'i> {
    /// The facts behind a claim that the other side lacks; there is at least one.
    pub(super) fn facts(
        &self,
        claim: &Claim,
        common: &Common,
        known: &mut BTreeMap<(usize, u32), Vec<Fact>>,
    ) -> Vec<Fact> {
        let has = claim.direction.side();
        let Some(rights) = &self.rights[has.index()] else { return Vec::new() };
        let held = &rights.held[claim.path];
        let key = (claim.path, claim.extent);
        let mut facts = known
            .entry(key)
            .or_insert_with(|| self.facts_of_path(has, held, common.extent(claim.extent), common.show(claim.cmdlet)))
            .clone();
        facts.extend(self.missing_entry(has, held, claim, common));
        if facts.is_empty() {
            facts.push(match held.assignment {
                Some(assignment) => Fact::Assignment(assignment, self.closest(has, assignment)),
                None => self.entry(has, held, claim, common),
            });
        }
        facts.sort();
        facts
    }

    fn graph(&self, side: Side) -> &Graph<'i> {
        graph(&self.sides[side.index()], self.pair.of[side.index()])
    }

    /// The number of the account on a side that shows it.
    fn account(&self, side: Side) -> Option<PrincipalId> {
        match self.pair.of[side.index()]? {
            Account::Exported(id) => Some(id),
            Account::Asserted(_) => None,
        }
    }

    fn facts_of_path(&self, has: Side, held: &Held, extent: &Extent, cmdlet: &str) -> Vec<Fact> {
        let (own, other) = (self.graph(has), self.graph(has.other()));
        let mut facts = Vec::new();
        let mut below: Option<PrincipalId> = None;
        for &(group, _) in &held.chain {
            let there = match below {
                None => self.account(has.other()),
                Some(member) => self.matching.other(has.index(), member),
            };
            let known = there.zip(self.matching.other(has.index(), group));
            if !known.is_some_and(|(member, group)| other.is_member(member, group)) {
                facts.push(Fact::Member { group, member: below });
            }
            below = Some(group);
        }
        if let Some(policy) = held.policy {
            let there = self.account(has.other()).map(|id| other.inventory().principals.get(id).policy);
            let is_same =
                |text: Text| self.is_same_policy(has, own.inventory(), policy, other.inventory(), text.symbol);
            if !matches!(there, Some(Stated::Is(Some(text))) if is_same(text)) {
                facts.push(Fact::Policy(policy));
            }
        }
        if let Some(index) = held.assignment {
            facts.extend(self.differing_assignment(has, index, extent, cmdlet));
        }
        facts
    }

    /// What of an assignment the other side lacks, as far as it gives `cmdlet` on an extent.
    fn differing_assignment(&self, has: Side, index: usize, extent: &Extent, cmdlet: &str) -> Vec<Fact> {
        let other = self.graph(has.other());
        let candidates = self.counterparts(has, index);
        let on = |index: usize| other.works_on(&other.path_of_assignment(index), cmdlet);
        let working = || candidates.iter().copied().filter(|index| other.works(*index));
        if working().any(|index| on(index).contains(extent) == Known::Yes) {
            return Vec::new();
        }
        for there in working().map(on) {
            let alike = there.recipients.shown() == extent.recipients.shown()
                && there.configuration.shown() == extent.configuration.shown();
            let areas = || differing(extent, &there).chain(differing(&there, extent));
            if alike && areas().next().is_some() {
                let mut names: Vec<String> = areas().map(|area| area.shown().to_owned()).collect();
                names.sort();
                names.dedup();
                return names.into_iter().map(Fact::Scope).collect();
            }
        }
        vec![Fact::Assignment(index, self.closest(has, index))]
    }

    /// The assignments of the other side that give the same role to the same assignee, the one of the same name first.
    fn counterparts(&self, has: Side, index: usize) -> Vec<usize> {
        let (own, other) = (self.graph(has).inventory(), self.graph(has.other()));
        let assignment = &own.assignments[index];
        let role = assignment.role.and_then(|role| self.other_role(has, role.symbol));
        let Some(role) = role else { return Vec::new() };
        let is_same = |candidate: &usize| {
            let candidate = &other.inventory().assignments[*candidate];
            match (&assignment.assignee, &candidate.assignee) {
                (Assignee::Principal(id), Assignee::Principal(there)) => {
                    self.matching.other(has.index(), *id) == Some(*there)
                }
                (Assignee::Policy(policy), Assignee::Policy(there)) => {
                    self.is_same_policy(has, own, policy.symbol, other.inventory(), there.symbol)
                }
                _ => false,
            }
        };
        let mut found: Vec<usize> = other.assignments_giving(role).iter().copied().filter(is_same).collect();
        let name = |assignment: &Assignment, of: &Inventory| assignment.name.map(|name| of.show(name).to_owned());
        let wanted = name(assignment, own);
        found.sort_by_key(|index| {
            let known = name(&other.inventory().assignments[*index], other.inventory());
            !wanted.as_ref().zip(known.as_ref()).is_some_and(|(wanted, known)| same(wanted, known))
        });
        found
    }

    fn other_role(&self, has: Side, role: Symbol) -> Option<Symbol> {
        let sides = [Side::Old, Side::New].map(|side| self.graph(side).inventory());
        self.matching.other_role(sides, has.index(), role)
    }

    fn closest(&self, has: Side, index: usize) -> Option<usize> {
        self.counterparts(has, index).into_iter().next()
    }

    fn is_same_policy(&self, has: Side, own: &Inventory, policy: Symbol, other: &Inventory, there: Symbol) -> bool {
        let (name, known) = (own.show(policy), other.show(there));
        let is_it = |object: &Object| {
            let [own, other] = match has {
                Side::Old => [&object.old, &object.new],
                Side::New => [&object.new, &object.old],
            };
            object.kind == ObjectKind::Policy && same(own, name) && same(other, known)
        };
        same(name, known) || self.matching.renamed.iter().any(is_it)
    }

    /// The entry that a claim rests on, where the other side's role lacks it.
    fn missing_entry(&self, has: Side, held: &Held, claim: &Claim, common: &Common) -> Option<Fact> {
        let (own, other) = (self.graph(has).inventory(), self.graph(has.other()).inventory());
        own.show_role(held.role?)?;
        // A role that is not there at all has no entries that went.
        let there = self.other_role(has, held.role?)?;
        let cmdlet = other.names.get(common.show(claim.cmdlet));
        let parameter = claim.parameter.map(|name| other.names.get(common.show(name)));
        let has_it = |entry: crate::inventory::Entry| match parameter {
            None => true,
            Some(name) => name.is_some_and(|name| other.parameters.get(entry.parameters).has(name)),
        };
        let known = cmdlet.is_some_and(|cmdlet| other.entries_in(there, cmdlet).any(has_it));
        (!known).then(|| self.entry(has, held, claim, common))
    }

    fn entry(&self, has: Side, held: &Held, claim: &Claim, common: &Common) -> Fact {
        let own = self.graph(has).inventory();
        let cmdlet = own.names.get(common.show(claim.cmdlet)).unwrap_or(Symbol::new(0));
        Fact::Entry { role: held.role.unwrap_or(crate::inventory::NO_ROLE), cmdlet, at: claim.at }
    }

    /// A fact in words that need neither side any more.
    pub(super) fn say(&self, direction: Direction, fact: &Fact) -> Cause {
        let has = direction.side();
        let graph = self.graph(has);
        let inventory = graph.inventory();
        let place = |at: Option<Span>| at.map(|at| Place { side: has, at });
        let cause = |kind, object: &str, member: Option<&str>| Cause {
            kind,
            object: object.to_owned(),
            member: member.map(ToOwned::to_owned),
            was: None,
            is: None,
            update: false,
            place: None,
        };
        match fact {
            Fact::Member { group, member } => {
                let by = member.or(self.account(has));
                let name = match member {
                    Some(member) => inventory.show_principal(*member),
                    None => self.shown(has),
                };
                let at = by.and_then(|member| graph.place_of_membership(member, *group));
                let object = inventory.show_principal(*group);
                Cause { place: place(at), ..cause(CauseKind::Member, object, Some(name)) }
            }
            Fact::Policy(policy) => {
                let at = self.account(has).and_then(|id| inventory.principals.get(id).at);
                let member = inventory.show(*policy);
                Cause { place: place(at), ..cause(CauseKind::Policy, self.shown(has), Some(member)) }
            }
            Fact::Assignment(index, there) => self.say_assignment(has, *index, *there),
            Fact::Scope(name) => self.say_scope(has, name),
            Fact::Entry { role, cmdlet, at } => {
                let name = inventory.show_role(*role).unwrap_or("");
                let root = inventory.roles.get(*role).is_none_or(|role| role.parent.flatten().is_none());
                let update = root && graph.catalogue().role(name).is_some();
                let cause = cause(CauseKind::Entry, name, Some(inventory.show(*cmdlet)));
                Cause { place: place(Some(*at)), update, ..cause }
            }
        }
    }

    /// The name of the account on a side that shows it.
    fn shown(&self, side: Side) -> &'i str {
        let account = self.pair.of[side.index()];
        account.map_or("", |account| self.sides[side.index()].shown(account))
    }

    fn say_assignment(&self, has: Side, index: usize, there: Option<usize>) -> Cause {
        let own = self.graph(has);
        let inventory = own.inventory();
        let assignment = &inventory.assignments[index];
        let object = match assignment.name {
            Some(name) => inventory.show(name).to_owned(),
            None => {
                let role = assignment.role.map_or("", |role| inventory.show(role.symbol));
                let assignee = match &assignment.assignee {
                    Assignee::Principal(id) => inventory.show_principal(*id),
                    Assignee::Policy(policy) => inventory.show(policy.symbol),
                    _ => "",
                };
                format!("{role}-{assignee}")
            }
        };
        let (mut was, mut is) = (None, None);
        if let Some(there) = there {
            let other = self.graph(has.other());
            let [mine, others] = match (own.standing(index), other.standing(there)) {
                (Standing::Works(_), Standing::Works(_)) => [scope_of(own, index), scope_of(other, there)],
                (mine, others) => [mine, others].map(|standing| standing_words(standing).to_owned()),
            };
            (was, is) = match has {
                Side::New => (Some(others), Some(mine)),
                Side::Old => (Some(mine), Some(others)),
            };
        }
        let place = Some(Place { side: has, at: assignment.at });
        Cause { kind: CauseKind::Assignment, object, member: None, was, is, update: false, place }
    }

    fn say_scope(&self, has: Side, name: &str) -> Cause {
        let find = |side: Side| {
            let graph = self.graph(side);
            let index = (0..graph.inventory().scopes.len()).find(|index| same(graph.scope_name(*index), name))?;
            Some((graph.area_of(index), graph.inventory().scopes[index].at))
        };
        let [old, new] = [Side::Old, Side::New].map(find);
        let words = |found: &Option<(Area, Span)>| found.as_ref().and_then(|(area, _)| filter_of(area));
        let place = |side: Side, found: &Option<(Area, Span)>| found.as_ref().map(|(_, at)| Place { side, at: *at });
        let places = [place(Side::Old, &old), place(Side::New, &new)];
        let place = places[has.index()].or(places[has.other().index()]);
        let (was, is) = (words(&old), words(&new));
        Cause { kind: CauseKind::Scope, object: name.to_owned(), member: None, was, is, update: false, place }
    }
}

fn standing_words(standing: &Standing) -> &'static str {
    match standing {
        Standing::Works(_) => "enabled=True",
        Standing::Disabled => "enabled=False",
        Standing::Delegating => "delegating",
        Standing::Unknown(_) => "unknown",
    }
}

/// On what an assignment writes, as it is stated.
fn scope_of(graph: &Graph<'_>, index: usize) -> String {
    let held = graph.path_of_assignment(index);
    let extent = graph.works_on(&held, "Set-Mailbox");
    format!("writes {}, {}", extent.recipients.shown(), extent.configuration.shown())
}

fn filter_of(area: &Area) -> Option<String> {
    let holds = area.holds.as_ref()?;
    let root = holds.root.clone().flatten().map(|root| format!("below {root}"));
    let filter = holds.filter.clone().flatten();
    let words: Vec<String> = filter.into_iter().chain(root).collect();
    (!words.is_empty()).then(|| words.join(", "))
}
