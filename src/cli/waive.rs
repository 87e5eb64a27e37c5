//! `rolecall waive`: write a waiver into the policy file and leave everything else in it as it stands.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::hint;
use super::inputs::Exports;
use super::output::{replace, unwritten};
use crate::diagnostic::{self, Report, Severity};
use crate::hidden::toml;
use crate::name::same;
use crate::policy::{self, Policy, mistake};
use crate::report::escape::visible;
use crate::rules::accepting::waive::Date;
use crate::source::{Encoding, FileId, SourceFile};

#[derive(Debug, Args)]
#[command(after_help = after_help![
        "rolecall waive 5d0c4f1e9a3b7c21 --reason 'ticket 4711' --expires 2027-06-30";
        "0": "it was written",
        "2": "wrong usage, no finding of this fingerprint, or a policy that cannot be changed"
    ]
)]
pub(super) struct Options {
    /// The fingerprints of the findings, as `rolecall check` and a baseline show them
    #[arg(value_name = "FINGERPRINT", value_parser = fingerprint, required = true)]
    fingerprints: Vec<String>,
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
            let what = if options.fingerprints.len() == 1 { "a waiver" } else { "waivers" };
            eprintln!("wrote {what} into `{}`", visible(&options.policy.to_string_lossy()));
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
    let mut bytes = std::fs::read(path).map_err(|error| format!("`{shown}` cannot be read: {error}"))?;
    let addition = addition(&bytes, options).map_err(|message| format!("`{shown}` {message}"))?;
    find(options, &shown)?;
    bytes.extend(addition);
    replace(path, &bytes).map_err(|error| unwritten(path, &error))
}

/// Sees that every fingerprint is one of a finding of the policy's own exports.
///
/// Errors: none has it.
fn find(options: &Options, policy: &str) -> Result<(), String> {
    let inputs = Exports::of_policy(policy).open().map_err(|_| "nothing was written".to_owned())?;
    let Some(checked) = inputs.check().filter(|checked| checked.summary.records > 0) else {
        eprintln!("note: `{}` names no exports, so no finding was looked for", visible(policy));
        return Ok(());
    };
    let known: Vec<String> = checked.diagnostics.iter().map(diagnostic::fingerprint).collect();
    match options.fingerprints.iter().find(|print| !known.contains(print)) {
        None => Ok(()),
        Some(unknown) => {
            let hint = hint(unknown, known.iter().map(String::as_str));
            Err(format!("no finding has the fingerprint `{unknown}`, so nothing was written{hint}"))
        }
    }
}

/// What is appended to a policy file, in its encoding and with its line ends: every byte before it stays.
fn addition(bytes: &[u8], options: &Options) -> Result<Vec<u8>, String> {
    let file = decoded(bytes)?;
    let (old, mistakes) = understood(&file)?;
    if let Some(known) = options.fingerprints.iter().find(|print| has_waiver(&old, print)) {
        return Err(format!("has a waiver of `{known}` already; change it there"));
    }
    let text = file.text();
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let gap = match text {
        "" => "",
        text if text.ends_with('\n') => end,
        _ => &end.repeat(2),
    };
    let expires = options.expires.to_string();
    let table = |print: &String| {
        let values = [
            Some(("fingerprint", toml(print))),
            Some(("reason", toml(&options.reason))),
            Some(("expires", expires.clone())),
            options.owner.as_ref().map(|owner| ("owner", toml(owner))),
        ];
        let lines = values.into_iter().flatten().map(|(key, value)| format!("{key} = {value}{end}"));
        format!("[[waive]]{end}{}", lines.collect::<String>())
    };
    let tables: Vec<String> = options.fingerprints.iter().map(table).collect();
    let addition = format!("{gap}{}", tables.join(end));
    let added = match file.encoding {
        Encoding::Utf8 => addition.into_bytes(),
        Encoding::Utf16Le => addition.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Encoding::Utf16Be => addition.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        _ => return Err("is neither UTF-8 nor UTF-16; save it as UTF-8".to_owned()),
    };
    // A file in which the table would be part of something else, such as `waive = []`, is left alone.
    let whole = [bytes, &added].concat();
    let whole = decoded(&whole)?;
    // One that ends in half a character, or in none of its encoding, would be read as something else.
    if whole.encoding != file.encoding || !whole.text().starts_with(text) {
        return Err("is neither UTF-8 nor UTF-16 to its end; save it as UTF-8".to_owned());
    }
    let (new, all) = understood(&whole)?;
    if options.fingerprints.iter().all(|print| has_waiver(&new, print)) && all == mistakes {
        Ok(added)
    } else {
        Err("has `waive` as a value; write `[[waive]]` tables".to_owned())
    }
}

