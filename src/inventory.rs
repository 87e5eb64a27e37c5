//! Records to an organization: roles, entries, assignments, groups, accounts; who is who; what is missing.
//!
//! Nothing here decides a permission. The inventory says what the exports state, how surely, and where.

mod assignments;
mod attributes;
mod collect;
mod collection;
mod disagreements;
mod entries;
mod facts;
mod files;
mod grouped;
mod identity;
mod listing;
mod managers;
mod members;
mod objects;
mod origin;
mod parameters;
mod principals;
mod row;
mod runs;
mod settled;
mod state;
mod uncertain;
mod unread;
mod unseen;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::RuleId;
use crate::name::{ByName, Names, Symbol, fold, same};
use crate::record::{Kind, Test};
use crate::source::{FileId, Span};

pub use crate::read::{Call, Manifest};
pub use assignments::{Assignee, Assignment, NameSays, name_says};
pub use attributes::Attributes;
pub use collect::{Collector, stands_for};
pub use collection::settle_collections;
pub use disagreements::{Disagreements, GivenFact, Unlisted};
pub use entries::EntryTable;
use entries::RoleRun;
pub use facts::{
    Absent, AssigneeType, AssignmentFact, Change, Class, EntryFact, Facts, Form, GroupFact, Identity, IdentityKind,
    Listed, MemberDoubt, NO_ROLE, NameList, PolicyFact, RoleFact, ScopeFact, Stated, Text,
};
pub use files::{DEFAULT_ROWS, FileFact, missing};
pub(crate) use grouped::Grouped;
pub use identity::{canonical_of_dn, is_id, last_part, name_of_dn};
pub use listing::{Listing, is_of_use};
pub use members::{Members, MembersState};
pub use objects::ObjectFact;
pub use origin::{Origin, Shown};
pub use parameters::{ParameterList, ParameterListId, ParameterLists};
pub use principals::{Hint, LooseMember, Principal, PrincipalId, Principals, has_whole_name};
pub use runs::Runs;
pub use settled::Contradiction;
pub use uncertain::{UncertainEntries, UncertainEntry};
pub use unread::Unread;
pub use unseen::Unseen;

/// A role, as far as it is known.
#[derive(Clone, Debug)]
pub struct Role {
    /// Its name.
    pub name: Symbol,
    /// Its parent; `Some(None)` where it has none.
    pub parent: Option<Option<Symbol>>,
    /// Whether it is for end users.
    pub end_user: Option<bool>,
    /// Its type, as Exchange names it: `MailRecipients`.
    pub role_type: Option<Symbol>,
    /// Whether it is an unscoped role, which holds scripts and acts organization-wide.
    pub unscoped: bool,
    /// Its implicit scopes: recipient read and write, configuration read and write.
    pub scopes: [Option<Symbol>; 4],
    /// Whether its own list of entries was read.
    pub listed: Listed,
    /// Its record.
    pub at: Option<Span>,
}

/// One organization, as its exports show it.
#[derive(Clone, Debug)]
pub struct Inventory {
    /// All names.
    pub names: Names,
    /// All parameter lists.
    pub parameters: ParameterLists,
    /// Users and groups.
    pub principals: Principals,
    /// Role assignments.
    pub assignments: Vec<Assignment>,
    /// Records of one object that state different things.
    pub contradictions: Vec<Contradiction>,
    /// Roles, by name.
    pub roles: ByName<Role>,
    /// Role entries that cannot be told to one role or cmdlet.
    pub uncertain_entries: UncertainEntries,
    /// Role assignment policies.
    pub policies: Vec<PolicyFact>,
    /// Management scopes.
    pub scopes: Vec<ScopeFact>,
    /// Servers, mailbox databases and mailbox plans.
    pub objects: Vec<ObjectFact>,
    /// What was read in each file.
    pub files: Vec<FileFact>,
    /// What each command, and each file without one, shows of each kind.
    pub listings: Vec<Listing>,
    /// Parts of files that carry records and could not be read: rows may be missing.
    pub lost: Vec<(RuleId, Span)>,
    /// Where the objects live, each origin of each file once.
    pub origins: Vec<Shown>,
    /// Whose objects they are by a column that says so: of each file the first two.
    pub tenants: Vec<(String, Span)>,
    /// When objects were last changed, as far as exports show it.
    pub changes: Vec<Change>,
    /// Groups of exactly as many member rows as the shell prints by default, each at its first.
    pub capped_members: Vec<(Symbol, Span)>,
    /// The days on which transcripts began, each where it says so.
    pub transcripts: Vec<(String, Span)>,
    /// What collections say of themselves.
    pub manifests: Vec<Manifest>,
    /// Roles whose entries a collection could not read, each at the place that says so.
    pub unread_entries: BTreeMap<Symbol, Span>,
    /// Columns of reports that nothing was read from.
    pub unread: Vec<Unread>,
    /// What the exports say of each other.
    pub disagreements: Disagreements,
    /// What Exchange says that there is none of.
    absent: Vec<Absent>,
    paths: BTreeMap<FileId, String>,
    entry_row_roles: BTreeSet<Symbol>,
    entries: Arc<EntryTable>,
}

