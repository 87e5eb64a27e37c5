//! `rolecall escalate`: ways in which an account could give itself more, with the evidence of each step.

use std::fmt::Write;

use crate::graph::{Escalation, Escalator, Gain, Graph, Need, Rights, Step};
use crate::source::Sources;

use super::access::{gaps_in_order, push_gap};
use super::answer::{PATHS_MAX, push_hop};
use super::escape::{push_json, visible};

/// The ways of one account, ready to print.
#[derive(Debug)]
pub struct Escalations<'a> {
    /// The account, as it is shown.
    pub account: &'a str,
    /// What it holds.
    pub rights: &'a Rights,
    /// What it could do, the shortest way first.
    pub ways: &'a [Escalation],
}

/// The kind of a gain, as JSON names it.
fn kind(gain: Gain) -> &'static str {
    match gain {
        Gain::Role(_) => "role",
        Gain::Group(_) => "group",
        Gain::Scope(_) => "scope",
        Gain::Directory => "directory",
        Gain::Accounts => "accounts",
    }
}

fn words(gain: Gain, shown: &str) -> String {
    match gain {
        Gain::Role(_) => format!("role `{shown}`"),
        Gain::Group(_) => format!("membership of `{shown}`"),
        Gain::Scope(_) => format!("a wider scope for the assignment `{shown}`"),
        Gain::Directory | Gain::Accounts => shown.to_owned(),
    }
}

impl Escalations<'_> {
    /// Appends the account as one line of JSON.
    ///
    /// Shape: `docs/schemas/escalate.schema.json`.
    pub fn push_json(&self, out: &mut String, graph: &Graph<'_>, escalator: &Escalator<'_, '_>, sources: &Sources<'_>) {
        let gaps = gaps_in_order(graph, self.rights, graph.gaps_of(self.rights));
        out.push_str("{\"version\":1,\"account\":");
        push_json(out, self.account);
        // Writing to a string cannot fail.
        let _ = write!(out, ",\"complete\":{},\"paths\":[", gaps.is_empty());
        for (index, way) in self.ways.iter().enumerate() {
            out.push_str(if index > 0 { "," } else { "" });
            let _ = write!(out, "{{\"gains\":{{\"kind\":\"{}\",\"name\":", kind(way.gain));
            push_json(out, &escalator.shown(way.gain));
            out.push_str("},\"steps\":[");
            for (index, step) in way.steps.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                push_step(out, step, escalator, sources);
            }
            out.push_str("]}");
        }
        out.push_str("],\"gaps\":[");
        for (index, gap) in gaps.iter().enumerate() {
            out.push_str(if index > 0 { "," } else { "" });
            push_gap(out, gap, sources);
        }
        out.push_str("]}\n");
    }

    /// Appends the account for people.
    pub fn push_human(
        &self,
        out: &mut String,
        graph: &Graph<'_>,
        escalator: &Escalator<'_, '_>,
        sources: &Sources<'_>,
    ) {
        let account = visible(self.account).into_owned();
        if self.ways.is_empty() {
            let _ = writeln!(out, "`{account}` can give itself nothing that these exports show");
        }
        for way in self.ways.iter().take(PATHS_MAX) {
            let gain = words(way.gain, &escalator.shown(way.gain));
            let plural = if way.steps.len() == 1 { "step" } else { "steps" };
            let _ = writeln!(out, "`{account}` could give itself {} in {} {plural}", visible(&gain), way.steps.len());
            for (index, step) in way.steps.iter().enumerate() {
                let _ = writeln!(out, "  {}. {}{}", index + 1, step.code.name(), typed(step));
                for need in &step.needs {
                    let after = need.step.map(|step| format!(", after step {}", step + 1)).unwrap_or_default();
                    let _ = writeln!(out, "     {}{after}", visible(&need.words));
                    need.labels.iter().for_each(|label| push_hop(out, label, sources));
                }
            }
        }
        let more = self.ways.len().saturating_sub(PATHS_MAX);
        if more > 0 {
            let _ = writeln!(out, "… and {more} more paths");
        }
        for gap in gaps_in_order(graph, self.rights, graph.gaps_of(self.rights)) {
            let _ = writeln!(out, "  gap[{}]: {}", gap.code, visible(&gap.message));
            let _ = writeln!(out, "    to close it: {}", visible(&gap.export));
        }
    }
}

fn typed(step: &Step) -> String {
    step.command.as_ref().map(|command| format!(": {}", visible(command))).unwrap_or_default()
}

fn push_step(out: &mut String, step: &Step, escalator: &Escalator<'_, '_>, sources: &Sources<'_>) {
    let _ = write!(out, "{{\"code\":\"{}\",\"gains\":{{\"kind\":\"{}\",\"name\":", step.code.name(), kind(step.gain));
    push_json(out, &escalator.shown(step.gain));
    out.push_str("},\"command\":");
    match &step.command {
        Some(command) => push_json(out, command),
        None => out.push_str("null"),
    }
    out.push_str(",\"needs\":[");
    for (index, need) in step.needs.iter().enumerate() {
        out.push_str(if index > 0 { "," } else { "" });
        push_need(out, need, sources);
    }
    out.push_str("]}");
}

fn push_need(out: &mut String, need: &Need, sources: &Sources<'_>) {
    out.push_str("{\"message\":");
    push_json(out, &need.words);
    match need.step {
        Some(step) => {
            let _ = write!(out, ",\"after\":{}", step + 1);
        }
        None => out.push_str(",\"after\":null"),
    }
    out.push_str(",\"locations\":[");
    for (index, label) in need.labels.iter().enumerate() {
        out.push_str(if index > 0 { "," } else { "" });
        super::json::push_location(out, sources, label, index == 0);
    }
    out.push_str("]}");
}
