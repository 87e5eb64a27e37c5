//! What rolecall says of a folder of exports.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rolecall::accounts::{Account, Accounts};
use rolecall::diagnostic::{Report, Severity};
use rolecall::exports::{self, Wanted};
use rolecall::graph::{Answer, Assumptions, Question, RoleEntries};
use rolecall::inventory::Inventory;
use rolecall::report::access::{Access, On};
use rolecall::report::show::{Kind, Page, Pages};
use rolecall::rules;
use rolecall::source::{FileId, SourceFile, Sources};
use serde_json::Value;

use super::judge::{Asked, Far, Said};
use super::organization::CMDLETS;

/// Everything that rolecall answers about one organization.
#[derive(Debug)]
pub(crate) struct Answers {
    /// The lines of `access`; an account's name may stand for several.
    pub(crate) access: Vec<Value>,
    /// What is said of each account.
    accounts: Vec<OfAccount>,
}

/// What is said of one account.
#[derive(Debug)]
struct OfAccount {
    shown: String,
    /// By the number of the requirement.
    said: BTreeMap<usize, Said>,
    /// Whether it could be asked for alone, so that what is not said is granted.
    alone: bool,
}

impl Answers {
    /// How many accounts have a name.
    pub(crate) fn count(&self, account: &str) -> usize {
        self.accounts.iter().filter(|one| one.shown == account).count()
    }

    pub(crate) fn accounts(&self) -> impl Iterator<Item = &str> {
        self.accounts.iter().map(|one| one.shown.as_str()).collect::<BTreeSet<_>>().into_iter()
    }

    /// What is said of each account of this name; what is not said is granted.
    pub(crate) fn said(&self, account: &str, requirement: usize) -> Vec<Said> {
        let named = self.accounts.iter().filter(|one| one.shown == account);
        let said = |one: &OfAccount| one.said.get(&requirement).copied().or(one.alone.then_some(Said::Granted));
        named.filter_map(said).collect()
    }

    /// The line of `access` of an account whose name is its own.
    pub(crate) fn access_of(&self, account: &str) -> Option<&Value> {
        self.access.iter().find(|line| line["account"] == account)
    }
}

/// Every question is a requirement of its own, so that each answer can be told apart.
fn policy_text(asked: &[Asked], account: &str) -> String {
    let mut text = String::new();
    for (number, asked) in asked.iter().enumerate() {
        let mut item = CMDLETS[asked.cmdlet].to_owned();
        for (names, separator) in [(&asked.all, ","), (&asked.any, "|")] {
            if !names.is_empty() {
                item = format!("{item}:{}", names.join(separator));
            }
        }
        let scope = match asked.far {
            Far::Anything => "",
            Far::OwnMailbox => "scope = \"self\"\n",
            Far::Organization => "scope = \"organization\"\n",
        };
        text += &format!("[[require]]\nid = \"{number}\"\naccount = {account:?}\ncmdlets = [\"{item}\"]\n{scope}");
    }
    text
}

/// Reads the folder and works with its one organization.
pub(crate) fn load<R>(folder: &Path, work: impl FnOnce(&mut Accounts<'_>, &Sources<'_>) -> R) -> R {
    let paths = vec![folder.to_str().expect("temporary folders have plain names").to_owned()];
    let opened = exports::open(&Wanted::one(paths));
    let mut loaded = exports::load(&opened);
    let sources: Sources<'_> = std::mem::take(&mut loaded.sources);
    let inventory = Inventory::of(loaded.organizations.remove(0).own);
    work(&mut Accounts::new(&inventory, &[], Assumptions::default()), &sources)
}

/// Reads the folder and asks everything, of every account.
pub(crate) fn ask(folder: &Path, asked: &[Asked]) -> Answers {
    load(folder, |accounts, sources| answers(accounts, sources, asked))
}

/// Everything, of every account.
pub(crate) fn answers(accounts: &mut Accounts<'_>, sources: &Sources<'_>, asked: &[Asked]) -> Answers {
    let all = accounts.all().to_vec();
    let mut answers = Answers { access: Vec::new(), accounts: Vec::new() };
    let mut entries = RoleEntries::all();
    for &account in &all {
        let shown = accounts.shown(account).to_owned();
        let rights = accounts.rights(account);
        let graph = accounts.graph(account);
        let mut line = String::new();
        Access::of(graph, shown.clone(), rights, &mut entries).push_json(&mut line, graph, sources);
        answers.access.push(serde_json::from_str(&line).expect("a line of access is JSON"));
        answers.accounts.push(OfAccount { shown, said: BTreeMap::new(), alone: true });
    }
    let report = judge(accounts, asked, "*");
    for (place, &account) in all.iter().enumerate() {
        let shown = answers.accounts[place].shown.clone();
        if answers.count(&shown) == 1 {
            answers.accounts[place].take(&report);
            continue;
        }
        // A report shows the name alone, so accounts that share one are asked for by something that is each one's own.
        let name = name_of_its_own(accounts, account);
        answers.accounts[place].alone = name.is_some();
        match name {
            Some(name) => answers.accounts[place].take(&judge(accounts, asked, &name)),
            None => answers.accounts[place].take(&report),
        }
    }
    answers
}

