//! `rolecall access`: everything an account can run.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::{Exports, print, say_what_reading_noticed};
use crate::accounts::{Account, Accounts};
use crate::exports;
use crate::graph::RoleEntries;
use crate::inventory::Inventory;
use crate::name::fold;
use crate::report::access::Access;

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    exports: Exports,
    /// The account, by any of its identities; `*` and `?` are wild
    #[arg(long, value_name = "A")]
    account: Vec<String>,
    /// The output format
    #[arg(long, default_value = "human")]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Human,
    Json,
}

pub(super) fn run(options: &Options) -> ExitCode {
    let opened = options.exports.open();
    let loaded = exports::load(&opened);
    let code = say_what_reading_noticed(&loaded);
    let organization = Inventory::of(loaded.organization);
    let asserted: Vec<(String, Inventory)> =
        loaded.asserted.into_iter().map(|(account, facts)| (account, Inventory::of(facts))).collect();
    let mut accounts = Accounts::new(&organization, &asserted, options.exports.assumptions());
    let wanted = wanted_accounts(&accounts, &options.account);
    let mut out = String::new();
    let mut exported = RoleEntries::all();
    for &account in &wanted {
        let rights = accounts.rights(account);
        let graph = accounts.graph(account);
        // The entries of an asserted account are its own; those of the organization are found once for all.
        let mut own = RoleEntries::all();
        let entries = if matches!(account, Account::Exported(_)) { &mut exported } else { &mut own };
        let access = Access::of(graph, accounts.shown(account).to_owned(), rights, entries);
        match options.format {
            Format::Human => access.push_human(&mut out, graph, &loaded.sources),
            Format::Json => access.push_json(&mut out, graph, &loaded.sources),
        }
    }
    print(&out);
    match code {
        0 if wanted.is_empty() => {
            eprintln!("no account matches, so nothing was answered");
            ExitCode::from(3)
        }
        code => ExitCode::from(code),
    }
}

/// The accounts that any of the patterns names; all where none is given.
fn wanted_accounts(accounts: &Accounts<'_>, patterns: &[String]) -> Vec<Account> {
    if patterns.is_empty() {
        return accounts.all().to_vec();
    }
    let mut wanted: Vec<Account> = patterns.iter().flat_map(|pattern| accounts.named(pattern)).collect();
    wanted.sort_by_cached_key(|account| (fold(accounts.shown(*account)), *account));
    wanted.dedup();
    wanted
}
