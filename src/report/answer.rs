//! `rolecall why` and `rolecall who-can`: one answer with its evidence.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::diagnostic::Label;
use crate::graph::{Answer, EntryGrant, Gap, Graph, Judged, Question, Rights};
use crate::name::same;
use crate::remedy::Fix;
use crate::rules::Nearest;
use crate::scope::{OWN_GROUPS, reads};
use crate::source::Sources;

use super::access::{
    GRANT_COLUMNS, gaps_in_order, grant_cells, name_of, on_scope, path_of, push_gap, push_grant, role_of, scope_of,
    through,
};
use super::escape::push_json;
use super::prose::{color, push_deciding_gaps, push_gaps, push_hop, push_marked, push_text, push_words};
use super::{Style, table};

/// How many paths are shown before the rest is counted.
pub(super) const PATHS_MAX: usize = 10;

/// One answer, ready to print.
#[derive(Debug)]
pub struct Answered<'a, 'i> {
    /// The account, as it is shown.
    pub account: &'a str,
    /// What was asked.
    pub question: &'a Question<'a>,
    /// The answer.
    pub judged: &'a Judged<'i>,
    /// What is said.
    pub verdict: Verdict,
    /// What the account holds.
    pub rights: &'a Rights,
    /// What came closest, where it is not granted.
    pub nearest: &'a [Nearest],
    /// What would let it run, where something can.
    pub fixes: &'a [Fix],
}

/// How roles come to an account, and how far they reach for a cmdlet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Way {
    /// The groups, or the policy.
    pub(super) through: String,
    /// The scope, in a few words.
    pub(super) scope: String,
    /// Whether a policy gives them.
    pub(super) by_policy: bool,
}

/// What is said of one account and one question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It can.
    Granted,
    /// It can, if Exchange merges the entries of several roles.
    Merged,
    /// It can on its own mailbox, and nowhere else.
    OwnMailbox,
    /// It cannot.
    NotGranted,
    /// It cannot, but perhaps on its own mailbox.
    PerhapsOwn,
    /// It can on its own mailbox, and no export decides whether elsewhere.
    OwnAtLeast,
    /// No export decides it.
    Unknown,
}

impl Verdict {
    /// What an answer says. `elsewhere`: what it is without the own mailbox, where that was asked.
    #[must_use]
    pub fn of(answer: Answer, elsewhere: Option<Answer>) -> Self {
        let is_given = matches!(answer, Answer::Granted | Answer::Merged);
        match elsewhere.unwrap_or(answer) {
            Answer::Granted => Self::Granted,
            Answer::Merged => Self::Merged,
            Answer::Unknown if is_given => Self::OwnAtLeast,
            Answer::Unknown => Self::Unknown,
            Answer::NotGranted if is_given => Self::OwnMailbox,
            Answer::NotGranted if answer == Answer::Unknown => Self::PerhapsOwn,
            Answer::NotGranted => Self::NotGranted,
        }
    }

    /// The colour of the word.
    const fn color(self) -> &'static str {
        match self {
            Self::Granted => color::GOOD,
            Self::OwnMailbox | Self::NotGranted => color::BAD,
            Self::Merged | Self::PerhapsOwn | Self::OwnAtLeast | Self::Unknown => color::DOUBT,
        }
    }

    /// The word that reports show.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Merged => "merged",
            Self::OwnMailbox => "own-mailbox",
            Self::NotGranted => "not-granted",
            Self::PerhapsOwn | Self::OwnAtLeast | Self::Unknown => "unknown",
        }
    }
}

impl Answered<'_, '_> {
    /// What leaves the answer in doubt.
    pub(super) fn gaps(&self, graph: &Graph<'_>) -> Vec<Gap> {
        gaps_in_order(graph, self.rights, self.judged.gaps.iter().copied())
    }

    /// The grants, shortest chain first and what comes by policy last; of one length by their names, which no order of
    /// files changes.
    pub(super) fn grants(&self, graph: &Graph<'_>) -> Vec<&EntryGrant<'_>> {
        let mut grants: Vec<_> = self.judged.grants.iter().collect();
        grants.sort_by_cached_key(|grant| {
            let held = &self.rights.held[grant.held];
            (held.policy.is_some(), held.chain.len(), name_of(graph, held))
        });
        grants
    }

    /// The ways of some grants in their order, each with its roles.
    pub(super) fn ways<'g>(&self, graph: &Graph<'g>, grants: Vec<&EntryGrant<'_>>) -> Vec<(Way, Vec<&'g str>)> {
        let mut ways: Vec<(Way, Vec<&str>)> = Vec::new();
        for grant in grants {
            let held = &self.rights.held[grant.held];
            let way = Way {
                through: through(graph, held).join(" > "),
                scope: scope_of(graph, held, self.question.cmdlet),
                by_policy: held.policy.is_some(),
            };
            let role = role_of(graph, held);
            match ways.iter_mut().find(|(known, _)| *known == way) {
                Some((_, roles)) if roles.contains(&role) => {}
                Some((_, roles)) => roles.push(role),
                None => ways.push((way, vec![role])),
            }
        }
        ways
    }

