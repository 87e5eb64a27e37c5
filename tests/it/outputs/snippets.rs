//! The snippets of docs/ci.md: every command in them runs, and writes what the step after it reads.

use std::fs;
use std::path::Path;

use crate::program::rolecall_in;

/// The commands of a page: whatever begins with `rolecall check` within its fences.
fn commands(page: &str) -> Vec<String> {
    let blocks = page.split("```").skip(1).step_by(2);
    let lines = blocks.flat_map(str::lines).filter_map(|line| line.split_once("rolecall check"));
    lines.map(|(_, rest)| rest.trim_end_matches('\'').trim().to_owned()).collect()
}

#[test]
fn every_command_of_the_page_on_pipelines_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/ci.md")).expect("the page is there");
    let commands = commands(&page);
    assert!(commands.len() >= 9, "{commands:?}");
    let copy = crate::organizations::copy();
    let mut formats = Vec::new();
    for command in commands {
        let words: Vec<&str> = command.split_whitespace().take_while(|word| *word != ">>").collect();
        let ran = rolecall_in(copy.path(), &[&["check"], words.as_slice()].concat());
        let exit = if words.contains(&"--exit-zero") { 0 } else { 1 };
        assert_eq!(ran.code, exit, "{command}: {}", ran.stderr);
        formats.extend(words.iter().skip_while(|word| **word != "--format").nth(1).map(|format| (*format).to_owned()));
        let report = match words.iter().skip_while(|word| **word != "--output").nth(1) {
            Some(file) => {
                // The step that publishes it names the same file.
                assert!(page.matches(file).count() >= 2 || *file == "report.html", "nothing reads {file}");
                fs::read_to_string(copy.path().join(file)).expect("it was written")
            }
            None => ran.stdout,
        };
        assert!(report.contains("missing-cmdlet"), "{command}: {report}");
    }
    for format in ["sarif", "github", "gitlab", "junit", "markdown", "html"] {
        assert!(formats.iter().any(|known| known == format), "no snippet shows {format}");
    }
}
