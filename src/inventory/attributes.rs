//! Attributes of recipients that filters of scopes commonly name, kept small: there may be a million recipients.

use crate::name::Symbol;
use crate::record::Property;
use crate::source::to_u32;

use super::facts::{Stated, push};

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// Attributes that were printed, with a value or without one.
    printed: u32,
    /// Attributes of which the value is cut, lossy or contradicted.
    unclear: u32,
    /// Attributes that have a value.
    valued: u32,
    /// Where their values stand in `Lists::values`, in the order of the bits.
    start: u32,
}

impl Attributes {
    /// No attributes yet; their values will stand behind these.
    pub(super) fn before(values: &[Symbol]) -> Self {
        Self { start: to_u32(values.len()), ..Self::default() }
    }

    /// Adds what a cell shows: nothing, something unclear, or a value. Attributes come in the order of their bits.
    pub(super) fn state(&mut self, bit: u32, cell: Stated<Symbol>, values: &mut Vec<Symbol>) {
        self.printed |= bit;
        match cell {
            Stated::Absent => {}
            Stated::Unclear => self.unclear |= bit,
            Stated::Is(value) => {
                self.valued |= bit;
                push(values, value);
            }
        }
    }

    /// The attributes that show something.
    pub(super) const fn shown(&self) -> u32 {
        self.valued | self.unclear
    }

    /// Forgets empty cells of columns that are empty in the whole file: Select-Object prints such a column for any name,
    /// whether the object has the property or not.
    pub(super) fn keep(&mut self, columns: u32) {
        self.printed &= columns;
    }

    /// The same, where so many values stand before its own.
    pub(super) fn stand_behind(&mut self, count: usize) {
        self.start = to_u32(self.start as usize + count);
    }

    /// Adds what another record of the same recipient states: a value outweighs none, two values contradict each other.
    pub(super) fn merge(&mut self, other: Self, values: &mut Vec<Symbol>) {
        self.printed |= other.printed;
        self.unclear |= other.unclear;
        let valued = self.valued | other.valued;
        if self.valued == 0 {
            self.start = other.start;
        } else if other.valued != 0 {
            let start = to_u32(values.len());
            for bit in (0..u32::BITS).map(|place| 1 << place).filter(|bit| valued & bit != 0) {
                let (known, said) = (self.value(bit, values), other.value(bit, values));
                if known.is_some() && said.is_some() && known != said {
                    self.unclear |= bit;
                }
                values.extend(known.or(said));
            }
            self.start = start;
        }
        self.valued = valued;
    }

    /// The value of an attribute: `Some(None)` where it is printed empty, `None` where no export shows it.
    pub(super) fn get(&self, property: Property, values: &[Symbol]) -> Option<Option<Symbol>> {
        let bit = bit(property);
        if self.printed & bit == 0 || self.unclear & bit != 0 {
            return None;
        }
        Some(self.value(bit, values))
    }

    fn value(&self, bit: u32, values: &[Symbol]) -> Option<Symbol> {
        let place = self.start + (self.valued & (bit - 1)).count_ones();
        (self.valued & bit != 0).then(|| values[place as usize])
    }
}

/// The bit of a property; none where its values are not kept.
pub(super) fn bit(property: Property) -> u32 {
    BITS.get(property as usize).copied().unwrap_or(0)
}
