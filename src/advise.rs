//! A plan for one account: what it lacks, the roles that give it, the steps, and the proof that they do.
//!
//! Steps are tried on a copy of what was read before they are proposed: with them the requirement is met, and what takes
//! them back restores what was there.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::accounts::{Account, Accounts};
use crate::catalogue::Danger;
use crate::check::{Terms, check};
use crate::diagnostic::{Diagnostic, Report, Severity, digest, fingerprint};
use crate::exports::{Loaded, Stated};
use crate::graph::{Assertions, Escalator, Gain, Graph, Held, Question, Rights, RoleEntries, Standing, is_common};
use crate::hidden::is_hidden;
use crate::inventory::{Assignee, Facts, Form, IdentityKind, Inventory};
use crate::name::{Symbol, fold, same};
use crate::plan::{
    Adviser, After, Choice, ChosenRole, Excess, Minimize, Proposal, Step, Uncovered, Want, Way, group_that_gives,
};
use crate::policy::{Item, Policy, Requirement};
use crate::remedy::{GroupKind, GroupName, ObjectKind, Remedy};
use crate::rules::judging::answers::{ItemAnswer, ItemState, answers};
use crate::scope::Reach;
use crate::simulate;
use crate::source::Sources;

/// What a plan is made for, and how.
#[derive(Clone, Copy, Debug)]
pub struct Task<'t> {
    /// What was read of the organization.
    pub stated: &'t Stated,
    /// The accounts of which the caller asserts entries, understood.
    pub asserted: &'t [(String, Inventory)],
    /// What the caller asserts besides.
    pub assertions: &'t Assertions,
    /// What must be met.
    pub requirements: &'t [Requirement],
    /// The policy in force; none where none is.
    pub policy: Option<&'t Policy>,
    /// The files.
    pub sources: &'t Sources<'t>,
    /// On what terms the policy is applied.
    pub terms: &'t Terms,
    /// What counts first.
    pub minimize: Minimize,
    /// Whether children of roles are made.
    pub child_roles: bool,
    /// Whether what no export decides is planned for as if it were missing.
    pub assume_missing: bool,
    /// Whether roles can be made with some entries of their parents only (2016 and newer, and Exchange Online).
    pub enabled_cmdlets: bool,
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No command can name something: its name holds hidden characters.
    Unnamed(String),
    /// The plan does not do what it says: a bug.
    Failed(String),
}

/// Items, with those that every session has.
struct Asked {
    items: Vec<ItemAnswer>,
    session: usize,
}

impl Asked {
    fn of(accounts: &mut Accounts<'_>, account: Account, requirements: &[Requirement]) -> Self {
        let mut items: Vec<ItemAnswer> = Vec::new();
        let mut session: BTreeSet<String> = BTreeSet::new();
        for requirement in requirements {
            session.extend(requirement.session.iter().map(|cmdlet| fold(cmdlet)));
            for item in answers(accounts, account, requirement) {
                let asks_it =
                    |known: &ItemAnswer| same(&known.shown(), &item.shown()) && known.organization == item.organization;
                if !items.iter().any(asks_it) {
                    items.push(item);
                }
            }
        }
        Self { items, session: session.len() }
    }

    fn count(&self, state: ItemState) -> usize {
        self.items.iter().filter(|item| item.state == state).count()
    }
}

/// A requirement in which every parameter that roles have of a cmdlet is asked for, where it names none.
#[must_use]
pub fn with_all_parameters(requirement: &Requirement, graph: &Graph<'_>) -> Requirement {
    let inventory = graph.inventory();
    let parameters_of = |item: &Item| -> Vec<Item> {
        let cmdlet = inventory.names.get(&item.cmdlet).filter(|_| item.parameters.is_empty() && !item.is_wild());
        let entries = cmdlet.into_iter().flat_map(|cmdlet| inventory.entries_named(cmdlet));
        let given = entries.filter(|entry| crate::plan::may_be_given(graph, entry.role));
        let lists: BTreeSet<_> = given.map(|entry| entry.parameters).collect();
        let mut names: Vec<&str> = inventory.parameters.union(lists).iter().map(|name| inventory.show(*name)).collect();
        names.retain(|name| !is_common(name));
        names.sort_by_cached_key(|name| fold(name));
        let items = names.iter().filter_map(|name| Item::parse(&format!("{}:{name}", item.cmdlet), item.at).ok());
        items.collect()
    };
    let expand = |item: &Item| {
        let all = parameters_of(item);
        if all.is_empty() { vec![item.clone()] } else { all }
    };
    Requirement { items: requirement.items.iter().flat_map(expand).collect(), ..requirement.clone() }
}

