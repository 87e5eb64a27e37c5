//! `active-directory-permissions`: others hold the role Active Directory Permissions than by default.

use crate::diagnostic::{Preset, Report, RuleId, Severity};

use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("active-directory-permissions", Severity::Error),
    preset: Preset::Default,
    summary: "others than Organization Management hold Active Directory Permissions",
    page: include_str!("active-directory-permissions.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    super::held::check(
        &RULE,
        "Active Directory Permissions",
        "can change who may do what in Active Directory",
        context,
        report,
    );
}
