//! `Kept`: the words and phrases that are Exchange's or PowerShell's, and stay.

use std::collections::BTreeSet;
use std::ops::Bound;

use crate::catalogue::Catalogue;
use crate::name::fold;
use crate::policy::shape::{self, Keys, Shape, Takes};
use crate::record::{Kind, Property};
use crate::rules;

/// Words of the shells, of enumerations and of our own files. Each line is a phrase, or a comment.
const WORDS: &str = include_str!("words.txt");

/// The built-in roles and groups.
const TABLES: [&str; 3] = [
    include_str!("../catalogue/roles.tsv"),
    include_str!("../catalogue/defaults.tsv"),
    include_str!("../catalogue/entra.tsv"),
];

/// The roles, and the cmdlets that they hold.
const ENTRIES: &str = include_str!("../catalogue/entries.tsv");

#[derive(Debug, Default)]
pub(super) struct Kept {
    phrases: BTreeSet<String>,
}

impl Kept {
    pub(super) fn new() -> Self {
        let mut it = Self::default();
        WORDS.lines().filter(|line| !line.starts_with('#')).for_each(|line| it.keep(line));
        let rows = TABLES.into_iter().flat_map(str::lines).filter(|row| !row.starts_with('#'));
        let entries = ENTRIES.lines().filter_map(|row| row.split_once('\t'));
        entries.flat_map(|(_, cmdlets)| cmdlets.split(' ')).for_each(|cmdlet| it.keep(cmdlet));
        for cell in
            rows.flat_map(|row| row.split(['\t', ';'])).chain(ENTRIES.lines().filter_map(|row| row.split('\t').next()))
        {
            it.keep(cell);
            // A role without blanks and hyphens is its `RoleType`.
            it.keep(&cell.replace([' ', '-', '&'], ""));
        }
        let documented = Catalogue::new();
        for cmdlet in documented.cmdlets().names().filter_map(|name| documented.cmdlets().get(name)) {
            cmdlet.parameters().for_each(|(parameter, _)| it.keep(parameter));
        }
        Property::NAMES.iter().flat_map(|(_, names)| names.iter()).for_each(|name| it.keep(name));
        Kind::ALL.iter().for_each(|kind| it.keep(kind.name()));
        it.keep_keys(&shape::FILE);
        rules::names().into_iter().for_each(|name| it.keep(name));
        it
    }

    /// Lets a phrase stay.
    pub(super) fn keep(&mut self, phrase: &str) {
        let phrase = phrase.trim().trim_matches(['_', '*']);
        if phrase.chars().count() > 1 {
            self.phrases.insert(fold(phrase));
        }
    }

    fn keep_keys(&mut self, shape: &Shape) {
        if let Keys::Known(_) = shape.keys {
            for key in shape.known() {
                self.keep(key.name);
                match key.takes {
                    Takes::Table(shape) | Takes::Tables(shape) => self.keep_keys(shape),
                    Takes::Word(words) | Takes::Words(words) => words.iter().for_each(|word| self.keep(word)),
                    _ => {}
                }
            }
        }
    }

    /// Whether a phrase, which is folded, stays.
    pub(super) fn has(&self, phrase: &str) -> bool {
        self.phrases.contains(phrase)
    }

    /// Whether a phrase that stays begins with this one.
    pub(super) fn has_longer(&self, phrase: &str) -> bool {
        let from = (Bound::Included(phrase), Bound::Unbounded);
        self.phrases.range::<str, _>(from).next().is_some_and(|next| next.starts_with(phrase))
    }
}

/// Whether a word says nothing of anybody: a letter, a short number, a part of a time, a power of two, which is what
/// enumerations are when they are numbers.
pub(super) fn is_plain(text: &str, at: usize, word: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = || word.parse::<u64>().ok();
    let is_time = word.split_once('T').is_some_and(|(day, hour)| digits(day) && digits(hour) && day.len() <= 8)
        || word.strip_suffix('Z').is_some_and(digits);
    let is_day = matches!(word.len(), 8 | 14) && (word.starts_with("19") || word.starts_with("20"));
    let is_character = word.len() == 5 && word.starts_with('x') && text[..at].ends_with('_');
    is_time
        || is_character
        || word.len() == 1
        || digits(word)
            && (word.len() < 5 || is_day || text[..at].ends_with("Date(") || number().is_some_and(u64::is_power_of_two))
}

/// Whether a word is the verb of a cmdlet or a script, `-` behind it.
pub(super) fn is_verb(text: &str, end: usize, word: &str) -> bool {
    const VERBS: &[&str] = &[
        "Add", "Clear", "Disable", "Enable", "Export", "Get", "Import", "Invoke", "Move", "New", "Remove", "Set",
        "Start", "Stop", "Test", "Update", "Write",
    ];
    VERBS.iter().any(|verb| verb.eq_ignore_ascii_case(word))
        && text[end..].starts_with('-')
        && text[end + 1..].starts_with(|char: char| char.is_alphabetic())
}
