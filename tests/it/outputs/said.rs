//! What each format says, read back as its clients would.

use serde_json::Value;

/// The formats that are read back here.
pub(super) const FORMATS: &[&str] = &["sarif", "github", "gitlab", "junit", "markdown", "csv", "html"];

/// A finding as a client sees it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Said {
    fingerprint: String,
    level: String,
    rule: String,
    /// `file:line`; empty where it has no place in a file.
    pub(super) place: String,
    accepted: bool,
}

impl Said {
    /// Changes it to what a client is told of it: some know no accepted findings.
    pub(super) fn seen_in(&mut self, format: &str) {
        if self.accepted && matches!(format, "github" | "gitlab") {
            "note".clone_into(&mut self.level);
        }
    }

    /// Whether two are of one fingerprint.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint
    }

    /// What JSON says, with or without what is accepted.
    pub(super) fn of_json(report: &Value, accepted: bool) -> Vec<Self> {
        let all = report["diagnostics"].as_array().expect("a list").iter();
        all.filter(|one| accepted || one["waived"].is_null())
            .map(|one| Self {
                fingerprint: text(&one["fingerprint"]),
                level: text(&one["severity"]),
                rule: text(&one["rule"]),
                place: place(one["locations"].as_array().expect("a list")),
                accepted: !one["waived"].is_null(),
            })
            .collect()
    }
}

/// The first place in a file, written visibly.
fn place(locations: &[Value]) -> String {
    let file = |one: &&Value| !text(&one["file"]).starts_with("pack:");
    let first = locations.iter().find(file);
    first.map(|one| format!("{}:{}", visible(&text(&one["file"])), one["line"])).unwrap_or_default()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

fn visible(text: &str) -> String {
    rolecall::report::escape::visible(text).into_owned()
}

/// The findings of a report of a format.
pub(super) fn said(format: &str, report: &str) -> Vec<Said> {
    match format {
        "sarif" => sarif(report),
        "github" => github(report),
        "gitlab" => gitlab(report),
        "junit" => junit(report),
        "markdown" => markdown(report),
        "csv" => csv(report),
        "html" => html(report),
        other => panic!("{other} is not read"),
    }
}

/// The characters of a report that show nothing or are obeyed, also those that reading it gives back.
pub(super) fn hidden(format: &str, report: &str) -> Vec<String> {
    let mut texts = vec![report.replace("\r\n", "\n").replace('\n', "")];
    match format {
        "sarif" | "gitlab" => strings(&serde_json::from_str(report).expect("valid JSON"), &mut texts),
        "junit" => texts.push(unescape(report).replace('\n', "")),
        "github" => texts.extend(report.lines().map(decode)),
        _ => {}
    }
    // The pages of rules are ours, and have lines.
    let is_hidden = |char: &char| {
        (char.is_control() && *char != '\n')
            || matches!(char, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fffe}')
    };
    texts.iter().flat_map(|text| text.chars()).filter(is_hidden).map(|char| char.escape_unicode().to_string()).collect()
}

fn strings(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| strings(item, texts)),
        Value::Object(items) => items.values().for_each(|item| strings(item, texts)),
        _ => {}
    }
}

fn sarif(report: &str) -> Vec<Said> {
    let report: Value = serde_json::from_str(report).expect("valid JSON");
    let runs = report["runs"].as_array().expect("runs").iter();
    let results = runs.flat_map(|run| run["results"].as_array().expect("results"));
    results
        .map(|one| {
            let hash = text(&one["partialFingerprints"]["primaryLocationLineHash"]);
            let at = &one["locations"][0]["physicalLocation"];
            Said {
                fingerprint: hash.split(':').next().expect("there is one").to_owned(),
                level: text(&one["level"]),
                rule: text(&one["ruleId"]),
                place: format!(
                    "{}:{}",
                    decode(&text(&at["artifactLocation"]["uri"])).trim_start_matches("file://"),
                    at["region"]["startLine"]
                ),
                accepted: one["suppressions"].is_array(),
            }
        })
        .collect()
}

