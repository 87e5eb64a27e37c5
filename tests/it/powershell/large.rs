//! The exports of a large organization, written as they come: only the plan is held.

use std::collections::HashMap;
use std::io::{self, Write};

use super::plan::{
    LargeOrganization, POLICY, Random, WORDS, group_name, random_person, role_group_name, scope_name, user_name,
};
use super::{Datum, Encoding, How, Object, Shape, encode_into, writer};

/// A file that an administrator would export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Export {
    Roles,
    Entries,
    Assignments,
    RoleGroups,
    Groups,
    Scopes,
    Policies,
    Mailboxes,
}

impl Export {
    pub(crate) const ALL: [Export; 8] = [
        Export::Roles,
        Export::Entries,
        Export::Assignments,
        Export::RoleGroups,
        Export::Groups,
        Export::Scopes,
        Export::Policies,
        Export::Mailboxes,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Export::Roles => "roles",
            Export::Entries => "entries",
            Export::Assignments => "assignments",
            Export::RoleGroups => "role-groups",
            Export::Groups => "groups",
            Export::Scopes => "scopes",
            Export::Policies => "policies",
            Export::Mailboxes => "mailboxes",
        }
    }
}

fn text(text: impl Into<String>) -> Datum {
    Datum::Text(text.into())
}

impl LargeOrganization {
    /// How many objects the export holds.
    pub(crate) fn count(&self, export: Export) -> usize {
        match export {
            Export::Roles => self.roles.len(),
            Export::Entries => self.roles.iter().map(|role| role.entries.len()).sum(),
            Export::Assignments => self.assignments.len(),
            Export::RoleGroups => self.role_groups.len(),
            Export::Groups => self.groups.len(),
            Export::Scopes => self.scope_count,
            Export::Policies => 1,
            Export::Mailboxes => self.user_count,
        }
    }

    /// Writes one export as `how` says, and returns how many bytes it has.
    ///
    /// A table has the widths that its longest cells ask for; of the objects only those are held.
    pub(crate) fn write(&self, export: Export, how: &How, encoding: Encoding, out: &mut impl Write) -> io::Result<u64> {
        const BUFFER_BYTES: usize = 64 * 1024;
        // No other shape asks for more than whether there are several.
        let measured_max = if matches!(how.shape, Shape::Table { .. }) { usize::MAX } else { 2 };
        let mut measured = Vec::new();
        let (mut longest, mut cell) = (Vec::new(), String::new());
        self.visit(export, measured_max, &mut |object| {
            let mut is_longest = measured.len() < 2;
            longest.resize(object.properties.len(), 0);
            for ((_, value), longest) in object.properties.iter().zip(&mut longest) {
                cell.clear();
                how.print(value, &mut cell);
                let letters = cell.chars().count();
                is_longest |= letters > *longest;
                *longest = letters.max(*longest);
            }
            if is_longest {
                measured.push(object.clone());
            }
            Ok(())
        })?;
        let mut writer = writer(how, &measured);
        let mut written = 0;
        let mut text = String::with_capacity(2 * BUFFER_BYTES);
        let mut bytes = encoding.byte_order_mark().to_vec();
        let mut flush = |text: &mut String| {
            encode_into(text, encoding, &mut bytes);
            text.clear();
            written += bytes.len() as u64;
            let done = out.write_all(&bytes);
            bytes.clear();
            done
        };
        writer.begin(&mut text);
        self.visit(export, usize::MAX, &mut |object| {
            writer.write(object, &mut text);
            if text.len() < BUFFER_BYTES { Ok(()) } else { flush(&mut text) }
        })?;
        writer.end(&mut text);
        flush(&mut text)?;
        Ok(written)
    }

