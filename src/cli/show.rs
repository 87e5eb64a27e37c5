//! `rolecall show`: one object, what it is and what it gives.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::organization::{Answers, Plain};
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
        let pages = Pages::new(&mut accounts).of(kind, &options.name);
        let several = options.name.contains(['*', '?']) && !options.verbose;
        match options.answers.format {
            Plain::Human if several => push_overview(out, &pages),
            Plain::Human => pages.iter().for_each(|page| page.push_human(out, options.verbose)),
            Plain::Json => pages.iter().for_each(|page| page.push_json(out, sources)),
        }
        match pages.is_empty() {
            true => Err(format!("no export shows a {} `{}`, so nothing was answered", kind.name(), options.name)),
            false => Ok(0),
        }
    })
}
