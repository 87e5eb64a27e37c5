//! Bytes to text: which encodings a file is in, and one text of all of them.

use std::borrow::Cow;
use std::ops::Range;

use encoding_rs::{UTF_16BE, WINDOWS_1252};
use memchr::{memchr, memchr_iter, memrchr};

use super::blocks::{Blocks, Made, Text, survey};
use super::{BLOCK_BYTES, Encoding, EncodingNotice, TEXT_BYTES_MAX, TooLarge, to_u32};

/// A text, and what decoding it noticed.
#[derive(Debug)]
pub(super) struct Decoded<'b> {
    pub(super) text: Text<'b>,
    pub(super) encoding: Encoding,
    pub(super) notices: Vec<EncodingNotice>,
    pub(super) blocks: Blocks,
}

impl<'b> Decoded<'b> {
    fn of(text: Cow<'b, str>, encoding: Encoding, notices: Vec<EncodingNotice>) -> Self {
        let (blocks, _) = survey(text.as_bytes());
        Self { text: Text::Plain(text), encoding, notices, blocks }
    }
}

/// How much of a file tells whether it is text.
const SAMPLE_BYTES: usize = 8192;

/// Decodes a file, and surveys the blocks of its text.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded<'_>, TooLarge> {
    if is_too_large(bytes) {
        return Err(TooLarge);
    }
    let rest = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let is_marked_utf16 = rest.starts_with(b"\xFF\xFE") || rest.starts_with(b"\xFE\xFF");
    if !is_marked_utf16 {
        let (blocks, text) = survey(rest);
        if let Some(text) = text
            && first_zero(rest, &blocks.unusual).is_none()
        {
            check_length(text.len())?;
            return Ok(Decoded {
                text: Text::Plain(Cow::Borrowed(text)),
                encoding: Encoding::Utf8,
                notices: Vec::new(),
                blocks,
            });
        }
    }
    decode_other(bytes)
}

/// Whether the size alone says that the text is too long, without a look at gigabytes: UTF-16 takes up to two bytes for
/// one of the text.
fn is_too_large(bytes: &[u8]) -> bool {
    let is_utf16 = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") || unmarked_utf16(bytes).is_some();
    bytes.len() as u64 / if is_utf16 { 2 } else { 1 } > TEXT_BYTES_MAX + MARK_BYTES_MAX
}

/// The longest byte order mark.
const MARK_BYTES_MAX: u64 = 3;

/// Decodes what is not plain UTF-8.
fn decode_other(bytes: &[u8]) -> Result<Decoded<'_>, TooLarge> {
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        return decode_unmarked(rest);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") {
        return decode_runs(rest, Encoding::Utf16Le, Vec::new());
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFE\xFF") {
        return decode_big_endian(rest, Vec::new());
    }
    decode_unmarked(bytes)
}

/// Bytes without a mark, or behind that of UTF-8.
fn decode_unmarked(bytes: &[u8]) -> Result<Decoded<'_>, TooLarge> {
    let valid = std::str::from_utf8(bytes);
    let zero = memchr(0, bytes);
    if let Some(form) = form_of(bytes) {
        return Ok(binary(form));
    }
    if zero.is_some() {
        // UTF-16 in the other order looks like the one from its second byte on, behind a byte that is no text.
        let head = &bytes[..bytes_end(bytes, 0)];
        let is_text = std::str::from_utf8(head).is_ok() || memchr(b'\n', head).is_some();
        if !head.is_empty() && head.len() < bytes.len() && head[0] != 0 && is_text {
            return decode_runs(bytes, Encoding::Utf8, Vec::new());
        }
        match unmarked_utf16(bytes) {
            Some(Encoding::Utf16Be) => return decode_big_endian(bytes, vec![EncodingNotice::Unmarked]),
            Some(_) => return decode_runs(bytes, Encoding::Utf16Le, vec![EncodingNotice::Unmarked]),
            None => {}
        }
    }
    if is_binary(bytes) {
        return Ok(binary("binary"));
    }
    if let Ok(text) = valid {
        check_length(text.len())?;
        return Ok(Decoded::of(Cow::Borrowed(text), Encoding::Utf8, Vec::new()));
    }
    let first = valid.err().map_or(0, |error| error.valid_up_to());
    if is_damaged_utf8(bytes) {
        return decode_damaged_utf8(bytes, first);
    }
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    check_length(text.len())?;
    Ok(Decoded::of(text, Encoding::Windows1252, vec![EncodingNotice::Assumed(to_u32(first_beyond_ascii(bytes)))]))
}

