//! What a pipeline prints: its last stage that emits objects of its own, and what becomes of them behind it.

use std::borrow::Cow;

use super::extent::{self, Chosen, Extent};
use super::words::{self, Token, Word, is_dash};
use super::{Argument, Call, Command, Piece};

/// How deep groups and blocks are followed. People nest two or three.
const DEPTH_MAX: u32 = 8;

/// What a stage hands to the next, in the end to the screen.
#[derive(Clone, Debug, Default)]
enum Output<'t> {
    /// Nothing, or nothing that stays on the screen.
    #[default]
    Nothing,
    /// Something that only the shell knew: a variable, a text.
    Opaque,
    /// Objects of a cmdlet.
    Objects(Box<Command<'t>>),
}

/// Takes a command line apart.
pub(super) fn parse(line: &str) -> Command<'_> {
    match output_of(line, false, DEPTH_MAX) {
        Output::Nothing => Command { silent: true, ..Command::default() },
        Output::Opaque => Command::default(),
        Output::Objects(command) => *command,
    }
}

/// What the statements of a line print together.
fn output_of(line: &str, is_value: bool, depth: u32) -> Output<'_> {
    if depth == 0 {
        return Output::Opaque;
    }
    let tokens = words::tokens(line);
    let mut result = Output::Nothing;
    for statement in tokens.split(|token| *token == Token::End).filter(|statement| !statement.is_empty()) {
        let output = statement_output(statement, is_value, depth);
        result = match (result, output) {
            (first, Output::Nothing) => first,
            (Output::Nothing, only) => only,
            // A text beside objects is no object, and changes do not print.
            (Output::Opaque, Output::Objects(objects)) => Output::Objects(objects),
            (Output::Objects(objects), Output::Opaque) => Output::Objects(objects),
            (Output::Objects(first), Output::Objects(second)) if is_quiet(&second) => Output::Objects(first),
            (Output::Objects(first), Output::Objects(second)) if is_quiet(&first) || first == second => {
                Output::Objects(second)
            }
            _ => Output::Opaque,
        };
    }
    result
}

fn statement_output<'t>(statement: &[Token<'t>], is_value: bool, depth: u32) -> Output<'t> {
    let mut output = Output::Nothing;
    for (index, stage) in statement.split(|token| *token == Token::Pipe).enumerate() {
        let words: Vec<Word<'t>> = stage
            .iter()
            .filter_map(|token| if let Token::Word(word) = token { Some(word.clone()) } else { None })
            .collect();
        output = if index == 0 { first_output(&words, is_value, depth) } else { next_output(output, &words, depth) };
        if stage.contains(&Token::Away) {
            return Output::Nothing;
        }
    }
    output
}

/// The first stage: a command, an expression, an assignment, or a loop.
fn first_output<'t>(words: &[Word<'t>], is_value: bool, depth: u32) -> Output<'t> {
    let Some(head) = words.first() else { return Output::Nothing };
    if let Some(assigned) = assigned_words(words) {
        // `($x = Get-RoleGroup)` prints, `$x = Get-RoleGroup` does not.
        return if is_value { first_output(&assigned, is_value, depth) } else { Output::Nothing };
    }
    let raw = head.raw;
    if raw.starts_with('(') || raw.starts_with("$(") || raw.starts_with("@(") {
        return group_output(raw, depth);
    }
    if raw.eq_ignore_ascii_case("[void]") || raw.to_ascii_lowercase().starts_with("[void](") {
        return Output::Nothing;
    }
    if (raw == "&" || raw == ".") && words.len() > 1 {
        return match words[1].raw.strip_prefix('{') {
            Some(inner) => output_of(inner.strip_suffix('}').unwrap_or(inner), is_value, depth - 1),
            None => command_output(Output::Nothing, &Word { quoted: false, ..words[1].clone() }, &words[2..], depth),
        };
    }
    if head.quoted || raw.starts_with(['$', '[', '@', '{', '-', '!']) || raw.starts_with(|char: char| char.is_numeric())
    {
        return Output::Opaque;
    }
    const LOOPS: [&str; 7] = ["foreach", "for", "while", "if", "do", "switch", "try"];
    if LOOPS.iter().any(|known| name_before_block(raw).eq_ignore_ascii_case(known))
        && let Some(block) = words.iter().rev().find_map(|word| block_of(word.raw))
    {
        return output_of(block, is_value, depth - 1);
    }
    command_output(Output::Nothing, head, &words[1..], depth)
}

