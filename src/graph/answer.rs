//! Answers: can this account run this cmdlet with these parameters, and if not, what came closest.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::inventory::{Assignee, Entry, NO_ROLE, PrincipalId, Stated};
use crate::name::{Symbol, same};
use crate::record::Kind;
use crate::scope::{Known, Reach, makes_group};
use crate::source::Span;

use super::Graph;
use super::coverage::{Coverage, Target};
use super::gap::GapId;
use super::grants::{EntryGrant, Grants};
use super::rights::{Held, Rights, Why};

/// The parameters that every cmdlet has; exports list them in some entries and not in others.
///
/// Source: about_CommonParameters, and the dumps of live organizations, in which they come and go.
const COMMON: &[&str] = &[
    "Debug",
    "ErrorAction",
    "ErrorVariable",
    "InformationAction",
    "InformationVariable",
    "OutBuffer",
    "OutVariable",
    "PipelineVariable",
    "ProgressAction",
    "Verbose",
    "WarningAction",
    "WarningVariable",
];

/// What is asked of an account.
#[derive(Clone, Debug)]
pub struct Question<'q> {
    /// The cmdlet.
    pub cmdlet: &'q str,
    /// Parameters of which all are needed.
    pub all: &'q [String],
    /// Parameters of which one is needed.
    pub any: &'q [String],
    /// Whether a grant on the own mailbox is enough.
    pub own_mailbox: bool,
    /// The recipient that it must work on; `None` where any will do.
    pub on: Option<&'q Target>,
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// One role entry allows it.
    Granted,
    /// Several role entries of the cmdlet allow it together, and none alone.
    Merged,
    /// Nothing allows it, and nothing unknown could.
    NotGranted,
    /// It depends on something that no export shows.
    Unknown,
}

/// An answer with its evidence.
#[derive(Clone, Debug)]
pub struct Judged<'i> {
    /// The answer.
    pub answer: Answer,
    /// The entries that allow it.
    pub grants: Vec<EntryGrant<'i>>,
    /// Whether every one of them works on less than the organization; of merged entries, whether all of them together do.
    pub narrow: bool,
    /// Entries of the cmdlet that lack a parameter; `Graph::lacks` tells which.
    pub lacking: Vec<EntryGrant<'i>>,
    /// What the account itself has that came close, nearest first; `Graph::elsewhere` has what others have.
    pub misses: Vec<Miss>,
    /// What leaves it open.
    pub gaps: Vec<GapId>,
    /// Whether something unknown may give the cmdlet at all, with whatever parameters.
    pub doubted: bool,
    /// Where it is granted and narrow: what leaves open whether it reaches the whole organization.
    pub wider: Vec<GapId>,
}

/// In what way something almost allows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MissCode {
    /// It is held for the own mailbox only.
    OwnMailboxOnly,
    /// It is held on no recipients and no configuration.
    NoScope,
    /// It is held, but not for the recipient that was asked about.
    OutsideScope,
    /// Several entries have all parameters together, and share nothing to work on.
    ScopesApart,
    /// A disabled assignment of the account would give it.
    Disabled,
    /// A delegating assignment of the account lets it be handed on, not run.
    Delegating,
    /// The entry is held without the parameter.
    WithoutParameter,
    /// The account holds a role that lacks it, and the role's parent has it.
    ParentHasIt,
    /// A role that holds it is assigned to a group of which the account is no member.
    NotMember,
    /// A role in the exports holds it and is not assigned.
    NotAssigned,
    /// Only roles of end users hold it, for the own mailbox.
    EndUserRole,
    /// No role in the exports holds it.
    NoRole,
}

impl MissCode {
    /// The word that reports show.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OwnMailboxOnly => "own-mailbox-only",
            Self::NoScope => "no-scope",
            Self::OutsideScope => "outside-scope",
            Self::ScopesApart => "scopes-apart",
            Self::Disabled => "disabled-assignment",
            Self::Delegating => "delegating-assignment",
            Self::WithoutParameter => "without-parameter",
            Self::ParentHasIt => "parent-has-it",
            Self::NotMember => "not-a-member",
            Self::NotAssigned => "not-assigned",
            Self::EndUserRole => "end-user-role",
            Self::NoRole => "no-role",
        }
    }
}

