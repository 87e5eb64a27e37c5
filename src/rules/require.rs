//! Requirements: which accounts cannot run what they must, and why; which answers are open, and what would close them.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::accounts::{Account, Accounts};
use crate::diagnostic::{Diagnostic, GapRef, Label, Report, RuleId, Severity, Subject};
use crate::graph::{Answer, EntryGrant, Gap, GapId, Graph, Judged, Miss, Question, Rights, RoleEntries, quoted};
use crate::name::{Symbol, fold, same};
use crate::policy::{Item, ParameterMode, Requirement, WhoKind, mistake};

use super::nearest;

/// An account cannot run a cmdlet that it must run.
pub const MISSING_CMDLET: RuleId = RuleId("missing-cmdlet");
/// An account can run a cmdlet, but not with a parameter that it needs.
pub const MISSING_PARAMETER: RuleId = RuleId("missing-parameter");
/// The parameters of a cmdlet are spread over several role entries.
pub const MERGED_PARAMETERS: RuleId = RuleId("merged-parameters");
/// A grant works on less than the organization.
pub const NARROW_SCOPE: RuleId = RuleId("narrow-scope");
/// A requirement names an account that no export shows.
pub const UNKNOWN_ACCOUNT: RuleId = RuleId("unknown-account");
/// An answer depends on something that no export shows.
pub const UNDECIDED: RuleId = RuleId("undecided");

/// How many pairs of an account and an item were asked, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Accounts that were judged.
    pub accounts: u64,
    /// Pairs of an account and an item.
    pub asked: u64,
    /// Granted, session built-ins included.
    pub granted: u64,
    /// Not granted.
    pub missing: u64,
    /// Neither.
    pub undecided: u64,
}

/// What judging requirements leaves behind besides diagnostics.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The counts.
    pub tally: Tally,
    /// The cmdlets that each kind of export leaves undecided.
    pub open: BTreeMap<crate::record::Kind, (BTreeSet<&'static str>, BTreeSet<String>)>,
    /// What the reader should know besides: a withdrawn list, the roles that would do.
    pub notes: Vec<String>,
}

/// Judges every requirement for every account that it names. Accounts that hold the same are judged once.
pub fn check<'i>(accounts: &mut Accounts<'i>, requirements: &[Requirement], report: &mut Report) -> Outcome {
    let mut outcome = Outcome::default();
    let mut judged: BTreeSet<Account> = BTreeSet::new();
    let mut named = Named::default();
    for requirement in requirements {
        note_withdrawal(requirement, &mut outcome.notes);
        let items = expand(accounts, requirement, report);
        let mut entries = RoleEntries::of(wanted(accounts.organization(), &items));
        let (groups, is_new) = named.groups(accounts, requirement, report);
        if is_new {
            judged.extend(groups.iter().flatten());
        }
        for group in groups.iter() {
            let Some(&first) = group.first() else { continue };
            let mut judge = Judge::new(accounts, requirement, first, report, &mut outcome);
            let answers = judge.ask(&items, &mut entries);
            judge.count(&answers, group.len() as u64);
            if answers.iter().all(|judged| judged.answer == Answer::Granted && !judged.narrow) {
                continue;
            }
            for &account in group {
                Judge::new(accounts, requirement, account, report, &mut outcome).say(&items, &answers);
            }
        }
    }
    outcome.tally.accounts = judged.len() as u64;
    outcome
}

/// Accounts, those together that hold the same.
type Groups = Rc<[Vec<Account>]>;

/// The accounts that requirements name, sorted by what they hold; found once for all requirements that name the same.
#[derive(Default)]
struct Named<'r> {
    known: BTreeMap<Whom<'r>, Groups>,
}

/// What a requirement names, and what the command line limits it to.
type Whom<'r> = (Vec<(WhoKind, &'r str)>, &'r [String]);

impl<'r> Named<'r> {
    /// The groups, and whether no requirement before named the same.
    fn groups(
        &mut self,
        accounts: &mut Accounts<'_>,
        requirement: &'r Requirement,
        report: &mut Report,
    ) -> (Groups, bool) {
        let whom = requirement.accounts.iter().map(|who| (who.kind, who.text.as_str())).collect();
        let key = (whom, requirement.limit.as_slice());
        if let Some(groups) = self.known.get(&key) {
            return (Rc::clone(groups), false);
        }
        let said = report.diagnostics.len();
        let all = named(accounts, requirement, report);
        let groups: Groups = accounts.grouped(&all).into();
        // Each requirement says for itself which accounts it names in vain.
        if report.diagnostics.len() == said {
            self.known.insert(key, Rc::clone(&groups));
        }
        (groups, true)
    }
}

