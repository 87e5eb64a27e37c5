//! Values that take several lines: wrapped by the console's width, or with line ends of their own.
//!
//! Source: `StringManipulationHelper.GenerateLines` in PowerShell's source. Where the culture's language is en, fr, de,
//! it, pt or es, text breaks behind a blank, which stays at the end of the upper line; in every other one it breaks at
//! the full width, and so does a word that is longer than a line. Copies often lose blanks at the ends of lines.

use memchr::memchr;

/// How the lines of a block break.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Wrap {
    /// The column at which values start.
    pub(super) indent: usize,
    /// What the lines of the block show.
    pub(super) shown: Shown,
    /// Whether a copy put a blank line behind every line.
    pub(super) double_spaced: bool,
    /// Whether the value holds no blanks but behind commas: whatever breaks, it goes on as it is.
    pub(super) solid: bool,
}

/// What the lines of a block show of its width and its breaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    /// The width of the console: that of the longest line, in cells.
    pub(super) width: usize,
    /// Whether blanks at the ends of lines were kept: some line has one.
    pub(super) untrimmed: bool,
    /// Whether they were lost: some label stands without the one behind its colon.
    pub(super) trimmed: bool,
    /// Where lines break.
    pub(super) breaks: Breaks,
}

impl Shown {
    /// Whether blanks were lost, and no line is as long as a window that somebody has sized is wide.
    fn is_surely_trimmed(self) -> bool {
        self.trimmed && !self.untrimmed && !self.width.is_multiple_of(10)
    }
}

/// Where lines break, which depends on the culture of the exporter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Breaks {
    /// Too few lines tell.
    #[default]
    Unknown,
    /// At the full width.
    AtWidth,
    /// Behind blanks.
    AtBlanks,
}

/// Below these bits of a list's detail are those of the module that splits it.
const SHIFT: u32 = crate::read::csv::joined::DETAIL_BITS;
const INDENT_BITS: u32 = 12;
const WIDTH_BITS: u32 = 18;
const FLAGS: u32 = INDENT_BITS + WIDTH_BITS;

impl Wrap {
    /// The wrap in a list's detail, in the bits that splitting leaves free. No console is as wide as they could hold.
    pub(super) fn pack(self) -> u64 {
        let fit = |number: usize, bits: u32| (number as u64).min((1 << bits) - 1);
        let flags = u64::from(self.shown.untrimmed)
            | u64::from(self.double_spaced) << 1
            | u64::from(self.solid) << 2
            | u64::from(self.shown.trimmed) << 3
            | (self.shown.breaks as u64) << 4;
        (fit(self.indent, INDENT_BITS) | fit(self.shown.width, WIDTH_BITS) << INDENT_BITS | flags << FLAGS) << SHIFT
    }

    /// What `pack` made.
    pub(super) fn unpack(detail: u64) -> Self {
        let bits = detail >> SHIFT;
        let number = |from: u32, count: u32| usize::try_from((bits >> from) & ((1 << count) - 1)).unwrap_or(usize::MAX);
        let flag = |at: u32| bits >> (FLAGS + at) & 1 == 1;
        let breaks = match bits >> (FLAGS + 4) {
            1 => Breaks::AtWidth,
            2 => Breaks::AtBlanks,
            _ => Breaks::Unknown,
        };
        Self {
            indent: number(0, INDENT_BITS),
            shown: Shown { width: number(INDENT_BITS, WIDTH_BITS), untrimmed: flag(0), trimmed: flag(3), breaks },
            double_spaced: flag(1),
            solid: flag(2),
        }
    }

    /// Joins the lines of a value.
    ///
    /// An upper line that kept its blank or fills the width goes on as it is. A shorter one was ended by the value
    /// itself, where blanks at line ends were kept or the next word would have fitted; else a blank stands for the one
    /// that a copy lost.
    pub(super) fn join(self, raw: &str) -> String {
        let mut joined = String::with_capacity(raw.len());
        let mut upper = Upper { text: "", width: 0, in_braces: raw.starts_with('{') };
        for (index, line) in raw.split('\n').enumerate() {
            let line = line.trim_end_matches('\r');
            if self.double_spaced && line.trim().is_empty() {
                continue;
            }
            let text = if index == 0 { line } else { self.outdent(line) };
            if index > 0
                && let Some(between) = self.between(upper, text)
            {
                joined.push(between);
            }
            joined.push_str(text);
            let indent = if index == 0 { self.indent } else { width(&line[..line.len() - text.len()]) };
            upper = Upper { text, width: indent + width(text), ..upper };
        }
        let end = joined.trim_end().len();
        joined.truncate(end);
        joined
    }

    /// Takes the indentation off a line; blanks beyond it belong to the value.
    fn outdent(self, line: &str) -> &str {
        let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
        let has_tabs = memchr(b'\t', &line.as_bytes()[..blanks]).is_some();
        &line[if has_tabs { blanks } else { blanks.min(self.indent) }..]
    }

