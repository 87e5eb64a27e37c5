//! What a CLIXML element says as the value of a property: texts, lists, references, other objects.

use std::borrow::Cow;

use memchr::{memchr, memmem};

use super::text::decode;
use super::token::{Fault, Tag, Token, Tokens};
use crate::diagnostic::{RuleId, noticed};
use crate::read::joined::{Joined, is_custom_object};
use crate::read::types::is_type_name;
use crate::record::{Complete, Items, Property, RawList, Rest, Value};

/// The deepest nesting that is followed; `Export-Clixml` goes to 100.
pub(super) const DEPTH_MAX: usize = 110;

/// The value of a text element, and what is to be noticed about it.
pub(super) fn text<'t>(property: Property, raw: &'t str) -> (Value<'t>, Option<RuleId>) {
    let text = decode(raw);
    if text.is_empty() {
        return (Value::Nothing, None);
    }
    if !property.is_list() {
        let gone = is_type_name(&text) || is_custom_object(&text);
        if gone {
            return (Value::Text(text, Complete::Flattened), Some(noticed::FLATTENED_LIST));
        }
        let value = Value::of_cell(property, text);
        let is_cut = value.is_cut();
        return (value, is_cut.then_some(noticed::CUT_VALUE));
    }
    match Joined::of(property, &text) {
        Joined::Flattened => (Value::Text(text, Complete::Flattened), Some(noticed::FLATTENED_LIST)),
        joined => {
            let unsplit = joined == Joined::Unsplit;
            let list = RawList { raw, detail: joined.detail(), split: split_text };
            (Value::List(list), unsplit.then_some(noticed::BLANK_JOINED_LIST))
        }
    }
}

fn split_text(raw: &str, detail: u64) -> Items<'_> {
    Joined::from_detail(detail).items(decode(raw))
}

/// The value of a list whose elements are `raw`; the text may end within them.
pub(super) fn list(raw: &str, cut: bool) -> Value<'_> {
    Value::List(RawList { raw, detail: u64::from(cut), split: split_elements })
}

/// The items of a list of elements.
fn split_elements(raw: &str, cut: u64) -> Items<'_> {
    let mut tokens = Tokens::new(raw, 0);
    let mut items = Vec::new();
    loop {
        match tokens.next() {
            Ok(Token::Text) => {}
            Ok(Token::Open(tag)) => match item(raw, &mut tokens, tag, 0) {
                Ok(text) => items.extend(text),
                Err(_) => {
                    let partial = Some(visible(raw, tag)).filter(|text| tag.name == "S" && !text.is_empty());
                    return Items { items, rest: Rest::Cut(partial) };
                }
            },
            Ok(Token::End) if cut == 0 => return Items { items, rest: Rest::None },
            _ => return Items { items, rest: Rest::Cut(None) },
        }
    }
}

/// What shows of the text of an element that the end cuts.
pub(super) fn visible<'t>(text: &'t str, tag: Tag<'t>) -> Cow<'t, str> {
    let content = text[tag.at..].split_once('>').map_or("", |(_, content)| content);
    decode(content.split('<').next().unwrap_or(content))
}

/// One item of a list, whose opening tag was read; `None` for null.
fn item<'t>(raw: &'t str, tokens: &mut Tokens<'t>, tag: Tag<'t>, depth: usize) -> Result<Option<Cow<'t, str>>, Fault> {
    match tag.name {
        "Obj" => {
            let object = object(raw, tokens, tag, depth, &mut |_, _| {})?;
            Ok(object.shown(raw))
        }
        "Nil" | "Ref" => skip(tokens, tag).map(|()| None),
        _ => {
            let content = content(raw, tokens, tag)?;
            Ok(Some(primitive(tag.name, content)))
        }
    }
}

/// The text of a primitive element.
pub(super) fn primitive<'t>(name: &str, raw: &'t str) -> Cow<'t, str> {
    match (name, raw) {
        ("B", "true") => Cow::Borrowed("True"),
        ("B", "false") => Cow::Borrowed("False"),
        // A character is written as its number.
        ("C", _) => match raw.parse().ok().and_then(char::from_u32) {
            Some(char) => Cow::Owned(char.to_string()),
            None => Cow::Borrowed(raw),
        },
        _ => decode(raw),
    }
}

