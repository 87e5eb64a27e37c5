//! `Command`: what a command line above some rows says about them.

mod extent;
mod pipeline;
mod words;

use std::borrow::Cow;

use crate::name::same;

use super::Kind;

pub use extent::{Extent, PIPED, Test};
pub(crate) use pipeline::is_cmdlet_name;
pub(crate) use words::is_open;

/// One argument of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument<'t> {
    /// The parameter as typed, without its dash; empty for an argument by position.
    pub name: Cow<'t, str>,
    /// The value, quotes and escapes resolved; empty for a switch.
    pub value: Cow<'t, str>,
    /// Whether the value says the same whatever the shell held: no variable, no group, no list.
    pub literal: bool,
    /// All of it, as typed.
    pub written: String,
}

/// A cmdlet with its arguments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Call<'t> {
    cmdlet: Cow<'t, str>,
    arguments: Vec<Argument<'t>>,
    extent: Extent,
}

impl<'t> Call<'t> {
    fn of(command: Command<'t>) -> Self {
        let extent = command.chosen.and(command.kept);
        Self { cmdlet: command.cmdlet, arguments: command.arguments, extent }
    }
}

/// An argument or a stage of a command, as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece<'t> {
    text: String,
    /// Where it leaves rows out: what would leave out none in its place.
    wider: Option<Cow<'t, str>>,
}

/// A command line, taken apart as far as the rows below it need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command<'t> {
    /// The cmdlet whose objects are printed: the last stage of the pipeline that emits objects of its own. Empty where
    /// something else is printed: a property of them, a variable, nothing.
    pub cmdlet: Cow<'t, str>,
    /// The arguments of that stage; also where a property of its objects is printed.
    pub arguments: Vec<Argument<'t>>,
    /// The property that is printed instead of the objects, as `Select-Object -ExpandProperty` does it.
    pub expanded: Option<Cow<'t, str>>,
    /// Whether nothing of what the command emits is printed: it goes to a variable or a file.
    pub silent: bool,
    /// The cmdlet that `arguments` belong to.
    source: Cow<'t, str>,
    /// The stage whose objects `source` takes.
    fed_by: Option<Call<'t>>,
    /// What the arguments leave, and what the stages behind them.
    chosen: Extent,
    kept: Extent,
    /// The arguments, and the stages.
    pieces: Vec<Piece<'t>>,
    stages: Vec<Piece<'t>>,
}

impl<'t> Command<'t> {
    /// Takes a command line apart.
    #[must_use]
    pub fn parse(line: &'t str) -> Self {
        pipeline::parse(line)
    }

    /// The value of a parameter, where the line itself gives it; `Identity` is also the first argument by position.
    #[must_use]
    pub fn argument(&self, name: &str) -> Option<&str> {
        argument(&self.arguments, name).filter(|found| found.literal).map(|found| found.value.as_ref())
    }

    /// Whether a switch is on.
    #[must_use]
    pub fn has_switch(&self, name: &str) -> bool {
        let is_it = |one: &Argument<'_>| same(extent::parameter(&self.source, &one.name), name);
        self.arguments.iter().any(|one| is_it(one) && !same(&one.value, "$false"))
    }

    /// Whether each row is of one user whom an assignment reaches; `None` where a variable may say so, or it is no command for
    /// assignments.
    #[must_use]
    pub fn asks_for_effective_users(&self) -> Option<bool> {
        let is_unclear = |one: &Argument<'_>| one.name.is_empty() && !one.literal;
        if self.has_switch("GetEffectiveUsers") {
            return Some(true);
        }
        let is_known = same(&self.source, "Get-ManagementRoleAssignment") && !self.arguments.iter().any(is_unclear);
        is_known.then_some(false)
    }

    /// The cmdlet whose objects are printed, whole or as one of their properties.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The one object that is printed: what `Get-Mailbox X` names.
    #[must_use]
    pub fn object(&self) -> Option<&str> {
        let is_one = self.cmdlet.get(..4).is_some_and(|verb| same(verb, "Get-")) && !self.silent;
        self.argument("Identity").filter(|name| is_one && !name.is_empty() && !is_wild(name))
    }

    /// The group whose members are printed: the argument of `Get-RoleGroupMember`, that of the group piped into it, or that
    /// of `(Get-RoleGroup GROUP).Members`.
    #[must_use]
    pub fn group(&self) -> Option<&str> {
        if self.prints_members() {
            return self.argument("Identity");
        }
        let noun = self.source.rsplit_once('-').map_or("", |(_, noun)| noun);
        if !["RoleGroupMember", "DistributionGroupMember"].iter().any(|known| noun.eq_ignore_ascii_case(known)) {
            return None;
        }
        match argument(&self.arguments, "Identity") {
            Some(own) if own.literal => Some(own.value.as_ref()),
            Some(own) if !own.value.contains("$_") => None,
            _ => self.fed_identity(&["Get-RoleGroup", "Get-DistributionGroup", "Get-Group"]),
        }
    }

    /// Whether the members of one group are printed, as `(Get-RoleGroup GROUP).Members` does it: their names, one a line.
    #[must_use]
    pub fn prints_members(&self) -> bool {
        let expands = self.expanded.as_deref().is_some_and(|property| same(property, "Members"));
        let is_group = ["Get-RoleGroup", "Get-Group"].iter().any(|known| same(&self.source, known));
        let names_one = || self.argument("Identity").is_some_and(|name| !name.is_empty() && !is_wild(name));
        expands && is_group && !self.silent && names_one()
    }

