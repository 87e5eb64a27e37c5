//! `rolecall init`: a commented policy to start from.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::process::ExitCode;

use super::output::replace;
use crate::policy::FILE_NAME;

/// What is written: as it stands, it takes the pack `exchange-baseline` and nothing else.
const START: &str = include_str!("init.toml");

/// The schema that the first line of the start names, for editors. It lies beside, so that nothing is ever downloaded.
const SCHEMA: (&str, &str) = ("rolecall.schema.json", include_str!("../../docs/schemas/policy.schema.json"));

pub(super) fn run() -> ExitCode {
    for (name, text) in [(FILE_NAME, START), SCHEMA] {
        if let Err(error) = write(name, text) {
            let why = match error.kind() {
                ErrorKind::AlreadyExists => "it is there already".to_owned(),
                _ => error.to_string(),
            };
            eprintln!("error: `{name}` cannot be written: {why}");
            return ExitCode::from(2);
        }
    }
    eprintln!("wrote `{FILE_NAME}`; put exports into `exports` and run `rolecall check`");
    ExitCode::SUCCESS
}

/// Writes a file that is not there. It is made and not opened, so that nothing is ever lost.
fn write(name: &str, text: &str) -> io::Result<()> {
    let path = Path::new(name);
    drop(File::create_new(path)?);
    replace(path, text.as_bytes()).inspect_err(|_| {
        let _ = fs::remove_file(path);
    })
}
