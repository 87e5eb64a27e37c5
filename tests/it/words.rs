//! Plain English: the words that messages, help and pages avoid, and that a reader does not search for.

use std::fs;
use std::path::Path;

use rolecall::rules::RULES;

use crate::shape::{shipped_files, strings_of};

/// Words, in any text.
const AVOIDED: &[&str] = &[
    "mend", "mends", "mended", "mending", "hang", "hangs", "hanging", "hung", "stand", "stands", "stood", "behind",
    "beside", "besides", "whoever", "whomever", "foretold", "he", "his", "him", "himself",
];
/// Words, in messages.
const AVOIDED_IN_MESSAGES: &[&str] = &["nobody", "said"];

/// The words of a text that are to be avoided. What is in backticks is a name.
fn avoided<'t>(text: &'t str, more: &[&str]) -> Vec<&'t str> {
    let prose = text.split('`').step_by(2);
    let words: Vec<&str> = prose
        .flat_map(|part| part.split(|char: char| !char.is_alphanumeric() && char != '-' && char != '_'))
        .filter(|word| !word.is_empty())
        .collect();
    let is_avoided = |word: &str| {
        let word = word.to_lowercase();
        AVOIDED.contains(&word.as_str()) || more.contains(&word.as_str())
    };
    let mut found: Vec<&str> = words.iter().copied().filter(|word| is_avoided(word)).collect();
    // To hand something on.
    let hands = |word: &&str| ["hand", "hands", "handed", "handing"].contains(&word.to_lowercase().as_str());
    let handed =
        words.windows(6).filter(|near| hands(&near[0]) && near[1..].iter().any(|word| word.eq_ignore_ascii_case("on")));
    found.extend(handed.map(|near| near[0]));
    found
}

#[test]
fn words_are_found_in_prose_alone() {
    assert_eq!(avoided("it stands behind `stands` and by-stands", &[]), ["stands", "behind"]);
    assert_eq!(avoided("may hand role X on to anybody", &[]), ["hand"]);
    assert!(avoided("by hand", &[]).is_empty());
}

#[test]
fn messages_and_help_are_plain() {
    for (path, text) in shipped_files() {
        let is_data = path.starts_with("src/catalogue")
            || path.starts_with("src/anonymize")
            || path.starts_with("src/read/session");
        // A string with a blank is a sentence; one without is a key or a name.
        for (line, string) in strings_of(&text).into_iter().filter(|(_, string)| string.contains(' ') && !is_data) {
            let found = avoided(string, AVOIDED_IN_MESSAGES);
            assert!(found.is_empty(), "{path}:{line}: {found:?} in {string:?}");
        }
        if path.starts_with("src/cli") {
            // What clap prints as help.
            let options = text.split("struct Options").skip(1).filter_map(|rest| rest.split("\n}\n").next());
            for line in options.flat_map(str::lines).filter_map(|line| line.trim().strip_prefix("/// ")) {
                let found = avoided(line, AVOIDED_IN_MESSAGES);
                assert!(found.is_empty(), "{path}: {found:?} in {line:?}");
            }
        }
    }
}

#[test]
fn pages_and_documents_are_plain() {
    for rule in RULES {
        for (name, text) in [("its summary", rule.summary), ("its page", rule.page)] {
            // An example may quote a name or a text of the exports.
            let prose: String = text.split("```").step_by(2).collect();
            let found = avoided(&prose, &[]);
            assert!(found.is_empty(), "{}: {name}: {found:?}", rule.id.name);
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let documents =
        fs::read_dir(root.join("docs")).expect("it is there").map(|entry| entry.expect("it can be listed").path());
    let documents = documents.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    let above = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|name| root.join(name));
    for path in documents.chain(above) {
        let text = fs::read_to_string(&path).expect("it is text").replace("\r\n", "\n");
        let prose: String = text.split("```").step_by(2).collect();
        let found = avoided(&prose, &[]);
        // The page on style names the words.
        assert!(found.is_empty() || path.ends_with("docs/style.md"), "{}: {found:?}", path.display());
    }
}
