//! The proposal as a PowerShell script: reviewable, idempotent, and dry with `-WhatIf`.
//!
//! Exchange's cmdlets do not see the caller's preference, so that each gets `-WhatIf:$WhatIfPreference` itself
//! (office-docs-powershell #4215). What the script makes carries the fingerprint of the plan, and the way back removes only
//! what carries it. Windows PowerShell 5.1 reads a file without a byte order mark as ANSI, so there is one.

use std::fmt::Write;

use crate::plan::{Proposal, Step};
use crate::powershell::{self, quoted};
use crate::remedy::{ObjectKind, Remedy};

use super::super::escape::visible;
use super::cost;

const BOM: char = '\u{feff}';

/// The script that makes the plan so. `inputs` are the files it rests on, each with its hash.
#[must_use]
pub fn redo(plan: &Proposal, inputs: &[String]) -> String {
    let mut out = head(plan, inputs, "Makes it so. Try it with -WhatIf first; --undo prints the way back.");
    for (number, step) in plan.steps.iter().enumerate() {
        let Some(command) = powershell::unattended(&step.remedy) else { continue };
        let _ = writeln!(out, "\n# {}. {}", number + 1, visible(&command));
        push_step(&mut out, plan, step, &command);
    }
    out
}

/// The script that takes the plan back.
#[must_use]
pub fn undo(plan: &Proposal, inputs: &[String]) -> String {
    let mut out = head(plan, inputs, "Takes it back: removes what carries the mark of this plan, and nothing else.");
    for remedy in plan.steps.iter().rev().filter_map(|step| step.undo.as_ref()) {
        let Some(command) = powershell::unattended(remedy) else { continue };
        let _ = writeln!(out, "\n# {}", visible(&command));
        push_undo(&mut out, plan, remedy, &command);
    }
    out
}

/// Texts of exports stand in line comments alone, which end with their line.
fn head(plan: &Proposal, inputs: &[String], what: &str) -> String {
    let mut out = String::from(BOM);
    let mut say = |text: String| {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "# {}", visible(&text));
    };
    say(format!("rolecall plan {}", plan.fingerprint));
    say(format!("For {}: {}", plan.account, plan.requirement));
    say(what.to_owned());
    say(format!("It costs {}.", cost(plan.cost)));
    say(format!(
        "Afterwards {} of {} items are granted, {} are missing, {} are undecided.",
        plan.after.granted, plan.asked, plan.after.missing, plan.after.undecided
    ));
    for item in &plan.uncovered {
        say(format!("Not covered: {} ({})", item.cmdlet, item.reason.name()));
    }
    for gap in &plan.gaps {
        say(format!("Not known: {} ({})", gap.message, gap.code));
    }
    say("To run it takes the role Role Management, and the right to assign these roles:".to_owned());
    for (role, names) in &plan.delegators {
        let who = if names.is_empty() { "no export shows who may".to_owned() } else { names.join(", ") };
        say(format!("  {role}: {who}"));
    }
    say("In Exchange Online, run Enable-OrganizationCustomization once before, where that was never done; it cannot be taken back.".to_owned());
    say("It counts in sessions that are opened afterwards.".to_owned());
    inputs.iter().for_each(|input| say(format!("From {input}")));
    out.push_str("[CmdletBinding(SupportsShouldProcess)]\nparam()\n$ErrorActionPreference = 'Stop'\n");
    out
}

fn mark(plan: &Proposal) -> String {
    quoted(&format!("rolecall plan {}", plan.fingerprint))
}

/// The cmdlet that shows an object.
fn getter(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::Role => "Get-ManagementRole",
        ObjectKind::RoleGroup => "Get-RoleGroup",
        ObjectKind::Scope => "Get-ManagementScope",
        ObjectKind::AssignmentPolicy => "Get-RoleAssignmentPolicy",
    }
}

