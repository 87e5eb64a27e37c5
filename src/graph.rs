//! Which account can run what, by which path, on what scope, and how sure we are.
//!
//! The graph is built once. An account's rights are what its certain paths give, beside what an unknown link might
//! give; an answer is "not granted" only where no unknown link could add it.

mod across;
mod answer;
mod contradictions;
mod coverage;
mod drawing;
mod escalate;
mod extent;
mod gap;
mod grants;
mod holders;
mod listings;
mod members;
mod merge;
mod needed;
mod partial;
mod path;
mod reached;
mod rights;
mod roles;
mod servers;
mod uncertain;

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::catalogue::{BuiltInRole, Catalogue, EntraRole, Environment};
use crate::inventory::{
    Assignee, AssigneeType, Assignment, Class, Form, Grouped, Hint, Inventory, Listed, MembersState, NO_ROLE, NameSays,
    PrincipalId, Stated,
};
use crate::name::{ByName, Symbol, same};
use crate::record::Kind;
use crate::scope::{Reach, Scopes};
use crate::source::Span;

pub use crate::name::Wildcard;
pub use across::{OpenPath, Stranger, whole};
pub use answer::{Answer, Judged, Miss, MissCode, Question, is_common};
pub use contradictions::{CONTRADICTIONS_HELP, CONTRADICTIONS_MAX};
pub use coverage::{Coverage, Target};
pub use drawing::{Certainty, Drawing, DrawingFilter, DrawnEdge, DrawnNode, EdgeKind, NodeKind, id_of};
pub use escalate::{Escalation, Escalator, Gain, Need, Step, StepCode};
pub use gap::{Gap, GapId};
pub use grants::{EntryGrant, Grants, RoleEntries, SetIds};
pub use members::Inside;
pub use rights::{Held, RightSet, Rights, SetId, Why};

use contradictions::Contradictions;
use gap::{Gaps, Lacks, RoleGap};
use holders::{Edge, OpenGroup, Openings, Partial, Strangers};
use reached::Reached;
use rights::RightSets;
use uncertain::UncertainByRole;

/// A group whose members Exchange Online synchronises from Entra.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Synchronised {
    /// The role whose holders they are, where the name of the group tells.
    pub role: Option<EntraRole>,
}

/// What the caller accepts where an export lacks a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Assumptions {
    /// An assignment without `Enabled` is enabled.
    pub enabled: bool,
    /// An assignment without a delegation type is regular where its name says so.
    pub regular_by_name: bool,
    /// An assignment without columns about its scope works on the role's own.
    pub own_scope: bool,
}

/// All accounts, sorted by their names without case.
#[derive(Debug)]
struct Order {
    accounts: Vec<PrincipalId>,
    /// Where each principal stands among them, where it is an account.
    places: Vec<u32>,
}

/// How many parents a role may have, one above the other, before they are taken for a circle.
const PARENTS_MAX: usize = 64;

/// What the caller says of a group that no export shows: these are all its members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupAssertion {
    /// The group, by any of its identities; `*` and `?` are wild.
    pub group: String,
    /// Its members, each with the place that names it: an account, or a group as `group:NAME`.
    pub members: Vec<(String, Span)>,
    /// The place that asserts it.
    pub at: Span,
}

/// What the caller says of an account: these are all the roles that it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleAssertion {
    /// The account.
    pub account: String,
    /// The roles by name, each with the place that says so.
    pub roles: Vec<(String, Span)>,
}

/// What the caller says that no export shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assertions {
    /// Who is in groups.
    pub groups: Vec<GroupAssertion>,
    /// What accounts hold.
    pub roles: Vec<RoleAssertion>,
}

/// Whether an assignment works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is enabled and regular, by these assumptions.
    Works(Vec<&'static str>),
    /// It is disabled.
    Disabled,
    /// It only lets its assignee hand the role on.
    Delegating,
    /// An export does not say, for these reasons.
    Unknown(Vec<GapId>),
}

