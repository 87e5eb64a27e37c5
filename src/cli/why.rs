//! `rolecall why`: the chain by which an account can run a cmdlet; or why not, and what came closest.

use std::process::ExitCode;

use clap::Args;

use super::Exports;
use super::ask::{Cmdlet, Format, ask};
use crate::graph::Answer;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The account, by any of its identities
    account: String,
    /// The cmdlet, perhaps with parameters: `Set-Mailbox:ForwardingAddress`
    cmdlet: Cmdlet,
    #[command(flatten)]
    exports: Exports,
    /// The output format
    #[arg(long, default_value = "human")]
    format: Format,
}

pub(super) fn run(options: &Options) -> ExitCode {
    let outcome = ask(&options.exports, &options.cmdlet, &options.account, options.format, |_| true);
    if outcome.code == 0 && !outcome.matched {
        eprintln!("no account matches `{}`, so nothing was answered", crate::report::escape::visible(&options.account));
    }
    ExitCode::from(match (outcome.code, outcome.answers.last()) {
        (0, None | Some(Answer::Unknown)) => 3,
        (0, Some(Answer::NotGranted)) => 1,
        (code, _) => code,
    })
}
