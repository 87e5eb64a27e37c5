//! `rolecall graph`: every format holds what the exports state, each thing once, whatever it is called.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

const EXPORTS: &str = "fixtures/organization/exports";

fn run(arguments: &[&str], folder: &Path) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolecall"));
    let output = command.current_dir(folder).args(arguments).output().expect("the binary runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    (output.status.code().expect("it ends by itself"), text(output.stdout), text(output.stderr))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn drawn(arguments: &[&str], folder: &Path) -> Value {
    let (code, out, err) = run(&[&["graph", "--format", "json"], arguments].concat(), folder);
    assert_eq!(code, 0, "{err}");
    serde_json::from_str(&out).expect("valid JSON")
}

/// The rows of a fixture's CSV file, each cell by its column.
fn rows(name: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(root().join(EXPORTS).join(name)).expect("it is there");
    let cells = |line: &str| {
        let mut cells = vec![String::new()];
        let mut inside = false;
        for char in line.trim_start_matches('\u{feff}').chars() {
            match char {
                '"' => inside = !inside,
                ',' if !inside => cells.push(String::new()),
                char => cells.last_mut().expect("there is one").push(char),
            }
        }
        cells
    };
    text.lines().map(cells).collect()
}

fn column(rows: &[Vec<String>], name: &str) -> usize {
    rows[0].iter().position(|cell| cell == name).unwrap_or_else(|| panic!("no column {name}"))
}

/// The edges by kind and names, as a set.
fn edges(drawing: &Value, kind: &str) -> BTreeSet<(String, String, String)> {
    let name = |id: &Value| {
        let nodes = drawing["nodes"].as_array().expect("a list");
        let node = nodes.iter().find(|node| node["id"] == *id).expect("an edge ends at a node");
        node["name"].as_str().expect("a name").to_owned()
    };
    let of_kind = drawing["edges"].as_array().expect("a list").iter().filter(|edge| edge["kind"] == kind);
    of_kind
        .map(|edge| (name(&edge["from"]), name(&edge["to"]), edge["assignment"].as_str().unwrap_or("").to_owned()))
        .collect()
}

#[test]
fn nodes_and_edges_are_those_of_the_exports() {
    let drawing = drawn(&[EXPORTS], root());
    let assignments = rows("assignments.csv");
    let cells = ["RoleAssigneeName", "Role", "Name", "Enabled", "RoleAssignmentDelegationType"];
    let [assignee, role, name, enabled, delegation] = cells.map(|cell| column(&assignments, cell));
    for (kind, word) in [("regular", "Regular"), ("delegating", "DelegatingOrgWide")] {
        let stated = assignments[1..].iter().filter(|row| row[enabled] == "True" && row[delegation] == word);
        let stated: BTreeSet<_> =
            stated.map(|row| (row[assignee].clone(), row[role].clone(), row[name].clone())).collect();
        assert_eq!(edges(&drawing, kind), stated, "{kind}");
    }
    let disabled = assignments[1..].iter().filter(|row| row[enabled] != "True").count();
    assert_eq!(drawing["omitted"]["disabled"].as_u64(), Some(disabled as u64));
    let last = |path: &str| path.rsplit('/').next().expect("a part").to_owned();
    let mut members = BTreeSet::new();
    for file in ["role-groups.csv", "groups.csv"] {
        let groups = rows(file);
        let (name, list) = (column(&groups, "Name"), column(&groups, "Members"));
        for row in &groups[1..] {
            let of = row[list].split(';').filter(|member| !member.is_empty());
            members.extend(of.map(|member| (last(member), row[name].clone(), String::new())));
        }
    }
    assert_eq!(edges(&drawing, "member"), members);
    let mailboxes = rows("mailboxes.csv");
    let (name, policy) = (column(&mailboxes, "Name"), column(&mailboxes, "RoleAssignmentPolicy"));
    let policies: BTreeSet<_> =
        mailboxes[1..].iter().map(|row| (row[name].clone(), row[policy].clone(), String::new())).collect();
    assert_eq!(edges(&drawing, "policy"), policies);
    let used: BTreeSet<&str> = drawing["edges"]
        .as_array()
        .expect("a list")
        .iter()
        .flat_map(|edge| [edge["from"].as_str().expect("an id"), edge["to"].as_str().expect("an id")])
        .collect();
    let nodes: BTreeSet<&str> =
        drawing["nodes"].as_array().expect("a list").iter().filter_map(|node| node["id"].as_str()).collect();
    assert_eq!(used, nodes, "nothing stands alone");
    for format in ["dot", "graphml", "opengraph"] {
        let (code, text, _) = run(&["graph", EXPORTS, "--format", format], root());
        assert_eq!(code, 0);
        let (node, edge) = match format {
            "dot" => (" [class=\"", " -> \""),
            "graphml" => ("<node id=", "<edge id="),
            _ => ("\"kinds\":", "\"start\":"),
        };
        let arrows = text.matches(edge).count();
        assert_eq!(arrows, drawing["edges"].as_array().map_or(0, Vec::len), "{format}");
        let boxes = text.matches(node).count() - if format == "dot" { arrows } else { 0 };
        assert_eq!(boxes, nodes.len(), "{format}");
    }
}

