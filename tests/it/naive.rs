//! Who holds what in the fixture organization, worked out a second time and in the plainest way.
//!
//! Nothing here is rolecall's: a CSV reader of a page, and loops over rows. It is slow, knows only the columns of
//! `fixtures/organization/exports`, and leaves nothing to a cache, so that the two can only agree by both being right.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path as FilePath;

/// One row by its headings.
pub(crate) type Row = BTreeMap<String, String>;

/// Splits CSV into rows: commas, double quotes, CRLF or LF.
pub(crate) fn rows(text: &str) -> Vec<Row> {
    let mut table: Vec<Vec<String>> = vec![vec![String::new()]];
    let mut quoted = false;
    let mut chars = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(char) = chars.next() {
        let row = table.last_mut().expect("there is always a row");
        let field = row.last_mut().expect("there is always a field");
        match char {
            '"' if quoted && chars.peek() == Some(&'"') => field.push(chars.next().expect("it was seen")),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\r' if !quoted => {}
            '\n' if !quoted => table.push(vec![String::new()]),
            char => field.push(char),
        }
    }
    let mut table = table.into_iter().filter(|row| row.len() > 1);
    let headings = table.next().expect("there is a heading");
    table
        .map(|row| {
            assert_eq!(row.len(), headings.len(), "{row:?}");
            headings.iter().cloned().zip(row).collect()
        })
        .collect()
}

/// The items of a joined list.
fn items(joined: &str) -> impl Iterator<Item = String> {
    joined.split(';').filter(|item| !item.is_empty()).map(ToOwned::to_owned)
}

/// `contoso.com/Users/bo` is `bo`.
fn last_part(canonical: &str) -> String {
    canonical.rsplit('/').next().unwrap_or(canonical).to_owned()
}

/// One way in which an account comes to a role entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Path {
    pub(crate) role: String,
    pub(crate) assignment: String,
}

/// What an account can do with one cmdlet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Held {
    /// How it comes to it; the own mailbox included.
    pub(crate) paths: BTreeSet<Path>,
    pub(crate) parameters: BTreeSet<String>,
    /// At least one path reaches beyond the own mailbox.
    pub(crate) beyond_own_mailbox: bool,
}

/// The rows of `fixtures/organization/exports`.
pub(crate) struct Organization {
    pub(crate) assignments: Vec<Row>,
    entries: Vec<Row>,
    members: Vec<Row>,
    groups: Vec<Row>,
    mailboxes: Vec<Row>,
    users: Vec<Row>,
}

impl Organization {
    pub(crate) fn read(folder: &FilePath) -> Organization {
        let read = |name: &str| {
            let text = std::fs::read_to_string(folder.join(name)).expect("the fixture is there");
            rows(&text)
        };
        let mut entries = read("entries.csv");
        entries.extend(read("entries-my-roles.csv"));
        Organization {
            assignments: read("assignments.csv"),
            entries,
            members: read("members.csv"),
            groups: read("groups.csv"),
            mailboxes: read("mailboxes.csv"),
            users: read("users.csv"),
        }
    }

    /// Every account, in the order of names without case.
    pub(crate) fn accounts(&self) -> Vec<String> {
        let mut names: Vec<String> = self.mailboxes.iter().chain(&self.users).map(|row| row["Name"].clone()).collect();
        names.sort_by_key(|name| name.to_lowercase());
        names
    }

    /// The account and every group it is in, however deep.
    fn holders(&self, account: &str) -> BTreeSet<String> {
        let mut holders = BTreeSet::from([account.to_owned()]);
        loop {
            let before = holders.len();
            for row in &self.members {
                if holders.contains(&row["Name"]) {
                    holders.insert(row["RoleGroup"].clone());
                }
            }
            for row in self.groups.iter().filter(|row| row["GroupType"].contains("SecurityEnabled")) {
                if items(&row["Members"]).any(|member| holders.contains(&last_part(&member))) {
                    holders.insert(row["Name"].clone());
                }
            }
            if holders.len() == before {
                return holders;
            }
        }
    }

    /// The assignments that give the account their role.
    fn assignments_of(&self, account: &str) -> Vec<&Row> {
        let holders = self.holders(account);
        let policy = self.mailboxes.iter().find(|row| row["Name"] == account).map(|row| &row["RoleAssignmentPolicy"]);
        self.assignments
            .iter()
            .filter(|row| row["Enabled"] == "True" && row["RoleAssignmentDelegationType"] == "Regular")
            .filter(|row| match row["RoleAssigneeType"].as_str() {
                "RoleAssignmentPolicy" => Some(&row["RoleAssigneeName"]) == policy,
                _ => holders.contains(&row["RoleAssigneeName"]),
            })
            .collect()
    }

    /// Everything that the account can run.
    pub(crate) fn held(&self, account: &str) -> BTreeMap<String, Held> {
        let mut all: BTreeMap<String, Held> = BTreeMap::new();
        for assignment in self.assignments_of(account) {
            for entry in self.entries.iter().filter(|entry| entry["Role"] == assignment["Role"]) {
                let held = all.entry(entry["Name"].clone()).or_default();
                held.paths.insert(Path { role: entry["Role"].clone(), assignment: assignment["Name"].clone() });
                held.parameters.extend(items(&entry["Parameters"]));
                held.beyond_own_mailbox |= reaches_others(assignment, &entry["Name"]);
            }
        }
        all
    }

    /// Which of `cmdlets` the account cannot run on anything but its own mailbox.
    pub(crate) fn missing(&self, account: &str, cmdlets: &[String]) -> Vec<String> {
        let held = self.held(account);
        let can = |cmdlet: &&String| held.get(*cmdlet).is_some_and(|held| held.beyond_own_mailbox);
        cmdlets.iter().filter(|cmdlet| !can(cmdlet)).cloned().collect()
    }
}

/// Whether an assignment lets a cmdlet act on more than the own mailbox.
fn reaches_others(assignment: &Row, cmdlet: &str) -> bool {
    if assignment["RoleAssigneeType"] == "RoleAssignmentPolicy" {
        return false;
    }
    let (recipient, config) = if cmdlet.starts_with("Get-") || cmdlet.starts_with("Test-") {
        ("RecipientReadScope", "ConfigReadScope")
    } else {
        ("RecipientWriteScope", "ConfigWriteScope")
    };
    let (recipient, config) = (assignment[recipient].as_str(), assignment[config].as_str());
    let nothing = |scope: &str| scope == "None" || scope == "NotApplicable";
    // It changes the session, not an object, so that no scope binds it.
    let session = cmdlet == "Set-ADServerSettings";
    recipient != "Self" && !recipient.starts_with("My") && (session || !(nothing(recipient) && nothing(config)))
}

/// The cmdlets of a pack, read from its file line by line.
pub(crate) fn cmdlets_of_pack(text: &str) -> Vec<String> {
    let list = text.split("cmdlets = [").nth(1).expect("a pack has cmdlets");
    let list = list.split(']').next().expect("a list ends");
    list.split('"').skip(1).step_by(2).map(ToOwned::to_owned).collect()
}
