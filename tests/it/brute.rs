//! Random organizations, exported whole, against a judge that knows nothing of files.
//!
//! `PROPTEST_CASES` says how many; the seed is fixed, so that a run can be repeated.

pub(crate) mod change;
mod console;
pub(crate) mod damage;
pub(crate) mod export;
pub(crate) mod judge;
mod narrow;
mod order;
pub(crate) mod organization;
pub(crate) mod product;
mod roles;
pub(crate) mod scoped;
mod shown;

use std::collections::BTreeSet;
use std::path::Path;

use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};
use serde_json::Value;

use judge::{Asked, Bound, Far, Said};
use organization::{CMDLETS, GroupKind, Organization, PARAMETERS, UserKind, organizations};
use product::Answers;

/// How organizations are drawn: `cases` of them unless the environment says otherwise, always the same ones.
pub(crate) fn runner(cases: u32) -> TestRunner {
    let mut config = Config { failure_persistence: None, max_shrink_iters: 4000, ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = cases;
    }
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(20_161_108);
    }
    TestRunner::new(config)
}

/// The same, where each case starts programs: a smaller one that fails as well is not looked for so long.
pub(crate) fn slow_runner(cases: u32) -> TestRunner {
    TestRunner::new(Config { max_shrink_iters: 100, ..runner(cases).config().clone() })
}

/// Every cmdlet alone, with each way of asking for parameters, and for the own mailbox.
pub(crate) fn questions() -> Vec<Asked> {
    let mut questions = Vec::new();
    for (cmdlet, _) in CMDLETS.iter().enumerate() {
        let ask = |all: &[&'static str], any: &[&'static str], far| Asked {
            cmdlet,
            all: all.to_vec(),
            any: any.to_vec(),
            far,
        };
        questions.extend([
            ask(&[], &[], Far::Anything),
            ask(&[], &[], Far::OwnMailbox),
            ask(&[], &[], Far::Organization),
        ]);
        // A colon is part of this name, so no parameters can be asked for.
        if !CMDLETS[cmdlet].contains(':') {
            questions.extend([
                ask(&[PARAMETERS[0]], &[], Far::Anything),
                ask(&[PARAMETERS[1], PARAMETERS[3], organization::COMMON], &[], Far::Anything),
                ask(&[PARAMETERS[0], PARAMETERS[2]], &[], Far::OwnMailbox),
                ask(&[PARAMETERS[0], PARAMETERS[1]], &[], Far::Organization),
                ask(&[], &[PARAMETERS[1], PARAMETERS[2]], Far::Anything),
                ask(&[organization::COMMON], &[], Far::Anything),
            ]);
        }
    }
    questions
}

/// Writes the exports into a folder of their own and hands it on.
pub(crate) fn in_folder<R>(exports: &[export::Export], work: impl FnOnce(&Path) -> R) -> R {
    let folder = tempfile::Builder::new().prefix("organization").tempdir().expect("there is room for a folder");
    export::write(exports, folder.path());
    work(folder.path())
}

#[test]
fn every_answer_is_the_judges() {
    let questions = questions();
    let result = runner(300).run(&organizations(), |organization| {
        let answers = in_folder(&export::exports(&organization), |folder| product::ask(folder, &questions));
        compare_accounts(&organization, &answers)?;
        compare_requirements(&organization, &questions, &answers)?;
        compare_access(&organization, &answers)
    });
    panic_with_files(result);
}

/// Shows the smallest organization as its files, which say more than its data.
fn panic_with_files(result: Result<(), TestError<Organization>>) {
    match result {
        Ok(()) => {}
        Err(TestError::Fail(reason, organization)) => {
            let files = export::exports(&organization);
            let files: Vec<String> =
                files.iter().map(|export| format!("--- {}\n{}", export.name, export.text())).collect();
            panic!("{reason}\n{}", files.join("\n"));
        }
        Err(error) => panic!("{error}"),
    }
}

fn fail(message: String) -> TestCaseError {
    TestCaseError::fail(message)
}

