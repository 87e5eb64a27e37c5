//! Display cells: where a column begins and ends in a line, as PowerShell counted it.

/// How the shell that printed a table counted the cells of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    /// A full-width character takes two cells, every other UTF-16 unit one.
    Cells,
    /// Every UTF-16 unit takes one cell, as where text was formatted for a file by an old host.
    Units,
}

impl Measure {
    /// The cells of one character.
    ///
    /// Combining marks count, and a surrogate pair is two. Source: PowerShell, `LengthInBufferCells` of the console
    /// host, which looks at one UTF-16 unit at a time; `unicode-width` counts otherwise, so its table is not used.
    pub(super) const fn of(self, char: char) -> usize {
        if (char as u32) < 0x1100 {
            return 1;
        }
        if (char as u32) > 0xFFFF {
            return 2;
        }
        match (self, char) {
            (Self::Cells, '\u{303F}') => 1,
            (
                Self::Cells,
                '\u{1100}'..='\u{115F}'
                | '\u{2329}'
                | '\u{232A}'
                | '\u{2E80}'..='\u{A4CF}'
                | '\u{AC00}'..='\u{D7A3}'
                | '\u{F900}'..='\u{FAFF}'
                | '\u{FE10}'..='\u{FE19}'
                | '\u{FE30}'..='\u{FE6F}'
                | '\u{FF00}'..='\u{FF60}'
                | '\u{FFE0}'..='\u{FFE6}',
            ) => 2,
            _ => 1,
        }
    }

    /// The cells of a text.
    #[inline]
    pub(super) fn width(self, text: &str) -> usize {
        if text.is_ascii() { text.len() } else { text.chars().map(|char| self.of(char)).sum() }
    }
}

/// Whether a character shows as a blank: copies from web pages hold blanks that do not break.
pub(super) const fn is_blank(char: char) -> bool {
    matches!(char, ' ' | '\t' | '\u{A0}' | '\u{2007}' | '\u{202F}')
}

/// A text without the blanks around it.
pub(super) fn trim(text: &str) -> &str {
    trim_end(trim_start(text))
}

/// A text without the blanks before it.
#[inline]
pub(super) fn trim_start(text: &str) -> &str {
    let bytes = text.as_bytes();
    let mut start = 0;
    // Right-aligned values stand behind long runs of blanks: eight at a time.
    while bytes.len() - start >= 8 && bytes[start..start + 8] == *b"        " {
        start += 8;
    }
    while bytes.get(start) == Some(&b' ') {
        start += 1;
    }
    match bytes.get(start) {
        Some(b'!'..=b'~') | None => &text[start..],
        _ => text[start..].trim_start_matches(is_blank),
    }
}

/// A text without the blanks behind it.
#[inline]
pub(super) fn trim_end(text: &str) -> &str {
    let bytes = text.as_bytes();
    let mut end = bytes.len();
    // Padding is long: eight blanks at a time.
    while end >= 8 && bytes[end - 8..end] == *b"        " {
        end -= 8;
    }
    while end > 0 && bytes[end - 1] == b' ' {
        end -= 1;
    }
    match bytes[..end].last() {
        Some(b'!'..=b'~') | None => &text[..end],
        _ => text[..end].trim_end_matches(is_blank),
    }
}

/// Whether a text shows nothing.
pub(super) fn is_empty(text: &str) -> bool {
    trim_end(text).is_empty()
}

/// Where some cells of one line lie in its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spot {
    /// The character that begins in the cell begins at this byte.
    At(usize),
    /// The cell is the second half of the full-width character at this byte.
    Within(usize),
    /// The line ends before the cell.
    Past,
}

impl Spot {
    /// The byte at which the line can be divided here.
    pub(super) const fn offset(self, line: &str) -> usize {
        match self {
            Self::At(offset) | Self::Within(offset) => offset,
            Self::Past => line.len(),
        }
    }
}

/// Whether the cells of a line up to and with `last` are its bytes.
#[inline]
pub(super) fn is_plain(line: &str, last: usize) -> bool {
    // The byte behind the last one, too: a full-width character must not begin in the last cell.
    line.as_bytes()[..line.len().min(last + 2)].is_ascii()
}

/// Finds `cells`, which rise, in a line; `spots` receives one place for each.
pub(super) fn locate(line: &str, measure: Measure, cells: &[usize], spots: &mut Vec<Spot>) {
    spots.clear();
    let bytes = line.as_bytes();
    let mut wanted = cells.iter().copied().peekable();
    let (mut cell, mut offset) = (0, 0);
    while wanted.peek().is_some() && offset < bytes.len() {
        // In a run of ASCII, cells are bytes.
        let run = ascii_run(&bytes[offset..]);
        while let Some(next) = wanted.next_if(|&next| next < cell + run) {
            spots.push(Spot::At(offset + (next - cell)));
        }
        (cell, offset) = (cell + run, offset + run);
        let Some(char) = line[offset..].chars().next() else { break };
        let width = measure.of(char);
        while let Some(next) = wanted.next_if(|&next| next < cell + width) {
            spots.push(if next == cell { Spot::At(offset) } else { Spot::Within(offset) });
        }
        (cell, offset) = (cell + width, offset + char.len_utf8());
    }
    spots.extend(wanted.map(|_| Spot::Past));
}

/// How many bytes of ASCII a text begins with.
fn ascii_run(bytes: &[u8]) -> usize {
    const WORD: usize = 8;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let (words, tail) = bytes.as_chunks::<WORD>();
    let plain = words.iter().take_while(|word| u64::from_le_bytes(**word) & HIGH == 0).count();
    let from = plain * WORD;
    let rest = words.get(plain).map_or(tail, |word| word.as_slice());
    from + rest.iter().take_while(|byte| byte.is_ascii()).count()
}

/// Whether the character at a spot shows as a blank, as it does behind the end of the line.
pub(super) fn is_blank_at(line: &str, spot: Spot) -> bool {
    match spot {
        Spot::At(offset) => match line.as_bytes()[offset] {
            b' ' | b'\t' => true,
            byte if byte < 0x80 => false,
            _ => line[offset..].chars().next().is_some_and(is_blank),
        },
        Spot::Within(_) => false,
        Spot::Past => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_width_character_takes_two_cells() {
        let line = "日本 x";
        let mut spots = Vec::new();
        locate(line, Measure::Cells, &[0, 1, 4, 5, 9], &mut spots);
        assert_eq!(spots, [Spot::At(0), Spot::Within(0), Spot::At(6), Spot::At(7), Spot::Past]);
        locate(line, Measure::Units, &[0, 1, 3, 4], &mut spots);
        assert_eq!(spots, [Spot::At(0), Spot::At(3), Spot::At(7), Spot::Past]);
    }

    #[test]
    fn blanks_of_web_pages_are_blanks() {
        assert_eq!(trim("\u{A0}a b\u{A0}\u{202F}"), "a b");
        assert_eq!(trim("             "), "");
        assert_eq!(trim("é          "), "é");
    }
}
