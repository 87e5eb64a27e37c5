//! `rolecall who-can`: every account that can run a cmdlet, and how.

use std::process::ExitCode;

use clap::Args;

use super::Exports;
use super::ask::{Cmdlet, Format, ask};
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
    /// The output format
    #[arg(long, default_value = "human")]
    format: Format,
}

pub(super) fn run(options: &Options) -> ExitCode {
    let show = |answer| options.all || answer != Answer::NotGranted;
    let outcome = ask(&options.exports, &options.cmdlet, "*", options.format, show);
    if outcome.code == 0 && !outcome.matched {
        eprintln!("no export shows an account, so nothing was answered");
        return ExitCode::from(3);
    }
    ExitCode::from(outcome.code)
}
