//! Records to facts: what each kind of record states. Borrowed text ends here.

mod above;
mod effective;
mod entries;
mod members;
#[cfg(test)]
mod tests;

use std::rc::Rc;
use std::vec::Drain;

use crate::name::{Symbol, folded_hash, same};
use crate::record::damage;
use crate::record::{Complete, Field, Kind, Property, Record, Rest, Value, enum_name};
use crate::source::{FileId, SourceFile, Span};

use self::above::CommandSays;
use self::effective::effective_user;
use super::attributes::Attributes;
use super::disagreements::GivenFact;
use super::facts::{
    AssigneeType, AssignmentFact, Change, Class, EntryFact, Facts, Form, GroupFact, Identity, IdentityKind, NameList,
    PolicyFact, RecipientFact, RoleFact, ScopeFact, Stated, Stretch, Text, push,
};
use super::files::{FileFact, find_cut, missing};
use super::identity::{canonical_of_dn, kind_of_identity};
use super::objects::ObjectFact;
use super::origin::{Origin, Shown};
use super::row::{PROPERTIES, Places, Row};
use super::state::{Types, account_disabled, group_security, may_open_session};
use super::unread;
use super::unseen::{Cells, Unseen};

/// Reads the records of one file into facts.
#[derive(Debug)]
pub struct Collector {
    file: FileId,
    facts: Facts,
    /// The listing of the last record, as its number, and what its command says.
    listing: usize,
    says: CommandSays,
    /// What the entries state that repeat each other, by their number.
    repeated: Vec<Option<entries::RepeatedEntry>>,
    /// Where the properties of the last record stand.
    places: Rc<Places>,
    /// What the type of the last recipient or group says.
    types: Types,
    /// The last value of each property.
    last: [Option<Text>; PROPERTIES],
    /// The role of the last entry row; exports list a role's entries together.
    last_entry_role: Option<Symbol>,
    /// The names in which a `?` stands for a letter: the first, and how many.
    pub lossy: Option<(Span, u64)>,
    /// The columns that say who or what and are not read, each at the first cell.
    pub unread: Vec<(String, Span)>,
    /// The last role that a cell named in full, as it was printed and as it is known.
    last_role: Option<(String, Text)>,
    /// Whether the file calls its assignments direct ones.
    says_part: bool,
    /// The attributes of which some recipient of the file shows a value.
    valued: u32,
    /// What each assignment of the file shows of its scopes.
    cells: Vec<Cells>,
    /// The columns of each kind, by which records are found that break off.
    columns: Vec<Vec<Property>>,
}

impl Collector {
    /// A collector for one file. `facts` may hold names and nothing else.
    #[must_use]
    pub fn new(file: &SourceFile<'_>, mut facts: Facts) -> Self {
        facts.paths.insert(file.id, file.path.clone());
        Self {
            file: file.id,
            facts,
            listing: 0,
            says: CommandSays::default(),
            repeated: Vec::new(),
            places: Rc::default(),
            types: Types::default(),
            last: [None; PROPERTIES],
            last_entry_role: None,
            lossy: None,
            unread: Vec::new(),
            says_part: says_part(file),
            last_role: None,
            valued: 0,
            cells: Vec::new(),
            columns: Vec::new(),
        }
    }

    /// What the file stated.
    #[must_use]
    pub fn finish(mut self) -> Facts {
        let end = self.facts.entries.len();
        if end > 0 {
            self.facts.runs.extend(self.file, end);
        }
        for recipient in &mut self.facts.recipients {
            recipient.attributes.keep(self.valued);
        }
        let mut unseen = Unseen::default();
        let shown = self.cells.iter().fold(Cells::default(), |shown, cells| shown.and(*cells));
        for (assignment, cells) in self.facts.assignments.iter_mut().zip(&self.cells) {
            assignment.unseen = cells.unseen(shown);
            unseen.add(assignment.unseen);
        }
        find_cut(&mut self.facts.files, &self.columns);
        let of_assignments = |fact: &&mut FileFact| fact.kind == Kind::RoleAssignment;
        self.facts.files.iter_mut().filter(of_assignments).for_each(|fact| fact.unseen = unseen);
        self.facts
    }

