//! Who manages which group. Nobody is known by being a manager alone: a name that no other export shows stays a name.

use crate::source::Span;

use super::facts::{Facts, Form, GroupFact, Lists, Text};
use super::identity::kind_of_identity;
use super::principals::{Hint, Parts, PrincipalId, Principals};

/// The managers that a group's record names whole.
pub(super) fn managers_of<'l>(group: &GroupFact, lists: &'l Lists) -> impl Iterator<Item = &'l Text> + use<'l> {
    group.managed_by.items(lists).iter().filter(|text| text.form == Form::Whole)
}

impl Principals {
    /// Who manages a group, each at the record that says so. Names that fit several objects or none are left out.
    #[must_use]
    pub fn managers(&self, group: PrincipalId) -> &[(PrincipalId, Span)] {
        self.managers.get(&group).map_or(&[], Vec::as_slice)
    }

    /// Finds out whom the lists of managers name.
    pub(super) fn fill_managers(&mut self, facts: &Facts, of_row: &[PrincipalId], parts: &Parts) {
        let mut found = Vec::new();
        for (index, group) in facts.groups.iter().enumerate() {
            for text in managers_of(group, &facts.lists) {
                let kind = kind_of_identity(facts.names.show(text.symbol));
                self.candidates(text.symbol, kind, Hint::Any, parts, &facts.names, &mut found);
                if let [manager] = found[..] {
                    self.managers.entry(of_row[index]).or_default().push((manager, group.at));
                }
            }
        }
        for managers in self.managers.values_mut() {
            managers.sort_unstable();
            managers.dedup_by_key(|(manager, _)| *manager);
        }
    }
}
