//! The command above the rows: which listing they belong to, and what it says of each of them.

use crate::name::{Symbol, same};
use crate::read::Answer;
use crate::record::{Command, Complete, Kind, PIPED, Record, Test};
use crate::source::Span;

use super::super::facts::{Absent, AssigneeType, GroupFact, NameList, Stretch, Text};
use super::super::identity::{canonical_of_dn, is_id, kind_of_identity};
use super::super::listing::Listing;
use super::effective::is_everybody;
use super::{Collector, type_named};

/// What a command line says about the rows below it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CommandSays {
    pub(super) role: Option<Symbol>,
    pub(super) group: Option<Text>,
    /// The cmdlet that every role has.
    pub(super) cmdlet: Option<Symbol>,
    /// The cmdlet of the one entry whose parameters are printed.
    pub(super) entry: Option<Symbol>,
    pub(super) assignee_type: Option<AssigneeType>,
    pub(super) enabled: Option<bool>,
    pub(super) delegating: Option<bool>,
    pub(super) exclusive: Option<bool>,
    /// Whether each row is of one user whom an assignment reaches; `None` where no command says.
    pub(super) effective: Option<bool>,
    /// Whether all users are shown whom an assignment reaches that has rows.
    pub(super) all_users: bool,
    /// The one object that the rows are of.
    pub(super) object: Option<Text>,
    /// Whether all members are shown of each group that has rows.
    pub(super) members: bool,
}

/// Passes every choice among assignments, and none among the users whom they reach.
fn is_about_users(test: &Test) -> Option<bool> {
    match same(&test.property, "EffectiveUserName") {
        true if is_everybody(&test.value) => Some(false),
        true => None,
        false => Some(true),
    }
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
        let Some(line) = record.command else {
            return CommandSays { members: true, all_users: true, ..CommandSays::default() };
        };
        let command = Command::parse(line);
        // No row has a value that fails what the command asks for.
        let excludes = |property: &str, value: &str| {
            extent.holds(&|test: &Test| same(&test.property, property).then(|| test.fits(value))) == Some(false)
        };
        let truth = |property: &str| match (excludes(property, "True"), excludes(property, "False")) {
            (true, false) => Some(false),
            (false, true) => Some(true),
            _ => None,
        };
        let kind = "RoleAssignmentDelegationType";
        let is_regular = extent.value_of(kind).is_some_and(|value| same(value, "Regular"));
        let delegates = if is_regular { Some(false) } else { excludes(kind, "Regular").then_some(true) };
        let named = |property: &str| extent.value_of(property).filter(|name| !name.is_empty() && !is_id(name));
        let role = match record.kind {
            Kind::RoleAssignment => named("Role"),
            _ => command.role_of_entries(),
        };
        let entry = command.entry_of_parameters().and_then(|entry| Some(entry.rsplit_once('\\')?.1));
        CommandSays {
            role: role.map(|role| self.facts.names.intern(role)),
            group: command.group().map(|group| self.facts.text(group, Complete::Yes)),
            cmdlet: named("-Cmdlet").map(|cmdlet| self.facts.names.intern(cmdlet)),
            entry: entry.map(|cmdlet| self.facts.names.intern(cmdlet)),
            assignee_type: named("RoleAssigneeType").map(type_named),
            enabled: truth("Enabled"),
            delegating: truth("-Delegating").or(delegates),
            exclusive: truth("Exclusive"),
            effective: command.asks_for_effective_users(),
            all_users: extent.holds(&is_about_users) == Some(true),
            object: command.object().map(|name| self.facts.text(name, Complete::Yes)),
            members: members == Some(true),
        }
    }
}

impl Collector {
    /// Takes an answer without rows: an empty listing, an empty group or role, or that there is no such object.
    pub fn answer(&mut self, answer: &Answer<'_>) {
        let command = Command::parse(answer.command);
        let Some(kind) = Kind::of_cmdlet(command.source()) else { return };
        if !answer.found {
            return self.no_object(&command, kind, answer);
        }
        let listing = Listing::new(kind, Some(answer.command), answer.at);
        // What asks for two values of a property shows nothing, whatever there is.
        let covers = |property: &str, value: &str| {
            let asked = |test: &Test| same(&test.property, property).then(|| test.fits(value));
            listing.covers(&|test: &Test| if test.property == PIPED { Some(true) } else { asked(test) })
        };
        match kind {
            Kind::RoleEntry => {
                let role = listing.extent.value_of("Role").filter(|role| covers("Role", role));
                let role = role.map(|role| self.facts.names.intern(role));
                self.facts.entry_row_roles.extend(role);
            }
            Kind::RoleGroupMember => {
                if let Some(group) = command.group().filter(|group| covers("-Group", group)) {
                    let role_group = same(noun(command.source()), "RoleGroupMember");
                    self.empty_group(group, role_group, answer.at);
                }
            }
            _ => {}
        }
        self.facts.listings.push(listing);
    }

    /// A group of which a command shows that it has no members.
    fn empty_group(&mut self, name: &str, role_group: bool, at: Span) {
        let name = self.facts.text(name, Complete::Yes);
        let kind = kind_of_identity(self.facts.names.show(name.symbol));
        let identities = self.facts.lists.push_identities(&[(kind, name)]);
        let fact = GroupFact {
            identities,
            role_group,
            linked: false,
            linked_to: None,
            security: role_group.then_some(true),
            mail_enabled: None,
            synchronised: false,
            members: NameList::Whole(Stretch::default()),
            roles: NameList::Absent,
            managed_by: NameList::Absent,
            at,
            members_at: at,
            member_count: None,
        };
        self.facts.groups.push(fact);
    }

    /// `Get-Group X`, `Get-User X` or `Get-Mailbox X` that finds none. Without a mailbox X has no role assignment policy. A
    /// role group that is not there has no members.
    fn no_object(&mut self, command: &Command<'_>, kind: Kind, answer: &Answer<'_>) {
        let noun = noun(command.source());
        if let Some(group) = command.group().filter(|_| same(noun, "RoleGroupMember")) {
            return self.empty_group(group, true, answer.at);
        }
        let Some(shown) = command.object() else { return };
        if same(noun, "Group") || same(noun, "User") {
            let name = canonical_of_dn(shown);
            let name = self.facts.names.intern(name.as_deref().unwrap_or(shown));
            self.facts.absent.push(Absent { kind, name, at: answer.at });
        }
        if !same(noun, "Mailbox") {
            return;
        }
        let name = self.facts.text(shown, Complete::Yes);
        self.facts.add_recipient(&[name], (None, Some(false)), answer.at);
    }
}

/// What a cmdlet is about.
fn noun(cmdlet: &str) -> &str {
    cmdlet.split_once('-').map_or("", |(_, noun)| noun)
}
