//! Causes: findings that one change fixes, whatever their rules. A report shows a cause once, with what to do.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::{Diagnostic, Severity, digest, fingerprint};
use crate::name::{fold, same};
use crate::remedy::{Fix, FixKind, Remedy};

/// What one change fixes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The first 16 hexadecimal digits of SHA-256 over the sorted fingerprints of its findings.
    pub id: String,
    /// The severity of its worst finding.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub headline: String,
    /// The organization, where the policy names any.
    pub organization: Option<String>,
    /// Its findings, by their places among the diagnostics; the worst first.
    pub findings: Vec<usize>,
    /// What ends it, the advised fix first, each with how many of the findings it ends.
    pub fixes: Vec<(Fix, usize)>,
}

/// What two findings share that have one cause.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'d> {
    /// These steps.
    Steps(Option<&'d str>, FixKind, &'d [Remedy]),
    /// The same words about one account and one table: no command ends them.
    Words(Option<&'d str>, &'d str, &'d str, Option<&'d str>, &'d str),
    /// Nothing: it stands for itself.
    Alone(usize),
}

fn key<'d>(number: usize, diagnostic: &'d Diagnostic, fix: Option<&'d Fix>) -> Key<'d> {
    let subject = &diagnostic.subject;
    let organization = subject.organization.as_deref();
    match (fix, subject.account.as_deref()) {
        (Some(fix), _) if !fix.steps.is_empty() => Key::Steps(organization, fix.kind, &fix.steps),
        (fix, Some(account)) => {
            let note = fix.map_or("", |fix| fix.note.as_str());
            Key::Words(organization, diagnostic.rule.name, account, subject.requirement.as_deref(), note)
        }
        _ => Key::Alone(number),
    }
}

/// The causes of all findings that are not accepted, worst first: by severity, then by how many findings they have. The
/// order of the diagnostics decides between equals.
///
/// A finding that one of its further fixes shares with a worse cause belongs to that: what is removed for a good reason
/// need not be moved.
#[must_use]
pub fn causes(diagnostics: &[Diagnostic]) -> Vec<Cause> {
    let counts = |(_, diagnostic): &(usize, &Diagnostic)| diagnostic.waived.is_none();
    let findings: Vec<(usize, &Diagnostic)> = diagnostics.iter().enumerate().filter(counts).collect();
    let mut worst: BTreeMap<Key<'_>, Severity> = BTreeMap::new();
    for &(number, diagnostic) in &findings {
        let known = worst.entry(key(number, diagnostic, diagnostic.fixes.first())).or_insert(diagnostic.severity);
        *known = diagnostic.severity.max(*known);
    }
    let mut groups: BTreeMap<Key<'_>, Vec<(usize, usize)>> = BTreeMap::new();
    for &(number, diagnostic) in &findings {
        let own = key(number, diagnostic, diagnostic.fixes.first());
        let others = diagnostic.fixes.iter().enumerate().skip(1).filter(|(_, fix)| !fix.steps.is_empty());
        let others = others.map(|(place, fix)| (place, key(number, diagnostic, Some(fix))));
        let joined = others
            .filter_map(|(place, key)| Some((*worst.get(&key)?, Reverse(place), key)))
            .filter(|(severity, ..)| *severity > worst[&own])
            .max();
        let (place, key) = joined.map_or((0, own), |(_, Reverse(place), key)| (place, key));
        groups.entry(key).or_default().push((number, place));
    }
    let mut causes: Vec<Cause> = groups.into_values().map(|group| cause(diagnostics, group)).collect();
    // Until a policy reads right, nothing that it finds counts.
    let breaks_policy = |cause: &Cause| diagnostics[cause.findings[0]].breaks_policy();
    causes.sort_by_key(|cause| {
        (Reverse(breaks_policy(cause)), Reverse(cause.severity), Reverse(cause.findings.len()), cause.findings[0])
    });
    causes
}

/// The cause of some findings, each with the place of the fix that they share.
fn cause(diagnostics: &[Diagnostic], mut group: Vec<(usize, usize)>) -> Cause {
    group.sort_by_key(|(number, _)| (Reverse(diagnostics[*number].severity), *number));
    let worst = &diagnostics[group[0].0];
    let mut fixes: Vec<(Fix, usize)> = Vec::new();
    for &(number, place) in &group {
        let own = &diagnostics[number].fixes;
        let first = own.get(place).into_iter();
        for fix in first.chain(own.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, fix)| fix)) {
            let is_it = |(known, _): &&mut (Fix, usize)| match fix.steps.is_empty() {
                true => known.steps.is_empty() && known.note == fix.note,
                false => known.kind == fix.kind && known.steps == fix.steps,
            };
            match fixes.iter_mut().find(is_it) {
                Some((known, closes)) => {
                    *closes += 1;
                    known.makes.extend(&fix.makes);
                }
                None => fixes.push((fix.clone(), 1)),
            }
        }
    }
    add_together(&mut fixes);
    for (fix, _) in &mut fixes {
        fix.makes.sort_unstable();
        fix.makes.dedup();
    }
    let numbers: Vec<usize> = group.iter().map(|(number, _)| *number).collect();
    let mut prints: Vec<String> = numbers.iter().map(|number| fingerprint(&diagnostics[*number])).collect();
    prints.sort_unstable();
    Cause {
        id: digest(&prints.join("\u{1f}"))[..16].to_owned(),
        severity: worst.severity,
        headline: headline(&numbers.iter().map(|number| &diagnostics[*number]).collect::<Vec<_>>()),
        organization: worst.subject.organization.clone(),
        findings: numbers,
        fixes,
    }
}

