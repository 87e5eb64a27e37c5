//! What is known of Exchange in general. It explains and fills in; an export always wins over it.

use std::collections::BTreeMap;

use crate::name::{fold, same};

/// A built-in role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuiltInRole {
    /// Its name.
    pub name: &'static str,
    /// Whether it is for end users.
    pub end_user: bool,
    /// Its implicit scopes: recipient read and write, configuration read and write.
    pub scopes: Option<[&'static str; 4]>,
}

/// The built-in roles, by name without case.
#[derive(Clone, Debug)]
pub struct Catalogue {
    roles: BTreeMap<String, BuiltInRole>,
}

impl Default for Catalogue {
    fn default() -> Self {
        Self::new()
    }
}

impl Catalogue {
    /// Reads the table that ships in the binary.
    #[must_use]
    pub fn new() -> Self {
        let rows = include_str!("catalogue/roles.tsv").lines().skip(2);
        Self { roles: rows.filter_map(role).map(|role| (fold(role.name), role)).collect() }
    }

    /// The built-in roles that hold a cmdlet by default, by name; those for end users last.
    #[must_use]
    pub fn holders_of(&self, cmdlet: &str) -> Vec<&'static str> {
        let rows = include_str!("catalogue/entries.tsv").lines().skip(1).filter_map(|row| row.split_once('\t'));
        let holds = |entries: &str| entries.split(' ').any(|entry| same(entry, cmdlet));
        let mut roles: Vec<&str> = rows.filter(|(_, entries)| holds(entries)).map(|(role, _)| role).collect();
        roles.sort_by_cached_key(|role| (self.role(role).is_some_and(|role| role.end_user), fold(role)));
        roles
    }

    /// A built-in role.
    #[must_use]
    pub fn role(&self, name: &str) -> Option<&BuiltInRole> {
        self.roles.get(&fold(name))
    }
}

fn role(row: &'static str) -> Option<BuiltInRole> {
    let mut cells = row.split('\t');
    let (name, end_user) = (cells.next()?, cells.next()? == "1");
    let scopes: Vec<&'static str> = cells.filter(|cell| !cell.is_empty()).collect();
    Some(BuiltInRole { name, end_user, scopes: scopes.try_into().ok() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_built_in_role_has_its_four_scopes() {
        let catalogue = Catalogue::new();
        let role = catalogue.role("mybaseoptions").expect("a default role");
        assert!(role.end_user);
        assert_eq!(role.scopes, Some(["Self", "Self", "OrganizationConfig", "OrganizationConfig"]));
        assert_eq!(catalogue.role("Our own role"), None);
    }
}
