//! `rolecall access`: everything an account can run.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::ask::target;
use super::inputs::Exports;
use super::organization::{Asking, Output, named, nobody};
use crate::accounts::Account;
use crate::graph::RoleEntries;
use crate::report::access::{self, Access, On};

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    exports: Exports,
    /// The account, by any of its identities; `*` and `?` are wild
    #[arg(long, value_name = "A")]
    account: Vec<String>,
    /// What of it works on this recipient, by any of its identities, or on `server:NAME` or `database:NAME`
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
    Csv,
}

pub(super) fn run(options: &Options) -> ExitCode {
    let mut heading = String::new();
    if matches!(options.format, Format::Csv) {
        access::push_csv_heading(&mut heading, options.on.is_some());
    }
    let asking = Asking {
        exports: &options.exports,
        output: &options.output,
        for_people: matches!(options.format, Format::Human),
        heading: &heading,
    };
    asking.each(|organization, sources, out| {
        let mut accounts = organization.accounts();
        let wanted = named(&accounts, &options.account);
        let on = options.on.as_deref();
        let target = on.map(|name| target(accounts.organization(), name)).transpose()?;
        let on = on.zip(target.as_ref()).map(|(name, target)| On { name, target });
        let mut exported = RoleEntries::all();
        for &account in &wanted {
            let rights = accounts.rights(account);
            let graph = accounts.graph(account);
            // The entries of an asserted account are its own; those of the organization are found once for all.
            let mut own = RoleEntries::all();
            let entries = if matches!(account, Account::Exported(_)) { &mut exported } else { &mut own };
            let access = Access { on, ..Access::of(graph, accounts.shown(account).to_owned(), rights, entries) };
            match options.format {
                Format::Human => access.push_human(out, graph, sources),
                Format::Json => access.push_json(out, graph, sources),
                Format::Csv => access.push_csv(out, graph),
            }
        }
        if wanted.is_empty() { Err(nobody(&accounts, &options.account)) } else { Ok(0) }
    })
}
