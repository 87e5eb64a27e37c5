//! What single records state, before records of several files are brought together.
//!
//! A file is read into `Facts` of its own, so that files can be read side by side; `Facts::absorb` joins them in path
//! order, and the numbers of symbols do not depend on threads.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::RuleId;
use crate::name::{Names, Symbol};
use crate::read::Manifest;
use crate::record::{Complete, Kind};
use crate::source::{FileId, Span};

use super::attributes::Attributes;
use super::origin::Shown;
use super::parameters::{ParameterListId, ParameterLists};

/// A name as an export shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text {
    /// The visible text.
    pub symbol: Symbol,
    /// How much of the name it is.
    pub form: Form,
}

/// How much of a name an export shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// All of it.
    Whole,
    /// The name begins so.
    Cut,
    /// A `?` stands for any one character.
    Lossy,
}

/// A role entry of one role. Sixteen bytes, for an organization may have millions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryFact {
    /// The role; `NO_ROLE` where the export does not say.
    pub role: Symbol,
    /// The cmdlet, script or application permission.
    pub cmdlet: Symbol,
    /// Its parameters.
    pub parameters: ParameterListId,
    /// Where the cmdlet's name stands; the file is that of the run of entries it belongs to.
    pub start: u32,
}

/// Stands for the role of an entry whose export does not name it.
pub const NO_ROLE: Symbol = Symbol(u32::MAX);

/// A role entry whose role or cmdlet is cut or lossy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UncertainEntry {
    /// The role.
    pub role: Option<Text>,
    /// The cmdlet.
    pub cmdlet: Text,
    /// Its parameters.
    pub parameters: ParameterListId,
    /// Where it stands.
    pub at: Span,
}

/// By what an object can be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdentityKind {
    /// The object's GUID.
    Guid,
    /// The cloud directory's id.
    CloudId,
    /// The security identifier.
    Sid,
    /// `contoso.com/Users/Anna`; also a distinguished name, turned round.
    Canonical,
    /// A user principal name or a mail address.
    Address,
    /// The name within its container.
    Name,
    /// The sAMAccountName or the alias.
    Account,
    /// The display name, which need not be unique.
    DisplayName,
}

/// The identities of one object.
pub type Identities = Vec<(IdentityKind, Text)>;

/// A list of names as a cell shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum NameList {
    /// The export has no such property.
    #[default]
    Absent,
    /// All items.
    Whole(Vec<Text>),
    /// All items, where the whole text is not one name that holds a separator: `Berg, Eva`.
    Either(Vec<Text>, Text),
    /// The first items; there are more.
    Cut(Vec<Text>, Option<Text>),
    /// The items run into each other; perhaps the whole text is one name.
    Unsplit(Text),
    /// A type name stands where the items were.
    Gone,
}

/// A role.
#[derive(Clone, Debug)]
pub struct RoleFact {
    /// Its name.
    pub name: Text,
    /// Its other identities.
    pub identities: Identities,
    /// Its parent; `Some(None)` where printed empty.
    pub parent: Option<Option<Text>>,
    /// Whether it is for end users.
    pub end_user: Option<bool>,
    /// Whether it is an unscoped role, which holds scripts and acts organization-wide.
    pub unscoped: bool,
    /// Its implicit scopes: recipient read and write, configuration read and write.
    pub scopes: [Option<Symbol>; 4],
    /// Whether its own list of entries is there, and whole.
    pub entries: Listed,
    /// The record.
    pub at: Span,
}

/// Whether a role's own list of entries is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Listed {
    /// No.
    Absent,
    /// In part.
    Cut,
    /// All of it.
    Whole,
}

/// A cell that may be missing or say something we do not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stated<T> {
    /// The export has no such cell.
    #[default]
    Absent,
    /// The cell is empty, cut, or says something we do not know.
    Unclear,
    /// It says this.
    Is(T),
}

