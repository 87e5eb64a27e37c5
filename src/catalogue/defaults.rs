//! What an untouched organization has: the default assignments, row by row. The one list that all rules allow.

use std::collections::BTreeMap;

use crate::inventory::{Inventory, Origin};
use crate::name::{fold, same};

/// Where an organization lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Environment {
    /// Servers of its own, of whatever release.
    OnPremises,
    /// Exchange Server 2013.
    Server2013,
    /// Exchange Server 2016 or later. What came from an older release keeps its assignments.
    Server2016,
    /// Exchange Online.
    Online,
    /// Purview, whose groups and roles have the names of Exchange's. Of its defaults nothing is known.
    Purview,
}

impl Environment {
    /// Where the organization of some exports lives: by names that end in a directory's root, else by roles that exist in
    /// one place only.
    #[must_use]
    pub fn shown_by(inventory: &Inventory) -> Option<Self> {
        const SERVERS: &[&str] = &["Database Availability Groups", "Active Directory Permissions", "Exchange Servers"];
        const ONLINE: &[&str] = &["Application Mail.Read", "SensitivityLabelAdministrator", "TenantPlacesManagement"];
        let mut shown = inventory.origins.iter().map(|shown| match shown.origin {
            Origin::OnPremises | Origin::Organization(_) => Self::OnPremises,
            Origin::Tenant(_) => Self::Online,
            Origin::Purview(_) => Self::Purview,
        });
        if let Some(first) = shown.next()
            && shown.all(|other| other == first)
        {
            return Some(first);
        }
        let shows = |names: &[&str]| names.iter().any(|name| inventory.names.get(name).is_some());
        match (shows(SERVERS), shows(ONLINE)) {
            (true, false) => Some(Self::OnPremises),
            (false, true) => Some(Self::Online),
            _ => None,
        }
    }

    /// The environment that a policy names, as `policy::shape::ENVIRONMENTS` spells it.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Some(match word {
            "2013" => Self::Server2013,
            "2016" | "2019" | "se" => Self::Server2016,
            "online" => Self::Online,
            "purview" => Self::Purview,
            _ => return None,
        })
    }

    /// Whether what is so by default in `row`, one of the table's environments, is so here.
    fn has_rows_of(self, row: Self) -> bool {
        match self {
            Self::OnPremises | Self::Server2016 => matches!(row, Self::Server2013 | Self::Server2016),
            _ => self == row,
        }
    }

    /// Whether what `row` says is so here today, and not only what was once.
    fn is_that_of(self, row: Self) -> bool {
        self == row || self == Self::OnPremises && self.has_rows_of(row)
    }
}

/// What one assignee has by default in one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    environment: Environment,
    /// Whether a later row of the same environment replaces it.
    past: bool,
    kind: &'static str,
    regular: Vec<&'static str>,
    delegating: Vec<&'static str>,
}

/// The default assignments of every environment.
#[derive(Clone, Debug)]
pub struct Defaults {
    /// By the assignee's name without case.
    rows: BTreeMap<String, Vec<Row>>,
    /// Assignees whose name an organization completes, without the star.
    open: Vec<(String, Vec<Row>)>,
}

impl Defaults {
    /// Reads the table that ships in the binary.
    #[must_use]
    pub(super) fn new() -> Self {
        let mut defaults = Self { rows: BTreeMap::new(), open: Vec::new() };
        for (assignee, row) in include_str!("defaults.tsv").lines().skip(2).filter_map(row) {
            match assignee.strip_suffix('*') {
                Some(start) => defaults.open.push((fold(start), vec![row])),
                None => defaults.rows.entry(fold(assignee)).or_default().push(row),
            }
        }
        defaults
    }

    fn rows_of(&self, assignee: &str, environment: Option<Environment>) -> impl Iterator<Item = &Row> {
        let folded = fold(assignee);
        let open = self.open.iter().filter(move |(start, _)| folded.starts_with(start)).flat_map(|(_, rows)| rows);
        let rows = self.rows.get(&fold(assignee)).into_iter().flatten().chain(open);
        rows.filter(move |row| environment.is_none_or(|environment| environment.has_rows_of(row.environment)))
    }

    /// Whether an assignee has a role by default. Without an environment: in any.
    #[must_use]
    pub fn has(&self, environment: Option<Environment>, assignee: &str, role: &str, delegating: bool) -> bool {
        let mut rows = self.rows_of(assignee, environment);
        rows.any(|row| {
            let roles = if delegating { &row.delegating } else { &row.regular };
            roles.iter().any(|known| same(known, role))
        })
    }

