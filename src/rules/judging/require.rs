//! Requirements: which accounts cannot run what they must, and why; which answers are open, and what would close them.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::accounts::{Account, Accounts, Alike, Group};
use crate::diagnostic::{Diagnostic, Label, Report, RuleId, Severity, Subject};
use crate::graph::{
    Answer, EntryGrant, Gap, GapId, Grants, Graph, Held, Judged, Miss, MissCode, Question, Rights, RoleEntries,
};
use crate::hidden::toml;
use crate::name::{Symbol, fold, same};
use crate::plan::{Adviser, Offers, Want, group_that_gives};
use crate::policy::{Item, Requirement, Who, WhoKind};
use crate::powershell::roles_with;
use crate::remedy::{Fix, Remedy, WriteScope};
use crate::rules::remedy;
use crate::scope::{Reach, Scopes};

use super::advice::{self, Advice, Lacking};
use super::excess::Excess;
use super::matrix::Matrix;
use super::questions::{Asked, QuestionId, Questions, unmatched};
use super::undecided::{Asking, Open, closing, undecided};
use super::whom::{as_named, whom};
use super::{chain, nearest};

/// An account cannot run a cmdlet that it must run.
pub const MISSING_CMDLET: RuleId = RuleId::requirement("missing-cmdlet", Severity::Error);
/// An account can run a cmdlet, but not with a parameter that it needs.
pub const MISSING_PARAMETER: RuleId = RuleId::requirement("missing-parameter", Severity::Error);
/// The parameters of a cmdlet are spread over several role entries.
pub const MERGED_PARAMETERS: RuleId = RuleId::requirement("merged-parameters", Severity::Warning);
/// A grant works on less than the organization.
pub const NARROW_SCOPE: RuleId = RuleId::requirement("narrow-scope", Severity::Error);
/// A requirement names an account that no export shows.
pub const UNKNOWN_ACCOUNT: RuleId = RuleId::requirement("unknown-account", Severity::Error);

/// How many pairs of an account and an item were asked, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Accounts that were judged.
    pub accounts: u64,
    /// Pairs of an account and an item.
    pub asked: u64,
    /// Those of them whose item is a role.
    pub roles: u64,
    /// Granted, session built-ins included.
    pub granted: u64,
    /// Not granted.
    pub missing: u64,
    /// Neither.
    pub undecided: u64,
}

/// What judging requirements results in, in addition to diagnostics.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The counts.
    pub tally: Tally,
    /// Answers that exports decide, of all tables; what every session has decides nothing.
    pub decided: u64,
    /// Answers that they leave open.
    pub open_answers: u64,
    /// The cmdlets that each kind of export leaves undecided.
    pub open: Open,
    /// What else the reader should know: the roles that would do.
    pub notes: Vec<String>,
}

impl Outcome {
    /// Adds what another organization left over, but for what is open there.
    pub fn count(&mut self, other: &Self) {
        let (all, more) = (&mut self.tally, &other.tally);
        all.accounts += more.accounts;
        all.asked += more.asked;
        all.roles += more.roles;
        all.granted += more.granted;
        all.missing += more.missing;
        all.undecided += more.undecided;
        self.decided += other.decided;
        self.open_answers += other.open_answers;
    }

    /// Counts the answer about a role, which so many accounts share.
    pub(super) fn count_role(&mut self, answer: Answer, accounts: u64) {
        self.tally.asked += accounts;
        self.tally.roles += accounts;
        let (count, decided) = match answer {
            Answer::Granted | Answer::Merged => (&mut self.tally.granted, &mut self.decided),
            Answer::NotGranted => (&mut self.tally.missing, &mut self.decided),
            Answer::Unknown => (&mut self.tally.undecided, &mut self.open_answers),
        };
        *count += accounts;
        *decided += accounts;
    }

    /// Counts cmdlets that so many accounts were found to be granted: those of the session, and others.
    fn take_granted(&mut self, (session, others): (u64, u64), accounts: u64) {
        self.tally.asked += (session + others) * accounts;
        self.tally.granted += (session + others) * accounts;
        self.decided += others * accounts;
    }
}

/// Whether a grant on the own mailbox is enough for a requirement.
fn own_mailbox(requirement: &Requirement) -> bool {
    requirement.scope == Some("self")
}

