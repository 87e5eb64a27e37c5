//! Whom a run speaks of: accounts of the organization, and accounts whose entries the caller asserts.

use crate::graph::{Assumptions, Graph, Rights, wildcard_matches};
use crate::inventory::{Inventory, PrincipalId};
use crate::name::{fold, same};

/// One account of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Account {
    /// An account that the exports show.
    Exported(PrincipalId),
    /// An account of which the caller says that these entries are all it holds.
    Asserted(usize),
}

/// All accounts of a run, with the graphs that answer for them.
#[derive(Debug)]
pub struct Accounts<'i> {
    graph: Graph<'i>,
    asserted: Vec<(&'i str, Graph<'i>)>,
}

impl<'i> Accounts<'i> {
    /// The accounts of an organization and of the assertions beside it.
    #[must_use]
    pub fn new(organization: &'i Inventory, asserted: &'i [(String, Inventory)], assumptions: Assumptions) -> Self {
        let graph_of = |(name, inventory): &'i (String, Inventory)| (name.as_str(), Graph::new(inventory, assumptions));
        Self { graph: Graph::new(organization, assumptions), asserted: asserted.iter().map(graph_of).collect() }
    }

    /// The organization's graph.
    #[must_use]
    pub fn organization(&self) -> &Graph<'i> {
        &self.graph
    }

    /// The accounts that a text names, sorted by name without case. What the caller asserts of an account replaces
    /// what the exports show of it.
    #[must_use]
    pub fn named(&self, pattern: &str) -> Vec<Account> {
        let wild = pattern.contains(['*', '?']);
        let fits = |name: &str| if wild { wildcard_matches(pattern, name) } else { same(pattern, name) };
        let mut found: Vec<Account> =
            (0..self.asserted.len()).filter(|index| fits(self.asserted[*index].0)).map(Account::Asserted).collect();
        let replaced =
            |id: &PrincipalId| self.asserted.iter().any(|(name, _)| self.graph.accounts_named(name).contains(id));
        found.extend(self.graph.accounts_named(pattern).into_iter().filter(|id| !replaced(id)).map(Account::Exported));
        self.sort(&mut found);
        found
    }

    /// All accounts, sorted by name without case.
    #[must_use]
    pub fn all(&self) -> Vec<Account> {
        self.named("*")
    }

    fn sort(&self, accounts: &mut Vec<Account>) {
        accounts.sort_by_cached_key(|account| (fold(self.shown(*account)), *account));
        accounts.dedup();
    }

    /// The name of an account as it is shown.
    #[must_use]
    pub fn shown(&self, account: Account) -> &'i str {
        match account {
            Account::Exported(id) => self.graph.inventory().show_principal(id),
            Account::Asserted(index) => self.asserted[index].0,
        }
    }

    /// The graph that answers for an account.
    #[must_use]
    pub fn graph(&self, account: Account) -> &Graph<'i> {
        match account {
            Account::Exported(_) => &self.graph,
            Account::Asserted(index) => &self.asserted[index].1,
        }
    }

    /// The same, to ask it questions.
    pub fn graph_mut(&mut self, account: Account) -> &mut Graph<'i> {
        match account {
            Account::Exported(_) => &mut self.graph,
            Account::Asserted(index) => &mut self.asserted[index].1,
        }
    }

    /// What an account holds.
    pub fn rights(&mut self, account: Account) -> Rights {
        match account {
            Account::Exported(id) => self.graph.rights(id),
            Account::Asserted(index) => self.asserted[index].1.asserted(),
        }
    }
}
