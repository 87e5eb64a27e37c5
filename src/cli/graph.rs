//! `rolecall graph`: who is in what, holds what and may assign what, as a drawing.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::ask::{Cmdlet, cmdlets, mistake, question};
use super::hint;
use super::inputs::Exports;
use super::organization::{Asking, Organization, named, nobody};
use super::output::Output;
use crate::accounts::{Account, Accounts};
use crate::graph::{Drawing, DrawingFilter, Wildcard};
use crate::inventory::PrincipalId;
use crate::name::Symbol;
use crate::report::drawing;

#[derive(Debug, Args)]
#[command(after_help = after_help![
        "rolecall graph exports --account adm-anna",
        "rolecall graph exports --role 'Mailbox Import Export' --format dot";
        "0": "something was drawn",
        "2": "wrong usage, an input that cannot be read, or too much for mermaid",
        "3": "nothing was drawn"
    ]
)]
pub(super) struct Options {
    /// Draw what this account reaches; `*` and `?` are wild, may be repeated
    #[arg(long, value_name = "A")]
    account: Vec<String>,
    /// Draw who reaches this role; `*` and `?` are wild, may be repeated
    #[arg(long, value_name = "R")]
    role: Vec<String>,
    /// Draw who reaches this group; `*` and `?` are wild, may be repeated
    #[arg(long, value_name = "G")]
    group: Vec<String>,
    /// Draw the roles that have this cmdlet, and who reaches them; may be repeated
    #[arg(long, value_name = "C[:P]")]
    cmdlet: Vec<Cmdlet>,
    /// Draw disabled assignments, roles without holders and everything else without a line, too
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    exports: Exports,
    /// The output format
    #[arg(long, default_value = "mermaid", help_heading = "Output")]
    format: Format,
    #[command(flatten)]
    output: Output,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// A diagram within Markdown
    Mermaid,
    /// Graphviz
    Dot,
    /// networkx, Gephi, yEd
    Graphml,
    /// BloodHound
    Opengraph,
    /// What BloodHound must know before it finds paths
    OpengraphSchema,
    Json,
}

pub(super) fn run(options: &Options) -> ExitCode {
    if matches!(options.format, Format::OpengraphSchema) {
        return options.output.write(&drawing::opengraph_schema(), 0);
    }
    let asking = Asking {
        exports: &options.exports,
        output: &options.output,
        for_people: false,
        advises: false,
        heading: String::new(),
    };
    let mut drawn = false;
    asking.each(|organization, _, out| {
        if std::mem::replace(&mut drawn, true) {
            eprintln!("error: one organization is drawn at a time: name its exports");
            return Ok(2);
        }
        Ok(options.draw(organization, out.part()?)?)
    })
}

impl Options {
    /// Errors: why there is nothing to draw.
    fn draw(&self, organization: &Organization, out: &mut String) -> Result<u8, String> {
        let mut accounts = organization.accounts();
        let names: Vec<(&Cmdlet, Vec<String>)> =
            self.cmdlet.iter().map(|cmdlet| (cmdlet, cmdlets(&cmdlet.0, organization))).collect();
        let asked = names.iter().flat_map(|(cmdlet, names)| names.iter().map(|name| question(&cmdlet.0, name)));
        let filter = DrawingFilter {
            accounts: self.accounts(&accounts)?,
            roles: self.roles(&accounts)?,
            groups: self.groups(&accounts)?,
            cmdlets: asked.collect(),
            all: self.all,
        };
        for cmdlet in &self.cmdlet {
            mistake(&cmdlet.0, &accounts).map_or(Ok(()), |why| Err(format!("nothing was drawn: {why}")))?;
        }
        let known = |name: &str| organization.exported.names.get(name).is_some();
        if !self.cmdlet.is_empty() && !filter.cmdlets.iter().any(|question| known(question.cmdlet)) {
            return Err("no role in the exports has such a cmdlet, so nothing was drawn".to_owned());
        }
        let picture = accounts.organization_mut().drawing(&filter);
        if picture.nodes.is_empty() {
            return Err("nothing in the exports is what was asked for, so nothing was drawn".to_owned());
        }
        Ok(self.write(&picture, out))
    }

    fn write(&self, picture: &Drawing, out: &mut String) -> u8 {
        match self.format {
            Format::Mermaid => return self.write_mermaid(picture, out),
            Format::Dot => out.push_str(&drawing::dot(picture)),
            Format::Graphml => out.push_str(&drawing::graphml(picture)),
            Format::Opengraph => out.push_str(&drawing::opengraph(picture)),
            Format::OpengraphSchema => out.push_str(&drawing::opengraph_schema()),
            Format::Json => out.push_str(&drawing::json(picture)),
        }
        0
    }

    fn write_mermaid(&self, picture: &Drawing, out: &mut String) -> u8 {
        match drawing::mermaid(picture) {
            Ok((text, edges)) => {
                if edges > drawing::EDGES_NOTED && !self.output.is_quiet() {
                    eprintln!("note: {edges} edges: sites with mermaid 10 draw no more than {}", drawing::EDGES_NOTED);
                }
                if text.len() > drawing::TEXT_NOTED && !self.output.is_quiet() {
                    eprintln!(
                        "note: {} characters: GitLab asks before it draws more than {}",
                        text.len(),
                        drawing::TEXT_NOTED
                    );
                }
                out.push_str(&text);
                0
            }
            Err((edges, length)) => {
                eprintln!(
                    "error: {edges} edges and {length} characters are more than sites draw (500 and 50,000): draw a part with `--account`, `--role` or `--cmdlet`, or all of it with `--format dot`"
                );
                2
            }
        }
    }

    fn accounts(&self, accounts: &Accounts<'_>) -> Result<Vec<PrincipalId>, String> {
        if self.account.is_empty() {
            return Ok(Vec::new());
        }
        let found = named(accounts, &self.account);
        let exported = found.into_iter().filter_map(|account| match account {
            Account::Exported(id) => Some(id),
            Account::Asserted(_) => None,
        });
        let exported: Vec<PrincipalId> = exported.collect();
        if exported.is_empty() { Err(nobody(accounts, &self.account)) } else { Ok(exported) }
    }

    fn roles(&self, accounts: &Accounts<'_>) -> Result<Vec<Symbol>, String> {
        let inventory = accounts.organization().inventory();
        let assigned = inventory.assignments.iter().filter_map(|assignment| assignment.role).map(|role| role.symbol);
        let mut all: Vec<Symbol> =
            inventory.roles.names().chain(inventory.roles_with_entries()).chain(assigned).collect();
        all.sort_unstable();
        all.dedup();
        let mut found = Vec::new();
        for asked in &self.role {
            let wildcard = Wildcard::new(asked);
            let before = found.len();
            found.extend(all.iter().filter(|role| wildcard.matches(inventory.show(**role))));
            if found.len() == before {
                let hint = hint(asked, all.iter().map(|role| inventory.show(*role)));
                return Err(format!("no export shows a role `{asked}`, so nothing was drawn{hint}"));
            }
        }
        Ok(found)
    }

    fn groups(&self, accounts: &Accounts<'_>) -> Result<Vec<PrincipalId>, String> {
        let mut found = Vec::new();
        for asked in &self.group {
            let named = accounts.organization().groups_named(asked);
            if named.is_empty() {
                let inventory = accounts.organization().inventory();
                let groups = accounts.organization().groups_named("*");
                let hint = hint(asked, groups.iter().map(|group| inventory.show_principal(*group)));
                return Err(format!("no export shows a group `{asked}`, so nothing was drawn{hint}"));
            }
            found.extend(named);
        }
        Ok(found)
    }
}