/// A role entry, with the place that shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The role.
    pub role: Symbol,
    /// The cmdlet.
    pub cmdlet: Symbol,
    /// Its parameters.
    pub parameters: ParameterListId,
    /// Where its name stands.
    pub at: Span,
}

impl Inventory {
    /// Brings the facts of all files together.
    #[must_use]
    pub fn of(mut facts: Facts) -> Self {
        let mut entries = std::mem::take(&mut facts.entries);
        entries.shrink_to_fit();
        let table = EntryTable::of(entries, std::mem::take(&mut facts.runs), facts.names.len());
        Self::beside(facts, Arc::new(table))
    }

    /// Brings facts together that stand beside these entries, whatever entries they have themselves.
    #[must_use]
    pub fn beside(mut facts: Facts, entries: Arc<EntryTable>) -> Self {
        facts.uncertain.shrink_to_fit();
        facts.parameters.forget_raw();
        let capped_members = facts.capped_members();
        // Which of several commands an answer names must not hang on the names of their files.
        facts.listings.sort_by(|left, right| left.command.cmp(&right.command));
        let known = facts.disagreements.take();
        if known.is_some() {
            // A step that takes a member away leaves the member's own record as it was.
            facts.member_of.clear();
        }
        let contradictions = settled::settle(&mut facts);
        let principals = Principals::of(&mut facts, &capped_members);
        let assignments = assignments::merge(&mut facts, &principals, &contradictions);
        let mut roles = roles_of(&facts);
        for (role, count) in std::mem::take(&mut facts.entry_counts) {
            let has_fewer = || {
                let runs = entries.runs_of(role).iter();
                let cmdlets: BTreeSet<Symbol> = runs
                    .flat_map(|run| (run.start..run.end).map(|index| entries.facts[index as usize].cmdlet))
                    .collect();
                cmdlets.len() < count
            };
            if let Some(role_of) = roles.get_mut(role).filter(|role| role.listed != Listed::Whole && has_fewer()) {
                role_of.listed = Listed::Cut;
                facts.entry_row_roles.remove(&role);
            }
        }
        let given = principals::given(&facts);
        let lists = facts.roles.iter().filter(|role| role.name.form == Form::Whole && role.entries == Listed::Whole);
        let lists: Vec<(Symbol, Span)> = lists.map(|role| (role.name.symbol, role.at)).collect();
        let mut inventory = Self {
            principals,
            assignments,
            contradictions,
            roles,
            names: facts.names,
            parameters: facts.parameters,
            uncertain_entries: facts.uncertain,
            paths: facts.paths,
            entry_row_roles: facts.entry_row_roles,
            lost: facts.lost,
            manifests: facts.manifests,
            transcripts: facts.transcripts,
            origins: facts.origins,
            tenants: facts.tenants,
            changes: facts.changes,
            capped_members,
            unread_entries: facts.unread_entries,
            unread: facts.unread,
            absent: facts.absent,
            policies: facts.policies,
            scopes: facts.scopes,
            objects: facts.objects,
            files: facts.files,
            listings: facts.listings,
            disagreements: Disagreements::default(),
            entries,
        };
        inventory.disagreements = known.unwrap_or_else(|| Disagreements::of(&inventory, &given, &lists));
        inventory
    }

