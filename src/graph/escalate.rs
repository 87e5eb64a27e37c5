//! Escalation: what an account could give itself, step by step.
//!
//! Each step is a conjunction: a cmdlet that the account can run, and the right to use it on this role, group or scope.
//! Steps are taken in rounds until none gives anything new, so that the first path to something is a shortest one.
//! Only what is certain counts; what an unknown link might add is a gap of the account.
//!
//! Source: "Configure Exchange Server for shared permissions", "Delegate role assignments" and the pages of
//! Add-RoleGroupMember and New-ManagementRoleAssignment (OfficeDocs-Exchange, office-docs-powershell).

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Label;
use crate::inventory::{Class, Form, NO_ROLE, ParameterListId, PrincipalId};
use crate::name::{Symbol, fold};
use crate::scope::Reach;
use crate::source::Span;

use super::rights::Why;
use super::{Graph, Rights, Standing};
use crate::powershell::quoted;

/// Cmdlets that a step may take.
const ASSIGN: &str = "New-ManagementRoleAssignment";
const JOIN: [&str; 2] = ["Add-RoleGroupMember", "Update-RoleGroupMember"];
const JOIN_OWNED: [&str; 2] = ["Add-DistributionGroupMember", "Update-DistributionGroupMember"];
const BYPASS: &str = "BypassSecurityGroupManagerCheck";
const ADD_ENTRY: &str = "Add-ManagementRoleEntry";
const WIDEN: [&str; 2] = ["Set-ManagementScope", "Set-ManagementRoleAssignment"];
const DIRECTORY: &str = "Add-ADPermission";
const PASSWORD: &str = "Set-Mailbox";

/// What a step gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gain {
    /// All entries of a role.
    Role(Symbol),
    /// Membership of a group, with everything that it holds.
    Group(PrincipalId),
    /// An assignment, by its number, on a wider scope.
    Scope(usize),
    /// Rights in the directory, beside all roles.
    Directory,
    /// The accounts of others.
    Accounts,
}

/// By which of the ways a step goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepCode {
    /// Assigns itself a role that it may hand on.
    AssignRole,
    /// Joins a role group.
    JoinGroup,
    /// Joins a security group that is nested in a group which holds something.
    JoinNestedGroup,
    /// Adds entries of the parent to a role of its own.
    AddEntries,
    /// Widens what its own assignments work on.
    WidenScope,
    /// Gives itself rights on objects of the directory.
    DirectoryRights,
    /// Sets the password of another account.
    ResetPassword,
}

impl StepCode {
    /// The word that reports show.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AssignRole => "assign-role",
            Self::JoinGroup => "join-group",
            Self::JoinNestedGroup => "join-nested-group",
            Self::AddEntries => "add-entries",
            Self::WidenScope => "widen-scope",
            Self::DirectoryRights => "directory-rights",
            Self::ResetPassword => "reset-password",
        }
    }
}

/// One of the things that a step takes together, with the places that prove it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// What it is, in a few words.
    pub words: String,
    /// The role that gives it, where one does.
    pub role: Option<String>,
    /// Its places, in the order of the chain.
    pub labels: Vec<Label>,
    /// The earlier step that gives it, by its place in the list of steps.
    pub step: Option<usize>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The way it goes.
    pub code: StepCode,
    /// What it gives.
    pub gain: Gain,
    /// What it takes, all of it.
    pub needs: Vec<Need>,
    /// What the account would type; `None` where that hangs on what it wants.
    pub command: Option<String>,
}

/// A way to something that the account does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalation {
    /// What it leads to: the gain of the last step.
    pub gain: Gain,
    /// The steps, in the order in which they are taken.
    pub steps: Vec<Step>,
}

