//! The main job as one plain function: exports and requirements in, a sorted list of diagnostics out.

mod organizations;
mod trial;

use std::collections::{BTreeMap, BTreeSet};

use crate::accounts::{Account, Accounts};
use crate::diagnostic::{Diagnostic, Report, RuleKind, Severity, causes};
use crate::exports::{self, Loaded, Stated, Useless};
use crate::graph::{Assertions, Assumptions};
use crate::inventory::{Facts, Inventory, Listing};
use crate::policy::{Policy, Requirement};
use crate::record::Kind;
use crate::report::{Coverage, Dossier, Ending, Finished, Portraits, Summary};
use crate::rules::accepting::baseline::Baseline;
use crate::rules::accepting::waive::{Date, Extent, Meant};
use crate::rules::judging::require::Outcome;
use crate::rules::{self, Matrix};
use crate::source::Sources;
pub use trial::copy;

/// What a run of `check` found.
#[derive(Debug)]
pub struct Checked {
    /// The diagnostics, in their canonical order.
    pub diagnostics: Vec<Diagnostic>,
    /// The counts.
    pub summary: Summary,
    /// What was read, by kind.
    pub coverage: Vec<Coverage>,
    /// What concerns the whole run.
    pub notes: Vec<String>,
    /// The named paths that could not be read or hold nothing we know.
    pub useless: Vec<Useless>,
    /// The policy has a mistake.
    pub mistaken: bool,
    /// The organizations of which no record was read, where the policy names any.
    pub unread: Vec<String>,
    /// Something was asked, and everything stays open.
    pub undecided: bool,
    /// What a report shows that people keep, where it was asked for.
    pub dossier: Dossier,
    /// The organizations that were judged, where the policy names any.
    pub organizations: Vec<String>,
}

impl Checked {
    /// What a report says: `shown` are the diagnostics, or those of them that the reader wants to see.
    #[must_use]
    pub fn finished<'a>(&self, sources: &'a Sources<'a>, shown: &'a [Diagnostic], ending: Ending) -> Finished<'a> {
        Finished {
            sources,
            diagnostics: shown,
            causes: causes(shown),
            summary: self.summary,
            coverage: self.coverage.clone(),
            notes: self.notes.clone(),
            ending,
            dossier: self.dossier.clone(),
        }
    }
}

/// On what terms a policy is applied.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// What the caller accepts where a column is missing.
    pub assumptions: Assumptions,
    /// The accounts that are judged, as they are named; all where none is.
    pub accounts: Vec<String>,
    /// Whether the requirements alone count, and nothing else that the policy says.
    pub requirements_only: bool,
    /// Whether all answers, and the ways of all accounts, are kept for a report that shows them.
    pub dossier: bool,
    /// Whether findings alone count, and not what would end them.
    pub findings_only: bool,
    /// Whether answers that stay open are errors.
    pub strict: bool,
    /// The day on which what expires is judged; without one nothing may.
    pub today: Option<Date>,
    /// What was there when the policy was adopted.
    pub baseline: Option<Baseline>,
}

/// Judges what was read by `policy`, each organization by itself. `report` holds what the policy files got wrong.
#[must_use]
pub fn check(loaded: Loaded<'_>, sources: &Sources<'_>, policy: &Policy, terms: Terms, mut report: Report) -> Checked {
    let Loaded { organizations, outcomes, useless, .. } = loaded;
    let is_error = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error;
    let mistaken = report.diagnostics.iter().any(is_error);
    let mut judged: Vec<Judged> =
        organizations.into_iter().map(|stated| judge(stated, sources, policy, &terms)).collect();
    report.diagnostics.extend(organizations::agreed(policy, &mut judged));
    let mut outcome = Outcome::default();
    let mut notes = rules::judging::require::withdrawals(&policy.requirements);
    let (mut coverage, mut records, mut unread) = (Vec::new(), 0, Vec::new());
    let mut dossier = Dossier::default();
    for one in &mut judged {
        dossier.portraits.extend(one.portraits.take().map(|portraits| (one.name.clone(), portraits)));
        dossier.answers.append(&mut one.answers);
        if policy.has_several() {
            organizations::name(one);
        }
        outcome.count(&one.outcome);
        report.diagnostics.append(&mut one.diagnostics);
        notes.append(&mut one.notes);
        coverage.append(&mut one.coverage);
        records += one.records;
        unread.extend(one.name.clone().filter(|_| one.records == 0));
    }
    let organizations = judged.iter().filter_map(|one| one.name.clone()).collect();
    report.sort();
    notes.extend(weigh(&judged, policy, terms, &mut report.diagnostics));
    let is_mistake = |diagnostic: &Diagnostic| diagnostic.rule.kind == RuleKind::Mistake && is_error(diagnostic);
    let mistaken = mistaken || report.diagnostics.iter().any(is_mistake);
    report.sort();
    Checked {
        summary: summarize(&report.diagnostics, records, &outcomes, &outcome),
        coverage,
        diagnostics: report.diagnostics,
        notes,
        useless,
        mistaken,
        unread,
        undecided: outcome.open_answers > 0 && outcome.decided == 0,
        organizations,
        dossier,
    }
}

