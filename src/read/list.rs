//! Format-List: one object a block of `Label : value` lines.
//!
//! Source: `ListWriter` in PowerShell's source. Labels are padded to the longest of their object, values that are too
//! long go on below the first letter of the value, and a blank line follows each object. Windows PowerShell prints one
//! more before the first object, copies from web pages one after every line.

mod label;
#[cfg(test)]
mod tests;
mod wrap;

use std::borrow::Cow;

use crate::diagnostic::noticed;
use crate::record::damage::is_damaged;
use crate::record::{
    Complete, Field, Items, Kind, Properties, Property, RawList, Record, Rest, Shape, Value, sign_between,
};
use crate::source::Span;

use super::csv::joined::{self, is_quiet};
use super::foretold::{Beside, Foretold};
use super::joined::unsplit;
use super::shape::{self, Interrupts, Opening};
use super::types::is_type_name;
use super::{Context, Sink, View};
use label::{Label, line_at, take_label, take_label_at};
use wrap::{Shown, Wrap};

pub(super) use label::is_foreign;

/// Format-List.
pub(super) const READER: shape::Reader = shape::Reader { shape: Shape("list"), file: shape::no_file, block };

fn block(opening: &Opening<'_>, sink: &mut Sink<'_>, is_interrupted: Interrupts<'_>) -> usize {
    let at = opening.at;
    let is_none = !looks_like(opening.rest()) || is_interrupted(at.saturating_add(shape::NEAR_BYTES), at..at);
    if is_none { at } else { read(opening.view, at, &opening.context, sink) }
}

/// Whether a list starts here, by its first lines alone: a known property, or two labels with one colon above the other.
pub(super) fn looks_like(text: &str) -> bool {
    let start = skip_blank_lines(text, 0);
    let Some(first) = take_label(&text[start..]) else { return false };
    if Property::named(first.name) != Property::Other {
        return true;
    }
    let indent = first.prefix.len() - first.prefix.trim_start().len();
    let (_, mut at) = line_at(text, start);
    for _ in 0..LOOK_AHEAD_LINES {
        at = skip_blank_lines(text, at);
        let (line, next) = line_at(text, at);
        if take_label_at(line, first.colon, indent).is_some() {
            return true;
        }
        if !line.starts_with("    ") {
            return false;
        }
        at = next;
    }
    false
}

/// How far a list of unknown properties is looked into for its second label.
const LOOK_AHEAD_LINES: usize = 8;

/// Reads the objects of a list.
///
/// Shape: a record for each object, fields in file order. Where a label repeats the first one, a new object starts.
pub(super) fn read(view: &View<'_>, start: usize, context: &Context<'_>, sink: &mut Sink<'_>) -> usize {
    let text = view.text();
    let mut at = skip_blank_lines(text, start);
    let mut block = Block::new(view, at, context);
    let mut taken = start;
    while at < text.len() {
        let label = if block.starts_as_before(at) {
            None
        } else if looks_like(&text[at..]) {
            take_label(&text[at..])
        } else {
            break;
        };
        taken = block.read(at, label, sink);
        at = skip_blank_lines(text, taken);
    }
    taken
}

/// A property as the objects of a block print it.
#[derive(Clone, Copy, Debug)]
struct Slot<'t> {
    /// The name.
    name: &'t str,
    /// The name, its padding, and the colon.
    prefix: &'t str,
    property: Property,
    /// The sign that the command above joins its lists with.
    sign: Option<u8>,
}

impl Slot<'_> {
    /// The column of its lists, of which one is this text.
    fn column(self, text: &str) -> joined::Column {
        match self.sign {
            _ if text.starts_with('{') => joined::Column::braced(self.property),
            Some(sign) => joined::Column::joined(self.property, sign),
            None => joined::Column::single(self.property, text),
        }
    }

    /// Whether a line of the property starts here.
    fn is_at(&self, text: &str, at: usize) -> bool {
        let rest = &text.as_bytes()[at..];
        rest.starts_with(self.prefix.as_bytes())
            && matches!(rest.get(self.prefix.len()), None | Some(b' ' | b'\r' | b'\n'))
    }
}

