//! What the clients of each format do with it, written down: what they reject, drop, join or obey.

use std::collections::BTreeSet;

use serde_json::Value;

use super::said::{attribute, cells, rows, unescape};
use super::{ENDINGS, accepted, check, ending, hostile};
use crate::program::{Ran, folder, rolecall_in};

/// Reports of a format: of the fixture with what is accepted, of hostile names, of several organizations, and of runs
/// with each exit code.
fn reports(format: &str) -> Vec<Ran> {
    let mut folders = vec![accepted(), hostile(), crate::organizations::copy()];
    folders.extend(ENDINGS.iter().map(|(policy, _)| ending(policy)));
    folders.iter().map(|folder| check(folder, format, &["--show-waived"])).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}

/// GitHub's limits and required properties.
#[test]
fn github_takes_every_result() {
    for ran in reports("sarif") {
        let report = ran.json();
        assert_eq!((text(&report["version"]), list(&report["runs"]).is_empty()), ("2.1.0", false));
        let mut categories = BTreeSet::new();
        for run in list(&report["runs"]) {
            let driver = &run["tool"]["driver"];
            assert_eq!((text(&driver["name"]), text(&run["columnKind"])), ("rolecall", "unicodeCodePoints"));
            assert!(categories.insert(text(&run["automationDetails"]["id"])), "two runs of one category");
            let rules = list(&driver["rules"]);
            for rule in rules {
                assert_eq!(rule["id"], rule["name"]);
                let summary = text(&rule["shortDescription"]["text"]);
                let paragraph = text(&rule["fullDescription"]["text"]);
                assert!(!summary.is_empty() && (1..=1024).contains(&paragraph.chars().count()), "{rule}");
                assert!(!text(&rule["help"]["text"]).contains('`') && !text(&rule["help"]["markdown"]).is_empty());
                let tags = list(&rule["properties"]["tags"]);
                assert!(tags.len() <= 10 && rule["properties"]["precision"].is_string());
                let severity = rule["properties"]["security-severity"].as_str();
                assert_eq!(severity.is_some(), tags.contains(&Value::from("security")), "{rule}");
            }
            let mut known = BTreeSet::new();
            for result in list(&run["results"]) {
                let index = result["ruleIndex"].as_u64().expect("a number") as usize;
                assert_eq!(rules[index]["id"], result["ruleId"]);
                assert!(known.insert(text(&result["partialFingerprints"]["primaryLocationLineHash"])), "{result}");
                assert_eq!(list(&result["locations"]).len(), 1);
                let steps = result["codeFlows"][0]["threadFlows"][0]["locations"].as_array();
                let steps = steps.into_iter().flatten().map(|step| &step["location"]);
                for location in steps.clone().chain(list(&result["locations"])) {
                    let region = &location["physicalLocation"]["region"];
                    let numbers = ["startLine", "startColumn", "endLine", "endColumn"].map(|key| region[key].as_u64());
                    let [line, column, end_line, end_column] = numbers.map(|number| number.expect("a number"));
                    assert!(line >= 1 && column >= 1 && (line, column) <= (end_line, end_column), "{region}");
                    let uri = text(&location["physicalLocation"]["artifactLocation"]["uri"]);
                    assert!(!uri.starts_with('/') && !uri.starts_with("./") && !uri.contains("pack%3A"), "{uri}");
                    let path = uri.strip_prefix("file:///").unwrap_or(uri);
                    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte);
                    assert!(path.bytes().all(is_plain), "{uri}");
                }
                assert!(steps.clone().all(|step| !text(&step["message"]["text"]).is_empty()));
                // A bracket that is not escaped begins a link.
                let said = text(&result["message"]["text"]).replace("\\[", "").replace("\\]", "");
                assert!(!said.contains(['[', ']']), "{said}");
                assert!(result["kind"].is_null());
            }
            let invocation = &run["invocations"][0];
            assert_eq!(invocation["exitCode"], ran.code);
            assert_eq!(invocation["executionSuccessful"], ran.code < 2);
            for said in list(&invocation["toolExecutionNotifications"]) {
                let index = said["descriptor"]["index"].as_u64().expect("a number") as usize;
                assert_eq!(driver["notifications"][index]["id"], said["descriptor"]["id"]);
            }
        }
    }
}

