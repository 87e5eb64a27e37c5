//! A console that shows what a narrower command asked for never answers what the whole export does not, and never otherwise.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rolecall::graph::Answer;
use shared::{Choices, InMemory, judged};

const ROLES: [&str; 4] = ["Mail Recipients", "Journaling", "Help Desk Role", "Custom - Role"];
const CMDLETS: [&str; 5] = ["Get-Mailbox", "Set-Mailbox", "New-Mailbox", "Get-JournalRule", "Remove-MailContact"];
const PARAMETERS: [&str; 3] = ["Identity", "Alias", "Name"];
const USERS: [&str; 4] = ["ada", "bob", "Cora Dee", "eve"];
const GROUPS: [&str; 3] = ["Desk", "Admins", "Own Team"];

const POLICY: &[u8] = b"[[require]]\nid = \"all\"\naccount = \"*\"\ncmdlets = [\"Get-Mailbox\", \"Set-Mailbox\", \
    \"New-Mailbox:Alias\", \"Get-JournalRule\", \"Remove-MailContact:Name\", \"Set-Mailbox:Identity\"]\n";

/// The rows of a kind, with the names of their properties.
struct Table {
    command: &'static str,
    columns: &'static [&'static str],
    rows: Vec<Vec<String>>,
}

impl Table {
    fn column(&self, name: &str) -> usize {
        self.columns.iter().position(|column| *column == name).expect("it is one")
    }

    fn csv(&self, rows: &[Vec<String>]) -> String {
        let line = |cells: Vec<&str>| cells.iter().map(|cell| format!("\"{cell}\"")).collect::<Vec<_>>().join(",");
        let lines = rows.iter().map(|row| line(row.iter().map(String::as_str).collect()));
        std::iter::once(line(self.columns.to_vec())).chain(lines).collect::<Vec<_>>().join("\r\n") + "\r\n"
    }
}

