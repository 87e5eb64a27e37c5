//! `undecided`: what depends on something that no export shows, and the command that would settle it.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, GapRef, Label, RuleId, Severity, Subject};
use crate::graph::Gap;
use crate::name::fold;
use crate::record::{Kind, is_cmdlet_name};
use crate::remedy::{Fix, FixKind, Remedy};
use crate::rules::remedy;
use crate::source::Span;

/// An answer depends on something that no export shows.
pub const UNDECIDED: RuleId = RuleId::requirement("undecided", Severity::Warning);

/// The cmdlets that each kind of export leaves undecided, with the codes of the gaps.
pub type Open = BTreeMap<Kind, (BTreeSet<&'static str>, BTreeSet<String>)>;

/// How many of the cmdlets that depend on a gap are shown at its place.
const SHOWN_MAX: usize = 4;

/// What asks, for the words and the place of a diagnostic.
pub(super) struct Asking<'a> {
    /// The id of the table; `None` where several may ask.
    pub(super) requirement: Option<&'a str>,
    /// Where it is.
    pub(super) at: Span,
}

/// One gap and what depends on it for one account; for all whom it may concern where there is none.
pub(super) fn undecided(
    gap: &Gap,
    account: Option<&str>,
    asking: &Asking<'_>,
    mut cmdlets: Vec<String>,
    open: &mut Open,
) -> Diagnostic {
    cmdlets.sort_by_cached_key(|cmdlet| fold(cmdlet));
    cmdlets.dedup_by(|left, right| crate::name::same(left, right));
    let (codes, left) = open.entry(gap.kind).or_default();
    codes.insert(gap.code);
    left.extend(cmdlets.iter().cloned());
    let about = match cmdlets.as_slice() {
        [] => "what else it can run is undecided".to_owned(),
        [one] => format!("`{one}` is undecided"),
        many => format!("{} cmdlets are undecided", many.len()),
    };
    let message = match account {
        Some(account) => format!("for `{account}`, {about}: {}", gap.message),
        None => format!("for all accounts that it may concern, {about}: {}", gap.message),
    };
    // The message says what is missing; its place says what depends on it.
    let words = match cmdlets.as_slice() {
        [] | [_] => String::new(),
        many => {
            let more = many.len().saturating_sub(SHOWN_MAX);
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            let shown = many.iter().take(SHOWN_MAX).map(String::as_str);
            format!("{}{more} depend on this", crate::rules::evidence::listed(shown))
        }
    };
    let mut labels: Vec<Label> = gap.at.map(|at| Label::new(at, words.clone())).into_iter().collect();
    labels.extend(gap.other.map(|at| Label::new(at, "the other record")));
    if labels.is_empty() {
        labels.push(Label::new(asking.at, if words.is_empty() { "asked here".to_owned() } else { words }));
    }
    let subject = Subject {
        account: account.map(ToOwned::to_owned),
        accounts: account.map(ToOwned::to_owned).into_iter().collect(),
        cmdlets,
        requirement: asking.requirement.map(ToOwned::to_owned),
        gap: Some(GapRef { code: gap.code, object: gap.object.clone() }),
        ..Subject::default()
    };
    Diagnostic {
        rule: UNDECIDED,
        severity: UNDECIDED.level,
        message,
        subject,
        labels,
        fixes: exports(gap),
        waived: None,
    }
}

/// What closes a gap: the export that would, or what the caller may accept instead.
fn exports(gap: &Gap) -> Vec<Fix> {
    [closing(gap, "exports what would settle it")].into_iter().chain(accepted_by(gap).map(remedy::assume)).collect()
}

/// The commands that close a gap, with this note; what no command does is said in words.
pub(super) fn closing(gap: &Gap, note: &str) -> Fix {
    match gap.export.lines().all(|line| is_cmdlet_name(line.split(' ').next().unwrap_or_default())) {
        true => Fix::steps(gap.export.lines().map(|command| Remedy::Export(command.to_owned())).collect(), note),
        false => Fix::words(FixKind::Export, gap.export.clone()),
    }
}

/// What the caller may accept instead of exporting again.
fn accepted_by(gap: &Gap) -> Option<&'static str> {
    match (gap.code, gap.object.as_str()) {
        ("missing-column", "Enabled") => Some("enabled"),
        ("missing-column", "RoleAssignmentDelegationType") => Some("regular-by-name"),
        ("missing-column", "RecipientWriteScope" | "ConfigWriteScope") => Some("own-scope"),
        _ => None,
    }
}
