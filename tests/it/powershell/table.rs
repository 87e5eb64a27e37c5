//! `Format-Table`.

use super::{Datum, Edition, How, Object, Session, Writer, cells, cells_of, lines_of, push_blanks, writer};

/// Which columns there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Columns {
    /// Those of the view that Exchange ships for the kind of object, all left-aligned; without one, the
    /// first ten properties.
    Default(Sizing),
    /// The properties that the command names.
    Named(Sizing),
}

/// How wide a column is that the view gives no width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sizing {
    /// As its longest cell: `-AutoSize`, and 7.6 always.
    Content,
    /// All the same, the first ones a cell wider: 5.1 without `-AutoSize`.
    Equal,
}

/// One column of Exchange's own view.
struct View {
    property: &'static str,
    label: &'static str,
    width: Option<usize>,
}

const fn view(property: &'static str, width: Option<usize>) -> View {
    View { property, label: property, width }
}

/// The default views, as seen in real outputs. Other kinds have none.
fn default_view(kind: &str) -> &'static [View] {
    const ROLE: &[View] = &[view("Name", None), view("RoleType", None)];
    const ENTRY: &[View] = &[view("Name", Some(30)), view("Role", Some(25)), view("Parameters", None)];
    const ASSIGNMENT: &[View] = &[
        view("Name", None),
        view("Role", None),
        view("RoleAssigneeName", None),
        view("RoleAssigneeType", None),
        view("AssignmentMethod", None),
        view("EffectiveUserName", None),
    ];
    const ROLE_GROUP: &[View] = &[
        view("Name", None),
        View { property: "Roles", label: "AssignedRoles", width: None },
        view("RoleAssignments", None),
        view("ManagedBy", None),
    ];
    const MEMBER: &[View] = &[view("Name", None), view("RecipientType", None)];
    const SCOPE: &[View] = &[
        view("Name", None),
        view("ScopeRestrictionType", None),
        view("Exclusive", None),
        view("RecipientRoot", None),
        view("RecipientFilter", None),
        view("ServerFilter", None),
    ];
    match kind {
        "Role" => ROLE,
        "RoleEntry" => ENTRY,
        "RoleAssignment" => ASSIGNMENT,
        "RoleGroup" => ROLE_GROUP,
        "RoleGroupMember" => MEMBER,
        "ManagementScope" => SCOPE,
        _ => &[],
    }
}

/// A column that is on the screen.
struct Column {
    property: &'static str,
    label: &'static str,
    width: usize,
    right: bool,
    /// The last declared column, which 7 does not pad. One that became the last because others fell
    /// off the edge is padded all the same.
    last_declared: bool,
}

pub(crate) struct TableWriter<'h> {
    how: &'h How,
    columns: Vec<Column>,
    wrap: bool,
    value: String,
}

impl<'h> TableWriter<'h> {
    /// Lays the columns out for `measured`; objects that are written later get the same columns.
    pub(crate) fn new(how: &'h How, measured: &[Object], columns: Columns, wrap: bool) -> Self {
        let columns = measured.first().map_or_else(Vec::new, |first| lay_out(how, first, measured, columns));
        TableWriter { how, columns, wrap, value: String::new() }
    }

    fn pads(&self, index: usize) -> bool {
        self.how.edition == Edition::Classic || !self.columns[index].last_declared
    }

    /// Rows of cells that may have several lines: the header, and everything under `-Wrap`.
    /// Here 7 leaves the last column that is on the screen unpadded, and takes off its own blanks.
    fn push_lines(&self, cells_of_columns: &[Vec<String>], out: &mut String) {
        let height = cells_of_columns.iter().map(Vec::len).max().unwrap_or(0);
        for row in 0..height {
            for (index, (column, lines)) in self.columns.iter().zip(cells_of_columns).enumerate() {
                if index > 0 {
                    out.push(' ');
                }
                let padded = self.how.edition == Edition::Classic || index + 1 < self.columns.len();
                match lines.get(row) {
                    Some(line) if padded => push_aligned(line, column, padded, out),
                    Some(line) => push_aligned(line.trim_end_matches(' '), column, padded, out),
                    None => push_blanks(column.width, out),
                }
            }
            out.push_str(self.how.newline);
        }
    }
}

