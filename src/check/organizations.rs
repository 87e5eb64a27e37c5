//! What several organizations say together, and how a report tells whose a finding is.

use std::collections::{BTreeMap, BTreeSet};

use super::Judged;
use crate::diagnostic::{Diagnostic, RuleId};
use crate::policy::{Policy, mistake};
use crate::rules::judging::holders::UNKNOWN_ROLE;
use crate::rules::judging::members::UNKNOWN_GROUP;
use crate::rules::judging::require::UNKNOWN_ACCOUNT;

/// What is said of the policy's own words: that they name nothing that an organization has.
const OF_WORDS: &[RuleId] = &[
    UNKNOWN_ACCOUNT,
    UNKNOWN_GROUP,
    UNKNOWN_ROLE,
    mistake::UNMATCHED_WILDCARD,
    mistake::UNKNOWN_CMDLET,
    mistake::UNKNOWN_PARAMETER,
    mistake::FOREIGN_CMDLET,
];

/// Takes out what organizations say of words that speak of several, and returns what all of these say. One that is not
/// judged says nothing.
pub(super) fn agreed(policy: &Policy, judged: &mut [Judged]) -> Vec<Diagnostic> {
    if !policy.has_several() {
        return Vec::new();
    }
    let mut said: BTreeMap<_, (Diagnostic, BTreeSet<Option<String>>, usize)> = BTreeMap::new();
    for one in judged {
        let (of_words, own) = std::mem::take(&mut one.diagnostics)
            .into_iter()
            .map(|it| (if OF_WORDS.contains(&it.rule) { policy.spoken_of_at(it.labels[0].span).len() } else { 1 }, it))
            .partition::<Vec<_>, _>(|(count, _)| *count > 1);
        one.diagnostics.extend(own.into_iter().map(|(_, diagnostic)| diagnostic));
        for (count, diagnostic) in of_words {
            let subject = &diagnostic.subject;
            let about = (subject.account.clone(), subject.cmdlet.clone(), subject.parameters.clone());
            let key = (diagnostic.labels[0].span, diagnostic.rule, about);
            said.entry(key).or_insert((diagnostic, BTreeSet::new(), count)).1.insert(one.name.clone());
        }
    }
    let all_say_it = said.into_values().filter(|(_, sayers, count)| sayers.len() == *count);
    all_say_it
        .map(|(mut diagnostic, ..)| {
            diagnostic.subject.organization = None;
            diagnostic
        })
        .collect()
}

/// Says of each finding, note and kind of export in which organization it is.
pub(super) fn name(judged: &mut Judged) {
    let Some(name) = &judged.name else { return };
    judged.diagnostics.iter_mut().for_each(|diagnostic| diagnostic.subject.among_several = true);
    judged.notes.iter_mut().for_each(|note| *note = format!("in `{name}`, {note}"));
    judged.coverage.iter_mut().for_each(|kind| kind.organization = Some(name.clone()));
}