/// Looks for escalations; built once for a graph.
#[derive(Debug)]
pub struct Escalator<'g, 'i> {
    graph: &'g Graph<'i>,
    /// The entries of the cmdlets above, by cmdlet.
    entries: BTreeMap<&'static str, Vec<(Symbol, Span, ParameterListId)>>,
    /// The roles that have any of them.
    roles: BTreeSet<Symbol>,
    /// Groups whose members gain something, be it that they manage such a group.
    worth: BTreeSet<PrincipalId>,
}

/// Where a role, a delegation or a membership comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    /// What the account holds today, as a number of `RightSet::held`.
    Held(usize),
    /// What it may hand on today, as a number of `RightSet::would`.
    Would(usize),
    /// An earlier step; the assignment that the gained group brings.
    Step(usize, Option<usize>),
}

/// What the account has in some round.
#[derive(Default)]
struct Power {
    roles: BTreeMap<Symbol, Vec<Origin>>,
    delegations: BTreeMap<Symbol, Origin>,
    groups: BTreeMap<PrincipalId, Option<usize>>,
    steps: Vec<Step>,
    gained: BTreeSet<Gain>,
}

impl<'g, 'i> Escalator<'g, 'i> {
    /// Finds the entries and groups that escalations go through.
    #[must_use]
    pub fn new(graph: &'g Graph<'i>) -> Self {
        let inventory = graph.inventory();
        let cmdlets = [ASSIGN, ADD_ENTRY, DIRECTORY, PASSWORD].into_iter().chain(JOIN).chain(JOIN_OWNED).chain(WIDEN);
        let mut entries: BTreeMap<&'static str, Vec<(Symbol, Span, ParameterListId)>> = BTreeMap::new();
        for cmdlet in cmdlets {
            let named = inventory.names.get(cmdlet).into_iter().flat_map(|cmdlet| inventory.entries_named(cmdlet));
            let named = named.filter(|entry| entry.role != NO_ROLE);
            let list: Vec<_> = named.map(|entry| (entry.role, entry.at, entry.parameters)).collect();
            if !list.is_empty() {
                entries.insert(cmdlet, list);
            }
        }
        for list in entries.values_mut() {
            list.sort_by_cached_key(|(role, at, _)| (fold(inventory.show(*role)), *at));
        }
        let roles = entries.values().flatten().map(|(role, ..)| *role).collect();
        Self { graph, entries, roles, worth: graph.worth_joining() }
    }

    /// Every way to something that the account does not hold, the shortest first.
    #[must_use]
    pub fn of(&self, rights: &Rights) -> Vec<Escalation> {
        // The first step takes one of the cmdlets, and most accounts can run none of them.
        let steps = |role: Option<Symbol>| role.is_some_and(|role| self.roles.contains(&role));
        if !rights.held.iter().any(|held| held.is_sure() && steps(held.role)) {
            return Vec::new();
        }
        let mut power = self.today(rights);
        let mut done = 0;
        loop {
            let steps = self.round(rights, &power);
            for step in steps {
                if power.gained.insert(step.gain) {
                    power.steps.push(step);
                }
            }
            if power.steps.len() == done {
                break;
            }
            for number in done..power.steps.len() {
                self.take(number, &mut power);
            }
            done = power.steps.len();
        }
        let mut all: Vec<Escalation> = (0..power.steps.len()).map(|last| path(&power.steps, last)).collect();
        all.sort_by_cached_key(|one| {
            let code = one.steps.last().map(|step| step.code);
            (one.steps.len(), code, fold(&self.shown(one.gain)))
        });
        all
    }

    /// What a gain is called.
    #[must_use]
    pub fn shown(&self, gain: Gain) -> String {
        let inventory = self.graph.inventory();
        match gain {
            Gain::Role(role) => inventory.show(role).to_owned(),
            Gain::Group(group) => inventory.show_principal(group).to_owned(),
            Gain::Scope(index) => inventory.assignments[index].name.map_or("", |name| inventory.show(name)).to_owned(),
            Gain::Directory => "rights in the directory".to_owned(),
            Gain::Accounts => "the accounts of others".to_owned(),
        }
    }