    /// Hands the first `count_max` objects on, one after the other.
    fn visit(
        &self,
        export: Export,
        count_max: usize,
        sink: &mut dyn FnMut(&Object) -> io::Result<()>,
    ) -> io::Result<()> {
        let count = self.count(export).min(count_max);
        match export {
            Export::Entries => self.visit_entries(count, sink),
            Export::Roles => (0..count).try_for_each(|number| sink(&self.role(number))),
            Export::Assignments => (0..count).try_for_each(|number| sink(&self.assignment(number))),
            Export::RoleGroups => {
                let held = self.assignments_of_role_groups();
                (0..count).try_for_each(|number| sink(&self.role_group(number, &held[number])))
            }
            Export::Groups => (0..count).try_for_each(|number| sink(&self.group(number))),
            Export::Scopes => (0..count).try_for_each(|number| sink(&scope(number))),
            Export::Policies => (0..count).try_for_each(|_| sink(&self.policy())),
            Export::Mailboxes => {
                let mut random = Random::new(self.seed ^ 0x6d61_696c);
                (0..count).try_for_each(|number| sink(&mailbox(number, &mut random)))
            }
        }
    }

    /// Reuses one object for each variant: a large export is a million entries of a few thousand kinds.
    fn visit_entries(&self, count: usize, sink: &mut dyn FnMut(&Object) -> io::Result<()>) -> io::Result<()> {
        let mut variants = self.variants.clone();
        let all = self.roles.iter().flat_map(|role| role.entries.iter().map(move |variant| (role, *variant)));
        for (role, variant) in all.take(count) {
            let object = &mut variants[usize::try_from(variant).expect("32 bits fit")];
            let [(_, of_role), (_, Datum::Text(name)), .., (_, identity)] = &mut object.properties[..] else {
                continue;
            };
            if let (Datum::Reference(of_role), Datum::Text(identity)) = (of_role, identity) {
                of_role.clear();
                of_role.push_str(&role.name);
                identity.clear();
                identity.push_str(&role.name);
                identity.push('\\');
                identity.push_str(name);
            }
            sink(object)?;
        }
        Ok(())
    }

    fn role(&self, number: usize) -> Object {
        let role = &self.roles[number];
        let parent = role.parent.map(|parent| &self.roles[parent].name);
        let role_type = parent.unwrap_or(&role.name).replace(' ', "");
        Object {
            kind: "Role",
            properties: vec![
                ("Name", text(&role.name)),
                ("RoleType", text(role_type)),
                ("Parent", parent.map_or(Datum::Null, |parent| Datum::Reference(parent.clone()))),
                ("IsRootRole", Datum::Bool(parent.is_none())),
                ("IsEndUserRole", Datum::Bool(role.name.starts_with("My"))),
                ("Description", text(format!("This role enables administrators to manage {}.", role.name))),
            ],
        }
    }

    fn assignment_name(&self, number: usize) -> String {
        let own = &self.assignments[number];
        let suffix = if own.delegating { "-Delegating" } else { "" };
        // Exchange cuts at 64 and then makes the name unique; the number does both here.
        format!("{}-{}{suffix}-{number}", self.roles[own.role].name, own.assignee)
    }

    fn assignment(&self, number: usize) -> Object {
        let own = &self.assignments[number];
        let assignee_type = match own.assignee_type {
            "User" => 0,
            "SecurityGroup" => 2,
            "RoleGroup" => 10,
            _ => 91,
        };
        let of_policy = own.assignee_type == "RoleAssignmentPolicy";
        let write_scope = match (of_policy, own.scope) {
            (true, _) => Datum::Enum("Self", 4),
            (false, Some(_)) => Datum::Enum("CustomRecipientScope", 7),
            (false, None) => Datum::Enum("Organization", 2),
        };
        let delegation = if own.delegating { ("DelegatingOrgWide", 6) } else { ("Regular", 92) };
        Object {
            kind: "RoleAssignment",
            properties: vec![
                ("Name", text(self.assignment_name(number))),
                ("Role", Datum::Reference(self.roles[own.role].name.clone())),
                ("RoleAssigneeName", text(&own.assignee)),
                ("RoleAssigneeType", Datum::Enum(own.assignee_type, assignee_type)),
                ("RoleAssignmentDelegationType", Datum::Enum(delegation.0, delegation.1)),
                ("Enabled", Datum::Bool(own.enabled)),
                ("RecipientReadScope", if of_policy { Datum::Enum("Self", 4) } else { Datum::Enum("Organization", 2) }),
                ("RecipientWriteScope", write_scope),
                (
                    "CustomRecipientWriteScope",
                    own.scope.map_or(Datum::Null, |scope| Datum::Reference(scope_name(scope))),
                ),
                ("ConfigReadScope", Datum::Enum("OrganizationConfig", 10)),
                ("ConfigWriteScope", Datum::Enum("OrganizationConfig", 10)),
            ],
        }
    }

