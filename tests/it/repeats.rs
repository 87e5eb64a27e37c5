//! Long exports repeat themselves, and readers make use of it: what they hand on must be what the same entries give in
//! files that are too short for anything to repeat.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use serde_json::Value;

use crate::powershell::{Columns, Datum, Encoding, How, Layout, Object, Quotes, Shape, Sizing, encode, render};
use crate::program::{folder, rolecall_in};

/// Of fewer records nothing is kept.
const SHORT: usize = 40;
/// Every block of the long file holds several hundred.
const ROLES_A_BLOCK: usize = 6;
const BLOCKS: usize = 3;
const ROLES: usize = BLOCKS * ROLES_A_BLOCK;

const PARAMETERS: &[&str] =
    &["Identity", "Confirm", "WhatIf", "Filter", "Größe", "ResultSize", "DomainController", "Force"];

fn entry(role: usize, number: usize) -> Object {
    let text = |text: String| Datum::Text(text);
    // Blocks have the same nouns under verbs of their own; every fifth cmdlet is in all of them.
    let verb = if number.is_multiple_of(5) { "Get" } else { ["Set", "New", "Remove"][role / ROLES_A_BLOCK] };
    let (role_name, name) = (format!("Role, \"{role}\""), format!("{verb}-Thing{number}"));
    // Most roles have a cmdlet with the same parameters, some with others.
    let count = if (role + number).is_multiple_of(7) { number % 3 } else { number % PARAMETERS.len() };
    let parameters = PARAMETERS.iter().cycle().skip(number).take(count).map(|name| (*name).to_owned()).collect();
    Object {
        kind: "RoleEntry",
        properties: vec![
            ("Role", Datum::Reference(role_name.clone())),
            ("Name", text(name.clone())),
            ("Type", Datum::Enum("Cmdlet", 0)),
            ("Parameters", Datum::List(parameters)),
            ("PSSnapinName", text("Microsoft.Exchange.Management.PowerShell.E2010".to_owned())),
            ("Identity", text(format!("{role_name}\\{name}"))),
        ],
    }
}

/// What each account can run with which parameters; the account of a number holds the role of that number alone.
fn access(files: &[(String, Vec<u8>)]) -> Vec<BTreeMap<String, Value>> {
    let mut assignments =
        "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled\n".to_owned();
    let mut mailboxes = "Name,RecipientTypeDetails,RoleAssignmentPolicy\n".to_owned();
    for role in 0..ROLES {
        writeln!(assignments, "a{role},\"Role, \"\"{role}\"\"\",user{role},User,Regular,True").expect("texts take all");
        writeln!(mailboxes, "user{role},UserMailbox,").expect("texts take all");
    }
    let mut all: Vec<(&str, &[u8])> =
        vec![("exports/a.csv", assignments.as_bytes()), ("exports/m.csv", mailboxes.as_bytes())];
    all.extend(files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())));
    let folder = folder(&all);
    let ran = rolecall_in(folder.path(), &["access", "exports", "--account", "user*", "--format", "json"]);
    let answers: BTreeMap<String, Value> =
        ran.json_lines().into_iter().map(|line| (line["account"].as_str().expect("a name").to_owned(), line)).collect();
    let of = |role: usize| {
        let cmdlets = answers[&format!("user{role}")]["cmdlets"].as_array().expect("cmdlets").iter();
        let said = |it: &Value| (it["cmdlet"].as_str().expect("a name").to_owned(), it["parameters"].clone());
        cmdlets.filter(|it| it["answer"] == "granted").map(said).collect()
    };
    (0..ROLES).map(of).collect()
}

fn of_roles(roles: Range<usize>) -> Vec<Object> {
    let of = |role| (0..90).filter(move |number| (role + number) % 4 > 0).map(move |number| entry(role, number));
    roles.flat_map(of).collect()
}

/// One block of the long file: behind a prompt where it is a console's, else with columns in an order of its own.
fn block_of(block: usize, how: &How) -> String {
    let objects = of_roles(block * ROLES_A_BLOCK..(block + 1) * ROLES_A_BLOCK);
    if matches!(how.shape, Shape::List | Shape::Table { .. }) {
        return format!("PS C:\\> Get-ManagementRoleEntry *\\*{0}{1}", how.newline, render(&objects, how));
    }
    let mut properties = how.properties.clone();
    if properties.is_empty() {
        properties = objects[0].properties.iter().map(|(name, _)| *name).collect();
    }
    properties.rotate_left(block);
    render(&objects, &How { properties, ..how.clone() })
}

