//! `forbidden-cmdlet` and `conflicting-cmdlets`: what nobody may run but those that a policy excepts, and what no account
//! may hold together.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::accounts::{Account, Accounts, Alike, Group};
use crate::diagnostic::{Diagnostic, Label, Report, RuleId, Severity, Subject};
use crate::graph::{Answer, EntryGrant, GapId, Held, Judged, Rights, Wildcard};
use crate::hidden::toml;
use crate::inventory::PrincipalId;
use crate::name::{fold, same};
use crate::policy::{Beyond, Forbid, Policy, Separate, WhoKind};
use crate::remedy::{Assignee, Fix, FixKind};
use crate::rules::remedy;
use crate::scope::Reach;
use crate::source::Sources;

use super::chain;
use super::questions::{QuestionId, Questions};
use super::require::{MERGED_PARAMETERS, Outcome};
use super::sets::{Answers, Hanging, shown};
use super::undecided::Asking;
use super::whom::whom;

/// An account can run what a policy forbids.
pub const FORBIDDEN_CMDLET: RuleId = RuleId::requirement("forbidden-cmdlet", Severity::Error);
/// An account can run two things that a policy keeps apart.
pub const CONFLICTING_CMDLETS: RuleId = RuleId::requirement("conflicting-cmdlets", Severity::Error);

/// How many accounts and entries a finding shows by their lines; the rest is counted, and named in JSON.
const SHOWN_MAX: usize = 5;

/// Judges every `[[forbid]]` and `[[separate]]` for the accounts of a run.
pub fn check(
    accounts: &mut Accounts<'_>,
    (policy, sources): (&Policy, &Sources<'_>),
    all: &[Account],
    report: &mut Report,
    outcome: &mut Outcome,
) {
    let Some(at) = policy.forbids.first().map(|it| it.common.at).or(policy.separates.first().map(|it| it.common.at))
    else {
        return;
    };
    let mut questions = Questions::new(accounts.inventories());
    // What matches nothing in the exports is held by nobody and needs no word.
    let mut ask = |items, beyond| -> Vec<QuestionId> {
        questions.ask(items, beyond == Beyond::Any, |_| {}).into_iter().map(|asked| asked.id).collect()
    };
    let forbidden: Vec<Vec<QuestionId>> =
        policy.forbids.iter().map(|forbid| ask(&forbid.items, forbid.beyond)).collect();
    let separated: Vec<[Vec<QuestionId>; 2]> =
        policy.separates.iter().map(|it| [&it.left, &it.right].map(|items| ask(items, it.beyond))).collect();
    let forbidding = forbidden.iter().map(std::slice::from_ref);
    let tables: Vec<&[Vec<QuestionId>]> = forbidding.chain(separated.iter().map(<[_; 2]>::as_slice)).collect();
    let answers = Answers::find(accounts, all, &questions, &tables);
    let (decided, open) = answers.decided_and_open();
    outcome.decided += decided;
    outcome.open_answers += open;
    let mut hanging = Hanging::default();
    for (forbid, asked) in policy.forbids.iter().zip(&forbidden) {
        let excepted = Excepted::of(accounts, policy, forbid);
        let ships = sources.file(forbid.common.at.file).ships;
        let mut judge = Forbidding { policy, forbid, ships, excepted, questions: &questions, hits: BTreeMap::new() };
        for (number, held) in answers.of(asked) {
            judge.judge(accounts, (number, &answers.groups[number]), held, &mut hanging, report);
        }
        judge.say(accounts, asked, report);
    }
    let may_conflict = |sides: &[Vec<QuestionId>; 2]| !sides.iter().any(|side| answers.are_no(side));
    for (separate, sides) in policy.separates.iter().zip(&separated).filter(|(_, sides)| may_conflict(sides)) {
        let [left, mut right] = sides.each_ref().map(|side| answers.of(side));
        for (number, left) in left {
            if let Some(right) = right.remove(&number) {
                let group = (number, &answers.groups[number]);
                conflict(accounts, separate, group, &[left, right], &questions, &mut hanging, report);
            }
        }
    }
    let asking = Asking { requirement: None, at };
    hanging.say(accounts, &answers, &questions, (&asking, &mut outcome.open), report);
}

/// Whom a table excepts, by what its words mean in these exports.
#[derive(Default)]
struct Excepted {
    accounts: BTreeSet<Account>,
    /// What these hold.
    alike: BTreeSet<Alike>,
    /// Groups whose members are excepted and not all known, by why.
    gaps: BTreeSet<GapId>,
    /// Groups through which everybody may come.
    through: BTreeSet<PrincipalId>,
    /// Accounts whose own assignments are fine.
    direct: BTreeSet<Account>,
    /// Role assignment policies through which everybody may come, as written.
    policies: Vec<String>,
}

impl Excepted {
    fn of(accounts: &mut Accounts<'_>, policy: &Policy, forbid: &Forbid) -> Self {
        let mut excepted = Self::default();
        for who in policy.excepted(forbid) {
            let (named, gaps) = whom(accounts, who);
            excepted.alike.extend(named.iter().map(|account| accounts.alike(*account)));
            excepted.accounts.extend(named);
            excepted.gaps.extend(gaps);
        }
        for who in policy.excepted_through(forbid) {
            match who.kind {
                WhoKind::Group => excepted.through.extend(accounts.organization().groups_named(&who.text)),
                WhoKind::Account => {
                    excepted.direct.extend(accounts.named(&who.text));
                    excepted.policies.push(who.text.clone());
                }
            }
        }
        excepted
    }
}

/// What a forbid finds of one assignment; of one asserted account where there is none.
#[derive(Default)]
struct Hit<'i> {
    accounts: BTreeSet<Account>,
    /// The first path of each account to the assignment, as a number of `RightSet::held`.
    paths: BTreeMap<Account, usize>,
    /// The entries, each once, with the cmdlet.
    entries: Vec<(EntryGrant<'i>, String)>,
    /// The assignee, for the accounts whose shortest chain to it leads through what is excepted.
    around: BTreeMap<Account, PrincipalId>,
}

impl Hit<'_> {
    /// The path by which an account comes to the assignment for certain.
    fn path<'r>(&self, account: Account, rights: &'r Rights) -> Option<&'r Held> {
        self.paths.get(&account).map(|path| &*rights.held[*path]).filter(|held| held.is_sure())
    }
}

