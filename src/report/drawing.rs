//! `rolecall graph`: the drawing in the formats that other programs read. All of them hold the same nodes and edges.

mod mermaid;

use std::fmt::Write;

use crate::graph::{Certainty, Drawing, DrawnEdge, DrawnNode, EdgeKind, NodeKind};

use super::escape::{push_json, visible};

pub use mermaid::{EDGES_NOTED, TEXT_NOTED, mermaid};

/// The drawing as one JSON object.
///
/// Shape: `docs/schemas/graph.schema.json`.
#[must_use]
pub fn json(drawing: &Drawing) -> String {
    let mut out = String::from("{\"version\":1,\"nodes\":[");
    for (index, node) in drawing.nodes.iter().enumerate() {
        out.push_str(if index > 0 { "," } else { "" });
        // Writing to a string cannot fail.
        let _ = write!(out, "{{\"id\":\"{}\",\"kind\":\"{}\",\"name\":", node.id, node.kind.name());
        push_json(&mut out, &visible(&node.name));
        let _ = write!(out, ",\"known\":{}}}", node.known);
    }
    out.push_str("],\"edges\":[");
    for (index, edge) in drawing.edges.iter().enumerate() {
        out.push_str(if index > 0 { "," } else { "" });
        let DrawnEdge { from, to, kind, .. } = edge;
        let _ = write!(out, "{{\"from\":\"{from}\",\"to\":\"{to}\",\"kind\":\"{}\",\"assignment\":", kind.name());
        push_text(&mut out, edge.assignment.as_deref());
        out.push_str(",\"scope\":");
        push_text(&mut out, edge.scope.as_deref());
        let _ = write!(out, ",\"answer\":\"{}\"}}", edge.answer.name());
    }
    let Drawing { disabled, unassigned_roles, .. } = drawing;
    let _ = writeln!(out, "],\"omitted\":{{\"disabled\":{disabled},\"unassigned_roles\":{unassigned_roles}}}}}");
    out
}

fn push_text(out: &mut String, text: Option<&str>) {
    match text {
        Some(text) => push_json(out, &visible(text)),
        None => out.push_str("null"),
    }
}

/// What stands on an edge.
fn label(edge: &DrawnEdge) -> String {
    let mut words: Vec<&str> = Vec::new();
    words.extend((edge.answer == Certainty::Unknown).then_some("?"));
    words.extend((edge.answer == Certainty::NotGranted).then_some("disabled"));
    words.extend((edge.kind == EdgeKind::Delegating).then_some("delegating"));
    words.extend(edge.scope.as_deref());
    visible(&words.join(", ")).into_owned()
}

/// What stands in a node.
fn name(node: &DrawnNode) -> String {
    let name = visible(&node.name);
    if node.known { name.into_owned() } else { format!("{name} ?") }
}

/// The drawing in the language of Graphviz.
#[must_use]
pub fn dot(drawing: &Drawing) -> String {
    let mut out = String::from(
        "digraph rolecall {\n  rankdir=LR;\n  node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\", fontsize=10];\n",
    );
    for node in &drawing.nodes {
        let style = match node.kind {
            NodeKind::Account => ", shape=ellipse, fillcolor=\"#fff4d6\"",
            NodeKind::Group => ", fillcolor=\"#dbe9ff\"",
            NodeKind::Policy => ", fillcolor=\"#e9e2f7\"",
            NodeKind::Role => ", shape=box, fillcolor=\"#dff3e0\"",
            NodeKind::Cmdlet => ", shape=note, fillcolor=\"#eeeeee\"",
        };
        let unknown = if node.known { "" } else { ", style=\"rounded,filled,dashed\"" };
        let class = class(node);
        let _ = writeln!(
            out,
            "  \"{}\" [class=\"{class}\", label=\"{}\"{style}{unknown}];",
            node.id,
            dot_text(&name(node))
        );
    }
    for edge in &drawing.edges {
        let mut attributes = format!("class=\"{}\"", edge_class(edge));
        for (key, value) in [("assignment", edge.assignment.as_deref()), ("label", Some(label(edge).as_str()))] {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                let _ = write!(attributes, ", {key}=\"{}\"", dot_text(&visible(value)));
            }
        }
        attributes.push_str(match (edge.answer, edge.kind) {
            (Certainty::Granted, EdgeKind::Delegating) => ", style=dotted",
            (Certainty::Granted, _) => "",
            _ => ", style=dashed",
        });
        let _ = writeln!(out, "  \"{}\" -> \"{}\" [{attributes}];", edge.from, edge.to);
    }
    out.push_str("}\n");
    out
}

