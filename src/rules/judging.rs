//! What a policy demands, judged: `require`, `forbid`, `separate`, `group` and `role`.

pub mod advice;
pub mod answers;
pub(super) mod chain;
pub mod documented;
pub mod excess;
pub mod forbid;
pub mod holders;
pub mod listed;
pub mod matrix;
pub mod members;
pub mod missing_role;
pub(super) mod nearest;
pub(super) mod questions;
pub mod require;
pub(super) mod sets;
pub mod undecided;
pub(super) mod whom;
