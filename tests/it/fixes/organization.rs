//! Random organizations: what comes with Exchange, and what people made of it.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Assignee, Assignment, Entries, Exchange, Group, GroupKind, Role, Scope, User, Written};
use crate::plan::Random;

/// Roles for administrators, with some of their entries.
const ROLES: &[(&str, &str)] = &[
    (
        "Mail Recipients",
        "Get-Mailbox:Identity,ResultSize Set-Mailbox:Identity,Alias,ForwardingSmtpAddress,AuditEnabled Set-CASMailbox:Identity,OWAEnabled Add-MailboxPermission:Identity,User,AccessRights",
    ),
    ("Mail Recipient Creation", "New-Mailbox:Name,Password Remove-Mailbox:Identity,Permanent Get-Mailbox:Identity"),
    ("Distribution Groups", "New-DistributionGroup:Name,Members Add-DistributionGroupMember:Identity,Member"),
    (
        "Role Management",
        "New-ManagementRoleAssignment:Name,Role,User,SecurityGroup New-ManagementRole:Name,Parent Add-ManagementRoleEntry:Identity,Parameters New-RoleGroup:Name,Roles,Members Add-RoleGroupMember:Identity,Member Get-ManagementRole:Identity",
    ),
    ("UnScoped Role Management", "New-ManagementRole:Name,UnScopedTopLevel Add-ManagementRoleEntry:Identity,Type"),
    ("Mailbox Import Export", "New-MailboxExportRequest:Mailbox,FilePath New-MailboxImportRequest:Mailbox,FilePath"),
    ("Mailbox Search", "New-MailboxSearch:Name,SearchQuery Search-Mailbox:Identity,TargetMailbox"),
    ("ApplicationImpersonation", "Impersonate-ExchangeUser:"),
    ("Active Directory Permissions", "Add-ADPermission:Identity,User Get-User:Identity"),
    ("Support Diagnostics", "Test-Mailflow:Identity"),
    ("Audit Logs", "Set-AdminAuditLogConfig:Identity,AdminAuditLogEnabled Search-AdminAuditLog:Cmdlets,StartDate"),
    (
        "Transport Rules",
        "New-TransportRule:Name,From,BlindCopyTo Set-TransportRule:Identity,Name Get-TransportRule:Identity",
    ),
    ("Journaling", "New-JournalRule:Name,JournalEmailAddress Get-JournalRule:Identity"),
    ("Message Tracking", "Get-MessageTrackingLog:Sender,Start"),
    ("Legal Hold", "Set-Mailbox:Identity,LitigationHoldEnabled"),
    (
        "User Options",
        "Set-Mailbox:Identity,Languages Set-CASMailbox:Identity,OWAEnabled,ImapEnabled Get-CASMailbox:Identity",
    ),
    ("View-Only Recipients", "Get-Mailbox:Identity,ResultSize Get-CASMailbox:Identity Get-User:Identity"),
    ("View-Only Configuration", "Get-ManagementRole:Identity Get-TransportRule:Identity Get-JournalRule:Identity"),
];

/// Roles for users.
const OWN_ROLES: &[(&str, &str)] = &[
    (
        "MyBaseOptions",
        "Get-Mailbox:Identity Set-Mailbox:Identity,Languages,ForwardingSmtpAddress New-InboxRule:Name,ForwardTo Set-CASMailbox:Identity",
    ),
    ("MyMailboxDelegation", "Add-MailboxPermission:Identity,User"),
    ("MyDistributionGroups", "New-DistributionGroup:Name Add-DistributionGroupMember:Identity,Member"),
    ("My Custom Apps", "New-App:Url"),
];

