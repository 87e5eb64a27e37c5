//! Prompts, and the command lines behind them.

use super::super::{csv, strings};
use super::aside::{self, line_bounds};
use crate::record::{Kind, Property, is_cmdlet_name, is_open};

/// A path in a prompt is at most this long.
const PROMPT_BYTES_MAX: usize = 400;

/// Prompts at least this wide, with what is typed, may have been wrapped by the console.
const WRAPPED_WIDTH_MIN: usize = 60;

/// A pasted script block may go on over this many lines.
const COMMAND_LINES_MAX: usize = 60;

/// What stands behind the prompt of a line; `None` for a line without one.
///
/// Shape: `PS C:\> x`, `PS>x`, `PS /home/x> x`, `[PS] C:\Program Files\x>x`, `[ex01]: PS C:\> x`, `C:\>x`.
pub(super) fn command_of(line: &str) -> Option<&str> {
    let first = *line.as_bytes().first()?;
    if !matches!(first, b'P' | b'[' | b'(') && line.as_bytes().get(1) != Some(&b':') {
        return None;
    }
    let close = line.as_bytes().iter().take(PROMPT_BYTES_MAX).position(|byte| *byte == b'>')?;
    let before = &line[..close];
    let behind = line[close..].trim_start_matches('>');
    is_prompt_text(before).then(|| behind.strip_prefix(' ').unwrap_or(behind))
}

/// Whether a line begins with a prompt.
pub(in crate::read) fn is_prompt(line: &str) -> bool {
    command_of(line).is_some()
}

/// Whether a text is a prompt up to its `>`.
fn is_prompt_text(before: &str) -> bool {
    let is_path = |path: &str| !path.contains(['|', '"', '<', '*', '?', '\t', '=', ';', '{']);
    // The shell of Exchange, `[PS] C:\Windows\system32`.
    if let Some(path) = before.strip_prefix("[PS]") {
        return path.starts_with(' ') && is_path(path);
    }
    // A remote session, `[ex01.contoso.com]: PS C:\`, and the environments that Python tools put in front.
    let rest = match before.split_once(']') {
        Some((host, rest)) if host.starts_with('[') && !host.contains([' ', '|']) => {
            rest.strip_prefix(':').unwrap_or(rest).trim_start()
        }
        _ => match before.split_once(") ") {
            Some((name, rest)) if name.starts_with('(') && !name.contains(' ') => rest,
            _ => before,
        },
    };
    if rest == "PS" {
        return true;
    }
    if let Some(path) = rest.strip_prefix("PS ") {
        return is_path(path) && !path.contains("  ");
    }
    let bytes = rest.as_bytes();
    rest.len() >= 3 && bytes[0].is_ascii_alphabetic() && &bytes[1..3] == b":\\" && is_path(rest)
}

/// A command line with its place.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Typed {
    /// The command as typed; the lines it goes on over are joined.
    pub(super) command: String,
    /// The start of the line behind it.
    pub(super) end: usize,
}

/// The prompt that stands at `at`, with its command and the lines on which that goes on.
pub(super) fn typed_at(text: &str, at: usize) -> Option<Typed> {
    let (end, next) = line_bounds(text, at);
    let command = command_of(&text[at..end])?;
    Some(follow(text, &text[at..end], command, next))
}

/// A command that stands at `at` without a prompt.
pub(super) fn bare_at(text: &str, at: usize) -> Option<Typed> {
    let (end, next) = line_bounds(text, at);
    let line = &text[at..end];
    is_bare_command(line, &text[next..]).then(|| follow(text, line, line, next))
}

fn follow(text: &str, line: &str, command: &str, next: usize) -> Typed {
    let mut joined = command.trim_end().to_owned();
    let (mut line, mut end) = (line, next);
    // Brackets are counted on: to look at the whole command for every line would be quadratic.
    let mut open = is_open(&joined);
    for _ in 0..COMMAND_LINES_MAX {
        if end >= text.len() {
            break;
        }
        let (more_end, behind) = line_bounds(text, end);
        let more = &text[end..more_end];
        if let Some(rest) = more.strip_prefix(">>") {
            // A transcript logs errors in the same way.
            if aside::is_trace(more) || rest.trim_start().starts_with("TerminatingError(") {
                break;
            }
            push_line(&mut joined, rest.strip_prefix(' ').unwrap_or(rest));
        } else if !begins_document(&text[end..])
            && (open && is_rest_of_open(more, &text[behind..])
                || line.chars().count() >= WRAPPED_WIDTH_MIN && is_rest_of_wrapped(more, &joined, &text[behind..]))
        {
            push_wrapped(&mut joined, line, more);
        } else if let Some((rest, behind)) = doubled_rest(text, line, end) {
            if rest.starts_with(['-', '|']) {
                joined.push(' ');
            }
            joined.push_str(rest);
            end = behind;
            break;
        } else {
            break;
        }
        open = joined.len() < 16 * 1024 && is_open(&joined);
        (line, end) = (more, behind);
    }
    Typed { command: joined, end }
}

