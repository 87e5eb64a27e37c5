//! What there is to say of each kind of object.

use std::collections::{BTreeMap, BTreeSet};

use crate::accounts::{Account, Accounts};
use crate::graph::{EntryGrant, Gap, GapId, Graph, RoleEntries, Standing, Why, Wildcard, is_common, whole};
use crate::inventory::{
    Assignee, AssigneeType, Class, Form, Identity, IdentityKind, Inventory, NO_ROLE, PolicyFact, PrincipalId, Stated,
    Text,
};
use crate::name::{Symbol, fold};
use crate::scope::{Known, Recipients};

use super::super::roles_with::{Holder, holder, holders, scope_words};
use super::{Field, Page};

/// A kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A management role.
    Role,
    /// A role group or another group.
    Group,
    /// A user, a computer or an application.
    Account,
    /// A role assignment policy.
    Policy,
    /// A management scope.
    Scope,
    /// A role assignment.
    Assignment,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 6] = [Self::Role, Self::Group, Self::Account, Self::Policy, Self::Scope, Self::Assignment];

    /// The word that is typed and shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Group => "group",
            Self::Account => "account",
            Self::Policy => "policy",
            Self::Scope => "scope",
            Self::Assignment => "assignment",
        }
    }
}

/// The mailbox plans that exports show, each with the policy that new mailboxes get by it.
fn mailbox_plans(inventory: &Inventory) -> impl Iterator<Item = (&str, &str)> {
    let plans = inventory.objects.iter().filter(|fact| fact.kind == crate::record::Kind::MailboxPlan);
    plans.filter_map(|plan| {
        let policy = plan.property("roleassignmentpolicy").flatten()?;
        Some((plan.property("displayname").flatten().unwrap_or(&plan.name), policy))
    })
}

/// Who has something: the account, the groups it comes through, and whether that is certain.
#[derive(Clone, Debug)]
struct Person {
    name: String,
    through: Vec<String>,
    sure: bool,
}

/// The objects of an organization, by name.
#[derive(Debug)]
pub struct Pages<'a, 'i> {
    accounts: &'a mut Accounts<'i>,
    /// Who has each assignment, where somebody asked.
    people: Option<BTreeMap<usize, Vec<Person>>>,
    /// Why it is not known who else is in a group, where somebody asked.
    open: BTreeMap<PrincipalId, BTreeSet<GapId>>,
    /// The entries of the organization's roles, as far as somebody asked.
    entries: RoleEntries<'i>,
}

