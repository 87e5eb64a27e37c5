//! `rolecall who-can`: every account that can run a cmdlet, and how.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::ask::{Asked, Cmdlet, Shape, ask};
use super::inputs::Exports;
use super::organization::Output;
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
    /// Who can run it on this recipient, by any of its identities, or on `server:NAME` or `database:NAME`
    #[arg(long, value_name = "OBJECT")]
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
    let shape = match options.format {
        Format::Human => Shape::Human,
        Format::Json => Shape::Json,
        Format::Csv => Shape::Csv,
    };
    let asked = Asked {
        cmdlet: &options.cmdlet,
        patterns: &[],
        on: options.on.as_deref(),
        shape,
        shows: |answer| options.all || answer != Answer::NotGranted,
    };
    ask(&options.exports, &options.output, &asked, |answers| match answers.iter().all(|one| *one == Answer::Unknown) {
        true => 3,
        false => 0,
    })
}
