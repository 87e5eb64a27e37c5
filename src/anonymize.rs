//! Exports with other names: the same organization in the same shapes, and nothing that says whose it is.
//!
//! A word is a run of letters and digits. A word that is neither Exchange's nor PowerShell's is replaced by one of the same
//! length, letter for letter, wherever it stands: names, addresses and domains consist of such words, so that what was the
//! same name is the same name again, and separators, columns and the shape of the file stay. Which letter takes the place
//! of one depends on the letters before it in the word alone: a name that was cut still begins as the whole one does.

mod kept;
mod letters;

use std::collections::{BTreeMap, BTreeSet};

use crate::name::fold;
use crate::read::{self, Sink};
use crate::record::{Kind, Property, Record, Value};
use crate::source::SourceFile;

use kept::Kept;
use letters::Letters;

/// The properties whose values are names of somebody's own.
const NAMES: &[Property] = &[
    Property::Name,
    Property::DisplayName,
    Property::Role,
    Property::RoleAssigneeName,
    Property::MemberOf,
    Property::CustomRecipientWriteScope,
    Property::CustomConfigWriteScope,
    Property::RoleAssignmentPolicy,
    Property::Parent,
    Property::Department,
    Property::Company,
    Property::Title,
    Property::Office,
];

/// How many words of a phrase are looked at.
const WORDS_MAX: usize = 12;

/// How often another key is tried where a new word is one that is there already.
const TRIES_MAX: usize = 32;

/// Gives texts other names, the same for all texts of a run.
#[derive(Debug)]
pub struct Anonymizer {
    kept: Kept,
    letters: Letters,
    /// Names of several words, each of which alone may be Exchange's: folded.
    names: BTreeSet<String>,
    /// The first words of these names.
    starts: BTreeSet<String>,
    /// The words that were replaced: folded, with what took their place.
    replaced: BTreeMap<String, String>,
}

