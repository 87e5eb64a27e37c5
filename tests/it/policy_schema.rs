//! The schema of policy files is made from the keys that the parser knows, and holds for every policy that we ship.

use std::fs;
use std::path::{Path, PathBuf};

use rolecall::diagnostic::Report;
use rolecall::policy::shape::{FILE, Keys, Shape, Takes};
use rolecall::policy::{PACKS, read};
use rolecall::rules::RULES;
use rolecall::source::{FileId, SourceFile};
use serde_json::{Map, Value, json};
use toml::de::{DeTable, DeValue};

use crate::program::{folder, rolecall_in};
use crate::schemas::mistakes;

fn value(takes: Takes) -> Value {
    let text = json!({ "type": "string", "minLength": 1 });
    let texts = json!({ "type": "array", "items": text });
    match takes {
        Takes::Text => text,
        Takes::Texts | Takes::Items | Takes::Accounts => texts,
        Takes::TextOrTexts | Takes::AccountOrAccounts => json!({ "anyOf": [text, texts] }),
        Takes::Date => json!({ "type": "string", "minLength": 10, "maxLength": 10 }),
        Takes::Flag => json!({ "type": "boolean" }),
        Takes::Word(words) => json!({ "enum": words }),
        Takes::Words(words) => json!({ "type": "array", "items": { "enum": words } }),
        Takes::Table(shape) => object(shape),
        Takes::Tables(shape) => json!({ "type": "array", "items": object(shape) }),
    }
}

/// What a key takes that names something which ships with rolecall.
fn known_names(key: &str) -> Option<Value> {
    let packs: Vec<&str> = PACKS.iter().map(|pack| pack.name).collect();
    let rules: Vec<&str> = RULES.iter().map(|rule| rule.id.name).collect();
    match key {
        "pack" => Some(json!({ "enum": packs })),
        "rule" => Some(json!({ "enum": rules })),
        "extends" => {
            let packs: Vec<String> = packs.iter().map(|pack| format!("pack:{pack}")).collect();
            // A path, or a pack that there is.
            let one =
                json!({ "anyOf": [{ "enum": packs }, { "type": "string", "minLength": 1, "pattern": "^(?!pack:)" }] });
            Some(json!({ "anyOf": [one, { "type": "array", "items": one }] }))
        }
        _ => None,
    }
}

fn object(shape: &Shape) -> Value {
    let mut object = Map::new();
    object.insert("type".into(), "object".into());
    match shape.keys {
        Keys::Any(takes) if shape.name == "rules" => {
            let properties = RULES.iter().map(|rule| {
                let mut value = value(takes);
                value["description"] = rule.summary.into();
                (rule.id.name.to_owned(), value)
            });
            object.insert("additionalProperties".into(), false.into());
            object.insert("properties".into(), Value::Object(properties.collect()));
        }
        Keys::Any(takes) => {
            object.insert("additionalProperties".into(), value(takes));
        }
        Keys::Known(_) => {
            let properties = shape.known().map(|key| {
                let mut value = known_names(key.name).unwrap_or_else(|| value(key.takes));
                value["description"] = key.about.into();
                (key.name.to_owned(), value)
            });
            object.insert("additionalProperties".into(), false.into());
            object.insert("properties".into(), Value::Object(properties.collect()));
        }
    }
    if !shape.must.is_empty() {
        object.insert("required".into(), json!(shape.must));
    }
    if !shape.any.is_empty() {
        let any: Vec<Value> = shape.any.iter().map(|key| json!({ "required": [key] })).collect();
        object.insert("anyOf".into(), any.into());
    }
    Value::Object(object)
}

fn schema() -> Value {
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "rolecall policy",
        "description": "A policy file of rolecall, `rolecall.toml`. Dates are TOML dates or texts of that form.",
    });
    for (key, value) in object(&FILE).as_object().expect("an object") {
        schema[key] = value.clone();
    }
    schema
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_schema_is_that_of_the_parser() {
    let path = root().join("docs/schemas/policy.schema.json");
    let wanted = serde_json::to_string_pretty(&schema()).expect("it is JSON") + "\n";
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &wanted).expect("the schema can be written");
    }
    let found = fs::read_to_string(&path).expect("the schema is there").replace("\r\n", "\n");
    assert!(found == wanted, "docs/schemas/policy.schema.json is stale: `UPDATE=1 cargo test` writes it");
}

/// A policy as a program that knows JSON Schema would see it.
fn json_of(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => text.as_ref().into(),
        DeValue::Boolean(flag) => (*flag).into(),
        DeValue::Datetime(date) => date.to_string().into(),
        DeValue::Integer(number) => number.to_string().into(),
        DeValue::Float(number) => number.to_string().into(),
        DeValue::Array(items) => items.iter().map(|item| json_of(item.get_ref())).collect(),
        DeValue::Table(table) => json_of_table(table),
    }
}

fn json_of_table(table: &DeTable<'_>) -> Value {
    let keys = table.iter().map(|(key, value)| (key.get_ref().to_string(), json_of(value.get_ref())));
    Value::Object(keys.collect())
}