    /// Takes one record.
    pub fn take(&mut self, record: &Record<'_>) {
        self.count_to_listing(record);
        if record.kind == Kind::RoleEntry {
            let lacks = self.entry(record);
            return self.count(record, lacks);
        }
        let places = &Places::of(record, &mut self.places);
        let record = &Row { record, places };
        let lacks = match record.kind {
            Kind::RoleAssignment => self.assignment(record),
            Kind::Role => self.role(record),
            Kind::RoleGroup | Kind::Group => self.group(record),
            Kind::RoleGroupMember => self.member(record),
            Kind::Recipient => self.recipient(record),
            Kind::RoleAssignmentPolicy => self.policy(record),
            Kind::ManagementScope => self.scope(record),
            Kind::ExchangeServer | Kind::MailboxDatabase | Kind::MailboxPlan => {
                self.facts.objects.extend(ObjectFact::of(record.record));
                0
            }
            Kind::RoleEntry | Kind::Unknown => 0,
        };
        self.origin(record);
        self.tenant(record);
        self.change(record);
        self.count(record, lacks);
    }

    /// Notes where the object lives, once for each origin.
    fn origin(&mut self, record: &Row<'_, '_>) {
        const NAMES: [Property; 4] =
            [Property::DistinguishedName, Property::Identity, Property::Id, Property::OrganizationId];
        let names = NAMES.iter().filter_map(|name| record.field(*name));
        let origin = names.filter_map(|field| Some((Origin::of(field.value.whole()?)?, field.at))).next();
        if let Some((origin, at)) = origin
            && !self.facts.origins.iter().any(|known| known.origin == origin)
        {
            self.facts.origins.push(Shown { origin, at });
        }
    }

    /// Notes whose object it is by a column that says so. Two are as telling as all.
    fn tenant(&mut self, record: &Row<'_, '_>) {
        const SEVERAL: usize = 2;
        let Some(field) = record.field(Property::Tenant) else { return };
        let tenants = &mut self.facts.tenants;
        if let Some(name) = field.value.whole().map(str::trim).filter(|name| !name.is_empty())
            && tenants.len() < SEVERAL
            && !tenants.iter().any(|(known, _)| same(known, name))
        {
            tenants.push((name.to_owned(), field.at));
        }
    }

    /// Notes when the object was changed, where the moment is written so that moments sort.
    fn change(&mut self, record: &Row<'_, '_>) {
        if matches!(record.kind, Kind::Recipient | Kind::RoleGroupMember | Kind::Unknown) {
            return;
        }
        let guid = record.value(Property::Guid).and_then(Value::whole);
        let changed = record.field(Property::WhenChangedUtc);
        let (Some(guid), Some(changed)) = (guid, changed) else { return };
        let Some(moment) = changed.value.whole().filter(|moment| is_utc(moment)) else { return };
        let change = Change { object: self.facts.names.intern(guid), moment: moment.to_owned(), at: changed.at };
        self.facts.changes.push(change);
    }

    /// Notes a name whose letters were lost.
    fn lossy(&mut self, text: Text, at: Span) {
        if text.form == Form::Lossy && self.facts.names.show(text.symbol).contains('?') {
            self.lossy.get_or_insert((at, 0)).1 += 1;
        }
    }

