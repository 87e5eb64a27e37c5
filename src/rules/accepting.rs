//! What becomes of findings: their levels, waivers, and the baseline of those that were there before; and of assertions
//! on which one may rely for a time.

pub mod assertion;
pub mod baseline;
pub mod levels;
pub mod waive;