/// Plans how an account gets what it lacks.
///
/// Errors: why there is no plan.
pub fn advise(task: &Task<'_>, accounts: &mut Accounts<'_>, account: Account) -> Result<Proposal, Refusal> {
    let asked = Asked::of(accounts, account, task.requirements);
    let is_planned =
        |item: &ItemAnswer| item.state == ItemState::Missing || task.assume_missing && item.state == ItemState::Open;
    let missing: Vec<usize> = (0..asked.items.len()).filter(|number| is_planned(&asked.items[*number])).collect();
    let questions: Vec<Question<'_>> = asked.items.iter().map(ItemAnswer::question).collect();
    let wants: Vec<Want<'_>> = questions
        .iter()
        .zip(&asked.items)
        .map(|(question, item)| Want { question, organization: item.organization })
        .collect();
    let rights = accounts.rights(account);
    let own = matches!(account, Account::Exported(_)).then_some(&rights);
    let graph = accounts.organization();
    let mut adviser = Adviser::default();
    let offers = adviser.offers(graph, &wants);
    let choice = adviser.choose(graph, own, &offers, &missing, task.minimize);
    let parents = offers.parents(&missing);
    let ids: Vec<&str> = task.requirements.iter().map(|requirement| bare(&requirement.common.id)).collect();
    let requirement = ids.join(", ");
    let shown = accounts.shown(account).to_owned();
    let member = member_name(graph, account, &shown)?;
    let planner = Planner { task, graph, asked: &asked, member, requirement: &requirement };
    let (way, chosen, used, steps) = planner.steps(&choice, &parents);
    let alternative = match way {
        Way::None => None,
        Way::ChildRoles => Some((Way::NewGroup, choice.cost)),
        _ => Some((Way::ChildRoles, parents.cost)),
    };
    let undecided = asked.items.iter().filter(|item| item.state == ItemState::Open && !task.assume_missing);
    let gap_of = |item: &ItemAnswer| {
        let gap = item.gaps.first().map(|gap| accounts.graph(account).gap_for(&rights, *gap).into_owned());
        gap.map(|gap| (item.shown(), gap))
    };
    let account_graph = accounts.graph(account);
    let gaps = account_graph.gaps_of(&rights).into_iter().map(|gap| account_graph.gap_for(&rights, gap).into_owned());
    let mut proposal = Proposal {
        account: shown,
        requirement: requirement.clone(),
        way,
        asked: asked.items.len() + asked.session,
        granted: asked.count(ItemState::Met) + asked.session,
        missing: asked.count(ItemState::Missing),
        all_open: asked.items.iter().all(|item| item.state == ItemState::Open) && !task.assume_missing,
        roles: chosen,
        cost: used.cost,
        proof: used.proof,
        uncovered: planner.uncovered(used),
        undecided: undecided.filter_map(gap_of).collect(),
        after: After::default(),
        alternative,
        gaps: gaps.collect(),
        delegators: planner.delegators(used),
        fingerprint: planner.fingerprint(),
        steps,
    };
    let planned: BTreeSet<usize> = used.given.iter().map(|(number, _)| *number).collect();
    let member = planner.member.clone();
    proposal.after = try_out(task, accounts, account, &asked, &planned, &proposal.steps, &member)?;
    Ok(proposal)
}

