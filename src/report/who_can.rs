//! `rolecall who-can` for people: who can run a cmdlet as a table, and in a few words who else might and who cannot.

use std::collections::BTreeMap;

use crate::graph::{Gap, Graph};
use crate::name::fold;
use crate::source::Sources;

use super::answer::{Answered, Verdict, Way, asked_text};
use super::prose::{color, push_cause, push_deciding_gaps, push_marked, push_some, push_text, push_words};
use super::{Style, columns};

/// How many names are shown before the rest is counted.
const NAMES_MAX: usize = 24;

/// What of the answers is shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shown {
    /// The accounts that can run it on their own mailbox only, by name.
    pub own_mailbox: bool,
    /// The accounts that cannot, by name.
    pub all: bool,
    /// Every name, and the chains of every account.
    pub whole: bool,
}

/// All accounts and one cmdlet.
#[derive(Debug, Default)]
pub struct Holders {
    asked: String,
    /// Whether one object was asked about.
    on: Option<String>,
    /// The accounts by what is said of them.
    accounts: BTreeMap<Verdict, Vec<String>>,
    /// The rows of those that can, and of those that can in one way only.
    rows: BTreeMap<Verdict, Vec<Vec<String>>>,
    /// What leaves which accounts in doubt.
    gaps: BTreeMap<(&'static str, String, String), (Gap, Vec<String>)>,
}

impl Holders {
    /// Nobody yet; `on` is the object that was asked about.
    #[must_use]
    pub fn new(on: Option<&str>) -> Self {
        Self { on: on.map(ToOwned::to_owned), ..Self::default() }
    }

    /// Adds what is said of one account.
    pub fn add(&mut self, answered: &Answered<'_, '_>, graph: &Graph<'_>) {
        if self.asked.is_empty() {
            self.asked = asked_text(answered.question);
        }
        let account = answered.account.to_owned();
        let verdict = match answered.verdict {
            Verdict::OwnAtLeast => Verdict::Unknown,
            verdict => verdict,
        };
        if matches!(verdict, Verdict::Granted | Verdict::Merged | Verdict::OwnMailbox) {
            self.rows.entry(verdict).or_default().extend(rows(answered, graph));
        }
        if verdict == Verdict::Unknown {
            for gap in answered.gaps(graph) {
                let key = (gap.code, fold(&gap.object), gap.message.clone());
                self.gaps.entry(key).or_insert_with(|| (gap, Vec::new())).1.push(account.clone());
            }
        }
        self.accounts.entry(verdict).or_default().push(account);
    }

    fn count(&self, verdict: Verdict) -> usize {
        self.accounts.get(&verdict).map_or(0, Vec::len)
    }

    /// Appends the table and what is to be said of the others.
    pub fn push(&self, out: &mut String, sources: &Sources<'_>, style: &Style, shown: Shown) {
        self.push_headline(out, style);
        self.push_rows(out, Verdict::Granted, style);
        if self.count(Verdict::Merged) > 0 {
            push_marked(out, 0, (color::DOUBT, "merged:"), "if Exchange merges the entries of several roles", style);
            self.push_rows(out, Verdict::Merged, style);
        }
        self.push_own(out, style, shown);
        self.push_undecided(out, sources, style, shown);
        if shown.all
            && let Some(names) = self.accounts.get(&Verdict::NotGranted)
        {
            let text = format!("{}: {}", accounts(names.len()), listed(names, shown.whole));
            push_marked(out, 0, (color::STRONG, "cannot:"), &text, style);
        }
    }

    fn push_headline(&self, out: &mut String, style: &Style) {
        let all: usize = self.accounts.values().map(Vec::len).sum();
        let [granted, merged, own, perhaps, unknown] =
            [Verdict::Granted, Verdict::Merged, Verdict::OwnMailbox, Verdict::PerhapsOwn, Verdict::Unknown]
                .map(|verdict| self.count(verdict));
        let on = self.on.as_ref().map(|on| format!(" on `{on}`")).unwrap_or_default();
        let beyond = if own + perhaps > 0 { " beyond its own mailbox" } else { "" };
        let whole = if perhaps + unknown == 0 { ", everything the answer needs is exported" } else { "" };
        let (code, text) = match (granted, merged + unknown) {
            (0, 0) => (color::GOOD, format!("no account can run it{on}{beyond} ({}{whole})", accounts(all))),
            (0, _) => (color::DOUBT, format!("no account can certainly run it{on}{beyond} ({})", accounts(all))),
            (count, _) => (color::STRONG, format!("{count} of {} can run it{on}", accounts(all))),
        };
        push_marked(out, 0, (code, &format!("{}:", self.asked)), &text, style);
    }

