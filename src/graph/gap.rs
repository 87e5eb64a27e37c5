//! Gaps: why something is unknown, where, and the export that would settle it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::EntraRole;
use crate::diagnostic::{RuleId, noticed};
use crate::inventory::{Inventory, Listed, Listing, MemberDoubt, MembersState};
use crate::name::Symbol;
use crate::powershell::{
    export_command, export_of, group_command, holders_in_entra, policy_command, quoted, uncapped_command, user_command,
};
use crate::record::{Command, Kind};
use crate::source::{Span, to_u32};

use super::coverage::Coverage;

/// The code of a gap that a whole kind of export would close.
pub(super) const MISSING_EXPORT: &str = "missing-export";

/// The number of a gap within one graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GapId(u32);

impl GapId {
    /// The unknown role assignment policy of whoever is asked about. One number for all, so that accounts which differ in
    /// nothing else are judged once; `Graph::gap_for` tells whose it is.
    pub const OWN_POLICY: Self = Self(0);
}

/// Why something is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// A word such as `opaque-group`.
    pub code: &'static str,
    /// The kind of export that lacks it.
    pub kind: Kind,
    /// The object of which something is missing.
    pub object: String,
    /// The place that shows it.
    pub at: Option<Span>,
    /// A second place, where two contradict each other.
    pub other: Option<Span>,
    /// What is missing, in a few words.
    pub message: String,
    /// The command that would close it.
    pub export: String,
}

/// All gaps of a graph, each once.
#[derive(Debug)]
pub(super) struct Gaps {
    all: Vec<Known>,
    /// Those of accounts that may be others under another name.
    strangers: BTreeSet<GapId>,
    /// Whether so many role groups, or roles, lack what is in them that one export of all of them serves better.
    pub(super) many_groups: bool,
    pub(super) many_roles: bool,
    known: BTreeMap<(&'static str, Kind, String), GapId>,
}

#[derive(Debug)]
enum Known {
    Said(Box<Gap>),
    OfRole(RoleGap),
}

/// An entry of a role may be missing. Every role may have such a gap, and few are ever asked about: its words are made
/// when they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct RoleGap {
    pub(super) lacks: Lacks,
    pub(super) role: Symbol,
    pub(super) at: Option<Span>,
}

/// What a role lacks.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lacks {
    /// A collection could not read its entries.
    Collected,
    /// Its entries were not exported, or only as its own list, which says this much.
    Entries(Listed),
    /// An entry that does not show all of its role or cmdlet may be its own.
    Certain,
}

impl Default for Gaps {
    fn default() -> Self {
        let own_policy = Gap::unknown_policy("the account", None);
        Self {
            all: vec![Known::Said(Box::new(own_policy))],
            strangers: BTreeSet::new(),
            many_groups: false,
            many_roles: false,
            known: BTreeMap::new(),
        }
    }
}

impl Gaps {
    /// Whether a gap ends as soon as all names of whoever is asked about are known.
    pub(super) fn is_of_names(&self, id: GapId) -> bool {
        self.strangers.contains(&id)
    }

