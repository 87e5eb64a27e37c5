//! `Extent`: what the rows below a command would have shown, had it existed; and what the command says of each row.
//!
//! Source: the pages of the cmdlets (OfficeDocs-Exchange); about_Comparison_Operators, about_Logical_Operators.

use std::borrow::Cow;

use crate::name::{Wildcard, same};

use super::super::Kind;
use super::Argument;
use super::words::{self, Token, Word, is_dash};

/// What a listing would have shown, had it existed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// Everything of its kind.
    Whole,
    /// What has a property of this value.
    Where(Test),
    /// What all of these would show.
    All(Vec<Self>),
    /// What one of these would show.
    Any(Vec<Self>),
    /// What this would not show.
    Not(Box<Self>),
    /// Some, and nothing says which: a count, a script, a variable.
    #[default]
    Unknown,
}

/// A value that a command asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// The property; a parameter that is no property of its rows stands with its dash.
    pub property: String,
    /// The value; `*` and `?` are wild where `is_wild` says so.
    pub value: String,
    /// Whether the value is a pattern.
    pub is_wild: bool,
}

impl Test {
    /// Whether a value is what the command asks for.
    #[must_use]
    pub fn fits(&self, value: &str) -> bool {
        if self.is_wild { Wildcard::new(&self.value).matches(value) } else { same(&self.value, value) }
    }
}

impl Extent {
    /// Whether a thing is in it; `None` where that cannot be told. `decide` says whether the thing passes a test.
    pub fn holds(&self, decide: &impl Fn(&Test) -> Option<bool>) -> Option<bool> {
        let first = |parts: &[Self], decisive: bool| {
            let mut all = Some(!decisive);
            for part in parts {
                match part.holds(decide) {
                    Some(is) if is == decisive => return Some(decisive),
                    Some(_) => {}
                    None => all = None,
                }
            }
            all
        };
        match self {
            Self::Whole => Some(true),
            Self::Where(test) => decide(test),
            Self::All(parts) => first(parts, false),
            Self::Any(parts) => first(parts, true),
            Self::Not(part) => part.holds(decide).map(|is| !is),
            Self::Unknown => None,
        }
    }

    /// Whether it holds everything of its kind.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.holds(&|_| None) == Some(true)
    }

    /// Whether it asks for a property.
    #[must_use]
    pub fn asks_for(&self, property: &str) -> bool {
        match self {
            Self::Where(test) => same(&test.property, property),
            Self::All(parts) | Self::Any(parts) => parts.iter().any(|part| part.asks_for(property)),
            Self::Not(part) => part.asks_for(property),
            Self::Whole | Self::Unknown => false,
        }
    }

    /// The one value that every row has of a property.
    #[must_use]
    pub fn value_of(&self, property: &str) -> Option<&str> {
        match self {
            Self::Where(test) if !test.is_wild && same(&test.property, property) => Some(&test.value),
            Self::All(parts) => parts.iter().find_map(|part| part.value_of(property)),
            _ => None,
        }
    }

    /// Both restrictions together.
    #[must_use]
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Whole, one) | (one, Self::Whole) => one,
            (Self::All(mut parts), other) => {
                parts.push(other);
                Self::All(parts)
            }
            (one, other) => Self::All(vec![one, other]),
        }
    }

    /// The same of what has the property under another name.
    #[must_use]
    pub(super) fn renamed(self, from: &str, to: &str) -> Self {
        let all = |parts: Vec<Self>| parts.into_iter().map(|part| part.renamed(from, to)).collect();
        match self {
            Self::Where(test) if same(&test.property, from) => Self::Where(Test { property: to.to_owned(), ..test }),
            Self::All(parts) => Self::All(all(parts)),
            Self::Any(parts) => Self::Any(all(parts)),
            Self::Not(part) => Self::Not(Box::new(part.renamed(from, to))),
            other => other,
        }
    }

    fn not(self) -> Self {
        Self::Not(Box::new(self))
    }
}

/// What has a value of a property, in which `*` and `?` are wild.
fn like(property: &str, value: &str) -> Extent {
    if value == "*" {
        return Extent::Whole;
    }
    let is_wild = value.contains(['*', '?']);
    Extent::Where(Test { property: property.to_owned(), value: value.to_owned(), is_wild })
}

