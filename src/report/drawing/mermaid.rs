//! Mermaid: a diagram within Markdown, as GitHub, GitLab and Azure DevOps draw it.
//!
//! A site refuses more than 500 edges or 50,000 characters, and shows an error instead of the diagram; nothing in the
//! text can lift that (mermaid 11, `maxEdges`, `maxTextSize`, `secure`). So accounts with equal edges become one node,
//! and what is still too large is refused here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::graph::{Certainty, Drawing, DrawnEdge, DrawnNode, EdgeKind, NodeKind, id_of};

use super::{label, name};

/// A site draws no more.
const EDGES_MAX: usize = 500;
const TEXT_MAX: usize = 50_000;

/// Older sites draw no more edges than this (mermaid 10.6).
pub const EDGES_NOTED: usize = 280;
/// GitLab warns of a page with more characters of diagrams.
pub const TEXT_NOTED: usize = 2_000;

/// The drawing as a flowchart, and how many edges it has.
///
/// Errors: it is larger than sites draw; how large.
pub fn mermaid(drawing: &Drawing) -> Result<(String, usize), (usize, usize)> {
    let whole = flowchart(drawing);
    let fits = |text: &str, edges: usize| edges <= EDGES_MAX && text.chars().count() <= TEXT_MAX;
    if fits(&whole, drawing.edges.len()) {
        return Ok((whole, drawing.edges.len()));
    }
    let folded = fold_accounts(drawing);
    let text = flowchart(&folded);
    let (edges, length) = (folded.edges.len(), text.chars().count());
    if fits(&text, edges) { Ok((text, edges)) } else { Err((edges, length)) }
}

fn flowchart(drawing: &Drawing) -> String {
    let mut out = String::from("flowchart LR\n");
    for node in &drawing.nodes {
        let (open, close) = match node.kind {
            NodeKind::Account => ("([", "])"),
            NodeKind::Group => ("[", "]"),
            NodeKind::Policy => ("[/", "/]"),
            NodeKind::Role => ("(", ")"),
            NodeKind::Cmdlet => ("[[", "]]"),
        };
        let class = if node.known { node.kind.name() } else { "unknown" };
        // Writing to a string cannot fail.
        let _ = writeln!(out, "  {}{open}\"{}\"{close}:::{class}", node.id, text(&name(node)));
    }
    for edge in &drawing.edges {
        let arrow = match (edge.answer, edge.kind) {
            (Certainty::Granted, EdgeKind::Delegating) | (Certainty::Unknown | Certainty::NotGranted, _) => "-.->",
            (Certainty::Granted, _) => "-->",
        };
        let label = label(edge);
        let label = if label.is_empty() { String::new() } else { format!("|\"{}\"|", text(&label)) };
        let _ = writeln!(out, "  {} {arrow}{label} {}", edge.from, edge.to);
    }
    out.push_str(
        "  classDef account fill:#fff4d6,stroke:#c9a227,color:#222\n  classDef group fill:#dbe9ff,stroke:#5b8fd9,color:#222\n  classDef policy fill:#e9e2f7,stroke:#9a7fd1,color:#222\n  classDef role fill:#dff3e0,stroke:#5fae66,color:#222\n  classDef cmdlet fill:#eeeeee,stroke:#8a8a8a,color:#222\n  classDef unknown fill:#ffffff,stroke:#888888,stroke-dasharray:4 3,color:#222\n",
    );
    out
}

/// A text in quotes: everything that any version of mermaid takes for more than a character is written as its number.
/// A first character that is no letter would begin a list or a heading, and so would a number with a dot behind it.
fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut in_number = true;
    for (index, char) in text.chars().enumerate() {
        let plain = char.is_alphanumeric() || index > 0 && matches!(char, ' ' | '.' | ',' | '(' | ')' | '-' | '_');
        if plain && !(in_number && char == '.') {
            out.push(char);
        } else {
            let _ = write!(out, "#{};", u32::from(char));
        }
        in_number &= char.is_ascii_digit();
    }
    out
}

/// What an edge is, but for where it comes from.
type Onwards<'d> = (&'d str, EdgeKind, Option<&'d str>, Option<&'d str>, Certainty);

