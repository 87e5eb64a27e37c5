//! `Lists`: what belongs to each of many numbered things, in one piece.

/// A list for each number from nought on. One allocation holds all: most of thousands of accounts have a short one.
#[derive(Debug)]
pub(super) struct Lists<T> {
    /// Where the list of each number ends.
    ends: Vec<u32>,
    items: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { ends: Vec::new(), items: Vec::new() }
    }
}

impl<T: Copy> Lists<T> {
    /// Puts each item into the list of its number, which is below `count`; lists keep the order of the items.
    pub(super) fn of(count: usize, pairs: &[(u32, T)]) -> Self {
        let Some(&(_, any)) = pairs.first() else { return Self::default() };
        let mut ends = vec![0_u32; count];
        for (number, _) in pairs {
            ends[*number as usize] += 1;
        }
        let mut start = 0;
        for end in &mut ends {
            start += std::mem::replace(end, start);
        }
        let mut items = vec![any; pairs.len()];
        for (number, item) in pairs {
            let place = &mut ends[*number as usize];
            items[*place as usize] = *item;
            *place += 1;
        }
        Self { ends, items }
    }

    /// The list of a number.
    pub(super) fn get(&self, number: u32) -> &[T] {
        let number = number as usize;
        let Some(&end) = self.ends.get(number) else { return &[] };
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        &self.items[start as usize..end as usize]
    }

    /// The numbers that have something.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        (0..)
            .zip(&self.ends)
            .scan(0, |start, (number, &end)| {
                let has_some = end > std::mem::replace(start, end);
                Some(has_some.then_some(number))
            })
            .flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_list_keeps_the_order_of_its_items() {
        let lists = Lists::of(5, &[(3, 'a'), (1, 'b'), (3, 'c'), (4, 'd'), (1, 'e')]);
        let all: Vec<String> = (0..6).map(|number| lists.get(number).iter().collect()).collect();
        assert_eq!(all, ["", "be", "", "ac", "d", ""]);
        assert_eq!(lists.numbers().collect::<Vec<_>>(), [1, 3, 4]);
        assert!(Lists::<char>::of(5, &[]).numbers().next().is_none());
    }
}
