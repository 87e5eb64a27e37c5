//! `rolecall roles-with`: every role that has a cmdlet.

use std::collections::BTreeSet;
use std::process::ExitCode;

use clap::Args;

use super::ask::{unknown_cmdlet, unknown_parameter};
use super::hint;
use super::organization::{Answers, Organization, Silence, Tabled};
use crate::graph::{EntryGrant, Gap, Graph, RoleEntries, Wildcard, is_common};
use crate::inventory::{Inventory, NO_ROLE};
use crate::name::{Symbol, fold, same};
use crate::record::Kind;
use crate::report::roles_with::{self, RoleWith};

#[derive(Debug, Args)]
#[command(after_help = after_help![
        "rolecall roles-with Set-Mailbox exports",
        "rolecall roles-with Set-Mailbox:ForwardingAddress exports",
        "rolecall roles-with 'Help Desk\\*' exports";
        "0": "a role has it, or certainly none has",
        "2": "wrong usage, or a name that nothing knows",
        "3": "every answer is undecided, or nothing was answered"
    ]
)]
pub(super) struct Options {
    /// The cmdlet, perhaps with its role and with parameters: `Set-Mailbox:Forwarding*`, `*Help*\Set-*`, `*:Database`;
    /// `*` and `?` are wild, `,` asks for all parameters and `|` for any
    cmdlet: Asked,
    #[command(flatten)]
    answers: Answers<Tabled>,
}

/// What is asked for.
#[derive(Clone, Debug)]
struct Asked {
    text: String,
    role: Option<String>,
    cmdlet: String,
    parameters: Vec<String>,
    any: bool,
}

impl std::str::FromStr for Asked {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (role, rest) = match text.rsplit_once('\\') {
            Some((role, rest)) => (Some(role.to_owned()), rest),
            None => (None, text),
        };
        let (cmdlet, list) = rest.split_once(':').map_or((rest, None), |(cmdlet, list)| (cmdlet, Some(list)));
        if cmdlet.trim().is_empty() || role.as_deref() == Some("") {
            return Err(format!("`{text}` names no cmdlet: `*:{}` asks for parameters of any", list.unwrap_or("P")));
        }
        let list = list.unwrap_or("");
        if list.contains(',') && list.contains('|') {
            return Err(format!("`{text}` mixes `,` (all of them) and `|` (any of them)"));
        }
        let names = list.split([',', '|']).map(|name| name.trim().trim_start_matches('-').to_owned());
        let parameters: Vec<String> = names.filter(|name| !name.is_empty()).collect();
        if parameters.is_empty() && rest.contains(':') {
            return Err(format!("`{text}` lacks a parameter"));
        }
        let (text, cmdlet) = (text.to_owned(), cmdlet.trim().to_owned());
        Ok(Self { text, role, cmdlet, parameters, any: list.contains('|') })
    }
}

impl Asked {
    /// The same, where the whole text is the name of an entry: `GetUserPhoto:GET`.
    fn among(&self, inventory: &Inventory) -> Self {
        let whole = match &self.role {
            Some(role) => self.text[role.len() + 1..].trim(),
            None => self.text.as_str(),
        };
        let is_entry = inventory.names.get(whole).is_some_and(|name| inventory.roles_with(name).next().is_some());
        match is_entry && !self.parameters.is_empty() {
            true => Self { cmdlet: whole.to_owned(), parameters: Vec::new(), ..self.clone() },
            false => self.clone(),
        }
    }

    fn is_wild(&self) -> bool {
        self.cmdlet.contains(['*', '?'])
    }

    /// Whether an entry has the parameters; `None` where its list is cut and may hold what is missing.
    fn matches(&self, inventory: &Inventory, entry: &EntryGrant<'_>) -> Option<bool> {
        let has = |wanted: &String| {
            let pattern = Wildcard::new(wanted);
            is_common(wanted) || entry.parameters.iter().any(|name| pattern.matches(inventory.show(*name)))
        };
        let mut wanted = self.parameters.iter();
        let holds = if self.any { wanted.any(has) } else { wanted.all(has) };
        let certain = holds || entry.parameters_complete;
        certain.then_some(holds).filter(|_| entry.gap.is_none())
    }
}

pub(super) fn run(options: &Options) -> ExitCode {
    let asking = options.answers.asking(roles_with::push_csv_heading);
    let (style, whole) = (options.answers.output.style(), options.answers.output.is_verbose());
    let mut mistaken = false;
    let code = asking.each(|organization, sources, out| {
        let found = roles(organization, &options.cmdlet)?;
        let accounts = organization.accounts();
        let graph = accounts.organization();
        let asked = options.cmdlet.among(graph.inventory());
        if let Some(why) = misspelt(graph, &asked) {
            // What is cut or was not exported might know it.
            mistaken = found.iter().all(|it| it.matches.is_some());
            return Err(format!("error: {why}").into());
        }
        if found.is_empty() {
            return say_none(&format!("no role in the exports has `{}`", asked.text));
        }
        let decided = found.iter().any(|it| it.matches == Some(true));
        for it in &found {
            let out = out.part()?;
            match options.answers.format {
                // People ask which roles have it; of the others the names will do.
                Tabled::Human if it.matches == Some(false) => {}
                Tabled::Human => it.push_human(out, graph, sources, (&style, whole)),
                Tabled::Json => it.push_json(out, graph, sources),
                Tabled::Csv => it.push_csv(out, graph),
            }
        }
        if options.answers.format == Tabled::Human {
            let others = found.iter().filter(|it| it.matches == Some(false));
            roles_with::push_others(out.part()?, graph, others, &style);
        }
        // Where nothing is certain, every answer is open.
        Ok(if decided || found.iter().all(|it| it.matches == Some(false)) { 0 } else { 3 })
    });
    if mistaken { ExitCode::from(2) } else { code }
}

