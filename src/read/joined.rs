//! Lists that their exporter turned into one text: joined by blanks or a separator, or replaced by a type's name.
//!
//! JSON and CLIXML have lists of their own; a text where a list belongs comes from `-Depth`, from a calculated property
//! with `-join`, or from the list's `ToString`.

use std::borrow::Cow;

use crate::record::{Items, Property, Rest};

use super::types::is_type_name;

/// How a text stands for a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joined {
    /// It is the one item.
    One,
    /// Items between separators.
    At(u8),
    /// Words: no item holds a blank.
    Words,
    /// Items joined by blanks which may hold blanks themselves.
    Unsplit,
    /// The name of a type: the items are gone.
    Flattened,
}

impl Joined {
    /// How the text of a list property stands for its items.
    pub(super) fn of(property: Property, text: &str) -> Self {
        if is_type_name(text) || is_custom_object(text) {
            return Self::Flattened;
        }
        let found = |byte: u8| memchr::memchr(byte, text.as_bytes()).is_some();
        let separator = [b'\n', b';', b'|', b','].into_iter().find(|separator| found(*separator));
        let blank = text.trim().bytes().any(|byte| byte == b' ');
        if is_printed(text) {
            return Self::Unsplit;
        }
        match separator {
            // No parameter holds a blank, and no separator can be part of one.
            _ if property == Property::Parameters => Self::Words,
            None if !blank || is_one_canonical_name(text) || is_one_entry(property, text) => Self::One,
            None => Self::Unsplit,
            Some(b'\n') => Self::At(b'\n'),
            Some(_) if is_distinguished_name(text) && !blank => Self::One,
            Some(b',') if is_one_canonical_name(text) => Self::One,
            // A separator with a blank beside it may belong to a name: `Smith, John`.
            Some(separator) if !has_blank_beside(text, separator) && !is_distinguished_name(text) => {
                Self::At(separator)
            }
            Some(_) => Self::Unsplit,
        }
    }

    /// As a number that `RawList::detail` can hold.
    pub(super) fn detail(self) -> u64 {
        match self {
            Self::One => 0,
            Self::Words => 1,
            Self::Unsplit | Self::Flattened => 2,
            Self::At(separator) => 0x100 | u64::from(separator),
        }
    }

    /// The reverse of `detail`.
    pub(super) fn from_detail(detail: u64) -> Self {
        match detail {
            0 => Self::One,
            1 => Self::Words,
            2 => Self::Unsplit,
            // The cast keeps the low byte, which is the separator.
            other => Self::At(other as u8),
        }
    }

