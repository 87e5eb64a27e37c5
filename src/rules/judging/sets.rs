//! Questions that are asked of everybody: each is answered once for all accounts that hold the same, and once however
//! many tables of a policy ask it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::accounts::{Account, Accounts};
use crate::diagnostic::Report;
use crate::graph::{Answer, EntryGrant, GapId, Judged, RoleEntries};
use crate::inventory::Inventory;
use crate::name::{Symbol, fold};
use crate::policy::Item;

use super::asked::{Asked, expand};
use super::undecided::{Asking, Open, undecided};

/// The number of a question.
pub(super) type QuestionId = usize;

/// All questions of a policy, each once.
pub(super) struct Questions<'p> {
    inventories: Vec<&'p Inventory>,
    all: Vec<(Asked<'p>, bool)>,
    known: BTreeMap<(String, Vec<String>, bool, bool), QuestionId>,
}

impl<'p> Questions<'p> {
    pub(super) fn new(inventories: Vec<&'p Inventory>) -> Self {
        Self { inventories, all: Vec::new(), known: BTreeMap::new() }
    }

    /// The questions of some items. What matches nothing in the exports is held by nobody and needs no word.
    pub(super) fn add(&mut self, items: &'p [Item], own_mailbox: bool) -> Vec<QuestionId> {
        let asked = expand(&self.inventories, items, false, &mut Report::default());
        let mut ids = Vec::with_capacity(asked.len());
        for asked in asked {
            let any = asked.item.mode == crate::policy::ParameterMode::Any;
            let parameters = asked.parameters().iter().map(|parameter| fold(parameter)).collect();
            let next = self.all.len();
            let id = *self.known.entry((fold(&asked.cmdlet), parameters, any, own_mailbox)).or_insert(next);
            if id == next {
                self.all.push((asked, own_mailbox));
            }
            ids.push(id);
        }
        ids
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.all.len() as u64
    }

    /// What a question asks.
    pub(super) fn get(&self, id: QuestionId) -> &Asked<'p> {
        &self.all[id].0
    }
}

/// Accounts that hold the same, and the answers that are not a plain no.
pub(super) struct Set<'i> {
    pub(super) accounts: Rc<[Account]>,
    pub(super) answers: BTreeMap<QuestionId, Judged<'i>>,
}

/// Answers all questions for all accounts.
pub(super) fn answer<'i>(accounts: &mut Accounts<'i>, all: &[Account], questions: &Questions<'_>) -> Vec<Set<'i>> {
    let mut entries: BTreeMap<Option<usize>, RoleEntries<'i>> = BTreeMap::new();
    let mut sets = Vec::new();
    for group in accounts.grouped(all) {
        let Some(&first) = group.first() else { continue };
        let rights = accounts.rights(first);
        let graph = accounts.graph_mut(first);
        let key = match first {
            Account::Exported(_) => None,
            Account::Asserted(index) => Some(index),
        };
        let names = &graph.inventory().names;
        let wanted = || questions.all.iter().filter_map(|(asked, _)| names.get(&asked.cmdlet)).collect();
        let entries = entries.entry(key).or_insert_with(|| RoleEntries::of(wanted()));
        let mut by_cmdlet: BTreeMap<Symbol, Vec<EntryGrant<'i>>> = BTreeMap::new();
        for grant in graph.grants(&rights, entries) {
            by_cmdlet.entry(grant.cmdlet).or_default().push(grant);
        }
        // Where nothing is open, what is not held is not granted, and that is most of what is asked.
        let closed = graph.gaps_of(&rights).is_empty();
        let mut answers = BTreeMap::new();
        for (id, (asked, own_mailbox)) in questions.all.iter().enumerate() {
            let grants = names.get(&asked.cmdlet).and_then(|cmdlet| by_cmdlet.get(&cmdlet));
            if closed && grants.is_none() {
                continue;
            }
            let grants = grants.map_or(&[][..], Vec::as_slice);
            let judged = graph.judge(&rights, grants, &asked.question(*own_mailbox));
            if judged.answer != Answer::NotGranted {
                answers.insert(id, judged);
            }
        }
        sets.push(Set { accounts: group.into(), answers });
    }
    sets
}

/// A cmdlet that is open for some accounts.
type Part = (Rc<[Account]>, String);

/// What stays open, by what it hangs on.
#[derive(Default)]
pub(super) struct Hanging {
    /// For each gap, who may be concerned and by which cmdlets. A gap of an asserted account is one of its own graph.
    open: BTreeMap<(Option<usize>, GapId), Vec<Part>>,
    /// Those of whom some table need not ask: it excepts them, or has found them.
    settled: BTreeSet<Account>,
}

impl Hanging {
    /// Notes that `cmdlet` hangs on a gap for some accounts.
    pub(super) fn add(&mut self, gap: GapId, accounts: &Rc<[Account]>, cmdlet: &str) {
        let graph = match accounts.first() {
            Some(Account::Asserted(index)) => Some(*index),
            Some(Account::Exported(_)) => None,
            None => return,
        };
        self.open.entry((graph, gap)).or_default().push((Rc::clone(accounts), cmdlet.to_owned()));
    }

    /// Notes that some accounts are settled, whatever else is open.
    pub(super) fn settle(&mut self, accounts: impl IntoIterator<Item = Account>) {
        self.settled.extend(accounts);
    }

    /// Says what stays open: once for each account and gap; what leaves open everybody who is not settled, once for all.
    pub(super) fn say(
        self,
        accounts: &mut Accounts<'_>,
        everybody: &[Account],
        asking: &Asking<'_>,
        open: &mut Open,
        report: &mut Report,
    ) {
        for ((_, gap), parts) in &self.open {
            let gap = *gap;
            let concerned: BTreeSet<Account> =
                parts.iter().flat_map(|(accounts, _)| accounts.iter().copied()).collect();
            // An unknown role assignment policy is each account's own.
            let is_open = |account: &Account| concerned.contains(account) || self.settled.contains(account);
            if concerned.len() > 1 && everybody.iter().all(is_open) && gap != GapId::OWN_POLICY {
                let cmdlets = parts.iter().map(|(_, cmdlet)| cmdlet.clone()).collect();
                let graph = accounts.organization();
                let mut said = undecided(graph.gap(gap), None, asking, cmdlets, open);
                said.subject.accounts = shown(accounts, &concerned);
                report.say(said);
                continue;
            }
            let mut by_account: BTreeMap<Account, Vec<String>> = BTreeMap::new();
            for (some, cmdlet) in parts {
                some.iter().for_each(|account| by_account.entry(*account).or_default().push(cmdlet.clone()));
            }
            for (account, cmdlets) in by_account {
                let rights = accounts.rights(account);
                let gap = accounts.graph(account).gap_for(&rights, gap).into_owned();
                report.say(undecided(&gap, Some(accounts.shown(account)), asking, cmdlets, open));
            }
        }
    }
}

/// The names of accounts, sorted without case.
pub(super) fn shown(accounts: &Accounts<'_>, all: &BTreeSet<Account>) -> Vec<String> {
    let mut names: Vec<String> = all.iter().map(|account| accounts.shown(*account).to_owned()).collect();
    names.sort_by_cached_key(|name| fold(name));
    names.dedup();
    names
}