/// The kind of a node, and `unknown` where exports do not show all of it.
fn class(node: &DrawnNode) -> String {
    if node.known { node.kind.name().to_owned() } else { format!("{} unknown", node.kind.name()) }
}

fn edge_class(edge: &DrawnEdge) -> String {
    match edge.answer {
        Certainty::Granted => edge.kind.name().to_owned(),
        Certainty::Unknown => format!("{} unknown", edge.kind.name()),
        Certainty::NotGranted => format!("{} disabled", edge.kind.name()),
    }
}

/// A text in a quoted string of Graphviz, which reads `\N` and entities in plain labels.
fn dot_text(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('&', "&amp;")
}

/// The drawing as GraphML.
#[must_use]
pub fn graphml(drawing: &Drawing) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n",
    );
    let keys = [
        ("node", "kind"),
        ("node", "name"),
        ("node", "known"),
        ("edge", "kind"),
        ("edge", "assignment"),
        ("edge", "scope"),
        ("edge", "answer"),
    ];
    for (of, key) in keys {
        let kind = if key == "known" { "boolean" } else { "string" };
        let _ = writeln!(out, "  <key id=\"{of}-{key}\" for=\"{of}\" attr.name=\"{key}\" attr.type=\"{kind}\"/>");
    }
    out.push_str("  <graph id=\"rolecall\" edgedefault=\"directed\">\n");
    for node in &drawing.nodes {
        let _ = writeln!(
            out,
            "    <node id=\"{}\"><data key=\"node-kind\">{}</data><data key=\"node-name\">{}</data><data key=\"node-known\">{}</data></node>",
            node.id,
            node.kind.name(),
            xml_text(&node.name),
            node.known
        );
    }
    for (number, edge) in drawing.edges.iter().enumerate() {
        let _ = write!(out, "    <edge id=\"e{number}\" source=\"{}\" target=\"{}\">", edge.from, edge.to);
        let data = [
            ("kind", Some(edge.kind.name())),
            ("assignment", edge.assignment.as_deref()),
            ("scope", edge.scope.as_deref()),
            ("answer", Some(edge.answer.name())),
        ];
        for (key, value) in data.into_iter().filter_map(|(key, value)| Some((key, value?))) {
            let _ = write!(out, "<data key=\"edge-{key}\">{}</data>", xml_text(value));
        }
        out.push_str("</edge>\n");
    }
    out.push_str("  </graph>\n</graphml>\n");
    out
}

/// A text in XML, which has no way to write most control characters.
fn xml_text(text: &str) -> String {
    visible(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// What the kinds of nodes and edges are called in `OpenGraph`, where all names share one space.
fn of_opengraph(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase()).into_iter();
    format!("RC_{}", first.chain(letters).collect::<String>())
}

/// What an edge is called there: one name speaks of one thing.
fn edge_of_opengraph(kind: EdgeKind) -> &'static str {
    match kind {
        EdgeKind::Member => "RC_MemberOf",
        EdgeKind::Policy => "RC_HasPolicy",
        EdgeKind::Regular => "RC_CanUse",
        EdgeKind::Delegating => "RC_CanAssign",
        EdgeKind::Entry => "RC_Allows",
    }
}

