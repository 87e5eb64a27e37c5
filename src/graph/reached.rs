//! How far roles reach by assignments, found once for each sort of cmdlets.

use super::{Graph, Held};
use crate::name::Symbol;
use crate::scope::{Reach, Scopes, Sort};

/// What was found.
#[derive(Debug)]
pub(super) struct Reached<T> {
    /// By assignment: the role, and what was found for each sort.
    found: Vec<Option<(Symbol, [Option<T>; Sort::COUNT])>>,
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

impl<T> Default for Reached<T> {
    fn default() -> Self {
        Self { found: Vec::new(), last: None }
    }
}

impl<T: Copy> Reached<T> {
    /// What is asked for; the assignment by its place in the inventory.
    pub(super) fn path(&mut self, assignment: usize, role: Symbol, cmdlet: &str) -> Path {
        let sort = match &self.last {
            Some((last, sort)) if last == cmdlet => *sort,
            _ => self.last.insert((cmdlet.to_owned(), Sort::of(cmdlet))).1,
        };
        Path { assignment, role, sort }
    }

    /// What was found.
    pub(super) fn get(&self, path: Path) -> Option<T> {
        let (_, found) = self.found.get(path.assignment)?.as_ref().filter(|(role, _)| *role == path.role)?;
        found[path.sort.index()]
    }

    /// Keeps what was found. An assignment whose role is not certain is asked for by few names of roles.
    pub(super) fn keep(&mut self, path: Path, found: T) -> T {
        if self.found.len() <= path.assignment {
            self.found.resize(path.assignment + 1, None);
        }
        let known = self.found[path.assignment].get_or_insert((path.role, [None; Sort::COUNT]));
        if known.0 == path.role {
            known.1[path.sort.index()] = Some(found);
        }
        found
    }
}

impl<'i> Graph<'i> {
    /// Whether a path is narrow only by a side on which the role itself may reach nothing: no export shows whether it does.
    pub(super) fn may_be_narrow_by_nature(&self, held: &Held, cmdlet: &str) -> bool {
        let (Some(assignment), Some(role)) = (held.assignment, held.role) else {
            return self.is_narrow_by_nature(held, cmdlet);
        };
        let path = self.by_nature.borrow_mut().path(assignment, role, cmdlet);
        let known = self.by_nature.borrow().get(path);
        known.unwrap_or_else(|| {
            let found = self.is_narrow_by_nature(held, cmdlet);
            self.by_nature.borrow_mut().keep(path, found)
        })
    }

    fn is_narrow_by_nature(&self, held: &Held, cmdlet: &str) -> bool {
        let scopes = self.scopes(held);
        if scopes.reach(cmdlet) != Reach::Narrow
            || self.reach_in_scopes(held, cmdlet, Reach::Organization) != Reach::Organization
        {
            return false;
        }
        let role = held.role.map_or_else(Scopes::default, |role| self.implicit_scopes(role));
        let nothing = |word: Option<&'i str>| word.or(Some("None"));
        // One side at a time: a role that reaches nothing at all would hold no cmdlets.
        let recipients = Scopes {
            recipient_read: nothing(role.recipient_read),
            recipient_write: nothing(role.recipient_write),
            ..role
        };
        let configuration =
            Scopes { config_read: nothing(role.config_read), config_write: nothing(role.config_write), ..role };
        [recipients, configuration].iter().any(|role| scopes.beside(role).reach(cmdlet) == Reach::Organization)
    }
}
