//! Servers, mailbox databases and mailbox plans: what scopes of the configuration may hold, and what new mailboxes get.

use std::collections::BTreeMap;

use crate::name::{fold, same};
use crate::record::{Kind, Record, Value};
use crate::source::Span;

use super::identity::canonical_of_dn;

/// A server, a mailbox database or a mailbox plan, as one record shows it. There are few, so texts are kept as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectFact {
    /// What it is.
    pub kind: Kind,
    /// What it is called: its name, else what it is shown as.
    pub name: String,
    /// The values that its record shows whole, by the folded names of the properties; `None` where printed empty.
    properties: BTreeMap<String, Option<String>>,
    /// The record.
    pub at: Span,
}

impl ObjectFact {
    /// What a record shows; `None` where it shows no name.
    pub(super) fn of(record: &Record<'_>) -> Option<Self> {
        let shown = record.fields.iter().filter_map(|field| match &field.value {
            Value::Nothing => Some((fold(&field.name), None)),
            value => value.whole().map(|text| (fold(&field.name), Some(text.trim().to_owned()))),
        });
        let mut properties: BTreeMap<String, Option<String>> = shown.collect();
        let filled = |name: &str| properties.get(name).cloned().flatten();
        let name = ["name", "identity", "displayname"].into_iter().find_map(filled)?;
        // A filter compares the name of the site in the directory, and the shell prints it as a path.
        if let Some(site) = filled("site").and_then(|site| distinguished(&site)) {
            properties.entry("serversite".to_owned()).or_insert(Some(site));
        }
        Some(Self { kind: record.kind, name, properties, at: record.at })
    }

    /// A property, by its folded name: `Some(None)` where it is printed empty, `None` where the record does not show it.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<Option<&str>> {
        self.properties.get(name).map(Option::as_deref)
    }

    /// Whether a text names it, by any of its identities.
    #[must_use]
    pub fn is_named(&self, text: &str) -> bool {
        const IDENTITIES: [&str; 6] = ["name", "identity", "id", "fqdn", "guid", "distinguishedname"];
        let canonical = canonical_of_dn(text);
        let text = canonical.as_deref().unwrap_or(text);
        let mut shown = IDENTITIES.iter().filter_map(|name| self.property(name).flatten());
        shown.any(|known| same(canonical_of_dn(known).as_deref().unwrap_or(known), text)) || same(&self.name, text)
    }
}

/// The distinguished name of an object of the configuration that is given as a path: all that it lies in are containers.
fn distinguished(path: &str) -> Option<String> {
    let mut parts = path.split('/');
    let domain = parts.next().filter(|domain| domain.contains('.') && !path.contains(['\\', ',', '=']))?;
    let containers: Vec<&str> = parts.collect();
    let containers = containers.iter().rev().map(|name| format!("CN={name}"));
    let names: Vec<String> = containers.chain(domain.split('.').map(|name| format!("DC={name}"))).collect();
    (names.len() > domain.split('.').count()).then(|| names.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_the_configuration_has_a_distinguished_name() {
        let site = "contoso.com/Configuration/Sites/Berlin";
        assert_eq!(distinguished(site).as_deref(), Some("CN=Berlin,CN=Sites,CN=Configuration,DC=contoso,DC=com"));
        assert_eq!(distinguished("Berlin"), None);
        assert_eq!(distinguished("CN=Berlin,DC=contoso,DC=com"), None);
    }
}
