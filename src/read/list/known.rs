//! Role entries that an earlier one foretells: behind the name stand the lines that stood behind it before.

use std::ops::Range;

use crate::read::csv::joined::is_quiet;
use crate::read::repeats::{Repeats, second_half};
use crate::record::Field;

use super::Slot;

/// The objects of a list, with the properties that repeat from role to role.
#[derive(Debug)]
pub(super) struct KnownLines<'t> {
    pub(super) name: usize,
    pub(super) half: Range<usize>,
    repeats: Repeats<'t>,
    /// Where the half at hand starts, while it is read.
    start: Option<usize>,
}

impl<'t> KnownLines<'t> {
    /// `None` where the parameters stand before the name, or nothing is printed behind them. `first` is as in
    /// `Repeats::new`.
    pub(super) fn new(slots: &[Slot<'_>], first: u32) -> Option<Self> {
        // Another property follows, so that the last value has a known end.
        let (_, slots) = slots.split_last()?;
        let (name, half) = second_half(slots, |slot| slot.property)?;
        Some(Self { name, half, repeats: Repeats::new(first), start: None })
    }

    /// Puts the half that starts at `at` in its fields, if it stood behind this name before, and returns its number and
    /// where it ends. If not, it is read.
    pub(super) fn take(&mut self, name: &str, text: &str, at: usize, fields: &mut [Field<'t>]) -> Option<(u32, usize)> {
        self.start = Some(at);
        let found = if self.repeats.pays() { self.repeats.take(name, text, at, fields) } else { None }?;
        self.start = None;
        Some(found)
    }

    /// Where the half started that has been read to its end, if the property `index` is the one behind it.
    pub(super) fn ends(&mut self, index: usize) -> Option<usize> {
        self.start.take_if(|_| index == self.half.end)
    }

    /// Keeps the half that has been read at `at`.
    pub(super) fn learn(&mut self, name: &'t str, half: &'t str, at: usize, fields: &[Field<'t>]) -> Option<u32> {
        fields.iter().all(|field| is_quiet(&field.value)).then(|| self.repeats.learn(name, half, at, fields))?
    }
}
