//! Rules on role assignment policies: what every user may do with their own mailbox.

mod given;

rules! {
    unused_policy,
    user_add_ins,
    user_delegation,
    user_forwarding,
    user_groups,
}
