//! What a console shows between rows and belongs to no record: warnings, errors, the frames of a transcript.

use memchr::memchr;

use super::super::strings;
use super::prompt;
use crate::record::is_cmdlet_name;

/// How the shell begins a warning, a verbose or a debug message, by the language of its host.
///
/// Source: the `WarningLineFormat`, `VerboseLineFormat` and `DebugLineFormat` of Windows PowerShell's language packs, as
/// consoles show them.
const LABELS: &[&str] = &[
    "WARNING",
    "VERBOSE",
    "DEBUG",
    "WARNUNG",
    "AUSFÜHRLICH",
    "AVERTISSEMENT",
    "COMMENTAIRES",
    "DÉBOGUER",
    "DÉBOGAGE",
    "ADVERTENCIA",
    "DETALLADO",
    "DEPURAR",
    "DEPURACIÓN",
    "AVVISO",
    "DETTAGLIATO",
    "AVISO",
    "DETALHADO",
    "DEPURAÇÃO",
    "WAARSCHUWING",
    "UITGEBREID",
    "FOUTOPSPORING",
    "VARNING",
    "UTFÖRLIG",
    "ADVARSEL",
    "DETALJERET",
    "VAROITUS",
    "OSTRZEŻENIE",
    "PEŁNE",
    "DEBUGOWANIE",
    "UPOZORNĚNÍ",
    "PODROBNĚ",
    "LADIT",
    "FIGYELMEZTETÉS",
    "RÉSZLETES",
    "HIBAKERESÉS",
    "UYARI",
    "AYRINTILI",
    "HATA AYIKLAMA",
    "ПРЕДУПРЕЖДЕНИЕ",
    "ПОДРОБНО",
    "ОТЛАДКА",
    "ΠΡΟΕΙΔΟΠΟΙΗΣΗ",
    "警告",
    "詳細",
    "デバッグ",
    "详细信息",
    "调试",
    "詳細資訊",
    "偵錯",
    "경고",
    "자세한 정보 표시",
    "자세히",
    "디버그",
];

/// The longest label with its colon, in bytes.
const LABEL_BYTES_MAX: usize = 40;

/// Lines at least this wide may have been wrapped by the console.
const WRAPPED_WIDTH_MIN: usize = 60;

/// The longest message of Exchange's takes six lines of a console of 80 columns.
const MESSAGE_LINES_MAX: usize = 10;

/// The longest error record: its message, the lines of the script, its category and its identifier.
const ERROR_LINES_MAX: usize = 24;

/// The first two letters of the labels: for each first one, a bit for each second one.
const LABEL_STARTS: [u32; 26] = {
    let mut starts = [0; 26];
    let mut index = 0;
    while index < LABELS.len() {
        let bytes = LABELS[index].as_bytes();
        if bytes[0].is_ascii_uppercase() && bytes[1].is_ascii_uppercase() {
            starts[(bytes[0] - b'A') as usize] |= 1 << (bytes[1] - b'A');
        }
        index += 1;
    }
    starts
};

/// Whether a line may begin a message, as its first two bytes show.
#[inline]
pub(in crate::read) fn may_be_aside(line: &[u8]) -> bool {
    match *line {
        [first @ b'A'..=b'Z', second @ b'A'..=b'Z', ..] => {
            LABEL_STARTS[usize::from(first - b'A')] & 1 << (second - b'A') != 0
        }
        [b'A'..=b'Z' | 0x80..=0xFF, 0x80..=0xFF, ..] => true,
        _ => false,
    }
}

/// What the host itself says between a command and its rows, in the words of Windows PowerShell and of the module of
/// Exchange Online.
const HOST: &[&str] = &[
    "Creating a new session for implicit remoting of ",
    "Creating a new Remote PowerShell session using ",
    "Creating implicit remoting module ",
    "Removing the broken session",
    "Reconnecting to the remote session",
];

