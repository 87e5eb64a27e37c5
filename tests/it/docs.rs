//! Documentation that is generated or counted on: every rule has a page, and `docs/rules.md` shows them all.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use rolecall::rules::RULES;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder with an ending, sorted.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("the file can be read")
}

/// The page of a rule, which stands beside its code.
pub(crate) fn page(rule: &str) -> PathBuf {
    let name = format!("{rule}.md");
    let pages = files(&root().join("src/rules"), "md");
    pages.into_iter().find(|path| path.ends_with(&name)).expect("every rule has a page")
}

/// `docs/rules.md`: a table, then the pages with their headings one level down.
fn rules_document() -> String {
    crate::rules::update();
    let mut out = "# Rules\n\nEvery rule, as `rolecall explain RULE` prints it. This file is generated: `UPDATE=1 cargo test`.\n\n\
         The preset says which `preset` of `[lint]` runs a built-in rule first; a `-` means that reading or a policy finds it.\n\n\
         | rule | level | preset | |\n|---|---|---|---|\n"
        .to_owned();
    for rule in RULES {
        let (name, level, preset, summary) = (rule.id.name, rule.id.level.name(), rule.preset_name(), rule.summary);
        writeln!(out, "| [`{name}`](#{name}) | {level} | {preset} | {summary} |").expect("a string takes all");
    }
    for rule in RULES {
        // What is on disk, for its example may have been written a moment ago.
        let text = read(&page(rule.id.name));
        let body = text.split_once('\n').map_or("", |(_, body)| body.trim_start());
        write!(out, "\n## {}\n\n{}", rule.id.name, body.replace("\n## ", "\n### ")).expect("a string takes all");
    }
    out
}

#[test]
fn the_document_of_rules_shows_every_page_as_it_is() {
    let path = root().join("docs/rules.md");
    let wanted = rules_document();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &wanted).expect("the document can be written");
    }
    assert!(read(&path) == wanted, "docs/rules.md is stale: `UPDATE=1 cargo test` writes it");
}

/// `docs/command-line.md`: the help of every command.
fn command_line_document() -> String {
    let mut out =
        "# The command line\n\nWhat `rolecall COMMAND --help` prints. This file is generated: `UPDATE=1 cargo test`.\n"
            .to_owned();
    for command in crate::command_line::commands() {
        let help = crate::program::rolecall(&[&command, "--help"]).stdout;
        let help: String = help.lines().map(|line| format!("{}\n", line.trim_end())).collect();
        write!(out, "\n## rolecall {command}\n\n```text\n{}\n```\n", help.trim_end()).expect("a string takes all");
    }
    out
}

#[test]
fn the_document_of_the_command_line_shows_every_help_as_it_is() {
    let path = root().join("docs/command-line.md");
    let wanted = command_line_document();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &wanted).expect("the document can be written");
    }
    assert!(read(&path) == wanted, "docs/command-line.md is stale: `UPDATE=1 cargo test` writes it");
}

/// The words of `source` that stand in quotes behind `before`.
fn quoted<'s>(source: &'s str, before: &str) -> Vec<&'s str> {
    source.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn every_rule_in_the_source_has_a_page() {
    let pages: BTreeSet<&str> = RULES.iter().map(|rule| rule.id.name).collect();
    let mut count = 0;
    for path in files(&root().join("src"), "rs") {
        let source = read(&path);
        // Tests may make rules up.
        let code = source.split("#[cfg(test)]\nmod ").next().unwrap_or("");
        if path.ends_with("sample.rs") {
            continue;
        }
        let kinds = ["requirement", "built_in", "gap", "reading", "mistake", "waiver"];
        for rule in kinds.iter().flat_map(|kind| quoted(code, &format!("RuleId::{kind}(\""))) {
            assert!(pages.contains(rule), "`{rule}` of {} has no page", path.display());
            count += 1;
        }
    }
    assert!(count >= 30, "{count}");
}

#[test]
fn every_gap_has_a_page() {
    let pages: BTreeSet<&str> = RULES.iter().map(|rule| rule.id.name).collect();
    let source = read(&root().join("src/graph/gap.rs"));
    let is_code =
        |text: &&str| text.contains('-') && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let codes: BTreeSet<&str> = source.split('"').skip(1).step_by(2).filter(is_code).collect();
    assert!(codes.len() >= 12, "{codes:?}");
    let lacking: Vec<&&str> = codes.iter().filter(|code| !pages.contains(**code)).collect();
    assert!(lacking.is_empty(), "{lacking:?}");
}

#[test]
fn every_page_on_disk_is_listed_once() {
    let mut names: Vec<String> = files(&root().join("src/rules"), "md")
        .iter()
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort_unstable();
    let mut listed: Vec<&str> = RULES.iter().map(|rule| rule.id.name).collect();
    listed.sort_unstable();
    assert_eq!(listed, names);
}

fn rolecall(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_rolecall")).args(arguments).output().expect("the binary runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    (output.status.code().expect("it was not killed"), text(output.stdout), text(output.stderr))
}

