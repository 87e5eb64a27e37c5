//! Text as it was before somebody copied it: without terminal colours, HTML, quote marks and doubled blank lines.
//!
//! A file is cleaned only where such damage shows; the clean text knows which part of the file each of its parts came
//! from. What is large was written by the shell and not copied by hand, so that looking at the start is enough.

mod labels;

use memchr::memchr;

use super::session::{is_prompt, line_bounds};
use super::{View, strings};
use crate::source::to_u32;

pub(super) use labels::realigned;

/// How much of a text is searched for damage of copying.
const SEARCHED_BYTES: usize = 1024 * 1024;

/// A clean text in the making: copied parts of the damaged one, and characters in place of others.
struct Copy<'t> {
    from: &'t str,
    text: String,
    shifts: Vec<(u32, u32)>,
}

impl<'t> Copy<'t> {
    fn of(from: &'t str) -> Self {
        Self { from, text: String::new(), shifts: Vec::new() }
    }

    fn keep(&mut self, start: usize, end: usize) {
        if start < end {
            self.resume(start);
            self.text.push_str(&self.from[start..end]);
        }
    }

    /// Puts `text` where the damaged one has something else at `at`.
    fn put(&mut self, at: usize, text: &str) {
        // Each byte of its own, so that none points behind what it stands for.
        for char in text.chars() {
            self.resume(at);
            self.text.push(char);
        }
    }

    fn resume(&mut self, there: usize) {
        let (here, there) = (to_u32(self.text.len()), to_u32(there));
        let goes_on =
            self.shifts.last().is_some_and(|&(last_here, last_there)| last_there + (here - last_here) == there);
        if !goes_on {
            self.shifts.push((here, there));
        }
    }

    fn view<'v>(self, of: &View<'v>) -> View<'v> {
        of.cleaned(self.text, self.shifts)
    }
}

/// What damage a text shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Damage {
    /// Escape sequences of a terminal.
    escapes: bool,
    /// Colours that a log or a ticket has left without their escape character.
    bare_colours: bool,
    /// HTML tags or entities.
    markup: bool,
    /// The no-break spaces that stand where the shell writes blanks, one bit each.
    blanks: u8,
}

/// The text without terminal colours, HTML and no-break spaces; `None` where it shows none of these.
pub(super) fn scrubbed<'v>(view: &View<'v>) -> Option<View<'v>> {
    let text = view.text();
    let mut searched = text.len().min(SEARCHED_BYTES);
    while !text.is_char_boundary(searched) {
        searched -= 1;
    }
    let damage = damage_of(&text[..searched]);
    (damage != Damage::default()).then(|| scrub(text, damage).view(view))
}

/// The text without escape sequences, where one stands near `at`: a session may colour only its later tables.
pub(super) fn without_escapes<'v>(view: &View<'v>, at: usize) -> Option<View<'v>> {
    const NEAR_BYTES: usize = 512;
    let text = view.text();
    let near = &text.as_bytes()[at..text.len().min(at + NEAR_BYTES)];
    memchr(ESCAPE, near)?;
    let damage = Damage { escapes: true, ..Damage::default() };
    let mut copy = Copy::of(text);
    scrub_from(&mut copy, at, damage);
    Some(copy.view(view))
}

const ESCAPE: u8 = 0x1B;

