//! What is known of the properties that filters name.

/// How far the values of a property can be reasoned about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nature {
    /// One text, which can be any and depends on no other property.
    Free,
    /// One text, with rules of its own.
    Text,
    /// One word of a fixed list.
    Word,
    /// Several values, or values that exports and filters write differently, or not known.
    Other,
}

impl Nature {
    /// Whether a recipient has at most one value, so that two different ones exclude each other.
    pub(super) const fn is_single(self) -> bool {
        !matches!(self, Self::Other)
    }
}

/// One text each, free of the others.
///
/// Source: "Filterable properties for the RecipientFilter parameter" (office-docs-powershell): string values.
const FREE: &[&str] = &[
    "city",
    "company",
    "department",
    "firstname",
    "lastname",
    "name",
    "office",
    "postalcode",
    "stateorprovince",
    "title",
];

/// One text each, with rules: an address has an `@`, an alias no space, and so on.
const TEXT: &[&str] = &[
    "alias",
    "displayname",
    "distinguishedname",
    "fqdn",
    "primarysmtpaddress",
    "samaccountname",
    "serversite",
    "userprincipalname",
];

/// The nature of a property, whose name is folded.
pub(super) fn nature(property: &str) -> Nature {
    if FREE.contains(&property) || is_custom_attribute(property) {
        Nature::Free
    } else if TEXT.contains(&property) {
        Nature::Text
    } else if matches!(property, "recipienttype" | "recipienttypedetails") {
        Nature::Word
    } else {
        Nature::Other
    }
}

/// Whether every object of the directory has a value: its name, place, identity and class.
///
/// Source: Microsoft's Active Directory schema: `name`, `distinguishedName`, `objectGUID` and `objectClass` of `top`.
pub(super) fn is_mandatory(property: &str) -> bool {
    matches!(property, "name" | "distinguishedname" | "guid" | "objectclass" | "recipienttype" | "recipienttypedetails")
}

fn is_custom_attribute(property: &str) -> bool {
    let number = property.strip_prefix("customattribute").and_then(|number| number.parse::<u8>().ok());
    number.is_some_and(|number| (1..=15).contains(&number))
}
