//! `Letters`: which letter takes the place of which.

use sha2::{Digest, Sha256};

/// A key, under which each word has one other word.
#[derive(Debug)]
pub(super) struct Letters {
    key: [u8; 32],
}

impl Letters {
    /// The key that some files give.
    pub(super) fn of(files: &[&[u8]]) -> Self {
        let mut all = Sha256::new();
        for bytes in files {
            all.update(Sha256::digest(bytes));
        }
        Self { key: all.finalize().into() }
    }

    /// Takes another key.
    pub(super) fn change(&mut self) {
        self.key = Sha256::digest(self.key).into();
    }

    /// A number that the letters before a letter decide, from 1 on and below `count`.
    fn turn(&self, before: &str, count: u32) -> u32 {
        let mut hash = Sha256::new();
        hash.update(self.key);
        hash.update(before);
        let digest: [u8; 32] = hash.finalize().into();
        1 + u32::from_le_bytes([digest[0], digest[1], digest[2], digest[3]]) % (count - 1)
    }

    /// What takes the place of a word, which is folded. No letter stays, so no word does.
    pub(super) fn word(&self, word: &str) -> String {
        if word.len() == 32 && word.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return self.guid(word);
        }
        word.char_indices().map(|(at, char)| self.letter(&word[..at], char)).collect()
    }

    /// What takes the place of a GUID, with or without hyphens; in the case of its first letter.
    pub(super) fn guid(&self, guid: &str) -> String {
        let upper = guid.chars().find(char::is_ascii_alphabetic).is_some_and(|char| char.is_ascii_uppercase());
        let mut before = String::from("guid ");
        let new = guid.chars().map(|char| match char.to_digit(16) {
            None => char,
            Some(digit) => {
                let turned = (digit + self.turn(&before, 16)) % 16;
                before.push(char.to_ascii_lowercase());
                let new = char::from_digit(turned, 16).unwrap_or('0');
                if upper { new.to_ascii_uppercase() } else { new }
            }
        });
        new.collect()
    }

    fn letter(&self, before: &str, char: char) -> char {
        /// The small letters of Latin-1, which every encoding has.
        const LATIN: &str = "àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþ";
        let among = |first: u32, count: u32, place: u32| {
            char::from_u32(first + (place + self.turn(before, count)) % count).unwrap_or(char)
        };
        let code = u32::from(char);
        match char {
            'a'..='z' => among(u32::from('a'), 26, code - u32::from('a')),
            '0' => '0',
            '1'..='9' => among(u32::from('1'), 9, code - u32::from('1')),
            _ if is_wide(code) => among(0x4E00, 0x5000, code % 0x5000),
            _ => match LATIN.chars().position(|known| known == char) {
                Some(place) => {
                    let turned = (place + self.turn(before, 30) as usize) % 30;
                    LATIN.chars().nth(turned).unwrap_or(char)
                }
                None => among(0x0430, 32, code % 32),
            },
        }
    }
}

/// Whether a letter takes two columns of a table.
const fn is_wide(code: u32) -> bool {
    matches!(code, 0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFF00..=0xFF60 | 0x20000..=0x3FFFF)
}

/// The new word in the case of the old one, letter for letter.
pub(super) fn in_case_of(old: &str, new: &str) -> String {
    let mut cases = old.chars().map(char::is_uppercase);
    let case = |new: char| match cases.next() {
        Some(true) => new.to_uppercase().next().unwrap_or(new),
        _ => new,
    };
    new.chars().map(case).collect()
}

/// The length of the GUID that a text starts with.
pub(super) fn guid(text: &str) -> Option<usize> {
    const LENGTHS: [usize; 5] = [8, 4, 4, 4, 12];
    let mut at = 0;
    for (number, length) in LENGTHS.into_iter().enumerate() {
        if number > 0 && text.as_bytes().get(at) != Some(&b'-') {
            return None;
        }
        at += usize::from(number > 0);
        let digits = text.as_bytes().get(at..at + length)?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        at += length;
    }
    let ends = !text[at..].starts_with(|char: char| char.is_alphanumeric());
    ends.then_some(at)
}