/// A role assignment.
#[derive(Clone, Debug)]
pub struct AssignmentFact {
    /// Its name.
    pub name: Option<Text>,
    /// The role.
    pub role: Option<Text>,
    /// The assignee: `RoleAssignee`, `RoleAssigneeName`, `User` or `App`, the strongest first.
    pub assignee: Vec<Text>,
    /// What the assignee is said to be.
    pub assignee_type: Option<AssigneeType>,
    /// True for a delegating assignment.
    pub delegating: Stated<bool>,
    /// Whether it is enabled.
    pub enabled: Stated<bool>,
    /// The four scopes: recipient read and write, configuration read and write.
    pub scopes: [Option<Symbol>; 4],
    /// The custom recipient and configuration write scopes.
    pub custom: [Option<Text>; 2],
    /// What an application may act on: a scope or an administrative unit.
    pub resource: Option<Text>,
    /// The user of an effective row; `None` on the assignment's own row.
    pub effective: Option<Text>,
    /// The record.
    pub at: Span,
    /// The cell that names the role, or the record.
    pub role_at: Span,
    /// The cell that names the assignee, or the record.
    pub assignee_at: Span,
    /// The cell that says whether it is enabled, or the record.
    pub enabled_at: Span,
    /// The cell that says whether it delegates, or the record.
    pub delegating_at: Span,
}

/// What an assignee is said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AssigneeType {
    /// A user.
    User,
    /// A role group.
    RoleGroup,
    /// A linked or partner-linked role group: its members are accounts of another forest or organization.
    LinkedRoleGroup,
    /// A security group.
    SecurityGroup,
    /// A role assignment policy.
    Policy,
    /// A mailbox plan.
    MailboxPlan,
    /// A computer.
    Computer,
    /// An application.
    ServicePrincipal,
    /// A principal of another forest.
    Foreign,
    /// A word that we do not know.
    Other,
}

impl AssigneeType {
    /// Whether it is a role group, whoever its members are.
    #[must_use]
    pub const fn is_role_group(self) -> bool {
        matches!(self, Self::RoleGroup | Self::LinkedRoleGroup)
    }
}

/// A role group or a group.
#[derive(Clone, Debug)]
pub struct GroupFact {
    /// Its identities.
    pub identities: Identities,
    /// Whether the record is one of Get-RoleGroup.
    pub role_group: bool,
    /// Whether it is linked to another forest or organization.
    pub linked: bool,
    /// Whether it can hold permissions; `None` where the export does not say.
    pub security: Option<bool>,
    /// Whether it has an address; `None` where the export does not say.
    pub mail_enabled: Option<bool>,
    /// Its members.
    pub members: NameList,
    /// Its roles, as the group lists them.
    pub roles: NameList,
    /// Who manages it.
    pub managed_by: NameList,
    /// The record.
    pub at: Span,
    /// The cell that lists the members, or the record.
    pub members_at: Span,
}

/// A member row.
#[derive(Clone, Debug)]
pub struct MemberFact {
    /// The group.
    pub group: Text,
    /// The member's identities.
    pub identities: Identities,
    /// What the row says the member is.
    pub class: Option<Class>,
    /// Whether the row says that it is an application.
    pub application: bool,
    /// Whether it is a linked mailbox; `None` where the row does not say.
    pub linked: Option<bool>,
    /// The record.
    pub at: Span,
}

/// What a recipient is, as far as permissions care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Somebody or something that signs in: a user, a mailbox, a computer, an application.
    Account,
    /// A group that can hold permissions.
    SecurityGroup,
    /// A group that cannot: whether a nesting through it counts is not documented.
    DistributionGroup,
    /// A principal of another forest.
    Foreign,
    /// Something that neither signs in nor has members: a contact, a public folder.
    Other,
}

