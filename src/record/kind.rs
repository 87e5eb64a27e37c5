//! `Kind`: what an exported object is, by its type name, its command, or its properties.

use super::{Command, Field, Properties, Property, is_cmdlet_name};

/// What an exported object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A management role.
    Role,
    /// A role entry.
    RoleEntry,
    /// A role assignment.
    RoleAssignment,
    /// A role group.
    RoleGroup,
    /// A member of a group, with the group.
    RoleGroupMember,
    /// A management scope.
    ManagementScope,
    /// A role assignment policy.
    RoleAssignmentPolicy,
    /// A security or distribution group.
    Group,
    /// A mailbox, a user, or any other recipient.
    Recipient,
    /// A server.
    ExchangeServer,
    /// A mailbox database.
    MailboxDatabase,
    /// A mailbox plan, which says what new mailboxes of Exchange Online get.
    MailboxPlan,
    /// Something else.
    Unknown,
}

/// The last part of a type name, and what it is.
///
/// Source: "Exchange Management Shell cmdlet input and output types", office-developer-exchange-docs.
const TYPES: &[(&str, Kind)] = &[
    ("ExchangeRole", Kind::Role),
    ("ManagementRole", Kind::Role),
    ("ExchangeRoleEntryPresentation", Kind::RoleEntry),
    ("ExchangeRoleEntry", Kind::RoleEntry),
    ("ExchangeRoleAssignmentPresentation", Kind::RoleAssignment),
    ("ExchangeRoleAssignment", Kind::RoleAssignment),
    ("RoleGroup", Kind::RoleGroup),
    ("ManagementScope", Kind::ManagementScope),
    ("RoleAssignmentPolicy", Kind::RoleAssignmentPolicy),
    ("Group", Kind::Group),
    ("WindowsGroup", Kind::Group),
    ("DistributionGroup", Kind::Group),
    ("ReducedRecipient", Kind::Recipient),
    ("Mailbox", Kind::Recipient),
    ("RemoteMailbox", Kind::Recipient),
    ("CASMailbox", Kind::Recipient),
    ("MailUser", Kind::Recipient),
    ("User", Kind::Recipient),
    ("ExchangeServer", Kind::ExchangeServer),
    ("MailboxDatabase", Kind::MailboxDatabase),
    ("MailboxPlan", Kind::MailboxPlan),
];

/// What each cmdlet prints.
const CMDLETS: &[(&str, Kind)] = &[
    ("ManagementRole", Kind::Role),
    ("ManagementRoleEntry", Kind::RoleEntry),
    ("ManagementRoleAssignment", Kind::RoleAssignment),
    ("RoleGroup", Kind::RoleGroup),
    ("RoleGroupMember", Kind::RoleGroupMember),
    ("ManagementScope", Kind::ManagementScope),
    ("RoleAssignmentPolicy", Kind::RoleAssignmentPolicy),
    ("Group", Kind::Group),
    ("DistributionGroup", Kind::Group),
    ("DistributionGroupMember", Kind::RoleGroupMember),
    ("Mailbox", Kind::Recipient),
    ("RemoteMailbox", Kind::Recipient),
    ("CASMailbox", Kind::Recipient),
    ("MailUser", Kind::Recipient),
    ("User", Kind::Recipient),
    ("Recipient", Kind::Recipient),
    ("ServicePrincipal", Kind::Recipient),
    ("ExchangeServer", Kind::ExchangeServer),
    ("MailboxDatabase", Kind::MailboxDatabase),
    ("MailboxPlan", Kind::MailboxPlan),
];

impl Kind {
    /// All kinds of objects that rolecall knows.
    pub const ALL: &[Self] = &[
        Self::Role,
        Self::RoleEntry,
        Self::RoleAssignment,
        Self::RoleGroup,
        Self::RoleGroupMember,
        Self::ManagementScope,
        Self::RoleAssignmentPolicy,
        Self::Group,
        Self::Recipient,
        Self::ExchangeServer,
        Self::MailboxDatabase,
        Self::MailboxPlan,
    ];

