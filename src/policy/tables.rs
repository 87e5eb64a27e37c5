//! The tables of a policy file but for `[[require]]`.

use super::keys::{Table, word_of};
use super::names::Names;
use super::shape::{ASSUMPTIONS, BEYOND, ENVIRONMENTS, LEVELS, PRESETS, RULE_LEVELS};
use super::{
    Assertion, Beyond, Common, Exception, Exports, Finding, Forbid, GroupRule, Item, Organization, Policy, RoleRule,
    RuleLevel, Separate, TestCase, Text, Waiver, closest, mistake, require, say,
};
use crate::diagnostic::{Level, Preset, Report, Severity};
use crate::name::same;
use crate::paths::beside;
use crate::source::Span;

/// What reading a table needs in addition to it.
pub(super) struct Reader<'r> {
    pub(super) names: &'r mut Names,
    pub(super) report: &'r mut Report,
    /// The file, as reports name it.
    file: &'r str,
    rules: &'r [&'static str],
}

/// Reads all tables below the root.
pub(super) fn read(
    root: &Table<'_, '_>,
    file: &str,
    names: &mut Names,
    rules: &[&'static str],
    report: &mut Report,
) -> Policy {
    let mut reader = Reader { names, report, file, rules };
    let exports = root.table("exports").map(|table| reader.exports(&table));
    let levels = root.table("rules").map(|table| reader.levels(&table));
    Policy {
        requirements: reader.each(root, "require", require::read),
        forbids: reader.each(root, "forbid", Reader::forbid),
        exceptions: reader.each(root, "except", Reader::exception),
        separates: reader.each(root, "separate", Reader::separate),
        groups: reader.each(root, "group", Reader::group),
        roles: reader.each(root, "role", Reader::role),
        waivers: reader.each(root, "waive", Reader::waiver),
        assertions: reader.each(root, "account", Reader::assertion),
        organizations: reader.each(root, "organization", Reader::organization),
        tests: reader.each(root, "test", Reader::test),
        exports: exports.unwrap_or_default(),
        preset: root.table("lint").and_then(|table| table.word("preset", PRESETS, reader.report)).map(preset),
        levels: levels.unwrap_or_default(),
        extends: root.texts("extends", true, reader.report),
        disable: root.texts("disable", true, reader.report),
        end: None,
    }
}

impl Reader<'_> {
    /// Reads the tables of one kind. One that lacks what it cannot do without is left out; that was said.
    fn each<T>(
        &mut self,
        root: &Table<'_, '_>,
        key: &'static str,
        read: impl Fn(&mut Self, &Table<'_, '_>, usize) -> Option<T>,
    ) -> Vec<T> {
        let tables = root.tables(key, self.report);
        tables.iter().zip(1..).filter_map(|(table, number)| read(self, table, number)).collect()
    }

    pub(super) fn text(&mut self, table: &Table<'_, '_>, key: &'static str) -> Option<String> {
        table.text(key, self.report).map(|text| text.text)
    }

    /// Paths, which are relative to the file.
    fn paths(&mut self, table: &Table<'_, '_>, key: &'static str) -> Vec<Text> {
        let texts = table.texts(key, true, self.report).into_iter();
        texts.map(|text| Text { text: beside(self.file, &text.text), at: text.at }).collect()
    }

    /// What every table may say, the `number`-th of its kind.
    pub(super) fn common(&mut self, table: &Table<'_, '_>, number: usize) -> Common {
        let id = table.text("id", self.report);
        let at = id.as_ref().map_or(table.at, |id| id.at);
        Common {
            named: id.is_some(),
            id: id.map_or_else(|| format!("{}-{number}", table.name()), |id| id.text),
            level: table.word("level", LEVELS, self.report).and_then(severity),
            why: self.text(table, "why"),
            source: self.text(table, "source"),
            refs: table.texts("refs", false, self.report).into_iter().map(|text| text.text).collect(),
            owner: self.text(table, "owner"),
            review_by: table.date("review-by", self.report).map(|date| date.text),
            organizations: table.texts("organization", true, self.report),
            at,
        }
    }

    /// The cmdlets that a table is about. A list that holds none is said: the table would pass whatever exports show.
    pub(super) fn demanded(&mut self, table: &Table<'_, '_>, key: &'static str) -> Vec<Item> {
        let said = self.report.diagnostics.len();
        let items = table.items(key, self);
        if items.is_empty() && table.has(key) && self.report.diagnostics.len() == said {
            let message = format!("`{}` names no cmdlet in `{key}`", table.name());
            let help = format!("write `{}`, or remove the table", example(key));
            say(self.report, mistake::MISSING_KEY, message, table.at, Some(help));
        }
        items
    }

    fn beyond(&mut self, table: &Table<'_, '_>) -> Beyond {
        match table.word("beyond", BEYOND, self.report) {
            Some("any") => Beyond::Any,
            _ => Beyond::OwnMailbox,
        }
    }

    fn forbid(&mut self, table: &Table<'_, '_>, number: usize) -> Option<Forbid> {
        Some(Forbid {
            common: self.common(table, number),
            items: self.demanded(table, "cmdlets"),
            except: table.accounts("except", self),
            except_through: table.accounts("except-through", self),
            beyond: self.beyond(table),
        })
    }

    fn exception(&mut self, table: &Table<'_, '_>, number: usize) -> Option<Exception> {
        let said = self.report.diagnostics.len();
        let (accounts, through) = (table.accounts("accounts", self), table.accounts("through", self));
        let is_listed = table.has("accounts") || table.has("through");
        if accounts.is_empty() && through.is_empty() && is_listed && self.report.diagnostics.len() == said {
            let help = format!("write `{}`, or remove the table", example("accounts"));
            say(self.report, mistake::MISSING_KEY, "`except` names no account and no path", table.at, Some(help));
        }
        Some(Exception { common: self.common(table, number), of: table.text("of", self.report)?, accounts, through })
    }

    fn separate(&mut self, table: &Table<'_, '_>, number: usize) -> Option<Separate> {
        Some(Separate {
            common: self.common(table, number),
            left: self.demanded(table, "left"),
            right: self.demanded(table, "right"),
            beyond: self.beyond(table),
        })
    }

    fn group(&mut self, table: &Table<'_, '_>, number: usize) -> Option<GroupRule> {
        let complete = table.flag("complete", self.report);
        let reason = self.text(table, "reason");
        let expires = table.date("expires", self.report).map(|date| date.text);
        if complete {
            for key in ["reason", "expires"].into_iter().filter(|key| table.whole && !table.has(key)) {
                let message = format!("`group` with `complete = true` needs `{key}`");
                let help = format!("add `{}`", example(key));
                say(self.report, mistake::MISSING_KEY, message, table.at, Some(help));
            }
        }
        let (common, members) = (self.common(table, number), table.accounts("members", self));
        let exact = table.flag("exact", self.report);
        Some(GroupRule { common, name: table.text("name", self.report)?, members, exact, complete, reason, expires })
    }

    fn role(&mut self, table: &Table<'_, '_>, number: usize) -> Option<RoleRule> {
        let mut listed = |key| table.has(key).then(|| table.accounts(key, self));
        let (holders, delegators) = (listed("holders"), listed("delegators"));
        Some(RoleRule {
            common: self.common(table, number),
            name: table.text("name", self.report)?,
            holders,
            delegators,
        })
    }

    fn waiver(&mut self, table: &Table<'_, '_>, number: usize) -> Option<Waiver> {
        let common = self.common(table, number);
        let finding = self.finding(table);
        let fingerprint = table.text("fingerprint", self.report);
        if let Some(text) = fingerprint.as_ref().filter(|text| !is_fingerprint(&text.text)) {
            let message = format!("`{}` is no fingerprint", super::keys::one_line(&text.text));
            let help = "write the 16 hexadecimal digits that `rolecall check --format json` shows".to_owned();
            say(self.report, mistake::WRONG_VALUE, message, text.at, Some(help));
        }
        let (reason, expires) = (self.text(table, "reason"), table.date("expires", self.report));
        // Without a rule or a fingerprint it would accept everything.
        if finding.rule.is_none() && fingerprint.is_none() {
            return None;
        }
        Some(Waiver { common, finding, fingerprint, reason: reason?, expires: expires? })
    }

    fn assertion(&mut self, table: &Table<'_, '_>, number: usize) -> Option<Assertion> {
        Some(Assertion {
            common: self.common(table, number),
            entries: self.paths(table, "entries"),
            roles: table.texts("roles", true, self.report),
            name: table.text("name", self.report)?,
        })
    }

    fn organization(&mut self, table: &Table<'_, '_>, _: usize) -> Option<Organization> {
        let environment = table.text("environment", self.report);
        let environment =
            environment.and_then(|text| Some((word_of("environment", &text, ENVIRONMENTS, self.report)?, text.at)));
        let said = self.report.diagnostics.len();
        let paths = self.paths(table, "paths");
        if table.has("paths") && paths.is_empty() && self.report.diagnostics.len() == said {
            let help = format!("write `{}`", example("paths"));
            say(
                self.report,
                mistake::MISSING_KEY,
                "an organization without a path has no exports",
                table.at,
                Some(help),
            );
        }
        Some(Organization { name: table.text("name", self.report)?, environment, paths, at: table.at })
    }

    fn test(&mut self, table: &Table<'_, '_>, _: usize) -> Option<TestCase> {
        let exports = self.paths(table, "exports");
        let today = table.date("today", self.report).map(|date| date.text);
        let organization = table.text("organization", self.report);
        let mut findings = |key| {
            let tables = table.tables(key, self.report);
            tables.iter().map(|table| self.finding(table)).collect()
        };
        let (expect, reject) = (findings("expect"), findings("reject"));
        Some(TestCase {
            name: table.text("name", self.report)?,
            exports,
            organization,
            today,
            expect,
            reject,
            at: table.at,
        })
    }

    fn finding(&mut self, table: &Table<'_, '_>) -> Finding {
        let rule = table.text("rule", self.report);
        if let Some(rule) = &rule {
            self.check_rule(rule);
        }
        let mut text = |key| table.text(key, self.report);
        Finding {
            rule,
            account: text("account"),
            group: text("group"),
            role: text("role"),
            cmdlet: text("cmdlet"),
            assignment: text("assignment"),
            at: table.at,
        }
    }

    fn check_rule(&mut self, rule: &Text) -> Option<&'static str> {
        let known = self.rules.iter().find(|known| same(known, &rule.text)).copied();
        if known.is_none() && !self.rules.is_empty() {
            let help = match closest(&rule.text, self.rules.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`rolecall rules` lists the rules".to_owned(),
            };
            let message = format!("no rule is called `{}`", super::keys::one_line(&rule.text));
            say(self.report, mistake::UNKNOWN_RULE, message, rule.at, Some(help));
        }
        known
    }

    fn levels(&mut self, table: &Table<'_, '_>) -> std::collections::BTreeMap<String, RuleLevel> {
        let mut levels = std::collections::BTreeMap::new();
        for name in table.names() {
            let word = table.word(&name.text, RULE_LEVELS, self.report);
            let known = self.check_rule(&name);
            if let Some(word) = word {
                let rule = known.map_or_else(|| name.text.clone(), ToOwned::to_owned);
                levels.insert(rule, RuleLevel { level: severity(word).map_or(Level::Off, Level::At), at: name.at });
            }
        }
        levels
    }

    fn exports(&mut self, table: &Table<'_, '_>) -> Exports {
        let paths = self.paths(table, "paths");
        let assume: Vec<(&'static str, Span)> = table.words("assume", ASSUMPTIONS, self.report);
        Exports { paths, assume }
    }
}

/// The severity of a level; none where it is `off`.
fn severity(word: &str) -> Option<Severity> {
    match word {
        "error" => Some(Severity::Error),
        "warning" => Some(Severity::Warning),
        "note" => Some(Severity::Note),
        _ => None,
    }
}

fn preset(word: &str) -> Preset {
    match word {
        "strict" => Preset::Strict,
        "all" => Preset::All,
        _ => Preset::Default,
    }
}

fn is_fingerprint(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// How a key is written where it must be there.
pub(super) fn example(key: &str) -> String {
    let value = match key {
        "expires" => "2026-12-31",
        "reason" => "\"…\"",
        "name" | "organization" => "\"NAME\"",
        "rule" => "\"RULE\"",
        "paths" | "exports" => "[\"exports\"]",
        "entries" => "[\"entries.csv\"]",
        "expect" => "[{ rule = \"RULE\" }]",
        "cmdlets" | "left" | "right" => "[\"Get-Mailbox\"]",
        "roles" => "[\"Mail Recipients\"]",
        _ => "[\"…\"]",
    };
    format!("{key} = {value}")
}
