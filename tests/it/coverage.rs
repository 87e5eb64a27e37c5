//! On whom a grant works: scopes, organizational units and exclusive scopes, from exports to answers.

use std::collections::BTreeMap;
use std::fs;

use rolecall::accounts::Accounts;
use rolecall::diagnostic::Report;
use rolecall::exports::{self, Wanted};
use rolecall::graph::{Assumptions, Coverage, Graph};
use rolecall::inventory::{Inventory, PrincipalId};
use rolecall::rules;
use rolecall::scope::{Known, Reach};
use rolecall::source::{FileId, SourceFile};

const ENTRIES: &str =
    "Role,Name,Parameters\nMail Recipients,Get-Mailbox,Identity\nMail Recipients,Set-Mailbox,Identity\n";

/// The users of the worked example in "Understanding exclusive scopes" (OfficeDocs-Exchange).
const USERS: &str = "\
Name,RecipientType,DistinguishedName,City,Title,Department
Terry,UserMailbox,\"CN=Terry,OU=Users,DC=contoso,DC=com\",Vancouver,Accountant,Accounting
David,UserMailbox,\"CN=David,OU=Users,DC=contoso,DC=com\",Vancouver,Writer,Marketing
Walter,UserMailbox,\"CN=Walter,OU=Users,DC=contoso,DC=com\",Vancouver,Manager,Marketing
Bob,UserMailbox,\"CN=Bob,OU=Board,DC=contoso,DC=com\",Vancouver,CEO,Board
Christine,UserMailbox,\"CN=Christine,OU=Board,DC=contoso,DC=com\",Vancouver,President,Board
Fred,UserMailbox,\"CN=Fred,OU=Board,DC=contoso,DC=com\",Vancouver,CFO,Executives
Martin,UserMailbox,\"CN=Martin,OU=Board,DC=contoso,DC=com\",Vancouver,CIO,Executives
Kim,UserMailbox,\"CN=Kim,OU=Board,DC=contoso,DC=com\",Vancouver,\"Vice President, Operations\",Executives
Jennifer,UserMailbox,\"CN=Jennifer,OU=Board,DC=contoso,DC=com\",Vancouver,\"Vice President, Technology\",Executives
";

const SCOPES: &str = "\
Name,ScopeRestrictionType,Exclusive,RecipientRoot,RecipientFilter,ServerFilter,DatabaseFilter
Vancouver,RecipientScope,False,,City -eq 'Vancouver',,
VIP,RecipientScope,True,,Title -eq 'CEO' -or Title -eq 'CFO' -or Title -eq 'CIO' -or Title -eq 'President',,
Executives,RecipientScope,True,,Department -eq 'Executives',,
";

/// The head of every list of assignments.
const COLUMNS: &str = "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled,RecipientReadScope,RecipientWriteScope,ConfigReadScope,ConfigWriteScope,CustomRecipientWriteScope";

/// An assignment of the role to an account, with its write scope.
fn assignment(account: &str, kind: &str, write: &str, custom: &str) -> String {
    format!(
        "{account}-1,Mail Recipients,{account},{kind},Regular,True,Organization,{write},OrganizationConfig,OrganizationConfig,{custom}\n"
    )
}

/// Reads exports and asks them something.
fn with<T>(files: &[&str], ask: impl FnOnce(&Inventory) -> T) -> T {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (number, text) in files.iter().enumerate() {
        fs::write(folder.path().join(format!("{number}.csv")), text).expect("the folder is writable");
    }
    let paths = vec![folder.path().to_str().expect("temporary folders have plain names").to_owned()];
    let opened = exports::open(&Wanted::one(paths));
    let mut loaded = exports::load(&opened);
    ask(&Inventory::of(loaded.organizations.remove(0).own))
}

fn one(graph: &Graph<'_>, name: &str) -> PrincipalId {
    let found = graph.accounts_named(name);
    assert_eq!(found.len(), 1, "{name}");
    found[0]
}

