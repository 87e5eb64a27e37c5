//! What built-in rules ask before they speak: what an assignment is, what comes with Exchange, whether exports are whole.
//!
//! A rule that says "nobody", "unused" or "orphan" rests on exports that would show otherwise; it asks here for them.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::accounts::Account;
use crate::catalogue::Environment;
use crate::diagnostic::{Diagnostic, Label};
use crate::graph::Standing;
use crate::inventory::{
    Assignee, AssigneeType, Assignment, Class, Form, IdentityKind, Inventory, Listed, MembersState, NameSays,
    PrincipalId, Stated,
};
use crate::name::{Symbol, fold, same};
use crate::policy::Requirement;
use crate::record::{Kind, Property};
use crate::remedy::Fix;
use crate::source::Span;

use super::{Context, Rule, remedy};

/// The group that administers everything.
pub(super) const ORGANIZATION_MANAGEMENT: &str = "Organization Management";

/// The role that gives any permission to anybody.
const ROLE_MANAGEMENT: &str = "Role Management";

/// The roles that make their holders masters of the organization or of everybody's mail.
pub(super) const PRIVILEGED: &[&str] = &[
    "Active Directory Permissions",
    "ApplicationImpersonation",
    "Audit Logs",
    "Mailbox Import Export",
    "Mailbox Search",
    ROLE_MANAGEMENT,
    "UnScoped Role Management",
];

impl Rule {
    /// A finding of this rule at one place.
    pub(super) fn found(&self, message: String, at: Span, words: impl Into<String>) -> Diagnostic {
        Diagnostic::at(self.id, message, Label::new(at, words))
    }
}

/// Everything that is in a group, at any depth.
#[derive(Debug, Default)]
pub(super) struct Inside {
    /// Accounts, each with the group whose member it is itself, and the place that says so.
    pub(super) accounts: BTreeMap<PrincipalId, (PrincipalId, Span)>,
    /// Groups, the asked one among them.
    pub(super) groups: BTreeSet<PrincipalId>,
    /// Whether nobody else can be in it.
    pub(super) whole: bool,
}

/// How an account comes to one of the most powerful roles.
#[derive(Clone, Copy, Debug)]
pub(super) struct Administrator<'i> {
    /// The group that it is itself a member of; `None` where the assignment names it.
    pub(super) group: Option<PrincipalId>,
    /// The place that makes it a member, or an assignee.
    pub(super) at: Span,
    /// The assignment that gives the role.
    pub(super) assignment: &'i Assignment,
}

impl<'c, 'i> Context<'c, 'i> {
    /// Where the organization lives: as the policy says, else as its exports show.
    pub(super) fn environment(&self) -> Option<Environment> {
        self.environment
    }

    /// Whether the names are Exchange's and mean something else. What is so by default is not known there, so that
    /// nothing is a deviation from it.
    fn is_purview(&self) -> bool {
        self.environment() == Some(Environment::Purview)
    }

    /// Whether records of a kind were read, and all that there are, as far as an export can show that.
    pub(super) fn is_whole(&self, kind: Kind) -> bool {
        self.inventory().is_whole(kind)
    }

    /// Whether all role assignments were read, each with its role and assignee.
    ///
    /// Every organization has assignments of Organization Management; an export without any was filtered.
    pub(super) fn has_all_assignments(&self) -> bool {
        let assignments = &self.inventory().assignments;
        self.is_whole(Kind::RoleAssignment)
            && !self.graph().shows_part_of_assignments()
            && assignments.iter().all(|assignment| {
                let role = assignment.role.is_some_and(|role| role.form == Form::Whole);
                role && matches!(assignment.assignee, Assignee::Principal(_) | Assignee::Policy(_))
            })
            && assignments.iter().any(|one| one.own_row && self.is_organization_management(one))
    }

    /// Whether it is known which scopes every assignment names.
    pub(super) fn shows_all_scopes(&self) -> bool {
        self.inventory().assignments.iter().all(|assignment| self.shows_scope(assignment))
    }

