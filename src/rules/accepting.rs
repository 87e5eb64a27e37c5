//! What becomes of findings: their levels, waivers, and the baseline of those that were there before.

pub mod baseline;
pub mod levels;
pub mod waive;
