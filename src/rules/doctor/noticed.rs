//! Words for what reading noticed.
//!
//! Readers note a rule, a place and a word about it, perhaps a million times; here the count becomes one line.

use crate::diagnostic::{Diagnostic, Label, Notice, RuleId, noticed};
use crate::policy::closest;
use crate::record::Property;
use crate::remedy::{Fix, FixKind};
use crate::source::SourceFile;

/// The diagnostic of a notice in its file.
#[must_use]
pub fn diagnostic(notice: &Notice, file: &SourceFile<'_>) -> Diagnostic {
    let (message, help) = words(notice.rule, &notice.about, notice.count);
    let mut diagnostic = Diagnostic::at(notice.rule, message, Label::new(notice.first, ""));
    diagnostic.fixes.extend(help.map(|help| Fix::words(FixKind::Export, help)));
    let parts = [file.path.as_str(), &notice.about];
    diagnostic.subject.noticed = Some(parts[..if notice.about.is_empty() { 1 } else { 2 }].join("\u{1f}"));
    diagnostic
}

/// The message, and what to do.
fn words(rule: RuleId, about: &str, count: u64) -> (String, Option<String>) {
    let property = property(about);
    let list = if about == "another property" { "a list".to_owned() } else { format!("the list {property}") };
    let records = records(count);
    let times = times(count);
    let (message, help) = match rule {
        noticed::CUT_VALUE => (format!("{property} is cut in {records}"), Some(UNCUT)),
        noticed::CUT_LIST => (format!("{list} is cut in {records}"), Some(UNCUT)),
        noticed::FLATTENED_LIST => {
            return (format!("{list} is written as the name of its type in {records}"), Some(joined(about)));
        }
        noticed::BLANK_JOINED_LIST if about.ends_with(noticed::BY_SIGNS) => {
            let name = about.trim_end_matches(noticed::BY_SIGNS);
            return (
                format!("the list `{name}` is joined by a sign which its items may hold, in {records}"),
                Some(joined(name)),
            );
        }
        noticed::BLANK_JOINED_LIST => {
            return (
                format!("{list} is joined by blanks, which its items may hold, in {records}"),
                Some(joined(about)),
            );
        }
        noticed::CUT_RECORD => (cut_record(about), Some(AGAIN)),
        noticed::UNRECOGNISED_INPUT => {
            let what = match about {
                "" | "text" => "a part of the file is not understood".to_owned(),
                what => format!("not understood: {what}"),
            };
            (format!("{what}{times}"), Some("`rolecall records -v` shows what became of every line"))
        }
        noticed::REPEATED_COLUMN => (
            "two columns have one name, and the first counts".to_owned(),
            Some("export each property once, by `Select-Object`"),
        ),
        noticed::UNREAD_COLUMN => {
            let help = misspelt(about).map(|name| format!("if it is what Exchange calls `{name}`, name it so"));
            let message = format!("the column {property} is not read in records of this kind");
            return (message, help.or_else(|| Some(APART.to_owned())));
        }
        noticed::UNKNOWN_OBJECT => match about {
            "Search-AdminAuditLog" | "AdminAuditLogEvent" => (
                format!("{records} of `Search-AdminAuditLog`, which says who changed what, and no permission"),
                Some(CHANGED),
            ),
            "Test-ServicePrincipalAuthorization" => (
                format!(
                    "{records} of `Test-ServicePrincipalAuthorization`, of which nothing is read: they name no application"
                ),
                Some(TESTED),
            ),
            about => (unknown_object(about, &records), Some(SELECTED)),
        },
        noticed::UNSAFE_COLUMNS => (format!("columns cannot be told apart: {about}{times}"), Some(TABLE)),
        noticed::HIDDEN_CHARACTERS => (
            format!("the text holds the hidden character {about}{times}"),
            Some("look at the object in Exchange, and rename it if the character is there by accident"),
        ),
        noticed::ASSUMED_ENCODING => (encoding(about), Some("export it again with `-Encoding UTF8`")),
        noticed::MORE_RESULTS => {
            let of = match about {
                "" => String::new(),
                cmdlet if !cmdlet.contains(' ') => format!(" by `{cmdlet}`"),
                how => format!(" ({how})"),
            };
            (format!("there are more results than were printed{of}{times}"), Some(UNLIMITED))
        }
        noticed::FAILED_COMMAND => {
            let command = if about.is_empty() { "a command".to_owned() } else { format!("`{about}`") };
            (
                format!("{command} failed{times}, so its rows may be missing"),
                Some("export it again as a member of `View-Only Organization Management`, whose roles permit it"),
            )
        }
        noticed::UNKNOWN_NUMBER => {
            (format!("{property} is a number whose meaning no source gives in {records}"), Some(NUMBERS))
        }
        noticed::LOSSY_ENCODING if about == "?" => {
            let names = if count == 1 { "a name".to_owned() } else { format!("{count} names") };
            (format!("a `?` seems to replace lost letters in {names}"), Some(ENCODED))
        }
        noticed::LOSSY_ENCODING if about == "twice" => (
            "the letters beyond ASCII were decoded wrongly once, and names are read as they were".to_owned(),
            Some("export it again with `-Encoding UTF8`, and open it in Excel by Data > From Text/CSV"),
        ),
        noticed::LOSSY_ENCODING => {
            (format!("characters were lost when the file was written: {about}{times}"), Some(ENCODED))
        }
        noticed::NO_EXPORT => (no_export(about), Some("`rolecall explain no-export` says what rolecall looks for")),
        noticed::UNREADABLE_INPUT => (format!("the file cannot be read: {about}"), Some(READABLE)),
        noticed::CHANGED_WHILE_READ => (format!("the file changed while it was read: {about}"), Some(WRITTEN)),
        // A reader may note what this list does not know yet; a test keeps that from lasting.
        _ => (format!("{about}{times}"), None),
    };
    (message, help.map(str::to_owned))
}

