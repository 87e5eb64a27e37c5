//! Rules: what is wrong, at which line, and what to do. Rules never see a file's shape.

mod nearest;
pub mod noticed;
mod pages;
pub mod require;

pub use nearest::{Nearest, nearest_ways};
pub use pages::{PAGES, Page, page};
