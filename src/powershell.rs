//! The only place that writes commands: what remedies are in PowerShell, and what exports an object without losing any
//! of it. The same in Windows PowerShell 5.1 and PowerShell 7.
//!
//! Each command is one statement on one line, with literal arguments, ready to be pasted.

use std::collections::{BTreeMap, BTreeSet};

use crate::record::Kind;
use crate::remedy::{Assignee, Fix, GroupKind, GroupName, NewAssignment, ObjectKind, Remedy, WriteScope};

const SET_ASSIGNMENT: &str = "Set-ManagementRoleAssignment";

/// What tells who a user is, and what tells the role assignment policy of a mailbox and whether it is a linked one.
const USER_COLUMNS: &str = "Name,Identity,UserPrincipalName,SamAccountName,Guid,DistinguishedName,RecipientTypeDetails";
const POLICY_COLUMNS: &str = "Name,Identity,RecipientTypeDetails,RoleAssignmentPolicy";
/// What an export of groups needs to hold, and one of roles: an empty list shows as one in a row that is there anyway.
const GROUP_COLUMNS: &str =
    "Name,Guid,DistinguishedName,SamAccountName,RecipientTypeDetails,@{n='Members';e={$_.Members -join ';'}}";
const ROLE_GROUP_COLUMNS: &str =
    "Name,Guid,DistinguishedName,SamAccountName,RoleGroupType,@{n='Members';e={$_.Members -join ';'}}";
const ROLE_COLUMNS: &str = "Name,RoleType,Parent,IsEndUserRole,ImplicitRecipientReadScope,ImplicitRecipientWriteScope,ImplicitConfigReadScope,ImplicitConfigWriteScope,@{n='RoleEntries';e={$_.RoleEntries -join ';'}}";

/// A text as one PowerShell argument: in single quotes, the quotes in it doubled.
///
/// PowerShell takes the typographic single quotes for quotes as well (about_Quoting_Rules).
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('\'');
    for char in text.chars() {
        if matches!(char, '\'' | '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}') {
            out.push(char);
        }
        out.push(char);
    }
    out.push('\'');
    out
}

/// Several texts as one argument.
#[must_use]
pub fn all_quoted<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().map(quoted).collect::<Vec<_>>().join(",")
}

/// Shows a user by every name that exports may give it, or that there is none.
#[must_use]
pub fn user_command(account: &str) -> String {
    format!("Get-User {} | Format-List {USER_COLUMNS}", quoted(account))
}

/// Shows the role assignment policy of a mailbox, or that an account has no mailbox and hence no policy.
#[must_use]
pub fn policy_command(account: &str) -> String {
    format!("Get-Mailbox {} | Format-List {POLICY_COLUMNS}", quoted(account))
}

/// Shows a group with its members, or that there is no group of that name.
#[must_use]
pub fn group_command(name: &str) -> String {
    format!("Get-Group {} | Select-Object {GROUP_COLUMNS} | Format-List", quoted(name))
}

/// Lists who holds a role in Entra, by the id of its template, or who holds which: users, groups and applications.
///
/// Source: Get-MgRoleManagementDirectoryRoleAssignment (Microsoft Graph PowerShell); the id of a built-in role is that of
/// its template.
#[must_use]
pub fn holders_in_entra(template: Option<&str>) -> String {
    let filter = template.map_or_else(String::new, |id| format!("-Filter \"roleDefinitionId eq '{id}'\" "));
    let role = if template.is_none() { "RoleDefinitionId," } else { "" };
    let shown = |name: &str, key: &str| format!("@{{n='{name}';e={{$_.Principal.AdditionalProperties['{key}']}}}}");
    format!(
        "Get-MgRoleManagementDirectoryRoleAssignment {filter}-ExpandProperty Principal -All | Select-Object {role}PrincipalId,{},{}",
        shown("Type", "@odata.type"),
        shown("Name", "displayName")
    )
}

/// Gives a user a role in Entra, by the id of its template.
fn give_in_entra(user: &str, template: &str) -> String {
    format!(
        "New-MgRoleManagementDirectoryRoleAssignment -PrincipalId (Get-User {}).ExternalDirectoryObjectId -RoleDefinitionId '{template}' -DirectoryScopeId '/'",
        quoted(user)
    )
}

