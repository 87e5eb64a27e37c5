//! Role entries that cannot be told to one role or one cmdlet, kept small: a table cuts the names of most roles.

use crate::name::Symbol;
use crate::source::Span;

use super::facts::{Form, Text, append, push};
use super::parameters::ParameterListId;
use super::runs::Runs;

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

/// Uncertain entries in file order.
#[derive(Clone, Debug, Default)]
pub struct UncertainEntries {
    all: Vec<Kept>,
    runs: Runs,
}

/// Twenty-four bytes of an entry.
#[derive(Clone, Copy, Debug)]
struct Kept {
    role: Option<Symbol>,
    cmdlet: Symbol,
    parameters: ParameterListId,
    start: u32,
    end: u32,
    role_form: Form,
    cmdlet_form: Form,
}

impl UncertainEntries {
    /// Adds an entry.
    pub fn push(&mut self, entry: UncertainEntry) {
        let kept = Kept {
            role: entry.role.map(|role| role.symbol),
            cmdlet: entry.cmdlet.symbol,
            parameters: entry.parameters,
            start: entry.at.start,
            end: entry.at.end,
            role_form: entry.role.map_or(Form::Whole, |role| role.form),
            cmdlet_form: entry.cmdlet.form,
        };
        push(&mut self.all, kept);
        self.runs.extend(entry.at.file, self.all.len());
    }

    /// Adds the entries of the next file.
    pub(super) fn append(&mut self, others: Self) {
        self.runs.append(others.runs, self.all.len());
        append(&mut self.all, others.all);
    }

    /// Gives every name and list the number that it has among all.
    pub(super) fn rename(&mut self, name: impl Fn(&mut Symbol), list: impl Fn(&mut ParameterListId)) {
        for kept in &mut self.all {
            kept.role.iter_mut().for_each(&name);
            name(&mut kept.cmdlet);
            list(&mut kept.parameters);
        }
    }

    /// Gives back what was taken for growing.
    pub(super) fn shrink_to_fit(&mut self) {
        self.all.shrink_to_fit();
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// An entry by its number, which is below `len`.
    #[must_use]
    pub fn get(&self, index: usize) -> UncertainEntry {
        let kept = self.all[index];
        UncertainEntry {
            role: kept.role(),
            cmdlet: kept.cmdlet(),
            parameters: kept.parameters,
            at: Span { file: self.runs.file(index), start: kept.start, end: kept.end },
        }
    }

    /// What each entry shows of its role, in file order.
    pub fn roles(&self) -> impl Iterator<Item = Option<Text>> + '_ {
        self.all.iter().map(|kept| kept.role())
    }

    /// What each entry shows of its cmdlet, in file order.
    pub fn cmdlets(&self) -> impl Iterator<Item = Text> + '_ {
        self.all.iter().map(|kept| kept.cmdlet())
    }

    /// What one entry shows of its cmdlet.
    #[must_use]
    pub fn cmdlet(&self, index: usize) -> Text {
        self.all[index].cmdlet()
    }
}

impl Kept {
    fn role(&self) -> Option<Text> {
        self.role.map(|symbol| Text { symbol, form: self.role_form })
    }

    const fn cmdlet(&self) -> Text {
        Text { symbol: self.cmdlet, form: self.cmdlet_form }
    }
}
