//! A set of small numbers, a bit each.

/// Some small numbers. Those that were never added take no room.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    /// Adds a number.
    pub(super) fn insert(&mut self, number: usize) {
        let word = number / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (number % 64);
    }

    /// Whether a number is among them.
    #[must_use]
    pub(super) fn has(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    /// Adds all of others.
    pub(super) fn add(&mut self, others: &Self) {
        self.0.resize(self.0.len().max(others.0.len()), 0);
        self.0.iter_mut().zip(&others.0).for_each(|(word, other)| *word |= other);
    }

    /// Takes all of others out.
    pub(super) fn remove(&mut self, others: &Self) {
        self.0.iter_mut().zip(&others.0).for_each(|(word, other)| *word &= !other);
    }

    /// How many there are.
    #[must_use]
    pub(super) fn count(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// How many are among others, too.
    #[must_use]
    pub(super) fn shared(&self, others: &Self) -> u32 {
        self.0.iter().zip(&others.0).map(|(word, other)| (word & other).count_ones()).sum()
    }

    /// How many are not among others.
    #[must_use]
    pub(super) fn beyond(&self, others: &Self) -> u32 {
        let rest = self.0.get(others.0.len()..).unwrap_or_default();
        let beside: u32 = self.0.iter().zip(&others.0).map(|(word, other)| (word & !other).count_ones()).sum();
        beside + rest.iter().map(|word| word.count_ones()).sum::<u32>()
    }

    /// Whether all of them are among others.
    #[must_use]
    pub(super) fn is_within(&self, others: &Self) -> bool {
        let rest = self.0.get(others.0.len()..).unwrap_or_default();
        self.0.iter().zip(&others.0).all(|(word, other)| word & !other == 0) && rest.iter().all(|word| *word == 0)
    }

    /// Whether they are the same.
    #[must_use]
    pub(super) fn same(&self, others: &Self) -> bool {
        self.is_within(others) && others.is_within(self)
    }

    /// The numbers, from the smallest on.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        let of_word = |(word, bits): (usize, &u64)| {
            let mut left = *bits;
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros() as usize;
                left &= left.checked_sub(1)?;
                Some(word * 64 + bit)
            })
        };
        self.0.iter().enumerate().filter(|(_, bits)| **bits != 0).flat_map(of_word)
    }
}

impl FromIterator<usize> for Bits {
    fn from_iter<I: IntoIterator<Item = usize>>(numbers: I) -> Self {
        let mut bits = Self::default();
        numbers.into_iter().for_each(|number| bits.insert(number));
        bits
    }
}
