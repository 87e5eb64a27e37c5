//! Rules on role assignments: to whom a role is given, and who may hand it on.

pub(super) mod direct_assignment;
pub(super) mod disabled_assignment;
pub(super) mod duplicate_assignment;
pub(super) mod foreign_assignee;
pub(super) mod impossible_assignment;
pub(super) mod outside_delegator;
pub(super) mod role_without_delegator;
pub(super) mod security_group_assignment;
