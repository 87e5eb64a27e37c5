//! `--format sarif`: SARIF 2.1.0, for GitHub code scanning, Azure DevOps and editors.
//!
//! Made for what these do rather than for all that the format may say: GitHub rejects a whole file for one result without
//! a place, and shows results that are suppressed as if they were not.
//! Source: OASIS, SARIF 2.1.0; GitHub documentation, SARIF support for code scanning, and SARIF results file limits.

mod measure;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::coverage::counted;
use super::escape::visible;
use super::finding::{Finding, Place};
use super::root::{Root, Seen};
use super::{Finished, HOME};
use crate::diagnostic::Severity;
use crate::rules::{self, RULES, Rule};
use measure::Measure;

/// What GitHub takes: so many results, and so many bytes of gzip, less a little for what comes after the results.
const RESULTS_MAX: usize = 25_000;
const BYTES_MAX: usize = 9_500_000;

/// From this many on GitHub keeps a part, so that the worst stand first.
const KEPT: usize = 5_000;

/// How many steps of a chain GitHub takes.
const STEPS_MAX: usize = 10_000;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Appends the report as one line.
pub fn write(out: &mut String, finished: &Finished<'_>) {
    let mut all = Finding::all(finished);
    if all.len() > KEPT {
        all.sort_by_key(Finding::rank);
    }
    let driver = driver(finished);
    let mut measure = Measure::default();
    measure.add(&driver.to_string());
    // What does not fit is the end of the list.
    let mut results: BTreeMap<Option<&str>, Vec<String>> = BTreeMap::new();
    let mut kept = 0;
    for finding in all.iter().take(RESULTS_MAX) {
        let result = result(finished, finding).to_string();
        measure.add(&result);
        if measure.bytes() > BYTES_MAX {
            break;
        }
        kept += 1;
        results.entry(finding.organization()).or_default().push(result);
    }
    out.push_str(&format!("{{\"$schema\":\"{SCHEMA}\",\"version\":\"2.1.0\",\"runs\":["));
    // GitHub leaves an alert as it is where no run of its kind comes any more; so the run of what is of no organization
    // is there also where it holds nothing.
    let named = finished.ending.organizations.iter().map(|name| Some(name.as_str()));
    for (index, organization) in std::iter::once(None).chain(named).enumerate() {
        out.push_str(if index == 0 { "" } else { "," });
        let id = organization.map_or("rolecall/".to_owned(), |name| format!("rolecall/{}/", visible(name)));
        let head = json!({
            "tool": {"driver": driver},
            "automationDetails": {"id": id},
            "columnKind": "unicodeCodePoints",
            "invocations": [invocation(finished, organization, all.len() - kept)],
        });
        // The results are written already.
        let head = head.to_string();
        out.push_str(&head[..head.len() - 1]);
        let results = results.remove(&organization).unwrap_or_default().join(",");
        out.push_str(&format!(",\"results\":[{results}]}}"));
    }
    out.push_str("]}\n");
}

fn driver(finished: &Finished<'_>) -> Value {
    let notifications: Vec<Value> = descriptors(finished)
        .into_iter()
        .map(|id| match rules::rule(id) {
            Some(rule) => texts(id, rule.summary, &paragraph(rule), &plain(rule.page)),
            None => texts(id, about(id), about(id), about(id)),
        })
        .collect();
    json!({
        "name": "rolecall",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "informationUri": HOME,
        "rules": RULES.iter().map(rule).collect::<Vec<_>>(),
        "notifications": notifications,
    })
}

fn texts(id: &str, short: &str, full: &str, help: &str) -> Value {
    json!({
        "id": id,
        "name": id,
        "shortDescription": {"text": sentence(short)},
        "fullDescription": {"text": sentence(full)},
        "help": {"text": help},
    })
}

fn rule(rule: &Rule) -> Value {
    let mut value = texts(rule.id.name, rule.summary, &paragraph(rule), &plain(rule.page));
    value["help"]["markdown"] = json!(rule.page);
    value["defaultConfiguration"] = json!({"level": rule.id.level.name()});
    let mut tags = vec!["exchange".to_owned(), "rbac".to_owned()];
    let mut properties = json!({"precision": rule.precision()});
    if let Some(security) = rule.security() {
        tags.insert(0, "security".to_owned());
        tags.extend(security.techniques.iter().map(|id| format!("external/mitre/attack/{id}")));
        tags.extend(security.controls.iter().map(|id| format!("external/cis/controls-v8/{id}")));
        properties["security-severity"] = json!(security.severity);
    }
    properties["tags"] = json!(tags);
    value["properties"] = properties;
    value
}

/// What a notification is called that no rule explains.
const NOTE: &str = "run-note";
const NOT_SHOWN: &str = "results-not-shown";
const NOT_CHECKED: &str = "nothing-checked";

fn about(id: &str) -> &'static str {
    match id {
        NOTE => "something that concerns the whole run",
        NOT_SHOWN => "there are more findings than a client takes",
        NOT_CHECKED => "nothing was checked, or something that was named could not be used",
        _ => "an export does not hold everything that answers need",
    }
}

