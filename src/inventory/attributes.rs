//! Attributes of recipients that filters of scopes commonly name, kept small: there may be a million recipients.

use crate::name::Symbol;
use crate::record::{Complete, Property, Record, Value, enum_name};

/// The attributes that are kept; the place of each is its bit.
///
/// Source: "Filterable properties for the RecipientFilter parameter" (office-docs-powershell): those that hold one text.
const KEPT: [Property; 31] = [
    Property::Alias,
    Property::SamAccountName,
    Property::UserPrincipalName,
    Property::PrimarySmtpAddress,
    Property::RecipientType,
    Property::RecipientTypeDetails,
    Property::City,
    Property::Company,
    Property::CountryOrRegion,
    Property::Department,
    Property::FirstName,
    Property::LastName,
    Property::Office,
    Property::PostalCode,
    Property::StateOrProvince,
    Property::Title,
    Property::CustomAttribute1,
    Property::CustomAttribute2,
    Property::CustomAttribute3,
    Property::CustomAttribute4,
    Property::CustomAttribute5,
    Property::CustomAttribute6,
    Property::CustomAttribute7,
    Property::CustomAttribute8,
    Property::CustomAttribute9,
    Property::CustomAttribute10,
    Property::CustomAttribute11,
    Property::CustomAttribute12,
    Property::CustomAttribute13,
    Property::CustomAttribute14,
    Property::CustomAttribute15,
];

/// The bit of every property; none for those that are not kept.
const BITS: [u32; 128] = {
    let mut bits = [0; 128];
    let mut place = 0;
    while place < KEPT.len() {
        bits[KEPT[place] as usize] = 1 << place;
        place += 1;
    }
    bits
};

/// The attributes of one recipient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// Attributes that were printed, with a value or without one.
    printed: u32,
    /// Attributes of which the value is cut, lossy or contradicted.
    unclear: u32,
    /// The values, in the order of their bits.
    values: Box<[(u32, Symbol)]>,
}

impl Attributes {
    /// What a record states. `intern` gives the symbol of a property's value.
    pub(super) fn of(record: &Record<'_>, mut intern: impl FnMut(Property, &str) -> Symbol) -> Self {
        let mut attributes = Self::default();
        let mut values = Vec::with_capacity(record.fields.len().min(KEPT.len()));
        for field in &record.fields {
            let bit = bit(field.property);
            if bit == 0 || attributes.printed & bit != 0 {
                continue;
            }
            attributes.printed |= bit;
            match &field.value {
                Value::Nothing => {}
                Value::Text(text, Complete::Yes) if !text.contains(['?', '\u{FFFD}']) => {
                    let text = text.trim();
                    values.push((bit, intern(field.property, enum_name(field.property, text).unwrap_or(text))));
                }
                _ => attributes.unclear |= bit,
            }
        }
        values.sort_unstable();
        attributes.values = values.into();
        attributes
    }

    /// The attributes that show something.
    pub(super) fn valued(&self) -> u32 {
        self.values.iter().fold(self.unclear, |bits, (bit, _)| bits | bit)
    }

    /// Forgets empty cells of columns that are empty in the whole file: Select-Object prints such a column for any name,
    /// whether the object has the property or not.
    pub(super) fn keep(&mut self, columns: u32) {
        self.printed &= columns;
    }

    /// The same in other symbols.
    pub(super) fn renamed(mut self, rename: impl Fn(Symbol) -> Symbol) -> Self {
        self.values.iter_mut().for_each(|(_, symbol)| *symbol = rename(*symbol));
        self
    }

    /// Adds what another record of the same recipient states: a value outweighs none, two values contradict each other.
    pub(super) fn merge(&mut self, other: Self) {
        self.printed |= other.printed;
        self.unclear |= other.unclear;
        if self.values.is_empty() {
            self.values = other.values;
            return;
        }
        let mut values = self.values.to_vec();
        values.extend(other.values.iter().copied());
        values.sort_unstable();
        values.dedup();
        for pair in values.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
            self.unclear |= pair[0].0;
        }
        self.values = values.into();
    }

    /// The value of an attribute: `Some(None)` where it is printed empty, `None` where no export shows it.
    #[must_use]
    pub fn get(&self, property: Property) -> Option<Option<Symbol>> {
        let bit = bit(property);
        if self.printed & bit == 0 || self.unclear & bit != 0 {
            return None;
        }
        Some(self.values.iter().find(|(known, _)| *known == bit).map(|(_, symbol)| *symbol))
    }
}

fn bit(property: Property) -> u32 {
    BITS.get(property as usize).copied().unwrap_or(0)
}
