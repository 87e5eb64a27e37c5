//! `[[require]]`: what some accounts must be able to run.

use super::keys::Table;
use super::shape::SCOPES;
use super::tables::{Reader, example};
use super::{Common, Item, Pack, Policy, Requirement, Text, Validity, Who, closest, mistake, say};
use crate::diagnostic::Report;
use crate::name::same;
use crate::source::{FileId, SourceFile};

/// Reads one table, the `number`-th of its kind.
pub(super) fn read(reader: &mut Reader<'_>, table: &Table<'_, '_>, number: usize) -> Option<Requirement> {
    let mut requirement = Requirement {
        common: reader.common(table, number),
        accounts: table.accounts("account", reader),
        limit: Vec::new(),
        items: Vec::new(),
        roles: Vec::new(),
        session: table.texts("session", false, reader.report).into_iter().map(|text| text.text).collect(),
        title: reader.text(table, "title"),
        valid: Validity {
            from: table.date("valid-from", reader.report).map(|date| date.text),
            to: table.date("valid-to", reader.report).map(|date| date.text),
            withdrawn: reader.text(table, "withdrawn"),
        },
        scope: table.word("scope", SCOPES, reader.report),
        only: table.flag("only", reader.report),
        allow: table.items("allow", reader),
    };
    if let Some(pack) = table.text("pack", reader.report) {
        let name = include(&mut requirement, &pack, reader.report);
        if let (Some(name), false) = (name, table.has("id")) {
            name.clone_into(&mut requirement.common.id);
        }
    }
    let said = reader.report.diagnostics.len();
    let roles = table.texts("roles", false, reader.report);
    if roles.is_empty() && table.has("roles") && reader.report.diagnostics.len() == said {
        let help = format!("write `{}`, or remove `roles`", example("roles"));
        say(reader.report, mistake::MISSING_KEY, "`require` names no role in `roles`", table.at, Some(help));
    }
    add_roles(&mut requirement.roles, roles);
    // Beside a pack, roles, or what every session has, the list may be empty.
    let alone = !table.has("pack") && requirement.roles.is_empty() && requirement.session.is_empty();
    let items = if alone { reader.demanded(table, "cmdlets") } else { table.items("cmdlets", reader) };
    for item in items {
        item.push_onto(&mut requirement.items);
    }
    Some(requirement)
}

impl Requirement {
    /// What a policy would say that asks some accounts for one item, and nothing else.
    #[must_use]
    pub fn of(item: Item, accounts: Vec<Who>) -> Self {
        let common = Common {
            id: item.text.clone(),
            named: true,
            level: None,
            why: None,
            source: None,
            refs: Vec::new(),
            owner: None,
            review_by: None,
            organizations: Vec::new(),
            at: item.at,
        };
        Self {
            common,
            accounts,
            limit: Vec::new(),
            items: vec![item],
            roles: Vec::new(),
            session: Vec::new(),
            title: None,
            valid: Validity::default(),
            scope: None,
            only: false,
            allow: Vec::new(),
        }
    }
}

/// Adds roles, each once.
fn add_roles(known: &mut Vec<Text>, roles: impl IntoIterator<Item = Text>) {
    for role in roles {
        if !known.iter().any(|known| same(&known.text, &role.text)) {
            known.push(role);
        }
    }
}

/// Adds a pack's list; what the table says itself stays. Everything of the pack stands where it is named.
fn include(requirement: &mut Requirement, name: &Text, report: &mut Report) -> Option<&'static str> {
    let Some(pack) = super::pack(&name.text) else {
        let help = match closest(&name.text, super::PACKS.iter().map(|pack| pack.name)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`rolecall packs` lists the packs".to_owned(),
        };
        let message = format!("no pack is called `{}`", super::keys::one_line(&name.text));
        say(report, mistake::UNKNOWN_PACK, message, name.at, Some(help));
        return None;
    };
    let at = name.at;
    for listed in contents(pack, at.file).requirements {
        for item in listed.items {
            Item { at, packed: true, ..item }.push_onto(&mut requirement.items);
        }
        add_roles(&mut requirement.roles, listed.roles.into_iter().map(|role| Text { at, ..role }));
        for cmdlet in listed.session {
            if !requirement.session.iter().any(|known| same(known, &cmdlet)) {
                requirement.session.push(cmdlet);
            }
        }
        let (own, its) = (&mut requirement.common, listed.common);
        own.source = own.source.take().or(its.source);
        own.why = own.why.take().or(its.why);
        own.level = own.level.or(its.level);
        requirement.title = requirement.title.take().or(listed.title);
        requirement.scope = requirement.scope.or(listed.scope);
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
        Ok(source) => super::read(&source, &[], &mut Report::default()),
        Err(_) => Policy::default(),
    }
}
