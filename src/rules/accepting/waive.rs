//! Waivers: deviations that somebody accepted for a reason and for a time.
//!
//! A waiver is matched by what a finding means, or by its fingerprint. What it accepts stays in the report, marked; and
//! a waiver that accepts nothing, or not for much longer, is a finding itself.

use std::collections::{BTreeMap, BTreeSet};

pub use jiff::civil::Date;

use super::assertion::EXPIRED_ASSERTION;
use crate::accounts::Accounts;
use crate::diagnostic::{Diagnostic, Label, RuleId, RuleKind, Severity, Waived, fingerprint, noticed};
use crate::graph::Wildcard;
use crate::name::same;
use crate::policy::{Common, Finding, Text, Waiver, mistake};
use crate::remedy::Fix;
use crate::rules::doctor::MISSING_COLUMN;
use crate::rules::judging::undecided::UNDECIDED;

/// A waiver accepts nothing.
pub const UNUSED_WAIVER: RuleId = RuleId::waiver("unused-waiver", Severity::Warning);
/// The last day of a waiver is over.
pub const EXPIRED_WAIVER: RuleId = RuleId::waiver("expired-waiver", Severity::Error);
/// The last day of a waiver is near.
pub const EXPIRING_WAIVER: RuleId = RuleId::waiver("expiring-waiver", Severity::Warning);

/// How many days before its last one a waiver is called near to it.
const NEAR_DAYS: i32 = 30;

/// What there is to say about waivers.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// Those that accept nothing, or not for much longer.
    pub diagnostics: Vec<Diagnostic>,
    /// Those that accept several findings.
    pub notes: Vec<String>,
}

/// How much of what a policy speaks of a run judges. Where it did not look, finding nothing proves nothing.
#[derive(Clone, Debug)]
pub struct Extent<'p> {
    /// Whether all that the policy says is judged, of all accounts.
    pub whole: bool,
    /// The organizations of the policy that are not judged.
    pub absent: Vec<&'p str>,
}

impl Extent<'_> {
    /// Whether everything was judged that a table speaks of.
    fn covers(&self, table: &Common) -> bool {
        self.whole && !self.absent.iter().any(|name| table.speaks_of(name))
    }
}

/// The accounts of one organization that each waiver names, as they are shown.
pub type Meant = Vec<BTreeSet<String>>;

/// Finds the accounts of one organization that each waiver names.
#[must_use]
pub fn meant(accounts: &Accounts<'_>, waivers: &[Waiver]) -> Meant {
    let shown = |name: &Text| {
        accounts.named(&name.text).into_iter().map(|account| accounts.shown(account).to_owned()).collect()
    };
    waivers.iter().map(|waiver| waiver.finding.account.as_ref().map(shown).unwrap_or_default()).collect()
}

