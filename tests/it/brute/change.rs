//! What changes between two exports of one organization, and what that gives and takes, worked out the slow way.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::Index;

use super::judge::{Bound, Grant};
use super::organization::{
    Assignee, Assignment, CMDLETS, COMMON, Entry, Form, GROUPS, Group, GroupKind, Layout, Organization, PARAMETERS,
    Principal, ROLES, USERS, User, UserKind,
};

/// One change, with what of it chance decides.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    kind: u8,
    first: Index,
    second: Index,
    amount: u8,
}

pub(crate) fn changes() -> impl Strategy<Value = (Vec<Change>, [u8; 9], u8, bool)> {
    let change = (any::<u8>(), any::<Index>(), any::<Index>(), any::<u8>())
        .prop_map(|(kind, first, second, amount)| Change { kind, first, second, amount });
    (prop::collection::vec(change, 0..5), any::<[u8; 9]>(), any::<u8>(), any::<bool>())
}

/// The organization after some changes, exported in another shape.
pub(crate) fn changed(before: &Organization, changes: &[Change], shapes: [u8; 9], flags: u8) -> Organization {
    let mut after = before.clone();
    let layout = Layout::of(shapes, flags);
    // Only a role's own list can say that it is empty.
    let role_entries = layout.role_entries || before.layout.role_entries;
    after.layout = Layout { role_entries, ..layout };
    for change in changes {
        change.apply(&mut after);
    }
    for role in &mut after.roles {
        if role.entries.is_empty() && !role_entries {
            role.entries.push(Entry { cmdlet: 0, parameters: vec![PARAMETERS[0]] });
        }
    }
    for group in &mut after.groups {
        group.rows &= group.kind == GroupKind::RoleGroup && !group.members.is_empty();
    }
    after
}