/// What judging one organization left over.
struct Judged {
    /// How the policy calls it.
    name: Option<String>,
    diagnostics: Vec<Diagnostic>,
    outcome: Outcome,
    notes: Vec<String>,
    coverage: Vec<Coverage>,
    portraits: Option<Portraits>,
    answers: Vec<Matrix>,
    records: u64,
    /// Whom the waivers of the policy name here.
    meant: Meant,
}

/// Judges one organization by what the policy says of it.
fn judge(stated: Stated, sources: &Sources<'_>, policy: &Policy, terms: &Terms) -> Judged {
    let Stated { name, mut own, asserted, report: read } = stated;
    let facts = if terms.findings_only { None } else { trial::copy(&mut own) };
    let organization = Inventory::of(own);
    let asserted: Vec<(String, Inventory)> =
        asserted.into_iter().map(|(account, facts)| (account, Inventory::of(facts))).collect();
    let waivers = &policy.waivers;
    let policy = &*policy.of(name.as_deref());
    let mut report = Report::default();
    let today = terms.today.map(|today| today.to_string());
    let assertions = policy.asserted(today.as_deref());
    let alone = asserted.is_empty() && assertions.roles.is_empty();
    let mut accounts = Accounts::with_assertions(&organization, &asserted, terms.assumptions, &assertions);
    rules::judging::documented::check(&accounts, policy, sources, &mut report);
    rules::judging::listed::check(&accounts, policy, sources, &mut report);
    let mut answers = Vec::new();
    let kept = terms.dossier.then_some(&mut answers);
    let mut outcome = match terms.findings_only {
        true => rules::judging::require::judge(&mut accounts, &policy.requirements, &mut report),
        false => rules::judging::require::check_and_keep(&mut accounts, &policy.requirements, &mut report, kept),
    };
    answers.iter_mut().for_each(|answers| answers.organization.clone_from(&name));
    report.append(judge_the_rest(&mut accounts, policy, sources, terms, &mut outcome));
    rules::doctor::check(&organization, alone, &mut report);
    for notice in read.notices() {
        report.say(rules::doctor::noticed::diagnostic(notice, sources.file(notice.first.file)));
    }
    report.append(read);
    let chosen = if terms.dossier { limited(&accounts, terms) } else { Vec::new() };
    let portraits = terms.dossier.then(|| Portraits::of(&mut accounts, &chosen, policy));
    let mut notes = std::mem::take(&mut outcome.notes);
    if organization.record_count(Kind::RoleAssignment) == 0 && alone && organization.record_count(Kind::RoleEntry) > 0 {
        notes.push(
            "these role entries belong to no account: say whose they are with `--entries-of ACCOUNT=PATH`, or export the assignments too"
                .to_owned(),
        );
    }
    let inventories: Vec<&Inventory> =
        std::iter::once(&organization).chain(asserted.iter().map(|(_, inventory)| inventory)).collect();
    let mut diagnostics = report.diagnostics;
    let meant = rules::accepting::waive::meant(&accounts, waivers);
    // Trying fixes judges all accounts anew: what they hold is not kept twice.
    drop(accounts);
    let judge = |inventory: &Inventory| {
        let mut accounts = Accounts::with_assertions(inventory, &asserted, terms.assumptions, &assertions);
        judge_again(&mut accounts, policy, sources, terms)
    };
    if let Some(facts) = &facts {
        trial::Trial { facts, inventory: &organization, judge: &judge }.of_all(&mut diagnostics);
    }
    diagnostics.iter_mut().for_each(|diagnostic| diagnostic.subject.organization.clone_from(&name));
    Judged {
        diagnostics,
        notes,
        portraits,
        answers,
        coverage: coverage(&inventories, &outcome.open),
        records: inventories.iter().flat_map(|inventory| &inventory.files).map(|fact| fact.records).sum(),
        meant,
        outcome,
        name,
    }
}

/// The findings that fixes can make, without what would end them.
fn judge_again(accounts: &mut Accounts<'_>, policy: &Policy, sources: &Sources<'_>, terms: &Terms) -> Vec<Diagnostic> {
    let mut report = Report::default();
    let mut outcome = rules::judging::require::judge(accounts, &policy.requirements, &mut report);
    report.append(judge_the_rest(accounts, policy, sources, terms, &mut outcome));
    let own = policy.with_own_levels();
    rules::accepting::levels::apply(&policy.levels, |id| own.contains(id), &mut report.diagnostics);
    report.diagnostics
}