/// The ids of all notifications, sorted.
fn descriptors<'f>(finished: &'f Finished<'_>) -> BTreeSet<&'f str> {
    let reasons = finished.coverage.iter().flat_map(|kind| &kind.reasons).map(String::as_str);
    reasons.chain([NOTE, NOT_SHOWN, NOT_CHECKED]).collect()
}

fn invocation(finished: &Finished<'_>, organization: Option<&str>, more: usize) -> Value {
    let ids: Vec<&str> = descriptors(finished).into_iter().collect();
    let say = |id: &str, level: Severity, text: &str| {
        let index = ids.binary_search(&id).expect("every id has a descriptor");
        json!({
            "descriptor": {"id": id, "index": index},
            "level": level.name(),
            "message": {"text": escape(&visible(text))},
        })
    };
    let mut said = Vec::new();
    for why in &finished.ending.why {
        said.push(say(NOT_CHECKED, Severity::Error, why));
    }
    let several = !finished.ending.organizations.is_empty();
    for kind in &finished.coverage {
        if several && kind.organization.as_deref() != organization {
            continue;
        }
        for reason in &kind.reasons {
            said.push(say(reason, Severity::Warning, &format!("{} is not complete: {reason}", kind.kind)));
        }
    }
    for note in &finished.notes {
        said.push(say(NOTE, Severity::Note, note));
    }
    if more > 0 {
        let text = format!("{} more not shown: the worst come first", counted(more as u64, "finding"));
        said.push(say(NOT_SHOWN, Severity::Warning, &text));
    }
    json!({
        "exitCode": finished.ending.code,
        "executionSuccessful": finished.ending.code < 2,
        "toolExecutionNotifications": said,
    })
}

fn result(finished: &Finished<'_>, finding: &Finding<'_>) -> Value {
    let said = finding.said;
    let root = &finished.ending.root;
    let place = finding.place().unwrap_or_else(|| finished.fallback());
    let index = RULES.iter().position(|rule| rule.id == said.rule);
    let mut result = json!({
        "ruleId": said.rule.name,
        "level": said.severity.name(),
        "message": {"text": escape(&finding.message())},
        "locations": [{"physicalLocation": physical(root, &place)}],
        "partialFingerprints": {"primaryLocationLineHash": format!("{}:1", finding.fingerprint)},
    });
    result["ruleIndex"] = json!(index);
    let steps: Vec<Value> = finding
        .labels()
        .take(STEPS_MAX)
        .map(|(label, place)| {
            let words = if label.text.is_empty() { finding.marked(label) } else { visible(&label.text).into_owned() };
            let words = if words.is_empty() { "this file".to_owned() } else { words };
            let mut step =
                json!({"location": {"physicalLocation": physical(root, &place), "message": {"text": escape(&words)}}});
            if let Some(hop) = label.hop {
                step["kinds"] = json!([hop.name()]);
            }
            step
        })
        .collect();
    if !steps.is_empty() {
        result["codeFlows"] = json!([{"threadFlows": [{"locations": steps}]}]);
    }
    if let Some(reason) = finding.reason() {
        result["suppressions"] = json!([{"kind": "external", "status": "accepted", "justification": reason}]);
    }
    if let Some(help) = finding.help() {
        result["properties"] = json!({"help": help});
    }
    result
}

fn physical(root: &Root, place: &Place<'_>) -> Value {
    json!({
        "artifactLocation": {"uri": uri(&root.see(place.file))},
        "region": {
            "startLine": place.line,
            "startColumn": place.column,
            "endLine": place.end_line,
            "endColumn": place.end_column,
        },
    })
}

/// The path as a relative reference, or as a `file` address where it is outside of the repository.
fn uri(seen: &Seen) -> String {
    let mut uri = match seen {
        Seen::Inside(_) => String::new(),
        Seen::Outside(path) if path.starts_with('/') => "file://".to_owned(),
        Seen::Outside(_) => "file:///".to_owned(),
    };
    for byte in visible(seen.path()).bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// The text without links: `[words](address)` would be one.
fn escape(text: &str) -> String {
    text.replace('[', "\\[").replace(']', "\\]")
}

/// A summary as a sentence.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|char| char.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with(['.', ':']) { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}

/// The first paragraph of a rule's page, within GitHub's 1,024 characters.
fn paragraph(rule: &Rule) -> String {
    const CHARACTERS_MAX: usize = 1023;
    let first = rule.body().split("\n\n").next().unwrap_or_default();
    plain(first).split_whitespace().collect::<Vec<_>>().join(" ").chars().take(CHARACTERS_MAX).collect()
}

/// Markdown without its marks.
fn plain(markdown: &str) -> String {
    let lines = markdown.lines().filter(|line| !line.starts_with("```"));
    lines
        .map(|line| line.trim_start_matches('#').trim_start_matches(' ').replace('`', ""))
        .collect::<Vec<_>>()
        .join("\n")
}
