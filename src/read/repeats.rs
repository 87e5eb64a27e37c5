//! What records repeat: most role entries of an export stood in another role before, word for word.
//!
//! A reader that has come to the second half of an entry, behind its name, asks whether that half stands here as it
//! stood behind the same name before. Nothing is decided by that: the same bytes read from the same state are the same
//! fields. So the reader itself comes first, and learns what it has read.

use crate::name::hash;

/// How many halves of one name are kept; names that share a place share them.
const HALVES_MAX: usize = 8;

/// How many places there are. With all of them full, the kept halves take a megabyte.
const PLACES: usize = 1 << 12;

/// So many records decide whether asking pays.
const TRIAL_RECORDS: u32 = 1 << 12;

/// A short table is read before anything in it repeats.
const SHORT_RECORDS: u32 = 1 << 6;

/// The second halves of the entries read so far.
#[derive(Debug)]
pub(super) struct Repeats<'t> {
    halves: Vec<Half<'t>>,
    /// The numbers of the halves, by the hash of their names.
    places: Vec<Place>,
    asked: u32,
    found: u32,
    /// The number that records with the first half share.
    first: u32,
}

/// What stood behind a name.
#[derive(Clone, Copy, Debug)]
struct Half<'t> {
    name: &'t str,
    text: &'t str,
}

/// The halves of some names, the first `count` of them.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    numbers: [u32; HALVES_MAX],
    count: u8,
}

impl<'t> Repeats<'t> {
    /// Nothing is known yet. `first` is a number that no records of the file share.
    pub(super) fn new(first: u32) -> Self {
        Self { halves: Vec::new(), places: Vec::new(), asked: 0, found: 0, first }
    }

    /// The number that the records with a half share in their file.
    pub(super) fn shared(&self, number: usize) -> u32 {
        self.first + crate::source::to_u32(number)
    }

    /// The number and the text of the half that stood behind this name before and with which `rest` starts.
    pub(super) fn find(&mut self, name: &str, rest: &str) -> Option<(usize, &'t str)> {
        // Where few repeat, looking for them costs more than it saves.
        if self.asked >= TRIAL_RECORDS && self.found < self.asked / 4 {
            return None;
        }
        self.asked += 1;
        let place = self.places.get(place_of(name))?;
        let numbers = place.numbers[..usize::from(place.count)].iter().map(|number| *number as usize);
        let fits = |half: &Half<'_>| rest.as_bytes().starts_with(half.text.as_bytes()) && half.name == name;
        let (number, half) = numbers.map(|number| (number, self.halves[number])).find(|(_, half)| fits(half))?;
        self.found += 1;
        Some((number, half.text))
    }

    /// Keeps what stands behind a name, and gives it the next number; `None` where no more is kept.
    pub(super) fn learn(&mut self, name: &'t str, text: &'t str) -> Option<usize> {
        if self.places.is_empty() {
            if self.asked <= SHORT_RECORDS {
                return None;
            }
            self.places = vec![Place::default(); PLACES];
        }
        let place = &mut self.places[place_of(name)];
        let free = place.numbers.get_mut(usize::from(place.count))?;
        let number = self.halves.len();
        *free = crate::source::to_u32(number);
        place.count += 1;
        self.halves.push(Half { name, text });
        Some(number)
    }
}

fn place_of(name: &str) -> usize {
    hash(name.as_bytes()) as usize % PLACES
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is known behind a short table.
    fn repeats() -> Repeats<'static> {
        let mut repeats = Repeats::new(0);
        for _ in 0..SHORT_RECORDS {
            assert_eq!(repeats.find("Get-Mailbox", ""), None);
            assert_eq!(repeats.learn("Get-Mailbox", "x"), None);
        }
        repeats
    }

    #[test]
    fn a_half_is_known_behind_its_own_name_alone() {
        let mut repeats = repeats();
        assert_eq!(repeats.find("Get-Mailbox", "A;B,x"), None);
        assert_eq!(repeats.learn("Get-Mailbox", "A;B,"), Some(0));
        assert_eq!(repeats.learn("Get-User", "A,"), Some(1));
        assert_eq!(repeats.find("Get-Mailbox", "A;B,x"), Some((0, "A;B,")));
        assert_eq!(repeats.find("Get-User", "A,"), Some((1, "A,")));
        assert_eq!(repeats.find("Get-User", "A;B,x"), None);
        assert_eq!(repeats.find("get-mailbox", "A;B,x"), None);
    }

    #[test]
    fn what_never_repeats_is_neither_kept_nor_looked_for() {
        let texts: Vec<String> = (0..2 * TRIAL_RECORDS).map(|number| format!("P{number},")).collect();
        let mut repeats = Repeats::new(0);
        let kept = texts.iter().filter(|text| {
            assert_eq!(repeats.find("Get-Mailbox", text), None);
            repeats.learn("Get-Mailbox", text).is_some()
        });
        assert_eq!(kept.count(), HALVES_MAX);
        let first = &texts[SHORT_RECORDS as usize];
        assert_eq!(repeats.find("Get-Mailbox", first), None, "it is known, but nobody looks any more");
    }
}
