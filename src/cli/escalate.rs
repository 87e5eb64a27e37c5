//! `rolecall escalate`: what an account could give itself, step by step.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::inputs::Exports;
use super::organization::{Asking, Output, named, nobody};
use crate::accounts::Account;
use crate::graph::Escalator;
use crate::report::escalate::Escalations;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The account, by any of its identities; `*` and `?` are wild
    account: String,
    #[command(flatten)]
    exports: Exports,
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
        output: &options.output,
        for_people: matches!(options.format, Format::Human),
        heading: "",
    };
    let patterns = std::slice::from_ref(&options.account);
    asking.each(|organization, sources, out| {
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
            match options.format {
                Format::Human => escalations.push_human(out, graph, &escalator, sources),
                Format::Json => escalations.push_json(out, graph, &escalator, sources),
            }
        }
        if wanted.is_empty() { Err(nobody(&accounts, patterns)) } else { Ok(0) }
    })
}