/// The objects of one list, read one after the other.
struct Block<'v, 't> {
    view: &'v View<'t>,
    text: &'v str,
    start: usize,
    /// The properties of the object before; the next one most often has the same.
    slots: Vec<Slot<'v>>,
    /// The column of the colons.
    colon: usize,
    /// Blanks before each label.
    indent: usize,
    /// The blanks before each further line of a value.
    blanks: String,
    /// Whether a copy put a blank line behind every line.
    double_spaced: bool,
    /// What the lines of the block show of their breaks; found when first asked for.
    shown: Option<Shown>,
    /// The longest line so far, in bytes.
    longest: usize,
    /// What objects with these properties foretell of later ones, where they are role entries.
    foretold: Option<Foretold<'v>>,
    record: Record<'v>,
    /// Whether the properties of its objects do not tell what they are.
    settles: bool,
}

/// What a line is to the object above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Below<'t> {
    /// Its next property, which starts here; the label, where it is not the one of the object before.
    Property(usize, Option<Label<'t>>),
    /// The value goes on with the line that starts here, and behind which the next one starts.
    Continued(usize, &'t str, usize),
    /// The file ends within the next label.
    CutLabel,
    /// Nothing of the object.
    Other,
}

/// The extent of a value.
#[derive(Clone, Copy, Debug)]
struct Extent<'t> {
    /// One past its last byte.
    end: usize,
    /// Whether it takes several lines.
    is_wrapped: bool,
    /// Where the next line starts.
    next: usize,
    below: Below<'t>,
}

impl<'v, 't> Block<'v, 't> {
    fn new(view: &'v View<'t>, start: usize, context: &Context<'v>) -> Self {
        let record = Record {
            kind: Kind::Unknown,
            shape: READER.shape,
            command: context.command,
            at: view.span(start, start),
            complete: true,
            repeats: None,
            fields: Vec::new(),
        };
        Self {
            view,
            text: view.text(),
            start,
            slots: Vec::new(),
            colon: 0,
            indent: 0,
            blanks: String::new(),
            double_spaced: false,
            shown: None,
            longest: 0,
            foretold: None,
            settles: false,
            record,
        }
    }

    /// Whether an object starts here with the label with which the one before started.
    fn starts_as_before(&self, at: usize) -> bool {
        self.slots.first().is_some_and(|slot| self.is_at(at, slot))
    }

    /// Whether a property's line starts here.
    fn is_at(&self, at: usize, slot: &Slot<'_>) -> bool {
        slot.is_at(self.text, at)
    }

    /// Reads one object and returns the offset behind its last line. `label`: the first one, where it is new.
    fn read(&mut self, start: usize, label: Option<Label<'v>>, sink: &mut Sink<'_>) -> usize {
        if let Some(label) = label {
            self.colon = label.colon;
            self.indent = label.prefix.len() - label.prefix.trim_start().len();
            self.blanks = " ".repeat(label.colon + 2);
            self.double_spaced = is_double_spaced(self.text, start, label, self.indent);
        }
        if label.is_none()
            && let Some(next) = self.take_foretold(start)
        {
            sink.record(&self.record);
            return next;
        }
        let (mut at, mut label) = (start, label);
        let (mut index, mut changed, mut is_cut) = (0, false, false);
        self.record.repeats = None;
        let (end, next) = loop {
            if let Some(label) = label {
                self.replace_slots(index, label);
                changed = true;
            }
            let Some(slot) = self.slots.get(index).copied() else { break (at, line_at(self.text, at).1) };
            let extent = self.take_value(at, index);
            self.put(index, slot, at + slot.prefix.len(), extent, sink);
            index += 1;
            match extent.below {
                Below::Property(next, next_label) => (at, label) = (next, next_label),
                Below::CutLabel => {
                    is_cut = true;
                    break (self.text.len(), self.text.len());
                }
                Below::Continued(..) | Below::Other => break (extent.end, extent.next),
            }
        };
        self.finish(start..end, next, index, changed, is_cut, sink);
        next
    }

