//! `Export-Clixml`.

use std::collections::HashMap;

use super::{COMPUTER_NAME, Datum, How, Link, Object, RUNSPACE_ID, Session, Writer, push_blanks, type_name};

const HEADER: &str = "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">";

pub(crate) struct ClixmlWriter<'h> {
    how: &'h How,
    array: bool,
    /// The next object's number.
    next_object: usize,
    /// The chains of type names so far; a chain is written once, then referred to by its place here.
    chains: Vec<Vec<String>>,
    /// The links so far, with their objects' numbers. An object that comes again is only referred to,
    /// as `Id` refers to `Identity` in every export of the server's own shell.
    links: HashMap<String, usize>,
}

impl<'h> ClixmlWriter<'h> {
    pub(crate) fn new(how: &'h How, array: bool) -> Self {
        ClixmlWriter { how, array, next_object: 0, chains: Vec::new(), links: HashMap::new() }
    }

    fn line(&self, indent: usize, line: &str, out: &mut String) {
        push_blanks(indent, out);
        out.push_str(line);
        out.push_str(self.how.newline);
    }

    /// `<S N="Name">text</S>`: a primitive of one line.
    fn primitive(&self, indent: usize, element: &str, name: Option<&str>, text: &str, out: &mut String) {
        push_blanks(indent, out);
        out.push('<');
        out.push_str(element);
        push_name(name, out);
        out.push('>');
        push_escaped(text, out);
        out.push_str("</");
        out.push_str(element);
        out.push('>');
        out.push_str(self.how.newline);
    }

    fn open_object(&mut self, indent: usize, name: Option<&str>, out: &mut String) {
        push_blanks(indent, out);
        out.push_str("<Obj");
        push_name(name, out);
        out.push_str(" RefId=\"");
        out.push_str(&self.next_object.to_string());
        out.push_str("\">");
        out.push_str(self.how.newline);
        self.next_object += 1;
    }

    fn types(&mut self, indent: usize, chain: &[&str], out: &mut String) {
        let known = self.chains.iter().position(|own| own.iter().eq(chain));
        if let Some(number) = known {
            self.line(indent, &format!("<TNRef RefId=\"{number}\" />"), out);
            return;
        }
        self.line(indent, &format!("<TN RefId=\"{}\">", self.chains.len()), out);
        for name in chain {
            self.primitive(indent + 2, "T", None, name, out);
        }
        self.line(indent, "</TN>", out);
        self.chains.push(chain.iter().map(|name| (*name).to_owned()).collect());
    }

    fn datum(&mut self, indent: usize, name: &str, datum: &Datum, out: &mut String) {
        let typed = self.how.session == Session::Typed;
        match datum {
            Datum::Null => self.line(indent, &format!("<Nil N=\"{name}\" />"), out),
            Datum::Text(text) => self.primitive(indent, "S", Some(name), text, out),
            Datum::Bool(truth) => {
                self.primitive(indent, "B", Some(name), if *truth { "true" } else { "false" }, out);
            }
            Datum::Number(number) => self.primitive(indent, "I32", Some(name), &number.to_string(), out),
            Datum::Enum(value, number) if typed => self.enumeration(indent, name, value, *number, out),
            Datum::Enum(value, _) => self.primitive(indent, "S", Some(name), value, out),
            Datum::Reference(text) if typed => self.link(indent, Some(name), text, out),
            Datum::Reference(text) => self.primitive(indent, "S", Some(name), text, out),
            Datum::List(items) => self.list(indent, name, items, false, out),
            Datum::References(items) => self.list(indent, name, items, true, out),
        }
    }

    fn enumeration(&mut self, indent: usize, name: &str, value: &str, number: i64, out: &mut String) {
        self.open_object(indent, Some(name), out);
        let own = format!("Microsoft.Exchange.Data.Directory.SystemConfiguration.{}", enumeration_of(name));
        self.types(indent + 2, &[&own, "System.Enum", "System.ValueType", "System.Object"], out);
        self.primitive(indent + 2, "ToString", None, value, out);
        self.primitive(indent + 2, "I32", None, &number.to_string(), out);
        self.line(indent, "</Obj>", out);
    }

