//! JSON: what `ConvertTo-Json` of Windows PowerShell 5.1 and of PowerShell 7 writes, and what collectors make of it.
//!
//! An array of objects, a bare object, one object a line, several documents in a row; perhaps wrapped in other objects.
//! Records are handed on one by one; nothing is built of the whole.

mod holder;
mod scan;
mod value;

use std::borrow::Cow;

use memchr::{memchr, memrchr};

use self::scan::{Fault, Form, Raw, skip_blank};
use super::foretold::{Beside, Foretold};
use super::joined::unsplit;
use super::shape::{self, Interrupts, Opening};
use super::{Claim, Context, Sink, View, foreign};
use crate::diagnostic::{RuleId, noticed};
use crate::record::{Complete, Field, Kind, Properties, Property, Record, Shape, Value};

/// ConvertTo-Json.
pub(super) const READER: shape::Reader = shape::Reader { shape: Shape("json"), file, block };

fn file(view: &View<'_>, sink: &mut Sink<'_>) -> Option<usize> {
    looks_like(view.text()).then(|| read(view, 0, &Context::default(), sink))
}

fn block(opening: &Opening<'_>, sink: &mut Sink<'_>, _: Interrupts<'_>) -> usize {
    let is_one = looks_like(opening.rest()) && (opening.is_output || stands_alone(opening.rest()));
    if is_one { read(opening.view, opening.at, &opening.context, sink) } else { opening.at }
}

/// Whether a JSON document of objects begins here. A prompt such as `[PS] C:\>` is none, nor is `{a, b}`.
pub(super) fn looks_like(text: &str) -> bool {
    let bytes = text.as_bytes();
    // The question is asked often, so not much is looked through.
    let next = |from: usize, bytes_max: usize| {
        let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | 0xEF | 0xBB | 0xBF);
        let length = bytes[from..].iter().take(bytes_max).take_while(is_blank).count();
        (from + length, bytes.get(from + length).copied())
    };
    match next(0, 256) {
        (at, Some(b'{')) => matches!(next(at + 1, 4096).1, Some(b'"' | b'}')),
        (at, Some(b'[')) => matches!(next(at + 1, 4096).1, Some(b'{' | b'[' | b'"' | b']')),
        _ => false,
    }
}

/// Whether a document begins here beyond doubt, whatever stands above: it holds objects, it is valid, and nothing follows
/// on its last line. Source code is full of what looks like the start of one.
pub(super) fn stands_alone(text: &str) -> bool {
    /// A document that goes on behind this is taken for one.
    const BYTES_MAX: usize = 16 * 1024;
    let at = skip_blank(text, 0);
    let is_list = text[at..].starts_with('[');
    if is_list && !text[skip_blank(text, at + 1)..].starts_with('{') {
        return false;
    }
    let mut end = text.len().min(at + BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let window = &text[..end];
    match scan::value(window, at) {
        Ok(raw) if raw.cut => end < text.len(),
        Ok(raw) => {
            let line = window[raw.next..].split('\n').next().unwrap_or("");
            line.trim().is_empty() && value::is_valid(&window[raw.start..raw.end])
        }
        Err(_) => false,
    }
}

/// Reads the documents from `start` on and returns where they end.
///
/// Errors: none. A record that breaks the syntax is reported, and reading goes on at the next line that begins a record
/// in the same column; one that the end of the text cuts is handed on as incomplete.
pub(super) fn read(view: &View<'_>, start: usize, context: &Context<'_>, sink: &mut Sink<'_>) -> usize {
    let record = Record {
        kind: Kind::Unknown,
        shape: READER.shape,
        command: context.command,
        at: view.span(start, start),
        complete: true,
        repeats: None,
        fields: Vec::new(),
    };
    let reader = Reader {
        view,
        text: view.text(),
        sink,
        record,
        raws: Vec::new(),
        spare: Vec::new(),
        remarks: Vec::new(),
        layout: Vec::new(),
        follows_layout: false,
        judged: None,
        foreign: (usize::MAX, None),
        foretold: None,
        forms: Vec::new(),
        last_kind: Kind::Unknown,
        accounted: start,
        given_up: false,
        wasted: 0,
        unknown: Vec::new(),
    };
    reader.documents(start)
}

/// Where an object stands, which decides what is made of one that nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// By itself.
    Alone,
    /// In a list of objects, or in what a shell wraps such a list in.
    Listed,
    /// Somewhere inside an object that is no record.
    Inside,
}

