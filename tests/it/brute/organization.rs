//! Random organizations, as plain data that shrinks.

use proptest::prelude::*;
use proptest::sample::{Index, subsequence};

/// Beginnings of each other, letters beyond ASCII that a lossy file makes alike, and a comma.
pub(super) const USERS: [&str; 14] = [
    "anna",
    "anna-adm",
    "Anna Berg",
    "bo",
    "Zoë",
    "Zoé",
    "svc",
    "svc-1",
    "svc-10",
    "Østen",
    "Ost",
    "dana",
    "Berg, Eva",
    "eli",
];
pub(super) const GROUPS: [&str; 12] = [
    "Team",
    "Team 1",
    "Team 10",
    "Help Desk",
    "Hélp Desk",
    "Exchange Admins",
    "Admins",
    "Recipient Staff",
    "Auditors",
    "Zürich",
    "Nested",
    "Outer",
];
pub(super) const ROLES: [&str; 10] =
    ["Alpha", "Alpha Two", "Beta", "Béta", "Gamma", "Help Desk", "Reader", "Writer", "Postfach", "Postfach Zürich"];
const OWN_ROLES: [&str; 3] = ["MyAlpha", "MyBeta", "My Gallery"];
pub(crate) const CMDLETS: [&str; 9] = [
    "Get-Mailbox",
    "Set-Mailbox",
    "Get-CASMailbox",
    "Set-CASMailbox",
    "New-TransportRule",
    "Search-Mailbox",
    "Set-ADServerSettings",
    "Test-MapiConnectivity",
    "GetUserPhoto:GET",
];
/// The last is one of the common ones, which requirements ignore.
pub(crate) const PARAMETERS: [&str; 5] = ["Identity", "Alias", "AliasOld", "Filter", "Verbose"];
pub(crate) const COMMON: &str = "Verbose";
const POLICIES: [&str; 3] = ["Default Role Assignment Policy", "Kiosk", "Kiosk 2"];

/// What a user is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UserKind {
    /// A mailbox with this policy, or with a printed-empty one.
    Mailbox(Option<usize>),
    /// A mailbox whose account lives in another forest.
    LinkedMailbox(Option<usize>),
    /// An account without a mailbox.
    Bare,
}

#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) name: &'static str,
    pub(crate) kind: UserKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GroupKind {
    RoleGroup,
    /// Its members are in another forest.
    Linked,
    Security,
    /// Not security-enabled.
    Distribution,
}

/// A member of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Principal {
    User(usize),
    Group(usize),
}

/// How a list names a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Name,
    Canonical,
    DistinguishedName,
    /// The UPN of a user, the sAMAccountName of a group.
    Account,
}

#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) kind: GroupKind,
    pub(crate) members: Vec<(Principal, Form)>,
    /// The members come as rows of Get-RoleGroupMember, and the group's own row has no such column.
    pub(crate) rows: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) cmdlet: usize,
    pub(crate) parameters: Vec<&'static str>,
}

/// Recipient read and write, configuration read and write.
pub(crate) type Scopes = [&'static str; 4];

#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub(crate) name: &'static str,
    pub(crate) parent: Option<usize>,
    pub(crate) own: bool,
    pub(crate) scopes: Scopes,
    pub(crate) entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Assignee {
    User(usize),
    Group(usize),
    Policy(usize),
}

#[derive(Clone, Debug)]
pub(crate) struct Assignment {
    pub(crate) name: String,
    pub(crate) role: usize,
    pub(crate) assignee: Assignee,
    pub(crate) delegating: bool,
    pub(crate) enabled: bool,
    pub(crate) scopes: Scopes,
    pub(crate) custom: Option<&'static str>,
}

/// An organization, and how its exports look.
#[derive(Clone, Debug)]
pub(crate) struct Organization {
    pub(crate) users: Vec<User>,
    pub(crate) groups: Vec<Group>,
    pub(crate) policies: Vec<&'static str>,
    pub(crate) roles: Vec<Role>,
    pub(crate) assignments: Vec<Assignment>,
    pub(crate) layout: Layout,
}

/// What an administrator chose while exporting; nothing of it is a loss.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    /// The shape of each file, as a number that the writer takes apart.
    pub(crate) shapes: [u8; 9],
    /// Roles list their entries too.
    pub(crate) role_entries: bool,
    /// Entries are exported only with the roles.
    pub(crate) entries_in_roles_alone: bool,
    /// Get-User shows the mailboxes again.
    pub(crate) users_twice: bool,
    /// The assignee's canonical name is exported beside its name.
    pub(crate) canonical_assignee: bool,
    /// Assignments come in two files.
    pub(crate) split_assignments: bool,
    /// Role groups show in Get-Group too.
    pub(crate) role_groups_twice: bool,
    /// Every file is there twice, in two shapes.
    pub(crate) everything_twice: bool,
}

