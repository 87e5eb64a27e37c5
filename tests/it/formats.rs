//! Every shape and every trap once: `fixtures/formats` holds outputs, and beside each what a correct reading yields.
//!
//! A value is right when it equals the true one; where the file cannot carry it, only when it is marked as incomplete.
//! README.md in that folder says what the forms of expectation mean.

mod carried;
mod expected;

use std::path::{Path, PathBuf};

use rolecall::read::shapes;
use serde_json::Value;

use crate::program::{argument, rolecall};
use expected::blocks;

/// The folders of outputs.
const FOLDERS: [&str; 2] = ["fixtures/formats/powershell", "fixtures/formats/copied"];

const KINDS: [&str; 7] =
    ["Role", "RoleEntry", "RoleAssignment", "RoleGroup", "RoleGroupMember", "ManagementScope", "RoleAssignmentPolicy"];

/// The outputs, each with its expectation.
pub(crate) fn samples() -> Vec<(PathBuf, Value)> {
    let mut samples = Vec::new();
    for folder in FOLDERS {
        for entry in std::fs::read_dir(folder).expect("the tests run at the root of the repository") {
            let path = entry.expect("the folder can be read").path();
            let name = path.file_name().and_then(|name| name.to_str()).expect("plain names");
            if let Some(sample) = name.strip_suffix(".expect.json") {
                let text = std::fs::read_to_string(&path).expect("an expectation is text");
                let expected = serde_json::from_str(&text).expect("an expectation is JSON");
                samples.push((path.with_file_name(sample), expected));
            }
        }
    }
    samples.sort_by(|left, right| left.0.cmp(&right.0));
    samples
}

#[test]
fn every_output_is_read_as_it_should_be() {
    let samples = samples();
    assert!(samples.len() > 80, "the folders hold one output for each shape and trap");
    let wrong: Vec<String> = samples
        .iter()
        .filter_map(|(path, expected)| judge(path, expected).err().map(|why| format!("{}: {why}", path.display())))
        .collect();
    assert!(wrong.is_empty(), "{} of {} are read wrongly:\n{}", wrong.len(), samples.len(), wrong.join("\n"));
}

#[test]
fn every_shape_has_an_output_here() {
    let mut arguments = vec!["records".to_owned()];
    arguments.extend(samples().iter().map(|(path, _)| argument(path)));
    let records = rolecall(&arguments).json_lines();
    for shape in shapes() {
        let has_one = records.iter().any(|record| record["shape"] == shape.0);
        assert!(has_one, "put an output of the shape `{}` into fixtures/formats, with what it yields", shape.0);
    }
}

#[test]
fn the_schema_of_records_lists_the_shapes() {
    let path = "docs/schemas/records.schema.json";
    let schema = std::fs::read_to_string(path).expect("the tests run at the root of the repository");
    let (before, rest) = schema.split_once("\"shape\": {\n      \"enum\": [\n").expect("it has the shapes");
    let (_, behind) = rest.split_once("\n      ]").expect("the list ends");
    let listed = shapes().map(|shape| format!("        \"{}\"", shape.0)).collect::<Vec<_>>().join(",\n");
    let wanted = format!("{before}\"shape\": {{\n      \"enum\": [\n{listed}\n      ]{behind}");
    if std::env::var_os("UPDATE").is_some() {
        return std::fs::write(path, wanted).expect("the tests may write");
    }
    assert!(schema == wanted, "{path} is stale: `UPDATE=1 cargo test` writes it");
}

/// Whether `rolecall records` reads a file as expected, else why not.
fn judge(path: &Path, expected: &Value) -> Result<(), String> {
    let ran = rolecall(&["records", &argument(path)]);
    let records = ran.json_lines();
    let is_ours = |record: &Value| record["kind"].as_str().is_some_and(|kind| KINDS.contains(&kind));
    let refused = !records.iter().any(is_ours) && !ran.stderr.trim().is_empty();
    let wanted = expected["blocks"].as_array().map_or(&[][..], Vec::as_slice);
    if expected["expect_diagnostic"] == true {
        if wanted.is_empty() {
            return if refused { Ok(()) } else { Err(format!("{} records and no refusal", records.len())) };
        }
        if ran.stderr.trim().is_empty() {
            return Err("nothing was said of what is missing".into());
        }
    }
    blocks(wanted, &records)
}

#[test]
fn the_comparison_tells_wrong_readings_apart() {
    let expected = serde_json::json!([{ "object": "Role", "format": "table", "record_count": 1,
        "records": [{ "Name": { "truncated": true, "visible": "Mail Rec" }, "Parent": null }] }]);
    let read = |fields: Value| {
        let record =
            serde_json::json!({ "kind": "Role", "shape": "table", "line": 3, "command": null, "fields": fields });
        blocks(expected.as_array().expect("an array"), &[record])
    };
    assert_eq!(read(serde_json::json!({ "Name": { "text": "Mail Rec", "complete": false }, "Parent": null })), Ok(()));
    for wrong in [
        serde_json::json!({ "Name": "Mail Rec", "Parent": null }),
        serde_json::json!({ "Name": { "text": "Mai", "complete": false }, "Parent": null }),
        serde_json::json!({ "Name": { "text": "Mail Rec", "complete": false }, "Parent": "x" }),
        serde_json::json!({ "Name": { "text": "Mail Rec", "complete": false } }),
    ] {
        assert!(read(wrong.clone()).is_err(), "{wrong}");
    }
}
