//! The comparison for people.

use std::collections::BTreeMap;

use crate::diff::{Change, Direction, Raised};
use crate::report::Style;
use crate::report::concise;
use crate::report::escape::visible;
use crate::report::prose::{color, push_export, push_marked, push_text};

use super::words::{self, counted};
use super::{Compared, Counts, Read};

/// How many cmdlets of a change, and how many open answers, are shown before the rest is counted.
const SHOWN_MAX: usize = 5;

fn quote(name: &str) -> String {
    format!("`{}`", visible(name))
}

impl Compared<'_> {
    /// Appends the comparison for people; `all` leaves nothing out.
    pub fn push_human(&self, out: &mut String, (style, all): (&Style, bool)) {
        let [old, new] = self.sides.each_ref().map(Read::shown);
        push_marked(out, 0, (color::STRONG, &format!("{}:", self.headline())), &format!("{old} → {new}"), style);
        for ways in self.diff.escalations.chunk_by(|left, right| left.account == right.account) {
            let text = raise(ways, if all { ways.len() } else { SHOWN_MAX }, quote);
            push_marked(out, 0, (color::BAD, "!"), &text, style);
        }
        let (updates, changes): (Vec<&Change>, Vec<&Change>) =
            self.diff.changes.iter().partition(|change| change.is_update());
        let (gained, lost): (Vec<&Change>, Vec<&Change>) =
            changes.into_iter().partition(|change| change.direction == Direction::Gained);
        gained.iter().for_each(|change| self.push_changed(out, change, (style, all)));
        self.push_unknown(out, (style, all));
        lost.iter().for_each(|change| self.push_changed(out, change, (style, all)));
        push_updates(out, &updates, style);
        for object in &self.diff.renamed {
            push_marked(out, 0, (color::NOTE, "="), &words::renamed(object, quote), style);
        }
        for object in &self.diff.replaced {
            push_marked(out, 0, (color::NOTE, "="), &words::replaced(object, quote), style);
        }
        let heads = ["new findings:", "fixed findings:"];
        for (index, (head, side)) in heads.into_iter().zip([1, 0]).enumerate() {
            if !self.findings[index].is_empty() {
                push_text(out, 0, head, style);
            }
            for diagnostic in &self.findings[index] {
                let mut line = String::new();
                concise::push_line(&mut line, self.sides[side].sources, diagnostic, &Style::default());
                push_text(out, 2, line.trim_end(), style);
            }
        }
    }

    /// `2 gained, 1 lost, 1 cannot be told`.
    pub(super) fn headline(&self) -> String {
        let Counts { gained, lost, open, .. } = self.counts();
        if self.diff.changes.is_empty() && self.diff.open.is_empty() {
            return format!("no account gained or lost anything, of {}", self.diff.accounts);
        }
        format!("{gained} gained, {lost} lost, {open} cannot be told, of {}", counted(self.diff.accounts, "account"))
    }

    fn push_changed(&self, out: &mut String, change: &Change, (style, all): (&Style, bool)) {
        let sign = match change.direction {
            Direction::Gained => (color::BAD, "+"),
            Direction::Lost => (color::NOTE, "-"),
        };
        let text = format!("{} {}", words::accounts(change, quote), words::deed(change, quote));
        push_marked(out, 0, sign, &text, style);
        for cause in &change.causes {
            let place = cause.place.map(|place| format!("  {}", self.shown(place))).unwrap_or_default();
            push_text(out, 2, &format!("because {}{place}", words::cause(cause, change.direction, quote)), style);
        }
        if change.cmdlets.len() < 2 {
            return;
        }
        // The dangerous ones come first.
        let is_dangerous = |cmdlet: &String| change.dangerous.contains(cmdlet);
        let mut cells: Vec<_> = change.cmdlets.iter().collect();
        cells.sort_by_key(|cells| !is_dangerous(&cells.cmdlet));
        let shown = if all { cells.len() } else { SHOWN_MAX };
        for cells in cells.iter().take(shown) {
            let mark = if is_dangerous(&cells.cmdlet) { " (dangerous)" } else { "" };
            push_text(out, 4, &format!("{}{mark}", words::cells(cells, ToOwned::to_owned)), style);
        }
        if cells.len() > shown {
            push_text(out, 4, &format!("and {} more lines (-v)", cells.len() - shown), style);
        }
    }

    fn push_unknown(&self, out: &mut String, (style, all): (&Style, bool)) {
        let shown = if all { self.diff.open.len() } else { SHOWN_MAX.max(10) };
        for open in self.diff.open.iter().take(shown) {
            push_marked(out, 0, (color::DOUBT, "?"), &words::open(open, quote), style);
            for gap in open.gaps.iter().take(if all { open.gaps.len() } else { 2 }) {
                push_marked(out, 2, (color::DOUBT, &format!("gap[{}]:", gap.code)), &gap.message, style);
                push_export(out, gap, style);
            }
        }
        if self.diff.open.len() > shown {
            push_text(out, 0, &format!("? and {} more (-v)", self.diff.open.len() - shown), style);
        }
    }
}

/// What Exchange's own updates changed, a line for each role.
fn push_updates(out: &mut String, updates: &[&Change], style: &Style) {
    let mut roles: BTreeMap<(Direction, &str), (usize, usize)> = BTreeMap::new();
    for change in updates {
        for cause in &change.causes {
            let (cmdlets, accounts) = roles.entry((change.direction, &cause.object)).or_default();
            *cmdlets += 1;
            *accounts = (*accounts).max(change.accounts.len());
        }
    }
    for ((direction, role), (cmdlets, accounts)) in roles {
        let verb = if direction == Direction::Gained { "adds to" } else { "takes from" };
        let (role, cmdlets, accounts) = (quote(role), counted(cmdlets, "cmdlet"), counted(accounts, "account"));
        let text =
            format!("an update of Exchange {verb} the built-in role {role}: {cmdlets}, which concerns {accounts}");
        push_marked(out, 0, (color::NOTE, "~"), &text, style);
    }
}

/// `Eve 1` could now give itself membership of `Organization Management` in 1 step.
pub(super) fn raise(ways: &[Raised], shown: usize, quote: words::Quote) -> String {
    let what = |raised: &Raised| {
        let steps = counted(raised.steps, "step");
        match raised.kind {
            "role" => format!("the role {} in {steps}", quote(&raised.name)),
            "group" => format!("membership of {} in {steps}", quote(&raised.name)),
            "scope" => format!("a wider scope for the assignment {} in {steps}", quote(&raised.name)),
            _ => format!("{} in {steps}", raised.name),
        }
    };
    let account = ways.first().map_or("", |raised| raised.account.as_str());
    let named: Vec<String> = ways.iter().take(shown).map(what).collect();
    let more = ways.len().saturating_sub(shown);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{} could now give itself {}{more}", quote(account), named.join(", "))
}

impl Read<'_> {
    /// `main:exports (1f3c9ab)`.
    pub(super) fn shown(&self) -> String {
        match &self.revision {
            Some(revision) if revision.len() > 7 => format!("{} ({})", self.path, &revision[..7]),
            _ => self.path.clone(),
        }
    }
}
