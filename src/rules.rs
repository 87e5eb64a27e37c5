//! Rules: what is wrong, at which line, and what to do. Rules never see a file's shape.
//!
//! What policies ask for is judged by `require` and its neighbours. A built-in rule is a static `Rule` with a check of
//! its own; `RULES` lists all.

pub mod doctor;
mod nearest;
pub mod noticed;
mod registry;
pub mod require;

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
