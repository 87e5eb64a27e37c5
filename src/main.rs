//! Arguments in, report out, exit code; nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    rolecall::cli::main()
}
