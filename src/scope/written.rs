//! What cmdlets write, as far as the documentation says: recipients, servers or databases.

use crate::name::same;

use super::known::Known;
use super::{is_session, makes_group, reads};

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

/// What is known, each with the cmdlets of which it is true: those that act on databases, on a recipient that they put into a
/// database, on servers, and those for which either a server or a database scope will do, and one that needs both.
const KNOWN: [(&[&str], Written); 4] = [
    (&["Dismount-Database", "Mount-Database", "Set-MailboxDatabase"], of([Known::No, Known::No, Known::Yes])),
    (&["Connect-Mailbox", "Enable-Mailbox", "New-Mailbox", "New-MoveRequest"], of([Known::Yes, Known::No, Known::Yes])),
    (
        &[
            "Add-DatabaseAvailabilityGroupServer",
            "Add-MailboxDatabaseCopy",
            "Move-ActiveMailboxDatabase",
            "Remove-DatabaseAvailabilityGroupServer",
        ],
        of([Known::No, Known::Yes, Known::No]),
    ),
    (
        &[
            "Move-DatabasePath",
            "Remove-MailboxDatabase",
            "Remove-MailboxDatabaseCopy",
            "Resume-MailboxDatabaseCopy",
            "Set-MailboxDatabaseCopy",
            "Suspend-MailboxDatabaseCopy",
            "Update-MailboxDatabaseCopy",
        ],
        of([Known::No, Known::Yes, Known::Yes]),
    ),
];

const fn of([recipients, servers, databases]: [Known; 3]) -> Written {
    Written { recipients, servers, databases }
}

/// What decides in which scopes a cmdlet works: by one path, all of a sort reach equally far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort(u8);

impl Sort {
    /// How many there are.
    pub const COUNT: usize = KNOWN.len() + 4;

    /// The sort of a cmdlet: what reads, what changes the session alone, what makes a group, and the others by what they write.
    #[must_use]
    pub fn of(cmdlet: &str) -> Self {
        let place = if reads(cmdlet) {
            0
        } else if is_session(cmdlet) {
            1
        } else if makes_group(cmdlet) {
            KNOWN.len() + 3
        } else {
            2 + place(cmdlet).unwrap_or(KNOWN.len())
        };
        Self(u8::try_from(place).expect("there are eight"))
    }

    /// Its number, below `COUNT`.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

fn place(cmdlet: &str) -> Option<usize> {
    KNOWN.iter().position(|(cmdlets, _)| cmdlets.iter().any(|known| same(known, cmdlet)))
}

/// What a cmdlet writes; `Unknown` throughout for all that the page does not list.
///
/// Source: "Understanding management role scopes" (OfficeDocs-Exchange), the table of configuration scopes.
#[must_use]
pub fn written(cmdlet: &str) -> Written {
    place(cmdlet).map_or(of([Known::Unknown; 3]), |place| KNOWN[place].1)
}