/// Whether the only grant of an account works on a recipient.
fn covers(inventory: &Inventory, account: &str, cmdlet: &str, recipient: &str) -> Coverage {
    let mut graph = Graph::new(inventory, Assumptions::default());
    let (account, recipient) = (one(&graph, account), one(&graph, recipient));
    let rights = graph.rights(account);
    assert_eq!(rights.held.len(), 1);
    graph.covers(account, &rights.held[0], cmdlet, &graph.target(recipient))
}

fn reach(inventory: &Inventory, account: &str, cmdlet: &str) -> Reach {
    let mut graph = Graph::new(inventory, Assumptions::default());
    let rights = graph.rights(one(&graph, account));
    assert_eq!(rights.held.len(), 1);
    graph.reach(&rights.held[0], cmdlet)
}

#[test]
fn exclusive_scopes_share_out_the_users_as_the_documented_example_says() {
    let assignments = [
        COLUMNS,
        "\n",
        &assignment("regular", "User", "CustomRecipientScope", "Vancouver"),
        &assignment("vip", "User", "ExclusiveRecipientScope", "VIP"),
        &assignment("executive", "User", "ExclusiveRecipientScope", "Executives"),
        &assignment("wide", "User", "Organization", ""),
        &assignment("app", "ServicePrincipal", "Organization", ""),
    ]
    .concat();
    // Without its column, an application may be bound to a scope of its own.
    with(&[ENTRIES, USERS, SCOPES, &assignments], |inventory| {
        assert_eq!(reach(inventory, "app", "Set-Mailbox"), Reach::Somewhere);
        assert_eq!(covers(inventory, "app", "Get-Mailbox", "Bob").column, Some("CustomResourceScope"));
    });
    let assignments: String = assignments
        .lines()
        .zip([",CustomResourceScope"].into_iter().chain([","; 5]))
        .map(|(row, end)| format!("{row}{end}\n"))
        .collect();
    let everybody = ["Terry", "David", "Walter", "Bob", "Christine", "Fred", "Martin", "Kim", "Jennifer"];
    let expected = BTreeMap::from([
        ("regular", vec!["Terry", "David", "Walter"]),
        ("vip", vec!["Bob", "Christine", "Fred", "Martin"]),
        ("executive", vec!["Fred", "Martin", "Kim", "Jennifer"]),
        ("wide", vec!["Terry", "David", "Walter"]),
        ("app", everybody.to_vec()),
    ]);
    with(&[ENTRIES, USERS, SCOPES, &assignments], |inventory| {
        for (account, inside) in &expected {
            for user in everybody {
                let covered = covers(inventory, account, "Set-Mailbox", user);
                assert_eq!(covered.inside, Known::of(inside.contains(&user)), "{account} on {user}: {}", covered.words);
                // Reading is not restricted by any of them.
                assert_eq!(covers(inventory, account, "Get-Mailbox", user).inside, Known::Yes, "{account} on {user}");
            }
        }
        let shut = covers(inventory, "wide", "Set-Mailbox", "Bob");
        assert_eq!(shut.words, "the exclusive scope `VIP` keeps it from all who do not hold one");
        assert_eq!(reach(inventory, "wide", "Set-Mailbox"), Reach::Narrow);
        assert_eq!(reach(inventory, "wide", "Get-Mailbox"), Reach::Organization);
        assert_eq!(reach(inventory, "app", "Set-Mailbox"), Reach::Organization);
    });
}

