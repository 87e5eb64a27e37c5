//! Characters that nobody sees: which they are, and how they are written out in TOML.
//!
//! Reports write them out as `report::escape` says; no terminal, editor or page ever gets one.

use std::fmt::Write;

/// Whether a character shows nothing, moves the cursor, or turns the direction of text: control characters, and what
/// Unicode lets a reader ignore (`Default_Ignorable_Code_Point` of `DerivedCoreProperties.txt`), with its reserved
/// neighbours and the separators of lines. Line ends, tabs and the escape character, which have a form of their own
/// everywhere, are left to the caller.
#[must_use]
pub const fn is_hidden(char: char) -> bool {
    match char {
        '\n' | '\r' | '\t' | '\u{1b}' | ' '..='~' => false,
        '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' => true,
        _ => matches!(
            char,
            '\u{00AD}'
                | '\u{034F}'
                | '\u{061C}'
                | '\u{115F}'..='\u{1160}'
                | '\u{17B4}'..='\u{17B5}'
                | '\u{180B}'..='\u{180F}'
                | '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{3164}'
                | '\u{FE00}'..='\u{FE0F}'
                | '\u{FEFF}'
                | '\u{FFA0}'
                | '\u{FFF0}'..='\u{FFFB}'
                | '\u{1BCA0}'..='\u{1BCA3}'
                | '\u{1D173}'..='\u{1D17A}'
                | '\u{E0000}'..='\u{E0FFF}'
        ),
    }
}

/// Whether a byte may be the first of a character that `is_hidden`.
#[must_use]
pub const fn may_begin(byte: u8) -> bool {
    ((byte < 0x20) & (byte != b'\n') & (byte != b'\r') & (byte != b'\t') & (byte != 0x1B))
        | (byte == 0x7F)
        | (byte == 0xC2)
        | (byte == 0xCD)
        | (byte == 0xD8)
        | (byte == 0xE1)
        | (byte == 0xE2)
        | (byte == 0xE3)
        | (byte == 0xEF)
        | (byte == 0xF0)
        | (byte == 0xF3)
}

/// The text as a TOML string that holds nothing hidden.
#[must_use]
pub fn toml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for char in text.chars() {
        let number = u32::from(char);
        // Writing to a string cannot fail.
        let _ = match char {
            '"' | '\\' => write!(out, "\\{char}"),
            '\n' | '\r' | '\t' | '\u{1b}' => write!(out, "\\u{number:04x}"),
            _ if is_hidden(char) && number > 0xFFFF => write!(out, "\\U{number:08x}"),
            _ if is_hidden(char) => write!(out, "\\u{number:04x}"),
            _ => write!(out, "{char}"),
        };
    }
    out.push('"');
    out
}

/// The text as a TOML key.
#[must_use]
pub fn toml_key(text: &str) -> String {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !text.is_empty() && text.bytes().all(is_bare) { text.to_owned() } else { toml(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_hidden_character_begins_with_a_byte_that_is_looked_at() {
        let mut count = 0;
        for char in (0..=u32::from(char::MAX)).filter_map(char::from_u32).filter(|char| is_hidden(*char)) {
            let mut bytes = [0; 4];
            char.encode_utf8(&mut bytes);
            assert!(may_begin(bytes[0]), "U+{:04X}", u32::from(char));
            count += 1;
        }
        assert!(count > 4096, "{count}");
        for char in ['\u{E0041}', '\u{206A}', '\u{180E}', '\u{034F}', '\u{3164}', '\u{9B}', '\u{200D}'] {
            assert!(is_hidden(char), "U+{:04X}", u32::from(char));
        }
        assert!(!['ü', '日', '\u{A0}', '\u{301}', '😀'].into_iter().any(is_hidden));
    }

    #[test]
    fn a_toml_string_says_what_was_meant() {
        let text = "a\u{9b}31m\u{202e}b\u{e0041}\\ \"\n\t\u{1b}'";
        assert_eq!(toml(text), r#""a\u009b31m\u202eb\U000e0041\\ \"\u000a\u0009\u001b'""#);
        assert_eq!(
            (toml_key("our-cmdlets"), toml_key("our cmdlets")),
            ("our-cmdlets".into(), "\"our cmdlets\"".into())
        );
    }
}
