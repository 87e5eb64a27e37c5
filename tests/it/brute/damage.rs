//! What gets lost between a server and an auditor, done to the files of an organization.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::Index;

use crate::powershell::{Datum, Layout, Object, Quotes, Shape};

use super::export::{Export, exports};
use super::organization::{Assignee, CMDLETS, Entry, GroupKind, Organization, PARAMETERS, Principal, UserKind};

/// One kind of loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Loss {
    /// `{a, b...}`, as lists and tables print what is beyond `$FormatEnumerationLimit`.
    CutList,
    /// `System.String[]`.
    FlattenedList,
    /// Items with one blank between, which the items hold as well.
    BlankJoinedList,
    MissingFile,
    MissingColumn,
    /// The file ends at any byte.
    CutFile,
    /// The shell stopped at 1,000 rows.
    CappedFile,
    /// `?` for every letter beyond ASCII.
    LossyLetters,
    /// A second, older record of the same object.
    Contradiction,
    /// Names that end in the mark of a cut, in one naming column.
    CutName,
    /// The same within lists of members.
    CutItem,
    /// A cell of one row is blank.
    BlankCell,
    /// A row ends before its last cells.
    ShortRow,
    /// A second, older file in which a group has other members.
    StaleTwin,
    /// U+FFFD for every letter beyond ASCII.
    UnknownLetters,
    /// UTF-8 that was read as Windows-1252 and saved again.
    Recoded,
    /// What Excel leaves of a value, in one naming column.
    Uncalculated,
}

impl Loss {
    /// Whether at least half of the answers must stay decided.
    pub(crate) const fn leaves_half(self) -> bool {
        use Loss as L;
        matches!(
            self,
            L::CutName
                | L::CutItem
                | L::BlankCell
                | L::ShortRow
                | L::StaleTwin
                | L::UnknownLetters
                | L::LossyLetters
                | L::Recoded
                | L::Uncalculated
        )
    }
}

pub(crate) const LOSSES: [Loss; 17] = [
    Loss::CutList,
    Loss::FlattenedList,
    Loss::BlankJoinedList,
    Loss::MissingFile,
    Loss::MissingColumn,
    Loss::CutFile,
    Loss::CappedFile,
    Loss::LossyLetters,
    Loss::Contradiction,
    Loss::CutName,
    Loss::CutItem,
    Loss::BlankCell,
    Loss::ShortRow,
    Loss::StaleTwin,
    Loss::UnknownLetters,
    Loss::Recoded,
    Loss::Uncalculated,
];

/// Columns that name something.
const NAMING: [&str; 13] = [
    "Name",
    "Role",
    "RoleAssigneeName",
    "RoleAssignee",
    "RoleGroup",
    "RoleAssignmentPolicy",
    "CustomRecipientWriteScope",
    "RecipientWriteScope",
    "Identity",
    "DistinguishedName",
    "UserPrincipalName",
    "SamAccountName",
    "Parent",
];

/// What Excel shows in place of a value, and saves.
const EXCEL: [&str; 4] = ["#NAME?", "#N/A", "#REF!", "########"];

/// Columns in which a blank cell is visibly none: something must stand there.
const NEVER_BLANK: [&str; 8] = [
    "Name",
    "Role",
    "RoleAssigneeName",
    "RoleGroup",
    "Enabled",
    "RoleAssignmentDelegationType",
    "RoleAssigneeType",
    "RecipientWriteScope",
];

/// A loss, and what of it chance decides.
#[derive(Clone, Debug)]
pub(crate) struct Damage {
    pub(crate) loss: Loss,
    file: Index,
    place: Index,
    amount: u16,
}

/// Any loss.
pub(crate) fn damages() -> impl Strategy<Value = Damage> {
    // Writing a thousand rows takes as long as everything else together.
    let loss = prop::sample::select(&LOSSES[..]).prop_flat_map(|loss| {
        let other = if loss == Loss::CappedFile { &LOSSES[..] } else { std::slice::from_ref(&LOSSES[0]) };
        (Just(loss), prop::sample::select(other))
    });
    damages_of(loss.prop_map(|(loss, other)| if loss == Loss::CappedFile { other } else { loss }))
}

