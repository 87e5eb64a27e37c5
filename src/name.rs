//! Names, interned without regard to case: `Symbol` and `Names`.
//!
//! Exchange compares names without case; so does everything here. The first spelling is the one that is shown.

use std::hash::{BuildHasher as _, Hasher as _};

use foldhash::fast::FixedState;
use hashbrown::HashTable;

/// A name within one `Names`. Two spellings that differ in case alone are one symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(pub u32);

/// The seed of every hash here. Fixed, so that runs do not differ; no table is ever iterated.
const SEED: u64 = 0x726f_6c65;

/// The hash of bytes as they are.
#[must_use]
pub fn hash(bytes: &[u8]) -> u64 {
    FixedState::with_seed(SEED).hash_one(bytes)
}

/// Text without case, as names are compared.
///
/// Lower-cased scalar by scalar, as `OrdinalIgnoreCase` nearly does; a final sigma is a sigma.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.chars().flat_map(char::to_lowercase).collect() }
}

/// Whether two names are one, case aside.
#[must_use]
pub fn same(left: &str, right: &str) -> bool {
    // Most names that are compared differ in their first letter; a letter beyond ASCII may still fold to one within.
    if let (Some(left), Some(right)) = (left.bytes().next(), right.bytes().next())
        && left.is_ascii()
        && right.is_ascii()
        && !left.eq_ignore_ascii_case(&right)
    {
        return false;
    }
    if left.is_ascii() && right.is_ascii() {
        left.eq_ignore_ascii_case(right)
    } else {
        left.chars().flat_map(char::to_lowercase).eq(right.chars().flat_map(char::to_lowercase))
    }
}

/// Interned names.
///
/// One look at one table finds a name in whatever spelling, and growing hashes nothing again.
#[derive(Clone, Debug, Default)]
pub struct Names {
    text: String,
    ends: Vec<usize>,
    /// The hash of each name without its case.
    hashes: Vec<u32>,
    table: HashTable<Symbol>,
}

impl Names {
    /// The symbol of a name, which is new where nothing of that name was seen.
    pub fn intern(&mut self, name: &str) -> Symbol {
        self.intern_hashed(name, folded_hash(name))
    }

    /// The symbols of all names of others, in their order.
    pub fn absorb(&mut self, others: &Self) -> Vec<Symbol> {
        (0..).zip(&others.hashes).map(|(index, hash)| self.intern_hashed(others.show(Symbol(index)), *hash)).collect()
    }

    fn intern_hashed(&mut self, name: &str, hash: u32) -> Symbol {
        if let Some(symbol) = self.find(name, hash) {
            return symbol;
        }
        let symbol = Symbol(u32::try_from(self.ends.len()).expect("fewer names than bytes of text"));
        self.text.push_str(name);
        self.ends.push(self.text.len());
        self.hashes.push(hash);
        let hashes = &self.hashes;
        self.table.insert_unique(spread(hash), symbol, |known| spread(hashes[known.0 as usize]));
        symbol
    }

    /// The symbol of a name that was seen.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Symbol> {
        self.find(name, folded_hash(name))
    }

    fn find(&self, name: &str, hash: u32) -> Option<Symbol> {
        let is_it = |symbol: &Symbol| {
            let known = self.show(*symbol);
            known == name || self.hashes[symbol.0 as usize] == hash && same(known, name)
        };
        self.table.find(spread(hash), is_it).copied()
    }

    /// The first spelling of a name.
    #[must_use]
    pub fn show(&self, symbol: Symbol) -> &str {
        let index = symbol.0 as usize;
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.text[start..self.ends[index]]
    }

    /// How many names there are; symbols are the numbers below it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether no name was seen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

/// A hash that is the same for every spelling of a name.
fn folded_hash(name: &str) -> u32 {
    if name.is_ascii() { caseless_hash(name.as_bytes()) } else { caseless_hash(fold(name).as_bytes()) }
}

/// A hash of eight bytes at a time, each without the bit in which the cases of ASCII letters differ.
fn caseless_hash(bytes: &[u8]) -> u32 {
    const CASE: u64 = 0x2020_2020_2020_2020;
    let mut hasher = FixedState::with_seed(SEED).build_hasher();
    let (words, rest) = bytes.as_chunks();
    for word in words {
        hasher.write_u64(u64::from_le_bytes(*word) | CASE);
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    hasher.write_u64(u64::from_le_bytes(last) | CASE);
    hasher.write_u64(bytes.len() as u64);
    (hasher.finish() >> 32) as u32
}

/// The table looks at the highest and the lowest bits of a hash.
const fn spread(hash: u32) -> u64 {
    (hash as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_matter_and_the_first_spelling_is_shown() {
        let mut names = Names::default();
        let first = names.intern("Get-CASMailbox");
        assert_eq!(names.intern("get-casmailbox"), first);
        assert_eq!(names.intern("GET-CASMAILBOX"), first);
        assert_eq!(names.intern("get-casmailbox"), first);
        assert_eq!(names.show(first), "Get-CASMailbox");
        assert_eq!(names.get("GET-casMailbox"), Some(first));
        let zurich = names.intern("ZÜRICH");
        assert_eq!(names.intern("Zürich"), zurich);
        assert_ne!(first, zurich);
        assert_eq!(names.len(), 2);
    }

    #[test]
    fn names_are_the_same_where_their_folded_texts_are() {
        let names = ["", "a", "A", "b", "\u{212A}ey", "key", "KEY", "Zürich", "ZÜRICH", "zurich", "\u{130}x", "ix"];
        for left in names {
            for right in names {
                assert_eq!(same(left, right), fold(left) == fold(right), "{left} {right}");
            }
        }
    }

    #[test]
    fn many_names_keep_their_numbers() {
        let mut names = Names::default();
        let all: Vec<Symbol> = (0..5000).map(|number| names.intern(&format!("Name{number}"))).collect();
        for (number, symbol) in all.iter().enumerate() {
            assert_eq!(names.get(&format!("NAME{number}")), Some(*symbol));
            assert_eq!(names.show(*symbol), format!("Name{number}"));
        }
    }
}