    /// Whether it is known which scopes an assignment names: by their columns, or by a word beside which none stands.
    pub(super) fn shows_scope(&self, assignment: &Assignment) -> bool {
        const NAMED: [(Property, usize); 2] =
            [(Property::CustomRecipientWriteScope, 1), (Property::CustomConfigWriteScope, 3)];
        let is_plain = |word| ["Organization", "OrganizationConfig", "None", "Self"].iter().any(|it| same(it, word));
        let is_said = |(column, place): (Property, usize)| {
            let word = assignment.scopes[place].map(|word| self.inventory().show(word));
            !assignment.unseen.has(column) || word.is_some_and(is_plain)
        };
        NAMED.into_iter().all(is_said) && !self.is_resource_unseen(assignment)
    }

    /// Whether an assignment may be bound to a scope as those of applications are, which no column shows.
    pub(super) fn is_resource_unseen(&self, assignment: &Assignment) -> bool {
        let may_be = assignment.assignee_type.is_none_or(|kind| kind == AssigneeType::ServicePrincipal);
        may_be && assignment.unseen.has(Property::CustomResourceScope)
    }

    /// Whether an assignment names Organization Management.
    pub(super) fn is_organization_management(&self, assignment: &Assignment) -> bool {
        self.assignee_of(assignment).is_some_and(|name| same(name, ORGANIZATION_MANAGEMENT))
    }

