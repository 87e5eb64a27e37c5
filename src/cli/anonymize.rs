//! `rolecall anonymize`: the exports with other names, to send to somebody who is to find out what goes wrong.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::output::{replace, unwritten};
use crate::anonymize::Anonymizer;
use crate::paths::identity;
use crate::read::{self, Input, Walked};
use crate::report::escape::visible;
use crate::source::{Contents, Encoding, FileId, SourceFile, to_u32};

#[derive(Debug, Args)]
#[command(after_help = after_help![
        "rolecall anonymize exports rolecall.toml --output anonymous";
        "0": "all files were written",
        "2": "wrong usage, or a file that cannot be read or written"
    ]
)]
pub(super) struct Options {
    /// Files or folders of exports, and the policy that belongs to them
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<String>,
    /// The folder to write to: a new one, or an empty one
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
}

pub(super) fn run(options: &Options) -> ExitCode {
    match anonymize(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}

fn anonymize(options: &Options) -> Result<(), String> {
    let Walked { given, inputs } = read::walk(&options.paths);
    let (folder, shown) = (&options.output, options.output.to_string_lossy());
    if folder.exists() && fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(format!("`{}` is not empty: name a folder that is, or a new one", visible(&shown)));
    }
    let opened = inputs.into_iter().map(|input| open(input, &given)).collect::<Result<Vec<_>, String>>()?;
    let bytes: Vec<&[u8]> = opened.iter().map(|(_, contents)| contents.bytes()).collect();
    let mut files = Vec::new();
    for (index, (path, contents)) in opened.iter().enumerate() {
        let file = SourceFile::decode(FileId(to_u32(index)), path.clone(), contents.bytes());
        files.push(file.map_err(|_| format!("`{}` holds more than four gibibytes of text", visible(path)))?);
    }
    let mut anonymizer = Anonymizer::of(&files, &bytes);
    let mut written = BTreeSet::new();
    for (file, bytes) in files.iter().zip(&bytes) {
        if file.encoding == Encoding::Binary {
            eprintln!("note: `{}` is no text, and was left out", visible(&file.path));
            continue;
        }
        let text = anonymizer.text(file.text());
        let path = folder.join(anonymizer.text(&file.path));
        if !written.insert(path.clone()) {
            return Err(format!(
                "two files would become `{}`: anonymize them one by one",
                visible(&path.to_string_lossy())
            ));
        }
        let made = path.parent().map_or(Ok(()), fs::create_dir_all);
        made.and_then(|()| replace(&path, &encoded(&text, file.encoding, bytes)))
            .map_err(|error| unwritten(&path, &error))?;
        eprintln!("wrote `{}`", visible(&path.to_string_lossy()));
    }
    if written.is_empty() { Err("nothing was written: no file holds text".to_owned()) } else { Ok(()) }
}

/// Opens an input. Its path is the one below the folder that was given.
fn open(input: Input, given: &[String]) -> Result<(String, Contents), String> {
    let unread = |error: std::io::Error| format!("`{}` cannot be read: {error}", visible(&input.shown));
    let Some(path) = &input.path else { return Err("standard input has no name: write it to a file first".to_owned()) };
    if let Some(error) = input.error {
        return Err(unread(error));
    }
    let contents = Contents::open(path).map_err(unread)?;
    let below = path.strip_prefix(&given[input.given]).ok().filter(|below| !below.as_os_str().is_empty());
    let name = || identity(path).file_name().map(PathBuf::from).unwrap_or_default();
    let relative = below.map_or_else(name, Path::to_path_buf);
    Ok((crate::paths::shown(&relative), contents))
}

/// The text in the encoding of the old file, where that is UTF-8 or UTF-16; else in UTF-8.
fn encoded(text: &str, encoding: Encoding, old: &[u8]) -> Vec<u8> {
    const MARK: char = '\u{feff}';
    let marked = [&b"\xEF\xBB\xBF"[..], b"\xFF\xFE", b"\xFE\xFF"].iter().any(|mark| old.starts_with(mark));
    let text = if marked { format!("{MARK}{text}") } else { text.to_owned() };
    match encoding {
        Encoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Encoding::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        _ => text.into_bytes(),
    }
}
