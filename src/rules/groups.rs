//! Rules on groups: who is in them, who manages them, and what they hold.

pub(super) mod changed_role_group;
pub(super) mod crowded_organization_management;
pub(super) mod discovery_management_member;
pub(super) mod empty_role_group;
pub(super) mod entra_group;
pub(super) mod group_cycle;
pub(super) mod linked_role_group;
pub(super) mod nested_group;
pub(super) mod organization_wide_group;
pub(super) mod outside_manager;
pub(super) mod privileged_custom_group;
pub(super) mod role_group_without_roles;
pub(super) mod self_managed_nested_group;