fn damage_of(text: &str) -> Damage {
    let bytes = text.as_bytes();
    // CLIXML has entities and `<B N="Enabled">` of its own.
    let markup = memchr::memchr2_iter(b'&', b'<', bytes)
        .any(|at| entity_at(text, at).is_some_and(|(char, _)| char != '&') || tag_at(text, at).is_some())
        && memchr::memmem::find(bytes, b"<Objs ").is_none();
    // A no-break space within words is the writer's, as that of a date (`2:15:16 PM`); one beside another blank or at
    // the start of a line is a copy's. Nor does anybody write more of them than of blanks.
    let (mut blanks, mut counts) = (0, [0; 5]);
    for at in memchr::memchr2_iter(0xC2, 0xE2, bytes) {
        let Some((bit, length)) = wide_blank_at(bytes, at) else { continue };
        counts[usize::from(bit)] += 1;
        let before = at.checked_sub(1).map_or(b'\n', |before| bytes[before]);
        let behind = bytes.get(at + length).copied().unwrap_or(b'\n');
        let is_layout = matches!(before, b'\n' | b' ')
            || matches!(behind, b'\r' | b'\n' | b' ')
            || wide_blank_at(bytes, at + length).is_some();
        blanks |= if is_layout { bit } else { 0 };
    }
    for bit in [1, 2, 4] {
        let count = counts[usize::from(bit)];
        let others = counts.iter().sum::<usize>() - count;
        let is_rule = count > others && memchr::memchr_iter(b' ', bytes).take(count).count() < count;
        blanks |= if is_rule { bit } else { 0 };
    }
    let escapes = memchr(ESCAPE, bytes).is_some();
    // The colour in which PowerShell 7 prints labels, and the end of every colour.
    let bare_colours =
        !escapes && ["[32;1m", "[0m"].iter().all(|word| memchr::memmem::find(bytes, word.as_bytes()).is_some());
    Damage { escapes, bare_colours, markup, blanks }
}

/// The bit and the length of U+00A0, U+2007 or U+202F at a place.
fn wide_blank_at(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    match bytes.get(at..)? {
        [0xC2, 0xA0, ..] => Some((1, 2)),
        [0xE2, 0x80, 0x87, ..] => Some((2, 3)),
        [0xE2, 0x80, 0xAF, ..] => Some((4, 3)),
        _ => None,
    }
}

fn scrub(text: &str, damage: Damage) -> Copy<'_> {
    let mut copy = Copy::of(text);
    scrub_from(&mut copy, 0, damage);
    copy
}

fn scrub_from(copy: &mut Copy<'_>, start: usize, damage: Damage) {
    let text = copy.from;
    let bytes = text.as_bytes();
    let (mut kept, mut at) = (start, start);
    while at < bytes.len() {
        let found = match bytes[at] {
            ESCAPE if damage.escapes => Some(escape_at(bytes, at)),
            b'[' if damage.bare_colours => bare_colour_at(bytes, at).map(|end| (end, Put::Nothing)),
            b'<' if damage.markup => tag_at(text, at).map(|(end, is_break)| {
                let breaks = is_break && !matches!(bytes.get(end), Some(b'\r' | b'\n') | None);
                (end, if breaks { Put::Break } else { Put::Nothing })
            }),
            b'&' if damage.markup => entity_at(text, at).map(|(char, end)| (end, Put::Char(char))),
            0xC2 | 0xE2 if damage.blanks != 0 => wide_blank_at(bytes, at)
                .filter(|(bit, _)| damage.blanks & bit != 0)
                .map(|(_, length)| (at + length, Put::Char(' '))),
            _ => None,
        };
        let Some((end, put)) = found else {
            at += 1;
            continue;
        };
        copy.keep(kept, at);
        match put {
            Put::Nothing => {}
            Put::Break => copy.put(at, "\n"),
            Put::Char(char) => copy.put(at, char.encode_utf8(&mut [0; 4])),
            Put::Blanks(count) => copy.put(at, &" ".repeat(count)),
        }
        (kept, at) = (end, end);
    }
    copy.keep(kept, bytes.len());
}

enum Put {
    Nothing,
    Break,
    Char(char),
    Blanks(usize),
}

/// Where a colour without its escape character ends: `[32;1m`, `[0m`.
fn bare_colour_at(bytes: &[u8], at: usize) -> Option<usize> {
    let numbers = bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_digit() || **byte == b';').count();
    let end = at + 1 + numbers;
    (numbers > 0 && bytes.get(end) == Some(&b'm')).then_some(end + 1)
}