    /// What stood between a line of a value and the one below it.
    fn between(self, upper: Upper<'_>, lower: &str) -> Option<char> {
        if upper.text.ends_with(' ') || self.solid {
            return None;
        }
        if lower.trim().is_empty() || upper.text.is_empty() {
            return Some('\n');
        }
        if OPERATORS.contains(&upper.text.rsplit(' ').next().unwrap_or("")) {
            // A blank stands behind the operator of a filter, whatever broke the line.
            return (!lower.starts_with(' ')).then_some(' ');
        }
        let first = lower.chars().next().unwrap_or(' ');
        let is_full = upper.width >= self.shown.width || (cells(first) == 2 && upper.width + 1 >= self.shown.width);
        if is_full && self.breaks_a_word(upper, lower) {
            return None;
        }
        let is_own = self.shown.untrimmed || (!upper.in_braces && would_fit(upper.width, lower, self.shown.width));
        Some(if is_own { '\n' } else { ' ' })
    }

    /// Whether the longest line of a block ends within a word: its text was too long. It may as well end behind one, by
    /// the value's own line end, or where a copy lost the blank.
    fn breaks_a_word(self, upper: Upper<'_>, lower: &str) -> bool {
        let last = upper.text.rsplit(' ').next().unwrap_or("");
        let first = lower.split(' ').next().unwrap_or("");
        if upper.in_braces && last.ends_with(',') && !self.shown.untrimmed && !last.contains('=') {
            // Behind an item of a list, unless its commas are those of a distinguished name.
            return false;
        }
        match self.shown.breaks {
            Breaks::AtWidth => true,
            // Only a word that is longer than a line is cut.
            Breaks::AtBlanks => self.indent + width(last) + width(first) > self.shown.width,
            // PowerShell prints a list in one go.
            Breaks::Unknown if upper.in_braces => true,
            // In prose a lost blank is likelier than a cut word, unless the line is as long as consoles are wide.
            Breaks::Unknown if self.shown.is_surely_trimmed() && !last.contains(['=', '/', '\\', '@']) => false,
            // A capital behind a small letter starts a word: `CN=Microsoft` and `Exchange`, not `U` and `sers`.
            Breaks::Unknown => !(last.ends_with(char::is_lowercase) && first.starts_with(char::is_uppercase)),
        }
    }
}

/// The operators of recipient filters. Source: "Filterable properties for the -RecipientFilter parameter".
const OPERATORS: [&str; 11] = ["-and", "-or", "-not", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-like", "-notlike"];

/// Whether the first word of a line would have fitted above, behind a blank and with the one that follows it: then the
/// value itself put it below.
fn would_fit(upper_width: usize, lower: &str, full_width: usize) -> bool {
    let word = lower.trim_start_matches(' ').split(' ').next().unwrap_or("");
    upper_width + 1 + width(word) < full_width
}

/// A line of a value, of which more stands below.
#[derive(Clone, Copy, Debug)]
struct Upper<'r> {
    text: &'r str,
    /// Its width with all that stands before it, in cells.
    width: usize,
    /// Whether the value is a list.
    in_braces: bool,
}

/// The width of a text in cells of a console. Tabs may stand at its start only.
pub(super) fn width(text: &str) -> usize {
    const TAB: usize = 8;
    let behind = text.trim_start_matches('\t');
    if behind.len() < text.len() {
        return (text.len() - behind.len()) * TAB + width(behind);
    }
    if text.is_ascii() { text.len() } else { text.chars().map(cells).sum() }
}

/// The cells that a character takes: two where PowerShell counts it as full-width (`LengthInBufferCells` in its
/// `ConsoleControl.cs`, after Markus Kuhn's `wcwidth`), and two beyond the first plane, where it counts both halves.
fn cells(char: char) -> usize {
    let is_wide = matches!(char,
        '\u{1100}'..='\u{115F}' | '\u{2329}' | '\u{232A}' | '\u{2E80}'..='\u{303E}' | '\u{3040}'..='\u{A4CF}'
        | '\u{AC00}'..='\u{D7A3}' | '\u{F900}'..='\u{FAFF}' | '\u{FE10}'..='\u{FE19}' | '\u{FE30}'..='\u{FE6F}'
        | '\u{FF00}'..='\u{FF60}' | '\u{FFE0}'..='\u{FFE6}' | '\u{10000}'..);
    1 + usize::from(is_wide)
}

/// What the lines of a block show.
pub(super) fn measure(block: &str) -> Shown {
    let mut shown = Shown::default();
    for line in lines(block) {
        shown.untrimmed |= line.ends_with(' ');
        shown.trimmed |= line.ends_with(" :");
        // A line has no more cells than bytes.
        if line.len() > shown.width || line.starts_with('\t') {
            shown.width = shown.width.max(width(line));
        }
    }
    shown.breaks = breaks(block, shown);
    shown
}