const ADMIN_SCOPES: [Scopes; 5] = [
    ["Organization", "Organization", "OrganizationConfig", "OrganizationConfig"],
    ["Organization", "None", "OrganizationConfig", "None"],
    ["None", "None", "OrganizationConfig", "OrganizationConfig"],
    ["Organization", "Organization", "None", "None"],
    ["None", "None", "None", "None"],
];
const OWN_SCOPES: [Scopes; 3] = [
    ["Self", "Self", "OrganizationConfig", "OrganizationConfig"],
    ["MyGAL", "MyGAL", "None", "None"],
    ["Self", "MyDistributionGroups", "OrganizationConfig", "None"],
];

type RawUser = u8;
type RawGroup = (u8, bool);
type RawMember = (Index, Index, u8);
type RawRole = (Option<Index>, u8, Vec<(u8, u8)>);
type RawAssignment = (Index, Index, u8, u8, u8, u8);

/// Organizations of three to twelve users.
pub(crate) fn organizations() -> impl Strategy<Value = Organization> {
    let users = subsequence(USERS.to_vec(), 3..=12)
        .prop_flat_map(|names| (Just(names.clone()), prop::collection::vec(any::<RawUser>(), names.len())));
    let groups = subsequence(GROUPS.to_vec(), 1..=8)
        .prop_flat_map(|names| (Just(names.clone()), prop::collection::vec(any::<RawGroup>(), names.len())));
    let members = prop::collection::vec(any::<RawMember>(), 0..24);
    let entries = || prop::collection::vec(any::<(u8, u8)>(), 0..6);
    let raw_role = move || (prop::option::weighted(0.3, any::<Index>()), any::<u8>(), entries());
    let admin = subsequence(ROLES.to_vec(), 1..=6)
        .prop_flat_map(move |names| (Just(names.clone()), prop::collection::vec(raw_role(), names.len())));
    let own = subsequence(OWN_ROLES.to_vec(), 0..=2)
        .prop_flat_map(move |names| (Just(names.clone()), prop::collection::vec(raw_role(), names.len())));
    let policies = subsequence(POLICIES.to_vec(), 0..=3);
    let assignments = prop::collection::vec(any::<RawAssignment>(), 1..14);
    let layout = (any::<[u8; 9]>(), any::<u8>()).prop_map(|(shapes, flags)| Layout::of(shapes, flags));
    (users, groups, members, admin, own, policies, assignments, layout).prop_map(
        |(users, groups, members, admin, own, policies, assignments, layout)| {
            let roles = admin.0.into_iter().zip(admin.1).map(|(name, raw)| (name, raw, false));
            let roles = roles.chain(own.0.into_iter().zip(own.1).map(|(name, raw)| (name, raw, true)));
            Organization::build(users, groups, &members, roles.collect(), policies, &assignments, layout)
        },
    )
}

impl Layout {
    pub(super) fn of(shapes: [u8; 9], flags: u8) -> Layout {
        let flag = |bit: u8| flags & (1 << bit) != 0;
        Layout {
            shapes,
            role_entries: flag(0),
            entries_in_roles_alone: flag(0) && flag(1) && flag(2),
            users_twice: flag(1),
            canonical_assignee: flag(3),
            split_assignments: flag(4),
            role_groups_twice: flag(5),
            everything_twice: flag(6) && flag(7) && flag(2),
        }
    }
}