fn compare_accounts(organization: &Organization, answers: &Answers) -> Result<(), TestCaseError> {
    let expected: BTreeSet<&str> = organization.users.iter().map(|user| user.name).collect();
    let found: BTreeSet<&str> = answers.accounts().collect();
    let once = expected.iter().all(|name| answers.count(name) == 1);
    if expected == found && once { Ok(()) } else { Err(fail(format!("accounts: {expected:?}, not {found:?}"))) }
}

fn compare_requirements(
    organization: &Organization,
    questions: &[Asked],
    answers: &Answers,
) -> Result<(), TestCaseError> {
    for (user, own) in organization.users.iter().enumerate() {
        for (number, asked) in questions.iter().enumerate() {
            let right = organization.right_answers(user, asked);
            let said = answers.said(own.name, number);
            if said.len() != 1 || !right.contains(&said[0]) {
                let cmdlet = CMDLETS[asked.cmdlet];
                return Err(fail(format!("{} {cmdlet} {asked:?}: {right:?}, not {said:?}", own.name)));
            }
        }
    }
    Ok(())
}

/// What identifies a grant: the cmdlet, the assignment, and whether it is certain.
type Line = (String, String, &'static str);

fn compare_access(organization: &Organization, answers: &Answers) -> Result<(), TestCaseError> {
    for (user, own) in organization.users.iter().enumerate() {
        let line = answers.access_of(own.name).ok_or_else(|| fail(format!("no line for {}", own.name)))?;
        let wrong = |what: &str, expected: &dyn std::fmt::Debug| {
            fail(format!("access of {}: {what}: expected {expected:?} in {line:#}", own.name))
        };
        let lower = organization.grants_of(user, Bound::Lower);
        let upper = organization.grants_of(user, Bound::Upper);
        let certain = |grant: &judge::Grant| lower.iter().any(|own| own.assignment == grant.assignment);
        let expected: BTreeSet<Line> = upper
            .iter()
            .map(|grant| {
                let answer = if certain(grant) { "granted" } else { "unknown" };
                let assignment = &organization.assignments[grant.assignment].name;
                (CMDLETS[grant.cmdlet].to_owned(), assignment.clone(), answer)
            })
            .collect();
        let mut found = BTreeSet::new();
        let mut count = 0;
        for cmdlet in array(&line["cmdlets"]) {
            compare_cmdlet(organization, user, cmdlet)?;
            for grant in array(&cmdlet["grants"]) {
                let answer = if grant["answer"] == "granted" { "granted" } else { "unknown" };
                found.insert((word(&cmdlet["cmdlet"]), word(&grant["assignment"]), answer));
                count += 1;
            }
        }
        if found != expected || count != expected.len() {
            return Err(wrong("grants", &expected));
        }
        let is_whole = line["complete"] == true;
        if is_whole != array(&line["gaps"]).is_empty() {
            return Err(wrong("complete without gaps", &is_whole));
        }
        let linked = matches!(organization.users[user].kind, UserKind::LinkedMailbox(_));
        let doubtful = |group: &organization::Group| match group.kind {
            GroupKind::Distribution => true,
            GroupKind::Linked => linked,
            GroupKind::RoleGroup | GroupKind::Security => false,
        };
        let cmdlets = |grants: &[judge::Grant]| grants.iter().map(|grant| grant.cmdlet).collect::<BTreeSet<_>>();
        if !is_whole && !organization.groups.iter().any(doubtful) {
            return Err(wrong("complete", &true));
        }
        if is_whole && cmdlets(&lower) != cmdlets(&upper) {
            return Err(wrong("complete", &false));
        }
    }
    Ok(())
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The parameters of a cmdlet, and of each grant its scopes, parameters and chain.
fn compare_cmdlet(organization: &Organization, user: usize, cmdlet: &Value) -> Result<(), TestCaseError> {
    let wrong = |what: &str, expected: &dyn std::fmt::Debug, at: &Value| {
        fail(format!("access of {}: {what}: expected {expected:?} in {at:#}", organization.users[user].name))
    };
    let mut union: BTreeSet<&str> = BTreeSet::new();
    let mut certain = true;
    for shown in array(&cmdlet["grants"]) {
        let granted = shown["answer"] == "granted";
        let bound = if granted { Bound::Lower } else { Bound::Upper };
        let grants = organization.grants_of(user, bound);
        let grant = grants.iter().find(|grant| {
            let assignment = &organization.assignments[grant.assignment].name;
            shown["assignment"] == assignment.as_str() && cmdlet["cmdlet"] == CMDLETS[grant.cmdlet]
        });
        let Some(grant) = grant else { return Err(wrong("a grant", &"none", shown)) };
        let assignment = &organization.assignments[grant.assignment];
        let mut parameters = grant.parameters.clone();
        parameters.sort_by_key(|name| name.to_lowercase());
        let keys = ["recipient_read_scope", "recipient_write_scope", "config_read_scope", "config_write_scope"];
        let scopes: Vec<String> = keys.iter().map(|key| word(&shown[key])).collect();
        if shown["parameters"] != Value::from(parameters.clone()) || shown["parameters_complete"] != true {
            return Err(wrong("parameters", &parameters, shown));
        }
        if scopes != assignment.scopes || shown["custom_recipient_write_scope"] != Value::from(assignment.custom) {
            return Err(wrong("scopes", &(assignment.scopes, assignment.custom), shown));
        }
        if shown["role"] != organization.roles[assignment.role].name {
            return Err(wrong("role", &organization.roles[assignment.role].name, shown));
        }
        compare_chain(organization, user, grant, bound, shown)?;
        if granted {
            union.extend(&grant.parameters);
        } else {
            certain = false;
        }
    }
    let mut union: Vec<&str> = union.into_iter().collect();
    union.sort_by_key(|name| name.to_lowercase());
    if cmdlet["parameters"] != Value::from(union.clone()) {
        return Err(wrong("parameters of the cmdlet", &union, cmdlet));
    }
    if !certain && cmdlet["parameters_complete"] == true {
        return Err(wrong("parameters_complete", &false, cmdlet));
    }
    Ok(())
}

/// The chain leads from the account to the assignee, member by member, and none is shorter.
fn compare_chain(
    organization: &Organization,
    user: usize,
    grant: &judge::Grant,
    bound: Bound,
    shown: &Value,
) -> Result<(), TestCaseError> {
    let through: Vec<&str> = array(&shown["through"]).iter().filter_map(Value::as_str).collect();
    let assignee = organization.assignments[grant.assignment].assignee;
    let wrong = |expected: &str| fail(format!("{}: {expected} in {shown:#}", organization.users[user].name));
    if grant.by_policy {
        return if through == [organization.assignee_name(assignee)] { Ok(()) } else { Err(wrong("the policy")) };
    }
    // A link of which an export cannot say that it exists has no length.
    let exact = bound == Bound::Lower;
    if exact && through.len() != grant.distance {
        return Err(wrong(&format!("a chain of {}", grant.distance)));
    }
    let mut below = organization::Principal::User(user);
    for name in &through {
        let number = organization.groups.iter().position(|group| group.name == *name);
        let Some(number) = number else { return Err(wrong("groups")) };
        let group = &organization.groups[number];
        let links = group.members.iter().any(|(member, _)| *member == below) || group.kind == GroupKind::Linked;
        if !links || exact && group.kind == GroupKind::Distribution {
            return Err(wrong(&format!("another way to {name}")));
        }
        below = organization::Principal::Group(number);
    }
    match through.last() {
        Some(last) if *last != organization.assignee_name(assignee) => Err(wrong("the assignee at the end")),
        _ => Ok(()),
    }
}

/// Answers that are all alike would make every comparison easy.
#[test]
fn organizations_raise_every_answer() {
    let seen: std::cell::RefCell<BTreeSet<Said>> = std::cell::RefCell::default();
    let questions = questions();
    let result = runner(60).run(&organizations(), |organization| {
        for user in 0..organization.users.len() {
            for asked in &questions {
                seen.borrow_mut().extend(organization.right_answers(user, asked));
            }
        }
        Ok(())
    });
    assert!(result.is_ok(), "nothing is judged here");
    assert_eq!(seen.borrow().len(), 7, "of the seven answers these were raised: {seen:?}");
}
