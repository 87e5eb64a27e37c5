//! Policy files and the built-in packs: what accounts must be able to run.
//!
//! A policy file is read with recovery and with spans, so that twenty mistakes are twenty diagnostics that point into
//! it, in one run. What is read here says nothing about exports; the rules bring the two together.

mod closest;
mod contradiction;
mod except;
mod files;
mod item;
mod keys;
mod names;
mod organizations;
mod packs;
mod require;
pub mod shape;
mod tables;
mod who;

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Label, Level, Preset, Report, RuleId, Severity};
use crate::graph::{Assertions, GroupAssertion, RoleAssertion};
use crate::name::same;
use crate::remedy::Fix;
use crate::source::{SourceFile, Span};

pub use closest::{Candidates, closest};
pub use contradiction::check_contradictions;
pub use files::{FILE_NAME, Files, find};
pub use item::{Item, ParameterMode};
pub use packs::{PACKS, Pack, pack, pack_names};
pub use who::{Who, WhoKind};

use keys::Table;
use names::Names;

/// A policy file, as far as it could be read. Tables are in file order, paths lead there from the current folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// `[[require]]`
    pub requirements: Vec<Requirement>,
    /// `[[forbid]]`
    pub forbids: Vec<Forbid>,
    /// `[[except]]`
    pub exceptions: Vec<Exception>,
    /// `[[separate]]`
    pub separates: Vec<Separate>,
    /// `[[group]]`
    pub groups: Vec<GroupRule>,
    /// `[[role]]`
    pub roles: Vec<RoleRule>,
    /// `[[waive]]`
    pub waivers: Vec<Waiver>,
    /// `[[account]]`
    pub assertions: Vec<Assertion>,
    /// `[[organization]]`
    pub organizations: Vec<Organization>,
    /// `[[test]]`
    pub tests: Vec<TestCase>,
    /// `[exports]`
    pub exports: Exports,
    /// `preset` of `[lint]`.
    pub preset: Option<Preset>,
    /// `[rules]`, by the name of the rule.
    pub levels: BTreeMap<String, RuleLevel>,
    /// `extends`
    pub extends: Vec<Text>,
    /// `disable`
    pub disable: Vec<Text>,
    /// Where a table can be added: the end of the file that was named or found; `None` where that is a pack.
    pub end: Option<Span>,
}

/// A text of the file, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The text, without the blanks around it.
    pub text: String,
    /// Where it is.
    pub at: Span,
}

/// What every table of a policy may say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Common {
    /// Its name: the `id`, else one that tells it apart, such as `forbid-2`.
    pub id: String,
    /// Whether the file gives the id.
    pub named: bool,
    /// The level of its findings, where it is not the rule's own.
    pub level: Option<Severity>,
    /// Why it is asked for.
    pub why: Option<String>,
    /// Where it was published.
    pub source: Option<String>,
    /// What it answers to: ATT&CK techniques, CIS items.
    pub refs: Vec<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// When it should be looked at again.
    pub review_by: Option<String>,
    /// The organizations that it speaks of; all where there are none.
    pub organizations: Vec<Text>,
    /// Where it is: its `id`, else its header.
    pub at: Span,
}

/// What some accounts must be able to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// Its `id` is, where it says none, the pack's name or `require-N`.
    pub common: Common,
    /// The accounts. Empty where the command line names them.
    pub accounts: Vec<Who>,
    /// Where the command line names accounts as well, only those of them are judged.
    pub limit: Vec<String>,
    /// What they must be able to run, each item once.
    pub items: Vec<Item>,
    /// The roles that they must hold, each once.
    pub roles: Vec<Text>,
    /// Cmdlets that every session has and no role holds; never missing.
    pub session: Vec<String>,
    /// What the list is.
    pub title: Option<String>,
    /// From when to when the list was true.
    pub valid: Validity,
    /// `organization` or `self`.
    pub scope: Option<&'static str>,
    /// Whether anything beyond it is a finding.
    pub only: bool,
    /// What is none where `only` is set.
    pub allow: Vec<Item>,
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

