//! What scopes of the configuration let a grant act on: one server or one mailbox database.
//!
//! Source: "Understanding management role scopes" and "Understanding exclusive scopes" (OfficeDocs-Exchange). Whether a
//! scope of servers lets a grant act on their databases, or the other way round, hangs on the cmdlet, and is told for few.

use crate::inventory::{ObjectFact, ScopeFact, Stated};
use crate::name::same;
use crate::powershell::quoted;
use crate::record::{Kind, Property};
use crate::scope::{Attribute, Filter, Known, is_own, reads, written};

use super::coverage::{Coverage, Object, Target};
use super::{Graph, Held};

/// A server or a mailbox database.
#[derive(Clone, Debug)]
pub(super) struct Configured {
    kind: Kind,
    name: String,
    /// What exports show of it, as places in the inventory's list; nothing where none of its kind was exported.
    facts: Vec<usize>,
}

/// What a scope of the configuration is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Servers,
    Databases,
    Else,
    Unknown,
}

impl Graph<'_> {
    /// A server or a mailbox database, by any of its identities, to be asked about with `covers`; `None` where exports
    /// show others of its kind, and not this one.
    #[must_use]
    pub fn configured_target(&self, kind: Kind, name: &str) -> Option<Target> {
        let facts = self.named(kind, name);
        if facts.is_empty() && self.inventory.record_count(kind) > 0 {
            return None;
        }
        let object = Configured { kind, name: name.to_owned(), facts };
        let inside = self.inventory.scopes.iter().map(|scope| self.configuration_holds(scope, &object)).collect();
        Some(Target { object: Object::Configured(object), inside })
    }

    /// The exported servers and databases that a scope, by its place in the inventory's list, holds or may hold.
    #[must_use]
    pub fn configured_in(&self, index: usize) -> Vec<(String, Known)> {
        let all = self.inventory.objects.iter().enumerate();
        let mut seen = std::collections::BTreeSet::new();
        let each =
            all.filter(|(_, fact)| fact.kind != Kind::MailboxPlan && seen.insert((fact.kind, fact.name.clone())));
        let holds = |fact: &ObjectFact| {
            let object =
                Configured { kind: fact.kind, name: fact.name.clone(), facts: self.named(fact.kind, &fact.name) };
            (fact.name.clone(), self.configuration_holds(&self.inventory.scopes[index], &object))
        };
        each.map(|(_, fact)| holds(fact)).collect()
    }

    /// What exports show of a server or a database, as places in the inventory's list.
    fn named(&self, kind: Kind, name: &str) -> Vec<usize> {
        let all = self.inventory.objects.iter().enumerate().filter(|(_, fact)| fact.kind == kind);
        all.filter(|(_, fact)| fact.is_named(name)).map(|(index, _)| index).collect()
    }

    /// Whether a scope holds a server or a database; one that is of something else does not.
    fn configuration_holds(&self, scope: &ScopeFact, object: &Configured) -> Known {
        let (own, cell) = match object.kind {
            Kind::ExchangeServer => (Of::Servers, scope.servers),
            _ => (Of::Databases, scope.databases),
        };
        match self.scope_is_of(scope) {
            Of::Unknown => return Known::Unknown,
            of if of != own => return Known::No,
            _ => {}
        }
        let Stated::Is(Some(text)) = cell else { return Known::Unknown };
        let filter = Some(text).filter(|text| text.form == crate::inventory::Form::Whole);
        let filter = filter.and_then(|text| Filter::parse(self.inventory.show(text.symbol)).ok());
        filter.map_or(Known::Unknown, |filter| filter.matches(&|property| self.shown_of(object, property)))
    }

    /// What a scope is of: by its word, else by the filter that it has.
    fn scope_is_of(&self, scope: &ScopeFact) -> Of {
        let is = |word: &str, known: &str| same(word, known);
        let filled = |cell| matches!(cell, Stated::Is(Some(_)) | Stated::Unclear);
        match scope.restriction.map(|word| self.inventory.show(word)) {
            Some(word) if is(word, "ServerScope") => Of::Servers,
            Some(word) if is(word, "DatabaseScope") => Of::Databases,
            Some(_) => Of::Else,
            None if filled(scope.servers) => Of::Servers,
            None if filled(scope.databases) => Of::Databases,
            None if filled(scope.recipients) || filled(scope.root) => Of::Else,
            None => Of::Unknown,
        }
    }

    /// What exports show of a property, where all that show it agree.
    fn shown_of(&self, object: &Configured, property: &str) -> Attribute<'_> {
        let facts = object.facts.iter().map(|index| &self.inventory.objects[*index]);
        let mut shown = facts.filter_map(|fact: &ObjectFact| fact.property(property));
        match shown.next() {
            Some(first) if shown.all(|other| other == first) => first.map_or(Attribute::Empty, Attribute::Text),
            _ => Attribute::Unknown,
        }
    }

    /// What the scope of a path says, exclusive scopes aside.
    pub(super) fn within_configuration(
        &self,
        held: &Held,
        cmdlet: &str,
        (object, target): (&Configured, &Target),
    ) -> Coverage {
        let no = |words: &str| Coverage::known(false, words.to_owned());
        let scopes = self.scopes(held);
        let (recipients, word) = match reads(cmdlet) {
            true => (scopes.recipient_read, scopes.config_read),
            false => (scopes.recipient_write, scopes.config_write),
        };
        let changes = match object.kind {
            Kind::ExchangeServer => written(cmdlet).servers,
            _ => written(cmdlet).databases,
        };
        if held.policy.is_some() || recipients.is_some_and(is_own) {
            return no("it works on the own mailbox only");
        }
        if changes == Known::No && !reads(cmdlet) {
            return no("the cmdlet changes nothing of its kind");
        }
        let assignment = self.assignment(held);
        let unseen = |property| assignment.is_some_and(|assignment| assignment.unseen.has(property));
        let Some(word) = word else {
            return match !reads(cmdlet) && self.unseen_scopes(held)[1] {
                true => Coverage::unseen("ConfigWriteScope"),
                false => {
                    Coverage::open("no export says on what configuration it works".to_owned(), Kind::RoleAssignment)
                }
            };
        };
        let is = |words: &[&str]| words.iter().any(|known| same(known, word));
        if is(&["OrganizationConfig"]) {
            Coverage::known(true, "it works on the whole configuration".to_owned())
        } else if is(&["None", "NotApplicable"]) {
            no("it works on no configuration")
        } else if is(&["CustomConfigScope", "ExclusiveConfigScope"]) {
            let custom = assignment.and_then(|assignment| assignment.custom[1]);
            if custom.is_none() && unseen(Property::CustomConfigWriteScope) {
                return Coverage::unseen("CustomConfigWriteScope");
            }
            let scope = self.scope_named(custom).map(|index| &self.inventory.scopes[index]);
            let own = if object.kind == Kind::ExchangeServer { Of::Servers } else { Of::Databases };
            match scope.map(|scope| self.scope_is_of(scope)) {
                Some(of) if of != own && of != Of::Unknown => Coverage::open(
                    "whether its scope, which is of other objects, holds it is not documented".to_owned(),
                    Kind::ManagementScope,
                ),
                _ => self.within_named(custom, target),
            }
        } else {
            let words = format!("what the scope `{word}` holds is not in any export of ours");
            Coverage::open(words, Kind::ManagementScope)
        }
    }

    /// Whether an assignment has an exclusive scope, of recipients or of the configuration; `None` where no export says.
    #[must_use]
    pub fn has_exclusive_scope(&self, assignment: usize) -> Option<bool> {
        let held = self.path_of_assignment(assignment);
        match self.exclusive(&held).or(self.exclusive_configuration(&held)) {
            Known::Yes => Some(true),
            Known::No => Some(false),
            Known::Unknown => None,
        }
    }

    /// Whether the assignment behind a path has an exclusive scope of the configuration.
    pub(super) fn exclusive_configuration(&self, held: &Held) -> Known {
        let Some(assignment) = self.assignment(held) else { return Known::No };
        let word = self.scopes(held).config_write;
        let scope = self.scope_named(assignment.custom[1]).map(|index| self.inventory.scopes[index].exclusive);
        match (word, scope) {
            (_, Some(Stated::Is(true))) => Known::Yes,
            (Some(word), _) => Known::of(same(word, "ExclusiveConfigScope")),
            (None, _) => Known::Unknown,
        }
    }

    /// The command that shows what a scope asks of a server or a database.
    pub(super) fn object_command(&self, index: usize, object: &Configured) -> Option<String> {
        let scope = &self.inventory.scopes[index];
        let (cmdlet, cell) = match object.kind {
            Kind::ExchangeServer => ("Get-ExchangeServer", scope.servers),
            _ => ("Get-MailboxDatabase", scope.databases),
        };
        let Stated::Is(Some(text)) = cell else { return None };
        let filter = Filter::parse(self.inventory.show(text.symbol)).ok()?;
        let mut columns = vec!["Name", "DistinguishedName"];
        let printed = filter.properties();
        let printed = printed.iter().map(|property| match *property {
            "serversite" => "Site",
            property => property,
        });
        columns.extend(printed.filter(|property| !["name", "distinguishedname"].contains(property)));
        Some(format!("{cmdlet} {} | Select-Object {} | ConvertTo-Json", quoted(&object.name), columns.join(",")))
    }
}
