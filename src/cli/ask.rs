//! What `why` and `who-can` share: a question, asked of accounts.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::rc::Rc;

use clap::ValueEnum;

use super::hint;
use super::organization::{Answers, Asking, Organization, Silence, Tabled, named, nobody, unknown};
use super::output::Writing;
use crate::accounts::{Account, Accounts, Alike};
use crate::catalogue::Cmdlets;
use crate::graph::{Answer, Graph, Judged, Miss, MissCode, Question, RoleEntries, Target, is_common};
use crate::inventory::Inventory;
use crate::name::{fold, same};
use crate::policy::{Item, ParameterMode, Requirement, Who};
use crate::record::Kind;
use crate::remedy::Fix;
use crate::report::Style;
use crate::report::answer::{self, Answered, Verdict, asked_text};
use crate::report::who_can::{Holders, Shown};
use crate::rules::nearest_ways;
use crate::source::{FileId, Sources, Span};

/// What was typed stands in no file.
const NOWHERE: Span = Span { file: FileId(0), start: 0, end: 0 };
/// The fixes for more cmdlets than this are not tried.
const TRIED_MAX: usize = 16;

/// One cmdlet, perhaps with parameters.
#[derive(Clone, Debug)]
pub(super) struct Cmdlet(pub(super) Item);

impl std::str::FromStr for Cmdlet {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Item::parse(text, NOWHERE).map(Self)
    }
}

/// What is asked, and of whom.
#[derive(Debug)]
pub(super) struct Asked<'a, S> {
    pub(super) cmdlet: &'a Cmdlet,
    /// The accounts that are asked about; all where there is none.
    pub(super) patterns: &'a [String],
    /// The recipient to act on; `None` where any will do.
    pub(super) on: Option<&'a str>,
    pub(super) format: Tabled,
    /// How the answers for people look, and whether they leave nothing out.
    pub(super) style: Style,
    pub(super) whole: bool,
    /// What a table for people shows, where that is asked for.
    pub(super) table: Option<Shown>,
    /// Which answers are printed.
    pub(super) shows: S,
}

/// Asks about every account that is named. The exit code is what `code` gives for the answers, each once.
pub(super) fn ask<F: ValueEnum + Clone + Into<Tabled> + Send + Sync + 'static>(
    answers: &Answers<F>,
    asked: &Asked<'_, impl Fn(Verdict) -> bool>,
    code: impl Fn(&BTreeSet<Verdict>) -> u8,
) -> ExitCode {
    let asking = Asking { advises: asked.explains(), ..answers.asking(answer::push_csv_heading) };
    asking.each(|organization, sources, out| asked.answer(organization, sources, out).map(|answers| code(&answers)))
}

