//! `rolecall why`: the chain by which an account can run a cmdlet; or why not, and what came closest.

use std::process::ExitCode;

use clap::Args;

use super::ask::{Asked, Cmdlet, ask};
use super::organization::{Answers, Plain};
use crate::report::answer::Verdict;

#[derive(Debug, Args)]
#[command(mut_arg("verbose", |arg| arg.help("Show the lines of every path, and every path")),
    after_help = after_help![
        "rolecall why svc-intune Set-CASMailbox exports",
        "rolecall why svc-intune Set-Mailbox:ForwardingAddress exports",
        "rolecall why alice Set-Mailbox exports --on bo";
        "0": "it can",
        "1": "it cannot, or on its own mailbox only",
        "2": "wrong usage, a mistake in the policy, or an input that cannot be read",
        "3": "undecided, or nothing was answered"
    ]
)]
pub(super) struct Options {
    /// The account, by any of its identities
    account: String,
    /// The cmdlet, perhaps with parameters: `Set-Mailbox:ForwardingAddress`
    cmdlet: Cmdlet,
    /// Whether it works on this recipient, by any of its identities, or on `server:NAME` or `database:NAME`
    #[arg(long, value_name = "OBJECT")]
    on: Option<String>,
    #[command(flatten)]
    answers: Answers<Plain>,
}

pub(super) fn run(options: &Options) -> ExitCode {
    let asked = Asked {
        cmdlet: &options.cmdlet,
        patterns: std::slice::from_ref(&options.account),
        on: options.on.as_deref(),
        format: options.answers.format.into(),
        style: options.answers.output.style(),
        whole: options.answers.output.is_verbose(),
        table: None,
        shows: |_| true,
    };
    let code = |verdict: &Verdict| match verdict {
        Verdict::Granted | Verdict::Merged => 0,
        Verdict::OwnMailbox | Verdict::NotGranted => 1,
        Verdict::PerhapsOwn | Verdict::OwnAtLeast | Verdict::Unknown => 3,
    };
    ask(&options.answers, &asked, |answers| answers.iter().map(code).max().unwrap_or(0))
}