/// A policy file with a waiver of a finding, as `rolecall waive` writes it.
///
/// Errors: why none is written.
#[cfg(fuzzing)]
pub fn waived(bytes: &[u8], print: &str, reason: &str, owner: Option<&str>) -> Result<Vec<u8>, String> {
    let options = Options {
        fingerprints: vec![fingerprint(print)?],
        reason: filled(reason)?,
        expires: Date::constant(2026, 12, 31),
        owner: owner.map(filled).transpose()?,
        policy: PathBuf::new(),
    };
    Ok([bytes, &addition(bytes, &options)?].concat())
}

fn decoded(bytes: &[u8]) -> Result<SourceFile<'_>, String> {
    SourceFile::decode(FileId(0), String::new(), bytes).map_err(|_| "is too large for a policy".to_owned())
}

/// The policy of a file, and how many mistakes are in it.
fn understood(file: &SourceFile<'_>) -> Result<(Policy, usize), String> {
    let mut report = Report::default();
    let policy = policy::read(file, &[], &mut report);
    if let Some(broken) = report.diagnostics.iter().find(|diagnostic| diagnostic.rule == mistake::SYNTAX) {
        let (line, _) = file.line_column(broken.labels[0].span.start);
        return Err(format!("is not valid TOML: {}, in line {line}", broken.message));
    }
    let is_mistake = |severity| severity == Severity::Error;
    Ok((policy, report.diagnostics.iter().filter(|diagnostic| is_mistake(diagnostic.severity)).count()))
}

fn has_waiver(policy: &Policy, print: &str) -> bool {
    let fingerprints = policy.waivers.iter().filter_map(|waiver| waiver.fingerprint.as_ref());
    fingerprints.into_iter().any(|known| same(&known.text, print))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Options {
        Options {
            fingerprints: vec!["0123456789abcdef".to_owned()],
            reason: "retires \"soon\"".to_owned(),
            expires: "2026-12-31".parse().expect("a date"),
            owner: None,
            policy: PathBuf::new(),
        }
    }

    fn written(text: &str) -> String {
        let added = addition(text.as_bytes(), &options()).expect("it is valid");
        format!("{text}{}", String::from_utf8(added).expect("it is UTF-8"))
    }

    #[test]
    fn what_stands_in_the_file_stays_byte_for_byte() {
        let waiver =
            "[[waive]]\nfingerprint = \"0123456789abcdef\"\nreason = \"retires \\\"soon\\\"\"\nexpires = 2026-12-31\n";
        for text in ["", "# ours\n[lint]\npreset   =   'strict' # why\n", "[rules]\r\nx = \"off\"\r\n"] {
            let new = written(text);
            assert!(new.replace('\r', "").ends_with(waiver), "{new}");
            assert_eq!(new.matches('\n').count(), new.lines().count());
        }
        assert!(written("a = 1").starts_with("a = 1\n\n[[waive]]\n"));
        assert!(!written("[rules]\r\n").replace("\r\n", "").contains('\n'));
    }

    #[test]
    fn what_is_added_has_the_encoding_of_the_file() {
        let little = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
        let old = little("\u{feff}[lint]\r\npreset = \"strict\"\r\n");
        let new = [old.clone(), addition(&old, &options()).expect("it is valid")].concat();
        let file = decoded(&new).expect("it is short");
        assert_eq!(file.encoding, Encoding::Utf16Le);
        assert!(file.text().ends_with("[[waive]]\r\nfingerprint = \"0123456789abcdef\"\r\nreason = \"retires \\\"soon\\\"\"\r\nexpires = 2026-12-31\r\n"));
        assert!(addition(b"# Z\xFCrich\n", &options()).is_err_and(|message| message.contains("save it as UTF-8")));
        for half in [&b"# half \xE5\x9F"[..], b"#\0 \0h\0\n"] {
            assert!(addition(half, &options()).is_err_and(|message| message.contains("to its end")), "{half:?}");
        }
    }

    #[test]
    fn what_must_not_be_seen_is_written_out_and_read_back() {
        let reason = "a\u{9b}31m\u{202e}b\u{e0041}\\ \"\n\u{1b}' x";
        let added = addition(b"", &Options { reason: reason.to_owned(), ..options() }).expect("it is valid");
        assert!(added.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\n')), "{}", String::from_utf8_lossy(&added));
        let policy = understood(&decoded(&added).expect("it is short")).expect("it is valid").0;
        assert_eq!(policy.waivers[0].reason, reason);
    }

    #[test]
    fn nothing_is_waived_twice_and_nothing_broken_is_touched() {
        let once = written("");
        assert!(addition(once.as_bytes(), &options()).is_err_and(|message| message.contains("already")));
        assert!(addition(b"waive = []\n", &options()).is_err());
        assert!(addition(b"[waive]\nreason = \"x\"\n", &options()).is_err());
        assert!(addition(b"[[require]\n", &options()).is_err_and(|message| message.contains("not valid TOML")));
        assert!(addition(b"a = \"\"\"x", &options()).is_err_and(|message| message.contains("not valid TOML")));
    }
}
