//! The cmdlets and parameters that a policy names, held against the documentation and the exports.

use std::collections::BTreeSet;

use crate::accounts::Accounts;
use crate::catalogue::{Catalogue, Cmdlet, Environment, Places};
use crate::diagnostic::{Diagnostic, Label, Report, RuleId, Subject};
use crate::graph::is_common;
use crate::inventory::{Inventory, Origin, Shown};
use crate::name::{fold, same};
use crate::policy::{Candidates, Common, Item, ParameterMode, Policy, closest, mistake};
use crate::powershell::entries_of;
use crate::remedy::Fix;
use crate::source::Sources;

use super::excess::SESSION;

/// Says which cmdlets and parameters are unknown, and which cannot exist where the organization lives.
///
/// Wildcards are compared with the exports elsewhere. What the exports hold is right, whatever the documentation says.
pub fn check(accounts: &Accounts<'_>, policy: &Policy, sources: &Sources<'_>, report: &mut Report) {
    let known = Known { inventories: accounts.inventories(), catalogue: accounts.organization().catalogue(), sources };
    let mut said = BTreeSet::new();
    let mut near = None;
    for item in policy.items().filter(|item| !item.is_wild() && !known.is_entry(&item.text)) {
        let found = match known.cmdlet(item) {
            None => vec![known.unknown_cmdlet(item, &mut near)],
            Some(cmdlet) => known.unknown_parameters(item, &cmdlet),
        };
        for diagnostic in found {
            // A list that several tables use has each of its mistakes once.
            let subject = &diagnostic.subject;
            let cmdlet = subject.cmdlet.as_deref().map(fold);
            if said.insert((diagnostic.labels[0].span, diagnostic.rule, cmdlet, subject.parameters.clone())) {
                report.say(diagnostic);
            }
        }
    }
    known.say_elsewhere(policy, report);
    if let Some(here) = known.here(policy) {
        known.say_foreign(policy, here, report);
    }
}

/// What is known of cmdlets.
struct Known<'k, 'i> {
    inventories: Vec<&'i Inventory>,
    catalogue: &'k Catalogue,
    sources: &'k Sources<'k>,
}

impl Known<'_, '_> {
    /// Whether some exported role entry has this name.
    fn is_entry(&self, name: &str) -> bool {
        let has = |inventory: &&Inventory| {
            inventory.names.get(name).is_some_and(|symbol| inventory.entries_named(symbol).next().is_some())
        };
        self.inventories.iter().any(has)
    }

    /// What the documentation has of an item's cmdlet; `None` where nothing knows of it.
    fn cmdlet(&self, item: &Item) -> Option<Cmdlet> {
        let name = item.cmdlet.as_str();
        let known = || {
            // Scripts and application permissions have names of their own, which no documentation lists.
            name.contains('.')
                || SESSION.iter().any(|session| same(session, name))
                || self.is_entry(name)
                || !self.catalogue.holders_of(name).is_empty()
        };
        self.catalogue.cmdlets().get(name).or_else(|| known().then_some(Cmdlet::UNDOCUMENTED))
    }

