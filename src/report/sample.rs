//! One sample of diagnostics for the tests of all formats: chains over several files, text that hides something, lines
//! that are too long to show, marks over several lines, and diagnostics without a place.

use super::{Coverage, Dossier, Ending, Finished, Summary};
use crate::diagnostic::{Diagnostic, GapRef, Label, RuleId, Severity, causes};
use crate::remedy::{Beyond, Fix, Remedy};
use crate::source::{FileId, SourceFile, Sources, Span, to_u32};

/// Files and what is said about them.
pub(super) struct Sample {
    sources: Sources<'static>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

const MEMBERS: &str = "\
RoleGroup,Name
Help Desk,alice
Intune Connector,svc-intune
";

const ASSIGNMENTS: &str = "\
Name,Role,RoleAssigneeName,Enabled
Mail Recipients-Intune,Mail Recipients,Intune Connector,True
Role Management-Intune,Role Management,Intune Connector,False
";

const GROUPS: &str = "\
Name    : Evil\u{202e}puorG
Members : {alice,
          bob}
\t漢字 : full width
";

const POLICY: &str = "\
[[require]]
id = \"intune\"
account = \"svc-intune\"
cmdlets = [\"Set-CASMailbox:ActiveSyncEnabled\"]
";

impl Sample {
    pub(super) fn new() -> Self {
        // Leaked once a test: files borrow their bytes, and these are made up here.
        let long: &'static str = Box::leak(long_line().into_boxed_str());
        let files = [
            ("exports/assignments.csv", ASSIGNMENTS),
            ("exports/entries.json", long),
            ("exports/groups\u{7}.txt", GROUPS),
            ("exports/members.csv", MEMBERS),
            ("rolecall.toml", POLICY),
            ("exports/empty.txt", ""),
        ];
        let decode = |(index, (path, text)): (usize, (&str, &'static str))| {
            SourceFile::decode(FileId(to_u32(index)), path.into(), text.as_bytes()).expect("small")
        };
        let sources = Sources::new(files.into_iter().enumerate().map(decode).collect());
        let diagnostics = diagnostics(&sources);
        Self { sources, diagnostics }
    }

    pub(super) fn finished(&self) -> Finished<'_> {
        Finished {
            sources: &self.sources,
            diagnostics: &self.diagnostics,
            causes: causes(&self.diagnostics),
            summary: Summary {
                files: 5,
                records: 1007,
                accounts: 1,
                asked: 3,
                roles: 0,
                granted: 1,
                missing: 1,
                undecided: 1,
                errors: 3,
                warnings: 1,
                notes: 3,
                waived: 0,
            },
            coverage: vec![
                Coverage {
                    organization: None,
                    kind: "RoleEntry".into(),
                    files: vec!["exports/entries.json".into()],
                    records: 1000,
                    complete: true,
                    ..Coverage::default()
                },
                Coverage {
                    organization: None,
                    kind: "RoleGroup".into(),
                    files: (1..=8).map(|number| format!("exports/group{number}.txt")).collect(),
                    records: 1,
                    complete: false,
                    reasons: vec!["cut-list".into()],
                    undecided: vec!["Get-Mailbox".into()],
                    ..Coverage::default()
                },
            ],
            notes: vec!["pack `intune-connector-on-premises` was withdrawn: support ended on 2024-01-15".into()],
            ending: Ending::default(),
            dossier: Dossier::default(),
        }
    }
}

/// A line of about 100 KB, as `ConvertTo-Json -Compress` writes it.
fn long_line() -> String {
    let entry = |number: u32| {
        format!(
            "{{\"Name\":\"Get-Thing{number}\",\"Role\":\"Mail Recipients\",\"Parameters\":[\"Identity\",\"Größe\"]}}"
        )
    };
    format!("[{}]\n", (0..1300).map(entry).collect::<Vec<_>>().join(","))
}

/// The `number`-th place where a text stands in a file.
fn mark(sources: &Sources<'_>, file: u32, text: &str, number: usize, words: &str) -> Label {
    let source = sources.file(FileId(file));
    let (start, _) = source.text().match_indices(text).nth(number).expect("the sample holds it");
    Label::new(Span { file: source.id, start: to_u32(start), end: to_u32(start + text.len()) }, words)
}

fn said(rule: &'static str, severity: Severity, message: &str, labels: Vec<Label>) -> Diagnostic {
    let nowhere = Label::new(Span { file: FileId(0), start: 0, end: 0 }, "");
    let mut diagnostic = Diagnostic::at(RuleId::requirement(rule, severity), message, nowhere);
    diagnostic.labels = labels;
    diagnostic
}

fn diagnostics(sources: &Sources<'_>) -> Vec<Diagnostic> {
    let at = |file, text, number, words| mark(sources, file, text, number, words);
    let mut missing = said(
        "missing-cmdlet",
        Severity::Error,
        "`svc-intune` cannot run `Set-CASMailbox`: the assignment `Role Management-Intune` that would grant it is disabled",
        vec![
            at(0, "False", 0, "disabled here"),
            at(0, "Intune Connector", 1, "assigned to this group"),
            at(3, "svc-intune", 0, "a member"),
            at(4, "\"Set-CASMailbox:ActiveSyncEnabled\"", 0, "required here"),
        ],
    );
    let enabled = Remedy::SetEnabled { assignment: "Role Management-Intune".into(), on: true };
    let beyond = Some(Beyond { cmdlets: 12, dangerous: vec!["New-ManagementRoleAssignment".into()] });
    missing.fixes.push(Fix::of(enabled, "enables the assignment that is there").giving(beyond));
    missing.fixes[0].makes = vec!["role-management"];
    missing.fixes.push(Fix::policy("require it no longer"));
    missing.subject.account = Some("svc-intune".into());
    missing.subject.cmdlet = Some("Set-CASMailbox".into());
    missing.subject.parameters = vec!["ActiveSyncEnabled".into()];
    missing.subject.requirement = Some("intune".into());

    let far = said(
        "merged-parameters",
        Severity::Warning,
        "the parameters of `Get-Thing700` are split over two entries of one file",
        vec![
            at(1, "Get-Thing700", 0, "one entry"),
            at(1, "Mail Recipients", 700, "of this role"),
            at(1, "Größe", 1299, "another, far to the right"),
            at(1, "\"Größe\"]}]", 0, ""),
        ],
    );

    let mut undecided = said(
        "undecided",
        Severity::Note,
        "whether `Evil\u{202e}puorG` holds `svc-intune` is not known",
        vec![at(2, "{alice,\n          bob}", 0, "the members"), at(2, "Evil\u{202e}puorG", 0, "this\u{202e} group")],
    );
    undecided.subject.cmdlets = vec!["Get-Mailbox".into()];
    undecided.subject.gap = Some(GapRef { code: "opaque-group", object: "Evil\u{202e}puorG".into() });

    let wide = said("lossy-encoding", Severity::Note, "a letter was lost", vec![at(2, "full", 0, "behind 漢字")]);

    let mut empty = said(
        "no-export",
        Severity::Note,
        "the file is empty",
        vec![Label::new(Span { file: FileId(5), start: 0, end: 0 }, "this file")],
    );
    empty.subject.noticed = Some("exports/empty.txt".into());

    let two = said(
        "unknown-account",
        Severity::Error,
        "no export names `svc-intune`",
        vec![at(4, "intune", 0, "named here"), at(4, "svc-intune", 0, "and here"), at(4, "intune", 0, "again")],
    );
    vec![
        said("nothing-to-check", Severity::Error, "no account matches", Vec::new()),
        missing,
        far,
        undecided,
        wide,
        empty,
        two,
    ]
}
