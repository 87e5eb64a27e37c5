//! Rules on accounts: what one can do with all that it holds.

rules! {
    administrator_mailbox,
    barred_account,
    can_escalate,
    disabled_administrator,
    open_session,
    self_controlled_audit,
    standing_administrator,
    synchronised_administrator,
}
