//! Rules: what is wrong, at which line, and what to do. Rules never see a file's shape.
//!
//! What policies ask for is judged by `require` and its neighbours. A built-in rule is a static `Rule` with a check of
//! its own; `RULES` lists all.

mod active_directory_permissions;
mod administrative_application;
mod application_impersonation;
mod barred_account;
mod can_escalate;
mod changed_role_group;
mod crowded_organization_management;
mod dangerous_custom_role;
mod direct_assignment;
mod disabled_administrator;
mod disabled_assignment;
pub mod doctor;
mod duplicate_assignment;
mod empty_role_group;
mod evidence;
mod excluded_recipients;
mod foreign_assignee;
mod full_access_application;
mod group_cycle;
mod held;
mod identical_child_role;
mod impossible_assignment;
mod linked_role_group;
mod mailbox_import_export;
mod mailbox_search;
mod match_all_scope;
mod nearest;
mod nested_group;
pub mod noticed;
mod orphan_scope;
mod outside_delegator;
mod outside_manager;
mod privileged_custom_group;
mod registry;
pub mod require;
mod role_group_without_roles;
mod role_management;
mod role_without_delegator;
mod security_group_assignment;
mod self_managed_nested_group;
mod support_diagnostics;
mod unassigned_exclusive_scope;
mod unscoped_application;
mod unscoped_role;
mod unscoped_role_management;
mod unused_custom_role;
mod unused_policy;
mod user_add_ins;
mod user_delegation;
mod user_forwarding;
mod user_groups;
mod wider_child_role;
mod writing_built_in_view_role;
mod writing_view_only_role;

use std::collections::BTreeMap;

use crate::accounts::Accounts;
use crate::catalogue::Catalogue;
use crate::diagnostic::{Level, Preset, Report};
use crate::graph::Graph;
use crate::inventory::Inventory;
use crate::policy::Policy;
use crate::source::Sources;

pub use nearest::{Nearest, nearest_ways};
pub use registry::{RULES, Rule, names, rule};

/// What a built-in rule looks at.
#[derive(Debug)]
pub struct Context<'c, 'i> {
    /// The accounts, and the graphs that answer for them.
    pub accounts: &'c mut Accounts<'i>,
    /// The policy.
    pub policy: &'c Policy,
    /// The files that labels point into.
    pub sources: &'c Sources<'c>,
}

impl<'i> Context<'_, 'i> {
    /// The organization, as its exports show it.
    #[must_use]
    pub fn inventory(&self) -> &'i Inventory {
        self.accounts.organization().inventory()
    }

    /// The organization's graph.
    #[must_use]
    pub fn graph(&self) -> &Graph<'i> {
        self.accounts.organization()
    }

    /// What is known of Exchange in general.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        self.graph().catalogue()
    }
}

/// The check of a built-in rule. It gives its diagnostics the rule's own level; levels of the policy are applied after.
pub type Check = fn(&mut Context<'_, '_>, &mut Report);

/// Runs the built-in rules of a preset, and those that `levels` names beside it; never those that it turns off.
pub fn run(context: &mut Context<'_, '_>, preset: Preset, levels: &BTreeMap<String, Level>, report: &mut Report) {
    for rule in RULES {
        let Some(check) = rule.check else { continue };
        let runs = match levels.get(rule.id.0) {
            Some(Level::Off) => false,
            Some(Level::At(_)) => true,
            None => rule.preset <= preset,
        };
        if runs {
            check(context, report);
        }
    }
}
