//! The questions people ask, of small organizations and of the fixture: who can, why, on whom, and what next.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::naive;
use crate::program::{Ran, argument, folder, rolecall, strings};

const FIXTURE: &str = "fixtures/organization/exports";

const ENTRIES: &str = "Role,Name,Parameters\n\
    Mail Recipients,Set-Mailbox,Alias;Identity\n\
    Journaling,Get-JournalRule,Identity\n\
    MyBaseOptions,Get-Mailbox,Identity\n";
const COLUMNS: &str = "Name,Role,RoleAssigneeName,RoleAssigneeType,Enabled,RoleAssignmentDelegationType,\
    RecipientReadScope,RecipientWriteScope,ConfigReadScope,ConfigWriteScope,CustomRecipientWriteScope,\
    AssignmentMethod,EffectiveUserName\n";
const PEOPLE: &str = "Name,DistinguishedName,RecipientTypeDetails,RoleAssignmentPolicy,Department\n\
    ada,\"CN=ada,OU=Staff,DC=contoso,DC=com\",UserMailbox,,Sales\n\
    bo,\"CN=bo,OU=Staff,DC=contoso,DC=com\",UserMailbox,,Legal\n\
    lin,\"CN=lin,OU=Guests,DC=contoso,DC=com\",LinkedMailbox,,\n";

/// An assignment on the whole organization.
fn wide(name: &str, role: &str, assignee: &str, kind: &str) -> String {
    format!(
        "{name},{role},{assignee},{kind},True,Regular,Organization,Organization,OrganizationConfig,OrganizationConfig,,Direct,\n"
    )
}

/// Runs a command on these exports and returns what it printed.
fn run(files: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let bytes: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let folder = folder(&bytes);
    let path = argument(folder.path());
    rolecall(&[arguments, &[&path]].concat())
}

/// What `why` answers.
#[track_caller]
fn why(files: &[(&str, &str)], account: &str, cmdlet: &str, further: &[&str]) -> Value {
    let ran = run(files, &[&["why", account, cmdlet, "--format", "json"], further].concat());
    let mut lines = ran.json_lines();
    assert_eq!(lines.len(), 1, "{}", ran.stderr);
    let line = lines.remove(0);
    let code = match line["answer"].as_str() {
        Some("granted" | "merged") => 0,
        Some("not-granted") => 1,
        _ => 3,
    };
    assert_eq!(ran.code, code, "{line}");
    line
}

#[track_caller]
fn assert_open(line: &Value, code: &str, object: &str) {
    assert_eq!(line["answer"], "unknown", "{line}");
    let gaps = line["gaps"].as_array().expect("a list");
    assert!(gaps.iter().any(|gap| gap["code"] == code && gap["object"] == object), "{gaps:?}");
}

