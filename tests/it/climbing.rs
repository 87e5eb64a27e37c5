//! What accounts could give themselves: random organizations with managers, nested groups, delegating assignments and
//! child roles, against a closure that is worked out the slow way. Every path is possible, step by step.

use std::collections::BTreeSet;
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use rolecall::accounts::{Account, Accounts};
use rolecall::exports::{self, Wanted};
use rolecall::graph::{Assumptions, Escalation, Escalator, Gain};
use rolecall::inventory::Inventory;

use crate::brute::runner;
use crate::program::{argument, folder};

const USERS: [&str; 4] = ["anna", "bo", "dana", "eli"];
const GROUPS: [&str; 6] = ["Power", "Managers", "Desk", "Outer", "Inner", "Lonely"];
/// Each role with its cmdlets; the last two are children of the one before them.
const ROLES: [(&str, Option<usize>, &[&str]); 7] = [
    ("Assigning", None, &["New-ManagementRoleAssignment"]),
    ("Joining", None, &["Add-RoleGroupMember"]),
    ("Joining Others", None, &["Add-DistributionGroupMember"]),
    ("Adding", None, &["Add-ManagementRoleEntry"]),
    ("Wide", None, &["Get-Mailbox", "Set-Mailbox", "New-Mailbox"]),
    ("Narrow", Some(4), &["Get-Mailbox"]),
    ("Whole Child", Some(4), &["Get-Mailbox", "Set-Mailbox", "New-Mailbox"]),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Principal {
    User(usize),
    Group(usize),
}

#[derive(Clone, Debug)]
struct Assignment {
    role: usize,
    assignee: Principal,
    delegating: bool,
    enabled: bool,
}

#[derive(Clone, Debug)]
struct Organization {
    /// Whether each group is a role group, or a security group.
    role_groups: [bool; GROUPS.len()],
    members: Vec<(usize, Principal)>,
    managers: Vec<(usize, Principal)>,
    assignments: Vec<Assignment>,
}

fn principal() -> impl Strategy<Value = Principal> {
    prop_oneof![(0..USERS.len()).prop_map(Principal::User), (0..GROUPS.len()).prop_map(Principal::Group)]
}

fn organizations() -> impl Strategy<Value = Organization> {
    let links = || prop::collection::vec((0..GROUPS.len(), principal()), 0..7);
    let assignment = (0..ROLES.len(), principal(), any::<u8>(), any::<u8>()).prop_map(|(role, assignee, kind, on)| {
        Assignment { role, assignee, delegating: kind % 4 == 3, enabled: on % 8 != 7 }
    });
    let kinds = any::<[u8; GROUPS.len()]>().prop_map(|kinds| kinds.map(|kind| kind % 3 != 2));
    (kinds, links(), links(), prop::collection::vec(assignment, 1..9)).prop_map(
        |(role_groups, members, managers, assignments)| {
            let members = members.into_iter().filter(|(group, member)| *member != Principal::Group(*group)).collect();
            Organization { role_groups, members, managers, assignments }
        },
    )
}

/// What somebody has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Power {
    roles: BTreeSet<usize>,
    delegations: BTreeSet<usize>,
    /// The account itself and its groups.
    is: BTreeSet<Principal>,
}

impl Organization {
    fn start(&self, user: usize) -> Power {
        let mut power = Power::default();
        self.join(&mut power, Principal::User(user));
        power
    }

    /// Adds a principal with all groups around it, and what these are given.
    fn join(&self, power: &mut Power, principal: Principal) {
        let mut queue = vec![principal];
        while let Some(one) = queue.pop() {
            if power.is.insert(one) {
                queue.extend(
                    self.members.iter().filter(|(_, member)| *member == one).map(|(group, _)| Principal::Group(*group)),
                );
            }
        }
        for assignment in self.assignments.iter().filter(|it| it.enabled && power.is.contains(&it.assignee)) {
            let of = if assignment.delegating { &mut power.delegations } else { &mut power.roles };
            of.insert(assignment.role);
        }
    }

    fn can(power: &Power, cmdlet: &str) -> bool {
        power.roles.iter().any(|role| ROLES[*role].2.contains(&cmdlet))
    }