#[test]
fn github_hears_of_each_organization_under_a_category_of_its_own() {
    let report = check(&crate::organizations::copy(), "sarif", &[]).json();
    let of = |run: &Value| (text(&run["automationDetails"]["id"]).to_owned(), list(&run["results"]).len());
    let runs: Vec<_> = list(&report["runs"]).iter().map(of).collect();
    // The first closes what was said of the policy itself in an earlier run.
    let id = |text: &str| text.to_owned();
    assert_eq!(runs, [(id("rolecall/"), 0), (id("rolecall/emea/"), 1), (id("rolecall/cloud/"), 1)]);
    let alone = check(&hostile(), "sarif", &[]).json();
    assert_eq!(list(&alone["runs"]).len(), 1);
    assert_eq!(text(&alone["runs"][0]["automationDetails"]["id"]), "rolecall/");
}

#[test]
fn what_is_not_exported_and_what_concerns_the_run_are_notifications() {
    let folder = accepted();
    let report = check(&folder, "sarif", &[]).json();
    let said = report["runs"][0]["invocations"][0]["toolExecutionNotifications"].to_string();
    assert!(said.contains("is withdrawn"), "{said}");
    let open = ending(ENDINGS[3].0);
    std::fs::remove_file(open.path().join("exports/entries.csv")).expect("it is ours");
    let report = check(&open, "sarif", &[]).json();
    let all = list(&report["runs"][0]["invocations"][0]["toolExecutionNotifications"]).to_vec();
    let of = |id: &str| all.iter().any(|one| one["descriptor"]["id"] == id);
    assert!(of("missing-export") && of("nothing-checked"), "{all:?}");
    let missing = all.iter().find(|one| one["descriptor"]["id"] == "missing-export").expect("it is there");
    assert!(text(&missing["message"]["text"]).contains("RoleEntry"), "{missing}");
}

/// Paths count from the root of the repository, wherever in it the run begins.
#[test]
fn clients_that_know_a_checkout_get_paths_from_its_root() {
    let folder = folder(&[(".git/HEAD", b""), ("rbac/.keep", b"")]);
    let inner = ending(ENDINGS[1].0);
    let copy = folder.path().join("rbac");
    for file in ["exports/entries.csv", "exports/assignments.csv", "rolecall.toml"] {
        std::fs::create_dir_all(copy.join("exports")).expect("it is ours");
        std::fs::copy(inner.path().join(file), copy.join(file)).expect("it is ours");
    }
    let run = |format: &str| rolecall_in(&copy, &["check", "--format", format]).stdout;
    let sarif: Value = serde_json::from_str(&run("sarif")).expect("JSON");
    for result in list(&sarif["runs"][0]["results"]) {
        let uri = text(&result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]);
        assert!(uri.starts_with("rbac/"), "{uri}");
    }
    assert!(run("github").contains("::error file=rbac/"));
    assert!(run("gitlab").contains("\"path\":\"rbac/"));
    // Whoever reads it where it was written gets the path as given.
    assert!(run("csv").contains(",exports/assignments.csv,") && run("json").contains("\"exports/assignments.csv\""));
}

