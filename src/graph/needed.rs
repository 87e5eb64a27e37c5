//! What has to be exported for whom: what is not there at all, and where one export of all serves better than one of each.

use std::collections::BTreeSet;

use crate::inventory::{AssigneeType, Listed, MembersState, PrincipalId};
use crate::name::Symbol;
use crate::powershell::export_command;
use crate::record::Kind;

use super::Graph;
use super::gap::{self, Gap, GapId};

impl Graph<'_> {
    /// What every answer about an account rests on and nobody exported: `assignments` where these are not all there.
    pub(super) fn needed_exports(&self, assignments: bool) -> Vec<String> {
        let inventory = self.inventory;
        let mut needed = Vec::new();
        if assignments {
            needed.push(export_command(Kind::RoleAssignment));
        }
        let shows_all = |kind: Kind| inventory.covers(kind, &|_| None);
        let is_open = |id: PrincipalId| {
            let group = inventory.principals.get(id);
            group.role_group && group.members.state != MembersState::Known
        };
        if !shows_all(Kind::RoleGroup) || inventory.principals.ids().any(is_open) {
            needed.push(gap::exports_of_groups());
        }
        let lists_entries = |role: Symbol| inventory.roles.get(role).is_some_and(|role| role.listed == Listed::Whole);
        let in_roles = shows_all(Kind::Role) && inventory.roles.names().all(lists_entries);
        if !shows_all(Kind::RoleEntry) && !in_roles {
            needed.push(export_command(Kind::Role));
        }
        needed
    }

    /// What to run for an account that no export shows: what shows it, and what is needed then.
    #[must_use]
    pub fn unknown_account(&self, account: &str) -> Gap {
        let gap = Gap::unknown_account(account);
        let named = self.inventory.names.get(account);
        if let Some(at) = named.and_then(|name| self.inventory.says_absent(Kind::Recipient, name)) {
            let message = format!("Exchange says that there is no user `{account}`");
            return Gap { at: Some(at), message, export: "check how the account is called".to_owned(), ..gap };
        }
        let is_whole = self.global.is_empty() && self.inventory.record_count(Kind::RoleAssignment) > 0;
        let mut exports = vec![gap.export.clone()];
        exports.extend(self.needed_exports(!is_whole));
        let open: BTreeSet<GapId> = self.openings.gaps.values().flatten().copied().collect();
        let roles = self.unknown_entries.iter().filter(|(role, _)| !self.by_role.get(role.number()).is_empty());
        for id in open.into_iter().chain(roles.map(|(_, gap)| *gap)) {
            exports.push(self.gap(id).export.clone());
        }
        // What no command does closes no gap of an account that may not be there.
        exports.retain(|export| export.starts_with(|char: char| char.is_uppercase()));
        Gap { export: gap::once(&exports), ..gap }
    }

    /// Notes whether one export of all role groups, or of all roles, serves better than one of each.
    pub(super) fn count_what_is_missing(&mut self) {
        /// Up to so many are asked for one by one.
        const ONE_BY_ONE_MAX: usize = 4;
        let principals = &self.inventory.principals;
        let is_open = |id: &PrincipalId| {
            let kinds = self.assignments_of(*id).iter().map(|index| self.inventory.assignments[*index].assignee_type);
            let is_role_group = kinds.flatten().any(AssigneeType::is_role_group);
            let state = principals.get(*id).members.state;
            is_role_group && !matches!(state, MembersState::Known | MembersState::Narrowed)
        };
        let groups = principals.ids().filter(is_open).count();
        let roles = self.unknown_entries.keys().filter(|role| !self.by_role.get(role.number()).is_empty()).count();
        self.gaps.many_groups = groups > ONE_BY_ONE_MAX;
        self.gaps.many_roles = roles > ONE_BY_ONE_MAX;
    }
}