/// Where bytes first leave ASCII: what stands before is as long in the text.
fn first_beyond_ascii(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(bytes.len())
}

/// Whether bytes that are not valid UTF-8 are UTF-8 all the same: cut within their last character, or with more whole
/// characters beyond ASCII than damaged ones. In Windows-1252, two letters beyond ASCII rarely stand side by side.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut whole, mut damaged) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().bytes().filter(|byte| *byte >= 0xC0).count();
        damaged += usize::from(!chunk.invalid().is_empty());
    }
    let cut = std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none());
    cut && damaged == 1 || whole > damaged
}

fn decode_damaged_utf8(bytes: &[u8], first: usize) -> Result<Decoded<'_>, TooLarge> {
    let notices = vec![EncodingNotice::Replaced(to_u32(first))];
    // What is left of a cut character is no character.
    let is_cut = std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none());
    let bytes = if is_cut { &bytes[..first] } else { bytes };
    let text = String::from_utf8_lossy(bytes);
    check_length(text.len())?;
    Ok(Decoded::of(text, Encoding::Utf8, notices))
}

/// Whether any of the blocks holds a zero, and where.
fn first_zero(bytes: &[u8], unusual: &[u32]) -> Option<usize> {
    let starts = unusual.iter().map(|number| *number as usize * BLOCK_BYTES);
    starts.filter_map(|start| Some(start + memchr(0, &bytes[start..bytes.len().min(start + BLOCK_BYTES)])?)).next()
}

fn binary(form: &'static str) -> Decoded<'static> {
    Decoded::of(Cow::Borrowed(""), Encoding::Binary, vec![EncodingNotice::Binary(form)])
}

/// How files begin that lie beside exports and are none.
const MAGIC: &[(&[u8], &str)] = &[
    (b"\x89PNG", "binary"),
    (b"GIF8", "binary"),
    (b"\xFF\xD8\xFF", "binary"),
    (b"PK\x03\x04", "workbook"),
    (b"PK\x05\x06", "workbook"),
    (b"\xD0\xCF\x11\xE0", "workbook"),
    (b"%PDF-", "binary"),
    (b"\x1F\x8B", "binary"),
    (b"BZh", "binary"),
    (b"\xFD7zXZ", "binary"),
    (b"7z\xBC\xAF", "binary"),
    (b"Rar!", "binary"),
    (b"MZ", "binary"),
    (b"\x7FELF", "binary"),
    (b"ElfFile\0", "binary"),
    (b"SQLite format 3\0", "binary"),
    (b"RIFF", "binary"),
];

fn form_of(bytes: &[u8]) -> Option<&'static str> {
    MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, form)| *form)
}

/// Whether the start of a file holds more control characters than any text does.
fn is_binary(bytes: &[u8]) -> bool {
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    // A file that a crash left has zeros at its end; what stands before them is text.
    let end = sample.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let is_control = |byte: &&u8| matches!(byte, 0..=0x08 | 0x0E..=0x1A | 0x1C..=0x1F);
    let controls = sample[..end].iter().filter(is_control).count();
    end == 0 && !sample.is_empty() || controls > 4 && controls * 50 > end
}

/// Guesses UTF-16 without a mark: text of mostly Latin letters has a zero in every second byte.
fn unmarked_utf16(bytes: &[u8]) -> Option<Encoding> {
    let sample = &bytes[..bytes.len().min(4096) & !1];
    let pairs = sample.len() / 2;
    let high = sample.chunks_exact(2).filter(|pair| pair[1] == 0 && pair[0] != 0).count();
    let low = sample.chunks_exact(2).filter(|pair| pair[0] == 0 && pair[1] != 0).count();
    match pairs {
        0 => None,
        _ if high * 2 >= pairs && low * 10 < pairs => Some(Encoding::Utf16Le),
        _ if low * 2 >= pairs && high * 10 < pairs => Some(Encoding::Utf16Be),
        _ => None,
    }
}

