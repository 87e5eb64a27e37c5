//! An organization as the files that an administrator would export.

use std::path::Path;

use crate::powershell::{Columns, Datum, How, Layout as Json, Object, Quotes, Shape, Sizing, render};

use super::organization::{
    Assignee, Assignment, CMDLETS, Form, Group, GroupKind, Organization, Principal, Role, UserKind,
};

const SNAPIN: &str = "Microsoft.Exchange.Management.PowerShell.E2010";

/// Manages every role group, and no file shows more of it.
const MANAGERS: &str = "contoso.com/Microsoft Exchange Security Groups/Organization Management";

/// One file.
#[derive(Clone, Debug)]
pub(crate) struct Export {
    pub(crate) name: &'static str,
    pub(crate) objects: Vec<Object>,
    pub(crate) how: How,
}

impl Export {
    pub(crate) fn text(&self) -> String {
        render(&self.objects, &self.how)
    }
}

fn text(text: &str) -> Datum {
    Datum::Text(text.to_owned())
}

fn optional(value: Option<&str>) -> Datum {
    value.map_or(Datum::Null, text)
}

/// The files of an organization. Every group is known, and every member has a row that says what it is.
pub(crate) fn exports(organization: &Organization) -> Vec<Export> {
    let layout = organization.layout;
    let mut exports = Vec::new();
    let mut add = |name: &'static str, objects: Vec<Object>| {
        if objects.is_empty() {
            return;
        }
        let shape = layout.shapes[exports.len() % layout.shapes.len()];
        let fits_braces = fits_braces(&objects);
        let how = |shape: u8| how(shape, fits_braces);
        if layout.everything_twice {
            exports.push(Export { name, objects: objects.clone(), how: how(shape.wrapping_add(1)) });
        }
        exports.push(Export { name, objects, how: how(shape) });
    };
    let (listed, in_rows): (Vec<usize>, Vec<usize>) =
        organization.numbers(GroupKind::RoleGroup).partition(|group| !organization.groups[*group].rows);
    let listed = listed.into_iter().chain(organization.numbers(GroupKind::Linked));
    add("role-groups", listed.map(|group| organization.role_group(group, true)).collect());
    add("role-groups-2", in_rows.iter().map(|group| organization.role_group(*group, false)).collect());
    add("members", in_rows.iter().flat_map(|group| organization.member_rows(*group)).collect());
    let groups = organization.numbers(GroupKind::Security).chain(organization.numbers(GroupKind::Distribution));
    let again = organization.numbers(GroupKind::RoleGroup).filter(|_| layout.role_groups_twice);
    add("groups", groups.chain(again).map(|group| organization.group(group)).collect());
    let mailboxes = (0..organization.users.len()).filter(|user| organization.users[*user].kind != UserKind::Bare);
    add("mailboxes", mailboxes.map(|user| organization.mailbox(user)).collect());
    let users = (0..organization.users.len())
        .filter(|user| layout.users_twice || organization.users[*user].kind == UserKind::Bare);
    add("users", users.map(|user| organization.user(user)).collect());
    add("roles", organization.roles.iter().map(|role| organization.role(role)).collect());
    if !layout.entries_in_roles_alone {
        add("entries", organization.roles.iter().flat_map(entries).collect());
    }
    let assignments: Vec<Object> =
        organization.assignments.iter().map(|assignment| organization.assignment(assignment)).collect();
    let (first, second) = assignments.split_at(if layout.split_assignments { assignments.len() / 2 } else { 0 });
    add("assignments-1", first.to_vec());
    add("assignments-2", second.to_vec());
    let policies = 0..organization.policies.len();
    add("policies", policies.map(|policy| organization.policy(policy)).collect());
    exports
}

/// Whether lists in braces say what they hold: a comma in a name is a comma between names there, and two capitalized
/// words may be one name.
pub(super) fn fits_braces(objects: &[Object]) -> bool {
    let is_plain = |datum: &Datum| match datum {
        Datum::List(items) => {
            let may_be_one_name = |pair: &[String]| pair.iter().all(|item| is_capitalized_word(item));
            !items.iter().any(|it| it.contains(", ")) && !items.windows(2).any(may_be_one_name)
        }
        _ => true,
    };
    objects.iter().flat_map(|object| &object.properties).all(|(_, datum)| is_plain(datum))
}