/// The permission graph of one organization.
#[derive(Debug)]
pub struct Graph<'i> {
    inventory: &'i Inventory,
    assumptions: Assumptions,
    catalogue: Catalogue,
    gaps: Gaps,
    contradictions: Contradictions,
    standing: Vec<Standing>,
    by_principal: Grouped<usize>,
    by_policy: BTreeMap<Symbol, Vec<usize>>,
    by_role: Grouped<usize>,
    /// What `implicit_scopes` found, by role: it is asked for every path of every account.
    implicit: RefCell<BTreeMap<Symbol, Scopes<'i>>>,
    /// What `reach` found: it is asked for every path of every account.
    reached: RefCell<Reached<Reach>>,
    /// Which paths may be narrow by nature, the same way.
    by_nature: RefCell<Reached<bool>>,
    /// What `elsewhere` found, by cmdlet.
    elsewhere: BTreeMap<String, Rc<[Miss]>>,
    /// Assignments whose assignee is not one certain object.
    floating: Vec<usize>,
    /// Assignments to mailbox plans.
    plans: Vec<usize>,
    /// The groups that a principal is in.
    groups_of: Grouped<Edge>,
    /// Cut and lossy names in lists of members: whom they stand for is asked for each account.
    unclear_members: Vec<(Partial<'i>, Edge)>,
    /// Groups that may hold anybody, each with all groups that are reachable from it.
    open_groups: Vec<OpenGroup>,
    /// What these give an account of this organization, and what they give one whose user lives elsewhere.
    openings: Openings,
    openings_of_linked: Openings,
    /// Accounts that may be others under another name.
    strangers: Vec<Strangers>,
    /// What makes every "not granted" unknown.
    global: Vec<GapId>,
    /// The one of these that says that commands asked for a part of the assignments, and for whose they asked.
    narrowed_assignments: Option<GapId>,
    /// The same where only assignments that give nobody a cmdlet may be left out.
    unused_assignments: Option<GapId>,
    asked_for: listings::AskedFor,
    /// Roles of which no export shows all entries, by the reason.
    unknown_entries: BTreeMap<Symbol, GapId>,
    /// Roles that may have an entry more, because its row does not tell the role or the cmdlet.
    uncertain_gaps: BTreeMap<Symbol, GapId>,
    uncertain: UncertainByRole,
    /// Roles of which two whole lists of entries differ.
    differing_entries: BTreeMap<Symbol, GapId>,
    /// Whether each principal is an account.
    are_accounts: Vec<bool>,
    /// All accounts by name, where somebody asked for it.
    order: OnceCell<Order>,
    scoping: coverage::Scoping,
    /// The assignments that rows of `-GetEffectiveUsers` show of a user.
    effective: BTreeMap<PrincipalId, Vec<usize>>,
    /// Those that rows of `-GetEffectiveUsers` show of a name that several accounts bear, each with name and row.
    effective_ambiguous: BTreeMap<PrincipalId, Vec<(usize, Symbol, Span)>>,
    /// The groups of which the caller says who is in them: their members, and why one may be another.
    asserted_groups: BTreeMap<PrincipalId, Vec<(PrincipalId, Option<GapId>)>>,
    right_sets: RightSets,
    /// Where the organization lives, as far as its exports show.
    environment: Option<Environment>,
    /// The built-in roles that the exports name.
    built_in: ByName<BuiltInRole>,
}

impl<'i> Graph<'i> {
    /// Builds the graph.
    #[must_use]
    pub fn new(inventory: &'i Inventory, assumptions: Assumptions) -> Self {
        Self::asserting(inventory, assumptions, &[])
    }