/// What has exactly this value of a property.
fn equal(property: &str, value: &str) -> Extent {
    let value = match value {
        _ if same(value, "$true") => "True",
        _ if same(value, "$false") => "False",
        _ if same(value, "$null") => "",
        value => value,
    };
    Extent::Where(Test { property: property.to_owned(), value: value.to_owned(), is_wild: false })
}

/// Parameters that leave no row out.
const HARMLESS: &[&str] = &[
    "DomainController",
    "Verbose",
    "Debug",
    "ErrorAction",
    "EA",
    "WarningAction",
    "WA",
    "ErrorVariable",
    "WarningVariable",
    "OutVariable",
    "OutBuffer",
    "InformationAction",
    "PipelineVariable",
    "ProgressAction",
    "Credential",
    "ReadFromDomainController",
    "IgnoreDefaultScope",
    "SortBy",
    "GetEffectiveUsers",
    "ShowPartnerLinked",
    "Properties",
    "PropertySets",
];

/// Stands for the property of belonging to an object that came before in the pipeline.
pub const PIPED: &str = "-Piped";

/// The parameters of each cmdlet by which rows are chosen, each with the property that it asks for.
const CHOOSING: &[(&str, &[(&str, &str)])] = &[
    ("Get-ManagementRoleEntry", &[("Parameters", "Parameters"), ("Type", "Type"), ("PSSnapinName", "PSSnapinName")]),
    (
        "Get-ManagementRole",
        &[
            ("Identity", "Name"),
            ("Cmdlet", "-Cmdlet"),
            ("CmdletParameters", "-CmdletParameters"),
            ("RoleType", "RoleType"),
            ("Script", "-Script"),
            ("ScriptParameters", "-ScriptParameters"),
        ],
    ),
    (
        "Get-ManagementRoleAssignment",
        &[
            ("Identity", "Name"),
            ("Role", "Role"),
            ("RoleAssignee", "-RoleAssignee"),
            ("RoleAssigneeType", "RoleAssigneeType"),
            ("Enabled", "Enabled"),
            ("Delegating", "-Delegating"),
            ("Exclusive", "-Exclusive"),
            ("AssignmentMethod", "AssignmentMethod"),
        ],
    ),
    ("Get-RoleGroupMember", &[("Identity", "-Group")]),
    ("Get-DistributionGroupMember", &[("Identity", "-Group")]),
    ("Get-ManagementScope", &[("Identity", "Name"), ("Exclusive", "Exclusive"), ("Orphan", "-Orphan")]),
];

/// What a cmdlet makes of one of its arguments.
pub(super) struct Chosen<'t> {
    /// What it leaves.
    pub(super) extent: Extent,
    /// What would leave more in its place, where it leaves rows out: nothing, or another argument.
    pub(super) wider: Option<Cow<'t, str>>,
}

/// The parameter that an argument names, which may be shortened. About_Parameters: "as long as it is unambiguous".
pub(super) fn parameter<'t>(cmdlet: &str, typed: &'t str) -> &'t str {
    let begins = |name: &str| name.get(..typed.len()).is_some_and(|part| part.eq_ignore_ascii_case(typed));
    let of_cmdlet = CHOOSING.iter().find(|(known, _)| same(known, cmdlet)).map_or(&[][..], |(_, names)| names);
    let names =
        || of_cmdlet.iter().map(|(name, _)| *name).chain(HARMLESS.iter().copied()).chain(["Identity", "ResultSize"]);
    if typed.len() < 2 || names().any(|name| name.eq_ignore_ascii_case(typed)) {
        return typed;
    }
    let mut longer = names().filter(|name| begins(name));
    match (longer.next(), longer.next()) {
        (Some(name), None) => name,
        (Some(name), Some(other)) if name == other => name,
        _ => typed,
    }
}