/// Half of a name such as `Berg, Eva`.
fn is_capitalized_word(text: &str) -> bool {
    text.starts_with(char::is_uppercase) && text.chars().all(|letter| letter.is_alphabetic() || letter == '-')
}

/// Writes the files into an empty folder.
pub(crate) fn write(exports: &[Export], folder: &Path) {
    for (number, export) in exports.iter().enumerate() {
        write_text(folder, number, export.name, export.text());
    }
}

pub(crate) fn write_text(folder: &Path, number: usize, name: &str, text: impl AsRef<[u8]>) {
    let path = folder.join(format!("{number:02}-{name}.txt"));
    std::fs::write(path, text).expect("a temporary folder can be written");
}

fn how(number: u8, fits_braces: bool) -> How {
    let csv = |delimiter, join, quotes, type_line| Shape::Csv { delimiter, join: Some(join), quotes, type_line };
    let json = |layout| Shape::Json { layout, nested: true, names_of_enums: true };
    let table = Shape::Table { columns: Columns::Named(Sizing::Content), wrap: false, group_by: None };
    // Nothing is cut.
    let wide = |how: How| How { width: 400_000, enumeration_limit: None, ..how };
    match number % if fits_braces { 11 } else { 8 } {
        0 => How::classic(csv(',', ";", Quotes::Always, true)),
        1 => How::core(csv(',', ";", Quotes::AsNeeded, false)),
        2 => How::core(csv(';', "|", Quotes::Always, false)),
        3 => How::classic(csv('\t', "\n", Quotes::Always, false)),
        4 => How::classic(json(Json::Pretty)),
        5 => How::core(json(Json::Lines)),
        6 => How::classic(Shape::Clixml { array: false }),
        7 => How::core(Shape::Clixml { array: true }),
        8 => wide(How::core(Shape::List)),
        9 => wide(How::classic(table)),
        _ => wide(How::core(table)),
    }
}

pub(crate) fn guid(kind: u8, number: usize) -> String {
    format!("{kind:08x}-0000-4000-8000-{number:012x}")
}

fn account(name: &str) -> String {
    name.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect()
}

fn distinguished(name: &str, unit: &str) -> String {
    format!("CN={},OU={unit},DC=contoso,DC=com", name.replace(',', "\\,"))
}

impl Organization {
    fn numbers(&self, kind: GroupKind) -> impl Iterator<Item = usize> {
        (0..self.groups.len()).filter(move |group| self.groups[*group].kind == kind)
    }

