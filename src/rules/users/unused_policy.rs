//! `unused-policy`: a role assignment policy that no exported mailbox has.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use std::collections::BTreeSet;

use crate::inventory::{Assignee, Form, IdentityKind, PolicyFact, Stated, Text};
use crate::powershell::assignments;
use crate::record::Kind;

use crate::remedy::{Fix, ObjectKind, Remedy};
use crate::rules::{Context, Rule, remedy};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("unused-policy", Severity::Note),
    preset: Preset::Default,
    summary: "no mailbox has a role assignment policy",
    page: include_str!("unused-policy.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let inventory = context.inventory();
    if !context.is_whole(Kind::Recipient) {
        return;
    }
    let mut used = BTreeSet::new();
    for id in inventory.principals.ids() {
        match inventory.principals.get(id).policy {
            Stated::Is(Some(policy)) if policy.form == Form::Whole => {
                if !used.insert(policy.symbol) {
                    continue;
                }
                let last = crate::inventory::last_part(inventory.show(policy.symbol));
                used.extend(last.and_then(|last| inventory.names.get(&last)));
            }
            Stated::Is(None) => {}
            // A member row need not show a policy; a mailbox of which none is shown may have any.
            Stated::Absent if !inventory.principals.get(id).is_mailbox => {}
            _ => return,
        }
    }
    // Where nobody has any, the exported recipients are no mailboxes.
    if used.is_empty() {
        return;
    }
    for policy in inventory.policies.iter().filter(|policy| policy.default == Stated::Is(false)) {
        if policy.identities.iter().any(|(_, text)| used.contains(&text.symbol)) {
            continue;
        }
        let Some(name) = name(context, policy) else { continue };
        let message = format!("no exported mailbox has the role assignment policy `{name}`");
        let mut finding = RULE.found(message, policy.at, "used by no mailbox, and not the default");
        finding.subject.group = Some(name.to_owned());
        finding.fixes.push(fix(context, policy, name));
        report.say(finding);
    }
}

/// Removes the policy. Exchange refuses that while roles are assigned to it (Remove-RoleAssignmentPolicy).
fn fix(context: &Context<'_, '_>, policy: &PolicyFact, name: &str) -> Fix {
    let is_it = |text: &Text| policy.identities.iter().any(|(_, own)| own.symbol == text.symbol);
    let own = context.inventory().assignments.iter().filter(|assignment| match &assignment.assignee {
        Assignee::Policy(text) => assignment.own_row && is_it(text),
        _ => false,
    });
    let unassigned: Option<Vec<Remedy>> = own.map(|it| remedy::unassign(context.graph(), it)).collect();
    match unassigned {
        Some(mut steps) => {
            let note = match steps.len() {
                0 => "removes the role assignment policy",
                _ => "removes the role assignment policy, after the assignments to it",
            };
            steps.push(Remedy::Delete { kind: ObjectKind::AssignmentPolicy, name: name.to_owned(), unscoped: false });
            Fix::steps(steps, note)
        }
        None => {
            let command = assignments(None, Some(name));
            Fix::export(command, "shows the assignments that must be removed before the policy can be")
        }
    }
}

fn name<'i>(context: &Context<'_, 'i>, policy: &'i PolicyFact) -> Option<&'i str> {
    let (_, text) = policy.identities.iter().find(|(kind, _)| *kind == IdentityKind::Name)?;
    Some(context.inventory().show(text.symbol))
}