#[test]
fn a_scope_that_matches_every_recipient_is_the_organization() {
    let scopes = "\
Name,ScopeRestrictionType,Exclusive,RecipientRoot,RecipientFilter,ServerFilter,DatabaseFilter
All,RecipientScope,False,,Name -like '*',,
Below,RecipientScope,False,contoso.com/Users,Name -like '*',,
Mail,RecipientScope,False,,Alias -ne $null,,
Broken,RecipientScope,False,,Name -like,,
";
    let row = |account: &str| assignment(account, "User", "CustomRecipientScope", account);
    let assignments = [COLUMNS, "\n", &row("All"), &row("Below"), &row("Mail"), &row("Broken")].concat();
    with(&[ENTRIES, USERS, scopes, &assignments], |inventory| {
        assert_eq!(reach(inventory, "All", "Set-Mailbox"), Reach::Organization);
        assert_eq!(reach(inventory, "Below", "Set-Mailbox"), Reach::Narrow);
        assert_eq!(reach(inventory, "Mail", "Set-Mailbox"), Reach::Narrow);
        assert_eq!(reach(inventory, "Broken", "Set-Mailbox"), Reach::Narrow);
        assert_eq!(covers(inventory, "All", "Set-Mailbox", "Bob").inside, Known::Yes);
        assert_eq!(covers(inventory, "Below", "Set-Mailbox", "Terry").inside, Known::Yes);
        assert_eq!(covers(inventory, "Below", "Set-Mailbox", "Bob").inside, Known::No);
        assert_eq!(covers(inventory, "Broken", "Set-Mailbox", "Bob").inside, Known::Unknown);
        let open = covers(inventory, "Mail", "Set-Mailbox", "Bob");
        assert_eq!(open.inside, Known::Unknown);
        let export = "Get-Recipient 'Bob' | Select-Object Name,DistinguishedName,Alias | ConvertTo-Json";
        assert_eq!(open.export.as_deref(), Some(export));
    });
}

#[test]
fn units_the_own_mailbox_and_scopes_of_no_export_are_told_apart() {
    let none = "Name,ScopeRestrictionType,Exclusive,RecipientRoot,RecipientFilter\nX,ServerScope,False,,\n";
    let assignments = [
        COLUMNS,
        "\n",
        &assignment("unit", "User", "OU", "contoso.com/Board"),
        &assignment("Terry", "User", "Self", ""),
        &assignment("groups", "User", "MyDistributionGroups", ""),
        &assignment("lost", "User", "CustomRecipientScope", "Nowhere"),
        &assignment("nobody", "User", "None", ""),
    ]
    .concat();
    with(&[ENTRIES, USERS, none, &assignments], |inventory| {
        for (account, recipient, expected) in [
            ("unit", "Bob", Known::Yes),
            ("unit", "Terry", Known::No),
            ("Terry", "Terry", Known::Yes),
            ("Terry", "Bob", Known::No),
            ("groups", "Bob", Known::Unknown),
            ("lost", "Bob", Known::Unknown),
            ("nobody", "Bob", Known::No),
        ] {
            let covered = covers(inventory, account, "Set-Mailbox", recipient);
            assert_eq!(covered.inside, expected, "{account} on {recipient}: {}", covered.words);
        }
    });
}

#[test]
fn without_the_scopes_an_exclusive_one_may_keep_a_recipient_away() {
    let assignments = [COLUMNS, "\n", &assignment("wide", "User", "Organization", "")].concat();
    with(&[ENTRIES, USERS, &assignments], |inventory| {
        let open = covers(inventory, "wide", "Set-Mailbox", "Bob");
        assert_eq!(open.inside, Known::Unknown);
        assert_eq!(open.export.as_deref(), Some("Get-ManagementScope | ConvertTo-Json -Depth 4"));
        assert_eq!(covers(inventory, "wide", "Get-Mailbox", "Bob").inside, Known::Yes);
        // The organization stays what the assignment says: no scope is known to narrow it.
        assert_eq!(reach(inventory, "wide", "Set-Mailbox"), Reach::Organization);
    });
}

#[test]
fn the_name_of_a_scope_tells_of_it_where_the_column_of_its_kind_is_missing() {
    let assignments = "\
Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled,CustomRecipientWriteScope
a,Mail Recipients,named,User,Regular,True,Vancouver
b,Mail Recipients,bare,User,Regular,True,
";
    let scopes = SCOPES.replace("True", "False");
    with(&[ENTRIES, USERS, &scopes, assignments], |inventory| {
        assert_eq!(reach(inventory, "named", "Set-Mailbox"), Reach::Narrow);
        assert_eq!(reach(inventory, "bare", "Set-Mailbox"), Reach::Somewhere);
        assert_eq!(covers(inventory, "bare", "Set-Mailbox", "Bob").column, Some("RecipientWriteScope"));
        let covered = covers(inventory, "named", "Set-Mailbox", "Bob");
        assert_eq!((covered.inside, covered.words.as_str()), (Known::Yes, "the scope `Vancouver` matches it"));
    });
}