/// What an object is by its members.
#[derive(Clone, Copy, Debug)]
struct Judged<'v> {
    command: Option<&'v str>,
    /// The properties it has.
    all: Properties,
    /// Those that hold neither objects nor lists.
    plain: Properties,
    /// Whether any member holds an object.
    nested: bool,
    kind: Kind,
    /// Nothing but its lists of objects makes it a record, so it may be what holds records.
    holder: bool,
}

/// How many objects and lists around a record are looked through.
const HOLDERS_MAX: usize = 8;

/// What is said of brackets within brackets beyond those that are followed.
const DEEP: &str = "JSON nested too deep";

struct Reader<'v, 's, 'k> {
    view: &'v View<'v>,
    text: &'v str,
    sink: &'s mut Sink<'k>,
    /// The record at hand; its list of fields is used again for each.
    record: Record<'v>,
    /// The values of its fields as they stand.
    raws: Vec<Raw>,
    /// Texts of the records before, to be filled again where a value has escapes.
    spare: Vec<String>,
    /// What is to be noticed about its fields.
    remarks: Vec<(RuleId, usize)>,
    /// The names of the previous record, in order, with what they mean; none where one is written with escapes.
    layout: Vec<(Option<&'v str>, Property)>,
    /// Whether all names of the record at hand are those of the previous one.
    follows_layout: bool,
    judged: Option<Judged<'v>>,
    /// How many members the last object had, and what it is where it is no export.
    foreign: (usize, Option<&'static str>),
    /// What objects of the previous layout foretell, where it is that of a role entry, and the forms of their values.
    foretold: Option<Foretold<'v>>,
    forms: Vec<Form>,
    last_kind: Kind,
    /// Everything before this offset is accounted for.
    accounted: usize,
    /// The fault on its way outwards was said.
    given_up: bool,
    /// How many bytes were read in vain.
    wasted: usize,
    /// Objects inside a holder that nobody knows.
    unknown: Vec<(usize, usize)>,
}

impl<'v> Reader<'v, '_, '_> {
    /// Reads document after document, up to something else.
    fn documents(mut self, start: usize) -> usize {
        let mut end = start;
        loop {
            let at = skip_blank(self.text, end);
            self.given_up = false;
            let done = match self.text.as_bytes().get(at) {
                None => Err(Fault::Ends),
                Some(b'{') => self.object_or_resume(at, Place::Alone, 0),
                Some(b'[') if looks_like(&self.text[at..]) => self.array(at, Place::Listed, 0),
                Some(b',') if end > start => Ok(at + 1),
                Some(_) => Err(Fault::Syntax(at)),
            };
            end = match done {
                Ok(end) => end,
                Err(Fault::Ends) => {
                    self.account(self.text.len());
                    return self.text.len();
                }
                Err(Fault::Syntax(at) | Fault::Deep(at)) if self.given_up => self.behind_fragments(at),
                Err(Fault::Syntax(_) | Fault::Deep(_)) if end == start => return start,
                Err(Fault::Syntax(_) | Fault::Deep(_)) => {
                    self.account(end);
                    return self.leave(end);
                }
            };
        }
    }

    /// The line behind the last document; what follows on the document's own line is reported.
    fn leave(&mut self, end: usize) -> usize {
        if end == self.line_start(end) {
            return end;
        }
        let next = self.line_end(end);
        if !self.text[end..next].trim().is_empty() {
            self.report(end, next, "text after a JSON document");
        }
        next
    }

    /// Passes over the rest of a document that cannot be followed: the lines that begin as lines of JSON do.
    fn behind_fragments(&mut self, at: usize) -> usize {
        let mut end = self.line_end(at);
        loop {
            let line = &self.text[end..self.line_end(end)];
            let begins = matches!(line.trim_start().as_bytes().first(), Some(b'"' | b'{' | b'}' | b'[' | b']'));
            let is_prompt = line.starts_with("[PS]");
            if !begins || is_prompt || line.starts_with(['{', '[']) && looks_like(&self.text[end..]) {
                break;
            }
            end += line.len();
        }
        self.sink.claim(self.view.span(self.accounted.min(end), end), Claim::Reported);
        self.accounted = self.accounted.max(end);
        end
    }

    /// Reads the elements of the array that begins at `open`.
    fn array(&mut self, open: usize, place: Place, depth: usize) -> Result<usize, Fault> {
        let mut at = open + 1;
        loop {
            at = skip_blank(self.text, at);
            at = match self.text.as_bytes().get(at) {
                None => return self.end_holder(Err(Fault::Ends)),
                Some(b']') => return Ok(at + 1),
                Some(b',') => at + 1,
                Some(b'{') => self.object_or_resume(at, place, depth)?,
                Some(b'[') if depth < HOLDERS_MAX => self.array(at, place, depth + 1)?,
                Some(_) => self.scalar(at, place)?,
            };
        }
    }

    /// Says where the text ends inside of something that holds records.
    fn end_holder(&mut self, end: Result<usize, Fault>) -> Result<usize, Fault> {
        if end == Err(Fault::Ends) {
            let at = self.view.span(self.text.len(), self.text.len());
            self.sink.notice(noticed::CUT_RECORD, at, "JSON document");
            self.given_up = true;
        }
        end
    }

    /// Passes over an element that is no object.
    fn scalar(&mut self, at: usize, place: Place) -> Result<usize, Fault> {
        match scan::value(self.text, at) {
            Ok(raw) if !raw.cut => {
                if place != Place::Inside && raw.form != Form::Null {
                    self.report(at, raw.next, "JSON value that is no object");
                }
                Ok(raw.next)
            }
            Ok(_) | Err(Fault::Ends) => Err(self.give_up(at, Fault::Ends)),
            Err(fault) => Err(self.give_up(at, fault)),
        }
    }

    /// Reports what begins at `open` and cannot be followed.
    fn give_up(&mut self, open: usize, fault: Fault) -> Fault {
        let end = match fault {
            Fault::Ends => self.text.len(),
            // At least the whole character that begins there.
            Fault::Syntax(at) | Fault::Deep(at) => {
                let first = self.text[open..].chars().next().map_or(0, char::len_utf8);
                at.max(open + first)
            }
        };
        let what = if matches!(fault, Fault::Deep(_)) { DEEP } else { "broken JSON" };
        self.report(open, end, what);
        self.given_up = true;
        fault
    }

    /// Reads an object; where it is broken, finds the next one.
    fn object_or_resume(&mut self, open: usize, place: Place, depth: usize) -> Result<usize, Fault> {
        let fault = match self.object(open, place, depth) {
            Ok(end) => return Ok(end),
            Err(fault) if self.given_up => return Err(fault),
            Err(fault) => fault,
        };
        let reached = match fault {
            Fault::Ends => self.text.len(),
            Fault::Syntax(at) | Fault::Deep(at) => at,
        };
        if let Some(next) = self.same_column(open, reached) {
            let what = if matches!(fault, Fault::Deep(_)) { DEEP } else { "broken JSON object" };
            self.report(open, next, what);
            return Ok(next);
        }
        if fault == Fault::Ends
            && let Some(form) = foreign::of_members(&self.record.fields)
        {
            self.refuse(open, self.text.len(), form);
            self.given_up = true;
            return Err(fault);
        }
        if fault == Fault::Ends && !self.record.fields.is_empty() {
            let kind = if self.follows_layout { self.last_kind } else { self.judge().kind };
            let end = self.text.trim_end().len().max(open);
            self.emit(open, end, kind, false);
            self.given_up = true;
            return Err(fault);
        }
        Err(self.give_up(open, fault))
    }

    /// The next line that begins an object in the same column as the one at `open`, if that one begins its line.
    ///
    /// Both shells indent nested objects deeper than the record they belong to, and write a line break inside of a
    /// string as an escape; so such a line is a record. What is read twice is bounded by a multiple of the text.
    fn same_column(&mut self, open: usize, reached: usize) -> Option<usize> {
        const ROUNDS_MAX: usize = 4;
        self.wasted += reached.saturating_sub(open);
        if self.wasted > self.text.len().saturating_mul(ROUNDS_MAX) {
            return None;
        }
        let indentation = self.text[self.line_start(open)..open].trim_start_matches('\u{FEFF}');
        if !indentation.bytes().all(|byte| matches!(byte, b' ' | b'\t')) {
            return None;
        }
        let bytes = self.text.as_bytes();
        let mut at = open;
        while let Some(found) = memchr(b'\n', &bytes[at..]) {
            at += found + 1;
            let begins = bytes[at..].starts_with(indentation.as_bytes());
            let is_new = begins && at >= self.accounted;
            if is_new && bytes.get(at + indentation.len()) == Some(&b'{') {
                // Unless it is the value of a member, or the first of a list.
                let before = self.text[open..at].trim_end().as_bytes().last();
                if !matches!(before, Some(b':' | b'[')) {
                    self.wasted += at - open;
                    return Some(at + indentation.len());
                }
            }
        }
        self.wasted += bytes.len() - open;
        None
    }

    /// Reads one object: a record, or what holds records.
    fn object(&mut self, open: usize, place: Place, depth: usize) -> Result<usize, Fault> {
        if let Some(foretold) = &mut self.foretold
            && let Some(end) = foretold.take(self.text, open, &mut self.record)
        {
            let known = self.record.repeats.map_or(&[][..], |number| foretold.remarks(number));
            self.remarks.clear();
            self.remarks.extend_from_slice(known);
            self.account(open);
            self.say_remarks();
            self.sink.record(&self.record);
            self.accounted = end;
            return Ok(end);
        }
        let mut filled = self.fill(open);
        if matches!(filled, Err(Fault::Syntax(_) | Fault::Deep(_))) {
            return filled;
        }
        if let Some(form) = self.foreign() {
            let end = filled?;
            self.refuse(open, end, form);
            return Ok(end);
        }
        if depth < HOLDERS_MAX {
            if let Some(inner) = self.wrapped() {
                let place = if place == Place::Alone { Place::Listed } else { place };
                self.array(inner, place, depth + 1)?;
                return self.end_holder(filled);
            }
            if self.judge().holder {
                if self.descend(depth, filled.is_err())? {
                    return self.end_holder(filled);
                }
                filled = self.fill(open);
                self.foreign();
            }
        }
        let end = filled?;
        let kind = self.judge().kind;
        if kind != Kind::Unknown || place == Place::Listed {
            self.emit(open, end, kind, true);
        } else if place == Place::Inside {
            self.unknown.push((open, end));
        } else if !self.judge().nested || self.is_of_powershell() {
            self.emit(open, end, kind, true);
        } else {
            self.account(open);
            self.sink.reported(noticed::UNKNOWN_OBJECT, self.view.span(open, end), "object");
            self.accounted = end;
        }
        Ok(end)
    }

    /// What the object at hand is, where no cmdlet of Exchange prints it. The same members as the last time give the same
    /// answer.
    fn foreign(&mut self) -> Option<&'static str> {
        let count = self.record.fields.len();
        if !self.follows_layout || self.foreign.0 != count {
            self.foreign = (count, foreign::of_members(&self.record.fields));
        }
        self.foreign.1
    }

    /// Says what an object is that is no export, and passes over it.
    fn refuse(&mut self, open: usize, end: usize, form: &str) {
        self.account(open);
        self.sink.reported(noticed::NO_EXPORT, self.view.span(open, end), form);
        self.accounted = end;
    }

    /// Takes the members of the object at `open` as the fields of the record, and returns where it ends.
    fn fill(&mut self, open: usize) -> Result<usize, Fault> {
        let bytes = self.text.as_bytes();
        for field in self.record.fields.drain(..) {
            if let Value::Text(Cow::Owned(text), _) = field.value {
                self.spare.push(text);
            }
        }
        self.raws.clear();
        self.remarks.clear();
        self.follows_layout = true;
        self.record.repeats = None;
        self.foretold.iter_mut().for_each(Foretold::forget_role);
        let mut at = open + 1;
        loop {
            at = skip_blank(self.text, at);
            match bytes.get(at) {
                None => return Err(Fault::Ends),
                Some(b'"') => {}
                // Also behind a last comma, which an editor leaves.
                Some(b'}') => break,
                Some(_) => return Err(Fault::Syntax(at)),
            }
            let (name, property, next) = self.name(at)?;
            at = skip_blank(self.text, next);
            match bytes.get(at) {
                None => return Err(Fault::Ends),
                Some(b':') => {}
                Some(_) => return Err(Fault::Syntax(at)),
            }
            let next = self.push(name, property, skip_blank(self.text, at + 1))?;
            at = skip_blank(self.text, next);
            match bytes.get(at) {
                None => return Err(Fault::Ends),
                Some(b',') => at += 1,
                Some(b'}') => break,
                Some(_) => return Err(Fault::Syntax(at)),
            }
        }
        if self.layout.len() > self.record.fields.len() {
            self.layout.truncate(self.record.fields.len());
            self.foretold = None;
        }
        Ok(at + 1)
    }

    /// The member name whose quotation mark is at `at`, what it means, and where it ends.
    ///
    /// Objects of one export have the same names in the same order, so the previous one is compared first.
    fn name(&mut self, at: usize) -> Result<(Cow<'v, str>, Property, usize), Fault> {
        let index = self.record.fields.len();
        let bytes = self.text.as_bytes();
        if let Some(&(Some(name), property)) = self.layout.get(index)
            && bytes[at + 1..].starts_with(name.as_bytes())
            && bytes.get(at + 1 + name.len()) == Some(&b'"')
        {
            let start = at + 1;
            return Ok((Cow::Borrowed(&self.text[start..start + name.len()]), property, start + name.len() + 1));
        }
        self.follows_layout = false;
        self.foretold = None;
        let raw = scan::value(self.text, at)?;
        if raw.cut {
            return Err(Fault::Ends);
        }
        let name = &self.text[raw.start..raw.end];
        let decoded = value::unescape(name);
        let property = Property::named(&decoded);
        self.layout.truncate(index);
        self.layout.push((matches!(decoded, Cow::Borrowed(_)).then_some(name), property));
        Ok((decoded, property, raw.next))
    }

    /// Takes the value of a member, and returns what follows it.
    fn push(&mut self, name: Cow<'v, str>, property: Property, at: usize) -> Result<usize, Fault> {
        let raw = scan::value(self.text, at)?;
        let (value, remark) = value::read(self.text, property, raw, &mut self.spare);
        if let Some(rule) = remark {
            self.remarks.push((rule, self.record.fields.len()));
        }
        let at = self.view.span(raw.start, raw.end);
        self.record.fields.push(Field { name, property, at, value });
        self.raws.push(raw);
        Ok(raw.next)
    }

    /// What the record at hand is. The same members as the last time give the same answer.
    fn judge(&mut self) -> Judged<'v> {
        let (mut all, mut plain, mut nested) = (Properties::default(), Properties::default(), false);
        for (field, raw) in self.record.fields.iter().zip(&self.raws) {
            let is_plain = match raw.form {
                Form::Object => false,
                Form::Array => {
                    let first = skip_blank(self.text, raw.start + 1);
                    !matches!(self.text.as_bytes().get(first), Some(b'{' | b'['))
                }
                _ => true,
            };
            nested |= !is_plain;
            if field.property != Property::Other {
                all.insert(field.property);
                if !matches!(raw.form, Form::Object | Form::Array) {
                    plain.insert(field.property);
                }
            }
        }
        let command = self.record.command;
        if let Some(judged) = self.judged
            && (judged.command, judged.all, judged.plain, judged.nested) == (command, all, plain, nested)
        {
            return judged;
        }
        let holder = nested && Kind::of(None, command, plain) == Kind::Unknown;
        let judged = Judged { command, all, plain, nested, kind: Kind::of(None, command, all), holder };
        self.judged = Some(judged);
        judged
    }

    /// Hands on the record at hand.
    fn emit(&mut self, open: usize, end: usize, kind: Kind, complete: bool) {
        self.account(open);
        for field in &mut self.record.fields {
            if let Value::Object(json) = &mut field.value {
                match value::compact(json) {
                    Some(one_line) => *json = Cow::Owned(one_line),
                    None => field.value = Value::Text(std::mem::take(json), Complete::Cut),
                }
            }
        }
        let kind = kind.settled(&self.record.fields);
        self.record.kind = kind;
        self.record.at = self.view.span(open, end);
        self.record.complete = complete;
        self.say_remarks();
        if !complete {
            self.sink.notice(noticed::CUT_RECORD, self.record.at, kind.name());
        }
        if kind == Kind::Unknown {
            let about = Kind::unknown_words(self.record.fields.iter().map(|field| &*field.name));
            self.sink.notice(noticed::UNKNOWN_OBJECT, self.record.at, &about);
        }
        self.learn(end);
        self.sink.record(&self.record);
        self.last_kind = kind;
        self.accounted = end;
    }

    fn say_remarks(&mut self) {
        for &(rule, index) in &self.remarks {
            let field = &self.record.fields[index];
            let about = match &field.value {
                Value::List(list) if rule == noticed::BLANK_JOINED_LIST => unsplit(&field.name, list.raw),
                _ => Cow::Borrowed(&*field.name),
            };
            self.sink.notice(rule, field.at, &about);
        }
    }

    /// Keeps the record at hand.
    fn learn(&mut self, end: usize) {
        if self.record.kind != Kind::RoleEntry || self.view.is_cleaned() {
            return;
        }
        let forms = self.raws.iter().map(|raw| raw.form);
        if self.foretold.is_none() {
            let properties = self.record.fields.iter().map(|field| field.property);
            self.foretold = Foretold::new(properties, self.sink.unshared);
            self.forms = forms.collect();
        } else if forms.eq(self.forms.iter().copied())
            && let Some(foretold) = &mut self.foretold
        {
            self.record.repeats =
                foretold.learn(self.text, end, &self.record, &Beside { remarks: &self.remarks, ..Beside::default() });
        }
    }

    /// Says that everything up to `end` holds nothing but brackets, commas and the names of holders.
    fn account(&mut self, end: usize) {
        for (start, stop) in std::mem::take(&mut self.unknown) {
            self.decorate(start);
            self.sink.reported(noticed::UNKNOWN_OBJECT, self.view.span(start, stop), "object");
            self.accounted = stop;
        }
        self.decorate(end);
    }

    fn decorate(&mut self, end: usize) {
        if self.accounted < end {
            // The blank before a record belongs to its line, which the record accounts for.
            let gap = self.text[self.accounted..end].trim();
            if !gap.is_empty() {
                self.sink.decoration(self.view.span_of(gap));
            }
            self.accounted = end;
        }
    }

    fn report(&mut self, start: usize, end: usize, about: &str) {
        self.account(start);
        // What was read as records before the fault stays accounted for as such.
        let start = start.max(self.accounted).min(end);
        self.sink.reported(noticed::UNRECOGNISED_INPUT, self.view.span(start, end), about);
        self.accounted = self.accounted.max(end);
    }

    fn line_start(&self, at: usize) -> usize {
        memrchr(b'\n', &self.text.as_bytes()[..at]).map_or(0, |found| found + 1)
    }

    /// Where the next line begins.
    fn line_end(&self, at: usize) -> usize {
        memchr(b'\n', &self.text.as_bytes()[at..]).map_or(self.text.len(), |found| at + found + 1)
    }

    /// Whether a member has the very name of a property of Exchange's. Other programs' JSON spells `name` small.
    fn is_of_powershell(&self) -> bool {
        let known = |name: &str| Property::NAMES.iter().any(|(_, names)| names.contains(&name));
        self.record.fields.iter().any(|field| known(&field.name))
    }
}

#[cfg(test)]
pub(super) mod tests;
