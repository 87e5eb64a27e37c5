//! `--format human`: causes for people, the worst first, each with the lines it speaks of and what to do.
//!
//! What ends a cause stands as commands, each whole on a line of its own, with nothing beside it: a line end would end a
//! statement of PowerShell, and a word after it would be run. Every other line keeps the width.

mod drawn;
mod excerpt;
mod overview;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::escape::visible;
use super::fix::{pasted, words as fix_words};
use super::prose::{color, color_of, paint, push_command, push_deciding, push_marked, push_names, push_text};
use super::{Finished, Style, accepted};
use crate::diagnostic::{Cause, Diagnostic, Label, Severity, fingerprint};
use crate::powershell::commands;
use crate::remedy::{Fix, FixKind};
use crate::rules::judging::require::UNKNOWN_ACCOUNT;
use crate::rules::judging::undecided::UNDECIDED;
use crate::source::Sources;

/// What of a report is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// All lines of evidence, all fixes and all notes, also those that are not asked for.
    pub verbose: bool,
    /// Notes, also where nobody names them.
    pub notes: bool,
    /// All causes of a rule, however many.
    pub all: bool,
    /// Nothing below this level.
    pub least: Option<Severity>,
    /// Only these rules, where any is named.
    pub only: Vec<String>,
    /// How many findings each rule and each account has, instead of what they are.
    pub statistics: bool,
}

/// How many causes are shown, more only where each rule has its first few; and how many of a rule with their lines.
const CAUSES_MAX: usize = 50;
const OF_RULE_MIN: usize = 3;
const QUOTED_MAX: usize = 4;
/// How many commands a fix of a long report shows: all, or none.
const COMMANDS_MAX: usize = 10;
/// How many names a list of statistics has.
const NAMED_MAX: usize = 20;

/// Appends the report.
pub fn write(out: &mut String, finished: &Finished<'_>, style: &Style, shown: &Shown) {
    let mut page = Page { out, finished, style, shown, is_long: false, deciding: Vec::new() };
    if shown.statistics {
        page.statistics();
    } else {
        page.causes();
        page.accepted();
    }
    overview::push(page.out, finished, style, shown);
    if !page.deciding.is_empty() {
        page.out.push('\n');
        push_deciding(page.out, 0, page.deciding.iter().map(String::as_str), style);
    }
}

/// The commands of a fix that decides what findings leave undecided: none where it is of another sort.
fn deciding(findings: &[&Diagnostic], fix: &Fix) -> Vec<String> {
    let is_undecided = findings.iter().any(|it| it.rule == UNDECIDED || it.rule == UNKNOWN_ACCOUNT);
    if is_undecided && fix.kind == FixKind::Export { commands(&fix.steps) } else { Vec::new() }
}

impl Shown {
    /// Whether a finding is shown. Notes are where they are asked for, and where they answer what a requirement asks.
    pub(super) fn holds(&self, diagnostic: &Diagnostic) -> bool {
        let is_named = self.only.iter().any(|rule| rule == diagnostic.rule.name);
        let answers = diagnostic.subject.requirement.is_some();
        let asked = self.notes || is_named || answers || self.least == Some(Severity::Note);
        (self.only.is_empty() || is_named)
            && self.least.is_none_or(|least| diagnostic.severity >= least)
            && (asked || diagnostic.severity > Severity::Note)
    }
}

struct Page<'p, 'f> {
    out: &'p mut String,
    finished: &'p Finished<'f>,
    style: &'p Style,
    shown: &'p Shown,
    /// Whether not all causes are shown.
    is_long: bool,
    /// What decides the undecided, each command once.
    deciding: Vec<String>,
}