/// Groups that come with Exchange, with the roles that they hold.
const GROUPS: &[(&str, &[&str])] = &[
    (
        "Organization Management",
        &[
            "Mail Recipients",
            "Mail Recipient Creation",
            "Distribution Groups",
            "Role Management",
            "Active Directory Permissions",
            "Audit Logs",
            "Transport Rules",
            "Journaling",
            "Message Tracking",
            "Legal Hold",
            "User Options",
            "View-Only Recipients",
            "View-Only Configuration",
        ],
    ),
    (
        "Recipient Management",
        &["Mail Recipients", "Mail Recipient Creation", "Distribution Groups", "Message Tracking"],
    ),
    ("Help Desk", &["User Options", "View-Only Recipients"]),
    ("Discovery Management", &["Mailbox Search", "Legal Hold"]),
    ("Records Management", &["Audit Logs", "Journaling", "Message Tracking", "Transport Rules"]),
    ("View-Only Organization Management", &["View-Only Configuration", "View-Only Recipients"]),
];

const USERS: &[&str] = &["anna", "bo", "svc-o'neill", "Eva Berg", "adm-dana", "svc-1", "svc-10", "\u{d8}sten"];
const OWN_GROUPS: &[(&str, GroupKind)] = &[
    ("Tier 2", GroupKind::RoleGroup),
    ("Tom\u{2019}s Team", GroupKind::RoleGroup),
    ("Mail Recipients for anna", GroupKind::RoleGroup),
    ("A role group with a name that is nearly as long as it can be", GroupKind::RoleGroup),
    ("Exchange Admins", GroupKind::Security),
    ("Nested", GroupKind::Security),
    ("Sales Leads", GroupKind::MailSecurity),
    ("All Staff", GroupKind::Distribution),
];
const CUSTOM: &[&str] = &[
    "Desk Recipients",
    "View-Only Sales",
    "O'Brien's role",
    "A custom role with a name that is almost as long as Exchange likes",
    "Child of the child",
    "Parked",
];
const SCOPES: &[(&str, &str, bool)] = &[
    ("Contoso Sales", "Department -eq 'Sales'", false),
    ("Everybody", "Name -like '*'", false),
    ("Executives", "Department -eq 'Board'", true),
];

const ADMIN: [&str; 4] = ["Organization", "Organization", "OrganizationConfig", "OrganizationConfig"];

/// The implicit scopes that Exchange gives a role.
fn scopes_of(role: &str, own: bool) -> [&'static str; 4] {
    match role {
        "MyDistributionGroups" => ["MyGAL", "MyDistributionGroups", "OrganizationConfig", "None"],
        _ if own => ["Self", "Self", "OrganizationConfig", "OrganizationConfig"],
        "View-Only Recipients" | "View-Only Configuration" => ["Organization", "None", "OrganizationConfig", "None"],
        "ApplicationImpersonation" | "Mailbox Search" => ["Organization", "Organization", "None", "None"],
        _ => ADMIN,
    }
}

fn entries(text: &str) -> Entries {
    let entry = |item: &str| {
        let (cmdlet, names) = item.split_once(':').expect("a cmdlet and its parameters");
        let names = names.split(',').filter(|name| !name.is_empty()).map(ToOwned::to_owned).collect();
        (cmdlet.to_owned(), names)
    };
    text.split(' ').map(entry).collect()
}

fn owned(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn pick<'a, T>(numbers: &mut Random, all: &'a [T]) -> &'a T {
    &all[numbers.below(all.len())]
}