    /// The exported entries of a role, in file order; `NO_ROLE` gives those whose role no export names.
    pub fn entries_of(&self, role: Symbol) -> impl Iterator<Item = Entry> + '_ {
        self.entries.runs_of(role).iter().flat_map(|run| (run.start..run.end).map(|index| self.entry(index as usize)))
    }

    /// Whether any entry of a role was exported.
    #[must_use]
    pub fn has_entries(&self, role: Symbol) -> bool {
        !self.entries.runs_of(role).is_empty()
    }

    /// Whether rows of Get-ManagementRoleEntry show all entries of a role, and not only the role's own list.
    #[must_use]
    pub fn has_entry_rows(&self, role: Symbol) -> bool {
        self.entry_row_roles.contains(&role)
    }

    /// The path of a file, as it is shown.
    #[must_use]
    pub fn path(&self, file: FileId) -> &str {
        self.paths.get(&file).map_or("", String::as_str)
    }

    /// The name of a role as it is shown; `None` where no export names it.
    #[must_use]
    pub fn show_role(&self, role: Symbol) -> Option<&str> {
        (role != NO_ROLE).then(|| self.names.show(role))
    }

    /// Every exported entry.
    pub fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        (0..self.entries.facts.len()).map(|index| self.entry(index))
    }

    /// How many entries of a role were exported.
    #[must_use]
    pub fn entry_count(&self, role: Symbol) -> usize {
        self.entries.runs_of(role).iter().map(|run| (run.end - run.start) as usize).sum()
    }

    /// The exported entries of a cmdlet, of all roles, in file order.
    pub fn entries_named(&self, cmdlet: Symbol) -> impl Iterator<Item = Entry> + '_ {
        self.entries.named(cmdlet).iter().map(|index| self.entry(*index as usize))
    }

    /// The roles with entries of a cmdlet, once for each entry; `NO_ROLE` for those whose role no export names.
    pub fn roles_with(&self, cmdlet: Symbol) -> impl Iterator<Item = Symbol> + '_ {
        self.entries.named(cmdlet).iter().map(|index| self.entries.facts[*index as usize].role)
    }

    /// The entries of a cmdlet in a role, in file order.
    pub fn entries_in(&self, role: Symbol, cmdlet: Symbol) -> impl Iterator<Item = Entry> + '_ {
        let named = self.entries.named(cmdlet);
        let in_run = move |run: &RoleRun| {
            let (from, end) = (named.partition_point(|index| *index < run.start), run.end);
            named[from..].iter().take_while(move |index| **index < end)
        };
        let runs = if named.is_empty() { &[] } else { self.entries.runs_of(role) };
        runs.iter().flat_map(in_run).map(|index| self.entry(*index as usize))
    }

    /// The cmdlets of a role's exported entries, one for each entry.
    pub fn cmdlets_of(&self, role: Symbol) -> impl Iterator<Item = Symbol> + '_ {
        let entries = |run: &RoleRun| &self.entries.facts[run.start as usize..run.end as usize];
        self.entries.runs_of(role).iter().flat_map(entries).map(|entry| entry.cmdlet)
    }

    /// The cmdlets of all exported entries, each once.
    pub fn cmdlets(&self) -> impl Iterator<Item = Symbol> + '_ {
        self.entries.cmdlets()
    }

    /// The roles that have exported entries.
    pub fn roles_with_entries(&self) -> impl Iterator<Item = Symbol> + '_ {
        self.entries.roles()
    }

    /// The entries themselves, for a copy that has others beside them.
    #[must_use]
    pub fn entry_table(&self) -> &Arc<EntryTable> {
        &self.entries
    }

    /// A name as it is shown.
    #[must_use]
    pub fn show(&self, symbol: Symbol) -> &str {
        self.names.show(symbol)
    }

    /// The name of a principal as it is shown.
    #[must_use]
    pub fn show_principal(&self, id: PrincipalId) -> &str {
        self.names.show(self.principals.shown(id, &self.names))
    }

    /// Of some principals the name that comes first, as it is shown; nothing of none.
    #[must_use]
    pub fn show_first(&self, ids: &[PrincipalId]) -> &str {
        let names = ids.iter().map(|id| self.show_principal(*id));
        names.min_by_key(|name| (fold(name), *name)).unwrap_or_default()
    }

    /// Where Exchange says that there is no group, or no user, of a name; `None` where it does not.
    #[must_use]
    pub fn says_absent(&self, kind: Kind, name: Symbol) -> Option<Span> {
        self.absent.iter().find(|absent| (absent.kind, absent.name) == (kind, name)).map(|absent| absent.at)
    }

    /// One object that two files show as it was after changes of different days: first as the earlier change left it.
    #[must_use]
    pub fn changed_between(&self) -> Option<(&Change, &Change)> {
        let mut by_object: BTreeMap<&str, Vec<&Change>> = BTreeMap::new();
        for change in &self.changes {
            by_object.entry(self.show(change.object)).or_default().push(change);
        }
        by_object.into_values().find_map(|mut changes| {
            changes.sort_by_key(|change| &change.moment);
            let (first, last) = (*changes.first()?, *changes.last()?);
            let differ = first.day() != last.day() && first.at.file != last.at.file;
            differ.then_some((first, last))
        })
    }

    /// The listings of a kind.
    pub fn listings_of(&self, kind: Kind) -> impl Iterator<Item = &Listing> {
        self.listings.iter().filter(move |listing| listing.kind == kind)
    }

    /// The first listing of a kind that asked for a part, where none shows all that matters of it.
    #[must_use]
    pub fn narrowed(&self, kind: Kind) -> Option<&Listing> {
        listing::narrowed(&self.listings, kind)
    }

    /// Whether some listing of a kind would have shown a thing that passes tests as `decide` says.
    pub fn covers(&self, kind: Kind, decide: &impl Fn(&Test) -> Option<bool>) -> bool {
        self.listings_of(kind).any(|listing| listing.covers(decide))
    }

    /// Whether records of a kind were read, and all that there are, as far as an export can show that.
    #[must_use]
    pub fn is_whole(&self, kind: Kind) -> bool {
        let mut files = self.files.iter().filter(|fact| fact.kind == kind).peekable();
        files.peek().is_some() && files.all(FileFact::is_whole) && self.lost.is_empty() && self.covers(kind, &|_| None)
    }

    /// How many records of a kind were read, in all files.
    #[must_use]
    pub fn record_count(&self, kind: Kind) -> u64 {
        self.files.iter().filter(|fact| fact.kind == kind).map(|fact| fact.records).sum()
    }

    fn entry(&self, index: usize) -> Entry {
        let fact = self.entries.facts[index];
        // The name stands as it was printed; an escape in it would only move the end of the mark.
        let length = crate::source::to_u32(self.names.show(fact.cmdlet).len());
        let at = Span { file: self.entries.file(index), start: fact.start, end: fact.start.saturating_add(length) };
        Entry { role: fact.role, cmdlet: fact.cmdlet, parameters: fact.parameters, at }
    }
}