    pub(super) fn get(&self, id: GapId, inventory: &Inventory) -> Cow<'_, Gap> {
        match &self.all[id.0 as usize] {
            Known::Said(gap) => Cow::Borrowed(gap),
            Known::OfRole(gap) => {
                let said = gap.say(inventory.show_role(gap.role).unwrap_or(""));
                let export = if self.many_roles { export_command(Kind::Role) } else { said.export };
                Cow::Owned(Gap { export, ..said })
            }
        }
    }

    /// Adds a gap, or finds it: one code and object of one kind are one gap.
    fn add(&mut self, gap: Gap) -> GapId {
        let key = (gap.code, gap.kind, crate::name::fold(&gap.object));
        *self.known.entry(key).or_insert_with(|| {
            self.all.push(Known::Said(Box::new(gap)));
            GapId(to_u32(self.all.len() - 1))
        })
    }

    /// Adds what one role lacks, which is said of it once.
    pub(super) fn add_of_role(&mut self, gap: RoleGap) -> GapId {
        self.all.push(Known::OfRole(gap));
        GapId(to_u32(self.all.len() - 1))
    }

    /// Nobody exported the assignments; `export` shows them, and what is needed with them.
    pub(super) fn missing_assignments(&mut self, export: String) -> GapId {
        let message = "no role assignment was exported".to_owned();
        let kind = Kind::RoleAssignment;
        self.add(Gap { export, ..Gap::of(MISSING_EXPORT, kind, kind.name(), None, message) })
    }

    pub(super) fn cut_record(&mut self, kind: Kind, path: &str, at: Span) -> GapId {
        let message = format!("this record breaks off, so a {} may be missing", kind.name());
        self.add(Gap::of("cut-record", kind, path, Some(at), message))
    }

    pub(super) fn capped(&mut self, kind: Kind, path: &str, at: Span) -> GapId {
        let message = format!("the shell stops at 1,000 rows by default, so a {} may be missing", kind.name());
        self.add(Gap { export: uncapped_command(kind), ..Gap::of("capped-at-default", kind, path, Some(at), message) })
    }

    pub(super) fn incomplete_collection(&mut self, kind: Kind, at: Span) -> GapId {
        let message = format!("by its manifest, this collection does not hold every {}", kind.name());
        self.add(Gap::of("incomplete-collection", kind, kind.name(), Some(at), message))
    }

    pub(super) fn effective_rows_only(&mut self, at: Span) -> GapId {
        let message = "only rows of effective users were exported, so assignments may be missing".to_owned();
        self.add(Gap::of("effective-rows-only", Kind::RoleAssignment, "RoleAssignment", Some(at), message))
    }

    /// A list that shows to be picked from all assignments.
    pub(super) fn partial_listing(&mut self, at: Span, why: &str, other: Option<Span>) -> GapId {
        let message = format!("these are not all assignments: {why}");
        let gap = Gap::of("partial-listing", Kind::RoleAssignment, "RoleAssignment", Some(at), message);
        self.add(Gap { other, ..gap })
    }

    /// Two lists of the entries of a role that both seem whole.
    pub(super) fn differing_entries(&mut self, role: &str, (at, other): (Span, Span)) -> GapId {
        let message = format!("two lists of the entries of role `{role}` differ");
        let gap = Gap::of("contradicting-records", Kind::RoleEntry, role, Some(at), message);
        self.add(Gap { other: Some(other), export: Gap::entries_of(role), ..gap })
    }

    /// A command that asked for a part.
    pub(super) fn narrowed_listing(&mut self, listing: &Listing, export: String) -> GapId {
        let line = listing.command.as_deref().unwrap_or_default();
        let (what, only) = (listing.kind.name(), Command::parse(line).only());
        let message = match only.is_empty() {
            false => format!("the command shows only `{only}`, so a {what} may be missing"),
            true => format!("nothing says what this command leaves out, so a {what} may be missing"),
        };
        self.add(Gap { export, ..Gap::of("narrowed-listing", listing.kind, line, Some(listing.at), message) })
    }

    pub(super) fn lost_rows(&mut self, rule: RuleId, path: &str, at: Span) -> GapId {
        let (what, export) = match rule == noticed::UNREADABLE_INPUT {
            true => ("this file", "take the file out of the folder, or make it one that may be read"),
            false => ("a part of this file", "export it again to CSV or JSON, without copying it from a screen"),
        };
        let (message, export) = (format!("{what} could not be read, and may hold rows"), export.to_owned());
        self.add(Gap { export, ..Gap::of(rule.name, Kind::Unknown, path, Some(at), message) })
    }

    pub(super) fn missing_column(&mut self, kind: Kind, column: &str, at: Span) -> GapId {
        // The column may be missing, or the cell be empty.
        let on = if column.ends_with("Scope") { ", so on what the assignment works is not known" } else { "" };
        let message = format!("the export has no value of `{column}`{on}");
        self.add(Gap::of("missing-column", kind, column, Some(at), message))
    }

    pub(super) fn unclear_cell(&mut self, column: &str, at: Span) -> GapId {
        let message = format!("what `{column}` says is cut, or a word that no shell of ours prints");
        self.add(Gap::of("unclear-value", Kind::RoleAssignment, column, Some(at), message))
    }

    pub(super) fn contradiction(&mut self, object: &str, at: Span, other: Span) -> GapId {
        let message = format!("two records contradict each other about assignment `{object}`");
        let export = "remove the older of the two exports".to_owned();
        let gap = Gap::of("contradicting-records", Kind::RoleAssignment, object, Some(at), message);
        self.add(Gap { other: Some(other), export, ..gap })
    }

    /// Many contradictions of one kind.
    pub(super) fn contradictions(&mut self, gap: Gap) -> GapId {
        self.add(gap)
    }

    /// A role that the caller asserts and no export shows.
    pub(super) fn unknown_role(&mut self, role: &str, at: Span) -> GapId {
        self.add(Gap::no_entries(role, Listed::Absent, Some(at)))
    }

    /// `unread`: what was exported and may name the members.
    pub(super) fn open_group(
        &mut self,
        group: &str,
        state: MembersState,
        role_group: bool,
        unread: Option<&str>,
        at: Option<Span>,
    ) -> GapId {
        let (code, message) = match state {
            MembersState::Cut => ("cut-list", format!("the list of members of `{group}` is cut")),
            MembersState::Capped => (
                "capped-at-default",
                format!("exactly 1,000 members of `{group}` were exported, where the shell stops"),
            ),
            MembersState::Flattened => ("flattened-list", format!("the members of `{group}` were flattened away")),
            MembersState::Contradicting => {
                ("contradicting-records", format!("two records contradict each other about the members of `{group}`"))
            }
            MembersState::NotExported | MembersState::Known | MembersState::Narrowed => match unread {
                Some(unread) => ("opaque-group", format!("the members of `{group}` were not read: {unread}")),
                None => ("opaque-group", format!("the members of `{group}` were not exported")),
            },
        };
        let kind = if role_group { Kind::RoleGroupMember } else { Kind::Group };
        let export = if role_group && self.many_groups { exports_of_groups() } else { export_of(kind, group) };
        self.add(Gap { export, ..Gap::of(code, kind, group, at, message) })
    }

    /// A role group whose members are accounts of another forest: linked mailboxes of this one.
    pub(super) fn linked_group(&mut self, group: &str, at: Option<Span>) -> GapId {
        let message = format!("`{group}` is linked to a group of another forest, which may hold any linked mailbox");
        let export = format!(
            "look up the members of the group that Get-RoleGroup {} shows as LinkedGroup, and state them in a `[[group]]` table",
            quoted(group)
        );
        self.add(Gap { export, ..Gap::of("opaque-group", Kind::RoleGroupMember, group, at, message) })
    }

    /// A group whose members are synchronised from Entra: no export of Exchange shows all of them.
    pub(super) fn entra_group(&mut self, group: &str, role: Option<EntraRole>, at: Option<Span>) -> GapId {
        let message = match role {
            Some(role) => {
                format!(
                    "`{group}` has the holders of the Entra role {} as members, of whom Exchange does not show all",
                    role.name
                )
            }
            None => format!("the members of `{group}` are synchronised from Entra, and Exchange does not show all"),
        };
        let export = holders_in_entra(role.map(|role| role.template));
        self.add(Gap { export, ..Gap::of("opaque-group", Kind::RoleGroupMember, group, at, message) })
    }

    /// Members of which nothing says what they are: a group that holds one of them may hold anybody.
    pub(super) fn unknown_members(&mut self, group: &str, role_group: bool, members: &[&str], at: Span) -> GapId {
        /// More are asked for together, where one command types all members of a role group.
        const ONE_BY_ONE_MAX: usize = 4;
        let message = match members {
            [one] => format!("nothing says whether `{one}`, a member of `{group}`, is an account or a group"),
            [one, rest @ ..] => {
                let count = rest.len();
                format!("nothing says whether `{one}` and {count} more members of `{group}` are accounts or groups")
            }
            [] => unreachable!("there is a member that nothing is known of"),
        };
        // Get-Recipient knows neither users without a mailbox nor groups without an address, as most of these are.
        let export = match role_group && members.len() > ONE_BY_ONE_MAX {
            true => export_of(Kind::RoleGroupMember, group),
            false => members.iter().map(|member| group_command(member)).collect::<Vec<_>>().join("\n"),
        };
        self.add(Gap { export, ..Gap::of("unknown-member", Kind::Recipient, group, Some(at), message) })
    }

    pub(super) fn distribution_group(&mut self, group: &str, at: Option<Span>) -> GapId {
        let message =
            format!("`{group}` is not known to be a security group, so its members may hold nothing through it");
        let export = format!("Get-Group {} | Format-List Name,GroupType,RecipientTypeDetails", quoted(group));
        self.add(Gap { export, ..Gap::of("distribution-group", Kind::Group, group, at, message) })
    }

    pub(super) fn ambiguous(&mut self, kind: Kind, name: &str, at: Span) -> GapId {
        let message = format!("`{name}` may be any of several objects of that name");
        let export = "export Guid and DistinguishedName with every object".to_owned();
        self.add(Gap { export, ..Gap::of("ambiguous-name", kind, name, Some(at), message) })
    }

    /// A report names the member in a way that may mean something else.
    pub(super) fn doubtful_member(&mut self, group: &str, member: &str, doubt: MemberDoubt, at: Span) -> GapId {
        let message = match doubt {
            MemberDoubt::Nested => {
                format!("`{member}` comes to `{group}` through another group, whose own members would show how")
            }
            MemberDoubt::CalledRole => {
                format!(
                    "`{group}` is in the column `Role` of a row about `{member}`, and is the name of a role as well"
                )
            }
        };
        let export = export_of(Kind::RoleGroupMember, group);
        let object = format!("{group}\\{member}");
        self.add(Gap { export, ..Gap::of("ambiguous-name", Kind::RoleGroupMember, &object, Some(at), message) })
    }

    pub(super) fn stranger(&mut self, name: &str, at: Span) -> GapId {
        let message = format!("nothing says who `{name}` is, so it may be this account under another name");
        let export = user_command(name);
        let id = self.add(Gap { export, ..Gap::of("ambiguous-name", Kind::Recipient, name, Some(at), message) });
        self.strangers.insert(id);
        id
    }

    pub(super) fn unclear_name(&mut self, kind: Kind, name: &str, at: Span) -> GapId {
        let message = format!("`{name}` is cut or lossy and may be any of several names");
        self.add(Gap::of("cut-value", kind, name, Some(at), message))
    }

    pub(super) fn mailbox_plan(&mut self, plan: &str, at: Span) -> GapId {
        let message = format!("no export says which mailboxes have the mailbox plan `{plan}`");
        let export = "Get-Mailbox -ResultSize Unlimited | Format-List Name,MailboxPlan".to_owned();
        self.add(Gap { export, ..Gap::of("unknown-policy", Kind::Recipient, plan, Some(at), message) })
    }

    pub(super) fn effective_users(&mut self, assignment: &str, list: Span, row: Span) -> GapId {
        let message = format!("the effective users of `{assignment}` and the lists of members contradict each other");
        let gap = Gap::of("contradicting-records", Kind::RoleAssignment, assignment, Some(row), message);
        let export = "export the members and the effective users again, at one time".to_owned();
        self.add(Gap { other: Some(list), export, ..gap })
    }

    pub(super) fn unknown_scope(&mut self, role: &str, at: Option<Span>) -> GapId {
        let message = format!("no export says on what scope role `{role}` works");
        self.add(Gap::of("unknown-scope", Kind::RoleAssignment, role, at, message))
    }

    pub(super) fn open_scope(&mut self, assignment: &str, coverage: Coverage) -> GapId {
        let export = coverage.export.unwrap_or_else(|| export_command(Kind::ManagementScope));
        let message = format!("for the assignment `{assignment}`, {}", coverage.words);
        self.add(Gap { export, ..Gap::of("unknown-scope", Kind::ManagementScope, assignment, coverage.at, message) })
    }

    pub(super) fn cut_parameters(&mut self, role: &str, cmdlet: &str, at: Span) -> GapId {
        let message = format!("the parameters of `{cmdlet}` in role `{role}` are not all shown");
        let entry = format!("{role}\\{cmdlet}");
        let export = export_of(Kind::RoleEntry, &entry);
        self.add(Gap { export, ..Gap::of("cut-list", Kind::RoleEntry, &entry, Some(at), message) })
    }
}