/// What a requirement is called, without the folder and the ending of a file that stands for it.
fn bare(id: &str) -> &str {
    let path = std::path::Path::new(id);
    let is_file = path.extension().is_some_and(|ending| ending == "toml");
    path.file_stem().filter(|_| is_file).and_then(|stem| stem.to_str()).unwrap_or(id)
}

/// By what a command names an account: the most exact of its names that can be typed.
fn member_name(graph: &Graph<'_>, account: Account, shown: &str) -> Result<String, Refusal> {
    let inventory = graph.inventory();
    let typed = |text: &str| !text.contains(is_hidden);
    let mut names: Vec<String> = Vec::new();
    if let Account::Exported(id) = account {
        let identities = inventory.principals.identities(id);
        for kind in [IdentityKind::Guid, IdentityKind::CloudId, IdentityKind::Address, IdentityKind::Canonical] {
            let of_kind = identities.iter().filter(|(known, text)| *known == kind && text.form == Form::Whole);
            names.extend(of_kind.map(|(_, text)| inventory.show(text.symbol).to_owned()));
        }
    }
    names.push(shown.to_owned());
    let names_it = |name: &String| match account {
        Account::Exported(_) => graph.recipients_named(name).len() == 1,
        Account::Asserted(_) => true,
    };
    let found = names.into_iter().find(|name| typed(name) && names_it(name));
    found.ok_or_else(|| Refusal::Unnamed(shown.to_owned()))
}

struct Planner<'p, 'i> {
    task: &'p Task<'p>,
    graph: &'p Graph<'i>,
    asked: &'p Asked,
    member: String,
    requirement: &'p str,
}

impl Planner<'_, '_> {
    fn show(&self, symbol: Symbol) -> &str {
        self.graph.inventory().show(symbol)
    }

    /// What tells this plan from others: the account, and what it is for.
    fn fingerprint(&self) -> String {
        let items: Vec<String> = self.asked.items.iter().map(ItemAnswer::shown).collect();
        let text =
            format!("{}\u{1f}{}\u{1f}{}", fold(&self.member), fold(self.requirement), fold(&items.join("\u{1f}")));
        digest(&text)[..16].to_owned()
    }

    fn description(&self) -> Option<String> {
        Some(format!("rolecall plan {}", self.fingerprint()))
    }

