//! Which policy applies, and what several files say together.

use crate::program::{folder, rolecall_in};

/// That the account holds its role directly is not what these tests are about.
const QUIET: &str = "[rules]\ndirect-assignment = \"off\"\n";
const ASSIGNMENTS: &[u8] = b"Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled,RecipientReadScope,RecipientWriteScope,ConfigReadScope,ConfigWriteScope\n\
    Mail Recipients-Svc,Mail Recipients,svc-intune,User,Regular,True,Organization,Organization,OrganizationConfig,OrganizationConfig\n";
const ENTRIES: &[u8] = b"Role,Name,Parameters\nMail Recipients,Get-CASMailbox,Identity\n";
const USERS: &[u8] =
    b"Name,UserPrincipalName,RecipientTypeDetails,RoleAssignmentPolicy\nsvc-intune,svc-intune@contoso.com,User,\n";

const REQUIRE: &str = "[[require]]\nid = \"devices\"\naccount = \"svc-intune\"\n";

/// A folder with exports in `data/exports` and these policy files.
fn team(policies: &[(&str, &str)]) -> tempfile::TempDir {
    let mut files: Vec<(&str, &[u8])> = vec![
        ("data/exports/assignments.csv", ASSIGNMENTS),
        ("data/exports/entries.csv", ENTRIES),
        ("data/exports/users.csv", USERS),
    ];
    files.extend(policies.iter().map(|(name, text)| (*name, text.as_bytes())));
    folder(&files)
}

