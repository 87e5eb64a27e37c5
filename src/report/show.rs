//! `rolecall show`: one object, what it is and what it gives. Each page is built once, as fields; people and programs see
//! the same.

mod overview;
mod pages;

use std::fmt::Write;

use crate::graph::Gap;
use crate::name::same;
use crate::source::Sources;

use super::Style;
use super::access::push_gap;
use super::escape::{push_json, push_list};
use super::prose::{color, push_gaps, push_marked, push_text};

pub use overview::push_overview;
pub use pages::{Kind, Pages};

/// How many items of a list people see before the rest is counted.
const ITEMS_MAX: usize = 20;

/// An object, ready to print.
#[derive(Debug)]
pub struct Page {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// What there is to say, by the key that JSON has.
    pub fields: Vec<(&'static str, Field)>,
    /// What leaves it open.
    pub gaps: Vec<Gap>,
}

/// Something to say.
#[derive(Debug)]
pub enum Field {
    /// A text; `None` where there is none or no export says.
    Text(Option<String>),
    /// Whether; `None` where no export says.
    Truth(Option<bool>),
    /// How many.
    Count(usize),
    /// Names.
    Texts(Vec<String>),
    /// Objects with fields of their own.
    Rows(Vec<Vec<(&'static str, Field)>>),
}

impl Field {
    /// A text that is there.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(Some(text.into()))
    }

    fn push_json(&self, out: &mut String) {
        match self {
            Self::Text(None) | Self::Truth(None) => out.push_str("null"),
            Self::Text(Some(text)) => push_json(out, text),
            Self::Truth(Some(truth)) => out.push_str(if *truth { "true" } else { "false" }),
            Self::Count(count) => {
                // Writing to a string cannot fail.
                let _ = write!(out, "{count}");
            }
            Self::Texts(texts) => push_list(out, "", texts, |out, text| push_json(out, text)),
            Self::Rows(rows) => push_list(out, "", rows, |out, row| {
                out.push('{');
                push_fields(out, row);
                out.push('}');
            }),
        }
    }

    /// The field as a few words; `None` where it says nothing.
    fn words(&self) -> Option<String> {
        match self {
            Self::Text(text) => text.clone(),
            Self::Truth(truth) => truth.map(|truth| if truth { "yes".to_owned() } else { "no".to_owned() }),
            Self::Count(count) => Some(count.to_string()),
            Self::Texts(texts) if texts.is_empty() => None,
            Self::Texts(texts) => Some(texts.join(", ")),
            Self::Rows(_) => None,
        }
    }
}

fn push_fields(out: &mut String, fields: &[(&'static str, Field)]) {
    for (index, (key, field)) in fields.iter().enumerate() {
        out.push_str(if index > 0 { "," } else { "" });
        // Writing to a string cannot fail.
        let _ = write!(out, "\"{key}\":");
        field.push_json(out);
    }
}

impl Page {
    /// Appends the object as one line of JSON.
    ///
    /// Shape: `docs/schemas/show.schema.json`.
    pub fn push_json(&self, out: &mut String, sources: &Sources<'_>) {
        // Writing to a string cannot fail.
        let _ = write!(out, "{{\"version\":1,\"kind\":\"{}\",\"name\":", self.kind.name());
        push_json(out, &self.name);
        out.push(',');
        push_fields(out, &self.fields);
        push_list(out, ",\"gaps\":", &self.gaps, |out, gap| push_gap(out, gap, sources));
        out.push_str("}\n");
    }

    /// Appends the object for people; `all` leaves nothing out.
    pub fn push_human(&self, out: &mut String, sources: &Sources<'_>, (style, all): (&Style, bool)) {
        push_marked(out, 0, (color::STRONG, self.kind.name()), &self.name, style);
        for (key, field) in &self.fields {
            let label = label(key);
            match field {
                Field::Truth(Some(true)) if *key == "assigned_to_nobody" => push_text(out, 2, "not assigned", style),
                // The assignments say so.
                Field::Truth(Some(false)) if *key == "assigned_to_nobody" => {}
                Field::Texts(texts) if *key == "identities" && !texts.is_empty() => {
                    let mut all: Vec<&str> = Vec::new();
                    for text in texts {
                        if !all.iter().any(|known| same(known, text)) {
                            all.push(text);
                        }
                    }
                    push_text(out, 2, &format!("{label}: {}", all.join(", ")), style);
                }
                // The line below says its name.
                Field::Text(Some(word)) if is_own_name(word) => {}
                Field::Texts(texts) if texts.is_empty() && *key == "members" => {
                    push_text(out, 2, "members: none", style)
                }
                Field::Rows(rows) => push_rows(out, &label, rows, (style, all)),
                Field::Texts(texts) if texts.len() > ITEMS_MAX && !all => {
                    let (shown, more) = (texts[..ITEMS_MAX].join(", "), texts.len() - ITEMS_MAX);
                    push_text(out, 2, &format!("{label}: {shown} and {more} more (-v)"), style);
                }
                field => {
                    if let Some(words) = field.words() {
                        push_text(out, 2, &format!("{label}: {words}"), style);
                    }
                }
            }
        }
        push_gaps(out, &self.gaps, sources, (style, all));
    }
}

/// What people call a field.
fn label(key: &str) -> String {
    match key {
        "policy" => "role assignment policy".to_owned(),
        "people" => "accounts".to_owned(),
        "cmdlet_count" => "cmdlets it can run".to_owned(),
        "may_assign" => "roles it may assign".to_owned(),
        key => key.replace('_', " "),
    }
}

/// A field of a row as people read it; `None` where it says what goes without saying, or nothing. `all` shortens nothing.
fn phrase(key: &str, field: &Field, all: bool) -> Option<String> {
    /// How many parameters people see.
    const PARAMETERS_MAX: usize = 4;
    let words = || field.words().map(|words| format!("{} {words}", key.replace('_', " ")));
    match (key, field) {
        ("parameters", Field::Texts(list)) if list.len() > PARAMETERS_MAX && !all => {
            Some(format!("{} parameters", list.len()))
        }
        ("parameters_complete" | "enabled", Field::Truth(Some(true))) => None,
        ("delegating" | "whole", Field::Truth(Some(false))) => None,
        ("parameters_complete", Field::Truth(Some(false))) => Some("perhaps more".to_owned()),
        ("enabled", Field::Truth(Some(false))) => Some("disabled".to_owned()),
        ("delegating", Field::Truth(Some(true))) => Some("delegating".to_owned()),
        ("whole", Field::Truth(Some(true))) => Some("the whole cmdlet".to_owned()),
        ("answer", Field::Text(Some(answer))) => (answer != "granted").then(|| answer.clone()),
        ("scope", Field::Text(Some(scope))) => Some(format!("on {scope}")),
        _ => words(),
    }
}

/// Whether a scope is one of its own, whose name stands in another field.
fn is_own_name(word: &str) -> bool {
    ["CustomRecipientScope", "ExclusiveRecipientScope", "CustomConfigScope", "ExclusiveConfigScope"].contains(&word)
}

fn push_rows(out: &mut String, label: &str, rows: &[Vec<(&'static str, Field)>], (style, all): (&Style, bool)) {
    if rows.is_empty() {
        return;
    }
    push_text(out, 2, &format!("{label}: {}", rows.len()), style);
    let shown = if all { rows.len() } else { ITEMS_MAX };
    for row in rows.iter().take(shown) {
        let first = row.first().and_then(|(_, field)| field.words()).unwrap_or_default();
        let rest: Vec<String> = row.iter().skip(1).filter_map(|(key, field)| phrase(key, field, all)).collect();
        let rest = if rest.is_empty() { String::new() } else { format!(" ({})", rest.join("; ")) };
        push_text(out, 4, &format!("{first}{rest}"), style);
    }
    if rows.len() > shown {
        push_text(out, 4, &format!("and {} more (-v)", rows.len() - shown), style);
    }
}