/// The rest of a command that the console broke and a copy set apart with a blank line, as it did with every line.
fn doubled_rest<'t>(text: &'t str, upper: &str, at: usize) -> Option<(&'t str, usize)> {
    let is_blank = |at: usize| text[at..line_bounds(text, at).0].trim().is_empty();
    let (_, start) = line_bounds(text, at);
    let (end, next) = line_bounds(text, start);
    let rest = text[start..end].trim_end();
    let is_apart = is_blank(at) && (next >= text.len() || is_blank(next));
    let is_rest = upper.trim_end().chars().count() >= WRAPPED_WIDTH_MIN
        && is_rest_of_wrapped(rest, "", "")
        && !begins_document(rest);
    (is_apart && is_rest).then_some((rest, next))
}

/// Joins a line that was typed behind `>> `. A backtick at the end of the upper line is how the typist broke it.
fn push_line(joined: &mut String, more: &str) {
    let kept = joined.trim_end_matches('`').trim_end().len();
    joined.truncate(kept);
    if !more.trim().is_empty() {
        joined.push(' ');
        joined.push_str(more.trim());
    }
}

/// Joins a line that the console broke, in the middle of a word or between two.
fn push_wrapped(joined: &mut String, upper: &str, more: &str) {
    // A backtick and a short line are how a typist breaks a command, not a console.
    if joined.ends_with('`') || upper.chars().count() < WRAPPED_WIDTH_MIN {
        push_line(joined, more);
        return;
    }
    let cut_in_name = joined.rsplit([' ', '|', '{', '(']).next().is_some_and(|word| {
        // `Get` and `-RoleGroup`: a verb alone stands nowhere else.
        !word.is_empty() && is_cmdlet_name(&[word, more.split([' ', '|']).next().unwrap_or("")].concat())
    });
    let between = upper.ends_with([' ', '\t']) || more.starts_with([' ', '\t', '|']);
    if between || more.starts_with('-') && !cut_in_name {
        joined.push(' ');
    }
    joined.push_str(more.trim());
}

/// Whether a line can go on with a command whose quote, bracket or pipe is open.
fn is_rest_of_open(line: &str, behind: &str) -> bool {
    let trimmed = line.trim();
    let next = behind.lines().next().unwrap_or("").trim();
    let is_header = next.len() >= 2 && next.bytes().all(|byte| byte == b'-' || byte == b' ');
    !trimmed.is_empty() && !is_header && !is_output(trimmed) && !is_list_line(trimmed)
}

fn is_list_line(line: &str) -> bool {
    line.split_once(" :").is_some_and(|(label, _)| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' ')
    })
}

/// Whether a line that directly follows a full line of a prompt is the rest of the command rather than output.
fn is_rest_of_wrapped(line: &str, command: &str, behind: &str) -> bool {
    let trimmed = line.trim();
    let is_heading = aside::is_dashes(behind.lines().next().unwrap_or(""));
    if trimmed.is_empty() || trimmed.contains("  ") || is_heading || is_output(trimmed) || is_list_line(trimmed) {
        return false;
    }
    let has_parameter = |text: &str| {
        text.strip_prefix('-').is_some_and(|rest| rest.starts_with(|char: char| char.is_ascii_alphabetic()))
    };
    let formats = command.rsplit_once('|').is_some_and(|(_, stage)| is_formatting(stage));
    let is_quoted = trimmed.len() >= 2
        && ['"', '\''].iter().any(|&mark| {
            trimmed.starts_with(mark)
                && trimmed.ends_with(mark)
                && command.rsplit(' ').next().is_some_and(is_cmdlet_name)
        });
    formats && is_rest_of_properties(trimmed, command)
        || is_quoted
        || trimmed.starts_with('|')
        || has_parameter(trimmed)
        || trimmed.contains(" | ")
        || trimmed.match_indices(" -").any(|(at, _)| has_parameter(&trimmed[at + 1..]))
        || trimmed.split_once('|').is_some_and(|(_, stage)| is_formatting(stage))
}