    fn today(&self, rights: &Rights) -> Power {
        let mut power = Power::default();
        for (number, held) in rights.held.iter().enumerate().filter(|(_, held)| held.is_sure()) {
            if let Some(role) = held.role.filter(|role| self.graph.inventory().show_role(*role).is_some()) {
                power.roles.entry(role).or_default().push(Origin::Held(number));
            }
        }
        for (number, (held, why)) in rights.would.iter().enumerate() {
            if let (Some(role), Why::Delegating) = (held.role, why) {
                power.delegations.entry(role).or_insert(Origin::Would(number));
            }
        }
        power.groups.insert(rights.account, None);
        power.groups.extend(rights.groups.iter().map(|group| (*group, None)));
        power
    }

    /// What the new facts of a step are.
    fn take(&self, number: usize, power: &mut Power) {
        let inventory = self.graph.inventory();
        match power.steps[number].gain {
            Gain::Role(role) => {
                power.roles.entry(role).or_default().push(Origin::Step(number, None));
            }
            Gain::Group(group) => {
                for above in self.graph.newly_reached(group, number, &mut power.groups) {
                    for &index in self.graph.assignments_of(above) {
                        let role = inventory.assignments[index].role.filter(|role| role.form == Form::Whole);
                        let Some(role) = role.map(|role| role.symbol) else { continue };
                        let origin = Origin::Step(number, Some(index));
                        match self.graph.standing(index) {
                            Standing::Works(_) => power.roles.entry(role).or_default().push(origin),
                            Standing::Delegating => {
                                power.delegations.entry(role).or_insert(origin);
                            }
                            Standing::Disabled | Standing::Unknown(_) => {}
                        }
                    }
                }
            }
            Gain::Scope(_) | Gain::Directory | Gain::Accounts => {}
        }
    }

    /// Every step that what the account has allows.
    fn round(&self, rights: &Rights, power: &Power) -> Vec<Step> {
        let mut steps = Vec::new();
        let account = quoted(self.name_of(rights));
        if let Some(assign) = self.can(rights, power, ASSIGN, None, false) {
            for (&role, &origin) in power.delegations.iter().filter(|(role, _)| !power.roles.contains_key(role)) {
                let name = self.graph.inventory().show(role);
                let words = format!("may assign role `{name}` to others");
                steps.push(Step {
                    code: StepCode::AssignRole,
                    gain: Gain::Role(role),
                    needs: vec![assign.clone(), self.need(rights, origin, words, Vec::new())],
                    command: Some(format!("{ASSIGN} -Role {} -User {account}", quoted(name))),
                });
            }
        }
        self.push_joins(rights, power, &account, &mut steps);
        if let Some(add) = self.can(rights, power, ADD_ENTRY, None, false) {
            self.push_entries(rights, power, &add, &mut steps);
        }
        self.push_wider(rights, power, &mut steps);
        if let Some(need) = self.can(rights, power, DIRECTORY, None, false) {
            let gain = Gain::Directory;
            steps.push(Step { code: StepCode::DirectoryRights, gain, needs: vec![need], command: None });
        }
        if let Some(need) = self.can(rights, power, PASSWORD, Some("Password"), false) {
            let gain = Gain::Accounts;
            steps.push(Step { code: StepCode::ResetPassword, gain, needs: vec![need], command: None });
        }
        steps
    }

