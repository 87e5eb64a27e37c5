//! Bytes to text, once: encodings, spans, and the line table that turns a span into lines and columns.
//!
//! Text is kept as it stands, control characters included; writers escape it. Everything behind this module
//! works on `&str` and on spans of twelve bytes.

mod blocks;
mod decode;

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Read, Seek};
use std::path::Path;
use std::sync::OnceLock;

use memchr::{memchr, memchr_iter, memrchr};
use memmap2::{Mmap, MmapMut};

use blocks::{Blocks, Text};

/// The number of a file within one run, in the order in which the inputs are given and walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A part of a file.
///
/// Units: bytes of the decoded text, half-open. Lines and columns exist only in reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// How a file's bytes were turned into text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16, little-endian.
    Utf16Le,
    /// UTF-16, big-endian.
    Utf16Be,
    /// The last resort: the bytes are not valid UTF-8 and carry no mark.
    Windows1252,
    /// The file changes its encoding on the way, as `>>` on an older file leaves it.
    Mixed,
    /// No text at all: a picture, an archive, a workbook.
    Binary,
}

impl Encoding {
    /// The name that reports show.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::Windows1252 => "Windows-1252",
            Self::Mixed => "several encodings",
            Self::Binary => "binary",
        }
    }
}

/// The largest decoded text of one file; spans are `u32`.
pub const TEXT_BYTES_MAX: u64 = u32::MAX as u64;

/// The bytes of one input, before they are text.
#[derive(Debug)]
pub struct Contents(Bytes);

#[derive(Debug)]
enum Bytes {
    /// A small file or a pipe, read to its end.
    Read(Vec<u8>),
    /// A file, read into large pages: to get small ones costs three times as much as to fill them.
    Paged(MmapMut),
    /// A larger file, mapped, and what was known of it before.
    Mapped(Mmap, File, Metadata),
}

/// A file has become another one while it was read.
#[derive(Debug)]
pub struct Changed;

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it changed while it was read")
    }
}

impl Error for Changed {}

/// The largest file: the longest text with the longest byte order mark.
const FILE_BYTES_MAX: u64 = TEXT_BYTES_MAX + 3;

/// Files from this size on are read into large pages, which are of two mebibytes.
const PAGED_BYTES_MIN: u64 = 4 << 20;

/// Larger files may be mapped.
const READ_BYTES_MAX: u64 = 64 << 20;

/// How much of a pipe is read at least at once.
const READ_BYTES_MIN: usize = 64 * 1024;

impl Contents {
    /// Reads a file.
    ///
    /// Errors: the file cannot be opened or read, is larger than any text rolecall takes, or is `Changed` meanwhile.
    pub fn open(path: &Path) -> io::Result<Self> {
        let (file, metadata) = open(path)?;
        Self::read_file(file, &metadata)
    }

    /// Reads a file, or maps it where it is larger than 64 MiB: to copy 76 MB twice costs as much as half a check.
    ///
    /// Errors: as `open`; that a mapped file is `Changed` shows afterwards, in `is_as_opened`.
    ///
    /// # Safety
    ///
    /// No program may change a file of more than 64 MiB while its contents live.
    #[allow(unsafe_code)]
    pub unsafe fn open_or_map(path: &Path) -> io::Result<Self> {
        let (file, metadata) = open(path)?;
        if !metadata.is_file() || !(READ_BYTES_MAX + 1..=FILE_BYTES_MAX).contains(&metadata.len()) {
            return Self::read_file(file, &metadata);
        }
        // SAFETY: the caller promises it.
        let map = unsafe { Mmap::map(&file) }?;
        Ok(Self(Bytes::Mapped(map, file, metadata)))
    }

    /// Reads a pipe to its end.
    ///
    /// Errors: it cannot be read, or there is more than any text rolecall takes.
    pub fn read(from: impl Read) -> io::Result<Self> {
        read_up_to(FILE_BYTES_MAX, from, READ_BYTES_MIN).map(Self::from)
    }