/// What percent escapes stand for.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let hex = text.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match hex.filter(|_| bytes[at] == b'%') {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(out).expect("escapes of UTF-8")
}

/// A finding of a list of which the level is known by what is accepted. The message ends in the fingerprint.
fn github(report: &str) -> Vec<Said> {
    let mut found = Vec::new();
    for line in report.lines() {
        let (head, data) = line.strip_prefix("::").and_then(|rest| rest.split_once("::")).expect("a command");
        let (command, properties) = head.split_once(' ').expect("properties");
        let property = |name: &str| {
            let each = properties.split(',').filter_map(|one| one.split_once('='));
            each.filter(|(key, _)| *key == name).map(|(_, value)| decode(value)).next()
        };
        let title = property("title").expect("a title");
        let Some(file) = property("file") else {
            assert_eq!((command, title.as_str()), ("notice", "rolecall"));
            continue;
        };
        let data = decode(data);
        let at = format!("{file}:{}", property("line").expect("a line"));
        assert!(data.starts_with(&format!("{at}: ")), "{line}");
        let accepted = data.contains(" (waived until ") || data.contains(" (waived: ");
        found.push(Said {
            fingerprint: data.rsplit(' ').next().expect("a word").to_owned(),
            level: match command {
                "notice" => "note".to_owned(),
                command => command.to_owned(),
            },
            rule: title.split(": ").next().expect("a rule").to_owned(),
            place: at,
            accepted,
        });
    }
    found
}

fn gitlab(report: &str) -> Vec<Said> {
    let report: Value = serde_json::from_str(report).expect("valid JSON");
    let entry = |one: &Value| {
        let description = text(&one["description"]);
        Said {
            fingerprint: text(&one["fingerprint"]).split(':').next().expect("there is one").to_owned(),
            level: match text(&one["severity"]).as_str() {
                "critical" => "error".to_owned(),
                "major" => "warning".to_owned(),
                "info" => "note".to_owned(),
                other => panic!("{other}"),
            },
            rule: text(&one["check_name"]),
            place: format!("{}:{}", text(&one["location"]["path"]), one["location"]["lines"]["begin"]),
            accepted: description.contains(" (waived until ") || description.contains(" (waived: "),
        }
    };
    report.as_array().expect("an array").iter().map(entry).collect()
}

/// What XML escapes stand for.
pub(super) fn unescape(text: &str) -> String {
    quick_xml::escape::unescape(text).expect("escapes that XML knows").into_owned()
}

/// The value of an attribute.
pub(super) fn attribute(element: &str, name: &str) -> Option<String> {
    let start = element.find(&format!(" {name}=\""))? + name.len() + 3;
    let length = element[start..].find('"')?;
    Some(unescape(&element[start..start + length]))
}

fn junit(report: &str) -> Vec<Said> {
    let mut found = Vec::new();
    for case in report.split("<testcase ").skip(1) {
        let case = format!(" {case}");
        let (name, class) =
            (attribute(&case, "name").expect("a name"), attribute(&case, "classname").expect("a class"));
        if class == "rolecall" {
            assert_eq!(name, "coverage");
            continue;
        }
        let words: Vec<&str> = name.split(' ').collect();
        let is_print = |word: &&&str| word.len() == 16 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        let accepted = case.contains("<skipped ");
        let body = if accepted {
            let message = attribute(&case, "message").expect("a message");
            message.split_once(") ").expect("a reason").1.to_owned()
        } else {
            let start = case.find("\n   <").expect("an element");
            let (_, rest) = case[start..].split_once('>').expect("its end");
            unescape(rest.split("</").next().expect("its text"))
        };
        let levels = ["error", "warning", "note"];
        let level = levels.into_iter().filter_map(|level| Some((body.find(&format!("{level}: "))?, level))).min();
        let (at, level) = level.expect("a level");
        found.push(Said {
            fingerprint: (*words.iter().rev().find(is_print).expect("a fingerprint")).to_owned(),
            level: level.to_owned(),
            rule: class.trim_start_matches("rolecall.").to_owned(),
            place: body[..at].trim_end_matches(": ").to_owned(),
            accepted,
        });
    }
    found
}

