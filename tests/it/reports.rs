//! Reports of other people: columns left out, columns by other names, lists joined in other ways. What a report does not
//! say is unknown; what it says in its own words is read.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{TestCaseError, TestError};
use rolecall::accounts::Account;
use rolecall::graph::{Answer, Question, RoleEntries};

use crate::brute::export::{Export, exports as exports_of};
use crate::brute::judge::{Bound, Far, Said};
use crate::brute::organization::{CMDLETS, Organization, Principal, organizations};
use crate::brute::product::{ask, load};
use crate::brute::{in_folder, questions, runner};
use crate::powershell::{Datum, Object};
use crate::program::{argument, rolecall};

/// The columns of assignments that reports leave out most.
const LEFT_OUT: [&str; 9] = [
    "RecipientReadScope",
    "RecipientWriteScope",
    "ConfigReadScope",
    "ConfigWriteScope",
    "CustomRecipientWriteScope",
    "CustomConfigWriteScope",
    "RoleAssigneeType",
    "RoleAssignmentDelegationType",
    "Enabled",
];

pub(crate) fn without(files: &[Export], columns: &[&str]) -> Vec<Export> {
    let mut files = files.to_vec();
    for object in files.iter_mut().filter(|file| file.name.starts_with("assignments")).flat_map(|it| &mut it.objects) {
        object.properties.retain(|(name, _)| !columns.contains(name));
    }
    files
}

fn show(files: &[Export]) -> String {
    files.iter().map(|export| format!("--- {}\n{}", export.name, export.text())).collect::<Vec<_>>().join("\n")
}

pub(crate) fn panic_with<T: std::fmt::Debug>(result: Result<(), TestError<T>>, files: impl FnOnce(&T) -> Vec<Export>) {
    match result {
        Ok(()) => {}
        Err(TestError::Fail(reason, case)) => panic!("{reason}\n{}", show(&files(&case))),
        Err(error) => panic!("{error}"),
    }
}

pub(crate) fn chosen(columns: &[Index]) -> Vec<&'static str> {
    columns.iter().map(|column| LEFT_OUT[column.index(LEFT_OUT.len())]).collect()
}

/// Organizations in which an assignment only narrows: what a role for end users gives ends at the own mailbox.
fn narrowed() -> impl Strategy<Value = Organization> {
    organizations().prop_map(|mut organization| {
        for assignment in organization.assignments.iter_mut().filter(|it| organization.roles[it.role].own) {
            (assignment.scopes, assignment.custom) = (organization.roles[assignment.role].scopes, None);
        }
        organization
    })
}

/// Answers without a word about where are as they were; an answer about the whole organization is unknown or right.
#[test]
fn a_column_that_is_left_out_makes_no_answer_wrong() {
    let questions = questions();
    let strategy = (narrowed(), prop::collection::vec(any::<Index>(), 1..=5));
    let (asked, decided) = (Cell::new(0_u64), Cell::new(0_u64));
    let result = runner(60).run(&strategy, |(organization, columns)| {
        let columns = chosen(&columns);
        let files = without(&exports_of(&organization), &columns);
        let answers = in_folder(&files, |folder| ask(folder, &questions));
        let is_scope_gone = columns.contains(&"RecipientWriteScope");
        let decides =
            !["RoleAssigneeType", "RoleAssignmentDelegationType", "Enabled"].iter().any(|it| columns.contains(it));
        for (user, own) in organization.users.iter().enumerate() {
            for (number, question) in questions.iter().enumerate() {
                let mut right = organization.right_answers(user, question);
                // Who holds the role can run its cmdlets somewhere, be it on the own mailbox.
                if is_scope_gone && question.far != Far::Organization {
                    right.extend(organization.with_implicit_scopes().right_answers(user, question));
                } else if is_scope_gone && !right.contains(&Said::Granted) {
                    // No role for end users reaches the organization, whatever its assignment says.
                    let own = organization.with_implicit_scopes().right_answers(user, question);
                    right.extend(
                        own.into_iter().filter(|said| matches!(said, Said::MissingCmdlet | Said::MissingParameter)),
                    );
                }
                if right.iter().any(|said| matches!(said, Said::MissingCmdlet | Said::MissingParameter)) {
                    right.push(Said::Missing);
                }
                for said in answers.said(own.name, number) {
                    if said != Said::Unknown && !right.contains(&said) {
                        let cmdlet = CMDLETS[question.cmdlet];
                        let message =
                            format!("{columns:?}: {} {cmdlet} {question:?}: {right:?}, not {said:?}", own.name);
                        return Err(TestCaseError::fail(message));
                    }
                    let plain = question.far != Far::Organization && question.all.len() < 2;
                    if decides && plain && !right.contains(&Said::Unknown) {
                        asked.set(asked.get() + 1);
                        decided.set(decided.get() + u64::from(said != Said::Unknown));
                    }
                }
            }
        }
        Ok(())
    });
    panic_with(result, |(organization, columns)| without(&exports_of(organization), &chosen(columns)));
    // Plain questions are as decided as before.
    assert!(decided.get() == asked.get() && asked.get() > 0, "{} of {} are decided", decided.get(), asked.get());
}

