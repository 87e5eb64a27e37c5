//! Compares what was read with what an expectation says.

use serde_json::{Map, Value};

use super::KINDS;

/// What is wrong, in words.
type Judged = Result<(), String>;

/// Compares the records of the expected blocks, in order, with all that were read.
pub(super) fn blocks(expected: &[Value], read: &[Value]) -> Judged {
    let any_kind = expected.iter().any(|block| block["any_kind"] == true);
    if any_kind && read.is_empty() {
        return Ok(());
    }
    let wanted: Vec<(&Value, &Value)> = expected
        .iter()
        .flat_map(|block| block["records"].as_array().into_iter().flatten().map(move |record| (block, record)))
        .collect();
    let members = wanted.iter().any(|(block, _)| kind_of(block) == "RoleGroupMember");
    let counts = |record: &&Value| {
        let kind = record["kind"].as_str().unwrap_or("");
        KINDS.contains(&kind) || any_kind || members && kind == "Recipient"
    };
    let read: Vec<&Value> = read.iter().filter(counts).collect();
    if read.len() != wanted.len() {
        return Err(format!("{} records, not {}", read.len(), wanted.len()));
    }
    let lines: Vec<u64> = read.iter().map(|record| record["line"].as_u64().unwrap_or(0)).collect();
    if lines.contains(&0) || !lines.is_sorted() {
        return Err(format!("lines do not rise: {lines:?}"));
    }
    for (index, ((block, want), got)) in wanted.iter().zip(&read).enumerate() {
        record(block, want, got, any_kind).map_err(|why| format!("record {index}: {why}"))?;
    }
    Ok(())
}

fn kind_of(block: &Value) -> &str {
    match block["object"].as_str().unwrap_or("") {
        "Scope" => "ManagementScope",
        kind => kind,
    }
}

fn record(block: &Value, want: &Value, got: &Value, any_kind: bool) -> Judged {
    let (kind, is) = (kind_of(block), got["kind"].as_str().unwrap_or(""));
    let is_recipient = kind == "RoleGroupMember" && is == "Recipient";
    if is != kind && !(any_kind && is == "Unknown") && !is_recipient {
        return Err(format!("kind {is}, not {kind}"));
    }
    if got["shape"] != block["format"] {
        return Err(format!("shape {}, not {}", got["shape"], block["format"]));
    }
    if let Some(argument) = block["argument"].as_str() {
        let command = got["command"].as_str().unwrap_or("").to_lowercase();
        if !command.contains(&argument.to_lowercase()) {
            return Err(format!("command `{command}` lacks `{argument}`"));
        }
    }
    let empty = Map::new();
    let fields = got["fields"].as_object().unwrap_or(&empty);
    for (name, expected) in want.as_object().unwrap_or(&empty) {
        let found = fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        let is_empty = expected.is_null() || expected.as_array().is_some_and(Vec::is_empty);
        match found {
            None if is_empty => return Err(format!("{name} is absent")),
            found => value(expected, found.unwrap_or(&Value::Null), false).map_err(|why| format!("{name}: {why}"))?,
        }
    }
    Ok(())
}

/// Whether a value is marked as incomplete.
fn incomplete(got: &Value) -> bool {
    got.is_object() && (got["complete"] == false || got.get("flattened").is_some())
}

fn value(expected: &Value, got: &Value, loose: bool) -> Judged {
    match expected {
        Value::Object(form) => of_form(form, got),
        Value::Null => right(matches!(got, Value::Null) || got == "" || is_empty_list(got), got, "empty"),
        Value::String(text) if text.is_empty() => value(&Value::Null, got, loose),
        Value::Array(items) if items.is_empty() => value(&Value::Null, got, loose),
        Value::Array(items) => list(items, got, loose),
        _ => text(expected.as_str().unwrap_or(""), got, loose),
    }
}

fn is_empty_list(got: &Value) -> bool {
    got.as_array().is_some_and(Vec::is_empty)
}

fn right(is: bool, got: &Value, want: impl std::fmt::Display) -> Judged {
    if is { Ok(()) } else { Err(format!("{got} is not {want}")) }
}