    fn read_file(mut file: File, metadata: &Metadata) -> io::Result<Self> {
        if !metadata.is_file() {
            return Self::read(file);
        }
        let bytes = match metadata.len() {
            FILE_BYTES_MAX.. => return Err(too_large()),
            length @ PAGED_BYTES_MIN.. => {
                let mut pages = MmapMut::map_anon(usize::try_from(length).map_err(|_| too_large())?)?;
                #[cfg(target_os = "linux")]
                let _ = pages.advise(memmap2::Advice::HugePage);
                file.read_exact(&mut pages).map_err(|error| match error.kind() {
                    ErrorKind::UnexpectedEof => io::Error::other(Changed),
                    _ => error,
                })?;
                Bytes::Paged(pages)
            }
            // One more byte would show that the file has grown; some that the system makes up have no length.
            length => Bytes::Read(read_up_to(FILE_BYTES_MAX, &mut file, to_u32(length as usize) as usize + 1)?),
        };
        let contents = Self(bytes);
        if is_still(contents.bytes(), file)? { Ok(contents) } else { Err(io::Error::other(Changed)) }
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match &self.0 {
            Bytes::Read(bytes) => bytes,
            Bytes::Paged(pages) => pages,
            Bytes::Mapped(map, ..) => map,
        }
    }

    /// Whether the bytes are those that were opened, as far as the size and the time of a mapped file tell. Others are.
    #[must_use]
    pub fn is_as_opened(&self) -> bool {
        let Bytes::Mapped(_, file, before) = &self.0 else { return true };
        let is_same = |now: Metadata| (now.len(), now.modified().ok()) == (before.len(), before.modified().ok());
        file.metadata().is_ok_and(is_same)
    }
}

impl From<Vec<u8>> for Contents {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Bytes::Read(bytes))
    }
}

fn open(path: &Path) -> io::Result<(File, Metadata)> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() { Err(io::Error::other("is a folder")) } else { Ok((file, metadata)) }
}

fn too_large() -> io::Error {
    io::Error::other("it holds more than four gibibytes")
}

/// Reads to the end, first so many bytes.
///
/// Errors: it cannot be read, or there are more than `max`.
fn read_up_to(max: u64, mut from: impl Read, first: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut more = first;
    while bytes.len() as u64 <= max {
        bytes.try_reserve_exact(more)?;
        if from.by_ref().take(more as u64).read_to_end(&mut bytes)? < more {
            bytes.shrink_to_fit();
            return Ok(bytes);
        }
        // By an eighth at a time: a vector that grows by itself takes up to twice the text.
        more = (bytes.len() / 8).max(READ_BYTES_MIN);
    }
    Err(too_large())
}

/// Whether a file still holds these bytes: what two readings show stood there between them, all of it at once. Its size
/// and its time tell less, for a program that is writing may have set both before.
fn is_still(bytes: &[u8], mut file: impl Read + Seek) -> io::Result<bool> {
    file.rewind()?;
    let mut again = vec![0; READ_BYTES_MIN.min(bytes.len() + 1)];
    let mut rest = bytes;
    loop {
        let count = match file.read(&mut again) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            count => count?,
        };
        match rest.strip_prefix(&again[..count]) {
            Some(after) if count > 0 => rest = after,
            after => return Ok(after == Some(b"")),
        }
    }
}

/// Something the decoding of a file noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncodingNotice {
    /// Neither a mark nor valid UTF-8: read as Windows-1252. The offset is the first such byte's place in the text.
    Assumed(u32),
    /// The encoding changes here.
    Changes(u32),
    /// UTF-16 without a byte order mark.
    Unmarked,
    /// Bytes that no encoding explains became U+FFFD here, or half a character was left out at the end.
    Replaced(u32),
    /// The file is no text, and was not decoded: what it is, as far as its first bytes tell.
    Binary(&'static str),
}

/// One file as text.
#[derive(Debug)]
pub struct SourceFile<'b> {
    /// Its number.
    pub id: FileId,
    /// The path as given, joined with what the walk found, with `/` between; `-` for standard input.
    pub path: String,
    /// Whether it ships with rolecall, as a pack does: nobody can edit it.
    pub ships: bool,
    /// How it was decoded.
    pub encoding: Encoding,
    /// What decoding noticed.
    pub notices: Vec<EncodingNotice>,
    text: Text<'b>,
    blocks: Blocks,
    /// How many line feeds stand before each block, found when first asked for: most files are never pointed at.
    feeds: OnceLock<Vec<u32>>,
    /// How many scalars do; a file on one line has as many columns as bytes.
    scalars: OnceLock<Vec<u32>>,
}

/// Lines and columns are counted a block of this size at a time: a number for each line of a list would outweigh what is
/// read from it.
const BLOCK_BYTES: usize = 4096;

/// The text of a file is longer than spans can say.
#[derive(Debug, PartialEq, Eq)]
pub struct TooLarge;