    /// The way, the chosen roles, what was chosen, and the steps.
    fn steps<'c>(&self, choice: &'c Choice, parents: &'c Choice) -> (Way, Vec<ChosenRole>, &'c Choice, Vec<Step>) {
        if choice.roles.is_empty() {
            return (Way::None, Vec::new(), choice, Vec::new());
        }
        if self.task.child_roles {
            let (chosen, steps) = self.children(parents);
            return (Way::ChildRoles, chosen, parents, steps);
        }
        let mut chosen: Vec<ChosenRole> = choice.roles.iter().map(|role| self.chosen(*role, choice, None)).collect();
        chosen.sort_by_cached_key(|chosen| fold(&chosen.role));
        if let Some(group) = group_that_gives(self.graph, &choice.roles) {
            let name = self.graph.inventory().show_principal(group).to_owned();
            let group = GroupName { name, kind: GroupKind::RoleGroup };
            let member = self.member.clone();
            let remedy = Remedy::AddMember { group: group.clone(), member: member.clone() };
            let undo = Some(Remedy::RemoveMember { group, member });
            return (Way::ExistingGroup, chosen, choice, vec![Step { remedy, undo }]);
        }
        let roles = chosen.iter().map(|chosen| chosen.role.clone()).collect();
        let step = self.new_group(roles, &mut BTreeSet::new());
        (Way::NewGroup, chosen, choice, vec![step])
    }

    fn chosen(&self, role: Symbol, choice: &Choice, child: Option<String>) -> ChosenRole {
        let inventory = self.graph.inventory();
        let numbers = choice.given.iter().filter(|(_, by)| *by == role).map(|(number, _)| *number);
        let numbers: Vec<usize> = numbers.collect();
        let item = |number: &usize| &self.asked.items[*number];
        let has_part = |number: &usize| {
            let item = item(number);
            let cmdlet = inventory.names.get(&item.cmdlet).filter(|_| item.all.is_empty() && item.any.is_empty())?;
            let count = |ids: Vec<_>| {
                let names = inventory.parameters.union(ids);
                names.iter().filter(|name| !is_common(inventory.show(**name))).count()
            };
            let own = count(inventory.entries_in(role, cmdlet).map(|entry| entry.parameters).collect());
            let given =
                inventory.entries_named(cmdlet).filter(|entry| crate::plan::may_be_given(self.graph, entry.role));
            let all = count(given.map(|entry| entry.parameters).collect());
            (own < all).then(|| (item.cmdlet.clone(), own, all))
        };
        ChosenRole {
            role: self.show(role).to_owned(),
            covers: numbers.iter().map(|number| item(number).shown()).collect(),
            parts: numbers.iter().filter_map(has_part).collect(),
            child,
        }
    }

    /// A name that nothing in the exports has: Exchange takes no more than 64 characters, and no blank at the end.
    fn free_name(&self, wanted: &str, taken: &mut BTreeSet<String>) -> String {
        const CHARACTERS_MAX: usize = 64;
        let visible: String = wanted.chars().filter(|char| !is_hidden(*char)).collect();
        let cut = |end: &str| {
            let room = CHARACTERS_MAX - end.chars().count();
            let start: String = visible.chars().take(room).collect();
            format!("{}{end}", start.trim_end())
        };
        let is_free = |name: &String| self.graph.inventory().names.get(name).is_none() && !taken.contains(&fold(name));
        let numbered = (2..).map(|number| cut(&format!(" {number}")));
        let name = std::iter::once(cut("")).chain(numbered).find(is_free).expect("numbers do not end");
        taken.insert(fold(&name));
        name
    }

    fn new_group(&self, roles: Vec<String>, taken: &mut BTreeSet<String>) -> Step {
        let name = self.free_name(&format!("rolecall {}", self.requirement), taken);
        let undo = Some(Remedy::Delete { kind: ObjectKind::RoleGroup, name: name.clone(), unscoped: false });
        let members = vec![self.member.clone()];
        Step { remedy: Remedy::NewRoleGroup { name, roles, members, description: self.description() }, undo }
    }

    /// A child of each parent with exactly what it is chosen for, and a role group that holds the children.
    fn children(&self, parents: &Choice) -> (Vec<ChosenRole>, Vec<Step>) {
        let inventory = self.graph.inventory();
        let mut taken = BTreeSet::new();
        let (mut chosen, mut steps, mut children) = (Vec::new(), Vec::new(), Vec::new());
        for &parent in &parents.roles {
            let name = self.free_name(&format!("rolecall {} {}", self.requirement, self.show(parent)), &mut taken);
            let items =
                parents.given.iter().filter(|(_, by)| *by == parent).map(|(number, _)| &self.asked.items[*number]);
            let mut needed: BTreeMap<Symbol, Vec<&ItemAnswer>> = BTreeMap::new();
            for item in items {
                if let Some(cmdlet) = inventory.names.get(&item.cmdlet) {
                    needed.entry(cmdlet).or_default().push(item);
                }
            }
            let mut cmdlets: Vec<String> = needed.keys().map(|cmdlet| self.show(*cmdlet).to_owned()).collect();
            cmdlets.sort_by_cached_key(|cmdlet| fold(cmdlet));
            let entries = self.task.enabled_cmdlets.then_some(cmdlets);
            let of = self.show(parent).to_owned();
            let remedy = Remedy::NewRole { name: name.clone(), parent: of, entries, description: self.description() };
            let undo = Remedy::Delete { kind: ObjectKind::Role, name: name.clone(), unscoped: false };
            steps.push(Step { remedy, undo: Some(undo) });
            steps.extend(self.cut_down(parent, &name, &needed));
            chosen.push(self.chosen(parent, parents, Some(name.clone())));
            children.push(name);
        }
        steps.push(self.new_group(children, &mut taken));
        chosen.sort_by_cached_key(|chosen: &ChosenRole| fold(&chosen.role));
        (chosen, steps)
    }

    /// Takes from a new child what it is not made for.
    fn cut_down(&self, parent: Symbol, name: &str, needed: &BTreeMap<Symbol, Vec<&ItemAnswer>>) -> Vec<Step> {
        /// What nearly every cmdlet needs to be run at all.
        const KEPT: &[&str] = &["Identity", "Confirm", "WhatIf"];
        let inventory = self.graph.inventory();
        let mut steps = Vec::new();
        let mut cmdlets: Vec<Symbol> = inventory.cmdlets_of(parent).collect();
        cmdlets.sort_by_cached_key(|cmdlet| fold(inventory.show(*cmdlet)));
        cmdlets.dedup();
        for cmdlet in cmdlets {
            let shown = inventory.show(cmdlet).to_owned();
            let Some(items) = needed.get(&cmdlet) else {
                if !self.task.enabled_cmdlets {
                    let remedy = Remedy::RemoveEntry { role: name.to_owned(), cmdlet: shown };
                    steps.push(Step { remedy, undo: None });
                }
                continue;
            };
            if items.iter().any(|item| item.all.is_empty() && item.any.is_empty()) {
                continue;
            }
            let is_kept = |parameter: &str| {
                let asked = items.iter().flat_map(|item| item.all.iter().chain(&item.any));
                let mut kept = asked.map(String::as_str).chain(KEPT.iter().copied());
                is_common(parameter) || kept.any(|known| same(known, parameter))
            };
            let lists = inventory.entries_in(parent, cmdlet).map(|entry| entry.parameters);
            let all = inventory.parameters.union(lists);
            let mut parameters: Vec<String> = all
                .iter()
                .map(|parameter| inventory.show(*parameter))
                .filter(|it| !is_kept(it))
                .map(String::from)
                .collect();
            parameters.sort_by_cached_key(|parameter| fold(parameter));
            if !parameters.is_empty() {
                let role = name.to_owned();
                let remedy = Remedy::SetEntryParameters { role, cmdlet: shown, parameters, add: false };
                steps.push(Step { remedy, undo: None });
            }
        }
        steps
    }

    fn uncovered(&self, choice: &Choice) -> Vec<Uncovered> {
        let item = |(number, reason): &(usize, crate::plan::Lack)| {
            let item = &self.asked.items[*number];
            let parameters = item.all.iter().chain(&item.any).cloned().collect();
            Uncovered { cmdlet: item.cmdlet.clone(), parameters, reason: *reason }
        };
        choice.uncovered.iter().map(item).collect()
    }

    /// Who may assign each chosen role.
    fn delegators(&self, choice: &Choice) -> Vec<(String, Vec<String>)> {
        let inventory = self.graph.inventory();
        let of = |role: &Symbol| {
            let delegating = self
                .graph
                .assignments_giving(*role)
                .iter()
                .filter(|index| *self.graph.standing(**index) == Standing::Delegating);
            let mut names: Vec<String> = delegating
                .filter_map(|index| match inventory.assignments[*index].assignee {
                    Assignee::Principal(id) => Some(inventory.show_principal(id).to_owned()),
                    _ => None,
                })
                .collect();
            names.sort_by_cached_key(|name| fold(name));
            names.dedup();
            (self.show(*role).to_owned(), names)
        };
        let mut all: Vec<_> = choice.roles.iter().map(of).collect();
        all.sort_by_cached_key(|(role, _)| fold(role));
        all
    }
}