fn texts(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

/// An organization in which no two rows contradict each other.
fn organization(choices: &mut Choices<'_>) -> [Table; 4] {
    let mut entries = Vec::new();
    for role in ROLES {
        for cmdlet in CMDLETS {
            // No role is without any entry.
            let count = choices.below(5).max(usize::from(cmdlet == CMDLETS[0]));
            if count > 0 {
                entries.push(texts(&[role, cmdlet, &PARAMETERS[..count - 1].join(";"), "Cmdlet"]));
            }
        }
    }
    let mut assignments = Vec::new();
    for number in 0..1 + choices.below(7) {
        let role = choices.of(&ROLES);
        let (assignee, kind) = match choices.once_in(2) {
            true => (choices.of(&USERS), "User"),
            false => (choices.of(&GROUPS), "RoleGroup"),
        };
        let delegation = if choices.once_in(4) { "DelegatingOrgWide" } else { "Regular" };
        let enabled = if choices.once_in(5) { "False" } else { "True" };
        let name = format!("a{number}");
        let everywhere = ["Organization", "OrganizationConfig"];
        assignments.push(texts(&[
            &name,
            role,
            assignee,
            kind,
            delegation,
            enabled,
            everywhere[0],
            everywhere[0],
            everywhere[1],
            everywhere[1],
        ]));
    }
    let mut members = Vec::new();
    for group in GROUPS {
        for user in USERS {
            if choices.once_in(3) {
                members.push(texts(&[group, user, "UserMailbox"]));
            }
        }
    }
    let mailbox = |name: &&str| texts(&[name, &format!("{}@contoso.com", &name[..3]), "UserMailbox", ""]);
    [
        Table { command: "Get-ManagementRoleEntry", columns: &["Role", "Name", "Parameters", "Type"], rows: entries },
        Table {
            command: "Get-ManagementRoleAssignment",
            columns: &[
                "Name",
                "Role",
                "RoleAssigneeName",
                "RoleAssigneeType",
                "RoleAssignmentDelegationType",
                "Enabled",
                "RecipientReadScope",
                "RecipientWriteScope",
                "ConfigReadScope",
                "ConfigWriteScope",
            ],
            rows: assignments,
        },
        Table { command: "Get-RoleGroupMember", columns: &["RoleGroup", "Name", "RecipientType"], rows: members },
        Table {
            command: "Get-Mailbox",
            columns: &["Name", "UserPrincipalName", "RecipientTypeDetails", "RoleAssignmentPolicy"],
            rows: USERS.iter().map(mailbox).collect(),
        },
    ]
}

/// Whether a pattern fits, in which `*` stands for any text.
fn like(value: &str, pattern: &str) -> bool {
    let (value, pattern) = (value.to_lowercase(), pattern.to_lowercase());
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = value.strip_prefix(first) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

/// A value of a column, or nearly one.
fn value(table: &Table, column: usize, choices: &mut Choices<'_>) -> String {
    let mut value = match table.rows.get(choices.below(table.rows.len())) {
        Some(row) if !choices.once_in(8) => row[column].clone(),
        _ => "other".to_owned(),
    };
    if choices.once_in(3) {
        value = value.to_uppercase();
    }
    match choices.below(6) {
        0 => format!("{}*", &value[..value.len() / 2]),
        1 => format!("*{}", &value[value.len() / 2..]),
        2 => "*".to_owned(),
        _ => value,
    }
}

fn quoted(text: &str, choices: &mut Choices<'_>) -> String {
    let is_bare = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match choices.below(3) {
        0 if is_bare => text.to_owned(),
        1 => format!("\"{text}\""),
        _ => format!("'{text}'"),
    }
}

/// A condition in a block of `Where-Object`, and which rows fulfil it.
fn condition(table: &Table, choices: &mut Choices<'_>, depth: usize) -> (String, Vec<bool>) {
    if depth > 0 && choices.once_in(3) {
        let (left, one) = condition(table, choices, depth - 1);
        let (right, other) = condition(table, choices, depth - 1);
        let all = choices.once_in(2);
        let both = one.iter().zip(&other).map(|(one, other)| if all { *one && *other } else { *one || *other });
        return (format!("({left}) {} ({right})", if all { "-and" } else { "-or" }), both.collect());
    }
    if depth > 0 && choices.once_in(5) {
        let (inner, kept) = condition(table, choices, depth - 1);
        return (format!("{}({inner})", choices.of(&["-not ", "!", "-not"])), kept.iter().map(|is| !is).collect());
    }
    let column = choices.below(table.columns.len());
    let operator = choices.of(&["eq", "ne", "like", "notlike", "ceq", "match"]);
    let value = value(table, column, choices);
    let plain: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
    let asked = if operator == "match" { &plain } else { &value };
    let kept = table.rows.iter().map(|row| match operator {
        "eq" => row[column].eq_ignore_ascii_case(asked),
        "ne" => !row[column].eq_ignore_ascii_case(asked),
        "like" => like(&row[column], asked),
        "notlike" => !like(&row[column], asked),
        "ceq" => row[column] == *asked,
        _ => row[column].to_lowercase().contains(&asked.to_lowercase()),
    });
    let item = choices.of(&["$_", "$PSItem"]);
    let text = format!("{item}.{} -{operator} '{asked}'", table.columns[column]);
    (text, kept.collect())
}

/// A command that shows some of the rows.
fn narrowed(table: &Table, choices: &mut Choices<'_>) -> (String, Vec<Vec<String>>) {
    let mut kept = vec![true; table.rows.len()];
    let mut keep = |fits: &dyn Fn(&Vec<String>) -> bool| {
        kept.iter_mut().zip(&table.rows).for_each(|(kept, row)| *kept &= fits(row));
    };
    let mut command = table.command.to_owned();
    match table.command {
        "Get-ManagementRoleEntry" => {
            let role = value(table, 0, choices);
            let cmdlet = value(table, 1, choices);
            keep(&|row| like(&row[0], &role) && like(&row[1], &cmdlet));
            command = format!("{command} {}", quoted(&format!("{role}\\{cmdlet}"), choices));
        }
        "Get-ManagementRoleAssignment" => {
            for _ in 0..choices.below(3) {
                let (parameter, column) = choices.of(&[
                    ("Role", "Role"),
                    ("RoleAssigneeType", "RoleAssigneeType"),
                    ("Identity", "Name"),
                    ("Enabled", "Enabled"),
                    ("Delegating", "RoleAssignmentDelegationType"),
                ]);
                // A parameter is given once.
                if command.contains(&format!("-{parameter} ")) {
                    continue;
                }
                let at = table.column(column);
                if matches!(parameter, "Enabled" | "Delegating") {
                    let is = choices.once_in(2);
                    let wanted = match (parameter, is) {
                        ("Enabled", true) => "True",
                        ("Enabled", false) => "False",
                        (_, true) => "DelegatingOrgWide",
                        (_, false) => "Regular",
                    };
                    keep(&|row| row[at] == wanted);
                    command = format!("{command} -{parameter} ${is}");
                } else {
                    let wanted = value(table, at, choices);
                    keep(&|row| like(&row[at], &wanted));
                    command = format!("{command} -{parameter} {}", quoted(&wanted, choices));
                }
            }
        }
        "Get-RoleGroupMember" => {
            let group = choices.of(&GROUPS);
            keep(&|row| row[0] == group);
            command = format!("{command} {} -ResultSize Unlimited", quoted(group, choices));
        }
        _ => {
            if choices.once_in(2) {
                let name = value(table, 0, choices);
                keep(&|row| like(&row[0], &name));
                command = format!("{command} {}", quoted(&name, choices));
            }
            command.push_str(" -ResultSize Unlimited");
        }
    }
    let mut rows: Vec<Vec<String>> =
        table.rows.iter().zip(kept).filter(|(_, kept)| *kept).map(|(row, _)| row.clone()).collect();
    for _ in 0..choices.below(4) {
        let stage = match choices.below(6) {
            0 | 1 => {
                let shown = Table { rows, ..Table { command: "", columns: table.columns, rows: Vec::new() } };
                let (text, kept) = condition(&shown, choices, 2);
                rows = shown.rows.into_iter().zip(kept).filter(|(_, kept)| *kept).map(|(row, _)| row).collect();
                format!("{} {{{text}}}", choices.of(&["?", "where", "Where-Object", "% { $_ } | ?"]))
            }
            2 => {
                let column = choices.below(table.columns.len());
                let shown = Table { rows, ..Table { command: "", columns: table.columns, rows: Vec::new() } };
                let wanted = value(&shown, column, choices);
                let is = choices.once_in(2);
                rows = shown.rows.into_iter().filter(|row| like(&row[column], &wanted) == is).collect();
                format!("where {} -{} '{wanted}'", table.columns[column], if is { "like" } else { "notlike" })
            }
            3 => {
                let count = choices.below(rows.len() + 2);
                let way = choices.of(&["First", "Last", "Skip"]);
                match way {
                    "First" => rows.truncate(count),
                    "Last" => rows = rows.split_off(rows.len().saturating_sub(count)),
                    _ => rows = rows.split_off(count.min(rows.len())),
                }
                format!("select -{way} {count}")
            }
            4 => {
                let column = choices.below(table.columns.len());
                rows.sort_by_key(|row| row[column].to_lowercase());
                format!("sort {}", table.columns[column])
            }
            _ => {
                let column = choices.below(table.columns.len());
                rows.sort_by_key(|row| row[column].to_lowercase());
                rows.dedup_by_key(|row| row[column].to_lowercase());
                format!("sort {} -Unique", table.columns[column])
            }
        };
        command = format!("{command} | {stage}");
    }
    (command, rows)
}

/// Commands with what they show.
fn console(table: &Table, commands: &[(String, Vec<Vec<String>>)]) -> String {
    let one = |(command, rows): &(String, Vec<Vec<String>>)| {
        let shown = if rows.is_empty() { String::new() } else { table.csv(rows) };
        format!("[PS] C:\\>{command} | ConvertTo-Csv -NoTypeInformation\r\n{shown}\r\n")
    };
    commands.iter().map(one).collect::<String>() + "[PS] C:\\>\r\n"
}

/// The commands that show every row, and of each group that it has none.
fn whole(table: &Table) -> Vec<(String, Vec<Vec<String>>)> {
    let all = match table.command {
        "Get-RoleGroupMember" => {
            let of = |group: &&str| {
                let rows = table.rows.iter().filter(|row| row[0] == *group).cloned().collect();
                (format!("{} '{group}' -ResultSize Unlimited", table.command), rows)
            };
            return GROUPS.iter().map(of).collect();
        }
        "Get-ManagementRoleEntry" => " *\\*",
        "Get-Mailbox" => " -ResultSize Unlimited",
        _ => "",
    };
    vec![(format!("{}{all}", table.command), table.rows.clone())]
}

fuzz_target!(|data: &[u8]| {
    let mut choices = Choices(data);
    let kind = choices.below(4);
    let tables = organization(&mut choices);
    let shown = |(at, table): (usize, &Table)| (format!("exports/{at:03}"), console(table, &whole(table)));
    let whole: Vec<(String, String)> = tables.iter().enumerate().map(shown).collect();
    let commands: Vec<_> = (0..1 + choices.below(3)).map(|_| narrowed(&tables[kind], &mut choices)).collect();
    let mut part = whole.clone();
    part[kind].1 = console(&tables[kind], &commands);
    let answers = |files: &[(String, String)]| {
        let place = InMemory(files.iter().map(|(path, text)| (path.clone(), text.as_bytes())).collect());
        judged(&place, files.iter().map(|(path, _)| path.clone()).collect(), 1, POLICY, false).answers
    };
    let shown_all = || {
        let all = part.iter().map(|(path, text)| format!("=== {path}\n{text}")).collect::<String>();
        format!("{all}=== in place of\n{}", whole[kind].1)
    };
    let known = answers(&whole);
    for (account, item, answer) in answers(&part) {
        let expected =
            known.iter().find(|(name, asked, _)| *name == account && *asked == item).map(|(.., answer)| *answer);
        // An account that no whole export shows has nothing.
        let expected = expected.unwrap_or(Answer::NotGranted);
        let is_granted = |answer| matches!(answer, Answer::Granted | Answer::Merged);
        let agrees = if is_granted(answer) { is_granted(expected) } else { answer == expected };
        assert!(answer == Answer::Unknown || agrees, "{account} {item}: {expected:?}, not {answer:?}\n{}", shown_all());
    }
});
