//! How an account gets what it lacks: by the hop that fails where one change mends it, else by roles that are chosen
//! together for all that is left.
//!
//! In this order: an assignment of its own that is disabled is enabled; it joins the role group that gives exactly the
//! chosen roles; the role that it holds gets the cmdlet or the parameter that its parent has; a new role group gives the
//! chosen roles.

use std::collections::BTreeMap;

use crate::graph::{Graph, Held, Judged, MissCode, Question, Rights, Why};
use crate::inventory::{NO_ROLE, PrincipalId};
use crate::name::{Symbol, fold};
use crate::plan::{Adviser, Lack, Minimize, Offers, group_that_gives};
use crate::powershell::{all_quoted, quoted};
use crate::remedy::{Beyond, Fix, Remedy};
use crate::rules::remedy;
use crate::scope::Reach;

/// Something that an account lacks.
#[derive(Clone, Copy, Debug)]
pub struct Lacking<'q, 'i> {
    /// What the caller knows it by.
    pub id: usize,
    /// Its number among what the offers were asked for.
    pub number: usize,
    /// What is asked.
    pub question: &'q Question<'q>,
    /// Why it is not granted.
    pub judged: &'q Judged<'i>,
}

/// How to get each thing that is lacking, by its id. Accounts that hold the same share it.
#[derive(Debug, Default)]
pub struct Advice {
    ways: BTreeMap<usize, Way>,
    /// The chosen roles, sorted by name.
    roles: Vec<Symbol>,
    /// The role group that gives them and nothing else.
    group: Option<PrincipalId>,
    /// One that gives all that they are chosen for, and what it gives besides.
    other: Option<(PrincipalId, Option<Beyond>)>,
    /// What they give besides.
    beyond: Option<Beyond>,
}

#[derive(Debug)]
enum Way {
    /// One change at the hop that fails, and the role that it lets the account use.
    Hop(Option<Symbol>, Fix),
    /// The chosen roles, this one of them for it.
    Role(Symbol),
    /// No role gives it; where that is for its scope, whether the whole organization was asked for.
    Nothing(Lack, bool),
}

impl Advice {
    /// Finds the ways to all that is lacking. `rights` is what the account holds, where the exports show it.
    pub fn of<'i>(
        adviser: &mut Adviser<'i>,
        graph: &Graph<'i>,
        rights: Option<&Rights>,
        offers: &Offers,
        lacking: &[Lacking<'_, 'i>],
    ) -> Self {
        let mut ways = BTreeMap::new();
        let parked = rights.map_or_else(Vec::new, |rights| parked(graph, rights));
        let enabled = |one: &Lacking<'_, 'i>| {
            let reaches = |held: &Held| match graph.reach(held, one.question.cmdlet) {
                Reach::Nothing => false,
                Reach::OwnMailbox => one.question.own_mailbox,
                reach => reach == Reach::Organization || !offers.asks_for_all(),
            };
            let useful = |parked: &&Parked<'_, '_>| offers.has(parked.role, one.number) && reaches(parked.held);
            parked.iter().find(useful)
        };
        let mut left: Vec<usize> = Vec::new();
        let mut besides: BTreeMap<Symbol, Option<Beyond>> = BTreeMap::new();
        for one in lacking {
            match enabled(one) {
                Some(&Parked { role, assignment, .. }) => {
                    let note = format!("enables the disabled assignment `{assignment}`");
                    let remedy = Remedy::SetEnabled { assignment: assignment.to_owned(), on: true };
                    let beyond = besides.entry(role).or_insert_with(|| adviser.beyond(graph, rights, offers, &[role]));
                    let fix = Fix::of(remedy, note).giving(beyond.clone());
                    ways.insert(one.id, Way::Hop(Some(role), fix));
                }
                None => left.push(one.number),
            }
        }
        let mut choice = adviser.choose(graph, rights, offers, &left, Minimize::default());
        let mut group = group_that_gives(graph, &choice.roles);
        if group.is_none() {
            let open = |one: &&Lacking<'_, 'i>| left.contains(&one.number);
            let completed: Vec<(&Lacking<'_, 'i>, Fix)> =
                lacking.iter().filter(open).filter_map(|one| Some((one, completed(graph, one)?))).collect();
            left.retain(|number| completed.iter().all(|(one, _)| one.number != *number));
            if !completed.is_empty() {
                ways.extend(completed.into_iter().map(|(one, fix)| (one.id, Way::Hop(None, fix))));
                choice = adviser.choose(graph, rights, offers, &left, Minimize::default());
                group = group_that_gives(graph, &choice.roles);
            }
        }
        let chosen = choice.given.iter().map(|(number, role)| (*number, Way::Role(*role)));
        let uncovered =
            choice.uncovered.iter().map(|(number, lack)| (*number, Way::Nothing(*lack, offers.asks_for_all())));
        let ids: BTreeMap<usize, usize> = lacking.iter().map(|one| (one.number, one.id)).collect();
        ways.extend(chosen.chain(uncovered).map(|(number, way)| (ids[&number], way)));
        let beyond = adviser.beyond(graph, rights, offers, &choice.roles);
        let covered: Vec<usize> = choice.given.iter().map(|(number, _)| *number).collect();
        let other = match group {
            None if !covered.is_empty() => adviser.group_for(graph, rights, offers, &covered),
            _ => None,
        };
        Self { ways, roles: choice.roles, group, other, beyond }
    }

    /// The role that is to give something.
    pub fn role(&self, id: usize) -> Option<Symbol> {
        match self.ways.get(&id)? {
            Way::Hop(role, _) => *role,
            Way::Role(role) => Some(*role),
            Way::Nothing(..) => None,
        }
    }

    /// What gives an account something that it lacks, the advised way first. `name` is that of a role group which gives
    /// several roles.
    pub fn fixes(
        &self,
        graph: &Graph<'_>,
        account: &str,
        name: &str,
        (id, question): (usize, &Question<'_>),
    ) -> Vec<Fix> {
        let inventory = graph.inventory();
        match self.ways.get(&id) {
            None => Vec::new(),
            Some(Way::Hop(_, fix)) => vec![fix.clone()],
            Some(Way::Nothing(lack, all)) => nothing(graph, (*lack, *all), question).into_iter().collect(),
            Some(Way::Role(_)) => {
                let roles: Vec<&str> = self.roles.iter().map(|role| inventory.show(*role)).collect();
                let fix = match (self.group, roles.as_slice()) {
                    (Some(group), _) => remedy::join(graph, group, &roles, account),
                    (None, [role]) => remedy::own_group(graph, role, &roles, account),
                    (None, _) => remedy::own_group(graph, name, &roles, account),
                };
                let other = self.other.iter().map(|(group, beyond)| {
                    let name = inventory.show_principal(*group);
                    let joins = remedy::add_member(graph, *group, account);
                    Fix::of(joins, format!("joins the role group `{name}`")).giving(beyond.clone())
                });
                std::iter::once(fix.giving(self.beyond.clone())).chain(other).collect()
            }
        }
    }
}

