//! `[sets]` and `[accounts]`: names for lists, used as `@name`.

use std::collections::{BTreeMap, BTreeSet};

use super::keys::Table;
use super::{Candidates, Item, Text, Who, WhoKind, mistake, say};
use crate::diagnostic::Report;
use crate::hidden::toml_key;
use crate::name::fold;
use crate::source::{FileId, Span};

/// How many lists may hold one another, one in the next.
const DEPTH_MAX: usize = 64;

/// One list with a name.
#[derive(Clone, Debug)]
struct List {
    name: Text,
    texts: Vec<Text>,
    used: bool,
}

/// The lists of one kind, by name without case.
#[derive(Clone, Debug, Default)]
struct Lists {
    /// The table that gives them.
    table: &'static str,
    lists: BTreeMap<String, List>,
}

/// What lists hold, on the way.
#[derive(Default)]
struct Expanded {
    all: Vec<(Text, Option<Span>)>,
    /// The lists that lead here.
    open: Vec<String>,
    /// The lists that were met: what two hold counts once.
    seen: BTreeSet<String>,
    /// Names that no list has, and where they are.
    unknown: Vec<(String, Span)>,
}

/// All lists that a policy file may use.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    sets: Lists,
    accounts: Lists,
}

impl Names {
    /// Reads the two tables. What they give wins over what was inherited.
    pub(super) fn read(&mut self, root: &Table<'_, '_>, report: &mut Report) {
        self.sets.read(root, "sets", report);
        self.accounts.read(root, "accounts", report);
    }

    /// Adds the lists of a file that this one extends.
    pub(super) fn inherit(&mut self, other: Option<&Self>) {
        let Some(other) = other else { return };
        self.sets.lists.extend(other.sets.lists.clone());
        self.accounts.lists.extend(other.accounts.lists.clone());
    }

    /// The cmdlets that some texts ask for, each once.
    pub(super) fn items(&mut self, texts: Vec<Text>, report: &mut Report) -> Vec<Item> {
        let (mut items, mut known): (Vec<Item>, BTreeSet<String>) = Default::default();
        for (text, listed) in self.sets.expand(texts, report) {
            match Item::parse(&text.text, text.at) {
                Ok(item) if known.insert(fold(&item.text)) => items.push(Item { listed, ..item }),
                Ok(_) => {}
                Err(message) => say_malformed(&message, listed.unwrap_or(text.at), report),
            }
        }
        items
    }

    /// The accounts that some texts name, each once.
    pub(super) fn accounts(&mut self, texts: Vec<Text>, report: &mut Report) -> Vec<Who> {
        let (mut all, mut known): (Vec<Who>, BTreeSet<(WhoKind, String)>) = Default::default();
        for (text, listed) in self.accounts.expand(texts, report) {
            match Who::parse(&text.text, text.at) {
                Ok(who) if known.insert((who.kind, fold(&who.text))) => all.push(Who { listed, ..who }),
                Ok(_) => {}
                Err(message) => {
                    let help = "write `group:NAME`".to_owned();
                    say(report, mistake::WRONG_VALUE, message, listed.unwrap_or(text.at), Some(help));
                }
            }
        }
        all
    }

    /// Says which lists of a file nothing uses.
    pub(super) fn say_unused(&self, file: FileId, report: &mut Report) {
        for lists in [&self.sets, &self.accounts] {
            for list in lists.lists.values().filter(|list| !list.used && list.name.at.file == file) {
                let message = format!("nothing uses `@{}`", super::keys::one_line(&list.name.text));
                let help = format!("use it as `\"@{}\"`, or remove it", super::keys::one_line(&list.name.text));
                say(report, mistake::UNUSED_SET, message, list.name.at, Some(help));
            }
        }
    }
}

fn say_malformed(message: &str, at: Span, report: &mut Report) {
    let help = "write `CMDLET`, `CMDLET:A,B` (all parameters) or `CMDLET:A|B` (any of them); `*` and `{a,b}` are wild";
    say(report, mistake::MALFORMED_ITEM, super::keys::one_line(message), at, Some(help.to_owned()));
}

impl Lists {
    fn read(&mut self, root: &Table<'_, '_>, table: &'static str, report: &mut Report) {
        self.table = table;
        let Some(found) = root.table(table) else { return };
        for name in found.names() {
            let texts = found.texts(&name.text, false, report);
            let list = List { name, texts, used: false };
            self.lists.insert(fold(&list.name.text), list);
        }
    }

    /// Replaces `@name` by what the list holds, once: each text where it is used, and where the list has it.
    fn expand(&mut self, texts: Vec<Text>, report: &mut Report) -> Vec<(Text, Option<Span>)> {
        let mut into = Expanded::default();
        for text in texts {
            match text.text.strip_prefix('@') {
                None => into.all.push((text, None)),
                Some(name) => self.push_list(name.trim(), text.at, text.at, &mut into, report),
            }
        }
        let mut known = Candidates::new(self.lists.values().map(|list| list.name.text.as_str()));
        for (name, said) in into.unknown {
            let help = match known.closest(&name) {
                _ if super::packs::pack(&name).is_some() => {
                    format!("this is a pack: ask for its list with `pack = \"{name}\"` instead")
                }
                Some(near) => format!("did you mean `@{near}`?"),
                None => format!("name a list in `[{}]`, as in `{} = [\"…\"]`", self.table, toml_key(&name)),
            };
            let message = format!("`[{}]` has no list `{}`", self.table, super::keys::one_line(&name));
            say(report, mistake::UNKNOWN_SET, message, said, Some(help));
        }
        into.all
    }

    /// Adds what one list holds; lists may use others, but not themselves.
    fn push_list(&mut self, name: &str, used: Span, said: Span, into: &mut Expanded, report: &mut Report) {
        let key = fold(name);
        let shown = super::keys::one_line(name);
        let Some(list) = self.lists.get_mut(&key) else {
            into.unknown.push((name.to_owned(), said));
            return;
        };
        if into.open.contains(&key) {
            let help = format!("take `@{shown}` out of the list");
            say(report, mistake::WRONG_VALUE, format!("the list `{shown}` holds itself"), said, Some(help));
            return;
        }
        list.used = true;
        if !into.seen.insert(key.clone()) {
            return;
        }
        if into.open.len() == DEPTH_MAX {
            let message = format!("the list `{shown}` is the last of more than {DEPTH_MAX} that hold one another");
            let help = format!("write what `@{shown}` holds into the list that uses it");
            say(report, mistake::WRONG_VALUE, message, said, Some(help));
            return;
        }
        into.open.push(key);
        for text in list.texts.clone() {
            match text.text.strip_prefix('@') {
                None => into.all.push((Text { text: text.text, at: used }, Some(text.at))),
                Some(inner) => self.push_list(inner.trim(), used, text.at, into, report),
            }
        }
        into.open.pop();
    }
}
