//! Which policy applies to a run, and what it says of the exports: which to read, and what to take for granted.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Report, Severity};
use crate::policy::{self, Files, PACKS, Policy, closest, find};
use crate::report::escape::visible;
use crate::report::{Root, Style, concise};
use crate::rules;
use crate::source::Sources;

/// The policy of a run.
#[derive(Debug)]
pub(super) struct Applied {
    /// Its files; none where no policy was named or found.
    pub(super) files: Option<Files>,
    /// What it says. Its places are right for sources that hold the files of the policy alone.
    pub(super) policy: Policy,
    /// Whether it was found in a folder above the current one.
    is_above: bool,
}

impl Applied {
    /// The policy that is named, or else the nearest `rolecall.toml` above the current folder.
    ///
    /// Errors: 2 where it cannot be read, and that is said on standard error.
    pub(super) fn of(named: Option<&str>) -> Result<Self, u8> {
        let found = match named {
            Some(named) => Some(named.to_owned()),
            None => std::env::current_dir().ok().and_then(|folder| find(&folder)),
        };
        let is_above = named.is_none() && found.as_ref().is_some_and(|found| found != policy::FILE_NAME);
        let files = found.map(|given| open(&given)).transpose()?;
        let policy =
            files.as_ref().map(|files| files.read(&mut Sources::default(), &rules::names(), &mut Report::default()));
        Ok(Self { files, policy: policy.unwrap_or_default(), is_above })
    }

    /// Where the baseline of the policy stands: beside its first file. A pack has none.
    pub(super) fn baseline(&self) -> Option<PathBuf> {
        Some(Path::new(self.files.as_ref()?.editable().next()?).with_extension("baseline"))
    }

    /// The files of the policy and its baseline.
    pub(super) fn aside(&self) -> Vec<PathBuf> {
        let files = self.files.iter().flat_map(Files::shown).map(PathBuf::from);
        files.chain(self.baseline()).collect()
    }

    /// Says the mistakes of the policy on standard error; 2 where there is one, else 0.
    pub(super) fn say_mistakes(&self) -> u8 {
        let Some(files) = &self.files else { return 0 };
        let (mut sources, mut report) = (Sources::default(), Report::default());
        files.read(&mut sources, &rules::names(), &mut report);
        report.sort();
        let mut said = String::new();
        for diagnostic in &report.diagnostics {
            concise::push_line(&mut said, &sources, diagnostic, &Style::default());
        }
        eprint!("{said}");
        u8::from(report.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)) * 2
    }

    /// What a reader must know of the policy, a line for each: that it was found in a folder above, and what it takes for
    /// granted.
    pub(super) fn notes(&self) -> Vec<String> {
        let file = self.files.as_ref().and_then(|files| files.shown().next()).unwrap_or_default();
        let above = self.is_above.then(|| format!("the policy is `{file}`, which lies above this folder"));
        let assumed = self.policy.exports.assume.iter();
        let assumed = assumed
            .map(|(word, _)| format!("`{word}` is taken for granted where a column is missing, as `{file}` says"));
        above.into_iter().chain(assumed).collect()
    }

    /// Says on standard error which files apply.
    pub(super) fn say_files(&self) {
        let Some(files) = &self.files else {
            eprintln!("no policy applies: there is no `{}` in this folder or above", policy::FILE_NAME);
            return;
        };
        let mut shown = files.shown();
        eprintln!("the policy is `{}`", visible(shown.next().unwrap_or_default()));
        shown.for_each(|other| eprintln!("it extends `{}`", visible(other)));
    }
}

/// Opens a pack or a policy file.
///
/// Errors: 2 where it cannot be read, and that is said on standard error.
pub(super) fn open(given: &str) -> Result<Files, u8> {
    Files::open(given).map_err(|error| {
        let near = closest(given, PACKS.iter().map(|pack| pack.name));
        let hint = near.map(|name| format!("; did you mean the pack `{name}`?")).unwrap_or_default();
        let given = visible(given);
        match error.kind() {
            ErrorKind::NotFound => eprintln!("error: there is neither a pack nor a policy file `{given}`{hint}"),
            _ => eprintln!("error: `{given}` is no pack, and cannot be read as a policy: {error}{hint}"),
        }
        2
    })
}

/// Where paths begin for clients that know a checkout: the nearest folder above that holds `.git`, else this one.
pub(super) fn root() -> Root {
    let here = std::env::current_dir().unwrap_or_default();
    let repository = here.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(&here);
    Root::new(&here, repository)
}
