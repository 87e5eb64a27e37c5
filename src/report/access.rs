//! `rolecall access`: everything an account can run, with scopes and chains.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::graph::{Coverage, EntryGrant, Gap, GapId, Graph, Held, Rights, RoleEntries, Target, Why};
use crate::name::{Symbol, fold, same};
use crate::scope::{Configuration, Known, Recipients};
use crate::source::Sources;

use super::escape::{push_json, push_optional};
use super::prose::{color, push_gaps, push_marked, push_names, push_text};
use super::roles_with::scope_words;
use super::{Style, table};

/// An object to act on.
#[derive(Clone, Copy, Debug)]
pub struct On<'t> {
    /// How it was named.
    pub name: &'t str,
    /// The object.
    pub target: &'t Target,
}

/// What an account can run, ready to print.
#[derive(Debug)]
pub struct Access<'i, 't> {
    /// The account, as it is shown.
    pub account: String,
    /// What it holds.
    pub rights: Rights,
    /// Its entries by cmdlet, sorted without case.
    pub cmdlets: Vec<(Symbol, Vec<EntryGrant<'i>>)>,
    /// What leaves it open.
    pub gaps: Vec<Gap>,
    /// The object of which it is said what works on it.
    pub on: Option<On<'t>>,
}

impl<'i> Access<'i, '_> {
    /// Gathers what `rights` give.
    #[must_use]
    pub fn of(graph: &Graph<'i>, account: String, rights: Rights, entries: &mut RoleEntries<'i>) -> Self {
        let inventory = graph.inventory();
        let grants = graph.grants(&rights, entries);
        let mut cmdlets: Vec<(Symbol, Vec<EntryGrant<'i>>)> =
            grants.by_cmdlet().map(|grants| (grants[0].cmdlet, grants.to_vec())).collect();
        cmdlets.sort_by_cached_key(|(cmdlet, _)| fold(inventory.show(*cmdlet)));
        for (_, grants) in &mut cmdlets {
            grants.sort_by_cached_key(|grant| name_of(graph, &rights.held[grant.held]));
        }
        let gaps = gaps_in_order(graph, &rights, graph.gaps_of(&rights));
        Self { account, rights, cmdlets, gaps, on: None }
    }

    /// Whether a grant works on the object that is asked about, and why; `None` where none is.
    fn covers(&self, graph: &Graph<'i>, grant: &EntryGrant<'i>) -> Option<Coverage> {
        let held = &self.rights.held[grant.held];
        let cmdlet = graph.inventory().show(grant.cmdlet);
        self.on.map(|on| graph.covers(self.rights.account, held, cmdlet, on.target))
    }

    /// Appends the account as one line of JSON.
    ///
    /// Shape: the contract of `rolecall access`; `docs/schemas/access.schema.json`.
    pub fn push_json(&self, out: &mut String, graph: &Graph<'i>, sources: &Sources<'_>) {
        out.push_str("{\"version\":1,\"account\":");
        push_json(out, &self.account);
        if let Some(on) = self.on {
            out.push_str(",\"on\":");
            push_json(out, on.name);
        }
        // Writing to a string cannot fail.
        let _ = write!(out, ",\"complete\":{},\"gaps\":[", self.gaps.is_empty());
        for (index, gap) in self.gaps.iter().enumerate() {
            push_comma(out, index);
            push_gap(out, gap, sources);
        }
        out.push_str("],\"cmdlets\":[");
        for (index, (cmdlet, grants)) in self.cmdlets.iter().enumerate() {
            push_comma(out, index);
            self.push_cmdlet(out, graph, *cmdlet, grants);
        }
        out.push_str("]}\n");
    }

    fn push_cmdlet(&self, out: &mut String, graph: &Graph<'i>, cmdlet: Symbol, grants: &[EntryGrant<'i>]) {
        let inventory = graph.inventory();
        let is_sure = |grant: &&EntryGrant<'_>| grant.gap.is_none() && self.rights.held[grant.held].is_sure();
        let sure: Vec<&EntryGrant<'_>> = grants.iter().filter(is_sure).collect();
        let granted = !sure.is_empty();
        let union = sure.iter().flat_map(|grant| grant.parameters.iter().copied());
        let complete = sure.len() == grants.len()
            && sure.iter().all(|grant| grant.parameters_complete)
            && !graph.is_open(&self.rights, inventory.show(cmdlet));
        out.push_str("{\"cmdlet\":");
        push_json(out, inventory.show(cmdlet));
        out.push_str(if granted { ",\"answer\":\"granted\"" } else { ",\"answer\":\"unknown\"" });
        push_parameters(out, graph, union, complete);
        out.push_str(",\"grants\":[");
        for (index, grant) in grants.iter().enumerate() {
            push_comma(out, index);
            push_grant(out, graph, &self.rights.held[grant.held], grant);
            if let Some(covered) = self.covers(graph, grant) {
                // Before the end of the object.
                out.truncate(out.len() - 1);
                let _ = write!(out, ",\"in_scope\":\"{}\"}}", word(covered.inside));
            }
        }
        out.push_str("]}");
    }

