//! `self-controlled-audit`: an account administers, and may switch off the log that shows it.

use std::rc::Rc;

use crate::accounts::Account;
use crate::diagnostic::{Label, Preset, Report, RuleId, Severity};
use crate::graph::Held;
use crate::inventory::{Assignment, PrincipalId};
use crate::name::{fold, same};

use crate::rules::{Context, Rule, remedy};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("self-controlled-audit", Severity::Warning),
    preset: Preset::Strict,
    summary: "an administrator may switch off the log of its own actions",
    page: include_str!("self-controlled-audit.md"),
    check: Some(check),
};

const AUDIT_LOGS: &str = "Audit Logs";

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let inventory = context.inventory();
    // Who is in Organization Management holds everything, this too.
    let all = context.organization_management().map(|group| context.inside(group).accounts).unwrap_or_default();
    let accounts: Vec<PrincipalId> = context.placed().filter(|id| !all.contains_key(id)).collect();
    for id in accounts {
        let rights = context.accounts.rights(Account::Exported(id));
        let mut held: Vec<(&str, &Rc<Held>, &Assignment)> = Vec::new();
        for way in rights.held.iter().filter(|way| way.is_sure() && way.policy.is_none()) {
            let role = way.role.map(|role| inventory.show(role));
            held.extend(role.and_then(|role| Some((role, way, context.graph().assignment(way)?))));
        }
        held.sort_by_cached_key(|(role, way, assignment)| (way.chain.len(), fold(role), assignment.at));
        let audits: Vec<_> = held.iter().filter(|(role, ..)| same(role, AUDIT_LOGS)).collect();
        let Some((_, way, audit)) = audits.first() else { continue };
        let acts = |role: &str, other| audits.iter().all(|(_, _, audit)| acts(context, role, other, audit));
        let Some((role, _, other)) = held.iter().find(|(role, _, other)| acts(role, other)) else { continue };
        let name = inventory.show_principal(id);
        let message = format!("`{name}` holds role `{role}`, and `{AUDIT_LOGS}`, which ends the log of what it does");
        let mut finding = RULE.found(message, audit.at, format!("it gives role `{AUDIT_LOGS}`"));
        finding.labels.push(Label::new(other.at, format!("it gives role `{role}`")));
        if let Some((group, at)) = context.graph().chain(&rights, way).first() {
            let group = inventory.show_principal(*group);
            finding.labels.push(Label::new(*at, format!("`{name}` is a member of `{group}`")));
        }
        finding.subject.account = Some(name.to_owned());
        finding.subject.role = Some((*role).to_owned());
        let ways = audits.iter().map(|(_, way, _)| &***way);
        let fix = remedy::take_all(context.graph(), name, ways).unwrap_or_else(|| context.removal(audit));
        finding.fixes.push(fix);
        report.say(finding);
    }
}

/// Whether a role changes what the log records, and is not given together with the log by default.
fn acts(context: &Context<'_, '_>, role: &str, assignment: &Assignment, audit: &Assignment) -> bool {
    let watches = fold(role).starts_with("view-only") || same(role, AUDIT_LOGS);
    let together = context.is_default(assignment)
        && context.is_default(audit)
        && context.principal_of(assignment) == context.principal_of(audit);
    !watches && !together
}
