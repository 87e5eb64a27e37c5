//! Where the values of a JSON text begin and end, without building anything.
//!
//! Nothing here recurses: brackets are counted on a stack of bits. Strings are passed over with memchr, and a list of
//! plain strings in one leap.

use memchr::{memchr, memchr_iter, memchr3};

/// Why a value has no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The text ends first.
    Ends,
    /// Something else stands at this offset than JSON allows.
    Syntax(usize),
    /// More brackets are open at this offset than are followed.
    Deep(usize),
}

/// What kind of value, as its first character tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Its text lies between the quotation marks; `escaped` where it holds a backslash.
    String { escaped: bool },
    /// A number.
    Number,
    /// `true`.
    True,
    /// `false`.
    False,
    /// `null`.
    Null,
    /// A list.
    Array,
    /// An object.
    Object,
}

/// One value of the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Raw {
    /// Where it begins: of a string, behind the quotation mark.
    pub(super) start: usize,
    /// Where it ends: of a string, before the quotation mark.
    pub(super) end: usize,
    /// What follows it.
    pub(super) next: usize,
    /// What it is.
    pub(super) form: Form,
    /// The text ends inside it.
    pub(super) cut: bool,
}

/// The first offset from `at` on that is no white space. A byte order mark counts as white space, because files that
/// were appended to each other have one in the middle.
pub(super) fn skip_blank(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    loop {
        match bytes.get(at) {
            Some(b' ' | b'\n' | b'\r' | b'\t') => at += 1,
            Some(0xEF) if text.get(at..).is_some_and(|rest| rest.starts_with('\u{FEFF}')) => at += 3,
            _ => return at,
        }
    }
}

/// The value that begins at `at`, which is no white space.
pub(super) fn value(text: &str, at: usize) -> Result<Raw, Fault> {
    let bytes = text.as_bytes();
    let whole = |form, next| Ok(Raw { start: at, end: next, next, form, cut: false });
    let literal = |word: &str, form| match bytes.get(at..at + word.len()) {
        Some(found) if found == word.as_bytes() => whole(form, at + word.len()),
        None if word.as_bytes().starts_with(&bytes[at..]) => Err(Fault::Ends),
        _ => Err(Fault::Syntax(at)),
    };
    match bytes.get(at) {
        None => Err(Fault::Ends),
        Some(b'"') => {
            let (end, escaped) = string_end(bytes, at + 1)?;
            let cut = end >= bytes.len();
            let next = if cut { end } else { end + 1 };
            Ok(Raw { start: at + 1, end, next, form: Form::String { escaped }, cut })
        }
        Some(open @ (b'[' | b'{')) => {
            let form = if *open == b'[' { Form::Array } else { Form::Object };
            match nested_end(bytes, at) {
                Ok(next) => whole(form, next),
                Err(Fault::Ends) => Ok(Raw { start: at, end: bytes.len(), next: bytes.len(), form, cut: true }),
                Err(fault) => Err(fault),
            }
        }
        Some(b't') => literal("true", Form::True),
        Some(b'f') => literal("false", Form::False),
        Some(b'n') => literal("null", Form::Null),
        Some(b'-' | b'0'..=b'9') => {
            let is_number = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
            let length = bytes[at..].iter().take_while(|byte| is_number(byte)).count();
            let cut = at + length == bytes.len();
            Ok(Raw { start: at, end: at + length, next: at + length, form: Form::Number, cut })
        }
        Some(_) => Err(Fault::Syntax(at)),
    }
}

/// The offset of the quotation mark that ends the string whose text begins at `at`, or the end of the text; and whether
/// there is a backslash in it.
///
/// Both shells write a line break as an escape, so one that stands in a string shows that its end is missing.
fn string_end(bytes: &[u8], mut at: usize) -> Result<(usize, bool), Fault> {
    let mut escaped = false;
    while let Some(found) = memchr3(b'"', b'\\', b'\n', bytes.get(at..).unwrap_or(&[])) {
        at += found;
        match bytes[at] {
            b'"' => return Ok((at, escaped)),
            b'\n' => return Err(Fault::Syntax(at)),
            _ => {
                escaped = true;
                // What a backslash protects is no line break either.
                at += if bytes.get(at + 1) == Some(&b'\n') { 1 } else { 2 };
            }
        }
    }
    Ok((bytes.len(), escaped))
}