/// A mailbox, user or other recipient.
#[derive(Clone, Debug)]
pub struct RecipientFact {
    /// Its identities.
    pub identities: Identities,
    /// What it is.
    pub class: Option<Class>,
    /// Whether the row says that there is a mailbox.
    pub mailbox: Option<bool>,
    /// Whether it is a linked mailbox, whose user lives in another forest; `None` where the row does not say.
    pub linked: Option<bool>,
    /// Whether it is an application.
    pub application: bool,
    /// Whether Exchange Online has it from a directory of servers.
    pub synchronised: bool,
    /// Its role assignment policy; `Is(None)` where printed empty.
    pub policy: Stated<Option<Text>>,
    /// Whether its account is disabled, with the cell that says so.
    pub disabled: Option<(bool, Span)>,
    /// Whether it may open a session of the shell, with the cell that says so.
    pub session: Option<(bool, Span)>,
    /// What filters of scopes may ask for.
    pub attributes: Attributes,
    /// The record.
    pub at: Span,
}

/// A role assignment policy.
#[derive(Clone, Debug)]
pub struct PolicyFact {
    /// Its identities.
    pub identities: Identities,
    /// Whether new mailboxes get it.
    pub default: Stated<bool>,
    /// The record.
    pub at: Span,
}

/// A management scope.
#[derive(Clone, Debug)]
pub struct ScopeFact {
    /// Its identities.
    pub identities: Identities,
    /// Whether it is exclusive.
    pub exclusive: Stated<bool>,
    /// What it restricts: recipients, servers or databases.
    pub restriction: Option<Symbol>,
    /// The unit below which it works; `Is(None)` where printed empty.
    pub root: Stated<Option<Text>>,
    /// Its recipient filter.
    pub recipients: Stated<Option<Text>>,
    /// Its server filter.
    pub servers: Stated<Option<Text>>,
    /// Its database filter.
    pub databases: Stated<Option<Text>>,
    /// The record.
    pub at: Span,
}

/// When an object was last changed, as an export shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The object's GUID.
    pub object: Symbol,
    /// When, in UTC: `2026-03-02T07:00:11Z`, perhaps with parts of a second.
    pub moment: String,
    /// The cell that says so.
    pub at: Span,
}

impl Change {
    /// The day.
    #[must_use]
    pub fn day(&self) -> &str {
        self.moment.get(..10).unwrap_or(&self.moment)
    }
}

/// How many rows most cmdlets print where nobody says `-ResultSize`.
pub const DEFAULT_ROWS: u64 = 1000;

/// What was read of one kind of object in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileFact {
    /// The file.
    pub file: FileId,
    /// The kind.
    pub kind: Kind,
    /// How many records.
    pub records: u64,
    /// The first record.
    pub first: Span,
    /// The last record, where the end of the file cuts it.
    pub cut: Option<Span>,
    /// Where the shell said that there are more, or where exactly the default number of rows stands.
    pub capped: Option<Span>,
    /// Where a manifest says that rows are missing, or another number of them than was read.
    pub incomplete: Option<Span>,
    /// Property columns that no record of this kind had here and that matter, as bits of `Missing`.
    pub missing: u8,
}

/// Columns whose absence leaves grants undecided.
pub mod missing {
    /// `Enabled` of an assignment.
    pub const ENABLED: u8 = 1;
    /// `RoleAssignmentDelegationType` of an assignment.
    pub const DELEGATION: u8 = 2;
    /// `Role` of a role entry.
    pub const ROLE: u8 = 4;
    /// `Parameters` of a role entry.
    pub const PARAMETERS: u8 = 8;
    /// `Role` of an assignment.
    pub const ASSIGNMENT_ROLE: u8 = 16;
    /// The assignee of an assignment.
    pub const ASSIGNEE: u8 = 32;
    /// A scope of an assignment: the role's implicit one counts instead.
    pub const SCOPES: u8 = 64;
}

/// A run of entries of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryRun {
    /// The file.
    pub file: FileId,
    /// The number of entries in this and all earlier runs.
    pub end: usize,
}

