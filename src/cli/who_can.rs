//! `rolecall who-can`: every account that can run a cmdlet, and how.

use std::process::ExitCode;

use clap::Args;

use super::ask::{Asked, Cmdlet, ask};
use super::organization::{Answers, Tabled};
use crate::report::answer::Verdict;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The cmdlet, perhaps with parameters: `Set-Mailbox:ForwardingAddress|ForwardingSmtpAddress`
    cmdlet: Cmdlet,
    #[command(flatten)]
    answers: Answers<Tabled>,
    /// Also the accounts that cannot
    #[arg(long)]
    all: bool,
    /// Who can run it on this recipient, by any of its identities, or on `server:NAME` or `database:NAME`
    #[arg(long, value_name = "OBJECT")]
    on: Option<String>,
}

pub(super) fn run(options: &Options) -> ExitCode {
    let asked = Asked {
        cmdlet: &options.cmdlet,
        patterns: &[],
        on: options.on.as_deref(),
        format: options.answers.format,
        shows: |verdict| options.all || verdict != Verdict::NotGranted,
    };
    ask(&options.answers, &asked, |answers| {
        match answers.iter().all(|one| matches!(one, Verdict::Unknown | Verdict::PerhapsOwn)) {
            true => 3,
            false => 0,
        }
    })
}
