//! Rules: what is wrong, at which line, and what to do. Rules never see a file's shape.
//!
//! What policies ask for is judged by `require` and its neighbours. A built-in rule is a `Rule` with a check of its own: a
//! file with its page beside it, and a line in the module of its folder.

/// The built-in rules of a folder: each name is a file with a `RULE`. `cargo fmt` does not see files that a macro names, and
/// is told of them: `cargo fmt -- src/rules/*/*.rs`.
macro_rules! rules {
    ($($name:ident),+ $(,)?) => {
        $(mod $name;)+

        /// The rules of this folder.
        pub(super) const RULES: &[crate::rules::Rule] = &[$($name::RULE),+];
    };
}

pub mod accepting;
mod accounts;
mod applications;
mod assignments;
pub mod doctor;
mod evidence;
mod groups;
pub mod judging;
mod registry;
mod remedy;
mod roles;
mod scopes;
mod security;
mod users;

use crate::accounts::Accounts;
use crate::catalogue::{Catalogue, Environment};
use crate::diagnostic::{Level, Report};
use crate::graph::Graph;
use crate::inventory::Inventory;
use crate::policy::Policy;
use crate::source::Sources;

pub use judging::matrix::Matrix;
pub use judging::nearest::{Nearest, nearest_ways};
pub use registry::{RULES, Rule, names, rule};
pub use security::Security;

/// What a built-in rule looks at.
#[derive(Debug)]
pub struct Context<'c, 'i> {
    /// The accounts, and the graphs that answer for them.
    pub accounts: &'c mut Accounts<'i>,
    /// The policy.
    pub policy: &'c Policy,
    /// The files that labels point into.
    pub sources: &'c Sources<'c>,
    /// Where the organization lives: as the policy says, else as its exports show.
    environment: Option<Environment>,
}

impl<'c, 'i> Context<'c, 'i> {
    /// What the rules look at in one organization.
    #[must_use]
    pub fn new(accounts: &'c mut Accounts<'i>, policy: &'c Policy, sources: &'c Sources<'c>) -> Self {
        let said = policy.environment().and_then(|(word, _)| Environment::of(word));
        let environment = said.or_else(|| Environment::shown_by(accounts.organization().inventory()));
        Self { accounts, policy, sources, environment }
    }
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
    RULES.iter().filter(|rule| rule.check.is_some()).filter(|rule| match policy.levels.get(rule.id.name) {
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
