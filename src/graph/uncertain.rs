//! Role entries that cannot be told to one role or one cmdlet: which roles and cmdlets they may be of.
//!
//! A table cuts the names of roles, so every entry of an export may be such a one. They are sorted once by what they
//! show: no question walks all of them for each role.

use std::collections::BTreeMap;

use crate::inventory::{Form, Inventory, NO_ROLE, Text, UncertainEntry, stands_for};
use crate::name::{Symbol, fold};

/// The uncertain entries of an inventory, by what they show.
#[derive(Debug, Default)]
pub(super) struct UncertainEntries {
    /// What the entries show of their roles, each once: the text, and the first entry with it.
    shown: Vec<(Option<Text>, usize)>,
    /// For each entry the number of what it shows of its role.
    shown_by: Vec<u32>,
    /// Cut names of roles without case, where nothing in them stands for another letter.
    cut: BTreeMap<String, u32>,
    /// What else may stand for several roles.
    open: Vec<u32>,
    /// Whole names of roles.
    whole: BTreeMap<Symbol, u32>,
    /// The entries that show a whole cmdlet: the cmdlet, what they show of the role, and the entry; sorted.
    of_cmdlet: Vec<(Symbol, u32, u32)>,
    /// The entries that do not.
    of_unclear: Vec<u32>,
    /// For each role that was asked about, what may stand for it.
    of_role: BTreeMap<Symbol, Vec<u32>>,
}

impl UncertainEntries {
    /// Sorts the uncertain entries of an organization, which may be of any of `roles`.
    pub(super) fn of(inventory: &Inventory, roles: &[Symbol]) -> Self {
        let mut sorted = Self::default();
        let mut numbers: BTreeMap<Option<Text>, u32> = BTreeMap::new();
        for (index, entry) in inventory.uncertain_entries.iter().enumerate() {
            let number = *numbers.entry(entry.role).or_insert_with(|| {
                sorted.shown.push((entry.role, index));
                crate::source::to_u32(sorted.shown.len() - 1)
            });
            sorted.shown_by.push(number);
            let index = crate::source::to_u32(index);
            match entry.cmdlet.form {
                Form::Whole => sorted.of_cmdlet.push((entry.cmdlet.symbol, number, index)),
                Form::Cut | Form::Lossy => sorted.of_unclear.push(index),
            }
        }
        sorted.of_cmdlet.sort_unstable();
        for (number, (shown, _)) in (0..).zip(&sorted.shown) {
            let visible = shown.map_or("", |text| inventory.show(text.symbol));
            match shown {
                Some(Text { symbol, form: Form::Whole }) => {
                    sorted.whole.insert(*symbol, number);
                }
                Some(Text { form: Form::Cut, .. }) if !has_stand_in(visible) => {
                    sorted.cut.insert(fold(visible), number);
                }
                _ => sorted.open.push(number),
            }
        }
        if !sorted.shown.is_empty() {
            let of_role = |role: &Symbol| (*role, sorted.standing_for(*role, inventory));
            sorted.of_role = roles.iter().map(of_role).filter(|(_, shown)| !shown.is_empty()).collect();
        }
        sorted
    }

    /// What may stand for a role, in the order of the entries.
    fn standing_for(&self, role: Symbol, inventory: &Inventory) -> Vec<u32> {
        let name = inventory.show_role(role).unwrap_or("");
        let may_stand = |shown: Option<Text>| match shown {
            None => true,
            Some(Text { symbol, form: Form::Whole }) => symbol == role,
            Some(_) if role == NO_ROLE => false,
            Some(Text { symbol, form }) => stands_for(name, inventory.show(symbol), form),
        };
        if has_stand_in(name) {
            return (0..)
                .zip(&self.shown)
                .filter(|(_, (shown, _))| may_stand(*shown))
                .map(|(number, _)| number)
                .collect();
        }
        let mut found: Vec<u32> =
            self.open.iter().copied().filter(|number| may_stand(self.shown[*number as usize].0)).collect();
        found.extend(self.whole.get(&role));
        if role != NO_ROLE && !self.cut.is_empty() {
            let folded = fold(name);
            let ends = folded.char_indices().map(|(start, _)| start).chain([folded.len()]);
            found.extend(ends.filter_map(|end| self.cut.get(&folded[..end])));
        }
        found.sort_unstable();
        found
    }

    /// The first entry that may be one of a role.
    pub(super) fn first_of(&self, role: Symbol) -> Option<usize> {
        self.of_role.get(&role)?.first().map(|number| self.shown[*number as usize].1)
    }

    /// The entries with a whole cmdlet that may be of a role, in order; of one cmdlet, or of all.
    pub(super) fn of_role(&self, role: Symbol, cmdlet: Option<Symbol>) -> Vec<usize> {
        let Some(shown) = self.of_role.get(&role) else { return Vec::new() };
        let mut found: Vec<usize> = match cmdlet {
            Some(cmdlet) => shown.iter().flat_map(|number| self.pairs(cmdlet, *number)).collect(),
            None => {
                let may_be = |(_, number, _): &&(Symbol, u32, u32)| shown.binary_search(number).is_ok();
                self.of_cmdlet.iter().filter(may_be).map(|(.., index)| *index as usize).collect()
            }
        };
        found.sort_unstable();
        found
    }

    fn pairs(&self, cmdlet: Symbol, number: u32) -> impl Iterator<Item = usize> + '_ {
        let start = self.of_cmdlet.partition_point(|(known, shown, _)| (*known, *shown) < (cmdlet, number));
        let same =
            self.of_cmdlet[start..].iter().take_while(move |(known, shown, _)| (*known, *shown) == (cmdlet, number));
        same.map(|(.., index)| *index as usize)
    }

    /// Whether an entry may be of a role and of a cmdlet, whose symbol is `named` where the exports show it.
    pub(super) fn may_hold(&self, inventory: &Inventory, role: Symbol, cmdlet: &str, named: Option<Symbol>) -> bool {
        let Some(shown) = self.of_role.get(&role) else { return false };
        let of_cmdlet = |cmdlet: Symbol| shown.iter().any(|number| self.pairs(cmdlet, *number).next().is_some());
        let may_be =
            |entry: &UncertainEntry| stands_for(cmdlet, inventory.show(entry.cmdlet.symbol), entry.cmdlet.form);
        let of_unclear = |index: &u32| {
            shown.binary_search(&self.shown_by[*index as usize]).is_ok()
                && may_be(&inventory.uncertain_entries[*index as usize])
        };
        named.is_some_and(of_cmdlet) || self.of_unclear.iter().any(of_unclear)
    }
}

/// Whether a character in a name stands for any other.
fn has_stand_in(name: &str) -> bool {
    name.contains(['?', '\u{FFFD}'])
}
