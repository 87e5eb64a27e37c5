//! Values by number: counted and put in their places, for the numbers are small and the values many.

use crate::source::to_u32;

/// Values, grouped by the numbers they belong to.
#[derive(Clone, Debug)]
pub(crate) struct Grouped<T> {
    /// For each number, where its values end.
    ends: Vec<u32>,
    values: Vec<T>,
}

impl<T> Default for Grouped<T> {
    fn default() -> Self {
        Self { ends: Vec::new(), values: Vec::new() }
    }
}

impl<T: Copy> Grouped<T> {
    /// Groups values by their numbers, which are below `count`; values of one number keep their order. The pairs are
    /// walked twice.
    pub(crate) fn of<I: Iterator<Item = (u32, T)>>(count: usize, pairs: impl Fn() -> I) -> Self {
        let mut ends = vec![0_u32; count + 1];
        pairs().for_each(|(number, _)| ends[number as usize + 1] += 1);
        for number in 0..count {
            ends[number + 1] += ends[number];
        }
        // Any value fills the places before each has its own.
        let any = pairs().next().map(|(_, value)| value);
        let mut values: Vec<T> = any.map_or_else(Vec::new, |any| vec![any; ends[count] as usize]);
        pairs().for_each(|(number, value)| {
            let next = &mut ends[number as usize];
            values[*next as usize] = value;
            *next += 1;
        });
        ends.truncate(count);
        Self { ends, values }
    }

    /// The values of a number.
    pub(crate) fn get(&self, number: u32) -> &[T] {
        let number = number as usize;
        let Some(&end) = self.ends.get(number) else { return &[] };
        &self.values[self.start(number)..end as usize]
    }

    /// All values, in the order of their numbers.
    pub(crate) fn values(&self) -> impl Iterator<Item = &T> {
        self.values.iter()
    }

    /// The numbers that have values.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        (0..to_u32(self.ends.len())).filter(|number| !self.get(*number).is_empty())
    }

    fn start(&self, number: usize) -> usize {
        number.checked_sub(1).map_or(0, |before| self.ends[before] as usize)
    }

    /// Replaces every value, and sorts those of each number, each once.
    pub(crate) fn map<U: Copy + Ord>(self, change: impl Fn(T) -> U) -> Grouped<U> {
        let mut ends = self.ends;
        let mut values: Vec<U> = self.values.into_iter().map(change).collect();
        let (mut start, mut kept) = (0, 0);
        for end in &mut ends {
            let (first, places) = (kept, start..*end as usize);
            start = places.end;
            values[places.clone()].sort_unstable();
            for place in places {
                if kept == first || values[kept - 1] != values[place] {
                    values[kept] = values[place];
                    kept += 1;
                }
            }
            *end = to_u32(kept);
        }
        values.truncate(kept);
        Grouped { ends, values }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_with_their_numbers_in_order() {
        let pairs = [(3, 'c'), (0, 'z'), (3, 'a'), (0, 'z'), (1, 'x'), (3, 'c')];
        let grouped = Grouped::of(5, || pairs.iter().copied());
        let all = |grouped: &Grouped<char>| -> Vec<String> {
            (0..6).map(|number| grouped.get(number).iter().collect()).collect()
        };
        assert_eq!(all(&grouped), ["zz", "x", "", "cac", "", ""]);
        assert_eq!(grouped.numbers().collect::<Vec<_>>(), [0, 1, 3]);
        assert_eq!(all(&grouped.map(|value| value)), ["z", "x", "", "ac", "", ""]);
    }
}
