//! The texts by which objects are named: their forms, and the names within them.

use std::borrow::Cow;

use super::facts::IdentityKind;

/// What form an `Identity` has: a canonical name or a distinguished one, a GUID, an address, else a name.
#[must_use]
pub(super) fn kind_of_identity(text: &str) -> IdentityKind {
    if is_guid(text) {
        IdentityKind::Guid
    } else if text.starts_with("S-1-") {
        IdentityKind::Sid
    } else if is_dn(text) || is_canonical(text) {
        IdentityKind::Canonical
    } else if text.contains('@') && !text.contains(' ') {
        IdentityKind::Address
    } else {
        IdentityKind::Name
    }
}

/// The name at the start of a distinguished name, of which the rest may be gone.
#[must_use]
pub fn name_of_dn(text: &str) -> Option<String> {
    let first = dn_parts(text).next()?;
    let (kind, name) = first.split_once('=')?;
    kind.eq_ignore_ascii_case("CN").then(|| name.to_owned())
}

/// Whether a text is an id, of which nobody can tell what it stands for.
#[must_use]
pub fn is_id(text: &str) -> bool {
    kind_of_identity(text) == IdentityKind::Guid
}

fn is_guid(text: &str) -> bool {
    let bytes = text.trim_matches(['{', '}']).as_bytes();
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn is_dn(text: &str) -> bool {
    let start = text.get(..3).unwrap_or("");
    (start.eq_ignore_ascii_case("CN=") || start.eq_ignore_ascii_case("OU=")) && text.contains(',')
}

/// A canonical name begins with a domain: `contoso.com/Users/Anna`.
fn is_canonical(text: &str) -> bool {
    let Some((domain, rest)) = text.split_once('/') else { return false };
    let label =
        |part: &str| !part.is_empty() && part.chars().all(|char| char.is_alphanumeric() || matches!(char, '-' | '_'));
    !rest.is_empty() && domain.contains('.') && domain.split('.').all(label)
}

/// A distinguished name as the canonical one: `CN=Anna,OU=Users,DC=contoso,DC=com` is `contoso.com/Users/Anna`.
///
/// Source: the `canonicalName` attribute in Microsoft's Active Directory schema; a backslash escapes in the former.
#[must_use]
pub fn canonical_of_dn(text: &str) -> Option<String> {
    if !is_dn(text) {
        return None;
    }
    let parts: Vec<Cow<'_, str>> = dn_parts(text).collect();
    let values = || parts.iter().filter_map(|part| part.split_once('='));
    if values().count() < parts.len() {
        return None;
    }
    let is_of_domain = |kind: &str| kind.trim().eq_ignore_ascii_case("DC");
    let mut canonical = String::with_capacity(text.len());
    for (place, (_, value)) in values().filter(|(kind, _)| is_of_domain(kind)).enumerate() {
        canonical.push_str(if place > 0 { "." } else { "" });
        canonical.push_str(value);
    }
    let mut path = values().rev().filter(|(kind, _)| !is_of_domain(kind)).peekable();
    if path.peek().is_none() {
        canonical.push('/');
    }
    for (_, value) in path {
        canonical.push('/');
        // The canonical name escapes a slash within a name.
        for (place, piece) in value.split('/').enumerate() {
            canonical.push_str(if place > 0 { r"\/" } else { "" });
            canonical.push_str(piece);
        }
    }
    Some(canonical)
}

/// The parts of a distinguished name, unescaped.
fn dn_parts(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let mut escaped = false;
    let parts = text.split(move |char: char| {
        let ends = char == ',' && !escaped;
        escaped = char == '\\' && !escaped;
        ends
    });
    parts.map(|part| {
        if !part.contains('\\') {
            return Cow::Borrowed(part);
        }
        let mut chars = part.chars();
        let unescaped = std::iter::from_fn(|| match chars.next() {
            Some('\\') => chars.next(),
            char => char,
        });
        Cow::Owned(unescaped.collect())
    })
}

/// The last part of a canonical or distinguished name.
#[must_use]
pub fn last_part(text: &str) -> Option<Cow<'_, str>> {
    if kind_of_identity(text) != IdentityKind::Canonical {
        return None;
    }
    match canonical_of_dn(text) {
        Some(canonical) => Some(Cow::Owned(last_of_canonical(&canonical)?.into_owned())),
        None => last_of_canonical(text),
    }
}

fn last_of_canonical(text: &str) -> Option<Cow<'_, str>> {
    // A slash within a name is escaped.
    let parts = |at: &(usize, &str)| at.0 == 0 || text.as_bytes()[at.0 - 1] != b'\\';
    let (at, _) = text.rmatch_indices('/').find(parts)?;
    let last = &text[at + 1..];
    Some(if last.contains('\\') { Cow::Owned(last.replace(r"\/", "/")) } else { Cow::Borrowed(last) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distinguished_name_is_its_canonical_name() {
        let canonical = canonical_of_dn(r"CN=Smith\, John,OU=Users,DC=contoso,DC=com");
        assert_eq!(canonical.as_deref(), Some("contoso.com/Users/Smith, John"));
        assert_eq!(canonical_of_dn("contoso.com/Users/x"), None);
        let slash = canonical_of_dn("CN=A/B,OU=Users,DC=contoso,DC=com");
        assert_eq!(slash.as_deref(), Some(r"contoso.com/Users/A\/B"));
        let escapes = canonical_of_dn(r"CN=A\\,OU=B\,,dc=contoso,DC=com");
        assert_eq!(escapes.as_deref(), Some(r"contoso.com/B,/A\"));
        assert_eq!(canonical_of_dn("CN=A,Users,DC=com"), None);
    }
}