/// Judges every requirement for every account that it names. Accounts that hold the same are judged once.
pub fn check(accounts: &mut Accounts<'_>, requirements: &[Requirement], report: &mut Report) -> Outcome {
    check_and_keep(accounts, requirements, report, None)
}

/// The same, and keeps each answer where somebody wants to show them.
pub fn check_and_keep(
    accounts: &mut Accounts<'_>,
    requirements: &[Requirement],
    report: &mut Report,
    kept: Option<&mut Vec<Matrix>>,
) -> Outcome {
    judge_all(accounts, requirements, report, kept, true)
}

/// The same findings, without what would end them.
pub fn judge(accounts: &mut Accounts<'_>, requirements: &[Requirement], report: &mut Report) -> Outcome {
    judge_all(accounts, requirements, report, None, false)
}

fn judge_all(
    accounts: &mut Accounts<'_>,
    requirements: &[Requirement],
    report: &mut Report,
    mut kept: Option<&mut Vec<Matrix>>,
    advises: bool,
) -> Outcome {
    let mut outcome = Outcome::default();
    // Whom all requirements name comes first: what is plainly granted is then found for all of them at once.
    let mut named = Named::default();
    let groups: Vec<Groups> =
        requirements.iter().map(|requirement| named.groups(accounts, requirement, report, &mut outcome.open)).collect();
    outcome.tally.accounts = named.count();
    let inventories = accounts.inventories();
    let mut questions = Questions::new(inventories.clone());
    let mut adviser = Adviser::default();
    for (requirement, groups) in requirements.iter().zip(&groups) {
        let say_unmatched = |item: &Item| report.say(unmatched(&inventories, item));
        let items = questions.ask(&requirement.items, own_mailbox(requirement), say_unmatched);
        let granting = questions.find_granting(accounts.organization(), &items);
        let mut entries: Option<RoleEntries<'_>> = None;
        let mut offers: Option<Offers> = None;
        let mut told = Matrix::to(&requirement.common.id, &requirement.session, &items);
        for Group { alike, accounts: group } in groups.iter() {
            let size = group.len() as u64;
            let asked: Vec<Asked<'_>> = match alike {
                Alike::Exported(set) if granting.has(*set) => Vec::new(),
                Alike::Exported(set) => items.iter().filter(|one| !questions.is_granted(one, *set)).copied().collect(),
                Alike::Asserted(_) => items.clone(),
            };
            outcome.take_granted((requirement.session.len() as u64, (items.len() - asked.len()) as u64), size);
            let names = |accounts: &Accounts<'_>| group.iter().map(|one| accounts.shown(*one).to_owned()).collect();
            if asked.is_empty() && !requirement.only {
                if kept.is_some() {
                    told.add(names(accounts), &items, &asked, &[]);
                }
                continue;
            }
            let entries = entries.get_or_insert_with(|| RoleEntries::of(wanted(accounts.organization(), &items)));
            let mut judge = Judge::new(accounts, requirement, group[0], report, &mut outcome);
            let answers = judge.ask(&asked, entries);
            judge.count(&answers, size);
            if kept.is_some() {
                told.add(names(judge.accounts), &items, &asked, &answers);
            }
            let excess = if requirement.only { judge.excess() } else { Excess::default() };
            if excess.is_empty() && answers.iter().all(|judged| judged.answer == Answer::Granted && !judged.narrow) {
                continue;
            }
            let advice = match advises {
                true => judge.advice(&asked, &answers, &items, (&mut adviser, &mut offers)),
                false => Advice::default(),
            };
            for &account in group.iter() {
                Judge::new(accounts, requirement, account, report, &mut outcome)
                    .say(&asked, &answers, &advice, &excess);
            }
        }
        let adviser = advises.then_some(&mut adviser);
        super::missing_role::check(accounts, requirement, groups, adviser, (report, &mut outcome));
        if let Some(kept) = kept.as_mut().filter(|_| !told.rows.is_empty()) {
            kept.push(told);
        }
    }
    outcome
}

/// The cmdlets that are asked for, as a graph knows them.
fn wanted(graph: &Graph<'_>, asked: &[Asked<'_>]) -> BTreeSet<Symbol> {
    asked.iter().filter_map(|asked| graph.inventory().names.get(asked.cmdlet)).collect()
}

