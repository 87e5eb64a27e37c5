//! A record with the place of each of its properties: a collector asks for thirty that most records do not have.

use std::ops::Deref;

use crate::record::{Field, Property, Record, Value};

/// Where each property stands in records that have the same ones.
#[derive(Clone, Debug)]
pub(super) struct Places {
    properties: Vec<Property>,
    places: [u16; PROPERTIES],
}

/// Every property has its number.
pub(super) const PROPERTIES: usize = Property::Other as usize + 1;
const NOWHERE: u16 = u16::MAX;

impl Places {
    pub(super) const fn new() -> Self {
        Self { properties: Vec::new(), places: [NOWHERE; PROPERTIES] }
    }

    /// A record with its places, which are mostly those of the record before.
    pub(super) fn row<'r, 't>(&mut self, record: &'r Record<'t>) -> Row<'r, 't> {
        let properties = || record.fields.iter().map(|field| field.property);
        if !properties().eq(self.properties.iter().copied()) {
            self.properties.clear();
            self.properties.extend(properties());
            self.places = [NOWHERE; PROPERTIES];
            for (place, property) in (0..NOWHERE).zip(properties()) {
                // The first field of a property counts.
                let known = &mut self.places[property as usize];
                *known = place.min(*known);
            }
        }
        Row { record, places: self.places }
    }
}

/// A record, and where its properties stand.
pub(super) struct Row<'r, 't> {
    record: &'r Record<'t>,
    places: [u16; PROPERTIES],
}

impl<'r, 't> Row<'r, 't> {
    /// The first field of a property.
    pub(super) fn field(&self, property: Property) -> Option<&'r Field<'t>> {
        self.record.fields.get(usize::from(self.places[property as usize]))
    }

    /// The value of a property; `None` where the record has no such field.
    pub(super) fn value(&self, property: Property) -> Option<&'r Value<'t>> {
        self.field(property).map(|field| &field.value)
    }
}

impl<'t> Deref for Row<'_, 't> {
    type Target = Record<'t>;

    fn deref(&self) -> &Record<'t> {
        self.record
    }
}