    /// Appends the account as rows of a table, one for each grant; one without a grant where there is none.
    pub fn push_csv(&self, out: &mut String, graph: &Graph<'i>) {
        let inventory = graph.inventory();
        let complete = if self.gaps.is_empty() { "true" } else { "false" };
        for (cmdlet, grants) in &self.cmdlets {
            for grant in grants {
                let held = &self.rights.held[grant.held];
                let sure = held.is_sure() && grant.gap.is_none();
                let answer = if sure { "granted" } else { "unknown" };
                let start = [self.account.as_str(), complete, inventory.show(*cmdlet), answer];
                let cells = grant_cells(graph, held, grant);
                let in_scope = self.covers(graph, grant).map(|covered| word(covered.inside));
                table::push_row(out, start.into_iter().chain(cells.iter().map(String::as_str)).chain(in_scope));
            }
        }
        if self.cmdlets.is_empty() {
            let start = [self.account.as_str(), complete, "", ""];
            let rest = GRANT_COLUMNS.iter().map(|_| "").chain(self.on.map(|_| ""));
            table::push_row(out, start.into_iter().chain(rest));
        }
    }

    /// Appends the account for people: each way with what it gives; with `whole`, each cmdlet with its ways.
    pub fn push_human(&self, out: &mut String, graph: &Graph<'i>, sources: &Sources<'_>, style: &Style, whole: bool) {
        let inventory = graph.inventory();
        let noun = if self.cmdlets.len() == 1 { "cmdlet" } else { "cmdlets" };
        let state = if self.gaps.is_empty() { "everything the answer needs is exported" } else { "perhaps more" };
        let counted = format!("{} {noun}, {state}", self.cmdlets.len());
        push_marked(out, 0, (color::STRONG, &format!("{}:", self.account)), &counted, style);
        match (self.on, whole) {
            (None, true) => self.push_cmdlets(out, graph, style),
            _ => self.push_ways(out, graph, style, whole),
        }
        for (held, _) in self.rights.would.iter().filter(|(_, why)| *why == Why::Delegating) {
            let through = through(graph, held);
            let by = if through.is_empty() { String::new() } else { format!(" (through {})", through.join(" > ")) };
            let role = held.role.and_then(|role| inventory.show_role(role)).unwrap_or("a role that no export names");
            push_text(out, 2, &format!("may assign role {role}{by}"), style);
        }
        push_gaps(out, &self.gaps, sources, (style, whole));
    }

    /// Appends each cmdlet with the ways to it.
    fn push_cmdlets(&self, out: &mut String, graph: &Graph<'i>, style: &Style) {
        for (cmdlet, grants) in &self.cmdlets {
            let shown = graph.inventory().show(*cmdlet);
            push_text(out, 2, shown, style);
            for grant in grants {
                let held = &self.rights.held[grant.held];
                let doubt = if held.is_sure() && grant.gap.is_none() { "" } else { " (unknown)" };
                push_text(out, 4, &format!("{}{doubt}", path_of(graph, held, shown)), style);
            }
        }
    }
}