/// The cells of a row of a table, as GitHub parts them, each without the marks of code.
pub(super) fn cells(row: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut chars = row.trim().trim_start_matches('|').chars().peekable();
    while let Some(char) = chars.next() {
        let last = cells.last_mut().expect("there is one");
        match (char, chars.peek()) {
            ('\\', Some('|' | '\\')) => {
                let next = chars.next().expect("it was seen");
                last.push_str(if next == '|' { "|" } else { "\\\\" });
            }
            ('|', _) => cells.push(String::new()),
            (char, _) => last.push(char),
        }
    }
    cells.pop();
    cells.iter().map(|cell| cell.trim().trim_matches('`').trim().to_owned()).collect()
}

fn markdown(report: &str) -> Vec<Said> {
    let mut found = Vec::new();
    for (title, accepted) in [("\n## Findings\n", false), ("\n## Accepted\n", true)] {
        let Some(table) = report.split(title).nth(1).and_then(|rest| rest.split("\n\n").next()) else { continue };
        let mut rows = table.trim_start().lines().filter(|line| line.starts_with('|'));
        let columns = cells(rows.next().expect("a heading"));
        let of = |cells: &[String], name: &str| {
            let at = columns.iter().position(|column| column == name).expect("the column is there");
            cells[at].clone()
        };
        for row in rows.skip(1) {
            let cells = cells(row);
            assert_eq!(cells.len(), columns.len(), "{row}");
            found.push(Said {
                fingerprint: of(&cells, "fingerprint"),
                level: of(&cells, "level"),
                rule: of(&cells, "rule"),
                place: of(&cells, "place"),
                accepted,
            });
        }
    }
    found
}

/// The rows of a table of comma-separated values.
pub(super) fn rows(text: &str) -> Vec<Vec<String>> {
    assert!(text.ends_with("\r\n"), "a row ends in CR LF");
    let row = |line: &str| {
        let mut cells = vec![String::new()];
        let mut quoted = false;
        let mut chars = line.chars().peekable();
        while let Some(char) = chars.next() {
            match char {
                '"' if quoted && chars.peek() == Some(&'"') => {
                    chars.next();
                    cells.last_mut().expect("there is one").push('"');
                }
                '"' => quoted = !quoted,
                ',' if !quoted => cells.push(String::new()),
                char => cells.last_mut().expect("there is one").push(char),
            }
        }
        cells
    };
    text.trim_end_matches("\r\n").split("\r\n").map(row).collect()
}

fn csv(report: &str) -> Vec<Said> {
    let rows = rows(report);
    let of = |row: &[String], name: &str| {
        let at = rows[0].iter().position(|column| column == name).expect("the column is there");
        row[at].clone()
    };
    let said = |row: &Vec<String>| Said {
        fingerprint: of(row, "fingerprint"),
        level: of(row, "level"),
        rule: of(row, "rule"),
        place: if of(row, "file").is_empty() {
            String::new()
        } else {
            format!("{}:{}", of(row, "file"), of(row, "line"))
        },
        accepted: !of(row, "waived").is_empty(),
    };
    rows[1..].iter().map(said).collect()
}

fn html(report: &str) -> Vec<Said> {
    let article = |part: &str| {
        let tag = format!(" {}", part.split('>').next().expect("a tag ends"));
        let of = |name: &str| attribute(&tag, name).expect("the attribute is there");
        Said {
            fingerprint: of("data-fingerprint"),
            level: of("data-level"),
            rule: of("data-rule"),
            place: match of("data-file") {
                file if file.is_empty() => file,
                file => format!("{file}:{}", of("data-line")),
            },
            accepted: attribute(&tag, "data-waived").is_some(),
        }
    };
    report.split("<article ").skip(1).map(article).collect()
}
