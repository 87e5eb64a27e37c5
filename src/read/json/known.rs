//! What an earlier role entry foretells: the members behind the name, as they stood behind it before, and the object that
//! stands for the role, as in the entry before.

use std::borrow::Cow;
use std::ops::Range;

use super::Reader;
use super::scan::{self, Fault, Form, Raw};
use super::value;
use crate::diagnostic::RuleId;
use crate::read::repeats::{Repeats, second_half};
use crate::record::{Complete, Field, Property, Value};

/// The objects of a list, with the members that repeat from role to role.
pub(super) struct KnownMembers<'t> {
    name: usize,
    half: Range<usize>,
    /// The names of the half, what they mean, and the forms of their values.
    members: Vec<(&'t str, Property, Form)>,
    repeats: Repeats<'t>,
    /// What is to be noticed about each known half, and the number of the first.
    remarks: Vec<Vec<(RuleId, usize)>>,
    first: u32,
    /// Where the half at hand starts, while it is read.
    start: usize,
}

/// The last object that was read as a reference, and the name in it.
pub(super) struct KnownObject<'t> {
    property: Property,
    text: &'t str,
    name: &'t str,
}

impl<'t> KnownMembers<'t> {
    /// The members of the objects that have a layout. `first` is as in `Repeats::new`.
    pub(super) fn new(layout: &[(Option<&'t str>, Property)], raws: &[Raw], first: u32) -> Option<Self> {
        // Another member follows, so that the last value has a known end.
        let (_, layout) = layout.split_last()?;
        let (name, half) = second_half(layout, |(_, property)| *property)?;
        let members = layout.iter().zip(raws).map(|(&(name, property), raw)| Some((name?, property, raw.form)));
        let members = members.skip(half.start).take(half.len()).collect::<Option<Vec<_>>>()?;
        Some(Self { name, half, members, repeats: Repeats::new(first), remarks: Vec::new(), first, start: 0 })
    }
}

impl<'v> Reader<'v, '_, '_> {
    /// Takes the half of a role entry that starts at `at`, where it stood behind the same name before, and returns where it
    /// ends. Keeps one that ends here.
    pub(super) fn take_known(&mut self, at: usize) -> Option<usize> {
        let known = self.known.as_mut()?;
        let (index, half) = (self.record.fields.len(), known.half.clone());
        if index != half.start && index != half.end {
            return None;
        }
        let Value::Text(Cow::Borrowed(name), Complete::Yes) = self.record.fields[known.name].value else { return None };
        if index == half.end {
            let (fields, raws) = (&self.record.fields[half.clone()], &self.raws[half.clone()]);
            let is_alike = raws.iter().zip(&known.members).all(|(raw, (_, _, form))| raw.form == *form);
            if is_alike
                && self.record.repeats.is_none()
                && let Some(number) = known.repeats.learn(name, &self.text[known.start..at], known.start, fields)
            {
                let remarks = self.remarks.iter().filter(|(_, remarked)| half.contains(remarked));
                known.remarks.push(remarks.copied().collect());
                self.record.repeats = Some(number);
            }
            return None;
        }
        known.start = at;
        if !known.repeats.pays() {
            return None;
        }
        let there = self.view.span(at, at);
        let fields = known.members.iter().map(|&(name, property, _)| {
            let (name, value) = (Cow::Borrowed(name), Value::Nothing);
            Field { name, property, at: there, value }
        });
        self.record.fields.extend(fields);
        let Some((number, end)) = known.repeats.take(name, self.text, at, &mut self.record.fields[half.clone()]) else {
            self.record.fields.truncate(half.start);
            return None;
        };
        self.record.repeats = Some(number);
        self.remarks.extend_from_slice(&known.remarks[(number - known.first) as usize]);
        self.raws.extend(self.record.fields[half].iter().zip(&known.members).map(|(field, &(_, _, form))| {
            let (start, end) = (field.at.start as usize, field.at.end as usize);
            Raw { start, end, next: end, form, cut: false }
        }));
        Some(end)
    }

    /// The value of a property at `at`, and what is to be noticed about it.
    pub(super) fn value(&mut self, property: Property, at: usize) -> Result<(Raw, Value<'v>, Option<RuleId>), Fault> {
        if let Some(known) = &self.object
            && self.text.as_bytes()[at..].starts_with(known.text.as_bytes())
            && known.property == property
        {
            let end = at + known.text.len();
            let raw = Raw { start: at, end, next: end, form: Form::Object, cut: false };
            return Ok((raw, Value::text(known.name), None));
        }
        let raw = scan::value(self.text, at)?;
        let (value, remark) = value::read(self.text, property, raw, &mut self.spare);
        if raw.form == Form::Object
            && remark.is_none()
            && let Value::Text(Cow::Borrowed(name), Complete::Yes) = value
        {
            self.object = Some(KnownObject { property, text: &self.text[raw.start..raw.end], name });
        }
        Ok((raw, value, remark))
    }
}