/// Takes a role in Entra from a user.
fn take_in_entra(user: &str, template: &str) -> String {
    format!(
        "Get-MgRoleManagementDirectoryRoleAssignment -Filter \"roleDefinitionId eq '{template}' and principalId eq '$((Get-User {}).ExternalDirectoryObjectId)'\" | ForEach-Object {{ Remove-MgRoleManagementDirectoryRoleAssignment -UnifiedRoleAssignmentId $_.Id }}",
        quoted(user)
    )
}

/// What to do first, in one line: the commands of the first fix, or its words.
#[must_use]
pub fn help(fixes: &[Fix]) -> Option<String> {
    let first = fixes.first()?;
    let commands = commands(&first.steps);
    Some(if commands.is_empty() { first.note.clone() } else { commands.join("; ") })
}

/// The commands of some steps, in their order. An edit has none.
#[must_use]
pub fn commands(steps: &[Remedy]) -> Vec<String> {
    steps.iter().filter_map(command).collect()
}

/// The commands that take some steps back, the last first; none where a step cannot be taken back.
#[must_use]
pub fn undo(steps: &[Remedy]) -> Vec<String> {
    let back = |step: &Remedy| inverse(step).and_then(|step| command(&step));
    steps.iter().rev().map(back).collect::<Option<Vec<String>>>().unwrap_or_default()
}

/// The command of one step of a script, which asks nothing while it runs.
#[must_use]
pub fn unattended(step: &Remedy) -> Option<String> {
    let command = command(step)?;
    Some(if command.starts_with("Remove-") { command + " -Confirm:$false" } else { command })
}

/// The command of one step; an edit has none.
fn command(step: &Remedy) -> Option<String> {
    Some(match step {
        Remedy::AddMember { group, member } => member_command("Add", group, member),
        Remedy::RemoveMember { group, member } => member_command("Remove", group, member),
        Remedy::NewRoleGroup { name, roles, members, description } => {
            let list = |parameter: &str, names: &[String]| match all_quoted(names.iter().map(String::as_str)) {
                names if names.is_empty() => names,
                names => format!(" -{parameter} {names}"),
            };
            let (roles, members) = (list("Roles", roles), list("Members", members));
            format!("New-RoleGroup {}{roles}{members}{}", quoted(name), described(description.as_deref()))
        }
        Remedy::NewRole { name, parent, entries, description } => {
            let enabled = entries.iter().map(|entries| all_quoted(entries.iter().map(String::as_str)));
            let enabled: String = enabled.map(|entries| format!(" -EnabledCmdlets {entries}")).collect();
            let described = described(description.as_deref());
            format!("New-ManagementRole -Name {} -Parent {}{enabled}{described}", quoted(name), quoted(parent))
        }
        Remedy::Delete { kind, name, unscoped } => {
            let noun = match kind {
                ObjectKind::Role => "ManagementRole",
                ObjectKind::RoleGroup => "RoleGroup",
                ObjectKind::Scope => "ManagementScope",
                ObjectKind::AssignmentPolicy => "RoleAssignmentPolicy",
            };
            format!("Remove-{noun} {}{}", quoted(name), if *unscoped { " -UnScopedTopLevel" } else { "" })
        }
        Remedy::SetEnabled { assignment, on } => format!("{SET_ASSIGNMENT} {} -Enabled ${on}", quoted(assignment)),
        Remedy::Assign(assignment) => assign(assignment),
        Remedy::Unassign { assignment, .. } => format!("Remove-ManagementRoleAssignment {}", quoted(assignment)),
        Remedy::SetScope { assignment, scope, .. } => {
            format!("{SET_ASSIGNMENT} {}{}", quoted(assignment), scope_parameters(scope))
        }
        Remedy::AddEntry { role, cmdlet } => format!("Add-ManagementRoleEntry {}", entry(role, cmdlet)),
        Remedy::RemoveEntry { role, cmdlet } => format!("Remove-ManagementRoleEntry {}", entry(role, cmdlet)),
        Remedy::SetEntryParameters { role, cmdlet, parameters, add } => {
            let parameters = all_quoted(parameters.iter().map(String::as_str));
            let switch = if *add { "-AddParameter" } else { "-RemoveParameter" };
            format!("Set-ManagementRoleEntry {} -Parameters {parameters} {switch}", entry(role, cmdlet))
        }
        Remedy::SetManager { group, manager } => {
            format!("Set-RoleGroup {} -ManagedBy {}", quoted(group), quoted(manager))
        }
        Remedy::SetUser { user, switch, on } => format!("Set-User {} -{switch} ${on}", quoted(user)),
        Remedy::SetEntraRole { user, template, on: true } => give_in_entra(user, template),
        Remedy::SetEntraRole { user, template, on: false } => take_in_entra(user, template),
        Remedy::EnableAccount { user, entra: true } => {
            format!("Update-MgUser -UserId {} -AccountEnabled:$true", quoted(user))
        }
        Remedy::EnableAccount { user, entra: false } => format!("Enable-ADAccount {}", quoted(user)),
        Remedy::Export(command) => command.clone(),
        Remedy::Edit { .. } => return None,
        Remedy::Rolecall(arguments) => {
            let plain = |argument: &String| argument.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            let shown = arguments.iter().map(|it| if plain(it) { it.clone() } else { quoted(it) });
            std::iter::once("rolecall".to_owned()).chain(shown).collect::<Vec<_>>().join(" ")
        }
    })
}

