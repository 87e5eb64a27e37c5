//! `Property`: the properties that mean something to rolecall, and the names under which exports print them.

/// A set of properties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Properties(u128);

impl Properties {
    /// Adds one.
    pub fn insert(&mut self, property: Property) {
        self.0 |= 1 << property as u8;
    }

    /// Whether one is there.
    #[must_use]
    pub const fn has(self, property: Property) -> bool {
        self.0 & (1 << property as u8) != 0
    }
}

impl FromIterator<Property> for Properties {
    fn from_iter<I: IntoIterator<Item = Property>>(properties: I) -> Self {
        let mut set = Self::default();
        properties.into_iter().for_each(|property| set.insert(property));
        set
    }
}

macro_rules! properties {
    ($($(#[$doc:meta])* $variant:ident: $($name:literal),+;)+) => {
        /// A property that rolecall knows, or `Other`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Property {
            $($(#[$doc])* $variant,)+
            /// Anything else: kept in the record, not understood.
            Other,
        }

        impl Property {
            /// Every property with the names it goes by, Exchange's own first.
            pub const NAMES: &[(Property, &[&str])] = &[$((Property::$variant, &[$($name),+]),)+];
        }
    };
}

properties! {
    /// The name. Of a role entry: the cmdlet. `Cmdlet`, `RoleCMDLet`: columns of published scripts (ScottSchnoll/MSExchangeSE; nlepagnez/ESI-PublicContent).
    Name: "Name", "Cmdlet", "RoleCMDLet", "RoleEntryName";
    /// The identity. `Identifier`: reports of accounts.
    Identity: "Identity", "Identifier";
    /// The same, under its older name.
    Id: "Id";
    /// The object's GUID.
    Guid: "Guid", "ExchangeObjectId";
    /// The display name.
    DisplayName: "DisplayName", "Display Name";
    /// The mail alias.
    Alias: "Alias";
    /// The sAMAccountName.
    SamAccountName: "SamAccountName";
    /// The user principal name.
    UserPrincipalName: "UserPrincipalName", "User Principal Name";
    /// The sign-in name as Exchange Online prints it.
    WindowsLiveId: "WindowsLiveID";
    /// The mail address of a user.
    WindowsEmailAddress: "WindowsEmailAddress";
    /// The primary SMTP address.
    PrimarySmtpAddress: "PrimarySmtpAddress", "Primary SMTP Address";
    /// The distinguished name.
    DistinguishedName: "DistinguishedName";
    /// The object's id in the cloud directory.
    ExternalDirectoryObjectId: "ExternalDirectoryObjectId";
    /// An application's id in the cloud directory.
    AppId: "AppId";
    /// The id of an application's service principal there.
    ObjectId: "ObjectId";
    /// The security identifier.
    Sid: "Sid";
    /// The role of an entry or an assignment. `RoleName`: a column of a published script (ScottSchnoll/MSExchangeSE).
    Role: "Role", "RoleName";
    /// The type of a role entry.
    Type: "Type";
    /// The parameters of a role entry. `ParametersString`: the ESI collector.
    Parameters: "Parameters", "ParametersString";
    /// The snap-in of a role entry.
    PsSnapinName: "PSSnapinName";
    /// The assignee's identity.
    RoleAssignee: "RoleAssignee";
    /// The assignee's name.
    RoleAssigneeName: "RoleAssigneeName";
    /// What the assignee is.
    RoleAssigneeType: "RoleAssigneeType";
    /// Whom an assignment names, in a report of one's own: counts in a row with a role.
    Assignee: "Assignee", "AssigneeName", "AssignedTo";
    /// What the object of a row is, in a report of one's own: `User`, `Group`, `RoleGroup`, ….
    ObjectType: "ObjectType", "AssigneeType", "MemberType", "PrincipalType";
    /// Regular or delegating.
    RoleAssignmentDelegationType: "RoleAssignmentDelegationType";
    /// How the assignment reaches the effective user.
    AssignmentMethod: "AssignmentMethod";
    /// The effective user, or a sentinel such as `All Group Members`.
    EffectiveUserName: "EffectiveUserName";
    /// The chain of groups of an effective row.
    AssignmentChain: "AssignmentChain";
    /// The assignee object, or the effective user.
    User: "User";
    /// The application of an assignment.
    App: "App";
    /// Whether an assignment is enabled.
    Enabled: "Enabled";
    /// The custom recipient write scope of an assignment. `CustomeRecipientWriteScope`: a slip that has been copied from a blog since 2013.
    CustomRecipientWriteScope: "CustomRecipientWriteScope", "CustomeRecipientWriteScope";
    /// The custom configuration write scope of an assignment.
    CustomConfigWriteScope: "CustomConfigWriteScope";
    /// The resource scope of an application's assignment.
    CustomResourceScope: "CustomResourceScope";
    /// The recipient read scope.
    RecipientReadScope: "RecipientReadScope";
    /// The recipient write scope.
    RecipientWriteScope: "RecipientWriteScope";
    /// The configuration read scope.
    ConfigReadScope: "ConfigReadScope";
    /// The configuration write scope.
    ConfigWriteScope: "ConfigWriteScope";
    /// The type of a role.
    RoleType: "RoleType";
    /// The parent of a role.
    Parent: "Parent";
    /// Whether a role has no parent.
    IsRootRole: "IsRootRole";
    /// Whether a role is for end users.
    IsEndUserRole: "IsEndUserRole";
    /// A role's own recipient read scope.
    ImplicitRecipientReadScope: "ImplicitRecipientReadScope";
    /// A role's own recipient write scope.
    ImplicitRecipientWriteScope: "ImplicitRecipientWriteScope";
    /// A role's own configuration read scope.
    ImplicitConfigReadScope: "ImplicitConfigReadScope";
    /// A role's own configuration write scope.
    ImplicitConfigWriteScope: "ImplicitConfigWriteScope";
    /// The entries of a role, as strings.
    RoleEntries: "RoleEntries";
    /// The type of a role group.
    RoleGroupType: "RoleGroupType";
    /// The roles of a role group.
    Roles: "Roles";
    /// The same, as the default table labels it; also a policy's roles.
    AssignedRoles: "AssignedRoles";
    /// The assignments of a role group or a policy.
    RoleAssignments: "RoleAssignments";
    /// Who manages a group.
    ManagedBy: "ManagedBy";
    /// The members of a group.
    Members: "Members";
    /// The foreign group behind a linked role group.
    LinkedGroup: "LinkedGroup";
    /// The group of a member row: no cmdlet prints it, every exporter adds it. `RoleGroup`: the ESI collector; `TopLevelGroup`: AlMargoi/ExchangeRbacOverviewExport; the others as scripts name it. `Role` is a group, too, next to columns about people.
    MemberOf: "RoleGroup", "Group", "GroupName", "RoleGroupName", "TopLevelGroup", "ParentGroup", "ExchangeAdminGroup", "AdminGroup", "Role Group", "Group Name", "Role Group Name", "RoleGroupIdentity";
    /// The member that a row of a report names, by any of its identities. `Members` and `Name` count as well.
    Member: "Member", "MemberName", "MemberID", "MemberIdentity", "MemberUPN", "Member Name";
    /// One of several columns into which a script wrote a list of members: `Members0`, `Members1`, …. The columns are those of the first object, so that another one's list may be cut.
    NumberedMember: "Members0", "Member0";
    /// How many members a group has.
    MemberCount: "MemberCount", "MembersCount", "Member Count", "NumberOfMembers";
    /// Whether a member is in the group itself, and not only in a group within it.
    DirectMember: "DirectMember", "IsDirectMember";
    /// The group within the group through which a member comes.
    MemberVia: "MemberViaGroup", "ViaGroup", "NestedGroup";
    /// What kind of recipient.
    RecipientType: "RecipientType", "Recipient Type";
    /// What kind of recipient, in detail.
    RecipientTypeDetails: "RecipientTypeDetails";
    /// What kind of group.
    GroupType: "GroupType";
    /// The role assignment policy of a mailbox.
    RoleAssignmentPolicy: "RoleAssignmentPolicy";
    /// Whether a policy is the default one.
    IsDefault: "IsDefault";
    /// What a scope restricts.
    ScopeRestrictionType: "ScopeRestrictionType";
    /// Whether a scope is exclusive.
    Exclusive: "Exclusive";
    /// The recipient filter of a scope.
    RecipientFilter: "RecipientFilter";
    /// The organizational unit of a scope.
    RecipientRoot: "RecipientRoot";
    /// The server filter of a scope.
    ServerFilter: "ServerFilter";
    /// The database filter of a scope.
    DatabaseFilter: "DatabaseFilter";
    /// What a server does.
    ServerRole: "ServerRole";
    /// Which server or group of servers a database belongs to.
    MasterServer: "MasterServerOrAvailabilityGroup";
    /// Whether a user may open a remote session.
    RemotePowerShellEnabled: "RemotePowerShellEnabled";
    /// Whether a user may open a session of Exchange Online's module.
    ExoModuleEnabled: "EXOModuleEnabled";
    /// Whether the account of a mailbox is disabled.
    AccountDisabled: "AccountDisabled";
    /// The flags of an account, `AccountDisabled` among them.
    UserAccountControl: "UserAccountControl";
    /// Whether an account of Exchange Online comes from a directory of servers.
    IsDirSynced: "IsDirSynced";
    /// Classes of the directory object.
    ObjectClass: "ObjectClass";
    /// Capabilities.
    Capabilities: "Capabilities";
    /// The organization.
    OrganizationId: "OrganizationId";
    /// Whose object it is, where exports of several organizations are in one file: no cmdlet prints it, scripts that walk tenants add it. `Customer`: Drizztyser/get_customer_admin_roles_partner_center; the others as scripts name it.
    Tenant: "Tenant", "TenantName", "TenantId", "Customer", "CustomerName", "CustomerId";
    /// When the object was changed.
    WhenChanged: "WhenChanged";
    /// The same, in UTC.
    WhenChangedUtc: "WhenChangedUTC";
    /// When the object was created.
    WhenCreated: "WhenCreated";
    /// The city of a recipient.
    City: "City";
    /// The company.
    Company: "Company";
    /// The country.
    CountryOrRegion: "CountryOrRegion";
    /// The department.
    Department: "Department";
    /// The given name.
    FirstName: "FirstName";
    /// The family name.
    LastName: "LastName";
    /// The office.
    Office: "Office";
    /// The postal code.
    PostalCode: "PostalCode";
    /// The state.
    StateOrProvince: "StateOrProvince";
    /// The job title.
    Title: "Title";
    /// One of fifteen attributes that mean what an organization makes them mean.
    CustomAttribute1: "CustomAttribute1";
    /// One of fifteen attributes that mean what an organization makes them mean.
    CustomAttribute2: "CustomAttribute2";
    /// One of fifteen attributes that mean what an organization makes them mean.
    CustomAttribute3: "CustomAttribute3";
    /// One of fifteen attributes that mean what an organization makes them mean.
    CustomAttribute4: "CustomAttribute4";
    /// One of fifteen attributes that mean what an organization makes them mean.
    CustomAttribute5: "CustomAttribute5";
    /// One of fifteen attributes that mean what an organization makes them mean.
    CustomAttribute6: "CustomAttribute6";
    /// One of fifteen attributes that mean what an organization makes them mean.
    CustomAttribute7: "CustomAttribute7";
    /// One of fifteen attributes that mean what an organization makes them mean.
    CustomAttribute8: "CustomAttribute8";
    /// One of fifteen attributes that mean what an organization makes them mean.
    CustomAttribute9: "CustomAttribute9";
    /// One of fifteen attributes that mean what an organization makes them mean.
    CustomAttribute10: "CustomAttribute10";
    /// One of fifteen attributes that mean what an organization makes them mean.
    CustomAttribute11: "CustomAttribute11";
    /// One of fifteen attributes that mean what an organization makes them mean.
    CustomAttribute12: "CustomAttribute12";
    /// One of fifteen attributes that mean what an organization makes them mean.
    CustomAttribute13: "CustomAttribute13";
    /// One of fifteen attributes that mean what an organization makes them mean.
    CustomAttribute14: "CustomAttribute14";
    /// One of fifteen attributes that mean what an organization makes them mean.
    CustomAttribute15: "CustomAttribute15";
}

impl Property {
    /// The property of a printed name, without case.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let name = name.trim();
        let found = Self::NAMES.iter().find(|(_, names)| names.iter().any(|known| known.eq_ignore_ascii_case(name)));
        match found {
            Some((property, _)) => *property,
            None if is_numbered_member(name) => Self::NumberedMember,
            None => Self::Other,
        }
    }

    /// Exchange's own name of it.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(property, _)| *property == self).map_or("", |(_, names)| names[0])
    }

    /// Whether the property holds a list. In every other property braces and commas are text.
    #[must_use]
    pub const fn is_list(self) -> bool {
        matches!(
            self,
            Self::Parameters
                | Self::Members
                | Self::Roles
                | Self::AssignedRoles
                | Self::RoleAssignments
                | Self::ManagedBy
                | Self::RoleEntries
                | Self::ObjectClass
                | Self::Capabilities
                | Self::AssignmentChain
        )
    }
}

/// Whether a name is `Members` or `Member` and a number.
fn is_numbered_member(name: &str) -> bool {
    let word = name.trim_end_matches(|char: char| char.is_ascii_digit());
    word.len() < name.len() && ["Members", "Member"].iter().any(|known| known.eq_ignore_ascii_case(word))
}