/// Everything that records state.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// All names.
    pub names: Names,
    /// All parameter lists.
    pub parameters: ParameterLists,
    /// Role entries in file order.
    pub entries: Vec<EntryFact>,
    /// Which entries are of which file.
    pub runs: Vec<EntryRun>,
    /// Role entries that cannot be told to one role or cmdlet.
    pub uncertain: Vec<UncertainEntry>,
    /// Roles.
    pub roles: Vec<RoleFact>,
    /// Assignments.
    pub assignments: Vec<AssignmentFact>,
    /// Groups and role groups.
    pub groups: Vec<GroupFact>,
    /// Member rows.
    pub members: Vec<MemberFact>,
    /// Recipients.
    pub recipients: Vec<RecipientFact>,
    /// Role assignment policies.
    pub policies: Vec<PolicyFact>,
    /// Scopes.
    pub scopes: Vec<ScopeFact>,
    /// What was read in each file.
    pub files: Vec<FileFact>,
    /// The paths of the files, as they are shown.
    pub paths: BTreeMap<FileId, String>,
    /// Roles that rows of Get-ManagementRoleEntry name.
    pub entry_row_roles: BTreeSet<Symbol>,
    /// Parts of files that carry records and could not be read.
    pub lost: Vec<(RuleId, Span)>,
    /// Where the objects live, each origin of each file once.
    pub origins: Vec<Shown>,
    /// When objects were last changed, as far as exports show it.
    pub changes: Vec<Change>,
    /// The days on which transcripts began, each where it says so.
    pub transcripts: Vec<(String, Span)>,
    /// What collections say of themselves.
    pub manifests: Vec<Manifest>,
    /// Groups whose members a collection could not read, each at the place that says so.
    pub unread_members: Vec<(Text, Span)>,
    /// Roles whose entries a collection could not read, each at the place that says so.
    pub unread_entries: BTreeMap<Symbol, Span>,
}

impl Facts {
    /// The form in which a cell shows a name.
    #[must_use]
    pub fn form(text: &str, complete: Complete) -> Form {
        match complete {
            Complete::Cut | Complete::Flattened => Form::Cut,
            Complete::Yes if may_be_lossy(text) && text.contains(['?', '\u{FFFD}']) => Form::Lossy,
            Complete::Yes => Form::Whole,
        }
    }

    /// Interns a name.
    pub fn text(&mut self, text: &str, complete: Complete) -> Text {
        Text { symbol: self.names.intern(text), form: Self::form(text, complete) }
    }

    /// The file of an entry.
    #[must_use]
    pub fn entry_file(&self, index: usize) -> FileId {
        let run = self.runs.partition_point(|run| run.end <= index);
        self.runs.get(run).map_or(FileId(0), |run| run.file)
    }

    /// Leaves open to which role an entry belongs whose export does not say.
    pub fn leave_nameless_open(&mut self) {
        for index in 0..self.entries.len() {
            let entry = self.entries[index];
            if entry.role == NO_ROLE {
                let at = Span { file: self.entry_file(index), start: entry.start, end: entry.start };
                let cmdlet = Text { symbol: entry.cmdlet, form: Form::Whole };
                self.uncertain.push(UncertainEntry { role: None, cmdlet, parameters: entry.parameters, at });
            }
        }
    }

    /// The groups of which one file holds exactly as many member rows as the shell prints by default.
    #[must_use]
    pub fn capped_members(&self) -> Vec<(Symbol, Span)> {
        let mut rows: BTreeMap<(FileId, Symbol), (u64, Span)> = BTreeMap::new();
        for member in self.members.iter().filter(|member| member.group.form == Form::Whole) {
            rows.entry((member.at.file, member.group.symbol)).or_insert((0, member.at)).0 += 1;
        }
        let capped = rows.into_iter().filter(|(_, (count, _))| *count == DEFAULT_ROWS);
        capped.map(|((_, group), (_, first))| (group, first)).collect()
    }

