//! Rules on role assignment policies: what every user may do with their own mailbox.

mod given;
pub(super) mod unused_policy;
pub(super) mod user_add_ins;
pub(super) mod user_delegation;
pub(super) mod user_forwarding;
pub(super) mod user_groups;
