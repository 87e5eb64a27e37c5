//! `rolecall who-can`: every account that can run a cmdlet, and how.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::Exports;
use super::ask::{Asking, Cmdlet, Shape, ask};
use super::organization::{Output, say_nobody};
use crate::graph::Answer;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The cmdlet, perhaps with parameters: `Set-Mailbox:ForwardingAddress|ForwardingSmtpAddress`
    cmdlet: Cmdlet,
    #[command(flatten)]
    exports: Exports,
    /// Also the accounts that cannot
    #[arg(long)]
    all: bool,
    /// Who can run it on this recipient, by any of its identities
    #[arg(long, value_name = "RECIPIENT")]
    on: Option<String>,
    /// The output format
    #[arg(long, default_value = "human")]
    format: Format,
    #[command(flatten)]
    output: Output,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Human,
    Json,
    Csv,
}

pub(super) fn run(options: &Options) -> ExitCode {
    let asking = Asking {
        exports: &options.exports,
        cmdlet: &options.cmdlet,
        pattern: "*",
        on: options.on.as_deref(),
        shape: match options.format {
            Format::Human => Shape::Human,
            Format::Json => Shape::Json,
            Format::Csv => Shape::Csv,
        },
        quiet: options.output.quiet,
    };
    let show = |answer| options.all || answer != Answer::NotGranted;
    let outcome = ask(&asking, show);
    let nobody = outcome.code == 0 && !outcome.matched;
    if nobody && options.on.is_none() {
        say_nobody(&[]);
    }
    options.output.write(&outcome.out, if nobody { 3 } else { outcome.code })
}
