//! `rolecall packs`: the lists that ship with rolecall, with their dates and where they were published.

use std::process::ExitCode;

use clap::Args;

use super::hint;
use super::output::Output;
use super::shell::Known;
use crate::diagnostic::Report;
use crate::policy::{self, PACKS, Pack, Policy, Requirement};
use crate::report::escape::visible;
use crate::report::prose::{color, paint};
use crate::report::{Style, columns};
use crate::source::{FileId, SourceFile};

#[derive(Debug, Args)]
#[command(after_help = after_help![
        "rolecall packs",
        "rolecall packs exchange-baseline";
        "0": "it was found",
        "2": "wrong usage, or no such pack"
    ]
)]
pub(super) struct Options {
    /// The pack to print, as a policy file
    #[arg(value_name = "NAME", value_parser = Known(policy::pack_names), hide_possible_values = true)]
    name: Option<String>,
    #[command(flatten)]
    output: Output,
}

pub(super) fn run(options: &Options) -> ExitCode {
    let Some(name) = &options.name else {
        let style = options.output.style();
        let all: Vec<String> = PACKS.iter().map(|pack| describe(pack, &style)).collect();
        return options.output.write(&all.join("\n"), 0);
    };
    match policy::pack(name) {
        Some(pack) => options.output.write(pack.text, 0),
        None => {
            let hint = hint(name, PACKS.iter().map(|pack| pack.name));
            let hint = if hint.is_empty() { "; `rolecall packs` lists them all" } else { &hint };
            eprintln!("error: no pack is called `{}`{hint}", visible(name));
            ExitCode::from(2)
        }
    }
}

/// The name of a pack and a few lines about it.
fn describe(pack: &Pack, style: &Style) -> String {
    let file = SourceFile::decode(FileId(0), format!("pack:{}", pack.name), pack.text.as_bytes());
    // A pack is a text of ours: it is small, and a test reads it.
    let policy = file.map(|file| policy::read(&file, &[], &mut Report::default())).unwrap_or_default();
    let lines: Vec<Vec<String>> = policy.requirements.iter().flat_map(asked).chain(others(&policy)).collect();
    let mut out = format!("{}\n", paint(style, color::STRONG, pack.name));
    columns::push(&mut out, &[], &lines, style);
    out
}

fn line(label: &str, text: impl Into<String>) -> Vec<String> {
    vec![label.to_owned(), text.into()]
}

/// What a pack asks for that is no list of required cmdlets: the ids of its tables.
fn others(policy: &Policy) -> impl Iterator<Item = Vec<String>> {
    [("forbid", "forbids"), ("role", "limits")].into_iter().filter_map(|(kind, words)| {
        let ids: Vec<&str> =
            policy.tables().filter(|(known, _)| *known == kind).map(|(_, common)| common.id.as_str()).collect();
        (!ids.is_empty()).then(|| line(words, ids.join(", ")))
    })
}

/// What a list of required cmdlets is.
fn asked(requirement: &Requirement) -> Vec<Vec<String>> {
    let valid = &requirement.valid;
    let cmdlets = requirement.items.len() + requirement.session.len();
    let counted = [(cmdlets, "cmdlet"), (requirement.roles.len(), "role")].into_iter().filter(|(count, _)| *count > 0);
    let counted: Vec<String> =
        counted.map(|(count, noun)| format!("{count} {noun}{}", if count == 1 { "" } else { "s" })).collect();
    let session = match requirement.session.len() {
        0 => String::new(),
        session => format!(", {session} of them part of every session"),
    };
    let published = |from: &String| format!("{from} to {}", valid.to.as_deref().unwrap_or("today"));
    let lines = [
        requirement.title.clone().map(|title| line("title", title)),
        Some(line("asks for", format!("{}{session}", counted.join(", ")))),
        valid.from.as_ref().map(|from| line("published", published(from))),
        valid.withdrawn.clone().map(|withdrawn| line("withdrawn", withdrawn)),
        requirement.common.source.clone().map(|source| line("source", source)),
    ];
    lines.into_iter().flatten().collect()
}