/// All role groups with their members: lists show which have none, rows what each member is.
pub(super) fn exports_of_groups() -> String {
    [Kind::RoleGroup, Kind::RoleGroupMember].map(export_command).join("\n")
}

/// The command of a listing without what narrows it.
pub(super) fn widened(listing: &Listing) -> String {
    let line = listing.command.as_deref().unwrap_or_default();
    Command::parse(line).widened().unwrap_or_else(|| export_command(listing.kind))
}

/// Commands, a line each, each once.
pub(super) fn once(exports: &[String]) -> String {
    let mut seen = BTreeSet::new();
    let lines = exports.iter().flat_map(|export| export.lines()).filter(|line| seen.insert(*line));
    lines.collect::<Vec<_>>().join("\n")
}

impl RoleGap {
    /// The gap of a role of this name.
    fn say(self, role: &str) -> Gap {
        match self.lacks {
            Lacks::Collected => {
                let message = format!("the entries of role `{role}` could not be collected");
                let gap = Gap::of("incomplete-collection", Kind::RoleEntry, role, self.at, message);
                Gap { export: Gap::entries_of(role), ..gap }
            }
            Lacks::Entries(listed) => Gap::no_entries(role, listed, self.at),
            Lacks::Certain => {
                let message =
                    format!("a role entry that is cut, lossy or without its role may belong to role `{role}`");
                Gap::of("cut-value", Kind::RoleEntry, role, self.at, message)
            }
        }
    }
}

