//! A small Exchange that answers the exports which are advised, as PowerShell would write what it says, and refuses
//! everything else.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proptest::sample::Index;

use crate::brute::judge::Bound;
use crate::brute::organization::{Assignee, Form, GroupKind, Organization, Principal, UserKind};
use crate::powershell::{Columns, Datum, Edition, How, Layout, Object, Quotes, Shape, Sizing, render};

const PROMPT: &str = "[PS] C:\\>";

/// The stage that asks for the members of each role group.
const OF_EACH_GROUP: &str = "ForEach-Object { $group = $_; Get-RoleGroupMember $group.Name -ResultSize Unlimited | Select-Object @{n='RoleGroup';e={$group.Name}},Name,Identity,RecipientType }";

/// The shell of somebody who runs what is advised, and keeps what it shows and the files that it writes.
pub(super) struct Shell {
    folder: PathBuf,
    /// Which shell it is: its edition, and how it tells that there is no such object.
    variant: usize,
    round: usize,
    console: String,
    files: BTreeMap<String, Vec<Object>>,
}

pub(super) struct Exchange<'o> {
    pub(super) organization: &'o Organization,
}

/// What a cmdlet answers.
enum Answer {
    Rows(Vec<Object>),
    /// There is no object of this name.
    NoObject(String),
}

impl Shell {
    pub(super) fn new(folder: &Path, variant: usize) -> Self {
        Self { folder: folder.to_owned(), variant, round: 0, console: String::new(), files: BTreeMap::new() }
    }

    pub(super) fn begin_round(&mut self) {
        self.round += 1;
        self.console.clear();
    }

    /// Saves what the console shows, down to the prompt below the last answer, and the files.
    pub(super) fn end_round(&mut self) {
        if !self.console.is_empty() {
            let text = format!("{}{PROMPT}\n", self.console);
            self.save(&format!("console-{}.txt", self.round), &text);
        }
        let csv = Shape::Csv { delimiter: ',', join: None, quotes: Quotes::Always, type_line: false };
        for (name, rows) in &self.files {
            self.save(name, &render(rows, &self.how(csv)));
        }
    }

    fn save(&self, name: &str, text: &str) {
        std::fs::write(self.folder.join(name), text).expect("a temporary folder can be written");
    }

    fn how(&self, shape: Shape) -> How {
        let edition = if self.variant == 2 { Edition::Core } else { Edition::Classic };
        // The shell of a server raises the limit of lists to sixteen.
        How { edition, enumeration_limit: Some([4, 16][self.variant % 2]), newline: "\n", ..How::classic(shape) }
    }

    fn show(&mut self, command: &str, text: &str) {
        self.console += &format!("{PROMPT}{command}\n{text}");
    }

    /// The error of a cmdlet that finds no such object, as shells in different languages print it.
    fn no_object(&self, cmdlet: &str, name: &str) -> String {
        let details = format!(
            "    + CategoryInfo          : NotSpecified: (:) [{cmdlet}], ManagementObjectNotFoundException\n    \
             + FullyQualifiedErrorId : [Server=EX01,RequestId=00000000-0000-0000-0000-000000000000] \
             [FailureCategory=Cmdlet-ManagementObjectNotFoundException] 0000,Microsoft.Exchange.Management\n    \
             + PSComputerName        : ex01.contoso.com\n\n"
        );
        let english = format!(
            "The operation couldn't be performed because object '{name}' couldn't be found on 'dc01.contoso.com'."
        );
        match self.variant {
            1 => format!(
                "Der Vorgang konnte nicht ausgeführt werden, da das Objekt '{name}' auf 'dc01.contoso.com' nicht gefunden wurde.\n{details}"
            ),
            2 => format!(
                "{cmdlet}: Ex6F9304|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|{english}\n\n"
            ),
            _ => format!("{english}\n{details}"),
        }
    }
}