#[test]
fn an_empty_cell_says_something_only_where_the_column_holds_values() {
    let scopes = "Name,ScopeRestrictionType,Exclusive,RecipientRoot,RecipientFilter\nNot,RecipientScope,False,,Title -notlike 'VP*'\n";
    let assignments = [COLUMNS, "\n", &assignment("not", "User", "CustomRecipientScope", "Not")].concat();
    let titled = "Name,RecipientType,Title\nAnna,UserMailbox,VP Sales\nBo,UserMailbox,\n";
    with(&[ENTRIES, titled, scopes, &assignments], |inventory| {
        assert_eq!(covers(inventory, "not", "Set-Mailbox", "Anna").inside, Known::No);
        assert_eq!(covers(inventory, "not", "Set-Mailbox", "Bo").inside, Known::Yes);
    });
    // Get-Mailbox has no titles: Select-Object prints an empty column all the same.
    let untitled = "Name,RecipientType,Title\nAnna,UserMailbox,\nBo,UserMailbox,\n";
    with(&[ENTRIES, untitled, scopes, &assignments], |inventory| {
        assert_eq!(covers(inventory, "not", "Set-Mailbox", "Bo").inside, Known::Unknown);
    });
}

#[test]
fn a_narrow_finding_shows_the_scope_that_narrows() {
    let assignments = [
        COLUMNS,
        "\n",
        &assignment("regular", "User", "CustomRecipientScope", "Vancouver"),
        &assignment("wide", "User", "Organization", ""),
    ]
    .concat();
    let policy =
        "[[require]]\naccount = [\"regular\", \"wide\"]\ncmdlets = [\"Set-Mailbox\"]\nscope = \"organization\"\n";
    with(&[ENTRIES, USERS, SCOPES, &assignments], |inventory| {
        let mut report = Report::default();
        let file = SourceFile::decode(FileId(99), "policy.toml".to_owned(), policy.as_bytes()).expect("it is small");
        let requirements = rolecall::policy::read(&file, &[], &mut report).requirements;
        let mut accounts = Accounts::new(inventory, &[], Assumptions::default());
        rules::judging::require::check(&mut accounts, &requirements, &mut report);
        let said: Vec<(&str, Vec<&str>)> = report
            .diagnostics
            .iter()
            .map(|said| (said.rule.name, said.labels.iter().skip(1).map(|label| label.text.as_str()).collect()))
            .collect();
        let except =
            ["except what the exclusive scope `VIP` matches", "except what the exclusive scope `Executives` matches"];
        let within = ["within the scope `Vancouver`", except[0], except[1]];
        assert_eq!(said, [("narrow-scope", within.to_vec()), ("narrow-scope", except.to_vec())]);
    });
}

/// What a policy says of an account that has `Identity` by one role and `Alias` by another.
fn said_of_halves(first: &str, second: &str, scopes: &str, wide: bool) -> Vec<&'static str> {
    let entries = "Role,Name,Parameters\nNames,Set-Mailbox,Identity\nAliases,Set-Mailbox,Alias\n";
    // What a role has by nature narrows nothing, so it must be known what that is.
    let roles = "Name,RoleType,ImplicitRecipientReadScope,ImplicitRecipientWriteScope,ImplicitConfigReadScope,ImplicitConfigWriteScope\n\
        Names,Custom,Organization,Organization,OrganizationConfig,OrganizationConfig\n\
        Aliases,Custom,Organization,Organization,OrganizationConfig,OrganizationConfig\n";
    let rows = [first, second].map(|row| row.to_owned());
    let assignments = format!(
        "{COLUMNS}\n1,Names,anna,User,Regular,True,{}\n2,Aliases,anna,User,Regular,True,{}\n",
        rows[0], rows[1]
    );
    let scope = if wide { "scope = \"organization\"\n" } else { "" };
    let policy = format!("[[require]]\naccount = \"anna\"\ncmdlets = [\"Set-Mailbox:Identity,Alias\"]\n{scope}");
    with(&[entries, roles, USERS, scopes, &assignments], |inventory| {
        let mut report = Report::default();
        let file = SourceFile::decode(FileId(99), "policy.toml".to_owned(), policy.as_bytes()).expect("it is small");
        let requirements = rolecall::policy::read(&file, &[], &mut report).requirements;
        let mut accounts = Accounts::new(inventory, &[], Assumptions::default());
        rules::judging::require::check(&mut accounts, &requirements, &mut report);
        report.diagnostics.iter().map(|said| said.rule.name).collect()
    })
}

