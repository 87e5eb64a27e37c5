//! Rules: what is wrong, at which line, and what to do. Rules never see a file's shape.
//!
//! What policies ask for is judged by `require` and its neighbours. A built-in rule is a static `Rule` with a check of
//! its own; `RULES` lists all.

mod active_directory_permissions;
mod administrative_application;
mod application_impersonation;
mod asked;
mod barred_account;
pub mod baseline;
mod can_escalate;
mod chain;
mod changed_role_group;
mod crowded_organization_management;
mod dangerous_custom_role;
mod direct_assignment;
mod disabled_administrator;
mod disabled_assignment;
pub mod doctor;
pub mod documented;
mod duplicate_assignment;
mod empty_role_group;
mod evidence;
pub mod excess;
mod excluded_recipients;
pub mod forbid;
mod foreign_assignee;
mod full_access_application;
mod group_cycle;
mod held;
pub mod holders;
mod identical_child_role;
mod impossible_assignment;
pub mod levels;
mod linked_role_group;
mod mailbox_import_export;
mod mailbox_search;
mod match_all_scope;
pub mod members;
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
mod sets;
mod settled;
mod support_diagnostics;
mod unassigned_exclusive_scope;
pub mod undecided;
mod unscoped_application;
mod unscoped_role;
mod unscoped_role_management;
mod unused_custom_role;
mod unused_policy;
mod user_add_ins;
mod user_delegation;
mod user_forwarding;
mod user_groups;
pub mod waive;
mod whom;
mod wider_child_role;
mod writing_built_in_view_role;
mod writing_view_only_role;

use crate::accounts::Accounts;
use crate::catalogue::Catalogue;
use crate::diagnostic::{Level, Report};
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

/// The built-in rules that a policy runs: those of its preset, and those that it gives a level; never those that it
/// turns off.
pub fn running(policy: &Policy) -> impl Iterator<Item = &'static Rule> + '_ {
    RULES.iter().filter(|rule| rule.check.is_some()).filter(|rule| match policy.levels.get(rule.id.0) {
        Some(given) => given.level != Level::Off,
        None => rule.preset <= policy.preset.unwrap_or_default(),
    })
}

/// Runs the built-in rules.
pub fn run(context: &mut Context<'_, '_>, report: &mut Report) {
    let policy = context.policy;
    for check in running(policy).filter_map(|rule| rule.check) {
        check(context, report);
    }
}
