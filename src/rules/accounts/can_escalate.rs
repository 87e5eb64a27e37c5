//! `can-escalate`: an account could give itself roles that it does not hold.

use std::collections::BTreeSet;

use crate::accounts::Account;
use crate::diagnostic::{Preset, Report, RuleId, Severity};
use crate::graph::{Escalation, Escalator, Gain, StepCode};
use crate::inventory::PrincipalId;

use crate::remedy::{Fix, Remedy};
use crate::rules::{Context, Rule, remedy};
use crate::source::Span;

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("can-escalate", Severity::Error),
    preset: Preset::Default,
    summary: "an account that is no administrator could make itself one",
    page: include_str!("can-escalate.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let inventory = context.inventory();
    // Who is in Organization Management has everything, and may give it to anybody.
    let trusted = context.organization_management().map(|group| context.inside(group).accounts).unwrap_or_default();
    let accounts: Vec<PrincipalId> = context.placed().filter(|id| !trusted.contains_key(id)).collect();
    let rights: Vec<_> = accounts.iter().map(|id| context.accounts.rights(Account::Exported(*id))).collect();
    let graph = context.graph();
    let escalator = Escalator::new(graph);
    for (id, rights) in accounts.into_iter().zip(&rights) {
        let ways = escalator.of(rights);
        let Some(way) = ways.iter().find(|way| counts(context, way)) else { continue };
        let (name, gain) = (inventory.show_principal(id), escalator.shown(way.gain));
        let steps = way.steps.len();
        let plural = if steps == 1 { "" } else { "s" };
        let what = if matches!(way.gain, Gain::Group(_)) { "make itself a member of" } else { "give itself role" };
        let labels: Vec<_> = way.steps.iter().flat_map(|step| &step.needs).flat_map(|need| &need.labels).collect();
        let Some(first) = labels.first() else { continue };
        let message = format!("`{name}` could {what} `{gain}`, in {steps} step{plural}");
        let mut finding = RULE.found(message, first.span, first.text.clone());
        finding.labels.extend(labels.into_iter().skip(1).cloned());
        finding.subject.account = Some(name.to_owned());
        match way.gain {
            Gain::Role(_) => finding.subject.role = Some(gain),
            _ => finding.subject.group = Some(gain),
        }
        // What any of the ways begins with can go, and with it all of them.
        let counting = ways.iter().filter(|way| counts(context, way)).filter_map(|way| way.steps.first());
        let places: BTreeSet<Span> =
            counting.flat_map(|step| &step.needs).flat_map(|need| &need.labels).map(|label| label.span).collect();
        let all = rights.held.iter().chain(rights.would.iter().map(|(held, _)| held));
        let first = all.filter(|held| {
            let place = context.graph().assignment(held).map(|assignment| assignment.at);
            held.is_sure() && place.is_some_and(|place| places.contains(&place))
        });
        let mut steps: Vec<Remedy> = Vec::new();
        for step in first.filter_map(|held| remedy::take(context.graph(), name, held)).flat_map(|fix| fix.steps) {
            if !steps.contains(&step) {
                steps.push(step);
            }
        }
        if !steps.is_empty() {
            finding.fixes.push(Fix::steps(steps, format!("takes from `{name}` what these ways begin with")));
        }
        let arguments = vec!["escalate".to_owned(), name.to_owned()];
        finding.fixes.push(Fix::of(Remedy::Rolecall(arguments), "shows all ways"));
        report.say(finding);
    }
}

/// Whether a way leads to roles. Wider scopes, passwords and rights in the directory come with ordinary roles by
/// default; who owns a group with an address is what `self-managed-nested-group` says.
fn counts(context: &Context<'_, '_>, way: &Escalation) -> bool {
    way.steps.iter().all(|step| match (step.code, step.gain) {
        (StepCode::AssignRole | StepCode::JoinGroup | StepCode::AddEntries, _) => true,
        (StepCode::JoinNestedGroup, Gain::Group(group)) => {
            context.inventory().principals.get(group).mail_enabled == Some(true) && step.needs.len() == 1
        }
        _ => false,
    })
}
