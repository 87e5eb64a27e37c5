//! Parameters that only several entries have together: on what all of these entries work at once.
//!
//! Source: "the management role entries from each management role are aggregated" (OfficeDocs-Exchange) says nothing of
//! scopes that differ; what every entry involved works on is what none of them forbids.

use std::collections::BTreeSet;

use crate::inventory::{Stated, Text};
use crate::name::{Symbol, same};
use crate::scope::{Known, Reach, is_session, reads, root_contains, written};

use super::Graph;
use super::grants::EntryGrant;
use super::rights::{Held, Rights};

/// How many choices of entries are tried before the scopes are taken to share something.
const TRIES_MAX: u32 = 20_000;

/// Entries that have all parameters together.
#[derive(Clone, Debug)]
pub(super) struct Merge<'i> {
    /// Those that take part, in the order in which they were given; none where no choice of them shares anything.
    pub(super) parts: Vec<EntryGrant<'i>>,
    /// Whether they work together on less than the organization.
    pub(super) narrow: bool,
    /// Those of them of which no column shows on what they work.
    pub(super) unseen: Vec<EntryGrant<'i>>,
    /// Whether they surely share something; else they do unless what no column shows keeps them apart.
    pub(super) sure: bool,
}

/// Entries that work on the same, and the parameters that they have.
struct Class<'h> {
    held: &'h Held,
    parameters: BTreeSet<Symbol>,
    organization: bool,
    unseen: bool,
    members: Vec<usize>,
}

/// What tells the scopes of two paths apart; where no column shows them, the assignment.
type ScopeKey<'s> = ([Option<&'s str>; 4], [Option<Text>; 2], Option<Text>, bool, bool, Option<usize>);

impl<'i> Graph<'i> {
    /// On what entries work together that have the parameters only together; `None` where they lack one.
    pub(super) fn merge(
        &self,
        rights: &Rights,
        parts: &[(EntryGrant<'i>, Reach)],
        cmdlet: &str,
        wanted: &[Option<Symbol>],
    ) -> Option<Merge<'i>> {
        let symbols: Option<BTreeSet<Symbol>> = wanted.iter().copied().collect();
        let symbols: Vec<Symbol> = symbols?.into_iter().collect();
        let mut keys: Vec<ScopeKey<'_>> = Vec::new();
        let mut classes: Vec<Class<'_>> = Vec::new();
        for (index, (grant, reach)) in parts.iter().enumerate() {
            let held = &rights.held[grant.held];
            let unseen = *reach == Reach::Somewhere;
            let key = self.scope_key(held, held.assignment.filter(|_| unseen));
            let class = keys.iter().position(|known| *known == key).unwrap_or_else(|| {
                keys.push(key);
                let organization = *reach == Reach::Organization;
                classes.push(Class { held, parameters: BTreeSet::new(), organization, unseen, members: Vec::new() });
                classes.len() - 1
            });
            classes[class].parameters.extend(grant.parameters.iter().copied());
            classes[class].members.push(index);
        }
        let has = |name: &Symbol| classes.iter().any(|class| class.parameters.contains(name));
        if parts.is_empty() || !symbols.iter().all(has) {
            return None;
        }
        let whole = |name: &Symbol| classes.iter().any(|class| class.organization && class.parameters.contains(name));
        let apart: Vec<Vec<bool>> = classes
            .iter()
            .map(|left| classes.iter().map(|right| self.work_apart(left.held, right.held, cmdlet)).collect())
            .collect();
        let takes = |apart: &[Vec<bool>], index: usize| {
            let mut tries = TRIES_MAX;
            shares(&classes, apart, &symbols, &mut vec![index], &mut tries)
        };
        let mut taking: Vec<usize> = (0..classes.len()).filter(|index| takes(&apart, *index)).collect();
        // What no column shows may keep a path apart from all but those that reach the organization.
        let may_be_apart = |left: usize, right: usize| {
            let (one, other) = (&classes[left], &classes[right]);
            apart[left][right]
                || left != right && (one.unseen || other.unseen) && !one.organization && !other.organization
        };
        let perhaps: Vec<Vec<bool>> = (0..classes.len())
            .map(|left| (0..classes.len()).map(|right| may_be_apart(left, right)).collect())
            .collect();
        let sure =
            !taking.iter().any(|index| classes[*index].unseen) || taking.iter().any(|index| takes(&perhaps, *index));
        let of = |taking: &[usize]| {
            let mut members: Vec<usize> = taking.iter().flat_map(|index| &classes[*index].members).copied().collect();
            members.sort_unstable();
            members.into_iter().map(|index| parts[index].0.clone()).collect()
        };
        let all = of(&taking);
        taking.retain(|index| classes[*index].unseen);
        let is_far = symbols.iter().all(whole);
        let unseen: Vec<EntryGrant<'i>> = if is_far { Vec::new() } else { of(&taking) };
        Some(Merge { parts: all, narrow: !is_far && unseen.is_empty(), unseen, sure })
    }

    fn scope_key(&self, held: &Held, alone: Option<usize>) -> ScopeKey<'_> {
        let scopes = self.scopes(held);
        let words = [scopes.recipient_read, scopes.recipient_write, scopes.config_read, scopes.config_write];
        let assignment = self.assignment(held);
        let custom = assignment.map_or([None; 2], |assignment| assignment.custom);
        let resource = assignment.and_then(|assignment| assignment.resource);
        (words, custom, resource, held.policy.is_some(), self.is_application(held), alone)
    }

