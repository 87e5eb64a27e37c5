//! Which columns about scopes an assignment's exports do not have: what it works on is then not known.
//!
//! A cell that is printed empty says that the role's own scope counts, where another row of its file shows a value. A
//! column that no row fills says nothing, and no more does one that is not there.

use crate::name::Symbol;
use crate::record::{Property, Value};

use super::row::Row;

/// The columns that say on what an assignment works: the four scopes, then the names of custom ones.
pub(super) const COLUMNS: [Property; 7] = [
    Property::RecipientReadScope,
    Property::RecipientWriteScope,
    Property::ConfigReadScope,
    Property::ConfigWriteScope,
    Property::CustomRecipientWriteScope,
    Property::CustomConfigWriteScope,
    Property::CustomResourceScope,
];

/// The four scopes, which are never empty in Exchange. The names of custom ones mostly are.
const WORDS: u8 = 0b1111;

/// Columns about scopes that no row shows, a bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unseen(u8);

impl Unseen {
    /// Whether a column is one of them.
    #[must_use]
    pub fn has(self, column: Property) -> bool {
        COLUMNS.iter().position(|known| *known == column).is_some_and(|place| self.0 & (1 << place) != 0)
    }

    /// Whether any is.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The scopes of writing among them, without which it is not known on what an assignment works. What can be read is
    /// always the role's own.
    pub fn written(self) -> impl Iterator<Item = Property> {
        [Property::RecipientWriteScope, Property::ConfigWriteScope].into_iter().filter(move |column| self.has(*column))
    }

    /// Takes a column for one that is not there.
    pub(super) fn add_column(&mut self, column: Property) {
        self.0 |= COLUMNS.iter().position(|known| *known == column).map_or(0, |place| 1 << place);
    }

    /// What two records of one assignment both do not show.
    pub(super) const fn keep(&mut self, other: Self) {
        self.0 &= other.0;
    }

    /// What one of several assignments does not show.
    pub(super) const fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// What one row shows of the columns about scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cells {
    filled: u8,
    empty: u8,
}

impl Cells {
    /// What a row shows, of whose words for scopes these could be read.
    pub(super) fn of(record: &Row<'_, '_>, words: &[Option<Symbol>; 4]) -> Self {
        let mut cells = Self::default();
        for (place, column) in COLUMNS.into_iter().enumerate() {
            match record.value(column) {
                Some(Value::Nothing) => cells.empty |= 1 << place,
                Some(_) if words.get(place).is_none_or(Option::is_some) => cells.filled |= 1 << place,
                _ => {}
            }
        }
        cells
    }

    /// What two rows of a file show.
    pub(super) const fn and(self, other: Self) -> Self {
        Self { filled: self.filled | other.filled, empty: self.empty | other.empty }
    }

    /// What the row does not show, in a file that shows so much.
    pub(super) const fn unseen(self, file: Self) -> Unseen {
        let says_own = self.empty & (file.filled | !WORDS);
        Unseen(!(self.filled | says_own) & ((1 << COLUMNS.len()) - 1))
    }
}
