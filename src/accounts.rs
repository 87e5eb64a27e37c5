//! Whom a run speaks of: accounts of the organization, and accounts whose entries the caller asserts.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::graph::{Assertions, Assumptions, Graph, Rights, RoleAssertion, SetId, Wildcard};
use crate::inventory::{Class, Inventory, PrincipalId};
use crate::name::{fold, same};

/// One account of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Account {
    /// An account that the exports show.
    Exported(PrincipalId),
    /// An account of which the caller says that these entries or roles are all it holds.
    Asserted(usize),
}

/// Accounts that get the same answers: those of one graph that hold the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alike {
    /// Accounts that the exports show, by the set of what they hold.
    Exported(SetId),
    /// One asserted account.
    Asserted(usize),
}

impl Alike {
    /// The number of an asserted account, which has a graph of its own.
    #[must_use]
    pub fn asserted(self) -> Option<usize> {
        match self {
            Self::Exported(_) => None,
            Self::Asserted(index) => Some(index),
        }
    }
}

/// Some accounts that are alike.
#[derive(Clone, Debug)]
pub struct Group {
    /// What they have in common.
    pub alike: Alike,
    /// The accounts; there is at least one.
    pub accounts: Rc<[Account]>,
}

/// All accounts of a run, with the graphs that answer for them.
#[derive(Debug)]
pub struct Accounts<'i> {
    graph: Graph<'i>,
    asserted: Vec<Asserted<'i>>,
    /// The accounts of the exports of which the caller asserts what they hold.
    replaced: BTreeSet<PrincipalId>,
    /// All accounts, sorted by name without case, where somebody asked for it.
    all: OnceCell<Vec<Account>>,
}

/// An account of which the caller says what it holds.
#[derive(Debug)]
struct Asserted<'i> {
    name: &'i str,
    /// A graph of its own: what leaves others open is nothing to it.
    graph: Graph<'i>,
    rights: Rights,
}

impl<'i> Accounts<'i> {
    /// The accounts of an organization and of the assertions beside it.
    #[must_use]
    pub fn new(organization: &'i Inventory, asserted: &'i [(String, Inventory)], assumptions: Assumptions) -> Self {
        const NONE: &Assertions = &Assertions { groups: Vec::new(), roles: Vec::new() };
        Self::with_assertions(organization, asserted, assumptions, NONE)
    }

