//! On what a path lets a cmdlet work, as a value that is compared across organizations and exports.

use crate::name::{fold, same};

use super::known::Known;
use super::opath::Filter;
use super::root::root_contains;

/// What a path lets a cmdlet work on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Extent {
    /// The recipients.
    pub recipients: Recipients,
    /// The configuration.
    pub configuration: Configuration,
    /// Whether the export has no such column, so that the widest that the role allows stands for each.
    pub assumed: [bool; 2],
    /// What exclusive scopes keep from it; `None` where they were not exported.
    pub kept: Option<Vec<Area>>,
}

/// Some recipients.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recipients {
    /// All of them.
    Organization,
    /// None.
    Nobody,
    /// The own mailbox or what belongs to it, by the word that says so.
    Own(String),
    /// Those below a unit.
    Unit(String),
    /// Those of a scope.
    Scope(Area),
    /// A word that nothing more is known of.
    Word(String),
    /// No export says.
    Unknown,
}

/// A part of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Configuration {
    /// All of it.
    Organization,
    /// None.
    Nothing,
    /// That of a scope.
    Scope(Area),
    /// A word that nothing more is known of.
    Word(String),
    /// No export says.
    Unknown,
}

/// A management scope.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Area {
    /// Its name; `None` where no export shows it.
    pub name: Option<String>,
    /// What it holds; `None` where it was not exported, or not whole.
    pub holds: Option<Holds>,
}

/// What a management scope holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holds {
    /// The unit below which it works; `Some(None)` where it has none, `None` where no export says.
    pub root: Option<Option<String>>,
    /// Its filter, whatever it is of; `Some(None)` where it has none, `None` where no export says.
    pub filter: Option<Option<String>>,
}

impl Extent {
    /// Whether whatever lies in another extent lies in this one.
    ///
    /// What a missing column leaves open narrows an extent, and never widens it.
    #[must_use]
    pub fn contains(&self, other: &Self) -> Known {
        let recipients = assumed(
            self.recipients.contains(&other.recipients),
            (self.assumed[0], other.assumed[0]),
            self.recipients == other.recipients,
        );
        let configuration = assumed(
            self.configuration.contains(&other.configuration),
            (self.assumed[1], other.assumed[1]),
            self.configuration == other.configuration,
        );
        recipients.and(configuration).and(self.keeps(other))
    }

    /// Whether exclusive scopes keep nothing from this extent that they leave to the other.
    fn keeps(&self, other: &Self) -> Known {
        let (Some(own), Some(left)) = (&self.kept, &other.kept) else {
            // Where no export shows an exclusive scope, none is taken to have come or gone.
            let some = self.kept.iter().chain(&other.kept).any(|kept| !kept.is_empty());
            let narrowed = self.kept.as_ref().is_some_and(Vec::is_empty) || !some;
            return if narrowed { Known::Yes } else { Known::Unknown };
        };
        let all = own.iter().map(|area| {
            let known = left.iter().map(|other| other.contains(area)).fold(Known::No, Known::or);
            match (known, &other.recipients) {
                (Known::No, Recipients::Organization) => Known::No,
                (Known::No, _) => Known::Unknown,
                (known, _) => known,
            }
        });
        all.fold(Known::Yes, Known::and)
    }

    /// The scopes that it rests on.
    pub fn areas(&self) -> impl Iterator<Item = &Area> {
        let recipients = match &self.recipients {
            Recipients::Scope(area) => Some(area),
            _ => None,
        };
        let configuration = match &self.configuration {
            Configuration::Scope(area) => Some(area),
            _ => None,
        };
        recipients.into_iter().chain(configuration).chain(self.kept.iter().flatten())
    }
}

/// What is assumed of either side: the outer may be narrower than it looks, and so may the inner.
fn assumed(contains: Known, (outer, inner): (bool, bool), alike: bool) -> Known {
    match contains {
        Known::Yes if outer && !(inner && alike) => Known::Unknown,
        Known::No if inner => Known::Unknown,
        contains => contains,
    }
}

