//! `rolecall access`: everything an account can run.

use std::process::ExitCode;

use clap::Args;

use super::ask::target;
use super::organization::{Answers, Tabled, named, nobody, unknown};
use crate::accounts::Account;
use crate::graph::RoleEntries;
use crate::report::access::{self, Access, On};
use crate::report::answer::push_way_to;

#[derive(Debug, Args)]
#[command(mut_arg("verbose", |arg| arg.help("Show the ways to each cmdlet, a line each")),
    after_help = after_help![
        "rolecall access exports --account svc-intune",
        "rolecall access exports --account 'svc-*' --format csv",
        "rolecall access exports --account alice --on bo";
        "0": "the accounts were found",
        "2": "wrong usage, a mistake in the policy, or an input that cannot be read",
        "3": "no account matches, or nothing was read"
    ]
)]
pub(super) struct Options {
    /// The account, by any of its identities; `*` and `?` are wild
    #[arg(long, value_name = "A")]
    account: Vec<String>,
    /// What of it works on this recipient, by any of its identities, or on `server:NAME` or `database:NAME`
    #[arg(long, value_name = "OBJECT")]
    on: Option<String>,
    #[command(flatten)]
    answers: Answers<Tabled>,
}

pub(super) fn run(options: &Options) -> ExitCode {
    let output = &options.answers.output;
    let style = output.style();
    let asking = options.answers.asking(|out| access::push_csv_heading(out, options.on.is_some()));
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
            let out = out.part()?;
            match options.answers.format {
                Tabled::Human => access.push_human(out, graph, sources, &style, output.is_verbose()),
                Tabled::Json => access.push_json(out, graph, sources),
                Tabled::Csv => access.push_csv(out, graph),
            }
        }
        let out = out.part()?;
        let unknown = unknown(&accounts, &options.account).filter(|_| wanted.is_empty());
        match (unknown.map(|account| accounts.organization().unknown_account(account)), options.answers.format) {
            (Some(gap), Tabled::Json) => access::push_json_of_unknown(out, &gap, sources),
            (Some(gap), Tabled::Human) => push_way_to(out, &gap, &style),
            _ => {}
        }
        if wanted.is_empty() { Err(nobody(&accounts, &options.account).into()) } else { Ok(0) }
    })
}
