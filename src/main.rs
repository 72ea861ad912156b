//! The `auracore` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    auracore::cli::run()
}
