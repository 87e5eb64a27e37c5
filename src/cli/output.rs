//! What every report takes: where it goes, to standard output or to a file that is written whole or not at all; how it
//! looks; and how much is said.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, IsTerminal, Stdout, StdoutLock, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::paths::identity;
use crate::policy::FILE_NAME;
use crate::report::Style;
use crate::report::escape::visible;
use crate::report::stream::Stream;

/// What every command takes that prints a report.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct Output {
    /// Write the report to FILE
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Say nothing on standard error but what makes the run fail
    #[arg(short, long)]
    quiet: bool,
    /// Leave nothing out; this report leaves nothing out anyway
    #[arg(short, long)]
    verbose: bool,
    /// Colours in the report; `auto`: where a terminal shows it and NO_COLOR is not set
    #[arg(long, default_value = "auto", value_name = "WHEN")]
    color: Color,
    /// How wide the report for people is: as wide as the terminal, else 100
    #[arg(long, value_name = "COLUMNS")]
    width: Option<usize>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

/// How wide what is printed may be: as wide as the terminal where one shows it.
pub(super) fn width() -> usize {
    let terminal = Some(io::stdout()).filter(IsTerminal::is_terminal);
    terminal.and_then(columns).unwrap_or(Style::default().width)
}

fn columns(terminal: Stdout) -> Option<usize> {
    terminal_size::terminal_size_of(terminal).map(|(width, _)| usize::from(width.0))
}

impl Output {
    /// Whether nothing is said but what makes the run fail.
    pub(super) const fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether nothing is left out.
    pub(super) const fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// How the report looks.
    pub(super) fn style(&self) -> Style {
        let terminal = Some(io::stdout()).filter(|stdout| self.output.is_none() && stdout.is_terminal());
        let color = match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
                // The older console of Windows obeys colours once it is told to.
                let obeys = || anstyle_query::windows::enable_ansi_colors().unwrap_or(true);
                wanted && terminal.is_some() && obeys()
            }
        };
        let of_terminal = || columns(terminal?);
        Style { color, width: self.width.or_else(of_terminal).unwrap_or(Style::default().width) }
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
    Output::default().write(report, 0)
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
