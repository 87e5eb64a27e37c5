//! The first pass over a table: where it ends, and where one column ends and the next begins.
//!
//! The dashes give one edge of each column, not both: a value of a right-aligned column may begin left of its label.
//! Source: PowerShell, `TableWriter.GenerateHeader`; columns are one blank apart and values never cross it.

use std::cell::OnceCell;

use crate::read::session::may_be_aside;
use crate::record::Property;

use super::cells::{Measure, Spot, is_blank, is_blank_at, is_plain, locate, trim_end, trim_start};
use super::heading::Heading;
use super::known::{Foretelling, Foretold};
use super::lines::{Lines, Part, is_foreign};

/// Columns up to this width were cut without a mark by Windows PowerShell, which needs three cells for it.
pub(super) const UNMARKED_WIDTH_MAX: usize = 3;

/// What the rows of a table tell about its columns.
#[derive(Debug)]
pub(super) struct Survey<'t, 'h> {
    pub(super) heading: &'h Heading<'t>,
    /// The text in which the table stands, to the table's end.
    pub(super) text: &'t str,
    /// The first byte of the rows.
    pub(super) body: usize,
    /// How cells were counted.
    pub(super) measure: Measure,
    /// Between two columns: the cell that is blank in every row.
    pub(super) borders: Vec<usize>,
    /// The columns that are known to be right-aligned.
    pub(super) right: Vec<bool>,
    /// The lines of rows.
    pub(super) rows: usize,
    /// Which rows repeat earlier ones, where all rows are of one form.
    pub(super) foretold: Option<Foretold>,
    /// Whether no line below the heading can be a warning.
    pub(super) quiet: bool,
    /// The lines that do not fit the columns.
    pub(super) unfit: usize,
    /// Whether a line has no value where every row has one, or no brace: it may go on with the row above.
    pub(super) hollow: bool,
    /// Whether a line lacks a value that every row has: it does go on with the row above.
    pub(super) headless: bool,
    /// The columns whose values are single words.
    pub(super) one_word: Vec<usize>,
    widths: OnceCell<Widths>,
}

/// How wide the columns are, as far as their values tell.
#[derive(Clone, Debug, Default)]
pub(super) struct Widths {
    /// The widest value or label of each column.
    pub(super) widest: Vec<usize>,
    /// Whether a value holds a full-width character.
    pub(super) full_width: bool,
    /// Whether a value was cut with the mark of PowerShell 7, and with that of Windows PowerShell.
    pub(super) marks: (bool, bool),
    /// Whether a value of each column ends in the mark of PowerShell 7.
    pub(super) marked: Vec<bool>,
    /// Whether a value of each column begins with a brace.
    pub(super) braces: Vec<bool>,
    /// The cells up to the end of the line in each column, where the lines show it.
    pub(super) room: Vec<Option<usize>>,
    /// What stands between the items of each column's lists without braces; a blank where nothing else does.
    pub(super) separators: Vec<char>,
}

impl<'t, 'h> Survey<'t, 'h> {
    /// Looks over the table whose rows begin at `body`, where rows may be foretold by those before.
    pub(super) fn of(text: &'t str, body: usize, heading: &'h Heading<'t>, foretells: bool) -> Self {
        let survey = Self::with(text, body, heading, Measure::Cells, foretells);
        if survey.unfit == 0 || survey.text[body..].is_ascii() {
            return survey;
        }
        let other = Self::with(text, body, heading, Measure::Units, foretells);
        if other.unfit < survey.unfit { other } else { survey }
    }

    fn with(text: &'t str, body: usize, heading: &'h Heading<'t>, measure: Measure, foretells: bool) -> Self {
        let mut pass = Pass::new(heading, measure, foretells);
        let mut lines = Lines::new(text, body, heading);
        let mut end = body;
        loop {
            if let Some(next) = pass.foretold.as_mut().and_then(|foretold| foretold.find(&lines)) {
                pass.rows += 1;
                (lines.at, end) = (next, next);
                continue;
            }
            let Some(part) = lines.next() else { break };
            match part {
                Part::Row(line) if !pass.take(line, &text[end..lines.at]) => break,
                Part::Row(_) => {}
                Part::Heading(_) | Part::Warning(_) | Part::Gap => (pass.foretold, pass.quiet) = (None, false),
            }
            end = lines.at;
        }
        let mut survey = pass.finish(&text[..end], body);
        if survey.right.contains(&true) {
            survey.check();
        }
        survey
    }

