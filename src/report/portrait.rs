//! What a report that people keep shows of each account: the ways by which it holds its roles, and what they give.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::accounts::{Account, Accounts};
use crate::graph::{Graph, Held, Rights, RoleEntries, Why};
use crate::name::{Symbol, fold};
use crate::policy::Policy;

/// The accounts of an organization, and the roles that they hold.
#[derive(Clone, Debug, Default)]
pub struct Portraits {
    /// The accounts, sorted by name without case.
    pub accounts: Vec<Portrait>,
    /// The cmdlets of each role that somebody holds, sorted without case.
    pub roles: BTreeMap<String, Vec<String>>,
}

/// One account.
#[derive(Clone, Debug)]
pub struct Portrait {
    /// The account, as it is shown.
    pub account: String,
    /// What it holds. Accounts that hold the same share it.
    pub holds: Rc<Holds>,
}

/// What accounts hold.
#[derive(Clone, Debug, Default)]
pub struct Holds {
    /// The ways, by groups and role.
    pub ways: Vec<Way>,
    /// How many cmdlets all of them give for certain.
    pub cmdlets: usize,
    /// Why there may be more, a line each.
    pub gaps: Vec<String>,
}

/// One way from an account to a role.
#[derive(Clone, Debug)]
pub struct Way {
    /// The groups, the account's own first.
    pub groups: Vec<String>,
    /// The role assignment policy that it comes through instead.
    pub policy: Option<String>,
    /// The assignment.
    pub assignment: Option<String>,
    /// The role.
    pub role: String,
    /// Where it may write.
    pub scope: String,
    /// What it gives.
    pub gives: Gives,
    /// How many cmdlets the role has.
    pub cmdlets: usize,
    /// How many of them no other way gives.
    pub alone: usize,
    /// How many of them the policy asks for.
    pub asked: usize,
}

/// What a way gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gives {
    /// The role's cmdlets.
    Certain,
    /// The role's cmdlets, unless something is otherwise that no export shows.
    Unknown,
    /// Nothing: the assignment is disabled.
    Disabled,
    /// No cmdlet: it lets the role be assigned.
    Delegating,
}

impl Portraits {
    /// Looks at some accounts.
    #[must_use]
    pub fn of(accounts: &mut Accounts<'_>, chosen: &[Account], policy: &Policy) -> Self {
        let mut portraits = Self::default();
        let asked = asked(accounts, policy);
        let mut entries = RoleEntries::all();
        let mut found: Vec<(Account, Rc<Holds>)> = Vec::new();
        for group in accounts.grouped(chosen) {
            let first = group.accounts[0];
            let rights = accounts.rights(first);
            let own = &mut RoleEntries::all();
            let entries = if matches!(first, Account::Exported(_)) { &mut entries } else { own };
            let holds = Rc::new(portraits.look(accounts.graph(first), &rights, entries, &asked));
            found.extend(group.accounts.iter().map(|account| (*account, Rc::clone(&holds))));
        }
        let shown = |(account, holds)| Portrait { account: accounts.shown(account).to_owned(), holds };
        portraits.accounts = found.into_iter().map(shown).collect();
        portraits.accounts.sort_by_cached_key(|portrait| (fold(&portrait.account), portrait.account.clone()));
        portraits
    }

