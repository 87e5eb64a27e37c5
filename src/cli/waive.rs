//! `rolecall waive`: write a waiver into the policy file and leave everything else in it as it stands.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use toml_edit::{ArrayOfTables, Datetime, DocumentMut, Item, Table, value};

use crate::report::escape::visible;
use crate::rules::accepting::waive::Date;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The fingerprint of the finding, as `rolecall check --format json` and a baseline show it
    #[arg(value_name = "FINGERPRINT", value_parser = fingerprint)]
    fingerprint: String,
    /// Why the finding is accepted
    #[arg(long, value_name = "TEXT", value_parser = filled)]
    reason: String,
    /// The last day on which it is, such as 2026-12-31
    #[arg(long, value_name = "DATE")]
    expires: Date,
    /// Who answers for it
    #[arg(long, value_name = "NAME", value_parser = filled)]
    owner: Option<String>,
    /// The policy file
    #[arg(long, value_name = "FILE", default_value = "rolecall.toml")]
    policy: PathBuf,
}

fn fingerprint(text: &str) -> Result<String, String> {
    let is_one = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_one { Ok(text.to_ascii_lowercase()) } else { Err("expected 16 hexadecimal digits".to_owned()) }
}

fn filled(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() { Err("expected a text".to_owned()) } else { Ok(text.to_owned()) }
}

pub(super) fn run(options: &Options) -> ExitCode {
    match add(options, &options.policy) {
        Ok(()) => {
            eprintln!("wrote a waiver into `{}`", visible(&options.policy.to_string_lossy()));
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("error: {}", visible(&message));
            ExitCode::from(2)
        }
    }
}

fn add(options: &Options, path: &Path) -> Result<(), String> {
    let shown = path.to_string_lossy();
    let text = std::fs::read_to_string(path).map_err(|error| format!("`{shown}` cannot be read: {error}"))?;
    let new = with_waiver(&text, options).map_err(|message| format!("`{shown}` {message}"))?;
    std::fs::write(path, new).map_err(|error| format!("`{shown}` cannot be written: {error}"))
}

/// The text with a waiver at its end: every byte before it stays, line ends and comments included.
fn with_waiver(text: &str, options: &Options) -> Result<String, String> {
    let document: DocumentMut = text
        .trim_start_matches('\u{feff}')
        .parse()
        .map_err(|error: toml_edit::TomlError| format!("is not valid TOML: {}", error.message()))?;
    let waivers = match document.get("waive") {
        None => Vec::new(),
        Some(Item::ArrayOfTables(tables)) => tables.iter().collect(),
        Some(_) => return Err("has `waive` as a value; write `[[waive]]` tables".to_owned()),
    };
    let is_it = |table: &&Table| {
        table
            .get("fingerprint")
            .and_then(Item::as_str)
            .is_some_and(|known| crate::name::same(known, &options.fingerprint))
    };
    if waivers.iter().any(is_it) {
        return Err(format!("has a waiver of `{}` already; change it there", options.fingerprint));
    }
    let mut table = Table::new();
    table["fingerprint"] = value(&options.fingerprint);
    table["reason"] = value(&options.reason);
    // Both write a date as RFC 3339 does.
    let expires: Datetime = options.expires.to_string().parse().map_err(|_| "cannot hold this date".to_owned())?;
    table["expires"] = value(expires);
    if let Some(owner) = &options.owner {
        table["owner"] = value(owner);
    }
    let mut tables = ArrayOfTables::new();
    tables.push(table);
    let mut alone = DocumentMut::new();
    alone["waive"] = Item::ArrayOfTables(tables);
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let written = alone.to_string().trim_start().replace('\n', end);
    let gap = match text {
        "" => "",
        text if text.ends_with('\n') => end,
        _ => &end.repeat(2),
    };
    Ok(format!("{text}{gap}{written}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Options {
        Options {
            fingerprint: "0123456789abcdef".to_owned(),
            reason: "retires \"soon\"".to_owned(),
            expires: "2026-12-31".parse().expect("a date"),
            owner: None,
            policy: PathBuf::new(),
        }
    }

    #[test]
    fn what_stands_in_the_file_stays_byte_for_byte() {
        let waiver =
            "[[waive]]\nfingerprint = \"0123456789abcdef\"\nreason = \"retires \\\"soon\\\"\"\nexpires = 2026-12-31\n";
        let written = |text: &str| {
            with_waiver(text, &options())
                .expect("it is valid")
                .replace("'retires \"soon\"'", "\"retires \\\"soon\\\"\"")
        };
        for text in ["", "# ours\n[lint]\npreset   =   'strict' # why\n", "[rules]\r\nx = \"off\"\r\n"] {
            let new = written(text);
            assert!(new.starts_with(text), "{new}");
            assert!(new.replace('\r', "").ends_with(waiver), "{new}");
            assert_eq!(new.matches('\n').count(), new.lines().count());
        }
        assert!(written("a = 1").starts_with("a = 1\n\n[[waive]]\n"));
        assert!(!written("[rules]\r\n").replace("\r\n", "").contains('\n'));
    }

    #[test]
    fn nothing_is_waived_twice_and_nothing_broken_is_touched() {
        let once = with_waiver("", &options()).expect("it is valid");
        assert!(with_waiver(&once, &options()).is_err_and(|message| message.contains("already")));
        assert!(with_waiver("waive = []\n", &options()).is_err());
        assert!(with_waiver("[[require]\n", &options()).is_err_and(|message| message.contains("not valid TOML")));
    }
}
