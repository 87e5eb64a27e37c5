//! `unexpected-member` and `missing-member`: who is in a group, and who a policy says may be.
//!
//! A policy speaks of the members that the group itself lists. A nested group is one of them and is named as such,
//! `group:NAME`: whoever manages it decides who comes through it, so it is accepted by its name and not by those who
//! happen to be in it today.

use std::collections::BTreeSet;

use crate::accounts::Accounts;
use crate::diagnostic::{Diagnostic, Label, Report, RuleId, Severity, Subject};
use crate::graph::Graph;
use crate::inventory::{Class, PrincipalId};
use crate::policy::{GroupRule, Who};
use crate::powershell::get;
use crate::remedy::Fix;
use crate::rules::remedy;
use crate::source::Span;

use super::require::Outcome;
use super::undecided::{Asking, undecided};
use super::whom::{as_named, principals};

/// Somebody is in a group who may not be.
pub const UNEXPECTED_MEMBER: RuleId = RuleId::requirement("unexpected-member", Severity::Error);
/// Somebody is not in a group who must be.
pub const MISSING_MEMBER: RuleId = RuleId::requirement("missing-member", Severity::Error);

/// The policy speaks of a group that no export shows.
pub const UNKNOWN_GROUP: RuleId = RuleId::requirement("unknown-group", Severity::Warning);

/// Judges every `[[group]]` by the members that exports show.
pub fn check(accounts: &mut Accounts<'_>, groups: &[GroupRule], report: &mut Report, outcome: &mut Outcome) {
    for rule in groups {
        let named = accounts.organization().groups_named(&rule.name.text);
        if named.is_empty() && !rule.name.text.contains(['*', '?']) {
            report.say(unknown(accounts.organization(), rule));
        }
        for group in named {
            judge(accounts, rule, group, report, outcome);
        }
    }
}

fn unknown(graph: &Graph<'_>, rule: &GroupRule) -> Diagnostic {
    let name = &rule.name.text;
    let inventory = graph.inventory();
    let groups = graph.groups_named("*").into_iter().map(|group| inventory.show_principal(group));
    let mut diagnostic = Diagnostic::at(
        UNKNOWN_GROUP,
        format!("group `{name}` is in none of these exports"),
        Label::new(rule.name.at, ""),
    );
    diagnostic.fixes.push(match crate::policy::closest(name, groups) {
        Some(near) => Fix::policy(format!("did you mean `{near}`?")),
        None => Fix::export(get("Get-RoleGroup", name), "if it exists, export it"),
    });
    diagnostic.subject.group = Some(name.clone());
    diagnostic.subject.requirement = Some(rule.common.id.clone());
    diagnostic
}

fn judge(
    accounts: &mut Accounts<'_>,
    rule: &GroupRule,
    group: PrincipalId,
    report: &mut Report,
    outcome: &mut Outcome,
) {
    let named: Vec<(&Who, BTreeSet<PrincipalId>)> =
        rule.members.iter().map(|who| (who, principals(accounts, who))).collect();
    let expected: BTreeSet<PrincipalId> = named.iter().flat_map(|(_, ids)| ids.iter().copied()).collect();
    let graph = accounts.organization();
    let inventory = graph.inventory();
    let name = inventory.show_principal(group);
    let members = &inventory.principals.get(group).members;
    for &(member, at) in members.sure.iter().filter(|(member, _)| !expected.contains(member)) {
        report.say(unexpected(graph, rule, group, member, at));
    }
    let gap = accounts.organization_mut().members_gap(group);
    let graph = accounts.organization();
    let asking = Asking { requirement: Some(&rule.common.id), at: rule.common.at };
    // Whoever is found there is found, whatever else is open.
    let is_decided = gap.is_none() || members.sure.iter().any(|(member, _)| !expected.contains(member));
    *if is_decided { &mut outcome.decided } else { &mut outcome.open_answers } += 1;
    if let Some(gap) = gap {
        let mut said = undecided(&graph.gap(gap), None, &asking, Vec::new(), &mut outcome.open);
        said.message = format!("undecided who else is in `{name}`: {}", graph.gap(gap).message);
        said.subject.group = Some(name.to_owned());
        report.say(said);
    }
    if !rule.exact {
        return;
    }
    for (wanted, ids) in named.iter().filter(|(wanted, _)| !wanted.text.contains(['*', '?'])) {
        let is_in = members.sure.iter().any(|(member, _)| ids.contains(member));
        let may_be = gap.is_some() || members.doubtful.iter().any(|(member, _)| ids.contains(member));
        if !is_in && !may_be {
            report.say(missing(graph, rule, group, (wanted, ids)));
        }
    }
}

fn unexpected(graph: &Graph<'_>, rule: &GroupRule, id: PrincipalId, member: PrincipalId, at: Span) -> Diagnostic {
    let (name, shown) = (as_named(graph, member), graph.inventory().show_principal(member));
    let group = graph.inventory().show_principal(id);
    let mut diagnostic = Diagnostic::at(
        UNEXPECTED_MEMBER,
        format!("`{shown}` is in `{group}`, and not in `members` of `{}`", rule.common.id),
        Label::new(at, format!("a member of `{group}`")),
    );
    diagnostic.severity = rule.common.level.unwrap_or(diagnostic.severity);
    diagnostic.labels.push(Label::new(rule.common.at, "who may be in it"));
    let removal = remedy::remove_member(graph, id, shown);
    diagnostic.fixes.push(Fix::of(removal, format!("takes `{shown}` out of the group")));
    diagnostic.fixes.push(Fix::policy(format!("add {} to `members`", toml_text(&name))));
    diagnostic.subject = subject(rule, group, name);
    diagnostic
}

fn missing(
    graph: &Graph<'_>,
    rule: &GroupRule,
    id: PrincipalId,
    (member, members): (&Who, &BTreeSet<PrincipalId>),
) -> Diagnostic {
    let (shown, group) = (&member.text, graph.inventory().show_principal(id));
    let principal = graph.inventory().principals.get(id);
    let at = principal.members.at.or(principal.at);
    let mut diagnostic = Diagnostic::at(
        MISSING_MEMBER,
        format!("`{shown}` is not in `{group}`, as `{}` requires", rule.common.id),
        Label::new(at.unwrap_or(rule.common.at), format!("the members of `{group}`")),
    );
    diagnostic.severity = rule.common.level.unwrap_or(diagnostic.severity);
    if at.is_some() {
        diagnostic.labels.push(Label::new(rule.common.at, "who must be in it"));
    }
    // Exchange takes only groups that are security-enabled into a role group.
    let is_refused = |id: &PrincipalId| graph.inventory().principals.get(*id).class == Some(Class::DistributionGroup);
    diagnostic.fixes.push(match principal.role_group && members.iter().any(is_refused) {
        true => Fix::policy(format!("name a security group: `{shown}` is none, and cannot be in a role group")),
        false => Fix::of(remedy::add_member(graph, id, shown), format!("puts `{shown}` into the group")),
    });
    diagnostic.subject = subject(rule, group, member.shown());
    diagnostic
}

fn subject(rule: &GroupRule, group: &str, member: String) -> Subject {
    Subject {
        account: Some(member.clone()),
        accounts: vec![member],
        group: Some(group.to_owned()),
        requirement: Some(rule.common.id.clone()),
        ..Subject::default()
    }
}

/// A text as TOML writes it.
pub(super) fn toml_text(text: &str) -> String {
    let mut out = String::from("\"");
    for char in text.chars() {
        if matches!(char, '"' | '\\') {
            out.push('\\');
        }
        out.push(char);
    }
    out.push('"');
    out
}