    /// Groups that the account could join: those it manages, or all where it may skip that check.
    fn push_joins(&self, rights: &Rights, power: &Power, account: &str, steps: &mut Vec<Step>) {
        let inventory = self.graph.inventory();
        let first = |cmdlets: [&'static str; 2], parameter: Option<&str>, own: bool| {
            cmdlets.into_iter().find_map(|cmdlet| Some((cmdlet, self.can(rights, power, cmdlet, parameter, own)?)))
        };
        let (join, join_any) = (first(JOIN, None, false), first(JOIN, Some(BYPASS), false));
        let (owned, owned_any) = (first(JOIN_OWNED, None, true), first(JOIN_OWNED, Some(BYPASS), false));
        if join.is_none() && join_any.is_none() && owned.is_none() && owned_any.is_none() {
            return;
        }
        for &group in self.worth.iter().filter(|group| !power.groups.contains_key(group)) {
            let role_group = inventory.principals.get(group).role_group;
            let (code, managed, any) = match role_group {
                true => (StepCode::JoinGroup, &join, &join_any),
                false => (StepCode::JoinNestedGroup, &owned, &owned_any),
            };
            let manages = managed
                .as_ref()
                .and_then(|(cmdlet, need)| Some((*cmdlet, vec![need.clone(), self.manages(rights, power, group)?])));
            let bypasses = any.as_ref().map(|(cmdlet, need)| (*cmdlet, vec![need.clone()]));
            let bypass = if manages.is_none() { format!(" -{BYPASS}") } else { String::new() };
            let Some((cmdlet, needs)) = manages.or(bypasses) else { continue };
            // Updating replaces all members, so the command that adds one is shown where it can be run.
            let option = if cmdlet.starts_with("Update") { "-Members" } else { "-Member" };
            let command = format!("{cmdlet} {} {option} {account}{bypass}", quoted(inventory.show_principal(group)));
            steps.push(Step { code, gain: Gain::Group(group), needs, command: Some(command) });
        }
    }

    /// Roles of the account that could take all entries of their parents.
    fn push_entries(&self, rights: &Rights, power: &Power, add: &Need, steps: &mut Vec<Step>) {
        let inventory = self.graph.inventory();
        for (role, origins) in &power.roles {
            let Some(Some(parent)) = inventory.roles.get(*role).and_then(|role| role.parent) else { continue };
            let own: BTreeSet<Symbol> = inventory.entries_of(*role).map(|entry| entry.cmdlet).collect();
            let more = inventory.entries_of(parent).any(|entry| !own.contains(&entry.cmdlet));
            let Some(&origin) = origins.first().filter(|_| more && !power.roles.contains_key(&parent)) else {
                continue;
            };
            let (name, parent_name) = (inventory.show(*role), inventory.show(parent));
            let words = format!("holds role `{name}`, whose parent `{parent_name}` has more entries");
            let at = inventory.roles.get(*role).and_then(|role| role.at);
            let labels = at.map(|at| Label::new(at, format!("a child of role `{parent_name}`"))).into_iter().collect();
            steps.push(Step {
                code: StepCode::AddEntries,
                gain: Gain::Role(parent),
                needs: vec![add.clone(), self.need(rights, origin, words, labels)],
                command: Some(format!("{ADD_ENTRY} {}", quoted(&format!("{name}\\CMDLET")))),
            });
        }
    }

    /// Assignments of the account whose scopes it could widen.
    fn push_wider(&self, rights: &Rights, power: &Power, steps: &mut Vec<Step>) {
        let inventory = self.graph.inventory();
        let [scope, assignment] = WIDEN.map(|cmdlet| self.can(rights, power, cmdlet, None, false));
        for (number, held) in rights.held.iter().enumerate().filter(|(_, held)| held.is_sure()) {
            let (Some(index), Some(own)) = (held.assignment, self.graph.assignment(held)) else { continue };
            let Some(custom) = own.custom.iter().flatten().find(|custom| custom.form == Form::Whole) else { continue };
            let custom = inventory.show(custom.symbol);
            let name = own.name.map_or("", |name| inventory.show(name));
            let (need, command) = match (&assignment, &scope) {
                (Some(need), _) => {
                    let wide = format!("{} {} -RecipientRelativeWriteScope Organization", WIDEN[1], quoted(name));
                    (need, own.custom[0].is_some().then_some(wide))
                }
                (None, Some(need)) => (need, Some(format!("{} {}", WIDEN[0], quoted(custom)))),
                (None, None) => return,
            };
            let words = format!("holds the assignment `{name}` within `{custom}`");
            let needs = vec![need.clone(), self.need(rights, Origin::Held(number), words, Vec::new())];
            steps.push(Step { code: StepCode::WidenScope, gain: Gain::Scope(index), needs, command });
        }
    }

