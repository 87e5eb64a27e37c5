//! What was read of each kind in each file, and what speaks against its being all.

use crate::record::{Kind, Property};
use crate::source::{FileId, Span};

use super::unseen::Unseen;

/// How many rows most cmdlets print where nobody says `-ResultSize`.
pub const DEFAULT_ROWS: u64 = 1000;

/// What was read of one kind of object in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileFact {
    /// The file.
    pub file: FileId,
    /// The kind.
    pub kind: Kind,
    /// How many records.
    pub records: u64,
    /// The first record.
    pub first: Span,
    /// A record of which a part is missing: the last one, where the end of the file cuts it.
    pub cut: Option<Span>,
    /// Where the shell said that there are more, or where exactly the default number of rows stands.
    pub capped: Option<Span>,
    /// Where a manifest says that rows are missing, or another number of them than was read.
    pub incomplete: Option<Span>,
    /// Property columns that no record of this kind had here and that matter, as bits of `Missing`.
    pub missing: u8,
    /// Columns about scopes that an assignment here lacks.
    pub unseen: Unseen,
    /// Whether the file says itself that its assignments are a part of all.
    pub part: bool,
}

impl FileFact {
    /// Whether nothing says that records are missing.
    pub(super) const fn is_whole(&self) -> bool {
        self.cut.is_none() && self.capped.is_none() && self.incomplete.is_none()
    }
}

/// Finds the kinds of which a file shows a record that breaks off before anything tells its kind: it begins as the others
/// do. `columns`: of each kind those of its first record in their order, of records of an unknown kind those of the shortest.
pub(super) fn find_cut(files: &mut [FileFact], columns: &[Vec<Property>]) {
    const FEWEST: usize = 2;
    let Some(part) = files.iter().position(|fact| fact.kind == Kind::Unknown) else { return };
    let (start, at) = (&columns[part], files[part].first);
    if start.len() < FEWEST {
        return;
    }
    for (fact, columns) in files.iter_mut().zip(columns) {
        if columns.len() > start.len() && columns.starts_with(start) {
            fact.cut = fact.cut.or(Some(at));
        }
    }
}

/// Columns whose absence leaves grants undecided.
pub mod missing {
    /// `Enabled` of an assignment.
    pub const ENABLED: u8 = 1;
    /// `RoleAssignmentDelegationType` of an assignment.
    pub const DELEGATION: u8 = 2;
    /// `Role` of a role entry.
    pub const ROLE: u8 = 4;
    /// `Parameters` of a role entry.
    pub const PARAMETERS: u8 = 8;
    /// `Role` of an assignment.
    pub const ASSIGNMENT_ROLE: u8 = 16;
    /// The assignee of an assignment.
    pub const ASSIGNEE: u8 = 32;
}
