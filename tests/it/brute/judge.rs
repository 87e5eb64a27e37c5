//! Who can run what, worked out the slow way from an organization's plain data.
//!
//! Written from the semantics alone: permissions add up over every enabled, regular assignment to whatever the account
//! reaches upwards (Microsoft, "Understanding management role assignments"). What an export cannot settle is a second
//! organization in which the account has everything that the missing part could give; answers that differ between the
//! two are unknown.

use std::collections::BTreeMap;

use super::organization::{Assignee, CMDLETS, COMMON, GroupKind, Organization, Principal, Scopes, UserKind};

/// Whether links that an export leaves open count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    /// Only what is certain.
    Lower,
    /// Everything that may be.
    Upper,
}

/// One role entry that an account has through one assignment.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) assignment: usize,
    pub(crate) cmdlet: usize,
    pub(crate) parameters: Vec<&'static str>,
    pub(crate) scopes: Scopes,
    /// Those of the role itself.
    pub(crate) own_scopes: Scopes,
    pub(crate) by_policy: bool,
    /// How many groups lie between; 0 where the assignment names the account or its policy.
    pub(crate) distance: usize,
}

/// The answer to a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Said {
    MissingCmdlet,
    MissingParameter,
    /// Not with these parameters; whether it has the cmdlet at all is open.
    Missing,
    Merged,
    /// Every grant works on less than the organization, and that is not enough.
    Narrow,
    Granted,
    Unknown,
}

/// How far a grant must reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Far {
    /// Beyond the own mailbox, and be it on a few recipients.
    Anything,
    /// The own mailbox will do.
    OwnMailbox,
    Organization,
}

/// What a requirement asks of one cmdlet.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) cmdlet: usize,
    pub(crate) all: Vec<&'static str>,
    pub(crate) any: Vec<&'static str>,
    pub(crate) far: Far,
}

impl Organization {
    /// How many groups lie between a user and each group that it reaches upwards.
    pub(crate) fn groups_of(&self, user: usize, bound: Bound) -> BTreeMap<usize, usize> {
        let mut distances: BTreeMap<usize, usize> = BTreeMap::new();
        let counts = |group: usize| bound == Bound::Upper || self.groups[group].kind != GroupKind::Distribution;
        let mut wave = vec![Principal::User(user)];
        for distance in 1.. {
            let mut next = Vec::new();
            for (number, group) in self.groups.iter().enumerate() {
                let is_above = group.members.iter().any(|(member, _)| wave.contains(member));
                let is_linked = bound == Bound::Upper
                    && distance == 1
                    && group.kind == GroupKind::Linked
                    && matches!(self.users[user].kind, UserKind::LinkedMailbox(_));
                if (is_above || is_linked) && counts(number) && !distances.contains_key(&number) {
                    distances.insert(number, distance);
                    next.push(Principal::Group(number));
                }
            }
            if next.is_empty() {
                break;
            }
            wave = next;
        }
        distances
    }

    /// Everything that a user can run, one grant for each assignment and entry.
    pub(crate) fn grants_of(&self, user: usize, bound: Bound) -> Vec<Grant> {
        let groups = self.groups_of(user, bound);
        let mut grants = Vec::new();
        for (number, assignment) in self.assignments.iter().enumerate() {
            let distance = match assignment.assignee {
                Assignee::User(assignee) => (assignee == user).then_some(0),
                Assignee::Group(group) => groups.get(&group).copied(),
                Assignee::Policy(policy) => (self.policy_of(user) == Some(policy)).then_some(0),
            };
            let Some(distance) = distance else { continue };
            if assignment.delegating || !assignment.enabled {
                continue;
            }
            grants.extend(self.roles[assignment.role].entries.iter().map(|entry| Grant {
                assignment: number,
                cmdlet: entry.cmdlet,
                parameters: entry.parameters.clone(),
                scopes: assignment.scopes,
                own_scopes: self.roles[assignment.role].scopes,
                by_policy: matches!(assignment.assignee, Assignee::Policy(_)),
                distance,
            }));
        }
        grants
    }

