//! Collections: what a manifest says of the exports beside it, held against what was read of them.

use crate::read::Call;
use crate::record::{Complete, Kind};
use crate::source::{FileId, Span};

use super::facts::Facts;
use super::files::FileFact;
use super::listing::Listing;
use super::unseen::Unseen;

/// Brings the manifests of collections into the facts: kinds of which rows are missing, groups and roles that could not
/// be read, and kinds of which the organization has none.
///
/// `is_given` tells whether a path is an input of the run that these facts do not speak of.
pub fn settle_collections(facts: &mut Facts, is_given: impl Fn(&str) -> bool) {
    let mut manifests = std::mem::take(&mut facts.manifests);
    for manifest in &mut manifests {
        let interrupted = manifest.finished.is_none().then_some(manifest.at);
        for call in &mut manifest.calls {
            settle(facts, call, interrupted, &is_given);
        }
    }
    facts.manifests = manifests;
}

fn settle(facts: &mut Facts, call: &mut Call, interrupted: Option<Span>, is_given: &impl Fn(&str) -> bool) {
    let Some(path) = &call.file else { return };
    let file = facts.paths.iter().find(|(_, known)| *known == path).map(|(file, _)| *file);
    call.read = match file {
        Some(file) => Some(facts.files.iter().filter(|fact| fact.file == file).map(|fact| fact.records).sum()),
        None => is_given(path).then_some(call.rows),
    };
    for (name, at) in &call.unread {
        let name = facts.text(name, Complete::Yes);
        match call.kind {
            Some(Kind::RoleEntry) => {
                facts.unread_entries.entry(name.symbol).or_insert(*at);
            }
            _ => facts.unread_members.push((name, *at)),
        }
    }
    let failed = (call.result != "complete" && call.unread.is_empty()).then_some(call.result_at);
    let counted = (call.read != Some(call.rows)).then_some(call.rows_at);
    let Some(kind) = call.kind else { return };
    let incomplete = failed.or(counted).or(interrupted);
    let file = file.unwrap_or(call.result_at.file);
    match facts.files.iter_mut().find(|fact| fact.file == file && fact.kind == kind) {
        Some(fact) => fact.incomplete = incomplete,
        // That there are no rows is an answer too.
        None if incomplete.is_some() || call.rows == 0 => {
            let fact = without_rows(file, kind, incomplete);
            facts.listings.push(Listing::new(kind, None, fact.first));
            facts.files.push(fact);
        }
        // The rows are there, and tell less of themselves than the manifest does.
        None => {}
    }
}

fn without_rows(file: FileId, kind: Kind, incomplete: Option<Span>) -> FileFact {
    let first = Span { file, start: 0, end: 0 };
    FileFact {
        file,
        kind,
        records: 0,
        first,
        cut: None,
        capped: None,
        incomplete,
        missing: 0,
        unseen: Unseen::default(),
        part: false,
    }
}
