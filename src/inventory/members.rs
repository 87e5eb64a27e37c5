//! The members of a group, as several exports show them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Deref;

use crate::source::Span;

use super::facts::{MemberDoubt, Text};
use super::principals::PrincipalId;

/// What the exports show of a group's members.
#[derive(Clone, Debug, Default)]
pub struct Members {
    /// Those that it has, each at the place that says so.
    pub sure: Vec<(PrincipalId, Span)>,
    /// Those that it may have: an ambiguous name, or exports that contradict each other.
    pub doubtful: Vec<(PrincipalId, Span)>,
    /// Cut or lossy names, which may stand for several.
    pub unclear: Vec<(Text, Span)>,
    /// Why some may be none, where it is not their name.
    pub doubts: BTreeMap<PrincipalId, MemberDoubt>,
    /// Whether all are shown; else why not.
    pub state: MembersState,
    /// The cell that lists them.
    pub at: Option<Span>,
    /// The group of another forest or organization that has them, as an export names it.
    pub linked_to: Option<Text>,
}

impl Members {
    /// Whether no export names any member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sure.is_empty() && self.doubtful.is_empty() && self.unclear.is_empty()
    }
}

/// The members of a principal. Most have none, and no room for them.
#[derive(Clone, Debug, Default)]
pub struct MembersOf(Option<Box<Members>>);

impl MembersOf {
    /// The members, to add to them.
    pub(super) fn known(&mut self) -> &mut Members {
        self.0.get_or_insert_default()
    }

    /// Brings the members in order, each once.
    pub(super) fn sort(&mut self) {
        for members in self.0.iter_mut().flat_map(|members| [&mut members.sure, &mut members.doubtful]) {
            members.sort_unstable();
            members.dedup_by_key(|(id, _)| *id);
        }
    }
}

impl Deref for MembersOf {
    type Target = Members;

    fn deref(&self) -> &Members {
        const NONE: &Members = &Members {
            sure: Vec::new(),
            doubtful: Vec::new(),
            unclear: Vec::new(),
            doubts: BTreeMap::new(),
            state: MembersState::NotExported,
            at: None,
            linked_to: None,
        };
        self.0.as_deref().unwrap_or(NONE)
    }
}

/// Whether the members of a group are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum MembersState {
    /// All of them are shown.
    Known,
    /// The list is cut.
    Cut,
    /// The list was flattened or run together.
    Flattened,
    /// There are exactly as many rows as the shell prints by default.
    Capped,
    /// Rows show some of them: the command asked for a part.
    Narrowed,
    /// No export shows them.
    #[default]
    NotExported,
    /// Two exports contradict each other.
    Contradicting,
}

/// One export's list of a group's members.
pub(super) struct ListOfMembers<'p> {
    /// Whom each whole name stands for: one, or any of several.
    pub(super) resolved: Vec<Cow<'p, [PrincipalId]>>,
    pub(super) unclear: Vec<Text>,
    pub(super) state: MembersState,
    pub(super) at: Span,
}

impl Members {
    /// Rows that name the group show its members: all of them, or some.
    pub(super) fn show(&mut self, all: bool, at: Span) {
        if !all && self.state == MembersState::NotExported {
            self.state = MembersState::Narrowed;
        }
        if all && self.state != MembersState::Contradicting {
            self.state = MembersState::Known;
        }
        self.at.get_or_insert(at);
    }

    /// Whole beats cut where they agree; two whole lists that differ contradict each other.
    pub(super) fn take_lists(&mut self, lists: &[ListOfMembers<'_>]) {
        let sure_of = |list: &ListOfMembers<'_>| {
            let mut ids: Vec<PrincipalId> =
                list.resolved.iter().filter(|ids| ids.len() == 1).map(|ids| ids[0]).collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        };
        // One list alone contradicts nothing.
        let compared = if lists.len() == 1 { &[] } else { lists };
        let whole: Vec<Vec<PrincipalId>> =
            compared.iter().filter(|list| list.state == MembersState::Known).map(&sure_of).collect();
        let contradicting = whole.windows(2).any(|pair| pair[0] != pair[1])
            || whole.first().is_some_and(|whole| {
                let cut = lists.iter().filter(|list| list.state == MembersState::Cut);
                cut.flat_map(&sure_of).any(|id| whole.binary_search(&id).is_err())
            });
        let state = |wanted: MembersState| lists.iter().any(|list| list.state == wanted);
        self.state = if contradicting {
            MembersState::Contradicting
        } else if state(MembersState::Known) {
            MembersState::Known
        } else if state(MembersState::Cut) {
            MembersState::Cut
        } else {
            MembersState::Flattened
        };
        let in_all = |id: PrincipalId| whole.iter().all(|list| list.binary_search(&id).is_ok());
        for list in lists {
            self.at.get_or_insert(list.at);
            self.sure.reserve_exact(list.resolved.iter().filter(|ids| ids.len() == 1).count());
            for ids in &list.resolved {
                match &**ids {
                    [id] if !contradicting || in_all(*id) => self.sure.push((*id, list.at)),
                    ids => self.doubtful.extend(ids.iter().map(|&id| (id, list.at))),
                }
            }
            // A cut name in a cut list is in the whole one as well.
            if list.state == MembersState::Known || self.state != MembersState::Known {
                self.unclear.extend(list.unclear.iter().map(|&text| (text, list.at)));
            }
        }
    }
}