/// The content of an element that holds only text.
pub(super) fn content<'t>(text: &'t str, tokens: &mut Tokens<'t>, tag: Tag<'t>) -> Result<&'t str, Fault> {
    let start = tokens.at();
    if tag.empty {
        return Ok(&text[start..start]);
    }
    if let Some(content) = tokens.leaf(tag.name) {
        return Ok(content);
    }
    loop {
        let end = tokens.at();
        match tokens.next()? {
            Token::Text => {}
            Token::Close(name) if name == tag.name => return Ok(&text[start..end]),
            Token::End => return Err(Fault::Ends),
            _ => return Err(Fault::Syntax(end)),
        }
    }
}

/// Passes over an element without its content's meaning.
pub(super) fn skip(tokens: &mut Tokens<'_>, tag: Tag<'_>) -> Result<(), Fault> {
    if tag.empty || tokens.leaf(tag.name).is_some() {
        return Ok(());
    }
    let mut depth = 1_usize;
    while depth > 0 {
        match tokens.next()? {
            Token::Open(inner) => depth += usize::from(!inner.empty),
            Token::Close(name) if depth == 1 && name != tag.name => return Err(Fault::Syntax(tokens.began())),
            Token::Close(_) => depth -= 1,
            Token::Text => {}
            Token::End => return Err(Fault::Ends),
        }
    }
    Ok(())
}

/// An object inside a record, as far as a value needs it. Offsets are those of the text it was read from.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Object {
    /// What its `ToString` gives.
    pub(super) shown: Option<(usize, usize)>,
    /// Its property `Name`.
    pub(super) name: Option<(usize, usize)>,
    /// The elements of the list it is.
    pub(super) list: Option<(usize, usize)>,
    /// The text ends inside the list.
    pub(super) cut: bool,
    /// Whether an element of the list only points to an object that was written before.
    pub(super) refers: bool,
    /// The whole element.
    pub(super) whole: (usize, usize),
}

impl Object {
    /// The one text that stands for the object: its `ToString`, else its name, else all of it.
    pub(super) fn shown<'t>(&self, text: &'t str) -> Option<Cow<'t, str>> {
        if let Some((start, end)) = self.shown.or(self.name) {
            return Some(decode(&text[start..end]));
        }
        let whole = text.get(self.whole.0..self.whole.1)?;
        Some(Cow::Owned(json(whole)))
    }

    /// The text of it, where it has one.
    pub(super) fn text<'t>(&self, text: &'t str) -> Option<&'t str> {
        self.shown.or(self.name).map(|(start, end)| &text[start..end])
    }
}

/// Called with each object inside and, for the first of a list of types, with the type.
pub(super) type Seen<'f, 't> = dyn FnMut(usize, Known<'t>) + 'f;

/// Something that later elements may point to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Known<'t> {
    /// The first type of a list of types.
    Type(&'t str),
    /// An object.
    Object(Object),
}

/// Reads an object whose opening tag was read.
///
/// Errors: where the text ends inside a list, that list is handed on as cut, and the error comes with the next token.
pub(super) fn object<'t>(
    text: &'t str,
    tokens: &mut Tokens<'t>,
    tag: Tag<'t>,
    depth: usize,
    seen: &mut Seen<'_, 't>,
) -> Result<Object, Fault> {
    let mut object = Object { whole: (tag.at, tag.at), ..Object::default() };
    if depth >= DEPTH_MAX {
        return Err(Fault::Syntax(tag.at));
    }
    let mut open = !tag.empty;
    while open {
        match tokens.next()? {
            Token::Text => {}
            Token::Close(name) if name == tag.name => open = false,
            Token::Open(inner) => match part(text, tokens, inner, depth, &mut object, seen) {
                Err(Fault::Ends) if object.list.is_some() && object.cut => return Ok(object),
                done => done?,
            },
            Token::End => return Err(Fault::Ends),
            Token::Close(_) => return Err(Fault::Syntax(tokens.began())),
        }
    }
    object.whole.1 = tokens.at();
    if let Some(number) = tag.number() {
        seen(number, Known::Object(object));
    }
    Ok(object)
}

