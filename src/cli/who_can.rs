//! `rolecall who-can`: every account that can run a cmdlet, and how.

use std::process::ExitCode;

use clap::Args;

use super::ask::{Asked, Cmdlet, ask};
use super::organization::{Answers, Tabled};
use crate::report::answer::Verdict;
use crate::report::who_can::Shown;

#[derive(Debug, Args)]
#[command(mut_arg("verbose", |arg| arg.help("Show the chains of every account below the table, and every name")),
    after_help = after_help![
        "rolecall who-can Set-Mailbox exports",
        "rolecall who-can 'Set-Mailbox:ForwardingAddress|ForwardingSmtpAddress' exports",
        "rolecall who-can 'New-*Export*' exports --own-mailbox",
        "rolecall who-can Set-CASMailbox exports --on alice --format csv";
        "0": "an account can run it, or certainly none can",
        "2": "wrong usage, a mistake in the policy, or an input that cannot be read",
        "3": "every answer is undecided, or nothing was answered"
    ]
)]
pub(super) struct Options {
    /// The cmdlet, perhaps with parameters: `Set-Mailbox:ForwardingAddress|ForwardingSmtpAddress`
    cmdlet: Cmdlet,
    /// Who can run it on this recipient, by any of its identities, or on `server:NAME` or `database:NAME`
    #[arg(long, value_name = "OBJECT")]
    on: Option<String>,
    #[command(flatten)]
    answers: Answers<Tabled>,
    /// Also the accounts that cannot
    #[arg(long, help_heading = "Output")]
    all: bool,
    /// Also the accounts that can on their own mailbox only, by name
    #[arg(long, help_heading = "Output")]
    own_mailbox: bool,
}

pub(super) fn run(options: &Options) -> ExitCode {
    let output = &options.answers.output;
    let asked = Asked {
        cmdlet: &options.cmdlet,
        patterns: &[],
        on: options.on.as_deref(),
        format: options.answers.format,
        style: output.style(),
        whole: output.is_verbose(),
        table: Some(Shown { own_mailbox: options.own_mailbox, all: options.all, whole: output.is_verbose() }),
        shows: |verdict| options.all || verdict != Verdict::NotGranted,
    };
    ask(&options.answers, &asked, |answers| {
        let is_undecided = |one: &Verdict| matches!(one, Verdict::Unknown | Verdict::OwnAtLeast | Verdict::PerhapsOwn);
        match answers.iter().all(is_undecided) {
            true => 3,
            false => 0,
        }
    })
}
