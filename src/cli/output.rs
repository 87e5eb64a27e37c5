//! Where reports go: to standard output, or to a file that is written whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, StdoutLock, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use crate::paths::identity;
use crate::policy::FILE_NAME;
use crate::report::escape::visible;
use crate::report::stream::Stream;

/// Where a report goes.
#[derive(Debug, Default, Args)]
pub(super) struct Destination {
    /// Write the report to FILE
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Destination {
    /// Whether the report goes to standard output.
    pub(super) const fn is_stdout(&self) -> bool {
        self.output.is_none()
    }

    /// Says that FILE is one of the files that the run reads, given by their identities: the report would replace it.
    ///
    /// Errors: 2.
    pub(super) fn refuse(&self, read: &[PathBuf]) -> Result<(), u8> {
        match &self.output {
            Some(path) if read.contains(&identity(path)) => {
                let path = path.to_string_lossy();
                eprintln!("error: `{}` is read by this run: write the report to another file", visible(&path));
                Err(2)
            }
            _ => Ok(()),
        }
    }

    /// Writes a report; the exit code is 2 where that fails.
    pub(super) fn write(&self, report: &str, code: u8) -> ExitCode {
        let written = self.open().and_then(|mut out| {
            out.write_all(report.as_bytes())?;
            out.finish()
        });
        self.end(written, code)
    }

    /// Starts a report that is written as it is made; never over a policy, also where the command reads none.
    pub(super) fn open(&self) -> io::Result<Out> {
        match &self.output {
            None => Ok(Out::Stdout(io::stdout().lock())),
            Some(path) if path.is_file() && path.file_name().is_some_and(|name| name == FILE_NAME) => {
                Err(io::Error::other("it is a policy: write the report to another file"))
            }
            Some(path) => Draft::of(path).map(Out::File),
        }
    }

    /// The exit code after writing: 2 where that failed, and that is said. A reader that stops is no error.
    pub(super) fn end(&self, written: io::Result<()>, code: u8) -> ExitCode {
        match (written, &self.output) {
            (Ok(()), _) => ExitCode::from(code),
            (Err(error), None) if error.kind() == ErrorKind::BrokenPipe => ExitCode::from(code),
            (Err(error), None) => {
                eprintln!("error: the report cannot be written: {error}");
                ExitCode::from(2)
            }
            (Err(error), Some(path)) => {
                eprintln!("error: {}", unwritten(path, &error));
                ExitCode::from(2)
            }
        }
    }
}

/// Prints a report.
pub(super) fn print(report: &str) -> ExitCode {
    Destination::default().write(report, 0)
}

/// Says that a file cannot be written.
pub(super) fn unwritten(path: &Path, error: &io::Error) -> String {
    let was = if path.is_file() { "; what was there is as it was" } else { "" };
    format!("`{}` cannot be written: {error}{was}", visible(&path.to_string_lossy()))
}

/// A report that is written as it is made.
pub(super) type Writing = Stream<Out>;

/// Where a report goes that is begun.
pub(super) enum Out {
    Stdout(StdoutLock<'static>),
    File(Draft),
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(out) => out.write(bytes),
            Self::File(draft) => draft.file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(out) => out.flush(),
            Self::File(draft) => draft.file.flush(),
        }
    }
}

impl Out {
    /// Ends the report: only now does a file hold it.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        match self {
            Self::Stdout(_) => Ok(()),
            Self::File(draft) => draft.finish(),
        }
    }
}

/// A file that takes the place of another when it is whole.
pub(super) struct Draft {
    file: File,
    /// Where it is written and where it goes; none where it goes there at once: to a device or a pipe.
    places: Option<(PathBuf, PathBuf)>,
}

impl Draft {
    fn of(path: &Path) -> io::Result<Self> {
        // What a link leads to is written, and the link stays.
        let target = identity(path);
        let old = fs::metadata(&target);
        if old.as_ref().is_ok_and(|old| !old.is_file()) {
            return Ok(Self { file: OpenOptions::new().write(true).open(&target)?, places: None });
        }
        let name = target.file_name().ok_or_else(|| io::Error::other("it is no file"))?.to_string_lossy().into_owned();
        // A run that was killed may have left its draft.
        let drafts = (0..).map(|number| target.with_file_name(format!(".{name}.draft{number}")));
        for draft in drafts {
            match OpenOptions::new().write(true).create_new(true).open(&draft) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
                Ok(file) => {
                    let draft = Self { file, places: Some((draft, target)) };
                    if let Ok(old) = old {
                        draft.file.set_permissions(old.permissions())?;
                    }
                    return Ok(draft);
                }
            }
        }
        Err(io::Error::other("there is no name for a draft"))
    }

    /// Puts the file in its place. It is on the disk before the other is gone.
    fn finish(mut self) -> io::Result<()> {
        let Some((draft, target)) = &self.places else { return Ok(()) };
        self.file.sync_all()?;
        fs::rename(draft, target)?;
        // That the rename is on the disk, too, cannot be asked for on every system.
        let _ = File::open(target.parent().unwrap_or(target)).and_then(|folder| folder.sync_all());
        self.places = None;
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if let Some((draft, _)) = &self.places {
            let _ = fs::remove_file(draft);
        }
    }
}

/// Writes a file in the place of another, which stays whole where that fails.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut draft = Draft::of(path)?;
    draft.file.write_all(bytes)?;
    draft.finish()
}
