//! `role-without-delegator`: a role is assigned, and no delegating assignment of it is left.

use crate::diagnostic::{Diagnostic, Label, Preset, Report, RuleId, Severity};
use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::{Assignment, Stated};
use crate::name::{Symbol, fold};

use crate::remedy::{Assignee, Fix, NewAssignment, Remedy, WriteScope};
use crate::rules::evidence::ORGANIZATION_MANAGEMENT;
use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("role-without-delegator", Severity::Warning),
    preset: Preset::Default,
    summary: "a role has no delegating assignment any more",
    page: include_str!("role-without-delegator.md"),
    check: Some(check),
};

/// How many custom roles have a finding each; more have one for all of them.
const ROLES_MAX: usize = 5;

const WORDS: &str = "assigned, and no account may assign it";

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    if !context.has_all_assignments() {
        return;
    }
    let own: BTreeSet<Symbol> = context.custom_roles().map(|(role, _, _)| role).collect();
    let mut roles: BTreeMap<Symbol, (&Assignment, bool)> = BTreeMap::new();
    for assignment in &context.inventory().assignments {
        let Some(role) = assignment.role else { continue };
        // Where nothing says whether an assignment delegates, it may.
        let may = assignment.delegating != Stated::Is(false);
        roles.entry(role.symbol).or_insert((assignment, false)).1 |= may;
    }
    // Every organization has delegating assignments; an export without any was filtered.
    if !roles.values().any(|(_, delegated)| *delegated) {
        return;
    }
    let alone = roles.into_iter().filter(|(_, (_, delegated))| !delegated).map(|(role, (first, _))| (role, first));
    let (custom, others): (Vec<_>, Vec<_>) = alone.partition(|(role, _)| own.contains(role));
    // Several roles of Exchange Online are made without a delegating assignment, and so may those be that we do not know.
    let is_expected = |role: Symbol| {
        context.catalogue().defaults().is_delegated(context.environment(), context.inventory().show(role))
    };
    others
        .into_iter()
        .filter(|(role, _)| is_expected(*role))
        .for_each(|(role, first)| report.say(found(context, role, first)));
    if custom.len() > ROLES_MAX {
        report.say(found_many(context, &custom));
    } else {
        custom.into_iter().for_each(|(role, first)| report.say(found(context, role, first)));
    }
}

fn found(context: &Context<'_, '_>, role: Symbol, first: &Assignment) -> Diagnostic {
    let name = context.inventory().show(role);
    let message = format!("role `{name}` has no delegating assignment: no account may assign it");
    let mut finding = context.about(&RULE, first, message, first.role_at, WORDS);
    finding.subject.assignment = None;
    finding.subject.group = None;
    finding.subject.account = None;
    finding.fixes = vec![delegating(&[name])];
    finding
}

/// One finding for many custom roles: they have one reason, and one line fixes all.
fn found_many(context: &Context<'_, '_>, custom: &[(Symbol, &Assignment)]) -> Diagnostic {
    let mut named: Vec<(&str, &Assignment)> =
        custom.iter().map(|(role, first)| (context.inventory().show(*role), *first)).collect();
    named.sort_by_cached_key(|(name, _)| fold(name));
    let message = format!(
        "{} custom roles, such as `{}`, have no delegating assignment: no account may assign them",
        named.len(),
        named[0].0
    );
    let mut finding = RULE.found(message, named[0].1.role_at, WORDS);
    let more = named.iter().take(ROLES_MAX).skip(1);
    finding.labels.extend(more.map(|(_, first)| Label::new(first.role_at, WORDS)));
    let names: Vec<&str> = named.iter().map(|(name, _)| *name).collect();
    finding.fixes.push(delegating(&names));
    finding
}

/// Lets the administrators of the organization assign roles.
fn delegating(roles: &[&str]) -> Fix {
    let step = |role: &&str| {
        Remedy::Assign(NewAssignment {
            name: None,
            role: (*role).to_owned(),
            assignee: Assignee::Group(ORGANIZATION_MANAGEMENT.to_owned()),
            scope: WriteScope::default(),
            delegating: true,
        })
    };
    Fix::steps(roles.iter().map(step).collect(), "lets `Organization Management` assign what no one can assign now")
}