/// Roles that have a record of their own; others are known by entries and assignments alone.
fn roles_of(facts: &Facts) -> ByName<Role> {
    let mut roles: ByName<Role> = ByName::default();
    for fact in facts.roles.iter().filter(|fact| fact.name.form == Form::Whole) {
        let name = fact.name.symbol;
        let role = roles.get_or_insert_with(name, || Role {
            name,
            parent: None,
            end_user: None,
            role_type: None,
            unscoped: false,
            scopes: [None; 4],
            listed: Listed::Absent,
            at: None,
        });
        // A parent that is not shown whole is none that is known, and not none.
        let parent = fact.parent.filter(|parent| parent.is_none_or(|text| text.form == Form::Whole));
        let parent = parent.map(|parent| parent.map(|text| text.symbol));
        role.parent = role.parent.or(parent);
        role.end_user = role.end_user.or(fact.end_user);
        // Of two that differ it is the same one in whatever order they are read.
        let said = role.role_type.into_iter().chain(fact.role_type);
        role.role_type = said.min_by_key(|word| fold(facts.names.show(*word)));
        role.unscoped |= fact.role_type.is_some_and(|word| same(facts.names.show(word), "UnScoped"));
        for (known, said) in role.scopes.iter_mut().zip(fact.scopes) {
            *known = known.or(said);
        }
        role.listed = role.listed.max(fact.entries);
        role.at.get_or_insert(fact.at);
    }
    roles.sorted()
}