/// Takes the steps on a copy of what was read, and takes them back.
fn try_out(
    task: &Task<'_>,
    accounts: &mut Accounts<'_>,
    account: Account,
    asked: &Asked,
    planned: &BTreeSet<usize>,
    steps: &[Step],
    member: &str,
) -> Result<After, Refusal> {
    let mut after = After {
        granted: asked.count(ItemState::Met) + asked.session,
        missing: asked.count(ItemState::Missing),
        undecided: asked.count(ItemState::Open),
        ..After::default()
    };
    if steps.is_empty() {
        return Ok(after);
    }
    let remedies: Vec<Remedy> = steps.iter().map(|step| step.remedy.clone()).collect();
    let before = &task.stated.own;
    let now = accounts.organization().inventory();
    let changed = simulate::after(before, now, &remedies)
        .map_err(|step| Refusal::Failed(format!("step {} changes nothing", step + 1)))?;
    let undo: Vec<Remedy> = steps.iter().rev().filter_map(|step| step.undo.clone()).collect();
    let restored = simulate::after(&changed, now, &undo);
    if !restored.is_ok_and(|restored| simulate::state_the_same(before, &restored)) {
        return Err(Refusal::Failed("what takes the steps back does not restore what was there".to_owned()));
    }
    (after.new, after.fixed) = findings(task, &changed);
    let inventory = Inventory::of(changed);
    let is_asserted = matches!(account, Account::Asserted(_));
    let asserted = if is_asserted { &[] } else { task.asserted };
    let mut then = Accounts::with_assertions(&inventory, asserted, task.terms.assumptions, task.assertions);
    let [same_account] = then.named(member)[..] else {
        return Err(Refusal::Failed("the account is not found afterwards".to_owned()));
    };
    let now_met = |item: &ItemAnswer| item.state == ItemState::Met;
    let answered = Asked::of(&mut then, same_account, task.requirements);
    let state = |number: usize| {
        let then = &answered.items[number];
        if is_asserted && now_met(&asked.items[number]) { ItemState::Met } else { then.state }
    };
    if answered.items.len() != asked.items.len() {
        return Err(Refusal::Failed("something else is asked for afterwards".to_owned()));
    }
    // What no export shows of a role may leave undecided how far it reaches.
    if let Some(number) = planned.iter().find(|number| state(**number) == ItemState::Missing) {
        let item = asked.items[*number].shown();
        return Err(Refusal::Failed(format!("`{item}` is not granted afterwards")));
    }
    let states: Vec<ItemState> = (0..asked.items.len()).map(state).collect();
    let count = |wanted: ItemState| states.iter().filter(|state| **state == wanted).count();
    after.granted = count(ItemState::Met) + asked.session;
    (after.missing, after.undecided) = (count(ItemState::Missing), count(ItemState::Open));
    after.excess = excess(accounts, account, &mut then, same_account, &asked.items);
    after.escalations = escalations(accounts, account, &mut then, same_account);
    Ok(after)
}