    /// Facts to read the next file into, with all names so far: `absorb` then has nothing to rename.
    #[must_use]
    pub fn lend(&mut self) -> Self {
        let (names, parameters) = (std::mem::take(&mut self.names), std::mem::take(&mut self.parameters));
        Self { names, parameters, ..Self::default() }
    }

    /// Takes over the facts of the next file. Where these have no names, those of the file are all there are: it was
    /// read with the names of the files before it.
    pub fn absorb(&mut self, mut other: Self) {
        if self.names.is_empty() {
            self.names = std::mem::take(&mut other.names);
            self.parameters = std::mem::take(&mut other.parameters);
        } else {
            let renamed = self.names.absorb(&other.names);
            let lists = self.parameters.absorb(&other.parameters, &renamed);
            other = Renaming { symbols: &renamed, lists: &lists }.facts(other);
        }
        let before = self.entries.len();
        append(&mut self.entries, other.entries);
        self.runs.extend(other.runs.into_iter().map(|run| EntryRun { end: run.end + before, ..run }));
        append(&mut self.uncertain, other.uncertain);
        append(&mut self.roles, other.roles);
        append(&mut self.assignments, other.assignments);
        append(&mut self.groups, other.groups);
        append(&mut self.members, other.members);
        append(&mut self.recipients, other.recipients);
        append(&mut self.policies, other.policies);
        append(&mut self.scopes, other.scopes);
        append(&mut self.changes, other.changes);
        append(&mut self.lost, other.lost);
        self.files.extend(other.files);
        self.entry_row_roles.extend(other.entry_row_roles);
        self.manifests.extend(other.manifests);
        self.transcripts.extend(other.transcripts);
        self.origins.extend(other.origins);
        self.paths.extend(other.paths);
    }
}

/// Appends values. The first ones of a kind, which are mostly all of them, stay where they are.
fn append<T>(known: &mut Vec<T>, mut others: Vec<T>) {
    if known.is_empty() {
        *known = others;
    } else {
        known.append(&mut others);
    }
}

/// A quick look, without a branch for each byte, for `?` and the first byte of U+FFFD: every name of every record is
/// asked.
fn may_be_lossy(text: &str) -> bool {
    text.bytes().fold(false, |seen, byte| seen | (byte == b'?') | (byte == 0xEF))
}

/// Turns the symbols of one file's facts into those of all.
struct Renaming<'r> {
    symbols: &'r [Symbol],
    lists: &'r [ParameterListId],
}

