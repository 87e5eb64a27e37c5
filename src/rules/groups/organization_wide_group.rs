//! `organization-wide-group`: a role group of the organization's own changes all recipients.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Label, Preset, Report, RuleId, Severity};
use crate::inventory::{Assignment, PrincipalId};
use crate::name::{Symbol, same};
use crate::remedy::{Fix, FixKind};
use crate::rules::evidence;

use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("organization-wide-group", Severity::Note),
    preset: Preset::All,
    summary: "a role group of your own changes recipients of the whole organization",
    page: include_str!("organization-wide-group.md"),
    check: Some(check),
};

/// The built-in roles whose work is on recipients, so that a scope of recipients narrows it.
const RECIPIENT_ROLES: &[&str] = &[
    "Distribution Groups",
    "Mail Enabled Public Folders",
    "Mail Recipient Creation",
    "Mail Recipients",
    "Move Mailboxes",
    "Reset Password",
    "Security Group Creation and Membership",
    "User Options",
];

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let mut groups: BTreeMap<PrincipalId, Vec<&Assignment>> = BTreeMap::new();
    for assignment in context.regular().filter(|assignment| context.is_role_group(assignment)) {
        let wide = assignment.role.is_some_and(|role| changes_recipients(context, role.symbol));
        if let Some(id) = context.principal_of(assignment)
            && wide
            && is_everywhere(context, assignment)
            && !context.is_built_in(id)
        {
            groups.entry(id).or_default().push(assignment);
        }
    }
    for (group, assignments) in groups {
        let name = context.inventory().show_principal(group);
        let roles = evidence::listed(assignments.iter().filter_map(|assignment| context.role_of(assignment)));
        let message = format!("role group `{name}` changes recipients of the whole organization by {roles}");
        let mut finding = RULE.found(message, assignments[0].at, "on all recipients");
        finding.labels.extend(assignments[1..].iter().take(2).map(|it| Label::new(it.at, "and so does this")));
        finding.subject.group = Some(name.to_owned());
        let help = format!("give the assignments of `{name}` a custom recipient write scope");
        finding.fixes.push(Fix::words(FixKind::Exchange, help));
        report.say(finding);
    }
}

/// Whether a role is one of those, or comes from one.
fn changes_recipients(context: &Context<'_, '_>, role: Symbol) -> bool {
    let inventory = context.inventory();
    let mut seen = BTreeSet::new();
    let mut next = Some(role);
    while let Some(role) = next.filter(|role| seen.insert(*role)) {
        if RECIPIENT_ROLES.iter().any(|known| same(known, inventory.show(role))) {
            return true;
        }
        next = inventory.roles.get(role).and_then(|role| role.parent.flatten());
    }
    false
}

/// Whether the assignment says that it writes all recipients; without the column nothing does.
fn is_everywhere(context: &Context<'_, '_>, assignment: &Assignment) -> bool {
    let word = assignment.scopes[1].map(|word| context.inventory().show(word));
    word.is_some_and(|word| same(word, "Organization")) && assignment.custom[0].is_none()
}