const APART: &str = "export roles, entries, assignments and members each by its own cmdlet: `rolecall collect` prints a script that does";
const READABLE: &str = "name a file that is there and may be read";
const WRITTEN: &str = "wait until the export is written, and run this again";
const UNCUT: &str = "export it to CSV or JSON; for text, set `$FormatEnumerationLimit = -1` and use `Format-List | Out-File -Width 4096`";
const AGAIN: &str = "export it again; the last record is not whole, and more may be missing";
const CHANGED: &str = "`rolecall diff OLD NEW` says what changed between two exports, and which way gives it";
const TESTED: &str = "`rolecall access --account APP --on MAILBOX` says the same from `Get-ManagementRoleAssignment` and `Get-ManagementScope`";
const SELECTED: &str = "if they are about permissions, export them with more properties; `Name` alone tells nothing";
const TABLE: &str = "export it with `Export-Csv` or `ConvertTo-Json` instead of copying it from a screen";
const UNLIMITED: &str = "export it again with `-ResultSize Unlimited`";
const NUMBERS: &str = "export it with `Export-Csv`, or in PowerShell 7 with `ConvertTo-Json -EnumsAsStrings`";
const ENCODED: &str = "export it again with `-Encoding UTF8`";

/// The property that a column of another name may mean.
fn misspelt(column: &str) -> Option<&'static str> {
    let known = Property::NAMES.iter().map(|(_, names)| names[0]);
    closest(column, known).filter(|_| Property::named(column) == Property::Other)
}

/// How to export a list so that it stays one.
fn joined(about: &str) -> String {
    // The name goes into a script block, so it must be a name and no more.
    let is_name = !about.is_empty() && about.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let list = if is_name { about } else { "Members" };
    format!(
        "join it first, as in `Select-Object Name,@{{n='{list}';e={{$_.{list} -join ';'}}}}`, or use `ConvertTo-Json -Depth 4`"
    )
}

fn cut_record(about: &str) -> String {
    match about {
        "JSON document" | "CLIXML document" => format!("the {about} ends before it is closed"),
        "heading" => "the file ends in its heading".to_owned(),
        _ => "the file ends in the middle of a record".to_owned(),
    }
}

/// A property as it is shown. Readers say "another property" of the many that answers do not need.
fn property(about: &str) -> String {
    match about {
        "" => "a value".to_owned(),
        "another property" => about.to_owned(),
        name => format!("`{name}`"),
    }
}

