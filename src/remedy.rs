//! What would end a finding, as values: remedies, and the fixes that are made of them.
//!
//! A remedy holds names of its own, so that it outlives the graph it was found in, can be compared, tried and undone.
//! `powershell` writes it as commands.

use crate::source::Span;

/// One change, or one look at what is not exported.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Remedy {
    /// Puts somebody into a group.
    AddMember {
        /// The group.
        group: GroupName,
        /// Who joins it.
        member: String,
    },
    /// Takes somebody out of a group.
    RemoveMember {
        /// The group.
        group: GroupName,
        /// Who leaves it.
        member: String,
    },
    /// Makes a role group with roles and members.
    NewRoleGroup {
        /// Its name.
        name: String,
        /// The roles that are assigned to it.
        roles: Vec<String>,
        /// Who is in it from the start.
        members: Vec<String>,
        /// What it is for; a plan knows by it what it made.
        description: Option<String>,
    },
    /// Makes a child of a role, with all entries that the parent has, or with some.
    NewRole {
        /// Its name.
        name: String,
        /// The role that it is a child of.
        parent: String,
        /// The cmdlets of the parent that it has; all where none are named (Exchange 2010 and 2013 take none).
        entries: Option<Vec<String>>,
        /// What it is for.
        description: Option<String>,
    },
    /// Deletes an object that nothing uses.
    Delete {
        /// What it is.
        kind: ObjectKind,
        /// Its name.
        name: String,
        /// Whether it is a role that no parent has, which Exchange deletes by a switch of its own.
        unscoped: bool,
    },
    /// Enables an assignment, or disables it.
    SetEnabled {
        /// The assignment's name.
        assignment: String,
        /// Whether it works then.
        on: bool,
    },
    /// Assigns a role.
    Assign(NewAssignment),
    /// Removes an assignment.
    Unassign {
        /// The assignment's name.
        assignment: String,
        /// What makes it anew, where all of it is known.
        before: Option<Box<NewAssignment>>,
    },
    /// Lets an assignment write to other objects.
    SetScope {
        /// The assignment's name.
        assignment: String,
        /// What it may write to then.
        scope: WriteScope,
        /// What it may write to now, where that is known.
        before: Option<WriteScope>,
    },
    /// Adds a cmdlet to a role, with all parameters that its parent has.
    AddEntry {
        /// The role.
        role: String,
        /// The cmdlet.
        cmdlet: String,
    },
    /// Takes a cmdlet from a role.
    RemoveEntry {
        /// The role.
        role: String,
        /// The cmdlet.
        cmdlet: String,
    },
    /// Adds parameters to an entry of a role, or takes them from it.
    SetEntryParameters {
        /// The role.
        role: String,
        /// The cmdlet.
        cmdlet: String,
        /// The parameters.
        parameters: Vec<String>,
        /// Whether they are added.
        add: bool,
    },
    /// Gives a role group to the administrators of the organization to manage.
    SetManager {
        /// The role group.
        group: String,
        /// Who manages it then.
        manager: String,
    },
    /// Sets a switch of an account.
    SetUser {
        /// The account.
        user: String,
        /// The switch.
        switch: &'static str,
        /// Its value.
        on: bool,
    },
    /// Gives a user a role in Entra, or takes it away.
    SetEntraRole {
        /// The user.
        user: String,
        /// The id of the role's template.
        template: &'static str,
        /// Whether the user has it then.
        on: bool,
    },
    /// Enables an account that is disabled in its directory.
    EnableAccount {
        /// The account.
        user: String,
        /// Whether it is in Entra; else in Active Directory.
        entra: bool,
    },
    /// Shows what is not exported: a command that `powershell` wrote.
    Export(String),
    /// Replaces a part of a policy file.
    Edit {
        /// What is replaced; empty where something is added.
        at: Span,
        /// What stands there then.
        text: String,
    },
    /// Runs rolecall, with these arguments.
    Rolecall(Vec<String>),
}

/// A group, and where its members are changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupName {
    /// Its name.
    pub name: String,
    /// What kind of group it is.
    pub kind: GroupKind,
}

/// Where the members of a group are changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupKind {
    /// A role group, by Exchange.
    RoleGroup,
    /// A group with an address, by Exchange.
    Distribution,
    /// A group without one, in Active Directory.
    Directory,
}

