//! Runs the built binary as a user would, from the root of the repository.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// The one JSON object that `check` prints.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The JSON Lines that the other commands print.
    pub(crate) fn json_lines(&self) -> Vec<Value> {
        self.stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
            .collect()
    }
}

/// Runs `rolecall` with `arguments`.
pub(crate) fn rolecall<A: AsRef<str>>(arguments: &[A]) -> Ran {
    rolecall_in(Path::new(env!("CARGO_MANIFEST_DIR")), arguments)
}

/// Runs `rolecall` with `arguments` in a folder.
pub(crate) fn rolecall_in<A: AsRef<str>>(folder: &Path, arguments: &[A]) -> Ran {
    run(folder, arguments, &[])
}

/// Runs `rolecall` with `arguments` and `input` on its standard input.
pub(crate) fn rolecall_reading<A: AsRef<str>>(arguments: &[A], input: &[u8]) -> Ran {
    run(Path::new(env!("CARGO_MANIFEST_DIR")), arguments, input)
}

fn run<A: AsRef<str>>(folder: &Path, arguments: &[A], input: &[u8]) -> Ran {
    // Long enough for a busy machine without optimization; a run that hangs must not hang the tests.
    const LONGEST: Duration = Duration::from_secs(240);
    let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_rolecall"))
        .args(arguments.iter().map(AsRef::as_ref))
        .current_dir(folder)
        .env_remove("NO_COLOR")
        .timeout(LONGEST)
        .write_stdin(input)
        .output()
        .expect("the binary was built with the tests");
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).expect("reports are UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("messages are UTF-8"),
    }
}

/// What a report of `check` says beside the built-in rules, which judge the whole organization of a test.
pub(crate) fn beside_built_in(report: &Value) -> Vec<Value> {
    let is_built_in = |diagnostic: &&Value| {
        let rule = diagnostic["rule"].as_str().and_then(rolecall::rules::rule);
        rule.is_some_and(|rule| rule.check.is_some())
    };
    let diagnostics = report["diagnostics"].as_array().expect("a list of diagnostics");
    diagnostics.iter().filter(|diagnostic| !is_built_in(diagnostic)).cloned().collect()
}

/// The strings of a JSON array.
pub(crate) fn strings(value: &Value) -> Vec<&str> {
    value.as_array().map(|items| items.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

/// A path as an argument.
pub(crate) fn argument(path: &Path) -> String {
    path.to_str().expect("temporary folders have plain names").to_owned()
}

/// Writes files into a folder that goes away, for exports short enough to stand in a test.
pub(crate) fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    for (name, bytes) in files {
        let path = folder.path().join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).expect("the folder is ours");
        }
        std::fs::write(path, bytes).expect("the folder is ours");
    }
    folder
}
