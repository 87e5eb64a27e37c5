//! What a JSON value says as the value of a property: texts, lists, references, other objects.

use std::borrow::Cow;

use super::scan::{Form, Raw, skip_blank, value};
use crate::diagnostic::{RuleId, noticed};
use crate::name::same;
use crate::read::joined::{Joined, is_custom_object};
use crate::read::types::is_type_name;
use crate::record::{Complete, Items, Properties, Property, RawList, Rest, Value, enum_name, is_enumeration};

/// The value of a property, and what is to be noticed about it. What must be unescaped goes into a text of `spare`.
pub(super) fn read<'t>(
    text: &'t str,
    property: Property,
    raw: Raw,
    spare: &mut Vec<String>,
) -> (Value<'t>, Option<RuleId>) {
    let plain = |word: &'static str| (Value::text(word), None);
    match raw.form {
        Form::Null => (Value::Nothing, None),
        Form::True => plain("True"),
        Form::False => plain("False"),
        Form::Number => number(text, property, raw),
        Form::String { escaped } => string(text, property, raw, escaped, spare),
        Form::Array => (list(&text[raw.start..raw.end]), None),
        Form::Object => object(text, property, raw, spare),
    }
}

fn number<'t>(text: &'t str, property: Property, raw: Raw) -> (Value<'t>, Option<RuleId>) {
    let number = &text[raw.start..raw.end];
    let unknown = is_enumeration(property) && enum_name(property, number).is_none();
    (Value::Text(Cow::Borrowed(number), complete(raw)), unknown.then_some(noticed::UNKNOWN_NUMBER))
}

fn string<'t>(
    text: &'t str,
    property: Property,
    raw: Raw,
    escaped: bool,
    spare: &mut Vec<String>,
) -> (Value<'t>, Option<RuleId>) {
    let content = &text[raw.start..raw.end];
    if content.is_empty() {
        return (if raw.cut { Value::Text(Cow::Borrowed(""), Complete::Cut) } else { Value::Nothing }, None);
    }
    let decoded = if escaped { unescape_into(content, spare.pop()) } else { Cow::Borrowed(content) };
    if raw.cut {
        return (Value::Text(decoded, Complete::Cut), None);
    }
    if !property.is_list() {
        let gone = is_type_name(&decoded) || is_custom_object(&decoded);
        if gone {
            return (Value::Text(decoded, Complete::Flattened), Some(noticed::FLATTENED_LIST));
        }
        let value = Value::of_cell(property, decoded);
        let is_cut = value.is_cut();
        return (value, is_cut.then_some(noticed::CUT_VALUE));
    }
    match Joined::of(property, &decoded) {
        Joined::Flattened => (Value::Text(decoded, Complete::Flattened), Some(noticed::FLATTENED_LIST)),
        joined => {
            let unsplit = joined == Joined::Unsplit;
            let raw = RawList { raw: content, detail: joined.detail(), split: split_text };
            (Value::List(raw), unsplit.then_some(noticed::BLANK_JOINED_LIST))
        }
    }
}

fn object<'t>(text: &'t str, property: Property, raw: Raw, spare: &mut Vec<String>) -> (Value<'t>, Option<RuleId>) {
    let whole = &text[raw.start..raw.end];
    match meaning(whole) {
        Meaning::Wrapped(inner) => read(whole, property, inner, spare),
        Meaning::Reference(_) | Meaning::Entry | Meaning::Other if property.is_list() => (list(whole), None),
        Meaning::Reference(name) => (Value::Text(text_of(whole, name), complete(name)), None),
        Meaning::Entry | Meaning::Other if raw.cut => (Value::Text(Cow::Borrowed(whole), Complete::Cut), None),
        Meaning::Entry | Meaning::Other => (Value::Object(Cow::Borrowed(whole)), None),
    }
}

const fn complete(raw: Raw) -> Complete {
    if raw.cut { Complete::Cut } else { Complete::Yes }
}

/// What an object stands for.
enum Meaning {
    /// `{"value":[…],"Count":2}` and the like: what Windows PowerShell 5.1 makes of a value with properties of its own.
    Wrapped(Raw),
    /// An `ADObjectId`: its name.
    Reference(Raw),
    /// A role entry, inside its role.
    Entry,
    /// Something else.
    Other,
}

/// The properties of which one shows that an object with a name stands for another object.
const IDENTITIES: &[&str] =
    &["Rdn", "DistinguishedName", "ObjectGuid", "PartitionGuid", "Guid", "Identity", "ExchangeObjectId", "Sid"];

