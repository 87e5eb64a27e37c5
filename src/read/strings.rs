//! Role entries as plain strings: `Role\Cmdlet`, `Role\Cmdlet(-Parameter, …)`, `(snap-in) Cmdlet -Parameter …`.
//!
//! The first is an entry's identity, the last is how an entry of a role's `RoleEntries` prints. A role may be named
//! anything, so the last backslash counts; file paths and accounts (`C:\x`, `DOMAIN\user`) have the same form, so that a
//! block needs a command above it or lines that agree.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memrchr};

use super::session::{MARK, aside, is_prompt};
use super::shape::{self, Interrupts, Opening};
use super::{Context, Sink, View, list, table};
use crate::diagnostic::noticed;
use crate::record::{
    Command, Complete, Field, Items, Kind, Property, RawList, Record, Rest, Shape, Value, is_cmdlet_name,
};
use crate::source::Span;

/// Lines such as `Role\Cmdlet`, and what commands print of one property.
pub(super) const READER: shape::Reader = shape::Reader { shape: Shape("strings"), file: shape::no_file, block };

fn block(opening: &Opening<'_>, sink: &mut Sink<'_>, is_interrupted: Interrupts<'_>) -> usize {
    let (at, rest, command) = (opening.at, opening.rest(), opening.context.command);
    if let Some(command) = command.filter(|_| opening.is_first).map(Command::parse) {
        let mut end = at;
        if !opening.is_output && command.entry_of_parameters().is_some() {
            end = read_parameters(opening.view, at, &opening.context, sink);
        } else if command.prints_members() && !table::looks_like(rest) && !list::looks_like(rest) {
            end = read_members(opening.view, at, &opening.context, sink);
        }
        if end > at {
            return end;
        }
    }
    let is_none = !looks_like(rest, command) || is_interrupted(at.saturating_add(shape::NEAR_BYTES), at..at);
    if is_none { at } else { read(opening.view, at, &opening.context, sink) }
}

/// One role entry as a string, taken apart.
#[derive(Clone, Debug)]
pub struct EntryText<'t> {
    /// The snap-in of the cmdlet.
    pub snapin: Option<&'t str>,
    /// The role.
    pub role: Option<&'t str>,
    /// The cmdlet or script.
    pub cmdlet: Cow<'t, str>,
    /// Whether the cmdlet's name is all there is of it.
    pub cmdlet_complete: Complete,
    /// The parameters, where the form shows them.
    pub parameters: Option<RawList<'t>>,
}

/// How many lines one wrapped entry may take: a cmdlet has at most a few hundred parameters.
const WRAPPED_LINES_MAX: usize = 400;

/// Takes one role entry apart; `None` where the text has none of the forms.
#[must_use]
pub fn entry_of(text: &str) -> Option<EntryText<'_>> {
    let text = trim(text);
    if text.starts_with('(')
        && let Some(entry) = with_snapin(text)
    {
        return Some(entry);
    }
    let (role, rest) = match memrchr(b'\\', text.as_bytes()) {
        Some(at) => (Some(trim(&text[..at])), &text[at + 1..]),
        None => (None, text),
    };
    if role.is_some_and(|role| role.is_empty() || is_path(role) || is_row(role)) {
        return None;
    }
    let (cmdlet, cmdlet_complete, rest) = name_of(rest)?;
    let parameters = parameters_of(rest)?;
    Some(EntryText { snapin: None, role, cmdlet, cmdlet_complete, parameters })
}

/// Without blanks around it, of which most texts have none.
fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [b'!'..=b'~', .., b'!'..=b'~'] => text,
        _ => text.trim(),
    }
}

