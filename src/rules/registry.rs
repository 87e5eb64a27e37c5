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
    ($folder:literal, $rule:literal, $level:ident, $summary:literal) => {
        Rule {
            id: RuleId($rule),
            level: Severity::$level,
            preset: Preset::Default,
            summary: $summary,
            page: include_str!(concat!($folder, "/", $rule, ".md")),
            check: None,
        }
    };
}

/// All rules: what policies produce, what leaves answers open, what reading notices, what is wrong in policies.
///
/// A built-in rule stands as a static value `RULE` in its own file and is named here.
pub static RULES: &[Rule] = &[
    page!("judging", "missing-cmdlet", Error, "an account cannot run a cmdlet that it must run"),
    page!("judging", "missing-parameter", Error, "an account can run a cmdlet, but not with a parameter that it needs"),
    page!("judging", "narrow-scope", Error, "every grant works on less than the policy asks for"),
    page!("judging", "unknown-account", Error, "no export shows an account that a requirement names"),
    page!("judging", "unknown-group", Warning, "no export shows a group that the policy speaks of"),
    page!("judging", "unknown-role", Warning, "neither the exports nor Exchange have a role of the policy"),
    page!("judging", "undecided", Warning, "an answer depends on something that no export shows"),
    page!(
        "judging",
        "merged-parameters",
        Warning,
        "the parameters that are needed are spread over several role entries"
    ),
    page!("judging", "excess-cmdlet", Error, "an account can run what its requirement does not ask for"),
    page!("judging", "forbidden-cmdlet", Error, "an account can run what the policy forbids"),
    page!("judging", "conflicting-cmdlets", Error, "an account can run two things that the policy keeps apart"),
    page!("judging", "unexpected-member", Error, "somebody is in a group who may not be"),
    page!("judging", "missing-member", Error, "somebody is not in a group who must be"),
    page!("judging", "unexpected-holder", Error, "a role is assigned to somebody who may not hold it"),
    page!("judging", "unexpected-delegator", Error, "a role can be handed on by somebody who may not"),
    page!("accepting", "expired-assertion", Error, "the last day of an assertion is over"),
    page!("accepting", "expired-waiver", Error, "the last day of a waiver is over"),
    page!("accepting", "expiring-waiver", Warning, "the last day of a waiver is near"),
    page!("accepting", "unused-waiver", Warning, "a waiver accepts nothing"),
    page!("accepting", "stale-baseline", Note, "a line of the baseline is about nothing that is still there"),
    page!("doctor", "ambiguous-name", Note, "a name fits several objects"),
    page!("doctor", "capped-at-default", Note, "an export stops where the shell does by default"),
    page!("doctor", "contradicting-records", Note, "two records of one object say different things"),
    page!("doctor", "dangling-reference", Note, "an assignment names what the exports would show if it were there"),
    page!("doctor", "distribution-group", Note, "a chain leads through a group that may be no security group"),
    page!("doctor", "effective-rows-only", Note, "assignments are shown by rows of effective users alone"),
    page!("doctor", "empty-role", Note, "no entry of a role was exported"),
    page!("doctor", "narrowed-listing", Note, "a command asked for a part, and what it left out is not known"),
    page!("doctor", "partial-listing", Note, "a list of assignments shows to be a part of all"),
    page!("doctor", "incomplete-collection", Note, "a collection does not hold all that it should"),
    page!("doctor", "missing-column", Note, "a property that answers need was not exported"),
    page!("doctor", "missing-export", Note, "a kind of object that answers need was not exported"),
    page!("doctor", "mixed-organizations", Note, "the exports of one run are of several organizations"),
    page!("doctor", "opaque-group", Note, "no export shows who is in a group"),
    page!("doctor", "stale-or-mixed-dates", Note, "the exports of one run are of different days"),
    page!("doctor", "unclear-value", Note, "a property of an assignment cannot be read as one of its values"),
    page!("doctor", "unknown-member", Note, "no export says whether a member is an account or a group"),
    page!("doctor", "unknown-policy", Note, "no export shows which role assignment policy a mailbox has"),
    page!("doctor", "unknown-scope", Note, "no export says on which objects a grant works"),
    page!("doctor", "assumed-encoding", Note, "a file does not say in which encoding it is"),
    page!("doctor", "blank-joined-list", Note, "a list was joined by blanks, and its items may hold blanks"),
    page!("doctor", "changed-while-read", Note, "a file changed while it was read"),
    page!("doctor", "cut-list", Note, "a list ends in an ellipsis"),
    page!("doctor", "cut-record", Note, "the file ends in the middle of a record"),
    page!("doctor", "cut-value", Note, "a value was cut by the width of a column or a line"),
    page!("doctor", "failed-command", Note, "the shell printed an error where rows would be"),
    page!("doctor", "flattened-list", Note, "the name of a type stands where a list should be"),
    page!("doctor", "hidden-characters", Note, "the text holds characters that nobody sees"),
    page!("doctor", "lossy-encoding", Note, "characters were lost when a file was written"),
    page!("doctor", "more-results", Note, "the shell has more results than it printed"),
    page!("doctor", "no-export", Note, "a file holds nothing that rolecall knows"),
    page!("doctor", "repeated-column", Note, "two columns of a CSV export have one name"),
    page!("doctor", "unread-column", Note, "a column that says who or what is not read"),
    page!("doctor", "unknown-number", Note, "a property is a number that no source explains"),
    page!("doctor", "unknown-object", Note, "records are of a kind that rolecall does not know"),
    page!("doctor", "unreadable-input", Note, "a file or a folder could not be read"),
    page!("doctor", "unrecognised-input", Note, "a part of a file is nothing that a shell prints"),
    page!("doctor", "unsafe-columns", Note, "the columns of a table cannot be told apart"),
    page!("mistakes", "policy-circular-extends", Error, "two policy files extend each other"),
    page!("mistakes", "policy-contradiction", Error, "the policy forbids to an account what it requires of it"),
    page!("mistakes", "policy-baseline-syntax", Error, "a line of the baseline cannot be read"),
    page!(
        "mistakes",
        "policy-foreign-cmdlet",
        Warning,
        "a cmdlet of the policy does not exist where the organization lives"
    ),
    page!("mistakes", "policy-malformed-item", Error, "an item of `cmdlets` cannot be read"),
    page!("mistakes", "policy-missing-key", Error, "a table of the policy lacks what it cannot do without"),
    page!(
        "mistakes",
        "policy-misplaced-key",
        Error,
        "a key of the policy stands below a header that it does not belong to"
    ),
    page!("mistakes", "policy-repeated-id", Error, "two tables of the policy have one id"),
    page!("mistakes", "policy-syntax", Error, "the policy is not valid TOML"),
    page!(
        "mistakes",
        "policy-unknown-cmdlet",
        Warning,
        "neither the documentation nor the exports have a cmdlet of the policy"
    ),
    page!("mistakes", "policy-unknown-id", Error, "the policy names a table that no file has"),
    page!("mistakes", "policy-unknown-key", Error, "a key of the policy means nothing"),
    page!("mistakes", "policy-unknown-pack", Error, "no pack of this name ships with rolecall"),
    page!(
        "mistakes",
        "policy-unknown-parameter",
        Warning,
        "neither the documentation nor the exports have a parameter"
    ),
    page!("mistakes", "policy-unknown-rule", Error, "no rule has this name"),
    page!("mistakes", "policy-unknown-set", Error, "the policy uses a list that it does not give"),
    page!("mistakes", "policy-unmatched-wildcard", Error, "no cmdlet in the exports matches a wildcard"),
    page!("mistakes", "policy-unreadable-file", Error, "a policy file that another extends cannot be read"),
    page!("mistakes", "policy-unused-set", Warning, "nothing uses a list of the policy"),
    page!("mistakes", "policy-wrong-type", Error, "a value of the policy is of another type than its key takes"),
    page!("mistakes", "policy-wrong-value", Error, "a value of the policy is none of those that its key takes"),
    super::roles::active_directory_permissions::RULE,
    super::applications::administrative_application::RULE,
    super::roles::application_impersonation::RULE,
    super::groups::changed_role_group::RULE,
    super::groups::crowded_organization_management::RULE,
    super::roles::dangerous_custom_role::RULE,
    super::assignments::direct_assignment::RULE,
    super::accounts::disabled_administrator::RULE,
    super::assignments::disabled_assignment::RULE,
    super::assignments::duplicate_assignment::RULE,
    super::groups::empty_role_group::RULE,
    super::assignments::foreign_assignee::RULE,
    super::applications::full_access_application::RULE,
    super::groups::group_cycle::RULE,
    super::roles::identical_child_role::RULE,
    super::assignments::impossible_assignment::RULE,
    super::groups::linked_role_group::RULE,
    super::roles::mailbox_import_export::RULE,
    super::roles::mailbox_search::RULE,
    super::scopes::match_all_scope::RULE,
    super::groups::nested_group::RULE,
    super::scopes::orphan_scope::RULE,
    super::assignments::outside_delegator::RULE,
    super::groups::outside_manager::RULE,
    super::groups::privileged_custom_group::RULE,
    super::groups::role_group_without_roles::RULE,
    super::roles::role_management::RULE,
    super::assignments::role_without_delegator::RULE,
    super::assignments::security_group_assignment::RULE,
    super::groups::self_managed_nested_group::RULE,
    super::roles::support_diagnostics::RULE,
    super::scopes::unassigned_exclusive_scope::RULE,
    super::applications::unscoped_application::RULE,
    super::roles::unscoped_role::RULE,
    super::roles::unscoped_role_management::RULE,
    super::roles::unused_custom_role::RULE,
    super::users::unused_policy::RULE,
    super::users::user_add_ins::RULE,
    super::users::user_delegation::RULE,
    super::users::user_forwarding::RULE,
    super::users::user_groups::RULE,
    super::roles::wider_child_role::RULE,
    super::roles::writing_built_in_view_role::RULE,
    super::roles::writing_view_only_role::RULE,
    super::accounts::administrator_mailbox::RULE,
    super::accounts::barred_account::RULE,
    super::accounts::can_escalate::RULE,
    super::scopes::excluded_recipients::RULE,
    super::groups::discovery_management_member::RULE,
    super::groups::entra_group::RULE,
    super::accounts::open_session::RULE,
    super::groups::organization_wide_group::RULE,
    super::accounts::self_controlled_audit::RULE,
    super::scopes::shared_scope::RULE,
    super::accounts::standing_administrator::RULE,
    super::accounts::synchronised_administrator::RULE,
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
