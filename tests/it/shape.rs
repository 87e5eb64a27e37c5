//! The shape of the source tree: what `docs/architecture.md` calls invariants.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A source file without its comments and strings, so that only code is judged.
struct Source {
    /// The path below the repository, with `/` between.
    path: String,
    code: String,
    line_count: usize,
}

impl Source {
    /// The module of `lib.rs` that the file belongs to.
    fn module(&self) -> &str {
        let below = self.path.strip_prefix("src/").unwrap_or(&self.path);
        below.split(['/', '.']).next().unwrap_or(below)
    }

    /// The words of the code with their places: names and the `::` between them are kept together.
    fn paths(&self) -> impl Iterator<Item = &str> {
        let is_path = |char: char| char.is_alphanumeric() || char == '_' || char == ':';
        self.code.split(move |char| !is_path(char)).filter(|word| !word.is_empty())
    }

    fn has_word(&self, word: &str) -> bool {
        self.paths().any(|path| path.split("::").any(|part| part.trim_matches(':') == word))
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder of the repository, sorted; nothing hidden but `.ci`, nothing built.
fn files(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).expect("the folder is there") {
            let entry = entry.expect("it can be listed");
            let name = entry.file_name().into_string().expect("our names are UTF-8");
            let path = if folder == "." { name.clone() } else { format!("{folder}/{name}") };
            let skipped = (name.starts_with('.') && name != ".ci") || name == "target";
            if entry.path().is_dir() && !skipped {
                folders.push(path);
            } else if entry.path().is_file() && name != ".git" {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The Rust files below a folder.
fn sources(folder: &str) -> Vec<Source> {
    let rust = files(folder).into_iter().filter(|path| path.ends_with(".rs"));
    rust.map(|path| {
        let text = fs::read_to_string(root().join(&path)).expect("the file is text");
        Source { line_count: text.lines().count(), code: code_of(&text), path }
    })
    .collect()
}

/// The text with comments and the insides of strings blanked out.
fn code_of(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(hashes) = raw_string(text, at) {
            let end = format!("\"{}", "#".repeat(hashes));
            let open = hashes + 2;
            rest[open..].find(&end).map_or(rest.len(), |found| open + found + end.len())
        } else if rest.starts_with('"') {
            string_length(rest)
        } else if rest.starts_with('\'') {
            character_length(rest)
        } else {
            0
        };
        if length == 0 {
            let char = rest.chars().next().expect("there is a rest");
            code.push(char);
            at += char.len_utf8();
        } else {
            code.push(' ');
            at += length;
        }
    }
    code
}

/// How many `#` open a raw string here; `None` where none begins.
fn raw_string(text: &str, at: usize) -> Option<usize> {
    let before = text[..at].chars().next_back();
    if before.is_some_and(|char| char.is_alphanumeric() && char != 'b') {
        return None;
    }
    let rest = text[at..].strip_prefix('r')?;
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    rest[hashes..].starts_with('"').then_some(hashes)
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, char) in text.char_indices().skip(1) {
        match char {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a character literal; 0 for a lifetime.
fn character_length(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => text[2..].char_indices().skip(1).find(|(_, char)| *char == '\'').map_or(0, |(at, _)| at + 3),
        Some(_) => chars.next().filter(|(_, char)| *char == '\'').map_or(0, |(at, _)| at + 1),
        None => 0,
    }
}

#[test]
fn code_is_told_from_comments_and_strings() {
    let text = "let a = \"unsafe \\\" x\"; // unsafe\nlet b = r#\"un\"safe\"#; let c = '\"'; let d: &'a str = '\\u{7}'; /* z */ e";
    let words: Vec<String> = code_of(text).split_whitespace().map(ToOwned::to_owned).collect();
    assert_eq!(words.join(" "), "let a = ; let b = ; let c = ; let d: &'a str = ; e");
}

/// The modules of `lib.rs`, in order.
fn modules() -> Vec<String> {
    let text = fs::read_to_string(root().join("src/lib.rs")).expect("it is there");
    let code = code_of(&text);
    let names = code.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    names.map(ToOwned::to_owned).collect()
}

/// The names that follow `prefix` in the code, those in braces included.
fn names_behind<'c>(code: &'c str, prefix: &str) -> Vec<&'c str> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|char| char.is_alphanumeric() || char == '_' || char == ':') {
            continue;
        }
        let rest = &code[at + prefix.len()..];
        let word = |text: &'c str| {
            let end = text.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(text.len());
            &text[..end]
        };
        match rest.strip_prefix('{') {
            Some(list) => {
                let mut depth = 0;
                let mut start = true;
                for (at, char) in list.char_indices() {
                    match char {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => start = true,
                        char if start && !char.is_whitespace() => {
                            names.push(word(&list[at..]));
                            start = false;
                        }
                        _ => {}
                    }
                }
            }
            None => names.push(word(rest)),
        }
    }
    names
}

