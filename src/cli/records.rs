//! `rolecall records`: any PowerShell export as clean JSON Lines.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::inputs::Exports;
use super::output::{Out, Output, Writing};
use super::say_useless;
use crate::diagnostic::{Report, noticed};
use crate::exports::{Disk, Place, Useless};
use crate::paths::identity;
use crate::read::{self, Input, Ledger, Sink, Walked};
use crate::report::escape::visible;
use crate::report::records::Lines;
use crate::report::{Style, concise};
use crate::rules;
use crate::source::{Changed, Contents, FileId, SourceFile};

#[derive(Debug, Args)]
#[command(mut_arg("verbose", |arg| arg.help("Also say on standard error what became of each line")),
    after_help = after_help![
        "rolecall records exports",
        "rolecall records - < console.txt";
        "0": "everything was read",
        "2": "wrong usage, or an input that cannot be read",
        "3": "no PATH was named"
    ]
)]
pub(super) struct Options {
    #[command(flatten)]
    exports: Exports,
    /// The output format
    #[arg(long, default_value = "json", help_heading = "Output")]
    format: Format,
    #[command(flatten)]
    output: Output,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Json,
}

pub(super) fn run(options: &Options) -> ExitCode {
    let Format::Json = options.format;
    let Walked { given, inputs } = read::walk(&options.exports.paths);
    let policy = options.exports.policy.iter().map(|policy| identity(Path::new(policy)));
    let real: Vec<PathBuf> = inputs.iter().map(|input| input.real.clone()).chain(policy).collect();
    if let Err(code) = options.output.refuse(&real) {
        return ExitCode::from(code);
    }
    let mut out = match options.output.open() {
        Ok(out) => Writing::new(out, String::new()),
        Err(error) => return options.output.end(Err(error), 0),
    };
    // Of each path whether it could be read, and how many records it holds; `None` where another path gave its files.
    let mut found: Vec<Option<(bool, u64)>> = vec![None; given.len()];
    for (index, mut input) in inputs.into_iter().enumerate() {
        let id = FileId(crate::source::to_u32(index));
        let (readable, records) = found[input.given].get_or_insert((false, 0));
        let opened = input.error.take().map_or_else(|| Disk.open(&input), Err);
        let read = match &opened {
            Ok(contents) => match print(contents, id, &input, options.output.is_verbose(), &mut out) {
                Err(error) => return options.output.end(Err(error), 0),
                Ok(_) if !contents.is_as_opened() => Err(Changed.to_string()),
                Ok(count) => Ok(count),
            },
            Err(error) => Err(error.to_string()),
        };
        match read {
            Ok(count) => (*readable, *records) = (true, *records + count),
            Err(why) => {
                let rule =
                    if why == Changed.to_string() { noticed::CHANGED_WHILE_READ } else { noticed::UNREADABLE_INPUT };
                eprintln!("error[{}]: `{}` cannot be read: {why}", rule.name, visible(&input.shown));
            }
        }
    }
    let in_vain = given.iter().zip(&found).filter_map(|(path, found)| match found {
        Some((readable, 0)) => Some(Useless { path: path.clone(), readable: *readable }),
        _ => None,
    });
    let useless: Vec<Useless> = in_vain.collect();
    say_useless(&useless);
    let code = match (useless.is_empty(), given.is_empty()) {
        (false, _) => 2,
        (true, false) => 0,
        (true, true) => {
            eprintln!("nothing was read: name a file or a folder, or `-` for standard input");
            3
        }
    };
    options.output.end(out.finish().and_then(Out::finish), code)
}

/// Prints the records of one file and counts them.
fn print(contents: &Contents, id: FileId, input: &Input, verbose: bool, out: &mut Writing) -> io::Result<u64> {
    let Ok(file) = SourceFile::decode(id, input.shown.clone(), contents.bytes()) else {
        eprintln!("error[unreadable-input]: `{}` holds more than four gibibytes of text", visible(&input.shown));
        return Ok(0);
    };
    let mut report = Report::default();
    let mut ledger = Ledger::default();
    let mut printer = Lines::new(&file);
    let mut written = Ok(());
    let mut on_record = |record: &crate::record::Record<'_>| {
        if written.is_ok() {
            written = out.part().map(|lines| printer.push(lines, record));
        }
    };
    let mut sink = Sink::new(&mut report, &mut on_record);
    if verbose {
        sink = sink.with_ledger(&mut ledger);
    }
    read::read(&file, &mut sink);
    let records = sink.records;
    let done = written.and_then(|()| out.flush());
    let mut said = String::new();
    for notice in report.notices() {
        let diagnostic = rules::doctor::noticed::diagnostic(notice, &file);
        concise::push_line_in(&mut said, Some(&file), &diagnostic, &Style::default());
    }
    eprint!("{said}");
    if verbose {
        eprintln!("{}: {:?}", visible(&file.path), ledger.balance(&file));
    }
    done.map(|()| records)
}
