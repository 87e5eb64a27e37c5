//! What single records state, before records of several files are brought together.
//!
//! A file is read into `Facts` of its own, so that files can be read side by side; `Facts::absorb` joins them in path
//! order, and the numbers of symbols do not depend on threads.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::RuleId;
use crate::name::{Names, Symbol, holds_either};
use crate::read::Manifest;
use crate::record::damage::{self, Recoded};
use crate::record::{Complete, Kind};
use crate::source::{FileId, Span, to_u32};

use super::attributes::Attributes;
use super::disagreements::{Disagreements, GivenFact};
use super::files::{DEFAULT_ROWS, FileFact};
use super::identity::kind_of_identity;
use super::listing::Listing;
use super::objects::ObjectFact;
use super::origin::Shown;
use super::parameters::{ParameterListId, ParameterLists};
use super::runs::Runs;
use super::uncertain::{UncertainEntries, UncertainEntry};
use super::unread::Unread;
use super::unseen::Unseen;

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
pub const NO_ROLE: Symbol = Symbol::GREATEST;

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

/// A name of an object.
pub type Identity = (IdentityKind, Text);

/// A list of names as a cell shows it; the items stand in `Lists::texts`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NameList {
    /// The export has no such property.
    #[default]
    Absent,
    /// All items.
    Whole(Stretch),
    /// All items, where the whole text is not one name that holds a separator: `Berg, Eva`. Such a text is mostly long
    /// and no name, so that only its hash without case is kept.
    Either(Stretch, u32),
    /// The first items; there are more.
    Cut(Stretch, Option<Text>),
    /// The items run into each other; perhaps the whole text is one name.
    Unsplit(Text),
    /// A type name stands where the items were.
    Gone,
}

impl NameList {
    /// The items that are told apart.
    #[must_use]
    pub fn items(self, lists: &Lists) -> &[Text] {
        match self {
            Self::Whole(items) | Self::Either(items, _) | Self::Cut(items, _) => items.of(&lists.texts),
            Self::Absent | Self::Gone | Self::Unsplit(_) => &[],
        }
    }
}

/// A role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleFact {
    /// Its name.
    pub name: Text,
    /// Its parent; `Some(None)` where printed empty.
    pub parent: Option<Option<Text>>,
    /// Whether it is for end users.
    pub end_user: Option<bool>,
    /// Its type, as Exchange names it: `MailRecipients`, `UnScoped`.
    pub role_type: Option<Symbol>,
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

impl<T> Stated<T> {
    /// The same; where the export has no such cell, what the command above says.
    pub(super) fn or_said(self, said: Option<T>) -> Self {
        match (self, said) {
            (Self::Absent, Some(said)) => Self::Is(said),
            (stated, _) => stated,
        }
    }
}

/// A role assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignmentFact {
    /// Its name.
    pub name: Option<Text>,
    /// The role.
    pub role: Option<Text>,
    /// The assignee: `RoleAssignee`, `RoleAssigneeName`, `User` or `App`, the strongest first.
    pub assignee: [Option<Text>; 2],
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
    /// Which columns about scopes are not there; found when the file is read.
    pub unseen: Unseen,
    /// The user of an effective row; `None` on the assignment's own row.
    pub effective: Option<Text>,
    /// Whether rows beside it show all other users whom the assignment reaches.
    pub of_all_users: bool,
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
    /// Its identities, in `Lists::identities`.
    pub identities: Stretch,
    /// Whether the record is one of Get-RoleGroup.
    pub role_group: bool,
    /// Whether it is linked to another forest or organization.
    pub linked: bool,
    /// The group there, as the export names it.
    pub linked_to: Option<Text>,
    /// Whether it can hold permissions; `None` where the export does not say.
    pub security: Option<bool>,
    /// Whether it has an address; `None` where the export does not say.
    pub mail_enabled: Option<bool>,
    /// Whether its description says that its members are synchronised from Entra.
    pub synchronised: bool,
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
    /// How many members it has, where a column counts them.
    pub member_count: Option<usize>,
}