impl<S: Fn(Verdict) -> bool> Asked<'_, S> {
    /// Whether it is shown what would let an account run what it cannot.
    fn explains(&self) -> bool {
        match self.format {
            Tabled::Human => self.table.is_none() || self.whole,
            Tabled::Json => true,
            Tabled::Csv => false,
        }
    }

    /// What would let accounts run what they cannot, by their names: what `check` proposes where this is all that is
    /// asked. `tries` the fixes first.
    fn fixes<'i>(
        &self,
        (organization, sources): (&Organization, &Sources<'_>),
        question: &Question<'_>,
        denied: impl Iterator<Item = (&'i str, &'i Judged<'i>)>,
        tries: bool,
    ) -> BTreeMap<String, Vec<Fix>> {
        // What is held, but not for the object that was asked about, is no question of roles.
        let is_outside = |miss: &Miss| matches!(miss.code, MissCode::OutsideScope);
        let denied = denied.filter(|(_, judged)| !judged.misses.iter().any(is_outside));
        let named: Vec<Who> = denied.map(|(account, _)| Who::account(account, NOWHERE)).collect();
        if named.is_empty() {
            return BTreeMap::new();
        }
        let typed = &self.cmdlet.0;
        let item = match typed.is_wild() && typed.text != question.cmdlet {
            true => Item { text: asked_text(question), cmdlet: question.cmdlet.to_owned(), ..typed.clone() },
            false => typed.clone(),
        };
        let missing = organization.missing(&Requirement::of(item, named), sources, tries);
        let mut fixes = BTreeMap::new();
        for diagnostic in missing {
            if let Some(account) = diagnostic.subject.account {
                fixes.entry(account).or_insert(diagnostic.fixes);
            }
        }
        fixes
    }

    /// Appends the answers of one organization and returns them, each once.
    ///
    /// Errors: why there is nothing to answer.
    fn answer(
        &self,
        organization: &Organization,
        sources: &Sources<'_>,
        out: &mut Writing,
    ) -> Result<BTreeSet<Verdict>, Silence> {
        let mut accounts = organization.accounts();
        let named = named(&accounts, self.patterns);
        let target = self.on.map(|recipient| target(accounts.organization(), recipient)).transpose()?;
        let cmdlets = cmdlets(&self.cmdlet.0, organization);
        if named.is_empty() {
            let out = out.part()?;
            let unknown =
                unknown(&accounts, self.patterns).map(|account| accounts.organization().unknown_account(account));
            match (unknown, self.format) {
                (Some(gap), Tabled::Json) => {
                    let questions = cmdlets.iter().map(|name| question(&self.cmdlet.0, name));
                    questions.for_each(|question| answer::push_json_of_unknown(out, &gap, &question, sources));
                }
                (Some(gap), Tabled::Human) => answer::push_way_to(out, &gap, &self.style),
                _ => {}
            }
            return Err(nobody(&accounts, self.patterns).into());
        }
        if cmdlets.is_empty() {
            return Err(format!(
                "no cmdlet in the exports matches `{}`, so nothing was answered",
                self.cmdlet.0.cmdlet
            )
            .into());
        }
        if let Some(why) = mistake(&self.cmdlet.0, &accounts) {
            return Err(format!("nothing was answered: {why}").into());
        }
        let mut given = BTreeSet::new();
        let mut shown_gaps = BTreeSet::new();
        let table = self.table.filter(|_| self.format == Tabled::Human);
        let tries = cmdlets.len() <= TRIED_MAX;
        for (number, name) in cmdlets.into_iter().enumerate() {
            let mut holders = Holders::new(self.on);
            let mut chains = String::new();
            let question = Question { on: target.as_ref(), ..question(&self.cmdlet.0, &name) };
            let wanted = organization.exported.names.get(&name).into_iter().collect();
            let mut entries = RoleEntries::of(wanted);
            let mut known: BTreeMap<Alike, Rc<Judgement<'_>>> = BTreeMap::new();
            let mut judgements: Vec<(Account, Rc<Judgement<'_>>)> = Vec::with_capacity(named.len());
            for &account in &named {
                // On one recipient the own mailbox is another for each account, so that nobody is like another.
                let alike = if target.is_some() { None } else { Some(accounts.alike(account)) };
                let judgement = alike
                    .and_then(|alike| known.get(&alike).cloned())
                    .unwrap_or_else(|| Rc::new(Judgement::of(&mut accounts, account, &mut entries, &question)));
                known.extend(alike.map(|alike| (alike, Rc::clone(&judgement))));
                judgements.push((account, judgement));
            }
            let explained = |judgement: &Judgement<'_>| self.explains() && (self.shows)(judgement.verdict);
            let denied = judgements.iter().filter(|(_, judgement)| explained(judgement));
            let denied =
                denied.filter_map(|(account, judgement)| Some((accounts.shown(*account), judgement.denied()?)));
            let fixes = self.fixes((organization, sources), &question, denied, tries);
            for (account, judgement) in judgements {
                let rights = accounts.rights(account);
                let verdict = judgement.verdict;
                given.insert(verdict);
                if table.is_none() && !(self.shows)(verdict) {
                    continue;
                }
                let shown = accounts.shown(account);
                let graph = accounts.graph_mut(account);
                let mut nearest = Vec::new();
                if let Some(denied) = judgement.denied().filter(|_| explained(&judgement)) {
                    let elsewhere = graph.elsewhere(question.cmdlet);
                    nearest = nearest_ways(graph, (shown, &rights), question.cmdlet, &denied.misses, &elsewhere);
                }
                let answered = Answered {
                    account: shown,
                    question: &question,
                    judged: &judgement.judged,
                    verdict,
                    rights: &rights,
                    nearest: &nearest,
                    fixes: fixes.get(shown).map_or(&[], Vec::as_slice),
                };
                let look = (&self.style, self.whole);
                if table.is_some() {
                    holders.add(&answered, graph);
                }
                match self.format {
                    Tabled::Human if table.is_none() => {
                        answered.push_human(out.part()?, graph, sources, &mut shown_gaps, look);
                    }
                    Tabled::Human if explained(&judgement) => {
                        answered.push_human(&mut chains, graph, sources, &mut shown_gaps, look);
                    }
                    Tabled::Human => {}
                    Tabled::Json => answered.push_json(out.part()?, graph, sources),
                    Tabled::Csv => answered.push_csv(out.part()?, graph),
                }
            }
            if let Some(shown) = table {
                let out = out.part()?;
                out.push_str(if number > 0 { "\n" } else { "" });
                holders.push(out, sources, &self.style, shown);
                out.push_str(&chains);
            }
        }
        Ok(given)
    }
}

/// Why a cmdlet or a parameter is probably mistyped: nothing knows it; and what was probably meant.
pub(super) fn mistake(item: &Item, accounts: &Accounts<'_>) -> Option<String> {
    let inventories = accounts.inventories();
    let is_entry = inventories.iter().any(|inventory| inventory.names.get(&item.text).is_some());
    if item.is_wild() || is_entry && item.text != item.cmdlet {
        return None;
    }
    let known = accounts.organization().catalogue().cmdlets();
    unknown_cmdlet(known, &inventories, &item.cmdlet)
        .or_else(|| unknown_parameter(known, &inventories, &item.cmdlet, &item.parameters))
}

/// Why a cmdlet is probably mistyped: neither exports nor the documentation know it.
pub(super) fn unknown_cmdlet(known: &Cmdlets, inventories: &[&Inventory], name: &str) -> Option<String> {
    let is_exported = |inventory: &&Inventory| inventory.cmdlets().any(|cmdlet| same(inventory.show(cmdlet), name));
    if known.get(name).is_some() || !name.contains('-') || inventories.iter().any(is_exported) {
        return None;
    }
    let hint = hint(name, known.names());
    Some(format!("neither the exports nor Microsoft's documentation have a cmdlet `{name}`{hint}"))
}

/// Why a parameter of a documented cmdlet is probably mistyped.
pub(super) fn unknown_parameter(
    known: &Cmdlets,
    inventories: &[&Inventory],
    cmdlet: &str,
    parameters: &[String],
) -> Option<String> {
    let documented = known.get(cmdlet)?;
    let names = || documented.parameters().map(|(name, _)| name);
    let is_known = |parameter: &String| {
        is_common(parameter)
            || names().any(|name| same(name, parameter))
            || inventories.iter().any(|inventory| inventory.names.get(parameter).is_some())
    };
    names().next()?;
    let parameter = parameters.iter().find(|parameter| !parameter.contains(['*', '?']) && !is_known(parameter))?;
    let hint = hint(parameter, names());
    Some(format!(
        "neither the exports nor Microsoft's documentation have a parameter `{parameter}` of `{cmdlet}`{hint}"
    ))
}

/// An answer, and what it is without the own mailbox, where that is less.
struct Judgement<'i> {
    /// What is shown.
    judged: Judged<'i>,
    elsewhere: Option<Judged<'i>>,
    verdict: Verdict,
}