/// What an untouched organization has.
fn untouched(numbers: &mut Random) -> Exchange {
    let mut exchange = Exchange::default();
    for (roles, end_user) in [(ROLES, false), (OWN_ROLES, true)] {
        for (name, text) in roles {
            let (scopes, entries) = (scopes_of(name, end_user), entries(text));
            let role = Role { parent: None, built_in: true, end_user, scopes, entries };
            exchange.roles.insert((*name).to_owned(), role);
        }
    }
    let managers = owned(&["Organization Management"]);
    for (name, _) in GROUPS {
        let group =
            Group { kind: GroupKind::RoleGroup, built_in: true, members: BTreeSet::new(), managers: managers.clone() };
        exchange.groups.insert((*name).to_owned(), group);
    }
    let assign = |exchange: &mut Exchange, role: &str, assignee: &str, (kind, delegating)| {
        let (role, assignee) = (role.to_owned(), assignee.to_owned());
        let made = Assignment { role, kind, assignee, delegating, enabled: true, written: Written::All };
        exchange.add(None, made).expect("Exchange itself makes it");
    };
    for (group, roles) in GROUPS {
        roles.iter().for_each(|role| assign(&mut exchange, role, group, (Assignee::Group, false)));
    }
    for (role, _) in ROLES.iter().chain(OWN_ROLES) {
        assign(&mut exchange, role, "Organization Management", (Assignee::Group, true));
    }
    exchange.policies.insert("Default Role Assignment Policy".to_owned(), true);
    assign(&mut exchange, "MyBaseOptions", "Default Role Assignment Policy", (Assignee::Policy, false));
    let users = 3 + numbers.below(USERS.len() - 2);
    for user in &USERS[..users] {
        let default = Some(Some("Default Role Assignment Policy".to_owned()));
        let mailbox = if numbers.below(4) == 0 { None } else { default };
        exchange.users.insert((*user).to_owned(), User { mailbox, session: true, disabled: false });
    }
    exchange
}

/// An organization that people have worked in.
pub(super) fn random(numbers: &mut Random) -> Exchange {
    let mut exchange = untouched(numbers);
    add_groups(&mut exchange, numbers);
    add_roles(&mut exchange, numbers);
    for (name, filter, exclusive) in SCOPES {
        if numbers.below(3) == 0 {
            let scope = Scope { filter: (*filter).to_owned(), exclusive: *exclusive };
            exchange.scopes.insert((*name).to_owned(), scope);
        }
    }
    if numbers.below(3) == 0 {
        exchange.policies.insert("Kiosk".to_owned(), false);
        for user in exchange.users.values_mut().filter(|user| user.mailbox.is_some()) {
            if numbers.below(6) == 0 {
                user.mailbox = Some(Some("Kiosk".to_owned()));
            }
        }
    }
    for user in exchange.users.values_mut() {
        user.session = numbers.below(4) > 0;
        user.disabled = numbers.below(8) == 0;
    }
    for _ in 0..numbers.below(9) {
        add_assignment(&mut exchange, numbers);
    }
    if numbers.below(4) == 0 {
        remove_default(&mut exchange, numbers);
    }
    exchange
}

fn add_groups(exchange: &mut Exchange, numbers: &mut Random) {
    for (name, kind) in OWN_GROUPS {
        if numbers.below(2) == 0 {
            let managers = match kind {
                GroupKind::RoleGroup if numbers.below(6) > 0 => owned(&["Organization Management"]),
                _ => {
                    let users: Vec<&String> = exchange.users.keys().collect();
                    BTreeSet::from([(*pick(numbers, &users)).clone()])
                }
            };
            let group = Group { kind: *kind, built_in: false, members: BTreeSet::new(), managers };
            exchange.groups.insert((*name).to_owned(), group);
        }
    }
    let groups: Vec<String> = exchange.groups.keys().cloned().collect();
    let users: Vec<String> = exchange.users.keys().cloned().collect();
    for _ in 0..4 + numbers.below(8) {
        let group = pick(numbers, &groups);
        let member = if numbers.below(4) == 0 { pick(numbers, &groups) } else { pick(numbers, &users) };
        let is_distribution =
            |name: &String| exchange.groups.get(name).is_some_and(|it| it.kind == GroupKind::Distribution);
        if member != group && (!is_distribution(member) || is_distribution(group)) {
            exchange.groups.get_mut(group).expect("it is one of them").members.insert(member.clone());
        }
    }
}

