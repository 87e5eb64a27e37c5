//! `View`: the text that a reader works on, and the way back from it to the file.
//!
//! Most files are read as they stand. One that was damaged by copying (quote marks before each line, HTML entities,
//! terminal colours) is cleaned first; the view then knows which part of the file each part of the clean text came from.

use std::borrow::Cow;

use crate::diagnostic::noticed;
use crate::hidden::{is_hidden, may_begin};
use crate::source::{FileId, SourceFile, Span, to_u32};

use crate::record::damage::starts_recoded;

use super::Sink;

/// A text with its place in a file.
#[derive(Clone, Debug)]
pub struct View<'t> {
    file: FileId,
    text: Cow<'t, str>,
    /// Where the clean text departs from the file: (offset here, offset there), rising. Empty where they are the same.
    shifts: Vec<(u32, u32)>,
    /// The text of the file as it stands.
    original: &'t str,
}

impl<'t> View<'t> {
    /// The text of a file as it stands.
    #[must_use]
    pub fn new(file: &'t SourceFile<'_>) -> Self {
        let text = file.text();
        Self { file: file.id, text: Cow::Borrowed(text), shifts: Vec::new(), original: text }
    }

    /// A cleaned text. `shifts` holds, for each place where copying resumes, the offset in `text` and the one in the
    /// text that `self` shows; the first is (0, …).
    #[must_use]
    pub fn cleaned(&self, text: String, shifts: Vec<(u32, u32)>) -> View<'t> {
        let shifts = if self.shifts.is_empty() { shifts } else { self.composed(&shifts, to_u32(text.len())) };
        View { file: self.file, text: Cow::Owned(text), shifts, original: self.original }
    }

    /// Leads `shifts`, which lead into this view's text, on into the file.
    fn composed(&self, shifts: &[(u32, u32)], length: u32) -> Vec<(u32, u32)> {
        let mut composed = Vec::with_capacity(shifts.len() + self.shifts.len());
        for (index, &(here, there)) in shifts.iter().enumerate() {
            let end = shifts.get(index + 1).map_or(length, |&(next, _)| next);
            composed.push((here, self.original(there)));
            // This view's own shifts within the copied part hold in the copy too.
            let first = self.shifts.partition_point(|&(own, _)| own <= there);
            let within = self.shifts[first..].iter().take_while(|&&(own, _)| own - there < end - here);
            composed.extend(within.map(|&(own, original)| (here + (own - there), original)));
        }
        composed
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the text is not the file's as it stands.
    #[must_use]
    pub fn is_cleaned(&self) -> bool {
        matches!(self.text, Cow::Owned(_))
    }

    /// The span of `part`, which must be a slice of this view's text; of the whole file otherwise.
    #[inline]
    #[must_use]
    pub fn span_of(&self, part: &str) -> Span {
        let base = self.text.as_ptr() as usize;
        let start = (part.as_ptr() as usize).wrapping_sub(base);
        if start > self.text.len() || start + part.len() > self.text.len() {
            debug_assert!(false, "the part is a slice of the view");
            return self.span(0, self.text.len());
        }
        self.span(start, start + part.len())
    }

    /// The span of a range of this view's text.
    #[inline]
    #[must_use]
    pub fn span(&self, start: usize, end: usize) -> Span {
        let (start, end) = (to_u32(start), to_u32(end));
        let (start, end) = if self.shifts.is_empty() { (start, end) } else { self.shifted(start, end) };
        Span { file: self.file, start, end }
    }

    /// The range of the file that a range of a cleaned text came from.
    #[cold]
    fn shifted(&self, start: u32, end: u32) -> (u32, u32) {
        // Behind the last character stands what may have been put there.
        let first = self.whole(self.original(start));
        // The end maps through its last byte, so that a removed prefix behind the part is not in it.
        let last = if end > start { self.whole(self.original(end - 1) + 1) } else { first };
        (first, last.max(first))
    }

    /// The end of the character of the file that `offset` falls into: a blank here may be a longer one there.
    fn whole(&self, offset: u32) -> u32 {
        let mut offset = (offset as usize).min(self.original.len());
        while !self.original.is_char_boundary(offset) {
            offset += 1;
        }
        to_u32(offset)
    }

    fn original(&self, offset: u32) -> u32 {
        match self.shifts.partition_point(|&(here, _)| here <= offset).checked_sub(1).map(|index| self.shifts[index]) {
            Some((here, there)) => there + (offset - here),
            None => offset,
        }
    }
}

