//! What a page of `show` says that is not true of an organization.

use std::collections::BTreeSet;

use serde_json::Value;

use super::array;
use super::judge::Bound;
use super::narrow::is_group;
use super::organization::{Assignee, Assignment, CMDLETS, Form, Organization, Principal};
use super::scoped::Scoped;

/// The texts of some rows, by a key; of those that are certain.
fn texts<'v>(rows: &'v Value, key: &str) -> BTreeSet<&'v str> {
    let sure = array(rows).iter().filter(|row| row["answer"] != "unknown");
    sure.filter_map(|row| row[key].as_str()).collect()
}

/// Whether an assignment gives its role.
fn works(assignment: &Assignment) -> bool {
    assignment.enabled && !assignment.delegating
}

/// The texts of rows that say to be open.
fn open<'v>(rows: &'v Value, key: &str) -> BTreeSet<&'v str> {
    array(rows).iter().filter(|row| row["answer"] == "unknown").filter_map(|row| row[key].as_str()).collect()
}

fn plain(names: &Value) -> BTreeSet<&str> {
    array(names).iter().filter_map(Value::as_str).collect()
}

/// The names of users and groups, whatever name of theirs is shown.
fn named<'n>(organization: &Organization, shown: BTreeSet<&'n str>) -> BTreeSet<&'n str> {
    let forms = [Form::Name, Form::Canonical, Form::DistinguishedName, Form::Account];
    let users = (0..organization.users.len()).map(Principal::User);
    let all: Vec<Principal> = users.chain((0..organization.groups.len()).map(Principal::Group)).collect();
    let name = |shown: &'n str| {
        let is_it = |one: &&Principal| forms.iter().any(|form| organization.identity(**one, *form) == shown);
        all.iter().find(is_it).map_or(shown, |one| organization.name(*one))
    };
    shown.into_iter().map(name).collect()
}

/// Fewer names than there are, where the page says that it shows all; or one too many.
fn wrong(
    what: &str,
    shown: &BTreeSet<&str>,
    sure: &BTreeSet<&str>,
    perhaps: &BTreeSet<&str>,
    all: bool,
) -> Option<String> {
    let invented = shown.difference(perhaps).next();
    let missing = sure.difference(shown).next().filter(|_| all);
    invented
        .map(|name| format!("{what}: `{name}` is none"))
        .or_else(|| missing.map(|name| format!("{what}: `{name}` is missing, and nothing is said to be open")))
}

impl Scoped {
    /// What a page says that is wrong.
    pub(super) fn mistake_in(&self, page: &Value) -> Option<String> {
        let name = page["name"].as_str().unwrap_or_default();
        let mistake = match page["kind"].as_str() {
            Some("role") => self.mistake_in_role(name, page),
            Some("group") => self.mistake_in_group(name, page),
            Some("account") => self.mistake_in_account(name, page),
            Some("policy") => self.mistake_in_policy(name, page),
            Some("scope") => self.mistake_in_scope(name, page),
            _ => self.mistake_in_assignment(name, page),
        };
        mistake.map(|mistake| format!("{mistake} in {page:#}"))
    }

