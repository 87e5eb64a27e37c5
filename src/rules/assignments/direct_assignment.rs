//! `direct-assignment`: a role is assigned to a user, and not through a role group.

use std::collections::BTreeMap;

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use crate::inventory::{AssigneeType, Assignment, Class, PrincipalId};
use crate::name::{Symbol, same};
use crate::plan::group_that_gives;
use crate::remedy::{Fix, WriteScope};
use crate::rules::roles::held;
use crate::rules::{Context, Rule, remedy};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("direct-assignment", Severity::Warning),
    preset: Preset::Default,
    summary: "a role is assigned to a user, not to a role group",
    page: include_str!("direct-assignment.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let mut groups: BTreeMap<Symbol, Option<PrincipalId>> = BTreeMap::new();
    for assignment in context.regular() {
        if !is_user(context, assignment) || context.is_default(assignment) {
            continue;
        }
        let (Some(role), Some(user)) = (context.role_of(assignment), context.assignee_of(assignment)) else { continue };
        let message = format!("role `{role}` is assigned to `{user}` directly, not through a role group");
        let mut finding = context.about(&RULE, assignment, message, assignment.assignee_at, "a user, no role group");
        // Who should not hold a role at all needs no group for it.
        let dangerous = held::ROLES.iter().any(|known| same(known, role));
        let given = assignment.role.filter(|_| !dangerous).and_then(|role| {
            let group = groups.entry(role.symbol).or_insert_with(|| group_that_gives(context.graph(), &[role.symbol]));
            through_group(context, assignment, (role.symbol, *group), user)
        });
        finding.fixes.splice(0..0, given);
        report.say(finding);
    }
}

/// Gives the user a role through the group that gives it, or a new one, instead; `None` where it has it through one already.
fn through_group(
    context: &Context<'_, '_>,
    assignment: &Assignment,
    (role, group): (Symbol, Option<PrincipalId>),
    user: &str,
) -> Option<Fix> {
    let graph = context.graph();
    let removal = remedy::unassign(graph, assignment)?;
    let id = context.principal_of(assignment);
    if group.is_some_and(|group| id.is_some_and(|id| context.inside(group).accounts.contains_key(&id))) {
        return None;
    }
    let scoped = remedy::scope(graph, assignment)? != WriteScope::default();
    let Some(group) = group.filter(|_| !scoped) else {
        let role = graph.inventory().show(role);
        let steps = remedy::regrouped(graph, assignment, role, user)?;
        let note = format!("a role group of its own, with role `{role}`, instead of the assignment");
        return Some(Fix::steps(steps, note));
    };
    let given = remedy::give(graph, role, Some(group), user);
    let mut steps = given.steps;
    steps.push(removal);
    Some(Fix { steps, note: format!("{}, instead of the assignment", given.note), ..given })
}

fn is_user(context: &Context<'_, '_>, assignment: &Assignment) -> bool {
    match (assignment.assignee_type, context.principal_of(assignment)) {
        (Some(kind), _) => kind == AssigneeType::User,
        (None, Some(id)) => {
            let principal = context.inventory().principals.get(id);
            principal.class == Some(Class::Account) && !principal.application
        }
        (None, None) => false,
    }
}
