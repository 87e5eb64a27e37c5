//! Lists that a script joined into one cell, and the separator that a column shows.
//!
//! PowerShell writes no lists into CSV; scripts join them as they like (`-join ','`, `;`, `|`, a line end), and a
//! deserialized collection writes its items with one blank between them. Items hold commas, semicolons, pipes and
//! blanks themselves. So a column's separator is what all its cells together show, and a cell that can still be read
//! in two ways is handed on unsplit.

use std::borrow::Cow;

use crate::record::{Items, Property, RawList, Rest, Value, is_known_name};

use super::form::{self, Form};
use crate::read::types::is_type_name;

/// How the cells of a column are split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grammar {
    /// Parameters of role entries: names without blanks, so that anything between them separates.
    Parameters,
    /// Role entries of a role: `(snapin) Cmdlet -P`, `Role\Cmdlet(-P, -P)`, or a bare cmdlet.
    Entries,
    /// References, between which the column's separator stands.
    References(Separator),
}

/// What stands between the items of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    /// No cell shows one.
    Absent,
    /// The cells show several.
    Unclear,
    /// A line end.
    Line,
    /// This sign, with or without a blank behind it; a sign of the other kind is a part of a name.
    Sign { sign: u8, loose: bool },
}

/// The signs that scripts join with. Order is that of the bits in `Evidence`.
const SIGNS: [u8; 3] = [b'|', b';', b','];

/// The bits of two of them.
const SEMICOLON: u8 = 1 << 1;
const COMMA: u8 = 1 << 2;

/// Brackets that may stand around a whole list.
const BRACKETS: [(char, char); 3] = [('{', '}'), ('[', ']'), ('(', ')')];

/// What the cells of a column show of its separator.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Evidence {
    line: bool,
    /// A bit for each sign that stands without a blank behind it.
    tight: u8,
    /// A bit for each sign that stands with a blank behind it.
    loose: u8,
    cells: u32,
    wrapped: u32,
}

impl Evidence {
    /// Adds what one cell shows.
    pub(super) fn add(&mut self, cell: &str) {
        let cell = cell.trim();
        if cell.is_empty() || is_type_name(cell) {
            return;
        }
        self.cells += 1;
        let inner = match unwrap(cell) {
            Some(inner) => {
                self.wrapped += 1;
                inner.text
            }
            None => cell,
        };
        if memchr::memchr(b'\n', inner.as_bytes()).is_some() {
            self.line = true;
            return;
        }
        let form = Form::of(inner);
        for (at, sign) in signs(inner) {
            let behind = &inner[at + 1..];
            if behind.trim_start().is_empty() || !separates(form, &inner[..at], behind) {
                continue;
            }
            let bit = 1 << SIGNS.iter().position(|known| *known == sign).unwrap_or(0);
            if behind.starts_with(' ') { self.loose |= bit } else { self.tight |= bit }
        }
    }

    /// The separator, and whether every list stands in brackets.
    pub(super) fn conclude(self) -> (Separator, bool) {
        let one = |bits: u8, loose: bool| match bits.count_ones() {
            1 => Separator::Sign { sign: SIGNS[bits.trailing_zeros() as usize], loose },
            _ => Separator::Unclear,
        };
        // A comma with a blank is a part of a name, `Roth, Lea`, where a semicolon stands between the names.
        let rarer = self.loose & SEMICOLON;
        let separator = match (self.line, self.tight, self.loose) {
            (true, _, _) => Separator::Line,
            (false, 0, 0) => Separator::Absent,
            (false, 0, loose) if loose == SEMICOLON | COMMA => one(SEMICOLON, true),
            (false, 0, loose) => one(loose, true),
            (false, COMMA, _) if rarer != 0 => Separator::Unclear,
            (false, tight, _) => one(tight, false),
        };
        (separator, self.cells > 0 && self.wrapped == self.cells)
    }
}

/// The places of the signs in a text.
fn signs(text: &str) -> impl Iterator<Item = (usize, u8)> + '_ {
    memchr::memchr3_iter(SIGNS[0], SIGNS[1], SIGNS[2], text.as_bytes()).map(|at| (at, text.as_bytes()[at]))
}