/// One forbid, with what was found so far.
struct Forbidding<'f, 'i> {
    policy: &'f Policy,
    forbid: &'f Forbid,
    /// Whether the table is of a pack, which cannot be edited.
    ships: bool,
    excepted: Excepted,
    questions: &'f Questions<'f>,
    hits: BTreeMap<Result<usize, Account>, Hit<'i>>,
}

impl<'i> Forbidding<'_, 'i> {
    fn judge(
        &mut self,
        accounts: &mut Accounts<'i>,
        (number, group): (usize, &Group),
        held: Vec<(QuestionId, &Judged<'i>)>,
        hanging: &mut Hanging,
        report: &mut Report,
    ) {
        let concerned: Rc<[Account]> = if self.excepted.alike.contains(&group.alike) {
            let (excepted, concerned): (Vec<Account>, Vec<Account>) =
                group.accounts.iter().partition(|account| self.excepted.accounts.contains(account));
            hanging.settle(excepted);
            concerned.into()
        } else {
            Rc::clone(&group.accounts)
        };
        if held.iter().any(|(_, judged)| judged.answer == Answer::Granted) {
            hanging.settle(concerned.iter().copied());
        }
        for (id, judged) in held {
            let cmdlet = self.questions.get(id).cmdlet;
            let mut gaps: BTreeSet<GapId> = BTreeSet::new();
            match judged.answer {
                Answer::NotGranted => {}
                Answer::Unknown => gaps.extend(&judged.gaps),
                // Whoever may be excepted is not accused.
                Answer::Granted | Answer::Merged if !self.excepted.gaps.is_empty() => {
                    if self.is_beyond(accounts, &concerned, judged) {
                        gaps.extend(&self.excepted.gaps);
                    }
                }
                Answer::Granted => self.hit(accounts, &concerned, judged, cmdlet),
                Answer::Merged => {
                    if self.is_beyond(accounts, &concerned, judged) {
                        self.say_merged(accounts, &concerned, judged, id, report);
                    }
                }
            }
            gaps.into_iter().for_each(|gap| hanging.add(gap, (number, group), &concerned, id));
        }
    }

    /// Whether anybody comes to any of the grants by a path that is not excepted.
    fn is_beyond(&self, accounts: &mut Accounts<'i>, concerned: &[Account], judged: &Judged<'i>) -> bool {
        concerned.first().is_some_and(|account| {
            judged.grants.iter().any(|grant| self.path(accounts, *account, grant) != Path::Excepted)
        })
    }

    fn hit(&mut self, accounts: &mut Accounts<'i>, concerned: &[Account], judged: &Judged<'i>, cmdlet: &str) {
        let Some(&first) = concerned.first() else { return };
        for grant in &judged.grants {
            // Accounts that hold the same come to it by the same groups.
            let path = self.path(accounts, first, grant);
            if path == Path::Excepted {
                continue;
            }
            let assignment = accounts.rights(first).held[grant.held].assignment;
            let hit = self.hits.entry(assignment.ok_or(first)).or_default();
            hit.accounts.extend(concerned);
            for account in concerned.iter().filter(|_| assignment.is_some()) {
                let known = hit.paths.entry(*account).or_insert(grant.held);
                *known = grant.held.min(*known);
            }
            if let Path::Around(group) = path {
                hit.around.extend(concerned.iter().map(|account| (*account, group)));
            }
            if !hit.entries.iter().any(|(known, _)| known.at == grant.at) {
                hit.entries.push((grant.clone(), cmdlet.to_owned()));
            }
        }
    }

    /// By what path an account comes to a grant, what is excepted aside.
    fn path(&self, accounts: &mut Accounts<'i>, account: Account, grant: &EntryGrant<'i>) -> Path {
        let Account::Exported(id) = account else { return Path::Plain };
        let rights = accounts.rights(account);
        let graph = accounts.organization();
        let held = &rights.held[grant.held];
        if let Some(policy) = held.policy {
            let policy = graph.inventory().show(policy);
            let excepted = self.excepted.policies.iter().any(|name| Wildcard::new(name).matches(policy));
            return if excepted { Path::Excepted } else { Path::Plain };
        }
        let Some((assignee, _)) = held.chain.last() else {
            return if self.excepted.direct.contains(&account) { Path::Excepted } else { Path::Plain };
        };
        if !held.chain.iter().any(|(group, _)| self.excepted.through.contains(group)) {
            return Path::Plain;
        }
        match graph.chain_around(id, *assignee, &self.excepted.through) {
            Some(_) => Path::Around(*assignee),
            None => Path::Excepted,
        }
    }

    fn say_merged(
        &self,
        accounts: &mut Accounts<'i>,
        concerned: &[Account],
        judged: &Judged<'i>,
        id: QuestionId,
        report: &mut Report,
    ) {
        let asked = self.questions.get(id);
        for &account in concerned {
            let rights = accounts.rights(account);
            let (graph, name) = (accounts.graph(account), accounts.shown(account));
            let labels =
                judged.grants.iter().flat_map(|grant| chain::labels(graph, name, &rights, grant)).collect::<Vec<_>>();
            report.say(Diagnostic {
                rule: MERGED_PARAMETERS,
                severity: MERGED_PARAMETERS.level,
                message: format!(
                    "`{name}` can run `{}` with all parameters that `{}` forbids only if Exchange merges the entries of several roles",
                    asked.cmdlet, self.forbid.common.id
                ),
                subject: Subject {
                    account: Some(name.to_owned()),
                    accounts: vec![name.to_owned()],
                    cmdlet: Some(asked.cmdlet.to_owned()),
                    parameters: asked.parameters().to_vec(),
                    requirement: Some(self.forbid.common.id.clone()),
                    ..Subject::default()
                },
                labels,
                fixes: judged
                    .grants
                    .iter()
                    .filter_map(|grant| remedy::take(graph, name, &rights.held[grant.held]))
                    .take(1)
                    .chain([self.except(&[name.to_owned()], None)])
                    .collect(),
                waived: None,
            });
        }
    }

    /// One finding for each assignment, in the order in which reports are sorted.
    fn say(self, accounts: &mut Accounts<'i>, asked: &[QuestionId], report: &mut Report) {
        for (key, hit) in &self.hits {
            report.say(self.finding(accounts, *key, hit, asked));
        }
    }

    fn finding(
        &self,
        accounts: &mut Accounts<'i>,
        key: Result<usize, Account>,
        hit: &Hit<'i>,
        asked: &[QuestionId],
    ) -> Diagnostic {
        let names = shown(accounts, &hit.accounts);
        let mut entries: Vec<&(EntryGrant<'i>, String)> = hit.entries.iter().collect();
        entries.sort_by_cached_key(|(_, cmdlet)| fold(cmdlet));
        let mut cmdlets: Vec<String> = entries.iter().map(|(_, cmdlet)| cmdlet.clone()).collect();
        cmdlets.dedup_by(|left, right| same(left, right));
        let labels = self.labels(accounts, key, hit, &entries);
        // A hit has at least one account, or it would not be there.
        let first = hit.accounts.first().copied().unwrap_or_else(|| accounts.all()[0]);
        let rights = accounts.rights(first);
        let graph = accounts.graph(first);
        let inventory = graph.inventory();
        let sole_way = hit.path(first, &rights).filter(|_| names.len() == 1);
        let one = sole_way.and_then(|held| remedy::take(graph, &names[0], held));
        let assignment = key.ok().map(|index| &inventory.assignments[index]);
        let name = assignment.and_then(|it| it.name).map(|name| inventory.show(name).to_owned());
        let group = assignment.and_then(|it| match it.assignee {
            crate::inventory::Assignee::Principal(id) if !graph.is_account(id) => {
                Some(inventory.show_principal(id).to_owned())
            }
            _ => None,
        });
        let remove = assignment.and_then(|it| Some(Fix::of(remedy::unassign(graph, it)?, "removes the assignment")));
        // Of several accounts, each would have to leave; an assignment to one of them is theirs alone.
        let mut fixes: Vec<Fix> = one.into_iter().chain(remove).collect();
        fixes.dedup_by(|left, right| left.steps == right.steps);
        fixes.push(self.except(&names, assignment.and_then(|it| remedy::assignee(graph, it))));
        let role = entries.first().and_then(|(grant, _)| inventory.show_role(grant.role)).map(ToOwned::to_owned);
        let who = counted(&names, "account");
        let what = counted(&cmdlets, "cmdlet");
        let through = name.as_ref().map_or_else(String::new, |name| format!(" through assignment `{name}`"));
        // Where the table asks for one thing, the finding names it; else its unit is the assignment alone.
        let sole = match asked {
            [one] => Some(self.questions.get(*one)),
            _ => None,
        };
        Diagnostic {
            rule: FORBIDDEN_CMDLET,
            severity: self.forbid.common.level.unwrap_or(FORBIDDEN_CMDLET.level),
            message: format!("{who} can run {what}{through}, which `{}` forbids", self.forbid.common.id),
            subject: Subject {
                account: key.err().map(|account| accounts.shown(account).to_owned()),
                accounts: names,
                cmdlet: sole.map(|asked| asked.cmdlet.to_owned()),
                cmdlets,
                parameters: sole.map(|asked| asked.parameters().to_vec()).unwrap_or_default(),
                role,
                assignment: name,
                group,
                requirement: Some(self.forbid.common.id.clone()),
                ..Subject::default()
            },
            labels,
            fixes,
            waived: None,
        }
    }

    /// Lets accounts run what the table forbids: one by its name, several by whom they all have it from.
    fn except(&self, accounts: &[String], assignee: Option<Assignee>) -> Fix {
        let through = match assignee {
            Some(Assignee::Group(name)) => Some(format!("group:{name}")),
            Some(Assignee::Policy(name)) => Some(name),
            _ => None,
        };
        let (key, own_key, names) = match (accounts, through) {
            ([_, _, ..], Some(name)) => ("through", "except-through", vec![name]),
            _ => ("accounts", "except", accounts.to_vec()),
        };
        let shown = match names.as_slice() {
            [one] => toml(one),
            many => format!("these {} accounts", many.len()),
        };
        let id = &self.forbid.common.id;
        if !self.ships {
            return Fix::policy(format!("add {shown} to `{own_key}` of `{id}`"));
        }
        match self.policy.exception(self.forbid, key, &names) {
            Some(edit) => Fix::of(edit, format!("excepts {shown} from `{id}`")),
            None => Fix::policy(format!(
                "except {shown} by an `[[except]]` in a policy file that extends the pack; `rolecall init` writes one"
            )),
        }
    }

    /// The whole chain of the first account, how the next ones come to it, and the entries.
    fn labels(
        &self,
        accounts: &mut Accounts<'i>,
        key: Result<usize, Account>,
        hit: &Hit<'i>,
        entries: &[&(EntryGrant<'i>, String)],
    ) -> Vec<Label> {
        let mut ordered: Vec<Account> = hit.accounts.iter().copied().collect();
        ordered.sort_by_cached_key(|account| fold(accounts.shown(*account)));
        let mut labels: Vec<Label> = Vec::new();
        let mut assignment: Option<Label> = None;
        let hidden = ordered.len().saturating_sub(SHOWN_MAX);
        for &account in ordered.iter().take(SHOWN_MAX) {
            let rights = accounts.rights(account);
            let (graph, name) = (accounts.graph(account), accounts.shown(account));
            let Some(held) = hit.path(account, &rights) else { continue };
            let around = match (hit.around.get(&account), account) {
                (Some(group), Account::Exported(id)) => graph.chain_around(id, *group, &self.excepted.through),
                _ => None,
            };
            match around {
                Some(chain) => labels.extend(chain::hops(graph, name, &chain)),
                None => labels.extend(chain::memberships(graph, name, &rights, held)),
            }
            if assignment.is_none() {
                assignment = chain::assignment(graph, name, held);
                // What it works on is what the reader asks next.
                if let (Some(label), Some((_, cmdlet))) = (&mut assignment, entries.first())
                    && graph.reach(held, cmdlet) != Reach::Organization
                {
                    label.text = format!("{}, {}", label.text, graph.scope_words(held, cmdlet));
                }
            }
        }
        if hidden > 0
            && let Some(last) = labels.last_mut()
        {
            last.text = format!("{}, and {hidden} more accounts come to it", last.text);
        }
        labels.extend(assignment);
        let Some(&first) = ordered.first() else { return labels };
        if key.is_err() {
            let (rights, name) = (accounts.rights(first), accounts.shown(first));
            let shown = entries.iter().take(SHOWN_MAX).map(|(grant, _)| &rights.held[grant.held]);
            labels.extend(shown.filter_map(|held| chain::assignment(accounts.graph(first), name, held)));
        }
        let graph = accounts.graph(first);
        labels.extend(entries.iter().take(SHOWN_MAX).map(|(grant, _)| chain::entry(graph, grant)));
        labels.push(Label::new(self.forbid.common.at, "forbidden here"));
        let mut seen = BTreeSet::new();
        labels.retain(|label| seen.insert((label.span, label.text.clone())));
        labels
    }
}

/// How an account comes to a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Path {
    /// By its shortest chain, through nothing that is excepted.
    Plain,
    /// By another chain, around what is excepted.
    Around(PrincipalId),
    /// Through what is excepted only.
    Excepted,
}

/// `` `one` ``, or how many.
fn counted(names: &[String], noun: &str) -> String {
    match names {
        [one] => format!("`{one}`"),
        many => format!("{} {noun}s", many.len()),
    }
}

/// Judges one `[[separate]]` for accounts that hold the same.
fn conflict<'i>(
    accounts: &mut Accounts<'i>,
    separate: &Separate,
    (number, group): (usize, &Group),
    sides: &[Vec<(QuestionId, &Judged<'i>)>; 2],
    questions: &Questions<'_>,
    hanging: &mut Hanging,
    report: &mut Report,
) {
    let is_held = |judged: &Judged<'_>| matches!(judged.answer, Answer::Granted | Answer::Merged);
    let held = |side: &Vec<(QuestionId, &Judged<'i>)>| side.iter().any(|(_, judged)| is_held(judged));
    if sides.iter().all(held) {
        for &account in group.accounts.iter() {
            report.say(conflicting(accounts, account, separate, sides, questions));
        }
        return;
    }
    // One side or both depend on something: what is open there is open here.
    for side in sides.iter().filter(|side| !held(side)) {
        for (id, judged) in side {
            judged.gaps.iter().for_each(|gap| hanging.add(*gap, (number, group), &group.accounts, *id));
        }
    }
}

fn conflicting<'i>(
    accounts: &mut Accounts<'i>,
    account: Account,
    separate: &Separate,
    sides: &[Vec<(QuestionId, &Judged<'i>)>; 2],
    questions: &Questions<'_>,
) -> Diagnostic {
    let rights = accounts.rights(account);
    let (graph, name) = (accounts.graph(account), accounts.shown(account));
    let inventory = graph.inventory();
    let mut labels: Vec<Label> = Vec::new();
    let mut cmdlets: Vec<String> = Vec::new();
    let mut firsts: Vec<String> = Vec::new();
    let mut fixes: Vec<Fix> = Vec::new();
    for side in sides {
        let mut held: Vec<(&str, &Judged<'_>)> = side
            .iter()
            .filter(|(_, judged)| matches!(judged.answer, Answer::Granted | Answer::Merged))
            .map(|(id, judged)| (questions.get(*id).cmdlet, *judged))
            .collect();
        held.sort_by_cached_key(|(cmdlet, _)| fold(cmdlet));
        cmdlets.extend(held.iter().map(|(cmdlet, _)| (*cmdlet).to_owned()));
        let Some((cmdlet, judged)) = held.first() else { continue };
        firsts.push((*cmdlet).to_owned());
        let order = |grant: &&EntryGrant<'_>| {
            let path = &rights.held[grant.held];
            let assignment = graph.assignment(path).and_then(|assignment| assignment.name);
            (path.chain.len(), fold(assignment.map_or("", |name| inventory.show(name))))
        };
        if let Some(grant) = judged.grants.iter().min_by_key(order) {
            labels.extend(chain::labels(graph, name, &rights, grant));
        }
        // All ways to all of the side must go.
        let ways: BTreeSet<usize> =
            held.iter().flat_map(|(_, judged)| &judged.grants).map(|grant| grant.held).collect();
        fixes.extend(remedy::take_all(graph, name, ways.iter().map(|way| &*rights.held[*way])));
    }
    labels.push(Label::new(separate.common.at, "kept apart here"));
    let mut seen = BTreeSet::new();
    labels.retain(|label| seen.insert((label.span, label.text.clone())));
    cmdlets.dedup_by(|left, right| same(left, right));
    fixes.dedup();
    if fixes.is_empty() {
        fixes.push(Fix::words(FixKind::Exchange, "take one of the two roles away from the account"));
    }
    Diagnostic {
        rule: CONFLICTING_CMDLETS,
        severity: separate.common.level.unwrap_or(CONFLICTING_CMDLETS.level),
        message: format!(
            "`{name}` can run both `{}` and `{}`, which `{}` keeps apart",
            firsts.first().map_or("", String::as_str),
            firsts.last().map_or("", String::as_str),
            separate.common.id
        ),
        subject: Subject {
            account: Some(name.to_owned()),
            accounts: vec![name.to_owned()],
            cmdlets,
            requirement: Some(separate.common.id.clone()),
            ..Subject::default()
        },
        labels,
        fixes,
        waived: None,
    }
}
