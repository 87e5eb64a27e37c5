//! Servers and mailbox databases: random organizations with scopes of both, lists and filters among them, against a judge
//! that knows nothing of files. What no export shows is undecided, with the command that would decide it.

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use rolecall::accounts::{Account, Accounts};
use rolecall::exports::{self, Wanted};
use rolecall::graph::{Answer, Assumptions, Question, RoleEntries};
use rolecall::inventory::Inventory;
use rolecall::record::Kind;

use crate::brute::runner;
use crate::program::{argument, folder, rolecall};

const SERVERS: [&str; 4] = ["BER-EX01", "BER-EX02", "ZRH-EX01", "LIM-EX01"];
const SITES: [&str; 4] = ["Berlin", "Berlin", "Zurich", "Lima"];
const DATABASES: [&str; 3] = ["BER-DB01", "ZRH-DB01", "ZRH-DB02"];
const USERS: [&str; 3] = ["anna", "bo", "dana"];
/// The first changes servers or more, the second databases alone, the third reads.
const CMDLETS: [&str; 3] = ["Set-ExchangeServer", "Set-MailboxDatabase", "Get-ExchangeServer"];

fn place(name: &str, container: &str) -> String {
    format!("CN={name},CN={container},CN=Contoso,CN=Services,CN=Configuration,DC=contoso,DC=com")
}