fn lay_out(how: &How, first: &Object, measured: &[Object], columns: Columns) -> Vec<Column> {
    let view = default_view(first.kind);
    let (sizing, declared, left) = match columns {
        Columns::Default(sizing) if !view.is_empty() => {
            (sizing, view.iter().map(|view| (view.property, view.label, view.width)).collect::<Vec<_>>(), true)
        }
        // Without a view, Format-Table takes the first ten properties (`LimitAssociationListSize`).
        Columns::Default(sizing) => {
            (sizing, how.chosen(first).take(10).map(|(name, _)| (name, name, None)).collect(), false)
        }
        Columns::Named(sizing) => (sizing, how.chosen(first).map(|(name, _)| (name, name, None)).collect(), false),
    };
    let from_view = declared.iter().any(|(_, _, width)| width.is_some());
    let mut widths: Vec<Option<usize>> = declared.iter().map(|(_, _, width)| *width).collect();
    if sizing == Sizing::Content && !from_view {
        let mut text = String::new();
        for (width, (property, label, _)) in widths.iter_mut().zip(&declared) {
            let longest = measured.iter().map(|object| {
                text.clear();
                how.print(object.get(property).unwrap_or(&Datum::Null), &mut text);
                cells(&text)
            });
            *width = longest.chain([cells(label)]).max();
        }
    }
    let widths = assign_widths(&widths, how.width);
    let last = declared.len().saturating_sub(1);
    let laid_out = declared.iter().zip(widths).enumerate();
    laid_out
        .filter_map(|(index, ((property, label, _), width))| {
            let right = !left && is_right_aligned(how, first.get(property));
            let last_declared = index == last;
            Some(Column { property, label, width: width?, right, last_declared })
        })
        .collect()
}

/// `ColumnWidthManager.AssignColumnWidths`: columns without a width share what is left, one cell at
/// a time from the left; what is too much comes off the last column, and `None` is one that fell off.
fn assign_widths(wanted: &[Option<usize>], width: usize) -> Vec<Option<usize>> {
    let mut widths: Vec<Option<usize>> = wanted.iter().map(|wanted| Some(wanted.unwrap_or(1).max(1))).collect();
    let total = |widths: &[Option<usize>]| {
        let shown = widths.iter().flatten();
        shown.clone().sum::<usize>() + shown.count().saturating_sub(1)
    };
    let free = width.saturating_sub(total(&widths));
    let open: Vec<usize> = (0..wanted.len()).filter(|index| wanted[*index].is_none()).collect();
    for index in open.iter().cycle().take(free) {
        widths[*index] = widths[*index].map(|own| own + 1);
    }
    while total(&widths) > width {
        let overflow = total(&widths) - width;
        let Some(last) = widths.iter_mut().rev().find(|width| width.is_some()) else { break };
        *last = last.and_then(|own| own.checked_sub(overflow)).filter(|own| *own >= 1);
    }
    widths
}

/// `ComputeDefaultAlignment` looks at the first row's value alone: numbers, booleans and enumerations
/// go to the right. Outside the server's own shell an enumeration is text.
fn is_right_aligned(how: &How, first: Option<&Datum>) -> bool {
    match first {
        Some(Datum::Bool(_) | Datum::Number(_)) => true,
        Some(Datum::Enum(..)) => how.session == Session::Typed,
        _ => false,
    }
}

fn push_aligned(text: &str, column: &Column, padded: bool, out: &mut String) {
    let blanks = column.width.saturating_sub(cells(text));
    if column.right {
        push_blanks(blanks, out);
    }
    out.push_str(text);
    if padded && !column.right {
        push_blanks(blanks, out);
    }
}

/// Cuts a cell at its column's edge or at a line break, and says so where there is room for the mark.
/// A right-aligned cell loses its head.
fn cut(text: &mut String, column: &Column, ellipsis: &str) {
    if let Some(line_break) = text.find(['\r', '\n']) {
        text.truncate(line_break);
        text.push_str(ellipsis);
    }
    if cells(text) <= column.width {
        return;
    }
    let marked = column.width > cells(ellipsis);
    let room = if marked { column.width - cells(ellipsis) } else { column.width };
    let ellipsis = if marked { ellipsis } else { "" };
    let mut used = 0;
    let mut fits = |character: char| {
        used += cells_of(character);
        used <= room
    };
    if column.right {
        let kept = text.chars().rev().take_while(|character| fits(*character)).map(char::len_utf8).sum::<usize>();
        let head = text.len() - kept;
        text.replace_range(..head, ellipsis);
    } else {
        let kept = text.chars().take_while(|character| fits(*character)).map(char::len_utf8).sum();
        text.truncate(kept);
        text.push_str(ellipsis);
    }
}

