//! The fingerprint of a finding: what a waiver or a baseline knows it by, wherever it moves in a file.

use sha2::{Digest, Sha256};

use super::Diagnostic;
use crate::name::fold;

/// Returns the fingerprint: the first 16 hexadecimal digits of SHA-256 over what the finding speaks of.
///
/// Never of accounts, messages or places: those change while the finding stays. The order of the parts and the
/// separator are a contract; waivers and baselines hold the result. Where a policy names organizations, the name comes
/// last; of several findings that speak of the very same, all but the first have their number after that, so that no
/// two of a run have one fingerprint.
#[must_use]
pub fn fingerprint(diagnostic: &Diagnostic) -> String {
    format!("{:016x}", number(diagnostic))
}

/// The fingerprint as a number.
#[must_use]
pub fn number<'d>(diagnostic: &'d Diagnostic) -> u64 {
    let subject = &diagnostic.subject;
    let mut text = match &subject.noticed {
        Some(noticed) => [diagnostic.rule.name, noticed].join("\u{1f}"),
        None => {
            let text = |part: &'d Option<String>| part.as_deref().unwrap_or_default();
            let gap = subject.gap.as_ref();
            let parameters = subject.parameters.join(",");
            [
                diagnostic.rule.name,
                text(&subject.account),
                text(&subject.cmdlet),
                &parameters,
                text(&subject.role),
                text(&subject.assignment),
                text(&subject.group),
                text(&subject.scope),
                text(&subject.requirement),
                gap.map_or("", |gap| gap.code),
                gap.map_or("", |gap| &gap.object),
            ]
            .join("\u{1f}")
        }
    };
    // Of what a contract does not name nothing is added where there is nothing to tell apart.
    for more in subject.organization.iter().cloned().chain((subject.repeated > 0).then(|| subject.repeated.to_string()))
    {
        text.push('\u{1f}');
        text.push_str(&more);
    }
    let digest = Sha256::digest(fold(&text).as_bytes());
    digest[..8].iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The SHA-256 of a text, in hexadecimal digits.
#[must_use]
pub fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{GapRef, Label, RuleId, Severity};
    use crate::source::{FileId, Span};

    fn diagnostic() -> Diagnostic {
        let at = Label::new(Span { file: FileId(0), start: 0, end: 0 }, "");
        let mut diagnostic = Diagnostic::at(RuleId::requirement("missing-cmdlet", Severity::Error), "no", at);
        diagnostic.subject.account = Some("svc-intune".into());
        diagnostic.subject.cmdlet = Some("Set-CASMailbox".into());
        diagnostic.subject.requirement = Some("intune".into());
        diagnostic
    }

    #[test]
    fn the_parts_stand_in_their_order() {
        // printf 'missing-cmdlet\037svc-intune\037set-casmailbox\037\037\037\037\037\037intune\037\037' | sha256sum
        assert_eq!(fingerprint(&diagnostic()), "2f71c139bbd042c7");
    }

    #[test]
    fn every_part_has_its_own_place() {
        let mut full = diagnostic();
        full.subject.parameters = vec!["A".into(), "B".into()];
        full.subject.role = Some("Role".into());
        full.subject.assignment = Some("Assignment".into());
        full.subject.group = Some("Group".into());
        full.subject.scope = Some("Scope".into());
        full.subject.gap = Some(GapRef { code: "cut-list", object: "Object".into() });
        // The same command with `a,b`, `role`, `assignment`, `group`, `scope`, `cut-list` and `object` in their places.
        assert_eq!(fingerprint(&full), "c6d4964ece8bad40");
        full.subject.noticed = Some("RoleEntry Object".into());
        // printf 'missing-cmdlet\037roleentry object' | sha256sum
        assert_eq!(fingerprint(&full), "5545d61567b87757");
    }

    #[test]
    fn organizations_and_repetitions_are_told_apart() {
        let mut prints: Vec<String> = Vec::new();
        for (organization, repeated) in [(None, 0), (Some("emea"), 0), (Some("apac"), 0), (None, 1), (Some("emea"), 1)]
        {
            let mut said = diagnostic();
            (said.subject.organization, said.subject.repeated) = (organization.map(str::to_owned), repeated);
            prints.push(fingerprint(&said));
        }
        let distinct: std::collections::BTreeSet<&String> = prints.iter().collect();
        assert_eq!((distinct.len(), prints[0].as_str()), (5, "2f71c139bbd042c7"));
    }

    #[test]
    fn case_places_messages_and_accounts_do_not_count() {
        let first = diagnostic();
        let mut second = diagnostic();
        second.subject.cmdlet = Some("set-casMAILBOX".into());
        second.subject.accounts = vec!["svc-intune".into(), "other".into()];
        second.message = "another message".into();
        second.labels[0].span.start = 7;
        assert_eq!(fingerprint(&first), fingerprint(&second));
        second.subject.gap = Some(GapRef { code: "opaque-group", object: "Help Desk".into() });
        assert_ne!(fingerprint(&first), fingerprint(&second));
    }
}