    /// `near` are all cmdlets, where one was unknown.
    fn unknown_cmdlet<'n>(&'n self, item: &Item, near: &mut Option<Candidates<'n>>) -> Diagnostic {
        let name = &item.cmdlet;
        let message = format!("neither the documentation nor any export has a cmdlet `{name}`");
        let all = || {
            let mut all: Vec<&str> = self.catalogue.cmdlets().names().collect();
            for inventory in &self.inventories {
                all.extend(inventory.cmdlets().map(|cmdlet| inventory.show(cmdlet)));
            }
            Candidates::new(all)
        };
        let near = near.get_or_insert_with(all).closest(name);
        diagnostic(mistake::UNKNOWN_CMDLET, item, message, near_or_export(near, name))
    }

    fn unknown_parameters(&self, item: &Item, cmdlet: &Cmdlet) -> Vec<Diagnostic> {
        let documented: Vec<&str> = cmdlet.parameters().map(|(name, _)| name).collect();
        if documented.is_empty() {
            return Vec::new();
        }
        let exported = self.exported_parameters(cmdlet.name);
        let is_known =
            |wanted: &str| is_common(wanted) || documented.iter().chain(&exported).any(|known| same(known, wanted));
        let unknown = item.parameters.iter().filter(|parameter| !is_known(parameter));
        let say = |parameter: &String| {
            let name = cmdlet.name;
            let message = format!("neither the documentation nor any export has a parameter `{parameter}` of `{name}`");
            let near = closest(parameter, documented.iter().chain(&exported).copied());
            let mut diagnostic = diagnostic(mistake::UNKNOWN_PARAMETER, item, message, near_or_export(near, name));
            diagnostic.subject.parameters = vec![parameter.clone()];
            diagnostic
        };
        unknown.map(say).collect()
    }

    /// The parameters that exported entries of a cmdlet show.
    fn exported_parameters(&self, cmdlet: &str) -> Vec<&str> {
        let mut all = Vec::new();
        for inventory in &self.inventories {
            let Some(symbol) = inventory.names.get(cmdlet) else { continue };
            let lists = inventory.entries_named(symbol).map(|entry| entry.parameters);
            all.extend(inventory.parameters.union(lists).into_iter().map(|name| inventory.show(name)));
        }
        all
    }

    /// Where the organization lives: what the policy says, else what the exports show.
    fn here(&self, policy: &Policy) -> Option<Places> {
        if let Some((word, _)) = policy.environment() {
            return Places::of(word);
        }
        let mut shown =
            self.inventories.iter().flat_map(|inventory| &inventory.origins).map(|shown| places_of(&shown.origin));
        if let Some(first) = shown.next() {
            return shown.all(|other| other == first).then_some(first);
        }
        let environments: Vec<Environment> =
            self.inventories.iter().filter_map(|inventory| Environment::shown_by(inventory)).collect();
        let (first, rest) = environments.split_first()?;
        // Roles tell servers from the cloud, and nothing within it.
        let places = if *first == Environment::OnPremises { Places::SERVERS } else { Places::CLOUD };
        rest.iter().all(|other| other == first).then_some(places)
    }

    /// Says where exports are of another Exchange than the policy says: two organizations may have been mistaken for
    /// each other.
    fn say_elsewhere(&self, policy: &Policy, report: &mut Report) {
        let Some((word, at)) = policy.environment() else { return };
        let Some(said) = Places::of(word) else { return };
        let elsewhere = |shown: &&Shown| !places_of(&shown.origin).meet(said);
        let Some(shown) = self.inventories.iter().flat_map(|inventory| &inventory.origins).find(elsewhere) else {
            return;
        };
        let of = shown.origin.name();
        let message = format!("the policy says that this is {}, and its exports are of {of}", said.shown("or"));
        let mut diagnostic = Diagnostic::at(mistake::WRONG_VALUE, message, Label::new(at, ""));
        diagnostic.labels.push(Label::new(shown.at, format!("this is of {of}")));
        let help = "name the exports of this organization in `paths`, or correct `environment`";
        diagnostic.fixes.push(Fix::policy(help));
        report.say(diagnostic);
    }

    /// Says which requirements ask for what cannot exist here, and which bans can never match. Packs are not spoken of:
    /// each says itself what it is for.
    fn say_foreign(&self, policy: &Policy, here: Places, report: &mut Report) {
        let counts = |common: &Common| !self.sources.file(common.at.file).ships;
        for table in policy.requirements.iter().filter(|table| counts(&table.common)) {
            for item in &table.items {
                match self.foreign(item, here) {
                    Some(cmdlet) => report.say(foreign(item, cmdlet.name, cmdlet.places, here, "")),
                    None => self.say_foreign_parameters(item, here, report),
                }
            }
        }
        let forbid = policy.forbids.iter().map(|table| (&table.common, &table.items));
        let left = policy.separates.iter().map(|table| (&table.common, &table.left));
        let right = policy.separates.iter().map(|table| (&table.common, &table.right));
        for (_, items) in forbid.chain(left).chain(right).filter(|(common, _)| counts(common)) {
            let all: Option<Vec<Cmdlet>> = items.iter().map(|item| self.foreign(item, here)).collect();
            if let (Some(item), Some([cmdlet, ..])) = (items.first(), all.as_deref()) {
                report.say(foreign(item, cmdlet.name, cmdlet.places, here, ", so this never matches"));
            }
        }
    }

    /// An item's cmdlet, where it is documented for other places alone and no export has it.
    fn foreign(&self, item: &Item, here: Places) -> Option<Cmdlet> {
        let cmdlet = self.catalogue.cmdlets().get(&item.cmdlet).filter(|_| !item.is_wild() && !item.packed)?;
        let elsewhere = !cmdlet.places.is_empty() && !cmdlet.places.meet(here);
        (elsewhere && !self.is_entry(cmdlet.name)).then_some(cmdlet)
    }

    /// Of parameters of which any will do, one that exists here is enough.
    fn say_foreign_parameters(&self, item: &Item, here: Places, report: &mut Report) {
        let Some(cmdlet) = self.catalogue.cmdlets().get(&item.cmdlet).filter(|_| !item.is_wild() && !item.packed)
        else {
            return;
        };
        let exported = self.exported_parameters(cmdlet.name);
        let mut found: Vec<(&String, Places)> = Vec::new();
        for parameter in &item.parameters {
            let elsewhere = cmdlet.parameter(parameter).filter(|places| !places.meet(here));
            let is_exported = exported.iter().any(|known| same(known, parameter));
            found.extend(elsewhere.filter(|_| !is_exported).map(|places| (parameter, places)));
        }
        if item.mode == ParameterMode::Any && found.len() < item.parameters.len() {
            return;
        }
        for (parameter, places) in found {
            let name = format!("{}:{parameter}", cmdlet.name);
            let mut said = foreign(item, &name, places, here, "");
            said.subject.parameters = vec![parameter.clone()];
            report.say(said);
        }
    }
}

/// Where objects of an origin live.
fn places_of(origin: &Origin) -> Places {
    match origin {
        Origin::OnPremises | Origin::Organization(_) => Places::SERVERS,
        Origin::Tenant(_) => Places::ONLINE,
        Origin::Purview(_) => Places::PURVIEW,
    }
}

fn foreign(item: &Item, name: &str, places: Places, here: Places, consequence: &str) -> Diagnostic {
    let message = format!("`{name}` does not exist in {}{consequence}", here.shown("or"));
    let help = Fix::policy(format!("it is documented for {}", places.shown("and")));
    diagnostic(mistake::FOREIGN_CMDLET, item, message, help)
}

/// The nearest name, else the export that would show the cmdlet.
fn near_or_export(near: Option<&str>, cmdlet: &str) -> Fix {
    match near {
        Some(near) => Fix::policy(format!("did you mean `{near}`?")),
        None => Fix::export(entries_of(cmdlet), "if it exists, export the role entries that have it"),
    }
}

/// A finding about an item, where the list that holds it has it.
fn diagnostic(rule: RuleId, item: &Item, message: String, help: Fix) -> Diagnostic {
    let label = Label::new(item.listed.unwrap_or(item.at), "");
    let mut diagnostic = Diagnostic::at(rule, message, label);
    diagnostic.fixes.push(help);
    diagnostic.subject = Subject { cmdlet: Some(item.cmdlet.clone()), ..Subject::default() };
    diagnostic
}
