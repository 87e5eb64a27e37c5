//! A report on its way out: what is long enough is written, and only the rest is held.

use std::io::{self, Write};
use std::ops::Range;

/// A report that is written while it is made.
#[derive(Debug)]
pub struct Stream<W> {
    out: W,
    text: String,
    /// Where the last title stands in the text.
    title: Range<usize>,
    begun: bool,
}

impl<W: Write> Stream<W> {
    /// A report that begins with a heading.
    pub const fn new(out: W, heading: String) -> Self {
        Self { out, text: heading, title: 0..0, begun: false }
    }

    /// The text that the next part is appended to.
    ///
    /// Errors: what came before cannot be written.
    pub fn part(&mut self) -> io::Result<&mut String> {
        const BLOCK_BYTES: usize = 64 * 1024;
        if self.text.len() >= BLOCK_BYTES {
            self.flush()?;
        }
        Ok(&mut self.text)
    }

    /// Writes what is held.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(self.text.as_bytes())?;
        self.begun |= !self.text.is_empty();
        self.text.clear();
        self.title = 0..0;
        Ok(())
    }

    /// Appends a line as the title of what comes next, with a blank line above; a title that nothing follows goes away.
    pub fn title(&mut self, line: &str) {
        self.drop_bare_title();
        let start = self.text.len();
        self.text.push_str(if self.begun || start > 0 { "\n" } else { "" });
        self.text.push_str(line);
        self.text.push('\n');
        self.title = start..self.text.len();
    }

    fn drop_bare_title(&mut self) {
        if self.title.end == self.text.len() {
            self.text.truncate(self.title.start);
        }
    }

    /// Writes the rest, and gives back where it went.
    pub fn finish(mut self) -> io::Result<W> {
        self.drop_bare_title();
        self.flush()?;
        Ok(self.out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_shown_where_something_follows_it() {
        let mut report = Stream::new(Vec::new(), String::new());
        report.title("one");
        report.title("two");
        report.part().expect("memory takes it").push_str("said\n");
        report.title("three");
        report.title("four");
        report.part().expect("memory takes it").push_str(&"x".repeat(1 << 17));
        report.part().expect("memory takes it").push('\n');
        report.title("five");
        let written = String::from_utf8(report.finish().expect("memory takes it")).expect("it was text");
        assert_eq!(written.replace(&"x".repeat(1 << 17), "x"), "two\nsaid\n\nfour\nx\n");
    }
}