impl Anonymizer {
    /// Prepares to replace the names in some files. The bytes of the files are the key: whoever does not have them cannot
    /// find out which word became which, and the same files become the same files.
    #[must_use]
    pub fn of(files: &[SourceFile<'_>], bytes: &[&[u8]]) -> Self {
        let mut it = Self {
            kept: Kept::new(),
            letters: Letters::of(bytes),
            names: BTreeSet::new(),
            starts: BTreeSet::new(),
            replaced: BTreeMap::new(),
        };
        for file in files {
            let mut report = crate::diagnostic::Report::default();
            let mut on_record = |record: &Record<'_>| it.learn(record);
            read::read(file, &mut Sink::new(&mut report, &mut on_record));
        }
        for _ in 0..TRIES_MAX {
            for file in files {
                it.text(file.text());
                it.text(&file.path);
            }
            // A new word that somebody or something had before would say something that is not so.
            let is_taken = |word: &String| it.replaced.contains_key(word) || it.kept.has(word);
            if !it.replaced.iter().any(|(old, new)| old.chars().count() > 2 && is_taken(&fold(new))) {
                break;
            }
            it.letters.change();
            it.replaced.clear();
        }
        it
    }

    /// Notes the names of a record that are not Exchange's as a whole, and the parameters of Exchange's cmdlets.
    fn learn(&mut self, record: &Record<'_>) {
        let is_name = |property: Property| match record.kind {
            // The name of a role entry is a cmdlet; that of an assignment consists of names.
            Kind::RoleEntry | Kind::RoleAssignment if property == Property::Name => false,
            _ => NAMES.contains(&property),
        };
        let cmdlet = record.value(Property::Name).and_then(Value::whole).filter(|_| record.kind == Kind::RoleEntry);
        if cmdlet.is_some_and(|cmdlet| self.kept.has(&fold(cmdlet))) {
            let raw = match record.value(Property::Parameters) {
                Some(Value::List(list)) => list.raw,
                Some(Value::Text(text, _)) => text,
                _ => "",
            };
            // Of a list that is cut, the last one may be, too; it stays all the same.
            raw.split(|char: char| !char.is_alphanumeric()).for_each(|parameter| self.kept.keep(parameter));
        }
        for field in record.fields.iter().filter(|field| is_name(field.property)) {
            if let Value::Text(text, _) = &field.value {
                let name = phrase(text);
                let is_several = name.contains(|char: char| !char.is_alphanumeric());
                if is_several && !self.kept.has(&name) {
                    self.starts.insert(name[..word_end(&name, 0)].to_owned());
                    self.names.insert(name);
                }
            }
        }
    }

    /// The text with other names.
    pub fn text(&mut self, text: &str) -> String {
        let is_markup = text.trim_start().starts_with('<');
        let is_json = text.trim_start().starts_with(['{', '[']);
        let text = unescaped(text);
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        while let Some(char) = text[at..].chars().next() {
            let end = match char {
                _ if char.is_alphanumeric() => {
                    at = self.push_words(&mut out, &text, at);
                    continue;
                }
                '<' if is_markup => text[at..].find('>').map_or(text.len(), |end| at + end + 1),
                '&' => entity(&text, at),
                '\\' => at + escape(&text[at..], is_json),
                _ => at + char.len_utf8(),
            };
            out.push_str(&text[at..end]);
            at = end;
        }
        out
    }

    /// Appends what takes the place of the words that start at `at`, and returns where they end.
    fn push_words(&mut self, out: &mut String, text: &str, at: usize) -> usize {
        let first = &text[at..word_end(text, at)];
        let folded = fold(first);
        // Most words begin no phrase.
        let is_start = self.starts.contains(&folded) || self.kept.has_longer(&folded);
        let ends = word_ends(text, at, if is_start { WORDS_MAX } else { 1 });
        if let Some(end) = letters::guid(&text[at..]).map(|length| at + length) {
            let guid = &text[at..end];
            out.push_str(&if self.kept.has(&fold(guid)) { guid.to_owned() } else { self.letters.guid(guid) });
            return end;
        }
        // The longest name and the longest phrase that stand here; a cut phrase is one, too.
        let longest = |has: &dyn Fn(&str) -> bool| ends.iter().rev().copied().find(|end| has(&phrase(&text[at..*end])));
        let name = longest(&|phrase| self.names.contains(phrase));
        let kept = longest(&|phrase| self.kept.has(phrase)).or_else(|| {
            let is_cut = |end: &usize| text[*end..].starts_with("...") || text[*end..].starts_with('…');
            ends.iter().copied().find(is_cut).filter(|end| self.kept.has_longer(&phrase(&text[at..*end])))
        });
        if let Some(end) = kept.filter(|end| name.is_none_or(|name| name < *end)) {
            out.push_str(&text[at..end]);
            return end;
        }
        if name.is_none() && (kept::is_plain(text, at, first) || kept::is_verb(text, ends[0], first)) {
            out.push_str(first);
            return ends[0];
        }
        let end = name.unwrap_or(ends[0]);
        let mut from = at;
        while from < end {
            let word = word_end(text, from);
            if word == from {
                let char = text[from..].chars().next().map_or(1, char::len_utf8);
                out.push_str(&text[from..from + char]);
                from += char;
            } else {
                out.push_str(&self.word(&text[from..word]));
                from = word;
            }
        }
        end
    }

    fn word(&mut self, word: &str) -> String {
        let folded = fold(word);
        let new = match self.replaced.get(&folded) {
            Some(new) => new.clone(),
            None => {
                let new = self.letters.word(&folded);
                self.replaced.insert(folded, new.clone());
                new
            }
        };
        letters::in_case_of(word, &new)
    }
}

/// The words of a text as one phrase: folded, with one blank where any stand, also a line end and an indentation.
fn phrase(text: &str) -> String {
    fold(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Where the word at `at` ends.
fn word_end(text: &str, at: usize) -> usize {
    text[at..].find(|char: char| !char.is_alphanumeric()).map_or(text.len(), |length| at + length)
}

/// Where each of the words from `at` on ends, as long as little stands between them.
fn word_ends(text: &str, at: usize, words_max: usize) -> Vec<usize> {
    let mut ends = vec![word_end(text, at)];
    while ends.len() < words_max {
        let last = ends[ends.len() - 1];
        let between =
            |char: char| matches!(char, ' ' | '\r' | '\n' | '-' | '_' | '.' | '/' | '&' | '(' | ')' | '\'' | ',' | '$');
        let gap: usize = text[last..].chars().take_while(|char| between(*char)).map(char::len_utf8).sum();
        let next = last + gap;
        // A value goes on in the next line where that is indented.
        let is_next_line = text[last..next].contains('\n') && !text[..next].ends_with(' ');
        if gap == 0 || is_next_line || !text[next..].starts_with(char::is_alphanumeric) {
            break;
        }
        ends.push(word_end(text, next));
    }
    ends
}

/// The text with `\u00fc` as the letter that it stands for, so that a word is one however it is written.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\\u") {
        let is_escaped = rest[..at].bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1;
        let digits = rest.get(at + 2..at + 6).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let char = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
        match char.filter(|char| !is_escaped && char.is_alphanumeric()) {
            Some(char) => {
                out.push_str(&rest[..at]);
                out.push(char);
                rest = &rest[at + 6..];
            }
            None => {
                out.push_str(&rest[..at + 2]);
                rest = &rest[at + 2..];
            }
        }
    }
    out + rest
}

/// The length of the escape sequence that a text starts with, the backslash included.
fn escape(text: &str, is_json: bool) -> usize {
    match text.as_bytes().get(1) {
        Some(b'u') if text.get(2..6).is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit())) => 6,
        Some(b'\\' | b'n' | b'r' | b't' | b'b' | b'f') if is_json => 2,
        _ => 1,
    }
}