/// What takes a step back; `None` where it is not known how things were.
fn inverse(step: &Remedy) -> Option<Remedy> {
    Some(match step.clone() {
        Remedy::AddMember { group, member } => Remedy::RemoveMember { group, member },
        Remedy::RemoveMember { group, member } => Remedy::AddMember { group, member },
        Remedy::NewRoleGroup { name, .. } => Remedy::Delete { kind: ObjectKind::RoleGroup, name, unscoped: false },
        Remedy::NewRole { name, .. } => Remedy::Delete { kind: ObjectKind::Role, name, unscoped: false },
        Remedy::Assign(NewAssignment { name, .. }) => Remedy::Unassign { assignment: name?, before: None },
        Remedy::Unassign { before, .. } => Remedy::Assign(*before?),
        Remedy::AddEntry { role, cmdlet } => Remedy::RemoveEntry { role, cmdlet },
        Remedy::SetEntryParameters { role, cmdlet, parameters, add } => {
            Remedy::SetEntryParameters { role, cmdlet, parameters, add: !add }
        }
        Remedy::SetUser { user, switch, on } => Remedy::SetUser { user, switch, on: !on },
        Remedy::SetEnabled { assignment, on } => Remedy::SetEnabled { assignment, on: !on },
        Remedy::SetEntraRole { user, template, on } => Remedy::SetEntraRole { user, template, on: !on },
        Remedy::SetScope { assignment, scope, before } => {
            Remedy::SetScope { assignment, scope: before?, before: Some(scope) }
        }
        Remedy::Export(_)
        | Remedy::Delete { .. }
        | Remedy::RemoveEntry { .. }
        | Remedy::SetManager { .. }
        | Remedy::EnableAccount { .. }
        | Remedy::Edit { .. }
        | Remedy::Rolecall(_) => return None,
    })
}

fn described(description: Option<&str>) -> String {
    description.map(|text| format!(" -Description {}", quoted(text))).unwrap_or_default()
}

fn member_command(verb: &str, group: &GroupName, member: &str) -> String {
    let (noun, parameter) = match group.kind {
        GroupKind::RoleGroup => ("RoleGroupMember", "Member"),
        GroupKind::Distribution => ("DistributionGroupMember", "Member"),
        GroupKind::Directory => ("ADGroupMember", "Members"),
    };
    format!("{verb}-{noun} {} -{parameter} {}", quoted(&group.name), quoted(member))
}

fn entry(role: &str, cmdlet: &str) -> String {
    quoted(&format!("{role}\\{cmdlet}"))
}

