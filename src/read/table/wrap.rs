//! Rows over several lines: which line goes on with the row above, and how the parts of a value are put together.
//!
//! Source: PowerShell, `StringManipulationHelper`: where the culture is one of en, fr, de, it, pt and es, lines break
//! behind a blank and a word longer than the line at its full width; in every other culture always at the full width.

use crate::record::Property;

use super::cells::Measure;
use super::lines::Part;
use super::survey::{Cell, Survey, UNMARKED_WIDTH_MAX, is_never_empty, is_one_word};

/// Whether a line goes on with the row above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GoesOn {
    /// It lacks what every row has, and the row above has no room for what it shows.
    Yes,
    /// It may: the row above has no room for what it shows.
    Perhaps,
    /// It is a row of its own.
    No,
}

/// Whether `line`, whose text is `text`, goes on with the row whose last line is `above`.
pub(super) fn goes_on(survey: &Survey<'_, '_>, above: &[Cell<'_>], line: &[Cell<'_>], text: &str) -> GoesOn {
    let columns = &survey.heading.columns;
    let shown = |cell: &Cell<'_>| !cell.text.is_empty();
    if above.is_empty() || !line.iter().any(shown) {
        return GoesOn::No;
    }
    // What the end of the file leaves of a row looks like the end of a row.
    if shown(&line[0]) && survey.is_open(text) {
        return GoesOn::No;
    }
    // A list that is closed does not go on with one that opens, and no word goes on with a word of its own.
    let starts_anew = |(index, (above, cell)): (usize, (&Cell<'_>, &Cell<'_>))| {
        let is_truth = |cell: &Cell<'_>| ["True", "False"].contains(&cell.text);
        let opens = columns[index].property.is_list() && above.text.ends_with('}') && cell.text.starts_with('{');
        opens || is_truth(above) && is_truth(cell)
    };
    if above.iter().zip(line).enumerate().any(starts_anew) {
        return GoesOn::No;
    }
    let hollow = |index: usize| !shown(&line[index]) && is_never_empty(columns[index].property);
    if hollow(0) {
        // A row of which the first cell is blank shows whole values where the row above does.
        let is_row = above.iter().zip(line).enumerate().any(|(index, (above, cell))| {
            let is_single = !columns[index].property.is_list() && shown(above) && shown(cell);
            is_single && (begins_alike(above.text, cell.text) || had_room(survey, index, above))
        });
        return if is_row { GoesOn::No } else { GoesOn::Yes };
    }
    // A list that is closed does not go on.
    let closed =
        |index: usize| columns[index].property.is_list() && shown(&line[index]) && above[index].text.ends_with('}');
    let mut pairs = above.iter().zip(line).enumerate();
    if !pairs.all(|(index, (above, cell))| !shown(cell) || may_break(survey, index, above, cell)) {
        return GoesOn::No;
    }
    let headless = |index: usize| {
        columns[index].property.is_list()
            && survey.widths().braces[index]
            && shown(&line[index])
            && !line[index].text.starts_with('{')
    };
    let certain = (0..line.len()).any(|index| hollow(index) || headless(index));
    match certain {
        true => GoesOn::Yes,
        false if (0..line.len()).any(closed) => GoesOn::No,
        false => GoesOn::Perhaps,
    }
}

/// Whether the line above had room for one more letter of a value that is one word.
fn had_room(survey: &Survey<'_, '_>, index: usize, above: &Cell<'_>) -> bool {
    let is_word = is_one_word(survey.heading.columns[index].property);
    is_word && survey.measure.width(above.text) < survey.widths().widest[index]
}

/// Whether two texts begin as whole names of objects do: with one domain, or as distinguished names.
fn begins_alike(above: &str, below: &str) -> bool {
    let domain = |text: &str| text.split_once('/').map(|(domain, _)| domain.to_owned()).filter(|it| it.contains('.'));
    let is_one_domain = domain(above).is_some_and(|one| domain(below).is_some_and(|other| one == other));
    is_one_domain || above.starts_with("CN=") && below.starts_with("CN=")
}

/// Whether a line shows nothing but a first value.
pub(super) fn shows_first_alone(cells: &[Cell<'_>]) -> bool {
    cells.iter().skip(1).all(|cell| cell.text.is_empty())
}

/// Whether a value may have been broken between two lines: the next word had no room in the upper one.
fn may_break(survey: &Survey<'_, '_>, index: usize, above: &Cell<'_>, cell: &Cell<'_>) -> bool {
    let width = |text: &str| survey.measure.width(text);
    let widest = survey.widths().widest[index];
    if is_one_word(survey.heading.columns[index].property) {
        return width(above.text) >= widest;
    }
    // A word takes the blank behind it along.
    let word = cell.text.split_inclusive(' ').next().unwrap_or("");
    !above.text.is_empty() && width(above.text) + 1 + width(word) > widest
}

/// How the values of each column were broken.
#[derive(Clone, Debug)]
pub(super) struct Breaks<'l> {
    columns: Vec<Break<'l>>,
    measure: Measure,
    /// Whether a line goes on with the row above beyond doubt.
    pub(super) certain: bool,
    /// Whether none but the last lines do, with text at their start only: somebody may have written them below the table.
    pub(super) alone: bool,
    culture: Culture,
}