/// Reads one part of an object.
fn part<'t>(
    text: &'t str,
    tokens: &mut Tokens<'t>,
    tag: Tag<'t>,
    depth: usize,
    object: &mut Object,
    seen: &mut Seen<'_, 't>,
) -> Result<(), Fault> {
    match tag.name {
        "TN" => types(text, tokens, tag).map(|first| {
            if let (Some(number), Some(first)) = (tag.number(), first) {
                seen(number, Known::Type(first));
            }
        }),
        "ToString" => {
            let shown = content(text, tokens, tag)?;
            object.shown = Some(range(text, shown));
            Ok(())
        }
        "LST" | "IE" | "STK" | "QUE" => elements(text, tokens, tag, depth, object, seen),
        "Props" | "MS" => members(text, tokens, tag, depth, object, seen),
        "Obj" => self::object(text, tokens, tag, depth + 1, seen).map(|_| ()),
        _ => skip(tokens, tag),
    }
}

/// The first type of a list of types.
pub(super) fn types<'t>(text: &'t str, tokens: &mut Tokens<'t>, tag: Tag<'t>) -> Result<Option<&'t str>, Fault> {
    let mut first = None;
    let mut open = !tag.empty;
    while open {
        match tokens.next()? {
            Token::Text => {}
            Token::Close(name) if name == tag.name => open = false,
            Token::Open(inner) if inner.name == "T" => {
                let name = content(text, tokens, inner)?;
                first = first.or(Some(name));
            }
            Token::End => return Err(Fault::Ends),
            _ => return Err(Fault::Syntax(tokens.began())),
        }
    }
    Ok(first)
}

/// Passes over the elements of a list and notes where they are.
fn elements<'t>(
    text: &'t str,
    tokens: &mut Tokens<'t>,
    tag: Tag<'t>,
    depth: usize,
    object: &mut Object,
    seen: &mut Seen<'_, 't>,
) -> Result<(), Fault> {
    let start = tokens.at();
    object.list = Some((start, start));
    if tag.empty {
        return Ok(());
    }
    if let Some(end) = plain_end(text, start, tag.name) {
        object.list = Some((start, end));
        return tokens.leap(end);
    }
    loop {
        let end = tokens.at();
        let done = match tokens.next() {
            Ok(Token::Text) => Ok(()),
            Ok(Token::Close(name)) if name == tag.name => {
                object.list = Some((start, end));
                return Ok(());
            }
            Ok(Token::Open(inner)) if inner.name == "Obj" => self::object(text, tokens, inner, depth + 1, seen)
                .and_then(|inner| if inner.cut { Err(Fault::Ends) } else { Ok(()) }),
            Ok(Token::Open(inner)) => {
                object.refers |= inner.name == "Ref";
                skip(tokens, inner)
            }
            Ok(Token::End) => Err(Fault::Ends),
            Ok(Token::Close(_)) => Err(Fault::Syntax(end)),
            Err(fault) => Err(fault),
        };
        if done == Err(Fault::Ends) {
            object.list = Some((start, text.len()));
            object.cut = true;
        }
        done?;
    }
}

/// The longest leap. Without a limit, elements without an end would each be searched to the end of the text.
const LEAP_BYTES_MAX: usize = 16 * 1024;

/// Where an element ends that holds nothing but texts and numbers. Such an element is passed over in one leap.
fn plain_end(text: &str, start: usize, name: &str) -> Option<usize> {
    let rest = &text.as_bytes()[start..text.len().min(start + LEAP_BYTES_MAX)];
    let closing: &[u8] = match name {
        "LST" => b"</LST>",
        "Props" => b"</Props>",
        "MS" => b"</MS>",
        _ => return None,
    };
    let inside = &rest[..memmem::find(rest, closing)?];
    // Objects and references to them have numbers; comments and the like, an exclamation mark.
    let is_plain = memmem::find(inside, b"RefId").is_none() && memchr(b'!', inside).is_none();
    is_plain.then_some(start + inside.len())
}

/// Passes over members and notes the one that is called `Name`.
fn members<'t>(
    text: &'t str,
    tokens: &mut Tokens<'t>,
    tag: Tag<'t>,
    depth: usize,
    object: &mut Object,
    seen: &mut Seen<'_, 't>,
) -> Result<(), Fault> {
    // An object that says what it is shown as needs no name.
    if object.shown.is_some()
        && !tag.empty
        && let Some(end) = plain_end(text, tokens.at(), tag.name)
    {
        return tokens.leap(end);
    }
    let mut open = !tag.empty;
    while open {
        match tokens.next()? {
            Token::Text => {}
            Token::Close(name) if name == tag.name => open = false,
            Token::Open(inner) if inner.name == "Obj" => {
                if self::object(text, tokens, inner, depth + 1, seen)?.cut {
                    return Err(Fault::Ends);
                }
            }
            Token::Open(inner) if inner.name == "S" && inner.attribute("N") == Some("Name") => {
                object.name = Some(range(text, content(text, tokens, inner)?));
            }
            Token::Open(inner) => skip(tokens, inner)?,
            Token::End => return Err(Fault::Ends),
            Token::Close(_) => return Err(Fault::Syntax(tokens.began())),
        }
    }
    Ok(())
}

