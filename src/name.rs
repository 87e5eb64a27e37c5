//! Names, interned without regard to case: `Symbol` and `Names`.
//!
//! Exchange compares names without case; so does everything here. The first spelling is the one that is shown.

mod by_name;
mod wildcard;

use std::hash::{BuildHasher as _, Hasher as _};
use std::num::NonZeroU32;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

pub use by_name::ByName;
pub use wildcard::Wildcard;

/// A name within one `Names`. Two spellings that differ in case alone are one symbol.
///
/// Four bytes, and no more where there may be none: it holds one more than its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(NonZeroU32);

impl Symbol {
    /// The greatest one, which is the number of no name.
    pub const GREATEST: Self = Self(NonZeroU32::MAX);

    /// The symbol of a number.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(NonZeroU32::MIN.saturating_add(number))
    }

    /// Its number; those of all names of one `Names` are the numbers below its length.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0.get() - 1
    }

    /// The same, as a place in a list.
    #[must_use]
    pub const fn index(self) -> usize {
        self.number() as usize
    }
}

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
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    folded.extend(text.chars().flat_map(char::to_lowercase));
    folded
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
    /// The names, each with its hash without case.
    table: HashTable<(u32, Symbol)>,
}

impl Names {
    /// The symbol of a name, which is new where nothing of that name was seen.
    pub fn intern(&mut self, name: &str) -> Symbol {
        /// Text below this doubles when it grows; more of it grows by an eighth, so that it is never half empty.
        const LARGE: usize = 1 << 20;
        let hash = folded_hash(name);
        if let Some(symbol) = self.find(name, hash) {
            return symbol;
        }
        let symbol = Symbol::new(u32::try_from(self.ends.len()).expect("fewer names than bytes of text"));
        if self.text.capacity() - self.text.len() < name.len() && self.text.len() >= LARGE {
            self.text.reserve_exact(name.len().max(self.text.len() / 8));
        }
        self.text.push_str(name);
        self.ends.push(self.text.len());
        self.table.insert_unique(spread(hash), (hash, symbol), |(known, _)| spread(*known));
        symbol
    }

    /// The symbols of all names of others, in their order.
    pub fn absorb(&mut self, others: &Self) -> Vec<Symbol> {
        (0..others.ends.len()).map(|index| self.intern(others.text_of(index))).collect()
    }

    /// The symbol of a name that was seen.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Symbol> {
        self.find(name, folded_hash(name))
    }

    fn find(&self, name: &str, hash: u32) -> Option<Symbol> {
        self.find_by_hash(hash, |known| known == name || same(known, name))
    }

    /// The symbol of a name that was seen and of which no more is known than its hash and how to tell it.
    #[must_use]
    pub fn find_by_hash(&self, hash: u32, is_it: impl Fn(&str) -> bool) -> Option<Symbol> {
        let is_it = |(known, symbol): &(u32, Symbol)| *known == hash && is_it(self.show(*symbol));
        self.table.find(spread(hash), is_it).map(|(_, symbol)| *symbol)
    }

    /// The first spelling of a name.
    #[must_use]
    pub fn show(&self, symbol: Symbol) -> &str {
        self.text_of(symbol.index())
    }

    fn text_of(&self, index: usize) -> &str {
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
#[must_use]
pub fn folded_hash(name: &str) -> u32 {
    // Cases of the letters of Latin-1 differ in the same bit of their last byte as those of ASCII do. Every other letter
    // is folded first, for it may fold to one of these.
    const LATIN: u8 = 0xC3;
    let (hash, is_ascii) = caseless_hash(name.as_bytes());
    if is_ascii || name.bytes().all(|byte| byte < 0xC0 || byte == LATIN) {
        hash
    } else {
        caseless_hash(fold(name).as_bytes()).0
    }
}

/// A hash of eight bytes at a time, each without the bit in which the cases of letters differ; and whether all are ASCII.
fn caseless_hash(bytes: &[u8]) -> (u32, bool) {
    const CASE: u64 = 0x2020_2020_2020_2020;
    const BEYOND_ASCII: u64 = 0x8080_8080_8080_8080;
    let mut hasher = FixedState::with_seed(SEED).build_hasher();
    let mut all = 0;
    for word in words(bytes) {
        all |= word;
        hasher.write_u64(word | CASE);
    }
    hasher.write_u64(bytes.len() as u64);
    ((hasher.finish() >> 32) as u32, all & BEYOND_ASCII == 0)
}

/// Bytes by eights. The last eight may hold bytes that were there before; fewer than eight are filled up with zeros.
fn words(bytes: &[u8]) -> impl Iterator<Item = u64> + '_ {
    let (words, rest) = bytes.as_chunks();
    let last = match bytes.last_chunk() {
        Some(_) if rest.is_empty() => None,
        Some(last) => Some(u64::from_le_bytes(*last)),
        None => Some(rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte))),
    };
    words.iter().map(|word| u64::from_le_bytes(*word)).chain(last)
}

/// Whether a text holds one of two bytes, which are not zero. Names are short: eight bytes are looked at at a time.
#[must_use]
pub fn holds_either(text: &str, bytes: [u8; 2]) -> bool {
    const LOW: u64 = 0x0101_0101_0101_0101;
    let [left, right] = bytes.map(|byte| LOW * u64::from(byte));
    let mut found = 0;
    for word in words(text.as_bytes()) {
        // Where a byte is nothing, its highest bit is borrowed.
        let (left, right) = (word ^ left, word ^ right);
        found |= left.wrapping_sub(LOW) & !left | right.wrapping_sub(LOW) & !right;
    }
    found & (LOW << 7) != 0
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
    fn names_that_are_the_same_are_one_symbol() {
        let spellings = [
            ["GL\u{D3}PEZ", "gl\u{F3}pez"],
            ["\u{212B}sa", "\u{E5}SA"],
            ["\u{1E9E}x", "\u{DF}X"],
            ["\u{212A}ey", "KEY"],
            ["\u{130}x", "i\u{307}X"],
            ["\u{416}", "\u{436}"],
            ["\u{178}", "\u{FF}"],
        ];
        for [left, right] in spellings {
            let mut names = Names::default();
            assert!(same(left, right));
            assert_eq!(names.intern(left), names.intern(right), "{left} {right}");
        }
        let mut names = Names::default();
        assert_ne!(names.intern("\u{D7}"), names.intern("\u{F7}"));
    }

    #[test]
    fn a_byte_is_found_wherever_it_stands() {
        for length in 1..40 {
            let text = "x".repeat(length);
            assert!(!holds_either(&text, [b'?', 0xEF]));
            for at in 0..length {
                let with = |what: &str| format!("{}{what}{}", &text[..at], &text[at + 1..]);
                assert!(holds_either(&with("?"), [b'?', 0xEF]), "{at} of {length}");
                assert!(holds_either(&with("\u{FFFD}"), [b'?', 0xEF]), "{at} of {length}");
                assert!(!holds_either(&with(">"), [b'?', 0xEF]), "{at} of {length}");
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
