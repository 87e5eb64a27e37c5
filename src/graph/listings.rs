//! What the listings cover: absence is proved only by one whose extent contains the thing.

use std::collections::BTreeSet;

use crate::inventory::{Assignment, Form, Inventory, Listing, NO_ROLE, PrincipalId, Stated, is_of_use};
use crate::name::{Symbol, same};
use crate::record::{Kind, PIPED, Test};
use crate::source::Span;

use super::Graph;
use super::gap::GapId;
use super::holders::Holders;
use super::rights::RightSet;

/// Whose assignments commands asked for, where they asked for a part.
#[derive(Debug, Default)]
pub(super) struct AskedFor {
    /// Accounts and groups.
    principals: BTreeSet<PrincipalId>,
    /// Role assignment policies.
    policies: BTreeSet<Symbol>,
    /// Whether for all that name a user.
    users: bool,
}

impl<'i> Graph<'i> {
    /// Finds whether commands asked for a part of the assignments that let somebody run something.
    pub(super) fn find_narrowed_assignments(&mut self) {
        let inventory = self.inventory;
        let Some(first) = inventory.narrowed(Kind::RoleAssignment) else {
            // What only delegates, or is disabled, may have been left out: it gives nobody a cmdlet.
            let useless = inventory.listings_of(Kind::RoleAssignment).next();
            if let Some(listing) = useless.filter(|_| !inventory.covers(Kind::RoleAssignment, &|_| None)) {
                let export = super::gap::widened(listing);
                self.unused_assignments = Some(self.gaps.narrowed_listing(listing, export));
            }
            return;
        };
        // Where the command leaves columns out as well, it is not worth widening.
        let has_columns = |one: &Assignment| one.enabled != Stated::Absent && one.delegating != Stated::Absent;
        let has_columns = inventory.assignments.iter().all(has_columns);
        let widened = has_columns.then(|| super::gap::widened(first));
        let export = widened.into_iter().chain(self.needed_exports(!has_columns)).collect::<Vec<_>>().join("\n");
        let gap = self.gaps.narrowed_listing(first, export);
        self.global.push(gap);
        self.narrowed_assignments = Some(gap);
        for listing in inventory.listings_of(Kind::RoleAssignment) {
            let asked = |test: &Test| match same(&test.property, "-RoleAssignee") {
                true => Some(true),
                false => is_of_use(test),
            };
            let of_users = |test: &Test| match same(&test.property, "RoleAssigneeType") {
                true => Some(test.fits("User")),
                false => is_of_use(test),
            };
            self.asked_for.users |= listing.covers(&of_users);
            // Exchange shows what reaches the assignee, also through groups and its policy.
            let Some(name) = listing.extent.value_of("-RoleAssignee").filter(|_| listing.covers(&asked)) else {
                continue;
            };
            match self.recipients_named(name)[..] {
                [id] => drop(self.asked_for.principals.insert(id)),
                [] => self.asked_for.policies.extend(inventory.names.get(name)),
                _ => {}
            }
        }
    }

    /// Whether a command asked for the assignments of a principal.
    #[must_use]
    pub fn is_asked_for(&self, id: PrincipalId) -> bool {
        self.asked_for.principals.contains(&id)
    }

    /// Whether a command asked for the assignments of a role assignment policy.
    #[must_use]
    pub fn is_policy_asked_for(&self, policy: Symbol) -> bool {
        self.asked_for.policies.contains(&policy)
    }

    /// Whether commands together show every assignment that reaches an account: its own, those of each group that it is
    /// or may be in, and those of its policy.
    pub(super) fn shows_assignments_that_reach(&self, account: PrincipalId, holders: &Holders) -> bool {
        let groups = || holders.sure.keys().chain(holders.maybe.keys()).filter(|id| **id != account);
        let is_policy_shown = || match self.inventory.principals.get(account).policy {
            Stated::Is(None) => true,
            Stated::Is(Some(policy)) => policy.form == Form::Whole && self.is_policy_asked_for(policy.symbol),
            Stated::Absent | Stated::Unclear => false,
        };
        self.is_asked_for(account)
            || self.asked_for.users && groups().all(|group| self.is_asked_for(*group)) && is_policy_shown()
    }

