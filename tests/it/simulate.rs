//! Steps taken on a copy of the facts: each changes the answers as Exchange would, and nothing else.

use std::fs;

use rolecall::accounts::{Account, Accounts};
use rolecall::exports::{Organization, Wanted, load, open};
use rolecall::graph::{Answer, Assumptions, Question, RoleEntries};
use rolecall::inventory::{Facts, Inventory};
use rolecall::remedy::{Assignee, GroupKind, GroupName, NewAssignment, Remedy, WriteScope};
use rolecall::simulate::after;

const ASSIGNMENTS: &str = "\
Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled,RecipientReadScope,RecipientWriteScope,ConfigReadScope,ConfigWriteScope
Off,Things,svc,User,Regular,False,Organization,Organization,OrganizationConfig,OrganizationConfig
Child-Desk,Child,Desk,RoleGroup,Regular,True,Organization,Organization,OrganizationConfig,OrganizationConfig
";
const ENTRIES: &str = "\
Role,Name,Parameters
Things,Set-Thing,\"Identity,Alpha\"
Things,Set-Other,Identity
Child,Set-Other,Identity
";
const ROLES: &str = "\
Name,RoleType,Parent,ImplicitRecipientReadScope,ImplicitRecipientWriteScope,ImplicitConfigReadScope,ImplicitConfigWriteScope
Things,Custom,,Organization,Organization,OrganizationConfig,OrganizationConfig
Child,Custom,Things,Organization,Organization,OrganizationConfig,OrganizationConfig
";
const GROUPS: &str = "Name,Members,RoleGroupType\nDesk,contoso.com/Users/anna,Standard\n";
const MAILBOXES: &str = "\
Name,Identity,UserPrincipalName,RecipientTypeDetails,RoleAssignmentPolicy
anna,contoso.com/Users/anna,anna@contoso.com,UserMailbox,
svc,contoso.com/Users/svc,svc@contoso.com,UserMailbox,
";

fn facts() -> Facts {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in [("a", ASSIGNMENTS), ("e", ENTRIES), ("r", ROLES), ("g", GROUPS), ("m", MAILBOXES)] {
        fs::write(folder.path().join(format!("{name}.csv")), text).expect("it can be written");
    }
    let paths = vec![folder.path().to_str().expect("a UTF-8 path").to_owned()];
    let organizations = vec![Organization { paths, ..Organization::default() }];
    let opened = open(&Wanted { organizations, ..Wanted::default() });
    let mut loaded = load(&opened);
    loaded.organizations.remove(0).own
}

/// What an account is answered, and whether that is on less than the organization.
fn answer(facts: &Facts, account: &str, cmdlet: &str, parameters: &[&str]) -> (Answer, bool) {
    let inventory = Inventory::of(facts.clone());
    let mut accounts = Accounts::new(&inventory, &[], Assumptions::default());
    let [account @ Account::Exported(_)] = accounts.named(account)[..] else { panic!("no account {account}") };
    let rights = accounts.rights(account);
    let all: Vec<String> = parameters.iter().map(|name| (*name).to_owned()).collect();
    let graph = accounts.organization_mut();
    let grants = graph.grants(&rights, &mut RoleEntries::all());
    let judged =
        graph.answer(&rights, &grants, &Question { cmdlet, all: &all, any: &[], own_mailbox: false, on: None });
    (judged.answer, judged.narrow)
}