/// An expectation with a name.
fn of_form(form: &Map<String, Value>, got: &Value) -> Judged {
    if form.contains_key("unjudged") {
        return Ok(());
    }
    if form.get("truncated") == Some(&Value::Bool(true)) {
        return truncated(form.get("visible").unwrap_or(&Value::Null), got);
    }
    if let Some(whole) = form.get("loose") {
        return value(whole, got, true);
    }
    if form.contains_key("flattened") {
        let holds_items = got["items"].as_array().is_some_and(|items| !items.is_empty());
        return right(incomplete(got) && (got.get("flattened").is_some() || !holds_items), got, "a lost list");
    }
    if let Some(items) = form.get("blank_joined") {
        let joined = words(items).join(" ");
        let seen = got["text"].as_str().or(got["flattened"].as_str());
        return right(got == items || incomplete(got) && seen.is_none_or(|seen| seen == joined), got, items);
    }
    if let Some(number) = form.get("number") {
        let shown = got.as_str().map_or_else(|| got.to_string(), str::to_owned);
        let number = number.to_string();
        return right(shown == number, got, number);
    }
    if let Some(name) = form.get("reference").and_then(Value::as_str) {
        let last = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
        let shown = got.as_str().unwrap_or("");
        return right(shown == name || last(shown) == last(name), got, name);
    }
    Err(format!("an expectation without a meaning: {form:?}"))
}

/// The visible part of a cut value or list.
fn truncated(visible: &Value, got: &Value) -> Judged {
    if !incomplete(got) {
        return Err(format!("the cut value {got} is taken for whole"));
    }
    let seen = if got.get("items").is_some() { &got["items"] } else { &got["text"] };
    match visible {
        Value::Null => Ok(()),
        Value::Array(want) if seen.is_array() => {
            let seen = words(seen).iter().map(|item| squeeze(item)).collect::<Vec<_>>();
            let want = words(&Value::Array(want.clone()))
                .iter()
                .map(|item| squeeze(item.trim_end_matches(',')))
                .collect::<Vec<_>>();
            // The last visible item may be cut, so that it counts as none.
            right(seen == want || want.split_last().is_some_and(|(_, whole)| seen == whole), got, visible)
        }
        _ => {
            let marks = |char| matches!(char, '{' | '}' | '…' | '.');
            let want = visible.as_str().map_or_else(|| words(visible).join(", "), str::to_owned);
            let (seen, want) = (squeeze(seen.as_str().unwrap_or("")), squeeze(&want));
            let (seen, want) = (seen.trim_matches(marks), want.trim_matches(marks));
            right(want.starts_with(seen) && seen.chars().count() + 3 >= want.chars().count(), got, visible)
        }
    }
}

fn list(items: &[Value], got: &Value, loose: bool) -> Judged {
    if items.iter().any(Value::is_object) {
        let single = [got.clone()];
        let read = got.as_array().map_or(&single[..], Vec::as_slice);
        right(read.len() == items.len(), got, format_args!("{} items", items.len()))?;
        return items.iter().zip(read).try_for_each(|(item, read)| value(item, read, loose));
    }
    let want: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
    if let [one] = want[..]
        && one.contains([' ', ','])
        && incomplete(got)
        && got["text"] == one
    {
        // One item, or several joined by blanks: the cell does not say.
        return Ok(());
    }
    let read = match got {
        Value::String(text) if want.len() == 1 => vec![text.as_str()],
        _ => words(got),
    };
    let squeezed = |items: &[&str]| items.iter().map(|item| squeeze(item)).collect::<Vec<_>>();
    let same = got.is_array() || got.is_string();
    right(
        same && if loose { squeezed(&read) == squeezed(&want) } else { read == want },
        got,
        Value::from(items.to_vec()),
    )
}

fn text(want: &str, got: &Value, loose: bool) -> Judged {
    let looks_cut = want.ends_with("...") || want.ends_with('…') || want.ends_with("...}") || want.ends_with("…}");
    if incomplete(got) && looks_cut {
        return Ok(());
    }
    let shown = match got {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.len() == 1 => items[0].as_str().unwrap_or("").to_owned(),
        Value::Bool(_) | Value::Number(_) => got.to_string(),
        _ => return Err(format!("{got} is not `{want}`")),
    };
    let is_flag = matches!(want, "True" | "False");
    let same = match () {
        () if is_flag => shown.eq_ignore_ascii_case(want),
        () if loose => squeeze(&shown) == squeeze(want),
        () => shown.replace("\r\n", "\n") == want.replace("\r\n", "\n"),
    };
    right(same, got, want)
}

fn words(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

pub(super) fn squeeze(text: &str) -> String {
    text.split_whitespace().collect()
}