    /// The parts of the table below its heading.
    pub(super) fn lines(&self) -> Lines<'t, 'h> {
        Lines::new(self.text, self.body, self.heading)
    }

    /// Whether a line has no line end: the file stops there.
    pub(super) fn is_open(&self, line: &str) -> bool {
        line.as_ptr() as usize + line.len() == self.text.as_ptr() as usize + self.text.len()
    }

    /// Counts the rows that do not fit once the borders are known.
    fn check(&mut self) {
        let mut cells = Vec::new();
        let mut spots = Vec::new();
        let unfit = self.lines().filter(
            |part| matches!(part, Part::Row(line) if !self.is_open(line) && !self.cut(line, &mut spots, &mut cells)),
        );
        self.unfit = unfit.count();
    }

    /// The widths of the columns, which costs a pass over the rows when first asked for.
    pub(super) fn widths(&self) -> &Widths {
        self.widths.get_or_init(|| {
            let columns = &self.heading.columns;
            let mut widths = Widths {
                widest: columns.iter().map(|column| column.end - column.start).collect(),
                separators: vec![' '; columns.len()],
                marked: vec![false; columns.len()],
                braces: vec![false; columns.len()],
                room: vec![None; columns.len()],
                ..Widths::default()
            };
            // Only a cell that fills its column is cut: the widest marked ones are compared when all are known.
            let mut marked = vec![(0, 0); columns.len()];
            let mut ends = Ends::default();
            let mut left = vec![false; columns.len()];
            let (mut spots, mut cells) = (Vec::new(), Vec::new());
            for part in self.lines() {
                let Part::Row(line) = part else { continue };
                if !self.cut(line, &mut spots, &mut cells) {
                    continue;
                }
                let width = self.measure.width(line);
                widths.full_width |= width < line.len() && width > line.chars().count();
                // A line that the end of the file cuts shows no common end.
                if !self.is_open(line) {
                    ends.add(width);
                }
                for (index, cell) in cells.iter().enumerate() {
                    let width = self.measure.width(cell.text);
                    widths.widest[index] = widths.widest[index].max(width);
                    left[index] |= !self.right[index]
                        && cell.lead == 0
                        && width > 0
                        && width != columns[index].end - columns[index].start;
                    widths.braces[index] |= cell.text.starts_with('{');
                    if cell.text.ends_with('…') {
                        widths.marked[index] = true;
                        marked[index].0 = width.max(marked[index].0);
                    } else if cell.text.ends_with("...") {
                        marked[index].1 = width.max(marked[index].1);
                    }
                    if columns[index].property.is_list() && !cell.text.starts_with('{') {
                        let separator = &mut widths.separators[index];
                        *separator = stronger(*separator, cell.text);
                    }
                }
            }
            for (&(new, old), &widest) in marked.iter().zip(&widths.widest) {
                widths.marks.0 |= new > 1 && new + 1 >= widest;
                widths.marks.1 |= old > UNMARKED_WIDTH_MAX && old + 1 >= widest;
            }
            let mut start = 0;
            for (index, room) in widths.room.iter_mut().enumerate() {
                let first = if index == 0 { columns[0].start } else { start };
                // Only a left-aligned column begins where its dashes begin.
                let end = match self.borders.get(index) {
                    Some(&border) => left[index + 1].then_some(border),
                    None => ends.padded(),
                };
                *room = end.map(|end| end.saturating_sub(first));
                start = self.borders.get(index).map_or(0, |border| border + 1);
            }
            widths
        })
    }