/// One way: what is said of the object that was asked about, its names, whether it is certain, and where it leads.
type WayTo = (Option<(Known, String)>, (String, String, Option<usize>), bool, String);

impl<'i> Access<'i, '_> {
    /// Appends each way with what it gives; where there is an object, what works there first.
    fn push_ways(&self, out: &mut String, graph: &Graph<'i>, style: &Style, whole: bool) {
        /// How many cmdlets of a way are named on one object before the rest is counted.
        const NAMED_MAX: usize = 6;
        let inventory = graph.inventory();
        let mut ways: BTreeMap<WayTo, Vec<&str>> = BTreeMap::new();
        for (cmdlet, grants) in &self.cmdlets {
            let shown = inventory.show(*cmdlet);
            for grant in grants {
                let held = &self.rights.held[grant.held];
                let on = self.covers(graph, grant).map(|covered| (covered.inside, covered.words));
                let sure = held.is_sure() && grant.gap.is_none();
                let key = (on, name_of(graph, held), sure, path_of(graph, held, shown));
                ways.entry(key).or_default().push(shown);
            }
        }
        let mut ways: Vec<(WayTo, Vec<&str>)> = ways.into_iter().collect();
        let rank = |on: &Option<(Known, String)>| match on {
            None | Some((Known::Yes, _)) => 0,
            Some((Known::Unknown, _)) => 1,
            Some((Known::No, _)) => 2,
        };
        ways.sort_by_key(|((on, ..), _)| rank(on));
        for ((on, _, sure, path), mut cmdlets) in ways {
            cmdlets.dedup();
            let doubt = if sure { "" } else { " (unknown)" };
            let text = format!("{path}{doubt}: {} cmdlet{}", cmdlets.len(), if cmdlets.len() == 1 { "" } else { "s" });
            match &on {
                None => push_text(out, 2, &text, style),
                Some((inside, why)) => {
                    push_marked(out, 2, (color_of_answer(*inside), &format!("{}:", word(*inside))), &text, style);
                    push_text(out, 4, why, style);
                }
            }
            let most = if on.is_some() && !whole { NAMED_MAX } else { cmdlets.len() };
            let more = cmdlets.len().saturating_sub(most);
            cmdlets.truncate(most);
            let more = if more > 0 { format!(" and {more} more (-v)") } else { String::new() };
            push_names(out, 4, &format!("{}{more}", cmdlets.join(", ")), style);
        }
    }
}

/// The colour of whether something is in a scope.
const fn color_of_answer(inside: Known) -> &'static str {
    match inside {
        Known::Yes => color::GOOD,
        Known::No => color::BAD,
        Known::Unknown => color::DOUBT,
    }
}

/// Whether something is in a scope, as reports say it.
const fn word(inside: Known) -> &'static str {
    match inside {
        Known::Yes => "yes",
        Known::No => "no",
        Known::Unknown => "undecided",
    }
}

/// The columns that a table has for a grant.
pub(super) const GRANT_COLUMNS: [&str; 12] = [
    "role",
    "assignment",
    "through",
    "recipient_read_scope",
    "recipient_write_scope",
    "config_read_scope",
    "config_write_scope",
    "custom_recipient_write_scope",
    "custom_config_write_scope",
    "parameters",
    "parameters_complete",
    "assumed",
];

/// Appends the heading of the table; `on` where it says what works on one object.
pub fn push_csv_heading(out: &mut String, on: bool) {
    let start = ["account", "complete", "cmdlet", "answer"];
    table::push_row(out, start.into_iter().chain(GRANT_COLUMNS).chain(on.then_some("in_scope")));
}