    /// The first of the grants, and how many more there are.
    fn shown_grants(&self, graph: &Graph<'_>) -> (Vec<&EntryGrant<'_>>, usize) {
        let mut grants = self.grants(graph);
        let more = grants.len().saturating_sub(PATHS_MAX);
        grants.truncate(PATHS_MAX);
        (grants, more)
    }

    /// Appends the answer as one line of JSON.
    ///
    /// Shape: the contract of `rolecall why`; `docs/schemas/why.schema.json`.
    pub fn push_json(&self, out: &mut String, graph: &Graph<'_>, sources: &Sources<'_>) {
        push_head(out, self.account, self.question, self.verdict);
        let (grants, more) = self.shown_grants(graph);
        for (index, grant) in grants.iter().enumerate() {
            out.push_str(if index > 0 { "," } else { "" });
            push_grant(out, graph, &self.rights.held[grant.held], grant);
        }
        let _ = write!(out, "],\"more\":{more},\"nearest\":[");
        for (index, nearest) in self.nearest.iter().enumerate() {
            out.push_str(if index > 0 { "," } else { "" });
            push_nearest(out, nearest, sources);
        }
        out.push_str("],\"fixes\":");
        super::json::push_fixes(out, self.fixes, sources);
        out.push_str(",\"gaps\":[");
        for (index, gap) in self.gaps(graph).iter().enumerate() {
            out.push_str(if index > 0 { "," } else { "" });
            push_gap(out, gap, sources);
        }
        out.push_str("]}\n");
    }

    /// Appends the answer as rows of a table, one for each path; one without a path where there is none.
    pub fn push_csv(&self, out: &mut String, graph: &Graph<'_>) {
        let asked = asked_text(self.question);
        let start = [self.account, &asked, self.verdict.name()];
        let (grants, _) = self.shown_grants(graph);
        for grant in &grants {
            table::push_row(
                out,
                start
                    .into_iter()
                    .chain(grant_cells(graph, &self.rights.held[grant.held], grant).iter().map(String::as_str)),
            );
        }
        if grants.is_empty() {
            table::push_row(out, start.into_iter().chain(GRANT_COLUMNS.iter().map(|_| "")));
        }
    }

