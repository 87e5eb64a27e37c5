//! Paths of accounts, so that those who hold the same share them.

use std::cmp::Ordering;
use std::rc::Rc;

use super::rights::Held;

/// A path, told from others by all but the place of the account's own membership.
#[derive(Debug)]
pub(super) struct Path(pub(super) Rc<Held>);

impl Ord for Path {
    fn cmp(&self, other: &Self) -> Ordering {
        fn rest(held: &Held) -> impl Ord {
            (
                held.role,
                held.policy,
                held.asserted,
                &held.gaps,
                &held.assumed,
                held.chain.first().map(|(id, _)| *id),
                held.chain.get(1..),
            )
        }
        rest(&self.0).cmp(&rest(&other.0))
    }
}

impl PartialOrd for Path {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Path {}