/// Whether a sign between two texts can separate items of a form.
fn separates(form: Form, before: &str, behind: &str) -> bool {
    match form {
        Form::Plain => true,
        Form::Canonical => form::starts_canonical(behind.trim_start()) || is_stump(before, behind),
        // A name that is cut ends anywhere.
        Form::Distinguished if before.ends_with(['…', '.']) && strip_ellipsis(before).is_some() => {
            form::has_prefix(behind.trim_start(), "CN=")
        }
        Form::Distinguished => {
            form::starts_distinguished(behind.trim_start())
                && form::ends_in_domain(before)
                && !form::has_prefix(behind.trim_start(), "DC=")
        }
    }
}

/// Whether the next name is cut within the domain with which the names before it begin.
fn is_stump(before: &str, behind: &str) -> bool {
    let next = behind.split([',', ';', '|']).next().unwrap_or_default().trim();
    let domain = before.split('/').next().unwrap_or_default();
    strip_ellipsis(next).is_some_and(|start| !start.is_empty() && domain.starts_with(start))
}

/// What a list column's cells need to be split later: packed into a list's `detail`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::read) struct Column {
    grammar: Grammar,
    wrapped: bool,
    property: Property,
}

const DOUBLED: u64 = 1 << 16;
const OPEN: u64 = 1 << 17;
const WRAPPED: u64 = 1 << 18;
const PEOPLE: u64 = 1 << 19;
const ASSIGNMENTS: u64 = 1 << 20;
const LOOSE: u64 = 1 << 21;
const PARAMETERS: u64 = 1 << 22;
const ENTRIES: u64 = 1 << 23;
/// Another column says how many items there are.
const COUNTED: u64 = 1 << 24;

/// The bits of a detail that this module uses; whoever wraps its lists has those above.
pub(in crate::read) const DETAIL_BITS: u32 = 25;

impl Column {
    /// The column of a property whose cells show `evidence`.
    pub(super) fn new(property: Property, evidence: Evidence) -> Self {
        let (separator, wrapped) = evidence.conclude();
        let grammar = match property {
            Property::Parameters => Grammar::Parameters,
            Property::RoleEntries => Grammar::Entries,
            _ => Grammar::References(separator),
        };
        Self { grammar, wrapped, property }
    }

    /// The column of a property whose lists PowerShell itself has put in braces, with a comma and a blank between.
    pub(in crate::read) fn braced(property: Property) -> Self {
        let evidence = Evidence { loose: COMMA, cells: 1, wrapped: 1, ..Evidence::default() };
        Self::new(property, evidence)
    }

    /// The column of a property whose lists were joined with this sign.
    pub(in crate::read) fn joined(property: Property, sign: u8) -> Self {
        let bit = SIGNS.iter().position(|known| *known == sign).map_or(0, |place| 1 << place);
        Self::new(property, Evidence { tight: bit, cells: 1, ..Evidence::default() })
    }

    /// The column of a single cell, which must tell its separator itself.
    pub(in crate::read) fn single(property: Property, cell: &str) -> Self {
        let mut evidence = Evidence::default();
        evidence.add(cell);
        Self::new(property, evidence)
    }

    /// Whether the cells must be seen before the first can be split.
    pub(super) fn needs_evidence(property: Property) -> bool {
        property.is_list() && !matches!(property, Property::Parameters | Property::RoleEntries)
    }

