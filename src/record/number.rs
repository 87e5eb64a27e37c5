//! Enumerations that an export wrote as numbers.

use super::Property;

/// What a number means, where a public source shows it.
///
/// Source: the case expressions of the queries in Azure/Azure-Sentinel, workbook "Microsoft Exchange Least Privilege
/// with RBAC". 2 and 10 are both group kinds there; that 10 is the role group is our reading.
const NUMBERS: &[(Property, &[(u16, &str)])] = &[
    (Property::RoleAssigneeType, &[(0, "User"), (2, "SecurityGroup"), (10, "RoleGroup"), (12, "LinkedRoleGroup")]),
    (
        Property::RecipientWriteScope,
        &[
            (0, "None"),
            (2, "Organization"),
            (3, "MyGAL"),
            (4, "Self"),
            (7, "CustomRecipientScope"),
            (8, "MyDistributionGroups"),
        ],
    ),
    (Property::ConfigWriteScope, &[(0, "None"), (7, "CustomConfigScope"), (10, "OrganizationConfig")]),
    (Property::RoleAssignmentDelegationType, &[(6, "DelegatingOrgWide")]),
];

/// The name of a number in an enumeration; `None` where no public source gives it. It is never guessed.
#[must_use]
pub fn enum_name(property: Property, number: &str) -> Option<&'static str> {
    // Most cells hold the name.
    if number.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return None;
    }
    let (_, names) = NUMBERS.iter().find(|(known, _)| *known == property)?;
    let number: u16 = number.trim().parse().ok()?;
    names.iter().find(|(known, _)| *known == number).map(|(_, name)| *name)
}

/// Whether a property holds an enumeration, so that a number in it stands for a name.
#[must_use]
pub const fn is_enumeration(property: Property) -> bool {
    matches!(
        property,
        Property::Type
            | Property::RoleAssigneeType
            | Property::RoleAssignmentDelegationType
            | Property::AssignmentMethod
            | Property::RecipientReadScope
            | Property::RecipientWriteScope
            | Property::ConfigReadScope
            | Property::ConfigWriteScope
            | Property::ImplicitRecipientReadScope
            | Property::ImplicitRecipientWriteScope
            | Property::ImplicitConfigReadScope
            | Property::ImplicitConfigWriteScope
            | Property::RoleType
            | Property::RoleGroupType
            | Property::RecipientType
            | Property::RecipientTypeDetails
            | Property::GroupType
            | Property::ScopeRestrictionType
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_published_numbers_have_names() {
        assert_eq!(enum_name(Property::RoleAssigneeType, "10"), Some("RoleGroup"));
        assert_eq!(enum_name(Property::ConfigWriteScope, "10"), Some("OrganizationConfig"));
        assert_eq!(enum_name(Property::RecipientWriteScope, "10"), None);
        assert_eq!(enum_name(Property::RoleAssigneeType, "1"), None);
        assert_eq!(enum_name(Property::RoleAssigneeType, "-10"), None);
        assert_eq!(enum_name(Property::Name, "0"), None);
    }

    #[test]
    fn what_has_numbers_is_an_enumeration() {
        assert!(NUMBERS.iter().all(|(property, _)| is_enumeration(*property)));
    }
}
