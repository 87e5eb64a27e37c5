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
    let mut domain: Vec<String> = Vec::new();
    let mut path: Vec<String> = Vec::new();
    for part in dn_parts(text) {
        let (kind, value) = part.split_once('=')?;
        if kind.trim().eq_ignore_ascii_case("DC") {
            domain.push(value.to_owned());
        } else {
            // The canonical name escapes a slash within a name.
            path.push(value.replace('/', r"\/"));
        }
    }
    path.reverse();
    Some(format!("{}/{}", domain.join("."), path.join("/")))
}

/// The parts of a distinguished name, unescaped.
fn dn_parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            ',' => parts.push(String::new()),
            '\\' => parts.last_mut().into_iter().for_each(|part| part.extend(chars.next())),
            char => parts.last_mut().into_iter().for_each(|part| part.push(char)),
        }
    }
    parts
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
    }
}