    /// The list of one cell. `doubled`: it holds doubled quotes; `open`: the file ends in it.
    pub(in crate::read) fn list<'t>(self, raw: &'t str, doubled: bool, open: bool) -> RawList<'t> {
        let mut detail = self.detail();
        if doubled {
            detail |= DOUBLED;
        }
        if open {
            detail |= OPEN;
        }
        RawList { raw, detail, split }
    }

    /// The list of a cell whose row says elsewhere how many items there are, by the one sign that gives so many; `None`
    /// where none does, or several do.
    pub(super) fn counted<'t>(self, raw: &'t str, doubled: bool, count: usize) -> Option<RawList<'t>> {
        let signs = SIGNS.into_iter().flat_map(|sign| [false, true].map(|loose| Separator::Sign { sign, loose }));
        let mut found: Option<(RawList<'t>, Items<'static>)> = None;
        for separator in [Separator::Absent, Separator::Line].into_iter().chain(signs) {
            let mut list = Self { grammar: Grammar::References(separator), ..self }.list(raw, doubled, false);
            list.detail |= COUNTED;
            let items = own(list.items());
            if items.rest != Rest::None || items.items.len() != count {
                continue;
            }
            match &found {
                Some((_, known)) if *known != items => return None,
                Some(_) => {}
                None => found = Some((list, items)),
            }
        }
        found.map(|(list, _)| list)
    }

    /// Whether a cell is split whatever stands in it: parameters that do not end in an ellipsis.
    pub(in crate::read) fn is_always_split(self, cell: &str) -> bool {
        self.grammar == Grammar::Parameters && !cell.ends_with(['.', '\u{2026}', '}', ']', ')', ' '])
    }

    /// Puts another cell, which is always split, in the list of one.
    pub(in crate::read) fn refill<'t>(self, list: &mut RawList<'t>, cell: &'t str) {
        list.raw = cell;
        list.detail = self.detail();
    }

    fn detail(self) -> u64 {
        let mut detail = match self.grammar {
            Grammar::References(Separator::Sign { sign, loose }) => u64::from(sign) | if loose { LOOSE } else { 0 },
            Grammar::References(Separator::Line) => u64::from(b'\n'),
            Grammar::References(Separator::Unclear) => u64::from(b'?'),
            Grammar::References(Separator::Absent) => 0,
            Grammar::Parameters => PARAMETERS,
            Grammar::Entries => ENTRIES,
        };
        if self.wrapped {
            detail |= WRAPPED;
        }
        if matches!(self.property, Property::Members | Property::ManagedBy | Property::AssignmentChain) {
            detail |= PEOPLE;
        }
        if self.property == Property::RoleAssignments {
            detail |= ASSIGNMENTS;
        }
        detail
    }

    /// How a cell's list ends, without gathering its items.
    pub(in crate::read) fn rest<'t>(self, list: &RawList<'t>) -> Rest<'t> {
        if list.detail & DOUBLED != 0 { own(list.items()).rest } else { rest(list.raw, list.detail) }
    }
}

/// How a list ends, without gathering its items.
pub(in crate::read) fn rest(raw: &str, detail: u64) -> Rest<'_> {
    if detail & PARAMETERS == 0 {
        return visit(raw, detail, &mut |_| {});
    }
    // The common list, and the one that can always be split: its end says it all.
    if inner(raw, detail, true).end == End::Whole { Rest::None } else { Rest::Cut(None) }
}

/// Whether nothing need be said about a value if it is whole: of the lists, about those of parameters that end as they
/// should.
pub(in crate::read) fn is_quiet(value: &Value<'_>) -> bool {
    !matches!(value, Value::List(list) if list.detail & PARAMETERS == 0 || rest(list.raw, list.detail) != Rest::None)
}

/// Splits a list by its detail.
pub(in crate::read) fn split(raw: &str, detail: u64) -> Items<'_> {
    if detail & DOUBLED != 0 {
        let text = raw.replace("\"\"", "\"");
        return own(split(&text, detail & !DOUBLED));
    }
    // Few items are shorter.
    let mut items = Vec::with_capacity(1 + raw.len() / 12);
    let rest = visit(raw, detail, &mut |item| items.push(Cow::Borrowed(item)));
    if matches!(rest, Rest::Unsplit(_)) {
        items.clear();
    }
    Items { items, rest }
}

fn visit<'r>(raw: &'r str, detail: u64, on_item: &mut dyn FnMut(&'r str)) -> Rest<'r> {
    if detail & PARAMETERS != 0 {
        visit_parameters(raw, detail, on_item)
    } else if detail & ENTRIES != 0 {
        visit_entries(raw, detail, on_item)
    } else {
        visit_references(raw, detail, on_item)
    }
}

/// Items of a text that does not last.
pub(in crate::read) fn own(items: Items<'_>) -> Items<'static> {
    let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
    let rest = match items.rest {
        Rest::None => Rest::None,
        Rest::Cut(partial) => Rest::Cut(partial.map(owned)),
        Rest::Unsplit(text) => Rest::Unsplit(owned(text)),
    };
    Items { items: items.items.into_iter().map(owned).collect(), rest }
}

/// The inside of a list in brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Inner<'r> {
    text: &'r str,
    end: End,
}

/// How a list's text ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// As it should.
    Whole,
    /// In an ellipsis behind a whole item: `{a, b...}`.
    Limited,
    /// Anywhere.
    Cut,
}

