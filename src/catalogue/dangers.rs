//! Cmdlets that a default organization keeps in its most privileged roles.

use std::collections::BTreeMap;

use crate::name::fold;

/// What makes a cmdlet dangerous.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Danger {
    /// The ATT&CK technique.
    pub technique: &'static str,
    /// The parameters of which one is enough; none where the cmdlet itself is.
    pub parameters: Vec<&'static str>,
}

/// All of them, by cmdlet without case.
#[derive(Clone, Debug)]
pub struct Dangers {
    rows: BTreeMap<String, Danger>,
}

impl Dangers {
    /// Reads the table that ships in the binary.
    #[must_use]
    pub(super) fn new() -> Self {
        let rows = include_str!("dangerous.tsv").lines().skip(2);
        Self { rows: rows.filter_map(row).collect() }
    }

    /// The danger of a cmdlet.
    #[must_use]
    pub fn get(&self, cmdlet: &str) -> Option<&Danger> {
        self.rows.get(&fold(cmdlet))
    }
}

fn row(line: &'static str) -> Option<(String, Danger)> {
    let mut cells = line.split('\t');
    let (cmdlet, technique) = (cells.next()?, cells.next()?);
    let parameters = cells.next()?.split(';').filter(|name| !name.is_empty()).collect();
    Some((fold(cmdlet), Danger { technique, parameters }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_danger_names_its_technique_and_its_parameters() {
        let dangers = Dangers::new();
        assert_eq!(dangers.get("new-mailboxexportrequest").map(|danger| danger.technique), Some("T1114.002"));
        assert!(dangers.get("Impersonate-ExchangeUser").is_some_and(|danger| danger.parameters.is_empty()));
        assert_eq!(dangers.get("Get-Mailbox"), None);
    }
}
