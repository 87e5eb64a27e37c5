//! `Export-Csv`.

use super::{COMPUTER_NAME, Datum, Edition, How, Object, RUNSPACE_ID, Session, Writer, type_name};

/// Which fields stand in quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quotes {
    /// The default; the only way of 5.1.
    Always,
    /// `-UseQuotes AsNeeded`.
    AsNeeded,
}

pub(crate) struct CsvWriter<'h> {
    how: &'h How,
    delimiter: char,
    join: Option<&'static str>,
    quotes: Quotes,
    type_line: Option<String>,
    /// Of the first object; what later ones have beyond them is lost.
    header: Vec<&'static str>,
    field: String,
}

impl<'h> CsvWriter<'h> {
    pub(crate) fn new(
        how: &'h How,
        first: Option<&Object>,
        delimiter: char,
        join: Option<&'static str>,
        quotes: Quotes,
        type_line: bool,
    ) -> Self {
        let mut header = Vec::new();
        if how.adds_session_properties() {
            header.extend(["PSComputerName", "RunspaceId", "PSShowComputerName"]);
        }
        header.extend(first.into_iter().flat_map(|object| how.chosen(object)).map(|(name, _)| name));
        let type_line = first.filter(|_| type_line).map(|object| type_line_of(how, object));
        CsvWriter { how, delimiter, join, quotes, type_line, header, field: String::new() }
    }

    fn push_field(&self, field: &str, out: &mut String) {
        let bare = match self.quotes {
            Quotes::Always => false,
            Quotes::AsNeeded => !field.contains([self.delimiter, '"', '\n', '\r']),
        };
        if bare {
            out.push_str(field);
            return;
        }
        out.push('"');
        let mut parts = field.split('"');
        out.push_str(parts.next().unwrap_or_default());
        for part in parts {
            out.push_str("\"\"");
            out.push_str(part);
        }
        out.push('"');
    }

    /// The text of a value, or nothing at all for null.
    fn set_field(&mut self, datum: &Datum) -> bool {
        self.field.clear();
        let (items, of_links) = match datum {
            Datum::Null => return false,
            Datum::List(items) => (items, false),
            Datum::References(items) => (items, true),
            _ => {
                self.how.print(datum, &mut self.field);
                return true;
            }
        };
        // Export-Csv calls ToString: a typed collection says its type, a deserialized one its items.
        match (self.join, self.how.session) {
            (Some(separator), _) => push_joined(items, separator, &mut self.field),
            (None, Session::Remote) => push_joined(items, " ", &mut self.field),
            (None, Session::Online) => self.field.push_str("System.String[]"),
            (None, Session::Typed) => {
                self.field.push_str("Microsoft.Exchange.Data.MultiValuedProperty`1[");
                self.field.push_str(if of_links {
                    "Microsoft.Exchange.Data.Directory.ADObjectId"
                } else {
                    "System.String"
                });
                self.field.push(']');
            }
        }
        true
    }
}

fn push_joined(items: &[String], separator: &str, out: &mut String) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(separator);
        }
        out.push_str(item);
    }
}

fn type_line_of(how: &How, object: &Object) -> String {
    let selected = if how.properties.is_empty() { "" } else { "Selected." };
    let own = match how.session {
        Session::Typed => type_name(object.kind).to_owned(),
        // 7 forgets the type of a deserialized object that went through Select-Object.
        Session::Remote if how.edition == Edition::Core && !how.properties.is_empty() => type_name("").to_owned(),
        Session::Remote => format!("Deserialized.{}", type_name(object.kind)),
        Session::Online => type_name("").to_owned(),
    };
    format!("#TYPE {selected}{own}")
}