/// Splits at a character that stands neither in quotes nor in braces.
fn split(text: &str, at: char) -> Vec<&str> {
    let (mut parts, mut start, mut depth, mut quoted) = (Vec::new(), 0, 0_usize, false);
    for (place, char) in text.char_indices() {
        match char {
            '\'' => quoted = !quoted,
            _ if quoted => {}
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ if char == at && depth == 0 => {
                parts.push(text[start..place].trim());
                start = place + char.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    parts
}

/// The text in single quotes.
fn literal(word: &str) -> Option<String> {
    Some(word.strip_prefix('\'')?.strip_suffix('\'')?.replace("''", "'"))
}

fn text(value: &str) -> Datum {
    Datum::Text(value.to_owned())
}

/// The value of one item of a list of columns, and its name: `Name`, `@{n='Members';e={$_.Members -join ';'}}`.
fn column(item: &str, object: &Object) -> Result<(&'static str, Datum), String> {
    let value = |name: &str| object.get(name).cloned().unwrap_or(Datum::Null);
    let Some(calculated) = item.strip_prefix("@{n='").and_then(|rest| rest.strip_suffix("}}")) else {
        if !item.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(format!("no column: {item}"));
        }
        return Ok((leaked(item), value(item)));
    };
    let (name, expression) = calculated.split_once("';e={").ok_or_else(|| format!("no column: {item}"))?;
    if let Some(constant) = literal(expression) {
        return Ok((leaked(name), Datum::Text(constant)));
    }
    let joined = expression.strip_prefix("$_.").and_then(|rest| rest.split_once(" -join "));
    let (property, separator) = joined.ok_or_else(|| format!("no expression: {expression}"))?;
    let separator = literal(separator).ok_or_else(|| format!("no separator: {separator}"))?;
    match value(property) {
        Datum::List(items) | Datum::References(items) => Ok((leaked(name), Datum::Text(items.join(&separator)))),
        Datum::Null => Ok((leaked(name), text(""))),
        other => Err(format!("no list: {other:?}")),
    }
}

/// Names of properties live as long as the tests do.
fn leaked(name: &str) -> &'static str {
    Box::leak(name.to_owned().into_boxed_str())
}

fn columns(list: &str, rows: &[Object]) -> Result<Vec<Object>, String> {
    let of_row = |row: &Object| {
        let properties = split(list, ',').into_iter().map(|item| column(item, row)).collect::<Result<Vec<_>, String>>();
        Ok(Object { kind: row.kind, properties: properties? })
    };
    rows.iter().map(of_row).collect()
}

impl Exchange<'_> {
    /// Runs the command that somebody began with, and saves what it shows.
    pub(super) fn begin(&self, first: usize, user: usize, choice: Index, shell: &mut Shell) {
        let organization = self.organization;
        let groups: Vec<usize> =
            (0..organization.groups.len()).filter(|it| organization.groups[*it].kind == GroupKind::RoleGroup).collect();
        let group = (!groups.is_empty()).then(|| organization.groups[groups[choice.index(groups.len())]].name);
        let role = organization.roles[choice.index(organization.roles.len())].name;
        let user = organization.users[user].name;
        let sizing = if shell.variant == 2 { Sizing::Content } else { Sizing::Equal };
        let table = Shape::Table { columns: Columns::Default(sizing), wrap: false, group_by: None };
        let quoted = |name: &str| format!("'{}'", name.replace('\'', "''"));
        let group_named =
            |cmdlet: &str| group.map_or_else(|| cmdlet.to_owned(), |name| format!("{cmdlet} {}", quoted(name)));
        let (line, shape, stage) = match first {
            0 => (group_named("Get-RoleGroup"), Shape::List, " | fl"),
            1 => ("Get-RoleGroup".to_owned(), table, ""),
            2 if group.is_some() => (group_named("Get-RoleGroupMember"), table, ""),
            2 => ("Get-RoleGroup".to_owned(), table, ""),
            3 => ("Get-ManagementRoleAssignment".to_owned(), table, ""),
            4 => (format!("Get-ManagementRoleAssignment -RoleAssignee {}", quoted(user)), Shape::List, " | fl"),
            5 => (format!("Get-ManagementRoleEntry {}", quoted(&format!("{role}\\*"))), table, ""),
            6 => (format!("Get-Mailbox {}", quoted(user)), Shape::List, " | fl"),
            7 => (format!("Get-User {}", quoted(user)), Shape::List, " | fl"),
            8 => (
                "Get-RoleGroup".to_owned(),
                Shape::Csv { delimiter: ',', join: None, quotes: Quotes::Always, type_line: true },
                "",
            ),
            _ => ("Get-ManagementRoleEntry '*\\*'".to_owned(), Shape::Clixml { array: false }, ""),
        };
        let answer = self.answer(&line).expect("the first command is right");
        let rows = match answer {
            Answer::Rows(rows) => rows,
            Answer::NoObject(name) => {
                let cmdlet = line.split(' ').next().unwrap_or_default().to_owned();
                let error = shell.no_object(&cmdlet, &name);
                shell.show(&format!("{line}{stage}"), &error);
                return shell.end_round();
            }
        };
        let shown = if rows.is_empty() { String::new() } else { render(&rows, &shell.how(shape)) };
        match first {
            8 => shell.save("first.csv", &shown),
            9 => shell.save("first.xml", &shown),
            _ => {
                shell.show(&format!("{line}{stage}"), &shown);
                shell.end_round();
            }
        }
    }

    /// Runs one advised command.
    ///
    /// Errors: it is none that Exchange and PowerShell know.
    pub(super) fn run(&self, command: &str, shell: &mut Shell) -> Result<(), String> {
        let stages = split(command, '|');
        let mut rows = match self.answer(stages[0])? {
            Answer::Rows(rows) => rows,
            Answer::NoObject(name) => {
                let cmdlet = stages[0].split(' ').next().unwrap_or_default();
                let error = shell.no_object(cmdlet, &name);
                shell.show(command, &error);
                return Ok(());
            }
        };
        for (place, stage) in stages.iter().enumerate().skip(1) {
            let is_last = place + 1 == stages.len();
            let (verb, rest) = stage.split_once(' ').unwrap_or((stage, ""));
            match verb {
                "Select-Object" => rows = columns(rest, &rows)?,
                "ForEach-Object" if *stage == OF_EACH_GROUP => {
                    let groups = (0..self.organization.groups.len())
                        .filter(|group| self.organization.groups[*group].kind == GroupKind::RoleGroup);
                    let of_group = |group: usize| {
                        let name = self.organization.groups[group].name;
                        let list = format!("@{{n='RoleGroup';e={{'{name}'}}}},Name,Identity,RecipientType");
                        columns(&list, &self.organization.member_rows(group))
                    };
                    rows = groups.map(of_group).collect::<Result<Vec<_>, _>>()?.concat();
                }
                "Format-List" if is_last => {
                    let rows = if rest.is_empty() { rows } else { columns(rest, &rows)? };
                    let shown = if rows.is_empty() { String::new() } else { render(&rows, &shell.how(Shape::List)) };
                    shell.show(command, &shown);
                    return Ok(());
                }
                "ConvertTo-Json" if is_last && rest == "-Depth 4" => {
                    let json = Shape::Json { layout: Layout::Pretty, nested: true, names_of_enums: true };
                    let shown = if rows.is_empty() { String::new() } else { render(&rows, &shell.how(json)) };
                    shell.show(command, &shown);
                    return Ok(());
                }
                "Export-Csv" if is_last => {
                    let (file, rest) = rest.split_once(' ').ok_or("Export-Csv without a file")?;
                    let appends = match rest {
                        "-NoTypeInformation -Encoding UTF8" => false,
                        "-NoTypeInformation -Encoding UTF8 -Append" => true,
                        _ => return Err("not known of Export-Csv".to_owned()),
                    };
                    let known = shell.files.entry(file.to_owned()).or_default();
                    let names = |row: &Object| row.properties.iter().map(|(name, _)| *name).collect::<Vec<_>>();
                    if !appends {
                        known.clear();
                    } else if let (Some(old), Some(new)) = (known.first(), rows.first())
                        && names(old) != names(new)
                    {
                        return Err(format!("{file} has other columns"));
                    }
                    known.extend(rows);
                    shell.show(command, "");
                    return Ok(());
                }
                _ => return Err(format!("no stage: {stage}")),
            }
        }
        Err("nothing is shown or saved".to_owned())
    }

    /// What a cmdlet answers with its parameters.
    fn answer(&self, call: &str) -> Result<Answer, String> {
        let organization = self.organization;
        let words = split(call, ' ');
        let (cmdlet, mut rest) = (words[0], &words[1..]);
        let mut identity = None;
        if let Some(name) = rest.first().and_then(|word| literal(word)) {
            identity = Some(name);
            rest = &rest[1..];
        }
        let mut assignee = None;
        while let [parameter, value, more @ ..] = rest {
            match (*parameter, *value) {
                ("-ResultSize", "Unlimited") if cmdlet != "Get-ManagementRole" => {}
                ("-RoleAssignee", name) if cmdlet == "Get-ManagementRoleAssignment" => assignee = literal(name),
                _ => return Err(format!("no parameter: {parameter} {value}")),
            }
            rest = more;
        }
        if !rest.is_empty() {
            return Err(format!("no arguments: {rest:?}"));
        }
        let users = 0..organization.users.len();
        let groups = 0..organization.groups.len();
        let is_role_group = |group: &usize| organization.groups[*group].is_role_group();
        let has_mailbox = |user: &usize| organization.users[*user].kind != UserKind::Bare;
        let of_users = |users: Vec<usize>, object: &dyn Fn(usize) -> Object| {
            let named = |user: &usize| is_named(identity.as_deref(), &organization.identities(*user));
            users.into_iter().filter(named).map(object).collect::<Vec<_>>()
        };
        let of_groups = |groups: Vec<usize>, object: &dyn Fn(usize) -> Object| {
            let named = |group: &usize| is_named(identity.as_deref(), &self.identities_of_group(*group));
            groups.into_iter().filter(named).map(object).collect::<Vec<_>>()
        };
        let rows = match cmdlet {
            "Get-User" => of_users(users.collect(), &|user| organization.user(user)),
            "Get-Mailbox" => of_users(users.filter(has_mailbox).collect(), &|user| organization.mailbox(user)),
            "Get-Recipient" => {
                let mut rows = of_users(users.filter(has_mailbox).collect(), &|user| organization.user(user));
                let mail = groups.filter(|group| !is_role_group(group)).collect();
                rows.extend(of_groups(mail, &|group| organization.group(group)));
                rows
            }
            "Get-Group" => of_groups(groups.collect(), &|group| organization.group(group)),
            "Get-RoleGroup" => {
                of_groups(groups.filter(is_role_group).collect(), &|group| organization.role_group(group, true))
            }
            "Get-RoleGroupMember" => {
                let name = identity.ok_or("Get-RoleGroupMember asks for its group")?;
                let mut of_name = groups
                    .filter(is_role_group)
                    .filter(|group| is_named(Some(&name), &self.identities_of_group(*group)));
                let Some(group) = of_name.next() else { return Ok(Answer::NoObject(name)) };
                return Ok(Answer::Rows(organization.member_rows(group)));
            }
            "Get-ManagementRole" => {
                let named =
                    organization.roles.iter().filter(|role| is_named(identity.as_deref(), &[role.name.to_owned()]));
                named.map(|role| organization.role(role)).collect()
            }
            "Get-ManagementRoleEntry" => {
                let name = identity.ok_or("Get-ManagementRoleEntry asks for entries")?;
                let (role, entry) = name.rsplit_once('\\').ok_or("no name of an entry")?;
                let mut roles = organization.roles.iter().filter(|own| role == "*" || own.name == role).peekable();
                if roles.peek().is_none() {
                    return Ok(Answer::NoObject(role.to_owned()));
                }
                let is_it = |row: &Object| entry == "*" || row.get("Name") == Some(&text(entry));
                return Ok(Answer::Rows(roles.flat_map(crate::brute::export::entries).filter(is_it).collect()));
            }
            "Get-ManagementRoleAssignment" => {
                let user = assignee.map(|name| {
                    let named = |user: &usize| is_named(Some(&name), &organization.identities(*user));
                    users.clone().find(named).ok_or(name.clone())
                });
                let user = match user.transpose() {
                    Ok(user) => user,
                    Err(name) => return Ok(Answer::NoObject(name)),
                };
                let reaches = |assignee: Assignee| {
                    user.is_none_or(|user| match assignee {
                        Assignee::User(one) => one == user,
                        Assignee::Group(group) => organization.groups_of(user, Bound::Lower).contains_key(&group),
                        Assignee::Policy(policy) => organization.policy_of(user) == Some(policy),
                    })
                };
                let all = organization.assignments.iter().filter(|one| reaches(one.assignee));
                return Ok(Answer::Rows(all.map(|one| organization.assignment(one)).collect()));
            }
            "Get-RoleAssignmentPolicy" => {
                let named =
                    |policy: &usize| is_named(identity.as_deref(), &[organization.policies[*policy].to_owned()]);
                (0..organization.policies.len()).filter(named).map(|policy| organization.policy(policy)).collect()
            }
            _ => return Err(format!("no cmdlet: {cmdlet}")),
        };
        match identity {
            Some(name) if rows.is_empty() => Ok(Answer::NoObject(name)),
            _ => Ok(Answer::Rows(rows)),
        }
    }

    fn identities_of_group(&self, group: usize) -> Vec<String> {
        let forms = [Form::Name, Form::Canonical, Form::DistinguishedName, Form::Account];
        forms.map(|form| self.organization.identity(Principal::Group(group), form)).to_vec()
    }
}

/// Whether an object is meant: all where no name is given.
fn is_named(name: Option<&str>, identities: &[String]) -> bool {
    name.is_none_or(|name| identities.iter().any(|own| own.to_lowercase() == name.to_lowercase()))
}
