//! What one look at every byte tells of a text: whether it is one, and where unusual characters stand.

use std::borrow::Cow;
use std::ops::Deref;

use memmap2::MmapMut;

use super::{BLOCK_BYTES, PAGED_BYTES_MIN, to_u32};

/// What one look at every byte tells of each block of a text.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    /// The numbers of those that hold anything but visible ASCII and line ends: no other needs a look at its bytes.
    pub(super) unusual: Vec<u32>,
    /// How many were looked at.
    count: usize,
}

impl Blocks {
    /// Looks at the blocks of a text that is still growing, as far as they are whole and were not looked at.
    pub(super) fn follow(&mut self, text: &[u8]) {
        while let Some(block) = text.get(self.next()..self.next() + BLOCK_BYTES) {
            self.add(block);
        }
    }

    /// Looks at the last block of a text, which need not be whole.
    pub(super) fn finish(&mut self, text: &[u8]) {
        self.follow(text);
        if self.next() < text.len() {
            self.add(&text[self.next()..]);
        }
    }

    /// Where the next block starts.
    fn next(&self) -> usize {
        self.count * BLOCK_BYTES
    }

    fn add(&mut self, block: &[u8]) {
        // Branch-free: many bytes at a time.
        if !block.iter().fold(true, |usual, &byte| usual & is_usual(byte)) {
            self.unusual.push(to_u32(self.count));
        }
        self.count += 1;
    }
}

/// Surveys the blocks of a text, and tells whether it is UTF-8 and not only bytes.
#[allow(unsafe_code)]
pub(super) fn survey(bytes: &[u8]) -> (Blocks, Option<&str>) {
    let mut blocks = Blocks::default();
    blocks.finish(bytes);
    // A character that reaches out of unusual blocks, which stand side by side, meets ASCII there, and is none.
    let is_text = blocks.unusual.chunk_by(|one, next| one + 1 == *next).all(|run| {
        let start = run[0] as usize * BLOCK_BYTES;
        std::str::from_utf8(&bytes[start..bytes.len().min(start + run.len() * BLOCK_BYTES)]).is_ok()
    });
    // SAFETY: every byte was looked at. Those of usual blocks are ASCII, and what stands between them is valid UTF-8 that
    // begins and ends at whole characters; so are all of them together. The alternative, a second look at every byte,
    // costs a twelfth of a whole check.
    (blocks, is_text.then(|| unsafe { std::str::from_utf8_unchecked(bytes) }))
}

/// The text of a file: its bytes, or what they were decoded to.
#[derive(Debug)]
pub(super) enum Text<'b> {
    Plain(Cow<'b, str>),
    Made(Made),
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::Made(made) => made,
        }
    }
}

/// A text that was decoded, in large pages where it is long: to get small ones takes longer than to fill them.
#[derive(Debug)]
pub(super) struct Made {
    /// Large pages, and how many of their bytes are filled.
    pages: Option<(MmapMut, usize)>,
    /// What is not in pages.
    rest: String,
}

impl Made {
    /// Room for what so many bytes may become.
    pub(super) fn of(bytes: usize) -> Self {
        /// No byte, and no half of a unit, becomes more.
        const BYTES_MAX: usize = 3;
        let is_long = bytes as u64 / 2 >= PAGED_BYTES_MIN;
        let pages = bytes.checked_mul(BYTES_MAX).filter(|_| is_long).and_then(|room| MmapMut::map_anon(room).ok());
        #[cfg(target_os = "linux")]
        let _ = pages.as_ref().map(|pages| pages.advise(memmap2::Advice::HugePage));
        let rest = String::with_capacity(if pages.is_some() { 2 * PART_BYTES } else { bytes / 2 + bytes / 16 });
        Self { pages: pages.map(|pages| (pages, 0)), rest }
    }

    pub(super) fn len(&self) -> usize {
        self.pages.as_ref().map_or(0, |(_, filled)| *filled) + self.rest.len()
    }

    pub(super) fn push(&mut self, char: char) {
        self.push_str(char.encode_utf8(&mut [0; 4]));
    }