/// A role that an account would hold but for a disabled assignment.
struct Parked<'r, 'i> {
    role: Symbol,
    held: &'r Held,
    assignment: &'i str,
}

/// What an account would hold but for disabled assignments, by the names of role and assignment.
fn parked<'r, 'i>(graph: &Graph<'i>, rights: &'r Rights) -> Vec<Parked<'r, 'i>> {
    let inventory = graph.inventory();
    let disabled = rights.would.iter().filter(|(held, why)| *why == Why::Disabled && graph.is_parked(held));
    let mut parked: Vec<Parked<'_, '_>> = Vec::new();
    for (held, _) in disabled {
        let name = graph.assignment(held).and_then(|assignment| assignment.name);
        if let (Some(role), Some(name)) = (held.role, name) {
            parked.push(Parked { role, held, assignment: inventory.show(name) });
        }
    }
    parked.sort_by_cached_key(|parked| (fold(inventory.show(parked.role)), fold(parked.assignment)));
    parked
}

/// Gives a role that the account holds what its parent has. Exchange lets nobody change a role of its own, and no child
/// have what its parent lacks.
fn completed(graph: &Graph<'_>, one: &Lacking<'_, '_>) -> Option<Fix> {
    let inventory = graph.inventory();
    let cmdlet = one.question.cmdlet.to_owned();
    if let Some(miss) = one.judged.misses.iter().find(|miss| miss.code == MissCode::ParentHasIt) {
        let role = inventory.show_role(miss.role?)?.to_owned();
        let note = format!("adds the cmdlet to role `{role}`, for all who hold it");
        return Some(Fix::of(Remedy::AddEntry { role, cmdlet }, note));
    }
    let lacks = |grant: &_| (graph.lacks(grant, one.question), grant.role);
    let (lacks, role) = one.judged.lacking.iter().map(lacks).min_by_key(|(lacks, role)| {
        let name = inventory.show_role(*role).unwrap_or("");
        (lacks.len(), fold(name))
    })?;
    let parent = inventory.roles.get(role).filter(|_| role != NO_ROLE)?.parent.flatten()?;
    let named = inventory.names.get(&cmdlet)?;
    let entry_has =
        |name: &str, list| inventory.names.get(name).is_some_and(|name| inventory.parameters.get(list).has(name));
    let mut of_parent = inventory.entries_in(parent, named);
    let entry = of_parent
        .find(|entry| lacks.iter().all(|name| name.split('|').any(|name| entry_has(name, entry.parameters))))?;
    let one_of = |name: &String| name.split('|').find(|name| entry_has(name, entry.parameters)).map(ToOwned::to_owned);
    let parameters: Vec<String> = lacks.iter().filter_map(one_of).collect();
    let role = inventory.show(role).to_owned();
    let note = format!("adds the parameters to role `{role}`, for all who hold it");
    Some(Fix::of(Remedy::SetEntryParameters { role, cmdlet, parameters, add: true }, note))
}

/// What to ask Exchange where no export shows a role that gives it.
fn nothing(graph: &Graph<'_>, (lack, all): (Lack, bool), question: &Question<'_>) -> Option<Fix> {
    let inventory = graph.inventory();
    let parameters: Vec<&str> = question.all.iter().chain(question.any).map(String::as_str).collect();
    let has_it = || inventory.names.get(question.cmdlet).is_some_and(|it| inventory.roles_with(it).next().is_some());
    if lack == Lack::Scope {
        let note = "leave out `scope` of the requirement: no role that has the cmdlet reaches the whole organization";
        // A role that reaches nothing at all gives nothing, whatever is left out.
        return all.then(|| Fix::policy(note));
    }
    if lack == Lack::NoRole && parameters.is_empty() && has_it() {
        return None;
    }
    if !parameters.is_empty() {
        return Some(holders_of(question.cmdlet, &parameters));
    }
    let command = format!("Get-ManagementRole -Cmdlet {}", quoted(question.cmdlet));
    Some(Fix::export(command, "asks Exchange which roles have the cmdlet"))
}

/// Asks Exchange which roles hold a cmdlet with some parameters, where no export shows one.
pub(super) fn holders_of(cmdlet: &str, parameters: &[&str]) -> Fix {
    let parameters = all_quoted(parameters.iter().copied());
    let command = format!("Get-ManagementRole -Cmdlet {} -CmdletParameters {parameters}", quoted(cmdlet));
    Fix::export(command, "asks Exchange which roles have the cmdlet with these parameters")
}