    /// The same, with what the caller asserts that no export shows. Asserted entries win over asserted roles.
    #[must_use]
    pub fn with_assertions(
        organization: &'i Inventory,
        asserted: &'i [(String, Inventory)],
        assumptions: Assumptions,
        assertions: &'i Assertions,
    ) -> Self {
        let by_entries = |(name, inventory): &'i (String, Inventory)| {
            let graph = Graph::new(inventory, assumptions);
            Asserted { name, rights: graph.asserted(), graph }
        };
        let by_roles = |assertion: &'i RoleAssertion| {
            let mut graph = Graph::new(organization, assumptions);
            Asserted { name: &assertion.account, rights: graph.asserted_roles(&assertion.roles), graph }
        };
        let told = |name: &str| asserted.iter().any(|(account, _)| same(account, name));
        let roles = assertions.roles.iter().filter(|assertion| !told(&assertion.account));
        let graph = Graph::asserting(organization, assumptions, &assertions.groups);
        let asserted: Vec<Asserted<'i>> = asserted.iter().map(by_entries).chain(roles.map(by_roles)).collect();
        // What the caller asserts of an account replaces what the exports show of it.
        let replaced: BTreeSet<PrincipalId> = asserted.iter().flat_map(|one| graph.accounts_named(one.name)).collect();
        Self { graph, asserted, replaced, all: OnceCell::new() }
    }

    /// The same accounts, sorted by name without case.
    #[must_use]
    pub fn sorted(&self, mut accounts: Vec<Account>) -> Vec<Account> {
        let exported = |account: &Account| match account {
            Account::Exported(id) => Some(*id),
            Account::Asserted(_) => None,
        };
        if let Some(mut exported) = accounts.iter().map(exported).collect::<Option<Vec<PrincipalId>>>() {
            self.graph.sort(&mut exported);
            return exported.into_iter().map(Account::Exported).collect();
        }
        accounts.sort_by_cached_key(|account| (fold(self.shown(*account)), *account));
        accounts
    }

    /// Whether an account is one of this run. One of the exports is not where the caller asserts what it holds.
    #[must_use]
    pub fn knows(&self, account: Account) -> bool {
        match account {
            Account::Exported(id) => self.graph.is_among_accounts(id) && !self.replaced.contains(&id),
            Account::Asserted(index) => index < self.asserted.len(),
        }
    }

    /// The number of an account: a place in a table of whatever is noted about accounts.
    #[must_use]
    pub fn number(&self, account: Account) -> usize {
        match account {
            Account::Exported(id) => id.0 as usize,
            Account::Asserted(index) => self.graph.inventory().principals.all.len() + index,
        }
    }

    /// The accounts of which the caller asserts what they hold.
    pub fn asserted(&self) -> impl Iterator<Item = Account> + use<> {
        (0..self.asserted.len()).map(Account::Asserted)
    }

    /// The organization's graph.
    #[must_use]
    pub fn organization(&self) -> &Graph<'i> {
        &self.graph
    }

    /// The organization's graph, to ask it questions.
    pub fn organization_mut(&mut self) -> &mut Graph<'i> {
        &mut self.graph
    }

    /// Everything that exports show: the organization's, and what stands for the accounts beside it.
    #[must_use]
    pub fn inventories(&self) -> Vec<&'i Inventory> {
        let asserted = self.asserted.iter().map(|one| one.graph.inventory());
        std::iter::once(self.graph.inventory()).chain(asserted).collect()
    }

    /// The accounts that a text names, sorted by name without case. What the caller asserts of an account replaces
    /// what the exports show of it.
    #[must_use]
    pub fn named(&self, pattern: &str) -> Vec<Account> {
        if pattern == "*" {
            return self.all().to_vec();
        }
        if !pattern.contains(['*', '?']) {
            let exported = self.graph.accounts_named(pattern).into_iter().map(Account::Exported);
            let asserted = self.asserted().filter(|account| same(pattern, self.shown(*account)));
            return self.sorted(exported.filter(|account| self.knows(*account)).chain(asserted).collect());
        }
        let exported = self.graph.accounts_named(pattern).into_iter().map(Account::Exported);
        let wildcard = Wildcard::new(pattern);
        let asserted = self.asserted().filter(|account| wildcard.matches(self.shown(*account)));
        let mut all: Vec<Account> = exported.filter(|account| self.knows(*account)).collect();
        let count = all.len();
        all.extend(asserted);
        if all.len() > count { self.sorted(all) } else { all }
    }

    /// Whether a text names a group that exports show, and so no account.
    #[must_use]
    pub fn is_group(&self, name: &str) -> bool {
        let principals = &self.graph.inventory().principals;
        let is_one = |id| matches!(principals.get(id).class, Some(Class::SecurityGroup | Class::DistributionGroup));
        self.graph.groups_named(name).into_iter().any(is_one)
    }

    /// All accounts, sorted by name without case.
    #[must_use]
    pub fn all(&self) -> &[Account] {
        self.all.get_or_init(|| {
            let shown = self.graph.accounts().iter().copied().map(Account::Exported);
            let mut all: Vec<Account> = shown.filter(|account| self.knows(*account)).collect();
            if !self.asserted.is_empty() {
                all.extend(self.asserted());
                all = self.sorted(all);
            }
            all
        })
    }

    /// Which accounts get the same answers as this one. A question that is asked of many accounts is answered once for
    /// all that are alike: an organization of 50,000 accounts has some 400 sets of rights.
    pub fn alike(&mut self, account: Account) -> Alike {
        match account {
            Account::Exported(id) => Alike::Exported(self.graph.rights(id).set),
            Account::Asserted(index) => Alike::Asserted(index),
        }
    }

    /// Sorts accounts by what they hold: those of one group get the same answers. The groups stand in the order of
    /// their first accounts.
    pub fn grouped(&mut self, accounts: &[Account]) -> Vec<Group> {
        let mut places: BTreeMap<Alike, usize> = BTreeMap::new();
        let mut groups: Vec<(Alike, Vec<Account>)> = Vec::new();
        for &account in accounts {
            let alike = self.alike(account);
            let place = *places.entry(alike).or_insert(groups.len());
            if place == groups.len() {
                groups.push((alike, Vec::new()));
            }
            groups[place].1.push(account);
        }
        groups.into_iter().map(|(alike, accounts)| Group { alike, accounts: accounts.into() }).collect()
    }

    /// The name of an account as it is shown.
    #[must_use]
    pub fn shown(&self, account: Account) -> &'i str {
        match account {
            Account::Exported(id) => self.graph.inventory().show_principal(id),
            Account::Asserted(index) => self.asserted[index].name,
        }
    }

    /// The graph that answers for an account.
    #[must_use]
    pub fn graph(&self, account: Account) -> &Graph<'i> {
        match account {
            Account::Exported(_) => &self.graph,
            Account::Asserted(index) => &self.asserted[index].graph,
        }
    }

    /// The same, to ask it questions.
    pub fn graph_mut(&mut self, account: Account) -> &mut Graph<'i> {
        match account {
            Account::Exported(_) => &mut self.graph,
            Account::Asserted(index) => &mut self.asserted[index].graph,
        }
    }

    /// What an account holds.
    pub fn rights(&mut self, account: Account) -> Rights {
        match account {
            Account::Exported(id) => self.graph.rights(id),
            Account::Asserted(index) => self.asserted[index].rights.clone(),
        }
    }
}