impl<'b> SourceFile<'b> {
    /// Decodes `bytes`: UTF-8, UTF-16 by its mark or by its zero bytes, Windows-1252 as the last resort. What is no text
    /// at all becomes an empty one, with a notice.
    ///
    /// Errors: the decoded text is longer than four gibibytes.
    pub fn decode(id: FileId, path: String, bytes: &'b [u8]) -> Result<Self, TooLarge> {
        let decode::Decoded { text, encoding, notices, blocks } = decode::decode(bytes)?;
        let (feeds, scalars) = (OnceLock::new(), OnceLock::new());
        Ok(Self { id, path, ships: false, encoding, notices, text, blocks, feeds, scalars })
    }

    /// A file without text, to hang a diagnostic on: one that could not be read.
    #[must_use]
    pub fn empty(id: FileId, path: String) -> Self {
        Self {
            id,
            path,
            ships: false,
            encoding: Encoding::Utf8,
            notices: Vec::new(),
            text: Text::Plain(Cow::Borrowed("")),
            blocks: Blocks::default(),
            feeds: OnceLock::new(),
            scalars: OnceLock::new(),
        }
    }

    /// The whole text, without a byte order mark.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The parts of the text that hold anything but visible ASCII and line ends, each with its offset. Between them
    /// nothing else stands; a part may begin or end within a character.
    pub fn unusual_parts(&self) -> impl Iterator<Item = (usize, &[u8])> + '_ {
        let bytes = self.text.as_bytes();
        let part = |start: usize| (start, &bytes[start..bytes.len().min(start + BLOCK_BYTES)]);
        self.blocks.unusual.iter().map(move |number| part(*number as usize * BLOCK_BYTES))
    }

    /// The span of the whole text.
    #[must_use]
    pub fn span(&self) -> Span {
        Span { file: self.id, start: 0, end: to_u32(self.text.len()) }
    }

    /// The text of `span`, which lies in this file.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        let (mut start, mut end) = (span.start as usize, span.end as usize);
        // A no-break space takes more bytes than the blank it is read as, so that a span may end within it.
        while !self.text.is_char_boundary(start) && start > 0 {
            start -= 1;
        }
        while end < self.text.len() && !self.text.is_char_boundary(end) {
            end += 1;
        }
        self.text.get(start..end).unwrap_or("")
    }

    /// The 1-based line of an offset.
    #[must_use]
    pub fn line(&self, offset: u32) -> u32 {
        before(self.text.as_bytes(), self.feeds(), offset, feeds_in) + 1
    }

    /// The 1-based line and column of an offset; columns count Unicode scalars.
    #[must_use]
    pub fn line_column(&self, offset: u32) -> (u32, u32) {
        let (number, line) = self.line_at(offset);
        (number, self.column(line.start, offset))
    }

    /// The 1-based line of an offset, and its span without its line end.
    #[must_use]
    pub fn line_at(&self, offset: u32) -> (u32, Span) {
        let number = self.line(offset);
        let bytes = self.text.as_bytes();
        let at = (offset as usize).min(bytes.len());
        // Nearly every line is shorter than a block, and its ends are found from within.
        let near = at.saturating_sub(BLOCK_BYTES);
        let start = memrchr(b'\n', &bytes[near..at]).map(|feed| near + feed + 1).or((near == 0).then_some(0));
        let far = bytes.len().min(at + BLOCK_BYTES);
        let end = memchr(b'\n', &bytes[at..far]).map(|feed| at + feed).or((far == bytes.len()).then_some(far));
        let (Some(start), Some(end)) = (start, end) else { return (number, self.line_span(number)) };
        (number, self.without_return(to_u32(start), to_u32(end)))
    }

    /// The 1-based column of an offset in the line that starts at `start`; columns count Unicode scalars.
    #[must_use]
    pub fn column(&self, start: u32, offset: u32) -> u32 {
        self.scalars_between(start.min(offset), offset) + 1
    }

    /// How many scalars stand between two offsets; costs two blocks, however long the line.
    fn scalars_between(&self, start: u32, end: u32) -> u32 {
        let bytes = self.text.as_bytes();
        if (end - start) as usize <= 2 * BLOCK_BYTES {
            return scalars_in(&bytes[start as usize..bytes.len().min(end as usize)]);
        }
        let scalars = self.scalars.get_or_init(|| before_blocks(bytes, scalars_in));
        before(bytes, scalars, end, scalars_in) - before(bytes, scalars, start, scalars_in)
    }

    /// The number of lines; a last line without a line end counts.
    #[must_use]
    pub fn line_count(&self) -> u32 {
        let tail = !self.text.is_empty() && !self.text.ends_with('\n');
        self.line(to_u32(self.text.len())) - 1 + u32::from(tail)
    }

    /// The span of a 1-based line, without its line end.
    #[must_use]
    pub fn line_span(&self, line: u32) -> Span {
        let index = line.saturating_sub(1);
        let length = to_u32(self.text.len());
        let start = if index == 0 { 0 } else { self.feed(index - 1).map_or(length, |feed| feed + 1) };
        let end = self.feed(index).unwrap_or(length);
        self.without_return(start, end)
    }

    /// The span of a line that ends before `end`, or before the carriage return there.
    fn without_return(&self, start: u32, mut end: u32) -> Span {
        if end > start && self.text.as_bytes().get(end as usize - 1) == Some(&b'\r') {
            end -= 1;
        }
        Span { file: self.id, start, end: end.max(start) }
    }

    fn feeds(&self) -> &[u32] {
        self.feeds.get_or_init(|| before_blocks(self.text.as_bytes(), feeds_in))
    }

    /// The offset of a line feed by its number from 0 on.
    fn feed(&self, number: u32) -> Option<u32> {
        let feeds = self.feeds();
        let block = feeds.partition_point(|&before| before <= number).checked_sub(1)?;
        let start = block * BLOCK_BYTES;
        let within = memchr_iter(b'\n', &self.text.as_bytes()[start..]).nth((number - feeds[block]) as usize)?;
        Some(to_u32(start + within))
    }
}