fn assign(assignment: &NewAssignment) -> String {
    let NewAssignment { name, role, assignee, delegating, .. } = assignment;
    let name = name.as_ref().map(|name| format!(" -Name {}", quoted(name))).unwrap_or_default();
    let (parameter, assignee) = match assignee {
        Assignee::User(name) => ("User", name),
        Assignee::Computer(name) => ("Computer", name),
        Assignee::Group(name) => ("SecurityGroup", name),
        Assignee::Policy(name) => ("Policy", name),
        Assignee::App(name) => ("App", name),
    };
    let delegating = if *delegating { " -Delegating" } else { "" };
    let (role, assignee, scope) = (quoted(role), quoted(assignee), scope_parameters(&assignment.scope));
    format!("New-ManagementRoleAssignment{name} -Role {role} -{parameter} {assignee}{scope}{delegating}")
}

/// The parameters that narrow what an assignment may write to.
fn scope_parameters(scope: &WriteScope) -> String {
    let (recipients, configuration) = match scope.exclusive {
        true => ("ExclusiveRecipientWriteScope", "ExclusiveConfigWriteScope"),
        false => ("CustomRecipientWriteScope", "CustomConfigWriteScope"),
    };
    let parts = [
        ("RecipientRelativeWriteScope", &scope.relative),
        (recipients, &scope.recipients),
        (configuration, &scope.configuration),
        ("RecipientOrganizationalUnitScope", &scope.unit),
        ("CustomResourceScope", &scope.resources),
    ];
    let part = |(parameter, value): (&str, &Option<String>)| {
        value.as_ref().map(|value| format!(" -{parameter} {}", quoted(value)))
    };
    parts.into_iter().filter_map(part).collect()
}

/// How each kind of object is exported without losing anything.
#[must_use]
pub fn export_command(kind: Kind) -> String {
    let (cmdlet, columns, file) = match kind {
        Kind::Role => ("Get-ManagementRole", ROLE_COLUMNS, "roles"),
        Kind::RoleEntry => {
            ("Get-ManagementRoleEntry '*\\*'", "Role,Name,@{n='Parameters';e={$_.Parameters -join ','}}", "entries")
        }
        Kind::RoleAssignment => (
            "Get-ManagementRoleAssignment",
            "Name,Role,RoleAssignee,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled,AssignmentMethod,EffectiveUserName,RecipientReadScope,RecipientWriteScope,ConfigReadScope,ConfigWriteScope,CustomRecipientWriteScope,CustomConfigWriteScope,CustomResourceScope",
            "assignments",
        ),
        Kind::RoleGroup => ("Get-RoleGroup -ResultSize Unlimited", ROLE_GROUP_COLUMNS, "role-groups"),
        Kind::RoleGroupMember => {
            return exported(
                "Get-RoleGroup -ResultSize Unlimited | ForEach-Object { $group = $_; Get-RoleGroupMember $group.Name -ResultSize Unlimited | Select-Object @{n='RoleGroup';e={$group.Name}},Name,Identity,RecipientType }",
                "members",
            );
        }
        Kind::Group => ("Get-Group -ResultSize Unlimited", GROUP_COLUMNS, "groups"),
        Kind::Recipient | Kind::Unknown => (
            "Get-Mailbox -ResultSize Unlimited",
            "Name,Guid,DistinguishedName,UserPrincipalName,RecipientTypeDetails,RoleAssignmentPolicy",
            "mailboxes",
        ),
        Kind::RoleAssignmentPolicy => return "Get-RoleAssignmentPolicy | ConvertTo-Json -Depth 4".to_owned(),
        Kind::ManagementScope => return "Get-ManagementScope | ConvertTo-Json -Depth 4".to_owned(),
        Kind::ExchangeServer => ("Get-ExchangeServer", "Name,Guid,DistinguishedName,Fqdn,Site,ServerRole", "servers"),
        Kind::MailboxDatabase => {
            ("Get-MailboxDatabase", "Name,Guid,DistinguishedName,Server,MasterServerOrAvailabilityGroup", "databases")
        }
        Kind::MailboxPlan => ("Get-MailboxPlan", "Name,DisplayName,IsDefault,RoleAssignmentPolicy", "mailbox-plans"),
    };
    exported(&format!("{cmdlet} | Select-Object {columns}"), file)
}

