//! `ConvertTo-Json`.

use super::{COMPUTER_NAME, Datum, Edition, How, Link, Object, RUNSPACE_ID, Session, Writer, cells, push_blanks};

/// How the objects lie in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// An array, or one object bare.
    Pretty,
    /// An array also around one object (`-AsArray`).
    PrettyArray,
    /// `-Compress`.
    Compressed,
    /// One compressed object a line.
    Lines,
}

pub(crate) struct JsonWriter<'h> {
    how: &'h How,
    layout: Layout,
    /// There is one object, and no brackets around it.
    bare: bool,
    nested: bool,
    names_of_enums: bool,
    first: bool,
}

impl<'h> JsonWriter<'h> {
    pub(crate) fn new(how: &'h How, layout: Layout, one: bool, nested: bool, names_of_enums: bool) -> Self {
        let bare = match layout {
            Layout::Pretty | Layout::Compressed => one,
            Layout::PrettyArray => false,
            Layout::Lines => true,
        };
        JsonWriter { how, layout, bare, nested, names_of_enums, first: true }
    }

    fn is_compressed(&self) -> bool {
        matches!(self.layout, Layout::Compressed | Layout::Lines)
    }

    /// How far the content of a bracket stands in.
    fn step(&self) -> usize {
        match self.how.edition {
            Edition::Classic => 4,
            Edition::Core => 2,
        }
    }

    fn break_line(&self, indent: usize, out: &mut String) {
        if !self.is_compressed() {
            out.push_str(self.how.newline);
            push_blanks(indent, out);
        }
    }

    /// Where the content of a value starts that follows the key `name`. 5.1 indents it from the
    /// column of its bracket, 7 from the line.
    fn push_key(&self, name: &str, indent: usize, out: &mut String) -> usize {
        push_text(name, self.how.edition, out);
        out.push_str(match (self.is_compressed(), self.how.edition) {
            (true, _) => ":",
            (false, Edition::Classic) => ":  ",
            (false, Edition::Core) => ": ",
        });
        match self.how.edition {
            Edition::Classic => indent + cells(name) + "\"\":  ".len(),
            Edition::Core => indent,
        }
    }

    /// Writes a bracketed list of `items`, whose closing bracket stands at `indent`.
    fn push_list<T>(
        &self,
        (open, close): (char, char),
        items: impl Iterator<Item = T>,
        indent: usize,
        out: &mut String,
        mut push: impl FnMut(T, usize, &mut String),
    ) {
        out.push(open);
        let inner = indent + self.step();
        let mut count = 0;
        for item in items {
            if count > 0 {
                out.push(',');
            }
            count += 1;
            self.break_line(inner, out);
            push(item, inner, out);
        }
        // An empty list of 5.1 still has its two line breaks.
        if count == 0 && self.how.edition == Edition::Classic && !self.is_compressed() {
            out.push_str(self.how.newline);
        }
        if count > 0 || self.how.edition == Edition::Classic {
            self.break_line(indent, out);
        }
        out.push(close);
    }

    fn push_datum(&self, datum: &Datum, indent: usize, out: &mut String) {
        let edition = self.how.edition;
        let typed = self.how.session == Session::Typed;
        match datum {
            Datum::Null => out.push_str("null"),
            Datum::Text(text) => push_text(text, edition, out),
            Datum::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
            Datum::Number(number) => out.push_str(&number.to_string()),
            Datum::Enum(_, number) if typed && !self.names_of_enums => out.push_str(&number.to_string()),
            Datum::Enum(name, _) => push_text(name, edition, out),
            Datum::Reference(text) if typed && self.nested => self.push_link(text, indent, out),
            Datum::Reference(text) => push_text(text, edition, out),
            Datum::List(items) | Datum::References(items) if !self.nested => {
                push_text(&items.join(" "), edition, out);
            }
            Datum::References(items) if typed => {
                self.push_list(('[', ']'), items.iter(), indent, out, |item, inner, out| {
                    self.push_link(item, inner, out)
                });
            }
            Datum::List(items) | Datum::References(items) => {
                self.push_list(('[', ']'), items.iter(), indent, out, |item, _, out| push_text(item, edition, out));
            }
        }
    }

    /// An `ADObjectId`, with the properties that name it.
    fn push_link(&self, text: &str, indent: usize, out: &mut String) {
        let link = Link::new(text);
        let properties = [
            ("IsDeleted", Datum::Bool(false)),
            ("Rdn", Datum::Text(link.relative_name())),
            ("Parent", Datum::Text(link.parent.to_owned())),
            ("Depth", Datum::Number(link.depth())),
            ("DistinguishedName", Datum::Text(link.distinguished_name())),
            ("IsRelativeDn", Datum::Bool(false)),
            ("DomainId", Datum::Text("contoso.com".to_owned())),
            ("Name", Datum::Text(link.name.to_owned())),
        ];
        self.push_list(('{', '}'), properties.iter(), indent, out, |(name, datum), inner, out| {
            let at = self.push_key(name, inner, out);
            self.push_datum(datum, at, out);
        });
    }

    fn push_object(&self, object: &Object, indent: usize, out: &mut String) {
        let session = [
            ("PSComputerName", Datum::Text(COMPUTER_NAME.to_owned())),
            ("RunspaceId", Datum::Text(RUNSPACE_ID.to_owned())),
            ("PSShowComputerName", Datum::Bool(false)),
        ];
        let added = if self.how.adds_session_properties() { &session[..] } else { &[] };
        let properties = added.iter().map(|(name, datum)| (*name, datum)).chain(self.how.chosen(object));
        self.push_list(('{', '}'), properties, indent, out, |(name, datum), inner, out| {
            let at = self.push_key(name, inner, out);
            self.push_datum(datum, at, out);
        });
    }
}

