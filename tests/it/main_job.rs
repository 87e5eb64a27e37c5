//! The main job on the fixture organization: what each account lacks, in every shape the exports can come in.
//!
//! What is expected is worked out from the CSV files by `naive`, which shares no line with rolecall; a few answers
//! stand here by hand besides, so that the two cannot be wrong together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value;

use crate::naive::{self, Organization};
use crate::powershell::{
    Columns, Datum, Encoding, How, Layout, Object, Quotes, Session, Shape, Sizing, encode, render,
};
use crate::program::{Ran, argument, folder, rolecall, strings};

const PACK: &str = "intune-connector-on-premises";
const PACK_TEXT: &str = include_str!("../../src/packs/intune-connector-on-premises.toml");

/// The exports of the organization and the kind of object in each.
const EXPORTS: &[(&str, &str)] = &[
    ("assignments", "RoleAssignment"),
    ("entries", "RoleEntry"),
    ("entries-my-roles", "RoleEntry"),
    ("groups", "Group"),
    ("mailboxes", "Recipient"),
    ("members", "RoleGroupMember"),
    ("policies", "RoleAssignmentPolicy"),
    ("role-groups", "RoleGroup"),
    ("roles", "Role"),
    ("scopes", "ManagementScope"),
    ("users", "Recipient"),
];

/// Answers read off the exports by eye.
const BY_HAND: &[(&str, usize)] =
    &[("svc-recipients", 7), ("adm-nested", 0), ("svc-intune", 0), ("svc-stale", 20), ("svc-nobody", 20)];

fn fixture(name: &str) -> String {
    format!("fixtures/organization/exports/{name}.csv")
}

fn as_exported() -> Vec<String> {
    EXPORTS.iter().map(|(name, _)| fixture(name)).collect()
}

fn organization() -> Organization {
    Organization::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/organization/exports"))
}

fn check(paths: &[String], account: &str, further: &[&str]) -> Ran {
    let mut arguments: Vec<String> = vec!["check".to_owned()];
    arguments.extend(["--account", account, "--require", PACK, "--format", "json"].map(ToOwned::to_owned));
    arguments.extend(further.iter().map(|word| (*word).to_owned()));
    arguments.extend(paths.iter().cloned());
    rolecall(&arguments)
}

fn access(paths: &[String]) -> Ran {
    let mut arguments = vec!["access".to_owned(), "--format".to_owned(), "json".to_owned()];
    arguments.extend(paths.iter().cloned());
    rolecall(&arguments)
}

/// The cmdlets that a report says an account lacks.
fn missing(report: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for diagnostic in report["diagnostics"].as_array().expect("a report has diagnostics") {
        if diagnostic["rule"] == "missing-cmdlet" {
            let word = |key: &str| diagnostic[key].as_str().expect("it names one").to_owned();
            assert!(all.entry(word("account")).or_default().insert(word("cmdlet")), "said twice: {diagnostic}");
        }
    }
    all
}

/// Checks every account against `expected`, with nothing left open.
fn assert_missing(paths: &[String], organization: &Organization) {
    let required = naive::cmdlets_of_pack(PACK_TEXT);
    let accounts = organization.accounts();
    let ran = check(paths, "*", &[]);
    let report = ran.json();
    let found = missing(&report);
    for account in &accounts {
        let expected: BTreeSet<String> = organization.missing(account, &required).into_iter().collect();
        assert_eq!(found.get(account).cloned().unwrap_or_default(), expected, "{account}: {}", ran.stderr);
    }
    let total: usize = found.values().map(BTreeSet::len).sum();
    let asked = accounts.len() * (required.len() + 1);
    assert_eq!(report["summary"]["accounts"], accounts.len(), "{:?}", found.keys());
    assert_eq!(report["summary"]["asked"], asked);
    assert_eq!(report["summary"]["missing"], total);
    assert_eq!(report["summary"]["granted"], asked - total);
    assert_eq!(report["summary"]["undecided"], 0);
    assert_eq!(ran.code, 1);
}