impl Recipients {
    fn contains(&self, other: &Self) -> Known {
        match (self, other) {
            (Self::Organization, _) | (_, Self::Nobody) => Known::Yes,
            (Self::Nobody, _) => Known::No,
            (Self::Unknown, Self::Unknown) => Known::Yes,
            (Self::Unknown, _) | (_, Self::Unknown) => Known::Unknown,
            (Self::Own(own), Self::Own(other)) if own.is_empty() || other.is_empty() => Known::Unknown,
            (Self::Own(own), Self::Own(other)) => Known::of(same(own, other)),
            (Self::Own(_), _) => Known::No,
            (Self::Unit(own), Self::Unit(other)) => root_contains(own, other),
            (Self::Unit(own), Self::Scope(area)) => match &area.holds {
                Some(Holds { root: Some(Some(root)), .. }) if root_contains(own, root) == Known::Yes => Known::Yes,
                _ => Known::Unknown,
            },
            (Self::Scope(area), Self::Unit(other)) => match &area.holds {
                Some(Holds { root: Some(root), filter: Some(None) }) => {
                    root.as_ref().map_or(Known::Yes, |root| root_contains(root, other))
                }
                _ => Known::Unknown,
            },
            (Self::Scope(own), Self::Scope(other)) => own.contains(other),
            (Self::Scope(area), Self::Organization) => match area.is_everything() {
                Known::Yes => Known::Yes,
                // A part is no whole: whoever else there is lies outside.
                _ => area.holds.as_ref().map_or(Known::Unknown, |_| Known::No),
            },
            (Self::Unit(_), Self::Organization) => Known::No,
            (Self::Word(own), Self::Word(other)) if same(own, other) => Known::Yes,
            _ => Known::Unknown,
        }
    }

    /// The word or name that reports show.
    #[must_use]
    pub fn shown(&self) -> &str {
        match self {
            Self::Organization => "Organization",
            Self::Nobody => "None",
            Self::Own(word) if word.is_empty() => "Self",
            Self::Own(word) | Self::Word(word) => word,
            Self::Unit(unit) => unit,
            Self::Scope(area) => area.shown(),
            Self::Unknown => "?",
        }
    }
}

impl Configuration {
    fn contains(&self, other: &Self) -> Known {
        match (self, other) {
            (Self::Organization, _) | (_, Self::Nothing) => Known::Yes,
            (Self::Nothing, _) => Known::No,
            (Self::Unknown, Self::Unknown) => Known::Yes,
            (Self::Unknown, _) | (_, Self::Unknown) => Known::Unknown,
            (Self::Scope(own), Self::Scope(other)) => own.contains(other),
            (Self::Scope(area), Self::Organization) => area.holds.as_ref().map_or(Known::Unknown, |_| Known::No),
            (Self::Word(own), Self::Word(other)) if same(own, other) => Known::Yes,
            _ => Known::Unknown,
        }
    }

    /// The word or name that reports show.
    #[must_use]
    pub fn shown(&self) -> &str {
        match self {
            Self::Organization => "OrganizationConfig",
            Self::Nothing => "None",
            Self::Word(word) => word,
            Self::Scope(area) => area.shown(),
            Self::Unknown => "?",
        }
    }
}

impl Area {
    /// The name that reports show.
    #[must_use]
    pub fn shown(&self) -> &str {
        self.name.as_deref().unwrap_or("?")
    }

    /// Whether it surely holds everything.
    fn is_everything(&self) -> Known {
        match &self.holds {
            Some(Holds { root: Some(None), filter: Some(None) }) => Known::Yes,
            Some(Holds { root: Some(None), filter: Some(Some(filter)) }) => {
                Filter::parse(filter).map_or(Known::Unknown, |filter| filter.is_everything())
            }
            _ => Known::Unknown,
        }
    }

