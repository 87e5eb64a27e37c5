//! What `why` and `who-can` share: a question, asked of accounts.

use std::collections::BTreeSet;
use std::io;

use clap::ValueEnum;

use super::{Exports, print, say_what_reading_noticed};
use crate::accounts::{Account, Accounts};
use crate::exports;
use crate::graph::{Answer, Question, RoleEntries};
use crate::inventory::Inventory;
use crate::name::fold;
use crate::policy::{Item, ParameterMode};
use crate::report::answer::Answered;
use crate::rules::nearest_ways;
use crate::source::{FileId, Span};

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    Human,
    Json,
}

/// One cmdlet, perhaps with parameters.
#[derive(Clone, Debug)]
pub(super) struct Cmdlet(Item);

impl std::str::FromStr for Cmdlet {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let nowhere = Span { file: FileId(0), start: 0, end: 0 };
        Item::parse(text, nowhere).map(Self)
    }
}

/// What was answered, and whether the inputs were usable.
#[derive(Debug)]
pub(super) struct Outcome {
    /// The answers that were given, each once.
    pub(super) answers: BTreeSet<Answer>,
    /// Whether any account matched.
    pub(super) matched: bool,
    /// 2 where a named path could not be read or holds nothing we know, else 0.
    pub(super) code: u8,
}

/// Asks every account that `pattern` names and prints the answers that `show` wants.
pub(super) fn ask(
    exported: &Exports,
    cmdlet: &Cmdlet,
    pattern: &str,
    format: Format,
    show: impl Fn(Answer) -> bool,
) -> Outcome {
    let opened = exported.open();
    let loaded = exports::load(&opened);
    let code = say_what_reading_noticed(&loaded);
    let organization = Inventory::of(loaded.organization);
    let asserted: Vec<(String, Inventory)> =
        loaded.asserted.into_iter().map(|(account, facts)| (account, Inventory::of(facts))).collect();
    let mut accounts = Accounts::new(&organization, &asserted, exported.assumptions());
    let named = accounts.named(pattern);
    let mut outcome = Outcome { answers: BTreeSet::new(), matched: !named.is_empty(), code };
    let mut out = String::new();
    for name in cmdlets(&cmdlet.0, &organization, &asserted) {
        let question = question(&cmdlet.0, &name);
        let wanted = organization.names.get(&name).into_iter().collect();
        let mut entries = RoleEntries::of(wanted);
        for &account in &named {
            let rights = accounts.rights(account);
            let graph = accounts.graph_mut(account);
            let grants = match account {
                Account::Exported(_) => graph.grants(&rights, &mut entries),
                Account::Asserted(_) => graph.grants(&rights, &mut RoleEntries::all()),
            };
            let judged = graph.judge(&rights, &grants, &question);
            outcome.answers.insert(judged.answer);
            if !show(judged.answer) {
                continue;
            }
            let shown = accounts.shown(account);
            let graph = accounts.graph_mut(account);
            let elsewhere = graph.elsewhere(question.cmdlet);
            let nearest = match judged.answer {
                Answer::NotGranted => nearest_ways(graph, shown, question.cmdlet, &judged.misses, &elsewhere),
                _ => Vec::new(),
            };
            let answered =
                Answered { account: shown, question: &question, judged: &judged, rights: &rights, nearest: &nearest };
            match format {
                Format::Human => answered.push_human(&mut out, graph, &loaded.sources),
                Format::Json => answered.push_json(&mut out, graph, &loaded.sources),
            }
        }
    }
    print(&out);
    // The answer is printed; nobody reading on is no error.
    let _ = io::Write::flush(&mut io::stdout());
    outcome
}

/// The cmdlets that are meant: all that a wildcard matches in the exports, else the one that is named.
fn cmdlets(item: &Item, organization: &Inventory, asserted: &[(String, Inventory)]) -> Vec<String> {
    let inventories = || std::iter::once(organization).chain(asserted.iter().map(|(_, inventory)| inventory));
    if item.text != item.cmdlet && inventories().any(|inventory| inventory.names.get(&item.text).is_some()) {
        return vec![item.text.clone()];
    }
    if !item.is_wild() {
        return vec![item.cmdlet.clone()];
    }
    let all = inventories().flat_map(|inventory| inventory.entries().map(|entry| inventory.show(entry.cmdlet)));
    let mut matching: Vec<&str> = all.collect::<BTreeSet<_>>().into_iter().filter(|name| item.matches(name)).collect();
    matching.sort_by_cached_key(|name| fold(name));
    matching.dedup_by(|left, right| crate::name::same(left, right));
    matching.into_iter().map(ToOwned::to_owned).collect()
}

fn question<'q>(item: &'q Item, name: &'q str) -> Question<'q> {
    let (all, any): (&[String], &[String]) = match item.mode {
        // The whole text is the name of an entry.
        _ if name == item.text && item.text != item.cmdlet => (&[], &[]),
        ParameterMode::All => (&item.parameters, &[]),
        ParameterMode::Any => (&[], &item.parameters),
    };
    Question { cmdlet: name, all, any, own_mailbox: true }
}