/// What is right of one account on one recipient.
fn on(organization: &Organization, user: usize, cmdlet: usize, target: usize) -> Option<bool> {
    let name = CMDLETS[cmdlet];
    let reads = ["Get-", "Test-", "Search-"].iter().any(|verb| name.starts_with(verb));
    let sure: Vec<usize> = organization.grants_of(user, Bound::Lower).iter().map(|grant| grant.assignment).collect();
    let mut is_open = false;
    for grant in organization.grants_of(user, Bound::Upper).iter().filter(|grant| grant.cmdlet == cmdlet) {
        let is_in = match grant.scopes[if reads { 0 } else { 1 }] {
            "Organization" | "OU" => Some(true),
            "Self" => Some(user == target),
            "None" => Some(false),
            _ => None,
        };
        match is_in {
            Some(true) if sure.contains(&grant.assignment) => return Some(true),
            Some(false) => {}
            _ => is_open = true,
        }
    }
    (!is_open).then_some(false)
}

/// Asks about each recipient, as `--on` does.
fn ask_on(folder: &Path, organization: &Organization) -> BTreeMap<(usize, usize, usize), Answer> {
    load(folder, |accounts, _| {
        let form = crate::brute::organization::Form::Canonical;
        let names = (0..organization.users.len()).map(|user| organization.identity(Principal::User(user), form));
        let numbers: Vec<Vec<Account>> = names.map(|name| accounts.named(&name)).collect();
        let mut entries = RoleEntries::all();
        let mut answers = BTreeMap::new();
        for (user, named) in numbers.iter().enumerate() {
            let &[account @ Account::Exported(_)] = &named[..] else { continue };
            let rights = accounts.rights(account);
            for (target, recipient) in numbers.iter().enumerate() {
                let &[Account::Exported(recipient)] = &recipient[..] else { continue };
                let graph = accounts.graph_mut(account);
                let target_of = graph.target(recipient);
                let grants = graph.grants(&rights, &mut entries);
                for (cmdlet, name) in CMDLETS.iter().enumerate() {
                    let question =
                        Question { cmdlet: name, all: &[], any: &[], own_mailbox: true, on: Some(&target_of) };
                    answers.insert((user, target, cmdlet), graph.judge(&rights, &grants, &question).answer);
                }
            }
        }
        answers
    })
}

