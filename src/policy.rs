//! Policy files and the built-in packs: what accounts must be able to run.
//!
//! A policy file is read with recovery and with spans, so that twenty mistakes are twenty diagnostics that point into
//! it, in one run. What is read here says nothing about exports; the rules bring the two together.

mod closest;
mod item;
mod keys;
mod packs;
mod require;

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Label, Report, RuleId, Severity};
use crate::source::{SourceFile, Span};

pub use closest::closest;
pub use item::{Item, ParameterMode};
pub use packs::{PACKS, Pack, pack};

use keys::{Keys, Table};

/// A policy file, as far as it could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// The `[[require]]` tables in file order.
    pub requirements: Vec<Requirement>,
}

/// What some accounts must be able to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// Its name: the `id`, else the pack's name, else `require-N`.
    pub id: String,
    /// The accounts, as written; `*` and `?` are wild. Empty where the command line names them.
    pub accounts: Vec<String>,
    /// Where the command line names accounts besides, only those of them are judged.
    pub limit: Vec<String>,
    /// What they must be able to run, each item once.
    pub items: Vec<Item>,
    /// Cmdlets that every session has and no role holds; never missing.
    pub session: Vec<String>,
    /// What the list is.
    pub title: Option<String>,
    /// Where it was published.
    pub source: Option<String>,
    /// Why it is required.
    pub why: Option<String>,
    /// From when to when the list was true.
    pub valid: Validity,
    /// `organization` or `self`.
    pub scope: Option<String>,
    /// The level of its findings, where it is not the rule's own.
    pub level: Option<Severity>,
    /// Where it stands: its `id`, else its header.
    pub at: Span,
}

/// From when to when a published list was true. Dates are as written: `2016-03-29`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validity {
    /// The first day.
    pub from: Option<String>,
    /// The last day.
    pub to: Option<String>,
    /// Why it counts no longer.
    pub withdrawn: Option<String>,
}

/// What can be wrong in a policy file. Each has a page; all are errors.
pub mod mistake {
    use crate::diagnostic::RuleId;

    /// It is no TOML.
    pub const SYNTAX: RuleId = RuleId("policy-syntax");
    /// A key or a table that means nothing here.
    pub const UNKNOWN_KEY: RuleId = RuleId("policy-unknown-key");
    /// A value of another type than the key takes.
    pub const WRONG_TYPE: RuleId = RuleId("policy-wrong-type");
    /// A value that is none of the words a key takes.
    pub const WRONG_VALUE: RuleId = RuleId("policy-wrong-value");
    /// A key that must be there is not.
    pub const MISSING_KEY: RuleId = RuleId("policy-missing-key");
    /// An item of `cmdlets` that is not `CMDLET` or `CMDLET:PARAMETERS`.
    pub const MALFORMED_ITEM: RuleId = RuleId("policy-malformed-item");
    /// No pack of that name ships with rolecall.
    pub const UNKNOWN_PACK: RuleId = RuleId("policy-unknown-pack");
    /// Two tables with one id.
    pub const REPEATED_ID: RuleId = RuleId("policy-repeated-id");
    /// A wildcard that no cmdlet of the exports matches.
    pub const UNMATCHED_WILDCARD: RuleId = RuleId("policy-unmatched-wildcard");

    /// All of them.
    pub const ALL: &[RuleId] = &[
        SYNTAX,
        UNKNOWN_KEY,
        WRONG_TYPE,
        WRONG_VALUE,
        MISSING_KEY,
        MALFORMED_ITEM,
        UNKNOWN_PACK,
        REPEATED_ID,
        UNMATCHED_WILDCARD,
    ];
}

/// The tables of a policy file.
const TABLES: Keys = &["require"];

/// Reads a policy file or the text of a pack.
///
/// Errors: none. Each mistake becomes a `policy-…` diagnostic that points at it; what is right is read all the same.
/// A requirement may lack an account: the command line can name one. `check_accounts` says where none is left.
pub fn read(file: &SourceFile<'_>, report: &mut Report) -> Policy {
    let (document, errors) = toml::de::DeTable::parse_recoverable(file.text());
    let mut own = Report::default();
    // Recovery stumbles over what follows a mistake in its line, so each line is called broken once.
    let mut broken = BTreeSet::new();
    for error in &errors {
        let at = error.span().map_or(file.span(), |range| keys::span(file.id, &range));
        if broken.insert(file.line(at.start)) {
            say(report, mistake::SYNTAX, keys::one_line(error.message()), at, None);
        }
    }
    // Behind broken syntax a key may be there and unread, so nothing is called missing.
    let root = Table::new(file.id, "the file", TABLES, document.get_ref(), file.span(), errors.is_empty());
    root.check_keys(&mut own);
    let mut policy = Policy::default();
    for table in root.tables("require", require::KEYS, &mut own) {
        let number = policy.requirements.len() + 1;
        policy.requirements.push(require::read(&table, number, &mut own));
    }
    check_ids(&policy, &mut own);
    own.diagnostics.retain(|diagnostic| !broken.contains(&file.line(diagnostic.labels[0].span.start)));
    report.append(own);
    policy
}

/// Says which requirements name no account. Not asked of packs, nor where the command line names the accounts.
pub fn check_accounts(policy: &Policy, report: &mut Report) {
    for requirement in policy.requirements.iter().filter(|requirement| requirement.accounts.is_empty()) {
        let message = format!("requirement `{}` names no account", requirement.id);
        let help = "add `account = \"NAME\"` to the table, or name one with `--require FILE --account NAME`";
        say(report, mistake::MISSING_KEY, message, requirement.at, Some(help.to_owned()));
    }
}

fn check_ids(policy: &Policy, report: &mut Report) {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for requirement in &policy.requirements {
        match seen.get(requirement.id.as_str()) {
            Some(&first) => {
                let message = format!("two requirements are called `{}`", requirement.id);
                let label = Label::new(requirement.at, "the second");
                let mut diagnostic = Diagnostic::at(mistake::REPEATED_ID, Severity::Error, message, label);
                diagnostic.labels.push(Label::new(first, "the first"));
                diagnostic.help = Some("give each table an `id` of its own; reports tell findings apart by it".into());
                report.say(diagnostic);
            }
            None => {
                seen.insert(&requirement.id, requirement.at);
            }
        }
    }
}

/// Says one mistake.
fn say(report: &mut Report, rule: RuleId, message: impl Into<String>, at: Span, help: Option<String>) {
    let mut diagnostic = Diagnostic::at(rule, Severity::Error, message, Label::new(at, ""));
    diagnostic.help = help;
    report.say(diagnostic);
}

#[cfg(test)]
mod tests;