/// A step shows ten annotations of a level; one whose end is before its start, or that has columns on several lines, is
/// dropped.
#[test]
fn github_shows_the_worst_annotations_and_drops_none() {
    for ran in reports("github") {
        let lines: Vec<&str> = ran.stdout.lines().collect();
        let command = |line: &str| line.split_once(' ').expect("properties").0.to_owned();
        let ranks: Vec<usize> = lines
            .iter()
            .map(|line| ["::error", "::warning", "::notice"].iter().position(|known| *known == command(line)))
            .map(|rank| rank.expect("a command that GitHub knows"))
            .collect();
        assert!(ranks.is_sorted(), "{}", ran.stdout);
        let summaries: Vec<usize> =
            (0..lines.len()).filter(|at| lines[*at].starts_with("::notice title=rolecall::")).collect();
        assert_eq!(summaries, [ranks.partition_point(|rank| *rank < 2)], "{}", ran.stdout);
        for line in lines.iter().filter(|line| line.contains(" file=")) {
            let properties = line.split_once(' ').expect("properties").1.split("::").next().expect("they end");
            let number = |name: &str| {
                let each = properties.split(',').filter_map(|one| one.split_once('='));
                each.filter(|(key, _)| *key == name).map(|(_, value)| value.parse::<u32>().expect("a number")).next()
            };
            let (first, last) = (number("line"), number("endLine"));
            assert!(first <= last && first >= Some(1), "{line}");
            assert!(number("col") <= number("endColumn") && number("col").is_some() == (first == last), "{line}");
            let title = properties.rsplit_once(",title=").expect("a title is last").1;
            assert!(title.len() <= 255 && !title.contains([':', ',']), "{line}");
        }
    }
    let ran = check(&ending(ENDINGS[3].0), "github", &[]);
    let summary = ran.stdout.lines().find(|line| line.starts_with("::notice title=rolecall::")).expect("it is there");
    assert!(summary.contains("1 error, 0 warnings") && summary.contains("; nothing was checked: "), "{summary}");
}

/// `code_climate.rb` stops at the first entry that lacks one of these.
#[test]
fn gitlab_reads_every_entry_and_joins_none() {
    for ran in reports("gitlab") {
        let report = ran.json();
        let mut known = BTreeSet::new();
        for entry in list(&report) {
            for key in ["description", "check_name", "fingerprint", "severity"] {
                assert!(!text(&entry[key]).is_empty() && !text(&entry[key]).contains('\n'), "{entry}");
            }
            assert!(["critical", "major", "info"].contains(&text(&entry["severity"])));
            assert!(known.insert(text(&entry["fingerprint"])), "shown as one: {entry}");
            let path = text(&entry["location"]["path"]);
            assert!(
                !path.is_empty() && !path.starts_with("./") && !path.contains('\\') | path.contains("\\u{"),
                "{path}"
            );
            assert!(entry["location"]["lines"]["begin"].as_u64() >= Some(1), "{entry}");
        }
    }
    assert_eq!(check(&ending(ENDINGS[0].0), "gitlab", &[]).stdout.split_whitespace().collect::<String>(), "[]");
}

/// What `jenkins-junit.xsd` and `junit-10.xsd` both allow, of each element: its attributes.
const ELEMENTS: &[(&str, &[&str])] = &[
    ("testsuites", &[]),
    ("testsuite", &["name", "tests", "failures", "errors", "skipped"]),
    ("testcase", &["name", "classname"]),
    ("failure", &["type", "message"]),
    ("error", &["type", "message"]),
    ("skipped", &["message"]),
    ("system-out", &[]),
];