fn decode_big_endian(bytes: &[u8], mut notices: Vec<EncodingNotice>) -> Result<Decoded<'_>, TooLarge> {
    let whole = &bytes[..bytes.len() & !1];
    let (text, replaced) = UTF_16BE.decode_without_bom_handling(whole);
    check_length(text.len())?;
    if replaced {
        notices.push(EncodingNotice::Replaced(to_u32(text.find('\u{FFFD}').unwrap_or(0))));
    } else if whole.len() < bytes.len() {
        notices.push(EncodingNotice::Replaced(to_u32(text.len())));
    }
    Ok(Decoded::of(Cow::Owned(text.into_owned()), Encoding::Utf16Be, notices))
}

/// Decodes a file that begins as UTF-16LE or, where it changes to that, as bytes.
///
/// `>>` of Windows PowerShell writes UTF-16LE without a mark, whatever the file held before; other tools append bytes to
/// a file that is UTF-16LE. Source: about_Redirection, `Out-File -Append`.
fn decode_runs(bytes: &[u8], first: Encoding, mut notices: Vec<EncodingNotice>) -> Result<Decoded<'_>, TooLarge> {
    let mut text = Made::of(bytes.len());
    let mut blocks = Blocks::default();
    let (mut replaced, mut assumed) = (None, None);
    let (mut encoding, mut at, mut runs) = (first, 0, 0);
    while at < bytes.len() {
        check_length(text.len())?;
        if runs > 0 {
            notices.push(EncodingNotice::Changes(to_u32(text.len())));
        }
        (encoding, at) = if encoding == Encoding::Utf16Le {
            at += if bytes[at..].starts_with(b"\xFF\xFE") { 2 } else { 0 };
            (Encoding::Utf8, at + push_utf16(&bytes[at..], &mut text, &mut blocks, &mut replaced))
        } else {
            let end = bytes_end(bytes, at);
            push_bytes(&bytes[at..end], &mut text, &mut assumed);
            (Encoding::Utf16Le, end)
        };
        runs += 1;
    }
    check_length(text.len())?;
    notices.extend(replaced.map(|at| EncodingNotice::Replaced(to_u32(at))));
    notices.extend(assumed.map(|at| EncodingNotice::Assumed(to_u32(at))));
    let encoding = if runs > 1 { Encoding::Mixed } else { first };
    text.settle();
    blocks.finish(text.as_bytes());
    Ok(Decoded { text: Text::Made(text), encoding, notices, blocks })
}

/// Where bytes that begin at `at` turn into UTF-16LE: at a mark, or at the line of the first zero that belongs to it.
fn bytes_end(bytes: &[u8], at: usize) -> usize {
    const BACK_BYTES_MAX: usize = 512;
    for zero in memchr_iter(0, &bytes[at..]).map(|offset| at + offset) {
        // A run of zeros is no text, and may take gigabytes.
        if bytes.get(zero + 1) == Some(&0) {
            continue;
        }
        let Some(unit) = zero.checked_sub(1).filter(|unit| *unit >= at) else { continue };
        if !is_utf16(bytes, unit) {
            continue;
        }
        if unit >= at + 2 && bytes[unit - 2..unit] == *b"\xFF\xFE" {
            return unit - 2;
        }
        // Text that is not Latin may stand before the first zero, in the same line.
        let from = at.max(unit.saturating_sub(BACK_BYTES_MAX));
        let line = memrchr(b'\n', &bytes[from..unit]).map_or(at, |feed| from + feed + 1);
        let is_text = std::str::from_utf8(&bytes[line..unit]).is_ok();
        return if (unit - line).is_multiple_of(2) && !is_text { line } else { unit };
    }
    bytes.len()
}

