//! Rows of role entries that an earlier row foretells: behind the name stands what stood behind it before.

use std::borrow::Cow;
use std::ops::Range;

use crate::read::repeats::{Repeats, second_half};
use crate::record::{Complete, Field, Property, Record, Value, is_cmdlet_name};

use super::joined::is_quiet;
use super::row::Cell;

/// The rows of a table, with the columns that repeat from role to role.
#[derive(Debug)]
pub(super) struct KnownRows<'t> {
    name: usize,
    pub(super) half: Range<usize>,
    /// The first cell of the row above with the delimiter behind it, if that row was foretold.
    pub(super) above: Option<&'t str>,
    repeats: Repeats<'t>,
}

impl<'t> KnownRows<'t> {
    /// `None` where no column of parameters stands behind the one of names. `first` is as in `Repeats::new`.
    pub(super) fn new(properties: &[Property], first: u32) -> Option<Self> {
        let (name, half) = second_half(properties, |property| *property)?;
        Some(Self { name, half, above: None, repeats: Repeats::new(first) })
    }

    /// Whether asking pays.
    pub(super) fn pays(&self) -> bool {
        self.repeats.pays()
    }

    /// Puts the half that starts at `at` in the record, whose name is there already, and returns where it ends.
    pub(super) fn take(&mut self, text: &str, at: usize, record: &mut Record<'t>) -> Option<usize> {
        let Value::Text(Cow::Borrowed(name), Complete::Yes) = record.fields[self.name].value else { return None };
        let (number, end) = self.repeats.take(name, text, at, &mut record.fields[self.half.clone()])?;
        record.repeats = Some(number);
        Some(end)
    }

    /// Keeps the half of a plain row of a cmdlet. No such row is a heading, whatever else stands in it.
    pub(super) fn learn(&mut self, text: &'t str, cells: &[Cell<'t>], fields: &[Field<'t>]) -> Option<u32> {
        let (name, fields) = (cells[self.name].text, &fields[self.half.clone()]);
        if !is_cmdlet_name(name) || !fields.iter().all(|field| is_quiet(&field.value)) {
            return None;
        }
        let offset = |cell: &Cell<'_>| cell.text.as_ptr() as usize - text.as_ptr() as usize;
        let (first, last) = (&cells[self.half.start], &cells[self.half.end - 1]);
        let start = offset(first) - usize::from(first.quoted);
        let end = offset(last) + last.text.len() + usize::from(last.quoted);
        self.repeats.learn(name, &text[start..end], start, fields)
    }
}