    fn link(&mut self, indent: usize, name: Option<&str>, text: &str, out: &mut String) {
        if let Some(number) = self.links.get(text) {
            push_blanks(indent, out);
            out.push_str("<Ref");
            push_name(name, out);
            self.line(0, &format!(" RefId=\"{number}\" />"), out);
            return;
        }
        self.links.insert(text.to_owned(), self.next_object);
        let link = Link::new(text);
        self.open_object(indent, name, out);
        let chain =
            ["Microsoft.Exchange.Data.Directory.ADObjectId", "Microsoft.Exchange.Data.ObjectId", "System.Object"];
        self.types(indent + 2, &chain, out);
        self.primitive(indent + 2, "ToString", None, text, out);
        self.line(indent + 2, "<Props>", out);
        let inner = indent + 4;
        self.primitive(inner, "B", Some("IsDeleted"), "false", out);
        self.primitive(inner, "S", Some("Rdn"), &link.relative_name(), out);
        self.primitive(inner, "S", Some("Parent"), link.parent, out);
        self.primitive(inner, "I32", Some("Depth"), &link.depth().to_string(), out);
        self.primitive(inner, "S", Some("DistinguishedName"), &link.distinguished_name(), out);
        self.primitive(inner, "B", Some("IsRelativeDn"), "false", out);
        self.primitive(inner, "S", Some("DomainId"), "contoso.com", out);
        self.primitive(inner, "S", Some("Name"), link.name, out);
        self.line(indent + 2, "</Props>", out);
        self.line(indent, "</Obj>", out);
    }

    fn list(&mut self, indent: usize, name: &str, items: &[String], of_links: bool, out: &mut String) {
        self.open_object(indent, Some(name), out);
        let own = if of_links { LIST_OF_LINKS } else { LIST_OF_TEXT };
        let base = "Microsoft.Exchange.Data.MultiValuedPropertyBase";
        match self.how.session {
            Session::Typed => self.types(indent + 2, &[own, base, "System.Object"], out),
            Session::Remote => {
                let own = format!("Deserialized.{own}");
                let base = format!("Deserialized.{base}");
                self.types(indent + 2, &[&own, &base, "Deserialized.System.Object"], out);
            }
            Session::Online => self.types(indent + 2, &["System.String[]", "System.Array", "System.Object"], out),
        }
        if items.is_empty() {
            self.line(indent + 2, "<LST />", out);
        } else {
            self.line(indent + 2, "<LST>", out);
            for item in items {
                if of_links && self.how.session == Session::Typed {
                    self.link(indent + 4, None, item, out);
                } else {
                    self.primitive(indent + 4, "S", None, item, out);
                }
            }
            self.line(indent + 2, "</LST>", out);
        }
        self.line(indent, "</Obj>", out);
    }

    /// The chain of types of an object, and whether it prints a `ToString` and has `Props`: what went
    /// through Select-Object, or came over REST, has extended members (`MS`) only.
    fn open(&mut self, indent: usize, object: &Object, out: &mut String) -> bool {
        const BASES: [&str; 3] = [
            "Microsoft.Exchange.Data.Directory.ADObject",
            "Microsoft.Exchange.Data.Directory.ADRawEntry",
            "System.Object",
        ];
        const CUSTOM: &str = "System.Management.Automation.PSCustomObject";
        let own = type_name(object.kind);
        self.open_object(indent, None, out);
        match (self.how.session, self.how.properties.is_empty()) {
            (Session::Typed, true) => self.types(indent + 2, &[own, BASES[0], BASES[1], BASES[2]], out),
            (Session::Remote, true) => {
                let chain = [own, BASES[0], BASES[1], BASES[2]].map(|name| format!("Deserialized.{name}"));
                self.types(indent + 2, &[&chain[0], &chain[1], &chain[2], &chain[3]], out);
            }
            (Session::Online, true) => self.types(indent + 2, &[CUSTOM, "System.Object"], out),
            (Session::Typed, false) => {
                self.types(indent + 2, &[&format!("Selected.{own}"), CUSTOM, "System.Object"], out);
            }
            (Session::Remote | Session::Online, false) => {
                self.types(indent + 2, &[&format!("Selected.{CUSTOM}"), CUSTOM, "System.Object"], out);
            }
        }
        let whole = self.how.properties.is_empty() && self.how.session != Session::Online;
        if whole {
            match object.get("Identity").or_else(|| object.get("Name")) {
                Some(Datum::Text(text) | Datum::Reference(text)) => {
                    self.primitive(indent + 2, "ToString", None, text, out);
                }
                _ => self.primitive(indent + 2, "ToString", None, own, out),
            }
        }
        whole
    }
}