/// Accounts, those together that hold the same.
type Groups = Rc<[Group]>;

/// The accounts that requirements name, sorted by what they hold; found once for all requirements that name the same.
#[derive(Default)]
struct Named<'r, 'i> {
    known: BTreeMap<Whom<'r>, Groups>,
    /// Whether a requirement names an account, by its number.
    is_named: Vec<bool>,
    /// The names of all accounts, where one was unknown.
    near: Near<'i>,
}

/// What an unknown name may have meant.
type Near<'i> = Option<crate::policy::Candidates<'i>>;

/// What a requirement names, and what the command line limits it to.
type Whom<'r> = (Vec<(WhoKind, &'r str)>, &'r [String]);

impl<'r, 'i> Named<'r, 'i> {
    fn groups(
        &mut self,
        accounts: &mut Accounts<'i>,
        requirement: &'r Requirement,
        report: &mut Report,
        open: &mut Open,
    ) -> Groups {
        let whom = requirement.accounts.iter().map(|who| (who.kind, who.text.as_str())).collect();
        let key = (whom, requirement.limit.as_slice());
        if let Some(groups) = self.known.get(&key) {
            return Rc::clone(groups);
        }
        let said = report.diagnostics.len();
        let all = named(accounts, requirement, (report, open), &mut self.near);
        let groups: Groups = accounts.grouped(&all).into();
        for number in all.into_iter().map(|account| accounts.number(account)) {
            self.is_named.resize(self.is_named.len().max(number + 1), false);
            self.is_named[number] = true;
        }
        // Each requirement says for itself which accounts it names in vain.
        if report.diagnostics.len() == said {
            self.known.insert(key, Rc::clone(&groups));
        }
        groups
    }

    /// How many accounts there are.
    fn count(&self) -> u64 {
        self.is_named.iter().filter(|named| **named).count() as u64
    }
}

/// The accounts that a requirement names, each once however many patterns fit it.
///
/// A group that may hold more than exports show leaves open whom it names, and that is said of all of them.
fn named<'i>(
    accounts: &mut Accounts<'i>,
    requirement: &Requirement,
    (report, open): (&mut Report, &mut Open),
    near: &mut Near<'i>,
) -> Vec<Account> {
    let mut all: Vec<Account> = Vec::new();
    for who in &requirement.accounts {
        let (named, gaps) = whom(accounts, who);
        // With a limit, what is not asked for may well be unknown.
        if requirement.limit.is_empty() {
            if named.is_empty() && gaps.is_empty() {
                report.say(unknown_account(accounts, requirement, who, near));
            }
            let cmdlets: Vec<String> = requirement.items.iter().map(|item| item.cmdlet.clone()).collect();
            for gap in gaps {
                let asking = Asking { requirement: Some(&requirement.common.id), at: who.at };
                let gap = accounts.organization().gap(gap);
                report.say(undecided(&gap, None, &asking, cmdlets.clone(), open));
            }
        }
        all.extend(named);
    }
    if requirement.accounts.len() > 1 {
        all = accounts.sorted(all);
        all.dedup();
    }
    if !requirement.limit.is_empty() {
        let mut wanted: BTreeSet<Account> = BTreeSet::new();
        for pattern in &requirement.limit {
            let named = accounts.named(pattern);
            if named.is_empty() {
                let who = Who::account(pattern, requirement.common.at);
                report.say(unknown_account(accounts, requirement, &who, near));
            }
            wanted.extend(named);
        }
        all.retain(|account| wanted.contains(account));
    }
    all
}

