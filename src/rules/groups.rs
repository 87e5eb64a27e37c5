//! Rules on groups: who is in them, who manages them, and what they hold.

rules! {
    changed_role_group,
    crowded_organization_management,
    discovery_management_member,
    empty_role_group,
    entra_group,
    group_cycle,
    linked_role_group,
    nested_group,
    organization_wide_group,
    outside_manager,
    privileged_custom_group,
    role_group_without_roles,
    self_managed_nested_group,
}
