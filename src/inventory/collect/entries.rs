//! Role entries: rows of Get-ManagementRoleEntry, and what a role lists of its own.

use crate::name::{Symbol, same};
use crate::read::entry_of;
use crate::record::{Complete, PIPED, Property, Record, Rest, Test, Value};
use crate::source::Span;

use super::super::facts::{EntryFact, Form, Listed, NO_ROLE, Text, push};
use super::super::files::missing;
use super::super::parameters::ParameterListId;
use super::super::uncertain::UncertainEntry;
use super::{Collector, stands_for};

/// What entries that repeat each other state: a whole name, and parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct RepeatedEntry {
    cmdlet: Symbol,
    parameters: ParameterListId,
}

impl Collector {
    pub(super) fn entry(&mut self, record: &Record<'_>) -> u8 {
        let known = record.repeats.and_then(|number| *self.repeated.get(number as usize)?);
        if let (Some(known), Some(name)) = (known, record.field(Property::Name)) {
            let role = self.entry_role(record);
            return self.put_entry(record, role, (known.cmdlet, Form::Whole, name.at), known.parameters);
        }
        let own = record.field(Property::Name).and_then(|field| self.cell_of(field));
        let said = |entry: Option<Symbol>| Some((entry?, Form::Whole, record.at));
        let name = match own.or_else(|| self.entry_from_identity(record)).or_else(|| said(self.says.entry)) {
            Some(name) => name,
            // A row whose name is blank is an entry all the same, of whatever cmdlet.
            None if record.value(Property::Name).is_some() => (self.facts.names.intern(""), Form::Cut, record.at),
            None => return 0,
        };
        let role = self.entry_role(record);
        let parameters = record.value(Property::Parameters);
        let lacks = if parameters.is_none() { missing::PARAMETERS } else { 0 };
        let parameters = self.facts.parameters.of_value(parameters, &mut self.facts.names);
        if let (Some(number), Some((cmdlet, Form::Whole, _))) = (record.repeats, own) {
            let number = number as usize;
            self.repeated.resize(self.repeated.len().max(number + 1), None);
            self.repeated[number] = Some(RepeatedEntry { cmdlet, parameters });
        }
        lacks | self.put_entry(record, role, name, parameters)
    }

    /// States an entry, whose name has this form and stands there; says what the record lacks.
    fn put_entry(
        &mut self,
        record: &Record<'_>,
        role: Option<Text>,
        (name, name_form, at): (Symbol, Form, Span),
        parameters: ParameterListId,
    ) -> u8 {
        match role {
            Some(role) if role.form == Form::Whole && name_form == Form::Whole && record.complete => {
                self.note_role(role.symbol);
                push(
                    &mut self.facts.entries,
                    EntryFact { role: role.symbol, cmdlet: name, parameters, start: at.start },
                );
            }
            None if name_form == Form::Whole && record.complete => {
                self.note_role(NO_ROLE);
                push(&mut self.facts.entries, EntryFact { role: NO_ROLE, cmdlet: name, parameters, start: at.start });
                return missing::ROLE;
            }
            role => {
                let cut = |form: Form| if record.complete { form } else { Form::Cut };
                let cmdlet = Text { symbol: name, form: cut(name_form) };
                self.facts.uncertain.push(UncertainEntry { role, cmdlet, parameters, at });
            }
        }
        0
    }

    /// Notes that all entries of a role are shown, where the command above leaves none of it out.
    fn note_role(&mut self, role: Symbol) {
        if self.last_entry_role == Some(role) {
            return;
        }
        self.last_entry_role = Some(role);
        let is_of_role = |test: &Test| match (test.property.as_str(), role) {
            (PIPED, _) => Some(true),
            (property, NO_ROLE) => same(property, "Role").then_some(true),
            (property, role) => same(property, "Role").then(|| test.fits(self.facts.names.show(role))),
        };
        if self.facts.listings[self.listing].covers(&is_of_role) {
            self.facts.entry_row_roles.insert(role);
        }
    }

    /// The role of an entry: its cell, else the command line above, else the first part of its identity.
    fn entry_role(&mut self, record: &Record<'_>) -> Option<Text> {
        if let Some(Value::Text(text, complete)) = record.value(Property::Role) {
            if let Some((known, role)) = &self.last_role
                && *complete == Complete::Yes
                && *known == **text
            {
                return Some(*role);
            }
            let cell = self.facts.text(text, *complete);
            if cell.form == Form::Whole {
                let (known, role) = self.last_role.get_or_insert_with(|| (String::new(), cell));
                known.clear();
                known.push_str(text);
                *role = cell;
                return Some(cell);
            }
            // A cut cell is completed where the command line proves what was cut.
            let said = self.says.role;
            let fits = said.is_some_and(|role| stands_for(self.facts.names.show(role), text, cell.form));
            return Some(if fits { Text { symbol: said?, form: Form::Whole } } else { cell });
        }
        if let Some(role) = self.says.role {
            return Some(Text { symbol: role, form: Form::Whole });
        }
        let identity = record.value(Property::Identity)?.whole()?;
        let (role, _) = identity.rsplit_once('\\')?;
        Some(self.facts.text(role, Complete::Yes))
    }

    fn entry_from_identity(&mut self, record: &Record<'_>) -> Option<(Symbol, Form, Span)> {
        let field = record.field(Property::Identity)?;
        let (_, name) = field.value.whole()?.rsplit_once('\\')?;
        let text = self.facts.text(name, Complete::Yes);
        Some((text.symbol, text.form, field.at))
    }

    /// The entries that a role's own record lists.
    pub(super) fn role_entries(&mut self, record: &Record<'_>, role: Text) -> Listed {
        let Some(field) = record.field(Property::RoleEntries) else { return Listed::Absent };
        let list = match &field.value {
            Value::Nothing => return Listed::Whole,
            Value::List(list) => list.items(),
            _ => return Listed::Absent,
        };
        let mut all_read = true;
        for item in &list.items {
            let Some(entry) = entry_of(item) else {
                all_read = false;
                continue;
            };
            let text = self.facts.text(&entry.cmdlet, entry.cmdlet_complete);
            let listed = entry.parameters.map(|list| list.items());
            let complete = listed.as_ref().is_some_and(|listed| listed.rest == Rest::None);
            let names = listed.map_or_else(Vec::new, |listed| listed.items);
            let symbols = names.iter().map(|name| self.facts.names.intern(name)).collect();
            let parameters = self.facts.parameters.of_items(symbols, complete);
            if role.form == Form::Whole && text.form == Form::Whole && record.complete {
                let entry = EntryFact { role: role.symbol, cmdlet: text.symbol, parameters, start: field.at.start };
                push(&mut self.facts.entries, entry);
            } else {
                let uncertain = UncertainEntry { role: Some(role), cmdlet: text, parameters, at: field.at };
                self.facts.uncertain.push(uncertain);
            }
        }
        match list.rest {
            Rest::None if all_read && record.complete => Listed::Whole,
            Rest::Unsplit(_) => Listed::Absent,
            _ => Listed::Cut,
        }
    }
}
