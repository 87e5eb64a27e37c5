//! Breaking a message into lines at blanks, but never inside backticks.

/// Breaks `text` into lines of at most `width` characters where its words allow.
///
/// A text in backticks is one word: it is there to be copied. One that is wider than a line stands on its own line.
pub(super) fn wrap(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut used = 0;
    for word in words(text) {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > width {
            out.push('\n');
            used = 0;
        } else if used > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += length;
    }
    out
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
        assert_eq!(wrap("a bb ccc dddd", 6), "a bb\nccc\ndddd");
        assert_eq!(wrap("run `Get-A -B c` now", 8), "run\n`Get-A -B c`\nnow");
        assert_eq!(wrap("an odd ` here", 6), "an odd\n` here");
    }
}