/// Marks what the waivers of a policy accept, and returns what there is to say about the waivers themselves.
///
/// `meant` holds for each organization whom the waivers name there.
#[must_use]
pub fn apply(
    waivers: &[Waiver],
    meant: &BTreeMap<Option<String>, &Meant>,
    today: Date,
    extent: &Extent<'_>,
    diagnostics: &mut [Diagnostic],
) -> Said {
    let mut said = Said::default();
    let mut covered: Vec<BTreeSet<String>> = vec![BTreeSet::new(); diagnostics.len()];
    let prints: Vec<String> = if waivers.iter().any(|waiver| waiver.fingerprint.is_some()) {
        diagnostics.iter().map(fingerprint).collect()
    } else {
        Vec::new()
    };
    for (number, waiver) in waivers.iter().enumerate() {
        let written = waiver.finding.account.as_ref().map(|account| Wildcard::new(&account.text));
        let Ok(expires) = waiver.expires.text.parse::<Date>() else { continue };
        let expired = expires < today;
        let mut count = 0u64;
        for (index, diagnostic) in diagnostics.iter_mut().enumerate() {
            if !may_be_waived(diagnostic.rule) || !matches(waiver, diagnostic, prints.get(index)) {
                continue;
            }
            let subject = &diagnostic.subject;
            let names = written.as_ref().map(|written| Names {
                written,
                shown: meant.get(&subject.organization).and_then(|meant| meant.get(number)),
            });
            let all: BTreeSet<&String> = subject.account.iter().chain(&subject.accounts).collect();
            let mine: Vec<String> = match &names {
                Some(names) => all.iter().filter(|name| names.hold(name)).map(|name| (*name).clone()).collect(),
                None => all.iter().map(|name| (*name).clone()).collect(),
            };
            if names.is_some() && mine.is_empty() {
                continue;
            }
            count += 1;
            if expired {
                continue;
            }
            covered[index].extend(mine);
            // Of a finding about several accounts, each must be accepted, by one waiver or by several.
            let is_whole = names.is_none() || all.iter().all(|name| covered[index].contains(*name));
            if is_whole && diagnostic.waived.is_none() {
                diagnostic.waived = Some(Waived {
                    reason: waiver.reason.clone(),
                    expires: Some(waiver.expires.text.clone()),
                    owner: waiver.common.owner.clone(),
                    at: waiver.common.at,
                });
            }
        }
        let is_shown = |name: &String| meant.values().filter_map(|it| it.get(number)).any(|shown| shown.contains(name));
        let is_meant = |name: &String| written.as_ref().is_none_or(|written| written.matches(name) || is_shown(name));
        let is_open = diagnostics.iter().filter(|it| leaves_open(it)).any(|it| {
            let mut names = it.subject.account.iter().chain(&it.subject.accounts).peekable();
            names.peek().is_none() || names.any(is_meant)
        });
        said.diagnostics.extend(judge(waiver, expires, today, extent, Found { count, is_open }));
        if count > 1 && !expired {
            said.notes.push(format!("the waiver of {} accepts {count} findings: {}", words(waiver), waiver.reason));
        }
    }
    said
}

/// Mistakes in the policy, but for those of which the catalogue cannot be sure, and what is said about waivers and
/// assertions, are not for waiving; nor is what could not be read: nothing was checked there that one could accept.
#[must_use]
pub fn may_be_waived(rule: RuleId) -> bool {
    let is_mistake = rule.kind == RuleKind::Mistake && !mistake::BY_CATALOGUE.contains(&rule);
    let about_waivers = [UNUSED_WAIVER, EXPIRED_WAIVER, EXPIRING_WAIVER, EXPIRED_ASSERTION].contains(&rule);
    let is_unread = [noticed::UNREADABLE_INPUT, noticed::CHANGED_WHILE_READ].contains(&rule);
    !is_mistake && !about_waivers && !is_unread
}

/// The accounts that a waiver names in the organization of a finding.
struct Names<'w> {
    written: &'w Wildcard,
    shown: Option<&'w BTreeSet<String>>,
}

impl Names<'_> {
    fn hold(&self, name: &str) -> bool {
        self.shown.is_some_and(|shown| shown.contains(name)) || self.written.matches(name)
    }
}

/// Whether a waiver is about a finding, its accounts aside.
fn matches(waiver: &Waiver, diagnostic: &Diagnostic, print: Option<&String>) -> bool {
    // What all organizations say together is accepted by a waiver that speaks of all.
    let organization = diagnostic.subject.organization.as_deref();
    let is_there = organization.map_or(waiver.common.organizations.is_empty(), |name| waiver.common.speaks_of(name));
    is_there
        && waiver.fingerprint.as_ref().is_none_or(|wanted| print.is_some_and(|print| same(&wanted.text, print)))
        && means(&waiver.finding, diagnostic)
}

/// Whether a finding is meant, its accounts aside. Of several cmdlets, each must fit.
pub(super) fn means(finding: &Finding, diagnostic: &Diagnostic) -> bool {
    let subject = &diagnostic.subject;
    let fits = |wanted: &Option<Text>, found: &[String]| {
        wanted.as_ref().is_none_or(|wanted| {
            let wanted = Wildcard::new(&wanted.text);
            !found.is_empty() && found.iter().all(|found| wanted.matches(found))
        })
    };
    finding.rule.as_ref().is_none_or(|rule| same(&rule.text, diagnostic.rule.name))
        && fits(&finding.cmdlet, subject.cmdlet.as_ref().map_or(subject.cmdlets.as_slice(), std::slice::from_ref))
        && fits(&finding.group, subject.group.as_slice())
        && fits(&finding.role, subject.role.as_slice())
        && fits(&finding.assignment, subject.assignment.as_slice())
}