/// Whether the bytes at a place are UTF-16LE: at least half of the next units are Latin. One zero is a damaged byte.
fn is_utf16(bytes: &[u8], at: usize) -> bool {
    const UNITS: usize = 16;
    const UNITS_MIN: usize = 3;
    let units = bytes[at..bytes.len().min(at + 2 * UNITS)].chunks_exact(2);
    let count = units.len();
    let (mut latin, mut zeros) = (0, 0);
    for unit in units {
        latin += usize::from(unit[1] == 0 && unit[0] != 0);
        zeros += usize::from(unit[0] == 0);
    }
    count >= UNITS_MIN && latin * 2 >= count && zeros == 0
}

/// Where UTF-16LE turns into bytes: behind the end of a line, before a line without any zero. Looks at the lines that
/// start in `range`.
fn utf16_end(bytes: &[u8], range: Range<usize>) -> Option<usize> {
    const LINE_BYTES_MIN: usize = 3;
    const LAST_LINE_BYTES_MIN: usize = 8;
    let from = range.start.saturating_sub(2);
    for feed in memchr_iter(b'\n', &bytes[from..range.end.saturating_sub(2)]).map(|offset| from + offset) {
        let line = feed + 2;
        if !feed.is_multiple_of(2) || bytes[line - 1] != 0 {
            continue;
        }
        // Most lines begin with a Latin letter or end here, which is a look at eight bytes.
        if memchr(0, &bytes[line..bytes.len().min(line + 8)]).is_some() {
            continue;
        }
        let end = memchr(b'\n', &bytes[line..]).map(|offset| line + offset);
        let content = &bytes[line..end.unwrap_or(bytes.len())];
        let least = if end.is_some() { LINE_BYTES_MIN } else { LAST_LINE_BYTES_MIN };
        let ascii = content.iter().filter(|byte| matches!(byte, 0x20..0x7F | b'\t' | b'\r')).count();
        if content.len() >= least
            && memchr(0, content).is_none()
            && ascii * 2 >= content.len()
            && (std::str::from_utf8(content).is_ok() || ascii * 10 >= content.len() * 9)
        {
            return Some(line);
        }
    }
    None
}

fn push_bytes(bytes: &[u8], text: &mut Made, assumed: &mut Option<usize>) {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(valid) => text.push_str(valid),
        Err(_) => {
            assumed.get_or_insert(text.len() + first_beyond_ascii(bytes));
            text.push_str(&WINDOWS_1252.decode_without_bom_handling(bytes).0);
        }
    }
}

/// Decodes UTF-16LE up to where it turns into bytes, and returns where that is. Blocks of ASCII, which nearly all of it
/// is, are decoded without a look at each unit; no line of bytes starts in them.
fn push_utf16(bytes: &[u8], text: &mut Made, blocks: &mut Blocks, replaced: &mut Option<usize>) -> usize {
    const UNITS: usize = 64;
    const MANY_UNITS: usize = 16 * UNITS;
    // After many units that are not all ASCII, so many blocks are tried by themselves.
    let mut narrow = 0;
    let mut high = None;
    let mut at = 0;
    while at < bytes.len() {
        let mut block = &bytes[at..bytes.len().min(at + 2 * UNITS)];
        if high.is_none() {
            let many = bytes.get(at..at + 2 * MANY_UNITS).filter(|_| narrow == 0);
            let is_ascii = many.is_some_and(|many| push_ascii::<MANY_UNITS>(many, text));
            narrow = if many.is_some() && !is_ascii { MANY_UNITS / UNITS } else { narrow.saturating_sub(1) };
            if is_ascii || push_ascii::<UNITS>(block, text) {
                // While it is at hand: later it would have to be fetched again.
                blocks.follow(text.as_bytes());
                at += if is_ascii { 2 * MANY_UNITS } else { block.len() };
                continue;
            }
        }
        let end = utf16_end(bytes, at..at + block.len());
        block = &block[..end.map_or(block.len(), |end| end - at)];
        push_units(block, text, &mut high, replaced);
        at += block.len();
        if end.is_some() {
            break;
        }
    }
    // Half a pair or half a unit: the file was cut within a character.
    if high.is_some() || !at.is_multiple_of(2) {
        replaced.get_or_insert(text.len());
    }
    at
}