    /// Whether something that is not certain holds the cmdlet.
    pub(crate) fn is_doubtful(&self, user: usize, cmdlet: usize) -> bool {
        let count = |bound| self.grants_of(user, bound).iter().filter(|grant| grant.cmdlet == cmdlet).count();
        count(Bound::Lower) != count(Bound::Upper)
    }

    /// The answers that are right.
    pub(crate) fn right_answers(&self, user: usize, asked: &Asked) -> Vec<Said> {
        self.right_answers_where(user, asked, &|_, _| false)
    }

    /// The answers that are right, where some grants have scopes that share nobody.
    pub(crate) fn right_answers_where(&self, user: usize, asked: &Asked, apart: Apart<'_>) -> Vec<Said> {
        let [lower, upper] = [Bound::Lower, Bound::Upper].map(|bound| self.answer_where(user, asked, bound, apart));
        right_answers(lower, upper, self.is_doubtful(user, asked.cmdlet))
    }

    /// The answer, were `bound` the truth.
    pub(crate) fn answer(&self, user: usize, asked: &Asked, bound: Bound) -> Said {
        self.answer_where(user, asked, bound, &|_, _| false)
    }

    fn answer_where(&self, user: usize, asked: &Asked, bound: Bound, apart: Apart<'_>) -> Said {
        let grants = self.grants_of(user, bound);
        let usable: Vec<&Grant> = grants
            .iter()
            .filter(|grant| grant.cmdlet == asked.cmdlet && satisfies(grant, asked.far == Far::OwnMailbox))
            .collect();
        let wanted = |names: &[&'static str]| -> Vec<&'static str> {
            names.iter().copied().filter(|name| *name != COMMON).collect()
        };
        let all = wanted(&asked.all);
        // A common parameter belongs to every cmdlet.
        let any = if asked.any.contains(&COMMON) { Vec::new() } else { asked.any.clone() };
        let has_any = |grant: &&&Grant| any.is_empty() || any.iter().any(|name| grant.parameters.contains(name));
        let has_all = |grant: &&&Grant| all.iter().all(|name| grant.parameters.contains(name));
        let whole: Vec<&Grant> = usable.iter().filter(|grant| has_all(grant) && has_any(grant)).copied().collect();
        let far: Vec<&Grant> = usable.iter().copied().filter(|grant| reaches_everything(grant)).collect();
        let is_narrow =
            |grants: &[&Grant]| asked.far == Far::Organization && !grants.iter().any(|grant| reaches_everything(grant));
        if usable.is_empty() {
            Said::MissingCmdlet
        } else if !whole.is_empty() {
            if is_narrow(&whole) { Said::Narrow } else { Said::Granted }
        } else if any.is_empty() && is_merged(&usable, &all, &[], apart) {
            let is_far = asked.far != Far::Organization || is_merged(&far, &all, &[], apart);
            if is_far { Said::Merged } else { Said::Narrow }
        } else {
            Said::MissingParameter
        }
    }
}

/// Whether the scopes of two grants share nobody.
pub(crate) type Apart<'a> = &'a dyn Fn(&Grant, &Grant) -> bool;

/// Whether grants can be chosen that have these parameters and share something to work on with those chosen before.
fn is_merged(usable: &[&Grant], wanted: &[&'static str], chosen: &[&Grant], apart: Apart<'_>) -> bool {
    let Some((first, rest)) = wanted.split_first() else { return true };
    usable.iter().filter(|grant| grant.parameters.contains(first)).any(|grant| {
        let with = [chosen, &[*grant]].concat();
        let none = |side: usize| with.iter().any(|grant| sides(grant)[side] == "None");
        let is_kept_out = |one: &&Grant| is_shut_out(one, grant) || is_shut_out(grant, one) || apart(one, grant);
        let is_kept_out = writes_recipients(grant) && chosen.iter().any(is_kept_out);
        let works = CMDLETS[grant.cmdlet] == "Set-ADServerSettings" || (!none(0) || !none(1)) && !is_kept_out;
        works && is_merged(usable, rest, &with, apart)
    })
}

/// Whether scopes of recipients bind a cmdlet: they do not bind what reads, nor what changes the session alone.
pub(crate) fn writes_recipients(grant: &Grant) -> bool {
    let name = CMDLETS[grant.cmdlet];
    name != "Set-ADServerSettings" && !["Get-", "Test-", "Search-", "Export-"].iter().any(|verb| name.starts_with(verb))
}

/// Whether one of two grants works only on what its exclusive scope keeps from the other: it can be written only by
/// assignments with an exclusive scope (Microsoft, "Understanding exclusive scopes").
fn is_shut_out(grant: &Grant, exclusive: &Grant) -> bool {
    let is_bound = ["Organization", "OU", "CustomRecipientScope"].contains(&grant.scopes[1]);
    exclusive.scopes[1] == "ExclusiveRecipientScope" && is_bound && !grant.by_policy
}

/// The scopes of recipients and of configuration that count for the cmdlet of a grant.
fn sides(grant: &Grant) -> [&'static str; 2] {
    sides_of(grant.scopes, CMDLETS[grant.cmdlet])
}

fn sides_of(scopes: Scopes, cmdlet: &str) -> [&'static str; 2] {
    let reads = ["Get-", "Test-", "Search-", "Export-"].iter().any(|verb| cmdlet.starts_with(verb));
    if reads { [scopes[0], scopes[2]] } else { [scopes[1], scopes[3]] }
}

/// Whether a grant meets a requirement at all, parameters aside.
fn satisfies(grant: &Grant, own_mailbox: bool) -> bool {
    let cmdlet = CMDLETS[grant.cmdlet];
    let [recipient, config] = sides(grant);
    let own = ["Self", "MyGAL", "MyDistributionGroups", "MailboxICanDelegate"].contains(&recipient);
    if grant.by_policy || own {
        return own_mailbox;
    }
    cmdlet == "Set-ADServerSettings" || recipient != "None" || config != "None"
}

/// Whether a grant works on the whole organization: no scope of its own, and no side missing that the role itself has. A
/// role that writes no configuration is none the narrower for it.
fn reaches_everything(grant: &Grant) -> bool {
    let own = sides_of(grant.own_scopes, CMDLETS[grant.cmdlet]);
    let by_nature = |side: usize| own[side] == "None" && own[1 - side] != "None";
    let is_narrow = |(side, scope): (usize, &&str)| match *scope {
        "CustomRecipientScope" | "OU" => true,
        "None" => !by_nature(side),
        _ => false,
    };
    CMDLETS[grant.cmdlet] == "Set-ADServerSettings" || !sides(grant).iter().enumerate().any(is_narrow)
}

/// The answers that are right where the truth lies between two organizations; `doubtful` where something unknown holds
/// the cmdlet at all, with whatever parameters and scopes.
pub(crate) fn right_answers(lower: Said, upper: Said, doubtful: bool) -> Vec<Said> {
    let mut right = match (lower, upper) {
        (Said::MissingCmdlet | Said::MissingParameter, Said::Granted | Said::Merged) => return vec![Said::Unknown],
        (Said::Narrow, Said::Granted | Said::Merged) => return vec![Said::Unknown],
        // Not enough either way.
        (Said::MissingCmdlet | Said::MissingParameter, Said::Narrow) => vec![lower, Said::Unknown],
        // Which miss is nearer, and whether one tuple alone would do, may be said or left open.
        (Said::MissingCmdlet, Said::MissingParameter) => vec![Said::MissingCmdlet, Said::MissingParameter],
        (lower, _) => vec![lower],
    };
    if doubtful && lower != Said::Granted {
        right.push(Said::Unknown);
        right.extend(missing_either_way(&right));
    }
    right
}

/// What may be said besides where it is open which of the two misses it is.
pub(crate) fn missing_either_way(right: &[Said]) -> Option<Said> {
    right.iter().any(|said| matches!(said, Said::MissingCmdlet | Said::MissingParameter)).then_some(Said::Missing)
}
