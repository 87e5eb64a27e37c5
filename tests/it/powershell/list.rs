//! `Format-List`.

use super::{Edition, How, Object, RUNSPACE_ID, Writer, cells, lines_of, push_blanks};

const SEPARATOR: &str = " : ";

pub(crate) struct ListWriter<'h> {
    how: &'h How,
    value: String,
}

impl<'h> ListWriter<'h> {
    pub(crate) fn new(how: &'h How) -> Self {
        ListWriter { how, value: String::new() }
    }

    fn push_line(&self, label: &str, label_cells: usize, out: &mut String) {
        out.push_str(label);
        push_blanks(label_cells - cells(label), out);
        out.push_str(SEPARATOR);
        let indent = label_cells + SEPARATOR.len();
        let room = self.how.width.saturating_sub(indent).max(1);
        let whole = self.value.len() <= room && self.value.is_ascii() && !self.value.contains('\n');
        if whole {
            out.push_str(&self.value);
            out.push_str(self.how.newline);
            return;
        }
        for (index, line) in lines_of(&self.value, room, self.how.culture).iter().enumerate() {
            if index > 0 {
                push_blanks(indent, out);
            }
            out.push_str(line);
            out.push_str(self.how.newline);
        }
    }
}

impl Writer for ListWriter<'_> {
    fn begin(&mut self, out: &mut String) {
        out.push_str(self.how.newline);
        // 5.1 opens a group of objects with one more blank line; 7.3 dropped it.
        if self.how.edition == Edition::Classic {
            out.push_str(self.how.newline);
        }
    }

    fn write(&mut self, object: &Object, out: &mut String) {
        let with_runspace = self.how.adds_session_properties();
        let label_cells = self.how.chosen(object).map(|(name, _)| cells(name)).max().unwrap_or(0);
        let label_cells = if with_runspace { label_cells.max("RunspaceId".len()) } else { label_cells };
        if with_runspace {
            self.value.clear();
            self.value.push_str(RUNSPACE_ID);
            self.push_line("RunspaceId", label_cells, out);
        }
        let how = self.how;
        for (name, datum) in how.chosen(object) {
            self.value.clear();
            how.print(datum, &mut self.value);
            self.push_line(name, label_cells, out);
        }
        out.push_str(how.newline);
    }

    fn end(&mut self, out: &mut String) {
        if self.how.edition == Edition::Classic {
            for _ in 0..3 {
                out.push_str(self.how.newline);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Culture, Datum, How, Object, Session, Shape, render};

    fn scope() -> Object {
        Object {
            kind: "ManagementScope",
            properties: vec![
                ("Name", Datum::Text("Zürich mailboxes".into())),
                ("RecipientFilter", Datum::Text("(City -eq 'Zürich') -and (X)".into())),
                ("ServerFilter", Datum::Null),
            ],
        }
    }

    #[test]
    fn long_values_wrap_under_their_column() {
        let how = How { width: 40, ..How::core(Shape::List) };
        assert_eq!(
            render(&[scope()], &how),
            "\r\nName            : Zürich mailboxes\r\n\
             RecipientFilter : (City -eq 'Zürich') \r\n                  -and (X)\r\n\
             ServerFilter    : \r\n\r\n",
        );
        let how = How { culture: Culture::CutHard, ..how };
        assert!(render(&[scope()], &how).contains("(City -eq 'Zürich') -a\r\n                  nd (X)\r\n"));
    }

    #[test]
    fn windows_powershell_has_more_blank_lines() {
        let how = How { session: Session::Remote, newline: "\n", ..How::classic(Shape::List) };
        let object = Object { kind: "Role", properties: vec![("Name", Datum::Text("A : B".into()))] };
        assert_eq!(
            render(&[object.clone(), object], &how),
            "\n\nRunspaceId : 1a2b3c4d-0000-4000-8000-000000000001\nName       : A : B\n\n\
             RunspaceId : 1a2b3c4d-0000-4000-8000-000000000001\nName       : A : B\n\n\n\n\n",
        );
    }

    #[test]
    fn a_line_break_in_a_value_looks_like_wrapping() {
        let object = Object { kind: "Role", properties: vec![("Description", Datum::Text("one\r\ntwo: no".into()))] };
        assert_eq!(
            render(&[object], &How::core(Shape::List)),
            "\r\nDescription : one\r\n              two: no\r\n\r\n",
        );
    }
}