#[test]
fn jenkins_rejects_no_file_and_gitlab_joins_no_cases() {
    for ran in reports("junit") {
        let body = ran.stdout.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").expect("a declaration");
        let mut inside: Vec<String> = Vec::new();
        for part in body.split('<').skip(1) {
            let (tag, after) = part.split_once('>').expect("a tag ends");
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(inside.pop().as_deref(), Some(name));
                continue;
            }
            let name = tag.split([' ', '/']).next().expect("a name");
            let (_, allowed) = ELEMENTS.iter().find(|(known, _)| *known == name).expect("an element that both allow");
            let within = inside.last().map(String::as_str);
            let wanted = match name {
                "testsuites" => None,
                "testsuite" => Some("testsuites"),
                "testcase" => Some("testsuite"),
                _ => Some("testcase"),
            };
            assert_eq!(within, wanted, "{tag}");
            // The value of an attribute holds no quote, for that is escaped.
            for pair in tag.split("\" ").flat_map(|one| one.split_once("=\"")).map(|(key, _)| key) {
                let key = pair.rsplit(' ').next().expect("a key");
                assert!(allowed.contains(&key), "{tag}");
            }
            assert!(name != "system-out" || !unescape(after).contains("[[ATTACHMENT|"), "{after}");
            if !tag.ends_with('/') {
                inside.push(name.to_owned());
            }
        }
        assert!(inside.is_empty());
        let suites: Vec<&str> = body.split("<testsuite ").skip(1).collect();
        for suite in suites {
            let suite = format!(" {suite}");
            let count = |part: &str| suite.matches(part).count().to_string();
            for (attributed, part) in
                [("tests", "<testcase "), ("failures", "<failure "), ("errors", "<error "), ("skipped", "<skipped ")]
            {
                assert_eq!(attribute(&suite, attributed), Some(count(part)), "{suite}");
            }
            let cases: Vec<_> = suite
                .split("<testcase")
                .skip(1)
                .map(|case| (attribute(case, "classname"), attribute(case, "name")))
                .collect();
            let different: BTreeSet<_> = cases.iter().collect();
            assert_eq!(different.len(), cases.len(), "cases of one name: {cases:?}");
            assert!(!suite.contains("<failure ") || ran.code != 0, "red tests and a green exit");
            assert_eq!(suite.contains("<error "), matches!(ran.code, 2 | 3), "{suite}");
        }
    }
}

#[test]
fn a_test_fails_where_the_run_fails() {
    let folder = accepted();
    let (warnings, errors) = (check(&folder, "junit", &[]), check(&folder, "junit", &["--fail-on", "error"]));
    let count = |ran: &Ran, part: &str| ran.stdout.matches(part).count() as u64;
    let summary = check(&folder, "json", &[]).json()["summary"].clone();
    let number = |key: &str| summary[key].as_u64().expect("a number");
    assert_eq!(count(&warnings, "<failure "), number("errors") + number("warnings"));
    assert_eq!(count(&errors, "<failure "), number("errors"));
    assert_eq!(count(&errors, "<skipped "), number("waived"));
}

#[test]
fn a_spreadsheet_runs_no_cell_and_finds_every_column() {
    for ran in reports("csv") {
        let rows = rows(&ran.stdout);
        for row in &rows {
            assert_eq!(row.len(), 21, "{row:?}");
            assert!(!row.iter().any(|cell| cell.starts_with(['=', '+', '-', '@', '\t', '\r'])), "{row:?}");
        }
        assert!(rows[0].starts_with(&["organization", "fingerprint", "level", "rule"].map(ToOwned::to_owned)));
    }
    let organizations = rows(&check(&crate::organizations::copy(), "csv", &[]).stdout);
    let names: BTreeSet<&str> = organizations[1..].iter().map(|row| row[0].as_str()).collect();
    assert_eq!(names, BTreeSet::from(["cloud", "emea"]));
    let waived = rows(&check(&accepted(), "csv", &[]).stdout);
    assert!(waived.iter().any(|row| row[18..] == ["not yet [in](x)", "2026-12-24", "ada"].map(ToOwned::to_owned)));
}

#[test]
fn markdown_holds_what_is_not_ours_as_code_alone() {
    for ran in reports("markdown") {
        let report = &ran.stdout;
        assert!(report.starts_with("# ") && report.len() < 1_000_000);
        let head: String = report.chars().take(4000).collect();
        assert!(
            head.contains("| errors | warnings | notes | waived | accounts | asked | granted | missing | undecided |")
        );
        for line in report.lines() {
            let cells = if line.starts_with('|') { cells(line) } else { Vec::new() };
            assert!(cells.len() <= 9, "{line}");
            // Without its code, a line has nothing that GitHub would read.
            let rest = without_code(line);
            assert!(!rest.contains(['`', '<', '[', ']', '!', '*', '_', '@', '\\', '&']), "{rest}");
            assert!(!rest.contains("://") && !rest.contains("www.") && !rest.contains(" #1"), "{rest}");
        }
    }
}