#[test]
fn on_one_recipient_a_column_that_is_left_out_leaves_the_answer_open() {
    let strategy = (narrowed(), prop::collection::vec(any::<Index>(), 0..=5));
    let counts = Cell::new([0_u64; 2]);
    let with_scopes = |organization: &Organization, columns: &[Index]| {
        let mut files = without(&exports_of(organization), &chosen(columns));
        let scope = vec![
            ("Name", Datum::Text("Zürich Staff".to_owned())),
            ("ScopeRestrictionType", Datum::Text("RecipientScope".to_owned())),
            ("Exclusive", Datum::Bool(false)),
            ("RecipientRoot", Datum::Null),
            ("RecipientFilter", Datum::Text("Department -eq 'Sales'".to_owned())),
        ];
        let how = files[0].how.clone();
        files.push(Export {
            name: "scopes",
            objects: vec![Object { kind: "ManagementScope", properties: scope }],
            how,
        });
        files
    };
    let result = runner(15).run(&strategy, |(organization, columns)| {
        let answers = in_folder(&with_scopes(&organization, &columns), |folder| ask_on(folder, &organization));
        for ((user, target, cmdlet), answer) in answers {
            let right = on(&organization, user, cmdlet, target);
            let [all, decided] = counts.get();
            counts.set([all + 1, decided + u64::from(answer != Answer::Unknown)]);
            let is_right = match answer {
                Answer::Granted | Answer::Merged => right == Some(true),
                Answer::NotGranted => right == Some(false),
                Answer::Unknown => true,
            };
            if !is_right {
                let names = [user, target].map(|user| organization.users[user].name);
                let message =
                    format!("{:?}: {names:?} {}: {right:?}, not {answer:?}", chosen(&columns), CMDLETS[cmdlet]);
                return Err(TestCaseError::fail(message));
            }
        }
        Ok(())
    });
    panic_with(result, |(organization, columns)| with_scopes(organization, columns));
    let [all, decided] = counts.get();
    assert!(decided * 2 > all, "{decided} of {all} are decided");
}

/// Other names of columns, by the file and the column.
const ALIASES: [(&str, &str, &[&str]); 12] = [
    (
        "members",
        "RoleGroup",
        &[
            "RoleGroupName",
            "Role Group",
            "ExchangeAdminGroup",
            "TopLevelGroup",
            "Group",
            "GroupName",
            "RoleGroupIdentity",
        ],
    ),
    ("members", "Name", &["Member", "MemberName", "MemberID"]),
    ("members", "RecipientType", &["MemberType", "RecipientTypeDetails"]),
    ("role-groups", "Name", &["RoleGroup", "RoleGroupName", "Role Group"]),
    ("entries", "Name", &["Cmdlet", "RoleEntryName"]),
    ("entries", "Role", &["RoleName"]),
    ("entries", "Parameters", &["ParametersString"]),
    ("assignments", "Role", &["RoleName"]),
    ("assignments", "RoleAssigneeName", &["Assignee", "AssigneeName"]),
    ("assignments", "RoleAssigneeType", &["AssigneeType"]),
    ("assignments", "CustomRecipientWriteScope", &["CustomeRecipientWriteScope"]),
    ("assignments", "Name", &["Identity"]),
];

/// How scripts join lists.
const JOINS: [&str; 6] = [";", "; ", ", ", ",", "|", "\n"];

/// A choice for each alias, a turn of the columns of each file, and a way to join its lists; 7 leaves them lists.
type Dress = (Vec<u8>, Vec<u8>, Vec<u8>);

fn dresses() -> impl Strategy<Value = Dress> {
    let bytes = |count| prop::collection::vec(any::<u8>(), count);
    (bytes(ALIASES.len()), bytes(12), bytes(12))
}

fn dressed(files: &[Export], (names, turns, joins): &Dress) -> Vec<Export> {
    let mut files = files.to_vec();
    for (number, file) in files.iter_mut().enumerate() {
        let (turn, join) = (usize::from(turns[number % turns.len()]), usize::from(joins[number % joins.len()]) % 8);
        for object in &mut file.objects {
            for (column, datum) in &mut object.properties {
                let alias = ALIASES.iter().position(|(of, name, _)| file.name.starts_with(of) && name == column);
                if let Some(alias) = alias {
                    let (other, choice) = (ALIASES[alias].2, usize::from(names[alias]));
                    *column = other.get(choice % (other.len() + 1)).copied().unwrap_or(column);
                }
                if let (Datum::List(items), Some(separator)) = (&datum, JOINS.get(join))
                    && *column != "RoleEntries"
                {
                    let text = items.join(separator);
                    *datum = if text.is_empty() { Datum::Null } else { Datum::Text(text) };
                }
            }
            let count = object.properties.len();
            object.properties.rotate_left(turn % count);
        }
    }
    files
}