/// What to know of the lists that a policy takes from elsewhere: which of them are withdrawn, and why.
#[must_use]
pub fn withdrawals(requirements: &[Requirement]) -> Vec<String> {
    let mut notes = Vec::new();
    for requirement in requirements {
        let Some(why) = &requirement.valid.withdrawn else { continue };
        let valid = match (&requirement.valid.from, &requirement.valid.to) {
            (Some(from), Some(to)) => format!(", published from {from} to {to},"),
            (Some(from), None) => format!(", published from {from},"),
            _ => String::new(),
        };
        let note = format!("the list `{}`{valid} is withdrawn: {why}", requirement.common.id);
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    notes
}

fn unknown_account<'i>(
    accounts: &Accounts<'i>,
    requirement: &Requirement,
    who: &Who,
    near: &mut Near<'i>,
) -> Diagnostic {
    let graph = accounts.organization();
    let pattern = who.shown();
    let group = match pattern.split_at_checked("group:".len()) {
        Some((kind, name)) if same(kind, "group:") => name,
        _ => &pattern,
    };
    let group = graph.groups_named(group).into_iter().map(|id| as_named(graph, id)).find(|it| it.starts_with("group:"));
    let all = || accounts.all().iter().map(|account| accounts.shown(*account));
    let is_absent = group.is_none();
    let (message, help) = match group {
        Some(group) if who.kind == WhoKind::Group => {
            (format!("no account is in `{group}`"), "name accounts, or the group that they are in".to_owned())
        }
        Some(group) => (
            format!("`{pattern}` is a group, and no account"),
            format!("name an account; a policy may say `account = {}` for everybody in it", toml(&group)),
        ),
        None => (
            format!("account `{pattern}` is in none of these exports"),
            match near.get_or_insert_with(|| crate::policy::Candidates::new(all())).closest(&pattern) {
                Some(name) => format!("did you mean `{name}`?"),
                None => "say what it holds with `--entries-of ACCOUNT=PATH`".to_owned(),
            },
        ),
    };
    let at = who.listed.unwrap_or(who.at);
    let mut diagnostic = Diagnostic::at(UNKNOWN_ACCOUNT, message, Label::new(at, ""));
    diagnostic.fixes.push(Fix::policy(help));
    if who.kind == WhoKind::Account && is_absent && !pattern.contains(['*', '?']) {
        let shows = closing(&Gap::unknown_account(&pattern), "shows the account, or that there is none");
        let place = usize::from(diagnostic.fixes[0].note.starts_with("did you mean"));
        diagnostic.fixes.insert(place, shows);
    }
    diagnostic.subject =
        Subject { account: Some(pattern), requirement: Some(requirement.common.id.clone()), ..Subject::default() };
    diagnostic
}

/// One requirement and one account.
struct Judge<'j, 'i> {
    accounts: &'j mut Accounts<'i>,
    requirement: &'j Requirement,
    account: Account,
    rights: Rights,
    report: &'j mut Report,
    outcome: &'j mut Outcome,
}

/// A pair that is missing, kept until it is known which roles would give all of them.
struct Missing<'r, 'i> {
    asked: &'r Asked<'r>,
    judged: &'r Judged<'i>,
}

impl<'j, 'i> Judge<'j, 'i> {
    fn new(
        accounts: &'j mut Accounts<'i>,
        requirement: &'j Requirement,
        account: Account,
        report: &'j mut Report,
        outcome: &'j mut Outcome,
    ) -> Self {
        let rights = accounts.rights(account);
        Self { accounts, requirement, account, rights, report, outcome }
    }