    fn may_join(&self, power: &Power, group: usize) -> bool {
        let cmdlet = if self.role_groups[group] { "Add-RoleGroupMember" } else { "Add-DistributionGroupMember" };
        let manages = self.managers.iter().any(|(of, manager)| *of == group && power.is.contains(manager));
        Self::can(power, cmdlet) && manages && !power.is.contains(&Principal::Group(group))
    }

    fn may_take(&self, power: &Power, role: usize) -> bool {
        let assigns = Self::can(power, "New-ManagementRoleAssignment") && power.delegations.contains(&role);
        let parent_has_more = |child: usize| ROLES[child].1 == Some(role) && ROLES[child].2.len() < ROLES[role].2.len();
        let adds =
            Self::can(power, "Add-ManagementRoleEntry") && power.roles.iter().any(|child| parent_has_more(*child));
        !power.roles.contains(&role) && (assigns || adds)
    }

    /// The groups that are worth joining: they give something, or lead to the management of one that is.
    fn worth(&self) -> BTreeSet<usize> {
        let mut worth = BTreeSet::new();
        loop {
            let before = worth.len();
            for group in 0..GROUPS.len() {
                let mut with = Power::default();
                self.join(&mut with, Principal::Group(group));
                let manages = self.managers.iter().any(|(of, manager)| worth.contains(of) && with.is.contains(manager));
                if manages || !with.roles.is_empty() || !with.delegations.is_empty() {
                    worth.insert(group);
                }
            }
            if worth.len() == before {
                return worth;
            }
        }
    }

    /// Everything that an account could have at the end.
    fn closure(&self, user: usize) -> Power {
        let worth = self.worth();
        let mut power = self.start(user);
        loop {
            let before = power.clone();
            for group in worth.iter().filter(|group| self.may_join(&before, **group)) {
                self.join(&mut power, Principal::Group(*group));
            }
            power.roles.extend((0..ROLES.len()).filter(|role| self.may_take(&before, *role)));
            if power == before {
                return power;
            }
        }
    }

    fn files(&self) -> Vec<(&'static str, String)> {
        let name = |principal: Principal| match principal {
            Principal::User(user) => USERS[user],
            Principal::Group(group) => GROUPS[group],
        };
        let joined = |links: &[(usize, Principal)], of: usize| {
            let names: BTreeSet<&str> =
                links.iter().filter(|(group, _)| *group == of).map(|(_, one)| name(*one)).collect();
            names.into_iter().collect::<Vec<_>>().join(";")
        };
        let mut role_groups =
            "Name,RoleGroupType,Members,ManagedBy\nOrganization Management,Standard,,Organization Management\n"
                .to_owned();
        let mut groups = "Name,RecipientTypeDetails,Members,ManagedBy\n".to_owned();
        for (number, group) in GROUPS.iter().enumerate() {
            let (members, managers) = (joined(&self.members, number), joined(&self.managers, number));
            match self.role_groups[number] {
                true => role_groups += &format!("{group},Standard,{members},{managers}\n"),
                false => groups += &format!("{group},MailUniversalSecurityGroup,{members},{managers}\n"),
            }
        }
        let mut assignments = "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled,RecipientReadScope,RecipientWriteScope,ConfigReadScope,ConfigWriteScope\n".to_owned();
        for (number, it) in self.assignments.iter().enumerate() {
            let kind = match it.assignee {
                Principal::User(_) => "User",
                Principal::Group(group) if self.role_groups[group] => "RoleGroup",
                Principal::Group(_) => "SecurityGroup",
            };
            let delegation = if it.delegating { "DelegatingOrgWide" } else { "Regular" };
            let enabled = if it.enabled { "True" } else { "False" };
            assignments += &format!(
                "Assignment {number},{},{},{kind},{delegation},{enabled},Organization,Organization,OrganizationConfig,OrganizationConfig\n",
                ROLES[it.role].0,
                name(it.assignee)
            );
        }
        let mut roles = "Name,RoleType,Parent,IsEndUserRole,ImplicitRecipientReadScope,ImplicitRecipientWriteScope,ImplicitConfigReadScope,ImplicitConfigWriteScope\n".to_owned();
        let mut entries = "Role,Name,Parameters\n".to_owned();
        for (role, parent, cmdlets) in ROLES {
            let parent = parent.map_or("", |parent| ROLES[parent].0);
            roles += &format!(
                "{role},Custom,{parent},False,Organization,Organization,OrganizationConfig,OrganizationConfig\n"
            );
            for cmdlet in cmdlets {
                entries += &format!("{role},{cmdlet},Identity\n");
            }
        }
        let people: String = USERS.iter().map(|user| format!("{user},{user}@contoso.com,User\n")).collect();
        vec![
            ("assignments.csv", assignments),
            ("entries.csv", entries),
            ("groups.csv", groups),
            ("role-groups.csv", role_groups),
            ("roles.csv", roles),
            ("users.csv", format!("Name,UserPrincipalName,RecipientTypeDetails\n{people}")),
        ]
    }