#[test]
fn a_long_file_gives_what_short_ones_give() {
    let csv = |delimiter, quotes| Shape::Csv { delimiter, join: Some(";"), quotes, type_line: false };
    let table = |columns, wrap| Shape::Table { columns, wrap, group_by: None };
    let whole = |how: How, width| How { width, enumeration_limit: None, ..how };
    let ordered = |how: How, properties: &[&'static str]| How { properties: properties.to_vec(), ..how };
    let ways = [
        ("csv", How::classic(csv(',', Quotes::Always)), Encoding::Utf8),
        ("csv in utf-16", How::classic(csv('\t', Quotes::Always)), Encoding::Utf16Le),
        ("csv of 7", How::core(csv(',', Quotes::AsNeeded)), Encoding::Utf8Bom),
        (
            "csv of some columns",
            ordered(How::classic(csv(',', Quotes::Always)), &["Name", "Parameters", "Type", "Role"]),
            Encoding::Utf8,
        ),
        ("list", whole(How::classic(Shape::List), 4096), Encoding::Utf8),
        ("list, wrapped", whole(How::core(Shape::List), 60), Encoding::Utf8),
        (
            "list, the role last",
            ordered(whole(How::core(Shape::List), 80), &["Name", "Parameters", "Role"]),
            Encoding::Utf16Le,
        ),
        (
            "table",
            ordered(
                whole(How::core(table(Columns::Named(Sizing::Content), false)), 400),
                &["Role", "Name", "Parameters"],
            ),
            Encoding::Utf8,
        ),
        (
            "json of 5.1",
            How::classic(Shape::Json { layout: Layout::Pretty, nested: true, names_of_enums: true }),
            Encoding::Utf8,
        ),
        (
            "json of 7",
            How::core(Shape::Json { layout: Layout::Pretty, nested: true, names_of_enums: true }),
            Encoding::Utf8,
        ),
        ("clixml", How::classic(Shape::Clixml { array: false }), Encoding::Utf8),
    ];
    for (way, how, encoding) in ways {
        let text: String = (0..BLOCKS).map(|block| block_of(block, &how)).collect();
        let long = [("exports/entries.txt".to_owned(), encode(&text, encoding))];
        let short: Vec<_> = of_roles(0..ROLES)
            .chunks(SHORT)
            .enumerate()
            .map(|(number, some)| (format!("exports/{number}.txt"), encode(&render(some, &how), encoding)))
            .collect();
        let (long, short) = (access(&long), access(&short));
        assert!(short.iter().all(|cmdlets| cmdlets.len() > 60), "{way}: {:?}", short[0]);
        for (role, (long, short)) in long.iter().zip(&short).enumerate() {
            assert_eq!(long, short, "{way}, user{role}");
        }
    }
}

#[test]
fn what_stands_before_the_name_is_that_of_each_record() {
    let csv = |quotes| Shape::Csv { delimiter: ',', join: Some(";"), quotes, type_line: false };
    let json = Shape::Json { layout: Layout::Pretty, nested: true, names_of_enums: true };
    let ways = [
        ("csv", How::classic(csv(Quotes::Always))),
        ("csv of 7", How::core(csv(Quotes::AsNeeded))),
        ("list", How { width: 4096, enumeration_limit: None, ..How::classic(Shape::List) }),
        ("json", How::core(json)),
        ("clixml", How::classic(Shape::Clixml { array: false })),
    ];
    // In one role cmdlets and scripts take turns; in the next they do so in another order.
    let mut objects = of_roles(0..ROLES_A_BLOCK);
    for (number, object) in objects.iter_mut().enumerate() {
        let of_type = if number % 3 == 0 { Datum::Enum("Script", 1) } else { Datum::Enum("Cmdlet", 0) };
        object.properties.iter_mut().filter(|(name, _)| *name == "Type").for_each(|(_, it)| *it = of_type.clone());
    }
    for (way, how) in ways {
        for properties in [vec!["Type", "Parameters", "Role", "Name"], vec!["Type", "Identity", "Name", "Parameters"]] {
            let how = How { properties, ..how.clone() };
            let records = |objects: &[Object]| -> Vec<Value> {
                let text = encode(&render(objects, &how), Encoding::Utf8);
                let ran = rolecall_in(folder(&[("entries.txt", &text)]).path(), &["records", "entries.txt"]);
                ran.json_lines().into_iter().map(|line| line["fields"].clone()).collect()
            };
            let (long, short) = (records(&objects), objects.chunks(SHORT).flat_map(records).collect::<Vec<_>>());
            assert_eq!(long.len(), objects.len(), "{way}");
            for (number, (long, short)) in long.iter().zip(&short).enumerate() {
                assert_eq!(long, short, "{way}, record {number}");
            }
        }
    }
}