#[test]
fn names_in_braces_are_found() {
    let code = "use crate::source::Span; use crate::{name::{a, b}, record}; my_crate::other";
    assert_eq!(names_behind(code, "crate::"), ["source", "name", "record"]);
}

#[test]
fn a_module_imports_only_from_those_above_it() {
    let modules = modules();
    assert!(modules.len() > 10, "{modules:?}");
    let place = |name: &str| modules.iter().position(|module| module == name);
    let mut wrong = Vec::new();
    let mut imports = 0;
    for source in sources("src") {
        let Some(own) = place(source.module()) else {
            assert!(matches!(source.path.as_str(), "src/lib.rs" | "src/main.rs"), "{} is not in lib.rs", source.path);
            continue;
        };
        let depth = source.path.matches('/').count();
        let climbing = "super::".repeat(depth);
        for prefix in ["crate::", &climbing] {
            for name in names_behind(&source.code, prefix) {
                let Some(other) = place(name) else { continue };
                imports += 1;
                if other > own {
                    wrong.push(format!("{} imports from `{name}`, which stands below", source.path));
                }
            }
        }
    }
    assert!(imports > 100, "only {imports} imports were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The table of packages in `docs/architecture.md`: the files and folders that each enters through.
fn package_table() -> BTreeMap<String, Vec<String>> {
    let text = fs::read_to_string(root().join("docs/architecture.md")).expect("it is there");
    let section = text.split("\n## Packages\n").nth(1).and_then(|rest| rest.split("\n## ").next());
    let rows = section.expect("the section is there").lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let mut words = row.split('`').skip(1).step_by(2).map(ToOwned::to_owned);
        (words.next().expect("a row names a package"), words.collect())
    })
    .collect()
}

/// The packages of one section of `Cargo.toml`.
fn dependencies(section: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("Cargo.toml")).expect("it is there");
    let rest = text.split(&format!("\n[{section}]\n")).nth(1).expect("the section is there");
    let lines = rest.lines().take_while(|line| !line.starts_with('['));
    lines.filter(|line| !line.starts_with('#')).filter_map(|line| Some(line.split_once(" = ")?.0.to_owned())).collect()
}

