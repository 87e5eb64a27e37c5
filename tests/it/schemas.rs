//! The published schemas describe what rolecall prints: every JSON output is held against its schema.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

/// What of JSON Schema 2020-12 our schemas use. A keyword that is not here fails the test, so that none goes unchecked.
pub(crate) fn mistakes(schema: &Value, root: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (keyword, rule) in schema.as_object().expect("a schema is an object") {
        let fits = match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" => true,
            "$ref" => {
                let name = rule.as_str().and_then(|path| path.strip_prefix("#/$defs/")).expect("references are local");
                found.extend(mistakes(&root["$defs"][name], root, value, at));
                true
            }
            "type" => match rule {
                Value::String(name) => is_type(value, name),
                names => {
                    names.as_array().expect("names").iter().any(|name| is_type(value, name.as_str().expect("a name")))
                }
            },
            "enum" => rule.as_array().expect("values").contains(value),
            "const" => rule == value,
            "minimum" => value.as_i64().is_none_or(|number| number >= rule.as_i64().expect("a number")),
            "minLength" => {
                value.as_str().is_none_or(|text| text.chars().count() as u64 >= rule.as_u64().expect("a number"))
            }
            "maxLength" => {
                value.as_str().is_none_or(|text| text.chars().count() as u64 <= rule.as_u64().expect("a number"))
            }
            // The one pattern that there is.
            "pattern" => {
                assert_eq!(rule, "^(?!pack:)");
                value.as_str().is_none_or(|text| !text.starts_with("pack:"))
            }
            "anyOf" => rule.as_array().expect("schemas").iter().any(|one| mistakes(one, root, value, at).is_empty()),
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    found.extend(mistakes(rule, root, item, &format!("{at}/{index}")));
                }
                true
            }
            "required" => value.as_object().is_none_or(|object| {
                rule.as_array().expect("names").iter().all(|name| object.contains_key(name.as_str().expect("a name")))
            }),
            "properties" => {
                for (name, one) in rule.as_object().expect("schemas") {
                    if let Some(item) = value.get(name) {
                        found.extend(mistakes(one, root, item, &format!("{at}/{name}")));
                    }
                }
                true
            }
            "additionalProperties" => {
                let known = schema.get("properties").and_then(Value::as_object);
                for (name, item) in value.as_object().into_iter().flatten() {
                    match rule {
                        _ if known.is_some_and(|known| known.contains_key(name)) => {}
                        Value::Bool(allowed) => found.extend((!allowed).then(|| format!("{at}/{name}: unknown key"))),
                        one => found.extend(mistakes(one, root, item, &format!("{at}/{name}"))),
                    }
                }
                true
            }
            other => panic!("`{other}` is a keyword that this test does not know"),
        };
        if !fits {
            found.push(format!("{at}: {keyword} {rule} does not hold for {value}"));
        }
    }
    found
}

fn is_type(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("`{other}` is no type"),
    }
}

fn schema(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/schemas/{name}.schema.json"));
    serde_json::from_slice(&fs::read(path).expect("the schema is there")).expect("it is JSON")
}

/// The exports of the fixture organization that answer everything, and those that leave much open.
const WHOLE: &[&str] = &[
    "fixtures/organization/exports/assignments.csv",
    "fixtures/organization/exports/entries.csv",
    "fixtures/organization/exports/entries-my-roles.csv",
    "fixtures/organization/exports/groups.csv",
    "fixtures/organization/exports/mailboxes.csv",
    "fixtures/organization/exports/members.csv",
    "fixtures/organization/exports/policies.csv",
    "fixtures/organization/exports/role-groups.csv",
    "fixtures/organization/exports/roles.csv",
    "fixtures/organization/exports/users.csv",
];
const SOME: &[&str] = &[WHOLE[0], WHOLE[1], WHOLE[9]];

/// What the binary prints, a value for each line.
fn values(arguments: &[&str]) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolecall"));
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).output().expect("the binary runs");
    let text = String::from_utf8(output.stdout).expect("output is UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

#[track_caller]
pub(crate) fn hold(name: &str, values: &[Value]) {
    let schema = schema(name);
    for value in values {
        let found = mistakes(&schema, &schema, value, "");
        assert!(found.is_empty(), "{found:#?}");
    }
}

#[test]
fn records_are_as_their_schema_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("it can be written");
    write(
        "roles.json",
        r#"[{"Name":"Mail Recipients","RoleType":"MailRecipients","Parent":"","RoleEntries":["A\\B"],"Deep":{"a":{"b":1}}}]"#,
    );
    write(
        "entries.csv",
        "Name,Role,Parameters,Description\nGet-Mailbox,Help Desk,\"{Anr, Identity...}\",\nGet-User,Help Desk,System.String[],x\n",
    );
    let mut all =
        values(&["records", "fixtures/organization/exports/assignments.csv", "fixtures/organization/role-groups.csv"]);
    all.extend(values(&["records", folder.path().to_str().expect("a UTF-8 path")]));
    let text = serde_json::to_string(&all).expect("it was read");
    for part in ["\"partial\":", "\"flattened\":", "\"object\":", "null", "[\""] {
        assert!(text.contains(part), "the test shows no {part}");
    }
    hold("records", &all);
}

