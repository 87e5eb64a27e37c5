//! Columns of reports that nothing was read from, though they could hold what answers ask for.

use crate::name::same;
use crate::record::{Field, Kind, Property, Record};
use crate::source::Span;

/// A column that was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// What its rows were read as.
    pub kind: Kind,
    /// Its name, as printed.
    pub column: String,
    /// Its first cell.
    pub at: Span,
}

/// What a name says that could hold a group, a member, a role or a scope.
const WORDS: &[&str] = &["group", "member", "role", "scope", "assignee"];

/// Properties of Exchange's own objects that say so and answer nothing.
const IDLE: &[&str] = &[
    "AllowEmptyRole",
    "GroupExternalMemberCount",
    "GroupMemberCount",
    "HiddenGroupMembershipEnabled",
    "IgnoreDefaultScope",
    "IsServicePrincipalRole",
    "LinkedPartnerGroupId",
    "MemberDepartRestriction",
    "MemberJoinRestriction",
    "RoleAssignmentPolicySddl",
    "RoleState",
];

/// More columns than a report has: these are whole objects of Exchange's.
const COLUMNS_MAX: usize = 24;

/// Whether a cmdlet stands where the object's own name should, as in tables that scripts join.
pub(super) fn is_joined(record: &Record<'_>) -> bool {
    let name = record.field(Property::Name).filter(|_| record.kind != Kind::RoleEntry);
    name.is_some_and(|field| !same(&field.name, "Name"))
}

/// The columns of a record that were not read and could hold what answers ask for: in reports of one's own, in tables that
/// scripts join, and in listings of other directories.
pub(super) fn of(record: &Record<'_>) -> Vec<Unread> {
    use Property as P;
    let joined = is_joined(record);
    let names_group = record.fields.iter().any(|field| field.property == P::MemberOf);
    let is_aside = |field: &Field<'_>| match record.kind {
        Kind::RoleAssignment => {
            matches!(field.property, P::Parameters | P::MemberOf)
                || joined && matches!(field.property, P::Name | P::User)
        }
        Kind::RoleEntry | Kind::Role => matches!(field.property, P::User | P::MemberOf),
        Kind::RoleGroupMember if joined => true,
        Kind::RoleGroupMember => field.property == P::Role && names_group || is_roles(field.property),
        Kind::Recipient => field.property == P::Role || is_roles(field.property),
        Kind::RoleGroup | Kind::Group => field.property == P::Role,
        _ => false,
    };
    let says_nothing = || match record.kind {
        Kind::RoleEntry | Kind::ExchangeServer | Kind::MailboxDatabase | Kind::MailboxPlan => true,
        Kind::Unknown => Kind::foreign_cmdlet(record.fields.iter().map(|field| &*field.name)).is_some(),
        _ => false,
    };
    let is_report = record.fields.len() <= COLUMNS_MAX && !says_nothing();
    let is_unread = |field: &&Field<'_>| match field.property {
        P::Other => {
            is_report && could_hold(&field.name) && !(record.kind == Kind::Recipient && same(&field.name, "MemberOf"))
        }
        _ => is_aside(field),
    };
    let unread = record.fields.iter().filter(is_unread);
    unread.map(|field| Unread { kind: record.kind, column: field.name.to_string(), at: field.at }).collect()
}

/// What people hold is nothing that answers take from a report of them.
const fn is_roles(property: Property) -> bool {
    matches!(property, Property::Roles | Property::AssignedRoles)
}

fn could_hold(name: &str) -> bool {
    let idle = IDLE.iter().any(|known| same(known, name));
    let name = name.to_ascii_lowercase();
    !idle && WORDS.iter().any(|word| name.contains(word))
}