/// The words behind `$x =`, where a stage is an assignment.
fn assigned_words<'t>(words: &[Word<'t>]) -> Option<Vec<Word<'t>>> {
    let variable = words.iter().position(|word| word.raw.starts_with('$')).filter(|&index| {
        // A type may stand in front: `[array]$x = …`.
        words[..index].iter().all(|word| word.raw.starts_with('['))
    });
    let typed = || words.first().is_some_and(|word| word.raw.starts_with('[') && word.raw.contains("]$")).then_some(0);
    let index = variable.or_else(typed)?;
    let raw = words[index].raw;
    if raw.starts_with("$(") {
        return None;
    }
    if words.get(index + 1).is_some_and(|word| matches!(word.raw, "=" | "+=")) {
        return Some(words[index + 2..].to_vec());
    }
    let next = words.get(index + 1).filter(|word| word.raw.starts_with('='));
    let (value, rest) = match (raw.split_once('='), next) {
        (Some((_, value)), _) => (value, &words[index + 1..]),
        (None, Some(word)) => (&word.raw[1..], &words[index + 2..]),
        (None, None) => return None,
    };
    let first = Word { raw: value, text: Cow::Borrowed(value), literal: false, quoted: false };
    Some(std::iter::once(first).filter(|word| !word.raw.is_empty()).chain(rest.iter().cloned()).collect())
}

/// `(Get-RoleGroup X)`, perhaps with `.Members` or `[0]` behind.
fn group_output(raw: &str, depth: u32) -> Output<'_> {
    let open = raw.find('(').unwrap_or(0);
    let close = words::matching(raw, open);
    let inner = raw[open + 1..close].strip_suffix(')').unwrap_or(&raw[open + 1..close]);
    let output = output_of(inner, true, depth - 1);
    let suffix = &raw[close..];
    let output = if suffix.contains('[') { kept(output, Extent::Unknown, suffix.to_owned()) } else { output };
    match member_of(suffix) {
        Some(member) => expand(output, Cow::Borrowed(member)),
        None => output,
    }
}

/// The last property of `.Members[0].Name`.
fn member_of(suffix: &str) -> Option<&str> {
    let (_, member) = suffix.rsplit_once('.')?;
    let length = member.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    (length > 0).then(|| &member[..length])
}

fn expand<'t>(output: Output<'t>, property: Cow<'t, str>) -> Output<'t> {
    match output {
        Output::Objects(command) if command.expanded.is_none() => {
            Output::Objects(Box::new(Command { cmdlet: Cow::Borrowed(""), expanded: Some(property), ..*command }))
        }
        // A property of a property tells nothing.
        Output::Objects(_) | Output::Opaque => Output::Opaque,
        Output::Nothing => Output::Nothing,
    }
}

/// A stage behind a pipe.
fn next_output<'t>(input: Output<'t>, words: &[Word<'t>], depth: u32) -> Output<'t> {
    match words.first() {
        None => input,
        Some(head) if (head.raw == "&" || head.raw == ".") && words.len() > 1 => {
            command_output(input, &words[1], &words[2..], depth)
        }
        Some(head) => command_output(input, head, &words[1..], depth),
    }
}

/// What a stage does with the objects it is fed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// Hands them on: formats, sorts, converts.
    Pass,
    /// Hands on those that fit a condition.
    Where,
    /// Hands on some of them.
    Part,
    /// Hands on all of them, a part of them, or one of their properties.
    Select,
    /// Runs a block for each.
    ForEach,
    /// Runs a block.
    Run,
    /// Lets nothing through.
    Swallow,
}

