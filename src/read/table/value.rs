//! What a cell shows: texts, lists, and whether the width of the column or the limit of a list cut them.

use std::borrow::Cow;

use crate::diagnostic::{RuleId, noticed};
use crate::read::csv::joined::{ITEMS_MIN, holds_several};
use crate::read::types::is_type_name;
use crate::record::damage::{begins_with_mark, is_lost, without_mark};
use crate::record::{Complete, Items, Property, RawList, Rest, Value};

use super::survey::{Cell, Survey, UNMARKED_WIDTH_MAX, is_never_empty};

/// The items hold neither blanks nor commas.
const PARAMETERS: u64 = 1;
/// Each item is the name of an assignment, which the shell makes of a role, a dash and an assignee.
const ASSIGNMENTS: u64 = 2;
/// The cell ends before its list does.
const CUT: u64 = 4;
/// What stands between the items of a list without braces, from this bit on.
const SEPARATOR: u32 = 8;

/// Whether a value was put together from several lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrap {
    /// It stands on one line.
    None,
    /// It is whole.
    Whole,
    /// It ends where nothing tells how it goes on.
    Doubtful,
}

/// The value of a cell; `rule` receives what is to be noticed about it.
pub(super) fn value<'x>(
    survey: &Survey<'_, '_>,
    index: usize,
    cell: Cell<'x>,
    wrap: Wrap,
    rule: &mut Option<RuleId>,
) -> Value<'x> {
    let column = &survey.heading.columns[index];
    let text = cell.text;
    if text.is_empty() {
        return missing(survey, index, rule);
    }
    if column.property.is_list() {
        return list(survey, index, cell, rule);
    }
    if wrap == Wrap::None && !may_be_cut(survey, index, text) {
        return Value::Text(Cow::Borrowed(text), Complete::Yes);
    }
    match cut_text(survey, index, cell, wrap) {
        Some(text) => {
            *rule = Some(noticed::CUT_VALUE);
            Value::Text(Cow::Borrowed(text), Complete::Cut)
        }
        None => Value::Text(Cow::Borrowed(text), Complete::Yes),
    }
}

/// The value of a cell that shows nothing.
fn missing<'x>(survey: &Survey<'_, '_>, index: usize, rule: &mut Option<RuleId>) -> Value<'x> {
    let column = &survey.heading.columns[index];
    let unseen = || is_never_empty(column.property) || survey.widths().full_width;
    if column.squeezed && column.end - column.start == 1 && unseen() {
        // A full-width character has no room in one cell: nothing shows, and nothing says whether there is one.
        *rule = Some(noticed::CUT_VALUE);
        Value::Text(Cow::Borrowed(""), Complete::Cut)
    } else {
        Value::Nothing
    }
}

/// Whether a text shows any sign of a cut in its first or its last byte. Most show none.
fn may_be_cut(survey: &Survey<'_, '_>, index: usize, text: &str) -> bool {
    matches!(text.as_bytes(), [b'.' | b'{' | b'#' | 0xE2 | 0xC3, ..] | [.., b'.' | b'?' | 0xA6])
        || is_narrow(survey, index)
}

/// What shows of a text that is cut; `None` where it is whole.
fn cut_text<'x>(survey: &Survey<'_, '_>, index: usize, cell: Cell<'x>, wrap: Wrap) -> Option<&'x str> {
    let column = &survey.heading.columns[index];
    let text = cell.text;
    let fills = || cell.full || survey.measure.width(text) + 1 >= survey.widths().widest[index];
    if wrap == Wrap::Doubtful {
        return Some(text);
    }
    if let Some(rest) = without_mark(text) {
        // What does not fill its column was cut before, or has a line break there.
        return (wrap == Wrap::None).then(|| rest.trim_end());
    }
    if column.property != Property::Other && is_lost(text) {
        return Some(text);
    }
    if wrap == Wrap::Whole {
        return None;
    }
    if column.property == Property::Other
        && let Some(inner) = text.strip_prefix('{').and_then(|inner| inner.strip_suffix('}'))
        && without_mark(inner).is_some()
    {
        return without_mark(&text[..text.len() - 1]);
    }
    // Right-aligned values lose their head; the mark stays, as nothing else says at which end something is missing.
    if begins_with_mark(text) && fills() {
        return Some(text);
    }
    if text.ends_with('?') && is_lossy(survey) && fills() {
        return text.strip_suffix('?');
    }
    is_unmarked_cut(survey, index, text).then_some(text)
}

/// Whether the file shows no mark and no other character beyond ASCII, so that a `?` may stand for the mark.
fn is_lossy(survey: &Survey<'_, '_>) -> bool {
    survey.text.is_ascii() && !survey.widths().marks.1
}

/// Whether a column may be too narrow for a mark. One as wide as its label was made narrow only where it is the last.
fn is_narrow(survey: &Survey<'_, '_>, index: usize) -> bool {
    let columns = &survey.heading.columns;
    let column = &columns[index];
    column.end - column.start <= UNMARKED_WIDTH_MAX && (column.squeezed || index + 1 == columns.len())
}

/// Whether a value fills a column that is too narrow for a mark. The last character that was kept may be a blank.
fn is_unmarked_cut(survey: &Survey<'_, '_>, index: usize, text: &str) -> bool {
    if !is_narrow(survey, index) {
        return false;
    }
    let widths = survey.widths();
    let width = widths.widest[index];
    let marked = width > 1 && widths.marked[index];
    width <= UNMARKED_WIDTH_MAX && !marked && survey.measure.width(text) + 1 >= width
}