/// Where lines break. Some values have line ends of their own, and some words end at the width by chance.
fn breaks(block: &str, shown: Shown) -> Breaks {
    const BLANKS: [char; 2] = [' ', '\t'];
    let (mut uppers, mut full) = (0, 0);
    let mut above = "";
    // Between the lines of a double-spaced copy stand blank ones.
    for line in lines(block).filter(|line| !line.trim_start_matches(BLANKS).is_empty()) {
        let text = line.trim_start_matches(BLANKS);
        let above_width = width(above);
        if (line.starts_with("    ") || line.starts_with('\t')) && !would_fit(above_width, text, shown.width) {
            let starts_wide = text.chars().next().is_some_and(|first| cells(first) == 2);
            uppers += 1;
            full += usize::from(above_width + usize::from(starts_wide) >= shown.width);
        }
        above = line;
    }
    match (shown.untrimmed, uppers) {
        // A line behind a blank has kept it; none but the cut ones are full.
        (true, _) if full >= 2 => Breaks::AtWidth,
        (false, 3..) if full * 3 > uppers => Breaks::AtWidth,
        (false, 3..) => Breaks::AtBlanks,
        _ => Breaks::Unknown,
    }
}

fn lines(block: &str) -> impl Iterator<Item = &str> {
    let mut rest = block;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        let line = rest[..end].trim_end_matches('\r');
        rest = &rest[(end + 1).min(rest.len())..];
        Some(line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrap(untrimmed: bool, breaks: Breaks) -> Wrap {
        let shown = Shown { width: 10, untrimmed, breaks, ..Shown::default() };
        Wrap { indent: 4, shown, ..Wrap::default() }
    }

    #[test]
    fn a_full_line_goes_on_as_it_is_and_a_short_one_does_not() {
        let wrap = wrap(false, Breaks::AtWidth);
        assert_eq!(wrap.join("abcdef\r\n    gh"), "abcdefgh");
        assert_eq!(wrap.join("abc\n    ghi"), "abc ghi");
        assert_eq!(wrap.join("abc\n    g"), "abc\ng");
        assert_eq!(wrap.join("abc \n    gh"), "abc gh");
        assert_eq!(wrap.join("ab日本\n     gh"), "ab日本 gh");
        assert_eq!(wrap.join("abc日\n    本"), "abc日本");
    }

    #[test]
    fn where_blanks_were_kept_a_short_line_is_the_values_own() {
        let wrap = wrap(true, Breaks::Unknown);
        assert_eq!(wrap.join("one\n\n    two"), "one\n\ntwo");
        assert_eq!(wrap.join("one\n    two"), "one\ntwo");
    }

    #[test]
    fn a_culture_that_breaks_at_blanks_cuts_only_long_words() {
        let wrap = wrap(false, Breaks::AtBlanks);
        assert_eq!(wrap.join("ab cde\n    fg"), "ab cde fg");
        assert_eq!(wrap.join("abcdef\n    gh"), "abcdefgh");
    }

    #[test]
    fn one_long_line_is_judged_by_its_letters() {
        let wrap = wrap(false, Breaks::Unknown);
        assert_eq!(wrap.join("CN=Mic\n    Exch"), "CN=Mic Exch");
        assert_eq!(wrap.join("CN=Mic\n    rosoft"), "CN=Microsoft");
        assert_eq!(wrap.join("are to\n    manage"), "are tomanage");
        let trimmed = Wrap { shown: Shown { width: 9, trimmed: true, ..wrap.shown }, ..wrap };
        assert_eq!(trimmed.join("we are\n    to"), "we are to");
    }

    #[test]
    fn a_wrap_survives_its_packing() {
        for breaks in [Breaks::Unknown, Breaks::AtWidth, Breaks::AtBlanks] {
            let shown = Shown { width: 4096, untrimmed: true, trimmed: true, breaks };
            let wrap = Wrap { indent: 30, shown, double_spaced: false, solid: true };
            assert_eq!(Wrap::unpack(wrap.pack()), wrap);
        }
    }

    #[test]
    fn the_lines_of_a_block_show_where_they_break() {
        let words = "A : one two\n    three\n    seventeen x\n    eleven\n    thirteen\n";
        assert_eq!(measure(words).breaks, Breaks::AtBlanks);
        let half =
            "A : one twothr\n    eeee\nB : x y\n    elevenlong\nC : one twothr\n    eeee\nD : x y z\n    elevenlong\n";
        assert_eq!(measure(half).breaks, Breaks::AtWidth, "each second line is full: some values have line ends");
        let cut = "A : onetwo\n    threef\n    ourfiv\n    e\n";
        assert_eq!(measure(cut), Shown { width: 10, breaks: Breaks::AtWidth, ..Shown::default() });
    }
}