impl<'i> Judgement<'i> {
    fn of(
        accounts: &mut Accounts<'i>,
        account: Account,
        entries: &mut RoleEntries<'i>,
        question: &Question<'_>,
    ) -> Self {
        let rights = accounts.rights(account);
        let graph = accounts.graph_mut(account);
        let grants = match account {
            Account::Exported(_) => graph.grants(&rights, entries),
            Account::Asserted(_) => graph.grants(&rights, &mut RoleEntries::all()),
        };
        let mut judged = graph.judge(&rights, &grants, question);
        let asks_elsewhere = question.on.is_none() || judged.answer == Answer::Unknown;
        let elsewhere = (judged.answer != Answer::NotGranted && asks_elsewhere)
            .then(|| graph.judge(&rights, &grants, &Question { own_mailbox: false, ..question.clone() }));
        let verdict = Verdict::of(judged.answer, elsewhere.as_ref().map(|elsewhere| elsewhere.answer));
        let Some(elsewhere) = elsewhere.filter(|elsewhere| elsewhere.answer != judged.answer) else {
            return Self { judged, elsewhere: None, verdict };
        };
        match verdict {
            // What is granted on the own mailbox proves nothing of the others.
            Verdict::Merged => judged = elsewhere.clone(),
            Verdict::OwnAtLeast => judged.gaps.clone_from(&elsewhere.gaps),
            _ => {}
        }
        Self { judged, elsewhere: Some(elsewhere), verdict }
    }