/// The accounts that a requirement names, each once however many patterns fit it.
fn named(accounts: &Accounts<'_>, requirement: &Requirement, report: &mut Report) -> Vec<Account> {
    let mut all: Vec<Account> = Vec::new();
    let mut known: BTreeSet<Account> = BTreeSet::new();
    for who in &requirement.accounts {
        let pattern = &who.text;
        let named = accounts.named(pattern);
        // With a limit, what is not asked for may well be unknown.
        if named.is_empty() && requirement.limit.is_empty() {
            report.say(unknown_account(accounts, requirement, pattern));
        }
        all.extend(named.into_iter().filter(|account| known.insert(*account)));
    }
    if !requirement.limit.is_empty() {
        let mut wanted: BTreeSet<Account> = BTreeSet::new();
        for pattern in &requirement.limit {
            let named = accounts.named(pattern);
            if named.is_empty() {
                report.say(unknown_account(accounts, requirement, pattern));
            }
            wanted.extend(named);
        }
        all.retain(|account| wanted.contains(account));
    }
    all
}

fn note_withdrawal(requirement: &Requirement, notes: &mut Vec<String>) {
    let Some(why) = &requirement.valid.withdrawn else { return };
    let title = requirement.title.as_deref().unwrap_or(&requirement.common.id);
    let valid = match (&requirement.valid.from, &requirement.valid.to) {
        (Some(from), Some(to)) => format!(" (published from {from} to {to})"),
        (Some(from), None) => format!(" (published from {from})"),
        _ => String::new(),
    };
    let note = format!("the list `{}`, {title}{valid}, is withdrawn: {why}", requirement.common.id);
    if !notes.contains(&note) {
        notes.push(note);
    }
}

/// One item of a requirement, for one cmdlet.
struct Asked<'r> {
    item: &'r Item,
    cmdlet: String,
    /// An entry of exactly the item's text exists: the colon is part of its name.
    whole: bool,
}

/// Turns wildcards into the cmdlets that they match in the exports.
fn expand<'r>(accounts: &Accounts<'_>, requirement: &'r Requirement, report: &mut Report) -> Vec<Asked<'r>> {
    let inventory = accounts.organization().inventory();
    let mut asked: Vec<Asked<'r>> = Vec::new();
    let mut add = |item: &'r Item, cmdlet: &str, whole: bool| {
        let known = |other: &Asked<'_>| same(&other.cmdlet, cmdlet) && other.item.parameters == item.parameters;
        if !asked.iter().any(known) {
            asked.push(Asked { item, cmdlet: cmdlet.to_owned(), whole });
        }
    };
    for item in &requirement.items {
        let is_entry = item.text != item.cmdlet && inventory.names.get(&item.text).is_some();
        if is_entry {
            add(item, &item.text, true);
        } else if item.is_wild() {
            let cmdlets = inventory.cmdlets().map(|cmdlet| inventory.show(cmdlet));
            let mut matching: Vec<&str> = cmdlets.filter(|cmdlet| item.matches(cmdlet)).collect();
            matching.sort_by_cached_key(|cmdlet| fold(cmdlet));
            matching.iter().for_each(|cmdlet| add(item, cmdlet, false));
            if matching.is_empty() {
                let message = format!("no cmdlet in the exports matches `{}`", item.cmdlet);
                report.say(Diagnostic::at(
                    mistake::UNMATCHED_WILDCARD,
                    Severity::Error,
                    message,
                    Label::new(item.at, ""),
                ));
            }
        } else {
            add(item, &item.cmdlet, false);
        }
    }
    asked
}

/// The cmdlets that are asked for, as a graph knows them.
fn wanted(graph: &Graph<'_>, items: &[Asked<'_>]) -> BTreeSet<Symbol> {
    items.iter().filter_map(|asked| graph.inventory().names.get(&asked.cmdlet)).collect()
}

