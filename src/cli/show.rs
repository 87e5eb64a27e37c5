//! `rolecall show`: one object, what it is and what it gives.

use std::process::ExitCode;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::hint;
use super::organization::{Answers, Plain, Silence};
use crate::accounts::Accounts;
use crate::report::show::{Kind, Pages, push_overview};

#[derive(Debug, Args)]
#[command(mut_arg("verbose", |arg| arg.help("Leave nothing out: every row, every name, every parameter")),
    after_help = after_help![
        "rolecall show role 'Mail Recipients' exports",
        "rolecall show account alice exports -v",
        "rolecall show group '*' exports";
        "0": "it was found",
        "2": "wrong usage, a mistake in the policy, or an input that cannot be read",
        "3": "no export shows it, or nothing was read"
    ]
)]
pub(super) struct Options {
    /// What it is
    #[arg(value_parser = kind())]
    kind: Kind,
    /// Its name, for an account any of its identities; `*` and `?` are wild and give an overview, a line each
    name: String,
    #[command(flatten)]
    answers: Answers<Plain>,
}

/// Reads the word for a kind.
fn kind() -> impl TypedValueParser<Value = Kind> {
    let of = |word: String| Kind::ALL.into_iter().find(|kind| kind.name() == word);
    PossibleValuesParser::new(Kind::ALL.map(Kind::name)).map(move |word| of(word).expect("only their names are read"))
}

pub(super) fn run(options: &Options) -> ExitCode {
    let kind = options.kind;
    let output = &options.answers.output;
    let (style, all) = (output.style(), output.is_verbose());
    options.answers.asking(|_| {}).each(|organization, sources, out| {
        let mut accounts = organization.accounts();
        let several = options.name.contains(['*', '?']) && !all;
        let (mut any, mut together) = (false, Vec::new());
        Pages::new(&mut accounts).each(kind, &options.name, |page| {
            any = true;
            match options.answers.format {
                Plain::Human if several => together.push(page),
                Plain::Human => page.push_human(out.part()?, sources, (&style, all)),
                Plain::Json => page.push_json(out.part()?, sources),
            }
            Ok::<(), Silence>(())
        })?;
        push_overview(out.part()?, &together, &style);
        match any {
            true => Ok(0),
            false => {
                let article = if kind.name().starts_with('a') { "an" } else { "a" };
                let name = &options.name;
                let names = names(&mut accounts, kind);
                let hint = hint(name, names.iter().map(String::as_str));
                Err(format!("no export shows {article} {} `{name}`, so nothing was answered{hint}", kind.name()).into())
            }
        }
    })
}

/// The names of all objects of a kind.
fn names(accounts: &mut Accounts<'_>, kind: Kind) -> Vec<String> {
    if kind == Kind::Account {
        return accounts.all().iter().map(|account| accounts.shown(*account).to_owned()).collect();
    }
    let mut names = Vec::new();
    let collected = Pages::new(accounts).each(kind, "*", |page| {
        names.push(page.name);
        Ok::<(), std::convert::Infallible>(())
    });
    collected.expect("collecting never fails");
    names
}