/// The cmdlets that emit nothing of their own, with their aliases.
///
/// Source: `Get-Alias` of Windows PowerShell 5.1; about_Aliases.
const EFFECTS: &[(&str, Effect)] = &[
    ("Format-List", Effect::Pass),
    ("fl", Effect::Pass),
    ("Format-Table", Effect::Pass),
    ("ft", Effect::Pass),
    ("Format-Wide", Effect::Pass),
    ("fw", Effect::Pass),
    ("Format-Custom", Effect::Pass),
    ("fc", Effect::Pass),
    ("Sort-Object", Effect::Pass),
    ("sort", Effect::Pass),
    ("Out-String", Effect::Pass),
    ("oss", Effect::Pass),
    ("Out-Host", Effect::Pass),
    ("oh", Effect::Pass),
    ("Out-Default", Effect::Pass),
    ("more", Effect::Pass),
    ("Tee-Object", Effect::Pass),
    ("tee", Effect::Pass),
    ("ConvertTo-Csv", Effect::Pass),
    ("ConvertTo-Json", Effect::Pass),
    ("ConvertTo-Xml", Effect::Pass),
    ("ConvertTo-Html", Effect::Pass),
    ("Add-Member", Effect::Pass),
    ("Write-Output", Effect::Pass),
    ("write", Effect::Pass),
    ("echo", Effect::Pass),
    ("Where-Object", Effect::Where),
    ("where", Effect::Where),
    ("?", Effect::Where),
    ("Get-Unique", Effect::Part),
    ("gu", Effect::Part),
    ("Get-Random", Effect::Part),
    ("Select-String", Effect::Part),
    ("sls", Effect::Part),
    ("findstr", Effect::Part),
    ("Select-Object", Effect::Select),
    ("select", Effect::Select),
    ("ForEach-Object", Effect::ForEach),
    ("foreach", Effect::ForEach),
    ("%", Effect::ForEach),
    ("Invoke-Command", Effect::Run),
    ("icm", Effect::Run),
    ("Out-Null", Effect::Swallow),
    ("Out-File", Effect::Swallow),
    ("Out-GridView", Effect::Swallow),
    ("ogv", Effect::Swallow),
    ("Out-Printer", Effect::Swallow),
    ("Export-Csv", Effect::Swallow),
    ("epcsv", Effect::Swallow),
    ("Export-Clixml", Effect::Swallow),
    ("Set-Content", Effect::Swallow),
    ("sc", Effect::Swallow),
    ("Add-Content", Effect::Swallow),
    ("ac", Effect::Swallow),
    ("Set-Clipboard", Effect::Swallow),
    ("scb", Effect::Swallow),
    ("clip", Effect::Swallow),
    ("clip.exe", Effect::Swallow),
    ("Set-Variable", Effect::Swallow),
    ("sv", Effect::Swallow),
    ("Write-Host", Effect::Swallow),
    ("cd", Effect::Swallow),
    ("cls", Effect::Swallow),
    ("Clear-Host", Effect::Swallow),
];