impl Writer for TableWriter<'_> {
    fn begin(&mut self, out: &mut String) {
        out.push_str(self.how.newline);
        let labels = self.columns.iter().map(|column| lines_of(column.label, column.width, self.how.culture));
        self.push_lines(&labels.collect::<Vec<_>>(), out);
        for (index, column) in self.columns.iter().enumerate() {
            if index > 0 {
                out.push(' ');
            }
            let dashes = "-".repeat(cells(column.label).min(column.width));
            push_aligned(&dashes, column, self.pads(index), out);
        }
        out.push_str(self.how.newline);
    }

    fn write(&mut self, object: &Object, out: &mut String) {
        if self.wrap {
            let mut wrapped = Vec::with_capacity(self.columns.len());
            for column in &self.columns {
                self.value.clear();
                self.how.print(object.get(column.property).unwrap_or(&Datum::Null), &mut self.value);
                wrapped.push(lines_of(&self.value, column.width, self.how.culture));
            }
            self.push_lines(&wrapped, out);
            return;
        }
        for (index, column) in self.columns.iter().enumerate() {
            if index > 0 {
                out.push(' ');
            }
            self.value.clear();
            self.how.print(object.get(column.property).unwrap_or(&Datum::Null), &mut self.value);
            cut(&mut self.value, column, self.how.ellipsis());
            push_aligned(&self.value, column, self.pads(index), out);
        }
        out.push_str(self.how.newline);
    }

    fn end(&mut self, out: &mut String) {
        push_end_of_group(self.how, out);
        out.push_str(self.how.newline);
    }
}

/// 5.1 closes a group of rows with two blank lines; 7 does not.
fn push_end_of_group(how: &How, out: &mut String) {
    if how.edition == Edition::Classic {
        out.push_str(how.newline);
        out.push_str(how.newline);
    }
}

/// `-GroupBy`: a table with its own widths for each run of objects with the same value.
pub(crate) fn render_groups(
    objects: &[Object],
    how: &How,
    columns: Columns,
    wrap: bool,
    property: &'static str,
    out: &mut String,
) {
    for group in objects.chunk_by(|left, right| left.get(property) == right.get(property)) {
        out.push_str(how.newline);
        out.push_str("   ");
        out.push_str(property);
        out.push_str(": ");
        how.print(group[0].get(property).unwrap_or(&Datum::Null), out);
        out.push_str(how.newline);
        let shape = super::Shape::Table { columns, wrap, group_by: None };
        let how_of_group = How { shape, ..how.clone() };
        let mut writer = writer(&how_of_group, group);
        writer.begin(out);
        for object in group {
            writer.write(object, out);
        }
        push_end_of_group(how, out);
    }
    out.push_str(how.newline);
}

#[cfg(test)]
mod tests {
    use super::super::{Columns, Culture, Datum, How, Object, Session, Shape, Sizing, render};
    use super::assign_widths;

