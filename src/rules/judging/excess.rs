//! `excess-cmdlet`: what an account can run beyond a requirement that says `only`.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Report, RuleId, Severity, Subject};
use crate::graph::{EntryGrant, GapId, Graph, Rights, RoleEntries, is_common};
use crate::name::{Symbol, fold, same};
use crate::policy::Requirement;
use crate::remedy::{Fix, Remedy};
use crate::rules::remedy;
use crate::scope::Reach;

use super::chain;
use super::questions::{Allowed, allowed};

/// An account can run what its requirement does not ask for.
pub const EXCESS_CMDLET: RuleId = RuleId::requirement("excess-cmdlet", Severity::Error);

/// What every restricted session has and no role need hold.
///
/// Source: `New-PSSessionConfigurationFile -SessionType RestrictedRemoteServer` (PowerShell documentation).
pub(super) const SESSION: &[&str] = &[
    "Clear-Host",
    "Exit-PSSession",
    "Get-Command",
    "Get-FormatData",
    "Get-Help",
    "Measure-Object",
    "Out-Default",
    "Select-Object",
];

/// What some accounts hold beyond a requirement, and what they may.
#[derive(Default)]
pub(super) struct Excess<'i> {
    /// By cmdlet.
    beyond: BTreeMap<Symbol, Vec<Beyond<'i>>>,
    /// The first entry of each cmdlet that is held on no recipients and no configuration.
    idle: BTreeMap<Symbol, EntryGrant<'i>>,
    /// The cmdlets that depend on each gap; none where the gap hides which.
    pub(super) open: BTreeMap<GapId, Vec<String>>,
}

/// One entry that is beyond.
struct Beyond<'i> {
    grant: EntryGrant<'i>,
    /// The parameters that are; none where the whole cmdlet is.
    parameters: Vec<Symbol>,
}

impl<'i> Excess<'i> {
    /// Compares all that is held with what a requirement asks for and allows.
    pub(super) fn find(graph: &mut Graph<'i>, rights: &Rights, requirement: &Requirement) -> Self {
        let mut found = Self::default();
        let inventory = graph.inventory();
        let required = requirement.roles.iter().filter_map(|role| inventory.names.get(&role.text)).collect();
        for grants in graph.grants(rights, &mut RoleEntries::all()).by_cmdlet() {
            let cmdlet = grants[0].cmdlet;
            let name = inventory.show(cmdlet);
            let allowed = if is_session(name, requirement) {
                Allowed::Whole
            } else {
                allowed(requirement.items.iter().chain(&requirement.allow), name)
            };
            if let Allowed::Parameters(allowed) = allowed {
                found.compare(graph, rights, grants, (&allowed, &required));
            }
        }
        // What no export shows may hide more; which cmdlets those are is not known.
        for gap in graph.gaps_of(rights).into_iter().filter(|gap| Some(*gap) != rights.policy_gap) {
            found.open.entry(gap).or_default();
        }
        found
    }

