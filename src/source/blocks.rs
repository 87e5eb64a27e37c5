//! What one look at every byte tells of a text: whether it is one, and where unusual characters stand.

use super::{BLOCK_BYTES, to_u32};

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