/// How many of what `count` counts stand before each block.
fn before_blocks(bytes: &[u8], count: fn(&[u8]) -> u32) -> Vec<u32> {
    let mut sum = 0;
    let counts = bytes.chunks(BLOCK_BYTES).map(|block| {
        let before = sum;
        sum += count(block);
        before
    });
    counts.collect()
}

/// How many stand before an offset.
fn before(bytes: &[u8], blocks: &[u32], offset: u32, count: fn(&[u8]) -> u32) -> u32 {
    let offset = (offset as usize).min(bytes.len());
    // An offset at the end of the last block is looked up in it.
    let block = (offset / BLOCK_BYTES).min(blocks.len().saturating_sub(1));
    blocks.get(block).map_or(0, |before| before + count(&bytes[block * BLOCK_BYTES..offset]))
}

fn feeds_in(bytes: &[u8]) -> u32 {
    to_u32(memchr_iter(b'\n', bytes).count())
}

/// The bytes that start a scalar: all but `10xxxxxx`.
fn scalars_in(bytes: &[u8]) -> u32 {
    to_u32(bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count())
}

/// All files of one run, in order.
#[derive(Debug, Default)]
pub struct Sources<'b> {
    files: Vec<SourceFile<'b>>,
}

impl<'b> Sources<'b> {
    /// Gathers files whose numbers are their places.
    #[must_use]
    pub fn new(files: Vec<SourceFile<'b>>) -> Self {
        debug_assert!(files.iter().enumerate().all(|(index, file)| file.id.0 as usize == index));
        Self { files }
    }

    /// The files, in order.
    #[must_use]
    pub fn files(&self) -> &[SourceFile<'b>] {
        &self.files
    }

    /// One file.
    #[must_use]
    pub fn file(&self, id: FileId) -> &SourceFile<'b> {
        &self.files[id.0 as usize]
    }

    /// Appends a file, such as a policy, under the next number.
    pub fn add(&mut self, make: impl FnOnce(FileId) -> SourceFile<'b>) -> FileId {
        let id = FileId(to_u32(self.files.len()));
        self.files.push(make(id));
        id
    }
}