    fn count(&mut self, record: &Record<'_>, lacks: u8) {
        let files = &mut self.facts.files;
        let place = match files.iter().rposition(|fact| fact.kind == record.kind) {
            Some(place) => place,
            None => {
                let unread = unread::of(record);
                let known = unread.iter().filter(|one| one.kind != Kind::Unknown);
                self.unread.extend(known.map(|one| (one.column.clone(), one.at)));
                self.facts.unread.extend(unread);
                files.push(FileFact {
                    file: self.file,
                    kind: record.kind,
                    records: 0,
                    first: record.at,
                    cut: None,
                    capped: None,
                    incomplete: None,
                    missing: 0,
                    unseen: Unseen::default(),
                    part: record.kind == Kind::RoleAssignment && self.says_part,
                });
                self.columns.push(Vec::new());
                files.len() - 1
            }
        };
        let fact = &mut files[place];
        let shown = &mut self.columns[place];
        if fact.records == 0 || record.kind == Kind::Unknown && record.fields.len() < shown.len() {
            fact.first = record.at;
            *shown = record.fields.iter().map(|field| field.property).collect();
        }
        fact.records += 1;
        fact.missing |= lacks;
        if !record.complete {
            fact.cut = Some(record.at);
        }
    }

    fn cell(&mut self, record: &Row<'_, '_>, property: Property) -> Option<(Symbol, Form, Span)> {
        self.cell_of(record.field(property)?)
    }

    fn cell_of(&mut self, field: &Field<'_>) -> Option<(Symbol, Form, Span)> {
        let Value::Text(text, complete) = &field.value else { return None };
        let text = self.text(field.property, text, *complete);
        self.lossy(text, field.at);
        Some((text.symbol, text.form, field.at))
    }

    /// Interns the name that a cell shows.
    fn text(&mut self, property: Property, text: &str, complete: Complete) -> Text {
        if complete != Complete::Yes {
            return self.facts.text(text, complete);
        }
        let last = &mut self.last[property as usize];
        match last {
            // The cell of the row above often holds the same.
            Some(name) if self.facts.names.show(name.symbol) == text => *name,
            _ => *last.insert(self.facts.text(text, complete)),
        }
    }

    fn named(&mut self, record: &Row<'_, '_>, property: Property) -> Option<Text> {
        self.cell(record, property).map(|(symbol, form, _)| Text { symbol, form })
    }

    fn word(&mut self, record: &Row<'_, '_>, property: Property) -> Option<Symbol> {
        let text = record.value(property)?.whole()?;
        Some(self.text(property, number_name(property, text), Complete::Yes).symbol)
    }

    /// The word for a scope. One that is cut is completed where one word alone begins so; else it keeps the mark of a cut,
    /// so that nobody takes it for another.
    fn scope_word(&mut self, record: &Row<'_, '_>, property: Property) -> Option<Symbol> {
        match record.value(property) {
            Some(Value::Text(text, Complete::Cut)) => {
                let word = match only_one(SCOPE_WORDS, text) {
                    Some(word) => word.to_owned(),
                    None if damage::may_be_lost(text) => "…".to_owned(),
                    None => format!("{text}…"),
                };
                Some(self.facts.names.intern(&word))
            }
            _ => self.word(record, property),
        }
    }

