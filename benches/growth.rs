//! How reading and judging grow with what is unusual: one role assigned to everybody, equal names, groups in groups, names
//! that nothing has.
//!
//! `cargo bench --bench growth` makes for each an organization of a size, of twice that and of four times that, and checks
//! it, or asks how everybody could escalate; a doubling must not cost more than 2.3 times. Words behind `--` choose some,
//! and `GROWTH_TIMES` makes all larger.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use rolecall::accounts::Accounts;
use rolecall::check::{Terms, check};
use rolecall::diagnostic::Report;
use rolecall::exports::{self, Organization, Place, Wanted};
use rolecall::graph::{Assumptions, Escalator};
use rolecall::inventory::Inventory;
use rolecall::policy;
use rolecall::read::{Input, Walked};
use rolecall::rules;
use rolecall::source::{Contents, SourceFile};

#[path = "reading/clock.rs"]
mod clock;

use clock::Moment;

/// The most that a doubling may cost.
const BAR: f64 = 2.3;
/// Of so many runs the quickest counts.
const ROUNDS: usize = 5;

const ASSIGNMENTS: &str = "Name,Role,RoleAssigneeName,RoleAssigneeType,RoleAssignmentDelegationType,Enabled,\
    RecipientReadScope,RecipientWriteScope,ConfigReadScope,ConfigWriteScope\n";
const MAILBOXES: &str = "Name,UserPrincipalName,RecipientTypeDetails,RoleAssignmentPolicy\n";
const GROUPS: &str = "Name,RecipientTypeDetails,Members,ManagedBy\n";
const ENTRIES: &str = "Role,Name,Parameters\nRecipients,Set-Mailbox,Identity;Alias\nRecipients,Get-Mailbox,Identity\n\
    Management,Add-DistributionGroupMember,Identity;Member\nManagement,New-ManagementRoleAssignment,Role;User\n";
const EVERYTHING: &str = "[lint]\npreset = \"all\"\n\
    [[require]]\naccount = \"*\"\ncmdlets = [\"Set-Mailbox:Alias\", \"New-Mailbox\"]\n\
    [[forbid]]\ncmdlets = [\"Set-Mailbox\"]\n\
    [[separate]]\nleft = [\"Set-Mailbox\"]\nright = [\"Get-Mailbox\"]\n";

/// Files of organizations, each with its path, and a policy.
#[derive(Default)]
struct Case {
    files: BTreeMap<String, String>,
    policy: String,
}

impl Case {
    /// One organization, judged by everything.
    fn of(files: &[(&str, String)]) -> Self {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.clone())).collect();
        Self { files, policy: EVERYTHING.to_owned() }
    }

    fn asking(self, policy: String) -> Self {
        Self { policy, ..self }
    }
}

/// What is measured of a case.
#[derive(Clone, Copy)]
enum Work {
    Check,
    Escalate,
}