    /// Compares the entries of one cmdlet with the parameters that are allowed; those of a required role are all allowed.
    fn compare(
        &mut self,
        graph: &mut Graph<'i>,
        rights: &Rights,
        grants: &[EntryGrant<'i>],
        (allowed, required): (&[String], &BTreeSet<Symbol>),
    ) {
        let inventory = graph.inventory();
        let is_beyond = |parameter: &Symbol| {
            let parameter = inventory.show(*parameter);
            !is_common(parameter) && !allowed.iter().any(|allowed| same(allowed, parameter))
        };
        let (mut beyond, mut gaps) = (Vec::new(), Vec::new());
        let Some(cmdlet) = grants.first().map(|grant| grant.cmdlet) else { return };
        for grant in grants {
            let held = &rights.held[grant.held];
            let reach = graph.reach(held, inventory.show(cmdlet));
            let is_required = held.role.is_some_and(|role| required.contains(&role));
            if reach == Reach::OwnMailbox || is_required {
                continue;
            }
            if reach == Reach::Nothing {
                if allowed.is_empty() && held.is_sure() && grant.gap.is_none() {
                    self.idle.entry(cmdlet).or_insert_with(|| grant.clone());
                }
                continue;
            }
            let parameters: Vec<Symbol> = match allowed {
                [] => Vec::new(),
                _ => grant.parameters.iter().copied().filter(is_beyond).collect(),
            };
            if !allowed.is_empty() && parameters.is_empty() {
                if !grant.parameters_complete {
                    gaps.push(graph.parameters_gap(grant));
                }
            } else if !held.is_sure() || grant.gap.is_some() {
                gaps.extend(held.gaps.iter().copied().chain(grant.gap));
            } else if reach == Reach::Unknown {
                gaps.push(graph.scope_gap(rights, grant));
            } else {
                beyond.push(Beyond { grant: grant.clone(), parameters });
            }
        }
        if beyond.is_empty() {
            let name = inventory.show(cmdlet);
            gaps.into_iter().for_each(|gap| self.open.entry(gap).or_default().push(name.to_owned()));
        } else {
            self.idle.remove(&cmdlet);
            self.beyond.insert(cmdlet, beyond);
        }
    }

    /// Whether there is nothing to say.
    pub(super) fn is_empty(&self) -> bool {
        self.beyond.is_empty() && self.open.is_empty() && self.idle.is_empty()
    }

    /// Says of one account what it holds beyond: one diagnostic a cmdlet.
    pub(super) fn say(
        &self,
        graph: &Graph<'_>,
        account: &str,
        rights: &Rights,
        requirement: &Requirement,
        report: &mut Report,
    ) {
        let all: Vec<&Beyond<'_>> = self.beyond.values().flatten().collect();
        let fixes = if all.is_empty() { Vec::new() } else { fixes(graph, (account, rights), requirement, &all) };
        for beyond in self.beyond.values() {
            report.say(Diagnostic { fixes: fixes.clone(), ..excess(graph, account, rights, requirement, beyond) });
        }
        self.idle(graph, account, rights, requirement).into_iter().for_each(|note| report.say(note));
    }

    /// What is held beyond, on nothing: `access` lists it, and a scope can be changed.
    fn idle(&self, graph: &Graph<'_>, account: &str, rights: &Rights, requirement: &Requirement) -> Option<Diagnostic> {
        let inventory = graph.inventory();
        let first = self.idle.values().next()?;
        let mut cmdlets: Vec<String> = self.idle.keys().map(|cmdlet| inventory.show(*cmdlet).to_owned()).collect();
        cmdlets.sort_by_cached_key(|cmdlet| fold(cmdlet));
        let listed = cmdlets.iter().map(|cmdlet| format!("`{cmdlet}`")).collect::<Vec<_>>().join(", ");
        let id = &requirement.common.id;
        Some(Diagnostic {
            rule: EXCESS_CMDLET,
            severity: Severity::Note,
            message: format!(
                "`{account}` holds {listed} beyond what `{id}` asks for, on no recipients and no configuration"
            ),
            subject: Subject {
                account: Some(account.to_owned()),
                accounts: vec![account.to_owned()],
                cmdlets,
                requirement: Some(id.clone()),
                ..Subject::default()
            },
            labels: chain::labels(graph, account, rights, first),
            fixes: vec![Fix::policy(format!("remove the entries from the role, or add them to `allow` of `{id}`"))],
            waived: None,
        })
    }
}

fn is_session(cmdlet: &str, requirement: &Requirement) -> bool {
    SESSION.iter().copied().chain(requirement.session.iter().map(String::as_str)).any(|known| same(known, cmdlet))
}

fn excess(
    graph: &Graph<'_>,
    account: &str,
    rights: &Rights,
    requirement: &Requirement,
    beyond: &[Beyond<'_>],
) -> Diagnostic {
    let inventory = graph.inventory();
    let order = |beyond: &&Beyond<'_>| {
        let held = &rights.held[beyond.grant.held];
        let assignment = graph.assignment(held).and_then(|assignment| assignment.name);
        let role = inventory.show_role(beyond.grant.role).unwrap_or("");
        (held.chain.len(), fold(role), fold(assignment.map_or("", |name| inventory.show(name))))
    };
    // There is at least one, or nothing would be said.
    let mut sorted: Vec<&Beyond<'_>> = beyond.iter().collect();
    sorted.sort_by_cached_key(order);
    let first = sorted[0];
    let cmdlet = inventory.show(first.grant.cmdlet);
    let mut parameters: Vec<&str> =
        beyond.iter().flat_map(|one| &one.parameters).map(|parameter| inventory.show(*parameter)).collect();
    parameters.sort_by_cached_key(|parameter| fold(parameter));
    parameters.dedup();
    let with = match parameters.as_slice() {
        [] => String::new(),
        [one] => format!(" with `-{one}`"),
        many => format!(" with {} more parameters", many.len()),
    };
    let more = match beyond.len() {
        1 => String::new(),
        2 => ", and by one more path".to_owned(),
        count => format!(", and by {} more paths", count - 1),
    };
    // What several paths give is about none of them.
    let sole = |all: Vec<Option<&str>>| match all.split_first() {
        Some((first, rest)) if rest.iter().all(|other| other == first) => first.map(ToOwned::to_owned),
        _ => None,
    };
    let role = |one: &Beyond<'_>| inventory.show_role(one.grant.role);
    let assignment = |one: &Beyond<'_>| {
        let assignment = graph.assignment(&rights.held[one.grant.held])?;
        assignment.name.map(|name| inventory.show(name))
    };
    Diagnostic {
        rule: EXCESS_CMDLET,
        severity: requirement.common.level.unwrap_or(EXCESS_CMDLET.level),
        message: format!(
            "`{account}` can run `{cmdlet}`{with}, which `{}` does not ask for{more}",
            requirement.common.id
        ),
        subject: Subject {
            account: Some(account.to_owned()),
            accounts: vec![account.to_owned()],
            cmdlet: Some(cmdlet.to_owned()),
            parameters: parameters.iter().map(|parameter| (*parameter).to_owned()).collect(),
            requirement: Some(requirement.common.id.clone()),
            role: sole(beyond.iter().map(role).collect()),
            assignment: sole(beyond.iter().map(assignment).collect()),
            ..Subject::default()
        },
        labels: chain::labels(graph, account, rights, &first.grant),
        fixes: Vec::new(),
        waived: None,
    }
}

