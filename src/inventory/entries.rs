//! The role entries of an organization: in file order, by role, and by cmdlet.

use crate::name::Symbol;
use crate::source::{FileId, to_u32};

use super::facts::{EntryFact, Facts, NO_ROLE};
use super::runs::Runs;

/// All exported entries, told by their numbers. Whatever else changes, copies of an organization share them.
#[derive(Debug, Default)]
pub struct EntryTable {
    /// The entries, in file order.
    pub(super) facts: Vec<EntryFact>,
    files: Runs,
    /// Where entries of one role stand together, sorted by role.
    role_runs: Vec<RoleRun>,
    /// The numbers of the entries, sorted by cmdlet, then as they are; and where those of each cmdlet end.
    by_cmdlet: Vec<u32>,
    cmdlet_ends: Vec<u32>,
}

/// Entries of one role that stand together, by their numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct RoleRun {
    pub(super) role: Symbol,
    pub(super) start: u32,
    pub(super) end: u32,
}

impl EntryTable {
    /// The table of entries whose names are of so many.
    pub(super) fn of(facts: Vec<EntryFact>, files: Runs, name_count: usize) -> Self {
        let role_runs = runs_by_role(&facts);
        let (by_cmdlet, cmdlet_ends) = sorted_by_cmdlet(&facts, name_count);
        Self { facts, files, role_runs, by_cmdlet, cmdlet_ends }
    }

    /// The entries and their files, to be changed.
    #[must_use]
    pub fn copied(&self) -> (Vec<EntryFact>, Runs) {
        (self.facts.clone(), self.files.clone())
    }

    pub(super) fn file(&self, index: usize) -> FileId {
        self.files.file(index)
    }

    pub(super) fn runs_of(&self, role: Symbol) -> &[RoleRun] {
        let runs = &self.role_runs[self.role_runs.partition_point(|run| run.role < role)..];
        &runs[..runs.partition_point(|run| run.role == role)]
    }

    /// The numbers of the entries of a cmdlet.
    pub(super) fn named(&self, cmdlet: Symbol) -> &[u32] {
        let index = cmdlet.index();
        let Some(&end) = self.cmdlet_ends.get(index) else { return &[] };
        let start = if index == 0 { 0 } else { self.cmdlet_ends[index - 1] };
        &self.by_cmdlet[start as usize..end as usize]
    }

    /// The cmdlets of all entries, each once.
    pub(super) fn cmdlets(&self) -> impl Iterator<Item = Symbol> + '_ {
        let cmdlet_of = |index: u32| self.facts[index as usize].cmdlet;
        self.by_cmdlet
            .chunk_by(move |left, right| cmdlet_of(*left) == cmdlet_of(*right))
            .map(move |same| cmdlet_of(same[0]))
    }

    /// The roles that have entries, each once.
    pub(super) fn roles(&self) -> impl Iterator<Item = Symbol> + '_ {
        let roles = self.role_runs.chunk_by(|left, right| left.role == right.role).map(|runs| runs[0].role);
        roles.filter(|role| *role != NO_ROLE)
    }
}

impl Facts {
    /// A copy of everything but what most records are: entries, names and parameter lists.
    #[must_use]
    pub fn copied_but_entries(&mut self) -> Self {
        let taken = Self {
            names: std::mem::take(&mut self.names),
            parameters: std::mem::take(&mut self.parameters),
            entries: std::mem::take(&mut self.entries),
            runs: std::mem::take(&mut self.runs),
            uncertain: std::mem::take(&mut self.uncertain),
            ..Self::default()
        };
        let copy = self.clone();
        let Self { names, parameters, entries, runs, uncertain, .. } = taken;
        (self.names, self.parameters) = (names, parameters);
        (self.entries, self.runs, self.uncertain) = (entries, runs, uncertain);
        copy
    }
}

/// Runs of entries of one role. Exports list a role's entries together, so there are few.
fn runs_by_role(entries: &[EntryFact]) -> Vec<RoleRun> {
    let mut start = 0;
    let run = |part: &[EntryFact]| {
        let end = start + to_u32(part.len());
        RoleRun { role: part[0].role, start: std::mem::replace(&mut start, end), end }
    };
    let mut runs: Vec<RoleRun> = entries.chunk_by(|left, right| left.role == right.role).map(run).collect();
    // The runs of one role stay in file order.
    runs.sort_by_key(|run| run.role);
    runs
}

/// The numbers of entries, sorted by cmdlet, and where those of each name end: counted, for there are few names and
/// perhaps millions of entries.
fn sorted_by_cmdlet(entries: &[EntryFact], name_count: usize) -> (Vec<u32>, Vec<u32>) {
    let mut next = vec![0_u32; name_count + 1];
    for entry in entries {
        next[entry.cmdlet.index() + 1] += 1;
    }
    for name in 0..name_count {
        next[name + 1] += next[name];
    }
    let mut sorted = vec![0; entries.len()];
    for (index, entry) in entries.iter().enumerate() {
        let place = &mut next[entry.cmdlet.index()];
        sorted[*place as usize] = to_u32(index);
        *place += 1;
    }
    next.truncate(name_count);
    (sorted, next)
}
