//! Statements that must be true: what a report says of one small organization, held against its exports.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::program::{Ran, argument, folder, rolecall};

const ASSIGNMENT_COLUMNS: &str = "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled,\
    RecipientReadScope,RecipientWriteScope,ConfigReadScope,ConfigWriteScope\n";
const PEOPLE: &str = "Name,UserPrincipalName,DisplayName,RecipientType,RoleAssignmentPolicy\n\
    ada,ada@contoso.com,Ada,UserMailbox,Kiosk\nbo,bo@contoso.com,Max Weber,UserMailbox,Kiosk\n\
    Max Weber,max@contoso.com,Max,UserMailbox,Kiosk\n";

/// Runs a command on exports; `policy.toml` is named where it is among them.
fn run(files: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let named: Vec<(String, &[u8])> = files
        .iter()
        .map(|(name, text)| {
            let path = if name.ends_with(".toml") { (*name).to_owned() } else { format!("exports/{name}") };
            (path, text.as_bytes())
        })
        .collect();
    let borrowed: Vec<(&str, &[u8])> = named.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let folder = folder(&borrowed);
    let path = |name: &str| argument(&folder.path().join(name));
    let (exports, policy) = (path("exports"), path("policy.toml"));
    let mut all: Vec<&str> = arguments.to_vec();
    all.push(&exports);
    if files.iter().any(|(name, _)| *name == "policy.toml") {
        all.extend(["--policy", &policy]);
    }
    rolecall(&all)
}

/// An assignment to a role group or a policy.
fn assignment(role: &str, assignee: &str, kind: &str, scopes: &str) -> String {
    format!("{role}-{assignee},{role},{assignee},{kind},Regular,True,{scopes}\n")
}

const WIDE: &str = "Organization,Organization,OrganizationConfig,OrganizationConfig";

fn files<'f>(entries: &'f str, assignments: &'f str, members: &'f str) -> Vec<(&'static str, &'f str)> {
    vec![("entries.csv", entries), ("assignments.csv", assignments), ("members.csv", members), ("people.csv", PEOPLE)]
}

const MEMBERS: &str = "RoleGroup,Name,RecipientType\nDesk,ada,UserMailbox\n";

#[test]
fn a_role_without_configuration_of_its_own_is_not_narrow_for_it() {
    let entries = "Role,Name,Parameters\nApplicationImpersonation,Impersonate-ExchangeUser,\n";
    let policy = "[rules]\napplication-impersonation = \"off\"\n[[require]]\nid = \"ours\"\naccount = \"ada\"\n\
        cmdlets = [\"Impersonate-ExchangeUser\"]\nscope = \"organization\"\n";
    for (scopes, is_narrow) in
        [("Organization,Organization,None,None", false), ("Organization,CustomRecipientScope,None,None", true)]
    {
        let assignments =
            format!("{ASSIGNMENT_COLUMNS}{}", assignment("ApplicationImpersonation", "Desk", "RoleGroup", scopes));
        let files = [files(entries, &assignments, MEMBERS), vec![("policy.toml", policy)]].concat();
        let report = run(&files, &["check", "--format", "json"]).json();
        let rules: Vec<&Value> =
            report["diagnostics"].as_array().expect("a list").iter().map(|one| &one["rule"]).collect();
        assert_eq!(rules.contains(&&Value::from("narrow-scope")), is_narrow, "{scopes}: {rules:?}");
    }
}

#[test]
fn a_role_that_lacks_the_parameter_is_no_remedy_for_it() {
    let entries =
        "Role,Name,Parameters\nReaders,Get-AcceptedDomain,Identity\nOthers,Get-AcceptedDomain,Identity;ResultSize\n";
    let assignments = format!("{ASSIGNMENT_COLUMNS}{}", assignment("Readers", "Desk", "RoleGroup", WIDE));
    let policy = "[[require]]\nid = \"ours\"\naccount = \"ada\"\ncmdlets = [\"Get-AcceptedDomain:ResultSize\"]\n";
    let note = |entries: &str| {
        let files = [files(entries, &assignments, MEMBERS), vec![("policy.toml", policy)]].concat();
        run(&files, &["check"]).stdout
    };
    let advised = "New-RoleGroup 'Others for ada' -Roles 'Others' -Members 'ada'";
    let said = note(&entries.replace("Identity;ResultSize", "Identity"));
    assert!(!said.contains(advised), "{said}");
    assert!(said.contains("Get-ManagementRole -Cmdlet 'Get-AcceptedDomain' -CmdletParameters 'ResultSize'"), "{said}");
    // A role that gives it is advised, whether the account has the cmdlet or not.
    for entries in [entries, &entries.replace("Readers,Get-AcceptedDomain", "Readers,Get-Mailbox")] {
        let said = note(entries);
        assert!(said.contains(advised), "{said}");
    }
}