/// `(Microsoft.Exchange.Management.PowerShell.E2010) Get-Mailbox -Anr -Archive`.
fn with_snapin(text: &str) -> Option<EntryText<'_>> {
    let inner = text.strip_prefix('(')?;
    let (snapin, rest) = inner.split_once(')')?;
    if snapin.contains(|char: char| char.is_whitespace() || matches!(char, '-' | '\\' | '(')) {
        return None;
    }
    let (cmdlet, cmdlet_complete, rest) = name_of(rest.trim_start())?;
    // An entry without parameters prints none: the list is empty, not absent.
    let parameters = parameters_of(rest)?.unwrap_or(RawList { raw: rest, detail: 0, split });
    let snapin = (!snapin.is_empty()).then_some(snapin);
    Some(EntryText { snapin, role: None, cmdlet, cmdlet_complete, parameters: Some(parameters) })
}

/// The name at the start of a text, and what follows it.
///
/// A name that a console wrapped goes on behind the line break.
fn name_of(text: &str) -> Option<(Cow<'_, str>, Complete, &str)> {
    let end = name_end(text);
    let (mut name, mut rest) = (Cow::Borrowed(&text[..end]), &text[end..]);
    if !name.starts_with(|char: char| char.is_ascii_alphabetic()) {
        return None;
    }
    if rest.is_empty() {
        return Some((name, Complete::Yes, rest));
    }
    let break_length = rest.bytes().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    if break_length > 0 {
        let next = &rest[break_length..];
        let tail = name_end(next.strip_prefix('-').unwrap_or(next));
        let is_cut_at_hyphen = next.starts_with('-') && !name.contains(['-', '.']);
        if tail > 0 && (is_cut_at_hyphen || !next.starts_with('-')) {
            let tail = tail + usize::from(is_cut_at_hyphen);
            name.to_mut().push_str(&next[..tail]);
            rest = &next[tail..];
        }
    }
    let whole = rest.strip_prefix("...").or_else(|| rest.strip_prefix('…'));
    let complete = if whole.is_some() { Complete::Cut } else { Complete::Yes };
    Some((name, complete, whole.unwrap_or(rest)))
}

/// The characters of names. Entries of other types are named `GetUserPhoto:GET`, `Notifications_Write`, `Repair-Index.ps1`.
const NAME: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    while byte < 0x80 {
        table[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
        byte += 1;
    }
    table
};

/// Where a name ends.
fn name_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let is_end = |&at: &usize| {
        // The dots of a cut are not in the name.
        !NAME[bytes[at] as usize] || bytes[at] == b'.' && bytes.get(at + 1) == Some(&b'.')
    };
    (0..bytes.len()).find(is_end).unwrap_or(bytes.len())
}

/// The parameters behind a name: `(-A, -B)`, ` -A -B`, or none. `None` where something else stands there.
fn parameters_of(rest: &str) -> Option<Option<RawList<'_>>> {
    if rest.is_empty() {
        return Some(None);
    }
    if let Some(inner) = rest.strip_prefix('(') {
        let closed = inner.trim_end().strip_suffix(')');
        let raw = closed.unwrap_or(inner);
        let is_list = raw.trim().is_empty() || raw.trim_start().starts_with(['-', '.', '…']);
        return is_list.then_some(Some(RawList { raw, detail: u64::from(closed.is_none()), split }));
    }
    let trimmed = rest.trim_start();
    if trimmed.is_empty() {
        return Some(None);
    }
    let is_list = trimmed.len() < rest.len() && trimmed.starts_with(['-', '…']) || trimmed.starts_with("...");
    is_list.then_some(Some(RawList { raw: trimmed, detail: 0, split }))
}