    /// For each role group its assignments, found in one pass.
    fn assignments_of_role_groups(&self) -> Vec<Vec<usize>> {
        let names = (0..self.role_groups.len()).map(role_group_name);
        let places: HashMap<String, usize> = names.zip(0..).collect();
        let mut held = vec![Vec::new(); self.role_groups.len()];
        for (number, assignment) in self.assignments.iter().enumerate() {
            if let Some(place) = places.get(&assignment.assignee) {
                held[*place].push(number);
            }
        }
        held
    }

    fn role_group(&self, number: usize, held: &[usize]) -> Object {
        let roles = held.iter().map(|own| self.roles[self.assignments[*own].role].name.clone());
        let names = held.iter().map(|own| self.assignment_name(*own));
        Object {
            kind: "RoleGroup",
            properties: vec![
                ("Name", text(role_group_name(number))),
                ("RoleGroupType", Datum::Enum("Standard", 0)),
                ("Members", Datum::References(self.role_groups[number].iter().map(|name| canonical(name)).collect())),
                ("ManagedBy", Datum::References(vec![canonical(&role_group_name(0))])),
                ("Roles", Datum::References(roles.collect())),
                ("RoleAssignments", Datum::References(names.collect())),
            ],
        }
    }

    fn group(&self, number: usize) -> Object {
        Object {
            kind: "Group",
            properties: vec![
                ("Name", text(group_name(number))),
                ("RecipientTypeDetails", Datum::Enum("UniversalSecurityGroup", 96)),
                ("Members", Datum::References(self.groups[number].iter().map(|name| canonical(name)).collect())),
            ],
        }
    }

    fn policy(&self) -> Object {
        let roles = self.roles.iter().filter(|role| role.name.starts_with("My"));
        Object {
            kind: "RoleAssignmentPolicy",
            properties: vec![
                ("Name", text(POLICY)),
                ("IsDefault", Datum::Bool(true)),
                ("AssignedRoles", Datum::References(roles.map(|role| role.name.clone()).collect())),
            ],
        }
    }
}

fn canonical(name: &str) -> String {
    format!("contoso.com/Users/{name}")
}

fn scope(number: usize) -> Object {
    Object {
        kind: "ManagementScope",
        properties: vec![
            ("Name", text(scope_name(number))),
            ("ScopeRestrictionType", Datum::Enum("RecipientScope", 1)),
            ("Exclusive", Datum::Bool(false)),
            ("RecipientRoot", Datum::Reference(format!("contoso.com/Unit {number}"))),
            ("RecipientFilter", text(format!("Department -eq '{}'", WORDS[number % 64]))),
        ],
    }
}