/// What `access --on` prints of every account.
pub(crate) fn access_on(accounts: &mut Accounts<'_>, sources: &Sources<'_>, name: &str) -> Vec<Value> {
    let named = accounts.organization().recipients_named(name);
    let [recipient] = named[..] else { return Vec::new() };
    let target = accounts.organization().target(recipient);
    let on = Some(On { name, target: &target });
    let mut entries = RoleEntries::all();
    let mut lines = String::new();
    for account in accounts.all().to_vec() {
        let (rights, shown) = (accounts.rights(account), accounts.shown(account).to_owned());
        let graph = accounts.graph(account);
        let access = Access { on, ..Access::of(graph, shown, rights, &mut entries) };
        access.push_json(&mut lines, graph, sources);
    }
    lines.lines().map(|line| serde_json::from_str(line).expect("a line of access is JSON")).collect()
}

/// What `who-can --on` answers of a cmdlet and every account, by its name.
pub(crate) fn answers_on(accounts: &mut Accounts<'_>, cmdlet: &str, name: &str) -> Vec<(String, Answer)> {
    let named = accounts.organization().recipients_named(name);
    let [recipient] = named[..] else { return Vec::new() };
    let target = accounts.organization().target(recipient);
    let question = Question { cmdlet, all: &[], any: &[], own_mailbox: true, on: Some(&target) };
    let mut entries = RoleEntries::all();
    let mut answers = Vec::new();
    for account in accounts.all().to_vec() {
        let (rights, shown) = (accounts.rights(account), accounts.shown(account).to_owned());
        let graph = accounts.graph_mut(account);
        let grants = graph.grants(&rights, &mut entries);
        answers.push((shown, graph.judge(&rights, &grants, &question).answer));
    }
    answers
}

/// What `show KIND '*'` prints.
pub(crate) fn pages(accounts: &mut Accounts<'_>, sources: &Sources<'_>, kind: Kind) -> Vec<Value> {
    let mut lines = String::new();
    let push = |page: Page| {
        page.push_json(&mut lines, sources);
        Ok::<(), ()>(())
    };
    Pages::new(accounts).each(kind, "*", push).expect("no page fails");
    lines.lines().map(|line| serde_json::from_str(line).expect("a page is JSON")).collect()
}

/// An identity that names one account and no other.
fn name_of_its_own(accounts: &Accounts<'_>, account: Account) -> Option<String> {
    let Account::Exported(id) = account else { return None };
    let inventory = accounts.organization().inventory();
    let identities = inventory.principals.identities(id);
    let texts = identities.iter().map(|(_, text)| inventory.show(text.symbol).to_owned());
    texts.into_iter().find(|text| accounts.named(text) == [account])
}

fn judge(accounts: &mut Accounts<'_>, asked: &[Asked], account: &str) -> Report {
    let mut report = Report::default();
    let policy = policy_text(asked, account);
    let file = SourceFile::decode(FileId(u32::MAX), "policy.toml".to_owned(), policy.as_bytes());
    let file = file.expect("the policy is small");
    let requirements = rolecall::policy::read(&file, &[], &mut report).requirements;
    assert!(report.diagnostics.is_empty(), "the policy is right: {:?}", report.diagnostics);
    rules::judging::require::check(accounts, &requirements, &mut report);
    report
}

impl OfAccount {
    fn take(&mut self, report: &Report) {
        for diagnostic in &report.diagnostics {
            let subject = &diagnostic.subject;
            let (Some(account), Some(requirement)) = (&subject.account, &subject.requirement) else { continue };
            let Ok(requirement) = requirement.parse() else { continue };
            let said = match diagnostic.rule.name {
                _ if *account != self.shown => continue,
                "missing-cmdlet" if diagnostic.message.contains("` with `-") => Said::Missing,
                "missing-cmdlet" => Said::MissingCmdlet,
                "missing-parameter" => Said::MissingParameter,
                "merged-parameters" => Said::Merged,
                // Where any scope will do it is a note beside the answer.
                "narrow-scope" if diagnostic.severity == Severity::Error => Said::Narrow,
                "undecided" => Said::Unknown,
                _ => continue,
            };
            // Several gaps may leave one answer open, and each is a diagnostic of its own. What is merged may be narrow too.
            let before = self.said.get(&requirement).copied();
            let is_said = before.is_none_or(|before| before == said || (before, said) == (Said::Merged, Said::Narrow));
            assert!(is_said || !self.alone, "{account} {requirement}: {before:?} and {said:?}");
            self.said.insert(requirement, said);
        }
    }
}