/// The cells of a grant, in the order of the columns. Lists are joined by `; `.
pub(super) fn grant_cells(graph: &Graph<'_>, held: &Held, grant: &EntryGrant<'_>) -> Vec<String> {
    let inventory = graph.inventory();
    let name = graph.assignment(held).and_then(|assignment| assignment.name);
    let mut cells = vec![
        inventory.show_role(grant.role).unwrap_or("").to_owned(),
        name.map_or("", |name| inventory.show(name)).to_owned(),
        through(graph, held).join("; "),
    ];
    cells.extend(scope_columns(graph, held).into_iter().map(|(_, word)| word.unwrap_or("").to_owned()));
    let mut parameters: Vec<&str> = grant.parameters.iter().map(|name| inventory.show(*name)).collect();
    parameters.sort_by_cached_key(|name| fold(name));
    cells.extend([parameters.join("; "), grant.parameters_complete.to_string(), held.assumed.join("; ")]);
    cells
}

/// The four scopes and the two custom ones, by their keys.
fn scope_columns<'g>(graph: &'g Graph<'_>, held: &Held) -> [(&'static str, Option<&'g str>); 6] {
    let scopes = graph.scopes(held);
    let custom = graph.assignment(held).map_or([None; 2], |assignment| assignment.custom);
    let [recipients, configuration] = custom.map(|text| text.map(|text| graph.inventory().show(text.symbol)));
    [
        ("recipient_read_scope", scopes.recipient_read),
        ("recipient_write_scope", scopes.recipient_write),
        ("config_read_scope", scopes.config_read),
        ("config_write_scope", scopes.config_write),
        ("custom_recipient_write_scope", recipients),
        ("custom_config_write_scope", configuration),
    ]
}

/// The names of a path: role, then assignment. Its number, last, follows the order of the files.
pub(super) fn name_of(graph: &Graph<'_>, held: &Held) -> (String, String, Option<usize>) {
    let inventory = graph.inventory();
    let assignment = graph.assignment(held).and_then(|assignment| assignment.name);
    let role = held.role.and_then(|role| inventory.show_role(role)).unwrap_or("");
    (fold(role), fold(assignment.map_or("", |name| inventory.show(name))), held.assignment)
}

/// The path of a grant in words: `through Help Desk, role Mail Recipients, scope Organization`.
pub(super) fn path_of(graph: &Graph<'_>, held: &Held, cmdlet: &str) -> String {
    let through = through(graph, held).join(" > ");
    let through = if through.is_empty() { through } else { format!("through {through}, ") };
    let asserted = if held.asserted.is_some() { ", as the policy says" } else { "" };
    let scope = scope_of(graph, held, cmdlet);
    format!("{through}role {}{asserted}, {}", role_of(graph, held), on_scope(&scope))
}

/// The role of a path.
pub(super) fn role_of<'i>(graph: &Graph<'i>, held: &Held) -> &'i str {
    held.role.and_then(|role| graph.inventory().show_role(role)).unwrap_or("that no export names")
}

/// A scope as a part of a sentence.
pub(super) fn on_scope(scope: &str) -> String {
    match scope {
        OWN_MAILBOX => "on the own mailbox only".to_owned(),
        NOT_EXPORTED => "on a scope that no column shows".to_owned(),
        scope => format!("scope {scope}"),
    }
}

const OWN_MAILBOX: &str = "own mailbox";
const NOT_EXPORTED: &str = "not exported";

/// On what a path lets a cmdlet work, in a few words: scopes by their names.
pub(super) fn scope_of(graph: &Graph<'_>, held: &Held, cmdlet: &str) -> String {
    let extent = graph.works_on(held, cmdlet);
    match (&extent.recipients, &extent.configuration) {
        (Recipients::Own(word), _) if word.is_empty() || same(word, "Self") => OWN_MAILBOX.to_owned(),
        (Recipients::Unknown, _) => NOT_EXPORTED.to_owned(),
        // Roles that write the configuration alone have no recipients.
        (Recipients::Nobody, Configuration::Organization | Configuration::Scope(_) | Configuration::Word(_)) => {
            extent.configuration.shown().to_owned()
        }
        _ => scope_words(&extent),
    }
}

