//! Whether an account holds a role, by an enabled regular assignment that reaches it.

use std::collections::BTreeSet;

use crate::inventory::{NO_ROLE, stands_for};
use crate::record::Kind;

use super::Graph;
use super::answer::Answer;
use super::gap::GapId;
use super::rights::{Held, Rights};

impl Graph<'_> {
    /// Answers whether an account holds a role of a name; where that is unknown, why.
    pub fn holds(&mut self, rights: &Rights, role: &str) -> (Answer, Vec<GapId>) {
        let inventory = self.inventory;
        let named = inventory.names.get(role);
        let may_be_it = |held: &&Held| match (held.role, self.assignment(held).and_then(|it| it.role)) {
            (Some(own), _) => Some(own) == named,
            (None, Some(text)) => stands_for(role, inventory.show(text.symbol), text.form),
            (None, None) => true,
        };
        let mut gaps: BTreeSet<GapId> = BTreeSet::new();
        for held in rights.held.iter().map(|held| &**held).filter(may_be_it) {
            if held.is_sure() && held.role.is_some() {
                return (Answer::Granted, Vec::new());
            }
            gaps.extend(&held.gaps);
        }
        // What makes entries unknown leaves open what a role gives, and not who holds it.
        let of_entries = |gap: &GapId| matches!(self.gap(*gap).kind, Kind::Role | Kind::RoleEntry);
        let is_listed = |gap: &GapId| Some(*gap) == self.narrowed_assignments && self.shows_assignments_of_named(role);
        gaps.extend(rights.global.iter().filter(|gap| !of_entries(gap) && !is_listed(gap)));
        // As for cmdlets: an unknown policy gives what any known one does, and anything where none is known.
        let exported = named.and_then(|role| inventory.roles.get(role)).and_then(|role| role.end_user);
        let is_administrative = exported.or_else(|| self.catalogue.role(role).map(|role| role.end_user)) == Some(false);
        if self.by_policy.is_empty() && !is_administrative {
            gaps.extend(rights.policy_gap);
        }
        // Entries without the name of their role, of which the caller says that the account holds them.
        let nameless = rights.held.iter().any(|held| held.assignment.is_none() && held.role == Some(NO_ROLE));
        if let Some(entry) = inventory.entries_of(NO_ROLE).next().filter(|_| nameless) {
            gaps.insert(self.gaps.missing_column(Kind::RoleEntry, "Role", entry.at));
        }
        let answer = if gaps.is_empty() { Answer::NotGranted } else { Answer::Unknown };
        (answer, gaps.into_iter().collect())
    }
}