const LIST_OF_TEXT: &str = "Microsoft.Exchange.Data.MultiValuedProperty`1[[System.String, mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089]]";
const LIST_OF_LINKS: &str = "Microsoft.Exchange.Data.MultiValuedProperty`1[[Microsoft.Exchange.Data.Directory.ADObjectId, Microsoft.Exchange.Data.Directory, Version=15.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35]]";

/// The enumeration that a property holds.
fn enumeration_of(property: &str) -> &str {
    match property {
        "RecipientReadScope" | "RecipientWriteScope" | "ConfigReadScope" | "ConfigWriteScope" => "ScopeType",
        "Type" => "ManagementRoleEntryType",
        _ => property,
    }
}

fn push_name(name: Option<&str>, out: &mut String) {
    if let Some(name) = name {
        out.push_str(" N=\"");
        push_escaped(name, out);
        out.push('"');
    }
}

/// Control characters and what looks like their escape become `_xHHHH_` (`EncodeString`), then XML's
/// own entities.
fn push_escaped(text: &str, out: &mut String) {
    let mut from = 0;
    for (at, character) in text.char_indices() {
        let escaped = match character {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => "",
            '_' if text[at + 1..].starts_with(['x', 'X']) => "",
            _ => continue,
        };
        out.push_str(&text[from..at]);
        if escaped.is_empty() {
            out.push_str(&format!("_x{:04X}_", u32::from(character)));
        } else {
            out.push_str(escaped);
        }
        from = at + character.len_utf8();
    }
    out.push_str(&text[from..]);
}