    /// Puts the object that starts at `start` in the record, where earlier ones foretell it, and returns where the next one
    /// starts.
    fn take_foretold(&mut self, start: usize) -> Option<usize> {
        let next = self.foretold.as_mut()?.take(self.text, start, &mut self.record)?;
        if !self.is_followed(next) {
            // What follows may belong to this object.
            self.foretold.iter_mut().for_each(Foretold::forget_role);
            return None;
        }
        // The one line that was not seen before, word for word.
        if let Some(identity) = self.record.field(Property::Identity) {
            let line =
                memchr::memrchr(b'\n', &self.text.as_bytes()[..identity.at.start as usize]).map_or(0, |at| at + 1);
            self.longest = self.longest.max(line_at(self.text, line).0.len());
        }
        Some(next)
    }

    /// Whether another object starts at `at`, behind a line, or the text ends there.
    fn is_followed(&self, at: usize) -> bool {
        self.starts_as_before(at) || at >= self.text.len() && self.text.ends_with('\n')
    }

    /// Keeps the object at hand, behind whose last line `behind` stands. Whether another one starts there decides where it
    /// ends, and every other line must be one of its properties, or indented below one.
    fn learn(&mut self, behind: usize) {
        let next = skip_blank_lines(self.text, behind);
        let is_followed = self.is_followed(next);
        let Some(foretold) = &mut self.foretold else { return };
        foretold.forget_role();
        let (start, end) = (self.record.at.start as usize, self.record.at.end as usize);
        let is_plain =
            self.text[start..end].split_inclusive('\n').all(|line| is_plain(line, &self.slots, &self.blanks));
        if is_plain && is_followed && self.record.fields.iter().all(|field| is_quiet(&field.value)) {
            self.record.repeats = foretold.learn(self.text, next, &self.record, &Beside::default());
        }
    }

    /// From `index` on the object differs from the one before.
    fn replace_slots(&mut self, index: usize, label: Label<'v>) {
        self.slots.truncate(index);
        self.record.fields.truncate(index);
        let property = Property::named(label.name);
        let command = self.record.command.filter(|_| property.is_list());
        let sign = command.and_then(|line| sign_between(line, label.name));
        self.slots.push(Slot { name: label.name, prefix: label.prefix, property, sign });
    }

    /// Hands on an object that has `count` properties. `next`: where the line behind it starts.
    fn finish(
        &mut self,
        extent: std::ops::Range<usize>,
        next: usize,
        count: usize,
        mut changed: bool,
        mut is_cut: bool,
        sink: &mut Sink<'_>,
    ) {
        if count < self.slots.len() {
            // Fewer properties than before and otherwise the same: where the file ends here, it cuts the object.
            is_cut |= skip_blank_lines(self.text, extent.end) >= self.text.len();
            if !is_cut {
                self.slots.truncate(count);
                changed = true;
            }
        }
        self.record.fields.truncate(count);
        if changed {
            let properties: Properties = self.slots[..count].iter().map(|slot| slot.property).collect();
            self.record.kind = Kind::of(None, self.record.command, properties);
            self.settles = self.record.kind == Kind::Unknown;
            let foretells = self.record.kind == Kind::RoleEntry && !self.view.is_cleaned();
            let properties = self.slots.iter().map(|slot| slot.property);
            self.foretold = Foretold::new(properties, sink.unshared).filter(|_| foretells);
        }
        if self.settles {
            self.record.kind = Kind::Unknown.settled(&self.record.fields);
        }
        self.record.complete = !is_cut;
        self.record.at = self.view.span(extent.start, extent.end);
        if is_cut {
            sink.notice(noticed::CUT_RECORD, self.record.at, "object of a list");
        }
        if self.record.kind == Kind::Unknown {
            let about = Kind::unknown_words(self.record.fields.iter().map(|field| &*field.name));
            sink.notice(noticed::UNKNOWN_OBJECT, self.record.at, &about);
        }
        self.learn(next);
        sink.record(&self.record);
    }

