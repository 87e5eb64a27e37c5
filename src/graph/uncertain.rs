//! Role entries that cannot be told to one role or one cmdlet: which roles and cmdlets they may be of.
//!
//! A table cuts the names of roles, so every entry of an export may be such a one. They are sorted once by what they
//! show: no question walks all of them for each role.

use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::{Form, Grouped, Inventory, NO_ROLE, Text, stands_for};
use crate::name::{Symbol, fold};
use crate::source::to_u32;

/// The uncertain entries of an inventory, by what they show.
#[derive(Debug, Default)]
pub(super) struct UncertainByRole {
    /// What the entries show of their roles, each once: the text, and the first entry with it.
    shown: Vec<(Option<Text>, usize)>,
    /// Cut names of roles without case, where nothing in them stands for another letter.
    cut: BTreeMap<String, u32>,
    /// How long these are, in bytes: a table cuts all of them at one width.
    cut_lengths: BTreeSet<usize>,
    /// What else may stand for several roles.
    open: Vec<u32>,
    /// Whole names of roles.
    whole: BTreeMap<Symbol, u32>,
    /// The entries that show a whole cmdlet, by what they show of their roles; sorted by cmdlet, then as they are.
    with_cmdlet: Grouped<u32>,
    /// The entries that do not.
    without_cmdlet: Grouped<u32>,
    /// For each role that was asked about, what may stand for it.
    of_role: BTreeMap<Symbol, Vec<u32>>,
}

impl UncertainByRole {
    /// Sorts the uncertain entries of an organization, which may be of any of `roles`.
    pub(super) fn of(inventory: &Inventory, roles: &[Symbol]) -> Self {
        let mut sorted = Self::default();
        sorted.group(inventory);
        for (number, (shown, _)) in (0..).zip(&sorted.shown) {
            let visible = shown.map_or("", |text| inventory.show(text.symbol));
            match shown {
                Some(Text { symbol, form: Form::Whole }) => {
                    sorted.whole.insert(*symbol, number);
                }
                Some(Text { form: Form::Cut, .. }) if !has_stand_in(visible) => {
                    let folded = fold(visible);
                    sorted.cut_lengths.insert(folded.len());
                    sorted.cut.insert(folded, number);
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

    /// Brings the entries together that show the same of their roles.
    fn group(&mut self, inventory: &Inventory) {
        let entries = &inventory.uncertain_entries;
        let mut numbers: BTreeMap<Option<Text>, u32> = BTreeMap::new();
        let mut shown_by: Vec<u32> = Vec::with_capacity(entries.len());
        let mut last: Option<(Option<Text>, u32)> = None;
        for (index, role) in entries.roles().enumerate() {
            let number = match last {
                // Exports list a role's entries together.
                Some((known, number)) if known == role => number,
                _ => *numbers.entry(role).or_insert_with(|| {
                    self.shown.push((role, index));
                    to_u32(self.shown.len() - 1)
                }),
            };
            last = Some((role, number));
            shown_by.push(number);
        }
        let all = || (0..).zip(entries.cmdlets());
        let whole = || all().filter(|(_, cmdlet)| cmdlet.form == Form::Whole);
        let by_cmdlet: Grouped<u32> =
            Grouped::of(inventory.names.len(), || whole().map(|(index, cmdlet)| (cmdlet.symbol.number(), index)));
        let shown = |index: u32| (shown_by[index as usize], index);
        self.with_cmdlet = Grouped::of(self.shown.len(), || by_cmdlet.values().map(|index| shown(*index)));
        let unclear = || all().filter(|(_, cmdlet)| cmdlet.form != Form::Whole).map(|(index, _)| shown(index));
        self.without_cmdlet = Grouped::of(self.shown.len(), unclear);
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
            let beginnings = self.cut_lengths.iter().filter_map(|length| folded.get(..*length));
            found.extend(beginnings.filter_map(|beginning| self.cut.get(beginning)));
        }
        found.sort_unstable();
        found
    }

    /// The first entry that may be one of a role.
    pub(super) fn first_of(&self, role: Symbol) -> Option<usize> {
        self.of_role.get(&role)?.first().map(|number| self.shown[*number as usize].1)
    }

    /// The entries with a whole cmdlet that may be of a role, in order; of one cmdlet, or of all.
    pub(super) fn of_role(&self, inventory: &Inventory, role: Symbol, cmdlet: Option<Symbol>) -> Vec<u32> {
        let Some(shown) = self.of_role.get(&role) else { return Vec::new() };
        let mut found = Vec::new();
        for number in shown {
            found.extend_from_slice(match cmdlet {
                Some(cmdlet) => self.with(inventory, *number, cmdlet),
                None => self.with_cmdlet.get(*number),
            });
        }
        found.sort_unstable();
        found
    }

    /// The entries of a cmdlet among those that show the same of their roles.
    fn with(&self, inventory: &Inventory, number: u32, cmdlet: Symbol) -> &[u32] {
        let cmdlet_of = |index: &u32| inventory.uncertain_entries.cmdlet(*index as usize).symbol;
        let all = self.with_cmdlet.get(number);
        let all = &all[all.partition_point(|index| cmdlet_of(index) < cmdlet)..];
        &all[..all.partition_point(|index| cmdlet_of(index) == cmdlet)]
    }

    /// Whether an entry may be of a role and of a cmdlet, whose symbol is `named` where the exports show it.
    pub(super) fn may_hold(&self, inventory: &Inventory, role: Symbol, cmdlet: &str, named: Option<Symbol>) -> bool {
        let Some(shown) = self.of_role.get(&role) else { return false };
        let may_be = |index: &u32| {
            let text = inventory.uncertain_entries.cmdlet(*index as usize);
            stands_for(cmdlet, inventory.show(text.symbol), text.form)
        };
        let has = |cmdlet: Symbol| shown.iter().any(|number| !self.with(inventory, *number, cmdlet).is_empty());
        named.is_some_and(has) || shown.iter().any(|number| self.without_cmdlet.get(*number).iter().any(may_be))
    }
}

/// Whether a character in a name stands for any other.
fn has_stand_in(name: &str) -> bool {
    name.contains(['?', '\u{FFFD}'])
}
