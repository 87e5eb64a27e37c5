//! `entra-group`: a group has the holders of a role in Entra, whom no export shows.

use crate::diagnostic::{Label, Preset, Report, RuleId, Severity};
use crate::inventory::PrincipalId;

use crate::remedy::Fix;
use crate::rules::{Context, Rule};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("entra-group", Severity::Note),
    preset: Preset::Strict,
    summary: "a group has the holders of a role in Entra, whom no export shows",
    page: include_str!("entra-group.md"),
    check: Some(check),
};

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    let inventory = context.inventory();
    let all: Vec<_> =
        inventory.principals.ids().filter_map(|id| Some((id, context.graph().synchronised(id)?.role))).collect();
    for (group, role) in all {
        // What the policy states of the group leaves nothing open.
        let Some(gap) = context.accounts.organization_mut().members_gap(group) else { continue };
        let gap = context.graph().gap(gap).into_owned();
        let name = inventory.show_principal(group);
        let Some(at) = gap.at else { continue };
        let message = match role {
            Some(role) => format!("who is in `{name}` is decided in Entra: by the role {}", role.name),
            None => format!("who is in `{name}` is decided in Entra"),
        };
        let mut finding = RULE.found(message, at, "no export of Exchange shows all its members");
        finding.labels.extend(places_of(context, group).into_iter().filter(|label| label.span != at));
        finding.subject.group = Some(name.to_owned());
        finding.fixes.push(Fix::export(gap.export, "shows who is in it"));
        report.say(finding);
    }
}

/// The places that make the group a member of role groups.
fn places_of(context: &Context<'_, '_>, member: PrincipalId) -> Vec<Label> {
    let inventory = context.inventory();
    let mut labels = Vec::new();
    for group in inventory.principals.ids() {
        let sure = inventory.principals.get(group).members.sure.iter();
        let words = || format!("a member of `{}`", inventory.show_principal(group));
        labels.extend(sure.filter(|(id, _)| *id == member).map(|(_, at)| Label::new(*at, words())));
    }
    labels
}
