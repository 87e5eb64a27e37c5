//! `rolecall explain` and `rolecall rules`: the documentation of the rules, from the binary.

use std::process::ExitCode;

use clap::Args;

use super::hint;
use super::output::Output;
use super::shell::Known;
use crate::report::columns;
use crate::report::escape::visible;
use crate::rules::{self, RULES, Rule, rule};

#[derive(Debug, Args)]
#[command(after_help = after_help![
        "rolecall explain missing-cmdlet";
        "0": "it was found",
        "2": "wrong usage, or no such rule"
    ]
)]
pub(super) struct Options {
    /// The rule, as in the brackets after a level: `error[missing-cmdlet]`
    #[arg(value_name = "RULE", value_parser = Known(rules::names), hide_possible_values = true)]
    rule: String,
    #[command(flatten)]
    output: Output,
}

pub(super) fn run(options: &Options) -> ExitCode {
    let Some(rule) = rule(&options.rule) else {
        return no_rule(&options.rule);
    };
    let preset = if rule.check.is_some() { format!(" (preset: {})", rule.preset.name()) } else { String::new() };
    let page = format!("{}[{}]: {}{preset}\n\n{}", rule.id.level.name(), rule.id.name, rule.summary, rule.body());
    options.output.write(&page, 0)
}

/// Says that no rule has this name, and which was probably meant.
pub(super) fn no_rule(name: &str) -> ExitCode {
    let hint = hint(name, RULES.iter().map(|rule| rule.id.name));
    let hint = if hint.is_empty() { "; `rolecall rules` lists them all" } else { &hint };
    eprintln!("error: no rule is called `{}`{hint}", visible(name));
    ExitCode::from(2)
}

pub(super) fn list(output: &Output) -> ExitCode {
    let row = |rule: &Rule| {
        [rule.id.level.name(), rule.preset_name(), rule.id.name, rule.summary].map(ToOwned::to_owned).to_vec()
    };
    let rows: Vec<Vec<String>> = RULES.iter().map(row).collect();
    let mut out = String::new();
    columns::push(&mut out, &["level", "preset", "rule", "what it finds"], &rows, &output.style());
    output.write(&out, 0)
}