#[test]
fn every_account_lacks_what_the_dump_implies() {
    let organization = organization();
    assert_eq!(organization.accounts().len(), 14);
    assert_missing(&as_exported(), &organization);
}

#[test]
fn the_accounts_of_the_readme_lack_what_it_says() {
    let required = naive::cmdlets_of_pack(PACK_TEXT);
    assert_eq!(required.len(), 20);
    for (account, count) in BY_HAND {
        let ran = check(&as_exported(), account, &[]);
        let report = ran.json();
        assert_eq!(report["summary"]["missing"], *count, "{account}");
        assert_eq!(report["summary"]["asked"], 21, "{account}");
        assert_eq!(ran.code, i32::from(*count > 0), "{account}");
    }
    // Recipient Management has every role that this takes but Organization Client Access.
    let report = check(&as_exported(), "svc-recipients", &[]).json();
    let expected = [
        "Get-ActiveSyncDeviceAccessRule",
        "Get-ActiveSyncDeviceClass",
        "Get-ActiveSyncOrganizationSettings",
        "New-ActiveSyncDeviceAccessRule",
        "Remove-ActiveSyncDeviceAccessRule",
        "Set-ActiveSyncDeviceAccessRule",
        "Set-ActiveSyncOrganizationSettings",
    ];
    assert_eq!(missing(&report)["svc-recipients"], expected.map(ToOwned::to_owned).into());
}

#[test]
fn an_account_is_found_by_any_of_its_identities() {
    for identity in [
        "svc-recipients",
        "SVC-Recipients",
        "Recipient Service Account",
        "svc-recipients@contoso.com",
        "CN=svc-recipients,CN=Users,DC=contoso,DC=com",
        "contoso.com/Users/svc-recipients",
        "svc-recip*",
    ] {
        let report = check(&as_exported(), identity, &[]).json();
        let found = missing(&report);
        assert_eq!(found.keys().collect::<Vec<_>>(), ["svc-recipients"], "{identity}");
        assert_eq!(found["svc-recipients"].len(), 7, "{identity}");
    }
}

#[test]
fn access_shows_every_cmdlet_with_its_parameters_and_paths() {
    let organization = organization();
    let ran = access(&as_exported());
    let lines = ran.json_lines();
    let shown: Vec<&str> = lines.iter().filter_map(|line| line["account"].as_str()).collect();
    assert_eq!(shown, organization.accounts());
    assert_eq!(ran.code, 0);
    for line in &lines {
        let account = line["account"].as_str().expect("an account has a name");
        assert_eq!(line["complete"], true, "{account}: {}", line["gaps"]);
        let mut found = BTreeMap::new();
        for cmdlet in line["cmdlets"].as_array().expect("a list") {
            assert_eq!(cmdlet["answer"], "granted", "{account}: {cmdlet}");
            let path = |grant: &Value| naive::Path {
                role: grant["role"].as_str().expect("a role").to_owned(),
                assignment: grant["assignment"].as_str().expect("an assignment").to_owned(),
            };
            let paths: BTreeSet<naive::Path> = cmdlet["grants"].as_array().expect("grants").iter().map(path).collect();
            let parameters = strings(&cmdlet["parameters"]).into_iter().map(str::to_lowercase).collect();
            let name = cmdlet["cmdlet"].as_str().expect("a cmdlet").to_owned();
            assert!(found.insert(name, (paths, parameters)).is_none(), "{account}: {cmdlet} twice");
        }
        let expected: BTreeMap<String, (BTreeSet<naive::Path>, BTreeSet<String>)> = organization
            .held(account)
            .into_iter()
            .map(|(cmdlet, held)| {
                let parameters = held.parameters.iter().map(|name| name.to_lowercase()).collect();
                (cmdlet, (held.paths, parameters))
            })
            .collect();
        assert_eq!(found, expected, "{account}");
    }
}

