//! What a console shows: commands that ask for all of a kind or for a part of it, each with its rows.

use proptest::sample::Index;

use crate::powershell::{Datum, How, Object, Quotes, Shape, render};

use super::judge::Bound;
use super::organization::{Assignee, CMDLETS, Form, GroupKind, Organization, PARAMETERS, Principal};
use super::scoped::Scoped;

/// A console: what is narrowed, by the names of the files that it stands for.
pub(super) const NARROWED: [&str; 10] = [
    "entries",
    "assignments-2",
    "members",
    "mailboxes",
    "users",
    "role-groups",
    "groups",
    "roles",
    "policies",
    "scopes",
];

/// Commands with their rows, and whether they leave out nothing that matters.
pub(super) struct Console {
    answers: Vec<(String, Vec<Object>)>,
    pub(super) is_whole: bool,
}

fn says(object: &Object, property: &str, value: &str) -> bool {
    object.get(property) == Some(&Datum::Text(value.to_owned()))
}

fn kept(rows: &[Object], keeps: impl Fn(&Object) -> bool) -> Vec<Object> {
    rows.iter().filter(|row| keeps(row)).cloned().collect()
}

fn name_of(object: &Object) -> &str {
    match object.get("Name") {
        Some(Datum::Text(name)) => name,
        _ => "",
    }
}

/// Everybody and everything that an assignment may name for a user: itself, its groups, its policy.
fn reaches(organization: &Organization, user: usize, row: &Object) -> bool {
    let named = organization.assignments.iter().find(|assignment| assignment.name == name_of(row));
    named.is_some_and(|assignment| match assignment.assignee {
        Assignee::User(assignee) => assignee == user,
        Assignee::Group(group) => organization.groups_of(user, Bound::Upper).contains_key(&group),
        Assignee::Policy(policy) => organization.policy_of(user) == Some(policy),
    })
}

/// The group itself, and every group that it is in.
fn reaches_group(organization: &Organization, group: &str, row: &Object) -> bool {
    let number = |name: &str| organization.groups.iter().position(|group| group.name == name);
    let named = organization.assignments.iter().find(|assignment| assignment.name == name_of(row));
    let (Some(Assignee::Group(assignee)), Some(group)) = (named.map(|it| it.assignee), number(group)) else {
        return false;
    };
    let mut inside = vec![Principal::Group(assignee)];
    let mut place = 0;
    while let Some(one) = inside.get(place).copied() {
        if let Principal::Group(number) = one {
            let members = organization.groups[number].members.iter().map(|(member, _)| *member);
            let new: Vec<Principal> = members.filter(|member| !inside.contains(member)).collect();
            inside.extend(new);
        }
        place += 1;
    }
    inside.contains(&Principal::Group(group))
}

/// Whether what an assignment gives may write on a user.
fn writes_on(scoped: &Scoped, user: usize, row: &Object) -> Option<bool> {
    let assignment = scoped.organization.assignments.iter().find(|assignment| assignment.name == name_of(row))?;
    match (assignment.scopes[1], scoped.scopes.iter().find(|scope| assignment.custom == Some(scope.name))) {
        (_, Some(scope)) => scoped.holds(scope, user),
        ("None", _) => Some(false),
        _ => None,
    }
}