#[test]
fn filters_leave_what_an_account_reaches_and_what_reaches_a_cmdlet() {
    let drawing = drawn(&[EXPORTS, "--account", "pat"], root());
    let names: BTreeSet<&str> =
        drawing["nodes"].as_array().expect("a list").iter().filter_map(|node| node["name"].as_str()).collect();
    assert!(
        names.contains("Sales Help Desk") && names.contains("User Options") && !names.contains("Help Desk"),
        "{names:?}"
    );
    let scopes: BTreeSet<&str> =
        drawing["edges"].as_array().expect("a list").iter().filter_map(|edge| edge["scope"].as_str()).collect();
    assert!(scopes.contains("Contoso Sales"), "{scopes:?}");
    let drawing = drawn(&[EXPORTS, "--cmdlet", "New-MailboxExportRequest"], root());
    assert_eq!(edges(&drawing, "entry").len(), 2, "{drawing}");
    let stale = drawn(&[EXPORTS, "--account", "svc-stale", "--role", "Mail Recipients"], root());
    assert_eq!(stale["nodes"].as_array().map(Vec::len), Some(1), "an account that is asked for is always drawn");
    let (code, out, err) = run(&["graph", EXPORTS, "--role", "Mail Recipient"], root());
    assert_eq!((code, out.as_str()), (3, ""));
    assert!(err.contains("did you mean `Mail Recipients`?"), "{err}");
}

#[test]
fn one_account_more_changes_no_line_and_hostile_names_stay_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let draw = |names: &[&str], format: &str| {
        let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let mut text = "RoleGroup,Name,RecipientType\n".to_owned();
        names.iter().for_each(|name| text += &format!("Ops,{},UserMailbox\n", cell(name)));
        fs::write(folder.path().join("members.csv"), text).expect("it can be written");
        let (code, out, err) = run(&["graph", "members.csv", "--format", format], folder.path());
        assert_eq!(code, 0, "{err}");
        out
    };
    let names = ["R&D", "a\"b", "1. x", "end", "<b>x</b>", "\\N", "`md`", "evil\u{202e}txt", "O'Brien; x --> y"];
    for format in ["mermaid", "dot", "json", "graphml", "opengraph"] {
        let before = draw(&names, format);
        assert!(!before.contains('\u{202e}'), "{format} holds a hidden character");
        let after = draw(&[&names[..], &["zoe"]].concat(), format);
        let numbered = |line: &str| match line.find("<edge id=") {
            Some(_) => line.split_once(" source=").map_or("", |(_, rest)| rest).to_owned(),
            None => line.trim_end_matches(',').to_owned(),
        };
        let lines: BTreeSet<String> = after.lines().map(numbered).collect();
        if format != "json" {
            for line in before.lines().map(numbered) {
                assert!(lines.contains(&line), "{format}: {line}");
            }
        }
    }
    let drawing: Value = serde_json::from_str(&draw(&names, "json")).expect("valid JSON");
    let shown: BTreeSet<&str> =
        drawing["nodes"].as_array().expect("a list").iter().filter_map(|node| node["name"].as_str()).collect();
    for name in names {
        let name = name.replace('\u{202e}', "\\u{202e}");
        assert!(shown.contains(name.as_str()), "{name}");
    }
}

#[test]
fn what_sites_refuse_is_refused_with_a_way_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut text = "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled\n".to_owned();
    for number in 0..501 {
        text += &format!("A{number},R{number},Ops,RoleGroup,Regular,True\n");
    }
    fs::write(folder.path().join("a.csv"), text).expect("it can be written");
    let (code, out, err) = run(&["graph", "a.csv"], folder.path());
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("--account") && err.contains("--format dot"), "{err}");
    assert_eq!(run(&["graph", "a.csv", "--format", "dot"], folder.path()).0, 0);
    let (code, out, _) = run(&["graph", "a.csv", "--role", "R7"], folder.path());
    assert_eq!((code, out.matches("-->").count()), (0, 1));
}
