//! Those whom a policy excepts or expects, held against the exports: a name that matches nothing excepts no one.

use std::collections::BTreeSet;

use crate::accounts::Accounts;
use crate::diagnostic::{Diagnostic, Label, Report, Severity, Subject};
use crate::graph::Graph;
use crate::inventory::{Assignee, Class, Form, Text};
use crate::name::{Symbol, fold};
use crate::policy::{Candidates, Common, Policy, Who, WhoKind};
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
    let mut near = Near::default();
    let known = Known::of(accounts, policy);
    for (common, who) in policy.listed() {
        let at = who.listed.unwrap_or(who.at);
        if !sources.file(at.file).ships && !known.has(accounts, who) && said.insert(at) {
            report.say(unknown(accounts.organization(), common, (who, at), &mut near));
        }
    }
}

/// What lists may name other than the accounts and groups of the exports.
struct Known {
    /// Whether there are groups, and recipients, to hold names against.
    has_groups: bool,
    has_recipients: bool,
    /// The groups and the accounts that the policy itself states, folded.
    groups: BTreeSet<String>,
    accounts: BTreeSet<String>,
    /// Roles are also assigned to the policies of mailboxes, which lists of holders name as they name accounts.
    policies: BTreeSet<Symbol>,
}

impl Known {
    fn of(accounts: &Accounts<'_>, policy: &Policy) -> Self {
        let inventory = accounts.organization().inventory();
        let has = |kinds: &[Kind]| kinds.iter().any(|kind| inventory.record_count(*kind) > 0);
        let stated = || policy.groups.iter().filter(|it| it.complete);
        let members = stated().flat_map(|it| &it.members).filter(|it| it.kind == WhoKind::Account);
        let of_policies = inventory.policies.iter().flat_map(|policy| policy.identities.iter().map(|(_, text)| text));
        let assigned = inventory.assignments.iter().filter_map(|it| match &it.assignee {
            Assignee::Policy(text) => Some(text),
            _ => None,
        });
        let is_whole = |text: &&Text| text.form == Form::Whole;
        Self {
            has_groups: has(&[Kind::RoleGroup, Kind::Group]),
            has_recipients: has(&[Kind::Recipient]),
            groups: stated().map(|it| fold(&it.name.text)).collect(),
            accounts: members.map(|it| fold(&it.text)).collect(),
            policies: of_policies.chain(assigned).filter(is_whole).map(|text| text.symbol).collect(),
        }
    }

    fn has(&self, accounts: &Accounts<'_>, who: &Who) -> bool {
        let graph = accounts.organization();
        if who.text.contains(['*', '?']) {
            return true;
        }
        let is_policy = || graph.inventory().names.get(&who.text).is_some_and(|symbol| self.policies.contains(&symbol));
        match who.kind {
            WhoKind::Group => {
                !self.has_groups || self.groups.contains(&fold(&who.text)) || !graph.groups_named(&who.text).is_empty()
            }
            WhoKind::Account => {
                !self.has_recipients
                    || self.accounts.contains(&fold(&who.text))
                    || !accounts.named(&who.text).is_empty()
                    || is_policy()
            }
        }
    }
}

/// The names that are shown of groups, and of accounts, where one was unknown.
#[derive(Default)]
struct Near<'i> {
    groups: Option<Candidates<'i>>,
    accounts: Option<Candidates<'i>>,
}

fn unknown<'i>(graph: &Graph<'i>, common: &Common, (who, at): (&Who, Span), near: &mut Near<'i>) -> Diagnostic {
    let inventory = graph.inventory();
    let name = &who.text;
    let is_group = who.kind == WhoKind::Group;
    let (rule, what) = if is_group { (UNKNOWN_GROUP, "group") } else { (UNKNOWN_ACCOUNT, "account") };
    let mut diagnostic =
        Diagnostic::at(rule, format!("{what} `{name}` is in none of these exports"), Label::new(at, ""));
    // Of an account that must be able to do something, nothing is known; one that may need not be there.
    diagnostic.severity = Severity::Warning;
    let of_kind = |class: Option<Class>| {
        is_group == matches!(class, Some(Class::SecurityGroup | Class::DistributionGroup)) || class.is_none()
    };
    let principals = &inventory.principals;
    let shown = || {
        let ids = principals.ids().filter(|id| of_kind(principals.get(*id).class));
        Candidates::new(ids.map(|id| inventory.show_principal(id)))
    };
    // A group that is named as an account is, is no account.
    let bare = graph.groups_named(name).first().filter(|_| !is_group).map(|id| as_named(graph, *id));
    let candidates = if is_group { &mut near.groups } else { &mut near.accounts };
    let near = bare.or_else(|| {
        let near = candidates.get_or_insert_with(shown).closest(name);
        near.map(|near| if is_group { format!("group:{near}") } else { near.to_owned() })
    });
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