/// Where an escape sequence ends, and the blanks that stand for a moved cursor.
///
/// Source: ECMA-48, control sequences; about_ANSI_Terminals.
fn escape_at(bytes: &[u8], at: usize) -> (usize, Put) {
    const COLUMNS_MAX: usize = 1000;
    match bytes.get(at + 1) {
        Some(b'[') => {
            let parameters = bytes[at + 2..].iter().take_while(|byte| (0x20..0x40).contains(*byte)).count();
            let last = at + 2 + parameters;
            let columns = || {
                let digits = std::str::from_utf8(&bytes[at + 2..last]).unwrap_or("");
                if digits.is_empty() { 1 } else { digits.parse().unwrap_or(0) }
            };
            match bytes.get(last) {
                // The console moves the cursor where a program wrote blanks.
                Some(b'C') => (last + 1, Put::Blanks(columns().min(COLUMNS_MAX))),
                Some(0x40..=0x7E) => (last + 1, Put::Nothing),
                _ => (last, Put::Nothing),
            }
        }
        Some(b']' | b'P' | b'_' | b'^') => {
            // A title or a link, up to BEL or ESC \; one that never ends is given up at the end of its line.
            let rest = &bytes[at + 2..];
            let end = rest.iter().position(|byte| matches!(*byte, 0x07 | ESCAPE | b'\r' | b'\n')).unwrap_or(rest.len());
            let end = at + 2 + end;
            match bytes.get(end) {
                Some(0x07) => (end + 1, Put::Nothing),
                Some(&ESCAPE) if bytes.get(end + 1) == Some(&b'\\') => (end + 2, Put::Nothing),
                _ => (end, Put::Nothing),
            }
        }
        Some(0x20..=0x2F) => {
            let between = bytes[at + 1..].iter().take_while(|byte| (0x20..0x30).contains(*byte)).count();
            let last = at + 1 + between;
            (last + usize::from(bytes.get(last).is_some_and(|byte| (0x30..0x7F).contains(byte))), Put::Nothing)
        }
        Some(0x30..=0x7E) => (at + 2, Put::Nothing),
        _ => (at + 1, Put::Nothing),
    }
}

/// The tags in which web pages show consoles, and whether one breaks the line.
const TAGS: &[(&str, bool)] = &[
    ("pre", false),
    ("code", false),
    ("samp", false),
    ("span", false),
    ("strong", false),
    ("em", false),
    ("b", false),
    ("i", false),
    ("font", false),
    ("blockquote", false),
    ("div", true),
    ("p", true),
    ("br", true),
];

/// Where the tag at a place ends, and whether it breaks the line.
fn tag_at(text: &str, at: usize) -> Option<(usize, bool)> {
    const TAG_BYTES_MAX: usize = 300;
    let bytes = text.as_bytes();
    let rest = bytes.get(at..)?.strip_prefix(b"<")?;
    let is_end = rest.first() == Some(&b'/');
    let name_start = at + 1 + usize::from(is_end);
    let length = bytes[name_start..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let name = &text[name_start..name_start + length];
    let &(_, is_break) = TAGS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    let behind = &bytes[name_start + length..];
    if !matches!(behind.first(), Some(b'>' | b' ' | b'/')) {
        return None;
    }
    let close = behind.iter().take(TAG_BYTES_MAX).position(|byte| matches!(byte, b'>' | b'\n'))?;
    let end = name_start + length + close + 1;
    // Paragraphs break where they end.
    (behind[close] == b'>').then_some((end, is_break && (is_end || name.eq_ignore_ascii_case("br"))))
}

/// The character of the entity at a place, and where the entity ends.
fn entity_at(text: &str, at: usize) -> Option<(char, usize)> {
    const ENTITY_BYTES_MAX: usize = 10;
    let rest = text.as_bytes().get(at..)?.strip_prefix(b"&")?;
    let length = rest.iter().take(ENTITY_BYTES_MAX).position(|byte| *byte == b';')?;
    let name = &text[at + 1..at + 1 + length];
    let char = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            match char::from_u32(code)? {
                '\u{a0}' => ' ',
                char if char.is_control() => return None,
                char => char,
            }
        }
    };
    Some((char, at + 2 + length))
}