/// Names that did not arrive whole, and rows that lack some.
pub(crate) fn damages_to_names() -> impl Strategy<Value = Damage> {
    damages_of(prop::sample::select(LOSSES.into_iter().filter(|loss| loss.leaves_half()).collect::<Vec<Loss>>()))
}

fn damages_of(loss: impl Strategy<Value = Loss>) -> impl Strategy<Value = Damage> {
    (loss, any::<Index>(), any::<Index>(), any::<u16>()).prop_map(|(loss, file, place, amount)| Damage {
        loss,
        file,
        place,
        amount,
    })
}

/// Damaged files, and what they still show.
#[derive(Debug)]
pub(crate) struct Damaged {
    pub(crate) files: Vec<(&'static str, Vec<u8>)>,
    /// What was done, in words.
    pub(crate) what: String,
    /// Everything that the files still prove.
    pub(crate) lower: Organization,
    /// Everything that may be true, where that has a bound.
    pub(crate) upper: Option<Organization>,
    /// Users of whom not even a row may be left.
    pub(crate) lost_users: BTreeSet<usize>,
    /// The recipient write scopes are gone, and the roles' implicit ones stand in for them.
    pub(crate) scopes_lost: bool,
}

/// Columns that decide nothing, as long as the others are there.
const IDLE: [&str; 20] = [
    "ManagedBy",
    "Roles",
    "DisplayName",
    "Type",
    "PSSnapinName",
    "IsRootRole",
    "Parent",
    "RoleType",
    "AssignmentMethod",
    "EffectiveUserName",
    "IsEndUserRole",
    "ImplicitRecipientReadScope",
    "ImplicitRecipientWriteScope",
    "ImplicitConfigReadScope",
    "ImplicitConfigWriteScope",
    "IsDefault",
    "AssignedRoles",
    "RoleAssignments",
    "CustomRecipientWriteScope",
    "CustomConfigWriteScope",
];

/// Whether a file that is cut there is a whole file of fewer records: nothing ends a CSV file, its last bare cell, or
/// lines of JSON.
fn looks_whole(shape: Shape, bytes: &[u8], length: usize) -> bool {
    let (before, after) = bytes.split_at(length);
    let line = &after[..after.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(after.len())];
    let is_between_lines = before.ends_with(b"\n") || line.is_empty();
    match shape {
        Shape::Csv { quotes: Quotes::AsNeeded, delimiter, .. } => {
            let is_in_last_cell = !line.iter().any(|byte| *byte == b'"' || char::from(*byte) == delimiter);
            is_between_lines || is_in_last_cell
        }
        Shape::Csv { .. } | Shape::Json { layout: Layout::Lines, .. } => is_between_lines,
        // Nothing ends a list or a table; the last cell of a row may be longer.
        Shape::List => is_between_lines && (line.is_empty() || !before.windows(3).any(|it| it == b"\n\r\n")),
        Shape::Table { .. } => is_between_lines || !line.contains(&b' '),
        _ => false,
    }
}

impl Damage {
    /// Does the damage; `None` where the organization has nothing that could be lost this way.
    pub(crate) fn apply(&self, organization: &Organization) -> Option<Damaged> {
        let mut all = exports(organization);
        let mut damaged = Damaged {
            files: Vec::new(),
            what: format!("{:?}", self.loss),
            lower: organization.clone(),
            upper: None,
            lost_users: BTreeSet::new(),
            scopes_lost: false,
        };
        match self.loss {
            Loss::CutList | Loss::FlattenedList | Loss::BlankJoinedList => self.spoil_list(&mut all, &mut damaged)?,
            Loss::MissingFile => self.drop_file(&mut all, &mut damaged),
            Loss::MissingColumn => self.drop_column(&mut all, &mut damaged),
            Loss::CappedFile => self.cap_file(&mut all, &mut damaged)?,
            Loss::Contradiction => self.contradict(&mut all, &mut damaged)?,
            Loss::CutName | Loss::Uncalculated => self.spoil_names(&mut all, &mut damaged)?,
            Loss::ShortRow => self.shorten(&mut all, &mut damaged),
            Loss::CutItem => self.cut_items(&mut all, &mut damaged)?,
            Loss::BlankCell => self.blank_cell(&mut all, &mut damaged)?,
            Loss::StaleTwin => self.add_twin(&mut all, &mut damaged)?,
            Loss::CutFile | Loss::LossyLetters | Loss::UnknownLetters | Loss::Recoded => {}
        }
        damaged.files = all.iter().map(|export| (export.name, export.text().into_bytes())).collect();
        match self.loss {
            Loss::CutFile => {
                let number = self.file.index(all.len());
                let (name, bytes) = &mut damaged.files[number];
                let length = self.place.index(bytes.len().max(1));
                if looks_whole(all[number].how.shape, bytes, length) {
                    return None;
                }
                bytes.truncate(length);
                damaged.what = format!("{} cut at byte {length}", name);
                let name = *name;
                damaged.lose(name);
            }
            Loss::ShortRow => {
                let number = self.file.index(all.len());
                let bytes = &mut damaged.files[number].1;
                match all[number].how.shape {
                    shape @ Shape::Csv { .. } => *bytes = self.shortened(shape, bytes)?,
                    // Nothing tells blank cells at the end from a row that ends early.
                    Shape::Table { .. } => return None,
                    Shape::List | Shape::Json { .. } | Shape::Clixml { .. } => {}
                }
            }
            Loss::UnknownLetters | Loss::Recoded => {
                let (name, bytes) = &mut damaged.files[self.file.index(all.len())];
                let text = String::from_utf8(bytes.clone()).ok().filter(|text| !text.is_ascii())?;
                *bytes = match self.loss {
                    Loss::Recoded => text.bytes().map(from_windows_1252).collect::<String>().into(),
                    _ => text.replace(|letter: char| !letter.is_ascii(), "\u{FFFD}").into(),
                };
                damaged.what = format!("{:?} in {name}", self.loss);
                let name = *name;
                damaged.lose(name);
            }
            Loss::LossyLetters => {
                let (name, bytes) = &mut damaged.files[self.file.index(all.len())];
                let text = String::from_utf8_lossy(bytes).into_owned();
                if text.is_ascii() {
                    return None;
                }
                *bytes =
                    text.chars().map(|letter| if letter.is_ascii() { letter } else { '?' }).collect::<String>().into();
                damaged.what = format!("{} written in ASCII", name);
                let name = *name;
                damaged.lose(name);
            }
            _ => {}
        }
        Some(damaged)
    }