/// What an account certainly can run, on more than the own mailbox: the parameters of each cmdlet.
fn powers(accounts: &mut Accounts<'_>, account: Account) -> BTreeMap<String, (String, BTreeSet<String>)> {
    let rights: Rights = accounts.rights(account);
    let graph = accounts.graph(account);
    let inventory = graph.inventory();
    let mut powers: BTreeMap<String, (String, BTreeSet<String>)> = BTreeMap::new();
    for grant in graph.grants(&rights, &mut RoleEntries::all()) {
        let held: &Held = &rights.held[grant.held];
        let cmdlet = inventory.show(grant.cmdlet);
        let reach = graph.reach(held, cmdlet);
        if !held.is_sure()
            || grant.gap.is_some()
            || matches!(reach, Reach::OwnMailbox | Reach::Nothing | Reach::Unknown)
        {
            continue;
        }
        let parameters = grant.parameters.iter().map(|parameter| inventory.show(*parameter).to_owned());
        let known = powers.entry(fold(cmdlet)).or_insert_with(|| (cmdlet.to_owned(), BTreeSet::new()));
        known.1.extend(parameters.filter(|parameter| !is_common(parameter)));
    }
    powers
}

/// What an account gains beyond the need.
fn excess(
    before: &mut Accounts<'_>,
    account: Account,
    then: &mut Accounts<'_>,
    same_account: Account,
    items: &[ItemAnswer],
) -> Vec<Excess> {
    let held = powers(before, account);
    let mut found = Vec::new();
    for (folded, (cmdlet, parameters)) in powers(then, same_account) {
        let asked: Vec<&ItemAnswer> = items.iter().filter(|item| same(&item.cmdlet, &cmdlet)).collect();
        if asked.iter().any(|item| item.all.is_empty() && item.any.is_empty()) {
            continue;
        }
        let is_needed =
            |name: &String| asked.iter().any(|item| item.all.iter().chain(&item.any).any(|known| same(known, name)));
        let known = held.get(&folded).map(|(_, parameters)| parameters);
        let is_held = |name: &String| known.is_some_and(|known| known.iter().any(|known| same(known, name)));
        let mut beyond: Vec<String> = parameters.into_iter().filter(|it| !is_needed(it) && !is_held(it)).collect();
        if beyond.is_empty() && (known.is_some() || !asked.is_empty()) {
            continue;
        }
        beyond.sort_by_cached_key(|name| fold(name));
        let dangers = then.organization().catalogue().dangers().of(&cmdlet);
        let comes = |danger: &Danger| danger.comes_with(known.is_none(), beyond.iter().map(String::as_str));
        let dangerous = dangers.iter().any(comes);
        found.push(Excess { cmdlet, parameters: beyond, dangerous });
    }
    found
}

