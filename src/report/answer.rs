//! `rolecall why` and `rolecall who-can`: one answer with its evidence.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::diagnostic::Label;
use crate::graph::{Answer, EntryGrant, Gap, Graph, Judged, Question, Rights};
use crate::remedy::Fix;
use crate::rules::Nearest;
use crate::source::Sources;

use super::access::{GRANT_COLUMNS, gaps_in_order, grant_cells, name_of, path_of, push_gap, push_grant};
use super::escape::{push_json, visible};
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
    /// No export decides it.
    Unknown,
}

impl Verdict {
    /// What an answer says. `elsewhere`: what it is without the own mailbox, where that is certainly nothing.
    #[must_use]
    pub const fn of(answer: Answer, elsewhere: Option<&Judged<'_>>) -> Self {
        match (answer, elsewhere) {
            (Answer::NotGranted, _) => Self::NotGranted,
            (Answer::Unknown, Some(_)) => Self::PerhapsOwn,
            (Answer::Granted | Answer::Merged, Some(_)) => Self::OwnMailbox,
            (Answer::Granted, None) => Self::Granted,
            (Answer::Merged, None) => Self::Merged,
            (Answer::Unknown, None) => Self::Unknown,
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
            Self::PerhapsOwn | Self::Unknown => "unknown",
        }
    }
}

impl Answered<'_, '_> {
    fn gaps(&self, graph: &Graph<'_>) -> Vec<Gap> {
        gaps_in_order(graph, self.rights, self.judged.gaps.iter().copied())
    }

    /// The grants, shortest chain first; of one length by their names, which no order of files changes.
    fn shown_grants(&self, graph: &Graph<'_>) -> (Vec<&EntryGrant<'_>>, usize) {
        let mut grants: Vec<_> = self.judged.grants.iter().collect();
        grants.sort_by_cached_key(|grant| {
            let held = &self.rights.held[grant.held];
            (held.chain.len(), name_of(graph, held))
        });
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

    /// Appends the answer for people: the chain, each hop at its line; or what came closest; or what leaves it open. A
    /// gap of several accounts is told once: `said` holds those that were.
    pub fn push_human(
        &self,
        out: &mut String,
        graph: &Graph<'_>,
        sources: &Sources<'_>,
        said: &mut BTreeSet<(&'static str, String)>,
    ) {
        let inventory = graph.inventory();
        let asked = asked_text(self.question);
        let says = match self.verdict {
            Verdict::Granted => "can run",
            Verdict::Merged => "can run, if Exchange merges the entries of several roles,",
            Verdict::OwnMailbox => "can run, on its own mailbox only,",
            Verdict::NotGranted => "cannot run",
            Verdict::PerhapsOwn => "cannot run, unless on its own mailbox,",
            Verdict::Unknown => "may or may not be able to run",
        };
        let _ = writeln!(out, "`{}` {says} `{}`", visible(self.account), visible(&asked));
        let (grants, more) = self.shown_grants(graph);
        for grant in grants {
            let held = &self.rights.held[grant.held];
            let _ = writeln!(out, "  {}", visible(&path_of(graph, held)));
            if let (Some(policy), Some(at)) = (held.policy, graph.place_of_account(self.rights)) {
                push_hop(
                    out,
                    &Label::new(at, format!("mailbox with the policy `{}`", inventory.show(policy))),
                    sources,
                );
            }
            for (group, at) in &graph.chain(self.rights, held) {
                let words = format!("member of `{}`", inventory.show_principal(*group));
                push_hop(out, &Label::new(*at, words), sources);
            }
            if let Some(assignment) = graph.assignment(held) {
                let name = assignment.name.map_or("", |name| inventory.show(name));
                push_hop(out, &Label::new(assignment.at, format!("assignment `{name}`")), sources);
            }
            let entry = match self.judged.answer {
                Answer::Merged => {
                    format!("role entry with a part of it, {}", graph.scope_words(held, self.question.cmdlet))
                }
                _ => "role entry".to_owned(),
            };
            push_hop(out, &Label::new(grant.at, entry), sources);
        }
        if more > 0 {
            let _ = writeln!(out, "  … and {more} more paths");
        }
        if self.judged.answer == Answer::Merged {
            let extent = match self.judged.narrow {
                true => "a part of the organization",
                false if !self.judged.wider.is_empty() => "a scope that no column shows",
                false => "the organization",
            };
            let _ = writeln!(out, "  on what all of these paths work on: {extent}");
        }
        for nearest in self.nearest {
            let _ = writeln!(out, "  nearest[{}]: {}", nearest.code, visible(&nearest.message));
            nearest.labels.iter().for_each(|label| push_hop(out, label, sources));
        }
        for (index, fix) in self.fixes.iter().enumerate() {
            super::human::push_fix(out, if index == 0 { "fix" } else { "or" }, fix, sources, &Style::default());
        }
        for gap in self.gaps(graph) {
            let _ = writeln!(out, "  gap[{}]: {}", gap.code, visible(&gap.message));
            if !said.insert((gap.code, gap.message.clone())) {
                continue;
            }
            if let Some(at) = gap.at {
                push_hop(out, &Label::new(at, ""), sources);
            }
            let _ = writeln!(out, "    to close it: {}", visible(&gap.export));
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
pub fn push_json_of_unknown(out: &mut String, account: &str, question: &Question<'_>, sources: &Sources<'_>) {
    push_head(out, account, question, Verdict::Unknown);
    out.push_str("],\"more\":0,\"nearest\":[],\"fixes\":[],\"gaps\":[");
    push_gap(out, &Gap::unknown_account(account), sources);
    out.push_str("]}\n");
}

/// Appends what would show an account that no export shows.
pub fn push_way_to(out: &mut String, account: &str) {
    let gap = Gap::unknown_account(account);
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{}; to find it:", visible(&gap.message));
    gap.export.lines().for_each(|command| _ = writeln!(out, "  {}", visible(command)));
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

pub(super) fn push_hop(out: &mut String, label: &Label, sources: &Sources<'_>) {
    const TEXT_CHARS_MAX: usize = 60;
    let file = sources.file(label.span.file);
    let quoted: String = file.slice(label.span).chars().take(TEXT_CHARS_MAX + 1).collect();
    let more = if quoted.chars().count() > TEXT_CHARS_MAX { "…" } else { "" };
    let quoted: String = quoted.chars().take(TEXT_CHARS_MAX).collect();
    let _ = writeln!(
        out,
        "    {}:{}: {}{}",
        visible(&file.path),
        file.line(label.span.start),
        visible(&label.text),
        if quoted.is_empty() { String::new() } else { format!(" | {}{more}", visible(&quoted)) }
    );
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