impl Writer for CsvWriter<'_> {
    fn begin(&mut self, out: &mut String) {
        if let Some(line) = &self.type_line {
            out.push_str(line);
            out.push_str(self.how.newline);
        }
        for (index, name) in self.header.iter().enumerate() {
            if index > 0 {
                out.push(self.delimiter);
            }
            self.push_field(name, out);
        }
        if !self.header.is_empty() {
            out.push_str(self.how.newline);
        }
    }

    fn write(&mut self, object: &Object, out: &mut String) {
        let mut added = 0;
        if self.how.adds_session_properties() {
            for value in [COMPUTER_NAME, RUNSPACE_ID, "False"] {
                self.push_field(value, out);
                out.push(self.delimiter);
            }
            added = 3;
        }
        for index in added..self.header.len() {
            if index > added {
                out.push(self.delimiter);
            }
            let name = self.header[index];
            // Objects of one kind have one order; looking for the name is for the odd one.
            let datum = match object.properties.get(index - added) {
                Some((own, datum)) if *own == name => Some(datum),
                _ => object.get(name),
            };
            if self.set_field(datum.unwrap_or(&Datum::Null)) {
                let field = std::mem::take(&mut self.field);
                self.push_field(&field, out);
                self.field = field;
            }
        }
        out.push_str(self.how.newline);
    }

    fn end(&mut self, _out: &mut String) {}
}

#[cfg(test)]
mod tests {
    use super::super::{Datum, Edition, How, Object, Quotes, Session, Shape, render};

    fn entry() -> Object {
        Object {
            kind: "RoleEntry",
            properties: vec![
                ("Name", Datum::Text("Get-\"X\"".into())),
                ("Role", Datum::Reference("Help Desk, Tier 2".into())),
                ("Parameters", Datum::List(vec!["A".into(), "B".into()])),
                ("Description", Datum::Null),
                ("Notes", Datum::Text(String::new())),
            ],
        }
    }

    fn csv(join: Option<&'static str>, quotes: Quotes, type_line: bool) -> Shape {
        Shape::Csv { delimiter: ',', join, quotes, type_line }
    }

    #[test]
    fn null_is_nothing_and_empty_text_two_quotes() {
        assert_eq!(
            render(&[entry()], &How::classic(csv(Some(";"), Quotes::Always, true))),
            "#TYPE Microsoft.Exchange.Data.Directory.Management.ExchangeRoleEntryPresentation\r\n\
             \"Name\",\"Role\",\"Parameters\",\"Description\",\"Notes\"\r\n\
             \"Get-\"\"X\"\"\",\"Help Desk, Tier 2\",\"A;B\",,\"\"\r\n",
        );
    }

    #[test]
    fn quotes_as_needed() {
        let how = How { properties: vec!["Role", "Parameters"], ..How::core(csv(Some("|"), Quotes::AsNeeded, false)) };
        assert_eq!(render(&[entry()], &how), "Role,Parameters\r\n\"Help Desk, Tier 2\",A|B\r\n");
    }

    #[test]
    fn lists_flatten_as_the_session_has_them() {
        let flat = |session| {
            let how = How {
                session,
                edition: Edition::Classic,
                properties: vec!["Parameters"],
                ..How::classic(csv(None, Quotes::AsNeeded, false))
            };
            render(&[entry()], &how)
        };
        assert_eq!(
            flat(Session::Typed),
            "Parameters\r\nMicrosoft.Exchange.Data.MultiValuedProperty`1[System.String]\r\n",
        );
        assert_eq!(flat(Session::Remote), "Parameters\r\nA B\r\n");
        assert_eq!(flat(Session::Online), "Parameters\r\nSystem.String[]\r\n");
    }

    #[test]
    fn a_remote_object_starts_with_its_session() {
        let how = How { session: Session::Remote, ..How::classic(csv(Some(";"), Quotes::AsNeeded, false)) };
        assert!(render(&[entry()], &how).starts_with(
            "PSComputerName,RunspaceId,PSShowComputerName,Name,Role,Parameters,Description,Notes\r\n\
             ex01.contoso.com,1a2b3c4d-0000-4000-8000-000000000001,False,"
        ));
    }
}
