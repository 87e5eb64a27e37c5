//! `rolecall explain` and `rolecall rules`: the documentation of the rules, from the binary.

use std::fmt::Write;
use std::process::ExitCode;

use clap::Args;

use super::output::Destination;
use super::shell::Known;
use crate::policy::closest;
use crate::report::escape::visible;
use crate::rules::{self, RULES, rule};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The rule, as it stands in brackets behind a level: `error[missing-cmdlet]`
    #[arg(value_name = "RULE", value_parser = Known(rules::names), hide_possible_values = true)]
    rule: String,
    #[command(flatten)]
    to: Destination,
}

pub(super) fn run(options: &Options) -> ExitCode {
    let Some(rule) = rule(&options.rule) else {
        return no_rule(&options.rule);
    };
    let preset = if rule.check.is_some() { format!(" (preset: {})", rule.preset.name()) } else { String::new() };
    let page = format!("{}[{}]: {}{preset}\n\n{}", rule.level.name(), rule.id.0, rule.summary, rule.body());
    options.to.write(&page, 0)
}

/// Says that no rule has this name, and which was probably meant.
pub(super) fn no_rule(name: &str) -> ExitCode {
    let hint = match closest(name, RULES.iter().map(|rule| rule.id.0)) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => "; `rolecall rules` lists them all".to_owned(),
    };
    eprintln!("error: no rule is called `{}`{hint}", visible(name));
    ExitCode::from(2)
}

pub(super) fn list(to: &Destination) -> ExitCode {
    let width = RULES.iter().map(|rule| rule.id.0.len()).max().unwrap_or(0);
    let mut out = String::new();
    for rule in RULES {
        // Writing to a string cannot fail.
        let (level, preset) = (rule.level.name(), rule.preset_name());
        let _ = writeln!(out, "{level:7} {preset:7} {:width$}  {}", rule.id.0, rule.summary);
    }
    to.write(&out, 0)
}