/// A part of a text that is damaged throughout, without its damage.
pub(super) struct Part<'v> {
    /// The clean text.
    pub(super) view: View<'v>,
    /// Where the part ends in the damaged text.
    pub(super) end: usize,
}

/// The lines from `at` on that share a prefix (`# `, `> `, `| `, `// `, or the same indentation), without it.
pub(super) fn without_prefix<'v>(view: &View<'v>, at: usize) -> Option<Part<'v>> {
    let text = view.text();
    let mark = *text.as_bytes().get(at)?;
    match mark {
        b'#' | b'>' | b'|' if !text[at..].starts_with("#TYPE") && !text[at..].starts_with(">>") => {
            without_mark(view, at, &text[at..=at])
        }
        b'/' if text[at..].starts_with("//") => without_mark(view, at, "//"),
        b' ' | b'\t' => Some(without_indentation(view, at)),
        _ => None,
    }
}

/// The text without the indentation of all its lines; `None` where some line has none.
pub(super) fn outdented<'v>(view: &View<'v>) -> Option<View<'v>> {
    let text = view.text();
    let is_indented = |line: &str| line.starts_with([' ', '\t']);
    // One line may begin with a delimiter.
    if !(is_indented(text) && text.lines().take(2).all(is_indented)) {
        return None;
    }
    let part = without_indentation(view, 0);
    text[part.end..].trim().is_empty().then_some(part.view)
}

/// The text with line feeds, where lines end in carriage returns alone, as those of old Macs do.
pub(super) fn with_line_feeds<'v>(view: &View<'v>) -> Option<View<'v>> {
    let text = view.text();
    let is_apart = || memchr(b'\r', text.trim_end_matches('\r').as_bytes()).is_some();
    (memchr(b'\n', text.as_bytes()).is_none() && is_apart())
        .then(|| view.cleaned(text.replace('\r', "\n"), vec![(0, 0)]))
}

/// The lines from `at` on up to the first that `belongs` does not take; blank lines in between belong, later ones do not.
fn extent<'t>(text: &'t str, at: usize, mut belongs: impl FnMut(&'t str) -> bool) -> usize {
    let (mut here, mut end) = (at, at);
    while here < text.len() {
        let (line_end, next) = line_bounds(text, here);
        let line = &text[here..line_end];
        if !line.trim().is_empty() {
            if !belongs(line) {
                break;
            }
            end = next;
        }
        here = next;
    }
    end
}

fn without_mark<'v>(view: &View<'v>, at: usize, mark: &str) -> Option<Part<'v>> {
    let text = view.text();
    let mut blank_follows = true;
    let end = extent(text, at, |line| {
        let behind = line.strip_prefix(mark);
        blank_follows &= behind.is_none_or(|rest| rest.is_empty() || rest.starts_with(' '));
        behind.is_some()
    });
    // `#Name` may be a name: a mark without a blank counts where no other line joins on.
    let (next_end, _) = line_bounds(text, end);
    let joins_on = !blank_follows && !text[end..next_end].trim().is_empty();
    (!joins_on).then(|| part(view, at, end, mark.len() + usize::from(blank_follows)))
}

fn without_indentation<'v>(view: &View<'v>, at: usize) -> Part<'v> {
    let text = view.text();
    let mut common: Option<&str> = None;
    let end = extent(text, at, |line| {
        let indentation = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        let shared = common.map_or(indentation, |known| {
            let same = known.bytes().zip(indentation.bytes()).take_while(|(left, right)| left == right).count();
            &known[..same]
        });
        if !shared.is_empty() {
            common = Some(shared);
        }
        !shared.is_empty()
    });
    part(view, at, end, common.map_or(0, str::len))
}

/// Copies lines without their first `width` bytes, which are ASCII wherever a line is longer.
fn part<'v>(view: &View<'v>, at: usize, end: usize, width: usize) -> Part<'v> {
    let text = view.text();
    let mut copy = Copy::of(text);
    let mut here = at;
    while here < end {
        let (line_end, next) = line_bounds(text, here);
        let is_blank = text[here..line_end].trim().is_empty();
        let start = if is_blank { line_end } else { (here + width).min(line_end) };
        copy.keep(start, next.min(end));
        here = next;
    }
    Part { view: copy.view(view), end }
}

