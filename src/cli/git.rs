//! Exports that lie in a git repository: of a commit, or of the index. Read by the `git` program, which knows where its
//! repository and its index are; nothing is checked out and nothing is written.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::exports::Place;
use crate::paths::{identity, is_passed_over};
use crate::read::{Input, Walked};
use crate::source::Contents;

/// How the blob of a file begins that Git LFS keeps elsewhere.
const LFS: &[u8] = b"version https://git-lfs.github.com/spec/";

/// Files of a commit or of the index.
#[derive(Debug)]
pub(super) struct Tree {
    /// The root of the working tree.
    top: PathBuf,
    /// The current folder below it, with `/` at its end where it is not the root.
    prefix: String,
    /// The commit; `None` for the index.
    pub(super) commit: Option<String>,
    /// What stands before the colon in what is shown.
    shown: String,
    /// What the files hold that were met on a walk, until they are opened.
    met: RefCell<BTreeMap<PathBuf, Vec<u8>>>,
    /// Whether something was met that stands where an export was, and is none.
    is_spoiled: Cell<bool>,
}

/// An entry of a tree.
#[derive(Clone, Debug)]
struct Blob {
    mode: String,
    object: String,
}

/// Runs git; `None` where there is no such program or it fails.
fn git(arguments: &[&str]) -> Option<Output> {
    let output = Command::new("git").args(arguments).output().ok()?;
    output.status.success().then_some(output)
}

fn text(arguments: &[&str]) -> Option<String> {
    let output = git(arguments)?;
    Some(String::from_utf8(output.stdout).ok()?.trim_end_matches(['\n', '\r']).to_owned())
}

/// The commit that a revision names. What could be taken for an option names none.
pub(super) fn commit(revision: &str) -> Option<String> {
    if revision.is_empty() || revision.starts_with('-') {
        return None;
    }
    text(&["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")])
}

/// The commit from which a revision and what is checked out went apart.
pub(super) fn merge_base(commit: &str) -> Option<String> {
    text(&["merge-base", commit, "HEAD"])
}

/// Whether commits may be missing because the repository was cloned without its history.
pub(super) fn is_shallow() -> bool {
    text(&["rev-parse", "--is-shallow-repository"]).as_deref() == Some("true")
}

impl Tree {
    /// A commit, shown as `shown`; the index where there is no commit. `None` where this is no repository.
    pub(super) fn new(shown: &str, commit: Option<String>) -> Option<Self> {
        let top = PathBuf::from(text(&["rev-parse", "--show-toplevel"])?);
        let prefix = text(&["rev-parse", "--show-prefix"])?;
        let (met, is_spoiled) = (RefCell::default(), Cell::new(false));
        Some(Self { top, prefix, commit, shown: shown.to_owned(), met, is_spoiled })
    }

    /// The path below the root that `path` names, from the current folder.
    fn below_root(&self, path: &str) -> Option<String> {
        let path = path.replace('\\', "/");
        if Path::new(&path).is_absolute() {
            let top = std::fs::canonicalize(&self.top).ok()?;
            let real = std::fs::canonicalize(&path).unwrap_or_else(|_| PathBuf::from(&path));
            return real.strip_prefix(top).ok().map(|path| path.to_string_lossy().replace('\\', "/"));
        }
        joined(&self.prefix, &path)
    }

    /// Whether a path of the root holds anything.
    pub(super) fn has(&self, path: &str) -> bool {
        joined("", path).is_some_and(|path| !self.list(&path).is_empty())
    }

    /// A path of the root, as one from the current folder.
    pub(super) fn here(&self, path: &str) -> String {
        let up = "../".repeat(self.prefix.matches('/').count());
        if path.is_empty() { if up.is_empty() { ".".to_owned() } else { up } } else { format!("{up}{path}") }
    }