/// What grows: its name, how many there are at first, the work, and a case of so many.
type Growing = (&'static str, usize, Work, fn(usize) -> Case);

const GROWING: &[Growing] = &[
    ("one role, one user", 1000, Work::Check, |count| {
        let assignments = lines(ASSIGNMENTS, count, |at| assignment(at, "ada", "User"));
        Case::of(&[("a", assignments), ("e", ENTRIES.to_owned()), ("m", mailboxes(1))])
    }),
    ("one role, all users", 1000, Work::Check, |count| {
        let assignments = lines(ASSIGNMENTS, count, |at| assignment(at, &format!("user{at}"), "User"));
        Case::of(&[("a", assignments), ("e", ENTRIES.to_owned()), ("m", mailboxes(count))])
    }),
    ("equal names", 1000, Work::Check, |count| {
        let assignments = lines(ASSIGNMENTS, count, |at| assignment(at, &format!("user{at}@contoso.com"), "User"));
        let mailboxes = lines(MAILBOXES, count, |at| format!("ada,user{at}@contoso.com,UserMailbox,"));
        Case::of(&[
            ("a", assignments + &assignment(count, "ada", "User") + "\n"),
            ("e", ENTRIES.to_owned()),
            ("m", mailboxes),
        ])
    }),
    // No export of exactly a thousand: it would be taken for the first thousand of more.
    ("nested groups", 1100, Work::Check, |count| chain(count, false)),
    ("nested groups, escalate", 4000, Work::Escalate, |count| chain(count, false)),
    ("cyclic groups", 1100, Work::Check, |count| chain(count, true)),
    ("cyclic groups, escalate", 4000, Work::Escalate, |count| chain(count, true)),
    ("many small cycles", 1100, Work::Check, |count| {
        let groups = lines(GROUPS, count, |at| group(at, &format!("Group {}", at ^ 1)));
        let assignments = ASSIGNMENTS.to_owned() + &assignment(0, "Group 0", "SecurityGroup") + "\n";
        Case::of(&[("a", assignments), ("e", ENTRIES.to_owned()), ("g", groups), ("m", mailboxes(1))])
    }),
    ("cycles that share groups", 250, Work::Check, |count| {
        // A circle, and beside every part of it another way.
        let next = |at: usize| format!("Group {};Group {}", (at + 1) % count, count + at);
        let back = |at: usize| format!("Group {}", (at + 1) % count);
        let groups = lines(GROUPS, 2 * count, |at| group(at, &if at < count { next(at) } else { back(at - count) }));
        let assignments = ASSIGNMENTS.to_owned() + &assignment(0, "Group 0", "SecurityGroup") + "\n";
        Case::of(&[("a", assignments), ("e", ENTRIES.to_owned()), ("g", groups), ("m", mailboxes(1))])
    }),
    ("unknown sets", 500, Work::Check, |count| {
        let lists = lines("[sets]\n", count, |at| format!("list{at} = [\"Set-Mailbox\"]"));
        let named = lines("", count, |at| format!("\"@list{at}\", \"@other-{at}\","));
        small().asking(format!("[[forbid]]\ncmdlets = [{named}]\n{lists}"))
    }),
    ("unknown accounts in except", 500, Work::Check, |count| {
        let named = lines("", count, |at| format!("\"nobody-{at}\","));
        let assignments = lines(ASSIGNMENTS, count, |at| assignment(at, &format!("user{at}"), "User"));
        let case = Case::of(&[("a", assignments), ("e", ENTRIES.to_owned()), ("m", mailboxes(count))]);
        case.asking(format!("[[forbid]]\ncmdlets = [\"Set-Mailbox\"]\nexcept = [{named}]\n"))
    }),
    ("unknown groups in except", 500, Work::Check, |count| {
        let named = lines("", count, |at| format!("\"group:nobody-{at}\","));
        chain(count, false).asking(format!("[[forbid]]\ncmdlets = [\"Set-Mailbox\"]\nexcept = [{named}]\n"))
    }),
    ("unknown accounts required", 500, Work::Check, |count| {
        let named = lines("", count, |at| format!("\"nobody-{at}\","));
        let case = Case::of(&[("e", ENTRIES.to_owned()), ("m", mailboxes(count))]);
        case.asking(format!("[[require]]\naccount = [{named}]\ncmdlets = [\"Set-Mailbox\"]\n"))
    }),
    ("unknown cmdlets", 500, Work::Check, |count| {
        let named = lines("", count, |at| format!("\"Set-Nothing{at}\","));
        let entries = lines("Role,Name,Parameters\n", count, |at| format!("Recipients,Set-Thing{at},Identity"));
        let case = Case::of(&[("e", entries), ("m", mailboxes(1))]);
        case.asking(format!("[[forbid]]\ncmdlets = [{named}]\n"))
    }),
    ("unused sets", 1000, Work::Check, |count| {
        let lists = lines("[sets]\n", count, |at| format!("list{at} = [\"Set-Mailbox\"]"));
        small().asking(format!("[[forbid]]\ncmdlets = [\"Set-Mailbox\"]\n{lists}"))
    }),
    ("organizations", 50, Work::Check, |count| {
        let mut case = Case::default();
        for at in 0..count {
            writeln!(case.policy, "[[organization]]\nname = \"o{at}\"\npaths = [\"o{at}\"]").expect("a text takes all");
            let files = small().files.into_iter().map(|(path, text)| (format!("o{at}/{path}"), text));
            case.files.extend(files);
        }
        case.policy.push_str(EVERYTHING);
        case
    }),
    ("CLIXML list sharing", 1000, Work::Check, |count| {
        let list: String = (0..200).map(|at| format!("<S>Parameter{at}</S>")).collect();
        let entry = |at: usize| {
            let parameters = match at {
                0 => format!("<Obj N=\"Parameters\" RefId=\"1\"><LST>{list}</LST></Obj>"),
                _ => "<Ref N=\"Parameters\" RefId=\"1\" />".to_owned(),
            };
            let of_name = format!("<S N=\"Role\">Recipients</S><S N=\"Name\">Set-Thing{at}</S>");
            format!("<Obj RefId=\"{}\"><MS>{of_name}{parameters}</MS></Obj>", at + 2)
        };
        let head = "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\n";
        Case::of(&[("e", lines(head, count, entry) + "</Objs>\n"), ("m", mailboxes(1))])
    }),
];

fn lines(head: &str, count: usize, line: impl Fn(usize) -> String) -> String {
    let mut text = head.to_owned();
    for at in 0..count {
        text.push_str(&line(at));
        text.push('\n');
    }
    text
}

fn assignment(at: usize, assignee: &str, kind: &str) -> String {
    let scopes = "Organization,Organization,OrganizationConfig,OrganizationConfig";
    format!("Assignment {at},Recipients,{assignee},{kind},Regular,True,{scopes}")
}

fn mailboxes(count: usize) -> String {
    let mailbox = |at| format!("user{at},user{at}@contoso.com,UserMailbox,");
    lines(MAILBOXES, count, mailbox) + "ada,ada@contoso.com,UserMailbox,\n"
}

fn group(at: usize, members: &str) -> String {
    format!("Group {at},UniversalSecurityGroup,{members},ada")
}

fn small() -> Case {
    let assignments = lines(ASSIGNMENTS, 1, |at| assignment(at, "ada", "User"));
    Case::of(&[("a", assignments), ("e", ENTRIES.to_owned()), ("m", mailboxes(1))])
}

/// Groups, each a member of the one before; a user is in the last one, `ada` may join all, and the first holds a role.
fn chain(count: usize, closed: bool) -> Case {
    let members = |at: usize| match at + 1 {
        next if next < count => format!("Group {next}"),
        _ if closed => "Group 0;user0".to_owned(),
        _ => "user0".to_owned(),
    };
    let groups = lines(GROUPS, count, |at| group(at, &members(at)));
    let management = assignment(1, "ada", "User").replace("Recipients", "Management");
    let assignments = ASSIGNMENTS.to_owned() + &assignment(0, "Group 0", "SecurityGroup") + "\n" + &management + "\n";
    Case::of(&[("a", assignments), ("e", ENTRIES.to_owned()), ("g", groups), ("m", mailboxes(1))])
}

impl Place for Case {
    fn walk(&self, paths: &[String]) -> Walked {
        let mut walked = Walked { given: paths.to_vec(), inputs: Vec::new() };
        for (given, path) in paths.iter().enumerate() {
            let below = self.files.range(path.clone()..).take_while(|(file, _)| file.starts_with(path));
            walked.inputs.extend(below.map(|(file, _)| Input {
                shown: file.clone(),
                path: Some(PathBuf::from(file)),
                real: PathBuf::from(file),
                named: true,
                given,
                error: None,
            }));
        }
        walked
    }

    fn open(&self, input: &Input) -> io::Result<Contents> {
        Ok(Contents::from(self.files[&input.shown].clone().into_bytes()))
    }
}

/// Reads, judges, and returns how much was found.
fn run(case: &Case, work: Work) -> usize {
    let policy_file =
        |id| SourceFile::decode(id, "rolecall.toml".to_owned(), case.policy.as_bytes()).expect("it is short");
    let file = policy_file(rolecall::source::FileId(0));
    let declared = policy::read(&file, &rules::names(), &mut Report::default());
    let mut organizations: Vec<Organization> = declared
        .organizations
        .iter()
        .map(|it| Organization {
            name: Some(it.name.text.clone()),
            paths: it.paths.iter().map(|path| format!("{}/", path.text)).collect(),
            ..Organization::default()
        })
        .collect();
    if organizations.is_empty() {
        let paths = case.files.keys().cloned().collect();
        organizations.push(Organization { paths, ..Organization::default() });
    }
    let opened = exports::open_in(&Wanted { organizations, aside: Vec::new(), jobs: Some(1) }, case);
    let mut loaded = exports::load(&opened);
    match work {
        Work::Check => {
            let mut sources = std::mem::take(&mut loaded.sources);
            let id = sources.add(policy_file);
            let mut report = Report::default();
            let policy = policy::read(sources.file(id), &rules::names(), &mut report);
            policy::check_accounts(&policy, &mut report);
            policy::check_contradictions(&policy, &mut report);
            check(loaded, &sources, &policy, Terms::default(), report).diagnostics.len()
        }
        Work::Escalate => {
            let inventory = Inventory::of(loaded.organizations.remove(0).own);
            let mut accounts = Accounts::new(&inventory, &[], Assumptions::default());
            let all = accounts.all().to_vec();
            let rights: Vec<_> = all.iter().map(|account| accounts.rights(*account)).collect();
            let escalator = Escalator::new(accounts.organization());
            rights.iter().map(|rights| escalator.of(rights).len()).sum()
        }
    }
}

fn main() -> ExitCode {
    let times: usize = std::env::var("GROWTH_TIMES").map_or(1, |text| text.parse().expect("GROWTH_TIMES is a number"));
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let is_chosen = |name: &str| words.is_empty() || words.iter().any(|word| name.contains(word.as_str()));
    println!("times are of one thread; a ratio is to half as many\n");
    println!("{:>28} {:>8} {:>9} {:>10} {:>6} {:>4}", "what", "count", "found", "time", "ratio", "bar");
    let mut holds = true;
    for &(name, first, work, case) in GROWING.iter().filter(|(name, ..)| is_chosen(name)) {
        let mut before = None;
        for count in [1, 2, 4].map(|factor| factor * first * times) {
            let case = case(count);
            let (mut least, mut found) = (f64::INFINITY, 0);
            for _ in 0..ROUNDS {
                let start = Moment::now();
                found = run(&case, work);
                least = least.min(start.seconds());
            }
            let ratio = before.map(|before| least / before);
            let shown = ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"));
            println!("{name:>28} {count:>8} {found:>9} {:>7.1} ms {shown:>6} {BAR:>4}", least * 1e3);
            holds &= ratio.is_none_or(|ratio| ratio <= BAR);
            before = Some(least);
        }
    }
    println!("\n{}", if holds { "holds" } else { "BROKEN: time" });
    if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
