//! Discovery: which files the given paths mean, in an order that no file system decides.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use crate::paths::{expand, identity, is_passed_over, is_pattern, shown};

/// One input of a run.
#[derive(Debug)]
pub struct Input {
    /// The path as given, joined with what the walk found, with `/` between; `-` for standard input.
    pub shown: String,
    /// Where to open it; `None` for standard input.
    pub path: Option<PathBuf>,
    /// What all ways to write its path have in common.
    pub real: PathBuf,
    /// Whether the caller named it, rather than a folder above it.
    pub named: bool,
    /// Which of the given paths it belongs to.
    pub given: usize,
    /// Why it cannot be read, where the walk already knows.
    pub error: Option<io::Error>,
}

/// What some paths mean.
#[derive(Debug, Default)]
pub struct Walked {
    /// The paths, patterns expanded.
    pub given: Vec<String>,
    /// Their files.
    pub inputs: Vec<Input>,
}

/// Lists the files below `paths`, each folder sorted by name, without what is passed over. A file that is met twice counts
/// once, under the first of its paths by name. Each path has at least one input: a folder without files is one that cannot
/// be read.
#[must_use]
pub fn walk(paths: &[String]) -> Walked {
    let given: Vec<String> = paths.iter().flat_map(|path| expand(path)).collect();
    let mut inputs = Vec::new();
    for (number, path) in given.iter().enumerate() {
        if path == "-" {
            let (shown, real) = (path.clone(), PathBuf::from(path));
            inputs.push(Input { shown, path: None, real, named: true, given: number, error: None });
        } else {
            walk_one(path, number, &mut inputs);
        }
    }
    let mut kept: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for (number, input) in inputs.iter().enumerate() {
        let first = kept.entry(input.real.clone()).or_insert(number);
        if input.path < inputs[*first].path {
            *first = number;
        }
    }
    let mut number = 0;
    inputs.retain(|input| {
        number += 1;
        kept.get(&input.real) == Some(&(number - 1))
    });
    Walked { given, inputs }
}

fn walk_one(given: &str, number: usize, inputs: &mut Vec<Input>) {
    let before = inputs.len();
    // The last folder, and what it really is: one question for all of its files.
    let mut folder: Option<(PathBuf, PathBuf)> = None;
    let walker = WalkDir::new(given).sort_by_file_name().follow_links(true).into_iter();
    for entry in walker.filter_entry(|entry| entry.depth() == 0 || !is_left_out(entry)) {
        match entry {
            Ok(entry) if entry.file_type().is_dir() => {}
            Ok(entry) => {
                let named = entry.depth() == 0;
                // A pipe that only lies in a folder may never be written to; one that is named is meant.
                let error = (!named && !entry.file_type().is_file()).then(|| io::Error::other("it is no regular file"));
                let real = real(&entry, &mut folder);
                let (shown, path) = (shown(entry.path()), Some(entry.into_path()));
                inputs.push(Input { shown, path, real, named, given: number, error });
            }
            Err(error) => {
                let path = error.path().map_or_else(|| PathBuf::from(given), Path::to_path_buf);
                let named = error.depth() == 0;
                let why = error.into_io_error().unwrap_or_else(|| io::Error::other("the folder contains itself"));
                let why = if named && is_pattern(given) { io::Error::other("no file fits it") } else { why };
                let (shown, real) = (shown(&path), path.clone());
                inputs.push(Input { shown, path: Some(path), real, named, given: number, error: Some(why) });
            }
        }
    }
    if inputs.len() == before {
        let path = PathBuf::from(given);
        let why = io::Error::other("the folder holds no files");
        let (shown, real) = (shown(&path), path.clone());
        inputs.push(Input { shown, path: Some(path), real, named: true, given: number, error: Some(why) });
    }
}

fn is_left_out(entry: &DirEntry) -> bool {
    is_passed_over(&entry.file_name().to_string_lossy()) || has_hidden_attribute(entry)
}

/// Whether Windows hides it, whatever its name.
#[cfg(windows)]
fn has_hidden_attribute(entry: &DirEntry) -> bool {
    use std::os::windows::fs::MetadataExt;
    /// `FILE_ATTRIBUTE_HIDDEN`.
    const HIDDEN: u32 = 2;
    entry.metadata().is_ok_and(|metadata| metadata.file_attributes() & HIDDEN != 0)
}

#[cfg(not(windows))]
const fn has_hidden_attribute(_: &DirEntry) -> bool {
    false
}

/// What all ways to write the path of a file have in common.
fn real(entry: &DirEntry, last: &mut Option<(PathBuf, PathBuf)>) -> PathBuf {
    let path = entry.path();
    let (Some(folder), false) = (path.parent(), entry.depth() == 0 || entry.path_is_symlink()) else {
        return identity(path);
    };
    if last.as_ref().is_none_or(|(known, _)| known != folder) {
        *last = Some((folder.to_path_buf(), identity(folder)));
    }
    last.as_ref().map_or_else(|| path.to_path_buf(), |(_, real)| real.join(entry.file_name()))
}