fn command_output<'t>(input: Output<'t>, head: &Word<'t>, rest: &[Word<'t>], depth: u32) -> Output<'t> {
    let typed = name_before_block(head.raw);
    let name =
        typed.rsplit_once('\\').filter(|(module, _)| !module.contains([':', '.', '\\'])).map_or(typed, |it| it.1);
    let effect = EFFECTS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, effect)| *effect);
    let first_block = || rest.iter().find_map(|word| block_of(word.raw));
    let block = || block_of(head.raw).or_else(first_block);
    match effect {
        Some(Effect::Pass) if is_unique(rest) => kept(input, Extent::Unknown, written(head, rest)),
        Some(Effect::Pass) => passed(input, written(head, rest)),
        Some(Effect::Where) => {
            kept(input, extent::filter(block_of(head.raw).or_else(first_block), rest), written(head, rest))
        }
        Some(Effect::Part) => kept(input, Extent::Unknown, written(head, rest)),
        Some(Effect::Select) => select_output(input, written(head, rest), rest),
        Some(Effect::ForEach) => match block() {
            Some(block) => for_each_output(input, block, depth),
            None => match arguments(rest).into_iter().find(|one| one.literal) {
                Some(member) => expand(input, member.value),
                None => Output::Opaque,
            },
        },
        Some(Effect::Run) => block().map_or(Output::Opaque, |block| output_of(block, false, depth - 1)),
        Some(Effect::Swallow) => Output::Nothing,
        None => {
            let cmdlet =
                if typed.len() < head.raw.len() { Cow::Borrowed(name) } else { strip_module(&head.text, name) };
            let fed_by = match input {
                Output::Objects(fed) if !fed.cmdlet.is_empty() => Some(Call::of(*fed)),
                // What a variable holds, or a property of what came before.
                Output::Objects(_) | Output::Opaque => Some(Call::default()),
                Output::Nothing => None,
            };
            let source = cmdlet.clone();
            let (arguments, kept) = (arguments(rest), Extent::Whole);
            let own = Command { cmdlet, arguments, source, fed_by, kept, ..Command::default() };
            Output::Objects(Box::new(own.choosing()))
        }
    }
}

fn strip_module<'t>(text: &Cow<'t, str>, name: &'t str) -> Cow<'t, str> {
    if text.ends_with(name) { Cow::Borrowed(name) } else { text.clone() }
}

/// A stage as typed.
fn written(head: &Word<'_>, rest: &[Word<'_>]) -> String {
    std::iter::once(head).chain(rest).map(|word| word.raw).collect::<Vec<_>>().join(" ")
}

