//! Text from an export is data: control and bidirectional characters never reach a report unescaped.

use std::borrow::Cow;
use std::fmt::Write;

use crate::hidden::is_hidden;

/// Appends `text` as a JSON string. What a terminal or an editor would obey is written `\u202e`.
pub fn push_json(out: &mut String, text: &str) {
    out.push('"');
    // Branch-free: hardly any text holds anything to escape.
    if text.bytes().fold(true, |plain, byte| plain & is_plain(byte)) {
        out.push_str(text);
    } else {
        push_escaped(out, text);
    }
    out.push('"');
}

/// Whether a byte is a character that stands for itself in a JSON string.
const fn is_plain(byte: u8) -> bool {
    (byte.wrapping_sub(b' ') < 0x5F) & (byte != b'"') & (byte != b'\\')
}

/// Appends a text as a JSON string; `null` where there is none.
pub(super) fn push_optional(out: &mut String, text: Option<&str>) {
    match text {
        Some(text) => push_json(out, text),
        None => out.push_str("null"),
    }
}

/// Appends a key and a list as JSON.
pub(super) fn push_list<T>(out: &mut String, before: &str, items: &[T], mut push: impl FnMut(&mut String, &T)) {
    out.push_str(before);
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        out.push_str(if index > 0 { "," } else { "" });
        push(out, item);
    }
    out.push(']');
}

fn push_escaped(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| !is_plain(byte)) {
        let (plain, behind) = rest.split_at(at);
        out.push_str(plain);
        let mut chars = behind.chars();
        match chars.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some(char) if char == '\u{1b}' || is_hidden(char) => {
                let mut units = [0; 2];
                for unit in char.encode_utf16(&mut units) {
                    // Writing to a string cannot fail.
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            Some(char) => out.push(char),
            None => {}
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
}

/// The text as one line for people: hidden characters and line ends as `\u{202e}` and `\n`.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    let needs = |char: char| is_hidden(char) || is_unseen(char) || matches!(char, '\n' | '\r' | '\t' | '\u{1b}');
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~');
    if text.bytes().fold(true, |plain, byte| plain & is_plain(byte)) || !text.contains(needs) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for char in text.chars() {
        match char {
            '\t' => out.push(' '),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            char if needs(char) => {
                let _ = write!(out, "\\u{{{:x}}}", char as u32);
            }
            char => out.push(char),
        }
    }
    Cow::Owned(out)
}

/// Whether a character shows nothing although some writing needs it: joiners, selectors, fillers and tags. Reading does
/// not notice them, for names may hold them; in a report two names that look alike must not.
const fn is_unseen(char: char) -> bool {
    matches!(char, '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200C}' | '\u{200D}' | '\u{2065}' | '\u{206A}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}' | '\u{FFFE}' | '\u{FFFF}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_written_out() {
        let mut out = String::new();
        push_json(&mut out, "a\u{202e}b\u{1b}[31m\"\u{7}ü\n");
        assert_eq!(out, r#""a\u202eb\u001b[31m\"\u0007ü\n""#);
        assert_eq!(visible("a\u{202e}b\u{1b}[31m\n"), "a\\u{202e}b\\u{1b}[31m\\n");
        assert_eq!(visible("plain"), "plain");
    }
}
