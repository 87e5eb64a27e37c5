//! `rolecall plan`: a proposal for people, for programs, and as a script.

mod script;

use std::fmt::Write;

use crate::diagnostic::Diagnostic;
use crate::plan::{Cost, Proposal, Way};
use crate::powershell;
use crate::source::Sources;

use super::Style;
use super::access::push_gap;
use super::escape::{push_json, push_list, push_optional};
use super::prose::{color, color_of, paint, push_cause, push_command, push_export, push_marked, push_text};

pub use script::{redo, undo};

/// Appends the proposal as one JSON object.
///
/// Shape: `docs/schemas/plan.schema.json`.
pub fn push_json_object(out: &mut String, plan: &Proposal, sources: &Sources<'_>) {
    out.push_str("{\"version\":1,\"account\":");
    push_json(out, &plan.account);
    out.push_str(",\"requirement\":");
    push_json(out, &plan.requirement);
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        ",\"way\":\"{}\",\"asked\":{},\"granted\":{},\"missing\":{},\"roles\":",
        plan.way.name(),
        plan.asked,
        plan.granted,
        plan.missing
    );
    push_list(out, "", &plan.roles, |out, role| {
        out.push_str("{\"role\":");
        push_json(out, &role.role);
        out.push_str(",\"covers\":");
        push_list(out, "", &role.covers, |out, item| push_json(out, item));
        out.push_str(",\"child\":");
        push_optional(out, role.child.as_deref());
        out.push('}');
    });
    out.push_str(",\"cost\":");
    push_cost(out, plan.cost);
    let proof = &plan.proof;
    let _ = write!(
        out,
        ",\"proof\":{{\"optimal\":{},\"candidates\":{},\"nodes\":{},\"lower_bound\":{},\"reason\":",
        proof.optimal, proof.candidates, proof.nodes, proof.lower_bound
    );
    push_optional(out, proof.reason);
    out.push_str("},\"steps\":");
    push_list(out, "", &plan.steps, |out, step| {
        out.push_str("{\"command\":");
        push_optional(out, powershell::unattended(&step.remedy).as_deref());
        out.push_str(",\"undo\":");
        let undo = step.undo.as_ref().and_then(powershell::unattended);
        push_optional(out, undo.as_deref());
        out.push('}');
    });
    out.push_str(",\"uncovered\":");
    push_list(out, "", &plan.uncovered, |out, item| {
        out.push_str("{\"cmdlet\":");
        push_json(out, &item.cmdlet);
        out.push_str(",\"parameters\":");
        push_list(out, "", &item.parameters, |out, parameter| push_json(out, parameter));
        let _ = write!(out, ",\"reason\":\"{}\"}}", item.reason.name());
    });
    out.push_str(",\"undecided\":");
    push_list(out, "", &plan.undecided, |out, (cmdlet, gap)| {
        out.push_str("{\"cmdlet\":");
        push_json(out, cmdlet);
        let _ = write!(out, ",\"gap\":{{\"code\":\"{}\",\"object\":", gap.code);
        push_json(out, &gap.object);
        out.push_str("}}");
    });
    let after = &plan.after;
    let _ = write!(
        out,
        ",\"after\":{{\"granted\":{},\"missing\":{},\"undecided\":{},\"excess\":",
        after.granted, after.missing, after.undecided
    );
    push_list(out, "", &after.excess, |out, excess| {
        out.push_str("{\"cmdlet\":");
        push_json(out, &excess.cmdlet);
        out.push_str(",\"parameters\":");
        push_list(out, "", &excess.parameters, |out, parameter| push_json(out, parameter));
        let _ = write!(out, ",\"dangerous\":{}}}", excess.dangerous);
    });
    let diagnostic = |out: &mut String, diagnostic: &Diagnostic| super::json::push_diagnostic(out, sources, diagnostic);
    out.push_str(",\"findings\":{\"new\":");
    push_list(out, "", &after.new, diagnostic);
    out.push_str(",\"fixed\":");
    push_list(out, "", &after.fixed, diagnostic);
    out.push_str("},\"escalations\":");
    push_list(out, "", &after.escalations, |out, (kind, name, steps)| {
        out.push_str("{\"account\":");
        push_json(out, &plan.account);
        let _ = write!(out, ",\"gains\":{{\"kind\":\"{kind}\",\"name\":");
        push_json(out, name);
        let _ = write!(out, "}},\"steps\":{steps}}}");
    });
    out.push_str("},\"alternative\":");
    match plan.alternative {
        Some((way, cost)) => {
            let _ = write!(out, "{{\"way\":\"{}\",\"cost\":", way.name());
            push_cost(out, cost);
            out.push('}');
        }
        None => out.push_str("null"),
    }
    out.push_str(",\"gaps\":");
    push_list(out, "", &plan.gaps, |out, gap| push_gap(out, gap, sources));
    out.push_str("}\n");
}

fn push_cost(out: &mut String, cost: Cost) {
    let Cost { dangerous, roles, cmdlets, parameters } = cost;
    let _ = write!(
        out,
        "{{\"dangerous\":{dangerous},\"roles\":{roles},\"cmdlets\":{cmdlets},\"parameters\":{parameters}}}"
    );
}