/// Accounts with equal edges as one node, whose id says with which.
fn fold_accounts(drawing: &Drawing) -> Drawing {
    let mut onwards: BTreeMap<&str, BTreeSet<Onwards<'_>>> = BTreeMap::new();
    for edge in &drawing.edges {
        let DrawnEdge { from, to, kind, assignment, scope, answer } = edge;
        onwards.entry(from).or_default().insert((to, *kind, assignment.as_deref(), scope.as_deref(), *answer));
    }
    let none = BTreeSet::new();
    let mut alike: BTreeMap<(&BTreeSet<Onwards<'_>>, bool), Vec<&DrawnNode>> = BTreeMap::new();
    for node in drawing.nodes.iter().filter(|node| node.kind == NodeKind::Account) {
        alike.entry((onwards.get(node.id.as_str()).unwrap_or(&none), node.known)).or_default().push(node);
    }
    let mut folded = Drawing::default();
    let mut gone: BTreeMap<&str, Option<String>> = BTreeMap::new();
    for ((edges, known), nodes) in alike.iter().filter(|(_, nodes)| nodes.len() > 1) {
        let targets: Vec<&str> = edges.iter().map(|(to, ..)| *to).collect();
        let id = id_of(NodeKind::Account, "", &targets.join("\u{1f}"));
        for (index, node) in nodes.iter().enumerate() {
            gone.insert(&node.id, (index == 0).then(|| id.clone()));
        }
        let name = format!("{} accounts", nodes.len());
        folded.nodes.push(DrawnNode { id, kind: NodeKind::Account, name, known: *known });
    }
    folded.nodes.extend(drawing.nodes.iter().filter(|node| !gone.contains_key(node.id.as_str())).cloned());
    folded.nodes.sort_unstable_by(|left, right| left.id.cmp(&right.id));
    for edge in &drawing.edges {
        match gone.get(edge.from.as_str()) {
            None => folded.edges.push(edge.clone()),
            Some(Some(id)) => folded.edges.push(DrawnEdge { from: id.clone(), ..edge.clone() }),
            Some(None) => {}
        }
    }
    folded.edges.sort_unstable();
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_name_holds_is_a_character_of_its_label() {
        for (name, shown) in [
            ("R&D", "R#38;D"),
            ("1. x", "1#46; x"),
            ("- x", "#45; x"),
            (" x", "#32;x"),
            ("a\"b`c", "a#34;b#96;c"),
            ("%%{init}", "#37;#37;#123;init#125;"),
            ("Help Desk (EMEA), v1.2_a-b", "Help Desk (EMEA), v1.2_a-b"),
            ("Jürgen 漢字", "Jürgen 漢字"),
        ] {
            assert_eq!(text(name), shown);
        }
    }

    #[test]
    fn accounts_with_equal_edges_are_one_node_whatever_they_are_called() {
        let account = |name: &str| DrawnNode {
            id: id_of(NodeKind::Account, name, ""),
            kind: NodeKind::Account,
            name: name.to_owned(),
            known: true,
        };
        let group = DrawnNode { id: "g".to_owned(), kind: NodeKind::Group, name: "G".to_owned(), known: true };
        let with = |count: usize| {
            let accounts: Vec<DrawnNode> = (0..count).map(|number| account(&format!("u{number}"))).collect();
            let edge = |node: &DrawnNode| DrawnEdge {
                from: node.id.clone(),
                to: "g".to_owned(),
                kind: EdgeKind::Member,
                assignment: None,
                scope: None,
                answer: Certainty::Granted,
            };
            let edges = accounts.iter().map(edge).collect();
            let nodes = accounts.into_iter().chain([group.clone()]).collect();
            mermaid(&Drawing { nodes, edges, ..Drawing::default() }).expect("it fits")
        };
        assert_eq!(with(500).1, 500);
        let (text, edges) = with(501);
        assert_eq!(edges, 1);
        assert!(text.contains("501 accounts"), "{text}");
        assert_eq!(text.replace("501", "700"), with(700).0, "one account more renumbers nothing");
    }
}
