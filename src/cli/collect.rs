//! `rolecall collect`: the PowerShell script that writes complete exports, for a machine that has an Exchange session.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::output::Output;

/// The script. It is ASCII with line feeds alone: every shell and every redirection keeps that as it is.
const SCRIPT: &str = include_str!("collect.ps1");

/// The default of the script's `-Environment`, on the one line that sets it.
const DEFAULT: &str = "[string]$Environment = 'auto',";

#[derive(Debug, Args)]
#[command(after_help = after_help![
        "rolecall collect --output collect.ps1",
        "rolecall collect --environment online";
        "0": "always",
        "2": "wrong usage"
    ]
)]
pub(super) struct Options {
    /// What the script expects to find; it stops where the session shows something else
    #[arg(long, default_value = "auto", value_name = "E")]
    environment: Environment,
    #[command(flatten)]
    output: Output,
}

/// Where the script will run. The names are those of its parameter `-Environment`.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Environment {
    /// Whatever the session shows
    Auto,
    /// Exchange Server of any release
    OnPremises,
    /// Exchange Server 2010
    #[value(name = "2010")]
    Release2010,
    /// Exchange Server 2013
    #[value(name = "2013")]
    Release2013,
    /// Exchange Server 2016
    #[value(name = "2016")]
    Release2016,
    /// Exchange Server 2019
    #[value(name = "2019")]
    Release2019,
    /// Exchange Server Subscription Edition
    Se,
    /// Exchange Online
    Online,
    /// Security & Compliance PowerShell
    Purview,
}

pub(super) fn run(options: &Options) -> ExitCode {
    let name = options.environment.to_possible_value().expect("no environment is hidden");
    options.output.write(&SCRIPT.replacen(DEFAULT, &format!("[string]$Environment = '{}',", name.get_name()), 1), 0)
}
