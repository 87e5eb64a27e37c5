//! `user-forwarding`: a role assignment policy lets users forward their mail.

use crate::diagnostic::Label;
use crate::diagnostic::{Preset, Report, RuleId, Severity};
use crate::inventory::Entry;
use crate::name::{Symbol, same};

use crate::remedy::{Fix, Remedy};
use crate::rules::{Context, Rule, remedy};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("user-forwarding", Severity::Warning),
    preset: Preset::Strict,
    summary: "users may forward their mail out of the organization",
    page: include_str!("user-forwarding.md"),
    check: Some(check),
};

const FORWARDING: &[&str] = &["ForwardingAddress", "ForwardingSmtpAddress", "DeliverToMailboxAndForward"];

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    for assignment in context.regular() {
        let (Some(policy), Some(role)) = (context.policy_of(assignment), assignment.role) else { continue };
        let Some((entry, parameters)) = forwarding(context, role.symbol) else { continue };
        let role = context.inventory().show(role.symbol);
        let message = format!("users with the policy `{policy}` may forward their mail: role `{role}` lets them");
        let mut finding = context.about(&RULE, assignment, message, assignment.role_at, "lets users forward mail");
        let names = parameters.iter().map(|name| format!("`-{name}`")).collect::<Vec<_>>().join(", ");
        finding.labels.push(Label::new(entry.at, format!("with {names}")));
        finding.subject.cmdlets = vec!["Set-Mailbox".to_owned()];
        let child = remedy::free_name(context.graph(), &format!("{role} without forwarding"));
        let made = Remedy::NewRole { name: child.clone(), parent: role.to_owned(), entries: None, description: None };
        let parameters = parameters.iter().map(|name| (*name).to_owned()).collect();
        let cmdlet = "Set-Mailbox".to_owned();
        let cut = Remedy::SetEntryParameters { role: child.clone(), cmdlet, parameters, add: false };
        if let Some(swap) = remedy::swap(context.graph(), assignment, &child) {
            let note = "gives the policy a child of the role without these parameters instead";
            finding.fixes.insert(0, Fix::steps([made, cut].into_iter().chain(swap).collect(), note));
        }
        report.say(finding);
    }
}

/// The entry of a role that forwards, with the parameters that do.
fn forwarding(context: &Context<'_, '_>, role: Symbol) -> Option<(Entry, Vec<&'static str>)> {
    let inventory = context.inventory();
    let set_mailbox = inventory.names.get("Set-Mailbox")?;
    inventory.entries_of(role).filter(|entry| entry.cmdlet == set_mailbox).find_map(|entry| {
        let list = inventory.parameters.get(entry.parameters);
        let has = |wanted: &&&str| list.names.iter().any(|name| same(inventory.show(*name), wanted));
        let parameters: Vec<&str> = FORWARDING.iter().filter(has).copied().collect();
        (!parameters.is_empty()).then_some((entry, parameters))
    })
}