/// The drawing as `BloodHound` imports it.
///
/// Source: `OpenGraph` schema (bloodhound.specterops.io): property names in lower case, values primitive, none null.
#[must_use]
pub fn opengraph(drawing: &Drawing) -> String {
    let mut out = String::from("{\"metadata\":{\"source_kind\":\"RC_Base\"},\"graph\":{\"nodes\":[");
    for (index, node) in drawing.nodes.iter().enumerate() {
        out.push_str(if index > 0 { ",\n" } else { "\n" });
        let kind = of_opengraph(node.kind.name());
        let _ = write!(out, "{{\"id\":\"{}\",\"kinds\":[\"{kind}\",\"RC_Base\"],\"properties\":{{\"name\":", node.id);
        push_json(&mut out, &visible(&node.name));
        let _ = write!(out, ",\"known\":{}}}}}", node.known);
    }
    out.push_str("\n],\"edges\":[");
    for (index, edge) in drawing.edges.iter().enumerate() {
        out.push_str(if index > 0 { ",\n" } else { "\n" });
        let kind = edge_of_opengraph(edge.kind);
        let _ = write!(
            out,
            "{{\"start\":{{\"value\":\"{}\"}},\"end\":{{\"value\":\"{}\"}},\"kind\":\"{kind}\",\"properties\":{{\"answer\":\"{}\"",
            edge.from,
            edge.to,
            edge.answer.name()
        );
        for (key, value) in [("assignment", &edge.assignment), ("scope", &edge.scope)] {
            if let Some(value) = value {
                let _ = write!(out, ",\"{key}\":");
                push_json(&mut out, &visible(value));
            }
        }
        out.push_str("}}");
    }
    out.push_str("\n]}}\n");
    out
}

/// What `BloodHound` must know of the kinds before edges take part in finding paths.
#[must_use]
pub fn opengraph_schema() -> String {
    let mut out = String::from(
        "{\"schema\":{\"name\":\"rolecall\",\"display_name\":\"Exchange RBAC (rolecall)\",\"version\":\"1.0.0\",\"namespace\":\"RC\"},\n\"node_kinds\":[",
    );
    for (index, kind) in NodeKind::ALL.into_iter().enumerate() {
        let (icon, color, description) = match kind {
            NodeKind::Account => ("user", "#e0b040", "A user, a computer or an application"),
            NodeKind::Group => ("users", "#5b8fd9", "A role group or another group"),
            NodeKind::Policy => ("file-lines", "#9a7fd1", "A role assignment policy"),
            NodeKind::Role => ("key", "#5fae66", "A management role"),
            NodeKind::Cmdlet => ("terminal", "#8a8a8a", "A cmdlet"),
        };
        let (name, word) = (of_opengraph(kind.name()), kind.name());
        out.push_str(if index > 0 { ",\n" } else { "\n" });
        let _ = write!(
            out,
            "{{\"name\":\"{name}\",\"display_name\":\"Exchange {word}\",\"description\":\"{description}\",\"is_display_kind\":true,\"icon\":\"{icon}\",\"color\":\"{color}\"}}"
        );
    }
    out.push_str("\n],\n\"relationship_kinds\":[");
    for (index, kind) in EdgeKind::ALL.into_iter().enumerate() {
        let description = match kind {
            EdgeKind::Member => "Is in the group",
            EdgeKind::Policy => "Its mailbox has the role assignment policy",
            EdgeKind::Regular => "An assignment lets it use the role",
            EdgeKind::Delegating => "An assignment lets it assign the role to others",
            EdgeKind::Entry => "The role has the cmdlet",
        };
        out.push_str(if index > 0 { ",\n" } else { "\n" });
        let name = edge_of_opengraph(kind);
        let _ = write!(out, "{{\"name\":\"{name}\",\"description\":\"{description}\",\"is_traversable\":true}}");
    }
    out.push_str("\n],\n\"environments\":[],\n\"relationship_findings\":[]}\n");
    out
}
