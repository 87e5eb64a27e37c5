//! Lists that their exporter turned into one text: joined by blanks or a separator, or replaced by a type's name.
//!
//! JSON and CLIXML have lists of their own; a text where a list belongs comes from `-Depth`, from a calculated property
//! with `-join`, or from the list's `ToString`.

use std::borrow::Cow;

use crate::diagnostic::noticed::BY_SIGNS;
use crate::record::{Items, Property, Rest, is_known_name};

use super::csv::joined::{self, Column};
use super::types::is_type_name;

/// How a text stands for a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joined {
    /// It is the one item.
    One,
    /// Items between line ends.
    Lines,
    /// Items between signs, which are told apart as those of a CSV cell with this detail are.
    Cell(u64),
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
        let blank = text.trim().bytes().any(|byte| byte == b' ');
        if is_printed(text) {
            return Self::Unsplit;
        }
        match text.contains([';', '|', ',']) {
            // No parameter holds a blank, and no separator can be part of one.
            _ if property == Property::Parameters => Self::Words,
            _ if text.contains('\n') => Self::Lines,
            false if !blank || is_one_canonical_name(text) || is_one_entry(property, text) || is_known_name(text) => {
                Self::One
            }
            false => Self::Unsplit,
            true => {
                let detail = Column::single(property, text).list(text, false, false).detail;
                if matches!(joined::rest(text, detail), Rest::Unsplit(_)) { Self::Unsplit } else { Self::Cell(detail) }
            }
        }
    }

    /// As a number that `RawList::detail` can hold.
    pub(super) fn detail(self) -> u64 {
        match self {
            Self::One => 0,
            Self::Words => 1,
            Self::Unsplit | Self::Flattened => 2,
            Self::Lines => 3,
            Self::Cell(detail) => CELL | detail,
        }
    }

    /// The reverse of `detail`.
    pub(super) fn from_detail(detail: u64) -> Self {
        match detail {
            0 => Self::One,
            1 => Self::Words,
            2 => Self::Unsplit,
            3 => Self::Lines,
            detail => Self::Cell(detail & !CELL),
        }
    }

    /// The items of a text.
    pub(super) fn items(self, text: Cow<'_, str>) -> Items<'_> {
        match self {
            Self::One => Items { items: vec![text], rest: Rest::None },
            Self::Unsplit | Self::Flattened => Items { items: Vec::new(), rest: Rest::Unsplit(text) },
            Self::Words => Items { items: pieces(text, is_between_words), rest: Rest::None },
            Self::Lines => Items { items: pieces(text, |char| char == '\n'), rest: Rest::None },
            Self::Cell(detail) => match text {
                Cow::Borrowed(text) => joined::split(text, detail),
                Cow::Owned(text) => joined::own(joined::split(&text, detail)),
            },
        }
    }
}

/// Set in the detail of what is split as a CSV cell is.
const CELL: u64 = 1 << joined::DETAIL_BITS;

/// What a note says of a list that cannot be split: its property, and whether a sign stands between the items.
pub(super) fn unsplit<'n>(name: &'n str, text: &str) -> Cow<'n, str> {
    if text.contains([',', ';', '|']) { Cow::Owned(format!("{name}{BY_SIGNS}")) } else { Cow::Borrowed(name) }
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
    fn a_sign_with_a_blank_separates_unless_it_may_belong_to_a_name() {
        assert_eq!(items(Property::Members, "Lea Roth; Tom Weiss"), whole(&["Lea Roth", "Tom Weiss"]));
        assert_eq!(items(Property::Members, "Roth, Lea; Weiss, Tom"), whole(&["Roth, Lea", "Weiss, Tom"]));
        assert_eq!(items(Property::Members, "Lea Roth, Tom Weiss"), whole(&["Lea Roth", "Tom Weiss"]));
        assert_eq!(items(Property::Roles, "Mail Recipients"), whole(&["Mail Recipients"]));
        let two = "CN=Anna,OU=Users,DC=contoso,DC=com; CN=Bo,OU=Users,DC=contoso,DC=com";
        let split = ["CN=Anna,OU=Users,DC=contoso,DC=com", "CN=Bo,OU=Users,DC=contoso,DC=com"];
        assert_eq!(items(Property::Members, two), whole(&split));
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