type Row = Vec<(&'static str, Field)>;

/// Where assignments work that have no scope of their own in the exports: its name, its kind, its unit.
type Place = (String, Option<&'static str>, Option<String>);

impl<'a, 'i> Pages<'a, 'i> {
    /// The pages of an organization.
    pub fn new(accounts: &'a mut Accounts<'i>) -> Self {
        Self { accounts, people: None, open: BTreeMap::new(), entries: RoleEntries::all() }
    }

    /// Hands on the objects of a kind that a text names, sorted by name without case; `*` and `?` are wild.
    ///
    /// Errors: that of `take`, which ends it. Accounts are many, and none is held.
    pub fn each<E>(&mut self, kind: Kind, name: &str, mut take: impl FnMut(Page) -> Result<(), E>) -> Result<(), E> {
        let mut pages = match kind {
            Kind::Role => self.roles(name),
            Kind::Group => self.groups(name),
            Kind::Account => {
                let mut named = self.accounts.named(name);
                named
                    .sort_by_cached_key(|account| (fold(self.accounts.shown(*account)), self.accounts.shown(*account)));
                return named.into_iter().try_for_each(|account| take(self.account(account)));
            }
            Kind::Policy => self.policies(name),
            Kind::Scope => self.scopes(name),
            Kind::Assignment => self.assignments(name),
        };
        pages.sort_by_cached_key(|page| (fold(&page.name), page.name.clone()));
        pages.into_iter().try_for_each(take)
    }

    fn graph(&self) -> &Graph<'i> {
        self.accounts.organization()
    }

    fn inventory(&self) -> &'i Inventory {
        self.graph().inventory()
    }

    /// The gaps of some numbers.
    fn gaps(&self, ids: impl IntoIterator<Item = GapId>) -> Vec<Gap> {
        let mut gaps: Vec<Gap> = ids.into_iter().map(|id| self.graph().gap(id).into_owned()).collect();
        gaps.sort_by_cached_key(|gap| (gap.code, fold(&gap.object)));
        gaps.dedup();
        gaps
    }

    /// Who has an assignment, for certain or perhaps.
    fn people(&mut self, assignment: usize) -> Vec<Person> {
        if self.people.is_none() {
            let mut people: BTreeMap<usize, Vec<Person>> = BTreeMap::new();
            for account in self.accounts.all().to_vec() {
                let rights = self.accounts.rights(account);
                let Account::Exported(_) = account else { continue };
                let name = self.accounts.shown(account);
                let would = rights.would.iter().map(|(held, _)| held);
                for held in rights.held.iter().chain(would) {
                    let Some(index) = held.assignment else { continue };
                    let inventory = self.inventory();
                    let chain = held.chain.iter().map(|(group, _)| inventory.show_principal(*group).to_owned());
                    let policy = held.policy.map(|policy| inventory.show(policy).to_owned());
                    let through = policy.into_iter().chain(chain).collect();
                    let sure = held.gaps.iter().all(|gap| standing_gaps(self.graph().standing(index)).contains(gap));
                    people.entry(index).or_default().push(Person { name: name.to_owned(), through, sure });
                }
            }
            self.people = Some(people);
        }
        self.people.as_ref().and_then(|people| people.get(&assignment)).cloned().unwrap_or_default()
    }

    /// Who has one of some assignments; what leaves open who else has goes to the gaps.
    fn people_of(&mut self, assignments: &[usize], gaps: &mut Vec<Gap>) -> Field {
        let mut ids = BTreeSet::new();
        for index in assignments {
            match self.inventory().assignments[*index].assignee {
                Assignee::Principal(id) if !self.graph().is_among_accounts(id) => {
                    if !self.open.contains_key(&id) {
                        let inside = self.accounts.organization_mut().inside(id);
                        self.open.insert(id, inside.gaps);
                    }
                    ids.extend(&self.open[&id]);
                }
                Assignee::Policy(_) => gaps.extend(self.mailbox_gaps()),
                _ => ids.extend(self.accounts.organization_mut().assignee_gap(*index)),
            }
        }
        gaps.extend(self.gaps(ids));
        gaps.sort_by_cached_key(|gap| (gap.code, fold(&gap.object)));
        gaps.dedup();
        let mut all: Vec<Person> = assignments.iter().flat_map(|index| self.people(*index)).collect();
        all.sort_by_cached_key(|person| (fold(&person.name), !person.sure, person.through.len()));
        all.dedup_by(|later, first| later.name == first.name);
        Field::Rows(all.into_iter().map(Person::row).collect())
    }

    fn assignment_row(&self, index: usize) -> Row {
        let graph = self.graph();
        let shown = holder(graph, index, "Set-Mailbox");
        let role = self.inventory().assignments[index].role.map(|role| self.inventory().show(role.symbol).to_owned());
        let mut row = vec![("role", Field::Text(role))];
        row.extend(holder_fields(&shown));
        row
    }

    fn roles(&mut self, name: &str) -> Vec<Page> {
        let inventory = self.inventory();
        let pattern = Wildcard::new(name);
        let assigned = inventory.assignments.iter().filter_map(|assignment| assignment.role);
        let assigned = assigned.filter(|role| role.form == Form::Whole).map(|role| role.symbol);
        let all: BTreeSet<Symbol> =
            inventory.roles_with_entries().chain(inventory.roles.names()).chain(assigned).collect();
        let meant = all.iter().copied().filter(|role| *role != NO_ROLE && pattern.matches(inventory.show(*role)));
        let meant: Vec<Symbol> = meant.collect();
        let mut entries = RoleEntries::all();
        meant.into_iter().map(|role| self.role(role, &all, &mut entries)).collect()
    }

    fn role(&mut self, role: Symbol, all: &BTreeSet<Symbol>, entries: &mut RoleEntries<'i>) -> Page {
        let inventory = self.inventory();
        let graph = self.accounts.organization();
        let record = inventory.roles.get(role);
        let parent = record.and_then(|record| record.parent).flatten();
        let is_child = |other: &&Symbol| inventory.roles.get(**other).and_then(|it| it.parent).flatten() == Some(role);
        let mut children: Vec<String> = all.iter().filter(is_child).map(|it| inventory.show(*it).to_owned()).collect();
        children.sort_by_cached_key(|name| fold(name));
        let shown = |list: &[Symbol]| {
            let mut names: Vec<String> = list.iter().map(|name| inventory.show(*name).to_owned()).collect();
            names.sort_by_cached_key(|name| fold(name));
            names
        };
        let own = entries.of_role(graph, role).to_vec();
        let mut cmdlets: Vec<Row> = own
            .iter()
            .map(|entry| {
                vec![
                    ("cmdlet", Field::text(inventory.show(entry.cmdlet))),
                    ("parameters", Field::Texts(shown(&entry.parameters))),
                    ("parameters_complete", Field::Truth(Some(entry.parameters_complete))),
                ]
            })
            .collect();
        sort_rows(&mut cmdlets);
        // What the parent has and the child lacks, common parameters aside.
        let mut lacks: Vec<Row> = Vec::new();
        if let Some(parent) = parent {
            for entry in entries.of_role(graph, parent).iter().filter(|entry| entry.gap.is_none()) {
                let of_child = own.iter().find(|it| it.cmdlet == entry.cmdlet);
                if of_child.is_some_and(|it| !it.parameters_complete || it.gap.is_some()) {
                    continue;
                }
                let is_missing = |name: &&Symbol| {
                    let has = of_child.is_some_and(|it| it.parameters.contains(name));
                    !has && !is_common(inventory.show(**name))
                };
                let missing: Vec<Symbol> = entry.parameters.iter().filter(is_missing).copied().collect();
                if of_child.is_none() || !missing.is_empty() {
                    lacks.push(vec![
                        ("cmdlet", Field::text(inventory.show(entry.cmdlet))),
                        ("whole", Field::Truth(Some(of_child.is_none()))),
                        ("parameters", Field::Texts(shown(&missing))),
                    ]);
                }
            }
        }
        sort_rows(&mut lacks);
        let scopes = graph.implicit_scopes(role);
        let word = |word: Option<&str>| Field::Text(word.map(ToOwned::to_owned));
        let indices = graph.assignments_giving(role).to_vec();
        let is_application = inventory.show(role).to_lowercase().starts_with("application ");
        let entries_gap = graph.entries_gap(role, None);
        // What the child lacks is known only where its own entries are.
        if entries_gap.is_some() {
            lacks.clear();
        }
        let assignment_gaps = graph.assignment_gaps(graph.shows_assignments_of(role));
        let mut gaps = self.gaps(entries_gap.into_iter().chain(assignment_gaps));
        let mut fields = vec![
            ("parent", Field::Text(parent.map(|parent| inventory.show(parent).to_owned()))),
            ("children", Field::Texts(children)),
            ("built_in", Field::Truth(Some(graph.built_in_role(role).is_some()))),
            ("role_type", Field::Text(record.and_then(|it| it.role_type).map(|word| inventory.show(word).to_owned()))),
            ("end_user", Field::Truth(record.and_then(|record| record.end_user))),
            ("unscoped", Field::Truth(record.map(|record| record.unscoped))),
            ("recipient_read_scope", word(scopes.recipient_read)),
            ("recipient_write_scope", word(scopes.recipient_write)),
            ("config_read_scope", word(scopes.config_read)),
            ("config_write_scope", word(scopes.config_write)),
            ("entries_complete", Field::Truth(Some(entries_gap.is_none()))),
            ("cmdlets", Field::Rows(cmdlets)),
            ("lacks_of_parent", Field::Rows(lacks)),
        ];
        let all_holders = holders(self.graph(), role, "Set-Mailbox");
        let (delegating, regular): (Vec<&Holder<'_>>, Vec<&Holder<'_>>) =
            all_holders.iter().partition(|it| it.standing == Standing::Delegating);
        let is_held = regular.iter().any(|it| it.standing != Standing::Disabled);
        let nobody = (!is_held && gaps.iter().all(|gap| gap.kind == crate::record::Kind::RoleEntry)).then_some(true);
        gaps.extend(self.gaps(self.graph().unused_assignments_gap()));
        let rows = |list: Vec<&Holder<'_>>| Field::Rows(list.into_iter().map(holder_fields).collect());
        fields.push(("assigned_to_nobody", Field::Truth(if is_held { Some(false) } else { nobody })));
        fields.push(("assignments", rows(regular)));
        fields.push(("may_be_assigned_by", rows(delegating)));
        let standing: Vec<usize> =
            indices.iter().copied().filter(|index| matters(self.graph().standing(*index))).collect();
        fields.push(("people", self.people_of(&standing, &mut gaps)));
        let note = "an application may hold the same permission in Entra, which is in no export of Exchange";
        fields.push(("note", Field::Text(is_application.then(|| note.to_owned()))));
        Page { kind: Kind::Role, name: inventory.show(role).to_owned(), fields, gaps }
    }

    fn groups(&mut self, name: &str) -> Vec<Page> {
        let inventory = self.inventory();
        let named = self.graph().groups_named(name).into_iter();
        // Of what no record shows, an assignment may say that it is somebody, and no group.
        let is_somebody = |index: &usize| {
            let said = inventory.assignments[*index].assignee_type;
            matches!(said, Some(AssigneeType::User | AssigneeType::Computer | AssigneeType::ServicePrincipal))
        };
        let is_one = |id: &PrincipalId| {
            let class = inventory.principals.get(*id).class;
            matches!(class, Some(Class::SecurityGroup | Class::DistributionGroup))
                || class.is_none() && !self.graph().assignments_of(*id).iter().all(is_somebody)
        };
        let named: Vec<PrincipalId> = named.filter(is_one).collect();
        named.into_iter().map(|id| self.group(id)).collect()
    }

    fn group(&mut self, id: PrincipalId) -> Page {
        let inventory = self.inventory();
        let principal = inventory.principals.get(id);
        let shown = |ids: &mut dyn Iterator<Item = PrincipalId>| {
            let mut names: Vec<String> = ids.map(|id| inventory.show_principal(id).to_owned()).collect();
            names.sort_by_cached_key(|name| fold(name));
            names.dedup();
            names
        };
        let direct = shown(&mut principal.members.sure.iter().map(|(member, _)| *member));
        let inside = self.accounts.organization_mut().inside(id);
        let graph = self.graph();
        let people: Vec<PrincipalId> = inside.sure.iter().copied().filter(|id| graph.is_among_accounts(*id)).collect();
        let mut rows: Vec<Row> = people
            .iter()
            .map(|person| {
                let chain = graph.chain_around(*person, id, &BTreeSet::new()).unwrap_or_default();
                let through = chain.iter().map(|(group, _)| *group).filter(|group| *group != id);
                let through = through.map(|group| inventory.show_principal(group).to_owned()).collect();
                vec![("account", Field::text(inventory.show_principal(*person))), ("through", Field::Texts(through))]
            })
            .collect();
        sort_rows(&mut rows);
        let manager_ids: Vec<PrincipalId> =
            inventory.principals.managers(id).iter().map(|(manager, _)| *manager).collect();
        let managers = shown(&mut manager_ids.iter().copied());
        let effective_managers = self.effective(&manager_ids);
        let graph = self.graph();
        let above = inventory.principals.ids().filter(|other| *other != id && graph.is_member(id, *other));
        let member_of = shown(&mut above.collect::<Vec<_>>().into_iter());
        let given: Vec<Holder<'_>> =
            graph.assignments_of(id).iter().map(|index| holder(graph, *index, "Set-Mailbox")).collect();
        let working = given.iter().filter(|it| it.standing != Standing::Delegating);
        let scopes: BTreeSet<&str> = working.map(|it| it.scope.as_str()).collect();
        let scope = if scopes.len() == 1 { scopes.first().map(|scope| (*scope).to_owned()) } else { None };
        let linked_to = principal.members.linked_to.map(|text| inventory.show(text.symbol).to_owned());
        let mut roles: Vec<Row> = graph.assignments_of(id).iter().map(|index| self.assignment_row(*index)).collect();
        sort_rows(&mut roles);
        let members_complete = inside.gaps.is_empty();
        let of_assignments =
            graph.assignment_gaps(graph.is_asked_for(id)).into_iter().chain(graph.unused_assignments_gap());
        let gaps = self.gaps(inside.gaps.iter().copied().chain(of_assignments));
        let fields = vec![
            ("role_group", Field::Truth(Some(principal.role_group))),
            ("linked", Field::Truth(Some(principal.linked_group))),
            ("linked_group", Field::Text(linked_to)),
            ("managed_by", Field::Texts(managers)),
            ("effective_managers", Field::Texts(effective_managers)),
            ("member_of", Field::Texts(member_of)),
            ("scope", Field::Text(scope)),
            ("roles", Field::Rows(roles)),
            ("members", Field::Texts(direct)),
            ("members_complete", Field::Truth(Some(members_complete))),
            ("people", Field::Rows(rows)),
        ];
        Page { kind: Kind::Group, name: inventory.show_principal(id).to_owned(), fields, gaps }
    }

    /// The accounts among some principals and in the groups among them, sorted.
    fn effective(&mut self, ids: &[PrincipalId]) -> Vec<String> {
        let mut all: BTreeSet<PrincipalId> = ids.iter().copied().collect();
        for id in ids {
            all.extend(self.accounts.organization_mut().inside(*id).sure);
        }
        let inventory = self.inventory();
        let people = all.into_iter().filter(|id| self.graph().is_among_accounts(*id));
        let mut names: Vec<String> = people.map(|id| inventory.show_principal(id).to_owned()).collect();
        names.sort_by_cached_key(|name| fold(name));
        names
    }

    fn account(&mut self, account: Account) -> Page {
        let rights = self.accounts.rights(account);
        let graph = self.accounts.graph(account);
        let inventory = graph.inventory();
        let principal = match account {
            Account::Exported(id) => Some(inventory.principals.get(id)),
            Account::Asserted(_) => None,
        };
        let row = |held: &crate::graph::Held, sure: bool| -> Row {
            let through = match held.policy {
                Some(policy) => vec![inventory.show(policy).to_owned()],
                None => held.chain.iter().map(|(group, _)| inventory.show_principal(*group).to_owned()).collect(),
            };
            let role = held.role.and_then(|role| inventory.show_role(role)).map(ToOwned::to_owned);
            let name = graph.assignment(held).and_then(|assignment| assignment.name);
            let scope = scope_words(&graph.works_on(held, "Set-Mailbox"));
            vec![
                ("role", Field::Text(role)),
                ("assignment", Field::Text(name.map(|name| inventory.show(name).to_owned()))),
                ("through", Field::Texts(through)),
                ("scope", Field::text(scope)),
                ("answer", Field::text(if sure { "granted" } else { "unknown" })),
            ]
        };
        let mut roles: Vec<Row> = rights.held.iter().map(|held| row(held, held.is_sure())).collect();
        let would = |why: Why| rights.would.iter().filter(move |(_, known)| *known == why);
        let mut delegating: Vec<Row> = would(Why::Delegating).map(|(held, _)| row(held, true)).collect();
        let mut disabled: Vec<Row> = would(Why::Disabled).map(|(held, _)| row(held, true)).collect();
        [&mut roles, &mut delegating, &mut disabled].into_iter().for_each(|rows| sort_rows(rows));
        let mut groups: Vec<String> = rights.groups.iter().map(|id| inventory.show_principal(*id).to_owned()).collect();
        groups.sort_by_cached_key(|name| fold(name));
        let identities = match account {
            Account::Exported(id) => {
                let texts = whole(inventory.principals.identities(id)).map(|(_, text)| inventory.show(text.symbol));
                texts.map(ToOwned::to_owned).collect()
            }
            Account::Asserted(_) => Vec::new(),
        };
        let policy = principal.and_then(|principal| match principal.policy {
            Stated::Is(Some(Text { symbol, form: Form::Whole })) => Some(inventory.show(symbol).to_owned()),
            _ => None,
        });
        let grants = match account {
            Account::Exported(_) => graph.grants(&rights, &mut self.entries),
            Account::Asserted(_) => graph.grants(&rights, &mut RoleEntries::all()),
        };
        let is_sure = |grant: &EntryGrant<'_>| grant.gap.is_none() && rights.held[grant.held].is_sure();
        let cmdlets = grants.by_cmdlet().filter(|same| same.iter().any(is_sure)).count();
        let mut gaps: Vec<Gap> =
            graph.gaps_of(&rights).into_iter().map(|id| graph.gap_for(&rights, id).into_owned()).collect();
        gaps.sort_by_cached_key(|gap| (gap.code, fold(&gap.object)));
        let fields = vec![
            ("identities", Field::Texts(identities)),
            ("policy", Field::Text(policy)),
            ("application", Field::Truth(principal.map(|principal| principal.application))),
            ("disabled", Field::Truth(principal.and_then(|principal| principal.disabled.map(|(is, _)| is)))),
            ("groups", Field::Texts(groups)),
            ("roles", Field::Rows(roles)),
            ("may_assign", Field::Rows(delegating)),
            ("disabled_assignments", Field::Rows(disabled)),
            ("cmdlet_count", Field::Count(cmdlets)),
        ];
        Page { kind: Kind::Account, name: self.accounts.shown(account).to_owned(), fields, gaps }
    }

    fn policies(&mut self, name: &str) -> Vec<Page> {
        let inventory = self.inventory();
        let pattern = Wildcard::new(name);
        let assigned = inventory.assignments.iter().filter_map(|assignment| match assignment.assignee {
            Assignee::Policy(text) if text.form == Form::Whole => Some(text.symbol),
            _ => None,
        });
        let had = inventory.principals.ids().filter_map(|id| match inventory.principals.get(id).policy {
            Stated::Is(Some(text)) if text.form == Form::Whole => Some(text.symbol),
            _ => None,
        });
        let recorded = inventory.policies.iter().filter_map(|policy| name_of(&policy.identities));
        let planned = mailbox_plans(inventory).filter_map(|(_, policy)| inventory.names.get(policy));
        let all: BTreeSet<Symbol> = assigned.chain(had).chain(recorded).chain(planned).collect();
        // One policy by its name and by its place in the directory is one.
        let other = |symbol: &Symbol| {
            let is_it = |policy: &&PolicyFact| policy.identities.iter().any(|(_, text)| text.symbol == *symbol);
            let record = inventory.policies.iter().find(is_it);
            record.and_then(|policy| name_of(&policy.identities)).unwrap_or(*symbol)
        };
        let named: BTreeSet<Symbol> = all.iter().map(other).filter(|it| pattern.matches(inventory.show(*it))).collect();
        named.into_iter().map(|policy| self.policy(policy)).collect()
    }

    fn policy(&mut self, policy: Symbol) -> Page {
        let inventory = self.inventory();
        let record = inventory.policies.iter().find(|it| name_of(&it.identities) == Some(policy));
        let is_it = |symbol: Symbol| {
            symbol == policy || record.is_some_and(|it| it.identities.iter().any(|(_, text)| text.symbol == symbol))
        };
        let of_it = |index: &usize| match inventory.assignments[*index].assignee {
            Assignee::Policy(text) => is_it(text.symbol),
            _ => false,
        };
        let indices: Vec<usize> = (0..inventory.assignments.len()).filter(of_it).collect();
        let mut roles: Vec<Row> = indices.iter().map(|index| self.assignment_row(*index)).collect();
        sort_rows(&mut roles);
        let has = |id: &PrincipalId| matches!(inventory.principals.get(*id).policy, Stated::Is(Some(text)) if is_it(text.symbol));
        let mut mailboxes: Vec<String> =
            inventory.principals.ids().filter(has).map(|id| inventory.show_principal(id).to_owned()).collect();
        mailboxes.sort_by_cached_key(|name| fold(name));
        let is_of_plan = |policy: &str| inventory.names.get(policy).is_some_and(is_it);
        let plans = mailbox_plans(inventory).filter(|(_, policy)| is_of_plan(policy));
        let plans: BTreeSet<String> = plans.map(|(plan, _)| plan.to_owned()).collect();
        let mut entries = RoleEntries::all();
        let mut cmdlets: BTreeSet<&str> = BTreeSet::new();
        let mut open: BTreeSet<GapId> = BTreeSet::new();
        for index in indices.iter().filter(|index| matches!(self.graph().standing(**index), Standing::Works(_))) {
            let Some(role) = inventory.assignments[*index].role.filter(|role| role.form == Form::Whole) else {
                continue;
            };
            open.extend(self.graph().entries_gap(role.symbol, None));
            let own = entries.of_role(self.graph(), role.symbol).iter().filter(|entry| entry.gap.is_none());
            cmdlets.extend(own.map(|entry| inventory.show(entry.cmdlet)));
        }
        let default = record.and_then(|it| match it.default {
            Stated::Is(default) => Some(default),
            _ => None,
        });
        let fields = vec![
            ("default", Field::Truth(default)),
            ("mailbox_plans", Field::Texts(plans.into_iter().collect())),
            ("roles", Field::Rows(roles)),
            ("cmdlets", Field::Texts(cmdlets.into_iter().map(ToOwned::to_owned).collect())),
            ("mailbox_count", Field::Count(mailboxes.len())),
            ("mailboxes", Field::Texts(mailboxes)),
        ];
        open.extend(self.graph().assignment_gaps(self.graph().is_policy_asked_for(policy)));
        let mut gaps = self.gaps(open);
        gaps.extend(self.mailbox_gaps());
        gaps.extend(self.gaps(self.graph().unused_assignments_gap()));
        Page { kind: Kind::Policy, name: inventory.show(policy).to_owned(), fields, gaps }
    }

    /// Why it is not known which mailboxes have a policy.
    fn mailbox_gaps(&mut self) -> Vec<Gap> {
        let ids = self.accounts.organization_mut().mailbox_gaps();
        let mut gaps = self.gaps(ids);
        let inventory = self.inventory();
        let is_open = |id: &&PrincipalId| {
            let principal = inventory.principals.get(**id);
            !principal.application && !matches!(principal.policy, Stated::Is(_))
        };
        if let Some(id) = self.graph().accounts().iter().find(is_open) {
            gaps.push(Gap::unknown_policy(inventory.show_principal(*id), inventory.principals.get(*id).at));
        }
        gaps
    }

    fn scopes(&mut self, name: &str) -> Vec<Page> {
        let pattern = Wildcard::new(name);
        let count = self.inventory().scopes.len();
        let meant = (0..count).filter(|index| pattern.matches(self.graph().scope_name(*index)));
        let mut pages: Vec<Page> = meant.collect::<Vec<_>>().into_iter().map(|index| self.scope(index)).collect();
        // Where an assignment works without a scope of its own: everywhere, on the own mailbox, below a unit.
        let mut others: BTreeMap<Place, Vec<usize>> = BTreeMap::new();
        for index in 0..self.inventory().assignments.len() {
            let graph = self.graph();
            let recipients = graph.works_on(&graph.path_of_assignment(index), "Set-Mailbox").recipients;
            let (restriction, root) = match &recipients {
                Recipients::Unknown => continue,
                Recipients::Scope(area) if area.holds.is_some() || area.name.is_none() => continue,
                // A scope that an assignment names and no export shows.
                Recipients::Scope(_) => (None, None),
                Recipients::Unit(unit) => (Some("OrganizationalUnit"), Some(unit.clone())),
                _ => (Some("Predefined"), None),
            };
            if pattern.matches(recipients.shown()) {
                others.entry((recipients.shown().to_owned(), restriction, root)).or_default().push(index);
            }
        }
        for ((name, restriction, root), indices) in others {
            let fields = vec![
                ("restriction", Field::Text(restriction.map(ToOwned::to_owned))),
                ("exclusive", Field::Truth(restriction.map(|_| false))),
                ("root", Field::Text(root)),
                ("recipient_filter", Field::Text(None)),
                ("server_filter", Field::Text(None)),
                ("database_filter", Field::Text(None)),
            ];
            pages.push(self.scope_page(name, fields, &indices, [Vec::new(), Vec::new()]));
        }
        pages
    }

    /// A scope with the assignments that work on it, their people, and what it holds for certain and perhaps.
    fn scope_page(
        &mut self,
        name: String,
        mut fields: Row,
        indices: &[usize],
        [inside, open]: [Vec<String>; 2],
    ) -> Page {
        let mut assignments: Vec<Row> = indices.iter().map(|index| self.assignment_row(*index)).collect();
        sort_rows(&mut assignments);
        let standing: Vec<usize> =
            indices.iter().copied().filter(|index| matters(self.graph().standing(*index))).collect();
        fields.push(("assignments", Field::Rows(assignments)));
        let mut gaps = self.gaps(self.graph().assignment_gaps(false));
        fields.push(("people", self.people_of(&standing, &mut gaps)));
        gaps.extend(self.gaps(self.graph().unused_assignments_gap()));
        for (key, mut names) in [("contains", inside), ("may_contain", open)] {
            names.sort_by_cached_key(|name| fold(name));
            fields.push((key, Field::Texts(names)));
        }
        Page { kind: Kind::Scope, name, fields, gaps }
    }

    fn scope(&mut self, index: usize) -> Page {
        let inventory = self.inventory();
        let fact = &inventory.scopes[index];
        let name = self.graph().scope_name(index).to_owned();
        let text = |stated: Stated<Option<Text>>| match stated {
            Stated::Is(Some(text)) => Field::text(inventory.show(text.symbol)),
            _ => Field::Text(None),
        };
        let uses = |index: &usize| {
            let assignment = &inventory.assignments[*index];
            let custom = assignment.custom.iter().copied().chain([assignment.resource]).flatten();
            let is_it = |text: Text| fact.identities.iter().any(|(_, known)| known.symbol == text.symbol);
            custom.into_iter().any(is_it)
        };
        let indices: Vec<usize> = (0..inventory.assignments.len()).filter(uses).collect();
        let (mut inside, mut open) = (Vec::new(), Vec::new());
        for id in inventory.principals.ids().filter(|id| inventory.principals.get(*id).at.is_some()) {
            match self.graph().is_in_scope(index, id) {
                Known::Yes => inside.push(inventory.show_principal(id).to_owned()),
                Known::Unknown => open.push(inventory.show_principal(id).to_owned()),
                Known::No => {}
            }
        }
        for (name, known) in self.graph().configured_in(index) {
            match known {
                Known::Yes => inside.push(name),
                Known::Unknown => open.push(name),
                Known::No => {}
            }
        }
        let exclusive = match fact.exclusive {
            Stated::Is(exclusive) => Some(exclusive),
            _ => None,
        };
        let fields = vec![
            ("restriction", Field::Text(fact.restriction.map(|word| inventory.show(word).to_owned()))),
            ("exclusive", Field::Truth(exclusive)),
            ("root", text(fact.root)),
            ("recipient_filter", text(fact.recipients)),
            ("server_filter", text(fact.servers)),
            ("database_filter", text(fact.databases)),
        ];
        self.scope_page(name, fields, &indices, [inside, open])
    }

    fn assignments(&mut self, name: &str) -> Vec<Page> {
        let inventory = self.inventory();
        let pattern = Wildcard::new(name);
        let named = |index: &usize| {
            inventory.assignments[*index].name.is_some_and(|name| pattern.matches(inventory.show(name)))
        };
        let meant: Vec<usize> = (0..inventory.assignments.len()).filter(named).collect();
        meant.into_iter().map(|index| self.one_assignment(index)).collect()
    }

    fn one_assignment(&mut self, index: usize) -> Page {
        let graph = self.graph();
        let inventory = self.inventory();
        let assignment = &inventory.assignments[index];
        let scopes = graph.scopes(&graph.path_of_assignment(index));
        let word = |word: Option<&str>| Field::Text(word.map(ToOwned::to_owned));
        let named = |text: Option<Text>| Field::Text(text.map(|text| inventory.show(text.symbol).to_owned()));
        let mut fields = vec![("role", named(assignment.role))];
        fields.extend(holder_fields(&holder(graph, index, "Set-Mailbox")).into_iter().skip(1));
        fields.extend([
            ("recipient_read_scope", word(scopes.recipient_read)),
            ("recipient_write_scope", word(scopes.recipient_write)),
            ("config_read_scope", word(scopes.config_read)),
            ("config_write_scope", word(scopes.config_write)),
            ("custom_recipient_write_scope", named(assignment.custom[0])),
            ("custom_config_write_scope", named(assignment.custom[1])),
            ("custom_resource_scope", named(assignment.resource)),
            ("exclusive", Field::Truth(graph.has_exclusive_scope(index))),
        ]);
        let gaps = standing_gaps(graph.standing(index)).to_vec();
        let name = assignment.name.map_or("", |name| inventory.show(name)).to_owned();
        let mut gaps = self.gaps(gaps);
        fields.push(("people", self.people_of(&[index], &mut gaps)));
        Page { kind: Kind::Assignment, name, fields, gaps }
    }
}