    /// Counts the answers, which so many accounts share.
    fn count(&mut self, answers: &[Judged<'i>], accounts: u64) {
        let tally = &mut self.outcome.tally;
        tally.asked += answers.len() as u64 * accounts;
        for judged in answers {
            let open = judged.answer == Answer::Unknown;
            *if open { &mut self.outcome.open_answers } else { &mut self.outcome.decided } += accounts;
            *match judged.answer {
                Answer::Granted | Answer::Merged => &mut tally.granted,
                Answer::NotGranted => &mut tally.missing,
                Answer::Unknown => &mut tally.undecided,
            } += accounts;
        }
    }

    /// How to get what is missing: the same for all accounts that hold the same.
    fn advice(
        &self,
        asked: &[Asked<'_>],
        answers: &[Judged<'i>],
        items: &[Asked<'_>],
        (adviser, offers): (&mut Adviser<'i>, &mut Option<Offers>),
    ) -> Advice {
        let missing = asked.iter().zip(answers).filter(|(_, judged)| judged.answer == Answer::NotGranted);
        let missing: Vec<(&Asked<'_>, &Judged<'i>)> = missing.collect();
        if missing.is_empty() {
            return Advice::default();
        }
        let graph = self.accounts.organization();
        let own_mailbox = own_mailbox(self.requirement);
        let offers = offers.get_or_insert_with(|| {
            let questions: Vec<Question<'_>> = items.iter().map(|asked| asked.question(own_mailbox)).collect();
            let organization = self.requirement.scope == Some("organization");
            let wants: Vec<Want<'_>> = questions.iter().map(|question| Want { question, organization }).collect();
            adviser.offers(graph, &wants)
        });
        let numbers: BTreeMap<QuestionId, usize> =
            items.iter().enumerate().map(|(number, asked)| (asked.id, number)).collect();
        let questions: Vec<Question<'_>> = missing.iter().map(|(asked, _)| asked.question(own_mailbox)).collect();
        let lacking: Vec<Lacking<'_, 'i>> = missing
            .iter()
            .zip(&questions)
            .map(|((asked, judged), question)| Lacking { id: asked.id, number: numbers[&asked.id], question, judged })
            .collect();
        let rights = matches!(self.account, Account::Exported(_)).then_some(&self.rights);
        Advice::of(adviser, graph, rights, offers, &lacking)
    }

    /// Says of one account what is missing, open or worth knowing.
    fn say(&mut self, items: &[Asked<'_>], answers: &[Judged<'i>], advice: &Advice, excess: &Excess<'i>) {
        let mut missing: Vec<Missing<'_, 'i>> = Vec::new();
        let mut open: BTreeMap<GapId, Vec<String>> = BTreeMap::new();
        for (asked, judged) in items.iter().zip(answers) {
            match judged.answer {
                Answer::Granted if judged.narrow => self.say_narrow(asked, judged),
                Answer::Granted => {}
                Answer::Merged => {
                    self.say_merged(asked, judged);
                    if judged.narrow && self.requirement.scope == Some("organization") {
                        self.say_narrow(asked, judged);
                    }
                }
                Answer::NotGranted => missing.push(Missing { asked, judged }),
                Answer::Unknown => {
                    for &gap in &judged.gaps {
                        open.entry(gap).or_default().push(asked.cmdlet.to_owned());
                    }
                }
            }
        }
        if !missing.is_empty() {
            self.say_missing(&missing, advice);
        }
        for (gap, cmdlets) in &excess.open {
            open.entry(*gap).or_default().extend(cmdlets.iter().cloned());
        }
        excess.say(self.accounts.graph(self.account), self.shown(), &self.rights, self.requirement, self.report);
        for (gap, cmdlets) in open {
            self.say_undecided(gap, cmdlets);
        }
    }

    fn grants(&self, items: &[Asked<'_>], entries: &mut RoleEntries<'i>) -> Grants<'i> {
        let graph = self.accounts.graph(self.account);
        match self.account {
            Account::Exported(_) => graph.grants(&self.rights, entries),
            // What the caller asserts of an account has a graph of its own.
            Account::Asserted(_) => graph.grants(&self.rights, &mut RoleEntries::of(wanted(graph, items))),
        }
    }

    /// The answers to all items, which all accounts share that hold the same.
    fn ask(&mut self, items: &[Asked<'_>], entries: &mut RoleEntries<'i>) -> Vec<Judged<'i>> {
        let grants = self.grants(items, entries);
        let own_mailbox = own_mailbox(self.requirement);
        let everything = self.requirement.scope == Some("organization");
        let graph = self.accounts.graph_mut(self.account);
        let mut answers: Vec<Judged<'i>> =
            items.iter().map(|asked| graph.judge(&self.rights, &grants, &asked.question(own_mailbox))).collect();
        // What is certain is too narrow, and what is not may be wide enough.
        for judged in answers.iter_mut().filter(|judged| everything && !judged.wider.is_empty()) {
            judged.answer = Answer::Unknown;
            judged.gaps = std::mem::take(&mut judged.wider);
        }
        answers
    }

    /// What is held beyond the requirement, which all accounts share that hold the same.
    fn excess(&mut self) -> Excess<'i> {
        Excess::find(self.accounts.graph_mut(self.account), &self.rights, self.requirement)
    }

    fn graph(&self) -> &Graph<'i> {
        self.accounts.graph(self.account)
    }

    /// Orders grants by what they are called: role, then assignment. Their numbers follow the order of the files, on
    /// which no finding may depend.
    fn path_name(&self, grant: &EntryGrant<'_>) -> (String, String) {
        let inventory = self.graph().inventory();
        let assignment = self.graph().assignment(&self.rights.held[grant.held]).and_then(|assignment| assignment.name);
        let role = inventory.show_role(grant.role).unwrap_or("");
        (fold(role), fold(assignment.map_or("", |name| inventory.show(name))))
    }

    fn shown(&self) -> &'i str {
        self.accounts.shown(self.account)
    }

    fn subject(&self, cmdlet: &str) -> Subject {
        Subject {
            account: Some(self.shown().to_owned()),
            accounts: vec![self.shown().to_owned()],
            cmdlet: Some(cmdlet.to_owned()),
            requirement: Some(self.requirement.common.id.clone()),
            ..Subject::default()
        }
    }

    fn severity(&self, rule: RuleId) -> Severity {
        self.requirement.common.level.unwrap_or(rule.level)
    }

    /// A place for what has none: the line of the policy that asks.
    fn or_required(&self, mut labels: Vec<Label>, asked: &Asked<'_>) -> Vec<Label> {
        if labels.is_empty() {
            labels.push(Label::new(asked.item.at, "required here"));
        }
        labels
    }

    /// One diagnostic for each rule and cmdlet, however many items ask for it.
    fn say_missing(&mut self, missing: &[Missing<'_, 'i>], advice: &Advice) {
        let mut said: Vec<Diagnostic> = Vec::new();
        for Missing { asked, judged } in missing {
            let question = asked.question(own_mailbox(self.requirement));
            let name = bare(&self.requirement.common.id);
            let fixes = advice.fixes(self.accounts.organization(), self.shown(), name, (asked.id, &question));
            let lacking = judged.lacking.iter().map(|grant| (grant, self.graph().lacks(grant, &question)));
            let lacks_least = lacking.min_by_key(|(grant, lacks)| (lacks.len(), self.path_name(grant)));
            let mut diagnostic = match lacks_least {
                Some((grant, lacks)) => self.missing_parameter(asked, judged, grant, &lacks),
                None => {
                    let role = advice.role(asked.id);
                    let graph = self.accounts.graph_mut(self.account);
                    let miss = nearest::nearest(graph, &judged.misses, asked.cmdlet, role);
                    self.missing_cmdlet(asked, judged.doubted, miss.as_ref())
                }
            };
            diagnostic.fixes.extend(fixes);
            let same = |other: &&mut Diagnostic| {
                other.rule == diagnostic.rule && other.subject.cmdlet == diagnostic.subject.cmdlet
            };
            match said.iter_mut().find(same) {
                Some(first) => join(first, diagnostic),
                None => said.push(diagnostic),
            }
        }
        said.into_iter().for_each(|diagnostic| self.report.say(diagnostic));
    }

    /// `doubted`: something unknown may give the cmdlet, only never as it is asked for.
    fn missing_cmdlet(&self, asked: &Asked<'_>, doubted: bool, miss: Option<&Miss>) -> Diagnostic {
        let graph = self.graph();
        let mut labels = miss.map(|miss| nearest::labels(graph, self.shown(), miss)).unwrap_or_default();
        // What came close is held by a path of the account's own; how it comes to it stands in other files.
        labels.extend(miss.map(|miss| chain::to_miss(graph, self.shown(), &self.rights, miss)).unwrap_or_default());
        labels.extend(chain::assertion(self.shown(), &self.rights));
        let mut subject = self.subject(asked.cmdlet);
        subject.parameters = asked.parameters().to_vec();
        let with = if doubted { asked.parameters() } else { &[] };
        Diagnostic {
            rule: MISSING_CMDLET,
            severity: self.severity(MISSING_CMDLET),
            message: cannot_run(self.shown(), asked.cmdlet, with),
            fixes: Vec::new(),
            subject,
            labels: self.or_required(labels, asked),
            waived: None,
        }
    }

    fn missing_parameter(
        &self,
        asked: &Asked<'_>,
        judged: &Judged<'_>,
        grant: &EntryGrant<'_>,
        lacks: &[String],
    ) -> Diagnostic {
        let graph = self.graph();
        let role = graph.inventory().show_role(grant.role).unwrap_or("");
        let listed = dashed(lacks);
        let mut labels = vec![Label::new(grant.at, format!("role `{role}` has the cmdlet without {listed}"))];
        labels.extend(chain::to_assignment(graph, self.shown(), &self.rights, &self.rights.held[grant.held]));
        let apart = judged.misses.iter().filter(|miss| miss.code == MissCode::ScopesApart);
        labels.extend(apart.flat_map(|miss| nearest::labels(graph, self.shown(), miss)));
        dedup(&mut labels);
        let mut subject = self.subject(asked.cmdlet);
        subject.parameters = lacks.to_vec();
        Diagnostic {
            rule: MISSING_PARAMETER,
            severity: self.severity(MISSING_PARAMETER),
            message: format!("`{}` can run `{}`, but not with {listed}", self.shown(), asked.cmdlet),
            fixes: Vec::new(),
            subject,
            labels,
            waived: None,
        }
    }

    fn say_narrow(&mut self, asked: &Asked<'_>, judged: &Judged<'_>) {
        let graph = self.graph();
        // Of entries that are merged, one that reaches everything narrows nothing.
        let reaches_all =
            |grant: &EntryGrant<'_>| graph.reach(&self.rights.held[grant.held], asked.cmdlet) == Reach::Organization;
        let nearest = judged.grants.iter().min_by_key(|grant| (reaches_all(grant), self.path_name(grant)));
        let Some(grant) = nearest else { return };
        let held = &self.rights.held[grant.held];
        let at = graph.assignment(held).map_or(grant.at, |assignment| assignment.at);
        let scopes = graph.scopes(held);
        let reads = crate::scope::reads(asked.cmdlet);
        let (recipient, config) = if reads {
            (scopes.recipient_read, scopes.config_read)
        } else {
            (scopes.recipient_write, scopes.config_write)
        };
        let words = format!("on recipients `{}`, configuration `{}`", recipient.unwrap_or("?"), config.unwrap_or("?"));
        let mut labels = vec![Label::new(at, words)];
        labels.extend(graph.narrowing(held, asked.cmdlet).into_iter().map(|(at, words)| Label::new(at, words)));
        labels.extend(chain::memberships(graph, self.shown(), &self.rights, held));
        let mut subject = self.subject(asked.cmdlet);
        let custom = graph.assignment(held).filter(|_| !reads).and_then(|it| it.custom[0].or(it.custom[1]));
        let custom = custom.map(|text| graph.inventory().show(text.symbol));
        subject.scope = custom.or(recipient).map(ToOwned::to_owned);
        let wide = self.requirement.scope == Some("organization");
        self.report.say(Diagnostic {
            rule: NARROW_SCOPE,
            severity: if wide { self.severity(NARROW_SCOPE) } else { Severity::Note },
            message: format!("`{}` can run `{}` on a part of the organization only", self.shown(), asked.cmdlet),
            fixes: vec![self.widening(held, asked.cmdlet, reads)],
            subject,
            labels,
            waived: None,
        });
    }

    /// What makes a grant reach the whole organization: the assignment's own write scope can be set anew; what the role
    /// or a scope of the configuration narrows takes another assignment.
    fn widening(&self, held: &Held, cmdlet: &str, reads: bool) -> Fix {
        let graph = self.graph();
        let assignment = graph.assignment(held).filter(|assignment| assignment.name.is_some());
        let implicit = held.role.map(|role| graph.implicit_scopes(role));
        let is_wide = |scopes: &Scopes<'_>| scopes.reach(cmdlet) == Reach::Organization;
        if !reads && is_wide(&graph.scopes(held)) {
            let id = &self.requirement.common.id;
            return Fix::policy(format!(
                "leave out `scope` of `{id}`: an exclusive scope keeps what it matches from all who hold none"
            ));
        }
        let by_role = implicit.as_ref().is_some_and(is_wide);
        match assignment.and_then(|assignment| Some((assignment, assignment.name?))) {
            Some((assignment, name)) if by_role && !reads && assignment.custom[1].is_none() => {
                let scope = WriteScope { relative: Some("Organization".to_owned()), ..WriteScope::default() };
                let before = remedy::scope(graph, assignment);
                let assignment = graph.inventory().show(name).to_owned();
                let note = format!("widens assignment `{assignment}` to the whole organization, for all who hold it");
                Fix::of(Remedy::SetScope { assignment, scope, before }, note)
            }
            _ => match held.role.filter(|_| by_role) {
                Some(role) => remedy::give(graph, role, group_that_gives(graph, &[role]), self.shown()),
                None => {
                    let command = roles_with(cmdlet);
                    Fix::export(command, "asks Exchange which roles have the cmdlet")
                }
            },
        }
    }

    fn say_merged(&mut self, asked: &Asked<'_>, judged: &Judged<'_>) {
        let graph = self.graph();
        let part = |grant: &EntryGrant<'_>| {
            let role = graph.inventory().show_role(grant.role).unwrap_or("");
            let mut words = format!("role `{role}` has a part of the parameters");
            if judged.narrow {
                words += &format!(", {}", graph.scope_words(&self.rights.held[grant.held], asked.cmdlet));
            }
            Label::new(grant.at, words)
        };
        let path = |grant: &EntryGrant<'_>| {
            chain::to_assignment(graph, self.shown(), &self.rights, &self.rights.held[grant.held])
        };
        let mut labels: Vec<Label> = judged.grants.iter().map(part).collect();
        labels.extend(judged.grants.iter().flat_map(path));
        dedup(&mut labels);
        let mut subject = self.subject(asked.cmdlet);
        subject.parameters = asked.parameters().to_vec();
        self.report.say(Diagnostic {
            rule: MERGED_PARAMETERS,
            severity: MERGED_PARAMETERS.level,
            message: format!(
                "`{}` can run `{}` with all parameters only if Exchange merges the entries of several roles",
                self.shown(),
                asked.cmdlet
            ),
            fixes: vec![advice::holders_of(
                asked.cmdlet,
                &asked.parameters().iter().map(String::as_str).collect::<Vec<_>>(),
            )],
            subject,
            labels,
            waived: None,
        });
    }

