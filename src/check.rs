//! The main job as one plain function: exports and requirements in, a sorted list of diagnostics out.

use std::collections::{BTreeMap, BTreeSet};

use crate::accounts::Accounts;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::exports::{self, Loaded, Useless};
use crate::graph::Assumptions;
use crate::inventory::{Inventory, missing};
use crate::policy::Policy;
use crate::record::Kind;
use crate::report::{Coverage, Summary};
use crate::rules;
use crate::source::Sources;

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
}

/// Judges what was read by `policy`. `report` holds what the policy files got wrong.
#[must_use]
pub fn check(
    loaded: Loaded<'_>,
    sources: &Sources<'_>,
    policy: &Policy,
    assumptions: Assumptions,
    mut report: Report,
) -> Checked {
    let Loaded { organization, asserted, report: read, outcomes, useless, .. } = loaded;
    let mistakes = report.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    let organization = Inventory::of(organization);
    let asserted: Vec<(String, Inventory)> =
        asserted.into_iter().map(|(account, facts)| (account, Inventory::of(facts))).collect();
    let groups = policy.asserted_groups();
    let mut accounts = Accounts::with_groups(&organization, &asserted, assumptions, &groups);
    let judged = rules::require::check(&mut accounts, &policy.requirements, &mut report);
    let mut context = rules::Context { accounts: &mut accounts, policy, sources };
    let levels = policy.levels.iter().map(|(rule, level)| (rule.clone(), level.level)).collect();
    rules::run(&mut context, policy.preset.unwrap_or_default(), &levels, &mut report);
    let policy_errors = report.diagnostics.iter().any(|diagnostic| diagnostic.rule.0.starts_with("policy-"));
    rules::doctor::check(&organization, asserted.is_empty(), &mut report);
    for notice in read.notices() {
        report.say(rules::noticed::diagnostic(notice, sources.file(notice.first.file)));
    }
    report.append(read);
    report.sort();
    let mut notes = judged.notes;
    if organization.record_count(Kind::RoleAssignment) == 0
        && asserted.is_empty()
        && organization.record_count(Kind::RoleEntry) > 0
    {
        notes.push(
            "these role entries belong to no account: say whose they are with `--entries-of ACCOUNT=PATH`, or export the assignments too"
                .to_owned(),
        );
    }
    let inventories: Vec<&Inventory> =
        std::iter::once(&organization).chain(asserted.iter().map(|(_, inventory)| inventory)).collect();
    let mut summary = summarize(&report.diagnostics, &inventories, &outcomes);
    let tally = judged.tally;
    (summary.accounts, summary.asked, summary.granted) = (tally.accounts, tally.asked, tally.granted);
    (summary.missing, summary.undecided) = (tally.missing, tally.undecided);
    Checked {
        summary,
        coverage: coverage(&inventories, &judged.open),
        diagnostics: report.diagnostics,
        notes,
        useless,
        mistaken: mistakes || policy_errors,
    }
}

fn summarize(diagnostics: &[Diagnostic], inventories: &[&Inventory], outcomes: &[exports::Outcome]) -> Summary {
    let count = |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count() as u64;
    let records = inventories.iter().flat_map(|inventory| &inventory.files).map(|fact| fact.records).sum();
    Summary {
        files: outcomes.iter().filter(|outcome| outcome.known.is_some()).count() as u64,
        records,
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        notes: count(Severity::Note),
        ..Summary::default()
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
            // Where a scope is missing, the role's implicit one counts, which leaves nothing open by itself.
            reasons.extend((fact.missing & !missing::SCOPES != 0).then_some("missing-column"));
        }
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
        if one.records > 0 || needed || !one.undecided.is_empty() {
            all.push(one);
        }
    }
    all
}