/// A member row.
#[derive(Clone, Debug)]
pub struct MemberFact {
    /// The group.
    pub group: Text,
    /// The member's identities, in `Lists::identities`.
    pub identities: Stretch,
    /// Where a report names the member otherwise: by any of its identities, the most telling first.
    pub named: [Option<Text>; 2],
    /// Why it may be no member of the group itself.
    pub doubt: Option<MemberDoubt>,
    /// What the row says the member is.
    pub class: Option<Class>,
    /// Whether the row says that it is an application.
    pub application: bool,
    /// Whether rows beside it show all other members.
    pub of_all: bool,
    /// Whether it is a linked mailbox; `None` where the row does not say.
    pub linked: Option<bool>,
    /// The record.
    pub at: Span,
}

/// Why a row may not state that somebody is a member of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MemberDoubt {
    /// It says that the member comes through a group within the group.
    Nested,
    /// The group stands in a column called `Role`, and a role may have its name.
    CalledRole,
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
    /// Its identities, in `Lists::identities`.
    pub identities: Stretch,
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
    pub identities: Vec<Identity>,
    /// Whether new mailboxes get it.
    pub default: Stated<bool>,
    /// The record.
    pub at: Span,
}

/// A management scope.
#[derive(Clone, Debug)]
pub struct ScopeFact {
    /// Its identities.
    pub identities: Vec<Identity>,
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

/// Values that stand one after the other in one of the `Lists`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stretch {
    start: u32,
    end: u32,
}

impl Stretch {
    /// From the first place to the one behind the last.
    pub(super) fn between(start: usize, end: usize) -> Self {
        Self { start: to_u32(start), end: to_u32(end) }
    }

    /// The values.
    #[must_use]
    pub fn of<T>(self, list: &[T]) -> &[T] {
        &list[self.start as usize..self.end as usize]
    }

    /// The same values in a list that so many others stand before.
    fn behind(self, count: usize) -> Self {
        Self::between(self.start as usize + count, self.end as usize + count)
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }
}

/// The small lists that records hold, all of one kind together.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    /// The identities of groups, members and recipients.
    pub identities: Vec<Identity>,
    /// The names that cells list.
    pub texts: Vec<Text>,
    /// The values of attributes.
    pub values: Vec<Symbol>,
}

impl Lists {
    /// Adds names, all of one list.
    pub fn push_texts(&mut self, texts: &[Text]) -> Stretch {
        self.texts.extend_from_slice(texts);
        Stretch::between(self.texts.len() - texts.len(), self.texts.len())
    }

    /// Adds the identities of one object.
    pub fn push_identities(&mut self, identities: &[Identity]) -> Stretch {
        self.identities.extend_from_slice(identities);
        Stretch::between(self.identities.len() - identities.len(), self.identities.len())
    }
}

/// Everything that records state.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// All names.
    pub names: Names,
    /// All parameter lists.
    pub parameters: ParameterLists,
    /// What records list of other things.
    pub lists: Lists,
    /// Role entries in file order.
    pub entries: Vec<EntryFact>,
    /// Which entries are of which file.
    pub runs: Runs,
    /// Role entries that cannot be told to one role or cmdlet.
    pub uncertain: UncertainEntries,
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
    /// Servers, mailbox databases and mailbox plans.
    pub objects: Vec<ObjectFact>,
    /// What was read in each file.
    pub files: Vec<FileFact>,
    /// What each command, and each file without one, shows of each kind.
    pub listings: Vec<Listing>,
    /// The paths of the files, as they are shown.
    pub paths: BTreeMap<FileId, String>,
    /// Roles of which rows of Get-ManagementRoleEntry show all entries; `NO_ROLE` where they show all and name no role.
    pub entry_row_roles: BTreeSet<Symbol>,
    /// Parts of files that carry records and could not be read.
    pub lost: Vec<(RuleId, Span)>,
    /// Where the objects live, each origin of each file once.
    pub origins: Vec<Shown>,
    /// Whose objects they are by a column that says so: of each file the first two.
    pub tenants: Vec<(String, Span)>,
    /// When objects were last changed, as far as exports show it.
    pub changes: Vec<Change>,
    /// The days on which transcripts began, each where it says so.
    pub transcripts: Vec<(String, Span)>,
    /// What collections say of themselves.
    pub manifests: Vec<Manifest>,
    /// Groups of which no export shows all members, each at the place that says so: a collection that could not read
    /// them, a report's list that is cut.
    pub unread_members: Vec<(Text, Span)>,
    /// The groups that somebody's own record lists, as one text.
    pub member_of: Vec<(Text, Text, Span)>,
    /// How many entries a column counts for a role.
    pub entry_counts: Vec<(Symbol, usize)>,
    /// Roles whose entries a collection could not read, each at the place that says so.
    pub unread_entries: BTreeMap<Symbol, Span>,
    /// Columns of reports that nothing was read from.
    pub unread: Vec<Unread>,
    /// What role groups and policies list as given to them.
    pub given: Vec<GivenFact>,
    /// What the exports say of each other, where facts were changed since.
    pub disagreements: Option<Disagreements>,
    /// What Exchange says that there is none of, and where.
    pub absent: Vec<Absent>,
}