#[test]
fn each_step_changes_what_it_is_about_and_nothing_else() {
    const YES: (Answer, bool) = (Answer::Granted, false);
    const PART: (Answer, bool) = (Answer::Granted, true);
    const NO: (Answer, bool) = (Answer::NotGranted, false);
    let own = |text: &str| text.to_owned();
    let desk = || GroupName { name: own("Desk"), kind: GroupKind::RoleGroup };
    let assign = |scope: WriteScope| {
        let (role, assignee) = (own("Things"), Assignee::User(own("svc@contoso.com")));
        Remedy::Assign(NewAssignment { name: Some(own("New")), role, assignee, scope, delegating: false })
    };
    let narrow = || WriteScope { recipients: Some(own("Sales")), ..WriteScope::default() };
    let parameters = |add| {
        let (role, cmdlet) = (own("Things"), own("Set-Thing"));
        Remedy::SetEntryParameters { role, cmdlet, parameters: vec![own("Alpha")], add }
    };
    let join = || Remedy::AddMember { group: desk(), member: own("svc@contoso.com") };
    let entry = || Remedy::AddEntry { role: own("Child"), cmdlet: own("Set-Thing") };
    let enable = |on| Remedy::SetEnabled { assignment: own("Off"), on };
    let unassign = |name: &str| Remedy::Unassign { assignment: own(name), before: None };
    let widen = Remedy::SetScope { assignment: own("New"), scope: WriteScope::default(), before: None };
    let leave = |member: &str| Remedy::RemoveMember { group: desk(), member: own(member) };
    let without = Remedy::RemoveEntry { role: own("Child"), cmdlet: own("Set-Other") };
    let before = facts();
    let inventory = Inventory::of(before.clone());
    // Steps, and then what svc is answered of Set-Thing with Alpha, and what svc and anna are of Set-Other.
    type Case = (Vec<Remedy>, [(Answer, bool); 3]);
    let cases: Vec<Case> = vec![
        (vec![], [NO, NO, YES]),
        (vec![enable(true)], [YES, YES, YES]),
        (vec![enable(true), enable(false)], [NO, NO, YES]),
        (vec![assign(WriteScope::default())], [YES, YES, YES]),
        (vec![assign(narrow())], [PART, PART, YES]),
        (vec![assign(narrow()), widen], [YES, YES, YES]),
        (vec![assign(narrow()), unassign("New")], [NO, NO, YES]),
        (vec![enable(true), parameters(false)], [NO, YES, YES]),
        (vec![enable(true), parameters(false), parameters(true)], [YES, YES, YES]),
        (vec![join()], [NO, YES, YES]),
        (vec![join(), entry()], [YES, YES, YES]),
        (vec![join(), leave("svc@contoso.com")], [NO, NO, YES]),
        (vec![leave("anna")], [NO, NO, NO]),
        (vec![join(), without], [NO, NO, NO]),
        (vec![unassign("Child-Desk")], [NO, NO, NO]),
    ];
    for (steps, expected) in cases {
        let changed = after(&before, &inventory, &steps).unwrap_or_else(|step| panic!("step {step} of {steps:?}"));
        let answers = [
            answer(&changed, "svc", "Set-Thing", &["Alpha"]),
            answer(&changed, "svc", "Set-Other", &[]),
            answer(&changed, "anna", "Set-Other", &[]),
        ];
        assert_eq!(answers, expected, "{steps:?}");
    }
    for step in [unassign("No such"), leave("svc"), Remedy::AddEntry { role: own("Things"), cmdlet: own("Set-Thing") }]
    {
        assert_eq!(after(&before, &inventory, std::slice::from_ref(&step)).err(), Some(0), "{step:?} changes nothing");
    }
}

#[test]
fn who_joins_a_group_that_is_not_all_shown_leaves_open_who_else_is_in_it() {
    let mut before = facts();
    before.groups.clear();
    let inventory = Inventory::of(before.clone());
    let group = GroupName { name: "Desk".to_owned(), kind: GroupKind::RoleGroup };
    let join = Remedy::AddMember { group, member: "svc@contoso.com".to_owned() };
    assert_eq!(answer(&before, "anna", "Set-Other", &[]).0, Answer::Unknown);
    let changed = after(&before, &inventory, &[join]).expect("it changes something");
    assert_eq!(answer(&changed, "svc", "Set-Other", &[]).0, Answer::Granted);
    assert_eq!(answer(&changed, "anna", "Set-Other", &[]).0, Answer::Unknown);
}