    fn say_undecided(&mut self, gap: GapId, cmdlets: Vec<String>) {
        let asking = Asking { requirement: Some(&self.requirement.common.id), at: self.requirement.common.at };
        let gap = self.graph().gap_for(&self.rights, gap).into_owned();
        let said = undecided(&gap, Some(self.shown()), &asking, cmdlets, &mut self.outcome.open);
        self.report.say(said);
    }
}

/// Adds what another item of the same cmdlet finds.
fn join(first: &mut Diagnostic, other: Diagnostic) {
    let known = &mut first.subject.parameters;
    for parameter in other.subject.parameters {
        if !known.contains(&parameter) {
            known.push(parameter);
        }
    }
    let account = first.subject.account.as_deref().unwrap_or_default();
    let cmdlet = first.subject.cmdlet.as_deref().unwrap_or_default();
    if first.rule == MISSING_PARAMETER {
        first.message = format!("`{account}` can run `{cmdlet}`, but not with {}", dashed(known));
    } else if first.message != cannot_run(account, cmdlet, &[]) {
        first.message = cannot_run(account, cmdlet, known);
    }
    first.labels.extend(other.labels);
    dedup(&mut first.labels);
}

/// Keeps the first of labels that say the same of one place.
fn dedup(labels: &mut Vec<Label>) {
    let mut seen = BTreeSet::new();
    labels.retain(|label| seen.insert((label.span, label.text.clone())));
}

/// That an account cannot run a cmdlet: at all, or with these parameters.
fn cannot_run(account: &str, cmdlet: &str, parameters: &[String]) -> String {
    let with = if parameters.is_empty() { String::new() } else { format!(" with {}", dashed(parameters)) };
    format!("`{account}` cannot run `{cmdlet}`{with}")
}

/// Parameters as one types them.
fn dashed(parameters: &[String]) -> String {
    parameters.iter().map(|name| format!("`-{name}`")).collect::<Vec<_>>().join(", ")
}

/// What a requirement is called, without the folder and the ending of a file that stands for it.
fn bare(id: &str) -> &str {
    let path = std::path::Path::new(id);
    let is_file = path.extension().is_some_and(|ending| ending == "toml");
    path.file_stem().filter(|_| is_file).and_then(|stem| stem.to_str()).unwrap_or(id)
}
