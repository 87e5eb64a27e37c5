//! Any bytes as a policy file; and a waiver that is added keeps the file and says what was meant.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rolecall::cli::waived;
use rolecall::diagnostic::Report;
use rolecall::policy::{self, Policy, check_accounts, check_contradictions};
use rolecall::rules;
use rolecall::source::SourceFile;
use shared::{check_span, decoded, parts};

const PRINT: &str = "0123456789abcdef";

/// The policy, and what is said of it.
fn understood(file: &SourceFile<'_>) -> (Policy, Vec<String>) {
    let mut report = Report::default();
    let policy = policy::read(file, &rules::names(), &mut report);
    check_accounts(&policy, &mut report);
    check_contradictions(&policy, &mut report);
    report.sort();
    for label in report.diagnostics.iter().flat_map(|diagnostic| &diagnostic.labels) {
        check_span(file, label.span, &label.text);
    }
    let said = report.diagnostics.iter().map(|it| format!("{} {} {:?}", it.rule.name, it.message, it.labels));
    (policy, said.collect())
}

fuzz_target!(|data: &[u8]| {
    let all = parts(data);
    let text = |at: usize| all.get(at).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
    let (bytes, reason, owner) = (all[0], text(1), text(2));
    let reason = if reason.trim().is_empty() { "a reason" } else { reason.trim() };
    let owner = Some(owner.trim()).filter(|owner| !owner.is_empty());
    let old = decoded(bytes);
    let (before, said) = understood(&old);
    let Ok(whole) = waived(bytes, PRINT, reason, owner) else { return };
    assert!(whole.starts_with(bytes), "what stood there stays");
    let new = decoded(&whole);
    assert_eq!(old.encoding, new.encoding, "the encoding stays");
    assert!(new.text().starts_with(old.text()), "the text stays");
    let (mut after, says) = understood(&new);
    let waiver = after.waivers.pop().expect("there is one");
    assert_eq!(waiver.fingerprint.map(|print| print.text).as_deref(), Some(PRINT));
    assert_eq!(waiver.reason, reason, "the reason is what was meant");
    assert_eq!(waiver.expires.text, "2026-12-31");
    assert_eq!(waiver.common.owner.as_deref(), owner, "the owner is who was meant");
    assert_eq!(before, after, "the rest of the policy stays");
    assert_eq!(said, says, "nothing else is said");
    assert!(waived(&whole, PRINT, reason, owner).is_err(), "nothing is waived twice");
});