fn unknown_account(accounts: &Accounts<'_>, requirement: &Requirement, pattern: &str) -> Diagnostic {
    let message = format!("no export shows an account `{pattern}`");
    let mut diagnostic =
        Diagnostic::at(UNKNOWN_ACCOUNT, Severity::Error, message, Label::new(requirement.common.at, ""));
    let all = accounts.all();
    let names: Vec<&str> = all.iter().map(|account| accounts.shown(*account)).collect();
    diagnostic.help = Some(match crate::policy::closest(pattern, names.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => {
            "export the account with Get-Mailbox or Get-User, or say what it holds with `--entries-of ACCOUNT=PATH`"
                .to_owned()
        }
    });
    diagnostic.subject = Subject {
        account: Some(pattern.to_owned()),
        requirement: Some(requirement.common.id.clone()),
        ..Subject::default()
    };
    diagnostic
}

/// What the caller may accept instead of exporting again.
fn accepted_by(gap: &Gap) -> Option<&'static str> {
    match (gap.code, gap.object.as_str()) {
        ("missing-column", "Enabled") => Some("enabled"),
        ("missing-column", "RoleAssignmentDelegationType") => Some("regular-by-name"),
        _ => None,
    }
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
        let session = self.requirement.session.len() as u64;
        let tally = &mut self.outcome.tally;
        tally.asked += (session + answers.len() as u64) * accounts;
        tally.granted += session * accounts;
        for judged in answers {
            *match judged.answer {
                Answer::Granted | Answer::Merged => &mut tally.granted,
                Answer::NotGranted => &mut tally.missing,
                Answer::Unknown => &mut tally.undecided,
            } += accounts;
        }
    }

    /// Says of one account what is missing, open or worth knowing.
    fn say(&mut self, items: &[Asked<'_>], answers: &[Judged<'i>]) {
        let mut missing: Vec<Missing<'_, 'i>> = Vec::new();
        let mut open: BTreeMap<GapId, Vec<String>> = BTreeMap::new();
        for (asked, judged) in items.iter().zip(answers) {
            match judged.answer {
                Answer::Granted if judged.narrow => self.say_narrow(asked, judged),
                Answer::Granted => {}
                Answer::Merged => self.say_merged(asked, judged),
                Answer::NotGranted => missing.push(Missing { asked, judged }),
                Answer::Unknown => {
                    for &gap in &judged.gaps {
                        open.entry(gap).or_default().push(asked.cmdlet.clone());
                    }
                }
            }
        }
        if !missing.is_empty() {
            self.say_missing(&missing);
        }
        for (gap, cmdlets) in open {
            self.say_undecided(gap, cmdlets);
        }
    }

    fn grants(&self, items: &[Asked<'_>], entries: &mut RoleEntries<'i>) -> Vec<EntryGrant<'i>> {
        let graph = self.accounts.graph(self.account);
        match self.account {
            Account::Exported(_) => graph.grants(&self.rights, entries),
            // What the caller asserts of an account stands in a graph of its own.
            Account::Asserted(_) => graph.grants(&self.rights, &mut RoleEntries::of(wanted(graph, items))),
        }
    }

    fn question<'q>(&self, asked: &'q Asked<'_>) -> Question<'q> {
        let (all, any): (&[String], &[String]) = match asked.item.mode {
            _ if asked.whole => (&[], &[]),
            ParameterMode::All => (&asked.item.parameters, &[]),
            ParameterMode::Any => (&[], &asked.item.parameters),
        };
        let own_mailbox = self.requirement.scope == Some("self");
        Question { cmdlet: &asked.cmdlet, all, any, own_mailbox, on: None }
    }

    /// The answers to all items, which all accounts share that hold the same.
    fn ask(&mut self, items: &[Asked<'_>], entries: &mut RoleEntries<'i>) -> Rc<[Judged<'i>]> {
        let grants = self.grants(items, entries);
        let questions: Vec<Question<'_>> = items.iter().map(|asked| self.question(asked)).collect();
        let graph = self.accounts.graph_mut(self.account);
        questions.iter().map(|question| graph.judge(&self.rights, &grants, question)).collect()
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

    fn severity(&self, usual: Severity) -> Severity {
        self.requirement.common.level.unwrap_or(usual)
    }

    /// A place for what has none: the line of the policy that asks.
    fn or_required(&self, mut labels: Vec<Label>, asked: &Asked<'_>) -> Vec<Label> {
        if labels.is_empty() {
            labels.push(Label::new(asked.item.at, "required here"));
        }
        labels
    }

    fn say_missing(&mut self, missing: &[Missing<'_, 'i>]) {
        let symbols: BTreeSet<Symbol> = {
            let names = &self.graph().inventory().names;
            missing.iter().filter_map(|missing| names.get(&missing.asked.cmdlet)).collect()
        };
        let roles = nearest::roles_for(self.graph(), &self.rights, &symbols);
        for Missing { asked, judged } in missing {
            let lacks_least = judged.lacking.iter().min_by_key(|(grant, lacks)| (lacks.len(), self.path_name(grant)));
            let diagnostic = match lacks_least {
                Some((grant, lacks)) => self.missing_parameter(asked, grant, lacks),
                None => {
                    let elsewhere = self.accounts.graph_mut(self.account).elsewhere(&asked.cmdlet);
                    self.missing_cmdlet(asked, judged, &elsewhere, &roles)
                }
            };
            self.report.say(diagnostic);
        }
        self.note_roles(missing, &roles);
    }

    fn missing_cmdlet(
        &self,
        asked: &Asked<'_>,
        judged: &Judged<'_>,
        elsewhere: &[Miss],
        roles: &BTreeMap<Symbol, Symbol>,
    ) -> Diagnostic {
        let graph = self.graph();
        let role = graph.inventory().names.get(&asked.cmdlet).and_then(|cmdlet| roles.get(&cmdlet)).copied();
        let miss = nearest::nearest(graph, &judged.misses, elsewhere, role);
        let labels = miss.map(|miss| nearest::labels(graph, self.shown(), miss)).unwrap_or_default();
        let mut subject = self.subject(&asked.cmdlet);
        subject.parameters = asked.item.parameters.clone();
        Diagnostic {
            rule: MISSING_CMDLET,
            severity: self.severity(Severity::Error),
            message: format!("`{}` cannot run `{}`", self.shown(), asked.cmdlet),
            help: miss.and_then(|miss| nearest::help(graph, (self.shown(), &self.rights), &asked.cmdlet, miss, role)),
            subject,
            labels: self.or_required(labels, asked),
            waived: None,
        }
    }

    fn missing_parameter(&self, asked: &Asked<'_>, grant: &EntryGrant<'_>, lacks: &[String]) -> Diagnostic {
        let graph = self.graph();
        let role = graph.inventory().show_role(grant.role).unwrap_or("");
        let listed = lacks.iter().map(|name| format!("`-{name}`")).collect::<Vec<_>>().join(", ");
        let label = Label::new(grant.at, format!("role `{role}` has the cmdlet without {listed}"));
        let question = self.question(asked);
        let mut subject = self.subject(&asked.cmdlet);
        subject.parameters = lacks.to_vec();
        Diagnostic {
            rule: MISSING_PARAMETER,
            severity: self.severity(Severity::Error),
            message: format!("`{}` can run `{}`, but not with {listed}", self.shown(), asked.cmdlet),
            help: Some(nearest::help_with_parameters(graph, self.shown(), &question, lacks, grant.role)),
            subject,
            labels: vec![label],
            waived: None,
        }
    }

    /// The smallest change, in one line for all that is missing.
    fn note_roles(&mut self, missing: &[Missing<'_, 'i>], roles: &BTreeMap<Symbol, Symbol>) {
        if missing.is_empty() || roles.is_empty() {
            return;
        }
        let inventory = self.graph().inventory();
        let mut names: Vec<&str> = roles.values().map(|role| inventory.show(*role)).collect();
        names.sort_by_cached_key(|name| fold(name));
        names.dedup();
        let listed = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let (of, account) = (missing.len(), self.shown());
        let covered = missing
            .iter()
            .filter(|one| inventory.names.get(&one.asked.cmdlet).is_some_and(|cmdlet| roles.contains_key(&cmdlet)));
        let covered = covered.count();
        let what = if covered == of { "all".to_owned() } else { format!("{covered} of {of}") };
        let plural = if names.len() == 1 { "this role gives" } else { "these roles give" };
        let roles = names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(",");
        let (group, member) = (quoted(&self.requirement.common.id), quoted(account));
        self.outcome.notes.push(format!(
            "{plural} `{account}` {what} that is missing: {listed}; in a role group of its own: `New-RoleGroup {group} -Roles {roles} -Members {member}`"
        ));
    }

    fn say_narrow(&mut self, asked: &Asked<'_>, judged: &Judged<'_>) {
        let graph = self.graph();
        let Some(grant) = judged.grants.iter().min_by_key(|grant| self.path_name(grant)) else { return };
        let held = &self.rights.held[grant.held];
        let at = graph.assignment(held).map_or(grant.at, |assignment| assignment.at);
        let scopes = graph.scopes(held);
        let reads = crate::scope::reads(&asked.cmdlet);
        let (recipient, config) = if reads {
            (scopes.recipient_read, scopes.config_read)
        } else {
            (scopes.recipient_write, scopes.config_write)
        };
        let words = format!("on recipients `{}`, configuration `{}`", recipient.unwrap_or("?"), config.unwrap_or("?"));
        let mut labels = vec![Label::new(at, words)];
        labels.extend(graph.narrowing(held, &asked.cmdlet).into_iter().map(|(at, words)| Label::new(at, words)));
        let mut subject = self.subject(&asked.cmdlet);
        subject.scope = recipient.map(ToOwned::to_owned);
        let wide = self.requirement.scope == Some("organization");
        self.report.say(Diagnostic {
            rule: NARROW_SCOPE,
            severity: if wide { self.severity(Severity::Error) } else { Severity::Note },
            message: format!("`{}` can run `{}` on a part of the organization only", self.shown(), asked.cmdlet),
            help: None,
            subject,
            labels,
            waived: None,
        });
    }

    fn say_merged(&mut self, asked: &Asked<'_>, judged: &Judged<'_>) {
        let graph = self.graph();
        let label = |grant: &EntryGrant<'_>| {
            let role = graph.inventory().show_role(grant.role).unwrap_or("");
            Label::new(grant.at, format!("role `{role}` has a part of the parameters"))
        };
        let labels: Vec<Label> = judged.grants.iter().map(label).collect();
        let mut subject = self.subject(&asked.cmdlet);
        subject.parameters = asked.item.parameters.clone();
        self.report.say(Diagnostic {
            rule: MERGED_PARAMETERS,
            severity: Severity::Warning,
            message: format!(
                "`{}` can run `{}` with all parameters only if Exchange merges the entries of several roles",
                self.shown(),
                asked.cmdlet
            ),
            help: Some("assign one role that has all of them".to_owned()),
            subject,
            labels,
            waived: None,
        });
    }

    fn say_undecided(&mut self, gap: GapId, mut cmdlets: Vec<String>) {
        cmdlets.sort_by_cached_key(|cmdlet| fold(cmdlet));
        cmdlets.dedup();
        let gap = self.graph().gap_for(&self.rights, gap).into_owned();
        let (codes, open) = self.outcome.open.entry(gap.kind).or_default();
        codes.insert(gap.code);
        open.extend(cmdlets.iter().cloned());
        let count = match cmdlets.as_slice() {
            [one] => format!("`{one}` hangs"),
            many => format!("{} cmdlets hang", many.len()),
        };
        let mut labels: Vec<Label> = gap.at.map(|at| Label::new(at, gap.message.clone())).into_iter().collect();
        labels.extend(gap.other.map(|at| Label::new(at, "the other record")));
        if labels.is_empty() {
            labels.push(Label::new(self.requirement.common.at, gap.message.clone()));
        }
        let mut subject = self.subject("");
        subject.cmdlet = None;
        subject.cmdlets = cmdlets;
        subject.gap = Some(GapRef { code: gap.code, object: gap.object.clone() });
        self.report.say(Diagnostic {
            rule: UNDECIDED,
            severity: Severity::Warning,
            message: format!("for `{}`, {count} on this: {}", self.shown(), gap.message),
            help: Some(match accepted_by(&gap) {
                Some(word) => format!("{}; or accept it with `--assume {word}`", gap.export),
                None => gap.export,
            }),
            subject,
            labels,
            waived: None,
        });
    }
}
