//! Several organizations in one policy: which tables speak of which, and what is wrong in how they are named.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::keys::one_line;
use super::tables::example;
use super::{Common, Item, Organization, Policy, Requirement, Text, Who, closest, mistake, say};
use crate::diagnostic::{Diagnostic, Label, Report, RuleId};
use crate::hidden::toml;
use crate::name::{fold, same};
use crate::paths::{expand, identity};
use crate::remedy::Fix;
use crate::source::Span;

impl Common {
    /// Whether the table speaks of an organization; one that names none speaks of all.
    #[must_use]
    pub fn speaks_of(&self, organization: &str) -> bool {
        self.organizations.is_empty() || self.organizations.iter().any(|named| same(&named.text, organization))
    }
}

impl Policy {
    /// Whether a run judges several organizations, each by itself.
    #[must_use]
    pub fn has_several(&self) -> bool {
        self.organizations.len() > 1
    }

    /// What the policy says of one organization: the tables that speak of it.
    #[must_use]
    pub fn of(&self, organization: Option<&str>) -> Cow<'_, Self> {
        let Some(name) = organization.filter(|_| self.has_several()) else { return Cow::Borrowed(self) };
        let mut policy = self.clone();
        policy.retain(|common| common.speaks_of(name));
        policy.organizations.retain(|organization| same(&organization.name.text, name));
        Cow::Owned(policy)
    }

    /// Which Exchange the one organization runs that the policy speaks of, as `shape::ENVIRONMENTS` spells it, and where
    /// that stands.
    #[must_use]
    pub fn environment(&self) -> Option<(&'static str, Span)> {
        self.organizations.first().filter(|_| !self.has_several())?.environment
    }

    /// Everything that is asked for, forbidden or kept apart.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.tables_with_items().flat_map(|(_, items)| items)
    }

    fn tables_with_items(&self) -> impl Iterator<Item = (&Common, &[Item])> {
        let require = self.requirements.iter().flat_map(|it| [&it.items, &it.allow].map(|items| (&it.common, items)));
        let forbid = self.forbids.iter().map(|it| (&it.common, &it.items));
        let separate = self.separates.iter().flat_map(|it| [&it.left, &it.right].map(|items| (&it.common, items)));
        require.chain(forbid).chain(separate).map(|(common, items)| (common, items.as_slice()))
    }

    /// Those whom lists except, expect or allow. Members that make a group complete are stated, and those that must be
    /// there have a rule of their own.
    pub fn listed(&self) -> impl Iterator<Item = (&Common, &Who)> {
        let forbid = self.forbids.iter().flat_map(|it| [&it.except, &it.except_through].map(|who| (&it.common, who)));
        let except = self.exceptions.iter().flat_map(|it| [&it.accounts, &it.through].map(|who| (&it.common, who)));
        let group = self.groups.iter().filter(|it| !it.complete && !it.exact).map(|it| (&it.common, &it.members));
        let role = self
            .roles
            .iter()
            .flat_map(|it| [&it.holders, &it.delegators].into_iter().flatten().map(|who| (&it.common, who)));
        forbid.chain(except).chain(group).chain(role).flat_map(|(common, all)| all.iter().map(move |who| (common, who)))
    }

    /// The organizations that a place of the policy speaks of: those of its table, and where it is in a list, those
    /// of all tables that use the list.
    #[must_use]
    pub fn spoken_of_at(&self, at: Span) -> Vec<&str> {
        let groups = self.groups.iter().filter(|it| it.name.at == at).map(|it| &it.common);
        let roles = self.roles.iter().filter(|it| it.name.at == at).map(|it| &it.common);
        let own = self.tables().map(|(_, common)| common).filter(|common| common.at == at).chain(groups).chain(roles);
        let is_at = |item: &Item| item.at == at || item.listed == Some(at);
        let by_item = self.tables_with_items().filter(|(_, items)| items.iter().any(is_at)).map(|(common, _)| common);
        let is_who = |who: &Who| who.at == at || who.listed == Some(at);
        let by_name = self.listed().filter(|(_, who)| is_who(who)).map(|(common, _)| common);
        let asks_at = |it: &&Requirement| it.accounts.iter().any(is_who) || it.roles.iter().any(|role| role.at == at);
        let asked = self.requirements.iter().filter(asks_at).map(|it| &it.common);
        let tables: Vec<&Common> = own.chain(by_item).chain(by_name).chain(asked).collect();
        let names = self.organizations.iter().map(|organization| organization.name.text.as_str());
        names.filter(|name| tables.iter().any(|common| common.speaks_of(name))).collect()
    }

    /// Says what is wrong with the organizations of a policy and with the tables that name them.
    pub(super) fn check_organizations(&self, report: &mut Report) {
        self.check_names(report);
        for text in self.tables().flat_map(|(_, common)| &common.organizations) {
            self.check_name(text, report);
        }
        self.tests.iter().filter_map(|test| test.organization.as_ref()).for_each(|text| self.check_name(text, report));
        if !self.has_several() {
            return;
        }
        check_overlaps(&self.organizations, report);
        for path in &self.exports.paths {
            let message = format!("`{}` in `[exports]` is no organization's", one_line(&path.text));
            let help = "move it to the `paths` of an `[[organization]]`".to_owned();
            say(report, mistake::MISPLACED_KEY, message, path.at, Some(help));
        }
        // A demand may be made of all. What is stated is true of somebody, and must say of whom.
        let accounts = self.assertions.iter().map(|it| ("account", &it.common));
        let groups = self.groups.iter().filter(|it| it.complete).map(|it| ("group` with `complete = true", &it.common));
        for (what, common) in accounts.chain(groups).filter(|(_, common)| common.organizations.is_empty()) {
            say_missing(what, common.at, report);
        }
        self.tests.iter().filter(|it| it.organization.is_none()).for_each(|it| say_missing("test", it.at, report));
    }

    /// Says which organizations have one name.
    fn check_names(&self, report: &mut Report) {
        for (index, second) in self.organizations.iter().enumerate() {
            let is_it = |first: &&Organization| same(&first.name.text, &second.name.text);
            let Some(first) = self.organizations[..index].iter().find(is_it) else { continue };
            let message = format!("two organizations are called `{}`", one_line(&second.name.text));
            say_two(
                mistake::REPEATED_ID,
                message,
                second.name.at,
                (first.name.at, "the first"),
                "give each a name of its own",
                report,
            );
        }
    }

    /// Says that the policy does not have an organization.
    fn check_name(&self, text: &Text, report: &mut Report) {
        let known = || self.organizations.iter().map(|organization| organization.name.text.as_str());
        if known().any(|name| same(name, &text.text)) {
            return;
        }
        let shown = one_line(&text.text);
        let help = match (closest(&text.text, known()), known().next()) {
            (Some(near), _) => format!("did you mean `{}`?", one_line(near)),
            (None, Some(_)) => {
                let names: Vec<String> = known().map(|name| format!("`{}`", one_line(name))).collect();
                format!("it is one of {}", names.join(", "))
            }
            (None, None) => format!("add `[[organization]]` with `name = {}` and its `paths`", toml(&text.text)),
        };
        say(report, mistake::WRONG_VALUE, format!("no organization is called `{shown}`"), text.at, Some(help));
    }
}

