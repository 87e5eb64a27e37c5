//! What a policy demands, judged: `require`, `forbid`, `separate`, `group` and `role`.

pub(super) mod asked;
pub(super) mod chain;
pub mod documented;
pub mod excess;
pub mod forbid;
pub mod holders;
pub mod members;
pub(super) mod nearest;
pub mod require;
pub(super) mod sets;
pub(super) mod settled;
pub mod undecided;
pub(super) mod whom;
