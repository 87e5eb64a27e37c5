//! All rules: what each means, how much it weighs, which preset runs it, and its check where it is a built-in one.
//!
//! `rolecall explain` and `docs/rules.md` show the pages. What reading notices, what leaves an answer open, what policies
//! produce and what is wrong in them have pages too, but no check of their own.

use super::Check;
use crate::diagnostic::{Preset, RuleId, Severity};

/// A rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its name.
    pub id: RuleId,
    /// How much its diagnostics weigh where nothing says otherwise.
    pub level: Severity,
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
    RULES.iter().map(|rule| rule.id.0).collect()
}

/// The rule of a name, case aside.
#[must_use]
pub fn rule(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| crate::name::same(rule.id.0, name))
}

/// A rule without a check of its own, whose page stands beside this file.
macro_rules! page {
    ($rule:literal, $level:ident, $summary:literal) => {
        Rule {
            id: RuleId($rule),
            level: Severity::$level,
            preset: Preset::Default,
            summary: $summary,
            page: include_str!(concat!($rule, ".md")),
            check: None,
        }
    };
}

/// All rules: what policies produce, what leaves answers open, what reading notices, what is wrong in policies.
///
/// A built-in rule stands as a static value `RULE` in its own file and is named here.
pub static RULES: &[Rule] = &[
    page!("missing-cmdlet", Error, "an account cannot run a cmdlet that it must run"),
    page!("missing-parameter", Error, "an account can run a cmdlet, but not with a parameter that it needs"),
    page!("narrow-scope", Error, "every grant works on less than the policy asks for"),
    page!("unknown-account", Error, "no export shows an account that a requirement names"),
    page!("undecided", Warning, "an answer depends on something that no export shows"),
    page!("merged-parameters", Warning, "the parameters that are needed are spread over several role entries"),
    page!("excess-cmdlet", Error, "an account can run what its requirement does not ask for"),
    page!("forbidden-cmdlet", Error, "an account can run what the policy forbids"),
    page!("conflicting-cmdlets", Error, "an account can run two things that the policy keeps apart"),
    page!("unexpected-member", Error, "somebody is in a group who may not be"),
    page!("missing-member", Error, "somebody is not in a group who must be"),
    page!("unexpected-holder", Error, "a role is assigned to somebody who may not hold it"),
    page!("unexpected-delegator", Error, "a role can be handed on by somebody who may not"),
    page!("expired-waiver", Error, "the last day of a waiver is over"),
    page!("expiring-waiver", Warning, "the last day of a waiver is near"),
    page!("unused-waiver", Warning, "a waiver accepts nothing"),
    page!("stale-baseline", Note, "a line of the baseline is about nothing that is still there"),
    page!("ambiguous-name", Note, "a name fits several objects"),
    page!("capped-at-default", Note, "an export stops where the shell does by default"),
    page!("contradicting-records", Note, "two records of one object say different things"),
    page!("dangling-reference", Note, "an assignment names what the exports would show if it were there"),
    page!("distribution-group", Note, "a chain leads through a group that may be no security group"),
    page!("effective-rows-only", Note, "assignments are shown by rows of effective users alone"),
    page!("empty-role", Note, "no entry of a role was exported"),
    page!("incomplete-collection", Note, "a collection does not hold all that it should"),
    page!("missing-column", Note, "a property that answers need was not exported"),
    page!("missing-export", Note, "a kind of object that answers need was not exported"),
    page!("mixed-organizations", Note, "the exports of one run are of several organizations"),
    page!("opaque-group", Note, "no export shows who is in a group"),
    page!("stale-or-mixed-dates", Note, "the exports of one run are of different days"),
    page!("unclear-value", Note, "a property of an assignment cannot be read as one of its values"),
    page!("unknown-member", Note, "no export says whether a member is an account or a group"),
    page!("unknown-policy", Note, "no export shows which role assignment policy a mailbox has"),
    page!("unknown-scope", Note, "no export says on which objects a grant works"),
    page!("assumed-encoding", Note, "a file does not say in which encoding it is"),
    page!("blank-joined-list", Note, "a list was joined by blanks, and its items may hold blanks"),
    page!("cut-list", Note, "a list ends in an ellipsis"),
    page!("cut-record", Note, "the file ends in the middle of a record"),
    page!("cut-value", Note, "a value was cut by the width of a column or a line"),
    page!("failed-command", Note, "the shell printed an error where rows would be"),
    page!("flattened-list", Note, "the name of a type stands where a list should be"),
    page!("hidden-characters", Note, "the text holds characters that nobody sees"),
    page!("lossy-encoding", Note, "characters were lost when a file was written"),
    page!("more-results", Note, "the shell has more results than it printed"),
    page!("no-export", Note, "a file holds nothing that rolecall knows"),
    page!("repeated-column", Note, "two columns of a CSV export have one name"),
    page!("unknown-number", Note, "a property is a number that no source explains"),
    page!("unknown-object", Note, "records are of a kind that rolecall does not know"),
    page!("unreadable-input", Note, "a file or a folder could not be read"),
    page!("unrecognised-input", Note, "a part of a file is nothing that a shell prints"),
    page!("unsafe-columns", Note, "the columns of a table cannot be told apart"),
    page!("policy-circular-extends", Error, "two policy files extend each other"),
    page!("policy-contradiction", Error, "the policy forbids to an account what it requires of it"),
    page!("policy-baseline-syntax", Error, "a line of the baseline cannot be read"),
    page!("policy-foreign-cmdlet", Warning, "a cmdlet of the policy does not exist where the organization lives"),
    page!("policy-malformed-item", Error, "an item of `cmdlets` cannot be read"),
    page!("policy-missing-key", Error, "a table of the policy lacks what it cannot do without"),
    page!("policy-misplaced-key", Error, "a key of the policy stands below a header that it does not belong to"),
    page!("policy-repeated-id", Error, "two tables of the policy have one id"),
    page!("policy-syntax", Error, "the policy is not valid TOML"),
    page!("policy-unknown-cmdlet", Warning, "neither the documentation nor the exports have a cmdlet of the policy"),
    page!("policy-unknown-id", Error, "`disable` names a table that no extended file has"),
    page!("policy-unknown-key", Error, "a key of the policy means nothing"),
    page!("policy-unknown-pack", Error, "no pack of this name ships with rolecall"),
    page!("policy-unknown-parameter", Warning, "neither the documentation nor the exports have a parameter"),
    page!("policy-unknown-rule", Error, "no rule has this name"),
    page!("policy-unknown-set", Error, "the policy uses a list that it does not give"),
    page!("policy-unmatched-wildcard", Error, "no cmdlet in the exports matches a wildcard"),
    page!("policy-unreadable-file", Error, "a policy file that another extends cannot be read"),
    page!("policy-unused-set", Warning, "nothing uses a list of the policy"),
    page!("policy-wrong-type", Error, "a value of the policy is of another type than its key takes"),
    page!("policy-wrong-value", Error, "a value of the policy is none of those that its key takes"),
    super::active_directory_permissions::RULE,
    super::administrative_application::RULE,
    super::application_impersonation::RULE,
    super::changed_role_group::RULE,
    super::crowded_organization_management::RULE,
    super::dangerous_custom_role::RULE,
    super::direct_assignment::RULE,
    super::disabled_administrator::RULE,
    super::disabled_assignment::RULE,
    super::duplicate_assignment::RULE,
    super::empty_role_group::RULE,
    super::foreign_assignee::RULE,
    super::full_access_application::RULE,
    super::group_cycle::RULE,
    super::identical_child_role::RULE,
    super::impossible_assignment::RULE,
    super::linked_role_group::RULE,
    super::mailbox_import_export::RULE,
    super::mailbox_search::RULE,
    super::match_all_scope::RULE,
    super::nested_group::RULE,
    super::orphan_scope::RULE,
    super::outside_delegator::RULE,
    super::outside_manager::RULE,
    super::privileged_custom_group::RULE,
    super::role_group_without_roles::RULE,
    super::role_management::RULE,
    super::role_without_delegator::RULE,
    super::security_group_assignment::RULE,
    super::self_managed_nested_group::RULE,
    super::support_diagnostics::RULE,
    super::unassigned_exclusive_scope::RULE,
    super::unscoped_application::RULE,
    super::unscoped_role::RULE,
    super::unscoped_role_management::RULE,
    super::unused_custom_role::RULE,
    super::unused_policy::RULE,
    super::user_add_ins::RULE,
    super::user_delegation::RULE,
    super::user_forwarding::RULE,
    super::user_groups::RULE,
    super::wider_child_role::RULE,
    super::writing_built_in_view_role::RULE,
    super::writing_view_only_role::RULE,
    super::barred_account::RULE,
    super::can_escalate::RULE,
    super::excluded_recipients::RULE,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_its_title_and_its_parts() {
        for rule in RULES {
            assert!(rule.page.starts_with(&format!("# {}\n\n", rule.id.0)), "{}", rule.id.0);
            for part in ["\n## Why it matters\n", "\n## What to do\n"] {
                assert_eq!(rule.page.matches(part).count(), 1, "{}: {part}", rule.id.0);
            }
            assert!(rule.page.ends_with('\n') && rule.page.lines().count() >= 10, "{}", rule.id.0);
            assert!(!rule.summary.ends_with('.') && rule.summary.len() < 80, "{}", rule.id.0);
        }
    }

    #[test]
    fn every_mistake_in_a_policy_that_is_certain_is_an_error_with_a_page_but_an_unused_list() {
        use crate::policy::mistake;
        for id in mistake::ALL {
            let is_warning = *id == mistake::UNUSED_SET || mistake::BY_CATALOGUE.contains(id);
            let level = if is_warning { Severity::Warning } else { Severity::Error };
            assert_eq!(rule(id.0).map(|rule| rule.level), Some(level), "{}", id.0);
        }
    }

    #[test]
    fn a_rule_is_found_without_case() {
        assert_eq!(rule("CUT-list").map(|rule| rule.id), Some(crate::diagnostic::noticed::CUT_LIST));
        assert!(rule("cut").is_none());
    }
}