    /// Whether whatever another scope holds lies in this one. Two that no export shows are one where their names are.
    fn contains(&self, other: &Self) -> Known {
        let (own, held) = match (&self.holds, &other.holds) {
            (Some(own), Some(held)) => (own, held),
            (None, None) => {
                let named = self.name.as_ref().zip(other.name.as_ref());
                return if named.is_some_and(|(own, other)| same(own, other)) { Known::Yes } else { Known::Unknown };
            }
            _ => return Known::Unknown,
        };
        let root = match (&own.root, &held.root) {
            (Some(None), _) | (None, None) => Known::Yes,
            (Some(Some(own)), Some(Some(held))) if same(own, held) => Known::Yes,
            (Some(Some(own)), Some(Some(held))) => root_contains(own, held),
            // A unit is a part of the organization.
            (Some(Some(_)), Some(None)) => Known::No,
            (None, Some(_)) | (Some(Some(_)), None) => Known::Unknown,
        };
        let filter = match (&own.filter, &held.filter) {
            (Some(None), _) | (None, None) => Known::Yes,
            (Some(Some(own)), Some(Some(held))) if fold(own) == fold(held) => Known::Yes,
            (Some(Some(own)), Some(held)) => {
                let own = Filter::parse(own).ok();
                match (own, held.as_ref().map(|held| Filter::parse(held))) {
                    (Some(own), Some(Ok(held))) => own.contains(&held),
                    (Some(own), None) => own.is_everything(),
                    _ => Known::Unknown,
                }
            }
            (None, Some(_)) | (Some(Some(_)), None) => Known::Unknown,
        };
        root.and(filter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(filter: &str) -> Recipients {
        let holds = Some(Holds { root: Some(None), filter: Some(Some(filter.to_owned())) });
        Recipients::Scope(Area { name: Some("VIP".to_owned()), holds })
    }

    fn extent(recipients: Recipients) -> Extent {
        Extent { recipients, configuration: Configuration::Organization, assumed: [false; 2], kept: Some(Vec::new()) }
    }

    #[test]
    fn the_organization_holds_everything_and_a_filter_with_more_conditions_less() {
        let (whole, city) = (extent(Recipients::Organization), extent(scope("City -eq 'Bern'")));
        let both = extent(scope("City -eq 'Bern' -and Title -eq 'VIP'"));
        assert_eq!(whole.contains(&city), Known::Yes);
        assert_eq!(city.contains(&whole), Known::No);
        assert_eq!(city.contains(&both), Known::Yes);
        assert_eq!(both.contains(&city), Known::No);
        let own = extent(Recipients::Own("Self".to_owned()));
        assert_eq!((whole.contains(&own), own.contains(&whole)), (Known::Yes, Known::No));
        assert_eq!(city.contains(&own), Known::Unknown);
    }

    #[test]
    fn a_column_that_is_missing_may_hide_a_narrower_scope() {
        let whole = extent(Recipients::Organization);
        let assumed = Extent { assumed: [true, false], ..whole.clone() };
        assert_eq!(assumed.contains(&whole), Known::Unknown);
        assert_eq!(whole.contains(&assumed), Known::Yes);
        assert_eq!(assumed.contains(&assumed), Known::Yes);
        let none = extent(Recipients::Nobody);
        assert_eq!(none.contains(&assumed), Known::Unknown);
    }

    #[test]
    fn an_exclusive_scope_keeps_its_recipients_from_the_organization() {
        let whole = extent(Recipients::Organization);
        let vip = Area { name: Some("VIP".to_owned()), holds: Some(Holds { root: Some(None), filter: Some(None) }) };
        let kept = Extent { kept: Some(vec![vip]), ..whole.clone() };
        assert_eq!((whole.contains(&kept), kept.contains(&whole)), (Known::Yes, Known::No));
        let unknown = Extent { kept: None, ..whole.clone() };
        assert_eq!(kept.contains(&unknown), Known::Unknown);
        assert_eq!(unknown.contains(&whole), Known::Yes);
    }
}