#[test]
fn a_role_of_end_users_that_has_the_cmdlet_is_some_role() {
    let entries = "Role,Name,Parameters\nMyBaseOptions,Set-Mailbox,Identity\nReaders,Get-Mailbox,Identity\n";
    let own = assignment(
        "MyBaseOptions",
        "Default",
        "RoleAssignmentPolicy",
        "Self,Self,OrganizationConfig,OrganizationConfig",
    );
    let assignments = format!("{ASSIGNMENT_COLUMNS}{}{own}", assignment("Readers", "Desk", "RoleGroup", WIDE));
    let ran = run(&files(entries, &assignments, MEMBERS), &["why", "ada", "Set-Mailbox"]);
    assert!(ran.stdout.contains("nearest[end-user-role]: role `MyBaseOptions` has the cmdlet"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("no role in these exports"), "{}", ran.stdout);
    let none = run(&files(entries, &assignments, MEMBERS), &["why", "ada", "New-Mailbox"]);
    assert!(none.stdout.contains("no role in these exports has the cmdlet"), "{}", none.stdout);
}

#[test]
fn where_only_the_own_mailbox_is_undecided_it_is_said_with_what_came_closest() {
    let entries = "Role,Name,Parameters\nReaders,Get-AcceptedDomain,Identity\n";
    let assignments = format!("{ASSIGNMENT_COLUMNS}{}", assignment("Readers", "Desk", "RoleGroup", WIDE));
    let mut files = files(entries, &assignments, MEMBERS);
    files.truncate(3);
    let ran = run(&files, &["why", "ada", "Get-AcceptedDomain:ResultSize"]);
    assert_eq!(ran.code, 3, "{}", ran.stdout);
    assert!(
        ran.stdout.starts_with("unknown: `ada` cannot run `Get-AcceptedDomain:ResultSize`, unless on its own mailbox"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("nearest[without-parameter]"), "{}", ran.stdout);
}

#[test]
fn a_role_group_that_only_a_list_and_an_assignment_name_is_no_account() {
    let entries = "Role,Name,Parameters\nMail Recipients,Set-Mailbox,Identity\n";
    let assignments = format!("{ASSIGNMENT_COLUMNS}{}", assignment("Mail Recipients", "Desk", "RoleGroup", WIDE));
    let members = "RoleGroup,Name,RecipientType\nOuter,contoso.com/Microsoft Exchange Security Groups/Desk,\nOuter,ada,UserMailbox\n";
    let ran = run(&files(entries, &assignments, members), &["access", "--format", "json"]);
    let accounts: Vec<&str> = ran.stdout.lines().filter_map(|line| line.split("\"account\":\"").nth(1)).collect();
    assert!(!accounts.is_empty() && accounts.iter().all(|rest| !rest.starts_with("Desk\"")), "{}", ran.stdout);
}

#[test]
fn who_can_is_undecided_where_every_answer_is_and_tells_each_gap_once() {
    let entries = "Role,Name,Parameters\nMail Recipients,Set-Mailbox,Identity\n";
    let assignments = format!("{ASSIGNMENT_COLUMNS}{}", assignment("Mail Recipients", "Desk", "RoleGroup", WIDE));
    let mut unknown = files(entries, &assignments, MEMBERS);
    unknown.remove(2);
    let ran = run(&unknown, &["who-can", "Set-Mailbox"]);
    assert_eq!(ran.code, 3, "{}", ran.stdout);
    assert_eq!(ran.stdout.matches("gap[opaque-group]").count(), 1, "{}", ran.stdout);
    assert!(ran.stdout.contains("leaves undecided: all of them"), "{}", ran.stdout);
    assert_eq!(ran.stdout.matches("Get-RoleGroupMember 'Desk'").count(), 1, "{}", ran.stdout);
    assert_eq!(run(&files(entries, &assignments, MEMBERS), &["who-can", "Set-Mailbox"]).code, 0);
}

#[test]
fn what_is_held_on_nothing_is_not_passed_over_by_only() {
    let entries = "Role,Name,Parameters\nReaders,Get-Mailbox,Identity\nReaders,Set-Mailbox,Identity\n";
    let scopes = "Organization,None,OrganizationConfig,None";
    let assignments = format!("{ASSIGNMENT_COLUMNS}{}", assignment("Readers", "Desk", "RoleGroup", scopes));
    let policy = "[[require]]\nid = \"ours\"\naccount = \"ada\"\nonly = true\ncmdlets = [\"Get-Mailbox\"]\n";
    let files = [files(entries, &assignments, MEMBERS), vec![("policy.toml", policy)]].concat();
    let ran = run(&files, &["check", "--format", "json"]);
    let report = ran.json();
    let note = report["diagnostics"].as_array().expect("a list").iter().find(|one| one["rule"] == "excess-cmdlet");
    let note = note.expect("a note");
    assert_eq!(
        (ran.code, &note["severity"], &note["cmdlets"][0]),
        (0, &"note".into(), &"Set-Mailbox".into()),
        "{note:#}"
    );
}

#[test]
fn an_application_is_called_by_its_display_name() {
    let people = r#"[{"DisplayName":"Journal App","AppId":"b8d1e3aa-6f20-4c77-8a5e-0c9d7712f004","ObjectId":"4f0c7a52-91de-4b3a-9d43-5b7f1c0e2a11","Name":"4f0c7a52-91de-4b3a-9d43-5b7f1c0e2a11"}]"#;
    let members = "RoleGroup,Name,RecipientType\nDesk,4f0c7a52-91de-4b3a-9d43-5b7f1c0e2a11,ServicePrincipal\n";
    let entries = "Role,Name,Parameters\nMail Recipients,Set-Mailbox,Identity\n";
    let assignments = format!("{ASSIGNMENT_COLUMNS}{}", assignment("Mail Recipients", "Desk", "RoleGroup", WIDE));
    let files = [
        ("entries.csv", entries),
        ("assignments.csv", assignments.as_str()),
        ("members.csv", members),
        ("apps.json", people),
    ];
    let ran = run(&files, &["who-can", "Set-Mailbox", "--format", "json"]);
    assert_eq!(ran.json_lines()[0]["account"], "Journal App", "{}", ran.stdout);
}

#[test]
fn a_name_that_several_bear_is_the_reason_that_is_named() {
    let people = "Name,DisplayName,UserPrincipalName,RecipientType,RoleAssignmentPolicy\n\
        one,Max Weber,one@contoso.com,UserMailbox,\ntwo,Max Weber,two@contoso.com,UserMailbox,\n";
    let effective = "Role,RoleAssigneeName,RoleAssigneeType,AssignmentMethod,EffectiveUserName,RoleAssignmentDelegationType,Enabled,Name\n\
        Mail Recipients,Desk,RoleGroup,Direct,All Group Members,Regular,True,A\n\
        Mail Recipients,Desk,RoleGroup,RoleGroup,Max Weber,Regular,True,A\n";
    let files = [
        ("entries.csv", "Role,Name,Parameters\nMail Recipients,Set-Mailbox,Identity\n"),
        ("effective.csv", effective),
        ("people.csv", people),
    ];
    let ran = run(&files, &["why", "one", "Set-Mailbox", "--format", "json"]);
    let line = &ran.json_lines()[0];
    let codes: Vec<&Value> = line["gaps"].as_array().expect("a list").iter().map(|gap| &gap["code"]).collect();
    assert!(line["answer"] == "unknown" && codes.contains(&&Value::from("ambiguous-name")), "{line:#}");
}

#[test]
fn a_group_that_is_synchronised_is_never_closed_by_the_members_it_shows() {
    let said = "Membership in this role group is synchronized across services and managed centrally.";
    let entries = "Role,Name,Parameters\nHygiene,Set-Mailbox,Identity\n";
    for (name, description, is_open) in
        [("Security Reader", "", true), ("Our Readers", said, true), ("Our Readers", "Ours.", false)]
    {
        let assignments = format!("{ASSIGNMENT_COLUMNS}{}", assignment("Hygiene", name, "RoleGroup", WIDE));
        let groups = format!("Name,RoleGroupType,Members,Description\n{name},Standard,ada,{description}\n");
        let files = [
            ("entries.csv", entries),
            ("assignments.csv", assignments.as_str()),
            ("groups.csv", groups.as_str()),
            ("people.csv", PEOPLE),
        ];
        let answer = |account: &str| {
            let ran = run(&files, &["why", account, "Set-Mailbox", "--format", "json"]);
            let line = ran.json_lines().remove(0);
            (
                line["answer"].as_str().expect("a word").to_owned(),
                line["gaps"][0]["export"].as_str().unwrap_or("").to_owned(),
            )
        };
        assert_eq!(answer("ada").0, "granted", "{name}");
        let (bo, export) = answer("bo");
        assert_eq!(bo, if is_open { "unknown" } else { "not-granted" }, "{name} {description}");
        // Users, groups and applications may hold the role.
        assert_eq!(export.starts_with("Get-MgRoleManagementDirectoryRoleAssignment "), is_open, "{export}");
    }
    // On servers it is a role group as any other.
    let assignments = format!("{ASSIGNMENT_COLUMNS}{}", assignment("Hygiene", "Security Reader", "RoleGroup", WIDE));
    let groups = "Name,RoleGroupType,Members,DistinguishedName\nSecurity Reader,Standard,ada,\"CN=Security Reader,OU=Microsoft Exchange Security Groups,DC=contoso,DC=com\"\n";
    let files = [
        ("entries.csv", entries),
        ("assignments.csv", assignments.as_str()),
        ("groups.csv", groups),
        ("people.csv", PEOPLE),
    ];
    assert_eq!(run(&files, &["why", "bo", "Set-Mailbox"]).code, 1);
}

#[test]
fn a_display_name_is_no_name() {
    let entries = "Role,Name,Parameters\nMail Recipients,Set-Mailbox,Identity\n";
    let assignments = format!("{ASSIGNMENT_COLUMNS}{}", assignment("Mail Recipients", "Desk", "RoleGroup", WIDE));
    let of = |account: &str| {
        let ran = run(&files(entries, &assignments, MEMBERS), &["access", "--account", account, "--format", "json"]);
        ran.json_lines().iter().map(|line| line["account"].as_str().expect("a word").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(of("Max Weber"), ["Max Weber"], "not `bo`, who is only displayed so");
    assert_eq!(of("Ada"), ["ada"]);
}

#[test]
fn names_to_be_made_have_at_most_64_characters() {
    let role = "A role whose own name already is as long as Exchange lets a name be, sir";
    let entries = format!("Role,Name,Parameters\n{role},Set-Mailbox,Identity\nReaders,Get-Mailbox,Identity\n");
    let entries = entries.replace(", sir", " sir");
    let assignments = format!("{ASSIGNMENT_COLUMNS}{}", assignment("Readers", "Desk", "RoleGroup", WIDE));
    let policy =
        format!("[[require]]\nid = \"{}\"\naccount = \"ada\"\ncmdlets = [\"Set-Mailbox\"]\n", "long-".repeat(20));
    let files = [files(&entries, &assignments, MEMBERS), vec![("policy.toml", policy.as_str())]].concat();
    let ran = run(&files, &["check"]);
    let made: Vec<&str> =
        ran.stdout.split("New-RoleGroup '").skip(1).filter_map(|rest| rest.split('\'').next()).collect();
    assert!(!made.is_empty(), "{}", ran.stdout);
    for name in made {
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(name.chars().count() <= 64, "{name}");
    }
}

#[test]
fn a_missing_scope_column_leaves_the_coverage_complete() {
    let entries = "Role,Name,Parameters\nMail Recipients,Set-Mailbox,Identity\n";
    let columns = "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled\n";
    let assignments = format!("{columns}A,Mail Recipients,Desk,RoleGroup,Regular,True\n");
    let policy = "[[require]]\nid = \"ours\"\naccount = \"ada\"\ncmdlets = [\"Set-Mailbox\"]\n";
    let coverage = |assignments: &str| {
        let files = [files(entries, assignments, MEMBERS), vec![("policy.toml", policy)]].concat();
        let report = run(&files, &["check", "--format", "json"]).json();
        let all = report["coverage"].as_array().expect("a list").clone();
        all.into_iter().find(|one| one["kind"] == "RoleAssignment").expect("assignments were read")["complete"].clone()
    };
    assert_eq!(coverage(&assignments), true);
    assert_eq!(coverage(&assignments.replace(",Enabled", "").replace(",True", "")), false);
}

#[test]
fn accounts_that_lack_the_same_for_one_reason_are_one_cause() {
    let entries = "Role,Name,Parameters\nMail Recipients,Set-Mailbox,Identity\n";
    let off = assignment("Mail Recipients", "Desk", "RoleGroup", WIDE).replace(",True,", ",False,");
    let assignments = format!("{ASSIGNMENT_COLUMNS}{off}");
    let members = format!("{MEMBERS}Desk,bo,UserMailbox\n");
    let policy = "[rules]\ndisabled-assignment = \"off\"\n[[require]]\nid = \"ours\"\naccount = [\"ada\", \"bo\"]\ncmdlets = [\"Set-Mailbox\"]\n";
    let files = [files(entries, &assignments, &members), vec![("policy.toml", policy)]].concat();
    let said = run(&files, &["check"]).stdout;
    // One command is enough for both, and each is named.
    let command = "\n    Set-ManagementRoleAssignment 'Mail Recipients-Desk' -Enabled $true\n";
    assert!(said.matches(command).count() == 1 && said.contains("2 accounts lack"), "{said}");
    assert!(said.contains("\n    ada, bo\n"), "{said}");
}

#[test]
fn the_nearest_miss_is_about_the_role_of_the_help() {
    // Both roles have the first cmdlet, and one alone the second: that one is advised, and shown.
    let entries = "Role,Name,Parameters\nAnother,Set-Mailbox,Identity\nMail Recipients,Set-Mailbox,Identity\n\
        Mail Recipients,Set-CASMailbox,Identity\nReaders,Get-Mailbox,Identity\n";
    let groups =
        [assignment("Another", "First", "RoleGroup", WIDE), assignment("Mail Recipients", "Second", "RoleGroup", WIDE)];
    let assignments =
        format!("{ASSIGNMENT_COLUMNS}{}{}", assignment("Readers", "Desk", "RoleGroup", WIDE), groups.concat());
    let members = format!("{MEMBERS}First,bo,UserMailbox\nSecond,bo,UserMailbox\n");
    let policy = "[[require]]\nid = \"ours\"\naccount = \"ada\"\ncmdlets = [\"Set-Mailbox\", \"Set-CASMailbox\"]\n";
    let files = [files(entries, &assignments, &members), vec![("policy.toml", policy)]].concat();
    let report = run(&files, &["check", "--format", "json"]).json();
    let missing: Vec<&Value> = report["diagnostics"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|one| one["rule"] == "missing-cmdlet")
        .collect();
    assert_eq!(missing.len(), 2);
    for one in missing {
        let help = one["help"].as_str().expect("a text");
        let label = one["locations"][0]["label"].as_str().expect("a text");
        assert!(help.contains("'Second'") && label.contains("`Mail Recipients`"), "{one:#}");
    }
}

#[test]
fn a_third_row_does_not_settle_what_two_contradict_each_other_about() {
    let entries = "Role,Name,Parameters\nMyBaseOptions,Get-Mailbox,Identity\n";
    let policies = "Name,IsDefault,AssignedRoles\nKiosk,True,MyBaseOptions\nEmpty,False,\n";
    let row = |policy: &str| format!("Name,RecipientTypeDetails,RoleAssignmentPolicy\nada,UserMailbox,{policy}\n");
    let answers = [["Kiosk", "Empty", "Kiosk"], ["Kiosk", "Kiosk", "Empty"], ["Empty", "Kiosk", "Kiosk"]].map(|said| {
        let [one, two, three] = said.map(row);
        let assignments = format!(
            "{ASSIGNMENT_COLUMNS}{}",
            assignment("MyBaseOptions", "Kiosk", "RoleAssignmentPolicy", "Self,Self,OrganizationConfig,None")
        );
        let files = [
            ("entries.csv", entries),
            ("assignments.csv", &assignments),
            ("policies.csv", policies),
            ("1.csv", &one),
            ("2.csv", &two),
            ("3.csv", &three),
        ];
        run(&files, &["why", "ada", "Get-Mailbox", "--format", "json"]).json_lines()[0]["answer"].clone()
    });
    assert_eq!(answers, ["unknown", "unknown", "unknown"]);
}

/// No requirement asks for the whole organization here, so that there is nothing to leave out.
#[test]
fn a_role_that_reaches_nothing_is_no_reason_to_leave_out_a_scope() {
    let entries = "Role,Name,Parameters\nReports,Set-Mailbox,Identity\n";
    let roles = "Name,RoleType,Parent,ImplicitRecipientReadScope,ImplicitRecipientWriteScope,ImplicitConfigReadScope,\
        ImplicitConfigWriteScope\nReports,ViewOnlyConfiguration,,Organization,None,OrganizationConfig,None\n";
    let scopes = "Organization,None,OrganizationConfig,None";
    let assignments = format!("{ASSIGNMENT_COLUMNS}{}", assignment("Reports", "Desk", "RoleGroup", scopes));
    let said = |scope: &str| {
        let policy = format!("[[require]]\nid = \"ours\"\naccount = \"bo\"\ncmdlets = [\"Set-Mailbox\"]\n{scope}");
        let given =
            [files(entries, &assignments, MEMBERS), vec![("roles.csv", roles), ("policy.toml", &policy)]].concat();
        run(&given, &["check"]).stdout
    };
    let advice = "leave out `scope` of the requirement";
    assert!(said("").contains("`bo` cannot run `Set-Mailbox`") && !said("").contains(advice), "{}", said(""));
    let everywhere = said("scope = \"organization\"\n");
    assert!(everywhere.contains(advice), "{everywhere}");
}

#[test]
fn how_far_merged_parameters_reach_is_undecided_where_no_export_shows_the_roles() {
    let entries = "Role,Name,Parameters\nOne,Set-Mailbox,Identity\nOther,Set-Mailbox,Office\n";
    let narrow = "Organization,Organization,None,None";
    let assignments = format!(
        "{ASSIGNMENT_COLUMNS}{}{}",
        assignment("One", "Desk", "RoleGroup", narrow),
        assignment("Other", "Desk", "RoleGroup", narrow)
    );
    let policy = "[[require]]\nid = \"ours\"\naccount = \"ada\"\ncmdlets = [\"Set-Mailbox:Identity,Office\"]\nscope = \"organization\"\n";
    let said = |roles: &str| -> BTreeSet<String> {
        let mut files = files(entries, &assignments, MEMBERS);
        files.extend([("policy.toml", policy), ("roles.csv", roles)]);
        let report = run(&files, &["check", "--format", "json"]).json();
        let all = report["diagnostics"].as_array().expect("a list").iter();
        let rules = all.filter(|one| one["requirement"] == "ours").filter_map(|one| one["rule"].as_str());
        rules.map(ToOwned::to_owned).collect()
    };
    let roles = |scopes: &str| {
        format!(
            "Name,RoleType,ImplicitRecipientReadScope,ImplicitRecipientWriteScope,ImplicitConfigReadScope,ImplicitConfigWriteScope\n\
            One,Custom,{scopes}\nOther,Custom,{scopes}\n"
        )
    };
    let rules = |rules: &[&str]| rules.iter().map(|rule| (*rule).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(said("Name,RoleType\nThird,Custom\n"), rules(&["undecided"]));
    assert_eq!(
        said(&roles("Organization,Organization,OrganizationConfig,OrganizationConfig")),
        rules(&["merged-parameters", "narrow-scope"])
    );
    assert_eq!(said(&roles(narrow)), rules(&["merged-parameters"]));
}
