//! Role entries that an earlier one foretells: behind the name stand the lines that stood behind it before.

use std::borrow::Cow;
use std::ops::Range;

use crate::read::csv::joined;
use crate::read::repeats::Repeats;
use crate::record::{Complete, Field, Property, Rest, Value};
use crate::source::to_u32;

use super::Slot;

/// The objects of a list, with the properties that repeat from role to role.
#[derive(Debug)]
pub(super) struct KnownLines<'t> {
    pub(super) name: usize,
    /// The parameters, and the properties beside them that neither name the role nor hold its name. Another property
    /// follows, so that the last value has a known end.
    pub(super) half: Range<usize>,
    repeats: Repeats<'t>,
    /// The values of each half, and where they stand from its start on.
    values: Vec<(Place, Value<'t>)>,
    /// The half at hand, while it is read: where it starts, and its values so far.
    start: Option<usize>,
    read: Vec<Place>,
}

/// Where a value stands, from the start of its half on.
#[derive(Clone, Copy, Debug)]
struct Place {
    start: u32,
    end: u32,
}

impl<'t> KnownLines<'t> {
    /// `None` where the parameters stand before the name, or nothing is printed behind them. `first` is as in
    /// `Repeats::new`.
    pub(super) fn new(slots: &[Slot<'_>], first: u32) -> Option<Self> {
        let find = |wanted: Property| slots.iter().position(|slot| slot.property == wanted);
        let (name, parameters) = (find(Property::Name)?, find(Property::Parameters)?);
        let differs = |slot: &Slot<'_>| matches!(slot.property, Property::Role | Property::Identity);
        let between = slots.get(name + 1..parameters)?;
        let start = between.iter().rposition(differs).map_or(name + 1, |last| name + 2 + last);
        let end = slots[parameters..].iter().position(differs).map_or(slots.len() - 1, |first| parameters + first);
        let half = start..end;
        let (repeats, values, read) = (Repeats::new(first), Vec::new(), Vec::new());
        half.contains(&parameters).then_some(Self { name, half, repeats, values, start: None, read })
    }

    /// A half starts here, and is read unless it is found.
    pub(super) fn begin(&mut self, at: usize) {
        self.start = Some(at);
        self.read.clear();
    }

    /// A value was read.
    pub(super) fn add(&mut self, value: Range<usize>) {
        let Some(start) = self.start.filter(|_| self.read.len() < self.half.len()) else { return };
        self.read.push(Place { start: to_u32(value.start - start), end: to_u32(value.end - start) });
    }

    /// Where the half started that has been read to its end, if the property `index` is the one behind it.
    pub(super) fn ends(&mut self, index: usize) -> Option<usize> {
        let is_whole = index == self.half.end && self.read.len() == self.half.len();
        self.start.take_if(|_| is_whole)
    }

    /// The number and the length of the half that stands behind this name and stood there before.
    pub(super) fn find(&mut self, name: &str, rest: &str) -> Option<(usize, usize)> {
        let (number, half) = self.repeats.find(name, rest)?;
        self.start = None;
        Some((number, half.len()))
    }

    /// The values of a half that starts at `at`, and where they stand.
    pub(super) fn values(&self, number: usize, at: usize) -> impl Iterator<Item = (Range<usize>, &Value<'t>)> {
        let count = self.half.len();
        let values = &self.values[number * count..][..count];
        values.iter().map(move |(place, value)| (at + place.start as usize..at + place.end as usize, value))
    }

    /// Keeps the half that has been read, unless there is something to be said about a value of it each time.
    pub(super) fn learn(&mut self, name: &'t str, half: &'t str, fields: &[Field<'t>]) -> Option<u32> {
        if !fields.iter().all(is_quiet) {
            return None;
        }
        let number = self.repeats.learn(name, half)?;
        self.values.extend(self.read.drain(..).zip(fields.iter().map(|field| field.value.clone())));
        Some(self.shared(number))
    }

    /// The number that the records with a half share in their file.
    pub(super) fn shared(&self, number: usize) -> u32 {
        self.repeats.shared(number)
    }
}

/// Whether a value is whole, and stands in the text as it is.
fn is_quiet(field: &Field<'_>) -> bool {
    match &field.value {
        Value::Nothing | Value::Text(Cow::Borrowed(_), Complete::Yes) => true,
        Value::List(list) => {
            field.property == Property::Parameters && joined::rest(list.raw, list.detail) == Rest::None
        }
        Value::Text(..) | Value::Object(_) => false,
    }
}