/// What a cmdlet with these arguments would show, and what each argument leaves. `fed`: the cmdlet of the objects that it
/// takes from the pipeline, and what that would show.
pub(super) fn of_call<'t>(
    cmdlet: &str,
    arguments: &[Argument<'t>],
    fed: Option<(&str, &Extent)>,
) -> (Extent, Vec<Chosen<'t>>) {
    let each: Vec<Chosen<'t>> =
        arguments.iter().map(|one| chosen(cmdlet, one, fed.map(|(_, extent)| extent))).collect();
    let all = || each.iter().fold(Extent::Whole, |all, one| all.and(one.extent.clone()));
    let kind = Kind::of_cmdlet(cmdlet).filter(|_| cmdlet.get(..4).is_some_and(|verb| same(verb, "Get-")));
    let names_item = |one: &Argument<'_>| !one.literal && (one.value.contains("$_") || one.value.contains("$PSItem"));
    let positional = arguments.iter().filter(|one| one.name.is_empty()).count();
    let extent = match (kind, fed) {
        (None, _) if reads_file(cmdlet) => Extent::Whole,
        (None, _) => Extent::Unknown,
        _ if positional > 1 => Extent::Unknown,
        (Some(Kind::RoleGroupMember), Some(_)) => piped().and(all()),
        (Some(Kind::RoleEntry), Some((of, roles))) if same(of, "Get-ManagementRole") && each.is_empty() => {
            roles.clone().renamed("Name", "Role").and(piped())
        }
        (Some(Kind::RoleEntry), Some(_)) if each.is_empty() => piped(),
        (Some(_), Some(_)) if !arguments.iter().any(names_item) => Extent::Unknown,
        (Some(Kind::RoleEntry), _) if each.is_empty() => Extent::Unknown,
        _ => all(),
    };
    (extent, each)
}

/// Whether a command shows what a file holds.
pub(super) fn reads_file(command: &str) -> bool {
    ["Get-Content", "gc", "cat", "type", "Import-Csv", "ipcsv", "Import-Clixml"]
        .iter()
        .any(|known| same(known, command))
}

/// What an argument of a cmdlet leaves. `fed`: what the objects that `$_` stands for would show.
pub(super) fn chosen<'t>(cmdlet: &str, argument: &Argument<'t>, fed: Option<&Extent>) -> Chosen<'t> {
    let whole = || Chosen { extent: Extent::Whole, wider: None };
    let unknown = || Chosen { extent: Extent::Unknown, wider: Some(Cow::Borrowed("")) };
    let name = if argument.name.is_empty() { "Identity" } else { parameter(cmdlet, &argument.name) };
    if HARMLESS.iter().any(|known| same(known, name)) {
        return whole();
    }
    if same(name, "ResultSize") {
        let wider = Cow::Borrowed("-ResultSize Unlimited");
        return if same(&argument.value, "Unlimited") { whole() } else { Chosen { wider: Some(wider), ..unknown() } };
    }
    if same(cmdlet, "Get-ManagementRoleEntry") && same(name, "Identity") {
        return entries(argument, fed);
    }
    let of_cmdlet = CHOOSING.iter().find(|(known, _)| same(known, cmdlet)).map_or(&[][..], |(_, names)| names);
    let known = of_cmdlet.iter().find(|(known, _)| same(known, name)).map(|(_, property)| *property);
    let property = known.or_else(|| same(name, "Identity").then_some("Name"));
    // The group of a member is no choice among its members.
    let keeps = property == Some("-Group");
    if !argument.literal {
        // `-Role $_.Name`: whatever the roles before it are.
        let of_each = fed.filter(|_| is_item(&argument.value) && property == Some("Role"));
        return match of_each {
            Some(fed) => Chosen { extent: fed.clone().renamed("Name", "Role"), wider: Some(Cow::Borrowed("")) },
            None if keeps => Chosen { extent: Extent::Unknown, wider: None },
            None => unknown(),
        };
    }
    match property {
        Some(property) => {
            let is_truth = ["$true", "$false"].iter().any(|known| same(known, &argument.value));
            let extent = if is_truth { equal(property, &argument.value) } else { like(property, &argument.value) };
            let wider = (extent != Extent::Whole && !keeps).then_some(Cow::Borrowed(""));
            Chosen { extent, wider }
        }
        None => unknown(),
    }
}