#[test]
fn a_package_enters_only_where_the_table_says() {
    let table = package_table();
    let named: BTreeSet<String> = table.keys().cloned().collect();
    assert_eq!(named, dependencies("dependencies"), "the table and Cargo.toml name different packages");
    let sources = sources("src");
    let mut wrong = Vec::new();
    for (package, places) in &table {
        let prefix = format!("{}::", package.replace('-', "_"));
        let using: Vec<&str> = sources
            .iter()
            .filter(|source| source.paths().any(|path| path.trim_start_matches(':').starts_with(&prefix)))
            .map(|source| source.path.as_str())
            .collect();
        let fits = |place: &str, path: &str| if place.ends_with('/') { path.starts_with(place) } else { path == place };
        for path in &using {
            if !places.iter().any(|place| fits(place, path)) {
                wrong.push(format!("`{package}` enters through {path}, which the table does not name"));
            }
        }
        for place in places {
            if !using.iter().any(|path| fits(place, path)) {
                wrong.push(format!("the table lets `{package}` in through {place}, which does not use it"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_package_has_its_reason() {
    let text = fs::read_to_string(root().join("Cargo.toml")).expect("it is there");
    let lines: Vec<&str> = text.lines().collect();
    for package in dependencies("dependencies").union(&dependencies("dev-dependencies")) {
        let start = format!("{package} = ");
        let at = lines.iter().position(|line| line.starts_with(&start)).expect("it was read from there");
        assert!(lines[at - 1].starts_with("# "), "`{package}` has no comment above it that says what for");
    }
}

#[test]
fn what_lies_between_reading_and_reporting_knows_no_shape() {
    for source in sources("src") {
        if ["scope", "graph", "accounts", "policy", "rules"].contains(&source.module()) {
            let read = names_behind(&source.code, "crate::").contains(&"read");
            assert!(!read, "{} knows how exports are written", source.path);
        }
    }
}

#[test]
fn unsafe_stands_in_three_places() {
    let place = |source: &Source| (source.path.clone(), source.code.matches("unsafe {").count());
    let with = |folder: &str| -> Vec<(String, usize)> {
        sources(folder).iter().filter(|source| source.has_word("unsafe")).map(place).collect()
    };
    let places = [("src/exports.rs", 1), ("src/source.rs", 1), ("src/source/blocks.rs", 2)];
    let places = places.map(|(path, count)| (path.to_owned(), count));
    assert_eq!(with("src"), places);
    assert_eq!(with("benches"), [("benches/reading/heap.rs".to_owned(), 4)], "the counting allocator alone");
    assert!(with("tests").is_empty());
}

#[test]
fn nothing_hangs_on_a_clock_the_network_a_hash_or_a_state_of_its_own() {
    const WORDS: &[&str] = &[
        "SystemTime",
        "Instant",
        "net",
        "HashMap",
        "HashSet",
        "RandomState",
        "thread_local",
        "LazyLock",
        "process_id",
        "temp_dir",
        "current_dir",
        "hostname",
    ];
    let shared = ["OnceLock", "Mutex", "RwLock", "Atomic", "Cell"];
    for source in sources("src") {
        // Where a run starts decides which policy is found, and nothing else.
        let finds_the_policy = source.path == "src/cli/policy.rs";
        for word in WORDS.iter().filter(|word| !(finds_the_policy && **word == "current_dir")) {
            assert!(!source.has_word(word), "{} uses `{word}`", source.path);
        }
        // Statics are data. What can change belongs to a value that somebody owns.
        let code = source.code.replace("'static ", "");
        let statics = code.split("static ").skip(1).filter_map(|rest| rest.split('=').next());
        for declared in statics.filter(|declared| declared.contains(':')) {
            let kind = declared.split_once(':').map_or("", |(_, kind)| kind);
            assert!(!shared.iter().any(|word| kind.contains(word)), "{}: static {declared}", source.path);
            assert!(!declared.starts_with("mut "), "{}: static {declared}", source.path);
        }
        let reads_environment = source.paths().any(|path| path.contains("env::var"));
        assert!(!reads_environment || source.module() == "cli", "{} reads the environment", source.path);
    }
}

#[test]
fn the_clock_is_read_in_one_place() {
    let reads = |source: &&Source| source.paths().any(|path| path.ends_with("::now"));
    let sources = sources("src");
    let paths: Vec<&str> = sources.iter().filter(reads).map(|source| source.path.as_str()).collect();
    assert_eq!(paths, ["src/cli/today.rs"]);
}

#[test]
fn the_two_hash_tables_are_never_walked() {
    let tables: Vec<Source> = sources("src").into_iter().filter(|source| source.has_word("HashTable")).collect();
    let paths: Vec<&str> = tables.iter().map(|source| source.path.as_str()).collect();
    assert_eq!(paths, ["src/inventory/parameters.rs", "src/name.rs"]);
    for source in &tables {
        // The fields that are tables, by their declarations.
        let fields = source.code.lines().filter_map(|line| line.split_once(": HashTable<"));
        let fields: Vec<&str> = fields.map(|(name, _)| name.trim().trim_start_matches("pub ")).collect();
        assert!(!fields.is_empty(), "{}", source.path);
        for field in fields {
            for walk in [".iter()", ".iter_mut()", ".into_iter()", ".drain()", ".retain("] {
                assert!(!source.code.contains(&format!("{field}{walk}")), "{}: `{field}{walk}`", source.path);
            }
            assert!(!source.code.contains(&format!("in &self.{field} ")), "{}: walks `{field}`", source.path);
        }
    }
}

/// The text of a file without its tests.
fn shipped(path: &str) -> String {
    let text = fs::read_to_string(root().join(path)).expect("it was read before");
    text.split("#[cfg(test)]\nmod ").next().unwrap_or("").to_owned()
}

/// What the strings of a file hold, with the lines that they begin in. Comments have none.
pub(crate) fn strings_of(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let (length, string) = if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), None)
        } else if let Some(hashes) = raw_string(text, at) {
            let (open, end) = (hashes + 2, format!("\"{}", "#".repeat(hashes)));
            let inside = rest[open..].find(&end).unwrap_or(rest.len() - open);
            (open + inside + end.len(), Some(&rest[open..open + inside]))
        } else if rest.starts_with('"') {
            let length = string_length(rest);
            (length, Some(&rest[1..length - 1]))
        } else if rest.starts_with('\'') {
            (character_length(rest), None)
        } else {
            (0, None)
        };
        found.extend(string.map(|string| (text[..at].matches('\n').count() + 1, string)));
        at += if length == 0 { rest.chars().next().map_or(1, char::len_utf8) } else { length };
    }
    found
}

/// The Rust files of the program but for those that hold tests alone.
pub(crate) fn shipped_files() -> Vec<(String, String)> {
    let is_test =
        |path: &String| path.ends_with("tests.rs") || path.ends_with("testing.rs") || path.ends_with("sample.rs");
    let paths = files("src").into_iter().filter(|path| path.ends_with(".rs") && !is_test(path));
    paths.map(|path| (shipped(&path), path)).map(|(text, path)| (path, text)).collect()
}

#[test]
fn strings_are_told_from_comments() {
    let text = "let a = \"x\"; // \"no\"\nlet b = r#\"un\"safe\"#; let c = '\"';\n\"\\\"q\"";
    assert_eq!(strings_of(text), [(1, "x"), (2, "un\"safe"), (3, "\\\"q")]);
}

#[test]
fn no_name_and_no_path_tells_of_what_kind_something_is() {
    for (path, text) in shipped_files() {
        let words = [
            "starts_with(\"policy-",
            "starts_with(\"missing-",
            "starts_with(\"pack:",
            "ends_with(\"-waiver",
            "insert_str",
        ];
        for word in words {
            assert!(!text.contains(word), "{path}: {word}");
        }
    }
}

#[test]
fn how_much_a_rule_weighs_stands_with_its_name() {
    // Where something else than the rule decides: a list that may name what is not there, a read that fails although its
    // path was named, what is narrower than nothing asked for, and what is held on nothing.
    let others = [
        ("src/exports.rs", 1),
        ("src/policy/tables.rs", 3),
        ("src/rules/accepting/baseline.rs", 1),
        ("src/rules/accepting/levels.rs", 1),
        ("src/rules/judging/excess.rs", 1),
        ("src/rules/judging/listed.rs", 1),
        ("src/rules/judging/require.rs", 1),
    ];
    for (path, text) in shipped_files() {
        let module = path.strip_prefix("src/").and_then(|rest| rest.split(['/', '.']).next());
        if !matches!(module, Some("policy" | "rules" | "exports")) {
            continue;
        }
        let count: usize = text
            .lines()
            .filter(|line| !line.contains("RuleId::") && !line.trim_start().starts_with("//"))
            .map(|line| ["Error", "Warning", "Note"].map(|level| line.matches(&format!("Severity::{level}")).count()))
            .map(|counts| counts.iter().sum::<usize>())
            .sum();
        let allowed = others.iter().find(|(other, _)| *other == path).map_or(0, |(_, count)| *count);
        assert_eq!(count, allowed, "{path}");
    }
}

/// Whether a text begins a PowerShell statement or holds one: a cmdlet with an argument or a parameter.
fn holds_a_command(text: &str) -> bool {
    const VERBS: &[&str] = &[
        "Get", "Set", "New", "Add", "Remove", "Enable", "Disable", "Update", "Format", "Select", "Export", "Import",
        "Connect",
    ];
    let is_argument = |rest: &str| {
        rest.starts_with(['\'', '{', '$', '@'])
            || rest.starts_with('-') && rest[1..].starts_with(|it: char| it.is_ascii_uppercase())
    };
    text.split(' ').zip(text.split(' ').skip(1)).any(|(cmdlet, next)| {
        let verb = cmdlet.trim_start_matches(['`', '(', '|']).split_once('-');
        verb.is_some_and(|(verb, noun)| VERBS.contains(&verb) && noun.chars().all(char::is_alphanumeric))
            && is_argument(next)
    })
}

#[test]
fn only_one_module_writes_powershell() {
    // What reads a shell's own words, what a plan's script checks, and words that quote a part of a command.
    let others = [
        "src/cli/collect.rs",
        "src/graph/coverage.rs",
        "src/graph/gap.rs",
        "src/graph/servers.rs",
        "src/report/plan/script.rs",
        "src/rules/doctor/noticed.rs",
        "src/rules/judging/advice.rs",
    ];
    for (path, text) in shipped_files() {
        let is_reader =
            path.starts_with("src/record/") || path.starts_with("src/read/") || path.starts_with("src/powershell");
        if is_reader || others.contains(&path.as_str()) {
            continue;
        }
        for (line, string) in strings_of(&text) {
            assert!(!holds_a_command(string), "{path}:{line}: {string}");
        }
    }
    assert!(holds_a_command("Get-RoleGroup {}") && holds_a_command("run `Set-User -Identity`"));
    assert!(!holds_a_command("export it with Get-Mailbox or Get-User"));
}

#[test]
fn a_source_file_can_be_held_in_mind() {
    const LINES_MAX: usize = 799;
    for folder in ["src", "tests", "benches", "fuzz"] {
        for source in sources(folder) {
            assert!(source.line_count <= LINES_MAX, "{} has {} lines", source.path, source.line_count);
            let starts = fs::read_to_string(root().join(&source.path)).expect("it was read before");
            // The tests of a file beside them are for that file.
            let says = starts.starts_with("//! ") || source.path.ends_with("/tests.rs");
            assert!(says, "{} does not say what it is for", source.path);
        }
    }
}

#[test]
fn nothing_in_the_tree_names_a_machine_or_a_registry() {
    // Taken apart, so that this file does not name them either.
    let forbidden = [
        ["/wo", "rk/"],
        ["../sha", "red"],
        ["crates", ".io"],
        ["pypi", ".org"],
        ["npmjs", ".com"],
        ["npmjs", ".org"],
        ["rubygems", ".org"],
        ["nuget", ".org"],
    ]
    .map(|parts| parts.concat());
    let all = files(".");
    assert!(all.len() > 100, "{} files", all.len());
    for path in all {
        // Lock files are written by cargo, which names its registry.
        if matches!(path.as_str(), "Cargo.lock" | "fuzz/Cargo.lock") {
            continue;
        }
        let bytes = fs::read(root().join(&path)).expect("the file can be read");
        let text = String::from_utf8_lossy(&bytes);
        for word in &forbidden {
            assert!(!text.contains(word.as_str()), "{path} names {word}");
        }
    }
}