    /// The assignments that are enabled, by their own rows.
    pub(super) fn live(&self) -> impl Iterator<Item = &'i Assignment> {
        let is_live = |assignment: &&Assignment| assignment.own_row && self.graph().is_enabled(assignment);
        self.inventory().assignments.iter().filter(is_live)
    }

    /// The assignments that let their assignee run the role, by their own rows: enabled, and not delegating.
    pub(super) fn regular(&self) -> impl Iterator<Item = &'i Assignment> {
        let assignments = self.inventory().assignments.iter().enumerate();
        let works = |(index, _): &(usize, &Assignment)| matches!(self.graph().standing(*index), Standing::Works(_));
        assignments.filter(works).map(|(_, assignment)| assignment).filter(|assignment| assignment.own_row)
    }

    /// The assignments that may let their assignee run the role: those that are known not to are left out.
    pub(super) fn perhaps_regular(&self) -> impl Iterator<Item = &'i Assignment> {
        let assignments = self.inventory().assignments.iter().enumerate();
        let may = |(index, _): &(usize, &Assignment)| {
            !matches!(self.graph().standing(*index), Standing::Disabled | Standing::Delegating)
        };
        assignments.filter(may).map(|(_, assignment)| assignment)
    }

    /// Whether it is known who is in every group that holds something.
    pub(super) fn knows_all_members(&self) -> bool {
        let principals = &self.inventory().principals;
        let is_known = |id: PrincipalId| match principals.get(id).class {
            Some(Class::SecurityGroup | Class::DistributionGroup) => self.inside(id).whole,
            class => class == Some(Class::Account),
        };
        self.inventory().assignments.iter().filter_map(|assignment| self.principal_of(assignment)).all(is_known)
    }

    /// Whether an assignment delegates; `None` where nothing says.
    pub(super) fn delegates(&self, assignment: &Assignment) -> Option<bool> {
        match assignment.delegating {
            Stated::Is(delegating) => Some(delegating),
            Stated::Absent | Stated::Unclear => {
                match assignment.name_says(&self.inventory().names, &self.inventory().principals) {
                    NameSays::Delegating => Some(true),
                    NameSays::Regular => Some(false),
                    NameSays::Nothing => None,
                }
            }
        }
    }

    /// The role of an assignment, where it is shown whole.
    pub(super) fn role_of(&self, assignment: &Assignment) -> Option<&'i str> {
        let role = assignment.role.filter(|role| role.form == Form::Whole)?;
        Some(self.inventory().show(role.symbol))
    }

    /// The name of whom an assignment names.
    pub(super) fn assignee_of(&self, assignment: &Assignment) -> Option<&'i str> {
        match &assignment.assignee {
            Assignee::Principal(id) => Some(self.inventory().show_principal(*id)),
            Assignee::Policy(text) => Some(self.inventory().show(text.symbol)),
            Assignee::Several(_) | Assignee::Unclear(_) | Assignee::Missing => None,
        }
    }

    /// The user or group that an assignment names.
    pub(super) fn principal_of(&self, assignment: &Assignment) -> Option<PrincipalId> {
        match assignment.assignee {
            Assignee::Principal(id) => Some(id),
            _ => None,
        }
    }

    /// The policy that an assignment names.
    pub(super) fn policy_of(&self, assignment: &Assignment) -> Option<&'i str> {
        match assignment.assignee {
            Assignee::Policy(text) => Some(self.inventory().show(text.symbol)),
            _ => None,
        }
    }

    /// Whether an assignment is one that Exchange makes, as far as is known.
    pub(super) fn is_default(&self, assignment: &Assignment) -> bool {
        if self.is_purview() {
            return true;
        }
        let (Some(role), Some(assignee)) = (self.role_of(assignment), self.assignee_of(assignment)) else {
            return false;
        };
        let defaults = self.catalogue().defaults();
        let has = |delegating| defaults.has(self.environment(), assignee, role, delegating);
        self.delegates(assignment).map_or_else(|| has(false) || has(true), has)
    }

    /// Whether a group comes with Exchange, as far as is known.
    pub(super) fn is_built_in(&self, group: PrincipalId) -> bool {
        self.is_purview()
            || self.catalogue().defaults().is_built_in(self.environment(), self.inventory().show_principal(group))
    }

    /// Whether an assignment gives one of the most powerful roles.
    pub(super) fn is_privileged(&self, assignment: &Assignment) -> bool {
        self.role_of(assignment).is_some_and(|role| PRIVILEGED.iter().any(|known| same(known, role)))
    }

    /// The accounts that hold one of the most powerful roles, at any depth.
    pub(super) fn administrators(&self) -> BTreeMap<PrincipalId, Administrator<'i>> {
        let mut holders: BTreeMap<PrincipalId, &'i Assignment> = BTreeMap::new();
        for assignment in self.regular().filter(|assignment| self.is_privileged(assignment)) {
            let Some(id) = self.principal_of(assignment) else { continue };
            // Of several the one that says most of its holder.
            let is_first = self.role_of(assignment).is_some_and(|role| same(role, ROLE_MANAGEMENT));
            let known = holders.entry(id).or_insert(assignment);
            if is_first {
                *known = assignment;
            }
        }
        let mut all = BTreeMap::new();
        for (holder, assignment) in holders {
            if self.inventory().principals.get(holder).class == Some(Class::Account) {
                all.insert(holder, Administrator { group: None, at: assignment.assignee_at, assignment });
                continue;
            }
            for (account, (group, at)) in self.inside(holder).accounts {
                all.entry(account).or_insert(Administrator { group: Some(group), at, assignment });
            }
        }
        all
    }

    /// The places of an administrator's way: its membership, and the assignment.
    pub(super) fn way_labels(&self, account: PrincipalId, way: &Administrator<'_>) -> Vec<Label> {
        let name = self.inventory().show_principal(account);
        let role = self.role_of(way.assignment).unwrap_or("");
        let assignee = self.assignee_of(way.assignment).unwrap_or("");
        let holds = Label::new(way.assignment.at, format!("`{assignee}` holds role `{role}`"));
        let member = way.group.map(|group| {
            let group = self.inventory().show_principal(group);
            Label::new(way.at, format!("`{name}` is a member of `{group}`"))
        });
        member.into_iter().chain([holds]).collect()
    }

    /// What takes an administrator's way from it.
    pub(super) fn leaving(&self, account: PrincipalId, way: &Administrator<'_>) -> Fix {
        let Some(group) = way.group else { return self.removal(way.assignment) };
        let (name, of) = (self.inventory().show_principal(account), self.inventory().show_principal(group));
        Fix::of(remedy::remove_member(self.graph(), group, name), format!("takes `{name}` out of `{of}`"))
    }

    /// Whether an assignment names a role group.
    pub(super) fn is_role_group(&self, assignment: &Assignment) -> bool {
        match (assignment.assignee_type, self.principal_of(assignment)) {
            (Some(AssigneeType::RoleGroup | AssigneeType::LinkedRoleGroup), _) => true,
            (None, Some(id)) => self.inventory().principals.get(id).role_group,
            _ => false,
        }
    }

    /// A finding about an assignment, at one of its cells.
    pub(super) fn about(
        &self,
        rule: &Rule,
        assignment: &Assignment,
        message: String,
        at: Span,
        words: &str,
    ) -> Diagnostic {
        let mut diagnostic = rule.found(message, at, words);
        let subject = &mut diagnostic.subject;
        subject.assignment = assignment.name.map(|name| self.inventory().show(name).to_owned());
        subject.role = self.role_of(assignment).map(ToOwned::to_owned);
        let assignee = self.assignee_of(assignment).map(ToOwned::to_owned);
        match self.principal_of(assignment).map(|id| self.inventory().principals.get(id).class) {
            Some(Some(Class::SecurityGroup | Class::DistributionGroup)) => subject.group = assignee,
            Some(_) => subject.account = assignee,
            None => {}
        }
        diagnostic.fixes.push(self.removal(assignment));
        diagnostic
    }

    /// What removes an assignment.
    pub(super) fn removal(&self, assignment: &Assignment) -> Fix {
        remedy::removal(self.graph(), assignment)
    }

    /// Who is in a group for certain, one label for each place that says so.
    pub(super) fn member_labels(&self, group: PrincipalId) -> Vec<Label> {
        const NAMES_MAX: usize = 5;
        const LABELS_MAX: usize = 3;
        let members = &self.inventory().principals.get(group).members;
        let mut places: BTreeMap<Span, Vec<&str>> = BTreeMap::new();
        for (member, at) in &members.sure {
            places.entry(*at).or_default().push(self.inventory().show_principal(*member));
        }
        let name = self.inventory().show_principal(group);
        let label = |(at, mut names): (Span, Vec<&str>)| {
            names.sort_by_cached_key(|name| fold(name));
            let count = names.len();
            let are = if count == 1 { "is a member" } else { "are members" };
            let more = if count > NAMES_MAX { format!(" and {} more", count - NAMES_MAX) } else { String::new() };
            Label::new(at, format!("{}{more} {are} of `{name}`", listed(names.into_iter().take(NAMES_MAX))))
        };
        places.into_iter().take(LABELS_MAX).map(label).collect()
    }

    /// The group that administers everything.
    pub(super) fn organization_management(&self) -> Option<PrincipalId> {
        self.group_named(ORGANIZATION_MANAGEMENT)
    }

    /// The security group of a name.
    pub(super) fn group_named(&self, name: &str) -> Option<PrincipalId> {
        let symbol = self.inventory().names.get(name)?;
        let named = self.inventory().principals.named(symbol).iter().filter(|(kind, _)| *kind == IdentityKind::Name);
        let is_group = |id: &PrincipalId| self.inventory().principals.get(*id).class == Some(Class::SecurityGroup);
        named.map(|(_, id)| *id).find(is_group)
    }

    /// Everything that is in a group, at any depth.
    pub(super) fn inside(&self, group: PrincipalId) -> Inside {
        let mut inside = Inside { whole: true, ..Inside::default() };
        let mut queue = vec![group];
        inside.groups.insert(group);
        while let Some(group) = queue.pop() {
            let principal = self.inventory().principals.get(group);
            let members = &principal.members;
            inside.whole &= members.state == MembersState::Known
                && members.doubtful.is_empty()
                && members.unclear.is_empty()
                && !principal.linked_group
                && self.graph().synchronised(group).is_none();
            for &(member, at) in &members.sure {
                match self.inventory().principals.get(member).class {
                    Some(Class::SecurityGroup | Class::DistributionGroup) => {
                        if inside.groups.insert(member) {
                            queue.push(member);
                        }
                    }
                    Some(Class::Account | Class::Other) => {
                        inside.accounts.entry(member).or_insert((group, at));
                    }
                    Some(Class::Foreign) | None => inside.whole = false,
                }
            }
        }
        inside
    }

    /// The accounts that are in a group, or that an assignment names: nobody else holds more than a policy gives.
    pub(super) fn placed(&self) -> impl Iterator<Item = PrincipalId> + use<> {
        let inventory = self.inventory();
        let members = inventory.principals.ids().flat_map(|id| &inventory.principals.get(id).members.sure);
        let assignees = inventory.assignments.iter().filter_map(|assignment| self.principal_of(assignment));
        let placed: BTreeSet<PrincipalId> = members.map(|(id, _)| *id).chain(assignees).collect();
        placed
            .into_iter()
            .filter(|id| inventory.principals.get(*id).class == Some(Class::Account))
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// Each requirement with the accounts that it names. Requirements of the same accounts share one list.
    pub(super) fn required(&self) -> Vec<(&'c Requirement, Rc<[Account]>)> {
        let mut known = BTreeMap::new();
        let requirements = self.policy.requirements.iter().map(|requirement| {
            let texts: Vec<&str> = requirement.accounts.iter().map(|who| who.text.as_str()).collect();
            let accounts = known.entry((texts, &requirement.limit)).or_insert_with(|| -> Rc<[Account]> {
                let named = requirement.accounts.iter().flat_map(|who| self.accounts.named(&who.text));
                let limit: BTreeSet<Account> =
                    requirement.limit.iter().flat_map(|name| self.accounts.named(name)).collect();
                named.filter(|account| requirement.limit.is_empty() || limit.contains(account)).collect()
            });
            (requirement, Rc::clone(accounts))
        });
        requirements.collect()
    }

    /// Whether a role comes with Exchange.
    pub(super) fn is_built_in_role(&self, role: Symbol) -> bool {
        !self.is_purview() && self.graph().built_in_role(role).is_some()
    }

    /// The custom roles of which a record was read, each with the parent that it names.
    pub(super) fn custom_roles(&self) -> impl Iterator<Item = (Symbol, Option<Symbol>, Span)> + use<'i> {
        let inventory = self.inventory();
        let built_in: BTreeSet<Symbol> = inventory.roles.names().filter(|role| self.is_built_in_role(*role)).collect();
        inventory.roles.values().filter_map(move |role| {
            let parent = role.parent.flatten().map(|parent| known_role(inventory, parent));
            // A root that our table does not know may be new in Exchange; only a child is somebody's own for certain.
            let own = parent.is_some() || role.unscoped;
            let at = role.at?;
            (own && !built_in.contains(&role.name)).then_some((role.name, parent, at))
        })
    }

    /// Whether all entries of a role are known, and of which.
    pub(super) fn has_all_entries(&self, role: Symbol) -> bool {
        let listed = self.inventory().roles.get(role).map_or(Listed::Absent, |role| role.listed);
        self.graph().entries_gap(role, None).is_none() && (listed == Listed::Whole || self.is_whole(Kind::RoleEntry))
    }
}

/// The role that a reference names: by its name, or by a path that ends in it.
fn known_role(inventory: &Inventory, named: Symbol) -> Symbol {
    let text = inventory.show(named);
    let last = crate::inventory::last_part(text).or_else(|| Some(text.rsplit_once('\\')?.1.into()));
    let known = |role: &Symbol| inventory.roles.has(*role) || inventory.has_entries(*role);
    if known(&named) { named } else { last.and_then(|last| inventory.names.get(&last)).filter(known).unwrap_or(named) }
}

/// Names in backticks, with commas between.
pub(super) fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