    /// Whether the account can run a cmdlet on something beside its own mailbox, or on that alone where that will do.
    fn can(
        &self,
        rights: &Rights,
        power: &Power,
        cmdlet: &'static str,
        parameter: Option<&str>,
        own: bool,
    ) -> Option<Need> {
        let inventory = self.graph.inventory();
        let parameter = match parameter {
            Some(name) => Some(inventory.names.get(name)?),
            None => None,
        };
        let mut found: Vec<(Origin, Symbol, Span)> = Vec::new();
        for &(role, at, list) in self.entries.get(cmdlet)? {
            if parameter.is_some_and(|name| !inventory.parameters.get(list).has(name)) {
                continue;
            }
            let origins = power.roles.get(&role).map_or(&[][..], Vec::as_slice);
            let works = |origin: &&Origin| {
                let reach = match **origin {
                    Origin::Held(number) => self.graph.reach(&rights.held[number], cmdlet),
                    Origin::Would(_) => Reach::Nothing,
                    Origin::Step(_, Some(index)) => self.graph.reach_of_assignment(index, cmdlet),
                    Origin::Step(_, None) => self.graph.implicit_scopes(role).reach(cmdlet),
                };
                match reach {
                    Reach::Organization | Reach::Narrow | Reach::Somewhere => true,
                    Reach::OwnMailbox => own,
                    Reach::Nothing | Reach::Unknown => false,
                }
            };
            found.extend(origins.iter().find(works).map(|origin| (*origin, role, at)));
        }
        // What it can do today comes before what a step would give.
        let (origin, role, at) = found.into_iter().min_by_key(|(origin, ..)| matches!(origin, Origin::Step(..)))?;
        let suffix = parameter.map(|name| format!(" -{}", inventory.show(name))).unwrap_or_default();
        let labels = vec![Label::new(at, "role entry")];
        let need = self.need(rights, origin, format!("can run `{cmdlet}{suffix}`"), labels);
        Some(Need { role: Some(inventory.show(role).to_owned()), ..need })
    }

    /// Whether the account manages a group, itself or through a group that it is in.
    fn manages(&self, rights: &Rights, power: &Power, group: PrincipalId) -> Option<Need> {
        let inventory = self.graph.inventory();
        let managers = inventory.principals.managers(group);
        let (manager, at, step) =
            managers.iter().find_map(|(manager, at)| Some((*manager, *at, *power.groups.get(manager)?)))?;
        let words = format!("manages `{}`", inventory.show_principal(group));
        let mut labels = self.graph.membership(rights, manager);
        labels.push(Label::new(at, format!("managed by `{}`", inventory.show_principal(manager))));
        Some(Need { words, role: None, labels, step })
    }

    fn need(&self, rights: &Rights, origin: Origin, words: String, more: Vec<Label>) -> Need {
        let inventory = self.graph.inventory();
        let (held, assignment, step) = match origin {
            Origin::Held(number) => (Some(&rights.held[number]), rights.held[number].assignment, None),
            Origin::Would(number) => (Some(&rights.would[number].0), rights.would[number].0.assignment, None),
            Origin::Step(number, assignment) => (None, assignment, Some(number)),
        };
        let mut labels = Vec::new();
        for (group, at) in held.map(|held| self.graph.chain(rights, held)).unwrap_or_default() {
            labels.push(Label::new(at, format!("member of `{}`", inventory.show_principal(group))));
        }
        if let Some(assignment) = assignment.map(|index| &inventory.assignments[index]) {
            let name = assignment.name.map_or("", |name| inventory.show(name));
            labels.push(Label::new(assignment.at, format!("assignment `{name}`")));
        }
        labels.extend(more);
        Need { words, role: None, labels, step }
    }

