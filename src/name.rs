//! Names, interned without regard to case: `Symbol` and `Names`.
//!
//! Exchange compares names without case; so does everything here. The first spelling is the one that is shown.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

/// A name within one `Names`. Two spellings that differ in case alone are one symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(pub u32);

/// The hash of every table here. Fixed, so that runs do not differ; no table is ever iterated.
#[must_use]
pub fn hash(bytes: &[u8]) -> u64 {
    FixedState::with_seed(0x726f_6c65).hash_one(bytes)
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
/// A spelling seen before costs one hash and allocates nothing; a new spelling of a known name is folded once.
#[derive(Clone, Debug, Default)]
pub struct Names {
    text: Texts,
    /// The other spellings of names that were seen, each with its symbol.
    others: Texts,
    other_symbols: Vec<Symbol>,
    spellings: HashTable<Place>,
    folded: HashTable<Symbol>,
}

/// Texts in one allocation, by number.
#[derive(Clone, Debug, Default)]
struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Texts {
    fn get(&self, index: u32) -> &str {
        let index = index as usize;
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.text[start..self.ends[index]]
    }

    fn push(&mut self, text: &str) -> u32 {
        let index = u32::try_from(self.ends.len()).expect("fewer names than bytes of text");
        self.text.push_str(text);
        self.ends.push(self.text.len());
        index
    }
}

/// Where a spelling stands.
#[derive(Clone, Copy, Debug)]
enum Place {
    Shown(u32),
    Other(u32),
}

impl Names {
    /// The symbol of a name, which is new where nothing of that name was seen.
    pub fn intern(&mut self, name: &str) -> Symbol {
        let key = hash(name.as_bytes());
        if let Some(symbol) = self.spelled(name, key) {
            return symbol;
        }
        let folded_key = hash(fold(name).as_bytes());
        let known = self.folded.find(folded_key, |&symbol| same(self.text.get(symbol.0), name)).copied();
        let (place, symbol) = match known {
            Some(symbol) => {
                self.other_symbols.push(symbol);
                (Place::Other(self.others.push(name)), symbol)
            }
            None => {
                let symbol = Symbol(self.text.push(name));
                let text = &self.text;
                self.folded.insert_unique(folded_key, symbol, |known| hash(fold(text.get(known.0)).as_bytes()));
                (Place::Shown(symbol.0), symbol)
            }
        };
        let (text, others) = (&self.text, &self.others);
        self.spellings.insert_unique(key, place, |&place| hash(spelling(text, others, place).as_bytes()));
        symbol
    }

    /// The symbol of a name that was seen.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Symbol> {
        self.spelled(name, hash(name.as_bytes())).or_else(|| {
            let key = hash(fold(name).as_bytes());
            self.folded.find(key, |&symbol| same(self.text.get(symbol.0), name)).copied()
        })
    }

    /// The first spelling of a name.
    #[must_use]
    pub fn show(&self, symbol: Symbol) -> &str {
        self.text.get(symbol.0)
    }

    /// How many names there are; symbols are the numbers below it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.text.ends.len()
    }

    /// Whether no name was seen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.ends.is_empty()
    }

    fn spelled(&self, name: &str, key: u64) -> Option<Symbol> {
        let place = self.spellings.find(key, |&place| spelling(&self.text, &self.others, place) == name)?;
        Some(match *place {
            Place::Shown(index) => Symbol(index),
            Place::Other(index) => self.other_symbols[index as usize],
        })
    }
}

fn spelling<'t>(text: &'t Texts, others: &'t Texts, place: Place) -> &'t str {
    match place {
        Place::Shown(index) => text.get(index),
        Place::Other(index) => others.get(index),
    }
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
