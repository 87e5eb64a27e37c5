//! `rolecall roles-with`: a role that has a cmdlet, who holds it and who may assign it.

use std::fmt::Write;

use crate::graph::{EntryGrant, Gap, Graph, Standing};
use crate::inventory::{Assignee, AssigneeType, MembersState, PrincipalId, Stated};
use crate::name::{Symbol, fold};
use crate::scope::{Configuration, Extent};
use crate::source::Sources;

use super::access::push_gap;
use super::escape::{push_json, push_list, push_optional};
use super::prose::{color, push_gaps, push_marked, push_text};
use super::{Style, table};

/// An entry of a role, and the assignments of the role.
#[derive(Debug)]
pub struct RoleWith<'i> {
    /// The role; `None` where no export names it.
    pub role: Option<Symbol>,
    /// The cmdlet, as it is shown.
    pub cmdlet: String,
    /// The entry; `None` where none was exported and there may be one.
    pub entry: Option<EntryGrant<'i>>,
    /// Whether it has the parameters that were asked for; `None` where that cannot be told.
    pub matches: Option<bool>,
    /// What leaves the entry or the holders open.
    pub gaps: Vec<Gap>,
}

/// One assignment of a role, in words.
#[derive(Debug)]
pub(super) struct Holder<'i> {
    pub(super) name: Option<&'i str>,
    pub(super) assignee: Option<&'i str>,
    pub(super) assignee_type: Option<&'static str>,
    pub(super) principal: Option<PrincipalId>,
    pub(super) enabled: Option<bool>,
    pub(super) delegating: Option<bool>,
    pub(super) scope: String,
    pub(super) standing: Standing,
}

/// The assignments of a role, sorted by assignee, then name.
pub(super) fn holders<'i>(graph: &Graph<'i>, role: Symbol, cmdlet: &str) -> Vec<Holder<'i>> {
    let indices = graph.assignments_giving(role).iter();
    let mut all: Vec<Holder<'i>> = indices.map(|index| holder(graph, *index, cmdlet)).collect();
    all.sort_by_cached_key(|holder| (fold(holder.assignee.unwrap_or("")), fold(holder.name.unwrap_or(""))));
    all
}

/// An assignment in words, with the scope on which `cmdlet` would work.
pub(super) fn holder<'i>(graph: &Graph<'i>, index: usize, cmdlet: &str) -> Holder<'i> {
    let inventory = graph.inventory();
    let assignment = &inventory.assignments[index];
    let (assignee, principal) = match &assignment.assignee {
        Assignee::Principal(id) => (Some(inventory.show_principal(*id)), Some(*id)),
        Assignee::Policy(text) | Assignee::Unclear(text) => (Some(inventory.show(text.symbol)), None),
        Assignee::Several(ids) => (Some(inventory.show_first(ids)), None),
        Assignee::Missing => (None, None),
    };
    let said = |stated: Stated<bool>| match stated {
        Stated::Is(is) => Some(is),
        Stated::Absent | Stated::Unclear => None,
    };
    let standing = graph.standing(index).clone();
    let delegating = said(assignment.delegating).or((standing == Standing::Delegating).then_some(true));
    Holder {
        name: assignment.name.map(|name| inventory.show(name)),
        assignee,
        assignee_type: assignment.assignee_type.map(type_word),
        principal,
        enabled: said(assignment.enabled),
        delegating,
        scope: scope_words(&graph.works_on(&graph.path_of_assignment(index), cmdlet)),
        standing,
    }
}

/// On what a path works, in Exchange's words; of the configuration where that is a part of it.
pub(super) fn scope_words(extent: &Extent) -> String {
    let recipients = extent.recipients.shown();
    match &extent.configuration {
        part @ (Configuration::Scope(_) | Configuration::Word(_)) => {
            format!("{recipients}, configuration {}", part.shown())
        }
        Configuration::Organization | Configuration::Nothing | Configuration::Unknown => recipients.to_owned(),
    }
}

/// The word of Exchange for the type of an assignee.
const fn type_word(kind: AssigneeType) -> &'static str {
    match kind {
        AssigneeType::User => "User",
        AssigneeType::RoleGroup => "RoleGroup",
        AssigneeType::LinkedRoleGroup => "LinkedRoleGroup",
        AssigneeType::SecurityGroup => "SecurityGroup",
        AssigneeType::Policy => "RoleAssignmentPolicy",
        AssigneeType::MailboxPlan => "MailboxPlan",
        AssigneeType::Computer => "Computer",
        AssigneeType::ServicePrincipal => "ServicePrincipal",
        AssigneeType::Foreign => "ForeignSecurityPrincipal",
        AssigneeType::Other => "Unknown",
    }
}

