//! Questions that some accounts were found to be granted: whoever holds the same need not be asked again, however many
//! requirements ask.

use std::collections::BTreeMap;

use crate::accounts::Alike;
use crate::graph::SetId;

/// What tells one question from another: the cmdlet, the parameters of which all are needed, those of which one is,
/// and whether the own mailbox is enough.
pub(super) type Key<'r> = (String, &'r [String], &'r [String], bool);

/// The questions that were asked, each with the sets of rights that grant it.
#[derive(Debug, Default)]
pub(super) struct Settled<'r> {
    numbers: BTreeMap<Key<'r>, usize>,
    /// For each question a bit for each set.
    granted: Vec<Vec<u64>>,
}

impl<'r> Settled<'r> {
    /// The number of a question.
    pub(super) fn number(&mut self, key: Key<'r>) -> usize {
        let number = *self.numbers.entry(key).or_insert(self.granted.len());
        if number == self.granted.len() {
            self.granted.push(Vec::new());
        }
        number
    }

    /// Whether accounts of this kind are known to be granted what a question asks.
    pub(super) fn is_granted(&self, number: usize, alike: Alike) -> bool {
        let Alike::Exported(set) = alike else { return false };
        let (word, bit) = place(set);
        self.granted[number].get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// Notes that they are.
    pub(super) fn grant(&mut self, number: usize, alike: Alike) {
        let Alike::Exported(set) = alike else { return };
        let (word, bit) = place(set);
        let bits = &mut self.granted[number];
        if bits.len() <= word {
            bits.resize(word + 1, 0);
        }
        bits[word] |= bit;
    }
}

fn place(set: SetId) -> (usize, u64) {
    (set.index() / 64, 1 << (set.index() % 64))
}