/// Takes the brackets off a list, and the ellipsis that an enumeration limit or a width left.
fn unwrap(cell: &str) -> Option<Inner<'_>> {
    let (open, close) = BRACKETS.iter().find(|(open, _)| cell.starts_with(*open))?;
    let inside = &cell[open.len_utf8()..];
    if let Some(inside) = inside.strip_suffix(*close) {
        return Some(match strip_ellipsis(inside) {
            Some(text) => Inner { text, end: End::Limited },
            None => Inner { text: inside, end: End::Whole },
        });
    }
    strip_ellipsis(inside).map(|text| Inner { text, end: End::Cut })
}

fn strip_ellipsis(text: &str) -> Option<&str> {
    text.strip_suffix("...").or_else(|| text.strip_suffix('\u{2026}'))
}

/// The inside of a cell, whether its brackets belong to the list or not.
fn inner(raw: &str, detail: u64, wrapped: bool) -> Inner<'_> {
    let cell = raw.trim();
    let mut inner = match unwrap(cell) {
        Some(inner) if wrapped => inner,
        _ => match strip_ellipsis(cell) {
            Some(text) => Inner { text, end: End::Cut },
            None => Inner { text: cell, end: End::Whole },
        },
    };
    if detail & OPEN != 0 {
        let bracket = if wrapped { inner.text.strip_prefix('{') } else { None };
        inner = Inner { text: bracket.unwrap_or(inner.text), end: End::Cut };
    }
    inner
}

/// How many items of a list PowerShell prints at least before it leaves out the others (`$FormatEnumerationLimit`).
pub(in crate::read) const ITEMS_MIN: usize = 4;

/// Hands on pieces one behind, so that the last one can be told from a whole item.
struct Held<'r, 'v> {
    held: Option<&'r str>,
    count: usize,
    on_item: &'v mut dyn FnMut(&'r str),
}

impl<'r> Held<'r, '_> {
    fn push(&mut self, item: &'r str) {
        if item.is_empty() {
            return;
        }
        self.count += 1;
        if let Some(earlier) = self.held.replace(item) {
            (self.on_item)(earlier);
        }
    }

    fn finish(self, end: End) -> Rest<'r> {
        match (self.held, end) {
            (held, End::Cut) => Rest::Cut(held.map(Cow::Borrowed)),
            // So short a list was not cut for its length: the mark may be that of its last name.
            (Some(last), End::Limited) if self.count < ITEMS_MIN => Rest::Cut(Some(Cow::Borrowed(last))),
            (Some(last), end) => {
                (self.on_item)(last);
                if end == End::Limited { Rest::Cut(None) } else { Rest::None }
            }
            (None, End::Limited) => Rest::Cut(None),
            (None, End::Whole) => Rest::None,
        }
    }
}

/// The bytes that separate parameters, or may be of a blank that does.
const MAY_SEPARATE: [bool; 256] = {
    let mut bytes = [false; 256];
    let mut byte = 0_u8;
    while byte < u8::MAX {
        bytes[byte as usize] = matches!(byte, b',' | b';' | b'|' | b' ' | b'\t'..=b'\r' | 0x80..);
        byte += 1;
    }
    bytes
};

