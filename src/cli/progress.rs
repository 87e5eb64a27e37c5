//! A line on a terminal that says how far reading is, where it takes longer than a second.

use std::io::{IsTerminal, Write, stderr};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use clap::ValueEnum;

use crate::exports::{self, Loaded, Opened, Share};

/// When it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Progress {
    /// On a terminal, where reading takes longer than a second
    Auto,
    /// Never
    Never,
}

/// How long reading may take without a word, and how often the line is written anew.
const SILENT: Duration = Duration::from_secs(1);
const ANEW: Duration = Duration::from_millis(100);

/// Reads the inputs.
pub(super) fn load(opened: &Opened, progress: Progress) -> Loaded<'_> {
    if progress == Progress::Never || !stderr().is_terminal() {
        return exports::load(opened);
    }
    let (reading, end) = channel();
    std::thread::scope(|scope| {
        scope.spawn(move || show(opened, &end));
        let loaded = exports::load(opened);
        // Hanging up tells the line to go.
        drop(reading);
        loaded
    })
}

fn show(opened: &Opened, end: &Receiver<()>) {
    let (mut wait, mut width, mut turn) = (SILENT, 0, 0);
    while end.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
        let line = line(&opened.share(), turn);
        // No terminal takes it amiss that a line of nothing but ASCII is written over another of its width.
        let _ = write!(stderr(), "\r{line:width$}").and_then(|()| stderr().flush());
        (wait, width, turn) = (ANEW, line.len(), turn + 1);
    }
    if width > 0 {
        let _ = write!(stderr(), "\r{:width$}\r", "").and_then(|()| stderr().flush());
    }
}

/// `reading: 3 of 11 files, 45 of 120 MB [########----------] |`
fn line(share: &Share, turn: usize) -> String {
    const LENGTH: u64 = 24;
    const MEGABYTE: u64 = 1_000_000;
    let Share { files, files_all, bytes, bytes_all } = share;
    let filled = (bytes * LENGTH / (*bytes_all).max(1)).min(LENGTH);
    let bar: String = (0..LENGTH).map(|at| if at < filled { '#' } else { '-' }).collect();
    let sign = ['|', '/', '-', '\\'][turn % 4];
    let (bytes, all) = (bytes / MEGABYTE, bytes_all.div_ceil(MEGABYTE));
    format!("reading: {files} of {files_all} files, {bytes} of {all} MB [{bar}] {sign}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_far_reading_is() {
        let share = Share { files: 3, files_all: 11, bytes: 60_000_000, bytes_all: 120_500_000 };
        assert_eq!(line(&share, 0), "reading: 3 of 11 files, 60 of 121 MB [###########-------------] |");
        let none = Share { files: 0, files_all: 1, bytes: 0, bytes_all: 0 };
        assert_eq!(line(&none, 3), "reading: 0 of 1 files, 0 of 0 MB [------------------------] \\");
    }
}