fn meaning(object: &str) -> Meaning {
    let (mut name, mut identified, mut entry, mut count) = (None, false, false, 0);
    let mut wrapped = None;
    for (key, raw) in Members::of(object) {
        count += 1;
        let is_text = matches!(raw.form, Form::String { .. });
        match key {
            "value" if count == 1 => wrapped = Some(raw),
            // An enumeration from another session: the number is the value, and its name a property of it.
            "Value" if wrapped.is_some() && is_text => wrapped = Some(raw),
            _ if wrapped.is_some() => {}
            _ if key.eq_ignore_ascii_case("Name") => {
                name = name.or(Some(raw).filter(|raw| is_text && raw.start < raw.end));
            }
            _ if IDENTITIES.iter().any(|known| known.eq_ignore_ascii_case(key)) => identified = true,
            _ => entry |= key.eq_ignore_ascii_case("Parameters") || key.eq_ignore_ascii_case("PSSnapinName"),
        }
        if identified && name.is_some() && !entry {
            break;
        }
    }
    match (wrapped, name) {
        (Some(raw), _) => Meaning::Wrapped(raw),
        (None, Some(_)) if entry => Meaning::Entry,
        (None, Some(name)) if identified || count == 1 => Meaning::Reference(name),
        _ => Meaning::Other,
    }
}

/// The properties that an object has.
pub(super) fn properties_of(object: &str) -> Properties {
    Members::of(object).map(|(key, _)| Property::named(key)).collect()
}

/// The members of an object, as far as it can be read.
struct Members<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Members<'t> {
    fn of(object: &'t str) -> Self {
        Self { text: object, at: 1 }
    }
}

impl<'t> Iterator for Members<'t> {
    /// The name, escapes and all, and the value.
    type Item = (&'t str, Raw);

    fn next(&mut self) -> Option<Self::Item> {
        let mut at = skip_blank(self.text, self.at);
        if self.text.as_bytes().get(at) == Some(&b',') {
            at = skip_blank(self.text, at + 1);
        }
        let key = value(self.text, at).ok().filter(|raw| matches!(raw.form, Form::String { .. }) && !raw.cut)?;
        at = skip_blank(self.text, key.next);
        if self.text.as_bytes().get(at) != Some(&b':') {
            return None;
        }
        let raw = value(self.text, skip_blank(self.text, at + 1)).ok()?;
        self.at = raw.next;
        Some((&self.text[key.start..key.end], raw))
    }
}

fn list(raw: &str) -> Value<'_> {
    Value::List(RawList { raw, detail: 0, split: split_array })
}

/// The items of a text that stands for a list.
fn split_text(content: &str, detail: u64) -> Items<'_> {
    Joined::from_detail(detail).items(unescape(content))
}

/// The items of an array; an object in its place is a list of one.
fn split_array(array: &str, _detail: u64) -> Items<'_> {
    let mut items = Vec::new();
    if array.starts_with('{') {
        let whole = Raw { start: 0, end: array.len(), next: array.len(), form: Form::Object, cut: false };
        let item = element(array, whole);
        let rest = if item.is_some() { Rest::None } else { Rest::Cut(None) };
        items.extend(item);
        return Items { items, rest };
    }
    let mut nameless = false;
    let mut at = 1;
    loop {
        at = skip_blank(array, at);
        match array.as_bytes().get(at) {
            Some(b',') => at += 1,
            // Somebody is in the list whom nothing names.
            Some(b']') if nameless => return Items { items, rest: Rest::Cut(None) },
            Some(b']') => return Items { items, rest: Rest::None },
            _ => match value(array, at) {
                Ok(raw) if raw.cut => return Items { items, rest: Rest::Cut(element(array, raw)) },
                Ok(raw) => {
                    let item = element(array, raw);
                    nameless |= item.is_none() && raw.form == Form::Object;
                    items.extend(item);
                    at = raw.next;
                }
                Err(_) => return Items { items, rest: Rest::Cut(None) },
            },
        }
    }
}

/// One item of a list; `None` for null, and for an object that nothing names.
fn element(array: &str, raw: Raw) -> Option<Cow<'_, str>> {
    let whole = &array[raw.start..raw.end];
    Some(match raw.form {
        Form::Null => return None,
        Form::True => Cow::Borrowed("True"),
        Form::False => Cow::Borrowed("False"),
        Form::String { .. } => text_of(array, raw),
        Form::Number | Form::Array => Cow::Borrowed(whole),
        Form::Object => match meaning(whole) {
            Meaning::Reference(name) => text_of(whole, name),
            Meaning::Wrapped(inner) => text_of(whole, inner),
            Meaning::Entry => Cow::Owned(entry(whole)),
            Meaning::Other => name_in(whole)?,
        },
    })
}

/// What collectors copy into their lists of objects, the most telling first.
const NAMES: &[&str] = &[
    "Name",
    "UserPrincipalName",
    "PrimarySmtpAddress",
    "Mail",
    "Identity",
    "DistinguishedName",
    "Guid",
    "Id",
    "SamAccountName",
    "Alias",
    "DisplayName",
];

