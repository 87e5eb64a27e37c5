//! The forms in which Exchange prints a reference: canonical name, distinguished name, or just a name.
//!
//! A comma in a list is a separator or a part of a name. Where the items are canonical or distinguished names the text
//! tells: each item starts anew with its domain, or with its first component behind the last `DC=`.

/// The form of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::read) enum Form {
    /// `contoso.com/Users/Smith, John`.
    Canonical,
    /// `CN=Smith\, John,OU=Users,DC=contoso,DC=com`.
    Distinguished,
    /// Anything else.
    Plain,
}

/// A domain has at most 253 letters (RFC 1035), so that looking for one costs no more at any place.
const DOMAIN_BYTES_MAX: usize = 253;

impl Form {
    /// The form of what `text` starts with.
    pub(in crate::read) fn of(text: &str) -> Self {
        if starts_canonical(text) {
            Self::Canonical
        } else if starts_distinguished(text) {
            Self::Distinguished
        } else {
            Self::Plain
        }
    }
}

/// Whether a canonical name starts here: a domain with a dot, then a slash.
pub(in crate::read) fn starts_canonical(text: &str) -> bool {
    let mut dots = 0;
    let mut label = 0;
    for (offset, char) in text.char_indices() {
        match char {
            '/' => return dots > 0 && label > 0,
            '.' if label > 0 => {
                dots += 1;
                label = 0;
            }
            _ if char.is_alphanumeric() || matches!(char, '-' | '_') => label += 1,
            _ => return false,
        }
        if offset > DOMAIN_BYTES_MAX {
            return false;
        }
    }
    false
}

/// Whether a distinguished name starts here.
pub(in crate::read) fn starts_distinguished(text: &str) -> bool {
    ["CN=", "OU=", "DC="].iter().any(|key| has_prefix(text, key))
}

/// Whether `text` ends within a `DC=` component, the last of a distinguished name.
pub(in crate::read) fn ends_in_domain(text: &str) -> bool {
    // A separator of the list starts a component as well: `…,DC=com;CN=Bo` ends in `CN=Bo`.
    let starts = |char: char| matches!(char, ',' | ';' | '|');
    let tail = text.char_indices().rev().take(DOMAIN_BYTES_MAX).find(|(_, char)| starts(*char));
    let tail = tail.map_or(0, |(at, _)| at + 1);
    has_prefix(text[tail..].trim_start(), "DC=")
}

/// Whether `text` starts with an ASCII word, case aside.
pub(in crate::read) fn has_prefix(text: &str, word: &str) -> bool {
    text.as_bytes().get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_and_a_slash_start_a_canonical_name() {
        assert_eq!(Form::of("contoso.com/Users/Smith, John"), Form::Canonical);
        assert_eq!(Form::of("emea.contoso.com/Zürich"), Form::Canonical);
        assert_eq!(Form::of("John/Smith"), Form::Plain);
        assert_eq!(Form::of("a.b c/d"), Form::Plain);
    }

    #[test]
    fn a_domain_ends_a_distinguished_name() {
        assert!(ends_in_domain("CN=Bo,DC=contoso,DC=com"));
        assert!(!ends_in_domain("CN=Bo"));
        assert!(!ends_in_domain("CN=Bo,DC=contoso,DC=com;CN=Anna"), "the second name has only begun");
    }
}
