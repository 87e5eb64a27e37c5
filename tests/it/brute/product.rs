//! What rolecall says of a folder of exports.

use std::collections::BTreeMap;
use std::path::Path;

use rolecall::accounts::Accounts;
use rolecall::diagnostic::Report;
use rolecall::exports::{self, Wanted};
use rolecall::graph::{Assumptions, RoleEntries};
use rolecall::inventory::Inventory;
use rolecall::report::access::Access;
use rolecall::rules;
use rolecall::source::{FileId, SourceFile, Sources};
use serde_json::Value;

use super::judge::{Asked, Said};
use super::organization::CMDLETS;

/// Everything that rolecall answers about one organization.
#[derive(Debug)]
pub(crate) struct Answers {
    /// The lines of `access`; an account's name may stand for several.
    pub(crate) access: Vec<Value>,
    /// For each account, by the number of the requirement: how often each answer was given.
    said: BTreeMap<(String, usize), Vec<Said>>,
    names: BTreeMap<String, usize>,
}

impl Answers {
    /// How many accounts have a name.
    pub(crate) fn count(&self, account: &str) -> usize {
        self.names.get(account).copied().unwrap_or(0)
    }

    pub(crate) fn accounts(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// What is said of the accounts of this name; what is not said is granted.
    pub(crate) fn said(&self, account: &str, requirement: usize) -> Vec<Said> {
        let mut said = self.said.get(&(account.to_owned(), requirement)).cloned().unwrap_or_default();
        while said.len() < self.count(account) {
            said.push(Said::Granted);
        }
        said
    }

    /// The line of `access` of an account whose name is its own.
    pub(crate) fn access_of(&self, account: &str) -> Option<&Value> {
        self.access.iter().find(|line| line["account"] == account)
    }
}

/// Every question is a requirement of its own, so that each answer can be told apart.
pub(crate) fn policy_text(asked: &[Asked]) -> String {
    let mut text = String::new();
    for (number, asked) in asked.iter().enumerate() {
        let mut item = CMDLETS[asked.cmdlet].to_owned();
        for (names, separator) in [(&asked.all, ","), (&asked.any, "|")] {
            if !names.is_empty() {
                item = format!("{item}:{}", names.join(separator));
            }
        }
        let scope = if asked.own_mailbox { "scope = \"self\"\n" } else { "" };
        text += &format!("[[require]]\nid = \"{number}\"\naccount = \"*\"\ncmdlets = [\"{item}\"]\n{scope}");
    }
    text
}

/// Reads the folder and asks everything, of every account.
pub(crate) fn ask(folder: &Path, policy: &str) -> Answers {
    let paths = vec![folder.to_str().expect("temporary folders have plain names").to_owned()];
    let opened = exports::open(&Wanted::one(paths));
    let mut loaded = exports::load(&opened);
    let mut sources: Sources<'_> = std::mem::take(&mut loaded.sources);
    let mut report = Report::default();
    let id = sources.add(|id: FileId| {
        SourceFile::decode(id, "policy.toml".to_owned(), policy.as_bytes()).expect("the policy is small")
    });
    let requirements = rolecall::policy::read(sources.file(id), &[], &mut report).requirements;
    assert!(report.diagnostics.is_empty(), "the policy is right: {:?}", report.diagnostics);
    let inventory = Inventory::of(loaded.organizations.remove(0).own);
    let mut accounts = Accounts::new(&inventory, &[], Assumptions::default());
    rules::judging::require::check(&mut accounts, &requirements, &mut report);
    let mut answers = Answers { access: Vec::new(), said: BTreeMap::new(), names: BTreeMap::new() };
    let mut entries = RoleEntries::all();
    for account in accounts.all().to_vec() {
        *answers.names.entry(accounts.shown(account).to_owned()).or_default() += 1;
        let rights = accounts.rights(account);
        let graph = accounts.graph(account);
        let mut line = String::new();
        Access::of(graph, accounts.shown(account).to_owned(), rights, &mut entries)
            .push_json(&mut line, graph, &sources);
        answers.access.push(serde_json::from_str(&line).expect("a line of access is JSON"));
    }
    answers.take(&report);
    answers
}

impl Answers {
    fn take(&mut self, report: &Report) {
        // Several gaps may leave one answer open, and each is a diagnostic of its own.
        let mut open: BTreeMap<(String, usize), BTreeMap<String, usize>> = BTreeMap::new();
        for diagnostic in &report.diagnostics {
            let subject = &diagnostic.subject;
            let (Some(account), Some(requirement)) = (&subject.account, &subject.requirement) else { continue };
            let Ok(requirement) = requirement.parse() else { continue };
            let key = (account.clone(), requirement);
            let said = match diagnostic.rule.0 {
                "missing-cmdlet" => Said::MissingCmdlet,
                "missing-parameter" => Said::MissingParameter,
                "merged-parameters" => Said::Merged,
                "undecided" => {
                    let gap = subject.gap.as_ref().expect("an open answer has a gap");
                    *open.entry(key).or_default().entry(format!("{gap:?} {}", diagnostic.message)).or_default() += 1;
                    continue;
                }
                _ => continue,
            };
            self.said.entry(key).or_default().push(said);
        }
        for (key, gaps) in open {
            // Two accounts of one name share their gaps' names.
            let count = gaps.into_values().max().unwrap_or(0);
            self.said.entry(key).or_default().extend(std::iter::repeat_n(Said::Unknown, count));
        }
    }
}