impl Gap {
    fn no_entries(role: &str, listed: Listed, at: Option<Span>) -> Self {
        let (code, message) = match listed {
            Listed::Cut => ("cut-list", format!("the list of entries of role `{role}` is cut")),
            _ => ("empty-role", format!("no entry of role `{role}` was exported")),
        };
        Self { export: Self::entries_of(role), ..Self::of(code, Kind::RoleEntry, role, at, message) }
    }

    /// The command that exports the entries of a role.
    fn entries_of(role: &str) -> String {
        export_of(Kind::RoleEntry, &format!("{role}\\*"))
    }

    /// No export shows an account.
    #[must_use]
    pub fn unknown_account(account: &str) -> Self {
        let message = format!("no export shows `{account}`");
        let export = [user_command(account), policy_command(account)].join("\n");
        Self { export, ..Self::of("unknown-account", Kind::Recipient, account, None, message) }
    }

    /// The policy of an account that no export shows.
    #[must_use]
    pub fn unknown_policy(account: &str, at: Option<Span>) -> Self {
        let message = format!("the role assignment policy of `{account}` was not exported");
        let export = policy_command(account);
        Self { export, ..Self::of("unknown-policy", Kind::Recipient, account, at, message) }
    }

    /// An account that may be in these exports under another name.
    #[must_use]
    pub fn unknown_name(account: &str) -> Self {
        let message = format!("nothing tells whether `{account}` is here under another name");
        let export = "export Guid and DistinguishedName with every object".to_owned();
        Self { export, ..Self::of("ambiguous-name", Kind::Recipient, account, None, message) }
    }

    /// A scope of which it cannot be told whether it holds what another does.
    pub(super) fn compared_scope(assignment: &str, at: Option<Span>) -> Self {
        let message =
            format!("whether the scope of the assignment `{assignment}` holds what it did before cannot be told");
        Self::of("unknown-scope", Kind::ManagementScope, assignment, at, message)
    }

    /// A gap that the usual export of its kind closes.
    fn of(code: &'static str, kind: Kind, object: &str, at: Option<Span>, message: String) -> Self {
        let export = export_command(kind);
        Self { code, kind, object: object.to_owned(), at, other: None, message, export }
    }
}
