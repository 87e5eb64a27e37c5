//! All rules: what each means, how much it weighs, which preset runs it, and its check where it is a built-in one.
//!
//! `rolecall explain` and `docs/rules.md` show the pages. What reading notices, what leaves an answer open, what policies
//! produce and what is wrong in them have pages too, but no check of their own.

use super::{Check, accounts, applications, assignments, groups, roles, scopes, users};
use crate::diagnostic::{Preset, RuleId};

/// A rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its name, what it is about, and how much its diagnostics weigh where nothing says otherwise.
    pub id: RuleId,
    /// The smallest preset that runs its check.
    pub preset: Preset,
    /// What is wrong, in a few words.
    pub summary: &'static str,
    /// The page, in Markdown.
    pub page: &'static str,
    /// The check of a built-in rule; `None` where reading, the policy or an open answer says it.
    pub check: Option<Check>,
}

impl Rule {
    /// The preset that runs it; `-` where it has no check of its own.
    #[must_use]
    pub fn preset_name(&self) -> &'static str {
        if self.check.is_some() { self.preset.name() } else { "-" }
    }

    /// The page without its title.
    #[must_use]
    pub fn body(&self) -> &'static str {
        self.page.split_once('\n').map_or("", |(_, body)| body.trim_start())
    }
}

/// The names of all rules.
#[must_use]
pub fn names() -> Vec<&'static str> {
    RULES.iter().map(|rule| rule.id.name).collect()
}

/// The rule of a name, case aside.
#[must_use]
pub fn rule(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| crate::name::same(rule.id.name, name))
}

/// A rule without a check of its own, with its page.
macro_rules! page {
    ($id:expr, $page:literal, $summary:literal) => {
        Rule { id: $id, preset: Preset::Default, summary: $summary, page: include_str!($page), check: None }
    };
}

/// All rules.
pub static RULES: &[Rule] = &{
    let mut all = [PAGES[0]; count()];
    let (mut folder, mut end) = (0, 0);
    while folder < FOLDERS.len() {
        let (rules, mut number) = (FOLDERS[folder], 0);
        while number < rules.len() {
            all[end] = rules[number];
            (number, end) = (number + 1, end + 1);
        }
        folder += 1;
    }
    all
};

/// The rules of each folder.
const FOLDERS: &[&[Rule]] = &[
    PAGES,
    accounts::RULES,
    applications::RULES,
    assignments::RULES,
    groups::RULES,
    roles::RULES,
    scopes::RULES,
    users::RULES,
];

const fn count() -> usize {
    let (mut folder, mut count) = (0, 0);
    while folder < FOLDERS.len() {
        count += FOLDERS[folder].len();
        folder += 1;
    }
    count
}

