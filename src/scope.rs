//! Scopes: on what a grant works, as far as a requirement asks.

mod extent;
mod known;
mod opath;
mod root;
mod written;

use crate::name::same;

pub use extent::{Area, Configuration, Extent, Holds, Recipients};
pub use known::Known;
pub use opath::{Attribute, Filter, FilterError};
pub use root::root_contains;
pub use written::{Sort, Written, written};

/// The four scopes of a grant as words; `None` where nothing says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes<'s> {
    /// What recipients can be read.
    pub recipient_read: Option<&'s str>,
    /// What recipients can be written.
    pub recipient_write: Option<&'s str>,
    /// What configuration can be read.
    pub config_read: Option<&'s str>,
    /// What configuration can be written.
    pub config_write: Option<&'s str>,
}

/// How far a grant reaches for one cmdlet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// The organization.
    Organization,
    /// A custom scope, or one of the two sides is `None`.
    Narrow,
    /// At most the organization: how much of it no column shows.
    Somewhere,
    /// Nothing says how far.
    Unknown,
    /// Neither recipients nor configuration.
    Nothing,
    /// The own mailbox, or what belongs to it.
    OwnMailbox,
}

/// Verbs whose cmdlets read. Everything else writes.
const READING: &[&str] = &["Get", "Test", "Search", "Export"];

/// The recipient scope that is the groups which an account owns.
pub const OWN_GROUPS: &str = "MyDistributionGroups";

/// Recipient scopes that end at the own mailbox or what belongs to it.
const OWN: &[&str] = &["Self", "MyGAL", OWN_GROUPS, "MailboxICanDelegate", "MyDirectReports", "MyExecutive"];

/// Cmdlets that change the session and no object, so that no scope binds them.
///
/// Source: Set-ADServerSettings in office-docs-powershell (CC-BY-4.0).
const SESSION: &[&str] = &["Set-ADServerSettings"];

/// Cmdlets that make a group. Whoever may write the groups that they own makes more of them, so that no scope of owned
/// groups bounds this.
///
/// Source: "Understanding management role scopes" (OfficeDocs-Exchange), `MyDistributionGroups`: "create or manage".
const MAKES_GROUP: &[&str] = &["New-DistributionGroup"];

/// Whether a cmdlet reads or writes decides which scopes count.
#[must_use]
pub fn reads(cmdlet: &str) -> bool {
    cmdlet.split_once('-').is_some_and(|(verb, _)| READING.iter().any(|known| same(known, verb)))
}

/// Whether a cmdlet changes the session only.
#[must_use]
pub fn is_session(cmdlet: &str) -> bool {
    SESSION.iter().any(|known| same(known, cmdlet))
}

/// Whether a cmdlet makes a group.
#[must_use]
pub fn makes_group(cmdlet: &str) -> bool {
    MAKES_GROUP.iter().any(|known| same(known, cmdlet))
}

/// Whether a cmdlet makes a group where the groups that an account owns are what it may write.
#[must_use]
pub fn makes_own_group(cmdlet: &str, recipient_write: Option<&str>) -> bool {
    makes_group(cmdlet) && recipient_write.is_some_and(|word| same(word, OWN_GROUPS))
}

/// Whether a recipient scope ends at the own mailbox or what belongs to it.
#[must_use]
pub fn is_own(word: &str) -> bool {
    OWN.iter().any(|known| same(known, word))
}

/// Whether a scope's word did not arrive whole, so that it says nothing.
#[must_use]
pub fn is_cut(word: &str) -> bool {
    word.ends_with('…')
}

/// Whether a scope says that nothing is reached.
#[must_use]
pub fn is_none(scope: Option<&str>) -> bool {
    scope.is_some_and(|scope| same(scope, "None") || same(scope, "NotApplicable"))
}

impl<'s> Scopes<'s> {
    /// The same, where a side on which the role itself writes or reads nothing narrows nothing.
    #[must_use]
    pub fn beside(self, role: &Self) -> Self {
        let pair = |[recipient, config]: [Option<&'s str>; 2], own: [Option<&'s str>; 2]| {
            // What reaches nothing at all reaches nothing, whatever the role is like.
            let reaches = !is_none(recipient) || !is_none(config);
            let by_nature = |at: usize| reaches && is_none(own[at]) && !is_none(own[1 - at]);
            let recipient = if is_none(recipient) && by_nature(0) { Some("Organization") } else { recipient };
            let config = if is_none(config) && by_nature(1) { Some("OrganizationConfig") } else { config };
            (recipient, config)
        };
        let read = pair([self.recipient_read, self.config_read], [role.recipient_read, role.config_read]);
        let write = pair([self.recipient_write, self.config_write], [role.recipient_write, role.config_write]);
        Self { recipient_read: read.0, config_read: read.1, recipient_write: write.0, config_write: write.1 }
    }

