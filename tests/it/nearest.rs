//! What is underlined where an account lacks a cmdlet: the place that came closest, in the order of how close it came.
//!
//! Each test is one small organization in which `ada` almost has `Set-Mailbox` in one way.

use serde_json::Value;

use crate::program::{Ran, argument, beside_built_in, folder, rolecall};

/// One of our organizations: what differs from test to test.
struct Given<'g> {
    entries: &'g [&'g str],
    assignments: &'g [&'g str],
    asked: &'g str,
}

/// What a report shows of the one finding.
#[derive(Debug, PartialEq, Eq)]
struct Shown {
    rule: String,
    /// The marked text, and in which file and line.
    marked: String,
    place: String,
    label: String,
    help: String,
}

const ENTRY: &str = "Mail Recipients,Set-Mailbox,Alias;Identity";
const OWN_ENTRY: &str = "MyBaseOptions,Set-Mailbox,Identity";

const OWN: &str =
    "Own,MyBaseOptions,Default Policy,RoleAssignmentPolicy,True,Regular,Self,OrganizationConfig,Self,None";
const NO_SCOPE: &str = "View,Mail Recipients,ada,User,True,Regular,Organization,OrganizationConfig,None,None";
const DISABLED: &str =
    "Off,Mail Recipients,ada,User,False,Regular,Organization,OrganizationConfig,Organization,OrganizationConfig";
const DELEGATING: &str =
    "Hand,Mail Recipients,ada,User,True,Delegating,Organization,OrganizationConfig,Organization,OrganizationConfig";
const OF_GROUP: &str = "Help,Mail Recipients,Helpers,RoleGroup,True,Regular,Organization,OrganizationConfig,Organization,OrganizationConfig";
const FULL: &str =
    "Full,Mail Recipients,ada,User,True,Regular,Organization,OrganizationConfig,Organization,OrganizationConfig";
/// An assignment that has nothing to do with the question, for an export is never without any.
const OTHER: &str =
    "Other,Journaling,bo,User,True,Regular,Organization,OrganizationConfig,Organization,OrganizationConfig";
const OTHER_ENTRY: &str = "Journaling,Get-JournalRule,Identity";

/// Writes the organization and its policy into a folder.
fn write(given: &Given<'_>) -> tempfile::TempDir {
    let lines = |heading: &str, lines: &[&str]| format!("{heading}\r\n{}\r\n", lines.join("\r\n"));
    let entries = lines("Role,Name,Parameters", given.entries);
    let assignments = lines(
        "Name,Role,RoleAssigneeName,RoleAssigneeType,Enabled,RoleAssignmentDelegationType,RecipientReadScope,\
         ConfigReadScope,RecipientWriteScope,ConfigWriteScope",
        given.assignments,
    );
    let members = lines("RoleGroup,Name,RecipientType", &["Helpers,bo,UserMailbox"]);
    let mailboxes = lines(
        "Name,UserPrincipalName,RecipientTypeDetails,RoleAssignmentPolicy",
        &["ada,ada@contoso.com,UserMailbox,Default Policy", "bo,bo@contoso.com,UserMailbox,Default Policy"],
    );
    // That the accounts of these tests hold their roles directly is not what they are about.
    let quiet = "[rules]\ndirect-assignment = \"off\"\n";
    let policy = format!("[[require]]\nid = \"ours\"\naccount = \"ada\"\ncmdlets = [\"{}\"]\n{quiet}", given.asked);
    folder(&[
        ("exports/entries.csv", entries.as_bytes()),
        ("exports/assignments.csv", assignments.as_bytes()),
        ("exports/members.csv", members.as_bytes()),
        ("exports/roles.csv", b"Name,RoleType,Parent\r\nDesk,UserOptions,User Options\r\n"),
        ("exports/mailboxes.csv", mailboxes.as_bytes()),
        ("policy.toml", policy.as_bytes()),
    ])
}

fn check(given: &Given<'_>) -> Ran {
    let folder = write(given);
    let path = |name: &str| argument(&folder.path().join(name));
    rolecall(&["check", &path("exports"), "--policy", &path("policy.toml"), "--format", "json"])
}

fn shown(given: &Given<'_>) -> Shown {
    let report = check(given).json();
    let diagnostics = beside_built_in(&report);
    assert_eq!(diagnostics.len(), 1, "{diagnostics:#?}");
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let first = &diagnostics[0]["locations"][0];
    assert_eq!(first["primary"], true);
    let file = word(&first["file"]);
    let file = file.rsplit('/').next().unwrap_or_default();
    Shown {
        rule: word(&diagnostics[0]["rule"]),
        marked: word(&first["text"]),
        place: format!("{file}:{}", first["line"]),
        label: word(&first["label"]),
        help: word(&diagnostics[0]["help"]),
    }
}

