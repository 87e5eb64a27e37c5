//! Rules on role assignments: to whom a role is given, and who may hand it on.

rules! {
    direct_assignment,
    disabled_assignment,
    duplicate_assignment,
    foreign_assignee,
    impossible_assignment,
    outside_delegator,
    role_without_delegator,
    security_group_assignment,
}
