//! `administrator-mailbox`: an account with one of the most powerful roles reads mail.

use std::rc::Rc;

use crate::accounts::Account;
use crate::diagnostic::{Preset, Report, RuleId, Severity};
use crate::graph::Held;
use crate::inventory::{Form, Stated};

use crate::remedy::Fix;
use crate::rules::{Context, Rule, remedy};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("administrator-mailbox", Severity::Note),
    preset: Preset::All,
    summary: "an administrator has a mailbox",
    page: include_str!("administrator-mailbox.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let inventory = context.inventory();
    for (id, way) in context.administrators() {
        let principal = inventory.principals.get(id);
        let Some(at) = principal.at.filter(|_| principal.is_mailbox) else { continue };
        let name = inventory.show_principal(id);
        let role = context.role_of(way.assignment).unwrap_or("");
        let words = match principal.policy {
            Stated::Is(Some(policy)) if policy.form == Form::Whole => {
                format!("its mailbox, with the policy `{}`", inventory.show(policy.symbol))
            }
            _ => "its mailbox".to_owned(),
        };
        let mut finding = RULE.found(format!("`{name}` holds role `{role}` and has a mailbox"), at, words);
        finding.labels.extend(context.way_labels(id, &way));
        finding.subject.account = Some(name.to_owned());
        finding.subject.role = Some(role.to_owned());
        let rights = context.accounts.rights(Account::Exported(id));
        let is_privileged = |held: &&Rc<Held>| {
            let assignment = context.graph().assignment(held).filter(|_| held.is_sure() && held.policy.is_none());
            assignment.is_some_and(|assignment| context.is_privileged(assignment))
        };
        let ways = rights.held.iter().filter(is_privileged).map(|held| &**held);
        let all = remedy::take_all(context.graph(), name, ways);
        let fix = all.unwrap_or_else(|| context.leaving(id, &way));
        finding.fixes.push(Fix {
            note: format!("make an account for administration alone, and take this one out: {}", fix.note),
            ..fix
        });
        report.say(finding);
    }
}
