//! What is left of a text that did not arrive as it was written: the mark of a cut, a spreadsheet's error or its words for
//! true and false, letters decoded wrongly.

use std::borrow::Cow;

/// The marks of a cut: of PowerShell 7, of Windows PowerShell, and the former as a reader of Windows-1252 took it.
const MARKS: [&str; 3] = ["…", "...", "â€¦"];

/// A text without the mark at its end.
#[must_use]
pub(crate) fn without_mark(text: &str) -> Option<&str> {
    // Most texts end in a letter or a brace.
    match text.as_bytes().last() {
        Some(b'.' | 0xA6) => MARKS.iter().find_map(|mark| text.strip_suffix(mark)),
        _ => None,
    }
}

/// Whether a text begins with such a mark, as where a column lost the head of its values.
#[must_use]
pub(crate) fn begins_with_mark(text: &str) -> bool {
    matches!(text.as_bytes().first(), Some(b'.' | 0xE2 | 0xC3)) && MARKS.iter().any(|mark| text.starts_with(mark))
}

/// Whether a spreadsheet shows this in place of a value: an error in whatever language (`#NAME?`, `#BEZUG!`, `#N/A`), or
/// a column that was too narrow (`########`).
#[must_use]
pub(crate) fn is_lost(text: &str) -> bool {
    const NARROW_MIN: usize = 4;
    let Some(rest) = text.strip_prefix('#') else { return false };
    if rest.bytes().all(|byte| byte == b'#') {
        return text.len() >= NARROW_MIN;
    }
    let is_capital = |char: char| char.is_uppercase() || matches!(char, '/' | '0' | '¿' | '¡');
    let error = rest.strip_suffix(['!', '?']).is_some_and(|word| word.len() > 1 && word.chars().all(is_capital));
    error || matches!(rest, "N/A" | "NV" | "N/D")
}

/// What a spreadsheet in another language writes for true and false, in capitals: its names of the functions TRUE and
/// FALSE.
///
/// Source: Microsoft Support, "TRUE function" and "FALSE function", in these languages.
const TRUTHS: [(&str, &str); 16] = [
    ("WAHR", "FALSCH"),
    ("VRAI", "FAUX"),
    ("VERDADERO", "FALSO"),
    ("VERO", "FALSO"),
    ("WAAR", "ONWAAR"),
    ("VERDADEIRO", "FALSO"),
    ("SANT", "FALSKT"),
    ("SAND", "FALSK"),
    ("SANN", "USANN"),
    ("TOSI", "EPÄTOSI"),
    ("PRAWDA", "FAŁSZ"),
    ("PRAVDA", "NEPRAVDA"),
    ("IGAZ", "HAMIS"),
    ("DOĞRU", "YANLIŞ"),
    ("ИСТИНА", "ЛОЖЬ"),
    ("ADEVĂRAT", "FALS"),
];

/// Whether a text says true or false, as a shell does or a spreadsheet that saved what a shell wrote; `None` where neither.
#[must_use]
pub(crate) fn truth(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") {
        return Some(text.len() == 4);
    }
    let of = |(yes, no): &(&str, &str)| if text == *yes { Some(true) } else { (text == *no).then_some(false) };
    TRUTHS.iter().find_map(of)
}

/// Whether what a cut left may be the start of such an error, so that it says nothing of the value.
#[must_use]
pub(crate) fn may_be_lost(start: &str) -> bool {
    let is_of_error = |char: char| char.is_uppercase() || matches!(char, '/' | '0' | '¿' | '¡' | '!' | '?' | '#');
    start.strip_prefix('#').is_some_and(|rest| rest.chars().all(is_of_error))
}

/// Whether a value of a known property shows that it did not arrive whole. Few texts are looked at twice.
#[must_use]
pub(crate) fn is_damaged(text: &str) -> bool {
    match text.as_bytes() {
        [.., b'.' | 0xA6] if without_mark(text).is_some() => true,
        [b'#', ..] => is_lost(text),
        _ => false,
    }
}

/// A text that was UTF-8, was read as Windows-1252 and saved again (`JÃ¶rg`), as it was before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Recoded {
    /// This is what it was.
    Whole(String),
    /// This is what it was but for some letters; a `?` stands for each of them.
    Unclear(String),
}

/// The text before its letters were decoded wrongly, once or several times; `None` where nothing shows that they were.
#[must_use]
pub(crate) fn recoded(text: &str) -> Option<Recoded> {
    const TIMES_MAX: usize = 3;
    let mut best = None;
    let mut text = Cow::Borrowed(text);
    for _ in 0..TIMES_MAX {
        match once(&text) {
            Some(Recoded::Whole(before)) => {
                text = Cow::Owned(before.clone());
                best = Some(Recoded::Whole(before));
            }
            Some(unclear) if best.is_none() => return Some(unclear),
            _ => break,
        }
    }
    best
}

/// Whether a text begins with a letter that was decoded wrongly, and nothing of it is gone.
pub(crate) fn starts_recoded(text: &str) -> bool {
    matches!(letter_of(text).0, Letter::Was(_))
}