/// Whether what stands before a backslash is a place in a file system or a registry rather than a role.
fn is_path(role: &str) -> bool {
    let bytes = role.as_bytes();
    let begins = match bytes.first() {
        Some(b'.' | b'~' | b'$' | b'%' | b'/') => true,
        Some(b'\\') => bytes.get(1) == Some(&b'\\'),
        Some(b'H' | b'h') => ["HKEY_", "HKLM", "HKCU", "HKCR", "HKU:"]
            .iter()
            .any(|hive| role.get(..hive.len()).is_some_and(|start| start.eq_ignore_ascii_case(hive))),
        _ => false,
    };
    // `C:` at the end stands before the last backslash; a place may also be named in a sentence.
    let is_drive = |at: usize| {
        let (before, behind) = (&bytes[..at], &bytes[at + 1..]);
        let is_letter = before.last().is_some_and(u8::is_ascii_alphabetic);
        let is_alone = before.len() == 1 || before.len() > 1 && !before[before.len() - 2].is_ascii_alphanumeric();
        is_letter && is_alone && matches!(behind.first(), None | Some(b'\\' | b'/'))
    };
    begins || memchr_iter(b':', bytes).any(|at| is_drive(at) || bytes.get(at + 1) == Some(&b':'))
}

/// Whether what stands before a backslash is the start of a row whose columns a copy ran together, or of a quoted line.
fn is_row(role: &str) -> bool {
    role.contains('\t')
        || role.starts_with(['>', '|'])
        || role.split_once(' ').is_some_and(|(first, _)| is_cmdlet_name(first))
}

/// Splits parameters. A detail of 1 says that the list ends before its bracket, so that its last item may be cut.
fn split(raw: &str, detail: u64) -> Items<'_> {
    if memchr(b'\n', raw.as_bytes()).is_some() {
        let joined = join_lines(raw);
        return own(split_line(&joined, detail));
    }
    split_line(raw, detail)
}

fn split_line(raw: &str, detail: u64) -> Items<'_> {
    let trimmed = raw.trim_end();
    let shown = trimmed.strip_suffix("...").or_else(|| trimmed.strip_suffix('…'));
    let is_cut = shown.is_some() || detail == 1;
    let mut items: Vec<Cow<'_, str>> = shown
        .unwrap_or(raw)
        .split(|char: char| char == ',' || char.is_whitespace())
        .map(|item| item.strip_prefix('-').unwrap_or(item))
        .filter(|item| !item.is_empty())
        .map(Cow::Borrowed)
        .collect();
    if !is_cut {
        return Items { items, rest: Rest::None };
    }
    // Behind a separator the cut took whole items only.
    let ends_whole = shown.unwrap_or(raw).ends_with([' ', ',']);
    let partial = if ends_whole { None } else { items.pop() };
    Items { items, rest: Rest::Cut(partial) }
}

fn own(items: Items<'_>) -> Items<'static> {
    let owned = |item: Cow<'_, str>| Cow::Owned(item.into_owned());
    Items {
        items: items.items.into_iter().map(owned).collect(),
        rest: match items.rest {
            Rest::None => Rest::None,
            Rest::Cut(partial) => Rest::Cut(partial.map(owned)),
            Rest::Unsplit(text) => Rest::Unsplit(owned(text)),
        },
    }
}

/// Joins the lines of a wrapped list: at a blank where the shell breaks between words, in the middle of one elsewhere.
fn join_lines(raw: &str) -> String {
    let mut joined = String::with_capacity(raw.len());
    for line in raw.split('\n').map(|line| line.trim_end_matches('\r')) {
        let is_new_item = line.starts_with([' ', '\t']) || line.starts_with('-') && !joined.ends_with('-');
        if is_new_item && !joined.ends_with(' ') {
            joined.push(' ');
        }
        joined.push_str(line.trim_start());
    }
    joined
}

/// What the lines at a place show, at first sight.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Evidence {
    None,
    /// Has the form, as accounts and paths may have it too.
    Weak,
    /// Names a cmdlet with a verb of PowerShell's.
    Fair,
    /// Names the snap-in.
    Strong,
}

