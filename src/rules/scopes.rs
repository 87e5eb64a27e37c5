//! Rules on management scopes.

mod named;

rules! {
    excluded_recipients,
    match_all_scope,
    orphan_scope,
    shared_scope,
    unassigned_exclusive_scope,
}
