//! What the manifests of collections say: calls that failed, files that are not as they were written.

use crate::diagnostic::{Label, Report, RuleId};
use crate::inventory::{Call, Inventory, Manifest};
use crate::powershell::{export_of, get_list};
use crate::record::Kind;
use crate::remedy::{Fix, FixKind, GroupKind, GroupName, Remedy};

use super::note;

/// A collection does not hold all that it should.
pub const INCOMPLETE_COLLECTION: RuleId = RuleId::reading("incomplete-collection");

const AGAIN: &str = "run the script again; `rolecall collect` prints it";

pub(super) fn check(inventory: &Inventory, report: &mut Report) {
    for manifest in &inventory.manifests {
        let path = inventory.path(manifest.at.file);
        let mut say = |message: String, label: Label, fix: Fix, object: &str| {
            let object = format!("{path}\u{1f}{object}");
            report.say(note(INCOMPLETE_COLLECTION, message, vec![label], fix, object));
        };
        if let Some(fault) = manifest.fault {
            say(format!("this manifest tells nothing: {fault}"), Label::new(manifest.at, ""), again(), "");
        } else if manifest.finished.is_none() {
            let message = "the collection was interrupted, so nothing in its folder counts as complete".to_owned();
            say(message, Label::new(manifest.at, ""), again(), "");
        }
        for call in &manifest.calls {
            if let Some((message, at)) = what_is_counted(call) {
                let help =
                    format!("collect again, or put `{}` back as it was written", call.file.as_deref().unwrap_or(""));
                say(message, Label::new(at, ""), Fix::words(FixKind::Export, help), &call.cmdlet);
            }
            // What only the manifest needed costs nothing where it failed.
            if call.result != "complete" && (call.kind.is_some() || call.file.is_some()) {
                let at = call.unread.first().map_or(call.result_at, |(_, at)| *at);
                say(what_failed(call), Label::new(at, said(call)), remedy(manifest, call), &call.cmdlet);
            }
        }
    }
}

/// What is wrong with the number of rows of an export, and where it is.
fn what_is_counted(call: &Call) -> Option<(String, crate::source::Span)> {
    let file = call.file.as_deref()?;
    let rows = if call.rows == 1 { "1 row".to_owned() } else { format!("{} rows", call.rows) };
    let message = match call.read {
        Some(read) if read == call.rows => return None,
        Some(read) => format!("the manifest counts {rows} in `{file}`, and {read} can be read"),
        None => format!("the manifest counts {rows} in `{file}`, which is not there"),
    };
    Some((message, call.rows_at))
}

fn what_failed(call: &Call) -> String {
    let cmdlet = &call.cmdlet;
    let what = match call.result.as_str() {
        "missing" => return format!("the session that collected has no `{cmdlet}`"),
        "capped" => "stopped before the last row",
        "denied" => "was refused",
        _ => "failed",
    };
    match call.unread.as_slice() {
        [] => format!("`{cmdlet}` {what}"),
        [(one, _)] => format!("`{cmdlet}` {what} for `{one}`"),
        [(first, _), rest @ ..] => format!("`{cmdlet}` {what} for `{first}` and {} more", rest.len()),
    }
}

/// What Exchange said, without the name that the script puts in front where a message is of one object.
fn said(call: &Call) -> &str {
    let message = call.message.as_deref().unwrap_or("");
    let named = call.unread.first().and_then(|(name, _)| message.strip_prefix(name.as_str()));
    named.and_then(|rest| rest.strip_prefix(": ")).unwrap_or(message)
}

/// What to type: the missing right, else the one call that failed, else all again.
fn remedy(manifest: &Manifest, call: &Call) -> Fix {
    if let ("denied" | "missing", Some(role)) = (call.result.as_str(), &call.role) {
        let note = format!("the role `{role}` permits it; then run the script again in a new session");
        return permitted(manifest.user.as_deref(), note);
    }
    let Some((name, _)) = call.unread.first() else { return again() };
    let command = match call.kind {
        Some(kind @ (Kind::RoleGroupMember | Kind::Group)) => export_of(kind, name),
        Some(Kind::RoleEntry) => export_of(Kind::RoleEntry, &format!("{name}\\*")),
        _ => get_list(&call.cmdlet, name, &[]),
    };
    Fix::export(command, format!("exports what is missing of `{name}`"))
}

/// Lets who collected read what was refused.
fn permitted(user: Option<&str>, note: String) -> Fix {
    const READERS: &str = "View-Only Organization Management";
    let Some(user) = user else { return Fix::words(FixKind::Exchange, format!("join `{READERS}`: {note}")) };
    let group = GroupName { name: READERS.to_owned(), kind: GroupKind::RoleGroup };
    Fix::of(Remedy::AddMember { group, member: user.to_owned() }, note)
}

fn again() -> Fix {
    Fix::words(FixKind::Export, AGAIN)
}