    fn push_rows(&self, out: &mut String, verdict: Verdict, style: &Style) {
        if let Some(rows) = self.rows.get(&verdict) {
            columns::push(out, &["account", "through", "role", "scope"], rows, style);
        }
    }

    /// The accounts that can run it on their own mailbox only, and those that perhaps can.
    fn push_own(&self, out: &mut String, style: &Style, shown: Shown) {
        for (verdict, code, words) in
            [(Verdict::OwnMailbox, color::NOTE, ""), (Verdict::PerhapsOwn, color::DOUBT, ", perhaps")]
        {
            let Some(names) = self.accounts.get(&verdict) else { continue };
            let counted = format!("{}{words}", accounts(names.len()));
            let counted = match (shown.own_mailbox, verdict) {
                (false, _) => format!("{counted} (--own-mailbox)"),
                (true, Verdict::PerhapsOwn) => format!("{counted}: {}", listed(names, shown.whole)),
                (true, _) => counted,
            };
            push_marked(out, 0, (code, "own mailbox only:"), &counted, style);
            if shown.own_mailbox {
                self.push_rows(out, verdict, style);
            }
        }
    }

    /// The accounts of which nothing is decided: each gap once, with the accounts that depend on it.
    fn push_undecided(&self, out: &mut String, sources: &Sources<'_>, style: &Style, shown: Shown) {
        let Some(names) = self.accounts.get(&Verdict::Unknown) else { return };
        push_marked(out, 0, (color::DOUBT, "undecided:"), &accounts(names.len()), style);
        let mut gaps: Vec<&(Gap, Vec<String>)> = self.gaps.values().collect();
        gaps.sort_by_key(|(_, of)| std::cmp::Reverse(of.len()));
        push_some(out, &gaps, (style, shown.whole), |out, (gap, of)| {
            push_cause(out, gap, sources, style);
            let of = if of.len() == names.len() && of.len() > 1 { "all of them" } else { &listed(of, shown.whole) };
            push_text(out, 4, &format!("leaves undecided: {of}"), style);
            push_words(out, gap, style);
        });
        push_deciding_gaps(out, 2, gaps.iter().map(|(gap, _)| gap), style);
    }
}

/// The rows of an account: its ways, and the roles that come by each. What it can do on its own mailbox says nothing of
/// one that can do it elsewhere.
fn rows(answered: &Answered<'_, '_>, graph: &Graph<'_>) -> Vec<Vec<String>> {
    let mut ways = answered.ways(graph, answered.grants(graph));
    if ways.iter().any(|(way, _)| !way.by_policy) {
        ways.retain(|(way, _)| !way.by_policy);
    }
    let row = |(index, (way, roles)): (usize, (Way, Vec<&str>))| {
        let account = if index == 0 { answered.account.to_owned() } else { String::new() };
        let through = if way.through.is_empty() { "itself".to_owned() } else { way.through };
        vec![account, through, roles.join(", "), way.scope]
    };
    ways.into_iter().enumerate().map(row).collect()
}

/// `1 account`, `2 accounts`.
fn accounts(count: usize) -> String {
    format!("{count} account{}", if count == 1 { "" } else { "s" })
}

/// Names, and how many more there are.
fn listed(names: &[String], whole: bool) -> String {
    let most = if whole { names.len() } else { NAMES_MAX };
    let more = names.len().saturating_sub(most);
    let more = if more == 0 { String::new() } else { format!(" and {more} more (-v)") };
    format!("{}{more}", names[..names.len().min(most)].join(", "))
}
