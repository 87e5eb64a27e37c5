//! The root of the repository: where the paths of clients that know a checkout begin.

use std::path::{Component, Path, PathBuf};

/// The folder that a run begins in, and the nearest one above it that is a repository.
#[derive(Clone, Debug, Default)]
pub struct Root {
    here: PathBuf,
    repository: PathBuf,
}

/// Where a file is to such a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// Below the root: `exports/members.csv`.
    Inside(String),
    /// Somewhere else: `/srv/exports/members.csv`, `C:/exports/members.csv`.
    Outside(String),
}

impl Root {
    /// The root of a run that begins in `here`, an absolute path, where `repository` is what holds it all.
    #[must_use]
    pub fn new(here: &Path, repository: &Path) -> Self {
        Self { here: plain(here), repository: plain(repository) }
    }

    /// Where a file is, by its path as reports show it.
    pub(super) fn see(&self, path: &str) -> Seen {
        let whole = plain(&self.here.join(path));
        match whole.strip_prefix(&self.repository) {
            Ok(below) if below != Path::new("") => Seen::Inside(slashed(below)),
            _ => Seen::Outside(slashed(&whole)),
        }
    }
}

impl Seen {
    /// The path, with `/` between.
    pub(super) fn path(&self) -> &str {
        match self {
            Self::Inside(path) | Self::Outside(path) => path,
        }
    }
}

/// The path without `.` and `..`; a link among its folders is not followed.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

/// The path with `/` between, whatever the system writes.
fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace(std::path::MAIN_SEPARATOR, "/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_counts_from_the_root_of_the_repository_or_is_whole() {
        let root = Root::new(Path::new("/home/ada/rbac/emea"), Path::new("/home/ada/rbac"));
        let inside = |text: &str| Seen::Inside(text.to_owned());
        assert_eq!(root.see("exports/a.csv"), inside("emea/exports/a.csv"));
        assert_eq!(root.see("./exports/../a.csv"), inside("emea/a.csv"));
        assert_eq!(root.see("../a.csv"), inside("a.csv"));
        assert_eq!(root.see("/home/ada/rbac/a.csv"), inside("a.csv"));
        assert_eq!(root.see("../../a.csv"), Seen::Outside("/home/ada/a.csv".to_owned()));
        assert_eq!(root.see("/srv/a.csv"), Seen::Outside("/srv/a.csv".to_owned()));
    }
}