    /// Builds the graph with what the caller asserts of groups.
    #[must_use]
    pub fn asserting(inventory: &'i Inventory, assumptions: Assumptions, groups: &[GroupAssertion]) -> Self {
        let catalogue = Catalogue::new();
        let mut graph = Self {
            inventory,
            environment: Environment::shown_by(inventory),
            assumptions,
            built_in: catalogue.roles_among(&inventory.names),
            catalogue,
            gaps: Gaps::default(),
            contradictions: Contradictions::of(inventory),
            standing: Vec::new(),
            by_principal: Grouped::default(),
            by_policy: BTreeMap::new(),
            by_role: Grouped::default(),
            implicit: RefCell::default(),
            reached: RefCell::default(),
            by_nature: RefCell::default(),
            elsewhere: BTreeMap::new(),
            floating: Vec::new(),
            plans: Vec::new(),
            groups_of: Grouped::default(),
            unclear_members: Vec::new(),
            open_groups: Vec::new(),
            openings: Openings::default(),
            openings_of_linked: Openings::default(),
            strangers: Vec::new(),
            global: Vec::new(),
            narrowed_assignments: None,
            unused_assignments: None,
            asked_for: listings::AskedFor::default(),
            unknown_entries: BTreeMap::new(),
            uncertain_gaps: BTreeMap::new(),
            uncertain: UncertainByRole::default(),
            differing_entries: BTreeMap::new(),
            are_accounts: Vec::new(),
            order: OnceCell::new(),
            scoping: coverage::Scoping::of(inventory),
            effective: BTreeMap::new(),
            effective_ambiguous: BTreeMap::new(),
            asserted_groups: BTreeMap::new(),
            right_sets: RightSets::default(),
        };
        graph.find_global_gaps();
        graph.place_assignments();
        graph.find_unknown_entries();
        graph.count_what_is_missing();
        graph.link(groups);
        graph.find_open_groups();
        graph.follow_open_groups();
        graph.find_strangers();
        graph.are_accounts = graph.find_accounts();
        graph
    }