/// More blank lines than this in a row are a copy's no longer.
const SPACING_MAX: usize = 3;

/// The lines from `at` on behind each of which a copy has put blank lines, without these.
pub(super) fn single_spaced<'v>(view: &View<'v>, at: usize) -> Option<Part<'v>> {
    let text = view.text();
    let spacing = spacing_at(text, at);
    if spacing == 0 {
        return None;
    }
    let mut copy = Copy::of(text);
    let (mut here, mut end) = (at, at);
    // How many blank lines may still be dropped behind the last line.
    let mut due = 0;
    while here < text.len() {
        let (line_end, next) = line_bounds(text, here);
        let is_blank = text[here..line_end].trim().is_empty();
        if !is_blank {
            if due > 0 && here > at {
                break;
            }
            copy.keep(here, next);
            due = spacing;
        } else if due > 0 {
            due -= 1;
        } else {
            copy.keep(here, next);
        }
        (here, end) = (next, next);
    }
    Some(Part { view: copy.view(view), end })
}

/// How many blank lines stand behind each of the lines at a place although these belong together; 0 where none do.
fn spacing_at(text: &str, at: usize) -> usize {
    // The header of a table or the first value of a list may be broken onto that many lines.
    const BROKEN_LINES_MAX: usize = 20;
    let mut lines = text[at..].lines().map(str::trim_end).peekable();
    let first = lines.next().unwrap_or("");
    let blank = |lines: &mut std::iter::Peekable<_>| {
        std::iter::from_fn(|| lines.next_if(|line: &&str| line.is_empty())).count()
    };
    let spacing = blank(&mut lines);
    if !(1..=SPACING_MAX).contains(&spacing) {
        return 0;
    }
    let second = lines.next().unwrap_or("");
    let mut behind = blank(&mut lines);
    if behind < spacing || lines.peek().is_none() {
        return 0;
    }
    let is_entry = |line: &str| strings::entry_of(line).is_some_and(|it| it.role.is_some() || it.snapin.is_some());
    if is_entry(first) && is_entry(second) {
        return spacing;
    }
    let is_dashes = |line: &str| line.len() >= 3 && line.bytes().all(|byte| byte == b'-' || byte == b' ');
    let is_next_label =
        |line: &str| matches!((label_of(first), label_of(line)), (Some(first), Some(next)) if first != next);
    let mut line = second;
    for _ in 0..BROKEN_LINES_MAX {
        if is_dashes(line) || is_next_label(line) {
            return spacing;
        }
        line = lines.next().unwrap_or("");
        if behind < spacing || line.is_empty() {
            return 0;
        }
        behind = blank(&mut lines);
    }
    0
}

/// The label of a line of a list.
fn label_of(line: &str) -> Option<&str> {
    let (label, _) = line.split_once(" :").or_else(|| line.split_once(':'))?;
    let label = label.trim();
    (!label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(label)
}

/// The lines of a list from `at` on, without the two blanks by which Markdown breaks each of its lines.
///
/// The blanks at a line's end tell where the console broke a value, so that those of a copy must go.
pub(super) fn without_breaks<'v>(view: &View<'v>, at: usize) -> Option<Part<'v>> {
    const BREAK: &str = "  ";
    const LINES_MIN: usize = 3;
    let text = view.text();
    let mut copy = Copy::of(text);
    let (mut here, mut end, mut count) = (at, at, 0);
    while here < text.len() {
        let (line_end, next) = line_bounds(text, here);
        let line = &text[here..line_end];
        let is_last = next >= text.len();
        match line.strip_suffix(BREAK) {
            Some(kept) => {
                copy.keep(here, here + kept.len());
                copy.keep(line_end, next);
                count += 1;
            }
            None if line.trim().is_empty() || is_last => copy.keep(here, next),
            None => break,
        }
        (here, end) = (next, next);
        // Most texts show at once that they are no such copy.
        if count == 0 {
            return None;
        }
    }
    (count >= LINES_MIN).then(|| Part { view: copy.view(view), end })
}

