//! `rolecall why`: the chain by which an account can run a cmdlet; or why not, and what came closest.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::ask::{Asked, Cmdlet, Shape, ask};
use super::inputs::Exports;
use super::organization::Output;
use crate::graph::Answer;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The account, by any of its identities
    account: String,
    /// The cmdlet, perhaps with parameters: `Set-Mailbox:ForwardingAddress`
    cmdlet: Cmdlet,
    #[command(flatten)]
    exports: Exports,
    /// Whether it works on this recipient, by any of its identities, or on `server:NAME` or `database:NAME`
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
}

pub(super) fn run(options: &Options) -> ExitCode {
    let shape = match options.format {
        Format::Human => Shape::Human,
        Format::Json => Shape::Json,
    };
    let asked = Asked {
        cmdlet: &options.cmdlet,
        patterns: std::slice::from_ref(&options.account),
        on: options.on.as_deref(),
        shape,
        shows: |_| true,
    };
    let code = |answer: &Answer| match answer {
        Answer::Granted | Answer::Merged => 0,
        Answer::NotGranted => 1,
        Answer::Unknown => 3,
    };
    ask(&options.exports, &options.output, &asked, |answers| answers.iter().map(code).max().unwrap_or(0))
}
