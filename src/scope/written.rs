//! What cmdlets write, as far as the documentation says: recipients, servers or databases.

use crate::name::same;

use super::known::Known;

/// What a cmdlet writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Recipients.
    pub recipients: Known,
    /// Servers.
    pub servers: Known,
    /// Databases.
    pub databases: Known,
}

/// Cmdlets that act on databases.
const DATABASE: &[&str] = &["Dismount-Database", "Mount-Database", "Set-MailboxDatabase"];

/// Cmdlets that act on a recipient, and put it into a database.
const RECIPIENT_IN_DATABASE: &[&str] = &["Connect-Mailbox", "Enable-Mailbox", "New-Mailbox", "New-MoveRequest"];

/// Cmdlets that act on servers.
const SERVER: &[&str] = &[
    "Add-DatabaseAvailabilityGroupServer",
    "Add-MailboxDatabaseCopy",
    "Move-ActiveMailboxDatabase",
    "Remove-DatabaseAvailabilityGroupServer",
];

/// Cmdlets for which either a server or a database scope will do, and one that needs both.
const SERVER_AND_DATABASE: &[&str] = &[
    "Move-DatabasePath",
    "Remove-MailboxDatabase",
    "Remove-MailboxDatabaseCopy",
    "Resume-MailboxDatabaseCopy",
    "Set-MailboxDatabaseCopy",
    "Suspend-MailboxDatabaseCopy",
    "Update-MailboxDatabaseCopy",
];

/// What a cmdlet writes; `Unknown` throughout for all that the page does not list.
///
/// Source: "Understanding management role scopes" (OfficeDocs-Exchange), the table of configuration scopes.
#[must_use]
pub fn written(cmdlet: &str) -> Written {
    let is = |list: &[&str]| list.iter().any(|known| same(known, cmdlet));
    let [recipients, servers, databases] = if is(DATABASE) {
        [Known::No, Known::No, Known::Yes]
    } else if is(RECIPIENT_IN_DATABASE) {
        [Known::Yes, Known::No, Known::Yes]
    } else if is(SERVER) {
        [Known::No, Known::Yes, Known::No]
    } else if is(SERVER_AND_DATABASE) {
        [Known::No, Known::Yes, Known::Yes]
    } else {
        [Known::Unknown; 3]
    };
    Written { recipients, servers, databases }
}
