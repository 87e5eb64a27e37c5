//! Which of many values are of which file.

use crate::source::FileId;

/// The files of values that stand in the order of their files: a file for each run of them.
#[derive(Clone, Debug, Default)]
pub struct Runs(Vec<(FileId, usize)>);

impl Runs {
    /// Says that the values before `end` which no file has yet are of this one.
    pub fn extend(&mut self, file: FileId, end: usize) {
        match self.0.last_mut() {
            Some((last, known)) if *last == file => *known = end,
            _ => self.0.push((file, end)),
        }
    }

    /// The file of a value.
    #[must_use]
    pub fn file(&self, index: usize) -> FileId {
        let run = self.0.partition_point(|(_, end)| *end <= index);
        self.0.get(run).map_or(FileId(0), |(file, _)| *file)
    }

    /// Adds the files of values that so many stand before.
    pub fn append(&mut self, others: Self, before: usize) {
        others.0.into_iter().for_each(|(file, end)| self.extend(file, before + end));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_the_file_that_it_was_said_to_have() {
        let mut runs = Runs::default();
        runs.extend(FileId(1), 1);
        runs.extend(FileId(1), 2);
        let mut others = Runs::default();
        others.extend(FileId(1), 1);
        others.extend(FileId(4), 3);
        runs.append(others, 2);
        assert_eq!([0, 1, 2, 3, 4].map(|index| runs.file(index).0), [1, 1, 1, 4, 4]);
    }
}