/// What is forbidden to all but those who are excepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forbid {
    /// What every table may say.
    pub common: Common,
    /// What is forbidden.
    pub items: Vec<Item>,
    /// Who may, by whatever path.
    pub except: Vec<Who>,
    /// Assignees whose grants are fine, for all accounts that get them: accounts, groups, names of assignment policies.
    pub except_through: Vec<Who>,
    /// Which grants count.
    pub beyond: Beyond,
}

/// What a `[[forbid]]` excepts in addition to its own exceptions: a pack's table cannot be edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// What every table may say.
    pub common: Common,
    /// The id of the table.
    pub of: Text,
    /// Who may, by whatever path.
    pub accounts: Vec<Who>,
    /// Assignees whose grants are fine.
    pub through: Vec<Who>,
}

/// Which grants count against an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Beyond {
    /// Those that reach beyond the own mailbox.
    #[default]
    OwnMailbox,
    /// All.
    Any,
}

/// What no account may hold one of each of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Separate {
    /// What every table may say.
    pub common: Common,
    /// One of these …
    pub left: Vec<Item>,
    /// … and one of these.
    pub right: Vec<Item>,
    /// Which grants count.
    pub beyond: Beyond,
}

/// Who may be in a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRule {
    /// What every table may say.
    pub common: Common,
    /// The group; `*` and `?` are wild.
    pub name: Text,
    /// Who may be in it.
    pub members: Vec<Who>,
    /// Whether one that is missing is a finding too.
    pub exact: bool,
    /// Whether these are all, whatever the exports leave open.
    pub complete: bool,
    /// How one knows that they are all.
    pub reason: Option<String>,
    /// The last day on which one may rely on it: `2026-12-31`.
    pub expires: Option<String>,
}

impl GroupRule {
    /// Whether one may rely on it no longer on a day, such as `2026-12-31`.
    #[must_use]
    pub fn is_expired(&self, today: &str) -> bool {
        // Dates of this form compare as texts do.
        self.complete && self.expires.as_deref().is_some_and(|expires| expires < today)
    }
}

impl Policy {
    /// What the policy states that no export shows, as far as one may rely on it on a day.
    #[must_use]
    pub fn asserted(&self, today: Option<&str>) -> Assertions {
        let holds = |group: &&GroupRule| today.is_none_or(|today| !group.is_expired(today));
        let complete = self.groups.iter().filter(|group| group.complete).filter(holds);
        let asserted = complete.map(|group| GroupAssertion {
            group: group.name.text.clone(),
            members: group.members.iter().map(|member| (member.shown(), member.at)).collect(),
            at: group.name.at,
        });
        let mut roles: Vec<RoleAssertion> = Vec::new();
        for assertion in self.assertions.iter().filter(|assertion| !assertion.roles.is_empty()) {
            let (account, at) = (&assertion.name.text, assertion.roles.iter().map(|role| (role.text.clone(), role.at)));
            match roles.iter_mut().find(|known| same(&known.account, account)) {
                Some(known) => known.roles.extend(at),
                None => roles.push(RoleAssertion { account: account.clone(), roles: at.collect() }),
            }
        }
        Assertions { groups: asserted.collect(), roles }
    }
}

/// Who may hold a role, and who may hand it on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleRule {
    /// What every table may say.
    pub common: Common,
    /// The role; `*` and `?` are wild.
    pub name: Text,
    /// The assignees of regular assignments; `None` where nothing is said, empty where it is no one.
    pub holders: Option<Vec<Who>>,
    /// The assignees of delegating assignments; the same.
    pub delegators: Option<Vec<Who>>,
}

/// Findings that are accepted for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// What every table may say.
    pub common: Common,
    /// Which findings; `rule` may be absent where `fingerprint` is there.
    pub finding: Finding,
    /// One finding.
    pub fingerprint: Option<Text>,
    /// Why they are accepted.
    pub reason: String,
    /// The last day on which they are: `2026-12-31`. Empty where it could not be read; that was said.
    pub expires: Text,
}