/// `ROLE\CMDLET`, with wildcards in either.
fn entries<'t>(argument: &Argument<'t>, fed: Option<&Extent>) -> Chosen<'t> {
    let all = || Some(Cow::Borrowed("*\\*"));
    if argument.value == "*" {
        return Chosen { extent: Extent::Whole, wider: None };
    }
    let Some((role, cmdlet)) = argument.value.rsplit_once('\\').filter(|(_, cmdlet)| !cmdlet.contains('$')) else {
        return Chosen { extent: Extent::Unknown, wider: all() };
    };
    if !argument.literal {
        let of_each = fed.filter(|_| is_item(role)).map(|fed| fed.clone().renamed("Name", "Role"));
        let extent = of_each.unwrap_or_else(piped).and(like("Name", cmdlet.trim_end_matches(['"', ')'])));
        return Chosen { extent, wider: all() };
    }
    let extent = like("Role", role).and(like("Name", cmdlet));
    let wider = match role.contains(['*', '?']) {
        _ if cmdlet == "*" && (role == "*" || !role.contains(['*', '?'])) => None,
        true => all(),
        false => Some(Cow::Owned(format!("\"{}\\*\"", role.replace('"', "\"\"")))),
    };
    Chosen { extent, wider }
}

/// What belongs to the objects before it in the pipeline, whatever these are: all of each that has rows.
pub(super) fn piped() -> Extent {
    Extent::Where(Test { property: PIPED.to_owned(), value: String::new(), is_wild: false })
}

/// Whether a value is the object of the pipeline or its name.
fn is_item(value: &str) -> bool {
    let rest =
        ["$_", "$PSItem"].iter().find_map(|item| value.trim_matches(['"', '$', '(', ')']).strip_prefix(&item[1..]));
    rest.is_some_and(|rest| {
        ["", ".Name", ".Identity", ".DistinguishedName", ".Guid"].iter().any(|known| same(known, rest))
    })
}

/// What `Where-Object` leaves, by its block or the words behind it.
pub(super) fn filter(block: Option<&str>, words: &[Word<'_>]) -> Extent {
    if let Some(block) = block {
        return condition(block);
    }
    let named = |word: &&Word<'_>| ["-FilterScript", "-Property", "-Value"].iter().any(|known| same(known, word.raw));
    let words: Vec<Word<'_>> = words.iter().filter(|word| !named(word)).cloned().collect();
    match &words[..] {
        // `where Name -like 'A*'`: the first word is the property.
        [property, rest @ ..] if !property.raw.starts_with(['$', '{', '(', '-']) && rest.len() <= 2 => {
            comparison(&[&[item(property)], rest].concat())
        }
        [not, property] if same(not.raw, "-not") => comparison(&[item(property)]).not(),
        _ => Extent::Unknown,
    }
}

/// A property of the object, where a bare word names it.
fn item<'t>(word: &Word<'t>) -> Word<'t> {
    Word { text: Cow::Owned(format!("$_.{}", word.text)), literal: false, ..word.clone() }
}

/// What a condition leaves. `-and` and `-or` bind alike, from the left.
fn condition(text: &str) -> Extent {
    let tokens = words::tokens(text.trim());
    let mut all: Vec<Word<'_>> = Vec::new();
    for token in tokens {
        match token {
            Token::Word(word) => all.push(word),
            Token::Pipe | Token::End | Token::Away => return Extent::Unknown,
        }
    }
    let joins = |word: &Word<'_>| !word.quoted && ["-and", "-or", "-xor"].iter().any(|known| same(known, word.raw));
    let mut left: Option<Extent> = None;
    let mut start = 0;
    let mut joint = "";
    for end in (0..=all.len()).filter(|end| all.get(*end).is_none_or(joins)) {
        let part = comparison(&all[start..end]);
        left = Some(match left {
            None => part,
            Some(left) if same(joint, "-and") => Extent::All(vec![left, part]),
            Some(left) if same(joint, "-or") => Extent::Any(vec![left, part]),
            Some(_) => Extent::Unknown,
        });
        joint = all.get(end).map_or("", |word| word.raw);
        start = end + 1;
    }
    left.unwrap_or_default()
}

/// Properties that are true or false, so that one alone asks for those of which it is true.
const TRUTHS: [&str; 6] = ["Enabled", "Exclusive", "IsDefault", "IsDeprecated", "IsEndUserRole", "IsRootRole"];

