//! Records to facts: what each kind of record states. Borrowed text ends here.

mod entries;
#[cfg(test)]
mod tests;

use crate::name::{Symbol, same};
use crate::record::{Command, Complete, Field, Kind, Property, Record, Rest, Value};
use crate::source::{FileId, SourceFile, Span};

use super::attributes::Attributes;
use super::facts::{
    AssigneeType, AssignmentFact, Change, Class, EntryRun, Facts, FileFact, Form, GroupFact, Identities, IdentityKind,
    MemberFact, NameList, PolicyFact, RecipientFact, RoleFact, ScopeFact, Stated, Text, missing,
};
use super::origin::{Origin, Shown};
use super::row::{PROPERTIES, Places, Row};
use super::state::{
    account_disabled, group_security, has_mailbox, is_application, linked_mailbox, mail_enabled, may_open_session,
};

/// Reads the records of one file into facts.
#[derive(Debug)]
pub struct Collector {
    file: FileId,
    facts: Facts,
    /// The role named by the command line above, parsed once for each command.
    command: Option<(Box<str>, CommandSays)>,
    /// What the entries state that repeat each other, by their number.
    repeated: Vec<Option<entries::RepeatedEntry>>,
    /// Where the properties of the last record stand.
    places: Places,
    /// The last value of each property.
    last: [Option<Symbol>; PROPERTIES],
    /// The role of the last entry row; exports list a role's entries together.
    last_entry_role: Option<Symbol>,
    /// The names in which a `?` stands for a letter: the first, and how many.
    pub lossy: Option<(Span, u64)>,
    /// The last role that a cell named in full, as it was printed and as it is known.
    last_role: Option<(String, Text)>,
    /// The attributes of which some recipient of the file shows a value.
    valued: u32,
}

/// What a command line says about the rows below it.
#[derive(Clone, Copy, Debug, Default)]
struct CommandSays {
    role: Option<Symbol>,
    group: Option<Text>,
}

impl Collector {
    /// A collector for one file. `facts` may hold names and nothing else.
    #[must_use]
    pub fn new(file: &SourceFile<'_>, mut facts: Facts) -> Self {
        facts.paths.insert(file.id, file.path.clone());
        Self {
            file: file.id,
            facts,
            command: None,
            repeated: Vec::new(),
            places: Places::new(),
            last: [None; PROPERTIES],
            last_entry_role: None,
            lossy: None,
            last_role: None,
            valued: 0,
        }
    }

    /// What the file stated.
    #[must_use]
    pub fn finish(mut self) -> Facts {
        let end = self.facts.entries.len();
        if end > 0 {
            self.facts.runs.push(EntryRun { file: self.file, end });
        }
        for recipient in &mut self.facts.recipients {
            recipient.attributes.keep(self.valued);
        }
        self.facts
    }

