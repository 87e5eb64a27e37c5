//! Warnings within a block: the shell prints them where they come up, between two rows or two properties.

use std::ops::Range;

use super::aside::{self, line_bounds};
use super::prompt;

/// The warnings of a text with lines directly above and below, found as far as somebody asked.
#[derive(Default)]
pub(super) struct Asides {
    found: Vec<(usize, usize)>,
    /// The start of the first line that was not looked at.
    searched: usize,
    /// Before this offset no block is interrupted: a prompt stands between it and the next warning.
    quiet: usize,
}

/// A part of a text with warnings within a block.
pub(super) struct Interrupted {
    pub(super) start: usize,
    pub(super) end: usize,
    /// The warnings, each the range of its lines.
    pub(super) asides: Vec<(usize, usize)>,
}

impl Asides {
    /// The lines from `start` on with warnings between them, where the first such warning stands before `until`. None of
    /// the lines of `quiet` begins one, as somebody knows.
    pub(super) fn interruption(
        &mut self,
        text: &str,
        start: usize,
        until: usize,
        quiet: Range<usize>,
    ) -> Option<Interrupted> {
        self.find(text, quiet.start);
        // A message may go on beyond the first of these lines.
        if self.searched == quiet.start {
            self.searched = quiet.end;
        }
        self.find(text, until.min(text.len()));
        if start < self.quiet {
            return None;
        }
        let index = self.found.partition_point(|&(from, _)| from <= start);
        let &(first, _) = self.found.get(index)?;
        if let Some(prompt) = prompt_between(text, start, first) {
            self.quiet = prompt + 1;
            return None;
        }
        // All that the command printed is read as one: a block tells more about its borders than a part of it.
        self.find(text, text.len());
        let mut here = first;
        let mut asides = Vec::new();
        for &(from, to) in &self.found[index..] {
            if let Some(prompt) = prompt_between(text, here, from) {
                return Some(Interrupted { start, end: prompt, asides });
            }
            asides.push((from, to));
            here = to;
        }
        let end = prompt_between(text, here, text.len()).unwrap_or(text.len());
        Some(Interrupted { start, end, asides })
    }

    fn find(&mut self, text: &str, until: usize) {
        let bytes = text.as_bytes();
        while self.searched < until {
            let at = self.searched;
            let may_be = aside::may_be_aside(&bytes[at..]);
            self.searched = match may_be.then(|| aside::aside_end(text, at)).flatten() {
                Some(end) => {
                    if !is_blank_before(text, at) && joins_on(text, end) {
                        self.found.push((at, end));
                    }
                    end
                }
                None => memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |feed| at + feed + 1),
            };
        }
    }
}

/// Whether the line above one that starts at `at` is blank, or none.
fn is_blank_before(text: &str, at: usize) -> bool {
    let Some(above) = at.checked_sub(1) else { return true };
    let start = memchr::memrchr(b'\n', &text.as_bytes()[..above]).map_or(0, |feed| feed + 1);
    text[start..above].trim().is_empty()
}

/// Whether a line of a block starts at `at`.
fn joins_on(text: &str, at: usize) -> bool {
    let (end, _) = line_bounds(text, at);
    let line = &text[at..end];
    !line.trim().is_empty() && prompt::command_of(line).is_none()
}

fn prompt_between(text: &str, start: usize, end: usize) -> Option<usize> {
    let mut here = start;
    while here < end {
        let (line_end, next) = line_bounds(text, here);
        if prompt::command_of(&text[here..line_end]).is_some() {
            return Some(here);
        }
        here = next;
    }
    None
}