fn once(text: &str) -> Option<Recoded> {
    let is_other = |(at, char): (usize, char)| !char.is_ascii() && !matches!(letter_of(&text[at..]).0, Letter::Is);
    if text.is_ascii() || !text.char_indices().any(is_other) {
        return None;
    }
    let (mut whole, mut unclear) = (String::with_capacity(text.len()), String::with_capacity(text.len()));
    let mut certain = true;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (letter, length) = letter_of(rest);
        match letter {
            Letter::Was(char) => {
                whole.push(char);
                unclear.push('?');
            }
            Letter::Lost => {
                certain = false;
                unclear.push('?');
            }
            Letter::Is => {
                certain &= first.is_ascii();
                whole.push(first);
                unclear.push(first);
            }
        }
        rest = &rest[length..];
    }
    Some(if certain { Recoded::Whole(whole) } else { Recoded::Unclear(unclear) })
}

/// What a text begins with.
enum Letter {
    /// A letter that stands for itself.
    Is,
    /// What this letter was decoded to.
    Was(char),
    /// What some letter was decoded to, of which a part is gone.
    Lost,
}

/// What a text that is not empty begins with, and how many bytes that is.
fn letter_of(text: &str) -> (Letter, usize) {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return (Letter::Is, 0) };
    let next = chars.next();
    let both = first.len_utf8() + next.map_or(0, char::len_utf8);
    // The first byte of two as the code pages of consoles show it.
    if matches!(first, '├' | '┬') {
        return (Letter::Lost, both);
    }
    let behind = match first as u32 {
        0xC2..=0xDF => 1,
        0xE0..=0xEF => 2,
        0xF0..=0xF4 => 3,
        _ => return (Letter::Is, first.len_utf8()),
    };
    let mut bytes = [first as u8, 0, 0, 0];
    let mut length = first.len_utf8();
    for (byte, char) in bytes[1..=behind].iter_mut().zip(text[length..].chars()) {
        let Some(follows) = continuation(char) else { break };
        *byte = follows;
        length += char.len_utf8();
    }
    match std::str::from_utf8(&bytes[..=behind]).ok().and_then(|letter| letter.chars().next()) {
        Some(letter) => (Letter::Was(letter), length),
        // The second half of `à` is a blank, and what else had no letter became a question mark.
        None if first == 'Ã' && matches!(next, Some('?' | '\u{FFFD}' | ' ')) => (Letter::Lost, both),
        None => (Letter::Is, first.len_utf8()),
    }
}

/// The byte of a letter of Windows-1252, where it is one that goes on with a letter of UTF-8.
///
/// Source: the index of windows-1252 in the Encoding Standard.
fn continuation(char: char) -> Option<u8> {
    const FROM_80: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
    ];
    match char as u32 {
        code @ 0xA0..=0xBF => Some(code as u8),
        _ => (0x80..).zip(FROM_80).find(|(_, known)| *known == char).map(|(byte, _)| byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_ends_a_cut_text() {
        assert_eq!(without_mark("Help D…"), Some("Help D"));
        assert_eq!(without_mark("Help D..."), Some("Help D"));
        assert_eq!(without_mark("Help Dâ€¦"), Some("Help D"));
        assert_eq!(without_mark("Contoso Inc."), None);
    }

    #[test]
    fn an_error_of_a_spreadsheet_is_no_value() {
        for text in ["#NAME?", "#REF!", "#VALUE!", "#N/A", "#DIV/0!", "########", "#BEZUG!", "#NV", "#¿NOMBRE?"] {
            assert!(is_lost(text), "{text}");
        }
        assert!(is_damaged("#NAME?…") && is_damaged("#NAME?") && is_damaged("Help D…") && !is_damaged("#Admins"));
        for start in ["#", "#NA", "#NAME?", "####"] {
            assert!(may_be_lost(start), "{start}");
        }
        assert!(!may_be_lost("#Admins") && !may_be_lost("NAME?"));
        for text in ["#1", "#", "###", "# Help Desk", "#Admins!", "NAME?", "#!"] {
            assert!(!is_lost(text), "{text}");
        }
    }

    #[test]
    fn a_spreadsheet_says_true_in_its_own_language() {
        for text in ["True", "true", "TRUE", "WAHR", "VRAI", "ИСТИНА", "DOĞRU"] {
            assert_eq!(truth(text), Some(true), "{text}");
        }
        for text in ["False", "FALSE", "FALSCH", "FALSO", "EPÄTOSI"] {
            assert_eq!(truth(text), Some(false), "{text}");
        }
        for text in ["", "T", "wahr", "Yes", "1", "VRA"] {
            assert_eq!(truth(text), None, "{text}");
        }
    }

    #[test]
    fn letters_that_were_decoded_wrongly_are_what_they_were() {
        let whole = |text: &str| Some(Recoded::Whole(text.to_owned()));
        assert_eq!(recoded("JÃ¶rg MÃ¼ller"), whole("Jörg Müller"));
        assert_eq!(recoded("Mueller â€“ Ã\u{81}d"), whole("Mueller – Ád"));
        assert_eq!(recoded("JÃƒÂ¶rg"), whole("Jörg"));
        for name in ["Jörg", "João", "JOÃO", "Zoë", "Ângela", "Østen", "\u{65e5}\u{672c}", "plain"] {
            assert_eq!(recoded(name), None, "{name}");
        }
    }

    #[test]
    fn what_was_decoded_wrongly_in_part_is_not_certain() {
        let unclear = |text: &str| Some(Recoded::Unclear(text.to_owned()));
        assert_eq!(recoded("JÃ¶rg Müller"), unclear("J?rg Müller"));
        assert_eq!(recoded("JÃ?rg"), unclear("J?rg"));
        assert_eq!(recoded("VoilÃ  Bo"), unclear("Voil? Bo"));
        assert_eq!(recoded("J├Ârg"), unclear("J?rg"));
    }
}