/// Whether a line begins a warning, a verbose or a debug message.
pub(in crate::read) fn is_aside(line: &str) -> bool {
    if !line.starts_with(|char: char| char.is_ascii_uppercase() || !char.is_ascii()) {
        return false;
    }
    let head = line
        .get(..LABEL_BYTES_MAX)
        .or_else(|| line.get(..LABEL_BYTES_MAX - 1))
        .or_else(|| line.get(..LABEL_BYTES_MAX - 2));
    let head = head.unwrap_or(line);
    let colon = memchr(b':', head.as_bytes()).or_else(|| head.find('：'));
    colon.is_some_and(|at| {
        let label = line[..at].trim_end_matches([' ', '\u{a0}', '\u{202f}']);
        LABELS.contains(&label)
    })
}

/// The start of the line behind a message that begins at `at`, with the lines that the console wrapped it onto.
pub(super) fn aside_end(text: &str, at: usize) -> Option<usize> {
    let (end, next) = line_bounds(text, at);
    let line = &text[at..end];
    (is_aside(line) || HOST.iter().any(|start| line.starts_with(start))).then(|| message_end(text, at, end, next))
}

/// Whether a message says that more objects exist than were printed.
///
/// The shell names the parameter `ResultSize` in every language.
pub(super) fn tells_of_more(message: &str) -> bool {
    let lower = message.to_ascii_lowercase();
    // A wrapped message may break anywhere between two words.
    let has = |words: &[&str]| words.iter().all(|word| lower.contains(word));
    lower.contains("resultsize")
        || has(&["more results", "available"])
        || has(&["only the first", "returned"])
        || has(&["only the first", "displayed"])
}

/// Follows a message onto the lines behind it.
fn message_end(text: &str, at: usize, end: usize, next: usize) -> usize {
    let (mut line, mut next) = (&text[at..end], next);
    for _ in 0..MESSAGE_LINES_MAX {
        if next >= text.len() || line.chars().count() < WRAPPED_WIDTH_MIN {
            break;
        }
        let (more_end, behind) = line_bounds(text, next);
        let more = &text[next..more_end];
        let goes_on = if ends_sentence(line) { is_sentence(more) } else { is_prose(more, &text[behind..]) };
        if !goes_on {
            break;
        }
        (line, next) = (more, behind);
    }
    next
}

fn ends_sentence(line: &str) -> bool {
    line.trim_end().ends_with(['.', '。', '!', '?', ')', '"', '\'', ':'])
}

/// Whether a line can be the rest of a sentence: nothing that a block would begin with, no columns.
fn is_prose(line: &str, behind: &str) -> bool {
    let trimmed = line.trim();
    !(trimmed.is_empty()
        || trimmed.contains("  ")
        || trimmed.contains(" : ")
        || trimmed.ends_with(" :")
        || trimmed.starts_with(['{', '[', '(', '<', '#', '-', '*', '+'])
        || is_dashes(behind.lines().next().unwrap_or(""))
        || is_aside(trimmed)
        || is_error_start(trimmed)
        || strings::entry_of(trimmed).is_some()
        || prompt::command_of(trimmed).is_some())
}

/// Whether a line can be a sentence of its own: words, most of them in lower case.
fn is_sentence(line: &str) -> bool {
    let words = line.split_whitespace().count();
    let lower =
        line.split_whitespace().skip(1).filter(|word| !word.starts_with(|char: char| char.is_uppercase())).count();
    words >= 4 && lower * 2 >= words && is_prose(line, "")
}

pub(super) fn is_dashes(line: &str) -> bool {
    let trimmed = line.trim();
    trimmed.len() >= 2 && trimmed.bytes().all(|byte| byte == b'-' || byte == b' ')
}

/// An error as the shell prints it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure<'t> {
    /// The start of the line behind it.
    pub(super) end: usize,
    /// The cmdlet that failed, where the error names it first.
    pub(super) cmdlet: Option<&'t str>,
}

