//! `rolecall packs`: the lists that ship with rolecall, with their dates and where they were published.

use std::fmt::Write;
use std::process::ExitCode;

use clap::Args;

use super::output::Destination;
use super::shell::Known;
use crate::diagnostic::Report;
use crate::policy::{self, PACKS, Pack, Policy, Requirement, closest};
use crate::report::escape::visible;
use crate::source::{FileId, SourceFile};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The pack to print, as a policy file
    #[arg(value_name = "NAME", value_parser = Known(policy::pack_names), hide_possible_values = true)]
    name: Option<String>,
    #[command(flatten)]
    to: Destination,
}

pub(super) fn run(options: &Options) -> ExitCode {
    let Some(name) = &options.name else {
        return options.to.write(&PACKS.iter().map(describe).collect::<Vec<_>>().join("\n"), 0);
    };
    match policy::pack(name) {
        Some(pack) => options.to.write(pack.text, 0),
        None => {
            let near = closest(name, PACKS.iter().map(|pack| pack.name));
            let near =
                near.map_or("; `rolecall packs` lists them all".to_owned(), |near| format!("; did you mean `{near}`?"));
            eprintln!("error: no pack is called `{}`{near}", visible(name));
            ExitCode::from(2)
        }
    }
}

/// The name of a pack and a few lines about it.
fn describe(pack: &Pack) -> String {
    let mut out = format!("{}\n", pack.name);
    let file = SourceFile::decode(FileId(0), format!("pack:{}", pack.name), pack.text.as_bytes());
    // A pack is a text of ours: it is small, and a test reads it.
    let policy = file.map(|file| policy::read(&file, &[], &mut Report::default())).unwrap_or_default();
    for requirement in &policy.requirements {
        push_requirement(&mut out, requirement);
    }
    push_others(&mut out, &policy);
    out
}

/// What a pack asks for that is no list of required cmdlets: the ids of its tables.
fn push_others(out: &mut String, policy: &Policy) {
    for (kind, words) in [("forbid", "forbids"), ("role", "limits")] {
        let ids: Vec<&str> =
            policy.tables().filter(|(known, _)| *known == kind).map(|(_, common)| common.id.as_str()).collect();
        if !ids.is_empty() {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "  {words:10} {}", ids.join(", "));
        }
    }
}

fn push_requirement(out: &mut String, requirement: &Requirement) {
    let mut line = |label: &str, text: Option<String>| {
        if let Some(text) = text {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "  {label:10} {text}");
        }
    };
    let valid = &requirement.valid;
    let asked = requirement.items.len() + requirement.session.len();
    let session = match requirement.session.len() {
        0 => String::new(),
        count => format!(", {count} of them part of every session"),
    };
    line("title", requirement.title.clone());
    line("asks for", Some(format!("{asked} cmdlets{session}")));
    line("published", valid.from.as_ref().map(|from| format!("{from} to {}", valid.to.as_deref().unwrap_or("today"))));
    line("withdrawn", valid.withdrawn.clone());
    line("source", requirement.common.source.clone());
}
