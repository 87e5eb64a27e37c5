//! How far roles reach by assignments, found once for each sort of cmdlets.

use std::cell::RefCell;

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

impl<T> Default for Reached<T> {
    fn default() -> Self {
        Self { found: Vec::new(), last: None }
    }
}

impl<T: Copy> Reached<T> {
    /// What was found of a role by an assignment, which is named by its place in the inventory, for a cmdlet's sort; else
    /// what is found now. An assignment whose role is not certain is asked for by few names of roles.
    pub(super) fn of(cell: &RefCell<Self>, path: (usize, Symbol), cmdlet: &str, find: impl FnOnce() -> T) -> T {
        let (assignment, role) = path;
        let sort = cell.borrow_mut().sort(cmdlet);
        let of_role = |(known, found): &(Symbol, [Option<T>; Sort::COUNT])| {
            if *known == role { found[sort.index()] } else { None }
        };
        let known = cell.borrow().found.get(assignment).and_then(Option::as_ref).and_then(of_role);
        if let Some(found) = known {
            return found;
        }
        // It may ask for other paths.
        let new = find();
        let found = &mut cell.borrow_mut().found;
        if found.len() <= assignment {
            found.resize(assignment + 1, None);
        }
        let known = found[assignment].get_or_insert((role, [None; Sort::COUNT]));
        if known.0 == role {
            known.1[sort.index()] = Some(new);
        }
        new
    }

    fn sort(&mut self, cmdlet: &str) -> Sort {
        match &self.last {
            Some((last, sort)) if last == cmdlet => *sort,
            _ => self.last.insert((cmdlet.to_owned(), Sort::of(cmdlet))).1,
        }
    }
}

impl<'i> Graph<'i> {
    /// Whether a path is narrow only by a side on which the role itself may reach nothing: no export shows whether it does.
    pub(super) fn may_be_narrow_by_nature(&self, held: &Held, cmdlet: &str) -> bool {
        let (Some(assignment), Some(role)) = (held.assignment, held.role) else {
            return self.is_narrow_by_nature(held, cmdlet);
        };
        Reached::of(&self.by_nature, (assignment, role), cmdlet, || self.is_narrow_by_nature(held, cmdlet))
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