    /// The organization.
    #[must_use]
    pub fn inventory(&self) -> &'i Inventory {
        self.inventory
    }

    /// What is known of Exchange in general.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// A gap, where it may be one of any account.
    #[must_use]
    pub fn gap(&self, id: GapId) -> Cow<'_, Gap> {
        self.gaps.get(id, self.inventory)
    }

    /// A gap as it stands for the account that holds these rights: an unknown policy is each account's own, and whom it may
    /// be under another name is told by its own names.
    #[must_use]
    pub fn gap_for(&self, rights: &Rights, id: GapId) -> Cow<'_, Gap> {
        let shown = || self.inventory.show_principal(rights.account);
        if id == GapId::OWN_POLICY {
            return Cow::Owned(Gap::unknown_policy(shown(), self.inventory.principals.get(rights.account).at));
        }
        match self.gaps.is_of_names(id) {
            true => Cow::Owned(Gap { export: crate::powershell::user_command(shown()), ..self.gap(id).into_owned() }),
            false => self.gap(id),
        }
    }

    /// All accounts, sorted by their names without case.
    #[must_use]
    pub fn accounts(&self) -> &[PrincipalId] {
        &self.order().accounts
    }

    fn order(&self) -> &Order {
        self.order.get_or_init(|| {
            let mut accounts: Vec<PrincipalId> =
                self.inventory.principals.ids().filter(|id| self.is_among_accounts(*id)).collect();
            self.sort_by_name(&mut accounts);
            let mut places = vec![u32::MAX; self.are_accounts.len()];
            for (place, account) in (0..).zip(&accounts) {
                places[account.0 as usize] = place;
            }
            Order { accounts, places }
        })
    }

    /// Sorts accounts by their names without case.
    pub fn sort(&self, accounts: &mut [PrincipalId]) {
        /// A few are compared by their names; for more the order of all is found once.
        const FEW: usize = 64;
        if accounts.len() <= FEW {
            self.sort_by_name(accounts);
        } else {
            let places = &self.order().places;
            accounts.sort_unstable_by_key(|id| places[id.0 as usize]);
        }
    }

    fn sort_by_name(&self, accounts: &mut [PrincipalId]) {
        accounts.sort_by_cached_key(|id| (crate::name::fold(self.inventory.show_principal(*id)), *id));
    }

    /// Whether a principal is one of the accounts.
    #[must_use]
    pub fn is_among_accounts(&self, id: PrincipalId) -> bool {
        self.are_accounts.get(id.0 as usize).is_some_and(|is_one| *is_one)
    }

    /// Whether an assignment works.
    #[must_use]
    pub fn standing(&self, assignment: usize) -> &Standing {
        &self.standing[assignment]
    }

    /// Whether the exports of assignments show to be a part of all.
    #[must_use]
    pub fn shows_part_of_assignments(&self) -> bool {
        partial::of_assignments(self.inventory).is_some() || self.narrowed_assignments.is_some()
    }

    /// Whether an assignment is certainly enabled, or the caller says that those are of which no export says it.
    #[must_use]
    pub fn is_enabled(&self, assignment: &Assignment) -> bool {
        match assignment.enabled {
            Stated::Is(enabled) => enabled,
            Stated::Absent => self.assumptions.enabled,
            Stated::Unclear => false,
        }
    }

    /// Whether an assignment that works gives a role to somebody.
    #[must_use]
    pub fn is_held(&self, role: Symbol) -> bool {
        let works = |index: &usize| matches!(self.standing[*index], Standing::Works(_));
        self.by_role.get(role.number()).iter().any(works)
    }

    /// The assignments of a role.
    #[must_use]
    pub fn assignments_giving(&self, role: Symbol) -> &[usize] {
        self.by_role.get(role.number())
    }

    /// The assignments that name a principal.
    #[must_use]
    pub fn assignments_of(&self, principal: PrincipalId) -> &[usize] {
        self.by_principal.get(principal.0)
    }

    /// Accounts that a text names: any identity, without case; `*` and `?` are wild.
    #[must_use]
    pub fn accounts_named(&self, pattern: &str) -> Vec<PrincipalId> {
        let names = &self.inventory.names;
        if pattern.contains(['*', '?']) {
            let wildcard = Wildcard::new(pattern);
            let all = self.inventory.principals.ids();
            let mut found: Vec<PrincipalId> =
                all.filter(|id| self.is_among_accounts(*id) && self.is_named(*id, &wildcard)).collect();
            self.sort(&mut found);
            return found;
        }
        let canonical = crate::inventory::canonical_of_dn(pattern);
        let Some(symbol) = names.get(canonical.as_deref().unwrap_or(pattern)) else { return Vec::new() };
        let named = self.inventory.principals.named(symbol);
        // A name is meant before a display name that happens to be the same.
        let strongest = named.iter().filter(|(_, id)| self.is_account(*id)).map(|(kind, _)| *kind).min();
        let weak = strongest == Some(crate::inventory::IdentityKind::DisplayName);
        let is_meant =
            |kind: &crate::inventory::IdentityKind| weak || *kind != crate::inventory::IdentityKind::DisplayName;
        let meant = named.iter().filter(|(kind, _)| is_meant(kind)).map(|(_, id)| *id);
        let mut found: Vec<PrincipalId> = meant.filter(|id| self.is_among_accounts(*id)).collect();
        self.sort(&mut found);
        found.dedup();
        found
    }

    /// The recipients that a text names, by any identity: accounts, groups and all others that exports show.
    #[must_use]
    pub fn recipients_named(&self, name: &str) -> Vec<PrincipalId> {
        let canonical = crate::inventory::canonical_of_dn(name);
        let Some(symbol) = self.inventory.names.get(canonical.as_deref().unwrap_or(name)) else { return Vec::new() };
        let named = self.inventory.principals.named(symbol);
        let strongest = named.iter().map(|(kind, _)| *kind).min();
        let weak = strongest == Some(crate::inventory::IdentityKind::DisplayName);
        let is_meant =
            |kind: &crate::inventory::IdentityKind| weak || *kind != crate::inventory::IdentityKind::DisplayName;
        let mut found: Vec<PrincipalId> = named.iter().filter(|(kind, _)| is_meant(kind)).map(|(_, id)| *id).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whether any identity of a principal fits a pattern.
    #[must_use]
    pub fn is_named(&self, id: PrincipalId, wildcard: &Wildcard) -> bool {
        let identities = self.inventory.principals.identities(id);
        identities.iter().any(|(_, text)| wildcard.matches(self.inventory.show(text.symbol)))
    }

    /// The built-in role of a name, where it is one.
    #[must_use]
    pub fn built_in_role(&self, role: Symbol) -> Option<&BuiltInRole> {
        self.built_in.get(role)
    }

    /// The implicit scopes of a role: from the export, else from the catalogue.
    #[must_use]
    pub fn implicit_scopes(&self, role: Symbol) -> Scopes<'i> {
        if role == NO_ROLE {
            return Scopes::default();
        }
        *self.implicit.borrow_mut().entry(role).or_insert_with(|| self.find_implicit_scopes(role))
    }

    fn find_implicit_scopes(&self, role: Symbol) -> Scopes<'i> {
        let inventory = self.inventory;
        let mut words: [Option<&'i str>; 4] = [None; 4];
        let mut at = Some(role);
        // A child has its parent's scopes. Parents that go in a circle are wrong input, and end somewhere.
        for _ in 0..PARENTS_MAX {
            let Some(role) = at else { break };
            let record = inventory.roles.get(role);
            let exported = record.map_or([None; 4], |role| role.scopes);
            for (word, said) in words.iter_mut().zip(exported) {
                *word = word.or(said.map(|symbol| inventory.show(symbol)));
            }
            if words.iter().all(Option::is_some) {
                break;
            }
            if let Some(known) = self.built_in_role(role).and_then(|role| role.scopes) {
                words.iter_mut().zip(known).for_each(|(word, known)| *word = word.or(Some(known)));
            }
            at = record.and_then(|role| role.parent).flatten();
        }
        let [recipient_read, recipient_write, config_read, config_write] = words;
        Scopes { recipient_read, recipient_write, config_read, config_write }
    }

    /// Whether a principal signs in, as far as is known.
    #[must_use]
    pub fn is_account(&self, id: PrincipalId) -> bool {
        matches!(self.inventory.principals.get(id).class, Some(Class::Account | Class::Foreign) | None)
            && !self.asserted_groups.contains_key(&id)
    }

    fn find_accounts(&self) -> Vec<bool> {
        // Who is named only where a group says who manages it may be a group as well, and nobody asks about him.
        // A member row of cut or lossy names may stand for several accounts; it is none of its own.
        let is_one = |id: PrincipalId| {
            let principal = self.inventory.principals.get(id);
            principal.at.is_some() || crate::inventory::has_whole_name(self.inventory.principals.identities(id))
        };
        let takes_part = |id: PrincipalId| {
            self.inventory.principals.get(id).class.is_some()
                || !self.by_principal.get(id.0).is_empty()
                || !self.groups_of.get(id.0).is_empty()
                || self.effective.contains_key(&id)
        };
        self.inventory.principals.ids().map(|id| self.is_account(id) && takes_part(id) && is_one(id)).collect()
    }

    fn find_global_gaps(&mut self) {
        // Rows of effective users were filtered where the assignments' own rows are not there.
        let assignments = &self.inventory.assignments;
        if let Some(first) = assignments.first().filter(|_| assignments.iter().all(|one| !one.own_row)) {
            self.global.push(self.gaps.effective_rows_only(first.at));
        }
        if self.inventory.record_count(Kind::RoleAssignment) == 0
            && self.inventory.narrowed(Kind::RoleAssignment).is_none()
        {
            let export = self.needed_exports(true).join("\n");
            self.global.push(self.gaps.missing_assignments(export));
        }
        self.find_narrowed_assignments();
        if let Some((at, why, other)) = partial::of_assignments(self.inventory) {
            self.global.push(self.gaps.partial_listing(at, &why, other));
        }
        let carriers =
            [Kind::RoleAssignment, Kind::RoleEntry, Kind::Role, Kind::RoleGroup, Kind::Group, Kind::RoleGroupMember];
        for fact in self.inventory.files.iter().filter(|fact| carriers.contains(&fact.kind)) {
            if let Some(at) = fact.cut {
                self.global.push(self.gaps.cut_record(fact.kind, self.inventory.path(fact.file), at));
            }
            if let Some(at) = fact.capped {
                self.global.push(self.gaps.capped(fact.kind, self.inventory.path(fact.file), at));
            }
            if let Some(at) = fact.incomplete {
                self.global.push(self.gaps.incomplete_collection(fact.kind, at));
            }
        }
        for &(rule, at) in &self.inventory.lost {
            self.global.push(self.gaps.lost_rows(rule, self.inventory.path(at.file), at));
        }
        self.global.sort_unstable();
        self.global.dedup();
    }

    fn place_assignments(&mut self) {
        let count = self.inventory.assignments.len();
        let mut by_role: Vec<(u32, usize)> = Vec::with_capacity(count);
        let mut by_principal: Vec<(u32, usize)> = Vec::with_capacity(count);
        self.standing.reserve_exact(count);
        for (index, assignment) in self.inventory.assignments.iter().enumerate() {
            let standing = self.standing_of(index);
            self.standing.push(standing);
            if let Some(role) = assignment.role.filter(|role| role.form == Form::Whole) {
                by_role.push((role.symbol.number(), index));
            }
            match &assignment.assignee {
                Assignee::Principal(id) => by_principal.push((id.0, index)),
                Assignee::Policy(_) if assignment.assignee_type == Some(AssigneeType::MailboxPlan) => {
                    self.plans.push(index);
                }
                Assignee::Policy(text) => self.by_policy.entry(text.symbol).or_default().push(index),
                Assignee::Several(_) | Assignee::Unclear(_) | Assignee::Missing => self.floating.push(index),
            }
            for &(name, at) in &assignment.effective_ambiguous {
                let bearers = self.inventory.principals.resolve(name, Hint::Account).unwrap_or_default();
                let row = (index, name, at);
                bearers.iter().for_each(|id| self.effective_ambiguous.entry(*id).or_default().push(row));
            }
            let mut users: Vec<PrincipalId> = assignment.effective.iter().map(|(user, _)| *user).collect();
            users.sort_unstable();
            users.dedup();
            users.into_iter().for_each(|user| self.effective.entry(user).or_default().push(index));
        }
        self.by_role = Grouped::of(self.inventory.names.len(), || by_role.iter().copied());
        self.by_principal = Grouped::of(self.inventory.principals.all.len(), || by_principal.iter().copied());
    }

    fn standing_of(&mut self, index: usize) -> Standing {
        let (inventory, assumptions) = (self.inventory, self.assumptions);
        let assignment = &inventory.assignments[index];
        // What all records agree on gives nothing, whatever else they contradict each other about.
        if assignment.enabled == Stated::Is(false) {
            return Standing::Disabled;
        }
        if assignment.delegating == Stated::Is(true) {
            return Standing::Delegating;
        }
        if let Some((at, other)) = assignment.contradiction.as_deref().copied() {
            let name = assignment.name.map_or("", |name| inventory.show(name));
            return Standing::Unknown(vec![self.contradiction_gap(name, at, other)]);
        }
        if self.is_delegating(index) {
            return Standing::Delegating;
        }
        let (mut assumed, mut unknown) = (Vec::new(), Vec::new());
        match assignment.enabled {
            Stated::Is(_) => {}
            Stated::Absent if assumptions.enabled => assumed.push("enabled"),
            stated => unknown.push(self.unknown_column("Enabled", stated, assignment.enabled_at)),
        }
        let named_regular = || assignment.name_says(&inventory.names, &inventory.principals) == NameSays::Regular;
        match assignment.delegating {
            Stated::Is(_) => {}
            Stated::Absent if assumptions.regular_by_name && named_regular() => assumed.push("regular-by-name"),
            stated => {
                unknown.push(self.unknown_column("RoleAssignmentDelegationType", stated, assignment.delegating_at));
            }
        }
        if assumptions.own_scope && !assignment.unseen.is_empty() && !matches!(assignment.assignee, Assignee::Policy(_))
        {
            assumed.push("own-scope");
        }
        if unknown.is_empty() { Standing::Works(assumed) } else { Standing::Unknown(unknown) }
    }

    /// A delegating assignment gives nothing, whether enabled or not; its name may prove that it is one.
    fn is_delegating(&self, index: usize) -> bool {
        let assignment = &self.inventory.assignments[index];
        match assignment.delegating {
            Stated::Is(delegating) => delegating,
            Stated::Absent | Stated::Unclear => {
                assignment.name_says(&self.inventory.names, &self.inventory.principals) == NameSays::Delegating
            }
        }
    }

    fn unknown_column(&mut self, column: &str, stated: Stated<bool>, at: Span) -> GapId {
        match stated {
            Stated::Absent => self.gaps.missing_column(Kind::RoleAssignment, column, at),
            _ => self.gaps.unclear_cell(column, at),
        }
    }

    /// Finds the roles of which an entry may be missing.
    fn find_unknown_entries(&mut self) {
        let inventory = self.inventory;
        let mut are_roles = vec![false; inventory.names.len()];
        let known = inventory.roles_with_entries().chain(inventory.roles.names());
        known.chain(self.by_role.numbers().map(Symbol::new)).for_each(|role| are_roles[role.index()] = true);
        let named = (0..).zip(are_roles).filter(|(_, is_role)| *is_role).map(|(number, _)| Symbol::new(number));
        let roles: Vec<Symbol> = named.chain([NO_ROLE]).collect();
        self.uncertain = UncertainByRole::of(inventory, &roles);
        for role in roles {
            let listed = inventory.roles.get(role).map_or(Listed::Absent, |role| role.listed);
            if let Some(&at) = inventory.unread_entries.get(&role).filter(|_| listed != Listed::Whole) {
                let gap = self.gaps.add_of_role(RoleGap { lacks: Lacks::Collected, role, at: Some(at) });
                self.unknown_entries.insert(role, gap);
            } else if let Some(gap) = self.narrowed_entries(role).filter(|_| listed != Listed::Whole) {
                self.unknown_entries.insert(role, gap);
            } else if role != NO_ROLE && !inventory.has_entry_rows(role) && listed != Listed::Whole {
                let at = inventory.roles.get(role).and_then(|role| role.at);
                let at = at.or_else(|| self.place_that_assigns(role));
                let gap = self.gaps.add_of_role(RoleGap { lacks: Lacks::Entries(listed), role, at });
                self.unknown_entries.insert(role, gap);
            }
            if let Some(differing) = inventory.disagreements.entries.get(&role) {
                let gap = self.gaps.differing_entries(inventory.show(role), differing.places);
                self.differing_entries.insert(role, gap);
            }
            if let Some(at) = self.uncertain.first_of(role).map(|index| inventory.uncertain_entries.get(index).at) {
                let gap = self.gaps.add_of_role(RoleGap { lacks: Lacks::Certain, role, at: Some(at) });
                self.uncertain_gaps.insert(role, gap);
            }
        }
    }

    fn place_that_assigns(&self, role: Symbol) -> Option<Span> {
        self.by_role.get(role.number()).first().map(|index| self.inventory.assignments[*index].role_at)
    }

    /// Why it is not known whom an assignment names.
    pub fn assignee_gap(&mut self, index: usize) -> Option<GapId> {
        let inventory = self.inventory;
        let assignment = &inventory.assignments[index];
        match &assignment.assignee {
            Assignee::Principal(_) | Assignee::Policy(_) => None,
            Assignee::Several(ids) => {
                let name = inventory.show_first(ids);
                Some(self.gaps.ambiguous(Kind::RoleAssignment, name, assignment.assignee_at))
            }
            Assignee::Unclear(text) => {
                let name = inventory.show(text.symbol);
                Some(self.gaps.unclear_name(Kind::RoleAssignment, name, assignment.assignee_at))
            }
            Assignee::Missing => {
                Some(self.gaps.missing_column(Kind::RoleAssignment, "RoleAssigneeName", assignment.at))
            }
        }
    }

    /// Why the members of a group are not known; `None` where they are.
    pub fn members_gap(&mut self, id: PrincipalId) -> Option<GapId> {
        let inventory = self.inventory;
        let principal = inventory.principals.get(id);
        let name = inventory.show_principal(id);
        let at = principal.members.at.or(principal.at).or_else(|| self.place_that_names(id));
        if self.asserted_groups.contains_key(&id) {
            return None;
        }
        if let Some(entra) = self.synchronised(id) {
            return Some(self.gaps.entra_group(name, entra.role, at));
        }
        match principal.members.state {
            MembersState::Known => None,
            MembersState::Narrowed => {
                let listing = self.listing_at(Kind::RoleGroupMember, at)?;
                Some(self.gaps.narrowed_listing(listing, gap::widened(listing)))
            }
            state => {
                // Without its own record, an assignment may still say what the group is.
                let assigned = self.assignments_of(id).iter();
                let kinds = assigned.filter_map(|index| inventory.assignments[*index].assignee_type);
                let role_group = principal.role_group || kinds.into_iter().any(AssigneeType::is_role_group);
                let many = (state == MembersState::Contradicting)
                    .then(|| self.contradicting_members_gap(principal.role_group))
                    .flatten();
                let unread = self.unread_members();
                Some(many.unwrap_or_else(|| self.gaps.open_group(name, state, role_group, unread.as_deref(), at)))
            }
        }
    }

    /// Whether the exports, or what the caller asserts, show all members of a group.
    #[must_use]
    pub fn are_members_known(&self, group: PrincipalId) -> bool {
        let members = &self.inventory.principals.get(group).members;
        let all = members.doubtful.is_empty() && members.unclear.is_empty();
        let shown = members.state == MembersState::Known && all && self.synchronised(group).is_none();
        self.asserted_groups.contains_key(&group) || shown
    }

    /// Whether a principal is, or may be, in a group.
    #[must_use]
    pub fn is_in_a_group(&self, id: PrincipalId) -> bool {
        self.edges_of(id).next().is_some()
    }

    /// What a group stands for that Exchange Online synchronises from Entra, by its description or its name: it may show
    /// some of its members, but never partners, groups and applications. On servers such a name means nothing.
    #[must_use]
    pub fn synchronised(&self, id: PrincipalId) -> Option<Synchronised> {
        const OF_SERVERS: &str = "/Microsoft Exchange Security Groups/";
        let inventory = self.inventory;
        let principal = inventory.principals.get(id);
        if matches!(principal.class, Some(Class::Account | Class::Foreign | Class::Other)) {
            return None;
        }
        let role = self.catalogue.entra_of(inventory.show_principal(id));
        if role.is_none() && !principal.synchronised_group {
            return None;
        }
        let mut names = inventory.principals.identities(id).iter().map(|(_, text)| inventory.show(text.symbol));
        let own = |role: EntraRole| same(role.role_group, inventory.show_principal(id));
        // A role group of this name comes with every release.
        let by_name_alone = !principal.synchronised_group && role.is_some_and(own);
        let on_servers = by_name_alone && self.environment == Some(Environment::OnPremises)
            || names.any(|name| name.contains(OF_SERVERS));
        (!on_servers).then_some(Synchronised { role })
    }

    /// The file whose columns may name members and were not read.
    fn unread_members(&self) -> Option<String> {
        let may_name = |column: &str| {
            let column = crate::name::fold(column);
            column.contains("group") || column.contains("member")
        };
        let one = self.inventory.unread.iter().find(|one| may_name(&one.column))?;
        Some(format!("the column `{}` of `{}` may name them", one.column, self.inventory.path(one.at.file)))
    }

    /// A place that names a principal of which no record was read: an assignment's assignee cell, or a list of members.
    fn place_that_names(&self, id: PrincipalId) -> Option<Span> {
        let assignment = self.by_principal.get(id.0).first();
        let by_assignment = assignment.map(|&index| self.inventory.assignments[index].assignee_at);
        by_assignment.or_else(|| self.groups_of.get(id.0).first().map(|edge| edge.at))
    }
}
