//! Listings: what a command, or a file whose command is not known, would have shown of a kind, had it existed.

use crate::record::{Command, Extent, Kind, PIPED, Test};
use crate::source::Span;

/// What one command shows of a kind. Absence is proved only by a listing whose extent contains the thing.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The kind.
    pub kind: Kind,
    /// What it would have shown. A file whose command is not known is taken for the whole.
    pub extent: Extent,
    /// The command as typed, where it is known.
    pub command: Option<Box<str>>,
    /// How many rows it has.
    pub records: u64,
    /// The first of them.
    pub at: Span,
}

impl Listing {
    /// What a command shows of a kind; `None` where it shows what a file holds, as it does without a command.
    #[must_use]
    pub fn new(kind: Kind, command: Option<&str>, at: Span) -> Self {
        let extent = command.map(|line| Command::parse(line).extent(kind));
        let extent = extent.flatten().unwrap_or(Extent::Whole);
        Self { kind, extent, command: command.map(Into::into), records: 0, at }
    }

    /// The command's cmdlet, its rows, and what narrows it; `None` where the command is not known.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        let command = Command::parse(self.command.as_deref()?);
        command.extent(self.kind)?;
        let (cmdlet, only) = (command.source(), command.only());
        let of = if cmdlet.is_empty() { "a command that nothing is known of" } else { cmdlet };
        let only = if only.is_empty() || self.extent.is_whole() { String::new() } else { format!(", only {only}") };
        Some(format!("{of}: {}{only}", self.records))
    }

    /// Whether it would certainly have shown a thing that passes tests as `decide` says.
    pub fn covers(&self, decide: &impl Fn(&Test) -> Option<bool>) -> bool {
        self.extent.holds(decide) == Some(true)
    }
}

/// The first listing of a kind that asked for a part, where none shows all that matters of it.
pub(super) fn narrowed(listings: &[Listing], kind: Kind) -> Option<&Listing> {
    let mut of_kind = listings.iter().filter(|listing| listing.kind == kind);
    let of_group = |test: &Test| (test.property == PIPED || test.property == "-Group").then_some(true);
    let covers = |listing: &Listing| match kind {
        Kind::RoleAssignment => listing.covers(&is_of_use),
        _ => listing.covers(&|_| None),
    };
    match kind {
        // The members of each group are a listing of their own.
        Kind::RoleGroupMember => of_kind.find(|listing| !listing.covers(&of_group)),
        _ if of_kind.clone().any(covers) => None,
        _ => of_kind.next(),
    }
}

/// Passes what leaves out only assignments that give nothing: disabled and delegating ones.
#[must_use]
pub fn is_of_use(test: &Test) -> Option<bool> {
    let wanted = match test.property.to_ascii_lowercase().as_str() {
        "enabled" => "True",
        "-delegating" => "False",
        "roleassignmentdelegationtype" => "Regular",
        _ => return None,
    };
    Some(test.fits(wanted))
}