impl Writer for ClixmlWriter<'_> {
    fn begin(&mut self, out: &mut String) {
        self.line(0, HEADER, out);
        if self.array {
            self.open_object(2, None, out);
            self.types(4, &["System.Object[]", "System.Array", "System.Object"], out);
            self.line(4, "<LST>", out);
        }
    }

    fn write(&mut self, object: &Object, out: &mut String) {
        let indent = if self.array { 6 } else { 2 };
        let whole = self.open(indent, object, out);
        let members = if whole { ("<Props>", "</Props>") } else { ("<MS>", "</MS>") };
        self.line(indent + 2, members.0, out);
        let how = self.how;
        for (name, datum) in how.chosen(object) {
            self.datum(indent + 4, name, datum, out);
        }
        self.line(indent + 2, members.1, out);
        if how.adds_session_properties() {
            self.line(indent + 2, "<MS>", out);
            self.primitive(indent + 4, "S", Some("PSComputerName"), COMPUTER_NAME, out);
            self.primitive(indent + 4, "G", Some("RunspaceId"), RUNSPACE_ID, out);
            self.primitive(indent + 4, "B", Some("PSShowComputerName"), "false", out);
            self.line(indent + 2, "</MS>", out);
        }
        self.line(indent, "</Obj>", out);
    }

    fn end(&mut self, out: &mut String) {
        if self.array {
            self.line(4, "</LST>", out);
            self.line(2, "</Obj>", out);
        }
        out.push_str("</Objs>");
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Datum, How, Object, Session, Shape, render};
    use super::HEADER;

    fn scope() -> Object {
        Object {
            kind: "ManagementScope",
            properties: vec![
                ("Name", Datum::Text("a & b_x0041_\r".into())),
                ("ScopeRestrictionType", Datum::Enum("RecipientScope", 1)),
                ("ServerFilter", Datum::Null),
            ],
        }
    }

    #[test]
    fn a_typed_object_keeps_its_types() {
        let how = How { newline: "\n", ..How::classic(Shape::Clixml { array: false }) };
        let text = render(&[scope(), scope()], &how);
        let first = concat!(
            "\n  <Obj RefId=\"0\">\n",
            "    <TN RefId=\"0\">\n",
            "      <T>Microsoft.Exchange.Data.Directory.SystemConfiguration.ManagementScope</T>\n",
            "      <T>Microsoft.Exchange.Data.Directory.ADObject</T>\n",
            "      <T>Microsoft.Exchange.Data.Directory.ADRawEntry</T>\n",
            "      <T>System.Object</T>\n",
            "    </TN>\n",
            "    <ToString>a &amp; b_x005F_x0041__x000D_</ToString>\n",
            "    <Props>\n",
            "      <S N=\"Name\">a &amp; b_x005F_x0041__x000D_</S>\n",
            "      <Obj N=\"ScopeRestrictionType\" RefId=\"1\">\n",
            "        <TN RefId=\"1\">\n",
            "          <T>Microsoft.Exchange.Data.Directory.SystemConfiguration.ScopeRestrictionType</T>\n",
            "          <T>System.Enum</T>\n",
            "          <T>System.ValueType</T>\n",
            "          <T>System.Object</T>\n",
            "        </TN>\n",
            "        <ToString>RecipientScope</ToString>\n",
            "        <I32>1</I32>\n",
            "      </Obj>\n",
            "      <Nil N=\"ServerFilter\" />\n",
            "    </Props>\n",
            "  </Obj>\n",
            "  <Obj RefId=\"2\">\n",
            "    <TNRef RefId=\"0\" />\n",
        );
        assert!(text.starts_with(&format!("{HEADER}{first}")), "{text}");
        assert!(text.ends_with("  </Obj>\n</Objs>"), "{text}");
    }

    #[test]
    fn a_selected_object_has_extended_members_only() {
        let how = How {
            newline: "\n",
            session: Session::Remote,
            properties: vec!["ScopeRestrictionType"],
            ..How::classic(Shape::Clixml { array: true })
        };
        let text = render(&[scope()], &how);
        assert!(
            text.ends_with(concat!(
                "      <Obj RefId=\"1\">\n",
                "        <TN RefId=\"1\">\n",
                "          <T>Selected.System.Management.Automation.PSCustomObject</T>\n",
                "          <T>System.Management.Automation.PSCustomObject</T>\n",
                "          <T>System.Object</T>\n",
                "        </TN>\n",
                "        <MS>\n",
                "          <S N=\"ScopeRestrictionType\">RecipientScope</S>\n",
                "        </MS>\n",
                "      </Obj>\n",
                "    </LST>\n",
                "  </Obj>\n",
                "</Objs>",
            )),
            "{text}",
        );
    }

    #[test]
    fn lists_and_links() {
        let object = Object {
            kind: "RoleGroup",
            properties: vec![
                ("Roles", Datum::References(vec!["Mail Recipients".into()])),
                ("Capabilities", Datum::List(vec![])),
            ],
        };
        let how = How { newline: "\n", session: Session::Online, ..How::core(Shape::Clixml { array: false }) };
        let text = render(std::slice::from_ref(&object), &how);
        assert!(text.contains("        <LST>\n          <S>Mail Recipients</S>\n        </LST>\n"), "{text}");
        assert!(text.contains("        <TNRef RefId=\"1\" />\n        <LST />\n"), "{text}");
        let text = render(&[object], &How { session: Session::Typed, ..how });
        assert!(text.contains("            <ToString>Mail Recipients</ToString>\n"), "{text}");
        assert!(text.contains("<S N=\"Rdn\">CN=Mail Recipients</S>\n"), "{text}");
    }

    #[test]
    fn a_link_that_comes_again_is_a_reference() {
        let link = || Datum::Reference("contoso.com/Users/a".into());
        let object = Object { kind: "RoleGroup", properties: vec![("Identity", link()), ("Id", link())] };
        let how = How { newline: "\n", ..How::classic(Shape::Clixml { array: false }) };
        let text = render(std::slice::from_ref(&object), &how);
        assert!(text.contains("      <Obj N=\"Identity\" RefId=\"1\">\n"), "{text}");
        assert!(text.contains("      <Ref N=\"Id\" RefId=\"1\" />\n"), "{text}");
    }
}