fn mailbox(number: usize, random: &mut Random) -> Object {
    let name = user_name(number);
    let address = format!("{name}@contoso.com");
    Object {
        kind: "Recipient",
        properties: vec![
            ("DisplayName", text(random_person(random))),
            ("SamAccountName", text(&name)),
            ("UserPrincipalName", text(&address)),
            ("PrimarySmtpAddress", text(address)),
            ("RoleAssignmentPolicy", Datum::Reference(POLICY.to_owned())),
            ("RecipientTypeDetails", Datum::Enum("UserMailbox", 2)),
            ("Name", text(name)),
        ],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::{Columns, Encoding, Export, How, Layout, Quotes, Shape, Sizing, large_organization};

    fn written(seed: u64, export: Export, shape: Shape, encoding: Encoding) -> Vec<u8> {
        let mut bytes = Vec::new();
        let count = large_organization(300, 40, seed).write(export, &How::classic(shape), encoding, &mut bytes);
        assert_eq!(count.expect("a vector takes everything"), bytes.len() as u64);
        bytes
    }

    const CSV: Shape = Shape::Csv { delimiter: ',', join: Some(";"), quotes: Quotes::Always, type_line: false };

    #[test]
    fn the_same_numbers_give_the_same_bytes() {
        for export in Export::ALL {
            let bytes = written(7, export, CSV, Encoding::Utf8);
            assert_eq!(bytes, written(7, export, CSV, Encoding::Utf8), "{}", export.name());
        }
        assert_ne!(written(7, Export::Entries, CSV, Encoding::Utf8), written(8, Export::Entries, CSV, Encoding::Utf8));
    }

    #[test]
    fn an_export_has_the_objects_that_were_asked_for() {
        let organization = large_organization(12_345, 40, 1);
        assert_eq!(organization.count(Export::Entries), 12_345);
        assert_eq!(organization.count(Export::Mailboxes), 40);
        let lines = |export| written(1, export, CSV, Encoding::Utf8).iter().filter(|byte| **byte == b'\n').count();
        assert_eq!(lines(Export::Entries), 1 + 300);
        assert_eq!(lines(Export::Mailboxes), 1 + 40);
    }

    #[test]
    fn no_role_has_an_entry_twice() {
        let shape = Shape::Csv { delimiter: ',', join: Some(";"), quotes: Quotes::AsNeeded, type_line: false };
        let how = How { properties: vec!["Identity"], ..How::core(shape) };
        let mut bytes = Vec::new();
        let organization = large_organization(20_000, 10, 3);
        organization.write(Export::Entries, &how, Encoding::Utf8, &mut bytes).expect("a vector takes everything");
        let text = String::from_utf8(bytes).expect("it is UTF-8").to_lowercase();
        assert_eq!(text.lines().collect::<BTreeSet<_>>().len(), 1 + 20_000);
    }

    #[test]
    fn every_shape_is_whole() {
        let text = |shape| String::from_utf8(written(1, Export::Entries, shape, Encoding::Utf8)).expect("it is UTF-8");
        let list = text(Shape::List);
        assert_eq!(list.matches("\r\nRole         : ").count(), 300);
        let table = text(Shape::Table { columns: Columns::Default(Sizing::Equal), wrap: false, group_by: None });
        assert_eq!(table.lines().filter(|line| line.len() == 120).count(), 302);
        let json = text(Shape::Json { layout: Layout::Pretty, nested: false, names_of_enums: false });
        assert!(json.starts_with("[\r\n    {\r\n") && json.ends_with("\r\n    }\r\n]\r\n"));
        let clixml = text(Shape::Clixml { array: false });
        assert_eq!(clixml.matches("\r\n  </Obj>").count(), 300);
    }

    #[test]
    fn the_mark_of_an_encoding_is_written_once() {
        let bytes = written(1, Export::Entries, CSV, Encoding::Utf16Le);
        let units: Vec<u16> = bytes.chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        assert_eq!(units.iter().filter(|unit| **unit == 0xfeff).count(), 1);
        assert!(bytes.len() > 64 * 1024, "more than one buffer");
        let plain = String::from_utf8(written(1, Export::Entries, CSV, Encoding::Utf8)).expect("it is UTF-8");
        assert_eq!(String::from_utf16(&units[1..]).expect("it is UTF-16"), plain);
    }

    #[test]
    fn two_groups_contain_each_other() {
        let groups = String::from_utf8(written(1, Export::Groups, CSV, Encoding::Utf8)).expect("it is UTF-8");
        let last: Vec<&str> = groups.lines().rev().take(2).collect();
        assert!(last[0].ends_with(";contoso.com/Users/Security Group 00007\""), "{groups}");
        assert!(last[1].ends_with(";contoso.com/Users/Security Group 00008\""), "{groups}");
    }
}