/// The finding for `ada` and `Set-Mailbox` where her organization has these assignments.
fn with(assignments: &[&str]) -> Shown {
    shown(&Given { entries: &[OTHER_ENTRY, OWN_ENTRY, ENTRY], assignments, asked: "Set-Mailbox" })
}

#[track_caller]
fn assert_shown(shown: &Shown, marked: &str, place: &str, label: &str, help: &str) {
    let expected = Shown {
        rule: "missing-cmdlet".to_owned(),
        marked: marked.to_owned(),
        place: place.to_owned(),
        label: label.to_owned(),
        help: help.to_owned(),
    };
    assert_eq!(*shown, expected);
}

const ASSIGN: &str = "New-RoleGroup 'Mail Recipients for ada' -Roles 'Mail Recipients' -Members 'ada'";

#[test]
fn a_policy_gives_the_own_mailbox_only() {
    let label = "only on its own mailbox: role `MyBaseOptions` through role assignment policy `Default Policy`";
    assert_shown(&with(&[OTHER, OWN]), OWN, "assignments.csv:3", label, ASSIGN);
}

#[test]
fn a_role_without_a_scope_gives_nothing() {
    let label = "role `Mail Recipients` is held, but acts on no recipients and no configuration";
    assert_shown(&with(&[OTHER, NO_SCOPE]), NO_SCOPE, "assignments.csv:3", label, ASSIGN);
}

#[test]
fn a_disabled_assignment_is_marked_at_the_word_that_disables_it() {
    let label = "this assignment of role `Mail Recipients` is disabled";
    let help = "Set-ManagementRoleAssignment 'Off' -Enabled $true";
    assert_shown(&with(&[OTHER, DISABLED]), "False", "assignments.csv:3", label, help);
}

#[test]
fn a_delegating_assignment_is_marked_at_the_word_that_makes_it_one() {
    let label = "a delegating assignment of role `Mail Recipients`: may assign the role, not use it";
    assert_shown(&with(&[OTHER, DELEGATING]), "Delegating", "assignments.csv:3", label, ASSIGN);
}

#[test]
fn a_group_that_holds_the_role_is_marked_at_its_members() {
    let label = "`ada` is not a member of `Helpers`, which holds role `Mail Recipients`";
    let help = "Add-RoleGroupMember 'Helpers' -Member 'ada'";
    assert_shown(&with(&[OTHER, OF_GROUP]), "Helpers,bo,UserMailbox", "members.csv:2", label, help);
    // Whoever joins a group gets all that it holds.
    let more = "More,Journaling,Helpers,RoleGroup,True,Regular,Organization,OrganizationConfig,Organization,OrganizationConfig";
    assert_eq!(with(&[OTHER, OF_GROUP, more]).help, ASSIGN);
}

#[test]
fn a_role_that_nobody_holds_is_marked_at_its_entry() {
    let label = "role `Mail Recipients` has the cmdlet and is not assigned";
    assert_shown(&with(&[OTHER]), "Set-Mailbox", "entries.csv:4", label, ASSIGN);
}

#[test]
fn where_no_role_has_the_cmdlet_the_first_entry_is_marked() {
    let given = Given { entries: &[OTHER_ENTRY], assignments: &[OTHER], asked: "Set-Mailbox" };
    let help = "Get-ManagementRole -Cmdlet 'Set-Mailbox'";
    let shown = shown(&given);
    assert_shown(&shown, OTHER_ENTRY, "entries.csv:2", "no role in these exports has the cmdlet", help);
}

#[test]
fn an_entry_without_the_parameter_is_marked_at_its_cmdlet() {
    let entries: &[&str] = &[OTHER_ENTRY, ENTRY];
    let shown = shown(&Given { entries, assignments: &[FULL], asked: "Set-Mailbox:Alias,ForwardingAddress" });
    assert_eq!(
        shown,
        Shown {
            rule: "missing-parameter".to_owned(),
            marked: "Set-Mailbox".to_owned(),
            place: "entries.csv:3".to_owned(),
            label: "role `Mail Recipients` has the cmdlet without `-ForwardingAddress`".to_owned(),
            // Exchange refuses to change a role of its own.
            help: "Get-ManagementRole -Cmdlet 'Set-Mailbox' -CmdletParameters 'Alias','ForwardingAddress'".to_owned(),
        }
    );
}