    /// Whether a value was cut by the width of its column.
    pub(super) fn is_cut(&self) -> bool {
        let widths = self.widths();
        widths.marks.0 || widths.marks.1
    }

    /// Divides a line at the borders; false where it does not fit them.
    pub(super) fn cut<'l>(&self, line: &'l str, spots: &mut Vec<Spot>, cells: &mut Vec<Cell<'l>>) -> bool {
        cells.clear();
        let mut from = 0;
        let mut fits = true;
        let plain = is_plain(line, self.borders.last().copied().unwrap_or(0));
        if plain {
            for &border in &self.borders {
                let to = border.min(line.len());
                fits &= line.as_bytes().get(border).is_none_or(|byte| matches!(byte, b' ' | b'\t'));
                cells.push(Cell::of(&line[from..to]));
                from = (to + 1).min(line.len());
            }
        } else {
            locate(line, self.measure, &self.borders, spots);
            for &spot in spots.iter() {
                let to = spot.offset(line);
                fits &= is_blank_at(line, spot);
                cells.push(Cell::of(&line[from..to]));
                from = to + line[to..].chars().next().map_or(0, char::len_utf8);
            }
        }
        let mut last = Cell::of(&line[from..]);
        last.full = false;
        cells.push(last);
        fits && self.right_ends(line, cells, plain)
    }

    /// Whether every value of a right-aligned column ends where its column ends. In a plain line, the bytes up to the
    /// last border are cells.
    fn right_ends(&self, line: &str, cells: &[Cell<'_>], plain: bool) -> bool {
        self.right.iter().enumerate().all(|(index, &right)| {
            let text = cells[index].text;
            if !right || text.is_empty() {
                return true;
            }
            let end = text.as_ptr() as usize + text.len() - line.as_ptr() as usize;
            let cell = if plain && index < self.borders.len() { end } else { self.measure.width(&line[..end]) };
            cell == self.heading.columns[index].end
        })
    }
}

/// Where lines end.
#[derive(Clone, Copy, Debug, Default)]
struct Ends {
    first: Option<usize>,
    several: bool,
    differ: bool,
}

impl Ends {
    fn add(&mut self, width: usize) {
        self.several |= self.first.is_some();
        self.differ |= *self.first.get_or_insert(width) != width;
    }

    /// The common end of several lines: Windows PowerShell pads every line to the full width.
    fn padded(self) -> Option<usize> {
        self.first.filter(|_| self.several && !self.differ)
    }
}

/// What stands in one column of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell<'l> {
    /// Without the blanks around it.
    pub(super) text: &'l str,
    /// Whether it goes on to the border behind it.
    pub(super) full: bool,
    /// The cells that are blank before it.
    pub(super) lead: usize,
}

impl<'l> Cell<'l> {
    /// The cell of a part of a line.
    #[inline(always)]
    pub(super) fn of(part: &'l str) -> Self {
        let after = trim_start(part);
        let text = trim_end(after);
        // Every blank takes one cell.
        let before = &part[..part.len() - after.len()];
        let lead = if before.is_ascii() { before.len() } else { before.chars().count() };
        Self { text, full: !text.is_empty() && text.len() == after.len(), lead }
    }
}

/// The first pass, line by line.
struct Pass<'t, 'h> {
    heading: &'h Heading<'t>,
    measure: Measure,
    /// Three cells of each column: the one before its dashes, the first and the last of the dashes.
    probes: Vec<usize>,
    spots: Vec<Spot>,
    /// The columns in which every row has a value.
    solid: Vec<usize>,
    /// The first cell of the longest value of each column that crosses the blank before its label.
    reach: Vec<Option<usize>>,
    /// The columns of lists, and whether a line of theirs begins with a brace, and one with something else.
    lists: Vec<usize>,
    lists_seen: (bool, bool),
    /// Whether every row begins with a value.
    titled: bool,
    rows: usize,
    foretold: Option<Foretelling>,
    quiet: bool,
    unfit: usize,
    hollow: bool,
    headless: bool,
}

