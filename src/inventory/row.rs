//! A record with the place of each of its properties: a collector asks for thirty that most records do not have.

use std::ops::Deref;
use std::rc::Rc;

use crate::record::{Field, Property, Record, Value};

use super::attributes;
use super::facts::IdentityKind;

/// Where each property stands in records that have the same ones.
#[derive(Clone, Debug)]
pub(super) struct Places {
    properties: Vec<Property>,
    places: [u16; PROPERTIES],
    /// The identities that the records state, in the order of their worth, each with its place.
    identities: Vec<(IdentityKind, u16)>,
    /// The attributes that are kept, in the order of their bits, each with its place.
    attributes: Vec<(u32, u16)>,
}

/// Every property has its number.
pub(super) const PROPERTIES: usize = Property::Other as usize + 1;
const NOWHERE: u16 = u16::MAX;

/// The properties that name an object, and how. What an `Identity` is, its text tells.
const IDENTITIES: &[(Property, IdentityKind)] = &[
    (Property::Guid, IdentityKind::Guid),
    (Property::ExternalDirectoryObjectId, IdentityKind::CloudId),
    (Property::AppId, IdentityKind::CloudId),
    (Property::ObjectId, IdentityKind::CloudId),
    (Property::Sid, IdentityKind::Sid),
    (Property::DistinguishedName, IdentityKind::Canonical),
    (Property::Identity, IdentityKind::Canonical),
    (Property::Id, IdentityKind::Canonical),
    (Property::UserPrincipalName, IdentityKind::Address),
    (Property::PrimarySmtpAddress, IdentityKind::Address),
    (Property::WindowsLiveId, IdentityKind::Address),
    (Property::WindowsEmailAddress, IdentityKind::Address),
    (Property::Name, IdentityKind::Name),
    (Property::SamAccountName, IdentityKind::Account),
    (Property::Alias, IdentityKind::Account),
    (Property::DisplayName, IdentityKind::DisplayName),
];

impl Places {
    /// The places of a record, which are mostly those of the record before.
    pub(super) fn of(record: &Record<'_>, known: &mut Rc<Self>) -> Rc<Self> {
        let properties = || record.fields.iter().map(|field| field.property);
        if !properties().eq(known.properties.iter().copied()) {
            *known = Rc::new(Self::find(properties().collect()));
        }
        Rc::clone(known)
    }

    fn find(properties: Vec<Property>) -> Self {
        let mut places = [NOWHERE; PROPERTIES];
        for (place, property) in (0..NOWHERE).zip(&properties) {
            // The first field of a property counts.
            let known = &mut places[*property as usize];
            *known = place.min(*known);
        }
        let place_of = |property: Property| Some(places[property as usize]).filter(|place| *place != NOWHERE);
        let identities = IDENTITIES.iter().filter_map(|&(property, kind)| Some((kind, place_of(property)?))).collect();
        let kept = properties.iter().filter(|property| attributes::bit(**property) != 0);
        let mut attributes: Vec<(u32, u16)> =
            kept.filter_map(|&property| Some((attributes::bit(property), place_of(property)?))).collect();
        attributes.sort_unstable();
        attributes.dedup();
        Self { properties, places, identities, attributes }
    }
}

impl Default for Places {
    fn default() -> Self {
        Self::find(Vec::new())
    }
}

/// A record, and where its properties stand.
pub(super) struct Row<'r, 't> {
    pub(super) record: &'r Record<'t>,
    pub(super) places: &'r Places,
}

impl<'r, 't> Row<'r, 't> {
    /// The first field of a property.
    pub(super) fn field(&self, property: Property) -> Option<&'r Field<'t>> {
        self.record.fields.get(usize::from(self.places.places[property as usize]))
    }

    /// The value of a property; `None` where the record has no such field.
    pub(super) fn value(&self, property: Property) -> Option<&'r Value<'t>> {
        self.field(property).map(|field| &field.value)
    }

    /// The fields that name the object, the best first; the kind of a canonical name is that of its text.
    pub(super) fn identities(&self) -> impl Iterator<Item = (IdentityKind, &'r Field<'t>)> + use<'r, 't> {
        let fields = &self.record.fields;
        self.places.identities.iter().map(|&(kind, place)| (kind, &fields[usize::from(place)]))
    }

    /// The fields of the attributes that are kept, in the order of their bits.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (u32, &'r Field<'t>)> + use<'r, 't> {
        let fields = &self.record.fields;
        self.places.attributes.iter().map(|&(bit, place)| (bit, &fields[usize::from(place)]))
    }
}

impl<'t> Deref for Row<'_, 't> {
    type Target = Record<'t>;

    fn deref(&self) -> &Record<'t> {
        self.record
    }
}
