//! `writing-view-only-role`: a custom role whose name says that it only reads, and that writes.

use crate::diagnostic::{Preset, Report, RuleId, Severity};
use std::collections::BTreeMap;

use crate::diagnostic::Label;
use crate::inventory::Entry;
use crate::name::{Symbol, fold};
use crate::scope::{Reach, is_session, reads};

use crate::rules::{Context, Rule, remedy};

pub(super) const RULE: Rule = Rule {
    id: RuleId::built_in("writing-view-only-role", Severity::Warning),
    preset: Preset::Default,
    summary: "a custom role that is called view-only has cmdlets that write",
    page: include_str!("writing-view-only-role.md"),
    check: Some(check),
};

/// What names that promise only to read have in them.
const WORDS: &[&str] = &["view-only", "view only", "viewonly", "read-only", "read only", "readonly"];

/// Entries of reading roles that leave nothing behind but a line in a log or a setting of the own session.
const HARMLESS: &[&str] = &["Write-AdminAuditLog", "Start-AuditAssistant"];

fn check(context: &mut Context<'_, '_>, report: &mut Report) {
    for (role, _, _) in context.custom_roles() {
        let name = fold(context.inventory().show(role));
        if WORDS.iter().any(|word| name.contains(word)) {
            say(&RULE, context, role, report);
        }
    }
}

/// Says which entries of a role write, where any does.
pub(super) fn say(rule: &Rule, context: &Context<'_, '_>, role: Symbol, report: &mut Report) {
    let inventory = context.inventory();
    let mut writing: BTreeMap<String, Entry> = BTreeMap::new();
    for entry in inventory.entries_of(role) {
        let cmdlet = inventory.show(entry.cmdlet);
        let scopes = context.graph().implicit_scopes(role);
        let harmless = reads(cmdlet) || is_session(cmdlet) || HARMLESS.iter().any(|known| fold(known) == fold(cmdlet));
        // Not every entry is a cmdlet: `GetUserPhoto:GET` has no verb.
        let acts = cmdlet.contains('-') && !matches!(scopes.reach(cmdlet), Reach::OwnMailbox | Reach::Unknown);
        if acts && !harmless {
            writing.entry(fold(cmdlet)).or_insert(entry);
        }
    }
    let Some(first) = writing.values().next() else { return };
    let name = inventory.show(role);
    let cmdlets: Vec<&str> = writing.values().map(|entry| inventory.show(entry.cmdlet)).collect();
    let shown = crate::rules::evidence::listed(cmdlets.iter().copied().take(4));
    let more = if cmdlets.len() > 4 { format!(" and {} more", cmdlets.len() - 4) } else { String::new() };
    let mut finding =
        rule.found(format!("role `{name}` writes: it has {shown}{more}"), first.at, "a cmdlet that writes");
    finding.labels.extend(writing.values().skip(1).take(3).map(|entry| Label::new(entry.at, "another")));
    finding.subject.role = Some(name.to_owned());
    finding.subject.cmdlets = cmdlets.iter().map(|cmdlet| (*cmdlet).to_owned()).collect();
    finding.fixes.push(remedy::without_entries(context.graph(), role, &cmdlets));
    report.say(finding);
}