impl<'p> Page<'p, '_> {
    fn of(&self, cause: &Cause) -> Vec<&'p Diagnostic> {
        let all = cause.findings.iter().map(|number| &self.finished.diagnostics[*number]);
        all.filter(|diagnostic| self.shown.holds(diagnostic)).collect()
    }

    fn causes(&mut self) {
        let causes: Vec<(&Cause, Vec<&Diagnostic>)> = self
            .finished
            .causes
            .iter()
            .map(|cause| (cause, self.of(cause)))
            .filter(|(_, all)| !all.is_empty())
            .collect();
        let mut seen = BTreeSet::new();
        for (cause, all) in &causes {
            let exports = cause.fixes.iter().flat_map(|(fix, _)| deciding(all, fix));
            self.deciding.extend(exports.filter(|command| seen.insert(command.clone())));
        }
        let mut of_rule: BTreeMap<&str, usize> = BTreeMap::new();
        causes.iter().for_each(|(_, all)| *of_rule.entry(all[0].rule.name).or_default() += 1);
        self.is_long = causes.len() > CAUSES_MAX && !self.shown.all;
        let most = if self.is_long { (CAUSES_MAX / of_rule.len()).max(OF_RULE_MIN) } else { usize::MAX };
        let quoted_max = if self.is_long { 1 } else { QUOTED_MAX };
        let mut told: BTreeMap<&str, usize> = BTreeMap::new();
        let mut commanded: BTreeSet<Vec<String>> = BTreeSet::new();
        for (cause, findings) in &causes {
            let count = told.entry(findings[0].rule.name).or_default();
            *count += 1;
            if *count <= most {
                let quoted = self.shown.all || *count <= quoted_max;
                self.cause(cause, findings, quoted, &mut commanded);
            }
        }
        for (rule, count) in of_rule.into_iter().filter(|(_, count)| *count > most) {
            let more = count - most;
            // Writing to a string cannot fail.
            let _ = writeln!(self.out, "… and {more} more of {rule} (--all, or --format json)\n");
        }
    }

    fn cause(&mut self, cause: &Cause, findings: &[&Diagnostic], quoted: bool, commanded: &mut BTreeSet<Vec<String>>) {
        self.headline(cause, findings);
        self.cmdlets(findings);
        if quoted {
            self.lines(findings);
        }
        self.fixes(cause, findings, quoted, commanded);
        if quoted {
            self.waive(findings);
        }
        self.out.push('\n');
    }

    fn headline(&mut self, cause: &Cause, findings: &[&Diagnostic]) {
        let severity = cause.severity;
        let rules: BTreeSet<&str> = findings.iter().map(|diagnostic| diagnostic.rule.name).collect();
        let first = findings[0].rule.name;
        let others = rules.into_iter().filter(|rule| *rule != first);
        let rules = std::iter::once(first).chain(others).collect::<Vec<_>>().join(", ");
        let tag = format!("{}[{rules}]", severity.name());
        push_marked(self.out, 0, (color_of(severity), &tag), &cause.headline, self.style);
    }

    /// The accounts and cmdlets of several findings, which the headline only counts.
    fn cmdlets(&mut self, findings: &[&Diagnostic]) {
        /// How many are named where nobody asks for all.
        const NAMES_MAX: usize = 24;
        if findings.len() < 2 {
            return;
        }
        let accounts: BTreeMap<String, &str> = findings
            .iter()
            .filter_map(|one| one.subject.account.as_deref())
            .map(|name| (crate::name::fold(name), name))
            .collect();
        if accounts.len() > 1 {
            let mut names: Vec<&str> = accounts.into_values().collect();
            let most = if self.shown.verbose { names.len() } else { NAMES_MAX };
            let more = names.len().saturating_sub(most);
            names.truncate(most);
            let more = if more == 0 { String::new() } else { format!(", and {more} more (-v)") };
            push_names(self.out, 4, &format!("{}{more}", names.join(", ")), self.style);
        }
        let mut names: Vec<String> = Vec::new();
        for subject in findings.iter().map(|diagnostic| &diagnostic.subject) {
            let parameters: String = match subject.parameters.len() {
                1..=3 => subject.parameters.iter().map(|name| format!(" -{name}")).collect(),
                _ => String::new(),
            };
            names.extend(subject.cmdlet.iter().map(|cmdlet| format!("`{cmdlet}{parameters}`")));
        }
        names.sort_by_cached_key(|name| crate::name::fold(name));
        names.dedup();
        if names.len() < 2 {
            names.clear();
        }
        let most = if self.shown.verbose { names.len() } else { NAMES_MAX };
        let more = names.len().saturating_sub(most);
        names.truncate(most);
        if more > 0 {
            names.push(format!("and {more} more (-v)"));
        }
        if !names.is_empty() {
            push_names(self.out, 4, &names.join(", ").replace('`', ""), self.style);
        }
    }

    /// The lines that the findings speak of, each once.
    fn lines(&mut self, findings: &[&Diagnostic]) {
        /// Of one finding, and of several that one change ends.
        const LABELS_MAX: [usize; 2] = [4, 2];
        let mut labels: Vec<Label> = Vec::new();
        let mut seen = BTreeSet::new();
        // Without more room than for one finding, the worst shows its own.
        for diagnostic in findings {
            labels.extend(diagnostic.labels.iter().filter(|label| seen.insert((label.span, &label.text))).cloned());
        }
        let own = findings[0].labels.len().min(LABELS_MAX[usize::from(findings.len() > 1)]);
        let most = if self.shown.verbose { labels.len() } else { own };
        let more = labels.len() - most.min(labels.len());
        labels.truncate(most);
        drawn::push(self.out, self.finished.sources, &labels, (color_of(findings[0].severity), self.style));
        if more > 0 {
            let _ = writeln!(self.out, "    and {more} more place{} (-v)", if more == 1 { "" } else { "s" });
        }
    }

    fn fixes(&mut self, cause: &Cause, findings: &[&Diagnostic], quoted: bool, commanded: &mut BTreeSet<Vec<String>>) {
        const FIXES_MAX: usize = 3;
        let most = match (self.shown.verbose, quoted) {
            (true, _) => cause.fixes.len(),
            (_, true) => FIXES_MAX,
            _ => 1,
        };
        let of_several = cause.findings.len() > 1;
        for (index, (fix, closes)) in cause.fixes.iter().take(most).enumerate() {
            let ends_all = *closes == cause.findings.len();
            // What would end a part of the findings only, in other words for each, is for those who ask.
            if index > 0 && of_several && !ends_all && !self.shown.verbose {
                continue;
            }
            let word = if index == 0 { "fix" } else { "or" };
            match deciding(findings, fix).is_empty() {
                true => self.fix(word, fix, commanded),
                false => {
                    let words = format!("{}, at the end", fix.note);
                    push_marked(self.out, 2, (color::STRONG, &format!("{word}:")), &words, self.style);
                }
            }
        }
    }

    fn fix(&mut self, word: &str, fix: &Fix, commanded: &mut BTreeSet<Vec<String>>) {
        let commands = commands(&fix.steps);
        let (count, words) = (commands.len(), fix_words(fix, self.finished.sources));
        if self.is_long && count > COMMANDS_MAX {
            let counted = format!("{words}; {count} commands (--all, or --format json)");
            push_marked(self.out, 2, (color::STRONG, &format!("{word}:")), &counted, self.style);
        } else if count > 3 && !commanded.insert(commands) {
            let words = format!("{words}; the commands are above");
            push_marked(self.out, 2, (color::STRONG, &format!("{word}:")), &words, self.style);
        } else {
            push_fix(self.out, word, fix, self.finished.sources, self.style);
        }
    }

    /// What accepts the findings, ready to be completed.
    fn waive(&mut self, findings: &[&Diagnostic]) {
        const FINDINGS_MAX: usize = 8;
        let counting = findings.iter().filter(|it| it.severity > Severity::Note);
        let waivable: Vec<String> = counting
            .filter(|it| crate::rules::accepting::waive::may_be_waived(it.rule))
            .map(|it| fingerprint(it))
            .collect();
        if (1..=FINDINGS_MAX).contains(&waivable.len()) {
            let command = format!("rolecall waive {} --reason … --expires …", waivable.join(" "));
            let fits = "  accept: ".len() + command.chars().count() <= self.style.width;
            let between = if fits { " " } else { "\n    " };
            let _ = writeln!(self.out, "  {}{between}{command}", paint(self.style, color::STRONG, "accept:"));
        }
    }

    /// What somebody accepted, one line each.
    fn accepted(&mut self) {
        let shown = self.finished.diagnostics.iter().filter(|it| it.waived.is_some() && self.shown.holds(it));
        let mut any = false;
        for diagnostic in shown {
            any = true;
            let text = format!("accepted[{}] {}{}", diagnostic.rule.name, diagnostic.text(), accepted(diagnostic));
            push_text(self.out, 0, &text, self.style);
        }
        if any {
            self.out.push('\n');
        }
    }

    /// How many findings each rule has, and each account.
    fn statistics(&mut self) {
        let counted = self.finished.diagnostics.iter().filter(|it| it.waived.is_none() && self.shown.holds(it));
        let mut rules: BTreeMap<(std::cmp::Reverse<Severity>, &str), usize> = BTreeMap::new();
        let mut accounts: BTreeMap<&str, usize> = BTreeMap::new();
        for diagnostic in counted {
            *rules.entry((std::cmp::Reverse(diagnostic.severity), diagnostic.rule.name)).or_default() += 1;
            let subject = &diagnostic.subject;
            for account in subject.account.iter().chain(&subject.accounts).collect::<BTreeSet<_>>() {
                *accounts.entry(account).or_default() += 1;
            }
        }
        for ((severity, rule), count) in rules {
            let _ = writeln!(self.out, "{count:>7}  {}[{rule}]", severity.0.name());
        }
        let mut accounts: Vec<(&str, usize)> = accounts.into_iter().collect();
        accounts.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), crate::name::fold(name)));
        let most = if self.shown.all { accounts.len() } else { NAMED_MAX };
        for (name, count) in accounts.iter().take(most) {
            let _ = writeln!(self.out, "{count:>7}  {}", visible(name));
        }
        if accounts.len() > most {
            let _ = writeln!(self.out, "… and {} more accounts (--all)", accounts.len() - most);
        }
        self.out.push('\n');
    }
}

