//! Places in the directory: whether one organizational unit lies below another.

use crate::name::fold;

use super::known::Known;
use super::opath::is_plain;

/// A domain or a container, from the top.
struct Place {
    /// The labels of the domain.
    domain: Vec<String>,
    /// The containers below it.
    path: Vec<String>,
}

/// Whether an object or a container lies in `root`, or is it. Both are canonical or distinguished names.
///
/// Source: "Understanding management role scopes" (OfficeDocs-Exchange): a root holds its whole subtree.
#[must_use]
pub fn root_contains(root: &str, below: &str) -> Known {
    let (Some(root), Some(below)) = (place(root), place(below)) else { return Known::Unknown };
    if root.domain != below.domain {
        // Whether a search that starts at a domain goes on into its child domains is not documented.
        let plain = root.domain.iter().chain(&below.domain).all(|label| is_plain(label));
        let child = root.path.is_empty() && below.domain.ends_with(&root.domain);
        return if plain && !child { Known::No } else { Known::Unknown };
    }
    if below.path.len() < root.path.len() {
        return Known::No;
    }
    let same = |(left, right): (&String, &String)| match left == right {
        true => Known::Yes,
        false if is_plain(left) && is_plain(right) => Known::No,
        false => Known::Unknown,
    };
    root.path.iter().zip(&below.path).map(same).fold(Known::Yes, Known::and)
}

fn place(text: &str) -> Option<Place> {
    let text = text.trim();
    if text.contains(['?', '\u{FFFD}']) {
        return None;
    }
    distinguished(text).or_else(|| canonical(text))
}

/// `OU=Sales,DC=contoso,DC=com`.
fn distinguished(text: &str) -> Option<Place> {
    let (mut domain, mut path) = (Vec::new(), Vec::new());
    for part in split(text, ',') {
        let (kind, value) = part.split_once('=')?;
        let value = fold(&unescaped(value));
        match fold(kind.trim()).as_str() {
            "dc" => domain.push(value),
            "cn" | "ou" | "o" | "c" | "l" => path.push(value),
            _ => return None,
        }
    }
    path.reverse();
    (!domain.is_empty()).then_some(Place { domain, path })
}

/// `contoso.com/Sales`.
fn canonical(text: &str) -> Option<Place> {
    let mut parts = split(text.strip_suffix('/').unwrap_or(text), '/').into_iter();
    let domain: Vec<String> = parts.next()?.split('.').map(fold).collect();
    let is_label = |label: &String| {
        !label.is_empty() && label.chars().all(|char| char.is_alphanumeric() || matches!(char, '-' | '_'))
    };
    if domain.len() < 2 || !domain.iter().all(is_label) {
        return None;
    }
    Some(Place { domain, path: parts.map(|part| fold(&unescaped(part))).collect() })
}

/// The parts between separators that no backslash escapes.
fn split(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, char) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if char == '\\' {
            escaped = true;
        } else if char == separator {
            parts.push(&text[start..at]);
            start = at + char.len_utf8();
        }
    }
    parts.push(&text[start..]);
    parts
}

/// The text without the backslashes that escape.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => out.extend(chars.next()),
            char => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_lies_below_its_parent_in_either_form() {
        for (root, below, expected) in [
            ("contoso.com/Sales", "contoso.com/Sales/East/Anna", Known::Yes),
            ("contoso.com/sales/", "OU=Sales,DC=contoso,DC=com", Known::Yes),
            ("OU=Sales,DC=contoso,DC=com", "CN=Anna,OU=East,OU=Sales,DC=contoso,DC=com", Known::Yes),
            ("contoso.com", "contoso.com/Users/Anna", Known::Yes),
            ("contoso.com/Sales", "contoso.com/Sales2/Anna", Known::No),
            ("contoso.com/Sales/East", "contoso.com/Sales", Known::No),
            ("contoso.com/Sales", "fabrikam.com/Sales/Anna", Known::No),
            // A slash within a name is escaped, and parts nothing.
            ("contoso.com/Users/A", r"contoso.com/Users/A\/B", Known::No),
            (r"contoso.com/Users/A\/B", "CN=Anna,OU=A/B,OU=Users,DC=contoso,DC=com", Known::Yes),
            (r"contoso.com/Smith, John", r"CN=Smith\, John,DC=contoso,DC=com", Known::Yes),
            // The directory takes accents for nothing.
            ("contoso.com/Zürich", "contoso.com/Zurich/Anna", Known::Unknown),
            ("contoso.com", "emea.contoso.com/Users/Anna", Known::Unknown),
            ("contoso.com/Users", "emea.contoso.com/Users/Anna", Known::No),
            ("Sales", "contoso.com/Sales/Anna", Known::Unknown),
            ("contoso.com/Sales", "11111111-2222-3333-4444-555555555555", Known::Unknown),
            ("contoso.com/S?les", "contoso.com/Sales/Anna", Known::Unknown),
        ] {
            assert_eq!(root_contains(root, below), expected, "{root} and {below}");
        }
    }
}