#[test]
fn other_names_and_other_ways_of_joining_are_read_or_leave_answers_open() {
    let questions = questions();
    let counts = Cell::new([0_u64; 2]);
    let strategy = (organizations(), dresses());
    let result = runner(60).run(&strategy, |(organization, dress)| {
        let answers = in_folder(&dressed(&exports_of(&organization), &dress), |folder| ask(folder, &questions));
        for (user, own) in organization.users.iter().enumerate() {
            for (number, question) in questions.iter().enumerate() {
                let mut right = organization.right_answers(user, question);
                if right.iter().any(|said| matches!(said, Said::MissingCmdlet | Said::MissingParameter)) {
                    right.push(Said::Missing);
                }
                let said = answers.said(own.name, number);
                if said.is_empty() {
                    return Err(TestCaseError::fail(format!("nothing is said of {}", own.name)));
                }
                if let Some(wrong) = said.iter().find(|said| **said != Said::Unknown && !right.contains(said)) {
                    let cmdlet = CMDLETS[question.cmdlet];
                    let message = format!("{} {cmdlet} {question:?}: {right:?}, not {wrong:?}", own.name);
                    return Err(TestCaseError::fail(message));
                }
                if !right.contains(&Said::Unknown) {
                    let [all, decided] = counts.get();
                    counts.set([all + 1, decided + u64::from(said.iter().all(|said| *said != Said::Unknown))]);
                }
            }
        }
        Ok(())
    });
    panic_with(result, |(organization, dress)| dressed(&exports_of(organization), dress));
    let [all, decided] = counts.get();
    println!("{decided} of {all} are decided");
    assert!(decided * 10 >= all * 9, "{decided} of {all} are decided");
}

const ASSIGNMENTS: &str = "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled,RecipientReadScope,RecipientWriteScope,ConfigReadScope,ConfigWriteScope\n\
    Mail Recipients-Help Desk,Mail Recipients,Help Desk,RoleGroup,Regular,True,Organization,Organization,OrganizationConfig,OrganizationConfig\n";
const ENTRIES: &str = "Role,Name,Parameters\nMail Recipients,Set-Mailbox,Office\n";
const MAILBOXES: &str = "Name,DisplayName,UserPrincipalName,RecipientTypeDetails,RoleAssignmentPolicy\n\
    anna,Anna Berg,anna@contoso.com,UserMailbox,\nbo,Bo Lind,bo@contoso.com,UserMailbox,\n";

/// What `why` says of an account beside these reports, and what it prints for people.
fn why(account: &str, reports: &[(&str, &str)]) -> (String, String) {
    let files = [("assignments.csv", ASSIGNMENTS), ("entries.csv", ENTRIES), ("mailboxes.csv", MAILBOXES)];
    let files: Vec<(&str, &[u8])> = files.iter().chain(reports).map(|(name, text)| (*name, text.as_bytes())).collect();
    let folder = crate::program::folder(&files);
    let path = argument(folder.path());
    let line = rolecall(&["why", account, "Set-Mailbox", &path, "--format", "json"]).json_lines().remove(0);
    let ran = rolecall(&["why", account, "Set-Mailbox", &path]);
    (line["answer"].as_str().expect("an answer").to_owned(), format!("{}{}", ran.stdout, ran.stderr))
}

