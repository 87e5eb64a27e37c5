//! `ByName`: values of names, found by the number of the name.

use super::Symbol;

/// A value for each of some names. Finding one is one look at a table, however many there are.
#[derive(Clone, Debug)]
pub struct ByName<V> {
    /// For each symbol one more than the place of its value; nought where it has none. What stands for no name, the
    /// greatest symbol, comes first.
    places: Vec<u32>,
    values: Vec<(Symbol, V)>,
}

impl<V> Default for ByName<V> {
    fn default() -> Self {
        Self { places: Vec::new(), values: Vec::new() }
    }
}

impl<V> ByName<V> {
    /// The value of a name.
    #[must_use]
    pub fn get(&self, name: Symbol) -> Option<&V> {
        let place = self.places.get(index(name))?.checked_sub(1)?;
        Some(&self.values[place as usize].1)
    }

    /// The value of a name, to change it.
    pub fn get_mut(&mut self, name: Symbol) -> Option<&mut V> {
        let place = self.places.get(index(name))?.checked_sub(1)?;
        Some(&mut self.values[place as usize].1)
    }

    /// Whether a name has a value.
    #[must_use]
    pub fn has(&self, name: Symbol) -> bool {
        self.places.get(index(name)).is_some_and(|place| *place > 0)
    }

    /// The value of a name, made where it has none.
    pub fn get_or_insert_with(&mut self, name: Symbol, make: impl FnOnce() -> V) -> &mut V {
        let index = index(name);
        if self.places.len() <= index {
            self.places.resize(index + 1, 0);
        }
        if self.places[index] == 0 {
            self.values.push((name, make()));
            self.places[index] = crate::source::to_u32(self.values.len());
        }
        &mut self.values[self.places[index] as usize - 1].1
    }

    /// The names, in the order of their numbers if they were sorted, else in that in which they came.
    pub fn names(&self) -> impl Iterator<Item = Symbol> + '_ {
        self.values.iter().map(|(name, _)| *name)
    }

    /// The values, in the same order.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.values.iter().map(|(_, value)| value)
    }

    /// The same, in the order of the numbers of the names.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.values.sort_unstable_by_key(|(name, _)| *name);
        for (place, (name, _)) in (1..).zip(&self.values) {
            self.places[index(*name)] = place;
        }
        self
    }
}

fn index(name: Symbol) -> usize {
    if name == Symbol::GREATEST { 0 } else { name.index() + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_their_names_before_and_after_sorting() {
        let none = Symbol::GREATEST;
        let mut all = ByName::default();
        for name in [Symbol::new(5), none, Symbol::new(2), Symbol::new(5)] {
            *all.get_or_insert_with(name, || 0) += name.number();
        }
        let asked = [Symbol::new(2), Symbol::new(3), Symbol::new(5), none];
        let found = |all: &ByName<u32>| asked.map(|name| all.get(name).copied());
        assert_eq!(found(&all), [Some(2), None, Some(10), Some(none.number())]);
        let all = all.sorted();
        assert_eq!(found(&all), [Some(2), None, Some(10), Some(none.number())]);
        assert_eq!(all.names().collect::<Vec<_>>(), [Symbol::new(2), Symbol::new(5), none]);
        assert!(all.has(none) && !all.has(Symbol::new(6)));
    }
}
