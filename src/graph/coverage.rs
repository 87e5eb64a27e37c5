//! What scopes let a grant act on: a recipient, the organization, or the organization but for what is kept from it.
//!
//! Source: "Understanding management role scopes" and "Understanding exclusive scopes" (OfficeDocs-Exchange). An
//! exclusive scope shuts out every assignment that has none which matches the same object; it binds writing only, takes
//! effect when it is created, and does not restrict applications ("Role Based Access Control for Applications").

use std::cell::OnceCell;
use std::collections::BTreeMap;

use crate::inventory::{AssigneeType, Assignment, Form, IdentityKind, Inventory, PrincipalId, ScopeFact, Stated, Text};
use crate::name::{Symbol, same};
use crate::record::{Kind, Property};
use crate::scope::{Attribute, Filter, Known, Reach, Scopes, is_session, reads, root_contains, written};
use crate::source::Span;

use super::servers::Configured;
use super::{Graph, Held};
use crate::powershell::{export_command, quoted};

/// The management scopes of an organization.
#[derive(Debug)]
pub(super) struct Scoping {
    scopes: Vec<Scope>,
    /// The scopes of each name.
    by_name: BTreeMap<Symbol, Vec<usize>>,
    /// The exclusive ones, whatever they are of, but for those that match nothing.
    exclusive: Vec<usize>,
    /// Whether scopes may be missing.
    incomplete: bool,
}

#[derive(Debug)]
struct Scope {
    /// The text of its recipient filter, where all of it is shown.
    text: Option<Symbol>,
    /// The filter, read when something hangs on it, where it can be read.
    filter: OnceCell<Option<Filter>>,
    /// Whether it is of recipients.
    recipients: bool,
    /// Whether it is of the whole directory.
    rootless: bool,
    /// Whether it surely matches every recipient, found when something hangs on it.
    everything: OnceCell<bool>,
}

/// An object to act on, with what every scope says of it.
#[derive(Clone, Debug)]
pub struct Target {
    pub(super) object: Object,
    pub(super) inside: Vec<Known>,
}

/// An object to act on.
#[derive(Clone, Debug)]
pub(super) enum Object {
    Recipient(PrincipalId),
    Configured(Configured),
}

/// Whether a grant works on a recipient, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The answer.
    pub inside: Known,
    /// Why, in a few words.
    pub words: String,
    /// The scope that decides.
    pub at: Option<Span>,
    /// The command that would settle it, where it is open.
    pub export: Option<String>,
    /// The column that would, where no export has it.
    pub column: Option<&'static str>,
}

impl Scoping {
    pub(super) fn of(inventory: &Inventory) -> Self {
        let scopes: Vec<Scope> = inventory.scopes.iter().map(|fact| Scope::of(fact, inventory)).collect();
        let mut by_name: BTreeMap<Symbol, Vec<usize>> = BTreeMap::new();
        for (index, fact) in inventory.scopes.iter().enumerate() {
            for (_, text) in fact.identities.iter().filter(|(_, text)| text.form == Form::Whole) {
                let named = by_name.entry(text.symbol).or_default();
                if !named.contains(&index) {
                    named.push(index);
                }
            }
        }
        let matters = |index: &usize| {
            let scope = &scopes[*index];
            let is_nothing = || scope.filter(inventory).is_some_and(|filter| filter.is_nothing() == Known::Yes);
            inventory.scopes[*index].exclusive == Stated::Is(true) && !is_nothing()
        };
        let exclusive = (0..scopes.len()).filter(matters).collect();
        // One of which it is not known whether it is exclusive may be.
        let is_unclear = inventory.scopes.iter().any(|scope| scope.exclusive == Stated::Unclear);
        // Nor is the list whole where an assignment has an exclusive scope that is not in it.
        let is_missing = |(word, name): (Option<Symbol>, Option<Text>)| {
            let is_exclusive = |word| inventory.show(word).to_ascii_lowercase().starts_with("exclusive");
            word.is_some_and(is_exclusive)
                && name.is_some_and(|name| name.form == Form::Whole && !by_name.contains_key(&name.symbol))
        };
        let names_another = |assignment: &Assignment| {
            let [recipients, configuration] = assignment.custom;
            is_missing((assignment.scopes[1], recipients)) || is_missing((assignment.scopes[3], configuration))
        };
        let incomplete =
            is_unclear || !inventory.is_whole(Kind::ManagementScope) || inventory.assignments.iter().any(names_another);
        Self { scopes, by_name, exclusive, incomplete }
    }
}

