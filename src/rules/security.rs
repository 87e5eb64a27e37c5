//! What a rule means to whoever ranks findings of many tools: how severe, how precise, which technique, which control.

use super::Rule;

/// What makes a rule one of security.
#[derive(Clone, Copy, Debug)]
pub struct Security {
    /// The rule.
    rule: &'static str,
    /// As CVSS counts, above 0 and up to 10: above 9 is critical, from 7 high, from 4 medium.
    pub severity: &'static str,
    /// Techniques of MITRE ATT&CK that it leads to.
    pub techniques: &'static [&'static str],
    /// CIS Controls, version 8, that it is against.
    pub controls: &'static [&'static str],
}

impl Rule {
    /// What makes it a rule of security; `None` for what an account lacks, what exports lack and what is untidy.
    #[must_use]
    pub fn security(&self) -> Option<&'static Security> {
        SECURITY.iter().find(|security| security.rule == self.id.name)
    }

    /// How often a finding is one indeed: `very-high`, where the exports prove it; `medium` where it is a sign of
    /// something that they do not show.
    #[must_use]
    pub fn precision(&self) -> &'static str {
        if SIGNS.contains(&self.id.name) { "medium" } else { "very-high" }
    }
}

/// Rules whose findings may well be meant so.
const SIGNS: &[&str] = &[
    "administrator-mailbox",
    "crowded-organization-management",
    "dangerous-custom-role",
    "entra-group",
    "linked-role-group",
    "mixed-organizations",
    "open-session",
    "organization-wide-group",
    "privileged-custom-group",
    "shared-scope",
    "stale-or-mixed-dates",
    "standing-administrator",
    "undecided",
    "user-add-ins",
    "user-delegation",
    "user-groups",
    "writing-built-in-view-role",
];

macro_rules! security {
    ($($rule:literal $severity:literal [$($technique:literal)*] [$($control:literal)*])*) => {
        &[$(Security { rule: $rule, severity: $severity, techniques: &[$($technique),*], controls: &[$($control),*] }),*]
    };
}

