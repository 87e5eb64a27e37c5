//! `user-groups`: a role assignment policy lets users create groups.

use crate::diagnostic::{Preset, Report, RuleId, Severity};

use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("user-groups", Severity::Note),
    preset: Preset::Strict,
    summary: "users may create and manage distribution groups",
    page: include_str!("user-groups.md"),
    check: Some(check),
};

const ROLES: &[&str] = &["MyDistributionGroups"];

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    super::given::check(
        &RULE,
        ROLES,
        ("create groups and manage their own", "lets users create groups"),
        context,
        report,
    );
}