/// What a scope asks for.
#[derive(Clone, Debug)]
enum Filter {
    Begins(&'static str),
    Is(usize),
    List(Vec<usize>),
    /// Of servers alone.
    Site(&'static str),
    /// Nothing that exports show.
    Odd,
}

#[derive(Clone, Debug)]
struct Scope {
    of_servers: bool,
    exclusive: bool,
    filter: Filter,
}

#[derive(Clone, Debug)]
struct Assignment {
    user: usize,
    role: usize,
    /// Everything, nothing, or a scope.
    scope: Option<Option<usize>>,
    /// On which recipients: all, or the own mailbox.
    own: bool,
}

#[derive(Clone, Debug)]
struct Organization {
    scopes: Vec<Scope>,
    assignments: Vec<Assignment>,
}

fn organizations() -> impl Strategy<Value = Organization> {
    let filter = prop_oneof![
        prop::sample::select(vec!["BER-", "ZRH-", "B", ""]).prop_map(Filter::Begins),
        (0..4_usize).prop_map(Filter::Is),
        prop::collection::vec(0..4_usize, 1..3).prop_map(Filter::List),
        prop::sample::select(vec!["Berlin", "Lima", "Oslo"]).prop_map(Filter::Site),
        Just(Filter::Odd),
    ];
    let scope = (any::<bool>(), prop::bool::weighted(0.25), filter).prop_map(|(of_servers, exclusive, filter)| {
        let filter = match filter {
            Filter::Site(_) if !of_servers => Filter::Begins("ZRH-"),
            Filter::Is(number) if !of_servers => Filter::Is(number % DATABASES.len()),
            Filter::List(list) if !of_servers => {
                Filter::List(list.into_iter().map(|number| number % DATABASES.len()).collect())
            }
            filter => filter,
        };
        Scope { of_servers, exclusive, filter }
    });
    let assignment = (0..USERS.len(), 0..CMDLETS.len(), 0..10_usize, any::<u8>());
    (prop::collection::vec(scope, 0..4), prop::collection::vec(assignment, 1..6)).prop_map(|(scopes, raw)| {
        let assignments = raw.into_iter().map(|(user, role, scope, own)| {
            let scope = match scope {
                0..=2 => Some(None),
                3 => None,
                number if scopes.is_empty() => (number > 5).then_some(None),
                number => Some(Some(number % scopes.len())),
            };
            Assignment { user, role, scope, own: own % 8 == 0 }
        });
        Organization { assignments: assignments.collect(), scopes }
    })
}

impl Scope {
    fn text(&self) -> String {
        let names: &[&str] = if self.of_servers { &SERVERS } else { &DATABASES };
        let container = if self.of_servers { "Servers" } else { "Databases" };
        match &self.filter {
            Filter::Begins(start) => format!("Name -like '{start}*'"),
            Filter::Is(number) => format!("Name -eq '{}'", names[*number]),
            Filter::List(list) => {
                let parts: Vec<String> = list
                    .iter()
                    .map(|number| format!("DistinguishedName -eq '{}'", place(names[*number], container)))
                    .collect();
                parts.join(" -or ")
            }
            Filter::Site(site) => format!("ServerSite -eq 'CN={site},CN=Sites,CN=Configuration,DC=contoso,DC=com'"),
            Filter::Odd => "MinAdminVersion -eq '15'".to_owned(),
        }
    }

    /// Whether it holds an object; `None` where no export says.
    fn holds(&self, object: &Object) -> Option<bool> {
        if self.of_servers != object.is_server {
            return Some(false);
        }
        let name = object.name();
        match &self.filter {
            Filter::Begins("") => Some(true),
            Filter::Begins(start) => Some(name.starts_with(start)),
            Filter::Is(number) => Some(object.number == *number),
            Filter::List(list) => Some(list.contains(&object.number)),
            Filter::Site(site) => Some(SITES[object.number] == *site),
            Filter::Odd => None,
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Object {
    is_server: bool,
    number: usize,
}

impl Object {
    fn all() -> Vec<Self> {
        let servers = (0..SERVERS.len()).map(|number| Self { is_server: true, number });
        servers.chain((0..DATABASES.len()).map(|number| Self { is_server: false, number })).collect()
    }

    fn name(self) -> &'static str {
        if self.is_server { SERVERS[self.number] } else { DATABASES[self.number] }
    }
}

impl Organization {
    /// What is right; `None` where it is undecided.
    fn right(&self, user: usize, cmdlet: usize, object: &Object) -> Option<bool> {
        let reads = CMDLETS[cmdlet].starts_with("Get-");
        let mut answer = Some(false);
        for assignment in self.assignments.iter().filter(|it| it.user == user && it.role == cmdlet) {
            match self.covers(assignment, reads, cmdlet, object) {
                Some(true) => return Some(true),
                None => answer = None,
                Some(false) => {}
            }
        }
        answer
    }

    fn covers(&self, assignment: &Assignment, reads: bool, cmdlet: usize, object: &Object) -> Option<bool> {
        if assignment.own {
            return Some(false);
        }
        // The roles read everything.
        if reads {
            return Some(true);
        }
        // Microsoft's table of cmdlets has this one for databases alone.
        if CMDLETS[cmdlet] == "Set-MailboxDatabase" && object.is_server {
            return Some(false);
        }
        let (inside, exclusive) = match assignment.scope {
            None => return Some(false),
            Some(None) => (Some(true), false),
            Some(Some(scope)) => {
                let scope = &self.scopes[scope];
                // What a scope of servers says of databases is not documented.
                let inside = if scope.of_servers == object.is_server { scope.holds(object) } else { None };
                (inside, scope.exclusive)
            }
        };
        if exclusive || inside == Some(false) {
            return inside;
        }
        let mut shut = Some(false);
        for scope in self.scopes.iter().filter(|scope| scope.exclusive) {
            match scope.holds(object) {
                Some(true) => return Some(false),
                None => shut = None,
                Some(false) => {}
            }
        }
        if shut.is_none() { None } else { inside }
    }

    fn files(&self, with_objects: bool) -> Vec<(&'static str, String)> {
        let mut assignments = "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled,RecipientReadScope,RecipientWriteScope,ConfigReadScope,ConfigWriteScope,CustomRecipientWriteScope,CustomConfigWriteScope\n".to_owned();
        for (number, it) in self.assignments.iter().enumerate() {
            let (word, custom) = match it.scope {
                None => ("None", String::new()),
                Some(None) => ("OrganizationConfig", String::new()),
                Some(Some(scope)) if self.scopes[scope].exclusive => ("ExclusiveConfigScope", format!("Scope {scope}")),
                Some(Some(scope)) => ("CustomConfigScope", format!("Scope {scope}")),
            };
            let recipients = if it.own { "Self" } else { "Organization" };
            assignments += &format!(
                "Assignment {number},Role {},{},User,Regular,True,{recipients},{recipients},OrganizationConfig,{word},,{custom}\n",
                it.role, USERS[it.user]
            );
        }
        let mut scopes =
            "Name,ScopeRestrictionType,Exclusive,RecipientRoot,RecipientFilter,ServerFilter,DatabaseFilter\n"
                .to_owned();
        for (number, scope) in self.scopes.iter().enumerate() {
            let exclusive = if scope.exclusive { "True" } else { "False" };
            let text = format!("\"{}\"", scope.text());
            let row = match scope.of_servers {
                true => format!("Scope {number},ServerScope,{exclusive},,,{text},\n"),
                false => format!("Scope {number},DatabaseScope,{exclusive},,,,{text}\n"),
            };
            scopes += &row;
        }
        // An export without a row would be none.
        scopes += "Elsewhere,RecipientScope,False,,Department -eq 'Nobody',,\n";
        let entries: String =
            CMDLETS.iter().enumerate().map(|(role, cmdlet)| format!("Role {role},{cmdlet},Identity\n")).collect();
        let people: String = USERS.iter().map(|user| format!("{user},{user}@contoso.com,User\n")).collect();
        let mut files = vec![
            ("assignments.csv", assignments),
            ("scopes.csv", scopes),
            ("entries.csv", format!("Role,Name,Parameters\n{entries}")),
            ("users.csv", format!("Name,UserPrincipalName,RecipientTypeDetails\n{people}")),
        ];
        if with_objects {
            let servers: String = SERVERS
                .iter()
                .zip(SITES)
                .map(|(name, site)| {
                    format!("{name},\"{}\",contoso.com/Configuration/Sites/{site},Mailbox\n", place(name, "Servers"))
                })
                .collect();
            let databases: String =
                DATABASES.iter().map(|name| format!("{name},\"{}\",BER-EX01\n", place(name, "Databases"))).collect();
            files.push(("servers.csv", format!("Name,DistinguishedName,Site,ServerRole\n{servers}")));
            files.push((
                "databases.csv",
                format!("Name,DistinguishedName,MasterServerOrAvailabilityGroup\n{databases}"),
            ));
        }
        files
    }
}

/// The answers about every user, cmdlet and object, and the commands that would decide those that are undecided.
fn ask(path: &Path) -> BTreeMap<(usize, usize, &'static str), (Answer, Vec<String>)> {
    let opened = exports::open(&Wanted::one(vec![argument(path)]));
    let mut loaded = exports::load(&opened);
    let inventory = Inventory::of(loaded.organizations.remove(0).own);
    let mut accounts = Accounts::new(&inventory, &[], Assumptions::default());
    let mut entries = RoleEntries::all();
    let mut answers = BTreeMap::new();
    for (user, name) in USERS.iter().enumerate() {
        let &[account @ Account::Exported(_)] = &accounts.named(name)[..] else { panic!("{name} is known") };
        let rights = accounts.rights(account);
        let graph = accounts.graph_mut(account);
        let grants = graph.grants(&rights, &mut entries);
        for object in Object::all() {
            let kind = if object.is_server { Kind::ExchangeServer } else { Kind::MailboxDatabase };
            let target = graph.configured_target(kind, object.name()).expect("it is exported, or none is");
            for (cmdlet, name) in CMDLETS.iter().enumerate() {
                let question = Question { cmdlet: name, all: &[], any: &[], own_mailbox: true, on: Some(&target) };
                let judged = graph.judge(&rights, &grants, &question);
                let commands = judged.gaps.iter().map(|gap| graph.gap(*gap).export.clone()).collect();
                answers.insert((user, cmdlet, object.name()), (judged.answer, commands));
            }
        }
    }
    answers
}

fn in_files<R>(files: &[(&'static str, String)], work: impl FnOnce(&Path) -> R) -> R {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    work(folder(&files).path())
}

#[test]
fn on_a_server_or_a_database_every_answer_is_the_judges() {
    let result = runner(60).run(&organizations(), |organization| {
        let answers = in_files(&organization.files(true), ask);
        for object in Object::all() {
            for (user, name) in USERS.iter().enumerate() {
                for (cmdlet, of) in CMDLETS.iter().enumerate() {
                    let right = organization.right(user, cmdlet, &object);
                    let (answer, _) = &answers[&(user, cmdlet, object.name())];
                    let said = match answer {
                        Answer::Granted | Answer::Merged => Some(true),
                        Answer::NotGranted => Some(false),
                        Answer::Unknown => None,
                    };
                    if said != right {
                        let message = format!("{name} {of} on {}: {right:?}, not {said:?}", object.name());
                        return Err(TestCaseError::fail(message));
                    }
                }
            }
        }
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn without_their_export_what_hangs_on_a_filter_is_undecided() {
    let result = runner(60).run(&organizations(), |organization| {
        let answers = in_files(&organization.files(false), ask);
        for object in Object::all() {
            for (user, name) in USERS.iter().enumerate() {
                for (cmdlet, of) in CMDLETS.iter().enumerate() {
                    let right = organization.right(user, cmdlet, &object);
                    let (answer, commands) = &answers[&(user, cmdlet, object.name())];
                    let is_right = match answer {
                        Answer::Granted | Answer::Merged => right == Some(true),
                        Answer::NotGranted => right == Some(false),
                        Answer::Unknown => commands.iter().all(|command| command.starts_with("Get-")),
                    };
                    if !is_right {
                        let message = format!("{name} {of} on {}: {right:?}, not {answer:?}", object.name());
                        return Err(TestCaseError::fail(message));
                    }
                }
            }
        }
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn a_server_is_asked_about_by_its_name_and_the_export_that_decides_is_named() {
    let organization = Organization {
        scopes: vec![Scope { of_servers: true, exclusive: false, filter: Filter::Site("Berlin") }],
        assignments: vec![Assignment { user: 0, role: 0, scope: Some(Some(0)), own: false }],
    };
    let ask = |files: &[(&'static str, String)], on: &str| {
        in_files(files, |path| rolecall(&["why", "anna", "Set-ExchangeServer", &argument(path), "--on", on]))
    };
    let whole = organization.files(true);
    for (on, code) in [("server:BER-EX01", 0), ("Server:ber-ex02", 0), ("server:LIM-EX01", 1), ("server:Nobody", 3)] {
        let ran = ask(&whole, on);
        assert_eq!(ran.code, code, "{on}: {ran:?}");
    }
    assert!(ask(&whole, "server:Nobody").stderr.contains("no export shows a server `Nobody`"));
    let ran = ask(&organization.files(false), "server:BER-EX01");
    assert_eq!(ran.code, 3, "{ran:?}");
    let command = "Get-ExchangeServer 'BER-EX01' | Select-Object Name,DistinguishedName,Site | ConvertTo-Json";
    assert!(ran.stdout.contains(command), "{ran:?}");
    // What that command prints decides it.
    let mut files = organization.files(false);
    let shown = format!(
        "{{\"Name\":\"BER-EX01\",\"DistinguishedName\":\"{}\",\"Site\":\"contoso.com/Configuration/Sites/Berlin\",\"ServerRole\":\"Mailbox\"}}",
        place("BER-EX01", "Servers")
    );
    files.push(("server.json", shown));
    assert_eq!(ask(&files, "server:BER-EX01").code, 0);
}

#[test]
fn a_mailbox_plan_is_no_account_and_says_what_new_mailboxes_get() {
    let plans = "[PS] C:\\>Get-MailboxPlan | fl DisplayName,IsDefault,RoleAssignmentPolicy\n\n\nDisplayName          : ExchangeOnlineEnterprise\nIsDefault            : True\nRoleAssignmentPolicy : Kiosk\n\n";
    let policies = "Name,IsDefault,AssignedRoles\nKiosk,False,MyBaseOptions\n";
    let exports = folder(&[("plans.txt", plans.as_bytes()), ("policies.csv", policies.as_bytes())]);
    let path = argument(exports.path());
    let ran = rolecall(&["show", "policy", "Kiosk", &path]);
    assert!(ran.stdout.contains("mailbox plans: ExchangeOnlineEnterprise"), "{ran:?}");
    assert_eq!(rolecall(&["access", "--account", "*", &path]).code, 3);
}

#[test]
fn what_people_keep_beside_exports_is_refused_by_its_name() {
    for (text, words) in [
        (
            "RunDate,Caller,CmdletName,ObjectModified,Succeeded\n2026-01-01,anna,Update-RoleGroupMember,Help Desk,True\n",
            "`Search-AdminAuditLog`",
        ),
        (
            "RoleName,GrantedPermissions,AllowedResourceScope,ScopeType,InScope\nApplication Mail.Read,Mail.Read,Berlin,CustomRecipientScope,True\n",
            "`Test-ServicePrincipalAuthorization`",
        ),
    ] {
        let exports = folder(&[("kept.csv", text.as_bytes())]);
        let ran = rolecall(&["records", &argument(exports.path())]);
        assert!(ran.stderr.contains(words), "{ran:?}");
    }
}