#[test]
fn a_role_of_unknown_entries_leaves_nothing_open_where_it_acts_on_nothing() {
    let entries = "Role,Name,Parameters\nNames,Set-Mailbox,Identity\n";
    let users = "Name,RecipientTypeDetails,RoleAssignmentPolicy\nanna,UserMailbox,\n";
    let policy = "[[require]]\naccount = \"anna\"\ncmdlets = [\"Set-Mailbox\"]\nscope = \"self\"\n";
    for (scopes, expected) in [("None,None,None,None,", "missing-cmdlet"), ("Self,Self,None,None,", "undecided")] {
        let assignments = format!("{COLUMNS}\n1,Blank,anna,User,Regular,True,{scopes}\n");
        with(&[entries, users, HALVES, &assignments], |inventory| {
            let mut report = Report::default();
            let file =
                SourceFile::decode(FileId(99), "policy.toml".to_owned(), policy.as_bytes()).expect("it is small");
            let requirements = rolecall::policy::read(&file, &[], &mut report).requirements;
            let mut accounts = Accounts::new(inventory, &[], Assumptions::default());
            rules::judging::require::check(&mut accounts, &requirements, &mut report);
            let said: Vec<&str> = report.diagnostics.iter().map(|said| said.rule.name).collect();
            assert_eq!(said, [expected], "{scopes}");
        });
    }
}

const HALVES: &str = "\
Name,ScopeRestrictionType,Exclusive,RecipientRoot,RecipientFilter,ServerFilter,DatabaseFilter
Vancouver,RecipientScope,False,,City -eq 'Vancouver',,
Seattle,RecipientScope,False,,City -eq 'Seattle',,
Writers,RecipientScope,False,,Title -eq 'Writer',,
Board,RecipientScope,False,contoso.com/Board,Name -like '*',,
Users,RecipientScope,False,contoso.com/Users,Name -like '*',,
All,RecipientScope,False,,Name -like '*',,
";

#[test]
fn merged_parameters_hold_on_what_the_scopes_share() {
    let custom = |name: &str| format!("Organization,CustomRecipientScope,OrganizationConfig,OrganizationConfig,{name}");
    let all = "Organization,Organization,OrganizationConfig,OrganizationConfig,".to_owned();
    let unit = |name: &str| format!("Organization,OU,OrganizationConfig,OrganizationConfig,contoso.com/{name}");
    let recipients = "Organization,Organization,None,None,".to_owned();
    let configuration = "None,None,OrganizationConfig,OrganizationConfig,".to_owned();
    let own = "Organization,Self,OrganizationConfig,OrganizationConfig,".to_owned();
    let (whole, narrow) = (vec!["merged-parameters"], vec!["merged-parameters", "narrow-scope"]);
    let apart = vec!["missing-parameter"];
    for (first, second, expected) in [
        (all.clone(), all.clone(), &whole),
        (all.clone(), custom("All"), &whole),
        (all.clone(), custom("Vancouver"), &narrow),
        (custom("Vancouver"), custom("Vancouver"), &narrow),
        (custom("Vancouver"), custom("Writers"), &narrow),
        (custom("Vancouver"), custom("Seattle"), &apart),
        (custom("Board"), custom("Users"), &apart),
        (custom("Board"), unit("Users"), &apart),
        (unit("Board"), unit("Board/Deep"), &narrow),
        (custom("Vancouver"), custom("Nowhere"), &narrow),
        (recipients.clone(), configuration, &apart),
        (recipients, all.clone(), &narrow),
        // What ends at the own mailbox is no part of it.
        (all, own, &apart),
    ] {
        assert_eq!(said_of_halves(&first, &second, HALVES, true), *expected, "{first} and {second}");
        let note: Vec<&str> = expected.iter().copied().filter(|rule| *rule != "narrow-scope").collect();
        assert_eq!(said_of_halves(&second, &first, HALVES, false), note, "{second} and {first}");
    }
    // Who holds an exclusive scope writes what nobody else does.
    let exclusive = "Organization,ExclusiveRecipientScope,OrganizationConfig,OrganizationConfig,VIP";
    let regular = "Organization,CustomRecipientScope,OrganizationConfig,OrganizationConfig,Vancouver";
    assert_eq!(said_of_halves(exclusive, regular, SCOPES, false), apart);
    assert_eq!(said_of_halves(exclusive, &unit("Board"), SCOPES, false), apart);
    assert_eq!(said_of_halves(exclusive, exclusive, SCOPES, true), narrow);
}

