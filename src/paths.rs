//! Paths as people write them: patterns, several spellings of one file, and how reports show them.

use std::fs;
use std::path::{Component, MAIN_SEPARATOR, Path, PathBuf};

use crate::name::{Wildcard, same};

const SEPARATORS: [char; 2] = ['/', '\\'];

/// The paths that a path means: `*` and `?` are wild within a name, on every system, since the shells of Windows leave
/// them as they are. What exists as it is written means itself, and so does a pattern that nothing fits, so that what
/// opens it says so.
#[must_use]
pub fn expand(written: &str) -> Vec<String> {
    let as_written = || vec![written.to_owned()];
    if written == "-" || exists(written) {
        return as_written();
    }
    // A policy that was written on Windows is read elsewhere, too.
    let text = if MAIN_SEPARATOR == '/' { written.replace('\\', "/") } else { written.to_owned() };
    let (root, names) = text.split_at(root_bytes(&text));
    let mut found = vec![root.to_owned()];
    for part in names.split_inclusive(SEPARATORS) {
        let name = part.trim_end_matches(SEPARATORS);
        let separator = &part[name.len()..];
        let with = |before: &String, name: &str| format!("{before}{name}{separator}");
        found = match is_pattern(name) {
            false => found.iter().map(|before| with(before, name)).collect(),
            true => {
                let wildcard = Wildcard::new(name);
                let each =
                    |before: &String| names_in(before, &wildcard).into_iter().map(|name| with(before, &name)).collect();
                found.iter().flat_map::<Vec<String>, _>(each).collect()
            }
        };
    }
    found.retain(|path| exists(path));
    if found.is_empty() { as_written() } else { found }
}

/// Whether a path is a pattern.
#[must_use]
pub fn is_pattern(path: &str) -> bool {
    path[root_bytes(path)..].contains(['*', '?'])
}

/// The length of what stands before the first name: `/`, `C:\`, `\\server\share\`, `\\?\C:\`. The `?` of the last is no
/// pattern.
fn root_bytes(path: &str) -> usize {
    let is_separator = |byte: &u8| matches!(byte, b'/' | b'\\');
    let bytes = path.as_bytes();
    match bytes {
        [first, second, ..] if is_separator(first) && is_separator(second) => {
            let ends = bytes.iter().enumerate().skip(2).filter(|(_, byte)| is_separator(byte));
            ends.map(|(at, _)| at + 1).nth(1).unwrap_or(bytes.len())
        }
        [drive, b':', rest @ ..] if MAIN_SEPARATOR == '\\' && drive.is_ascii_alphabetic() => {
            2 + usize::from(rest.first().is_some_and(is_separator))
        }
        [first, ..] if is_separator(first) => 1,
        _ => 0,
    }
}

fn exists(path: &str) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// The names in a folder that fit, sorted, without those that are passed over.
fn names_in(folder: &str, wildcard: &Wildcard) -> Vec<String> {
    let folder = if folder.is_empty() { "." } else { folder };
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| !is_passed_over(name) && wildcard.matches(name)).collect();
    names.sort();
    names
}

/// Whether a file or folder of this name is no export unless it is named: hidden ones, what Excel and Word leave next to
/// a file that is open, what the explorer of Windows writes.
#[must_use]
pub fn is_passed_over(name: &str) -> bool {
    name.starts_with('.') || name.starts_with("~$") || same(name, "desktop.ini") || same(name, "Thumbs.db")
}

/// What all ways to write one path have in common; also that of a file that is not there yet.
#[must_use]
pub fn identity(path: &Path) -> PathBuf {
    let parent = || {
        let folder = path.parent()?;
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        Some(fs::canonicalize(folder).ok()?.join(path.file_name()?))
    };
    fs::canonicalize(path).ok().or_else(parent).unwrap_or_else(|| path.to_path_buf())
}

/// The path of `text`, which stands in the file `file`: relative to its folder.
#[must_use]
pub fn beside(file: &str, text: &str) -> String {
    let is_rooted = matches!(Path::new(text).components().next(), Some(Component::Prefix(_) | Component::RootDir));
    let text = text.strip_prefix("./").or_else(|| text.strip_prefix(".\\")).unwrap_or(text);
    let folder = file.rfind(['/', MAIN_SEPARATOR]).map_or("", |end| &file[..=end]);
    if is_rooted { text.to_owned() } else { format!("{folder}{text}") }
}

/// A path as reports show it: with `/` on every system.
#[must_use]
pub fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    if MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace(MAIN_SEPARATOR, "/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_before_the_first_name_is_no_pattern() {
        for (path, root) in [
            ("exports/*.csv", ""),
            ("/exports", "/"),
            (r"\\server\share\x*", r"\\server\share\"),
            ("//server/share", "//server/share"),
            (r"\\?\C:\exports\*.csv", r"\\?\C:\"),
            ("", ""),
            ("//", "//"),
        ] {
            assert_eq!(&path[..root_bytes(path)], root, "{path}");
        }
        assert!(!is_pattern(r"\\?\C:\exports") && is_pattern(r"\\?\C:\exports\?.csv"));
    }

    #[test]
    fn what_no_person_exported_is_passed_over() {
        for name in [".git", "~$book.xlsx", "Desktop.ini", "thumbs.db"] {
            assert!(is_passed_over(name), "{name}");
        }
        assert!(!is_passed_over("~book.csv") && !is_passed_over("entries.csv"));
    }
}