    fn assignment(&mut self, record: &Row<'_, '_>) -> u8 {
        let mut lacks = 0;
        let delegating = delegation(record).or_said(self.says.delegating);
        let enabled = truth(record, Property::Enabled).or_said(self.says.enabled);
        if delegating == Stated::Absent {
            lacks |= missing::DELEGATION;
        }
        if enabled == Stated::Absent {
            lacks |= missing::ENABLED;
        }
        let effective =
            effective_user(record, self.says.effective).map(|(text, complete)| self.facts.text(text, complete));
        let mut assignee =
            [Property::RoleAssignee, Property::RoleAssigneeName].map(|property| self.named(record, property));
        assignee[1] = assignee[1].or_else(|| self.named(record, Property::Assignee));
        if assignee == [None; 2] && effective.is_none() {
            // `User` is the assignee on an assignment's own row, and the effective user on the others.
            assignee[0] = self.named(record, Property::User).or_else(|| self.named(record, Property::App));
        }
        let said = self.says.role.map(|symbol| Text { symbol, form: Form::Whole });
        let role = self.named(record, Property::Role).or(said);
        if role.is_none() {
            lacks |= missing::ASSIGNMENT_ROLE;
        }
        if assignee == [None; 2] {
            lacks |= missing::ASSIGNEE;
        }
        let place = |properties: &[Property]| {
            let field = properties.iter().find_map(|property| record.field(*property));
            field.filter(|field| field.at.end > field.at.start).map_or(record.at, |field| field.at)
        };
        let scopes = [
            Property::RecipientReadScope,
            Property::RecipientWriteScope,
            Property::ConfigReadScope,
            Property::ConfigWriteScope,
        ]
        .map(|property| self.scope_word(record, property));
        let custom = [Property::CustomRecipientWriteScope, Property::CustomConfigWriteScope].map(|property| {
            self.named(record, property).filter(|it| !is_placeholder(self.facts.names.show(it.symbol)))
        });
        self.cells.push(Cells::of(record, &scopes));
        // In a table that a script joined, the cmdlet of each row is not what the assignment is called.
        let own_name = if unread::is_joined(record) { None } else { self.named(record, Property::Name) };
        let fact = AssignmentFact {
            name: own_name.or_else(|| self.named(record, Property::Identity)),
            role,
            assignee,
            assignee_type: assignee_type(record).or(self.says.assignee_type),
            delegating,
            enabled,
            scopes,
            custom,
            resource: self.named(record, Property::CustomResourceScope),
            unseen: Unseen::default(),
            effective,
            of_all_users: self.says.all_users,
            at: record.at,
            role_at: place(&[Property::Role]),
            assignee_at: place(&[Property::RoleAssigneeName, Property::RoleAssignee, Property::User]),
            enabled_at: place(&[Property::Enabled]),
            delegating_at: place(&[Property::RoleAssignmentDelegationType]),
        };
        push(&mut self.facts.assignments, fact);
        lacks
    }

    fn role(&mut self, record: &Row<'_, '_>) -> u8 {
        // Nothing refers to a role by another name than its own, but a policy may.
        let other_names = self.identities(record);
        drop(self.take_back(other_names));
        let name = self.named(record, Property::Name).or_else(|| self.named(record, Property::Identity));
        let Some(name) = name else { return 0 };
        let parent = record.value(Property::Parent).map(|value| match value {
            Value::Text(text, complete) => Some(self.facts.text(text, *complete)),
            _ => None,
        });
        let entries = self.role_entries(record, name);
        // The command asked for the roles that have this cmdlet, with whatever parameters.
        if let Some(cmdlet) = self.says.cmdlet.filter(|_| name.form == Form::Whole) {
            let parameters = self.facts.parameters.of_items(Vec::new(), false);
            push(&mut self.facts.entries, EntryFact { role: name.symbol, cmdlet, parameters, start: record.at.start });
        }
        let scopes = [
            Property::ImplicitRecipientReadScope,
            Property::ImplicitRecipientWriteScope,
            Property::ImplicitConfigReadScope,
            Property::ImplicitConfigWriteScope,
        ]
        .map(|property| self.word(record, property));
        let end_user = match truth(record, Property::IsEndUserRole) {
            Stated::Is(value) => Some(value),
            _ => None,
        };
        let role_type = self.word(record, Property::RoleType);
        if let Some(count) = other(record, "CmdletCount").and_then(|(text, _)| text.trim().parse().ok())
            && name.form == Form::Whole
        {
            self.facts.entry_counts.push((name.symbol, count));
        }
        self.facts.roles.push(RoleFact { name, parent, end_user, role_type, scopes, entries, at: record.at });
        0
    }

