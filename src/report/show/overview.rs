//! Many objects of one kind, a line each; of roles as the tree of parents and children.

use std::collections::BTreeSet;

use crate::name::fold;

use super::super::Style;
use super::super::prose::push_text;
use super::{Field, Kind, Page};

/// How many names a line holds before the rest is counted.
const NAMES_MAX: usize = 3;

/// Appends some objects of one kind for people, a line each.
pub fn push_overview(out: &mut String, pages: &[Page], style: &Style) {
    let names: BTreeSet<String> = pages.iter().map(|page| fold(&page.name)).collect();
    let is_root = |page: &&Page| page.text("parent").is_none_or(|parent| !names.contains(&fold(parent)));
    let mut shown = BTreeSet::new();
    // What goes in a circle has no root, and is shown as well.
    for page in pages.iter().filter(is_root).chain(pages) {
        push_tree(out, pages, page, (0, style), &mut shown);
    }
}

fn push_tree(
    out: &mut String,
    pages: &[Page],
    page: &Page,
    (depth, style): (usize, &Style),
    shown: &mut BTreeSet<(String, String)>,
) {
    // Two objects may have one name.
    let mut json = String::new();
    super::push_fields(&mut json, &page.fields);
    if !shown.insert((page.name.clone(), json)) {
        return;
    }
    let words: Vec<String> = page.summary().into_iter().flatten().collect();
    let words = if words.is_empty() { String::new() } else { format!(": {}", words.join("; ")) };
    push_text(out, 2 * depth, &format!("{}{words}", page.name), style);
    let is_child = |other: &&Page| other.text("parent").is_some_and(|parent| fold(parent) == fold(&page.name));
    for child in pages.iter().filter(is_child) {
        push_tree(out, pages, child, (depth + 1, style), shown);
    }
}

impl Page {
    fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|(known, _)| *known == key).map(|(_, field)| field)
    }

    fn text(&self, key: &str) -> Option<&str> {
        match self.field(key) {
            Some(Field::Text(text)) => text.as_deref(),
            _ => None,
        }
    }

    fn truth(&self, key: &str) -> Option<bool> {
        match self.field(key) {
            Some(Field::Truth(truth)) => *truth,
            _ => None,
        }
    }

    fn count(&self, key: &str) -> usize {
        match self.field(key) {
            Some(Field::Texts(texts)) => texts.len(),
            Some(Field::Rows(rows)) => rows.len(),
            Some(Field::Count(count)) => *count,
            _ => 0,
        }
    }

    /// How many there are, with the word for one of them.
    fn counted(&self, key: &str, one: &str) -> Option<String> {
        let count = self.count(key);
        let end = if count == 1 { "" } else { "s" };
        (count > 0).then(|| format!("{count} {one}{end}"))
    }

    /// The first names of a column of rows, and how many more there are.
    fn names(&self, key: &str, column: &str) -> Option<String> {
        let Some(Field::Rows(rows)) = self.field(key) else { return None };
        let cell = |row: &Vec<(&'static str, Field)>| {
            let (_, field) = row.iter().find(|(known, _)| *known == column)?;
            match field {
                Field::Text(text) => text.clone(),
                _ => None,
            }
        };
        let mut names: Vec<String> = rows.iter().filter_map(cell).collect();
        names.sort_by_cached_key(|name| fold(name));
        names.dedup();
        let more = names.len().saturating_sub(NAMES_MAX);
        names.truncate(NAMES_MAX);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        (!names.is_empty()).then(|| format!("{}{more}", names.join(", ")))
    }

    /// What tells an object from others of its kind, in a few words each.
    fn summary(&self) -> Vec<Option<String>> {
        let said = |key: &str, words: &str| (self.truth(key) == Some(true)).then(|| words.to_owned());
        match self.kind {
            Kind::Role => {
                let nobody = match self.truth("assigned_to_nobody") {
                    Some(true) => Some("not assigned".to_owned()),
                    Some(false) => self.names("assignments", "assignee").map(|names| format!("held by {names}")),
                    None => Some("no exported assignment gives it".to_owned()),
                };
                let own = |word: &&str| !word.eq_ignore_ascii_case(&self.name.replace([' ', '-'], ""));
                vec![
                    self.text("role_type").filter(own).map(|word| format!("type {word}")),
                    said("end_user", "for end users"),
                    (self.truth("built_in") == Some(false)).then(|| "custom".to_owned()),
                    nobody,
                ]
            }
            Kind::Group => {
                let linked = self.text("linked_group").map(|group| format!("linked to {group}"));
                let linked = linked.or_else(|| said("linked", "linked"));
                let members = match (self.count("members"), self.truth("members_complete")) {
                    (0, Some(true)) => Some("no members".to_owned()),
                    (0, _) if self.truth("linked") == Some(true) => None,
                    (0, _) => Some("members not exported".to_owned()),
                    _ => self.counted("members", "member"),
                };
                let roles = self.counted("roles", "assignment").or_else(|| Some("gives no role".to_owned()));
                let kind = if self.truth("role_group") == Some(true) { "role group" } else { "group" };
                let managers = match self.field("managed_by") {
                    Some(Field::Texts(names)) if !names.is_empty() => Some(format!("managed by {}", names.join(", "))),
                    _ => None,
                };
                vec![Some(kind.to_owned()), linked, members, roles, managers]
            }
            Kind::Account => vec![
                said("application", "application"),
                said("disabled", "disabled"),
                self.counted("roles", "role").or_else(|| Some("no roles".to_owned())),
                self.counted("cmdlet_count", "cmdlet"),
                self.text("policy").map(|policy| format!("role assignment policy {policy}")),
            ],
            Kind::Policy => vec![
                said("default", "the default"),
                self.counted("roles", "role").or_else(|| Some("no roles".to_owned())),
                self.counted("mailbox_count", "mailbox").map(|words| words.replace("mailboxs", "mailboxes")),
                self.counted("mailbox_plans", "mailbox plan"),
            ],
            Kind::Scope => {
                let filters = ["root", "recipient_filter", "server_filter", "database_filter"];
                let used = self.names("assignments", "assignee").map(|names| format!("used by {names}"));
                let restriction = self.text("restriction").map(ToOwned::to_owned);
                let filters = filters.iter().filter_map(|key| self.text(key).map(ToOwned::to_owned));
                let mut words = vec![restriction, said("exclusive", "exclusive")];
                words.extend(filters.map(Some));
                words.push(used.or_else(|| Some("no exported assignment uses it".to_owned())));
                words
            }
            Kind::Assignment => {
                let of = |key: &str| self.text(key).map(ToOwned::to_owned);
                vec![
                    of("role").map(|role| format!("role {role}")),
                    of("assignee").map(|assignee| format!("to {assignee}")),
                    of("scope").map(|scope| format!("on {scope}")),
                    said("exclusive", "exclusive"),
                    said("delegating", "delegating"),
                    (self.truth("enabled") == Some(false)).then(|| "disabled".to_owned()),
                ]
            }
        }
    }
}
