//! Rules on management scopes.

pub(super) mod excluded_recipients;
pub(super) mod match_all_scope;
mod named;
pub(super) mod orphan_scope;
pub(super) mod shared_scope;
pub(super) mod unassigned_exclusive_scope;
