//! What a console shows: prompts and commands, the blocks they print, and all that stands between.
//!
//! Shape: a block is recognised by its first lines and handed to its reader, which takes all of it that it understands;
//! so one huge table costs what its reader costs. Errors: none; what nobody understands is reported line by line.

pub(super) mod aside;
mod interruption;
mod prompt;
#[cfg(test)]
pub(super) mod testing;

pub(super) use aside::{line_bounds, may_be_aside};
pub(super) use prompt::is_prompt;

use super::shape::Opening;
use super::{Answer, Context, Group, READERS, Sink, View, clean, list, table};
use crate::diagnostic::{RuleId, noticed};
use crate::record::{Command, Kind};
use crate::source::Span;
use interruption::{Asides, Interrupted};

/// How many kinds of damage may lie within each other: a quoted, indented, double-spaced copy has three.
const DEPTH_MAX: u32 = 5;

/// The byte order mark of a text that was appended to another.
pub(super) const MARK: char = '\u{FEFF}';

/// Reads a console text from `start` on; before it there may be a document that somebody pasted the rest below.
pub(super) fn read(view: &View<'_>, start: usize, sink: &mut Sink<'_>) {
    let mut walker = Walker { sink, command: None, group: None, is_console: false, unknown: None, unknown_count: 0 };
    match (start == 0).then(|| clean::scrubbed(view)).flatten() {
        Some(clean) => walker.walk_scrubbed(view, &clean, DEPTH_MAX),
        None => walker.walk(view, start, DEPTH_MAX),
    }
    walker.say_unknown();
}

/// The command above a block, read once.
struct Above {
    line: String,
    /// The cmdlet, for notices.
    cmdlet: String,
    /// Whether what it prints are objects that rolecall reads, or a part of them.
    is_ours: bool,
    at: Span,
    /// How many records there were before it.
    before: u64,
    /// Whether something else than rows stands below it, or no prompt before it.
    says_more: bool,
}

struct Walker<'s, 'a> {
    sink: &'s mut Sink<'a>,
    command: Option<Above>,
    group: Option<(String, String, Span)>,
    /// Whether a command that prints our objects stands behind a prompt.
    is_console: bool,
    /// The first line that nobody understood, and how many there were.
    unknown: Option<Span>,
    unknown_count: u64,
}

impl Walker<'_, '_> {
    /// Reads a text from `start` to its end.
    fn walk(&mut self, view: &View<'_>, start: usize, depth: u32) {
        let text = view.text();
        let mut asides = Asides::default();
        let mut at = start;
        while let Some(line_start) = next_line(text, at) {
            at = self.step(view, line_start, depth, &mut asides);
            debug_assert!(at > line_start, "each step takes a line");
        }
        self.claim_blank_lines(view);
    }

    /// Reads a text whose last line may have held nothing but what was removed.
    fn walk_scrubbed(&mut self, view: &View<'_>, clean: &View<'_>, depth: u32) {
        self.walk(clean, 0, depth);
        self.claim_last_line(view, clean, view.text().len());
    }

    /// Reads a part of a text that was damaged throughout.
    fn walk_part(&mut self, view: &View<'_>, part: &clean::Part, depth: u32) {
        self.walk(&part.view, 0, depth);
        self.claim_last_line(view, &part.view, part.end);
    }

    /// Accounts for a last line before `end` of which nothing is left in the clean text.
    fn claim_last_line(&mut self, view: &View<'_>, clean: &View<'_>, end: usize) {
        if clean.text().is_empty() || clean.text().ends_with('\n') {
            let text = &view.text()[..end];
            let last = memchr::memrchr(b'\n', text.as_bytes()).map_or(0, |feed| feed + 1);
            self.sink.decoration(view.span(last, end));
        }
    }