    /// Appends the answer for people: the chain, each hop at its line; or what came closest; or what leaves it open. Of
    /// several paths the first shows its hops, with `whole` each. A gap of several accounts is told once: `said` holds
    /// those that were.
    pub fn push_human(
        &self,
        out: &mut String,
        graph: &Graph<'_>,
        sources: &Sources<'_>,
        said: &mut BTreeSet<(&'static str, String)>,
        (style, whole): (&Style, bool),
    ) {
        let (account, asked) = (self.account, asked_text(self.question));
        let text = match self.verdict {
            Verdict::Granted => format!("`{account}` can run `{asked}`"),
            Verdict::Merged => {
                format!("`{account}` can run `{asked}`, if Exchange merges the entries of several roles")
            }
            Verdict::OwnMailbox => format!("`{account}` can run `{asked}` on {} only", self.own(graph)),
            Verdict::NotGranted => format!("`{account}` cannot run `{asked}`"),
            Verdict::PerhapsOwn => format!("`{account}` cannot run `{asked}`, unless on its own mailbox"),
            Verdict::OwnAtLeast => {
                format!("`{account}` can run `{asked}` on {}, and may or may not elsewhere", self.own(graph))
            }
            Verdict::Unknown => format!("`{account}` may or may not be able to run `{asked}`"),
        };
        push_marked(out, 0, (self.verdict.color(), &format!("{}:", self.verdict.name())), &text, style);
        self.push_paths(out, graph, sources, (style, whole));
        for nearest in self.nearest {
            let tag = format!("nearest[{}]:", nearest.code);
            push_marked(out, 2, (color::NOTE, &tag), &nearest.message, style);
            for label in &nearest.labels {
                // What the first place shows was just said.
                let is_said = *label.text == *nearest.message;
                let label = if is_said { &Label::new(label.span, "") } else { label };
                push_hop(out, label, sources, style);
            }
        }
        for (index, fix) in self.fixes.iter().enumerate() {
            super::human::push_fix(out, if index == 0 { "fix" } else { "or" }, fix, sources, style);
        }
        let (new, known): (Vec<Gap>, Vec<Gap>) =
            self.gaps(graph).into_iter().partition(|gap| said.insert((gap.code, gap.message.clone())));
        push_gaps(out, &new, sources, (style, whole));
        for gap in known {
            push_marked(out, 2, (color::DOUBT, &format!("gap[{}]:", gap.code)), &gap.message, style);
        }
    }

    /// What of its own an account can act on.
    fn own(&self, graph: &Graph<'_>) -> &'static str {
        let is_of_groups = |grant: &EntryGrant<'_>| {
            let scope = graph.scopes(&self.rights.held[grant.held]).recipient_write;
            !reads(self.question.cmdlet) && scope.is_some_and(|scope| same(scope, OWN_GROUPS))
        };
        match self.judged.grants.iter().any(is_of_groups) {
            true => "its own mailbox and the groups that it owns",
            false => "its own mailbox",
        }
    }

    /// Appends the paths: of several the first with its lines, the others by their ways; with `whole` each with its lines.
    fn push_paths(&self, out: &mut String, graph: &Graph<'_>, sources: &Sources<'_>, (style, whole): (&Style, bool)) {
        let inventory = graph.inventory();
        let merged = self.judged.answer == Answer::Merged;
        let mut grants = self.grants(graph);
        // Of several paths one proves it; merged entries prove it together.
        let rest = if whole || merged || grants.is_empty() { Vec::new() } else { grants.split_off(1) };
        for grant in grants {
            let held = &self.rights.held[grant.held];
            push_text(out, 2, &path_of(graph, held, self.question.cmdlet), style);
            let mut hops = Vec::new();
            if let (Some(policy), Some(at)) = (held.policy, graph.place_of_account(self.rights)) {
                let words = format!("mailbox with the role assignment policy `{}`", inventory.show(policy));
                hops.push(Label::new(at, words));
            }
            for (group, at) in &graph.chain(self.rights, held) {
                hops.push(Label::new(*at, format!("member of `{}`", inventory.show_principal(*group))));
            }
            if let Some(assignment) = graph.assignment(held) {
                let name = assignment.name.map_or("", |name| inventory.show(name));
                hops.push(Label::new(assignment.at, format!("assignment `{name}`")));
            }
            let entry = if merged { "role entry with a part of it" } else { "role entry" };
            hops.push(Label::new(grant.at, entry));
            hops.iter().for_each(|hop| push_hop(out, hop, sources, style));
        }
        let shown_only = if rest.is_empty() { "" } else { " (-v shows their lines)" };
        let ways = self.ways(graph, rest);
        let last = ways.len().saturating_sub(1);
        for (index, (way, roles)) in ways.into_iter().enumerate() {
            let through = if way.through.is_empty() { String::new() } else { format!("through {}, ", way.through) };
            let noun = if roles.len() == 1 { "role" } else { "roles" };
            let end = if index == last { shown_only } else { "" };
            let text = format!("also {through}{noun} {}, {}{end}", roles.join(", "), on_scope(&way.scope));
            push_text(out, 2, &text, style);
        }
        if merged {
            let extent = match self.judged.narrow {
                true => "a part of the organization",
                false if !self.judged.wider.is_empty() => "a scope that no column shows",
                false => "the organization",
            };
            push_text(out, 2, &format!("on what all of these paths work on: {extent}"), style);
        }
    }
}

/// Appends what stands before the grants.
fn push_head(out: &mut String, account: &str, question: &Question<'_>, verdict: Verdict) {
    out.push_str("{\"version\":1,\"account\":");
    push_json(out, account);
    out.push_str(",\"asked\":{\"cmdlet\":");
    push_json(out, question.cmdlet);
    for (key, names) in [("all", question.all), ("any", question.any)] {
        // Writing to a string cannot fail.
        let _ = write!(out, ",\"{key}\":[");
        for (index, name) in names.iter().enumerate() {
            out.push_str(if index > 0 { "," } else { "" });
            push_json(out, name);
        }
        out.push(']');
    }
    let _ = write!(out, "}},\"answer\":\"{}\",\"grants\":[", verdict.name());
}

/// Appends the answer about an account that no export shows, as one line of JSON.
pub fn push_json_of_unknown(out: &mut String, gap: &Gap, question: &Question<'_>, sources: &Sources<'_>) {
    push_head(out, &gap.object, question, Verdict::Unknown);
    out.push_str("],\"more\":0,\"nearest\":[],\"fixes\":[],\"gaps\":[");
    push_gap(out, gap, sources);
    out.push_str("]}\n");
}

/// Appends what would show an account that no export shows.
pub fn push_way_to(out: &mut String, gap: &Gap, style: &Style) {
    push_text(out, 0, &gap.message, style);
    push_words(out, gap, style);
    push_deciding_gaps(out, 0, [gap], style);
}

/// Appends the heading of the table.
pub fn push_csv_heading(out: &mut String) {
    table::push_row(out, ["account", "asked", "answer"].into_iter().chain(GRANT_COLUMNS.iter().copied()));
}

/// What was asked, as it can be typed.
#[must_use]
pub fn asked_text(question: &Question<'_>) -> String {
    let (all, any) = (question.all.join(","), question.any.join("|"));
    match (all.is_empty(), any.is_empty()) {
        (true, true) => question.cmdlet.to_owned(),
        (false, _) => format!("{}:{all}", question.cmdlet),
        (true, false) => format!("{}:{any}", question.cmdlet),
    }
}

fn push_nearest(out: &mut String, nearest: &Nearest, sources: &Sources<'_>) {
    let _ = write!(out, "{{\"code\":\"{}\",\"message\":", nearest.code);
    push_json(out, &nearest.message);
    out.push_str(",\"location\":");
    match nearest.labels.first() {
        Some(label) => super::json::push_location(out, sources, label, true),
        None => out.push_str("null"),
    }
    out.push('}');
}