fn say_missing(what: &str, at: Span, report: &mut Report) {
    let message = format!("`{what}` does not say of which organization, and there are several");
    say(report, mistake::MISSING_KEY, message, at, Some(format!("add `{}`", example("organization"))));
}

fn say_two(rule: RuleId, message: String, at: Span, other: (Span, &str), help: &str, report: &mut Report) {
    let mut diagnostic = Diagnostic::at(rule, message, Label::new(at, ""));
    diagnostic.labels.push(Label::new(other.0, other.1));
    diagnostic.fixes.push(Fix::policy(help));
    report.say(diagnostic);
}

/// Says which organizations share exports: what lies below two paths would be of both.
fn check_overlaps(organizations: &[Organization], report: &mut Report) {
    let roots = |organization: &Organization| -> Vec<(PathBuf, Span)> {
        let each = |path: &Text| {
            expand(&path.text).iter().map(|found| (identity(Path::new(found)), path.at)).collect::<Vec<_>>()
        };
        organization.paths.iter().flat_map(each).collect()
    };
    let all: Vec<(&str, Vec<(PathBuf, Span)>)> =
        organizations.iter().map(|organization| (organization.name.text.as_str(), roots(organization))).collect();
    let mut said = BTreeSet::new();
    for (index, (second, paths)) in all.iter().enumerate() {
        for (first, others) in &all[..index] {
            let lies = |path: &Path, other: &Path| path.starts_with(other) || other.starts_with(path);
            let pairs = paths.iter().flat_map(|path| others.iter().map(move |other| (path, other)));
            let Some(((_, at), (_, other))) = pairs.into_iter().find(|((path, _), (other, _))| lies(path, other))
            else {
                continue;
            };
            // Two organizations of one name were said.
            if fold(first) == fold(second) || !said.insert((*at, *other)) {
                continue;
            }
            let message = format!("exports of `{}` lie among those of `{}`", one_line(second), one_line(first));
            let help = "give each organization a folder of its own";
            say_two(mistake::WRONG_VALUE, message, *at, (*other, "the other's"), help, report);
        }
    }
}

impl Organization {
    /// Whether a path that the command line names lies below one of its own.
    #[must_use]
    pub fn holds(&self, path: &str) -> bool {
        let (written, real) = (Path::new(path), identity(Path::new(path)));
        let mut own = self.paths.iter().flat_map(|path| expand(&path.text));
        own.any(|own| written.starts_with(&own) || real.starts_with(identity(Path::new(&own))))
    }
}