fn range(text: &str, part: &str) -> (usize, usize) {
    let start = (part.as_ptr() as usize) - (text.as_ptr() as usize);
    (start, start + part.len())
}

/// An element as JSON: an array, an object of its members, or a text.
pub(super) fn json(element: &str) -> String {
    let mut out = String::new();
    let mut tokens = Tokens::new(element, 0);
    if let Ok(Token::Open(tag)) = tokens.next() {
        // What cannot be read was reported with the record.
        let _ = push_element(&mut out, element, &mut tokens, tag, 0);
    }
    out
}

/// How many objects inside each other are written as such; a deeper one is its text alone, as with `-Depth`.
const JSON_DEPTH_MAX: usize = 6;

fn push_element<'t>(
    out: &mut String,
    text: &'t str,
    tokens: &mut Tokens<'t>,
    tag: Tag<'t>,
    depth: usize,
) -> Result<(), Fault> {
    match tag.name {
        "Obj" => {
            let object = object(text, tokens, tag, 0, &mut |_, _| {})?;
            if let (Some((start, end)), true) = (object.list, depth < JSON_DEPTH_MAX) {
                push_elements(out, &text[start..end], depth);
            } else if let (None, true) = (object.shown, depth < JSON_DEPTH_MAX) {
                push_members(out, &text[object.whole.0..object.whole.1], depth);
            } else {
                push_text(out, &decode(object.text(text).unwrap_or("")));
            }
        }
        "Nil" | "Ref" => {
            skip(tokens, tag)?;
            out.push_str("null");
        }
        name => {
            let content = content(text, tokens, tag)?;
            push_text(out, &primitive(name, content));
        }
    }
    Ok(())
}

fn push_elements(out: &mut String, list: &str, depth: usize) {
    let mut tokens = Tokens::new(list, 0);
    out.push('[');
    let mut separator = "";
    while let Ok(token) = tokens.next() {
        match token {
            Token::Open(tag) => {
                out.push_str(std::mem::replace(&mut separator, ","));
                if push_element(out, list, &mut tokens, tag, depth + 1).is_err() {
                    break;
                }
            }
            Token::End => break,
            Token::Text | Token::Close(_) => {}
        }
    }
    out.push(']');
}

fn push_members(out: &mut String, element: &str, depth: usize) {
    let mut tokens = Tokens::new(element, 0);
    out.push('{');
    let (mut level, mut separator) = (0_usize, "");
    while let Ok(token) = tokens.next() {
        match token {
            // The members lie below the object and one of these.
            Token::Open(tag) if level == 0 || level == 1 && matches!(tag.name, "Props" | "MS") => {
                level += usize::from(!tag.empty);
            }
            Token::Open(tag) => {
                let Some(name) = tag.attribute("N").filter(|name| level == 2 && *name != SERIALIZATION_DATA) else {
                    if skip(&mut tokens, tag).is_err() {
                        break;
                    }
                    continue;
                };
                out.push_str(std::mem::replace(&mut separator, ","));
                push_text(out, &decode(name));
                out.push(':');
                if push_element(out, element, &mut tokens, tag, depth + 1).is_err() {
                    break;
                }
            }
            Token::Close(_) => level = level.saturating_sub(1),
            Token::Text => {}
            Token::End => break,
        }
    }
    out.push('}');
}

/// A member that holds the object once more, in a form that only .NET reads.
pub(super) const SERIALIZATION_DATA: &str = "SerializationData";

/// Appends a text as JSON, with what must not be seen escaped.
fn push_text(out: &mut String, text: &str) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' | '\\' => out.extend(['\\', char]),
            _ if char.is_control() || crate::hidden::is_hidden(char) => {
                let mut units = [0; 2];
                out.extend(char.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
            }
            _ => out.push(char),
        }
    }
    out.push('"');
}
