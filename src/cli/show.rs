//! `rolecall show`: one object, what it is and what it gives.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::organization::{Answers, Plain, Silence};
use crate::accounts::Accounts;
use crate::policy::closest;
use crate::report::show::{self, Pages, push_overview};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// What it is
    kind: Kind,
    /// Its name, for an account any of its identities; `*` and `?` are wild and give an overview, a line each
    name: String,
    #[command(flatten)]
    answers: Answers<Plain>,
    /// Leave nothing out of the report for people
    #[arg(short, long)]
    verbose: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Role,
    Group,
    Account,
    Policy,
    Scope,
    Assignment,
}

pub(super) fn run(options: &Options) -> ExitCode {
    let kind = match options.kind {
        Kind::Role => show::Kind::Role,
        Kind::Group => show::Kind::Group,
        Kind::Account => show::Kind::Account,
        Kind::Policy => show::Kind::Policy,
        Kind::Scope => show::Kind::Scope,
        Kind::Assignment => show::Kind::Assignment,
    };
    options.answers.asking(|_| {}).each(|organization, sources, out| {
        let mut accounts = organization.accounts();
        let several = options.name.contains(['*', '?']) && !options.verbose;
        let (mut any, mut together) = (false, Vec::new());
        Pages::new(&mut accounts).each(kind, &options.name, |page| {
            any = true;
            match options.answers.format {
                Plain::Human if several => together.push(page),
                Plain::Human => page.push_human(out.part()?, options.verbose),
                Plain::Json => page.push_json(out.part()?, sources),
            }
            Ok::<(), Silence>(())
        })?;
        push_overview(out.part()?, &together);
        match any {
            true => Ok(0),
            false => {
                let article = if kind.name().starts_with('a') { "an" } else { "a" };
                let hint = meant(&accounts, kind, &options.name);
                let name = &options.name;
                Err(format!("no export shows {article} {} `{name}`, so nothing was answered{hint}", kind.name()).into())
            }
        }
    })
}

/// Which object a name that none has probably means.
fn meant(accounts: &Accounts<'_>, kind: show::Kind, name: &str) -> String {
    let inventory = accounts.organization().inventory();
    let named: Vec<&str> = match kind {
        show::Kind::Role => {
            let roles: std::collections::BTreeSet<_> =
                inventory.roles.names().chain(inventory.roles_with_entries()).collect();
            roles.into_iter().map(|role| inventory.show(role)).collect()
        }
        show::Kind::Account => accounts.all().iter().map(|account| accounts.shown(*account)).collect(),
        _ => inventory.principals.ids().map(|id| inventory.show_principal(id)).collect(),
    };
    closest(name, named).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}
