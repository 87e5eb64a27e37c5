//! Records that contradict each other: gaps of single objects, or one gap where so many are described twice that the
//! exports do not fit together.
//!
//! Exports of two organizations in one folder make every object that both have a gap of its own, and each may concern
//! everybody. What closes them is one thing, so they are one gap.

use crate::inventory::{Inventory, MembersState, PrincipalId};
use crate::name::fold;
use crate::record::Kind;
use crate::source::Span;

use super::Graph;
use super::gap::{Gap, GapId};

/// How many objects of one kind may be described twice and differently before they are one gap.
pub const CONTRADICTIONS_MAX: usize = 5;

/// What to do about more.
pub const CONTRADICTIONS_HELP: &str =
    "remove the older exports; of several organizations, check each by itself: `rolecall check FOLDER`";

/// The kinds of objects about which more records contradict each other than can be told one by one.
#[derive(Debug, Default)]
pub(super) struct Contradictions {
    assignments: Option<Many>,
    role_groups: Option<Many>,
    groups: Option<Many>,
}

/// Many objects of one kind.
#[derive(Debug)]
struct Many {
    count: usize,
    /// The first by name, with the places that contradict each other about it as far as there are two.
    name: String,
    at: Option<Span>,
    other: Option<Span>,
}

impl Contradictions {
    pub(super) fn of(inventory: &Inventory) -> Self {
        let is_contradicting =
            |id: &PrincipalId| inventory.principals.get(*id).members.state == MembersState::Contradicting;
        let contradicting: Vec<PrincipalId> = inventory.principals.ids().filter(is_contradicting).collect();
        let groups = |role_groups: bool| {
            let of_kind = move |id: &&PrincipalId| inventory.principals.get(**id).role_group == role_groups;
            let all = contradicting.iter().filter(of_kind);
            all.map(|id| (inventory.show_principal(*id), inventory.principals.get(*id).members.at, None))
        };
        let assignments = inventory.assignments.iter().filter_map(|assignment| {
            let (at, other) = **assignment.contradiction.as_ref()?;
            Some((assignment.name.map_or("", |name| inventory.show(name)), Some(at), Some(other)))
        });
        Self {
            assignments: Many::of(assignments.collect()),
            role_groups: Many::of(groups(true).collect()),
            groups: Many::of(groups(false).collect()),
        }
    }
}

impl Many {
    fn of(all: Vec<(&str, Option<Span>, Option<Span>)>) -> Option<Self> {
        let count = all.len();
        let (name, at, other) = all.into_iter().min_by_key(|(name, at, _)| (fold(name), *at))?;
        (count > CONTRADICTIONS_MAX).then(|| Self { count, name: name.to_owned(), at, other })
    }
}

impl Graph<'_> {
    /// Why it is not known what an assignment gives about which two records contradict each other.
    pub(super) fn contradiction_gap(&mut self, name: &str, at: Span, other: Span) -> GapId {
        let Some(many) = &self.contradictions.assignments else { return self.gaps.contradiction(name, at, other) };
        let message =
            format!("records contradict each other about {} assignments, such as `{}`", many.count, many.name);
        let gap = many.gap(Kind::RoleAssignment, message);
        self.gaps.contradictions(gap)
    }

    /// Why it is not known who is in the groups about whose members records contradict each other; `None` where they are
    /// few enough to be told one by one.
    pub(super) fn contradicting_members_gap(&mut self, role_groups: bool) -> Option<GapId> {
        let (many, kind) = match role_groups {
            true => (self.contradictions.role_groups.as_ref()?, Kind::RoleGroupMember),
            false => (self.contradictions.groups.as_ref()?, Kind::Group),
        };
        let noun = if role_groups { "role groups" } else { "groups" };
        let message = format!(
            "records contradict each other about the members of {} {noun}, such as `{}`",
            many.count, many.name
        );
        let gap = many.gap(kind, message);
        Some(self.gaps.contradictions(gap))
    }
}

impl Many {
    fn gap(&self, kind: Kind, message: String) -> Gap {
        let (code, object) = ("contradicting-records", kind.name().to_owned());
        let export = CONTRADICTIONS_HELP.to_owned();
        Gap { code, kind, object, at: self.at, other: self.other, message, export }
    }
}