/// One organization, of which it is asked what would let accounts run what they cannot.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What it exported, brought together.
    pub inventory: &'a Inventory,
    /// The same but for the entries, so that fixes can be tried; `None` where there is too much of it.
    pub facts: Option<&'a Facts>,
    /// The accounts of which the caller asserts entries.
    pub asserted: &'a [(String, Inventory)],
    /// What the caller asserts besides.
    pub assertions: &'a Assertions,
    /// The policy in force, as it speaks of this organization.
    pub policy: &'a Policy,
    /// The files.
    pub sources: &'a Sources<'a>,
}

/// What `check` finds missing of one more requirement, with the fixes that it proposes: each is tried like those of `check`.
#[must_use]
pub fn missing(asked: &Asked<'_>, requirement: &Requirement, terms: &Terms) -> Vec<Diagnostic> {
    let Asked { inventory, facts, asserted, assertions, policy, sources } = *asked;
    let mut report = Report::default();
    let mut accounts = Accounts::with_assertions(inventory, asserted, terms.assumptions, assertions);
    rules::judging::require::check(&mut accounts, std::slice::from_ref(requirement), &mut report);
    let is_missing = |it: &Diagnostic| {
        use rules::judging::require::{MISSING_CMDLET, MISSING_PARAMETER};
        [MISSING_CMDLET, MISSING_PARAMETER].contains(&it.rule)
            && it.subject.requirement.as_ref() == Some(&requirement.common.id)
    };
    report.diagnostics.retain(is_missing);
    if let Some(facts) = facts.filter(|_| !report.diagnostics.is_empty()) {
        let mut policy = policy.clone();
        policy.requirements.push(requirement.clone());
        let judge = |inventory: &Inventory| {
            let mut accounts = Accounts::with_assertions(inventory, asserted, terms.assumptions, assertions);
            judge_again(&mut accounts, &policy, sources, terms)
        };
        let trial = trial::Trial { facts, inventory, judge: &judge };
        let mut all = judge(inventory);
        all.retain(|it| !is_missing(it));
        all.append(&mut report.diagnostics);
        trial.of_some(&mut all, is_missing);
        return all;
    }
    report.diagnostics
}

/// Everything that a policy says but its requirements, and the built-in rules.
fn judge_the_rest(
    accounts: &mut Accounts<'_>,
    policy: &Policy,
    sources: &Sources<'_>,
    terms: &Terms,
    judged: &mut Outcome,
) -> Report {
    let mut report = Report::default();
    rules::judging::members::check(accounts, &policy.groups, &mut report, judged);
    rules::judging::holders::check(accounts, &policy.roles, &mut report, judged);
    if !terms.accounts.is_empty() && !report.diagnostics.is_empty() {
        // What is asked about some accounts is answered about them.
        let names: BTreeSet<&str> = limited(accounts, terms).iter().map(|account| accounts.shown(*account)).collect();
        report.diagnostics.retain(|diagnostic| {
            let subject = &diagnostic.subject;
            subject.account.iter().chain(&subject.accounts).any(|name| names.contains(name.as_str()))
        });
    }
    rules::run(&mut rules::Context::new(accounts, policy, sources), &mut report);
    if !policy.forbids.is_empty() || !policy.separates.is_empty() {
        let all = limited(accounts, terms);
        rules::judging::forbid::check(accounts, (policy, sources), &all, &mut report, judged);
        judged.tally.accounts = judged.tally.accounts.max(all.len() as u64);
    }
    report
}

/// The accounts that are judged.
fn limited(accounts: &Accounts<'_>, terms: &Terms) -> Vec<Account> {
    if terms.accounts.is_empty() {
        return accounts.all().to_vec();
    }
    let named: BTreeSet<Account> = terms.accounts.iter().flat_map(|name| accounts.named(name)).collect();
    accounts.sorted(named.into_iter().collect())
}

