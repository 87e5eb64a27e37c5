//! Questions that are asked of everybody: each is answered once for all accounts that hold the same, and once however
//! many tables of a policy ask it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::accounts::{Account, Accounts, Alike, Group};
use crate::diagnostic::Report;
use crate::graph::{Answer, GapId, Graph, Judged, RoleEntries, SetIds};
use crate::name::fold;

use super::questions::{QuestionId, Questions};
use super::undecided::{Asking, Open, undecided};

/// The answers to all questions for all accounts.
pub(super) struct Answers<'i> {
    /// The accounts, those together that hold the same.
    pub(super) groups: Vec<Group>,
    /// For each question the groups for which the answer is not a plain no, by number, with that answer.
    answers: Vec<Vec<(usize, Judged<'i>)>>,
}

impl<'i> Answers<'i> {
    /// Answers all questions for some accounts. `tables` are lists of questions: whether any of the first, and where
    /// there are more any of the others, is granted is all that a table asks.
    pub(super) fn find(
        accounts: &mut Accounts<'i>,
        all: &[Account],
        questions: &Questions<'_>,
        tables: &[&[Vec<QuestionId>]],
    ) -> Self {
        let groups = accounts.grouped(all);
        let graph = accounts.organization();
        let worth_asking = worth_asking(graph, questions, tables);
        let wanted = |graph: &Graph<'_>| {
            let named = |id| graph.inventory().names.get(questions.get(id).cmdlet);
            RoleEntries::of((0..questions.len()).filter_map(named).collect())
        };
        let mut exported = wanted(graph);
        let mut answers: Vec<Vec<(usize, Judged<'i>)>> = (0..questions.len()).map(|_| Vec::new()).collect();
        for (number, Group { alike, accounts: group }) in groups.iter().enumerate() {
            let rights = accounts.rights(group[0]);
            let graph = accounts.graph_mut(group[0]);
            // Where nothing is open, what is not held is not granted, and that is most of what is asked.
            let asked: Vec<QuestionId> = match alike {
                Alike::Exported(set) if graph.gaps_of(&rights).is_empty() => {
                    (0..questions.len()).filter(|id| worth_asking[*id].has(*set)).collect()
                }
                _ => (0..questions.len()).collect(),
            };
            if asked.is_empty() {
                continue;
            }
            let grants = match alike {
                Alike::Exported(_) => graph.grants(&rights, &mut exported),
                // What the caller asserts of an account has a graph of its own.
                Alike::Asserted(_) => graph.grants(&rights, &mut wanted(graph)),
            };
            for id in asked {
                let judged = graph.answer(&rights, &grants, &questions.question(id));
                if judged.answer != Answer::NotGranted {
                    answers[id].push((number, judged));
                }
            }
        }
        Self { groups, answers }
    }

    /// How many answers exports decide, and how many they leave open.
    pub(super) fn decided_and_open(&self) -> (u64, u64) {
        let open = self.answers.iter().flatten().filter(|(_, judged)| judged.answer == Answer::Unknown).count() as u64;
        ((self.answers.len() * self.groups.len()) as u64 - open, open)
    }

    /// Whether the answer to each of some questions is a plain no for everybody.
    pub(super) fn are_no(&self, asked: &[QuestionId]) -> bool {
        asked.iter().all(|id| self.answers[*id].is_empty())
    }

