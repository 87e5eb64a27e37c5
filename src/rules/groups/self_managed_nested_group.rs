//! `self-managed-nested-group`: a mail-enabled group gives roles, and its owner may manage groups of their own.

use std::rc::Rc;

use crate::accounts::Account;
use crate::diagnostic::Label;
use crate::diagnostic::{Preset, Report, RuleId, Severity};
use crate::graph::Held;
use crate::inventory::{Class, PrincipalId};
use crate::name::same;
use crate::source::Span;

use crate::rules::{Context, Rule, remedy};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("self-managed-nested-group", Severity::Error),
    preset: Preset::Default,
    summary: "who owns a group that is nested in a role group can join it",
    page: include_str!("self-managed-nested-group.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let inventory = context.inventory();
    for group in inventory.principals.ids() {
        let principal = inventory.principals.get(group);
        let open = principal.mail_enabled == Some(true)
            && principal.class == Some(Class::SecurityGroup)
            && !principal.role_group
            && !inventory.principals.managers(group).is_empty();
        if !open {
            continue;
        }
        let gives = context.accounts.rights(Account::Exported(group));
        let Some(way) = gives
            .held
            .iter()
            .filter(|held| held.is_sure() && held.policy.is_none())
            .min_by_key(|held| (held.chain.len(), held.role.map(|role| inventory.show(role))))
        else {
            continue;
        };
        for &(owner, at) in inventory.principals.managers(group) {
            if inventory.principals.get(owner).class == Some(Class::Account) {
                let chain = context.graph().chain(&gives, way);
                say(context, (group, &chain), (owner, at), way, report);
            }
        }
    }
}

fn say(
    context: &mut Context<'_, '_>,
    (group, chain): (PrincipalId, &[(PrincipalId, Span)]),
    (owner, at): (PrincipalId, Span),
    way: &Held,
    report: &mut Report,
) {
    let inventory = context.inventory();
    let rights = context.accounts.rights(Account::Exported(owner));
    if rights.groups.contains(&group) {
        return;
    }
    let manages = |held: &&Rc<Held>| {
        let role = held.role.map(|role| inventory.show(role));
        held.is_sure() && held.policy.is_some() && role.is_some_and(|role| same(role, "MyDistributionGroups"))
    };
    let Some(policy) = rights.held.iter().find(manages) else { return };
    let Some(assignment) = context.graph().assignment(way) else { return };
    let (name, user) = (inventory.show_principal(group), inventory.show_principal(owner));
    let role = way.role.map_or("", |role| inventory.show(role));
    let message = format!("`{user}` owns `{name}`, may change its members, and so can take role `{role}`");
    let mut finding = RULE.found(message, at, format!("`{user}` owns it"));
    let mut from = name;
    for (to, at) in chain {
        let to = inventory.show_principal(*to);
        finding.labels.push(Label::new(*at, format!("`{from}` is a member of `{to}`")));
        from = to;
    }
    finding.labels.push(Label::new(assignment.at, format!("`{from}` holds role `{role}`")));
    if let Some(assignment) = context.graph().assignment(policy) {
        finding.labels.push(Label::new(assignment.at, format!("`{user}` may manage groups of their own")));
    }
    finding.subject.account = Some(user.to_owned());
    finding.subject.group = Some(name.to_owned());
    finding.subject.role = Some(role.to_owned());
    let fix = remedy::take(context.graph(), name, way).unwrap_or_else(|| context.removal(assignment));
    finding.fixes.push(fix);
    report.say(finding);
}