/// The same commands, each once; where many ask the same of one object each, one command asks it of all instead.
#[must_use]
pub fn of_all_instead<'c>(commands: impl Iterator<Item = &'c str>) -> Vec<String> {
    /// Up to so many are asked one by one.
    const ONE_BY_ONE_MAX: usize = 4;
    let mut seen = BTreeSet::new();
    let commands: Vec<&str> = commands.filter(|command| seen.insert(*command)).collect();
    // What is asked, and what is shown of it.
    let form = |command: &'c str| {
        let (cmdlet, rest) = command.split_once(" '")?;
        Some((cmdlet, rest.rsplit_once("' ").map_or("", |(_, shown)| shown)))
    };
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    commands.iter().filter_map(|command| form(command)).for_each(|it| *counts.entry(it).or_default() += 1);
    let users = || exported(&format!("Get-User -ResultSize Unlimited | Select-Object {USER_COLUMNS}"), "users");
    let of_all = |command: &&'c str| match form(command).filter(|it| counts[it] > ONE_BY_ONE_MAX) {
        // Who has no mailbox has no policy either: that is what users show.
        Some(("Get-Mailbox", shown)) if shown.ends_with(POLICY_COLUMNS) => {
            vec![export_command(Kind::Recipient), users()]
        }
        Some(("Get-User", _)) => vec![users()],
        Some(("Get-Group", _)) => vec![export_command(Kind::Group)],
        Some(("Get-RoleGroupMember", _)) => vec![export_command(Kind::RoleGroupMember)],
        Some(("Get-ManagementRole", _)) => vec![export_command(Kind::Role)],
        Some(("Get-ManagementRoleEntry", _)) => vec![export_command(Kind::RoleEntry)],
        _ => vec![(*command).to_owned()],
    };
    let mut seen = BTreeSet::new();
    commands.iter().flat_map(of_all).filter(|command| seen.insert(command.clone())).collect()
}

/// Writes rows to a file of their own.
fn exported(rows: &str, file: &str) -> String {
    format!("{rows} | Export-Csv {file}.csv -NoTypeInformation -Encoding UTF8")
}

/// The same for an export that ended where the shell stops by default. Only Exchange Online stops at 1,000 role entries,
/// and only there can the cmdlet be told not to.
#[must_use]
pub fn uncapped_command(kind: Kind) -> String {
    export_command(kind).replacen("'*\\*' |", "'*\\*' -ResultSize Unlimited |", 1)
}

/// How the members of a role group or another group, or the entries of a role, are exported, so that it shows as well
/// where there are none: in a row that is there anyway, in a file of such rows, or below the command in the console.
/// `name` of entries is `role\entry`.
#[must_use]
pub fn export_of(kind: Kind, name: &str) -> String {
    let of_role = name.strip_suffix("\\*").filter(|_| kind == Kind::RoleEntry);
    let (rows, file) = match (kind, of_role) {
        (Kind::RoleGroupMember, _) => {
            return format!(
                "Get-RoleGroupMember {} -ResultSize Unlimited | Format-List Name,Identity,RecipientType",
                quoted(name)
            );
        }
        (Kind::Group, _) => return group_command(name),
        (_, Some(role)) => {
            (format!("Get-ManagementRole {} | Select-Object {ROLE_COLUMNS}", quoted(role)), "more-roles")
        }
        (_, None) => (
            format!(
                "Get-ManagementRoleEntry {} | Select-Object Role,Name,@{{n='Parameters';e={{$_.Parameters -join ','}}}}",
                quoted(name)
            ),
            "more-entries",
        ),
    };
    exported(&rows, file) + " -Append"
}

/// Shows an object by its name.
#[must_use]
pub fn get(cmdlet: &str, name: &str) -> String {
    format!("{cmdlet} {}", quoted(name))
}