    /// Finds where the value of the property at `at` ends, and what follows.
    fn take_value(&mut self, at: usize, index: usize) -> Extent<'v> {
        let (mut line, mut next) = line_at(self.text, at);
        let mut extent = Extent { end: at + line.len(), is_wrapped: false, next, below: Below::Other };
        loop {
            self.longest = self.longest.max(line.len());
            extent.below = self.below(next, line, index);
            let Below::Continued(start, below, behind) = extent.below else { return extent };
            (line, next) = (below, behind);
            extent = Extent { end: start + line.len(), is_wrapped: true, next, below: Below::Other };
        }
    }

    /// What stands at `at`, below the line `upper` of the property `index`.
    fn below(&self, at: usize, upper: &str, index: usize) -> Below<'v> {
        if at >= self.text.len() {
            return Below::Other;
        }
        // The common case: the line that stood here in the object before.
        if self.slots.get(index + 1).is_some_and(|slot| self.is_at(at, slot)) {
            return Below::Property(at, None);
        }
        let (line, next) = line_at(self.text, at);
        if line.starts_with(&self.blanks) && line.as_bytes().get(self.blanks.len()).is_some_and(|first| *first > b' ') {
            return Below::Continued(at, line, next);
        }
        let text = line.trim_start_matches([' ', '\t']);
        // An editor may have put tabs for blanks.
        let blanks = wrap::width(&line[..line.len() - text.len()]);
        if text.is_empty() || is_blank(line) {
            return self.below_blank(at, index);
        }
        if blanks >= self.colon + 2 {
            return Below::Continued(at, line, next);
        }
        if self.starts_as_before(at) {
            return Below::Other;
        }
        if let Some(label) = take_label_at(line, self.colon, self.indent) {
            return Below::Property(at, Some(label));
        }
        if next >= self.text.len() && self.is_cut_label(line, index) {
            return Below::CutLabel;
        }
        let is_other = is_foreign(line.trim_start()) || take_label(line).is_some();
        if !is_other && (blanks >= MOVED_INDENT || self.could_go_on(upper, line)) {
            return Below::Continued(at, line, next);
        }
        Below::Other
    }

    /// What stands below a blank line: a value with an empty line in it goes on, and so does a double-spaced copy.
    fn below_blank(&self, at: usize, index: usize) -> Below<'v> {
        let behind = skip_blank_lines(self.text, at);
        if behind >= self.text.len() || self.starts_as_before(behind) {
            return Below::Other;
        }
        let (line, next) = line_at(self.text, behind);
        let blanks = line.len() - line.trim_start_matches(' ').len();
        if blanks >= self.colon + 2 {
            return Below::Continued(behind, line, next);
        }
        let Some(label) = take_label_at(line, self.colon, self.indent) else { return Below::Other };
        let is_expected = self.slots.get(index + 1).is_some_and(|slot| self.is_at(behind, slot));
        if is_expected {
            return Below::Property(behind, None);
        }
        // An empty last line of a value is printed as the blanks of its indentation.
        let is_of_value =
            self.text[at..behind].split('\n').any(|line| line.trim_end_matches('\r').len() == self.colon + 2);
        if self.double_spaced || is_of_value { Below::Property(behind, Some(label)) } else { Below::Other }
    }

    /// Whether the last line of the file is the start of a label.
    fn is_cut_label(&self, line: &str, index: usize) -> bool {
        if self.text.ends_with('\n') || line.len() > self.colon + self.indent + 2 {
            return false;
        }
        match self.slots.get(index + 1) {
            Some(slot) => slot.prefix.starts_with(line),
            None => !is_foreign(line) && line.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' '),
        }
    }

    /// Whether a line without indentation can be what a copy left of a wrapped value: its first word did not fit above.
    fn could_go_on(&self, upper: &str, line: &str) -> bool {
        let word = line.split(' ').next().unwrap_or("");
        upper.len() >= WRAPPED_BYTES_MIN && upper.trim_end().len() + 1 + word.len() > self.longest
    }

    /// How lines break in this block.
    fn wrap(&mut self) -> Wrap {
        let start = self.start;
        let shown = *self.shown.get_or_insert_with(|| wrap::measure(block_at(self.text, start)));
        Wrap { indent: self.colon + 2, shown, double_spaced: self.double_spaced, solid: false }
    }

    /// How the lines of a value without blanks break.
    fn solid_wrap(&self) -> Wrap {
        Wrap { indent: self.colon + 2, double_spaced: self.double_spaced, solid: true, ..Wrap::default() }
    }

    /// Puts a value in the field of its property. Most values are text as in the object before: to replace the text
    /// alone takes half the time of a new field.
    fn put(&mut self, index: usize, slot: Slot<'v>, start: usize, extent: Extent<'v>, sink: &mut Sink<'_>) {
        let raw = trim_value(&self.text[start..extent.end]);
        let at = self.view.span_of(raw);
        let is_usual = !extent.is_wrapped
            && !raw.is_empty()
            && !slot.property.is_list()
            && !raw.starts_with('{')
            && (slot.property == Property::Other || !is_damaged(raw));
        if let Some(field) = self.record.fields.get_mut(index) {
            field.at = at;
            if let (Value::Text(Cow::Borrowed(text), Complete::Yes), true) = (&mut field.value, is_usual) {
                *text = raw;
                return;
            }
        }
        let value = if is_usual {
            Value::Text(Cow::Borrowed(raw), Complete::Yes)
        } else {
            let wrap = match extent.is_wrapped {
                // Parameters hold no blanks, so that whatever breaks them is the width.
                true if slot.property == Property::Parameters && raw.starts_with('{') => Some(self.solid_wrap()),
                true => Some(self.wrap()),
                false => None,
            };
            value_of(raw, slot, wrap, at, sink)
        };
        match self.record.fields.get_mut(index) {
            Some(field) => field.value = value,
            None => {
                let name = Cow::Borrowed(slot.name);
                self.record.fields.push(Field { name, property: slot.property, at, value });
            }
        }
    }
}

