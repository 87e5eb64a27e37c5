//! Rules on accounts: what one can do with all that it holds.

pub(super) mod administrator_mailbox;
pub(super) mod barred_account;
pub(super) mod can_escalate;
pub(super) mod disabled_administrator;
pub(super) mod open_session;
pub(super) mod self_controlled_audit;
pub(super) mod standing_administrator;
pub(super) mod synchronised_administrator;