/// The offset behind the bracket that closes the one at `at`.
fn nested_end(bytes: &[u8], at: usize) -> Result<usize, Fault> {
    match leap(bytes, at) {
        Some(end) => Ok(end),
        None => walk(bytes, at),
    }
}

/// The longest leap. Without a limit, lists without an end would each be searched to the end of the text.
const LEAP_BYTES_MAX: usize = 16 * 1024;

/// Passes over a list or an object that holds neither brackets nor backslashes, even in its strings: there a closing
/// bracket stands outside of strings exactly where an even number of quotation marks is before it.
fn leap(bytes: &[u8], at: usize) -> Option<usize> {
    let close = if bytes[at] == b'[' { b']' } else { b'}' };
    let first = bytes[at + 1..].iter().find(|byte| !matches!(byte, b' ' | b'\n' | b'\r' | b'\t'));
    if matches!(first, Some(b'{' | b'[')) {
        return None;
    }
    let inside = &bytes[at + 1..bytes.len().min(at + LEAP_BYTES_MAX)];
    let inside = &inside[..memchr(close, inside)?];
    if memchr3(b'\\', b'[', b'{', inside).is_some() || !memchr_iter(b'"', inside).count().is_multiple_of(2) {
        return None;
    }
    Some(at + 1 + inside.len() + 1)
}

/// The deepest nesting that is followed; `ConvertTo-Json` goes to 100.
const DEPTH_MAX: u32 = 120;

/// Passes over anything, bracket by bracket.
fn walk(bytes: &[u8], mut at: usize) -> Result<usize, Fault> {
    // The lowest bit is the innermost bracket: 1 for an object.
    let (mut stack, mut depth) = (0_u128, 0_u32);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => at = string_end(bytes, at + 1)?.0,
            b'[' | b'{' if depth == DEPTH_MAX => return Err(Fault::Deep(at)),
            b'[' | b'{' => {
                stack = stack << 1 | u128::from(byte == b'{');
                depth += 1;
            }
            b']' | b'}' if (stack & 1 == 1) != (byte == b'}') => return Err(Fault::Syntax(at)),
            b']' | b'}' => {
                stack >>= 1;
                depth -= 1;
                if depth == 0 {
                    return Ok(at + 1);
                }
            }
            // Of numbers and words, or between values.
            b' ' | b'\n' | b'\r' | b'\t' | b',' | b':' | b'0'..=b'9' | b'-' | b'+' | b'.' | b'E' | b'a'..=b'z' => {}
            _ => return Err(Fault::Syntax(at)),
        }
        at += 1;
    }
    Err(Fault::Ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(json: &str) -> Option<&str> {
        value(json, 0).ok().filter(|raw| !raw.cut).map(|raw| &json[raw.start..raw.end])
    }

    #[test]
    fn a_value_ends_where_it_ends() {
        assert_eq!(text_of("\"a\\\"b\",1"), Some("a\\\"b"));
        assert_eq!(text_of("[\"a]\",\"b\"],1"), Some("[\"a]\",\"b\"]"));
        assert_eq!(text_of("{\"a\":{\"b\":\"}\"}},1"), Some("{\"a\":{\"b\":\"}\"}}"));
        assert_eq!(text_of("{\"a\":\"\\\\\"},1"), Some("{\"a\":\"\\\\\"}"));
        assert_eq!(text_of("-12.5e3 "), Some("-12.5e3"));
        assert_eq!(text_of("null]"), Some("null"));
    }

    #[test]
    fn brackets_must_match_and_stay_within_bounds() {
        assert_eq!(value("[{]}", 0).err(), Some(Fault::Syntax(2)));
        assert_eq!(value(&"[".repeat(200), 0).err(), Some(Fault::Deep(120)));
        assert_eq!(value("tru", 0).err(), Some(Fault::Ends));
        assert_eq!(value("trap", 0).err(), Some(Fault::Syntax(0)));
        assert_eq!(value("[\"a\",\n[PS] C:\\>", 0).err(), Some(Fault::Syntax(7)));
        assert_eq!(value("\"a\nb\"", 0).err(), Some(Fault::Syntax(2)));
    }

    #[test]
    fn a_long_list_of_strings_is_leapt_over_like_a_short_one() {
        let list = format!("[{}\"x]y\"]", "\"Parameter\", ".repeat(100));
        assert_eq!(text_of(&format!("{list}, 1")), Some(list.as_str()));
    }
}