/// What an account could give itself afterwards, and cannot now.
fn escalations(
    before: &mut Accounts<'_>,
    account: Account,
    then: &mut Accounts<'_>,
    same_account: Account,
) -> Vec<(&'static str, String, usize)> {
    let ways = |accounts: &mut Accounts<'_>, account: Account| -> Vec<(&'static str, String, usize)> {
        if matches!(account, Account::Asserted(_)) {
            return Vec::new();
        }
        let rights = accounts.rights(account);
        let escalator = Escalator::new(accounts.organization());
        let kind = |gain: Gain| match gain {
            Gain::Role(_) => "role",
            Gain::Group(_) => "group",
            Gain::Scope(_) => "scope",
            Gain::Directory => "directory",
            Gain::Accounts => "accounts",
        };
        let ways = escalator.of(&rights);
        ways.iter().map(|way| (kind(way.gain), escalator.shown(way.gain), way.steps.len())).collect()
    };
    let known = ways(before, account);
    let is_new = |(kind, name, _): &(&'static str, String, usize)| {
        !known.iter().any(|(known, other, _)| known == kind && other == name)
    };
    ways(then, same_account).into_iter().filter(is_new).collect()
}

/// What the policy in force finds afterwards and not now, and the other way round.
fn findings(task: &Task<'_>, changed: &Facts) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
    let Some(policy) = task.policy else { return (Vec::new(), Vec::new()) };
    let found = |own: Facts| -> Vec<Diagnostic> {
        let Stated { name, asserted, .. } = task.stated;
        let stated = Stated { name: name.clone(), own, asserted: asserted.clone(), report: Report::default() };
        let loaded = Loaded { organizations: vec![stated], ..Loaded::default() };
        let checked = check(loaded, task.sources, policy, task.terms.clone(), Report::default());
        let counts = |it: &Diagnostic| it.waived.is_none() && it.severity >= Severity::Warning;
        let mut found: Vec<Diagnostic> = checked.diagnostics.into_iter().filter(counts).collect();
        // Not by their places: the order of the rows is no part of a plan.
        found.sort_by_cached_key(|it| (Reverse(it.severity), it.rule, fold(&it.message), fingerprint(it)));
        found
    };
    let (now, then) = (found(task.stated.own.clone()), found(changed.clone()));
    let prints = |all: &[Diagnostic]| -> BTreeSet<String> { all.iter().map(fingerprint).collect() };
    let (known, later) = (prints(&now), prints(&then));
    let new = then.into_iter().filter(|it| !known.contains(&fingerprint(it))).collect();
    let fixed = now.into_iter().filter(|it| !later.contains(&fingerprint(it))).collect();
    (new, fixed)
}