#[test]
fn the_chain_of_a_nested_member_names_every_group() {
    let mut arguments = vec!["access".to_owned(), "--account=adm-nested".to_owned(), "--format=json".to_owned()];
    arguments.extend(as_exported());
    let lines = rolecall(&arguments).json_lines();
    let cmdlets = lines[0]["cmdlets"].as_array().expect("a list");
    let grants = cmdlets.iter().flat_map(|cmdlet| cmdlet["grants"].as_array().expect("grants"));
    let by_group: BTreeSet<Vec<&str>> = grants.map(|grant| strings(&grant["through"])).collect();
    let expected = [
        vec!["Default Role Assignment Policy"],
        vec!["Tier 0 Messaging", "Exchange Admins", "Organization Management"],
    ];
    assert_eq!(by_group, expected.into());
}

#[test]
fn the_entries_of_an_account_are_all_it_needs() {
    let text = std::fs::read_to_string(format!(
        "{}/fixtures/organization/entries-only/svc-entries.csv",
        env!("CARGO_MANIFEST_DIR")
    ))
    .expect("the fixture is there");
    let held: BTreeSet<String> = naive::rows(&text).into_iter().map(|row| row["Name"].clone()).collect();
    let required = naive::cmdlets_of_pack(PACK_TEXT);
    let expected: BTreeSet<String> = required.into_iter().filter(|cmdlet| !held.contains(cmdlet)).collect();
    assert!(!expected.is_empty() && expected.len() < 20, "{expected:?}");

    let path = "fixtures/organization/entries-only/svc-entries.csv";
    let asserted = format!("--entries-of=svc-entries={path}");
    let ran = check(&[], "svc-entries", &[&asserted]);
    assert_eq!(missing(&ran.json())["svc-entries"], expected, "{}", ran.stderr);
    assert_eq!(ran.code, 1);
    let again = check(&[path.to_owned()], "svc-entries", &[&asserted]);
    assert_eq!(again.stdout, ran.stdout, "naming the file twice changes nothing");

    let without = check(&[path.to_owned()], "svc-entries", &[]);
    assert_eq!(without.code, 3, "{}", without.stdout);
    for way_out in ["--entries-of", "assignments"] {
        assert!(without.stderr.contains(way_out), "{way_out} is not in {}", without.stderr);
    }
}

/// The dump as somebody published it, which says neither what is enabled nor what is delegating.
fn as_published() -> (tempfile::TempDir, Vec<String>) {
    // The role groups list our own assignments, which the published file has not.
    let mut groups = std::fs::read_to_string(fixture("role-groups")).expect("it is there");
    for column in ["Roles", "RoleAssignments"] {
        let rows = crate::absence::rows(groups.trim_start_matches('\u{FEFF}')).expect("a table");
        let left_out = rows[0].iter().position(|name| name == column).expect("a column");
        groups = crate::absence::text(&rows, left_out);
    }
    let folder = crate::program::folder(&[("role-groups.csv", groups.as_bytes())]);
    let own = ["assignments", "entries", "role-groups"];
    let kept = EXPORTS.iter().filter(|(name, _)| !own.contains(name));
    let published = ["RBACRoleCmdlet", "StandardMRA"];
    let published = published.map(|name| format!("fixtures/organization/as-published/{name}.csv"));
    let mut paths: Vec<String> = published.into_iter().chain(kept.map(|(name, _)| fixture(name))).collect();
    paths.push(crate::program::argument(folder.path()));
    (folder, paths)
}

/// The published file has none of our own nine assignments.
fn organization_as_published() -> Organization {
    let mut organization = organization();
    organization.assignments.truncate(218);
    organization
}