impl Writer for JsonWriter<'_> {
    fn begin(&mut self, out: &mut String) {
        if !self.bare {
            out.push('[');
        }
    }

    fn write(&mut self, object: &Object, out: &mut String) {
        if self.bare {
            self.push_object(object, 0, out);
            if self.layout == Layout::Lines {
                out.push_str(self.how.newline);
            }
            return;
        }
        if !std::mem::replace(&mut self.first, false) {
            out.push(',');
        }
        self.break_line(self.step(), out);
        self.push_object(object, self.step(), out);
    }

    fn end(&mut self, out: &mut String) {
        if !self.bare {
            self.break_line(0, out);
            out.push(']');
        }
        if self.layout != Layout::Lines {
            out.push_str(self.how.newline);
        }
    }
}

/// A JSON string. Both editions leave other scripts as they are; 5.1 (JavaScriptSerializer) also
/// escapes what could end a script element.
fn push_text(text: &str, edition: Edition, out: &mut String) {
    out.push('"');
    let mut from = 0;
    for (at, character) in text.char_indices() {
        let escaped = match character {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\u{8}' => "\\b",
            '\u{c}' => "\\f",
            '\'' | '<' | '>' | '&' if edition == Edition::Classic => "",
            '\0'..='\u{1f}' | '\u{85}' | '\u{2028}' | '\u{2029}' => "",
            _ => continue,
        };
        out.push_str(&text[from..at]);
        if escaped.is_empty() {
            out.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            out.push_str(escaped);
        }
        from = at + character.len_utf8();
    }
    out.push_str(&text[from..]);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::super::{Datum, How, Layout, Object, Session, Shape, render};

    fn group() -> Object {
        Object {
            kind: "RoleGroup",
            properties: vec![
                ("Name", Datum::Text("O'Neill & \"Co\"\u{1}".into())),
                ("RoleGroupType", Datum::Enum("Standard", 0)),
                ("Members", Datum::List(vec!["a".into(), "b".into()])),
                ("ManagedBy", Datum::List(vec![])),
                ("LinkedGroup", Datum::Null),
            ],
        }
    }

    fn json(layout: Layout) -> Shape {
        Shape::Json { layout, nested: true, names_of_enums: false }
    }

    #[test]
    fn windows_powershell_builds_a_staircase() {
        let how = How { newline: "\n", ..How::classic(json(Layout::Pretty)) };
        let text = render(&[group(), group()], &how);
        let first = concat!(
            "[\n",
            "    {\n",
            "        \"Name\":  \"O\\u0027Neill \\u0026 \\\"Co\\\"\\u0001\",\n",
            "        \"RoleGroupType\":  0,\n",
            "        \"Members\":  [\n",
            "                        \"a\",\n",
            "                        \"b\"\n",
            "                    ],\n",
            "        \"ManagedBy\":  [\n",
            "\n",
            "                      ],\n",
            "        \"LinkedGroup\":  null\n",
            "    },\n",
            "    {\n",
        );
        assert!(text.starts_with(first), "{text}");
        assert!(text.ends_with("null\n    }\n]\n"), "{text}");
    }

    #[test]
    fn one_object_is_bare() {
        let how = How { newline: "\n", ..How::core(json(Layout::Pretty)) };
        assert_eq!(
            render(&[group()], &how),
            concat!(
                "{\n",
                "  \"Name\": \"O'Neill & \\\"Co\\\"\\u0001\",\n",
                "  \"RoleGroupType\": 0,\n",
                "  \"Members\": [\n    \"a\",\n    \"b\"\n  ],\n",
                "  \"ManagedBy\": [],\n",
                "  \"LinkedGroup\": null\n",
                "}\n",
            ),
        );
        let how = How { properties: vec!["LinkedGroup"], ..How::core(json(Layout::PrettyArray)) };
        assert_eq!(render(&[group()], &how), "[\r\n  {\r\n    \"LinkedGroup\": null\r\n  }\r\n]\r\n");
    }

    #[test]
    fn a_shallow_depth_turns_lists_into_text() {
        let shape = Shape::Json { layout: Layout::Lines, nested: false, names_of_enums: true };
        let how = How { newline: "\n", ..How::core(shape) };
        assert_eq!(
            render(&[group()], &how),
            "{\"Name\":\"O'Neill & \\\"Co\\\"\\u0001\",\"RoleGroupType\":\"Standard\",\"Members\":\"a b\",\"ManagedBy\":\"\",\"LinkedGroup\":null}\n",
        );
    }

    #[test]
    fn a_link_is_an_object_in_the_servers_own_shell_only() {
        let entry =
            Object { kind: "RoleEntry", properties: vec![("Role", Datum::Reference("Mail Recipients".into()))] };
        let how = How { newline: "\n", ..How::core(json(Layout::Compressed)) };
        let typed = render(std::slice::from_ref(&entry), &how);
        assert!(typed.starts_with("{\"Role\":{\"IsDeleted\":false,\"Rdn\":\"CN=Mail Recipients\","), "{typed}");
        assert!(typed.ends_with(",\"Name\":\"Mail Recipients\"}}\n"), "{typed}");
        let how = How { session: Session::Online, ..how };
        assert_eq!(render(&[entry], &how), "{\"Role\":\"Mail Recipients\"}\n");
    }
}