/// Whether an error says that there is no object of the name that was asked for. The exception is called so in every
/// language.
pub(super) fn tells_of_none(error: &str) -> bool {
    ["ManagementObjectNotFoundException", "couldn't be found", "couldn\u{2019}t be found"]
        .iter()
        .any(|it| error.contains(it))
}

/// The error that begins at `at`, if one does.
pub(super) fn failure_at(text: &str, at: usize) -> Option<Failure<'_>> {
    let (end, _) = line_bounds(text, at);
    let line = &text[at..end];
    let starts = is_error_start(line) || is_detail(line) || names_place(text, at);
    starts.then(|| Failure { end: failure_end(text, at), cmdlet: failed_cmdlet(line) })
}

/// The error whose message begins at `at`, told by the details some lines below only.
pub(super) fn failure_below(text: &str, at: usize) -> Option<Failure<'_>> {
    detail_follows(text, at).then(|| Failure { end: failure_end(text, at), cmdlet: None })
}

/// `Get-RoleGroup : The operation …` (5.1) or `Get-RoleGroup: The operation …` (7), `PS>TerminatingError(Get-RoleGroup): …`.
fn is_error_start(line: &str) -> bool {
    if let Some(command) = prompt::command_of(line) {
        return is_logged_error(command);
    }
    is_logged_error(line.strip_prefix(">> ").unwrap_or(line)) || failed_cmdlet(line).is_some()
}

/// What a transcript writes of an error or a bound parameter behind its prompt.
fn is_logged_error(command: &str) -> bool {
    ["TerminatingError(", "CommandInvocation(", "ParameterBinding("].iter().any(|logged| command.starts_with(logged))
}

/// Whether a line says of an error what no command says: a transcript's trace of a call is none.
pub(super) fn is_trace(line: &str) -> bool {
    let command = prompt::command_of(line).unwrap_or_else(|| line.strip_prefix(">> ").unwrap_or(line));
    command.starts_with("CommandInvocation(") || command.starts_with("ParameterBinding(")
}

fn failed_cmdlet(line: &str) -> Option<&str> {
    let logged = prompt::command_of(line).unwrap_or_else(|| line.strip_prefix(">> ").unwrap_or(line));
    if let Some(rest) = logged.strip_prefix("TerminatingError(") {
        return rest.split([')', ' ']).next().filter(|name| !name.is_empty());
    }
    let (name, message) = line.split_once(':')?;
    let name = name.strip_suffix(' ').unwrap_or(name);
    let is_named = is_cmdlet_name(name) || name.ends_with(".ps1") && !name.contains(' ');
    (is_named && message.starts_with(' ')).then_some(name)
}

/// A line of an error record: `+ CategoryInfo : …`, the underlined part of a script, `Line |`.
fn is_detail(line: &str) -> bool {
    let trimmed = line.trim_start();
    let Some(rest) = trimmed.strip_prefix('+') else {
        return is_script_excerpt(line);
    };
    let rest = rest.trim_start();
    ["CategoryInfo", "FullyQualifiedErrorId", "PSComputerName"].iter().any(|name| rest.starts_with(name))
        || rest.starts_with("~")
}

