//! Rows of role entries that an earlier row foretells: behind the name stands what stood behind it before.

use std::ops::Range;

use crate::read::repeats::Repeats;
use crate::record::Property;
use crate::source::to_u32;

use super::row::{Cell, Ending, Row, plain_cell, take_plain_cells};

/// The rows of a table, with the columns that repeat from role to role.
#[derive(Debug)]
pub(super) struct KnownRows<'t> {
    delimiter: u8,
    columns: usize,
    name: usize,
    /// The parameters, and the columns beside them that neither name the role nor hold its name.
    half: Range<usize>,
    repeats: Repeats<'t>,
    /// Where the cells of each half stand in it.
    borders: Vec<Border>,
}

#[derive(Clone, Copy, Debug)]
struct Border {
    start: u32,
    end: u32,
    quoted: bool,
}

impl<'t> KnownRows<'t> {
    /// `None` where no column of parameters stands behind the one of names. `first` is as in `Repeats::new`.
    pub(super) fn new(delimiter: u8, properties: &[Property], first: u32) -> Option<Self> {
        let find = |wanted: Property| properties.iter().position(|property| *property == wanted);
        let (name, parameters) = (find(Property::Name)?, find(Property::Parameters)?);
        if parameters < name || delimiter == b'\n' {
            return None;
        }
        let differs = |property: &Property| matches!(property, Property::Role | Property::Identity);
        let start = properties[name + 1..parameters].iter().rposition(differs).map_or(name + 1, |last| name + 2 + last);
        let end =
            properties[parameters..].iter().position(differs).map_or(properties.len(), |first| parameters + first);
        let (columns, repeats) = (properties.len(), Repeats::new(first));
        Some(Self { delimiter, columns, name, half: start..end, repeats, borders: Vec::new() })
    }

    /// Takes apart a row as `take_plain_row` does, and says which others it repeats.
    pub(super) fn take_row(
        &mut self,
        text: &'t str,
        start: usize,
        cells: &mut Vec<Cell<'t>>,
    ) -> Option<(Row, Option<u32>)> {
        cells.clear();
        let mut from = start;
        for _ in 0..self.half.start {
            let (cell, end) = plain_cell(text, from, self.delimiter)?;
            if text.as_bytes()[end] != self.delimiter {
                return None;
            }
            cells.push(cell);
            from = end + 1;
        }
        let name = cells[self.name].text;
        let Some((number, half)) = self.repeats.find(name, &text[from..]) else {
            let row = take_plain_cells(text, from, self.delimiter, self.columns, cells)?;
            return Some((row, self.learn(text, from, row, cells)));
        };
        let count = self.half.len();
        for border in &self.borders[number * count..][..count] {
            let cell = &text[from + border.start as usize..from + border.end as usize];
            cells.push(Cell { text: cell, doubled: false, closed: true, quoted: border.quoted });
        }
        let behind = from + half.len();
        let row = if self.half.end < self.columns {
            take_plain_cells(text, behind, self.delimiter, self.columns, cells)?
        } else {
            let end = behind - if half.ends_with("\r\n") { 2 } else { 1 };
            Row { end, next: behind, ending: Ending::Line }
        };
        Some((row, Some(self.repeats.shared(number))))
    }

    /// Keeps the half of a row that starts at `from`, with what ends it.
    fn learn(&mut self, text: &'t str, from: usize, row: Row, cells: &[Cell<'t>]) -> Option<u32> {
        let offset = |cell: &Cell<'_>| cell.text.as_ptr() as usize - text.as_ptr() as usize;
        let end = cells.get(self.half.end).map_or(row.next, |cell| offset(cell) - usize::from(cell.quoted));
        let number = self.repeats.learn(cells[self.name].text, &text[from..end])?;
        self.borders.extend(cells[self.half.clone()].iter().map(|cell| {
            let start = offset(cell) - from;
            Border { start: to_u32(start), end: to_u32(start + cell.text.len()), quoted: cell.quoted }
        }));
        Some(self.repeats.shared(number))
    }
}

#[cfg(test)]
mod tests {
    use super::super::row::take_plain_row;
    use super::*;

    #[test]
    fn a_foretold_row_is_as_it_is_read() {
        use Property::{Identity, Name, Other, Parameters, Role};
        let rows = [
            "\"A\",\"Get-X\",\"P;Q\",\"Cmdlet\",\"A\\Get-X\"\r\n",
            "\"B\",\"Get-X\",\"P;Q\",\"Cmdlet\",\"B\\Get-X\"\r\n",
            "\"B\",\"Get-X\",\"P;Q\",Cmdlet,\"B\\Get-X\"\r\n",
            "\"B\",\"Get-X\",\"P\",,\n",
            "\"C\",\"Get-X\",\"P\",,\n",
            "\"C\",\"Get-X\",\"P\",,x\n",
            "\"C\",\"Get-X\",\"P\",\n",
            "\"C\",\"Get-X\",\"P\",,x,y\n",
        ];
        for properties in [
            [Role, Name, Parameters, Other, Identity],
            [Identity, Name, Role, Parameters, Other],
            [Other, Name, Other, Parameters, Role],
        ] {
            let mut known = KnownRows::new(b',', &properties, 0).expect("parameters stand behind the name");
            // Nothing is kept of the first rows.
            for row in std::iter::repeat_n(&rows, 20).flatten() {
                let (mut foretold, mut read) = (Vec::new(), Vec::new());
                let taken = known.take_row(row, 0, &mut foretold);
                let plain = take_plain_row(row, 0, b',', 5, &mut read);
                assert_eq!(taken.map(|(row, _)| row), plain, "{row:?} {properties:?}");
                assert!(plain.is_none() || foretold == read, "{row:?} {properties:?}");
            }
        }
        assert!(KnownRows::new(b',', &[Parameters, Name], 0).is_none());
    }
}
