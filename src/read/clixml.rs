//! CLIXML: what `Export-Clixml` writes, of objects from Exchange's own shell and of those that came over the wire.
//!
//! Objects are read one by one. What later elements point to (`Ref`, `TNRef`) is kept as places in the text, never as
//! copies. No entity is expanded but XML's own five and numbers, and a document with a type definition is refused.
//!
//! Source: MS-PSRP 2.2.5 (serialization); PowerShell `serialization.cs`; Export-Clixml files in microsoft/CSS-Exchange.

mod text;
mod token;
mod value;

use std::borrow::Cow;
use std::collections::BTreeSet;

use memchr::{memchr, memchr2, memmem, memrchr};

use self::token::{Fault, Tag, Token, Tokens};
use self::value::{Known, Object, SERIALIZATION_DATA};
use super::foretold::{Beside, Foretold};
use super::joined::unsplit;
use super::shape::{self, Interrupts, Opening};
use super::{Claim, Context, Sink, View};
use crate::diagnostic::{RuleId, noticed};
use crate::record::{Complete, Field, Kind, Properties, Property, RawList, Record, Shape, Value};

/// Export-Clixml.
pub(super) const READER: shape::Reader = shape::Reader { shape: Shape("clixml"), file, block };

fn file(view: &View<'_>, sink: &mut Sink<'_>) -> Option<usize> {
    looks_like(view.text()).then(|| read(view, 0, &Context::default(), sink))
}

fn block(opening: &Opening<'_>, sink: &mut Sink<'_>, _: Interrupts<'_>) -> usize {
    if looks_like(opening.rest()) { read(opening.view, opening.at, &opening.context, sink) } else { opening.at }
}

/// Whether a CLIXML document begins here: its root element, perhaps behind an XML declaration, a comment, or the line
/// with which PowerShell announces it on a pipe.
pub(super) fn looks_like(text: &str) -> bool {
    const HEAD_BYTES: usize = 4096;
    let start = blank(text, 0, 256);
    let head = &text.as_bytes()[start..text.len().min(start + HEAD_BYTES)];
    let begins = head.starts_with(b"<Objs") || head.starts_with(b"#< CLIXML");
    (begins || head.starts_with(b"<?xml") || head.starts_with(b"<!"))
        && memmem::find(head, b"<Objs").is_some_and(|root| memmem::find(&head[root..], NAMESPACE).is_some())
}

const NAMESPACE: &[u8] = b"http://schemas.microsoft.com/powershell/2004/04";

/// The line before a document that PowerShell writes to a pipe with `-OutputFormat XML`.
const ANNOUNCEMENT: &str = "#< CLIXML";

/// The offset behind the blanks and byte order marks from `at` on, at most so many of them.
fn blank(text: &str, at: usize, bytes_max: usize) -> usize {
    let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | 0xEF | 0xBB | 0xBF);
    let length = text.as_bytes()[at..].iter().take(bytes_max).take_while(is_blank).count();
    if text.is_char_boundary(at + length) { at + length } else { at }
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
    let text = view.text();
    let reader = Reader {
        view,
        text,
        tokens: Tokens::new(text, start),
        sink,
        record,
        type_name: None,
        shown: None,
        remarks: Vec::new(),
        resolved: Vec::new(),
        layout: Vec::new(),
        judged: None,
        known: References::of(text),
        foretold: None,
        accounted: start,
        given_up: false,
        wasted: 0,
    };
    reader.documents(start)
}

/// What `Ref` and `TNRef` point to.
struct References<'v> {
    types: Vec<Option<&'v str>>,
    /// Whether a number that was a type's is another's now.
    renamed: bool,
    /// The objects that a `Ref` of the document points to, by number: few of all that have one.
    objects: Vec<(usize, Option<Object>)>,
    /// Up to where the text was searched for them.
    searched: usize,
    /// Numbers rise from 0, and each costs more bytes than this allows; a higher one was made up.
    number_max: usize,
}

