//! The questions of a policy: what its items ask of accounts, each once however many tables ask it.
//!
//! Items are read as the exports know them: wildcards become cmdlets, each with the parameters that are meant.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::diagnostic::{Diagnostic, Label};
use crate::graph::{Graph, Question, SetId, SetIds};
use crate::inventory::Inventory;
use crate::name::{fold, same};
use crate::policy::{Item, ParameterMode, mistake};
use crate::powershell::entries_of;
use crate::remedy::Fix;

/// The number of a question.
pub(super) type QuestionId = usize;

/// One item, for one cmdlet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'p> {
    /// The number of what it asks.
    pub(super) id: QuestionId,
    /// The item.
    pub(super) item: &'p Item,
    /// The cmdlet, as the item writes it; as the exports do where it is wild.
    pub(super) cmdlet: &'p str,
    /// An entry of exactly the item's text exists: the colon is part of its name.
    whole: bool,
}

impl<'p> Asked<'p> {
    /// What a graph is asked.
    pub(super) fn question(&self, own_mailbox: bool) -> Question<'p> {
        let (all, any): (&[String], &[String]) = match self.item.mode {
            _ if self.whole => (&[], &[]),
            ParameterMode::All => (&self.item.parameters, &[]),
            ParameterMode::Any => (&[], &self.item.parameters),
        };
        Question { cmdlet: self.cmdlet, all, any, own_mailbox, on: None }
    }

    /// What is asked, as a policy writes it.
    pub(super) fn text(&self) -> String {
        if self.item.is_wild() && !self.whole {
            return self.item.text.replacen(&self.item.cmdlet, self.cmdlet, 1);
        }
        self.item.text.clone()
    }

    /// The parameters that are meant; none where the whole cmdlet is.
    pub(super) fn parameters(&self) -> &'p [String] {
        if self.whole { &[] } else { &self.item.parameters }
    }
}

/// What tells one question from another: the cmdlet, its parameters, whether one of them is enough, and whether the own
/// mailbox is.
type Key = (String, Vec<String>, bool, bool);

/// All questions of a policy.
pub(super) struct Questions<'p> {
    inventories: Vec<&'p Inventory>,
    /// The cmdlets of the exports, sorted without case; found for the first wildcard.
    cmdlets: Option<Vec<&'p str>>,
    known: BTreeMap<Key, QuestionId>,
    /// What each item asks, by its text: tables repeat what others ask.
    by_text: BTreeMap<(&'p str, bool), Rc<[Asked<'p>]>>,
    all: Vec<Known<'p>>,
    /// How many lists of items were asked.
    lists: usize,
}

/// One question.
struct Known<'p> {
    /// The first that asks it.
    asked: Asked<'p>,
    own_mailbox: bool,
    /// The sets of rights that plainly grant it; found when somebody wants to know.
    granting: Option<SetIds>,
    /// The number of the last list of items that asked it.
    list: usize,
}

impl<'p> Questions<'p> {
    pub(super) fn new(inventories: Vec<&'p Inventory>) -> Self {
        Self { inventories, cmdlets: None, known: BTreeMap::new(), by_text: BTreeMap::new(), all: Vec::new(), lists: 0 }
    }

    /// What a list of items asks, each question once. Wildcards that match nothing in the exports are handed to
    /// `unmatched`.
    pub(super) fn ask(
        &mut self,
        items: &'p [Item],
        own_mailbox: bool,
        mut unmatched: impl FnMut(&Item),
    ) -> Vec<Asked<'p>> {
        self.lists += 1;
        let mut all: Vec<Asked<'p>> = Vec::with_capacity(items.len());
        for item in items {
            let asked = self.by_text.get(&(item.text.as_str(), own_mailbox)).cloned();
            let asked = asked.unwrap_or_else(|| self.read(item, own_mailbox));
            if asked.is_empty() {
                unmatched(item);
            }
            for one in asked.iter() {
                let last = &mut self.all[one.id].list;
                if *last != self.lists {
                    *last = self.lists;
                    all.push(Asked { item, ..*one });
                }
            }
        }
        all
    }

    /// What one item asks.
    fn read(&mut self, item: &'p Item, own_mailbox: bool) -> Rc<[Asked<'p>]> {
        let is_entry = item.text != item.cmdlet
            && self.inventories.iter().any(|inventory| inventory.names.get(&item.text).is_some());
        let asked: Rc<[Asked<'p>]> = if is_entry {
            Rc::new([self.number(item, &item.text, true, own_mailbox)])
        } else if item.is_wild() {
            let inventories = &self.inventories;
            let cmdlets = self.cmdlets.get_or_insert_with(|| all_cmdlets(inventories));
            let matching: Vec<&'p str> = cmdlets.iter().filter(|cmdlet| item.matches(cmdlet)).copied().collect();
            matching.into_iter().map(|cmdlet| self.number(item, cmdlet, false, own_mailbox)).collect()
        } else {
            Rc::new([self.number(item, &item.cmdlet, false, own_mailbox)])
        };
        self.by_text.insert((&item.text, own_mailbox), Rc::clone(&asked));
        asked
    }

    fn number(&mut self, item: &'p Item, cmdlet: &'p str, whole: bool, own_mailbox: bool) -> Asked<'p> {
        let mut asked = Asked { id: self.all.len(), item, cmdlet, whole };
        let parameters = asked.parameters().iter().map(|parameter| fold(parameter)).collect();
        let any = item.mode == ParameterMode::Any;
        asked.id = *self.known.entry((fold(cmdlet), parameters, any, own_mailbox)).or_insert(asked.id);
        if asked.id == self.all.len() {
            self.all.push(Known { asked, own_mailbox, granting: None, list: 0 });
        }
        asked
    }

    /// How many there are; they are numbered from nought.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// The first that asks a question.
    pub(super) fn get(&self, id: QuestionId) -> &Asked<'p> {
        &self.all[id].asked
    }

    /// What a graph is asked.
    pub(super) fn question(&self, id: QuestionId) -> Question<'p> {
        self.all[id].asked.question(self.all[id].own_mailbox)
    }

    /// Finds who plainly grants what is asked, of the sets of rights that the graph was asked for so far. Returns those
    /// that grant all of it.
    pub(super) fn find_granting(&mut self, graph: &Graph<'_>, asked: &[Asked<'p>]) -> SetIds {
        let mut all: Option<SetIds> = None;
        for one in asked {
            let question = self.question(one.id);
            let granting = self.all[one.id].granting.get_or_insert_with(|| graph.sets_granting(&question));
            match &mut all {
                Some(all) => all.keep(granting),
                None => all = Some(granting.clone()),
            }
        }
        all.unwrap_or_default()
    }

    /// Whether a set of rights was found to plainly grant what is asked.
    pub(super) fn is_granted(&self, asked: &Asked<'p>, set: SetId) -> bool {
        self.all[asked.id].granting.as_ref().is_some_and(|granting| granting.has(set))
    }
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

/// Says that a wildcard matches nothing.
pub(super) fn unmatched(inventories: &[&Inventory], item: &Item) -> Diagnostic {
    let message = format!("no cmdlet in the exports matches `{}`", item.cmdlet);
    let mut said = Diagnostic::at(mistake::UNMATCHED_WILDCARD, message, Label::new(item.at, ""));
    let near = crate::policy::closest(&item.cmdlet, all_cmdlets(inventories));
    said.fixes.push(match near {
        Some(near) => Fix::policy(format!("did you mean `{near}`?")),
        None => {
            let command = entries_of(&item.cmdlet);
            Fix::export(command, "shows which roles have such cmdlets")
        }
    });
    said
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