/// What a command of each kind shows of the rows.
pub(super) fn console(scoped: &Scoped, kind: &str, rows: &[Object], choice: (Index, Index)) -> Console {
    let organization = &scoped.organization;
    let first = |count: usize| rows.iter().take(count).cloned().collect::<Vec<Object>>();
    let role = organization.roles[choice.1.index(organization.roles.len())].name;
    let cmdlet = CMDLETS[choice.1.index(CMDLETS.len())];
    let user = choice.1.index(organization.users.len());
    let name = organization.users[user].name;
    let group = choice.1.index(organization.groups.len());
    let dn = organization.identity(Principal::User(user), Form::DistinguishedName).replace('\'', "''");
    let named = |of: &str, name: &str| (format!("{of} \"{name}\""), kept(rows, |row| says(row, "Name", name)));
    let begins = |of: &str| {
        (format!("{of} | ? {{$_.Name -like 'T*'}}"), kept(rows, |row| name_of(row).to_lowercase().starts_with('t')))
    };
    let has_member = |row: &Object| {
        let own = organization.groups.iter().find(|group| group.name == name_of(row));
        own.is_some_and(|group| group.members.iter().any(|(member, _)| *member == Principal::User(user)))
    };
    let count = choice.1.index(rows.len() + 1);
    // No organization is without any: an answer that shows none was filtered, whatever its command says.
    let one = |command: String, rows: Vec<Object>, is_whole: bool| {
        let is_whole = is_whole && !rows.is_empty();
        Console { answers: vec![(command, rows)], is_whole }
    };
    let part = |(command, rows): (String, Vec<Object>)| one(command, rows, false);
    let of_type = |word: &str| kept(rows, |row| says(row, "RecipientTypeDetails", word));
    match kind {
        "entries" => {
            let of_role = |row: &Object| says(row, "Role", role);
            let of_cmdlet = |row: &Object| says(row, "Name", cmdlet);
            let entries = "Get-ManagementRoleEntry";
            match choice.0.index(10) {
                0 => one(format!("{entries} \"{role}\\*\""), kept(rows, of_role), false),
                1 => one(format!("{entries} \"*\\{cmdlet}\""), kept(rows, of_cmdlet), false),
                2 => one(
                    format!("{entries} '{role}\\{cmdlet}'"),
                    kept(rows, |row| of_role(row) && of_cmdlet(row)),
                    false,
                ),
                3 => one(format!("{entries} *\\* | sort Role,Name"), rows.to_vec(), true),
                4 => {
                    let reads = |row: &Object| name_of(row).starts_with("Get-");
                    one(format!("{entries} *\\* | ? {{$_.Name -like 'Get-*'}}"), kept(rows, reads), false)
                }
                5 => one(format!("{entries} *\\* | select -First {count}"), first(count), false),
                6 => one(format!("{entries} *\\* | where Role -ne '{role}'"), kept(rows, |row| !of_role(row)), false),
                7 => {
                    let has = |row: &Object| match row.get("Parameters") {
                        Some(Datum::List(items)) => items.iter().any(|item| item == PARAMETERS[1]),
                        _ => false,
                    };
                    let rows = kept(rows, |row| of_cmdlet(row) && has(row));
                    one(format!("{entries} '*\\{cmdlet}' -Parameters {}", PARAMETERS[1]), rows, false)
                }
                8 => one(
                    format!("{entries} '{role}\\*' | where {{$_.Name -like 'Set-*'}}"),
                    kept(rows, |row| of_role(row) && name_of(row).starts_with("Set-")),
                    false,
                ),
                _ => one("$entries".to_owned(), first(count), false),
            }
        }
        "assignments-2" => {
            let all = "Get-ManagementRoleAssignment";
            let enabled = |row: &Object| row.get("Enabled") == Some(&Datum::Bool(true));
            let regular = |row: &Object| says(row, "RoleAssignmentDelegationType", "Regular");
            match choice.0.index(16) {
                0 => one(format!("{all} -Role \"{role}\""), kept(rows, |row| says(row, "Role", role)), false),
                1 => one(
                    format!("{all} -RoleAssignee '{name}'"),
                    kept(rows, |row| reaches(organization, user, row)),
                    false,
                ),
                2 => one(format!("{all} -Enabled $true"), kept(rows, enabled), true),
                3 => one(format!("{all} -Delegating:$false"), kept(rows, regular), true),
                4 => {
                    let others = |row: &Object| !says(row, "RoleAssigneeType", "RoleGroup");
                    one(format!("{all} | ? RoleAssigneeType -ne RoleGroup"), kept(rows, others), false)
                }
                5 => one(format!("{all} | select -First {count}"), first(count), false),
                6 => one(
                    format!("{all} -RoleAssigneeType User"),
                    kept(rows, |row| says(row, "RoleAssigneeType", "User")),
                    false,
                ),
                7 => one(format!("{all} | sort Role"), rows.to_vec(), true),
                8 => {
                    let group = &organization.groups[group];
                    let rows = kept(rows, |row| reaches_group(organization, group.name, row));
                    one(format!("{all} -RoleAssignee \"{}\"", group.name), rows, false)
                }
                9 => one(
                    format!("{all} -RecipientWriteScope Self"),
                    kept(rows, |row| says(row, "RecipientWriteScope", "Self")),
                    false,
                ),
                10 | 11 => {
                    let is_exclusive = |row: &Object| says(row, "RecipientWriteScope", "ExclusiveRecipientScope");
                    let wanted = choice.0.index(16) == 10;
                    let rows = kept(rows, |row| is_exclusive(row) == wanted);
                    one(format!("{all} -Exclusive ${}", if wanted { "True" } else { "False" }), rows, false)
                }
                12 => {
                    let scope = scoped.scopes[choice.1.index(scoped.scopes.len())].name;
                    let rows = kept(rows, |row| says(row, "CustomRecipientWriteScope", scope));
                    one(format!("{all} -CustomRecipientWriteScope \"{scope}\""), rows, false)
                }
                13 => one(
                    format!("{all} -WritableRecipient \"{name}\""),
                    kept(rows, |row| writes_on(scoped, user, row) != Some(false)),
                    false,
                ),
                14 => one(format!("{all} -Enabled $false"), kept(rows, |row| !enabled(row)), false),
                _ => one(format!("({all})[0]"), first(1), false),
            }
        }
        "members" => {
            let in_rows: Vec<&str> = organization
                .groups
                .iter()
                .filter(|group| group.kind == GroupKind::RoleGroup && group.rows)
                .map(|group| group.name)
                .collect();
            let place = choice.1.index(in_rows.len().max(1));
            let way = choice.0.index(4);
            let answers = in_rows.iter().enumerate().map(|(number, group)| {
                let members = kept(rows, |row| says(row, "RoleGroup", group));
                let all = format!("Get-RoleGroupMember \"{group}\" -ResultSize Unlimited");
                match (number == place, way) {
                    (true, 0) => (
                        format!("Get-RoleGroupMember \"{group}\" -ResultSize 1"),
                        members.into_iter().take(1).collect(),
                    ),
                    (true, 1) => (
                        format!("{all} | ? Name -like 'a*'"),
                        kept(&members, |row| name_of(row).to_lowercase().starts_with('a')),
                    ),
                    (true, 2) => ("Get-Date".to_owned(), Vec::new()),
                    _ => (all, members),
                }
            });
            Console { answers: answers.collect(), is_whole: way == 3 }
        }
        "mailboxes" => {
            let all = "Get-Mailbox -ResultSize Unlimited";
            match choice.0.index(7) {
                0 => part(named("Get-Mailbox", name)),
                1 => one(format!("{all} | select -First {count}"), first(count), false),
                2 => one(format!("Get-Mailbox -ResultSize {count}"), first(count), false),
                3 => one(format!("{all} -RecipientTypeDetails LinkedMailbox"), of_type("LinkedMailbox"), false),
                4 => {
                    let policy = "Kiosk";
                    let rows = kept(rows, |row| says(row, "RoleAssignmentPolicy", policy));
                    one(format!("{all} | Where {{$_.RoleAssignmentPolicy -Eq \"{policy}\"}}"), rows, false)
                }
                5 => one(
                    format!("{all} -Filter \"Department -eq 'Sales'\""),
                    kept(rows, |row| says(row, "Department", "Sales")),
                    false,
                ),
                _ => one(all.to_owned(), rows.to_vec(), true),
            }
        }
        "users" => match choice.0.index(4) {
            0 => part(named("Get-User", name)),
            1 => one(format!("Get-User -ResultSize {count}"), first(count), false),
            2 => part(begins("Get-User -ResultSize Unlimited")),
            _ => one("Get-User -ResultSize Unlimited".to_owned(), rows.to_vec(), true),
        },
        "role-groups" => {
            let all = "Get-RoleGroup -ResultSize Unlimited";
            match choice.0.index(8) {
                0 => part(named("Get-RoleGroup", organization.groups[group].name)),
                1 => one(
                    format!("{all} -Filter \"RoleGroupType -eq 'Linked'\""),
                    kept(rows, |row| says(row, "RoleGroupType", "Linked")),
                    false,
                ),
                2 => one(format!("{all} -Filter \"Members -eq '{dn}'\""), kept(rows, has_member), false),
                3 => part(begins(all)),
                4 => one(format!("Get-RoleGroup -ResultSize {count}"), first(count), false),
                5 => one(format!("{all} | select -First {count}"), first(count), false),
                6 => one("$groups".to_owned(), first(count), false),
                _ => one(format!("{all} | sort Name"), rows.to_vec(), true),
            }
        }
        "groups" => {
            let all = "Get-Group -ResultSize Unlimited";
            match choice.0.index(8) {
                0 => part(named("Get-Group", organization.groups[group].name)),
                1 => {
                    let rows = of_type("MailUniversalSecurityGroup");
                    one(format!("{all} -RecipientTypeDetails MailUniversalSecurityGroup"), rows, false)
                }
                2 => one(format!("{all} -Filter \"Members -eq '{dn}'\""), kept(rows, has_member), false),
                3 => part(begins(all)),
                4 => one(format!("Get-Group -ResultSize {count}"), first(count), false),
                5 => one(format!("{all} | select -First {count}"), first(count), false),
                6 => part(named("Get-DistributionGroup", organization.groups[group].name)),
                _ => one(all.to_owned(), rows.to_vec(), true),
            }
        }
        "roles" => {
            let all = "Get-ManagementRole";
            let number = choice.1.index(organization.roles.len());
            let of = |keeps: &dyn Fn(usize) -> bool| {
                let number = |row: &Object| organization.roles.iter().position(|role| role.name == name_of(row));
                kept(rows, |row| number(row).is_some_and(keeps))
            };
            let has = |role: usize, cmdlet: Option<usize>, all: &[&str]| {
                let entries = organization.roles[role].entries.iter();
                let mut entries = entries.filter(|entry| cmdlet.is_none_or(|cmdlet| entry.cmdlet == cmdlet));
                entries.any(|entry| all.iter().all(|name| entry.parameters.contains(name)))
            };
            let asked = choice.1.index(CMDLETS.len());
            let [first_of, second] = [PARAMETERS[0], PARAMETERS[1]];
            match choice.0.index(10) {
                0 => part(named(all, role)),
                1 => one(format!("{all} -Cmdlet {cmdlet}"), of(&|role| has(role, Some(asked), &[])), false),
                2 => one(
                    format!("{all} -RoleType MyBaseOptions"),
                    kept(rows, |row| says(row, "RoleType", "MyBaseOptions")),
                    false,
                ),
                3 => {
                    let is_child = |role: usize| organization.roles[role].parent == Some(number);
                    one(format!("{all} \"{role}\" -GetChildren"), of(&is_child), false)
                }
                4 => {
                    let is_below = |role: usize| {
                        let parent = |role: &usize| organization.roles[*role].parent;
                        std::iter::successors(Some(role), parent).any(|role| role == number)
                    };
                    one(format!("{all} \"{role}\" -Recurse"), of(&is_below), false)
                }
                5 => one(
                    format!("{all} | Where {{$_.IsEndUserRole -eq $true}}"),
                    kept(rows, |row| row.get("IsEndUserRole") == Some(&Datum::Bool(true))),
                    false,
                ),
                6 => one(format!("{all} | select -First {count}"), first(count), false),
                7 => {
                    let rows = of(&|role| has(role, None, &[first_of, second]));
                    one(format!("{all} -CmdletParameters {first_of},{second}"), rows, false)
                }
                8 => {
                    let rows = of(&|role| has(role, Some(asked), &[first_of]));
                    one(format!("{all} -Cmdlet {cmdlet} -CmdletParameters {first_of}"), rows, false)
                }
                _ => one(format!("{all} | sort Name"), rows.to_vec(), true),
            }
        }
        "policies" => {
            let all = "Get-RoleAssignmentPolicy";
            match choice.0.index(4) {
                0 => part(named(all, organization.policies[choice.1.index(organization.policies.len())])),
                1 => one(format!("{all} | Where {{ $_.IsDefault -eq $True }}"), first(1), false),
                2 => one(format!("{all} | select -First {count}"), first(count), false),
                _ => one(all.to_owned(), rows.to_vec(), true),
            }
        }
        _ => {
            let all = "Get-ManagementScope";
            let is_used = |row: &Object| {
                organization.assignments.iter().any(|assignment| assignment.custom == Some(name_of(row)))
            };
            let is_exclusive = |row: &Object| row.get("Exclusive") == Some(&Datum::Bool(true));
            match choice.0.index(8) {
                0 => part(named(all, scoped.scopes[choice.1.index(scoped.scopes.len())].name)),
                1 => one(format!("{all} -Exclusive $true"), kept(rows, is_exclusive), false),
                2 => one(format!("{all} -Exclusive:$false"), kept(rows, |row| !is_exclusive(row)), false),
                3 => one(format!("{all} -Orphan"), kept(rows, |row| !is_used(row)), false),
                4 => one(format!("{all} | select -First {count}"), first(count), false),
                5 => one(format!("{all} Z*"), kept(rows, |row| name_of(row).starts_with('Z')), false),
                6 => one(format!("{all} | ? Exclusive -eq $false"), kept(rows, |row| !is_exclusive(row)), false),
                _ => one(format!("{all} | sort Name"), rows.to_vec(), true),
            }
        }
    }
}

impl Console {
    pub(super) fn text(&self, as_list: bool) -> String {
        let prompt = "[PS] C:\\>";
        let csv = Shape::Csv { delimiter: ',', join: Some(";"), quotes: Quotes::Always, type_line: false };
        let (stage, shape) = if as_list { ("fl", Shape::List) } else { ("ConvertTo-Csv -NoTypeInformation", csv) };
        let how = How { enumeration_limit: None, ..How::classic(shape) };
        let one = |(command, rows): &(String, Vec<Object>)| {
            let rows = if rows.is_empty() { String::new() } else { format!("{}\n", render(rows, &how)) };
            format!("{prompt}{command} | {stage}\n{rows}")
        };
        self.answers.iter().map(one).collect::<String>() + prompt + "\n"
    }
}