    fn unit(&self, principal: Principal) -> &'static str {
        match principal {
            Principal::User(_) => "Staff",
            Principal::Group(group) if self.groups[group].is_role_group() => "Microsoft Exchange Security Groups",
            Principal::Group(_) => "Groups",
        }
    }

    pub(crate) fn name(&self, principal: Principal) -> &'static str {
        match principal {
            Principal::User(user) => self.users[user].name,
            Principal::Group(group) => self.groups[group].name,
        }
    }

    /// An identity in one of its forms.
    pub(crate) fn identity(&self, principal: Principal, form: Form) -> String {
        let (name, unit) = (self.name(principal), self.unit(principal));
        match (form, principal) {
            (Form::Name, _) => name.to_owned(),
            (Form::Canonical, _) => format!("contoso.com/{unit}/{name}"),
            (Form::DistinguishedName, _) => distinguished(name, unit),
            (Form::Account, Principal::User(user)) => format!("{}{user}@contoso.com", account(name)),
            (Form::Account, Principal::Group(group)) => format!("{}-g{group}", account(name)),
        }
    }

    /// Every text that may stand for a user in a report.
    pub(crate) fn identities(&self, user: usize) -> Vec<String> {
        let forms = [Form::Name, Form::Canonical, Form::DistinguishedName, Form::Account];
        let mut all: Vec<String> = forms.map(|form| self.identity(Principal::User(user), form)).to_vec();
        all.extend([format!("sam{user}"), guid(2, user)]);
        all
    }

    pub(crate) fn members(&self, group: usize) -> Vec<String> {
        self.groups[group].members.iter().map(|(member, form)| self.identity(*member, *form)).collect()
    }

    pub(crate) fn role_group(&self, number: usize, members: bool) -> Object {
        let group = &self.groups[number];
        let linked = group.kind == GroupKind::Linked;
        let roles = self.assignments.iter().filter(|assignment| assignment.assignee == Assignee::Group(number));
        let mut roles: Vec<String> = roles.map(|assignment| self.roles[assignment.role].name.to_owned()).collect();
        roles.sort();
        roles.dedup();
        let mut properties = vec![
            ("Name", text(group.name)),
            ("Guid", text(&guid(1, number))),
            ("DistinguishedName", text(&self.identity(Principal::Group(number), Form::DistinguishedName))),
            ("SamAccountName", text(&self.identity(Principal::Group(number), Form::Account))),
            ("RoleGroupType", text(if linked { "Linked" } else { "Standard" })),
            ("LinkedGroup", if linked { text("S-1-5-21-1-2-3-4444") } else { Datum::Null }),
            ("Roles", Datum::List(roles)),
            ("ManagedBy", Datum::List(vec![MANAGERS.to_owned()])),
        ];
        if members {
            properties.push(("Members", Datum::List(self.members(number))));
        }
        Object { kind: "RoleGroup", properties }
    }

    fn recipient_type(&self, principal: Principal) -> &'static str {
        match principal {
            Principal::User(user) => match self.users[user].kind {
                UserKind::Mailbox(_) => "UserMailbox",
                UserKind::LinkedMailbox(_) => "LinkedMailbox",
                UserKind::Bare => "User",
            },
            Principal::Group(group) => match self.groups[group].kind {
                GroupKind::RoleGroup | GroupKind::Linked => "RoleGroup",
                GroupKind::Security => "MailUniversalSecurityGroup",
                GroupKind::Distribution => "MailUniversalDistributionGroup",
            },
        }
    }

    pub(crate) fn member_rows(&self, number: usize) -> Vec<Object> {
        let group = &self.groups[number];
        let row = |(member, form): &(Principal, Form)| {
            let identity = match form {
                Form::Name => Form::Canonical,
                form => *form,
            };
            Object {
                kind: "RoleGroupMember",
                properties: vec![
                    ("RoleGroup", text(group.name)),
                    ("Name", text(self.name(*member))),
                    ("Identity", text(&self.identity(*member, identity))),
                    ("RecipientType", text(self.recipient_type(*member))),
                ],
            }
        };
        group.members.iter().map(row).collect()
    }

    pub(crate) fn group(&self, number: usize) -> Object {
        let principal = Principal::Group(number);
        Object {
            kind: "Group",
            properties: vec![
                ("Name", text(self.groups[number].name)),
                ("Identity", text(&self.identity(principal, Form::Canonical))),
                ("DistinguishedName", text(&self.identity(principal, Form::DistinguishedName))),
                ("SamAccountName", text(&self.identity(principal, Form::Account))),
                ("Guid", text(&guid(1, number))),
                ("RecipientTypeDetails", text(self.recipient_type(principal))),
                ("Members", Datum::List(self.members(number))),
            ],
        }
    }

    fn person(&self, number: usize) -> Vec<(&'static str, Datum)> {
        let principal = Principal::User(number);
        vec![
            ("Name", text(self.users[number].name)),
            ("Identity", text(&self.identity(principal, Form::Canonical))),
            ("DistinguishedName", text(&self.identity(principal, Form::DistinguishedName))),
            ("UserPrincipalName", text(&self.identity(principal, Form::Account))),
            ("SamAccountName", text(&format!("sam{number}"))),
            // Display names repeat, and nothing refers to them.
            ("DisplayName", text(if number.is_multiple_of(3) { "Contoso Staff" } else { self.users[number].name })),
            ("Guid", text(&guid(2, number))),
            ("RecipientTypeDetails", text(self.recipient_type(principal))),
        ]
    }

    pub(crate) fn mailbox(&self, number: usize) -> Object {
        let mut properties = self.person(number);
        properties.push(("RoleAssignmentPolicy", optional(self.policy_of(number).map(|policy| self.policies[policy]))));
        Object { kind: "Recipient", properties }
    }

    pub(crate) fn user(&self, number: usize) -> Object {
        Object { kind: "Recipient", properties: self.person(number) }
    }

    pub(crate) fn role(&self, role: &Role) -> Object {
        let mut properties = vec![
            ("Name", text(role.name)),
            ("RoleType", text(if role.own { "MyBaseOptions" } else { "MailRecipients" })),
            ("Parent", optional(role.parent.map(|parent| self.roles[parent].name))),
            ("IsRootRole", Datum::Bool(role.parent.is_none())),
            ("IsEndUserRole", Datum::Bool(role.own)),
            ("ImplicitRecipientReadScope", text(role.scopes[0])),
            ("ImplicitRecipientWriteScope", text(role.scopes[1])),
            ("ImplicitConfigReadScope", text(role.scopes[2])),
            ("ImplicitConfigWriteScope", text(role.scopes[3])),
        ];
        if self.layout.role_entries {
            let shown = role.entries.iter().map(|entry| {
                let parameters: String = entry.parameters.iter().map(|name| format!(" -{name}")).collect();
                format!("({SNAPIN}) {}{parameters}", CMDLETS[entry.cmdlet])
            });
            properties.push(("RoleEntries", Datum::List(shown.collect())));
        }
        Object { kind: "Role", properties }
    }

    pub(crate) fn assignment(&self, assignment: &Assignment) -> Object {
        let linked = |group: usize| self.groups[group].kind == GroupKind::Linked;
        let (assignee_type, effective) = match assignment.assignee {
            Assignee::User(user) => ("User", self.users[user].name),
            Assignee::Group(group) if linked(group) => ("LinkedRoleGroup", "All Linked Group Members"),
            Assignee::Group(group) if self.groups[group].is_role_group() => ("RoleGroup", "All Group Members"),
            Assignee::Group(_) => ("SecurityGroup", "All Group Members"),
            Assignee::Policy(_) => ("RoleAssignmentPolicy", "All Policy Assignees"),
        };
        let mut properties = vec![
            ("Name", text(&assignment.name)),
            ("Role", text(self.roles[assignment.role].name)),
            ("RoleAssigneeName", text(self.assignee_name(assignment.assignee))),
            ("RoleAssigneeType", text(assignee_type)),
            ("AssignmentMethod", text("Direct")),
            ("RoleAssignmentDelegationType", text(if assignment.delegating { "DelegatingOrgWide" } else { "Regular" })),
            ("EffectiveUserName", text(effective)),
            ("RecipientReadScope", text(assignment.scopes[0])),
            ("RecipientWriteScope", text(assignment.scopes[1])),
            ("ConfigReadScope", text(assignment.scopes[2])),
            ("ConfigWriteScope", text(assignment.scopes[3])),
            ("CustomRecipientWriteScope", optional(assignment.custom)),
            ("CustomConfigWriteScope", Datum::Null),
            ("Enabled", Datum::Bool(assignment.enabled)),
        ];
        if self.layout.canonical_assignee {
            let canonical = match assignment.assignee {
                Assignee::User(user) => self.identity(Principal::User(user), Form::Canonical),
                Assignee::Group(group) => self.identity(Principal::Group(group), Form::Canonical),
                Assignee::Policy(policy) => self.policies[policy].to_owned(),
            };
            properties.insert(3, ("RoleAssignee", text(&canonical)));
        }
        Object { kind: "RoleAssignment", properties }
    }

    pub(crate) fn policy(&self, number: usize) -> Object {
        let own = self.assignments.iter().filter(|assignment| assignment.assignee == Assignee::Policy(number));
        let mut roles: Vec<String> =
            own.clone().map(|assignment| self.roles[assignment.role].name.to_owned()).collect();
        roles.sort();
        roles.dedup();
        Object {
            kind: "RoleAssignmentPolicy",
            properties: vec![
                ("Name", text(self.policies[number])),
                ("IsDefault", Datum::Bool(number == 0)),
                ("AssignedRoles", Datum::List(roles)),
                ("RoleAssignments", Datum::List(own.map(|assignment| assignment.name.clone()).collect())),
            ],
        }
    }
}

impl Group {
    pub(crate) fn is_role_group(&self) -> bool {
        matches!(self.kind, GroupKind::RoleGroup | GroupKind::Linked)
    }
}

pub(crate) fn entries(role: &Role) -> Vec<Object> {
    let entry = |entry: &super::organization::Entry| Object {
        kind: "RoleEntry",
        properties: vec![
            ("Name", text(CMDLETS[entry.cmdlet])),
            ("Role", text(role.name)),
            ("Parameters", Datum::List(entry.parameters.iter().map(|name| (*name).to_owned()).collect())),
            ("Type", text("Cmdlet")),
            ("PSSnapinName", text(SNAPIN)),
        ],
    };
    role.entries.iter().map(entry).collect()
}