/// What is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    /// A role.
    Role,
    /// A role group.
    RoleGroup,
    /// A scope.
    Scope,
    /// A role assignment policy.
    AssignmentPolicy,
}

/// An assignment to be made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NewAssignment {
    /// Its name; Exchange makes one up where there is none.
    pub name: Option<String>,
    /// The role.
    pub role: String,
    /// To whom it is assigned.
    pub assignee: Assignee,
    /// What it may write to.
    pub scope: WriteScope,
    /// Whether it is for assigning the role, not for using it.
    pub delegating: bool,
}

/// To whom a role is assigned.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assignee {
    /// An account.
    User(String),
    /// A computer.
    Computer(String),
    /// A role group or another security group.
    Group(String),
    /// A role assignment policy.
    Policy(String),
    /// An application.
    App(String),
}

/// What an assignment may write to, where that is less than its role allows.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WriteScope {
    /// A relative scope, such as `MyGAL`.
    pub relative: Option<String>,
    /// A scope of recipients.
    pub recipients: Option<String>,
    /// A scope of servers or databases.
    pub configuration: Option<String>,
    /// An organizational unit.
    pub unit: Option<String>,
    /// A scope of an application's resources.
    pub resources: Option<String>,
    /// Whether the scopes are exclusive.
    pub exclusive: bool,
}

/// A way to end a finding: steps in their order, or words where no command can do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What kind of change it is.
    pub kind: FixKind,
    /// The steps.
    pub steps: Vec<Remedy>,
    /// What it is and what it costs, in words; all there is where no step can be typed.
    pub note: String,
    /// What else the account gains.
    pub beyond: Option<Beyond>,
    /// The rules of the findings that it would make, sorted.
    pub makes: Vec<&'static str>,
}

/// What kind of change a fix is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FixKind {
    /// Changes Exchange.
    Exchange,
    /// Changes a group or an account in Active Directory or Entra.
    Directory,
    /// Shows what is not exported.
    Export,
    /// Changes the policy, or what it accepts.
    Policy,
}

impl FixKind {
    /// The word that other programs read.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exchange => "exchange",
            Self::Directory => "directory",
            Self::Export => "export",
            Self::Policy => "policy",
        }
    }
}

/// What a fix gives besides what is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beyond {
    /// How many cmdlets.
    pub cmdlets: usize,
    /// Those of them that are dangerous, sorted.
    pub dangerous: Vec<String>,
}

impl Remedy {
    /// What kind of change it is.
    #[must_use]
    pub const fn kind(&self) -> FixKind {
        match self {
            Self::Export(_) => FixKind::Export,
            Self::Edit { .. } | Self::Rolecall(_) => FixKind::Policy,
            Self::EnableAccount { .. } | Self::SetEntraRole { .. } => FixKind::Directory,
            Self::AddMember { group, .. } | Self::RemoveMember { group, .. } => match group.kind {
                GroupKind::Directory => FixKind::Directory,
                GroupKind::RoleGroup | GroupKind::Distribution => FixKind::Exchange,
            },
            _ => FixKind::Exchange,
        }
    }
}

impl Fix {
    /// A fix of one step.
    #[must_use]
    pub fn of(step: Remedy, note: impl Into<String>) -> Self {
        Self::steps(vec![step], note)
    }

    /// A fix of several steps in their order, of which there is at least one; its kind is that of the first.
    #[must_use]
    pub fn steps(steps: Vec<Remedy>, note: impl Into<String>) -> Self {
        let kind = steps.first().map_or(FixKind::Exchange, Remedy::kind);
        Self { kind, steps, ..Self::words(kind, note) }
    }

    /// A fix that no command makes.
    #[must_use]
    pub fn words(kind: FixKind, note: impl Into<String>) -> Self {
        Self { kind, steps: Vec::new(), note: note.into(), beyond: None, makes: Vec::new() }
    }

    /// Words about the policy, or about what else a person types or names.
    #[must_use]
    pub fn policy(note: impl Into<String>) -> Self {
        Self::words(FixKind::Policy, note)
    }

    /// A command that shows what is not exported.
    #[must_use]
    pub fn export(command: impl Into<String>, note: impl Into<String>) -> Self {
        Self::of(Remedy::Export(command.into()), note)
    }

    /// The same, and what else it gives.
    #[must_use]
    pub fn giving(self, beyond: Option<Beyond>) -> Self {
        Self { beyond, ..self }
    }
}
