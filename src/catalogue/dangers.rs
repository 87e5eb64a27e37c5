//! Cmdlets that are dangerous in the wrong hands, and those of them that a default organization keeps in its most
//! privileged roles.

use std::collections::BTreeMap;

use crate::name::{fold, same};

/// What makes a cmdlet dangerous.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Danger {
    /// The ATT&CK technique.
    pub technique: &'static str,
    /// The parameters of which one is enough; none where the cmdlet itself is.
    pub parameters: Vec<&'static str>,
    /// Whether a default organization keeps it in its most privileged roles.
    pub privileged: bool,
}

impl Danger {
    /// Whether it comes with these parameters; `whole` where the cmdlet itself comes.
    #[must_use]
    pub fn comes_with<'p>(&self, whole: bool, parameters: impl IntoIterator<Item = &'p str>) -> bool {
        if self.parameters.is_empty() { whole } else { self.is_in(parameters) }
    }

    /// Whether an entry with these parameters has it.
    #[must_use]
    pub fn is_in<'p>(&self, parameters: impl IntoIterator<Item = &'p str>) -> bool {
        let counts = |name: &str| self.parameters.iter().any(|known| same(known, name));
        self.parameters.is_empty() || parameters.into_iter().any(counts)
    }
}

/// All of them, by cmdlet without case.
#[derive(Clone, Debug)]
pub struct Dangers {
    rows: BTreeMap<String, Vec<Danger>>,
}

impl Dangers {
    /// Reads the table that ships in the binary.
    #[must_use]
    pub(super) fn new() -> Self {
        let mut rows: BTreeMap<String, Vec<Danger>> = BTreeMap::new();
        for (cmdlet, danger) in include_str!("dangerous.tsv").lines().skip(2).filter_map(row) {
            rows.entry(cmdlet).or_default().push(danger);
        }
        Self { rows }
    }

    /// The dangers of a cmdlet.
    #[must_use]
    pub fn of(&self, cmdlet: &str) -> &[Danger] {
        self.rows.get(&fold(cmdlet)).map_or(&[], Vec::as_slice)
    }
}

fn row(line: &'static str) -> Option<(String, Danger)> {
    let mut cells = line.split('\t');
    let (cmdlet, technique) = (cells.next()?, cells.next()?);
    let parameters = cells.next()?.split(';').filter(|name| !name.is_empty()).collect();
    let privileged = cells.next() == Some("1");
    Some((fold(cmdlet), Danger { technique, parameters, privileged }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_danger_names_its_technique_and_its_parameters() {
        let dangers = Dangers::new();
        let techniques = |cmdlet| dangers.of(cmdlet).iter().map(|danger| danger.technique).collect::<Vec<_>>();
        assert_eq!(techniques("new-mailboxexportrequest"), ["T1114.002"]);
        assert_eq!(techniques("Set-Mailbox"), ["T1562.008", "T1114.003", "T1098.002"]);
        assert!(dangers.of("Impersonate-ExchangeUser").iter().all(|danger| danger.is_in([])));
        assert!(dangers.of("Get-Mailbox").is_empty());
    }

    #[test]
    fn mail_that_leaves_is_dangerous_by_its_parameter_and_no_privilege() {
        let dangers = Dangers::new();
        let [rule] = dangers.of("New-TransportRule") else { panic!("one row") };
        assert!(!rule.privileged);
        assert!(rule.is_in(["Name", "blindcopyto"]));
        assert!(!rule.is_in(["Name", "Priority"]));
    }
}