/// Something that almost allows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Miss {
    /// In what way.
    pub code: MissCode,
    /// The role.
    pub role: Option<Symbol>,
    /// The assignment.
    pub assignment: Option<usize>,
    /// The line that came closest.
    pub at: Span,
    /// The entry of the role.
    pub entry: Option<Span>,
}

impl<'i> Graph<'i> {
    /// Answers a question about an account, from `grants` of its rights that hold at least the cmdlet's entries.
    pub fn judge(&mut self, rights: &Rights, grants: &Grants<'i>, question: &Question<'_>) -> Judged<'i> {
        let mut judged = self.answer(rights, grants, question);
        if judged.answer == Answer::NotGranted {
            let named = self.inventory.names.get(question.cmdlet);
            self.add_would_be(rights, question, named, &mut judged.misses);
            self.add_parents(rights, question, named, &mut judged.misses);
        }
        judged.misses.sort_by_key(|miss| (miss.code, miss.at));
        judged
    }

    /// The same without what came close besides the account's own entries, for those who do not show it.
    pub fn answer(&mut self, rights: &Rights, grants: &Grants<'i>, question: &Question<'_>) -> Judged<'i> {
        let inventory = self.inventory;
        let needed = self.needed(question);
        let mut judged = Judged {
            answer: Answer::NotGranted,
            grants: Vec::new(),
            narrow: false,
            lacking: Vec::new(),
            misses: Vec::new(),
            gaps: Vec::new(),
            doubted: false,
            wider: Vec::new(),
        };
        let mut gaps: BTreeSet<GapId> = BTreeSet::new();
        let mut wider: BTreeSet<GapId> = BTreeSet::new();
        let mut whole: Vec<(EntryGrant<'i>, Reach)> = Vec::new();
        let mut parts: Vec<(EntryGrant<'i>, Reach)> = Vec::new();
        let mut doubtful: Vec<Doubtful<'_, 'i>> = Vec::new();
        let named = inventory.names.get(question.cmdlet);
        for grant in named.map_or(&[][..], |cmdlet| grants.of(cmdlet)) {
            let held = &rights.held[grant.held];
            let reach = self.reach(held, question.cmdlet);
            if matches!(reach, Reach::OwnMailbox | Reach::Nothing)
                && !(question.own_mailbox && reach == Reach::OwnMailbox)
            {
                if held.is_sure() && grant.gap.is_none() {
                    let code = if reach == Reach::Nothing { MissCode::NoScope } else { MissCode::OwnMailboxOnly };
                    judged.misses.push(self.miss(code, rights, grant));
                }
                continue;
            }
            if !held.is_sure() || grant.gap.is_some() {
                let gaps = held.gaps.iter().copied().chain(grant.gap).collect();
                doubtful.push(Doubtful { grant, reach, gaps });
                continue;
            }
            if reach == Reach::Unknown {
                doubtful.push(Doubtful { grant, reach, gaps: vec![self.scope_gap(rights, grant)] });
                continue;
            }
            if let Some(target) = question.on {
                let covered = self.covers(rights.account, held, question.cmdlet, target);
                match covered.inside {
                    Known::Yes => {}
                    Known::No => {
                        judged.misses.push(self.miss(MissCode::OutsideScope, rights, grant));
                        continue;
                    }
                    Known::Unknown => {
                        let name = self.assignment(held).and_then(|assignment| assignment.name);
                        let place = covered.at.or_else(|| self.assignment(held).map(|assignment| assignment.at));
                        let object = name.map_or("", |name| inventory.show(name));
                        let gaps = vec![match (covered.column, place) {
                            (Some(column), Some(at)) => self.gaps.missing_column(Kind::RoleAssignment, column, at),
                            _ => self.gaps.open_scope(object, Coverage { at: place, ..covered }),
                        }];
                        doubtful.push(Doubtful { grant, reach, gaps });
                        continue;
                    }
                }
            }
            if needed.are_in(grant) {
                whole.push((grant.clone(), reach));
                continue;
            }
            if !grant.parameters_complete {
                let gap = self.parameters_gap(grant);
                gaps.insert(gap);
                if matches!(reach, Reach::Organization | Reach::Somewhere) {
                    wider.insert(gap);
                }
            }
            judged.misses.push(self.miss(MissCode::WithoutParameter, rights, grant));
            judged.lacking.push(grant.clone());
            parts.push((grant.clone(), reach));
        }
        if !whole.is_empty() {
            let is_far = whole.iter().any(|(_, reach)| *reach == Reach::Organization);
            let unseen = whole.iter().filter(|(_, reach)| *reach == Reach::Somewhere);
            wider.extend(unseen.filter_map(|(grant, _)| self.unseen_gap(rights, grant, question.cmdlet)));
            judged.narrow = whole.iter().all(|(_, reach)| *reach == Reach::Narrow);
            judged.grants = whole.into_iter().map(|(grant, _)| grant).collect();
            judged.answer = Answer::Granted;
            if !is_far {
                wider.extend(self.open_for(rights, question));
                for grant in &judged.grants {
                    if self.may_be_narrow_by_nature(&rights.held[grant.held], question.cmdlet) {
                        wider.insert(self.scope_gap(rights, grant));
                    }
                }
                doubtful.retain(|one| {
                    one.reach != Reach::Narrow
                        || self.may_be_narrow_by_nature(&rights.held[one.grant.held], question.cmdlet)
                });
                add_doubts(&needed, &parts, &doubtful, &mut wider);
                judged.wider = wider.into_iter().collect();
            }
        } else {
            gaps.extend(self.open_for(rights, question));
            judged.doubted = !doubtful.is_empty();
            add_doubts(&needed, &parts, &doubtful, &mut gaps);
            // Something unknown may hold all of it in one entry, or what is missing.
            judged.answer = if gaps.is_empty() { Answer::NotGranted } else { Answer::Unknown };
            if gaps.is_empty()
                && needed.merges
                && let Some(merge) = self.merge(rights, &parts, question.cmdlet, &needed.all)
            {
                if merge.parts.is_empty() {
                    let apart = parts.iter().map(|(part, _)| self.miss(MissCode::ScopesApart, rights, part));
                    judged.misses.extend(apart);
                } else {
                    let unseen = merge.unseen.iter();
                    let unseen: BTreeSet<GapId> =
                        unseen.filter_map(|grant| self.unseen_gap(rights, grant, question.cmdlet)).collect();
                    if merge.sure {
                        judged.answer = Answer::Merged;
                        judged.grants = merge.parts;
                        judged.narrow = merge.narrow;
                        let mut wider = unseen;
                        if merge.narrow {
                            wider.extend(self.far_by_nature(rights, &judged.grants, question.cmdlet, &needed.all));
                        }
                        judged.wider = wider.into_iter().collect();
                    } else {
                        judged.answer = Answer::Unknown;
                        gaps.extend(unseen);
                    }
                }
            }
            judged.gaps = gaps.into_iter().collect();
        }
        judged
    }

    /// Why merged parameters that are narrow may reach the whole organization: each comes from what does, or may.
    fn far_by_nature(
        &mut self,
        rights: &Rights,
        merged: &[EntryGrant<'i>],
        cmdlet: &str,
        wanted: &[Option<Symbol>],
    ) -> Vec<GapId> {
        let may_be =
            |graph: &Self, grant: &EntryGrant<'i>| graph.may_be_narrow_by_nature(&rights.held[grant.held], cmdlet);
        let is_far =
            |graph: &Self, grant: &EntryGrant<'i>| graph.reach(&rights.held[grant.held], cmdlet) == Reach::Organization;
        let far: Vec<&EntryGrant<'i>> =
            merged.iter().filter(|grant| may_be(self, grant) || is_far(self, grant)).collect();
        let has = |name: &Option<Symbol>| name.is_some_and(|name| far.iter().any(|one| one.parameters.contains(&name)));
        if !wanted.iter().all(has) {
            return Vec::new();
        }
        let open: Vec<_> = far.into_iter().filter(|grant| !is_far(self, grant)).collect();
        open.into_iter().map(|grant| self.scope_gap(rights, grant)).collect()
    }

    /// Why it is not known how far a grant reaches.
    pub fn scope_gap(&mut self, rights: &Rights, grant: &EntryGrant<'i>) -> GapId {
        let role = self.inventory.show_role(grant.role).unwrap_or("");
        let at = self.assignment(&rights.held[grant.held]).map(|assignment| assignment.at);
        self.gaps.unknown_scope(role, at)
    }

    /// Why it is not known whether a grant reaches the whole organization, where a column is missing.
    fn unseen_gap(&mut self, rights: &Rights, grant: &EntryGrant<'i>, cmdlet: &str) -> Option<GapId> {
        let held = &rights.held[grant.held];
        let (column, at) = (self.unseen_column(held, cmdlet)?, self.assignment(held)?.at);
        Some(self.gaps.missing_column(Kind::RoleAssignment, column, at))
    }

    /// Why not all parameters of a grant are known.
    pub fn parameters_gap(&mut self, grant: &EntryGrant<'i>) -> GapId {
        let role = self.inventory.show_role(grant.role).unwrap_or("");
        self.gaps.cut_parameters(role, self.inventory.show(grant.cmdlet), grant.at)
    }

    /// Whether something unknown could give the account a cmdlet, or a parameter of it, besides what it has.
    #[must_use]
    pub fn is_open(&self, rights: &Rights, cmdlet: &str) -> bool {
        let question = Question { cmdlet, all: &[], any: &[], own_mailbox: true, on: None };
        // A list of parameters holds those of every path, whatever it reaches.
        !self.open_through(rights, &question, |_| true).is_empty()
    }

    /// What may hide an entry of the cmdlet: roles whose entries are not all known, and exports that are not whole.
    fn open_for(&self, rights: &Rights, question: &Question<'_>) -> BTreeSet<GapId> {
        self.open_through(rights, question, |reach| match reach {
            Reach::Nothing => false,
            Reach::OwnMailbox => question.own_mailbox,
            Reach::Organization | Reach::Narrow | Reach::Somewhere | Reach::Unknown => true,
        })
    }

    /// The same, of the paths whose reach counts.
    fn open_through(
        &self,
        rights: &Rights,
        question: &Question<'_>,
        counts: impl Fn(Reach) -> bool,
    ) -> BTreeSet<GapId> {
        let mut gaps: BTreeSet<GapId> = self.global_for(rights, Some(question.cmdlet)).collect();
        for held in rights.open_ended.iter().map(|path| &rights.held[*path]) {
            let gap = match held.role.map(|role| self.entries_gap(role, Some(question.cmdlet))) {
                Some(None) => continue,
                // An uncertain holder of unknown entries stays open for either reason; the nearer one is said.
                gap => gap.flatten().filter(|_| held.is_sure()),
            };
            if !counts(self.reach(held, question.cmdlet)) {
                continue;
            }
            match gap {
                Some(gap) => {
                    gaps.insert(gap);
                }
                None => gaps.extend(&held.gaps),
            }
        }
        // Whatever a policy gives is an assignment to it, so that an unknown one gives what any known one does; where no
        // assignment to any policy was exported, it may give anything.
        if (question.own_mailbox || makes_group(question.cmdlet)) && self.by_policy.is_empty() {
            gaps.extend(rights.policy_gap);
        }
        gaps
    }

    fn miss(&self, code: MissCode, rights: &Rights, grant: &EntryGrant<'i>) -> Miss {
        let held = &rights.held[grant.held];
        let at = match (code, self.assignment(held)) {
            (MissCode::WithoutParameter, _) | (_, None) => grant.at,
            (_, Some(assignment)) => assignment.at,
        };
        Miss { code, role: Some(grant.role), assignment: held.assignment, at, entry: Some(grant.at) }
    }

    /// Whether a path reaches something that is asked for.
    fn is_of_use(&self, held: &Held, question: &Question<'_>) -> bool {
        match self.reach(held, question.cmdlet) {
            Reach::Nothing => false,
            Reach::OwnMailbox => question.own_mailbox,
            Reach::Organization | Reach::Narrow | Reach::Somewhere | Reach::Unknown => true,
        }
    }

    /// Whether a disabled assignment gives its role once it is enabled: a delegating one does not.
    #[must_use]
    pub fn is_parked(&self, held: &Held) -> bool {
        self.assignment(held).is_some_and(|assignment| assignment.delegating != Stated::Is(true))
    }

    /// Disabled and delegating assignments of the account that would give it.
    fn add_would_be(&self, rights: &Rights, question: &Question<'_>, named: Option<Symbol>, misses: &mut Vec<Miss>) {
        for (held, why) in &rights.would {
            let (Some(role), Some(assignment)) = (held.role, self.assignment(held)) else { continue };
            let Some(entry) = self.entry_in(role, named) else { continue };
            if *why == Why::Disabled && !self.is_parked(held) {
                continue;
            }
            if !self.is_of_use(held, question) {
                continue;
            }
            let (code, at) = match why {
                Why::Disabled => (MissCode::Disabled, assignment.enabled_at),
                Why::Delegating => (MissCode::Delegating, assignment.delegating_at),
            };
            misses.push(Miss { code, role: Some(role), assignment: held.assignment, at, entry: Some(entry) });
        }
    }

    /// Roles of the account that lack the cmdlet, and could be given it because their parents have it.
    fn add_parents(&self, rights: &Rights, question: &Question<'_>, named: Option<Symbol>, misses: &mut Vec<Miss>) {
        for held in rights.held.iter().filter(|held| held.is_sure()) {
            let Some(role) = held.role.filter(|role| self.entry_in(*role, named).is_none()) else { continue };
            let parent = self.inventory.roles.get(role).and_then(|role| role.parent).flatten();
            let Some(entry) = parent.and_then(|parent| self.entry_in(parent, named)) else { continue };
            if !self.is_of_use(held, question) {
                continue;
            }
            let code = MissCode::ParentHasIt;
            misses.push(Miss { code, role: Some(role), assignment: held.assignment, at: entry, entry: Some(entry) });
        }
    }

    /// In what way a cmdlet is held by others than the account that asks: by a group, by nobody, by no role. Nearest
    /// first, and of one sort what would give least besides. The same for every account, so it is found once for each
    /// cmdlet.
    pub fn elsewhere(&mut self, cmdlet: &str) -> Rc<[Miss]> {
        let key = crate::name::fold(cmdlet);
        if let Some(known) = self.elsewhere.get(&key) {
            return Rc::clone(known);
        }
        let mut misses = self.find_elsewhere(cmdlet);
        misses.sort_by_key(|miss| (miss.code, self.weight(miss), miss.at));
        let misses: Rc<[Miss]> = misses.into();
        self.elsewhere.insert(key, Rc::clone(&misses));
        misses
    }

    fn find_elsewhere(&self, cmdlet: &str) -> Vec<Miss> {
        let inventory = self.inventory;
        let named = inventory.names.get(cmdlet);
        let mut misses = Vec::new();
        let entries = named.into_iter().flat_map(|cmdlet| inventory.entries_named(cmdlet));
        let mut first: Vec<Entry> = entries.filter(|entry| entry.role != NO_ROLE).collect();
        first.sort_by_key(|entry| entry.role);
        first.dedup_by_key(|entry| entry.role);
        let mut useless: Vec<Miss> = Vec::new();
        for &Entry { role, at, .. } in &first {
            let code = match self.implicit_scopes(role).reach(cmdlet) {
                Reach::OwnMailbox => MissCode::EndUserRole,
                Reach::Nothing => MissCode::NoScope,
                _ => {
                    self.add_holders(role, at, cmdlet, &mut misses);
                    continue;
                }
            };
            useless.push(Miss { code, role: Some(role), assignment: None, at, entry: Some(at) });
        }
        let holds = useless.len() < first.len();
        if let Some(miss) = useless.into_iter().rev().max_by_key(|miss| miss.code).filter(|_| !holds) {
            misses.push(miss);
        } else if !holds
            && self.shows_roles_with(cmdlet)
            && let Some(fact) = inventory.files.iter().find(|fact| fact.kind == crate::record::Kind::RoleEntry)
        {
            misses.push(Miss { code: MissCode::NoRole, role: None, assignment: None, at: fact.first, entry: None });
        }
        misses
    }

    /// In what way others hold a role with an entry of a cmdlet that is of use beyond the own mailbox.
    fn add_holders(&self, role: Symbol, entry: Span, cmdlet: &str, misses: &mut Vec<Miss>) {
        let inventory = self.inventory;
        let miss = |code, assignment, at| Miss { code, role: Some(role), assignment, at, entry: Some(entry) };
        let mut assigned = false;
        for &index in self.by_role.get(role.number()) {
            let assignment = &inventory.assignments[index];
            let Assignee::Principal(assignee) = assignment.assignee else { continue };
            if !matches!(self.standing[index], super::Standing::Works(_)) {
                continue;
            }
            assigned = true;
            let reaches = || !matches!(self.reach_of_assignment(index, cmdlet), Reach::OwnMailbox | Reach::Nothing);
            if !self.is_account(assignee) && reaches() {
                let at = inventory.principals.get(assignee).members.at.unwrap_or(assignment.assignee_at);
                misses.push(miss(MissCode::NotMember, Some(index), at));
            }
        }
        if !assigned && self.shows_assignments_of(role) {
            misses.push(miss(MissCode::NotAssigned, None, entry));
        }
    }

    /// The nearest of these that is about a role, where no other way of holding the cmdlet is nearer: it is held by a
    /// group.
    #[must_use]
    pub fn held_by_group(&self, cmdlet: &str, role: Symbol) -> Option<Miss> {
        let entry = self.entry_in(role, self.inventory.names.get(cmdlet))?;
        let mut misses = Vec::new();
        self.add_holders(role, entry, cmdlet, &mut misses);
        misses
            .into_iter()
            .filter(|miss| miss.code == MissCode::NotMember)
            .min_by_key(|miss| (self.weight(miss), miss.at))
    }

    /// How much the holder of a miss would get besides: the assignments of the group, or the entries of the role.
    #[must_use]
    pub fn weight(&self, miss: &Miss) -> usize {
        match (miss.code, self.group_of(miss), miss.role) {
            (MissCode::NotMember, Some(group), _) => self.assignments_of(group).len(),
            (_, _, Some(role)) => self.inventory.entry_count(role),
            _ => 0,
        }
    }

    /// Whom the assignment of a miss names.
    #[must_use]
    pub fn group_of(&self, miss: &Miss) -> Option<PrincipalId> {
        match self.inventory.assignments[miss.assignment?].assignee {
            Assignee::Principal(id) => Some(id),
            _ => None,
        }
    }

    fn entry_in(&self, role: Symbol, named: Option<Symbol>) -> Option<Span> {
        self.inventory.entries_in(role, named?).next().map(|entry| entry.at)
    }

    /// The parameters that a question needs.
    pub(super) fn needed(&self, question: &Question<'_>) -> Needed {
        let named = |name: &String| self.inventory.names.get(name);
        let any = match question.any {
            [] => None,
            any if any.iter().any(|name| is_common(name)) => None,
            any => Some(any.iter().filter_map(named).collect()),
        };
        let all = question.all.iter().filter(|name| !is_common(name)).map(named).collect();
        Needed { all, any, merges: question.any.is_empty() }
    }

    /// Whether an entry has the parameters that a question needs.
    #[must_use]
    pub fn meets(&self, entry: &EntryGrant<'_>, question: &Question<'_>) -> bool {
        self.needed(question).are_in(entry)
    }

    /// The parameters that an entry lacks, each as the question names it.
    #[must_use]
    pub fn lacks(&self, grant: &EntryGrant<'_>, question: &Question<'_>) -> Vec<String> {
        let named = |name: &str| self.inventory.names.get(name);
        let has = |name: &str| is_common(name) || named(name).is_some_and(|name| has_parameter(grant, name));
        let mut lacks: Vec<String> = question.all.iter().filter(|name| !has(name)).cloned().collect();
        if !question.any.is_empty() && !question.any.iter().any(|name| has(name)) {
            lacks.push(question.any.join("|"));
        }
        lacks
    }
}

/// The parameters that a question needs, common ones aside.
#[derive(Debug)]
pub(super) struct Needed {
    /// All of these; `None` for one that no export shows.
    all: Vec<Option<Symbol>>,
    /// One of these; where there is no list, any will do.
    any: Option<Vec<Symbol>>,
    /// Whether several entries may have them together.
    merges: bool,
}

impl Needed {
    /// Whether an entry has what is needed.
    pub(super) fn are_in(&self, grant: &EntryGrant<'_>) -> bool {
        self.all.iter().all(|name| name.is_some_and(|name| has_parameter(grant, name)))
            && self.any.as_ref().is_none_or(|any| any.iter().any(|name| has_parameter(grant, *name)))
    }

    /// Whether an entry has some of what is needed; where nothing is, it has all of it.
    pub(super) fn are_partly_in(&self, grant: &EntryGrant<'_>) -> bool {
        let mut named = self.all.iter().flatten().chain(self.any.iter().flatten());
        self.are_in(grant) || named.any(|name| has_parameter(grant, *name))
    }
}

/// An entry of the cmdlet that the account may or may not have where it is asked about.
struct Doubtful<'g, 'i> {
    grant: &'g EntryGrant<'i>,
    reach: Reach,
    gaps: Vec<GapId>,
}

/// Adds the gaps of doubtful entries that could give what is needed, alone or together with others.
///
/// An entry whose parameters are all known, and none of which is needed, changes no answer: the custom role from which a
/// parameter was removed does not give it, whoever holds it.
fn add_doubts(
    needed: &Needed,
    parts: &[(EntryGrant<'_>, Reach)],
    doubtful: &[Doubtful<'_, '_>],
    gaps: &mut BTreeSet<GapId>,
) {
    let cut = doubtful.iter().any(|one| !one.grant.parameters_complete);
    let known = || parts.iter().map(|(grant, _)| grant).chain(doubtful.iter().map(|one| one.grant));
    let has = |name: &Option<Symbol>| name.is_some_and(|name| known().any(|grant| has_parameter(grant, name)));
    let together = cut || !gaps.is_empty() || needed.merges && needed.all.iter().all(has);
    for Doubtful { grant, gaps: open, .. } in doubtful {
        let counts = !grant.parameters_complete || needed.are_in(grant) || together && needed.are_partly_in(grant);
        if counts {
            gaps.extend(open);
        }
    }
}

/// Whether an entry has a parameter.
fn has_parameter(grant: &EntryGrant<'_>, name: Symbol) -> bool {
    grant.parameters.binary_search(&name).is_ok()
}

/// Whether a parameter is one that every cmdlet has.
#[must_use]
pub fn is_common(name: &str) -> bool {
    COMMON.iter().any(|known| same(known, name))
}