/// Sorted by severity, so that one sees what ranks above what.
///
/// Techniques as the rules' own pages name them. Controls: 3.3 access lists, 5.3 dormant accounts, 5.4 dedicated
/// administrator accounts, 5.5 service accounts, 6.1 and 6.2 granting and revoking access, 6.8 role-based access, 8.2
/// audit logs.
static SECURITY: &[Security] = security! {
    "can-escalate" "9.1" ["T1098" "T1098.003"] ["5.4" "6.8"]
    "role-management" "9.1" ["T1098.003"] ["5.4" "6.8"]
    "unscoped-role-management" "9.1" ["T1098.003"] ["5.4" "6.8"]
    "outside-delegator" "8.8" ["T1098.003"] ["6.1" "6.8"]
    "unexpected-delegator" "8.8" ["T1098.003"] ["6.1" "6.8"]
    "self-managed-nested-group" "8.8" ["T1098"] ["6.1" "6.8"]
    "full-access-application" "8.8" ["T1098.002" "T1114.002"] ["5.5" "6.8"]
    "active-directory-permissions" "8.6" ["T1222"] ["5.4" "6.8"]
    "application-impersonation" "8.6" ["T1098.002" "T1114.002"] ["5.5" "6.8"]
    "forbidden-cmdlet" "8.1" ["T1098"] ["6.8"]
    "mailbox-import-export" "8.1" ["T1114.002"] ["3.3" "6.8"]
    "unexpected-holder" "8.1" ["T1098.003"] ["6.1" "6.8"]
    "unexpected-member" "8.1" ["T1098"] ["6.1" "6.8"]
    "unscoped-application" "8.1" ["T1098.002" "T1114.002"] ["5.5" "6.8"]
    "mailbox-search" "7.5" ["T1114.002"] ["3.3" "6.8"]
    "conflicting-cmdlets" "7.1" ["T1098"] ["6.8"]
    "impossible-assignment" "7.1" ["T1098"] ["6.8"]
    "outside-manager" "6.8" ["T1098"] ["6.1" "6.8"]
    "administrative-application" "6.5" ["T1098.003"] ["5.5" "6.8"]
    "dangerous-custom-role" "6.5" ["T1098"] ["6.8"]
    "excess-cmdlet" "6.5" ["T1098"] ["5.5" "6.8"]
    "self-controlled-audit" "6.5" ["T1562.008"] ["8.2"]
    "unscoped-role" "6.0" ["T1059.001"] ["6.8"]
    "foreign-assignee" "5.5" ["T1078.002"] ["6.1" "6.8"]
    "privileged-custom-group" "5.5" ["T1098"] ["6.8"]
    "synchronised-administrator" "5.5" ["T1078.004"] ["5.4"]
    "user-forwarding" "5.5" ["T1114.003"] ["3.3"]
    "crowded-organization-management" "5.4" ["T1078"] ["5.4" "6.8"]
    "discovery-management-member" "5.4" ["T1114.002"] ["3.3" "6.8"]
    "changed-role-group" "5.0" ["T1098"] ["6.8"]
    "match-all-scope" "5.0" [] ["3.3" "6.8"]
    "nested-group" "5.0" ["T1098"] ["6.1" "6.8"]
    "support-diagnostics" "5.0" [] ["6.8"]
    "user-add-ins" "4.5" ["T1137"] ["6.8"]
    "writing-view-only-role" "4.5" [] ["6.8"]
    "direct-assignment" "4.3" ["T1098"] ["6.8"]
    "security-group-assignment" "4.3" ["T1098"] ["6.8"]
    "disabled-administrator" "4.0" ["T1078"] ["5.3" "6.2"]
    "administrator-mailbox" "3.5" ["T1566"] ["5.4"]
    "organization-wide-group" "3.5" [] ["6.8"]
    "standing-administrator" "3.5" ["T1078.004"] ["5.4"]
    "linked-role-group" "3.1" [] ["6.1"]
    "open-session" "3.1" ["T1059.001"] ["6.8"]
    "hidden-characters" "3.0" ["T1036"] []
    "user-delegation" "3.0" ["T1098.002"] ["3.3"]
    "entra-group" "2.5" [] ["6.1"]
    "user-groups" "2.5" [] ["6.8"]
    "writing-built-in-view-role" "2.5" [] ["6.8"]
    "disabled-assignment" "2.0" [] ["6.2"]
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;
    use crate::rules::{RULES, rule};

    #[test]
    fn each_names_a_rule_once_and_stands_below_what_is_more_severe() {
        let mut before = 10.0;
        for security in SECURITY {
            let severity: f64 = security.severity.parse().expect("a number");
            assert!(severity > 0.0 && severity <= before, "{}", security.rule);
            before = severity;
            assert!(rule(security.rule).is_some(), "{} is no rule", security.rule);
            let count = SECURITY.iter().filter(|other| other.rule == security.rule).count();
            assert_eq!(count, 1, "{}", security.rule);
            // Three tags of ours come before them, and GitHub keeps ten.
            assert!(security.techniques.len() + security.controls.len() <= 7, "{}", security.rule);
        }
        assert!(SIGNS.iter().all(|name| rule(name).is_some()) && SIGNS.is_sorted());
    }

    #[test]
    fn a_built_in_error_is_of_security_or_says_that_exports_or_work_are_broken() {
        const BROKEN: [&str; 3] = ["barred-account", "unassigned-exclusive-scope", "wider-child-role"];
        for rule in RULES.iter().filter(|rule| rule.check.is_some() && rule.id.level == Severity::Error) {
            assert!(rule.security().is_some() != BROKEN.contains(&rule.id.name), "{}", rule.id.name);
        }
    }
}