    /// Whether an assignee comes with Exchange. Without an environment: in any.
    #[must_use]
    pub fn is_built_in(&self, environment: Option<Environment>, assignee: &str) -> bool {
        self.rows_of(assignee, environment).next().is_some()
    }

    /// Whether a role group is kept in step with another directory, and so is expected to hold nothing of its own.
    #[must_use]
    pub fn is_synchronised(&self, assignee: &str) -> bool {
        self.rows_of(assignee, None).any(|row| row.kind == "Synchronised")
    }

    /// The roles that a role group runs by default, in every revision that still counts.
    #[must_use]
    pub fn roles_of(&self, environment: Option<Environment>, group: &str) -> Vec<&'static str> {
        let counts =
            |row: &&Row| !row.past && environment.is_none_or(|environment| environment.is_that_of(row.environment));
        let rows: Vec<&Row> = self.rows_of(group, environment).filter(counts).collect();
        let Some((first, rest)) = rows.split_first() else { return Vec::new() };
        first.regular.iter().copied().filter(|role| rest.iter().all(|row| row.regular.contains(role))).collect()
    }

    /// Whether somebody may hand a role on by default. Without an environment: in any.
    #[must_use]
    pub fn is_delegated(&self, environment: Option<Environment>, role: &str) -> bool {
        let fits = |row: &&Row| environment.is_none_or(|environment| environment.has_rows_of(row.environment));
        self.rows.values().flatten().filter(fits).any(|row| row.delegating.iter().any(|known| same(known, role)))
    }
}

fn row(line: &'static str) -> Option<(&'static str, Row)> {
    let mut cells = line.split('\t');
    let name = cells.next()?;
    let environment = match name {
        "2013" => Environment::Server2013,
        "2016" => Environment::Server2016,
        _ => Environment::Online,
    };
    let (assignee, kind) = (cells.next()?, cells.next()?);
    let mut roles = || cells.next().map(|list| list.split(';').filter(|role| !role.is_empty()).collect());
    let (regular, delegating) = (roles()?, roles()?);
    // The older page about Exchange Online states no delegating assignments and fewer groups.
    Some((assignee, Row { environment, past: name == "online-2021", kind, regular, delegating }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_knows_role_assignee_kind_and_environment() {
        let defaults = Defaults::new();
        let (servers, online) = (Some(Environment::OnPremises), Some(Environment::Online));
        assert!(defaults.has(servers, "hygiene management", "applicationimpersonation", false));
        assert!(!defaults.has(online, "Hygiene Management", "ApplicationImpersonation", false));
        assert!(defaults.has(None, "Hygiene Management", "ApplicationImpersonation", false));
        assert!(!defaults.has(None, "Hygiene Management", "ApplicationImpersonation", true));
        assert!(defaults.has(servers, "Organization Management", "Mailbox Import Export", true));
        assert!(!defaults.has(servers, "Organization Management", "Mailbox Import Export", false));
        assert!(defaults.has(online, "RIM-MailboxAdmins5f2b", "ApplicationImpersonation", false));
    }

    #[test]
    fn a_release_has_what_came_with_it_and_before() {
        let defaults = Defaults::new();
        let has = |word, role| defaults.has(Environment::of(word), "Compliance Management", role, false);
        assert!(has("2013", "Retention Management") && !has("2013", "Audit Logs"));
        assert!(has("2016", "Audit Logs") && has("2019", "Audit Logs") && has("se", "Retention Management"));
        assert!(!has("purview", "Audit Logs") && Environment::of("2010").is_none());
        let of = |word| defaults.roles_of(Environment::of(word), "Compliance Management").len();
        assert_eq!((of("2013"), of("2016"), of("purview")), (6, 11, 0));
    }

    #[test]
    fn groups_that_a_directory_keeps_in_step_are_expected_to_hold_nothing() {
        let defaults = Defaults::new();
        assert!(defaults.is_synchronised("TenantAdmins_1a2b"));
        assert!(defaults.is_built_in(None, "Help Desk") && !defaults.is_synchronised("Help Desk"));
        assert!(!defaults.is_built_in(None, "Sales Help Desk"));
    }

    #[test]
    fn a_role_counts_as_removed_only_where_every_revision_has_it() {
        let defaults = Defaults::new();
        let of = |environment, group| defaults.roles_of(environment, group);
        assert_eq!(of(Some(Environment::OnPremises), "Help Desk"), ["User Options", "View-Only Recipients"]);
        assert_eq!(of(Some(Environment::Online), "Help Desk").len(), 3);
        assert_eq!(of(Some(Environment::OnPremises), "Compliance Management").len(), 6);
        assert!(of(None, "Our Group").is_empty());
    }
}