/// What takes from an account all that it holds beyond: a role that gives nothing that is asked for can go; any other
/// needs a child role that holds less. One change for all, for each way must go, or a cmdlet stays.
fn fixes(
    graph: &Graph<'_>,
    (account, rights): (&str, &Rights),
    requirement: &Requirement,
    beyond: &[&Beyond<'_>],
) -> Vec<Fix> {
    let inventory = graph.inventory();
    let id = &requirement.common.id;
    let first = inventory.show(beyond[0].grant.cmdlet);
    let is_one = beyond.iter().all(|one| one.grant.cmdlet == beyond[0].grant.cmdlet);
    let allow = match is_one {
        true => format!("add \"{first}\" to `allow` of `{id}`"),
        false => format!("add what else it may run to `allow` of `{id}`"),
    };
    let mut ways: BTreeMap<(String, usize), &EntryGrant<'_>> = BTreeMap::new();
    for one in beyond {
        let role = fold(inventory.show_role(one.grant.role).unwrap_or(""));
        ways.entry((role, one.grant.held)).or_insert(&one.grant);
    }
    // The children are made before anything is taken away.
    let (mut steps, mut children, mut taken): (Vec<Remedy>, Vec<String>, Vec<Remedy>) = Default::default();
    let (mut useless, mut narrowed): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    for grant in ways.into_values() {
        let take = remedy::take(graph, account, &rights.held[grant.held]);
        let (Some(role), Some(take)) = (inventory.show_role(grant.role), take) else { continue };
        let asked = asked_of(graph, requirement, grant.role);
        let known = if asked.is_empty() { &mut useless } else { &mut narrowed };
        if !known.contains(&role) {
            known.push(role);
            if !asked.is_empty() {
                let name = remedy::free_name_for(graph, &format!("{role} {id}"), account);
                children.push(name.clone());
                let parent = role.to_owned();
                steps.push(Remedy::NewRole { name, parent, entries: Some(asked), description: None });
            }
        }
        let new = take.steps.into_iter().filter(|step| !taken.contains(step)).collect::<Vec<_>>();
        taken.extend(new);
    }
    let children: Vec<&str> = children.iter().map(String::as_str).collect();
    match children.as_slice() {
        [] => {}
        _ => steps.push(remedy::new_group(graph, id, &children, account)),
    }
    steps.extend(taken);
    let (gone, kept) = (remedy::listed(&useless), remedy::listed(&narrowed));
    let note = match (useless.as_slice(), narrowed.as_slice()) {
        ([], []) => return vec![Fix::policy(allow)],
        ([], _) => format!("a child of {kept} with what is asked for alone, instead"),
        (_, []) => format!("takes {gone} away, of which nothing is asked for"),
        _ => format!("a child of {kept} with what is asked for alone, instead of these and of {gone}"),
    };
    vec![Fix::steps(steps, note), Fix::policy(allow)]
}

/// The cmdlets of a role that are asked for, sorted.
fn asked_of(graph: &Graph<'_>, requirement: &Requirement, role: Symbol) -> Vec<String> {
    let inventory = graph.inventory();
    let is_asked = |cmdlet: &str| requirement.items.iter().any(|item| item.matches(cmdlet) || same(&item.text, cmdlet));
    let mut cmdlets: Vec<&str> = inventory.cmdlets_of(role).map(|cmdlet| inventory.show(cmdlet)).collect();
    cmdlets.retain(|cmdlet| is_asked(cmdlet));
    cmdlets.sort_by_cached_key(|cmdlet| fold(cmdlet));
    cmdlets.dedup();
    cmdlets.into_iter().map(ToOwned::to_owned).collect()
}