    fn name_of(&self, rights: &Rights) -> &str {
        let inventory = self.graph.inventory();
        match inventory.principals.all.get(rights.account.0 as usize) {
            Some(_) => inventory.show_principal(rights.account),
            None => "",
        }
    }
}

/// The steps that lead to one step, each once, in the order in which they were found, which is one they can be taken in.
fn path(steps: &[Step], last: usize) -> Escalation {
    let mut wanted = BTreeSet::from([last]);
    let mut open = vec![last];
    while let Some(number) = open.pop() {
        for need in &steps[number].needs {
            open.extend(need.step.filter(|step| wanted.insert(*step)));
        }
    }
    let places: BTreeMap<usize, usize> = wanted.iter().enumerate().map(|(place, number)| (*number, place)).collect();
    let renumbered = |number: &usize| {
        let mut step = steps[*number].clone();
        step.needs.iter_mut().for_each(|need| need.step = need.step.and_then(|step| places.get(&step)).copied());
        step
    };
    Escalation { gain: steps[last].gain, steps: wanted.iter().map(renumbered).collect() }
}

impl Graph<'_> {
    /// The groups that are worth joining: what holds a role, what manages a group that is worth joining, and what is in one
    /// of these for certain.
    fn worth_joining(&self) -> BTreeSet<PrincipalId> {
        let principals = &self.inventory.principals;
        let gives = |index: &usize| !matches!(self.standing(*index), Standing::Disabled | Standing::Unknown(_));
        let mut members: BTreeMap<PrincipalId, Vec<PrincipalId>> = BTreeMap::new();
        for id in principals.ids() {
            for edge in self.groups_of.get(id.0).iter().filter(|edge| edge.gap.is_none()) {
                members.entry(edge.group).or_default().push(id);
            }
        }
        let is_joined = |id: PrincipalId| {
            let principal = principals.get(id);
            principal.class == Some(Class::SecurityGroup) && !principal.linked_group
        };
        let giving = principals.ids().filter(|id| self.assignments_of(*id).iter().any(gives));
        let mut found: BTreeSet<PrincipalId> = giving.collect();
        let mut queue: Vec<PrincipalId> = found.iter().copied().collect();
        while let Some(group) = queue.pop() {
            let inside = members.get(&group).map_or(&[][..], Vec::as_slice);
            let managers = if is_joined(group) { principals.managers(group) } else { &[] };
            let more = inside.iter().chain(managers.iter().map(|(manager, _)| manager));
            queue.extend(more.filter(|id| found.insert(**id)));
        }
        found.retain(|id| is_joined(*id));
        found
    }

    /// Adds a group and all that it is in for certain to those that an account has come to by a step, and returns those
    /// that are new. What one of the others is in is among them already.
    fn newly_reached(
        &self,
        from: PrincipalId,
        step: usize,
        groups: &mut BTreeMap<PrincipalId, Option<usize>>,
    ) -> Vec<PrincipalId> {
        let mut new: Vec<PrincipalId> = vec![from];
        groups.entry(from).or_insert(Some(step));
        let mut next = 0;
        while let Some(&id) = new.get(next) {
            for edge in self.groups_of.get(id.0).iter().filter(|edge| edge.gap.is_none()) {
                groups.entry(edge.group).or_insert_with(|| {
                    new.push(edge.group);
                    Some(step)
                });
            }
            next += 1;
        }
        new.sort_unstable();
        new
    }

    /// How the account comes to a group that it is in today: each hop at its place.
    fn membership(&self, rights: &Rights, group: PrincipalId) -> Vec<Label> {
        if rights.account.0 as usize >= self.inventory.principals.all.len() {
            return Vec::new();
        }
        let chain = self.holders(rights.account).chain(group);
        let label = |(group, at): (PrincipalId, Span)| {
            Label::new(at, format!("member of `{}`", self.inventory.show_principal(group)))
        };
        chain.into_iter().map(label).collect()
    }
}