    fn assignment(role: &str, kind: (&'static str, i64), assignee: &str) -> Object {
        Object {
            kind: "RoleAssignment",
            properties: vec![
                ("Role", Datum::Reference(role.into())),
                ("RoleAssigneeType", Datum::Enum(kind.0, kind.1)),
                ("RoleAssigneeName", Datum::Text(assignee.into())),
            ],
        }
    }

    fn assignments() -> Vec<Object> {
        vec![
            assignment("MyBaseOptions", ("RoleAssignmentPolicy", 5), "Default Policy"),
            assignment("日本語 ロール", ("RoleGroup", 10), "Help Desk"),
        ]
    }

    fn named(sizing: Sizing) -> Shape {
        Shape::Table { columns: Columns::Named(sizing), wrap: false, group_by: None }
    }

    #[test]
    fn an_enumeration_is_right_aligned_in_the_servers_own_shell() {
        let how = How { newline: "\n", ..How::core(named(Sizing::Content)) };
        assert_eq!(
            render(&assignments(), &how),
            concat!(
                "\n",
                "Role              RoleAssigneeType RoleAssigneeName\n",
                "----              ---------------- ----------------\n",
                "MyBaseOptions RoleAssignmentPolicy Default Policy\n",
                "日本語 ロール            RoleGroup Help Desk\n",
                "\n",
            ),
        );
        let how = How { session: Session::Remote, ..how };
        assert!(render(&assignments(), &how).contains("\n日本語 ロール RoleGroup            Help Desk\n"));
    }

    #[test]
    fn windows_powershell_pads_the_last_column_and_cuts_with_three_dots() {
        let how = How { newline: "\n", width: 45, ..How::classic(named(Sizing::Content)) };
        assert_eq!(
            render(&assignments(), &how),
            concat!(
                "\n",
                "Role              RoleAssigneeType RoleAssign\n",
                "                                   eeName    \n",
                "----              ---------------- ----------\n",
                "MyBaseOptions RoleAssignmentPolicy Default...\n",
                "日本語 ロール            RoleGroup Help Desk \n",
                "\n\n\n",
            ),
        );
    }

    #[test]
    fn a_right_aligned_cell_loses_its_head() {
        let how = How { newline: "\n", width: 24, ..How::core(named(Sizing::Content)) };
        assert_eq!(
            render(&assignments(), &how),
            concat!(
                "\n",
                "Role          RoleAssign\n",
                "                  eeType\n",
                "----          ----------\n",
                "MyBaseOptions …entPolicy\n",
                "日本語 ロール  RoleGroup\n",
                "\n",
            ),
        );
    }

    #[test]
    fn columns_that_do_not_fit_are_dropped_without_a_word() {
        let how = How { newline: "\n", width: 15, ..How::core(named(Sizing::Content)) };
        // What has become the last column is padded: PowerShell still counts the ones it dropped.
        assert_eq!(render(&assignments()[..1], &how).lines().nth(18), Some("MyBaseOptions y"));
        let how = How { width: 14, ..how };
        assert_eq!(render(&assignments()[..1], &how), "\nRole\n----         \nMyBaseOptions\n\n");
        let short = assignment("A", ("User", 0), "B");
        assert_eq!(render(&[short], &How { width: 5, ..how }), "\nRole\n----\nA   \n\n",);
    }

    #[test]
    fn windows_powershell_gives_columns_the_same_width() {
        assert_eq!(assign_widths(&[None; 3], 20), [Some(6), Some(6), Some(6)]);
        assert_eq!(assign_widths(&[None; 3], 22), [Some(7), Some(7), Some(6)]);
        assert_eq!(assign_widths(&[Some(30), Some(25), None], 120), [Some(30), Some(25), Some(63)]);
        assert_eq!(assign_widths(&[Some(10), Some(10), Some(10)], 21), [Some(10), Some(10), None]);
        let how = How { newline: "\n", width: 36, ..How::classic(named(Sizing::Equal)) };
        assert_eq!(render(&assignments(), &how).lines().nth(4), Some("MyBaseOpt... ...ntPolicy Default ..."));
    }

    #[test]
    fn a_wrapped_cell_goes_on_below() {
        let wrap = Shape::Table { columns: Columns::Named(Sizing::Content), wrap: true, group_by: None };
        let how = How { newline: "\n", width: 43, culture: Culture::BreakAtBlanks, ..How::core(wrap) };
        assert!(render(&assignments(), &how).contains(concat!(
            "MyBaseOptions RoleAssignmentPolicy Default\n",
            "                                   Policy\n",
        )));
    }

    #[test]
    fn each_group_has_its_own_table() {
        let shape =
            Shape::Table { columns: Columns::Named(Sizing::Content), wrap: false, group_by: Some("RoleAssigneeType") };
        let how = How { newline: "\n", properties: vec!["RoleAssigneeName"], ..How::core(shape) };
        assert_eq!(
            render(&assignments(), &how),
            concat!(
                "\n   RoleAssigneeType: RoleAssignmentPolicy\n\n",
                "RoleAssigneeName\n----------------\nDefault Policy\n",
                "\n   RoleAssigneeType: RoleGroup\n\n",
                "RoleAssigneeName\n----------------\nHelp Desk\n\n",
            ),
        );
    }
}