/// Whether a line is one of the properties', or indented below one: then what it is depends on nothing but these.
fn is_plain(line: &str, slots: &[Slot<'_>], blanks: &str) -> bool {
    let below = line.strip_prefix(blanks).and_then(|rest| rest.bytes().next());
    below.is_some_and(|first| first > b' ') || slots.iter().any(|slot| line.starts_with(slot.prefix))
}

/// A line that lost a part of its indentation in a copy has at least this much left; the line above a `-GroupBy` group
/// has less.
const MOVED_INDENT: usize = 4;

/// No console is narrower than this, so that no shorter line was wrapped.
const WRAPPED_BYTES_MIN: usize = 40;

/// A value, as its cell shows it.
fn value_of<'v>(raw: &'v str, slot: Slot<'v>, wrap: Option<Wrap>, at: Span, sink: &mut Sink<'_>) -> Value<'v> {
    if raw.is_empty() {
        return Value::Nothing;
    }
    if slot.property.is_list() {
        return list_of(raw, slot, wrap, at, sink);
    }
    let text = match wrap {
        Some(wrap) => Cow::Owned(wrap.join(raw)),
        None => Cow::Borrowed(raw),
    };
    // A property that rolecall does not know may hold a list, which is text here; a cut one is still cut.
    if slot.property == Property::Other && is_cut_list(&text) {
        sink.notice(noticed::CUT_LIST, at, "another property");
        return Value::Text(text, Complete::Cut);
    }
    let value = Value::of_cell(slot.property, text);
    if value.is_cut() {
        sink.notice(noticed::CUT_VALUE, at, slot.name);
    }
    value
}

