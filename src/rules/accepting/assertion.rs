//! `expired-assertion`: what a policy states of a group that no export shows, on which one may rely for a time.

use super::waive::Date;
use crate::diagnostic::{Diagnostic, Label, RuleId, Severity};
use crate::policy::Policy;
use crate::remedy::Fix;

/// The last day of an assertion is over.
pub const EXPIRED_ASSERTION: RuleId = RuleId::waiver("expired-assertion", Severity::Error);

/// Says which assertions of a policy count no longer.
#[must_use]
pub fn expired(policy: &Policy, today: Date) -> Vec<Diagnostic> {
    let today = today.to_string();
    let expired = policy.groups.iter().filter(|group| group.is_expired(&today));
    let said = expired.map(|group| {
        let (name, expires) = (&group.name.text, group.expires.as_deref().unwrap_or_default());
        let message = format!("this assertion of who is in `{name}` expired on {expires}, and counts no longer");
        let label = Label::new(group.name.at, group.reason.clone().unwrap_or_default());
        let mut diagnostic = Diagnostic::at(EXPIRED_ASSERTION, message, label);
        let help = "look again who is in it, and give a later date; or remove `complete`";
        diagnostic.fixes.push(Fix::policy(help));
        diagnostic.subject.group = Some(name.clone());
        diagnostic.subject.requirement = Some(group.common.id.clone());
        diagnostic
    });
    said.collect()
}