/// `Line |`, `   3 |  Get-RoleGroup x`, `     |  ~~~~`.
///
/// Source: the `ConciseView` of PowerShell 7, about_Preference_Variables, `$ErrorView`.
fn is_script_excerpt(line: &str) -> bool {
    let Some((before, _)) = line.split_once('|') else { return false };
    let number = before.trim();
    line.starts_with("Line |")
        || before.len() == 5 && before.ends_with(' ') && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// `At line:1 char:1` in any language: the line below quotes the script behind a `+`, and the next marks a part of it.
fn names_place(text: &str, at: usize) -> bool {
    let (end, next) = line_bounds(text, at);
    let is_place = text[at..end].contains(':') && !text[at..end].starts_with(' ');
    is_place && next < text.len() && {
        let (quote_end, marks) = line_bounds(text, next);
        let (marks_end, _) = line_bounds(text, marks.min(text.len()));
        text[next..quote_end].starts_with("+ ") && is_detail(&text[marks.min(text.len())..marks_end])
    }
}

fn detail_follows(text: &str, at: usize) -> bool {
    let mut here = at;
    for index in 0..ERROR_LINES_MAX / 2 {
        if here >= text.len() {
            return false;
        }
        let (end, next) = line_bounds(text, here);
        let line = &text[here..end];
        if line.trim().is_empty() || prompt::command_of(line).is_some_and(|_| index > 0) {
            return false;
        }
        if line.trim_start().starts_with('+') && is_detail(line) {
            return true;
        }
        here = next;
    }
    false
}

fn failure_end(text: &str, at: usize) -> usize {
    let (end, mut here) = line_bounds(text, at);
    let mut line = &text[at..end];
    let mut in_details = is_detail(line);
    for _ in 0..ERROR_LINES_MAX {
        if here >= text.len() {
            break;
        }
        let (more_end, behind) = line_bounds(text, here);
        let more = &text[here..more_end];
        if more.trim().is_empty() || prompt::command_of(more).is_some() || is_aside(more) {
            break;
        }
        let is_more = is_detail(more)
            || more.starts_with("+ ")
            || in_details && (more.starts_with("    ") || more.starts_with("  ") && !more.contains("---"))
            || !in_details && !is_error_start(more) && (detail_follows(text, here) || names_place(text, here))
            || !in_details
                && line.chars().count() >= WRAPPED_WIDTH_MIN
                && !ends_sentence(line)
                && is_prose(more, &text[behind..]);
        if !is_more {
            break;
        }
        in_details |= is_detail(more) || more.starts_with("+ ");
        (line, here) = (more, behind);
    }
    here
}

/// How many lines the header of a transcript may take: that of PowerShell 7 has 19.
const FRAME_LINES_MAX: usize = 40;

/// Whether a line is the line of asterisks that frames a transcript's header, its footer, and the time of a command.
///
/// Source: the `TranscriptPrologue` of PowerShell's resources; the words between are localized, the asterisks are not.
fn is_frame(line: &str) -> bool {
    let trimmed = line.trim_end();
    trimmed.len() == 22 && trimmed.bytes().all(|byte| byte == b'*')
}

/// The start of the line behind a transcript's frame that begins at `at`.
pub(super) fn frame_end(text: &str, at: usize) -> Option<usize> {
    let (end, next) = line_bounds(text, at);
    if !is_frame(&text[at..end]) {
        return None;
    }
    let mut here = next;
    for _ in 0..FRAME_LINES_MAX {
        if here >= text.len() {
            // The file ends in a header: all of it is the frame.
            return Some(text.len());
        }
        let (line_end, behind) = line_bounds(text, here);
        let line = &text[here..line_end];
        if is_frame(line) {
            // PowerShell says below the header where the transcript goes, in its own language.
            let (note_end, note_behind) = line_bounds(text, behind.min(text.len()));
            let note = &text[behind.min(text.len())..note_end];
            let names_file = (note.contains('\\') || note.contains('/')) && !note.starts_with(['(', '{', '[']);
            let is_note = names_file
                && behind - at > 200
                && note.contains(' ')
                && prompt::command_of(note).is_none()
                && strings::entry_of(note).is_none();
            return Some(if is_note { note_behind } else { behind });
        }
        if prompt::command_of(line).is_some() {
            break;
        }
        here = behind;
    }
    Some(next)
}

/// The end of the line at `at` without its line end, and the start of the next.
pub(in crate::read) fn line_bounds(text: &str, at: usize) -> (usize, usize) {
    let feed = memchr(b'\n', &text.as_bytes()[at..]).map(|offset| at + offset);
    let next = feed.map_or(text.len(), |feed| feed + 1);
    let end = feed.unwrap_or(text.len());
    let returns = text.as_bytes()[at..end].iter().rev().take_while(|byte| **byte == b'\r').count();
    (end - returns, next)
}