/// An offset as spans hold it. Texts are at most `TEXT_BYTES_MAX` long, which decoding has checked.
#[must_use]
pub fn to_u32(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> (String, Encoding) {
        let file = SourceFile::decode(FileId(0), "x".into(), bytes).expect("small");
        (file.text().to_owned(), file.encoding)
    }

    #[test]
    fn a_pipe_that_does_not_end_is_read_no_further_than_any_text_is_long() {
        for first in [1, 99, 100, 101, READ_BYTES_MIN] {
            let error = read_up_to(100, io::repeat(b'a'), first).expect_err("it does not end");
            assert_eq!(error.to_string(), "it holds more than four gibibytes");
            assert_eq!(read_up_to(100, io::repeat(b'a').take(100), first).expect("it ends").len(), 100);
        }
    }

    #[test]
    fn a_file_that_another_program_changes_is_seen_to_be_another() {
        let is_still_after =
            |before: &[u8], after: &[u8]| is_still(before, io::Cursor::new(after)).expect("it can be read");
        for length in [0, 1, READ_BYTES_MIN - 1, READ_BYTES_MIN, 3 * READ_BYTES_MIN] {
            let mut bytes = vec![b'a'; length];
            assert!(is_still_after(&bytes, &bytes), "{length}");
            assert!(!is_still_after(&bytes, &[&bytes[..], b"a"].concat()), "{length}: it has grown");
            if let Some(last) = bytes.last_mut() {
                *last = b'b';
                assert!(!is_still_after(&bytes, &vec![b'a'; length]), "{length}: its last byte is another");
                assert!(!is_still_after(&bytes, &bytes[..length - 1]), "{length}: it was cut");
            }
        }
    }

    #[test]
    fn each_encoding_gives_the_same_text() {
        let wanted = "Zürich, 日本\r\n";
        let utf16: Vec<u16> = wanted.encode_utf16().collect();
        let little: Vec<u8> =
            [0xFF, 0xFE].into_iter().chain(utf16.iter().flat_map(|unit| unit.to_le_bytes())).collect();
        let big: Vec<u8> = [0xFE, 0xFF].into_iter().chain(utf16.iter().flat_map(|unit| unit.to_be_bytes())).collect();
        assert_eq!(text(wanted.as_bytes()), (wanted.to_owned(), Encoding::Utf8));
        assert_eq!(text(&[b"\xEF\xBB\xBF", wanted.as_bytes()].concat()), (wanted.to_owned(), Encoding::Utf8));
        assert_eq!(text(&little), (wanted.to_owned(), Encoding::Utf16Le));
        assert_eq!(text(&big), (wanted.to_owned(), Encoding::Utf16Be));
        assert_eq!(text(b"Z\xFCrich"), ("Zürich".to_owned(), Encoding::Windows1252));
    }

    #[test]
    fn lines_and_columns_count_scalars_from_one() {
        let file = SourceFile::decode(FileId(0), "x".into(), "é日x\r\nab\n".as_bytes()).expect("small");
        assert_eq!(file.line_column(5), (1, 3));
        assert_eq!(file.line_column(8), (2, 1));
        assert_eq!(file.line_count(), 2);
        assert_eq!(file.slice(file.line_span(1)), "é日x");
        assert_eq!(file.slice(file.line_span(2)), "ab");
    }

    #[test]
    fn columns_of_a_long_line_are_those_of_its_characters() {
        for length in [BLOCK_BYTES - 1, BLOCK_BYTES, 3 * BLOCK_BYTES + 1, 9 * BLOCK_BYTES] {
            let text = format!("ab\n{}", "é日x".repeat(length / 6 + 1));
            let file = SourceFile::decode(FileId(0), "x".into(), text.as_bytes()).expect("small");
            for (number, (offset, _)) in text.char_indices().skip(3).enumerate() {
                assert_eq!(file.line_column(to_u32(offset)), (2, to_u32(number) + 1));
            }
            assert_eq!(file.line_column(to_u32(text.len())), (2, to_u32(text.chars().count()) - 2));
        }
        let text = "a".repeat(BLOCK_BYTES);
        let file = SourceFile::decode(FileId(0), "x".into(), text.as_bytes()).expect("small");
        assert_eq!(file.line_column(to_u32(BLOCK_BYTES)), (1, 4097));
        assert_eq!(SourceFile::empty(FileId(0), "x".into()).line_column(0), (1, 1));
    }

    #[test]
    fn each_line_of_a_long_file_is_found_by_its_number_and_by_its_place() {
        for (line, count) in [("\n", 3 * BLOCK_BYTES), ("ab\r\n", BLOCK_BYTES), (&"x".repeat(BLOCK_BYTES - 1), 3)] {
            let text = format!("{line}{}\n", "\n".repeat(usize::from(!line.ends_with('\n')))).repeat(count) + "end";
            let file = SourceFile::decode(FileId(0), "x".into(), text.as_bytes()).expect("small");
            assert_eq!(file.line_count() as usize, text.split('\n').count());
            let mut start = 0;
            for (number, line) in (1..).zip(text.split('\n')) {
                let span = file.line_span(number);
                assert_eq!((span.start as usize, file.slice(span)), (start, line.trim_end_matches('\r')));
                assert_eq!(file.line_at(to_u32(start)), (number, span));
                assert_eq!(file.line_at(to_u32(start + line.len())), (number, span));
                assert_eq!((file.line(span.start), file.line(to_u32(start + line.len()))), (number, number));
                start += line.len() + 1;
            }
            let behind = file.line_span(file.line_count() + 1);
            assert_eq!((behind.start as usize, behind.end as usize), (text.len(), text.len()));
        }
    }
}