    /// Accounts for the lines that only cleaning made blank: a bare quote mark, a tag.
    fn claim_blank_lines(&mut self, view: &View<'_>) {
        if self.sink.ledger.is_none() || !view.is_cleaned() {
            return;
        }
        let text = view.text();
        let mut at = 0;
        while at < text.len() {
            let (end, next) = line_bounds(text, at);
            if text[at..end].trim().is_empty() {
                self.sink.decoration(view.span(at, next));
            }
            at = next;
        }
    }

    /// Takes what begins at a line that is not blank, and returns the start of the line behind it.
    fn step(&mut self, view: &View<'_>, at: usize, depth: u32, asides: &mut Asides) -> usize {
        let text = view.text();
        if text[at..].starts_with(MARK) {
            self.sink.decoration(view.span(at, at + MARK.len_utf8()));
            return at + MARK.len_utf8();
        }
        if let Some(end) = self.frame(view, at) {
            return end;
        }
        if let Some(failure) = aside::failure_at(text, at) {
            return self.fail(view, at, &failure);
        }
        if let Some(typed) = prompt::typed_at(text, at) {
            self.end_answer();
            let end = self.begin(view, at, typed, true);
            self.is_console |= self.command.as_ref().is_some_and(|above| above.is_ours);
            return end;
        }
        if let Some(end) = aside::aside_end(text, at) {
            self.set_aside(view, at, end);
            return end;
        }
        if depth > 0
            && let Some(clean) = clean::without_escapes(view, at)
        {
            self.walk_scrubbed(view, &clean, depth - 1);
            return text.len();
        }
        if let Some(end) = self.group_line(view, at) {
            return end;
        }
        if let Some(typed) = prompt::bare_at(text, at) {
            return self.begin(view, at, typed, false);
        }
        if let Some(end) = self.block(view, at, depth, asides) {
            return end;
        }
        if let Some(end) = self.damaged(view, at, depth) {
            return end;
        }
        if let Some(failure) = aside::failure_below(text, at) {
            return self.fail(view, at, &failure);
        }
        self.leave_unknown(view, at)
    }

    /// A new command: what stood above no longer does.
    fn begin(&mut self, view: &View<'_>, at: usize, typed: prompt::Typed, prompted: bool) -> usize {
        let place = view.span(at, typed.end);
        self.sink.decoration(place);
        self.group = None;
        let before = self.sink.records;
        self.command = (!typed.command.is_empty()).then(|| {
            let command = Command::parse(&typed.command);
            let is_ours = Kind::of_cmdlet(command.source()).is_some() && !is_count(&command);
            let cmdlet = command.source().to_owned();
            let is_ours = is_ours && !expands_parameters(&command);
            Above { cmdlet, is_ours, line: typed.command, at: place, before, says_more: !prompted }
        });
        typed.end
    }

    /// A prompt ends the answer of the command before it, which may have no rows.
    fn end_answer(&mut self) {
        if let Some(above) = self.command.take()
            && above.is_ours
            && !above.says_more
            && above.before == self.sink.records
        {
            self.sink.answer(&Answer { command: &above.line, found: true, at: above.at });
        }
    }

    /// The frame of a transcript, or a fence of Markdown.
    fn frame(&mut self, view: &View<'_>, at: usize) -> Option<usize> {
        let text = view.text();
        let end = aside::frame_end(text, at).or_else(|| {
            let (end, next) = line_bounds(text, at);
            is_fence(&text[at..end]).then_some(next)
        })?;
        self.sink.decoration(view.span(at, end));
        Some(end)
    }

    fn set_aside(&mut self, view: &View<'_>, at: usize, end: usize) {
        let span = view.span(at, view.text()[..end].trim_end().len());
        self.sink.decoration(span);
        if let Some(above) = &mut self.command {
            above.says_more = true;
        }
        if aside::tells_of_more(&view.text()[at..end]) {
            let about = self.command.as_ref().map_or("", |above| above.cmdlet.as_str());
            self.sink.notice(noticed::MORE_RESULTS, span, about);
        }
    }

