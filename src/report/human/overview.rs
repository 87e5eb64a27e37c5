//! The end of a report for people: what was asked, what is not exported, the counts, and what to type next.

use std::fmt::Write;

use super::{Shown, Style};
use crate::diagnostic::{Diagnostic, Severity};
use crate::report::coverage::{counted, names};
use crate::report::escape::visible;
use crate::report::prose::push_text;
use crate::report::{Coverage, Finished};
use crate::rules::judging::require::UNKNOWN_ACCOUNT;

/// Appends the overview; where all is well, it is all there is.
pub(super) fn push(out: &mut String, finished: &Finished<'_>, style: &Style, shown: &Shown) {
    let mut say = |text: String| push_text(out, 0, &text, style);
    for coverage in finished.coverage.iter().filter(|it| shown.verbose || !it.complete) {
        say(of_kind(coverage, shown.verbose));
    }
    if finished.coverage.is_empty() {
        say("nothing was read".to_owned());
    }
    for note in &finished.notes {
        say(format!("note: {}", visible(note)));
    }
    let it = &finished.summary;
    let read = format!("{}, {}", counted(it.files, "file"), counted(it.records, "record"));
    let asked = format!(
        "{}, {}: {} granted, {} missing, {} undecided",
        counted(it.accounts, "account"),
        match it.roles {
            0 => counted(it.asked, "required cmdlet"),
            roles if roles == it.asked => counted(it.asked, "required role"),
            roles => {
                format!("{} and {}", counted(it.asked - roles, "required cmdlet"), counted(roles, "required role"))
            }
        },
        it.granted,
        it.missing,
        it.undecided
    );
    let is_unknown = finished.diagnostics.iter().any(|diagnostic| diagnostic.rule == UNKNOWN_ACCOUNT);
    let asked = match it.asked {
        0 if is_unknown => "no account was judged".to_owned(),
        0 => "nothing is required of an account".to_owned(),
        _ => asked,
    };
    let uncounted = uncounted(finished, shown);
    if it.errors + it.warnings == 0 {
        say(format!(
            "{}; {asked}; {read}",
            [if finished.ending.code == 0 { "ok" } else { "no error" }.to_owned()]
                .into_iter()
                .chain(uncounted)
                .collect::<Vec<_>>()
                .join(", ")
        ));
        return;
    }
    say(asked);
    let whole = finished.coverage.iter().all(|kind| kind.complete);
    let read = match whole {
        true => {
            say(format!("{read}, everything the answers need is exported"));
            String::new()
        }
        false => format!("; {read}"),
    };
    let causes = finished.causes.iter().filter(|cause| cause.severity > Severity::Note).count() as u64;
    let uncounted =
        if uncounted.is_empty() { String::new() } else { format!("; not counted: {}", uncounted.join(", ")) };
    say(format!(
        "{}, {}: {}, {}{uncounted}{read}",
        counted(causes, "cause"),
        counted(it.errors + it.warnings, "finding"),
        counted(it.errors, "error"),
        counted(it.warnings, "warning"),
    ));
    if finished.diagnostics.iter().any(Diagnostic::breaks_policy) {
        say("the policy has a mistake, shown first: what follows counts once it is fixed (exit code 2)".to_owned());
    }
}

/// What is no finding that counts: notes, and what is waived.
fn uncounted(finished: &Finished<'_>, shown: &Shown) -> Vec<String> {
    let it = &finished.summary;
    let mut all = Vec::new();
    if it.notes > 0 {
        let mut notes = finished.diagnostics.iter().filter(|it| it.severity == Severity::Note && it.waived.is_none());
        let hidden = notes.any(|note| !shown.holds(note));
        all.push(format!("{}{}", counted(it.notes, "note"), if hidden { " (-v)" } else { "" }));
    }
    if it.waived > 0 {
        all.push(format!("{} waived", it.waived));
    }
    all
}

/// What was read of a kind of object, by the cmdlet that shows it.
fn of_kind(coverage: &Coverage, verbose: bool) -> String {
    let of = coverage.organization.as_ref().map(|name| format!("`{}`: ", visible(name))).unwrap_or_default();
    let (what, cmdlet) = object(&coverage.kind);
    let mut text = match (coverage.records, coverage.complete) {
        (0, false) => format!("{of}not exported: {what} ({cmdlet})"),
        (records, complete) => {
            let incomplete = if complete { "" } else { "incomplete: " };
            format!("{of}{incomplete}{what} ({cmdlet}): {}", counted(records, "record"))
        }
    };
    match coverage.files.as_slice() {
        [] => {}
        [_, _, ..] if !verbose => _ = write!(text, " in {} files", coverage.files.len()),
        files => _ = write!(text, " in {}", names(files)),
    }
    if !coverage.listings.is_empty() {
        let _ = write!(text, " ({})", names(&coverage.listings));
    }
    if coverage.complete && coverage.is_taken_for_whole {
        text.push_str(", taken for the whole");
    }
    let reasons: Vec<String> = coverage.reasons.iter().filter(|reason| *reason != "missing-export").cloned().collect();
    if !reasons.is_empty() {
        let _ = write!(text, "; {}", names(&reasons));
    }
    if !coverage.undecided.is_empty() {
        let _ = write!(text, "; leaves undecided: {}", names(&coverage.undecided));
    }
    text
}

/// What an administrator calls a kind of object, and the cmdlet that shows it.
fn object(kind: &str) -> (&str, &'static str) {
    match kind {
        "Role" => ("roles", "Get-ManagementRole"),
        "RoleEntry" => ("role entries", "Get-ManagementRoleEntry"),
        "RoleAssignment" => ("role assignments", "Get-ManagementRoleAssignment"),
        "RoleGroup" => ("role groups", "Get-RoleGroup"),
        "RoleGroupMember" => ("members of role groups", "Get-RoleGroupMember"),
        "Group" => ("groups", "Get-Group"),
        "Recipient" => ("accounts", "Get-Mailbox, Get-User"),
        "RoleAssignmentPolicy" => ("role assignment policies", "Get-RoleAssignmentPolicy"),
        "ManagementScope" => ("scopes", "Get-ManagementScope"),
        _ => ("objects of a kind that is not known", "any cmdlet"),
    }
}