    /// The items of a text.
    pub(super) fn items(self, text: Cow<'_, str>) -> Items<'_> {
        match self {
            Self::One => Items { items: vec![text], rest: Rest::None },
            Self::Unsplit | Self::Flattened => Items { items: Vec::new(), rest: Rest::Unsplit(text) },
            Self::Words => Items { items: pieces(text, is_between_words), rest: Rest::None },
            Self::At(separator) => {
                Items { items: pieces(text, |char| char == char::from(separator)), rest: Rest::None }
            }
        }
    }
}

fn is_between_words(char: char) -> bool {
    char.is_whitespace() || matches!(char, ',' | ';' | '|')
}

fn pieces(text: Cow<'_, str>, between: impl Fn(char) -> bool + Copy) -> Vec<Cow<'_, str>> {
    let some = |piece: &&str| !piece.is_empty();
    match text {
        Cow::Borrowed(text) => text.split(between).map(str::trim).filter(some).map(Cow::Borrowed).collect(),
        Cow::Owned(text) => {
            text.split(between).map(str::trim).filter(some).map(|piece| Cow::Owned(piece.to_owned())).collect()
        }
    }
}

/// Whether a text is what `ToString` of a custom object gives: `@{Name=…; …}`.
pub(super) fn is_custom_object(text: &str) -> bool {
    text.starts_with("@{") && text.ends_with('}')
}

/// `{Anr, Filter...}`: a list as Format-List prints it, perhaps cut, which somebody turned into JSON later.
fn is_printed(text: &str) -> bool {
    let text = text.trim();
    text.starts_with('{') && text.ends_with('}') || text.ends_with("...") || text.ends_with('\u{2026}')
}

/// `contoso.com/Users/Anna Berg`: one domain, then a path. Two of them joined by a blank show two domains.
fn is_one_canonical_name(text: &str) -> bool {
    let is_domain = |word: &str| {
        word.contains('.') && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
    };
    let mut words = text.split(' ');
    let begins = |word: &str| word.split_once('/').is_some_and(|(head, _)| is_domain(head));
    words.next().is_some_and(begins) && !words.any(begins)
}

/// `(snapin) Cmdlet -Parameter …`: an entry begins with its snap-in in brackets, so two of them show two brackets.
fn is_one_entry(property: Property, text: &str) -> bool {
    property == Property::RoleEntries && text.starts_with('(') && !text[1..].contains(" (")
}

fn is_distinguished_name(text: &str) -> bool {
    text.split_once('=').is_some_and(|(head, _)| matches!(head.to_ascii_uppercase().as_str(), "CN" | "OU" | "DC"))
}

fn has_blank_beside(text: &str, separator: u8) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(separator, bytes).any(|at| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        before == Some(&b' ') || bytes.get(at + 1) == Some(&b' ')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(property: Property, text: &str) -> Items<'_> {
        let joined = Joined::of(property, text);
        Joined::from_detail(joined.detail()).items(Cow::Borrowed(text))
    }

    fn whole<'t>(items: &[&'t str]) -> Items<'t> {
        Items { items: items.iter().map(|item| Cow::Borrowed(*item)).collect(), rest: Rest::None }
    }

    fn unsplit(text: &str) -> Items<'_> {
        Items { items: Vec::new(), rest: Rest::Unsplit(Cow::Borrowed(text)) }
    }

    #[test]
    fn parameters_hold_no_blanks() {
        assert_eq!(
            items(Property::Parameters, "Anr Filter, Identity;SortBy"),
            whole(&["Anr", "Filter", "Identity", "SortBy"])
        );
    }

    #[test]
    fn names_with_blanks_are_not_split_at_them() {
        assert_eq!(
            items(Property::Roles, "Mail Recipients Message Tracking"),
            unsplit("Mail Recipients Message Tracking")
        );
        assert_eq!(items(Property::Roles, "Journaling"), whole(&["Journaling"]));
        assert_eq!(items(Property::Members, "contoso.com/Users/Anna Berg"), whole(&["contoso.com/Users/Anna Berg"]));
        let two = "contoso.com/Users/Anna Berg contoso.com/Users/Bo";
        assert_eq!(items(Property::Members, two), unsplit(two));
    }

    #[test]
    fn a_printed_list_is_not_taken_for_its_items() {
        for text in ["{Anr}", "{Anr, Filter...}", "{Anr, Filter\u{2026}}", "Anr, Filt..."] {
            assert_eq!(items(Property::Parameters, text), unsplit(text));
            assert_eq!(items(Property::Members, text), unsplit(text));
        }
    }

    #[test]
    fn a_comma_may_belong_to_a_name() {
        assert_eq!(items(Property::Members, "Berg, Anna"), unsplit("Berg, Anna"));
        assert_eq!(items(Property::Members, "contoso.com/Users/Berg, Anna"), whole(&["contoso.com/Users/Berg, Anna"]));
        let name = "CN=Anna,OU=Users,DC=contoso,DC=com";
        assert_eq!(items(Property::Members, name), whole(&[name]));
        assert_eq!(items(Property::Roles, "Mail Recipients;Journaling"), whole(&["Mail Recipients", "Journaling"]));
        assert_eq!(items(Property::Roles, "Mail Recipients\nJournaling"), whole(&["Mail Recipients", "Journaling"]));
    }

    #[test]
    fn one_role_entry_is_told_from_two() {
        let one = "(Microsoft.Exchange.Management.PowerShell.E2010) Get-Mailbox -Anr -Filter";
        assert_eq!(items(Property::RoleEntries, one), whole(&[one]));
        let two = "(a) Get-Mailbox -Anr (a) Get-User";
        assert_eq!(items(Property::RoleEntries, two), unsplit(two));
    }

    #[test]
    fn names_of_types_are_no_items() {
        assert_eq!(Joined::of(Property::Roles, "System.Object[]"), Joined::Flattened);
        assert_eq!(Joined::of(Property::Roles, "@{Name=Journaling}"), Joined::Flattened);
        assert_eq!(Joined::of(Property::Roles, "System.Admins"), Joined::One);
    }
}