/// The files of an organization with these assignments.
fn organization(assignments: &str) -> [(&'static str, String); 3] {
    [
        ("entries.csv", ENTRIES.to_owned()),
        ("assignments.csv", format!("{COLUMNS}{}{assignments}", wide("Other", "Journaling", "bo", "User"))),
        ("people.csv", PEOPLE.to_owned()),
    ]
}

fn borrowed<'f>(files: &'f [(&'static str, String)], more: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    files.iter().map(|(name, text)| (*name, text.as_str())).chain(more.iter().copied()).collect()
}

#[test]
fn a_linked_group_is_no_gap_but_for_a_linked_mailbox() {
    for kind in ["LinkedRoleGroup", "PartnerLinkedRoleGroup"] {
        let files = organization(&wide("Linked", "Mail Recipients", "Partners", kind));
        let files = borrowed(&files, &[]);
        assert_eq!(why(&files, "ada", "Set-Mailbox", &[])["answer"], "not-granted");
        assert_open(&why(&files, "lin", "Set-Mailbox", &[]), "opaque-group", "Partners");
    }
}

#[test]
fn a_group_that_entra_fills_is_open_though_its_list_is_empty() {
    let groups = "Name,RoleGroupType,Members\nOrganization Management,Standard,TenantAdmins_1a2b\nTenantAdmins_1a2b,Standard,{}\n";
    let files = organization(&wide("Om", "Mail Recipients", "Organization Management", "RoleGroup"));
    let files = borrowed(&files, &[("role-groups.csv", groups)]);
    let line = why(&files, "ada", "Set-Mailbox", &[]);
    assert_open(&line, "opaque-group", "TenantAdmins_1a2b");
    let message = line["gaps"][0]["message"].as_str().expect("a text");
    assert!(message.contains("Global Administrator"), "{message}");
    // Any other group that is printed empty has no members.
    let plain = groups.replace("TenantAdmins_1a2b", "Tier 0");
    let files = organization(&wide("Om", "Mail Recipients", "Organization Management", "RoleGroup"));
    let files = borrowed(&files, &[("role-groups.csv", &plain)]);
    assert_eq!(why(&files, "ada", "Set-Mailbox", &[])["answer"], "not-granted");
}

#[test]
fn a_role_and_a_group_of_one_name_have_gaps_of_their_own() {
    let files = [
        ("roles.txt", "Name        : Help Desk\nRoleEntries : {(Snapin) Get-User -Identity, (Snapin) Set-User...}\n"),
        (
            "groups.txt",
            "Name            : Help Desk\nMembers         : {bo, cy, di, ed...}\nRoleAssignments : {Help Desk-Help Desk}\n",
        ),
        ("mailboxes.csv", PEOPLE),
        (
            "assignments.csv",
            "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled\n\
             Help Desk-Help Desk,Help Desk,Help Desk,RoleGroup,Regular,True\n",
        ),
    ];
    let gap = |account: &str, cmdlet: &str| {
        let line = why(&files, account, cmdlet, &[]);
        assert_eq!(line["gaps"][0]["object"], "Help Desk", "{line}");
        line["gaps"][0]["message"].as_str().map(ToOwned::to_owned)
    };
    // Whoever else is in the group can run what the role is seen to hold; its members perhaps more.
    assert_eq!(gap("ada", "Get-User").as_deref(), Some("the list of members of `Help Desk` is cut"));
    assert_eq!(gap("bo", "Get-Mailbox").as_deref(), Some("the list of entries of role `Help Desk` is cut"));
}

#[test]
fn what_is_to_be_exported_says_whose_rows_they_are_and_closes_the_gap() {
    // What is advised, what stands below it in the console where bo is the one member, and where there is none.
    let of_group = "Get-Group 'It''s' | Select-Object Name,Guid,DistinguishedName,SamAccountName,RecipientTypeDetails,@{n='Members';e={$_.Members -join ';'}} | Format-List";
    let group = |members: &str| {
        format!(
            "\n\nName                 : It's\nGuid                 : 11111111-2222-3333-4444-555555555555\nRecipientTypeDetails : UniversalSecurityGroup\nMembers              : {members}\n\n\n\n"
        )
    };
    let of_members = "Get-RoleGroupMember 'It''s' -ResultSize Unlimited | Format-List Name,Identity,RecipientType";
    let bo =
        "\n\nName          : bo\nIdentity      : contoso.com/Staff/bo\nRecipientType : UserMailbox\n\n\n\n".to_owned();
    for (kind, command, shown) in [
        ("RoleGroup", of_members, bo),
        ("RoleGroup", of_members, String::new()),
        ("SecurityGroup", of_group, group("contoso.com/Staff/bo")),
        ("SecurityGroup", of_group, group("")),
    ] {
        let files = organization(&wide("A", "Mail Recipients", "It's", kind));
        let open = why(&borrowed(&files, &[]), "ada", "Set-Mailbox", &[]);
        assert_open(&open, "opaque-group", "It's");
        assert_eq!(open["gaps"][0]["export"], command);
        let console = format!("[PS] C:\\>{command}\n{shown}[PS] C:\\>\n");
        let closed = why(&borrowed(&files, &[("more.txt", &console)]), "ada", "Set-Mailbox", &[]);
        assert_eq!(closed["answer"], "not-granted", "{closed}");
    }
    let files = organization(&wide("A", "Lost", "ada", "User"));
    let open = why(&borrowed(&files, &[]), "ada", "Set-Mailbox", &[]);
    assert_open(&open, "empty-role", "Lost");
    let said = open["gaps"][0]["export"].as_str().expect("a command");
    assert!(said.starts_with("Get-ManagementRole 'Lost' | Select-Object Name,RoleType,"), "{said}");
}

#[test]
fn a_group_table_of_the_policy_closes_a_gap_and_is_quoted() {
    let files = organization(&wide("Om", "Mail Recipients", "TenantAdmins_1", "RoleGroup"));
    let policy = "[[group]]\nname = \"TenantAdmins_*\"\nmembers = [\"bo\"]\ncomplete = true\nreason = \"seen\"\nexpires = 2099-12-31\n\
        [[require]]\nid = \"ours\"\naccount = \"{account}\"\ncmdlets = [\"Set-Mailbox\"]\n";
    for (account, code, missing) in [("ada", 1, 1), ("bo", 0, 0)] {
        let policy = policy.replace("{account}", account);
        let files = borrowed(&files, &[]);
        let bytes: Vec<(String, &[u8])> =
            files.iter().map(|(name, text)| (format!("exports/{name}"), text.as_bytes())).collect();
        let mut bytes: Vec<(&str, &[u8])> = bytes.iter().map(|(name, text)| (name.as_str(), *text)).collect();
        bytes.push(("policy.toml", policy.as_bytes()));
        let folder = folder(&bytes);
        let path = |name: &str| argument(&folder.path().join(name));
        let ran = rolecall(&[
            "check",
            &path("exports"),
            "--policy",
            &path("policy.toml"),
            "--account",
            account,
            "--format",
            "json",
        ]);
        let report = ran.json();
        assert_eq!((report["summary"]["undecided"].as_u64(), ran.code), (Some(0), code), "{report:#}");
        assert_eq!(report["summary"]["missing"], missing);
    }
}

#[test]
fn a_computer_and_an_application_have_no_policy() {
    for kind in ["Computer", "ServicePrincipal"] {
        let policy = wide("My", "MyBaseOptions", "Default Policy", "RoleAssignmentPolicy");
        let files = organization(&format!("{policy}{}", wide("It", "Mail Recipients", "EX1", kind)));
        let ran = run(&borrowed(&files, &[]), &["access", "--account", "EX1", "--format", "json"]);
        let line = &ran.json_lines()[0];
        assert_eq!(
            (&line["complete"], line["cmdlets"].as_array().map(Vec::len)),
            (&Value::Bool(true), Some(1)),
            "{line}"
        );
    }
}

#[test]
fn an_unknown_policy_leaves_open_what_a_policy_gives_and_nothing_else() {
    let policy = wide("My", "MyBaseOptions", "Default Policy", "RoleAssignmentPolicy");
    let files = organization(&format!("{policy}{}", wide("It", "Mail Recipients", "zoe", "User")));
    let files = borrowed(&files, &[]);
    assert_open(&why(&files, "zoe", "Get-Mailbox", &[]), "unknown-policy", "zoe");
    assert_eq!(why(&files, "zoe", "Get-JournalRule", &[])["answer"], "not-granted");
    let line = &run(&files, &["access", "--account", "zoe", "--format", "json"]).json_lines()[0];
    assert_eq!(line["complete"], false);
    // Where no assignment to a policy was exported, a policy may give anything.
    let files = organization(&wide("It", "Mail Recipients", "zoe", "User"));
    assert_open(&why(&borrowed(&files, &[]), "zoe", "Get-JournalRule", &[]), "unknown-policy", "zoe");
}

#[test]
fn effective_users_add_to_open_groups_and_contradict_known_ones() {
    let row = |user: &str| {
        format!(
            "Help,Mail Recipients,Help Desk,RoleGroup,True,Regular,Organization,Organization,OrganizationConfig,OrganizationConfig,,RoleGroup,{user}\n"
        )
    };
    let group = wide("Help", "Mail Recipients", "Help Desk", "RoleGroup");
    let files = organization(&format!("{group}{}", row("ada")));
    let added = why(&borrowed(&files, &[]), "ada", "Set-Mailbox", &[]);
    assert_eq!(added["answer"], "granted");
    assert_eq!(strings(&added["grants"][0]["through"]), ["Help Desk"]);
    let members = |name: &str| format!("RoleGroup,Name,RecipientType\nHelp Desk,{name},UserMailbox\n");
    let (same, other) = (members("ada"), members("bo"));
    let agreeing = borrowed(&files, &[("members.csv", &same)]);
    assert_eq!(why(&agreeing, "ada", "Set-Mailbox", &[])["answer"], "granted");
    let contradicting = borrowed(&files, &[("members.csv", &other)]);
    for account in ["ada", "bo"] {
        assert_open(&why(&contradicting, account, "Set-Mailbox", &[]), "contradicting-records", "Help");
    }
}

#[test]
fn on_a_scope_that_no_column_shows_a_role_can_be_run_and_where_is_unknown() {
    let assignments = "Name,Role,RoleAssigneeName,RoleAssigneeType,Enabled,RoleAssignmentDelegationType\n\
        A,Mail Recipients,ada,User,True,Regular\nB,Ours,ada,User,True,Regular\nC,Child,ada,User,True,Regular\n";
    let entries =
        "Role,Name,Parameters\nMail Recipients,Set-Mailbox,Alias\nOurs,Set-User,Identity\nChild,Set-Group,Identity\n";
    let roles = "Name,RoleType,Parent\nMail Recipients,MailRecipients,\nChild,MailRecipients,Mail Recipients\n";
    let files = [("a.csv", assignments), ("e.csv", entries), ("r.csv", roles), ("p.csv", PEOPLE), ("s.csv", SCOPES)];
    let known = why(&files, "ada", "Set-Mailbox", &[]);
    assert_eq!(
        (&known["answer"], &known["grants"][0]["recipient_write_scope"]),
        (&"granted".into(), &serde_json::Value::Null)
    );
    assert_open(&why(&files, "ada", "Set-Mailbox", &["--on", "ada"]), "missing-column", "RecipientWriteScope");
    let assumed = why(&files, "ada", "Set-Mailbox", &["--on", "ada", "--assume", "own-scope"]);
    assert_eq!(
        (&assumed["answer"], &assumed["grants"][0]["assumed"]),
        (&"granted".into(), &serde_json::json!(["own-scope"]))
    );
    let shown = run(&files, &["why", "ada", "Set-Mailbox"]);
    assert!(shown.stdout.contains("on a scope that no column shows"), "{}", shown.stdout);
    assert_eq!(why(&files, "ada", "Set-Group", &[])["grants"][0]["config_read_scope"], "OrganizationConfig");
    assert_open(&why(&files, "ada", "Set-User", &[]), "unknown-scope", "Ours");
    let ran =
        run(&files, &["check", "--account", "ada", "--require", "intune-connector-on-premises", "--format", "concise"]);
    assert!(ran.stdout.contains("so on what it works is not known"), "{}", ran.stdout);
}

const SCOPES: &str = "Name,ScopeRestrictionType,Exclusive,RecipientRoot,RecipientFilter\n\
    Sales,RecipientScope,False,,Department -eq 'Sales'\n";

fn scoped(word: &str, custom: &str) -> String {
    format!(
        "It,Mail Recipients,bo,User,True,Regular,Organization,{word},OrganizationConfig,OrganizationConfig,{custom},Direct,\n"
    )
}

#[test]
fn on_one_recipient_the_scope_decides() {
    for (word, custom, on, answer) in [
        ("CustomRecipientScope", "Sales", "ada", "granted"),
        ("CustomRecipientScope", "Sales", "bo", "not-granted"),
        ("CustomRecipientScope", "Sales", "lin", "not-granted"),
        ("CustomRecipientScope", "Elsewhere", "ada", "unknown"),
        ("OU", "contoso.com/Staff", "ada", "granted"),
        ("OU", "contoso.com/Staff", "lin", "not-granted"),
        ("Organization", "", "lin", "granted"),
        ("Self", "", "bo", "granted"),
        ("Self", "", "ada", "not-granted"),
        ("AdministrativeUnit", "North", "ada", "unknown"),
    ] {
        let files = organization(&scoped(word, custom));
        let files = borrowed(&files, &[("scopes.csv", SCOPES)]);
        let line = why(&files, "bo", "Set-Mailbox", &["--on", on]);
        assert_eq!(line["answer"], answer, "{word} {custom} on {on}: {line}");
        let nearest = &line["nearest"][0]["code"];
        assert_eq!(nearest == "outside-scope", answer == "not-granted", "{line}");
    }
    // An exclusive scope keeps out who does not hold it.
    let exclusive = SCOPES.replace("False", "True");
    let files = organization(&scoped("Organization", ""));
    let files = borrowed(&files, &[("scopes.csv", &exclusive)]);
    assert_eq!(why(&files, "bo", "Set-Mailbox", &["--on", "ada"])["answer"], "not-granted");
    assert_eq!(why(&files, "bo", "Set-Mailbox", &["--on", "bo"])["answer"], "granted");
    let ran = run(&files, &["why", "bo", "Set-Mailbox", "--on", "nobody"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (3, ""));
    assert!(ran.stderr.contains("no export shows a recipient `nobody`"), "{}", ran.stderr);
}

#[test]
fn who_can_forward_export_and_turn_auditing_off_is_what_the_dump_says() {
    let organization = naive::Organization::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(FIXTURE));
    for (cmdlet, parameter, roles) in [
        ("New-MailboxExportRequest", None, &["Mailbox Search"][..]),
        ("Set-AdminAuditLogConfig", None, &["Audit Logs"][..]),
        ("Set-Mailbox", Some("ForwardingSmtpAddress"), &["Mail Recipients", "MyBaseOptions", "User Options"][..]),
    ] {
        let asked = parameter.map_or_else(|| cmdlet.to_owned(), |parameter| format!("{cmdlet}:{parameter}"));
        let ran = rolecall(&["who-can", &asked, FIXTURE, "--format", "json"]);
        let lines = ran.json_lines();
        let found: BTreeSet<&str> = lines.iter().filter_map(|line| line["account"].as_str()).collect();
        let accounts = organization.accounts();
        let has = |account: &&String| {
            let held = organization.held(account);
            held.get(cmdlet).is_some_and(|held| parameter.is_none_or(|name| held.parameters.contains(name)))
        };
        let mut expected: BTreeSet<&str> = accounts.iter().filter(has).map(String::as_str).collect();
        // Accounts of the service, which no export of people shows.
        if cmdlet == "New-MailboxExportRequest" {
            expected.insert("Exchange Online-ApplicationAccount");
        }
        assert_eq!(found, expected, "{asked}");
        let grants = lines.iter().flat_map(|line| line["grants"].as_array().into_iter().flatten());
        let through: BTreeSet<&str> = grants.filter_map(|grant| grant["role"].as_str()).collect();
        assert_eq!(through, roles.iter().copied().collect(), "{asked}");
    }
    // Only built-in roles that the dump names hold it, whether anybody has them or not.
    let line =
        &rolecall(&["why", "svc-nobody", "New-MailboxExportRequest", FIXTURE, "--format", "json"]).json_lines()[0];
    let nearest = line["nearest"].as_array().expect("a list");
    let hint = nearest.iter().find(|one| one["code"] == "built-in-role").expect("the catalogue knows it");
    assert_eq!(hint["message"], "by default the built-in role `Mailbox Import Export` and 1 more have the cmdlet");
}

#[test]
fn many_paths_are_told_by_their_ways_and_each_with_its_lines_where_that_is_asked_for() {
    let many: String = (0..14).map(|number| wide(&format!("A{number:02}"), "Mail Recipients", "ada", "User")).collect();
    let files = organization(&many);
    let files = borrowed(&files, &[]);
    let line = why(&files, "ada", "Set-Mailbox", &[]);
    assert_eq!((line["grants"].as_array().map(Vec::len), &line["more"]), (Some(10), &4.into()));
    let shown = |further: &[&str]| run(&files, &[&["why", "ada", "Set-Mailbox"], further].concat()).stdout;
    let short = shown(&[]);
    assert_eq!(short.matches("assignment `A").count(), 1, "{short}");
    assert!(short.contains("  also role Mail Recipients, scope Organization (-v shows their lines)\n"), "{short}");
    assert_eq!(shown(&["-v"]).matches("assignment `A").count(), 14);
}

#[test]
fn what_is_not_granted_says_each_way_it_fails_and_what_a_parent_could_give() {
    let entries = "Role,Name,Parameters\nMail Recipients,Set-Mailbox,Alias\nMail Recipients,Get-Mailbox,Identity\nHelpers,Get-Mailbox,Identity\n";
    let roles = "Name,RoleType,Parent\nMail Recipients,MailRecipients,\nHelpers,MailRecipients,Mail Recipients\n";
    let assignments = format!(
        "{COLUMNS}{}{}",
        wide("H", "Helpers", "ada", "User"),
        wide("Off", "Mail Recipients", "ada", "User").replace("True", "False")
    );
    let files = [("e.csv", entries), ("r.csv", roles), ("a.csv", assignments.as_str()), ("p.csv", PEOPLE)];
    let line = why(&files, "ada", "Set-Mailbox", &[]);
    let codes: Vec<&str> =
        line["nearest"].as_array().into_iter().flatten().filter_map(|one| one["code"].as_str()).collect();
    assert_eq!(codes, ["disabled-assignment", "parent-has-it", "not-assigned", "built-in-role"], "{line:#}");
    let ran = run(&files, &["why", "ada", "Set-Mailbox"]);
    assert!(ran.stdout.contains("Set-ManagementRoleAssignment 'Off' -Enabled $true"), "{}", ran.stdout);
    // Without an assignment to enable, the role that is held gets what its parent has.
    let assignments = format!("{COLUMNS}{}", wide("H", "Helpers", "ada", "User"));
    let files = [("e.csv", entries), ("r.csv", roles), ("a.csv", assignments.as_str()), ("p.csv", PEOPLE)];
    let ran = run(&files, &["why", "ada", "Set-Mailbox"]);
    assert!(ran.stdout.contains("Add-ManagementRoleEntry 'Helpers\\Set-Mailbox'"), "{}", ran.stdout);
}

/// Long exports repeat themselves, and several may lie in one file.
#[test]
fn what_repeats_in_one_block_says_nothing_of_another_in_the_same_file() {
    let entry = |role: &str, cmdlet: &str, shape| match shape {
        "list" => format!("Name : {cmdlet}\nParameters : {{A, B}}\nType : Cmdlet\nRole : {role}\n\n"),
        _ => format!("{cmdlet},A;B,Cmdlet,{role}\n"),
    };
    for (shape, heading) in [("list", "PS C:\\> Get-ManagementRoleEntry *\n"), ("csv", "Name,Parameters,Type,Role\n")] {
        let block = |role: &str, verb: &str| {
            let entries = (0..300).map(|number| entry(role, &format!("{verb}-Thing{}", number % 100), shape));
            heading.to_owned() + &entries.collect::<String>()
        };
        let entries = block("Mail Recipients", "Get") + &block("Journaling", "Remove");
        let assignments = format!("{COLUMNS}{}", wide("Other", "Journaling", "bo", "User"));
        let files = [("entries.txt", &*entries), ("assignments.csv", &*assignments), ("people.csv", PEOPLE)];
        assert_eq!(why(&files, "bo", "Remove-Thing7", &[])["answer"], "granted", "{shape}");
        assert_eq!(why(&files, "bo", "Get-Thing7", &[])["answer"], "not-granted", "{shape}");
    }
}

#[test]
fn a_table_runs_nothing_in_a_spreadsheet() {
    let files = organization(&wide("=HYPERLINK(1)", "Mail Recipients", "ada", "User"));
    let files = borrowed(&files, &[]);
    for arguments in
        [&["access", "--account", "ada", "--format", "csv"][..], &["who-can", "Set-Mailbox", "--format", "csv"]]
    {
        let ran = run(&files, arguments);
        let rows = naive::rows(&ran.stdout);
        assert_eq!(rows.len(), 1, "{}", ran.stdout);
        assert_eq!((rows[0]["account"].as_str(), rows[0]["assignment"].as_str()), ("ada", "'=HYPERLINK(1)"));
        assert_eq!(rows[0]["parameters"], "Alias; Identity");
    }
}

#[test]
fn the_same_bytes_for_any_number_of_threads_and_any_order_of_the_files() {
    let mut paths: Vec<String> = [
        "assignments",
        "entries",
        "entries-my-roles",
        "groups",
        "mailboxes",
        "members",
        "role-groups",
        "roles",
        "users",
    ]
    .map(|name| format!("{FIXTURE}/{name}.csv"))
    .to_vec();
    for command in
        [&["access", "--format", "json"][..], &["who-can", "Set-*", "--format", "human"], &["escalate", "adm-*"]]
    {
        let with = |paths: &[String], jobs: &str| {
            let further = paths.iter().map(String::as_str).chain(["--jobs", jobs]);
            rolecall(&command.iter().copied().chain(further).collect::<Vec<_>>()).stdout
        };
        let first = with(&paths, "1");
        assert!(!first.is_empty());
        for jobs in ["2", "16"] {
            paths.rotate_left(4);
            paths.swap(0, 2);
            assert!(with(&paths, jobs) == first, "{command:?} with {jobs} threads");
        }
    }
}

#[test]
fn a_policy_names_the_exports_and_states_the_members_of_a_group() {
    let files = organization(&wide("Om", "Mail Recipients", "TenantAdmins_1", "RoleGroup"));
    let policy = "[exports]\npaths = [\"exports\"]\n[[group]]\nname = \"TenantAdmins_*\"\nmembers = [\"bo\"]\n\
        complete = true\nreason = \"seen\"\nexpires = 2099-12-31\n";
    let named: Vec<(String, &[u8])> =
        files.iter().map(|(name, text)| (format!("exports/{name}"), text.as_bytes())).collect();
    let mut named: Vec<(&str, &[u8])> = named.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    named.push(("rolecall.toml", policy.as_bytes()));
    let folder = folder(&named);
    let policy = argument(&folder.path().join("rolecall.toml"));
    let ran = rolecall(&["why", "bo", "Set-Mailbox", "--policy", &policy]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("rolecall.toml:5: member of `TenantAdmins_1` | \"bo\""), "{}", ran.stdout);
    assert_eq!(rolecall(&["why", "ada", "Set-Mailbox", "--policy", &policy]).code, 1);
}

/// What `escalate` finds for an account: for each way its kind, its name and the codes of its steps.
fn ways(files: &[(&str, &str)], account: &str) -> Vec<(String, String, Vec<String>)> {
    let ran = run(files, &["escalate", account, "--format", "json"]);
    let lines = ran.json_lines();
    assert_eq!((ran.code, lines.len()), (0, 1), "{}", ran.stderr);
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let way = |way: &Value| {
        let steps = way["steps"].as_array().into_iter().flatten().map(|step| word(&step["code"])).collect();
        (word(&way["gains"]["kind"]), word(&way["gains"]["name"]), steps)
    };
    lines[0]["paths"].as_array().into_iter().flatten().map(way).collect()
}

#[test]
fn a_step_takes_both_the_cmdlet_and_the_right_to_use_it() {
    let entries = "Role,Name,Parameters\nRole Management,New-ManagementRoleAssignment,Role;User\n\
        Role Management,Add-RoleGroupMember,Identity;Member\nMailbox Import Export,New-MailboxExportRequest,Mailbox\n";
    let delegating = wide("D", "Mailbox Import Export", "ada", "User").replace("Regular", "DelegatingOrgWide");
    let role_management = wide("R", "Role Management", "ada", "User");
    let disabled = delegating.replace("True", "False");
    let way = vec![("role".to_owned(), "Mailbox Import Export".to_owned(), vec!["assign-role".to_owned()])];
    for (rows, expected) in [
        (format!("{delegating}{role_management}"), way.clone()),
        (delegating.clone(), Vec::new()),
        (role_management.clone(), Vec::new()),
        (format!("{disabled}{role_management}"), Vec::new()),
    ] {
        let assignments = format!("{COLUMNS}{}{rows}", wide("O", "Role Management", "bo", "User"));
        let files = [("e.csv", entries), ("a.csv", assignments.as_str()), ("p.csv", PEOPLE)];
        assert_eq!(ways(&files, "ada"), expected, "{rows}");
    }
}

#[test]
fn the_manager_of_a_group_joins_it_and_goes_on_from_there() {
    let entries = "Role,Name,Parameters\nRole Management,New-ManagementRoleAssignment,Role;User\n\
        Joiner,Add-RoleGroupMember,Identity;Member\nMailbox Import Export,New-MailboxExportRequest,Mailbox\n";
    let groups = |manager: &str| {
        format!("Name,RoleGroupType,ManagedBy,Members\nAdmins,Standard,{manager},bo\nManagers,Standard,bo,ada\n")
    };
    let delegating = wide("D", "Mailbox Import Export", "Admins", "RoleGroup").replace("Regular", "DelegatingOrgWide");
    let assignments = format!(
        "{COLUMNS}{}{}{delegating}",
        wide("J", "Joiner", "ada", "User"),
        wide("R", "Role Management", "Admins", "RoleGroup")
    );
    let managers = groups("Managers");
    let files = [("e.csv", entries), ("a.csv", assignments.as_str()), ("p.csv", PEOPLE), ("g.csv", managers.as_str())];
    let steps = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        ways(&files, "ada"),
        [
            ("group".to_owned(), "Admins".to_owned(), steps(&["join-group"])),
            ("role".to_owned(), "Mailbox Import Export".to_owned(), steps(&["join-group", "assign-role"])),
        ]
    );
    // Whoever does not manage it needs the parameter that skips the check.
    let others = groups("bo");
    let files = [("e.csv", entries), ("a.csv", assignments.as_str()), ("p.csv", PEOPLE), ("g.csv", others.as_str())];
    assert_eq!(ways(&files, "ada"), []);
    let bypassing = entries.replace("Identity;Member", "Identity;Member;BypassSecurityGroupManagerCheck");
    let files =
        [("e.csv", bypassing.as_str()), ("a.csv", assignments.as_str()), ("p.csv", PEOPLE), ("g.csv", others.as_str())];
    assert_eq!(ways(&files, "ada").len(), 2);
}

#[test]
fn the_owner_of_a_nested_group_joins_it_without_any_admin_role() {
    let entries = "Role,Name,Parameters\nMyDistributionGroups,Add-DistributionGroupMember,Identity;Member\n\
        Mail Recipients,Set-Mailbox,Alias\n";
    let groups = "Name,RecipientTypeDetails,ManagedBy,Members\nOwned,MailUniversalSecurityGroup,ada,bo\n";
    let role_groups = "Name,RoleGroupType,ManagedBy,Members\nAdmins,Standard,bo,Owned\n";
    let own = wide("My", "MyDistributionGroups", "Default Policy", "RoleAssignmentPolicy")
        .replace("Organization,Organization,Org", "MyGAL,MyDistributionGroups,Org");
    let assignments = format!("{COLUMNS}{own}{}", wide("M", "Mail Recipients", "Admins", "RoleGroup"));
    let people = PEOPLE.replace("UserMailbox,,Sales", "UserMailbox,Default Policy,Sales");
    let files = [
        ("e.csv", entries),
        ("a.csv", assignments.as_str()),
        ("p.csv", people.as_str()),
        ("g.csv", groups),
        ("r.csv", role_groups),
    ];
    assert_eq!(ways(&files, "ada"), [("group".to_owned(), "Owned".to_owned(), vec!["join-nested-group".to_owned()])]);
    assert_eq!(ways(&files, "lin"), []);
}

#[test]
fn a_report_goes_to_a_file_and_quiet_says_nothing_else() {
    let files = organization("");
    let bytes: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let folder = folder(&bytes);
    let (path, report) = (argument(folder.path()), argument(&folder.path().join("report.json")));
    let ran = rolecall(&["access", &path, "--format", "json", "--output", &report, "-q"]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", ""));
    assert_eq!(std::fs::read_to_string(&report).expect("it was written").lines().count(), 3);
}