fn evidence(line: &str) -> Evidence {
    // What a copy put in front of every line is not a part of the first role's name.
    let is_copied =
        line.starts_with(char::is_whitespace) || ["# ", "> ", "| "].iter().any(|mark| line.starts_with(mark));
    if is_copied {
        return Evidence::None;
    }
    match entry_of(line) {
        Some(entry) if entry.snapin.is_some_and(|snapin| snapin.contains('.')) => Evidence::Strong,
        Some(entry) if entry.role.is_some_and(|role| !role.contains("  ")) && !aside::is_aside(line) => {
            if is_cmdlet_name(&entry.cmdlet) {
                Evidence::Fair
            } else {
                Evidence::Weak
            }
        }
        _ => Evidence::None,
    }
}

/// Whether a command prints role entries as strings.
fn is_entries_command(command: &Command<'_>) -> bool {
    let source = command.source();
    source.eq_ignore_ascii_case("Get-ManagementRoleEntry")
        || command.expanded.as_deref().is_some_and(|property| property.eq_ignore_ascii_case("RoleEntries"))
}

/// Whether a command prints the names of role entries and nothing else.
fn is_names_command(command: &Command<'_>) -> bool {
    command.source().eq_ignore_ascii_case("Get-ManagementRoleEntry")
        && command.expanded.as_deref().is_some_and(|property| property.eq_ignore_ascii_case("Name"))
}

/// Whether the lines at the start of `text` are role entries.
pub(super) fn looks_like(text: &str, command: Option<&str>) -> bool {
    let mut lines = text.lines();
    let Some(first) = lines.next() else { return false };
    let evidence_first = evidence(first);
    match evidence_first {
        Evidence::Strong => return true,
        Evidence::None => {
            return entry_of(first).is_some_and(|entry| entry.role.is_none())
                && command.is_some_and(|line| is_names_command(&Command::parse(line)));
        }
        Evidence::Weak | Evidence::Fair => {}
    }
    if command.is_some_and(|line| is_entries_command(&Command::parse(line))) {
        return true;
    }
    let Some(second) = lines.next() else { return false };
    let agree = evidence_first == Evidence::Fair && evidence(second) != Evidence::None
        || evidence_first == Evidence::Weak && evidence(second) == Evidence::Fair;
    // `Identity : Role\Cmdlet` is a line of a list, unless the role itself has a colon and stands on both lines.
    let role = |line| entry_of(line).and_then(|entry| entry.role);
    agree && (!role(first).is_some_and(|role| role.contains(" :")) || role(first) == role(second))
}

/// Reads role entries, one a line, and hands each to the sink.
pub(super) fn read(view: &View<'_>, start: usize, context: &Context<'_>, sink: &mut Sink<'_>) -> usize {
    let text = view.text();
    let bare_names = context.command.is_some_and(|line| is_names_command(&Command::parse(line)));
    let mut record = Record {
        kind: Kind::RoleEntry,
        shape: READER.shape,
        command: context.command,
        at: view.span(start, start),
        complete: true,
        repeats: None,
        fields: Vec::with_capacity(4),
    };
    let mut at = start;
    while let Some(entry) = next_entry(text, at, bare_names) {
        fill(&mut record, view, text, &entry);
        if let Some(Value::List(list)) = record.value(Property::Parameters)
            && (list.raw.ends_with("...") || list.raw.ends_with('…'))
        {
            sink.notice(noticed::CUT_LIST, record.at, "Parameters");
        }
        sink.record(&record);
        at = entry.next;
    }
    at
}

/// Reads the parameters of the one entry that the command asks for, one a line. A prompt or a blank line ends the list;
/// where the file ends, more may follow.
pub(super) fn read_parameters(view: &View<'_>, start: usize, context: &Context<'_>, sink: &mut Sink<'_>) -> usize {
    let text = view.text();
    let mut at = start;
    while at < text.len() {
        let (end, next) = line_end(text, at);
        let name = text[at..end].trim();
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            break;
        }
        at = next;
    }
    if at == start {
        return start;
    }
    let (is_whole, raw) = (at < text.len(), &text[start..at]);
    let list = RawList { raw, detail: u64::from(is_whole), split: split_lines };
    if !is_whole {
        sink.notice(noticed::CUT_LIST, view.span(start, at), "Parameters");
    }
    let (name, value) = (Cow::Borrowed("Parameters"), Value::List(list));
    let place = view.span(start, start + raw.trim_end().len());
    sink.record(&Record {
        kind: Kind::RoleEntry,
        shape: READER.shape,
        command: context.command,
        at: place,
        complete: true,
        repeats: None,
        fields: vec![Field { name, property: Property::Parameters, at: place, value }],
    });
    at
}