impl Scope {
    fn of(fact: &ScopeFact, inventory: &Inventory) -> Self {
        let filled = |stated: Stated<Option<Text>>| !matches!(stated, Stated::Absent | Stated::Is(None));
        let recipients = match fact.restriction.map(|word| inventory.show(word)) {
            Some(word) => same(word, "RecipientScope"),
            None => !filled(fact.servers) && !filled(fact.databases),
        };
        let (text, rootless) = (whole(fact.recipients), fact.root == Stated::Is(None));
        Self { text, filter: OnceCell::new(), recipients, rootless, everything: OnceCell::new() }
    }

    fn filter(&self, inventory: &Inventory) -> Option<&Filter> {
        let read = || self.text.and_then(|text| Filter::parse(inventory.show(text)).ok());
        self.filter.get_or_init(read).as_ref()
    }

    /// Whether it surely matches every recipient.
    fn is_everything(&self, inventory: &Inventory) -> bool {
        let find = || self.filter(inventory).is_some_and(|filter| filter.is_everything() == Known::Yes);
        self.recipients && self.rootless && *self.everything.get_or_init(find)
    }
}

/// A cell's text where all of it is shown.
fn whole(stated: Stated<Option<Text>>) -> Option<Symbol> {
    match stated {
        Stated::Is(Some(Text { symbol, form: Form::Whole })) => Some(symbol),
        _ => None,
    }
}

