//! The accounts: by which ways each holds its roles, as a picture and as a table.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use maud::{Markup, html};

use super::overview::levels;
use super::{Page, Quotes, counted, message, number, picture, text};
use crate::report::portrait::{Gives, Holds, Portrait, Portraits, Way};

/// From this many on, accounts that hold the same and have no finding stand together; all that hold the same where the
/// page would be too large otherwise.
const ALONE_MAX: usize = 500;

/// The id of an account's element.
fn id(organization: usize, index: usize) -> String {
    format!("account-{organization}-{index}")
}

/// The id of what an account holds.
fn find(page: &Page<'_, '_>, organization: Option<&str>, account: &str) -> Option<String> {
    page.finished.dossier.portraits.iter().enumerate().find_map(|(number, (name, portraits))| {
        let of = |portrait: &Portrait| (crate::name::fold(&portrait.account), portrait.account.clone());
        let key = (crate::name::fold(account), account.to_owned());
        let same = name.as_deref() == organization;
        let index = same.then(|| portraits.accounts.binary_search_by_key(&key, of).ok()).flatten()?;
        Some(id(number, index))
    })
}

/// The name of an account, as a link to what it holds where that is shown.
pub(super) fn link(page: &Page<'_, '_>, organization: Option<&str>, account: &str) -> Markup {
    html! {
        @match find(page, organization, account) {
            Some(id) => a class="account" href=(format!("#{id}")) { (text(account)) },
            None => span class="account" { (text(account)) },
        }
    }
}

pub(super) fn accounts(page: &Page<'_, '_>) -> Markup {
    let dossier = &page.finished.dossier;
    let count: usize = dossier.portraits.iter().map(|(_, portraits)| portraits.accounts.len()).sum();
    html! {
        @if count == 0 { p class="lead" { "No account was judged." } }
        @else {
            p class="lead" { (counted(count, "account")) ". Open one to see by which ways it holds its roles." }
        }
        @let unknown = unknown(page);
        @if !unknown.is_empty() {
            p class="lead" { "Named by findings, and in none of the exports:" }
            @for (number, (organization, account)) in unknown.into_iter().enumerate() {
                @let portrait = Portrait { account: account.to_owned(), holds: Rc::default() };
                (one(page, organization, &portrait, &format!("unknown-{number}")))
            }
        }
        @for (number, (organization, portraits)) in dossier.portraits.iter().enumerate() {
            @if let Some(name) = organization { h3 { (text(name)) } }
            @for together in together(page, organization.as_deref(), portraits, count) {
                @if let [index] = together[..] {
                    (one(page, organization.as_deref(), &portraits.accounts[index], &id(number, index)))
                } @else {
                    (alike(page, organization.as_deref(), portraits, number, &together))
                }
            }
        }
    }
}

/// The accounts that findings name and no export shows.
fn unknown<'p>(page: &'p Page<'_, '_>) -> Vec<(Option<&'p str>, &'p str)> {
    let all = page.of_account.keys().copied();
    all.filter(|(organization, account)| find(page, *organization, account).is_none()).collect()
}

/// Which accounts stand together, in the order of the first of each.
fn together(page: &Page<'_, '_>, organization: Option<&str>, portraits: &Portraits, count: usize) -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> = Vec::new();
    // Only looked up, so that no report depends on an address.
    let mut known: BTreeMap<*const Holds, usize> = BTreeMap::new();
    for (index, portrait) in portraits.accounts.iter().enumerate() {
        let quiet = page.findings_of(organization, &portrait.account).is_empty();
        if count <= ALONE_MAX || !(quiet || page.quotes != Quotes::Whole) {
            all.push(vec![index]);
            continue;
        }
        let place = *known.entry(Rc::as_ptr(&portrait.holds)).or_insert(all.len());
        if place == all.len() {
            all.push(Vec::new());
        }
        all[place].push(index);
    }
    all
}

/// Accounts that hold the same: what the first holds, and the names of all.
fn alike(
    page: &Page<'_, '_>,
    organization: Option<&str>,
    portraits: &Portraits,
    number: usize,
    together: &[usize],
) -> Markup {
    let first = &portraits.accounts[together[0]];
    let words = format!("{} that hold the same", counted(together.len(), "account"));
    html! {
        details class="account" {
            summary {
                span class="name" { (text(&first.account)) " …" }
                span class="facts" { (words) ": " (counted(first.holds.cmdlets, "cmdlet")) }
            }
            (picture::picture(&words, &first.holds.ways, |_| false))
            (tables(&first.holds.ways))
            ul class="names" {
                @for index in together {
                    @let account = &portraits.accounts[*index].account;
                    li id=(id(number, *index)) data-account=(text(account)) {
                        (text(account)) " " (levels(page.findings_of(organization, account), page))
                    }
                }
            }
        }
    }
}