/// The text that names an object of somebody's own making.
fn name_in(object: &str) -> Option<Cow<'_, str>> {
    let named = Members::of(object).filter(|(_, raw)| matches!(raw.form, Form::String { .. }) && raw.start < raw.end);
    let ranked = named.filter_map(|(key, raw)| Some((NAMES.iter().position(|known| same(known, key))?, raw)));
    ranked.min_by_key(|(rank, _)| *rank).map(|(_, raw)| text_of(object, raw))
}

/// A role entry as PowerShell prints it inside its role: `(snap-in) Cmdlet -Parameter …`.
fn entry(object: &str) -> String {
    let (mut name, mut snapin, mut parameters) = (Cow::Borrowed(""), Cow::Borrowed(""), Items::default());
    for (key, raw) in Members::of(object) {
        let is_text = matches!(raw.form, Form::String { .. });
        if key.eq_ignore_ascii_case("Name") && is_text {
            name = text_of(object, raw);
        } else if key.eq_ignore_ascii_case("PSSnapinName") && is_text {
            snapin = text_of(object, raw);
        } else if key.eq_ignore_ascii_case("Parameters")
            && let (Value::List(list), _) = read(object, Property::Parameters, raw, &mut Vec::new())
        {
            parameters = list.items();
        }
    }
    let mut text = String::new();
    if !snapin.is_empty() {
        text.extend(["(", &*snapin, ") "]);
    }
    text.push_str(&name);
    for parameter in &parameters.items {
        text.extend([" -", &**parameter]);
    }
    text
}

/// The text of a string without its escapes; of anything else, as it stands.
fn text_of(text: &str, raw: Raw) -> Cow<'_, str> {
    let content = &text[raw.start..raw.end];
    if raw.form == (Form::String { escaped: true }) { unescape(content) } else { Cow::Borrowed(content) }
}

/// The text of a string, escapes resolved. What is no escape stays as it stands; one that the end cuts is left out.
pub(super) fn unescape(content: &str) -> Cow<'_, str> {
    unescape_into(content, None)
}

/// The same, in a text that is no longer needed where there is one.
fn unescape_into(content: &str, spare: Option<String>) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'\\', content.as_bytes()) else { return Cow::Borrowed(content) };
    let mut text = spare.unwrap_or_default();
    text.clear();
    text.reserve(content.len());
    text.push_str(&content[..first]);
    let mut rest = &content[first..];
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(escape) = rest.chars().next() else { return Cow::Owned(text) };
        rest = &rest[escape.len_utf8()..];
        match escape {
            '"' | '\\' | '/' => text.push(escape),
            'b' => text.push('\u{8}'),
            'f' => text.push('\u{c}'),
            'n' => text.push('\n'),
            'r' => text.push('\r'),
            't' => text.push('\t'),
            'u' => match push_unit(&mut text, rest) {
                Some(length) => rest = &rest[length..],
                None => return Cow::Owned(text),
            },
            _ => text.extend(['\\', escape]),
        }
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// Appends the character of `\uXXXX`, whose digits begin `rest`, and returns how much of `rest` it took. Two halves of
/// a pair are one character; one alone is U+FFFD. `None` where the text ends within the digits.
fn push_unit(text: &mut String, rest: &str) -> Option<usize> {
    let unit = |digits: Option<&str>| digits.and_then(|digits| u16::from_str_radix(digits, 16).ok());
    let Some(first) = unit(rest.get(..4)) else {
        if rest.len() < 4 {
            return None;
        }
        text.push('\u{FFFD}');
        return Some(0);
    };
    let second = rest.get(4..6).filter(|escape| *escape == "\\u").and_then(|_| unit(rest.get(6..10)));
    match char::decode_utf16([first, second.unwrap_or(0)]).next() {
        Some(Ok(char)) => {
            text.push(char);
            Some(if char.len_utf16() == 2 { 10 } else { 4 })
        }
        _ => {
            text.push('\u{FFFD}');
            Some(4)
        }
    }
}

/// Whether a text is one JSON value and nothing else.
pub(super) fn is_valid(json: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(json).is_ok()
}

