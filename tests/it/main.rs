//! One integration binary.

mod brute;
mod cli;
mod collect;
mod coverage;
mod docs;
mod main_job;
mod naive;
mod nearest;
mod powershell;
mod program;
mod properties;
mod schemas;
mod shape;
