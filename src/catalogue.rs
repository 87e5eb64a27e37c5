//! What is known of Exchange in general. It explains and fills in; an export always wins over it.

mod cmdlets;
mod dangers;
mod defaults;

use std::cell::OnceCell;

use crate::name::{ByName, Names, fold, same};

pub use cmdlets::{Cmdlet, Cmdlets, Places};
pub use dangers::{Danger, Dangers};
pub use defaults::{Defaults, Environment};

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

/// A role in Entra whose holders a group of Exchange Online stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntraRole {
    /// Its name.
    pub name: &'static str,
    /// The id of its template, the same in every tenant.
    pub template: &'static str,
    /// The role group of Exchange whose permissions the group has.
    pub role_group: &'static str,
}

/// What is known of Exchange in general.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// The built-in roles.
    roles: Vec<BuiltInRole>,
    /// Read when a rule first asks.
    defaults: OnceCell<Defaults>,
    dangers: OnceCell<Dangers>,
    cmdlets: Cmdlets,
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
        let roles = rows.filter_map(role).collect();
        Self { roles, defaults: OnceCell::new(), dangers: OnceCell::new(), cmdlets: Cmdlets::new() }
    }

    /// The default assignments.
    #[must_use]
    pub fn defaults(&self) -> &Defaults {
        self.defaults.get_or_init(Defaults::new)
    }

    /// The cmdlets that only the most privileged roles have by default.
    #[must_use]
    pub fn dangers(&self) -> &Dangers {
        self.dangers.get_or_init(Dangers::new)
    }

    /// The cmdlets that Microsoft documents, or did.
    #[must_use]
    pub fn cmdlets(&self) -> &Cmdlets {
        &self.cmdlets
    }

    /// The role that a group is synchronised from Entra for, by how such groups are named.
    #[must_use]
    pub fn entra_of(&self, group: &str) -> Option<EntraRole> {
        // Few names begin with the letter of one of these, which is seen before a row is split.
        let first = *group.as_bytes().first()?;
        let rows = include_str!("catalogue/entra.tsv").lines().skip(1);
        rows.filter(|row| row.as_bytes().first().is_some_and(|byte| byte.eq_ignore_ascii_case(&first)))
            .filter_map(entra_role)
            .find(|(name, _)| match name.strip_suffix('*') {
                Some(start) => {
                    group.get(..start.len()).is_some_and(|own| same(own, start)) && group.len() > start.len()
                }
                None => same(group, name),
            })
            .map(|(_, role)| role)
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
        self.roles.iter().find(|role| same(role.name, name))
    }

    /// The built-in roles among some names.
    #[must_use]
    pub fn roles_among(&self, names: &Names) -> ByName<BuiltInRole> {
        let mut among = ByName::default();
        for role in &self.roles {
            if let Some(name) = names.get(role.name) {
                among.get_or_insert_with(name, || *role);
            }
        }
        among
    }
}

fn entra_role(row: &'static str) -> Option<(&'static str, EntraRole)> {
    let mut cells = row.split('\t');
    let (group, name) = (cells.next()?, cells.next()?);
    Some((group, EntraRole { name, template: cells.next()?, role_group: cells.next()? }))
}

fn role(row: &'static str) -> Option<BuiltInRole> {
    let mut cells = row.split('\t');
    let (name, end_user) = (cells.next()?, cells.next()? == "1");
    let mut scopes = cells.filter(|cell| !cell.is_empty());
    let mut scope = || scopes.next();
    let scopes = scope().zip(scope()).zip(scope().zip(scope())).map(|((a, b), (c, d))| [a, b, c, d]);
    Some(BuiltInRole { name, end_user, scopes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_synchronised_group_stands_for_its_entra_role() {
        let catalogue = Catalogue::new();
        let role = catalogue.entra_of("tenantadmins_1a2b3").expect("a synchronised group");
        assert_eq!((role.name, role.role_group), ("Global Administrator", "Organization Management"));
        assert_eq!(catalogue.entra_of("TenantAdmins_"), None);
        assert_eq!(catalogue.entra_of("Our TenantAdmins_1"), None);
        let role = catalogue.entra_of("security reader").expect("a role group that is synchronised itself");
        assert_eq!(role.role_group, "Security Reader");
        assert_eq!(catalogue.entra_of("Security Readers"), None);
        assert_eq!(catalogue.entra_of("Zürich"), None);
    }

    #[test]
    fn a_cmdlet_is_held_by_the_built_in_roles_of_the_dump() {
        let catalogue = Catalogue::new();
        assert_eq!(catalogue.holders_of("set-adminauditlogconfig"), ["Audit Logs"]);
        assert_eq!(catalogue.holders_of("New-MailboxExportRequest"), ["Mailbox Import Export", "Mailbox Search"]);
        assert_eq!(catalogue.holders_of("Get-Command"), Vec::<&str>::new());
    }

    #[test]
    fn a_built_in_role_has_its_four_scopes() {
        let catalogue = Catalogue::new();
        let role = catalogue.role("mybaseoptions").expect("a default role");
        assert!(role.end_user);
        assert_eq!(role.scopes, Some(["Self", "Self", "OrganizationConfig", "OrganizationConfig"]));
        assert_eq!(catalogue.role("Our own role"), None);
    }
}