/// Says that certainly no role has it.
fn say_none(why: &str) -> Result<u8, Silence> {
    eprintln!("{}", crate::report::escape::visible(why));
    Ok(0)
}

/// Every role with the cmdlet, and those that may have it, sorted by role, then cmdlet.
fn roles<'i>(organization: &'i Organization, asked: &Asked) -> Result<Vec<RoleWith<'i>>, String> {
    let mut accounts = organization.accounts();
    let graph = accounts.organization_mut();
    let inventory = graph.inventory();
    if inventory.record_count(Kind::RoleEntry) == 0 && inventory.cmdlets().next().is_none() {
        let known = inventory.roles.names().next().is_some() || !inventory.assignments.is_empty();
        if !known {
            return Err("no export shows a role or a role entry, so nothing was answered".to_owned());
        }
    }
    let asked = asked.among(inventory);
    let (cmdlets, pattern) = (Wildcard::new(&asked.cmdlet), asked.role.as_deref().map(Wildcard::new));
    let shown = |role: Symbol| inventory.show_role(role).unwrap_or("");
    let is_meant = |role: Symbol| pattern.as_ref().is_none_or(|pattern| pattern.matches(shown(role)));
    let named = inventory.roles_with_entries().chain(inventory.roles.names());
    let assigned = inventory.assignments.iter().filter_map(|assignment| assignment.role);
    let assigned = assigned.filter(|role| role.form == crate::inventory::Form::Whole).map(|role| role.symbol);
    let all: BTreeSet<Symbol> = named.chain(assigned).chain([NO_ROLE]).filter(|role| is_meant(*role)).collect();
    let mut holders_open = graph.assignment_gaps(false);
    holders_open.extend(graph.unused_assignments_gap());
    let mut entries = RoleEntries::all();
    let mut found: Vec<RoleWith<'i>> = Vec::new();
    for role in all {
        let has: Vec<EntryGrant<'i>> = entries
            .of_role(graph, role)
            .iter()
            .filter(|entry| cmdlets.matches(inventory.show(entry.cmdlet)))
            .cloned()
            .collect();
        let role_of = Some(role).filter(|role| *role != NO_ROLE);
        for entry in &has {
            let matches = asked.matches(inventory, entry);
            if matches == Some(false) && asked.is_wild() {
                continue;
            }
            let mut gaps: Vec<Gap> = entry.gap.iter().map(|gap| graph.gap(*gap).into_owned()).collect();
            if !entry.parameters_complete && !asked.parameters.is_empty() && matches.is_none() {
                let gap = graph.parameters_of(role, entry.cmdlet, entry.at);
                gaps.push(graph.gap(gap).into_owned());
            }
            gaps.extend(holders_open.iter().filter(|_| role_of.is_some()).map(|gap| graph.gap(*gap).into_owned()));
            let cmdlet = inventory.show(entry.cmdlet).to_owned();
            found.push(RoleWith { role: role_of, cmdlet, entry: Some(entry.clone()), matches, gaps });
        }
        let exact = (!asked.is_wild()).then_some(asked.cmdlet.as_str());
        // Of several cmdlets, others may be missing where some are shown.
        if (has.is_empty() || asked.is_wild())
            && let Some(gap) = graph.entries_gap(role, exact)
        {
            let gaps = vec![graph.gap(gap).into_owned()];
            found.push(RoleWith { role: role_of, cmdlet: asked.cmdlet.clone(), entry: None, matches: None, gaps });
        }
    }
    found.sort_by_cached_key(|it| (fold(it.role.map_or("", shown)), fold(&it.cmdlet)));
    Ok(found)
}

/// What was probably meant, where neither the exports nor Microsoft's documentation know the cmdlet or a parameter, or no
/// export shows the role.
fn misspelt(graph: &Graph<'_>, asked: &Asked) -> Option<String> {
    let inventory = graph.inventory();
    if let Some(role) = asked.role.as_ref().filter(|role| !role.contains(['*', '?'])) {
        let known: BTreeSet<Symbol> = inventory.roles_with_entries().chain(inventory.roles.names()).collect();
        let is_known = known.iter().any(|known| inventory.show_role(*known).is_some_and(|known| same(known, role)));
        if !is_known {
            let hint = hint(role, known.iter().map(|role| inventory.show(*role)));
            return Some(format!("no export shows a role `{role}`{hint}"));
        }
    }
    if asked.is_wild() {
        return None;
    }
    let known = graph.catalogue().cmdlets();
    unknown_cmdlet(known, &[inventory], &asked.cmdlet)
        .or_else(|| unknown_parameter(known, &[inventory], &asked.cmdlet, &asked.parameters))
}