    /// The files at or below a path of the root, by their paths, without those that are hidden below it.
    fn list(&self, path: &str) -> Vec<(String, Blob)> {
        let path = path.trim_end_matches('/');
        let listed = match &self.commit {
            Some(commit) => {
                let mut arguments = vec!["ls-tree", "-r", "-z", "--full-tree", commit.as_str()];
                if !path.is_empty() {
                    arguments.extend(["--", path]);
                }
                git(&arguments)
            }
            None => git(&["ls-files", "-s", "-z", "--full-name", "--", &format!(":(top,literal){path}")]),
        };
        let listed = listed.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
        let mut found: Vec<(String, Blob)> = listed.split('\0').filter_map(|line| self.entry(line)).collect();
        // A file that is not merged has several entries, and no contents.
        found.dedup_by(|later, first| {
            let same = later.0 == first.0;
            if same {
                "unmerged".clone_into(&mut first.1.mode);
            }
            same
        });
        let is_hidden = |file: &str| {
            let below = file.strip_prefix(path).unwrap_or(file).trim_start_matches('/');
            below.split('/').any(is_passed_over)
        };
        found.retain(|(file, _)| !is_hidden(file));
        found
    }

    /// What a file holds; else what stands there instead.
    fn contents(&self, blob: &Blob) -> Result<Vec<u8>, &'static str> {
        match blob.mode.as_str() {
            "120000" => return Err("it is a symbolic link"),
            "160000" => return Err("it is a submodule"),
            "unmerged" => return Err("it is not merged"),
            _ => {}
        }
        let bytes = git(&["cat-file", "blob", &blob.object]).ok_or("git cannot read it")?.stdout;
        match bytes.starts_with(LFS) {
            true => Err("Git LFS keeps its contents elsewhere: run `git lfs pull` and name the folder"),
            false => Ok(bytes),
        }
    }

    /// `mode type object<tab>path` of a tree, `mode object stage<tab>path` of the index.
    fn entry(&self, line: &str) -> Option<(String, Blob)> {
        let (words, path) = line.split_once('\t')?;
        let words: Vec<&str> = words.split(' ').filter(|word| !word.is_empty()).collect();
        let object = if self.commit.is_some() { words.get(2)? } else { words.get(1)? };
        Some((path.to_owned(), Blob { mode: (*words.first()?).to_owned(), object: (*object).to_owned() }))
    }
}

/// A path below another, without `.` and `..`; `None` where it leads out of the root.
fn joined(prefix: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = prefix.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop()?,
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

impl Place for Tree {
    fn walk(&self, paths: &[String]) -> Walked {
        let mut inputs: Vec<Input> = Vec::new();
        for (given, path) in paths.iter().enumerate() {
            let root = self.below_root(path);
            let found = root.as_ref().map(|root| self.list(root)).unwrap_or_default();
            let shown = |file: &str| format!("{}:{file}", self.shown);
            if found.is_empty() {
                let shown = shown(root.as_deref().unwrap_or(path));
                let error = Some(io::Error::other("git shows nothing there"));
                let path = self.top.join(root.as_deref().unwrap_or(path));
                let real = identity(&path);
                inputs.push(Input { shown, path: Some(path), real, named: true, given, error });
            }
            for (file, blob) in found {
                let path = self.top.join(&file);
                let named = root.as_ref() == Some(&file);
                // What stands there instead of an export is said, and never taken for an empty one.
                let error = match self.contents(&blob) {
                    Ok(bytes) => {
                        self.met.borrow_mut().insert(path.clone(), bytes);
                        None
                    }
                    Err(why) => {
                        self.is_spoiled.set(true);
                        Some(io::Error::other(why))
                    }
                };
                let named = named || error.is_some();
                let real = identity(&path);
                inputs.push(Input { shown: shown(&file), path: Some(path), real, named, given, error });
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        inputs.retain(|input| seen.insert(input.path.clone()));
        Walked { given: paths.to_vec(), inputs }
    }

    fn open(&self, input: &Input) -> io::Result<Contents> {
        let met = input.path.as_ref().and_then(|path| self.met.borrow_mut().remove(path));
        met.map(Contents::from).ok_or_else(|| io::Error::other("git shows nothing there"))
    }

    fn is_whole(&self) -> bool {
        !self.is_spoiled.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_from_the_current_folder() {
        assert_eq!(joined("sub/", "./exports/").as_deref(), Some("sub/exports"));
        assert_eq!(joined("sub/", "../exports").as_deref(), Some("exports"));
        assert_eq!(joined("", "."), Some(String::new()));
        assert_eq!(joined("", "../exports"), None);
    }
}
