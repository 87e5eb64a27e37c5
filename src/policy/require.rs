//! `[[require]]`: what some accounts must be able to run.

use super::keys::{Keys, Table};
use super::{Item, Pack, Policy, Requirement, Validity, closest, mistake, say};
use crate::diagnostic::{Report, Severity};
use crate::name::same;
use crate::source::{FileId, SourceFile, Span};

/// The keys of the table. `owner` and `review-by` are for people; they are checked and not used.
pub(super) const KEYS: Keys = &[
    "id",
    "account",
    "pack",
    "cmdlets",
    "session",
    "scope",
    "level",
    "why",
    "title",
    "source",
    "valid-from",
    "valid-to",
    "withdrawn",
    "owner",
    "review-by",
];

const LEVELS: Keys = &["error", "warning", "note"];
const SCOPES: Keys = &["organization", "self"];

/// Reads one table, the `number`-th of its kind.
pub(super) fn read(table: &Table<'_, '_>, number: usize, report: &mut Report) -> Requirement {
    let id = table.text("id", report);
    let pack = table.text("pack", report);
    let at = id.as_ref().map_or(table.at, |(_, at)| *at);
    let mut requirement = Requirement {
        id: String::new(),
        limit: Vec::new(),
        accounts: table.texts("account", true, report).into_iter().map(|(text, _)| text).collect(),
        items: Vec::new(),
        session: table.texts("session", false, report).into_iter().map(|(text, _)| text).collect(),
        title: table.text("title", report).map(|(text, _)| text),
        source: table.text("source", report).map(|(text, _)| text),
        why: table.text("why", report).map(|(text, _)| text),
        valid: Validity {
            from: table.date("valid-from", report),
            to: table.date("valid-to", report),
            withdrawn: table.text("withdrawn", report).map(|(text, _)| text),
        },
        scope: table.word("scope", SCOPES, report).map(str::to_owned),
        level: table.word("level", LEVELS, report).map(level),
        at,
    };
    table.text("owner", report);
    table.date("review-by", report);
    let mut name = None;
    if let Some((text, at)) = pack {
        name = include(&mut requirement, &text, at, report);
    }
    for (text, at) in table.texts("cmdlets", false, report) {
        add_item(&mut requirement, &text, at, report);
    }
    // What is listed but malformed was said and is not missing besides.
    if table.whole && !["pack", "cmdlets", "session"].iter().any(|key| table.fills(key)) {
        let help = "add `cmdlets = [\"Get-Mailbox\"]` or `pack = \"NAME\"`; `rolecall packs` lists the packs";
        let message = "`require` asks for nothing: it has no `cmdlets` and no `pack`";
        say(report, mistake::MISSING_KEY, message, table.at, Some(help.to_owned()));
    }
    requirement.id =
        id.map(|(text, _)| text).or(name.map(str::to_owned)).unwrap_or_else(|| format!("require-{number}"));
    requirement
}

fn level(word: &str) -> Severity {
    match word {
        "error" => Severity::Error,
        "warning" => Severity::Warning,
        _ => Severity::Note,
    }
}

fn add_item(requirement: &mut Requirement, text: &str, at: Span, report: &mut Report) {
    match Item::parse(text, at) {
        Ok(item) => push_item(requirement, item),
        Err(message) => {
            let help =
                "write `CMDLET`, `CMDLET:A,B` (all parameters) or `CMDLET:A|B` (any of them); `*` and `{a,b}` are wild";
            say(report, mistake::MALFORMED_ITEM, super::keys::one_line(&message), at, Some(help.to_owned()));
        }
    }
}

/// Adds an item once, however often it is written.
fn push_item(requirement: &mut Requirement, item: Item) {
    if !requirement.items.iter().any(|known| same(&known.text, &item.text)) {
        requirement.items.push(item);
    }
}

/// Adds a pack's list; what the table says itself stays. Everything of the pack stands at `at`, where it is named.
fn include(requirement: &mut Requirement, name: &str, at: Span, report: &mut Report) -> Option<&'static str> {
    let Some(pack) = super::pack(name) else {
        let help = match closest(name, super::PACKS.iter().map(|pack| pack.name)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`rolecall packs` lists the packs".to_owned(),
        };
        let message = format!("no pack is called `{}`", super::keys::one_line(name));
        say(report, mistake::UNKNOWN_PACK, message, at, Some(help));
        return None;
    };
    for listed in contents(pack, at.file).requirements {
        for item in listed.items {
            push_item(requirement, Item { at, ..item });
        }
        for cmdlet in listed.session {
            if !requirement.session.iter().any(|known| same(known, &cmdlet)) {
                requirement.session.push(cmdlet);
            }
        }
        requirement.title = requirement.title.take().or(listed.title);
        requirement.source = requirement.source.take().or(listed.source);
        requirement.why = requirement.why.take().or(listed.why);
        requirement.scope = requirement.scope.take().or(listed.scope);
        requirement.level = requirement.level.or(listed.level);
        let (own, its) = (&mut requirement.valid, listed.valid);
        own.from = own.from.take().or(its.from);
        own.to = own.to.take().or(its.to);
        own.withdrawn = own.withdrawn.take().or(its.withdrawn);
    }
    Some(pack.name)
}

/// What a pack asks for. No pack includes another, so this ends.
fn contents(pack: &Pack, file: FileId) -> Policy {
    match SourceFile::decode(file, format!("pack:{}", pack.name), pack.text.as_bytes()) {
        // A mistake in a pack is ours: a test reads every pack and finds none.
        Ok(source) => super::read(&source, &mut Report::default()),
        Err(_) => Policy::default(),
    }
}