/// Where the entity that starts at `at` ends; behind the `&` where there is none.
fn entity(text: &str, at: usize) -> usize {
    let name = text[at + 1..].find(|char: char| !(char.is_ascii_alphanumeric() || char == '#')).map(|end| at + 1 + end);
    name.filter(|end| (at + 3..at + 10).contains(end) && text[*end..].starts_with(';')).map_or(at + 1, |end| end + 1)
}

#[cfg(test)]
mod tests {
    use crate::source::{FileId, SourceFile};

    use super::*;

    fn anonymized(text: &str) -> String {
        let file = SourceFile::decode(FileId(0), "x.csv".into(), text.as_bytes()).expect("small");
        Anonymizer::of(std::slice::from_ref(&file), &[text.as_bytes()]).text(text)
    }

    #[test]
    fn what_is_exchanges_or_powershells_stays() {
        for text in [
            "Role,Name,Parameters\r\nMail Recipients,Set-Mailbox,Alias;Identity\r\n",
            "[PS] C:\\>Get-ManagementRoleEntry \"Help Desk\\*\" | Format-List\r\n\r\nName : Get-MailUser\r\n",
            "View-Only Organization Management,RoleGroup,True,DelegatingOrgWide,CustomRecipientScope",
            "Organization Client Ac...",
            "12/31/2026 10:00:00 AM,2026-12-31T10:00:00Z,1073741824,S-1-5-32-544",
            "{\"Role\": \"Mail Recipients\", \"Parameters\": [\"Alias\"]}",
        ] {
            assert_eq!(anonymized(text), text);
        }
    }

    #[test]
    fn one_name_is_one_name_wherever_and_however_it_is_written() {
        let new =
            anonymized("Name,UserPrincipalName\nJane Doe,jane.doe@fabrikam.com\nJANE,M\\u00fcller,Müller,Fabri...\n");
        let words: Vec<&str> =
            new.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let [_, _, jane, doe, jane2, doe2, domain, com, jane3, miller, miller2, cut] = words[..] else {
            panic!("{new}")
        };
        assert!(
            jane.eq_ignore_ascii_case(jane2) && doe.eq_ignore_ascii_case(doe2) && jane3 == jane.to_uppercase(),
            "{new}"
        );
        assert!(domain.to_lowercase().starts_with(&cut.to_lowercase()) && miller == miller2, "{new}");
        for (old, new) in [("Jane", jane), ("Doe", doe), ("fabrikam", domain), ("com", com), ("Müller", miller)] {
            assert!(!old.eq_ignore_ascii_case(new) && old.chars().count() == new.chars().count(), "{old}: {new}");
        }
    }

    #[test]
    fn a_name_made_of_exchanges_words_is_replaced_as_a_whole() {
        let new = anonymized("Name,RecipientType,Members\nMailbox Recipients,MailUniversalSecurityGroup,a\n");
        assert!(new.starts_with("Name,RecipientType,Members\n") && !new.contains("Mailbox Recipients"), "{new}");
        assert!(new.contains(",MailUniversalSecurityGroup,"), "{new}");
    }

    #[test]
    fn a_guid_stays_one_with_and_without_hyphens() {
        let new = anonymized("Guid\n62AC9394-69f5-4237-9190-0121771400aa\n62ac939469f5423791900121771400aa\n");
        let lines: Vec<&str> = new.lines().collect();
        assert_eq!(lines[1].replace('-', "").to_lowercase(), lines[2]);
        assert!(letters::guid(lines[1]) == Some(36) && !new.contains("62ac"), "{new}");
    }
}