/// Whether the schema takes a policy.
fn schema_takes(text: &str) -> bool {
    let (document, errors) = DeTable::parse_recoverable(text);
    let schema = schema();
    errors.is_empty() && mistakes(&schema, &schema, &json_of_table(document.get_ref()), "").is_empty()
}

/// The rules of the mistakes that the parser finds.
fn parser_says(text: &str) -> Vec<&'static str> {
    let file = SourceFile::decode(FileId(0), "rolecall.toml".into(), text.as_bytes()).expect("small");
    let mut report = Report::default();
    read(&file, &rolecall::rules::names(), &mut report);
    report.diagnostics.iter().map(|diagnostic| diagnostic.rule.name).collect()
}

fn policies_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            policies_below(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            found.push(path);
        }
    }
}

/// The TOML examples of a document.
fn examples(document: &str) -> Vec<String> {
    document.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).map(ToOwned::to_owned).collect()
}

#[test]
fn every_example_and_pack_is_a_policy_for_parser_and_schema() {
    let mut texts: Vec<String> = PACKS.iter().map(|pack| pack.text.to_owned()).collect();
    for document in ["docs/policies.md", "README.md"] {
        texts.extend(examples(&fs::read_to_string(root().join(document)).expect("it is there")));
    }
    assert!(texts.len() > PACKS.len() + 5, "only {} policies", texts.len());
    for text in texts {
        let said = parser_says(&text);
        let wrong: Vec<&&str> =
            // An example may name a list that another example gives.
            said.iter().filter(|rule| !["policy-unused-set", "policy-unknown-set"].contains(*rule)).collect();
        assert!(wrong.is_empty(), "{wrong:?} in\n{text}");
        assert!(schema_takes(&text), "the schema refuses\n{text}");
    }
}

#[test]
fn schema_and_parser_agree_on_every_fixture() {
    let mut paths = Vec::new();
    policies_below(&root().join("fixtures"), &mut paths);
    assert!(paths.len() > 20, "only {} policies", paths.len());
    // What no schema can see: names, syntax of items, days, one id for two tables, other files.
    const BEYOND: &[&str] = &[
        "policy-malformed-item",
        "policy-repeated-id",
        "policy-unknown-pack",
        "policy-unknown-set",
        "policy-unused-set",
        "policy-wrong-value",
        "policy-wrong-type",
    ];
    for path in paths {
        let text = fs::read_to_string(&path).expect("it is text");
        let said = parser_says(&text);
        let plain = said.iter().all(|rule| BEYOND.contains(rule));
        if said.is_empty() || !plain {
            assert_eq!(schema_takes(&text), said.is_empty(), "{}: {said:?}", path.display());
        }
    }
}

#[test]
fn the_start_that_init_writes_is_a_policy_and_nothing_is_overwritten() {
    let folder = folder(&[]);
    let ran = rolecall_in(folder.path(), &["init"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let start = fs::read_to_string(folder.path().join("rolecall.toml")).expect("it was written");
    assert!(start.starts_with("#:schema ./rolecall.schema.json\n"), "{start}");
    assert!(folder.path().join("rolecall.schema.json").exists());
    assert_eq!(parser_says(&start), Vec::<&str>::new());
    // What it shows in comments is right, too, once it is taken in.
    let shown = start.replace("\n# [[", "\n[[").replace("\n# direct", "\ndirect");
    let commented = |line: &str| {
        let rest = line.strip_prefix("# ").unwrap_or(line);
        let is_key = rest.split_once('=').is_some_and(|(key, _)| !key.trim().contains(' '));
        if is_key { rest.to_owned() } else { line.to_owned() }
    };
    let shown: String = shown.lines().map(|line| commented(line) + "\n").collect();
    assert_eq!(parser_says(&shown), Vec::<&str>::new(), "{shown}");
    assert!(schema_takes(&start) && schema_takes(&shown));
    let ran = rolecall_in(folder.path(), &["init"]);
    assert_eq!((ran.code, ran.stderr.contains("it is there already")), (2, true), "{ran:?}");
    // Without exports nothing is checked; the policy has no mistake.
    let ran = rolecall_in(folder.path(), &["check", "--format", "json"]);
    assert!(!ran.stdout.contains("policy-"), "{ran:?}");
}

#[test]
fn the_schema_knows_the_names_of_rules_and_packs() {
    for known in [
        "extends = \"pack:exchange-baseline\"\n",
        "extends = [\"base.toml\", \"pack:exchange-baseline\"]\n",
        "[rules]\ndirect-assignment = \"off\"\n",
        "[[require]]\naccount = \"a\"\npack = \"intune-connector-on-premises\"\n",
        "[[waive]]\nrule = \"direct-assignment\"\nreason = \"x\"\nexpires = 2026-12-31\n",
    ] {
        assert!(schema_takes(known), "{known}");
        let mistaken = known
            .replace("base\"", "basis\"")
            .replace("line\"", "lines\"")
            .replace("assignment", "assignmant")
            .replace("premises", "premise");
        assert!(!schema_takes(&mistaken), "{mistaken}");
    }
}