    /// Takes one record.
    pub fn take(&mut self, record: &Record<'_>) {
        if record.kind == Kind::RoleEntry {
            let lacks = self.entry(record);
            return self.count(record, lacks);
        }
        let record = &self.places.row(record);
        let lacks = match record.kind {
            Kind::RoleAssignment => self.assignment(record),
            Kind::Role => self.role(record),
            Kind::RoleGroup | Kind::Group => self.group(record),
            Kind::RoleGroupMember => self.member(record),
            Kind::Recipient => self.recipient(record),
            Kind::RoleAssignmentPolicy => self.policy(record),
            Kind::ManagementScope => self.scope(record),
            Kind::RoleEntry | Kind::Unknown => 0,
        };
        self.origin(record);
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
                files.push(FileFact {
                    file: self.file,
                    kind: record.kind,
                    records: 0,
                    first: record.at,
                    cut: None,
                    capped: None,
                    incomplete: None,
                    missing: 0,
                });
                files.len() - 1
            }
        };
        let fact = &mut files[place];
        fact.records += 1;
        fact.missing |= lacks;
        if !record.complete {
            fact.cut = Some(record.at);
        }
    }

    /// What the command line above the record says, looked up once for each command.
    fn command_says(&mut self, record: &Record<'_>) -> CommandSays {
        let Some(line) = record.command else { return CommandSays::default() };
        if let Some((known, says)) = &self.command
            && **known == *line
        {
            return *says;
        }
        let command = Command::parse(line);
        let role = command.role_of_entries().map(|role| self.facts.names.intern(role));
        let group = command.group().map(|group| self.facts.text(group, Complete::Yes));
        let says = CommandSays { role, group };
        self.command = Some((line.into(), says));
        says
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
        Text { symbol: self.intern(property, text), form: Facts::form(text, complete) }
    }

    /// Interns a property's value: the cell of the row above often holds the same.
    fn intern(&mut self, property: Property, text: &str) -> Symbol {
        let (names, last) = (&mut self.facts.names, &mut self.last[property as usize]);
        match *last {
            Some(symbol) if names.show(symbol) == text => symbol,
            _ => *last.insert(names.intern(text)),
        }
    }

    fn named(&mut self, record: &Row<'_, '_>, property: Property) -> Option<Text> {
        self.cell(record, property).map(|(symbol, form, _)| Text { symbol, form })
    }

    fn word(&mut self, record: &Row<'_, '_>, property: Property) -> Option<Symbol> {
        let text = record.value(property)?.whole()?;
        Some(self.intern(property, number_name(property, text)))
    }

    fn assignment(&mut self, record: &Row<'_, '_>) -> u8 {
        let mut lacks = 0;
        let delegating = delegation(record);
        let enabled = truth(record, Property::Enabled);
        if record.value(Property::RoleAssignmentDelegationType).is_none() {
            lacks |= missing::DELEGATION;
        }
        if record.value(Property::Enabled).is_none() {
            lacks |= missing::ENABLED;
        }
        let effective = effective_user(record).map(|(text, complete)| self.facts.text(text, complete));
        let mut assignee = Vec::new();
        for property in [Property::RoleAssignee, Property::RoleAssigneeName] {
            assignee.extend(self.named(record, property));
        }
        if assignee.is_empty() && effective.is_none() {
            // `User` is the assignee on an assignment's own row, and the effective user on the others.
            assignee.extend(self.named(record, Property::User).or_else(|| self.named(record, Property::App)));
        }
        let role = self.named(record, Property::Role);
        if role.is_none() {
            lacks |= missing::ASSIGNMENT_ROLE;
        }
        if assignee.is_empty() {
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
        .map(|property| self.word(record, property));
        let custom = [Property::CustomRecipientWriteScope, Property::CustomConfigWriteScope]
            .map(|property| self.named(record, property));
        if scopes[0].is_none() || scopes[1].is_none() {
            lacks |= missing::SCOPES;
        }
        let fact = AssignmentFact {
            name: self.named(record, Property::Name).or_else(|| self.named(record, Property::Identity)),
            role,
            assignee,
            assignee_type: assignee_type(record),
            delegating,
            enabled,
            scopes,
            custom,
            resource: self.named(record, Property::CustomResourceScope),
            effective,
            at: record.at,
            role_at: place(&[Property::Role]),
            assignee_at: place(&[Property::RoleAssigneeName, Property::RoleAssignee, Property::User]),
            enabled_at: place(&[Property::Enabled]),
            delegating_at: place(&[Property::RoleAssignmentDelegationType]),
        };
        self.facts.assignments.push(fact);
        lacks
    }

    fn role(&mut self, record: &Row<'_, '_>) -> u8 {
        let identities = self.identities(record);
        let name = self.named(record, Property::Name).or_else(|| self.named(record, Property::Identity));
        let Some(name) = name else { return 0 };
        let parent = record.value(Property::Parent).map(|value| match value {
            Value::Text(text, complete) => Some(self.facts.text(text, *complete)),
            _ => None,
        });
        let entries = self.role_entries(record, name);
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
        let unscoped = word_of(record, Property::RoleType).is_some_and(|word| same(word, "UnScoped"));
        self.facts.roles.push(RoleFact {
            name,
            identities,
            parent,
            end_user,
            unscoped,
            scopes,
            entries,
            at: record.at,
        });
        0
    }

    fn group(&mut self, record: &Row<'_, '_>) -> u8 {
        let identities = self.identities(record);
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
        let mut members = self.names_in(record, Property::Members);
        if !record.complete && record.field(Property::Members).is_none() {
            members = NameList::Absent;
        }
        let fact = GroupFact {
            identities,
            role_group,
            linked,
            security: if role_group { Some(true) } else { group_security(record) },
            mail_enabled: mail_enabled(record),
            members,
            roles,
            managed_by: self.names_in(record, Property::ManagedBy),
            at: record.at,
            members_at,
        };
        self.facts.groups.push(fact);
        0
    }

    fn member(&mut self, record: &Row<'_, '_>) -> u8 {
        let group = match self.named(record, Property::MemberOf) {
            Some(group) => Some(group),
            None => self.command_says(record).group,
        };
        let identities = self.identities(record);
        let Some(group) = group else { return 0 };
        // A row of some exporters names a group without members and leaves the member blank: it states nothing.
        if !identities.is_empty() {
            self.facts.members.push(MemberFact {
                group,
                identities,
                class: class(record),
                application: is_application(record),
                linked: linked_mailbox(record),
                at: record.at,
            });
        }
        0
    }

    fn recipient(&mut self, record: &Row<'_, '_>) -> u8 {
        let identities = self.identities(record);
        if identities.is_empty() {
            return 0;
        }
        let policy = self.stated(record, Property::RoleAssignmentPolicy);
        let attributes = Attributes::of(record, |property, text| self.intern(property, text));
        self.valued |= attributes.valued();
        // Get-ServicePrincipal prints no type: what has an application's id is an application.
        let application = record.value(Property::AppId).map(|_| Class::Account);
        let fact = RecipientFact {
            identities,
            class: class(record).or(application),
            mailbox: has_mailbox(record).or(application.map(|_| false)),
            linked: linked_mailbox(record),
            application: is_application(record),
            synchronised: truth(record, Property::IsDirSynced) == Stated::Is(true),
            policy,
            disabled: account_disabled(record),
            session: may_open_session(record),
            attributes,
            at: record.at,
        };
        self.facts.recipients.push(fact);
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

    fn policy(&mut self, record: &Row<'_, '_>) -> u8 {
        let identities = self.identities(record);
        if !identities.is_empty() {
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
            let fact = ScopeFact {
                identities,
                exclusive: truth(record, Property::Exclusive),
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
    fn identities(&mut self, record: &Row<'_, '_>) -> Identities {
        use IdentityKind as K;
        const KINDS: &[(Property, IdentityKind)] = &[
            (Property::Guid, K::Guid),
            (Property::ExternalDirectoryObjectId, K::CloudId),
            (Property::AppId, K::CloudId),
            (Property::ObjectId, K::CloudId),
            (Property::Sid, K::Sid),
            (Property::DistinguishedName, K::Canonical),
            (Property::Identity, K::Canonical),
            (Property::Id, K::Canonical),
            (Property::UserPrincipalName, K::Address),
            (Property::PrimarySmtpAddress, K::Address),
            (Property::WindowsLiveId, K::Address),
            (Property::WindowsEmailAddress, K::Address),
            (Property::Name, K::Name),
            (Property::SamAccountName, K::Account),
            (Property::Alias, K::Account),
            (Property::DisplayName, K::DisplayName),
        ];
        let mut all: Identities = Vec::with_capacity(record.fields.len().min(KINDS.len() / 2));
        for &(property, kind) in KINDS {
            let Some(field) = record.field(property) else { continue };
            let Value::Text(text, complete) = &field.value else { continue };
            let text = text.trim();
            if text.is_empty() {
                continue;
            }
            let kind = if kind == K::Canonical { kind_of_identity(text) } else { kind };
            let identity = match (kind, canonical_of_dn(text)) {
                (K::Canonical, Some(canonical)) => (kind, self.facts.text(&canonical, *complete)),
                _ => (kind, self.text(property, text, *complete)),
            };
            if !all.contains(&identity) {
                self.lossy(identity.1, field.at);
                all.push(identity);
            }
        }
        all
    }

    fn names_in(&mut self, record: &Row<'_, '_>, property: Property) -> NameList {
        match record.value(property) {
            None => NameList::Absent,
            Some(Value::Nothing) => NameList::Whole(Vec::new()),
            Some(Value::Text(text, Complete::Yes)) => NameList::Whole(vec![self.facts.text(text, Complete::Yes)]),
            Some(Value::Text(text, Complete::Cut)) => {
                let partial = self.facts.text(text, Complete::Cut);
                NameList::Cut(Vec::new(), Some(partial))
            }
            Some(Value::Text(_, Complete::Flattened) | Value::Object(_)) => NameList::Gone,
            Some(Value::List(list)) => {
                let split = list.items();
                let items: Vec<Text> = split.items.iter().map(|item| self.facts.text(item, Complete::Yes)).collect();
                match split.rest {
                    Rest::None if record.complete && items.len() > 1 => {
                        let whole = list.raw.trim().trim_start_matches('{').trim_end_matches('}');
                        NameList::Either(items, self.facts.text(whole, Complete::Yes))
                    }
                    Rest::None if record.complete => NameList::Whole(items),
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
    crate::record::enum_name(property, text).unwrap_or(text)
}

/// `True` or `False`; a word in another language stays unclear.
pub(super) fn truth(record: &Row<'_, '_>, property: Property) -> Stated<bool> {
    match record.value(property) {
        // A cell that is printed empty says no more than one that is not there.
        None | Some(Value::Nothing) => Stated::Absent,
        Some(value) => match value.whole() {
            Some(text) if text.eq_ignore_ascii_case("true") => Stated::Is(true),
            Some(text) if text.eq_ignore_ascii_case("false") => Stated::Is(false),
            _ => Stated::Unclear,
        },
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

/// The user of a row that `-GetEffectiveUsers` adds. The assignment's own row is reached by no method but `Direct`.
fn effective_user<'r>(record: &Row<'r, '_>) -> Option<(&'r str, Complete)> {
    let method = word_of(record, Property::AssignmentMethod)?;
    if same(method, "Direct") {
        return None;
    }
    match record.value(Property::EffectiveUserName)? {
        Value::Text(text, complete) => Some((text, *complete)),
        _ => None,
    }
}

fn assignee_type(record: &Row<'_, '_>) -> Option<AssigneeType> {
    let word = word_of(record, Property::RoleAssigneeType)?;
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
    Some(known.iter().find(|(name, _)| same(name, word)).map_or(AssigneeType::Other, |(_, kind)| *kind))
}

/// What a recipient's type words say, the detailed one first.
pub(super) fn class(record: &Row<'_, '_>) -> Option<Class> {
    let words = [Property::RecipientTypeDetails, Property::RecipientType];
    words.iter().find_map(|property| word_of(record, *property).and_then(class_of_word))
}

fn class_of_word(word: &str) -> Option<Class> {
    // What most recipients are.
    if same(word, "UserMailbox") {
        return Some(Class::Account);
    }
    let word = word.to_ascii_lowercase();
    let has = |part: &str| word.contains(part);
    if has("groupmailbox") || has("distributiongroup") || has("nonuniversalgroup") && has("mail") || has("dynamic") {
        Some(Class::DistributionGroup)
    } else if has("group") {
        Some(Class::SecurityGroup)
    } else if has("foreign") {
        Some(Class::Foreign)
    } else if has("contact") || has("publicfolder") {
        Some(Class::Other)
    } else if has("mailbox") || has("user") || has("computer") || has("principal") {
        Some(Class::Account)
    } else {
        None
    }
}

/// What form an `Identity` has: a canonical name or a distinguished one, a GUID, an address, else a name.
#[must_use]
pub(super) fn kind_of_identity(text: &str) -> IdentityKind {
    if is_guid(text) {
        IdentityKind::Guid
    } else if text.starts_with("S-1-") {
        IdentityKind::Sid
    } else if is_dn(text) || is_canonical(text) {
        IdentityKind::Canonical
    } else if text.contains('@') && !text.contains(' ') {
        IdentityKind::Address
    } else {
        IdentityKind::Name
    }
}

fn is_guid(text: &str) -> bool {
    let bytes = text.trim_matches(['{', '}']).as_bytes();
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn is_dn(text: &str) -> bool {
    let start = text.get(..3).unwrap_or("");
    (start.eq_ignore_ascii_case("CN=") || start.eq_ignore_ascii_case("OU=")) && text.contains(',')
}

/// A canonical name begins with a domain: `contoso.com/Users/Anna`.
fn is_canonical(text: &str) -> bool {
    let Some((domain, rest)) = text.split_once('/') else { return false };
    let label =
        |part: &str| !part.is_empty() && part.chars().all(|char| char.is_alphanumeric() || matches!(char, '-' | '_'));
    !rest.is_empty() && domain.contains('.') && domain.split('.').all(label)
}

/// A distinguished name as the canonical one: `CN=Anna,OU=Users,DC=contoso,DC=com` is `contoso.com/Users/Anna`.
///
/// Source: the `canonicalName` attribute in Microsoft's Active Directory schema; a backslash escapes in the former.
#[must_use]
pub fn canonical_of_dn(text: &str) -> Option<String> {
    if !is_dn(text) {
        return None;
    }
    let mut domain: Vec<String> = Vec::new();
    let mut path: Vec<String> = Vec::new();
    for part in dn_parts(text) {
        let (kind, value) = part.split_once('=')?;
        if kind.trim().eq_ignore_ascii_case("DC") {
            domain.push(value.to_owned());
        } else {
            // The canonical name escapes a slash within a name.
            path.push(value.replace('/', r"\/"));
        }
    }
    path.reverse();
    Some(format!("{}/{}", domain.join("."), path.join("/")))
}

/// The parts of a distinguished name, unescaped.
fn dn_parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            ',' => parts.push(String::new()),
            '\\' => parts.last_mut().into_iter().for_each(|part| part.extend(chars.next())),
            char => parts.last_mut().into_iter().for_each(|part| part.push(char)),
        }
    }
    parts
}