/// Shows an object by its name, with all of its properties or with some.
#[must_use]
pub fn get_list(cmdlet: &str, name: &str, properties: &[&str]) -> String {
    let properties = properties.join(",");
    format!("{cmdlet} {} | Format-List {properties}", quoted(name)).trim_end().to_owned()
}

/// Shows who is in a role group.
#[must_use]
pub fn role_group_members(group: &str) -> String {
    format!("Get-RoleGroupMember {} -ResultSize Unlimited", quoted(group))
}

/// Shows the assignments of a role, to an assignee, or both.
#[must_use]
pub fn assignments(role: Option<&str>, assignee: Option<&str>) -> String {
    let of = |parameter: &str, name: Option<&str>| name.map(|name| format!(" -{parameter} {}", quoted(name)));
    let (role, assignee) = (of("Role", role).unwrap_or_default(), of("RoleAssignee", assignee).unwrap_or_default());
    format!("Get-ManagementRoleAssignment{role}{assignee}")
}

/// Shows the entries of all roles that have a cmdlet; `*` is wild.
#[must_use]
pub fn entries_of(cmdlet: &str) -> String {
    get("Get-ManagementRoleEntry", &format!("*\\{cmdlet}"))
}

/// Asks Exchange which roles have a cmdlet.
#[must_use]
pub fn roles_with(cmdlet: &str) -> String {
    format!("Get-ManagementRole -Cmdlet {}", quoted(cmdlet))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role_group(name: &str) -> GroupName {
        GroupName { name: name.to_owned(), kind: GroupKind::RoleGroup }
    }

    #[test]
    fn quotes_of_any_kind_in_a_name_stay_in_its_argument() {
        let step =
            Remedy::AddMember { group: role_group("O'Neill \u{2019}s $(x)"), member: "svc; Remove-Item".to_owned() };
        let shown = "Add-RoleGroupMember 'O''Neill \u{2019}\u{2019}s $(x)' -Member 'svc; Remove-Item'";
        assert_eq!(commands(&[step]), [shown]);
    }

    #[test]
    fn steps_are_taken_back_in_the_other_order() {
        let before = NewAssignment {
            name: Some("Old".to_owned()),
            role: "Mail Recipients".to_owned(),
            assignee: Assignee::User("svc-intune".to_owned()),
            scope: WriteScope { recipients: Some("Contoso Sales".to_owned()), ..WriteScope::default() },
            delegating: false,
        };
        let steps = [
            Remedy::NewRoleGroup {
                name: "New".to_owned(),
                roles: vec!["Mail Recipients".to_owned()],
                members: vec!["svc-intune".to_owned()],
                description: None,
            },
            Remedy::Unassign { assignment: "Old".to_owned(), before: Some(Box::new(before)) },
        ];
        let commanded = [
            "New-RoleGroup 'New' -Roles 'Mail Recipients' -Members 'svc-intune'",
            "Remove-ManagementRoleAssignment 'Old'",
        ];
        let undone = [
            "New-ManagementRoleAssignment -Name 'Old' -Role 'Mail Recipients' -User 'svc-intune' -CustomRecipientWriteScope 'Contoso Sales'",
            "Remove-RoleGroup 'New'",
        ];
        assert_eq!(
            (commands(&steps), undo(&steps)),
            (commanded.map(String::from).into(), undone.map(String::from).into())
        );
    }

    #[test]
    fn nothing_is_taken_back_by_half() {
        let removed = Remedy::RemoveEntry { role: "Ours".to_owned(), cmdlet: "Set-Mailbox".to_owned() };
        let joined = Remedy::AddMember { group: role_group("Ours"), member: "svc-intune".to_owned() };
        assert_eq!(undo(&[joined, removed]), [""; 0]);
    }

    #[test]
    fn arguments_of_rolecall_are_quoted_where_a_shell_would_split_them() {
        let arguments = ["waive", "5d0c4f1e9a3b7c21", "--reason", "ticket 4711"].map(String::from);
        let shown = "rolecall waive 5d0c4f1e9a3b7c21 --reason 'ticket 4711'";
        assert_eq!(commands(&[Remedy::Rolecall(arguments.into())]), [shown]);
    }
}