/// Reads the members of the one group that the command names, one a line: a name, or a path or distinguished name. A prompt
/// or a blank line ends them.
pub(super) fn read_members(view: &View<'_>, start: usize, context: &Context<'_>, sink: &mut Sink<'_>) -> usize {
    let text = view.text();
    let mut at = start;
    while at < text.len() {
        let (end, next) = line_end(text, at);
        let name = text[at..end].trim();
        if name.is_empty() || is_prompt(name) || aside::is_aside(name) {
            break;
        }
        let place = view.span(at, at + text[at..end].trim_end().len());
        // The last line of a file may be a part of a name.
        let complete = if next > end { Complete::Yes } else { Complete::Cut };
        let property = if name.contains(['/', '=']) { Property::Identity } else { Property::Name };
        let value = Value::Text(Cow::Borrowed(name), complete);
        sink.record(&Record {
            kind: Kind::RoleGroupMember,
            shape: READER.shape,
            command: context.command,
            at: place,
            complete: true,
            repeats: None,
            fields: vec![Field { name: Cow::Borrowed(property.name()), property, at: place, value }],
        });
        at = next;
    }
    at
}

/// Splits a list of one name a line; a last line without an end may be a part of a name.
fn split_lines(raw: &str, is_whole: u64) -> Items<'_> {
    let mut items: Vec<Cow<'_, str>> = raw.lines().map(|line| Cow::Borrowed(line.trim())).collect();
    let rest = match is_whole {
        1 => Rest::None,
        _ => Rest::Cut(if raw.ends_with('\n') { None } else { items.pop() }),
    };
    Items { items, rest }
}

/// One entry and where it stands.
struct Found<'t> {
    entry: EntryText<'t>,
    start: usize,
    end: usize,
    next: usize,
}

/// The end of the line at `at` without its line end, and the start of the next.
fn line_end(text: &str, at: usize) -> (usize, usize) {
    let feed = memchr(b'\n', &text.as_bytes()[at..]).map(|offset| at + offset);
    let next = feed.map_or(text.len(), |feed| feed + 1);
    let end = feed.unwrap_or(text.len());
    (if end > at && text.as_bytes()[end - 1] == b'\r' { end - 1 } else { end }, next)
}

fn next_entry(text: &str, at: usize, bare_names: bool) -> Option<Found<'_>> {
    if at >= text.len() {
        return None;
    }
    let (mut end, mut next) = line_end(text, at);
    let first_end = end;
    let line = &text[at..end];
    if line.starts_with(MARK) {
        return None;
    }
    let whole = |entry: &EntryText<'_>| {
        entry.role.is_some() || entry.snapin.is_some() || bare_names || is_entry_without_snapin(line, entry)
    };
    let first = entry_of(line).filter(whole);
    let open = first.as_ref().and_then(|entry| entry.parameters).map(|list| list.detail == 1);
    let goes_on = match open {
        Some(open) => open || line.starts_with('('),
        // `(snap-in)` alone: the name follows on the next line.
        None => first.is_none() && line.starts_with('(') && line.trim_end().ends_with(')'),
    };
    if goes_on {
        let mut width = end - at;
        for _ in 0..WRAPPED_LINES_MAX {
            let (next_end, behind) = line_end(text, next);
            let more = &text[next..next_end];
            if more.len() > width || !is_continuation(more) {
                break;
            }
            width = more.len();
            (end, next) = (next_end, behind);
            if open == Some(true) && more.trim_end().ends_with(')') {
                break;
            }
        }
    }
    let entry = match first {
        Some(entry) if end == first_end => entry,
        _ => entry_of(&text[at..end]).filter(whole)?,
    };
    (!aside::is_aside(line)).then_some(Found { entry, start: at, end, next })
}