#[test]
fn a_rule_is_explained_and_a_typo_is_understood() {
    let (code, out, err) = rolecall(&["explain", "Cut-List"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.starts_with("note[cut-list]: a list ends in an ellipsis\n\nA list ends in an ellipsis:"), "{out}");
    assert!(out.contains("## What to do") && out.contains("$FormatEnumerationLimit"));
    let (code, out, err) = rolecall(&["explain", "mising-cmdlet"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert_eq!(err, "error: no rule is called `mising-cmdlet`; did you mean `missing-cmdlet`?\n");
}

#[test]
fn all_rules_are_listed() {
    let (code, out, _) = rolecall(&["rules", "--width", "300"]);
    // A heading, and a line for each.
    assert_eq!((code, out.lines().count()), (0, RULES.len() + 1));
    assert!(out.contains("  error    -        missing-cmdlet  "), "{out}");
    assert!(out.contains("  warning  strict   user-add-ins  "), "{out}");
}

#[test]
fn packs_are_listed_with_their_dates_and_printed_as_they_are() {
    let (code, out, _) = rolecall(&["packs"]);
    assert_eq!(code, 0);
    insta::assert_snapshot!(out);
    let (code, out, _) = rolecall(&["packs", "intune-connector-online"]);
    assert_eq!((code, out), (0, read(&root().join("src/packs/intune-connector-online.toml"))));
    let (code, _, err) = rolecall(&["packs", "intune-conector-online"]);
    assert_eq!(code, 2);
    assert_eq!(err, "error: no pack is called `intune-conector-online`; did you mean `intune-connector-online`?\n");
}

/// The command whose first finding of a disabled assignment the README shows.
const EXAMPLE: &[&str] =
    &["check", "fixtures/organization/exports", "--account", "svc-stale", "--require", "intune-connector-on-premises"];

#[test]
fn the_readme_shows_a_finding_as_it_is_printed() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolecall"));
    let output = command.current_dir(root()).args(EXAMPLE).output().expect("the binary runs");
    let report = String::from_utf8(output.stdout).expect("output is UTF-8");
    let mut causes = report.split("\n\n").filter(|block| block.starts_with("error[missing-cmdlet]"));
    let finding = causes.next().expect("something is missing");
    let path = root().join("README.md");
    let readme = read(&path);
    let (before, rest) = readme.split_once("<!-- example -->\n").expect("the mark is there");
    let (_, behind) = rest.split_once("<!-- /example -->").expect("the mark is there");
    let wanted = format!("{before}<!-- example -->\n```text\n{}\n```\n<!-- /example -->{behind}", finding.trim_end());
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &wanted).expect("the README can be written");
    }
    assert!(read(&path) == wanted, "README.md is stale: `UPDATE=1 cargo test` writes it");
}

#[test]
fn the_document_of_policies_names_every_key_and_its_example_is_well_formed() {
    use rolecall::diagnostic::Report;
    use rolecall::policy;
    use rolecall::source::{FileId, SourceFile};

    let document = read(&root().join("docs/policies.md"));
    let example = document.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let file = SourceFile::decode(FileId(0), "rolecall.toml".into(), example.as_bytes()).expect("small");
    let mut report = Report::default();
    let policy = policy::read(&file, &[], &mut report);
    policy::check_accounts(&policy, &mut report);
    assert_eq!(report.diagnostics, []);
    assert_eq!((policy.requirements.len(), policy.forbids.len()), (1, 1));
    let mut keys: Vec<&str> = Vec::new();
    for key in policy::shape::FILE.known() {
        keys.push(key.name);
        if let policy::shape::Takes::Table(shape) | policy::shape::Takes::Tables(shape) = key.takes {
            keys.extend(shape.known().map(|key| key.name));
        }
    }
    assert!(keys.len() >= 80, "{keys:?}");
    for key in keys {
        let forms = [format!("`{key}`"), format!("[{key}]"), format!("{key} ")];
        assert!(forms.iter().any(|form| document.contains(form)), "docs/policies.md does not name `{key}`");
    }
    for pack in policy::PACKS {
        let name = pack.name.replacen("configmgr-connector-20", "-20", 1);
        assert!(document.contains(&name), "docs/policies.md does not name `{}`", pack.name);
    }
    for rule in policy::mistake::ALL {
        assert!(document.contains(&format!("`{}`", rule.name)), "docs/policies.md does not name `{}`", rule.name);
    }
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut count = 0;
    for document in ["README.md", "docs/policies.md", "docs/exporting.md", "docs/rules.md", "docs/style.md"] {
        let path = root().join(document);
        let text = read(&path);
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.starts_with("http") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { path.clone() } else { path.parent().expect("a folder").join(file) };
            assert!(target.exists(), "{document}: {link} is nowhere");
            if !anchor.is_empty() {
                let heading = |line: &str| line.starts_with('#') && anchor_of(line) == anchor;
                assert!(read(&target).lines().any(heading), "{document}: {link} has no heading");
            }
            count += 1;
        }
    }
    assert!(count > 60, "{count}");
}

/// The anchor that a heading gets where Markdown is shown.
fn anchor_of(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    text.chars()
        .filter(|char| char.is_alphanumeric() || matches!(char, ' ' | '-'))
        .map(|char| if char == ' ' { '-' } else { char })
        .collect()
}