impl<'v> References<'v> {
    fn of(text: &str) -> Self {
        Self { types: Vec::new(), renamed: false, objects: Vec::new(), searched: 0, number_max: text.len() / 8 }
    }

    /// Finds what the document points to whose root element was opened before `at`.
    fn find(&mut self, text: &str, at: usize) {
        // A document that is not closed was searched to the end of the text, and so were those behind it.
        if at < self.searched {
            return;
        }
        let rest = &text[at..];
        let first = memmem::find(rest.as_bytes(), b"<Ref").unwrap_or(rest.len());
        // Documents that are closed before anything points anywhere need no search of their own.
        let closed =
            if first < rest.len() { memmem::rfind(&rest.as_bytes()[..first], b"</Objs>") } else { Some(first) };
        if let Some(closed) = closed {
            self.objects.clear();
            self.searched = at + closed;
            return;
        }
        let document = memmem::find(rest.as_bytes(), b"</Objs>").map_or(rest, |end| &rest[..end]);
        let numbers = memmem::find_iter(document.as_bytes(), b"<Ref").filter_map(|place| {
            // A tag ends before the next one begins, so that however many are left open cost no more than their bytes.
            let length = memchr2(b'<', b'>', &document.as_bytes()[place + 1..])? + 2;
            match Tokens::new(&document[place..place + length], 0).next() {
                Ok(Token::Open(tag)) => tag.number(),
                _ => None,
            }
        });
        let numbers: BTreeSet<usize> = numbers.collect();
        self.objects = numbers.into_iter().map(|number| (number, None)).collect();
        self.searched = at + document.len();
    }

    fn remember(&mut self, number: usize, known: Known<'v>) {
        match known {
            Known::Type(name) if number <= self.number_max => {
                if number >= self.types.len() {
                    self.types.resize(number + 1, None);
                }
                let before = self.types[number].replace(name);
                self.renamed |= before.is_some_and(|before| before != name);
            }
            Known::Type(_) => {}
            Known::Object(object) => {
                if let Ok(place) = self.objects.binary_search_by_key(&number, |(number, _)| *number) {
                    self.objects[place].1 = Some(object);
                }
            }
        }
    }

    fn object(&self, tag: Tag<'_>) -> Option<Object> {
        let number = tag.number()?;
        let place = self.objects.binary_search_by_key(&number, |(number, _)| *number).ok()?;
        self.objects[place].1
    }
}

/// How many lists around a record are looked through.
const LISTS_MAX: usize = 8;