/// A line without its spans of code, as CommonMark finds them: a run of backticks up to the next of the same length.
fn without_code(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(start) = rest.find('`') {
        let length = rest[start..].len() - rest[start..].trim_start_matches('`').len();
        out.push_str(&rest[..start]);
        let inside = &rest[start + length..];
        let mut at = 0;
        let end = loop {
            let Some(next) = inside[at..].find('`') else { panic!("a fence without its end: {line}") };
            let run = inside[at + next..].len() - inside[at + next..].trim_start_matches('`').len();
            if run == length {
                break at + next + run;
            }
            at += next + run;
        };
        rest = &inside[end..];
    }
    out + rest
}

#[test]
fn of_more_than_a_client_takes_the_least_is_left_out_and_counted() {
    const COUNT: usize = 61_000;
    let row = |at: usize| {
        // The one error stands behind everything else.
        let role = if at == COUNT - 1 { "Exports" } else { "Texts" };
        format!(
            "A{at},{role},u{at},User,Regular,True,Organization,Organization,OrganizationConfig,OrganizationConfig\n"
        )
    };
    let heading = "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled,RecipientReadScope,RecipientWriteScope,ConfigReadScope,ConfigWriteScope\n";
    let assignments: String = std::iter::once(heading.to_owned()).chain((0..COUNT).map(row)).collect();
    let policy = "[[forbid]]\nid = \"no\"\ncmdlets = [\"New-MailboxExportRequest\"]\n";
    let folder = crate::program::folder(&[
        ("rolecall.toml", policy.as_bytes()),
        ("exports/assignments.csv", assignments.as_bytes()),
        (
            "exports/entries.csv",
            b"Role,Name,Parameters\nTexts,Set-Mailbox,Languages\nExports,New-MailboxExportRequest,Mailbox\n",
        ),
    ]);
    let report = |format: &str| {
        let ran = crate::program::rolecall_in(
            folder.path(),
            &["check", "exports", "--policy", "rolecall.toml", "--format", format],
        );
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        ran.stdout
    };
    let summary = serde_json::from_str::<Value>(&report("json")).expect("it is JSON")["summary"].clone();
    let all =
        ["errors", "warnings", "notes"].map(|level| summary[level].as_u64().expect("a number")).iter().sum::<u64>();
    assert!(summary["errors"] == 1 && all > COUNT as u64, "{summary}");

    let sarif: Value = serde_json::from_str(&report("sarif")).expect("it is JSON");
    let run = &sarif["runs"][0];
    let results = list(&run["results"]);
    assert!((1_000..=25_000).contains(&results.len()), "{}", results.len());
    assert_eq!((text(&results[0]["ruleId"]), text(&results[0]["level"])), ("forbidden-cmdlet", "error"));
    let left = format!("{} findings more not shown: the worst come first", all - results.len() as u64);
    let said = list(&run["invocations"][0]["toolExecutionNotifications"]);
    assert!(said.iter().any(|it| text(&it["message"]["text"]) == left), "{left}: {said:?}");

    let junit = report("junit");
    let cases = junit.matches("<testcase ").count() as u64;
    assert!((1_000..=60_001).contains(&cases) && junit.len() <= 30_000_000, "{cases} cases, {} bytes", junit.len());
    let first = junit.match_indices("<testcase ").nth(1).expect("a finding").0;
    assert!(junit[first..].lines().next().expect("a line").contains("rolecall.forbidden-cmdlet"), "the worst first");
    assert!(junit.contains(&format!("{} findings more not shown", all - (cases - 1))), "{cases} of {all}");
}