    fn fail(&mut self, view: &View<'_>, at: usize, failure: &aside::Failure<'_>) -> usize {
        let text = view.text();
        let (line_end, _) = line_bounds(text, at);
        self.sink.decoration(view.span(at, failure.end));
        if let Some(above) = &mut self.command {
            let is_answer = above.is_ours && !above.says_more && above.before == self.sink.records;
            above.says_more = true;
            if is_answer && aside::tells_of_none(&text[at..failure.end]) {
                // That there is no such object is an answer.
                self.sink.answer(&Answer { command: &above.line, found: false, at: view.span(at, line_end) });
            }
        }
        if !aside::is_trace(&text[at..line_end]) {
            let above = self.command.as_ref().map_or("", |above| above.cmdlet.as_str());
            let about = failure.cmdlet.filter(|name| !name.eq_ignore_ascii_case("Write-Error")).unwrap_or(above);
            self.sink.notice(noticed::FAILED_COMMAND, view.span(at, line_end), about);
        }
        failure.end
    }

    /// `   Role: Mail Recipients` above a block, as `-GroupBy` writes it.
    fn group_line(&mut self, view: &View<'_>, at: usize) -> Option<usize> {
        let text = view.text();
        let rest = text[at..].strip_prefix("   ").filter(|rest| !rest.starts_with([' ', '\t', '\r', '\n']))?;
        let (mut end, mut next) = line_bounds(text, at);
        let (label, _) = rest[..end - at - 3].split_once(':')?;
        let value_start = at + 3 + label.len() + 1;
        // A long value is wrapped onto lines of the same indentation.
        while next < text.len() {
            let (more_end, behind) = line_bounds(text, next);
            if text[next..more_end].trim().is_empty() {
                break;
            }
            text[next..more_end].strip_prefix("   ")?;
            (end, next) = (more_end, behind);
        }
        let behind = &text[next_line(text, next)?..];
        if label.trim().is_empty() || !(table::looks_like(behind) || list::looks_like(behind)) {
            return None;
        }
        let value = text[value_start..end].split('\n').map(str::trim).collect::<Vec<_>>().join(" ");
        let value_at = view.span(value_start, text[..end].trim_end().len().max(value_start));
        self.group = Some((label.trim().to_owned(), value.trim().to_owned(), value_at));
        self.sink.decoration(view.span(at, end));
        Some(next)
    }

    /// A block that one of the readers understands.
    fn block(&mut self, view: &View<'_>, at: usize, depth: u32, asides: &mut Asides) -> Option<usize> {
        let above = self.command.as_ref();
        let command = above.map(|above| above.line.as_str());
        let group = self.group.as_ref().map(|(label, value, at)| Group { label, value, at: *at });
        let context = Context { command, group };
        if depth > 0
            && let Some(part) = damaged_throughout(view, at)
        {
            self.walk_part(view, &part, depth - 1);
            return Some(part.end);
        }
        let is_output = above.is_some_and(|above| above.is_ours);
        let is_first = above.is_some_and(|above| above.before == self.sink.records);
        let opening = Opening { view, at, context, is_output, is_first };
        let (mut end, mut found) = (at, None);
        for reader in READERS {
            end = (reader.block)(&opening, self.sink, &mut |until, quiet| {
                found = if depth > 0 { asides.interruption(view.text(), at, until, quiet) } else { None };
                found.is_some()
            });
            if let Some(interrupted) = &found {
                return Some(self.interrupted_block(view, interrupted, depth));
            }
            if end > at {
                break;
            }
        }
        if end > at {
            // Each group has a line of its own.
            self.group = None;
        }
        (end > at).then_some(end)
    }

    /// A block between whose lines the shell put warnings: these are set aside, and the rest is one block.
    fn interrupted_block(&mut self, view: &View<'_>, interrupted: &Interrupted, depth: u32) -> usize {
        for &(start, end) in &interrupted.asides {
            self.set_aside(view, start, end);
        }
        let clean = clean::without_lines(view, interrupted.start, interrupted.end, &interrupted.asides);
        self.walk(&clean, 0, depth.saturating_sub(1));
        interrupted.end
    }