/// The lines of a list from `at` on, without the blanks by which a terminal makes all of them equally long.
pub(super) fn without_padding<'v>(view: &View<'v>, at: usize) -> Option<Part<'v>> {
    const LINES_MIN: usize = 3;
    let text = view.text();
    let mut copy = Copy::of(text);
    let (mut here, mut end, mut count, mut padded) = (at, at, 0, 0);
    let mut width = None;
    while here < text.len() {
        let (line_end, next) = line_bounds(text, here);
        let line = &text[here..line_end];
        let cells = line.chars().count();
        if *width.get_or_insert(cells) != cells && cells > 0 {
            break;
        }
        let kept = line.trim_end_matches(' ').len();
        copy.keep(here, here + kept);
        copy.keep(line_end, next);
        padded += usize::from(kept > 0 && kept + 1 < line.len());
        count += usize::from(kept > 0);
        // One line may fill the width. Nothing further down makes up for more of them.
        if padded + 1 < count {
            return None;
        }
        (here, end) = (next, next);
    }
    (count >= LINES_MIN).then(|| Part { view: copy.view(view), end })
}

/// The lines from `at` on up to a prompt, with blanks for the tabs that an editor put for them.
pub(super) fn untabbed<'v>(view: &View<'v>, at: usize) -> Part<'v> {
    const TAB: usize = 8;
    let text = view.text();
    let mut copy = Copy::of(text);
    let mut here = at;
    while here < text.len() {
        let (line_end, next) = line_bounds(text, here);
        if is_prompt(&text[here..line_end]) {
            break;
        }
        let mut cell = 0;
        let mut kept = here;
        for (offset, char) in text[here..line_end].char_indices() {
            if char == '\t' {
                copy.keep(kept, here + offset);
                copy.put(here + offset, &" ".repeat(TAB - cell % TAB));
                (kept, cell) = (here + offset + 1, cell + TAB - cell % TAB);
            } else {
                cell += 1;
            }
        }
        copy.keep(kept, next);
        here = next;
    }
    Part { view: copy.view(view), end: here }
}

/// Copies `start..end` without some parts of it, each the range of whole lines.
pub(super) fn without_lines<'v>(view: &View<'v>, start: usize, end: usize, without: &[(usize, usize)]) -> View<'v> {
    let mut copy = Copy::of(view.text());
    let mut here = start;
    for &(from, to) in without {
        copy.keep(here, from);
        here = to;
    }
    copy.keep(here, end);
    copy.view(view)
}

#[cfg(test)]
mod tests {
    use super::super::session::testing::{fields, marked};

    #[test]
    fn colours_of_a_terminal_are_removed() {
        let line = "\x1b[32;1mMail Recipients\x1b[0m\\Get-\x1b]8;;x\x07Mailbox\x1b[2CX\n";
        assert_eq!(
            fields(&format!("{}A\\Get-Mailbox\n", line.replace("\x1b[2CX", "\x1b[K"))),
            "Name=Get-Mailbox Role=Mail Recipients\nName=Get-Mailbox Role=A\n"
        );
    }

    #[test]
    fn an_escape_sequence_that_never_ends_leaves_the_line_whole() {
        for sequence in ["***", "[***", "]0;", " "] {
            let text = format!("Name : A\nRoleType : B\n\x1b{sequence}\nName : C\nRoleType : D\n");
            assert_eq!(fields(&text), "Name=A RoleType=B\nName=C RoleType=D\n", "{sequence}");
        }
    }

    #[test]
    fn html_is_decoded_once() {
        assert_eq!(
            fields("<pre><code class=\"x\">R&amp;D &lt;b&gt;\\Get-Mailbox<br/>R&amp;amp;D\\Get-User</code></pre>\n"),
            "Name=Get-Mailbox Role=R&D <b>\nName=Get-User Role=R&amp;D\n"
        );
    }