/// Whether a finding is one that a test names: of several accounts or cmdlets, any may be the one.
#[must_use]
pub fn shows(finding: &Finding, diagnostic: &Diagnostic) -> bool {
    let subject = &diagnostic.subject;
    let fits = |wanted: &Option<Text>, sole: &Option<String>, several: &[String]| {
        let wanted = wanted.as_ref().map(|wanted| Wildcard::new(&wanted.text));
        wanted.is_none_or(|wanted| sole.iter().chain(several).any(|found| wanted.matches(found)))
    };
    finding.rule.as_ref().is_none_or(|rule| same(&rule.text, diagnostic.rule.name))
        && fits(&finding.account, &subject.account, &subject.accounts)
        && fits(&finding.cmdlet, &subject.cmdlet, &subject.cmdlets)
        && fits(&finding.group, &subject.group, &[])
        && fits(&finding.role, &subject.role, &[])
        && fits(&finding.assignment, &subject.assignment, &[])
}

/// Whether a diagnostic says that something stays undecided, so that what is not found may be there all the same.
pub(super) fn leaves_open(diagnostic: &Diagnostic) -> bool {
    [UNDECIDED, MISSING_COLUMN].contains(&diagnostic.rule)
}

/// What a waiver met.
#[derive(Clone, Copy)]
struct Found {
    /// The findings that it accepts.
    count: u64,
    /// Whether something is undecided that may be such a finding.
    is_open: bool,
}

fn judge(waiver: &Waiver, expires: Date, today: Date, extent: &Extent<'_>, found: Found) -> Option<Diagnostic> {
    let Found { count, is_open } = found;
    let findings = match count {
        1 => "1 finding".to_owned(),
        count => format!("{count} findings"),
    };
    let until = &waiver.expires.text;
    let (rule, message, help) = if expires < today {
        let message = match count {
            0 if is_open => format!("this waiver expired on {until}"),
            0 => format!("this waiver expired on {until}, and no finding matches it"),
            _ => format!("this waiver expired on {until}; {findings} that it accepted count again"),
        };
        let help = if count == 0 { "remove it" } else { "fix what it accepted, or decide anew and give a later date" };
        (EXPIRED_WAIVER, message, help)
    } else if count == 0 {
        if is_open || !extent.covers(&waiver.common) {
            return None;
        }
        let message = "unused waiver: no finding matches it (already fixed, or mistyped)".to_owned();
        (UNUSED_WAIVER, message, "remove it, or correct it")
    } else if days_between(today, expires) <= NEAR_DAYS {
        let message = format!("this waiver ends on {until}, and accepts {findings} until then");
        (EXPIRING_WAIVER, message, "fix what it accepts, or decide anew and give a later date")
    } else {
        return None;
    };
    let mut diagnostic = Diagnostic::at(rule, message, Label::new(waiver.common.at, waiver.reason.clone()));
    diagnostic.fixes.push(Fix::policy(help));
    diagnostic.subject.noticed = Some(format!("waive {}", words(waiver)));
    Some(diagnostic)
}

/// What a waiver is about, in its own words.
fn words(waiver: &Waiver) -> String {
    let print = waiver.fingerprint.as_ref().map(|print| format!("fingerprint {}", print.text));
    let words = words_of(&waiver.finding);
    print.into_iter().chain((!words.is_empty()).then_some(words)).collect::<Vec<_>>().join(", ")
}

/// Which findings are meant, in the policy's own words.
#[must_use]
pub fn words_of(finding: &Finding) -> String {
    let parts = [
        ("rule", &finding.rule),
        ("account", &finding.account),
        ("group", &finding.group),
        ("role", &finding.role),
        ("cmdlet", &finding.cmdlet),
        ("assignment", &finding.assignment),
    ];
    let parts = parts.iter().filter_map(|(key, value)| Some(format!("{key} {}", value.as_ref()?.text)));
    parts.collect::<Vec<_>>().join(", ")
}

fn days_between(from: Date, to: Date) -> i32 {
    // Two dates of our calendar are always a number of days apart.
    from.until(to).map_or(i32::MAX, |span| span.get_days())
}
