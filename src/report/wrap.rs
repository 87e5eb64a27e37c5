//! Breaking a text into lines at blanks, but never inside backticks where that fits.

use unicode_width::UnicodeWidthStr;

/// Breaks `text` into lines of at most `width` columns.
///
/// A text in backticks is one word: it is there to be copied. One that is wider than a line is broken like any other.
pub(super) fn wrap(text: &str, width: usize) -> String {
    let width = width.max(10);
    let mut out = String::with_capacity(text.len() + 8);
    let mut used = 0;
    for word in words(text) {
        let parts: Vec<&str> = if word.width() > width { word.split(' ').collect() } else { vec![word] };
        for part in parts.into_iter().flat_map(|part| pieces(part, width)) {
            let length = part.width();
            if used > 0 && used + 1 + length > width {
                out.push('\n');
                used = 0;
            } else if used > 0 {
                out.push(' ');
                used += 1;
            }
            out.push_str(part);
            used += length;
        }
    }
    out
}

/// A word that no line can hold, in pieces that one can.
fn pieces(word: &str, width: usize) -> Vec<&str> {
    let (mut pieces, mut start, mut used) = (Vec::new(), 0, 0);
    for (at, char) in word.char_indices() {
        let columns = unicode_width::UnicodeWidthChar::width(char).unwrap_or(0);
        if used + columns > width {
            pieces.push(&word[start..at]);
            (start, used) = (at, 0);
        }
        used += columns;
    }
    pieces.push(&word[start..]);
    pieces
}

/// The parts between blanks that stand outside of backticks.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |char: char| {
        quoted ^= char == '`';
        char == ' ' && !quoted
    })
    .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn lines_break_at_blanks_but_not_in_what_is_to_be_copied() {
        assert_eq!(wrap("aaa bb ccc dddd eee", 10), "aaa bb ccc\ndddd eee");
        assert_eq!(wrap("run it `Get-A -B` now", 12), "run it\n`Get-A -B`\nnow");
        assert_eq!(wrap("run `Get-Abcde -Bcdefg` now", 12), "run\n`Get-Abcde\n-Bcdefg` now");
        assert_eq!(wrap("abcdefghijklmn", 10), "abcdefghij\nklmn");
        assert_eq!(wrap("an odd one ` here", 10), "an odd one\n` here");
    }
}
