//! Objects that are no records but hold some: what a shell wraps a list in, an answer of a web service, a collector's
//! file with a member for each cmdlet.

use std::borrow::Cow;

use super::scan::{Fault, Form, Raw, skip_blank};
use super::{Place, Reader, value};
use crate::record::{Kind, Properties, Property};

impl<'v> Reader<'v, '_, '_> {
    /// The array in `{"value":[…],"Count":2}` or in `{"@odata.context":…,"value":[…]}`: where its bracket is.
    pub(super) fn wrapped(&self) -> Option<usize> {
        let first = self.record.fields.first()?;
        if first.name != "value" && !first.name.starts_with("@odata.") {
            return None;
        }
        let mut members = self.record.fields.iter().zip(&self.raws);
        members.find(|(field, raw)| field.name == "value" && raw.form == Form::Array).map(|(_, raw)| raw.start)
    }

    /// Reads the records inside the object at hand; false where there are none.
    ///
    /// An object with properties of its own, or one whose end is not there, only holds what is a record without doubt.
    pub(super) fn descend(&mut self, depth: usize, cut: bool) -> Result<bool, Fault> {
        let named = cut || self.judge().plain != Properties::default();
        let members: Vec<(Option<&'v str>, Property, Raw)> = self
            .record
            .fields
            .iter()
            .zip(&self.raws)
            .filter(|(_, raw)| matches!(raw.form, Form::Array | Form::Object))
            .map(|(field, raw)| (cmdlet(&field.name), field.property, *raw))
            .collect();
        let (records, unknown) = (self.sink.records, self.unknown.len());
        for (command, property, raw) in members {
            if named && command.is_none() && !self.holds_records(property, raw) {
                continue;
            }
            let place = if command.is_some() { Place::Listed } else { Place::Inside };
            let outer = self.record.command;
            self.record.command = command.or(outer);
            let done = match raw.form {
                Form::Array => self.array(raw.start, place, depth + 1),
                _ => self.object_or_resume(raw.start, place, depth + 1),
            };
            self.record.command = outer;
            done?;
        }
        if self.sink.records == records {
            self.unknown.truncate(unknown);
            return Ok(false);
        }
        Ok(true)
    }

    /// Whether the first object in a value is one of the objects that permissions are made of.
    ///
    /// A role's entries are no records of their own, and members of a group are references to them.
    fn holds_records(&self, property: Property, raw: Raw) -> bool {
        let first = if raw.form == Form::Array { skip_blank(self.text, raw.start + 1) } else { raw.start };
        if property == Property::RoleEntries || self.text.as_bytes().get(first) != Some(&b'{') {
            return false;
        }
        let properties = value::properties_of(&self.text[first..raw.end]);
        !matches!(
            Kind::of_properties(properties),
            Kind::Unknown | Kind::Recipient | Kind::Group | Kind::RoleGroupMember
        )
    }
}

/// The name of a member that is a command line, such as `Get-ManagementRole`.
fn cmdlet<'v>(name: &Cow<'v, str>) -> Option<&'v str> {
    let Cow::Borrowed(name) = *name else { return None };
    let word = name.split_whitespace().next()?;
    Kind::of_cmdlet(word).map(|_| name)
}