/// Takes a whole block of UTF-16LE that holds nothing but ASCII, and says whether it is one.
fn push_ascii<const UNITS: usize>(block: &[u8], text: &mut Made) -> bool {
    let (units, rest) = block.as_chunks();
    let units: Option<&[[u8; 2]; UNITS]> = units.try_into().ok().filter(|_| rest.is_empty());
    let Some(units) = units else { return false };
    let mut ascii = [0; UNITS];
    let mut seen = 0;
    for (to, unit) in ascii.iter_mut().zip(units) {
        let unit = u16::from_le_bytes(*unit);
        seen |= unit;
        *to = unit.to_le_bytes()[0];
    }
    let ascii = std::str::from_utf8(&ascii).ok().filter(|_| seen < 0x80);
    ascii.iter().for_each(|ascii| text.push_str(ascii));
    ascii.is_some()
}

fn push_units(bytes: &[u8], text: &mut Made, high: &mut Option<u16>, replaced: &mut Option<usize>) {
    let mut push = |code: u32, text: &mut Made| {
        let char = char::from_u32(code).unwrap_or_else(|| {
            replaced.get_or_insert(text.len());
            char::REPLACEMENT_CHARACTER
        });
        text.push(char);
    };
    for unit in bytes.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])) {
        match (high.take(), unit) {
            (None, 0..0x80) => text.push(char::from(unit.to_le_bytes()[0])),
            (Some(first), 0xDC00..0xE000) => {
                push(0x1_0000 + ((u32::from(first) - 0xD800) << 10) + (u32::from(unit) - 0xDC00), text);
            }
            (lone, unit) => {
                if let Some(lone) = lone {
                    push(u32::from(lone), text);
                }
                match unit {
                    0xD800..0xDC00 => *high = Some(unit),
                    _ => push(u32::from(unit), text),
                }
            }
        }
    }
}