    /// What is certainly not granted, the own mailbox aside.
    fn denied(&self) -> Option<&Judged<'i>> {
        std::iter::once(&self.judged).chain(&self.elsewhere).find(|judged| judged.answer == Answer::NotGranted)
    }
}

/// The one recipient, server or database that a text names.
///
/// Errors: no export shows it, or several are called so.
pub(super) fn target(graph: &Graph<'_>, named: &str) -> Result<Target, String> {
    let configured = |kind, what, name: &str| {
        let target = graph.configured_target(kind, name.trim());
        let alike = || graph.inventory().objects.iter().filter(|fact| fact.kind == kind);
        target.ok_or_else(|| {
            let hint = hint(name, alike().map(|fact| fact.name.as_str()));
            format!("no export shows a {what} `{name}`, so nothing was answered{hint}")
        })
    };
    match named.split_once(':') {
        Some((word, name)) if same(word, "server") => return configured(Kind::ExchangeServer, "server", name),
        Some((word, name)) if same(word, "database") => return configured(Kind::MailboxDatabase, "database", name),
        _ => {}
    }
    match graph.recipients_named(named)[..] {
        [one] => Ok(graph.target(one)),
        [] => {
            let inventory = graph.inventory();
            let hint = hint(named, inventory.principals.ids().map(|id| inventory.show_principal(id)));
            Err(format!("no export shows a recipient `{named}`, so nothing was answered{hint}"))
        }
        _ => Err(format!("several recipients are called `{named}`, so nothing was answered")),
    }
}

/// The cmdlets that are meant: all that a wildcard matches in the exports, else the one that is named.
pub(super) fn cmdlets(item: &Item, organization: &Organization) -> Vec<String> {
    let asserted = || organization.asserted.iter().map(|(_, inventory)| inventory);
    let inventories = || std::iter::once(&organization.exported).chain(asserted());
    if item.text != item.cmdlet && inventories().any(|inventory| inventory.names.get(&item.text).is_some()) {
        return vec![item.text.clone()];
    }
    if !item.is_wild() {
        return vec![item.cmdlet.clone()];
    }
    let all = inventories().flat_map(|inventory| inventory.cmdlets().map(|cmdlet| inventory.show(cmdlet)));
    let mut matching: Vec<&str> = all.collect::<BTreeSet<_>>().into_iter().filter(|name| item.matches(name)).collect();
    matching.sort_by_cached_key(|name| fold(name));
    matching.dedup_by(|left, right| crate::name::same(left, right));
    matching.into_iter().map(ToOwned::to_owned).collect()
}

pub(super) fn question<'q>(item: &'q Item, name: &'q str) -> Question<'q> {
    let (all, any): (&[String], &[String]) = match item.mode {
        // The whole text is the name of an entry.
        _ if name == item.text && item.text != item.cmdlet => (&[], &[]),
        ParameterMode::All => (&item.parameters, &[]),
        ParameterMode::Any => (&[], &item.parameters),
    };
    Question { cmdlet: name, all, any, own_mailbox: true, on: None }
}