/// Notes control and bidirectional characters. They stay in the text; every writer escapes them.
///
/// An escape sequence of a terminal counts as decoration, not as hidden: readers remove it.
pub(super) fn notice_hidden_characters(file: &SourceFile<'_>, sink: &mut Sink<'_>) {
    const PART: usize = 64;
    let view = View::new(file);
    // Branch-free: only what may hold such a character is looked at again.
    let may_hold = |bytes: &[u8]| bytes.iter().fold(false, |seen, &byte| seen | may_begin(byte));
    for (start, block) in file.unusual_parts() {
        for (part, bytes) in block.chunks(PART).enumerate().filter(|(_, bytes)| may_hold(bytes)) {
            for (offset, _) in bytes.iter().enumerate().filter(|&(_, &byte)| may_begin(byte)) {
                notice_hidden_character(&view, start + part * PART + offset, sink);
            }
        }
    }
}

/// Notices the first letter of a text that was UTF-8, was read as Windows-1252 and saved again.
pub(super) fn notice_recoded(file: &SourceFile<'_>, sink: &mut Sink<'_>) {
    /// The first byte of every letter that such a sequence can begin with, but for those of the code pages of consoles.
    const FIRST: u8 = 0xC3;
    let text = file.text();
    for (start, block) in file.unusual_parts() {
        let found = memchr::memchr_iter(FIRST, block).map(|at| start + at);
        if let Some(at) = found.filter(|at| text.is_char_boundary(*at)).find(|at| starts_recoded(&text[*at..])) {
            let end = at + text[at..].chars().take(2).map(char::len_utf8).sum::<usize>();
            sink.notice(noticed::LOSSY_ENCODING, View::new(file).span(at, end), "twice");
            return;
        }
    }
}

fn notice_hidden_character(view: &View<'_>, at: usize, sink: &mut Sink<'_>) {
    let text = view.text();
    let char = text.get(at..).and_then(|rest| rest.chars().next());
    // A byte order mark at the start of a line is where one file was appended to another.
    let is_mark = char == Some('\u{FEFF}') && text.as_bytes()[..at].last().is_none_or(|byte| *byte == b'\n');
    if let Some(char) = char.filter(|&char| is_hidden(char) && !is_mark) {
        let about = format!("U+{:04X}", char as u32);
        sink.notice(noticed::HIDDEN_CHARACTERS, view.span(at, at + char.len_utf8()), &about);
    }
}

#[cfg(test)]
mod tests {
    use super::super::session::testing::noticed;
    use super::{FileId, SourceFile};

    #[test]
    fn each_hidden_character_is_noticed_wherever_it_stands() {
        let padding = "é…、 x\r\n".repeat(2000);
        for char in [
            "\u{7}",
            "\u{7f}",
            "\u{85}",
            "\u{61c}",
            "\u{202e}",
            "\u{feff}",
            "\u{34f}",
            "\u{180e}",
            "\u{3164}",
            "\u{e0041}",
        ] {
            let text = format!("{padding}a{char}b\n");
            let about = format!("hidden-characters U+{:04X} at 2001 x1", char.chars().next().map_or(0, u32::from));
            assert!(noticed(&text).contains(&about), "{about}: {:?}", noticed(&text));
        }
        assert!(!noticed(&padding).iter().any(|notice| notice.starts_with("hidden")));
        for byte in (1..=u8::MAX).filter(|byte| crate::hidden::may_begin(*byte)) {
            let text = [b'a', byte, b'b'];
            let file = SourceFile::decode(FileId(0), String::new(), &text).expect("it is short");
            assert_eq!(file.unusual_parts().count(), 1, "{byte:#x}");
        }
    }
}