/// A script's entry among others has no snap-in: `Repair-Index.ps1 -Identity`.
fn is_entry_without_snapin(line: &str, entry: &EntryText<'_>) -> bool {
    line.starts_with(|char: char| char.is_ascii_alphabetic())
        && entry.cmdlet.ends_with(".ps1")
        && entry.parameters.is_some_and(|list| {
            list.raw.split([' ', ',']).filter(|item| !item.is_empty()).all(|item| item.starts_with('-'))
        })
}

/// Whether a line goes on with the parameters of the line above it.
fn is_continuation(line: &str) -> bool {
    let mut words = line.split([' ', '\t', ',']).filter(|word| !word.is_empty());
    let is_plain = |word: &str| {
        let word = word.trim_end_matches([')', '.', '…']);
        word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let Some(first) = words.next() else { return false };
    let first_fits = match first.strip_prefix('-') {
        Some(parameter) => is_plain(parameter),
        // The rest of a parameter or of a cmdlet's name.
        None => {
            first.starts_with(|char: char| char.is_ascii_alphabetic() || matches!(char, ')' | '.' | '…'))
                && (is_plain(first) || is_cmdlet_name(first))
        }
    };
    first_fits && words.all(|word| word.strip_prefix('-').is_some_and(is_plain))
}

/// Puts an entry into the record, whose fields are reused.
fn fill<'v>(record: &mut Record<'v>, view: &View<'_>, text: &'v str, found: &Found<'v>) {
    let entry = &found.entry;
    let span = |part: &str| view.span_of(part);
    let field = |name, property, at, value| Field { name: Cow::Borrowed(name), property, at, value };
    record.fields.clear();
    record.at = view.span(found.start, found.end);
    record.complete = !(found.end == text.len() && entry.parameters.is_some_and(|list| list.detail == 1));
    let name = Value::Text(entry.cmdlet.clone(), entry.cmdlet_complete);
    record.fields.push(field("Name", Property::Name, name_span(view, text, found), name));
    if let Some(role) = entry.role {
        record.fields.push(field("Role", Property::Role, span(role), Value::text(role)));
    }
    if let Some(snapin) = entry.snapin {
        record.fields.push(field("PSSnapinName", Property::PsSnapinName, span(snapin), Value::text(snapin)));
    }
    if let Some(list) = entry.parameters {
        record.fields.push(field("Parameters", Property::Parameters, span(list.raw), Value::List(list)));
    }
}

fn name_span(view: &View<'_>, text: &str, found: &Found<'_>) -> Span {
    match &found.entry.cmdlet {
        Cow::Borrowed(name) => view.span_of(name),
        // A wrapped name is no slice: its line is shown.
        Cow::Owned(_) => view.span(found.start, line_end(text, found.start).0),
    }
}

#[cfg(test)]
mod tests {
    use super::super::session::testing::{fields, shown};
    use super::*;

    fn items(text: &str) -> String {
        let entry = entry_of(text).expect("an entry");
        let items = entry.parameters.expect("parameters").items();
        format!("{:?} {:?}", items.items, items.rest)
    }

    #[test]
    fn an_identity_is_split_at_its_last_backslash() {
        let entry = entry_of("Help Desk, Tier \"2\"\\x (y)\\Get-Mailbox").expect("an entry");
        assert_eq!((entry.role, entry.cmdlet.as_ref()), (Some("Help Desk, Tier \"2\"\\x (y)"), "Get-Mailbox"));
        assert!(entry.parameters.is_none());
    }