    /// The word that reports show.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Role => "Role",
            Self::RoleEntry => "RoleEntry",
            Self::RoleAssignment => "RoleAssignment",
            Self::RoleGroup => "RoleGroup",
            Self::RoleGroupMember => "RoleGroupMember",
            Self::ManagementScope => "ManagementScope",
            Self::RoleAssignmentPolicy => "RoleAssignmentPolicy",
            Self::Group => "Group",
            Self::Recipient => "Recipient",
            Self::ExchangeServer => "ExchangeServer",
            Self::MailboxDatabase => "MailboxDatabase",
            Self::MailboxPlan => "MailboxPlan",
            Self::Unknown => "Unknown",
        }
    }

    /// The kind of an object: by its type name, else by the command line above it, else by its properties.
    #[must_use]
    pub fn of(type_name: Option<&str>, command: Option<&str>, properties: Properties) -> Self {
        let kind = type_name
            .and_then(Self::of_type)
            .or_else(|| command.and_then(|line| Self::of_cmdlet(&Command::parse(line).cmdlet)))
            .unwrap_or_else(|| Self::of_properties(properties));
        match kind {
            Self::Recipient if properties.has(Property::MemberOf) => Self::RoleGroupMember,
            // What a script writes of each member of a group that the command prints.
            Self::RoleGroup if is_member_row(properties) => Self::RoleGroupMember,
            // A member row whose group nothing names is a recipient and no more.
            Self::RoleGroupMember if !names_its_group(properties) && !names_group(command) => Self::Recipient,
            kind => kind,
        }
    }

    /// The kind of a .NET type name; `None` where the type says nothing, as that of a custom object does.
    ///
    /// `Selected.` and `Deserialized.` in front are masked. A type of Exchange that is not in our table is `Unknown`.
    #[must_use]
    pub fn of_type(name: &str) -> Option<Self> {
        let mut name = name.trim();
        while let Some(rest) = ["Selected.", "Deserialized."].iter().find_map(|prefix| name.strip_prefix(prefix)) {
            name = rest;
        }
        if !name.starts_with("Microsoft.Exchange.") {
            return None;
        }
        let last = name.rsplit('.').next().unwrap_or(name);
        Some(TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(last)).map_or(Self::Unknown, |(_, kind)| *kind))
    }

    /// The kind that a cmdlet prints; `None` for a cmdlet that is not ours.
    ///
    /// New-, Set-, Add- and Get- cmdlets print the same object.
    #[must_use]
    pub fn of_cmdlet(cmdlet: &str) -> Option<Self> {
        let (verb, noun) = cmdlet.split_once('-')?;
        if !["Get", "New", "Set", "Add"].iter().any(|known| known.eq_ignore_ascii_case(verb)) {
            return None;
        }
        // The module of Exchange Online has its own `Get-EXOMailbox`, `Get-EXORecipient`, ….
        let noun = noun.get(..3).filter(|prefix| prefix.eq_ignore_ascii_case("EXO")).map_or(noun, |_| &noun[3..]);
        CMDLETS.iter().find(|(known, _)| known.eq_ignore_ascii_case(noun)).map(|(_, kind)| *kind)
    }

    /// The kind that the properties tell.
    #[must_use]
    pub fn of_properties(set: Properties) -> Self {
        use Property as P;
        let any = |wanted: &[Property]| wanted.iter().any(|property| set.has(*property));
        let all = |wanted: &[Property]| wanted.iter().all(|property| set.has(*property));
        if any(&[
            P::RoleAssigneeName,
            P::RoleAssignee,
            P::RoleAssigneeType,
            P::RoleAssignmentDelegationType,
            P::AssignmentMethod,
        ]) || all(&[P::Role, P::Assignee])
        {
            Self::RoleAssignment
        } else if all(&[P::Name, P::Parameters]) || set.has(P::PsSnapinName) {
            Self::RoleEntry
        } else if is_member_row(set) {
            Self::RoleGroupMember
        } else if any(&[P::ScopeRestrictionType, P::Exclusive]) || all(&[P::RecipientFilter, P::Name]) {
            Self::ManagementScope
        } else if any(&[P::RoleType, P::IsEndUserRole, P::RoleEntries]) {
            Self::Role
        } else if set.has(P::IsDefault) && any(&[P::AssignedRoles, P::RoleAssignments]) {
            Self::RoleAssignmentPolicy
        } else if all(&[P::IsDefault, P::RoleAssignmentPolicy]) {
            Self::MailboxPlan
        } else if set.has(P::ServerRole) {
            Self::ExchangeServer
        } else if set.has(P::MasterServer) {
            Self::MailboxDatabase
        } else if set.has(P::ObjectType)
            && !any(&[P::Member, P::Members, P::NumberedMember, P::MemberOf])
            && any(&[P::Name, P::DisplayName, P::Identity, P::UserPrincipalName])
        {
            Self::Recipient
        } else if set.has(P::RoleGroupType)
            // Roles of nobody are no group's.
            || set.has(P::Roles) && any(&[P::Name, P::Identity, P::DisplayName, P::Guid, P::Members, P::ManagedBy])
            || set.has(P::NumberedMember) && set.has(P::Name)
            || set.has(P::MemberOf) && any(&[P::LinkedGroup, P::ManagedBy, P::Members, P::NumberedMember])
            || all(&[P::ManagedBy, P::Name]) && !any(&[P::RecipientType, P::RecipientTypeDetails])
            || any(&[P::Members, P::Name]) && any(&[P::AssignedRoles, P::RoleAssignments])
        {
            Self::RoleGroup
        } else if set.has(P::Members) && any(&[P::RecipientType, P::RecipientTypeDetails])
            || any(&[P::Members, P::Name]) && set.has(P::GroupType)
        {
            Self::Group
        } else if set.has(P::Member) {
            // Whose member that is nothing says: the name in the row may be the group's.
            Self::Unknown
        } else if any(&[
            P::RecipientType,
            P::RecipientTypeDetails,
            P::RoleAssignmentPolicy,
            P::UserPrincipalName,
            P::WindowsLiveId,
        ]) || all(&[P::AppId, P::ObjectId])
            || all(&[P::Name, P::DistinguishedName]) && any(OF_RECIPIENTS)
        {
            Self::Recipient
        } else {
            Self::Unknown
        }
    }
}

