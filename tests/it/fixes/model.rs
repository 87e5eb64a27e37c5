//! A small Exchange, which knows nothing of rolecall: its objects, the commands that change them, what it refuses, and
//! how it is exported.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::plan::words;

/// The parameters of each cmdlet of a role.
pub(super) type Entries = BTreeMap<String, BTreeSet<String>>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Role {
    /// None of a role that came with Exchange, and of one that runs scripts.
    pub(super) parent: Option<String>,
    pub(super) built_in: bool,
    pub(super) end_user: bool,
    /// Recipient read and write, configuration read and write.
    pub(super) scopes: [&'static str; 4],
    pub(super) entries: Entries,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GroupKind {
    RoleGroup,
    /// A security group without an address.
    Security,
    /// A security group with one.
    MailSecurity,
    Distribution,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) kind: GroupKind,
    pub(super) built_in: bool,
    pub(super) members: BTreeSet<String>,
    pub(super) managers: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct User {
    /// Of a mailbox its policy, where it has one.
    pub(super) mailbox: Option<Option<String>>,
    pub(super) session: bool,
    pub(super) disabled: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scope {
    pub(super) filter: String,
    pub(super) exclusive: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Assignee {
    User,
    Group,
    Policy,
}

/// What an assignment may write to, where that is not what its role may.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Written {
    #[default]
    All,
    Relative(String),
    Unit(String),
    Scope(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Assignment {
    pub(super) role: String,
    pub(super) kind: Assignee,
    pub(super) assignee: String,
    pub(super) delegating: bool,
    pub(super) enabled: bool,
    pub(super) written: Written,
}

/// What Exchange holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Exchange {
    pub(super) roles: BTreeMap<String, Role>,
    pub(super) groups: BTreeMap<String, Group>,
    pub(super) users: BTreeMap<String, User>,
    /// Whether it is the default one.
    pub(super) policies: BTreeMap<String, bool>,
    pub(super) scopes: BTreeMap<String, Scope>,
    pub(super) assignments: BTreeMap<String, Assignment>,
}

/// Why a command is refused.
pub(super) type Refused = String;

/// A command: its cmdlet, and the values of each parameter. What comes first has no name.
struct Command {
    cmdlet: String,
    named: BTreeMap<String, Vec<String>>,
}

impl Command {
    fn parse(text: &str) -> Self {
        let (bare, lists) = words(text);
        let mut lists = lists.into_iter();
        let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut parameter = String::new();
        for word in &bare[1..] {
            if let Some(name) = word.strip_prefix('-') {
                name.clone_into(&mut parameter);
                let known = named.insert(parameter.clone(), Vec::new());
                assert!(known.is_none(), "-{name} stands there twice: {text}");
            } else {
                let values = if word.is_empty() { lists.next().expect("a list") } else { vec![word.clone()] };
                named.insert(std::mem::take(&mut parameter), values);
            }
        }
        Self { cmdlet: bare[0].clone(), named }
    }

    fn has(&self, name: &str) -> bool {
        self.named.contains_key(name)
    }

    fn list(&self, name: &str) -> &[String] {
        self.named.get(name).map_or(&[], Vec::as_slice)
    }

    fn maybe(&self, name: &str) -> Option<&str> {
        match self.list(name) {
            [one] => Some(one),
            _ => None,
        }
    }

    fn one(&self, name: &str) -> Result<&str, Refused> {
        self.maybe(name).ok_or_else(|| format!("{} needs one -{name}", self.cmdlet))
    }

    fn only(&self, allowed: &[&str]) -> Result<(), Refused> {
        let other = self.named.keys().find(|name| !allowed.contains(&name.as_str()));
        other.map_or(Ok(()), |name| Err(format!("{} has no -{name} here", self.cmdlet)))
    }

    fn switch(&self, name: &str) -> Result<bool, Refused> {
        match self.one(name)? {
            "$true" => Ok(true),
            "$false" => Ok(false),
            other => Err(format!("{other} is no truth")),
        }
    }
}

fn refuse<T>(why: impl Into<String>) -> Result<T, Refused> {
    Err(why.into())
}

/// The one key that a name stands for: as it is, in other case, as the address of a user, or as a path.
fn named<V>(all: &BTreeMap<String, V>, name: &str) -> Option<String> {
    let is_it = |key: &&String| {
        let address = address(key);
        [key.as_str(), &address, &format!("contoso.com/Users/{key}")].iter().any(|it| it.eq_ignore_ascii_case(name))
    };
    all.keys().find(is_it).cloned()
}

pub(super) fn address(user: &str) -> String {
    let plain: String = user.chars().filter(|char| char.is_ascii_alphanumeric() || *char == '-').collect();
    format!("{plain}@contoso.com")
}

impl Exchange {
    /// Runs a command.
    pub(super) fn run(&mut self, text: &str) -> Result<(), Refused> {
        let command = Command::parse(text);
        match command.cmdlet.as_str() {
            "Add-RoleGroupMember" | "Add-DistributionGroupMember" | "Add-ADGroupMember" => self.member(&command, true),
            "Remove-RoleGroupMember" | "Remove-DistributionGroupMember" | "Remove-ADGroupMember" => {
                self.member(&command, false)
            }
            "New-RoleGroup" => self.new_group(&command),
            "Remove-RoleGroup" => self.remove_group(&command),
            "Set-RoleGroup" => self.set_group(&command),
            "New-ManagementRole" => self.new_role(&command),
            "Remove-ManagementRole" => self.remove_role(&command),
            "Add-ManagementRoleEntry" | "Remove-ManagementRoleEntry" | "Set-ManagementRoleEntry" => {
                self.change_entry(&command)
            }
            "New-ManagementRoleAssignment" => self.assign(&command),
            "Set-ManagementRoleAssignment" => self.set_assignment(&command),
            "Remove-ManagementRoleAssignment" => self.unassign(&command),
            "Remove-ManagementScope" => self.remove_scope(&command),
            "Remove-RoleAssignmentPolicy" => self.remove_policy(&command),
            "Set-User" => {
                command.only(&["", "RemotePowerShellEnabled"])?;
                let on = command.switch("RemotePowerShellEnabled")?;
                self.user(command.one("")?)?.session = on;
                Ok(())
            }
            "Enable-ADAccount" => {
                self.user(command.one("")?)?.disabled = false;
                Ok(())
            }
            other => refuse(format!("{other} is unknown here")),
        }
    }

    fn user(&mut self, name: &str) -> Result<&mut User, Refused> {
        let found = named(&self.users, name);
        found.and_then(|key| self.users.get_mut(&key)).ok_or_else(|| format!("no user is {name}"))
    }

    fn role(&self, name: &str) -> Result<String, Refused> {
        named(&self.roles, name).ok_or_else(|| format!("no role is {name}"))
    }

    fn group(&self, name: &str) -> Result<String, Refused> {
        named(&self.groups, name).ok_or_else(|| format!("no group is {name}"))
    }

    /// Who may be in a role group.
    fn principal(&self, name: &str) -> Result<String, Refused> {
        let group = named(&self.groups, name);
        if group.as_ref().is_some_and(|key| self.groups[key].kind == GroupKind::Distribution) {
            return refuse(format!("{name} is no security group"));
        }
        group.or_else(|| named(&self.users, name)).ok_or_else(|| format!("nobody is {name}"))
    }

    fn new_name(name: &str, taken: impl IntoIterator<Item = String>) -> Result<(), Refused> {
        let length = name.chars().count();
        if !(1..=64).contains(&length) || name.trim() != name {
            return refuse(format!("{name} has {length} characters"));
        }
        let is_taken = taken.into_iter().any(|other| other.to_lowercase() == name.to_lowercase());
        if is_taken { refuse(format!("{name} is taken")) } else { Ok(()) }
    }

    fn member(&mut self, command: &Command, joins: bool) -> Result<(), Refused> {
        let directory = command.cmdlet.ends_with("ADGroupMember");
        let parameter = if directory { "Members" } else { "Member" };
        command.only(&["", parameter, "Confirm:$false"])?;
        let (group, name) = (self.group(command.one("")?)?, command.one(parameter)?);
        let kind = self.groups[&group].kind;
        let fits = match command.cmdlet.rsplit('-').next() {
            Some("RoleGroupMember") => kind == GroupKind::RoleGroup,
            Some("DistributionGroupMember") => matches!(kind, GroupKind::MailSecurity | GroupKind::Distribution),
            _ => kind == GroupKind::Security,
        };
        if !fits {
            return refuse(format!("{group} is a {kind:?}"));
        }
        let member = match kind {
            GroupKind::RoleGroup => self.principal(name)?,
            _ => named(&self.groups, name).map_or_else(|| self.principal(name), Ok)?,
        };
        if member == group {
            return refuse(format!("{group} in itself"));
        }
        let members = &mut self.groups.get_mut(&group).expect("it was found").members;
        let changed = if joins { members.insert(member) } else { members.remove(&member) };
        if changed { Ok(()) } else { refuse(format!("{name} is in {group} already, or is not")) }
    }

    fn new_group(&mut self, command: &Command) -> Result<(), Refused> {
        command.only(&["", "Roles", "Members", "Description"])?;
        let name = command.one("")?.to_owned();
        Self::new_name(&name, self.groups.keys().chain(self.users.keys()).cloned())?;
        let members = command.list("Members").iter().map(|name| self.principal(name)).collect::<Result<_, _>>()?;
        let roles = command.list("Roles").iter().map(|name| self.role(name)).collect::<Result<BTreeSet<_>, _>>()?;
        if roles.len() != command.list("Roles").len() {
            return refuse("a role twice");
        }
        let managers = BTreeSet::from(["Organization Management".to_owned()]);
        let group = Group { kind: GroupKind::RoleGroup, built_in: false, members, managers };
        self.groups.insert(name.clone(), group);
        for role in roles {
            let (assignee, kind) = (name.clone(), Assignee::Group);
            self.add(
                None,
                Assignment { role, kind, assignee, delegating: false, enabled: true, written: Written::All },
            )?;
        }
        Ok(())
    }

    fn remove_group(&mut self, command: &Command) -> Result<(), Refused> {
        command.only(&["", "Confirm:$false"])?;
        let name = self.group(command.one("")?)?;
        if self.groups[&name].built_in || self.groups[&name].kind != GroupKind::RoleGroup {
            return refuse(format!("{name} came with Exchange, or is no role group"));
        }
        let own: Vec<String> = self.assignments_of(Assignee::Group, &name);
        own.iter().try_for_each(|name| self.take_assignment(name))?;
        self.groups.remove(&name);
        self.groups.values_mut().for_each(|group| {
            group.members.remove(&name);
            group.managers.remove(&name);
        });
        Ok(())
    }

    fn set_group(&mut self, command: &Command) -> Result<(), Refused> {
        command.only(&["", "ManagedBy"])?;
        let name = self.group(command.one("")?)?;
        let managers =
            command.list("ManagedBy").iter().map(|name| self.principal(name)).collect::<Result<BTreeSet<_>, _>>()?;
        if managers.is_empty() || self.groups[&name].kind != GroupKind::RoleGroup {
            return refuse(format!("{name} needs a manager, and to be a role group"));
        }
        self.groups.get_mut(&name).expect("it was found").managers = managers;
        Ok(())
    }

    fn assignments_of(&self, kind: Assignee, name: &str) -> Vec<String> {
        let own = self.assignments.iter().filter(|(_, one)| one.kind == kind && one.assignee == name);
        own.map(|(name, _)| name.clone()).collect()
    }

    fn new_role(&mut self, command: &Command) -> Result<(), Refused> {
        command.only(&["Name", "Parent", "EnabledCmdlets", "Description"])?;
        let (name, parent) = (command.one("Name")?.to_owned(), self.role(command.one("Parent")?)?);
        Self::new_name(&name, self.roles.keys().cloned())?;
        let mut role = Role { parent: Some(parent.clone()), built_in: false, ..self.roles[&parent].clone() };
        if command.has("EnabledCmdlets") {
            let enabled = command.list("EnabledCmdlets");
            if !enabled.iter().all(|cmdlet| role.entries.contains_key(cmdlet)) {
                return refuse("the parent has no such entry");
            }
            role.entries.retain(|cmdlet, _| enabled.contains(cmdlet));
        }
        self.roles.insert(name, role);
        Ok(())
    }

    fn remove_role(&mut self, command: &Command) -> Result<(), Refused> {
        command.only(&["", "UnScopedTopLevel", "Confirm:$false"])?;
        let name = self.role(command.one("")?)?;
        let role = &self.roles[&name];
        if role.built_in || role.parent.is_none() != command.has("UnScopedTopLevel") {
            return refuse(format!("{name} came with Exchange, or the switch for roles without a parent is wrong"));
        }
        if self.assignments.values().any(|one| one.role == name) {
            return refuse(format!("{name} is assigned"));
        }
        if self.roles.values().any(|other| other.parent.as_ref() == Some(&name)) {
            return refuse(format!("{name} has children"));
        }
        self.roles.remove(&name);
        Ok(())
    }

    fn change_entry(&mut self, command: &Command) -> Result<(), Refused> {
        command.only(&["", "Parameters", "AddParameter", "RemoveParameter", "Confirm:$false"])?;
        let path = command.one("")?;
        let Some((role, cmdlet)) = path.rsplit_once('\\') else { return refuse("no role and cmdlet") };
        let name = self.role(role)?;
        let role = self.roles[&name].clone();
        if role.built_in {
            return refuse(format!("{name} came with Exchange"));
        }
        let children: Vec<Role> =
            self.roles.values().filter(|other| other.parent.as_ref() == Some(&name)).cloned().collect();
        let of_parent = role.parent.as_ref().and_then(|parent| self.roles[parent].entries.get(cmdlet)).cloned();
        let parameters: BTreeSet<String> = command.list("Parameters").iter().cloned().collect();
        let entries = &mut self.roles.get_mut(&name).expect("it was found").entries;
        match (command.cmdlet.as_str(), command.has("AddParameter"), command.has("RemoveParameter")) {
            ("Add-ManagementRoleEntry", false, false) => {
                let Some(of_parent) = of_parent else { return refuse(format!("no parent has {cmdlet}")) };
                let known = entries.insert(cmdlet.to_owned(), of_parent);
                if known.is_some() { refuse(format!("{name} has {cmdlet} already")) } else { Ok(()) }
            }
            ("Remove-ManagementRoleEntry", false, false) => {
                if children.iter().any(|child| child.entries.contains_key(cmdlet)) {
                    return refuse(format!("a child of {name} has {cmdlet}"));
                }
                entries.remove(cmdlet).map_or_else(|| refuse(format!("{name} has no {cmdlet}")), |_| Ok(()))
            }
            ("Set-ManagementRoleEntry", true, false) => {
                let Some(entry) = entries.get_mut(cmdlet) else { return refuse(format!("{name} has no {cmdlet}")) };
                if !of_parent.is_some_and(|of_parent| parameters.is_subset(&of_parent)) {
                    return refuse(format!("the parent of {name} has no such parameter of {cmdlet}"));
                }
                entry.extend(parameters);
                Ok(())
            }
            ("Set-ManagementRoleEntry", false, true) => {
                let of_child = |child: &Role| child.entries.get(cmdlet).is_some_and(|it| !it.is_disjoint(&parameters));
                if children.iter().any(of_child) {
                    return refuse(format!("a child of {name} has such a parameter of {cmdlet}"));
                }
                let Some(entry) = entries.get_mut(cmdlet) else { return refuse(format!("{name} has no {cmdlet}")) };
                if !parameters.is_subset(entry) {
                    return refuse(format!("{name} has no such parameter of {cmdlet}"));
                }
                entry.retain(|parameter| !parameters.contains(parameter));
                Ok(())
            }
            _ => refuse("parameters and switches do not fit"),
        }
    }

    fn written(&self, command: &Command) -> Result<Option<Written>, Refused> {
        let names = [
            "RecipientRelativeWriteScope",
            "CustomRecipientWriteScope",
            "ExclusiveRecipientWriteScope",
            "RecipientOrganizationalUnitScope",
        ];
        let given: Vec<&str> = names.into_iter().filter(|name| command.has(name)).collect();
        let [name] = given[..] else {
            return if given.is_empty() { Ok(None) } else { refuse("one scope of recipients is all") };
        };
        let value = command.one(name)?.to_owned();
        Ok(Some(match name {
            "RecipientRelativeWriteScope" if value == "Organization" => Written::All,
            "RecipientRelativeWriteScope" => Written::Relative(value),
            "RecipientOrganizationalUnitScope" => Written::Unit(value),
            _ => {
                let exclusive = name.starts_with("Exclusive");
                if self.scopes.get(&value).is_none_or(|scope| scope.exclusive != exclusive) {
                    return refuse(format!("no such scope is {value}"));
                }
                Written::Scope(value)
            }
        }))
    }

    fn assign(&mut self, command: &Command) -> Result<(), Refused> {
        let (role, written) = (self.role(command.one("Role")?)?, self.written(command)?);
        let (kind, assignee) = match ["User", "SecurityGroup", "Policy"].map(|name| command.maybe(name)) {
            [Some(user), None, None] => {
                let user = named(&self.users, user).ok_or_else(|| format!("no user is {user}"))?;
                (Assignee::User, user)
            }
            [None, Some(group), None] => {
                let group = self.group(group)?;
                if self.groups[&group].kind == GroupKind::Distribution {
                    return refuse(format!("{group} is no security group"));
                }
                (Assignee::Group, group)
            }
            [None, None, Some(policy)] => {
                let policy = named(&self.policies, policy).ok_or_else(|| format!("no policy is {policy}"))?;
                (Assignee::Policy, policy)
            }
            _ => return refuse("one assignee, please"),
        };
        let delegating = command.has("Delegating");
        let written = written.unwrap_or_default();
        self.add(command.maybe("Name"), Assignment { role, kind, assignee, delegating, enabled: true, written })
    }

    /// Adds an assignment; Exchange cuts the name that it makes up at 64 characters, and numbers what is there already.
    pub(super) fn add(&mut self, name: Option<&str>, made: Assignment) -> Result<(), Refused> {
        let role = &self.roles[&made.role];
        match made.kind {
            Assignee::Policy if !role.end_user => return refuse(format!("{} is for administrators", made.role)),
            Assignee::Policy if made.delegating || made.written != Written::All => {
                return refuse("a policy delegates nothing and has no scopes");
            }
            Assignee::User | Assignee::Group if role.end_user && !made.delegating => {
                return refuse(format!("{} is for policies", made.role));
            }
            _ => {}
        }
        if made.written != Written::All && role.scopes[1] == "None" {
            return refuse(format!("{} writes no recipients", made.role));
        }
        let name = match name {
            Some(name) => {
                Self::new_name(name, self.assignments.keys().cloned())?;
                name.to_owned()
            }
            None => {
                let end = if made.delegating { "-Delegating" } else { "" };
                let whole = format!("{}-{}{end}", made.role, made.assignee);
                let cut = |end: &str| whole.chars().take(64 - end.len()).chain(end.chars()).collect::<String>();
                let numbered = (1..).map(|number: u32| cut(&format!("-{number}")));
                // No name in the directory ends in a blank.
                let mut names = std::iter::once(cut("").trim_end().to_owned()).chain(numbered);
                names.find(|name| !self.assignments.contains_key(name)).expect("numbers do not end")
            }
        };
        self.assignments.insert(name, made);
        Ok(())
    }

    fn set_assignment(&mut self, command: &Command) -> Result<(), Refused> {
        let name = self.assignment(command)?;
        let written = self.written(command)?;
        let assignment = self.assignments.get_mut(&name).expect("it was found");
        if command.has("Enabled") {
            assignment.enabled = command.switch("Enabled")?;
        }
        match written {
            Some(_) if assignment.kind == Assignee::Policy => refuse("a policy has no scopes"),
            Some(written) => {
                assignment.written = written;
                Ok(())
            }
            None if command.has("Enabled") => Ok(()),
            None => refuse("nothing is to be changed"),
        }
    }

    fn assignment(&self, command: &Command) -> Result<String, Refused> {
        let name = command.one("")?;
        let is_it = |key: &&String| key.eq_ignore_ascii_case(name);
        self.assignments.keys().find(is_it).cloned().ok_or_else(|| format!("no assignment is {name}"))
    }

    fn unassign(&mut self, command: &Command) -> Result<(), Refused> {
        command.only(&["", "Confirm:$false"])?;
        let name = self.assignment(command)?;
        self.take_assignment(&name)
    }

    /// The last delegating assignment of a role cannot be removed.
    fn take_assignment(&mut self, name: &str) -> Result<(), Refused> {
        let gone = self.assignments.remove(name).expect("it was found");
        let built_in = self.roles[&gone.role].built_in;
        let delegates = |one: &Assignment| one.role == gone.role && one.delegating;
        match gone.delegating && built_in && !self.assignments.values().any(delegates) {
            true => refuse(format!("{name} is the last that delegates {}", gone.role)),
            false => Ok(()),
        }
    }

    fn remove_scope(&mut self, command: &Command) -> Result<(), Refused> {
        command.only(&["", "Confirm:$false"])?;
        let name = command.one("")?;
        if self.assignments.values().any(|one| one.written == Written::Scope(name.to_owned())) {
            return refuse(format!("{name} is in use"));
        }
        self.scopes.remove(name).map_or_else(|| refuse(format!("no scope is {name}")), |_| Ok(()))
    }

    /// Source: Remove-RoleAssignmentPolicy (no mailbox has it, no role is assigned to it, and it is not the default one).
    fn remove_policy(&mut self, command: &Command) -> Result<(), Refused> {
        command.only(&["", "Confirm:$false"])?;
        let name = command.one("")?.to_owned();
        let is_used = self.users.values().any(|user| user.mailbox == Some(Some(name.clone())));
        if is_used || !self.assignments_of(Assignee::Policy, &name).is_empty() {
            return refuse(format!("{name} is in use"));
        }
        match self.policies.get(&name) {
            Some(false) => {
                self.policies.remove(&name);
                Ok(())
            }
            _ => refuse(format!("{name} is the default, or no policy")),
        }
    }

    /// Writes the exports.
    pub(super) fn export(&self, folder: &Path) {
        let mut files: BTreeMap<&str, String> = BTreeMap::new();
        let mut row = |file: &'static str, cells: &[(&str, String)]| {
            let text = files.entry(file).or_insert_with(|| {
                let names: Vec<&str> = cells.iter().map(|(name, _)| *name).collect();
                names.join(",") + "\n"
            });
            let cells: Vec<String> =
                cells.iter().map(|(_, cell)| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            writeln!(text, "{}", cells.join(",")).expect("a string takes all");
        };
        let joined = |names: &BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(";");
        let truth = |it: bool| if it { "True" } else { "False" }.to_owned();
        for (name, role) in &self.roles {
            let kind: String = match (role.parent.is_none(), role.built_in) {
                (true, false) => "UnScoped".to_owned(),
                _ => self.root(name).chars().filter(char::is_ascii_alphanumeric).collect(),
            };
            row(
                "roles",
                &[
                    ("Name", name.clone()),
                    ("RoleType", kind),
                    ("Parent", role.parent.clone().unwrap_or_default()),
                    ("IsRootRole", truth(role.parent.is_none())),
                    ("IsEndUserRole", truth(role.end_user)),
                    ("ImplicitRecipientReadScope", role.scopes[0].to_owned()),
                    ("ImplicitRecipientWriteScope", role.scopes[1].to_owned()),
                    ("ImplicitConfigReadScope", role.scopes[2].to_owned()),
                    ("ImplicitConfigWriteScope", role.scopes[3].to_owned()),
                    ("RoleEntries", {
                        let entry = |(cmdlet, names): (&String, &BTreeSet<String>)| {
                            let names: String = names.iter().map(|name| format!(" -{name}")).collect();
                            format!("(Microsoft.Exchange.Management.PowerShell.E2010) {cmdlet}{names}")
                        };
                        role.entries.iter().map(entry).collect::<Vec<_>>().join(";")
                    }),
                ],
            );
            for (cmdlet, parameters) in &role.entries {
                let cells = [("Role", name.clone()), ("Name", cmdlet.clone()), ("Parameters", joined(parameters))];
                row("entries", &cells);
            }
        }
        for (name, group) in &self.groups {
            let path = |name: &String| {
                let unit = if self.groups.contains_key(name) { "Groups" } else { "Users" };
                format!("contoso.com/{unit}/{name}")
            };
            let paths = |names: &BTreeSet<String>| names.iter().map(path).collect::<Vec<_>>().join(";");
            let own: BTreeSet<String> = self
                .assignments_of(Assignee::Group, name)
                .iter()
                .map(|assignment| self.assignments[assignment].role.clone())
                .collect();
            let common =
                [("Name", name.clone()), ("Members", paths(&group.members)), ("ManagedBy", paths(&group.managers))];
            let more = match group.kind {
                GroupKind::RoleGroup => [("Roles", joined(&own)), ("RoleGroupType", "Standard".to_owned())],
                _ => [
                    ("Identity", path(name)),
                    (
                        "RecipientTypeDetails",
                        match group.kind {
                            GroupKind::Security => "UniversalSecurityGroup",
                            GroupKind::MailSecurity => "MailUniversalSecurityGroup",
                            _ => "MailUniversalDistributionGroup",
                        }
                        .to_owned(),
                    ),
                ],
            };
            let file = if group.kind == GroupKind::RoleGroup { "role-groups" } else { "groups" };
            row(file, &[&common[..], &more[..]].concat());
        }
        for (name, user) in &self.users {
            let path = format!("contoso.com/Users/{name}");
            let kind = if user.mailbox.is_some() { "UserMailbox" } else { "User" };
            let common = [
                ("Name", name.clone()),
                ("Identity", path),
                ("UserPrincipalName", address(name)),
                ("RecipientTypeDetails", kind.to_owned()),
                ("AccountDisabled", truth(user.disabled)),
            ];
            let session = ("RemotePowerShellEnabled", truth(user.session));
            row("users", &[&common[..], &[session]].concat());
            if let Some(policy) = &user.mailbox {
                let policy = ("RoleAssignmentPolicy", policy.clone().unwrap_or_default());
                row("mailboxes", &[&common[..], &[policy]].concat());
            }
        }
        for (name, default) in &self.policies {
            row(
                "policies",
                &[
                    ("Name", name.clone()),
                    ("IsDefault", truth(*default)),
                    ("AssignedRoles", {
                        let own = self.assignments_of(Assignee::Policy, name);
                        joined(&own.iter().map(|name| self.assignments[name].role.clone()).collect())
                    }),
                ],
            );
        }
        for (name, scope) in &self.scopes {
            row(
                "scopes",
                &[
                    ("Name", name.clone()),
                    ("ScopeRestrictionType", "RecipientScope".to_owned()),
                    ("Exclusive", truth(scope.exclusive)),
                    ("RecipientRoot", String::new()),
                    ("RecipientFilter", scope.filter.clone()),
                ],
            );
        }
        for (name, one) in &self.assignments {
            row("assignments", &self.assignment_row(name, one));
        }
        if let Ok(known) = fs::read_dir(folder) {
            known.flatten().for_each(|file| fs::remove_file(file.path()).expect("it is ours"));
        }
        for (name, text) in files {
            fs::write(folder.join(format!("{name}.csv")), text).expect("it can be written");
        }
    }

    fn root<'e>(&'e self, role: &'e str) -> &'e str {
        self.roles[role].parent.as_ref().map_or(role, |parent| self.root(parent))
    }

    fn assignment_row(&self, name: &str, one: &Assignment) -> Vec<(&'static str, String)> {
        let kind = match one.kind {
            Assignee::User => "User",
            Assignee::Policy => "RoleAssignmentPolicy",
            Assignee::Group if self.groups[&one.assignee].kind == GroupKind::RoleGroup => "RoleGroup",
            Assignee::Group => "SecurityGroup",
        };
        let own = self.roles[&one.role].scopes;
        let exclusive = |name: &String| self.scopes.get(name).is_some_and(|scope| scope.exclusive);
        let (written, custom) = match &one.written {
            Written::All => (own[1].to_owned(), String::new()),
            Written::Relative(word) => (word.clone(), String::new()),
            Written::Unit(path) => ("OU".to_owned(), path.clone()),
            Written::Scope(name) if exclusive(name) => ("ExclusiveRecipientScope".to_owned(), name.clone()),
            Written::Scope(name) => ("CustomRecipientScope".to_owned(), name.clone()),
        };
        let delegation = if one.delegating { "DelegatingOrgWide" } else { "Regular" };
        vec![
            ("Name", name.to_owned()),
            ("Role", one.role.clone()),
            ("RoleAssigneeName", one.assignee.clone()),
            ("RoleAssigneeType", kind.to_owned()),
            ("RoleAssignmentDelegationType", delegation.to_owned()),
            ("AssignmentMethod", "Direct".to_owned()),
            ("Enabled", if one.enabled { "True" } else { "False" }.to_owned()),
            ("RecipientReadScope", own[0].to_owned()),
            ("RecipientWriteScope", written),
            ("ConfigReadScope", own[2].to_owned()),
            ("ConfigWriteScope", own[3].to_owned()),
            ("CustomRecipientWriteScope", custom),
            ("CustomConfigWriteScope", String::new()),
        ]
    }
}
