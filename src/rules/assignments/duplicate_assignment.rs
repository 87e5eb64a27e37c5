//! `duplicate-assignment`: two assignments of one role to one assignee, with the same scopes.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use std::collections::BTreeMap;

use crate::diagnostic::Label;
use crate::inventory::{Assignee, Assignment, NameSays};
use crate::name::{fold, same};

use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("duplicate-assignment", Severity::Note),
    preset: Preset::Default,
    summary: "two assignments say the same",
    page: include_str!("duplicate-assignment.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let mut alike: BTreeMap<_, Vec<&Assignment>> = BTreeMap::new();
    for assignment in context.live() {
        let (Some(role), Some(delegates)) = (assignment.role, context.delegates(assignment)) else { continue };
        // What no column shows may tell two assignments apart.
        if assignment.unseen.written().next().is_some() || !context.shows_scope(assignment) {
            continue;
        }
        let assignee = match &assignment.assignee {
            Assignee::Principal(id) => (Some(*id), None),
            Assignee::Policy(policy) => (None, Some(policy.symbol)),
            Assignee::Several(_) | Assignee::Unclear(_) | Assignee::Missing => continue,
        };
        let key = (role, assignee, delegates, assignment.scopes, assignment.custom, assignment.resource);
        alike.entry(key).or_default().push(assignment);
    }
    for mut alike in alike.into_values().filter(|alike| alike.len() > 1) {
        // Which of them is the second is a matter of their names, not of which was read first: the first is named as
        // Exchange names one.
        alike.sort_by_cached_key(|it| {
            let inventory = context.inventory();
            let is_own = it.name_says(&inventory.names, &inventory.principals) == NameSays::Nothing;
            (is_own, it.name.map(|name| fold(inventory.show(name))))
        });
        let first = alike[0];
        for second in &alike[1..] {
            if !is_pair_of_exchange(context, first, second) {
                say(context, first, second, report);
            }
        }
    }
}

fn say(context: &Context<'_, '_>, first: &Assignment, second: &Assignment, report: &mut Report) {
    let (Some(role), Some(assignee)) = (context.role_of(second), context.assignee_of(second)) else { return };
    let message = format!("role `{role}` is assigned to `{assignee}` twice, with the same scopes");
    let mut finding = context.about(&RULE, second, message, second.at, "the second");
    finding.labels.push(Label::new(first.at, "the first"));
    report.say(finding);
}

/// Exchange Online makes the assignments of the default policy twice, the second with `-1` after its name.
///
/// Source: default assignments of a live organization (nlepagnez/ESI-PublicContent).
fn is_pair_of_exchange(context: &Context<'_, '_>, first: &Assignment, second: &Assignment) -> bool {
    let name = |assignment: &Assignment| assignment.name.map(|name| context.inventory().show(name));
    let (Some(first_name), Some(second_name)) = (name(first), name(second)) else { return false };
    let is_numbered = |long: &str, short: &str| long.strip_suffix("-1").is_some_and(|start| same(start, short));
    context.is_default(first) && (is_numbered(second_name, first_name) || is_numbered(first_name, second_name))
}