#[test]
fn a_row_with_a_group_and_a_member_is_read_whatever_its_columns_are_called() {
    for report in [
        "ExchangeAdminGroup,Members,RecipientType\nHelp Desk,anna@contoso.com,UserMailbox\n",
        "Role,DisplayName,UserPrincipalName,RecipientType\nHelp Desk,Anna Berg,anna@contoso.com,UserMailbox\n",
        "RoleGroup,Member,MemberType,Roles,Description\nHelp Desk,anna,UserMailbox,Mail Recipients,First line\n",
        "Role Group,Member Name\nHelp Desk,Anna Berg\n",
        "TopLevelGroup,MemberID,Scope\nHelp Desk,anna@contoso.com,Organization\n",
        "RoleGroupName,DisplayName\nHelp Desk,Anna Berg\n",
        "RoleGroup,Members,Roles\nHelp Desk,anna,Mail Recipients\n",
        "Name,RoleGroupType,Members0,Members1\nView-Only,Standard,dana,eli\nHelp Desk,Standard,anna,\n",
        "{\"Groups\":[{\"RoleGroup\":\"Help Desk\",\"Member\":\"Anna Berg\"}]}",
    ] {
        let (answer, shown) = why("anna", &[("report.txt", report)]);
        assert_eq!(answer, "granted", "{report}{shown}");
        let (answer, shown) = why("bo", &[("report.txt", report)]);
        assert_eq!(answer, "not-granted", "{report}{shown}");
    }
}

#[test]
fn what_a_report_leaves_in_doubt_stays_so() {
    for (report, words) in [
        // The columns are those of the first object, and all are full.
        (
            "Name,RoleGroupType,Members0,Members1\nHelp Desk,Standard,dana,eli\n",
            "the list of members of `Help Desk` is cut",
        ),
        // A role has the name as well.
        ("Role,UserPrincipalName\nHelp Desk,anna@contoso.com\nMail Recipients,bo@contoso.com\n", "can run"),
        ("RoleGroup,Member,DirectMember,MemberViaGroup\nHelp Desk,anna,False,Desk Berlin\n", "through another group"),
        ("RoleGroup,Member\nHelp Desk,No Members\n", "the members of `Help Desk`"),
        ("ExchGroupTitle,DisplayName\nHelp Desk,Anna Berg\n", "the column `ExchGroupTitle` of"),
    ] {
        let (answer, shown) = why("anna", &[("report.csv", report)]);
        assert!(shown.contains(words), "{report}{shown}");
        assert_eq!(answer, if words == "can run" { "granted" } else { "unknown" }, "{report}{shown}");
    }
    let role = "Name,RoleType\nHelp Desk,MailRecipients\n";
    let (answer, shown) =
        why("anna", &[("report.csv", "Role,UserPrincipalName\nHelp Desk,anna@contoso.com\n"), ("roles.csv", role)]);
    assert_eq!(answer, "unknown");
    assert!(shown.contains("in the column `Role` of a row about `anna`"), "{shown}");
}

/// The kinds and fields of the records of one file.
fn records(text: &str) -> Vec<(String, serde_json::Value)> {
    let folder = crate::program::folder(&[("report.txt", text.as_bytes())]);
    let lines = rolecall(&["records", &argument(&folder.path().join("report.txt"))]).json_lines();
    lines.into_iter().map(|mut line| (line["kind"].as_str().unwrap_or("").to_owned(), line["fields"].take())).collect()
}

#[test]
fn lists_are_told_apart_by_the_sign_that_all_cells_share_and_by_their_number() {
    for (text, members) in [
        (
            "Name,Members,RoleGroupType\nDesk,\"Roth, Lea; Weiss, Tom\",Standard\nOne,\"Blum, Ada\",Standard\n",
            vec!["Roth, Lea", "Weiss, Tom"],
        ),
        (
            "[{\"Name\":\"Desk\",\"RoleGroupType\":\"Standard\",\"Members\":\"Lea Roth; Tom Weiss\"}]",
            vec!["Lea Roth", "Tom Weiss"],
        ),
        (
            "[{\"Name\":\"Desk\",\"RoleGroupType\":\"Standard\",\"Members\":\"Lea Roth, Tom Weiss\"}]",
            vec!["Lea Roth", "Tom Weiss"],
        ),
        ("Name,Members,MemberCount,RoleGroupType\nDesk,\"Roth, Lea\",1,Standard\n", vec!["Roth, Lea"]),
        ("Name,Members,MemberCount,RoleGroupType\nDesk,\"Lea, Tom\",2,Standard\n", vec!["Lea", "Tom"]),
        ("Name,Members,RoleGroupType\nDesk,Organization Management,Standard\n", vec!["Organization Management"]),
    ] {
        let read = records(text);
        assert_eq!(read[0].0, "RoleGroup", "{text}");
        assert_eq!(read[0].1["Members"], serde_json::json!(members), "{text}");
    }
}