#[test]
fn scopes_of_servers_and_databases_bind_what_writes_them() {
    let scopes = |rows: &str| {
        format!("Name,ScopeRestrictionType,Exclusive,RecipientRoot,RecipientFilter,ServerFilter,DatabaseFilter\n{rows}")
    };
    let vip = "VIP,RecipientScope,True,,Title -eq 'CEO',,\n";
    let databases = "Gold,DatabaseScope,True,,,,Name -like 'Gold*'\n";
    let servers = "Core,ServerScope,True,,,Name -like 'Core*',\n";
    let columns = COLUMNS.replace("CustomRecipientWriteScope", "CustomRecipientWriteScope,CustomConfigWriteScope");
    let row = |recipient: &str, config: &str, custom: &str| {
        format!("1,Databases,anna,User,Regular,True,Organization,{recipient},OrganizationConfig,{config},{custom}\n")
    };
    let wide = row("Organization", "OrganizationConfig", ",");
    let entries = "Role,Name,Parameters\nDatabases,Mount-Database,Identity\nDatabases,New-Mailbox,Name\nDatabases,Set-Mailbox,Identity\nDatabases,Add-MailboxDatabaseCopy,Identity\nDatabases,Get-Mailbox,Identity\n";
    // What each cmdlet reaches: a database, a mailbox in a database, anything, a server, reading.
    let cmdlets = ["Mount-Database", "New-Mailbox", "Set-Mailbox", "Add-MailboxDatabaseCopy", "Get-Mailbox"];
    for (rows, assignment, expected) in [
        ("", &wide, [true, true, true, true, true]),
        (vip, &wide, [true, false, false, true, true]),
        (databases, &wide, [false, false, false, true, true]),
        (servers, &wide, [true, true, false, false, true]),
        (vip, &row("CustomRecipientScope", "OrganizationConfig", "Sales,"), [true, false, false, true, true]),
        (databases, &row("Organization", "None", ","), [false, false, false, false, true]),
        (databases, &row("Organization", "CustomConfigScope", ",Silver"), [false, false, false, false, true]),
        (databases, &row("Organization", "ExclusiveConfigScope", ",Gold"), [false, false, false, false, true]),
    ] {
        let scopes = scopes(if rows.is_empty() { "Any,RecipientScope,False,,Name -like '*',,\n" } else { rows });
        let assignments = format!("{columns}\n{assignment}");
        with(&[entries, USERS, &scopes, &assignments], |inventory| {
            let reached = cmdlets.map(|cmdlet| reach(inventory, "anna", cmdlet) == Reach::Organization);
            assert_eq!(reached, expected, "{rows}{assignment}");
        });
    }
    // An exclusive scope of servers keeps no recipient away, and a path says what narrows it.
    let [scopes, assignments] = [scopes(&format!("{databases}{vip}")), format!("{columns}\n{wide}")];
    with(&[entries, USERS, &scopes, &assignments], |inventory| {
        let mut graph = Graph::new(inventory, Assumptions::default());
        let rights = graph.rights(one(&graph, "anna"));
        let words = |cmdlet| graph.narrowing(&rights.held[0], cmdlet).into_iter().map(|(_, words)| words).collect();
        let (gold, ceo): (Vec<String>, Vec<String>) = (words("Mount-Database"), words("Set-Mailbox"));
        assert_eq!(gold, ["except what the exclusive scope `Gold` matches"]);
        assert_eq!(ceo.len(), 2, "{ceo:?}");
    });
}