/// Brings together what adds tables to the end of a policy file: each ends some of the findings, and they are pasted at
/// once.
fn add_together(fixes: &mut Vec<(Fix, usize)>) {
    let is_addition = |fix: &Fix| match fix.steps.as_slice() {
        [Remedy::Edit { at, .. }] => at.start == at.end,
        _ => false,
    };
    let mut together: Option<usize> = None;
    let mut place = 0;
    while let Some((fix, closes)) = fixes.get(place) {
        let Some(first) = together.filter(|_| is_addition(fix)) else {
            together = together.or(is_addition(fix).then_some(place));
            place += 1;
            continue;
        };
        let (Some(Remedy::Edit { text, .. }), closes) = (fix.steps.first(), *closes) else { break };
        let more = text.clone();
        fixes.remove(place);
        let (fix, known) = &mut fixes[first];
        if let Some(Remedy::Edit { text, .. }) = fix.steps.first_mut() {
            text.push_str(&more);
            fix.note = "excepts them from these tables".to_owned();
        }
        *known += closes;
    }
}

/// What is wrong, in one line: the message where one finding says all, else what they say together.
fn headline(findings: &[&Diagnostic]) -> String {
    let first = findings[0];
    let [_, _, ..] = findings else { return first.text().into_owned() };
    let alike: Vec<&&Diagnostic> = findings.iter().filter(|other| is_alike(first, other)).collect();
    let together = words(first, &alike).unwrap_or_else(|| first.text().into_owned());
    match findings.len() - alike.len().max(1) {
        0 => together,
        1 => format!("{together}, and one more finding"),
        more => format!("{together}, and {more} more findings"),
    }
}

/// Whether two findings can be said as one.
fn is_alike(first: &Diagnostic, other: &Diagnostic) -> bool {
    let missing = |one: &Diagnostic| ["missing-cmdlet", "missing-parameter"].contains(&one.rule.name);
    (first.rule == other.rule || missing(first) && missing(other))
        && first.subject.requirement == other.subject.requirement
        && words(first, &[&first]).is_some()
}

/// What several findings of one rule say together; `None` where nothing shorter is known than what they say.
fn words(first: &Diagnostic, alike: &[&&Diagnostic]) -> Option<String> {
    let subject = &first.subject;
    let table = subject.requirement.as_deref()?;
    let distinct = |of: &dyn Fn(&Diagnostic) -> Vec<String>| -> BTreeSet<String> {
        alike.iter().flat_map(|one| of(one)).map(|text| fold(&text)).collect()
    };
    let accounts = distinct(&|one| one.subject.account.iter().cloned().collect()).len();
    let cmdlets = distinct(&|one| one.subject.cmdlet.iter().cloned().collect()).len();
    let of_accounts = match (accounts, subject.account.as_deref()) {
        (1, Some(account)) => format!("`{account}`"),
        (count, _) => format!("{count} accounts"),
    };
    let of_cmdlets = match (cmdlets, subject.cmdlet.as_deref()) {
        (1, Some(cmdlet)) => format!("`{cmdlet}`"),
        (count, _) => format!("{count} cmdlets"),
    };
    let (lack, can) = if accounts == 1 { ("lacks", "can") } else { ("lack", "can") };
    match first.rule.name {
        "missing-role" if accounts > 1 => {
            Some(format!("{of_accounts} lack role `{}` of `{table}`", subject.role.as_deref()?))
        }
        "missing-cmdlet" | "missing-parameter" => Some(format!("{of_accounts} {lack} {of_cmdlets} of `{table}`")),
        "excess-cmdlet" if subject.cmdlet.is_some() => {
            Some(format!("{of_accounts} {can} run {of_cmdlets} that `{table}` does not ask for"))
        }
        "narrow-scope" => {
            Some(format!("{of_accounts} {can} run {of_cmdlets} of `{table}` on a part of the organization only"))
        }
        _ => None,
    }
}

impl Cause {
    /// The rules of its findings, sorted.
    #[must_use]
    pub fn rules(&self, diagnostics: &[Diagnostic]) -> Vec<&'static str> {
        let rules: BTreeSet<&str> = self.findings.iter().map(|number| diagnostics[*number].rule.name).collect();
        rules.into_iter().collect()
    }

    /// The accounts of its findings, sorted without case.
    #[must_use]
    pub fn accounts<'d>(&self, diagnostics: &'d [Diagnostic]) -> Vec<&'d str> {
        sorted(self.findings.iter().flat_map(|number| {
            let subject = &diagnostics[*number].subject;
            let all = subject.accounts.iter();
            let one = subject.account.iter().filter(|_| subject.accounts.is_empty());
            all.chain(one).map(String::as_str)
        }))
    }

    /// The cmdlets of its findings, sorted without case.
    #[must_use]
    pub fn cmdlets<'d>(&self, diagnostics: &'d [Diagnostic]) -> Vec<&'d str> {
        sorted(self.findings.iter().flat_map(|number| {
            let subject = &diagnostics[*number].subject;
            subject.cmdlet.iter().chain(&subject.cmdlets).map(String::as_str)
        }))
    }
}

fn sorted<'d>(names: impl Iterator<Item = &'d str>) -> Vec<&'d str> {
    // Many findings name the same: each spelling is folded once, and the last one counts.
    let last: BTreeMap<&str, usize> = names.enumerate().map(|(at, name)| (name, at)).collect();
    let all: BTreeMap<(String, usize), &str> = last.into_iter().map(|(name, at)| ((fold(name), at), name)).collect();
    let mut all: Vec<&str> = all.into_values().rev().collect();
    all.dedup_by(|left, right| same(left, right));
    all.reverse();
    all
}
