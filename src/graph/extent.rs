//! What a path lets a cmdlet work on, as a value that can be compared with that of another organization.

use crate::inventory::{Assignment, Form, ScopeFact, Stated, Text};
use crate::name::same;
use crate::scope::{Area, Configuration, Extent, Holds, Known, Recipients, is_cut, is_own, is_session, reads, written};

use super::{Graph, Held};

impl Graph<'_> {
    /// What a path lets a cmdlet work on.
    #[must_use]
    pub fn works_on(&self, held: &Held, cmdlet: &str) -> Extent {
        let everything = || Extent {
            recipients: Recipients::Organization,
            configuration: Configuration::Organization,
            assumed: [false; 2],
            kept: Some(Vec::new()),
        };
        let scopes = self.scopes(held);
        fn own(word: Option<&str>) -> Option<&str> {
            word.filter(|word| is_own(word))
        }
        if held.role.and_then(|role| self.inventory.roles.get(role)).is_some_and(|role| role.unscoped) {
            return everything();
        }
        let reading = reads(cmdlet);
        let (word, configuration) = match reading {
            true => (scopes.recipient_read, scopes.config_read),
            false => (scopes.recipient_write, scopes.config_write),
        };
        if held.policy.is_some() || own(word).is_some() {
            // Where the assignment does not say, the word is the role's, and it may work on others by a scope of its own.
            let is_said = |assignment: &Assignment| assignment.scopes[usize::from(!reading)].is_some();
            let recipients = match held.policy.is_some() || self.assignment(held).is_none_or(is_said) {
                true => Recipients::Own(own(word).unwrap_or("Self").to_owned()),
                false => Recipients::Unknown,
            };
            let configuration = self.configuration(held, configuration, reading);
            return Extent { recipients, configuration, ..everything() };
        }
        if is_session(cmdlet) || held.assignment.is_none() && word.is_none() {
            return everything();
        }
        let assignment = self.assignment(held);
        let custom = assignment.map_or([None; 2], |assignment| assignment.custom);
        let recipients = match assignment.and_then(|assignment| assignment.resource) {
            Some(resource) => Recipients::Scope(self.area(Some(resource))),
            None if !reading && written(cmdlet).recipients == Known::No && self.is_bound_to_recipients(held) => {
                Recipients::Organization
            }
            None => self.recipients(word, custom[0].filter(|_| !reading)),
        };
        let configuration = self.configuration(held, configuration, reading);
        let stated = assignment.map_or([None; 4], |assignment| assignment.scopes);
        let is_missing = |index: usize, custom: Option<Text>| {
            !reading && assignment.is_some() && stated[index].is_none() && custom.is_none()
        };
        let assumed = [
            is_missing(1, custom[0]) && recipients == Recipients::Organization,
            is_missing(3, custom[1]) && configuration == Configuration::Organization,
        ];
        let kept = match reading || self.is_application(held) || self.is_exclusive(held) {
            true => Some(Vec::new()),
            false if self.scoping_is_incomplete() => None,
            false => Some(self.kept_from(held, cmdlet).map(|index| self.area_of(index)).collect()),
        };
        Extent { recipients, configuration, assumed, kept }
    }

    fn recipients(&self, word: Option<&str>, custom: Option<Text>) -> Recipients {
        let is = |words: &[&str], word: &str| words.iter().any(|known| same(known, word));
        match word.filter(|word| !is_cut(word)) {
            None => Recipients::Unknown,
            Some(word) if same(word, "Organization") => Recipients::Organization,
            Some(word) if is(&["None", "NotApplicable"], word) => Recipients::Nobody,
            Some(word) if same(word, "OU") => match custom.filter(|unit| unit.form == Form::Whole) {
                Some(unit) => Recipients::Unit(self.inventory.show(unit.symbol).to_owned()),
                None => Recipients::Unknown,
            },
            Some(word) if is(&["CustomRecipientScope", "ExclusiveRecipientScope", "AdministrativeUnit"], word) => {
                Recipients::Scope(self.area(custom))
            }
            Some(word) => Recipients::Word(word.to_owned()),
        }
    }

    fn configuration(&self, held: &Held, word: Option<&str>, reading: bool) -> Configuration {
        let is = |words: &[&str], word: &str| words.iter().any(|known| same(known, word));
        match word.filter(|word| !is_cut(word)) {
            None => Configuration::Unknown,
            Some(word) if same(word, "OrganizationConfig") => Configuration::Organization,
            Some(word) if is(&["None", "NotApplicable"], word) => Configuration::Nothing,
            Some(word) if !reading && is(&["CustomConfigScope", "ExclusiveConfigScope"], word) => {
                Configuration::Scope(self.area(self.assignment(held).and_then(|assignment| assignment.custom[1])))
            }
            Some(word) => Configuration::Word(word.to_owned()),
        }
    }

    /// A scope by the name that an assignment gives it.
    fn area(&self, named: Option<Text>) -> Area {
        let whole = named.filter(|name| name.form == Form::Whole);
        match self.scope_named(whole) {
            Some(index) => self.area_of(index),
            None => Area { name: whole.map(|name| self.inventory.show(name.symbol).to_owned()), holds: None },
        }
    }

    /// A scope of the exports.
    #[must_use]
    pub fn area_of(&self, index: usize) -> Area {
        let fact: &ScopeFact = &self.inventory.scopes[index];
        let stated = |stated: Stated<Option<Text>>| match stated {
            Stated::Is(None) => Some(None),
            Stated::Is(Some(text)) if text.form == Form::Whole => {
                Some(Some(self.inventory.show(text.symbol).to_owned()))
            }
            _ => None,
        };
        let filters = [fact.recipients, fact.servers, fact.databases].map(stated);
        let filter = filters.iter().find(|filter| matches!(filter, Some(Some(_)))).or(filters.iter().max());
        let holds = Some(Holds { root: stated(fact.root), filter: filter.cloned().flatten() });
        Area { name: Some(self.scope_name(index).to_owned()), holds }
    }
}
