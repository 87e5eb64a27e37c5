//! Rules on roles: what a custom role gives, and who holds what is dangerous in itself.

pub(super) mod held;

rules! {
    active_directory_permissions,
    application_impersonation,
    dangerous_custom_role,
    identical_child_role,
    mailbox_import_export,
    mailbox_search,
    role_management,
    support_diagnostics,
    unscoped_role,
    unscoped_role_management,
    unused_custom_role,
    wider_child_role,
    writing_built_in_view_role,
    writing_view_only_role,
}