    /// The groups for which the answer to any of some questions is not a plain no, by number, with these answers.
    pub(super) fn of(&self, asked: &[QuestionId]) -> BTreeMap<usize, Vec<(QuestionId, &Judged<'i>)>> {
        let mut groups: BTreeMap<usize, Vec<(QuestionId, &Judged<'i>)>> = BTreeMap::new();
        for &id in asked {
            for (group, judged) in &self.answers[id] {
                groups.entry(*group).or_default().push((id, judged));
            }
        }
        groups
    }
}

/// For each question the sets of rights for which the answer matters: those that may hold something of it and, for each
/// further list of a table that asks it, something of that one.
fn worth_asking(graph: &Graph<'_>, questions: &Questions<'_>, tables: &[&[Vec<QuestionId>]]) -> Vec<SetIds> {
    let holding: Vec<SetIds> = (0..questions.len()).map(|id| graph.sets_holding(&questions.question(id))).collect();
    let mut worth_asking = vec![SetIds::default(); questions.len()];
    for lists in tables {
        let holding_any = |list: &Vec<QuestionId>| {
            let mut any = SetIds::default();
            list.iter().for_each(|id| any.add(&holding[*id]));
            any
        };
        let all = lists.iter().map(holding_any).reduce(|mut all, list| {
            all.keep(&list);
            all
        });
        for id in lists.iter().flatten() {
            let mut sets = holding[*id].clone();
            all.iter().for_each(|all| sets.keep(all));
            worth_asking[*id].add(&sets);
        }
    }
    worth_asking
}

/// A gap. Those of an asserted account are of its own graph.
type Place = (Option<usize>, GapId);

/// Some accounts, and what is open for them.
type Part<Q> = (Rc<[Account]>, Q);

/// What stays open, by what it depends on.
#[derive(Default)]
pub(super) struct Hanging {
    /// The questions that are open for all accounts of a group, which is told by its number.
    groups: BTreeMap<Place, BTreeSet<(usize, QuestionId)>>,
    /// Those that are for some.
    some: BTreeMap<Place, Vec<Part<QuestionId>>>,
    /// Those of whom some table need not ask: it excepts them, or has found them.
    settled: BTreeSet<Account>,
}

impl Hanging {
    /// Notes that a question depends on a gap for some accounts of a group.
    pub(super) fn add(&mut self, gap: GapId, (number, group): (usize, &Group), some: &Rc<[Account]>, id: QuestionId) {
        let place = (group.alike.asserted(), gap);
        if some.len() == group.accounts.len() {
            self.groups.entry(place).or_default().insert((number, id));
        } else if !some.is_empty() {
            self.some.entry(place).or_default().push((Rc::clone(some), id));
        }
    }

    /// Notes that some accounts are settled, whatever else is open.
    pub(super) fn settle(&mut self, accounts: impl IntoIterator<Item = Account>) {
        self.settled.extend(accounts);
    }

    /// Says what stays open: once for each account and gap; what leaves open everybody who is not settled, once for all.
    pub(super) fn say(
        self,
        accounts: &mut Accounts<'_>,
        answers: &Answers<'_>,
        questions: &Questions<'_>,
        (asking, open): (&Asking<'_>, &mut Open),
        report: &mut Report,
    ) {
        let Self { groups, some, settled } = self;
        let mut places: BTreeMap<Place, Vec<Part<Vec<QuestionId>>>> = BTreeMap::new();
        for (place, parts) in groups {
            let parts: Vec<(usize, QuestionId)> = parts.into_iter().collect();
            let of_group = parts.chunk_by(|left, right| left.0 == right.0);
            let with_accounts = of_group.map(|parts| {
                let ids = parts.iter().map(|(_, id)| *id).collect();
                (Rc::clone(&answers.groups[parts[0].0].accounts), ids)
            });
            places.insert(place, with_accounts.collect());
        }
        for (place, parts) in some {
            places.entry(place).or_default().extend(parts.into_iter().map(|(some, id)| (some, vec![id])));
        }
        for ((_, gap), parts) in places {
            let mut concerned: Vec<Account> = parts.iter().flat_map(|(accounts, _)| accounts.iter().copied()).collect();
            concerned.sort_unstable();
            concerned.dedup();
            let name = |id: &QuestionId| questions.get(*id).cmdlet.to_owned();
            // An unknown role assignment policy is each account's own.
            let mut everybody = answers.groups.iter().flat_map(|group| group.accounts.iter());
            let is_open = |account: &Account| concerned.binary_search(account).is_ok() || settled.contains(account);
            if concerned.len() > 1 && gap != GapId::OWN_POLICY && everybody.all(is_open) {
                let asked: BTreeSet<QuestionId> = parts.iter().flat_map(|(_, ids)| ids).copied().collect();
                let gap = accounts.organization().gap(gap);
                let mut said = undecided(&gap, None, asking, asked.iter().map(name).collect(), open);
                said.subject.accounts = shown(accounts, &concerned.into_iter().collect());
                report.say(said);
                continue;
            }
            let mut by_account: BTreeMap<Account, Vec<QuestionId>> = BTreeMap::new();
            for (some, ids) in &parts {
                some.iter().for_each(|account| by_account.entry(*account).or_default().extend(ids));
            }
            for (account, asked) in by_account {
                let rights = accounts.rights(account);
                let gap = accounts.graph(account).gap_for(&rights, gap).into_owned();
                let cmdlets = asked.iter().map(name).collect();
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