    #[test]
    fn elements_of_clixml_are_no_html() {
        let object = "<Obj RefId=\"0\"><TN RefId=\"0\"><T>Microsoft.Exchange.Data.Directory.SystemConfiguration.ExchangeRole</T></TN>\
            <MS><S N=\"Name\">R&amp;D &lt;b&gt;</S><B N=\"IsEndUserRole\">false</B></MS></Obj>";
        let text = format!(
            "```xml\n<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">{object}</Objs>\n```\n"
        );
        assert_eq!(fields(&text), "Name=R&D <b> IsEndUserRole=False\n");
    }

    #[test]
    fn the_padding_of_a_terminal_separates_no_properties() {
        let lines = ["Name     : A…", "RoleType : B", "", "Name     : C", "RoleType : D", ""];
        let text: String = lines.map(|line| format!("{line:30}\n")).concat();
        assert_eq!(fields(&text), "Name=A RoleType=B\nName=C RoleType=D\n");
    }

    #[test]
    fn colours_that_lost_their_escape_character_are_removed() {
        assert_eq!(
            fields("\n[32;1mName     : [0mMail Recipients\n[32;1mRoleType : [0mMailRecipients\n\n"),
            "Name=Mail Recipients RoleType=MailRecipients\n"
        );
        assert_eq!(
            fields(
                "[32;1mName         [0m [32;1mRoleType[0m\n[32;1m----         [0m [32;1m--------[0m\nMyBaseOptions MyBaseOptions\n"
            ),
            "Name=MyBaseOptions RoleType=MyBaseOptions\n"
        );
        assert_eq!(fields("Name     : A [0m\nRoleType : B\n"), "Name=A [0m RoleType=B\n");
    }

    #[test]
    fn carriage_returns_alone_end_lines() {
        assert_eq!(
            fields("A\\Get-Mailbox -Anr\rA\\Get-User -Anr\r"),
            "Name=Get-Mailbox Role=A Parameters=[Anr]\nName=Get-User Role=A Parameters=[Anr]\n"
        );
    }

    #[test]
    fn an_ampersand_of_a_name_stays() {
        assert_eq!(
            fields("R&amp;D\\Get-Mailbox\nA\\Get-User\n"),
            "Name=Get-Mailbox Role=R&amp;D\nName=Get-User Role=A\n"
        );
    }

    #[test]
    fn quote_marks_and_indentation_are_removed() {
        for prefix in ["# ", "> ", "| ", "    ", "\t", "> > ", "# \t", "  > ", "// "] {
            let text: String = ["A\\Get-Mailbox", "A\\Get-User"].map(|line| format!("{prefix}{line}\r\n")).concat();
            assert_eq!(fields(&text), "Name=Get-Mailbox Role=A\nName=Get-User Role=A\n", "{prefix:?}");
        }
    }

    #[test]
    fn no_break_spaces_count_as_blanks() {
        assert_eq!(
            fields("\u{a0}\u{a0}Mail\u{a0}Recipients\\Get-Mailbox\n\u{a0} A\\Get-User\n"),
            "Name=Get-Mailbox Role=Mail Recipients\nName=Get-User Role=A\n"
        );
        assert_eq!(
            fields("Mail\u{a0}Recipients\\Get-Mailbox\nMy Role\\Get-User\n"),
            "Name=Get-Mailbox Role=Mail\u{a0}Recipients\nName=Get-User Role=My Role\n"
        );
    }

    #[test]
    fn doubled_lines_are_one_block() {
        assert_eq!(
            fields("A\\Get-Mailbox\n\nA\\Get-User\n\nA\\FindItem\n\n"),
            "Name=Get-Mailbox Role=A\nName=Get-User Role=A\nName=FindItem Role=A\n"
        );
    }

    #[test]
    fn what_is_marked_is_the_file_as_it_stands() {
        assert_eq!(
            marked(
                "> \x1b[1mR&amp;D\x1b[0m\\Get-Mailbox &gt;\n> \x1b[1mA &lt;x&gt;\x1b[0m\\Get-\x1b[1mUser\n> A\\Get-User\n",
                "Role"
            ),
            ["A &lt;x&", "A"]
        );
    }
}