impl Holder<'_> {
    /// Who it is: the role group `Help Desk` (no members).
    pub(super) fn words(&self, graph: &Graph<'_>) -> String {
        let name = format!("`{}`", self.assignee.unwrap_or("?"));
        let kind = match self.assignee_type {
            Some("RoleGroup" | "LinkedRoleGroup") => "role group ",
            Some("SecurityGroup") => "security group ",
            Some("RoleAssignmentPolicy") => "role assignment policy ",
            Some("MailboxPlan") => "mailbox plan ",
            Some("ServicePrincipal") => "application ",
            Some("Computer") => "computer ",
            _ => "",
        };
        let members = self.principal.filter(|id| !graph.is_among_accounts(*id)).map(|id| members_words(graph, id));
        format!("{kind}{name}{}", members.unwrap_or_default())
    }

    fn push_json(&self, out: &mut String) {
        out.push_str("{\"assignment\":");
        push_optional(out, self.name);
        out.push_str(",\"assignee\":");
        push_optional(out, self.assignee);
        out.push_str(",\"assignee_type\":");
        push_optional(out, self.assignee_type);
        for (key, value) in [("enabled", self.enabled), ("delegating", self.delegating)] {
            // Writing to a string cannot fail.
            let _ = write!(out, ",\"{key}\":{}", truth(value));
        }
        out.push_str(",\"scope\":");
        push_json(out, &self.scope);
        out.push('}');
    }
}

/// How many members a group has, as far as exports show.
fn members_words(graph: &Graph<'_>, id: PrincipalId) -> String {
    let members = &graph.inventory().principals.get(id).members;
    match (members.state, members.sure.len()) {
        (MembersState::Known, 0) => " (no members)".to_owned(),
        (MembersState::Known, 1) => " (1 member)".to_owned(),
        (MembersState::Known, count) => format!(" ({count} members)"),
        _ => " (members not exported)".to_owned(),
    }
}

const fn truth(value: Option<bool>) -> &'static str {
    match value {
        Some(true) => "true",
        Some(false) => "false",
        None => "null",
    }
}