#[test]
fn the_dump_as_published_leaves_open_what_its_missing_columns_decide() {
    let organization = organization_as_published();
    let required = naive::cmdlets_of_pack(PACK_TEXT);
    // What no assignment of the account could give is missing, whatever the columns would say.
    let (_folder, published) = as_published();
    for (account, code) in [("svc-recipients", 1), ("adm-nested", 3), ("Administrator", 3), ("svc-nobody", 1)] {
        let ran = check(&published, account, &[]);
        let report = ran.json();
        let expected: BTreeSet<String> = organization.missing(account, &required).into_iter().collect();
        assert_eq!(missing(&report).remove(account).unwrap_or_default(), expected, "{account}");
        assert_eq!(report["summary"]["undecided"], 20 - expected.len(), "{account}");
        assert_eq!(ran.code, code, "{account}: {}", ran.stderr);
        if expected.len() == 20 {
            continue;
        }
        let undecided = report["diagnostics"].as_array().expect("a list").iter();
        let undecided = undecided.filter(|diagnostic| diagnostic["rule"] == "undecided");
        let mut columns: Vec<&str> = undecided.filter_map(|it| it["gap"]["object"].as_str()).collect();
        columns.sort_unstable();
        assert_eq!(columns, ["Enabled", "RoleAssignmentDelegationType"], "{account}");
    }
}

#[test]
fn what_the_caller_accepts_decides_the_dump_as_published() {
    let organization = organization_as_published();
    let required = naive::cmdlets_of_pack(PACK_TEXT);
    let (_folder, published) = as_published();
    for account in organization.accounts() {
        let ran = check(&published, &account, &["--assume", "enabled,regular-by-name"]);
        let report = ran.json();
        assert_eq!(report["summary"]["undecided"], 0, "{account}: {}", ran.stdout);
        let expected: BTreeSet<String> = organization.missing(&account, &required).into_iter().collect();
        let found = missing(&report).remove(&account).unwrap_or_default();
        assert_eq!(found, expected, "{account}");
        assert_eq!(ran.code, i32::from(!expected.is_empty()), "{account}");
    }
    let half = check(&published, "Administrator", &["--assume", "enabled"]).json();
    assert_eq!(half["summary"]["undecided"], 20, "one assumption does not settle the other column");
}

/// The fixture's rows as PowerShell holds them: flags as flags, lists as lists.
fn objects(name: &str, kind: &'static str) -> Vec<Object> {
    const LISTS: &[&str] = &["Parameters", "Members", "Roles", "RoleAssignments", "AssignedRoles", "ManagedBy"];
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(fixture(name));
    let text = std::fs::read_to_string(path).expect("the fixture is there");
    let heading = text.trim_start_matches('\u{feff}').lines().next().expect("there is a heading");
    // The writer takes names that live for ever, as those of properties do.
    let headings: Vec<&'static str> =
        heading.split(',').map(|name| &*Box::leak(name.trim_matches('"').to_owned().into_boxed_str())).collect();
    let datum = |heading: &str, cell: &str| match cell {
        _ if LISTS.contains(&heading) => {
            Datum::List(cell.split(';').filter(|item| !item.is_empty()).map(ToOwned::to_owned).collect())
        }
        "" => Datum::Null,
        "True" => Datum::Bool(true),
        "False" => Datum::Bool(false),
        _ => Datum::Text(cell.to_owned()),
    };
    naive::rows(&text)
        .iter()
        .map(|row| Object { kind, properties: headings.iter().map(|name| (*name, datum(name, &row[*name]))).collect() })
        .collect()
}

/// The whole organization written in one way, in a folder that goes away.
fn written(how: &How, encoding: Encoding) -> (tempfile::TempDir, Vec<String>) {
    let files: Vec<(String, Vec<u8>)> = EXPORTS
        .iter()
        .map(|(name, kind)| (format!("{name}.txt"), encode(&render(&objects(name, kind), how), encoding)))
        .collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let folder = folder(&files);
    let paths = EXPORTS.iter().map(|(name, _)| argument(&folder.path().join(format!("{name}.txt")))).collect();
    (folder, paths)
}

/// Checks that the organization, written in this way, is the one of the CSV files: the same rights, the same findings.
fn assert_same(how: &How, encoding: Encoding) {
    let organization = organization();
    let (_folder, paths) = written(how, encoding);
    assert_missing(&paths, &organization);
    static FROM_CSV: LazyLock<String> = LazyLock::new(|| access(&as_exported()).stdout);
    let here = access(&paths).stdout;
    for (here, there) in here.lines().zip(FROM_CSV.lines()) {
        let differ = here.chars().zip(there.chars()).take_while(|(here, there)| here == there).count();
        let (start, end) = (differ.saturating_sub(200), differ + 200);
        let part = |line: &str| line.chars().skip(start).take(end - start).collect::<String>();
        assert!(here == there, "{how:?}:\n{}\n{}", part(here), part(there));
    }
    assert_eq!(here.lines().count(), FROM_CSV.lines().count());
}