    /// Takes a step where it is possible; a gain that is neither a role nor a group changes nothing here.
    fn take(&self, power: &mut Power, gain: Gain, name: &str) -> bool {
        match gain {
            Gain::Role(_) => {
                let role = ROLES.iter().position(|(known, ..)| *known == name).expect("a role of ours");
                let possible = self.may_take(power, role);
                power.roles.insert(role);
                possible
            }
            Gain::Group(_) => {
                let group = GROUPS.iter().position(|known| *known == name).expect("a group of ours");
                let possible = self.may_join(power, group);
                self.join(power, Principal::Group(group));
                possible
            }
            Gain::Scope(_) | Gain::Directory | Gain::Accounts => true,
        }
    }
}

/// The ways of every user, each step with the name of what it gives.
type Ways = Vec<Vec<Vec<(Gain, String)>>>;

fn ways(path: &Path) -> Ways {
    let opened = exports::open(&Wanted::one(vec![argument(path)]));
    let mut loaded = exports::load(&opened);
    let inventory = Inventory::of(loaded.organizations.remove(0).own);
    let mut accounts = Accounts::new(&inventory, &[], Assumptions::default());
    let rights: Vec<_> = USERS
        .iter()
        .map(|user| {
            let &[account @ Account::Exported(_)] = &accounts.named(user)[..] else { panic!("{user} is known") };
            accounts.rights(account)
        })
        .collect();
    let escalator = Escalator::new(accounts.organization());
    let steps = |way: &Escalation| way.steps.iter().map(|step| (step.gain, escalator.shown(step.gain))).collect();
    rights.iter().map(|rights| escalator.of(rights).iter().map(steps).collect()).collect()
}

#[test]
fn what_accounts_could_give_themselves_is_the_closure_and_every_step_is_possible() {
    let result = runner(80).run(&organizations(), |organization| {
        let files = organization.files();
        let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
        let ways = ways(folder(&files).path());
        for (user, ways) in ways.iter().enumerate() {
            let mut all = organization.start(user);
            for way in ways {
                let mut power = organization.start(user);
                for (gain, name) in way {
                    if !organization.take(&mut power, *gain, name) {
                        return Err(TestCaseError::fail(format!("{}: {name} in {way:?}", USERS[user])));
                    }
                }
                all.roles.extend(power.roles);
                all.delegations.extend(power.delegations);
                all.is.extend(power.is);
            }
            let right = organization.closure(user);
            if all != right {
                return Err(TestCaseError::fail(format!("{}: {right:?}, not {all:?}", USERS[user])));
            }
        }
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn a_group_that_holds_nothing_and_manages_another_is_a_step_on_the_way() {
    let organization = Organization {
        role_groups: [true; GROUPS.len()],
        members: Vec::new(),
        // Anna manages Managers, and Managers manages Power.
        managers: vec![(1, Principal::User(0)), (0, Principal::Group(1))],
        assignments: vec![
            Assignment { role: 1, assignee: Principal::User(0), delegating: false, enabled: true },
            Assignment { role: 4, assignee: Principal::Group(0), delegating: false, enabled: true },
        ],
    };
    let files = organization.files();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let ways = ways(folder(&files).path());
    let names: Vec<Vec<&str>> = ways[0].iter().map(|way| way.iter().map(|(_, name)| name.as_str()).collect()).collect();
    assert_eq!(names, [vec!["Managers"], vec!["Managers", "Power"]]);
    assert!(ways[1].is_empty());
}