    pub(super) fn push_str(&mut self, text: &str) {
        self.rest.push_str(text);
        if self.rest.len() >= PART_BYTES {
            self.settle();
        }
    }

    /// Puts into pages what is not in them.
    pub(super) fn settle(&mut self) {
        if let Some((pages, filled)) = &mut self.pages {
            pages[*filled..*filled + self.rest.len()].copy_from_slice(self.rest.as_bytes());
            *filled += self.rest.len();
            self.rest.clear();
        }
    }
}

/// So much of a long text is made before it is put into pages.
const PART_BYTES: usize = 16 * 1024;

impl Deref for Made {
    type Target = str;

    /// What is settled.
    #[allow(unsafe_code)]
    fn deref(&self) -> &str {
        match &self.pages {
            // SAFETY: texts alone were put there, each of them whole, one behind the other.
            Some((pages, filled)) => unsafe { std::str::from_utf8_unchecked(&pages[..*filled]) },
            None => &self.rest,
        }
    }
}

/// Whether a byte is visible ASCII or of a line end.
pub(super) const fn is_usual(byte: u8) -> bool {
    // One more than each of the others is not positive, or no more than a blank.
    (byte.wrapping_add(1).cast_signed() > b' '.cast_signed()) | (byte == b'\n') | (byte == b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_text_where_all_of_them_are_and_where_their_blocks_meet() {
        let pieces: [&[u8]; 8] = [
            "é".as_bytes(),
            "日".as_bytes(),
            "😀".as_bytes(),
            b"\xC3",
            b"\xE6\x97",
            b"\x97\xA5",
            b"\xF0\x9F\x98",
            b"\0",
        ];
        for piece in pieces {
            for at in (BLOCK_BYTES - 5..=BLOCK_BYTES + 1).chain(3 * BLOCK_BYTES - 5..3 * BLOCK_BYTES) {
                for second in [0, BLOCK_BYTES - 2, BLOCK_BYTES + 9, 2 * BLOCK_BYTES] {
                    let mut bytes = vec![b'a'; 3 * BLOCK_BYTES];
                    bytes.splice(second..second + 2, "ü".bytes());
                    bytes.splice(at..(at + piece.len()).min(bytes.len()), piece.iter().copied());
                    let (blocks, text) = survey(&bytes);
                    assert_eq!(text, std::str::from_utf8(&bytes).ok(), "{piece:?} at {at}, a letter at {second}");
                    assert!(blocks.unusual.contains(&to_u32(at / BLOCK_BYTES)));
                }
            }
        }
        assert_eq!(survey(b"").1, Some(""));
    }

    #[test]
    fn a_text_is_the_same_in_pages_and_without() {
        let long = "x".repeat(PART_BYTES + 1);
        for room in [1, 4 * usize::try_from(PAGED_BYTES_MIN).expect("it is small")] {
            let (mut made, mut wanted) = (Made::of(room), String::new());
            assert_eq!(made.pages.is_some(), room > 1);
            for part in ["ab\r\n", "é日😀", &long].iter().cycle().take(200) {
                made.push_str(part);
                made.push('ü');
                wanted.push_str(part);
                wanted.push('ü');
                assert_eq!(made.len(), wanted.len());
            }
            made.settle();
            assert_eq!(&*made, wanted);
        }
    }

    #[test]
    fn a_text_that_grows_is_surveyed_as_a_whole_one() {
        let text = "ab\n\tcd\r\n".repeat(BLOCK_BYTES) + "ü";
        for step in [1, 7, BLOCK_BYTES - 1, BLOCK_BYTES, 3 * BLOCK_BYTES + 1] {
            let mut blocks = Blocks::default();
            (0..text.len()).step_by(step).for_each(|end| blocks.follow(&text.as_bytes()[..end]));
            blocks.finish(text.as_bytes());
            let (whole, _) = survey(text.as_bytes());
            assert_eq!((blocks.unusual, blocks.count), (whole.unusual, whole.count), "{step}");
        }
    }
}