fn add_roles(exchange: &mut Exchange, numbers: &mut Random) {
    for name in CUSTOM {
        if numbers.below(3) > 0 {
            continue;
        }
        let parents: Vec<String> = exchange.roles.keys().cloned().collect();
        let parent = pick(numbers, &parents).clone();
        let mut role = Role { parent: Some(parent.clone()), built_in: false, ..exchange.roles[&parent].clone() };
        if numbers.below(3) > 0 {
            let kept: BTreeMap<_, _> = role.entries.clone().into_iter().filter(|_| numbers.below(3) > 0).collect();
            role.entries = if kept.is_empty() { role.entries } else { kept };
            for parameters in role.entries.values_mut() {
                parameters.retain(|_| numbers.below(4) > 0);
            }
        }
        exchange.roles.insert((*name).to_owned(), role);
        if numbers.below(3) > 0 {
            delegate(exchange, name);
        }
    }
    if numbers.below(6) == 0 {
        let entries = Entries::from([("Restart-Things.ps1".to_owned(), owned(&["Server"]))]);
        let role = Role { parent: None, built_in: false, end_user: false, scopes: ADMIN, entries };
        exchange.roles.insert("Scripts".to_owned(), role);
        delegate(exchange, "Scripts");
    }
}

fn delegate(exchange: &mut Exchange, role: &str) {
    let (role, assignee) = (role.to_owned(), "Organization Management".to_owned());
    let made =
        Assignment { role, kind: Assignee::Group, assignee, delegating: true, enabled: true, written: Written::All };
    exchange.add(None, made).expect("a group may delegate any role");
}

fn add_assignment(exchange: &mut Exchange, numbers: &mut Random) {
    let own: Vec<String> =
        exchange.roles.iter().filter(|(_, role)| !role.built_in).map(|(name, _)| name.clone()).collect();
    let all: Vec<String> = exchange.roles.keys().cloned().collect();
    let role = if own.is_empty() || numbers.below(2) == 0 { pick(numbers, &all) } else { pick(numbers, &own) }.clone();
    let end_user = exchange.roles[&role].end_user;
    let (kind, assignee) = match numbers.below(4) {
        _ if end_user => (Assignee::Policy, exchange.policies.keys().cloned().collect::<Vec<_>>()),
        0 => (Assignee::User, exchange.users.keys().cloned().collect()),
        _ => {
            let secure = exchange.groups.iter().filter(|(_, group)| group.kind != GroupKind::Distribution);
            (Assignee::Group, secure.map(|(name, _)| name.clone()).collect())
        }
    };
    let assignee = pick(numbers, &assignee).clone();
    let unscoped = exchange.roles[&role].parent.is_none() && !exchange.roles[&role].built_in;
    let scopes: Vec<String> = exchange.scopes.keys().cloned().collect();
    let written = match numbers.below(8) {
        _ if end_user || unscoped || exchange.roles[&role].scopes[1] == "None" => Written::All,
        0 => Written::Relative("Self".to_owned()),
        1 => Written::Unit("contoso.com/Staff".to_owned()),
        2 | 3 if !scopes.is_empty() => Written::Scope(pick(numbers, &scopes).clone()),
        _ => Written::All,
    };
    let delegating = !end_user && numbers.below(6) == 0;
    let enabled = numbers.below(6) > 0;
    let name = format!("Grant {}", exchange.assignments.len());
    let name = (numbers.below(6) == 0).then_some(name);
    let made = Assignment { role, kind, assignee, delegating, enabled, written };
    exchange.add(name.as_deref(), made).expect("it is drawn so that it may be");
}

/// Takes from a group what it holds by default.
fn remove_default(exchange: &mut Exchange, numbers: &mut Random) {
    let (group, roles) = pick(numbers, GROUPS);
    let name = format!("{}-{group}", pick(numbers, roles));
    exchange.assignments.remove(&name.chars().take(64).collect::<String>());
}

/// A requirement of an account.
pub(super) fn requirement(exchange: &Exchange, numbers: &mut Random) -> String {
    let users: Vec<&String> = exchange.users.keys().collect();
    let account = pick(numbers, &users);
    let mut items = BTreeSet::new();
    for _ in 0..=numbers.below(4) {
        let (_, text) = pick(numbers, ROLES);
        let entries: Vec<(String, BTreeSet<String>)> = entries(text).into_iter().collect();
        let (cmdlet, parameters) = pick(numbers, &entries);
        let names: Vec<&String> = parameters.iter().collect();
        items.insert(match numbers.below(4) {
            0 if !names.is_empty() => format!("\"{cmdlet}:{}\"", pick(numbers, &names)),
            _ => format!("\"{cmdlet}\""),
        });
    }
    let scope = if numbers.below(5) == 0 { "scope = \"organization\"\n" } else { "" };
    let items = items.into_iter().collect::<Vec<_>>().join(", ");
    format!("[[require]]\nid = \"things\"\naccount = \"{account}\"\ncmdlets = [{items}]\n{scope}")
}