impl<'i> RoleWith<'i> {
    fn parent(&self, graph: &Graph<'i>) -> Option<&'i str> {
        let inventory = graph.inventory();
        let parent = inventory.roles.get(self.role?)?.parent.flatten()?;
        Some(inventory.show(parent))
    }

    fn shown(&self, graph: &Graph<'i>) -> Option<&'i str> {
        graph.inventory().show_role(self.role?)
    }

    fn holders(&self, graph: &Graph<'i>) -> Vec<Holder<'i>> {
        self.role.map(|role| holders(graph, role, &self.cmdlet)).unwrap_or_default()
    }

    /// The parameters as exported, sorted without case.
    fn parameters(&self, graph: &Graph<'i>) -> Vec<&'i str> {
        let inventory = graph.inventory();
        let names = self.entry.iter().flat_map(|entry| entry.parameters.iter().map(|name| inventory.show(*name)));
        let mut names: Vec<&str> = names.collect();
        names.sort_by_cached_key(|name| fold(name));
        names
    }

    /// Appends the role as one line of JSON.
    ///
    /// Shape: `docs/schemas/roles-with.schema.json`.
    pub fn push_json(&self, out: &mut String, graph: &Graph<'i>, sources: &Sources<'_>) {
        out.push_str("{\"version\":1,\"role\":");
        push_optional(out, self.shown(graph));
        out.push_str(",\"parent\":");
        push_optional(out, self.parent(graph));
        out.push_str(",\"cmdlet\":");
        push_json(out, &self.cmdlet);
        push_list(out, ",\"parameters\":", &self.parameters(graph), |out, name| push_json(out, name));
        let complete = self.entry.as_ref().is_some_and(|entry| entry.parameters_complete);
        // Writing to a string cannot fail.
        let _ = write!(out, ",\"parameters_complete\":{complete},\"matches\":{}", truth(self.matches));
        push_list(out, ",\"holders\":", &self.holders(graph), |out, holder| holder.push_json(out));
        push_list(out, ",\"gaps\":", &self.gaps, |out, gap| push_gap(out, gap, sources));
        out.push_str("}\n");
    }

    /// Appends the role for people.
    pub fn push_human(
        &self,
        out: &mut String,
        graph: &Graph<'i>,
        sources: &Sources<'_>,
        (style, whole): (&Style, bool),
    ) {
        let role = self.shown(graph).unwrap_or("a role that no export names");
        let parent = self.parent(graph).map(|parent| format!(", a child of `{parent}`"));
        let parameters = self.parameters(graph);
        let complete = self.entry.as_ref().is_some_and(|entry| entry.parameters_complete);
        let list = match (parameters.len(), complete) {
            (0, true) => "no parameters".to_owned(),
            (count, true) => format!("{count} parameter{}", if count == 1 { "" } else { "s" }),
            (count, false) => format!("at least {count} parameters"),
        };
        let matches = match (self.matches, self.entry.is_some()) {
            (Some(_), _) => "",
            (None, true) => ", perhaps without what was asked for",
            (None, false) => ", perhaps",
        };
        let text = match self.entry.is_none() && self.cmdlet.contains(['*', '?']) {
            true => format!("perhaps more entries{}", parent.unwrap_or_default()),
            false => format!("{list}{matches}{}", parent.unwrap_or_default()),
        };
        push_marked(out, 0, (color::STRONG, &format!("{role}\\{}:", self.cmdlet)), &text, style);
        if self.role.is_some() {
            push_holders(out, graph, &self.holders(graph), (self.gaps.is_empty(), style));
        }
        push_gaps(out, &self.gaps, sources, (style, whole));
    }

    /// Appends the role as rows of a table, one for each assignment; one without where there is none.
    pub fn push_csv(&self, out: &mut String, graph: &Graph<'i>) {
        let parameters = self.parameters(graph).join("; ");
        let complete = self.entry.as_ref().is_some_and(|entry| entry.parameters_complete);
        let start = [
            self.shown(graph).unwrap_or(""),
            self.parent(graph).unwrap_or(""),
            &self.cmdlet,
            &parameters,
            truth(Some(complete)),
            truth(self.matches),
        ];
        let holders = self.holders(graph);
        for holder in &holders {
            let cells = [
                holder.name.unwrap_or(""),
                holder.assignee.unwrap_or(""),
                holder.assignee_type.unwrap_or(""),
                truth(holder.enabled),
                truth(holder.delegating),
                &holder.scope,
            ];
            table::push_row(out, start.into_iter().chain(cells));
        }
        if holders.is_empty() {
            table::push_row(out, start.into_iter().chain([""; 6]));
        }
    }
}

/// Appends, for people, the roles that have the cmdlet without what was asked for.
pub fn push_others<'a, 'i: 'a>(
    out: &mut String,
    graph: &Graph<'i>,
    others: impl Iterator<Item = &'a RoleWith<'i>>,
    style: &Style,
) {
    let names: Vec<&str> = others.map(|it| it.shown(graph).unwrap_or("a role that no export names")).collect();
    if !names.is_empty() {
        push_text(out, 0, &format!("without what was asked for: {}", names.join(", ")), style);
    }
}

/// Appends the heading of the table.
pub fn push_csv_heading(out: &mut String) {
    let start = ["role", "parent", "cmdlet", "parameters", "parameters_complete", "matches"];
    let holder = ["assignment", "assignee", "assignee_type", "enabled", "delegating", "scope"];
    table::push_row(out, start.into_iter().chain(holder));
}

/// Appends who holds a role and who may assign it; `whole` where no assignment can be missing.
fn push_holders(out: &mut String, graph: &Graph<'_>, holders: &[Holder<'_>], (whole, style): (bool, &Style)) {
    let of = |delegating: bool| holders.iter().filter(move |it| (it.standing == Standing::Delegating) == delegating);
    for holder in of(false) {
        let doubt = match holder.standing {
            Standing::Disabled => ", by a disabled assignment",
            Standing::Unknown(_) => ", perhaps",
            Standing::Works(_) | Standing::Delegating => "",
        };
        push_text(out, 2, &format!("held by {}, on {}{doubt}", holder.words(graph), holder.scope), style);
    }
    for holder in of(true) {
        push_text(out, 2, &format!("may be assigned by {}", holder.words(graph)), style);
    }
    let held = of(false).any(|holder| holder.standing != Standing::Disabled);
    if !held {
        push_text(out, 2, if whole { "not assigned" } else { "no exported assignment gives it" }, style);
    }
}