    #[test]
    fn parameters_stand_behind_the_name_in_either_form() {
        assert_eq!(items("(A.B) Get-Mailbox -Anr -Archive"), "[\"Anr\", \"Archive\"] None");
        assert_eq!(items("A (b)\\Get-Mailbox(-Anr, -Archive)"), "[\"Anr\", \"Archive\"] None");
        assert_eq!(items("(A.B) Get-Mailbox"), "[] None");
        assert_eq!(items("A\\Get-Mailbox()"), "[] None");
    }

    #[test]
    fn a_list_that_ends_in_an_ellipsis_is_cut() {
        assert_eq!(items("(A.B) Get-Mailbox -Anr -Arch..."), "[\"Anr\"] Cut(Some(\"Arch\"))");
        assert_eq!(items("(A.B) Get-Mailbox -Anr …"), "[\"Anr\"] Cut(None)");
        assert_eq!(items("A\\Get-Mailbox(-Anr, -Arch"), "[\"Anr\"] Cut(Some(\"Arch\"))");
    }

    #[test]
    fn paths_and_accounts_are_no_entries() {
        for line in [
            "C:\\Scripts\\Get-Mailbox",
            "\\\\server\\share\\Get-Mailbox",
            ".\\Get-Mailbox.ps1",
            "HKLM:\\Software\\Get-X",
            "a\\b c",
            "x\\",
            "\\Get-Mailbox",
        ] {
            assert!(entry_of(line).is_none(), "{line}");
        }
        assert!(!looks_like("CONTOSO\\svc-intune\nCONTOSO\\admin\n", None));
        assert!(!looks_like("Identity : A\\Get-Mailbox\nId       : A\\Get-Mailbox\n", None));
        assert!(!looks_like("A\\Get-Mailbox\n", None));
        assert!(looks_like("A\\Get-Mailbox\nA\\FindItem\n", None));
        assert!(looks_like("A : B\\Get-Mailbox\nA : B\\Set-Mailbox\n", None));
        assert!(looks_like("A\\Get-Mailbox\n", Some("Get-ManagementRoleEntry A\\* | % Identity")));
    }

    #[test]
    fn each_line_is_an_entry_with_what_it_prints() {
        assert_eq!(
            shown("Mail Recipients\\Get-Mailbox\r\nMail Recipients\\GetUserPhoto:GET\r\n"),
            "1 RoleEntry strings Name=Get-Mailbox Role=Mail Recipients\n2 RoleEntry strings Name=GetUserPhoto:GET Role=Mail Recipients\n"
        );
        assert_eq!(
            fields("(Microsoft.X) Get-Mailbox -Anr\nRepair-Index.ps1 -Identity\n"),
            "Name=Get-Mailbox PSSnapinName=Microsoft.X Parameters=[Anr]\nName=Repair-Index.ps1 Parameters=[Identity]\n"
        );
    }

    #[test]
    fn a_wrapped_entry_is_one() {
        assert_eq!(
            fields(
                "(Microsoft.X) Get-Mailbox -Anr -Arch\nive -Debug\n(Microsoft.X) Set-Mailbox -Anr \n-Archive\n(Microsoft.X) Set\n-User -A\n(Microsoft.X) Set-CASM\nailbox -A\n"
            ),
            "Name=Get-Mailbox PSSnapinName=Microsoft.X Parameters=[Anr,Archive,Debug]\n\
             Name=Set-Mailbox PSSnapinName=Microsoft.X Parameters=[Anr,Archive]\n\
             Name=Set-User PSSnapinName=Microsoft.X Parameters=[A]\n\
             Name=Set-CASMailbox PSSnapinName=Microsoft.X Parameters=[A]\n"
        );
    }

    #[test]
    fn the_end_of_the_file_within_the_brackets_cuts_the_record() {
        assert_eq!(
            fields("A\\Get-Mailbox(-Anr, -Archive)\nA\\Set-Mailbox(-Anr, -Ar"),
            "Name=Get-Mailbox Role=A Parameters=[Anr,Archive]\nName=Set-Mailbox Role=A Parameters=[Anr]+Ar cut\n"
        );
    }
}
