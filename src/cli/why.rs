//! `rolecall why`: the chain by which an account can run a cmdlet; or why not, and what came closest.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::Exports;
use super::ask::{Asking, Cmdlet, Shape, ask};
use super::organization::{Output, say_nobody};
use crate::graph::Answer;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The account, by any of its identities
    account: String,
    /// The cmdlet, perhaps with parameters: `Set-Mailbox:ForwardingAddress`
    cmdlet: Cmdlet,
    #[command(flatten)]
    exports: Exports,
    /// Whether it works on this recipient, by any of its identities
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
}

pub(super) fn run(options: &Options) -> ExitCode {
    let asking = Asking {
        exports: &options.exports,
        cmdlet: &options.cmdlet,
        pattern: &options.account,
        on: options.on.as_deref(),
        shape: match options.format {
            Format::Human => Shape::Human,
            Format::Json => Shape::Json,
        },
        quiet: options.output.quiet,
    };
    let outcome = ask(&asking, |_| true);
    if outcome.code == 0 && !outcome.matched && options.on.is_none() {
        say_nobody(std::slice::from_ref(&options.account));
    }
    let code = match (outcome.code, outcome.answers.last()) {
        (0, None | Some(Answer::Unknown)) => 3,
        (0, Some(Answer::NotGranted)) => 1,
        (code, _) => code,
    };
    options.output.write(&outcome.out, code)
}