/// Whether a line is the rest of a list of properties, and no value that follows in a copy without blank lines: the break
/// is in the name of a property, or a comma stands there and properties behind it.
fn is_rest_of_properties(line: &str, command: &str) -> bool {
    let is_listed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'*' | b',' | b' ');
    let is_known = |name: &str| Property::named(name) != Property::Other;
    let last = command.rsplit([',', ' ']).next().unwrap_or("");
    let first = line.split([',', ' ']).next().unwrap_or("");
    let expands = command.to_ascii_lowercase().contains("-exp");
    line.bytes().all(is_listed)
        && (is_known(&[last, first].concat())
            || !expands && command.trim_end().ends_with(',')
            || !expands && line.contains(',') && line.split(',').any(is_known))
}

/// Whether JSON, CLIXML or CSV begins here, which directly follows its command.
fn begins_document(text: &str) -> bool {
    let (first, second) = line_bounds(text, 0);
    let (end, _) = line_bounds(text, second);
    let (opening, inner) = (text[..first].trim(), text[second..end].trim_start());
    let is_member = || inner.starts_with('"') && inner.contains("\":");
    ["{\"", "[{", "<Objs ", "#TYPE "].iter().any(|start| text.starts_with(start))
        || opening == "[" && inner.starts_with('{')
        || opening == "{" && is_member()
        || text.starts_with('"') && text[second..].starts_with('"') && csv::looks_like(&text[..end])
}

fn is_formatting(stage: &str) -> bool {
    let name = stage.trim_start().split([' ', '|']).next().unwrap_or("");
    ["fl", "ft", "select", "sort", "format-list", "format-table"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Whether a line is something that a command prints.
fn is_output(line: &str) -> bool {
    command_of(line).is_some()
        || aside::is_aside(line)
        || aside::failure_at(line, 0).is_some()
        || aside::frame_end(line, 0).is_some()
        || strings::entry_of(line).is_some_and(|entry| entry.role.is_some() || entry.snapin.is_some())
}

/// Whether a line is a command that somebody copied without its prompt.
///
/// A row of a table may begin with the name of a cmdlet too, so it must be one that prints what rolecall reads, and what
/// follows it must look typed.
fn is_bare_command(line: &str, behind: &str) -> bool {
    let trimmed = line.trim_end();
    if trimmed.starts_with([' ', '\t']) || trimmed.contains("  ") {
        return false;
    }
    let head_end = trimmed.find([' ', '|', ')']).unwrap_or(trimmed.len());
    let (head, rest) = trimmed.split_at(head_end);
    if let Some(inner) = head.strip_prefix('(') {
        return is_ours(inner) && rest.contains(')');
    }
    if let Some(variable) = head.strip_prefix('$') {
        let is_name = variable.starts_with(|char: char| char.is_ascii_alphabetic())
            && variable.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'.' | b'='));
        let rest = rest.trim_start();
        return is_name && (rest.is_empty() || rest.starts_with(['=', '|']) || head.contains('='));
    }
    if head.starts_with(".\\") && head.to_ascii_lowercase().ends_with(".ps1") {
        return true;
    }
    if !is_ours(head) {
        return false;
    }
    // `{…}` and an ellipsis at the end are cells, unless a pipe or a quote shows that somebody typed them.
    let typed = rest.trim_start();
    let is_cell = typed.ends_with(['}', '…']) || typed.ends_with("...");
    let is_typed = typed.starts_with(['"', '\'', '-', '|', '$', '(', '\u{201C}', '\u{2018}', '\u{2013}'])
        || typed.contains(" | ")
        || typed.contains(" -")
        || typed.ends_with("\\*");
    // `Get-Mailbox -Anr -Archive` is how an entry of a role prints: parameters, and no value for any.
    let is_entry =
        typed.split(' ').count() > 1 && typed.split(' ').all(|word| word.starts_with('-') && !word.contains(':'));
    let is_alone = || behind.lines().next().is_none_or(|next| next.trim().is_empty());
    if typed.is_empty() { is_alone() } else { !is_entry && (is_typed || !is_cell && is_alone()) }
}

/// Whether a word is a cmdlet that prints objects which rolecall reads.
fn is_ours(word: &str) -> bool {
    let prints =
        word.split_once('-').is_some_and(|(verb, _)| ["Get", "New"].iter().any(|it| verb.eq_ignore_ascii_case(it)));
    prints && is_cmdlet_name(word) && Kind::of_cmdlet(word).is_some()
}