/// The chain from the account's own group to the assignee; the policy where it comes through one.
pub(super) fn through<'i>(graph: &Graph<'i>, held: &Held) -> Vec<&'i str> {
    let inventory = graph.inventory();
    match held.policy {
        Some(policy) => vec![inventory.show(policy)],
        None => held.chain.iter().map(|(group, _)| inventory.show_principal(*group)).collect(),
    }
}

/// Appends a grant as JSON.
pub(super) fn push_grant(out: &mut String, graph: &Graph<'_>, held: &Held, grant: &EntryGrant<'_>) {
    let inventory = graph.inventory();
    let assignment = graph.assignment(held);
    out.push_str("{\"role\":");
    push_optional(out, inventory.show_role(grant.role));
    out.push_str(",\"assignment\":");
    push_optional(out, assignment.and_then(|assignment| assignment.name).map(|name| inventory.show(name)));
    out.push_str(",\"through\":[");
    for (index, group) in through(graph, held).into_iter().enumerate() {
        push_comma(out, index);
        push_json(out, group);
    }
    let sure = held.is_sure() && grant.gap.is_none();
    let _ = write!(out, "],\"answer\":\"{}\"", if sure { "granted" } else { "unknown" });
    for (key, word) in scope_columns(graph, held) {
        let _ = write!(out, ",\"{key}\":");
        push_optional(out, word);
    }
    push_parameters(out, graph, grant.parameters.iter().copied(), grant.parameters_complete);
    out.push_str(",\"assumed\":[");
    for (index, word) in held.assumed.iter().enumerate() {
        push_comma(out, index);
        push_json(out, word);
    }
    out.push_str("]}");
}

/// Gaps as they stand for an account, in an order that does not hang on that of the files.
pub(super) fn gaps_in_order(graph: &Graph<'_>, rights: &Rights, gaps: impl IntoIterator<Item = GapId>) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = gaps.into_iter().map(|id| graph.gap_for(rights, id).into_owned()).collect();
    gaps.sort_by_cached_key(|gap| (gap.code, fold(&gap.object)));
    gaps
}

/// Appends that no export shows an account as one JSON object.
pub fn push_json_of_unknown(out: &mut String, gap: &Gap, sources: &Sources<'_>) {
    out.push_str("{\"version\":1,\"account\":");
    push_json(out, &gap.object);
    out.push_str(",\"complete\":false,\"gaps\":[");
    push_gap(out, gap, sources);
    out.push_str("],\"cmdlets\":[]}\n");
}

/// Appends a gap as JSON.
pub(super) fn push_gap(out: &mut String, gap: &Gap, sources: &Sources<'_>) {
    let _ = write!(out, "{{\"code\":\"{}\",\"object\":", gap.code);
    push_json(out, &gap.object);
    out.push_str(",\"file\":");
    push_optional(out, gap.at.map(|at| sources.file(at.file).path.as_str()));
    out.push_str(",\"line\":");
    match gap.at {
        Some(at) => {
            let _ = write!(out, "{}", sources.file(at.file).line(at.start));
        }
        None => out.push_str("null"),
    }
    out.push_str(",\"message\":");
    push_json(out, &gap.message);
    out.push_str(",\"export\":");
    push_json(out, &gap.export);
    out.push('}');
}

fn push_parameters(out: &mut String, graph: &Graph<'_>, names: impl Iterator<Item = Symbol>, complete: bool) {
    let inventory = graph.inventory();
    let mut names: Vec<(String, Symbol)> = names.map(|name| (fold(inventory.show(name)), name)).collect();
    names.sort_unstable();
    names.dedup();
    out.push_str(",\"parameters\":[");
    for (index, (_, name)) in names.iter().enumerate() {
        push_comma(out, index);
        push_json(out, inventory.show(*name));
    }
    let _ = write!(out, "],\"parameters_complete\":{complete}");
}

fn push_comma(out: &mut String, index: usize) {
    if index > 0 {
        out.push(',');
    }
}