/// Where lines break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Culture {
    /// Behind a blank.
    Word,
    /// At the full width.
    Hard,
    /// The table shows too little.
    Unknown,
}

#[derive(Clone, Copy, Debug, Default)]
struct Break<'l> {
    /// A part that is not the last of its value.
    upper: Option<&'l str>,
    /// Whether there are others.
    several: bool,
    /// The first and the last cell at which such a part ends.
    ends: (usize, usize),
    /// The width of the column, and whether the lines show it.
    room: usize,
    exact: bool,
    /// Whether the values are lists.
    list: bool,
    right: bool,
    /// Whether the values hold blanks only behind commas.
    one_word: bool,
}

impl<'l> Break<'l> {
    fn add(&mut self, text: &'l str, end: usize) {
        match self.upper {
            None => (self.upper, self.ends) = (Some(text), (end, end)),
            Some(known) => {
                self.several |= known != text;
                self.ends = (self.ends.0.min(end), self.ends.1.max(end));
            }
        }
    }

    fn culture(&self) -> Culture {
        if self.upper.is_none() || self.one_word || self.right {
            Culture::Unknown
        } else if self.ends.0 + 1 < self.room {
            Culture::Word
        } else if self.ends.1 >= self.room && (self.exact || self.several) {
            Culture::Hard
        } else {
            Culture::Unknown
        }
    }
}

/// Whether blanks stand in values of the property only behind commas.
const fn has_no_blanks(property: Property) -> bool {
    is_one_word(property) || matches!(property, Property::Parameters)
}

impl<'l> Breaks<'l> {
    /// Looks at every break of the table.
    pub(super) fn of(survey: &Survey<'l, '_>) -> Self {
        let widths = survey.widths();
        let column = |index: usize| Break {
            room: widths.room[index].unwrap_or(widths.widest[index]),
            exact: widths.room[index].is_some(),
            list: survey.heading.columns[index].property.is_list(),
            right: survey.right[index],
            one_word: has_no_blanks(survey.heading.columns[index].property),
            ..Break::default()
        };
        let mut columns: Vec<Break<'l>> = (0..survey.heading.columns.len()).map(column).collect();
        let (mut certain, mut alone) = (false, false);
        let (mut spots, mut above, mut cells) = (Vec::new(), Vec::new(), Vec::new());
        for part in survey.lines() {
            let Part::Row(line) = part else { continue };
            survey.cut(line, &mut spots, &mut cells);
            if goes_on(survey, &above, &cells, line) == GoesOn::Yes {
                alone = (alone || !certain) && shows_first_alone(&cells);
                certain = true;
                for (column, (above, cell)) in columns.iter_mut().zip(above.iter().zip(&cells)) {
                    let (above, cell): (&Cell<'l>, &Cell<'l>) = (above, cell);
                    if !cell.text.is_empty() && !above.text.is_empty() {
                        // A full-width character that had no room leaves a cell blank.
                        let wide = cell.text.chars().next().map_or(1, |char| survey.measure.of(char)) - 1;
                        column.add(above.text, above.lead + survey.measure.width(above.text) + wide);
                    }
                }
            }
            alone &= shows_first_alone(&cells);
            std::mem::swap(&mut above, &mut cells);
        }
        let cultures = || columns.iter().map(Break::culture);
        let culture = if cultures().any(|culture| culture == Culture::Word) {
            Culture::Word
        } else {
            cultures().find(|culture| *culture == Culture::Hard).unwrap_or(Culture::Unknown)
        };
        Self { columns, measure: survey.measure, certain, alone, culture }
    }

    /// Whether a blank stood where a value of column `index` was broken behind `before`; `None` where the table does
    /// not tell.
    pub(super) fn lost_blank(&self, index: usize, before: &Cell<'_>, cell: &Cell<'_>) -> Option<bool> {
        let column = &self.columns[index];
        if column.one_word {
            return Some(before.text.ends_with(','));
        }
        // Lines of so few cells hold hardly two words.
        if column.room <= UNMARKED_WIDTH_MAX {
            return None;
        }
        if column.right || cell.lead > 0 {
            return Some(cell.lead > 0 && !column.right);
        }
        // What stands between the items of a list; distinguished names alone hold commas without a blank behind them.
        if column.list && before.text.ends_with(',') && !before.text.contains('=') {
            return Some(true);
        }
        let width = |text: &str| self.measure.width(text);
        let torn =
            before.text.rsplit(' ').next().map_or(0, width) + cell.text.split_inclusive(' ').next().map_or(0, width);
        let end = before.lead + width(before.text);
        if end < column.room {
            // One cell is blank where a full-width character had no room, too.
            let wide = |char: Option<char>| char.is_some_and(|char| self.measure.of(char) > 1);
            return match self.culture {
                _ if end + 1 < column.room || !wide(cell.text.chars().next()) => Some(true),
                Culture::Word if torn <= column.room => Some(true),
                _ => None,
            };
        }
        match self.culture {
            Culture::Hard => Some(false),
            _ if column.exact || torn > column.room || !before.text.contains(' ') => Some(false),
            Culture::Word => Some(true),
            // Most shells speak a language that breaks behind blanks; a small letter says that this one may not.
            Culture::Unknown => (!cell.text.starts_with(char::is_lowercase)).then_some(true),
        }
    }
}