/// Objects behind a stage that leaves none of them out.
fn passed(output: Output<'_>, stage: String) -> Output<'_> {
    match output {
        Output::Objects(mut command) => {
            command.stages.push(Piece { text: stage, wider: None });
            Output::Objects(command)
        }
        other => other,
    }
}

/// Objects behind a stage that hands on only these.
fn kept(output: Output<'_>, extent: Extent, stage: String) -> Output<'_> {
    match output {
        Output::Objects(mut command) => {
            // Behind a property of the objects, a condition is about that.
            let extent = if command.expanded.is_some() { Extent::Unknown } else { extent };
            let wider = (extent != Extent::Whole).then_some(Cow::Borrowed(""));
            command.stages.push(Piece { text: stage, wider });
            command.kept = std::mem::take(&mut command.kept).and(extent);
            Output::Objects(command)
        }
        other => other,
    }
}

/// Whether a stage hands on one of those that are alike.
fn is_unique(rest: &[Word<'_>]) -> bool {
    arguments(rest).iter().any(|one| {
        one.name.len() > 1 && "Unique".get(..one.name.len()).is_some_and(|part| part.eq_ignore_ascii_case(&one.name))
    })
}

impl Command<'_> {
    /// Finds what the arguments leave.
    fn choosing(mut self) -> Self {
        let fed = self.fed_by.as_ref();
        let (extent, arguments) =
            extent::of_call(&self.cmdlet, &self.arguments, fed.map(|fed| (&*fed.cmdlet, &fed.extent)));
        self.chosen = extent;
        let wider = arguments.into_iter().map(|Chosen { wider, .. }| wider);
        self.pieces = self
            .arguments
            .iter()
            .zip(wider)
            .map(|(one, wider)| Piece {
                text: one.written.clone(),
                wider: wider.map(|wider| Cow::Owned(wider.into_owned())),
            })
            .collect();
        self
    }
}

/// `Select-Object`: the objects with fewer properties, fewer objects, or one property instead of them.
fn select_output<'t>(input: Output<'t>, stage: String, rest: &[Word<'t>]) -> Output<'t> {
    const FEWER: [&str; 6] = ["First", "Last", "Skip", "SkipLast", "Unique", "Index"];
    let arguments = arguments(rest);
    let short_for = |typed: &str, name: &str, least: usize| {
        typed.len() >= least && name.get(..typed.len()).is_some_and(|part| part.eq_ignore_ascii_case(typed))
    };
    let fewer = arguments.iter().any(|one| FEWER.iter().any(|name| short_for(&one.name, name, 1)));
    let input = if fewer { kept(input, Extent::Unknown, stage) } else { passed(input, stage) };
    // `-ex` could also be `-ExcludeProperty`; the shortest that PowerShell takes is `-exp`.
    match arguments.into_iter().find(|one| short_for(&one.name, "ExpandProperty", 3)) {
        Some(expanded) => expand(input, expanded.value),
        None => input,
    }
}

/// A block that runs for each object: a command of its own, `$_`, or `$_.Property`.
fn for_each_output<'t>(input: Output<'t>, block: &'t str, depth: u32) -> Output<'t> {
    let body = block.trim();
    if let Some(rest) = ["$_", "$PSItem"].iter().find_map(|name| body.strip_prefix(name)) {
        if rest.trim().is_empty() {
            return input;
        }
        if let Some(member) = rest.strip_prefix('.').and_then(|rest| rest.split([' ', '|']).next())
            && rest.len() == member.len() + 1
            && member.bytes().all(|byte| byte.is_ascii_alphanumeric())
        {
            return expand(input, Cow::Borrowed(member));
        }
    }
    let own = output_of(block, false, depth - 1);
    match (own, input) {
        (Output::Objects(own), Output::Objects(fed)) if own.fed_by.is_none() && !fed.cmdlet.is_empty() => {
            Output::Objects(Box::new(Command { fed_by: Some(Call::of(*fed)), ..*own }.choosing()))
        }
        (own, _) => own,
    }
}

/// The name in `%{…}` and `foreach{…}`.
fn name_before_block(raw: &str) -> &str {
    raw.find('{').filter(|&at| at > 0 && !raw.starts_with(['$', '@'])).map_or(raw, |at| &raw[..at])
}

/// The inside of a block that a word is, or ends in.
fn block_of(raw: &str) -> Option<&str> {
    let at = raw.find('{').filter(|_| !raw.starts_with(['$', '@', '"', '\'', '(']))?;
    Some(raw[at + 1..].strip_suffix('}').unwrap_or(&raw[at + 1..]))
}

/// The switches of the cmdlets that matter here, which take no value.
const SWITCHES: &[&str] = &[
    "GetEffectiveUsers",
    "Recurse",
    "Recursive",
    "GetChildren",
    "Orphan",
    "ReadFromDomainController",
    "IgnoreDehydratedFlag",
    "ShowPartnerLinked",
    "Verbose",
    "Debug",
    "WhatIf",
    "Confirm",
    "Force",
    "Unique",
    "AutoSize",
    "Auto",
    "Wrap",
];

fn arguments<'t>(words: &[Word<'t>]) -> Vec<Argument<'t>> {
    let mut arguments = Vec::with_capacity(words.len());
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        let Some(parameter) = parameter_of(word) else {
            let written = word.raw.to_owned();
            arguments.push(Argument {
                name: Cow::Borrowed(""),
                value: word.text.clone(),
                literal: word.literal,
                written,
            });
            continue;
        };
        let (name, attached) = parameter.split_once(':').map_or((parameter, None), |(name, rest)| (name, Some(rest)));
        let name = Cow::Borrowed(name);
        let is_switch = SWITCHES.iter().any(|known| name.eq_ignore_ascii_case(known));
        let written = word.raw.to_owned();
        let switch = |name| Argument { name, value: Cow::Borrowed(""), literal: true, written: written.clone() };
        arguments.push(match attached {
            Some(raw) if !raw.is_empty() => attached_argument(name, raw, written),
            _ if is_switch && attached.is_none() => switch(name),
            _ => match words.next_if(|next| parameter_of(next).is_none()) {
                Some(value) => {
                    let written = format!("{written} {}", value.raw);
                    Argument { name, value: value.text.clone(), literal: value.literal, written }
                }
                None => switch(name),
            },
        });
    }
    arguments
}