/// `$_.Name -eq 'x'`, a condition in brackets, a property alone, or the opposite of one of them.
fn comparison(words: &[Word<'_>]) -> Extent {
    match words {
        [not, one] if is_not(not) => comparison(std::slice::from_ref(one)).not(),
        // `-not` takes the property alone, whatever follows.
        [not, ..] if is_not(not) => Extent::Unknown,
        [one] if one.raw.starts_with('!') => {
            let rest = &one.raw[1..];
            condition(rest).not()
        }
        [one] if one.raw.starts_with('(') && one.raw.ends_with(')') => condition(&one.raw[1..one.raw.len() - 1]),
        [one] => match property_of(one) {
            Some(property) if TRUTHS.iter().any(|known| same(known, &property)) => {
                Extent::Where(Test { property, value: "True".to_owned(), is_wild: false })
            }
            Some(property) => Extent::Where(Test { property, value: "?*".to_owned(), is_wild: true }),
            None => Extent::Unknown,
        },
        [left, operator, right] => match (property_of(left), property_of(right)) {
            (Some(property), None) => compared(&property, operator.raw, right, false),
            (None, Some(property)) => compared(&property, operator.raw, left, true),
            _ => Extent::Unknown,
        },
        _ => Extent::Unknown,
    }
}

fn is_not(word: &Word<'_>) -> bool {
    same(word.raw, "-not") || word.raw == "!"
}

/// What a comparison with values leaves; `reversed` where these stand before the operator.
fn compared(property: &str, operator: &str, values: &Word<'_>, reversed: bool) -> Extent {
    let operator = operator.trim_start_matches(is_dash).to_ascii_lowercase();
    let Some(values) = values_of(values) else { return Extent::Unknown };
    let equal_to = |value: &String| equal(property, value);
    let one = |find: &dyn Fn(&str) -> Extent| match &values[..] {
        [value] => find(value),
        _ => Extent::Unknown,
    };
    // A pattern that is a plain word is found anywhere.
    let matching = |value: &str| match value
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-' | b'_'))
    {
        true => like(property, &format!("*{value}*")),
        false => Extent::Unknown,
    };
    let liking = |value: &str| match value.contains(['[', '`']) {
        true => Extent::Unknown,
        false => like(property, value),
    };
    let any = || Extent::Any(values.iter().map(equal_to).collect());
    match (operator.as_str(), reversed) {
        ("eq" | "ieq", _) => one(&|value| equal(property, value)),
        ("ne" | "ine", _) => one(&|value| equal(property, value).not()),
        ("like" | "ilike", false) => one(&liking),
        ("notlike" | "inotlike", false) => one(&|value| liking(value).not()),
        ("match" | "imatch", false) => one(&matching),
        ("notmatch" | "inotmatch", false) => one(&|value| matching(value).not()),
        ("in" | "iin", false) | ("contains" | "icontains", true) => any(),
        ("notin" | "inotin", false) | ("notcontains" | "inotcontains", true) => any().not(),
        _ => Extent::Unknown,
    }
}

/// The property that a word reads of the object.
fn property_of(word: &Word<'_>) -> Option<String> {
    let text = if word.quoted { return None } else { &word.text };
    let name = ["$_.", "$PSItem."].iter().find_map(|item| {
        text.get(..item.len()).filter(|start| start.eq_ignore_ascii_case(item)).map(|_| &text[item.len()..])
    })?;
    (!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')).then(|| name.to_owned())
}

/// The literal values of a word: one, or a list of them.
fn values_of(word: &Word<'_>) -> Option<Vec<String>> {
    if word.literal {
        return Some(vec![word.text.clone().into_owned()]);
    }
    let raw = word.raw.trim_start_matches('@');
    let raw = raw.strip_prefix('(').and_then(|raw| raw.strip_suffix(')')).unwrap_or(raw);
    let mut values = Vec::new();
    let mut rest = raw;
    loop {
        let end = words::item_end(rest);
        match &words::tokens(rest[..end].trim())[..] {
            [Token::Word(word)] if word.literal => values.push(word.text.clone().into_owned()),
            _ => return None,
        }
        match rest.get(end + 1..) {
            Some(more) => rest = more,
            None => return Some(values),
        }
    }
}