impl Graph<'_> {
    /// A recipient, to be asked about with `covers`.
    #[must_use]
    pub fn target(&self, recipient: PrincipalId) -> Target {
        let scopes = self.inventory.scopes.iter().zip(&self.scoping.scopes);
        let inside = scopes.map(|(fact, scope)| self.scope_holds(fact, scope, recipient)).collect();
        Target { object: Object::Recipient(recipient), inside }
    }

    /// Whether a path of `account` lets `cmdlet` work on an object.
    #[must_use]
    pub fn covers(&self, account: PrincipalId, held: &Held, cmdlet: &str, target: &Target) -> Coverage {
        let (base, exclusive) = match &target.object {
            Object::Recipient(recipient) => {
                (self.within_scope(account, held, cmdlet, (*recipient, target)), self.exclusive(held))
            }
            Object::Configured(object) => {
                (self.within_configuration(held, cmdlet, (object, target)), self.exclusive_configuration(held))
            }
        };
        if base.inside == Known::No || reads(cmdlet) || self.is_application(held) || exclusive == Known::Yes {
            return base;
        }
        let mut shut = self.shut_out(held, target);
        if shut.inside == Known::Yes && exclusive == Known::Unknown {
            shut.inside = Known::Unknown;
        }
        match shut.inside {
            Known::No => base,
            Known::Unknown if base.inside == Known::Unknown => base,
            _ => shut_words(shut),
        }
    }

    /// What the scope of a path says, exclusive scopes aside.
    fn within_scope(
        &self,
        account: PrincipalId,
        held: &Held,
        cmdlet: &str,
        (recipient, target): (PrincipalId, &Target),
    ) -> Coverage {
        if let Some(resource) = self.assignment(held).and_then(|assignment| assignment.resource) {
            return self.within_custom(held, Some(resource), target);
        }
        if self.is_resource_unseen(held) {
            return Coverage::unseen("CustomResourceScope");
        }
        let scopes = self.scopes(held);
        let writes = !reads(cmdlet);
        let custom = self.assignment(held).and_then(|assignment| assignment.custom[0]).filter(|_| writes);
        let word = match if writes { scopes.recipient_write } else { scopes.recipient_read } {
            Some(word) => word,
            None if writes && self.unseen_scopes(held)[0] => return Coverage::unseen("RecipientWriteScope"),
            None => {
                return Coverage::open("no export says on what recipients it works".to_owned(), Kind::RoleAssignment);
            }
        };
        let is = |words: &[&str]| words.iter().any(|known| same(known, word));
        if is(&["Organization"]) {
            Coverage::known(true, "it works on all recipients".to_owned())
        } else if is(&["None", "NotApplicable"]) {
            Coverage::known(false, "it works on no recipients".to_owned())
        } else if is(&["Self"]) && account != recipient && self.may_be_one(account, recipient) {
            let [account, recipient] = [account, recipient].map(|id| self.inventory.show_principal(id));
            Coverage::open(format!("nothing says whether `{account}` is `{recipient}`"), Kind::Recipient)
        } else if is(&["Self"]) && account.0 != u32::MAX {
            Coverage::known(account == recipient, "it works on the own mailbox only".to_owned())
        } else if is(&["OU"]) {
            self.within_unit(held, custom, recipient)
        } else if is(&["CustomRecipientScope", "ExclusiveRecipientScope"]) {
            self.within_custom(held, custom, target)
        } else {
            let words = format!("what the scope `{word}` holds is not in any export of ours");
            Coverage { inside: Known::Unknown, words, at: None, export: None, column: None }
        }
    }

    /// Whether nothing that both show tells an account and a recipient apart: no kind of name has other values.
    fn may_be_one(&self, account: PrincipalId, recipient: PrincipalId) -> bool {
        let whole = |id: PrincipalId| {
            let identities = self.inventory.principals.identities(id).iter();
            identities.filter(|(kind, text)| text.form == Form::Whole && *kind != IdentityKind::DisplayName)
        };
        let differs = |kind: IdentityKind| {
            let shown = || whole(recipient).filter(|(other, _)| *other == kind);
            let has = |symbol: Symbol| shown().any(|(_, text)| text.symbol == symbol);
            let mut own = whole(account).filter(|(own, _)| *own == kind);
            shown().next().is_some() && !own.any(|(_, text)| has(text.symbol))
        };
        account.0 != u32::MAX && !whole(account).any(|(kind, _)| differs(*kind))
    }

    /// Whether no column shows on what an application may act.
    fn is_resource_unseen(&self, held: &Held) -> bool {
        let unseen = |assignment| self.unseen(assignment).has(Property::CustomResourceScope);
        self.is_application(held) && self.assignment(held).is_some_and(unseen)
    }

    /// Whether no column shows the name of the custom scope of recipients.
    fn is_name_unseen(&self, held: &Held) -> bool {
        let unseen = |assignment: &Assignment| assignment.unseen.has(Property::CustomRecipientWriteScope);
        self.assignment(held).is_some_and(unseen)
    }

    /// The column that no export has, without which it is not known whether a path reaches the organization.
    pub(super) fn unseen_column(&self, held: &Held, cmdlet: &str) -> Option<&'static str> {
        if self.is_resource_unseen(held) {
            return Some("CustomResourceScope");
        }
        if reads(cmdlet) {
            return None;
        }
        let [recipients, configuration] = self.unseen_scopes(held);
        // No scope binds what changes the session, but for the own mailbox.
        if is_session(cmdlet) {
            return recipients.then_some("RecipientWriteScope");
        }
        let named = self.is_name_unseen(held) && self.is_bound_to_recipients(held);
        match written(cmdlet).recipients != Known::No {
            true if recipients => Some("RecipientWriteScope"),
            true if named => Some("CustomRecipientWriteScope"),
            _ => configuration.then_some("ConfigWriteScope"),
        }
    }

    fn within_unit(&self, held: &Held, unit: Option<Text>, recipient: PrincipalId) -> Coverage {
        if unit.is_none() && self.is_name_unseen(held) {
            return Coverage::unseen("CustomRecipientWriteScope");
        }
        let Some(unit) = unit.filter(|unit| unit.form == Form::Whole) else {
            return Coverage::open("no export shows the unit it works in".to_owned(), Kind::RoleAssignment);
        };
        let unit = self.inventory.show(unit.symbol);
        let inside = self.lies_in(unit, recipient);
        let words = match inside {
            Known::Yes => format!("it lies in the unit `{unit}`"),
            Known::No => format!("it does not lie in the unit `{unit}`"),
            Known::Unknown => format!("nothing says whether it lies in the unit `{unit}`"),
        };
        let export = (inside == Known::Unknown).then(|| self.recipient_command(recipient, &[]));
        Coverage { inside, words, at: None, export, column: None }
    }

    fn within_custom(&self, held: &Held, custom: Option<Text>, target: &Target) -> Coverage {
        if custom.is_none() && self.is_name_unseen(held) {
            return Coverage::unseen("CustomRecipientWriteScope");
        }
        self.within_named(custom, target)
    }

    /// Whether an object lies in the scope that an assignment names.
    pub(super) fn within_named(&self, custom: Option<Text>, target: &Target) -> Coverage {
        let Some(custom) = custom else {
            return Coverage::open("no export names the scope it works in".to_owned(), Kind::RoleAssignment);
        };
        let name = self.inventory.show(custom.symbol);
        let Some(index) = self.scope_named(Some(custom)) else {
            let words = format!("the scope `{name}` was not exported, or two exports differ about it");
            return Coverage::open(words, Kind::ManagementScope);
        };
        let inside = target.inside[index];
        let words = match inside {
            Known::Yes => format!("the scope `{name}` matches it"),
            Known::No => format!("the scope `{name}` does not match it"),
            Known::Unknown => format!("nothing says whether the scope `{name}` matches it"),
        };
        let export = (inside == Known::Unknown).then(|| self.settling(index, &target.object));
        Coverage { inside, words, at: Some(self.inventory.scopes[index].at), export, column: None }
    }

    /// Whether exclusive scopes keep a path away from a recipient.
    fn shut_out(&self, held: &Held, target: &Target) -> Coverage {
        let mut shut = Coverage::known(false, String::new());
        for (index, fact) in self.inventory.scopes.iter().enumerate() {
            let exclusive = match fact.exclusive {
                Stated::Is(exclusive) => Known::of(exclusive),
                Stated::Absent | Stated::Unclear => Known::Unknown,
            };
            let inside = target.inside[index].and(exclusive);
            if inside == Known::No || shut.inside == Known::Yes {
                continue;
            }
            let name = self.scope_name(index);
            let export = (inside == Known::Unknown).then(|| match exclusive {
                Known::Unknown => export_command(Kind::ManagementScope),
                _ => self.settling(index, &target.object),
            });
            if inside == Known::Yes || shut.inside == Known::No {
                shut = Coverage { inside, words: name.to_owned(), at: Some(fact.at), export, column: None };
            }
        }
        if shut.inside == Known::No && self.scoping.incomplete {
            let words = "no export shows all management scopes, and an exclusive one may keep it away".to_owned();
            return Coverage::open(words, Kind::ManagementScope);
        }
        // Whether exclusive scopes bind end-user roles on the own mailbox is not documented.
        let own = held.policy.is_some() || self.scopes(held).recipient_write.is_some_and(|word| same(word, "Self"));
        if shut.inside == Known::Yes && own {
            shut.inside = Known::Unknown;
        }
        shut
    }

    /// How far a path reaches, once custom and exclusive scopes are counted.
    pub(super) fn reach_in_scopes(&self, held: &Held, cmdlet: &str, reach: Reach) -> Reach {
        let Some(assignment) = self.assignment(held) else { return reach };
        if reach == Reach::Organization && assignment.resource.is_some() {
            return Reach::Narrow;
        }
        if reach == Reach::Organization && self.is_resource_unseen(held) {
            return Reach::Somewhere;
        }
        let is_unseen = || reach == Reach::Organization && self.unseen_column(held, cmdlet).is_some();
        if reads(cmdlet) || is_session(cmdlet) {
            return if is_unseen() { Reach::Somewhere } else { reach };
        }
        let custom = assignment.custom[0];
        let is_everything = |index: usize| self.scoping.scopes[index].is_everything(self.inventory);
        let reach = match reach {
            Reach::Narrow if self.scope_named(custom).is_some_and(is_everything) && !self.is_exclusive(held) => {
                Scopes { recipient_write: Some("Organization"), ..self.widest_scopes(held) }.reach(cmdlet)
            }
            // What binds recipients does not bind a cmdlet that writes none.
            Reach::Narrow if written(cmdlet).recipients == Known::No && self.is_bound_to_recipients(held) => {
                Scopes { recipient_write: Some("Organization"), ..self.widest_scopes(held) }.reach(cmdlet)
            }
            reach => reach,
        };
        if reach == Reach::Organization && self.unseen_column(held, cmdlet).is_some() {
            return Reach::Somewhere;
        }
        // Without its name, it may be one that matches everything.
        if reach == Reach::Narrow
            && self.is_name_unseen(held)
            && self.is_bound_to_recipients(held)
            && (0..self.scoping.scopes.len()).any(is_everything)
            && (Scopes { recipient_write: Some("Organization"), ..self.widest_scopes(held) }).reach(cmdlet)
                == Reach::Organization
        {
            return Reach::Somewhere;
        }
        if reach == Reach::Organization && self.is_kept_from(held, cmdlet) { Reach::Narrow } else { reach }
    }

    /// Whether exclusive scopes may keep something from a path.
    pub(super) fn is_kept_from(&self, held: &Held, cmdlet: &str) -> bool {
        let writes = !reads(cmdlet) && !is_session(cmdlet);
        writes && !self.scoping.exclusive.is_empty() && self.kept_from(held, cmdlet).next().is_some()
    }

    /// The scopes that make a path reach less than the organization, each with what it does.
    #[must_use]
    pub fn narrowing(&self, held: &Held, cmdlet: &str) -> Vec<(Span, String)> {
        if reads(cmdlet) {
            return Vec::new();
        }
        let [recipients, configuration] = self.assignment(held).map_or([None; 2], |assignment| assignment.custom);
        let recipients = recipients.filter(|_| written(cmdlet).recipients != Known::No);
        let own = [recipients, configuration].into_iter().filter_map(|custom| self.scope_named(custom));
        let own = own.filter(|index| !self.scoping.scopes[*index].is_everything(self.inventory));
        let within =
            |index: usize| (self.inventory.scopes[index].at, format!("within the scope `{}`", self.scope_name(index)));
        let mut all: Vec<(Span, String)> = own.map(within).collect();
        all.extend(self.kept_from(held, cmdlet).map(|index| {
            let words = format!("except what the exclusive scope `{}` matches", self.scope_name(index));
            (self.inventory.scopes[index].at, words)
        }));
        all
    }

    /// The exclusive scopes that may keep something from a path which `cmdlet` writes: recipients from one that has no
    /// exclusive scope of recipients, servers and databases from one that has none of these.
    pub(super) fn kept_from(&self, held: &Held, cmdlet: &str) -> impl Iterator<Item = usize> {
        let writes = written(cmdlet);
        let none = |word: Option<&str>| word.is_some_and(|word| same(word, "None") || same(word, "NotApplicable"));
        let scopes = self.scopes(held);
        let free = self.is_application(held);
        let recipients = !free && writes.recipients != Known::No && !none(scopes.recipient_write);
        let configuration = !free && !none(scopes.config_write) && !self.unseen_scopes(held)[1];
        let exclusive = self.exclusive(held) != Known::No;
        let exclusive_configuration = scopes.config_write.is_some_and(|word| same(word, "ExclusiveConfigScope"));
        self.scoping.exclusive.iter().copied().filter(move |&index| match self.scoping.scopes[index].recipients {
            true => recipients && !exclusive,
            false => {
                let kind = self.inventory.scopes[index].restriction.map(|word| self.inventory.show(word));
                let writes = match kind {
                    Some(kind) if same(kind, "ServerScope") => writes.servers,
                    Some(kind) if same(kind, "DatabaseScope") => writes.databases,
                    _ => writes.servers.or(writes.databases),
                };
                configuration && !exclusive_configuration && writes != Known::No
            }
        })
    }

    /// Whether a path has a scope of recipients that is narrower than the organization, and not the own mailbox.
    pub(super) fn is_bound_to_recipients(&self, held: &Held) -> bool {
        let bound = ["CustomRecipientScope", "ExclusiveRecipientScope", "OU"];
        self.scopes(held).recipient_write.is_some_and(|word| bound.iter().any(|known| same(known, word)))
    }

    /// The exclusive scopes of recipients that match something, as places in the inventory's list.
    pub fn exclusive_recipient_scopes(&self) -> impl Iterator<Item = usize> {
        self.scoping.exclusive.iter().copied().filter(|index| self.scoping.scopes[*index].recipients)
    }

    /// Whether an exclusive scope binds a path: it has none of its own, is no application's, and writes what the scope
    /// is of.
    #[must_use]
    pub fn is_shut_out(&self, held: &Held, cmdlet: &str, scope: usize) -> bool {
        self.kept_from(held, cmdlet).any(|kept| kept == scope)
    }

    /// Whether the assignment behind a path certainly has an exclusive scope.
    pub(super) fn is_exclusive(&self, held: &Held) -> bool {
        self.exclusive(held) == Known::Yes
    }

    /// Whether the assignment behind a path has an exclusive scope of recipients.
    pub(super) fn exclusive(&self, held: &Held) -> Known {
        let Some(assignment) = self.assignment(held) else { return Known::No };
        let word = assignment.scopes[1].map(|word| self.inventory.show(word));
        let scope = self.scope_named(assignment.custom[0]).map(|index| self.inventory.scopes[index].exclusive);
        let unseen = self.unseen(assignment);
        match (word, scope) {
            (_, Some(Stated::Is(true))) => Known::Yes,
            (Some(word), _) => Known::of(same(word, "ExclusiveRecipientScope")),
            (None, Some(Stated::Is(false))) => Known::No,
            // Without the word, the name tells; where it is printed empty, there is no such scope.
            _ if assignment.custom[0].is_some() && unseen.has(Property::RecipientWriteScope) => Known::Unknown,
            _ => match unseen.has(Property::RecipientWriteScope) && unseen.has(Property::CustomRecipientWriteScope) {
                true => Known::Unknown,
                false => Known::No,
            },
        }
    }

    pub(super) fn is_application(&self, held: &Held) -> bool {
        let kind = self.assignment(held).and_then(|assignment| assignment.assignee_type);
        kind == Some(AssigneeType::ServicePrincipal)
    }

    /// The scope of a name, where all that bear it say the same.
    pub(super) fn scope_named(&self, name: Option<Text>) -> Option<usize> {
        let name = name.filter(|name| name.form == Form::Whole)?;
        let named = self.scoping.by_name.get(&name.symbol)?;
        let said = |index: &usize| {
            let fact = &self.inventory.scopes[*index];
            (fact.root, fact.recipients, fact.exclusive, fact.restriction)
        };
        let (first, rest) = named.split_first()?;
        rest.iter().all(|other| said(other) == said(first)).then_some(*first)
    }

    /// The recipient filter of a scope, where it can be read.
    pub(super) fn scope_filter(&self, index: usize) -> Option<&Filter> {
        self.scoping.scopes[index].filter(self.inventory)
    }

    /// The unit below which a scope works, where it has one.
    pub(super) fn scope_root(&self, index: usize) -> Option<&str> {
        whole(self.inventory.scopes[index].root).map(|root| self.inventory.show(root))
    }

    /// Whether scopes may be missing, exclusive ones among them.
    pub(super) fn scoping_is_incomplete(&self) -> bool {
        self.scoping.incomplete
    }

    /// The name of a scope as it is shown.
    #[must_use]
    pub fn scope_name(&self, index: usize) -> &str {
        let identities = &self.inventory.scopes[index].identities;
        let name = identities.iter().find(|(kind, _)| *kind == IdentityKind::Name).or(identities.first());
        name.map_or("", |(_, text)| self.inventory.show(text.symbol))
    }

    /// Whether a scope, by its place in the inventory's list, holds a recipient.
    #[must_use]
    pub fn is_in_scope(&self, index: usize, recipient: PrincipalId) -> Known {
        self.scope_holds(&self.inventory.scopes[index], &self.scoping.scopes[index], recipient)
    }

    fn scope_holds(&self, fact: &ScopeFact, scope: &Scope, recipient: PrincipalId) -> Known {
        if !scope.recipients {
            return Known::No;
        }
        let root = match fact.root {
            Stated::Is(None) => Known::Yes,
            stated => whole(stated).map_or(Known::Unknown, |root| self.lies_in(self.inventory.show(root), recipient)),
        };
        let filter = match (scope.filter(self.inventory), fact.recipients) {
            (Some(filter), _) => filter.matches(&|property| self.attribute(recipient, property)),
            // A scope without a filter is its root.
            (None, Stated::Is(None)) if fact.root != Stated::Is(None) => Known::Yes,
            (None, _) => Known::Unknown,
        };
        root.and(filter)
    }

    /// Whether a recipient lies in a unit, by all the places that exports show.
    fn lies_in(&self, unit: &str, recipient: PrincipalId) -> Known {
        let identities = self.inventory.principals.identities(recipient);
        let places =
            identities.iter().filter(|(kind, text)| *kind == IdentityKind::Canonical && text.form == Form::Whole);
        let inside = places.map(|(_, text)| root_contains(unit, self.inventory.show(text.symbol)));
        inside.reduce(Known::agreed).unwrap_or(Known::Unknown)
    }

    /// What exports say of an attribute of a recipient.
    fn attribute(&self, recipient: PrincipalId, property: &str) -> Attribute<'_> {
        let principals = &self.inventory.principals;
        let sole = |kind: IdentityKind| {
            let identities = principals.identities(recipient).iter();
            let mut texts = identities.filter(|(known, _)| *known == kind).map(|(_, text)| *text);
            match (texts.next(), texts.next()) {
                (Some(Text { symbol, form: Form::Whole }), None) => Attribute::Text(self.inventory.show(symbol)),
                _ => Attribute::Unknown,
            }
        };
        match Property::named(property) {
            Property::Name => sole(IdentityKind::Name),
            Property::DisplayName => sole(IdentityKind::DisplayName),
            known => match principals.attribute(recipient, known) {
                Some(Some(symbol)) => Attribute::Text(self.inventory.show(symbol)),
                Some(None) => Attribute::Empty,
                None => Attribute::Unknown,
            },
        }
    }

    /// The command that shows what a scope asks for.
    fn settling(&self, index: usize, object: &Object) -> String {
        let command = match object {
            Object::Recipient(recipient) => {
                let filter = self.scope_filter(index);
                filter.map(|filter| self.recipient_command(*recipient, &filter.properties()))
            }
            Object::Configured(object) => self.object_command(index, object),
        };
        command.unwrap_or_else(|| export_command(Kind::ManagementScope))
    }

    fn recipient_command(&self, recipient: PrincipalId, properties: &[&str]) -> String {
        let mut columns = vec!["Name", "DistinguishedName"];
        let printed = properties.iter().map(|property| match Property::named(property) {
            Property::Other => property,
            known => Property::NAMES.iter().find(|(of, _)| *of == known).map_or(property, |(_, names)| &names[0]),
        });
        columns.extend(printed);
        columns.dedup();
        let name = quoted(self.inventory.show_principal(recipient));
        format!("Get-Recipient {name} | Select-Object {} | ConvertTo-Json", columns.join(","))
    }
}

/// What an exclusive scope does to a grant.
fn shut_words(shut: Coverage) -> Coverage {
    let words = match (shut.inside, shut.at) {
        (_, None) => shut.words,
        (Known::Yes, _) => format!("the exclusive scope `{}` keeps it from all who do not hold one", shut.words),
        (_, _) => format!("the exclusive scope `{}` may keep it away", shut.words),
    };
    Coverage { inside: !shut.inside, words, ..shut }
}

impl Coverage {
    pub(super) fn known(inside: bool, words: String) -> Self {
        Self { inside: Known::of(inside), words, at: None, export: None, column: None }
    }

    pub(super) fn unseen(column: &'static str) -> Self {
        Self { column: Some(column), ..Self::open(String::new(), Kind::RoleAssignment) }
    }

    pub(super) fn open(words: String, kind: Kind) -> Self {
        Self { inside: Known::Unknown, words, at: None, export: Some(export_command(kind)), column: None }
    }
}