fn one(page: &Page<'_, '_>, organization: Option<&str>, portrait: &Portrait, id: &str) -> Markup {
    let holds = &portrait.holds;
    let findings = page.findings_of(organization, &portrait.account);
    let ways = holds.ways.iter().filter(|way| way.gives == Gives::Certain).count();
    let roles: BTreeSet<&str> = holds.ways.iter().map(|way| way.role.as_str()).collect();
    let touched = |way: &Way| {
        findings.iter().any(|index| {
            let subject = &page.findings[*index].said.subject;
            let named = |name: &Option<String>, other: &str| name.as_deref() == Some(other);
            named(&subject.role, &way.role)
                || way.assignment.as_deref().is_some_and(|it| named(&subject.assignment, it))
        })
    };
    html! {
        details class="account" id=(id) data-account=(text(&portrait.account)) {
            summary {
                span class="name" { (text(&portrait.account)) }
                span class="facts" {
                    (counted(holds.cmdlets, "cmdlet")) " by " (counted(roles.len(), "role")) ", " (counted(ways, "way"))
                    @if !holds.gaps.is_empty() { ", perhaps more" }
                }
                span class="counts" { (levels(findings, page)) }
            }
            @if holds.ways.is_empty() { p { "It holds no role." } }
            (picture::picture(&portrait.account, &holds.ways, touched))
            @if !holds.ways.is_empty() { (tables(&holds.ways)) }
            @if !holds.gaps.is_empty() {
                h3 { "Why there may be more" }
                ul { @for gap in &holds.gaps { li { (message(gap)) } } }
            }
            @if !findings.is_empty() {
                h3 { "Findings" }
                ul {
                    @for index in findings {
                        li { a href=(format!("#{}", page.ids[*index])) { (text(&page.findings[*index].said.text())) } }
                    }
                }
            }
        }
    }
}

/// What a chain gives, the role assignment policy that it is, and else its groups.
type Chain<'w> = (Gives, Option<&'w str>, &'w [String]);

/// What comes by each chain: a table of roles; a sentence where the roles cannot be used.
fn tables(ways: &[Way]) -> Markup {
    let mut chains: BTreeMap<Chain<'_>, Vec<&Way>> = BTreeMap::new();
    for way in ways {
        chains.entry((way.gives, way.policy.as_deref(), &way.groups)).or_default().push(way);
    }
    html! {
        @for ((given, policy, groups), ways) in &chains {
            @let chain = html! {
                (gives(*given)) " "
                @if let Some(policy) = policy { "by role assignment policy " strong { (text(policy)) } }
                @else if groups.is_empty() { "assigned to the account itself" }
                @else {
                    "as a member of "
                    @for (depth, group) in groups.iter().enumerate() {
                        @if depth > 0 { " › " }
                        strong { (text(group)) }
                    }
                }
            };
            @if *given == Gives::Delegating {
                @let roles: BTreeSet<&str> = ways.iter().map(|way| way.role.as_str()).collect();
                p class="assign" { (chain) ": " (text(&roles.into_iter().collect::<Vec<_>>().join(", "))) }
            } @else {
                (table(&chain, ways))
            }
        }
    }
}

fn table(chain: &Markup, ways: &[&Way]) -> Markup {
    html! {
        div class="scroll" tabindex="0" role="group" aria-label="Roles by one way" {
            table class="plain roles" {
                caption { (chain) }
                thead { tr {
                    th scope="col" { "Role" } th scope="col" { "Assignment" } th scope="col" { "May write" }
                    th scope="col" class="number" { "Cmdlets" } th scope="col" class="number" { "Only here" }
                    th scope="col" class="number" { "Required" }
                } }
                tbody {
                    @for way in ways {
                        tr {
                            th scope="row" { (text(&way.role)) }
                            td { (text(way.assignment.as_deref().unwrap_or("–"))) }
                            td { (text(&way.scope)) }
                            @for count in [way.cmdlets, way.alone, way.asked] {
                                td class="number" { @if way.gives == Gives::Disabled { "–" } @else { (number(count as u64)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn gives(gives: Gives) -> Markup {
    let (class, shape, words) = match gives {
        Gives::Certain => ("granted", "●", "gives"),
        Gives::Unknown => ("unknown", "?", "unknown whether it gives,"),
        Gives::Disabled => ("missing", "○", "disabled: gives nothing,"),
        Gives::Delegating => ("missing", "○", "may assign, not use,"),
    };
    html! { span class=(format!("answer {class}")) { span aria-hidden="true" { (shape) } " " (words) } }
}
