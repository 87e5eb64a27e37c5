//! rolecall: a policy-as-code linter for Exchange RBAC exports.
//!
//! Exports and policies go in as bytes, a sorted list of diagnostics comes out. The modules stand in
//! reading order, which is also the order of dependency: a module imports only from those above it.

pub mod source;

pub mod hidden;

pub mod name;

pub mod remedy;

pub mod paths;

pub mod diagnostic;

pub mod record;

pub mod powershell;

pub mod read;

pub mod inventory;

pub mod exports;

pub mod catalogue;

pub mod scope;

pub mod graph;

pub mod plan;

pub mod accounts;
pub mod diff;
pub mod policy;

pub mod rules;

pub mod report;

pub mod simulate;

pub mod check;

pub mod advise;

pub mod anonymize;

pub mod cli;
