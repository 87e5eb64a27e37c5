//! Those whom a policy excepts or expects, held against the exports: a name that fits nobody excepts nobody.

use std::collections::BTreeSet;

use crate::accounts::Accounts;
use crate::diagnostic::{Diagnostic, Label, Report, Severity, Subject};
use crate::graph::Graph;
use crate::inventory::{Assignee, Class, Form, Text};
use crate::name::same;
use crate::policy::{Common, Policy, Who, WhoKind, closest};
use crate::record::Kind;
use crate::remedy::Fix;
use crate::source::{Sources, Span};

use super::members::UNKNOWN_GROUP;
use super::require::UNKNOWN_ACCOUNT;
use super::whom::as_named;

/// Says which names in the lists of a policy fit nothing, where the exports hold objects of that kind. Packs speak of
/// groups that not every Exchange has, and what is asserted need not be in any export.
pub fn check(accounts: &Accounts<'_>, policy: &Policy, sources: &Sources<'_>, report: &mut Report) {
    let mut said: BTreeSet<Span> = BTreeSet::new();
    for (common, who) in policy.listed() {
        let at = who.listed.unwrap_or(who.at);
        let is_pack = sources.file(at.file).path.starts_with("pack:");
        if !is_pack && !is_known(accounts, policy, who) && said.insert(at) {
            report.say(unknown(accounts.organization(), common, who, at));
        }
    }
}

fn is_known(accounts: &Accounts<'_>, policy: &Policy, who: &Who) -> bool {
    let graph = accounts.organization();
    let inventory = graph.inventory();
    let has = |kinds: &[Kind]| kinds.iter().any(|kind| inventory.record_count(*kind) > 0);
    if who.text.contains(['*', '?']) {
        return true;
    }
    match who.kind {
        WhoKind::Group => {
            let is_asserted = || policy.groups.iter().any(|it| it.complete && same(&it.name.text, &who.text));
            !has(&[Kind::RoleGroup, Kind::Group]) || is_asserted() || !graph.groups_named(&who.text).is_empty()
        }
        WhoKind::Account => {
            let mut stated = policy.groups.iter().filter(|it| it.complete).flat_map(|it| &it.members);
            !has(&[Kind::Recipient])
                || stated.any(|it| it.kind == WhoKind::Account && same(&it.text, &who.text))
                || !accounts.named(&who.text).is_empty()
                || is_assignment_policy(graph, &who.text)
        }
    }
}

/// Roles are also assigned to the policies of mailboxes, which lists of holders name as they name accounts.
fn is_assignment_policy(graph: &Graph<'_>, name: &str) -> bool {
    let inventory = graph.inventory();
    let Some(symbol) = inventory.names.get(name) else { return false };
    let is_it = |text: &Text| text.form == Form::Whole && text.symbol == symbol;
    inventory.policies.iter().any(|policy| policy.identities.iter().any(|(_, text)| is_it(text)))
        || inventory.assignments.iter().any(|it| matches!(&it.assignee, Assignee::Policy(text) if is_it(text)))
}

fn unknown(graph: &Graph<'_>, common: &Common, who: &Who, at: Span) -> Diagnostic {
    let inventory = graph.inventory();
    let name = &who.text;
    let is_group = who.kind == WhoKind::Group;
    let (rule, what) = if is_group { (UNKNOWN_GROUP, "a group") } else { (UNKNOWN_ACCOUNT, "an account") };
    let mut diagnostic =
        Diagnostic::at(rule, Severity::Warning, format!("no export shows {what} `{name}`"), Label::new(at, ""));
    let of_kind = |class: Option<Class>| {
        is_group == matches!(class, Some(Class::SecurityGroup | Class::DistributionGroup)) || class.is_none()
    };
    let principals = &inventory.principals;
    let shown = principals.ids().filter(|id| of_kind(principals.get(*id).class)).map(|id| inventory.show_principal(id));
    // A group that is named as an account is, is no account.
    let bare = graph.groups_named(name).first().filter(|_| !is_group).map(|id| as_named(graph, *id));
    let near = bare
        .or_else(|| closest(name, shown).map(|near| if is_group { format!("group:{near}") } else { near.to_owned() }));
    diagnostic.fixes.push(Fix::policy(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "correct the name, export what it names, or remove it from the policy".to_owned(),
    }));
    diagnostic.subject = Subject {
        account: Some(name.clone()).filter(|_| !is_group),
        group: Some(name.clone()).filter(|_| is_group),
        requirement: Some(common.id.clone()),
        ..Subject::default()
    };
    diagnostic
}
