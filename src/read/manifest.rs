//! The manifest of a collection: what the script of `rolecall collect` says of the files that it wrote.
//!
//! `docs/exporting.md` describes the format. A manifest holds no records; it is evidence of what the exports beside it
//! hold and lack.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::View;
use crate::record::Kind;
use crate::source::{SourceFile, Span};

/// The one version that there is.
const VERSION: u64 = 1;

/// What a collection says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Its path without the file's name: `exports/`, or nothing.
    pub folder: String,
    /// When the collection began, in UTC: `2026-03-02T07:00:11Z`.
    pub started: Option<(String, Span)>,
    /// When it ended; `None` where it was interrupted.
    pub finished: Option<String>,
    /// The tenant, else the organization's name, and in which of Microsoft's products it is.
    pub organization: Option<(String, Span)>,
    /// Who collected.
    pub user: Option<String>,
    /// What was read.
    pub calls: Vec<Call>,
    /// The whole manifest, or what is wrong in it.
    pub at: Span,
    /// Why the manifest itself is worth nothing.
    pub fault: Option<&'static str>,
}

/// One call of a collection, or all calls for one export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The cmdlet.
    pub cmdlet: String,
    /// What it reads; `None` where only the manifest needed it, or where rolecall knows no such kind.
    pub kind: Option<Kind>,
    /// The path of its export; `None` where none was written.
    pub file: Option<String>,
    /// How many objects were written.
    pub rows: u64,
    /// How it ended: `complete`, `capped`, `failed`, `denied`, `missing`.
    pub result: String,
    /// What Exchange said.
    pub message: Option<String>,
    /// A role that would permit the call.
    pub role: Option<String>,
    /// The objects for which it failed, each with its place.
    pub unread: Vec<(String, Span)>,
    /// How many records were read of its export; `None` where that is not among the inputs.
    pub read: Option<u64>,
    /// Where its number of rows stands.
    pub rows_at: Span,
    /// Where its result stands.
    pub result_at: Span,
}

#[derive(Deserialize)]
struct Wire<'t> {
    version: u64,
    #[serde(borrow)]
    started: &'t RawValue,
    finished: Option<String>,
    environment: String,
    user: Option<String>,
    #[serde(borrow)]
    organization: Option<&'t RawValue>,
    #[serde(borrow)]
    tenant: Option<&'t RawValue>,
    #[serde(borrow)]
    calls: Vec<WireCall<'t>>,
}

#[derive(Deserialize)]
struct WireCall<'t> {
    cmdlet: String,
    kind: Option<String>,
    file: Option<String>,
    #[serde(borrow)]
    rows: &'t RawValue,
    #[serde(borrow)]
    result: &'t RawValue,
    message: Option<String>,
    role: Option<String>,
    #[serde(borrow)]
    unread: Vec<&'t RawValue>,
}

/// Whether a file is a manifest: its first member says so.
pub(super) fn looks_like(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let value = text.strip_prefix('{').map(str::trim_start).and_then(|rest| rest.strip_prefix("\"format\""));
    let value = value.map(str::trim_start).and_then(|rest| rest.strip_prefix(':')).map(str::trim_start);
    value.is_some_and(|value| value.starts_with("\"rolecall-collection\""))
}

/// The kind of a manifest's word; `None` where rolecall knows none.
fn kind_named(word: &str) -> Option<Kind> {
    const RECIPIENT_OF_ITS_OWN: &str = "ServicePrincipal";
    if word == RECIPIENT_OF_ITS_OWN {
        return Some(Kind::Recipient);
    }
    Kind::ALL.iter().copied().find(|kind| kind.name() == word)
}

/// Reads a manifest; `None` where the file is none.
///
/// Errors: none. What cannot be read is the manifest's `fault`.
#[must_use]
pub fn manifest(file: &SourceFile<'_>) -> Option<Manifest> {
    let view = View::new(file);
    if !looks_like(view.text()) {
        return None;
    }
    let folder = file.path.rfind('/').map_or("", |at| &file.path[..=at]).to_owned();
    let broken = |fault, at| Manifest {
        folder: folder.clone(),
        started: None,
        finished: None,
        organization: None,
        user: None,
        calls: Vec::new(),
        at,
        fault: Some(fault),
    };
    let whole = file.span();
    let wire: Wire<'_> = match serde_json::from_str(view.text().trim_start_matches('\u{feff}')) {
        Ok(wire) => wire,
        // Another version may well have other members.
        Err(error) if error.is_eof() => return Some(broken("it ends in the middle", whole)),
        Err(_) => return Some(broken("it is not written as version 1 of a manifest is", whole)),
    };
    if wire.version != VERSION {
        return Some(broken("it is of a version that this rolecall does not know", whole));
    }
    let at = |raw: &RawValue| view.span_of(raw.get());
    let text = |raw: &RawValue| serde_json::from_str::<String>(raw.get()).ok();
    let named = wire.tenant.or(wire.organization).and_then(|raw| Some((text(raw)?, at(raw))));
    let place = match wire.environment.as_str() {
        "online" => "Exchange Online",
        // The same tenant's, and another organization: its groups only have the names of Exchange's.
        "purview" => "Purview",
        _ => "Exchange on-premises",
    };
    let named = named.map(|(name, at)| (format!("{name} in {place}"), at));
    let calls = wire.calls.iter().map(|call| Call {
        cmdlet: call.cmdlet.clone(),
        kind: call.kind.as_deref().and_then(kind_named),
        file: call.file.as_ref().map(|file| format!("{folder}{file}")),
        rows: call.rows.get().parse().unwrap_or(0),
        result: text(call.result).unwrap_or_default(),
        message: call.message.clone(),
        role: call.role.clone(),
        unread: call.unread.iter().filter_map(|raw| Some((text(raw)?, at(raw)))).collect(),
        read: None,
        rows_at: at(call.rows),
        result_at: at(call.result),
    });
    Some(Manifest {
        started: text(wire.started).map(|moment| (moment, at(wire.started))),
        finished: wire.finished.clone(),
        organization: named,
        user: wire.user.clone(),
        calls: calls.collect(),
        at: whole,
        fault: None,
        folder: folder.clone(),
    })
}