/// What to type where a custom role lacks a parameter of the cmdlet that is asked for.
fn help_for(entries: &[&str]) -> String {
    let row = "Desk-ada,Desk,ada,User,True,Regular,Organization,OrganizationConfig,Organization,OrganizationConfig";
    shown(&Given { entries, assignments: &[OTHER, row], asked: "Set-Mailbox:Alias,ForwardingAddress" }).help
}

#[test]
fn a_parameter_is_added_to_a_custom_role_whose_parent_has_it() {
    let parent = "User Options,Set-Mailbox,Identity;Alias;ForwardingAddress";
    let child = "Set-ManagementRoleEntry 'Desk\\Set-Mailbox' -Parameters 'ForwardingAddress' -AddParameter";
    assert_eq!(help_for(&[OTHER_ENTRY, "Desk,Set-Mailbox,Identity;Alias", parent]), child);
}

#[test]
fn a_parameter_that_only_another_role_has_comes_by_that_role() {
    let other = "Mail Recipients,Set-Mailbox,Identity;Alias;ForwardingAddress";
    let parent = "User Options,Set-Mailbox,Identity;Alias";
    assert_eq!(help_for(&[OTHER_ENTRY, "Desk,Set-Mailbox,Identity;Alias", parent, other]), ASSIGN);
}

#[test]
fn nothing_is_shown_where_the_cmdlet_is_held() {
    let given = Given { entries: &[OTHER_ENTRY, ENTRY], assignments: &[FULL], asked: "Set-Mailbox:Alias" };
    let ran = check(&given);
    assert_eq!(beside_built_in(&ran.json()), Vec::<Value>::new());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

/// The nearer one is shown, whatever the order of the rows.
#[test]
fn the_nearest_of_several_is_shown() {
    // From the nearest to the farthest: what is advised to be enabled, what is held in vain, what others hold. A role
    // that nobody holds comes behind all of these.
    let ladder = [DISABLED, OWN, NO_SCOPE, DELEGATING, OF_GROUP];
    let lone: Vec<Shown> =
        vec![with(&[DISABLED]), with(&[OWN]), with(&[NO_SCOPE]), with(&[DELEGATING]), with(&[OF_GROUP])];
    for nearer in 0..ladder.len() {
        for farther in nearer + 1..ladder.len() {
            // The farther one stands first in its file.
            let rows = [ladder[farther], ladder[nearer]];
            let both = with(&rows);
            assert_eq!((&both.label, &both.marked), (&lone[nearer].label, &lone[nearer].marked), "{rows:?}");
        }
    }
}

/// `ConvertTo-Json` writes `null` for what is empty: the property is there, and says nothing.
#[test]
fn an_empty_property_is_not_called_a_missing_column() {
    let assignment = r#"[{"Name":"Off","Role":"Mail Recipients","RoleAssigneeName":"ada","RoleAssigneeType":"User","Enabled":null,"RoleAssignmentDelegationType":"Regular","RecipientReadScope":"Organization","RecipientWriteScope":"Organization","ConfigReadScope":"OrganizationConfig","ConfigWriteScope":"OrganizationConfig"}]"#;
    let folder = folder(&[
        ("exports/assignments.json", assignment.as_bytes()),
        ("exports/entries.csv", b"Role,Name,Parameters\r\nMail Recipients,Set-Mailbox,Identity\r\n"),
        ("exports/mailboxes.csv", b"Name,RecipientTypeDetails,RoleAssignmentPolicy\r\nada,UserMailbox,\r\n"),
        ("policy.toml", b"[[require]]\nid = \"ours\"\naccount = \"ada\"\ncmdlets = [\"Set-Mailbox\"]\n"),
    ]);
    let path = |name: &str| argument(&folder.path().join(name));
    let report = rolecall(&["check", &path("exports"), "--policy", &path("policy.toml"), "--format=json"]).json();
    let undecided: Vec<&Value> = report["diagnostics"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|diagnostic| diagnostic["rule"] == "undecided")
        .collect();
    assert_eq!(undecided.len(), 1, "{report}");
    let message = "for `ada`, `Set-Mailbox` is undecided: the export has no value of `Enabled`";
    assert_eq!(undecided[0]["message"], message);
    assert_eq!(undecided[0]["locations"][0]["text"], "null");
}