/// Exchange knows no object of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absent {
    /// What is not there: a group, or a user.
    pub kind: Kind,
    /// The name that was asked for.
    pub name: Symbol,
    /// Where it says so.
    pub at: Span,
}

impl Facts {
    /// Adds somebody of whom a record, at a place, says the names and this, and nothing else.
    pub(crate) fn add_recipient(&mut self, names: &[Text], (class, mailbox): (Option<Class>, Option<bool>), at: Span) {
        let kind = |name: &Text| kind_of_identity(self.names.show(name.symbol));
        let identities: Vec<Identity> = names.iter().map(|name| (kind(name), *name)).collect();
        self.recipients.push(RecipientFact {
            identities: self.lists.push_identities(&identities),
            class,
            mailbox,
            linked: None,
            application: false,
            synchronised: false,
            // Without a mailbox there is no policy.
            policy: if mailbox == Some(false) { Stated::Is(None) } else { Stated::Absent },
            disabled: None,
            session: None,
            attributes: Attributes::before(&self.lists.values),
            at,
        });
    }

    /// The name that a text shows, and how much of the name that is.
    #[must_use]
    pub fn visible(text: &str, complete: Complete) -> (Cow<'_, str>, Form) {
        let (text, cut) = match damage::without_mark(text) {
            Some(rest) => (rest.trim_end(), true),
            None if damage::is_lost(text) => ("", true),
            None => (text, complete != Complete::Yes),
        };
        let text = if cut && damage::may_be_lost(text) { "" } else { text };
        let shown = match damage::recoded(text) {
            Some(Recoded::Whole(before) | Recoded::Unclear(before)) => Cow::Owned(before),
            None => Cow::Borrowed(text),
        };
        // 0xEF begins U+FFFD, and others.
        let lossy = || holds_either(&shown, [b'?', 0xEF]) && shown.contains(['?', '\u{FFFD}']);
        let form = match cut {
            true => Form::Cut,
            false if lossy() => Form::Lossy,
            false => Form::Whole,
        };
        (shown, form)
    }

    /// Interns a name.
    pub fn text(&mut self, text: &str, complete: Complete) -> Text {
        let (shown, form) = Self::visible(text, complete);
        Text { symbol: self.names.intern(&shown), form }
    }

    /// Leaves open to which role an entry belongs whose export does not say.
    pub fn leave_nameless_open(&mut self) {
        for index in 0..self.entries.len() {
            let entry = self.entries[index];
            if entry.role == NO_ROLE {
                let at = Span { file: self.runs.file(index), start: entry.start, end: entry.start };
                let cmdlet = Text { symbol: entry.cmdlet, form: Form::Whole };
                self.uncertain.push(UncertainEntry { role: None, cmdlet, parameters: entry.parameters, at });
            }
        }
    }