/// Parameters: whatever stands between them separates, and a leading dash is not part of a name.
fn visit_parameters<'r>(raw: &'r str, detail: u64, on_item: &mut dyn FnMut(&'r str)) -> Rest<'r> {
    let inner = inner(raw, detail, true);
    let mut held = Held { held: None, count: ITEMS_MIN, on_item };
    let (text, mut start, mut at) = (inner.text, 0, 0);
    let may_separate = |byte: &u8| MAY_SEPARATE[usize::from(*byte)];
    while let Some(found) = text.as_bytes()[at..].iter().position(may_separate) {
        at += found;
        let char = text.get(at..).and_then(|rest| rest.chars().next());
        match char.filter(|char| char.is_whitespace() || matches!(char, ',' | ';' | '|')) {
            Some(char) => {
                held.push(parameter(&text[start..at]));
                at += char.len_utf8();
                start = at;
            }
            None => at += 1,
        }
    }
    held.push(parameter(&text[start..]));
    held.finish(inner.end)
}

/// A parameter without quotation marks around it and without its dash.
fn parameter(piece: &str) -> &str {
    match piece.as_bytes() {
        [b'-' | b'"' | b'\'', ..] | [.., b'"' | b'\''] => piece.trim_matches(['"', '\'']).trim_start_matches('-'),
        _ => piece,
    }
}

/// Role entries, whose texts hold blanks, and commas within parentheses.
fn visit_entries<'r>(raw: &'r str, detail: u64, on_item: &mut dyn FnMut(&'r str)) -> Rest<'r> {
    let cell = raw.trim();
    // A parenthesis is the snap-in's, and a brace may be the role's; both brackets of a list are only ever braces.
    let wrapped = cell.starts_with('{') && (cell.ends_with('}') || strip_ellipsis(cell).is_some());
    let inner = inner(raw, detail, wrapped);
    let mut held = Held { held: None, count: ITEMS_MIN, on_item };
    let mut text = inner.text.trim();
    let mut has_roles = true;
    while !text.is_empty() {
        let (name, end) = entry(text, &mut has_roles);
        let item = text[..end].trim_end();
        // Behind a whole entry only a sign or a line end may follow; a blank alone leaves the list as it is.
        if !is_one_entry(item, name.min(item.len())) {
            return Rest::Unsplit(Cow::Borrowed(inner.text));
        }
        held.push(item);
        text = text[end..].trim_start_matches(|char: char| char.is_whitespace() || matches!(char, ',' | ';' | '|'));
    }
    held.finish(inner.end)
}

/// Where the cmdlet of the entry that `text` starts with stands, and where the entry ends: at the first sign or line
/// end that is neither in the name of its role nor between parentheses.
fn entry(text: &str, has_roles: &mut bool) -> (usize, usize) {
    let mut cmdlet = 0;
    if text.starts_with('(') {
        cmdlet = text.find(')').map_or(0, |at| at + 1);
    } else if *has_roles {
        // A role's name may hold any sign; the cmdlet behind the backslash holds none.
        match memchr::memchr2(b'\\', b'\n', text.as_bytes()) {
            Some(at) if text.as_bytes()[at] == b'\\' => cmdlet = at + 1,
            Some(_) => {}
            None => *has_roles = false,
        }
    }
    let mut depth = 0_u32;
    for (at, byte) in text.bytes().enumerate().skip(cmdlet) {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b'\n' => return (cmdlet, at),
            b',' | b';' | b'|' if depth == 0 => return (cmdlet, at),
            _ => {}
        }
    }
    (cmdlet, text.len())
}

/// Whether a text is one entry, rather than several with blanks between.
fn is_one_entry(item: &str, cmdlet: usize) -> bool {
    let behind = &item[cmdlet..];
    if item.starts_with('(') {
        !behind.contains(" (")
    } else if cmdlet > 0 {
        !behind.contains('\\') && !behind.split('(').next().unwrap_or("").trim_end().contains(' ')
    } else {
        !item.contains(' ')
    }
}

/// References: names of roles, groups, people, assignments.
fn visit_references<'r>(raw: &'r str, detail: u64, on_item: &mut dyn FnMut(&'r str)) -> Rest<'r> {
    // A printed empty list is one, also in a column whose other lists stand without braces.
    let wrapped = detail & WRAPPED != 0 || matches!(raw.trim(), "{}" | "[]");
    let inner = inner(raw, detail, wrapped);
    let text = inner.text.trim();
    let mut held = Held { held: None, count: 0, on_item };
    let sign = (detail & 0xFF) as u8;
    if sign == b'\n' {
        for line in text.split('\n') {
            held.push(line.trim());
        }
        return held.finish(inner.end);
    }
    let separator = Between { sign, loose: detail & LOOSE != 0 };
    let taken = match Form::of(text) {
        Form::Plain => plain(text, separator, detail, &mut held),
        form => formed(text, form, separator, &mut held),
    };
    match taken {
        Taken::Yes => held.finish(inner.end),
        Taken::No => Rest::Unsplit(Cow::Borrowed(text)),
    }
}

/// The sign between items: 0 where the column shows none, `?` where it shows several.
#[derive(Clone, Copy)]
struct Between {
    sign: u8,
    loose: bool,
}

impl Between {
    /// Whether the column's separator stands at `at`.
    fn at(self, text: &str, at: usize) -> bool {
        text.as_bytes()[at] == self.sign && text[at + 1..].starts_with(' ') == self.loose
    }
}

/// Whether a cell could be split without a guess.
enum Taken {
    Yes,
    No,
}

/// Canonical and distinguished names: a sign separates where the next item starts anew.
fn formed<'r>(text: &'r str, form: Form, between: Between, held: &mut Held<'r, '_>) -> Taken {
    let mut start = 0;
    for (at, sign) in signs(text) {
        let behind = &text[at + 1..];
        if separates(form, &text[..at], behind) {
            held.push(text[start..at].trim());
            start = at + 1;
        } else if form == Form::Canonical
            && !behind.starts_with(' ')
            && !behind.is_empty()
            && (sign == between.sign || !SIGNS.contains(&between.sign))
        {
            // `contoso.com/Users/Bo;svc-intune`: a name with a semicolon, or two names, one of them not canonical.
            return Taken::No;
        } else if form == Form::Distinguished && form::ends_in_domain(&text[start..at]) && !is_domain_part(behind) {
            // `CN=Bo,DC=contoso,DC=com;svc-intune`: the second name is of another form.
            return Taken::No;
        }
    }
    let last = text[start..].trim().trim_end_matches([',', ';', '|']);
    held.push(last);
    if joined_by_blanks(text, form) { Taken::No } else { Taken::Yes }
}

/// Whether a distinguished name goes on in its domain, or there is nothing behind its last separator.
fn is_domain_part(behind: &str) -> bool {
    let behind = behind.trim_start();
    behind.is_empty() || form::has_prefix(behind, "DC=")
}

/// Whether a text is certainly several names with blanks between.
pub(in crate::read) fn holds_several(text: &str) -> bool {
    joined_by_blanks(text, Form::of(text))
}

/// Whether another item starts behind a blank.
fn joined_by_blanks(text: &str, form: Form) -> bool {
    memchr::memchr_iter(b' ', text.as_bytes()).any(|at| {
        let before = &text[..at];
        let behind = &text[at + 1..];
        // Behind a sign the blank belongs to the separator.
        !before.ends_with([',', ';', '|', ' ']) && separates(form, before, behind)
    })
}

/// Names that carry no form of their own: only the column's separator tells.
fn plain<'r>(text: &'r str, between: Between, detail: u64, held: &mut Held<'r, '_>) -> Taken {
    if !SIGNS.contains(&between.sign) {
        held.push(text);
        if detail & COUNTED != 0 {
            return Taken::Yes;
        }
        let unclear = between.sign == b'?' && signs(text).next().is_some();
        // Two names, or one of two words.
        return if unclear || text.contains(' ') && !is_known_name(text) { Taken::No } else { Taken::Yes };
    }
    let mut start = 0;
    let mut doubt = Doubt::default();
    for (at, _) in signs(text) {
        if between.at(text, at) {
            let item = text[start..at].trim();
            doubt.see(item);
            held.push(item);
            start = at + 1;
        }
    }
    let last = text[start..].trim().trim_end_matches(between.sign as char);
    doubt.see(last);
    held.push(last);
    let may_be_of_a_name = between.loose && between.sign == b',' && detail & COUNTED == 0;
    if may_be_of_a_name && doubt.remains(detail) { Taken::No } else { Taken::Yes }
}

/// Whether a comma with a blank may belong to a name: `Smith, John`, or an assignment of `Zürich, restricted`.
#[derive(Default)]
struct Doubt<'r> {
    items: u32,
    with_dash: u32,
    before: Option<&'r str>,
    like_one_person: bool,
}

impl<'r> Doubt<'r> {
    fn see(&mut self, item: &'r str) {
        self.items += 1;
        // Exchange cuts a generated name at 64 letters, which may cost it the dash.
        self.with_dash += u32::from(item.contains('-') || item.chars().nth(59).is_some());
        if let Some(before) = self.before.replace(item) {
            self.like_one_person |= is_given_or_family_name(before) && is_given_or_family_name(item);
        }
    }

    fn remains(&self, detail: u64) -> bool {
        (detail & ASSIGNMENTS != 0 && self.with_dash > 0 && self.with_dash < self.items)
            || (detail & PEOPLE != 0 && self.like_one_person)
    }
}

/// Whether a text could be one half of `Smith, John`: one capitalised word of letters.
fn is_given_or_family_name(text: &str) -> bool {
    text.chars().next().is_some_and(|first| !first.is_lowercase())
        && text.chars().all(|char| char.is_alphabetic() || matches!(char, '\'' | '\u{2019}' | '-'))
}