impl Change {
    fn apply(&self, to: &mut Organization) {
        let free = |names: &[&'static str], used: &[&str]| names.iter().copied().find(|name| !used.contains(name));
        let (users, groups) = (to.users.len(), to.groups.len());
        let assignment = self.first.index(to.assignments.len().max(1));
        let role = self.first.index(to.roles.len());
        let group = self.first.index(groups);
        match self.kind % 20 {
            0 | 1 if to.groups[group].kind != GroupKind::Linked => {
                let member = match self.second.index(users + groups) {
                    number if number < users => Principal::User(number),
                    number => Principal::Group(number - users),
                };
                let form = to.groups[group].members.first().map_or(Form::Canonical, |(_, form)| *form);
                if to.groups[group].members.iter().all(|(known, _)| *known != member) {
                    to.groups[group].members.push((member, form));
                }
            }
            2 if !to.groups[group].members.is_empty() => {
                let member = self.second.index(to.groups[group].members.len());
                to.groups[group].members.remove(member);
            }
            3 | 4 if !to.assignments.is_empty() => {
                to.assignments[assignment].enabled ^= true;
            }
            5 if !to.assignments.is_empty() => {
                let one = &mut to.assignments[assignment];
                one.delegating ^= !matches!(one.assignee, Assignee::Policy(_));
            }
            6 if !to.assignments.is_empty() => drop(to.assignments.remove(assignment)),
            7 if !to.assignments.is_empty() => {
                let one = &mut to.assignments[assignment];
                if !matches!(one.assignee, Assignee::Policy(_)) && one.scopes[1] != "None" {
                    (one.scopes[1], one.custom) = match self.amount % 4 {
                        0 => ("Self", None),
                        1 => ("CustomRecipientScope", Some("Zürich Staff")),
                        2 => ("OU", Some("contoso.com/Staff")),
                        _ => ("Organization", None),
                    };
                }
            }
            8 | 9 => {
                let user = self.second.index(users);
                let admin = (0..to.roles.len()).filter(|role| !to.roles[*role].own).collect::<Vec<_>>();
                let role = admin[self.first.index(admin.len())];
                let assignee = if self.amount.is_multiple_of(2) {
                    Assignee::User(user)
                } else {
                    Assignee::Group(self.second.index(groups))
                };
                if let Assignee::Group(group) = assignee
                    && to.groups[group].kind == GroupKind::Distribution
                {
                    return;
                }
                let name = format!("New {} {}", to.assignments.len(), self.amount);
                let scopes = to.roles[role].scopes;
                to.assignments.push(Assignment {
                    name,
                    role,
                    assignee,
                    delegating: false,
                    enabled: true,
                    scopes,
                    custom: None,
                });
            }
            10 | 11 => {
                let cmdlet = usize::from(self.amount) % CMDLETS.len();
                if to.roles[role].entries.iter().all(|known| known.cmdlet != cmdlet) {
                    let parameters = PARAMETERS[..1 + self.second.index(4)].to_vec();
                    to.roles[role].entries.push(Entry { cmdlet, parameters });
                }
            }
            12 if !to.roles[role].entries.is_empty() => {
                let entry = self.second.index(to.roles[role].entries.len());
                to.roles[role].entries.remove(entry);
            }
            13 if !to.roles[role].entries.is_empty() => {
                let entry = self.second.index(to.roles[role].entries.len());
                let parameter = PARAMETERS[usize::from(self.amount) % PARAMETERS.len()];
                let own = &mut to.roles[role].entries[entry].parameters;
                match own.iter().position(|known| *known == parameter) {
                    Some(place) => drop(own.remove(place)),
                    None => own.push(parameter),
                }
            }
            14 => {
                let policy = (!to.policies.is_empty()).then(|| self.second.index(to.policies.len()));
                let kind = &mut to.users[self.first.index(users)].kind;
                *kind = match (*kind, self.amount % 3) {
                    (UserKind::LinkedMailbox(_), _) => UserKind::LinkedMailbox(policy),
                    (_, 0) => UserKind::Bare,
                    _ => UserKind::Mailbox(policy),
                };
            }
            15 => {
                let used: Vec<&str> = to.users.iter().map(|user| user.name).collect();
                if let Some(name) = free(&USERS, &used) {
                    to.users.push(User { name, kind: UserKind::Mailbox(None) });
                    let user = Principal::User(to.users.len() - 1);
                    if to.groups[group].kind != GroupKind::Linked {
                        let form = to.groups[group].members.first().map_or(Form::Canonical, |(_, form)| *form);
                        to.groups[group].members.push((user, form));
                    }
                }
            }
            16 => {
                let used: Vec<&str> = to.users.iter().map(|user| user.name).collect();
                if let Some(name) = free(&USERS, &used) {
                    to.users[self.first.index(users)].name = name;
                }
            }
            17 => {
                let used: Vec<&str> = to.groups.iter().map(|group| group.name).collect();
                if let Some(name) = free(&GROUPS, &used) {
                    to.groups[group].name = name;
                }
            }
            18 => {
                let used: Vec<&str> = to.roles.iter().map(|role| role.name).collect();
                if let Some(name) = free(&ROLES, &used) {
                    to.roles[role].name = name;
                }
            }
            19 => {
                let used: Vec<&str> = to.groups.iter().map(|group| group.name).collect();
                if let Some(name) = free(&GROUPS, &used) {
                    let user = (Principal::User(self.second.index(users)), Form::Canonical);
                    to.groups.push(Group { name, kind: GroupKind::Security, members: vec![user], rows: false });
                    let parent = Principal::Group(to.groups.len() - 1);
                    if to.groups[group].kind != GroupKind::Linked {
                        let form = to.groups[group].members.first().map_or(Form::Canonical, |(_, form)| *form);
                        to.groups[group].members.push((parent, form));
                    }
                }
            }
            _ => {}
        }
    }
}

/// A cmdlet, or a parameter of it, on some extent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cell {
    pub(crate) cmdlet: &'static str,
    pub(crate) parameter: Option<&'static str>,
    pub(crate) recipients: &'static str,
    pub(crate) configuration: &'static str,
}

