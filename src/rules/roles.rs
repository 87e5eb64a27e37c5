//! Rules on roles: what a custom role gives, and who holds what is dangerous in itself.

pub(super) mod active_directory_permissions;
pub(super) mod application_impersonation;
pub(super) mod dangerous_custom_role;
pub(super) mod held;
pub(super) mod identical_child_role;
pub(super) mod mailbox_import_export;
pub(super) mod mailbox_search;
pub(super) mod role_management;
pub(super) mod support_diagnostics;
pub(super) mod unscoped_role;
pub(super) mod unscoped_role_management;
pub(super) mod unused_custom_role;
pub(super) mod wider_child_role;
pub(super) mod writing_built_in_view_role;
pub(super) mod writing_view_only_role;