/// Which findings are meant: those that fit everything that is said. In all but the rule, `*` and `?` are wild.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: Option<Text>,
    /// The account.
    pub account: Option<Text>,
    /// The group.
    pub group: Option<Text>,
    /// The role.
    pub role: Option<Text>,
    /// The cmdlet.
    pub cmdlet: Option<Text>,
    /// The assignment.
    pub assignment: Option<Text>,
    /// Where the table is.
    pub at: Span,
}

/// An assertion of what an account holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// What every table may say.
    pub common: Common,
    /// The account.
    pub name: Text,
    /// Files with all role entries that it holds; `*` and `?` are wild in the names.
    pub entries: Vec<Text>,
    /// All roles that it holds.
    pub roles: Vec<Text>,
}

/// An organization: where its exports are, and which Exchange it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Its name.
    pub name: Text,
    /// Which Exchange it runs, as `shape::ENVIRONMENTS` spells it, and where that is.
    pub environment: Option<(&'static str, Span)>,
    /// Its exports.
    pub paths: Vec<Text>,
    /// Where it is.
    pub at: Span,
}

/// What the policy must find in exports made for the purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestCase {
    /// What it shows.
    pub name: Text,
    /// The exports; `*` and `?` are wild in the names.
    pub exports: Vec<Text>,
    /// Whose they are, where there are several organizations.
    pub organization: Option<Text>,
    /// The day on which it takes place.
    pub today: Option<String>,
    /// What must be found.
    pub expect: Vec<Finding>,
    /// What must not be found.
    pub reject: Vec<Finding>,
    /// Where it is.
    pub at: Span,
}

/// What to read where the command line names nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exports {
    /// Files and folders.
    pub paths: Vec<Text>,
    /// Words of `shape::ASSUMPTIONS`.
    pub assume: Vec<(&'static str, Span)>,
}

/// The level that `[rules]` gives a built-in rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleLevel {
    /// The level.
    pub level: Level,
    /// Where it is.
    pub at: Span,
}

/// What can be wrong in a policy file. Each has a page; all but an unused set and `BY_CATALOGUE` are errors.
pub mod mistake {
    use crate::diagnostic::{RuleId, Severity};

    /// It is no TOML.
    pub const SYNTAX: RuleId = RuleId::mistake("policy-syntax", Severity::Error);
    /// A key or a table that means nothing here.
    pub const UNKNOWN_KEY: RuleId = RuleId::mistake("policy-unknown-key", Severity::Error);
    /// A value of another type than the key takes.
    pub const WRONG_TYPE: RuleId = RuleId::mistake("policy-wrong-type", Severity::Error);
    /// A value that is none of the words a key takes.
    pub const WRONG_VALUE: RuleId = RuleId::mistake("policy-wrong-value", Severity::Error);
    /// A key that must be there is not.
    pub const MISSING_KEY: RuleId = RuleId::mistake("policy-missing-key", Severity::Error);
    /// An item of `cmdlets` that is not `CMDLET` or `CMDLET:PARAMETERS`.
    pub const MALFORMED_ITEM: RuleId = RuleId::mistake("policy-malformed-item", Severity::Error);
    /// No pack of that name ships with rolecall.
    pub const UNKNOWN_PACK: RuleId = RuleId::mistake("policy-unknown-pack", Severity::Error);
    /// Two tables with one id.
    pub const REPEATED_ID: RuleId = RuleId::mistake("policy-repeated-id", Severity::Error);
    /// A wildcard that no cmdlet of the exports matches.
    pub const UNMATCHED_WILDCARD: RuleId = RuleId::mistake("policy-unmatched-wildcard", Severity::Error);
    /// A key that is below the header of a table it does not belong to.
    pub const MISPLACED_KEY: RuleId = RuleId::mistake("policy-misplaced-key", Severity::Error);
    /// A rule that rolecall does not have.
    pub const UNKNOWN_RULE: RuleId = RuleId::mistake("policy-unknown-rule", Severity::Error);
    /// `@name` of a list that no file gives.
    pub const UNKNOWN_SET: RuleId = RuleId::mistake("policy-unknown-set", Severity::Error);
    /// A list that nothing uses.
    pub const UNUSED_SET: RuleId = RuleId::mistake("policy-unused-set", Severity::Warning);
    /// `disable` names a table that no extended file has.
    pub const UNKNOWN_ID: RuleId = RuleId::mistake("policy-unknown-id", Severity::Error);
    /// A policy file that cannot be read.
    pub const UNREADABLE_FILE: RuleId = RuleId::mistake("policy-unreadable-file", Severity::Error);
    /// Two policy files that extend each other.
    pub const CIRCULAR_EXTENDS: RuleId = RuleId::mistake("policy-circular-extends", Severity::Error);
    /// A cmdlet that neither the documentation nor the exports have.
    pub const UNKNOWN_CMDLET: RuleId = RuleId::mistake("policy-unknown-cmdlet", Severity::Warning);
    /// A parameter that neither the documentation nor the exports have.
    pub const UNKNOWN_PARAMETER: RuleId = RuleId::mistake("policy-unknown-parameter", Severity::Warning);
    /// A cmdlet that does not exist where the organization lives.
    pub const FOREIGN_CMDLET: RuleId = RuleId::mistake("policy-foreign-cmdlet", Severity::Warning);
    /// What one table requires, another forbids.
    pub const CONTRADICTION: RuleId = RuleId::mistake("policy-contradiction", Severity::Error);

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
        MISPLACED_KEY,
        UNKNOWN_RULE,
        UNKNOWN_SET,
        UNUSED_SET,
        UNKNOWN_ID,
        UNREADABLE_FILE,
        CIRCULAR_EXTENDS,
        CONTRADICTION,
        UNKNOWN_CMDLET,
        UNKNOWN_PARAMETER,
        FOREIGN_CMDLET,
    ];

    /// Those that rest on the catalogue, which may be older than the organization: warnings, for which `[rules]` and
    /// waivers count.
    pub const BY_CATALOGUE: &[RuleId] = &[UNKNOWN_CMDLET, UNKNOWN_PARAMETER, FOREIGN_CMDLET];
}