fn list<'x>(survey: &Survey<'_, '_>, index: usize, cell: Cell<'x>, rule: &mut Option<RuleId>) -> Value<'x> {
    let text = cell.text;
    let mut detail = match survey.heading.columns[index].property {
        Property::Parameters => PARAMETERS,
        Property::RoleAssignments => ASSIGNMENTS,
        _ => 0,
    };
    if text.starts_with('{') {
        let whole = text.ends_with('}') && without_mark(&text[..text.len() - 1]).is_none();
        *rule = (!whole).then_some(noticed::CUT_LIST);
        return Value::List(RawList { raw: text, detail, split: split_braces });
    }
    if is_type_name(text) {
        *rule = Some(noticed::FLATTENED_LIST);
        return Value::Text(Cow::Borrowed(text), Complete::Flattened);
    }
    let fills = || cell.full || survey.measure.width(text) + 1 >= survey.widths().widest[index];
    let cut = is_unmarked_cut(survey, index, text) || (without_mark(text).is_some() && fills());
    let separator = survey.widths().separators[index];
    detail |= if cut { CUT } else { 0 } | (separator as u64) << SEPARATOR;
    let list = RawList { raw: text, detail, split: split_plain };
    *rule = match list.items().rest {
        Rest::None => None,
        Rest::Cut(_) => Some(noticed::CUT_LIST),
        Rest::Unsplit(_) => Some(noticed::BLANK_JOINED_LIST),
    };
    Value::List(list)
}

/// Splits a list as PowerShell prints it: `{a, b}`, `{a, b...}` at the limit, `{a, b...` at the end of its column.
pub(super) fn split_braces(raw: &str, detail: u64) -> Items<'_> {
    let inner = raw.strip_prefix('{').unwrap_or(raw);
    let (inner, rest, ends) = match inner.strip_suffix('}') {
        Some(inner) => match without_mark(inner) {
            Some(inner) => (inner, Rest::Cut(None), true),
            None => (inner, Rest::None, true),
        },
        None => (without_mark(inner).unwrap_or(inner.strip_suffix('?').unwrap_or(inner)), Rest::Cut(None), false),
    };
    if inner.is_empty() {
        return Items { items: Vec::new(), rest };
    }
    let mut items = pieces(inner, ends);
    // So short a list was not cut for its length: the mark may be that of its last name.
    let ends = ends && !(rest != Rest::None && items.len() < ITEMS_MIN && detail & PARAMETERS == 0);
    let mut partial = if ends { None } else { items.pop() };
    if partial == Some("") && detail & PARAMETERS == 0 {
        // What stands before the last comma may be the start of a name that holds one.
        partial = items.pop();
    }
    if detail & ASSIGNMENTS != 0 && items.iter().any(|item| !item.contains('-')) {
        // A name holds the `, ` that stands between names.
        return Items { items: Vec::new(), rest: Rest::Unsplit(Cow::Borrowed(raw)) };
    }
    let items = items.into_iter().map(Cow::Borrowed).collect();
    match partial.map(|text| text.trim_end().trim_end_matches(',')) {
        Some(text) if !text.is_empty() => Items { items, rest: Rest::Cut(Some(Cow::Borrowed(text))) },
        _ => Items { items, rest },
    }
}

/// Divides at `, `. In a list of canonical names a piece that is none goes on with the name before it.
fn pieces(inner: &str, ends: bool) -> Vec<&str> {
    let mut pieces: Vec<&str> = inner.split(", ").collect();
    let Some(domain) = pieces.first().and_then(|first| domain_of(first)) else { return pieces };
    let last = pieces.len() - 1;
    let mut start = 0;
    let mut end = 0;
    let mut names: Vec<&str> = Vec::with_capacity(pieces.len());
    let mut next = 0;
    for (index, piece) in pieces.drain(..).enumerate() {
        // The cut may leave less of the last name than its domain.
        let is_start = |start: &str| start.is_empty() || domain.starts_with(start);
        let stump = index == last && !ends && is_start(piece) || without_mark(piece).is_some_and(is_start);
        if index > 0 && (stump || domain_of(piece).is_some()) {
            names.push(&inner[start..end]);
            start = next;
        }
        end = next + piece.len();
        next = end + 2;
    }
    names.push(&inner[start..end]);
    names
}

/// The domain and the slash at the start of a canonical name.
fn domain_of(name: &str) -> Option<&str> {
    let end = name.find('/')?;
    let domain = &name[..end];
    let plain =
        domain.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') || byte >= 0x80);
    (plain && domain.contains('.')).then_some(&name[..=end])
}

/// Splits a list that somebody joined.
pub(super) fn split_plain(raw: &str, detail: u64) -> Items<'_> {
    let cut = detail & CUT != 0;
    let text = if cut { without_mark(raw).unwrap_or(raw) } else { raw };
    let separator = u32::try_from(detail >> SEPARATOR).ok().and_then(char::from_u32).unwrap_or(' ');
    let mut items: Vec<Cow<'_, str>> = if detail & PARAMETERS != 0 {
        text.split([' ', ',', ';', '|']).filter(|item| !item.is_empty()).map(Cow::Borrowed).collect()
    } else if separator != ' ' {
        text.split(separator).map(|item| Cow::Borrowed(item.trim())).filter(|item| !item.is_empty()).collect()
    } else if text.contains(' ') && (domain_of(text).is_none() || holds_several(text)) {
        return Items { items: Vec::new(), rest: Rest::Unsplit(Cow::Borrowed(raw)) };
    } else {
        vec![Cow::Borrowed(text)]
    };
    let rest = if cut { Rest::Cut(items.pop()) } else { Rest::None };
    Items { items, rest }
}

/// Whether a single word holds blanks, as where columns were cut in the wrong places. Words behind commas are one value.
pub(super) fn is_torn(text: &str) -> bool {
    let mut blanks = memchr::memchr_iter(b' ', text.as_bytes());
    blanks.any(|at| !text[..at].ends_with(','))
}