#[test]
fn the_nearest_policy_above_applies_and_says_what_to_read() {
    let text =
        format!("[exports]\npaths = [\"exports\"]\n\n{REQUIRE}cmdlets = [\"Get-CASMailbox\", \"Set-CASMailbox\"]\n");
    let folder = team(&[("rolecall.toml", "[[forbid]]\n"), ("data/rolecall.toml", &text), ("data/deep/er/x.txt", "")]);
    let ran = rolecall_in(&folder.path().join("data/deep/er"), &["check", "-v", "--format", "concise"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stderr.contains("the policy is `../../rolecall.toml`"), "{ran:?}");
    assert!(ran.stdout.contains("`svc-intune` cannot run `Set-CASMailbox`"), "{ran:?}");
    // Other commands read what the policy names, too.
    let ran = rolecall_in(&folder.path().join("data/deep"), &["why", "svc-intune", "Get-CASMailbox"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    // A PATH of the command line wins.
    let ran = rolecall_in(&folder.path().join("data"), &["check", "exports/entries.csv", "--format", "concise"]);
    assert!(!ran.stdout.contains("cannot run"), "{ran:?}");
}

#[test]
fn without_a_policy_the_message_says_how_to_get_one() {
    let folder = team(&[]);
    let ran = rolecall_in(folder.path(), &["check", "-v", "data/exports"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.stderr.contains("there is no `rolecall.toml` in this folder or above"), "{ran:?}");
    assert!(ran.stderr.contains("`rolecall init`"), "{ran:?}");
}

#[test]
fn a_policy_that_names_no_exports_is_told_how_to() {
    let folder = team(&[("rolecall.toml", &format!("{REQUIRE}cmdlets = [\"Get-CASMailbox\"]\n"))]);
    let ran = rolecall_in(folder.path(), &["check"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.stderr.contains("no file was read: name a folder of exports, or write its name"), "{ran:?}");
}

#[test]
fn a_pack_that_is_named_as_a_list_is_told_how_to_ask_for_it() {
    let text = format!("{REQUIRE}cmdlets = [\"@intune-connector-online\"]\n");
    let folder = team(&[("rolecall.toml", &text)]);
    let ran = rolecall_in(folder.path(), &["check", "data/exports"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stdout.contains("ask for its list with `pack = \"intune-connector-online\"` instead"), "{ran:?}");
}

#[test]
fn a_table_replaces_the_inherited_one_of_its_id_and_disable_removes_one() {
    let base = format!(
        "{REQUIRE}cmdlets = [\"@devices\"]\n\n[[require]]\nid = \"more\"\naccount = \"svc-intune\"\ncmdlets = [\"Get-User\"]\n\n[sets]\ndevices = [\"Set-CASMailbox\"]\n"
    );
    let check = |text: &str| {
        let folder = team(&[("data/rolecall.toml", text), ("data/policies/base.toml", &base)]);
        let ran = rolecall_in(&folder.path().join("data"), &["check", "exports", "--format", "concise"]);
        (ran.code, ran.stdout)
    };
    let (code, said) = check("extends = \"policies/base.toml\"\n");
    assert!(code == 1 && said.contains("`Set-CASMailbox`") && said.contains("`Get-User`"), "{said}");
    let (code, said) = check("extends = \"./policies/base.toml\"\ndisable = [\"more\"]\n");
    assert!(code == 1 && said.contains("`Set-CASMailbox`") && !said.contains("`Get-User`"), "{said}");
    let own = format!(
        "extends = \"policies/base.toml\"\ndisable = [\"more\"]\n{REQUIRE}cmdlets = [\"Get-CASMailbox\"]\n{QUIET}"
    );
    let (code, said) = check(&own);
    assert!(code == 0 && !said.contains("Set-CASMailbox"), "{said}");
    // The lists of an extended file can be used.
    let (code, said) =
        check("extends = \"policies/base.toml\"\n[[require]]\naccount = \"svc-intune\"\ncmdlets = [\"@devices\"]\n");
    assert!(code == 1 && !said.contains("policy-"), "{said}");
}

#[test]
fn what_a_policy_takes_for_granted_is_said() {
    let text = format!(
        "[exports]\npaths = [\"exports\"]\nassume = [\"enabled\"]\n{REQUIRE}cmdlets = [\"Get-CASMailbox\"]\n{QUIET}"
    );
    let assignments =
        String::from_utf8(ASSIGNMENTS.to_vec()).expect("text").replace("Enabled,", "").replace("True,", "");
    let folder = team(&[("data/rolecall.toml", &text), ("data/exports/assignments.csv", &assignments)]);
    let ran = rolecall_in(&folder.path().join("data"), &["check"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.stdout.contains("`enabled` is taken for granted where a column is missing, as `rolecall.toml` says"),
        "{ran:?}"
    );
}

#[test]
fn an_account_holds_the_entries_that_the_policy_says() {
    let text = "[[account]]\nname = \"svc-backup\"\nentries = [\"exports/svc-*/*.csv\"]\n\n[[require]]\naccount = \"svc-backup\"\ncmdlets = [\"Get-User\", \"Set-User\"]\n";
    let entries: &[u8] = b"Role,Name,Parameters\nOurs,Get-User,Identity\n";
    let folder = folder(&[("rolecall.toml", text.as_bytes()), ("exports/svc-backup/entries.csv", entries)]);
    let ran = rolecall_in(folder.path(), &["check", "--format", "concise"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stdout.contains("`svc-backup` cannot run `Set-User`") && !ran.stdout.contains("`Get-User`"), "{ran:?}");
}

/// Exports in which nobody is assigned `Mail Recipients`, and a policy that says what `svc-intune` holds.
fn holds(roles: &str, more: &str) -> tempfile::TempDir {
    let text =
        format!("[exports]\npaths = [\"exports\"]\n\n[[account]]\nname = \"svc-intune\"\nroles = {roles}\n\n{more}");
    folder(&[("rolecall.toml", text.as_bytes()), ("exports/entries.csv", ENTRIES), ("exports/users.csv", USERS)])
}

#[test]
fn an_account_holds_the_roles_that_the_policy_says_and_the_report_quotes_it() {
    let table = format!("{REQUIRE}cmdlets = [\"Get-CASMailbox\", \"Set-CASMailbox\"]\n");
    let folder = holds("[\"mail recipients\"]", &table);
    let ran = rolecall_in(folder.path(), &["check", "--format", "json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stdout.contains("\"asked\":2,\"granted\":1,\"missing\":1,\"undecided\":0"), "{ran:?}");
    assert!(ran.stdout.contains("`svc-intune` cannot run `Set-CASMailbox`"), "{ran:?}");
    assert!(ran.stdout.contains("the policy says which roles `svc-intune` holds"), "{ran:?}");
    assert!(!ran.stdout.contains("\"rule\":\"missing-export\""), "{ran:?}");
    let ran = rolecall_in(folder.path(), &["access", "--account", "svc-intune", "--format", "json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let grant = "\"role\":\"Mail Recipients\",\"assignment\":null,\"through\":[],\"answer\":\"granted\"";
    assert!(ran.stdout.contains(grant) && ran.stdout.contains("\"complete\":true,\"gaps\":[]"), "{ran:?}");
    let ran = rolecall_in(folder.path(), &["why", "svc-intune", "Get-CASMailbox"]);
    assert!(ran.code == 0 && ran.stdout.contains("role Mail Recipients, as the policy says"), "{ran:?}");
    let forbidden = holds("[\"mail recipients\"]", "[[forbid]]\ncmdlets = [\"Get-CASMailbox\"]\n");
    let ran = rolecall_in(forbidden.path(), &["check"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stdout.contains("the policy says that `svc-intune` holds the role `Mail Recipients`"), "{ran:?}");
    // What the command line says of the account wins.
    let of = "svc-intune=exports/users.csv";
    let ran = rolecall_in(folder.path(), &["access", "--account", "svc-intune", "--entries-of", of]);
    assert!(!ran.stdout.contains("Get-CASMailbox"), "{ran:?}");
}

#[test]
fn a_stated_role_without_exported_entries_leaves_open_what_it_gives() {
    let folder = holds("[\"Mail Recipients\", \"Message Tracking\"]", "");
    let ran = rolecall_in(folder.path(), &["access", "--account", "svc-intune", "--format", "json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("\"complete\":false,\"gaps\":[{\"code\":\"empty-role\""), "{ran:?}");
    assert!(ran.stdout.contains("\"object\":\"Message Tracking\",\"file\":\"rolecall.toml\",\"line\":6"), "{ran:?}");
    assert!(ran.stdout.contains("Get-ManagementRole 'Message Tracking' | "), "{ran:?}");
    // What the other role gives is granted all the same; what no role shows may be in the open one.
    let ran = rolecall_in(folder.path(), &["why", "svc-intune", "Get-CASMailbox", "--format", "json"]);
    assert!(ran.stdout.contains("\"answer\":\"granted\""), "{ran:?}");
    let ran = rolecall_in(folder.path(), &["why", "svc-intune", "Get-MessageTrace", "--format", "json"]);
    assert!(ran.stdout.contains("\"answer\":\"unknown\""), "{ran:?}");
}

#[test]
fn entries_and_roles_of_one_account_are_a_mistake() {
    let folder =
        holds("[\"Mail Recipients\"]", "[[account]]\nname = \"SVC-Intune\"\nentries = [\"exports/entries.csv\"]\n");
    let ran = rolecall_in(folder.path(), &["check", "--format", "concise"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(
        ran.stdout.contains("both `entries` and `roles` of `svc-intune` are asserted to be all that it holds"),
        "{ran:?}"
    );
}

/// Exports of a role that a group holds, of whose members nothing is exported.
fn opaque(policy: &str) -> tempfile::TempDir {
    let assignments =
        String::from_utf8(ASSIGNMENTS.to_vec()).expect("text").replace("svc-intune,User", "Intune Connector,RoleGroup");
    team(&[("data/rolecall.toml", policy), ("data/exports/assignments.csv", &assignments)])
}

#[test]
fn who_is_in_a_group_as_the_policy_states_it_counts_until_it_expires() {
    let forbid = "[exports]\npaths = [\"exports\"]\n\n[[forbid]]\nid = \"ours\"\ncmdlets = [\"Get-CASMailbox\"]\nexcept = [\"group:Intune Connector\"]\n";
    let stated = "[[group]]\nname = \"Intune Connector\"\nmembers = [\"svc-intune\"]\ncomplete = true\nreason = \"ticket 4712\"\nexpires = 2026-12-31\n";
    let check = |policy: &str, today: &str| {
        let folder = opaque(policy);
        let ran = rolecall_in(&folder.path().join("data"), &["check", "--today", today, "--format", "json"]);
        let report = ran.json();
        let all = report["diagnostics"].as_array().expect("a list").iter();
        let loud = all.filter(|one| one["severity"] != "note");
        (ran.code, loud.map(|one| one["rule"].as_str().expect("a rule").to_owned()).collect::<Vec<_>>())
    };
    // Whoever is in it is excepted, but nobody knows who that is.
    assert_eq!(check(forbid, "2026-11-24"), (3, vec!["undecided".to_owned()]));
    let both = format!("{forbid}\n{stated}");
    assert_eq!(check(&both, "2026-12-31"), (0, Vec::new()));
    assert_eq!(
        check(&both.replace("[\"group:Intune Connector\"]", "[]"), "2026-12-31"),
        (1, vec!["forbidden-cmdlet".to_owned()])
    );
    let (code, rules) = check(&both, "2027-01-01");
    assert!(code != 0 && rules.contains(&"expired-assertion".to_owned()), "{rules:?}");
    assert!(rules.contains(&"undecided".to_owned()), "{rules:?}");
}

#[test]
fn one_organization_says_what_to_read_and_no_word_is_lost_about_it() {
    let one = format!(
        "[[organization]]\nname = \"emea\"\npaths = [\"exports\"]\n\n{REQUIRE}cmdlets = [\"Get-CASMailbox\"]\norganization = [\"emea\"]\n{QUIET}"
    );
    let check = |text: &str| {
        let folder = team(&[("data/rolecall.toml", text)]);
        rolecall_in(&folder.path().join("data"), &["check"])
    };
    let ran = check(&one);
    assert!(ran.code == 0 && !ran.stdout.contains("emea"), "{ran:?}");
    let ran = check(&one.replace("[\"emea\"]", "[\"emaa\"]"));
    assert!(ran.code == 2 && ran.stdout.contains("did you mean `emea`?"), "{ran:?}");
}

#[test]
fn a_mistake_in_the_policy_fails_every_command_that_reads_it() {
    let folder = team(&[("data/rolecall.toml", "[exports]\npaths = [\"exports\"]\nasume = []\n")]);
    let ran = rolecall_in(&folder.path().join("data"), &["why", "svc-intune", "Get-CASMailbox"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("policy-unknown-key"), "{ran:?}");
}

const ABOUT_NAMES: [&str; 3] = ["policy-unknown-cmdlet", "policy-unknown-parameter", "policy-foreign-cmdlet"];

#[test]
fn what_packs_name_is_known_and_of_no_other_exchange() {
    let packs = rolecall::policy::PACKS;
    let extends: Vec<String> = packs.iter().map(|pack| format!("\"pack:{}\"", pack.name)).collect();
    let require = packs.iter().map(|pack| format!("[[require]]\naccount = \"svc-intune\"\npack = \"{}\"\n", pack.name));
    let require: String = require.collect();
    for environment in ["2013", "2019", "online", "purview"] {
        let text = format!(
            "extends = [{}]\n[[organization]]\nname = \"ours\"\nenvironment = \"{environment}\"\npaths = [\"exports\"]\n\n{require}\n[[forbid]]\ncmdlets = [\"Set-Mailbx\"]\n",
            extends.join(", ")
        );
        let folder = team(&[("data/rolecall.toml", &text)]);
        let ran = rolecall_in(&folder.path().join("data"), &["check", "exports", "--format", "concise"]);
        let about = |line: &&str| ABOUT_NAMES.iter().any(|rule| line.contains(rule));
        let said: Vec<&str> = ran.stdout.lines().filter(about).collect();
        assert!(said.len() == 1 && said[0].contains("`Set-Mailbx`"), "{environment}: {said:#?}");
    }
}

#[test]
fn a_cmdlet_that_is_newer_than_the_catalogue_can_be_accepted() {
    let guard = "[exports]\npaths = [\"exports\"]\n[[forbid]]\ncmdlets = [\"Deploy-FabrikamGizmo\"]\n";
    let check = |more: &str| {
        let folder = team(&[("data/rolecall.toml", &format!("{guard}{more}"))]);
        let today = ["check", "--today", "2026-01-01", "--format", "concise"];
        let ran = rolecall_in(&folder.path().join("data"), &today);
        (ran.code, ran.stdout)
    };
    let (code, said) = check(QUIET);
    assert!(code == 1 && said.contains("warning[policy-unknown-cmdlet]"), "{code}: {said}");
    let (code, said) = check(&format!("{QUIET}policy-unknown-cmdlet = \"off\"\n"));
    assert!(code == 0 && !said.contains("FabrikamGizmo"), "{code}: {said}");
    let (code, said) = check(&format!(
        "{QUIET}[[waive]]\nrule = \"policy-unknown-cmdlet\"\ncmdlet = \"Deploy-FabrikamGizmo\"\nreason = \"comes in May\"\nexpires = 2026-06-30\n"
    ));
    assert!(code == 0 && !said.contains("FabrikamGizmo"), "{code}: {said}");
}

#[test]
fn the_environment_that_the_policy_says_decides_what_is_foreign() {
    let check = |environment: &str| {
        let text = format!(
            "[[organization]]\nname = \"ours\"\nenvironment = \"{environment}\"\npaths = [\"exports\"]\n\n{REQUIRE}cmdlets = [\"Set-ADServerSettings\", \"Set-CASMailbox:ECPEnabled|OWAEnabled\"]\n"
        );
        let folder = team(&[("data/rolecall.toml", &text)]);
        rolecall_in(&folder.path().join("data"), &["check", "exports", "--format", "concise"]).stdout
    };
    let online = check("online");
    assert!(online.contains("`Set-ADServerSettings` does not exist in Exchange Online"), "{online}");
    assert!(!online.contains("ECPEnabled` does not exist"), "{online}");
    let servers = check("2019");
    assert!(!servers.contains("does not exist"), "{servers}");
}

#[test]
fn a_policy_that_lies_above_the_current_folder_is_named_in_the_report() {
    let policy = format!("[exports]\npaths = [\"exports\"]\n\n{REQUIRE}cmdlets = [\"Get-CASMailbox\"]\n{QUIET}");
    let folder = team(&[("data/rolecall.toml", &policy), ("data/deep/x.txt", "")]);
    let note = "note: the policy is `../rolecall.toml`, which lies above this folder\n";
    for format in ["human", "concise"] {
        let ran = rolecall_in(&folder.path().join("data/deep"), &["check", "--format", format]);
        assert!(ran.code == 0 && ran.stdout.contains(note), "{format}: {ran:?}");
        let here = rolecall_in(&folder.path().join("data"), &["check", "--format", format]);
        assert!(here.code == 0 && !here.stdout.contains("the policy is"), "{format}: {here:?}");
    }
    for arguments in [&["check", "--format", "json"][..], &["access"], &["who-can", "Get-CASMailbox"]] {
        let ran = rolecall_in(&folder.path().join("data/deep"), arguments);
        assert!(ran.code == 0 && ran.stderr.contains(note), "{arguments:?}: {ran:?}");
        let named =
            rolecall_in(&folder.path().join("data/deep"), &[arguments, &["--policy", "../rolecall.toml"]].concat());
        assert!(named.code == 0 && !named.stderr.contains("the policy is"), "{arguments:?}: {named:?}");
    }
}

#[test]
fn nothing_is_shown_of_an_extended_file_that_is_no_policy() {
    for secret in ["root:hunter2:0:0\n", "password = \"hunter2\"\n", "[database]\nkey = 'hunter2'\n", "hunter2"] {
        let policy = format!("extends = \"secret\"\n{REQUIRE}cmdlets = [\"Get-CASMailbox\"]\n{QUIET}");
        let folder = team(&[("rolecall.toml", &policy), ("secret", secret)]);
        for arguments in [
            &["check", "data/exports"][..],
            &["check", "data/exports", "--format", "json"],
            &["test"],
            &["access", "data/exports"],
        ] {
            let ran = rolecall_in(folder.path(), arguments);
            let said = format!("{}{}", ran.stdout, ran.stderr);
            assert!(ran.code == 2 && said.contains("`secret` is no policy"), "{secret}: {arguments:?}: {ran:?}");
            assert!(!said.contains("hunter2"), "{secret}: {arguments:?}: {said}");
        }
    }
    // What is one, with a mistake in it, is shown.
    let folder = team(&[("rolecall.toml", "extends = \"base.toml\"\n"), ("base.toml", "[rules]\nx = y\n")]);
    let ran = rolecall_in(folder.path(), &["check", "data/exports"]);
    assert!(ran.code == 2 && ran.stdout.contains("x = y"), "{ran:?}");
}

#[test]
fn lists_that_hold_one_another_are_expanded_once_each_and_only_so_deep() {
    let chain = |count: usize, times: usize| -> String {
        let list =
            |number: usize| format!("l{number} = [{}]\n", vec![format!("\"@l{}\"", number + 1); times].join(", "));
        let lists: String = (0..count).map(list).collect();
        format!("{REQUIRE}cmdlets = [\"@l0\"]\n[sets]\n{lists}l{count} = [\"Set-CASMailbox\"]\n")
    };
    let check = |text: &str| {
        let folder = team(&[("rolecall.toml", text)]);
        rolecall_in(folder.path(), &["check", "data/exports", "--format", "concise"])
    };
    // Twice each would be a million million.
    let ran = check(&chain(40, 2));
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(ran.stdout.matches("`svc-intune` cannot run `Set-CASMailbox`").count(), 1, "{ran:?}");
    let ran = check(&chain(6_000, 1));
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    let said = "the list `l64` is the last of more than 64 that hold one another";
    assert_eq!(ran.stdout.matches(said).count(), 1, "{}", &ran.stdout[..ran.stdout.len().min(4000)]);
}

#[test]
fn files_that_extend_one_another_do_so_only_so_deep() {
    let chain = |count: usize| {
        let folder = team(&[("rolecall.toml", "extends = \"p1.toml\"\n"), ("base.toml", "")]);
        for number in 1..=count {
            let next = if number < count { format!("p{}.toml", number + 1) } else { "base.toml".to_owned() };
            let text = format!("extends = \"{next}\"\n");
            std::fs::write(folder.path().join(format!("p{number}.toml")), text).expect("the folder is ours");
        }
        rolecall_in(folder.path(), &["check", "data/exports", "--format", "concise"])
    };
    let ran = chain(30);
    assert!(ran.code != 2, "{ran:?}");
    let ran = chain(2000);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stdout.contains("`p32.toml` is the last of more than 32 files that extend one another"), "{ran:?}");
}

/// Exports in which two accounts may export mailboxes, each by a role group of its own.
fn exporters(policy: &str) -> tempfile::TempDir {
    let assignments = "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled,RecipientReadScope,RecipientWriteScope,ConfigReadScope,ConfigWriteScope\n\
        One,Mailbox Import Export,Archive,RoleGroup,Regular,True,Organization,Organization,OrganizationConfig,OrganizationConfig\n\
        Two,Mailbox Import Export,Lawyers,RoleGroup,Regular,True,Organization,Organization,OrganizationConfig,OrganizationConfig\n";
    folder(&[
        ("rolecall.toml", policy.as_bytes()),
        ("exports/assignments.csv", assignments.as_bytes()),
        ("exports/entries.csv", b"Role,Name,Parameters\nMailbox Import Export,New-MailboxExportRequest,Mailbox\n"),
        ("exports/groups.csv", b"Name,RoleGroupType,Members\nArchive,Standard,svc-archive\nLawyers,Standard,ada;bea\n"),
        (
            "exports/users.csv",
            b"Name,UserPrincipalName,RecipientTypeDetails,RoleAssignmentPolicy\nsvc-archive,a@contoso.com,User,\nada,b@contoso.com,User,\nbea,c@contoso.com,User,\n",
        ),
    ])
}

const BASELINE: &str = "extends = [\"pack:exchange-baseline\"]\n[exports]\npaths = [\"exports\"]\n";

/// What `check` finds of a rule.
fn found(folder: &tempfile::TempDir, rule: &str) -> Vec<serde_json::Value> {
    let report = rolecall_in(folder.path(), &["check", "--format", "json"]).json();
    let all = report["diagnostics"].as_array().expect("a list").iter();
    all.filter(|it| it["rule"] == rule).cloned().collect()
}

#[test]
fn the_advised_exception_of_a_pack_can_be_pasted_and_ends_the_finding() {
    let folder = exporters(BASELINE);
    assert_eq!(found(&folder, "forbidden-cmdlet").len(), 2);
    let report = rolecall_in(folder.path(), &["check", "--format", "json"]).json();
    let fixes =
        report["causes"].as_array().expect("a list").iter().flat_map(|it| it["fixes"].as_array().expect("some"));
    let edits: Vec<serde_json::Value> =
        fixes.map(|fix| fix["edit"].clone()).filter(|edit| edit["file"] == "rolecall.toml").collect();
    let texts: Vec<&str> = edits.iter().map(|edit| edit["text"].as_str().expect("a text")).collect();
    // One account is excepted by its name, several by the group that they are in.
    assert!(texts.iter().any(|it| it.contains("accounts = [\"svc-archive\"]")), "{texts:?}");
    assert!(texts.iter().any(|it| it.contains("through = [\"group:Lawyers\"]")), "{texts:?}");
    let end = BASELINE.lines().count() + 1;
    assert!(
        edits.iter().all(|edit| edit["line"] == end && edit["column"] == 1 && edit["end_line"] == end),
        "{edits:?}"
    );
    let policy = format!("{BASELINE}{}", texts.concat());
    assert_eq!(found(&exporters(&policy), "forbidden-cmdlet").len(), 0, "{policy}");
    // People find the same table, line for line.
    let ran = rolecall_in(folder.path(), &["check", "--only", "forbidden-cmdlet", "-v"]);
    let lines: Vec<&str> = ran.stdout.lines().map(str::trim).collect();
    assert!(texts.iter().all(|text| text.lines().all(|line| lines.contains(&line))), "{ran:?}");
}

#[test]
fn an_exception_counts_whichever_of_two_files_extends_the_pack_first() {
    let except = "[[except]]\nof = \"exchange-baseline/export-mail\"\naccounts = [\"svc-archive\", \"ada\", \"bea\"]\n";
    let extends = "extends = [\"pack:exchange-baseline\", \"team.toml\"]\n[exports]\npaths = [\"exports\"]\n";
    let folder = exporters(extends);
    let team = format!("extends = [\"pack:exchange-baseline\"]\n{except}");
    std::fs::write(folder.path().join("team.toml"), team).expect("it can be written");
    assert_eq!(found(&folder, "forbidden-cmdlet").len(), 0);
    assert_eq!(found(&folder, "policy-unknown-id").len(), 0);
}

#[test]
fn an_exception_that_excepts_nobody_is_said() {
    let policy = |of: &str, names: &str| format!("{BASELINE}[[except]]\nof = \"{of}\"\n{names}\n");
    let said = |of, names, rule| found(&exporters(&policy(of, names)), rule);
    let archive = "accounts = [\"svc-archive\"]";
    let unknown = said("exchange-baseline/export-mial", archive, "policy-unknown-id");
    assert_eq!(unknown[0]["help"], "did you mean `exchange-baseline/export-mail`?");
    assert_eq!(said("exchange-baseline/export-mail", archive, "forbidden-cmdlet").len(), 1);
    let account = said("exchange-baseline/export-mail", "accounts = [\"svc-archiv\"]", "unknown-account");
    assert_eq!(
        (&account[0]["severity"], &account[0]["help"]),
        (&"warning".into(), &"did you mean `svc-archive`?".into())
    );
    let group = said("exchange-baseline/export-mail", "through = [\"group:Lawyer\"]", "unknown-group");
    assert_eq!(group[0]["help"], "did you mean `group:Lawyers`?");
    assert_eq!(said("exchange-baseline/export-mail", "", "policy-missing-key").len(), 1);
    assert_eq!(said("exchange-baseline/export-mail", "accounts = []", "policy-missing-key").len(), 1);
    let require = format!("{BASELINE}[[except]]\nof = \"mine\"\n{archive}\n{REQUIRE}").replace("devices", "mine");
    let kind = found(&exporters(&format!("{require}cmdlets = [\"Get-User\"]\n")), "policy-unknown-id");
    assert_eq!(kind[0]["message"], "`mine` is a `[[require]]`, which has no exceptions");
}

#[test]
fn what_an_exception_allows_may_be_required() {
    let policy = format!(
        "{BASELINE}[[require]]\naccount = \"svc-archive\"\ncmdlets = [\"New-MailboxExportRequest\"]\n[[forbid]]\nid = \"mine\"\ncmdlets = [\"New-MailboxExportRequest\"]\nexcept = [\"ada\", \"bea\"]\n"
    );
    assert_eq!(found(&exporters(&policy), "policy-contradiction").len(), 1);
    let excepted = format!("{policy}[[except]]\nof = \"mine\"\naccounts = [\"svc-archive\"]\n");
    assert_eq!(found(&exporters(&excepted), "policy-contradiction").len(), 0);
}

#[test]
fn a_new_policy_is_made_for_the_exports_that_are_there() {
    let folder = exporters("");
    std::fs::remove_file(folder.path().join("rolecall.toml")).expect("it is there");
    let ran = rolecall_in(folder.path(), &["init"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let said = "wrote `rolecall.toml` for 4 exports of Exchange in `exports`, with the service account `svc-archive`; run `rolecall check`\n";
    assert_eq!(ran.stderr, said);
    let text = std::fs::read_to_string(folder.path().join("rolecall.toml")).expect("it was written");
    assert!(text.contains("# account = \"svc-archive\"") && text.contains("# services  = [\"svc-archive\"]"), "{text}");
    // It runs at once, and finds something.
    assert_eq!(found(&folder, "forbidden-cmdlet").len(), 2);
    // Exports next to the policy are named by their ending.
    let folder = crate::program::folder(&[("entries.csv", ENTRIES), ("users.csv", USERS), ("notes.txt", b"call bo\n")]);
    let ran = rolecall_in(folder.path(), &["init"]);
    assert!(ran.stderr.contains("for 2 exports of Exchange in `*.csv`"), "{ran:?}");
    let text = std::fs::read_to_string(folder.path().join("rolecall.toml")).expect("it was written");
    assert!(text.contains("\npaths = [\"*.csv\"]"), "{text}");
    // Without exports it says what makes them.
    let folder = crate::program::folder(&[]);
    let ran = rolecall_in(folder.path(), &["init"]);
    assert!(ran.code == 0 && ran.stderr.contains("`rolecall collect`"), "{ran:?}");
}
