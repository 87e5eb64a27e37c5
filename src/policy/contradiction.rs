//! Policies that contradict each other: what one requires, another forbids.

use super::{Beyond, Forbid, Item, Policy, Requirement, Who, WhoKind, mistake};
use crate::diagnostic::{Diagnostic, Label, Report};
use crate::graph::Wildcard;
use crate::name::same;
use crate::remedy::Fix;

/// Says what is required of an account and forbidden to it, whatever the exports show.
///
/// An exception by a group or a path may well cover the account, so a ban with one contradicts nothing. An account that
/// is excepted by another of its identities is not known here: naming it in one way settles that.
pub fn check_contradictions(policy: &Policy, report: &mut Report) {
    for requirement in &policy.requirements {
        for forbid in &policy.forbids {
            let banned = |item: &&Item| forbid.items.iter().any(|ban| bans(ban, item));
            let Some(item) = requirement.items.iter().find(banned) else { continue };
            let Some(who) = requirement.accounts.iter().find(|who| is_hit(policy, forbid, requirement, who)) else {
                continue;
            };
            let Some(ban) = forbid.items.iter().find(|ban| bans(ban, item)) else { continue };
            let message = format!("`{}` is required of `{}` and forbidden to it", item.text, who.text);
            let label = Label::new(item.at, "required here");
            let mut diagnostic = Diagnostic::at(mistake::CONTRADICTION, message, label);
            diagnostic.labels.push(Label::new(ban.at, "forbidden here"));
            let help = format!("add `{}` to `except` of `{}`, or require it no longer", who.text, forbid.common.id);
            diagnostic.fixes.push(Fix::policy(help));
            report.say(diagnostic);
        }
    }
}

/// Whether a ban covers every way to meet an item. One of parameters leaves the cmdlet without them.
fn bans(ban: &Item, item: &Item) -> bool {
    ban.parameters.is_empty() && !item.is_wild() && ban.matches(&item.cmdlet)
}

fn is_hit(policy: &Policy, forbid: &Forbid, requirement: &Requirement, who: &Who) -> bool {
    let own_mailbox = requirement.scope == Some("self") && forbid.beyond == Beyond::OwnMailbox;
    let (here, there) = (&forbid.common, &requirement.common);
    let apart = !there.organizations.is_empty() && !there.organizations.iter().any(|name| here.speaks_of(&name.text));
    let excepted = |known: &Who| {
        known.kind == WhoKind::Group || same(&known.text, &who.text) || Wildcard::new(&known.text).matches(&who.text)
    };
    who.kind == WhoKind::Account
        && !own_mailbox
        && !apart
        && policy.excepted_through(forbid).next().is_none()
        && !policy.excepted(forbid).any(excepted)
}