    fn users(&self, has: impl Fn(&Organization, usize) -> bool) -> BTreeSet<&'static str> {
        let users = (0..self.organization.users.len()).filter(|user| has(&self.organization, *user));
        users.map(|user| self.organization.users[user].name).collect()
    }

    /// The users whom one of some assignments reaches.
    fn reached(&self, is_one: impl Fn(&Assignment) -> bool, bound: Bound) -> BTreeSet<&'static str> {
        self.users(|organization, user| {
            let groups = organization.groups_of(user, bound);
            organization.assignments.iter().any(|assignment| {
                let reaches = match assignment.assignee {
                    Assignee::User(own) => own == user,
                    Assignee::Group(group) => groups.contains_key(&group),
                    Assignee::Policy(policy) => organization.policy_of(user) == Some(policy),
                };
                reaches && is_one(assignment)
            })
        })
    }

    /// The assignments that are one of some, by name.
    fn assignments(&self, is_one: impl Fn(&Assignment) -> bool) -> BTreeSet<&str> {
        self.organization.assignments.iter().filter(|it| is_one(it)).map(|it| it.name.as_str()).collect()
    }

    fn mistake_in_people(&self, page: &Value, is_one: impl Fn(&Assignment) -> bool) -> Option<String> {
        let [sure, perhaps] = [Bound::Lower, Bound::Upper].map(|bound| self.reached(&is_one, bound));
        let [shown, open] = [texts, open].map(|of| named(&self.organization, of(&page["people"], "account")));
        wrong("people", &(&shown - &self.groups()), &(&sure - &open), &perhaps, array(&page["gaps"]).is_empty())
    }

    /// The names of groups: of one that no export shows to be a group, its place among the people is right.
    fn groups(&self) -> BTreeSet<&str> {
        self.organization.groups.iter().map(|group| group.name).collect()
    }

    fn mistake_in_role(&self, name: &str, page: &Value) -> Option<String> {
        let organization = &self.organization;
        let Some(number) = organization.roles.iter().position(|role| role.name == name) else {
            return Some("there is no such role".to_owned());
        };
        let role = &organization.roles[number];
        let is_closed = array(&page["gaps"]).iter().all(|gap| gap["code"] == "empty-role");
        let cmdlets: BTreeSet<&str> = role.entries.iter().map(|entry| CMDLETS[entry.cmdlet]).collect();
        let all = page["entries_complete"] == true;
        let of_role = |it: &Assignment| it.role == number;
        // One that is disabled lets nobody assign the role.
        let given = self.assignments(|it| of_role(it) && !(it.delegating && it.enabled));
        let delegated = self.assignments(|it| of_role(it) && it.delegating && it.enabled);
        let is_held = organization.assignments.iter().any(|it| of_role(it) && works(it));
        let parent = role.parent.map(|parent| organization.roles[parent].name);
        let children = organization.roles.iter().filter(|it| it.parent == Some(number)).map(|it| it.name).collect();
        if page["assigned_to_nobody"] == true && is_held || page["assigned_to_nobody"] == false && !is_held {
            return Some("whether it is assigned".to_owned());
        }
        if page["parent"].is_string() && page["parent"].as_str() != parent {
            return Some(format!("the parent is {parent:?}"));
        }
        // What the child lacks of the parent is missing in both lists.
        for row in array(&page["lacks_of_parent"]) {
            if row["whole"] == true && cmdlets.contains(row["cmdlet"].as_str().unwrap_or_default()) {
                return Some(format!("it has {row}"));
            }
        }
        wrong("cmdlets", &texts(&page["cmdlets"], "cmdlet"), &cmdlets, &cmdlets, all)
            .or_else(|| wrong("children", &plain(&page["children"]), &BTreeSet::new(), &children, false))
            .or_else(|| wrong("assignments", &texts(&page["assignments"], "assignment"), &given, &given, is_closed))
            .or_else(|| {
                let shown = texts(&page["may_be_assigned_by"], "assignment");
                wrong("may be assigned by", &shown, &delegated, &delegated, is_closed)
            })
            .or_else(|| self.mistake_in_people(page, |it| of_role(it) && works(it)))
    }

    fn mistake_in_group(&self, name: &str, page: &Value) -> Option<String> {
        let organization = &self.organization;
        // One of which no record is left has the name by which a list of members calls it.
        let forms = [Form::Name, Form::Canonical, Form::DistinguishedName, Form::Account];
        let is_it =
            |group: &usize| forms.iter().any(|form| organization.identity(Principal::Group(*group), *form) == name);
        let Some(number) = (0..organization.groups.len()).find(is_it) else {
            return Some("there is no such group".to_owned());
        };
        let all = page["members_complete"] == true;
        let members = organization.groups[number].members.iter().map(|(member, _)| organization.name(*member));
        let members: BTreeSet<&str> = members.collect();
        // A group that is not shown to be one may be an account of that name.
        let [sure, perhaps] = [Bound::Lower, Bound::Upper]
            .map(|bound| self.users(|organization, user| organization.groups_of(user, bound).contains_key(&number)));
        let people = &named(organization, texts(&page["people"], "account")) - &self.groups();
        let above = organization.groups.iter().filter(|group| {
            let mut inside: Vec<Principal> = group.members.iter().map(|(member, _)| *member).collect();
            let mut place = 0;
            while let Some(Principal::User(_) | Principal::Group(_)) = inside.get(place) {
                if let Principal::Group(group) = inside[place] {
                    let new = organization.groups[group].members.iter().map(|(member, _)| *member);
                    let new: Vec<Principal> = new.filter(|member| !inside.contains(member)).collect();
                    inside.extend(new);
                }
                place += 1;
            }
            inside.contains(&Principal::Group(number))
        });
        let above: BTreeSet<&str> = above.map(|group| group.name).collect();
        let given = self.assignments(|it| it.assignee == Assignee::Group(number));
        let is_closed = array(&page["gaps"]).is_empty();
        wrong("members", &named(organization, plain(&page["members"])), &members, &members, all)
            .or_else(|| wrong("people", &people, &sure, &perhaps, all))
            .or_else(|| {
                wrong("member of", &named(organization, plain(&page["member_of"])), &BTreeSet::new(), &above, false)
            })
            .or_else(|| wrong("roles", &texts(&page["roles"], "assignment"), &given, &given, is_closed))
    }

    fn mistake_in_account(&self, name: &str, page: &Value) -> Option<String> {
        let organization = &self.organization;
        let is_it = |user: &usize| organization.identities(*user).iter().any(|identity| identity == name);
        let Some(user) = (0..organization.users.len()).find(is_it) else {
            // Of a group that no export shows to be one, something is always open.
            let is_doubtful = is_group(organization, name) && !array(&page["gaps"]).is_empty();
            return (!is_doubtful).then(|| "there is no such account".to_owned());
        };
        let of_user = |it: &Assignment, bound| match it.assignee {
            Assignee::User(own) => own == user,
            Assignee::Group(group) => organization.groups_of(user, bound).contains_key(&group),
            Assignee::Policy(policy) => organization.policy_of(user) == Some(policy),
        };
        let rows = |key: &str, is_one: &dyn Fn(&Assignment) -> bool, all: bool| {
            let sure = self.assignments(|it| of_user(it, Bound::Lower) && is_one(it));
            let perhaps = self.assignments(|it| of_user(it, Bound::Upper) && is_one(it));
            wrong(key, &texts(&page[key], "assignment"), &(&sure - &open(&page[key], "assignment")), &perhaps, all)
        };
        let policy = organization.policy_of(user).map(|policy| organization.policies[policy]);
        if page["policy"].is_string() && page["policy"].as_str() != policy {
            return Some(format!("the policy is {policy:?}"));
        }
        let groups: BTreeSet<&str> =
            organization.groups_of(user, Bound::Upper).keys().map(|group| organization.groups[*group].name).collect();
        let is_closed = array(&page["gaps"]).is_empty();
        wrong("groups", &named(organization, plain(&page["groups"])), &BTreeSet::new(), &groups, false)
            .or_else(|| rows("roles", &works, is_closed))
            .or_else(|| rows("may_assign", &|it| it.enabled && it.delegating, false))
            .or_else(|| rows("disabled_assignments", &|it| !it.enabled, false))
    }

    fn mistake_in_policy(&self, name: &str, page: &Value) -> Option<String> {
        let organization = &self.organization;
        let Some(number) = organization.policies.iter().position(|policy| *policy == name) else {
            return Some("there is no such policy".to_owned());
        };
        if page["default"].is_boolean() && page["default"] != (number == 0) {
            return Some("whether it is the default".to_owned());
        }
        let is_closed = array(&page["gaps"]).is_empty();
        let roles = self.assignments(|it| it.assignee == Assignee::Policy(number));
        let has = |organization: &Organization, user| organization.policy_of(user) == Some(number);
        let mailboxes = self.users(has);
        let given = organization.assignments.iter().filter(|it| it.assignee == Assignee::Policy(number) && works(it));
        let cmdlets = given.flat_map(|it| &organization.roles[it.role].entries).map(|entry| CMDLETS[entry.cmdlet]);
        let cmdlets: BTreeSet<&str> = cmdlets.collect();
        wrong("roles", &texts(&page["roles"], "assignment"), &roles, &roles, is_closed)
            .or_else(|| {
                wrong("mailboxes", &named(organization, plain(&page["mailboxes"])), &mailboxes, &mailboxes, is_closed)
            })
            .or_else(|| wrong("cmdlets", &plain(&page["cmdlets"]), &cmdlets, &cmdlets, is_closed))
    }

    fn mistake_in_scope(&self, name: &str, page: &Value) -> Option<String> {
        let scope = self.scopes.iter().find(|scope| scope.name == name);
        let is_of_it = |it: &Assignment| it.custom == Some(name);
        let is_closed = array(&page["gaps"]).is_empty();
        let Some(scope) = scope else {
            // A word of Exchange's own, or a unit: whom it holds is not said.
            return plain(&page["contains"]).first().map(|name| format!("it does not contain {name}"));
        };
        if page["exclusive"].is_boolean() && page["exclusive"] != scope.exclusive {
            return Some("whether it is exclusive".to_owned());
        }
        let given = self.assignments(is_of_it);
        let contains = named(&self.organization, plain(&page["contains"]));
        // Groups are recipients, too.
        let is_user = |name: &&str| self.organization.users.iter().any(|user| user.name == *name);
        let sure = self.users(|_, user| self.holds(scope, user) == Some(true));
        if let Some(extra) = contains.iter().filter(|name| is_user(name)).find(|name| !sure.contains(*name)) {
            return Some(format!("it does not contain {extra}"));
        }
        wrong("assignments", &texts(&page["assignments"], "assignment"), &given, &given, is_closed)
            .or_else(|| self.mistake_in_people(page, |it| is_of_it(it) && works(it)))
    }

    fn mistake_in_assignment(&self, name: &str, page: &Value) -> Option<String> {
        let organization = &self.organization;
        let Some(own) = organization.assignments.iter().find(|it| it.name == name) else {
            return Some("there is no such assignment".to_owned());
        };
        let role = organization.roles[own.role].name;
        for (key, right) in [("role", role), ("assignee", organization.assignee_name(own.assignee))] {
            let said = page[key].as_str().map(|said| named(organization, BTreeSet::from([said])));
            if said.is_some_and(|said| !said.contains(right)) {
                return Some(format!("{key} is {right}"));
            }
        }
        for (key, right) in [("enabled", own.enabled), ("delegating", own.delegating)] {
            if page[key].is_boolean() && page[key] != right {
                return Some(format!("{key} is {right}"));
            }
        }
        if page["exclusive"].is_boolean() && page["exclusive"] != (own.scopes[1] == "ExclusiveRecipientScope") {
            return Some("whether it is exclusive".to_owned());
        }
        // Whom it would reach, whether it works or not.
        self.mistake_in_people(page, |it| it.name == name)
    }
}
