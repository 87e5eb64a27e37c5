//! OPATH filters: what a custom scope matches, and how two of them compare.
//!
//! An answer is given only where it is certain. Two things make a filter doubtful: text that the directory may take for
//! the same (accents, runs of spaces), and a mix of `-and` and `-or` without parentheses. Microsoft's page on recipient
//! filters refers to about_Logical_Operators, where both bind equally, from left to right; elsewhere `-and` binds more
//! tightly, and no page says what Exchange does. Such a filter has two readings, and an answer is what both agree on.

mod decide;
mod property;
mod read;
#[cfg(test)]
mod tests;

use super::known::Known;

pub(super) use decide::is_plain;

/// An OPATH filter, in a normal form: without negated groups, flat, sorted, each part once, folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// With `-and` before `-or`.
    and_first: Expression,
    /// From left to right, where that makes a difference.
    left_to_right: Option<Expression>,
}

/// A filter that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilterError {
    /// Where reading stopped, in bytes.
    pub at: usize,
}

/// What an export says of one attribute of a recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute<'a> {
    /// It has no value.
    Empty,
    /// It has this one value.
    Text(&'a str),
    /// The export does not say.
    Unknown,
}

/// A filter or a part of it. `All` of nothing holds always, `Any` of nothing never.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Expression {
    Literal(Literal),
    All(Vec<Expression>),
    Any(Vec<Expression>),
}

/// One comparison, or its opposite: `-ne` is the opposite of `-eq`, and so holds where there is no value.
///
/// Source: "Search Filter Syntax" for Active Directory: a negated comparison also finds objects without the attribute.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Literal {
    /// The property, folded.
    property: Box<str>,
    /// The comparison.
    test: Test,
    /// False for its opposite.
    holds: bool,
}

/// A comparison of a property's value, folded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Test {
    /// There is a value: `-ne $null`, `-like '*'`.
    Present,
    /// `-eq`, and `-like` without a wildcard.
    Equal(Box<str>),
    /// `-like 'text*'`.
    Prefix(Box<str>),
    /// `-like '*text'`.
    Suffix(Box<str>),
    /// `-like '*text*'`.
    Contains(Box<str>),
    /// A comparison whose meaning no page gives: wildcards inside the text or after `-eq`, an order of texts.
    Odd(&'static str, Box<str>),
}

impl Filter {
    /// Reads a filter, with or without braces around it.
    ///
    /// Errors: the offset at which it cannot be read, or at which it nests too deeply.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        read::filter(text)
    }

    /// Whether two filters match the same recipients.
    #[must_use]
    pub fn same(&self, other: &Self) -> Known {
        self.compare(other, |left, right| {
            if left == right {
                return Known::Yes;
            }
            decide::contains(left, right).and(decide::contains(right, left))
        })
    }

    /// Whether every recipient matches.
    ///
    /// `Alias -ne $null` is not everything: a user without a mailbox has no alias, and is what `Enable-Mailbox` acts on.
    #[must_use]
    pub fn is_everything(&self) -> Known {
        self.each(|reading| !decide::satisfiable(&[(reading, false)]))
    }

    /// Whether no recipient can match.
    #[must_use]
    pub fn is_nothing(&self) -> Known {
        self.each(|reading| !decide::satisfiable(&[(reading, true)]))
    }

    /// Whether a recipient with these attributes matches. Properties are asked for in lower case.
    #[must_use]
    pub fn matches<'a>(&self, attribute: &dyn Fn(&str) -> Attribute<'a>) -> Known {
        self.each(|reading| match decide::matches(reading, attribute) {
            // What always or never holds does so for this recipient as well.
            Known::Unknown if decide::satisfiable(&[(reading, false)]) == Known::No => Known::Yes,
            Known::Unknown if decide::satisfiable(&[(reading, true)]) == Known::No => Known::No,
            known => known,
        })
    }

    /// Whether whatever matches `other` matches this filter.
    #[must_use]
    pub fn contains(&self, other: &Self) -> Known {
        self.compare(other, decide::contains)
    }

    /// Whether some recipient could match both.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> Known {
        self.compare(other, |left, right| decide::satisfiable(&[(left, true), (right, true)]))
    }

    /// The properties that a filter names, in lower case, sorted.
    #[must_use]
    pub fn properties(&self) -> Vec<&str> {
        let mut properties = Vec::new();
        self.and_first.gather_properties(&mut properties);
        properties.sort_unstable();
        properties.dedup();
        properties
    }

    fn each(&self, answer: impl Fn(&Expression) -> Known) -> Known {
        let first = answer(&self.and_first);
        self.left_to_right.as_ref().map_or(first, |second| first.agreed(answer(second)))
    }

    /// Compares readings by one rule: whichever Exchange follows, it follows it in both filters.
    fn compare(&self, other: &Self, answer: impl Fn(&Expression, &Expression) -> Known) -> Known {
        let first = answer(&self.and_first, &other.and_first);
        if self.left_to_right.is_none() && other.left_to_right.is_none() {
            return first;
        }
        let left = self.left_to_right.as_ref().unwrap_or(&self.and_first);
        let right = other.left_to_right.as_ref().unwrap_or(&other.and_first);
        first.agreed(answer(left, right))
    }
}

impl Expression {
    fn gather_properties<'e>(&'e self, properties: &mut Vec<&'e str>) {
        match self {
            Self::Literal(literal) => properties.push(&literal.property),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.gather_properties(properties)),
        }
    }

    /// Joins parts: flat, sorted, each once; a single part is itself.
    fn join(parts: Vec<Self>, all: bool) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match (part, all) {
                (Self::All(inner), true) | (Self::Any(inner), false) => flat.extend(inner),
                (other, _) => flat.push(other),
            }
        }
        flat.sort();
        flat.dedup();
        match flat.len() {
            1 => flat.swap_remove(0),
            _ if all => Self::All(flat),
            _ => Self::Any(flat),
        }
    }
}
