//! Rules on accounts: what one can do with all that it holds.

pub(super) mod barred_account;
pub(super) mod can_escalate;
pub(super) mod disabled_administrator;
