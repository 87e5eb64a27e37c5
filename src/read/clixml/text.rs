//! The texts of CLIXML: entities of XML, and PowerShell's own `_xHHHH_`.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memmem};

/// The text of an element or an attribute.
///
/// PowerShell writes control characters, surrogates and a literal `_x` as `_xHHHH_`, and then XML's entities around that.
/// Only the five entities of XML and numbers are resolved; any other stays as it stands, so that no text can grow.
pub(super) fn decode(raw: &str) -> Cow<'_, str> {
    let text = match memchr2(b'&', b'<', raw.as_bytes()) {
        Some(_) => Cow::Owned(without_entities(raw)),
        None => Cow::Borrowed(raw),
    };
    match memmem::find(text.as_bytes(), b"_x") {
        Some(_) => Cow::Owned(without_units(&text)),
        None => text,
    }
}

fn without_entities(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = memchr2(b'&', b'<', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(tail) = rest.strip_prefix("<![CDATA[") {
            let (content, after) = tail.split_once("]]>").unwrap_or((tail, ""));
            out.push_str(content);
            rest = after;
        } else if let Some(tail) = rest.strip_prefix("<!--") {
            rest = tail.split_once("-->").map_or("", |(_, after)| after);
        } else if let Some((char, length)) = entity(rest) {
            out.push(char);
            rest = &rest[length..];
        } else {
            out.push_str(&rest[..1]);
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

/// The character of the entity that begins a text, and the entity's length.
fn entity(text: &str) -> Option<(char, usize)> {
    /// `&#x10FFFF;`
    const ENTITY_BYTES_MAX: usize = 10;
    let end = memchr(b';', &text.as_bytes()[..text.len().min(ENTITY_BYTES_MAX)])?;
    let char = match text.get(1..end)? {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        name => {
            let number = name.strip_prefix('#').filter(|_| text.starts_with('&'))?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            code.ok().and_then(char::from_u32)?
        }
    };
    text.starts_with('&').then_some((char, end + 1))
}

/// Resolves `_xHHHH_`. Two halves of a pair are one character; one alone is U+FFFD.
fn without_units(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memmem::find(rest.as_bytes(), b"_x") {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some(first) = unit(rest) else {
            out.push_str("_x");
            rest = &rest[2..];
            continue;
        };
        let second = unit(&rest[UNIT_BYTES..]);
        let char = char::decode_utf16([first, second.unwrap_or(0)]).next().and_then(Result::ok);
        out.push(char.unwrap_or('\u{FFFD}'));
        rest = &rest[UNIT_BYTES * char.map_or(1, char::len_utf16)..];
    }
    out.push_str(rest);
    out
}

/// The length of `_xHHHH_`.
const UNIT_BYTES: usize = 7;

fn unit(text: &str) -> Option<u16> {
    let digits = text.get(..UNIT_BYTES)?.strip_prefix("_x")?.strip_suffix('_')?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_lose_their_escapes() {
        assert_eq!(decode("O'Brien &amp; Sons &lt;x&gt;"), "O'Brien & Sons <x>");
        assert_eq!(decode("a_x000D__x000A_b"), "a\r\nb");
        assert_eq!(decode("_x005F_x0041_"), "_x0041_");
        assert_eq!(decode("_xD83D__xDE00_ _xD83D_!"), "\u{1F600} \u{FFFD}!");
        assert_eq!(decode("&#65;&#x42;&lol;&"), "AB&lol;&");
        assert_eq!(decode("<![CDATA[a & b]]><!-- c -->d"), "a & bd");
        assert_eq!(decode("_xyz_"), "_xyz_");
    }
}