struct Reader<'v, 's, 'k> {
    view: &'v View<'v>,
    text: &'v str,
    tokens: Tokens<'v>,
    sink: &'s mut Sink<'k>,
    /// The record at hand; its list of fields is used again for each.
    record: Record<'v>,
    /// Its first type, and where its text stands.
    type_name: Option<&'v str>,
    shown: Option<(usize, usize)>,
    /// What is to be noticed about its fields.
    remarks: Vec<(RuleId, usize)>,
    /// Lists of the record whose elements point elsewhere, with those elements put in.
    resolved: Vec<(usize, String)>,
    /// The names of the previous record, in order, with what they mean; none where one is written with escapes.
    layout: Vec<(Option<&'v str>, Property)>,
    judged: Option<(Option<&'v str>, Properties, Kind)>,
    known: References<'v>,
    /// What objects with these members foretell of later ones, where they are role entries.
    foretold: Option<Foretold<'v>>,
    /// Everything before this offset is accounted for.
    accounted: usize,
    /// The fault on its way outwards was said.
    given_up: bool,
    /// How many bytes were read in vain.
    wasted: usize,
}

impl<'v> Reader<'v, '_, '_> {
    /// Reads document after document, up to something else.
    fn documents(mut self, start: usize) -> usize {
        let mut end = start;
        loop {
            let mut at = blank(self.text, end, usize::MAX);
            if self.text[at..].starts_with(ANNOUNCEMENT) {
                at = self.line_end(at);
            }
            self.given_up = false;
            self.tokens.seek(at);
            end = match self.document() {
                Ok(true) => self.tokens.at(),
                Ok(false) if end == start => return start,
                Ok(false) if at >= self.text.len() => {
                    self.account(at);
                    return at;
                }
                Ok(false) => {
                    self.account(end);
                    return self.leave(end);
                }
                Err(Fault::Ends) => {
                    self.account(self.text.len());
                    return self.text.len();
                }
                Err(Fault::Definition(at)) => {
                    self.report(at, self.text.len(), "document type definition");
                    return self.text.len();
                }
                Err(Fault::Syntax(at)) => self.behind_fragments(at),
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
            self.report(end, next, "text after a CLIXML document");
        }
        next
    }

    /// Passes over the rest of a document that cannot be followed: the lines that begin with a tag.
    fn behind_fragments(&mut self, at: usize) -> usize {
        let mut end = self.line_end(at);
        loop {
            let line = &self.text[end..self.line_end(end)];
            let begins = line.trim_start().starts_with('<');
            if !begins || line.starts_with('<') && looks_like(&self.text[end..]) {
                break;
            }
            end += line.len();
        }
        if !self.given_up {
            self.report(at.min(end), end, "broken CLIXML");
        }
        self.sink.claim(self.view.span(self.accounted.min(end), end), Claim::Reported);
        self.accounted = self.accounted.max(end);
        end
    }

    /// Reads one root element; false where none begins here.
    fn document(&mut self) -> Result<bool, Fault> {
        loop {
            match self.tokens.next() {
                Ok(Token::Open(tag)) if tag.name == "Objs" => {
                    // Another document numbers its types anew.
                    self.foretold = None;
                    if !tag.empty {
                        self.known.find(self.text, self.tokens.at());
                        self.elements("Objs", 0)?;
                    }
                    return Ok(true);
                }
                Ok(Token::Text) if self.tokens.last().trim_matches(is_blank).is_empty() => {}
                Err(fault @ Fault::Definition(_)) => return Err(fault),
                _ => return Ok(false),
            }
        }
    }

    /// Reads the objects of a document or of a list, up to the closing tag.
    fn elements(&mut self, name: &str, depth: usize) -> Result<(), Fault> {
        loop {
            match self.tokens.next() {
                Ok(Token::Text) => {}
                Ok(Token::Close(closed)) if closed == name => return Ok(()),
                Ok(Token::Open(tag)) if tag.name == "Obj" => self.object_or_resume(tag, depth)?,
                // The same object once more, or nothing.
                Ok(Token::Open(tag)) if matches!(tag.name, "Ref" | "Nil") => value::skip(&mut self.tokens, tag)?,
                Ok(Token::Open(tag)) => {
                    value::skip(&mut self.tokens, tag)?;
                    self.report(tag.at, self.tokens.at(), "CLIXML value that is no object");
                }
                Ok(Token::End) | Err(Fault::Ends) => return Err(self.end_holder()),
                Ok(Token::Close(_)) => return Err(Fault::Syntax(self.tokens.began())),
                Err(fault) => return Err(fault),
            }
        }
    }

    /// Says where the text ends inside of something that holds records.
    fn end_holder(&mut self) -> Fault {
        let at = self.view.span(self.text.len(), self.text.len());
        self.sink.notice(noticed::CUT_RECORD, at, "CLIXML document");
        self.given_up = true;
        Fault::Ends
    }

    /// Reads an object; where it is broken, finds the next one.
    fn object_or_resume(&mut self, tag: Tag<'v>, depth: usize) -> Result<(), Fault> {
        let fault = match self.object(tag, depth) {
            Ok(()) => return Ok(()),
            Err(fault) if self.given_up => return Err(fault),
            Err(fault) => fault,
        };
        let reached = match fault {
            Fault::Ends => self.text.len(),
            Fault::Syntax(at) => at,
            Fault::Definition(_) => return Err(fault),
        };
        if let Some(next) = self.same_column(tag.at, reached) {
            self.report(tag.at, next, "broken CLIXML object");
            self.tokens.seek(next);
            return Ok(());
        }
        self.given_up = true;
        if fault == Fault::Ends && !self.record.fields.is_empty() {
            self.emit(tag.at, self.text.trim_end().len().max(tag.at), false);
        } else {
            self.report(tag.at, self.text.len().min(reached.max(tag.at + 1)), "broken CLIXML");
        }
        Err(fault)
    }

    /// The next line that begins an object in the same column as the one at `open`, if that one begins its line.
    ///
    /// PowerShell indents each element by two blanks more than the one around it, so such an element is a record. What
    /// is read twice is bounded by a multiple of the text.
    fn same_column(&mut self, open: usize, reached: usize) -> Option<usize> {
        const ROUNDS_MAX: usize = 4;
        self.wasted += reached.saturating_sub(open);
        let indentation = &self.text[self.line_start(open)..open];
        let is_line = !indentation.is_empty() && indentation.bytes().all(|byte| byte == b' ');
        if self.wasted > self.text.len().saturating_mul(ROUNDS_MAX) || !is_line {
            return None;
        }
        let bytes = self.text.as_bytes();
        let mut at = open;
        while let Some(found) = memchr(b'\n', &bytes[at..]) {
            at += found + 1;
            let begins = bytes[at..].starts_with(indentation.as_bytes());
            let is_new = begins && at >= self.accounted;
            if is_new && bytes[at + indentation.len()..].starts_with(b"<Obj ") {
                self.wasted += at - open;
                return Some(at + indentation.len());
            }
        }
        self.wasted += bytes.len() - open;
        None
    }

    /// Reads one object: a record, or a list of them.
    fn object(&mut self, tag: Tag<'v>, depth: usize) -> Result<(), Fault> {
        if std::mem::take(&mut self.known.renamed) {
            self.foretold = None;
        }
        if let Some(foretold) = &mut self.foretold
            && let Some(end) = foretold.take(self.text, tag.at, &mut self.record)
        {
            let known = self.record.repeats.map_or(&[][..], |number| foretold.remarks(number));
            self.remarks.clear();
            self.remarks.extend_from_slice(known);
            self.account(tag.at);
            self.say_remarks();
            self.sink.record(&self.record);
            self.accounted = end;
            self.tokens.pass(end);
            return Ok(());
        }
        self.foretold.iter_mut().for_each(Foretold::forget_role);
        self.record.fields.clear();
        self.remarks.clear();
        self.resolved.clear();
        self.type_name = None;
        let (mut is_list, mut about) = (false, Object { whole: (tag.at, tag.at), ..Object::default() });
        match self.parts(tag, depth, &mut is_list, &mut about) {
            Err(Fault::Ends) if is_list && !self.given_up => return Err(self.end_holder()),
            done => done?,
        }
        let end = self.tokens.at();
        about.whole.1 = end;
        if let Some(number) = tag.number() {
            self.known.remember(number, Known::Object(about));
        }
        if is_list {
            return Ok(());
        }
        if self.record.fields.is_empty() {
            self.report(tag.at, end, "CLIXML object without properties");
        } else {
            self.shown = about.shown;
            self.emit(tag.at, end, true);
        }
        Ok(())
    }

    /// Reads the parts of an object: its types, its text, its members or its elements.
    fn parts(&mut self, tag: Tag<'v>, depth: usize, is_list: &mut bool, about: &mut Object) -> Result<(), Fault> {
        let mut open = !tag.empty;
        while open {
            match self.tokens.next()? {
                Token::Text => {}
                Token::Close(name) if name == tag.name => open = false,
                Token::Close(_) => return Err(Fault::Syntax(self.tokens.began())),
                Token::End => return Err(Fault::Ends),
                Token::Open(part) => match part.name {
                    "TN" => self.type_name = self.types(part)?,
                    "TNRef" => {
                        value::skip(&mut self.tokens, part)?;
                        self.type_name = part.number().and_then(|number| *self.known.types.get(number)?);
                    }
                    "ToString" => {
                        let shown = value::content(self.text, &mut self.tokens, part)?;
                        about.shown = Some(self.range(shown));
                    }
                    "LST" | "IE" | "STK" | "QUE" if depth < LISTS_MAX => {
                        *is_list = true;
                        if !part.empty {
                            self.elements(part.name, depth + 1)?;
                        }
                        // Those of the last element.
                        self.record.fields.clear();
                    }
                    // What a list has besides its elements says nothing about them.
                    "Props" | "MS" if !*is_list => self.members(part)?,
                    "DCT" if !*is_list => self.entries(part)?,
                    _ => value::skip(&mut self.tokens, part)?,
                },
            }
        }
        Ok(())
    }

    fn types(&mut self, tag: Tag<'v>) -> Result<Option<&'v str>, Fault> {
        let first = value::types(self.text, &mut self.tokens, tag)?;
        if let (Some(number), Some(first)) = (tag.number(), first) {
            self.known.remember(number, Known::Type(first));
        }
        Ok(first)
    }

    /// Takes the members of an object as fields.
    fn members(&mut self, tag: Tag<'v>) -> Result<(), Fault> {
        let mut open = !tag.empty;
        while open {
            match self.tokens.next()? {
                Token::Text => {}
                Token::Close(name) if name == tag.name => open = false,
                Token::Open(member) => {
                    let name = member.attribute("N").unwrap_or("");
                    if name == SERIALIZATION_DATA {
                        value::skip(&mut self.tokens, member)?;
                    } else {
                        self.member(member, name)?;
                    }
                }
                Token::End => return Err(Fault::Ends),
                Token::Close(_) => return Err(Fault::Syntax(self.tokens.began())),
            }
        }
        Ok(())
    }

    /// Takes the entries of a dictionary as fields: `<En><S N="Key">…</S><S N="Value">…</S></En>`.
    fn entries(&mut self, tag: Tag<'v>) -> Result<(), Fault> {
        let mut key = None;
        loop {
            match self.tokens.next()? {
                Token::Close(name) if name == tag.name => return Ok(()),
                Token::Text | Token::Close("En") => {}
                Token::Open(entry) if entry.name == "En" => key = None,
                Token::Open(part) if part.attribute("N") == Some("Key") && part.name != "Obj" => {
                    key = Some(value::content(self.text, &mut self.tokens, part)?);
                }
                Token::Open(part) => self.member(part, key.take().unwrap_or(""))?,
                Token::End => return Err(Fault::Ends),
                Token::Close(_) => return Err(Fault::Syntax(self.tokens.began())),
            }
        }
    }

    /// Takes one member as a field.
    fn member(&mut self, tag: Tag<'v>, name: &'v str) -> Result<(), Fault> {
        let property = self.property(name);
        let text = self.text;
        match tag.name {
            "Nil" => {
                value::skip(&mut self.tokens, tag)?;
                self.push(name, property, &text[tag.at..tag.at], Value::Nothing, None);
            }
            "Ref" => {
                value::skip(&mut self.tokens, tag)?;
                let place = &text[tag.at..self.tokens.at()];
                if let Some(object) = self.known.object(tag) {
                    self.push_object(name, property, object, place);
                } else {
                    // It points to an object around itself, which has no end yet, or to nothing.
                    let value = Value::Text(Cow::Borrowed(""), Complete::Cut);
                    self.push(name, property, place, value, Some(noticed::CUT_VALUE));
                }
            }
            "Obj" => {
                let known = &mut self.known;
                let mut seen = |number: usize, found: Known<'v>| known.remember(number, found);
                let object = value::object(text, &mut self.tokens, tag, 0, &mut seen)?;
                let end = if object.cut { text.len() } else { object.whole.1 };
                self.push_object(name, property, object, &text[tag.at..end]);
                if object.cut {
                    return Err(Fault::Ends);
                }
            }
            _ => match value::content(text, &mut self.tokens, tag) {
                Ok(content) if matches!(tag.name, "S" | "URI") => {
                    let (value, remark) = value::text(property, content);
                    self.push(name, property, content, value, remark);
                }
                Ok(content) => {
                    let value = Value::Text(value::primitive(tag.name, content), Complete::Yes);
                    self.push(name, property, content, value, None);
                }
                Err(Fault::Ends) => {
                    let value = Value::Text(value::visible(text, tag), Complete::Cut);
                    self.push(name, property, &text[tag.at..], value, None);
                    return Err(Fault::Ends);
                }
                Err(fault) => return Err(fault),
            },
        }
        Ok(())
    }

    /// Takes an object as the value of a field; `place` is where it stands or is pointed to.
    fn push_object(&mut self, name: &'v str, property: Property, object: Object, place: &'v str) {
        let text = self.text;
        if let Some((start, end)) = object.list {
            let (mut cut, mut remark) = (object.cut, None);
            if object.refers {
                let (elements, whole) = self.resolve(&text[start..end]);
                self.resolved.push((self.record.fields.len(), elements));
                cut |= !whole;
                remark = (!whole).then_some(noticed::CUT_LIST);
            }
            self.push(name, property, place, value::list(&text[start..end], cut), remark);
        } else if let Some(shown) = object.text(text) {
            if property.is_list() && object.shown.is_some_and(|_| !is_gone(shown)) {
                // A list of one that PowerShell unrolled.
                let whole = &text[object.whole.0..object.whole.1];
                self.push(name, property, place, value::list(whole, false), None);
            } else {
                let (value, remark) = value::text(property, shown);
                self.push(name, property, place, value, remark);
            }
        } else {
            let whole = &text[object.whole.0..object.whole.1];
            self.push(name, property, place, Value::Object(Cow::Owned(value::json(whole))), None);
        }
    }

    /// The elements of a list with those that point elsewhere replaced by the text of what they point to; and whether
    /// all of them point to something that has one.
    fn resolve(&self, list: &'v str) -> (String, bool) {
        let (mut out, mut whole) = (String::with_capacity(list.len()), true);
        let mut tokens = Tokens::new(list, 0);
        while let Ok(Token::Open(tag)) = skip_text(&mut tokens) {
            let done = value::skip(&mut tokens, tag);
            if tag.name != "Ref" {
                out.push_str(&list[tag.at..tokens.at()]);
            } else if let Some(shown) = self.known.object(tag).and_then(|object| object.text(self.text)) {
                out.extend(["<S>", shown, "</S>"]);
            } else {
                whole = false;
            }
            if done.is_err() {
                break;
            }
        }
        (out, whole)
    }

    /// What a member's name means. Objects of one export have the same names in the same order, so the previous one is
    /// compared first.
    fn property(&mut self, name: &'v str) -> Property {
        let index = self.record.fields.len();
        if let Some(&(Some(known), property)) = self.layout.get(index)
            && known == name
        {
            return property;
        }
        self.foretold = None;
        let decoded = text::decode(name);
        let property = Property::named(&decoded);
        self.layout.truncate(index);
        self.layout.push((matches!(decoded, Cow::Borrowed(_)).then_some(name), property));
        property
    }

    fn push(&mut self, name: &'v str, property: Property, place: &'v str, value: Value<'v>, remark: Option<RuleId>) {
        if let Some(rule) = remark {
            self.remarks.push((rule, self.record.fields.len()));
        }
        let at = self.view.span_of(place);
        self.record.fields.push(Field { name: text::decode(name), property, at, value });
    }

    /// Hands on the record at hand.
    fn emit(&mut self, start: usize, end: usize, complete: bool) {
        self.account(start);
        let kind = self.kind().settled(&self.record.fields);
        self.record.kind = kind;
        self.record.at = self.view.span(start, end);
        self.record.complete = complete;
        self.say_remarks();
        if !complete {
            self.sink.notice(noticed::CUT_RECORD, self.record.at, kind.name());
        }
        if kind == Kind::Unknown {
            let last = self.type_name.filter(|name| !is_custom(name)).and_then(|name| name.rsplit('.').next());
            let columns = || Kind::unknown_words(self.record.fields.iter().map(|field| &*field.name));
            let about = last.map_or_else(columns, ToOwned::to_owned);
            self.sink.notice(noticed::UNKNOWN_OBJECT, self.record.at, &about);
        }
        self.record.repeats = None;
        if self.resolved.is_empty() {
            self.learn();
            self.sink.record(&self.record);
        } else {
            self.emit_resolved();
        }
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

    /// Keeps the record at hand. Where a document points back to its objects,
    /// each must be read for its number.
    fn learn(&mut self) {
        let points_back = !self.known.objects.is_empty();
        if self.record.kind != Kind::RoleEntry || self.view.is_cleaned() || points_back {
            return;
        }
        let Some(foretold) = &mut self.foretold else {
            let properties = self.record.fields.iter().map(|field| field.property);
            self.foretold = Foretold::new(properties, self.sink.unshared);
            return;
        };
        let (start, end) = (self.record.at.start as usize, self.record.at.end as usize);
        // Objects are numbered in turn; the numbers of types stay.
        let bytes = &self.text.as_bytes()[start..end];
        let objects = memmem::find_iter(bytes, b"<Obj ").filter_map(|place| {
            let tag = &bytes[place..];
            let number = memmem::find(&tag[..memchr(b'>', tag)?], b" RefId=\"")? + 8;
            let length = tag[number..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            (length > 0).then_some((start + place + number, length))
        });
        let objects: Vec<(usize, usize)> = objects.collect();
        let name = self.record.value(Property::Name).and_then(Value::whole);
        let shown = self.shown.filter(|&(from, to)| name == Some(&self.text[from..to])).map(|(from, _)| from);
        let beside = Beside { shown, digits: &objects, remarks: &self.remarks };
        self.record.repeats = foretold.learn(self.text, end, &self.record, &beside);
    }

    /// Hands on the record at hand with the lists that had to be written anew.
    fn emit_resolved(&mut self) {
        let resolved = std::mem::take(&mut self.resolved);
        let mut record = self.record.clone();
        for (index, elements) in &resolved {
            if let Some(Field { value: Value::List(list), .. }) = record.fields.get_mut(*index) {
                *list = RawList { raw: elements, ..*list };
            }
        }
        self.sink.record(&record);
    }

    fn kind(&mut self) -> Kind {
        let type_name = self.type_name;
        let known =
            self.record.fields.iter().map(|field| field.property).filter(|property| *property != Property::Other);
        let properties: Properties = known.collect();
        if let Some((judged_type, judged, kind)) = self.judged
            && (judged_type, judged) == (type_name, properties)
        {
            return kind;
        }
        let kind = Kind::of(type_name, self.record.command, properties);
        self.judged = Some((type_name, properties, kind));
        kind
    }

    /// Says that everything up to `end` holds nothing but tags around records.
    fn account(&mut self, end: usize) {
        if self.accounted < end {
            let gap = self.text[self.accounted..end].trim_matches(is_blank);
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

    fn range(&self, part: &str) -> (usize, usize) {
        let start = (part.as_ptr() as usize) - (self.text.as_ptr() as usize);
        (start, start + part.len())
    }

    fn line_start(&self, at: usize) -> usize {
        memrchr(b'\n', &self.text.as_bytes()[..at]).map_or(0, |found| found + 1)
    }

    /// Where the next line begins.
    fn line_end(&self, at: usize) -> usize {
        memchr(b'\n', &self.text.as_bytes()[at..]).map_or(self.text.len(), |found| at + found + 1)
    }
}

fn is_blank(char: char) -> bool {
    char.is_whitespace() || char == '\u{FEFF}'
}

/// Whether a text is the name of the type of a list whose elements were not written.
fn is_gone(shown: &str) -> bool {
    super::types::is_type_name(shown)
}

fn skip_text<'t>(tokens: &mut Tokens<'t>) -> Result<Token<'t>, Fault> {
    loop {
        match tokens.next()? {
            Token::Text => {}
            token => return Ok(token),
        }
    }
}

/// Whether a type says nothing of an object: that of a custom one, or of one that `Select-Object` made.
fn is_custom(name: &str) -> bool {
    name.contains("PSCustomObject") || name.contains("PSObject")
}

#[cfg(test)]
mod tests;