/// The text behind the dash, where a word is a parameter.
fn parameter_of<'t>(word: &Word<'t>) -> Option<&'t str> {
    let mut chars = word.raw.chars();
    let is_parameter = !word.quoted
        && chars.next().is_some_and(is_dash)
        && chars.next().is_some_and(|char| char.is_alphabetic() || char == '_');
    is_parameter.then(|| &word.raw[word.raw.chars().next().map_or(0, char::len_utf8)..])
}

/// `-Role:"Mail Recipients"`.
fn attached_argument<'t>(name: Cow<'t, str>, raw: &'t str, written: String) -> Argument<'t> {
    match words::tokens(raw).into_iter().next() {
        Some(Token::Word(word)) => Argument { name, value: word.text, literal: word.literal, written },
        _ => Argument { name, value: Cow::Borrowed(raw), literal: false, written },
    }
}

/// Whether a cmdlet changes something and prints nothing, as most do that do not begin with `Get` or `New`.
fn is_quiet(command: &Command<'_>) -> bool {
    const QUIET: [&str; 12] = [
        "Set",
        "Remove",
        "Import",
        "Connect",
        "Disconnect",
        "Start",
        "Stop",
        "Clear",
        "Write",
        "Enable",
        "Disable",
        "Update",
    ];
    command.cmdlet.split_once('-').is_some_and(|(verb, _)| QUIET.iter().any(|quiet| quiet.eq_ignore_ascii_case(verb)))
}

/// The verbs of cmdlets: those that PowerShell approves, and those that Exchange uses besides.
///
/// Source: "Approved verbs for PowerShell commands"; the cmdlet names of published role entries.
#[rustfmt::skip]
const VERBS: &[&str] = &[
    "Add", "Approve", "Assert", "Backup", "Block", "Build", "Cancel", "Checkpoint", "Clear", "Close", "Compare",
    "Complete", "Compress", "Configure", "Confirm", "Connect", "Convert", "ConvertFrom", "ConvertTo", "Copy", "Debug",
    "Delete", "Deny", "Deploy", "Disable", "Disconnect", "Dismount", "Dump", "Edit", "Enable", "Enter", "Execute",
    "Exit", "Expand", "Expedite", "Export", "Find", "ForEach", "Format", "Get", "Grant", "Group", "Hide",
    "Impersonate", "Import", "Initialize", "Install", "Invoke", "Join", "Limit", "Lock", "Measure", "Merge", "Mount",
    "Move", "New", "Open", "Optimize", "Out", "Ping", "Pop", "Preview", "Protect", "Publish", "Push", "Read",
    "Receive", "Redirect", "Redo", "Register", "Release", "Remove", "Rename", "Repair", "Request", "Reset", "Resize",
    "Resolve", "Restart", "Restore", "Resume", "Retry", "Revoke", "Rotate", "Save", "Search", "Select", "Send", "Set",
    "Show", "Skip", "Sort", "Split", "Start", "Step", "Stop", "Submit", "Suspend", "Switch", "Sync", "Tee", "Test",
    "Trace", "Unblock", "Unconfigure", "Undo", "Uninstall", "Unlock", "Unprotect", "Unpublish", "Unregister",
    "Update", "Upgrade", "Use", "Validate", "Wait", "Watch", "Where", "Write",
];

/// Whether a word has the form of a cmdlet's name: a verb that PowerShell or Exchange uses, a hyphen, a noun.
pub(crate) fn is_cmdlet_name(word: &str) -> bool {
    word.split_once('-').is_some_and(|(verb, noun)| {
        noun.starts_with(|char: char| char.is_ascii_alphabetic())
            && noun.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && VERBS.iter().any(|known| known.eq_ignore_ascii_case(verb))
    })
}