fn push_step(out: &mut String, plan: &Proposal, step: &Step, command: &str) {
    const WHAT_IF: &str = "-WhatIf:$WhatIfPreference";
    let announce = |what: &str| format!("Write-Host {}", quoted(&format!("What if: {}", visible(what))));
    match &step.remedy {
        Remedy::NewRole { name, .. } => push_made(out, plan, ObjectKind::Role, name, &format!("{command} {WHAT_IF}")),
        Remedy::NewRoleGroup { name, roles, .. } => {
            let made = plan.roles.iter().filter_map(|role| role.child.as_ref()).filter(|child| roles.contains(child));
            let absent: Vec<String> = made
                .map(|child| format!("(-not (Get-ManagementRole {} -ErrorAction SilentlyContinue))", quoted(child)))
                .collect();
            let run = match absent.is_empty() {
                true => format!("{command} {WHAT_IF}"),
                false => format!(
                    "if ($WhatIfPreference -and ({})) {{ {} }} else {{ {command} {WHAT_IF} }}",
                    absent.join(" -or "),
                    announce(command)
                ),
            };
            push_made(out, plan, ObjectKind::RoleGroup, name, &run);
        }
        Remedy::SetEntryParameters { role, cmdlet, parameters, .. } => {
            let entry = quoted(&format!("{role}\\{cmdlet}"));
            let first = quoted(parameters.first().map_or("", String::as_str));
            let _ = writeln!(out, "$found = Get-ManagementRoleEntry {entry} -ErrorAction SilentlyContinue");
            let _ = writeln!(out, "if (-not $found -and $WhatIfPreference) {{ {} }}", announce(command));
            let _ = writeln!(
                out,
                "elseif (-not $found) {{ throw {} }}",
                quoted(&format!("there is no role entry {role}\\{cmdlet}"))
            );
            let _ = writeln!(out, "elseif (@($found.Parameters) -contains {first}) {{ {command} {WHAT_IF} }}");
        }
        Remedy::RemoveEntry { role, cmdlet } => {
            let entry = quoted(&format!("{role}\\{cmdlet}"));
            let _ = writeln!(
                out,
                "if (Get-ManagementRoleEntry {entry} -ErrorAction SilentlyContinue) {{ {command} {WHAT_IF} }}"
            );
        }
        Remedy::AddMember { group, member } => {
            let _ = writeln!(out, "if ({}) {{ {command} {WHAT_IF} }}", is_member(&group.name, member, "-notcontains"));
        }
        _ => {
            let _ = writeln!(out, "{command} {WHAT_IF}");
        }
    }
}

/// What tells whether somebody is in a role group.
fn is_member(group: &str, member: &str, word: &str) -> String {
    format!(
        "@(Get-RoleGroupMember {} -ResultSize Unlimited | ForEach-Object {{ \"$($_.Guid)\" }}) {word} \"$((Get-User {}).Guid)\"",
        quoted(group),
        quoted(member)
    )
}

/// Runs what makes an object, where there is none of its name; one that this plan did not make stops the script.
fn push_made(out: &mut String, plan: &Proposal, kind: ObjectKind, name: &str, run: &str) {
    let get = getter(kind);
    let _ = writeln!(out, "$found = {get} {} -ErrorAction SilentlyContinue", quoted(name));
    let _ = writeln!(out, "if (-not $found) {{ {run} }}");
    let stop = quoted(&format!("{name} is there already, and this plan did not make it"));
    let _ = writeln!(out, "elseif (@($found.Description) -notcontains {}) {{ throw {stop} }}", mark(plan));
}

fn push_undo(out: &mut String, plan: &Proposal, remedy: &Remedy, command: &str) {
    const WHAT_IF: &str = "-WhatIf:$WhatIfPreference";
    match remedy {
        Remedy::Delete { kind, name, .. } => {
            let _ = writeln!(out, "$found = {} {} -ErrorAction SilentlyContinue", getter(*kind), quoted(name));
            let _ = writeln!(
                out,
                "if ($found -and @($found.Description) -contains {}) {{ {command} {WHAT_IF} }}",
                mark(plan)
            );
        }
        Remedy::RemoveMember { group, member } => {
            let _ = writeln!(out, "if ({}) {{ {command} {WHAT_IF} }}", is_member(&group.name, member, "-contains"));
        }
        _ => {
            let _ = writeln!(out, "{command} {WHAT_IF}");
        }
    }
}
