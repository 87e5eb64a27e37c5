//! `rolecall completions` and `rolecall man`: what a shell and `man` know of the command line.

use std::ffi::OsStr;
use std::process::ExitCode;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Args, Command};
use clap_complete::Shell;

use super::hint;
use super::output::Output;
use crate::report::escape::visible;

#[derive(Debug, Args)]
#[command(after_help = after_help![
        "rolecall completions bash";
        "0": "always",
        "2": "wrong usage"
    ]
)]
pub(super) struct Completions {
    /// The shell that completes
    #[arg(value_name = "SHELL")]
    shell: Shell,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Args)]
#[command(after_help = after_help![
        "rolecall man",
        "rolecall man who-can";
        "0": "it was found",
        "2": "wrong usage, or no such command"
    ]
)]
pub(super) struct Man {
    /// The command whose page is printed; without one, that of rolecall
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
    #[command(flatten)]
    output: Output,
}

/// Prints the script that makes a shell complete `rolecall`.
pub(super) fn completions(mut rolecall: Command, options: &Completions) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut rolecall, "rolecall", &mut script);
    options.output.write(&String::from_utf8_lossy(&script), 0)
}

/// Prints a page of the manual.
pub(super) fn man(mut rolecall: Command, options: &Man) -> ExitCode {
    rolecall.build();
    let page = match &options.command {
        None => rolecall,
        Some(name) => match rolecall.find_subcommand(name) {
            Some(command) => command.clone(),
            None => {
                let hint = hint(name, rolecall.get_subcommands().map(Command::get_name));
                eprintln!("error: no command is called `{}`{hint}", visible(name));
                return ExitCode::from(2);
            }
        },
    };
    let mut text = Vec::new();
    // Writing to a vector cannot fail.
    let _ = clap_mangen::Man::new(page).render(&mut text);
    options.output.write(&String::from_utf8_lossy(&text), 0)
}

/// Reads any text, and lets shells complete some: names that the binary knows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known(pub(super) fn() -> Vec<&'static str>);

impl TypedValueParser for Known {
    type Value = String;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.0)().into_iter().map(PossibleValue::new)))
    }
}