    fn ellipsis(&self) -> &'static str {
        if self.amount & 0x100 == 0 { "..." } else { "\u{2026}" }
    }

    fn cut(&self, text: &str) -> String {
        let count = text.chars().count();
        let kept = usize::from(self.amount % 16).min(count.saturating_sub(1));
        format!("{}{}", text.chars().take(kept).collect::<String>(), self.ellipsis())
    }

    /// A file and one of its columns in which some object holds such a value.
    fn column(
        &self,
        all: &[Export],
        columns: &[&'static str],
        holds: impl Fn(&Datum) -> bool,
    ) -> Option<(usize, &'static str)> {
        let holds = |file: usize, column: &str| all[file].objects.iter().any(|one| one.get(column).is_some_and(&holds));
        let places: Vec<(usize, &'static str)> = (0..all.len())
            .flat_map(|file| columns.iter().map(move |column| (file, *column)))
            .filter(|(file, column)| holds(*file, column))
            .collect();
        places.get(self.place.index(places.len().max(1))).copied()
    }

    /// The rows of a file that are damaged: all of them, or one.
    fn is_hit(&self, row: usize, rows: usize) -> bool {
        self.amount & 0x200 == 0 || row == self.file.index(rows.max(1))
    }

    fn spoil_names(&self, all: &mut [Export], damaged: &mut Damaged) -> Option<()> {
        let is_text = |datum: &Datum| matches!(datum, Datum::Text(text) if !text.is_empty());
        let (file, column) = self.column(all, &NAMING, is_text)?;
        let rows = all[file].objects.len();
        for (_, object) in all[file].objects.iter_mut().enumerate().filter(|(row, _)| self.is_hit(*row, rows)) {
            for (_, datum) in object.properties.iter_mut().filter(|(name, _)| *name == column) {
                if let Datum::Text(text) = datum {
                    *text = match self.loss {
                        Loss::Uncalculated => EXCEL[usize::from(self.amount) % EXCEL.len()].to_owned(),
                        _ => self.cut(text),
                    };
                }
            }
        }
        damaged.what = format!("{:?}: {column} of {}, {}", self.loss, all[file].name, self.amount % 16);
        damaged.scopes_lost = column == "RecipientWriteScope";
        damaged.lose(all[file].name);
        Some(())
    }

    fn cut_items(&self, all: &mut [Export], damaged: &mut Damaged) -> Option<()> {
        let (file, column) =
            self.column(all, &["Members"], |datum| matches!(datum, Datum::List(items) if !items.is_empty()))?;
        for object in &mut all[file].objects {
            for (_, datum) in object.properties.iter_mut().filter(|(name, _)| *name == column) {
                let Datum::List(items) = datum else { continue };
                let count = items.len();
                for (_, item) in items.iter_mut().enumerate().filter(|(number, _)| self.is_hit(*number, count)) {
                    *item = self.cut(item);
                }
            }
        }
        damaged.what = format!("items of {column} of {} cut at {}", all[file].name, self.amount % 16);
        damaged.lose(all[file].name);
        Some(())
    }

    fn blank_cell(&self, all: &mut [Export], damaged: &mut Damaged) -> Option<()> {
        let is_shown = |datum: &Datum| !matches!(datum, Datum::Null | Datum::List(_));
        let (file, column) = self.column(all, &NEVER_BLANK, is_shown)?;
        let row = self.file.index(all[file].objects.len());
        let cells = all[file].objects[row].properties.iter_mut().filter(|(name, _)| *name == column);
        cells.for_each(|(_, datum)| *datum = Datum::Null);
        damaged.what = format!("{column} of {} blank in row {row}", all[file].name);
        damaged.scopes_lost = column == "RecipientWriteScope";
        damaged.lose(all[file].name);
        Some(())
    }

    /// A second file of the same groups, in which one of them has a member less or more.
    fn add_twin(&self, all: &mut Vec<Export>, damaged: &mut Damaged) -> Option<()> {
        let (file, column) = self.column(all, &["Members"], |datum| matches!(datum, Datum::List(_)))?;
        let mut twin = all[file].clone();
        let row = self.file.index(twin.objects.len());
        let (_, datum) = twin.objects[row].properties.iter_mut().find(|(name, _)| *name == column)?;
        let Datum::List(items) = datum else { return None };
        if items.pop().is_none() {
            let user = usize::from(self.amount) % damaged.lower.users.len().max(1);
            let user = Principal::User(user);
            items.push(damaged.lower.identity(user, super::organization::Form::Canonical));
        }
        damaged.what = format!("a stale twin of {}, row {row}", twin.name);
        damaged.lose(twin.name);
        all.push(twin);
        Some(())
    }

    /// An object that lacks its last properties, where a shape has no rows.
    fn shorten(&self, all: &mut [Export], damaged: &mut Damaged) {
        let number = self.file.index(all.len());
        let export = &mut all[number];
        damaged.what = format!("{} with a short row", export.name);
        damaged.scopes_lost = export.name.starts_with("assignments");
        damaged.lose(export.name);
        if !matches!(export.how.shape, Shape::Csv { .. }) {
            let row = self.place.index(export.objects.len());
            let properties = &mut export.objects[row].properties;
            properties.truncate(2 + usize::from(self.amount) % (properties.len() - 2));
        }
    }

    /// A CSV file of which one row ends before its last cells.
    fn shortened(&self, shape: Shape, bytes: &[u8]) -> Option<Vec<u8>> {
        let Shape::Csv { delimiter, .. } = shape else { return None };
        let text = std::str::from_utf8(bytes).ok()?;
        let start = usize::from(text.trim_start_matches('\u{FEFF}').starts_with("#TYPE")) + 1;
        // A cell may hold a line end; only a row that stands on one line is cut.
        let cells = |line: &str| {
            let mut quoted = false;
            let ends = line.char_indices().filter(move |(_, letter)| {
                quoted ^= *letter == '"';
                *letter == delimiter && !quoted
            });
            ends.map(|(at, _)| at).collect::<Vec<_>>()
        };
        let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
        let columns = cells(lines.get(start - 1)?).len();
        let fits = |line: usize| {
            let text = lines[line].trim_end();
            cells(text).len() == columns && columns > 2 && text.matches('"').count().is_multiple_of(2)
        };
        let rows: Vec<usize> = (start..lines.len()).filter(|line| fits(*line)).collect();
        let row = *rows.get(self.place.index(rows.len().max(1)))?;
        let ends = cells(lines[row]);
        // At least two cells are left: one alone is no row.
        let end = ends[1 + usize::from(self.amount) % (ends.len() - 1)];
        let short = format!("{}\r\n", &lines[row][..end]);
        lines[row] = &short;
        Some(lines.concat().into_bytes())
    }

    fn spoil_list(&self, all: &mut [Export], damaged: &mut Damaged) -> Option<()> {
        let has_list = |export: &Export, property: &str| {
            export
                .objects
                .iter()
                .any(|object| matches!(object.get(property), Some(Datum::List(items)) if !items.is_empty()))
        };
        let properties = ["Members", "Members", "Members", "Parameters", "RoleEntries", "Roles"];
        let places: Vec<(usize, &'static str)> = (0..all.len())
            .flat_map(|file| properties.map(|property| (file, property)))
            .filter(|(file, property)| has_list(&all[*file], property))
            .collect();
        let &(file, property) = places.get(self.place.index(places.len().max(1)))?;
        let limit = usize::from(self.amount % 4) + 1;
        let ellipsis = self.ellipsis();
        for object in &mut all[file].objects {
            for (_, datum) in object.properties.iter_mut().filter(|(name, _)| *name == property) {
                let Datum::List(items) = datum else { continue };
                *datum = Datum::Text(match self.loss {
                    Loss::CutList if items.len() > limit => format!("{{{}{ellipsis}}}", items[..limit].join(", ")),
                    Loss::CutList => format!("{{{}}}", items.join(", ")),
                    Loss::FlattenedList => "System.String[]".to_owned(),
                    _ => items.join(" "),
                });
            }
        }
        let name = all[file].name;
        damaged.what = format!("{:?} {property} of {name}, {limit}", self.loss);
        // Commas and blanks may leave nothing of a list, so that what is left of it proves nothing either.
        damaged.lose_column(name, property);
        Some(())
    }

    fn drop_file(&self, all: &mut Vec<Export>, damaged: &mut Damaged) {
        let name = all[self.file.index(all.len())].name;
        // No file says of itself that it has a sister.
        let kind = name.split('-').next().unwrap_or(name);
        let is_gone = |other: &str| other == name || kind == "assignments" && other.starts_with(kind);
        all.retain(|export| !is_gone(export.name));
        damaged.what = format!("{name} missing");
        match name {
            "assignments-1" | "assignments-2" => damaged.lower.assignments.clear(),
            "roles" | "entries"
                if damaged.lower.layout.role_entries && !damaged.lower.layout.entries_in_roles_alone =>
            {
                damaged.upper = Some(damaged.lower.clone());
                // Without the roles' own lists, a role without a row may have any entry.
                if name == "roles" {
                    damaged.fill_entries(|role| role.entries.is_empty());
                }
            }
            "policies" => damaged.upper = Some(damaged.lower.clone()),
            "roles" if !damaged.lower.layout.role_entries => damaged.upper = Some(damaged.lower.clone()),
            name => damaged.lose(name),
        }
        if name == "roles" {
            damaged.lose_role_scopes();
        }
    }

    fn drop_column(&self, all: &mut [Export], damaged: &mut Damaged) {
        let file = self.file.index(all.len());
        let export = &mut all[file];
        let columns: Vec<&'static str> = export.objects[0].properties.iter().map(|(name, _)| *name).collect();
        let column = columns[self.place.index(columns.len())];
        for object in &mut export.objects {
            object.properties.retain(|(name, _)| *name != column);
        }
        damaged.what = format!("{column} missing in {}", export.name);
        damaged.lose_column(export.name, column);
        if column.starts_with("Implicit") {
            damaged.lose_role_scopes();
        }
    }

    fn cap_file(&self, all: &mut [Export], damaged: &mut Damaged) -> Option<()> {
        let capped = ["entries", "role-groups", "role-groups-2", "members", "groups"];
        let files: Vec<usize> = (0..all.len()).filter(|file| capped.contains(&all[*file].name)).collect();
        let file = *files.get(self.file.index(files.len().max(1)))?;
        let export = &mut all[file];
        let left = self.place.index(export.objects.len());
        let template = export.objects[0].clone();
        export.objects.truncate(left);
        for number in export.objects.len()..1000 {
            export.objects.push(filler(&template, number));
        }
        damaged.what = format!("{} capped, {left} left", export.name);
        let name = export.name;
        damaged.lose(name);
        Some(())
    }

    fn contradict(&self, all: &mut Vec<Export>, damaged: &mut Damaged) -> Option<()> {
        let organization = damaged.lower.clone();
        let rows: Vec<(usize, usize)> = (0..all.len())
            .filter(|file| {
                ["entries", "groups", "mailboxes", "assignments-1", "assignments-2"].contains(&all[*file].name)
            })
            .flat_map(|file| (0..all[file].objects.len()).map(move |row| (file, row)))
            .collect();
        let &(file, row) = rows.get(self.place.index(rows.len().max(1)))?;
        let export = all[file].clone();
        let mut object = export.objects[row].clone();
        let name = text_of(&object, "Name");
        let mut set = |property: &str, value: Datum| {
            for (_, datum) in object.properties.iter_mut().filter(|(name, _)| *name == property) {
                *datum = value.clone();
            }
        };
        match export.name {
            "entries" => {
                let role = text_of(&export.objects[row], "Role");
                let role = organization.roles.iter().position(|own| own.name == role)?;
                let entry = organization.roles[role].entries.iter().position(|own| CMDLETS[own.cmdlet] == name)?;
                let own = organization.roles[role].entries[entry].parameters.clone();
                let flipped = PARAMETERS[usize::from(self.amount) % PARAMETERS.len()];
                let mut other: Vec<&'static str> = own.iter().copied().filter(|name| *name != flipped).collect();
                if other.len() == own.len() {
                    other.push(flipped);
                }
                set("Parameters", Datum::List(other.iter().map(|name| (*name).to_owned()).collect()));
                let both = |name: &&'static str| other.contains(name);
                damaged.lower.roles[role].entries[entry].parameters.retain(|name| both(name));
                let mut upper = organization;
                let united = &mut upper.roles[role].entries[entry].parameters;
                united.extend(other.iter().filter(|name| !own.contains(name)));
                damaged.upper = Some(upper);
            }
            "groups" => {
                let number = organization.groups.iter().position(|own| own.name == name)?;
                let kind = organization.groups[number].kind;
                let other = match kind {
                    GroupKind::Security => "MailUniversalDistributionGroup",
                    GroupKind::Distribution => "MailUniversalSecurityGroup",
                    GroupKind::RoleGroup | GroupKind::Linked => return None,
                };
                set("RecipientTypeDetails", Datum::Text(other.to_owned()));
                damaged.lower.groups[number].kind = GroupKind::Distribution;
                let mut upper = organization;
                upper.groups[number].kind = GroupKind::Security;
                damaged.upper = Some(upper);
            }
            "mailboxes" => {
                let user = organization.users.iter().position(|own| own.name == name)?;
                let own = organization.policy_of(user);
                let other = (0..organization.policies.len()).find(|policy| Some(*policy) != own)?;
                set("RoleAssignmentPolicy", Datum::Text(organization.policies[other].to_owned()));
                damaged.lower.set_policy(user, None);
            }
            _ => {
                let number = organization.assignments.iter().position(|own| own.name == name)?;
                let own = &organization.assignments[number];
                let mut other = own.clone();
                match self.amount % 5 {
                    0 => {
                        other.enabled = !own.enabled;
                        set("Enabled", Datum::Bool(other.enabled));
                    }
                    1 => {
                        other.delegating = !own.delegating;
                        let word = if other.delegating { "DelegatingOrgWide" } else { "Regular" };
                        set("RoleAssignmentDelegationType", Datum::Text(word.to_owned()));
                    }
                    2 => {
                        other.role = (own.role + 1) % organization.roles.len();
                        set("Role", Datum::Text(organization.roles[other.role].name.to_owned()));
                    }
                    3 => {
                        let Assignee::User(user) = own.assignee else { return None };
                        other.assignee = Assignee::User((user + 1) % organization.users.len());
                        set("RoleAssigneeName", Datum::Text(organization.assignee_name(other.assignee).to_owned()));
                        set("RoleAssignee", Datum::Text(organization.assignee_name(other.assignee).to_owned()));
                    }
                    _ => {
                        other.scopes[1] = if own.scopes[1] == "Self" { "Organization" } else { "Self" };
                        set("RecipientWriteScope", Datum::Text(other.scopes[1].to_owned()));
                    }
                }
                damaged.lower.assignments.remove(number);
                let mut upper = organization;
                upper.assignments.push(other);
                damaged.upper = Some(upper);
            }
        }
        damaged.what = format!("{} says two things about {name}", export.name);
        all.push(Export { objects: vec![object], ..export });
        Some(())
    }
}

/// What a reader of Windows-1252 makes of a byte.
fn from_windows_1252(byte: u8) -> char {
    const FROM_80: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9F => FROM_80[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

fn text_of(object: &Object, property: &str) -> String {
    match object.get(property) {
        Some(Datum::Text(text)) => text.clone(),
        _ => String::new(),
    }
}

/// A row like the template that has nothing to do with anybody.
fn filler(template: &Object, number: usize) -> Object {
    let mut object = template.clone();
    for (name, datum) in &mut object.properties {
        *datum = match (*name, &datum) {
            ("RoleGroupType" | "RecipientTypeDetails" | "RecipientType" | "Type" | "PSSnapinName", _) => continue,
            ("Guid", _) => Datum::Text(super::export::guid(9, number)),
            ("Role" | "RoleGroup", _) => Datum::Text("Filler".to_owned()),
            ("Identity", _) => Datum::Text(format!("contoso.com/Filler/Filler {number}")),
            ("DistinguishedName", _) => Datum::Text(format!("CN=Filler {number},OU=Filler,DC=contoso,DC=com")),
            ("Name", _) if template.kind == "RoleEntry" => Datum::Text(format!("Get-Filler{number}")),
            ("Name", _) => Datum::Text(format!("Filler {number}")),
            ("SamAccountName", _) => Datum::Text(format!("filler{number}")),
            (_, Datum::List(_)) => Datum::List(Vec::new()),
            _ => Datum::Null,
        };
    }
    object
}

impl Damaged {
    /// Whether a group's members are in a file.
    fn is_in(organization: &Organization, group: usize, file: &str) -> bool {
        let own = &organization.groups[group];
        match file {
            "role-groups" => own.is_role_group() && !own.rows,
            "role-groups-2" | "members" => own.rows,
            "groups" => !own.is_role_group() || organization.layout.role_groups_twice,
            _ => false,
        }
    }

    /// Nothing tells any more on what the roles themselves act, so that a missing side may be narrow or not.
    fn lose_role_scopes(&mut self) {
        let wide = ["Organization", "Organization", "OrganizationConfig", "OrganizationConfig"];
        self.lower.roles.iter_mut().for_each(|role| role.scopes = wide);
    }

    /// Nothing of a file is left for certain.
    fn lose(&mut self, file: &str) {
        if file == "roles" {
            self.lose_role_scopes();
        }
        let half = self.lower.assignments.len() / 2;
        let split = if self.lower.layout.split_assignments { half } else { 0 };
        match file {
            "assignments-1" => drop(self.lower.assignments.drain(..split)),
            "assignments-2" => drop(self.lower.assignments.drain(split..)),
            "entries" => self.lower.roles.iter_mut().for_each(|role| role.entries.clear()),
            "roles" if self.lower.layout.entries_in_roles_alone => {
                self.lower.roles.iter_mut().for_each(|role| role.entries.clear());
            }
            "mailboxes" | "users" => {
                for user in 0..self.lower.users.len() {
                    let in_file = (self.lower.users[user].kind == UserKind::Bare) == (file == "users");
                    if in_file || self.lower.layout.users_twice {
                        self.lower.set_policy(user, None);
                        self.lost_users.insert(user);
                    }
                }
            }
            "role-groups" | "role-groups-2" | "members" | "groups" => {
                let lost: Vec<usize> =
                    (0..self.lower.groups.len()).filter(|group| Self::is_in(&self.lower, *group, file)).collect();
                for group in &mut self.lower.groups {
                    group.members.retain(|(member, _)| !matches!(member, Principal::Group(own) if lost.contains(own)));
                }
                lost.iter().for_each(|group| self.lower.groups[*group].members.clear());
                self.lower
                    .assignments
                    .retain(|assignment| !matches!(assignment.assignee, Assignee::Group(own) if lost.contains(&own)));
            }
            _ => {}
        }
    }

    /// A column of a file is gone, or proves nothing any more.
    fn lose_column(&mut self, file: &str, column: &str) {
        let whole = self.lower.clone();
        match column {
            "Members" => {
                let lost: Vec<usize> =
                    (0..whole.groups.len()).filter(|group| Self::is_in(&whole, *group, file)).collect();
                let mut upper = whole.clone();
                for group in lost {
                    self.lower.groups[group].members.clear();
                    let form = super::organization::Form::Name;
                    let users = (0..whole.users.len()).map(|user| (Principal::User(user), form));
                    let groups = (0..whole.groups.len()).map(|group| (Principal::Group(group), form));
                    upper.groups[group].members = users.chain(groups).collect();
                }
                self.upper = Some(upper);
            }
            "Parameters" => {
                let entries = |organization: &mut Organization, parameters: &[&'static str]| {
                    for entry in organization.roles.iter_mut().flat_map(|role| &mut role.entries) {
                        entry.parameters = parameters.to_vec();
                    }
                };
                let mut upper = whole;
                entries(&mut self.lower, &[]);
                entries(&mut upper, &PARAMETERS);
                self.upper = Some(upper);
            }
            "RoleEntries" => {
                self.upper = Some(whole.clone());
                if whole.layout.entries_in_roles_alone {
                    self.lower.roles.iter_mut().for_each(|role| role.entries.clear());
                    self.fill_entries(|_| true);
                } else {
                    self.fill_entries(|role| role.entries.is_empty());
                }
            }
            "Enabled" | "RoleAssignmentDelegationType" => {
                self.lose(file);
                let mut upper = whole;
                for assignment in &mut upper.assignments {
                    assignment.enabled |= column == "Enabled";
                    assignment.delegating &= column == "Enabled";
                }
                self.upper = Some(upper);
            }
            column if IDLE.contains(&column) => self.upper = Some(whole),
            "RecipientWriteScope" => {
                self.scopes_lost = true;
                self.lose(file);
            }
            _ => self.lose(file),
        }
    }

    /// Gives some roles every entry there is.
    fn fill_entries(&mut self, which: impl Fn(&super::organization::Role) -> bool) {
        for role in self.upper.iter_mut().flat_map(|upper| &mut upper.roles).filter(|role| which(role)) {
            role.entries = (0..CMDLETS.len()).map(|cmdlet| Entry { cmdlet, parameters: PARAMETERS.to_vec() }).collect();
        }
    }
}

impl Organization {
    fn set_policy(&mut self, user: usize, policy: Option<usize>) {
        let kind = &mut self.users[user].kind;
        *kind = match *kind {
            UserKind::Mailbox(_) => UserKind::Mailbox(policy),
            UserKind::LinkedMailbox(_) => UserKind::LinkedMailbox(policy),
            UserKind::Bare => UserKind::Bare,
        };
    }

    /// The same with the roles' implicit scopes on every assignment.
    pub(crate) fn with_implicit_scopes(&self) -> Organization {
        let mut organization = self.clone();
        for assignment in &mut organization.assignments {
            assignment.scopes = self.roles[assignment.role].scopes;
        }
        organization
    }
}
