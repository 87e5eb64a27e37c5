//! `Record`, `Field`, `Value`: one exported object before it means anything.
//!
//! A record borrows from the text it was read from and lives for one call of the sink. Lists stay raw until somebody
//! asks for their items, because most parameter lists repeat and are never split twice.

mod command;
pub(crate) mod damage;
mod kind;
mod known;
mod number;
mod property;

use std::borrow::Cow;

use crate::source::Span;

pub use command::{Argument, Command, Extent, PIPED, Test};
pub(crate) use command::{is_cmdlet_name, is_open, sign_between};
pub use kind::Kind;
pub(crate) use known::is_known_name;
pub use number::{enum_name, is_enumeration};
pub use property::{Properties, Property};

/// The shape a record was printed in, by the word that reports show. Each reader names its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape(pub &'static str);

/// One exported object.
#[derive(Clone, Debug)]
pub struct Record<'t> {
    /// What it is.
    pub kind: Kind,
    /// How it was printed.
    pub shape: Shape,
    /// The command line above it, as typed, without its prompt.
    pub command: Option<&'t str>,
    /// The whole record.
    pub at: Span,
    /// False where the end of the file cuts it.
    pub complete: bool,
    /// Of a role entry: a number that it shares with other records of its file that have the same name and parameters.
    /// `None` where the reader does not know of any.
    pub repeats: Option<u32>,
    /// Its properties in file order, as printed.
    pub fields: Vec<Field<'t>>,
}

impl<'t> Record<'t> {
    /// The first field of a property.
    #[must_use]
    pub fn field(&self, property: Property) -> Option<&Field<'t>> {
        self.fields.iter().find(|field| field.property == property)
    }

    /// The value of a property; `None` where the record has no such field.
    #[must_use]
    pub fn value(&self, property: Property) -> Option<&Value<'t>> {
        self.field(property).map(|field| &field.value)
    }
}

/// One property of a record.
#[derive(Clone, Debug)]
pub struct Field<'t> {
    /// The name as printed.
    pub name: Cow<'t, str>,
    /// The name as understood.
    pub property: Property,
    /// Where the value stands; an empty value has an empty span.
    pub at: Span,
    /// The value.
    pub value: Value<'t>,
}

/// Whether a text is all there was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Complete {
    /// All of it.
    Yes,
    /// It goes on beyond what was printed.
    Cut,
    /// The name of a type stands where values were.
    Flattened,
}

/// What a cell shows.
#[derive(Clone, Debug)]
pub enum Value<'t> {
    /// Printed empty.
    Nothing,
    /// A text, a number as its text, `True` or `False`.
    Text(Cow<'t, str>, Complete),
    /// A list, not yet split.
    List(RawList<'t>),
    /// A nested object that is no reference, as one JSON object.
    Object(Cow<'t, str>),
}

impl<'t> Value<'t> {
    /// A complete text.
    pub fn text(text: impl Into<Cow<'t, str>>) -> Self {
        Self::Text(text.into(), Complete::Yes)
    }

    /// The text of a cell of `property`. One that shows that it did not arrive whole is cut.
    pub(crate) fn of_cell(property: Property, text: Cow<'t, str>) -> Self {
        if property == Property::Other || !damage::is_damaged(&text) {
            return Self::Text(text, Complete::Yes);
        }
        let rest = damage::without_mark(&text).map(|rest| rest.trim_end().len());
        let length = rest.unwrap_or(text.len());
        let text = match text {
            Cow::Borrowed(text) => Cow::Borrowed(&text[..length]),
            Cow::Owned(mut text) => {
                text.truncate(length);
                Cow::Owned(text)
            }
        };
        Self::Text(text, Complete::Cut)
    }

    /// Whether the value is a text that is cut.
    pub(crate) fn is_cut(&self) -> bool {
        matches!(self, Self::Text(_, Complete::Cut))
    }

    /// The text, where it is one and complete.
    #[must_use]
    pub fn whole(&self) -> Option<&str> {
        match self {
            Self::Text(text, Complete::Yes) => Some(text),
            _ => None,
        }
    }
}

/// A list as it stands in the text, with the function that splits it.
///
/// Two lists with the same raw text, detail and splitter have the same items, so whoever interns lists need not split
/// one twice.
#[derive(Clone, Copy, Debug)]
pub struct RawList<'t> {
    /// The text of the whole list.
    pub raw: &'t str,
    /// What the splitter must know besides: a separator, an indentation, a width.
    pub detail: u64,
    /// Splits it. Belongs to the shape.
    pub split: for<'r> fn(&'r str, u64) -> Items<'r>,
}

impl<'t> RawList<'t> {
    /// The items.
    #[must_use]
    pub fn items(&self) -> Items<'t> {
        (self.split)(self.raw, self.detail)
    }
}

/// The items of a list, and what else the cell shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Items<'t> {
    /// The whole items.
    pub items: Vec<Cow<'t, str>>,
    /// How the list ends.
    pub rest: Rest<'t>,
}

/// How a list ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Rest<'t> {
    /// With its last item: the list is complete.
    #[default]
    None,
    /// In an ellipsis, perhaps in the middle of an item, of which this much shows.
    Cut(Option<Cow<'t, str>>),
    /// It cannot be split: the items were joined by blanks and may hold blanks. `items` is empty.
    Unsplit(Cow<'t, str>),
}
