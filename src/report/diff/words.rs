//! The words that reports for people use of a comparison, with names as `quote` writes them.

use crate::diff::{Cause, CauseKind, Cells, Change, Direction, Object, Open, Side};

/// How many accounts are named before the rest is counted.
const ACCOUNTS_MAX: usize = 5;

/// How a name is written.
pub(super) type Quote = fn(&str) -> String;

/// `1 cmdlet`, `2 cmdlets`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// The accounts of a change: `Eve 1`, `Bo 3` and 7 more.
pub(super) fn accounts(change: &Change, quote: Quote) -> String {
    let shown: Vec<String> = change.accounts.iter().take(ACCOUNTS_MAX).map(|name| quote(name)).collect();
    match change.accounts.len().saturating_sub(ACCOUNTS_MAX) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// What they do: `gain 312 cmdlets, 2 of them dangerous`.
pub(super) fn deed(change: &Change, quote: Quote) -> String {
    let one = change.accounts.len() == 1;
    let verb = match (change.direction, one) {
        (Direction::Gained, true) => "gains",
        (Direction::Gained, false) => "gain",
        (Direction::Lost, true) => "loses",
        (Direction::Lost, false) => "lose",
    };
    let what = match &change.cmdlets[..] {
        [one] => cells(one, quote),
        many => {
            let mut cmdlets: Vec<&str> = many.iter().map(|cells| cells.cmdlet.as_str()).collect();
            cmdlets.dedup();
            let part = if many.iter().all(|cells| cells.whole) { "" } else { ", some only in part" };
            format!("{}{part}", counted(cmdlets.len(), "cmdlet"))
        }
    };
    let dangerous = match (change.dangerous.len(), change.cmdlets.len()) {
        (0, _) => String::new(),
        (_, 1) => ", which is dangerous".to_owned(),
        (1, _) => ", 1 of them dangerous".to_owned(),
        (count, _) => format!(", {count} of them dangerous"),
    };
    format!("{verb} {what}{dangerous}")
}

/// A cmdlet with its parameters, on its extent.
pub(super) fn cells(cells: &Cells, quote: Quote) -> String {
    const PARAMETERS_MAX: usize = 4;
    let mut text = cells.cmdlet.clone();
    for parameter in cells.parameters.iter().take(PARAMETERS_MAX) {
        text.push_str(" -");
        text.push_str(parameter);
    }
    if cells.parameters.len() > PARAMETERS_MAX {
        text.push_str(" …");
    }
    format!("{} on {}", quote(&text), extent(cells, quote))
}

fn extent(cells: &Cells, quote: Quote) -> String {
    match (cells.recipients.as_str(), cells.configuration.as_str()) {
        ("Organization", "OrganizationConfig") => "the organization".to_owned(),
        ("None", configuration) => format!("configuration {}", quote(configuration)),
        (recipients, "OrganizationConfig" | "None") => quote(recipients),
        (recipients, configuration) => format!("{} and configuration {}", quote(recipients), quote(configuration)),
    }
}

/// Why: `SG Ops 2` is now a member of `RG Admins 9`.
pub(super) fn cause(cause: &Cause, direction: Direction, quote: Quote) -> String {
    let object = quote(&cause.object);
    let member = cause.member.as_deref().map(quote).unwrap_or_default();
    let came = direction == Direction::Gained;
    match (cause.kind, came) {
        (CauseKind::Member, true) => format!("{member} is now a member of {object}"),
        (CauseKind::Member, false) => format!("{member} is no longer a member of {object}"),
        (CauseKind::Policy, true) => format!("{object} now has the role assignment policy {member}"),
        (CauseKind::Policy, false) => format!("{object} no longer has the role assignment policy {member}"),
        (CauseKind::Entry, true) => format!("the role {object} has more of {member} than before"),
        (CauseKind::Entry, false) => format!("the role {object} has less of {member} than before"),
        (CauseKind::Assignment, _) => match (&cause.was, &cause.is) {
            (Some(was), Some(is)) => format!("the assignment {object} was {}, and is {}", quote(was), quote(is)),
            _ if came => format!("the assignment {object} is new"),
            _ => format!("the assignment {object} is gone"),
        },
        (CauseKind::Scope, _) => match (&cause.was, &cause.is) {
            (Some(was), Some(is)) => format!("the scope {object} was {}, and is {}", quote(was), quote(is)),
            (None, Some(is)) => format!("the scope {object} is new: {}", quote(is)),
            (Some(was), None) => format!("the scope {object} is gone: {}", quote(was)),
            (None, None) => format!("the scope {object} changed"),
        },
    }
}

/// What an open answer leaves: `Mei 4` might have gained 4 cmdlets.
pub(super) fn open(open: &Open, quote: Quote) -> String {
    let what = match &open.cmdlets {
        None => "anything".to_owned(),
        Some(cmdlets) => match &cmdlets[..] {
            [one] => quote(one),
            many => counted(many.len(), "cmdlet"),
        },
    };
    let verb = match open.might {
        Direction::Gained => "gained",
        Direction::Lost => "lost",
    };
    let side = match open.side {
        Side::Old => "before",
        Side::New => "now",
    };
    format!("{} might have {verb} {what}: what was exported {side} does not tell", quote(&open.account))
}

/// `group SG Ops is now SG Ops 2`.
pub(super) fn renamed(object: &Object, quote: Quote) -> String {
    format!("{} {} is now called {}", object.kind.name(), quote(&object.old), quote(&object.new))
}

/// `group SG Ops was deleted and made anew`.
pub(super) fn replaced(object: &Object, quote: Quote) -> String {
    format!("{} {} is another object of the same name", object.kind.name(), quote(&object.new))
}