/// An answer of three values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Contains {
    No,
    Perhaps,
    Yes,
}

const OWN: [&str; 3] = ["Self", "MyGAL", "MyDistributionGroups"];

impl Cell {
    /// Whether what lies in the extent of another cell lies in this one's.
    pub(crate) fn contains(&self, other: &Cell) -> Contains {
        let recipients = match (self.recipients, other.recipients) {
            ("Organization", _) | (_, "None") => Contains::Yes,
            (own, other) if own == other => Contains::Yes,
            ("None", _) => Contains::No,
            (own, _) if OWN.contains(&own) => Contains::No,
            ("contoso.com/Staff", "Organization") => Contains::No,
            _ => Contains::Perhaps,
        };
        let configuration = match (self.configuration, other.configuration) {
            ("None", "OrganizationConfig") => Contains::No,
            _ => Contains::Yes,
        };
        recipients.min(configuration)
    }

    fn is_same(&self, other: &Cell) -> bool {
        (self.cmdlet, self.parameter) == (other.cmdlet, other.parameter)
    }
}

/// What an account can run for certain, and what it may.
#[derive(Clone, Debug, Default)]
pub(crate) struct Holdings {
    pub(crate) lower: BTreeSet<Cell>,
    pub(crate) upper: BTreeSet<Cell>,
}

impl Holdings {
    /// How surely the account holds a cell.
    pub(crate) fn hold(&self, cell: &Cell) -> Contains {
        let most = |cells: &BTreeSet<Cell>| {
            cells.iter().filter(|own| own.is_same(cell)).map(|own| own.contains(cell)).max().unwrap_or(Contains::No)
        };
        match (most(&self.lower), most(&self.upper)) {
            (Contains::Yes, _) => Contains::Yes,
            (Contains::No, Contains::No) => Contains::No,
            _ => Contains::Perhaps,
        }
    }
}

impl Organization {
    /// What a user holds; one that is not here is an account that nothing mentions.
    pub(crate) fn holdings(&self, user: usize, like: UserKind) -> Holdings {
        let mut with = self.clone();
        let user = if user < self.users.len() {
            user
        } else {
            let kind = match like {
                UserKind::LinkedMailbox(_) => UserKind::LinkedMailbox(None),
                UserKind::Mailbox(_) => UserKind::Mailbox(None),
                // Whether it is a linked mailbox elsewhere is not known.
                UserKind::Bare => UserKind::LinkedMailbox(None),
            };
            with.users.push(User { name: "nobody", kind });
            with.users.len() - 1
        };
        let cells = |bound| with.grants_of(user, bound).iter().flat_map(|grant| with.cells(grant)).collect();
        Holdings { lower: cells(Bound::Lower), upper: cells(Bound::Upper) }
    }

    fn cells(&self, grant: &Grant) -> Vec<Cell> {
        let cmdlet = CMDLETS[grant.cmdlet];
        let reads = ["Get-", "Test-", "Search-", "Export-"].iter().any(|verb| cmdlet.starts_with(verb));
        let (word, configuration) =
            if reads { (grant.scopes[0], grant.scopes[2]) } else { (grant.scopes[1], grant.scopes[3]) };
        let custom = self.assignments[grant.assignment].custom.filter(|_| !reads);
        let (recipients, configuration) = match word {
            word if OWN.contains(&word) => (word, configuration),
            _ if grant.by_policy => ("Self", configuration),
            _ if cmdlet == "Set-ADServerSettings" => ("Organization", "OrganizationConfig"),
            word => (custom.unwrap_or(word), configuration),
        };
        if (recipients, configuration) == ("None", "None") {
            return Vec::new();
        }
        let named = grant.parameters.iter().copied().filter(|name| *name != COMMON).map(Some);
        let cell = |parameter| Cell { cmdlet, parameter, recipients, configuration };
        std::iter::once(None).chain(named).map(cell).collect()
    }
}