/// An object on one line, with what must not be seen escaped; `None` where it is no JSON.
pub(super) fn compact(json: &str) -> Option<String> {
    if !is_valid(json) {
        return None;
    }
    let mut out = String::with_capacity(json.len());
    let (mut in_string, mut escaped) = (false, false);
    for char in json.chars() {
        match char {
            ' ' | '\n' | '\r' | '\t' if !in_string => continue,
            '"' if !escaped => in_string = !in_string,
            _ if crate::hidden::is_hidden(char) => {
                let mut units = [0; 2];
                out.extend(char.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
                continue;
            }
            _ => {}
        }
        escaped = in_string && char == '\\' && !escaped;
        out.push(char);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(property: Property, json: &str) -> String {
        let raw = value(json, 0).expect("the literal is a value");
        match read(json, property, raw, &mut Vec::new()).0 {
            Value::Nothing => "nothing".to_owned(),
            Value::Text(text, Complete::Yes) => text.into_owned(),
            Value::Text(text, complete) => format!("{complete:?} {text}"),
            Value::Object(text) => format!("object {text}"),
            Value::List(list) => format!("{:?}", list.items()),
        }
    }

    fn items(property: Property, json: &str) -> Vec<String> {
        let raw = value(json, 0).expect("the literal is a value");
        let Value::List(list) = read(json, property, raw, &mut Vec::new()).0 else { return Vec::new() };
        let items = list.items();
        assert_eq!(items.rest, Rest::None);
        items.items.into_iter().map(Cow::into_owned).collect()
    }

    const ROLE: &str =
        r#"{"IsDeleted":false,"Rdn":"CN=Help Desk","DistinguishedName":"CN=Help Desk,CN=Roles","Name":"Help Desk"}"#;

    #[test]
    fn a_reference_is_its_name() {
        assert_eq!(shown(Property::Role, ROLE), "Help Desk");
        assert_eq!(items(Property::Roles, &format!("[{ROLE}, {ROLE}]")), ["Help Desk", "Help Desk"]);
        assert_eq!(items(Property::Roles, ROLE), ["Help Desk"]);
        assert_eq!(shown(Property::Other, r#"{"Major":0,"Minor":11}"#), r#"object {"Major":0,"Minor":11}"#);
    }

    #[test]
    fn a_wrapped_value_is_what_it_wraps() {
        let roles = r#"{"value":["Help Desk","Journaling"],"Count":2}"#;
        assert_eq!(items(Property::Roles, roles), ["Help Desk", "Journaling"]);
        assert_eq!(shown(Property::RoleAssigneeType, r#"{"value":10,"Value":"RoleGroup"}"#), "RoleGroup");
        assert_eq!(shown(Property::RoleAssigneeType, r#"{"value":10,"PSComputerName":"ex01"}"#), "10");
    }

    #[test]
    fn a_role_entry_inside_its_role_is_printed_as_exchange_prints_it() {
        let entry = r#"{"PSSnapinName":"E2010","Name":"Get-User","Parameters":["Anr","Filter"]}"#;
        assert_eq!(items(Property::RoleEntries, &format!("[{entry}]")), ["(E2010) Get-User -Anr -Filter"]);
    }

    #[test]
    fn escapes_are_resolved() {
        let text = r#""O\u0027Neill \"x\" \/Date(1)\/ \ud83d\ude00 \ud83d!""#;
        assert_eq!(shown(Property::Name, text), "O'Neill \"x\" /Date(1)/ \u{1F600} \u{FFFD}!");
        assert_eq!(unescape(r"Anna\u00"), "Anna");
        assert_eq!(unescape(r"Anna\"), "Anna");
        assert_eq!(unescape(r"\uZZZZ"), "\u{FFFD}ZZZZ");
        assert_eq!(items(Property::Members, r#"["Zo\u00eb","\\u0041"]"#), ["Zo\u{eb}", "\\u0041"]);
    }

    #[test]
    fn a_text_where_a_list_belongs_is_no_item() {
        assert_eq!(shown(Property::Roles, "\"System.Object[]\""), "Flattened System.Object[]");
        assert_eq!(shown(Property::Other, "\"@{Name=Help Desk; Id=1}\""), "Flattened @{Name=Help Desk; Id=1}");
        assert!(shown(Property::Roles, "\"Mail Recipients Journaling\"").contains("Unsplit"));
        assert_eq!(items(Property::Parameters, "\"Anr Filter\""), ["Anr", "Filter"]);
        assert_eq!(shown(Property::Other, "\"{a, b}\""), "{a, b}");
    }

    #[test]
    fn a_list_that_the_end_cuts_says_so() {
        assert!(shown(Property::Roles, r#"["Mail Recipients","Journ"#).contains("rest: Cut(Some(\"Journ\"))"));
        assert!(shown(Property::Roles, r#"["Mail Recipients","#).contains("rest: Cut(None)"));
    }

    #[test]
    fn other_objects_go_on_one_line_with_hidden_characters_escaped() {
        assert_eq!(compact("{ \"a\" :\n [1, \"b \\\" c\"] }").as_deref(), Some(r#"{"a":[1,"b \" c"]}"#));
        assert_eq!(compact("{\"a\":\"\u{202e}x\"}").as_deref(), Some("{\"a\":\"\\u202ex\"}"));
        assert_eq!(compact("{\"a\":}"), None);
    }
}
