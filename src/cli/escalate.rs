//! `rolecall escalate`: what an account could give itself, step by step.

use std::process::ExitCode;

use clap::Args;

use super::organization::{Answers, Plain, named, nobody_yet};
use crate::accounts::Account;
use crate::graph::Escalator;
use crate::report::escalate::Escalations;

#[derive(Debug, Args)]
#[command(mut_arg("verbose", |arg| arg.help("Show every command, and the lines that each one needs")),
    after_help = after_help![
        "rolecall escalate adm-anna exports",
        "rolecall escalate '*' exports --format json";
        "0": "the accounts were found, whatever they could give themselves",
        "2": "wrong usage, a mistake in the policy, or an input that cannot be read",
        "3": "no account matches, or nothing was read"
    ]
)]
pub(super) struct Options {
    /// The account, by any of its identities; `*` and `?` are wild
    account: String,
    #[command(flatten)]
    answers: Answers<Plain>,
}

pub(super) fn run(options: &Options) -> ExitCode {
    let patterns = std::slice::from_ref(&options.account);
    let output = &options.answers.output;
    let style = output.style();
    options.answers.asking(|_| {}).each(|organization, sources, out| {
        let mut accounts = organization.accounts();
        let wanted = named(&accounts, patterns);
        let rights: Vec<_> = wanted.iter().map(|account| accounts.rights(*account)).collect();
        // What an account is said to hold by its entries alone can be handed on to nobody: no export shows the
        // assignments.
        let escalator = Escalator::new(accounts.organization());
        for (account, rights) in wanted.iter().zip(&rights) {
            let ways = if matches!(account, Account::Exported(_)) { escalator.of(rights) } else { Vec::new() };
            let graph = accounts.graph(*account);
            let escalations = Escalations { account: accounts.shown(*account), rights, ways: &ways };
            let out = out.part()?;
            match options.answers.format {
                Plain::Human => escalations.push_human(out, graph, &escalator, sources, (&style, output.is_verbose())),
                Plain::Json => escalations.push_json(out, graph, &escalator, sources),
            }
        }
        if wanted.is_empty() { Err(nobody_yet(&accounts, patterns).into()) } else { Ok(0) }
    })
}