fn check_length(length: usize) -> Result<(), TooLarge> {
    if length as u64 > TEXT_BYTES_MAX { Err(TooLarge) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn little(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn decoded(bytes: &[u8]) -> (String, Encoding, Vec<EncodingNotice>) {
        let decoded = decode(bytes).expect("small");
        (decoded.text.to_owned(), decoded.encoding, decoded.notices)
    }

    const ROWS: &str = "Mail Recipients\\Get-Mailbox\r\nZürich 日本 😀\\Get-User\r\n";

    #[test]
    fn the_encoding_is_assumed_from_the_first_letter_on() {
        // The first letter is valid UTF-8 by chance.
        let (text, encoding, notices) = decoded(b"\"\xC3\xA6\"\n\"\xFC\",\"\xE4\",\"\xF6\"\n");
        assert_eq!((text.as_str(), encoding), ("\"Ã¦\"\n\"ü\",\"ä\",\"ö\"\n", Encoding::Windows1252));
        assert_eq!(notices, [EncodingNotice::Assumed(1)]);
    }

    #[test]
    fn rows_appended_in_utf16_are_text() {
        for (head, tail) in [
            ("Name\r\n", "Get-Mailbox\r\n"),
            ("Nam\n", "\r\nx\r\n"),
            ("Zürich\r\n", ROWS),
            ("A\n", "日本\\Get-User\r\nB\\Get-User\r\n"),
        ] {
            for mark in ["", "\u{FEFF}"] {
                let bytes = [head.as_bytes(), &little(&format!("{mark}{tail}"))].concat();
                let (text, encoding, notices) = decoded(&bytes);
                assert_eq!((text, encoding), (format!("{head}{tail}"), Encoding::Mixed), "{head:?} {mark:?}");
                assert_eq!(notices, [EncodingNotice::Changes(to_u32(head.len()))]);
            }
        }
    }

    #[test]
    fn bytes_appended_to_utf16_are_text() {
        for tail in ["Zürich\\Get-User\r\nB\\Get-User\r\n", "C\\Get-User\n", "without an end"] {
            let bytes = [&little(&format!("\u{FEFF}{ROWS}")), tail.as_bytes()].concat();
            assert_eq!(decoded(&bytes).0, format!("{ROWS}{tail}"));
            let again = [&bytes[..], b"\r\n", &little(ROWS)].concat();
            assert_eq!(decoded(&again).0, format!("{ROWS}{tail}\r\n{ROWS}"));
        }
    }

    #[test]
    fn utf16_needs_no_mark() {
        assert_eq!(decoded(&little(ROWS)), (ROWS.to_owned(), Encoding::Utf16Le, vec![EncodingNotice::Unmarked]));
        let big: Vec<u8> = ROWS.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decoded(&big), (ROWS.to_owned(), Encoding::Utf16Be, vec![EncodingNotice::Unmarked]));
    }

    #[test]
    fn lines_of_other_scripts_are_no_bytes() {
        let text = "日本語 ロール\r\n上海\r\n表示\r\n\u{5350}\u{5351}\r\nЗюрих\r\n𝒳𝒴\r\n".repeat(40);
        let (decoded, encoding, _) = decoded(&little(&format!("\u{FEFF}{text}")));
        assert_eq!((decoded, encoding), (text, Encoding::Utf16Le));
    }

    #[test]
    fn half_a_character_at_the_end_is_left_out_and_said() {
        let mut bytes = little("\u{FEFF}Get-User\r\n😀");
        bytes.pop();
        let (text, _, notices) = decoded(&bytes);
        assert_eq!((text.as_str(), notices), ("Get-User\r\n", vec![EncodingNotice::Replaced(10)]));
        let lone: Vec<u8> = [0xFEFF_u16, 0x41, 0xD800, 0x42].into_iter().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decoded(&lone).0, "A\u{FFFD}B");
    }

    #[test]
    fn a_cut_or_damaged_character_leaves_the_others_as_they_are() {
        let bytes = "Zürich\r\n日本\r\n".as_bytes();
        let cut = decoded(&bytes[..bytes.len() - 3]);
        assert_eq!(cut, ("Zürich\r\n日".to_owned(), Encoding::Utf8, vec![EncodingNotice::Replaced(12)]));
        let mut damaged = bytes.to_vec();
        damaged[2] = b'x';
        assert_eq!(decoded(&damaged).0, "Z\u{FFFD}xrich\r\n日本\r\n");
    }

    #[test]
    fn one_damaged_byte_changes_nothing_else() {
        let mut bytes = b"Name,Role\r\nGet-User,Help Desk\r\n".repeat(10);
        bytes[20] = 0;
        let (text, encoding, _) = decoded(&bytes);
        assert_eq!((text.as_bytes(), encoding), (&bytes[..], Encoding::Utf8));
        bytes[40] = 0xE9;
        assert_eq!(decoded(&bytes).1, Encoding::Windows1252);
    }

    #[test]
    fn pictures_and_archives_are_no_text() {
        let noise: Vec<u8> =
            (0..2000_u32).map(|index| (index.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0]).collect();
        for (bytes, form) in [
            (&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], "binary"),
            (b"PK\x03\x04\x14\0", "workbook"),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "workbook"),
            (&noise, "binary"),
            (&[0; 100], "binary"),
        ] {
            assert_eq!(decoded(bytes), (String::new(), Encoding::Binary, vec![EncodingNotice::Binary(form)]));
        }
    }

    #[test]
    fn zeros_behind_the_text_do_not_make_it_binary() {
        let bytes = [&b"Name,Role\r\nGet-User,Help Desk\r\n"[..], &[0; 4096]].concat();
        assert!(decoded(&bytes).0.starts_with("Name,Role"));
    }

    #[test]
    fn every_cut_of_a_file_is_a_prefix_of_its_text() {
        let bytes = [&little(&format!("\u{FEFF}{ROWS}")), ROWS.as_bytes(), &little(ROWS)].concat();
        let whole = decoded(&bytes).0;
        assert_eq!(whole, ROWS.repeat(3));
        for end in (2..bytes.len()).filter(|end| *end < little(ROWS).len()) {
            let text = decoded(&bytes[..end]).0;
            assert!(whole.starts_with(&text), "{end}: {text:?}");
        }
    }
}