    fn group(&mut self, record: &Row<'_, '_>) -> u8 {
        let identities = self.group_identities(record);
        if identities.is_empty() {
            return 0;
        }
        let role_group = record.kind == Kind::RoleGroup;
        let kind_of_group = word_of(record, Property::RoleGroupType);
        let linked = kind_of_group.is_some_and(|word| same(word, "Linked") || same(word, "PartnerLinked"))
            || record.value(Property::LinkedGroup).is_some_and(|value| !matches!(value, Value::Nothing));
        let members_at = record.field(Property::Members).map_or(record.at, |field| field.at);
        let roles = match self.names_in(record, Property::Roles) {
            NameList::Absent => self.names_in(record, Property::AssignedRoles),
            list => list,
        };
        if role_group {
            self.note_given(record, roles, false);
        }
        let mut members = self.members_listed(record);
        if !record.complete && record.field(Property::Members).is_none() {
            members = NameList::Absent;
        }
        members = self.counted(record, members);
        let says = self.types.of(record);
        let fact = GroupFact {
            identities,
            role_group,
            linked,
            linked_to: self.named(record, Property::LinkedGroup),
            security: if role_group { Some(true) } else { group_security(record, says.class) },
            mail_enabled: says.mail_enabled,
            synchronised: is_synchronised(record),
            members,
            roles,
            managed_by: self.names_in(record, Property::ManagedBy),
            at: record.at,
            members_at,
            member_count: members::count(record),
        };
        push(&mut self.facts.groups, fact);
        0
    }

    fn recipient(&mut self, record: &Row<'_, '_>) -> u8 {
        let mut identities = self.identities(record);
        if let Some(object) = self.says.object.filter(|_| identities.is_empty()) {
            // The rows show none of their names, and the command does.
            let kind = kind_of_identity(self.facts.names.show(object.symbol));
            identities = self.facts.lists.push_identities(&[(kind, object)]);
        }
        if identities.is_empty() {
            return 0;
        }
        if let Some((groups, at)) = other(record, "MemberOf") {
            let member = identities.of(&self.facts.lists.identities)[0].1;
            let groups = self.facts.text(groups, Complete::Yes);
            self.facts.member_of.push((member, groups, at));
        }
        let policy = self.stated(record, Property::RoleAssignmentPolicy);
        let attributes = self.attributes(record);
        self.valued |= attributes.shown();
        // Get-ServicePrincipal prints no type: what has an application's id is an application.
        let application = record.value(Property::AppId).map(|_| Class::Account);
        let says = self.types.of(record);
        let fact = RecipientFact {
            identities,
            class: says.class.or(application),
            mailbox: says.mailbox.or(application.map(|_| false)),
            linked: says.linked,
            application: says.application,
            synchronised: truth(record, Property::IsDirSynced) == Stated::Is(true),
            policy,
            disabled: account_disabled(record),
            session: may_open_session(record),
            attributes,
            at: record.at,
        };
        push(&mut self.facts.recipients, fact);
        0
    }

    /// A cell that may be printed empty.
    fn stated(&mut self, record: &Row<'_, '_>, property: Property) -> Stated<Option<Text>> {
        match record.value(property) {
            None => Stated::Absent,
            Some(Value::Nothing) => Stated::Is(None),
            Some(Value::Text(text, Complete::Yes)) => Stated::Is(Some(self.text(property, text, Complete::Yes))),
            Some(_) => Stated::Unclear,
        }
    }

    /// Notes what a role group or a policy lists as given to it.
    fn note_given(&mut self, record: &Row<'_, '_>, roles: NameList, policy: bool) {
        let assignments = self.names_in(record, Property::RoleAssignments);
        let lists = roles != NameList::Absent || assignments != NameList::Absent;
        if let Some(holder) = self.named(record, Property::Name).filter(|_| lists && record.complete) {
            self.facts.given.push(GivenFact { holder, policy, roles, assignments, at: record.at });
        }
    }

    fn policy(&mut self, record: &Row<'_, '_>) -> u8 {
        let roles = self.names_in(record, Property::AssignedRoles);
        self.note_given(record, roles, true);
        let identities = self.identities(record);
        if !identities.is_empty() {
            let identities = self.take_back(identities).collect();
            self.facts.policies.push(PolicyFact {
                identities,
                default: truth(record, Property::IsDefault),
                at: record.at,
            });
        }
        0
    }

    fn scope(&mut self, record: &Row<'_, '_>) -> u8 {
        let identities = self.identities(record);
        if !identities.is_empty() {
            let identities = self.take_back(identities).collect();
            let fact = ScopeFact {
                identities,
                exclusive: truth(record, Property::Exclusive).or_said(self.says.exclusive),
                restriction: self.word(record, Property::ScopeRestrictionType),
                root: self.stated(record, Property::RecipientRoot),
                recipients: self.stated(record, Property::RecipientFilter),
                servers: self.stated(record, Property::ServerFilter),
                databases: self.stated(record, Property::DatabaseFilter),
                at: record.at,
            };
            self.facts.scopes.push(fact);
        }
        0
    }