/// Gives findings their levels, marks what is accepted, and says what there is to say about that. Returns notes.
fn weigh(judged: &[Judged], policy: &Policy, terms: Terms, all: &mut Vec<Diagnostic>) -> Vec<String> {
    let own = policy.with_own_levels();
    rules::accepting::levels::apply(&policy.levels, |id| own.contains(id), all);
    if terms.strict {
        let open = [rules::judging::undecided::UNDECIDED, rules::judging::require::MERGED_PARAMETERS];
        let is_open = |it: &&mut Diagnostic| open.contains(&it.rule) && it.severity == Severity::Warning;
        all.iter_mut().filter(is_open).for_each(|diagnostic| diagnostic.severity = Severity::Error);
    }
    let declared = policy.organizations.iter().map(|organization| organization.name.text.as_str());
    let extent = Extent {
        whole: terms.accounts.is_empty() && !terms.requirements_only,
        absent: declared.filter(|name| !judged.iter().any(|one| one.name.as_deref() == Some(*name))).collect(),
    };
    let mut said = Vec::new();
    let mut notes = Vec::new();
    if let Some(today) = terms.today {
        let meant = judged.iter().map(|one| (one.name.clone(), &one.meant)).collect();
        let waived = rules::accepting::waive::apply(&policy.waivers, &meant, today, &extent, all);
        notes = waived.notes;
        said.extend(waived.diagnostics);
        said.extend(rules::accepting::assertion::expired(policy, today));
    }
    if let Some(baseline) = terms.baseline {
        said.extend(baseline.apply(&extent, all));
    }
    rules::accepting::levels::apply(&policy.levels, |_| false, &mut said);
    all.extend(said);
    notes
}

fn summarize(diagnostics: &[Diagnostic], records: u64, outcomes: &[exports::Outcome], outcome: &Outcome) -> Summary {
    let counts = |diagnostic: &&Diagnostic| diagnostic.waived.is_none();
    let count = |severity| {
        diagnostics.iter().filter(counts).filter(|diagnostic| diagnostic.severity == severity).count() as u64
    };
    let tally = outcome.tally;
    Summary {
        files: outcomes.iter().filter(|outcome| outcome.known.is_some()).count() as u64,
        records,
        accounts: tally.accounts,
        asked: tally.asked,
        roles: tally.roles,
        granted: tally.granted,
        missing: tally.missing,
        undecided: tally.undecided,
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        notes: count(Severity::Note),
        waived: diagnostics.iter().filter(|diagnostic| diagnostic.waived.is_some()).count() as u64,
    }
}

/// The kinds of objects in the order in which a report lists them.
const KINDS: &[Kind] = &[
    Kind::RoleAssignment,
    Kind::RoleEntry,
    Kind::Role,
    Kind::RoleGroup,
    Kind::RoleGroupMember,
    Kind::Group,
    Kind::Recipient,
    Kind::RoleAssignmentPolicy,
    Kind::ManagementScope,
    Kind::ExchangeServer,
    Kind::MailboxDatabase,
    Kind::MailboxPlan,
    Kind::Unknown,
];

type Open = BTreeMap<Kind, (BTreeSet<&'static str>, BTreeSet<String>)>;

fn coverage(inventories: &[&Inventory], open: &Open) -> Vec<Coverage> {
    let mut all = Vec::new();
    for &kind in KINDS {
        let facts = inventories
            .iter()
            .flat_map(|inventory| inventory.files.iter().map(move |fact| (*inventory, fact)))
            .filter(|(_, fact)| fact.kind == kind);
        let mut one = Coverage { kind: kind.name().to_owned(), ..Coverage::default() };
        let mut reasons: BTreeSet<&str> = BTreeSet::new();
        for (inventory, fact) in facts {
            one.files.push(inventory.path(fact.file).to_owned());
            one.records += fact.records;
            reasons.extend(fact.cut.map(|_| "cut-record"));
            reasons.extend(fact.capped.map(|_| "capped-at-default"));
            reasons.extend(fact.incomplete.map(|_| "incomplete-collection"));
            // Where a scope is missing, who can run what is known all the same.
            reasons.extend((fact.missing != 0).then_some("missing-column"));
        }
        for inventory in inventories {
            let listings = || inventory.listings_of(kind);
            one.listings.extend(listings().filter_map(Listing::words));
            let is_collected = |listing: &Listing| {
                let mut calls = inventory.manifests.iter().flat_map(|manifest| &manifest.calls);
                calls.any(|call| call.file.as_deref() == Some(inventory.path(listing.at.file)))
            };
            one.is_taken_for_whole |= listings().any(|one| one.words().is_none() && !is_collected(one));
            reasons.extend(inventory.narrowed(kind).map(|_| "narrowed-listing"));
        }
        let unread = inventories.iter().flat_map(|inventory| &inventory.unread);
        reasons.extend(unread.filter(|one| one.kind == kind).map(|_| "unread-column"));
        if let Some((codes, cmdlets)) = open.get(&kind) {
            reasons.extend(codes);
            one.undecided = cmdlets.iter().cloned().collect();
            one.undecided.sort_by_cached_key(|cmdlet| crate::name::fold(cmdlet));
        }
        let needed = matches!(kind, Kind::RoleAssignment | Kind::RoleEntry);
        if one.records == 0 && needed {
            reasons.insert("missing-export");
        }
        one.complete = reasons.is_empty();
        one.reasons = reasons.into_iter().map(ToOwned::to_owned).collect();
        if one.records > 0 || !one.complete {
            all.push(one);
        }
    }
    all
}