/// Appends a fix: what it is, and its commands, each whole on a line of its own.
pub(super) fn push_fix(out: &mut String, word: &str, fix: &Fix, sources: &Sources<'_>, style: &Style) {
    push_marked(out, 2, (color::STRONG, &format!("{word}:")), &fix_words(fix, sources), style);
    pasted(fix, sources).iter().for_each(|line| push_command(out, 4, line));
    if !fix.makes.is_empty() {
        let rules: Vec<String> = fix.makes.iter().map(|rule| format!("`{rule}`")).collect();
        push_marked(out, 2, (color::STRONG, "would make:"), &rules.join(", "), style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::Sample;

    fn drawn(style: &Style, verbose: bool) -> String {
        let sample = Sample::new();
        let mut out = String::new();
        write(&mut out, &sample.finished(), style, &Shown { verbose, notes: verbose, ..Shown::default() });
        out
    }

    #[test]
    fn the_sample_is_drawn() {
        insta::assert_snapshot!(drawn(&Style::default(), true));
    }

    #[test]
    fn every_cause_every_label_and_every_place_is_shown_to_who_asks() {
        let sample = Sample::new();
        let out = drawn(&Style { width: 1000, ..Style::default() }, true);
        for diagnostic in &sample.diagnostics {
            assert!(out.contains(&format!("{}[{}]", diagnostic.severity.name(), diagnostic.rule.name)));
            for label in &diagnostic.labels {
                assert!(out.contains(&*visible(&label.text)), "{}", label.text);
            }
        }
    }

    #[test]
    fn nothing_hidden_reaches_the_terminal_and_lines_keep_the_width() {
        for width in [60, 80, 100] {
            let out = drawn(&Style { color: false, width }, true);
            assert!(!out.contains(|char| crate::hidden::is_hidden(char) || char == '\u{1b}' || char == '\r'));
            assert!(out.contains("│ …"));
            let is_command = |line: &str| line.starts_with("    Set-") || line.starts_with("    rolecall waive ");
            for line in out.lines().filter(|line| !is_command(line)) {
                assert!(unicode_width::UnicodeWidthStr::width(line) <= width, "{line}");
            }
        }
    }

    #[test]
    fn a_command_is_a_line_of_its_own_with_nothing_but_the_command() {
        let out = drawn(&Style { color: false, width: 40 }, false);
        assert!(
            out.lines().any(|line| line == "    Set-ManagementRoleAssignment 'Role Management-Intune' -Enabled $true")
        );
        assert!(out.contains("would make: `role-management`") || out.contains("`role-management`"), "{out}");
    }

    #[test]
    fn colours_are_written_only_when_asked_for_and_links_never() {
        let colored = drawn(&Style { color: true, width: 100 }, false);
        assert!(colored.contains("\u{1b}[1;31m") && !colored.contains("\u{1b}]8"));
    }
}
