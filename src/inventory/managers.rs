//! Who manages which group. Nobody is known by being a manager alone: a name that no other export shows stays a name.

use crate::source::Span;

use super::facts::{Facts, Form, GroupFact, NameList, Text};
use super::principals::{Builder, Hint, PrincipalId, Principals};

/// The managers that a group's record names whole.
pub(super) fn managers_of(group: &GroupFact) -> impl Iterator<Item = &Text> {
    let items = match &group.managed_by {
        NameList::Whole(items) | NameList::Either(items, _) | NameList::Cut(items, _) => items.as_slice(),
        NameList::Absent | NameList::Gone | NameList::Unsplit(_) => &[],
    };
    items.iter().filter(|text| text.form == Form::Whole)
}

impl Principals {
    /// Who manages a group, each at the record that says so. Names that fit several objects or none are left out.
    #[must_use]
    pub fn managers(&self, group: PrincipalId) -> &[(PrincipalId, Span)] {
        self.managers.get(&group).map_or(&[], Vec::as_slice)
    }

    /// Finds out whom the lists of managers name.
    pub(super) fn fill_managers(&mut self, facts: &Facts, of_row: &[PrincipalId], builder: &Builder) {
        for (index, group) in facts.groups.iter().enumerate() {
            for text in managers_of(group) {
                if let [manager] = self.candidates(text.symbol, Hint::Any, builder, &facts.names)[..] {
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