impl Person {
    fn row(self) -> Row {
        vec![
            ("account", Field::text(self.name)),
            ("through", Field::Texts(self.through)),
            ("answer", Field::text(if self.sure { "granted" } else { "unknown" })),
        ]
    }
}

/// Why it is not known whether an assignment works.
fn standing_gaps(standing: &Standing) -> &[GapId] {
    match standing {
        Standing::Unknown(gaps) => gaps,
        _ => &[],
    }
}

/// Whether an assignment gives something, or may.
fn matters(standing: &Standing) -> bool {
    matches!(standing, Standing::Works(_) | Standing::Unknown(_))
}

fn holder_fields(holder: &Holder<'_>) -> Row {
    let text = |text: Option<&str>| Field::Text(text.map(ToOwned::to_owned));
    vec![
        ("assignment", text(holder.name)),
        ("assignee", text(holder.assignee)),
        ("assignee_type", text(holder.assignee_type)),
        ("enabled", Field::Truth(holder.enabled)),
        ("delegating", Field::Truth(holder.delegating)),
        ("scope", Field::text(holder.scope.clone())),
    ]
}

/// Sorts rows by their words, without case.
fn sort_rows(rows: &mut [Row]) {
    rows.sort_by_cached_key(|row| {
        let words = row.iter().map(|(_, field)| fold(&field.words().unwrap_or_default()));
        words.collect::<Vec<String>>()
    });
}

/// The name among some identities.
fn name_of(identities: &[Identity]) -> Option<Symbol> {
    let named = whole(identities).find(|(kind, _)| *kind == IdentityKind::Name);
    named.map(|(_, text)| text.symbol)
}