impl Renaming<'_> {
    fn facts(&self, facts: Facts) -> Facts {
        let member = |member: MemberFact| MemberFact {
            group: self.text(member.group),
            identities: self.identities(member.identities),
            ..member
        };
        let policy = |policy: PolicyFact| PolicyFact { identities: self.identities(policy.identities), ..policy };
        let change = |change: Change| Change { object: self.symbol(change.object), ..change };
        Facts {
            entries: facts.entries.into_iter().map(|entry| self.entry(entry)).collect(),
            uncertain: facts.uncertain.into_iter().map(|entry| self.uncertain(entry)).collect(),
            roles: facts.roles.into_iter().map(|role| self.role(role)).collect(),
            assignments: facts.assignments.into_iter().map(|assignment| self.assignment(assignment)).collect(),
            groups: facts.groups.into_iter().map(|group| self.group(group)).collect(),
            members: facts.members.into_iter().map(member).collect(),
            recipients: facts.recipients.into_iter().map(|recipient| self.recipient(recipient)).collect(),
            policies: facts.policies.into_iter().map(policy).collect(),
            scopes: facts.scopes.into_iter().map(|scope| self.scope(scope)).collect(),
            entry_row_roles: facts.entry_row_roles.into_iter().map(|role| self.symbol(role)).collect(),
            changes: facts.changes.into_iter().map(change).collect(),
            ..facts
        }
    }

    fn symbol(&self, symbol: Symbol) -> Symbol {
        if symbol == NO_ROLE { symbol } else { self.symbols[symbol.0 as usize] }
    }

    fn text(&self, text: Text) -> Text {
        Text { symbol: self.symbol(text.symbol), form: text.form }
    }

    fn texts(&self, texts: Vec<Text>) -> Vec<Text> {
        texts.into_iter().map(|text| self.text(text)).collect()
    }

    fn list(&self, list: NameList) -> NameList {
        match list {
            NameList::Absent => NameList::Absent,
            NameList::Gone => NameList::Gone,
            NameList::Whole(items) => NameList::Whole(self.texts(items)),
            NameList::Either(items, whole) => NameList::Either(self.texts(items), self.text(whole)),
            NameList::Cut(items, partial) => NameList::Cut(self.texts(items), partial.map(|text| self.text(text))),
            NameList::Unsplit(text) => NameList::Unsplit(self.text(text)),
        }
    }

    fn identities(&self, identities: Identities) -> Identities {
        identities.into_iter().map(|(kind, text)| (kind, self.text(text))).collect()
    }

    fn scopes(&self, scopes: [Option<Symbol>; 4]) -> [Option<Symbol>; 4] {
        scopes.map(|scope| scope.map(|symbol| self.symbol(symbol)))
    }

    fn entry(&self, entry: EntryFact) -> EntryFact {
        EntryFact {
            role: self.symbol(entry.role),
            cmdlet: self.symbol(entry.cmdlet),
            parameters: self.lists[entry.parameters.0 as usize],
            start: entry.start,
        }
    }

    fn uncertain(&self, entry: UncertainEntry) -> UncertainEntry {
        UncertainEntry {
            role: entry.role.map(|role| self.text(role)),
            cmdlet: self.text(entry.cmdlet),
            parameters: self.lists[entry.parameters.0 as usize],
            at: entry.at,
        }
    }

    fn role(&self, role: RoleFact) -> RoleFact {
        RoleFact {
            name: self.text(role.name),
            identities: self.identities(role.identities),
            parent: role.parent.map(|parent| parent.map(|text| self.text(text))),
            scopes: self.scopes(role.scopes),
            ..role
        }
    }

    fn assignment(&self, assignment: AssignmentFact) -> AssignmentFact {
        AssignmentFact {
            name: assignment.name.map(|text| self.text(text)),
            role: assignment.role.map(|text| self.text(text)),
            assignee: self.texts(assignment.assignee),
            scopes: self.scopes(assignment.scopes),
            custom: assignment.custom.map(|scope| scope.map(|text| self.text(text))),
            resource: assignment.resource.map(|text| self.text(text)),
            effective: assignment.effective.map(|text| self.text(text)),
            ..assignment
        }
    }

    fn group(&self, group: GroupFact) -> GroupFact {
        GroupFact {
            identities: self.identities(group.identities),
            members: self.list(group.members),
            roles: self.list(group.roles),
            managed_by: self.list(group.managed_by),
            ..group
        }
    }

    fn recipient(&self, recipient: RecipientFact) -> RecipientFact {
        RecipientFact {
            identities: self.identities(recipient.identities),
            policy: self.stated(recipient.policy),
            attributes: recipient.attributes.renamed(|symbol| self.symbol(symbol)),
            ..recipient
        }
    }

    fn stated(&self, stated: Stated<Option<Text>>) -> Stated<Option<Text>> {
        match stated {
            Stated::Is(text) => Stated::Is(text.map(|text| self.text(text))),
            other => other,
        }
    }

    fn scope(&self, scope: ScopeFact) -> ScopeFact {
        ScopeFact {
            identities: self.identities(scope.identities),
            restriction: scope.restriction.map(|word| self.symbol(word)),
            root: self.stated(scope.root),
            recipients: self.stated(scope.recipients),
            servers: self.stated(scope.servers),
            databases: self.stated(scope.databases),
            ..scope
        }
    }
}
