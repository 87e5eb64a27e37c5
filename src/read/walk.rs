//! Discovery: which files the given paths mean, in an order that no file system decides.

use std::io;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

/// One input of a run.
#[derive(Debug)]
pub struct Input {
    /// The path as given, joined with what the walk found, with `/` between; `-` for standard input.
    pub shown: String,
    /// Where to open it; `None` for standard input.
    pub path: Option<PathBuf>,
    /// Whether the caller named it, rather than a folder above it.
    pub named: bool,
    /// Which of the given paths it belongs to.
    pub given: usize,
    /// Why it cannot be read, where the walk already knows.
    pub error: Option<io::Error>,
}

/// Lists the files below `paths`, each folder sorted by name, hidden files and folders skipped. A path given twice counts
/// once. Each path has at least one input: a folder without files is one that cannot be read.
#[must_use]
pub fn walk(paths: &[String]) -> Vec<Input> {
    let mut inputs: Vec<Input> = Vec::new();
    for (number, given) in paths.iter().enumerate() {
        if given == "-" {
            inputs.push(Input { shown: given.clone(), path: None, named: true, given: number, error: None });
        } else {
            walk_one(given, number, &mut inputs);
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    inputs.retain(|input| seen.insert(input.path.clone()));
    inputs
}

fn walk_one(given: &str, number: usize, inputs: &mut Vec<Input>) {
    let before = inputs.len();
    let is_hidden = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with('.');
    let walker = WalkDir::new(given).sort_by_file_name().follow_links(true).into_iter();
    for entry in walker.filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry.file_name())) {
        match entry {
            Ok(entry) if entry.file_type().is_dir() => {}
            Ok(entry) => {
                let named = entry.depth() == 0;
                // Nobody may ever write into a pipe that lies about; one that is named is meant.
                let error = (!named && !entry.file_type().is_file()).then(|| io::Error::other("it is no regular file"));
                let (shown, path) = (shown(entry.path()), Some(entry.into_path()));
                inputs.push(Input { shown, path, named, given: number, error });
            }
            Err(error) => {
                let path = error.path().map_or_else(|| PathBuf::from(given), Path::to_path_buf);
                let named = error.depth() == 0;
                let why = error.into_io_error().unwrap_or_else(|| io::Error::other("the folder contains itself"));
                inputs.push(Input { shown: shown(&path), path: Some(path), named, given: number, error: Some(why) });
            }
        }
    }
    if inputs.len() == before {
        let path = PathBuf::from(given);
        let why = io::Error::other("the folder holds no files");
        inputs.push(Input { shown: shown(&path), path: Some(path), named: true, given: number, error: Some(why) });
    }
}

fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace(std::path::MAIN_SEPARATOR, "/") }
}