impl<'t, 'h> Pass<'t, 'h> {
    fn new(heading: &'h Heading<'t>, measure: Measure, foretells: bool) -> Self {
        let columns = &heading.columns;
        // In a column of one cell a full-width character leaves a blank.
        let solid = (0..columns.len())
            .filter(|&index| {
                index == 0 || (is_never_empty(columns[index].property) && columns[index].end - columns[index].start > 1)
            })
            .collect();
        Self {
            heading,
            measure,
            probes: columns.iter().flat_map(|it| [it.start.saturating_sub(1), it.start, it.end - 1]).collect(),
            spots: Vec::new(),
            solid,
            reach: vec![None; columns.len()],
            titled: columns.len() > 1 && is_never_empty(columns[0].property),
            rows: 0,
            foretold: foretells.then(|| Foretelling::new(heading)).flatten(),
            quiet: true,
            unfit: 0,
            lists: (0..columns.len()).filter(|&index| columns[index].property.is_list()).collect(),
            lists_seen: (false, false),
            hollow: false,
            headless: false,
        }
    }

    /// Takes in a line of a row; false where it is of something else. `whole` ends with its line end, unless the file
    /// ends without one.
    fn take(&mut self, line: &'t str, whole: &'t str) -> bool {
        let open = !whole.ends_with('\n');
        let looks_well = if is_plain(line, self.probes.last().copied().unwrap_or(0)) {
            let bytes = line.as_bytes();
            self.look(|cell, _| bytes.get(cell).copied().unwrap_or(b' '))
        } else {
            let mut spots = std::mem::take(&mut self.spots);
            locate(line, self.measure, &self.probes, &mut spots);
            let fits = self.look(|_, probe| match spots[probe] {
                spot if is_blank_at(line, spot) => b' ',
                spot => line.as_bytes()[spot.offset(line)],
            });
            self.spots = spots;
            fits
        };
        if !looks_well && !open {
            self.foretold = None;
        }
        if !((looks_well || self.reaches(line)) && self.begins_well(line)) {
            if is_foreign(line) {
                return false;
            }
            // A row that the end of the file cuts says nothing about the others.
            self.unfit += usize::from(!open);
        }
        self.rows += 1;
        self.quiet &= !may_be_aside(line.as_bytes());
        if let Some(foretold) = &mut self.foretold {
            foretold.learn(line, whole, self.rows);
        }
        true
    }

    /// Looks at the probes of a line: is there a value where every row has one, and a blank before every label?
    fn look(&mut self, byte: impl Fn(usize, usize) -> u8) -> bool {
        let probe = |probe: usize| byte(self.probes[probe], probe);
        let blank = |at: usize| matches!(probe(at), b' ' | b'\t');
        for &column in &self.solid {
            let hollow = blank(3 * column + 1) && blank(3 * column + 2);
            self.hollow |= hollow;
            self.headless |= hollow && (column != 0 || self.titled);
        }
        for &column in &self.lists {
            match probe(3 * column + 1) {
                b'{' => self.lists_seen.0 = true,
                b' ' => {}
                _ => self.lists_seen.1 = true,
            }
        }
        (1..self.heading.columns.len()).all(|column| blank(3 * column))
    }

    /// Whether nothing stands left of the first column, unless it is right-aligned.
    fn begins_well(&self, line: &str) -> bool {
        let Some(first) = self.heading.columns.first().filter(|first| first.start > 0) else { return true };
        let before = line.chars().take_while(|&char| is_blank(char)).count();
        before >= first.start || ending_at(line, first.end, self.measure) == Some(before)
    }

    /// Notes how far right-aligned values reach to the left; false where a value crosses a border otherwise.
    fn reaches(&mut self, line: &str) -> bool {
        let columns = &self.heading.columns;
        let mut found = Vec::new();
        let mut spots = Vec::new();
        locate(line, self.measure, &self.probes, &mut spots);
        for index in 1..columns.len() {
            if is_blank_at(line, spots[3 * index]) {
                continue;
            }
            match ending_at(line, columns[index].end, self.measure) {
                Some(start) if start > columns[index - 1].end => found.push((index, start)),
                _ => return false,
            }
        }
        for (index, start) in found {
            let reach = &mut self.reach[index];
            *reach = Some(reach.map_or(start, |known| known.min(start)));
        }
        true
    }