    /// How far a grant with these scopes reaches for `cmdlet`.
    ///
    /// Source: `RecipientWriteScope` and its neighbours in Get-ManagementRoleAssignment (office-docs-powershell).
    #[must_use]
    pub fn reach(&self, cmdlet: &str) -> Reach {
        let read = (self.recipient_read, self.config_read);
        let write = (self.recipient_write, self.config_write);
        // Most assignments read and write in the same scopes.
        let (recipient, config) = if read != write && reads(cmdlet) { read } else { write };
        let is_lost = recipient.is_some_and(is_cut);
        let [recipient, config] = [recipient, config].map(|word| word.filter(|word| !is_cut(word)));
        let is =
            |scope: Option<&str>, words: &[&str]| scope.is_some_and(|scope| words.iter().any(|word| same(word, scope)));
        if is(recipient, OWN) {
            return if makes_own_group(cmdlet, recipient) { Reach::Narrow } else { Reach::OwnMailbox };
        }
        if is_session(cmdlet) {
            // It may have been the own mailbox.
            return if is_lost { Reach::Unknown } else { Reach::Organization };
        }
        match (recipient, config) {
            _ if is_none(recipient) && is_none(config) => Reach::Nothing,
            // Whatever the configuration scope, an unknown recipient scope may be the own mailbox.
            (None, _) => Reach::Unknown,
            (_, None) if is_none(recipient) => Reach::Unknown,
            _ if is(recipient, &["Organization"]) && (config.is_none() || is(config, &["OrganizationConfig"])) => {
                Reach::Organization
            }
            _ => Reach::Narrow,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scopes<'s>(words: [&'s str; 4]) -> Scopes<'s> {
        let [read, write, config_read, config_write] = words.map(Some);
        Scopes { recipient_read: read, recipient_write: write, config_read, config_write }
    }

    #[test]
    fn reading_and_writing_have_scopes_of_their_own() {
        let view_only = scopes(["Organization", "None", "OrganizationConfig", "None"]);
        assert_eq!(view_only.reach("Get-Mailbox"), Reach::Organization);
        assert_eq!(view_only.reach("Set-Mailbox"), Reach::Nothing);
        assert_eq!(view_only.reach("Set-ADServerSettings"), Reach::Organization);
    }

    #[test]
    fn a_side_that_the_role_itself_lacks_narrows_nothing() {
        let role = scopes(["Organization", "Organization", "None", "None"]);
        let reach = |assigned| scopes(assigned).beside(&role).reach("Set-Mailbox");
        assert_eq!(reach(["Organization", "Organization", "None", "None"]), Reach::Organization);
        assert_eq!(reach(["Organization", "CustomRecipientScope", "None", "None"]), Reach::Narrow);
        assert_eq!(reach(["Organization", "None", "None", "None"]), Reach::Nothing);
        assert_eq!(scopes(["Organization", "Organization", "None", "None"]).reach("Set-Mailbox"), Reach::Narrow);
    }

    #[test]
    fn the_own_mailbox_is_no_organization_whatever_the_configuration_scope() {
        let own = scopes(["Self", "Self", "OrganizationConfig", "OrganizationConfig"]);
        assert_eq!(own.reach("Get-CASMailbox"), Reach::OwnMailbox);
        assert_eq!(own.reach("Set-ADServerSettings"), Reach::OwnMailbox);
        let custom = scopes(["Organization", "CustomRecipientScope", "OrganizationConfig", "OrganizationConfig"]);
        assert_eq!(custom.reach("Set-Mailbox"), Reach::Narrow);
        assert_eq!(Scopes::default().reach("Set-Mailbox"), Reach::Unknown);
        let half = Scopes { recipient_write: Some("None"), ..Scopes::default() };
        assert_eq!(half.reach("Set-Mailbox"), Reach::Unknown);
    }
}