/// What policies produce, what leaves answers open, what reading notices, what is wrong in policies.
const PAGES: &[Rule] = &[
    page!(
        super::judging::require::MISSING_CMDLET,
        "judging/missing-cmdlet.md",
        "an account cannot run a cmdlet that it must run"
    ),
    page!(
        super::judging::require::MISSING_PARAMETER,
        "judging/missing-parameter.md",
        "an account can run a cmdlet, but not with a parameter that it needs"
    ),
    page!(
        super::judging::missing_role::MISSING_ROLE,
        "judging/missing-role.md",
        "an account does not hold a role that it must hold"
    ),
    page!(
        super::judging::require::NARROW_SCOPE,
        "judging/narrow-scope.md",
        "every grant works on less than the policy asks for"
    ),
    page!(
        super::judging::require::UNKNOWN_ACCOUNT,
        "judging/unknown-account.md",
        "no export shows an account that a requirement names"
    ),
    page!(
        super::judging::members::UNKNOWN_GROUP,
        "judging/unknown-group.md",
        "no export shows a group that the policy speaks of"
    ),
    page!(
        super::judging::holders::UNKNOWN_ROLE,
        "judging/unknown-role.md",
        "neither the exports nor Exchange have a role of the policy"
    ),
    page!(
        super::judging::undecided::UNDECIDED,
        "judging/undecided.md",
        "an answer depends on something that no export shows"
    ),
    page!(
        super::judging::require::MERGED_PARAMETERS,
        "judging/merged-parameters.md",
        "the parameters that are needed are spread over several role entries"
    ),
    page!(
        super::judging::excess::EXCESS_CMDLET,
        "judging/excess-cmdlet.md",
        "an account can run what its requirement does not ask for"
    ),
    page!(
        super::judging::forbid::FORBIDDEN_CMDLET,
        "judging/forbidden-cmdlet.md",
        "an account can run what the policy forbids"
    ),
    page!(
        super::judging::forbid::CONFLICTING_CMDLETS,
        "judging/conflicting-cmdlets.md",
        "an account can run two things that the policy keeps apart"
    ),
    page!(
        super::judging::members::UNEXPECTED_MEMBER,
        "judging/unexpected-member.md",
        "somebody is in a group who may not be"
    ),
    page!(
        super::judging::members::MISSING_MEMBER,
        "judging/missing-member.md",
        "somebody is not in a group who must be"
    ),
    page!(
        super::judging::holders::UNEXPECTED_HOLDER,
        "judging/unexpected-holder.md",
        "a role is assigned to somebody who may not hold it"
    ),
    page!(
        super::judging::holders::UNEXPECTED_DELEGATOR,
        "judging/unexpected-delegator.md",
        "a role can be delegated by somebody who may not"
    ),
    page!(
        super::accepting::assertion::EXPIRED_ASSERTION,
        "accepting/expired-assertion.md",
        "the last day of an assertion is over"
    ),
    page!(super::accepting::waive::EXPIRED_WAIVER, "accepting/expired-waiver.md", "the last day of a waiver is over"),
    page!(super::accepting::waive::EXPIRING_WAIVER, "accepting/expiring-waiver.md", "the last day of a waiver is near"),
    page!(super::accepting::waive::UNUSED_WAIVER, "accepting/unused-waiver.md", "a waiver accepts nothing"),
    page!(
        super::accepting::baseline::STALE_BASELINE,
        "accepting/stale-baseline.md",
        "a line of the baseline is about nothing that is still there"
    ),
    page!(RuleId::gap("ambiguous-name"), "doctor/ambiguous-name.md", "a name fits several objects"),
    page!(
        super::doctor::CAPPED_AT_DEFAULT,
        "doctor/capped-at-default.md",
        "an export stops where the shell does by default"
    ),
    page!(
        super::doctor::CONTRADICTING_RECORDS,
        "doctor/contradicting-records.md",
        "two records of one object say different things"
    ),
    page!(
        super::doctor::references::DANGLING_REFERENCE,
        "doctor/dangling-reference.md",
        "an assignment names what the exports would show if it were there"
    ),
    page!(
        RuleId::gap("distribution-group"),
        "doctor/distribution-group.md",
        "a chain leads through a group that may be no security group"
    ),
    page!(
        super::doctor::references::EFFECTIVE_ROWS_ONLY,
        "doctor/effective-rows-only.md",
        "assignments are shown by rows of effective users alone"
    ),
    page!(super::doctor::references::EMPTY_ROLE, "doctor/empty-role.md", "no entry of a role was exported"),
    page!(
        RuleId::gap("narrowed-listing"),
        "doctor/narrowed-listing.md",
        "a command asked for a part, and what it left out is not known"
    ),
    page!(
        RuleId::gap("partial-listing"),
        "doctor/partial-listing.md",
        "a list of assignments shows to be a part of all"
    ),
    page!(
        super::doctor::collections::INCOMPLETE_COLLECTION,
        "doctor/incomplete-collection.md",
        "a collection does not hold all that it should"
    ),
    page!(super::doctor::MISSING_COLUMN, "doctor/missing-column.md", "a property that answers need was not exported"),
    page!(
        super::doctor::MISSING_EXPORT,
        "doctor/missing-export.md",
        "a kind of object that answers need was not exported"
    ),
    page!(
        super::doctor::organizations::MIXED_ORGANIZATIONS,
        "doctor/mixed-organizations.md",
        "the exports of one run are of several organizations"
    ),
    page!(RuleId::gap("opaque-group"), "doctor/opaque-group.md", "no export shows who is in a group"),
    page!(
        super::doctor::dates::STALE_OR_MIXED_DATES,
        "doctor/stale-or-mixed-dates.md",
        "the exports of one run are of different days"
    ),
    page!(
        RuleId::gap("unclear-value"),
        "doctor/unclear-value.md",
        "a property of an assignment cannot be read as one of its values"
    ),
    page!(
        RuleId::gap("unknown-member"),
        "doctor/unknown-member.md",
        "no export says whether a member is an account or a group"
    ),
    page!(
        RuleId::gap("unknown-policy"),
        "doctor/unknown-policy.md",
        "no export shows which role assignment policy a mailbox has"
    ),
    page!(RuleId::gap("unknown-scope"), "doctor/unknown-scope.md", "no export says on which objects a grant works"),
    page!(
        crate::diagnostic::noticed::ASSUMED_ENCODING,
        "doctor/assumed-encoding.md",
        "a file does not say in which encoding it is"
    ),
    page!(
        crate::diagnostic::noticed::BLANK_JOINED_LIST,
        "doctor/blank-joined-list.md",
        "a list was joined by blanks, and its items may hold blanks"
    ),
    page!(
        crate::diagnostic::noticed::CHANGED_WHILE_READ,
        "doctor/changed-while-read.md",
        "a file changed while it was read"
    ),
    page!(crate::diagnostic::noticed::CUT_LIST, "doctor/cut-list.md", "a list ends in an ellipsis"),
    page!(crate::diagnostic::noticed::CUT_RECORD, "doctor/cut-record.md", "the file ends in the middle of a record"),
    page!(
        crate::diagnostic::noticed::CUT_VALUE,
        "doctor/cut-value.md",
        "a value was cut by the width of a column or a line"
    ),
    page!(
        crate::diagnostic::noticed::FAILED_COMMAND,
        "doctor/failed-command.md",
        "the shell printed an error where rows would be"
    ),
    page!(
        crate::diagnostic::noticed::FLATTENED_LIST,
        "doctor/flattened-list.md",
        "the name of a type is printed in place of a list"
    ),
    page!(
        crate::diagnostic::noticed::HIDDEN_CHARACTERS,
        "doctor/hidden-characters.md",
        "the text holds invisible characters"
    ),
    page!(
        crate::diagnostic::noticed::LOSSY_ENCODING,
        "doctor/lossy-encoding.md",
        "characters were lost when a file was written"
    ),
    page!(
        crate::diagnostic::noticed::MORE_RESULTS,
        "doctor/more-results.md",
        "the shell has more results than it printed"
    ),
    page!(crate::diagnostic::noticed::NO_EXPORT, "doctor/no-export.md", "a file holds nothing that rolecall knows"),
    page!(
        crate::diagnostic::noticed::REPEATED_COLUMN,
        "doctor/repeated-column.md",
        "two columns of a CSV export have one name"
    ),
    page!(
        crate::diagnostic::noticed::UNREAD_COLUMN,
        "doctor/unread-column.md",
        "a column that says who or what is not read"
    ),
    page!(
        crate::diagnostic::noticed::UNKNOWN_NUMBER,
        "doctor/unknown-number.md",
        "a property is a number that no source explains"
    ),
    page!(
        crate::diagnostic::noticed::UNKNOWN_OBJECT,
        "doctor/unknown-object.md",
        "records are of a kind that rolecall does not know"
    ),
    page!(
        crate::diagnostic::noticed::UNREADABLE_INPUT,
        "doctor/unreadable-input.md",
        "a file or a folder could not be read"
    ),
    page!(
        crate::diagnostic::noticed::UNRECOGNISED_INPUT,
        "doctor/unrecognised-input.md",
        "a part of a file is nothing that a shell prints"
    ),
    page!(
        crate::diagnostic::noticed::UNSAFE_COLUMNS,
        "doctor/unsafe-columns.md",
        "the columns of a table cannot be told apart"
    ),
    page!(
        crate::policy::mistake::CIRCULAR_EXTENDS,
        "mistakes/policy-circular-extends.md",
        "two policy files extend each other"
    ),
    page!(
        crate::policy::mistake::CONTRADICTION,
        "mistakes/policy-contradiction.md",
        "the policy forbids to an account what it requires of it"
    ),
    page!(
        super::accepting::baseline::BASELINE_SYNTAX,
        "mistakes/policy-baseline-syntax.md",
        "a line of the baseline cannot be read"
    ),
    page!(
        crate::policy::mistake::FOREIGN_CMDLET,
        "mistakes/policy-foreign-cmdlet.md",
        "a cmdlet of the policy does not exist where the organization lives"
    ),
    page!(
        crate::policy::mistake::MALFORMED_ITEM,
        "mistakes/policy-malformed-item.md",
        "an item of `cmdlets` cannot be read"
    ),
    page!(
        crate::policy::mistake::MISSING_KEY,
        "mistakes/policy-missing-key.md",
        "a table of the policy lacks what it cannot do without"
    ),
    page!(
        crate::policy::mistake::MISPLACED_KEY,
        "mistakes/policy-misplaced-key.md",
        "a key of the policy is below a header that it does not belong to"
    ),
    page!(
        crate::policy::mistake::REPEATED_ID,
        "mistakes/policy-repeated-id.md",
        "two tables of the policy have one id"
    ),
    page!(crate::policy::mistake::SYNTAX, "mistakes/policy-syntax.md", "the policy is not valid TOML"),
    page!(
        crate::policy::mistake::UNKNOWN_CMDLET,
        "mistakes/policy-unknown-cmdlet.md",
        "neither the documentation nor the exports have a cmdlet of the policy"
    ),
    page!(
        crate::policy::mistake::UNKNOWN_ID,
        "mistakes/policy-unknown-id.md",
        "the policy names a table that no file has"
    ),
    page!(crate::policy::mistake::UNKNOWN_KEY, "mistakes/policy-unknown-key.md", "a key of the policy means nothing"),
    page!(
        crate::policy::mistake::UNKNOWN_PACK,
        "mistakes/policy-unknown-pack.md",
        "no pack of this name ships with rolecall"
    ),
    page!(
        crate::policy::mistake::UNKNOWN_PARAMETER,
        "mistakes/policy-unknown-parameter.md",
        "neither the documentation nor the exports have a parameter"
    ),
    page!(crate::policy::mistake::UNKNOWN_RULE, "mistakes/policy-unknown-rule.md", "no rule has this name"),
    page!(
        crate::policy::mistake::UNKNOWN_SET,
        "mistakes/policy-unknown-set.md",
        "the policy uses a list that it does not give"
    ),
    page!(
        crate::policy::mistake::UNMATCHED_WILDCARD,
        "mistakes/policy-unmatched-wildcard.md",
        "no cmdlet in the exports matches a wildcard"
    ),
    page!(
        crate::policy::mistake::UNREADABLE_FILE,
        "mistakes/policy-unreadable-file.md",
        "a policy file that another extends cannot be read"
    ),
    page!(crate::policy::mistake::UNUSED_SET, "mistakes/policy-unused-set.md", "nothing uses a list of the policy"),
    page!(
        crate::policy::mistake::WRONG_TYPE,
        "mistakes/policy-wrong-type.md",
        "a value of the policy is of another type than its key takes"
    ),
    page!(
        crate::policy::mistake::WRONG_VALUE,
        "mistakes/policy-wrong-value.md",
        "a value of the policy is none of those that its key takes"
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{RuleKind, Severity};

    #[test]
    fn every_page_has_its_title_and_its_parts() {
        for rule in RULES {
            assert!(rule.page.starts_with(&format!("# {}\n\n", rule.id.name)), "{}", rule.id.name);
            for part in ["\n## Why it matters\n", "\n## What to do\n"] {
                assert_eq!(rule.page.matches(part).count(), 1, "{}: {part}", rule.id.name);
            }
            assert!(rule.page.ends_with('\n') && rule.page.lines().count() >= 10, "{}", rule.id.name);
            assert!(!rule.summary.ends_with('.') && rule.summary.len() < 80, "{}", rule.id.name);
        }
    }

    #[test]
    fn a_rule_is_of_the_kind_that_its_place_says() {
        for rule in RULES {
            assert_eq!(rule.check.is_some(), rule.id.kind == RuleKind::BuiltIn, "{}", rule.id.name);
            let is_mistake = rule.id.kind == RuleKind::Mistake;
            assert_eq!(is_mistake, rule.id.name.starts_with("policy-"), "{}: its name says so", rule.id.name);
        }
        let mistakes: Vec<RuleId> =
            RULES.iter().map(|rule| rule.id).filter(|id| id.kind == RuleKind::Mistake).collect();
        assert!(crate::policy::mistake::ALL.iter().all(|id| mistakes.contains(id)));
    }

    #[test]
    fn every_mistake_in_a_policy_that_is_certain_is_an_error_but_an_unused_list() {
        use crate::policy::mistake;
        for id in mistake::ALL {
            let is_warning = *id == mistake::UNUSED_SET || mistake::BY_CATALOGUE.contains(id);
            let level = if is_warning { Severity::Warning } else { Severity::Error };
            assert_eq!(id.level, level, "{}", id.name);
        }
    }

    #[test]
    fn a_rule_is_found_without_case() {
        assert_eq!(rule("CUT-list").map(|rule| rule.id), Some(crate::diagnostic::noticed::CUT_LIST));
        assert!(rule("cut").is_none());
    }
}