/// Reads a policy file or the text of a pack, and nothing that it extends.
///
/// `rules` are the names of all rules; where it is empty, any will do. Errors: none. Each mistake becomes a `policy-…`
/// diagnostic that points at it; what is right is read all the same. A requirement may lack an account: the command
/// line can name one. `check_accounts` says where none is left.
pub fn read(file: &SourceFile<'_>, rules: &[&'static str], report: &mut Report) -> Policy {
    read_with(file, &mut Names::default(), rules, true, report)
}

/// What a file extends, each text where it is.
fn extends_of(file: &SourceFile<'_>) -> Vec<Text> {
    let (document, _) = toml::de::DeTable::parse_recoverable(file.text());
    let root = Table::new(file.id, &shape::FILE, document.get_ref(), file.span(), false);
    root.texts("extends", true, &mut Report::default())
}

/// Whether a file has a key that policies have, or nothing at all.
fn is_policy(file: &SourceFile<'_>) -> bool {
    let (document, errors) = toml::de::DeTable::parse_recoverable(file.text());
    let mut keys = document.get_ref().keys().peekable();
    let is_empty = errors.is_empty() && keys.peek().is_none();
    is_empty || keys.any(|key| shape::FILE.key(key.get_ref()).is_some())
}

/// Reads a file that may use the lists of others. Its own are added to them; those that nothing uses are said where
/// nobody else could.
fn read_with(
    file: &SourceFile<'_>,
    names: &mut Names,
    rules: &[&'static str],
    alone: bool,
    report: &mut Report,
) -> Policy {
    let (document, errors) = toml::de::DeTable::parse_recoverable(file.text());
    let mut own = Report::default();
    // Recovery stumbles over what follows a mistake in its line, so each line is called broken once.
    let mut broken = BTreeSet::new();
    for error in &errors {
        let help = "correct this line first: what follows it may not have been read";
        let at = error.span().map_or(file.span(), |range| keys::span(file.id, &range));
        if broken.insert(file.line(at.start)) {
            say(report, mistake::SYNTAX, keys::one_line(error.message()), at, Some(help.to_owned()));
        }
    }
    // Behind broken syntax a key may be there and unread, so nothing is called missing.
    let whole = errors.is_empty();
    let root = Table::new(file.id, &shape::FILE, document.get_ref(), file.span(), whole);
    root.check(&mut own);
    names.read(&root, &mut own);
    let policy = tables::read(&root, &file.path, names, rules, &mut own);
    if alone && whole {
        names.say_unused(file.id, &mut own);
    }
    check_ids(&policy, &mut own);
    check_assertions(&policy, &mut own);
    own.diagnostics.retain(|diagnostic| !broken.contains(&file.line(diagnostic.labels[0].span.start)));
    report.append(own);
    policy
}

/// Says of which account both the entries and the roles are asserted: each is said to be all.
fn check_assertions(policy: &Policy, report: &mut Report) {
    for by_roles in &policy.assertions {
        let Some(role) = by_roles.roles.first() else { continue };
        let is_other = |other: &&Assertion| !other.entries.is_empty() && same(&other.name.text, &by_roles.name.text);
        let Some(by_entries) = policy.assertions.iter().find(is_other) else { continue };
        let message =
            format!("both `entries` and `roles` of `{}` are asserted to be all that it holds", by_roles.name.text);
        let mut diagnostic = Diagnostic::at(mistake::WRONG_VALUE, message, Label::new(role.at, ""));
        diagnostic.labels.push(Label::new(by_entries.entries[0].at, "the entries"));
        diagnostic.fixes.push(Fix::policy("keep `entries` or `roles`"));
        report.say(diagnostic);
    }
}

/// Says which requirements name no account. Not asked of packs, nor where the command line names the accounts.
pub fn check_accounts(policy: &Policy, report: &mut Report) {
    for requirement in policy.requirements.iter().filter(|requirement| requirement.accounts.is_empty()) {
        let message = format!("requirement `{}` names no account", requirement.common.id);
        let help = "add `account = \"NAME\"` to the table, or name one with `--require FILE --account NAME`";
        say(report, mistake::MISSING_KEY, message, requirement.common.at, Some(help.to_owned()));
    }
}

impl Policy {
    /// What all tables that have an `id` say in common, with what they are called.
    pub fn tables(&self) -> impl Iterator<Item = (&'static str, &Common)> {
        let require = self.requirements.iter().map(|table| ("require", &table.common));
        let forbid = self.forbids.iter().map(|table| ("forbid", &table.common));
        let except = self.exceptions.iter().map(|table| ("except", &table.common));
        let separate = self.separates.iter().map(|table| ("separate", &table.common));
        let group = self.groups.iter().map(|table| ("group", &table.common));
        let role = self.roles.iter().map(|table| ("role", &table.common));
        let waive = self.waivers.iter().map(|table| ("waive", &table.common));
        let account = self.assertions.iter().map(|table| ("account", &table.common));
        require.chain(forbid).chain(except).chain(separate).chain(group).chain(role).chain(waive).chain(account)
    }

    /// What the tables are called that have a level of their own.
    #[must_use]
    pub fn with_own_levels(&self) -> BTreeSet<&str> {
        self.tables().filter(|(_, table)| table.level.is_some()).map(|(_, table)| table.id.as_str()).collect()
    }
}

fn check_ids(policy: &Policy, report: &mut Report) {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for (_, table) in policy.tables() {
        match seen.get(table.id.as_str()) {
            Some(&first) => {
                let message = format!("two tables are called `{}`", keys::one_line(&table.id));
                let label = Label::new(table.at, "the second");
                let mut diagnostic = Diagnostic::at(mistake::REPEATED_ID, message, label);
                diagnostic.labels.push(Label::new(first, "the first"));
                let help = "give each table an `id` of its own; reports tell findings apart by it";
                diagnostic.fixes.push(Fix::policy(help));
                report.say(diagnostic);
            }
            None => {
                seen.insert(&table.id, table.at);
            }
        }
    }
}

/// Says one mistake.
fn say(report: &mut Report, rule: RuleId, message: impl Into<String>, at: Span, help: Option<String>) {
    let mut diagnostic = Diagnostic::at(rule, message, Label::new(at, ""));
    diagnostic.fixes.extend(help.map(Fix::policy));
    report.say(diagnostic);
}

#[cfg(test)]
mod tests;
