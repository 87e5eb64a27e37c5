//! Items of a policy, as the exports know them: wildcards become cmdlets, each with the parameters that are meant.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Label, Report, Severity};
use crate::graph::{Graph, Question, quoted};
use crate::inventory::Inventory;
use crate::name::{Symbol, fold, same};
use crate::policy::{Item, ParameterMode, mistake};

use super::settled::Key;

/// One item, for one cmdlet.
#[derive(Clone, Debug)]
pub(super) struct Asked<'r> {
    /// The item.
    pub(super) item: &'r Item,
    /// The cmdlet.
    pub(super) cmdlet: String,
    /// An entry of exactly the item's text exists: the colon is part of its name.
    whole: bool,
}

impl<'r> Asked<'r> {
    /// What a graph is asked.
    pub(super) fn question(&self, own_mailbox: bool) -> Question<'_> {
        let (all, any) = self.all_and_any();
        Question { cmdlet: &self.cmdlet, all, any, own_mailbox, on: None }
    }

    /// What tells the question from others.
    pub(super) fn key(&self, own_mailbox: bool) -> Key<'r> {
        let (all, any) = self.all_and_any();
        (self.cmdlet.clone(), all, any, own_mailbox)
    }

    /// The parameters of which all are needed, and those of which one is.
    fn all_and_any(&self) -> (&'r [String], &'r [String]) {
        match self.item.mode {
            _ if self.whole => (&[], &[]),
            ParameterMode::All => (&self.item.parameters, &[]),
            ParameterMode::Any => (&[], &self.item.parameters),
        }
    }

    /// The parameters that are meant; none where the whole cmdlet is.
    pub(super) fn parameters(&self) -> &'r [String] {
        if self.whole { &[] } else { &self.item.parameters }
    }
}

/// Turns items into the cmdlets that they mean. A wildcard that matches nothing in the exports is a mistake where
/// `must_match` says so.
pub(super) fn expand<'r>(
    inventories: &[&Inventory],
    items: &'r [Item],
    must_match: bool,
    report: &mut Report,
) -> Vec<Asked<'r>> {
    let mut asked: Vec<Asked<'r>> = Vec::new();
    let mut seen: BTreeSet<(String, Vec<String>)> = BTreeSet::new();
    let mut add = |item: &'r Item, cmdlet: &str, whole: bool| {
        if seen.insert((fold(cmdlet), item.parameters.clone())) {
            asked.push(Asked { item, cmdlet: cmdlet.to_owned(), whole });
        }
    };
    let mut cmdlets: Option<Vec<&str>> = None;
    for item in items {
        let is_entry =
            item.text != item.cmdlet && inventories.iter().any(|inventory| inventory.names.get(&item.text).is_some());
        if is_entry {
            add(item, &item.text, true);
        } else if item.is_wild() {
            let cmdlets = cmdlets.get_or_insert_with(|| all_cmdlets(inventories));
            let mut matched = false;
            for cmdlet in cmdlets.iter().filter(|cmdlet| item.matches(cmdlet)) {
                matched = true;
                add(item, cmdlet, false);
            }
            if !matched && must_match {
                let message = format!("no cmdlet in the exports matches `{}`", item.cmdlet);
                let label = Label::new(item.at, "");
                let mut said = Diagnostic::at(mistake::UNMATCHED_WILDCARD, Severity::Error, message, label);
                let near = crate::policy::closest(&item.cmdlet, cmdlets.iter().copied());
                said.help = Some(match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("Get-ManagementRoleEntry {}", quoted(&format!("*\\{}", item.cmdlet))),
                });
                report.say(said);
            }
        } else {
            add(item, &item.cmdlet, false);
        }
    }
    asked
}

/// Every cmdlet of the exports, sorted without case.
fn all_cmdlets<'i>(inventories: &[&'i Inventory]) -> Vec<&'i str> {
    let mut cmdlets: Vec<&str> = Vec::new();
    for inventory in inventories {
        cmdlets.extend(inventory.cmdlets().map(|cmdlet| inventory.show(cmdlet)));
    }
    cmdlets.sort_by_cached_key(|cmdlet| fold(cmdlet));
    cmdlets.dedup_by(|left, right| same(left, right));
    cmdlets
}

/// The cmdlets that are asked for, as a graph knows them.
pub(super) fn wanted<'a>(graph: &Graph<'_>, asked: impl IntoIterator<Item = &'a Asked<'a>>) -> BTreeSet<Symbol> {
    asked.into_iter().filter_map(|asked| graph.inventory().names.get(&asked.cmdlet)).collect()
}

/// What some items allow of a cmdlet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Allowed {
    /// Everything.
    Whole,
    /// These parameters; none where no item names the cmdlet.
    Parameters(Vec<String>),
}

/// What items allow of a cmdlet: an item without parameters allows all of it.
pub(super) fn allowed<'p>(items: impl Iterator<Item = &'p Item>, cmdlet: &str) -> Allowed {
    let mut parameters: Vec<String> = Vec::new();
    for item in items {
        if same(&item.text, cmdlet) {
            return Allowed::Whole;
        }
        if item.matches(cmdlet) {
            if item.parameters.is_empty() {
                return Allowed::Whole;
            }
            parameters.extend(item.parameters.iter().cloned());
        }
    }
    Allowed::Parameters(parameters)
}