    /// All identities that a record states of its object.
    fn identities(&mut self, record: &Row<'_, '_>) -> Stretch {
        let start = self.facts.lists.identities.len();
        let mut last: Option<(&str, Complete, Text)> = None;
        for (kind, field) in record.identities() {
            let Value::Text(text, complete) = &field.value else { continue };
            let text = trimmed(text);
            if text.is_empty() {
                continue;
            }
            let kind = if kind == IdentityKind::Canonical { kind_of_identity(text) } else { kind };
            // What is left of a distinguished name lacks its root, with which the canonical one begins.
            let is_whole = *complete == Complete::Yes && damage::without_mark(text).is_none();
            let canonical = if kind == IdentityKind::Canonical && is_whole { canonical_of_dn(text) } else { None };
            let name = match (canonical, last) {
                (Some(canonical), _) => self.facts.text(&canonical, *complete),
                // The name, the account and the alias are often one, and so are the addresses.
                (None, Some((known, how, name))) if known == text && how == *complete => {
                    if how == Complete::Yes {
                        // The attributes ask for the same cell again.
                        self.last[field.property as usize] = Some(name);
                    }
                    name
                }
                _ => {
                    let name = self.text(field.property, text, *complete);
                    last = Some((text, *complete, name));
                    name
                }
            };
            if !self.facts.lists.identities[start..].contains(&(kind, name)) {
                self.lossy(name, field.at);
                push(&mut self.facts.lists.identities, (kind, name));
            }
        }
        Stretch::between(start, self.facts.lists.identities.len())
    }

    /// What filters of scopes may ask for.
    fn attributes(&mut self, record: &Row<'_, '_>) -> Attributes {
        let mut attributes = Attributes::before(&self.facts.lists.values);
        for (bit, field) in record.attributes() {
            let symbol = match &field.value {
                Value::Nothing => Stated::Absent,
                Value::Text(text, Complete::Yes) => {
                    let text = trimmed(text);
                    let name = enum_name(field.property, text).unwrap_or(text);
                    // Of what is lossy nothing is kept.
                    let is_whole = Facts::visible(name, Complete::Yes).1 == Form::Whole;
                    if is_whole {
                        Stated::Is(self.text(field.property, name, Complete::Yes).symbol)
                    } else {
                        Stated::Unclear
                    }
                }
                _ => Stated::Unclear,
            };
            attributes.state(bit, symbol, &mut self.facts.lists.values);
        }
        attributes
    }

    /// Takes the identities that were stated last out of the list of all.
    fn take_back(&mut self, identities: Stretch) -> Drain<'_, Identity> {
        let all = &mut self.facts.lists.identities;
        let count = identities.of(all).len();
        all.drain(all.len() - count..)
    }

    fn names_in(&mut self, record: &Row<'_, '_>, property: Property) -> NameList {
        match record.value(property) {
            None => NameList::Absent,
            Some(Value::Nothing) => NameList::Whole(Stretch::default()),
            Some(Value::Text(text, Complete::Yes)) if is_placeholder(text) => NameList::Whole(Stretch::default()),
            Some(Value::Text(text, Complete::Yes)) => NameList::Whole(self.list([text])),
            Some(Value::Text(text, Complete::Cut)) => {
                let partial = self.facts.text(text, Complete::Cut);
                NameList::Cut(Stretch::default(), Some(partial))
            }
            Some(Value::Text(_, Complete::Flattened) | Value::Object(_)) => NameList::Gone,
            Some(Value::List(list)) => {
                let split = list.items();
                if is_placeholder(list.raw) {
                    return NameList::Whole(Stretch::default());
                }
                let items = self.list(&split.items);
                match split.rest {
                    Rest::None if record.complete => {
                        let whole = list.raw.trim().trim_start_matches('{').trim_end_matches('}');
                        let may_be_one = split.items.len() > 1 && Facts::visible(whole, Complete::Yes).1 == Form::Whole;
                        if may_be_one { NameList::Either(items, folded_hash(whole)) } else { NameList::Whole(items) }
                    }
                    Rest::None => NameList::Cut(items, None),
                    Rest::Cut(partial) => {
                        let partial = partial.map(|text| self.facts.text(&text, Complete::Cut));
                        NameList::Cut(items, partial)
                    }
                    Rest::Unsplit(text) => NameList::Unsplit(self.facts.text(&text, Complete::Yes)),
                }
            }
        }
    }

    /// Keeps names that a cell lists.
    fn list<T: AsRef<str>>(&mut self, items: impl IntoIterator<Item = T>) -> Stretch {
        let start = self.facts.lists.texts.len();
        for item in items {
            let text = self.facts.text(item.as_ref(), Complete::Yes);
            push(&mut self.facts.lists.texts, text);
        }
        Stretch::between(start, self.facts.lists.texts.len())
    }
}

