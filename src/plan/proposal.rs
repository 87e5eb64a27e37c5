//! What is proposed: the way, its steps, and what is true afterwards, as data.

use crate::diagnostic::Diagnostic;
use crate::graph::Gap;
use crate::remedy::Remedy;

use super::{Cost, Lack, Proof};

/// In which way an account gets what it lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Nothing is to do.
    None,
    /// It joins a role group that there is.
    ExistingGroup,
    /// It gets a role group of its own, with roles that there are.
    NewGroup,
    /// It gets a role group of its own, with children of roles that hold what is needed alone.
    ChildRoles,
}

impl Way {
    /// The word that outputs use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ExistingGroup => "existing-group",
            Self::NewGroup => "new-group",
            Self::ChildRoles => "child-roles",
        }
    }
}

/// A chosen role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChosenRole {
    /// Its name.
    pub role: String,
    /// What it is chosen for, each as a policy writes it.
    pub covers: Vec<String>,
    /// The child of it that is to be made.
    pub child: Option<String>,
    /// Where it has a part of a needed cmdlet's parameters: the cmdlet, how many it has, and how many roles here have.
    pub parts: Vec<(String, usize, usize)>,
}

/// A step, and what takes it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is changed.
    pub remedy: Remedy,
    /// What takes it back; none where what takes another step back does.
    pub undo: Option<Remedy>,
}

/// What no role gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncovered {
    /// The cmdlet.
    pub cmdlet: String,
    /// The parameters that are needed.
    pub parameters: Vec<String>,
    /// Why.
    pub reason: Lack,
}

/// What the account gains beyond the need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excess {
    /// The cmdlet.
    pub cmdlet: String,
    /// The parameters, sorted.
    pub parameters: Vec<String>,
    /// Whether it is dangerous.
    pub dangerous: bool,
}

/// What is true once the steps are taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct After {
    /// How many items are granted, those of the session included.
    pub granted: usize,
    /// How many are missing.
    pub missing: usize,
    /// How many no export decides.
    pub undecided: usize,
    /// What the account gains beyond the need, by cmdlet.
    pub excess: Vec<Excess>,
    /// What the policy in force finds then, and does not find now.
    pub new: Vec<Diagnostic>,
    /// What it finds now, and does not find then.
    pub fixed: Vec<Diagnostic>,
    /// What the account could give itself then, and cannot now: the kind, the name, and in how many steps.
    pub escalations: Vec<(&'static str, String, usize)>,
}

/// A plan for one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The account, as it is shown.
    pub account: String,
    /// What it is required to run.
    pub requirement: String,
    /// The way.
    pub way: Way,
    /// How many items are asked for, those of the session included.
    pub asked: usize,
    /// How many are granted now.
    pub granted: usize,
    /// How many are missing now.
    pub missing: usize,
    /// Whether no export decides any item.
    pub all_open: bool,
    /// The chosen roles, sorted; parents where children are made.
    pub roles: Vec<ChosenRole>,
    /// What they cost.
    pub cost: Cost,
    /// How sure that is.
    pub proof: Proof,
    /// The steps, in their order.
    pub steps: Vec<Step>,
    /// What no role gives.
    pub uncovered: Vec<Uncovered>,
    /// What no export decides: the item, and what leaves it open.
    pub undecided: Vec<(String, Gap)>,
    /// What is true afterwards.
    pub after: After,
    /// The other way, and what it costs.
    pub alternative: Option<(Way, Cost)>,
    /// What leaves open what the account can run.
    pub gaps: Vec<Gap>,
    /// Who may assign each chosen role, by the exports.
    pub delegators: Vec<(String, Vec<String>)>,
    /// What tells this plan from others.
    pub fingerprint: String,
}