    fn finish(self, text: &'t str, body: usize) -> Survey<'t, 'h> {
        let columns = &self.heading.columns;
        let border = |index: usize| self.reach[index].unwrap_or(columns[index].start) - 1;
        Survey {
            heading: self.heading,
            text,
            body,
            measure: self.measure,
            borders: (1..columns.len()).map(border).collect(),
            right: self.reach.iter().map(Option::is_some).collect(),
            rows: self.rows,
            foretold: self.foretold.filter(|_| self.reach.iter().all(Option::is_none)).map(Foretelling::finish),
            quiet: self.quiet,
            unfit: self.unfit,
            // A list begins with its brace, so a line that does not goes on with one.
            hollow: self.hollow || self.lists_seen == (true, true),
            headless: self.headless,
            one_word: (0..columns.len()).filter(|&index| is_one_word(columns[index].property)).collect(),
            widths: OnceCell::new(),
        }
    }
}

/// The separator that `text` shows, where it says more than the one that is known.
fn stronger(known: char, text: &str) -> char {
    [';', '|', ','].into_iter().take_while(|&char| char != known).find(|&char| text.contains(char)).unwrap_or(known)
}

/// The first cell of the value that ends right before cell `end`; `None` where none does.
///
/// Right-aligned values are numbers, booleans and enumerations: they hold no blank but the one behind a comma.
fn ending_at(line: &str, end: usize, measure: Measure) -> Option<usize> {
    let mut spots = Vec::with_capacity(1);
    locate(line, measure, &[end], &mut spots);
    let spot = *spots.first()?;
    if !is_blank_at(line, spot) || (spot == Spot::Past && measure.width(line) != end) {
        return None;
    }
    let before = &line[..spot.offset(line)];
    let mut start = before.len();
    loop {
        let word = before[..start].trim_end_matches(|char| !is_blank(char)).len();
        if word == start {
            return None;
        }
        start = word;
        match before[..start].strip_suffix(' ') {
            Some(earlier) if earlier.ends_with(',') => start = earlier.len(),
            _ => break,
        }
    }
    Some(end - measure.width(&before[start..]))
}

/// Whether every object that has the property has a value in it.
pub(super) const fn is_never_empty(property: Property) -> bool {
    use Property as P;
    matches!(
        property,
        P::Name
            | P::Identity
            | P::Id
            | P::Guid
            | P::Role
            | P::Type
            | P::RoleAssigneeName
            | P::RoleAssigneeType
            | P::AssignmentMethod
            | P::Enabled
            | P::RoleType
            | P::IsRootRole
            | P::IsEndUserRole
            | P::IsDefault
            | P::RecipientType
            | P::RecipientTypeDetails
            | P::ScopeRestrictionType
            | P::Exclusive
    )
}

/// Whether values of the property are one word, or words behind commas: enumerations, booleans, GUIDs.
pub(super) const fn is_one_word(property: Property) -> bool {
    use Property as P;
    matches!(
        property,
        P::Guid
            | P::Type
            | P::RoleAssigneeType
            | P::RoleAssignmentDelegationType
            | P::AssignmentMethod
            | P::Enabled
            | P::RoleType
            | P::IsRootRole
            | P::IsEndUserRole
            | P::IsDefault
            | P::RecipientReadScope
            | P::RecipientWriteScope
            | P::ConfigReadScope
            | P::ConfigWriteScope
            | P::ImplicitRecipientReadScope
            | P::ImplicitRecipientWriteScope
            | P::ImplicitConfigReadScope
            | P::ImplicitConfigWriteScope
            | P::RecipientType
            | P::RecipientTypeDetails
            | P::ScopeRestrictionType
            | P::Exclusive
            | P::RoleGroupType
            | P::GroupType
            | P::RemotePowerShellEnabled
            | P::IsDirSynced
    )
}