impl Kind {
    /// The kind of an object whose properties alone do not tell it: with `Name` and `Role` it is a role entry where the
    /// name is a cmdlet's.
    #[must_use]
    pub fn settled(self, fields: &[Field<'_>]) -> Self {
        let text = |property| fields.iter().find(|field| field.property == property)?.value.whole();
        let is_entry = || text(Property::Name).is_some_and(is_cmdlet_name) && text(Property::Role).is_some();
        if self == Self::Unknown && is_entry() { Self::RoleEntry } else { self }
    }

    /// The cmdlet that prints objects with these columns, where it says nothing of who may do what by any rule of ours.
    ///
    /// Source: the pages of these cmdlets (office-docs-powershell).
    pub fn foreign_cmdlet<'n>(names: impl Iterator<Item = &'n str> + Clone) -> Option<&'static str> {
        let has = |wanted: &str| names.clone().any(|name| name.trim().eq_ignore_ascii_case(wanted));
        FOREIGN.iter().find(|(_, columns)| columns.iter().all(|column| has(column))).map(|(cmdlet, _)| *cmdlet)
    }

    /// What is said of objects of a kind that is not known: their columns, and which one more would make them known.
    #[must_use]
    pub fn unknown_words<'n>(names: impl Iterator<Item = &'n str>) -> String {
        /// More than a report has.
        const NAMES_MAX: usize = 8;
        let names: Vec<&str> = names.collect();
        if let Some(cmdlet) = Self::foreign_cmdlet(names.iter().copied()) {
            return cmdlet.to_owned();
        }
        let properties: Properties = names.iter().map(|name| Property::named(name)).collect();
        let shown: Vec<String> = names.iter().take(NAMES_MAX).map(|name| format!("`{name}`")).collect();
        let more =
            if names.len() > NAMES_MAX { format!(" and {} more", names.len() - NAMES_MAX) } else { String::new() };
        let near = NEAR.iter().find(|(column, kind, _)| {
            let mut with = properties;
            with.insert(*column);
            Self::of_properties(with) == *kind
        });
        let near = near.map_or_else(String::new, |(column, _, what)| {
            format!("; one column short of {what}: a column `{}`", column.name())
        });
        format!("{}{more}{near}", shown.join(", "))
    }
}