#[test]
fn a_row_is_what_its_report_calls_it() {
    for (text, kind) in [
        ("Name,Role\nSet-Mailbox,Mail Recipients\nGet-Mailbox,Mail Recipients\n", "RoleEntry"),
        ("Name,Role\nSet-Mailbox,Mail Recipients\nMail Recipients-Desk,Mail Recipients\n", "Unknown"),
        (
            "DisplayName,Identifier,ObjectType,AssignmentType,Roles\nAnna,anna@contoso.com,User,RoleGroup,Journaling\n",
            "Recipient",
        ),
        ("RoleGroupName,Identity,Roles\nDesk,contoso.com/Groups/Desk,Journaling\n", "RoleGroup"),
        ("Role,Assignee,AssigneeType\nJournaling,Desk,RoleGroup\n", "RoleAssignment"),
        ("Assignee,Status\nanna,open\n", "Unknown"),
    ] {
        assert_eq!(records(text)[0].0, kind, "{text}");
    }
}

#[test]
fn an_object_of_an_unknown_kind_is_named_with_its_columns_and_what_it_lacks() {
    let folder = crate::program::folder(&[("report.csv", b"DisplayName,Rang\nAnna Berg,2\n".as_slice())]);
    let ran = rolecall(&["records", &argument(&folder.path().join("report.csv"))]);
    assert!(ran.stderr.contains("with the columns `DisplayName`, `Rang`"), "{}", ran.stderr);
    assert!(ran.stderr.contains("one column short of role group members: a column `RoleGroup`"), "{}", ran.stderr);
}

#[test]
fn a_row_with_a_member_is_no_account_of_that_name() {
    for columns in ["Name,Member,MemberType", "Name,Member,RecipientType", "Name,Member"] {
        let text = format!("{columns}\nHelp Desk,lea,User\n");
        let folder = crate::program::folder(&[("members.csv", text.as_bytes())]);
        let ran = rolecall(&["records", &argument(&folder.path().join("members.csv"))]);
        assert!(!ran.stdout.contains("\"kind\":\"Recipient\""), "{}", ran.stdout);
        assert!(ran.stderr.contains("members.csv"), "it is said: {}", ran.stderr);
    }
}

#[test]
fn the_user_of_an_effective_row_is_reached_and_a_policy_is_nobody() {
    let effective = "Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled,User,RecipientWriteScope,Identity\n\
        Mail Recipients,Help Desk,RoleGroup,Regular,True,contoso.com/Staff/Anna Berg,Organization,Mail Recipients-Help Desk\n";
    let folder =
        crate::program::folder(&[("effective.csv", effective.as_bytes()), ("entries.csv", ENTRIES.as_bytes())]);
    let path = argument(folder.path());
    assert_eq!(rolecall(&["why", "Anna Berg", "Set-Mailbox", &path]).code, 0);
    let assignments =
        "[{\"Name\":\"MyBaseOptions-P1\",\"Role\":\"MyBaseOptions\",\"RoleAssigneeName\":\"P1\",\"Enabled\":true}]";
    let policies = "Name,IsDefault,AssignedRoles\nP1,True,MyBaseOptions\n";
    let folder = crate::program::folder(&[("a.json", assignments.as_bytes()), ("p.csv", policies.as_bytes())]);
    let ran = rolecall(&["access", &argument(folder.path()), "--account", "*"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (3, ""));
    assert!(ran.stderr.contains("no export shows an account"), "{}", ran.stderr);
}