/// Whether a file calls its assignments direct ones, by the member of a JSON document that holds them or by its name.
fn says_part(file: &SourceFile<'_>) -> bool {
    const HEAD_BYTES: usize = 4096;
    let head = file.text().as_bytes();
    let named: String = file.path.chars().filter(|char| char.is_ascii_alphabetic()).collect();
    let word = b"\"DirectAssignments\"";
    head[..head.len().min(HEAD_BYTES)].windows(word.len()).any(|part| part == word)
        || named.to_ascii_lowercase().contains("directassignments")
}

/// Whether the description of a role group says that somebody else than Exchange keeps its members.
///
/// Source: the text that Exchange Online gives to these groups (the reports of Get-RoleGroup in public repositories).
fn is_synchronised(record: &Record<'_>) -> bool {
    const SAID: &str = "membership in this role group is synchronized";
    let mut described = record.fields.iter().filter(|field| same(&field.name, "Description"));
    described.any(|field| match &field.value {
        Value::Text(text, _) => text.get(..SAID.len()).is_some_and(|start| same(start, SAID)),
        _ => false,
    })
}

/// Whether a text stands where a report has nothing to show.
fn is_placeholder(text: &str) -> bool {
    const NOTHING: &[&str] = &[
        "-",
        "--",
        "\u{2013}",
        "\u{2014}",
        "n/a",
        "none",
        "(none)",
        "<none>",
        "empty",
        "(empty)",
        "no members",
        "(no members)",
    ];
    let text = text.trim();
    text.len() <= 16 && NOTHING.iter().any(|known| same(known, text))
}

/// A text without white space around it, which few have.
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

/// Whether `visible` may stand for `name`.
#[must_use]
pub fn stands_for(name: &str, visible: &str, form: Form) -> bool {
    let mut left = name.chars().flat_map(char::to_lowercase);
    let mut right = visible.chars().flat_map(char::to_lowercase);
    loop {
        match (left.next(), right.next()) {
            (None, None) => return true,
            (Some(_), None) => return form == Form::Cut,
            (None, Some(_)) => return false,
            (Some(a), Some(b)) if a == b || matches!(b, '?' | '\u{FFFD}') || matches!(a, '?' | '\u{FFFD}') => {}
            _ => return false,
        }
    }
}

/// Whether a moment is written as `2026-03-02T07:00:11Z`, so that its days can be told and moments sort.
fn is_utc(moment: &str) -> bool {
    const FORM: &[u8] = b"0000-00-00T00:00:00";
    let fits = |(byte, form): (u8, &u8)| if *form == b'0' { byte.is_ascii_digit() } else { byte == *form };
    moment.len() > FORM.len() && moment.ends_with('Z') && moment.bytes().zip(FORM).all(fits)
}

pub(super) fn word_of<'r>(record: &Row<'r, '_>, property: Property) -> Option<&'r str> {
    record.value(property).and_then(Value::whole).map(|text| number_name(property, text))
}