fn unknown_object(about: &str, records: &str) -> String {
    match about {
        "" | "row" | "table" | "object" | "list" => format!("{records} of a kind that rolecall does not know"),
        columns if columns.starts_with('`') => {
            format!("{records} of a kind that rolecall does not know, with the columns {columns}")
        }
        name => format!("{records} of a kind that rolecall does not know: `{name}`"),
    }
}

fn encoding(about: &str) -> String {
    match about {
        "changes" => "the file changes its encoding on the way".to_owned(),
        name => format!("the file does not say its encoding and was read as {name}"),
    }
}

/// What a file is that is no export; of forms that people have beside exports, what to do instead.
fn no_export(about: &str) -> String {
    const LIVE: &str = "export what is there now, as the script of `rolecall collect` does";
    const OF_EXCHANGE: &str = "export what Exchange itself says, as the script of `rolecall collect` does";
    let instead = |what: &str, step: &str| format!("{what}: {step}");
    if let Some(columns) = about.strip_prefix("HTML") {
        let columns = columns.split(", ").map(str::trim).filter(|name| !name.is_empty());
        let columns: Vec<String> = columns.map(|name| format!("`{name}`")).collect();
        let with = if columns.is_empty() { String::new() } else { format!(" with the columns {}", columns.join(", ")) };
        let what = format!("the file is an HTML page{with}");
        return instead(
            &what,
            "export the objects with `Export-Csv` or `ConvertTo-Json -Depth 4`, not `ConvertTo-Html`",
        );
    }
    match about {
        "empty" => "the file is empty".to_owned(),
        "heading" => "the file holds a heading and no rows".to_owned(),
        "list" => "the file holds an empty list".to_owned(),
        "binary" => "the file is no text".to_owned(),
        "workbook" => instead(
            "the file is an Excel workbook or another archive",
            "save each sheet as `CSV UTF-8`, or export the objects with `Export-Csv`",
        ),
        "ConvertTo-Xml" => {
            instead("the file is what `ConvertTo-Xml` writes", "export the objects with `Export-Clixml` instead")
        }
        "desired state" => instead("desired state of Microsoft365DSC, which says what somebody wants", LIVE),
        "configuration snapshot" => instead("a snapshot of a configuration, which says what was once", LIVE),
        "drift report" => instead("a drift report, which says where a configuration differs from a baseline", LIVE),
        "YAML" => instead("the file is YAML, which no cmdlet of Exchange writes", LIVE),
        "Search-AdminAuditLog" => {
            instead("the file is of `Search-AdminAuditLog`, which says who changed what, and no permission", CHANGED)
        }
        "Test-ServicePrincipalAuthorization" => {
            instead("the file is of `Test-ServicePrincipalAuthorization`, which names no application", TESTED)
        }
        "LDIF" => instead("the file is LDIF, which a directory writes", OF_EXCHANGE),
        "Graph role management" => instead("role management of Microsoft Graph", OF_EXCHANGE),
        "Entra listing" => instead("a listing of Entra, which says nothing of permissions in Exchange", OF_EXCHANGE),
        _ => "the file holds no export that rolecall knows".to_owned(),
    }
}

fn records(count: u64) -> String {
    format!("{count} record{}", if count == 1 { "" } else { "s" })
}

