//! How far roles reach by assignments, found once for each sort of cmdlets.

use crate::name::Symbol;
use crate::scope::{Reach, Sort};

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Reached {
    /// By assignment: the role, and how far it reaches for each sort.
    found: Vec<Option<(Symbol, [Option<Reach>; Sort::COUNT])>>,
    /// The cmdlet that was asked for last, and its sort: all paths of an account are asked for one cmdlet after another.
    last: Option<(String, Sort)>,
}

/// A role by an assignment, for a sort of cmdlets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Path {
    assignment: usize,
    role: Symbol,
    sort: Sort,
}

impl Reached {
    /// What is asked for; the assignment by its place in the inventory.
    pub(super) fn path(&mut self, assignment: usize, role: Symbol, cmdlet: &str) -> Path {
        let sort = match &self.last {
            Some((last, sort)) if last == cmdlet => *sort,
            _ => self.last.insert((cmdlet.to_owned(), Sort::of(cmdlet))).1,
        };
        Path { assignment, role, sort }
    }

    /// How far it reaches, where that was found.
    pub(super) fn get(&self, path: Path) -> Option<Reach> {
        let (_, found) = self.found.get(path.assignment)?.as_ref().filter(|(role, _)| *role == path.role)?;
        found[path.sort.index()]
    }

    /// Keeps what was found. An assignment whose role is not certain is asked for by few names of roles.
    pub(super) fn keep(&mut self, path: Path, reach: Reach) -> Reach {
        if self.found.len() <= path.assignment {
            self.found.resize(path.assignment + 1, None);
        }
        let known = self.found[path.assignment].get_or_insert((path.role, [None; Sort::COUNT]));
        if known.0 == path.role {
            known.1[path.sort.index()] = Some(reach);
        }
        reach
    }
}