/// Tables that say what nobody or few may have: cmdlets, pairs of them, places in groups, roles.
///
/// Nothing is forbidden to an account that is required of it: that is a mistake in the policy.
pub(super) fn limits(exchange: &Exchange, required: &str, numbers: &mut Random) -> String {
    let mut text = String::new();
    let users: Vec<&String> = exchange.users.keys().collect();
    let groups: Vec<&String> = exchange.groups.keys().collect();
    let cmdlet = |numbers: &mut Random| {
        let (_, entries) = pick(numbers, ROLES);
        let all: Vec<&str> = entries.split(' ').filter_map(|item| Some(item.split_once(':')?.0)).collect();
        (*pick(numbers, &all)).to_owned()
    };
    let some = |numbers: &mut Random, count: usize| {
        let any = |numbers: &mut Random| match numbers.below(3) {
            0 => format!("{:?}", format!("group:{}", pick(numbers, &groups))),
            _ => format!("{:?}", pick(numbers, &users)),
        };
        let names: BTreeSet<String> = (0..count).map(|_| any(numbers)).collect();
        names.into_iter().collect::<Vec<_>>().join(", ")
    };
    if numbers.below(2) == 0 {
        let (cmdlet, except) = (cmdlet(numbers), some(numbers, 2));
        let account = required.lines().find_map(|line| line.strip_prefix("account = ")).expect("it names one");
        let is_required = [format!("\"{cmdlet}\""), format!("\"{cmdlet}:")].iter().any(|item| required.contains(item));
        let except = if is_required { format!("{account}, {except}") } else { except };
        let through = ["", "except-through = [\"group:Organization Management\"]\n"][numbers.below(2)];
        text += &format!("[[forbid]]\nid = \"no\"\ncmdlets = [\"{cmdlet}\"]\nexcept = [{except}]\n{through}");
    }
    if numbers.below(2) == 0 {
        let (left, right) = (cmdlet(numbers), cmdlet(numbers));
        if left != right {
            text += &format!("[[separate]]\nid = \"apart\"\nleft = [\"{left}\"]\nright = [\"{right}\"]\n");
        }
    }
    if numbers.below(2) == 0 {
        let (group, count) = (pick(numbers, &groups), 1 + numbers.below(3));
        let itself = format!("{:?}", format!("group:{group}"));
        let (members, exact) = (some(numbers, count).replace(&itself, "\"anna\""), numbers.below(2) == 0);
        text += &format!("[[group]]\nid = \"inside\"\nname = {group:?}\nmembers = [{members}]\nexact = {exact}\n");
    }
    if numbers.below(2) == 0 {
        let roles: Vec<&String> = exchange.roles.keys().collect();
        let (role, count) = (pick(numbers, &roles), numbers.below(3));
        let (holders, delegators) = (some(numbers, count), ["", "delegators = []\n"][numbers.below(2)]);
        text += &format!("[[role]]\nid = \"held\"\nname = {role:?}\nholders = [{holders}]\n{delegators}");
    }
    text
}

/// Takes away the exclusive scopes, and the assignments that use them.
pub(super) fn drop_exclusive_scopes(exchange: &mut Exchange) {
    let exclusive: BTreeSet<String> =
        exchange.scopes.iter().filter(|(_, scope)| scope.exclusive).map(|(name, _)| name.clone()).collect();
    exchange.scopes.retain(|name, _| !exclusive.contains(name));
    exchange.assignments.retain(|_, one| !matches!(&one.written, Written::Scope(name) if exclusive.contains(name)));
}