    /// The groups of which one file holds exactly as many member rows as the shell prints by default.
    #[must_use]
    pub fn capped_members(&self) -> Vec<(Symbol, Span)> {
        let mut rows: BTreeMap<(FileId, Text), (usize, Span)> = BTreeMap::new();
        // The rows of a group mostly stand together.
        for rows_of in self.members.chunk_by(|one, next| (one.group, one.at.file) == (next.group, next.at.file)) {
            let first = &rows_of[0];
            if first.group.form == Form::Whole {
                rows.entry((first.at.file, first.group)).or_insert((0, first.at)).0 += rows_of.len();
            }
        }
        let capped = rows.into_iter().filter(|(_, (count, _))| *count as u64 == DEFAULT_ROWS);
        capped.map(|((_, group), (_, first))| (group.symbol, first)).collect()
    }

    /// Facts to read the next file into, with all names and lists so far: `absorb` then has nothing to rename.
    #[must_use]
    pub fn lend(&mut self) -> Self {
        Self {
            names: std::mem::take(&mut self.names),
            parameters: std::mem::take(&mut self.parameters),
            lists: std::mem::take(&mut self.lists),
            ..Self::default()
        }
    }

    /// Takes over the facts of the next file. Where these have no names, those of the file are all there are: it was
    /// read with the names of the files before it.
    pub fn absorb(&mut self, mut other: Self) {
        if self.names.is_empty() {
            self.names = std::mem::take(&mut other.names);
            self.parameters = std::mem::take(&mut other.parameters);
            self.lists = std::mem::take(&mut other.lists);
        } else {
            let symbols = self.names.absorb(&other.names);
            let parameters = self.parameters.absorb(&other.parameters, &symbols);
            Renaming { symbols, parameters, before: &self.lists }.facts(&mut other);
            append(&mut self.lists.identities, other.lists.identities);
            append(&mut self.lists.texts, other.lists.texts);
            append(&mut self.lists.values, other.lists.values);
        }
        self.runs.append(other.runs, self.entries.len());
        append(&mut self.entries, other.entries);
        self.uncertain.append(other.uncertain);
        append(&mut self.roles, other.roles);
        append(&mut self.assignments, other.assignments);
        append(&mut self.groups, other.groups);
        append(&mut self.members, other.members);
        append(&mut self.recipients, other.recipients);
        append(&mut self.policies, other.policies);
        append(&mut self.scopes, other.scopes);
        append(&mut self.objects, other.objects);
        append(&mut self.changes, other.changes);
        append(&mut self.lost, other.lost);
        append(&mut self.unread_members, other.unread_members);
        append(&mut self.member_of, other.member_of);
        append(&mut self.entry_counts, other.entry_counts);
        append(&mut self.unread, other.unread);
        append(&mut self.given, other.given);
        append(&mut self.absent, other.absent);
        self.files.extend(other.files);
        self.listings.extend(other.listings);
        self.entry_row_roles.extend(other.entry_row_roles);
        self.manifests.extend(other.manifests);
        self.transcripts.extend(other.transcripts);
        self.origins.extend(other.origins);
        self.tenants.extend(other.tenants);
        self.paths.extend(other.paths);
    }
}

/// Appends a value to a list that may be long. Long lists grow by an eighth, so that they are never half empty.
pub(super) fn push<T>(list: &mut Vec<T>, value: T) {
    const LONG: usize = 1 << 16;
    if list.len() == list.capacity() && list.len() >= LONG {
        list.reserve_exact(list.len() / 8);
    }
    list.push(value);
}

/// Appends values. The first ones of a kind, which are mostly all of them, stay where they are.
pub(super) fn append<T>(known: &mut Vec<T>, mut others: Vec<T>) {
    if known.is_empty() {
        *known = others;
    } else {
        known.append(&mut others);
    }
}

/// Turns the symbols of one file's facts into those of all, and moves what they list behind what all list.
struct Renaming<'r> {
    symbols: Vec<Symbol>,
    parameters: Vec<ParameterListId>,
    before: &'r Lists,
}