    /// Lines with a prefix that a copy gave them.
    fn damaged(&mut self, view: &View<'_>, at: usize, depth: u32) -> Option<usize> {
        if depth == 0 {
            return None;
        }
        let part = clean::without_prefix(view, at)?;
        self.walk_part(view, &part, depth - 1);
        Some(part.end)
    }

    /// A line that nobody understands. Below a command whose objects are not ours it is that command's output.
    fn leave_unknown(&mut self, view: &View<'_>, at: usize) -> usize {
        let (end, next) = line_bounds(view.text(), at);
        let span = view.span(at, end);
        if let Some(above) = &mut self.command {
            above.says_more = true;
        }
        if self.command.as_ref().is_some_and(|above| !above.is_ours) {
            self.sink.decoration(span);
        } else {
            self.sink.claim(span, super::Claim::Reported);
            self.unknown.get_or_insert(span);
            self.unknown_count += 1;
        }
        next
    }

    fn say_unknown(&mut self) {
        let Some(first) = self.unknown else { return };
        let says_more = self.sink.report.notices().any(|notice| tells_of_output(notice.rule));
        let nothing = self.sink.records == 0 && !self.is_console && !says_more;
        let rule = if nothing { noticed::NO_EXPORT } else { noticed::UNRECOGNISED_INPUT };
        let count = if nothing { 1 } else { self.unknown_count };
        for _ in 0..count {
            self.sink.notice(rule, first, "text");
        }
    }
}

/// Whether a notice is about something that a command printed, so that the file is some export at least.
fn tells_of_output(rule: RuleId) -> bool {
    ![noticed::ASSUMED_ENCODING, noticed::LOSSY_ENCODING, noticed::HIDDEN_CHARACTERS].contains(&rule)
}

/// The block at a place without what a copy did to all of its lines, where its readers would stumble over that.
fn damaged_throughout<'v>(view: &View<'v>, at: usize) -> Option<clean::Part<'v>> {
    let rest = &view.text()[at..];
    let is_marked = ["# ", "> ", "| ", "// "].iter().any(|mark| rest.starts_with(mark));
    // The borders of a table are found with its indentation.
    if is_marked || rest.starts_with([' ', '\t']) && !table::looks_like(rest) {
        return clean::without_prefix(view, at);
    }
    if table::looks_like(rest) && rest.lines().take(2).any(|line| line.contains('\t')) {
        return Some(clean::untabbed(view, at));
    }
    let breaks = || {
        let is_list = list::looks_like(rest);
        is_list.then(|| clean::without_breaks(view, at).or_else(|| clean::without_padding(view, at))).flatten()
    };
    clean::single_spaced(view, at).or_else(breaks).or_else(|| clean::realigned(view, at))
}

/// The start of the first line from `at` on that is not blank.
fn next_line(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let blank = rest.len() - rest.trim_start().len();
    if blank == rest.len() {
        return None;
    }
    Some(memchr::memrchr(b'\n', &rest.as_bytes()[..blank]).map_or(at, |feed| at + feed + 1))
}

/// Whether a line is a fence of Markdown, such as three backticks with a language.
fn is_fence(line: &str) -> bool {
    let trimmed = line.trim();
    let rest = trimmed.trim_start_matches(['`', '~']);
    let marks = trimmed.len() - rest.len();
    marks >= 3 && !rest.contains(' ') && rest.len() < 20
}

/// Whether a command prints parameters of entries, one a line.
fn expands_parameters(command: &Command<'_>) -> bool {
    command.expanded.as_deref().is_some_and(|member| member.eq_ignore_ascii_case("Parameters"))
}

/// Whether a command prints how many objects there are rather than the objects.
fn is_count(command: &Command<'_>) -> bool {
    let counts = ["Count", "Length", "GetType", "Gettype"];
    command.expanded.as_deref().is_some_and(|member| counts.iter().any(|known| member.eq_ignore_ascii_case(known)))
}

#[cfg(test)]
mod tests;