    /// What leaves open everything for an account, where a cmdlet is asked about: assignments of other roles do not.
    pub(super) fn global_for<'r>(
        &'r self,
        rights: &'r RightSet,
        cmdlet: Option<&'r str>,
    ) -> impl Iterator<Item = GapId> + 'r {
        let counts = move |gap: &GapId| {
            Some(*gap) != self.narrowed_assignments || !cmdlet.is_some_and(|cmdlet| self.shows_assignments_with(cmdlet))
        };
        rights.global.iter().copied().filter(counts)
    }

    /// Whether all assignments are shown of every role that has a cmdlet or may have it.
    fn shows_assignments_with(&self, cmdlet: &str) -> bool {
        if !self.shows_roles_with(cmdlet) {
            return false;
        }
        let named = self.inventory.names.get(cmdlet);
        let with = named.into_iter().flat_map(|cmdlet| self.inventory.roles_with(cmdlet));
        let may = self.roles_with_unknown_entries().filter(|role| self.entries_gap(*role, Some(cmdlet)).is_some());
        let asked = |test: &Test| match same(&test.property, "-Cmdlet") {
            true => Some(test.fits(cmdlet)),
            false => is_of_use(test),
        };
        self.inventory.covers(Kind::RoleAssignment, &asked)
            || with.chain(may).all(|role| role != NO_ROLE && self.shows_assignments_of(role))
    }

    /// Whether all assignments of a role are shown that let somebody run it.
    #[must_use]
    pub fn shows_assignments_of(&self, role: Symbol) -> bool {
        self.shows_assignments_of_named(self.inventory.show(role))
    }

    /// The same of a role that the exports need not name.
    pub(super) fn shows_assignments_of_named(&self, role: &str) -> bool {
        let of_role = |test: &Test| match same(&test.property, "Role") {
            true => Some(test.fits(role)),
            false => is_of_use(test),
        };
        self.narrowed_assignments.is_none() || self.inventory.covers(Kind::RoleAssignment, &of_role)
    }

    /// Whether every role is shown that has a cmdlet.
    pub(super) fn shows_roles_with(&self, cmdlet: &str) -> bool {
        let named = |test: &Test| same(&test.property, "Name").then(|| test.fits(cmdlet));
        self.inventory.covers(Kind::RoleEntry, &named) || self.asks_for_cmdlet(None, cmdlet)
    }

    /// Whether a command that asked for a part would have shown an entry of a role.
    pub(super) fn shows_entry(&self, role: Symbol, cmdlet: &str) -> bool {
        let named = |test: &Test| match test.property.to_ascii_lowercase().as_str() {
            "name" => Some(test.fits(cmdlet)),
            "role" => Some(test.fits(self.inventory.show_role(role)?)),
            _ => None,
        };
        let mut listings = self.inventory.listings_of(Kind::RoleEntry).filter(|listing| !listing.extent.is_whole());
        listings.any(|listing| listing.covers(&named)) || self.asks_for_cmdlet(Some(role), cmdlet)
    }

    /// Whether a list of roles with a cmdlet would have shown a role, or any.
    fn asks_for_cmdlet(&self, role: Option<Symbol>, cmdlet: &str) -> bool {
        let named = |test: &Test| match test.property.to_ascii_lowercase().as_str() {
            "-cmdlet" => Some(test.fits(cmdlet)),
            "name" => Some(test.fits(self.inventory.show_role(role?)?)),
            _ => None,
        };
        let mut roles = self.inventory.listings_of(Kind::Role).filter(|listing| listing.extent.asks_for("-Cmdlet"));
        roles.any(|listing| listing.covers(&named))
    }

    /// Why commands that asked for a part leave open which entries a role has; `None` where they do not, or show nothing
    /// of it.
    pub(super) fn narrowed_entries(&mut self, role: Symbol) -> Option<GapId> {
        let inventory = self.inventory;
        if inventory.has_entry_rows(role) || role == NO_ROLE && !inventory.has_entries(role) {
            return None;
        }
        let may_hold = |listing: &&Listing| {
            let named = |test: &Test| match inventory.show_role(role) {
                Some(name) if same(&test.property, "Role") => Some(test.fits(name)),
                _ => None,
            };
            !listing.extent.is_whole() && listing.extent.holds(&named) != Some(false)
        };
        let listing = inventory.listings_of(Kind::RoleEntry).find(may_hold)?;
        Some(self.gaps.narrowed_listing(listing, super::gap::widened(listing)))
    }

    /// Why mailboxes may be missing that have a policy.
    pub fn mailbox_gaps(&mut self) -> Vec<GapId> {
        let inventory = self.inventory;
        let principals = &inventory.principals;
        let shows_policies = |listing: &Listing| {
            let in_its_file = |id: PrincipalId| {
                let principal = principals.get(id);
                principal.is_mailbox && principal.at.is_some_and(|at| at.file == listing.at.file)
            };
            listing.extent.is_whole() && principals.ids().any(in_its_file)
        };
        let narrowed = inventory.listings_of(Kind::Recipient).find(|listing| !listing.extent.is_whole());
        let narrowed = narrowed.filter(|_| !inventory.listings_of(Kind::Recipient).any(shows_policies));
        let mut gaps: Vec<GapId> = narrowed
            .map(|listing| self.gaps.narrowed_listing(listing, super::gap::widened(listing)))
            .into_iter()
            .collect();
        for fact in inventory.files.iter().filter(|fact| fact.kind == Kind::Recipient) {
            let path = inventory.path(fact.file);
            gaps.extend(fact.cut.map(|at| self.gaps.cut_record(fact.kind, path, at)));
            gaps.extend(fact.capped.map(|at| self.gaps.capped(fact.kind, path, at)));
            gaps.extend(fact.incomplete.map(|at| self.gaps.incomplete_collection(fact.kind, at)));
        }
        gaps
    }

    /// The listing of a kind that shows a place, which asked for a part.
    pub(super) fn listing_at(&self, kind: Kind, at: Option<Span>) -> Option<&'i Listing> {
        let file = at.map(|at| at.file);
        let of_group = |test: &Test| (test.property == PIPED || test.property == "-Group").then_some(true);
        let inventory: &'i Inventory = self.inventory;
        let mut narrowed = inventory.listings_of(kind).filter(|listing| !listing.covers(&of_group));
        let first = narrowed.next()?;
        Some(std::iter::once(first).chain(narrowed).find(|listing| Some(listing.at.file) == file).unwrap_or(first))
    }
}