    fn look<'i>(
        &mut self,
        graph: &Graph<'i>,
        rights: &Rights,
        entries: &mut RoleEntries<'i>,
        asked: &BTreeSet<String>,
    ) -> Holds {
        let inventory = graph.inventory();
        let grants = graph.grants(rights, entries);
        let (mut given, mut alone) = (vec![Vec::new(); rights.held.len()], vec![0; rights.held.len()]);
        let mut cmdlets = 0;
        for same in grants.by_cmdlet() {
            let is_sure = |held: usize| rights.held[held].is_sure();
            cmdlets += usize::from(same.iter().any(|grant| grant.gap.is_none() && is_sure(grant.held)));
            let holders: BTreeSet<usize> = same.iter().map(|grant| grant.held).collect();
            for &held in &holders {
                given[held].push(same[0].cmdlet);
                alone[held] += usize::from(holders.len() == 1);
            }
        }
        let mut ways: Vec<Way> = Vec::new();
        for (index, held) in rights.held.iter().enumerate() {
            let gives = if held.is_sure() { Gives::Certain } else { Gives::Unknown };
            let mut way = way(graph, held, gives);
            self.note(&way.role, &given[index], |cmdlet| inventory.show(cmdlet));
            way.cmdlets = given[index].len();
            way.alone = alone[index];
            way.asked = given[index].iter().filter(|cmdlet| asked.contains(&fold(inventory.show(**cmdlet)))).count();
            ways.push(way);
        }
        for (held, why) in &rights.would {
            let gives = if *why == Why::Disabled { Gives::Disabled } else { Gives::Delegating };
            ways.push(way(graph, held, gives));
        }
        let folded = |texts: &[String]| texts.iter().map(|text| fold(text)).collect::<Vec<_>>();
        ways.sort_by_cached_key(|way| {
            (way.gives, way.policy.is_some(), folded(&way.groups), fold(&way.role), way.assignment.clone())
        });
        let gaps = super::access::gaps_in_order(graph, rights, graph.gaps_of(rights));
        Holds { ways, cmdlets, gaps: gaps.into_iter().map(|gap| gap.message).collect() }
    }

    /// Keeps the cmdlets of a role, once.
    fn note<'n>(&mut self, role: &str, cmdlets: &[Symbol], show: impl Fn(Symbol) -> &'n str) {
        if !self.roles.contains_key(role) {
            let mut names: Vec<String> = cmdlets.iter().map(|cmdlet| show(*cmdlet).to_owned()).collect();
            names.sort_by_cached_key(|name| fold(name));
            self.roles.insert(role.to_owned(), names);
        }
    }
}

/// The cmdlets that the policy requires of somebody, folded.
fn asked(accounts: &Accounts<'_>, policy: &Policy) -> BTreeSet<String> {
    let items = || policy.requirements.iter().flat_map(|requirement| &requirement.items);
    let inventories = accounts.inventories();
    let all = inventories.iter().flat_map(|inventory| inventory.cmdlets().map(|cmdlet| inventory.show(cmdlet)));
    all.filter(|cmdlet| items().any(|item| item.matches(cmdlet))).map(fold).collect()
}

fn way(graph: &Graph<'_>, held: &Held, gives: Gives) -> Way {
    let inventory = graph.inventory();
    let assignment = graph.assignment(held).and_then(|assignment| assignment.name);
    Way {
        groups: match held.policy {
            Some(_) => Vec::new(),
            None => held.chain.iter().map(|(group, _)| inventory.show_principal(*group).to_owned()).collect(),
        },
        policy: held.policy.map(|policy| inventory.show(policy).to_owned()),
        assignment: assignment.map(|name| inventory.show(name).to_owned()),
        role: held.role.and_then(|role| inventory.show_role(role)).unwrap_or("a role that no export names").to_owned(),
        scope: scope(graph, held),
        gives,
        cmdlets: 0,
        alone: 0,
        asked: 0,
    }
}

/// Where a way may write, in Exchange's words.
fn scope(graph: &Graph<'_>, held: &Held) -> String {
    if held.policy.is_some() {
        return "own mailbox".to_owned();
    }
    let scopes = graph.scopes(held);
    let custom = graph.assignment(held).map_or([None; 2], |assignment| assignment.custom);
    let [recipients, configuration] = custom.map(|text| text.map(|text| graph.inventory().show(text.symbol)));
    let mut words = recipients.or(scopes.recipient_write).unwrap_or("unknown").to_owned();
    if let Some(configuration) = configuration {
        words += &format!(", configuration {configuration}");
    }
    words
}
