//! The command above the rows: which listing they belong to, and what it says of each of them.

use crate::name::{Symbol, same};
use crate::record::{Command, Complete, Kind, PIPED, Record};

use super::super::facts::{AssigneeType, Text};
use super::super::identity::is_id;
use super::super::listing::Listing;
use super::{Collector, type_named};

/// What a command line says about the rows below it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CommandSays {
    pub(super) role: Option<Symbol>,
    pub(super) group: Option<Text>,
    /// The cmdlet that every role has.
    pub(super) cmdlet: Option<Symbol>,
    pub(super) assignee_type: Option<AssigneeType>,
    pub(super) enabled: Option<bool>,
    pub(super) delegating: Option<bool>,
    pub(super) exclusive: Option<bool>,
    /// Whether each row is of one user whom an assignment reaches.
    pub(super) effective: bool,
    /// Whether all members are shown of each group that has rows.
    pub(super) members: bool,
}

impl Collector {
    /// Counts a record to its listing, and asks what the command above says, once for each command and kind.
    pub(super) fn count_to_listing(&mut self, record: &Record<'_>) {
        let is_its = |listing: &Listing| listing.kind == record.kind && listing.command.as_deref() == record.command;
        let listings = &mut self.facts.listings;
        if !listings.get(self.listing).is_some_and(is_its) {
            self.listing = listings.iter().position(is_its).unwrap_or(listings.len());
            if self.listing == listings.len() {
                listings.push(Listing::new(record.kind, record.command, record.at));
            }
            self.last_entry_role = None;
            self.says = self.command_says(record);
        }
        self.facts.listings[self.listing].records += 1;
    }

    fn command_says(&mut self, record: &Record<'_>) -> CommandSays {
        let extent = self.facts.listings[self.listing].extent.clone();
        let members = extent.holds(&|test| (test.property == PIPED || test.property == "-Group").then_some(true));
        let Some(line) = record.command else { return CommandSays { members: true, ..CommandSays::default() } };
        let command = Command::parse(line);
        let truth = |property: &str| Some(same(extent.value_of(property)?, "True"));
        let named = |property: &str| extent.value_of(property).filter(|name| !name.is_empty() && !is_id(name));
        let role = match record.kind {
            Kind::RoleAssignment => named("Role"),
            _ => command.role_of_entries(),
        };
        CommandSays {
            role: role.map(|role| self.facts.names.intern(role)),
            group: command.group().map(|group| self.facts.text(group, Complete::Yes)),
            cmdlet: named("-Cmdlet").map(|cmdlet| self.facts.names.intern(cmdlet)),
            assignee_type: named("RoleAssigneeType").map(type_named),
            enabled: truth("Enabled"),
            delegating: truth("-Delegating"),
            exclusive: truth("Exclusive"),
            effective: command.has_switch("GetEffectiveUsers"),
            members: members == Some(true),
        }
    }
}