    /// The role whose entries are printed, from `Get-ManagementRoleEntry ROLE\*` or from a role's `RoleEntries`.
    #[must_use]
    pub fn role_of_entries(&self) -> Option<&str> {
        let role = if self.source.eq_ignore_ascii_case("Get-ManagementRoleEntry") {
            match argument(&self.arguments, "Identity") {
                Some(own) if own.literal => own.value.rsplit_once('\\')?.0,
                Some(own) if own.value.contains("$_") => self.fed_identity(&["Get-ManagementRole"])?,
                _ => return None,
            }
        } else if self.source.eq_ignore_ascii_case("Get-ManagementRole")
            && self.expanded.as_deref().is_some_and(|property| property.eq_ignore_ascii_case("RoleEntries"))
        {
            self.argument("Identity")?
        } else {
            return None;
        };
        (!role.is_empty() && !is_wild(role)).then_some(role)
    }

    /// The one entry whose parameters are printed, by `(Get-ManagementRoleEntry ROLE\CMDLET).Parameters`.
    #[must_use]
    pub fn entry_of_parameters(&self) -> Option<&str> {
        let expands = self.expanded.as_deref().is_some_and(|property| same(property, "Parameters"));
        let is_entry = |entry: &&str| entry.contains('\\') && !is_wild(entry) && expands && !self.silent;
        self.argument("Identity").filter(|_| same(&self.source, "Get-ManagementRoleEntry")).filter(is_entry)
    }

    /// What of a kind the command would have shown, had it existed; `None` where it shows what a file holds, whose command
    /// is not known.
    #[must_use]
    pub fn extent(&self, kind: Kind) -> Option<Extent> {
        let all = self.chosen.clone().and(self.kept.clone());
        let printed = if self.silent { None } else { Kind::of_cmdlet(&self.source) };
        let expanded = |name: &str| self.expanded.as_deref().is_some_and(|property| same(property, name));
        if extent::reads_file(&self.source) && all == Extent::Whole && self.expanded.is_none() {
            return None;
        }
        Some(match (printed, kind) {
            (Some(printed), kind) if printed == kind && self.expanded.is_none() => all,
            (Some(Kind::RoleEntry), Kind::RoleEntry) if self.entry_of_parameters().is_some() => all,
            (Some(Kind::Role), Kind::RoleEntry) if expanded("RoleEntries") => all.renamed("Name", "Role"),
            (Some(Kind::RoleGroup | Kind::Group), Kind::RoleGroupMember) if expanded("Members") => {
                extent::piped().and(all.renamed("Name", PIPED))
            }
            _ => Extent::Unknown,
        })
    }

    /// What narrows the command, as typed.
    #[must_use]
    pub fn only(&self) -> String {
        let argument = self.pieces.iter().filter(|piece| piece.wider.is_some()).map(|piece| piece.text.clone());
        let stage = self.stages.iter().filter(|piece| piece.wider.is_some()).map(|piece| format!("| {}", piece.text));
        argument.chain(stage).collect::<Vec<_>>().join(" ")
    }

    /// The same command without what narrows it; `None` where it is more than a pipeline of one cmdlet's objects.
    #[must_use]
    pub fn widened(&self) -> Option<String> {
        if self.cmdlet.is_empty() || self.fed_by.is_some() || Kind::of_cmdlet(&self.cmdlet).is_none() {
            return None;
        }
        let mut wide = self.cmdlet.clone().into_owned();
        for piece in &self.pieces {
            let text = piece.wider.as_deref().unwrap_or(&piece.text);
            if !text.is_empty() {
                wide.push(' ');
                wide.push_str(text);
            }
        }
        for stage in self.stages.iter().filter(|piece| piece.wider.is_none()) {
            wide.push_str(" | ");
            wide.push_str(&stage.text);
        }
        Some(wide)
    }

    fn fed_identity(&self, cmdlets: &[&str]) -> Option<&str> {
        let fed = self.fed_by.as_ref()?;
        let known = cmdlets.iter().any(|known| fed.cmdlet.eq_ignore_ascii_case(known));
        let identity = argument(&fed.arguments, "Identity").filter(|own| known && own.literal)?;
        (!is_wild(&identity.value)).then_some(identity.value.as_ref())
    }
}

/// The sign that a command joins a list with, where a calculated property says so: `@{n='Members';e={$_.Members -join ';'}}`.
pub(crate) fn sign_between(line: &str, property: &str) -> Option<u8> {
    const QUOTES: [char; 2] = ['\'', '"'];
    let mut calculated = line.split("@{").skip(1);
    let expression = calculated.find_map(|item| {
        let (name, rest) = item.split_once(';')?;
        let (key, name) = name.split_once('=')?;
        let is_name = ["n", "name", "l", "label"].iter().any(|known| same(key.trim(), known));
        (is_name && same(name.trim().trim_matches(QUOTES), property)).then_some(rest)
    })?;
    let sign = expression.split_once("-join")?.1.trim_start().strip_prefix(QUOTES)?;
    let [sign, end, ..] = sign.as_bytes() else { return None };
    matches!((sign, end), (b';' | b',' | b'|', b'\'' | b'"')).then_some(*sign)
}

fn is_wild(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// The argument of a parameter. A name may be shortened: about_Parameters, "as long as it is unambiguous".
fn argument<'a, 't>(arguments: &'a [Argument<'t>], name: &str) -> Option<&'a Argument<'t>> {
    let is_identity = name.eq_ignore_ascii_case("Identity");
    let shortened = |typed: &str| {
        is_identity && typed.len() >= 2 && name.get(..typed.len()).is_some_and(|part| part.eq_ignore_ascii_case(typed))
    };
    let named = arguments.iter().find(|known| known.name.eq_ignore_ascii_case(name) || shortened(&known.name));
    named.or_else(|| arguments.iter().find(|known| known.name.is_empty()).filter(|_| is_identity))
}

#[cfg(test)]
mod tests;