fn times(count: u64) -> String {
    if count == 1 { String::new() } else { format!(" ({count} times)") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;
    use crate::source::{FileId, Span};

    fn said(rule: RuleId, about: &str, count: u64) -> Diagnostic {
        let file = SourceFile::decode(FileId(0), "exports/a.txt".into(), b"text").expect("small");
        let first = Span { file: FileId(0), start: 0, end: 4 };
        diagnostic(&Notice { rule, about: about.into(), first, count }, &file)
    }

    #[test]
    fn each_notice_has_words_of_its_own() {
        let mut lines = Vec::new();
        for (rule, about, count) in [
            (noticed::CUT_VALUE, "Name", 1),
            (noticed::CUT_LIST, "Parameters", 9),
            (noticed::FLATTENED_LIST, "Members", 2),
            (noticed::BLANK_JOINED_LIST, "another property", 2),
            (noticed::BLANK_JOINED_LIST, "Members by signs", 1),
            (noticed::CUT_RECORD, "row", 1),
            (noticed::UNRECOGNISED_INPUT, "row with one field", 3),
            (noticed::REPEATED_COLUMN, "", 1),
            (noticed::UNREAD_COLUMN, "User", 1),
            (noticed::UNREAD_COLUMN, "RecipientWriteScpe", 1),
            (noticed::UNKNOWN_OBJECT, "row", 3),
            (
                noticed::UNKNOWN_OBJECT,
                "`Name`, `Rang`; one column short of role group members: a column `RoleGroup`",
                2,
            ),
            (noticed::UNKNOWN_OBJECT, "System.Diagnostics.Process", 1),
            (noticed::UNKNOWN_OBJECT, "Search-AdminAuditLog", 2),
            (noticed::UNKNOWN_OBJECT, "Test-ServicePrincipalAuthorization", 2),
            (noticed::UNSAFE_COLUMNS, "a row that does not fit the columns", 3),
            (noticed::HIDDEN_CHARACTERS, "U+202E", 1),
            (noticed::ASSUMED_ENCODING, "Windows-1252", 1),
            (noticed::ASSUMED_ENCODING, "changes", 1),
            (noticed::MORE_RESULTS, "", 1),
            (noticed::MORE_RESULTS, "Get-RoleGroup", 1),
            (noticed::FAILED_COMMAND, "Get-RoleGroup", 2),
            (noticed::UNKNOWN_NUMBER, "RoleAssigneeType", 4),
            (noticed::LOSSY_ENCODING, "U+FFFD", 1),
            (noticed::LOSSY_ENCODING, "?", 1),
            (noticed::LOSSY_ENCODING, "twice", 1),
            (noticed::NO_EXPORT, "empty", 1),
            (noticed::NO_EXPORT, "heading", 1),
            (noticed::NO_EXPORT, "list", 1),
            (noticed::NO_EXPORT, "binary", 1),
            (noticed::NO_EXPORT, "text", 1),
            (noticed::NO_EXPORT, "workbook", 1),
            (noticed::NO_EXPORT, "HTML Rolle, Art", 1),
            (noticed::NO_EXPORT, "ConvertTo-Xml", 1),
            (noticed::NO_EXPORT, "desired state", 2),
            (noticed::NO_EXPORT, "Search-AdminAuditLog", 1),
            (noticed::NO_EXPORT, "Test-ServicePrincipalAuthorization", 1),
            (noticed::NO_EXPORT, "configuration snapshot", 1),
            (noticed::NO_EXPORT, "drift report", 1),
            (noticed::NO_EXPORT, "YAML", 1),
            (noticed::NO_EXPORT, "LDIF", 1),
            (noticed::NO_EXPORT, "Graph role management", 1),
            (noticed::NO_EXPORT, "Entra listing", 1),
        ] {
            let said = said(rule, about, count);
            assert_eq!(said.severity, Severity::Note);
            lines.push(format!(
                "{}: {}\n  {}",
                rule.name,
                said.message,
                said.fixes.first().map_or("-", |fix| fix.note.as_str())
            ));
        }
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn every_rule_of_the_readers_has_words() {
        // The list is the source itself, so that a new constant cannot be forgotten here.
        let source = include_str!("../../diagnostic.rs");
        let rules: Vec<&'static str> = source
            .split("RuleId::reading(\"")
            .skip(1)
            .map(|rest| rest.split('"').next().expect("split yields a part"))
            .collect();
        assert!(rules.len() >= 16, "{rules:?}");
        for rule in rules {
            assert_ne!(said(RuleId::reading(rule), "it", 1).message, "it", "`{rule}` has no words");
        }
    }

    #[test]
    fn two_notices_of_one_file_have_two_fingerprints() {
        let fingerprint = |about| crate::diagnostic::fingerprint(&said(noticed::CUT_LIST, about, 1));
        assert_ne!(fingerprint("Members"), fingerprint("Roles"));
        assert_eq!(fingerprint("Members"), crate::diagnostic::fingerprint(&said(noticed::CUT_LIST, "Members", 7)));
    }
}