    /// Whether two paths certainly share nothing that a cmdlet could work on.
    fn work_apart(&self, left: &Held, right: &Held, cmdlet: &str) -> bool {
        if is_session(cmdlet) {
            return false;
        }
        let (one, other) = (self.scopes(left), self.scopes(right));
        let side = |read, write| if reads(cmdlet) { read } else { write };
        let none = |word: Option<&str>| word.is_some_and(|word| same(word, "None") || same(word, "NotApplicable"));
        let recipients = [&one, &other].map(|scopes| side(scopes.recipient_read, scopes.recipient_write));
        let configuration = [&one, &other].map(|scopes| side(scopes.config_read, scopes.config_write));
        if recipients.into_iter().any(none) && configuration.into_iter().any(none) {
            return true;
        }
        if reads(cmdlet) || written(cmdlet).recipients == Known::No {
            return false;
        }
        self.is_one_shut_out(left, right) || self.are_scopes_apart(left, right)
    }

    /// Whether one of two paths works only on what an exclusive scope keeps from the other.
    fn is_one_shut_out(&self, left: &Held, right: &Held) -> bool {
        // Whether exclusive scopes bind end-user roles on the own mailbox is not documented, and applications they do not.
        let own = |held: &Held| {
            let own =
                |word: &str| ["Organization", "OU", "CustomRecipientScope"].iter().all(|known| !same(known, word));
            held.policy.is_some() || self.scopes(held).recipient_write.is_none_or(own)
        };
        let free = |held: &Held| !self.is_exclusive(held) && !self.is_application(held) && !own(held);
        let bound = |held: &Held| self.is_exclusive(held) && !self.is_application(held);
        // Without the scopes, the name of an exclusive one may stand where the word says no more than `custom`.
        let known = |held: &Held| {
            let custom = self.assignment(held).and_then(|assignment| assignment.custom[0]);
            let is_unit = self.scopes(held).recipient_write.is_some_and(|word| same(word, "OU"));
            custom.is_none()
                || is_unit
                || self
                    .scope_named(custom)
                    .is_some_and(|index| self.inventory.scopes[index].exclusive == Stated::Is(self.is_exclusive(held)))
        };
        let shut = |one: &Held, other: &Held| bound(one) && free(other) && known(other);
        shut(left, right) || shut(right, left)
    }

    /// Whether the custom scopes or units of two paths share no recipient.
    fn are_scopes_apart(&self, left: &Held, right: &Held) -> bool {
        let (Some(left), Some(right)) = (self.extent(left), self.extent(right)) else { return false };
        if let (Some(one), Some(other)) = (left.0, right.0) {
            let contains = |root, below| root_contains(root, below) == Known::No;
            if contains(one, other) && contains(other, one) {
                return true;
            }
        }
        let filter = |index: Option<usize>| index.and_then(|index| self.scope_filter(index));
        match (filter(left.1), filter(right.1)) {
            (Some(one), Some(other)) => one.overlaps(other) == Known::No,
            _ => false,
        }
    }

    /// The unit and the scope to which a path is bound; `None` where it is bound to neither, or nothing says to which.
    fn extent(&self, held: &Held) -> Option<(Option<&str>, Option<usize>)> {
        let word = self.scopes(held).recipient_write?;
        let custom = self.assignment(held)?.custom[0]?;
        if same(word, "OU") {
            let unit = Some(custom).filter(|unit| unit.form == crate::inventory::Form::Whole)?;
            return Some((Some(self.inventory.show(unit.symbol)), None));
        }
        if !same(word, "CustomRecipientScope") && !same(word, "ExclusiveRecipientScope") {
            return None;
        }
        let index = self.scope_named(Some(custom))?;
        Some((self.scope_root(index), Some(index)))
    }

    /// On what a path works, in a few words.
    #[must_use]
    pub fn scope_words(&self, held: &Held, cmdlet: &str) -> String {
        let scopes = self.scopes(held);
        let (recipients, configuration) = if reads(cmdlet) {
            (scopes.recipient_read, scopes.config_read)
        } else {
            (scopes.recipient_write, scopes.config_write)
        };
        if self.unseen_column(held, cmdlet).is_some() {
            return "on a scope that no column shows".to_owned();
        }
        let custom = self.assignment(held).map_or([None; 2], |assignment| assignment.custom);
        let named = |word: Option<&str>, name: Option<Text>| {
            let name = name.filter(|_| !reads(cmdlet)).map(|name| self.inventory.show(name.symbol));
            name.or(word).unwrap_or("?").to_owned()
        };
        let (recipients, configuration) = (named(recipients, custom[0]), named(configuration, custom[1]));
        format!("on recipients `{recipients}`, configuration `{configuration}`")
    }
}

/// Whether every parameter is held by one of some classes that all work on something in common with those chosen.
fn shares(
    classes: &[Class<'_>],
    apart: &[Vec<bool>],
    wanted: &[Symbol],
    chosen: &mut Vec<usize>,
    tries: &mut u32,
) -> bool {
    let held = |name: &&Symbol| !chosen.iter().any(|class| classes[*class].parameters.contains(name));
    let Some(missing) = wanted.iter().find(held) else { return true };
    for (index, class) in classes.iter().enumerate() {
        let fits = class.parameters.contains(missing) && !chosen.iter().any(|other| apart[index][*other]);
        if !fits {
            continue;
        }
        if *tries == 0 {
            return true;
        }
        *tries -= 1;
        chosen.push(index);
        if shares(classes, apart, wanted, chosen, tries) {
            return true;
        }
        chosen.pop();
    }
    false
}