impl Renaming<'_> {
    fn facts(&self, facts: &mut Facts) {
        facts.lists.identities.iter_mut().for_each(|(_, text)| self.text(text));
        facts.lists.texts.iter_mut().for_each(|text| self.text(text));
        facts.lists.values.iter_mut().for_each(|symbol| self.symbol(symbol));
        for entry in &mut facts.entries {
            self.symbol(&mut entry.role);
            self.symbol(&mut entry.cmdlet);
            self.list_of_parameters(&mut entry.parameters);
        }
        facts.uncertain.rename(|symbol| self.symbol(symbol), |list| self.list_of_parameters(list));
        for role in &mut facts.roles {
            self.text(&mut role.name);
            role.parent.iter_mut().flatten().for_each(|parent| self.text(parent));
            role.scopes.iter_mut().chain([&mut role.role_type]).flatten().for_each(|word| self.symbol(word));
        }
        for assignment in &mut facts.assignments {
            let names =
                [&mut assignment.name, &mut assignment.role, &mut assignment.resource, &mut assignment.effective];
            let names = names.into_iter().chain(&mut assignment.assignee).chain(&mut assignment.custom);
            names.flatten().for_each(|text| self.text(text));
            assignment.scopes.iter_mut().flatten().for_each(|scope| self.symbol(scope));
        }
        for group in &mut facts.groups {
            self.identities(&mut group.identities);
            group.linked_to.iter_mut().for_each(|text| self.text(text));
            let lists = [&mut group.members, &mut group.roles, &mut group.managed_by];
            lists.into_iter().for_each(|list| self.names(list));
        }
        for member in &mut facts.members {
            self.text(&mut member.group);
            member.named.iter_mut().flatten().for_each(|text| self.text(text));
            self.identities(&mut member.identities);
        }
        for recipient in &mut facts.recipients {
            self.identities(&mut recipient.identities);
            self.stated(&mut recipient.policy);
            recipient.attributes.stand_behind(self.before.values.len());
        }
        for given in &mut facts.given {
            self.text(&mut given.holder);
            [&mut given.roles, &mut given.assignments].into_iter().for_each(|list| self.names(list));
        }
        for policy in &mut facts.policies {
            policy.identities.iter_mut().for_each(|(_, text)| self.text(text));
        }
        for scope in &mut facts.scopes {
            scope.identities.iter_mut().for_each(|(_, text)| self.text(text));
            scope.restriction.iter_mut().for_each(|word| self.symbol(word));
            let cells = [&mut scope.root, &mut scope.recipients, &mut scope.servers, &mut scope.databases];
            cells.into_iter().for_each(|cell| self.stated(cell));
        }
        facts.changes.iter_mut().for_each(|change| self.symbol(&mut change.object));
        facts.unread_members.iter_mut().for_each(|(group, _)| self.text(group));
        for (member, groups, _) in &mut facts.member_of {
            [member, groups].into_iter().for_each(|text| self.text(text));
        }
        facts.entry_counts.iter_mut().for_each(|(role, _)| self.symbol(role));
        facts.absent.iter_mut().for_each(|absent| self.symbol(&mut absent.name));
        let roles = std::mem::take(&mut facts.entry_row_roles);
        facts.entry_row_roles = roles
            .into_iter()
            .map(|mut role| {
                self.symbol(&mut role);
                role
            })
            .collect();
    }

    fn symbol(&self, symbol: &mut Symbol) {
        if *symbol != NO_ROLE {
            *symbol = self.symbols[symbol.index()];
        }
    }

    fn text(&self, text: &mut Text) {
        self.symbol(&mut text.symbol);
    }

    fn list_of_parameters(&self, list: &mut ParameterListId) {
        *list = self.parameters[list.0 as usize];
    }

    fn identities(&self, identities: &mut Stretch) {
        *identities = identities.behind(self.before.identities.len());
    }

    fn names(&self, list: &mut NameList) {
        match list {
            NameList::Absent | NameList::Gone => {}
            NameList::Whole(items) | NameList::Either(items, _) => *items = items.behind(self.before.texts.len()),
            NameList::Cut(items, partial) => {
                *items = items.behind(self.before.texts.len());
                partial.iter_mut().for_each(|text| self.text(text));
            }
            NameList::Unsplit(text) => self.text(text),
        }
    }

    fn stated(&self, stated: &mut Stated<Option<Text>>) {
        if let Stated::Is(Some(text)) = stated {
            self.text(text);
        }
    }
}