#[test]
fn access_is_as_its_schema_says() {
    let options = ["--account", "svc-*", "--format", "json"];
    let mut all = values(&[&["access"], WHOLE, &options].concat());
    all.extend(values(&[&["access"], SOME, &options].concat()));
    assert!(all.iter().any(|account| !account["cmdlets"].as_array().is_none_or(Vec::is_empty)));
    assert!(all.iter().any(|account| !account["gaps"].as_array().is_none_or(Vec::is_empty)));
    hold("access", &all);
}

#[test]
fn why_and_who_can_are_as_their_schema_says() {
    let json = ["--format", "json"];
    let mut all = values(&[&["who-can", "Set-Mailbox:ForwardingSmtpAddress", "--all"], WHOLE, &json].concat());
    all.extend(values(&[&["who-can", "Set-Mailbox", "--all"], SOME, &json].concat()));
    all.extend(values(&[&["why", "svc-intune", "New-NoSuchThing"], WHOLE, &json].concat()));
    for answer in ["granted", "not-granted", "unknown"] {
        assert!(all.iter().any(|line| line["answer"] == answer), "{answer}");
    }
    hold("why", &all);
}

#[test]
fn escalate_is_as_its_schema_says() {
    let mut all = values(&[&["escalate", "*"], WHOLE, &["--format", "json"]].concat());
    all.extend(values(&[&["escalate", "*"], SOME, &["--format", "json"]].concat()));
    assert!(all.iter().any(|line| line["paths"].as_array().is_some_and(|paths| !paths.is_empty())));
    assert!(all.iter().any(|line| line["complete"] == false));
    hold("escalate", &all);
}

#[test]
fn plan_and_graph_are_as_their_schemas_say() {
    let plan = ["--require", "intune-connector-on-premises", "--format", "json"];
    let mut all = Vec::new();
    for account in ["svc-nobody", "svc-intune", "svc-stale"] {
        for exports in [WHOLE, SOME] {
            all.extend(values(&[&["plan", account], exports, &plan].concat()));
            all.extend(values(&[&["plan", account, "--child-roles", "--assume-missing"], exports, &plan].concat()));
        }
    }
    assert!(all.iter().any(|plan| plan["undecided"].as_array().is_some_and(|open| !open.is_empty())));
    assert!(all.iter().any(|plan| plan["steps"].as_array().is_some_and(|steps| steps.len() > 2)));
    hold("plan", &all);
    let mut all = values(&[&["graph", "--format", "json", "--all"], WHOLE].concat());
    all.extend(values(&[&["graph", "--format", "json", "--cmdlet", "Set-Mailbox"], SOME].concat()));
    hold("graph", &all);
}

#[test]
fn check_is_as_its_schema_says_also_where_nothing_can_be_read() {
    let pack = ["--account", "svc-*", "--require", "intune-connector-on-premises", "--format", "json"];
    let mut all = values(&[&["check"], WHOLE, &pack].concat());
    all.extend(values(&[&["check"], SOME, &pack].concat()));
    all.extend(values(&[&["check", "no/such/file"], &pack[..]].concat()));
    assert_eq!(all.len(), 3);
    let diagnostics: Vec<&Value> = all.iter().filter_map(|report| report["diagnostics"].as_array()).flatten().collect();
    assert!(diagnostics.iter().any(|diagnostic| diagnostic["gap"].is_object()));
    assert!(diagnostics.iter().any(|diagnostic| diagnostic["cmdlet"].is_string()));
    hold("check", &all);
}

#[test]
fn a_schema_refuses_what_it_does_not_describe() {
    let schema = schema("records");
    let good = serde_json::json!({"file":"a","line":1,"kind":"Role","shape":"csv","command":null,"complete":true,"fields":{"Name":"x"}});
    assert_eq!(mistakes(&schema, &schema, &good, ""), Vec::<String>::new());
    for (key, value) in [
        ("line", serde_json::json!(0)),
        ("kind", serde_json::json!("Rule")),
        ("command", serde_json::json!(7)),
        ("more", serde_json::json!(1)),
        ("fields", serde_json::json!({"Name": {"text": "x"}})),
        ("fields", serde_json::json!({"Name": ["x", 1]})),
    ] {
        let mut bad = good.clone();
        bad[key] = value;
        assert!(!mistakes(&schema, &schema, &bad, "").is_empty(), "{key}");
    }
    let mut lacking = good;
    lacking.as_object_mut().expect("an object").remove("shape");
    assert_eq!(mistakes(&schema, &schema, &lacking, "").len(), 1);
}
