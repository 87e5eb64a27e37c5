//! What Exchange has: its cmdlets and their parameters, and where each exists.

use std::cmp::Ordering;

use crate::name::{fold, same};

/// Some of the places in which a cmdlet may exist: the versions of Exchange Server, Exchange Online, Purview.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places(&'static str);

/// The letters of the table, each with the word of a policy's `environment` and the name that reports show.
const PLACES: &[(&str, &str, &str)] = &[
    ("0", "2010", "2010"),
    ("3", "2013", "2013"),
    ("6", "2016", "2016"),
    ("9", "2019", "2019"),
    ("s", "se", "Subscription Edition"),
    ("o", "online", "Exchange Online"),
    ("p", "purview", "Purview"),
];

impl Places {
    /// Every version of Exchange Server.
    pub const SERVERS: Self = Self("0369s");
    /// Exchange Online.
    pub const ONLINE: Self = Self("o");
    /// Purview.
    pub const PURVIEW: Self = Self("p");
    /// Either of Microsoft's own, where nothing tells which.
    pub const CLOUD: Self = Self("op");

    /// The place that `environment` of a policy names.
    #[must_use]
    pub fn of(environment: &str) -> Option<Self> {
        PLACES.iter().find(|(_, word, _)| *word == environment).map(|(letter, ..)| Self(letter))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// Whether a place is among both.
    #[must_use]
    pub fn meet(self, other: Self) -> bool {
        self.0.contains(|letter| other.0.contains(letter))
    }

    /// What reports call them, the last behind `joint`: `Exchange Server 2010, 2013 and Exchange Online`.
    #[must_use]
    pub fn shown(self, joint: &str) -> String {
        let mut names: Vec<String> = Vec::new();
        let all = Self::SERVERS.0.chars().all(|letter| self.0.contains(letter));
        if all {
            names.push("Exchange Server".to_owned());
        }
        for (letter, _, name) in PLACES.iter().filter(|(letter, ..)| self.0.contains(letter)) {
            let server = Self::SERVERS.0.contains(letter);
            match server {
                true if all => {}
                true if names.is_empty() => names.push(format!("Exchange Server {name}")),
                _ => names.push((*name).to_owned()),
            }
        }
        match names.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} {joint} {last}", rest.join(", ")),
            _ => names.concat(),
        }
    }
}

/// A cmdlet of the table.
#[derive(Clone, Copy, Debug)]
pub struct Cmdlet {
    /// Its name.
    pub name: &'static str,
    /// Where it exists; nowhere where Microsoft documents it no longer.
    pub places: Places,
    /// Its parameters: those that exist wherever it does, then those of other places.
    parameters: &'static str,
}

impl Cmdlet {
    /// Stands for a cmdlet of which nothing is documented.
    pub const UNDOCUMENTED: Self = Self { name: "", places: Places(""), parameters: "" };

    /// The parameters, each with the places in which it exists. None where they are not known.
    pub fn parameters(&self) -> impl Iterator<Item = (&'static str, Places)> {
        let everywhere = self.places;
        self.parameters.split('\t').flat_map(move |cell| {
            let (places, names) = match cell.split_once(':') {
                Some((places, names)) => (Places(places), names),
                None => (everywhere, cell),
            };
            names.split(' ').filter(|name| !name.is_empty()).map(move |name| (name, places))
        })
    }

    /// Where a parameter exists, if the table has it.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<Places> {
        self.parameters().find(|(known, _)| same(known, name)).map(|(_, places)| places)
    }
}

/// The rows of the table, which is sorted by name without case: three hundred kilobytes are searched as they are.
#[derive(Clone, Copy, Debug)]
pub struct Cmdlets(&'static str);

impl Cmdlets {
    /// The table that ships in the binary.
    #[must_use]
    pub(super) fn new() -> Self {
        let mut rows = include_str!("cmdlets.tsv");
        while let Some((_, rest)) = rows.split_once('\n').filter(|(comment, _)| comment.starts_with('#')) {
            rows = rest;
        }
        Self(rows)
    }

    /// A cmdlet.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Cmdlet> {
        let wanted = fold(name);
        let mut rows = self.0;
        while !rows.is_empty() {
            let half = &rows.as_bytes()[..rows.len() / 2];
            let start = half.iter().rposition(|byte| *byte == b'\n').map_or(0, |feed| feed + 1);
            let (before, rest) = rows.split_at(start);
            let (row, behind) = rest.split_once('\n').unwrap_or((rest, ""));
            let found = cmdlet(row.trim_end_matches('\r'));
            rows = match fold(found.name).cmp(&wanted) {
                Ordering::Equal => return Some(found),
                Ordering::Less => behind,
                Ordering::Greater => before,
            };
        }
        None
    }

    /// The names of all cmdlets, sorted without case.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.0.lines().map(|row| cmdlet(row).name)
    }
}

fn cmdlet(row: &'static str) -> Cmdlet {
    let (name, rest) = row.split_once('\t').unwrap_or((row, ""));
    let (places, parameters) = rest.split_once('\t').unwrap_or((rest, ""));
    Cmdlet { name, places: Places(places), parameters }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_well_formed() {
        let cmdlets = Cmdlets::new();
        let names: Vec<String> = cmdlets.names().map(fold).collect();
        assert!(names.is_sorted_by(|left, right| left < right), "a cmdlet stands twice, or not in its place");
        let is_word = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        for name in cmdlets.names() {
            let cmdlet = cmdlets.get(name).expect("it is there");
            assert!(name.split_once('-').is_some_and(|(verb, noun)| is_word(verb) && is_word(noun)), "{name}");
            let known = |places: Places| places.0.chars().all(|letter| "0369sop".contains(letter));
            assert!(known(cmdlet.places), "{name}");
            for (parameter, places) in cmdlet.parameters() {
                assert!(is_word(parameter) && known(places) && !places.is_empty(), "{name}: {parameter}");
            }
        }
    }

    #[test]
    fn a_cmdlet_knows_its_places_and_parameters() {
        let cmdlets = Cmdlets::new();
        let settings = cmdlets.get("set-adserversettings").expect("documented");
        assert_eq!((settings.name, settings.places), ("Set-ADServerSettings", Places::SERVERS));
        assert!(!settings.places.meet(Places::ONLINE) && settings.places.meet(Places::of("2019").expect("a place")));
        let device = cmdlets.get("Get-MobileDevice").expect("documented");
        assert_eq!(device.parameter("activesync"), Some(device.places));
        assert_eq!(device.parameter("DomainController"), Some(Places("369s")));
        assert_eq!(device.parameter("ActiveSync2"), None);
        let past = cmdlets.get("Get-ConnectSubscription").expect("once documented");
        assert!(past.places.is_empty() && past.parameters().next().is_none());
        assert!(cmdlets.get("Get-Mailboxx").is_none());
    }

    #[test]
    fn places_are_named_for_people() {
        for (places, shown) in [
            ("0369s", "Exchange Server"),
            ("0", "Exchange Server 2010"),
            ("369so", "Exchange Server 2013, 2016, 2019, Subscription Edition and Exchange Online"),
            ("0369so", "Exchange Server and Exchange Online"),
            ("p", "Purview"),
            ("", ""),
        ] {
            assert_eq!(Places(places).shown("and"), shown);
        }
    }
}