/// Cmdlets whose output people keep beside exports, each with columns that only it has.
const FOREIGN: &[(&str, &[&str])] = &[
    ("Search-AdminAuditLog", &["CmdletName", "ObjectModified"]),
    ("Search-AdminAuditLog", &["CmdletName", "Caller"]),
    ("Test-ServicePrincipalAuthorization", &["GrantedPermissions", "AllowedResourceScope"]),
    ("Test-ServicePrincipalAuthorization", &["GrantedPermissions", "InScope"]),
];

/// The columns of which one makes an object known, and what it then is.
const NEAR: &[(Property, Kind, &str)] = &[
    (Property::MemberOf, Kind::RoleGroupMember, "role group members"),
    (Property::Member, Kind::RoleGroupMember, "role group members"),
    (Property::Parameters, Kind::RoleEntry, "role entries"),
    (Property::RoleAssigneeName, Kind::RoleAssignment, "role assignments"),
    (Property::RoleGroupType, Kind::RoleGroup, "role groups"),
    (Property::RecipientTypeDetails, Kind::Recipient, "recipients"),
];

/// What filters of scopes ask of recipients, and rows of other objects do not show.
const OF_RECIPIENTS: &[Property] = &[
    Property::City,
    Property::Company,
    Property::CountryOrRegion,
    Property::Department,
    Property::Office,
    Property::PostalCode,
    Property::StateOrProvince,
    Property::Title,
    Property::CustomAttribute1,
    Property::CustomAttribute2,
    Property::CustomAttribute3,
    Property::CustomAttribute4,
    Property::CustomAttribute5,
    Property::CustomAttribute6,
    Property::CustomAttribute7,
    Property::CustomAttribute8,
    Property::CustomAttribute9,
    Property::CustomAttribute10,
    Property::CustomAttribute11,
    Property::CustomAttribute12,
    Property::CustomAttribute13,
    Property::CustomAttribute14,
    Property::CustomAttribute15,
];

/// What a row shows of people and of few other objects.
const OF_PEOPLE: &[Property] = &[
    Property::RecipientType,
    Property::RecipientTypeDetails,
    Property::UserPrincipalName,
    Property::WindowsLiveId,
    Property::PrimarySmtpAddress,
    Property::WindowsEmailAddress,
];

/// What a row shows of role groups alone.
const OF_GROUPS: &[Property] = &[
    Property::RoleGroupType,
    Property::LinkedGroup,
    Property::RoleAssignments,
    Property::AssignedRoles,
    Property::ManagedBy,
];

/// Whether rows with these properties name a group and one of its members, whatever else they hold.
fn is_member_row(set: Properties) -> bool {
    use Property as P;
    let any = |wanted: &[Property]| wanted.iter().any(|property| set.has(*property));
    let lists = set.has(P::Members) && (any(OF_PEOPLE) || !any(OF_GROUPS));
    let named = any(&[P::Name, P::DisplayName]) && !any(&[P::Members, P::NumberedMember]);
    if set.has(P::MemberOf) {
        set.has(P::Member) || lists || named && !any(OF_GROUPS) && (set.has(P::Name) || !set.has(P::Roles)) || {
            any(OF_PEOPLE) && !any(OF_GROUPS)
        }
    } else {
        is_group_called_role(set)
    }
}

/// Whether `Role` is the role group of the person in the same row, as in reports of administrators.
fn is_group_called_role(set: Properties) -> bool {
    use Property as P;
    let any = |wanted: &[Property]| wanted.iter().any(|property| set.has(*property));
    set.has(P::Role) && !any(&[P::MemberOf, P::Type, P::RoleType, P::Roles]) && {
        any(OF_PEOPLE) || any(&[P::Member, P::Members])
    }
}

/// Whether a column says which group a member row is about.
fn names_its_group(set: Properties) -> bool {
    set.has(Property::MemberOf) || is_group_called_role(set)
}

/// Whether the command line names the group whose members it prints.
fn names_group(command: Option<&str>) -> bool {
    command.is_some_and(|line| Command::parse(line).group().is_some())
}