impl Organization {
    fn build(
        users: (Vec<&'static str>, Vec<RawUser>),
        groups: (Vec<&'static str>, Vec<RawGroup>),
        members: &[RawMember],
        roles: Vec<(&'static str, RawRole, bool)>,
        policies: Vec<&'static str>,
        assignments: &[RawAssignment],
        layout: Layout,
    ) -> Organization {
        let policy = |raw: u8| match usize::from(raw / 16) % (policies.len() + 1) {
            0 => None,
            number => Some(number - 1),
        };
        let kind_of_user = |raw: u8| match raw % 8 {
            0..=4 => UserKind::Mailbox(policy(raw)),
            5 => UserKind::LinkedMailbox(policy(raw)),
            _ => UserKind::Bare,
        };
        let users =
            users.0.into_iter().zip(users.1).map(|(name, raw)| User { name, kind: kind_of_user(raw) }).collect();
        let mut organization = Organization {
            users,
            groups: groups.0.into_iter().zip(groups.1).map(|(name, raw)| group(name, raw)).collect(),
            policies,
            roles: Vec::new(),
            assignments: Vec::new(),
            layout,
        };
        organization.add_members(members);
        for (name, raw, own) in roles {
            organization.add_role(name, raw, own);
        }
        for raw in assignments {
            organization.add_assignment(raw);
        }
        organization
    }

    fn add_members(&mut self, members: &[RawMember]) {
        for (group, member, form) in members {
            let group = group.index(self.groups.len());
            let principal = match member.index(self.users.len() * 2 + self.groups.len()) {
                // Users twice as often as there are of them, so that chains end somewhere.
                number if number < self.users.len() * 2 => Principal::User(number % self.users.len()),
                number => Principal::Group(number - self.users.len() * 2),
            };
            let form = match form % 4 {
                0 => Form::Name,
                1 => Form::Canonical,
                2 => Form::DistinguishedName,
                _ => Form::Account,
            };
            let own = &mut self.groups[group];
            // One script wrote the list, so it has one form.
            let form = own.members.first().map_or(form, |(_, form)| *form);
            let is_new = own.members.iter().all(|(known, _)| *known != principal);
            // A linked role group has no members of this forest.
            if own.kind != GroupKind::Linked && is_new {
                own.members.push((principal, form));
            }
        }
        for group in &mut self.groups {
            // Without a member there is no row, so the list itself must say that there is none.
            group.rows &= group.kind == GroupKind::RoleGroup && !group.members.is_empty();
        }
    }

    fn add_role(&mut self, name: &'static str, (parent, scopes, raw): RawRole, own: bool) {
        let parent = parent.filter(|_| !self.roles.is_empty()).map(|index| index.index(self.roles.len()));
        let parent = parent.filter(|parent| self.roles[*parent].own == own);
        let mut entries: Vec<Entry> = Vec::new();
        for (cmdlet, mask) in raw {
            let cmdlet = usize::from(cmdlet) % CMDLETS.len();
            let allowed = |name: &&'static str| match parent {
                None => true,
                Some(parent) => {
                    let of_parent = self.roles[parent].entries.iter().find(|entry| entry.cmdlet == cmdlet);
                    of_parent.is_some_and(|entry| entry.parameters.contains(name))
                }
            };
            let of_parent =
                parent.is_none_or(|parent| self.roles[parent].entries.iter().any(|own| own.cmdlet == cmdlet));
            if of_parent && entries.iter().all(|known| known.cmdlet != cmdlet) {
                let chosen = PARAMETERS.iter().enumerate().filter(|(bit, _)| mask & (1 << bit) != 0);
                let parameters = chosen.map(|(_, name)| *name).filter(allowed).collect();
                entries.push(Entry { cmdlet, parameters });
            }
        }
        // Only a role's own list can say that it is empty.
        if entries.is_empty() && !self.layout.role_entries {
            let inherited = parent.and_then(|parent| self.roles[parent].entries.first()).cloned();
            entries.push(inherited.unwrap_or(Entry { cmdlet: 0, parameters: vec![PARAMETERS[0]] }));
        }
        let scopes = match parent {
            Some(parent) => self.roles[parent].scopes,
            None if own => OWN_SCOPES[usize::from(scopes) % OWN_SCOPES.len()],
            None => ADMIN_SCOPES[usize::from(scopes / 8).saturating_sub(8) % ADMIN_SCOPES.len()],
        };
        self.roles.push(Role { name, parent, own, scopes, entries });
    }

    fn add_assignment(&mut self, (role, assignee, delegating, enabled, scope, name): &RawAssignment) {
        let mut role = role.index(self.roles.len());
        let groups: Vec<usize> =
            (0..self.groups.len()).filter(|group| self.groups[*group].kind != GroupKind::Distribution).collect();
        let mut assignees: Vec<Assignee> = groups.iter().chain(&groups).map(|group| Assignee::Group(*group)).collect();
        assignees.extend((0..self.users.len()).map(Assignee::User));
        let own_roles: Vec<usize> = (0..self.roles.len()).filter(|role| self.roles[*role].own).collect();
        if !own_roles.is_empty() {
            assignees.extend((0..self.policies.len()).flat_map(|policy| [Assignee::Policy(policy); 3]));
        }
        let assignee = assignees[assignee.index(assignees.len())];
        let by_policy = matches!(assignee, Assignee::Policy(_));
        if by_policy {
            role = own_roles[role % own_roles.len()];
        }
        let delegating = !by_policy && delegating % 5 == 4;
        let mut scopes = self.roles[role].scopes;
        let mut custom = None;
        if !by_policy {
            (scopes[1], custom) = match scope % 12 {
                8 if scopes[1] != "None" => ("Self", None),
                9 if scopes[1] != "None" => ("CustomRecipientScope", Some("Zürich Staff")),
                10 if scopes[1] != "None" => ("OU", Some("contoso.com/Staff")),
                11 if scopes[1] != "None" => ("MyDistributionGroups", None),
                _ => (scopes[1], None),
            };
        }
        let base = self.assignment_name(role, assignee, delegating, *name);
        let mut unique = base.clone();
        let mut number = 0;
        while self.assignments.iter().any(|known| known.name == unique) {
            number += 1;
            unique = format!("{base}-{number}");
        }
        let enabled = enabled % 6 != 5;
        self.assignments.push(Assignment { name: unique, role, assignee, delegating, enabled, scopes, custom });
    }

    /// As Exchange names it, or as people do: nobody gives a regular one the name that Exchange gives a delegating one,
    /// for that name counts as proof.
    fn assignment_name(&self, role: usize, assignee: Assignee, delegating: bool, choice: u8) -> String {
        let (role, assignee) = (self.roles[role].name, self.assignee_name(assignee));
        match choice % 8 {
            6 => format!("Grant {}", self.assignments.len()),
            7 => format!("{role} for {assignee}-Delegating"),
            _ if delegating => format!("{role}-{assignee}-Delegating"),
            _ => format!("{role}-{assignee}"),
        }
    }

    pub(crate) fn assignee_name(&self, assignee: Assignee) -> &'static str {
        match assignee {
            Assignee::User(user) => self.users[user].name,
            Assignee::Group(group) => self.groups[group].name,
            Assignee::Policy(policy) => self.policies[policy],
        }
    }

    /// Whether some role group has a role, as in every Exchange: an export without such rows is taken for a part.
    pub(crate) fn assigns_to_role_groups(&self) -> bool {
        let is_role_group = |assignee: Assignee| match assignee {
            Assignee::Group(group) => matches!(self.groups[group].kind, GroupKind::RoleGroup | GroupKind::Linked),
            Assignee::User(_) | Assignee::Policy(_) => false,
        };
        self.assignments.iter().any(|one| is_role_group(one.assignee))
    }

    pub(crate) fn policy_of(&self, user: usize) -> Option<usize> {
        match self.users[user].kind {
            UserKind::Mailbox(policy) | UserKind::LinkedMailbox(policy) => policy,
            UserKind::Bare => None,
        }
    }
}

fn group(name: &'static str, (kind, rows): RawGroup) -> Group {
    let kind = match kind % 16 {
        0..=7 => GroupKind::RoleGroup,
        8 => GroupKind::Linked,
        9 => GroupKind::Distribution,
        _ => GroupKind::Security,
    };
    Group { name, kind, members: Vec::new(), rows }
}