/// The name of an enumeration's number, where a public source gives it.
fn number_name(property: Property, text: &str) -> &str {
    enum_name(property, text).unwrap_or(text)
}

/// `True` or `False`; a word in another language stays unclear.
pub(super) fn truth(record: &Row<'_, '_>, property: Property) -> Stated<bool> {
    match record.value(property) {
        // A cell that is printed empty says no more than one that is not there.
        None | Some(Value::Nothing) => Stated::Absent,
        Some(value) => value.whole().and_then(damage::truth).map_or(Stated::Unclear, Stated::Is),
    }
}

/// `Regular` grants; every other word delegates. A number whose meaning no source gives stays unclear.
fn delegation(record: &Row<'_, '_>) -> Stated<bool> {
    let value = match record.value(Property::RoleAssignmentDelegationType) {
        None | Some(Value::Nothing) => return Stated::Absent,
        Some(value) => value,
    };
    match value.whole().map(|text| number_name(Property::RoleAssignmentDelegationType, text).trim()) {
        Some(word) if same(word, "Regular") => Stated::Is(false),
        Some(word) if word.chars().all(|char| char.is_ascii_alphabetic()) && !word.is_empty() => Stated::Is(true),
        _ => Stated::Unclear,
    }
}

/// The one word that begins as a cut text does.
fn only_one(words: &[&'static str], start: &str) -> Option<&'static str> {
    let begins = |word: &&&str| word.get(..start.len()).is_some_and(|head| same(head, start));
    let mut found = words.iter().filter(begins);
    found.next().filter(|_| found.next().is_none()).copied()
}

/// What the columns of scopes say.
///
/// Source: the values of `RecipientWriteScope` and its neighbours in Get-ManagementRoleAssignment (office-docs-powershell).
const SCOPE_WORDS: &[&str] = &[
    "CustomConfigScope",
    "CustomRecipientScope",
    "ExclusiveConfigScope",
    "ExclusiveRecipientScope",
    "MailboxICanDelegate",
    "MyDirectReports",
    "MyDistributionGroups",
    "MyExecutive",
    "MyGAL",
    "None",
    "NotApplicable",
    "OU",
    "Organization",
    "OrganizationConfig",
    "Self",
];

/// A property that answers do not ask for: its text, and its place.
fn other<'r>(record: &Row<'r, '_>, name: &str) -> Option<(&'r str, Span)> {
    let field =
        record.record.fields.iter().find(|field| field.property == Property::Other && same(&field.name, name))?;
    Some((field.value.whole()?, field.at))
}

fn assignee_type(record: &Row<'_, '_>) -> Option<AssigneeType> {
    let said = word_of(record, Property::RoleAssigneeType).or_else(|| word_of(record, Property::ObjectType));
    // What reaches its user through a group or a policy is assigned to one.
    let through = || {
        let kind = type_named(word_of(record, Property::AssignmentMethod)?);
        (kind != AssigneeType::Other).then_some(kind)
    };
    said.map(type_named).or_else(through)
}

/// The type of assignee of this word.
fn type_named(word: &str) -> AssigneeType {
    let known: &[(&str, AssigneeType)] = &[
        ("User", AssigneeType::User),
        ("RoleGroup", AssigneeType::RoleGroup),
        ("LinkedRoleGroup", AssigneeType::LinkedRoleGroup),
        ("PartnerLinkedRoleGroup", AssigneeType::LinkedRoleGroup),
        ("SecurityGroup", AssigneeType::SecurityGroup),
        ("RoleAssignmentPolicy", AssigneeType::Policy),
        ("MailboxPlan", AssigneeType::MailboxPlan),
        ("Computer", AssigneeType::Computer),
        ("ServicePrincipal", AssigneeType::ServicePrincipal),
        ("ForeignSecurityPrincipal", AssigneeType::Foreign),
    ];
    known.iter().find(|(name, _)| same(name, word)).map_or(AssigneeType::Other, |(_, kind)| *kind)
}