const CSV: Shape = Shape::Csv { delimiter: ',', join: Some(";"), quotes: Quotes::Always, type_line: false };
const JSON: Shape = Shape::Json { layout: Layout::Pretty, nested: true, names_of_enums: true };

/// Wide enough and without a limit on lists: nothing is cut.
fn whole(how: How) -> How {
    How { width: 16_384, enumeration_limit: None, ..how }
}

#[test]
fn the_same_from_csv_of_both_editions_in_every_encoding() {
    let semicolons = Shape::Csv { delimiter: ';', join: Some(","), quotes: Quotes::Always, type_line: true };
    assert_same(&How::classic(CSV), Encoding::Utf16Le);
    assert_same(&How::classic(semicolons), Encoding::Utf8Bom);
    let bare = Shape::Csv { delimiter: ',', join: Some(";"), quotes: Quotes::AsNeeded, type_line: false };
    assert_same(&How { newline: "\n", ..How::core(bare) }, Encoding::Utf8);
}

#[test]
fn the_same_from_tables() {
    let table = Shape::Table { columns: Columns::Named(Sizing::Content), wrap: false, group_by: None };
    let wide = |how: How| How { width: 400_000, enumeration_limit: None, ..how };
    assert_same(&wide(How::classic(table)), Encoding::Utf16Le);
    assert_same(&wide(How::core(table)), Encoding::Utf8);
}

#[test]
fn the_same_from_json() {
    assert_same(&How::classic(JSON), Encoding::Utf16Le);
    let compressed = Shape::Json { layout: Layout::Compressed, nested: true, names_of_enums: true };
    assert_same(&How { newline: "\n", ..How::core(compressed) }, Encoding::Utf8);
    let lines = Shape::Json { layout: Layout::Lines, nested: true, names_of_enums: true };
    assert_same(&How { session: Session::Online, ..How::core(lines) }, Encoding::Utf8);
}

#[test]
fn the_same_from_clixml() {
    assert_same(&How::classic(Shape::Clixml { array: false }), Encoding::Utf16Le);
    assert_same(&How::core(Shape::Clixml { array: true }), Encoding::Utf8);
    let remote = How { session: Session::Remote, ..How::classic(Shape::Clixml { array: false }) };
    assert_same(&remote, Encoding::Utf16Be);
}
#[test]
fn the_same_from_lists() {
    assert_same(&whole(How::classic(Shape::List)), Encoding::Utf16Le);
    assert_same(&whole(How::core(Shape::List)), Encoding::Utf8);
}

#[test]
fn the_same_from_lists_that_wrap_at_the_edge_of_a_window() {
    assert_same(&How { enumeration_limit: None, ..How::classic(Shape::List) }, Encoding::Utf16Le);
}

#[test]
fn lists_cut_at_four_items_leave_the_missing_cmdlets_certain() {
    // Four parameters are shown of each entry and at most two members of a group; no item asks for a parameter.
    let (_folder, paths) = written(&How::classic(Shape::List), Encoding::Utf16Le);
    assert_missing(&paths, &organization());
    let cut = access(&paths).json_lines();
    let parameters_are_open = cut
        .iter()
        .flat_map(|line| line["cmdlets"].as_array().expect("a list"))
        .any(|cmdlet| cmdlet["parameters_complete"] == false);
    assert!(parameters_are_open, "a cut list of parameters was taken for whole");
}

/// What an administrator reads: a reason that several cmdlets share is drawn once, what is parked is enabled before
/// anything is assigned, and the roles at the end are a known minimum of the connector.
#[test]
fn the_report_for_people_says_what_to_type() {
    let ran = rolecall(&["check", "fixtures/organization/exports", "--account", "svc-stale", "--require", PACK]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.stdout);
}