/// Appends the proposal for people.
pub fn push_human(out: &mut String, plan: &Proposal, sources: &Sources<'_>, style: &Style) {
    let Proposal { account, requirement, asked, granted, missing, .. } = plan;
    let are = if *granted == 1 { "is" } else { "are" };
    let text = format!("lacks {missing} of the {asked} items of `{requirement}`; {granted} {are} granted");
    push_marked(out, 0, (color::STRONG, &format!("`{account}`")), &text, style);
    for item in &plan.uncovered {
        let why = match item.reason {
            crate::plan::Lack::NoRole => "no role in these exports has it",
            crate::plan::Lack::UnknownEntries => "no role is known to have it, and not all entries are exported",
            crate::plan::Lack::Scope => "the roles that have it do not reach far enough",
        };
        push_marked(out, 2, (color::BAD, "not covered:"), &format!("{}: {why}", item.cmdlet), style);
    }
    for (cmdlet, gap) in &plan.undecided {
        push_marked(out, 2, (color::DOUBT, "undecided:"), cmdlet, style);
        push_cause(out, gap, sources, style);
        push_export(out, gap, style);
    }
    if plan.way == Way::None {
        out.push_str(if plan.missing == 0 { "nothing is to be done\n" } else { "no role in these exports gives it\n" });
        return;
    }
    out.push('\n');
    push_text(out, 0, &way(plan), style);
    for role in &plan.roles {
        let child = role.child.as_ref().map(|child| format!(" → `{child}`")).unwrap_or_default();
        push_text(out, 2, &format!("`{}`{child}: {}", role.role, role.covers.join(", ")), style);
        for (cmdlet, own, all) in role.parts.iter().filter(|_| role.child.is_none()) {
            let part = format!("{cmdlet} with {own} of the {all} parameters that roles here have");
            push_text(out, 4, &part, style);
        }
    }
    push_text(out, 2, &format!("it costs {}; {}", cost(plan.cost), proof(plan)), style);
    if let Some((way, other)) = plan.alternative {
        let option = if way == Way::ChildRoles { "with `--child-roles`" } else { "without `--child-roles`" };
        push_text(out, 2, &format!("the other way, {option}, costs {}", cost(other)), style);
    }
    let _ = writeln!(out, "\n{}", paint(style, color::STRONG, "to make it so:"));
    let steps = plan.steps.iter().filter_map(|step| powershell::unattended(&step.remedy));
    steps.for_each(|command| push_command(out, 0, &command));
    let _ = writeln!(out, "\n{}", paint(style, color::STRONG, "to take it back:"));
    let undo = plan.steps.iter().rev().filter_map(|step| step.undo.as_ref());
    undo.filter_map(powershell::unattended).for_each(|command| push_command(out, 0, &command));
    push_after(out, plan, style);
}

fn push_after(out: &mut String, plan: &Proposal, style: &Style) {
    let after = &plan.after;
    let counts = format!("{} granted, {} missing, {} undecided", after.granted, after.missing, after.undecided);
    out.push('\n');
    push_marked(out, 0, (color::STRONG, "afterwards, tried on a copy of the exports:"), &counts, style);
    let dangerous: Vec<String> =
        after.excess.iter().filter(|excess| excess.dangerous).map(|excess| format!("`{}`", excess.cmdlet)).collect();
    if !after.excess.is_empty() {
        push_text(out, 2, &format!("it gains more than it needs in {} cmdlets", after.excess.len()), style);
    }
    if !dangerous.is_empty() {
        push_marked(out, 2, (color::DOUBT, "dangerous among them:"), &dangerous.join(", "), style);
    }
    for (_, name, steps) in &after.escalations {
        push_text(out, 2, &format!("it could then give itself `{name}` in {steps} more steps"), style);
    }
    for (word, found) in [("new", &after.new), ("fixed", &after.fixed)] {
        for diagnostic in found {
            let tag = format!("{word} finding: {}[{}]:", diagnostic.severity.name(), diagnostic.rule.name);
            push_marked(out, 2, (color_of(diagnostic.severity), &tag), &diagnostic.text(), style);
        }
    }
}

fn way(plan: &Proposal) -> String {
    let count = plan.roles.len();
    let roles = if count == 1 { "1 role".to_owned() } else { format!("{count} roles") };
    match plan.way {
        Way::None => String::new(),
        Way::ExistingGroup => "it joins a role group that gives exactly what it takes".to_owned(),
        Way::NewGroup => format!("it gets a role group of its own with {roles}"),
        Way::ChildRoles => format!("it gets a role group of its own with children of {roles}, which hold nothing else"),
    }
}

fn cost(cost: Cost) -> String {
    let Cost { dangerous, roles, cmdlets, parameters } = cost;
    let counted = |count: u32, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    let [dangerous, roles] = [counted(dangerous, "dangerous cmdlet"), counted(roles, "role")];
    let [cmdlets, parameters] = [counted(cmdlets, "cmdlet"), counted(parameters, "parameter")];
    format!("{dangerous}, {roles}, {cmdlets} and {parameters} beyond the need")
}

fn proof(plan: &Proposal) -> String {
    let proof = &plan.proof;
    match proof.reason {
        None if proof.candidates == 1 => "no other role gives it".to_owned(),
        None => format!("nothing costs less ({} roles compared)", proof.candidates),
        Some("budget") => {
            let more = plan.cost.roles.saturating_sub(proof.lower_bound);
            format!("the search was ended: at most {more} roles more than the smallest")
        }
        Some(_) => "not all entries of all roles are exported, so that something may cost less".to_owned(),
    }
}