fn list_of<'v>(raw: &'v str, slot: Slot<'v>, wrap: Option<Wrap>, at: Span, sink: &mut Sink<'_>) -> Value<'v> {
    if is_type_name(raw) {
        sink.notice(noticed::FLATTENED_LIST, at, slot.name);
        return Value::Text(Cow::Borrowed(raw), Complete::Flattened);
    }
    let is_braced = raw.starts_with('{');
    let is_open = is_braced && !raw.ends_with(['}', '\u{2026}']) && !raw.ends_with("...");
    let Some(wrap) = wrap else {
        let column = slot.column(raw);
        let list = column.list(raw, false, is_open);
        notice_list(&column.rest(&list), slot, at, sink);
        return Value::List(list);
    };
    if wrap.solid {
        // The end of the text says it all.
        let list = joined::Column::braced(slot.property).list(raw, false, is_open);
        notice_list(&joined::rest(raw, list.detail), slot, at, sink);
        return Value::List(RawList { raw, detail: list.detail | wrap.pack(), split: split_wrapped });
    }
    let text = wrap.join(raw);
    let detail = slot.column(&text).list(raw, false, is_open).detail;
    notice_list(&joined::rest(&text, detail), slot, at, sink);
    Value::List(RawList { raw, detail: detail | wrap.pack(), split: split_wrapped })
}

/// Splits a list that takes several lines.
fn split_wrapped(raw: &str, detail: u64) -> Items<'_> {
    let text = Wrap::unpack(detail).join(raw);
    joined::own(joined::split(&text, detail & ((1 << joined::DETAIL_BITS) - 1)))
}

fn notice_list(rest: &Rest<'_>, slot: Slot<'_>, at: Span, sink: &mut Sink<'_>) {
    match rest {
        Rest::None => {}
        Rest::Cut(_) => sink.notice(noticed::CUT_LIST, at, slot.name),
        Rest::Unsplit(text) => sink.notice(noticed::BLANK_JOINED_LIST, at, &unsplit(slot.name, text)),
    }
}

/// `{a, b...}`, or the same without its brace.
fn is_cut_list(text: &str) -> bool {
    let inside = text.strip_suffix('}').unwrap_or(text);
    text.starts_with('{') && (inside.ends_with("...") || inside.ends_with('\u{2026}'))
}

/// Whether each line from `start` on has a blank one below it, until the first label repeats.
fn is_double_spaced(text: &str, start: usize, first: Label<'_>, indent: usize) -> bool {
    let mut at = start;
    let mut labels = 0;
    for _ in 0..LOOK_AHEAD_LINES {
        let (_, next) = line_at(text, at);
        let behind = skip_blank_lines(text, next);
        if behind >= text.len() {
            break;
        }
        let (line, _) = line_at(text, behind);
        let is_label = take_label_at(line, first.colon, indent).is_some();
        if text[behind..].starts_with(first.prefix) || !(is_label || line.starts_with("    ")) {
            break;
        }
        if behind == next {
            return false;
        }
        labels += usize::from(is_label);
        at = behind;
    }
    labels > 0
}

/// The part of a text that a list at `start` may take, by the looks of its lines.
fn block_at(text: &str, start: usize) -> &str {
    let mut at = start;
    let mut below_blank = false;
    while at < text.len() {
        let (line, next) = line_at(text, at);
        let is_blank = is_blank(line);
        if !is_blank && !line.starts_with("    ") && take_label(line).is_none() && (below_blank || is_foreign(line)) {
            break;
        }
        below_blank = is_blank;
        at = next;
    }
    &text[start..at]
}

/// A value without the blank behind the colon, and without those at its end, which a copy may have lost or added.
fn trim_value(raw: &str) -> &str {
    let raw = raw.strip_prefix(' ').unwrap_or(raw);
    if raw.as_bytes().last().is_some_and(u8::is_ascii_graphic) { raw } else { raw.trim_end() }
}

fn is_blank(line: &str) -> bool {
    line.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
}

/// The start of the first line from `at` on that is not blank.
fn skip_blank_lines(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    loop {
        match bytes.get(at) {
            Some(b'\n' | b'\r') => at += 1,
            Some(b' ' | b'\t') => {
                let blanks = bytes[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
                match bytes.get(at + blanks) {
                    None | Some(b'\n') => at += blanks,
                    Some(_) => return at,
                }
            }
            _ => return at,
        }
    }
}
