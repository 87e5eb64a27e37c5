//! `rolecall escalate`: ways in which an account could give itself more, with the evidence of each step.

use std::fmt::Write;

use crate::graph::{Escalation, Escalator, Gain, Graph, Need, Rights, Step, StepCode};
use crate::source::Sources;

use super::Style;
use super::access::{gaps_in_order, push_gap};
use super::escape::push_json;
use super::prose::{color, push_command, push_gaps, push_hop, push_marked, push_names, push_text};

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

    /// Appends the account for people: what it could gain, by the step that gives it; the chain of each step once, with
    /// `whole` also every command and what each needs besides.
    pub fn push_human(
        &self,
        out: &mut String,
        graph: &Graph<'_>,
        escalator: &Escalator<'_, '_>,
        sources: &Sources<'_>,
        (style, whole): (&Style, bool),
    ) {
        let account = format!("{}:", self.account);
        let gaps = gaps_in_order(graph, self.rights, graph.gaps_of(self.rights));
        if self.ways.is_empty() {
            let text = "can give itself nothing more that these exports show";
            push_marked(out, 0, (color::GOOD, &account), text, style);
        } else {
            let text = format!("could give itself {}", self.gains());
            push_marked(out, 0, (color::BAD, &account), &text, style);
        }
        for group in self.groups() {
            self.push_group(out, &group, escalator, sources, (style, whole));
        }
        push_gaps(out, &gaps, sources, (style, whole));
    }

    /// What it could gain, counted.
    fn gains(&self) -> String {
        let count = |of: fn(&Gain) -> bool| self.ways.iter().filter(|way| of(&way.gain)).count();
        let counted = [
            (count(|gain| matches!(gain, Gain::Role(_))), "role", "roles"),
            (count(|gain| matches!(gain, Gain::Group(_))), "membership of a group", "memberships of groups"),
            (count(|gain| matches!(gain, Gain::Scope(_))), "wider scope", "wider scopes"),
        ];
        let counted = counted.into_iter().filter(|(count, ..)| *count > 0);
        let mut words: Vec<String> =
            counted.map(|(count, one, more)| format!("{count} {}", if count == 1 { one } else { more })).collect();
        let has = |gain| self.ways.iter().any(|way| way.gain == gain);
        words.extend(has(Gain::Directory).then(|| "rights in the directory".to_owned()));
        words.extend(has(Gain::Accounts).then(|| "the accounts of others".to_owned()));
        words.join(", ")
    }

    /// The ways by the step that gives what they lead to, the shortest first.
    fn groups(&self) -> Vec<Vec<&Escalation>> {
        let mut groups: Vec<Vec<&Escalation>> = Vec::new();
        for way in self.ways {
            let Some((last, before)) = way.steps.split_last() else { continue };
            let is_alike = |group: &&mut Vec<&Escalation>| {
                let Some((known, known_before)) = group[0].steps.split_last() else { return false };
                let gains = |steps: &[Step]| steps.iter().map(|step| step.gain).collect::<Vec<_>>();
                known.code == last.code
                    && known.needs.first() == last.needs.first()
                    && known.needs.len() == last.needs.len()
                    && gains(known_before) == gains(before)
            };
            match groups.iter_mut().find(is_alike) {
                Some(group) => group.push(way),
                None => groups.push(vec![way]),
            }
        }
        groups
    }

    /// What one step gives, and its chain.
    fn push_group(
        &self,
        out: &mut String,
        group: &[&Escalation],
        escalator: &Escalator<'_, '_>,
        sources: &Sources<'_>,
        (style, whole): (&Style, bool),
    ) {
        let Some((last, before)) = group[0].steps.split_last() else { return };
        let before: Vec<String> = before.iter().map(|step| words(step.gain, &escalator.shown(step.gain))).collect();
        let after = if before.is_empty() { String::new() } else { format!("with {}, ", before.join(" and ")) };
        let role = last.needs.first().and_then(|need| need.role.as_ref());
        let through = role.map(|role| format!("through role `{role}` ")).unwrap_or_default();
        let count = group.len();
        let many = |one: &str, more: &str| if count == 1 { one.to_owned() } else { format!("{count} {more}") };
        // Whoever manages a group may join it; others need the parameter that skips this check.
        let managed = if last.needs.len() > 1 { " that it manages" } else { " without managing it" };
        let (can, names) = match last.code {
            StepCode::AssignRole => (format!("assign itself {}", many("the role", "roles")), true),
            StepCode::JoinGroup => (format!("join {}{managed}", many("the role group", "role groups")), true),
            StepCode::JoinNestedGroup => (format!("join {}{managed}", many("the group", "groups")), true),
            StepCode::AddEntries => {
                (format!("add to a role of its own what its parent has, {}", many("the role", "roles")), true)
            }
            StepCode::WidenScope => {
                (format!("widen the scope of {}", many("its own assignment", "of its own assignments")), true)
            }
            StepCode::DirectoryRights => ("give itself rights on objects of the directory".to_owned(), false),
            StepCode::ResetPassword => ("set the passwords of other accounts".to_owned(), false),
        };
        let colon = if names { ":" } else { "" };
        push_text(out, 2, &format!("{after}{through}it can {can}{colon}"), style);
        if names {
            let shown: Vec<String> = group.iter().map(|way| escalator.shown(way.gain)).collect();
            push_names(out, 4, &shown.join(", "), style);
        }
        let mut commands = group.iter().filter_map(|way| way.steps.last()?.command.as_deref());
        let first = commands.next();
        let rest: Vec<&str> = commands.collect();
        first.into_iter().for_each(|command| push_command(out, 6, command));
        if whole {
            rest.iter().for_each(|command| push_command(out, 6, command));
        } else if !rest.is_empty() {
            push_text(out, 4, &format!("and {} more commands of this form (-v)", rest.len()), style);
        }
        for (index, need) in last.needs.iter().enumerate() {
            // What each needs besides the cmdlet is another line for each.
            if index == 0 || count == 1 {
                push_need(out, need, sources, style);
            }
        }
        if whole && count > 1 {
            for need in group.iter().filter_map(|way| way.steps.last()).flat_map(|step| step.needs.iter().skip(1)) {
                push_need(out, need, sources, style);
            }
        }
    }
}

/// Appends what a step needs, and the places that prove it.
fn push_need(out: &mut String, need: &Need, sources: &Sources<'_>, style: &Style) {
    let after = if need.step.is_some() { ", by what it gained before" } else { "" };
    push_text(out, 4, &format!("it {}{after}:", need.words), style);
    need.labels.iter().for_each(|label| push_hop(out, label, sources, style));
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
        push_json_of_need(out, need, sources);
    }
    out.push_str("]}");
}

fn push_json_of_need(out: &mut String, need: &Need, sources: &Sources<'_>) {
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
