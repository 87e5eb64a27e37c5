//! `rolecall escalate`: what an account could give itself, step by step.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::Exports;
use super::organization::{Organization, Output, named, say_nobody};
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
    let inputs = match options.exports.open() {
        Ok(inputs) => inputs,
        Err(code) => return ExitCode::from(code),
    };
    let organization = Organization::read(&inputs, options.output.quiet);
    let mut accounts = organization.accounts();
    let wanted = named(&accounts, std::slice::from_ref(&options.account));
    let rights: Vec<_> = wanted.iter().map(|account| accounts.rights(*account)).collect();
    // What an account is said to hold by its entries alone can be handed on to nobody: no export shows the assignments.
    let escalator = Escalator::new(accounts.organization());
    let mut out = String::new();
    for (account, rights) in wanted.iter().zip(&rights) {
        let ways = if matches!(account, Account::Exported(_)) { escalator.of(rights) } else { Vec::new() };
        let graph = accounts.graph(*account);
        let escalations = Escalations { account: accounts.shown(*account), rights, ways: &ways };
        match options.format {
            Format::Human => escalations.push_human(&mut out, graph, &escalator, &organization.sources),
            Format::Json => escalations.push_json(&mut out, graph, &escalator, &organization.sources),
        }
    }
    let nobody = organization.code == 0 && wanted.is_empty();
    if nobody {
        say_nobody(std::slice::from_ref(&options.account));
    }
    options.output.write(&out, if nobody { 3 } else { organization.code })
}
